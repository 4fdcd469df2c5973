/*
 * formulas.c - elementwise calls that are a few primitives each: logarithms to other bases, angles,
 * clipping, choosing, divisors. Derivatives are those of the formulas, which are JAX's.
 */
#include "numpy/numpy.h"

#include <math.h>

/* ---- of one operand -------------------------------------------------------------------------- */

static jaxc_value times(jaxc_value x, double factor)
{
    x = jx_as_float(x);
    return jx_mul(x, jx_number_like(x, factor));
}

static jaxc_value to_radians(jaxc_value x) { return times(x, 0.017453292519943295 /* pi / 180 */); }
static jaxc_value to_degrees(jaxc_value x) { return times(x, 57.29577951308232 /* 180 / pi */); }

/* JAX's numbers are not weak here. */
static jaxc_value log2_of(jaxc_value x)
{
    jaxc_value y = jx_as_strong(jx_log(jx_as_float(x)));
    return jx_div(y, jx_number_like(y, 0.69314718055994531 /* log(2) */));
}

static jaxc_value log10_of(jaxc_value x)
{
    jaxc_value y = jx_as_strong(jx_log(jx_as_float(x)));
    return times(y, 0.43429448190325183 /* 1 / log(10) */);
}

static jaxc_value reciprocal_of(jaxc_value x) { return jx_integer_pow(jx_as_float(x), -1); }

/* sin(u) / u, u = pi x; at 0 its series in u, whose coefficient of u^2k is (-1)^k / (2k + 1)! */
static jaxc_value sinc_of(jaxc_value x)
{
    x = jx_as_float(x);
    jaxc_value zero = jx_number_like(x, 0), one = jx_number_like(x, 1);
    jaxc_value at_0 = jx_eq(x, zero), u = jx_mul(jx_number_like(x, 3.14159265358979324), x);
    jaxc_value square = jx_square(jx_select(at_0, u, zero));
    jaxc_value series = jx_number_like(x, 1.0 / 40320 / 9);
    for (int k = 3; k >= 0; k--) {
        double factorial = tgamma(2 * k + 2);
        jaxc_value coefficient = jx_number_like(x, (k % 2 ? -1 : 1) / factorial);
        series = jx_add(coefficient, jx_mul(square, series));
    }
    jaxc_value divisor = jx_select(at_0, one, u);
    return jx_select(at_0, series, jx_div(jx_sin(divisor), divisor));
}

/* e^|x| times what stays finite; flat at 0, as in JAX */
jaxc_value jx_i0_of(jaxc_value x)
{
    x = jx_as_float(x);
    jaxc_value zero = jx_number_like(x, 0), at_0 = jx_eq(x, zero);
    x = jx_select(at_0, zero, jx_abs(x));
    jaxc_value e = jx_exp(x);
    return jx_mul(e, jx_bessel_i0e(x));
}

JX_CALL1(i0, jx_i0_of)
JX_CALL1(deg2rad, to_radians)
JX_CALL1(radians, to_radians)
JX_CALL1(rad2deg, to_degrees)
JX_CALL1(degrees, to_degrees)
JX_CALL1(log2, log2_of)
JX_CALL1(log10, log10_of)
JX_CALL1(reciprocal, reciprocal_of)
JX_CALL1(sinc, sinc_of)

/* ---- of two operands ------------------------------------------------------------------------- */

/* m sqrt(1 + (n / m)^2), m the greater size and n the other: nothing overflows before the result. */
static jaxc_value hypot_of(jaxc_value x, jaxc_value y)
{
    x = jx_abs(x), y = jx_abs(y);
    jaxc_value zero = jx_number_like(x, 0), one = jx_number_like(x, 1);
    jaxc_value infinity = jx_number_like(x, (double)INFINITY);
    jaxc_value infinite = jx_or(jx_eq(x, infinity), jx_eq(y, infinity));
    jaxc_value most = jx_max(x, y), least = jx_min(x, y);
    jaxc_value at_0 = jx_eq(most, zero);
    jaxc_value ratio = jx_div(least, jx_select(at_0, one, most));
    jaxc_value length = jx_mul(most, jx_sqrt(jx_add(one, jx_square(ratio))));
    return jx_select(infinite, infinity, jx_select(at_0, most, length));
}

static jaxc_value heaviside_of(jaxc_value x, jaxc_value at_0)
{
    jaxc_value zero = jx_number_like(x, 0), one = jx_number_like(x, 1);
    jaxc_value y = jx_select(jx_isnan(x), x, at_0);
    y = jx_select(jx_gt(x, zero), one, y);
    return jx_select(jx_lt(x, zero), zero, y);
}

static jaxc_value fmin_of(jaxc_value x, jaxc_value y)
{
    return jx_select(jx_or(jx_lt(x, y), jx_isnan(y)), x, y);
}

static jaxc_value fmax_of(jaxc_value x, jaxc_value y)
{
    return jx_select(jx_or(jx_gt(x, y), jx_isnan(y)), x, y);
}

JX_CALL2(hypot, hypot_of, JX_JOIN_FLOAT)
JX_CALL2(heaviside, heaviside_of, JX_JOIN_FLOAT)
JX_CALL2(fmin, fmin_of, JX_JOIN_ANY)
JX_CALL2(fmax, fmax_of, JX_JOIN_ANY)

/* Sizes of integers of one dtype and shape; *bits of one. */
static bool join_integers(jaxc_value x, jaxc_value y, jaxc_value *sizes, int *bits)
{
    jaxc_value operands[] = {x, y};
    jaxc_dtype dtype;
    if (!jx_join(2, operands, JX_JOIN_ANY, &dtype))
        return false;
    const struct jx_dtype_info *info = jx_dtype_info(dtype);
    if (!jx_is_integer(dtype))
        return jx_fail(JAXC_EDTYPE, "of integers, not %s", info->name);
    *bits = 8 * (int)info->size;
    for (int i = 0; i < 2; i++)
        sizes[i] = info->category == JX_CAT_UNSIGNED ? operands[i] : jx_abs(operands[i]);
    return true;
}

/*
 * Euclid's algorithm without a loop: x = x mod y and y = y mod x in turn, where 0 as a divisor
 * changes nothing, until one of them is 0. The most divisions are those of two Fibonacci numbers in
 * a row, about 1.44 for each bit.
 */
static jaxc_value gcd_of(jaxc_value x, jaxc_value y, int bits)
{
    int n = bits + bits / 2;
    for (int i = 0; i < n; i += 2) {
        x = jx_rem(x, y);
        y = jx_rem(y, x);
    }
    return jx_or(x, y);
}

jaxc_value(jaxc_gcd)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_gcd");
    jaxc_value sizes[2];
    int bits;
    return join_integers(x, y, sizes, &bits) ? gcd_of(sizes[0], sizes[1], bits) : JX_POISON;
}

jaxc_value(jaxc_lcm)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_lcm");
    jaxc_value sizes[2];
    int bits;
    if (!join_integers(x, y, sizes, &bits))
        return JX_POISON;
    jaxc_value divisor = gcd_of(sizes[0], sizes[1], bits), zero = jx_number_like(divisor, 0);
    jaxc_value product = jx_mul(sizes[0], jx_floor_divide(sizes[1], divisor));
    return jx_select(jx_eq(divisor, zero), zero, product);
}

/* ---- of more --------------------------------------------------------------------------------- */

/* x itself for a bound that is an empty tuple. */
static jaxc_value bounded(jx_binary choose, jaxc_value bound, jaxc_value x)
{
    return jx_is_none(bound) ? x : jx_joined(choose, JX_JOIN_ANY, bound, x);
}

jaxc_value(jaxc_clip)(jaxc_value x, jaxc_value least, jaxc_value most)
{
    jx_enter("jaxc_clip");
    jaxc_dtype dtype;
    if (!jx_dtype_of(x, &dtype))
        return JX_POISON;
    return jx_result(x, bounded(jx_min, most, bounded(jx_max, least, x)));
}

/* From the last choice to the first, so that the first condition that holds wins. The alternative
 * becomes the last of the choices, which have room for it. */
static jaxc_value choose(int n, const jaxc_value *conditions, jaxc_value *choices,
                         jaxc_value otherwise)
{
    choices[n] = otherwise;
    if (!jx_join_dtypes(n + 1, choices, JX_JOIN_ANY, NULL))
        return JX_POISON;
    jaxc_value y = choices[n];
    for (int i = n - 1; i >= 0 && !jx_is_poison(y); i--)
        y = jx_where(conditions[i], choices[i], y);
    return y;
}

jaxc_value(jaxc_select)(jaxc_value conditions, jaxc_value choices, jaxc_value otherwise)
{
    jx_enter("jaxc_select");
    int n = 0, n_choices = 0;
    jaxc_value y = JX_POISON;
    jaxc_value *when = jx_parts_of_tuple(conditions, &n);
    jaxc_value *what = when ? jx_parts_of_tuple(choices, &n_choices) : NULL;
    if (what && (n != n_choices || n == 0))
        jx_fail(JAXC_ETREE, "%d conditions and %d choices", n, n_choices);
    else if (what)
        y = choose(n, when, what, otherwise);
    jx_free(when);
    jx_free(what);
    return y;
}
