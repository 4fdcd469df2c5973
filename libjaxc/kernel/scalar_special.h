/*
 * kernel/scalar_special.h - cbrt, erf, erfc, lgamma, digamma in f32 and f64.
 *
 * Written as scalar_elementary.h is, by what stands there: straight-line code, right for every
 * operand. Largest errors in units in the last place, over all f32 and over samples of f64
 * (tests/test_scalar_math.c holds them); near the zeros of digamma, and those of lgamma among
 * negative numbers, only the absolute error is small:
 *
 *            cbrt  erf   erfc  lgamma digamma
 *     f32    1.00  1.37  3.80  0.50   0.50
 *     f64    0.94  1.32  3.41  3.59   5.2
 *
 * Polynomials are minimax ones made with Sollya's fpminimax on the intervals noted beside them.
 */
#ifndef JX_SCALAR_SPECIAL_H
#define JX_SCALAR_SPECIAL_H

#include "kernel/scalar_elementary.h"

/* ---- cbrt ------------------------------------------------------------------------------------ */

/* |x| = m 2^(3 k + j) with m in [1, 2): a polynomial in m, and steps of Newton towards the root of
 * v = m 2^j. */
static inline float jx_cbrt_f32(float x)
{
    float ax = fabsf(x), scaled = ax < 0x1p-126f ? ax * 0x1p24f : ax;
    uint32_t bits = jx_to_bits_f32(scaled);
    float e = (float)((int32_t)(bits >> 23) - 127);
    float m = jx_of_bits_f32((bits & 0x7fffffu) | 0x3f800000u);
    float t = (e - 1.0f) * 0x1.555556p-2f + JX_ROUND_f32;
    float j = e - 3.0f * (t - JX_ROUND_f32);
    float root = j < 0.5f ? 1.0f : j < 1.5f ? 0x1.428a3p0f : 0x1.965feap0f; /* 2^(j / 3) */
    float v = m * (j < 0.5f ? 1.0f : j < 1.5f ? 2.0f : 4.0f);
    float p = 0x1.7a8d5ep-6f; /* cbrt m on [1, 2], error 2^-13.7 */
    p = JX_FMA_f32(p, m, -0x1.4dc31ep-3f);
    p = JX_FMA_f32(p, m, 0x1.2c9a46p-1f);
    p = JX_FMA_f32(p, m, 0x1.1b0ba8p-1f);
    float y = p * root, y2 = y * y;
    y = y - JX_FMA_f32(y2, y, -v) / (3.0f * y2);
    float power = jx_of_bits_f32((jx_to_bits_f32(t) << 23) + 0x3f800000u);
    float z = y * power * (ax < 0x1p-126f ? 0x1p-8f : 1.0f);
    z = ax < INFINITY ? z : ax;
    return ax == 0.0f ? x : copysignf(z, x);
}

static inline double jx_cbrt_f64(double x)
{
    double ax = fabs(x), scaled = ax < 0x1p-1022 ? ax * 0x1p54 : ax;
    uint64_t bits = jx_to_bits_f64(scaled);
    double e = jx_exponent_f64(bits) - 1023.0;
    double m = jx_of_bits_f64((bits & 0xfffffffffffffu) | 0x3ff0000000000000u);
    double t = (e - 1.0) * 0x1.5555555555555p-2 + JX_ROUND_f64;
    double j = e - 3.0 * (t - JX_ROUND_f64);
    double root = j < 0.5 ? 1.0 : j < 1.5 ? 0x1.428a2f98d728bp0 : 0x1.965fea53d6e3dp0;
    double v = m * (j < 0.5 ? 1.0 : j < 1.5 ? 2.0 : 4.0);
    double p = -0x1.5b77f08bc62e9p-7; /* error 2^-16.7 */
    p = JX_FMA_f64(p, m, 0x1.60a1537293169p-4);
    p = JX_FMA_f64(p, m, -0x1.33d38507196d4p-2);
    p = JX_FMA_f64(p, m, 0x1.6fb1dfe050122p-1);
    p = JX_FMA_f64(p, m, 0x1.0392ccec5c007p-1);
    double y = p * root, y2 = y * y;
    y = y - JX_FMA_f64(y2, y, -v) / (3.0 * y2);
    y2 = y * y;
    y = y - JX_FMA_f64(y2, y, -v) / (3.0 * y2);
    double power = jx_of_bits_f64((jx_to_bits_f64(t) << 52) + 0x3ff0000000000000u);
    double z = y * power * (ax < 0x1p-1022 ? 0x1p-18 : 1.0);
    z = ax < (double)INFINITY ? z : ax;
    return ax == 0.0 ? x : copysign(z, x);
}

/* ---- erf, erfc ------------------------------------------------------------------------------- */

/* erf x / x - 1, z = x^2 < 1 */
static inline float jx_erf_tail_f32(float z)
{
    float p = 0x1.4c5cb4p-14f; /* error 2^-29.5 */
    p = JX_FMA_f32(p, z, -0x1.a5197ap-11f);
    p = JX_FMA_f32(p, z, 0x1.542fecp-8f);
    p = JX_FMA_f32(p, z, -0x1.b7fec4p-6f);
    p = JX_FMA_f32(p, z, 0x1.ce2d52p-4f);
    p = JX_FMA_f32(p, z, -0x1.81274p-2f);
    p = JX_FMA_f32(p, z, 0x1.06eba8p-3f);
    return p;
}

static inline double jx_erf_tail_f64(double z)
{
    double p = -0x1.ac1a4196e3b8fp-31; /* error 2^-55.9 */
    p = JX_FMA_f64(p, z, 0x1.d73d744d56d18p-27);
    p = JX_FMA_f64(p, z, -0x1.5c0bc3130e26fp-23);
    p = JX_FMA_f64(p, z, 0x1.b9807f233887fp-20);
    p = JX_FMA_f64(p, z, -0x1.f4ca5bb2856d7p-17);
    p = JX_FMA_f64(p, z, 0x1.f9a2bb4bba0e4p-14);
    p = JX_FMA_f64(p, z, -0x1.c02db03ff6859p-11);
    p = JX_FMA_f64(p, z, 0x1.565bccf908894p-8);
    p = JX_FMA_f64(p, z, -0x1.b82ce311f7069p-6);
    p = JX_FMA_f64(p, z, 0x1.ce2f21a040b02p-4);
    p = JX_FMA_f64(p, z, -0x1.812746b0379b5p-2);
    p = JX_FMA_f64(p, z, 0x1.06eba8214db68p-3);
    return p;
}

/* For |x| >= 1 1 - exp(log erfc |x|), with a polynomial as logarithm. */
static inline float jx_erf_f32(float x)
{
    float near = JX_FMA_f32(x, jx_erf_tail_f32(x * x), x);
    float a = fabsf(x);
    a = a > 4.0f ? 4.0f : a;   /* 1 from 3.92 on */
    float q = 0x1.adab5cp-20f; /* log erfc a on [0.99, 4], error 2^-26 */
    q = JX_FMA_f32(q, a, -0x1.7c23bcp-15f);
    q = JX_FMA_f32(q, a, 0x1.358674p-11f);
    q = JX_FMA_f32(q, a, -0x1.35e43ep-8f);
    q = JX_FMA_f32(q, a, 0x1.af6556p-6f);
    q = JX_FMA_f32(q, a, -0x1.c23672p-4f);
    q = JX_FMA_f32(q, a, -0x1.43966ap-1f);
    q = JX_FMA_f32(q, a, -0x1.214fcep0f);
    q = JX_FMA_f32(q, a, 0x1.326574p-12f);
    struct jx_exp_f32 parts = jx_exp_parts_f32(q);
    float e = (1.0f + parts.q) * jx_of_bits_f32((parts.bits << 23) + 0x3f800000u);
    return fabsf(x) < 1.0f ? near : copysignf(1.0f - e, x);
}

/* a^2 - rounded, for `rounded` the rounded square */
static inline float jx_square_rest_f32(float a, float rounded)
{
#if JX_HAS_FMA
    return JX_FMA_f32(a, a, -rounded);
#else
    float high = jx_of_bits_f32(jx_to_bits_f32(a) & 0xfffff000u), low = a - high;
    return ((high * high - rounded) + 2.0f * high * low) + low * low;
#endif
}

/*
 * erfc a for a >= 0: e^(-a^2) times the scaled complement, which is a polynomial in (a - k) / (a +
 * k), over 1 + 2 a (Shepherd and Laframboise, Math. Comp. 36, 1981). What rounding took from a^2
 * is made good.
 */
static inline float jx_erfc_f32(float x)
{
    float a = fabsf(x);
    a = a > 10.1f ? 10.1f : a; /* 0 above 10.06 */
    float t = (a - 2.0f) / (a + 2.0f);
    float p = -0x1.adc59p-12f; /* erfcx(a) (1 + 2 a), error 2^-25.5 */
    p = JX_FMA_f32(p, t, -0x1.4586bap-10f);
    p = JX_FMA_f32(p, t, 0x1.5a7c5ep-10f);
    p = JX_FMA_f32(p, t, 0x1.1b41bcp-7f);
    p = JX_FMA_f32(p, t, -0x1.082ed6p-7f);
    p = JX_FMA_f32(p, t, -0x1.bc1414p-5f);
    p = JX_FMA_f32(p, t, 0x1.4ffc62p-3f);
    p = JX_FMA_f32(p, t, -0x1.5407fap-3f);
    p = JX_FMA_f32(p, t, -0x1.7bf618p-4f);
    p = JX_FMA_f32(p, t, 0x1.46e80ep0f);
    float square = a * a, rest = jx_square_rest_f32(a, square);
    struct jx_exp_f32 parts = jx_exp_parts_f32(-square);
    float u = 1.0f + JX_FMA_f32(-rest, 1.0f + parts.q, parts.q);
    float y = jx_scale_f32(u * (p / (1.0f + 2.0f * a)), parts.bits);
    y = x < 0.0f ? 2.0f - y : y;
    y = a < 0.5f ? (1.0f - x) - x * jx_erf_tail_f32(x * x) : y;
    return x == x ? y : x;
}

JX_WHOLE double jx_erfc_core_f64(double a)
{
    double t = (a - 4.0) / (a + 4.0);
    double p = -0x1.c5f14438fe1f5p-30; /* error 2^-54.4 */
    p = JX_FMA_f64(p, t, -0x1.c6da8afda2103p-27);
    p = JX_FMA_f64(p, t, -0x1.117190b63b4efp-27);
    p = JX_FMA_f64(p, t, 0x1.e964651a69a58p-24);
    p = JX_FMA_f64(p, t, 0x1.0c2059401d1b1p-24);
    p = JX_FMA_f64(p, t, -0x1.bf58b1125fa39p-21);
    p = JX_FMA_f64(p, t, 0x1.448a7761f4e55p-22);
    p = JX_FMA_f64(p, t, 0x1.7f9fe2c21517fp-18);
    p = JX_FMA_f64(p, t, -0x1.78abf4aa05a8ep-17);
    p = JX_FMA_f64(p, t, -0x1.996805edff731p-16);
    p = JX_FMA_f64(p, t, 0x1.3be0f647864b7p-13);
    p = JX_FMA_f64(p, t, -0x1.a1de958a4d896p-13);
    p = JX_FMA_f64(p, t, -0x1.8d4aa31c76ef4p-11);
    p = JX_FMA_f64(p, t, 0x1.49c671ac0f8cap-8);
    p = JX_FMA_f64(p, t, -0x1.0962387b08b17p-6);
    p = JX_FMA_f64(p, t, 0x1.3079edf99dc3cp-5);
    p = JX_FMA_f64(p, t, -0x1.0fb06dfe842c8p-4);
    p = JX_FMA_f64(p, t, 0x1.7fee004df9561p-4);
    p = JX_FMA_f64(p, t, -0x1.9ddb23c3e5b86p-4);
    p = JX_FMA_f64(p, t, 0x1.16ecefcfa5f2cp-4);
    p = JX_FMA_f64(p, t, 0x1.f7f5df66fcbadp-7);
    p = JX_FMA_f64(p, t, -0x1.1df1ad154a29bp-3);
    p = JX_FMA_f64(p, t, 0x1.3ba5916e9fd7fp0);
    double square = jx_product_f64(a, a);
    double rest = jx_product_rest_f64(a, a, square);
    struct jx_exp_f64 parts = jx_exp_parts_f64(-square, -rest);
    return jx_scale_f64((1.0 + parts.q) * (p / (1.0 + 2.0 * a)), parts.n, parts.bits);
}

JX_WHOLE double jx_erfc_f64(double x)
{
    double a = fabs(x);
    double y = jx_erfc_core_f64(a > 27.3 ? 27.3 : a); /* 0 above 27.23 */
    y = x < 0.0 ? 2.0 - y : y;
    y = a < 0.5 ? (1.0 - x) - x * jx_erf_tail_f64(x * x) : y;
    return x == x ? y : x;
}

JX_WHOLE double jx_erf_f64(double x)
{
    double near = JX_FMA_f64(x, jx_erf_tail_f64(x * x), x);
    double a = fabs(x);
    double far = 1.0 - jx_erfc_core_f64(a > 6.0 ? 6.0 : a); /* 1 from 5.93 on */
    return a < 1.0 ? near : copysign(x == x ? far : x, x);
}

/* ---- lgamma, digamma ------------------------------------------------------------------------- */

/* |sin(pi u)| and cos(pi u) for u = x - round(x) */
struct jx_pi_turn {
    double u, sin, cos;
};

JX_WHOLE struct jx_pi_turn jx_pi_turn(double x)
{
    double u = x - jx_round_even_f64(x);
    double v = fabs(u), r = 0x1.921fb54442d18p1 * (v > 0.25 ? 0.5 - v : v);
    double s = jx_quadrant_f64(r, 0), c = jx_quadrant_f64(r, 1);
    struct jx_pi_turn of = {u, v > 0.25 ? c : s, v > 0.25 ? s : c};
    return of;
}

/*
 * log gamma(a) for a >= 0. Below 8: a is moved by whole steps to 2 + z, -3/4 <= z <= 1/2, where gamma
 * is about 1, and the product of the steps goes into the logarithm. From 8 on: Stirling's series.
 */
JX_WHOLE double jx_lgamma_core(double a)
{
    double near = a < 8.0 ? a - 2.0 : 0.0, n = jx_round_even_f64(near);
    double z = a < 0.5 ? a : a < 1.25 ? a - 1.0 : a < 1.5 ? near : near - n;
    double p = -0x1.6dbc9f5d3009p-23; /* log gamma(2 + z) / z, error 2^-55.4 */
    p = JX_FMA_f64(p, z, -0x1.37725a621e4ccp-23);
    p = JX_FMA_f64(p, z, -0x1.b3f0d24b85764p-25);
    p = JX_FMA_f64(p, z, 0x1.c26eeb6353b7cp-22);
    p = JX_FMA_f64(p, z, -0x1.ab3e0657c2f2ep-22);
    p = JX_FMA_f64(p, z, 0x1.d1f71d02146e5p-21);
    p = JX_FMA_f64(p, z, -0x1.17263f5ac775cp-19);
    p = JX_FMA_f64(p, z, 0x1.26d15f10bbdffp-18);
    p = JX_FMA_f64(p, z, -0x1.3c52aecea6c57p-17);
    p = JX_FMA_f64(p, z, 0x1.5805bc9797625p-16);
    p = JX_FMA_f64(p, z, -0x1.78e2a31e5af04p-15);
    p = JX_FMA_f64(p, z, 0x1.a127c0c8683dcp-14);
    p = JX_FMA_f64(p, z, -0x1.d3fd3394a7d8p-13);
    p = JX_FMA_f64(p, z, 0x1.0b36afb4f35efp-11);
    p = JX_FMA_f64(p, z, -0x1.38ac5c531234ap-10);
    p = JX_FMA_f64(p, z, 0x1.7add6eaca8951p-9);
    p = JX_FMA_f64(p, z, -0x1.e404fc2156576p-8);
    p = JX_FMA_f64(p, z, 0x1.51322ac7d91d8p-6);
    p = JX_FMA_f64(p, z, -0x1.13e001a557662p-4);
    p = JX_FMA_f64(p, z, 0x1.4a34cc4a60fa5p-2);
    p = JX_FMA_f64(p, z, 0x1.b0ee6072093cep-2);
    double product = a < 0.5 ? a * (a + 1.0) : a < 1.25 ? a : 1.0;
    product = n > 0.5 ? product * (a - 1.0) : product;
    product = n > 1.5 ? product * (a - 2.0) : product;
    product = n > 2.5 ? product * (a - 3.0) : product;
    product = n > 3.5 ? product * (a - 4.0) : product;
    product = n > 4.5 ? product * (a - 5.0) : product;
    product = n > 5.5 ? product * (a - 6.0) : product;
    double l = jx_log_f64(a < 8.0 ? product : a);
    double small = JX_FMA_f64(z, p, a < 1.25 ? -l : l);

    double over = 1.0 / a, s = over * over;
    double q = 0x1.46763b1b1b4d5p-8; /* a times the rest of the series, s <= 1/64, error 2^-54 */
    q = JX_FMA_f64(q, s, -0x1.ee6cb7b4ce99fp-10);
    q = JX_FMA_f64(q, s, 0x1.b920e305d43d3p-11);
    q = JX_FMA_f64(q, s, -0x1.3813320ab12d9p-11);
    q = JX_FMA_f64(q, s, 0x1.a01a015dd6187p-11);
    q = JX_FMA_f64(q, s, -0x1.6c16c16c10997p-9);
    q = JX_FMA_f64(q, s, 0x1.5555555555555p-4);
    double large = (a - 0.5) * (l - 1.0) + JX_FMA_f64(over, q, 0x1.acfe390c97d69p-2);
    double y = a < 8.0 ? small : large;
    return a < (double)INFINITY ? y : a;
}

/* log |gamma(x)|; below 0 by gamma(x) gamma(-x) = -pi / (x sin(pi x)) */
JX_WHOLE double jx_lgamma_f64(double x)
{
    double a = fabs(x), y = jx_lgamma_core(a);
    double s = jx_pi_turn(a).sin * a * 0x1.45f306dc9c883p-2;
    double reflected = -jx_log_f64(s) - y;
    reflected = s == 0.0 ? (double)INFINITY : reflected;
    y = x < -0x1p-60 ? reflected : y;
    return a == (double)INFINITY ? a : y;
}

JX_WHOLE float jx_lgamma_f32(float x) { return (float)jx_lgamma_f64((double)x); }

/*
 * The derivative of log gamma at a >= 0. Below 8: a is moved by whole steps to [1, 2], where it is a
 * polynomial times the distance from its zero; the steps are 1 / a or 1 / (a - 1) + 1 / (a - 2) + ...,
 * which is the logarithmic derivative of the product. From 8 on: the asymptotic series.
 */
JX_WHOLE double jx_digamma_core(double a)
{
    double low = a < 8.0 ? a : 1.0, steps = jx_floor_f64(low) - 1.0;
    double product = low < 1.0 ? low : 1.0, slope = low < 1.0 ? -1.0 : 0.0;
#define JX_STEP(i)                                                                                 \
    slope = steps >= (i) ? JX_FMA_f64(slope, low - (i), product) : slope;                          \
    product = steps >= (i) ? product * (low - (i)) : product;
    /* clang-format off */
    JX_STEP(1.0) JX_STEP(2.0) JX_STEP(3.0) JX_STEP(4.0) JX_STEP(5.0) JX_STEP(6.0)
    /* clang-format on */
#undef JX_STEP
        double w = (low - steps) - 1.5;
    double p = -0x1.785caa6adfd51p-13; /* digamma(1.5 + w) over the distance, error 2^-53.6 */
    p = JX_FMA_f64(p, w, 0x1.13946d54c83c7p-12);
    p = JX_FMA_f64(p, w, -0x1.2c3c6499d4ebdp-13);
    p = JX_FMA_f64(p, w, 0x1.d3f8c9856887fp-13);
    p = JX_FMA_f64(p, w, -0x1.fe8826fa165a1p-12);
    p = JX_FMA_f64(p, w, 0x1.7c6e2d9ec31aap-11);
    p = JX_FMA_f64(p, w, -0x1.0f9fb5188023ep-10);
    p = JX_FMA_f64(p, w, 0x1.97dfc2be552bdp-10);
    p = JX_FMA_f64(p, w, -0x1.336fae902a395p-9);
    p = JX_FMA_f64(p, w, 0x1.cd42dd84bb9b9p-9);
    p = JX_FMA_f64(p, w, -0x1.5a06871c94dadp-8);
    p = JX_FMA_f64(p, w, 0x1.03bfe45cf834p-7);
    p = JX_FMA_f64(p, w, -0x1.8635652792222p-7);
    p = JX_FMA_f64(p, w, 0x1.2564773f315fdp-6);
    p = JX_FMA_f64(p, w, -0x1.b9f8b114b2c6ep-6);
    p = JX_FMA_f64(p, w, 0x1.4de9a9fdf89b5p-5);
    p = JX_FMA_f64(p, w, -0x1.fb44202a3bd51p-5);
    p = JX_FMA_f64(p, w, 0x1.8512e590762ccp-4);
    p = JX_FMA_f64(p, w, -0x1.2feeeb98a77a8p-3);
    p = JX_FMA_f64(p, w, 0x1.eca189b8e6b57p-3);
    p = JX_FMA_f64(p, w, -0x1.b1cb63005ee99p-2);
    p = JX_FMA_f64(p, w, 0x1.e6f0cbb873617p-1);
    double distance = ((low - steps) - 0x1.762d86356be3fp0) - 0x1.b86a722197829p-54;
    double small = JX_FMA_f64(p, distance, slope / product);

    double over = 1.0 / a, s = over * over;
    double q =
        0x1.05241a37e868cp-4; /* of log a - 1 / 2 a - digamma(a), by s <= 1/64, error 2^-53 */
    q = JX_FMA_f64(q, s, -0x1.53393ff20c8adp-6);
    q = JX_FMA_f64(q, s, 0x1.f039f281c0ce5p-8);
    q = JX_FMA_f64(q, s, -0x1.1110b7fd94506p-8);
    q = JX_FMA_f64(q, s, 0x1.041040cb57cc2p-8);
    q = JX_FMA_f64(q, s, -0x1.111111110a8d2p-7);
    q = JX_FMA_f64(q, s, 0x1.5555555555555p-4);
    double large = jx_log_f64(a) - JX_FMA_f64(s, q, 0.5 * over);
    return a < 8.0 ? small : large;
}

/* Below 0 digamma(1 - x) - pi / tan(pi x); NaN at the poles there, -inf at 0. */
JX_WHOLE double jx_digamma_f64(double x)
{
    double y = jx_digamma_core(x < 0.0 ? 1.0 - x : fabs(x));
    struct jx_pi_turn t = jx_pi_turn(x);
    double reflected = y - 0x1.921fb54442d18p1 * copysign(t.cos / t.sin, t.u);
    reflected = t.u == 0.0 ? (double)NAN : reflected;
    return x < 0.0 ? reflected : y;
}

JX_WHOLE float jx_digamma_f32(float x) { return (float)jx_digamma_f64((double)x); }

#endif
