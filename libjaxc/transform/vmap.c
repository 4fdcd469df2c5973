/*
 * transform/vmap.c - a batch axis, or none, beside each value.
 */
#include "transform/transform.h"

static bool batch(struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    bool batched = false;
    for (int i = 0; i < r->n_in; i++)
        batched = batched || r->axis[i] >= 0;
    for (int i = 0; i < r->n_out; i++)
        y_axis[i] = -1;
    if (!batched)
        return jx_bind(r->prim, r->params, r->n_in, r->x, r->n_out, y);
    if (r->prim->batch)
        return r->prim->batch(r, y, y_axis);
    return jx_fail(JAXC_ENORULE, "%s has no batching rule%s%s", r->prim->name,
                   r->prim->no_batch ? ": " : "", r->prim->no_batch ? r->prim->no_batch : "");
}

bool jx_vmap(const struct jx_program *p, int64_t size, const jaxc_value *in, const int *axis,
             jaxc_value *out, int *out_axis)
{
    struct jx_interpreter it;
    int *axes = jx_alloc(p->n_vars ? p->n_vars : 1, sizeof *axes), *x_axis = NULL;
    size_t capacity = 0;
    bool ok = jx_interpreter_init(&it, p, in) && axes;
    for (uint32_t v = 0; ok && v < p->n_consts + p->n_in; v++)
        axes[v] = axis[v];
    for (uint32_t i = 0; ok && i < p->n_eqns; i++) {
        const struct jx_eqn *e = &p->eqns[i];
        ok = jx_interpreter_step(&it, e) &&
             jx_grow(&x_axis, &capacity, (size_t)e->n_in + 1, sizeof *x_axis);
        for (uint32_t k = 0; ok && k < e->n_in; k++) {
            jx_atom a = p->atoms[e->first_in + k];
            x_axis[k] = jx_atom_is_literal(a) ? -1 : axes[a];
        }
        it.rule.axis = x_axis;
        it.rule.size = size;
        ok = ok && batch(&it.rule, it.env.at + e->first_out, axes + e->first_out);
    }
    for (uint32_t i = 0; i < p->n_out; i++) {
        out[i] = ok ? jx_env_get(&it.env, p->outs[i]) : JX_POISON;
        out_axis[i] = !ok || jx_atom_is_literal(p->outs[i]) ? -1 : axes[p->outs[i]];
    }
    jx_free(axes);
    jx_free(x_axis);
    jx_interpreter_fini(&it);
    return ok;
}
