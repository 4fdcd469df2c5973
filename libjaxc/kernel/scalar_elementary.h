/*
 * kernel/scalar_elementary.h - rounding, exp, exp2, expm1, log, log1p, sin, cos, tanh, logistic,
 * erf_inv, pow, logaddexp in f32 and f64.
 *
 * Straight-line code: no libm call, no table, no branch, so that a loop over any of them is
 * vectorised by gcc and clang at -O3 -fno-math-errno -fno-trapping-math for every instruction set,
 * without -ffast-math. NaN, infinities, signed zeros and subnormal results are right; sin and cos
 * hold for |x| <= JX_TRIG_MAX, see jx_trig_rare_*. Largest errors in units in the last place, over
 * all f32 and over samples of f64 (tests/test_scalar_math.c holds them):
 *
 *            exp   exp2  expm1  log   log1p  sin   cos   tanh  logistic  pow
 *     f32    1.09  1.11  1.49   0.84  1.39   1.52  1.54  1.50  1.75      0.53
 *     f64    0.93  1.02  1.44   0.81  1.38   1.48  1.50  1.43  1.56      1.04
 *
 * Correct with and without contraction of a * b + c: where a rounding matters the code says so.
 * JX_FMA asks for the fused form wherever the machine has one.
 *
 * Reduction and evaluation schemes follow fdlibm (log) and the usual Cody-Waite reductions; all
 * other polynomials are minimax ones made with Sollya's fpminimax on the intervals noted beside
 * them.
 */
#ifndef JX_SCALAR_ELEMENTARY_H
#define JX_SCALAR_ELEMENTARY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* A loop over a call is not vectorised, and compilers leave large bodies as calls. */
#if defined(__CUDACC__)
#define JX_WHOLE static inline
#else
#define JX_WHOLE static inline __attribute__((always_inline))
#endif

/* Defined from outside by the test of the fused forms, which any machine can run. */
#ifndef JX_HAS_FMA
#if defined(__FMA__) || defined(__aarch64__) || (defined(__FP_FAST_FMA) && defined(__FP_FAST_FMAF))
#define JX_HAS_FMA 1
#else
#define JX_HAS_FMA 0
#endif
#endif

#if JX_HAS_FMA
#define JX_FMA_f32 __builtin_fmaf
#define JX_FMA_f64 __builtin_fma
#else
#define JX_FMA_f32(a, b, c) ((a) * (b) + (c))
#define JX_FMA_f64(a, b, c) ((a) * (b) + (c))
#endif

static inline uint32_t jx_to_bits_f32(float x)
{
    uint32_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static inline float jx_of_bits_f32(uint32_t b)
{
    float x;
    memcpy(&x, &b, sizeof x);
    return x;
}

static inline uint64_t jx_to_bits_f64(double x)
{
    uint64_t b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static inline double jx_of_bits_f64(uint64_t b)
{
    double x;
    memcpy(&x, &b, sizeof x);
    return x;
}

/*
 * Adding and subtracting 1.5 * 2^(bits of the mantissa) rounds to the nearest integer, and leaves
 * it in the low bits of the sum; those of the constant itself vanish when shifted up to the
 * exponent.
 */
#define JX_ROUND_f32 0x1.8p23f
#define JX_ROUND_f64 0x1.8p52

/* ---- rounding to integers ------------------------------------------------------------------- */

/* SSE2 has no such instructions: there adding and subtracting 2^(bits of the mantissa) rounds. */
#if defined(__SSE4_1__) || defined(__aarch64__)
static inline float jx_floor_f32(float x) { return __builtin_floorf(x); }
static inline double jx_floor_f64(double x) { return __builtin_floor(x); }
static inline float jx_ceil_f32(float x) { return __builtin_ceilf(x); }
static inline double jx_ceil_f64(double x) { return __builtin_ceil(x); }
static inline float jx_round_even_f32(float x) { return __builtin_rintf(x); }
static inline double jx_round_even_f64(double x) { return __builtin_rint(x); }
#else
#define JX_DEFINE_ROUND(tag, T, FABS, COPYSIGN, INTEGERS)                                          \
    static inline T jx_round_even_##tag(T x)                                                       \
    {                                                                                              \
        T ax = FABS(x), r = (ax + INTEGERS) - INTEGERS;                                            \
        return COPYSIGN(ax < INTEGERS ? r : ax, x);                                                \
    }                                                                                              \
    static inline T jx_floor_##tag(T x)                                                            \
    {                                                                                              \
        T r = jx_round_even_##tag(x);                                                              \
        return r > x ? r - (T)1 : r;                                                               \
    }                                                                                              \
    static inline T jx_ceil_##tag(T x)                                                             \
    {                                                                                              \
        T r = jx_round_even_##tag(x);                                                              \
        return COPYSIGN(r < x ? r + (T)1 : r, x);                                                  \
    }
JX_DEFINE_ROUND(f32, float, fabsf, copysignf, 0x1p23f)
JX_DEFINE_ROUND(f64, double, fabs, copysign, 0x1p52)
#undef JX_DEFINE_ROUND
#endif

/* ---- exp, exp2, expm1, tanh, logistic -------------------------------------------------------------- */

/* x = n log 2 + r + lost, |r| < 0.35, lost below half a unit of r; `bits` hold n as JX_ROUND leaves
 * it. */
struct jx_log2s_f32 {
    float r, lost;
    uint32_t bits;
};

static inline struct jx_log2s_f32 jx_log2s_f32(float x)
{
    float t = JX_FMA_f32(x, 0x1.715476p0f, JX_ROUND_f32);
    float n = t - JX_ROUND_f32;
    float a = JX_FMA_f32(n, -0x1.62e4p-1f, x); /* exact: 15 bits of log 2 by 8 of n */
    float r = JX_FMA_f32(n, -0x1.7f7d1cp-20f, a);
    struct jx_log2s_f32 of = {r, JX_FMA_f32(n, -0x1.7f7d1cp-20f, a - r), jx_to_bits_f32(t)};
    return of;
}

static inline float jx_exp_tail_f32(float r)
{
    float p = 0x1.6d4e6ep-10f; /* (e^r - 1 - r) / r^2 on +-0.3468, error 2^-26.5 of e^r */
    p = JX_FMA_f32(p, r, 0x1.120c26p-7f);
    p = JX_FMA_f32(p, r, 0x1.5554e8p-5f);
    p = JX_FMA_f32(p, r, 0x1.5554dcp-3f);
    return JX_FMA_f32(p, r, 0.5f);
}

/* e^x = 2^n (1 + q), |q| < 0.42 */
struct jx_exp_f32 {
    float q;
    uint32_t bits;
};

static inline struct jx_exp_f32 jx_exp_parts_f32(float x)
{
    struct jx_log2s_f32 y = jx_log2s_f32(x);
    struct jx_exp_f32 of = {JX_FMA_f32(y.r * y.r, jx_exp_tail_f32(y.r), y.r), y.bits};
    return of;
}

/* y * 2^n in two steps, so that neither 2^128 nor a subnormal 2^n has to be represented. */
static inline float jx_scale_f32(float y, uint32_t bits)
{
    uint32_t half = (uint32_t)((int32_t)bits >> 1);
    float a = jx_of_bits_f32((half << 23) + 0x3f800000u);
    float b = jx_of_bits_f32(((bits - half) << 23) + 0x3f800000u);
    return y * a * b;
}

static inline float jx_exp_f32(float x)
{
    x = x < -104.0f ? -104.0f : x; /* 0 below -103.97, inf above 88.72; NaN stays */
    x = x > 89.0f ? 89.0f : x;
    struct jx_exp_f32 e = jx_exp_parts_f32(x);
    return jx_scale_f32(1.0f + e.q, e.bits);
}

/* 2^n 2^r, where x = n + r is exact. */
static inline float jx_exp2_f32(float x)
{
    x = x < -151.0f ? -151.0f : x; /* 0 below -150, inf from 128 on */
    x = x > 129.0f ? 129.0f : x;
    float t = x + JX_ROUND_f32;
    float r = x - (t - JX_ROUND_f32);
    float p = 0x1.427c96p-13f; /* (2^r - 1) / r on +-0.5, error 2^-27 of 2^r */
    p = JX_FMA_f32(p, r, 0x1.5ef62ep-10f);
    p = JX_FMA_f32(p, r, 0x1.3b2c56p-7f);
    p = JX_FMA_f32(p, r, 0x1.c6af9cp-5f);
    p = JX_FMA_f32(p, r, 0x1.ebfbdep-3f);
    p = JX_FMA_f32(p, r, 0x1.62e43p-1f);
    return jx_scale_f32(JX_FMA_f32(r, p, 1.0f), jx_to_bits_f32(t));
}

/*
 * 2^n (r + (e^r - 1 - r)) + 2^n - 1, the greatest terms first. Halved, since 2^128 is no f32, and n
 * = 0 takes off nothing.
 */
static inline float jx_expm1_f32(float x)
{
    float within = x < -20.0f ? -20.0f : x; /* -1 below -17.33 */
    within = within > 89.0f ? 89.0f : within;
    struct jx_log2s_f32 y = jx_log2s_f32(within);
    float half = jx_of_bits_f32((y.bits << 23) + 0x3f000000u);
    float tail = JX_FMA_f32(y.r * y.r, jx_exp_tail_f32(y.r), y.lost);
    float z = 2.0f * JX_FMA_f32(half, tail, JX_FMA_f32(half, y.r, half - 0.5f));
    return fabsf(x) < 0x1p-25f ? x : z; /* also keeps -0 */
}

/* A polynomial where tanh x < 1/2, and 1 - 2 / (e^2|x| + 1) beyond, which would cancel there. */
static inline float jx_tanh_f32(float x)
{
    float z = x * x;
    float p = -0x1.adc4fcp-8f; /* (tanh x / x - 1) / z for |x| < 0.556, error 2^-27.7 of tanh x */
    p = JX_FMA_f32(p, z, 0x1.5ca392p-6f);
    p = JX_FMA_f32(p, z, -0x1.b9947ep-5f);
    p = JX_FMA_f32(p, z, 0x1.110fb8p-3f);
    p = JX_FMA_f32(p, z, -0x1.555554p-2f);
    float near = JX_FMA_f32(x * z, p, x);

    float y = 2.0f * fabsf(x);
    y = y > 20.0f ? 20.0f : y; /* 1 from 18.02 on */
    struct jx_exp_f32 parts = jx_exp_parts_f32(y);
    float e = (1.0f + parts.q) * jx_of_bits_f32((parts.bits << 23) + 0x3f800000u);
    float far = 1.0f - 2.0f / (e + 1.0f);
    return copysignf(y < 1.1f ? near : far, x);
}

/*
 * 1 / (1 + e) for x >= 0 and e / (1 + e) for x < 0, e = e^-|x|, which cannot overflow. What 1 + e
 * loses is taken off the numerator before that is rounded.
 */
static inline float jx_logistic_f32(float x)
{
    float y = -fabsf(x);
    y = y < -104.0f ? -104.0f : y;
    struct jx_exp_f32 parts = jx_exp_parts_f32(y);
    float u = 1.0f + parts.q;
    float e = jx_scale_f32(u, parts.bits);
    float d = 1.0f + e, lost = (1.0f - d) + e;
    float numerator = jx_scale_f32(1.0f + JX_FMA_f32(-lost, u, parts.q), parts.bits);
    return (x >= 0.0f ? 1.0f : numerator) / d;
}

struct jx_log2s_f64 {
    double r, lost, n;
    uint64_t bits;
};

/* `tail` is added to the reduced argument: x + tail is the number meant. */
static inline struct jx_log2s_f64 jx_log2s_f64(double x, double tail)
{
    double t = JX_FMA_f64(x, 0x1.71547652b82fep0, JX_ROUND_f64);
    double n = t - JX_ROUND_f64;
    double a = JX_FMA_f64(n, -0x1.62e42fefa38p-1, x); /* exact: 42 bits of log 2 by 11 of n */
    double b = JX_FMA_f64(n, -0x1.ef35793c7673p-45, tail);
    double r = a + b;
    struct jx_log2s_f64 of = {r, (a - r) + b, n, jx_to_bits_f64(t)};
    return of; /* |a| > |b| */
}

static inline double jx_exp_tail_f64(double r)
{
    double p = 0x1.af61dccd80562p-26; /* (e^r - 1 - r) / r^2 on +-0.3467, error 2^-55 of e^r */
    p = JX_FMA_f64(p, r, 0x1.2891ef2d385cdp-22);
    p = JX_FMA_f64(p, r, 0x1.71ddf779b2abdp-19);
    p = JX_FMA_f64(p, r, 0x1.a019b8a06dbffp-16);
    p = JX_FMA_f64(p, r, 0x1.a01a01afbb418p-13);
    p = JX_FMA_f64(p, r, 0x1.6c16c178b0fdbp-10);
    p = JX_FMA_f64(p, r, 0x1.111111110f8d5p-7);
    p = JX_FMA_f64(p, r, 0x1.5555555553ccdp-5);
    p = JX_FMA_f64(p, r, 0x1.5555555555558p-3);
    return JX_FMA_f64(p, r, 0x1.0000000000001p-1);
}

struct jx_exp_f64 {
    double q, n;
    uint64_t bits;
};

static inline struct jx_exp_f64 jx_exp_parts_f64(double x, double tail)
{
    struct jx_log2s_f64 y = jx_log2s_f64(x, tail);
    double q = JX_FMA_f64(y.r * y.r, jx_exp_tail_f64(y.r), y.lost) + y.r;
    struct jx_exp_f64 of = {q, y.n, y.bits};
    return of;
}

static inline double jx_scale_f64(double y, double n, uint64_t bits)
{
    uint64_t half =
        jx_to_bits_f64(JX_FMA_f64(n, 0.5, JX_ROUND_f64)); /* AVX2 has no 64-bit shift with sign */
    double a = jx_of_bits_f64((half << 52) + 0x3ff0000000000000u);
    double b = jx_of_bits_f64(((bits - half) << 52) + 0x3ff0000000000000u);
    return y * a * b;
}

static inline double jx_exp_f64(double x)
{
    x = x < -746.0 ? -746.0 : x; /* 0 below -745.13, inf above 709.78 */
    x = x > 710.0 ? 710.0 : x;
    struct jx_exp_f64 e = jx_exp_parts_f64(x, 0.0);
    return jx_scale_f64(1.0 + e.q, e.n, e.bits);
}

static inline double jx_exp2_f64(double x)
{
    x = x < -1076.0 ? -1076.0 : x; /* 0 below -1075, inf from 1024 on */
    x = x > 1025.0 ? 1025.0 : x;
    double t = x + JX_ROUND_f64, n = t - JX_ROUND_f64;
    double r = x - n;
    double p = 0x1.eb4c9138cae2p-32; /* error 2^-55 of 2^r */
    p = JX_FMA_f64(p, r, 0x1.e60643035e71cp-28);
    p = JX_FMA_f64(p, r, 0x1.b523e5163be7p-24);
    p = JX_FMA_f64(p, r, 0x1.62bfd493456d3p-20);
    p = JX_FMA_f64(p, r, 0x1.ffcbfcfdc0ee4p-17);
    p = JX_FMA_f64(p, r, 0x1.430913095821ep-13);
    p = JX_FMA_f64(p, r, 0x1.5d87fe7880e18p-10);
    p = JX_FMA_f64(p, r, 0x1.3b2ab6fba1e93p-7);
    p = JX_FMA_f64(p, r, 0x1.c6b08d704a1aap-5);
    p = JX_FMA_f64(p, r, 0x1.ebfbdff82c598p-3);
    p = JX_FMA_f64(p, r, 0x1.62e42fefa39efp-1);
    return jx_scale_f64(JX_FMA_f64(r, p, 1.0), n, jx_to_bits_f64(t));
}

static inline double jx_expm1_f64(double x)
{
    double within = x < -40.0 ? -40.0 : x; /* -1 below -37.43 */
    within = within > 710.0 ? 710.0 : within;
    struct jx_log2s_f64 y = jx_log2s_f64(within, 0.0);
    double half = jx_of_bits_f64((y.bits << 52) + 0x3fe0000000000000u);
    double tail = JX_FMA_f64(y.r * y.r, jx_exp_tail_f64(y.r), y.lost);
    double z = 2.0 * JX_FMA_f64(half, tail, JX_FMA_f64(half, y.r, half - 0.5));
    return fabs(x) < 0x1p-54 ? x : z;
}

static inline double jx_tanh_f64(double x)
{
    double z = x * x;
    double p = 0x1.b05e16d81ddf6p-18; /* error 2^-62 of tanh x */
    p = JX_FMA_f64(p, z, -0x1.05a62d45e5a89p-15);
    p = JX_FMA_f64(p, z, 0x1.846c44eb10f6cp-14);
    p = JX_FMA_f64(p, z, -0x1.f253d13f58363p-13);
    p = JX_FMA_f64(p, z, 0x1.35284ca8844d9p-11);
    p = JX_FMA_f64(p, z, -0x1.7d9f8b811ec83p-10);
    p = JX_FMA_f64(p, z, 0x1.d6d39b89a0d7ep-9);
    p = JX_FMA_f64(p, z, -0x1.226e346c753fcp-7);
    p = JX_FMA_f64(p, z, 0x1.664f487d72121p-6);
    p = JX_FMA_f64(p, z, -0x1.ba1ba1ba0ae77p-5);
    p = JX_FMA_f64(p, z, 0x1.111111111104dp-3);
    p = JX_FMA_f64(p, z, -0x1.5555555555555p-2);
    double near = JX_FMA_f64(x * z, p, x);

    double y = 2.0 * fabs(x);
    y = y > 40.0 ? 40.0 : y; /* 1 from 38.12 on */
    struct jx_exp_f64 parts = jx_exp_parts_f64(y, 0.0);
    double e = (1.0 + parts.q) * jx_of_bits_f64((parts.bits << 52) + 0x3ff0000000000000u);
    double far = 1.0 - 2.0 / (e + 1.0);
    return copysign(y < 1.1 ? near : far, x);
}

static inline double jx_logistic_f64(double x)
{
    double y = -fabs(x);
    y = y < -746.0 ? -746.0 : y;
    struct jx_exp_f64 parts = jx_exp_parts_f64(y, 0.0);
    double u = 1.0 + parts.q;
    double e = jx_scale_f64(u, parts.n, parts.bits);
    double d = 1.0 + e, lost = (1.0 - d) + e;
    double numerator = jx_scale_f64(1.0 + JX_FMA_f64(-lost, u, parts.q), parts.n, parts.bits);
    return (x >= 0.0 ? 1.0 : numerator) / d;
}

/* ---- log, log1p ------------------------------------------------------------------------------ */

/* k log 2 + log(1 + f), f in [sqrt(1/2) - 1, sqrt(2) - 1]. */
static inline float jx_log_sum_f32(float f, float k)
{
    float p = 0x1.2d09a2p-4f; /* (log(1 + f) - f + f^2 / 2) / f^3, error 2^-27.7 of log(1 + f) */
    p = JX_FMA_f32(p, f, -0x1.de0648p-4f);
    p = JX_FMA_f32(p, f, 0x1.dc7f8cp-4f);
    p = JX_FMA_f32(p, f, -0x1.fbb5fcp-4f);
    p = JX_FMA_f32(p, f, 0x1.23dd5ap-3f);
    p = JX_FMA_f32(p, f, -0x1.5562a6p-3f);
    p = JX_FMA_f32(p, f, 0x1.999d3p-3f);
    p = JX_FMA_f32(p, f, -0x1.ffffe6p-3f);
    p = JX_FMA_f32(p, f, 0x1.555554p-2f);
    float z = f * f;
    float tail = JX_FMA_f32(p * f, z, k * 0x1.7f7d1cp-20f);
    tail = JX_FMA_f32(z, -0.5f, tail);
    return JX_FMA_f32(k, 0x1.62e4p-1f, f + tail);
}

/* x is not subnormal: x = 2^k m with m in [sqrt(1/2), sqrt(2)); the bits of k above those of the
 * mantissa. */
#define JX_SQRT_HALF_f32 0x3f3504f3u
#define JX_SQRT_HALF_f64 0x3fe6a09e667f3bcdu

static inline float jx_log_f32(float x)
{
    float scaled = x < 0x1p-126f ? x * 0x1p23f : x;
    float bias = x < 0x1p-126f ? 23.0f : 0.0f;
    uint32_t bits = jx_to_bits_f32(scaled) - JX_SQRT_HALF_f32;
    float k = (float)((int32_t)bits >> 23) - bias;
    float m = jx_of_bits_f32((bits & 0x7fffffu) + JX_SQRT_HALF_f32);
    float y = jx_log_sum_f32(m - 1.0f, k);
    y = x < INFINITY ? y : x; /* inf and NaN are their own logarithm */
    y = x == 0.0f ? -INFINITY : y;
    return x < 0.0f ? NAN : y;
}

/*
 * log(1 + x): k is that of the rounded sum, but f = x 2^-k + (2^-k - 1) is made of x itself, so
 * nothing that 1 + x lost is missing. 2^-k is carried times 4: k goes up to 128.
 */
static inline float jx_log1p_f32(float x)
{
    uint32_t bits = jx_to_bits_f32(1.0f + x) - JX_SQRT_HALF_f32;
    int32_t k = (int32_t)bits >> 23;
    float s = jx_of_bits_f32((uint32_t)(129 - k) << 23);
    float y = jx_log_sum_f32(JX_FMA_f32(x * s, 0.25f, s * 0.25f - 1.0f), (float)k);
    y = fabsf(x) < 0x1p-25f ? x : y; /* also keeps -0 */
    y = x < INFINITY ? y : x;
    y = x == -1.0f ? -INFINITY : y;
    return x < -1.0f ? NAN : y;
}

/* k log 2 + log(1 + f); fdlibm's e_log.c, with s = f / (2 + f). */
static inline double jx_log_sum_f64(double f, double k)
{
    double s = f / (2.0 + f);
    double z = s * s;
    double p = 0x1.2b5f5b2f9f26fp-3; /* (log((1 + s) / (1 - s)) - 2 s) / s^3 by z < 0.02945, error
                                        2^-51.5 */
    p = JX_FMA_f64(p, z, 0x1.39fdcbbceb515p-3);
    p = JX_FMA_f64(p, z, 0x1.7462b925fa03dp-3);
    p = JX_FMA_f64(p, z, 0x1.c71c62d649d8cp-3);
    p = JX_FMA_f64(p, z, 0x1.2492492dfb9b8p-2);
    p = JX_FMA_f64(p, z, 0x1.99999999952b9p-2);
    p = JX_FMA_f64(p, z, 0x1.5555555555558p-1);
    double h = 0.5 * f * f;
    double tail = JX_FMA_f64(s, JX_FMA_f64(p, z, h), k * 0x1.ef35793c7673p-45);
    return JX_FMA_f64(k, 0x1.62e42fefa38p-1, f - (h - tail));
}

/* The exponent field of bits, plus 1024, as a double: AVX2 converts no 64-bit integers. */
static inline double jx_exponent_f64(uint64_t bits)
{
    return jx_of_bits_f64(((bits + (1024ull << 52)) >> 52) | 0x4330000000000000u) -
           (0x1p52 + 1024.0);
}

static inline double jx_log_f64(double x)
{
    double scaled = x < 0x1p-1022 ? x * 0x1p52 : x;
    double bias = x < 0x1p-1022 ? 52.0 : 0.0;
    uint64_t bits = jx_to_bits_f64(scaled) - JX_SQRT_HALF_f64;
    double m = jx_of_bits_f64((bits & 0xfffffffffffffu) + JX_SQRT_HALF_f64);
    double y = jx_log_sum_f64(m - 1.0, jx_exponent_f64(bits) - bias);
    y = x < (double)INFINITY ? y : x;
    y = x == 0.0 ? -(double)INFINITY : y;
    return x < 0.0 ? (double)NAN : y;
}

static inline double jx_log1p_f64(double x)
{
    uint64_t bits = jx_to_bits_f64(1.0 + x) - JX_SQRT_HALF_f64;
    double s = jx_of_bits_f64((2049u - ((bits + (1024ull << 52)) >> 52)) << 52);
    double f = JX_FMA_f64(x * s, 0.25, s * 0.25 - 1.0);
    double y = jx_log_sum_f64(f, jx_exponent_f64(bits));
    y = fabs(x) < 0x1p-54 ? x : y;
    y = x < (double)INFINITY ? y : x;
    y = x == -1.0 ? -(double)INFINITY : y;
    return x < -1.0 ? (double)NAN : y;
}

/* ---- sin, cos -------------------------------------------------------------------------------- */

#define JX_TRIG_MAX_f32 65536.0f
#define JX_TRIG_MAX_f64 16777216.0

/* x = n pi / 2 + r, |r| <= pi / 4 and a little; `bits` hold n as JX_ROUND leaves it. */
struct jx_turn_f32 {
    float r;
    uint32_t bits;
};

static inline struct jx_turn_f32 jx_turn_f32(float x)
{
#if JX_HAS_FMA
    float t = JX_FMA_f32(x, 0x1.45f306p-1f, JX_ROUND_f32);
    float n = t - JX_ROUND_f32;
    float r = JX_FMA_f32(n, -0x1.921fb6p0f, x); /* exact: a multiple of 2^-23 under 2 */
    r = JX_FMA_f32(n, 0x1.777a5cp-25f, r);
    r = JX_FMA_f32(n, 0x1.ee59dap-50f, r);
    struct jx_turn_f32 of = {r, jx_to_bits_f32(t)};
    return of;
#else
    double t = x * 0x1.45f306dc9c883p-1 + JX_ROUND_f64;
    double n = t - JX_ROUND_f64;
    double r = (x - n * 0x1.921fb544p0) - n * 0x1.0b4611a626331p-34; /* first product exact */
    struct jx_turn_f32 of = {(float)r, (uint32_t)jx_to_bits_f64(t)};
    return of;
#endif
}

/* sin r in the even quadrants, cos r in the odd ones, negated in the second half of the circle. */
static inline float jx_quadrant_f32(float r, uint32_t quadrant)
{
    float z = r * r;
    float s = -0x1.9ab3cap-13f; /* (sin r / r - 1) / z, z < 0.6175 */
    s = JX_FMA_f32(s, z, 0x1.110be6p-7f);
    s = JX_FMA_f32(s, z, -0x1.555552p-3f);
    s = JX_FMA_f32(r * z, s, r);
    float c = 0x1.9bc73ap-16f; /* ((cos r - 1) / z + 1/2) / z */
    c = JX_FMA_f32(c, z, -0x1.6c129ep-10f);
    c = JX_FMA_f32(c, z, 0x1.555554p-5f);
    c = JX_FMA_f32(c, z, -0.5f);
    c = JX_FMA_f32(c, z, 1.0f);
    float y = (quadrant & 1u) != 0 ? c : s;
    return jx_of_bits_f32(jx_to_bits_f32(y) ^ ((quadrant & 2u) << 30));
}

static inline float jx_sin_f32(float x)
{
    struct jx_turn_f32 t = jx_turn_f32(x);
    return x == 0.0f ? x : jx_quadrant_f32(t.r, t.bits);
}

static inline float jx_cos_f32(float x)
{
    struct jx_turn_f32 t = jx_turn_f32(x);
    return jx_quadrant_f32(t.r, t.bits + 1u);
}

struct jx_turn_f64 {
    double r;
    uint64_t bits;
};

static inline struct jx_turn_f64 jx_turn_f64(double x)
{
    double t = JX_FMA_f64(x, 0x1.45f306dc9c883p-1, JX_ROUND_f64);
    double n = t - JX_ROUND_f64;
#if JX_HAS_FMA
    double r = JX_FMA_f64(n, -0x1.921fb54442d18p0, x); /* exact: a multiple of 2^-52 under 2 */
    r = JX_FMA_f64(n, -0x1.1a62633145c07p-54, r);
    r = JX_FMA_f64(n, 0x1.f1976b7ed8fbcp-110, r);
#else
    double a = x - n * 0x1.921fb54p0, b = n * 0x1.10b461p-30; /* exact: 27 bits by 25 of n */
    double c = n * 0x1.a62633p-58, d = n * 0x1.45c06e0e68948p-86;
    double ab = a - b, lost = (a - ab) - b;
    double r = ab - c;
    r = r + ((lost + ((ab - r) - c)) - d);
#endif
    struct jx_turn_f64 of = {r, jx_to_bits_f64(t)};
    return of;
}

static inline double jx_quadrant_f64(double r, uint64_t quadrant)
{
    double z = r * r;
    double s = 0x1.5e10f0f11a163p-33;
    s = JX_FMA_f64(s, z, -0x1.ae601f55662d7p-26);
    s = JX_FMA_f64(s, z, 0x1.71de37b03c015p-19);
    s = JX_FMA_f64(s, z, -0x1.a01a019ea010ap-13);
    s = JX_FMA_f64(s, z, 0x1.1111111110c7fp-7);
    s = JX_FMA_f64(s, z, -0x1.5555555555555p-3);
    s = JX_FMA_f64(r * z, s, r);
    double c = -0x1.907340f518954p-37;
    c = JX_FMA_f64(c, z, 0x1.1eeb578692157p-29);
    c = JX_FMA_f64(c, z, -0x1.27e4fa02af779p-22);
    c = JX_FMA_f64(c, z, 0x1.a01a019f3823fp-16);
    c = JX_FMA_f64(c, z, -0x1.6c16c16c168cap-10);
    c = JX_FMA_f64(c, z, 0x1.5555555555555p-5);
    c = JX_FMA_f64(c, z, -0.5);
    c = JX_FMA_f64(c, z, 1.0);
    uint64_t odd = 0u - (quadrant & 1u); /* by masks: SSE2 compares no 64-bit integers */
    uint64_t y = (jx_to_bits_f64(c) & odd) | (jx_to_bits_f64(s) & ~odd);
    return jx_of_bits_f64(y ^ ((quadrant & 2u) << 62));
}

static inline double jx_sin_f64(double x)
{
    struct jx_turn_f64 t = jx_turn_f64(x);
    return x == 0.0 ? x : jx_quadrant_f64(t.r, t.bits);
}

static inline double jx_cos_f64(double x)
{
    struct jx_turn_f64 t = jx_turn_f64(x);
    return jx_quadrant_f64(t.r, t.bits + 1u);
}

/* Arguments that the functions above do not hold for; infinities and NaN they do. */
static inline int jx_trig_rare_f32(float x) { return fabsf(x) > JX_TRIG_MAX_f32; }
static inline int jx_trig_rare_f64(double x) { return fabs(x) > JX_TRIG_MAX_f64; }
static inline float jx_sin_rare_f32(float x) { return sinf(x); }
static inline float jx_cos_rare_f32(float x) { return cosf(x); }
static inline double jx_sin_rare_f64(double x) { return sin(x); }
static inline double jx_cos_rare_f64(double x) { return cos(x); }

/* ---- erf_inv --------------------------------------------------------------------------------- */

/*
 * JAX's own polynomials (semantics 1.6; Giles, "Approximating the erfinv function"), highest
 * coefficient first, in w = -log(1 - x^2): the bits of normal() are compared with JAX's.
 */
/* clang-format off */
#define JX_ERF_INV_F32_A(C)                                                                       \
    C(2.81022636e-08f) C(3.43273939e-07f) C(-3.5233877e-06f) C(-4.39150654e-06f)                  \
    C(0.00021858087f) C(-0.00125372503f) C(-0.00417768164f) C(0.246640727f) C(1.50140941f)
#define JX_ERF_INV_F32_B(C)                                                                       \
    C(-0.000200214257f) C(0.000100950558f) C(0.00134934322f) C(-0.00367342844f)                   \
    C(0.00573950773f) C(-0.0076224613f) C(0.00943887047f) C(1.00167406f) C(2.83297682f)
#define JX_ERF_INV_F64_C(C)                                                                       \
    C(-3.6444120640178196996e-21) C(-1.685059138182016589e-19) C(1.2858480715256400167e-18)       \
    C(1.115787767802518096e-17) C(-1.333171662854620906e-16) C(2.0972767875968561637e-17)         \
    C(6.6376381343583238325e-15) C(-4.0545662729752068639e-14) C(-8.1519341976054721522e-14)      \
    C(2.6335093153082322977e-12) C(-1.2975133253453532498e-11) C(-5.4154120542946279317e-11)      \
    C(1.051212273321532285e-09) C(-4.1126339803469836976e-09) C(-2.9070369957882005086e-08)       \
    C(4.2347877827932403518e-07) C(-1.3654692000834678645e-06) C(-1.3882523362786468719e-05)      \
    C(0.0001867342080340571352) C(-0.00074070253416626697512) C(-0.0060336708714301490533)        \
    C(0.24015818242558961693) C(1.6536545626831027356)
#define JX_ERF_INV_F64_D(C)                                                                       \
    C(2.2137376921775787049e-09) C(9.0756561938885390979e-08) C(-2.7517406297064545428e-07)       \
    C(1.8239629214389227755e-08) C(1.5027403968909827627e-06) C(-4.013867526981545969e-06)        \
    C(2.9234449089955446044e-06) C(1.2475304481671778723e-05) C(-4.7318229009055733981e-05)       \
    C(6.8284851459573175448e-05) C(2.4031110387097893999e-05) C(-0.0003550375203628474796)        \
    C(0.00095328937973738049703) C(-0.0016882755560235047313) C(0.0024914420961078508066)         \
    C(-0.0037512085075692412107) C(0.005370914553590063617) C(1.0052589676941592334)              \
    C(3.0838856104922207635)
#define JX_ERF_INV_F64_E(C)                                                                       \
    C(-2.7109920616438573243e-11) C(-2.5556418169965252055e-10) C(1.5076572693500548083e-09)      \
    C(-3.7894654401267369937e-09) C(7.6157012080783393804e-09) C(-1.4960026627149240478e-08)      \
    C(2.9147953450901080826e-08) C(-6.7711997758452339498e-08) C(2.2900482228026654717e-07)       \
    C(-9.9298272942317002539e-07) C(4.5260625972231537039e-06) C(-1.9681778105531670567e-05)      \
    C(7.5995277030017761139e-05) C(-0.00021503011930044477347) C(-0.00013871931833623122026)      \
    C(1.0103004648645343977) C(4.8499064014085844221)
/* clang-format on */

static inline float jx_erf_inv_of_w_f32(float x, float w)
{
    float t = w - 2.5f, u = sqrtf(w) - 3.0f, a = 0.0f, b = 0.0f;
#define JX_HORNER_A(c) a = JX_FMA_f32(a, t, c);
#define JX_HORNER_B(c) b = JX_FMA_f32(b, u, c);
    JX_ERF_INV_F32_A(JX_HORNER_A)
    JX_ERF_INV_F32_B(JX_HORNER_B)
#undef JX_HORNER_A
#undef JX_HORNER_B
    float y = (w < 5.0f ? a : b) * x;
    return fabsf(x) == 1.0f ? x * INFINITY : y;
}

static inline double jx_erf_inv_of_w_f64(double x, double w)
{
    double root = sqrt(w);
    double t = w - 3.125, u = root - 3.25, v = root - 5.0, c = 0.0, d = 0.0, e = 0.0;
#define JX_HORNER_C(k) c = JX_FMA_f64(c, t, k);
#define JX_HORNER_D(k) d = JX_FMA_f64(d, u, k);
#define JX_HORNER_E(k) e = JX_FMA_f64(e, v, k);
    JX_ERF_INV_F64_C(JX_HORNER_C)
    JX_ERF_INV_F64_D(JX_HORNER_D)
    JX_ERF_INV_F64_E(JX_HORNER_E)
#undef JX_HORNER_C
#undef JX_HORNER_D
#undef JX_HORNER_E
    double y = w < 16.0 ? d : e;
    y = (w < 6.25 ? c : y) * x;
    return fabs(x) == 1.0 ? x * (double)INFINITY : y;
}

static inline float jx_erf_inv_f32(float x)
{
    return jx_erf_inv_of_w_f32(x, -jx_log1p_f32(-x * x));
}

static inline double jx_erf_inv_f64(double x)
{
    return jx_erf_inv_of_w_f64(x, -jx_log1p_f64(-x * x));
}

/* ---- pow ------------------------------------------------------------------------------------- */

/*
 * From the magnitude |x|^y, computed as if |x| were positive, to x^y: C99's special cases
 * (F.9.4.4). y is an integer if rounding at 1 leaves it, and odd if that fails for its half.
 */
#define JX_DEFINE_POW_SIGN(tag, T, FABS, COPYSIGN, INTEGERS, INF, NOT)                             \
    static inline T jx_pow_sign_##tag(T x, T y, T magnitude)                                       \
    {                                                                                              \
        T ax = FABS(x), ay = FABS(y), half = ay * (T)0.5;                                          \
        int whole = (ay >= INTEGERS) | ((ay + INTEGERS) - INTEGERS == ay);                         \
        int even = (half >= INTEGERS) | ((half + INTEGERS) - INTEGERS == half);                    \
        T z = (whole & !even) != 0 ? COPYSIGN(magnitude, x) : magnitude;                           \
        z = ((x < 0) & !whole & (ax < INF)) != 0 ? NOT : z;                                        \
        z = ((ax == 1) & (ay == INF)) != 0 ? (T)1 : z;                                             \
        return ((x == 1) | (y == 0)) != 0 ? (T)1 : z;                                              \
    }
JX_DEFINE_POW_SIGN(f32, float, fabsf, copysignf, 0x1p23f, INFINITY, NAN)
JX_DEFINE_POW_SIGN(f64, double, fabs, copysign, 0x1p52, (double)INFINITY, (double)NAN)
#undef JX_DEFINE_POW_SIGN

/* 2^(y log2 |x|) in f64, whose spare 29 bits carry the product. */
static inline float jx_pow_f32(float x, float y)
{
    double ax = fabs((double)x);
    uint64_t bits = jx_to_bits_f64(ax) - JX_SQRT_HALF_f64;
    double f = jx_of_bits_f64((bits & 0xfffffffffffffu) + JX_SQRT_HALF_f64) - 1.0;
    double s = f / (2.0 + f), z = s * s;
    double l = 0x1.21b2a6d401ae1p-2; /* log2((1 + s) / (1 - s)) / s by z < 0.02945, error 2^-45 */
    l = JX_FMA_f64(l, z, 0x1.479539553ff7ep-2);
    l = JX_FMA_f64(l, z, 0x1.a61a2f6ddddc2p-2);
    l = JX_FMA_f64(l, z, 0x1.2776c29288585p-1);
    l = JX_FMA_f64(l, z, 0x1.ec709dc53ce55p-1);
    l = JX_FMA_f64(l, z, 0x1.71547652b8251p1);
    l = JX_FMA_f64(l, s, jx_exponent_f64(bits));
    l = ax == 0.0 ? -(double)INFINITY : l;
    l = ax < (double)INFINITY ? l : ax;

    double e = (double)y * l;
    e = e < -200.0 ? -200.0 : e; /* beyond what f32 holds on either side */
    e = e > 200.0 ? 200.0 : e;
    double t = e + JX_ROUND_f64;
    double r = e - (t - JX_ROUND_f64);
    double p = 0x1.41d1f65374616p-13; /* 2^r on +-0.501, error 2^-29 */
    p = JX_FMA_f64(p, r, 0x1.5f4730a4cfb84p-10);
    p = JX_FMA_f64(p, r, 0x1.3b2dc1f10c551p-7);
    p = JX_FMA_f64(p, r, 0x1.c6aed13757d15p-5);
    p = JX_FMA_f64(p, r, 0x1.ebfbdaccf826ep-3);
    p = JX_FMA_f64(p, r, 0x1.62e430ca7cfb8p-1);
    p = JX_FMA_f64(p, r, 0x1.000000026b156p0);
    double scale = jx_of_bits_f64((jx_to_bits_f64(t) << 52) + 0x3ff0000000000000u);
    return jx_pow_sign_f32(x, y, (float)(p * scale));
}

/* a * b rounded, which no compiler contracts into a later sum. */
static inline double jx_product_f64(double a, double b)
{
#if JX_HAS_FMA
    return JX_FMA_f64(a, b, 0.0);
#else
    return a * b;
#endif
}

/* a * b - p for p the rounded a * b: exact, or so but for the last bits of the smallest part. */
static inline double jx_product_rest_f64(double a, double b, double p)
{
#if JX_HAS_FMA
    return JX_FMA_f64(a, b, -p);
#else
    double ah = jx_of_bits_f64(jx_to_bits_f64(a) & 0xfffffffff8000000u), al = a - ah;
    double bh = jx_of_bits_f64(jx_to_bits_f64(b) & 0xfffffffff8000000u), bl = b - bh;
    return (((ah * bh - p) + ah * bl) + al * bh) + al * bl;
#endif
}

/*
 * e^(y log |x|) with log |x| as a sum of two f64, good to 2^-66: y log |x| may be 745, and its
 * absolute error is the relative one of the result. log((1 + s) / (1 - s)) = 2 s + s^3 (2/3 + s^2
 * q(s^2)).
 */
static inline double jx_pow_f64(double x, double y)
{
    double ax = fabs(x);
    double scaled = ax < 0x1p-1022 ? ax * 0x1p52 : ax;
    uint64_t bits = jx_to_bits_f64(scaled) - JX_SQRT_HALF_f64;
    double f = jx_of_bits_f64((bits & 0xfffffffffffffu) + JX_SQRT_HALF_f64) - 1.0;
    double k = jx_exponent_f64(bits) - (ax < 0x1p-1022 ? 52.0 : 0.0);

    double d = 2.0 + f, d_lo = f - (d - 2.0);
    double s = f / d;
    double product = jx_product_f64(s, d);
    double s_lo = (((f - product) - jx_product_rest_f64(s, d, product)) - s * d_lo) / d;
    double z = jx_product_f64(s, s);
    double z_lo = jx_product_rest_f64(s, s, z) + 2.0 * s * s_lo;

    double q = 0x1.daa559d7e331ep-4; /* on z < 0.02945, error 2^-55 */
    q = JX_FMA_f64(q, z, 0x1.e01971bde808p-4);
    q = JX_FMA_f64(q, z, 0x1.1115511547ee3p-3);
    q = JX_FMA_f64(q, z, 0x1.3b13a9cbb9433p-3);
    q = JX_FMA_f64(q, z, 0x1.745d173ce41b8p-3);
    q = JX_FMA_f64(q, z, 0x1.c71c71c74c77ap-3);
    q = JX_FMA_f64(q, z, 0x1.24924924922fep-2);
    q = JX_FMA_f64(q, z, 0x1.999999999999ap-2);
    q = q * z;
    double c = 0x1.5555555555555p-1 + q;
    double c_lo = ((0x1.5555555555555p-1 - c) + q) + 0x1.5555555555555p-55;
    double w = jx_product_f64(z, c);
    double w_lo = jx_product_rest_f64(z, c, w) + (z * c_lo + z_lo * c);
    double v = jx_product_f64(s, w);
    double v_lo = jx_product_rest_f64(s, w, v) + (s * w_lo + s_lo * w);

    double base = k * 0x1.62e42fefa38p-1; /* exact */
    double a = base + 2.0 * s;
    double a_lo = (base - a) + 2.0 * s;
    double b = a + v;
    double b_lo = ((a - b) + v) + (a_lo + (2.0 * s_lo + (v_lo + k * 0x1.ef35793c7673p-45)));
    double l = b + b_lo;
    double l_lo = (b - l) + b_lo;
    l = ax == 0.0 ? -(double)INFINITY : l;
    l = ax < (double)INFINITY ? l : ax;

    double e = jx_product_f64(y, l);
    double e_lo = jx_product_rest_f64(y, l, e) + y * l_lo;
    e_lo = fabs(e) < 750.0 ? e_lo : 0.0;
    e = e < -750.0 ? -750.0 : e;
    e = e > 750.0 ? 750.0 : e;
    struct jx_exp_f64 parts = jx_exp_parts_f64(e, e_lo);
    return jx_pow_sign_f64(x, y, jx_scale_f64(1.0 + parts.q, parts.n, parts.bits));
}

/* ---- logaddexp -------------------------------------------------------------------------------- */

/* The difference is NaN for equal infinities, which are their own result, and where a NaN is. */
static inline float jx_logaddexp_f32(float x, float y)
{
    float d = x - y, z = (d > 0 ? x : y) + jx_log1p_f32(jx_exp_f32(-fabsf(d)));
    return d != d ? x + y : z;
}

static inline double jx_logaddexp_f64(double x, double y)
{
    double d = x - y, z = (d > 0 ? x : y) + jx_log1p_f64(jx_exp_f64(-fabs(d)));
    return d != d ? x + y : z;
}

#endif
