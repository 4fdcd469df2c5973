/*
 * norm.c - kron, cross, and norms of vectors and matrices.
 */
#include "numpy/numpy.h"

#include <jaxc/products.h>

#include <inttypes.h>
#include <math.h>

/* ---- kron, cross ----------------------------------------------------------------------------- */

/* Both are broadcast to a's and b's axes alternating, which are then joined in pairs. More than
 * four axes do not fit: axes of size 1 are left out, and stand in the shape alone. */
jaxc_value(jaxc_kron)(jaxc_value a, jaxc_value b)
{
    jx_enter("jaxc_kron");
    struct jx_aval types[2];
    jaxc_value x[2] = {a, b};
    int map[2][JAXC_MAX_RANK], n[2] = {0, 0}, n_all = 0, drop[2][JAXC_MAX_RANK], n_drop[2] = {0, 0};
    int64_t all[2 * JAXC_MAX_RANK], dims[JAXC_MAX_RANK];
    jaxc_dtype dtype;
    if (!jx_argument_aval(a, 0, &types[0]) || !jx_argument_aval(b, 1, &types[1]) ||
        !jx_join_dtypes(2, x, JX_JOIN_ANY, &dtype))
        return JX_POISON;
    int rank = types[0].rank > types[1].rank ? types[0].rank : types[1].rank;
    for (int i = 0; i < rank; i++) {
        dims[i] = 1;
        for (int s = 0; s < 2; s++) {
            int own = i - (rank - types[s].rank);
            int64_t size = own < 0 ? 1 : types[s].dims[own];
            if (__builtin_mul_overflow(dims[i], size, &dims[i])) {
                jx_fail(JAXC_ELIMIT, "too many elements");
                return JX_POISON;
            }
            if (own >= 0 && size == 1)
                drop[s][n_drop[s]++] = own;
            if (size == 1)
                continue;
            map[s][n[s]++] = n_all;
            all[n_all++] = size;
        }
    }
    if (n_all > JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "%d axes on the way; at most %d are possible", n_all, JAXC_MAX_RANK);
        return JX_POISON;
    }
    for (int s = 0; s < 2; s++)
        x[s] = jx_broadcast_in_dim(jx_drop_axes(x[s], n_drop[s], drop[s]), n_all, all, map[s]);
    jaxc_value y = dtype == JAXC_BOOL ? jx_and(x[0], x[1]) : jx_mul(x[0], x[1]);
    return jx_reshape(y, rank, dims);
}

static jaxc_value component(jaxc_value x, int i)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int last = type.rank - 1;
    return jx_drop_axes(jx_slice_axis(x, last, i, i + 1, 1), 1, &last);
}

/* x[i] y[j] - x[j] y[i]; a component that is not there is 0. */
static jaxc_value minor(jaxc_value x, int nx, jaxc_value y, int ny, int i, int j)
{
    jaxc_value first = JX_ZERO, second = JX_ZERO;
    if (i < nx && j < ny)
        first = jx_joined(jx_mul, JX_JOIN_ANY, component(x, i), component(y, j));
    if (j < nx && i < ny)
        second = jx_joined(jx_mul, JX_JOIN_ANY, component(x, j), component(y, i));
    if (jx_is_zero(first))
        return jx_neg(second);
    return jx_is_zero(second) ? first : jx_sub(first, second);
}

jaxc_value(jaxc_cross)(jaxc_value a, jaxc_value b, struct jaxc_axes_options options)
{
    jx_enter("jaxc_cross");
    jaxc_value x[2] = {a, b}, parts[3];
    struct jx_aval types[2], out;
    int n[2], axis = 0;
    char text[2][JX_AVAL_TEXT];
    for (int s = 0; s < 2; s++) {
        if (!jx_argument_aval(x[s], s, &types[s]) ||
            !jx_one_axis(&options.axes, types[s].rank, -1, &axis))
            return JX_POISON;
        n[s] = types[s].dims[axis] < 4 ? (int)types[s].dims[axis] : 4;
        x[s] = jx_moveaxis(x[s], axis, -1);
    }
    if (n[0] < 2 || n[0] > 3 || n[1] < 2 || n[1] > 3) {
        jx_fail(JAXC_ESHAPE, "vectors have 2 or 3 components: %s and %s",
                jx_aval_text(&types[0], text[0]), jx_aval_text(&types[1], text[1]));
        return JX_POISON;
    }
    if (!jx_join_dtypes(2, x, JX_JOIN_ANY, NULL))
        return JX_POISON;
    parts[2] = minor(x[0], n[0], x[1], n[1], 0, 1);
    if (n[0] == 2 && n[1] == 2)
        return parts[2];
    parts[0] = minor(x[0], n[0], x[1], n[1], 1, 2);
    parts[1] = minor(x[0], n[0], x[1], n[1], 2, 0);
    jaxc_value y = jx_stack_of(3, parts, -1);
    if (!jx_value_aval(y, &out))
        return JX_POISON;
    return jx_moveaxis(y, -1, options.axes.n > 0 ? options.axes.at[0] : -1);
}

/* ---- norms ----------------------------------------------------------------------------------- */

struct norm {
    struct jaxc_reduce_options over; /* axes and keepdims */
    bool has_order;
    double order;
};

static jaxc_value root_of_squares(jaxc_value x, const struct norm *n)
{
    return jx_sqrt(jx_sum_of(jx_mul(x, x), &n->over));
}

/* The greatest, or the least; 0 is the greatest of nothing. */
static jaxc_value extreme(jaxc_value x, bool greatest, struct jaxc_reduce_options over)
{
    if (!greatest)
        return jx_min_of(x, &over);
    over.initial = (struct jaxc_operand){JAXC_GIVEN, jx_number_like(x, 0)};
    return jx_max_of(x, &over);
}

static jaxc_value vector_norm(jaxc_value x, const struct norm *n)
{
    struct jx_aval type;
    double p = n->order;
    if (!n->has_order || p == 2)
        return root_of_squares(x, n);
    if (isinf(p))
        return extreme(jx_abs(x), p > 0, n->over);
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (p == 0) {
        jaxc_value counted = jx_as(jx_ne(x, jx_literal(&type, 0)), (jaxc_dtype)type.dtype, false);
        return jx_sum_of(counted, &n->over);
    }
    if (p == 1)
        return jx_sum_of(jx_abs(x), &n->over);
    jaxc_value sum = jx_sum_of(jx_pow(jx_abs(x), jx_literal(&type, p)), &n->over);
    return jx_pow(sum, jx_number_like(sum, 1 / p));
}

static jaxc_value matrix_norm(jaxc_value x, const struct norm *n, const int *axes)
{
    double p = n->order;
    if (!n->has_order)
        return root_of_squares(x, n);
    if (fabs(p) == 2) {
        jx_fail(JAXC_EUNSUPPORTED, "order %g of a matrix needs singular values", p);
        return JX_POISON;
    }
    if (fabs(p) != 1 && !isinf(p)) {
        jx_fail(JAXC_EVALUE, "no order %g of a matrix", p);
        return JX_POISON;
    }
    /* sums of columns for 1, of rows for inf; axes[0] counts rows */
    int summed = fabs(p) == 1 ? axes[0] : axes[1], other = fabs(p) == 1 ? axes[1] : axes[0];
    struct jaxc_reduce_options sums = {.axes = {JAXC_GIVEN, 1, {summed}}, .keepdims = true};
    struct jaxc_reduce_options rest = {.axes = {JAXC_GIVEN, 1, {other}}, .keepdims = true};
    jaxc_value y = extreme(jx_sum_of(jx_abs(x), &sums), p > 0, rest);
    int both[2] = {axes[0] < axes[1] ? axes[0] : axes[1], axes[0] < axes[1] ? axes[1] : axes[0]};
    return n->over.keepdims ? y : jx_drop_axes(y, 2, both);
}

static bool order_of(const struct jaxc_operand *o, struct norm *n)
{
    struct jx_aval type;
    union jx_scalar number;
    n->has_order = jx_operand_given(o);
    if (!n->has_order)
        return true;
    if (!jx_literal_of(o->value, &type, &number))
        return jx_fail(JAXC_EVALUE, "ord is a C number");
    n->order = jx_scalar_convert(number, jx_literal_held(&type), JAXC_F64).f;
    return true;
}

jaxc_value(jaxc_linalg_norm)(jaxc_value x, struct jaxc_norm_options options)
{
    jx_enter("jaxc_linalg_norm");
    struct norm n = {.over = {.axes = options.axes, .keepdims = options.keepdims}};
    struct jx_aval type;
    int n_axes, axes[JAXC_MAX_RANK];
    x = jx_as_float(x);
    if (!order_of(&options.ord, &n) || !jx_value_aval(x, &type) ||
        !jx_sorted_axes(&options.axes, type.rank, &n_axes, axes))
        return JX_POISON;
    for (int i = 0; i < options.axes.n; i++) /* in the order in which they are given */
        axes[i] = options.axes.at[i] + (options.axes.at[i] < 0 ? type.rank : 0);
    if (options.axes.n == 0 && !n.has_order)
        return root_of_squares(x, &n);
    if (n_axes == 1)
        return vector_norm(x, &n);
    if (n_axes == 2)
        return matrix_norm(x, &n, axes);
    jx_fail(JAXC_EAXIS, "norms are of one axis or two, not %d", n_axes);
    return JX_POISON;
}
