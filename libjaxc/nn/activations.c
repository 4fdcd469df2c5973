/*
 * activations.c - the activations of jax.nn, with JAX's formulas and JAX's derivatives at corner
 * points.
 *
 * Where JAX gives a derivative by hand (relu, relu6, softplus, log1mexp), the expression here is
 * chosen so that the ordinary rules give the same one.
 */
#include "nn/nn.h"

/* ---- options --------------------------------------------------------------------------------- */

enum { TAKES_ALPHA = 1, TAKES_SLOPE = 2, TAKES_B = 4, TAKES_EXACT = 8 };

static bool take(const struct jaxc_nn_activation_options *o, int what)
{
    const char *other = jx_operand_given(&o->alpha) && what != TAKES_ALPHA ? "alpha"
                        : jx_operand_given(&o->negative_slope) && what != TAKES_SLOPE
                            ? "negative_slope"
                        : jx_operand_given(&o->b) && what != TAKES_B ? "b"
                        : o->exact && what != TAKES_EXACT            ? "exact"
                                                                     : NULL;
    return !other || jx_fail(JAXC_EVALUE, "takes no %s", other);
}

static jaxc_value given(const struct jaxc_operand *option, double otherwise)
{
    return jx_operand_given(option) ? option->value : jx_weak_number(otherwise);
}

/* ---- operands -------------------------------------------------------------------------------- */

/* What JAX makes of x beside a number with a point: what is no float becomes a weak f32. */
static jaxc_value beside_float(jaxc_value x)
{
    jaxc_value operands[] = {x, jx_weak_number(0)};
    return jx_join_dtypes(2, operands, JX_JOIN_ANY, NULL) ? operands[0] : JX_POISON;
}

/* And beside a number without one: bool becomes a weak i32. */
static bool beside_int(jaxc_value *x, jaxc_dtype *dtype)
{
    jaxc_value operands[] = {*x, jx_scalar_of(JAXC_I32, (union jx_scalar){.i = 0}, true)};
    if (!jx_join_dtypes(2, operands, JX_JOIN_ANY, dtype))
        return false;
    *x = operands[0];
    return true;
}

static jaxc_value plus(jaxc_value x, double number) { return jx_add(x, jx_number_like(x, number)); }
static jaxc_value times(jaxc_value x, double number)
{
    return jx_mul(x, jx_number_like(x, number));
}

static jaxc_value over(jaxc_value x, double number) { return jx_div(x, jx_number_like(x, number)); }

/* ---- rectifiers ------------------------------------------------------------------------------ */

/* max(x, 0), whose derivative is 1 where x > 0 and 0 elsewhere, also at a NaN, which the value
 * keeps */
static jaxc_value relu(jaxc_value x)
{
    jaxc_dtype dtype;
    if (!beside_int(&x, &dtype))
        return JX_POISON;
    jaxc_value zero = jx_number_like(x, 0), y = jx_max(x, zero);
    if (!jx_is_float(dtype))
        return y;
    return jx_select(jx_gt(x, zero), x, jx_stop_gradient(y));
}

/* min(max(x, 0), 6), whose derivative is 1 where 0 < x < 6 and 0 elsewhere */
static jaxc_value relu6(jaxc_value x)
{
    x = beside_float(x);
    jaxc_value zero = jx_number_like(x, 0), six = jx_number_like(x, 6);
    jaxc_value inside = jx_and(jx_gt(x, zero), jx_lt(x, six));
    return jx_select(inside, x, jx_stop_gradient(jx_min(jx_max(x, zero), six)));
}

static jaxc_value hard_sigmoid(jaxc_value x) { return over(relu6(plus(beside_float(x), 3)), 6); }

static jaxc_value hard_silu(jaxc_value x)
{
    return jx_joined(jx_mul, JX_JOIN_ANY, x, hard_sigmoid(x));
}

static jaxc_value hard_tanh(jaxc_value x)
{
    jaxc_dtype dtype;
    if (!beside_int(&x, &dtype))
        return JX_POISON;
    jaxc_value one = jx_number_like(x, 1), minus_one = jx_number_like(x, -1);
    return jx_select(jx_gt(x, one), one, jx_select(jx_lt(x, minus_one), minus_one, x));
}

static jaxc_value identity(jaxc_value x)
{
    struct jx_aval type;
    return jx_value_aval(x, &type) ? jx_value_again(x) : JX_POISON;
}

jaxc_value(jaxc_nn_leaky_relu)(jaxc_value x, struct jaxc_nn_activation_options options)
{
    jx_enter("jaxc_nn_leaky_relu");
    if (!take(&options, TAKES_SLOPE))
        return JX_POISON;
    jaxc_value scaled = jx_joined(jx_mul, JX_JOIN_ANY, given(&options.negative_slope, 0.01), x);
    return jx_where(jx_ge(x, jx_number_like(x, 0)), x, scaled);
}

/* ---- exponential units ----------------------------------------------------------------------- */

static jaxc_value elu(jaxc_value x, jaxc_value alpha)
{
    x = beside_float(x);
    jaxc_value zero = jx_number_like(x, 0), positive = jx_gt(x, zero);
    jaxc_value below = jx_expm1(jx_select(positive, zero, x));
    return jx_where(positive, x, jx_joined(jx_mul, JX_JOIN_ANY, alpha, below));
}

jaxc_value(jaxc_nn_elu)(jaxc_value x, struct jaxc_nn_activation_options options)
{
    jx_enter("jaxc_nn_elu");
    return take(&options, TAKES_ALPHA) ? elu(x, given(&options.alpha, 1)) : JX_POISON;
}

/* max(x, 0) + alpha expm1(min(x, 0) / alpha) */
jaxc_value(jaxc_nn_celu)(jaxc_value x, struct jaxc_nn_activation_options options)
{
    jx_enter("jaxc_nn_celu");
    if (!take(&options, TAKES_ALPHA))
        return JX_POISON;
    jaxc_value alpha = given(&options.alpha, 1);
    x = beside_float(x);
    jaxc_value zero = jx_number_like(x, 0);
    jaxc_value below = jx_joined(jx_div, JX_JOIN_FLOAT, jx_min(x, zero), alpha);
    below = jx_joined(jx_mul, JX_JOIN_ANY, alpha, jx_expm1(below));
    return jx_joined(jx_add, JX_JOIN_ANY, jx_max(x, zero), below);
}

/* the constants of Klambauer and others 2017, section 2 */
static jaxc_value selu(jaxc_value x)
{
    jaxc_value y = elu(x, jx_weak_number(1.6732632423543772848170429916717));
    return times(y, 1.0507009873554804934193349852946);
}

/* ---- smooth ones ----------------------------------------------------------------------------- */

static jaxc_value float_tanh(jaxc_value x) { return jx_tanh(jx_as_float(x)); }
static jaxc_value silu(jaxc_value x) { return jx_mul(x, jx_logistic(x)); }

/* max(x, 0) + log1p(exp(-|x|)). The derivative is sigmoid(x), also at 0: the first term gives 1
 * there, since x >= 0 chooses x, and the second -1/2, since |x|' is 1. */
static jaxc_value softplus(jaxc_value x)
{
    jaxc_dtype dtype;
    if (!beside_int(&x, &dtype))
        return JX_POISON;
    x = jx_as_float(x);
    jaxc_value zero = jx_number_like(x, 0), most = jx_select(jx_ge(x, zero), x, zero);
    return jx_add(most, jx_log1p(jx_exp(jx_neg(jx_abs(x)))));
}

static jaxc_value log_sigmoid(jaxc_value x)
{
    return jx_join_dtypes(1, &x, JX_JOIN_ANY, NULL) ? jx_neg(softplus(jx_neg(x))) : JX_POISON;
}

static jaxc_value mish(jaxc_value x)
{
    return jx_joined(jx_mul, JX_JOIN_ANY, x, jx_tanh(softplus(x)));
}

static jaxc_value soft_sign(jaxc_value x)
{
    jaxc_dtype dtype;
    if (!beside_int(&x, &dtype))
        return JX_POISON;
    jaxc_value size = jx_dtype_info(dtype)->category == JX_CAT_UNSIGNED ? x : jx_abs(x);
    return jx_joined(jx_div, JX_JOIN_FLOAT, x, plus(size, 1));
}

/* log(1 - exp(-x)), in two forms that are exact on their side of log(2); each sees a number without
 * a pole where the other one counts. -x is computed in x's dtype, as in JAX. */
static jaxc_value log1mexp(jaxc_value x)
{
    if (!jx_join_dtypes(1, &x, JX_JOIN_ANY, NULL))
        return JX_POISON;
    jaxc_value minus_x = jx_as_float(jx_neg(x)), minus_one = jx_number_like(minus_x, -1);
    x = jx_as_float(x);
    jaxc_value small = jx_lt(x, jx_number_like(x, 0.69314718055994531 /* log(2) */));
    jaxc_value near = jx_log(jx_neg(jx_expm1(jx_select(small, minus_x, minus_one))));
    jaxc_value far = jx_log1p(jx_neg(jx_exp(jx_select(small, minus_one, minus_x))));
    return jx_select(small, near, far);
}

/* 0 up to -1, (x + 1)^2 / 4 up to 1, then x */
static jaxc_value sparse_plus(jaxc_value x)
{
    x = beside_float(x);
    jaxc_value one = jx_number_like(x, 1), minus_one = jx_number_like(x, -1);
    jaxc_value arc = over(jx_integer_pow(jx_add(x, one), 2), 4);
    jaxc_value y = jx_select(jx_ge(x, one), x, arc);
    return jx_select(jx_le(x, minus_one), jx_number_like(x, 0), y);
}

static jaxc_value sparse_sigmoid(jaxc_value x)
{
    x = plus(beside_float(x), 1);
    x = jx_min(jx_number_like(x, 2), jx_max(jx_number_like(x, 0), x));
    return times(x, 0.5);
}

/* (x + sqrt(x^2 + b)) / 2 */
jaxc_value(jaxc_nn_squareplus)(jaxc_value x, struct jaxc_nn_activation_options options)
{
    jx_enter("jaxc_nn_squareplus");
    jaxc_value number = x;
    if (!take(&options, TAKES_B) || !jx_join_dtypes(1, &number, JX_JOIN_NUMBER, NULL))
        return JX_POISON;
    jaxc_value four = jx_scalar_of(JAXC_I32, (union jx_scalar){.i = 4}, true);
    jaxc_value b = jx_operand_given(&options.b) ? options.b.value : four;
    jaxc_value root = jx_sqrt(jx_as_float(jx_joined(jx_add, JX_JOIN_ANY, jx_square(number), b)));
    return over(jx_joined(jx_add, JX_JOIN_ANY, x, root), 2);
}

/* x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, Hendrycks and Gimpel 2016, section 2 */
static jaxc_value gelu_by_tanh(jaxc_value x)
{
    jaxc_value cube = times(jx_integer_pow(x, 3), 0.044715);
    jaxc_value inner = times(jx_add(x, cube), 0.79788456080286535588 /* sqrt(2 / pi) */);
    return jx_mul(x, times(plus(jx_tanh(inner), 1), 0.5));
}

/* x erfc(-x / sqrt(2)) / 2 */
static jaxc_value gelu_by_erfc(jaxc_value x)
{
    jaxc_value tail = jx_erfc(times(jx_neg(x), 0.70710678118654752440 /* sqrt(1 / 2) */));
    return jx_mul(times(x, 0.5), tail);
}

jaxc_value(jaxc_nn_gelu)(jaxc_value x, struct jaxc_nn_activation_options options)
{
    jx_enter("jaxc_nn_gelu");
    x = jx_as_float(x);
    if (!take(&options, TAKES_EXACT))
        return JX_POISON;
    return options.exact ? jx_as_strong(gelu_by_erfc(x)) : gelu_by_tanh(x);
}

/* The first half along an axis times the sigmoid of the second. */
jaxc_value(jaxc_nn_glu)(jaxc_value x, struct jaxc_axes_options options)
{
    jx_enter("jaxc_nn_glu");
    struct jx_aval type;
    int axis;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type) || !jx_one_axis(&options.axes, type.rank, -1, &axis))
        return JX_POISON;
    int64_t n = type.dims[axis];
    if (n % 2 != 0) {
        jx_fail(JAXC_ESHAPE, "axis %d of %s has no halves", axis, jx_aval_text(&type, text));
        return JX_POISON;
    }
    jaxc_value gate = jx_logistic(jx_slice_axis(x, axis, n / 2, n, 1));
    return jx_mul(jx_slice_axis(x, axis, 0, n / 2, 1), gate);
}

JX_CALL1(nn_identity, identity)
JX_CALL1(nn_relu, relu)
JX_CALL1(nn_relu6, relu6)
JX_CALL1(nn_hard_tanh, hard_tanh)
JX_CALL1(nn_hard_sigmoid, hard_sigmoid)
JX_CALL1(nn_hard_silu, hard_silu)
JX_CALL1(nn_hard_swish, hard_silu)
JX_CALL1(nn_selu, selu)
JX_CALL1(nn_sigmoid, jx_logistic)
JX_CALL1(nn_tanh, float_tanh)
JX_CALL1(nn_silu, silu)
JX_CALL1(nn_swish, silu)
JX_CALL1(nn_softplus, softplus)
JX_CALL1(nn_log_sigmoid, log_sigmoid)
JX_CALL1(nn_mish, mish)
JX_CALL1(nn_soft_sign, soft_sign)
JX_CALL1(nn_log1mexp, log1mexp)
JX_CALL1(nn_sparse_plus, sparse_plus)
JX_CALL1(nn_sparse_sigmoid, sparse_sigmoid)
