/*
 * test_scalar_math.c - kernel/scalar_math.h: errors in units in the last place, special values, and
 * every row of JX_FOR_EACH_LOOP against the naive backend.
 *
 * JAXC_TEST_SCALE multiplies the number of samples; from 997 on, every f32 is tried. Built twice:
 * as it is, and from test_scalar_math_fused.c with fused multiply-adds.
 */
#include "kernel/kernel.h"
#include "kernel/scalar_math.h"
#include "support/code_builder.h"

#include <check.h>
#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A sanitizer is slow, and looks for other things than rounding. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define THIN 16
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define THIN 16
#endif
#endif
#ifndef THIN
#define THIN 1
#endif

static int64_t scale(void)
{
    const char *text = getenv("JAXC_TEST_SCALE");
    long long n = text ? atoll(text) : 1;
    return n < 1 ? 1 : n;
}

/* Marsaglia, "Xorshift RNGs", 2003; the seed never changes. */
static uint64_t state = 88172645463325252u;
static uint64_t random_bits(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}
static double random_in(double low, double high)
{
    return low + (high - low) * (double)(random_bits() >> 11) * 0x1p-53;
}

/* ---- errors of f32 functions, over all of f32 ------------------------------------------------ */

/* In units in the last place of f32 at `want`; infinity for a wrong special value. */
static double error_f32(double want, float got)
{
    float nearest = (float)want;
    int exponent;
    if (isnan(want) || isnan(got))
        return isnan(want) && isnan(got) ? 0 : (double)INFINITY;
    if (isinf(got) || isinf(nearest)) { /* on either side of the overflow */
        double edge = isinf(got) ? copysign(0x1p128, (double)got) : (double)got;
        return got == nearest ? 0 : isinf(want) ? (double)INFINITY : fabs(want - edge) / 0x1p104;
    }
    if (got == 0 && nearest == 0)
        return !signbit(got) == !signbit(nearest) ? 0 : (double)INFINITY;
    frexp(want, &exponent);
    exponent = exponent < -125 ? -125 : exponent;
    return fabs(want - (double)got) / ldexp(1, exponent - 24);
}

static double want_logistic(double x)
{
    double e = exp(-fabs(x));
    return (x >= 0 ? 1 : e) / (1 + e);
}
static double want_rsqrt(double x) { return 1 / sqrt(x); }

/* Recurrence to where the asymptotic series (Abramowitz and Stegun, 6.3.18) has enough terms. */
static long double want_digamma_l(long double x)
{
    long double pi = 3.14159265358979323846264338327950288L, sum = 0;
    if (x == 0 || x == -(long double)INFINITY)
        return x == 0 ? -(long double)INFINITY : (long double)NAN;
    if (x < 0 && x == floorl(x))
        return (long double)NAN;
    if (x < 0) {
        sum = -pi / tanl(pi * (x - roundl(x)));
        x = 1 - x;
    }
    for (; x < 40; x++)
        sum -= 1 / x;
    long double s = 1 / (x * x);
    long double series =
        s * (1 / 12.0L -
             s * (1 / 120.0L -
                  s * (1 / 252.0L - s * (1 / 240.0L - s * (1 / 132.0L - s * 691 / 32760.0L)))));
    return sum + (logl(x) - 0.5L / x - series);
}
static double want_digamma(double x) { return (double)want_digamma_l((long double)x); }

/* e^-|x| I(x): the power series to 40, then the asymptotic one (Abramowitz and Stegun, 9.6.10,
 * 9.7.1). */
static long double want_bessel(int order, long double x)
{
    long double a = fabsl(x), term = order ? a / 2 : 1, sum = 0;
    if (a <= 40) {
        for (int k = 1; term > sum * 0x1p-70L; k++) {
            sum += term;
            term *= a * a / (4.0L * k * (k + order));
        }
        sum *= expl(-a);
    } else {
        term = 1;
        for (int k = 1; fabsl(term) > 0x1p-70L; k++) {
            sum += term;
            term *= ((2.0L * k - 1) * (2.0L * k - 1) - 4 * order) / (8 * a * k);
        }
        sum /= sqrtl(2 * 3.14159265358979323846264338327950288L) * sqrtl(a);
    }
    return isnan(x) ? x : order ? copysignl(sum, x) : sum;
}
static long double want_bessel_i0e_l(long double x) { return want_bessel(0, x); }
static long double want_bessel_i1e_l(long double x) { return want_bessel(1, x); }
static double want_bessel_i0e(double x) { return (double)want_bessel(0, (long double)x); }
static double want_bessel_i1e(double x) { return (double)want_bessel(1, (long double)x); }

#define RUN(f)                                                                                     \
    static void run_##f##_f32(float *z, const float *x, int n)                                     \
    {                                                                                              \
        for (int i = 0; i < n; i++)                                                                \
            z[i] = jx_##f##_f32(x[i]);                                                             \
    }                                                                                              \
    static void run_##f##_f64(double *z, const double *x, int n)                                   \
    {                                                                                              \
        for (int i = 0; i < n; i++)                                                                \
            z[i] = jx_##f##_f64(x[i]);                                                             \
    }
RUN(exp)
RUN(expm1)
RUN(log)
RUN(log1p)
RUN(sin)
RUN(cos)
RUN(tanh)
RUN(logistic)
RUN(sqrt)
RUN(rsqrt)
RUN(exp2)
RUN(tan)
RUN(asin)
RUN(acos)
RUN(atan)
RUN(sinh)
RUN(cosh)
RUN(asinh)
RUN(acosh)
RUN(atanh)
RUN(cbrt)
RUN(erf)
RUN(erfc)
RUN(lgamma)
RUN(digamma)
RUN(bessel_i0e)
RUN(bessel_i1e)
RUN(floor)
RUN(ceil)
RUN(round)
RUN(round_even)

static const struct {
    const char *name;
    void (*run)(float *, const float *, int);
    double (*want)(double);
    /* What was measured over all of f32, rounded up. The promise is 2; of asin, acosh, sinh and atanh
     * 3, of erfc and the Bessel functions 4. */
    double limit;
    float most; /* larger |x| are not its business */
} singles[] = {
    {"exp", run_exp_f32, exp, 1.1, INFINITY},
    {"expm1", run_expm1_f32, expm1, 1.6, INFINITY},
    {"log", run_log_f32, log, 0.9, INFINITY},
    {"log1p", run_log1p_f32, log1p, 1.4, INFINITY},
    {"sin", run_sin_f32, sin, 1.6, JX_TRIG_MAX_f32},
    {"cos", run_cos_f32, cos, 1.6, JX_TRIG_MAX_f32},
    {"tanh", run_tanh_f32, tanh, 1.6, INFINITY},
    {"logistic", run_logistic_f32, want_logistic, 1.8, INFINITY},
    {"sqrt", run_sqrt_f32, sqrt, 0.5001, INFINITY},
    {"rsqrt", run_rsqrt_f32, want_rsqrt, 1.5, INFINITY},
    {"exp2", run_exp2_f32, exp2, 1.2, INFINITY},
    {"tan", run_tan_f32, tan, 2, JX_TRIG_MAX_f32},
    {"asin", run_asin_f32, asin, 2.1, INFINITY},
    {"acos", run_acos_f32, acos, 1.1, INFINITY},
    {"atan", run_atan_f32, atan, 1.4, INFINITY},
    {"sinh", run_sinh_f32, sinh, 1.7, INFINITY},
    {"cosh", run_cosh_f32, cosh, 1.5, INFINITY},
    {"asinh", run_asinh_f32, asinh, 1.8, INFINITY},
    {"acosh", run_acosh_f32, acosh, 2.5, INFINITY},
    {"atanh", run_atanh_f32, atanh, 2.1, INFINITY},
    {"cbrt", run_cbrt_f32, cbrt, 1.1, INFINITY},
    {"erf", run_erf_f32, erf, 1.4, INFINITY},
    {"erfc", run_erfc_f32, erfc, 3.8, INFINITY},
    {"lgamma", run_lgamma_f32, lgamma, 0.6, INFINITY},
    {"digamma", run_digamma_f32, want_digamma, 0.6, INFINITY},
    {"bessel_i0e", run_bessel_i0e_f32, want_bessel_i0e, 3.9, INFINITY},
    {"bessel_i1e", run_bessel_i1e_f32, want_bessel_i1e, 3.7, INFINITY},
    {"floor", run_floor_f32, floor, 0, INFINITY},
    {"ceil", run_ceil_f32, ceil, 0, INFINITY},
    {"round", run_round_f32, round, 0, INFINITY},
    {"round_even", run_round_even_f32, nearbyint, 0, INFINITY},
};
#define N_SINGLES ((int)(sizeof singles / sizeof *singles))

START_TEST(f32_functions_are_right_to_two_units_over_all_of_f32)
{
    enum { N = 1024 };
    static float x[N], z[N];
    uint64_t stride = scale() < 997 ? 997 * THIN / (uint64_t)scale() : 1, next = 0;
    double worst = 0;
    float at = 0;
    while (next >> 32 == 0) {
        for (int i = 0; i < N; i++, next += stride)
            x[i] = jx_of_bits_f32((uint32_t)next); /* behind the end it begins again */
        singles[_i].run(z, x, N);
        for (int i = 0; i < N; i++) {
            if (fabsf(x[i]) > singles[_i].most)
                continue;
            double error = error_f32(singles[_i].want((double)x[i]), z[i]);
            if (error > worst) {
                worst = error;
                at = x[i];
            }
        }
    }
    ck_assert_msg(worst <= singles[_i].limit, "%s is wrong by %.3f units at %a", singles[_i].name,
                  worst, (double)at);
}
END_TEST

/* ---- errors of f64 functions, on samples ----------------------------------------------------- */

/* Where long double is no wider than double there is nothing to compare with. */
#define HAS_REFERENCE (LDBL_MANT_DIG > DBL_MANT_DIG)

static double error_f64(long double want, double got)
{
    double nearest = (double)want;
    int exponent;
    if (isnan(want) || isnan(got))
        return isnan(want) && isnan(got) ? 0 : (double)INFINITY;
    if (isinf(got) || isinf(nearest)) {
        bool edge = fabsl(want) > 0.9999999999999997L * (long double)DBL_MAX && !isinf(want);
        return got == nearest ? 0 : edge && fabs(got) >= DBL_MAX ? 1 : (double)INFINITY;
    }
    if (got == 0 && nearest == 0)
        return !signbit(got) == !signbit(nearest) ? 0 : (double)INFINITY;
    frexpl(want, &exponent);
    exponent = exponent < -1021 ? -1021 : exponent;
    return (double)(fabsl(want - (long double)got) / ldexpl(1, exponent - 53));
}

/* About its zero, digamma is a difference of greater numbers: units are at least those of 1/4. */
static double error_of_digamma(long double want, double got)
{
    return fabsl(want) < 0.25L ? (double)(fabsl(want - (long double)got) * 0x1p54L)
                               : error_f64(want, got);
}

static long double want_logistic_l(long double x) { return 1 / (1 + expl(-x)); }
static long double want_rsqrt_l(long double x) { return 1 / sqrtl(x); }

static const struct {
    const char *name;
    void (*run)(double *, const double *, int);
    long double (*want)(long double);
    double limit;
    double low, high;   /* a third of the samples lies here */
    double least, most; /* |x| above `most` and x below `least` are not its business */
} doubles[] = {
    {"exp", run_exp_f64, expl, 1.0, -750, 715, -INFINITY, INFINITY},
    {"expm1", run_expm1_f64, expm1l, 1.6, -40, 715, -INFINITY, INFINITY},
    {"log", run_log_f64, logl, 0.9, 0, 4, -INFINITY, INFINITY},
    {"log1p", run_log1p_f64, log1pl, 1.4, -1, 3, -INFINITY, INFINITY},
    {"sin", run_sin_f64, sinl, 1.6, -100, 100, -INFINITY, JX_TRIG_MAX_f64},
    {"cos", run_cos_f64, cosl, 1.6, -100, 100, -INFINITY, JX_TRIG_MAX_f64},
    {"tanh", run_tanh_f64, tanhl, 1.5, -2, 2, -INFINITY, INFINITY},
    {"logistic", run_logistic_f64, want_logistic_l, 1.8, -40, 40, -INFINITY, INFINITY},
    {"sqrt", run_sqrt_f64, sqrtl, 0.5001, 0, 4, -INFINITY, INFINITY},
    {"rsqrt", run_rsqrt_f64, want_rsqrt_l, 1.5, 0, 4, -INFINITY, INFINITY},
    {"exp2", run_exp2_f64, exp2l, 1.1, -1080, 1030, -INFINITY, INFINITY},
    {"tan", run_tan_f64, tanl, 1.8, -100, 100, -INFINITY, JX_TRIG_MAX_f64},
    {"asin", run_asin_f64, asinl, 2.1, -1, 1, -INFINITY, INFINITY},
    {"acos", run_acos_f64, acosl, 1.2, -1, 1, -INFINITY, INFINITY},
    {"atan", run_atan_f64, atanl, 1.3, -4, 4, -INFINITY, INFINITY},
    {"sinh", run_sinh_f64, sinhl, 1.7, -3, 3, -INFINITY, INFINITY},
    {"cosh", run_cosh_f64, coshl, 1.5, -3, 3, -INFINITY, INFINITY},
    {"asinh", run_asinh_f64, asinhl, 1.9, -3, 3, -INFINITY, INFINITY},
    {"acosh", run_acosh_f64, acoshl, 2.6, 1, 4, -INFINITY, INFINITY},
    {"atanh", run_atanh_f64, atanhl, 2, -1, 1, -INFINITY, INFINITY},
    {"cbrt", run_cbrt_f64, cbrtl, 1, -8, 8, -INFINITY, INFINITY},
    {"erf", run_erf_f64, erfl, 1.4, -3, 3, -INFINITY, INFINITY},
    {"erfc", run_erfc_f64, erfcl, 3.5, -6, 28, -INFINITY, INFINITY},
    {"lgamma", run_lgamma_f64, lgammal, 3.6, 0, 12, 0, INFINITY},
    {"digamma", run_digamma_f64, want_digamma_l, 5.5, 0, 12, 0, INFINITY},
    {"bessel_i0e", run_bessel_i0e_f64, want_bessel_i0e_l, 4, -12, 12, -INFINITY, INFINITY},
    {"bessel_i1e", run_bessel_i1e_f64, want_bessel_i1e_l, 3.9, -12, 12, -INFINITY, INFINITY},
    {"floor", run_floor_f64, floorl, 0, -9, 9, -INFINITY, INFINITY},
    {"ceil", run_ceil_f64, ceill, 0, -9, 9, -INFINITY, INFINITY},
    {"round", run_round_f64, roundl, 0, -9, 9, -INFINITY, INFINITY},
    {"round_even", run_round_even_f64, nearbyintl, 0, -9, 9, -INFINITY, INFINITY},
};
#define N_DOUBLES ((int)(sizeof doubles / sizeof *doubles))

/* In the interval, any bits at all, next to a multiple of pi / 2. */
static double sample(int i, int kind)
{
    switch (kind % 3) {
    case 0: return random_in(doubles[i].low, doubles[i].high);
    case 1: return jx_of_bits_f64(random_bits());
    default:
        return (double)(random_bits() >> 41) * 0x1.921fb54442d18p0 *
               (1 + (double)((int64_t)(random_bits() % 5) - 2) * 0x1p-53);
    }
}

START_TEST(f64_functions_are_right_to_two_units_on_samples)
{
    enum { N = 1024 };
    static double x[N], z[N];
    double worst = 0, at = 0;
    for (int64_t round = 0; HAS_REFERENCE && round < 192 / THIN * scale(); round++) {
        for (int i = 0; i < N; i++)
            x[i] = sample(_i, i);
        doubles[_i].run(z, x, N);
        for (int i = 0; i < N; i++) {
            if (fabs(x[i]) > doubles[_i].most || x[i] < doubles[_i].least)
                continue;
            double error = doubles[_i].run == run_digamma_f64
                               ? error_of_digamma(want_digamma_l((long double)x[i]), z[i])
                               : error_f64(doubles[_i].want((long double)x[i]), z[i]);
            if (error > worst) {
                worst = error;
                at = x[i];
            }
        }
    }
    ck_assert_msg(worst <= doubles[_i].limit, "%s is wrong by %.3f units at %a", doubles[_i].name,
                  worst, at);
}
END_TEST

/* ---- pow ------------------------------------------------------------------------------------- */

START_TEST(pow_is_right_wherever_its_result_is_a_number)
{
    double worst = 0, worst_single = 0, at[2] = {0}, at_single[2] = {0};
    for (int64_t i = 0; HAS_REFERENCE && i < 200000 / THIN * scale(); i++) {
        double x = i % 3 == 0   ? fabs(jx_of_bits_f64(random_bits()))
                   : i % 3 == 1 ? random_in(0, 4)
                                : 1 + ldexp(random_in(-0.5, 0.5), -(int)(random_bits() % 40));
        if (!(x > 0) || isinf(x) || x == 1)
            continue;
        double y = random_in(-750, 750) / log(x); /* the whole range of results */
        double error = error_f64(powl((long double)x, (long double)y), jx_pow_f64(x, y));
        if (error > worst) {
            worst = error;
            at[0] = x;
            at[1] = y;
        }
        float a = (float)x;
        if (!(a > 0) || isinf(a) || a == 1)
            continue;
        float b = (float)(random_in(-105, 90) / log((double)a));
        error = error_f32(pow((double)a, (double)b), jx_pow_f32(a, b));
        if (error > worst_single) {
            worst_single = error;
            at_single[0] = (double)a;
            at_single[1] = (double)b;
        }
    }
    ck_assert_msg(worst <= 1.1, "f64: %.3f units at %a ^ %a", worst, at[0], at[1]);
    ck_assert_msg(worst_single <= 0.6, "f32: %.3f units at %a ^ %a", worst_single, at_single[0],
                  at_single[1]);
}
END_TEST

START_TEST(pow_has_the_special_cases_of_c99)
{
    static const float special[] = {
        0,       -0.0f,  1,     -1,       2,   -2,        0.5f,    -0.5f,          3,
        -3,      1.5f,   -1.5f, INFINITY, NAN, -INFINITY, 0x1p23f, 0x1.000002p23f, -0x1.000002p23f,
        0x1p24f, 1e-45f, 3e38f,
    };
    enum { N = sizeof special / sizeof *special };
    for (int i = 0; i < N * N; i++) {
        float x = special[i / N], y = special[i % N];
        float want = powf(x, y), got = jx_pow_f32(x, y);
        ck_assert_msg(error_f32((double)want, got) <= 2, "%a ^ %a: %a", (double)x, (double)y,
                      (double)got);
        double want64 = pow((double)x, (double)y), got64 = jx_pow_f64((double)x, (double)y);
        ck_assert_msg(error_f64((long double)want64, got64) <= 2, "%a ^ %a: %a", (double)x,
                      (double)y, got64);
    }
}
END_TEST

/* ---- functions of two operands, and below 0 --------------------------------------------------- */

START_TEST(atan2_is_right_for_points_of_every_size)
{
    double worst = 0, worst_single = 0;
    for (int64_t i = 0; HAS_REFERENCE && i < 300000 / THIN * scale(); i++) {
        double x = random_in(-4, 4), y = i % 3 ? random_in(-4, 4) : jx_of_bits_f64(random_bits());
        if (i % 5 == 0)
            x = ldexp(x, (int)(random_bits() % 2000) - 1000);
        long double want = atan2l((long double)y, (long double)x);
        worst = fmax(worst, error_f64(want, jx_atan2_f64(y, x)));
        float a = (float)y, b = (float)x;
        double error = error_f32(atan2((double)a, (double)b), jx_atan2_f32(a, b));
        worst_single = fmax(worst_single, error);
    }
    ck_assert_msg(worst <= 2 && worst_single <= 2, "%.3f and %.3f units", worst, worst_single);
}
END_TEST

/* Between the poles log |gamma| and its derivative are differences of greater numbers. */
START_TEST(gamma_functions_below_zero_are_right_in_units_of_what_they_are_made_of)
{
    for (int64_t i = 0; HAS_REFERENCE && i < 50000 / THIN * scale(); i++) {
        double x = random_in(-40, 0), got = jx_digamma_f64(x);
        long double want = want_digamma_l((long double)x);
        long double part = fmaxl(fabsl(want), fabsl(want_digamma_l(1 - (long double)x)));
        ck_assert_msg(fabsl(want - (long double)got) <= 0x1p-53L * 11 * part, "digamma(%a)", x);
        got = jx_lgamma_f64(x);
        want = lgammal((long double)x);
        part = fmaxl(fmaxl(fabsl(want), fabsl(lgammal(-(long double)x))), 1);
        ck_assert_msg(fabsl(want - (long double)got) <= 0x1p-53L * 6 * part, "lgamma(%a)", x);
    }
}
END_TEST

START_TEST(gamma_functions_have_their_poles)
{
    ck_assert(jx_lgamma_f64(0) == (double)INFINITY && jx_lgamma_f32(-3) == INFINITY);
    ck_assert(jx_lgamma_f64(-0x1p60) == (double)INFINITY);
    ck_assert(jx_lgamma_f64(-(double)INFINITY) == (double)INFINITY);
    ck_assert(jx_lgamma_f64(1) == 0 && jx_lgamma_f64(2) == 0 && jx_lgamma_f32(1e37f) == INFINITY);
    ck_assert(isnan(jx_digamma_f64(-2)) && isnan(jx_digamma_f32(-0x1p60f)));
    ck_assert(jx_digamma_f64(0) == -(double)INFINITY && jx_digamma_f64(-0.0) < 0);
    ck_assert(jx_digamma_f64((double)INFINITY) == (double)INFINITY);
    ck_assert(isnan(jx_digamma_f64(-(double)INFINITY)));
}
END_TEST

/* ---- special values -------------------------------------------------------------------------- */

START_TEST(elementary_functions_are_exact_where_the_mathematics_is)
{
    ck_assert(jx_exp_f32(0) == 1 && jx_exp_f64(0) == 1);
    ck_assert(jx_exp_f32(-INFINITY) == 0 && jx_exp_f64(-(double)INFINITY) == 0);
    ck_assert(jx_expm1_f32(INFINITY) == INFINITY && jx_expm1_f64(-(double)INFINITY) == -1);
    ck_assert(signbit(jx_expm1_f32(-0.0f)) && jx_expm1_f64(0x1p-1074) == 0x1p-1074);
    ck_assert(jx_log_f32(1) == 0 && jx_log_f64(1) == 0);
    ck_assert(jx_log_f32(0) == -INFINITY && jx_log1p_f64(-1) == -(double)INFINITY);
    ck_assert(isnan(jx_log_f32(-1)) && isnan(jx_log1p_f64(-2)));
    ck_assert(jx_cos_f32(0) == 1 && jx_cos_f64(0) == 1);
    ck_assert(isnan(jx_sin_f32(INFINITY)) && isnan(jx_cos_f64((double)INFINITY)));
    ck_assert(jx_tanh_f32(INFINITY) == 1 && jx_tanh_f64(-(double)INFINITY) == -1);
    ck_assert(jx_logistic_f32(0) == 0.5f && jx_logistic_f64(0) == 0.5);
    ck_assert(jx_logistic_f32(-100) > 0 && jx_logistic_f64(-740) > 0); /* subnormal */
    ck_assert(jx_exp_f32(-103) > 0 && jx_exp_f64(-745) > 0);
    ck_assert(jx_log_f32(1e-45f) < -103 && jx_log_f64(0x1p-1074) < -744);
    ck_assert(jx_max_f32(NAN, 1) != jx_max_f32(NAN, 1) && isnan(jx_max_f64(1, (double)NAN)));
    ck_assert(jx_min_f32(NAN, 1) != jx_min_f32(NAN, 1) && isnan(jx_min_f64(1, (double)NAN)));
    ck_assert(signbit(jx_sign_f32(-0.0f)) && isnan(jx_sign_f64((double)NAN)));
}
END_TEST

/* Every function, of a NaN: a NaN; of -0 where f(0) = 0: -0. */
START_TEST(nan_and_the_sign_of_zero_pass_through)
{
    float x[2] = {NAN, -0.0f}, z[2];
    double x64[2] = {(double)NAN, -0.0}, z64[2];
    for (int i = 0; i < N_SINGLES; i++) {
        singles[i].run(z, x, 2);
        doubles[i].run(z64, x64, 2);
        ck_assert_msg(isnan(z[0]) && isnan(z64[0]), "%s", singles[i].name);
        if (singles[i].want(0) == 0)
            ck_assert_msg(z[1] == 0 && signbit(z[1]) && signbit(z64[1]), "%s", singles[i].name);
    }
    ck_assert(isnan(jx_erf_inv_f32(NAN)) && isnan(jx_erf_inv_f64((double)NAN)));
    ck_assert(signbit(jx_erf_inv_f32(-0.0f)) && signbit(jx_erf_inv_f64(-0.0)));
}
END_TEST

START_TEST(large_angles_are_left_to_the_rare_path)
{
    ck_assert(!jx_trig_rare_f32(JX_TRIG_MAX_f32) && jx_trig_rare_f32(70000));
    ck_assert(!jx_trig_rare_f64(-JX_TRIG_MAX_f64) && jx_trig_rare_f64(-1e15));
    ck_assert(!jx_trig_rare_f32(NAN));
    ck_assert(error_f32(sin(1e30), jx_sin_rare_f32((float)1e30)) > 1); /* 1e30 is no f32 */
    ck_assert(error_f32(sin((double)1e30f), jx_sin_rare_f32(1e30f)) <= 1);
    ck_assert(error_f32(cos((double)1e30f), jx_cos_rare_f32(1e30f)) <= 1);
}
END_TEST

/* Semantics 1.6. */
START_TEST(erf_inv_has_the_values_of_jax)
{
    static const double x[] = {0.5, 0.9, 0.99}, want[] = {0.4769362762, 1.163087154, 1.821386368};
    for (int i = 0; i < 3; i++) {
        ck_assert_double_eq_tol((double)jx_erf_inv_f32((float)x[i]), want[i], 1e-6 * want[i]);
        ck_assert_double_eq_tol(jx_erf_inv_f64(x[i]), want[i], 1e-9);
    }
    ck_assert(jx_erf_inv_f32(1) == INFINITY && jx_erf_inv_f64(-1) == -(double)INFINITY);
    ck_assert(isnan(jx_erf_inv_f32(1.5f)) && isnan(jx_erf_inv_f64(-1.5)));
    /* The ends of normal(): sqrt(2) erf_inv(u). */
    float low = nextafterf(-1, 0), high = 1 - 0x1.8p-23f;
    ck_assert_double_eq_tol(1.4142135623730951 * (double)jx_erf_inv_f32(low), -5.41998, 1e-5);
    ck_assert_double_eq_tol(1.4142135623730951 * (double)jx_erf_inv_f32(high), 5.22011, 1e-5);
}
END_TEST

/* ---- every row against the naive backend ----------------------------------------------------- */

#define LOOP_1(name, X, Z, f)                                                                      \
    static void name(void *z, const void *p, const void *x, const void *y, int n)                  \
    {                                                                                              \
        (void)p;                                                                                   \
        (void)y;                                                                                   \
        for (int i = 0; i < n; i++)                                                                \
            ((Z *)z)[i] = f(((const X *)x)[i]);                                                    \
    }
#define LOOP_2(name, X, Z, f)                                                                      \
    static void name(void *z, const void *p, const void *x, const void *y, int n)                  \
    {                                                                                              \
        (void)p;                                                                                   \
        for (int i = 0; i < n; i++)                                                                \
            ((Z *)z)[i] = f(((const X *)x)[i], ((const X *)y)[i]);                                 \
    }
#define LOOP_3(name, X, Z, f)                                                                      \
    static void name(void *z, const void *p, const void *x, const void *y, int n)                  \
    {                                                                                              \
        for (int i = 0; i < n; i++)                                                                \
            ((Z *)z)[i] = f(((const uint8_t *)p)[i], ((const X *)x)[i], ((const X *)y)[i]);        \
    }
#define LOOP(op, arity, from, to, f)                                                               \
    LOOP_##arity(loop_##op##_##from##_##to, JX_C(from), JX_C(to), f)
JX_FOR_EACH_LOOP(LOOP)

static const struct row {
    const char *name;
    enum jx_scalar_op op;
    int arity;
    jaxc_dtype from, to;
    void (*loop)(void *z, const void *p, const void *x, const void *y, int n);
} rows[] = {
#define ENTRY(op, arity, from, to, f)                                                              \
    {#op " " #from " " #to, JX_S_##op,    arity,                                                   \
     JX_DTYPE(from),        JX_DTYPE(to), loop_##op##_##from##_##to},
    JX_FOR_EACH_LOOP(ENTRY)};
#define N_ROWS ((int)(sizeof rows / sizeof *rows))

/* The rare elements of a row, computed again. */
static void repair(const struct row *row, void *z, const void *x, const void *y, int n)
{
#define OF_1(f, tag) f(((const JX_C(tag) *)x)[i])
#define OF_2(f, tag) f(((const JX_C(tag) *)x)[i], ((const JX_C(tag) *)y)[i])
#define REPAIR(name, arity, tag, rare, again)                                                      \
    if (row->op == JX_S_##name && row->from == JX_DTYPE(tag)) {                                    \
        for (int i = 0; i < n; i++)                                                                \
            if (OF_##arity(rare, tag))                                                             \
                ((JX_C(tag) *)z)[i] = OF_##arity(again, tag);                                      \
    }
    JX_FOR_EACH_RARE(REPAIR)
#undef REPAIR
#undef OF_1
#undef OF_2
}

/* The edges of every dtype, and what an operation may trip over. */
static union jx_scalar edge(jaxc_dtype dtype, int i)
{
    static const double floats[] = {
        0,
        -0.0,
        1,
        -1,
        0.5,
        -0.5,
        1.5,
        2.5,
        -2.5,
        255,
        256,
        -256,
        65536,
        1e9,
        -1e9,
        0x1p31,
        -0x1p31,
        0x1p32,
        0x1p63,
        -0x1p63,
        0x1p64,
        -0x1p64,
        1e-40,
        -1e-40,
        1e30,
        -1e30,
        0x1p-149,
        0x1.fffffep127,
        88.5,
        -103.5,
        (double)INFINITY,
        -(double)INFINITY,
        (double)NAN,
        2147483583.0,
        4294967167.0,
        0.9999,
        -0.9999,
    };
    static const int64_t integers[] = {
        0,
        1,
        -1,
        2,
        -2,
        3,
        7,
        8,
        9,
        31,
        32,
        33,
        63,
        64,
        65,
        127,
        128,
        255,
        256,
        1000,
        -1000,
        INT32_MAX,
        INT32_MIN,
        INT64_MAX,
        INT64_MIN,
        (int64_t)UINT32_MAX,
        INT64_MAX - 511,
        0x7fffff81,
        0x1000001,
    };
    enum {
        N_FLOATS = sizeof floats / sizeof *floats,
        N_INTEGERS = sizeof integers / sizeof *integers
    };
    if (jx_is_float(dtype))
        return jx_scalar_convert((union jx_scalar){.f = floats[i % N_FLOATS]}, JAXC_F64, dtype);
    return jx_scalar_convert((union jx_scalar){.i = integers[i % N_INTEGERS]}, JAXC_I64, dtype);
}

static union jx_scalar any_value(jaxc_dtype dtype)
{
    if (jx_is_float(dtype)) { /* of ordinary size mostly */
        double ordinary = random_in(-4, 4), bits = jx_of_bits_f64(random_bits());
        double narrow = (double)jx_of_bits_f32((uint32_t)random_bits());
        double f = random_bits() % 4 ? ordinary : dtype == JAXC_F32 ? narrow : bits;
        return jx_scalar_convert((union jx_scalar){.f = f}, JAXC_F64, dtype);
    }
    int64_t i = (int64_t)random_bits() >> random_bits() % 64;
    return jx_scalar_convert((union jx_scalar){.i = i}, JAXC_I64, dtype);
}

/* How many floats lie between two; NaNs are equal, zeros are two. */
static uint64_t apart(jaxc_dtype dtype, union jx_scalar x, union jx_scalar y)
{
    uint64_t a, b;
    if (!jx_is_float(dtype))
        return x.u == y.u ? 0 : UINT64_MAX;
    if (isnan(x.f) || isnan(y.f))
        return isnan(x.f) && isnan(y.f) ? 0 : UINT64_MAX;
    if (dtype == JAXC_F32) {
        a = (uint64_t)jx_to_bits_f32((float)x.f) << 32;
        b = (uint64_t)jx_to_bits_f32((float)y.f) << 32;
    } else {
        a = jx_to_bits_f64(x.f);
        b = jx_to_bits_f64(y.f);
    }
    a = a >> 63 ? ~a : a | (uint64_t)1 << 63; /* in the order of the numbers */
    b = b >> 63 ? ~b : b | (uint64_t)1 << 63;
    uint64_t d = a > b ? a - b : b - a;
    return dtype == JAXC_F32 ? d >> 32 : d;
}

static uint64_t allowed(enum jx_scalar_op op)
{
    switch (op) {
    case JX_S_exp:
    case JX_S_expm1:
    case JX_S_log:
    case JX_S_log1p:
    case JX_S_sin:
    case JX_S_cos:
    case JX_S_tanh:
    case JX_S_logistic:
    case JX_S_rsqrt:
    case JX_S_exp2:
    case JX_S_tan:
    case JX_S_asin:
    case JX_S_acos:
    case JX_S_atan:
    case JX_S_atan2:
    case JX_S_cosh:
    case JX_S_erf:
    case JX_S_pow: return 2;
    case JX_S_logaddexp: return 4096; /* the sum may nearly cancel */
    case JX_S_sinh:
    case JX_S_asinh:
    case JX_S_acosh:
    case JX_S_atanh: return 3;
    case JX_S_erfc:
    case JX_S_cbrt: return 4; /* glibc's */
    case JX_S_bessel_i0e:
    case JX_S_bessel_i1e:
    case JX_S_lgamma:
    case JX_S_digamma: return 6;
    case JX_S_erf_inv: return 12; /* its coefficients take up what is left of w */
    case JX_S_random_gamma32:
    case JX_S_random_gamma64:
    case JX_S_random_loggamma32:
    case JX_S_random_loggamma64: return 64; /* they multiply errors, or cancel */
    case JX_S_random_gamma_grad: return 128;
    default: return 0;
    }
}

/* What a result is: draws have the bits of a float in a u64. */
static jaxc_dtype meaning(enum jx_scalar_op op, jaxc_dtype dtype)
{
    switch (op) {
    case JX_S_random_gamma32:
    case JX_S_random_loggamma32: return JAXC_F32;
    case JX_S_random_gamma64:
    case JX_S_random_loggamma64: return JAXC_F64;
    default: return dtype;
    }
}

/* Near zeros that lie between poles only the absolute error is small. */
static double slack(enum jx_scalar_op op)
{
    return op == JX_S_lgamma || op == JX_S_digamma ? 1e-14 : 0;
}

/* z[n] = op(x[n], y[n]), as code. */
static struct jx_code *row_code(const struct row *row, int64_t n)
{
    struct code_builder b;
    code_begin(&b);
    int p = code_operand(&b, JAXC_BOOL, JAXC_SHAPE(n));
    int x = code_operand(&b, row->from, JAXC_SHAPE(n));
    int y = code_operand(&b, row->from, JAXC_SHAPE(n));
    int z = code_result(&b, row->to, JAXC_SHAPE(n));
    code_kernel(&b, row->name, 1, JAXC_SHAPE(n));
    int u = code_load(&b, x, AT(1)), v = code_load(&b, y, AT(1)), w = code_load(&b, p, AT(1));
    int result = row->arity == 1   ? code_op1(&b, row->op, row->to, u)
                 : row->arity == 2 ? code_op2(&b, row->op, row->to, u, v)
                                   : code_select(&b, w, u, v);
    code_store(&b, result, z, AT(1));
    return code_end(&b);
}

enum { N_EDGES = 37, N_OPERANDS = 37 * 37 + 2048 };

START_TEST(every_loop_computes_what_the_naive_backend_does)
{
    static uint64_t p[N_OPERANDS], x[N_OPERANDS], y[N_OPERANDS], got[N_OPERANDS], want[N_OPERANDS];
    const struct row *row = &rows[_i];
    unsigned from = jx_dtype_info(row->from)->size, to = jx_dtype_info(row->to)->size;
    for (int i = 0; i < N_OPERANDS; i++) {
        bool is_edge = i < N_EDGES * N_EDGES;
        union jx_scalar u = is_edge ? edge(row->from, i / N_EDGES) : any_value(row->from);
        union jx_scalar v = is_edge ? edge(row->from, i % N_EDGES) : any_value(row->from);
        jx_scalar_store((char *)x + (unsigned)i * from, row->from, u);
        jx_scalar_store((char *)y + (unsigned)i * from, row->from, v);
        ((char *)p)[i] = (char)(random_bits() & 1);
    }
    struct jx_code *code = row_code(row, N_OPERANDS);
    code_run(&jx_backend_naive, code, (void *[]){p, x, y}, (void *[]){want});
    jx_code_free(code);
    row->loop(got, p, x, y, N_OPERANDS);
    repair(row, got, x, y, N_OPERANDS);

    for (int i = 0; i < N_OPERANDS; i++) {
        union jx_scalar u = jx_scalar_load((char *)x + (unsigned)i * from, row->from);
        union jx_scalar v = jx_scalar_load((char *)y + (unsigned)i * from, row->from);
        jaxc_dtype is = meaning(row->op, row->to);
        union jx_scalar a = jx_scalar_load((char *)got + (unsigned)i * to, is);
        union jx_scalar b = jx_scalar_load((char *)want + (unsigned)i * to, is);
        ck_assert_msg(apart(is, a, b) <= allowed(row->op) ||
                          (row->to == JAXC_F64 && fabs(a.f - b.f) <= slack(row->op)),
                      "%s of %a (%" PRId64 "), %a (%" PRId64 "): %a (%" PRId64
                      "), naive %a (%" PRId64 ")",
                      row->name, u.f, u.i, v.f, v.i, a.f, a.i, b.f, b.i);
    }
}
END_TEST

START_TEST(operations_on_u8_agree_for_all_pairs)
{
    static uint8_t p[65536], x[65536], y[65536], got[65536], want[65536];
    for (int i = 0; i < 65536; i++) {
        x[i] = (uint8_t)(i >> 8);
        y[i] = (uint8_t)i;
    }
    for (const struct row *row = rows; row < rows + N_ROWS; row++) {
        if (row->from != JAXC_U8 || row->to != JAXC_U8)
            continue;
        struct jx_code *code = row_code(row, 65536);
        code_run(&jx_backend_naive, code, (void *[]){p, x, y}, (void *[]){want});
        jx_code_free(code);
        row->loop(got, p, x, y, 65536);
        ck_assert_msg(memcmp(got, want, sizeof got) == 0, "%s", row->name);
    }
}
END_TEST

/* Semantics section 6, by hand, so that not only two implementations agree. */
START_TEST(integers_follow_the_rules_of_jax)
{
    ck_assert_int_eq(jx_add_i32(INT32_MAX, 1), INT32_MIN);
    ck_assert_int_eq(jx_neg_i32(INT32_MIN), INT32_MIN);
    ck_assert_int_eq(jx_abs_i64(INT64_MIN), INT64_MIN);
    ck_assert_int_eq(jx_div_i32(7, 0), -1);
    ck_assert_int_eq(jx_div_i32(-7, 2), -3);
    ck_assert_int_eq(jx_div_i32(INT32_MIN, -1), INT32_MIN);
    ck_assert_uint_eq(jx_div_u64(7, 0), UINT64_MAX);
    ck_assert_uint_eq(jx_div_u8(200, 7), 28);
    ck_assert_int_eq(jx_shift_left_i32(1, 32), 0);
    ck_assert_int_eq(jx_shift_left_i32(1, -1), 0);
    ck_assert_int_eq(jx_shift_right_logical_i32(-1, 28), 15);
    ck_assert_int_eq(jx_shift_right_arithmetic_i32(-5, 40), -1);
    ck_assert_int_eq(jx_shift_right_arithmetic_i64(5, 64), 0);
    ck_assert_uint_eq(jx_shift_right_arithmetic_u8(0x80, 7), 0xff);
    ck_assert_int_eq(jx_pow_i32(-3, 3), -27);
    ck_assert_int_eq(jx_pow_i32(0, 0), 1);
    ck_assert_uint_eq(jx_pow_u8(3, 6), 729 % 256);
}
END_TEST

START_TEST(conversions_follow_the_rules_of_jax)
{
    ck_assert_int_eq(jx_convert_f32_i32(NAN), 0);
    ck_assert_int_eq(jx_convert_f32_i32(3e9f), INT32_MAX);
    ck_assert_int_eq(jx_convert_f32_i32(-3e9f), INT32_MIN);
    ck_assert_int_eq(jx_convert_f64_i32(-2.9), -2);
    ck_assert_uint_eq(jx_convert_f32_u8(-1), 0);
    ck_assert_uint_eq(jx_convert_f32_u8(300), 255);
    ck_assert_uint_eq(jx_convert_f64_u64(1e30), UINT64_MAX);
    ck_assert_uint_eq(jx_convert_f32_u32(4e9f), 4000000000u);
    ck_assert_int_eq(jx_convert_f32_i64(0x1p62f), INT64_C(1) << 62);
    ck_assert_uint_eq(jx_convert_i32_u8(-1), 255);
    ck_assert_int_eq(jx_convert_f32_b1(NAN), 1);
    ck_assert_int_eq(jx_convert_i64_b1(INT64_C(1) << 40), 1);
    ck_assert_float_eq(jx_convert_i32_f32(16777217), 16777216);
    ck_assert_double_eq(jx_convert_u64_f64(UINT64_MAX), 0x1p64);
    ck_assert_double_eq(jx_convert_i64_f64(INT64_MIN + 1), -0x1p63);
    ck_assert(jx_convert_f64_f32(1e300) == INFINITY);
}
END_TEST

/* ---- narrow dtypes: against the base layer's own coding -------------------------------------- */

static uint16_t coded(double x, jaxc_dtype dtype)
{
    uint16_t bits;
    jx_scalar_store(&bits, dtype, (union jx_scalar){.f = x});
    return bits;
}

static bool same_f16(uint16_t x, uint16_t y, uint16_t infinity)
{
    bool nan_x = (x & 0x7fff) > infinity, nan_y = (y & 0x7fff) > infinity;
    return nan_x && nan_y ? true : x == y;
}

START_TEST(f16_and_bf16_are_the_numbers_that_their_bits_are)
{
    for (uint32_t i = 0; i < 65536; i++) {
        uint16_t bits = (uint16_t)i;
        double f16 = jx_scalar_load(&bits, JAXC_F16).f, bf16 = jx_scalar_load(&bits, JAXC_BF16).f;
        float x = jx_convert_f16_f32(bits), y = jx_convert_bf16_f32(bits);
        ck_assert(isnan(f16) ? isnan(x) : (double)x == f16 && !signbit(x) == !signbit(f16));
        ck_assert(isnan(bf16) ? isnan(y) : (double)y == bf16 && !signbit(y) == !signbit(bf16));
    }
}
END_TEST

START_TEST(f16_and_bf16_are_rounded_once)
{
    for (uint64_t i = 0; i < 1u << 22; i++) { /* f32 of all sizes, and f64 around their ties */
        float x = jx_of_bits_f32((uint32_t)(i << 10 | (random_bits() & 0x3ff)));
        double near = (double)x * (1 + ldexp((double)(random_bits() & 0xff), -60));
        const double d[3] = {x, near, (double)x + (double)nextafterf(x, INFINITY)};
        ck_assert(same_f16(jx_convert_f32_f16(x), coded(x, JAXC_F16), 0x7c00));
        ck_assert(same_f16(jx_convert_f32_bf16(x), coded(x, JAXC_BF16), 0x7f80));
        for (int k = 0; k < 3; k++) {
            ck_assert(same_f16(jx_convert_f64_f16(d[k]), coded(d[k], JAXC_F16), 0x7c00));
            ck_assert(same_f16(jx_convert_f64_bf16(d[k]), coded(d[k], JAXC_BF16), 0x7f80));
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scalar_math");
    TCase *errors = tcase_create("errors");
    tcase_set_timeout(errors, 0); /* as long as JAXC_TEST_SCALE makes it */
    tcase_add_loop_test(errors, f32_functions_are_right_to_two_units_over_all_of_f32, 0, N_SINGLES);
    tcase_add_loop_test(errors, f64_functions_are_right_to_two_units_on_samples, 0, N_DOUBLES);
    tcase_add_test(errors, pow_is_right_wherever_its_result_is_a_number);
    tcase_add_test(errors, atan2_is_right_for_points_of_every_size);
    tcase_add_test(errors, gamma_functions_below_zero_are_right_in_units_of_what_they_are_made_of);
    suite_add_tcase(suite, errors);
    TCase *specials = tcase_create("specials");
    tcase_add_test(specials, pow_has_the_special_cases_of_c99);
    tcase_add_test(specials, elementary_functions_are_exact_where_the_mathematics_is);
    tcase_add_test(specials, nan_and_the_sign_of_zero_pass_through);
    tcase_add_test(specials, large_angles_are_left_to_the_rare_path);
    tcase_add_test(specials, erf_inv_has_the_values_of_jax);
    tcase_add_test(specials, gamma_functions_have_their_poles);
    suite_add_tcase(suite, specials);
    TCase *rules = tcase_create("rows");
    tcase_add_loop_test(rules, every_loop_computes_what_the_naive_backend_does, 0, N_ROWS);
    tcase_add_test(rules, operations_on_u8_agree_for_all_pairs);
    tcase_add_test(rules, integers_follow_the_rules_of_jax);
    tcase_add_test(rules, conversions_follow_the_rules_of_jax);
    tcase_add_test(rules, f16_and_bf16_are_the_numbers_that_their_bits_are);
    tcase_add_test(rules, f16_and_bf16_are_rounded_once);
    suite_add_tcase(suite, rules);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
