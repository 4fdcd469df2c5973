/*
 * prim/random.c - threefry2x32: the counter-based random bits of which all others are made.
 *
 * Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011); 20 rounds,
 * JAX's key schedule (semantics 1.1). All arithmetic is u32 with wraparound.
 */
#include "prim/prim.h"

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
