/*
 * kernel/scalar_ops.h - the scalar operations: one row each, its name, arity, and what it computes.
 *
 * The same rows give the enum, the names, and the loops of every backend; the second table says
 * which dtypes each takes, and a backend that expands it has all of them. The C function behind
 * each of those stands in scalar_math.h; the meaning is section 6 of the semantics (integers wrap,
 * shifts outside the width are defined, max and min propagate NaN, integer division by zero is -1).
 */
#ifndef JX_SCALAR_OPS_H
#define JX_SCALAR_OPS_H

#include <stdint.h>

#define JX_SCALAR_OPS(ROW)                                                                         \
    ROW(neg, 1, "-x; integers wrap")                                                               \
    ROW(abs, 1, "absolute value; abs(INT_MIN) is INT_MIN")                                         \
    ROW(sign, 1, "-1, 0 or 1; keeps -0 and NaN")                                                   \
    ROW(not, 1, "bitwise complement; logical on bool")                                             \
    ROW(exp, 1, "e^x")                                                                             \
    ROW(expm1, 1, "e^x - 1")                                                                       \
    ROW(log, 1, "natural logarithm")                                                               \
    ROW(log1p, 1, "log(1 + x)")                                                                    \
    ROW(sin, 1, "x in radians")                                                                    \
    ROW(cos, 1, "x in radians")                                                                    \
    ROW(tanh, 1, "hyperbolic tangent")                                                             \
    ROW(logistic, 1, "1 / (1 + e^-x)")                                                             \
    ROW(sqrt, 1, "square root")                                                                    \
    ROW(rsqrt, 1, "1 / sqrt(x)")                                                                   \
    ROW(erf_inv, 1, "inverse error function; the polynomials of semantics 1.6")                    \
    ROW(square, 1, "x * x")                                                                        \
    ROW(exp2, 1, "2^x")                                                                            \
    ROW(tan, 1, "x in radians")                                                                    \
    ROW(asin, 1, "in [-pi/2, pi/2]; NaN outside [-1, 1]")                                          \
    ROW(acos, 1, "in [0, pi]; NaN outside [-1, 1]")                                                \
    ROW(atan, 1, "in [-pi/2, pi/2]")                                                               \
    ROW(sinh, 1, "hyperbolic sine")                                                                \
    ROW(cosh, 1, "hyperbolic cosine")                                                              \
    ROW(asinh, 1, "inverse of sinh")                                                               \
    ROW(acosh, 1, "inverse of cosh; NaN below 1")                                                  \
    ROW(atanh, 1, "inverse of tanh; NaN outside [-1, 1]")                                          \
    ROW(cbrt, 1, "cube root, of negative numbers too")                                             \
    ROW(erf, 1, "error function")                                                                  \
    ROW(erfc, 1, "1 - erf(x)")                                                                     \
    ROW(lgamma, 1, "log |gamma(x)|; inf at the poles")                                             \
    ROW(digamma, 1, "derivative of lgamma; NaN at negative integers, -inf at 0")                   \
    ROW(bessel_i0e, 1, "e^-|x| I0(x), I0 the modified Bessel function")                            \
    ROW(bessel_i1e, 1, "e^-|x| I1(x)")                                                             \
    ROW(floor, 1, "to the integer below; keeps -0")                                                \
    ROW(ceil, 1, "to the integer above; keeps -0")                                                 \
    ROW(round, 1, "to the nearest integer, halves away from 0")                                    \
    ROW(round_even, 1, "to the nearest integer, halves to the even one")                           \
    ROW(is_finite, 1, "bool; false for infinities and NaN")                                        \
    ROW(population_count, 1, "ones among the bits")                                                \
    ROW(clz, 1, "zeros before the first one; of 0 all bits")                                       \
    ROW(add, 2, "x + y; on bool: or")                                                              \
    ROW(sub, 2, "x - y")                                                                           \
    ROW(mul, 2, "x * y; on bool: and")                                                             \
    ROW(div, 2, "x / y; integers truncate")                                                        \
    ROW(rem, 2, "x - y trunc(x / y), exact; of the sign of x. x where an integer y is 0")          \
    ROW(atan2, 2, "the angle of the point (y, x), args y x, in [-pi, pi]")                         \
    ROW(nextafter, 2, "the float beside x in the direction of y; y if they are equal")             \
    ROW(max, 2, "NaN if either is")                                                                \
    ROW(min, 2, "NaN if either is")                                                                \
    ROW(pow, 2, "x^y; integers: squaring by y's low six bits, wrapping; 0 if x = 0 != y")          \
    ROW(logaddexp, 2, "log(e^x + e^y)")                                                            \
    ROW(random_gamma_grad, 2, "of a gamma draw x by its parameter a, args a x")                    \
    ROW(random_gamma32, 2, "a draw: key, bits of an f32; its bits (kernel/scalar_random.h)")       \
    ROW(random_gamma64, 2, "the same in f64")                                                      \
    ROW(random_loggamma32, 2, "its logarithm in f32")                                              \
    ROW(random_loggamma64, 2, "its logarithm in f64")                                              \
    ROW(random_poisson_tries, 2, "how many: key, packed number and lam")                           \
    ROW(random_poisson, 2, "a draw: key, packed number, tries and lam; bits of an f32")            \
    ROW(and, 2, "bitwise")                                                                         \
    ROW(or, 2, "bitwise")                                                                          \
    ROW(xor, 2, "bitwise")                                                                         \
    ROW(shift_left, 2, "0 when y is outside the width")                                            \
    ROW(shift_right_logical, 2, "0 when y is outside the width")                                   \
    ROW(shift_right_arithmetic, 2, "by the top bit, also of unsigned; 0 or -1 outside the width")  \
    ROW(eq, 2, "bool")                                                                             \
    ROW(ne, 2, "bool; true with NaN")                                                              \
    ROW(lt, 2, "bool")                                                                             \
    ROW(le, 2, "bool")                                                                             \
    ROW(gt, 2, "bool")                                                                             \
    ROW(ge, 2, "bool")                                                                             \
    ROW(select, 3, "p ? z : y, args p y z (JAX's select_n order: false case first)")               \
    ROW(convert, 1, "value conversion, any dtype to any")                                          \
    ROW(bitcast, 1, "the same bits as another dtype of the same size")

/*
 * Dtypes as tags, for names to be pasted from. The tag of bool is b1, since `bool` is itself a
 * macro in C11. JX_C(tag) is how an element lies in memory: a bool is a byte that holds 0 or 1.
 */
#define JX_DTYPE_TAGS(ROW) ROW(b1) ROW(u8) ROW(u32) ROW(u64) ROW(i32) ROW(i64) ROW(f32) ROW(f64)

/* Dtypes that exist in memory only: a load of one is converted to one of the above before anything
 * is computed, and back before it is stored. Elements of f16 and bf16 are their bits. */
#define JX_NARROW_TAGS(ROW) ROW(i8) ROW(u16) ROW(i16) ROW(f16) ROW(bf16)
#define JX_MEMORY_TAGS(ROW) JX_DTYPE_TAGS(ROW) JX_NARROW_TAGS(ROW)

#define JX_C(tag) JX_C_##tag
#define JX_C_b1   uint8_t
#define JX_C_u8   uint8_t
#define JX_C_u32  uint32_t
#define JX_C_u64  uint64_t
#define JX_C_i32  int32_t
#define JX_C_i64  int64_t
#define JX_C_f32  float
#define JX_C_f64  double
#define JX_C_i8   int8_t
#define JX_C_u16  uint16_t
#define JX_C_i16  int16_t
#define JX_C_f16  uint16_t
#define JX_C_bf16 uint16_t

#define JX_DTYPE(tag) JX_DTYPE_##tag
#define JX_DTYPE_b1   JAXC_BOOL
#define JX_DTYPE_u8   JAXC_U8
#define JX_DTYPE_u32  JAXC_U32
#define JX_DTYPE_u64  JAXC_U64
#define JX_DTYPE_i32  JAXC_I32
#define JX_DTYPE_i64  JAXC_I64
#define JX_DTYPE_f32  JAXC_F32
#define JX_DTYPE_f64  JAXC_F64
#define JX_DTYPE_i8   JAXC_I8
#define JX_DTYPE_u16  JAXC_U16
#define JX_DTYPE_i16  JAXC_I16
#define JX_DTYPE_f16  JAXC_F16
#define JX_DTYPE_bf16 JAXC_BF16

/*
 * Every legal combination of operation and dtypes: ROW(op, arity, from, to, f). The operands have
 * the dtype `from` and the result `to`; f is the inline function of scalar_math.h that computes one
 * element, to = f(x), f(x, y), or, for select alone, f(p, y, z) with p a b1.
 *
 *     #define LOOP(op, arity, from, to, f) LOOP_##arity(op##_##from##_##to, JX_C(from), JX_C(to),
 * f)
 *     #define LOOP_1(name, X, Z, f)                                       \
 *         static void name(Z *z, const X *x, int n)                       \
 *         {                                                               \
 *             for (int i = 0; i < n; i++)                                 \
 *                 z[i] = f(x[i]);                                         \
 *         }
 *     ... LOOP_2, LOOP_3 ...
 *     JX_FOR_EACH_LOOP(LOOP)
 */
#define JX_FOR_EACH_LOOP(ROW)                                                                      \
    JX_FOR_EACH_LOOP_1(ROW)                                                                        \
    JX_FOR_EACH_LOOP_2(ROW)                                                                        \
    JX_FOR_EACH_LOOP_3(ROW)

#define JX_FOR_EACH_LOOP_1(ROW)                                                                    \
    JX_ON_NUMBERS(ROW, neg, 1)                                                                     \
    JX_ON_NUMBERS(ROW, abs, 1)                                                                     \
    JX_ON_NUMBERS(ROW, sign, 1)                                                                    \
    JX_ON_BITS(ROW, not, 1)                                                                        \
    JX_ON_FLOATS(ROW, exp, 1)                                                                      \
    JX_ON_FLOATS(ROW, expm1, 1)                                                                    \
    JX_ON_FLOATS(ROW, log, 1)                                                                      \
    JX_ON_FLOATS(ROW, log1p, 1)                                                                    \
    JX_ON_FLOATS(ROW, sin, 1)                                                                      \
    JX_ON_FLOATS(ROW, cos, 1)                                                                      \
    JX_ON_FLOATS(ROW, tanh, 1)                                                                     \
    JX_ON_FLOATS(ROW, logistic, 1)                                                                 \
    JX_ON_FLOATS(ROW, sqrt, 1)                                                                     \
    JX_ON_FLOATS(ROW, rsqrt, 1)                                                                    \
    JX_ON_FLOATS(ROW, erf_inv, 1)                                                                  \
    JX_ON_NUMBERS(ROW, square, 1)                                                                  \
    JX_ON_FLOATS(ROW, exp2, 1)                                                                     \
    JX_ON_FLOATS(ROW, tan, 1)                                                                      \
    JX_ON_FLOATS(ROW, asin, 1)                                                                     \
    JX_ON_FLOATS(ROW, acos, 1)                                                                     \
    JX_ON_FLOATS(ROW, atan, 1)                                                                     \
    JX_ON_FLOATS(ROW, sinh, 1)                                                                     \
    JX_ON_FLOATS(ROW, cosh, 1)                                                                     \
    JX_ON_FLOATS(ROW, asinh, 1)                                                                    \
    JX_ON_FLOATS(ROW, acosh, 1)                                                                    \
    JX_ON_FLOATS(ROW, atanh, 1)                                                                    \
    JX_ON_FLOATS(ROW, cbrt, 1)                                                                     \
    JX_ON_FLOATS(ROW, erf, 1)                                                                      \
    JX_ON_FLOATS(ROW, erfc, 1)                                                                     \
    JX_ON_FLOATS(ROW, lgamma, 1)                                                                   \
    JX_ON_FLOATS(ROW, digamma, 1)                                                                  \
    JX_ON_FLOATS(ROW, bessel_i0e, 1)                                                               \
    JX_ON_FLOATS(ROW, bessel_i1e, 1)                                                               \
    JX_ON_FLOATS(ROW, floor, 1)                                                                    \
    JX_ON_FLOATS(ROW, ceil, 1)                                                                     \
    JX_ON_FLOATS(ROW, round, 1)                                                                    \
    JX_ON_FLOATS(ROW, round_even, 1)                                                               \
    JX_FLOATS_TO_BOOL(ROW, is_finite, 1)                                                           \
    JX_ON_INTEGERS(ROW, population_count, 1)                                                       \
    JX_ON_INTEGERS(ROW, clz, 1)                                                                    \
    JX_CONVERT_FROM(ROW, b1)                                                                       \
    JX_CONVERT_FROM(ROW, u8)                                                                       \
    JX_CONVERT_FROM(ROW, u32)                                                                      \
    JX_CONVERT_FROM(ROW, u64)                                                                      \
    JX_CONVERT_FROM(ROW, i32)                                                                      \
    JX_CONVERT_FROM(ROW, i64)                                                                      \
    JX_CONVERT_FROM(ROW, f32)                                                                      \
    JX_CONVERT_FROM(ROW, f64)                                                                      \
    JX_CONVERT_NARROW(ROW)                                                                         \
    JX_BITCAST_8(ROW, b1)                                                                          \
    JX_BITCAST_8(ROW, u8)                                                                          \
    JX_BITCAST_8(ROW, i8)                                                                          \
    JX_BITCAST_16(ROW, u16)                                                                        \
    JX_BITCAST_16(ROW, i16)                                                                        \
    JX_BITCAST_16(ROW, f16)                                                                        \
    JX_BITCAST_16(ROW, bf16)                                                                       \
    JX_BITCAST_32(ROW, u32)                                                                        \
    JX_BITCAST_32(ROW, i32)                                                                        \
    JX_BITCAST_32(ROW, f32)                                                                        \
    JX_BITCAST_64(ROW, u64)                                                                        \
    JX_BITCAST_64(ROW, i64)                                                                        \
    JX_BITCAST_64(ROW, f64)

#define JX_FOR_EACH_LOOP_2(ROW)                                                                    \
    JX_ON_ALL(ROW, add, 2)                                                                         \
    JX_ON_NUMBERS(ROW, sub, 2)                                                                     \
    JX_ON_ALL(ROW, mul, 2)                                                                         \
    JX_ON_NUMBERS(ROW, div, 2)                                                                     \
    JX_ON_NUMBERS(ROW, rem, 2)                                                                     \
    JX_ON_FLOATS(ROW, atan2, 2)                                                                    \
    JX_ON_FLOATS(ROW, nextafter, 2)                                                                \
    JX_ON_ALL(ROW, max, 2)                                                                         \
    JX_ON_ALL(ROW, min, 2)                                                                         \
    JX_ON_NUMBERS(ROW, pow, 2)                                                                     \
    JX_ON_FLOATS(ROW, logaddexp, 2)                                                                \
    JX_ON_FLOATS(ROW, random_gamma_grad, 2)                                                        \
    ROW(random_gamma32, 2, u64, u64, jx_random_gamma32_u64)                                        \
    ROW(random_gamma64, 2, u64, u64, jx_random_gamma64_u64)                                        \
    ROW(random_loggamma32, 2, u64, u64, jx_random_loggamma32_u64)                                  \
    ROW(random_loggamma64, 2, u64, u64, jx_random_loggamma64_u64)                                  \
    ROW(random_poisson_tries, 2, u64, u64, jx_random_poisson_tries_u64)                            \
    ROW(random_poisson, 2, u64, u64, jx_random_poisson_u64)                                        \
    JX_ON_BITS(ROW, and, 2)                                                                        \
    JX_ON_BITS(ROW, or, 2)                                                                         \
    JX_ON_BITS(ROW, xor, 2)                                                                        \
    JX_ON_INTEGERS(ROW, shift_left, 2)                                                             \
    JX_ON_INTEGERS(ROW, shift_right_logical, 2)                                                    \
    JX_ON_INTEGERS(ROW, shift_right_arithmetic, 2)                                                 \
    JX_TO_BOOL(ROW, eq, 2)                                                                         \
    JX_TO_BOOL(ROW, ne, 2)                                                                         \
    JX_TO_BOOL(ROW, lt, 2)                                                                         \
    JX_TO_BOOL(ROW, le, 2)                                                                         \
    JX_TO_BOOL(ROW, gt, 2)                                                                         \
    JX_TO_BOOL(ROW, ge, 2)

#define JX_FOR_EACH_LOOP_3(ROW) JX_ON_ALL(ROW, select, 3)

/*
 * Operations whose function holds only for arguments of ordinary size, so that its loop can be
 * vectorised: ROW(op, arity, tag, rare, again). A backend runs the plain loop over a tile, asks
 * whether rare(x) or rare(x, y) (0 or 1) is true of any element, and computes only those again with
 * again(x) or again(x, y), which takes any. The operands must still be there then: a tile may not be
 * overwritten in place before.
 */
#define JX_FOR_EACH_RARE(ROW)                                                                      \
    ROW(sin, 1, f32, jx_trig_rare_f32, jx_sin_rare_f32)                                            \
    ROW(sin, 1, f64, jx_trig_rare_f64, jx_sin_rare_f64)                                            \
    ROW(cos, 1, f32, jx_trig_rare_f32, jx_cos_rare_f32)                                            \
    ROW(cos, 1, f64, jx_trig_rare_f64, jx_cos_rare_f64)                                            \
    ROW(tan, 1, f32, jx_trig_rare_f32, jx_tan_rare_f32)                                            \
    ROW(tan, 1, f64, jx_trig_rare_f64, jx_tan_rare_f64)                                            \
    ROW(rem, 2, f32, jx_rem_rare_f32, jx_rem_again_f32)                                            \
    ROW(rem, 2, f64, jx_rem_rare_f64, jx_rem_again_f64)

/* Groups of dtypes; the result has the operands' dtype, or is bool. */
#define JX_ON_FLOATS(ROW, op, n)                                                                   \
    ROW(op, n, f32, f32, jx_##op##_f32)                                                            \
    ROW(op, n, f64, f64, jx_##op##_f64)
#define JX_ON_INTEGERS(ROW, op, n)                                                                 \
    ROW(op, n, u8, u8, jx_##op##_u8)                                                               \
    ROW(op, n, u32, u32, jx_##op##_u32)                                                            \
    ROW(op, n, u64, u64, jx_##op##_u64)                                                            \
    ROW(op, n, i32, i32, jx_##op##_i32)                                                            \
    ROW(op, n, i64, i64, jx_##op##_i64)
#define JX_ON_NUMBERS(ROW, op, n)                                                                  \
    JX_ON_INTEGERS(ROW, op, n)                                                                     \
    JX_ON_FLOATS(ROW, op, n)
#define JX_ON_BITS(ROW, op, n)                                                                     \
    ROW(op, n, b1, b1, jx_##op##_b1)                                                               \
    JX_ON_INTEGERS(ROW, op, n)
#define JX_ON_ALL(ROW, op, n)                                                                      \
    ROW(op, n, b1, b1, jx_##op##_b1)                                                               \
    JX_ON_NUMBERS(ROW, op, n)
#define JX_TO_BOOL(ROW, op, n)                                                                     \
    ROW(op, n, b1, b1, jx_##op##_b1)                                                               \
    ROW(op, n, u8, b1, jx_##op##_u8)                                                               \
    ROW(op, n, u32, b1, jx_##op##_u32)                                                             \
    ROW(op, n, u64, b1, jx_##op##_u64)                                                             \
    ROW(op, n, i32, b1, jx_##op##_i32)                                                             \
    ROW(op, n, i64, b1, jx_##op##_i64)                                                             \
    ROW(op, n, f32, b1, jx_##op##_f32)                                                             \
    ROW(op, n, f64, b1, jx_##op##_f64)
#define JX_FLOATS_TO_BOOL(ROW, op, n)                                                              \
    ROW(op, n, f32, b1, jx_##op##_f32)                                                             \
    ROW(op, n, f64, b1, jx_##op##_f64)
#define JX_CONVERT_FROM(ROW, from)                                                                 \
    ROW(convert, 1, from, b1, jx_convert_##from##_b1)                                              \
    ROW(convert, 1, from, u8, jx_convert_##from##_u8)                                              \
    ROW(convert, 1, from, u32, jx_convert_##from##_u32)                                            \
    ROW(convert, 1, from, u64, jx_convert_##from##_u64)                                            \
    ROW(convert, 1, from, i32, jx_convert_##from##_i32)                                            \
    ROW(convert, 1, from, i64, jx_convert_##from##_i64)                                            \
    ROW(convert, 1, from, f32, jx_convert_##from##_f32)                                            \
    ROW(convert, 1, from, f64, jx_convert_##from##_f64)
/* Between a narrow dtype and the one it is computed in; and what would round twice on that way. */
#define JX_CONVERT_NARROW(ROW)                                                                     \
    ROW(convert, 1, i8, i32, jx_convert_i8_i32)                                                    \
    ROW(convert, 1, i32, i8, jx_convert_i32_i8)                                                    \
    ROW(convert, 1, i16, i32, jx_convert_i16_i32)                                                  \
    ROW(convert, 1, i32, i16, jx_convert_i32_i16)                                                  \
    ROW(convert, 1, u16, u32, jx_convert_u16_u32)                                                  \
    ROW(convert, 1, u32, u16, jx_convert_u32_u16)                                                  \
    ROW(convert, 1, f16, f32, jx_convert_f16_f32)                                                  \
    ROW(convert, 1, f32, f16, jx_convert_f32_f16)                                                  \
    ROW(convert, 1, f64, f16, jx_convert_f64_f16)                                                  \
    ROW(convert, 1, bf16, f32, jx_convert_bf16_f32)                                                \
    ROW(convert, 1, f32, bf16, jx_convert_f32_bf16)                                                \
    ROW(convert, 1, f64, bf16, jx_convert_f64_bf16)
#define JX_BITCAST_8(ROW, from)                                                                    \
    ROW(bitcast, 1, from, b1, jx_bitcast_##from##_b1)                                              \
    ROW(bitcast, 1, from, u8, jx_bitcast_##from##_u8)                                              \
    ROW(bitcast, 1, from, i8, jx_bitcast_##from##_i8)
#define JX_BITCAST_16(ROW, from)                                                                   \
    ROW(bitcast, 1, from, u16, jx_bitcast_##from##_u16)                                            \
    ROW(bitcast, 1, from, i16, jx_bitcast_##from##_i16)                                            \
    ROW(bitcast, 1, from, f16, jx_bitcast_##from##_f16)                                            \
    ROW(bitcast, 1, from, bf16, jx_bitcast_##from##_bf16)
#define JX_BITCAST_32(ROW, from)                                                                   \
    ROW(bitcast, 1, from, u32, jx_bitcast_##from##_u32)                                            \
    ROW(bitcast, 1, from, i32, jx_bitcast_##from##_i32)                                            \
    ROW(bitcast, 1, from, f32, jx_bitcast_##from##_f32)
#define JX_BITCAST_64(ROW, from)                                                                   \
    ROW(bitcast, 1, from, u64, jx_bitcast_##from##_u64)                                            \
    ROW(bitcast, 1, from, i64, jx_bitcast_##from##_i64)                                            \
    ROW(bitcast, 1, from, f64, jx_bitcast_##from##_f64)

#endif
