/*
 * prim/special.c - the error function, its complement and inverse, log gamma and its derivative, two
 * Bessel functions, sums of exponentials as logarithms.
 *
 * g in a rule's mathematics is the tangent, ans the primal result; corner points are JAX's
 * (semantics 4.1).
 */
#include "prim/prim.h"

#include <math.h>

#define FLOAT_UNARY(op)                                                                            \
    const struct jx_prim jx_##op##_p = {                                                           \
        .name = #op,                                                                               \
        .arity = 1,                                                                                \
        .type = jx_type_float,                                                                     \
        .jvp = op##_jvp,                                                                           \
        .no_transpose = JX_NOT_LINEAR,                                                             \
        .batch = jx_batch_elementwise,                                                             \
        .lower = jx_lower_scalar,                                                                  \
        .scalar = JX_S_##op,                                                                       \
    };                                                                                             \
    jaxc_value jx_##op(jaxc_value x) { return jx_apply(&jx_##op##_p, NULL, 1, &x); }

#define TWO_OVER_ROOT_PI 1.1283791670955125738961589031

/* erf: 2/sqrt(pi) (g exp(-x^2)) */
static jaxc_value erf_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value slope = jx_exp(jx_neg(jx_square(r->x[0])));
    return jx_mul(jx_literal(r->in[0], TWO_OVER_ROOT_PI), jx_mul(dx, slope));
}
FLOAT_UNARY(erf)

/* erfc: -2/sqrt(pi) (g exp(-x^2)) */
static jaxc_value erfc_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value slope = jx_exp(jx_neg(jx_square(r->x[0])));
    return jx_mul(jx_literal(r->in[0], -TWO_OVER_ROOT_PI), jx_mul(dx, slope));
}
FLOAT_UNARY(erfc)

/* erf_inv: sqrt(pi)/2 (g exp(ans^2)) */
static jaxc_value erf_inv_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value half_root =
        jx_literal(r->in[0], 0.88622692545275801364908374167057); /* sqrt(pi)/2 */
    return jx_mul(half_root, jx_mul(dx, jx_exp(jx_square(r->y[0]))));
}
FLOAT_UNARY(erf_inv)

/* lgamma: g digamma(x) */
static jaxc_value lgamma_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_digamma(r->x[0]));
}
FLOAT_UNARY(lgamma)

/*
 * The derivative of digamma for z >= 1/2: the sum of 1 / (z + k)^2 for k < 8, and from z + 8 on the
 * asymptotic series (Abramowitz and Stegun, 6.4.12), in u = 1 / (z + 8).
 */
static jaxc_value trigamma_right(const struct jx_aval *type, jaxc_value z)
{
    static const double bernoulli[] = {7.0 / 6,  -691.0 / 2730, 5.0 / 66, -1.0 / 30,
                                       1.0 / 42, -1.0 / 30,     1.0 / 6};
    jaxc_value sum = jx_integer_pow(z, -2);
    for (int k = 1; k < 8; k++)
        sum = jx_add(sum, jx_integer_pow(jx_add(z, jx_literal(type, k)), -2));
    jaxc_value u = jx_integer_pow(jx_add(z, jx_literal(type, 8)), -1), s = jx_square(u);
    jaxc_value series = jx_literal(type, bernoulli[0]);
    for (int i = 1; i < 7; i++)
        series = jx_add(jx_mul(series, s), jx_literal(type, bernoulli[i]));
    series =
        jx_add(jx_literal(type, 1), jx_mul(u, jx_add(jx_literal(type, 0.5), jx_mul(u, series))));
    return jx_add(sum, jx_mul(u, series));
}

/*
 * polygamma(1, x) of elementary operations, so that all higher derivatives follow. Left of 1/2 it is
 * pi^2 / sin(pi x)^2 - polygamma(1, 1 - x), where x counts from the nearest integer; right of it that
 * branch sees a number without a pole.
 */
static jaxc_value trigamma(const struct jx_aval *type, jaxc_value x)
{
    jaxc_value one = jx_literal(type, 1), left = jx_lt(x, jx_literal(type, 0.5));
    jaxc_value right = trigamma_right(type, jx_select(left, jx_sub(one, x), x));
    jaxc_value fraction = jx_sub(x, jx_round(x, JX_TO_NEAREST_EVEN));
    fraction = jx_select(left, fraction, jx_literal(type, 0.25));
    jaxc_value pi = jx_literal(type, 3.14159265358979323846);
    jaxc_value quotient = jx_div(pi, jx_sin(jx_mul(pi, fraction)));
    return jx_select(left, jx_sub(jx_square(quotient), right), right);
}

/* digamma: g polygamma(1, x) */
static jaxc_value digamma_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, trigamma(r->in[0], r->x[0]));
}
FLOAT_UNARY(digamma)

/* bessel_i0e: g (bessel_i1e(x) - sign(x) ans) */
static jaxc_value bessel_i0e_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value less = jx_mul(jx_sign(r->x[0]), r->y[0]);
    return jx_mul(dx, jx_sub(jx_bessel_i1e(r->x[0]), less));
}
FLOAT_UNARY(bessel_i0e)

/* From 1 to the next number. */
static double epsilon_of(jaxc_dtype dtype)
{
    switch (dtype) {
    case JAXC_F16: return 0x1p-10;
    case JAXC_BF16: return 0x1p-7;
    case JAXC_F32: return 0x1p-23;
    default: return 0x1p-52;
    }
}

/* bessel_i1e: g (bessel_i0e(x) - ans (sign(x) + 1 / x)), g / 2 within epsilon of 0 */
static jaxc_value bessel_i1e_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value epsilon = jx_literal(r->in[0], epsilon_of((jaxc_dtype)r->in[0]->dtype));
    jaxc_value far = jx_gt(jx_abs(r->x[0]), epsilon), half = jx_literal(r->in[0], 0.5);
    jaxc_value x = jx_select(far, r->x[0], epsilon);
    jaxc_value factor = jx_add(jx_sign(x), jx_integer_pow(x, -1));
    jaxc_value slope = jx_sub(jx_bessel_i0e(x), jx_mul(r->y[0], factor));
    return jx_mul(dx, jx_select(far, slope, half));
}
FLOAT_UNARY(bessel_i1e)

/* logaddexp, logaddexp2: log(e^x + e^y), log2(2^x + 2^y); g e^(x - ans), g 2^(x - ans), where a
 * positive infinity in the exponent counts as 0. In JAX these are functions with a derivative of
 * their own (custom_jvp). */
static jaxc_value without_infinity(const struct jx_aval *type, jaxc_value x)
{
    jaxc_value infinite = jx_eq(x, jx_literal(type, (double)INFINITY));
    return jx_select(infinite, jx_literal(type, 0), x);
}

static jaxc_value share_of(const struct jx_rule *r)
{
    jaxc_value x = without_infinity(r->in[r->operand], r->x[r->operand]);
    return jx_sub(x, without_infinity(r->out[0], r->y[0]));
}

static jaxc_value logaddexp_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_exp(share_of(r)));
}

const struct jx_prim jx_logaddexp_p = {
    .name = "logaddexp",
    .arity = 2,
    .type = jx_type_float,
    .jvp = logaddexp_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_logaddexp,
};

jaxc_value jx_logaddexp(jaxc_value x, jaxc_value y)
{
    return jx_apply(&jx_logaddexp_p, NULL, 2, (const jaxc_value[]){x, y});
}

static jaxc_value logaddexp2_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_exp2(share_of(r)));
}

/* max(x, y) + log1p(2^-|x - y|) / log(2); x + y where the difference is NaN */
static bool logaddexp2_lower(struct jx_lower *l, const struct jx_rule *r)
{
    struct jx_graph *g = l->graph;
    jaxc_dtype dtype = (jaxc_dtype)r->out[0]->dtype;
    const int *x = l->in;
    int most = jx_g_scalar(g, JX_S_max, dtype, 2, x);
    int apart = jx_g_scalar(g, JX_S_sub, dtype, 2, x);
    int z = jx_g_scalar(g, JX_S_abs, dtype, 1, &apart);
    z = jx_g_scalar(g, JX_S_neg, dtype, 1, &z);
    z = jx_g_scalar(g, JX_S_exp2, dtype, 1, &z);
    z = jx_g_scalar(g, JX_S_log1p, dtype, 1, &z);
    union jx_scalar number = {.f = 1.4426950408889634074 /* 1 / log(2) */};
    int factor = jx_g_const(g, dtype, 0, NULL, jx_scalar_convert(number, JAXC_F64, dtype));
    z = jx_g_scalar(g, JX_S_mul, dtype, 2, (const int[]){z, factor});
    z = jx_g_scalar(g, JX_S_add, dtype, 2, (const int[]){most, z});
    int sum = jx_g_scalar(g, JX_S_add, dtype, 2, x);
    int nan = jx_g_scalar(g, JX_S_ne, JAXC_BOOL, 2, (const int[]){apart, apart});
    l->out[0] = jx_g_scalar(g, JX_S_select, dtype, 3, (const int[]){nan, z, sum});
    return l->out[0] >= 0;
}

const struct jx_prim jx_logaddexp2_p = {
    .name = "logaddexp2",
    .arity = 2,
    .type = jx_type_float,
    .jvp = logaddexp2_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = logaddexp2_lower,
};

jaxc_value jx_logaddexp2(jaxc_value x, jaxc_value y)
{
    return jx_apply(&jx_logaddexp2_p, NULL, 2, (const jaxc_value[]){x, y});
}
