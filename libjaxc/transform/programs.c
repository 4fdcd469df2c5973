/*
 * transform/programs.c - transforms of inner programs, memoised on the program.
 *
 * Each opens a trace, runs the interpreter on fresh arguments, and closes it. The key is the
 * request's bytes and a serial: 0, or, when a user rule captured a value of an open trace, that of
 * the innermost trace, so that nobody finds the result once the trace is over.
 */
#include "transform/transform.h"

enum memo_kind { MEMO_LINEARIZE = 1, MEMO_TRANSPOSE, MEMO_BATCH };

struct key {
    size_t size;
    uint64_t *words; /* serial, then the request */
};

static bool key_init(struct key *k, size_t n_words)
{
    k->size = (n_words + 1) * sizeof *k->words;
    k->words = jx_alloc(n_words + 1, sizeof *k->words);
    return k->words != NULL;
}

static void *find(struct jx_program *p, int kind, struct key *k)
{
    k->words[0] = 0;
    void *found = jx_memo_find(p, kind, k->words, k->size);
    if (!found && jx_trace_innermost()) {
        k->words[0] = jx_trace_innermost();
        found = jx_memo_find(p, kind, k->words, k->size);
    }
    return found;
}

static void *add(struct jx_program *p, int kind, struct key *k, const struct jx_traced *t,
                 void *result, void (*free_result)(void *))
{
    k->words[0] = 0;
    for (int i = 0; i < t->n_captures; i++)
        if (t->captures[i].node->serial || t->captures[i].node->tag)
            k->words[0] = jx_trace_innermost();
    return jx_memo_add(p, kind, k->words, k->size, result, free_result);
}

/* Handles of fresh arguments for each of p's consts and inputs whose `skip` is not set. */
static bool fresh_args(const struct jx_program *p, const bool *skip, jaxc_value *all,
                       jaxc_value *args, int *n_args)
{
    for (uint32_t v = 0; v < p->n_consts + p->n_in; v++) {
        all[v] = JX_POISON;
        if (skip && skip[v])
            continue;
        all[v] = args[(*n_args)++] = jx_trace_arg(&p->avals[v]);
        if (jx_is_poison(all[v]))
            return false;
    }
    return true;
}

/* ---- linearize ------------------------------------------------------------------------------- */

static void free_linearized(void *result)
{
    struct jx_linearized *l = result;
    jx_traced_fini(&l->primal);
    jx_program_unref(l->linear);
    jx_free(l->residual_from);
    jx_free(l->out_nonzero);
    jx_free(l);
}

/* Which of the linear program's captures are inputs of p, and which must become results of the
 * primal program. */
static bool sort_residuals(struct jx_linearized *l, const struct jx_linear *linear, int n_in,
                           const struct jx_ref *in, jaxc_value *outs)
{
    for (int c = 0; c < linear->traced.n_captures; c++) {
        struct jx_ref r = linear->traced.captures[c];
        int from = 0;
        for (int v = 0; v < n_in && !from; v++)
            if (in[v].node == r.node && in[v].index == r.index)
                from = ~v;
        if (!from) {
            outs[l->n_residuals] = jx_value_own(jx_node_ref(r.node), r.index);
            if (jx_is_poison(outs[l->n_residuals]))
                return false;
            from = l->n_residuals++;
        }
        l->residual_from[c] = from;
    }
    return true;
}

static bool linearize_into(struct jx_linearized *l, struct jx_program *p, const bool *nonzero)
{
    uint64_t trace = jx_trace_open(p->name);
    if (!trace)
        return false;
    int n_in = (int)(p->n_consts + p->n_in), n_args = 0;
    struct jx_linear linear = {0};
    jaxc_value *all = jx_alloc(2 * (size_t)n_in + 1, sizeof *all), *outs = NULL;
    struct jx_ref *refs = jx_alloc((size_t)n_in + 1, sizeof *refs);
    jaxc_value *out = jx_alloc((size_t)p->n_out + 1, sizeof *out);
    bool ok = all && refs && out && fresh_args(p, NULL, all, all + n_in, &n_args);
    for (int v = 0; ok && v < n_in; v++)
        ok = (refs[v] = jx_value_ref(all[v])).node != NULL;
    ok = ok && jx_linearize(p, all, nonzero, out, &linear);
    if (ok) {
        size_t n_captures = (size_t)linear.traced.n_captures;
        outs = jx_alloc(p->n_out + n_captures + 1, sizeof *outs);
        l->residual_from = jx_alloc(n_captures + 1, sizeof *l->residual_from);
        ok = outs && l->residual_from;
    }
    for (uint32_t i = 0; ok && i < p->n_out; i++)
        outs[i] = out[i];
    ok = ok && sort_residuals(l, &linear, n_in, refs, outs + p->n_out);
    if (ok) {
        ok = jx_trace_close(trace, n_in, all, (int)p->n_out + l->n_residuals, outs, &l->primal);
        l->linear = jx_program_ref(linear.traced.program);
        l->out_nonzero = linear.out_nonzero;
        linear.out_nonzero = NULL;
    }
    for (int v = 0; refs && v < n_in; v++)
        jx_node_unref(refs[v].node);
    jx_linear_fini(&linear);
    jx_trace_abandon(trace); /* when it was not closed */
    jx_free(all);
    jx_free(refs);
    jx_free(out);
    jx_free(outs);
    return ok;
}

static const struct jx_linearized *linearize(struct jx_program *p, const bool *nonzero)
{
    struct key k;
    size_t n_in = (size_t)p->n_consts + p->n_in;
    if (!key_init(&k, n_in))
        return NULL;
    for (size_t v = 0; v < n_in; v++)
        k.words[1 + v] = nonzero[v];
    struct jx_linearized *l = find(p, MEMO_LINEARIZE, &k);
    if (!l && (l = jx_alloc(1, sizeof *l))) {
        if (linearize_into(l, p, nonzero)) {
            l = add(p, MEMO_LINEARIZE, &k, &l->primal, l, free_linearized);
        } else {
            free_linearized(l);
            l = NULL;
        }
    }
    jx_free(k.words);
    return l;
}

/* ---- transpose ------------------------------------------------------------------------------- */

static void free_transposed(void *result)
{
    struct jx_transposed *t = result;
    jx_traced_fini(&t->traced);
    jx_free(t->in_nonzero);
    jx_free(t);
}

static bool transpose_into(struct jx_transposed *t, struct jx_program *p, const bool *linear,
                           const bool *ct_nonzero)
{
    uint64_t trace = jx_trace_open(p->name);
    if (!trace)
        return false;
    size_t n_in = (size_t)p->n_consts + p->n_in;
    int n_args = 0, n_outs = 0;
    jaxc_value *all = jx_alloc(3 * n_in + 2 * (size_t)p->n_out + 1, sizeof *all);
    t->in_nonzero = jx_alloc(n_in + 1, sizeof *t->in_nonzero);
    bool ok = all && t->in_nonzero;
    jaxc_value *ct_in = all + n_in, *ct = ct_in + n_in, *args = ct + p->n_out;
    ok = ok && fresh_args(p, linear, all, args, &n_args);
    for (uint32_t i = 0; ok && i < p->n_out; i++) {
        ct[i] = JX_ZERO;
        if (!ct_nonzero[i])
            continue;
        ct[i] = args[n_args++] = jx_trace_arg(jx_atom_aval(p, p->outs[i]));
        ok = !jx_is_poison(ct[i]);
    }
    ok = ok && jx_transpose_program(p, linear, all, ct, ct_in);
    for (size_t v = 0; ok && v < n_in; v++) {
        t->in_nonzero[v] = !jx_is_zero(ct_in[v]);
        if (t->in_nonzero[v])
            all[n_outs++] = ct_in[v];
    }
    ok = ok && jx_trace_close(trace, n_args, args, n_outs, all, &t->traced);
    jx_trace_abandon(trace);
    jx_free(all);
    return ok;
}

static const struct jx_transposed *transpose(struct jx_program *p, const bool *linear,
                                             const bool *ct_nonzero)
{
    struct key k;
    size_t n_in = (size_t)p->n_consts + p->n_in;
    if (!key_init(&k, n_in + p->n_out))
        return NULL;
    for (size_t v = 0; v < n_in; v++)
        k.words[1 + v] = linear[v];
    for (uint32_t i = 0; i < p->n_out; i++)
        k.words[1 + n_in + i] = ct_nonzero[i];
    struct jx_transposed *t = find(p, MEMO_TRANSPOSE, &k);
    if (!t && (t = jx_alloc(1, sizeof *t))) {
        if (transpose_into(t, p, linear, ct_nonzero)) {
            t = add(p, MEMO_TRANSPOSE, &k, &t->traced, t, free_transposed);
        } else {
            free_transposed(t);
            t = NULL;
        }
    }
    jx_free(k.words);
    return t;
}

/* ---- batch ----------------------------------------------------------------------------------- */

static void free_batched(void *result)
{
    struct jx_batched *b = result;
    jx_traced_fini(&b->traced);
    jx_free(b->out_axis);
    jx_free(b);
}

/* The type of all lanes together. */
static bool batched_type(const struct jx_aval *lane, int axis, int64_t size, struct jx_aval *all)
{
    *all = *lane;
    if (axis < 0)
        return true;
    if (lane->rank == JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "vmap makes an array of more than %d axes", JAXC_MAX_RANK);
    for (int i = lane->rank; i > axis; i--)
        all->dims[i] = lane->dims[i - 1];
    all->dims[axis] = size;
    all->rank++;
    return true;
}

static bool batch_into(struct jx_batched *b, struct jx_program *p, const int *axis, int64_t size)
{
    uint64_t trace = jx_trace_open(p->name);
    if (!trace)
        return false;
    uint32_t n_in = p->n_consts + p->n_in;
    jaxc_value *in = jx_alloc((size_t)n_in + p->n_out + 1, sizeof *in);
    b->out_axis = jx_alloc((size_t)p->n_out + 1, sizeof *b->out_axis);
    bool ok = in && b->out_axis;
    for (uint32_t v = 0; ok && v < n_in; v++) {
        struct jx_aval all;
        ok = batched_type(&p->avals[v], axis[v], size, &all);
        in[v] = ok ? jx_trace_arg(&all) : JX_POISON;
        ok = ok && !jx_is_poison(in[v]);
    }
    ok = ok && jx_vmap(p, size, in, axis, in + n_in, b->out_axis) &&
         jx_trace_close(trace, (int)n_in, in, (int)p->n_out, in + n_in, &b->traced);
    jx_trace_abandon(trace);
    jx_free(in);
    return ok;
}

static const struct jx_batched *batch(struct jx_program *p, const int *axis, int64_t size)
{
    struct key k;
    size_t n_in = (size_t)p->n_consts + p->n_in;
    if (!key_init(&k, n_in + 1))
        return NULL;
    for (size_t v = 0; v < n_in; v++)
        k.words[1 + v] = (uint64_t)(int64_t)axis[v];
    k.words[1 + n_in] = (uint64_t)size;
    struct jx_batched *b = find(p, MEMO_BATCH, &k);
    if (!b && (b = jx_alloc(1, sizeof *b))) {
        if (batch_into(b, p, axis, size)) {
            b = add(p, MEMO_BATCH, &k, &b->traced, b, free_batched);
        } else {
            free_batched(b);
            b = NULL;
        }
    }
    jx_free(k.words);
    return b;
}

const struct jx_transforms jx_transforms = {linearize, transpose, batch};
