/*
 * multivariate.c - normal vectors with a mean and a covariance.
 *
 * The factor of the covariance is unrolled here, column by column; it serves until linear algebra has
 * a primitive for it.
 */
#include "random/random.h"

#include <math.h>

/* What is left of a below and beside its first element, less column times row: the next matrix. */
static jaxc_value rest_of(jaxc_value a, jaxc_value column, int rank, int64_t size)
{
    struct jx_aval type;
    int64_t dims[JAXC_MAX_RANK];
    int last = rank - 1;
    column = jx_slice_axis(column, last - 1, 1, size, 1);
    if (!jx_value_aval(column, &type))
        return JX_POISON;
    memcpy(dims, type.dims, sizeof dims);
    dims[last - 1] = 1;
    dims[last] = size - 1;
    jaxc_value row = jx_reshape(column, rank, dims);
    a = jx_slice_axis(jx_slice_axis(a, last - 1, 1, size, 1), last, 1, size, 1);
    return jx_sub(a, jx_joined(jx_mul, JX_JOIN_SHAPES, column, row));
}

/* L of (a + a') / 2 = L L', below its diagonal and on it; NaN if that is not positive definite. A
 * pivot that is not positive becomes NaN, and so do all that follow. */
static jaxc_value cholesky(jaxc_value a)
{
    struct jx_aval type;
    if (!jx_value_aval(a, &type))
        return JX_POISON;
    int last = type.rank - 1, swapped[JAXC_MAX_RANK];
    int64_t n = type.dims[last];
    if (n == 0)
        return a;
    jaxc_value *columns = jx_alloc((size_t)n, sizeof *columns), root = JX_POISON;
    if (!columns)
        return JX_POISON;
    for (int i = 0; i < type.rank; i++)
        swapped[i] = i < last - 1 ? i : 2 * last - 1 - i;
    jaxc_value zero = jx_literal(&type, 0), none = jx_literal(&type, NAN);
    a = jx_div(jx_add(a, jx_transpose(a, swapped)), jx_literal(&type, 2));
    for (int64_t j = 0; j < n; j++) {
        jaxc_value column = jx_slice_axis(a, last, 0, 1, 1);
        jaxc_value pivot = jx_slice_axis(column, last - 1, 0, 1, 1);
        root = jx_sqrt(jx_select(jx_gt(pivot, zero), pivot, none));
        column = jx_joined(jx_div, JX_JOIN_SHAPES, column, root);
        columns[j] = jx_pad_axis(column, last - 1, zero, j, 0, 0);
        if (j + 1 < n)
            a = rest_of(a, column, type.rank, n - j);
    }
    jaxc_value all = jx_concatenate((int)n, columns, last);
    jx_free(columns);
    root = jx_broadcast_to(root, type.rank, type.dims);
    return jx_select(jx_eq(root, root), all, none);
}

/* The shape of a draw, as a type: that of the option, or of what mean and cov have before their axes
 * of size n. */
static bool outer_type(const struct jaxc_random_options *o, jaxc_dtype dtype,
                       const struct jx_aval *mean, const struct jx_aval *cov, struct jx_aval *out)
{
    struct jx_aval types[3];
    char text[4][JX_AVAL_TEXT];
    int rank, given = o->shape.rank;
    int64_t dims[JAXC_MAX_RANK];
    jx_aval_text(mean, text[0]);
    jx_aval_text(cov, text[1]);
    if (mean->rank < 1 || cov->rank < 2 || cov->dims[cov->rank - 1] != mean->dims[mean->rank - 1] ||
        cov->dims[cov->rank - 2] != mean->dims[mean->rank - 1])
        return jx_fail(JAXC_ESHAPE, "a mean [..., n] and a covariance [..., n, n], not %s and %s",
                       text[0], text[1]);
    types[0] = jx_aval_make(dtype, mean->rank - 1, mean->dims);
    types[1] = jx_aval_make(dtype, cov->rank - 2, cov->dims);
    if (!jx_choose_type(o->shape, dtype, &types[2]) ||
        !jx_broadcast_types(given > 0 ? 3 : 2, types, &rank, dims))
        return false;
    if (given > 0 && (rank != given || !jx_same_dims(rank, dims, o->shape.dims)))
        return jx_fail(JAXC_ESHAPE, "mean %s and covariance %s do not broadcast to draws of %s",
                       text[0], text[1], jx_aval_text(&types[2], text[2]));
    if (rank + 2 > JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "%d axes and two of matrices; at most %d are possible", rank,
                       JAXC_MAX_RANK);
    *out = jx_aval_make(dtype, rank, dims);
    return true;
}

/* mean + L z, z normal */
jaxc_value(jaxc_random_multivariate_normal)(jaxc_value key, jaxc_value mean, jaxc_value cov,
                                            struct jaxc_random_options options)
{
    jx_enter("jaxc_random_multivariate_normal");
    struct jx_aval own[2], outer, type;
    jaxc_value of[] = {mean, cov};
    jaxc_dtype dtype;
    if (!jx_check_key(key) || !jx_argument_aval(mean, 2, &own[0]) ||
        !jx_argument_aval(cov, 3, &own[1]) || !jx_join_dtypes(2, of, JX_JOIN_FLOAT, &dtype) ||
        !jx_choose_dtype(options.dtype, dtype, &dtype))
        return JX_POISON;
    if (!jx_is_float(dtype)) {
        jx_fail(JAXC_EDTYPE, "draws floats, not %s", jx_dtype_info(dtype)->name);
        return JX_POISON;
    }
    if (!outer_type(&options, dtype, &own[0], &own[1], &outer) ||
        !jx_append_axis(&outer, own[0].dims[own[0].rank - 1], &type))
        return JX_POISON;
    int row = type.rank - 1, last = type.rank;
    jaxc_value z = jx_random_normal(key, &type);
    z = jx_joined(jx_mul, JX_JOIN_ANY, cholesky(of[1]), jx_insert_axes(z, 1, &row));
    return jx_joined(jx_add, JX_JOIN_ANY, of[0], jx_reduce_sum(z, 1, &last));
}
