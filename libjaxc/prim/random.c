/*
 * prim/random.c - threefry2x32, the counter-based random bits of which all others are made, and draws by
 * rejection.
 *
 * Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011); 20 rounds,
 * JAX's key schedule (semantics 1.1). All arithmetic is u32 with wraparound.
 */
#include "prim/prim.h"

#include "kernel/scalar_random.h"

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

/* As an elementwise primitive of floats has it, which operand `at` is; the others are words. */
static bool draw_type(const struct jx_rule *r, int at, struct jx_aval *out)
{
    char text[JX_AVAL_TEXT];
    struct jx_aval types[5];
    const struct jx_aval *in[5];
    struct jx_rule floats = *r;
    for (int i = 0; i < r->n_in; i++) {
        types[i] = *r->in[i];
        if (i != at && types[i].dtype != JAXC_U32)
            return jx_fail(JAXC_EDTYPE, "%s: %s u32, got %s", r->prim->name,
                           i < 2 ? "keys are" : "counts are", jx_aval_text(r->in[i], text));
        types[i].dtype = r->in[at]->dtype;
        in[i] = &types[i];
    }
    floats.in = in;
    if (!jx_type_float(&floats, out))
        return false;
    out->weak = false;
    return true;
}

/* high 2^by + low, in u64 */
static int pack(struct jx_graph *g, int high, uint64_t by, int low)
{
    static const int64_t none[JAXC_MAX_RANK];
    int shift = jx_g_const(g, JAXC_U64, 0, none, (union jx_scalar){.u = by});
    int args[] = {jx_g_convert(g, JAXC_U64, high), shift};
    int parts[] = {jx_g_scalar(g, JX_S_shift_left, JAXC_U64, 2, args),
                   jx_g_convert(g, JAXC_U64, low)};
    return jx_g_scalar(g, JX_S_or, JAXC_U64, 2, parts);
}

static int as_bits(struct jx_graph *g, jaxc_dtype dtype, int x)
{
    return jx_g_scalar(g, JX_S_bitcast, dtype, 1, &x);
}

static bool gamma_type(const struct jx_rule *r, struct jx_aval *out)
{
    return draw_type(r, 2, out);
}

/* The operation on u64 that the primitive's .scalar names in f32; the next one is it in f64. */
static bool gamma_lower(struct jx_lower *l, const struct jx_rule *r)
{
    struct jx_graph *g = l->graph;
    jaxc_dtype dtype = (jaxc_dtype)r->out[0]->dtype;
    jaxc_dtype bits = dtype == JAXC_F64 ? JAXC_U64 : JAXC_U32;
    int args[] = {pack(g, l->in[0], 32, l->in[1]),
                  jx_g_convert(g, JAXC_U64, as_bits(g, bits, l->in[2]))};
    enum jx_scalar_op op = (enum jx_scalar_op)(r->prim->scalar + (dtype == JAXC_F64));
    int y = jx_g_convert(g, bits, jx_g_scalar(g, op, JAXC_U64, 2, args));
    l->out[0] = as_bits(g, dtype, y);
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
    .type = gamma_type,
    .jvp = random_gamma_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = gamma_lower,
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
    .type = gamma_type,
    .jvp = random_loggamma_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = gamma_lower,
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

/* ---- Poisson --------------------------------------------------------------------------------- */

static bool poisson_type(const struct jx_rule *r, struct jx_aval *out)
{
    char text[JX_AVAL_TEXT];
    if (r->in[3]->dtype != JAXC_F32)
        return jx_fail(JAXC_EDTYPE, "%s: lam is f32, got %s", r->prim->name,
                       jx_aval_text(r->in[3], text));
    return draw_type(r, 3, out);
}

static bool poisson_tries_type(const struct jx_rule *r, struct jx_aval *out)
{
    if (!poisson_type(r, out))
        return false;
    out->dtype = JAXC_U32;
    return true;
}

/* What both operations take: the key, and the number i, the tries and lam in one word. A negative lam
 * loses its sign there and goes as NaN, since both draw -1. */
static bool poisson_lower(struct jx_lower *l, const struct jx_rule *r)
{
    static const int64_t none[JAXC_MAX_RANK];
    struct jx_graph *g = l->graph;
    int zero = jx_g_const(g, JAXC_F32, 0, none, (union jx_scalar){.f = 0});
    int nan = jx_g_const(g, JAXC_F32, 0, none, (union jx_scalar){.f = NAN});
    int low[] = {l->in[3], zero};
    int lam[] = {jx_g_scalar(g, JX_S_lt, JAXC_BOOL, 2, low), l->in[3], nan};
    int word = as_bits(g, JAXC_U32, jx_g_scalar(g, JX_S_select, JAXC_F32, 3, lam));
    if (r->n_in > 4)
        word = pack(g, l->in[4], JX_POISSON_TRIES_AT, word);
    int args[] = {pack(g, l->in[0], 32, l->in[1]), pack(g, l->in[2], JX_POISSON_COUNTER_AT, word)};
    enum jx_scalar_op op = (enum jx_scalar_op)r->prim->scalar;
    int y = jx_g_convert(g, JAXC_U32, jx_g_scalar(g, op, JAXC_U64, 2, args));
    l->out[0] = r->n_in > 4 ? as_bits(g, JAXC_F32, y) : y;
    return l->out[0] >= 0;
}

const struct jx_prim jx_random_poisson_tries_p = {
    .name = "random_poisson_tries",
    .dear = true,
    .arity = 4,
    .type = poisson_tries_type,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = poisson_lower,
    .scalar = JX_S_random_poisson_tries,
};

jaxc_value jx_random_poisson_tries(jaxc_value k0, jaxc_value k1, jaxc_value i, jaxc_value lam)
{
    return jx_apply(&jx_random_poisson_tries_p, NULL, 4, (const jaxc_value[]){k0, k1, i, lam});
}

const struct jx_prim jx_random_poisson_p = {
    .name = "random_poisson",
    .dear = true,
    .arity = 5,
    .type = poisson_type,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = poisson_lower,
    .scalar = JX_S_random_poisson,
};

jaxc_value jx_random_poisson(jaxc_value k0, jaxc_value k1, jaxc_value i, jaxc_value lam,
                             jaxc_value tries)
{
    return jx_apply(&jx_random_poisson_p, NULL, 5, (const jaxc_value[]){k0, k1, i, lam, tries});
}
