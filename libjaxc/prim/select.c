/*
 * prim/select.c - select_n, the elementwise choice among cases, and clamp.
 *
 * The chooser is bool (two cases, the false one first) or an integer, clamped to [0, n). It carries
 * no tangent; in the cases select_n is linear. Any operand may be rank 0 beside others.
 */
#include "prim/prim.h"

static bool select_n_type(const struct jx_rule *r, struct jx_aval *out)
{
    char text[JX_AVAL_TEXT];
    if (r->n_in < 2)
        return jx_fail(JAXC_EVALUE, "select_n: needs at least one case");
    jaxc_dtype which = r->in[0]->dtype;
    if (which != JAXC_BOOL && !jx_is_integer(which))
        return jx_fail(JAXC_EDTYPE, "select_n: chooses by bool or integers, got %s",
                       jx_aval_text(r->in[0], text));
    if (which == JAXC_BOOL && r->n_in > 3)
        return jx_fail(JAXC_EVALUE, "select_n: a bool chooses among two cases, not %d",
                       r->n_in - 1);
    struct jx_rule cases = *r;
    cases.n_in--, cases.in++;
    if (!jx_same_dtypes(&cases) || !jx_elementwise_shape(r, out))
        return false;
    out->dtype = r->in[1]->dtype;
    out->weak = 1;
    for (int i = 1; i < r->n_in; i++)
        out->weak &= r->in[i]->weak;
    return true;
}

/* which[g0, g1, ...] */
static bool select_n_jvp(const struct jx_rule *r, const jaxc_value *dx, jaxc_value *y_out,
                         jaxc_value *dy)
{
    (void)y_out;
    dy[0] = JX_ZERO;
    jaxc_value zero = jx_literal(r->out[0], 0);
    jaxc_value *cases = jx_alloc((size_t)r->n_in - 1, sizeof *cases);
    if (!cases)
        return false;
    bool full = r->in[0]->rank == r->out[0]->rank,
         any = false; /* does a given operand have the shape? */
    for (int i = 1; i < r->n_in; i++) {
        if (jx_is_zero(dx[i]))
            continue;
        any = true;
        full = full || r->in[i]->rank == r->out[0]->rank;
    }
    for (int i = 1; i < r->n_in; i++) {
        struct jx_rule one = *r;
        one.operand = i;
        cases[i - 1] = jx_is_zero(dx[i]) ? zero : full ? dx[i] : jx_broadcast_tangent(&one, dx[i]);
    }
    if (any)
        dy[0] = jx_select_n(r->x[0], r->n_in - 1, cases);
    jx_free(cases);
    return !jx_is_poison(dy[0]);
}

/* the cotangent where this case was chosen, else 0 */
static jaxc_value select_n_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    jaxc_value zero = jx_literal(r->out[0], 0);
    jaxc_value *cases = jx_alloc((size_t)r->n_in - 1, sizeof *cases);
    if (!cases)
        return JX_POISON;
    for (int i = 1; i < r->n_in; i++)
        cases[i - 1] = i == r->operand ? ct[0] : zero;
    jaxc_value y = jx_select_n(r->x[0], r->n_in - 1, cases);
    jx_free(cases);
    return jx_unbroadcast(r, y);
}

/* A chain: case 0, unless which >= 1, unless which >= 2, ... */
static bool select_n_lower(struct jx_lower *l, const struct jx_rule *r)
{
    struct jx_graph *g = l->graph;
    jaxc_dtype dtype = r->out[0]->dtype, which = r->in[0]->dtype;
    int y = l->in[1];
    for (int i = 1; y >= 0 && i < r->n_in - 1; i++) {
        int take = l->in[0];
        if (which != JAXC_BOOL) {
            union jx_scalar s = jx_scalar_convert((union jx_scalar){.i = i}, JAXC_I64, which);
            if (jx_scalar_convert(s, which, JAXC_I64).i != i)
                break; /* no number of this dtype reaches further */
            int least = jx_g_const(g, which, 0, r->out[0]->dims, s);
            if (least < 0)
                return false;
            take = jx_g_scalar(g, JX_S_ge, JAXC_BOOL, 2, (const int[]){take, least});
        }
        if (take < 0)
            return false;
        y = jx_g_scalar(g, JX_S_select, dtype, 3, (const int[]){take, y, l->in[i + 1]});
    }
    if (y >= 0 && g->nodes[y].rank < r->out[0]->rank) /* one rank-0 case beside a larger chooser */
        y = jx_g_broadcast(g, y, r->out[0]->rank, r->out[0]->dims, NULL);
    l->out[0] = y;
    return y >= 0;
}

const struct jx_prim jx_select_n_p = {
    .name = "select_n",
    .arity = -1,
    .type = select_n_type,
    .jvp_all = select_n_jvp,
    .transpose = select_n_transpose,
    .batch = jx_batch_elementwise,
    .lower = select_n_lower,
    .scalar = JX_S_select,
};

jaxc_value jx_select_n(jaxc_value which, int n, const jaxc_value *cases)
{
    jaxc_value *x = jx_alloc((size_t)n + 1, sizeof *x);
    if (!x)
        return JX_POISON;
    x[0] = which;
    memcpy(x + 1, cases, (size_t)n * sizeof *x);
    jaxc_value y = jx_apply(&jx_select_n_p, NULL, n + 1, x);
    jx_free(x);
    return y;
}

jaxc_value jx_select(jaxc_value predicate, jaxc_value if_true, jaxc_value if_false)
{
    return jx_apply(&jx_select_n_p, NULL, 3, (const jaxc_value[]){predicate, if_false, if_true});
}

/* clamp: min(max(x, least), most); g where x lies strictly between, and where a bound is the result
 * because x lies strictly beyond it, the lower one only if it is less than the upper */
static jaxc_value clamp_jvp(const struct jx_rule *r, jaxc_value dx)
{
    jaxc_value least = r->x[0], x = r->x[1], most = r->x[2], chosen;
    switch (r->operand) {
    case 0: chosen = jx_and(jx_gt(least, x), jx_lt(least, most)); break;
    case 1: chosen = jx_and(jx_gt(x, least), jx_lt(x, most)); break;
    default: chosen = jx_lt(most, x); break;
    }
    return jx_select(chosen, jx_broadcast_tangent(r, dx), jx_literal(r->in[r->operand], 0));
}

static bool clamp_lower(struct jx_lower *l, const struct jx_rule *r)
{
    jaxc_dtype dtype = r->out[0]->dtype;
    int y = jx_g_scalar(l->graph, JX_S_max, dtype, 2, (const int[]){l->in[1], l->in[0]});
    l->out[0] = jx_g_scalar(l->graph, JX_S_min, dtype, 2, (const int[]){y, l->in[2]});
    return l->out[0] >= 0;
}

const struct jx_prim jx_clamp_p = {
    .name = "clamp",
    .arity = 3,
    .type = jx_type_ordered,
    .jvp = clamp_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = clamp_lower,
};

jaxc_value jx_clamp(jaxc_value least, jaxc_value x, jaxc_value most)
{
    return jx_apply(&jx_clamp_p, NULL, 3, (const jaxc_value[]){least, x, most});
}
