/*
 * ir/replay.c - the trivial interpreter, and what all interpreters share: the environment and
 * jx_bind.
 */
#include "ir/internal.h"

bool jx_env_init(struct jx_env *env, const struct jx_program *p,
                 const jaxc_value *consts_and_inputs)
{
    *env = (struct jx_env){.program = p};
    env->at = jx_alloc(p->n_vars ? p->n_vars : 1, sizeof *env->at);
    env->literal =
        env->at ? jx_alloc(p->n_literals ? p->n_literals : 1, sizeof *env->literal) : NULL;
    if (!env->literal) {
        jx_env_fini(env);
        return false;
    }
    for (uint32_t i = 0; i < p->n_consts + p->n_in; i++)
        env->at[i] = consts_and_inputs[i];
    return true;
}

void jx_env_fini(struct jx_env *env)
{
    jx_free(env->at);
    jx_free(env->literal);
    *env = (struct jx_env){0};
}

jaxc_value jx_env_get(struct jx_env *env, jx_atom a)
{
    if (!jx_atom_is_literal(a))
        return env->at[a];
    uint32_t i = a & ~JX_LITERAL_BIT;
    if (jx_is_poison(env->literal[i])) {
        const struct jx_literal *l = &env->program->literals[i];
        struct jx_node *n = jx_node_literal(&l->aval, l->value);
        if (n)
            env->literal[i] = jx_value_own(n, 0);
    }
    return env->literal[i];
}

void (*jx_pending_hook)(jaxc_value v);
const void *(*jx_elements_hook)(struct jx_ref r);

bool jx_bind(const struct jx_prim *prim, const void *params, int n_in, const jaxc_value *x,
             int n_out, jaxc_value *y)
{
    for (int i = 0; i < n_out; i++)
        y[i] = JX_POISON;
    struct jx_ref few[8] = {{0}}, *in = few;
    if (n_in > 8 && !(in = jx_alloc((size_t)n_in, sizeof *in)))
        return false;
    int n = 0;
    bool ok = true;
    for (; ok && n < n_in; n++) {
        in[n] = jx_value_ref(x[n]);
        ok = in[n].node != NULL;
    }
    struct jx_node *node = ok ? jx_node_call(prim, params, n_in, in) : NULL;
    for (int i = 0; i < n; i++)
        jx_node_unref(in[i].node);
    if (in != few)
        jx_free(in);
    ok = node != NULL;
    for (int i = 0; ok && i < n_out; i++) {
        y[i] = jx_value_own(jx_node_ref(node), (uint32_t)i);
        ok = !jx_is_poison(y[i]);
    }
    bool pending = node && node->serial == 0 && node->tag == 0;
    jx_node_unref(node);
    if (ok && pending && n_out > 0 && jx_pending_hook)
        jx_pending_hook(y[0]);
    return ok;
}

bool jx_replay(const struct jx_program *p, const jaxc_value *in, jaxc_value *out)
{
    struct jx_env env;
    if (!jx_env_init(&env, p, in))
        return false;
    struct jx_loc here = jx_here();
    jaxc_value *x = NULL;
    size_t capacity = 0;
    bool ok = true;
    for (uint32_t i = 0; ok && i < p->n_eqns; i++) {
        const struct jx_eqn *e = &p->eqns[i];
        ok = jx_grow(&x, &capacity, e->n_in ? e->n_in : 1, sizeof *x);
        for (uint32_t k = 0; ok && k < e->n_in; k++)
            x[k] = jx_env_get(&env, p->atoms[e->first_in + k]);
        if (!ok)
            break;
        jx_set_here(e->loc);
        ok = jx_bind(e->prim, e->params ? e->params->data : NULL, (int)e->n_in, x, (int)e->n_out,
                     env.at + e->first_out);
    }
    jx_set_here(here);
    for (uint32_t i = 0; i < p->n_out; i++)
        out[i] = ok ? jx_env_get(&env, p->outs[i]) : JX_POISON;
    jx_free(x);
    jx_env_fini(&env);
    return ok;
}
