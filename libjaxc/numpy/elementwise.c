/*
 * elementwise.c - the elementwise calls that are one primitive each, under all their names.
 */
#include "numpy/numpy.h"

#include <inttypes.h>

/* ---- of one operand -------------------------------------------------------------------------- */

#define FLOAT_UNARY(ROW)                                                                           \
    ROW(fabs, abs)                                                                                 \
    ROW(exp, exp)                                                                                  \
    ROW(exp2, exp2)                                                                                \
    ROW(expm1, expm1)                                                                              \
    ROW(log, log)                                                                                  \
    ROW(log1p, log1p)                                                                              \
    ROW(sqrt, sqrt)                                                                                \
    ROW(rsqrt, rsqrt)                                                                              \
    ROW(cbrt, cbrt)                                                                                \
    ROW(sin, sin)                                                                                  \
    ROW(cos, cos)                                                                                  \
    ROW(tan, tan)                                                                                  \
    ROW(arcsin, asin)                                                                              \
    ROW(asin, asin)                                                                                \
    ROW(arccos, acos)                                                                              \
    ROW(acos, acos)                                                                                \
    ROW(arctan, atan)                                                                              \
    ROW(atan, atan)                                                                                \
    ROW(sinh, sinh)                                                                                \
    ROW(cosh, cosh)                                                                                \
    ROW(tanh, tanh)                                                                                \
    ROW(arcsinh, asinh)                                                                            \
    ROW(asinh, asinh)                                                                              \
    ROW(arccosh, acosh)                                                                            \
    ROW(acosh, acosh)                                                                              \
    ROW(arctanh, atanh)                                                                            \
    ROW(atanh, atanh)                                                                              \
    ROW(erf, erf)                                                                                  \
    ROW(erfc, erfc)                                                                                \
    ROW(erf_inv, erf_inv)                                                                          \
    ROW(lgamma, lgamma)                                                                            \
    ROW(digamma, digamma)
#define ROW(name, primitive)                                                                       \
    jaxc_value(jaxc_##name)(jaxc_value x)                                                          \
    {                                                                                              \
        jx_enter("jaxc_" #name);                                                                   \
        return jx_##primitive(jx_as_float(x));                                                     \
    }
FLOAT_UNARY(ROW)
#undef ROW

static jaxc_value negative(jaxc_value x)
{
    return jx_join_dtypes(1, &x, JX_JOIN_ANY, NULL) ? jx_neg(x) : JX_POISON;
}

static jaxc_value positive(jaxc_value x)
{
    return jx_join_dtypes(1, &x, JX_JOIN_ANY, NULL) ? jx_value_again(x) : JX_POISON;
}

static jaxc_value sign(jaxc_value x)
{
    return jx_join_dtypes(1, &x, JX_JOIN_ANY, NULL) ? jx_sign(x) : JX_POISON;
}

static jaxc_value square(jaxc_value x)
{
    return jx_join_dtypes(1, &x, JX_JOIN_NUMBER, NULL) ? jx_square(x) : JX_POISON;
}

static jaxc_value absolute(jaxc_value x)
{
    jaxc_dtype dtype;
    if (!jx_join_dtypes(1, &x, JX_JOIN_ANY, &dtype))
        return JX_POISON;
    enum jx_category category = jx_dtype_info(dtype)->category;
    return category == JX_CAT_BOOL || category == JX_CAT_UNSIGNED ? jx_value_again(x) : jx_abs(x);
}

static jaxc_value bitwise_not(jaxc_value x)
{
    return jx_join_dtypes(1, &x, JX_JOIN_ANY, NULL) ? jx_not(x) : JX_POISON;
}

static jaxc_value logical_not(jaxc_value x) { return jx_not(jx_as_bool(x)); }

/* of the absolute value */
static jaxc_value bitwise_count(jaxc_value x)
{
    if (!jx_join_dtypes(1, &x, JX_JOIN_NUMBER, NULL))
        return JX_POISON;
    return jx_convert_element_type(jx_population_count(absolute(x)), JAXC_U8, false);
}

JX_CALL1(neg, negative)
JX_CALL1(negative, negative)
JX_CALL1(positive, positive)
JX_CALL1(sign, sign)
JX_CALL1(square, square)
JX_CALL1(abs, absolute)
JX_CALL1(absolute, absolute)
JX_CALL1(bitwise_not, bitwise_not)
JX_CALL1(bitwise_invert, bitwise_not)
JX_CALL1(invert, bitwise_not)
JX_CALL1(bitwise_count, bitwise_count)
JX_CALL1(logical_not, logical_not)

/* ---- of two operands ------------------------------------------------------------------------- */

/* On bool, sums and products are or and and. */
static jaxc_value add(jaxc_value x, jaxc_value y)
{
    jaxc_dtype dtype;
    if (!jx_dtype_of(x, &dtype))
        return JX_POISON;
    return dtype == JAXC_BOOL ? jx_or(x, y) : jx_add(x, y);
}

static jaxc_value multiply(jaxc_value x, jaxc_value y)
{
    jaxc_dtype dtype;
    if (!jx_dtype_of(x, &dtype))
        return JX_POISON;
    return dtype == JAXC_BOOL ? jx_and(x, y) : jx_mul(x, y);
}

static jaxc_value right_shift(jaxc_value x, jaxc_value y)
{
    jaxc_dtype dtype;
    if (!jx_dtype_of(x, &dtype))
        return JX_POISON;
    return jx_dtype_info(dtype)->category == JX_CAT_UNSIGNED ? jx_shift_right_logical(x, y)
                                                             : jx_shift_right_arithmetic(x, y);
}

JX_CALL2(add, add, JX_JOIN_ANY)
JX_CALL2(sub, jx_sub, JX_JOIN_ANY)
JX_CALL2(subtract, jx_sub, JX_JOIN_ANY)
JX_CALL2(mul, multiply, JX_JOIN_ANY)
JX_CALL2(multiply, multiply, JX_JOIN_ANY)
JX_CALL2(div, jx_div, JX_JOIN_FLOAT)
JX_CALL2(divide, jx_div, JX_JOIN_FLOAT)
JX_CALL2(true_divide, jx_div, JX_JOIN_FLOAT)
JX_CALL2(float_power, jx_pow, JX_JOIN_FLOAT)
JX_CALL2(maximum, jx_max, JX_JOIN_ANY)
JX_CALL2(minimum, jx_min, JX_JOIN_ANY)
JX_CALL2(arctan2, jx_atan2, JX_JOIN_FLOAT)
JX_CALL2(atan2, jx_atan2, JX_JOIN_FLOAT)
JX_CALL2(logaddexp, jx_logaddexp, JX_JOIN_FLOAT)
JX_CALL2(logaddexp2, jx_logaddexp2, JX_JOIN_FLOAT)
JX_CALL2(nextafter, jx_nextafter, JX_JOIN_FLOAT)
JX_CALL2(equal, jx_eq, JX_JOIN_ANY)
JX_CALL2(not_equal, jx_ne, JX_JOIN_ANY)
JX_CALL2(less, jx_lt, JX_JOIN_ANY)
JX_CALL2(less_equal, jx_le, JX_JOIN_ANY)
JX_CALL2(greater, jx_gt, JX_JOIN_ANY)
JX_CALL2(greater_equal, jx_ge, JX_JOIN_ANY)
JX_CALL2(bitwise_and, jx_and, JX_JOIN_ANY)
JX_CALL2(bitwise_or, jx_or, JX_JOIN_ANY)
JX_CALL2(bitwise_xor, jx_xor, JX_JOIN_ANY)
JX_CALL2(left_shift, jx_shift_left, JX_JOIN_NUMBER)
JX_CALL2(bitwise_left_shift, jx_shift_left, JX_JOIN_NUMBER)
JX_CALL2(right_shift, right_shift, JX_JOIN_NUMBER)
JX_CALL2(bitwise_right_shift, right_shift, JX_JOIN_NUMBER)
JX_CALL2(logical_and, jx_and, JX_JOIN_BOOL)
JX_CALL2(logical_or, jx_or, JX_JOIN_BOOL)
JX_CALL2(logical_xor, jx_xor, JX_JOIN_BOOL)

static jaxc_value integer_power(jaxc_value x, int64_t exponent)
{
    jaxc_dtype dtype;
    if (!jx_join_dtypes(1, &x, JX_JOIN_NUMBER, &dtype))
        return JX_POISON;
    if (exponent < 0 && jx_is_integer(dtype)) {
        jx_fail(JAXC_EVALUE, "%s to the negative power %" PRId64, jx_dtype_info(dtype)->name,
                exponent);
        return JX_POISON;
    }
    return jx_integer_pow(x, exponent);
}

/* A C number as exponent is expanded: exact for squares, and differentiable at 0. An integer array
 * as exponent of floats stays integer, for the derivative's sake too. */
jaxc_value jx_power_of(jaxc_value x, jaxc_value y)
{
    jaxc_value operands[] = {x, y};
    struct jx_aval type;
    union jx_scalar exponent;
    if (jx_literal_of(y, &type, &exponent) && type.weak && jx_is_integer((jaxc_dtype)type.dtype))
        return jx_literal_fits(&type, exponent, JAXC_I64) ? integer_power(x, exponent.i)
                                                          : JX_POISON;
    struct jx_aval types[2];
    if (!jx_argument_aval(x, 0, &types[0]) || !jx_argument_aval(y, 1, &types[1]))
        return JX_POISON;
    bool float_to_integer =
        jx_is_float((jaxc_dtype)types[0].dtype) && jx_is_integer((jaxc_dtype)types[1].dtype);
    if (!jx_join(2, operands, float_to_integer ? JX_JOIN_SHAPES : JX_JOIN_NUMBER, NULL))
        return JX_POISON;
    return jx_pow(operands[0], operands[1]);
}

jaxc_value(jaxc_power)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_power");
    return jx_power_of(x, y);
}

jaxc_value(jaxc_pow)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_pow");
    return jx_power_of(x, y);
}

/* ---- others ---------------------------------------------------------------------------------- */

jaxc_value(jaxc_where)(jaxc_value condition, jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_where");
    return jx_where(condition, x, y);
}

jaxc_value(jaxc_astype)(jaxc_value x, jaxc_dtype dtype)
{
    jx_enter("jaxc_astype");
    if (!jx_choose_dtype(dtype, (jaxc_dtype)0, &dtype))
        return JX_POISON;
    return jx_result(x, jx_cast(x, dtype));
}

jaxc_dtype(jaxc_promote_types)(jaxc_dtype a, jaxc_dtype b)
{
    jx_enter("jaxc_promote_types");
    jaxc_dtype dtype;
    bool weak;
    if (!jx_dtype_info(a) || !jx_dtype_info(b)) {
        jx_fail(JAXC_EDTYPE, "%d is no dtype", (int)(jx_dtype_info(a) ? b : a));
        return (jaxc_dtype)0;
    }
    jx_promote(a, false, b, false, &dtype, &weak);
    return dtype;
}

jaxc_dtype(jaxc_result_type)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_result_type");
    struct jx_aval a, b;
    jaxc_dtype dtype;
    bool weak;
    if (!jx_argument_aval(x, 0, &a) || !jx_argument_aval(y, 1, &b))
        return (jaxc_dtype)0;
    jx_promote((jaxc_dtype)a.dtype, a.weak, (jaxc_dtype)b.dtype, b.weak, &dtype, &weak);
    return dtype;
}
