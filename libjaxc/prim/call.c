/*
 * prim/call.c - jit: a primitive that holds a program.
 *
 * Operands are the program's consts, then its inputs; results its outputs. Each transform of the
 * equation is a jit of the transformed program (r->transforms, memoised there); captures that the
 * transform made go before its other operands.
 */
#include "prim/prim.h"

static uint32_t n_operands(const struct jx_program *p) { return p->n_consts + p->n_in; }

/* Tangents and cotangents may differ from their primals in the weak flag; programs know one. */
static jaxc_value as_operand(jaxc_value x, const struct jx_aval *type)
{
    struct jx_aval a;
    if (!jx_value_aval(x, &a) || a.dtype != type->dtype || a.weak == type->weak)
        return x;
    return jx_convert_element_type(x, type->dtype, type->weak != 0);
}

/* Applies what a transform made; x has the operands behind the captures. */
static bool apply(const struct jx_traced *t, const jaxc_value *x, jaxc_value *y)
{
    struct jx_program *p = t->program;
    uint32_t n = n_operands(p), n_captures = (uint32_t)t->n_captures;
    jaxc_value *all = jx_alloc((size_t)n + 1, sizeof *all);
    if (!all)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        if (i < n_captures)
            all[i] = jx_value_own(jx_node_ref(t->captures[i].node), t->captures[i].index);
        else
            all[i] = as_operand(x[i - n_captures], &p->avals[i]);
    }
    bool ok = jx_jit(p, all, y);
    jx_free(all);
    return ok;
}

static int jit_results(const struct jx_rule *r)
{
    const struct jx_jit_params *p = r->params;
    return (int)p->jaxpr->n_out;
}

static bool jit_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_jit_params *p = r->params;
    const struct jx_program *program = p->jaxpr;
    const char *name = p->name ? p->name : "its program";
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    if ((uint32_t)r->n_in != n_operands(program))
        return jx_fail(JAXC_EARITY, "jit: %s takes %u operands, got %d", name, n_operands(program),
                       r->n_in);
    for (int i = 0; i < r->n_in; i++) {
        const struct jx_aval *want = &program->avals[i], *got = r->in[i];
        if (jx_aval_same(got, want))
            continue;
        return jx_fail(got->dtype != want->dtype || got->weak != want->weak ? JAXC_EDTYPE
                                                                            : JAXC_ESHAPE,
                       "jit: operand %d of %s is %s, it takes %s", i, name, jx_aval_text(got, a),
                       jx_aval_text(want, b));
    }
    for (uint32_t i = 0; i < program->n_out; i++)
        out[i] = *jx_atom_aval(program, program->outs[i]);
    return true;
}

/* jit of the primal program, which saves residuals, then jit of the linear one on them and the
 * tangents */
static bool jit_jvp(const struct jx_rule *r, const jaxc_value *dx, jaxc_value *y_out,
                    jaxc_value *dy)
{
    const struct jx_jit_params *p = r->params;
    size_t n_in = (size_t)r->n_in, n_out = (size_t)r->n_out;
    bool *nonzero = jx_alloc(n_in + 1, sizeof *nonzero);
    for (size_t i = 0; nonzero && i < n_in; i++)
        nonzero[i] = !jx_is_zero(dx[i]);
    const struct jx_linearized *l = nonzero ? r->transforms->linearize(p->jaxpr, nonzero) : NULL;
    if (!l) {
        jx_free(nonzero);
        return false;
    }
    size_t n_y = n_out + (size_t)l->n_residuals, n_linear = n_operands(l->linear), n = 0;
    jaxc_value *y = jx_alloc(n_y + n_linear + l->linear->n_out + 1, sizeof *y);
    bool ok = y && apply(&l->primal, r->x, y);
    if (ok) {
        jaxc_value *x = y + n_y, *tangents = x + n_linear;
        for (; n < l->linear->n_consts; n++) {
            int from = l->residual_from[n];
            x[n] =
                as_operand(from >= 0 ? y[n_out + (size_t)from] : r->x[~from], &l->linear->avals[n]);
        }
        for (size_t i = 0; i < n_in; i++)
            if (nonzero[i]) {
                x[n] = as_operand(dx[i], &l->linear->avals[n]);
                n++;
            }
        ok = l->linear->n_out == 0 || jx_jit(l->linear, x, tangents);
        for (size_t i = 0; i < n_out; i++) {
            y_out[i] = y[i];
            dy[i] = l->out_nonzero[i] ? *tangents++ : JX_ZERO;
        }
    }
    jx_free(y);
    jx_free(nonzero);
    return ok;
}

/* jit of the transposed program on the operands that are not linear and the cotangents that are
 * not zero */
static bool jit_transpose(const struct jx_rule *r, const bool *linear, const jaxc_value *ct,
                          jaxc_value *ct_in)
{
    const struct jx_jit_params *p = r->params;
    size_t n_in = (size_t)r->n_in, n_out = (size_t)r->n_out, n = 0;
    bool *nonzero = jx_alloc(n_out + 1, sizeof *nonzero);
    for (size_t i = 0; nonzero && i < n_out; i++)
        nonzero[i] = !jx_is_zero(ct[i]);
    const struct jx_transposed *t =
        nonzero ? r->transforms->transpose(p->jaxpr, linear, nonzero) : NULL;
    jaxc_value *x = t ? jx_alloc(2 * n_in + n_out + 1, sizeof *x) : NULL;
    if (!x) {
        jx_free(nonzero);
        return false;
    }
    for (size_t i = 0; i < n_in; i++)
        if (!linear[i])
            x[n++] = r->x[i];
    for (size_t i = 0; i < n_out; i++)
        if (nonzero[i])
            x[n++] = ct[i];
    jaxc_value *y = x + n;
    bool ok = t->traced.program->n_out == 0 || apply(&t->traced, x, y);
    for (size_t i = 0; i < n_in; i++)
        ct_in[i] = t->in_nonzero[i] ? *y++ : JX_ZERO;
    jx_free(x);
    jx_free(nonzero);
    return ok;
}

static bool jit_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_jit_params *p = r->params;
    const struct jx_batched *b = r->transforms->batch(p->jaxpr, r->axis, r->size);
    if (!b)
        return false;
    for (int i = 0; i < r->n_out; i++)
        y_axis[i] = b->out_axis[i];
    return apply(&b->traced, r->x, y);
}

const struct jx_prim jx_jit_p = {
    .name = "jit",
    .dear = true,
    .arity = -1,
    .n_results = -1,
    .results = jit_results,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_jit_params, name, JX_F_NAME),
                                        JX_FIELD(struct jx_jit_params, jaxpr, JX_F_PROGRAM),
                                        {0}},
    .params_size = sizeof(struct jx_jit_params),
    .type = jit_type,
    .jvp_all = jit_jvp,
    .emits_primal = true,
    .transpose_all = jit_transpose,
    .batch = jit_batch,
    .no_lower = "inlined before lowering",
};

bool jx_jit(struct jx_program *program, const jaxc_value *x, jaxc_value *y)
{
    struct jx_jit_params p = {program->name, program};
    return jx_bind(&jx_jit_p, &p, (int)n_operands(program), x, (int)program->n_out, y);
}
