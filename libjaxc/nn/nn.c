/*
 * nn.c - normalised exponentials and their like, and one-hot, with JAX's formulas.
 */
#include "nn/nn.h"

#include <inttypes.h>
#include <math.h>

/* ---- normalised exponentials ----------------------------------------------------------------- */

/* An operand's type, and the axes it is normalised along. */
struct rows {
    struct jx_aval type;
    int n, axes[JAXC_MAX_RANK];
    int n_kept, kept[JAXC_MAX_RANK]; /* the other axes */
};

static bool take_rows(jaxc_value x, const struct jaxc_axes *axes, struct rows *r)
{
    if (!jx_value_aval(x, &r->type) || !jx_sorted_axes(axes, r->type.rank, &r->n, r->axes))
        return false;
    r->n_kept = 0;
    for (int axis = 0, i = 0; axis < r->type.rank; axis++) {
        if (i < r->n && r->axes[i] == axis)
            i++;
        else
            r->kept[r->n_kept++] = axis;
    }
    return true;
}

/* One number for each row, repeated along the rows. */
static jaxc_value along_rows(jaxc_value y, const struct rows *r)
{
    return r->n_kept > 0 ? jx_broadcast_in_dim(y, r->type.rank, r->type.dims, r->kept) : y;
}

/*
 * m = max(x) with 0 for what is not finite, a constant to derivatives; log |sum(b exp(x - m))| + m,
 * where b is 1 if it is poison. The sum is what a sign is asked of.
 */
static jaxc_value logsumexp(jaxc_value x, jaxc_value b, const struct jaxc_reduce_options *options,
                            jaxc_value *sum)
{
    struct rows r;
    bool weighted = !jx_is_poison(b);
    x = jx_as_strong(x);
    if (jx_operand_given(&options->where))
        x = jx_where(options->where.value, x, jx_number_like(x, -(double)INFINITY));
    if (!jx_take_no(options, JX_NO_INITIAL | JX_NO_DTYPE) || !take_rows(x, &options->axes, &r))
        return JX_POISON;
    jaxc_value most = jx_reduce_max(x, r.n, r.axes);
    jaxc_value finite = jx_lt(jx_abs(most), jx_number_like(most, (double)INFINITY));
    most = jx_stop_gradient(jx_select(finite, most, jx_number_like(most, 0)));
    jaxc_value terms = jx_exp(jx_sub(x, along_rows(most, &r)));
    if (weighted) {
        terms = jx_joined(jx_mul, JX_JOIN_ANY, terms, b);
        if (jx_operand_given(&options->where))
            terms = jx_where(options->where.value, terms, jx_number_like(terms, 0));
    }
    *sum = jx_reduce_sum(terms, r.n, r.axes);
    jaxc_value y = jx_add(jx_log(weighted ? jx_abs(*sum) : *sum), most);
    if (!options->keepdims)
        return y;
    *sum = jx_insert_axes(*sum, r.n, r.axes);
    return jx_insert_axes(y, r.n, r.axes);
}

jaxc_value(jaxc_logsumexp)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_logsumexp");
    jaxc_value sum;
    return logsumexp(jx_as_float(x), JX_POISON, &options, &sum);
}

jaxc_value(jaxc_nn_logsumexp)(jaxc_value x, struct jaxc_nn_logsumexp_options options)
{
    jx_enter("jaxc_nn_logsumexp");
    struct jaxc_reduce_options over = {
        .axes = options.axes, .keepdims = options.keepdims, .where = options.where};
    bool weighted = jx_operand_given(&options.b);
    jaxc_value both[2] = {x, options.b.value}, sum;
    if (!jx_join(weighted ? 2 : 1, both, JX_JOIN_FLOAT, NULL))
        return JX_POISON;
    jaxc_value b = weighted ? jx_as_strong(both[1]) : JX_POISON;
    if (weighted) {
        jaxc_value some = jx_ne(b, jx_number_like(b, 0));
        both[0] = jx_where(some, both[0], jx_number_like(both[0], -(double)INFINITY));
    }
    jaxc_value y = logsumexp(both[0], b, &over, &sum), sign = jx_sign(sum);
    if (jx_is_poison(y))
        return y;
    if (options.return_sign)
        return jx_tuple_of(2, (jaxc_value[]){y, sign});
    if (!weighted)
        return y;
    jaxc_value negative = jx_lt(sign, jx_number_like(sign, 0));
    return jx_select(negative, jx_number_like(y, (double)NAN), y);
}

jaxc_value(jaxc_nn_logmeanexp)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_nn_logmeanexp");
    jaxc_dtype dtype;
    jaxc_value sum, y = logsumexp(jx_as_float(x), JX_POISON, &options, &sum);
    if (!jx_dtype_of(y, &dtype))
        return JX_POISON;
    return jx_sub(y, jx_log(jx_count_of(x, dtype, &options)));
}

/* y where the mask holds, a number elsewhere; y itself without a mask. */
static jaxc_value masked(jaxc_value y, const struct jaxc_operand *where, double otherwise)
{
    if (!jx_operand_given(where))
        return y;
    return jx_where(where->value, y, jx_number_like(y, otherwise));
}

static jaxc_value sum_of_rows(jaxc_value y, const struct jaxc_operand *where, const struct rows *r)
{
    return jx_reduce_sum(masked(y, where, 0), r->n, r->axes);
}

/* The rows to be normalised, which are the last axis if none is given. A mask must broadcast
 * to x. */
static bool take_options(jaxc_value x, const struct jaxc_reduce_options *o, struct rows *r)
{
    static const struct jaxc_axes last = {JAXC_GIVEN, 1, {-1}};
    struct jx_aval types[2];
    char text[2][JX_AVAL_TEXT];
    int rank;
    int64_t dims[JAXC_MAX_RANK];
    if (o->keepdims)
        return jx_fail(JAXC_EVALUE, "takes no keepdims");
    if (!jx_take_no(o, JX_NO_INITIAL | JX_NO_DTYPE) ||
        !take_rows(x, o->axes.n ? &o->axes : &last, r))
        return false;
    if (!jx_operand_given(&o->where))
        return true;
    types[0] = r->type;
    if (!jx_value_aval(o->where.value, &types[1]) || !jx_broadcast_types(2, types, &rank, dims))
        return false;
    return (rank == r->type.rank && jx_same_dims(rank, dims, r->type.dims)) ||
           jx_fail(JAXC_ESHAPE, "where, %s, does not broadcast to %s",
                   jx_aval_text(&types[1], text[1]), jx_aval_text(&types[0], text[0]));
}

/*
 * x - max(x) as floats, where the maximum is a constant to derivatives; -inf where the mask does not
 * hold. Integers are subtracted as such: unsigned ones wrap, as they do in JAX. *some: rows in which
 * the mask holds anywhere, poison without one; the maximum of others is 0.
 */
static jaxc_value shifted(jaxc_value x, const struct jaxc_reduce_options *o, struct rows *r,
                          jaxc_value *some)
{
    *some = JX_POISON;
    if (!take_options(x, o, r))
        return JX_POISON;
    if (jx_operand_given(&o->where)) {
        x = masked(jx_as_float(x), &o->where, (double)-INFINITY);
        jaxc_value mask = jx_broadcast_to(jx_as_bool(o->where.value), r->type.rank, r->type.dims);
        *some = jx_reduce_or(mask, r->n, r->axes);
    }
    for (int i = 0; i < r->n; i++)
        if (r->type.dims[r->axes[i]] == 0)
            return jx_as_float(x);
    jaxc_value most = jx_stop_gradient(jx_reduce_max(x, r->n, r->axes));
    if (jx_operand_given(&o->where))
        most = jx_select(*some, most, jx_number_like(most, 0));
    return jx_as_float(jx_sub(x, along_rows(most, r)));
}

jaxc_value jx_softmax(jaxc_value x, const struct jaxc_reduce_options *options)
{
    struct rows r;
    jaxc_value some, y = jx_exp(shifted(x, options, &r, &some));
    if (jx_is_poison(y))
        return y;
    jaxc_value sum = sum_of_rows(y, &options->where, &r);
    if (!jx_is_poison(some))
        sum = jx_select(some, sum, jx_number_like(sum, 1));
    return masked(jx_div(y, along_rows(sum, &r)), &options->where, 0);
}

jaxc_value(jaxc_nn_softmax)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_nn_softmax");
    return jx_softmax(x, &options);
}

jaxc_value(jaxc_nn_log_softmax)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_nn_log_softmax");
    struct rows r;
    jaxc_value some, y = shifted(x, &options, &r, &some);
    if (jx_is_poison(y))
        return y;
    jaxc_value sum = sum_of_rows(jx_exp(y), &options.where, &r);
    if (!jx_is_poison(some))
        sum = jx_select(some, sum, jx_number_like(sum, 1));
    return masked(jx_sub(y, along_rows(jx_log(sum), &r)), &options.where, (double)-INFINITY);
}

/* ---- standardize ----------------------------------------------------------------------------- */

/* The variance: of the distances from the mean, or the mean of squares less the mean's square, which
 * is faster and may come out below 0. */
static jaxc_value variance_of(jaxc_value x, jaxc_value mean, const struct jaxc_reduce_options *over,
                              bool stable)
{
    if (stable) {
        jaxc_value apart = jx_joined(jx_sub, JX_JOIN_ANY, x, mean);
        return jx_mean_of(jx_square(apart), over);
    }
    jaxc_value number = x;
    if (!jx_join_dtypes(1, &number, JX_JOIN_NUMBER, NULL))
        return JX_POISON;
    jaxc_value squares = jx_mean_of(jx_square(number), over);
    jaxc_value variance = jx_joined(jx_sub, JX_JOIN_ANY, squares, jx_square(mean));
    return jx_max(jx_number_like(variance, 0), variance);
}

jaxc_value(jaxc_nn_standardize)(jaxc_value x, struct jaxc_nn_standardize_options o)
{
    jx_enter("jaxc_nn_standardize");
    static const struct jaxc_axes last = {JAXC_GIVEN, 1, {-1}};
    struct jaxc_reduce_options over = {
        .axes = o.axes.n ? o.axes : last, .keepdims = true, .where = o.where};
    bool stable = o.algorithm && strcmp(o.algorithm, "stable") == 0;
    if (o.algorithm && !stable && strcmp(o.algorithm, "fast") != 0) {
        jx_fail(JAXC_EVALUE, "no algorithm \"%s\": \"fast\" or \"stable\"", o.algorithm);
        return JX_POISON;
    }
    jaxc_value mean = jx_operand_given(&o.mean) ? o.mean.value : jx_mean_of(x, &over);
    jaxc_value variance =
        jx_operand_given(&o.variance) ? o.variance.value : variance_of(x, mean, &over, stable);
    jaxc_value epsilon = jx_operand_given(&o.epsilon) ? o.epsilon.value : jx_weak_number(1e-5);
    jaxc_value scale = jx_joined(jx_add, JX_JOIN_ANY, variance, epsilon);
    jaxc_value apart = jx_joined(jx_sub, JX_JOIN_ANY, x, mean);
    return jx_joined(jx_mul, JX_JOIN_ANY, apart, jx_rsqrt(scale));
}

/* ---- one-hot --------------------------------------------------------------------------------- */

jaxc_value(jaxc_nn_one_hot)(jaxc_value x, int64_t n, struct jaxc_nn_one_hot_options options)
{
    jx_enter("jaxc_nn_one_hot");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    jaxc_dtype dtype;
    int axis, map[JAXC_MAX_RANK];
    int64_t dims[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type) || !jx_choose_dtype(options.dtype, JAXC_F32, &dtype))
        return JX_POISON;
    if (n < 0 || type.rank == JAXC_MAX_RANK || type.dtype == JAXC_BOOL) {
        jx_fail(n < 0                        ? JAXC_EVALUE
                : type.rank == JAXC_MAX_RANK ? JAXC_ELIMIT
                                             : JAXC_EDTYPE,
                "%s to rows of %" PRId64, jx_aval_text(&type, text), n);
        return JX_POISON;
    }
    int rank = type.rank + 1;
    if (!jx_one_axis(&options.axes, rank, type.rank, &axis))
        return JX_POISON;
    /* An 8-bit counter would come round again. */
    jaxc_dtype counter = (jaxc_dtype)type.dtype;
    if (n > 128 && jx_dtype_info(counter)->size < 4)
        counter = JAXC_I32;
    for (int i = 0; i < type.rank; i++)
        map[i] = i + (i >= axis);
    jx_insert(type.rank, type.dims, axis, n, dims);
    x = jx_broadcast_in_dim(jx_as(x, counter, false), rank, dims, map);
    jaxc_value y = jx_eq(x, jx_iota(counter, rank, dims, axis));
    return jx_convert_element_type(y, dtype, false);
}
