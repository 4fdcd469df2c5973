/*
 * backend/cpu/matmul_run.c - carries out a plan: packs, multiplies tile by tile, hands tiles on.
 *
 * The product is cut in phases: the whole, unless operands are packed and their copies would grow
 * too large. In a phase the team shares a loop over what is packed, meets, and shares a loop over
 * tiles. A tile belongs to one thread, whose stack holds it until it is finished.
 */
#include "backend/cpu/matmul.h"
#include "backend/cpu/matmul_kernels.h"

#define ROWS_MOST 64
#define PIECE     64 /* points packed by one thread at a time: whole panels of any type */

/* The part of the product that is worked on: ranges of every index. */
struct phase {
    int64_t batch, n_batch, row, n_rows, lane, n_lanes, k, n_k;
    bool first_k, last_k;
};

struct run {
    const struct jx_matmul *plan;
    const struct jx_matmul_call *call;
    struct jx_team *team;
    int thread;
    struct phase at;
};

static int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t ceil_div(int64_t a, int64_t b) { return a / b + (a % b != 0); }

/* Where point i of a walk lies. */
static int64_t offset(const struct jx_matmul_walk *w, int64_t i)
{
    int64_t sum = 0;
    for (int axis = w->n - 1; axis > 0; axis--) {
        sum += i % w->size[axis] * w->stride[axis];
        i /= w->size[axis];
    }
    return w->n ? sum + i * w->stride[0] : 0;
}

/* How many points from i on, at most n, are evenly spaced; *stride says how. */
static int64_t even_run(const struct jx_matmul_walk *w, int64_t i, int64_t n, int64_t *stride)
{
    if (w->n == 0) {
        *stride = 0;
        return n;
    }
    int64_t size = w->size[w->n - 1];
    *stride = w->stride[w->n - 1];
    return min(n, size - i % size);
}

static const char *operand(const struct run *r, const struct jx_matmul_side *s)
{
    return s->is_b ? r->call->b : r->call->a;
}

/* ---- packing --------------------------------------------------------------------------------- */

/* dst[i * row + j] = operand at y(i) + x(j), for i in [i0, i0 + ni), j in [j0, j0 + nj). */
static void relayout(const struct run *r, const struct jx_matmul_side *s, char *dst, int64_t row,
                     const char *src, const struct jx_matmul_walk *y, int64_t i0, int64_t ni,
                     const struct jx_matmul_walk *x, int64_t j0, int64_t nj)
{
    const struct jx_matmul_type *type = r->plan->type;
    bool converts = s->dtype != r->plan->dtype || s->size != type->size;
    int64_t y_step, x_step, i_run, j_run;
    for (int64_t i = 0; i < ni; i += i_run) {
        i_run = even_run(y, i0 + i, ni - i, &y_step);
        const char *src_i = src + offset(y, i0 + i) * s->size;
        for (int64_t j = 0; j < nj; j += j_run) {
            j_run = even_run(x, j0 + j, nj - j, &x_step);
            const char *from = src_i + offset(x, j0 + j) * s->size;
            char *to = dst + (i * row + j) * type->size;
            if (y_step != 1 || x_step == 1 || i_run == 1 || j_run == 1) {
                type->load[s->dtype](to, row, from, y_step, x_step, i_run, j_run);
            } else if (!converts) {
                type->transpose(to, row, from, x_step, i_run, j_run);
            } else {
                char square[64 * 64 * sizeof(double)]; /* converted, to be transposed */
                for (int64_t p = 0; p < i_run; p += 64)
                    for (int64_t q = 0; q < j_run; q += 64) {
                        int64_t np = min(64, i_run - p), nq = min(64, j_run - q);
                        type->load[s->dtype](square, 64, from + (p + q * x_step) * s->size, x_step,
                                             1, nq, np);
                        type->transpose(to + (p * row + q) * type->size, row, square, 64, np, nq);
                    }
            }
        }
    }
}

/* The packed copy of one of the batch. */
static char *copy_of(const struct run *r, const struct jx_matmul_side *s, int64_t batch)
{
    size_t index = s->shared ? 0 : (size_t)(batch - r->at.batch);
    return (char *)r->call->scratch + s->offset + index * s->bytes;
}

/* Where a point begins in the copy, in elements; counted from the phase's first. */
static int64_t copy_offset(const struct jx_matmul *plan, const struct jx_matmul_side *s,
                           int64_t point)
{
    if (s == &plan->rows)
        return point * s->row;
    int64_t lane = point % plan->block_lanes;
    return (point - lane) * plan->k_most + lane;
}

/* Points [point, point + n) of the phase. Panels are filled side by side, some k at a time, so that
 * what lies beside each other in memory is read together. */
static void pack_piece(const struct run *r, const struct jx_matmul_side *s, int64_t batch,
                       int64_t first, int64_t point, int64_t n)
{
    const struct jx_matmul *plan = r->plan;
    const struct phase *at = &r->at;
    const char *src = operand(r, s) + offset(&s->batch, batch) * s->size;
    char *dst = copy_of(r, s, batch);
    int64_t size = plan->type->size, width = plan->block_lanes;
    if (s == &plan->rows) {
        relayout(r, s, dst + copy_offset(plan, s, point) * size, s->row, src, &s->at, first + point,
                 n, &s->k, at->k, at->n_k);
        return;
    }
    int64_t k_each = s->at.n && s->at.stride[s->at.n - 1] == 1 ? 16 : 64;
    for (int64_t k = 0; k < at->n_k; k += k_each)
        for (int64_t i = 0; i < n; i += width) {
            char *panel = dst + (copy_offset(plan, s, point + i) + k * width) * size;
            int64_t n_i = min(width, n - i), n_k = min(k_each, at->n_k - k);
            if (n_i < width) /* what pads a panel is multiplied, and thrown away */
                memset(panel, 0, (size_t)(width * n_k * size));
            relayout(r, s, panel, width, src, &s->k, at->k + k, n_k, &s->at, first + point + i,
                     n_i);
        }
}

static int64_t n_pieces(const struct run *r, const struct jx_matmul_side *s, int64_t n)
{
    return s->packed ? ceil_div(n, PIECE) * (s->shared ? 1 : r->at.n_batch) : 0;
}

static void pack(const struct run *r, bool rows_too, bool lanes_too)
{
    const struct phase *at = &r->at;
    const struct jx_matmul_side *rows = &r->plan->rows, *across = &r->plan->across;
    int64_t n_across = lanes_too ? n_pieces(r, across, at->n_lanes) : 0;
    int64_t n = n_across + (rows_too ? n_pieces(r, rows, at->n_rows) : 0);
    struct jx_loop loop;
    int64_t begin, end;
    jx_loop_begin(&loop, r->team, r->thread, n, 1);
    while (jx_loop_next(&loop, &begin, &end)) {
        bool is_rows = begin >= n_across;
        const struct jx_matmul_side *s = is_rows ? rows : across;
        int64_t piece = is_rows ? begin - n_across : begin;
        int64_t n_points = is_rows ? at->n_rows : at->n_lanes, each = ceil_div(n_points, PIECE);
        int64_t point = piece % each * PIECE;
        pack_piece(r, s, at->batch + piece / each, is_rows ? at->row : at->lane, point,
                   min(PIECE, n_points - point));
    }
    jx_team_barrier(r->team);
}

/* ---- one tile -------------------------------------------------------------------------------- */

struct tile {
    int64_t batch, row, n_rows, lane, n_lanes;
    const char *a, *b; /* its operands at the phase's first k, for the first row and lane */
    bool even;         /* rows begin row_step bytes after each other; otherwise row_at[i] after a */
    int64_t row_step;
    int64_t row_at[ROWS_MOST];
};

/* Where k begins, in bytes, counted from the phase's first; at a multiple of the inner loop's
 * count. */
static int64_t k_of(const struct run *r, const struct jx_matmul_side *s, int64_t k)
{
    const struct jx_matmul *plan = r->plan;
    k -= s->packed ? r->at.k : 0;
    return (plan->k_lo < plan->n_k ? k / plan->k_lo * s->k_hi : k * s->k_lo) * plan->type->size;
}

/* Where the operand, or its copy, begins for a point; `first` is the phase's first. */
static const char *place(const struct run *r, const struct jx_matmul_side *s, int64_t batch,
                         int64_t first, int64_t point)
{
    int64_t size = r->plan->type->size;
    return s->packed ? copy_of(r, s, batch) + copy_offset(r->plan, s, point - first) * size
                     : operand(r, s) + (offset(&s->batch, batch) + offset(&s->at, point)) * size;
}

static void find_operands(const struct run *r, struct tile *t)
{
    const struct jx_matmul_side *rows = &r->plan->rows;
    int64_t size = r->plan->type->size, step, n;
    t->a = place(r, rows, t->batch, r->at.row, t->row);
    t->b = place(r, &r->plan->across, t->batch, r->at.lane, t->lane);
    t->even = true;
    t->row_step = rows->row * size;
    if (rows->packed)
        return;
    t->even = even_run(&rows->at, t->row, t->n_rows, &step) == t->n_rows;
    t->row_step = step * size;
    if (t->even)
        return;
    int64_t start = offset(&rows->at, t->row);
    for (int64_t i = 0; i < t->n_rows; i += n) {
        n = even_run(&rows->at, t->row + i, t->n_rows - i, &step);
        int64_t at = (offset(&rows->at, t->row + i) - start) * size;
        for (int64_t j = 0; j < n; j++)
            t->row_at[i + j] = at + j * step * size;
    }
}

static const char *row_of(const struct tile *t, int64_t i)
{
    return t->a + (t->even ? i * t->row_step : t->row_at[i]);
}

/* All strips of rows over `vectors` vectors from `lane`, which may be left of the tile, to `column`
 * of `out`. */
static void multiply_strips(const struct run *r, const struct tile *t, int vectors, int64_t k,
                            int64_t n_k, bool add, const char *b, char *out, int64_t out_row)
{
    const struct jx_matmul *plan = r->plan;
    const struct jx_matmul_side *rows = &plan->rows, *across = &plan->across;
    int64_t a = k_of(r, rows, k);
    bool two = plan->k_lo < plan->n_k;
    const void *row[JX_MICRO_ROWS];
    struct jx_micro m = {.k_hi = two ? n_k / plan->k_lo : 1,
                         .k_lo = two ? plan->k_lo : n_k,
                         .rows = row,
                         .a_lo = rows->k_lo,
                         .a_skip = rows->k_hi - plan->k_lo * rows->k_lo,
                         .b = b,
                         .b_lo = across->k_lo,
                         .b_skip = across->k_hi - plan->k_lo * across->k_lo,
                         .c_row = out_row,
                         .add = add};
    int64_t most = plan->type->rows, n;
    for (int64_t i = 0; i < t->n_rows; i += n) {
        n = t->n_rows - i;
        if (n > most)
            n = n < 2 * most ? (n + 1) / 2
                             : most; /* two middling strips are better than a short one */
        for (int64_t j = 0; j < n; j++)
            row[j] = row_of(t, i + j) + a;
        m.c = out + i * out_row * plan->type->size;
        plan->type->micro[vectors - 1][n - 1](&m);
    }
}

/* The last panel of an operand that may not be read beyond its end is read from further left: its
 * first lanes are computed twice, to the same bits. Gives the column of `out` where the tile
 * begins. */
static int64_t multiply_micro(const struct run *r, const struct tile *t, int64_t k, int64_t n_k,
                              bool add, char *out, int64_t out_row)
{
    const struct jx_matmul *plan = r->plan;
    const struct jx_matmul_side *across = &plan->across;
    int64_t lanes = plan->type->lanes, size = plan->type->size, n = t->n_lanes;
    const char *b = t->b + k_of(r, across, k);
    int vectors = n > lanes ? 2 : 1;
    if (n == vectors * lanes || across->packed || plan->padded) {
        multiply_strips(r, t, vectors, k, n_k, add, b, out, out_row);
        return 0;
    }
    int64_t left = vectors * lanes - n;
    multiply_strips(r, t, vectors, k, n_k, add, b - left * size, out, out_row);
    return left;
}

static void multiply_thin(const struct run *r, const struct tile *t, int64_t k, int64_t n_k,
                          bool add, char *out, int64_t out_row)
{
    const struct jx_matmul *plan = r->plan;
    const struct jx_matmul_side *rows = &plan->rows, *across = &plan->across;
    int64_t lanes = plan->type->lanes, size = plan->type->size;
    const void *row[JX_WIDE_ROWS];
    for (int64_t i = 0; i < t->n_rows; i++)
        row[i] = row_of(t, i) + k_of(r, rows, k);
    const char *b = t->b + k_of(r, across, k);
    struct jx_thin thin = {.k = n_k,
                           .lanes = t->n_lanes,
                           .rows = row,
                           .a_k = rows->k_lo,
                           .b = b,
                           .b_k = across->k_lo,
                           .b_lane = across->at.n ? across->at.stride[0] : 0,
                           .c = out,
                           .c_row = out_row,
                           .add = add};
    if (plan->way == JX_WAY_DOT) {
        plan->type->dot[t->n_rows - 1](&thin);
        return;
    }
    int64_t rest = t->n_lanes % lanes;
    thin.lanes -= rest;
    plan->type->wide[t->n_rows - 1](&thin);
    if (rest == 0)
        return;
    /* The lanes that fill no vector: as the last of one that begins further left. */
    union {
        float f[JX_WIDE_ROWS * 16];
        double d[JX_WIDE_ROWS * 8];
    } last;
    int64_t columns = t->n_lanes - rest, skip = lanes - rest;
    multiply_strips(r, t, 1, k, n_k, false, b + (t->n_lanes - lanes) * size, (char *)&last, lanes);
    for (int64_t i = 0; i < t->n_rows; i++)
        for (int64_t j = 0; j < rest; j++) {
            int64_t from = i * lanes + skip + j, to = i * out_row + columns + j;
            if (size == sizeof(float))
                ((float *)out)[to] = (add ? ((float *)out)[to] : 0) + last.f[from];
            else
                ((double *)out)[to] = (add ? ((double *)out)[to] : 0) + last.d[from];
        }
}

static void store(const struct run *r, const struct tile *t, const char *data, int64_t data_row)
{
    const struct jx_matmul *plan = r->plan;
    const struct jx_matmul_walk *y = &plan->rows.c, *x = &plan->across.c;
    int64_t size = jx_dtype_info(plan->dtype)->size, y_step, x_step, i_run, j_run;
    char *c = (char *)r->call->c + offset(&plan->batch_c, t->batch) * size;
    for (int64_t i = 0; i < t->n_rows; i += i_run) {
        i_run = even_run(y, t->row + i, t->n_rows - i, &y_step);
        char *c_i = c + offset(y, t->row + i) * size;
        for (int64_t j = 0; j < t->n_lanes; j += j_run) {
            j_run = even_run(x, t->lane + j, t->n_lanes - j, &x_step);
            char *to = c_i + offset(x, t->lane + j) * size;
            const char *from = data + (i * data_row + j) * plan->type->size;
            if (y_step == 1 && x_step != 1 && size == plan->type->size)
                plan->type->transpose(to, x_step, from, data_row, j_run, i_run);
            else
                plan->type->store[plan->dtype](to, y_step, x_step, from, data_row, i_run, j_run);
        }
    }
}

static void finish(const struct run *r, const struct tile *t, char *data, int64_t data_row)
{
    const struct jx_matmul *plan = r->plan;
    if (!plan->epilogue) {
        store(r, t, data, data_row);
        return;
    }
    _Alignas(64) char turned[JX_TILE_POINTS * sizeof(double)];
    _Alignas(64) uint16_t narrow[JX_TILE_POINTS];
    int64_t row = t->row, n_rows = t->n_rows, lane = t->lane, n_lanes = t->n_lanes;
    if (plan->turned) {
        plan->type->transpose(turned, plan->tile_lanes, data, data_row, n_lanes, n_rows);
        data = turned;
        data_row = plan->tile_lanes;
        row = t->lane, n_rows = t->n_lanes, lane = t->row, n_lanes = t->n_rows;
    }
    if ((int)jx_dtype_info(plan->dtype)->size != plan->type->size) {
        plan->type->store[plan->dtype](narrow, data_row, 1, data, data_row, n_rows, n_lanes);
        data = (char *)narrow;
    }
    bool n_along = plan->lanes == JX_LANES_N;
    struct jx_matmul_tile tile = {.batch = t->batch,
                                  .m0 = n_along ? row : lane,
                                  .n0 = n_along ? lane : row,
                                  .m = n_along ? n_rows : n_lanes,
                                  .n = n_along ? n_lanes : n_rows,
                                  .stride_m = n_along ? data_row : 1,
                                  .stride_n = n_along ? 1 : data_row,
                                  .data = data,
                                  .thread = r->thread};
    r->call->epilogue(r->call->ctx, &tile);
}

/* Tile number `item` of the phase. Row blocks come in groups that stay in the L2 cache; for each
 * group all panels are gone through, and for each panel the blocks of the group. */
static void compute(const struct run *r, int64_t item)
{
    const struct jx_matmul *plan = r->plan;
    const struct phase *at = &r->at;
    int64_t n_blocks = ceil_div(at->n_rows, plan->block_rows),
            n_panels = ceil_div(at->n_lanes, plan->block_lanes);
    int64_t slot = item, batch = item / (n_blocks * n_panels);
    item %= n_blocks * n_panels;
    int64_t group = item / (plan->group * n_panels),
            blocks = min(plan->group, n_blocks - group * plan->group);
    item -= group * plan->group * n_panels;
    int64_t panel = item / blocks, block = group * plan->group + item % blocks;

    struct tile t;
    t.batch = at->batch + batch;
    t.row = at->row + block * plan->block_rows;
    t.lane = at->lane + panel * plan->block_lanes;
    t.n_rows = min(plan->block_rows, at->row + at->n_rows - t.row);
    t.n_lanes = min(plan->block_lanes, at->lane + at->n_lanes - t.lane);
    find_operands(r, &t);

    _Alignas(64) char own[JX_TILE_POINTS * sizeof(double)];
    char *out = own;
    int64_t size = plan->type->size, out_row = plan->block_lanes, column = 0, n_k;
    bool in_place = plan->in_place && t.n_lanes % plan->type->lanes == 0;
    if (in_place) {
        out = (char *)r->call->c + (offset(&plan->batch_c, t.batch) + offset(&plan->rows.c, t.row) +
                                    offset(&plan->across.c, t.lane)) *
                                       size;
        out_row = plan->rows.c.n ? plan->rows.c.stride[0] : 0;
    } else if (plan->k_most < plan->n_k) {
        out = (char *)r->call->scratch + plan->sums +
              slot * plan->block_rows * plan->block_lanes * size;
    }
    int64_t k = at->k, end = at->k + at->n_k;
    do { /* once if there is no k */
        n_k = min(plan->k_run, end - k);
        bool add = k > at->k || !at->first_k;
        if (plan->way == JX_WAY_MICRO)
            column = multiply_micro(r, &t, k, n_k, add, out, out_row);
        else
            multiply_thin(r, &t, k, n_k, add, out, out_row);
        k += n_k;
    } while (k < end);
    if (at->last_k && !in_place)
        finish(r, &t, out + column * size, out_row);
}

/* ---- phases ---------------------------------------------------------------------------------- */

static void run_phase(struct run *r)
{
    const struct jx_matmul *plan = r->plan;
    const struct phase *at = &r->at;
    if (plan->rows.packed || plan->across.packed) {
        /* A side that is packed whole along k, and along its points, serves all phases across the
         * other. */
        bool whole_k = plan->k_most >= plan->n_k;
        bool rows_stay = whole_k && at->lane > 0 && plan->rows.most >= plan->rows.n;
        bool lanes_stay = whole_k && at->row > 0;
        pack(r, !rows_stay, !lanes_stay);
    }
    struct jx_loop loop;
    int64_t begin, end;
    jx_loop_begin(&loop, r->team, r->thread,
                  at->n_batch * ceil_div(at->n_rows, plan->block_rows) *
                      ceil_div(at->n_lanes, plan->block_lanes),
                  1);
    while (jx_loop_next(&loop, &begin, &end))
        compute(r, begin);
}

void jx_matmul_run(const struct jx_matmul *plan, const struct jx_matmul_call *call,
                   struct jx_team *team, int thread)
{
    struct run r = {.plan = plan, .call = call, .team = team, .thread = thread};
    struct phase *at = &r.at;
    bool first = true;
    if (plan->n_batch == 0 || plan->rows.n == 0 || plan->across.n == 0)
        return;
    for (at->batch = 0; at->batch < plan->n_batch; at->batch += at->n_batch) {
        at->n_batch = min(plan->batch_most, plan->n_batch - at->batch);
        for (at->lane = 0; at->lane < plan->across.n; at->lane += at->n_lanes) {
            at->n_lanes = min(plan->across.most, plan->across.n - at->lane);
            for (at->row = 0; at->row < plan->rows.n; at->row += at->n_rows) {
                at->n_rows = min(plan->rows.most, plan->rows.n - at->row);
                at->k = 0;
                do { /* once if there is no k */
                    at->n_k = min(plan->k_most, plan->n_k - at->k);
                    at->first_k = at->k == 0;
                    at->last_k = at->k + at->n_k >= plan->n_k;
                    if (!first)
                        jx_team_barrier(
                            team); /* the last phase's copies and sums are free, or complete */
                    first = false;
                    run_phase(&r);
                    at->k += at->n_k;
                } while (at->k < plan->n_k);
            }
        }
    }
}
