/*
 * api/custom.c - custom_jvp, custom_vjp and stop_gradient: the user's rules, flattened.
 *
 * A flat rule is an object over the user's: tree[0] is the structure of the arguments' tuple,
 * tree[1] of the result; it takes and gives arrays alone, and wraps them in the user's trees.
 */
#include "api/api.h"

/* ---- flat rules ------------------------------------------------------------------------------ */

/* Appends the leaves of a value; its structure must be `want` unless that is NULL. */
static bool append_leaves(jaxc_value v, const struct jx_tree *want, const char *what,
                          jaxc_value **leaves, size_t *n, size_t *capacity)
{
    struct jx_flat flat;
    if (jx_is_poison(v) || !jx_flatten(1, &v, &flat))
        return false;
    bool ok = jx_flat_handles(&flat);
    if (ok && want && !jx_tree_same(flat.trees[0], want))
        ok = jx_fail(JAXC_ETREE, "%s has another structure than it must have", what);
    ok = ok && jx_grow(leaves, capacity, *n + (size_t)flat.n_leaves + 1, sizeof **leaves);
    for (int i = 0; ok && i < flat.n_leaves; i++)
        (*leaves)[(*n)++] = flat.values[i];
    jx_flat_fini(&flat);
    return ok;
}

/* A pair as the user's rules return it. */
static bool split_pair(jaxc_value pair, const char *what, jaxc_value parts[2])
{
    if (jx_is_poison(pair))
        return false;
    if (!jx_is_tuple(pair) || jx_length(pair) != 2)
        return jx_fail(JAXC_ETREE, "%s must return a tuple of two", what);
    parts[0] = jx_get_part(pair, 0);
    parts[1] = jx_get_part(pair, 1);
    return true;
}

static jaxc_value flat_tuple(bool ok, size_t n, jaxc_value *leaves)
{
    jaxc_value v = ok ? jx_tuple((int)n, leaves) : JX_POISON;
    jx_free(leaves);
    return v;
}

static jaxc_value call_jvp_rule(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    jaxc_value two[2] = {jx_tree_unflatten(f->tree[0], args),
                         jx_tree_unflatten(f->tree[0], args + n / 2)},
               parts[2];
    if (jx_is_poison(two[0]) || jx_is_poison(two[1]))
        return JX_POISON;
    jaxc_value *leaves = NULL;
    size_t count = 0, capacity = 0;
    bool ok =
        split_pair(jx_fn_call(f->inner[0], 2, two), "the custom_jvp rule", parts) &&
        append_leaves(parts[0], f->tree[1], "the rule's result", &leaves, &count, &capacity) &&
        append_leaves(parts[1], f->tree[1], "the rule's tangent", &leaves, &count, &capacity);
    return flat_tuple(ok, count, leaves);
}

static jaxc_value call_fwd_rule(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    (void)n;
    jaxc_value tuple = jx_tree_unflatten(f->tree[0], args), parts[2], own[JAXC_MAX_ARGS],
               *leaves = NULL;
    if (jx_is_poison(tuple))
        return JX_POISON;
    int n_args = jx_length(tuple);
    for (int i = 0; i < n_args; i++)
        own[i] = jx_get_part(tuple, i);
    size_t count = 0, capacity = 0;
    bool ok =
        split_pair(jx_fn_call(f->inner[0], n_args, own), "the fwd rule of custom_vjp", parts) &&
        append_leaves(parts[0], f->tree[1], "fwd's result", &leaves, &count, &capacity) &&
        append_leaves(parts[1], NULL, "fwd's residuals", &leaves, &count, &capacity);
    return flat_tuple(ok, count, leaves);
}

/* The structure of the residuals that fwd gives for the types of these arguments. */
static struct jx_tree *residual_tree(struct jx_fn_object *fwd, const struct jx_flat *flat)
{
    struct jx_aval *avals = jx_flat_avals(flat);
    struct jx_traced_fn fn = {0};
    bool ok = avals && jx_fn_trace(fwd, flat, avals, NULL, &fn);
    struct jx_tree *t = NULL;
    if (ok && (fn.out->items[0].n != 2 || fn.out->items[0].keys)) {
        jx_fail(JAXC_ETREE, "the fwd rule of custom_vjp must return a tuple of two");
    } else if (ok) {
        int at = 1; /* past the pair, and past its first part */
        for (int open = 1; open > 0; at++)
            open += fn.out->items[at].n < 0 ? -1 : fn.out->items[at].n - 1;
        int n_items = fn.out->n_items - at;
        t = jx_alloc(1, sizeof *t + (size_t)n_items * sizeof t->items[0]);
        if (t) {
            t->refs = 1;
            t->n_items = n_items;
            memcpy(t->items, fn.out->items + at, (size_t)n_items * sizeof t->items[0]);
            for (int i = 0; i < n_items; i++)
                t->n_leaves += t->items[i].n < 0;
        }
    }
    jx_free(avals);
    jx_traced_fn_fini(&fn);
    return t;
}

/* inner[0] is the user's bwd; tree[0]: the residuals; tree[1]: the result. The structure of the
 * arguments is not needed: their cotangents come as a tuple of their trees. */
static jaxc_value call_bwd_rule(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    (void)n;
    jaxc_value two[2] = {jx_tree_unflatten(f->tree[0], args),
                         jx_tree_unflatten(f->tree[1], args + f->tree[0]->n_leaves)};
    if (jx_is_poison(two[0]) || jx_is_poison(two[1]))
        return JX_POISON;
    jaxc_value *leaves = NULL;
    size_t count = 0, capacity = 0;
    bool ok = append_leaves(jx_fn_call(f->inner[0], 2, two), NULL, "bwd's result", &leaves, &count,
                            &capacity);
    return flat_tuple(ok, count, leaves);
}

static const struct jx_fn_kind jvp_rule_kind = {"the rule", call_jvp_rule},
                               fwd_rule_kind = {"the fwd rule", call_fwd_rule},
                               bwd_rule_kind = {"the bwd rule", call_bwd_rule};

/* The flat form of rule number i of a custom call. */
static struct jx_fn_object *flat_rule(const struct jx_fn_kind *kind,
                                      const struct jx_fn_object *custom, int i, struct jx_tree *in,
                                      struct jx_tree *out)
{
    struct jx_fn_object *f = in ? jx_fn_new(kind, -1, 1, &custom->inner[i], NULL, 0) : NULL;
    if (f) {
        f->made = custom->made;
        f->tree[0] = jx_tree_ref(in);
        f->tree[1] = jx_tree_ref(out);
    }
    return f;
}

/* ---- the calls ------------------------------------------------------------------------------- */

/* inner: f, then its rules */
static jaxc_value call_custom(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    struct jx_flat flat = {0};
    struct jx_traced_fn fn = {0};
    jaxc_value v = JX_POISON, *in = NULL, *out = NULL;
    struct jx_fn_object *rule = NULL, *bwd = NULL;
    struct jx_tree *residuals = NULL, *tuple = NULL;
    struct jx_aval *avals = NULL;
    uint64_t scope = jx_scope_open();
    bool ok = scope && jx_flatten_arguments(n, args, &flat) && jx_flat_handles(&flat) &&
              (avals = jx_flat_avals(&flat)) && jx_fn_trace(f->inner[0], &flat, avals, NULL, &fn) &&
              (in = jx_traced_inputs(&fn.traced, flat.n_leaves, flat.values)) &&
              (tuple = jx_flat_tuple(&flat));
    struct jx_program *p = fn.traced.program;
    int n_in = ok ? fn.traced.n_captures + flat.n_leaves : 0;
    ok = ok && (out = jx_alloc((size_t)p->n_out + 1, sizeof *out));
    if (ok && f->n_inner == 2) {
        rule = flat_rule(&jvp_rule_kind, f, 1, tuple, fn.out);
        struct jx_custom_jvp_params q = {f->name, p, rule, fn.traced.n_captures};
        ok = rule && jx_bind(&jx_custom_jvp_call_p, &q, n_in, in, (int)p->n_out, out);
    } else if (ok) {
        residuals = residual_tree(f->inner[1], &flat);
        rule = flat_rule(&fwd_rule_kind, f, 1, residuals ? tuple : NULL, fn.out);
        bwd = rule ? flat_rule(&bwd_rule_kind, f, 2, residuals, fn.out) : NULL;
        struct jx_custom_vjp_params q = {f->name, p, rule, bwd, fn.traced.n_captures};
        ok = bwd && jx_bind(&jx_custom_vjp_call_p, &q, n_in, in, (int)p->n_out, out);
    }
    if (ok)
        v = jx_tree_unflatten(fn.out, out);
    jx_fn_unref(rule);
    jx_fn_unref(bwd);
    jx_tree_unref(residuals);
    jx_tree_unref(tuple);
    jx_free(avals);
    jx_free(in);
    jx_free(out);
    jx_traced_fn_fini(&fn);
    jx_flat_fini(&flat);
    if (scope)
        jx_scope_close_keeping(scope, jx_is_poison(v) ? 0 : 1, &v);
    return v;
}

static const struct jx_fn_kind custom_jvp_kind = {"the function", call_custom},
                               custom_vjp_kind = {"the function", call_custom};

static jaxc_fn make(const struct jx_fn_kind *kind, int n, const jaxc_fn *functions)
{
    struct jx_fn_object *inner[3] = {0}, *f = NULL;
    bool ok = true;
    for (int i = 0; ok && i < n; i++)
        ok = (inner[i] = jx_fn_get(functions[i])) != NULL;
    if (ok && n == 2 && inner[1]->arity >= 0 && inner[1]->arity != 2)
        ok = jx_fail(JAXC_EARITY, "the rule takes (primals, tangents), not %d arguments",
                     inner[1]->arity);
    if (ok && n == 3 && inner[2]->arity >= 0 && inner[2]->arity != 2)
        ok = jx_fail(JAXC_EARITY, "bwd takes (residuals, cotangent), not %d arguments",
                     inner[2]->arity);
    if (ok && n == 3 && inner[1]->arity != inner[0]->arity)
        ok = jx_fail(JAXC_EARITY, "fwd takes %d arguments, the function %d", inner[1]->arity,
                     inner[0]->arity);
    if (ok)
        f = jx_fn_new(kind, JX_ARITY_OF_INNER, n, inner, NULL, 0);
    for (int i = 0; i < n; i++)
        jx_fn_unref(inner[i]);
    return jx_fn_own(f);
}

jaxc_fn(jaxc_custom_jvp)(jaxc_fn f, jaxc_fn rule)
{
    jx_enter("jaxc_custom_jvp");
    jaxc_fn all[2] = {f, rule};
    return make(&custom_jvp_kind, 2, all);
}

jaxc_fn(jaxc_custom_vjp)(jaxc_fn f, jaxc_fn fwd, jaxc_fn bwd)
{
    jx_enter("jaxc_custom_vjp");
    jaxc_fn all[3] = {f, fwd, bwd};
    return make(&custom_vjp_kind, 3, all);
}

jaxc_value(jaxc_stop_gradient)(jaxc_value x)
{
    jx_enter("jaxc_stop_gradient");
    struct jx_flat flat;
    if (!jx_flatten(1, &x, &flat))
        return JX_POISON;
    bool ok = jx_flat_handles(&flat);
    for (int i = 0; ok && i < flat.n_leaves; i++) {
        flat.values[i] = jx_stop_gradient(flat.values[i]);
        ok = !jx_is_poison(flat.values[i]);
    }
    jaxc_value v = ok ? jx_tree_unflatten(flat.trees[0], flat.values) : JX_POISON;
    jx_flat_fini(&flat);
    return v;
}
