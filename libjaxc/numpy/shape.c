/*
 * shape.c - the same elements in other places: reshape, transpose, new and dropped axes, blocks,
 * joined arrays.
 */
#include "numpy/numpy.h"

#include <inttypes.h>

/* Fills in a size of -1, and checks the number of elements. */
static bool complete_shape(const struct jx_aval *type, struct jaxc_shape *shape)
{
    char text[JX_AVAL_TEXT];
    int open = -1;
    int64_t n = jx_count(type->rank, type->dims), known;
    if (shape->rank < 0 || shape->rank > JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "rank %d is not in [0, %d]", shape->rank, JAXC_MAX_RANK);
    for (int i = 0; i < shape->rank; i++) {
        if (shape->dims[i] != -1)
            continue;
        if (open >= 0)
            return jx_fail(JAXC_ESHAPE, "two sizes are -1: axes %d and %d", open, i);
        open = i;
        shape->dims[i] = 1;
    }
    if (!jx_n_elements(shape->rank, shape->dims, &known))
        return false;
    if (open >= 0 && known > 0 && n % known == 0)
        shape->dims[open] = n / known;
    else if (open >= 0 || known != n)
        return jx_fail(JAXC_ESHAPE, "%s has %" PRId64 " elements, the shape %s %" PRId64,
                       jx_aval_text(type, text), n, open >= 0 ? "a multiple of" : "has", known);
    return true;
}

jaxc_value(jaxc_reshape)(jaxc_value x, struct jaxc_shape shape)
{
    jx_enter("jaxc_reshape");
    struct jx_aval type;
    if (!jx_value_aval(x, &type) || !complete_shape(&type, &shape))
        return JX_POISON;
    return jx_reshape(x, shape.rank, shape.dims);
}

jaxc_value(jaxc_ravel)(jaxc_value x)
{
    jx_enter("jaxc_ravel");
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int64_t n = jx_count(type.rank, type.dims);
    return jx_reshape(x, 1, &n);
}

jaxc_value jx_transpose_of(jaxc_value x, const struct jaxc_axes *axes)
{
    struct jx_aval type;
    int n, sorted[JAXC_MAX_RANK], permutation[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type) || !jx_sorted_axes(axes, type.rank, &n, sorted))
        return JX_POISON;
    if (n != type.rank) {
        char text[JX_AVAL_TEXT];
        jx_fail(JAXC_EAXIS, "%d axes given for %s", n, jx_aval_text(&type, text));
        return JX_POISON;
    }
    for (int i = 0; i < n; i++) {
        int axis = axes->n > 0 ? axes->at[i] : n - 1 - i;
        permutation[i] = axis < 0 ? axis + n : axis;
    }
    return jx_transpose(x, permutation);
}

jaxc_value(jaxc_transpose)(jaxc_value x, struct jaxc_axes_options options)
{
    jx_enter("jaxc_transpose");
    return jx_transpose_of(x, &options.axes);
}

jaxc_value(jaxc_expand_dims)(jaxc_value x, struct jaxc_axes_options options)
{
    jx_enter("jaxc_expand_dims");
    struct jx_aval type;
    int n, axes[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int rank = type.rank + options.axes.n;
    if (options.axes.n == 0)
        jx_fail(JAXC_EVALUE, "no axis is given");
    else if (rank > JAXC_MAX_RANK)
        jx_fail(JAXC_ELIMIT, "%d axes; at most %d are possible", rank, JAXC_MAX_RANK);
    else if (jx_sorted_axes(&options.axes, rank, &n, axes))
        return jx_insert_axes(x, n, axes);
    return JX_POISON;
}

jaxc_value(jaxc_squeeze)(jaxc_value x, struct jaxc_axes_options options)
{
    jx_enter("jaxc_squeeze");
    struct jx_aval type;
    int n, axes[JAXC_MAX_RANK], n_drop = 0, drop[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type) || !jx_sorted_axes(&options.axes, type.rank, &n, axes))
        return JX_POISON;
    for (int i = 0; i < n; i++) {
        if (type.dims[axes[i]] == 1) {
            drop[n_drop++] = axes[i];
        } else if (options.axes.n > 0) {
            char text[JX_AVAL_TEXT];
            jx_fail(JAXC_ESHAPE, "axis %d of %s has not size 1", axes[i],
                    jx_aval_text(&type, text));
            return JX_POISON;
        }
    }
    return jx_result(x, jx_drop_axes(x, n_drop, drop));
}

jaxc_value(jaxc_broadcast_to)(jaxc_value x, struct jaxc_shape shape)
{
    jx_enter("jaxc_broadcast_to");
    struct jx_aval types[2];
    int rank;
    int64_t dims[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &types[0]) ||
        !jx_choose_type(shape, (jaxc_dtype)types[0].dtype, &types[1]) ||
        !jx_broadcast_types(2, types, &rank, dims))
        return JX_POISON;
    if (rank != shape.rank || !jx_same_dims(rank, dims, shape.dims)) {
        char text[2][JX_AVAL_TEXT];
        jx_fail(JAXC_ESHAPE, "%s does not broadcast to %s", jx_aval_text(&types[0], text[0]),
                jx_aval_text(&types[1], text[1]));
        return JX_POISON;
    }
    return jx_result(x, jx_broadcast_to(x, rank, dims));
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* Python's reading of a bound. */
static int64_t clip(int64_t bound, int64_t size)
{
    if (bound < 0)
        bound = bound < -size ? 0 : bound + size;
    return bound > size ? size : bound;
}

jaxc_value(jaxc_slice)(jaxc_value x, struct jaxc_shape start, struct jaxc_shape limit)
{
    jx_enter("jaxc_slice");
    struct jx_aval type;
    int64_t from[JAXC_MAX_RANK], to[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (start.rank != limit.rank || start.rank < 0 || start.rank > type.rank) {
        char text[JX_AVAL_TEXT];
        jx_fail(JAXC_ESHAPE, "%d starts and %d limits for %s", start.rank, limit.rank,
                jx_aval_text(&type, text));
        return JX_POISON;
    }
    for (int i = 0; i < type.rank; i++) {
        from[i] = i < start.rank ? clip(start.dims[i], type.dims[i]) : 0;
        to[i] = i < start.rank ? clip(limit.dims[i], type.dims[i]) : type.dims[i];
        to[i] = to[i] < from[i] ? from[i] : to[i];
    }
    return jx_slice(x, from, to, NULL);
}

jaxc_value jx_index_first(jaxc_value x, int64_t i)
{
    static const int first = 0;
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    int64_t from[JAXC_MAX_RANK] = {0}, to[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.rank == 0) {
        jx_fail(JAXC_ETREE, "%s has no parts", jx_aval_text(&type, text));
        return JX_POISON;
    }
    if (i < -type.dims[0] || i >= type.dims[0]) {
        jx_fail(JAXC_EVALUE, "index %" PRId64 " of %s, which has %" PRId64 " rows", i,
                jx_aval_text(&type, text), type.dims[0]);
        return JX_POISON;
    }
    memcpy(to, type.dims, sizeof to);
    from[0] = i < 0 ? i + type.dims[0] : i;
    to[0] = from[0] + 1;
    return jx_drop_axes(jx_slice(x, from, to, NULL), 1, &first);
}

/* ---- joined arrays --------------------------------------------------------------------------- */

/* The values in one dtype, in memory of the caller's to free; NULL after an error. */
static jaxc_value *join_list(int n, const jaxc_value *values)
{
    if (n < 1) {
        jx_fail(JAXC_EVALUE, "%d values to join", n);
        return NULL;
    }
    jaxc_value *x = jx_alloc((size_t)n, sizeof *x);
    if (!x)
        return NULL;
    memcpy(x, values, (size_t)n * sizeof *x);
    if (jx_join_dtypes(n, x, JX_JOIN_ANY, NULL))
        return x;
    jx_free(x);
    return NULL;
}

/* Whether all have the first one's shape, apart from an axis. */
static bool check_list(int n, const jaxc_value *x, int except)
{
    struct jx_aval first, other;
    char text[2][JX_AVAL_TEXT];
    if (!jx_value_aval(x[0], &first))
        return false;
    for (int i = 1; i < n; i++) {
        if (!jx_value_aval(x[i], &other))
            return false;
        bool same = first.rank == other.rank;
        for (int axis = 0; same && axis < first.rank; axis++)
            same = axis == except || first.dims[axis] == other.dims[axis];
        if (!same)
            return jx_fail(JAXC_ESHAPE, "shapes differ: %s, and number %d is %s",
                           jx_aval_text(&first, text[0]), i, jx_aval_text(&other, text[1]));
    }
    return true;
}

static jaxc_value stack(int n, jaxc_value *x, int axis)
{
    struct jx_aval first;
    if (!check_list(n, x, -1) || !jx_value_aval(x[0], &first))
        return JX_POISON;
    if (first.rank == JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "%d axes; at most %d are possible", JAXC_MAX_RANK + 1, JAXC_MAX_RANK);
        return JX_POISON;
    }
    if (!jx_axis(axis, first.rank + 1, &axis))
        return JX_POISON;
    for (int i = 0; i < n; i++)
        x[i] = jx_insert_axes(x[i], 1, &axis);
    return jx_concatenate(n, x, axis);
}

static jaxc_value concatenate(int n, const jaxc_value *x, int axis)
{
    struct jx_aval first;
    if (!jx_value_aval(x[0], &first))
        return JX_POISON;
    if (first.rank == 0) {
        jx_fail(JAXC_ESHAPE, "scalars have no axis to join along");
        return JX_POISON;
    }
    if (!jx_axis(axis, first.rank, &axis) || !check_list(n, x, axis))
        return JX_POISON;
    return jx_concatenate(n, x, axis);
}

jaxc_value jx_stack_of(int n, const jaxc_value *values, int axis)
{
    jaxc_value *x = join_list(n, values);
    jaxc_value y = x ? stack(n, x, axis) : JX_POISON;
    jx_free(x);
    return y;
}

jaxc_value jx_concatenate_of(int n, const jaxc_value *values, int axis)
{
    jaxc_value *x = join_list(n, values);
    jaxc_value y = x ? concatenate(n, x, axis) : JX_POISON;
    jx_free(x);
    return y;
}

jaxc_value(jaxc_stack_n)(int n, const jaxc_value *values, int axis)
{
    jx_enter("jaxc_stack");
    return jx_stack_of(n, values, axis);
}

jaxc_value(jaxc_concatenate_n)(int n, const jaxc_value *values, int axis)
{
    jx_enter("jaxc_concatenate");
    return jx_concatenate_of(n, values, axis);
}
