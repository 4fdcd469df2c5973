/*
 * prim/binary.c - elementwise primitives of two operands.
 *
 * Both have one shape, or one of them is rank 0 and stands beside the other: then its tangent is
 * broadcast and its cotangent summed. g in a rule's mathematics is the operand's tangent, ans the
 * primal result; corner points are JAX's (semantics 4.1).
 */
#include "prim/prim.h"

static jaxc_value apply2(const struct jx_prim *prim, jaxc_value x, jaxc_value y)
{
    return jx_apply(prim, NULL, 2, (const jaxc_value[]){x, y});
}

/* add: g and g */
static jaxc_value add_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    return jx_unbroadcast(r, ct[0]);
}

const struct jx_prim jx_add_p = {
    .name = "add",
    .arity = 2,
    .type = jx_type_number,
    .jvp = jx_broadcast_tangent,
    .transpose = add_transpose,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_add,
};

jaxc_value jx_add(jaxc_value x, jaxc_value y) { return apply2(&jx_add_p, x, y); }

/* sub: g and -g */
static jaxc_value sub_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value g = jx_broadcast_tangent(r, dx);
    return r->operand == 0 ? g : jx_neg(g);
}

static jaxc_value sub_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    jaxc_value g = jx_unbroadcast(r, ct[0]);
    return r->operand == 0 ? g : jx_neg(g);
}

const struct jx_prim jx_sub_p = {
    .name = "sub",
    .arity = 2,
    .type = jx_type_number,
    .jvp = sub_jvp,
    .transpose = sub_transpose,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_sub,
};

jaxc_value jx_sub(jaxc_value x, jaxc_value y) { return apply2(&jx_sub_p, x, y); }

/* mul: g y and x g */
static jaxc_value mul_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return r->operand == 0 ? jx_mul(dx, r->x[1]) : jx_mul(r->x[0], dx);
}

static jaxc_value mul_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    return jx_unbroadcast(r, mul_jvp(r, ct[0]));
}

const struct jx_prim jx_mul_p = {
    .name = "mul",
    .arity = 2,
    .type = jx_type_number,
    .jvp = mul_jvp,
    .transpose = mul_transpose,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_mul,
};

jaxc_value jx_mul(jaxc_value x, jaxc_value y) { return apply2(&jx_mul_p, x, y); }

/* div: g / y and -g x y^-2; linear in x */
static jaxc_value div_jvp(const struct jx_rule *r, jaxc_value dx)
{
    if (r->operand == 0)
        return jx_div(dx, r->x[1]);
    jaxc_value g = jx_mul(jx_neg(dx), r->x[0]);
    return jx_mul(g, jx_integer_pow(r->x[1], -2));
}

static jaxc_value div_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    return jx_unbroadcast(r, jx_div(ct[0], r->x[1]));
}

const struct jx_prim jx_div_p = {
    .name = "div",
    .arity = 2,
    .type = jx_type_number,
    .jvp = div_jvp,
    .transpose = div_transpose,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_div,
};

jaxc_value jx_div(jaxc_value x, jaxc_value y) { return apply2(&jx_div_p, x, y); }

/* rem: x - y trunc(x / y); g and -g sign(x / y) floor(|x / y|) */
static jaxc_value rem_jvp(const struct jx_rule *r, jaxc_value dx)
{
    if (r->operand == 0)
        return jx_broadcast_tangent(r, dx);
    jaxc_value quotient = jx_div(r->x[0], r->x[1]);
    jaxc_value whole = jx_mul(jx_sign(quotient), jx_floor(jx_abs(quotient)));
    return jx_mul(jx_neg(dx), whole);
}

const struct jx_prim jx_rem_p = {
    .name = "rem",
    .arity = 2,
    .type = jx_type_number,
    .jvp = rem_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_rem,
};

jaxc_value jx_rem(jaxc_value x, jaxc_value y) { return apply2(&jx_rem_p, x, y); }

/* max, min: g where the operand is the result, halved where both are; a NaN equals nothing and
 * takes 0 */
static jaxc_value chosen_jvp(const struct jx_rule *r, jaxc_value dx)
{
    const struct jx_aval *type = r->in[r->operand];
    jaxc_value chosen = jx_eq(r->x[r->operand], r->y[0]);
    jaxc_value tied = jx_eq(r->x[1 - r->operand], r->y[0]);
    jaxc_value share = jx_select(tied, jx_literal(type, 0.5), jx_literal(type, 1));
    return jx_mul(dx, jx_select(chosen, share, jx_literal(type, 0)));
}

const struct jx_prim jx_max_p = {
    .name = "max",
    .arity = 2,
    .type = jx_type_ordered,
    .jvp = chosen_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_max,
};

jaxc_value jx_max(jaxc_value x, jaxc_value y) { return apply2(&jx_max_p, x, y); }

const struct jx_prim jx_min_p = {
    .name = "min",
    .arity = 2,
    .type = jx_type_ordered,
    .jvp = chosen_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_min,
};

jaxc_value jx_min(jaxc_value x, jaxc_value y) { return apply2(&jx_min_p, x, y); }

/* pow: x^y of one dtype, or a float to an integer of any dtype */
static bool pow_type(const struct jx_rule *r, struct jx_aval *out)
{
    struct jx_aval y = *r->in[1];
    if (jx_is_float(r->in[0]->dtype) && jx_is_integer(y.dtype))
        y.dtype = r->in[0]->dtype;
    struct jx_rule same = *r;
    same.in = (const struct jx_aval *const[]){r->in[0], &y};
    return jx_type_number(&same, out);
}

/* in x: g y x^(y - 1), but 0 where an integer y is 0; in y: g log(x) ans, with 1 for an x of 0 */
static jaxc_value pow_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value x = r->x[0], y = r->x[1], one = jx_literal(r->in[0], 1);
    jaxc_value zero = jx_literal(r->in[0], 0);
    if (r->operand == 1) {
        jaxc_value base = jx_select(jx_eq(x, zero), one, x);
        return jx_mul(dx, jx_mul(jx_log(base), r->y[0]));
    }
    bool integer = jx_is_integer(r->in[1]->dtype);
    if (integer)
        y = jx_convert_element_type(y, r->in[0]->dtype, r->in[1]->weak != 0);
    jaxc_value slope = jx_mul(y, jx_pow(x, jx_sub(y, one)));
    if (integer)
        slope = jx_select(jx_eq(y, zero), zero, slope);
    return jx_mul(dx, slope);
}

static bool pow_lower(struct jx_lower *l, const struct jx_rule *r)
{
    jaxc_dtype dtype = r->out[0]->dtype;
    int y = l->in[1];
    if (r->in[1]->dtype != r->out[0]->dtype)
        y = jx_g_scalar(l->graph, JX_S_convert, dtype, 1, &y);
    if (y >= 0)
        l->out[0] = jx_g_scalar(l->graph, JX_S_pow, dtype, 2, (const int[]){l->in[0], y});
    return y >= 0 && l->out[0] >= 0;
}

const struct jx_prim jx_pow_p = {
    .name = "pow",
    .arity = 2,
    .type = pow_type,
    .jvp = pow_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = pow_lower,
    .scalar = JX_S_pow,
};

jaxc_value jx_pow(jaxc_value x, jaxc_value y) { return apply2(&jx_pow_p, x, y); }

/* Those on bits, and comparisons: no tangent passes, so the type rule says everything, but for how
 * a shift to the right widens narrow integers. */
/* clang-format off */
#define JX_DISCRETE(ROW)                                                                           \
    ROW(and, jx_type_bits, 0) ROW(or, jx_type_bits, 0) ROW(xor, jx_type_bits, 0)                   \
    ROW(shift_left, jx_type_integer, 0)                                                            \
    ROW(shift_right_logical, jx_type_integer, JX_AS_UNSIGNED)                                      \
    ROW(shift_right_arithmetic, jx_type_integer, JX_AS_SIGNED)                                     \
    ROW(eq, jx_type_compare, 0) ROW(ne, jx_type_compare, 0) ROW(lt, jx_type_compare, 0)            \
    ROW(le, jx_type_compare, 0) ROW(gt, jx_type_compare, 0) ROW(ge, jx_type_compare, 0)
/* clang-format on */
#define JX_ROW(primitive, type_rule, widens)                                                       \
    const struct jx_prim jx_##primitive##_p = {                                                    \
        .name = #primitive,                                                                        \
        .arity = 2,                                                                                \
        .type = type_rule,                                                                         \
        .zero_tangent = true,                                                                      \
        .no_transpose = JX_NOT_LINEAR,                                                             \
        .batch = jx_batch_elementwise,                                                             \
        .lower = jx_lower_scalar,                                                                  \
        .sign = widens,                                                                            \
        .scalar = JX_S_##primitive,                                                                \
    };                                                                                             \
    jaxc_value jx_##primitive(jaxc_value x, jaxc_value y)                                          \
    {                                                                                              \
        return apply2(&jx_##primitive##_p, x, y);                                                  \
    }
JX_DISCRETE(JX_ROW)
#undef JX_ROW
