/*
 * lower.c - from a program to code: the graph by each primitive's lowering rule, then the passes of
 * this folder.
 */
#include "lower/lower.h"

#include <assert.h>

/* ---- the graph ------------------------------------------------------------------------------- */

/* What one equation's rule sees; grown to the widest equation. */
struct scratch {
    const struct jx_aval **avals;
    struct jx_aval *wide; /* of avals of narrow dtypes */
    int *in;
    size_t avals_capacity, wide_capacity, in_capacity;
};

/* Shows the rule wide types instead of narrow ones, operands converted. */
static bool widen(struct jx_graph *g, const struct jx_eqn *e, struct scratch *s)
{
    size_t n = (size_t)e->n_in + e->n_out;
    if (!jx_grow(&s->wide, &s->wide_capacity, n, sizeof *s->wide))
        return false;
    for (size_t i = 0; i < n; i++) {
        jaxc_dtype dtype = (jaxc_dtype)s->avals[i]->dtype,
                   wide = jx_wide_dtype(dtype, (enum jx_sign)e->prim->sign);
        if (wide == dtype)
            continue;
        s->wide[i] = *s->avals[i];
        s->wide[i].dtype = (uint8_t)wide;
        s->avals[i] = &s->wide[i];
        if (i < e->n_in && (s->in[i] = jx_g_widen(g, s->in[i], (enum jx_sign)e->prim->sign)) < 0)
            return false;
    }
    return true;
}

static int atom_node(struct jx_graph *g, const struct jx_program *p, const int *nodes, jx_atom a)
{
    if (!jx_atom_is_literal(a))
        return nodes[a];
    const struct jx_literal *l = &p->literals[a & ~JX_LITERAL_BIT];
    return jx_g_const(g, l->aval.dtype, l->aval.rank, l->aval.dims, l->value);
}

static bool lower_eqn(struct jx_graph *g, const struct jx_program *p, const struct jx_eqn *e,
                      int *nodes, struct scratch *s)
{
    size_t n_avals = (size_t)e->n_in + e->n_out;
    g->loc = e->loc;
    g->name = e->prim->name;
    if (!e->prim->lower)
        return jx_fail_at(e->loc, JAXC_EINTERNAL, "internal: %s cannot be lowered", e->prim->name);
    if (!jx_grow(&s->avals, &s->avals_capacity, n_avals, sizeof *s->avals) ||
        !jx_grow(&s->in, &s->in_capacity, n_avals, sizeof *s->in))
        return false;
    for (uint32_t i = 0; i < e->n_in; i++) {
        jx_atom a = p->atoms[e->first_in + i];
        s->avals[i] = jx_atom_aval(p, a);
        s->in[i] = atom_node(g, p, nodes, a);
        if (s->in[i] < 0)
            return false;
    }
    int *out = s->in + e->n_in;
    for (uint32_t i = 0; i < e->n_out; i++) {
        s->avals[e->n_in + i] = &p->avals[e->first_out + i];
        out[i] = -1;
    }
    if (!e->prim->moves && !widen(g, e, s))
        return false;
    struct jx_rule rule = {.prim = e->prim,
                           .params = e->params ? e->params->data : NULL,
                           .n_in = (int)e->n_in,
                           .n_out = (int)e->n_out,
                           .in = s->avals,
                           .out = s->avals + e->n_in};
    struct jx_lower l = {.graph = g, .in = s->in, .out = out};
    struct jx_loc before = jx_here();
    jx_set_here(e->loc);
    bool ok = e->prim->lower(&l, &rule);
    jx_set_here(before);
    for (uint32_t i = 0; ok && i < e->n_out; i++) {
        const struct jx_aval *type = &p->avals[e->first_out + i];
        if (!e->prim->moves && out[i] >= 0 && rule.out[i]->dtype != type->dtype &&
            (out[i] = jx_g_narrow(g, (jaxc_dtype)type->dtype, out[i])) < 0)
            return false;
        const struct jx_gnode *n = out[i] >= 0 ? &g->nodes[out[i]] : NULL;
        if (!n || n->dtype != type->dtype || n->rank != type->rank ||
            !jx_same_dims(n->rank, n->dims, type->dims))
            return jx_fail_at(e->loc, JAXC_EINTERNAL,
                              "internal: the lowering of %s gives another type", e->prim->name);
        nodes[e->first_out + i] = out[i];
    }
    return ok;
}

static bool build(struct jx_graph *g, const struct jx_program *p, int *nodes)
{
    struct scratch s = {0};
    bool ok = true;
    uint32_t n_inputs = p->n_consts + p->n_in;
    for (uint32_t v = 0; ok && v < n_inputs; v++) {
        const struct jx_aval *a = &p->avals[v];
        nodes[v] = jx_g_input(g, a->dtype, a->rank, a->dims);
        ok = nodes[v] >= 0;
    }
    for (uint32_t i = 0; ok && i < p->n_eqns; i++)
        ok = lower_eqn(g, p, &p->eqns[i], nodes, &s);
    g->outs = ok ? jx_alloc(p->n_out ? p->n_out : 1, sizeof *g->outs) : NULL;
    ok = ok && g->outs;
    for (uint32_t k = 0; ok && k < p->n_out; k++) {
        g->outs[k] = atom_node(g, p, nodes, p->outs[k]);
        g->n_outs++;
        ok = g->outs[k] >= 0;
    }
    jx_free(s.avals);
    jx_free(s.wide);
    jx_free(s.in);
    return ok;
}

/* ---- the passes ------------------------------------------------------------------------------ */

struct jx_code *jx_lower_graph(const struct jx_graph *graph, const struct jx_lower_options *o)
{
    struct jx_fuse f;
    struct jx_code *code = NULL;
    if (jx_fuse(&f, graph, o) && jx_trim(&f) && jx_donate(&f) && jx_layout(&f))
        code = jx_kernels(&f);
    jx_fuse_fini(&f);
    bool ok = code && jx_plan(code);
#ifndef NDEBUG
    ok = ok && jx_code_verify(code);
#endif
    if (code && !ok) {
        jx_code_free(code);
        code = NULL;
    }
    return code;
}

struct jx_code *jx_lower_program(const struct jx_program *p, const struct jx_lower_options *o)
{
    struct jx_graph g = {0};
    struct jx_code *code = NULL;
    int *nodes = jx_alloc(p->n_vars ? p->n_vars : 1, sizeof *nodes);
    if (nodes && build(&g, p, nodes))
        code = jx_lower_graph(&g, o);
    jx_graph_fini(&g);
    jx_free(nodes);
    return code;
}
