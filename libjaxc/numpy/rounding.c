/*
 * rounding.c - whole numbers: rounding, quotients with remainders; the parts of a float: sign,
 * exponent, fraction.
 *
 * What is made here from bits has no tangent, so derivatives come from the float operations around
 * it: a power of two is a constant factor.
 */
#include "numpy/numpy.h"

#include <math.h>

/* ---- rounding -------------------------------------------------------------------------------- */

/* f of floats; what is no float is whole already. */
static jaxc_value whole(jaxc_value x, jaxc_value (*f)(jaxc_value))
{
    jaxc_dtype dtype;
    if (!jx_join_dtypes(1, &x, JX_JOIN_ANY, &dtype))
        return JX_POISON;
    return jx_is_float(dtype) ? f(x) : jx_value_again(x);
}

static jaxc_value towards_0(jaxc_value x)
{
    return jx_select(jx_lt(x, jx_number_like(x, 0)), jx_ceil(x), jx_floor(x));
}

static jaxc_value floor_of(jaxc_value x) { return whole(x, jx_floor); }
static jaxc_value ceil_of(jaxc_value x) { return whole(x, jx_ceil); }
static jaxc_value trunc_of(jaxc_value x) { return whole(x, towards_0); }

static jaxc_value rint_of(jaxc_value x)
{
    jaxc_dtype dtype;
    if (!jx_join_dtypes(1, &x, JX_JOIN_ANY, &dtype))
        return JX_POISON;
    return jx_is_float(dtype) ? jx_round(x, JX_TO_NEAREST_EVEN) : jx_as(x, JAXC_F32, false);
}

JX_CALL1(floor, floor_of)
JX_CALL1(ceil, ceil_of)
JX_CALL1(trunc, trunc_of)
JX_CALL1(rint, rint_of)

/* Of f16 in f32, as in JAX. */
static jaxc_value round_float(jaxc_value x, jaxc_dtype dtype, int decimals)
{
    static const int most[] = {[JAXC_F16] = 4, [JAXC_BF16] = 38, [JAXC_F32] = 38, [JAXC_F64] = 308};
    if (decimals > most[dtype])
        return jx_value_again(x);
    if (decimals == 0)
        return jx_round(x, JX_TO_NEAREST_EVEN);
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (dtype == JAXC_F16)
        x = jx_convert_element_type(x, JAXC_F32, false);
    jaxc_value factor = jx_number_like(x, pow(10, decimals));
    jaxc_value y = jx_div(jx_round(jx_mul(x, factor), JX_TO_NEAREST_EVEN), factor);
    return dtype == JAXC_F16 ? jx_convert_element_type(y, JAXC_F16, type.weak) : y;
}

static jaxc_value round_of(jaxc_value x, const struct jaxc_round_options *options)
{
    jaxc_dtype dtype;
    if (!jx_join_dtypes(1, &x, JX_JOIN_ANY, &dtype))
        return JX_POISON;
    if (jx_is_float(dtype))
        return round_float(x, dtype, options->decimals);
    if (dtype == JAXC_BOOL || options->decimals < 0) {
        jx_fail(dtype == JAXC_BOOL ? JAXC_EDTYPE : JAXC_EVALUE, "%s to %d decimals",
                jx_dtype_info(dtype)->name, options->decimals);
        return JX_POISON;
    }
    return jx_value_again(x);
}

jaxc_value(jaxc_round)(jaxc_value x, struct jaxc_round_options options)
{
    jx_enter("jaxc_round");
    return round_of(x, &options);
}

jaxc_value(jaxc_around)(jaxc_value x, struct jaxc_round_options options)
{
    jx_enter("jaxc_around");
    return round_of(x, &options);
}

/* ---- quotients and remainders ---------------------------------------------------------------- */

/* The quotient of floats, rounded down, and the remainder, which has y's sign: Python's. */
static void divide_floats(jaxc_value x, jaxc_value y, jaxc_value *quotient, jaxc_value *remainder)
{
    jaxc_value zero = jx_number_like(x, 0), left = jx_rem(x, y);
    jaxc_value divided = jx_select(jx_eq(y, zero), x, jx_sub(x, left));
    jaxc_value q = jx_div(divided, y);
    jaxc_value below = jx_and(jx_ne(left, zero), jx_ne(jx_sign(y), jx_sign(left)));
    *remainder = jx_select(below, jx_add(left, y), left);
    q = jx_select(below, jx_sub(q, jx_number_like(x, 1)), q);
    *quotient = jx_round(q, JX_AWAY_FROM_ZERO);
}

jaxc_value jx_floor_divide(jaxc_value x, jaxc_value y)
{
    jaxc_dtype dtype;
    if (!jx_dtype_of(x, &dtype))
        return JX_POISON;
    jaxc_value quotient, remainder;
    if (jx_is_float(dtype)) {
        divide_floats(x, y, &quotient, &remainder);
        return quotient;
    }
    quotient = jx_div(x, y);
    if (jx_dtype_info(dtype)->category == JX_CAT_UNSIGNED)
        return quotient;
    jaxc_value left = jx_ne(jx_rem(x, y), jx_number_like(x, 0));
    jaxc_value below = jx_and(jx_ne(jx_sign(x), jx_sign(y)), left);
    return jx_select(below, jx_sub(quotient, jx_number_like(x, 1)), quotient);
}

/* y, with 1 for 0 in integers. */
static jaxc_value some_divisor(jaxc_value y, jaxc_dtype dtype)
{
    if (!jx_is_integer(dtype))
        return y;
    return jx_select(jx_eq(y, jx_number_like(y, 0)), jx_number_like(y, 1), y);
}

jaxc_value jx_remainder(jaxc_value x, jaxc_value y)
{
    jaxc_dtype dtype;
    if (!jx_dtype_of(x, &dtype))
        return JX_POISON;
    y = some_divisor(y, dtype);
    jaxc_value zero = jx_number_like(x, 0), left = jx_rem(x, y);
    jaxc_value other_side = jx_ne(jx_lt(left, zero), jx_lt(y, zero));
    return jx_select(jx_and(other_side, jx_ne(left, zero)), jx_add(left, y), left);
}

JX_CALL2(floor_divide, jx_floor_divide, JX_JOIN_NUMBER)
JX_CALL2(remainder, jx_remainder, JX_JOIN_NUMBER)
JX_CALL2(mod, jx_remainder, JX_JOIN_NUMBER)

/* Two bools are divided as they are, so that 0 is no divisor that another number stands for. */
jaxc_value(jaxc_fmod)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_fmod");
    jaxc_value operands[] = {x, y};
    jaxc_dtype dtype;
    if (!jx_join(2, operands, JX_JOIN_ANY, &dtype))
        return JX_POISON;
    operands[1] = some_divisor(operands[1], dtype);
    return jx_joined(jx_rem, JX_JOIN_NUMBER, operands[0], operands[1]);
}

jaxc_value(jaxc_divmod)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_divmod");
    jaxc_value operands[] = {x, y}, quotient, remainder;
    jaxc_dtype dtype;
    if (!jx_join(2, operands, JX_JOIN_NUMBER, &dtype))
        return JX_POISON;
    if (jx_is_float(dtype)) {
        divide_floats(operands[0], operands[1], &quotient, &remainder);
    } else {
        quotient = jx_floor_divide(operands[0], operands[1]);
        remainder = jx_remainder(operands[0], operands[1]);
    }
    return jx_tuple_of(2, (const jaxc_value[]){quotient, remainder});
}

jaxc_value(jaxc_modf)(jaxc_value x)
{
    jx_enter("jaxc_modf");
    x = jx_as_float(x);
    jaxc_value positive = jx_ge(x, jx_number_like(x, 0));
    jaxc_value integral = jx_select(positive, jx_floor(x), jx_ceil(x));
    return jx_tuple_of(2, (const jaxc_value[]){jx_sub(x, integral), integral});
}

/* ---- parts of floats ------------------------------------------------------------------------- */

/* sign, exponent and fraction, from the top bit on */
struct parts {
    jaxc_dtype bits; /* the integers of this size */
    int fraction, exponent, bias;
    double least_normal, least;
};

static const struct parts *parts_of(jaxc_dtype dtype)
{
    static const struct parts f16 = {JAXC_I16, 10, 5, 15, 0x1p-14, 0x1p-24},
                              bf16 = {JAXC_I16, 7, 8, 127, 0x1p-126, 0x1p-133},
                              f32 = {JAXC_I32, 23, 8, 127, 0x1p-126, 0x1p-149},
                              f64 = {JAXC_I64, 52, 11, 1023, 0x1p-1022, 0x1p-1074};
    return dtype == JAXC_F16 ? &f16 : dtype == JAXC_BF16 ? &bf16 : dtype == JAXC_F32 ? &f32 : &f64;
}

static jaxc_value integer(const struct parts *p, int64_t number)
{
    return jx_scalar_of(p->bits, (union jx_scalar){.i = number}, false);
}

jaxc_value jx_signbit(jaxc_value x)
{
    jaxc_dtype dtype;
    if (!jx_dtype_of(x, &dtype))
        return JX_POISON;
    if (!jx_is_float(dtype))
        return jx_lt(x, jx_number_like(x, 0));
    const struct parts *p = parts_of(dtype);
    return jx_lt(jx_bitcast_convert_type(x, p->bits), integer(p, 0));
}

JX_CALL1(signbit, jx_signbit)

static jaxc_value copysign_of(jaxc_value x, jaxc_value y)
{
    jaxc_value size = jx_abs(x);
    return jx_select(jx_signbit(y), jx_neg(size), size);
}

JX_CALL2(copysign, copysign_of, JX_JOIN_FLOAT)

/* x times 2^k for whole floats k, in three steps: one factor reaches from the least normal number to
 * the greatest power of two, half of what lies between the least and the greatest number. */
static jaxc_value scale(jaxc_value x, jaxc_value k, const struct parts *p)
{
    jaxc_dtype dtype;
    if (!jx_dtype_of(x, &dtype))
        return JX_POISON;
    jaxc_value least = jx_number_like(k, 1 - p->bias), most = jx_number_like(k, p->bias);
    for (int i = 0; i < 3; i++) {
        jaxc_value step = jx_clamp(least, k, most);
        k = jx_sub(k, step);
        jaxc_value exponent = jx_convert_element_type(step, p->bits, false);
        jaxc_value bits =
            jx_shift_left(jx_add(exponent, integer(p, p->bias)), integer(p, p->fraction));
        x = jx_mul(x, jx_bitcast_convert_type(bits, dtype));
    }
    return x;
}

/* x 2^k; an x that is 0 or infinite stays, and has derivative 1. */
jaxc_value(jaxc_ldexp)(jaxc_value x, jaxc_value k)
{
    jx_enter("jaxc_ldexp");
    jaxc_value operands[] = {x, k};
    jaxc_dtype of_k, dtype;
    char text[JX_AVAL_TEXT];
    struct jx_aval type;
    if (!jx_join(2, operands, JX_JOIN_SHAPES, NULL) || !jx_value_aval(k, &type) ||
        !jx_dtype_of(k, &of_k))
        return JX_POISON;
    if (jx_is_float(of_k)) {
        jx_fail(JAXC_EDTYPE, "the exponent is %s, no integer", jx_aval_text(&type, text));
        return JX_POISON;
    }
    x = jx_as_strong(jx_as_float(operands[0]));
    if (!jx_dtype_of(x, &dtype))
        return JX_POISON;
    k = jx_stop_gradient(jx_as(operands[1], dtype, false));
    jaxc_value infinite = jx_eq(jx_abs(x), jx_number_like(x, (double)INFINITY));
    jaxc_value stays = jx_or(infinite, jx_eq(x, jx_number_like(x, 0)));
    return jx_select(stays, x, scale(x, k, parts_of(dtype)));
}

/* The exponent of x = f 2^e with f in [1/2, 1), from the bits; a subnormal x is made normal first.
 * 0 where x is 0, infinite or NaN. */
static jaxc_value exponent_of(jaxc_value x, const struct parts *p)
{
    jaxc_value zero = jx_number_like(x, 0);
    jaxc_value small = jx_lt(jx_abs(x), jx_number_like(x, p->least_normal));
    jaxc_value normal = jx_select(small, jx_mul(x, jx_number_like(x, ldexp(1, p->fraction))), x);
    jaxc_value bits = jx_bitcast_convert_type(normal, p->bits);
    jaxc_value field = jx_shift_right_logical(bits, integer(p, p->fraction));
    field = jx_and(field, integer(p, (INT64_C(1) << p->exponent) - 1));
    jaxc_value offset =
        jx_select(small, integer(p, 1 - p->bias - p->fraction), integer(p, 1 - p->bias));
    jaxc_value number = jx_and(jx_is_finite(x), jx_ne(x, zero));
    return jx_select(number, jx_add(field, offset), integer(p, 0));
}

jaxc_value(jaxc_frexp)(jaxc_value x)
{
    jx_enter("jaxc_frexp");
    jaxc_dtype dtype;
    x = jx_as_float(x);
    if (!jx_dtype_of(x, &dtype))
        return JX_POISON;
    const struct parts *p = parts_of(dtype);
    jaxc_value exponent = exponent_of(x, p);
    jaxc_value k = jx_neg(jx_convert_element_type(exponent, dtype, false));
    jaxc_value fraction = scale(x, k, p);
    return jx_tuple_of(
        2, (const jaxc_value[]){fraction, jx_convert_element_type(exponent, JAXC_I32, false)});
}

/* To the next float away from 0; of f16 upwards. */
static jaxc_value spacing_of(jaxc_value x)
{
    jaxc_dtype dtype;
    x = jx_as_strong(jx_as_float(x));
    if (!jx_dtype_of(x, &dtype))
        return JX_POISON;
    jaxc_value infinity = jx_number_like(x, (double)INFINITY);
    if (dtype == JAXC_F16)
        return jx_sub(jx_nextafter(x, infinity), x);
    jaxc_value y = jx_sub(jx_nextafter(x, copysign_of(infinity, x)), x);
    jaxc_value least = copysign_of(jx_number_like(x, parts_of(dtype)->least), x);
    return jx_select(jx_eq(y, jx_number_like(x, 0)), least, y);
}

JX_CALL1(spacing, spacing_of)
