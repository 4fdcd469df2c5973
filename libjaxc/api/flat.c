/*
 * api/flat.c - arguments as leaves, and functions as programs of their leaves.
 */
#include "api/api.h"

#include <stdio.h>

void jx_flat_fini(struct jx_flat *flat)
{
    for (int i = 0; flat->leaves && i < flat->n_leaves; i++)
        jx_node_unref(flat->leaves[i].node);
    for (int i = 0; flat->trees && i < flat->n_args; i++)
        jx_tree_unref(flat->trees[i]);
    jx_free(flat->leaves);
    jx_free(flat->trees);
    jx_free(flat->first);
    jx_free(flat->values);
    *flat = (struct jx_flat){0};
}

bool jx_fail_argument(int argument, jaxc_value v)
{
    char text[JX_ERROR_TEXT];
    jaxc_status code = jx_slot_describe(v.slot, v.generation, "value", "used", text);
    return jx_fail(code, "argument %d: %s", argument, text);
}

/* The structure of a value; a message about a dead one numbers it unless i is negative. */
static struct jx_tree *flatten_value(jaxc_value v, int i, struct jx_ref **leaves)
{
    struct jx_ref root = jx_value_find(v);
    if (!root.node) {
        if (i >= 0)
            jx_fail_argument(i, v);
        else
            jx_slot_explain(v.slot, v.generation, "value");
        return NULL;
    }
    struct jx_tree *t = jx_tree_flatten_ref(root, leaves);
    jx_node_unref(root.node);
    return t;
}

static bool flatten(int n, const jaxc_value *args, bool numbered, struct jx_flat *flat)
{
    *flat = (struct jx_flat){.n_args = n};
    size_t capacity = 0;
    flat->trees = jx_alloc((size_t)n + 1, sizeof *flat->trees);
    flat->first = jx_alloc((size_t)n + 1, sizeof *flat->first);
    bool ok =
        flat->trees && flat->first && jx_grow(&flat->leaves, &capacity, 1, sizeof *flat->leaves);
    for (int i = 0; ok && i < n; i++) {
        struct jx_ref *leaves;
        flat->first[i] = flat->n_leaves;
        flat->trees[i] = flatten_value(args[i], numbered ? i : -1, &leaves);
        if (!flat->trees[i]) {
            ok = false;
            break;
        }
        int more = flat->trees[i]->n_leaves;
        ok = jx_grow(&flat->leaves, &capacity, (size_t)flat->n_leaves + (size_t)more,
                     sizeof *flat->leaves);
        for (int k = 0; k < more; k++) {
            if (ok)
                flat->leaves[flat->n_leaves++] = leaves[k];
            else
                jx_node_unref(leaves[k].node);
        }
        jx_free(leaves);
    }
    if (!ok) {
        jx_flat_fini(flat);
        return false;
    }
    flat->first[n] = flat->n_leaves;
    return true;
}

bool jx_flatten(int n, const jaxc_value *args, struct jx_flat *flat)
{
    return flatten(n, args, false, flat);
}

bool jx_flatten_arguments(int n, const jaxc_value *args, struct jx_flat *flat)
{
    return flatten(n, args, true, flat);
}

bool jx_flat_handles(struct jx_flat *flat)
{
    flat->values = jx_alloc((size_t)flat->n_leaves + 1, sizeof *flat->values);
    bool ok = flat->values != NULL;
    for (int i = 0; ok && i < flat->n_leaves; i++) {
        flat->values[i] = jx_value_own(jx_node_ref(flat->leaves[i].node), flat->leaves[i].index);
        ok = !jx_is_poison(flat->values[i]);
    }
    return ok;
}

char *jx_flat_where(const struct jx_flat *flat, int leaf, char *buffer)
{
    int arg = 0;
    while (arg + 1 < flat->n_args && flat->first[arg + 1] <= leaf)
        arg++;
    char path[JX_WHERE - 32];
    jx_tree_path(flat->trees[arg], leaf - flat->first[arg], path, sizeof path);
    snprintf(buffer, JX_WHERE, "argument %d%s", arg, path);
    return buffer;
}

struct jx_aval *jx_flat_avals(const struct jx_flat *flat)
{
    struct jx_aval *avals = jx_alloc((size_t)flat->n_leaves + 1, sizeof *avals);
    for (int i = 0; avals && i < flat->n_leaves; i++)
        avals[i] = flat->leaves[i].node->avals[flat->leaves[i].index];
    return avals;
}

/* The tuple of the arguments' structures as one. */
struct jx_tree *jx_flat_tuple(const struct jx_flat *flat)
{
    int n_items = 1;
    for (int i = 0; i < flat->n_args; i++)
        n_items += flat->trees[i]->n_items;
    struct jx_tree *t = jx_alloc(1, sizeof *t + (size_t)n_items * sizeof t->items[0]);
    if (!t)
        return NULL;
    t->refs = 1;
    t->n_leaves = flat->n_leaves;
    t->items[t->n_items++] = (struct jx_tree_item){flat->n_args, NULL};
    for (int i = 0; i < flat->n_args; i++) {
        memcpy(&t->items[t->n_items], flat->trees[i]->items,
               (size_t)flat->trees[i]->n_items * sizeof t->items[0]);
        t->n_items += flat->trees[i]->n_items;
    }
    return t;
}

void jx_traced_fn_fini(struct jx_traced_fn *t)
{
    jx_traced_fini(&t->traced);
    jx_tree_unref(t->out);
    t->out = NULL;
}

/* Arguments of the open trace for the leaves, and trees of them. */
static bool make_args(const struct jx_flat *flat, const struct jx_aval *avals, const bool *literal,
                      jaxc_value *args, int *n_args, jaxc_value *trees)
{
    jaxc_value *leaves = jx_alloc((size_t)flat->n_leaves + 1, sizeof *leaves);
    bool ok = leaves != NULL;
    for (int i = 0; ok && i < flat->n_leaves; i++) {
        if (literal && literal[i])
            leaves[i] = jx_value_own(jx_node_ref(flat->leaves[i].node), flat->leaves[i].index);
        else
            leaves[i] = args[(*n_args)++] = jx_trace_arg(&avals[i]);
        ok = !jx_is_poison(leaves[i]);
    }
    for (int i = 0; ok && i < flat->n_args; i++) {
        trees[i] = jx_tree_unflatten(flat->trees[i], leaves + flat->first[i]);
        ok = !jx_is_poison(trees[i]);
    }
    jx_free(leaves);
    return ok;
}

/* f with arguments of the open trace in place of its bound values; counted. */
static struct jx_fn_object *make_bound(struct jx_fn_object *f, int n, jaxc_value *args)
{
    struct jx_ref *values = jx_alloc((size_t)n + 1, sizeof *values);
    bool ok = values != NULL;
    if (ok)
        jx_fn_values(f, values); /* not counted */
    for (int i = 0; ok && i < n; i++) {
        args[i] = jx_trace_arg(&values[i].node->avals[values[i].index]);
        values[i] = jx_value_ref(args[i]);
        ok = values[i].node != NULL;
        if (!ok)
            n = i;
    }
    struct jx_fn_object *bound = ok ? jx_fn_with_values(f, values) : NULL;
    for (int i = 0; values && i < n; i++)
        jx_node_unref(values[i].node);
    jx_free(values);
    return bound;
}

static bool trace(struct jx_fn_object *f, const struct jx_flat *flat, const struct jx_aval *avals,
                  const bool *literal, int n_bound, struct jx_traced_fn *result)
{
    *result = (struct jx_traced_fn){0};
    uint64_t serial = jx_trace_open(f->name);
    if (!serial)
        return false;
    int n_args = n_bound;
    jaxc_value *args = jx_alloc((size_t)n_bound + (size_t)flat->n_leaves + 1, sizeof *args);
    jaxc_value *trees = jx_alloc((size_t)flat->n_args + 1, sizeof *trees);
    struct jx_flat out = {0};
    struct jx_fn_object *bound =
        args && trees ? n_bound ? make_bound(f, n_bound, args) : jx_fn_ref(f) : NULL;
    bool ok = bound && make_args(flat, avals, literal, args, &n_args, trees);
    uint32_t n_errors = jx_error_count();
    jaxc_value v = ok ? jx_fn_call(bound, flat->n_args, trees) : JX_POISON;
    /* What f made of a NaN or a 0 that stood for an error must not be kept, however good it looks.
     */
    bool erred = jx_error_pending() && jx_error_count() != n_errors;
    ok = ok && !erred && !jx_is_poison(v) && jx_flatten(1, &v, &out) && jx_flat_handles(&out);
    if (ok) {
        result->out = jx_tree_ref(out.trees[0]);
        ok = jx_trace_close(serial, n_args, args, out.n_leaves, out.values, &result->traced);
    }
    jx_fn_unref(bound);
    jx_flat_fini(&out);
    jx_trace_abandon(serial); /* when it was not closed */
    jx_free(args);
    jx_free(trees);
    if (!ok)
        jx_traced_fn_fini(result);
    return ok;
}

bool jx_fn_trace(struct jx_fn_object *f, const struct jx_flat *flat, const struct jx_aval *avals,
                 const bool *literal, struct jx_traced_fn *result)
{
    return trace(f, flat, avals, literal, 0, result);
}

bool jx_fn_trace_bound(struct jx_fn_object *f, const struct jx_flat *flat,
                       const struct jx_aval *avals, const bool *literal,
                       struct jx_traced_fn *result)
{
    return trace(f, flat, avals, literal, jx_fn_n_values(f), result);
}

jaxc_value *jx_traced_inputs(const struct jx_traced *t, int n_args, const jaxc_value *args)
{
    jaxc_value *in = jx_alloc((size_t)t->n_captures + (size_t)n_args + 1, sizeof *in);
    for (int i = 0; in && i < t->n_captures; i++) {
        in[i] = jx_value_own(jx_node_ref(t->captures[i].node), t->captures[i].index);
        if (jx_is_poison(in[i])) {
            jx_free(in);
            return NULL;
        }
    }
    for (int i = 0; in && i < n_args; i++)
        in[t->n_captures + i] = args[i];
    return in;
}
