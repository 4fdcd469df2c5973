/*
 * transform/transpose.c - backwards through a linear program, accumulating cotangents.
 *
 * Equations that no linear input reaches are emitted first, forwards; the others are walked from
 * the last to the first.
 */
#include "transform/transform.h"

#include <jaxc/error.h>

struct backward {
    struct jx_interpreter it;
    bool *linear;   /* of each variable */
    jaxc_value *ct; /* of each variable; JX_ZERO until something arrives */
    bool *operands; /* which operands of the equation are linear */
    jaxc_value *ct_in;
    size_t operands_capacity, ct_in_capacity;
};

static bool accumulate(struct backward *b, jx_atom a, jaxc_value ct)
{
    if (jx_is_zero(ct) || jx_atom_is_literal(a) || !b->linear[a])
        return true;
    b->ct[a] = jx_is_zero(b->ct[a]) ? ct : jx_add(b->ct[a], ct);
    return !jx_is_poison(b->ct[a]);
}

/* A rule that used an operand which is linear too has tripped over its poison. */
static bool not_linear(const struct jx_rule *r)
{
    if (jaxc_error_code() == JAXC_EDEAD)
        jaxc_clear_error();
    return jx_fail(r->prim->no_transpose ? JAXC_ENORULE : JAXC_EVALUE,
                   "%s is not linear in operand %d%s%s", r->prim->name, r->operand,
                   r->prim->no_transpose ? ": " : "",
                   r->prim->no_transpose ? r->prim->no_transpose : "");
}

static bool transpose_equation(struct backward *b, const struct jx_eqn *e)
{
    const struct jx_program *p = b->it.env.program;
    bool any = false;
    for (uint32_t i = 0; i < e->n_out; i++)
        any = any || !jx_is_zero(b->ct[e->first_out + i]);
    if (!any)
        return true;
    if (!jx_interpreter_step(&b->it, e) ||
        !jx_grow(&b->operands, &b->operands_capacity, (size_t)e->n_in + 1, sizeof *b->operands) ||
        !jx_grow(&b->ct_in, &b->ct_in_capacity, (size_t)e->n_in + 1, sizeof *b->ct_in))
        return false;
    struct jx_rule *r = &b->it.rule;
    const jaxc_value *ct = b->ct + e->first_out;
    for (uint32_t i = 0; i < e->n_in; i++) {
        jx_atom a = p->atoms[e->first_in + i];
        b->operands[i] = !jx_atom_is_literal(a) && b->linear[a];
        if (b->operands[i])
            b->it.x[i] = JX_POISON;
        b->ct_in[i] = JX_ZERO;
    }
    if (r->prim->transpose_all) {
        if (!r->prim->transpose_all(r, b->operands, ct, b->ct_in))
            return false;
    } else {
        for (int i = 0; i < r->n_in; i++) {
            if (!b->operands[i])
                continue;
            r->operand = i;
            if (!r->prim->transpose)
                return not_linear(r);
            b->ct_in[i] = r->prim->transpose(r, ct);
            if (jx_is_poison(b->ct_in[i]))
                return not_linear(r); /* unless the rule said why */
        }
    }
    for (uint32_t i = 0; i < e->n_in; i++)
        if (!accumulate(b, p->atoms[e->first_in + i], b->ct_in[i]))
            return false;
    return true;
}

/* Marks what is linear, and emits what is not. */
static bool forward(struct backward *b)
{
    const struct jx_program *p = b->it.env.program;
    for (uint32_t i = 0; i < p->n_eqns; i++) {
        const struct jx_eqn *e = &p->eqns[i];
        bool linear = false;
        for (uint32_t k = 0; k < e->n_in; k++) {
            jx_atom a = p->atoms[e->first_in + k];
            linear = linear || (!jx_atom_is_literal(a) && b->linear[a]);
        }
        for (uint32_t k = 0; k < e->n_out; k++)
            b->linear[e->first_out + k] = linear;
        if (linear)
            continue;
        if (!jx_interpreter_step(&b->it, e) ||
            !jx_bind(e->prim, b->it.rule.params, b->it.rule.n_in, b->it.x, (int)e->n_out,
                     b->it.env.at + e->first_out))
            return false;
    }
    return true;
}

bool jx_transpose_program(const struct jx_program *p, const bool *linear, const jaxc_value *in,
                          const jaxc_value *ct, jaxc_value *ct_in)
{
    struct backward b = {0};
    uint32_t n_in = p->n_consts + p->n_in;
    b.linear = jx_alloc((size_t)p->n_vars + 1, sizeof *b.linear);
    b.ct = jx_alloc((size_t)p->n_vars + 1, sizeof *b.ct);
    bool ok = jx_interpreter_init(&b.it, p, in) && b.linear && b.ct;
    for (uint32_t v = 0; ok && v < p->n_vars; v++) {
        b.ct[v] = JX_ZERO;
        b.linear[v] = v < n_in && linear[v];
    }
    ok = ok && forward(&b);
    for (uint32_t i = 0; ok && i < p->n_out; i++)
        ok = accumulate(&b, p->outs[i], ct[i]);
    for (uint32_t i = p->n_eqns; ok && i-- > 0;)
        if (b.linear[p->eqns[i].n_out ? p->eqns[i].first_out : 0] && p->eqns[i].n_out)
            ok = transpose_equation(&b, &p->eqns[i]);
    for (uint32_t v = 0; v < n_in; v++)
        ct_in[v] = !ok ? JX_POISON : linear[v] ? b.ct[v] : JX_ZERO;
    jx_free(b.linear);
    jx_free(b.ct);
    jx_free(b.operands);
    jx_free(b.ct_in);
    jx_interpreter_fini(&b.it);
    return ok;
}
