/*
 * elementwise.c - the elementwise calls of jaxc/lax.h: C numbers take a dtype, and the
 * primitive is applied. A new primitive is one row here.
 */
#include "lax/lax.h"

#define UNARY(ROW)                                                                                 \
    ROW(neg, neg)                                                                                  \
    ROW(abs, abs)                                                                                  \
    ROW(sign, sign)                                                                                \
    ROW(square, square)                                                                            \
    ROW(bitwise_not, not )                                                                         \
    ROW(exp, exp)                                                                                  \
    ROW(exp2, exp2)                                                                                \
    ROW(expm1, expm1)                                                                              \
    ROW(log, log)                                                                                  \
    ROW(log1p, log1p)                                                                              \
    ROW(logistic, logistic)                                                                        \
    ROW(sqrt, sqrt)                                                                                \
    ROW(rsqrt, rsqrt)                                                                              \
    ROW(cbrt, cbrt)                                                                                \
    ROW(sin, sin)                                                                                  \
    ROW(cos, cos)                                                                                  \
    ROW(tan, tan)                                                                                  \
    ROW(asin, asin)                                                                                \
    ROW(acos, acos)                                                                                \
    ROW(atan, atan)                                                                                \
    ROW(sinh, sinh)                                                                                \
    ROW(cosh, cosh)                                                                                \
    ROW(tanh, tanh)                                                                                \
    ROW(asinh, asinh)                                                                              \
    ROW(acosh, acosh)                                                                              \
    ROW(atanh, atanh)                                                                              \
    ROW(erf, erf)                                                                                  \
    ROW(erfc, erfc)                                                                                \
    ROW(erf_inv, erf_inv)                                                                          \
    ROW(lgamma, lgamma)                                                                            \
    ROW(bessel_i0e, bessel_i0e)                                                                    \
    ROW(bessel_i1e, bessel_i1e)                                                                    \
    ROW(digamma, digamma)                                                                          \
    ROW(floor, floor)                                                                              \
    ROW(ceil, ceil)                                                                                \
    ROW(is_finite, is_finite)                                                                      \
    ROW(population_count, population_count)                                                        \
    ROW(clz, clz)
#define ROW(name, primitive)                                                                       \
    jaxc_value(jaxc_lax_##name)(jaxc_value x)                                                      \
    {                                                                                              \
        jx_enter("jaxc_lax_" #name);                                                               \
        return jx_##primitive(x);                                                                  \
    }
UNARY(ROW)
#undef ROW

#define BINARY(ROW)                                                                                \
    ROW(add, add)                                                                                  \
    ROW(sub, sub)                                                                                  \
    ROW(mul, mul)                                                                                  \
    ROW(div, div)                                                                                  \
    ROW(rem, rem)                                                                                  \
    ROW(max, max)                                                                                  \
    ROW(min, min)                                                                                  \
    ROW(atan2, atan2)                                                                              \
    ROW(random_gamma_grad, random_gamma_grad)                                                      \
    ROW(nextafter, nextafter)                                                                      \
    ROW(bitwise_and, and)                                                                          \
    ROW(bitwise_or, or)                                                                            \
    ROW(bitwise_xor, xor)                                                                          \
    ROW(shift_left, shift_left)                                                                    \
    ROW(shift_right_logical, shift_right_logical)                                                  \
    ROW(shift_right_arithmetic, shift_right_arithmetic)                                            \
    ROW(eq, eq)                                                                                    \
    ROW(ne, ne)                                                                                    \
    ROW(lt, lt)                                                                                    \
    ROW(le, le)                                                                                    \
    ROW(gt, gt)                                                                                    \
    ROW(ge, ge)
#define ROW(name, primitive)                                                                       \
    jaxc_value(jaxc_lax_##name)(jaxc_value x, jaxc_value y)                                        \
    {                                                                                              \
        jx_enter("jaxc_lax_" #name);                                                               \
        jaxc_value operands[] = {x, y};                                                            \
        return jx_lax_adopt(2, operands) ? jx_##primitive(operands[0], operands[1]) : JX_POISON;   \
    }
BINARY(ROW)
#undef ROW

/* The exponent may be an integer, and a C integer stays one: exact, and with a derivative at 0. */
jaxc_value(jaxc_lax_pow)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_lax_pow");
    struct jx_aval types[2];
    jaxc_value operands[] = {x, y};
    if (!jx_argument_aval(x, 0, &types[0]) || !jx_argument_aval(y, 1, &types[1]))
        return JX_POISON;
    if (!jx_is_integer((jaxc_dtype)types[1].dtype) && !jx_lax_adopt(2, operands))
        return JX_POISON;
    return jx_pow(operands[0], operands[1]);
}

jaxc_value(jaxc_lax_integer_pow)(jaxc_value x, int64_t y)
{
    jx_enter("jaxc_lax_integer_pow");
    return jx_integer_pow(x, y);
}

jaxc_value(jaxc_lax_reciprocal)(jaxc_value x)
{
    jx_enter("jaxc_lax_reciprocal");
    return jx_integer_pow(x, -1);
}

jaxc_value(jaxc_lax_round)(jaxc_value x, jaxc_rounding_method rounding_method)
{
    jx_enter("jaxc_lax_round");
    return jx_round(x, (enum jx_rounding_method)rounding_method);
}

jaxc_value(jaxc_lax_reduce_precision)(jaxc_value x, int exponent_bits, int mantissa_bits)
{
    jx_enter("jaxc_lax_reduce_precision");
    return jx_reduce_precision(x, exponent_bits, mantissa_bits);
}

jaxc_value(jaxc_lax_convert_element_type)(jaxc_value x, jaxc_dtype new_dtype)
{
    jx_enter("jaxc_lax_convert_element_type");
    if (!jx_choose_dtype(new_dtype, (jaxc_dtype)0, &new_dtype))
        return JX_POISON;
    return jx_result(x, jx_cast(x, new_dtype));
}

jaxc_value(jaxc_lax_bitcast_convert_type)(jaxc_value x, jaxc_dtype new_dtype)
{
    jx_enter("jaxc_lax_bitcast_convert_type");
    return jx_bitcast_convert_type(x, new_dtype);
}

jaxc_value(jaxc_lax_clamp)(jaxc_value min, jaxc_value x, jaxc_value max)
{
    jx_enter("jaxc_lax_clamp");
    jaxc_value operands[] = {min, x, max};
    if (!jx_lax_adopt(3, operands))
        return JX_POISON;
    return jx_clamp(operands[0], operands[1], operands[2]);
}

jaxc_value(jaxc_lax_select)(jaxc_value pred, jaxc_value on_true, jaxc_value on_false)
{
    jx_enter("jaxc_lax_select");
    jaxc_value cases[] = {on_true, on_false};
    return jx_lax_adopt(2, cases) ? jx_select(pred, cases[0], cases[1]) : JX_POISON;
}

jaxc_value(jaxc_lax_select_n)(jaxc_value which, jaxc_value cases)
{
    jx_enter("jaxc_lax_select_n");
    struct jx_operands o;
    jaxc_value y = JX_POISON;
    if (jx_operands_of(cases, &o) && jx_operands_are_tuple(cases, &o) && jx_lax_adopt(o.n, o.x))
        y = jx_select_n(which, o.n, o.x);
    jx_operands_free(&o);
    return y;
}

jaxc_value(jaxc_lax_threefry2x32)(jaxc_value k0, jaxc_value k1, jaxc_value x0, jaxc_value x1)
{
    jx_enter("jaxc_lax_threefry2x32");
    jaxc_value y[2];
    return jx_threefry2x32(k0, k1, x0, x1, &y[0], &y[1]) ? jx_tree_make(2, y, NULL) : JX_POISON;
}
