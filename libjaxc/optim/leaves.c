/*
 * leaves.c - one call on the leaves of several trees: their structures and types are compared, the
 * rule makes a few results of each set of leaves, and these become trees again.
 */
#include "optim/optim.h"

#include <stdio.h>

/* The parts of all trees: parts[k * n + i] is what tree k has at leaf i, the mask last. */
struct gathered {
    struct jx_tree *tree;  /* of trees[0] */
    struct jx_ref *leaves; /* its leaves, counted */
    int n_roots;
    struct jx_ref roots[JX_MOST_TREES + 1]; /* counted */
    struct jx_ref *parts;
    jaxc_value *results; /* result r of leaf i at r * n + i */
};

static bool fail_leaf(const struct gathered *g, int leaf, jaxc_status code, const char *name,
                      const struct jx_aval *type, const char *why)
{
    char path[256], text[JX_AVAL_TEXT];
    return jx_fail(code, "%s%s is %s: %s", name, jx_tree_path(g->tree, leaf, path, sizeof path),
                   jx_aval_text(type, text), why);
}

static bool gather_one(struct gathered *g, const struct jx_each *e, jaxc_value tree,
                       enum jx_follow how, const char *name)
{
    struct jx_ref root = jx_value_ref(tree), *parts = g->parts;
    if (!root.node)
        return false;
    parts += (size_t)g->n_roots * (size_t)g->tree->n_leaves;
    g->roots[g->n_roots++] = root;
    return jx_tree_follow(g->tree, root, how, name, e->names[0], parts);
}

static bool gather(struct gathered *g, const struct jx_each *e)
{
    size_t n, n_parts, n_results;
    g->tree = jx_tree_flatten(e->trees[0], &g->leaves);
    if (!g->tree)
        return false;
    n = (size_t)g->tree->n_leaves;
    if (!jx_mul_size(n, (size_t)e->n + 1, &n_parts) ||
        !jx_mul_size(n, (size_t)e->n_results, &n_results))
        return jx_fail(JAXC_ELIMIT, "a tree of %zu leaves", n);
    g->parts = jx_alloc(n_parts + 1, sizeof *g->parts);
    g->results = jx_alloc(n_results + 1, sizeof *g->results);
    bool ok = g->parts && g->results;
    for (int k = 0; ok && k < e->n; k++)
        ok = gather_one(g, e, e->trees[k], JX_FOLLOW_SAME, e->names[k]);
    if (ok && !jx_is_poison(e->mask))
        ok = gather_one(g, e, e->mask, JX_FOLLOW_SPREAD, "the mask");
    return ok;
}

static void release(struct gathered *g)
{
    for (int i = 0; i < g->n_roots; i++)
        jx_node_unref(g->roots[i].node);
    for (int i = 0; g->tree && i < g->tree->n_leaves; i++)
        jx_node_unref(g->leaves[i].node);
    jx_tree_unref(g->tree);
    jx_free(g->leaves);
    jx_free(g->parts);
    jx_free(g->results);
}

static bool read_mask(const struct gathered *g, int leaf, struct jx_ref r, bool *masked)
{
    const struct jx_aval *type = &r.node->avals[r.index];
    if (r.node->kind != JX_NODE_LITERAL)
        return fail_leaf(g, leaf, JAXC_EVALUE, "the mask", type, "a C number is needed");
    *masked =
        jx_is_float((jaxc_dtype)type->dtype) ? r.node->literal.f == 0 : r.node->literal.u == 0;
    return true;
}

static bool one_leaf(struct gathered *g, const struct jx_each *e, int i)
{
    struct jx_leaf leaf = {.masked = false};
    size_t n = (size_t)g->tree->n_leaves;
    for (int k = 0; k < e->n; k++) {
        struct jx_ref r = g->parts[(size_t)k * n + (size_t)i];
        const struct jx_aval *type = &r.node->avals[r.index];
        leaf.type[k] = *type;
        if (!e->any_dtype && !jx_is_float((jaxc_dtype)type->dtype))
            return fail_leaf(g, i, JAXC_EDTYPE, e->names[k], type, "a float is needed");
        if (type->rank != leaf.type[0].rank ||
            !jx_same_dims(type->rank, type->dims, leaf.type[0].dims)) {
            char why[JX_AVAL_TEXT + 64], first[JX_AVAL_TEXT];
            snprintf(why, sizeof why, "that of %s is %s", e->names[0],
                     jx_aval_text(&leaf.type[0], first));
            return fail_leaf(g, i, JAXC_ESHAPE, e->names[k], type, why);
        }
        leaf.x[k] = jx_value_own(jx_node_ref(r.node), r.index);
        if (jx_is_poison(leaf.x[k]))
            return false;
    }
    if (g->n_roots > e->n && !read_mask(g, i, g->parts[(size_t)e->n * n + (size_t)i], &leaf.masked))
        return false;
    if (!e->rule(e->env, &leaf))
        return false;
    for (int r = 0; r < e->n_results; r++) {
        g->results[(size_t)r * n + (size_t)i] = leaf.y[r];
        if (jx_is_poison(leaf.y[r]))
            return false;
    }
    return true;
}

bool jx_each_leaf(const struct jx_each *e, jaxc_value *results)
{
    struct gathered g = {0};
    bool ok = gather(&g, e);
    for (int i = 0; ok && i < g.tree->n_leaves; i++)
        ok = one_leaf(&g, e, i);
    for (int r = 0; ok && r < e->n_results; r++) {
        results[r] = jx_tree_unflatten(g.tree, g.results + (size_t)r * (size_t)g.tree->n_leaves);
        ok = !jx_is_poison(results[r]);
    }
    release(&g);
    return ok;
}

jaxc_value jx_each_result(const struct jx_each *e)
{
    uint64_t scope = jx_scope_open();
    jaxc_value v = JX_POISON;
    bool ok = scope && jx_each_leaf(e, &v);
    return jx_scope_result(scope, ok ? v : JX_POISON);
}

jaxc_value jx_scope_result(uint64_t scope, jaxc_value v)
{
    if (scope)
        jx_scope_close_keeping(scope, jx_is_poison(v) ? 0 : 1, &v);
    return v;
}
