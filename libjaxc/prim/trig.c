/*
 * prim/trig.c - circular and hyperbolic functions beyond sin, cos and tanh, and the inverses.
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

static jaxc_value one(const struct jx_rule *r) { return jx_literal(r->in[0], 1); }

/* tan: g (1 + ans^2) */
static jaxc_value tan_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_add(one(r), jx_square(r->y[0])));
}
FLOAT_UNARY(tan)

/* asin: g rsqrt(1 - x^2) */
static jaxc_value asin_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_rsqrt(jx_sub(one(r), jx_square(r->x[0]))));
}
FLOAT_UNARY(asin)

/* acos: g (-rsqrt(1 - x^2)) */
static jaxc_value acos_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_neg(jx_rsqrt(jx_sub(one(r), jx_square(r->x[0])))));
}
FLOAT_UNARY(acos)

/* atan: g / (1 + x^2) */
static jaxc_value atan_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_div(dx, jx_add(one(r), jx_square(r->x[0])));
}
FLOAT_UNARY(atan)

/* sinh: g cosh(x) */
static jaxc_value sinh_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_cosh(r->x[0]));
}
FLOAT_UNARY(sinh)

/* cosh: g sinh(x) */
static jaxc_value cosh_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_sinh(r->x[0]));
}
FLOAT_UNARY(cosh)

/* asinh: g rsqrt(x^2 + 1) */
static jaxc_value asinh_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_rsqrt(jx_add(jx_square(r->x[0]), one(r))));
}
FLOAT_UNARY(asinh)

/* acosh: g rsqrt(x^2 - 1) */
static jaxc_value acosh_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_rsqrt(jx_sub(jx_square(r->x[0]), one(r))));
}
FLOAT_UNARY(acosh)

/* atanh: 1 / (1 + x) (g / (1 - x)) */
static jaxc_value atanh_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value left = jx_integer_pow(jx_add(one(r), r->x[0]), -1);
    return jx_mul(left, jx_div(dx, jx_sub(one(r), r->x[0])));
}
FLOAT_UNARY(atanh)

/* atan2, of y and x: g (x / (y^2 + x^2)) and g (-y / (y^2 + x^2)) */
static jaxc_value atan2_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value above = r->operand == 0 ? r->x[1] : jx_neg(r->x[0]);
    jaxc_value square = jx_square(r->x[0]);
    return jx_mul(dx, jx_div(above, jx_add(square, jx_square(r->x[1]))));
}

const struct jx_prim jx_atan2_p = {
    .name = "atan2",
    .arity = 2,
    .type = jx_type_float,
    .jvp = atan2_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_atan2,
};

jaxc_value jx_atan2(jaxc_value y, jaxc_value x)
{
    return jx_apply(&jx_atan2_p, NULL, 2, (const jaxc_value[]){y, x});
}
