/*
 * backend/cpu/tile_reduce_isa.c - reductions of a tile: along its rows to one value each, or over
 * its rows to one value for each column.
 *
 * Sums along a row run in several vectors of partial sums that are joined as a tree, so the error
 * grows with the logarithm of the tile and with the number of tiles only. What is added in which
 * order depends on the extent alone.
 */
#include "backend/cpu/tile.h"
#include "backend/cpu/tile_isa.h"
#include "kernel/scalar_math.h"

#include <math.h>

static int64_t n_rows(const struct jx_tile *t, const struct jx_tile_op *o)
{
    return o->cls & JX_CLASS_ROWS ? t->len[JX_CLASS_ROWS] : 1;
}

static int64_t n_cols(const struct jx_tile *t, const struct jx_tile_op *o)
{
    return o->cls & JX_CLASS_COLS ? t->len[JX_CLASS_COLS] : 1;
}

static int64_t row_pitch(const struct jx_tile *t, const struct jx_tile_op *o)
{
    return !o->move || o->move->src_row == JX_DENSE ? n_cols(t, o) : o->move->src_row;
}

/* Vectors of a dtype, and of the integers that comparing them gives. */
#define VECTORS(tag, mask)                                                                         \
    typedef JX_C(tag) vec_##tag                                                                    \
        __attribute__((vector_size(VECTOR), aligned(sizeof(JX_C(tag))), may_alias));               \
    typedef mask mask_##tag __attribute__((vector_size(VECTOR), aligned(sizeof(mask)), may_alias));
VECTORS(u8, int8_t)
VECTORS(u32, int32_t)
VECTORS(u64, int64_t)
VECTORS(i32, int32_t)
VECTORS(i64, int64_t)
VECTORS(f32, int32_t)
VECTORS(f64, int64_t)

/* The joins on vectors; those on single elements are the scalar operations of the same names. */
#define PICK(tag, m, x, y) (vec_##tag)(((mask_##tag)(x) & (m)) | ((mask_##tag)(y) & ~(m)))
#define V_add(tag, x, y)   ((x) + (y))
#define V_mul(tag, x, y)   ((x) * (y))
#define V_and(tag, x, y)   ((x) & (y))
#define V_or(tag, x, y)    ((x) | (y))
#define V_xor(tag, x, y)   ((x) ^ (y))
#define V_max(tag, x, y)   PICK(tag, (mask_##tag)((x) > (y)) | (mask_##tag)((x) != (x)), x, y)
#define V_min(tag, x, y)   PICK(tag, (mask_##tag)((x) < (y)) | (mask_##tag)((x) != (x)), x, y)

/* Several vectors are summed up across their lanes at once: a join of pairs at distance s
 * (tile_isa.h) leaves sums of lanes s apart; after distances 1, 2, 4, ... lane i has the total of
 * vector i. */
#define LANE(i, n) (i)

#define FOLD(op, tag, bytes, s)                                                                    \
    for (int i = 0; i < L / s; i += 2) {                                                           \
        vec_##tag low = __builtin_shufflevector(v[i], v[i + 1], LANES_##bytes(LOW_##s));           \
        vec_##tag high = __builtin_shufflevector(v[i], v[i + 1], LANES_##bytes(HIGH_##s));         \
        v[i / 2] = V_##op(tag, low, high);                                                         \
    }
#define FOLD_ONE(op, tag, bytes, s)                                                                \
    {                                                                                              \
        vec_##tag high = __builtin_shufflevector(v, v, LANES_##bytes(HIGH_##s));                   \
        v = V_##op(tag, v, high);                                                                  \
    }
#if defined(__AVX512F__)
#define FOLD_ONE_4(op, tag)                                                                        \
    FOLD_ONE(op, tag, 4, 1) FOLD_ONE(op, tag, 4, 2) FOLD_ONE(op, tag, 4, 4) FOLD_ONE(op, tag, 4, 8)
#define FOLD_ONE_8(op, tag) FOLD_ONE(op, tag, 8, 1) FOLD_ONE(op, tag, 8, 2) FOLD_ONE(op, tag, 8, 4)
#define FOLD_4(op, tag)                                                                            \
    FOLD(op, tag, 4, 1) FOLD(op, tag, 4, 2) FOLD(op, tag, 4, 4) FOLD(op, tag, 4, 8)
#define FOLD_8(op, tag) FOLD(op, tag, 8, 1) FOLD(op, tag, 8, 2) FOLD(op, tag, 8, 4)
#elif defined(__AVX2__)
#define FOLD_ONE_4(op, tag) FOLD_ONE(op, tag, 4, 1) FOLD_ONE(op, tag, 4, 2) FOLD_ONE(op, tag, 4, 4)
#define FOLD_ONE_8(op, tag) FOLD_ONE(op, tag, 8, 1) FOLD_ONE(op, tag, 8, 2)
#define FOLD_4(op, tag)     FOLD(op, tag, 4, 1) FOLD(op, tag, 4, 2) FOLD(op, tag, 4, 4)
#define FOLD_8(op, tag)     FOLD(op, tag, 8, 1) FOLD(op, tag, 8, 2)
#else
#define FOLD_ONE_4(op, tag) FOLD_ONE(op, tag, 4, 1) FOLD_ONE(op, tag, 4, 2)
#define FOLD_ONE_8(op, tag) FOLD_ONE(op, tag, 8, 1)
#define FOLD_4(op, tag)     FOLD(op, tag, 4, 1) FOLD(op, tag, 4, 2)
#define FOLD_8(op, tag)     FOLD(op, tag, 8, 1)
#endif

/* A row in one vector: lanes that it does not reach have `none`. What lies behind it may be read up
 * to `end`. */
#define ROW_VECTOR(op, tag, bytes)                                                                 \
    static inline __attribute__((always_inline)) void op##_vector_##tag(                           \
        vec_##tag *v, const JX_C(tag) * a, int64_t n, const JX_C(tag) * end, JX_C(tag) none)       \
    {                                                                                              \
        enum { L = VECTOR / bytes };                                                               \
        vec_##tag v0 = *v;                                                                         \
        int64_t i = 0;                                                                             \
        if (n >= 8 * L) {                                                                          \
            vec_##tag v1 = v0, v2 = v0, v3 = v0;                                                   \
            for (; i + 4 * L <= n; i += 4 * L) {                                                   \
                vec_##tag w0 = *(const vec_##tag *)(a + i);                                        \
                vec_##tag w1 = *(const vec_##tag *)(a + i + L);                                    \
                vec_##tag w2 = *(const vec_##tag *)(a + i + 2 * L);                                \
                vec_##tag w3 = *(const vec_##tag *)(a + i + 3 * L);                                \
                v0 = V_##op(tag, v0, w0);                                                          \
                v1 = V_##op(tag, v1, w1);                                                          \
                v2 = V_##op(tag, v2, w2);                                                          \
                v3 = V_##op(tag, v3, w3);                                                          \
            }                                                                                      \
            v0 = V_##op(tag, v0, v1);                                                              \
            v2 = V_##op(tag, v2, v3);                                                              \
            v0 = V_##op(tag, v0, v2);                                                              \
        }                                                                                          \
        for (; i + L <= n; i += L) {                                                               \
            vec_##tag w = *(const vec_##tag *)(a + i);                                             \
            v0 = V_##op(tag, v0, w);                                                               \
        }                                                                                          \
        if (i < n) {                                                                               \
            const mask_##tag lane = {LANES_##bytes(LANE)};                                         \
            vec_##tag w = *v;                                                                      \
            if (a + i + L <= end)                                                                  \
                w = *(const vec_##tag *)(a + i);                                                   \
            else                                                                                   \
                for (int64_t l = 0; l < n - i; l++)                                                \
                    w[l] = a[i + l];                                                               \
            mask_##tag m = lane < (JX_MASK(tag))(n - i);                                           \
            vec_##tag others = {none};                                                             \
            others = __builtin_shufflevector(others, others, LANES_##bytes(FIRST_LANE));           \
            w = PICK(tag, m, w, others);                                                           \
            v0 = V_##op(tag, v0, w);                                                               \
        }                                                                                          \
        *v = v0;                                                                                   \
    }                                                                                              \
                                                                                                   \
    static void op##_rows_##tag(JX_C(tag) * d, const JX_C(tag) * a, int64_t rows, int64_t cols,    \
                                int64_t pitch, bool first, JX_C(tag) none)                         \
    {                                                                                              \
        enum { L = VECTOR / bytes };                                                               \
        const JX_C(tag) *end = a + (rows - 1) * pitch + cols;                                      \
        vec_##tag start = {none};                                                                  \
        const mask_##tag lane = {LANES_##bytes(LANE)};                                             \
        const mask_##tag m = lane < (JX_MASK(tag))(cols < L ? cols : L);                           \
        int64_t r0 = 0;                                                                            \
        start = __builtin_shufflevector(start, start, LANES_##bytes(FIRST_LANE));                  \
        if (rows < 3) {                                                                            \
            for (; r0 < rows; r0++) {                                                              \
                vec_##tag v = start;                                                               \
                op##_vector_##tag(&v, a + r0 * pitch, cols, end, none);                            \
                FOLD_ONE_##bytes(op, tag) d[r0] = first ? v[0] : jx_##op##_##tag(d[r0], v[0]);     \
            }                                                                                      \
            return;                                                                                \
        }                                                                                          \
        for (; r0 < rows; r0 += L) {                                                               \
            int64_t n = rows - r0 < L ? rows - r0 : L;                                             \
            const JX_C(tag) *from = a + r0 * pitch;                                                \
            vec_##tag v[L];                                                                        \
            if (cols <= L && n == L && from + (L - 1) * pitch + L <= end) {                        \
                for (int64_t r = 0; r < L; r++) {                                                  \
                    vec_##tag w = *(const vec_##tag *)(from + r * pitch);                          \
                    v[r] = PICK(tag, m, w, start);                                                 \
                }                                                                                  \
                FOLD_##bytes(op, tag) if (first) * (vec_##tag *)(d + r0) = v[0];                   \
                else *(vec_##tag *)(d + r0) = V_##op(tag, *(vec_##tag *)(d + r0), v[0]);           \
                continue;                                                                          \
            }                                                                                      \
            for (int64_t r = 0; r < L; r++)                                                        \
                v[r] = start;                                                                      \
            for (int64_t r = 0; r < n; r++)                                                        \
                op##_vector_##tag(&v[r], from + r * pitch, cols, end, none);                       \
            FOLD_##bytes(op, tag) for (int64_t r = 0; r < n; r++) d[r0 + r] =                      \
                first ? v[0][r] : jx_##op##_##tag(d[r0 + r], v[0][r]);                             \
        }                                                                                          \
    }
#define FIRST_LANE(i, n) 0
#define JX_MASK(tag)     JX_MASK_##tag
#define JX_MASK_u32      int32_t
#define JX_MASK_i32      int32_t
#define JX_MASK_f32      int32_t
#define JX_MASK_u64      int64_t
#define JX_MASK_i64      int64_t
#define JX_MASK_f64      int64_t

/* Bytes: rows of them are rare, and the compiler's own loop does. */
#define ROWS_OF_BYTES(op)                                                                          \
    static void op##_rows_u8(uint8_t *d, const uint8_t *a, int64_t rows, int64_t cols,             \
                             int64_t pitch, bool first, uint8_t none)                              \
    {                                                                                              \
        for (int64_t r = 0; r < rows; r++) {                                                       \
            uint8_t x = first ? none : d[r];                                                       \
            for (int64_t c = 0; c < cols; c++)                                                     \
                x = jx_##op##_u8(x, a[r * pitch + c]);                                             \
            d[r] = x;                                                                              \
        }                                                                                          \
    }

#define ROWS_u8(op)  ROWS_OF_BYTES(op)
#define ROWS_u32(op) ROW_VECTOR(op, u32, 4)
#define ROWS_i32(op) ROW_VECTOR(op, i32, 4)
#define ROWS_f32(op) ROW_VECTOR(op, f32, 4)
#define ROWS_u64(op) ROW_VECTOR(op, u64, 8)
#define ROWS_i64(op) ROW_VECTOR(op, i64, 8)
#define ROWS_f64(op) ROW_VECTOR(op, f64, 8)

#define REDUCE(op, tag, identity)                                                                  \
    ROWS_##tag(op)                                                                                 \
                                                                                                   \
        static void op##_##tag(const struct jx_tile_op *o, struct jx_tile *t)                      \
    {                                                                                              \
        typedef JX_C(tag) T;                                                                       \
        T *d = (void *)t->p[o->d];                                                                 \
        const T *a = (const void *)t->p[o->a];                                                     \
        int64_t rows = n_rows(t, o), cols = n_cols(t, o), pitch = row_pitch(t, o), r = 0;          \
        bool first = o->flags & JX_OP_FIRST;                                                       \
        const T none = identity;                                                                   \
        if (o->flags & JX_OP_ROWWISE) {                                                            \
            op##_rows_##tag(d, a, rows, cols, pitch, first, none);                                 \
            return;                                                                                \
        }                                                                                          \
        if (first)                                                                                 \
            for (int64_t c = 0; c < cols; c++)                                                     \
                d[c] = none;                                                                       \
        for (; r + 8 <= rows; r += 8, a += 8 * pitch) {                                            \
            JX_INDEPENDENT                                                                         \
            for (int64_t c = 0; c < cols; c++) {                                                   \
                T x0 = jx_##op##_##tag(a[c], a[c + pitch]);                                        \
                T x1 = jx_##op##_##tag(a[c + 2 * pitch], a[c + 3 * pitch]);                        \
                T x2 = jx_##op##_##tag(a[c + 4 * pitch], a[c + 5 * pitch]);                        \
                T x3 = jx_##op##_##tag(a[c + 6 * pitch], a[c + 7 * pitch]);                        \
                x0 = jx_##op##_##tag(jx_##op##_##tag(x0, x1), jx_##op##_##tag(x2, x3));            \
                d[c] = jx_##op##_##tag(d[c], x0);                                                  \
            }                                                                                      \
        }                                                                                          \
        for (; r < rows; r++, a += pitch) {                                                        \
            JX_INDEPENDENT                                                                         \
            for (int64_t c = 0; c < cols; c++)                                                     \
                d[c] = jx_##op##_##tag(d[c], a[c]);                                                \
        }                                                                                          \
    }

#define REDUCE_UNSIGNED(tag, all)                                                                  \
    REDUCE(add, tag, 0)                                                                            \
    REDUCE(mul, tag, 1)                                                                            \
    REDUCE(max, tag, 0)                                                                            \
    REDUCE(min, tag, all)                                                                          \
    REDUCE(and, tag, all)                                                                          \
    REDUCE(or, tag, 0)                                                                             \
    REDUCE(xor, tag, 0)
#define REDUCE_FLOAT(tag)                                                                          \
    REDUCE(add, tag, 0)                                                                            \
    REDUCE(mul, tag, 1)                                                                            \
    REDUCE(max, tag, -INFINITY)                                                                    \
    REDUCE(min, tag, INFINITY)
REDUCE_UNSIGNED(u8, UINT8_MAX)
REDUCE_UNSIGNED(u32, UINT32_MAX)
REDUCE_UNSIGNED(u64, UINT64_MAX)
REDUCE(max, i32, INT32_MIN)
REDUCE(min, i32, INT32_MAX)
REDUCE(max, i64, INT64_MIN)
REDUCE(min, i64, INT64_MAX)
REDUCE_FLOAT(f32)
REDUCE_FLOAT(f64)

/* The identity of AND has all bits set in a byte; a bool has one. */
static void and_b1(const struct jx_tile_op *o, struct jx_tile *t)
{
    and_u8(o, t);
    if (o->flags & JX_OP_FIRST) {
        int64_t n = o->flags & JX_OP_ROWWISE ? n_rows(t, o) : n_cols(t, o);
        uint8_t *d = (void *)t->p[o->d];
        for (int64_t i = 0; i < n; i++)
            d[i] &= 1;
    }
}

/* Is (v, i) to be taken rather than (best, at)? NaN is greatest and least; the lowest index among
 * equals. */
#define TAKE_max(v, i, best, at) (((v) > (best)) | TAKE_EVEN(v, i, best, at))
#define TAKE_min(v, i, best, at) (((v) < (best)) | TAKE_EVEN(v, i, best, at))
#define TAKE_EVEN(v, i, best, at)                                                                  \
    ((((v) != (v)) & ((best) == (best))) | (((v) == (best)) & ((i) < (at))) |                      \
     (((v) != (v)) & ((best) != (best)) & ((i) < (at))))

#define ARG(op, tag, index)                                                                        \
    static void arg##op##_##tag##_##index(const struct jx_tile_op *o, struct jx_tile *t)           \
    {                                                                                              \
        typedef JX_C(tag) T;                                                                       \
        typedef JX_C(index) I;                                                                     \
        T *best = (void *)t->p[o->c];                                                              \
        I *at = (void *)t->p[o->d];                                                                \
        const T *v = (const void *)t->p[o->a];                                                     \
        const I *i = (const void *)t->p[o->b];                                                     \
        int64_t rows = n_rows(t, o), cols = n_cols(t, o), r = 0;                                   \
        bool first = o->flags & JX_OP_FIRST;                                                       \
        if (o->flags & JX_OP_ROWWISE) {                                                            \
            for (; r < rows; r++, v += cols, i += cols) {                                          \
                int64_t c = first;                                                                 \
                T x = first ? v[0] : best[r];                                                      \
                I y = first ? i[0] : at[r];                                                        \
                for (; c < cols; c++)                                                              \
                    if (TAKE_##op(v[c], i[c], x, y))                                               \
                        x = v[c], y = i[c];                                                        \
                best[r] = x;                                                                       \
                at[r] = y;                                                                         \
            }                                                                                      \
            return;                                                                                \
        }                                                                                          \
        if (first) {                                                                               \
            for (int64_t c = 0; c < cols; c++)                                                     \
                best[c] = v[c], at[c] = i[c];                                                      \
            r = 1, v += cols, i += cols;                                                           \
        }                                                                                          \
        for (; r < rows; r++, v += cols, i += cols) {                                              \
            JX_INDEPENDENT                                                                         \
            for (int64_t c = 0; c < cols; c++) {                                                   \
                bool take = TAKE_##op(v[c], i[c], best[c], at[c]);                                 \
                best[c] = take ? v[c] : best[c];                                                   \
                at[c] = take ? i[c] : at[c];                                                       \
            }                                                                                      \
        }                                                                                          \
    }                                                                                              \
                                                                                                   \
    static void join_arg##op##_##tag##_##index(const struct jx_tile_op *o, struct jx_tile *t)      \
    {                                                                                              \
        JX_C(tag) *best = (void *)t->p[o->c];                                                      \
        JX_C(index) *at = (void *)t->p[o->d];                                                      \
        const JX_C(tag) *v = (const void *)t->p[o->a];                                             \
        const JX_C(index) *i = (const void *)t->p[o->b];                                           \
        for (int64_t c = 0, n = t->len[o->cls]; c < n; c++)                                        \
            if (TAKE_##op(v[c], i[c], best[c], at[c]))                                             \
                best[c] = v[c], at[c] = i[c];                                                      \
    }

/* The builder converts other dtypes to these and back: all of them hold the same order. */
#define ARGS(index)                                                                                \
    ARG(max, i32, index)                                                                           \
    ARG(max, i64, index)                                                                           \
    ARG(max, u64, index)                                                                           \
    ARG(max, f32, index)                                                                           \
    ARG(max, f64, index)                                                                           \
    ARG(min, i32, index)                                                                           \
    ARG(min, i64, index)                                                                           \
    ARG(min, u64, index)                                                                           \
    ARG(min, f32, index)                                                                           \
    ARG(min, f64, index)
ARGS(i32)
ARGS(i64)

/* Sums wrap, so signed ones are those of the unsigned dtype; a bool is a byte. */
#define BITS_ENTRIES(combine, name)                                                                \
    [JX_COMBINE_##combine] = {                                                                     \
        [JX_TAG_u8] = name##_u8,   [JX_TAG_u32] = name##_u32, [JX_TAG_u64] = name##_u64,           \
        [JX_TAG_i32] = name##_u32, [JX_TAG_i64] = name##_u64, [JX_TAG_b1] = name##_b1}
#define NUMBER_ENTRIES(combine, name, signed32, signed64, name_b1)                                 \
    [JX_COMBINE_##combine] = {[JX_TAG_u8] = name##_u8,          [JX_TAG_u32] = name##_u32,         \
                              [JX_TAG_u64] = name##_u64,        [JX_TAG_i32] = name##_##signed32,  \
                              [JX_TAG_i64] = name##_##signed64, [JX_TAG_f32] = name##_f32,         \
                              [JX_TAG_f64] = name##_f64,        [JX_TAG_b1] = name_b1}
#define or_b1  or_u8
#define xor_b1 xor_u8
#define ARG_ENTRY(name, tag)                                                                       \
    [JX_TAG_##tag] = {[JX_TAG_i32] = name##_##tag##_i32, [JX_TAG_i64] = name##_##tag##_i64}
#define ARG_ENTRIES(name)                                                                          \
    {                                                                                              \
        ARG_ENTRY(name, i32), ARG_ENTRY(name, i64), ARG_ENTRY(name, u64), ARG_ENTRY(name, f32),    \
            ARG_ENTRY(name, f64)                                                                   \
    }

const struct jx_tile_reduce_ops JX_ISA_TABLE(jx_tile_reduce_ops) = {
    .reduce =
        {
            NUMBER_ENTRIES(ADD, add, u32, u64, or_u8),
            NUMBER_ENTRIES(MUL, mul, u32, u64, and_b1),
            NUMBER_ENTRIES(MAX, max, i32, i64, or_u8),
            NUMBER_ENTRIES(MIN, min, i32, i64, and_b1),
            BITS_ENTRIES(AND, and),
            BITS_ENTRIES(OR, or),
            BITS_ENTRIES(XOR, xor),
        },
    .arg_reduce = {ARG_ENTRIES(argmax), ARG_ENTRIES(argmin)},
    .arg_join = {ARG_ENTRIES(join_argmax), ARG_ENTRIES(join_argmin)},
};
