/*
 * backend/cpu/tile_run.c - running tile programs: the loops around them, and how threads share
 * those.
 *
 * Outer tiles do not depend on each other, so threads take them as they come. Where there are few
 * of them and the inner loops are long, the inner loops of a stage are cut in chunks instead; each
 * chunk reduces into a record of its own, and the records are joined as a tree once all are there.
 */
#include "backend/cpu/tile.h"

static struct jx_tile *tile_of(const struct jx_tile_run *run, int thread)
{
    return (struct jx_tile *)(void *)(run->memory + (size_t)thread * run->stride);
}

static void exec(const struct jx_tile_op *op, const struct jx_tile_op *end, struct jx_tile *t)
{
    for (; op < end; op++)
        op->run(op, t);
}

static void set_slots(const struct jx_tile_program *p, struct jx_tile *t, int first)
{
    char *slots = (char *)t + p->slots_at, **at = t->p + p->n_cursors + p->n_constants;
    for (int i = first; i < p->n_slots; i++)
        at[i] = slots + p->slots[i];
}

/* Pointers that stay as they are. */
static void set_fixed(const struct jx_tile_program *p, struct jx_tile *t)
{
    char **at = t->p + p->n_cursors;
    for (int i = 0; i < p->n_constants; i++)
        at[i] = (char *)&p->constants[i];
    set_slots(p, t, 0);
    t->ready = false;
}

static void set_lengths(struct jx_tile *t, int64_t rows, int64_t cols)
{
    t->len[JX_CLASS_ONE] = 1;
    t->len[JX_CLASS_ROWS] = rows;
    t->len[JX_CLASS_COLS] = cols;
    t->len[JX_CLASS_FULL] = rows * cols;
}

static int64_t block_length(int64_t whole, int64_t extent, int loop, const struct jx_tile *t)
{
    if (loop < 0)
        return whole;
    int64_t left = extent - t->at[loop] * whole;
    return left < whole ? left : whole;
}

static void set_shape(const struct jx_tile_program *p, struct jx_tile *t)
{
    set_lengths(t, block_length(p->rows, p->row_extent, p->row_loop, t),
                block_length(p->cols, p->col_extent, p->col_loop, t));
}

/* Cursors where the counters stand. */
static void seek(const struct jx_tile_program *p, const struct jx_tile_run *run, struct jx_tile *t)
{
    int n = p->n_cursors;
    for (int v = 0; v < n; v++) {
        const struct jx_tile_cursor *c = &p->cursors[v];
        char *base = c->storage >= 0 ? run->storages[c->storage] : (char *)t + p->slots_at;
        t->p[v] = base + c->offset;
    }
    for (int l = 0; l < p->n_loops; l++)
        for (int v = 0; t->at[l] && v < n; v++)
            t->p[v] += t->at[l] * p->stride[l * n + v];
}

static void split(const int64_t *count, int begin, int end, int64_t index, int64_t *at)
{
    for (int l = end; l-- > begin;) {
        at[l] = index % count[l];
        index /= count[l];
    }
}

/* The next tile of loops [begin, end); false after the last, when cursors and counters
 * stand still. */
static bool advance(const struct jx_tile_program *p, struct jx_tile *t, int begin, int end)
{
    int l = end - 1;
    while (l >= begin && t->at[l] == p->count[l] - 1)
        l--;
    if (l < begin)
        return false;
    t->at[l]++;
    for (int j = l + 1; j < end; j++)
        t->at[j] = 0;
    int n = p->n_cursors;
    const int64_t *by = p->advance + (size_t)l * (size_t)n;
    for (int v = 0; v < n; v++)
        t->p[v] += by[v];
    if (p->row_loop >= begin || p->col_loop >= begin)
        set_shape(p, t);
    return true;
}

static void rewind_inner(const struct jx_tile_program *p, struct jx_tile *t)
{
    for (int l = p->n_outer; l < p->n_loops; l++)
        t->at[l] = 0;
    for (int v = 0; v < p->n_cursors; v++)
        t->p[v] += p->rewind[v];
    set_shape(p, t);
}

static void prologue(const struct jx_tile_program *p, struct jx_tile *t)
{
    if (t->ready)
        return;
    set_lengths(t, p->rows, p->cols);
    exec(p->ops, p->ops + p->stages[0].pre, t);
    t->ready = true;
}

static void run_tile(const struct jx_tile_program *p, struct jx_tile *t)
{
    if (p->n_loops == p->n_outer) {
        exec(p->ops + p->stages[0].pre, p->ops + p->n_ops, t);
        return;
    }
    for (const struct jx_tile_stage *s = p->stages; s < p->stages + p->n_stages; s++) {
        exec(p->ops + s->pre, p->ops + s->body, t);
        if (s->body < s->post) {
            do
                exec(p->ops + s->body, p->ops + s->post, t);
            while (advance(p, t, p->n_outer, p->n_loops));
            rewind_inner(p, t);
        }
        exec(p->ops + s->post, p->ops + s[1].pre, t);
    }
}

static void run_outer(const struct jx_tile_program *p, const struct jx_tile_run *run,
                      struct jx_tile *t, int64_t begin, int64_t end)
{
    memset(t->at, 0, sizeof t->at);
    split(p->count, 0, p->n_outer, begin, t->at);
    seek(p, run, t);
    prologue(p, t);
    set_shape(p, t);
    for (; run_tile(p, t), ++begin < end;)
        advance(p, t, 0, p->n_outer);
}

/* ---- cut in chunks --------------------------------------------------------------------------- */

struct cut {
    const struct jx_tile_program *p;
    const struct jx_tile_run *run;
    struct jx_tile *shared, *own;
    int stage;
};

static void run_chunk(const struct cut *c, int64_t chunk)
{
    const struct jx_tile_program *p = c->p;
    const struct jx_tile_stage *s = &p->stages[c->stage];
    struct jx_tile *t = c->own;
    char *record = c->run->chunks + (size_t)chunk * p->chunk_size;
    int64_t begin = chunk * p->chunk_tiles, n = p->n_inner_tiles - begin;
    split(p->count, p->n_outer, p->n_loops, begin, t->at);
    seek(p, c->run, t);
    set_shape(p, t);
    for (const struct jx_tile_partial *x = p->partials; x < p->partials + p->n_partials; x++) {
        if (x->stage != c->stage)
            continue;
        t->p[x->p] = memcpy(record + x->offset, c->shared->p[x->p], x->size);
        if (x->arg)
            t->p[x->second] =
                memcpy(record + x->second_offset, c->shared->p[x->second], x->second_size);
    }
    if (n > p->chunk_tiles)
        n = p->chunk_tiles;
    for (; exec(p->ops + s->body, p->ops + s->post, t), --n > 0;)
        advance(p, t, p->n_outer, p->n_loops);
}

/* Record i + width joins record i, pair by pair, until one is left. */
static void join(const struct cut *c, const struct jx_tile_partial *x)
{
    const struct jx_tile_program *p = c->p;
    struct jx_tile *t = c->own;
    struct jx_tile_op op = {.run = x->join, .cls = x->cls, .d = x->p, .c = x->second};
    op.a = (uint16_t)(p->n_pointers - 2);
    op.b = (uint16_t)(p->n_pointers - 1);
    for (int64_t width = 1; width < p->n_chunks; width *= 2)
        for (int64_t i = 0; i + width < p->n_chunks; i += 2 * width) {
            char *to = c->run->chunks + (size_t)i * p->chunk_size,
                 *from = to + (size_t)width * p->chunk_size;
            t->p[x->p] = to + x->offset;
            if (x->arg) {
                t->p[x->second] = to + x->second_offset;
                t->p[op.a] = from + x->second_offset;
                t->p[op.b] = from + x->offset;
            } else {
                t->p[op.a] = to + x->offset;
                t->p[op.b] = from + x->offset;
            }
            x->join(&op, t);
        }
    memcpy(c->shared->p[x->p], c->run->chunks + x->offset, x->size);
    if (x->arg)
        memcpy(c->shared->p[x->second], c->run->chunks + x->second_offset, x->second_size);
}

static void run_cut_stage(struct cut *c, struct jx_team *team, int thread)
{
    const struct jx_tile_program *p = c->p;
    const struct jx_tile_stage *s = &p->stages[c->stage];
    if (thread == 0)
        exec(p->ops + s->pre, p->ops + s->body, c->shared);
    if (s->body < s->post) {
        if (team)
            jx_team_barrier(team);
        memcpy(c->own, c->shared,
               p->slots_at); /* the pointers too: what is shared is read where it is */
        set_slots(p, c->own, p->n_shared_slots);
        if (team) {
            struct jx_loop loop;
            int64_t begin, end;
            jx_loop_begin(&loop, team, thread, p->n_chunks, 1);
            while (jx_loop_next(&loop, &begin, &end))
                for (; begin < end; begin++)
                    run_chunk(c, begin);
            jx_team_barrier(team);
        } else {
            for (int64_t i = 0; i < p->n_chunks; i++)
                run_chunk(c, i);
        }
        for (int i = 0; thread == 0 && i < p->n_partials; i++)
            if (p->partials[i].stage == c->stage)
                join(c, &p->partials[i]);
    }
    if (thread == 0)
        exec(p->ops + s->post, p->ops + s[1].pre, c->shared);
}

static void run_cut(const struct jx_tile_program *p, const struct jx_tile_run *run,
                    struct jx_team *team, int thread)
{
    struct cut c = {p, run, (struct jx_tile *)(void *)run->shared, tile_of(run, thread), 0};
    for (int64_t tile = 0; tile < p->n_outer_tiles; tile++) {
        if (thread == 0) {
            if (tile == 0)
                set_fixed(p, c.shared);
            memset(c.shared->at, 0, sizeof c.shared->at);
            split(p->count, 0, p->n_outer, tile, c.shared->at);
            seek(p, run, c.shared);
            prologue(p, c.shared);
            set_shape(p, c.shared);
        }
        for (c.stage = 0; c.stage < p->n_stages; c.stage++)
            run_cut_stage(&c, team, thread);
    }
}

/* ---- what others call ------------------------------------------------------------------------ */

void jx_tile_run(const struct jx_tile_program *p, const struct jx_tile_run *run,
                 struct jx_team *team, int thread)
{
    if (p->n_chunks > 1) {
        run_cut(p, run, team, thread);
        return;
    }
    struct jx_tile *t = tile_of(run, thread);
    set_fixed(p, t);
    if (!team) {
        run_outer(p, run, t, 0, p->n_outer_tiles);
        return;
    }
    struct jx_loop loop;
    int64_t begin, end,
        grain = (int64_t)(5000 / (p->cost / (double)p->n_outer_tiles + 1)) + 1; /* some 5 us */
    jx_loop_begin(&loop, team, thread, p->n_outer_tiles, grain);
    while (jx_loop_next(&loop, &begin, &end))
        run_outer(p, run, t, begin, end);
}

void jx_tile_begin(const struct jx_tile_program *p, const struct jx_tile_run *run, int thread)
{
    struct jx_tile *t = tile_of(run, thread);
    set_fixed(p, t);
    memset(t->at, 0, sizeof t->at);
}

void jx_tile_block(const struct jx_tile_program *p, const struct jx_tile_run *run, int thread,
                   const int64_t *at, int64_t rows, int64_t cols, char *product)
{
    struct jx_tile *t = tile_of(run, thread);
    for (int l = 0; l < p->n_loops; l++)
        t->at[l] = at[l];
    seek(p, run, t);
    for (int v = 0; v < p->n_cursors; v++)
        if (p->cursors[v].storage == JX_CURSOR_PRODUCT)
            t->p[v] = product;
    prologue(p, t);
    set_lengths(t, rows, cols);
    exec(p->ops + p->stages[0].pre, p->ops + p->n_ops, t);
}
