/*
 * ir/node.c - nodes: what values are.
 *
 * A node is one block: the struct, then its operands, types and buffers. Releasing walks a list
 * kept in the dead nodes themselves, so a chain of a million nodes is freed without recursion.
 */
#include "ir/internal.h"

pthread_mutex_t jx_graph_lock = PTHREAD_MUTEX_INITIALIZER;

static _Atomic size_t live_nodes;

size_t jx_nodes_live(void) { return atomic_load_explicit(&live_nodes, memory_order_relaxed); }

static struct jx_node *new_node(enum jx_node_kind kind, size_t n_in, size_t n_out)
{
    size_t bytes, part;
    struct jx_node *n;
    bool fits = jx_mul_size(n_in, sizeof *n->in, &part) && jx_add_size(part, sizeof *n, &bytes) &&
                jx_mul_size(n_out, sizeof *n->avals + sizeof *n->buffers, &part) &&
                jx_add_size(bytes, part, &bytes);
    if (!fits || n_in > UINT32_MAX || n_out > UINT16_MAX) {
        jx_fail(JAXC_ELIMIT, "too many operands or results");
        return NULL;
    }
    n = jx_alloc(1, bytes);
    if (!n)
        return NULL;
    n->refs = 1;
    n->kind = (uint8_t)kind;
    n->n_in = (uint32_t)n_in;
    n->n_out = (uint16_t)n_out;
    n->in = (struct jx_ref *)(n + 1);
    n->buffers = (struct jx_buffer **)(n->in + n_in);
    n->avals = (struct jx_aval *)(n->buffers + n_out);
    n->loc = jx_here();
    atomic_fetch_add_explicit(&live_nodes, 1, memory_order_relaxed);
    return n;
}

struct jx_node *jx_node_ref(struct jx_node *n)
{
    atomic_fetch_add_explicit(&n->refs, 1, memory_order_relaxed);
    return n;
}

/* The dead of this thread that are not taken apart yet; the outermost jx_node_unref works them off.
 */
static _Thread_local struct jx_node *dead;
static _Thread_local bool burying;

static void bury(struct jx_node *n)
{
    for (uint32_t i = 0; i < n->n_in; i++)
        if (n->in[i].node)
            jx_node_unref(n->in[i].node);
    for (uint32_t i = 0; i < n->n_out; i++)
        jx_buffer_unref(n->buffers[i]);
    jx_params_unref(n->params);
    jx_free(n);
    atomic_fetch_sub_explicit(&live_nodes, 1, memory_order_relaxed);
}

void jx_node_unref(struct jx_node *n)
{
    if (!n || atomic_fetch_sub_explicit(&n->refs, 1, memory_order_acq_rel) != 1)
        return;
    n->next_dead = dead;
    dead = n;
    if (burying)
        return;
    burying = true;
    while (dead) {
        struct jx_node *next = dead;
        dead = next->next_dead;
        bury(next);
    }
    burying = false;
}

struct jx_node *jx_node_array(const struct jx_aval *aval, struct jx_buffer *buffer)
{
    struct jx_node *n = new_node(JX_NODE_ARRAY, 0, 1);
    if (!n) {
        jx_buffer_unref(buffer);
        return NULL;
    }
    n->avals[0] = *aval;
    n->buffers[0] = buffer;
    return n;
}

struct jx_node *jx_node_literal(const struct jx_aval *aval, union jx_scalar value)
{
    struct jx_node *n = new_node(JX_NODE_LITERAL, 0, 1);
    if (!n)
        return NULL;
    n->avals[0] = *aval;
    n->literal = value;
    return n;
}

struct jx_node *jx_node_arg(const struct jx_aval *aval, uint64_t serial, uint64_t tag)
{
    struct jx_node *n = new_node(JX_NODE_ARG, 0, 1);
    if (!n)
        return NULL;
    n->avals[0] = *aval;
    n->serial = serial;
    n->tag = tag;
    return n;
}

struct jx_node *jx_node_tree(int n_children, const struct jx_ref *children, const char *const *keys)
{
    struct jx_node *n = new_node(JX_NODE_TREE, (size_t)n_children, 0);
    if (!n)
        return NULL;
    n->keys = keys;
    for (int i = 0; i < n_children; i++) {
        n->in[i] = children[i];
        jx_node_ref(children[i].node);
    }
    return n;
}

bool jx_node_is_leaf(const struct jx_node *n)
{
    return n->kind == JX_NODE_ARRAY || n->kind == JX_NODE_LITERAL ||
           (n->kind == JX_NODE_CALL && atomic_load_explicit(&n->done, memory_order_acquire));
}

static bool fail_operand(const struct jx_prim *prim, uint32_t i, struct jx_ref x)
{
    char text[JX_ERROR_TEXT];
    if (x.node->kind != JX_NODE_TREE)
        return jx_fail(JAXC_ELEAK, "operand %u of %s was %s", i, prim->name,
                       jx_leak_text(x.node, text));
    return jx_fail(JAXC_ETREE, "operand %u of %s is a %s, an array is needed: %s", i, prim->name,
                   x.node->keys ? "dict" : "tuple", jx_structure_text(x, text));
}

/* An operand must be an array-like value of a trace that is still open on this thread. */
static bool check_operand(const struct jx_prim *prim, uint32_t i, struct jx_ref ref)
{
    const struct jx_node *x = ref.node;
    if (x->kind == JX_NODE_TREE)
        return fail_operand(prim, i, ref);
    if (x->kind == JX_NODE_LITERAL)
        return jx_literal_fits_itself(&x->avals[0], x->literal);
    if (x->serial == 0) {
        if (x->kind == JX_NODE_ARG && x->tag == 0)
            return jx_fail(JAXC_ECONCRETE,
                           "operand %u of %s is abstract: it has a type but no numbers", i,
                           prim->name);
        return true;
    }
    if (x->serial != jx_trace_innermost() && !jx_trace_is_open(x->serial))
        return fail_operand(prim, i, ref);
    return true;
}

/* Types of the results; false with the error set. */
static bool infer(const struct jx_rule *r, struct jx_aval *out)
{
    for (int i = 0; i < r->n_out; i++) {
        out[i] = (struct jx_aval){0};
        out[i].weak = 2;
    }
    if (!r->prim->type(r, out))
        return false;
    bool weak = r->n_in > 0;
    for (int i = 0; i < r->n_in; i++)
        weak = weak && r->in[i]->weak;
    for (int i = 0; i < r->n_out; i++)
        if (out[i].weak == 2)
            out[i].weak = weak && out[i].dtype != JAXC_BOOL;
    return true;
}

bool jx_infer(const struct jx_prim *prim, const void *params, int n_in,
              const struct jx_aval *const *in, int n_out, struct jx_aval *out)
{
    struct jx_rule r = {.prim = prim, .params = params, .n_in = n_in, .n_out = n_out, .in = in};
    return infer(&r, out);
}

int jx_n_results(const struct jx_prim *prim, const void *params, int n_in)
{
    if (prim->n_results >= 0)
        return prim->n_results ? prim->n_results : 1;
    struct jx_rule r = {.prim = prim, .params = params, .n_in = n_in};
    return prim->results(&r);
}

struct jx_node *jx_node_call(const struct jx_prim *prim, const void *params, int n_in,
                             const struct jx_ref *in)
{
    if (prim->arity >= 0 && n_in != prim->arity) {
        jx_fail(JAXC_EARITY, "internal: %s takes %d operands, not %d", prim->name, prim->arity,
                n_in);
        return NULL;
    }
    int n_out = jx_n_results(prim, params, n_in);
    struct jx_node *n = new_node(JX_NODE_CALL, (size_t)n_in, (size_t)n_out);
    if (!n)
        return NULL;
    n->prim = prim;
    n->serial = jx_trace_innermost();
    const struct jx_aval *few[8] = {0}, **types = few;
    bool ok = n_in <= 8 || (types = jx_alloc((size_t)n_in, sizeof *types));
    for (int i = 0; ok && i < n_in; i++) {
        ok = check_operand(prim, (uint32_t)i, in[i]);
        if (!ok)
            break;
        types[i] = &in[i].node->avals[in[i].index];
        n->in[i] = in[i];
        jx_node_ref(in[i].node);
        if (in[i].node->tag > n->tag)
            n->tag = in[i].node->tag;
    }
    ok = ok && jx_infer(prim, params, n_in, types, n_out, n->avals);
    if (ok && prim->fields)
        ok = (n->params = jx_params_new(prim, params));
    if (types != few)
        jx_free(types);
    if (!ok) {
        jx_node_unref(n);
        return NULL;
    }
    return n;
}
