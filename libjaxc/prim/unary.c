/*
 * prim/unary.c - elementwise primitives of one operand.
 *
 * g in a rule's mathematics is the tangent, ans the primal result; corner points are JAX's
 * (semantics 4.1).
 */
#include "prim/prim.h"

/* neg: -g */
static jaxc_value neg_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    (void)r;
    return jx_neg(ct[0]);
}

const struct jx_prim jx_neg_p = {
    .name = "neg",
    .arity = 1,
    .type = jx_type_number,
    .jvp = jx_jvp_linear,
    .transpose = neg_transpose,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_neg,
};

jaxc_value jx_neg(jaxc_value x) { return jx_apply(&jx_neg_p, NULL, 1, &x); }

/* abs: g where x >= 0, else -g (also where x is NaN) */
static jaxc_value abs_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value positive = jx_ge(r->x[0], jx_literal(r->in[0], 0));
    return jx_select(positive, dx, jx_neg(dx));
}

const struct jx_prim jx_abs_p = {
    .name = "abs",
    .arity = 1,
    .type = jx_type_number,
    .jvp = abs_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_abs,
};

jaxc_value jx_abs(jaxc_value x) { return jx_apply(&jx_abs_p, NULL, 1, &x); }

/* sign: piecewise constant */
const struct jx_prim jx_sign_p = {
    .name = "sign",
    .arity = 1,
    .type = jx_type_number,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_sign,
};

jaxc_value jx_sign(jaxc_value x) { return jx_apply(&jx_sign_p, NULL, 1, &x); }

/* not: of the bits; logical on bool */
const struct jx_prim jx_not_p = {
    .name = "not",
    .arity = 1,
    .type = jx_type_bits,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_not,
};

jaxc_value jx_not(jaxc_value x) { return jx_apply(&jx_not_p, NULL, 1, &x); }

/* exp: g ans */
static jaxc_value exp_jvp(const struct jx_rule *r, jaxc_value dx) { return jx_mul(dx, r->y[0]); }

const struct jx_prim jx_exp_p = {
    .name = "exp",
    .arity = 1,
    .type = jx_type_float,
    .jvp = exp_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_exp,
};

jaxc_value jx_exp(jaxc_value x) { return jx_apply(&jx_exp_p, NULL, 1, &x); }

/* exp2: log(2) (g ans) */
static jaxc_value exp2_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value log2 = jx_literal(r->in[0], 0.69314718055994530941723212145818);
    return jx_mul(log2, jx_mul(dx, r->y[0]));
}

const struct jx_prim jx_exp2_p = {
    .name = "exp2",
    .arity = 1,
    .type = jx_type_float,
    .jvp = exp2_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_exp2,
};

jaxc_value jx_exp2(jaxc_value x) { return jx_apply(&jx_exp2_p, NULL, 1, &x); }

/* expm1: g (ans + 1) */
static jaxc_value expm1_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_add(r->y[0], jx_literal(r->in[0], 1)));
}

const struct jx_prim jx_expm1_p = {
    .name = "expm1",
    .arity = 1,
    .type = jx_type_float,
    .jvp = expm1_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_expm1,
};

jaxc_value jx_expm1(jaxc_value x) { return jx_apply(&jx_expm1_p, NULL, 1, &x); }

/* log: g / x */
static jaxc_value log_jvp(const struct jx_rule *r, jaxc_value dx) { return jx_div(dx, r->x[0]); }

const struct jx_prim jx_log_p = {
    .name = "log",
    .arity = 1,
    .type = jx_type_float,
    .jvp = log_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_log,
};

jaxc_value jx_log(jaxc_value x) { return jx_apply(&jx_log_p, NULL, 1, &x); }

/* log1p: g / (x + 1) */
static jaxc_value log1p_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_div(dx, jx_add(r->x[0], jx_literal(r->in[0], 1)));
}

const struct jx_prim jx_log1p_p = {
    .name = "log1p",
    .arity = 1,
    .type = jx_type_float,
    .jvp = log1p_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_log1p,
};

jaxc_value jx_log1p(jaxc_value x) { return jx_apply(&jx_log1p_p, NULL, 1, &x); }

/* sin: g cos(x) */
static jaxc_value sin_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_cos(r->x[0]));
}

const struct jx_prim jx_sin_p = {
    .name = "sin",
    .arity = 1,
    .type = jx_type_float,
    .jvp = sin_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_sin,
};

jaxc_value jx_sin(jaxc_value x) { return jx_apply(&jx_sin_p, NULL, 1, &x); }

/* cos: -(g sin(x)) */
static jaxc_value cos_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_neg(jx_mul(dx, jx_sin(r->x[0])));
}

const struct jx_prim jx_cos_p = {
    .name = "cos",
    .arity = 1,
    .type = jx_type_float,
    .jvp = cos_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_cos,
};

jaxc_value jx_cos(jaxc_value x) { return jx_apply(&jx_cos_p, NULL, 1, &x); }

/* tanh: (g + g ans) (1 - ans) */
static jaxc_value tanh_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value rest = jx_sub(jx_literal(r->in[0], 1), r->y[0]);
    return jx_mul(jx_add(dx, jx_mul(dx, r->y[0])), rest);
}

const struct jx_prim jx_tanh_p = {
    .name = "tanh",
    .arity = 1,
    .type = jx_type_float,
    .jvp = tanh_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_tanh,
};

jaxc_value jx_tanh(jaxc_value x) { return jx_apply(&jx_tanh_p, NULL, 1, &x); }

/* logistic: g ans (1 - ans) */
static jaxc_value logistic_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value rest = jx_sub(jx_literal(r->in[0], 1), r->y[0]);
    return jx_mul(jx_mul(dx, r->y[0]), rest);
}

const struct jx_prim jx_logistic_p = {
    .name = "logistic",
    .arity = 1,
    .type = jx_type_float,
    .jvp = logistic_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_logistic,
};

jaxc_value jx_logistic(jaxc_value x) { return jx_apply(&jx_logistic_p, NULL, 1, &x); }

/* sqrt: g (0.5 / ans) */
static jaxc_value sqrt_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_div(jx_literal(r->in[0], 0.5), r->y[0]));
}

const struct jx_prim jx_sqrt_p = {
    .name = "sqrt",
    .arity = 1,
    .type = jx_type_float,
    .jvp = sqrt_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_sqrt,
};

jaxc_value jx_sqrt(jaxc_value x) { return jx_apply(&jx_sqrt_p, NULL, 1, &x); }

/* rsqrt: g (-0.5 (ans / x)) */
static jaxc_value rsqrt_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value slope = jx_div(r->y[0], r->x[0]);
    return jx_mul(dx, jx_mul(jx_literal(r->in[0], -0.5), slope));
}

const struct jx_prim jx_rsqrt_p = {
    .name = "rsqrt",
    .arity = 1,
    .type = jx_type_float,
    .jvp = rsqrt_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_rsqrt,
};

jaxc_value jx_rsqrt(jaxc_value x) { return jx_apply(&jx_rsqrt_p, NULL, 1, &x); }

/* cbrt: g (1/3 ans^-2) */
static jaxc_value cbrt_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value slope = jx_integer_pow(r->y[0], -2);
    return jx_mul(dx, jx_mul(jx_literal(r->in[0], 1.0 / 3), slope));
}

const struct jx_prim jx_cbrt_p = {
    .name = "cbrt",
    .arity = 1,
    .type = jx_type_float,
    .jvp = cbrt_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_cbrt,
};

jaxc_value jx_cbrt(jaxc_value x) { return jx_apply(&jx_cbrt_p, NULL, 1, &x); }

/* square: g (2 x) */
static jaxc_value square_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_mul(jx_literal(r->in[0], 2), r->x[0]));
}

const struct jx_prim jx_square_p = {
    .name = "square",
    .arity = 1,
    .type = jx_type_number,
    .jvp = square_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_square,
};

jaxc_value jx_square(jaxc_value x) { return jx_apply(&jx_square_p, NULL, 1, &x); }

/* integer_pow: x^y for a number y known beforehand; by squaring, negative y as 1 / x^|y| */
static bool integer_pow_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_integer_pow_params *p = r->params;
    char text[JX_AVAL_TEXT];
    if (!jx_type_number(r, out))
        return false;
    if (p->y < INT32_MIN || p->y > INT32_MAX)
        return jx_fail(JAXC_ELIMIT, "integer_pow: exponent %lld is over 32 bits", (long long)p->y);
    if (p->y < 0 && jx_is_integer(r->in[0]->dtype))
        return jx_fail(JAXC_EVALUE, "integer_pow: %s to the negative power %lld",
                       jx_aval_text(r->in[0], text), (long long)p->y);
    return true;
}

/* g (y x^(y - 1)); 0 for y = 0, g for y = 1 */
static jaxc_value integer_pow_jvp(const struct jx_rule *r, jaxc_value dx)
{
    const struct jx_integer_pow_params *p = r->params;
    if (p->y == 0)
        return jx_zeros_of(r->in[0]);
    if (p->y == 1)
        return dx;
    jaxc_value y = jx_literal(r->in[0], (double)p->y);
    return jx_mul(dx, jx_mul(y, jx_integer_pow(r->x[0], p->y - 1)));
}

static bool integer_pow_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_integer_pow_params *p = r->params;
    jaxc_dtype dtype = r->in[0]->dtype;
    union jx_scalar one = jx_scalar_convert((union jx_scalar){.f = 1}, JAXC_F64, dtype);
    int power = jx_g_const(l->graph, dtype, r->in[0]->rank, r->in[0]->dims, one);
    int ones = power, x = l->in[0];
    bool first = true;
    for (int64_t n = p->y < 0 ? -p->y : p->y; n > 0; n >>= 1) {
        if (n & 1) {
            power = first ? x : jx_g_scalar(l->graph, JX_S_mul, dtype, 2, (const int[]){power, x});
            first = false;
        }
        if (n > 1)
            x = jx_g_scalar(l->graph, JX_S_mul, dtype, 2, (const int[]){x, x});
        if (power < 0 || x < 0)
            return false;
    }
    if (p->y < 0)
        power = jx_g_scalar(l->graph, JX_S_div, dtype, 2, (const int[]){ones, power});
    l->out[0] = power;
    return power >= 0;
}

const struct jx_prim jx_integer_pow_p = {
    .name = "integer_pow",
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_integer_pow_params, y, JX_F_INT), {0}},
    .params_size = sizeof(struct jx_integer_pow_params),
    .type = integer_pow_type,
    .jvp = integer_pow_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = integer_pow_lower,
};

jaxc_value jx_integer_pow(jaxc_value x, int64_t y)
{
    struct jx_integer_pow_params p = {y};
    return y == 1 ? jx_value_again(x) : jx_apply(&jx_integer_pow_p, &p, 1, &x);
}
