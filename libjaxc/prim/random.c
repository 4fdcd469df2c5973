/*
 * prim/random.c - threefry2x32, the counter-based random bits of which all others are made, and draws by
 * rejection.
 *
 * Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011); 20 rounds,
 * JAX's key schedule (semantics 1.1). All arithmetic is u32 with wraparound.
 */
#include "prim/prim.h"

#include <float.h>

static bool threefry2x32_type(const struct jx_rule *r, struct jx_aval *out)
{
    char text[JX_AVAL_TEXT];
    for (int i = 0; i < r->n_in; i++)
        if (r->in[i]->dtype != JAXC_U32)
            return jx_fail(JAXC_EDTYPE, "threefry2x32: keys and counters are u32, got %s",
                           jx_aval_text(r->in[i], text));
    if (!jx_type_integer(r, &out[0]))
        return false;
    out[1] = out[0];
    return true;
}

/* A graph under construction: once a node fails, all that stand on it do. */
static int op2(struct jx_graph *g, enum jx_scalar_op op, int x, int y)
{
    return x < 0 || y < 0 ? -1 : jx_g_scalar(g, op, JAXC_U32, 2, (const int[]){x, y});
}

static int number(struct jx_graph *g, uint32_t n)
{
    static const int64_t none[JAXC_MAX_RANK];
    return jx_g_const(g, JAXC_U32, 0, none, (union jx_scalar){.u = n});
}

static int rotate_left(struct jx_graph *g, int x, uint32_t by)
{
    int high = op2(g, JX_S_shift_left, x, number(g, by));
    int low = op2(g, JX_S_shift_right_logical, x, number(g, 32 - by));
    return op2(g, JX_S_or, high, low);
}

static bool threefry2x32_lower(struct jx_lower *l, const struct jx_rule *r)
{
    static const uint32_t rotations[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
    struct jx_graph *g = l->graph;
    (void)r;
    int key[3] = {l->in[0], l->in[1], op2(g, JX_S_xor, l->in[0], l->in[1])};
    key[2] = op2(g, JX_S_xor, key[2], number(g, 0x1BD11BDA)); /* the paper's parity constant */
    int x0 = op2(g, JX_S_add, l->in[2], key[0]);
    int x1 = op2(g, JX_S_add, l->in[3], key[1]);
    for (uint32_t group = 0; group < 5; group++) {
        for (int round = 0; round < 4; round++) {
            x0 = op2(g, JX_S_add, x0, x1);
            x1 = rotate_left(g, x1, rotations[group % 2][round]);
            x1 = op2(g, JX_S_xor, x1, x0);
        }
        int count = op2(g, JX_S_add, key[(group + 2) % 3], number(g, group + 1));
        x0 = op2(g, JX_S_add, x0, key[(group + 1) % 3]);
        x1 = op2(g, JX_S_add, x1, count);
    }
    l->out[0] = x0;
    l->out[1] = x1;
    return x0 >= 0 && x1 >= 0;
}

const struct jx_prim jx_threefry2x32_p = {
    .name = "threefry2x32",
    .dear = true,
    .arity = 4,
    .n_results = 2,
    .type = threefry2x32_type,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = threefry2x32_lower,
};

bool jx_threefry2x32(jaxc_value k0, jaxc_value k1, jaxc_value x0, jaxc_value x1, jaxc_value *y0,
                     jaxc_value *y1)
{
    jaxc_value y[2] = {JX_POISON, JX_POISON};
    bool ok = jx_bind(&jx_threefry2x32_p, NULL, 4, (const jaxc_value[]){k0, k1, x0, x1}, 2, y);
    *y0 = y[0];
    *y1 = y[1];
    return ok;
}

/* ---- draws by rejection: each element has a key ---------------------------------------------- */

/* As an elementwise primitive of floats has it, with the keys beside. */
static bool draw_type(const struct jx_rule *r, struct jx_aval *out)
{
    char text[JX_AVAL_TEXT];
    struct jx_aval types[3];
    const struct jx_aval *in[3];
    struct jx_rule floats = *r;
    for (int i = 0; i < 3; i++) {
        types[i] = *r->in[i];
        if (i < 2 && types[i].dtype != JAXC_U32)
            return jx_fail(JAXC_EDTYPE, "%s: keys are u32, got %s", r->prim->name,
                           jx_aval_text(r->in[i], text));
        types[i].dtype = r->in[2]->dtype;
        in[i] = &types[i];
    }
    floats.in = in;
    if (!jx_type_float(&floats, out))
        return false;
    out->weak = false;
    return true;
}

static int convert(struct jx_graph *g, enum jx_scalar_op op, jaxc_dtype dtype, int x)
{
    return x < 0 ? -1 : jx_g_scalar(g, op, dtype, 1, &x);
}

/* The operation on u64 that the primitive's .scalar names in f32; the next one is it in f64. */
static bool draw_lower(struct jx_lower *l, const struct jx_rule *r)
{
    static const int64_t none[JAXC_MAX_RANK];
    struct jx_graph *g = l->graph;
    jaxc_dtype dtype = (jaxc_dtype)r->out[0]->dtype;
    jaxc_dtype bits = dtype == JAXC_F64 ? JAXC_U64 : JAXC_U32;
    int by = jx_g_const(g, JAXC_U64, 0, none, (union jx_scalar){.u = 32});
    int high = convert(g, JX_S_convert, JAXC_U64, l->in[0]);
    int low = convert(g, JX_S_convert, JAXC_U64, l->in[1]);
    int alpha = convert(g, JX_S_bitcast, bits, l->in[2]);
    if (bits == JAXC_U32)
        alpha = convert(g, JX_S_convert, JAXC_U64, alpha);
    if (by < 0 || high < 0 || low < 0 || alpha < 0)
        return false;
    high = jx_g_scalar(g, JX_S_shift_left, JAXC_U64, 2, (const int[]){high, by});
    int key = high < 0 ? -1 : jx_g_scalar(g, JX_S_or, JAXC_U64, 2, (const int[]){high, low});
    enum jx_scalar_op op = (enum jx_scalar_op)(r->prim->scalar + (dtype == JAXC_F64));
    int y = key < 0 ? -1 : jx_g_scalar(g, op, JAXC_U64, 2, (const int[]){key, alpha});
    if (bits == JAXC_U32)
        y = convert(g, JX_S_convert, JAXC_U32, y);
    l->out[0] = convert(g, JX_S_bitcast, dtype, y);
    return l->out[0] >= 0;
}

/* random_gamma: g random_gamma_grad(alpha, ans), the derivative that leaves P(alpha, ans) as it is */
static jaxc_value random_gamma_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return jx_mul(dx, jx_random_gamma_grad(r->x[2], r->y[0]));
}

const struct jx_prim jx_random_gamma_p = {
    .name = "random_gamma",
    .dear = true,
    .arity = 3,
    .type = draw_type,
    .jvp = random_gamma_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = draw_lower,
    .scalar = JX_S_random_gamma32,
};

jaxc_value jx_random_gamma(jaxc_value k0, jaxc_value k1, jaxc_value alpha)
{
    return jx_apply(&jx_random_gamma_p, NULL, 3, (const jaxc_value[]){k0, k1, alpha});
}

/* random_loggamma: g random_gamma_grad(alpha, e^ans) / e^ans, where 0 counts as the smallest normal
 * number */
static jaxc_value random_loggamma_jvp(const struct jx_rule *r, jaxc_value dx)
{
    const struct jx_aval *type = r->out[0];
    double tiny = type->dtype == JAXC_F64   ? DBL_MIN
                  : type->dtype == JAXC_F16 ? 0x1p-14
                                            : (double)FLT_MIN;
    jaxc_value y = jx_exp(r->y[0]);
    y = jx_select(jx_eq(y, jx_literal(type, 0)), jx_literal(type, tiny), y);
    return jx_mul(dx, jx_div(jx_random_gamma_grad(r->x[2], y), y));
}

const struct jx_prim jx_random_loggamma_p = {
    .name = "random_loggamma",
    .dear = true,
    .arity = 3,
    .type = draw_type,
    .jvp = random_loggamma_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = draw_lower,
    .scalar = JX_S_random_loggamma32,
};

jaxc_value jx_random_loggamma(jaxc_value k0, jaxc_value k1, jaxc_value alpha)
{
    return jx_apply(&jx_random_loggamma_p, NULL, 3, (const jaxc_value[]){k0, k1, alpha});
}

const struct jx_prim jx_random_gamma_grad_p = {
    .name = "random_gamma_grad",
    .arity = 2,
    .type = jx_type_float,
    .no_jvp = "sums that end at an eps are not differentiated",
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = jx_lower_scalar,
    .scalar = JX_S_random_gamma_grad,
};

jaxc_value jx_random_gamma_grad(jaxc_value alpha, jaxc_value y)
{
    return jx_apply(&jx_random_gamma_grad_p, NULL, 2, (const jaxc_value[]){alpha, y});
}
