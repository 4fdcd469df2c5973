/*
 * prim/special.c - the error function, its complement and inverse, log gamma and its derivative.
 *
 * g in a rule's mathematics is the tangent, ans the primal result; corner points are JAX's
 * (semantics 4.1).
 */
#include "prim/prim.h"

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
