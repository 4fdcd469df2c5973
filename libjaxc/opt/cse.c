/*
 * cse.c - common subexpressions: of equations with equal primitive, parameters, operands and types
 * the first stays.
 *
 * All primitives are pure. Equal literals count as equal operands.
 */
#include "opt/opt.h"

/* Equations of the new program by what they compute: open addressing, number + 1. */
struct table {
    uint32_t *at;
    size_t capacity;
};

static const struct jx_literal *literal(const struct jx_program *p, jx_atom a)
{
    return &p->literals[a & ~JX_LITERAL_BIT];
}

static bool same_atom(const struct jx_program *p, jx_atom a, jx_atom b)
{
    if (a == b || !jx_atom_is_literal(a) || !jx_atom_is_literal(b))
        return a == b;
    return jx_aval_same(&literal(p, a)->aval, &literal(p, b)->aval) &&
           literal(p, a)->value.u == literal(p, b)->value.u;
}

static uint64_t hash_eqn(const struct jx_program *p, const struct jx_eqn *e, const jx_atom *in)
{
    uint64_t h = (uint64_t)(uintptr_t)e->prim;
    if (e->params)
        h = jx_mix(h, jx_params_hash(e->prim, e->params->data));
    for (uint32_t i = 0; i < e->n_in; i++)
        h = jx_mix(h, jx_atom_is_literal(in[i]) ? literal(p, in[i])->value.u
                                                : (uint64_t)in[i] << 1 | 1);
    return h;
}

static bool same_eqn(const struct jx_rewrite *r, const struct jx_eqn *new, const struct jx_eqn *e)
{
    if (new->prim != e->prim || new->n_in != e->n_in || new->n_out != e->n_out ||
        !new->params != !e->params)
        return false;
    for (uint32_t i = 0; i < e->n_in; i++)
        if (!same_atom(r->to, r->to->atoms[new->first_in + i], r->in[i]))
            return false;
    for (uint32_t o = 0; o < e->n_out; o++)
        if (!jx_aval_same(&r->to->avals[new->first_out + o], &r->from->avals[e->first_out + o]))
            return false;
    return new->params == e->params || jx_params_same(e->prim, new->params->data, e->params->data);
}

static bool visit(struct jx_rewrite *r, struct table *t, const struct jx_eqn *e)
{
    if (!jx_rewrite_operands(r, e))
        return false;
    size_t at = (size_t)hash_eqn(r->to, e, r->in) & (t->capacity - 1);
    for (; t->at[at]; at = (at + 1) & (t->capacity - 1)) {
        const struct jx_eqn *new = &r->to->eqns[t->at[at] - 1];
        if (!same_eqn(r, new, e))
            continue;
        for (uint32_t o = 0; o < e->n_out; o++)
            r->at[e->first_out + o] = new->first_out + o;
        return true;
    }
    t->at[at] = r->to->n_eqns + 1;
    return jx_rewrite_eqn(r, e);
}

struct jx_program *jx_cse(struct jx_program *p)
{
    struct table t = {.capacity = 16};
    while (t.capacity < 2 * (size_t)p->n_eqns)
        t.capacity *= 2;
    t.at = jx_alloc(t.capacity, sizeof *t.at);
    if (!t.at)
        return NULL;
    struct jx_rewrite r;
    bool ok = jx_rewrite_init(&r, p);
    for (uint32_t i = 0; ok && i < p->n_eqns; i++)
        ok = visit(&r, &t, &p->eqns[i]);
    jx_free(t.at);
    bool changed = ok && r.to->n_eqns < p->n_eqns;
    if (ok && !changed) {
        jx_rewrite_fini(&r);
        return jx_program_ref(p);
    }
    return jx_rewrite_end(&r, ok);
}
