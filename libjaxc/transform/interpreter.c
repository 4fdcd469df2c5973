/*
 * transform/interpreter.c - the ground that jvp, vmap and transpose share.
 */
#include "transform/transform.h"

bool jx_interpreter_init(struct jx_interpreter *it, const struct jx_program *p,
                         const jaxc_value *in)
{
    *it = (struct jx_interpreter){.outer = jx_here()};
    return jx_env_init(&it->env, p, in);
}

bool jx_interpreter_step(struct jx_interpreter *it, const struct jx_eqn *e)
{
    const struct jx_program *p = it->env.program;
    if (!jx_grow(&it->x, &it->x_capacity, (size_t)e->n_in + 1, sizeof *it->x) ||
        !jx_grow(&it->in, &it->in_capacity, (size_t)e->n_in + 1, sizeof *it->in) ||
        !jx_grow(&it->out, &it->out_capacity, (size_t)e->n_out + 1, sizeof *it->out))
        return false;
    jx_set_here(e->loc);
    for (uint32_t i = 0; i < e->n_in; i++) {
        jx_atom a = p->atoms[e->first_in + i];
        it->x[i] = jx_env_get(&it->env, a);
        it->in[i] = jx_atom_aval(p, a);
    }
    for (uint32_t i = 0; i < e->n_out; i++)
        it->out[i] = &p->avals[e->first_out + i];
    it->rule = (struct jx_rule){.prim = e->prim,
                                .params = e->params ? e->params->data : NULL,
                                .n_in = (int)e->n_in,
                                .n_out = (int)e->n_out,
                                .in = it->in,
                                .out = it->out,
                                .x = it->x,
                                .transforms = &jx_transforms};
    return true;
}

void jx_interpreter_fini(struct jx_interpreter *it)
{
    jx_set_here(it->outer);
    jx_env_fini(&it->env);
    jx_free(it->x);
    jx_free(it->in);
    jx_free(it->out);
}
