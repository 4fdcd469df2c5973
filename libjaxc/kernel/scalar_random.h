/*
 * kernel/scalar_random.h - draws by rejection, one element at a time: gamma numbers, their derivative,
 * and Poisson numbers.
 *
 * JAX 0.10.2's algorithms (jax/_src/random/core.py, jax/_src/lax/special.py), comparison by
 * comparison. Keys are two words in one u64, the first on top; parameters and results that are floats
 * are held in u64 as their bits, so that an operation has operands of one dtype. The loops end: each
 * has a bound that no draw comes near, and NaN ends them at once.
 *
 * A gamma draw takes JAX's branches unless rounding decides one. Of 10^7 draws in f32 another number
 * than JAX's came 0 to 3 times for alpha from 0.1 to 100, and 10 times for 10^4; in f64 never.
 */
#ifndef JX_SCALAR_RANDOM_H
#define JX_SCALAR_RANDOM_H

#include "kernel/scalar_special.h"

/* A loop in a loop is not vectorised, so one copy of it is enough. */
#if defined(__GNUC__)
#define JX_OUT_OF_LINE __attribute__((noinline, unused)) static
#else
#define JX_OUT_OF_LINE static inline
#endif

/* threefry2x32 (semantics 1.1): both words of counter (0, i), which is also key i of a split. */
JX_OUT_OF_LINE uint64_t jx_threefry(uint64_t key, uint32_t i)
{
    static const unsigned char turns[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
    uint32_t k[3] = {(uint32_t)(key >> 32), (uint32_t)key};
    k[2] = k[0] ^ k[1] ^ 0x1BD11BDAu; /* the paper's parity constant */
    uint32_t x = k[0], y = i + k[1];
    for (unsigned group = 0; group < 5; group++) {
        for (int round = 0; round < 4; round++) {
            unsigned by = turns[group % 2][round];
            x += y;
            y = (y << by | y >> (32 - by)) ^ x;
        }
        x += k[(group + 1) % 3];
        y += k[(group + 2) % 3] + group + 1;
    }
    return (uint64_t)x << 32 | y;
}

/* Element i of a uniform draw, in [0, 1). */
static inline float jx_unit_f32(uint64_t key, uint32_t i)
{
    uint64_t words = jx_threefry(key, i);
    uint32_t bits = (uint32_t)(words >> 32) ^ (uint32_t)words;
    return jx_of_bits_f32(bits >> 9 | 0x3f800000u) - 1.0f;
}

static inline double jx_unit_f64(uint64_t key, uint32_t i)
{
    return jx_of_bits_f64(jx_threefry(key, i) >> 12 | 0x3ff0000000000000u) - 1.0;
}

/* The only element of a normal draw. */
static inline float jx_normal_f32(uint64_t key)
{
    float low = -0x1.fffffep-1f, u = jx_unit_f32(key, 0) * 2.0f + low;
    return 0x1.6a09e6p0f * jx_erf_inv_f32(u < low ? low : u); /* sqrt(2) */
}

static inline double jx_normal_f64(uint64_t key)
{
    double low = -0x1.fffffffffffffp-1, u = jx_unit_f64(key, 0) * 2.0 + low;
    return 0x1.6a09e667f3bcdp0 * jx_erf_inv_f64(u < low ? low : u);
}

/* ---- gamma ----------------------------------------------------------------------------------- */

enum {
    JX_GAMMA_TRIES = 1 << 12,  /* one is enough with probability 0.95 */
    JX_GAMMA_STEPS = 1 << 12,  /* until v > 0; half of all are, or v is NaN */
    JX_SERIES_TERMS = 1 << 20, /* of JX_DEFINE_GAMMA's series; enough for a < 2^30 */
    JX_FRACTION_STEPS = 2000   /* JAX's */
};

/*
 * Marsaglia and Tsang, A Simple Method for Generating Gamma Variables (2000). Below 1 alpha + 1 is
 * drawn, and gamma(alpha) ~ gamma(alpha + 1) u^(1 / alpha).
 *
 * random_gamma_grad: with y = P(a, x), the incomplete gamma function, -(dP / da) / (dP / dx), by the
 * series or the continued fraction of P, each differentiated term by term.
 */
#define JX_DEFINE_GAMMA(tag, T, FABS, SQRT, eps, log_max)                                          \
    static inline T jx_gamma_d_##tag(T alpha)                                                      \
    {                                                                                              \
        return (alpha >= (T)1 ? alpha : alpha + (T)1) - (T)(1.0 / 3.0);                            \
    }                                                                                              \
    JX_OUT_OF_LINE T jx_gamma_V_##tag(uint64_t key, T d)                                           \
    {                                                                                              \
        T c = (T)(1.0 / 3.0) / SQRT(d), V = 1;                                                     \
        for (int i = 0; i < JX_GAMMA_TRIES; i++) {                                                 \
            uint64_t x_key = jx_threefry(key, 1);                                                  \
            T U = jx_unit_##tag(jx_threefry(key, 2), 0), x = 0, v = -1;                            \
            key = jx_threefry(key, 0);                                                             \
            for (int j = 0; v <= (T)0 && j < JX_GAMMA_STEPS; j++) {                                \
                x = jx_normal_##tag(jx_threefry(x_key, 1));                                        \
                v = (T)1 + x * c;                                                                  \
                x_key = jx_threefry(x_key, 0);                                                     \
            }                                                                                      \
            T X = x * x;                                                                           \
            V = v * v * v;                                                                         \
            if (!(U >= (T)1 - (T)0.0331 * (X * X)))                                                \
                break;                                                                             \
            if (!(jx_log_##tag(U) >= X * (T)0.5 + d * (((T)1 - V) + jx_log_##tag(V))))             \
                break;                                                                             \
        }                                                                                          \
        return V;                                                                                  \
    }                                                                                              \
    JX_OUT_OF_LINE T jx_gamma_##tag(uint64_t key, T alpha)                                         \
    {                                                                                              \
        T d = jx_gamma_d_##tag(alpha), V = jx_gamma_V_##tag(jx_threefry(key, 0), d);               \
        T u = jx_unit_##tag(jx_threefry(key, 1), 0);                                               \
        return d * V * (alpha >= (T)1 ? (T)1 : jx_pow_##tag((T)1 - u, (T)1 / alpha));              \
    }                                                                                              \
    JX_OUT_OF_LINE T jx_loggamma_##tag(uint64_t key, T alpha)                                      \
    {                                                                                              \
        T d = jx_gamma_d_##tag(alpha), V = jx_gamma_V_##tag(jx_threefry(key, 0), d);               \
        T log_u = jx_log1p_##tag(-jx_unit_##tag(jx_threefry(key, 1), 0));                          \
        int none = (alpha >= (T)1) | (log_u == (T)0);                                              \
        T boost = none ? (T)0 : log_u * ((T)1 / alpha);                                            \
        return (jx_log_##tag(d) + jx_log_##tag(V)) + boost;                                        \
    }                                                                                              \
    JX_OUT_OF_LINE T jx_gamma_series_##tag(T a, T x, int enabled)                                  \
    {                                                                                              \
        T r = a, c = 1, sum = 1, dc = 0, dsum = 0;                                                 \
        for (int i = 0; enabled && i < JX_SERIES_TERMS; i++) {                                     \
            T ratio = x / (r += (T)1);                                                             \
            dc = dc * ratio - c * x / (r * r);                                                     \
            dsum += dc;                                                                            \
            c *= ratio;                                                                            \
            sum += c;                                                                              \
            enabled = FABS(dc / dsum) > (eps);                                                     \
        }                                                                                          \
        T slope = jx_log_##tag(x) - jx_digamma_##tag(a + (T)1);                                    \
        return -(dsum + sum * slope) * x / a;                                                      \
    }                                                                                              \
    JX_OUT_OF_LINE T jx_gamma_fraction_##tag(T a, T x, int enabled)                                \
    {                                                                                              \
        T y = (T)1 - a, z = x + y + (T)1, p2 = 1, q2 = x, p1 = x + (T)1, q1 = z * x;               \
        T y1 = p1 / q1, dp2 = 0, dq2 = 0, dp1 = 0, dq1 = -x, dy = -(y1 * dq1) / q1;                \
        for (int i = 1; enabled && i <= JX_FRACTION_STEPS; i++) {                                  \
            T n = (T)i;                                                                            \
            y += (T)1;                                                                             \
            z += (T)2;                                                                             \
            T yn = y * n, p = p1 * z - p2 * yn, q = q1 * z - q2 * yn;                              \
            T dp = dp1 * z - p1 - dp2 * yn + p2 * n;                                               \
            T dq = dq1 * z - q1 - dq2 * yn + q2 * n;                                               \
            y1 = q != (T)0 ? p / q : y1;                                                           \
            T next = q != (T)0 ? (dp - y1 * dq) / q : dy;                                          \
            enabled = q == (T)0 || FABS(next - dy) > (eps);                                        \
            T scale = FABS(p) > (T)1 / (eps) ? (eps) : (T)1;                                       \
            p2 = p1 * scale, p1 = p * scale, q2 = q1 * scale, q1 = q * scale;                      \
            dp2 = dp1 * scale, dp1 = dp * scale, dq2 = dq1 * scale, dq1 = dq * scale;              \
            dy = next;                                                                             \
        }                                                                                          \
        return (dy + y1 * (jx_log_##tag(x) - jx_digamma_##tag(a))) * x;                            \
    }                                                                                              \
    JX_OUT_OF_LINE T jx_random_gamma_grad_##tag(T a, T x)                                          \
    {                                                                                              \
        if (!(x >= (T)0) || !(a > (T)0))                                                           \
            return (T)NAN;                                                                         \
        if (x == (T)0)                                                                             \
            return 0;                                                                              \
        int enabled = !(a * jx_log_##tag(x) - x - jx_lgamma_##tag(a) < -(T)(log_max));             \
        return x > (T)1 && x > a ? jx_gamma_fraction_##tag(a, x, enabled)                          \
                                 : jx_gamma_series_##tag(a, x, enabled);                           \
    }
JX_DEFINE_GAMMA(f32, float, fabsf, sqrtf, 0x1p-23f, 88.72283935546875)
JX_DEFINE_GAMMA(f64, double, fabs, sqrt, 0x1p-52, 709.78271289338397)
#undef JX_DEFINE_GAMMA

/* The operations: bits of alpha in, bits of the draw out, those of one NaN for all. */
static inline uint64_t jx_draw_bits_f32(float y)
{
    return y == y ? jx_to_bits_f32(y) : 0x7fc00000u;
}
static inline uint64_t jx_draw_bits_f64(double y)
{
    return y == y ? jx_to_bits_f64(y) : 0x7ff8000000000000u;
}
static inline uint64_t jx_random_gamma32_u64(uint64_t key, uint64_t alpha)
{
    return jx_draw_bits_f32(jx_gamma_f32(key, jx_of_bits_f32((uint32_t)alpha)));
}
static inline uint64_t jx_random_loggamma32_u64(uint64_t key, uint64_t alpha)
{
    return jx_draw_bits_f32(jx_loggamma_f32(key, jx_of_bits_f32((uint32_t)alpha)));
}
static inline uint64_t jx_random_gamma64_u64(uint64_t key, uint64_t alpha)
{
    return jx_draw_bits_f64(jx_gamma_f64(key, jx_of_bits_f64(alpha)));
}
static inline uint64_t jx_random_loggamma64_u64(uint64_t key, uint64_t alpha)
{
    return jx_draw_bits_f64(jx_loggamma_f64(key, jx_of_bits_f64(alpha)));
}

/* ---- Poisson --------------------------------------------------------------------------------- */

/*
 * Small differences decide here: at lam = 10^6 a unit in the last place of lgamma is one of the
 * logarithm of a probability. So log and lgamma are those of XLA on CPUs with fused multiplication and
 * addition, operation by operation, and a draw is the same number on every machine.
 */
static inline float jx_fused_f32(float x, float y, float z)
{
    return (float)((double)x * (double)y + (double)z); /* the product is exact */
}

/* Cephes' logf, in XLA's order; x is 0 or normal and positive. */
JX_OUT_OF_LINE float jx_xla_log_f32(float x)
{
    uint32_t bits = jx_to_bits_f32(x);
    float e = (float)((int32_t)(bits >> 23) - 126);
    float m = jx_of_bits_f32((bits & 0x7fffffu) | 0x3f000000u);
    int low = m < 0x1.6a09e6p-1f; /* sqrt(1 / 2) */
    e -= low ? 1.0f : 0.0f;
    m = (m - 1.0f) + (low ? m : 0.0f);
    float m2 = m * m, m3 = m2 * m;
    float p = jx_fused_f32(7.0376836292e-2f, m, -1.1514610310e-1f);
    float q = jx_fused_f32(-1.2420140846e-1f, m, 1.4249322787e-1f);
    float r = jx_fused_f32(2.0000714765e-1f, m, -2.4999993993e-1f);
    p = jx_fused_f32(p, m, 1.1676998740e-1f);
    q = jx_fused_f32(q, m, -1.6668057665e-1f);
    r = jx_fused_f32(r, m, 3.3333331174e-1f);
    p = jx_fused_f32(jx_fused_f32(p, m3, q), m3, r);
    p = jx_fused_f32(p, m3, -2.12194440e-4f * e);
    float y = jx_fused_f32(0.693359375f, e, jx_fused_f32(-0.5f, m2, m) + p);
    y = x < (float)INFINITY ? y : x;
    return x == 0.0f ? -(float)INFINITY : y;
}

/* Lanczos' approximation with g = 7, of x >= 1 (Godfrey's coefficients). */
JX_OUT_OF_LINE float jx_xla_lgamma_f32(float x)
{
    float z = x - 1.0f, a = 1.0f;
    a += 676.520368121885098567f / (z + 1.0f);
    a += -1259.13921672240287047f / (z + 2.0f);
    a += 771.323428777653078849f / (z + 3.0f);
    a += -176.615029162140599066f / (z + 4.0f);
    a += 12.5073432786869048145f / (z + 5.0f);
    a += -0.138571095265720116896f / (z + 6.0f);
    a += 9.98436957801957085956e-6f / (z + 7.0f);
    a += 1.50563273514931155834e-7f / (z + 8.0f);
    float t = 7.5f + z;
    float log_t = 2.01490302054226466f + jx_xla_log_f32(z * 0x1.111112p-3f + 1.0f);
    float y = (z + 0.5f) - t / log_t; /* 0x1.111112p-3: 1 / 7.5 */
    return jx_fused_f32(y, log_t, 0.918938533204672742f) + jx_xla_log_f32(a); /* log(2 pi) / 2 */
}

/* What an operation packs besides the key: the element's number, how many tries, lam without sign. */
enum {
    JX_POISSON_COUNTER_AT = 37, /* so it is below 2^27 */
    JX_POISSON_TRIES_AT = 31,
    JX_POISSON_TRIES = 63,     /* one is enough with probability 0.75 or more */
    JX_POISSON_STEPS = 1 << 10 /* of Knuth's; e^-10 is the product of 10 in the mean */
};

/* A try of Hormann's transformed rejection, The Transformed Rejection Method for Generating Poisson
 * Random Variables (1993); gives whether k is accepted. */
JX_OUT_OF_LINE int jx_poisson_try(uint64_t key, uint32_t i, float lam, float *k)
{
    float b = jx_fused_f32(2.53f, sqrtf(lam), 0.931f), a = jx_fused_f32(0.02483f, b, -0.059f);
    float over_alpha = 1.1239f + 1.1328f / (b - 3.4f), squeeze = 0.9277f - 3.6224f / (b - 2.0f);
    float u = jx_unit_f32(jx_threefry(key, 1), i) - 0.5f, v = jx_unit_f32(jx_threefry(key, 2), i);
    float left = 0.5f - fabsf(u);
    *k = jx_floor_f32(jx_fused_f32(2.0f * a / left + b, u, lam) + 0.43f);
    if (left >= 0.07f && v <= squeeze)
        return 1;
    if (*k < 0.0f || (left < 0.013f && v > left))
        return 0;
    float s = jx_xla_log_f32(v * over_alpha / (a / (left * left) + b));
    return s <= jx_fused_f32(*k, jx_xla_log_f32(lam), -lam) - jx_xla_lgamma_f32(*k + 1.0f);
}

/*
 * JAX tries for all elements until each has accepted once, and an element takes what it accepts last:
 * so the first operation counts the tries of an element, and the second has their maximum. Below 10
 * and of NaN Knuth's method draws, and an element tries as if lam were 10^5.
 */
static inline uint64_t jx_random_poisson_tries_u64(uint64_t key, uint64_t packed)
{
    float lam = jx_of_bits_f32((uint32_t)packed & 0x7fffffffu), k;
    uint32_t i = (uint32_t)(packed >> JX_POISSON_COUNTER_AT);
    uint64_t n = 1;
    while (n < JX_POISSON_TRIES && !jx_poisson_try(key, i, lam >= 10.0f ? lam : 1e5f, &k)) {
        key = jx_threefry(key, 0);
        n++;
    }
    return n;
}

/* The bits of an f32; -1 if lam is NaN. */
static inline uint64_t jx_random_poisson_u64(uint64_t key, uint64_t packed)
{
    float lam = jx_of_bits_f32((uint32_t)packed & 0x7fffffffu), k = -1, next, log_product = 0;
    uint32_t i = (uint32_t)(packed >> JX_POISSON_COUNTER_AT);
    uint32_t n = (uint32_t)(packed >> JX_POISSON_TRIES_AT) & JX_POISSON_TRIES;
    for (; lam >= 10.0f && n > 0; n--) {
        k = jx_poisson_try(key, i, lam, &next) ? next : k;
        key = jx_threefry(key, 0);
    }
    for (int step = 0; lam < 10.0f && log_product > -lam && step < JX_POISSON_STEPS; step++) {
        k += 1.0f;
        log_product += jx_xla_log_f32(jx_unit_f32(jx_threefry(key, 1), i));
        key = jx_threefry(key, 0);
    }
    return jx_draw_bits_f32(lam == 0.0f ? 0.0f : k);
}

#endif
