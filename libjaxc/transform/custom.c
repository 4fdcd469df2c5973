/*
 * transform/custom.c - custom_jvp and custom_vjp: primitives that carry the user's derivative
 * rules.
 *
 * Rules are flat functions: arrays in, a tuple of arrays out (api wraps the user's trees). A
 * custom_jvp_call replaces its jvp by the rule's results; a custom_vjp_call runs fwd and puts a
 * custom_lin equation for the tangents, which only transposition understands: there it becomes bwd.
 * Everywhere else the call is its program.
 */
#include "transform/transform.h"

/* ---- shared ---------------------------------------------------------------------------------- */

/* The leaves of a tuple of arrays that a flat rule returned; the caller frees. */
static jaxc_value *results_of(jaxc_value tuple, int *n)
{
    struct jx_ref *refs;
    struct jx_tree *t = jx_tree_flatten(tuple, &refs);
    if (!t)
        return NULL;
    *n = t->n_leaves;
    jaxc_value *v = jx_alloc((size_t)*n + 1, sizeof *v);
    bool ok = v != NULL;
    for (int i = 0; i < *n; i++) {
        if (ok)
            v[i] = jx_value_own(jx_node_ref(refs[i].node), refs[i].index);
        ok = ok && !jx_is_poison(v[i]);
        jx_node_unref(refs[i].node);
    }
    jx_free(refs);
    jx_tree_unref(t);
    if (!ok) {
        jx_free(v);
        return NULL;
    }
    return v;
}

/* A rule's result in the type it must have; the weak flag is made to fit. */
static jaxc_value fit(jaxc_value v, const struct jx_aval *want, const char *prim, const char *what,
                      int i)
{
    struct jx_aval got;
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    if (!jx_value_aval(v, &got))
        return JX_POISON;
    if (jx_aval_same_array(&got, want))
        return got.weak == want->weak ? v
                                      : jx_convert_element_type(v, want->dtype, want->weak != 0);
    jx_fail(got.dtype == want->dtype ? JAXC_ESHAPE : JAXC_EDTYPE,
            "%s: the rule's %s %d is %s, it must be %s", prim, what, i, jx_aval_text(&got, a),
            jx_aval_text(want, b));
    return JX_POISON;
}

static bool type_of_program(const struct jx_rule *r, const struct jx_program *p,
                            struct jx_aval *out)
{
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    if ((uint32_t)r->n_in != p->n_consts + p->n_in)
        return jx_fail(JAXC_EARITY, "%s takes %u operands, got %d", r->prim->name,
                       p->n_consts + p->n_in, r->n_in);
    for (int i = 0; i < r->n_in; i++)
        if (!jx_aval_same_array(r->in[i], &p->avals[i]))
            return jx_fail(JAXC_ESHAPE, "%s: operand %d is %s, its program takes %s", r->prim->name,
                           i, jx_aval_text(r->in[i], a), jx_aval_text(&p->avals[i], b));
    for (uint32_t i = 0; i < p->n_out; i++)
        out[i] = *jx_atom_aval(p, p->outs[i]);
    return true;
}

/* Batched operands at axis 0, others as they are; axis[i] 0 or -1. */
static bool operands_at_front(const struct jx_rule *r, jaxc_value *x, int *axis)
{
    for (int i = 0; i < r->n_in; i++) {
        axis[i] = r->axis[i] < 0 ? -1 : 0;
        x[i] = r->axis[i] < 0 ? r->x[i] : jx_batch_at_front(r, i);
        if (jx_is_poison(x[i]))
            return false;
    }
    return true;
}

/* The batched program whose results are all at axis 0: the memoised one, with moves after it. */
static struct jx_program *batched_at_front(const struct jx_rule *r, struct jx_program *p,
                                           const int *axis, struct jx_traced *t)
{
    const struct jx_batched *b = r->transforms->batch(p, axis, r->size);
    if (!b)
        return NULL;
    const struct jx_program *bp = b->traced.program;
    uint64_t trace = jx_trace_open(p->name);
    if (!trace)
        return NULL;
    uint32_t n_in = bp->n_consts + bp->n_in;
    jaxc_value *in = jx_alloc((size_t)n_in + bp->n_out + 1, sizeof *in);
    bool ok = in != NULL;
    for (uint32_t i = 0; ok && i < n_in; i++) {
        bool captured = i < (uint32_t)b->traced.n_captures;
        in[i] = captured ? jx_value_own(jx_node_ref(b->traced.captures[i].node),
                                        b->traced.captures[i].index)
                         : jx_trace_arg(&bp->avals[i]);
        ok = !jx_is_poison(in[i]);
    }
    jaxc_value *out = ok ? in + n_in : NULL;
    ok = ok && jx_replay(bp, in, out);
    for (uint32_t i = 0; ok && i < bp->n_out; i++) {
        out[i] = jx_move_axis(out[i], b->out_axis[i], 0, r->size);
        ok = !jx_is_poison(out[i]);
    }
    uint32_t skip = ok ? (uint32_t)b->traced.n_captures : 0;
    ok = ok && jx_trace_close(trace, (int)(n_in - skip), in + skip, (int)bp->n_out, out, t);
    jx_trace_abandon(trace);
    jx_free(in);
    return ok ? t->program : NULL;
}

/* Operands of a batched call: its captures, then x. */
static jaxc_value *with_captures(const struct jx_traced *t, int n, const jaxc_value *x)
{
    jaxc_value *all = jx_alloc((size_t)t->n_captures + (size_t)n + 1, sizeof *all);
    for (int i = 0; all && i < t->n_captures; i++) {
        all[i] = jx_value_own(jx_node_ref(t->captures[i].node), t->captures[i].index);
        if (jx_is_poison(all[i])) {
            jx_free(all);
            return NULL;
        }
    }
    for (int i = 0; all && i < n; i++)
        all[t->n_captures + i] = x[i];
    return all;
}

/* ---- custom_jvp_call ------------------------------------------------------------------------- */

static int custom_jvp_results(const struct jx_rule *r)
{
    return (int)((const struct jx_custom_jvp_params *)r->params)->call_jaxpr->n_out;
}

static bool custom_jvp_type(const struct jx_rule *r, struct jx_aval *out)
{
    return type_of_program(r, ((const struct jx_custom_jvp_params *)r->params)->call_jaxpr, out);
}

/* y, dy = rule(x, dx) */
static bool custom_jvp_jvp(const struct jx_rule *r, const jaxc_value *dx, jaxc_value *y_out,
                           jaxc_value *dy)
{
    const struct jx_custom_jvp_params *p = r->params;
    int skip = (int)p->n_consts, n = r->n_in - skip, n_results = 0;
    jaxc_value *args = jx_alloc(2 * (size_t)n + 1, sizeof *args), *results = NULL;
    bool ok = args != NULL;
    for (int i = 0; ok && i < n; i++) {
        args[i] = r->x[skip + i];
        args[n + i] = jx_is_zero(dx[skip + i]) ? jx_zeros_of(r->in[skip + i]) : dx[skip + i];
        ok = !jx_is_poison(args[n + i]);
    }
    jaxc_value tuple = ok ? jx_fn_hooks.call(p->jvp, 2 * n, args) : JX_POISON;
    ok = ok && !jx_is_poison(tuple) && (results = results_of(tuple, &n_results));
    if (ok && n_results != 2 * r->n_out)
        ok = jx_fail(JAXC_ETREE, "custom_jvp: the rule gave %d arrays, %d are needed", n_results,
                     2 * r->n_out);
    for (int i = 0; ok && i < r->n_out; i++) {
        y_out[i] = fit(results[i], r->out[i], "custom_jvp", "result", i);
        dy[i] = jx_is_float(r->out[i]->dtype)
                    ? fit(results[r->n_out + i], r->out[i], "custom_jvp", "tangent", i)
                    : JX_ZERO;
        ok = !jx_is_poison(y_out[i]) && !jx_is_poison(dy[i]);
    }
    jx_free(args);
    jx_free(results);
    return ok;
}

static bool custom_jvp_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_custom_jvp_params *p = r->params;
    int skip = (int)p->n_consts, n = r->n_in - skip;
    jaxc_value *x = jx_alloc((size_t)r->n_in + 1, sizeof *x), *all = NULL;
    int *axis = jx_alloc(2 * (size_t)r->n_in + 1, sizeof *axis);
    struct jx_traced t = {0};
    bool ok =
        x && axis && operands_at_front(r, x, axis) && batched_at_front(r, p->call_jaxpr, axis, &t);
    struct jx_fn_object *rule = NULL;
    if (ok) {
        int *both = axis + r->n_in - n; /* the arguments' axes, then the tangents': the same */
        memmove(both + n, both, (size_t)n * sizeof *both);
        rule = jx_fn_hooks.lanes(p->jvp, 2 * n, both, r->size, 0, NULL);
        ok = rule && (all = with_captures(&t, r->n_in, x));
    }
    if (ok) {
        struct jx_custom_jvp_params q = {p->name, t.program, rule, p->n_consts + t.n_captures};
        ok = jx_bind(&jx_custom_jvp_call_p, &q, t.n_captures + r->n_in, all, r->n_out, y);
    }
    for (int i = 0; i < r->n_out; i++)
        y_axis[i] = 0;
    if (rule)
        jx_fn_hooks.unref(rule);
    jx_traced_fini(&t);
    jx_free(x);
    jx_free(all);
    jx_free(axis);
    return ok;
}

static const struct jx_field custom_jvp_fields[] = {
    JX_FIELD(struct jx_custom_jvp_params, name, JX_F_NAME),
    JX_FIELD(struct jx_custom_jvp_params, call_jaxpr, JX_F_PROGRAM),
    JX_FIELD(struct jx_custom_jvp_params, jvp, JX_F_FN),
    JX_FIELD_HIDDEN(struct jx_custom_jvp_params, n_consts, JX_F_INT),
    {0},
};

const struct jx_prim jx_custom_jvp_call_p = {
    .name = "custom_jvp_call",
    .arity = -1,
    .n_results = -1,
    .dear = true,
    .fields = custom_jvp_fields,
    .params_size = sizeof(struct jx_custom_jvp_params),
    .results = custom_jvp_results,
    .type = custom_jvp_type,
    .jvp_all = custom_jvp_jvp,
    .emits_primal = true,
    .batch = custom_jvp_batch,
    .no_transpose = "its tangent is the rule's, which is transposed instead",
    .no_lower = "it is inlined",
};

/* ---- custom_lin: the tangent of a custom_vjp_call
 * ------------------------------------------------------------------------------- */

/* Operands: n_res residuals, then the tangents of the call's inputs; results: tangents of its float
 * outputs, in the types of call_jaxpr's results. */
struct custom_lin_params {
    const char *name;
    int64_t n_res;
    struct jx_program *call_jaxpr;
    struct jx_fn_object *bwd;
};

static int custom_lin_results(const struct jx_rule *r)
{
    return (int)((const struct custom_lin_params *)r->params)->call_jaxpr->n_out;
}

static bool custom_lin_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_program *p = ((const struct custom_lin_params *)r->params)->call_jaxpr;
    for (uint32_t i = 0; i < p->n_out; i++)
        out[i] = *jx_atom_aval(p, p->outs[i]);
    return true;
}

/* ct_in = bwd(residuals, ct) */
static bool custom_lin_transpose(const struct jx_rule *r, const bool *linear, const jaxc_value *ct,
                                 jaxc_value *ct_in)
{
    const struct custom_lin_params *p = r->params;
    int n_res = (int)p->n_res, n = r->n_in - n_res, n_results = 0;
    jaxc_value *args = jx_alloc((size_t)n_res + (size_t)r->n_out + 1, sizeof *args),
               *results = NULL;
    bool ok = args != NULL;
    for (int i = 0; ok && i < n_res; i++) {
        args[i] = r->x[i];
        if (linear[i])
            ok = jx_fail(
                JAXC_ENORULE,
                "custom_vjp: the backward rule is not differentiated by its residuals here");
    }
    for (int i = 0; ok && i < r->n_out; i++) {
        args[n_res + i] = jx_is_zero(ct[i]) ? jx_zeros_of(r->out[i]) : ct[i];
        ok = !jx_is_poison(args[n_res + i]);
    }
    jaxc_value tuple = ok ? jx_fn_hooks.call(p->bwd, n_res + r->n_out, args) : JX_POISON;
    ok = ok && !jx_is_poison(tuple) && (results = results_of(tuple, &n_results));
    if (ok && n_results != n)
        ok = jx_fail(JAXC_ETREE, "custom_vjp: bwd gave %d cotangents for %d arguments", n_results,
                     n);
    for (int i = 0; ok && i < n; i++) {
        ct_in[n_res + i] = JX_ZERO;
        if (!linear[n_res + i])
            continue;
        ct_in[n_res + i] = fit(results[i], r->in[n_res + i], "custom_vjp", "cotangent", i);
        ok = !jx_is_poison(ct_in[n_res + i]);
    }
    jx_free(args);
    jx_free(results);
    return ok;
}

static bool custom_lin_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis);

static bool custom_lin_lower(struct jx_lower *l, const struct jx_rule *r)
{
    (void)l;
    (void)r;
    return jx_fail(
        JAXC_ENORULE,
        "a function with custom_vjp has no forward derivative: only reverse mode (grad, vjp)");
}

static const struct jx_field custom_lin_fields[] = {
    JX_FIELD(struct custom_lin_params, name, JX_F_NAME),
    JX_FIELD(struct custom_lin_params, n_res, JX_F_INT),
    JX_FIELD(struct custom_lin_params, call_jaxpr, JX_F_PROGRAM),
    JX_FIELD(struct custom_lin_params, bwd, JX_F_FN),
    {0},
};

const struct jx_prim jx_custom_lin_p = {
    .name = "custom_lin",
    .arity = -1,
    .n_results = -1,
    .fields = custom_lin_fields,
    .params_size = sizeof(struct custom_lin_params),
    .results = custom_lin_results,
    .type = custom_lin_type,
    .transpose_all = custom_lin_transpose,
    .batch = custom_lin_batch,
    .lower = custom_lin_lower,
    .no_jvp = "the user's backward rule stands in its place",
};

/* ---- custom_vjp_call ------------------------------------------------------------------------- */

static int custom_vjp_results(const struct jx_rule *r)
{
    return (int)((const struct jx_custom_vjp_params *)r->params)->call_jaxpr->n_out;
}

static bool custom_vjp_type(const struct jx_rule *r, struct jx_aval *out)
{
    return type_of_program(r, ((const struct jx_custom_vjp_params *)r->params)->call_jaxpr, out);
}

/* y, residuals = fwd(x); dy = custom_lin(residuals, dx) */
static bool custom_vjp_jvp(const struct jx_rule *r, const jaxc_value *dx, jaxc_value *y_out,
                           jaxc_value *dy)
{
    const struct jx_custom_vjp_params *p = r->params;
    int skip = (int)p->n_consts, n = r->n_in - skip, n_results = 0;
    jaxc_value tuple = jx_fn_hooks.call(p->fwd, n, r->x + skip), *results = NULL, *operands = NULL;
    bool ok = !jx_is_poison(tuple) && (results = results_of(tuple, &n_results));
    if (ok && n_results < r->n_out)
        ok = jx_fail(JAXC_ETREE, "custom_vjp: fwd gave %d arrays, its results alone are %d",
                     n_results, r->n_out);
    int n_res = n_results - r->n_out;
    ok = ok && (operands = jx_alloc((size_t)n_res + (size_t)n + 1, sizeof *operands));
    for (int i = 0; ok && i < r->n_out; i++) {
        y_out[i] = fit(results[i], r->out[i], "custom_vjp", "result", i);
        ok = !jx_is_poison(y_out[i]);
    }
    for (int i = 0; ok && i < n_res; i++)
        operands[i] = results[r->n_out + i];
    for (int i = 0; ok && i < n; i++) {
        operands[n_res + i] =
            jx_is_zero(dx[skip + i]) ? jx_zeros_of(r->in[skip + i]) : dx[skip + i];
        ok = !jx_is_poison(operands[n_res + i]);
    }
    if (ok) {
        struct custom_lin_params q = {p->name, n_res, p->call_jaxpr, p->bwd};
        ok = jx_bind(&jx_custom_lin_p, &q, n_res + n, operands, r->n_out, dy);
    }
    for (int i = 0; ok && i < r->n_out; i++)
        if (!jx_is_float(r->out[i]->dtype))
            dy[i] = JX_ZERO;
    jx_free(results);
    jx_free(operands);
    return ok;
}

static bool custom_vjp_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_custom_vjp_params *p = r->params;
    int skip = (int)p->n_consts, n = r->n_in - skip;
    jaxc_value *x = jx_alloc((size_t)r->n_in + 1, sizeof *x), *all = NULL;
    int *axis = jx_alloc((size_t)r->n_in + 1, sizeof *axis);
    bool *sum = jx_alloc((size_t)n + 1, sizeof *sum);
    struct jx_traced t = {0};
    bool ok = x && axis && sum && operands_at_front(r, x, axis) &&
              batched_at_front(r, p->call_jaxpr, axis, &t);
    struct jx_fn_object *fwd = NULL, *bwd = NULL;
    for (int i = 0; ok && i < n; i++)
        sum[i] = axis[skip + i] < 0; /* an argument that all lanes share: its cotangents add up */
    ok = ok && (fwd = jx_fn_hooks.lanes(p->fwd, n, axis + skip, r->size, 0, NULL)) &&
         (bwd = jx_fn_hooks.lanes(p->bwd, 0, NULL, r->size, n, sum)) &&
         (all = with_captures(&t, r->n_in, x));
    if (ok) {
        struct jx_custom_vjp_params q = {p->name, t.program, fwd, bwd, p->n_consts + t.n_captures};
        ok = jx_bind(&jx_custom_vjp_call_p, &q, t.n_captures + r->n_in, all, r->n_out, y);
    }
    for (int i = 0; i < r->n_out; i++)
        y_axis[i] = 0;
    if (fwd)
        jx_fn_hooks.unref(fwd);
    if (bwd)
        jx_fn_hooks.unref(bwd);
    jx_traced_fini(&t);
    jx_free(x);
    jx_free(all);
    jx_free(axis);
    jx_free(sum);
    return ok;
}

/* All operands and results with lanes at axis 0, and bwd over lanes. */
static bool custom_lin_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct custom_lin_params *p = r->params;
    int *axis = jx_alloc((size_t)p->call_jaxpr->n_consts + p->call_jaxpr->n_in + 1, sizeof *axis);
    jaxc_value *x = jx_alloc((size_t)r->n_in + 1, sizeof *x);
    struct jx_traced t = {0};
    bool ok = axis && x;
    for (int i = 0; ok && i < r->n_in; i++) {
        x[i] = jx_batch_at_front(r, i);
        ok = !jx_is_poison(x[i]);
    }
    /* the program only tells the types of the results: batch it along its own inputs */
    struct jx_fn_object *bwd = NULL;
    ok = ok && batched_at_front(r, p->call_jaxpr, axis, &t) &&
         (bwd = jx_fn_hooks.lanes(p->bwd, 0, NULL, r->size, 0, NULL));
    if (ok) {
        struct custom_lin_params q = {p->name, p->n_res, t.program, bwd};
        ok = jx_bind(&jx_custom_lin_p, &q, r->n_in, x, r->n_out, y);
    }
    for (int i = 0; i < r->n_out; i++)
        y_axis[i] = 0;
    if (bwd)
        jx_fn_hooks.unref(bwd);
    jx_traced_fini(&t);
    jx_free(axis);
    jx_free(x);
    return ok;
}

static const struct jx_field custom_vjp_fields[] = {
    JX_FIELD(struct jx_custom_vjp_params, name, JX_F_NAME),
    JX_FIELD(struct jx_custom_vjp_params, call_jaxpr, JX_F_PROGRAM),
    JX_FIELD(struct jx_custom_vjp_params, fwd, JX_F_FN),
    JX_FIELD(struct jx_custom_vjp_params, bwd, JX_F_FN),
    JX_FIELD_HIDDEN(struct jx_custom_vjp_params, n_consts, JX_F_INT),
    {0},
};

const struct jx_prim jx_custom_vjp_call_p = {
    .name = "custom_vjp_call",
    .arity = -1,
    .n_results = -1,
    .dear = true,
    .fields = custom_vjp_fields,
    .params_size = sizeof(struct jx_custom_vjp_params),
    .results = custom_vjp_results,
    .type = custom_vjp_type,
    .jvp_all = custom_vjp_jvp,
    .emits_primal = true,
    .batch = custom_vjp_batch,
    .no_transpose = "its tangent is custom_lin, which is transposed instead",
    .no_lower = "it is inlined",
};
