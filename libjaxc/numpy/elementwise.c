/*
 * elementwise.c - the elementwise calls: each joins its operands and applies one primitive.
 */
#include "numpy/numpy.h"

#include <inttypes.h>

/* The definitions are in parentheses because the public names are macros too. */

#define FLOAT_UNARY(ROW)                                                                           \
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

#define BINARY(ROW)                                                                                \
    ROW(sub, sub, JX_JOIN_ANY)                                                                     \
    ROW(maximum, max, JX_JOIN_ANY)                                                                 \
    ROW(minimum, min, JX_JOIN_ANY)                                                                 \
    ROW(div, div, JX_JOIN_FLOAT)                                                                   \
    ROW(arctan2, atan2, JX_JOIN_FLOAT)                                                             \
    ROW(atan2, atan2, JX_JOIN_FLOAT)                                                               \
    ROW(nextafter, nextafter, JX_JOIN_FLOAT)                                                       \
    ROW(equal, eq, JX_JOIN_ANY)                                                                    \
    ROW(not_equal, ne, JX_JOIN_ANY)                                                                \
    ROW(less, lt, JX_JOIN_ANY)                                                                     \
    ROW(less_equal, le, JX_JOIN_ANY)                                                               \
    ROW(greater, gt, JX_JOIN_ANY)                                                                  \
    ROW(greater_equal, ge, JX_JOIN_ANY)                                                            \
    ROW(bitwise_and, and, JX_JOIN_ANY)                                                             \
    ROW(bitwise_or, or, JX_JOIN_ANY)                                                               \
    ROW(bitwise_xor, xor, JX_JOIN_ANY)                                                             \
    ROW(left_shift, shift_left, JX_JOIN_NUMBER)                                                    \
    ROW(logical_and, and, JX_JOIN_BOOL)                                                            \
    ROW(logical_or, or, JX_JOIN_BOOL)
#define ROW(name, primitive, how)                                                                  \
    jaxc_value(jaxc_##name)(jaxc_value x, jaxc_value y)                                            \
    {                                                                                              \
        jx_enter("jaxc_" #name);                                                                   \
        jaxc_value operands[] = {x, y};                                                            \
        if (!jx_join(2, operands, how, NULL))                                                      \
            return JX_POISON;                                                                      \
        return jx_##primitive(operands[0], operands[1]);                                           \
    }
BINARY(ROW)
#undef ROW

/* On bool, sums and products are or and and. */
jaxc_value(jaxc_add)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_add");
    jaxc_value operands[] = {x, y};
    jaxc_dtype dtype;
    if (!jx_join(2, operands, JX_JOIN_ANY, &dtype))
        return JX_POISON;
    return dtype == JAXC_BOOL ? jx_or(operands[0], operands[1]) : jx_add(operands[0], operands[1]);
}

jaxc_value(jaxc_mul)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_mul");
    jaxc_value operands[] = {x, y};
    jaxc_dtype dtype;
    if (!jx_join(2, operands, JX_JOIN_ANY, &dtype))
        return JX_POISON;
    return dtype == JAXC_BOOL ? jx_and(operands[0], operands[1]) : jx_mul(operands[0], operands[1]);
}

jaxc_value(jaxc_right_shift)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_right_shift");
    jaxc_value operands[] = {x, y};
    jaxc_dtype dtype;
    if (!jx_join(2, operands, JX_JOIN_NUMBER, &dtype))
        return JX_POISON;
    if (jx_dtype_info(dtype)->category == JX_CAT_UNSIGNED)
        return jx_shift_right_logical(operands[0], operands[1]);
    return jx_shift_right_arithmetic(operands[0], operands[1]);
}

jaxc_value(jaxc_neg)(jaxc_value x)
{
    jx_enter("jaxc_neg");
    return jx_join_dtypes(1, &x, JX_JOIN_ANY, NULL) ? jx_neg(x) : JX_POISON;
}

jaxc_value(jaxc_sign)(jaxc_value x)
{
    jx_enter("jaxc_sign");
    return jx_join_dtypes(1, &x, JX_JOIN_ANY, NULL) ? jx_sign(x) : JX_POISON;
}

jaxc_value(jaxc_square)(jaxc_value x)
{
    jx_enter("jaxc_square");
    return jx_join_dtypes(1, &x, JX_JOIN_NUMBER, NULL) ? jx_square(x) : JX_POISON;
}

jaxc_value(jaxc_abs)(jaxc_value x)
{
    jx_enter("jaxc_abs");
    jaxc_dtype dtype;
    if (!jx_join_dtypes(1, &x, JX_JOIN_ANY, &dtype))
        return JX_POISON;
    enum jx_category category = jx_dtype_info(dtype)->category;
    return category == JX_CAT_BOOL || category == JX_CAT_UNSIGNED ? jx_value_again(x) : jx_abs(x);
}

jaxc_value(jaxc_bitwise_not)(jaxc_value x)
{
    jx_enter("jaxc_bitwise_not");
    return jx_join_dtypes(1, &x, JX_JOIN_ANY, NULL) ? jx_not(x) : JX_POISON;
}

jaxc_value(jaxc_logical_not)(jaxc_value x)
{
    jx_enter("jaxc_logical_not");
    return jx_not(jx_as_bool(x));
}

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
jaxc_value(jaxc_power)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_power");
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
