/*
 * jaxc/lax.h - the primitives as jax.lax has them: one function for each, without promotion and
 * without broadcasting. The calls of jaxc/numpy.h and jaxc/index.h are made of them.
 *
 * Parameters are plain structs and numbers, so that every function can be called as it is from
 * another language. Operands have the dtypes and shapes that are asked for; a C number takes the
 * dtype of the operand it stands beside, an integer any dtype of numbers, a float one of floats.
 * Axes count from 0 unless it says that they may be negative. Several arrays are a tuple. Results
 * belong to the innermost scope.
 *
 * Every call here may also fail as those of jaxc/numpy.h, and with
 *   JAXC_EDTYPE  operands of different dtypes, or of one that the call does not take
 *   JAXC_ESHAPE  operands of different shapes
 */
#ifndef JAXC_LAX_H
#define JAXC_LAX_H

#include <jaxc/index.h>
#include <jaxc/types.h>

/* A list of axes or other integers as a parameter: JAXC_INTS(0, 2); all zero: none. */
struct jaxc_ints {
    int n;
    int64_t at[JAXC_MAX_RANK];
};

/* What pad puts around each axis: JAXC_PADDING({1, 1, 0}, {0, -1, 2}). */
struct jaxc_padding {
    int64_t low, high; /* before and behind; negative ones take elements away */
    int64_t interior;  /* between neighbours */
};
struct jaxc_padding_config {
    int n;
    struct jaxc_padding at[JAXC_MAX_RANK];
};

#ifdef __cplusplus
#include <initializer_list>
template <class... N> constexpr jaxc_ints jaxc_ints_made(N... number)
{
    return {static_cast<int>(sizeof...(N)), {static_cast<int64_t>(number)...}};
}
inline jaxc_padding_config jaxc_padding_made(std::initializer_list<jaxc_padding> axes)
{
    jaxc_padding_config config = {};
    for (const jaxc_padding &axis : axes)
        if (config.n++ < JAXC_MAX_RANK)
            config.at[config.n - 1] = axis;
    return config;
}
#define JAXC_INTS(...)    jaxc_ints_made(__VA_ARGS__)
#define JAXC_PADDING(...) jaxc_padding_made({__VA_ARGS__})
extern "C" {
#else
#define JAXC_PADDING(...)                                                                          \
    (__extension__(struct jaxc_padding_config){sizeof((struct jaxc_padding[]){__VA_ARGS__}) /      \
                                                   sizeof(struct jaxc_padding),                    \
                                               {__VA_ARGS__}})
#define JAXC_INTS(...)                                                                             \
    (__extension__(struct jaxc_ints){sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t),           \
                                     {__VA_ARGS__}})
#endif

/* ---- element by element ---------------------------------------------------------------------- */

/*
 * jaxc_lax_neg, jaxc_lax_abs, jaxc_lax_sign, jaxc_lax_square - of numbers; neg and sign of unsigned
 * integers wrap.
 *
 *   x    T[...], integers or floats
 *   ->   T[...]
 *
 * Errors  those of every call
 * Source  jax.lax.neg, abs, sign, square; abs also takes unsigned integers.
 */
JAXC_API jaxc_value jaxc_lax_neg(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_abs(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_sign(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_square(jaxc_value x);

/*
 * jaxc_lax_exp, jaxc_lax_exp2, jaxc_lax_expm1, jaxc_lax_log, jaxc_lax_log1p, jaxc_lax_logistic,
 * jaxc_lax_sqrt, jaxc_lax_rsqrt, jaxc_lax_cbrt, jaxc_lax_reciprocal - powers, logarithms and roots:
 * logistic is 1 / (1 + exp(-x)), rsqrt 1 / sqrt(x), reciprocal 1 / x.
 *
 *   x    T[...], floats
 *   ->   T[...]
 *
 * Errors  those of every call; JAXC_EVALUE  the reciprocal of integers
 * Source  the jax.lax functions of these names, without their accuracy.
 */
JAXC_API jaxc_value jaxc_lax_exp(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_exp2(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_expm1(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_log(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_log1p(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_logistic(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_sqrt(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_rsqrt(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_cbrt(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_reciprocal(jaxc_value x);

/*
 * jaxc_lax_sin, jaxc_lax_cos, jaxc_lax_tan, jaxc_lax_sinh, jaxc_lax_cosh, jaxc_lax_tanh, and their
 * inverses jaxc_lax_asin, ...
 *
 *   x    T[...], floats; angles in radians
 *   ->   T[...]; NaN where there is no number
 *
 * Errors  those of every call
 * Source  the jax.lax functions of these names, without their accuracy.
 */
JAXC_API jaxc_value jaxc_lax_sin(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_cos(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_tan(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_asin(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_acos(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_atan(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_sinh(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_cosh(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_tanh(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_asinh(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_acosh(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_atanh(jaxc_value x);

/*
 * jaxc_lax_erf, jaxc_lax_erfc, jaxc_lax_erf_inv, jaxc_lax_lgamma, jaxc_lax_digamma,
 * jaxc_lax_bessel_i0e, jaxc_lax_bessel_i1e - the error function, 1 - it, its inverse;
 * log(abs(gamma(x))) and its derivative; the modified Bessel functions I0 and I1 times e^-abs(x).
 *
 *   x    T[...], floats
 *   ->   T[...]
 *
 * Errors  those of every call
 * Source  the jax.lax functions of these names.
 */
JAXC_API jaxc_value jaxc_lax_erf(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_erfc(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_erf_inv(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_lgamma(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_digamma(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_bessel_i0e(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_bessel_i1e(jaxc_value x);

/* Where round puts a number in the middle. */
typedef enum { JAXC_ROUND_AWAY_FROM_ZERO, JAXC_ROUND_TO_NEAREST_EVEN } jaxc_rounding_method;

/*
 * jaxc_lax_floor, jaxc_lax_ceil, jaxc_lax_round - whole numbers.
 *
 *   x                 T[...], floats
 *   rounding_method   JAXC_ROUND_AWAY_FROM_ZERO (0.5 to 1), JAXC_ROUND_TO_NEAREST_EVEN (0.5 to 0)
 *   ->                T[...]
 *
 * Errors  JAXC_EVALUE  no such method
 * Source  jax.lax.floor, ceil, round.
 */
JAXC_API jaxc_value jaxc_lax_floor(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_ceil(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_round(jaxc_value x, jaxc_rounding_method rounding_method);

/*
 * jaxc_lax_is_finite - neither NaN nor infinite.
 *
 *   x    T[...], floats
 *   ->   bool[...]
 *
 * Errors  those of every call
 * Source  jax.lax.is_finite.
 */
JAXC_API jaxc_value jaxc_lax_is_finite(jaxc_value x);

/*
 * jaxc_lax_reduce_precision - numbers as a float of fewer bits has them.
 *
 *   x               T[...], floats
 *   exponent_bits   at least 1
 *   mantissa_bits   at least 0
 *   ->              T[...]; halves round to even, what is too large is infinite, too small 0
 *
 * Errors  JAXC_EVALUE  fewer bits
 * Source  jax.lax.reduce_precision.
 */
JAXC_API jaxc_value jaxc_lax_reduce_precision(jaxc_value x, int exponent_bits, int mantissa_bits);

/*
 * jaxc_lax_bitwise_not, jaxc_lax_population_count, jaxc_lax_clz - bits turned over, counted; the
 * zeros before the first one.
 *
 *   x    T[...], integers; bitwise_not also of bool
 *   ->   T[...]
 *
 * Errors  those of every call
 * Source  jax.lax.bitwise_not, population_count, clz.
 */
JAXC_API jaxc_value jaxc_lax_bitwise_not(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_population_count(jaxc_value x);
JAXC_API jaxc_value jaxc_lax_clz(jaxc_value x);

/*
 * jaxc_lax_add, jaxc_lax_sub, jaxc_lax_mul, jaxc_lax_div, jaxc_lax_rem, jaxc_lax_max,
 * jaxc_lax_min - arithmetic.
 *
 *   x    T[...], integers or floats; of max and min also bool
 *   y    T[...] of the same shape, or either is rank 0
 *   ->   T[...]; integers wrap, and div and rem of them round toward 0; by 0 they give -1 (or the
 *        largest unsigned) and x
 *
 * Errors  those of every call
 * Source  the jax.lax functions of these names. There C numbers must be of the other's kind.
 */
JAXC_API jaxc_value jaxc_lax_add(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_sub(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_mul(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_div(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_rem(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_max(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_min(jaxc_value x, jaxc_value y);

/*
 * jaxc_lax_pow, jaxc_lax_integer_pow - x to the power y.
 *
 *   x    T[...], floats; of integer_pow also integers
 *   y    T[...] or integers of any dtype, of the same shape, or either is rank 0; of integer_pow a
 *        C number
 *   ->   T[...]
 *
 * Errors  JAXC_EVALUE  an integer to a negative power
 * Source  jax.lax.pow, integer_pow.
 */
JAXC_API jaxc_value jaxc_lax_pow(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_integer_pow(jaxc_value x, int64_t y);

/*
 * jaxc_lax_atan2, jaxc_lax_nextafter - the angle of the point (y, x), operands in this order; the
 * next number from x toward y.
 *
 *   x    T[...], floats
 *   y    T[...] of the same shape, or either is rank 0
 *   ->   T[...]
 *
 * Errors  those of every call
 * Source  jax.lax.atan2, nextafter.
 */
JAXC_API jaxc_value jaxc_lax_atan2(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_nextafter(jaxc_value x, jaxc_value y);

/*
 * jaxc_lax_random_gamma_grad - the derivative of a draw x of the gamma distribution by its parameter
 * a: -(dP / da) / (dP / dx), P the incomplete gamma function.
 *
 *   a    T[...], floats
 *   x    T[...] of the same shape, or either is rank 0
 *   ->   T[...], not differentiable; NaN unless a > 0 and x >= 0
 *
 * Errors  those of every call
 * Source  jax.lax.random_gamma_grad, which has a derivative in forward mode.
 */
JAXC_API jaxc_value jaxc_lax_random_gamma_grad(jaxc_value a, jaxc_value x);

/*
 * jaxc_lax_bitwise_and, jaxc_lax_bitwise_or, jaxc_lax_bitwise_xor, jaxc_lax_shift_left,
 * jaxc_lax_shift_right_logical, jaxc_lax_shift_right_arithmetic - bit by bit; x moved by y places,
 * filled with zeros, or with the sign.
 *
 *   x    T[...], integers; of the first three also bool
 *   y    T[...] of the same shape, or either is rank 0
 *   ->   T[...]; by more places than there are: 0, or the sign everywhere
 *
 * Errors  those of every call
 * Source  the jax.lax functions of these names.
 */
JAXC_API jaxc_value jaxc_lax_bitwise_and(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_bitwise_or(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_bitwise_xor(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_shift_left(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_shift_right_logical(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_shift_right_arithmetic(jaxc_value x, jaxc_value y);

/*
 * jaxc_lax_eq, jaxc_lax_ne, jaxc_lax_lt, jaxc_lax_le, jaxc_lax_gt, jaxc_lax_ge - comparisons; NaN
 * differs from everything and is neither less nor greater.
 *
 *   x    T[...]
 *   y    T[...] of the same shape, or either is rank 0
 *   ->   bool[...]
 *
 * Errors  those of every call
 * Source  the jax.lax functions of these names.
 */
JAXC_API jaxc_value jaxc_lax_eq(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_ne(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_lt(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_le(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_gt(jaxc_value x, jaxc_value y);
JAXC_API jaxc_value jaxc_lax_ge(jaxc_value x, jaxc_value y);

/*
 * jaxc_lax_clamp - min(max(x, min), max).
 *
 *   min   T[] or T[...]
 *   x     T[...]
 *   max   T[] or T[...]
 *   ->    T[...]
 *
 * Errors  those of every call
 * Source  jax.lax.clamp.
 */
JAXC_API jaxc_value jaxc_lax_clamp(jaxc_value min, jaxc_value x, jaxc_value max);

/*
 * jaxc_lax_select, jaxc_lax_select_n - a choice for each element: on_true where pred holds;
 * cases[which], as in jaxc_lax_select_n(which, jaxc_tuple(a, b, c)).
 *
 *   pred     bool[] or bool[...]; an integer counts as which
 *   which    integer, [] or [...], moved into the range; bool for two cases, false the first
 *   cases    a tuple of T[...]
 *   ->       T[...]
 *
 * Errors  JAXC_ETREE   the cases are no tuple of arrays
 *         JAXC_EVALUE  no cases; a bool and more than two
 * Source  jax.lax.select, select_n. Cases may also be rank 0.
 */
JAXC_API jaxc_value jaxc_lax_select(jaxc_value pred, jaxc_value on_true, jaxc_value on_false);
JAXC_API jaxc_value jaxc_lax_select_n(jaxc_value which, jaxc_value cases);

/*
 * jaxc_lax_convert_element_type, jaxc_lax_bitcast_convert_type - the same numbers, or the same
 * bits, in another dtype.
 *
 *   x           T[...]
 *   new_dtype   given
 *   ->          new_dtype[...]; floats become integers toward 0. Bits: a narrower dtype puts an
 *               axis of its parts last, low bits first, a wider one takes that axis away
 *
 * Errors  JAXC_EDTYPE  no dtype; bits of bool as something else
 *         JAXC_ESHAPE  the last axis does not have the parts of one number
 * Source  jax.lax.convert_element_type, bitcast_convert_type.
 */
JAXC_API jaxc_value jaxc_lax_convert_element_type(jaxc_value x, jaxc_dtype new_dtype);
JAXC_API jaxc_value jaxc_lax_bitcast_convert_type(jaxc_value x, jaxc_dtype new_dtype);

/*
 * jaxc_lax_threefry2x32 - the hash behind jax.random: of each pair (x0, x1) under the key (k0, k1).
 *
 *   k0, k1   u32[] or u32[...]
 *   x0, x1   u32[...]
 *   ->       (u32[...], u32[...])
 *
 * Errors  those of every call
 * Source  jax.extend.random.threefry2x32_p; Salmon et al., "Parallel random numbers: as easy as 1,
 *         2, 3", 2011.
 */
JAXC_API jaxc_value jaxc_lax_threefry2x32(jaxc_value k0, jaxc_value k1, jaxc_value x0,
                                          jaxc_value x1);

/*
 * jaxc_lax_optimization_barrier - what is computed before and behind it is not joined.
 *
 *   operand   any tree
 *   ->        the same
 *
 * Errors  those of every call
 * Source  jax.lax.optimization_barrier.
 */
JAXC_API jaxc_value jaxc_lax_optimization_barrier(jaxc_value operand);

/* ---- new arrays ------------------------------------------------------------------------------ */

/*
 * jaxc_lax_iota, jaxc_lax_broadcasted_iota - 0, 1, 2, ...; in a shape, along one of its axes.
 *
 *   dtype       of integers or floats
 *   size        of the result
 *   shape       of the result
 *   dimension   the axis that counts
 *   ->          dtype[size]; dtype[shape]
 *
 * Errors  JAXC_EDTYPE  another dtype
 *         JAXC_EAXIS   no such axis
 * Source  jax.lax.iota, broadcasted_iota.
 */
JAXC_API jaxc_value jaxc_lax_iota(jaxc_dtype dtype, int64_t size);
JAXC_API jaxc_value jaxc_lax_broadcasted_iota(jaxc_dtype dtype, struct jaxc_shape shape,
                                              int dimension);

/*
 * jaxc_lax_full, jaxc_lax_full_like - one number everywhere.
 *
 *   shape        of the result
 *   x            T[...], for its type
 *   fill_value   U[]
 *   dtype        may be left out: U; of full_like T
 *   ->           dtype[shape]; dtype[...]
 *
 * Errors  JAXC_ESHAPE  the fill value is no scalar
 * Source  jax.lax.full, full_like; another shape than that of x is jaxc_lax_full's.
 */
JAXC_API jaxc_value jaxc_lax_full(struct jaxc_shape shape, jaxc_value fill_value,
                                  jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_lax_full_like(jaxc_value x, jaxc_value fill_value,
                                       jaxc_dtype dtype JAXC_NO_DTYPE);

/* ---- shapes ---------------------------------------------------------------------------------- */

/*
 * jaxc_lax_broadcast, jaxc_lax_broadcast_in_dim, jaxc_lax_broadcast_to_rank - repeated along new
 * axes: in front; anywhere, jaxc_lax_broadcast_in_dim(x, JAXC_SHAPE(2, 3), JAXC_INTS(1)); of size 1
 * in front.
 *
 *   operand                T[...]
 *   sizes                  of the new axes
 *   shape                  of the result
 *   broadcast_dimensions   where the operand's axes are in it, ascending; those of size 1 stretch
 *   rank                   of the result; if it is less than the operand's nothing happens
 *   ->                     T[sizes, ...]; T[shape]; T[1, ..., ...]
 *
 * Errors  JAXC_EAXIS   an axis is out of range or order
 *         JAXC_EVALUE  not one axis for each of the operand's
 *         JAXC_ESHAPE  a size differs that is not 1
 * Source  jax.lax.broadcast, broadcast_in_dim, broadcast_to_rank.
 */
JAXC_API jaxc_value jaxc_lax_broadcast(jaxc_value operand, struct jaxc_shape sizes);
JAXC_API jaxc_value jaxc_lax_broadcast_in_dim(jaxc_value operand, struct jaxc_shape shape,
                                              struct jaxc_ints broadcast_dimensions);
JAXC_API jaxc_value jaxc_lax_broadcast_to_rank(jaxc_value x, int rank);

/*
 * jaxc_lax_reshape, jaxc_lax_collapse - the same elements in row-major order; some axes as one.
 *
 *   operand            T[...]
 *   new_sizes          as many elements; no -1
 *   dimensions         may be left out: the order in which the operand's axes are read
 *   start_dimension, stop_dimension
 *                      the axes [start, stop), as Python's slices read them; JAXC_NONE: to the end
 *   ->                 T[new_sizes]; T[..., product, ...]
 *
 * Errors  JAXC_ESHAPE  another number of elements
 *         JAXC_EAXIS   stop is before start
 * Source  jax.lax.reshape, collapse.
 */
JAXC_API jaxc_value jaxc_lax_reshape(jaxc_value operand, struct jaxc_shape new_sizes,
                                     struct jaxc_ints dimensions JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_lax_collapse(jaxc_value operand, int start_dimension, int stop_dimension);

/*
 * jaxc_lax_squeeze, jaxc_lax_expand_dims - without some axes of size 1; with such axes.
 *
 *   array        T[...]
 *   dimensions   axes of the operand; of the result. They may be negative
 *   ->           T[...]
 *
 * Errors  JAXC_EAXIS   an axis is out of range or named twice
 *         JAXC_ESHAPE  an axis does not have size 1
 * Source  jax.lax.squeeze, expand_dims.
 */
JAXC_API jaxc_value jaxc_lax_squeeze(jaxc_value array, struct jaxc_ints dimensions);
JAXC_API jaxc_value jaxc_lax_expand_dims(jaxc_value array, struct jaxc_ints dimensions);

/*
 * jaxc_lax_transpose, jaxc_lax_rev - axes in another order; elements in the opposite order.
 *
 *   operand       T[...]
 *   permutation   result axis i is operand axis permutation[i]
 *   dimensions    the axes that are turned round
 *   ->            T[...]
 *
 * Errors  JAXC_EAXIS   an axis is out of range or named twice
 *         JAXC_EVALUE  not every axis is named
 * Source  jax.lax.transpose, rev.
 */
JAXC_API jaxc_value jaxc_lax_transpose(jaxc_value operand, struct jaxc_ints permutation);
JAXC_API jaxc_value jaxc_lax_rev(jaxc_value operand, struct jaxc_ints dimensions);

/*
 * jaxc_lax_slice, jaxc_lax_slice_in_dim, jaxc_lax_index_in_dim - a block: along all axes,
 * jaxc_lax_slice(x, JAXC_INTS(0, 1), JAXC_INTS(2, 3)); along one.
 *
 *   operand         T[...]
 *   start_indices   one for each axis, in [0, limit]
 *   limit_indices   one for each axis, at most its size
 *   strides         at least 1; may be left out
 *   start_index, limit_index, index
 *                   negative ones count from the end; JAXC_NONE: all from the beginning, or to the
 *                   end
 *   axis            may be negative
 *   keepdims        false: the axis of size 1 goes
 *   ->              T[...]
 *
 * Errors  JAXC_EVALUE  outside of the operand, or not one for each axis
 *         JAXC_EAXIS   no such axis
 * Source  jax.lax.slice, slice_in_dim, index_in_dim.
 */
JAXC_API jaxc_value jaxc_lax_slice(jaxc_value operand, struct jaxc_ints start_indices,
                                   struct jaxc_ints limit_indices,
                                   struct jaxc_ints strides JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_lax_slice_in_dim(jaxc_value operand, int64_t start_index,
                                          int64_t limit_index, int64_t stride, int axis);
JAXC_API jaxc_value jaxc_lax_index_in_dim(jaxc_value operand, int64_t index, int axis,
                                          bool keepdims);

/*
 * jaxc_lax_pad - elements around and between: jaxc_lax_pad(x, 0.0, JAXC_PADDING({1, 1, 0})).
 *
 *   operand          T[...]
 *   padding_value    T[]
 *   padding_config   low, high, interior for each axis
 *   ->               T[...]
 *
 * Errors  JAXC_EVALUE  not one for each axis; an interior below 0
 *         JAXC_ESHAPE  more is taken away than there is
 * Source  jax.lax.pad.
 */
JAXC_API jaxc_value jaxc_lax_pad(jaxc_value operand, jaxc_value padding_value,
                                 struct jaxc_padding_config padding_config);

/*
 * jaxc_lax_concatenate - arrays one behind the other: jaxc_lax_concatenate(jaxc_tuple(a, b), 0).
 *
 *   operands    a tuple of T[...], of the same shape but for the dimension
 *   dimension   the axis
 *   ->          T[...]
 *
 * Errors  JAXC_ETREE   no tuple of arrays
 *         JAXC_EVALUE  an empty one
 *         JAXC_EAXIS   no such axis
 * Source  jax.lax.concatenate.
 */
JAXC_API jaxc_value jaxc_lax_concatenate(jaxc_value operands, int dimension);

/* ---- along axes ------------------------------------------------------------------------------ */

/*
 * jaxc_lax_reduce_sum, jaxc_lax_reduce_prod, jaxc_lax_reduce_max, jaxc_lax_reduce_min,
 * jaxc_lax_reduce_and, jaxc_lax_reduce_or, jaxc_lax_reduce_xor - the elements along axes joined:
 * jaxc_lax_reduce_sum(x, JAXC_INTS(0, 2)).
 *
 *   operand   T[...], integers or floats; of max and min also bool; of the last three bool or
 *             integers, bit by bit
 *   axes      in any order, each once
 *   ->        T[other axes]; over nothing 0, 1, the least, the greatest, all ones, 0, 0
 *
 * Errors  JAXC_EAXIS   an axis is out of range or named twice
 * Source  the jax.lax functions of these names.
 */
JAXC_API jaxc_value jaxc_lax_reduce_sum(jaxc_value operand, struct jaxc_ints axes);
JAXC_API jaxc_value jaxc_lax_reduce_prod(jaxc_value operand, struct jaxc_ints axes);
JAXC_API jaxc_value jaxc_lax_reduce_max(jaxc_value operand, struct jaxc_ints axes);
JAXC_API jaxc_value jaxc_lax_reduce_min(jaxc_value operand, struct jaxc_ints axes);
JAXC_API jaxc_value jaxc_lax_reduce_and(jaxc_value operand, struct jaxc_ints axes);
JAXC_API jaxc_value jaxc_lax_reduce_or(jaxc_value operand, struct jaxc_ints axes);
JAXC_API jaxc_value jaxc_lax_reduce_xor(jaxc_value operand, struct jaxc_ints axes);

/*
 * jaxc_lax_argmax, jaxc_lax_argmin - where the greatest or least element along an axis is; of
 * equals the first. NaN is the greatest and the least.
 *
 *   operand       T[...]
 *   axis          not empty
 *   index_dtype   JAXC_I32 or JAXC_I64; may be left out: JAXC_I32
 *   ->            index_dtype[other axes]
 *
 * Errors  JAXC_EAXIS   no such axis
 *         JAXC_EVALUE  it is empty
 * Source  jax.lax.argmax, argmin, which take more dtypes of indices.
 */
JAXC_API jaxc_value jaxc_lax_argmax(jaxc_value operand, int axis,
                                    jaxc_dtype index_dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_lax_argmin(jaxc_value operand, int axis,
                                    jaxc_dtype index_dtype JAXC_NO_DTYPE);

/*
 * jaxc_lax_cumsum, jaxc_lax_cumprod, jaxc_lax_cummax, jaxc_lax_cummin, jaxc_lax_cumlogsumexp -
 * running totals.
 *
 *   operand   T[...], integers or floats; of cumlogsumexp floats
 *   axis      the axis
 *   reverse   true: from the end on
 *   ->        T[...]
 *
 * Errors  JAXC_EAXIS   no such axis
 * Source  the jax.lax functions of these names.
 */
JAXC_API jaxc_value jaxc_lax_cumsum(jaxc_value operand, int axis, bool reverse);
JAXC_API jaxc_value jaxc_lax_cumprod(jaxc_value operand, int axis, bool reverse);
JAXC_API jaxc_value jaxc_lax_cummax(jaxc_value operand, int axis, bool reverse);
JAXC_API jaxc_value jaxc_lax_cummin(jaxc_value operand, int axis, bool reverse);
JAXC_API jaxc_value jaxc_lax_cumlogsumexp(jaxc_value operand, int axis, bool reverse);

/*
 * jaxc_lax_sort, jaxc_lax_sort_key_val - in ascending order along an axis, NaN last; equal elements
 * keep their order. Of several arrays the first num_keys decide, the others go along:
 * jaxc_lax_sort(jaxc_tuple(a, b, c), -1, 2).
 *
 *   operand        T[...], or a tuple of arrays of one shape
 *   keys, values   two such arrays
 *   dimension      the axis; may be negative
 *   num_keys       0: 1
 *   ->             as operand; (keys, values)
 *
 * Errors  JAXC_EAXIS   no such axis
 *         JAXC_EVALUE  more keys than arrays
 *         JAXC_ETREE   neither an array nor a tuple of arrays
 * Source  jax.lax.sort, sort_key_val; is_stable is always true.
 */
JAXC_API jaxc_value jaxc_lax_sort(jaxc_value operand, int dimension, int num_keys);
JAXC_API jaxc_value jaxc_lax_sort_key_val(jaxc_value keys, jaxc_value values, int dimension);

/*
 * jaxc_lax_top_k - the k greatest along an axis, in descending order, and where they were; of
 * equals the first come first. NaN is the greatest.
 *
 *   operand   T[...]
 *   k         at most the axis's size
 *   axis      may be negative
 *   ->        (T[..., k, ...], i32[..., k, ...])
 *
 * Errors  JAXC_EAXIS   no such axis
 *         JAXC_EVALUE  k is below 0 or above the size
 * Source  jax.lax.top_k.
 */
JAXC_API jaxc_value jaxc_lax_top_k(jaxc_value operand, int64_t k, int axis);

/* ---- products -------------------------------------------------------------------------------- */

/* Which axes are which; empty lists for none. */
struct jaxc_dot_dimension_numbers {
    struct jaxc_ints lhs_contracting_dimensions, rhs_contracting_dimensions; /* summed, in pairs */
    struct jaxc_ints lhs_batch_dimensions, rhs_batch_dimensions; /* side by side, in pairs */
};
struct jaxc_lax_dot_general_params {
    struct jaxc_dot_dimension_numbers dimension_numbers;
    jaxc_dtype preferred_element_type; /* 0: that of the operands */
    char unused;
};

/*
 * jaxc_lax_dot_general - any product: jaxc_lax_dot_general(x, y, .dimension_numbers =
 * {.lhs_contracting_dimensions = JAXC_INTS(1), .rhs_contracting_dimensions = JAXC_INTS(0)}).
 *
 *   lhs   T[...], integers or floats
 *   rhs   T[...]
 *   ->    preferred_element_type[batch, other axes of lhs, other axes of rhs]
 *
 * Errors  JAXC_EAXIS   an axis is out of range or named twice
 *         JAXC_EVALUE  lists of different lengths
 *         JAXC_ESHAPE  paired sizes differ
 *         JAXC_EDTYPE  a preferred dtype of another kind, or narrower integers
 * Source  jax.lax.dot_general, which takes operands of two dtypes and any preferred one; without
 *         precision and out_sharding.
 */
JAXC_API jaxc_value jaxc_lax_dot_general(jaxc_value lhs, jaxc_value rhs,
                                         struct jaxc_lax_dot_general_params params JAXC_DEFAULT);

/*
 * jaxc_lax_dot, jaxc_lax_batch_matmul - of vectors and matrices; of stacks of matrices.
 *
 *   lhs   T[k] or T[n,k]; T[..., n, k]
 *   rhs   T[k] or T[k,m]; T[..., k, m] of as many axes
 *   preferred_element_type
 *         may be left out: T
 *   ->    T[...]
 *
 * Errors  as jaxc_lax_dot_general; JAXC_ESHAPE  other ranks
 * Source  jax.lax.dot, batch_matmul.
 */
JAXC_API jaxc_value jaxc_lax_dot(jaxc_value lhs, jaxc_value rhs,
                                 jaxc_dtype preferred_element_type JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_lax_batch_matmul(jaxc_value lhs, jaxc_value rhs);

/* ---- windows whose place is computed --------------------------------------------------------- */

/*
 * jaxc_lax_dynamic_slice - a window of a known size: jaxc_lax_dynamic_slice(x, JAXC_SHAPE(2, 3), i,
 * j). jaxc_lax_dynamic_slice_n(x, sizes, n, starts) is the plain function.
 *
 *   operand   T[...]
 *   sizes     of the window, for each axis
 *   starts    integer[] for each axis; negative ones count from the end, and a window that would
 *             reach outside is moved until it fits
 *   ->        T[sizes]
 *
 * Errors  JAXC_EVALUE  as many starts as axes are needed
 *         JAXC_ESHAPE  the window does not fit, a start is no scalar
 *         JAXC_EDTYPE  a start is no integer
 * Source  jax.lax.dynamic_slice.
 */
JAXC_API jaxc_value jaxc_lax_dynamic_slice_n(jaxc_value operand, struct jaxc_shape sizes, int n,
                                             const jaxc_value *starts);

/*
 * jaxc_lax_dynamic_update_slice - the operand with a window replaced:
 * jaxc_lax_dynamic_update_slice(x, update, i, j). jaxc_lax_dynamic_update_slice_n(x, update, n,
 * starts) is the plain function.
 *
 *   operand   T[...]
 *   update    T[...] of as many axes: the window
 *   starts    as above
 *   ->        T[...]
 *
 * Errors  as jaxc_lax_dynamic_slice; JAXC_EDTYPE  operand and update differ
 * Source  jax.lax.dynamic_update_slice.
 */
JAXC_API jaxc_value jaxc_lax_dynamic_update_slice_n(jaxc_value operand, jaxc_value update, int n,
                                                    const jaxc_value *starts);

/*
 * jaxc_lax_dynamic_slice_in_dim, jaxc_lax_dynamic_index_in_dim - the same along one axis:
 * jaxc_lax_dynamic_slice_in_dim(x, start, 3, 0), jaxc_lax_dynamic_index_in_dim(x, i, 0, false).
 *
 *   operand    T[...]
 *   start      integer[], as above
 *   size       of the window along the axis; the others are taken whole
 *   axis       may be negative
 *   keepdims   false: the axis of size 1 goes
 *   ->         T[...]
 *
 * Errors  JAXC_EAXIS  the axis is out of range; otherwise as jaxc_lax_dynamic_slice
 * Source  jax.lax.dynamic_slice_in_dim, dynamic_index_in_dim.
 */
JAXC_API jaxc_value jaxc_lax_dynamic_slice_in_dim(jaxc_value operand, jaxc_value start,
                                                  int64_t size, int axis);
JAXC_API jaxc_value jaxc_lax_dynamic_index_in_dim(jaxc_value operand, jaxc_value index, int axis,
                                                  bool keepdims);

/*
 * jaxc_lax_dynamic_update_slice_in_dim, jaxc_lax_dynamic_update_index_in_dim - a window along one
 * axis replaced.
 *
 *   operand   T[...]
 *   update    T[...] of as many axes; of update_index_in_dim also without the axis
 *   start     integer[], as above
 *   axis      may be negative
 *   ->        T[...]
 *
 * Errors  JAXC_EAXIS  the axis is out of range; otherwise as jaxc_lax_dynamic_update_slice
 * Source  jax.lax.dynamic_update_slice_in_dim, dynamic_update_index_in_dim.
 */
JAXC_API jaxc_value jaxc_lax_dynamic_update_slice_in_dim(jaxc_value operand, jaxc_value update,
                                                         jaxc_value start, int axis);
JAXC_API jaxc_value jaxc_lax_dynamic_update_index_in_dim(jaxc_value operand, jaxc_value update,
                                                         jaxc_value index, int axis);

/* ---- gather and scatter ---------------------------------------------------------------------- */

/* Which axes are which; the words of jax.lax.GatherDimensionNumbers. */
struct jaxc_gather_dimension_numbers {
    struct jaxc_ints offset_dims;           /* of the result: those of a window */
    struct jaxc_ints collapsed_slice_dims;  /* of the operand: size 1 in a window, dropped */
    struct jaxc_ints start_index_map;       /* of the operand, for each component of a vector */
    struct jaxc_ints operand_batching_dims; /* of the operand, each paired with one of */
    struct jaxc_ints start_indices_batching_dims; /* the indices */
};
struct jaxc_lax_gather_params {
    struct jaxc_gather_dimension_numbers dimension_numbers;
    struct jaxc_shape slice_sizes; /* of a window, for each axis of the operand */
    jaxc_index_mode mode;          /* 0: in bounds is promised */
    jaxc_value fill_value;         /* as in jaxc_index_options */
    bool indices_are_sorted, unique_indices;
    char unused;
};

/*
 * jaxc_lax_gather - windows of an operand at many places: jaxc_lax_gather(x, i, .dimension_numbers =
 * {.offset_dims = JAXC_INTS(1), ...}, .slice_sizes = JAXC_SHAPE(1, 4)).
 *
 *   operand         T[...]
 *   start_indices   integer[..., k]: vectors along the last axis
 *   ->              T[...]: the axes of start_indices but the last, with those of a window at
 *                   offset_dims. A window outside is moved until it fits, or is the fill value
 *
 * Errors  JAXC_EAXIS   an axis in the dimension numbers is out of range, twice, or out of order
 *         JAXC_ESHAPE  sizes do not fit
 *         JAXC_EDTYPE  start_indices are no integers
 *         JAXC_EVALUE  lists of different lengths
 *         JAXC_ELIMIT  more than 8 axes
 * Source  jax.lax.gather.
 */
JAXC_API jaxc_value jaxc_lax_gather(jaxc_value operand, jaxc_value start_indices,
                                    struct jaxc_lax_gather_params params JAXC_DEFAULT);

/* The words of jax.lax.ScatterDimensionNumbers. */
struct jaxc_scatter_dimension_numbers {
    struct jaxc_ints update_window_dims;            /* of the updates: those of a window */
    struct jaxc_ints inserted_window_dims;          /* of the operand: not in a window */
    struct jaxc_ints scatter_dims_to_operand_dims;  /* of the operand, for each component */
    struct jaxc_ints operand_batching_dims;         /* of the operand, each paired with one of */
    struct jaxc_ints scatter_indices_batching_dims; /* the indices */
};
struct jaxc_lax_scatter_params {
    struct jaxc_scatter_dimension_numbers dimension_numbers;
    jaxc_index_mode mode; /* 0: windows outside are left out */
    bool indices_are_sorted, unique_indices;
    char unused;
};

/*
 * jaxc_lax_scatter, jaxc_lax_scatter_add, jaxc_lax_scatter_mul, jaxc_lax_scatter_min,
 * jaxc_lax_scatter_max - an operand with windows put in, or joined to what is there.
 *
 *   operand           T[...]
 *   scatter_indices   integer[..., k]: vectors along the last axis
 *   updates           T[...], as a gather with these dimension numbers gives it
 *   ->                T[...]; windows are taken in row-major order of the updates, so of several
 *                     that are put to one place the last stays
 *
 * Errors  as jaxc_lax_gather; JAXC_EDTYPE  operand and updates differ; scatter_add or scatter_mul
 *                             of bool
 *         JAXC_ENORULE  the derivative of scatter_mul in the updates without unique_indices
 * Source  the functions of jax.lax of these names.
 */
JAXC_API jaxc_value jaxc_lax_scatter(jaxc_value operand, jaxc_value scatter_indices,
                                     jaxc_value updates,
                                     struct jaxc_lax_scatter_params params JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_lax_scatter_add(jaxc_value operand, jaxc_value scatter_indices,
                                         jaxc_value updates,
                                         struct jaxc_lax_scatter_params params JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_lax_scatter_mul(jaxc_value operand, jaxc_value scatter_indices,
                                         jaxc_value updates,
                                         struct jaxc_lax_scatter_params params JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_lax_scatter_min(jaxc_value operand, jaxc_value scatter_indices,
                                         jaxc_value updates,
                                         struct jaxc_lax_scatter_params params JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_lax_scatter_max(jaxc_value operand, jaxc_value scatter_indices,
                                         jaxc_value updates,
                                         struct jaxc_lax_scatter_params params JAXC_DEFAULT);

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus
template <class... S>
inline jaxc_value jaxc_lax_dynamic_slice_of(jaxc_value operand, jaxc_shape sizes, S... start)
{
    const jaxc_value starts[] = {jaxc_value(start)..., jaxc_value()};
    return jaxc_lax_dynamic_slice_n(operand, sizes, static_cast<int>(sizeof...(S)), starts);
}
template <class... S>
inline jaxc_value jaxc_lax_dynamic_update_slice_of(jaxc_value operand, jaxc_value update,
                                                   S... start)
{
    const jaxc_value starts[] = {jaxc_value(start)..., jaxc_value()};
    return jaxc_lax_dynamic_update_slice_n(operand, update, static_cast<int>(sizeof...(S)), starts);
}
#define JAXC_CALL_VPI(f, ...)  JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_VPPI(f, ...) JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_VVP(f, ...)  JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_VVPP(f, ...) JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_VVVP(f, ...) JAXC_LOCATED(f, __VA_ARGS__)
#else
/* I: a list of integers that may be left out. */
#define JAXC_CALL_VPI(...)  JAXC_CALL_VPI_(__COUNTER__, __VA_ARGS__, ((struct jaxc_ints){0, {0}}))
#define JAXC_CALL_VPI_(...) JAXC_CALL_VPI__(__VA_ARGS__)
#define JAXC_CALL_VPI__(n, f, a, b, ...)                                                           \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        __auto_type jaxc_b##n = (b);                                                               \
        const struct jaxc_ints jaxc_d##n[2] = {__VA_ARGS__};                                       \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_d##n[0]);                                                     \
    })
#define JAXC_CALL_VPPI(...)  JAXC_CALL_VPPI_(__COUNTER__, __VA_ARGS__, ((struct jaxc_ints){0, {0}}))
#define JAXC_CALL_VPPI_(...) JAXC_CALL_VPPI__(__VA_ARGS__)
#define JAXC_CALL_VPPI__(n, f, a, b, c, ...)                                                       \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        __auto_type jaxc_b##n = (b);                                                               \
        __auto_type jaxc_k##n = (c);                                                               \
        const struct jaxc_ints jaxc_d##n[2] = {__VA_ARGS__};                                       \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_d##n[0]);                                          \
    })
#define JAXC_CALL_VVP(...)  JAXC_CALL_VVP_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL_VVP_(...) JAXC_CALL_VVP__(__VA_ARGS__)
#define JAXC_CALL_VVP__(n, f, a, b, c)                                                             \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        __auto_type jaxc_k##n = (c);                                                               \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n);                                                        \
    })
#define JAXC_CALL_VVPP(...)  JAXC_CALL_VVPP_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL_VVPP_(...) JAXC_CALL_VVPP__(__VA_ARGS__)
#define JAXC_CALL_VVPP__(n, f, a, b, c, d)                                                         \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        __auto_type jaxc_k##n = (c);                                                               \
        __auto_type jaxc_m##n = (d);                                                               \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_m##n);                                             \
    })
#define JAXC_CALL_VVVP(...)  JAXC_CALL_VVVP_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL_VVVP_(...) JAXC_CALL_VVVP__(__VA_ARGS__)
#define JAXC_CALL_VVVP__(n, f, a, b, c, d)                                                         \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        jaxc_value jaxc_k##n = JAXC_VAL(c);                                                        \
        __auto_type jaxc_m##n = (d);                                                               \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_m##n);                                             \
    })
#define JAXC_LAX_SLICE(...) JAXC_LAX_SLICE_(__VA_ARGS__)
#define JAXC_LAX_SLICE_(n, operand, sizes, ...)                                                    \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(operand);                                                  \
        __auto_type jaxc_b##n = (sizes);                                                           \
        const jaxc_value jaxc_l##n[] = {JAXC_VALUES(__VA_ARGS__)};                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_lax_dynamic_slice_n)(jaxc_a##n, jaxc_b##n,                                           \
                                   (int)(sizeof jaxc_l##n / sizeof jaxc_l##n[0]), jaxc_l##n);      \
    })
#define JAXC_LAX_UPDATE(...) JAXC_LAX_UPDATE_(__VA_ARGS__)
#define JAXC_LAX_UPDATE_(n, operand, update, ...)                                                  \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(operand);                                                  \
        jaxc_value jaxc_b##n = JAXC_VAL(update);                                                   \
        const jaxc_value jaxc_l##n[] = {JAXC_VALUES(__VA_ARGS__)};                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_lax_dynamic_update_slice_n)(                                                         \
            jaxc_a##n, jaxc_b##n, (int)(sizeof jaxc_l##n / sizeof jaxc_l##n[0]), jaxc_l##n);       \
    })
#endif

#ifndef JAXC_PLAIN
#define jaxc_lax_neg(...)                  JAXC_CALL1(jaxc_lax_neg, __VA_ARGS__)
#define jaxc_lax_abs(...)                  JAXC_CALL1(jaxc_lax_abs, __VA_ARGS__)
#define jaxc_lax_sign(...)                 JAXC_CALL1(jaxc_lax_sign, __VA_ARGS__)
#define jaxc_lax_square(...)               JAXC_CALL1(jaxc_lax_square, __VA_ARGS__)
#define jaxc_lax_exp(...)                  JAXC_CALL1(jaxc_lax_exp, __VA_ARGS__)
#define jaxc_lax_exp2(...)                 JAXC_CALL1(jaxc_lax_exp2, __VA_ARGS__)
#define jaxc_lax_expm1(...)                JAXC_CALL1(jaxc_lax_expm1, __VA_ARGS__)
#define jaxc_lax_log(...)                  JAXC_CALL1(jaxc_lax_log, __VA_ARGS__)
#define jaxc_lax_log1p(...)                JAXC_CALL1(jaxc_lax_log1p, __VA_ARGS__)
#define jaxc_lax_logistic(...)             JAXC_CALL1(jaxc_lax_logistic, __VA_ARGS__)
#define jaxc_lax_sqrt(...)                 JAXC_CALL1(jaxc_lax_sqrt, __VA_ARGS__)
#define jaxc_lax_rsqrt(...)                JAXC_CALL1(jaxc_lax_rsqrt, __VA_ARGS__)
#define jaxc_lax_cbrt(...)                 JAXC_CALL1(jaxc_lax_cbrt, __VA_ARGS__)
#define jaxc_lax_reciprocal(...)           JAXC_CALL1(jaxc_lax_reciprocal, __VA_ARGS__)
#define jaxc_lax_sin(...)                  JAXC_CALL1(jaxc_lax_sin, __VA_ARGS__)
#define jaxc_lax_cos(...)                  JAXC_CALL1(jaxc_lax_cos, __VA_ARGS__)
#define jaxc_lax_tan(...)                  JAXC_CALL1(jaxc_lax_tan, __VA_ARGS__)
#define jaxc_lax_asin(...)                 JAXC_CALL1(jaxc_lax_asin, __VA_ARGS__)
#define jaxc_lax_acos(...)                 JAXC_CALL1(jaxc_lax_acos, __VA_ARGS__)
#define jaxc_lax_atan(...)                 JAXC_CALL1(jaxc_lax_atan, __VA_ARGS__)
#define jaxc_lax_sinh(...)                 JAXC_CALL1(jaxc_lax_sinh, __VA_ARGS__)
#define jaxc_lax_cosh(...)                 JAXC_CALL1(jaxc_lax_cosh, __VA_ARGS__)
#define jaxc_lax_tanh(...)                 JAXC_CALL1(jaxc_lax_tanh, __VA_ARGS__)
#define jaxc_lax_asinh(...)                JAXC_CALL1(jaxc_lax_asinh, __VA_ARGS__)
#define jaxc_lax_acosh(...)                JAXC_CALL1(jaxc_lax_acosh, __VA_ARGS__)
#define jaxc_lax_atanh(...)                JAXC_CALL1(jaxc_lax_atanh, __VA_ARGS__)
#define jaxc_lax_erf(...)                  JAXC_CALL1(jaxc_lax_erf, __VA_ARGS__)
#define jaxc_lax_erfc(...)                 JAXC_CALL1(jaxc_lax_erfc, __VA_ARGS__)
#define jaxc_lax_erf_inv(...)              JAXC_CALL1(jaxc_lax_erf_inv, __VA_ARGS__)
#define jaxc_lax_bessel_i0e(...)           JAXC_CALL1(jaxc_lax_bessel_i0e, __VA_ARGS__)
#define jaxc_lax_bessel_i1e(...)           JAXC_CALL1(jaxc_lax_bessel_i1e, __VA_ARGS__)
#define jaxc_lax_lgamma(...)               JAXC_CALL1(jaxc_lax_lgamma, __VA_ARGS__)
#define jaxc_lax_digamma(...)              JAXC_CALL1(jaxc_lax_digamma, __VA_ARGS__)
#define jaxc_lax_floor(...)                JAXC_CALL1(jaxc_lax_floor, __VA_ARGS__)
#define jaxc_lax_ceil(...)                 JAXC_CALL1(jaxc_lax_ceil, __VA_ARGS__)
#define jaxc_lax_is_finite(...)            JAXC_CALL1(jaxc_lax_is_finite, __VA_ARGS__)
#define jaxc_lax_bitwise_not(...)          JAXC_CALL1(jaxc_lax_bitwise_not, __VA_ARGS__)
#define jaxc_lax_population_count(...)     JAXC_CALL1(jaxc_lax_population_count, __VA_ARGS__)
#define jaxc_lax_clz(...)                  JAXC_CALL1(jaxc_lax_clz, __VA_ARGS__)
#define jaxc_lax_optimization_barrier(...) JAXC_CALL1(jaxc_lax_optimization_barrier, __VA_ARGS__)
#define jaxc_lax_add(...)                  JAXC_CALL2(jaxc_lax_add, __VA_ARGS__)
#define jaxc_lax_sub(...)                  JAXC_CALL2(jaxc_lax_sub, __VA_ARGS__)
#define jaxc_lax_mul(...)                  JAXC_CALL2(jaxc_lax_mul, __VA_ARGS__)
#define jaxc_lax_div(...)                  JAXC_CALL2(jaxc_lax_div, __VA_ARGS__)
#define jaxc_lax_rem(...)                  JAXC_CALL2(jaxc_lax_rem, __VA_ARGS__)
#define jaxc_lax_max(...)                  JAXC_CALL2(jaxc_lax_max, __VA_ARGS__)
#define jaxc_lax_min(...)                  JAXC_CALL2(jaxc_lax_min, __VA_ARGS__)
#define jaxc_lax_pow(...)                  JAXC_CALL2(jaxc_lax_pow, __VA_ARGS__)
#define jaxc_lax_atan2(...)                JAXC_CALL2(jaxc_lax_atan2, __VA_ARGS__)
#define jaxc_lax_nextafter(...)            JAXC_CALL2(jaxc_lax_nextafter, __VA_ARGS__)
#define jaxc_lax_random_gamma_grad(...)    JAXC_CALL2(jaxc_lax_random_gamma_grad, __VA_ARGS__)
#define jaxc_lax_bitwise_and(...)          JAXC_CALL2(jaxc_lax_bitwise_and, __VA_ARGS__)
#define jaxc_lax_bitwise_or(...)           JAXC_CALL2(jaxc_lax_bitwise_or, __VA_ARGS__)
#define jaxc_lax_bitwise_xor(...)          JAXC_CALL2(jaxc_lax_bitwise_xor, __VA_ARGS__)
#define jaxc_lax_shift_left(...)           JAXC_CALL2(jaxc_lax_shift_left, __VA_ARGS__)
#define jaxc_lax_shift_right_logical(...)  JAXC_CALL2(jaxc_lax_shift_right_logical, __VA_ARGS__)
#define jaxc_lax_shift_right_arithmetic(...)                                                       \
    JAXC_CALL2(jaxc_lax_shift_right_arithmetic, __VA_ARGS__)
#define jaxc_lax_eq(...)                   JAXC_CALL2(jaxc_lax_eq, __VA_ARGS__)
#define jaxc_lax_ne(...)                   JAXC_CALL2(jaxc_lax_ne, __VA_ARGS__)
#define jaxc_lax_lt(...)                   JAXC_CALL2(jaxc_lax_lt, __VA_ARGS__)
#define jaxc_lax_le(...)                   JAXC_CALL2(jaxc_lax_le, __VA_ARGS__)
#define jaxc_lax_gt(...)                   JAXC_CALL2(jaxc_lax_gt, __VA_ARGS__)
#define jaxc_lax_ge(...)                   JAXC_CALL2(jaxc_lax_ge, __VA_ARGS__)
#define jaxc_lax_select_n(...)             JAXC_CALL2(jaxc_lax_select_n, __VA_ARGS__)
#define jaxc_lax_batch_matmul(...)         JAXC_CALL2(jaxc_lax_batch_matmul, __VA_ARGS__)
#define jaxc_lax_clamp(...)                JAXC_CALL3(jaxc_lax_clamp, __VA_ARGS__)
#define jaxc_lax_select(...)               JAXC_CALL3(jaxc_lax_select, __VA_ARGS__)
#define jaxc_lax_threefry2x32(...)         JAXC_CALL4(jaxc_lax_threefry2x32, __VA_ARGS__)
#define jaxc_lax_round(...)                JAXC_CALL_V(jaxc_lax_round, __VA_ARGS__)
#define jaxc_lax_reduce_precision(...)     JAXC_CALL_V(jaxc_lax_reduce_precision, __VA_ARGS__)
#define jaxc_lax_integer_pow(...)          JAXC_CALL_V(jaxc_lax_integer_pow, __VA_ARGS__)
#define jaxc_lax_convert_element_type(...) JAXC_CALL_V(jaxc_lax_convert_element_type, __VA_ARGS__)
#define jaxc_lax_bitcast_convert_type(...) JAXC_CALL_V(jaxc_lax_bitcast_convert_type, __VA_ARGS__)
#define jaxc_lax_broadcast(...)            JAXC_CALL_V(jaxc_lax_broadcast, __VA_ARGS__)
#define jaxc_lax_broadcast_in_dim(...)     JAXC_CALL_V(jaxc_lax_broadcast_in_dim, __VA_ARGS__)
#define jaxc_lax_broadcast_to_rank(...)    JAXC_CALL_V(jaxc_lax_broadcast_to_rank, __VA_ARGS__)
#define jaxc_lax_collapse(...)             JAXC_CALL_V(jaxc_lax_collapse, __VA_ARGS__)
#define jaxc_lax_squeeze(...)              JAXC_CALL_V(jaxc_lax_squeeze, __VA_ARGS__)
#define jaxc_lax_expand_dims(...)          JAXC_CALL_V(jaxc_lax_expand_dims, __VA_ARGS__)
#define jaxc_lax_transpose(...)            JAXC_CALL_V(jaxc_lax_transpose, __VA_ARGS__)
#define jaxc_lax_rev(...)                  JAXC_CALL_V(jaxc_lax_rev, __VA_ARGS__)
#define jaxc_lax_slice_in_dim(...)         JAXC_CALL_V(jaxc_lax_slice_in_dim, __VA_ARGS__)
#define jaxc_lax_index_in_dim(...)         JAXC_CALL_V(jaxc_lax_index_in_dim, __VA_ARGS__)
#define jaxc_lax_concatenate(...)          JAXC_CALL_V(jaxc_lax_concatenate, __VA_ARGS__)
#define jaxc_lax_reduce_sum(...)           JAXC_CALL_V(jaxc_lax_reduce_sum, __VA_ARGS__)
#define jaxc_lax_reduce_prod(...)          JAXC_CALL_V(jaxc_lax_reduce_prod, __VA_ARGS__)
#define jaxc_lax_reduce_max(...)           JAXC_CALL_V(jaxc_lax_reduce_max, __VA_ARGS__)
#define jaxc_lax_reduce_min(...)           JAXC_CALL_V(jaxc_lax_reduce_min, __VA_ARGS__)
#define jaxc_lax_reduce_and(...)           JAXC_CALL_V(jaxc_lax_reduce_and, __VA_ARGS__)
#define jaxc_lax_reduce_or(...)            JAXC_CALL_V(jaxc_lax_reduce_or, __VA_ARGS__)
#define jaxc_lax_reduce_xor(...)           JAXC_CALL_V(jaxc_lax_reduce_xor, __VA_ARGS__)
#define jaxc_lax_cumsum(...)               JAXC_CALL_V(jaxc_lax_cumsum, __VA_ARGS__)
#define jaxc_lax_cumprod(...)              JAXC_CALL_V(jaxc_lax_cumprod, __VA_ARGS__)
#define jaxc_lax_cummax(...)               JAXC_CALL_V(jaxc_lax_cummax, __VA_ARGS__)
#define jaxc_lax_cummin(...)               JAXC_CALL_V(jaxc_lax_cummin, __VA_ARGS__)
#define jaxc_lax_cumlogsumexp(...)         JAXC_CALL_V(jaxc_lax_cumlogsumexp, __VA_ARGS__)
#define jaxc_lax_sort(...)                 JAXC_CALL_V(jaxc_lax_sort, __VA_ARGS__)
#define jaxc_lax_top_k(...)                JAXC_CALL_V(jaxc_lax_top_k, __VA_ARGS__)
#define jaxc_lax_argmax(...)               JAXC_CALL_VPD(jaxc_lax_argmax, __VA_ARGS__)
#define jaxc_lax_argmin(...)               JAXC_CALL_VPD(jaxc_lax_argmin, __VA_ARGS__)
#define jaxc_lax_iota(...)                 JAXC_AT(jaxc_lax_iota, __VA_ARGS__)
#define jaxc_lax_broadcasted_iota(...)     JAXC_AT(jaxc_lax_broadcasted_iota, __VA_ARGS__)
#define jaxc_lax_full(...)                 JAXC_CALL_PVD(jaxc_lax_full, __VA_ARGS__)
#define jaxc_lax_full_like(...)            JAXC_CALL_VVD(jaxc_lax_full_like, __VA_ARGS__)
#define jaxc_lax_dot(...)                  JAXC_CALL_VVD(jaxc_lax_dot, __VA_ARGS__)
#define jaxc_lax_dot_general(...)                                                                  \
    JAXC_OPT2(jaxc_lax_dot_general, jaxc_lax_dot_general_params, __VA_ARGS__)
#define jaxc_lax_reshape(...)         JAXC_CALL_VPI(jaxc_lax_reshape, __VA_ARGS__)
#define jaxc_lax_slice(...)           JAXC_CALL_VPPI(jaxc_lax_slice, __VA_ARGS__)
#define jaxc_lax_pad(...)             JAXC_CALL_VVP(jaxc_lax_pad, __VA_ARGS__)
#define jaxc_lax_sort_key_val(...)    JAXC_CALL_VVP(jaxc_lax_sort_key_val, __VA_ARGS__)
#define jaxc_lax_dynamic_slice_n(...) JAXC_CALL_V(jaxc_lax_dynamic_slice_n, __VA_ARGS__)
#define jaxc_lax_dynamic_update_slice_n(...)                                                       \
    JAXC_CALL_V(jaxc_lax_dynamic_update_slice_n, __VA_ARGS__)
#define jaxc_lax_dynamic_slice_in_dim(...)                                                         \
    JAXC_CALL_VVPP(jaxc_lax_dynamic_slice_in_dim, __VA_ARGS__)
#define jaxc_lax_dynamic_index_in_dim(...)                                                         \
    JAXC_CALL_VVPP(jaxc_lax_dynamic_index_in_dim, __VA_ARGS__)
#define jaxc_lax_dynamic_update_slice_in_dim(...)                                                  \
    JAXC_CALL_VVVP(jaxc_lax_dynamic_update_slice_in_dim, __VA_ARGS__)
#define jaxc_lax_dynamic_update_index_in_dim(...)                                                  \
    JAXC_CALL_VVVP(jaxc_lax_dynamic_update_index_in_dim, __VA_ARGS__)
#define jaxc_lax_gather(...)  JAXC_OPT2(jaxc_lax_gather, jaxc_lax_gather_params, __VA_ARGS__)
#define jaxc_lax_scatter(...) JAXC_OPT3(jaxc_lax_scatter, jaxc_lax_scatter_params, __VA_ARGS__)
#define jaxc_lax_scatter_add(...)                                                                  \
    JAXC_OPT3(jaxc_lax_scatter_add, jaxc_lax_scatter_params, __VA_ARGS__)
#define jaxc_lax_scatter_mul(...)                                                                  \
    JAXC_OPT3(jaxc_lax_scatter_mul, jaxc_lax_scatter_params, __VA_ARGS__)
#define jaxc_lax_scatter_min(...)                                                                  \
    JAXC_OPT3(jaxc_lax_scatter_min, jaxc_lax_scatter_params, __VA_ARGS__)
#define jaxc_lax_scatter_max(...)                                                                  \
    JAXC_OPT3(jaxc_lax_scatter_max, jaxc_lax_scatter_params, __VA_ARGS__)
#ifdef __cplusplus
#define jaxc_lax_dynamic_slice(...) JAXC_LOCATED(jaxc_lax_dynamic_slice_of, __VA_ARGS__)
#define jaxc_lax_dynamic_update_slice(...)                                                         \
    JAXC_LOCATED(jaxc_lax_dynamic_update_slice_of, __VA_ARGS__)
#else
#define jaxc_lax_dynamic_slice(...)        JAXC_LAX_SLICE(__COUNTER__, __VA_ARGS__)
#define jaxc_lax_dynamic_update_slice(...) JAXC_LAX_UPDATE(__COUNTER__, __VA_ARGS__)
#endif
#endif

#endif
