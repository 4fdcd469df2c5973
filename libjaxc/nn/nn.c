/*
 * nn.c - the functions of jax.nn, with JAX's formulas and JAX's derivatives at corner points.
 *
 * Where JAX gives a derivative by hand (relu, softplus), the expression here is chosen so that the
 * ordinary rules give the same one.
 */
#include "numpy/numpy.h"

#include <jaxc/nn.h>

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

/* m = max(x) with 0 for what is not finite, a constant to derivatives; log(sum(exp(x - m))) + m */
jaxc_value(jaxc_logsumexp)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_logsumexp");
    struct rows r;
    x = jx_as_float(x);
    if (!take_rows(x, &options.axes, &r))
        return JX_POISON;
    if (jx_operand_given(&options.initial)) {
        jx_fail(JAXC_EVALUE, "takes no initial");
        return JX_POISON;
    }
    x = jx_as(x, (jaxc_dtype)r.type.dtype, false);
    if (jx_operand_given(&options.where))
        x = jx_where(options.where.value, x, jx_number_like(x, -(double)INFINITY));
    jaxc_value most = jx_reduce_max(x, r.n, r.axes);
    jaxc_value finite = jx_lt(jx_abs(most), jx_number_like(most, (double)INFINITY));
    most = jx_stop_gradient(jx_select(finite, most, jx_number_like(most, 0)));
    jaxc_value sum = jx_reduce_sum(jx_exp(jx_sub(x, along_rows(most, &r))), r.n, r.axes);
    jaxc_value y = jx_add(jx_log(sum), most);
    return options.keepdims ? jx_insert_axes(y, r.n, r.axes) : y;
}

/* x - max(x) as floats, where the maximum is a constant to derivatives. Integers are subtracted as
 * such: unsigned ones wrap, as they do in JAX. */
static jaxc_value shifted(jaxc_value x, struct jaxc_axes_options options, struct rows *r)
{
    static const struct jaxc_axes last = {JAXC_GIVEN, 1, {-1}};
    if (!take_rows(x, options.axes.n ? &options.axes : &last, r))
        return JX_POISON;
    for (int i = 0; i < r->n; i++) {
        if (r->type.dims[r->axes[i]] == 0) {
            char text[JX_AVAL_TEXT];
            jx_fail(JAXC_EVALUE, "axis %d of %s is empty", r->axes[i],
                    jx_aval_text(&r->type, text));
            return JX_POISON;
        }
    }
    jaxc_value most = jx_stop_gradient(jx_reduce_max(x, r->n, r->axes));
    return jx_as_float(jx_sub(x, along_rows(most, r)));
}

jaxc_value(jaxc_nn_softmax)(jaxc_value x, struct jaxc_axes_options options)
{
    jx_enter("jaxc_nn_softmax");
    struct rows r;
    jaxc_value y = jx_exp(shifted(x, options, &r));
    if (jx_is_poison(y))
        return y;
    return jx_div(y, along_rows(jx_reduce_sum(y, r.n, r.axes), &r));
}

jaxc_value(jaxc_nn_log_softmax)(jaxc_value x, struct jaxc_axes_options options)
{
    jx_enter("jaxc_nn_log_softmax");
    struct rows r;
    jaxc_value y = shifted(x, options, &r);
    if (jx_is_poison(y))
        return y;
    jaxc_value sum = jx_reduce_sum(jx_exp(y), r.n, r.axes);
    return jx_sub(y, along_rows(jx_log(sum), &r));
}

/* ---- activations ----------------------------------------------------------------------------- */

/* max(x, 0), whose derivative is 1 where x > 0 and 0 elsewhere, also at a NaN, which the value
 * keeps */
jaxc_value(jaxc_nn_relu)(jaxc_value x)
{
    jx_enter("jaxc_nn_relu");
    jaxc_dtype dtype;
    if (!jx_join_dtypes(1, &x, JX_JOIN_NUMBER, &dtype))
        return JX_POISON;
    jaxc_value zero = jx_number_like(x, 0), y = jx_max(x, zero);
    if (!jx_is_float(dtype))
        return y;
    return jx_select(jx_gt(x, zero), x, jx_stop_gradient(y));
}

jaxc_value(jaxc_nn_sigmoid)(jaxc_value x)
{
    jx_enter("jaxc_nn_sigmoid");
    return jx_logistic(x);
}

jaxc_value(jaxc_nn_tanh)(jaxc_value x)
{
    jx_enter("jaxc_nn_tanh");
    return jx_tanh(jx_as_float(x));
}

jaxc_value(jaxc_nn_silu)(jaxc_value x)
{
    jx_enter("jaxc_nn_silu");
    return jx_mul(x, jx_logistic(x));
}

/* x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, Hendrycks and Gimpel 2016, section 2 */
jaxc_value(jaxc_nn_gelu)(jaxc_value x)
{
    jx_enter("jaxc_nn_gelu");
    x = jx_as_float(x);
    jaxc_value cube = jx_mul(jx_number_like(x, 0.044715), jx_integer_pow(x, 3));
    jaxc_value inner =
        jx_mul(jx_number_like(x, 0.79788456080286535588 /* sqrt(2 / pi) */), jx_add(x, cube));
    jaxc_value cdf = jx_mul(jx_number_like(x, 0.5), jx_add(jx_number_like(x, 1), jx_tanh(inner)));
    return jx_mul(x, cdf);
}

/* max(x, 0) + log1p(exp(-|x|)). The derivative is sigmoid(x), also at 0: the first term gives 1
 * there, since x >= 0 chooses x, and the second -1/2, since |x|' is 1. */
jaxc_value(jaxc_nn_softplus)(jaxc_value x)
{
    jx_enter("jaxc_nn_softplus");
    x = jx_as_float(x);
    jaxc_value zero = jx_number_like(x, 0), most = jx_select(jx_ge(x, zero), x, zero);
    return jx_add(most, jx_log1p(jx_exp(jx_neg(jx_abs(x)))));
}

/* ---- one-hot --------------------------------------------------------------------------------- */

jaxc_value(jaxc_nn_one_hot)(jaxc_value x, int64_t n, jaxc_dtype dtype)
{
    jx_enter("jaxc_nn_one_hot");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type) || !jx_choose_dtype(dtype, JAXC_F32, &dtype))
        return JX_POISON;
    if (n < 0 || type.rank == JAXC_MAX_RANK || type.dtype == JAXC_BOOL) {
        jx_fail(n < 0                        ? JAXC_EVALUE
                : type.rank == JAXC_MAX_RANK ? JAXC_ELIMIT
                                             : JAXC_EDTYPE,
                "%s to rows of %" PRId64, jx_aval_text(&type, text), n);
        return JX_POISON;
    }
    /* An 8-bit counter would come round again. */
    jaxc_dtype counter = (jaxc_dtype)type.dtype;
    if (n > 128 && jx_dtype_info(counter)->size < 4)
        counter = JAXC_I32;
    int last = type.rank, map[JAXC_MAX_RANK];
    for (int i = 0; i < type.rank; i++)
        map[i] = i;
    type.dims[type.rank] = n;
    x = jx_broadcast_in_dim(jx_as(x, counter, false), last + 1, type.dims, map);
    jaxc_value y = jx_eq(x, jx_iota(counter, last + 1, type.dims, last));
    return jx_convert_element_type(y, dtype, false);
}
