/*
 * backend/cpu/tile_geometry.c - which axes of a space a tile lies on, how large it is, and which
 * loops remain.
 *
 * Decided from shapes and strides alone, so that neither the order of a sum nor anything else
 * depends on the machine's number of threads.
 */
#include "backend/cpu/tile_program.h"

#include <math.h>

/* Points of a tile: enough that the interpretation of an operation costs little beside its loop,
 * few enough that the registers of a program stay in the L1 cache. An axis of up to twice as many
 * points is not cut. */
enum { TILE_POINTS = 512, MAX_CUT = 2 * TILE_POINTS };

/* A square of this side serves references that run along different axes: whole cache lines of both,
 * and few pages at a time. One that is only copied from memory to memory needs no room in the cache
 * and may be larger. */
enum { SQUARE = 64, COPIED_SQUARE = 256 };

/* Rows of memory that are only summed up go through no register: long ones, for the sake of the
 * memory, some at a time (as tile_reduce_isa.c joins them). */
enum { LONG_ROW = 4096, JOINED_ROWS = 8 };

static double traffic(const struct jx_space *s, const struct jx_ref *r)
{
    double n = 1;
    for (int k = 0; k < s->n_axes; k++)
        if (jx_ref_depends(r, k))
            n *= (double)s->dims[k];
    return n;
}

/* What is moved by references that run along an axis; stores a little more, and short axes count
 * for less. */
static double contiguity(const struct jx_space *s, int axis)
{
    double score = 0;
    for (int i = 0; i < s->n_refs; i++) {
        const struct jx_ref *r = &s->refs[i];
        if (r->storage >= 0 && jx_ref_stride(r, axis) == 1)
            score += traffic(s, r) * (i < s->kernel->n_views ? 1 : 1.25);
    }
    return score * (double)(s->dims[axis] < 16 ? s->dims[axis] : 16);
}

/* What is moved by references that go on along `axis` where a row of `cols` points along `col` ends
 * (`across`: that run along it themselves). */
static double continuation(const struct jx_space *s, int axis, int col, bool across)
{
    double score = 0;
    for (int i = 0; i < s->n_refs; i++) {
        const struct jx_ref *r = &s->refs[i];
        if (r->storage < 0)
            continue;
        bool match = across ? jx_ref_stride(r, axis) == 1 && jx_ref_depends(r, col)
                            : jx_ref_stride(r, col) == 1 && jx_ref_stride(r, axis) == s->dims[col];
        if (match)
            score += traffic(s, r);
    }
    return score;
}

static int best_axis(const struct jx_space *s, int begin, int end, int col, bool across,
                     double *score)
{
    int best = -1;
    *score = 0;
    for (int k = begin; k < end; k++) {
        double x = k == col ? -1 : continuation(s, k, col, across);
        if (x > *score || (best < 0 && x >= 0)) {
            best = k;
            *score = x;
        }
    }
    return best;
}

static int64_t at_most(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t blocks(int64_t n, int64_t step) { return (n + step - 1) / step; }

/* Blocks of nearly equal size, multiples of 16 points. */
static int64_t even_block(int64_t n, int64_t most)
{
    int64_t size = blocks(n, blocks(n, most));
    return at_most((size + 15) / 16 * 16, n);
}

static bool is_copy(const struct jx_kernel *k)
{
    return k->n_instrs == 1 && k->instrs[0].kind == JX_I_LOAD &&
           k->views[k->instrs[0].view].n_guards == 0;
}

/* Does everything inside consist of rows that are read where they lie and joined at once? */
static bool joins_rows_of_memory(const struct jx_space *s, int col)
{
    const struct jx_kernel *k = s->kernel;
    for (int i = 0; i < k->n_instrs; i++) {
        const struct jx_instr *x = &k->instrs[i];
        if (x->kind == JX_I_REDUCE && x->op >= JX_COMBINE_ARGMAX)
            return false;
        if (x->inner && (x->kind != JX_I_LOAD || x->args[0] >= 0 || s->refs[x->view].n_guards ||
                         s->refs[x->view].stride[col] != 1))
            return false;
    }
    for (int i = 0; i < k->n_stores; i++)
        if (k->instrs[k->stores[i].reg].inner)
            return false;
    return true;
}

static int longest_axis(const struct jx_space *s, int begin, int end)
{
    int longest = begin;
    for (int k = begin; k < end; k++)
        if (s->dims[k] > s->dims[longest])
            longest = k;
    return longest;
}

static void choose_tile(const struct jx_space *s, struct jx_geometry *g)
{
    double best = -1;
    for (int k = 0; k < s->n_axes; k++) {
        double x = contiguity(s, k);
        if (x > best || (x == best && s->dims[k] > s->dims[g->col_axis])) {
            best = x;
            g->col_axis = k;
        }
    }
    if (g->col_axis < 0)
        return;
    /* The row axis: an outer one, or, where lanes are outer and there is something to reduce, an
     * inner one. */
    bool inner_lanes = g->col_axis >= s->n_outer, reduces = s->n_axes > s->n_outer;
    int begin = reduces && !inner_lanes ? s->n_outer : 0;
    int end = reduces && !inner_lanes ? s->n_axes : s->n_outer;
    int64_t extent = s->dims[g->col_axis];
    double score;
    g->rowwise = inner_lanes;
    if (extent < TILE_POINTS) {
        g->cols = extent;
        g->row_axis = best_axis(s, begin, end, g->col_axis, false, &score);
        if (g->row_axis >= 0)
            g->rows = at_most(s->dims[g->row_axis], TILE_POINTS / extent);
        if (g->rows > 1)
            g->rows = blocks(s->dims[g->row_axis], blocks(s->dims[g->row_axis], g->rows));
    } else if (reduces && !inner_lanes && joins_rows_of_memory(s, g->col_axis)) {
        g->cols = extent <= LONG_ROW ? extent : even_block(extent, LONG_ROW);
        g->row_axis = longest_axis(s, begin, end);
        g->rows = at_most(s->dims[g->row_axis], JOINED_ROWS);
        if (g->rows == 1)
            g->row_axis = -1;
        return;
    } else {
        g->cols = extent <= MAX_CUT ? extent : even_block(extent, MAX_CUT);
    }
    int across = best_axis(s, begin, end, g->col_axis, true, &score);
    if (across >= 0 && score > 0 && extent > 1 && s->dims[across] > 1) {
        int64_t other = s->dims[across], side = is_copy(s->kernel) ? COPIED_SQUARE : SQUARE;
        g->row_axis = across;
        g->cols =
            extent < side ? extent : even_block(extent, other < side ? side * side / other : side);
        g->rows =
            other < side ? other : even_block(other, extent < side ? side * side / extent : side);
    }
    if (g->rows == 1)
        g->row_axis = -1;
}

static double reach(const struct jx_space *s, int axis)
{
    double sum = 0;
    for (int i = 0; i < s->n_refs; i++)
        if (s->refs[i].storage >= 0)
            sum += fabs((double)jx_ref_stride(&s->refs[i], axis));
    return sum;
}

static void add_loop(struct jx_geometry *g, int axis, int64_t step, int64_t extent)
{
    g->loops[g->n_loops++] = (struct jx_geometry_loop){axis, step, blocks(extent, step)};
}

/* Far strides outside, the blocks of the tile's own axes innermost. */
static void choose_loops(const struct jx_space *s, struct jx_geometry *g, int begin, int end)
{
    int order[JX_SPACE_AXES], n = 0;
    double key[JX_SPACE_AXES];
    for (int k = begin; k < end; k++) {
        if (k == g->row_axis || k == g->col_axis)
            continue;
        double x = reach(s, k);
        int i = n++;
        for (; i > 0 && key[i - 1] < x; i--) {
            order[i] = order[i - 1];
            key[i] = key[i - 1];
        }
        order[i] = k;
        key[i] = x;
    }
    for (int i = 0; i < n; i++)
        add_loop(g, order[i], 1, s->dims[order[i]]);
    if (g->row_axis >= begin && g->row_axis < end && g->rows < s->dims[g->row_axis]) {
        g->row_loop = g->n_loops;
        add_loop(g, g->row_axis, g->rows, s->dims[g->row_axis]);
    }
    if (g->col_axis >= begin && g->col_axis < end && g->cols < s->dims[g->col_axis]) {
        g->col_loop = g->n_loops;
        add_loop(g, g->col_axis, g->cols, s->dims[g->col_axis]);
    }
}

void jx_tile_choose(const struct jx_space *s, const struct jx_tile_epilogue *e,
                    struct jx_geometry *g)
{
    memset(g, 0, sizeof *g);
    g->row_axis = g->col_axis = g->row_loop = g->col_loop = -1;
    g->rows = g->cols = 1;
    if (e) {
        g->row_axis = e->row_axis;
        g->col_axis = e->col_axis;
        g->rows = e->rows;
        g->cols = e->cols;
        for (int k = 0; k < s->n_axes; k++)
            add_loop(g, k, 1, s->dims[k]);
        g->n_outer = g->n_loops;
        g->ragged = true;
        return;
    }
    choose_tile(s, g);
    choose_loops(s, g, 0, s->n_outer);
    g->n_outer = g->n_loops;
    choose_loops(s, g, s->n_outer, s->n_axes);
    g->ragged = g->col_loop >= 0 && g->row_axis >= 0;
}

int jx_geometry_class(const struct jx_geometry *g, const struct jx_ref *r)
{
    int cls = 0;
    if (g->row_axis >= 0 && jx_ref_depends(r, g->row_axis))
        cls |= JX_CLASS_ROWS;
    if (g->col_axis >= 0 && jx_ref_depends(r, g->col_axis))
        cls |= JX_CLASS_COLS;
    return cls;
}

int jx_geometry_level(const struct jx_geometry *g, const struct jx_ref *r)
{
    int level = 0;
    for (int l = 0; l < g->n_loops; l++)
        if (jx_ref_depends(r, g->loops[l].axis))
            level = l < g->n_outer ? 1 : 2;
    return level;
}
