/*
 * transform/jvp.c - forward mode: a tangent, or a symbolic zero, beside each value.
 *
 * A rule gives the contribution of one operand; the driver sums them, so only rules over all
 * operands ever see a symbolic zero. Values of integer and bool dtype have no tangents.
 */
#include "transform/transform.h"

static bool is_float(const struct jx_aval *a) { return jx_is_float(a->dtype); }

/* The tangent of the single result of a primitive with a rule per operand. */
static bool sum_contributions(struct jx_rule *r, const jaxc_value *dx, jaxc_value *dy)
{
    *dy = JX_ZERO;
    for (int i = 0; i < r->n_in; i++) {
        if (jx_is_zero(dx[i]))
            continue;
        r->operand = i;
        jaxc_value part = r->prim->jvp(r, dx[i]);
        if (jx_is_zero(part))
            continue;
        *dy = jx_is_zero(*dy) ? part : jx_add(*dy, part);
        if (jx_is_poison(*dy))
            return false;
    }
    return true;
}

static bool differentiate(struct jx_rule *r, const jaxc_value *dx, jaxc_value *y, jaxc_value *dy)
{
    const struct jx_prim *prim = r->prim;
    bool active = false, differentiable = false;
    for (int i = 0; i < r->n_in; i++)
        active = active || !jx_is_zero(dx[i]);
    for (int i = 0; i < r->n_out; i++) {
        dy[i] = JX_ZERO;
        differentiable = differentiable || is_float(r->out[i]);
    }
    active = active && differentiable && !prim->zero_tangent;
    if (!active || !prim->emits_primal) {
        if (!jx_bind(prim, r->params, r->n_in, r->x, r->n_out, y))
            return false;
        if (!active)
            return true;
    }
    r->y = y;
    if (prim->jvp_all)
        return prim->jvp_all(r, dx, y, dy);
    if (prim->jvp)
        return sum_contributions(r, dx, dy);
    return jx_fail(JAXC_ENORULE, "%s has no derivative%s%s", prim->name, prim->no_jvp ? ": " : "",
                   prim->no_jvp ? prim->no_jvp : "");
}

bool jx_jvp(const struct jx_program *p, const jaxc_value *in, const jaxc_value *din,
            jaxc_value *out, jaxc_value *dout)
{
    struct jx_interpreter it;
    jaxc_value *d = jx_alloc(p->n_vars ? p->n_vars : 1, sizeof *d), *dx = NULL;
    size_t capacity = 0;
    bool ok = jx_interpreter_init(&it, p, in) && d;
    for (uint32_t v = 0; ok && v < p->n_consts + p->n_in; v++)
        d[v] = is_float(&p->avals[v]) ? din[v] : JX_ZERO;
    for (uint32_t i = 0; ok && i < p->n_eqns; i++) {
        const struct jx_eqn *e = &p->eqns[i];
        ok =
            jx_interpreter_step(&it, e) && jx_grow(&dx, &capacity, (size_t)e->n_in + 1, sizeof *dx);
        for (uint32_t k = 0; ok && k < e->n_in; k++) {
            jx_atom a = p->atoms[e->first_in + k];
            dx[k] = jx_atom_is_literal(a) ? JX_ZERO : d[a];
        }
        ok = ok && differentiate(&it.rule, dx, it.env.at + e->first_out, d + e->first_out);
    }
    for (uint32_t i = 0; i < p->n_out; i++) {
        out[i] = ok ? jx_env_get(&it.env, p->outs[i]) : JX_POISON;
        dout[i] = !ok ? JX_POISON : jx_atom_is_literal(p->outs[i]) ? JX_ZERO : d[p->outs[i]];
    }
    jx_free(d);
    jx_free(dx);
    jx_interpreter_fini(&it);
    return ok;
}
