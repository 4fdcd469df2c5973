/*
 * dce.c - dead code: equations of which no result reaches an output are dropped.
 *
 * Programs that were traced have none; passes leave some behind. Unused results of equations that
 * stay stay too, and print as _.
 */
#include "opt/opt.h"

static void mark(jx_atom a, bool *live)
{
    if (!jx_atom_is_literal(a))
        live[a] = true;
}

/* live: variables that outputs need; the number of equations that give some. */
static uint32_t find_live(const struct jx_program *p, bool *live)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < p->n_out; k++)
        mark(p->outs[k], live);
    for (uint32_t i = p->n_eqns; i-- > 0;) {
        const struct jx_eqn *e = &p->eqns[i];
        bool needed = false;
        for (uint32_t o = 0; o < e->n_out; o++)
            needed = needed || live[e->first_out + o];
        if (!needed)
            continue;
        n++;
        for (uint32_t a = 0; a < e->n_in; a++)
            mark(p->atoms[e->first_in + a], live);
    }
    return n;
}

struct jx_program *jx_dce(struct jx_program *p)
{
    bool *live = jx_alloc((size_t)p->n_vars + 1, sizeof *live);
    if (!live)
        return NULL;
    if (find_live(p, live) == p->n_eqns) {
        jx_free(live);
        return jx_program_ref(p);
    }
    struct jx_rewrite r;
    bool ok = jx_rewrite_init(&r, p);
    for (uint32_t i = 0; ok && i < p->n_eqns; i++) {
        const struct jx_eqn *e = &p->eqns[i];
        bool needed = false;
        for (uint32_t o = 0; o < e->n_out; o++)
            needed = needed || live[e->first_out + o];
        if (needed)
            ok = jx_rewrite_operands(&r, e) && jx_rewrite_eqn(&r, e);
    }
    jx_free(live);
    return jx_rewrite_end(&r, ok);
}
