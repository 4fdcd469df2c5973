/*
 * ir/tree.c - the structure of values: flatten, unflatten, paths; interned dict keys.
 *
 * A structure is its items in preorder, compared item by item. Keys and key lists are interned for
 * good, so equal lists are equal pointers. All walks use explicit stacks.
 */
#include "ir/internal.h"

#include <stdio.h>

/* ---- interned keys --------------------------------------------------------------------------- */

struct interned {
    struct interned *next;
    uint64_t hash;
    int n; /* a list of n keys; -1: a string */
    union {
        char text[1];
        const char *keys[1];
    } u;
};
#define N_BUCKETS 1024
static struct interned *buckets[N_BUCKETS];
static pthread_mutex_t intern_lock = PTHREAD_MUTEX_INITIALIZER;

static struct interned *intern(uint64_t hash, int n, const void *bytes, size_t size)
{
    pthread_mutex_lock(&intern_lock);
    struct interned **bucket = &buckets[hash % N_BUCKETS], *i = *bucket;
    while (i && !(i->hash == hash && i->n == n && memcmp(&i->u, bytes, size) == 0))
        i = i->next;
    if (!i && (i = jx_reserve(offsetof(struct interned, u) +
                              (size > sizeof i->u ? size : sizeof i->u)))) {
        i->next = *bucket;
        i->hash = hash;
        i->n = n;
        memcpy(&i->u, bytes, size);
        *bucket = i;
    }
    pthread_mutex_unlock(&intern_lock);
    return i;
}

const char *jx_intern(const char *s)
{
    size_t size = strlen(s) + 1;
    struct interned *i = intern(jx_hash(s, size, 1), -1, s, size);
    return i ? i->u.text : NULL;
}

const char *const *jx_intern_keys(int n, const char *const *keys)
{
    size_t size = (size_t)n * sizeof *keys;
    struct interned *i = intern(jx_hash(keys, size, 2), n, keys, size);
    return i ? i->u.keys : NULL;
}

/* ---- counted structures ---------------------------------------------------------------------- */

struct jx_tree *jx_tree_ref(struct jx_tree *t)
{
    atomic_fetch_add_explicit(&t->refs, 1, memory_order_relaxed);
    return t;
}

void jx_tree_unref(struct jx_tree *t)
{
    if (t && atomic_fetch_sub_explicit(&t->refs, 1, memory_order_acq_rel) == 1)
        jx_free(t);
}

bool jx_tree_same(const struct jx_tree *a, const struct jx_tree *b)
{
    if (a == b)
        return true;
    if (a->n_items != b->n_items)
        return false;
    for (int i = 0; i < a->n_items; i++)
        if (a->items[i].n != b->items[i].n || a->items[i].keys != b->items[i].keys)
            return false;
    return true;
}

uint64_t jx_tree_hash(const struct jx_tree *t)
{
    uint64_t h = (uint64_t)t->n_items;
    for (int i = 0; i < t->n_items; i++)
        h = jx_mix(jx_mix(h, (uint64_t)t->items[i].n), (uintptr_t)t->items[i].keys);
    return h;
}

/* ---- flatten --------------------------------------------------------------------------------- */

struct flattening {
    struct jx_tree *tree;
    size_t items_capacity;
    struct jx_ref *leaves, *stack;
    size_t leaves_capacity, n_stack, stack_capacity;
};

static bool add_item(struct flattening *f, int n, const char *const *keys)
{
    struct jx_tree *t = f->tree;
    size_t need = (size_t)(t ? t->n_items : 0) + 1;
    if (need > INT32_MAX / 2)
        return jx_fail(JAXC_ELIMIT, "a tree of more than 2^30 parts");
    if (need > f->items_capacity) {
        size_t room = f->items_capacity ? f->items_capacity * 2 : 8;
        struct jx_tree *bigger = jx_alloc(1, sizeof *bigger + room * sizeof bigger->items[0]);
        if (!bigger)
            return false;
        if (t)
            memcpy(bigger, t, sizeof *t + f->items_capacity * sizeof t->items[0]);
        bigger->refs = 1;
        jx_free(t);
        f->tree = bigger;
        f->items_capacity = room;
    }
    f->tree->items[f->tree->n_items++] = (struct jx_tree_item){n, keys};
    return true;
}

static bool flatten_one(struct flattening *f)
{
    struct jx_ref r = f->stack[--f->n_stack];
    if (r.node->kind != JX_NODE_TREE) {
        if (!add_item(f, -1, NULL) || !jx_grow(&f->leaves, &f->leaves_capacity,
                                               (size_t)f->tree->n_leaves + 1, sizeof *f->leaves))
            return false;
        f->leaves[f->tree->n_leaves++] = (struct jx_ref){jx_node_ref(r.node), r.index};
        return true;
    }
    uint32_t n = r.node->n_in;
    if (!add_item(f, (int)n, r.node->keys) ||
        !jx_grow(&f->stack, &f->stack_capacity, f->n_stack + n, sizeof *f->stack))
        return false;
    for (uint32_t i = n; i-- > 0;)
        f->stack[f->n_stack++] = r.node->in[i];
    return true;
}

struct jx_tree *jx_tree_flatten(jaxc_value v, struct jx_ref **leaves)
{
    struct jx_ref root = jx_value_ref(v);
    *leaves = NULL;
    struct jx_tree *t = root.node ? jx_tree_flatten_ref(root, leaves) : NULL;
    jx_node_unref(root.node);
    return t;
}

struct jx_tree *jx_tree_flatten_ref(struct jx_ref root, struct jx_ref **leaves)
{
    *leaves = NULL;
    struct flattening f = {0};
    bool ok = jx_grow(&f.leaves, &f.leaves_capacity, 1, sizeof *f.leaves) &&
              jx_grow(&f.stack, &f.stack_capacity, 1, sizeof *f.stack);
    if (ok)
        f.stack[f.n_stack++] = root;
    while (ok && f.n_stack)
        ok = flatten_one(&f);
    jx_free(f.stack);
    if (!ok) {
        for (int i = 0; f.tree && i < f.tree->n_leaves; i++)
            jx_node_unref(f.leaves[i].node);
        jx_free(f.leaves);
        jx_tree_unref(f.tree);
        return NULL;
    }
    *leaves = f.leaves;
    return f.tree;
}

/* ---- unflatten ------------------------------------------------------------------------------- */

/* The tree's inner nodes are finished from the last item backwards: children of an item are the
 * topmost of a stack. */
jaxc_value jx_tree_unflatten(const struct jx_tree *t, const jaxc_value *leaves)
{
    struct jx_ref *stack = jx_alloc((size_t)t->n_items, sizeof *stack), *children = NULL;
    if (!stack)
        return JX_POISON;
    int n = 0, leaf = t->n_leaves;
    size_t capacity = 0;
    bool ok = true;
    for (int i = t->n_items; ok && i-- > 0;) {
        const struct jx_tree_item *item = &t->items[i];
        if (item->n < 0) {
            stack[n] = jx_value_ref(leaves[--leaf]);
            ok = stack[n].node != NULL;
            n += ok;
            continue;
        }
        ok = jx_grow(&children, &capacity, (size_t)item->n + 1, sizeof *children);
        for (int k = 0; ok && k < item->n; k++)
            children[k] = stack[n - 1 - k];
        struct jx_node *node = ok ? jx_node_tree(item->n, children, item->keys) : NULL;
        ok = node != NULL;
        if (!ok)
            break;
        for (int k = 0; k < item->n; k++)
            jx_node_unref(stack[--n].node);
        stack[n++] = (struct jx_ref){node, 0};
    }
    jaxc_value v = JX_POISON;
    if (ok)
        v = jx_value_own(jx_node_ref(stack[0].node), stack[0].index);
    while (n > 0)
        jx_node_unref(stack[--n].node);
    jx_free(stack);
    jx_free(children);
    return v;
}

jaxc_value jx_tree_make(int n, const jaxc_value *values, const char *const *keys)
{
    struct jx_ref *refs = jx_alloc((size_t)n + 1, sizeof *refs);
    bool ok = refs != NULL;
    int taken = 0;
    for (; ok && taken < n; taken++)
        ok = (refs[taken] = jx_value_ref(values[taken])).node != NULL;
    struct jx_node *node = ok ? jx_node_tree(n, refs, keys) : NULL;
    for (int i = 0; i < taken; i++)
        jx_node_unref(refs[i].node);
    jx_free(refs);
    return node ? jx_value_own(node, 0) : JX_POISON;
}

/* ---- two trees together ---------------------------------------------------------------------- */

static bool fail_structure(const struct jx_tree *t, int leaf, const char *name, const char *of)
{
    char path[256];
    jx_tree_path(t, leaf < t->n_leaves ? leaf : t->n_leaves - 1, path, sizeof path);
    return jx_fail(JAXC_ETREE, "%s differs in structure from %s%s%s", name, of, *path ? " at " : "",
                   path);
}

bool jx_tree_follow(const struct jx_tree *t, struct jx_ref root, enum jx_follow how,
                    const char *name, const char *of, struct jx_ref *found)
{
    struct jx_ref *stack = NULL;
    size_t n = 0, capacity = 0;
    bool ok = jx_grow(&stack, &capacity, 1, sizeof *stack);
    if (ok)
        stack[n++] = root;
    for (int i = 0, leaf = 0; ok && i < t->n_items; i++) {
        const struct jx_tree_item *item = &t->items[i];
        struct jx_ref r = stack[--n];
        bool tree = r.node->kind == JX_NODE_TREE, differs;
        if (item->n < 0)
            differs = tree && how != JX_FOLLOW_INTO;
        else if (tree)
            differs = r.node->n_in != (uint32_t)item->n || r.node->keys != item->keys;
        else
            differs = how != JX_FOLLOW_SPREAD;
        if (differs)
            ok = fail_structure(t, leaf, name, of);
        if (item->n < 0) {
            found[leaf++] = r;
            continue;
        }
        ok = ok && jx_grow(&stack, &capacity, n + (size_t)item->n, sizeof *stack);
        for (int k = item->n; ok && k-- > 0;)
            stack[n++] = tree ? r.node->in[k] : r;
    }
    jx_free(stack);
    return ok;
}

/* ---- paths ----------------------------------------------------------------------------------- */

/* Backwards from the leaf, counting whole subtrees: an item with more children than were counted is
 * an ancestor, and the count is the child's number. The text grows from the end of the buffer; a
 * path that is too long loses its start. */
char *jx_tree_path(const struct jx_tree *t, int leaf, char *buffer, size_t size)
{
    int i = 0, whole = 0;
    for (int seen = 0; i < t->n_items; i++)
        if (t->items[i].n < 0 && seen++ == leaf)
            break;
    size_t start = size - 1;
    buffer[start] = '\0';
    while (i-- > 0) {
        const struct jx_tree_item *item = &t->items[i];
        if (item->n < 0) {
            whole++;
        } else if (whole >= item->n) {
            whole -= item->n - 1;
        } else {
            char part[128], key[112];
            int n = item->keys ? snprintf(part, sizeof part, "[%s]",
                                          jx_quote(item->keys[whole], key, sizeof key))
                               : snprintf(part, sizeof part, "[%d]", whole);
            if ((size_t)n > start)
                break;
            start -= (size_t)n;
            memcpy(buffer + start, part, (size_t)n);
            whole = 0;
        }
    }
    memmove(buffer, buffer + start, size - start);
    return buffer;
}

/* ---- text ------------------------------------------------------------------------------------ */

/* Appends to a text of n bytes in a buffer of JX_STRUCTURE_TEXT, or ends it with dots; false
 * then. */
static bool append(char *buffer, size_t *n, const char *part)
{
    size_t more = strlen(part);
    bool fits = *n + more + sizeof "..." <= JX_STRUCTURE_TEXT;
    memcpy(buffer + *n, fits ? part : "...", fits ? more + 1 : sizeof "...");
    *n += more;
    return fits;
}

char *jx_structure_text(struct jx_ref r, char *buffer)
{
    enum { N_OPEN = 8 };
    struct {
        const struct jx_node *tree;
        uint32_t next;
    } open[N_OPEN], *top = NULL;
    size_t n = 0;
    bool ok = true;
    buffer[0] = '\0';
    while (ok) {
        char type[JX_AVAL_TEXT], key[112], before[128] = "";
        bool tree = r.node->kind == JX_NODE_TREE, deep = top == &open[N_OPEN - 1];
        if (!tree)
            ok = append(buffer, &n, jx_aval_text(&r.node->avals[r.index], type));
        else
            ok = append(buffer, &n, deep ? "..." : r.node->keys ? "{" : "(");
        if (tree && !deep) {
            top = top ? top + 1 : open;
            top->tree = r.node;
            top->next = 0;
        }
        while (ok && top && top->next == top->tree->n_in) {
            bool single = !top->tree->keys && top->tree->n_in == 1;
            ok = append(buffer, &n, top->tree->keys ? "}" : single ? ",)" : ")");
            top = top == open ? NULL : top - 1;
        }
        if (!top)
            break;
        ok = ok && (top->next == 0 || append(buffer, &n, ", "));
        if (ok && top->tree->keys)
            snprintf(before, sizeof before,
                     "%s: ", jx_quote(top->tree->keys[top->next], key, sizeof key));
        ok = ok && append(buffer, &n, before);
        r = top->tree->in[top->next++];
    }
    return buffer;
}
