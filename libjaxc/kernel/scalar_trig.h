/*
 * kernel/scalar_trig.h - tan, the inverse circular functions, the hyperbolic functions and their
 * inverses, in f32 and f64.
 *
 * Written as scalar_elementary.h is, by what stands there: straight-line code, right for every
 * operand, tan for |x| <= JX_TRIG_MAX. Largest errors in units in the last place, over all f32 and
 * over samples of f64 (tests/test_scalar_math.c holds them):
 *
 *            tan   asin  acos  atan  atan2 sinh  cosh  asinh acosh atanh
 *     f32    1.97  2.01  1.04  1.31  1.6   1.62  1.38  1.79  2.42  1.98
 *     f64    1.77  2.02  1.12  0.97  1.7   1.56  1.32  1.83  2.56  1.61
 *
 * Polynomials are minimax ones made with Sollya's fpminimax on the intervals noted beside them.
 */
#ifndef JX_SCALAR_TRIG_H
#define JX_SCALAR_TRIG_H

#include "kernel/scalar_elementary.h"

/* ---- tan ------------------------------------------------------------------------------------- */

/*
 * As jx_turn, with what rounding took from r: tan is up to 1.6 times as sensitive to it, and 1 / tan
 * as well. The sum of a and p is kept whole as in Knuth, TAOCP 2, 4.2.2.
 */
struct jx_fine_turn_f32 {
    float r, lost;
    uint32_t bits;
};

static inline struct jx_fine_turn_f32 jx_fine_turn_f32(float x)
{
#if JX_HAS_FMA
    float t = JX_FMA_f32(x, 0x1.45f306p-1f, JX_ROUND_f32);
    float n = t - JX_ROUND_f32;
    float a = JX_FMA_f32(n, -0x1.921fb6p0f, x); /* exact */
    float p = JX_FMA_f32(n, 0x1.777a5cp-25f, 0.0f);
    float p_lo = JX_FMA_f32(n, 0x1.777a5cp-25f, -p);
    float r = a + p;
    float b = r - a;
    float lost = (a - (r - b)) + (p - b);
    struct jx_fine_turn_f32 of = {r, lost + JX_FMA_f32(n, 0x1.ee59dap-50f, p_lo),
                                  jx_to_bits_f32(t)};
    return of;
#else
    double t = x * 0x1.45f306dc9c883p-1 + JX_ROUND_f64;
    double n = t - JX_ROUND_f64;
    double r = (x - n * 0x1.921fb544p0) - n * 0x1.0b4611a626331p-34; /* first product exact */
    struct jx_fine_turn_f32 of = {(float)r, (float)(r - (double)(float)r),
                                  (uint32_t)jx_to_bits_f64(t)};
    return of;
#endif
}

static inline float jx_tan_f32(float x)
{
    struct jx_fine_turn_f32 turn = jx_fine_turn_f32(x);
    float r = turn.r, z = r * r;
    float p = 0x1.fb7ffep-9f; /* (tan r / r - 1) / z, z < 0.6175, error 2^-27 of tan r */
    p = JX_FMA_f32(p, z, 0x1.282938p-10f);
    p = JX_FMA_f32(p, z, 0x1.47c91p-7f);
    p = JX_FMA_f32(p, z, 0x1.6200d6p-6f);
    p = JX_FMA_f32(p, z, 0x1.ba57c2p-5f);
    p = JX_FMA_f32(p, z, 0x1.11107p-3f);
    p = JX_FMA_f32(p, z, 0x1.555556p-2f);
    float w = r * z * p, about = r + w;
    float t = r + JX_FMA_f32(turn.lost, JX_FMA_f32(about, about, 1.0f), w);
    float y = (turn.bits & 1u) != 0 ? -1.0f / t : t;
    return x == 0.0f ? x : y;
}

struct jx_fine_turn_f64 {
    double r, lost;
    uint64_t bits;
};

static inline struct jx_fine_turn_f64 jx_fine_turn_f64(double x)
{
    double t = JX_FMA_f64(x, 0x1.45f306dc9c883p-1, JX_ROUND_f64);
    double n = t - JX_ROUND_f64;
#if JX_HAS_FMA
    double a = JX_FMA_f64(n, -0x1.921fb54442d18p0, x); /* exact */
    double p = JX_FMA_f64(n, -0x1.1a62633145c07p-54, 0.0);
    double p_lo = JX_FMA_f64(n, -0x1.1a62633145c07p-54, -p);
    double r = a + p;
    double b = r - a;
    double lost = ((a - (r - b)) + (p - b)) + JX_FMA_f64(n, 0x1.f1976b7ed8fbcp-110, p_lo);
    struct jx_fine_turn_f64 of = {r, lost, jx_to_bits_f64(t)};
    return of;
#else
    double a = x - n * 0x1.921fb54p0, b = n * 0x1.10b461p-30; /* exact: 27 bits by 25 of n */
    double c = n * 0x1.a62633p-58, d = n * 0x1.45c06e0e68948p-86;
    double ab = a - b, lost = (a - ab) - b;
    double r = ab - c;
    double rest = (lost + ((ab - r) - c)) - d;
    double sum = r + rest;
    struct jx_fine_turn_f64 of = {sum, (r - sum) + rest, jx_to_bits_f64(t)};
    return of;
#endif
}

static inline double jx_tan_f64(double x)
{
    struct jx_fine_turn_f64 turn = jx_fine_turn_f64(x);
    double r = turn.r, z = r * r;
    double p = 0x1.32ab270c83ea5p-16; /* error 2^-54 of tan r */
    p = JX_FMA_f64(p, z, -0x1.1cc07cd97908p-15);
    p = JX_FMA_f64(p, z, 0x1.20cfdc8938f1dp-14);
    p = JX_FMA_f64(p, z, -0x1.e3bdec428d33bp-19);
    p = JX_FMA_f64(p, z, 0x1.f7bc71f603978p-14);
    p = JX_FMA_f64(p, z, 0x1.e359900e43c6fp-13);
    p = JX_FMA_f64(p, z, 0x1.3685ff958b31cp-11);
    p = JX_FMA_f64(p, z, 0x1.7d883f16bf04p-10);
    p = JX_FMA_f64(p, z, 0x1.d6d576dc90c39p-9);
    p = JX_FMA_f64(p, z, 0x1.226e2d19269p-7);
    p = JX_FMA_f64(p, z, 0x1.664f48b45ee47p-6);
    p = JX_FMA_f64(p, z, 0x1.ba1ba1b9803a7p-5);
    p = JX_FMA_f64(p, z, 0x1.111111111171bp-3);
    p = JX_FMA_f64(p, z, 0x1.5555555555554p-2);
    double w = r * z * p, about = r + w;
    double t = r + JX_FMA_f64(turn.lost, JX_FMA_f64(about, about, 1.0), w);
    double y = (turn.bits & 1u) != 0 ? -1.0 / t : t;
    return x == 0.0 ? x : y;
}

static inline float jx_tan_rare_f32(float x) { return tanf(x); }
static inline double jx_tan_rare_f64(double x) { return tan(x); }

/* ---- asin, acos ------------------------------------------------------------------------------ */

#define JX_HALF_PI_f32    0x1.921fb6p0f
#define JX_HALF_PI_LO_f32 -0x1.777a5cp-25f
#define JX_HALF_PI_f64    0x1.921fb54442d18p0
#define JX_HALF_PI_LO_f64 0x1.1a62633145c07p-54

/* (asin s / s - 1) / z, z = s^2 <= 1/4 */
static inline float jx_asin_tail_f32(float z)
{
    float p = 0x1.1a258cp-5f; /* error 2^-28 of asin s */
    p = JX_FMA_f32(p, z, 0x1.10abf6p-6f);
    p = JX_FMA_f32(p, z, 0x1.ff9494p-6f);
    p = JX_FMA_f32(p, z, 0x1.6d4032p-5f);
    p = JX_FMA_f32(p, z, 0x1.3334c8p-4f);
    p = JX_FMA_f32(p, z, 0x1.555554p-3f);
    return p;
}

static inline double jx_asin_tail_f64(double z)
{
    double p = 0x1.da67301f78fdep-6; /* error 2^-57 of asin s */
    p = JX_FMA_f64(p, z, -0x1.f07d84dfcd2dbp-7);
    p = JX_FMA_f64(p, z, 0x1.205df5d5ae1eap-6);
    p = JX_FMA_f64(p, z, 0x1.60a47d90796c8p-8);
    p = JX_FMA_f64(p, z, 0x1.52df0d2513b5cp-7);
    p = JX_FMA_f64(p, z, 0x1.780cd7fa32c2cp-7);
    p = JX_FMA_f64(p, z, 0x1.c9d1cecf332ddp-7);
    p = JX_FMA_f64(p, z, 0x1.1c4d1bf9d28bap-6);
    p = JX_FMA_f64(p, z, 0x1.6e8bb2fe2329ap-6);
    p = JX_FMA_f64(p, z, 0x1.f1c71c14da09cp-6);
    p = JX_FMA_f64(p, z, 0x1.6db6db6e4397cp-5);
    p = JX_FMA_f64(p, z, 0x1.3333333332dcdp-4);
    p = JX_FMA_f64(p, z, 0x1.5555555555556p-3);
    return p;
}

/* asin x = s + w for |x| <= 1/2, s = |x|; beyond, acos |x| = 2 (s + w), s = sqrt((1 - |x|) / 2):
 * the root of a negative number, and so NaN, beyond 1. */
#define JX_DEFINE_ASIN(tag, T, FABS, SQRT, COPYSIGN)                                               \
    static inline T jx_asin_##tag(T x)                                                             \
    {                                                                                              \
        T ax = FABS(x), half = (T)0.5 * ((T)1 - ax);                                               \
        T z = ax > (T)0.5 ? half : ax * ax;                                                        \
        T s = ax > (T)0.5 ? SQRT(half) : ax;                                                       \
        T w = s * z * jx_asin_tail_##tag(z);                                                       \
        T far = (JX_HALF_PI_##tag - 2 * s) - (2 * w - JX_HALF_PI_LO_##tag);                        \
        return COPYSIGN(ax > (T)0.5 ? far : s + w, x);                                             \
    }                                                                                              \
    static inline T jx_acos_##tag(T x)                                                             \
    {                                                                                              \
        T ax = FABS(x), half = (T)0.5 * ((T)1 - ax);                                               \
        T z = ax > (T)0.5 ? half : ax * ax;                                                        \
        T s = ax > (T)0.5 ? SQRT(half) : x;                                                        \
        T w = s * z * jx_asin_tail_##tag(z);                                                       \
        T near = JX_HALF_PI_##tag - (s + (w - JX_HALF_PI_LO_##tag));                               \
        T far = x > 0 ? 2 * (s + w) : 2 * near;                                                    \
        return ax > (T)0.5 ? far : near;                                                           \
    }
JX_DEFINE_ASIN(f32, float, fabsf, sqrtf, copysignf)
JX_DEFINE_ASIN(f64, double, fabs, sqrt, copysign)
#undef JX_DEFINE_ASIN

/* ---- atan, atan2 ----------------------------------------------------------------------------- */

/* (atan q / q - 1) / z, z = q^2 <= 1/4 */
static inline float jx_atan_tail_f32(float z)
{
    float p = 0x1.6503e4p-5f; /* error 2^-28 of atan q */
    p = JX_FMA_f32(p, z, -0x1.55116p-4f);
    p = JX_FMA_f32(p, z, 0x1.c3c7eap-4f);
    p = JX_FMA_f32(p, z, -0x1.24807ep-3f);
    p = JX_FMA_f32(p, z, 0x1.99998ap-3f);
    p = JX_FMA_f32(p, z, -0x1.555556p-2f);
    return p;
}

static inline double jx_atan_tail_f64(double z)
{
    double p = -0x1.2949d3a11ad09p-7; /* error 2^-57 of atan q */
    p = JX_FMA_f64(p, z, 0x1.9605136a29704p-6);
    p = JX_FMA_f64(p, z, -0x1.3690faaba45b1p-5);
    p = JX_FMA_f64(p, z, 0x1.7a9e0fc481041p-5);
    p = JX_FMA_f64(p, z, -0x1.ad235a9f45f9cp-5);
    p = JX_FMA_f64(p, z, 0x1.e1a1f402a4824p-5);
    p = JX_FMA_f64(p, z, -0x1.110e4f8a29da1p-4);
    p = JX_FMA_f64(p, z, 0x1.3b1387b356581p-4);
    p = JX_FMA_f64(p, z, -0x1.745d15aac3cb8p-4);
    p = JX_FMA_f64(p, z, 0x1.c71c71bd53473p-4);
    p = JX_FMA_f64(p, z, -0x1.2492492481d2dp-3);
    p = JX_FMA_f64(p, z, 0x1.999999999980ap-3);
    p = JX_FMA_f64(p, z, -0x1.5555555555555p-2);
    return p;
}

/*
 * atan(y / x) for x, y >= 0: with q = y / x up to 1/2, pi/4 and q = (y - x) / (y + x) up to 2, pi/2
 * and q = -x / y beyond. In the middle the difference is exact.
 */
#define JX_DEFINE_ATAN(tag, T, U, FABS, COPYSIGN, INF, LARGE)                                      \
    static inline T jx_atan_quotient_##tag(T y, T x)                                               \
    {                                                                                              \
        int low = 2 * y <= x, middle = y < 2 * x;                                                  \
        T n = low ? y : middle ? y - x : -x;                                                       \
        T d = low ? x : middle ? y + x : y;                                                        \
        T base = low ? (T)0 : middle ? (T)0.5 * JX_HALF_PI_##tag : JX_HALF_PI_##tag;               \
        T lo = low ? (T)0 : middle ? (T)0.5 * JX_HALF_PI_LO_##tag : JX_HALF_PI_LO_##tag;           \
        T q = n / d, z = q * q;                                                                    \
        T w = JX_FMA_##tag(q * z, jx_atan_tail_##tag(z), lo);                                      \
        return base + (q + w);                                                                     \
    }                                                                                              \
    static inline T jx_atan_##tag(T x)                                                             \
    {                                                                                              \
        return COPYSIGN(jx_atan_quotient_##tag(FABS(x), (T)1), x);                                 \
    }                                                                                              \
    static inline T jx_atan2_##tag(T y, T x)                                                       \
    {                                                                                              \
        T ax = FABS(x), ay = FABS(y);                                                              \
        T scale = ax > LARGE || ay > LARGE ? (T)0.25 : (T)1; /* the sum would overflow */          \
        T u = ay * scale, v = ax * scale;                                                          \
        int ends = (ax == INF) & (ay == INF);                                                      \
        u = ends != 0 ? (T)1 : u;                                                                  \
        v = ends != 0 || (ax == 0 && ay == 0) ? (T)1 : v;                                          \
        T a = jx_atan_quotient_##tag(u, v);                                                        \
        T back = 2 * JX_HALF_PI_##tag - (a - 2 * JX_HALF_PI_LO_##tag);                             \
        return COPYSIGN(COPYSIGN((T)1, x) < 0 ? back : a, y);                                      \
    }
JX_DEFINE_ATAN(f32, float, uint32_t, fabsf, copysignf, INFINITY, 0x1p125f)
JX_DEFINE_ATAN(f64, double, uint64_t, fabs, copysign, (double)INFINITY, 0x1p1021)
#undef JX_DEFINE_ATAN

/* ---- sinh, cosh ------------------------------------------------------------------------------ */

/* e^|x| / 2, which e^|x| may be too great for */
static inline float jx_half_exp_f32(float x)
{
    float y = fabsf(x);
    y = y > 90.0f ? 90.0f : y; /* inf above 89.42 */
    struct jx_exp_f32 e = jx_exp_parts_f32(y);
    return jx_scale_f32(1.0f + e.q, e.bits - 1u);
}

static inline double jx_half_exp_f64(double x)
{
    double y = fabs(x);
    y = y > 711.0 ? 711.0 : y; /* inf above 710.48 */
    struct jx_exp_f64 e = jx_exp_parts_f64(y, 0.0);
    return jx_scale_f64(1.0 + e.q, e.n - 1.0, e.bits - 1u);
}

static inline float jx_sinh_f32(float x)
{
    float h = jx_half_exp_f32(x), z = x * x;
    float p = 0x1.720e84p-19f; /* (sinh x / x - 1) / z for */
    p = JX_FMA_f32(p, z, 0x1.a036dap-13f);
    p = JX_FMA_f32(p, z, 0x1.1110c4p-7f);
    p = JX_FMA_f32(p, z, 0x1.555556p-3f);
    float far = copysignf(h - 0.25f / h, x);
    return fabsf(x) < 1.0f ? JX_FMA_f32(x * z, p, x) : far;
}

static inline double jx_sinh_f64(double x)
{
    double h = jx_half_exp_f64(x), z = x * x;
    double p = 0x1.b2502d89eacf5p-41; /* error 2^-56 of sinh x */
    p = JX_FMA_f64(p, z, 0x1.612265e4b9794p-33);
    p = JX_FMA_f64(p, z, 0x1.ae6452c7cecbep-26);
    p = JX_FMA_f64(p, z, 0x1.71de3a5f0db9dp-19);
    p = JX_FMA_f64(p, z, 0x1.a01a01a00b33ep-13);
    p = JX_FMA_f64(p, z, 0x1.111111111119ap-7);
    p = JX_FMA_f64(p, z, 0x1.5555555555555p-3);
    double far = copysign(h - 0.25 / h, x);
    return fabs(x) < 1.0 ? JX_FMA_f64(x * z, p, x) : far;
}

static inline float jx_cosh_f32(float x)
{
    float h = jx_half_exp_f32(x);
    return h + 0.25f / h;
}

static inline double jx_cosh_f64(double x)
{
    double h = jx_half_exp_f64(x);
    return h + 0.25 / h;
}

/* ---- asinh, acosh, atanh --------------------------------------------------------------------- */

/*
 * asinh |x| = log(1 + a + a^2 / (1 + sqrt(1 + a^2))), acosh x = log(1 + t + sqrt(t (t + 2))) with
 * t = x - 1, and both log 2 + log x where x^2 + 1 is x^2; atanh |x| = log(1 + 2 a / (1 - a)) / 2.
 */
#define JX_DEFINE_AREA(tag, T, FABS, SQRT, COPYSIGN, LARGE, LOG2, NOT)                             \
    static inline T jx_asinh_##tag(T x)                                                            \
    {                                                                                              \
        T a = FABS(x), z = a * a;                                                                  \
        T t = a > LARGE ? a - 1 : a + z / (1 + SQRT(1 + z));                                       \
        return COPYSIGN(jx_log1p_##tag(t) + (a > LARGE ? LOG2 : (T)0), x);                         \
    }                                                                                              \
    static inline T jx_acosh_##tag(T x)                                                            \
    {                                                                                              \
        T t = x - 1, u = x > LARGE ? t : t + SQRT(t * (t + 2));                                    \
        T y = jx_log1p_##tag(u) + (x > LARGE ? LOG2 : (T)0);                                       \
        return x < 1 ? NOT : y;                                                                    \
    }                                                                                              \
    static inline T jx_atanh_##tag(T x)                                                            \
    {                                                                                              \
        T a = FABS(x);                                                                             \
        return COPYSIGN((T)0.5 * jx_log1p_##tag(2 * a / (1 - a)), x);                              \
    }
JX_DEFINE_AREA(f32, float, fabsf, sqrtf, copysignf, 0x1p13f, 0x1.62e43p-1f, NAN)
JX_DEFINE_AREA(f64, double, fabs, sqrt, copysign, 0x1p28, 0x1.62e42fefa39efp-1, (double)NAN)
#undef JX_DEFINE_AREA

#endif
