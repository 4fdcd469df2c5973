/*
 * backend/cpu/routine.c - running totals and scatters; sorts are in sort.c.
 *
 * Threads share the rows of a prefix; a scatter is one thread's, since its order counts. (Parts of the
 * storage for each were slower: a thread that skips rows of values waits for memory.)
 */
#include "backend/cpu/cpu.h"

/* Neighbouring rows that a prefix goes through together. */
enum { COLUMNS = 256 };

/* ---- compiling ------------------------------------------------------------------------------- */

int jx_routine_tag(jaxc_dtype dtype)
{
    switch (dtype) {
#define JX_ROW(tag)                                                                                \
    case JX_DTYPE(tag): return JX_TAG_##tag;
        JX_MEMORY_TAGS(JX_ROW)
#undef JX_ROW
    default: return -1;
    }
}

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
    if (ok && s->routine.kind == JX_ROUTINE_SORT)
        ok = jx_sort_prepare(s, points);
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

char *jx_routine_place(const struct jx_routine_step *s, const struct jx_tile_run *run, int view,
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
    char *d = jx_routine_place(s, run, 1, item / blocks, axis);
    const char *x = jx_routine_place(s, run, 0, item / blocks, axis);
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
        ->prefix[s->routine.op][jx_routine_tag(to->dtype)](d, d_row, to->size, x, x_row, from->size,
                                                           n, n_cols);
}

/* ---- scatters -------------------------------------------------------------------------------- */

/* Point by point, in order. */
static void scatter(const struct jx_routine_step *s, const struct jx_tile_run *run)
{
    const struct jx_routine *r = &s->routine;
    const struct jx_routine_view *to = &s->views[s->n_loads];
    const int view[4] = {s->n_loads, r->value, r->address, r->valid};
    int last = s->n_axes - 1;
    int64_t n = last < 0 ? 1 : s->dims[last], step[4] = {0}, at[JX_MAX_AXES] = {0};
    char *p[4] = {NULL};
    for (int j = 0; j < 4; j++) {
        if (view[j] < 0)
            continue;
        p[j] = jx_routine_place(s, run, view[j], 0, last);
        step[j] = last < 0 ? 0 : s->views[view[j]].stride[last];
    }
    for (int64_t point = n_points(s, last); point > 0; point--) {
        JX_ISA_CHOOSE(jx_routine_ops, jx_isa())
            ->scatter[r->op][jx_routine_tag(to->dtype)](p[0], step[0], p[1], step[1], p[2], step[2],
                                                        p[3], step[3], n);
        for (int k = last - 1; k >= 0; k--) {
            int64_t by = ++at[k] < s->dims[k] ? 1 : 1 - s->dims[k];
            for (int j = 0; j < 4; j++)
                if (view[j] >= 0)
                    p[j] += by * s->views[view[j]].stride[k];
            if (by == 1)
                break;
            at[k] = 0;
        }
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
    if (s->routine.kind == JX_ROUTINE_SORT) {
        jx_sort_run(s, run, team, thread);
        return;
    }
    int axis = column_axis(s);
    int64_t blocks = axis < 0 ? 1 : (s->dims[axis] + COLUMNS - 1) / COLUMNS;
    struct jx_loop loop;
    int64_t begin = 0, end = n_points(s, axis) * blocks;
    if (team)
        jx_loop_begin(&loop, team, thread, end, 1);
    for (bool more = !team || jx_loop_next(&loop, &begin, &end); more;
         more = team && jx_loop_next(&loop, &begin, &end))
        for (; begin < end; begin++)
            prefix_item(s, run, begin, axis, blocks);
}
