/*
 * rewrite.c - what passes share: a new program that grows while an old one is read.
 */
#include "opt/opt.h"

bool jx_rewrite_init(struct jx_rewrite *r, const struct jx_program *from)
{
    *r = (struct jx_rewrite){.from = from, .to = jx_program_new(from->name)};
    if (!r->to)
        return false;
    r->at = jx_alloc((size_t)from->n_vars + 1, sizeof *r->at);
    r->literal = jx_alloc((size_t)from->n_literals + 1, sizeof *r->literal);
    if (!r->at || !r->literal)
        return false;
    r->to->n_consts = from->n_consts;
    r->to->n_in = from->n_in;
    for (uint32_t v = 0; v < from->n_consts + from->n_in; v++) {
        r->at[v] = jx_program_add_var(r->to, &from->avals[v]);
        if (r->at[v] == UINT32_MAX)
            return false;
    }
    return true;
}

void jx_rewrite_fini(struct jx_rewrite *r)
{
    jx_program_unref(r->to);
    jx_free(r->at);
    jx_free(r->literal);
    jx_free(r->in);
    *r = (struct jx_rewrite){0};
}

bool jx_rewrite_atom(struct jx_rewrite *r, jx_atom old, jx_atom *new)
{
    if (!jx_atom_is_literal(old)) {
        *new = r->at[old];
        return true;
    }
    uint32_t number = old & ~JX_LITERAL_BIT;
    const struct jx_literal *l = &r->from->literals[number];
    if (!r->literal[number] &&
        !jx_program_add_literal(r->to, &l->aval, l->value, &r->literal[number]))
        return false;
    *new = r->literal[number];
    return true;
}

bool jx_rewrite_operands(struct jx_rewrite *r, const struct jx_eqn *e)
{
    if (!jx_grow(&r->in, &r->in_capacity, (size_t)e->n_in + 1, sizeof *r->in))
        return false;
    for (uint32_t i = 0; i < e->n_in; i++)
        if (!jx_rewrite_atom(r, r->from->atoms[e->first_in + i], &r->in[i]))
            return false;
    return true;
}

bool jx_rewrite_eqn(struct jx_rewrite *r, const struct jx_eqn *e)
{
    const struct jx_eqn *new = jx_program_add_eqn(r->to, e->prim, e->params, e->loc, e->n_in, r->in,
                                                  e->n_out, &r->from->avals[e->first_out]);
    for (uint32_t i = 0; new &&i < e->n_out; i++)
        r->at[e->first_out + i] = new->first_out + i;
    return new != NULL;
}

struct jx_program *jx_rewrite_end(struct jx_rewrite *r, bool ok)
{
    const struct jx_program *from = r->from;
    jx_atom *outs = ok ? jx_alloc((size_t)from->n_out + 1, sizeof *outs) : NULL;
    ok = outs != NULL;
    for (uint32_t k = 0; ok && k < from->n_out; k++)
        ok = jx_rewrite_atom(r, from->outs[k], &outs[k]);
    ok = ok && jx_program_set_outs(r->to, from->n_out, outs);
    jx_free(outs);
    struct jx_program *result = NULL;
    if (ok) {
        result = r->to;
        r->to = NULL;
    }
    jx_rewrite_fini(r);
    return result;
}
