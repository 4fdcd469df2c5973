/*
 * kernel/scalar_math.h - one inline function jx_<op>_<dtype> for each row of JX_FOR_EACH_LOOP.
 *
 * What every backend that is compiled here computes for one element. Everything is defined for
 * every operand (semantics section 6): integers go through their unsigned type, shift counts and
 * divisors are guarded, conversions saturate. All of it is straight-line code, so that loops over
 * it are vectorised wherever the instruction set has the operation at all.
 */
#ifndef JX_SCALAR_MATH_H
#define JX_SCALAR_MATH_H

#include "kernel/scalar_bessel.h"
#include "kernel/scalar_elementary.h"
#include "kernel/scalar_ops.h"
#include "kernel/scalar_random.h"
#include "kernel/scalar_special.h"
#include "kernel/scalar_trig.h"

/* ---- comparisons and select, on all dtypes --------------------------------------------------- */

#define JX_DEFINE_COMMON(tag, T)                                                                   \
    static inline uint8_t jx_eq_##tag(T x, T y) { return x == y; }                                 \
    static inline uint8_t jx_ne_##tag(T x, T y) { return x != y; }                                 \
    static inline uint8_t jx_lt_##tag(T x, T y) { return x < y; }                                  \
    static inline uint8_t jx_le_##tag(T x, T y) { return x <= y; }                                 \
    static inline uint8_t jx_gt_##tag(T x, T y) { return x > y; }                                  \
    static inline uint8_t jx_ge_##tag(T x, T y) { return x >= y; }                                 \
    static inline T jx_select_##tag(uint8_t p, T y, T z) { return p != 0 ? z : y; }
JX_DEFINE_COMMON(b1, uint8_t)
JX_DEFINE_COMMON(u8, uint8_t)
JX_DEFINE_COMMON(u32, uint32_t)
JX_DEFINE_COMMON(u64, uint64_t)
JX_DEFINE_COMMON(i32, int32_t)
JX_DEFINE_COMMON(i64, int64_t)
JX_DEFINE_COMMON(f32, float)
JX_DEFINE_COMMON(f64, double)
#undef JX_DEFINE_COMMON

/* ---- bool ------------------------------------------------------------------------------------ */

static inline uint8_t jx_not_b1(uint8_t x) { return x == 0; }
static inline uint8_t jx_and_b1(uint8_t x, uint8_t y) { return x & y; }
static inline uint8_t jx_or_b1(uint8_t x, uint8_t y) { return x | y; }
static inline uint8_t jx_xor_b1(uint8_t x, uint8_t y) { return x ^ y; }
static inline uint8_t jx_add_b1(uint8_t x, uint8_t y) { return x | y; }
static inline uint8_t jx_mul_b1(uint8_t x, uint8_t y) { return x & y; }
static inline uint8_t jx_max_b1(uint8_t x, uint8_t y) { return x | y; }
static inline uint8_t jx_min_b1(uint8_t x, uint8_t y) { return x & y; }

/* ---- integers -------------------------------------------------------------------------------- */

/* Ones among the bits, and zeros before the first one; by sums of neighbouring fields, which every
 * instruction set has as vectors. */
static inline uint32_t jx_count_ones_32(uint32_t x)
{
    x = x - ((x >> 1) & 0x55555555u);
    x = (x & 0x33333333u) + ((x >> 2) & 0x33333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0fu;
    x = x + (x >> 8);
    return (x + (x >> 16)) & 0x3fu;
}

static inline uint64_t jx_count_ones_64(uint64_t x)
{
    x = x - ((x >> 1) & 0x5555555555555555u);
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    x = x + (x >> 8);
    x = x + (x >> 16);
    return (x + (x >> 32)) & 0x7fu;
}

static inline uint32_t jx_leading_zeros_32(uint32_t x)
{
    x |= x >> 1;
    x |= x >> 2;
    x |= x >> 4;
    x |= x >> 8;
    x |= x >> 16;
    return jx_count_ones_32(~x);
}

static inline uint64_t jx_leading_zeros_64(uint64_t x)
{
    x |= x >> 1;
    x |= x >> 2;
    x |= x >> 4;
    x |= x >> 8;
    x |= x >> 16;
    x |= x >> 32;
    return jx_count_ones_64(~x);
}

/* T, its unsigned U and signed S; W is unsigned and at least as wide as int, so that nothing
 * promotes; `bits` is the width that bits are counted in. */
#define JX_DEFINE_INTEGER(tag, T, U, S, W, bits)                                                   \
    static inline T jx_neg_##tag(T x) { return (T)(U)((W)0 - (W)x); }                              \
    static inline T jx_not_##tag(T x) { return (T)(U) ~(W)x; }                                     \
    static inline T jx_square_##tag(T x) { return (T)(U)((W)x * (W)x); }                           \
    static inline T jx_add_##tag(T x, T y) { return (T)(U)((W)x + (W)y); }                         \
    static inline T jx_sub_##tag(T x, T y) { return (T)(U)((W)x - (W)y); }                         \
    static inline T jx_mul_##tag(T x, T y) { return (T)(U)((W)x * (W)y); }                         \
    static inline T jx_max_##tag(T x, T y) { return x > y ? x : y; }                               \
    static inline T jx_min_##tag(T x, T y) { return x < y ? x : y; }                               \
    static inline T jx_and_##tag(T x, T y) { return x & y; }                                       \
    static inline T jx_or_##tag(T x, T y) { return x | y; }                                        \
    static inline T jx_xor_##tag(T x, T y) { return x ^ y; }                                       \
    static inline T jx_population_count_##tag(T x) { return (T)jx_count_ones_##bits((U)x); }       \
    static inline T jx_clz_##tag(T x)                                                              \
    {                                                                                              \
        return (T)(jx_leading_zeros_##bits((U)x) - (uint##bits##_t)(bits - 8 * sizeof(T)));        \
    }                                                                                              \
    static inline T jx_shift_left_##tag(T x, T y)                                                  \
    {                                                                                              \
        W shifted = (W)x << ((W)y & (8 * sizeof(T) - 1));                                          \
        return (U)y < 8 * sizeof(T) ? (T)(U)shifted : (T)0;                                        \
    }                                                                                              \
    static inline T jx_shift_right_logical_##tag(T x, T y)                                         \
    {                                                                                              \
        W shifted = (W)(U)x >> ((W)y & (8 * sizeof(T) - 1));                                       \
        return (U)y < 8 * sizeof(T) ? (T)(U)shifted : (T)0;                                        \
    }                                                                                              \
    static inline T jx_shift_right_arithmetic_##tag(T x, T y)                                      \
    {                                                                                              \
        U by = (U)y < 8 * sizeof(T) - 1 ? (U)y : (U)(8 * sizeof(T) - 1);                           \
        return (T)((S)x >> by);                                                                    \
    }                                                                                              \
    static inline T jx_pow_step_##tag(W *base, W *exponent, T power)                               \
    {                                                                                              \
        T next = (*exponent & 1) != 0 ? (T)(U)((W)power * *base) : power;                          \
        *base *= *base;                                                                            \
        *exponent >>= 1;                                                                           \
        return next;                                                                               \
    }                                                                                              \
    static inline T jx_pow_##tag(T x, T y) /* six steps, as JAX has it */                          \
    {                                                                                              \
        W base = (W)x, exponent = (W)(U)y;                                                         \
        T power = ((x == 0) & (y != 0)) != 0 ? 0 : 1;                                              \
        power = jx_pow_step_##tag(&base, &exponent, power);                                        \
        power = jx_pow_step_##tag(&base, &exponent, power);                                        \
        power = jx_pow_step_##tag(&base, &exponent, power);                                        \
        power = jx_pow_step_##tag(&base, &exponent, power);                                        \
        power = jx_pow_step_##tag(&base, &exponent, power);                                        \
        return jx_pow_step_##tag(&base, &exponent, power);                                         \
    }
JX_DEFINE_INTEGER(u8, uint8_t, uint8_t, int8_t, uint32_t, 32)
JX_DEFINE_INTEGER(u32, uint32_t, uint32_t, int32_t, uint32_t, 32)
JX_DEFINE_INTEGER(u64, uint64_t, uint64_t, int64_t, uint64_t, 64)
JX_DEFINE_INTEGER(i32, int32_t, uint32_t, int32_t, uint32_t, 32)
JX_DEFINE_INTEGER(i64, int64_t, uint64_t, int64_t, uint64_t, 64)
#undef JX_DEFINE_INTEGER

/* A quotient of 8-bit integers in f32, and of 32-bit ones in f64, truncates to the exact one; and
 * those divide as vectors. */
#define JX_DIVIDE_BY_u8(x, d)  ((uint8_t)(int32_t)((float)(x) / (float)(d)))
#define JX_DIVIDE_BY_u32(x, d) ((x) / (d))
#define JX_DIVIDE_BY_u64(x, d) ((x) / (d))
#define JX_DIVIDE_BY_i32(x, d) ((int32_t)((double)(x) / (double)(d)))
#define JX_DIVIDE_BY_i64(x, d) ((x) / (d))

#define JX_DEFINE_UNSIGNED(tag, T)                                                                 \
    static inline T jx_abs_##tag(T x) { return x; }                                                \
    static inline T jx_sign_##tag(T x) { return x > 0; }                                           \
    static inline T jx_div_##tag(T x, T y)                                                         \
    {                                                                                              \
        T d = y == 0 ? (T)1 : y, q = JX_DIVIDE_BY_##tag(x, d);                                     \
        return y == 0 ? (T)-1 : q;                                                                 \
    }                                                                                              \
    static inline T jx_rem_##tag(T x, T y)                                                         \
    {                                                                                              \
        T d = y == 0 ? (T)1 : y, q = JX_DIVIDE_BY_##tag(x, d);                                     \
        return y == 0 ? x : (T)(x - (T)(q * d));                                                   \
    }
JX_DEFINE_UNSIGNED(u8, uint8_t)
JX_DEFINE_UNSIGNED(u32, uint32_t)
JX_DEFINE_UNSIGNED(u64, uint64_t)
#undef JX_DEFINE_UNSIGNED

#define JX_DEFINE_SIGNED(tag, T)                                                                   \
    static inline T jx_abs_##tag(T x) { return x < 0 ? jx_neg_##tag(x) : x; }                      \
    static inline T jx_sign_##tag(T x) { return (x > 0) - (x < 0); }                               \
    static inline T jx_div_##tag(T x, T y)                                                         \
    {                                                                                              \
        T d = ((y == 0) | (y == -1)) != 0 ? 1 : y, q = JX_DIVIDE_BY_##tag(x, d);                   \
        q = y == -1 ? jx_neg_##tag(x) : q; /* the least number stays */                            \
        return y == 0 ? -1 : q;                                                                    \
    }                                                                                              \
    static inline T jx_rem_##tag(T x, T y)                                                         \
    {                                                                                              \
        T d = ((y == 0) | (y == -1)) != 0 ? 1 : y, q = JX_DIVIDE_BY_##tag(x, d);                   \
        T r = y == -1 ? 0 : x - q * d;                                                             \
        return y == 0 ? x : r;                                                                     \
    }
JX_DEFINE_SIGNED(i32, int32_t)
JX_DEFINE_SIGNED(i64, int64_t)
#undef JX_DEFINE_SIGNED

/* ---- floats ---------------------------------------------------------------------------------- */

#define JX_DEFINE_FLOAT(tag, T, U, FABS, SQRT, COPYSIGN)                                           \
    static inline T jx_neg_##tag(T x) { return -x; }                                               \
    static inline T jx_abs_##tag(T x) { return FABS(x); }                                          \
    static inline T jx_sign_##tag(T x) { return x > 0 ? (T)1 : x < 0 ? (T)-1 : x; }                \
    static inline T jx_sqrt_##tag(T x) { return SQRT(x); }                                         \
    static inline T jx_rsqrt_##tag(T x) { return (T)1 / SQRT(x); }                                 \
    static inline T jx_square_##tag(T x) { return x * x; }                                         \
    static inline T jx_round_##tag(T x) /* halves away from 0 */                                   \
    {                                                                                              \
        T ax = FABS(x), whole = jx_floor_##tag(ax);                                                \
        return COPYSIGN(ax - whole >= (T)0.5 ? whole + (T)1 : whole, x);                           \
    }                                                                                              \
    static inline uint8_t jx_is_finite_##tag(T x) { return FABS(x) < (T)INFINITY; }                \
    static inline T jx_nextafter_##tag(T x, T y)                                                   \
    {                                                                                              \
        U bits = jx_to_bits_##tag(x), sign = jx_to_bits_##tag(y) & ~(~(U)0 >> 1);                  \
        U beside = ((x < y) == (x > 0)) != 0 ? bits + 1 : bits - 1;                                \
        T z = jx_of_bits_##tag(x == 0 ? sign | 1 : beside);                                        \
        z = x == y ? y : z;                                                                        \
        return ((x != x) | (y != y)) != 0 ? x + y : z;                                             \
    }                                                                                              \
    static inline T jx_add_##tag(T x, T y) { return x + y; }                                       \
    static inline T jx_sub_##tag(T x, T y) { return x - y; }                                       \
    static inline T jx_mul_##tag(T x, T y) { return x * y; }                                       \
    static inline T jx_div_##tag(T x, T y) { return x / y; }                                       \
    static inline T jx_max_##tag(T x, T y) /* the comparison gives y when either is NaN */         \
    {                                                                                              \
        T m = x > y ? x : y;                                                                       \
        return x != x ? x : m;                                                                     \
    }                                                                                              \
    static inline T jx_min_##tag(T x, T y)                                                         \
    {                                                                                              \
        T m = x < y ? x : y;                                                                       \
        return x != x ? x : m;                                                                     \
    }
JX_DEFINE_FLOAT(f32, float, uint32_t, fabsf, sqrtf, copysignf)
JX_DEFINE_FLOAT(f64, double, uint64_t, fabs, sqrt, copysign)
#undef JX_DEFINE_FLOAT

/*
 * x - y trunc(x / y), which is exact while the quotient is small: then it and its product with y
 * have room. The quotient may be rounded up to the next integer; the remainder tells.
 */
static inline float jx_rem_f32(float x, float y)
{
    double a = fabs((double)x), b = fabs((double)y);
    double r = a - jx_floor_f64(a / b) * b;
    r = r < 0.0 ? r + b : r;
    r = ((a < (double)INFINITY) & (b == (double)INFINITY)) != 0 ? a : r;
    return copysignf((float)r, x);
}

static inline double jx_rem_f64(double x, double y)
{
    double a = fabs(x), b = fabs(y), q = jx_floor_f64(a / b);
#if JX_HAS_FMA
    double r = JX_FMA_f64(-q, b, a);
#else
    double high = jx_of_bits_f64(jx_to_bits_f64(b) & 0xfffffffff8000000u);
    double p = q * high, d = a - p; /* p and q (b - high) are exact, lost and the last difference
                                       too */
    double lost = (a - d) - p;
    double r = (d - q * (b - high)) + lost;
#endif
    r = r < 0.0 ? r + b : r;
    r = ((a < (double)INFINITY) & (b == (double)INFINITY)) != 0 ? a : r;
    return copysign(r, x);
}

static inline int jx_rem_rare_f32(float x, float y) { return fabsf(x) > 0x1p27f * fabsf(y); }
static inline int jx_rem_rare_f64(double x, double y) { return fabs(x) > 0x1p25 * fabs(y); }
static inline float jx_rem_again_f32(float x, float y) { return fmodf(x, y); }
static inline double jx_rem_again_f64(double x, double y) { return fmod(x, y); }

/* ---- conversions ----------------------------------------------------------------------------- */

#define JX_DEFINE_CONVERT(from, to, X, Z)                                                          \
    static inline Z jx_convert_##from##_##to(X x) { return (Z)x; }
/* From bool and integers: low bits, or rounded to nearest. To 64-bit floats see below. */
#define JX_DEFINE_CONVERTS(from, X)                                                                \
    static inline uint8_t jx_convert_##from##_b1(X x) { return x != 0; }                           \
    JX_DEFINE_CONVERT(from, u8, X, uint8_t)                                                        \
    JX_DEFINE_CONVERT(from, u32, X, uint32_t)                                                      \
    JX_DEFINE_CONVERT(from, u64, X, uint64_t)                                                      \
    JX_DEFINE_CONVERT(from, i32, X, int32_t)                                                       \
    JX_DEFINE_CONVERT(from, i64, X, int64_t)                                                       \
    JX_DEFINE_CONVERT(from, f32, X, float)
JX_DEFINE_CONVERTS(b1, uint8_t)
JX_DEFINE_CONVERTS(u8, uint8_t)
JX_DEFINE_CONVERTS(u32, uint32_t)
JX_DEFINE_CONVERTS(u64, uint64_t)
JX_DEFINE_CONVERTS(i32, int32_t)
JX_DEFINE_CONVERTS(i64, int64_t)
#undef JX_DEFINE_CONVERTS
JX_DEFINE_CONVERT(b1, f64, uint8_t, double)
JX_DEFINE_CONVERT(u8, f64, uint8_t, double)
JX_DEFINE_CONVERT(u32, f64, uint32_t, double)
JX_DEFINE_CONVERT(i32, f64, int32_t, double)
JX_DEFINE_CONVERT(f32, f32, float, float)
JX_DEFINE_CONVERT(f32, f64, float, double)
JX_DEFINE_CONVERT(f64, f32, double, float)
JX_DEFINE_CONVERT(f64, f64, double, double)
#undef JX_DEFINE_CONVERT

/* The halves become 2^84 + 2^32 high and 2^52 + low by their bits alone; one rounding, in the last
 * sum. */
static inline double jx_convert_u64_f64(uint64_t x)
{
    double high = jx_of_bits_f64((x >> 32) | 0x4530000000000000u) - (0x1p84 + 0x1p52);
    return high + jx_of_bits_f64((x & 0xffffffffu) | 0x4330000000000000u);
}

static inline double jx_convert_i64_f64(int64_t x)
{
    uint64_t bits = (uint64_t)x ^ (1ull << 63); /* x + 2^63 */
    double high = jx_of_bits_f64((bits >> 32) | 0x4530000000000000u) - (0x1p84 + 0x1p63 + 0x1p52);
    return high + jx_of_bits_f64((bits & 0xffffffffu) | 0x4330000000000000u);
}

/* x cut to [low, high], both of which the integer holds; NaN gives 0. */
#define JX_DEFINE_SATURATE(tag, T)                                                                 \
    static inline T jx_saturate_##tag(T x, T low, T high)                                          \
    {                                                                                              \
        x = x < low ? low : x;                                                                     \
        x = x > high ? high : x;                                                                   \
        return x == x ? x : (T)0;                                                                  \
    }                                                                                              \
    static inline uint8_t jx_convert_##tag##_b1(T x) { return x != 0; /* also of NaN */ }          \
    static inline uint8_t jx_convert_##tag##_u8(T x)                                               \
    {                                                                                              \
        return (uint8_t)(int32_t)jx_saturate_##tag(x, 0, 255);                                     \
    }
JX_DEFINE_SATURATE(f32, float)
JX_DEFINE_SATURATE(f64, double)
#undef JX_DEFINE_SATURATE

/* Where the greatest integer is no float, the greatest float below it is the bound, and what lies
 * above is set right afterwards. */
static inline int32_t jx_convert_f32_i32(float x)
{
    int32_t z = (int32_t)jx_saturate_f32(x, -0x1p31f, 0x1.fffffep30f);
    return x >= 0x1p31f ? INT32_MAX : z;
}

static inline uint32_t jx_convert_f32_u32(
    float x) /* by halves: AVX2 converts signed integers only */
{
    float y = jx_saturate_f32(x, 0.0f, 0x1.fffffep31f);
    float half = y >= 0x1p31f ? 0x1p31f : 0.0f;
    uint32_t z = (uint32_t)(int32_t)(y - half) + (y >= 0x1p31f ? 0x80000000u : 0u);
    return x >= 0x1p32f ? UINT32_MAX : z;
}

static inline int64_t jx_convert_f32_i64(float x)
{
    int64_t z = (int64_t)jx_saturate_f32(x, -0x1p63f, 0x1.fffffep62f);
    return x >= 0x1p63f ? INT64_MAX : z;
}

static inline uint64_t jx_convert_f32_u64(float x)
{
    uint64_t z = (uint64_t)jx_saturate_f32(x, 0.0f, 0x1.fffffep63f);
    return x >= 0x1p64f ? UINT64_MAX : z;
}

static inline int32_t jx_convert_f64_i32(double x)
{
    return (int32_t)jx_saturate_f64(x, -0x1p31, 0x1p31 - 1);
}

static inline uint32_t jx_convert_f64_u32(double x)
{
    double y = jx_saturate_f64(x, 0.0, 0x1p32 - 1);
    double half = y >= 0x1p31 ? 0x1p31 : 0.0;
    return (uint32_t)(int32_t)(y - half) + (y >= 0x1p31 ? 0x80000000u : 0u);
}

static inline int64_t jx_convert_f64_i64(double x)
{
    int64_t z = (int64_t)jx_saturate_f64(x, -0x1p63, 0x1.fffffffffffffp62);
    return x >= 0x1p63 ? INT64_MAX : z;
}

static inline uint64_t jx_convert_f64_u64(double x)
{
    uint64_t z = (uint64_t)jx_saturate_f64(x, 0.0, 0x1.fffffffffffffp63);
    return x >= 0x1p64 ? UINT64_MAX : z;
}

/* ---- narrow dtypes --------------------------------------------------------------------------- */

static inline int32_t jx_convert_i8_i32(int8_t x) { return x; }
static inline int8_t jx_convert_i32_i8(int32_t x) { return (int8_t)(uint8_t)x; }
static inline int32_t jx_convert_i16_i32(int16_t x) { return x; }
static inline int16_t jx_convert_i32_i16(int32_t x) { return (int16_t)(uint16_t)x; }
static inline uint32_t jx_convert_u16_u32(uint16_t x) { return x; }
static inline uint16_t jx_convert_u32_u16(uint32_t x) { return (uint16_t)x; }

/* The bits below the sign, moved to where an f32 has them, are the number over 2^112. */
static inline float jx_convert_f16_f32(uint16_t x)
{
    uint32_t size = x & 0x7fffu, sign = (uint32_t)(x & 0x8000u) << 16;
    uint32_t finite = jx_to_bits_f32(jx_of_bits_f32(size << 13) * 0x1p112f);
    uint32_t bits = size >= 0x7c00u ? size << 13 | 0x7f800000u : finite;
    return jx_of_bits_f32(bits | sign);
}

/* To nearest, ties to even: a carry out of the fraction is right in the exponent too. What is below
 * 2^-14 is rounded by a sum with 0.5, whose last place is the least f16. */
static inline uint16_t jx_convert_f32_f16(float x)
{
    uint32_t bits = jx_to_bits_f32(x), size = bits & 0x7fffffffu;
    uint32_t normal = (size - 0x38000000u + 0xfffu + (size >> 13 & 1u)) >> 13;
    float sum = jx_of_bits_f32(size < 0x38800000u ? size : 0u) + 0.5f;
    uint32_t z = size < 0x38800000u ? jx_to_bits_f32(sum) - 0x3f000000u : normal;
    z = size >= 0x477ff000u ? 0x7c00u : z;
    z = size > 0x7f800000u ? 0x7e00u : z;
    return (uint16_t)(z | (bits >> 16 & 0x8000u));
}

static inline float jx_convert_bf16_f32(uint16_t x) { return jx_of_bits_f32((uint32_t)x << 16); }

static inline uint16_t jx_convert_f32_bf16(float x)
{
    uint32_t bits = jx_to_bits_f32(x), size = bits & 0x7fffffffu;
    uint32_t z = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
    return (uint16_t)(size > 0x7f800000u ? (bits >> 16) | 0x40u : z);
}

/* An f32 that rounds on as x itself would: cut off, with the last bit set where something is
 * lost. */
static inline float jx_round_to_odd(double x)
{
    float y = (float)x;
    uint32_t bits = jx_to_bits_f32(y);
    bits -= fabs((double)y) > fabs(x) ? 1u : 0u;
    bits |= (double)y != x ? 1u : 0u;
    return jx_of_bits_f32(bits);
}

static inline uint16_t jx_convert_f64_f16(double x)
{
    return jx_convert_f32_f16(jx_round_to_odd(x));
}

static inline uint16_t jx_convert_f64_bf16(double x)
{
    return jx_convert_f32_bf16(jx_round_to_odd(x));
}

/* ---- bitcast --------------------------------------------------------------------------------- */

#define JX_DEFINE_BITCAST(op, arity, from, to, f)                                                  \
    static inline JX_C(to) f(JX_C(from) x)                                                         \
    {                                                                                              \
        JX_C(to) z;                                                                                \
        memcpy(&z, &x, sizeof z);                                                                  \
        return z;                                                                                  \
    }
JX_BITCAST_16(JX_DEFINE_BITCAST, u16)
JX_BITCAST_16(JX_DEFINE_BITCAST, i16)
JX_BITCAST_16(JX_DEFINE_BITCAST, f16)
JX_BITCAST_16(JX_DEFINE_BITCAST, bf16)
JX_BITCAST_32(JX_DEFINE_BITCAST, u32)
JX_BITCAST_32(JX_DEFINE_BITCAST, i32)
JX_BITCAST_32(JX_DEFINE_BITCAST, f32)
JX_BITCAST_64(JX_DEFINE_BITCAST, u64)
JX_BITCAST_64(JX_DEFINE_BITCAST, i64)
JX_BITCAST_64(JX_DEFINE_BITCAST, f64)
#undef JX_DEFINE_BITCAST
static inline uint8_t jx_bitcast_b1_b1(uint8_t x) { return x; }
static inline uint8_t jx_bitcast_b1_u8(uint8_t x) { return x; }
static inline uint8_t jx_bitcast_u8_b1(uint8_t x) { return x != 0; } /* a bool is 0 or 1 */
static inline uint8_t jx_bitcast_u8_u8(uint8_t x) { return x; }
static inline int8_t jx_bitcast_b1_i8(uint8_t x) { return (int8_t)x; }
static inline int8_t jx_bitcast_u8_i8(uint8_t x) { return (int8_t)x; }
static inline int8_t jx_bitcast_i8_i8(int8_t x) { return x; }
static inline uint8_t jx_bitcast_i8_b1(int8_t x) { return x != 0; }
static inline uint8_t jx_bitcast_i8_u8(int8_t x) { return (uint8_t)x; }

#endif
