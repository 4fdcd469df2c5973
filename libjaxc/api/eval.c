/*
 * api/eval.c - evaluation outside traces: pending nodes become a program, are computed once, and
 * turn into leaves.
 *
 * Collecting and committing happen under jx_graph_lock, the computation outside it; the first
 * commit wins. Besides what was asked for, results that someone outside the graph still holds are
 * kept when they were dear (products, reductions, calls), or when an earlier evaluation had
 * computed them without keeping: nothing is computed more than twice.
 */
#include "api/api.h"

#define LONG_PENDING 4096 /* nodes of one thread after which evaluation happens by itself */

static bool is_pending(const struct jx_node *n, uint64_t unused)
{
    (void)unused;
    return n->serial == 0 && n->tag == 0 && !atomic_load_explicit(&n->done, memory_order_relaxed);
}

static bool check_ready(const struct jx_node *n)
{
    if (n->kind == JX_NODE_TREE)
        return jx_fail(JAXC_ETREE, "a %s has no elements of its own", n->keys ? "dict" : "tuple");
    if (n->serial == 0 && n->tag == 0 && n->kind != JX_NODE_ARG)
        return true;
    char type[JX_AVAL_TEXT];
    return jx_fail(JAXC_ECONCRETE, "numbers were asked of a%s value %s made at %s:%d",
                   n->serial || n->tag ? " traced" : "n abstract", jx_aval_text(&n->avals[0], type),
                   n->loc.file ? n->loc.file : "?", n->loc.line);
}

struct evaluation {
    struct jx_traced traced;
    struct jx_node **members; /* in order of equations */
    size_t n_members;
    uint32_t *uses;      /* of each member, by members */
    struct jx_ref *outs; /* counted */
    size_t n_outs, outs_capacity;
};

static bool want(struct evaluation *ev, struct jx_node *n)
{
    if (!jx_grow(&ev->outs, &ev->outs_capacity, ev->n_outs + n->n_out, sizeof *ev->outs))
        return false;
    for (uint32_t i = 0; i < n->n_out; i++)
        ev->outs[ev->n_outs++] = (struct jx_ref){jx_node_ref(n), i};
    return true;
}

/* Chooses what is kept, and makes those the program's results. */
static bool choose_outs(struct evaluation *ev, int n, const struct jx_ref *refs)
{
    struct jx_program *p = ev->traced.program;
    ev->uses = jx_alloc(ev->n_members + 1, sizeof *ev->uses);
    bool *root = jx_alloc(ev->n_members + 1, sizeof *root);
    jx_atom *atoms = NULL;
    bool ok = ev->uses && root;
    uint64_t mark = ev->n_members ? ev->members[0]->walk : 0;
    /* equations stand in the order of members: an equation's number is found from its first result
     */
    for (size_t m = 0; ok && m < ev->n_members; m++)
        ev->members[m]->var = (uint32_t)m;
    for (size_t m = 0; ok && m < ev->n_members; m++)
        for (uint32_t i = 0; i < ev->members[m]->n_in; i++)
            if (ev->members[m]->in[i].node->walk == mark)
                ev->uses[ev->members[m]->in[i].node->var]++;
    for (int i = 0; ok && i < n; i++)
        if (refs[i].node->walk == mark && mark)
            root[refs[i].node->var] = true;
    for (size_t m = 0; ok && m < ev->n_members; m++) {
        struct jx_node *node = ev->members[m];
        bool held = atomic_load_explicit(&node->refs, memory_order_relaxed) > ev->uses[m];
        bool keep = root[m] || (held && (node->prim->dear || node->used));
        if (!keep) {
            node->used++;
            continue;
        }
        ok = want(ev, node);
    }
    atoms = ok ? jx_alloc(ev->n_outs + 1, sizeof *atoms) : NULL;
    ok = ok && atoms;
    for (size_t i = 0; ok && i < ev->n_outs; i++)
        atoms[i] = p->eqns[ev->outs[i].node->var].first_out + ev->outs[i].index;
    ok = ok && jx_program_set_outs(p, (uint32_t)ev->n_outs, atoms);
    jx_free(atoms);
    jx_free(root);
    return ok;
}

static bool collect(struct evaluation *ev, int n, const struct jx_ref *refs)
{
    struct jx_extract x = {.name = "eval",
                           .member = is_pending,
                           .literals_are_captures = true,
                           .n_outs = n,
                           .outs = refs,
                           .members = &ev->members,
                           .n_members = &ev->n_members};
    return jx_extract(&x, &ev->traced) && choose_outs(ev, n, refs);
}

/* Results into their nodes, whose operands go to the list of what is to be released without the
 * lock. */
static void commit(struct evaluation *ev, struct jx_buffer **buffers, struct jx_node **released,
                   size_t *n_released)
{
    for (size_t i = 0; i < ev->n_outs; i += ev->outs[i].node->n_out) {
        struct jx_node *n = ev->outs[i].node;
        if (atomic_load_explicit(&n->done, memory_order_relaxed))
            continue; /* another thread was first */
        for (uint32_t k = 0; k < n->n_out; k++) {
            n->buffers[k] = buffers[i + k];
            buffers[i + k] = NULL;
        }
        for (uint32_t k = 0; k < n->n_in; k++)
            released[(*n_released)++] = n->in[k].node;
        n->n_in = 0;
        atomic_store_explicit(&n->done, 1, memory_order_release);
    }
}

static size_t n_operands(const struct evaluation *ev)
{
    size_t n = 0;
    for (size_t i = 0; i < ev->n_outs; i += ev->outs[i].node->n_out)
        n += ev->outs[i].node->n_in;
    return n;
}

static bool compute(struct evaluation *ev)
{
    struct jx_traced *t = &ev->traced;
    struct jx_buffer **in = jx_alloc((size_t)t->n_captures + 1, sizeof *in);
    struct jx_buffer **out = jx_alloc(ev->n_outs + 1, sizeof *out);
    pthread_mutex_lock(&jx_graph_lock);
    size_t most = n_operands(ev), n_released = 0;
    pthread_mutex_unlock(&jx_graph_lock);
    struct jx_node **released = jx_alloc(most + 1, sizeof *released);
    bool ok = in && out && released;
    for (int i = 0; ok && i < t->n_captures; i++) {
        ok = check_ready(t->captures[i].node) && (in[i] = jx_leaf_buffer(t->captures[i]));
    }
    struct jx_exe *e = ok ? jx_compile(t->program, NULL) : NULL;
    ok = e && jx_exe_run(e, in, NULL, NULL, out) && jx_debug_results(t->program, in, out);
    if (ok) {
        pthread_mutex_lock(&jx_graph_lock);
        commit(ev, out, released, &n_released);
        pthread_mutex_unlock(&jx_graph_lock);
    }
    jx_exe_unref(e);
    for (size_t i = 0; i < n_released; i++)
        jx_node_unref(released[i]);
    for (int i = 0; in && i < t->n_captures; i++)
        jx_buffer_unref(in[i]);
    for (size_t i = 0; out && i < ev->n_outs; i++)
        jx_buffer_unref(out[i]);
    jx_free(in);
    jx_free(out);
    jx_free(released);
    return ok;
}

static _Thread_local unsigned n_pending;

/* Those of refs that are not leaves; NULL without memory. */
static struct jx_ref *pending_of(int n, const struct jx_ref *refs, int *n_found)
{
    struct jx_ref *found = jx_alloc((size_t)n + 1, sizeof *found);
    *n_found = 0;
    for (int i = 0; found && i < n; i++)
        if (!jx_node_is_leaf(refs[i].node))
            found[(*n_found)++] = refs[i];
    return found;
}

bool jx_evaluate(int n, const struct jx_ref *refs)
{
    int n_roots = 0;
    for (int i = 0; i < n; i++) {
        if (!check_ready(refs[i].node))
            return false;
        n_roots += !jx_node_is_leaf(refs[i].node);
    }
    if (n_roots == 0)
        return true;
    n_pending = 0;
    struct jx_ref *roots = pending_of(n, refs, &n_roots);
    if (!roots)
        return false;
    struct evaluation ev = {0};
    pthread_mutex_lock(&jx_graph_lock);
    bool ok = collect(&ev, n_roots, roots);
    pthread_mutex_unlock(&jx_graph_lock);
    ok = ok && (ev.n_outs == 0 || compute(&ev));
    for (size_t i = 0; i < ev.n_outs; i++)
        jx_node_unref(ev.outs[i].node);
    jx_traced_fini(&ev.traced);
    jx_free(ev.members);
    jx_free(ev.uses);
    jx_free(ev.outs);
    jx_free(roots);
    return ok;
}

/* The hook of jx_bind: many pending nodes are evaluated by themselves. An error here is the call's
 * own later. */
void jx_evaluate_when_long(jaxc_value v)
{
    if (++n_pending < LONG_PENDING)
        return;
    struct jx_ref r = jx_value_ref(v);
    if (!r.node)
        return;
    struct jx_error_state state;
    jx_error_save(&state);
    jx_evaluate(1, &r);
    jaxc_clear_error();
    jx_error_restore(&state);
    n_pending = 0;
    jx_node_unref(r.node);
}

/* Literals get their buffer when somebody first points at it, under the lock. */
struct jx_buffer *jx_literal_buffer(struct jx_node *n)
{
    const struct jx_aval *a = &n->avals[0];
    if (!jx_literal_fits_itself(a, n->literal))
        return NULL;
    pthread_mutex_lock(&jx_graph_lock);
    if (!n->buffers[0] && (n->buffers[0] = jx_buffer_new(NULL, jx_dtype_info(a->dtype)->size,
                                                         (struct jx_layout){0, 0})))
        jx_scalar_store(n->buffers[0]->data, a->dtype, n->literal);
    struct jx_buffer *b = n->buffers[0];
    pthread_mutex_unlock(&jx_graph_lock);
    return b;
}

struct jx_buffer *jx_leaf_buffer(struct jx_ref r)
{
    struct jx_buffer *b =
        r.node->kind == JX_NODE_LITERAL ? jx_literal_buffer(r.node) : r.node->buffers[r.index];
    return b ? jx_buffer_ref(b) : NULL;
}
