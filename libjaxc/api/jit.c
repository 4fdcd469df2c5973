/*
 * api/jit.c - compiled functions: one trace for each signature, in a bounded cache; then a run, or
 * an equation.
 *
 * The key: the function's code, the arguments' structures and types (weak flags too), static
 * numbers, the options. Bound values of partial applications are operands. A trace that captured a
 * value of an enclosing trace is used once and not kept; other captures are hidden operands.
 */
#include "api/api.h"

#include <stdio.h>

struct jit_bytes {
    struct jaxc_args static_argnums, donate;
};

/* A signature and what it was traced to. */
struct entry {
    _Atomic uint32_t refs;
    uint64_t hash, used;
    struct jx_fn_object *f; /* the jit object */
    int n_args, n_leaves;
    struct jx_tree **trees;
    struct jx_aval *avals;
    union jx_scalar *numbers; /* of static leaves */
    bool *is_static;
    struct jx_traced_fn fn;
    bool *donated; /* for each input of the program */
    struct jx_exe *_Atomic exe;
};

static struct {
    pthread_mutex_t lock;
    struct jx_map map;
    uint64_t clock, hits, misses, evictions;
    _Atomic uint64_t donated_unused;
    size_t limit;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER, .limit = 1024};

#define WHY 512
static _Thread_local char why_missed[WHY], why_unused[WHY];

static void entry_unref(struct entry *e)
{
    if (!e || atomic_fetch_sub_explicit(&e->refs, 1, memory_order_acq_rel) != 1)
        return;
    jx_fn_unref(e->f);
    for (int i = 0; e->trees && i < e->n_args; i++)
        jx_tree_unref(e->trees[i]);
    jx_free(e->trees);
    jx_free(e->avals);
    jx_free(e->numbers);
    jx_free(e->is_static);
    jx_free(e->donated);
    jx_traced_fn_fini(&e->fn);
    jx_exe_unref(atomic_load(&e->exe));
    jx_free(e);
}

/* ---- the signature of a call ----------------------------------------------------------------- */

/* A call under way. */
struct call {
    struct jx_fn_object *f;
    const struct jit_bytes *options;
    const jaxc_value *args;
    struct jx_flat flat;
    bool *is_static; /* of each leaf */
    bool named;      /* it becomes an equation, where its name is seen */
    uint64_t hash;
};

static const struct jx_aval *leaf_type(const struct jx_flat *flat, int i)
{
    return &flat->leaves[i].node->avals[flat->leaves[i].index];
}

static bool names(const struct jaxc_args *set, int arg)
{
    for (int i = 0; i < set->n; i++)
        if (set->at[i] == arg)
            return true;
    return false;
}

static bool is_c_number(const struct jx_node *n)
{
    return n->kind == JX_NODE_LITERAL && (n->avals[0].weak || n->avals[0].dtype == JAXC_BOOL);
}

static bool mark_static(struct call *c)
{
    c->is_static = jx_alloc((size_t)c->flat.n_leaves + 1, sizeof *c->is_static);
    if (!c->is_static)
        return false;
    for (int a = 0; a < c->flat.n_args; a++) {
        if (!names(&c->options->static_argnums, a))
            continue;
        for (int i = c->flat.first[a]; i < c->flat.first[a + 1]; i++) {
            char where[JX_WHERE], type[JX_AVAL_TEXT];
            c->is_static[i] = true;
            if (!is_c_number(c->flat.leaves[i].node))
                return jx_fail(JAXC_EVALUE, "%s is static and must be a C number, not an array %s",
                               jx_flat_where(&c->flat, i, where),
                               jx_aval_text(leaf_type(&c->flat, i), type));
        }
    }
    return true;
}

static void hash_signature(struct call *c)
{
    uint64_t h = jx_fn_hash_code(c->f);
    for (int a = 0; a < c->flat.n_args; a++)
        h = jx_mix(h, jx_tree_hash(c->flat.trees[a]));
    for (int i = 0; i < c->flat.n_leaves; i++) {
        const struct jx_aval *t = leaf_type(&c->flat, i);
        h = jx_mix(h, (uint64_t)t->dtype << 16 | (uint64_t)t->weak << 8 | t->rank);
        h = jx_hash(t->dims, t->rank * sizeof t->dims[0], h);
        if (c->is_static[i])
            h = jx_mix(h, c->flat.leaves[i].node->literal.u);
    }
    c->hash = h;
}

/* Why an entry does not fit; NULL: it does. The text is for people. */
static const char *difference(const struct entry *e, const struct call *c, char *text)
{
    char where[JX_WHERE], a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    if (!jx_fn_same_code(e->f, c->f))
        return "another function";
    if (e->n_args != c->flat.n_args)
        return "another number of arguments";
    for (int i = 0; i < e->n_args; i++)
        if (!jx_tree_same(e->trees[i], c->flat.trees[i])) {
            snprintf(text, WHY, "the structure of argument %d is new", i);
            return text;
        }
    for (int i = 0; i < e->n_leaves; i++) {
        const struct jx_aval *old = &e->avals[i], *now = leaf_type(&c->flat, i);
        if (!jx_aval_same(old, now)) {
            snprintf(text, WHY, "%s is %s, it was %s", jx_flat_where(&c->flat, i, where),
                     jx_aval_text(now, a), jx_aval_text(old, b));
            return text;
        }
        if (e->is_static[i] && e->numbers[i].u != c->flat.leaves[i].node->literal.u) {
            snprintf(text, WHY, "the static %s has another value",
                     jx_flat_where(&c->flat, i, where));
            return text;
        }
    }
    const char *old = e->fn.traced.program->name, *now = c->f->name;
    if (c->named && (old && now ? strcmp(old, now) != 0 : old != now)) {
        snprintf(text, WHY, "its name is %.60s, it was %.60s", now ? now : "None",
                 old ? old : "None");
        return text;
    }
    return NULL;
}

/* ---- the cache ------------------------------------------------------------------------------- */

static struct entry *entry_at(size_t i)
{
    void *value = cache.map.entries[i].value;
    return value == JX_MAP_GONE ? NULL : value;
}

static void explain_miss(const struct call *c)
{
    const struct entry *nearest = NULL;
    for (size_t i = 0; i < cache.map.capacity; i++) {
        const struct entry *e = entry_at(i);
        if (e && jx_fn_same_code(e->f, c->f) && (!nearest || e->used > nearest->used))
            nearest = e;
    }
    char text[WHY];
    const char *why = nearest ? difference(nearest, c, text) : "the first call of this function";
    snprintf(why_missed, sizeof why_missed, "%s", why ? why : "");
}

static struct entry *look_up(const struct call *c)
{
    char text[WHY];
    size_t cursor = 0;
    struct entry *e;
    pthread_mutex_lock(&cache.lock);
    while ((e = jx_map_next(&cache.map, c->hash, &cursor)) && difference(e, c, text))
        continue;
    if (e) {
        cache.hits++;
        e->used = ++cache.clock;
        atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);
    } else {
        cache.misses++;
        explain_miss(c);
    }
    pthread_mutex_unlock(&cache.lock);
    return e;
}

/* The least recently used entry, out of the map; the caller lets go of it without the lock. */
static struct entry *take_oldest(void)
{
    struct entry *oldest = NULL;
    for (size_t i = 0; i < cache.map.capacity; i++) {
        struct entry *e = entry_at(i);
        if (e && (!oldest || e->used < oldest->used))
            oldest = e;
    }
    if (oldest)
        jx_map_remove(&cache.map, oldest->hash, oldest);
    return oldest;
}

static void keep(struct entry *e)
{
    for (int i = 0; i < e->fn.traced.n_captures; i++)
        if (e->fn.traced.captures[i].node->serial || e->fn.traced.captures[i].node->tag)
            return;
    struct jx_error_state state; /* not being kept is no failure */
    jx_error_save(&state);
    pthread_mutex_lock(&cache.lock);
    bool added = jx_map_add(&cache.map, e->hash, e);
    if (added) {
        e->used = ++cache.clock;
        atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);
    }
    struct entry *gone = added && cache.map.n > cache.limit ? take_oldest() : NULL;
    cache.evictions += gone != NULL;
    pthread_mutex_unlock(&cache.lock);
    jx_error_restore(&state);
    entry_unref(gone);
}

/* Which inputs of the program are donated: captures and bound values never are. */
static bool mark_donated(struct entry *e, const struct call *c)
{
    const struct jx_program *p = e->fn.traced.program;
    size_t n = (size_t)p->n_consts + p->n_in, next;
    e->donated = jx_alloc(n + 1, sizeof *e->donated);
    if (!e->donated)
        return false;
    next = (size_t)e->fn.traced.n_captures + (size_t)jx_fn_n_values(c->f);
    for (int a = 0; a < c->flat.n_args; a++)
        for (int i = c->flat.first[a]; i < c->flat.first[a + 1]; i++)
            if (!c->is_static[i])
                e->donated[next++] = names(&c->options->donate, a);
    return true;
}

static struct entry *make_entry(const struct call *c)
{
    struct entry *e = jx_alloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->refs = 1;
    e->hash = c->hash;
    e->f = jx_fn_ref(c->f);
    e->n_args = c->flat.n_args;
    e->n_leaves = c->flat.n_leaves;
    e->trees = jx_alloc((size_t)e->n_args + 1, sizeof *e->trees);
    e->avals = jx_flat_avals(&c->flat);
    e->numbers = jx_alloc((size_t)e->n_leaves + 1, sizeof *e->numbers);
    e->is_static = jx_alloc((size_t)e->n_leaves + 1, sizeof *e->is_static);
    bool ok = e->trees && e->avals && e->numbers && e->is_static;
    for (int i = 0; ok && i < e->n_args; i++)
        e->trees[i] = jx_tree_ref(c->flat.trees[i]);
    for (int i = 0; ok && i < e->n_leaves; i++) {
        e->is_static[i] = c->is_static[i];
        if (e->is_static[i])
            e->numbers[i] = c->flat.leaves[i].node->literal;
    }
    ok = ok && jx_fn_trace_bound(c->f->inner[0], &c->flat, e->avals, e->is_static, &e->fn) &&
         mark_donated(e, c);
    if (ok)
        e->fn.traced.program->name = c->f->name;
    if (!ok) {
        entry_unref(e);
        return NULL;
    }
    keep(e);
    return e;
}

/* ---- as an equation -------------------------------------------------------------------------- */

/* The operands in the program's order: captures, bound values, leaves; counted. */
static struct jx_ref *operands(const struct call *c, const struct entry *e, int *n)
{
    int n_bound = jx_fn_n_values(c->f), n_captures = e->fn.traced.n_captures;
    struct jx_ref *refs =
        jx_alloc((size_t)n_captures + (size_t)n_bound + (size_t)c->flat.n_leaves + 1, sizeof *refs);
    if (!refs)
        return NULL;
    *n = 0;
    for (int i = 0; i < n_captures; i++)
        refs[(*n)++] = e->fn.traced.captures[i];
    jx_fn_values(c->f, refs + *n);
    *n += n_bound;
    for (int i = 0; i < c->flat.n_leaves; i++)
        if (!c->is_static[i])
            refs[(*n)++] = c->flat.leaves[i];
    for (int i = 0; i < *n; i++)
        jx_node_ref(refs[i].node);
    return refs;
}

static jaxc_value bind(const struct entry *e, int n, const struct jx_ref *refs)
{
    struct jx_program *p = e->fn.traced.program;
    jaxc_value *x = jx_alloc((size_t)n + p->n_out + 1, sizeof *x), v = JX_POISON;
    bool ok = x != NULL;
    for (int i = 0; ok && i < n; i++) {
        x[i] = jx_value_own(jx_node_ref(refs[i].node), refs[i].index);
        ok = !jx_is_poison(x[i]);
    }
    if (ok && (p->n_out == 0 || jx_jit(p, x, x + n)))
        v = jx_tree_unflatten(e->fn.out, x + n);
    jx_free(x);
    return v;
}

/* ---- as a run -------------------------------------------------------------------------------- */

static struct jx_exe *executable(struct entry *e)
{
    struct jx_exe *exe = atomic_load_explicit(&e->exe, memory_order_acquire), *none = NULL;
    if (exe)
        return exe;
    exe = jx_compile(e->fn.traced.program, e->donated);
    if (exe && !atomic_compare_exchange_strong(&e->exe, &none, exe)) {
        jx_exe_unref(exe);
        exe = none;
    }
    return exe;
}

static uint32_t n_refs(struct jx_node *n)
{
    return atomic_load_explicit(&n->refs, memory_order_acquire);
}

/* Whether nobody but a donated argument holds its leaves: every tree above has one holder, a leaf
 * that one and our two (the flat arguments and the operands). */
static void find_exclusive(const struct call *c, int arg, bool *exclusive)
{
    struct jx_ref root = jx_value_ref(c->args[arg]);
    if (!root.node)
        return;
    const struct jx_tree *t = c->flat.trees[arg];
    bool mine = n_refs(root.node) == (t->items[0].n < 0 ? 4u : 2u); /* the handle and `root` too */
    jx_node_unref(root.node);
    for (int i = c->flat.first[arg]; i < c->flat.first[arg + 1]; i++)
        exclusive[i] = mine;
    if (t->items[0].n < 0 || !mine)
        return;
    /* inner trees and leaves, level by level, through the root's own operands */
    struct jx_node **stack = NULL;
    size_t n = 0, capacity = 0;
    struct jx_error_state state;
    jx_error_save(&state);
    bool ok = jx_grow(&stack, &capacity, (size_t)t->n_items, sizeof *stack);
    jx_error_restore(&state);
    for (int i = c->flat.first[arg]; !ok && i < c->flat.first[arg + 1]; i++)
        exclusive[i] = false; /* no memory to look: copies are always right */
    if (ok)
        stack[n++] = root.node;
    int leaf = c->flat.first[arg];
    bool whole = true;
    while (ok && n) {
        struct jx_node *node = stack[--n];
        if (node->kind != JX_NODE_TREE) {
            exclusive[leaf] = whole && n_refs(node) == 3;
            leaf++;
            continue;
        }
        whole = whole && (node == root.node || n_refs(node) == 1);
        for (uint32_t k = node->n_in; k-- > 0;)
            stack[n++] = node->in[k].node;
    }
    jx_free(stack);
}

/* Appends to why_unused, of which `used` bytes are this call's; what does not fit is dots. */
static void note_unused(const struct call *c, int leaf, const char *why, size_t *used)
{
    char where[JX_WHERE], text[WHY];
    atomic_fetch_add_explicit(&cache.donated_unused, 1, memory_order_relaxed);
    if (*used >= WHY)
        return;
    size_t n = (size_t)snprintf(text, sizeof text, "%s%s: %s", *used ? "; " : "",
                                jx_flat_where(&c->flat, leaf, where), why);
    bool fits = *used + n + sizeof "; ..." <= WHY;
    memcpy(why_unused + *used, fits ? text : "; ...", fits ? n + 1 : sizeof "; ...");
    *used = fits ? *used + n : WHY;
}

/* Which inputs' memory may be taken. */
static void find_reusable(const struct call *c, const struct entry *e, int n_before,
                          struct jx_buffer *const *in, const bool *exclusive, bool *reuse)
{
    int next = n_before;
    for (int i = 0; i < c->flat.n_leaves; i++) {
        if (c->is_static[i])
            continue;
        reuse[next] = e->donated[next] && exclusive[i] &&
                      atomic_load_explicit(&in[next]->refs, memory_order_acquire) ==
                          2; /* the node's and ours */
        next++;
    }
}

static void report_unused(const struct call *c, const struct entry *e, int n_before,
                          const bool *reuse, const bool *taken)
{
    size_t used = 0;
    int next = n_before;
    for (int i = 0; i < c->flat.n_leaves; i++) {
        if (c->is_static[i])
            continue;
        if (e->donated[next] && !taken[next])
            note_unused(c, i,
                        reuse[next] ? "no result takes its memory"
                                    : "its memory is held elsewhere too",
                        &used);
        next++;
    }
}

/* One handle for the whole result: others for its leaves would keep their memory from donation. */
static jaxc_value own_results(const struct entry *e, struct jx_buffer **out)
{
    const struct jx_program *p = e->fn.traced.program;
    uint64_t scope = jx_scope_open();
    jaxc_value *leaves = jx_alloc((size_t)p->n_out + 1, sizeof *leaves), v = JX_POISON;
    bool ok = scope && leaves;
    for (uint32_t i = 0; i < p->n_out; i++) {
        struct jx_node *node =
            ok ? jx_node_array(jx_atom_aval(p, p->outs[i]), jx_buffer_ref(out[i])) : NULL;
        if (node)
            leaves[i] = jx_value_own(node, 0);
        ok = node && !jx_is_poison(leaves[i]);
    }
    if (ok)
        v = jx_tree_unflatten(e->fn.out, leaves);
    jx_free(leaves);
    if (scope)
        jx_scope_close_keeping(scope, jx_is_poison(v) ? 0 : 1, &v);
    return v;
}

static jaxc_value run(const struct call *c, struct entry *e, int n, const struct jx_ref *refs)
{
    struct jx_program *p = e->fn.traced.program;
    struct jx_buffer **in = jx_alloc((size_t)n + p->n_out + 1, sizeof *in);
    bool *flags = jx_alloc(2 * (size_t)n + (size_t)c->flat.n_leaves + 1, sizeof *flags);
    bool ok = in && flags && jx_evaluate(n, refs);
    jaxc_value v = JX_POISON;
    struct jx_exe *exe = ok ? executable(e) : NULL;
    ok = exe != NULL;
    for (int i = 0; ok && i < n; i++)
        ok = (in[i] = jx_leaf_buffer(refs[i])) != NULL;
    if (ok) {
        bool *reuse = flags, *taken = flags + n, *exclusive = taken + n;
        struct jx_buffer **out = in + n;
        int n_before = n;
        for (int i = 0; i < c->flat.n_leaves; i++)
            n_before -= !c->is_static[i];
        for (int a = 0; a < c->flat.n_args; a++)
            if (names(&c->options->donate, a))
                find_exclusive(c, a, exclusive);
        if (!jx_debugging())
            find_reusable(c, e, n_before, in, exclusive, reuse);
        if (jx_exe_run(exe, in, reuse, taken, out)) {
            if (jx_debug_results(p, in, out))
                v = own_results(e, out);
            if (!jx_debugging())
                report_unused(c, e, n_before, reuse, taken);
            for (uint32_t i = 0; i < p->n_out; i++)
                jx_buffer_unref(out[i]);
        }
        for (int a = 0; !jx_is_poison(v) && a < c->flat.n_args; a++)
            if (names(&c->options->donate, a))
                jx_slot_close(c->args[a].slot, c->args[a].generation, JX_CLOSED_DONATED);
    }
    for (int i = 0; in && i < n; i++)
        jx_buffer_unref(in[i]);
    jx_free(in);
    jx_free(flags);
    return v;
}

/* ---- the call -------------------------------------------------------------------------------- */

static jaxc_value call_jit(struct jx_fn_object *f, int n_args, const jaxc_value *args)
{
    struct call c = {.f = f, .options = f->bytes, .args = args};
    struct entry *e = NULL;
    struct jx_ref *refs = NULL;
    jaxc_value v = JX_POISON;
    int n = 0;
    bool ok = jx_flatten_arguments(n_args, args, &c.flat) && mark_static(&c);
    c.named = jx_trace_depth() > 0;
    for (int i = 0; ok && i < c.flat.n_leaves; i++)
        c.named = c.named || c.flat.leaves[i].node->tag;
    if (ok) {
        hash_signature(&c);
        e = look_up(&c);
        if (!e)
            e = make_entry(&c);
        refs = e ? operands(&c, e, &n) : NULL;
    }
    if (refs) {
        bool traced = jx_trace_depth() > 0;
        for (int i = 0; i < n; i++)
            traced = traced || refs[i].node->tag;
        if (traced)
            v = bind(e, n, refs);
        else
            v = run(&c, e, n, refs);
    }
    for (int i = 0; i < n; i++)
        jx_node_unref(refs[i].node);
    jx_free(refs);
    entry_unref(e);
    jx_free(c.is_static);
    jx_flat_fini(&c.flat);
    return v;
}

static const struct jx_fn_kind jit_kind = {"the function", call_jit};

/* Numbers below 0 count from the last argument. */
static bool count_args(struct jaxc_args *set, int arity, const char *what)
{
    for (int i = 0; i < set->n; i++) {
        int at = set->at[i] < 0 && arity >= 0 ? set->at[i] + arity : set->at[i];
        if (at < 0 || (arity >= 0 && at >= arity))
            return arity < 0 ? jx_fail(JAXC_EVALUE,
                                       "%s names argument %d of a function of any number of them",
                                       what, set->at[i])
                             : jx_fail(JAXC_EVALUE, "%s names argument %d of %d", what, set->at[i],
                                       arity);
        set->at[i] = at;
    }
    return true;
}

jaxc_fn(jaxc_jit)(jaxc_fn f, struct jaxc_jit_options options)
{
    jx_enter("jaxc_jit");
    struct jx_fn_object *inner = jx_fn_get(f), *result = NULL;
    struct jit_bytes b;
    memset(&b, 0, sizeof b); /* the bytes are part of the key */
    bool ok = inner &&
              jx_take_args(&options.static_argnums, ".static_argnums = JAXC_ARGS(i, ...)",
                           &b.static_argnums) &&
              jx_take_args(&options.donate, ".donate = JAXC_ARGS(i, ...)", &b.donate) &&
              count_args(&b.static_argnums, inner->arity, "static_argnums") &&
              count_args(&b.donate, inner->arity, "donate");
    for (int i = 0; ok && i < b.donate.n; i++)
        if (names(&b.static_argnums, b.donate.at[i]))
            ok = jx_fail(JAXC_EVALUE, "argument %d is both static and donated", b.donate.at[i]);
    if (ok)
        result = jx_fn_new(&jit_kind, JX_ARITY_OF_INNER, 1, &inner, &b, sizeof b);
    if (result)
        result->name = options.name ? options.name : inner->name;
    jx_fn_unref(inner);
    return jx_fn_own(result);
}

/* ---- counters -------------------------------------------------------------------------------- */

struct jaxc_jit_stats jaxc_jit_get_stats(void)
{
    pthread_mutex_lock(&cache.lock);
    struct jaxc_jit_stats s = {.hits = cache.hits,
                               .misses = cache.misses,
                               .evictions = cache.evictions,
                               .entries = cache.map.n};
    pthread_mutex_unlock(&cache.lock);
    s.compiled = jx_n_compiled();
    s.donated_unused = atomic_load(&cache.donated_unused);
    return s;
}

const char *jaxc_jit_why_missed(void) { return why_missed; }

const char *jaxc_jit_why_unused(void) { return why_unused; }

void jaxc_jit_clear(void)
{
    for (;;) {
        pthread_mutex_lock(&cache.lock);
        struct entry *e = take_oldest();
        if (!e)
            jx_map_fini(&cache.map);
        pthread_mutex_unlock(&cache.lock);
        if (!e)
            break;
        entry_unref(e);
    }
    jx_compile_clear();
}

void jaxc_jit_limit(size_t entries)
{
    struct entry *gone;
    do {
        pthread_mutex_lock(&cache.lock);
        cache.limit = entries ? entries : 1024;
        gone = cache.map.n > cache.limit ? take_oldest() : NULL;
        cache.evictions += gone != NULL;
        pthread_mutex_unlock(&cache.lock);
        entry_unref(gone);
    } while (gone);
}
