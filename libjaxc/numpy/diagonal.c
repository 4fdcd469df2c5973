/*
 * diagonal.c - diagonals and triangles: diagonal, trace, diag, diagflat, fill_diagonal, tri, tril,
 * triu and the places of triangles.
 *
 * The diagonal of an r x c matrix lies every c + 1 elements in its r * c: a slice with a stride.
 */
#include "numpy/numpy.h"

#include <inttypes.h>

/* Elements of a diagonal. */
static int64_t length_of(int64_t rows, int64_t columns, int64_t offset)
{
    int64_t high = offset < -rows || offset > columns ? 0 : offset < 0 ? rows + offset : rows;
    int64_t wide = offset > 0 ? columns - offset : columns;
    int64_t n = high < wide ? high : wide;
    return n < 0 ? 0 : n;
}

jaxc_value jx_diagonal(jaxc_value x, int64_t offset, int axis1, int axis2)
{
    struct jx_aval type;
    int permutation[JAXC_MAX_RANK], n = 0;
    int64_t from[JAXC_MAX_RANK] = {0}, to[JAXC_MAX_RANK], by[JAXC_MAX_RANK], dims[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int64_t rows = type.dims[axis1], columns = type.dims[axis2];
    for (int i = 0; i < type.rank; i++)
        if (i != axis1 && i != axis2) {
            dims[n] = to[n] = type.dims[i];
            by[n] = 1;
            permutation[n++] = i;
        }
    permutation[n] = axis1;
    permutation[n + 1] = axis2;
    int64_t length = length_of(rows, columns, offset);
    int64_t start = length == 0 ? 0 : offset < 0 ? -offset * columns : offset;
    dims[n] = rows * columns;
    from[n] = start;
    to[n] = length == 0 ? start : start + (length - 1) * (columns + 1) + 1;
    by[n] = columns + 1;
    return jx_slice(jx_reshape(jx_transpose(x, permutation), n + 1, dims), from, to, by);
}

/* x's axes that a call is about; without axes the first two. */
static bool two_axes(const struct jx_aval *type, const struct jaxc_axes *given, int *axes)
{
    char text[JX_AVAL_TEXT];
    int n, sorted[JAXC_MAX_RANK];
    if (!jx_sorted_axes(given, type->rank, &n, sorted))
        return false;
    if (type->rank < 2 || (given->n != 0 && given->n != 2))
        return jx_fail(JAXC_EAXIS, "diagonals of %s are in two axes, not %d",
                       jx_aval_text(type, text), given->n);
    for (int i = 0; i < 2; i++) {
        axes[i] = given->n > 0 ? given->at[i] : i;
        axes[i] += axes[i] < 0 ? type->rank : 0;
    }
    return true;
}

jaxc_value(jaxc_diagonal)(jaxc_value x, struct jaxc_diagonal_options options)
{
    jx_enter("jaxc_diagonal");
    struct jx_aval type;
    int axes[2];
    if (!jx_value_aval(x, &type) || !two_axes(&type, &options.axes, axes))
        return JX_POISON;
    if (options.dtype) {
        jx_fail(JAXC_EVALUE, "takes no dtype");
        return JX_POISON;
    }
    return jx_diagonal(x, options.offset, axes[0], axes[1]);
}

jaxc_value(jaxc_trace)(jaxc_value x, struct jaxc_diagonal_options options)
{
    jx_enter("jaxc_trace");
    struct jx_aval type;
    int axes[2];
    if (!jx_value_aval(x, &type) || !two_axes(&type, &options.axes, axes))
        return JX_POISON;
    struct jaxc_reduce_options last = {.axes = {JAXC_GIVEN, 1, {-1}}, .dtype = options.dtype};
    return jx_sum_of(jx_diagonal(x, options.offset, axes[0], axes[1]), &last);
}

/* ---- matrices of places ---------------------------------------------------------------------- */

typedef jaxc_value (*comparison)(jaxc_value x, jaxc_value y);

/* bool[rows, columns]: row + offset against column. */
static jaxc_value places(int64_t rows, int64_t columns, int64_t offset, comparison compare)
{
    struct jaxc_shape shape = {2, {rows, columns}};
    struct jx_aval type;
    if (!jx_choose_type(shape, JAXC_BOOL, &type))
        return JX_POISON;
    /* beyond these all places are on one side */
    offset = offset > columns ? columns : offset < -rows ? -rows : offset;
    bool wide = rows + columns > INT32_MAX;
    struct jx_aval index = jx_aval_make(wide ? JAXC_I64 : JAXC_I32, 0, NULL);
    jaxc_dtype dtype = (jaxc_dtype)index.dtype;
    jaxc_value row = jx_iota(dtype, 2, shape.dims, 0), column = jx_iota(dtype, 2, shape.dims, 1);
    if (offset != 0)
        row = jx_add(row, jx_literal(&index, (double)offset));
    return compare(row, column);
}

jaxc_value(jaxc_tri)(int64_t n, struct jaxc_tri_options options)
{
    jx_enter("jaxc_tri");
    jaxc_dtype dtype;
    if (!jx_choose_dtype(options.dtype, JAXC_F32, &dtype))
        return JX_POISON;
    return jx_as(places(n, options.m ? options.m : n, options.k, jx_ge), dtype, false);
}

/* x on one side of a diagonal, 0 on the other. */
static jaxc_value triangle(jaxc_value x, int64_t k, bool lower)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.rank < 2) {
        jx_fail(JAXC_ESHAPE, "%s is no matrix", jx_aval_text(&type, text));
        return JX_POISON;
    }
    jaxc_value side =
        places(type.dims[type.rank - 2], type.dims[type.rank - 1], k, lower ? jx_ge : jx_le);
    side = jx_broadcast_to(side, type.rank, type.dims);
    return jx_select(side, x, jx_literal(&type, 0));
}

jaxc_value(jaxc_tril)(jaxc_value x, struct jaxc_k_options options)
{
    jx_enter("jaxc_tril");
    return triangle(x, options.k, true);
}

jaxc_value(jaxc_triu)(jaxc_value x, struct jaxc_k_options options)
{
    jx_enter("jaxc_triu");
    return triangle(x, options.k, false);
}

/* A vector as a diagonal: row i of the result has x's element i less what k puts in front. */
static jaxc_value as_diagonal(jaxc_value x, int64_t k)
{
    struct jx_aval type;
    static const int first[1] = {0};
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int64_t n, before = k < 0 && k > INT64_MIN ? -k : 0, after = k > 0 ? k : 0;
    if (k == INT64_MIN || __builtin_add_overflow(type.dims[0], before + after, &n)) {
        jx_fail(JAXC_ELIMIT, "diagonal %" PRId64, k);
        return JX_POISON;
    }
    int64_t dims[2] = {n, n};
    jaxc_value zero = jx_literal(&type, 0), on = places(n, n, k, jx_eq);
    if (jx_is_poison(on))
        return JX_POISON;
    jaxc_value rows = k == 0 ? x : jx_pad_axis(x, 0, zero, before, after, 0);
    return jx_select(on, jx_broadcast_in_dim(rows, 2, dims, first), zero);
}

jaxc_value(jaxc_diag)(jaxc_value x, struct jaxc_k_options options)
{
    jx_enter("jaxc_diag");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.rank == 2)
        return jx_diagonal(x, options.k, 0, 1);
    if (type.rank == 1)
        return as_diagonal(x, options.k);
    jx_fail(JAXC_ESHAPE, "%s is neither a vector nor a matrix", jx_aval_text(&type, text));
    return JX_POISON;
}

jaxc_value(jaxc_diagflat)(jaxc_value x, struct jaxc_k_options options)
{
    jx_enter("jaxc_diagflat");
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    return as_diagonal(jx_flat(jx_as(x, (jaxc_dtype)type.dtype, false)), options.k);
}

/* v, repeated to the length of the diagonal, along the shortest axis; all indices equal: there. */
static jaxc_value fill_diagonal(jaxc_value x, jaxc_value v, const struct jx_aval *type)
{
    struct jx_aval own;
    int shortest = 0;
    jaxc_dtype counter = JAXC_I32;
    for (int i = 0; i < type->rank; i++) {
        shortest = type->dims[i] < type->dims[shortest] ? i : shortest;
        counter = type->dims[i] > INT32_MAX ? JAXC_I64 : counter;
    }
    int64_t n = type->dims[shortest];
    v = jx_as(v, (jaxc_dtype)type->dtype, type->weak);
    if (!jx_value_aval(v, &own))
        return JX_POISON;
    int64_t given = jx_count(own.rank, own.dims);
    if (own.rank > 0 && (n == 0 || given == 0))
        return n == 0 ? x : (jx_fail(JAXC_ESHAPE, "no values for a diagonal"), JX_POISON);
    if (own.rank > 0) {
        int64_t times = (n - 1) / given + 1, dims[2] = {times, given}, all = times * given;
        static const int last[1] = {1};
        v = jx_flat(v);
        if (times > 1)
            v = jx_reshape(jx_broadcast_in_dim(v, 2, dims, last), 1, &all);
        v = jx_broadcast_in_dim(jx_slice_axis(v, 0, 0, n, 1), type->rank, type->dims, &shortest);
    }
    jaxc_value on = JX_POISON, first = jx_iota(counter, type->rank, type->dims, 0);
    for (int i = 1; i < type->rank; i++) {
        jaxc_value same = jx_eq(first, jx_iota(counter, type->rank, type->dims, i));
        on = i == 1 ? same : jx_and(on, same);
    }
    return jx_select(on, v, x);
}

jaxc_value(jaxc_fill_diagonal)(jaxc_value x, jaxc_value v)
{
    jx_enter("jaxc_fill_diagonal");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    bool fits = type.rank >= 2;
    for (int i = 1; type.rank > 2 && i < type.rank; i++)
        fits = fits && type.dims[i] == type.dims[0];
    if (!fits) {
        jx_fail(JAXC_ESHAPE, "%s has no diagonal: two axes, or more of one size",
                jx_aval_text(&type, text));
        return JX_POISON;
    }
    return jx_result(x, fill_diagonal(x, v, &type));
}

/* ---- places as indices ----------------------------------------------------------------------- */

/* Rows and columns of a triangle's elements, in order. */
static jaxc_value triangle_places(int64_t rows, int64_t columns, int64_t k, bool lower)
{
    int64_t n = 0, all;
    struct jaxc_shape shape = {2, {rows, columns}};
    if (!jx_n_elements(2, shape.dims, &all))
        return JX_POISON;
    k = k > columns ? columns : k < -rows ? -rows : k;
    for (int64_t i = 0; i < rows; i++) {
        int64_t edge = i + k + lower; /* the first column of the upper part, behind the lower one */
        edge = edge < 0 ? 0 : edge > columns ? columns : edge;
        n += lower ? edge : columns - edge;
    }
    int64_t *at[2] = {jx_alloc((size_t)n + 1, sizeof **at), jx_alloc((size_t)n + 1, sizeof **at)};
    jaxc_value parts[2] = {JX_POISON, JX_POISON};
    n = 0;
    for (int64_t i = 0; at[0] && at[1] && i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            if (lower ? j <= i + k : j >= i + k) {
                at[0][n] = i;
                at[1][n++] = j;
            }
    for (int s = 0; at[0] && at[1] && s < 2; s++)
        parts[s] = jx_constant(n, at[s], shape.dims[s] > INT32_MAX);
    jx_free(at[0]);
    jx_free(at[1]);
    return jx_tuple_of(2, parts);
}

static jaxc_value triangle_indices(int64_t rows, const struct jaxc_tri_options *o, bool lower)
{
    if (o->dtype) {
        jx_fail(JAXC_EVALUE, "takes no dtype");
        return JX_POISON;
    }
    return triangle_places(rows, o->m ? o->m : rows, o->k, lower);
}

jaxc_value(jaxc_tril_indices)(int64_t n, struct jaxc_tri_options options)
{
    jx_enter("jaxc_tril_indices");
    return triangle_indices(n, &options, true);
}

jaxc_value(jaxc_triu_indices)(int64_t n, struct jaxc_tri_options options)
{
    jx_enter("jaxc_triu_indices");
    return triangle_indices(n, &options, false);
}

static jaxc_value diagonal_places(int64_t n, int n_axes)
{
    jaxc_value parts[JAXC_MAX_RANK];
    int64_t all;
    if (n_axes < 0 || n_axes > JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "%d axes; at most %d are possible", n_axes, JAXC_MAX_RANK);
        return JX_POISON;
    }
    if (!jx_n_elements(1, &n, &all))
        return JX_POISON;
    jaxc_value places = jx_iota(n > INT32_MAX ? JAXC_I64 : JAXC_I32, 1, &n, 0);
    for (int i = 0; i < n_axes; i++)
        parts[i] = jx_value_again(places);
    return jx_tuple_of(n_axes, parts);
}

jaxc_value(jaxc_diag_indices)(int64_t n, int n_axes)
{
    jx_enter("jaxc_diag_indices");
    return diagonal_places(n, n_axes);
}

/* ---- the same for an array ------------------------------------------------------------------- */

static jaxc_value triangle_of(jaxc_value x, int64_t k, bool lower)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.rank != 2) {
        jx_fail(JAXC_ESHAPE, "%s is no matrix", jx_aval_text(&type, text));
        return JX_POISON;
    }
    return triangle_places(type.dims[0], type.dims[1], k, lower);
}

jaxc_value(jaxc_tril_indices_from)(jaxc_value x, struct jaxc_k_options options)
{
    jx_enter("jaxc_tril_indices_from");
    return triangle_of(x, options.k, true);
}

jaxc_value(jaxc_triu_indices_from)(jaxc_value x, struct jaxc_k_options options)
{
    jx_enter("jaxc_triu_indices_from");
    return triangle_of(x, options.k, false);
}

jaxc_value(jaxc_diag_indices_from)(jaxc_value x)
{
    jx_enter("jaxc_diag_indices_from");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    bool square = type.rank >= 2;
    for (int i = 1; square && i < type.rank; i++)
        square = type.dims[i] == type.dims[0];
    if (!square) {
        jx_fail(JAXC_ESHAPE, "%s has not two or more axes of one size", jx_aval_text(&type, text));
        return JX_POISON;
    }
    return diagonal_places(type.dims[0], type.rank);
}
