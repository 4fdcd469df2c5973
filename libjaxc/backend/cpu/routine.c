/*
 * backend/cpu/routine.c - running totals, sorts and scatters.
 *
 * Threads share the rows of a prefix or sort; a scatter is one thread's, since its order counts.
 * A sort orders pairs of a key and a position: the key as a number whose order is that of the
 * dtype. With several keys it sorts by the last one first, which is right as every pass is stable.
 */
#include "backend/cpu/cpu.h"

#include <math.h>

/* Neighbouring rows that a prefix goes through together. */
enum { COLUMNS = 256 };
/* Below, rows are sorted by insertion. */
enum { FEW = 48 };

/* ---- compiling ------------------------------------------------------------------------------- */

static int tag_of(jaxc_dtype dtype)
{
    switch (dtype) {
#define JX_ROW(tag)                                                                                \
    case JX_DTYPE(tag): return JX_TAG_##tag;
        JX_MEMORY_TAGS(JX_ROW)
#undef JX_ROW
    default: return -1;
    }
}

struct pair {
    uint64_t key;
    int64_t at;
};

static void set_view(const struct jx_executable *e, const struct jx_view *from, int n_axes,
                     struct jx_routine_view *to)
{
    to->storage = from->storage;
    to->dtype = e->code.storages[from->storage].dtype;
    to->size = jx_dtype_info(to->dtype)->size;
    to->offset = from->offset * to->size;
    for (int k = 0; k < n_axes; k++)
        to->stride[k] = from->stride[k] * to->size; /* inside the storage, so they fit */
}

bool jx_executable_routine(struct jx_executable *e, const struct jx_kernel *kernel)
{
    struct jx_routine_step *s = jx_alloc(1, sizeof *s);
    if (!s)
        return false;
    s->views = jx_alloc((size_t)(kernel->n_instrs + kernel->n_stores), sizeof *s->views);
    s->routine = kernel->routine;
    s->n_outer = kernel->n_outer;
    s->n_axes = kernel->n_axes;
    s->n_loads = kernel->n_instrs;
    s->n_stores = kernel->n_stores;
    memcpy(s->dims, kernel->dims, sizeof s->dims);
    bool ok = s->views != NULL;
    for (int i = 0; ok && i < s->n_loads; i++)
        set_view(e, &kernel->views[kernel->instrs[i].view], s->n_axes, &s->views[i]);
    for (int i = 0; ok && i < s->n_stores; i++) {
        set_view(e, &kernel->stores[i].view, s->n_axes, &s->views[s->n_loads + i]);
        s->views[s->n_loads + i].reg = kernel->stores[i].reg;
    }
    double points = 1;
    for (int k = 0; k < s->n_axes; k++)
        points *= (double)s->dims[k];
    s->cost = points * s->n_loads;
    if (s->routine.kind == JX_ROUTINE_SORT) {
        size_t n = (size_t)s->dims[s->n_outer];
        s->cost *= 4 * log2((double)n + 1);
        if (!jx_mul_size(n, 2 * sizeof(struct pair) + sizeof(uint64_t), &s->memory))
            ok = jx_fail(JAXC_ELIMIT, "rows of %zu elements are too long to be sorted", n);
    }
    if (!ok) {
        jx_routine_free(s);
        return false;
    }
    return jx_executable_step(e, (struct jx_step){.routine = s});
}

void jx_routine_free(struct jx_routine_step *s)
{
    if (!s)
        return;
    jx_free(s->views);
    jx_free(s);
}

/* ---- places ---------------------------------------------------------------------------------- */

/* Where a view stands at an outer point, given by its number; the axis `skip` stays at 0. */
static char *place(const struct jx_routine_step *s, const struct jx_tile_run *run, int view,
                   int64_t point, int skip)
{
    const struct jx_routine_view *v = &s->views[view];
    char *p = run->storages[v->storage] + v->offset;
    for (int k = s->n_outer; k-- > 0;) {
        if (k == skip)
            continue;
        p += point % s->dims[k] * v->stride[k];
        point /= s->dims[k];
    }
    return p;
}

static int64_t n_points(const struct jx_routine_step *s, int skip)
{
    int64_t n = 1;
    for (int k = 0; k < s->n_outer; k++)
        n *= k == skip ? 1 : s->dims[k];
    return n;
}

/* ---- prefixes -------------------------------------------------------------------------------- */

/* The outer axis that the prefix is vectorised along: where both sides have their elements side by
 * side; -1: none. */
static int column_axis(const struct jx_routine_step *s)
{
    for (int k = 0; k < s->n_outer; k++)
        if (s->views[0].stride[k] == s->views[0].size && s->views[1].stride[k] == s->views[1].size)
            return k;
    return -1;
}

static void prefix_item(const struct jx_routine_step *s, const struct jx_tile_run *run,
                        int64_t item, int axis, int64_t blocks)
{
    const struct jx_routine_view *from = &s->views[0], *to = &s->views[1];
    int64_t n = s->dims[s->n_outer], first = item % blocks * COLUMNS, n_cols = 1;
    char *d = place(s, run, 1, item / blocks, axis);
    const char *x = place(s, run, 0, item / blocks, axis);
    int64_t d_row = to->stride[s->n_outer], x_row = from->stride[s->n_outer];
    if (axis >= 0) {
        n_cols = s->dims[axis] - first < COLUMNS ? s->dims[axis] - first : COLUMNS;
        d += first * to->size;
        x += first * from->size;
    }
    if (s->routine.reverse) {
        d += (n - 1) * d_row;
        x += (n - 1) * x_row;
        d_row = -d_row;
        x_row = -x_row;
    }
    JX_ISA_CHOOSE(jx_routine_ops, jx_isa())
        ->prefix[s->routine.op][tag_of(to->dtype)](d, d_row, to->size, x, x_row, from->size, n,
                                                   n_cols);
}

/* ---- sorts ----------------------------------------------------------------------------------- */

/* A number whose order is that of the element: NaN greatest, -0 like 0. */
static uint64_t key_of(const char *p, jaxc_dtype dtype)
{
    union jx_scalar x = jx_scalar_load(p, dtype);
    switch (jx_dtype_info(dtype)->category) {
    case JX_CAT_FLOAT: {
        double f = x.f;
        uint64_t bits;
        if (isnan(f))
            return UINT64_MAX;
        f = f == 0 ? 0 : f;
        memcpy(&bits, &f, sizeof bits);
        return bits ^ (bits >> 63 ? UINT64_MAX : (uint64_t)1 << 63);
    }
    case JX_CAT_SIGNED: return x.u ^ (uint64_t)1 << 63;
    default: return x.u;
    }
}

static void insertion_sort(struct pair *p, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        struct pair x = p[i];
        int64_t j = i;
        for (; j > 0 && p[j - 1].key > x.key; j--)
            p[j] = p[j - 1];
        p[j] = x;
    }
}

/* By bytes, the lowest first; bytes that all keys share are passed over. Gives where the result
 * is: one of the two. */
static struct pair *radix_sort(struct pair *p, struct pair *other, int64_t n)
{
    uint64_t all = p[0].key, any = 0;
    for (int64_t i = 1; i < n; i++)
        any |= p[i].key ^ all;
    for (int shift = 0; shift < 64; shift += 8) {
        int64_t count[257] = {0};
        if (!(any >> shift & 0xff))
            continue;
        for (int64_t i = 0; i < n; i++)
            count[(p[i].key >> shift & 0xff) + 1]++;
        for (int b = 0; b < 256; b++)
            count[b + 1] += count[b];
        for (int64_t i = 0; i < n; i++)
            other[count[p[i].key >> shift & 0xff]++] = p[i];
        struct pair *swap = p;
        p = other;
        other = swap;
    }
    return p;
}

static void sort_item(const struct jx_routine_step *s, const struct jx_tile_run *run, int64_t item,
                      char *memory)
{
    int64_t n = s->dims[s->n_outer];
    struct pair *p = (struct pair *)(void *)memory, *other = p + n;
    char *copy = (char *)(other + n);
    for (int64_t i = 0; i < n; i++)
        p[i].at = i;
    for (int k = s->routine.n_keys; k-- > 0;) {
        const struct jx_routine_view *v = &s->views[k];
        const char *x = place(s, run, k, item, -1);
        for (int64_t i = 0; i < n; i++)
            p[i].key = key_of(x + p[i].at * v->stride[s->n_outer], v->dtype);
        if (n < FEW) {
            insertion_sort(p, n);
        } else {
            struct pair *sorted = radix_sort(p, other, n);
            other = sorted == p ? other : p;
            p = sorted;
        }
    }
    for (int k = 0; k < s->n_loads; k++) { /* by way of a copy: a store may overwrite its load */
        const struct jx_routine_view *from = &s->views[k], *to = &s->views[s->n_loads];
        const char *x = place(s, run, k, item, -1);
        size_t size = (size_t)from->size;
        bool copied = false;
        for (int i = 0; i < s->n_stores; i++) {
            if (to[i].reg != k)
                continue;
            for (int64_t j = 0; j < n && !copied; j++)
                memcpy(copy + (size_t)j * size, x + p[j].at * from->stride[s->n_outer], size);
            copied = true;
            char *d = place(s, run, s->n_loads + i, item, -1);
            for (int64_t j = 0; j < n; j++)
                memcpy(d + j * to[i].stride[s->n_outer], copy + (size_t)j * size, size);
        }
    }
}

/* ---- scatters -------------------------------------------------------------------------------- */

static void scatter(const struct jx_routine_step *s, const struct jx_tile_run *run)
{
    const struct jx_routine *r = &s->routine;
    const struct jx_routine_view *to = &s->views[s->n_loads];
    int last = s->n_axes - 1;
    int64_t n = last < 0 ? 1 : s->dims[last];
    const int regs[4] = {s->n_loads, r->value, r->address, r->valid};
    char *p[4] = {NULL, NULL, NULL, NULL};
    int64_t step[4] = {0, 0, 0, 0};
    for (int64_t point = 0; point < n_points(s, last); point++) {
        for (int j = 0; j < 4; j++) {
            if (regs[j] < 0)
                continue;
            p[j] = place(s, run, regs[j], point, last);
            step[j] = last < 0 ? 0 : s->views[regs[j]].stride[last];
        }
        JX_ISA_CHOOSE(jx_routine_ops, jx_isa())
            ->scatter[r->op][tag_of(to->dtype)](p[0], step[0], p[1], step[1], p[2], step[2], p[3],
                                                step[3], n);
    }
}

/* ---- running --------------------------------------------------------------------------------- */

void jx_routine_run(const struct jx_routine_step *s, const struct jx_tile_run *run,
                    struct jx_team *team, int thread)
{
    if (s->routine.kind == JX_ROUTINE_SCATTER) {
        scatter(s, run);
        return;
    }
    bool prefix = s->routine.kind == JX_ROUTINE_PREFIX;
    int axis = prefix ? column_axis(s) : -1;
    int64_t blocks = axis < 0 ? 1 : (s->dims[axis] + COLUMNS - 1) / COLUMNS;
    char *memory = run->memory + (size_t)thread * run->stride;
    struct jx_loop loop;
    int64_t begin = 0, end = n_points(s, axis) * blocks;
    if (team)
        jx_loop_begin(&loop, team, thread, end, 1);
    for (bool more = !team || jx_loop_next(&loop, &begin, &end); more;
         more = team && jx_loop_next(&loop, &begin, &end))
        for (; begin < end; begin++) {
            if (prefix)
                prefix_item(s, run, begin, axis, blocks);
            else
                sort_item(s, run, begin, memory);
        }
}
