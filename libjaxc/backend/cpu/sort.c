/*
 * backend/cpu/sort.c - sorts: the order of a row's elements, and the row's arrays in that order.
 *
 * A key is a number whose order is that of the dtype: NaN greatest, -0 like 0. Keys of up to 32 bits
 * stand above their positions in one number each, which are sorted by digits, the lowest first; wider
 * keys stand beside them. With several keys the last comes first, which is right as every pass is
 * stable. Where only few of the last elements are asked for, they are picked out.
 *
 * An order is unique, so no result depends on the method or on the threads. These share the rows, or
 * the chunks of a long one, which are counted and then moved.
 */
#include "backend/cpu/cpu.h"

#include <math.h>

enum {
    FEW = 48,           /* below, rows are sorted by insertion */
    SMALL = 4096,       /* below, digits have 8 bits, else 11 */
    PICKED = 128,       /* at most so many are picked out */
    BLOCK = 64,         /* and whole blocks are passed over that have none of them */
    LONG_ROW = 1 << 16, /* all threads together sort so long a row, where there are */
    FEW_ROWS = 4,       /*   at most so many */
    CHUNK = 1 << 16,
    MAX_CHUNKS = 64
};

struct pair {
    uint64_t key;
    int64_t at;
};

struct sorting {
    const struct jx_routine_step *s;
    const struct jx_tile_run *run;
    struct jx_team *team; /* NULL: a thread alone */
    int thread;
    int64_t row, n, first; /* elements before it in the order do not matter */
    int64_t chunk, n_chunks;
    uint64_t *p, *other;
    uint32_t *counts, *skips; /* of each chunk a table; skips[0]: all have the digit */
    bool *lossy;              /* of each chunk: has keys that do not tell their elements */
    int bits, shift;          /* of the digit */
    int load;                 /* whose elements are moved */
};

/* ---- memory ---------------------------------------------------------------------------------- */

static bool is_packed(const struct jx_routine_step *s)
{
    for (int k = 0; k < s->routine.n_keys; k++)
        if (s->views[k].size > 4)
            return false;
    return true;
}

static bool is_picked(const struct jx_routine_step *s)
{
    int64_t n = s->dims[s->n_outer], k = n - s->routine.first;
    return is_packed(s) && s->routine.n_keys == 1 && k <= PICKED && k < n / 2;
}

static bool is_together(const struct jx_routine_step *s)
{
    int64_t rows = 1;
    for (int k = 0; k < s->n_outer && rows <= FEW_ROWS; k++)
        rows *= s->dims[k];
    return is_packed(s) && !is_picked(s) && s->dims[s->n_outer] >= LONG_ROW && rows <= FEW_ROWS;
}

static int64_t chunk_of(const struct jx_routine_step *s)
{
    int64_t n = s->dims[s->n_outer];
    if (!is_together(s))
        return n;
    return n / MAX_CHUNKS >= CHUNK ? n / MAX_CHUNKS + 1 : CHUNK;
}

static int bits_of(int64_t n) { return n < SMALL ? 8 : 11; }

bool jx_sort_prepare(struct jx_routine_step *s, double points)
{
    int64_t n = s->dims[s->n_outer];
    size_t each = is_packed(s) ? 2 * sizeof(uint64_t) : 2 * sizeof(struct pair);
    size_t kept = (size_t)(is_picked(s) ? n - s->routine.first : n);
    int64_t n_chunks = n ? (n + chunk_of(s) - 1) / chunk_of(s) : 0;
    size_t tables = sizeof(uint32_t) * (((size_t)n_chunks << bits_of(n)) + 1) + MAX_CHUNKS + 1;
    if (n > UINT32_MAX || !jx_mul_size(kept, each, &s->memory) ||
        !jx_add_size(s->memory, tables, &s->memory))
        return jx_fail(JAXC_ELIMIT, "rows of %lld elements are too long to be sorted",
                       (long long)n);
    s->cost = is_picked(s) ? 0.5 * points : points * (20 * s->routine.n_keys + 5 * s->n_stores);
    return true;
}

/* ---- chunks ---------------------------------------------------------------------------------- */

static void meet(const struct sorting *t)
{
    if (t->team)
        jx_team_barrier(t->team);
}

/* f for every chunk of the row; all are done when it returns. */
static void each_chunk(struct sorting *t,
                       void (*f)(struct sorting *, int64_t chunk, int64_t from, int64_t to))
{
    struct jx_loop loop;
    int64_t begin = 0, end = t->n_chunks;
    if (t->team)
        jx_loop_begin(&loop, t->team, t->thread, end, 1);
    for (bool more = !t->team || jx_loop_next(&loop, &begin, &end); more;
         more = t->team && jx_loop_next(&loop, &begin, &end))
        for (; begin < end; begin++) {
            int64_t from = begin * t->chunk, to = from + t->chunk < t->n ? from + t->chunk : t->n;
            f(t, begin, from, to);
        }
    meet(t);
}

/* ---- keys ------------------------------------------------------------------------------------ */

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

/* The same of a dtype of at most 32 bits in as many. */
static uint32_t short_key_of(const char *p, jaxc_dtype dtype)
{
    union jx_scalar x = jx_scalar_load(p, dtype);
    switch (jx_dtype_info(dtype)->category) {
    case JX_CAT_FLOAT: {
        float f = (float)x.f; /* holds them all */
        uint32_t bits;
        if (isnan(f))
            return UINT32_MAX;
        f = f == 0 ? 0 : f;
        memcpy(&bits, &f, sizeof bits);
        return bits ^ (bits >> 31 ? UINT32_MAX : 0x80000000u);
    }
    case JX_CAT_SIGNED: return (uint32_t)x.u ^ 0x80000000u;
    default: return (uint32_t)x.u;
    }
}

static const struct jx_sort_ops *ops_of(const struct jx_routine_view *v)
{
    return &JX_ISA_CHOOSE(jx_routine_ops, jx_isa())->sort[jx_routine_tag(v->dtype)];
}

/* to[i] for the elements [from, to) of the load; whether there is a key that does not tell its
 * element. */
static bool write_keys(const struct sorting *t, const char *x, const struct jx_routine_view *v,
                       int64_t from, int64_t end, uint64_t *to)
{
    int64_t step = v->stride[t->s->n_outer];
    if (ops_of(v)->keys)
        return ops_of(v)->keys(to, x + from * step, step, from, end - from);
    for (int64_t i = from; i < end; i++)
        to[i - from] = (uint64_t)short_key_of(x + i * step, v->dtype) << 32 | (uint64_t)i;
    return true;
}

static void first_keys(struct sorting *t, int64_t chunk, int64_t from, int64_t to)
{
    const char *x = jx_routine_place(t->s, t->run, t->load, t->row, -1);
    t->lossy[chunk] = write_keys(t, x, &t->s->views[t->load], from, to, t->p + from);
}

/* Of the elements in the order so far. */
static void next_keys(struct sorting *t, int64_t chunk, int64_t from, int64_t to)
{
    const struct jx_routine_view *v = &t->s->views[t->load];
    const char *x = jx_routine_place(t->s, t->run, t->load, t->row, -1);
    (void)chunk;
    for (int64_t i = from; i < to; i++) {
        uint32_t at = (uint32_t)t->p[i];
        t->p[i] = (uint64_t)short_key_of(x + at * v->stride[t->s->n_outer], v->dtype) << 32 | at;
    }
}

/* ---- by digits ------------------------------------------------------------------------------- */

static uint32_t *table_of(const struct sorting *t, int64_t chunk)
{
    return t->counts + ((size_t)chunk << t->bits);
}

static void count(struct sorting *t, int64_t chunk, int64_t from, int64_t to)
{
    uint32_t *table = table_of(t, chunk), mask = (1u << t->bits) - 1;
    memset(table, 0, sizeof *table << t->bits);
    for (int64_t i = from; i < to; i++)
        table[t->p[i] >> t->shift & mask]++;
}

/* From counts to where each chunk's elements of a digit begin. */
static void begin_digits(struct sorting *t)
{
    uint32_t at = 0;
    bool all = false;
    for (uint32_t d = 0; d < 1u << t->bits; d++) {
        uint32_t before = at;
        for (int64_t c = 0; c < t->n_chunks; c++) {
            uint32_t *p = table_of(t, c) + d, n = *p;
            *p = at;
            at += n;
        }
        all = all || at - before == t->n;
    }
    t->skips[0] = all;
}

static void move(struct sorting *t, int64_t chunk, int64_t from, int64_t to)
{
    uint32_t *table = table_of(t, chunk), mask = (1u << t->bits) - 1;
    const uint64_t *p = t->p;
    uint64_t *other = t->other;
    int shift = t->shift;
    for (int64_t i = from; i < to; i++)
        other[table[p[i] >> shift & mask]++] = p[i];
}

static void insertion_sort(uint64_t *p, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        uint64_t x = p[i];
        int64_t j = i;
        for (; j > 0 && p[j - 1] >> 32 > x >> 32; j--)
            p[j] = p[j - 1];
        p[j] = x;
    }
}

static void sort_keys(struct sorting *t)
{
    if (t->n < FEW) {
        insertion_sort(t->p, t->n);
        return;
    }
    for (t->shift = 32; t->shift < 64; t->shift += t->bits) {
        each_chunk(t, count);
        if (t->thread == 0 || !t->team)
            begin_digits(t);
        meet(t);
        if (t->skips[0])
            continue;
        each_chunk(t, move);
        uint64_t *swap = t->p;
        t->p = t->other;
        t->other = swap;
    }
}

/* ---- wide keys ------------------------------------------------------------------------------- */

static void insertion_sort_pairs(struct pair *p, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        struct pair x = p[i];
        int64_t j = i;
        for (; j > 0 && p[j - 1].key > x.key; j--)
            p[j] = p[j - 1];
        p[j] = x;
    }
}

/* Bytes that all keys share are passed over. Gives where the result is: one of the two. */
static struct pair *sort_pairs(struct pair *p, struct pair *other, int64_t n)
{
    uint64_t all = p[0].key, any = 0;
    for (int64_t i = 1; i < n; i++)
        any |= p[i].key ^ all;
    for (int shift = 0; shift < 64; shift += 8) {
        int64_t counts[257] = {0};
        if (!(any >> shift & 0xff))
            continue;
        for (int64_t i = 0; i < n; i++)
            counts[(p[i].key >> shift & 0xff) + 1]++;
        for (int b = 0; b < 256; b++)
            counts[b + 1] += counts[b];
        for (int64_t i = 0; i < n; i++)
            other[counts[p[i].key >> shift & 0xff]++] = p[i];
        struct pair *swap = p;
        p = other;
        other = swap;
    }
    return p;
}

static void sort_wide(struct sorting *t)
{
    struct pair *p = (struct pair *)(void *)t->p, *other = p + t->n;
    for (int64_t i = 0; i < t->n; i++)
        p[i].at = i;
    for (int k = t->s->routine.n_keys; k-- > 0;) {
        const struct jx_routine_view *v = &t->s->views[k];
        const char *x = jx_routine_place(t->s, t->run, k, t->row, -1);
        for (int64_t i = 0; i < t->n; i++)
            p[i].key = key_of(x + p[i].at * v->stride[t->s->n_outer], v->dtype);
        if (t->n < FEW) {
            insertion_sort_pairs(p, t->n);
        } else {
            struct pair *sorted = sort_pairs(p, other, t->n);
            other = sorted == p ? other : p;
            p = sorted;
        }
    }
    uint64_t *at = (uint64_t *)(void *)other;
    for (int64_t i = 0; i < t->n; i++)
        at[i] = (uint64_t)p[i].at;
    t->p = at;
    t->other = (uint64_t *)(void *)p;
    t->lossy[0] = true;
}

/* ---- the greatest few ------------------------------------------------------------------------ */

/* Backwards: then of equal elements those that count as greater come first, and only a greater key
 * makes place for itself. */
static void pick(struct sorting *t)
{
    const struct jx_routine_view *v = &t->s->views[0];
    const char *x = jx_routine_place(t->s, t->run, 0, t->row, -1);
    const struct jx_sort_ops *ops = ops_of(v);
    int64_t step = v->stride[t->s->n_outer], k = t->n - t->first, end = t->first;
    uint64_t keys[BLOCK], *best = t->p;
    t->lossy[0] = write_keys(t, x, v, t->first, t->n, best);
    /* the row's own end, in order */
    for (int64_t i = 1; i < k; i++) {
        uint64_t y = best[i];
        int64_t j = i;
        for (; j > 0 && best[j - 1] > y; j--)
            best[j] = best[j - 1];
        best[j] = y;
    }
    for (int64_t begin; end > 0; end = begin) {
        begin = end > BLOCK ? end - BLOCK : 0;
        if (ops->above &&
            !ops->above(x + begin * step, step, end - begin, (uint32_t)(best[0] >> 32)))
            continue;
        t->lossy[0] |= write_keys(t, x, v, begin, end, keys);
        uint64_t most = best[0] | UINT32_MAX; /* of the key that a greater one drives out */
        for (int64_t i = end - begin; i-- > 0;) {
            uint64_t key = keys[i];
            if (key <= most)
                continue;
            int64_t j = 0;
            for (; j + 1 < k && best[j + 1] < key; j++)
                best[j] = best[j + 1];
            best[j] = key;
            most = best[0] | UINT32_MAX;
        }
    }
}

/* ---- results --------------------------------------------------------------------------------- */

static void gather(struct sorting *t, int64_t chunk, int64_t from, int64_t to)
{
    const struct jx_routine_view *v = &t->s->views[t->load];
    const char *x = jx_routine_place(t->s, t->run, t->load, t->row, -1);
    int64_t step = v->stride[t->s->n_outer];
    size_t size = (size_t)v->size;
    char *copy = (char *)t->other;
    (void)chunk;
    for (int64_t j = from > t->first ? from : t->first; j < to; j++) {
        const char *y = x + (uint32_t)t->p[j - t->first] * step;
        if (size == 4)
            memcpy(copy + 4 * (j - t->first), y, 4);
        else
            memcpy(copy + (size_t)(j - t->first) * size, y, size);
    }
}

static void put(struct sorting *t, int64_t chunk, int64_t from, int64_t to)
{
    const struct jx_routine_view *stores = &t->s->views[t->s->n_loads];
    size_t size = (size_t)t->s->views[t->load].size;
    (void)chunk;
    from = from > t->first ? from : t->first;
    for (int i = 0; i < t->s->n_stores && from < to; i++) {
        if (stores[i].reg != t->load)
            continue;
        int64_t step = stores[i].stride[t->s->n_outer];
        const char *copy = (const char *)t->other + (size_t)(from - t->first) * size;
        char *d = jx_routine_place(t->s, t->run, t->s->n_loads + i, t->row, -1) + from * step;
        if (step == (int64_t)size)
            memcpy(d, copy, (size_t)(to - from) * size);
        else
            for (int64_t j = 0; j < to - from; j++)
                memcpy(d + j * step, copy + (size_t)j * size, size);
    }
}

/* Elements that their keys tell. */
static void tell(struct sorting *t, int64_t chunk, int64_t from, int64_t to)
{
    const struct jx_routine_view *stores = &t->s->views[t->s->n_loads];
    (void)chunk;
    from = from > t->first ? from : t->first;
    for (int i = 0; i < t->s->n_stores && from < to; i++) {
        if (stores[i].reg != t->load)
            continue;
        int64_t step = stores[i].stride[t->s->n_outer];
        char *d = jx_routine_place(t->s, t->run, t->s->n_loads + i, t->row, -1) + from * step;
        ops_of(&stores[i])->elements(d, step, t->p + (from - t->first), to - from);
    }
}

/* By way of a copy: a store may overwrite its load. */
static void write_results(struct sorting *t)
{
    bool lossy = t->s->routine.n_keys > 1;
    for (int64_t c = 0; c < t->n_chunks; c++)
        lossy = lossy || t->lossy[c];
    for (t->load = 0; t->load < t->s->n_loads; t->load++) {
        bool stored = false;
        for (int i = 0; i < t->s->n_stores; i++)
            stored = stored || t->s->views[t->s->n_loads + i].reg == t->load;
        if (!stored)
            continue;
        if (t->load == 0 && !lossy) {
            each_chunk(t, tell);
        } else {
            each_chunk(t, gather);
            each_chunk(t, put);
        }
    }
}

/* ---- running --------------------------------------------------------------------------------- */

static void sort_row(struct sorting *t, char *memory)
{
    const struct jx_routine_step *s = t->s;
    bool packed = is_packed(s), picked = is_picked(s);
    int64_t kept = picked ? t->n - s->routine.first : t->n;
    t->first = picked ? s->routine.first : 0;
    t->p = (uint64_t *)(void *)memory;
    t->other = t->p + kept;
    t->counts =
        (uint32_t *)(void *)(memory +
                             (packed ? 2 * sizeof *t->p : 2 * sizeof(struct pair)) * (size_t)kept);
    t->skips = t->counts + ((size_t)t->n_chunks << t->bits);
    t->lossy = (bool *)(t->skips + 1);
    if (picked) {
        pick(t);
    } else if (!packed) {
        sort_wide(t);
    } else {
        for (t->load = s->routine.n_keys; t->load-- > 0;) {
            each_chunk(t, t->load == s->routine.n_keys - 1 ? first_keys : next_keys);
            sort_keys(t);
        }
    }
    write_results(t);
}

void jx_sort_run(const struct jx_routine_step *s, const struct jx_tile_run *run,
                 struct jx_team *team, int thread)
{
    int64_t begin = 0, end = 1, n = s->dims[s->n_outer];
    for (int k = 0; k < s->n_outer; k++)
        end *= s->dims[k];
    if (n == 0)
        return;
    struct sorting t = {.s = s, .run = run, .thread = thread, .n = n, .bits = bits_of(n)};
    t.chunk = chunk_of(s);
    t.n_chunks = (n + t.chunk - 1) / t.chunk;
    if (is_together(s)) {
        t.team = team;
        for (t.row = 0; t.row < end; t.row++)
            sort_row(&t, run->memory);
        return;
    }
    struct jx_loop loop;
    if (team)
        jx_loop_begin(&loop, team, thread, end, 1);
    for (bool more = !team || jx_loop_next(&loop, &begin, &end); more;
         more = team && jx_loop_next(&loop, &begin, &end))
        for (t.row = begin; t.row < end; t.row++)
            sort_row(&t, run->memory + (size_t)thread * run->stride);
}
