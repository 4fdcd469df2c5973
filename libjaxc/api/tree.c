/*
 * api/tree.c - tuples and dicts of values: the public calls.
 */
#include "api/api.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- making ---------------------------------------------------------------------------------- */

jaxc_value jx_tuple(int n, const jaxc_value *values) { return jx_tree_make(n, values, NULL); }

jaxc_value jaxc_tuple_n(int n, const jaxc_value *values)
{
    jx_enter("jaxc_tuple");
    jx_api_init();
    if (n >= 0)
        return jx_tuple(n, values);
    jx_fail(JAXC_EVALUE, "a tuple of %d values", n);
    return JX_POISON;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct jaxc_entry *)a)->key, ((const struct jaxc_entry *)b)->key);
}

#define KEY_TEXT 84 /* of a key in messages */

/* Sorted entries, with interned keys in `keys`. */
static bool sort_entries(int n, struct jaxc_entry *entries, const char **keys, jaxc_value *values)
{
    char key[KEY_TEXT];
    for (int i = 0; i < n; i++)
        if (!entries[i].key)
            return jx_fail(JAXC_EVALUE, "key %d is NULL", i);
    qsort(entries, (size_t)n, sizeof *entries, by_key);
    for (int i = 0; i < n; i++) {
        if (i && strcmp(entries[i - 1].key, entries[i].key) == 0)
            return jx_fail(JAXC_EVALUE, "the key %s stands twice",
                           jx_quote(entries[i].key, key, sizeof key));
        keys[i] = jx_intern(entries[i].key);
        values[i] = entries[i].value;
        if (!keys[i])
            return false;
    }
    return true;
}

jaxc_value jaxc_dict_n(int n, const struct jaxc_entry *entries)
{
    jx_enter("jaxc_dict");
    jx_api_init();
    if (n < 0) {
        jx_fail(JAXC_EVALUE, "a dict of %d entries", n);
        return JX_POISON;
    }
    struct jaxc_entry *sorted = jx_alloc((size_t)n + 1, sizeof *sorted);
    const char **keys = jx_alloc((size_t)n + 1, sizeof *keys);
    jaxc_value *values = jx_alloc((size_t)n + 1, sizeof *values), v = JX_POISON;
    bool ok = sorted && keys && values;
    for (int i = 0; ok && i < n; i++)
        sorted[i] = entries[i];
    ok = ok && sort_entries(n, sorted, keys, values);
    const char *const *interned = ok ? jx_intern_keys(n, keys) : NULL;
    if (interned)
        v = jx_tree_make(n, values, interned);
    jx_free(sorted);
    jx_free(keys);
    jx_free(values);
    return v;
}

/* ---- parts ----------------------------------------------------------------------------------- */

static jaxc_value part(const struct jx_node *tree, uint32_t i)
{
    return jx_value_own(jx_node_ref(tree->in[i].node), tree->in[i].index);
}

jaxc_value jx_get_part(jaxc_value x, int64_t i)
{
    struct jx_ref r = jx_value_ref(x);
    if (!r.node)
        return JX_POISON;
    jaxc_value v = JX_POISON;
    if (r.node->kind != JX_NODE_TREE) {
        v = jx_index_first(x, i);
    } else if (r.node->keys) {
        jx_fail(JAXC_ETREE, "part %lld of a dict: its parts have keys", (long long)i);
    } else {
        int64_t n = r.node->n_in, k = i < 0 ? i + n : i;
        if (k >= 0 && k < n)
            v = part(r.node, (uint32_t)k);
        else
            jx_fail(JAXC_EVALUE, "part %lld of a tuple of %lld", (long long)i, (long long)n);
    }
    jx_node_unref(r.node);
    return v;
}

static void fail_key(const struct jx_node *dict, const char *key)
{
    char keys[256] = "it has none", quoted[KEY_TEXT];
    size_t n = 0;
    for (uint32_t i = 0; i < dict->n_in; i++) {
        char part[96];
        size_t more = (size_t)snprintf(part, sizeof part, i ? ", %s" : "it has %s",
                                       jx_quote(dict->keys[i], quoted, sizeof quoted));
        bool fits = n + more + sizeof ", ..." <= sizeof keys;
        memcpy(keys + n, fits ? part : ", ...", fits ? more + 1 : sizeof ", ...");
        if (!fits)
            break;
        n += more;
    }
    jx_fail(JAXC_EVALUE, "no key %s in the dict: %s", jx_quote(key, quoted, sizeof quoted), keys);
}

jaxc_value jaxc_get_index(jaxc_value x, int64_t i)
{
    jx_enter("jaxc_get");
    return jx_get_part(x, i);
}

jaxc_value jaxc_get_key(jaxc_value x, const char *key)
{
    jx_enter("jaxc_get");
    char quoted[KEY_TEXT];
    struct jx_ref r = jx_value_ref(x);
    if (!r.node)
        return JX_POISON;
    jaxc_value v = JX_POISON;
    if (r.node->kind != JX_NODE_TREE || !r.node->keys) {
        jx_fail(JAXC_ETREE, "the key %s of %s", key ? jx_quote(key, quoted, sizeof quoted) : "NULL",
                r.node->kind == JX_NODE_TREE ? "a tuple" : "an array");
    } else if (!key) {
        jx_fail(JAXC_EVALUE, "the key is NULL");
    } else {
        uint32_t i = 0;
        while (i < r.node->n_in && strcmp(r.node->keys[i], key) != 0)
            i++;
        if (i < r.node->n_in)
            v = part(r.node, i);
        else
            fail_key(r.node, key);
    }
    jx_node_unref(r.node);
    return v;
}

int jx_length(jaxc_value x)
{
    struct jx_ref r = jx_value_ref(x);
    if (!r.node)
        return 0;
    int64_t n = 0;
    if (r.node->kind == JX_NODE_TREE)
        n = r.node->n_in;
    else if (r.node->avals[r.index].rank == 0)
        jx_fail(JAXC_ESHAPE, "a 0-d array has no length");
    else
        n = r.node->avals[r.index].dims[0];
    jx_node_unref(r.node);
    if (n > INT32_MAX) {
        jx_fail(JAXC_ELIMIT, "the length %lld does not fit an int", (long long)n);
        return 0;
    }
    return (int)n;
}

int(jaxc_len)(jaxc_value x)
{
    jx_enter("jaxc_len");
    return jx_length(x);
}

bool jaxc_unpack_n(jaxc_value x, int n, jaxc_value *const *parts)
{
    jx_enter("jaxc_unpack");
    for (int i = 0; i < n; i++)
        *parts[i] = JX_POISON;
    struct jx_ref r = jx_value_ref(x);
    if (!r.node)
        return false;
    bool tree = r.node->kind == JX_NODE_TREE, ok = true;
    char type[JX_AVAL_TEXT];
    if (tree && r.node->keys)
        ok = jx_fail(JAXC_ETREE, "a dict has no order to unpack in");
    else if (tree && r.node->n_in != (uint32_t)n)
        ok = jx_fail(JAXC_ETREE, "a tuple of %u parts into %d", r.node->n_in, n);
    else if (!tree && (r.node->avals[r.index].rank == 0 || r.node->avals[r.index].dims[0] != n))
        ok =
            jx_fail(JAXC_ETREE, "%s into %d parts", jx_aval_text(&r.node->avals[r.index], type), n);
    for (int i = 0; ok && i < n; i++) {
        *parts[i] = tree ? part(r.node, (uint32_t)i) : jx_index_first(x, i);
        ok = !jx_is_poison(*parts[i]);
    }
    jx_node_unref(r.node);
    return ok;
}

/* ---- mapping --------------------------------------------------------------------------------- */

/* Parts of a value at the leaves of a structure, as handles. */
static bool follow(const struct jx_tree *t, jaxc_value x, enum jx_follow how, const char *name,
                   const char *of, jaxc_value *values)
{
    struct jx_ref *found = jx_alloc((size_t)t->n_leaves + 1, sizeof *found);
    struct jx_ref root = found ? jx_value_ref(x) : (struct jx_ref){0};
    bool ok = root.node && jx_tree_follow(t, root, how, name, of, found);
    for (int i = 0; ok && i < t->n_leaves; i++) {
        values[i] = jx_value_own(jx_node_ref(found[i].node), found[i].index);
        ok = !jx_is_poison(values[i]);
    }
    jx_node_unref(root.node);
    jx_free(found);
    return ok;
}

/* The leaf that jaxc_tree_map is at. */
struct map_frame {
    struct jx_frame frame;
    const struct jx_tree *tree;
    int leaf;
};

static const char *path_of_leaf(const struct jx_frame *frame, char *buffer, size_t size)
{
    const struct map_frame *m = (const struct map_frame *)frame;
    return jx_tree_path(m->tree, m->leaf, buffer, size);
}

jaxc_value jaxc_tree_map_n(jaxc_fn f, int n, const jaxc_value *trees)
{
    struct jx_loc here = (jx_enter("jaxc_tree_map"), jx_here());
    struct jx_fn_object *object = jx_fn_get(f);
    struct jx_flat flat = {0};
    jaxc_value v = JX_POISON, *out = NULL, *parts = NULL, args[JAXC_MAX_ARGS];
    bool ok = object != NULL;
    if (ok && (n < 1 || n > JAXC_MAX_ARGS))
        ok = jx_fail(JAXC_EARITY, "%d trees: 1 to %d", n, JAXC_MAX_ARGS);
    ok = ok && jx_fn_takes(object, n) && jx_flatten_arguments(1, trees, &flat);
    size_t n_leaves = ok ? (size_t)flat.n_leaves : 0, n_parts;
    if (ok && !jx_mul_size(n_leaves, (size_t)n, &n_parts))
        ok = jx_fail(JAXC_ELIMIT, "%d trees of %zu leaves", n, n_leaves);
    ok = ok && (out = jx_alloc(n_leaves + 1, sizeof *out)) &&
         (parts = jx_alloc(n_parts + 1, sizeof *parts));
    for (int k = 0; ok && k < n; k++) {
        char name[32];
        snprintf(name, sizeof name, "tree %d", k);
        ok = follow(flat.trees[0], trees[k], JX_FOLLOW_INTO, name, "tree 0",
                    parts + (size_t)k * n_leaves);
    }
    struct map_frame m = {.tree = ok ? flat.trees[0] : NULL};
    jx_frame_push(&m.frame, NULL, NULL);
    m.frame.leaf = path_of_leaf;
    for (; ok && m.leaf < (int)n_leaves; m.leaf++) {
        for (int k = 0; k < n; k++)
            args[k] = parts[(size_t)k * n_leaves + (size_t)m.leaf];
        out[m.leaf] = jx_fn_call(object, n, args);
        jx_set_here(here);
        ok = !jx_is_poison(out[m.leaf]);
    }
    jx_frame_pop(&m.frame);
    if (ok)
        v = jx_tree_unflatten(flat.trees[0], out);
    jx_free(out);
    jx_free(parts);
    jx_flat_fini(&flat);
    jx_fn_unref(object);
    return v;
}

jaxc_value(jaxc_tree_reduce)(jaxc_fn f, jaxc_value x, jaxc_value initializer)
{
    struct jx_loc here = (jx_enter("jaxc_tree_reduce"), jx_here());
    struct jx_fn_object *object = jx_fn_get(f);
    struct jx_flat flat = {0};
    jaxc_value args[2] = {object ? jx_value_again(initializer) : JX_POISON};
    bool ok = !jx_is_poison(args[0]) && jx_flatten(1, &x, &flat) && jx_flat_handles(&flat);
    for (int i = 0; ok && i < flat.n_leaves; i++) {
        args[1] = flat.values[i];
        args[0] = jx_fn_call(object, 2, args);
        jx_set_here(here);
        ok = !jx_is_poison(args[0]);
    }
    jx_flat_fini(&flat);
    jx_fn_unref(object);
    return ok ? args[0] : JX_POISON;
}

jaxc_value(jaxc_tree_broadcast)(jaxc_value prefix, jaxc_value x)
{
    jx_enter("jaxc_tree_broadcast");
    struct jx_flat flat;
    jaxc_value v = JX_POISON, *parts;
    if (!jx_flatten(1, &x, &flat))
        return JX_POISON;
    parts = jx_alloc((size_t)flat.n_leaves + 1, sizeof *parts);
    if (parts && follow(flat.trees[0], prefix, JX_FOLLOW_SPREAD, "the prefix", "the tree", parts))
        v = jx_tree_unflatten(flat.trees[0], parts);
    jx_free(parts);
    jx_flat_fini(&flat);
    return v;
}

jaxc_value(jaxc_tree_leaves)(jaxc_value x)
{
    jx_enter("jaxc_tree_leaves");
    struct jx_flat flat;
    if (!jx_flatten(1, &x, &flat))
        return JX_POISON;
    jaxc_value v =
        jx_flat_handles(&flat) ? jx_tree_make(flat.n_leaves, flat.values, NULL) : JX_POISON;
    jx_flat_fini(&flat);
    return v;
}

jaxc_value(jaxc_tree_unflatten)(jaxc_value like, jaxc_value leaves)
{
    jx_enter("jaxc_tree_unflatten");
    struct jx_flat flat;
    jaxc_value v = JX_POISON, *parts = NULL;
    if (!jx_flatten(1, &like, &flat))
        return JX_POISON;
    struct jx_ref r = jx_value_ref(leaves);
    bool ok = r.node != NULL;
    if (ok &&
        (r.node->kind != JX_NODE_TREE || r.node->keys || r.node->n_in != (uint32_t)flat.n_leaves))
        ok = jx_fail(JAXC_ETREE, "a tuple of %d leaves is needed", flat.n_leaves);
    ok = ok && (parts = jx_alloc((size_t)flat.n_leaves + 1, sizeof *parts));
    for (int i = 0; ok && i < flat.n_leaves; i++) {
        parts[i] = part(r.node, (uint32_t)i);
        ok = !jx_is_poison(parts[i]);
    }
    if (ok)
        v = jx_tree_unflatten(flat.trees[0], parts);
    jx_node_unref(r.node);
    jx_free(parts);
    jx_flat_fini(&flat);
    return v;
}

jaxc_value jaxc_tree_unzip(jaxc_value outer, int n, jaxc_value x)
{
    jx_enter("jaxc_tree_unzip");
    struct jx_flat flat;
    if (!jx_flatten(1, &outer, &flat))
        return JX_POISON;
    int n_leaves = flat.n_leaves;
    jaxc_value v = JX_POISON, *out = NULL, *leaves = NULL;
    struct jx_ref *found = NULL, root = jx_value_ref(x);
    bool ok = root.node != NULL;
    if (ok && n < 1)
        ok = jx_fail(JAXC_EVALUE, "tuples of %d", n);
    ok = ok && (out = jx_alloc((size_t)n + 1, sizeof *out)) &&
         (leaves = jx_alloc((size_t)n_leaves + 1, sizeof *leaves)) &&
         (found = jx_alloc((size_t)n_leaves + 1, sizeof *found)) &&
         jx_tree_follow(flat.trees[0], root, JX_FOLLOW_INTO, "the tree", "outer", found);
    for (int i = 0; ok && i < n_leaves; i++) {
        const struct jx_node *t = found[i].node;
        char path[JX_WHERE], text[JX_STRUCTURE_TEXT];
        if (t->kind != JX_NODE_TREE || t->keys || t->n_in != (uint32_t)n)
            ok = jx_fail(JAXC_ETREE, "no tuple of %d%s%s: there stands %s", n,
                         flat.trees[0]->items[0].n < 0 ? "" : " at leaf ",
                         jx_tree_path(flat.trees[0], i, path, sizeof path),
                         jx_structure_text(found[i], text));
    }
    for (int k = 0; ok && k < n; k++) {
        for (int i = 0; ok && i < n_leaves; i++) {
            leaves[i] = part(found[i].node, (uint32_t)k);
            ok = !jx_is_poison(leaves[i]);
        }
        out[k] = ok ? jx_tree_unflatten(flat.trees[0], leaves) : JX_POISON;
        ok = !jx_is_poison(out[k]);
    }
    if (ok)
        v = jx_tree_make(n, out, NULL);
    jx_node_unref(root.node);
    jx_free(out);
    jx_free(leaves);
    jx_free(found);
    jx_flat_fini(&flat);
    return v;
}

/* ---- questions ------------------------------------------------------------------------------- */

const char *jaxc_tree_path(jaxc_value x, int leaf)
{
    jx_enter("jaxc_tree_path");
    struct jx_flat flat;
    if (!jx_flatten(1, &x, &flat))
        return NULL;
    char *text = NULL, path[JX_WHERE];
    if (leaf < 0 || leaf >= flat.n_leaves)
        jx_fail(JAXC_EVALUE, "leaf %d of %d", leaf, flat.n_leaves);
    else
        text = jx_strdup(jx_tree_path(flat.trees[0], leaf, path, sizeof path));
    jx_flat_fini(&flat);
    return text && jx_scope_own_text(text) ? text : NULL;
}

enum sort { SORT_ARRAY, SORT_TUPLE, SORT_DICT, SORT_DEAD };

static enum sort sort_of(jaxc_value x)
{
    struct jx_ref r = jx_value_ref(x);
    if (!r.node)
        return SORT_DEAD;
    enum sort s = r.node->kind != JX_NODE_TREE ? SORT_ARRAY : r.node->keys ? SORT_DICT : SORT_TUPLE;
    jx_node_unref(r.node);
    return s;
}

bool jx_is_tuple(jaxc_value x) { return sort_of(x) == SORT_TUPLE; }

bool jaxc_is_tuple(jaxc_value x)
{
    jx_enter("jaxc_is_tuple");
    return jx_is_tuple(x);
}

bool jaxc_is_dict(jaxc_value x)
{
    jx_enter("jaxc_is_dict");
    return sort_of(x) == SORT_DICT;
}

bool jaxc_is_array(jaxc_value x)
{
    jx_enter("jaxc_is_array");
    return sort_of(x) == SORT_ARRAY;
}

const char *jaxc_tree_key(jaxc_value x, int i)
{
    jx_enter("jaxc_tree_key");
    struct jx_ref r = jx_value_ref(x);
    if (!r.node)
        return NULL;
    const char *key = NULL;
    if (r.node->kind == JX_NODE_TREE && r.node->keys && i >= 0 && (uint32_t)i < r.node->n_in)
        key = r.node->keys[i];
    else
        jx_fail(JAXC_EVALUE, "no key %d", i);
    jx_node_unref(r.node);
    return key;
}
