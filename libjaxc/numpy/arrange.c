/*
 * arrange.c - axes in other places, directions and numbers: moveaxis, flip, rot90, atleast_1d and
 * its like, meshgrid.
 */
#include "numpy/numpy.h"

#include <jaxc/manipulation.h>

/* ---- axes ------------------------------------------------------------------------------------ */

jaxc_value jx_moveaxis(jaxc_value x, int from, int to)
{
    struct jx_aval type;
    int permutation[JAXC_MAX_RANK], other = 0;
    if (!jx_value_aval(x, &type) || !jx_axis(from, type.rank, &from) ||
        !jx_axis(to, type.rank, &to))
        return JX_POISON;
    for (int i = 0; i < type.rank; i++) {
        other += other == from;
        permutation[i] = i == to ? from : other++;
    }
    return jx_transpose(x, permutation);
}

jaxc_value(jaxc_moveaxis)(jaxc_value x, int source, int destination)
{
    jx_enter("jaxc_moveaxis");
    return jx_result(x, jx_moveaxis(x, source, destination));
}

static jaxc_value swap(jaxc_value x, int a, int b)
{
    struct jx_aval type;
    int permutation[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type) || !jx_axis(a, type.rank, &a) || !jx_axis(b, type.rank, &b))
        return JX_POISON;
    for (int i = 0; i < type.rank; i++)
        permutation[i] = i == a ? b : i == b ? a : i;
    return jx_transpose(x, permutation);
}

jaxc_value(jaxc_swapaxes)(jaxc_value x, int axis1, int axis2)
{
    jx_enter("jaxc_swapaxes");
    return jx_result(x, swap(x, axis1, axis2));
}

jaxc_value(jaxc_rollaxis)(jaxc_value x, int axis, int start)
{
    jx_enter("jaxc_rollaxis");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type) || !jx_axis(axis, type.rank, &axis))
        return JX_POISON;
    if (start < -type.rank || start > type.rank) {
        jx_fail(JAXC_EAXIS, "start %d of %s", start, jx_aval_text(&type, text));
        return JX_POISON;
    }
    start += start < 0 ? type.rank : 0;
    return jx_result(x, jx_moveaxis(x, axis, start - (start > axis)));
}

jaxc_value(jaxc_permute_dims)(jaxc_value x, struct jaxc_axes_options options)
{
    jx_enter("jaxc_permute_dims");
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (options.axes.n == 0 && type.rank > 0) {
        jx_fail(JAXC_EVALUE, "no axes are given");
        return JX_POISON;
    }
    return jx_result(x, jx_transpose_of(x, &options.axes));
}

jaxc_value(jaxc_matrix_transpose)(jaxc_value x)
{
    jx_enter("jaxc_matrix_transpose");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.rank < 2) {
        jx_fail(JAXC_ESHAPE, "%s is no matrix", jx_aval_text(&type, text));
        return JX_POISON;
    }
    return swap(x, -2, -1);
}

jaxc_value jx_atleast(jaxc_value x, int rank)
{
    struct jx_aval type;
    static const int places[4][3] = {{0, 1, 2}, {0, 2}, {2}, {0}};
    if (!jx_value_aval(x, &type) || type.rank >= rank)
        return x;
    return jx_insert_axes(x, rank - type.rank, rank == 3 ? places[type.rank] : places[0]);
}

jaxc_value(jaxc_atleast_1d)(jaxc_value x)
{
    jx_enter("jaxc_atleast_1d");
    return jx_result(x, jx_atleast(x, 1));
}

jaxc_value(jaxc_atleast_2d)(jaxc_value x)
{
    jx_enter("jaxc_atleast_2d");
    return jx_result(x, jx_atleast(x, 2));
}

jaxc_value(jaxc_atleast_3d)(jaxc_value x)
{
    jx_enter("jaxc_atleast_3d");
    return jx_result(x, jx_atleast(x, 3));
}

jaxc_value(jaxc_copy)(jaxc_value x)
{
    jx_enter("jaxc_copy");
    struct jx_aval type;
    return jx_value_aval(x, &type) ? jx_value_again(x) : JX_POISON;
}

/* ---- directions ------------------------------------------------------------------------------ */

jaxc_value(jaxc_flip)(jaxc_value x, struct jaxc_axes_options options)
{
    jx_enter("jaxc_flip");
    struct jx_aval type;
    int n, axes[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type) || !jx_sorted_axes(&options.axes, type.rank, &n, axes))
        return JX_POISON;
    return jx_result(x, jx_rev(x, n, axes));
}

static jaxc_value flip_axis(jaxc_value x, int axis)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (axis < type.rank)
        return jx_rev(x, 1, &axis);
    jx_fail(JAXC_ESHAPE, "%s has no axis %d", jx_aval_text(&type, text), axis);
    return JX_POISON;
}

jaxc_value(jaxc_flipud)(jaxc_value x)
{
    jx_enter("jaxc_flipud");
    return flip_axis(x, 0);
}

jaxc_value(jaxc_fliplr)(jaxc_value x)
{
    jx_enter("jaxc_fliplr");
    return flip_axis(x, 1);
}

jaxc_value(jaxc_rot90)(jaxc_value x, int k, struct jaxc_axes_options options)
{
    jx_enter("jaxc_rot90");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    int axes[2] = {0, 1}, n, sorted[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type) || !jx_sorted_axes(&options.axes, type.rank, &n, sorted))
        return JX_POISON;
    if (type.rank < 2 || (options.axes.n != 0 && options.axes.n != 2)) {
        jx_fail(JAXC_EAXIS, "turns %s in two axes, not %d", jx_aval_text(&type, text),
                options.axes.n);
        return JX_POISON;
    }
    for (int i = 0; i < options.axes.n; i++)
        axes[i] = options.axes.at[i] + (options.axes.at[i] < 0 ? type.rank : 0);
    int both[2] = {axes[0] < axes[1] ? axes[0] : axes[1], axes[0] < axes[1] ? axes[1] : axes[0]};
    switch (k & 3) {
    case 0: return jx_result(x, x);
    case 1: return swap(jx_rev(x, 1, &axes[1]), axes[0], axes[1]);
    case 2: return jx_rev(x, 2, both);
    default: return jx_rev(swap(x, axes[0], axes[1]), 1, &axes[1]);
    }
}

/* ---- several arrays -------------------------------------------------------------------------- */

/* One shape of many, for which jx_broadcast_types has no room in its messages. */
static bool broadcast_all(int n, const jaxc_value *values, int *rank, int64_t *dims)
{
    struct jx_aval pair[2] = {jx_aval_make(JAXC_BOOL, 0, NULL)};
    for (int i = 0; i < n; i++) {
        if (!jx_argument_aval(values[i], i, &pair[1]) || !jx_broadcast_types(2, pair, rank, dims))
            return false;
        pair[0] = jx_aval_make((jaxc_dtype)pair[1].dtype, *rank, dims);
    }
    return true;
}

jaxc_value(jaxc_broadcast_arrays_n)(int n, const jaxc_value *values)
{
    jx_enter("jaxc_broadcast_arrays");
    int rank = 0;
    int64_t dims[JAXC_MAX_RANK];
    jaxc_value *y = jx_alloc((size_t)(n > 0 ? n : 1), sizeof *y), tuple = JX_POISON;
    if (y && broadcast_all(n, values, &rank, dims)) {
        for (int i = 0; i < n; i++)
            y[i] = jx_result(values[i], jx_broadcast_to(values[i], rank, dims));
        tuple = jx_tuple_of(n, y);
    }
    jx_free(y);
    return tuple;
}

static bool check_grid(int n, const jaxc_value *x, const struct jaxc_meshgrid_options *o,
                       int64_t *sizes)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (n > JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "%d axes; at most %d are possible", n, JAXC_MAX_RANK);
    if (o->indexing && strcmp(o->indexing, "xy") != 0 && strcmp(o->indexing, "ij") != 0)
        return jx_fail(JAXC_EVALUE, "indexing is \"xy\" or \"ij\", not \"%s\"", o->indexing);
    for (int i = 0; i < n; i++) {
        if (!jx_argument_aval(x[i], i, &type))
            return false;
        if (type.rank != 1)
            return jx_fail(JAXC_ESHAPE, "array %d has one axis, not %s", i,
                           jx_aval_text(&type, text));
        sizes[i] = type.dims[0];
    }
    return true;
}

static jaxc_value meshgrid(int n, jaxc_value *x, const struct jaxc_meshgrid_options *o)
{
    int64_t sizes[JAXC_MAX_RANK], dims[JAXC_MAX_RANK];
    if (!check_grid(n, x, o, sizes))
        return JX_POISON;
    bool swapped = n >= 2 && !(o->indexing && strcmp(o->indexing, "ij") == 0);
    for (int i = 0; i < n; i++) {
        int axis = swapped && i < 2 ? 1 - i : i;
        for (int j = 0; j < n; j++) {
            int from = swapped && j < 2 ? 1 - j : j;
            dims[j] = !o->sparse || j == axis ? sizes[from] : 1;
        }
        x[i] = jx_result(x[i], jx_broadcast_in_dim(x[i], n, dims, &axis));
    }
    return jx_tuple_of(n, x);
}

jaxc_value(jaxc_meshgrid)(jaxc_value x, struct jaxc_meshgrid_options options)
{
    jx_enter("jaxc_meshgrid");
    int n;
    jaxc_value *parts = jx_parts_of_tuple(x, &n);
    jaxc_value y = parts ? meshgrid(n, parts, &options) : JX_POISON;
    jx_free(parts);
    return y;
}
