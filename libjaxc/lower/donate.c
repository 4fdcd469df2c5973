/*
 * donate.c - which result takes the memory of which donated operand.
 *
 * As JAX does it: each result takes the first operand of its type that is left. So a training step
 * that returns new parameters in the order of the old ones updates each in place.
 */
#include "lower/lower.h"

static uint64_t type_hash(const struct jx_array *a)
{
    return jx_hash(a->dims, a->rank * sizeof a->dims[0], jx_mix(a->dtype, a->rank));
}

static bool same_type(const struct jx_array *a, const struct jx_array *b)
{
    return a->dtype == b->dtype && a->rank == b->rank && jx_same_dims(a->rank, a->dims, b->dims);
}

/* Queues of operands by type: table[slot] is the first + 1, next[array] the one after it + 1. */
struct queues {
    size_t capacity;
    int *table, *next;
};

static int *slot_of(const struct jx_fuse *f, const struct queues *q, const struct jx_array *a)
{
    size_t at = (size_t)type_hash(a) & (q->capacity - 1);
    while (q->table[at] && !same_type(&f->arrays[q->table[at] - 1], a))
        at = (at + 1) & (q->capacity - 1);
    return &q->table[at];
}

/* The last to come is the first in its queue, so operands are entered backwards. */
static void enter(struct jx_fuse *f, const struct queues *q, int array)
{
    int *slot = slot_of(f, q, &f->arrays[array]);
    q->next[array] = *slot;
    *slot = array + 1;
}

static void pair(struct jx_fuse *f, const struct queues *q, int result)
{
    struct jx_array *r = &f->arrays[result];
    if (r->kind != JX_STORE_RESULT)
        return;
    int *slot = slot_of(f, q, r), operand = *slot - 1;
    while (operand >= 0 && f->arrays[operand].pair >= 0)
        operand = q->next[operand] - 1;
    if (operand < 0)
        return;
    f->arrays[operand].pair = result; /* stays in the table as the type's mark */
    r->pair = operand;
    *slot = operand + 1;
}

bool jx_donate(struct jx_fuse *f)
{
    const struct jx_graph *g = f->graph;
    if (!f->options->donated)
        return true;
    struct queues q = {.capacity = 16};
    while (q.capacity < 2 * f->n_arrays)
        q.capacity *= 2;
    q.table = jx_alloc(q.capacity, sizeof *q.table);
    q.next = jx_alloc(f->n_arrays ? f->n_arrays : 1, sizeof *q.next);
    bool ok = q.table && q.next;
    for (size_t i = g->n; ok && i-- > 0;)
        if (g->nodes[i].kind == JX_G_INPUT && f->options->donated[g->nodes[i].input])
            enter(f, &q, f->places[i].array);
    for (int k = 0; ok && k < g->n_outs; k++) {
        const struct jx_array *r = &f->arrays[f->results[k]];
        const struct jx_gnode *out = &g->nodes[g->outs[k]];
        if (r->rank == out->rank && jx_same_dims(r->rank, r->dims, out->dims))
            pair(f, &q, f->results[k]);
    }
    jx_free(q.table);
    jx_free(q.next);
    return ok;
}
