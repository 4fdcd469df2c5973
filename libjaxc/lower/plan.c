/*
 * plan.c - the order of kernels, donations in place, and the arena.
 *
 * A kernel runs when what it reads is written, and when every reader of donated memory that it
 * overwrites has run; among those the first in program order. Where that is impossible a donation
 * is given up. Temporaries get the best fitting free piece of the arena from their first writer to
 * their last reader.
 *
 * In place within a kernel: it reads the old element only at the point where it writes the new one,
 * and no instruction after the one that gives the new value uses the old one, in its own stage or a
 * later one.
 */
#include "lower/lower.h"

#include <assert.h>

/* ---- in place -------------------------------------------------------------------------------- */

static bool same_place(const struct jx_kernel *k, const struct jx_view *a, const struct jx_view *b)
{
    if (a->offset != b->offset || a->blocked != b->blocked || a->n_guards > 0)
        return false;
    for (int i = 0; i < k->n_axes; i++)
        if (a->stride[i] != b->stride[i])
            return false;
    return true;
}

/* Does an instruction still need register `old` when `new` is stored? An inner register may be
 * computed again in every stage that uses it, and then what it was computed from is read again. */
static bool needed_after(const struct jx_kernel *k, int old, int new)
{
    bool holds[JX_MAX_INSTRS] = {false}; /* old, and inner registers that are computed from it */
    holds[old] = true;
    for (int i = old + 1; i < k->n_instrs; i++) {
        const struct jx_instr *in = &k->instrs[i];
        for (int a = 0; a < 3 && in->args[a] >= 0; a++) {
            if (!holds[in->args[a]])
                continue;
            if (in->args[a] == old && i > new)
                return true;
            if (in->stage > k->instrs[new].stage)
                return true;
            holds[i] = holds[i] || (in->inner && in->kind != JX_I_REDUCE);
        }
    }
    for (int s = 0; s < k->n_stores; s++)
        if (k->stores[s].reg == old && old != new)
            return true;
    return false;
}

static bool in_place(const struct jx_kernel *k, int operand, int result)
{
    const struct jx_store *store = NULL;
    for (int s = 0; s < k->n_stores; s++)
        if (k->stores[s].view.storage == result) {
            if (store)
                return false;
            store = &k->stores[s];
        }
    for (int i = 0; store && i < k->n_instrs; i++) {
        const struct jx_instr *in = &k->instrs[i];
        if (in->kind != JX_I_LOAD || k->views[in->view].storage != operand)
            continue;
        if (i == k->dot.a || i == k->dot.b || in->args[0] >= 0 ||
            !same_place(k, &k->views[in->view], &store->view) || needed_after(k, i, store->reg))
            return false;
    }
    return true;
}

/* ---- who reads and writes what --------------------------------------------------------------- */

struct plan {
    struct jx_code *code;
    struct list { /* kernels by storage: at[start[s] .. start[s + 1]) */
        int *start, *at;
    } readers, writers;
    int *writers_left, *readers_left; /* by storage: kernels that have not run */
    int *waits;                       /* by kernel: storages it waits for */
    int *result_of;                   /* by storage: the result storage that overwrites it; -1 */
    bool *chained; /* by storage: a scatter writes it; its writers keep their order */
    int *order, *heap, n_heap, n_done;
    bool *done;
};

/* Calls see(p, kernel, storage) once for each pair. */
static void each_access(struct plan *p, bool stores, int *last,
                        void (*see)(struct plan *, int, int))
{
    for (int s = 0; s < p->code->n_storages; s++)
        last[s] = -1;
    for (int i = 0; i < p->code->n_kernels; i++) {
        const struct jx_kernel *k = &p->code->kernels[i];
        for (int v = 0; v < (stores ? k->n_stores : k->n_views); v++) {
            int s = stores ? k->stores[v].view.storage : k->views[v].storage;
            if (last[s] != i)
                see(p, i, s);
            last[s] = i;
        }
    }
}

static void count_reader(struct plan *p, int kernel, int storage)
{
    (void)kernel;
    p->readers.start[storage + 1]++;
}

static void count_writer(struct plan *p, int kernel, int storage)
{
    (void)kernel;
    p->writers.start[storage + 1]++;
}

static void enter_reader(struct plan *p, int kernel, int storage)
{
    p->readers.at[p->readers.start[storage] + p->readers_left[storage]++] = kernel;
}

static void enter_writer(struct plan *p, int kernel, int storage)
{
    p->writers.at[p->writers.start[storage] + p->writers_left[storage]++] = kernel;
}

static void sum_up(struct list *l, int n)
{
    for (int s = 0; s < n; s++)
        l->start[s + 1] += l->start[s];
}

static bool alloc_ints(int **p, size_t n)
{
    *p = jx_alloc(n ? n : 1, sizeof **p);
    return *p != NULL;
}

static bool lists(struct plan *p)
{
    size_t n = (size_t)p->code->n_storages, kernels = (size_t)p->code->n_kernels;
    int *last = NULL;
    bool ok = alloc_ints(&last, n) && alloc_ints(&p->readers.start, n + 1) &&
              alloc_ints(&p->writers.start, n + 1) && alloc_ints(&p->readers_left, n) &&
              alloc_ints(&p->writers_left, n) && alloc_ints(&p->result_of, n) &&
              alloc_ints(&p->waits, kernels) && alloc_ints(&p->order, kernels) &&
              alloc_ints(&p->heap, kernels);
    if (ok) {
        each_access(p, false, last, count_reader);
        each_access(p, true, last, count_writer);
        sum_up(&p->readers, (int)n);
        sum_up(&p->writers, (int)n);
        ok = alloc_ints(&p->readers.at, (size_t)p->readers.start[n]) &&
             alloc_ints(&p->writers.at, (size_t)p->writers.start[n]);
    }
    if (ok) {
        each_access(p, false, last, enter_reader);
        each_access(p, true, last, enter_writer);
    }
    jx_free(last);
    p->done = jx_alloc(kernels ? kernels : 1, sizeof *p->done);
    p->chained = jx_alloc(n ? n : 1, sizeof *p->chained);
    return ok && p->done && p->chained;
}

static void plan_fini(struct plan *p)
{
    jx_free(p->readers.start);
    jx_free(p->readers.at);
    jx_free(p->writers.start);
    jx_free(p->writers.at);
    jx_free(p->writers_left);
    jx_free(p->readers_left);
    jx_free(p->waits);
    jx_free(p->result_of);
    jx_free(p->order);
    jx_free(p->heap);
    jx_free(p->done);
    jx_free(p->chained);
}

/* ---- order ----------------------------------------------------------------------------------- */

/* A heap of kernels that may run, the first in program order on top. */
static void push(struct plan *p, int kernel)
{
    int i = p->n_heap++;
    for (; i > 0 && p->heap[(i - 1) / 2] > kernel; i = (i - 1) / 2)
        p->heap[i] = p->heap[(i - 1) / 2];
    p->heap[i] = kernel;
}

static int pop(struct plan *p)
{
    int top = p->heap[0], last = p->heap[--p->n_heap], i = 0;
    for (int child = 1; child < p->n_heap; child = 2 * i + 1) {
        if (child + 1 < p->n_heap && p->heap[child + 1] < p->heap[child])
            child++;
        if (p->heap[child] >= last)
            break;
        p->heap[i] = p->heap[child];
        i = child;
    }
    p->heap[i] = last;
    return top;
}

static void release(struct plan *p, const struct list *l, int storage)
{
    for (int i = l->start[storage]; i < l->start[storage + 1]; i++)
        if (--p->waits[l->at[i]] == 0)
            push(p, l->at[i]);
}

static int storage_of_result(const struct plan *p, int result)
{
    return p->code->n_operands + result;
}

static bool reads(const struct plan *p, int kernel, int storage)
{
    const struct jx_kernel *k = &p->code->kernels[kernel];
    for (int v = 0; v < k->n_views; v++)
        if (k->views[v].storage == storage)
            return true;
    return false;
}

static void chain(struct plan *p)
{
    const struct jx_code *code = p->code;
    for (int i = 0; i < code->n_kernels; i++)
        if (code->kernels[i].routine.kind == JX_ROUTINE_SCATTER)
            p->chained[code->kernels[i].stores[0].view.storage] = true;
    for (int s = 0; s < code->n_storages; s++)
        for (int i = p->writers.start[s] + 1; p->chained[s] && i < p->writers.start[s + 1]; i++)
            p->waits[p->writers.at[i]]++;
}

/* A result that is written once, or once and then by scatters, may be written over the operand by
 * its first writer. */
static bool may_overwrite(const struct plan *p, int operand, int result)
{
    int first = p->writers.start[result], n = p->writers_left[result];
    if (n > 1 && !p->chained[result])
        return false;
    for (int i = 1; i < n; i++)
        if (p->code->kernels[p->writers.at[first + i]].routine.kind != JX_ROUTINE_SCATTER ||
            reads(p, p->writers.at[first + i], operand))
            return false;
    return in_place(&p->code->kernels[p->writers.at[first]], operand, result);
}

/* The donations that are possible within each kernel. */
static void pairs(struct plan *p)
{
    struct jx_code *code = p->code;
    for (int s = 0; s < code->n_storages; s++)
        p->result_of[s] = -1;
    for (int r = 0; r < code->n_results; r++) {
        int operand = code->donates[r], result = storage_of_result(p, r);
        if (operand < 0 || p->writers_left[result] == 0)
            continue;
        if (may_overwrite(p, operand, result))
            p->result_of[operand] = result;
        else
            code->donates[r] = -1;
    }
}

static void count_waits(struct plan *p)
{
    const struct jx_code *code = p->code;
    for (int s = 0; s < code->n_storages; s++) {
        if (p->writers_left[s] > 0)
            for (int i = p->readers.start[s]; i < p->readers.start[s + 1]; i++)
                p->waits[p->readers.at[i]]++;
        if (p->result_of[s] < 0)
            continue;
        int writer = p->writers.at[p->writers.start[p->result_of[s]]];
        if (reads(p, writer, s))
            p->readers_left[s]--; /* itself */
        if (p->readers_left[s] > 0)
            p->waits[writer]++;
    }
}

/* A kernel that waits only for readers of what it overwrites gives those donations up. */
static void give_up(struct plan *p, int kernel)
{
    struct jx_code *code = p->code;
    const struct jx_kernel *k = &code->kernels[kernel];
    for (int v = 0; v < k->n_stores; v++) {
        int r = k->stores[v].view.storage - code->n_operands;
        if (r < 0 || r >= code->n_results || code->donates[r] < 0)
            continue;
        int operand = code->donates[r];
        if (p->result_of[operand] != storage_of_result(p, r) || p->readers_left[operand] == 0)
            continue;
        p->result_of[operand] = -1;
        code->donates[r] = -1;
        p->waits[kernel]--;
    }
    assert(p->waits[kernel] == 0);
    push(p, kernel);
}

static void ran(struct plan *p, int kernel)
{
    const struct jx_kernel *k = &p->code->kernels[kernel];
    for (int v = 0; v < k->n_stores; v++) {
        int s = k->stores[v].view.storage;
        bool again = false;
        for (int w = 0; w < v; w++)
            again = again || k->stores[w].view.storage == s;
        if (again)
            continue;
        int left = --p->writers_left[s], last = p->writers.start[s + 1];
        if (left == 0)
            release(p, &p->readers, s);
        else if (p->chained[s] && --p->waits[p->writers.at[last - left]] == 0)
            push(p, p->writers.at[last - left]);
    }
    for (int v = 0; v < k->n_views; v++) {
        int s = k->views[v].storage, result = p->result_of[s];
        bool again = false;
        for (int w = 0; w < v; w++)
            again = again || k->views[w].storage == s;
        if (again || result < 0 || p->writers.at[p->writers.start[result]] == kernel)
            continue;
        if (--p->readers_left[s] == 0)
            release(p, &p->writers, result);
    }
}

static void put_in_order(struct plan *p)
{
    int first = 0; /* no kernel before it is left */
    for (int i = 0; i < p->code->n_kernels; i++)
        if (p->waits[i] == 0)
            push(p, i);
    while (p->n_done < p->code->n_kernels) {
        if (p->n_heap == 0) {
            while (p->done[first])
                first++;
            give_up(p, first);
        }
        int kernel = pop(p);
        p->done[kernel] = true;
        p->order[p->n_done++] = kernel;
        ran(p, kernel);
    }
}

/* A copy of donated memory to itself. */
static bool is_idle(const struct plan *p, const struct jx_kernel *k)
{
    if (k->n_instrs != 1 || k->n_stores != 1 || k->routine.kind || k->instrs[0].args[0] >= 0 ||
        k->instrs[0].kind != JX_I_LOAD)
        return false;
    return p->result_of[k->views[0].storage] == k->stores[0].view.storage &&
           p->chained[k->stores[0].view.storage];
}

static bool permute(struct plan *p)
{
    struct jx_code *code = p->code;
    size_t n = (size_t)code->n_kernels;
    struct jx_kernel *kernels = jx_alloc(n ? n : 1, sizeof *kernels);
    if (!kernels)
        return false;
    code->n_kernels = 0;
    for (size_t i = 0; i < n; i++) {
        struct jx_kernel *k = &code->kernels[p->order[i]];
        if (is_idle(p, k))
            jx_kernel_fini(k);
        else
            kernels[code->n_kernels++] = *k;
    }
    jx_free(code->kernels);
    code->kernels = kernels;
    return true;
}

/* ---- the arena ------------------------------------------------------------------------------- */

#define ALIGN 64 /* of every temporary: a cache line, and a vector of AVX-512 */

struct arena {
    struct piece {
        size_t offset, size;
    } * free; /* by offset, never touching */
    size_t n, capacity, end;
};

static bool take(struct arena *a, size_t size, size_t *offset)
{
    size_t best = a->n;
    for (size_t i = 0; i < a->n; i++)
        if (a->free[i].size >= size && (best == a->n || a->free[i].size < a->free[best].size))
            best = i;
    if (best < a->n) {
        struct piece *piece = &a->free[best];
        *offset = piece->offset;
        piece->offset += size;
        piece->size -= size;
        if (piece->size == 0) {
            memmove(piece, piece + 1, (a->n - best - 1) * sizeof *piece);
            a->n--;
        }
        return true;
    }
    if (a->n > 0 && a->free[a->n - 1].offset + a->free[a->n - 1].size == a->end)
        a->end = a->free[--a->n].offset; /* grow the last free piece */
    *offset = a->end;
    if (!jx_add_size(a->end, size, &a->end))
        return jx_fail(JAXC_ELIMIT, "temporaries of more than 2^64 bytes");
    return true;
}

static bool give(struct arena *a, size_t offset, size_t size)
{
    if (!jx_grow(&a->free, &a->capacity, a->n + 1, sizeof *a->free))
        return false;
    size_t low = 0, high = a->n; /* the first piece behind */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (a->free[middle].offset > offset)
            high = middle;
        else
            low = middle + 1;
    }
    bool joins_left = low > 0 && a->free[low - 1].offset + a->free[low - 1].size == offset;
    bool joins_right = low < a->n && offset + size == a->free[low].offset;
    if (joins_left && joins_right) {
        a->free[low - 1].size += size + a->free[low].size;
        memmove(&a->free[low], &a->free[low + 1], (a->n - low - 1) * sizeof *a->free);
        a->n--;
    } else if (joins_left) {
        a->free[low - 1].size += size;
    } else if (joins_right) {
        a->free[low].offset = offset;
        a->free[low].size += size;
    } else {
        memmove(&a->free[low + 1], &a->free[low], (a->n - low) * sizeof *a->free);
        a->free[low] = (struct piece){offset, size};
        a->n++;
    }
    return true;
}

static size_t rounded(const struct jx_storage *s)
{
    return s->size > SIZE_MAX - ALIGN ? SIZE_MAX / ALIGN * ALIGN
                                      : (s->size + ALIGN - 1) / ALIGN * ALIGN;
}

/* last[s]: the position of the last kernel that touches temporary s. */
static bool lay_out(struct plan *p, int *last, bool *placed)
{
    struct jx_code *code = p->code;
    struct arena arena = {0};
    size_t top = 0;
    bool ok = true;
    for (int i = 0; i < code->n_kernels; i++) {
        const struct jx_kernel *k = &code->kernels[i];
        for (int v = 0; v < k->n_views; v++)
            last[k->views[v].storage] = i;
        for (int v = 0; v < k->n_stores; v++)
            last[k->stores[v].view.storage] = i;
    }
    for (int i = 0; ok && i < code->n_kernels; i++) {
        const struct jx_kernel *k = &code->kernels[i];
        for (int v = 0; ok && v < k->n_stores; v++) {
            struct jx_storage *s = &code->storages[k->stores[v].view.storage];
            if (s->kind != JX_STORE_TEMP || placed[k->stores[v].view.storage])
                continue;
            placed[k->stores[v].view.storage] = true;
            ok = take(&arena, rounded(s), &s->offset);
            top = arena.end > top ? arena.end : top;
        }
        for (int v = 0; ok && v < k->n_views + k->n_stores; v++) {
            int at = v < k->n_views ? k->views[v].storage : k->stores[v - k->n_views].view.storage;
            const struct jx_storage *s = &code->storages[at];
            if (s->kind != JX_STORE_TEMP || last[at] != i)
                continue;
            last[at] = -1; /* once */
            ok = give(&arena, s->offset, rounded(s));
        }
    }
    code->arena_size = top;
    jx_free(arena.free);
    return ok;
}

static bool make_arena(struct plan *p)
{
    size_t n = (size_t)p->code->n_storages;
    int *last = jx_alloc(n ? n : 1, sizeof *last);
    bool *placed = jx_alloc(n ? n : 1, sizeof *placed);
    bool ok = last && placed && lay_out(p, last, placed);
    jx_free(last);
    jx_free(placed);
    return ok;
}

bool jx_plan(struct jx_code *code)
{
    struct plan p = {.code = code};
    bool ok = lists(&p);
    if (ok) {
        chain(&p);
        pairs(&p);
        count_waits(&p);
        put_in_order(&p);
        ok = permute(&p) && make_arena(&p);
    }
    plan_fini(&p);
    return ok;
}
