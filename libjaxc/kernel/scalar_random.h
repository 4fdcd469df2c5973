/*
 * kernel/scalar_random.h - draws by rejection, one element at a time: gamma numbers, and their
 * derivative.
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

#endif
