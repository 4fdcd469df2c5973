/*
 * jaxc/numpy.h - the calls of jax.numpy.
 *
 * Operands are values or C numbers; they promote and broadcast as in JAX. Promotion is JAX's
 * lattice with 64-bit mode on and 32-bit default dtypes: an f64 array stays f64, the number 0.5 is
 * a weak f32. A result is weak when all operands are. An integer number that does not fit the dtype
 * it meets is JAXC_EVALUE; JAX wraps it.
 *
 * Every call here may also fail with JAXC_EDEAD or JAXC_EDONATED (an operand's handle has ended),
 * JAXC_ELEAK (a traced value outside its trace), JAXC_ETREE (a tuple or dict where an array is
 * needed), JAXC_EUNSUPPORTED (a dtype whose arrays cannot be made yet) and JAXC_ENOMEM; a poison
 * operand gives poison. Results belong to the innermost scope. A dtype that may be left out may
 * also be 0.
 */
#ifndef JAXC_NUMPY_H
#define JAXC_NUMPY_H

#include <jaxc/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- elementwise ----------------------------------------------------------------------------- */

/*
 * jaxc_add, jaxc_sub, jaxc_mul, jaxc_maximum, jaxc_minimum - arithmetic, element by element.
 * jaxc_subtract is sub, jaxc_multiply mul.
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   join(T, U)[broadcast]; integers wrap. On bool, add is or, mul is and
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 *         JAXC_EDTYPE  sub of bool
 * Source  jax.numpy.add, subtract, multiply, maximum, minimum; differ in names only.
 */
JAXC_API jaxc_value jaxc_add(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_sub(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_subtract(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_mul(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_multiply(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_maximum(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_minimum(jaxc_value x, jaxc_value y);

/*
 * jaxc_fmax, jaxc_fmin - the greater and the lesser of two, where NaN counts as no number.
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   join(T, U)[broadcast]; the other one where one is NaN. The derivative goes to the one that
 *        is taken, y of equals
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.fmax, fmin.
 */
JAXC_API jaxc_value jaxc_fmax(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_fmin(jaxc_value x, jaxc_value y);

/*
 * jaxc_clip - x, no less than one bound and no greater than the other.
 *
 *   x       T[...]
 *   least   U[...]
 *   most    V[...]; the result where it is less than least. jaxc_tuple_n(0, NULL), JAX's None, is
 *           no bound; jaxc_maximum(least, x) and jaxc_minimum(most, x) are the same
 *   ->      join(T, U, V)[broadcast]; NaN where one is. At a bound the derivative is 1/2
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.clip.
 */
JAXC_API jaxc_value jaxc_clip(jaxc_value x, jaxc_value least, jaxc_value most);

/*
 * jaxc_div - x / y. jaxc_divide and jaxc_true_divide are the same.
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   float(join(T, U))[broadcast]; bool and integers of up to 32 bits become f32, others f64
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.true_divide.
 */
JAXC_API jaxc_value jaxc_div(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_divide(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_true_divide(jaxc_value x, jaxc_value y);

/*
 * jaxc_floor_divide, jaxc_remainder, jaxc_mod - the quotient rounded down, and what is left, which has
 * the sign of y; jaxc_mod is remainder. jaxc_fmod - what is left of the quotient rounded towards 0,
 * which has the sign of x.
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   join(T, U)[broadcast]; bool counts as i32. By 0 floats are NaN or infinite, signed integers
 *        -2, and 0 itself -1, unsigned ones the greatest number; what is left is 0
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_floor_divide(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_remainder(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_mod(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_fmod(jaxc_value x, jaxc_value y);

/*
 * jaxc_divmod - quotient and remainder at once: jaxc_unpack(jaxc_divmod(x, y), &quotient, &left).
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   (join(T, U)[broadcast], join(T, U)[broadcast]), as floor_divide and remainder
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.divmod.
 */
JAXC_API jaxc_value jaxc_divmod(jaxc_value x, jaxc_value y);

/*
 * jaxc_gcd, jaxc_lcm - the greatest common divisor and the least common multiple, of absolute values.
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   join(T, U)[broadcast]; with 0 gcd is the other number, lcm 0, which wraps
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 *         JAXC_EDTYPE  no integers
 * Source  jax.numpy.gcd, lcm, which do not end for some least signed numbers.
 */
JAXC_API jaxc_value jaxc_gcd(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lcm(jaxc_value x, jaxc_value y);

/*
 * jaxc_power, jaxc_pow - x to the power y.
 *
 *   x    T[...]
 *   y    U[...]; an integer C number is expanded into products, with a derivative that is right at
 *        0
 *   ->   join(T, U)[broadcast]; bool counts as i32. Integers wrap
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 *         JAXC_EVALUE  an integer to a negative C number
 * Source  jax.numpy.power.
 */
JAXC_API jaxc_value jaxc_power(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_pow(jaxc_value x, jaxc_value y);

/*
 * jaxc_float_power - x to the power y, both floats.
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   float(join(T, U))[broadcast]; NaN for a negative x to a y that is not whole
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.float_power.
 */
JAXC_API jaxc_value jaxc_float_power(jaxc_value x, jaxc_value y);

/*
 * jaxc_neg, jaxc_negative, jaxc_positive, jaxc_abs, jaxc_absolute, jaxc_sign, jaxc_square - of numbers;
 * negative is neg, absolute abs, and positive the number itself.
 *
 *   x    T[...]
 *   ->   T[...]; integers wrap. square of bool is i32
 *
 * Errors  JAXC_EDTYPE  neg or sign of bool
 * Source  jax.numpy.negative, positive, abs, sign, square.
 */
JAXC_API jaxc_value jaxc_neg(jaxc_value x);
JAXC_API jaxc_value jaxc_negative(jaxc_value x);
JAXC_API jaxc_value jaxc_positive(jaxc_value x);
JAXC_API jaxc_value jaxc_abs(jaxc_value x);
JAXC_API jaxc_value jaxc_absolute(jaxc_value x);
JAXC_API jaxc_value jaxc_sign(jaxc_value x);
JAXC_API jaxc_value jaxc_square(jaxc_value x);

/*
 * jaxc_fabs, jaxc_reciprocal - |x| and 1 / x as floats.
 *
 *   x    T[...]
 *   ->   float(T)[...]
 *
 * Errors  those of every call
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_fabs(jaxc_value x);
JAXC_API jaxc_value jaxc_reciprocal(jaxc_value x);

/*
 * jaxc_floor, jaxc_ceil, jaxc_trunc - to the whole number below, above, towards 0.
 *
 *   x    T[...]
 *   ->   T[...]; the derivative is 0
 *
 * Errors  those of every call
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_floor(jaxc_value x);
JAXC_API jaxc_value jaxc_ceil(jaxc_value x);
JAXC_API jaxc_value jaxc_trunc(jaxc_value x);

struct jaxc_round_options {
    int decimals; /* places behind the point that stay; negative: before it */
    char unused;
};

/*
 * jaxc_round, jaxc_around - to so many decimals, halves to the even digit: jaxc_round(x, .decimals =
 * 2). jaxc_rint - to the nearest whole number, as a float.
 *
 *   x    T[...]
 *   ->   T[...]; rint: floats as they are, of others f32. The derivative is 0
 *
 * Errors  JAXC_EDTYPE  round of bool
 *         JAXC_EVALUE  an integer to negative decimals
 * Source  jax.numpy.round, rint.
 */
JAXC_API jaxc_value jaxc_round(jaxc_value x, struct jaxc_round_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_around(jaxc_value x, struct jaxc_round_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_rint(jaxc_value x);

/*
 * jaxc_modf - the part behind the point, and the whole part: jaxc_unpack(jaxc_modf(x), &part, &whole).
 *
 *   x    T[...]
 *   ->   (float(T)[...], float(T)[...]); of an infinity the first is NaN
 *
 * Errors  those of every call
 * Source  jax.numpy.modf.
 */
JAXC_API jaxc_value jaxc_modf(jaxc_value x);

/*
 * jaxc_frexp - f and e of x = f 2^e, with |f| in [1/2, 1); jaxc_ldexp puts them together again.
 *
 *   x    T[...]
 *   k    integer[...]
 *   ->   frexp: (float(T)[...], i32[...]), with e = 0 for 0, infinities and NaN
 *        ldexp: float(T)[broadcast], not weak
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 *         JAXC_EDTYPE  k is a float
 * Source  jax.numpy.frexp, ldexp.
 */
JAXC_API jaxc_value jaxc_frexp(jaxc_value x);
JAXC_API jaxc_value jaxc_ldexp(jaxc_value x, jaxc_value k);

/*
 * jaxc_copysign - x with the sign of y.
 *
 *   x    T[...]
 *   y    U[...]; the sign of a zero and of a NaN counts
 *   ->   float(join(T, U))[broadcast]
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.copysign.
 */
JAXC_API jaxc_value jaxc_copysign(jaxc_value x, jaxc_value y);

/*
 * jaxc_spacing - from x to the next float away from 0.
 *
 *   x    T[...]
 *   ->   float(T)[...], with the sign of x; of f16 to the next one upwards
 *
 * Errors  JAXC_ENORULE  differentiated
 * Source  jax.numpy.spacing.
 */
JAXC_API jaxc_value jaxc_spacing(jaxc_value x);

/*
 * jaxc_exp, jaxc_exp2, jaxc_expm1, jaxc_log, jaxc_log2, jaxc_log10, jaxc_log1p, jaxc_sqrt, jaxc_rsqrt,
 * jaxc_cbrt - powers, logarithms and roots: exp2 is 2^x, expm1 exp(x) - 1, log1p log(1 + x), rsqrt
 * 1 / sqrt(x).
 *
 *   x    T[...]
 *   ->   float(T)[...]
 *
 * Errors  those of every call
 * Source  the jax.numpy functions of these names; jax.lax.rsqrt.
 */
JAXC_API jaxc_value jaxc_exp(jaxc_value x);
JAXC_API jaxc_value jaxc_exp2(jaxc_value x);
JAXC_API jaxc_value jaxc_expm1(jaxc_value x);
JAXC_API jaxc_value jaxc_log(jaxc_value x);
JAXC_API jaxc_value jaxc_log2(jaxc_value x);
JAXC_API jaxc_value jaxc_log10(jaxc_value x);
JAXC_API jaxc_value jaxc_log1p(jaxc_value x);
JAXC_API jaxc_value jaxc_sqrt(jaxc_value x);
JAXC_API jaxc_value jaxc_rsqrt(jaxc_value x);
JAXC_API jaxc_value jaxc_cbrt(jaxc_value x);

/*
 * jaxc_logaddexp, jaxc_logaddexp2 - log(exp(x) + exp(y)) and log2(2^x + 2^y) without overflow.
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   float(join(T, U))[broadcast]
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.logaddexp, logaddexp2.
 */
JAXC_API jaxc_value jaxc_logaddexp(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_logaddexp2(jaxc_value x, jaxc_value y);

/*
 * jaxc_hypot - sqrt(x^2 + y^2) without overflow.
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   float(join(T, U))[broadcast]; infinite where one is, also beside NaN
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.hypot.
 */
JAXC_API jaxc_value jaxc_hypot(jaxc_value x, jaxc_value y);

/*
 * jaxc_heaviside - 0 for a negative x, 1 for a positive one, y for 0.
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   float(join(T, U))[broadcast]; NaN where x is
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.heaviside.
 */
JAXC_API jaxc_value jaxc_heaviside(jaxc_value x, jaxc_value y);

/*
 * jaxc_sinc - sin(pi x) / (pi x), 1 at 0.
 *
 *   x    T[...]
 *   ->   float(T)[...]
 *
 * Errors  those of every call
 * Source  jax.numpy.sinc; differs: at 0 derivatives beyond the ninth are 0.
 */
JAXC_API jaxc_value jaxc_sinc(jaxc_value x);

/*
 * jaxc_i0 - the modified Bessel function of the first kind, of order 0.
 *
 *   x    T[...]
 *   ->   float(T)[...]; inf beyond 91 of f32, 713 of f64
 *
 * Errors  those of every call
 * Source  jax.numpy.i0.
 */
JAXC_API jaxc_value jaxc_i0(jaxc_value x);

/*
 * jaxc_deg2rad, jaxc_radians, jaxc_rad2deg, jaxc_degrees - angles: radians is deg2rad, degrees rad2deg.
 *
 *   x    T[...] in degrees; rad2deg: in radians
 *   ->   float(T)[...] in radians; rad2deg: in degrees
 *
 * Errors  those of every call
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_deg2rad(jaxc_value x);
JAXC_API jaxc_value jaxc_radians(jaxc_value x);
JAXC_API jaxc_value jaxc_rad2deg(jaxc_value x);
JAXC_API jaxc_value jaxc_degrees(jaxc_value x);

/*
 * jaxc_sin, jaxc_cos, jaxc_tan, jaxc_sinh, jaxc_cosh, jaxc_tanh, and their inverses - each inverse
 * under both of its names, jaxc_arcsin and jaxc_asin.
 *
 *   x    T[...]; angles in radians
 *   ->   float(T)[...]; NaN where there is no number
 *
 * Errors  those of every call
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_sin(jaxc_value x);
JAXC_API jaxc_value jaxc_cos(jaxc_value x);
JAXC_API jaxc_value jaxc_tan(jaxc_value x);
JAXC_API jaxc_value jaxc_arcsin(jaxc_value x);
JAXC_API jaxc_value jaxc_asin(jaxc_value x);
JAXC_API jaxc_value jaxc_arccos(jaxc_value x);
JAXC_API jaxc_value jaxc_acos(jaxc_value x);
JAXC_API jaxc_value jaxc_arctan(jaxc_value x);
JAXC_API jaxc_value jaxc_atan(jaxc_value x);
JAXC_API jaxc_value jaxc_sinh(jaxc_value x);
JAXC_API jaxc_value jaxc_cosh(jaxc_value x);
JAXC_API jaxc_value jaxc_tanh(jaxc_value x);
JAXC_API jaxc_value jaxc_arcsinh(jaxc_value x);
JAXC_API jaxc_value jaxc_asinh(jaxc_value x);
JAXC_API jaxc_value jaxc_arccosh(jaxc_value x);
JAXC_API jaxc_value jaxc_acosh(jaxc_value x);
JAXC_API jaxc_value jaxc_arctanh(jaxc_value x);
JAXC_API jaxc_value jaxc_atanh(jaxc_value x);

/*
 * jaxc_arctan2, jaxc_atan2 - the angle of the point (x, y), under both of its names.
 *
 *   y    T[...]
 *   x    U[...]
 *   ->   float(join(T, U))[broadcast], in [-pi, pi]
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.arctan2.
 */
JAXC_API jaxc_value jaxc_arctan2(jaxc_value y, jaxc_value x);
JAXC_API jaxc_value jaxc_atan2(jaxc_value y, jaxc_value x);

/*
 * jaxc_erf, jaxc_erfc, jaxc_erf_inv, jaxc_lgamma, jaxc_digamma - the error function, 1 - erf(x), the
 * inverse of erf, the logarithm of |gamma(x)| and its derivative.
 *
 *   x    T[...]
 *   ->   float(T)[...]. At 0, -1, -2, ... lgamma is inf and digamma NaN, but -inf at 0
 *
 * Errors  those of every call
 * Source  jax.scipy.special.erf, erfc, erfinv, gammaln, digamma.
 */
JAXC_API jaxc_value jaxc_erf(jaxc_value x);
JAXC_API jaxc_value jaxc_erfc(jaxc_value x);
JAXC_API jaxc_value jaxc_erf_inv(jaxc_value x);
JAXC_API jaxc_value jaxc_lgamma(jaxc_value x);
JAXC_API jaxc_value jaxc_digamma(jaxc_value x);

/*
 * jaxc_nextafter - the float beside x in the direction of y.
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   float(join(T, U))[broadcast]; y where they are equal
 *
 * Errors  JAXC_ESHAPE   the shapes do not broadcast
 *         JAXC_ENORULE  differentiated
 * Source  jax.numpy.nextafter.
 */
JAXC_API jaxc_value jaxc_nextafter(jaxc_value x, jaxc_value y);

/*
 * jaxc_equal, jaxc_not_equal, jaxc_less, jaxc_less_equal, jaxc_greater, jaxc_greater_equal -
 * comparisons.
 *
 *   x    T[...]
 *   y    U[...]; both become join(T, U)
 *   ->   bool[broadcast]; with NaN false, not_equal true
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_equal(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_not_equal(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_less(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_less_equal(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_greater(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_greater_equal(jaxc_value x, jaxc_value y);

/*
 * jaxc_isnan, jaxc_isfinite, jaxc_isinf, jaxc_isposinf, jaxc_isneginf - what kind of number it is;
 * jaxc_signbit - whether its sign is negative, also that of a zero or a NaN.
 *
 *   x    T[...]
 *   ->   bool[...]; bool and integers are finite
 *
 * Errors  those of every call
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_isnan(jaxc_value x);
JAXC_API jaxc_value jaxc_isfinite(jaxc_value x);
JAXC_API jaxc_value jaxc_isinf(jaxc_value x);
JAXC_API jaxc_value jaxc_isposinf(jaxc_value x);
JAXC_API jaxc_value jaxc_isneginf(jaxc_value x);
JAXC_API jaxc_value jaxc_signbit(jaxc_value x);

struct jaxc_nan_to_num_options {
    struct jaxc_operand nan;    /* JAXC_OPERAND(number): in place of NaN; left out: 0 */
    struct jaxc_operand posinf; /* in place of infinity; left out: the greatest number of T */
    struct jaxc_operand neginf; /* in place of -infinity; left out: the least number of T */
    char unused;
};

/*
 * jaxc_nan_to_num - NaN and infinities replaced: jaxc_nan_to_num(x, .nan = JAXC_OPERAND(-1)).
 *
 *   x    T[...]
 *   ->   T[...], floats not weak; the derivative is 0 at what is replaced
 *
 * Errors  JAXC_ESHAPE  a replacement does not broadcast
 * Source  jax.numpy.nan_to_num.
 */
JAXC_API jaxc_value jaxc_nan_to_num(jaxc_value x,
                                    struct jaxc_nan_to_num_options options JAXC_DEFAULT);

struct jaxc_isclose_options {
    struct jaxc_operand rtol; /* JAXC_OPERAND(number): of |y|; left out: 1e-5 */
    struct jaxc_operand atol; /* left out: 1e-8 */
    bool equal_nan;           /* NaN is close to NaN */
    char unused;
};

/*
 * jaxc_isclose, jaxc_allclose - is |x - y| <= atol + rtol |y|, and are all.
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   isclose: bool[broadcast]; allclose: bool[]. Of infinities equal ones are close
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.isclose, allclose.
 */
JAXC_API jaxc_value jaxc_isclose(jaxc_value x, jaxc_value y,
                                 struct jaxc_isclose_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_allclose(jaxc_value x, jaxc_value y,
                                  struct jaxc_isclose_options options JAXC_DEFAULT);

struct jaxc_array_equal_options {
    bool equal_nan; /* NaN equals NaN */
    char unused;
};

/*
 * jaxc_array_equal - have two arrays one shape and equal elements; jaxc_array_equiv - are they equal
 * once they are broadcast.
 *
 *   x    T[...]
 *   y    U[...]
 *   ->   bool[]; false where shapes differ, or do not broadcast
 *
 * Errors  those of every call
 * Source  jax.numpy.array_equal, array_equiv.
 */
JAXC_API jaxc_value jaxc_array_equal(jaxc_value x, jaxc_value y,
                                     struct jaxc_array_equal_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_array_equiv(jaxc_value x, jaxc_value y);

/*
 * jaxc_logical_and, jaxc_logical_or, jaxc_logical_xor, jaxc_logical_not - of truth values.
 *
 *   x    T[...]; true where it is not 0, NaN included
 *   y    U[...]
 *   ->   bool[broadcast]
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_logical_and(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_logical_or(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_logical_xor(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_logical_not(jaxc_value x);

/*
 * jaxc_bitwise_and, jaxc_bitwise_or, jaxc_bitwise_xor, jaxc_bitwise_not - bit by bit; jaxc_invert and
 * jaxc_bitwise_invert are bitwise_not.
 *
 *   x    bool or integer[...]
 *   y    bool or integer[...]
 *   ->   join(T, U)[broadcast]
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 *         JAXC_EDTYPE  a float
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_bitwise_and(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_bitwise_or(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_bitwise_xor(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_bitwise_not(jaxc_value x);
JAXC_API jaxc_value jaxc_bitwise_invert(jaxc_value x);
JAXC_API jaxc_value jaxc_invert(jaxc_value x);

/*
 * jaxc_bitwise_count - ones among the bits of |x|.
 *
 *   x    bool or integer[...]
 *   ->   u8[...]
 *
 * Errors  JAXC_EDTYPE  a float
 * Source  jax.numpy.bitwise_count.
 */
JAXC_API jaxc_value jaxc_bitwise_count(jaxc_value x);

/*
 * jaxc_left_shift, jaxc_right_shift - x moved by y bits; each also as jaxc_bitwise_left_shift,
 * jaxc_bitwise_right_shift.
 *
 *   x    integer[...]; right_shift keeps the sign of signed ones
 *   y    integer[...]; outside [0, bits) everything is shifted out
 *   ->   join(T, U)[broadcast]; bool counts as i32
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 *         JAXC_EDTYPE  a float
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_left_shift(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_bitwise_left_shift(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_right_shift(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_bitwise_right_shift(jaxc_value x, jaxc_value y);

/*
 * jaxc_where - x where the condition holds, y elsewhere.
 *
 *   condition   C[...]; true where it is not 0
 *   x           T[...]
 *   y           U[...]
 *   ->          join(T, U)[broadcast of the three]
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.where with three arguments.
 */
JAXC_API jaxc_value jaxc_where(jaxc_value condition, jaxc_value x, jaxc_value y);

/*
 * jaxc_select - of several choices the first whose condition holds: jaxc_select(jaxc_tuple(a, b),
 * jaxc_tuple(x, y), 0).
 *
 *   conditions   (C[...], D[...], ...); each true where it is not 0
 *   choices      (T[...], U[...], ...), as many
 *   otherwise    V[...]: where no condition holds
 *   ->           join(T, U, ..., V)[broadcast of all]
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 *         JAXC_ETREE   no tuples of one length, or empty ones
 * Source  jax.numpy.select; differs: the default is always given.
 */
JAXC_API jaxc_value jaxc_select(jaxc_value conditions, jaxc_value choices, jaxc_value otherwise);

/*
 * jaxc_astype - the same numbers in another dtype.
 *
 *   x       T[...]
 *   dtype   U
 *   ->      U[...], not weak. Floats truncate towards 0 and saturate in integers, NaN gives 0;
 *           integers keep their low bits; bool is x != 0
 *
 * Errors  JAXC_EDTYPE  no dtype
 * Source  jax.numpy.astype.
 */
JAXC_API jaxc_value jaxc_astype(jaxc_value x, jaxc_dtype dtype);

/*
 * jaxc_promote_types, jaxc_result_type - the dtype that two dtypes, or two operands, have together.
 *
 *   a, b   dtypes
 *   x, y   T[...] and U[...], weak ones as such; C numbers are
 *   ->     a dtype; 0 after an error
 *
 * Errors  JAXC_EDTYPE  no dtype
 * Source  jax.numpy.promote_types, result_type; differs: of two operands.
 */
JAXC_API jaxc_dtype jaxc_promote_types(jaxc_dtype a, jaxc_dtype b);
JAXC_API jaxc_dtype jaxc_result_type(jaxc_value x, jaxc_value y);

/* ---- reductions ------------------------------------------------------------------------------ */

/* Of those that choose or order, only the axis counts, and keepdims. */
struct jaxc_reduce_options {
    struct jaxc_axes axes;       /* JAXC_AXES(0, 2) or JAXC_AXIS(-1); none: all */
    bool keepdims;               /* reduced axes stay, with size 1 */
    jaxc_dtype dtype;            /* of sums, products and means: x in it, and the result */
    struct jaxc_operand where;   /* JAXC_OPERAND(mask): elements where it is not 0; it broadcasts */
    struct jaxc_operand initial; /* JAXC_OPERAND(number): joined with each result */
    char unused;
};

/*
 * jaxc_sum, jaxc_prod, jaxc_max, jaxc_min - over some axes: jaxc_sum(x, JAXC_AXIS(0), .keepdims =
 * 1).
 *
 *   x    T[...]
 *   ->   T[the other axes], not weak. sum and prod of bool, i8, i16 are i32, of u8, u16 u32. The
 *        sum of nothing is 0, the product 1; a NaN makes all of them NaN. With .dtype sum and prod
 *        are computed in it: in bool or and and
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_ESHAPE  where does not broadcast to x; initial is no scalar
 *         JAXC_EVALUE  max or min of nothing, or with where, without initial; dtype for them
 * Source  jax.numpy.sum, prod, max, min.
 */
JAXC_API jaxc_value jaxc_sum(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_prod(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_max(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_min(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);

/*
 * jaxc_mean - the sum by the number of elements; jaxc_ptp - the greatest less the least.
 *
 *   x    T[...]
 *   ->   mean: float(T)[the other axes], bool and integers of up to 32 bits become f32, others
 *        f64; the mean of nothing is NaN. With .dtype all of it happens in that: quotients of
 *        integers are cut. ptp: T[the other axes]
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_ESHAPE  where does not broadcast to x
 *         JAXC_EVALUE  ptp of nothing; initial, or where or dtype for ptp, is given
 *         JAXC_EDTYPE  mean in bool
 * Source  jax.numpy.mean, ptp.
 */
JAXC_API jaxc_value jaxc_mean(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_ptp(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);

/*
 * jaxc_any, jaxc_all, jaxc_count_nonzero - is some element, is each, how many are not 0.
 *
 *   x    T[...]; NaN is not 0
 *   ->   bool[the other axes]; count_nonzero i32
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_ESHAPE  where does not broadcast to x
 *         JAXC_EVALUE  initial or dtype, or where for count_nonzero, is given
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_any(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_all(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_count_nonzero(jaxc_value x,
                                       struct jaxc_reduce_options options JAXC_DEFAULT);

/*
 * jaxc_argmax, jaxc_argmin - where the greatest or least element is: jaxc_argmax(x, JAXC_AXIS(1)).
 *
 *   x    T[...]
 *   ->   i32[the other axes]; without an axis the place in the flattened array. The first of
 *        equals; NaN counts as greatest and as least
 *
 * Errors  JAXC_EAXIS   the axis is out of range, or more than one
 *         JAXC_EVALUE  the axis is empty; where, initial or dtype is given
 * Source  jax.numpy.argmax, argmin.
 */
JAXC_API jaxc_value jaxc_argmax(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_argmin(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);

/*
 * jaxc_nansum, jaxc_nanprod, jaxc_nanmean, jaxc_nanmax, jaxc_nanmin, jaxc_nanargmax,
 * jaxc_nanargmin - the same without the elements that are NaN.
 *
 *   x    T[...]
 *   ->   as without nan. Where all are NaN: nansum 0, nanprod 1, nanmean, nanmax and nanmin NaN
 *        (nanmax and nanmin: initial, if given), nanargmax and nanargmin -1
 *
 * Errors  those of the calls without nan
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_nansum(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nanprod(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nanmean(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nanmax(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nanmin(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nanargmax(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nanargmin(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);

/* ---- statistics ------------------------------------------------------------------------------ */

struct jaxc_var_options {
    struct jaxc_axes axes; /* none: all */
    int ddof;              /* the divisor is the number of elements less this */
    bool keepdims;
    jaxc_dtype dtype;          /* a float: x in it, and the result */
    struct jaxc_operand where; /* JAXC_OPERAND(mask) */
    char unused;
};

/*
 * jaxc_var, jaxc_std - mean square of the distances from the mean, and its root; jaxc_nanvar,
 * jaxc_nanstd without the elements that are NaN.
 *
 *   x    T[...]
 *   ->   float(T)[the other axes]; NaN where the divisor is not positive
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_ESHAPE  where does not broadcast to x
 *         JAXC_EDTYPE  dtype is no float
 * Source  the jax.numpy functions of these names; var and nanvar differ: dtype is a float.
 */
JAXC_API jaxc_value jaxc_var(jaxc_value x, struct jaxc_var_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_std(jaxc_value x, struct jaxc_var_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nanvar(jaxc_value x, struct jaxc_var_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nanstd(jaxc_value x, struct jaxc_var_options options JAXC_DEFAULT);

struct jaxc_average_options {
    struct jaxc_axes axes;       /* none: all */
    struct jaxc_operand weights; /* of x's shape, or of its sizes along the axes */
    bool keepdims;
    char unused;
};

/*
 * jaxc_average - the weighted mean: jaxc_average(x, JAXC_AXIS(0), .weights = JAXC_OPERAND(w)).
 *
 *   x    T[...]
 *   ->   float(join(T, the weights'))[the other axes]; without weights the mean
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_ESHAPE  the weights fit neither x nor its axes
 * Source  jax.numpy.average; differs: the sum of weights is not returned.
 */
JAXC_API jaxc_value jaxc_average(jaxc_value x, struct jaxc_average_options options JAXC_DEFAULT);

struct jaxc_quantile_options {
    struct jaxc_axes axes; /* none: all */
    const char *method;    /* "linear" (NULL), "lower", "higher", "nearest" or "midpoint" */
    bool keepdims;
    char unused;
};

/*
 * jaxc_quantile, jaxc_percentile - what a part q, or q percent, of the elements is below:
 * jaxc_quantile(x, 0.9, JAXC_AXIS(0)). jaxc_nanquantile, jaxc_nanpercentile without the elements
 * that are NaN.
 *
 *   x    T[...]
 *   q    float[] in [0, 1] (percentile: [0, 100]), or float[m]
 *   ->   float(T)[the other axes] or float(T)[m, the other axes]; between two elements the method
 *        says which. NaN where an element is NaN (nan forms: where all are)
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_EVALUE  another method; x is empty along the axes
 *         JAXC_ESHAPE  q has more than one axis
 *         JAXC_ELIMIT  more than 8 axes
 * Source  the jax.numpy functions of these names; differ: no weights, no inverted_cdf.
 */
JAXC_API jaxc_value jaxc_quantile(jaxc_value x, jaxc_value q,
                                  struct jaxc_quantile_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_percentile(jaxc_value x, jaxc_value q,
                                    struct jaxc_quantile_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nanquantile(jaxc_value x, jaxc_value q,
                                     struct jaxc_quantile_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nanpercentile(jaxc_value x, jaxc_value q,
                                       struct jaxc_quantile_options options JAXC_DEFAULT);

/*
 * jaxc_median - the element in the middle, or the mean of the two; jaxc_nanmedian without the
 * elements that are NaN.
 *
 *   x    T[...]
 *   ->   float(T)[the other axes]; NaN where an element is NaN (nanmedian: where all are)
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_EVALUE  x is empty along the axes; where, initial or dtype is given
 * Source  jax.numpy.median, nanmedian.
 */
JAXC_API jaxc_value jaxc_median(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nanmedian(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);

struct jaxc_cov_options {
    struct jaxc_operand y;        /* more variables, as x */
    bool columns;                 /* each column is a variable, not each row */
    bool bias;                    /* divide by n rather than by n - 1; cov only */
    int ddof;                     /* divide by n less this; 0: 1, or 0 with bias; cov only */
    jaxc_dtype dtype;             /* a float: x and y in it, and the result */
    struct jaxc_operand fweights; /* integer[n]: times that each observation counts; cov only */
    struct jaxc_operand aweights; /* T[n]: weight of each observation; cov only */
    char unused;
};

/*
 * jaxc_cov, jaxc_corrcoef - covariances of variables, and their correlations.
 *
 *   x    T[m, n]: m variables, n observations of each; or T[n]
 *   ->   float(T)[m, m], of one variable float(T)[]
 *
 * Errors  JAXC_ESHAPE  more than two axes; numbers of observations differ
 *         JAXC_EDTYPE  fweights are no integers; dtype is no float
 *         JAXC_EVALUE  bias, ddof or weights for corrcoef
 * Source  jax.numpy.cov, corrcoef.
 */
JAXC_API jaxc_value jaxc_cov(jaxc_value x, struct jaxc_cov_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_corrcoef(jaxc_value x, struct jaxc_cov_options options JAXC_DEFAULT);

/* ---- products -------------------------------------------------------------------------------- */

/*
 * jaxc_dot - product over the last axis of a and the second-to-last of b.
 *
 *   a    T[..., m, k] or T[k]
 *   b    U[..., k, n] or U[k]
 *   ->   join(T, U)[..., m, ..., n]: the other axes stack. A scalar operand multiplies. Integers
 *        wrap; of bool: or of ands
 *
 * Errors  JAXC_ESHAPE  k differs
 *         JAXC_ELIMIT  more than 8 axes
 * Source  jax.numpy.dot.
 */
JAXC_API jaxc_value jaxc_dot(jaxc_value a, jaxc_value b);

/*
 * jaxc_matmul - matrix products, one for each place in the leading axes.
 *
 *   a    T[..., m, k], or T[k] as a row
 *   b    U[..., k, n], or U[k] as a column
 *   ->   join(T, U)[..., m, n] without the axis of a row or column; leading axes broadcast
 *
 * Errors  JAXC_ESHAPE  k differs; leading axes do not broadcast; a scalar operand
 * Source  jax.numpy.matmul.
 */
JAXC_API jaxc_value jaxc_matmul(jaxc_value a, jaxc_value b);

/*
 * jaxc_outer - every product of an element of a and one of b.
 *
 *   a    T[...], flattened to m elements
 *   b    U[...], flattened to n elements
 *   ->   join(T, U)[m, n]
 *
 * Errors  JAXC_ELIMIT  too many elements
 * Source  jax.numpy.outer.
 */
JAXC_API jaxc_value jaxc_outer(jaxc_value a, jaxc_value b);

/* ---- shapes ---------------------------------------------------------------------------------- */

struct jaxc_axes_options {
    struct jaxc_axes axes; /* JAXC_AXES(1, 0) or JAXC_AXIS(-1) */
    char unused;
};

/*
 * jaxc_reshape - the same elements, in row-major order, in another shape: jaxc_reshape(x,
 * JAXC_SHAPE(2, -1)).
 *
 *   x       T[...]
 *   shape   one size may be -1: what is left over
 *   ->      T[shape]
 *
 * Errors  JAXC_ESHAPE  numbers of elements differ; -1 twice, or without an answer
 * Source  jax.numpy.reshape.
 */
JAXC_API jaxc_value jaxc_reshape(jaxc_value x, struct jaxc_shape shape);

/*
 * jaxc_ravel - all elements in one axis, in row-major order.
 *
 *   x    T[...]
 *   ->   T[n]
 *
 * Errors  those of every call
 * Source  jax.numpy.ravel.
 */
JAXC_API jaxc_value jaxc_ravel(jaxc_value x);

/*
 * jaxc_transpose - axes in another order: jaxc_transpose(x), jaxc_transpose(x, JAXC_AXES(0, 2, 1)).
 *
 *   x    T[...]
 *   ->   axis i is x's axis axes[i]; without axes they are reversed
 *
 * Errors  JAXC_EAXIS  axes are not each axis of x once
 * Source  jax.numpy.transpose.
 */
JAXC_API jaxc_value jaxc_transpose(jaxc_value x, struct jaxc_axes_options options JAXC_DEFAULT);

/*
 * jaxc_expand_dims - new axes of size 1: jaxc_expand_dims(x, JAXC_AXIS(1)).
 *
 *   x    T[...]
 *   ->   T[...] with size 1 at the axes, which count in the result
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_EVALUE  no axis given
 *         JAXC_ELIMIT  more than 8 axes
 * Source  jax.numpy.expand_dims.
 */
JAXC_API jaxc_value jaxc_expand_dims(jaxc_value x, struct jaxc_axes_options options JAXC_DEFAULT);

/*
 * jaxc_squeeze - axes of size 1 taken out: jaxc_squeeze(x), jaxc_squeeze(x, JAXC_AXIS(0)).
 *
 *   x    T[...]
 *   ->   T[...] without the axes; without axes all of size 1 go
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_ESHAPE  an axis of another size
 * Source  jax.numpy.squeeze.
 */
JAXC_API jaxc_value jaxc_squeeze(jaxc_value x, struct jaxc_axes_options options JAXC_DEFAULT);

/*
 * jaxc_broadcast_to - repeated along new leading axes and axes of size 1.
 *
 *   x       T[...]
 *   shape   what x broadcasts to
 *   ->      T[shape]
 *
 * Errors  JAXC_ESHAPE  x does not broadcast to it
 * Source  jax.numpy.broadcast_to.
 */
JAXC_API jaxc_value jaxc_broadcast_to(jaxc_value x, struct jaxc_shape shape);

/*
 * jaxc_slice - a block: x[start : limit] along the first axes.
 *
 *   x       T[...]
 *   start   as many sizes as limit; at most x's rank, axes beyond are taken whole
 *   limit   not included; negative ones count from the end, and what lies outside x is cut off, for
 *           both
 *   ->      T[limit - start, the other axes]
 *
 * Errors  JAXC_ESHAPE  numbers of axes differ, or are more than x has
 * Source  NumPy's x[a:b, c:d].
 */
JAXC_API jaxc_value jaxc_slice(jaxc_value x, struct jaxc_shape start, struct jaxc_shape limit);

/*
 * jaxc_stack - values side by side along a new axis: jaxc_stack(0, a, b, c).
 * jaxc_stack_n(n, values, axis) is the plain function.
 *
 *   n        1 or more
 *   values   T[...] of one shape; dtypes join
 *   axis     of the result
 *   ->       T[..., n, ...]
 *
 * Errors  JAXC_ESHAPE  shapes differ
 *         JAXC_EAXIS   the axis is out of range
 *         JAXC_EVALUE  n below 1
 *         JAXC_ELIMIT  more than 8 axes
 * Source  jax.numpy.stack.
 */
JAXC_API jaxc_value jaxc_stack_n(int n, const jaxc_value *values, int axis);

/*
 * jaxc_concatenate - values one after the other along an axis: jaxc_concatenate(0, a, b).
 * jaxc_concatenate_n(n, values, axis) is the plain function.
 *
 *   n        1 or more
 *   values   T[...] that differ in the size of the axis only; dtypes join
 *   axis     of the values
 *   ->       T[...], the sizes of the axis added
 *
 * Errors  JAXC_ESHAPE  shapes differ elsewhere, or are scalars
 *         JAXC_EAXIS   the axis is out of range
 *         JAXC_EVALUE  n below 1
 * Source  jax.numpy.concatenate.
 */
JAXC_API jaxc_value jaxc_concatenate_n(int n, const jaxc_value *values, int axis);

/* ---- new arrays ------------------------------------------------------------------------------ */

/*
 * jaxc_zeros, jaxc_ones - jaxc_zeros(JAXC_SHAPE(2, 3)), jaxc_ones(JAXC_SHAPE(2), JAXC_I32).
 *
 *   shape   of the result
 *   dtype   left out: f32
 *   ->      dtype[shape]
 *
 * Errors  JAXC_ELIMIT  too many elements, or a negative size
 *         JAXC_EDTYPE  no dtype
 * Source  jax.numpy.zeros, ones.
 */
JAXC_API jaxc_value jaxc_zeros(struct jaxc_shape shape, jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_ones(struct jaxc_shape shape, jaxc_dtype dtype JAXC_NO_DTYPE);

/*
 * jaxc_full - one number everywhere: jaxc_full(JAXC_SHAPE(2, 3), 0.5).
 *
 *   shape   of the result
 *   fill    T[...] that broadcasts to it
 *   dtype   left out: that of fill, weak if it is
 *   ->      dtype[shape]
 *
 * Errors  JAXC_ESHAPE  fill does not broadcast to shape
 *         JAXC_EVALUE  the number does not fit the dtype
 *         JAXC_ELIMIT  too many elements, or a negative size
 *         JAXC_EDTYPE  no dtype
 * Source  jax.numpy.full.
 */
JAXC_API jaxc_value jaxc_full(struct jaxc_shape shape, jaxc_value fill,
                              jaxc_dtype dtype JAXC_NO_DTYPE);

/*
 * jaxc_zeros_like, jaxc_ones_like, jaxc_full_like - arrays of the shape of another.
 *
 *   x       T[...]; only its type counts
 *   fill    a scalar
 *   dtype   left out: T, weak if it is
 *   ->      dtype[...]
 *
 * Errors  JAXC_ESHAPE  fill does not broadcast to x's shape
 *         JAXC_EVALUE  the number does not fit the dtype
 *         JAXC_EDTYPE  no dtype
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_zeros_like(jaxc_value x, jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_ones_like(jaxc_value x, jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_full_like(jaxc_value x, jaxc_value fill, jaxc_dtype dtype JAXC_NO_DTYPE);

/*
 * jaxc_arange - numbers at equal steps: jaxc_arange(stop), jaxc_arange(start, stop),
 * jaxc_arange(start, stop, step), jaxc_arange(start, stop, step, dtype). The macro calls
 * jaxc_arange for integers, jaxc_arange_float when one of the three is a float.
 *
 *   start   first number; left out: 0
 *   stop    not reached
 *   step    left out: 1
 *   dtype   left out: i32, f32 of floats
 *   ->      dtype[ceil((stop - start) / step)], at least 0 numbers: start + step * i, computed in
 *           dtype
 *
 * Errors  JAXC_EVALUE  step is 0; a float is NaN or infinite; a number does not fit dtype
 *         JAXC_EDTYPE  bool, or no dtype
 * Source  jax.numpy.arange.
 */
JAXC_API jaxc_value jaxc_arange(int64_t start, int64_t stop, int64_t step, jaxc_dtype dtype);
JAXC_API jaxc_value jaxc_arange_float(double start, double stop, double step, jaxc_dtype dtype);

struct jaxc_space_options {
    struct jaxc_axes axes;    /* JAXC_AXIS(-1): of the result; none: the first */
    bool no_endpoint;         /* stop is not reached */
    jaxc_dtype dtype;         /* 0: a float */
    struct jaxc_operand base; /* of logspace; 10 */
    char unused;
};

/*
 * jaxc_linspace - n numbers at equal steps: jaxc_linspace(0, 1, 5). jaxc_logspace - base to the
 * power of them; jaxc_geomspace - n numbers at equal ratios.
 *
 *   start   T[...]
 *   stop    U[...]; both bounds may be arrays that broadcast. The last number
 *   n       0 or more
 *   ->      float(join(T, U))[n, broadcast]; to an integer dtype rounded down by linspace,
 *           truncated by the others
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 *         JAXC_EVALUE  n is negative; a base for linspace or geomspace
 *         JAXC_EAXIS   the axis is out of range, or more than one
 *         JAXC_ELIMIT  more than 8 axes, or too many elements
 *         JAXC_EDTYPE  no dtype
 * Source  jax.numpy.linspace, logspace, geomspace; differ: n is given, no retstep.
 */
JAXC_API jaxc_value jaxc_linspace(jaxc_value start, jaxc_value stop, int64_t n,
                                  struct jaxc_space_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_logspace(jaxc_value start, jaxc_value stop, int64_t n,
                                  struct jaxc_space_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_geomspace(jaxc_value start, jaxc_value stop, int64_t n,
                                   struct jaxc_space_options options JAXC_DEFAULT);

/*
 * jaxc_eye - ones on the diagonal, zeros elsewhere.
 *
 *   n       rows and columns
 *   dtype   left out: f32
 *   ->      dtype[n, n]
 *
 * Errors  JAXC_ELIMIT  n is negative or too great
 *         JAXC_EDTYPE  no dtype
 * Source  jax.numpy.eye with one size.
 */
JAXC_API jaxc_value jaxc_eye(int64_t n, jaxc_dtype dtype JAXC_NO_DTYPE);

/*
 * jaxc_identity - jaxc_eye. jaxc_empty, jaxc_empty_like - arrays whose numbers do not matter.
 *
 *   n, shape, x   as for jaxc_eye, jaxc_zeros, jaxc_zeros_like
 *   dtype         left out: f32, that of x
 *   ->            dtype[n, n], dtype[shape]; empty ones are zeros
 *
 * Errors  as those calls
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_identity(int64_t n, jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_empty(struct jaxc_shape shape, jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_empty_like(jaxc_value x, jaxc_dtype dtype JAXC_NO_DTYPE);

struct jaxc_shape_indices_options {
    jaxc_dtype dtype; /* 0: i32 */
    bool sparse;      /* a tuple of arrays with size 1 in the other axes */
    char unused;
};

/*
 * jaxc_shape_indices - each place of an array: jaxc_shape_indices(JAXC_SHAPE(2, 3)).
 *
 *   shape   of the array
 *   ->      dtype[rank, shape]: along the first axis the indices of each axis
 *
 * Errors  JAXC_ELIMIT  too many elements, a negative size, more than 8 axes
 *         JAXC_EDTYPE  bool, or no dtype
 * Source  jax.numpy.indices; differs in its name.
 */
JAXC_API jaxc_value jaxc_shape_indices(struct jaxc_shape shape,
                                       struct jaxc_shape_indices_options options JAXC_DEFAULT);

struct jaxc_vander_options {
    int64_t n;       /* columns; 0: as many as rows */
    bool increasing; /* the power 0 first */
    char unused;
};

/*
 * jaxc_vander - powers of numbers, a row for each.
 *
 *   x    T[m]
 *   ->   T[m, n]: x to n - 1, ..., 1, 0
 *
 * Errors  JAXC_ESHAPE  x is no vector
 *         JAXC_EVALUE  n is negative
 *         JAXC_EDTYPE  bool
 * Source  jax.numpy.vander.
 */
JAXC_API jaxc_value jaxc_vander(jaxc_value x, struct jaxc_vander_options options JAXC_DEFAULT);

/*
 * jaxc_hanning, jaxc_hamming, jaxc_blackman, jaxc_bartlett - windows.
 *
 *   n    0 or more
 *   ->   f32[n]
 *
 * Errors  JAXC_ELIMIT  n is negative
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_hanning(int64_t n);
JAXC_API jaxc_value jaxc_hamming(int64_t n);
JAXC_API jaxc_value jaxc_blackman(int64_t n);
JAXC_API jaxc_value jaxc_bartlett(int64_t n);

/*
 * jaxc_kaiser - the window I0(beta sqrt(1 - x^2)) / I0(beta), x from -1 to 1.
 *
 *   n      0 or more
 *   beta   T[]; 0: ones, greater: narrower
 *   ->     f32[n], of a beta of f64 f64[n]; differentiable in beta. Of one number 1
 *
 * Errors  JAXC_ELIMIT  n is negative
 * Source  jax.numpy.kaiser.
 */
JAXC_API jaxc_value jaxc_kaiser(int64_t n, jaxc_value beta);

/* ---- diagonals and triangles ----------------------------------------------------------------- */

struct jaxc_diagonal_options {
    int64_t offset;        /* positive: to the right, negative: below */
    struct jaxc_axes axes; /* JAXC_AXES(1, 2): rows, columns; none: 0 and 1 */
    jaxc_dtype dtype;      /* trace only: of the sums */
    char unused;
};

/*
 * jaxc_diagonal - a diagonal of matrices: jaxc_diagonal(x, .offset = 1); jaxc_trace - its sum.
 *
 *   x    T[...]
 *   ->   diagonal: T[the other axes, n]; trace: T[the other axes], bool, i8, i16 as i32, u8, u16 as
 *        u32
 *
 * Errors  JAXC_EAXIS   an axis out of range, not two of them, x has fewer than two
 *         JAXC_EVALUE  dtype for diagonal
 * Source  jax.numpy.diagonal, trace.
 */
JAXC_API jaxc_value jaxc_diagonal(jaxc_value x, struct jaxc_diagonal_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_trace(jaxc_value x, struct jaxc_diagonal_options options JAXC_DEFAULT);

struct jaxc_k_options {
    int64_t k; /* which diagonal: positive to the right, negative below */
    char unused;
};

/*
 * jaxc_diag - the matrix with a diagonal, or the diagonal of a matrix; jaxc_diagflat - the matrix
 * with all elements on its diagonal.
 *
 *   x    T[n] or T[m, n]; diagflat: T[...]
 *   ->   T[n + |k|, n + |k|], or T[n]
 *
 * Errors  JAXC_ESHAPE  neither a vector nor a matrix
 *         JAXC_ELIMIT  too many elements
 * Source  jax.numpy.diag, diagflat.
 */
JAXC_API jaxc_value jaxc_diag(jaxc_value x, struct jaxc_k_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_diagflat(jaxc_value x, struct jaxc_k_options options JAXC_DEFAULT);

/*
 * jaxc_tril, jaxc_triu - zeros above a diagonal, or below it: jaxc_tril(x, .k = -1).
 *
 *   x    T[..., m, n]
 *   ->   T[..., m, n]
 *
 * Errors  JAXC_ESHAPE  fewer than two axes
 * Source  jax.numpy.tril, triu.
 */
JAXC_API jaxc_value jaxc_tril(jaxc_value x, struct jaxc_k_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_triu(jaxc_value x, struct jaxc_k_options options JAXC_DEFAULT);

struct jaxc_tri_options {
    int64_t m; /* columns; 0: n */
    int64_t k; /* which diagonal: positive to the right, negative below */
    jaxc_dtype dtype;
    char unused;
};

/*
 * jaxc_tri - ones on a diagonal and below. jaxc_tril_indices, jaxc_triu_indices - the places on it
 * and below, or above, for jaxc_index.
 *
 *   n    rows
 *   ->   tri: dtype[n, m], without a dtype f32; the others a tuple of rows and columns, i32
 *
 * Errors  JAXC_ELIMIT  too many elements, or a negative size
 *         JAXC_EDTYPE  no dtype
 *         JAXC_EVALUE  a dtype for places
 * Source  jax.numpy.tri, tril_indices, triu_indices.
 */
JAXC_API jaxc_value jaxc_tri(int64_t n, struct jaxc_tri_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_tril_indices(int64_t n, struct jaxc_tri_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_triu_indices(int64_t n, struct jaxc_tri_options options JAXC_DEFAULT);

/*
 * jaxc_diag_indices - the places of a diagonal: jaxc_diag_indices(n, 2).
 *
 *   n        0 or more
 *   n_axes   of the array, at most 8
 *   ->       a tuple of n_axes times i32[n]
 *
 * Errors  JAXC_ELIMIT  n or n_axes is negative or too great
 * Source  jax.numpy.diag_indices; differs: n_axes is given.
 */
JAXC_API jaxc_value jaxc_diag_indices(int64_t n, int n_axes);

/*
 * jaxc_tril_indices_from, jaxc_triu_indices_from - the places of a matrix on a diagonal and below, or
 * above: jaxc_tril_indices_from(x, .k = -1). jaxc_diag_indices_from - those of its main diagonal.
 *
 *   x    T[m, n]; diag_indices_from: T[n, n, ...]. Only its shape counts
 *   ->   a tuple of i32[...], one for each axis
 *
 * Errors  JAXC_ESHAPE  no matrix; sizes differ
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_tril_indices_from(jaxc_value x,
                                           struct jaxc_k_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_triu_indices_from(jaxc_value x,
                                           struct jaxc_k_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_diag_indices_from(jaxc_value x);

/*
 * jaxc_fill_diagonal - x with other numbers on its diagonal.
 *
 *   x    T[m, n], or T[n, n, n, ...]
 *   v    U[...]: a number, or as many as there are, repeated
 *   ->   T[...]
 *
 * Errors  JAXC_ESHAPE  one axis, or more than two that differ; v is empty
 * Source  jax.numpy.fill_diagonal with inplace=False.
 */
JAXC_API jaxc_value jaxc_fill_diagonal(jaxc_value x, jaxc_value v);

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus
template <class... A>
inline jaxc_value jaxc_list_of(jaxc_value (*f)(int, const jaxc_value *, int), int axis, A... a)
{
    const jaxc_value values[] = {jaxc_value(a)...};
    return f(static_cast<int>(sizeof...(A)), values, axis);
}

template <class A, class B, class C>
inline jaxc_value jaxc_arange_of(A start, B stop, C step, jaxc_dtype dtype = jaxc_dtype(0))
{
    if (std::is_floating_point<decltype(start + stop + step)>::value)
        return jaxc_arange_float(static_cast<double>(start), static_cast<double>(stop),
                                 static_cast<double>(step), dtype);
    return jaxc_arange(static_cast<int64_t>(start), static_cast<int64_t>(stop),
                       static_cast<int64_t>(step), dtype);
}
template <class A, class B> inline jaxc_value jaxc_arange_of(A start, B stop)
{
    return jaxc_arange_of(start, stop, 1);
}
template <class A> inline jaxc_value jaxc_arange_of(A stop) { return jaxc_arange_of(0, stop, 1); }
#define JAXC_OPT_P(f, options, ...)   JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_OPT_VVP(f, options, ...) JAXC_LOCATED(f, __VA_ARGS__)
#else
#define JAXC_OPT_P(...)  JAXC_OPT_P_(__COUNTER__, __VA_ARGS__, .unused = 0)
#define JAXC_OPT_P_(...) JAXC_OPT_P__(__VA_ARGS__)
#define JAXC_OPT_P__(n, f, options, a, ...)                                                        \
    __extension__({                                                                                \
        __auto_type jaxc_a##n = (a);                                                               \
        JAXC_OPTIONS(options, jaxc_o##n, __VA_ARGS__)                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_o##n);                                                                   \
    })
#define JAXC_OPT_VVP(...)  JAXC_OPT_VVP_(__COUNTER__, __VA_ARGS__, .unused = 0)
#define JAXC_OPT_VVP_(...) JAXC_OPT_VVP__(__VA_ARGS__)
#define JAXC_OPT_VVP__(n, f, options, a, b, c, ...)                                                \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        __auto_type jaxc_k##n = (c);                                                               \
        JAXC_OPTIONS(options, jaxc_o##n, __VA_ARGS__)                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_o##n);                                             \
    })
#define JAXC_LISTED(...) JAXC_LISTED_(__VA_ARGS__)
#define JAXC_LISTED_(n, f, axis, ...)                                                              \
    __extension__({                                                                                \
        int jaxc_i##n = (axis);                                                                    \
        const jaxc_value jaxc_l##n[] = {JAXC_VALUES(__VA_ARGS__)};                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (f)((int)(sizeof jaxc_l##n / sizeof jaxc_l##n[0]), jaxc_l##n, jaxc_i##n);                  \
    })

#define JAXC_ARANGE_COUNT(...)                                                                     \
    JAXC_65TH(__VA_ARGS__, JAXC_48(0), JAXC_8(0), 0, 0, 0, 0, 4, 3, 2, 1, 0)
#define JAXC_ARANGE_0(...)                                                                         \
    JAXC_WRONG("jaxc_arange takes (stop), (start, stop), (start, stop, step) or (start, stop, "    \
               "step, dtype)")
#define JAXC_ARANGE_1(stop)                     JAXC_ARANGE(__COUNTER__, 0, stop, 1, (jaxc_dtype)0)
#define JAXC_ARANGE_2(start, stop)              JAXC_ARANGE(__COUNTER__, start, stop, 1, (jaxc_dtype)0)
#define JAXC_ARANGE_3(start, stop, step)        JAXC_ARANGE(__COUNTER__, start, stop, step, (jaxc_dtype)0)
#define JAXC_ARANGE_4(start, stop, step, dtype) JAXC_ARANGE(__COUNTER__, start, stop, step, dtype)
#define JAXC_ARANGE(...)                        JAXC_ARANGE_(__VA_ARGS__)
#define JAXC_ARANGE_(n, start, stop, step, dtype)                                                  \
    __extension__({                                                                                \
        __auto_type jaxc_a##n = (start);                                                           \
        __auto_type jaxc_b##n = (stop);                                                            \
        __auto_type jaxc_k##n = (step);                                                            \
        jaxc_dtype jaxc_d##n = (dtype);                                                            \
        jaxc_at(__FILE__, __LINE__);                                                               \
        _Generic(jaxc_a##n + jaxc_b##n + jaxc_k##n, float                                          \
                 : jaxc_arange_float, double                                                       \
                 : jaxc_arange_float, default                                                      \
                 : jaxc_arange)(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_d##n);                       \
    })
#endif

#ifndef JAXC_PLAIN
#define jaxc_add(...)           JAXC_CALL2(jaxc_add, __VA_ARGS__)
#define jaxc_sub(...)           JAXC_CALL2(jaxc_sub, __VA_ARGS__)
#define jaxc_mul(...)           JAXC_CALL2(jaxc_mul, __VA_ARGS__)
#define jaxc_maximum(...)       JAXC_CALL2(jaxc_maximum, __VA_ARGS__)
#define jaxc_minimum(...)       JAXC_CALL2(jaxc_minimum, __VA_ARGS__)
#define jaxc_div(...)           JAXC_CALL2(jaxc_div, __VA_ARGS__)
#define jaxc_power(...)         JAXC_CALL2(jaxc_power, __VA_ARGS__)
#define jaxc_neg(...)           JAXC_CALL1(jaxc_neg, __VA_ARGS__)
#define jaxc_abs(...)           JAXC_CALL1(jaxc_abs, __VA_ARGS__)
#define jaxc_sign(...)          JAXC_CALL1(jaxc_sign, __VA_ARGS__)
#define jaxc_square(...)        JAXC_CALL1(jaxc_square, __VA_ARGS__)
#define jaxc_exp(...)           JAXC_CALL1(jaxc_exp, __VA_ARGS__)
#define jaxc_exp2(...)          JAXC_CALL1(jaxc_exp2, __VA_ARGS__)
#define jaxc_expm1(...)         JAXC_CALL1(jaxc_expm1, __VA_ARGS__)
#define jaxc_log(...)           JAXC_CALL1(jaxc_log, __VA_ARGS__)
#define jaxc_log1p(...)         JAXC_CALL1(jaxc_log1p, __VA_ARGS__)
#define jaxc_sqrt(...)          JAXC_CALL1(jaxc_sqrt, __VA_ARGS__)
#define jaxc_rsqrt(...)         JAXC_CALL1(jaxc_rsqrt, __VA_ARGS__)
#define jaxc_cbrt(...)          JAXC_CALL1(jaxc_cbrt, __VA_ARGS__)
#define jaxc_sin(...)           JAXC_CALL1(jaxc_sin, __VA_ARGS__)
#define jaxc_cos(...)           JAXC_CALL1(jaxc_cos, __VA_ARGS__)
#define jaxc_tan(...)           JAXC_CALL1(jaxc_tan, __VA_ARGS__)
#define jaxc_arcsin(...)        JAXC_CALL1(jaxc_arcsin, __VA_ARGS__)
#define jaxc_asin(...)          JAXC_CALL1(jaxc_asin, __VA_ARGS__)
#define jaxc_arccos(...)        JAXC_CALL1(jaxc_arccos, __VA_ARGS__)
#define jaxc_acos(...)          JAXC_CALL1(jaxc_acos, __VA_ARGS__)
#define jaxc_arctan(...)        JAXC_CALL1(jaxc_arctan, __VA_ARGS__)
#define jaxc_atan(...)          JAXC_CALL1(jaxc_atan, __VA_ARGS__)
#define jaxc_sinh(...)          JAXC_CALL1(jaxc_sinh, __VA_ARGS__)
#define jaxc_cosh(...)          JAXC_CALL1(jaxc_cosh, __VA_ARGS__)
#define jaxc_tanh(...)          JAXC_CALL1(jaxc_tanh, __VA_ARGS__)
#define jaxc_arcsinh(...)       JAXC_CALL1(jaxc_arcsinh, __VA_ARGS__)
#define jaxc_asinh(...)         JAXC_CALL1(jaxc_asinh, __VA_ARGS__)
#define jaxc_arccosh(...)       JAXC_CALL1(jaxc_arccosh, __VA_ARGS__)
#define jaxc_acosh(...)         JAXC_CALL1(jaxc_acosh, __VA_ARGS__)
#define jaxc_arctanh(...)       JAXC_CALL1(jaxc_arctanh, __VA_ARGS__)
#define jaxc_atanh(...)         JAXC_CALL1(jaxc_atanh, __VA_ARGS__)
#define jaxc_erf(...)           JAXC_CALL1(jaxc_erf, __VA_ARGS__)
#define jaxc_erfc(...)          JAXC_CALL1(jaxc_erfc, __VA_ARGS__)
#define jaxc_erf_inv(...)       JAXC_CALL1(jaxc_erf_inv, __VA_ARGS__)
#define jaxc_lgamma(...)        JAXC_CALL1(jaxc_lgamma, __VA_ARGS__)
#define jaxc_digamma(...)       JAXC_CALL1(jaxc_digamma, __VA_ARGS__)
#define jaxc_arctan2(...)       JAXC_CALL2(jaxc_arctan2, __VA_ARGS__)
#define jaxc_atan2(...)         JAXC_CALL2(jaxc_atan2, __VA_ARGS__)
#define jaxc_nextafter(...)     JAXC_CALL2(jaxc_nextafter, __VA_ARGS__)
#define jaxc_equal(...)         JAXC_CALL2(jaxc_equal, __VA_ARGS__)
#define jaxc_not_equal(...)     JAXC_CALL2(jaxc_not_equal, __VA_ARGS__)
#define jaxc_less(...)          JAXC_CALL2(jaxc_less, __VA_ARGS__)
#define jaxc_less_equal(...)    JAXC_CALL2(jaxc_less_equal, __VA_ARGS__)
#define jaxc_greater(...)       JAXC_CALL2(jaxc_greater, __VA_ARGS__)
#define jaxc_greater_equal(...) JAXC_CALL2(jaxc_greater_equal, __VA_ARGS__)
#define jaxc_logical_and(...)   JAXC_CALL2(jaxc_logical_and, __VA_ARGS__)
#define jaxc_logical_or(...)    JAXC_CALL2(jaxc_logical_or, __VA_ARGS__)
#define jaxc_logical_not(...)   JAXC_CALL1(jaxc_logical_not, __VA_ARGS__)
#define jaxc_bitwise_and(...)   JAXC_CALL2(jaxc_bitwise_and, __VA_ARGS__)
#define jaxc_bitwise_or(...)    JAXC_CALL2(jaxc_bitwise_or, __VA_ARGS__)
#define jaxc_bitwise_xor(...)   JAXC_CALL2(jaxc_bitwise_xor, __VA_ARGS__)
#define jaxc_bitwise_not(...)   JAXC_CALL1(jaxc_bitwise_not, __VA_ARGS__)
#define jaxc_left_shift(...)    JAXC_CALL2(jaxc_left_shift, __VA_ARGS__)
#define jaxc_right_shift(...)   JAXC_CALL2(jaxc_right_shift, __VA_ARGS__)
#define jaxc_where(...)         JAXC_CALL3(jaxc_where, __VA_ARGS__)
#define jaxc_astype(...)        JAXC_CALL_VP(jaxc_astype, __VA_ARGS__)
#define jaxc_promote_types(...) JAXC_AT(jaxc_promote_types, __VA_ARGS__)
#define jaxc_result_type(...)   JAXC_CALL2(jaxc_result_type, __VA_ARGS__)
#define jaxc_sum(...)           JAXC_OPT1(jaxc_sum, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_prod(...)          JAXC_OPT1(jaxc_prod, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_max(...)           JAXC_OPT1(jaxc_max, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_min(...)           JAXC_OPT1(jaxc_min, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_mean(...)          JAXC_OPT1(jaxc_mean, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_ptp(...)           JAXC_OPT1(jaxc_ptp, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_any(...)           JAXC_OPT1(jaxc_any, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_all(...)           JAXC_OPT1(jaxc_all, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_count_nonzero(...) JAXC_OPT1(jaxc_count_nonzero, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_argmax(...)        JAXC_OPT1(jaxc_argmax, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_argmin(...)        JAXC_OPT1(jaxc_argmin, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nansum(...)        JAXC_OPT1(jaxc_nansum, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nanprod(...)       JAXC_OPT1(jaxc_nanprod, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nanmean(...)       JAXC_OPT1(jaxc_nanmean, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nanmax(...)        JAXC_OPT1(jaxc_nanmax, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nanmin(...)        JAXC_OPT1(jaxc_nanmin, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nanargmax(...)     JAXC_OPT1(jaxc_nanargmax, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nanargmin(...)     JAXC_OPT1(jaxc_nanargmin, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_median(...)        JAXC_OPT1(jaxc_median, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nanmedian(...)     JAXC_OPT1(jaxc_nanmedian, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_var(...)           JAXC_OPT1(jaxc_var, jaxc_var_options, __VA_ARGS__)
#define jaxc_std(...)           JAXC_OPT1(jaxc_std, jaxc_var_options, __VA_ARGS__)
#define jaxc_nanvar(...)        JAXC_OPT1(jaxc_nanvar, jaxc_var_options, __VA_ARGS__)
#define jaxc_nanstd(...)        JAXC_OPT1(jaxc_nanstd, jaxc_var_options, __VA_ARGS__)
#define jaxc_average(...)       JAXC_OPT1(jaxc_average, jaxc_average_options, __VA_ARGS__)
#define jaxc_quantile(...)      JAXC_OPT2(jaxc_quantile, jaxc_quantile_options, __VA_ARGS__)
#define jaxc_percentile(...)    JAXC_OPT2(jaxc_percentile, jaxc_quantile_options, __VA_ARGS__)
#define jaxc_nanquantile(...)   JAXC_OPT2(jaxc_nanquantile, jaxc_quantile_options, __VA_ARGS__)
#define jaxc_nanpercentile(...) JAXC_OPT2(jaxc_nanpercentile, jaxc_quantile_options, __VA_ARGS__)
#define jaxc_cov(...)           JAXC_OPT1(jaxc_cov, jaxc_cov_options, __VA_ARGS__)
#define jaxc_corrcoef(...)      JAXC_OPT1(jaxc_corrcoef, jaxc_cov_options, __VA_ARGS__)
#define jaxc_dot(...)           JAXC_CALL2(jaxc_dot, __VA_ARGS__)
#define jaxc_matmul(...)        JAXC_CALL2(jaxc_matmul, __VA_ARGS__)
#define jaxc_outer(...)         JAXC_CALL2(jaxc_outer, __VA_ARGS__)
#define jaxc_reshape(...)       JAXC_CALL_VP(jaxc_reshape, __VA_ARGS__)
#define jaxc_ravel(...)         JAXC_CALL1(jaxc_ravel, __VA_ARGS__)
#define jaxc_transpose(...)     JAXC_OPT1(jaxc_transpose, jaxc_axes_options, __VA_ARGS__)
#define jaxc_expand_dims(...)   JAXC_OPT1(jaxc_expand_dims, jaxc_axes_options, __VA_ARGS__)
#define jaxc_squeeze(...)       JAXC_OPT1(jaxc_squeeze, jaxc_axes_options, __VA_ARGS__)
#define jaxc_broadcast_to(...)  JAXC_CALL_VP(jaxc_broadcast_to, __VA_ARGS__)
#define jaxc_slice(...)         JAXC_CALL_VPP(jaxc_slice, __VA_ARGS__)
#define jaxc_zeros(...)         JAXC_CALL_PD(jaxc_zeros, __VA_ARGS__)
#define jaxc_ones(...)          JAXC_CALL_PD(jaxc_ones, __VA_ARGS__)
#define jaxc_full(...)          JAXC_CALL_PVD(jaxc_full, __VA_ARGS__)
#define jaxc_zeros_like(...)    JAXC_CALL_VD(jaxc_zeros_like, __VA_ARGS__)
#define jaxc_ones_like(...)     JAXC_CALL_VD(jaxc_ones_like, __VA_ARGS__)
#define jaxc_full_like(...)     JAXC_CALL_VVD(jaxc_full_like, __VA_ARGS__)
#define jaxc_linspace(...)      JAXC_OPT_VVP(jaxc_linspace, jaxc_space_options, __VA_ARGS__)
#define jaxc_logspace(...)      JAXC_OPT_VVP(jaxc_logspace, jaxc_space_options, __VA_ARGS__)
#define jaxc_geomspace(...)     JAXC_OPT_VVP(jaxc_geomspace, jaxc_space_options, __VA_ARGS__)
#define jaxc_eye(...)           JAXC_CALL_PD(jaxc_eye, __VA_ARGS__)
#define jaxc_identity(...)      JAXC_CALL_PD(jaxc_identity, __VA_ARGS__)
#define jaxc_empty(...)         JAXC_CALL_PD(jaxc_empty, __VA_ARGS__)
#define jaxc_empty_like(...)    JAXC_CALL_VD(jaxc_empty_like, __VA_ARGS__)
#define jaxc_shape_indices(...)                                                                    \
    JAXC_OPT_P(jaxc_shape_indices, jaxc_shape_indices_options, __VA_ARGS__)
#define jaxc_vander(...)              JAXC_OPT1(jaxc_vander, jaxc_vander_options, __VA_ARGS__)
#define jaxc_hanning(...)             JAXC_AT(jaxc_hanning, __VA_ARGS__)
#define jaxc_hamming(...)             JAXC_AT(jaxc_hamming, __VA_ARGS__)
#define jaxc_blackman(...)            JAXC_AT(jaxc_blackman, __VA_ARGS__)
#define jaxc_kaiser(...)              JAXC_CALL_PV(jaxc_kaiser, __VA_ARGS__)
#define jaxc_bartlett(...)            JAXC_AT(jaxc_bartlett, __VA_ARGS__)
#define jaxc_diagonal(...)            JAXC_OPT1(jaxc_diagonal, jaxc_diagonal_options, __VA_ARGS__)
#define jaxc_trace(...)               JAXC_OPT1(jaxc_trace, jaxc_diagonal_options, __VA_ARGS__)
#define jaxc_diag(...)                JAXC_OPT1(jaxc_diag, jaxc_k_options, __VA_ARGS__)
#define jaxc_diagflat(...)            JAXC_OPT1(jaxc_diagflat, jaxc_k_options, __VA_ARGS__)
#define jaxc_tril(...)                JAXC_OPT1(jaxc_tril, jaxc_k_options, __VA_ARGS__)
#define jaxc_triu(...)                JAXC_OPT1(jaxc_triu, jaxc_k_options, __VA_ARGS__)
#define jaxc_tri(...)                 JAXC_OPT_P(jaxc_tri, jaxc_tri_options, __VA_ARGS__)
#define jaxc_tril_indices(...)        JAXC_OPT_P(jaxc_tril_indices, jaxc_tri_options, __VA_ARGS__)
#define jaxc_triu_indices(...)        JAXC_OPT_P(jaxc_triu_indices, jaxc_tri_options, __VA_ARGS__)
#define jaxc_tril_indices_from(...)   JAXC_OPT1(jaxc_tril_indices_from, jaxc_k_options, __VA_ARGS__)
#define jaxc_triu_indices_from(...)   JAXC_OPT1(jaxc_triu_indices_from, jaxc_k_options, __VA_ARGS__)
#define jaxc_diag_indices_from(...)   JAXC_CALL1(jaxc_diag_indices_from, __VA_ARGS__)
#define jaxc_diag_indices(...)        JAXC_AT(jaxc_diag_indices, __VA_ARGS__)
#define jaxc_fill_diagonal(...)       JAXC_CALL2(jaxc_fill_diagonal, __VA_ARGS__)
#define jaxc_stack_n(...)             JAXC_AT(jaxc_stack_n, __VA_ARGS__)
#define jaxc_concatenate_n(...)       JAXC_AT(jaxc_concatenate_n, __VA_ARGS__)
#define jaxc_arange_float(...)        JAXC_AT(jaxc_arange_float, __VA_ARGS__)
#define jaxc_negative(...)            JAXC_CALL1(jaxc_negative, __VA_ARGS__)
#define jaxc_positive(...)            JAXC_CALL1(jaxc_positive, __VA_ARGS__)
#define jaxc_absolute(...)            JAXC_CALL1(jaxc_absolute, __VA_ARGS__)
#define jaxc_fabs(...)                JAXC_CALL1(jaxc_fabs, __VA_ARGS__)
#define jaxc_reciprocal(...)          JAXC_CALL1(jaxc_reciprocal, __VA_ARGS__)
#define jaxc_floor(...)               JAXC_CALL1(jaxc_floor, __VA_ARGS__)
#define jaxc_ceil(...)                JAXC_CALL1(jaxc_ceil, __VA_ARGS__)
#define jaxc_trunc(...)               JAXC_CALL1(jaxc_trunc, __VA_ARGS__)
#define jaxc_rint(...)                JAXC_CALL1(jaxc_rint, __VA_ARGS__)
#define jaxc_modf(...)                JAXC_CALL1(jaxc_modf, __VA_ARGS__)
#define jaxc_frexp(...)               JAXC_CALL1(jaxc_frexp, __VA_ARGS__)
#define jaxc_spacing(...)             JAXC_CALL1(jaxc_spacing, __VA_ARGS__)
#define jaxc_log2(...)                JAXC_CALL1(jaxc_log2, __VA_ARGS__)
#define jaxc_log10(...)               JAXC_CALL1(jaxc_log10, __VA_ARGS__)
#define jaxc_i0(...)                  JAXC_CALL1(jaxc_i0, __VA_ARGS__)
#define jaxc_sinc(...)                JAXC_CALL1(jaxc_sinc, __VA_ARGS__)
#define jaxc_deg2rad(...)             JAXC_CALL1(jaxc_deg2rad, __VA_ARGS__)
#define jaxc_radians(...)             JAXC_CALL1(jaxc_radians, __VA_ARGS__)
#define jaxc_rad2deg(...)             JAXC_CALL1(jaxc_rad2deg, __VA_ARGS__)
#define jaxc_degrees(...)             JAXC_CALL1(jaxc_degrees, __VA_ARGS__)
#define jaxc_isnan(...)               JAXC_CALL1(jaxc_isnan, __VA_ARGS__)
#define jaxc_isfinite(...)            JAXC_CALL1(jaxc_isfinite, __VA_ARGS__)
#define jaxc_isinf(...)               JAXC_CALL1(jaxc_isinf, __VA_ARGS__)
#define jaxc_isposinf(...)            JAXC_CALL1(jaxc_isposinf, __VA_ARGS__)
#define jaxc_isneginf(...)            JAXC_CALL1(jaxc_isneginf, __VA_ARGS__)
#define jaxc_signbit(...)             JAXC_CALL1(jaxc_signbit, __VA_ARGS__)
#define jaxc_bitwise_invert(...)      JAXC_CALL1(jaxc_bitwise_invert, __VA_ARGS__)
#define jaxc_invert(...)              JAXC_CALL1(jaxc_invert, __VA_ARGS__)
#define jaxc_bitwise_count(...)       JAXC_CALL1(jaxc_bitwise_count, __VA_ARGS__)
#define jaxc_subtract(...)            JAXC_CALL2(jaxc_subtract, __VA_ARGS__)
#define jaxc_multiply(...)            JAXC_CALL2(jaxc_multiply, __VA_ARGS__)
#define jaxc_fmax(...)                JAXC_CALL2(jaxc_fmax, __VA_ARGS__)
#define jaxc_fmin(...)                JAXC_CALL2(jaxc_fmin, __VA_ARGS__)
#define jaxc_divide(...)              JAXC_CALL2(jaxc_divide, __VA_ARGS__)
#define jaxc_true_divide(...)         JAXC_CALL2(jaxc_true_divide, __VA_ARGS__)
#define jaxc_floor_divide(...)        JAXC_CALL2(jaxc_floor_divide, __VA_ARGS__)
#define jaxc_remainder(...)           JAXC_CALL2(jaxc_remainder, __VA_ARGS__)
#define jaxc_mod(...)                 JAXC_CALL2(jaxc_mod, __VA_ARGS__)
#define jaxc_fmod(...)                JAXC_CALL2(jaxc_fmod, __VA_ARGS__)
#define jaxc_divmod(...)              JAXC_CALL2(jaxc_divmod, __VA_ARGS__)
#define jaxc_gcd(...)                 JAXC_CALL2(jaxc_gcd, __VA_ARGS__)
#define jaxc_lcm(...)                 JAXC_CALL2(jaxc_lcm, __VA_ARGS__)
#define jaxc_pow(...)                 JAXC_CALL2(jaxc_pow, __VA_ARGS__)
#define jaxc_float_power(...)         JAXC_CALL2(jaxc_float_power, __VA_ARGS__)
#define jaxc_ldexp(...)               JAXC_CALL2(jaxc_ldexp, __VA_ARGS__)
#define jaxc_copysign(...)            JAXC_CALL2(jaxc_copysign, __VA_ARGS__)
#define jaxc_logaddexp(...)           JAXC_CALL2(jaxc_logaddexp, __VA_ARGS__)
#define jaxc_logaddexp2(...)          JAXC_CALL2(jaxc_logaddexp2, __VA_ARGS__)
#define jaxc_hypot(...)               JAXC_CALL2(jaxc_hypot, __VA_ARGS__)
#define jaxc_heaviside(...)           JAXC_CALL2(jaxc_heaviside, __VA_ARGS__)
#define jaxc_array_equiv(...)         JAXC_CALL2(jaxc_array_equiv, __VA_ARGS__)
#define jaxc_logical_xor(...)         JAXC_CALL2(jaxc_logical_xor, __VA_ARGS__)
#define jaxc_bitwise_left_shift(...)  JAXC_CALL2(jaxc_bitwise_left_shift, __VA_ARGS__)
#define jaxc_bitwise_right_shift(...) JAXC_CALL2(jaxc_bitwise_right_shift, __VA_ARGS__)
#define jaxc_clip(...)                JAXC_CALL3(jaxc_clip, __VA_ARGS__)
#define jaxc_select(...)              JAXC_CALL3(jaxc_select, __VA_ARGS__)
#define jaxc_round(...)               JAXC_OPT1(jaxc_round, jaxc_round_options, __VA_ARGS__)
#define jaxc_around(...)              JAXC_OPT1(jaxc_around, jaxc_round_options, __VA_ARGS__)
#define jaxc_nan_to_num(...)          JAXC_OPT1(jaxc_nan_to_num, jaxc_nan_to_num_options, __VA_ARGS__)
#define jaxc_isclose(...)             JAXC_OPT2(jaxc_isclose, jaxc_isclose_options, __VA_ARGS__)
#define jaxc_allclose(...)            JAXC_OPT2(jaxc_allclose, jaxc_isclose_options, __VA_ARGS__)
#define jaxc_array_equal(...)         JAXC_OPT2(jaxc_array_equal, jaxc_array_equal_options, __VA_ARGS__)
#ifdef __cplusplus
#define jaxc_stack(...)       JAXC_LOCATED(jaxc_list_of, jaxc_stack_n, __VA_ARGS__)
#define jaxc_concatenate(...) JAXC_LOCATED(jaxc_list_of, jaxc_concatenate_n, __VA_ARGS__)
#define jaxc_arange(...)      JAXC_LOCATED(jaxc_arange_of, __VA_ARGS__)
#else
#define jaxc_stack(axis, ...)       JAXC_LISTED(__COUNTER__, jaxc_stack_n, axis, __VA_ARGS__)
#define jaxc_concatenate(axis, ...) JAXC_LISTED(__COUNTER__, jaxc_concatenate_n, axis, __VA_ARGS__)
#define jaxc_arange(...)            JAXC_PASTE(JAXC_ARANGE_, JAXC_ARANGE_COUNT(__VA_ARGS__))(__VA_ARGS__)
#endif
#endif

#endif
