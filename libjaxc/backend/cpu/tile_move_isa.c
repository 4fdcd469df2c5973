/*
 * backend/cpu/tile_move_isa.c - what brings elements to where a loop wants them: strided and
 * transposed copies, broadcasts, guarded loads, indices.
 *
 * Invariant: elements are moved as integers of their size, so no bit changes.
 */
#include "backend/cpu/tile.h"
#include "backend/cpu/tile_isa.h"
#include "kernel/scalar_math.h"

#include <string.h>

static int64_t n_rows(const struct jx_tile *t, int cls)
{
    return cls & JX_CLASS_ROWS ? t->len[JX_CLASS_ROWS] : 1;
}

static int64_t n_cols(const struct jx_tile *t, int cls)
{
    return cls & JX_CLASS_COLS ? t->len[JX_CLASS_COLS] : 1;
}

static int64_t guard_origin(const struct jx_tile_guard *g, const struct jx_tile *t)
{
    int64_t at = g->offset;
    for (int l = 0; l < g->n_loops; l++)
        at += g->loop[l] * t->at[l];
    return at;
}

/* Elements [*first, *last) of a row for which 0 <= origin + step * c < limit. */
static void clip(int64_t origin, int64_t step, int64_t limit, int64_t *first, int64_t *last)
{
    int64_t lo, hi;
    if (step == 0) {
        lo = 0;
        hi = origin >= 0 && origin < limit ? *last : 0;
    } else if (step > 0) {
        lo = origin >= 0 ? 0 : (-origin + step - 1) / step;
        hi = origin >= limit ? 0 : (limit - origin + step - 1) / step;
    } else {
        lo = origin < limit ? 0 : (origin - limit) / -step + 1;
        hi = origin < 0 ? 0 : origin / -step + 1;
    }
    if (lo > *first)
        *first = lo;
    if (hi < *last)
        *last = hi;
    if (*first > *last)
        *first = *last;
}

/* ---- square blocks --------------------------------------------------------------------------- */

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
/* vec: in registers and on the stack; memory: wherever elements lie. */
typedef u32 vec_32 __attribute__((vector_size(VECTOR)));
typedef u64 vec_64 __attribute__((vector_size(VECTOR)));
typedef u32 memory_32 __attribute__((vector_size(VECTOR), aligned(4), may_alias));
typedef u64 memory_64 __attribute__((vector_size(VECTOR), aligned(8), may_alias));
enum { BLOCK_8 = 16, BLOCK_16 = 16, BLOCK_32 = VECTOR / 4, BLOCK_64 = VECTOR / 8 };

#define TRANSPOSE_PLAIN(bits)                                                                      \
    static void transpose_block_##bits(u##bits *d, int64_t dr, const u##bits *s, int64_t sc)       \
    {                                                                                              \
        for (int r = 0; r < BLOCK_##bits; r++)                                                     \
            for (int c = 0; c < BLOCK_##bits; c++)                                                 \
                d[r * dr + c] = s[r + c * sc];                                                     \
    }
TRANSPOSE_PLAIN(8)
TRANSPOSE_PLAIN(16)

/* Vectors s apart exchange what they have s lanes apart, for every s: the transpose. */
#define EXCHANGE(bits, bytes, s)                                                                   \
    for (int i = 0; i < BLOCK_##bits; i++)                                                         \
        if (!(i & s)) {                                                                            \
            vec_##bits a = v[i], b = v[i + s];                                                     \
            v[i] = __builtin_shufflevector(a, b, LANES_##bytes(LOW_##s));                          \
            v[i + s] = __builtin_shufflevector(a, b, LANES_##bytes(HIGH_##s));                     \
        }
#if defined(__AVX512F__)
#define EXCHANGES_32 EXCHANGE(32, 4, 8) EXCHANGE(32, 4, 4) EXCHANGE(32, 4, 2) EXCHANGE(32, 4, 1)
#define EXCHANGES_64 EXCHANGE(64, 8, 4) EXCHANGE(64, 8, 2) EXCHANGE(64, 8, 1)
#elif defined(__AVX2__)
#define EXCHANGES_32 EXCHANGE(32, 4, 4) EXCHANGE(32, 4, 2) EXCHANGE(32, 4, 1)
#define EXCHANGES_64 EXCHANGE(64, 8, 2) EXCHANGE(64, 8, 1)
#else
#define EXCHANGES_32 EXCHANGE(32, 4, 2) EXCHANGE(32, 4, 1)
#define EXCHANGES_64 EXCHANGE(64, 8, 1)
#endif
#define TRANSPOSE_BLOCK(bits)                                                                      \
    static void transpose_block_##bits(u##bits *d, int64_t dr, const u##bits *s, int64_t sc)       \
    {                                                                                              \
        vec_##bits v[BLOCK_##bits];                                                                \
        for (int i = 0; i < BLOCK_##bits; i++)                                                     \
            v[i] = *(const memory_##bits *)(s + i * sc);                                           \
        EXCHANGES_##bits for (int i = 0; i < BLOCK_##bits; i++) * (memory_##bits *)(d + i * dr) =  \
            v[i];                                                                                  \
    }
TRANSPOSE_BLOCK(32)
TRANSPOSE_BLOCK(64)

/* ---- moves ----------------------------------------------------------------------------------- */

#define MOVES(bits)                                                                                                  \
    static void move_row_##bits(u##bits *d, int64_t dc, const u##bits *s, int64_t sc, int64_t n)                     \
    {                                                                                                                \
        if (dc == 1 && sc == 1) {                                                                                    \
            JX_INDEPENDENT                                                                                           \
            for (int64_t c = 0; c < n; c++)                                                                          \
                d[c] = s[c];                                                                                         \
        } else if (dc == 1 && sc == 0) {                                                                             \
            const u##bits x = s[0];                                                                                  \
            JX_INDEPENDENT                                                                                           \
            for (int64_t c = 0; c < n; c++)                                                                          \
                d[c] = x;                                                                                            \
        } else if (dc == 1 && sc == -1) {                                                                            \
            JX_INDEPENDENT                                                                                           \
            for (int64_t c = 0; c < n; c++)                                                                          \
                d[c] = s[-c];                                                                                        \
        } else {                                                                                                     \
            for (int64_t c = 0; c < n; c++)                                                                          \
                d[c * dc] = s[c * sc];                                                                               \
        }                                                                                                            \
    }                                                                                                                \
                                                                                                                     \
    /* Rows of the source become columns, by square blocks that are read and written in whole vectors. */            \
    static void transpose_##bits(u##bits *d, int64_t dr, const u##bits *s, int64_t sc,                               \
                                 int64_t rows, int64_t cols)                                                         \
    {                                                                                                                \
        enum { B = BLOCK_##bits };                                                                                   \
        for (int64_t c0 = 0; c0 < cols; c0 += B) {                                                                   \
            for (int64_t r0 = 0; r0 < rows; r0 += B) {                                                               \
                const u##bits *from = s + r0 + c0 * sc;                                                              \
                u##bits *to = d + r0 * dr + c0;                                                                      \
                if (rows - r0 >= B && cols - c0 >= B) {                                                              \
                    transpose_block_##bits(to, dr, from, sc);                                                        \
                } else {                                                                                             \
                    for (int64_t r = 0; r < rows - r0 && r < B; r++)                                                 \
                        for (int64_t c = 0; c < cols - c0 && c < B; c++)                                             \
                            to[r * dr + c] = from[r + c * sc];                                                       \
                }                                                                                                    \
            }                                                                                                        \
        }                                                                                                            \
    }                                                                                                                \
                                                                                                                     \
    /* One value for each row, over rows shorter than a vector: what is written too far, the next row overwrites. */ \
    static void spread_rows_##bits(u##bits *d, const u##bits *s, int64_t rows, int64_t cols)                         \
    {                                                                                                                \
        enum { L = 64 / sizeof(u##bits) };                                                                           \
        int64_t r = 0;                                                                                               \
        for (; r < rows && r * cols + L <= rows * cols; r++)                                                         \
            for (int l = 0; l < L; l++)                                                                              \
                d[r * cols + l] = s[r];                                                                              \
        for (; r < rows; r++)                                                                                        \
            for (int64_t c = 0; c < cols; c++)                                                                       \
                d[r * cols + c] = s[r];                                                                              \
    }                                                                                                                \
                                                                                                                     \
    static void move_block_##bits(u##bits *d, int64_t dr, int64_t dc, const u##bits *s,                              \
                                  int64_t sr, int64_t sc, int64_t rows, int64_t cols)                                \
    {                                                                                                                \
        if (dc == 1 && sr == 1 && sc != 1 && sc != 0 && rows > 1 && cols > 1)                                        \
            transpose_##bits(d, dr, s, sc, rows, cols);                                                              \
        else if (sc == 1 && dr == 1 && dc != 1 && rows > 1 && cols > 1)                                              \
            transpose_##bits(d, dc, s, sr, cols, rows);                                                              \
        else if (dc == 1 && dr == cols && sr == 1 && sc == 0 && cols < 64 / (int64_t)sizeof *d)                      \
            spread_rows_##bits(d, s, rows, cols);                                                                    \
        else                                                                                                         \
            for (int64_t r = 0; r < rows; r++)                                                                       \
                move_row_##bits(d + r * dr, dc, s + r * sr, sc, cols);                                               \
    }                                                                                                                \
                                                                                                                     \
    static void move_##bits(const struct jx_tile_op *o, struct jx_tile *t)                                           \
    {                                                                                                                \
        const struct jx_tile_move *m = o->move;                                                                      \
        int64_t rows = n_rows(t, o->cls), cols = n_cols(t, o->cls);                                                  \
        move_block_##bits((u##bits *)(void *)t->p[o->d],                                                             \
                          m->dst_row == JX_DENSE ? cols : m->dst_row, m->dst_col,                                    \
                          (const u##bits *)(const void *)t->p[o->a],                                                 \
                          m->src_row == JX_DENSE ? cols : m->src_row, m->src_col, rows, cols);                       \
    }                                                                                                                \
                                                                                                                     \
    static void load_dense_##bits(const struct jx_tile_op *o, struct jx_tile *t)                                     \
    {                                                                                                                \
        int64_t rows = n_rows(t, o->cls), cols = n_cols(t, o->cls), sr = o->move->src_row;                           \
        if (rows == 1 || sr == cols) {                                                                               \
            t->p[o->d] = t->p[o->a];                                                                                 \
            return;                                                                                                  \
        }                                                                                                            \
        u##bits *d = (u##bits *)(void *)(t->p[o->d] = t->p[o->c]);                                                   \
        const u##bits *s = (const u##bits *)(const void *)t->p[o->a];                                                \
        for (int64_t r = 0; r < rows; r++)                                                                           \
            move_row_##bits(d + r * cols, 1, s + r * sr, 1, cols);                                                   \
    }                                                                                                                \
                                                                                                                     \
    static void store_dense_##bits(const struct jx_tile_op *o, struct jx_tile *t)                                    \
    {                                                                                                                \
        if (t->p[o->a] != t->p[o->d])                                                                                \
            move_##bits(o, t);                                                                                       \
    }                                                                                                                \
                                                                                                                     \
    /* One row that steps over places between the elements of a dilated axis: element by element. */                 \
    static void move_dilated_##bits(u##bits *d, const u##bits *s, const struct jx_tile_move *m,                      \
                                    const int64_t *origin, int64_t first, int64_t last)                              \
    {                                                                                                                \
        for (int64_t c = first; c < last; c++) {                                                                     \
            int64_t at = c * m->src_col;                                                                             \
            bool valid = true;                                                                                       \
            for (int i = 0; i < m->n_guards && valid; i++) {                                                         \
                const struct jx_tile_guard *g = &m->guards[i];                                                       \
                int64_t place = origin[i] + c * g->col;                                                              \
                valid = place % g->step == 0;                                                                        \
                at += place / g->step * g->stride;                                                                   \
            }                                                                                                        \
            d[c] = valid ? s[at] : m->fill.u##bits;                                                                  \
        }                                                                                                            \
    }                                                                                                                \
                                                                                                                     \
    static void move_guarded_##bits(const struct jx_tile_op *o, struct jx_tile *t)                                   \
    {                                                                                                                \
        const struct jx_tile_move *m = o->move;                                                                      \
        int64_t rows = n_rows(t, o->cls), cols = n_cols(t, o->cls);                                                  \
        int64_t origin[JX_MAX_AXES], sr = m->src_row, sc = m->src_col, at = 0;                                       \
        bool whole = true, linear = true;                                                                            \
        for (int i = 0; i < m->n_guards; i++) {                                                                      \
            const struct jx_tile_guard *g = &m->guards[i];                                                           \
            origin[i] = guard_origin(g, t);                                                                          \
            if (g->step != 1) {                                                                                      \
                whole = linear = false;                                                                              \
                continue;                                                                                            \
            }                                                                                                        \
            at += origin[i] * g->stride;                                                                             \
            sr += g->row * g->stride;                                                                                \
            sc += g->col * g->stride;                                                                                \
            int64_t low = origin[i], high = origin[i];                                                               \
            *(g->row < 0 ? &low : &high) += g->row * (rows - 1);                                                     \
            *(g->col < 0 ? &low : &high) += g->col * (cols - 1);                                                     \
            whole = whole && low >= 0 && high < g->limit;                                                            \
        }                                                                                                            \
        const u##bits *s = (const u##bits *)(const void *)t->p[o->a];                                                \
        if (whole && (cols == 1 || sc == 1) && (rows == 1 || sr == cols)) {                                          \
            t->p[o->d] = (char *)(uintptr_t)(const void *)(s + at);                                                  \
            return;                                                                                                  \
        }                                                                                                            \
        u##bits *d = (u##bits *)(void *)(t->p[o->d] = t->p[o->c]);                                                   \
        if (whole) {                                                                                                 \
            move_block_##bits(d, cols, 1, s + at, sr, sc, rows, cols);                                               \
            return;                                                                                                  \
        }                                                                                                            \
        for (int64_t r = 0; r < rows; r++, d += cols) {                                                              \
            int64_t first = 0, last = cols;                                                                          \
            for (int i = 0; i < m->n_guards; i++)                                                                    \
                clip(origin[i], m->guards[i].col, m->guards[i].limit, &first, &last);                                \
            if (last > first && linear)                                                                              \
                move_row_##bits(d + first, 1, s + at + r * sr + first * sc, sc, last - first);                       \
            else if (last > first)                                                                                   \
                move_dilated_##bits(d, s + r * m->src_row, m, origin, first, last);                                  \
            move_row_##bits(d, 1, &m->fill.u##bits, 0, first);                                                       \
            move_row_##bits(d + last, 1, &m->fill.u##bits, 0, cols - last);                                          \
            for (int i = 0; i < m->n_guards; i++)                                                                    \
                origin[i] += m->guards[i].row;                                                                       \
        }                                                                                                            \
    }

/* Rows whose address does not change along them are moved whole. */
#define TAKE(bits)                                                                                 \
    static void take_##bits(const struct jx_tile_op *o, struct jx_tile *t)                         \
    {                                                                                              \
        const struct jx_tile_move *m = o->move;                                                    \
        int64_t rows = n_rows(t, o->cls), cols = n_cols(t, o->cls);                                \
        int64_t row = m->dst_row == JX_DENSE ? cols : m->dst_row, col = m->dst_col;                \
        u##bits *d = (void *)t->p[o->d];                                                           \
        const u##bits *s = (const void *)t->p[o->a], fill = m->fill.u##bits;                       \
        const int64_t *at = (const void *)t->p[o->b];                                              \
        const u8 *valid = (const void *)t->p[o->c];                                                \
        bool masked = o->flags & JX_OP_MASKED;                                                     \
        for (int64_t r = 0; r < rows; r++, d += cols, at += row, valid += masked ? row : 0) {      \
            const u##bits *from = s + r * m->src_row;                                              \
            if (col == 0 && (!masked || *valid)) {                                                 \
                move_row_##bits(d, 1, from + *at, m->src_col, cols);                               \
            } else if (col == 0) {                                                                 \
                move_row_##bits(d, 1, &fill, 0, cols);                                             \
            } else if (masked) {                                                                   \
                for (int64_t c = 0; c < cols; c++)                                                 \
                    d[c] = valid[c] ? from[at[c] + c * m->src_col] : fill;                         \
            } else {                                                                               \
                for (int64_t c = 0; c < cols; c++)                                                 \
                    d[c] = from[at[c] + c * m->src_col];                                           \
            }                                                                                      \
        }                                                                                          \
    }

MOVES(8)
MOVES(16)
MOVES(32)
MOVES(64)
TAKE(8)
TAKE(16)
TAKE(32)
TAKE(64)

static void open_dense(const struct jx_tile_op *o, struct jx_tile *t)
{
    bool dense = n_rows(t, o->cls) == 1 || o->move->dst_row == n_cols(t, o->cls);
    t->p[o->d] = t->p[dense ? o->a : o->c];
}

/* The low bits of an index are those of its low word; a float needs the number itself, which mostly
 * fits one. */
#define COUNT_BITS(tag, word)                                                                      \
    static void count_##tag(const struct jx_tile_op *o, struct jx_tile *t)                         \
    {                                                                                              \
        const struct jx_tile_guard *g = &o->move->index;                                           \
        int64_t rows = n_rows(t, o->cls), cols = n_cols(t, o->cls);                                \
        word at = (word)guard_origin(g, t), step = (word)g->col;                                   \
        JX_C(tag) *d = (void *)t->p[o->d];                                                         \
        for (int64_t r = 0; r < rows; r++, d += cols, at += (word)g->row) {                        \
            JX_INDEPENDENT                                                                         \
            for (int64_t c = 0; c < cols; c++)                                                     \
                d[c] = (JX_C(tag))(at + step * (word)c);                                           \
        }                                                                                          \
    }
COUNT_BITS(u8, uint8_t)
COUNT_BITS(u32, uint32_t)
COUNT_BITS(i32, uint32_t)
COUNT_BITS(u64, uint64_t)
COUNT_BITS(i64, uint64_t)

#define COUNT(tag)                                                                                 \
    static void count_##tag(const struct jx_tile_op *o, struct jx_tile *t)                         \
    {                                                                                              \
        const struct jx_tile_guard *g = &o->move->index;                                           \
        int64_t rows = n_rows(t, o->cls), cols = n_cols(t, o->cls), at = guard_origin(g, t);       \
        JX_C(tag) *d = (void *)t->p[o->d];                                                         \
        for (int64_t r = 0; r < rows; r++, d += cols, at += g->row) {                              \
            int64_t end = at + g->col * (cols - 1);                                                \
            if (at >= INT32_MIN && at <= INT32_MAX && end >= INT32_MIN && end <= INT32_MAX) {      \
                JX_INDEPENDENT                                                                     \
                for (int32_t c = 0; c < (int32_t)cols; c++)                                        \
                    d[c] = jx_convert_i32_##tag((int32_t)at + (int32_t)g->col * c);                \
            } else {                                                                               \
                JX_INDEPENDENT                                                                     \
                for (int64_t c = 0; c < cols; c++)                                                 \
                    d[c] = jx_convert_i64_##tag(at + g->col * c);                                  \
            }                                                                                      \
        }                                                                                          \
    }
COUNT(b1)
COUNT(f32)
COUNT(f64)

#define ENTRY(tag) [JX_TAG_##tag] = count_##tag,
const struct jx_tile_move_ops JX_ISA_TABLE(jx_tile_move_ops) = {
    .count = {JX_DTYPE_TAGS(ENTRY)},
    .move = {move_8, move_16, move_32, move_64},
    .take = {take_8, take_16, take_32, take_64},
    .move_guarded = {move_guarded_8, move_guarded_16, move_guarded_32, move_guarded_64},
    .load_dense = {load_dense_8, load_dense_16, load_dense_32, load_dense_64},
    .store_dense = {store_dense_8, store_dense_16, store_dense_32, store_dense_64},
    .open_dense = open_dense,
};
