/*
 * api/vmap.c - vmap, and the Jacobians that are made with it.
 *
 * Axes are kept as a tree of numbers that is a prefix of the arguments' (or result's) structure;
 * one number stands for all leaves below it.
 */
#include "api/api.h"

#include <stdio.h>

/* The bytes of a vmap: this, then n_in_axes + n_out_axes ints. tree[0], tree[1]: the structures of
 * both. */
struct vmap_bytes {
    int64_t axis_size;
    int n_in_axes, n_out_axes;
};

static const int *axes_of(const struct jx_fn_object *f)
{
    return (const int *)((const struct vmap_bytes *)f->bytes + 1);
}

/* One axis for each leaf of the whole structure, items [0, n) of `full` against those of `prefix`.
 */
static bool spread_axes(const struct jx_tree_item *prefix, int n_prefix, const int *axes,
                        const struct jx_tree *full, int *leaf_axes, const char *what)
{
    int at = 0, leaf = 0, axis = 0;
    for (int i = 0; i < n_prefix; i++) {
        if (prefix[i].n >= 0) {
            if (at >= full->n_items || full->items[at].n != prefix[i].n ||
                full->items[at].keys != prefix[i].keys)
                return jx_fail(JAXC_ETREE, "%s is no prefix of the tree it describes", what);
            at++;
            continue;
        }
        for (int open = 1; open > 0; at++) { /* the whole subtree */
            open += full->items[at].n < 0 ? -1 : full->items[at].n - 1;
            if (full->items[at].n < 0)
                leaf_axes[leaf++] = axes[axis];
        }
        axis++;
    }
    return true;
}

/* ---- the call -------------------------------------------------------------------------------- */

/* The lanes' common size; axes made non-negative, JAXC_NONE -1. */
static bool check_axes(const struct jx_flat *flat, int *axes, int64_t *size)
{
    int first = -1;
    char where[JX_WHERE], other[JX_WHERE], type[JX_AVAL_TEXT];
    for (int i = 0; i < flat->n_leaves; i++) {
        const struct jx_aval *a = &flat->leaves[i].node->avals[flat->leaves[i].index];
        if (axes[i] == JAXC_NONE) {
            axes[i] = -1;
            continue;
        }
        if (axes[i] < -a->rank || axes[i] >= a->rank)
            return jx_fail(a->rank ? JAXC_EAXIS : JAXC_ESHAPE,
                           "%s is mapped over axis %d, but it is %s of rank %d",
                           jx_flat_where(flat, i, where), axes[i], jx_aval_text(a, type), a->rank);
        axes[i] += axes[i] < 0 ? a->rank : 0;
        if (first < 0) {
            first = i;
            *size = a->dims[axes[i]];
        } else if (a->dims[axes[i]] != *size) {
            return jx_fail(JAXC_ESHAPE,
                           "mapped sizes differ: %s has %lld on axis %d, %s has %lld on axis %d",
                           jx_flat_where(flat, first, where), (long long)*size, axes[first],
                           jx_flat_where(flat, i, other), (long long)a->dims[axes[i]], axes[i]);
        }
    }
    return true;
}

static void lane_type(struct jx_aval *a, int axis)
{
    if (axis < 0)
        return;
    for (int i = axis; i + 1 < a->rank; i++)
        a->dims[i] = a->dims[i + 1];
    a->dims[--a->rank] = 0;
}

/* The result's lane axis to where it is wanted. */
static bool place_axis(jaxc_value *v, int from, int to, int64_t size)
{
    struct jx_aval a;
    if (!jx_value_aval(*v, &a))
        return false;
    if (to == JAXC_NONE) {
        if (from < 0)
            return true;
        return jx_fail(
            JAXC_EVALUE,
            "out_axes is JAXC_NONE for a result that is mapped (its lanes are at axis %d)", from);
    }
    int rank = from < 0 ? a.rank + 1 : a.rank;
    if (to < -rank || to >= rank)
        return jx_fail(JAXC_EAXIS, "out_axes %d for a result of rank %d", to, rank);
    *v = jx_move_axis(*v, from, to < 0 ? to + rank : to, size);
    return !jx_is_poison(*v);
}

/* f over lanes: the handles of leaves and their axes to results and theirs. Leaves without lanes
 * are no arguments of the trace: they stay what they are and become captures. */
static jaxc_value *run_lanes(struct jx_fn_object *f, const struct jx_flat *flat, const int *axes,
                             int64_t size, struct jx_traced_fn *fn, int **out_axes)
{
    struct jx_aval *types = jx_flat_avals(flat);
    bool *passive = jx_alloc((size_t)flat->n_leaves + 1, sizeof *passive);
    jaxc_value *mapped = jx_alloc((size_t)flat->n_leaves + 1, sizeof *mapped), *in = NULL,
               *out = NULL;
    int *all = jx_alloc((size_t)flat->n_leaves + 1, sizeof *all), n = 0;
    bool ok = types && passive && mapped && all;
    for (int i = 0; ok && i < flat->n_leaves; i++) {
        lane_type(&types[i], axes[i]);
        passive[i] = axes[i] < 0;
        if (passive[i])
            continue;
        all[n] = axes[i];
        mapped[n++] = flat->values[i];
    }
    ok = ok && jx_fn_trace(f, flat, types, passive, fn);
    const struct jx_program *p = fn->traced.program;
    int n_captures = fn->traced.n_captures;
    int *in_axes = ok ? jx_alloc((size_t)n_captures + (size_t)n + 1, sizeof *in_axes) : NULL;
    ok = in_axes && (in = jx_traced_inputs(&fn->traced, n, mapped)) &&
         (out = jx_alloc((size_t)p->n_out + 1, sizeof *out)) &&
         (*out_axes = jx_alloc((size_t)p->n_out + 1, sizeof **out_axes));
    for (int i = 0; ok && i < n_captures + n; i++)
        in_axes[i] = i < n_captures ? -1 : all[i - n_captures];
    ok = ok && jx_vmap(p, size, in, in_axes, out, *out_axes);
    jx_free(types);
    jx_free(passive);
    jx_free(mapped);
    jx_free(all);
    jx_free(in_axes);
    jx_free(in);
    if (ok)
        return out;
    jx_free(out);
    jx_free(*out_axes);
    *out_axes = NULL;
    return NULL;
}

static jaxc_value call_vmap(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    const struct vmap_bytes *b = f->bytes;
    struct jx_flat flat = {0};
    struct jx_traced_fn fn = {0};
    jaxc_value v = JX_POISON, *out = NULL;
    int64_t size = b->axis_size;
    int *axes = NULL, *out_axes = NULL, *wanted = NULL, mapped = 0;
    uint64_t scope = jx_scope_open();
    bool ok = scope && jx_flatten_arguments(n, args, &flat) && jx_flat_handles(&flat) &&
              (axes = jx_alloc((size_t)flat.n_leaves + 1, sizeof *axes));
    const int *given = axes_of(f);
    const struct jx_tree_item *prefix = f->tree[0]->items + 1;
    for (int i = 0; ok && i < n; i++) { /* each argument's part of the tuple of axes */
        int items = 0, leaves = 0;
        for (int open = 1; open > 0; items++) {
            open += prefix[items].n < 0 ? -1 : prefix[items].n - 1;
            leaves += prefix[items].n < 0;
        }
        char what[32];
        snprintf(what, sizeof what, "in_trees[%d]", i);
        ok = spread_axes(prefix, items, given, flat.trees[i], axes + flat.first[i], what);
        prefix += items;
        given += leaves;
    }
    ok = ok && check_axes(&flat, axes, &size);
    for (int i = 0; ok && i < flat.n_leaves; i++)
        mapped += axes[i] >= 0;
    if (ok && mapped == 0 && b->axis_size <= 0)
        ok = jx_fail(JAXC_EVALUE, "no argument is mapped, and axis_size is not given");
    if (ok && mapped && b->axis_size > 0 && b->axis_size != size)
        ok = jx_fail(JAXC_ESHAPE, "axis_size is %lld, the mapped axes have %lld",
                     (long long)b->axis_size, (long long)size);
    ok = ok && (out = run_lanes(f->inner[0], &flat, axes, size, &fn, &out_axes));
    int n_out = ok ? fn.out->n_leaves : 0;
    ok = ok && (wanted = jx_alloc((size_t)n_out + 1, sizeof *wanted)) &&
         spread_axes(f->tree[1]->items, f->tree[1]->n_items, axes_of(f) + b->n_in_axes, fn.out,
                     wanted, "out_tree");
    for (int i = 0; ok && i < n_out; i++)
        ok = place_axis(&out[i], out_axes[i], wanted[i], size);
    if (ok)
        v = jx_tree_unflatten(fn.out, out);
    jx_free(axes);
    jx_free(out_axes);
    jx_free(wanted);
    jx_free(out);
    jx_traced_fn_fini(&fn);
    jx_flat_fini(&flat);
    if (scope)
        jx_scope_close_keeping(scope, jx_is_poison(v) ? 0 : 1, &v);
    return v;
}

static const struct jx_fn_kind vmap_kind = {"the function", call_vmap};

/* ---- making ---------------------------------------------------------------------------------- */

/* A value of C numbers as a structure and ints, appended. */
static bool read_axes(jaxc_value v, struct jx_tree **tree, int **axes, size_t *n, size_t *capacity)
{
    struct jx_flat flat;
    if (!jx_flatten(1, &v, &flat))
        return false;
    bool ok = true;
    for (int i = 0; ok && i < flat.n_leaves; i++) {
        const struct jx_node *node = flat.leaves[i].node;
        if (node->kind != JX_NODE_LITERAL || !jx_is_integer(node->avals[0].dtype))
            ok = jx_fail(JAXC_EVALUE, "trees of axes hold C integers and JAXC_NONE");
        ok = ok && jx_literal_fits_itself(&node->avals[0], node->literal);
        ok = ok && jx_grow(axes, capacity, *n + 1, sizeof **axes);
        if (ok)
            (*axes)[(*n)++] = (int)node->literal.i;
    }
    if (ok)
        *tree = jx_tree_ref(flat.trees[0]);
    jx_flat_fini(&flat);
    return ok;
}

jaxc_fn(jaxc_vmap)(jaxc_fn f, struct jaxc_vmap_options o)
{
    jx_enter("jaxc_vmap");
    struct jx_fn_object *inner = jx_fn_get(f), *result = NULL;
    uint64_t scope = jx_scope_open();
    jaxc_value parts[JAXC_MAX_ARGS];
    int *axes = NULL, n_args = inner && inner->arity >= 0 ? inner->arity : JAXC_MAX_ARGS;
    size_t n = 0, capacity = 0, n_in = 0;
    struct jx_tree *in = NULL, *out = NULL;
    bool ok = inner && scope;
    if (ok && o.axis_size < 0)
        ok = jx_fail(JAXC_EVALUE, "axis_size %lld", (long long)o.axis_size);
    for (int i = n_args; ok && i < JAXC_MAX_ARGS; i++)
        if (o.in_axes[i] || !jx_is_poison(o.in_trees[i]))
            ok = jx_fail(JAXC_EARITY, "%s[%d] is set, but the function takes %d argument%s",
                         o.in_axes[i] ? "in_axes" : "in_trees", i, n_args, n_args == 1 ? "" : "s");
    for (int i = 0; ok && i < n_args; i++) {
        parts[i] = jx_is_poison(o.in_trees[i]) ? jaxc_from_i64(o.in_axes[i]) : o.in_trees[i];
        ok = !jx_is_poison(parts[i]);
    }
    ok = ok && read_axes(jx_tuple(n_args, parts), &in, &axes, &n, &capacity);
    n_in = n;
    ok = ok && read_axes(jx_is_poison(o.out_tree) ? jaxc_from_i64(o.out_axes) : o.out_tree, &out,
                         &axes, &n, &capacity);
    size_t size = sizeof(struct vmap_bytes) + n * sizeof *axes;
    struct vmap_bytes *b = ok ? jx_alloc(1, size) : NULL;
    if (b) {
        *b = (struct vmap_bytes){o.axis_size, (int)n_in, (int)(n - n_in)};
        memcpy(b + 1, axes, n * sizeof *axes);
        result = jx_fn_new(&vmap_kind, JX_ARITY_OF_INNER, 1, &inner, b, size);
    }
    if (result) {
        result->tree[0] = jx_tree_ref(in);
        result->tree[1] = jx_tree_ref(out);
    }
    jx_free(b);
    jx_free(axes);
    jx_tree_unref(in);
    jx_tree_unref(out);
    jx_fn_unref(inner);
    if (scope)
        jx_scope_close(scope);
    return jx_fn_own(result);
}

/* ---- lanes: the rules of custom calls, batched
 * ------------------------------------------------------------------------------------ */

/* The bytes: this, then int axis[n], then bool sum[n_sum]. The inner function takes arrays and
 * gives a tuple of arrays. */
struct lanes_bytes {
    int64_t size;
    int n, n_sum;
};

static jaxc_value call_lanes(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    const struct lanes_bytes *b = f->bytes;
    const int *axis = (const int *)(b + 1);
    const bool *sum = (const bool *)(axis + b->n);
    struct jx_flat flat = {0};
    struct jx_traced_fn fn = {0};
    jaxc_value v = JX_POISON, *out = NULL;
    int *axes = NULL, *out_axes = NULL;
    bool ok = jx_flatten(n, args, &flat) && jx_flat_handles(&flat) &&
              (axes = jx_alloc((size_t)flat.n_leaves + 1, sizeof *axes));
    for (int i = 0; ok && i < flat.n_leaves; i++)
        axes[i] =
            i < b->n ? axis[i] : 0; /* residuals of a custom rule: its own results, at axis 0 */
    ok = ok && (out = run_lanes(f->inner[0], &flat, axes, b->size, &fn, &out_axes));
    for (int i = 0; ok && i < fn.out->n_leaves; i++) {
        int zero = 0;
        out[i] = jx_move_axis(out[i], out_axes[i], 0, b->size);
        if (i < b->n_sum && sum[i])
            out[i] = jx_reduce_sum(out[i], 1, &zero);
        ok = !jx_is_poison(out[i]);
    }
    if (ok)
        v = jx_tuple(fn.out->n_leaves, out);
    jx_free(axes);
    jx_free(out_axes);
    jx_free(out);
    jx_traced_fn_fini(&fn);
    jx_flat_fini(&flat);
    return v;
}

static const struct jx_fn_kind lanes_kind = {NULL, call_lanes};

struct jx_fn_object *jx_fn_lanes(struct jx_fn_object *f, int n, const int *axis, int64_t size,
                                 int n_sum, const bool *sum)
{
    size_t bytes =
        sizeof(struct lanes_bytes) + (size_t)n * sizeof *axis + (size_t)n_sum * sizeof *sum;
    struct lanes_bytes *b = jx_alloc(1, bytes);
    if (!b)
        return NULL;
    *b = (struct lanes_bytes){size, n, n_sum};
    if (n)
        memcpy(b + 1, axis, (size_t)n * sizeof *axis);
    if (n_sum)
        memcpy((int *)(b + 1) + n, sum, (size_t)n_sum * sizeof *sum);
    struct jx_fn_object *lanes = jx_fn_new(&lanes_kind, -1, 1, &f, b, bytes);
    jx_free(b);
    return lanes;
}
