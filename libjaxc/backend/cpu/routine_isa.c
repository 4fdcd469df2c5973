/*
 * backend/cpu/routine_isa.c - the loops of prefixes, scatters and the keys of sorts.
 */
#include "backend/cpu/cpu.h"
#include "backend/cpu/tile_isa.h"
#include "kernel/scalar_math.h"

#include <string.h>

/* Operations that a running total or a scatter may have. */
#define FOR_EACH_OPERATION(ROW)                                                                    \
    JX_ON_ALL(ROW, add, 2)                                                                         \
    JX_ON_ALL(ROW, mul, 2)                                                                         \
    JX_ON_ALL(ROW, max, 2)                                                                         \
    JX_ON_ALL(ROW, min, 2)                                                                         \
    JX_ON_FLOATS(ROW, logaddexp, 2)

#define PREFIX(op, n, tag, to, f)                                                                  \
    static void prefix_##op##_##tag(char *d, int64_t d_row, int64_t d_col, const char *s,          \
                                    int64_t s_row, int64_t s_col, int64_t n_rows, int64_t n_cols)  \
    {                                                                                              \
        typedef JX_C(tag) T;                                                                       \
        bool dense = d_col == sizeof(T) && s_col == sizeof(T);                                     \
        for (int64_t c = 0; c < n_cols; c++)                                                       \
            *(T *)(void *)(d + c * d_col) = *(const T *)(const void *)(s + c * s_col);             \
        for (int64_t r = 1; r < n_rows; r++) {                                                     \
            const char *above = d;                                                                 \
            d += d_row;                                                                            \
            s += s_row;                                                                            \
            T *x = (void *)d;                                                                      \
            const T *y = (const void *)above, *z = (const void *)s;                                \
            if (dense) {                                                                           \
                JX_INDEPENDENT                                                                     \
                for (int64_t c = 0; c < n_cols; c++)                                               \
                    x[c] = f(y[c], z[c]);                                                          \
            } else {                                                                               \
                for (int64_t c = 0; c < n_cols; c++)                                               \
                    *(T *)(void *)(d + c * d_col) =                                                \
                        f(*(const T *)(const void *)(above + c * d_col),                           \
                          *(const T *)(const void *)(s + c * s_col));                              \
            }                                                                                      \
        }                                                                                          \
    }

/* Values that follow each other at one address are taken in as a row. */
#define SCATTER(name, tag, f)                                                                      \
    static void scatter_##name##_##tag(                                                            \
        char *d, int64_t d_step, const char *value, int64_t value_step, const char *address,       \
        int64_t address_step, const char *valid, int64_t valid_step, int64_t n)                    \
    {                                                                                              \
        typedef JX_C(tag) T;                                                                       \
        if (address_step == 0 && valid_step == 0 && d_step == sizeof(T) &&                         \
            value_step == sizeof(T)) {                                                             \
            if (valid && !*valid)                                                                  \
                return;                                                                            \
            T *x = (T *)(void *)d + *(const int64_t *)(const void *)address;                       \
            const T *y = (const void *)value;                                                      \
            JX_INDEPENDENT                                                                         \
            for (int64_t i = 0; i < n; i++)                                                        \
                x[i] = f(x[i], y[i]);                                                              \
            return;                                                                                \
        }                                                                                          \
        if (d_step == 0 && address_step == 8 && value_step == sizeof(T) &&                         \
            (!valid || valid_step == 1)) {                                                         \
            T *x = (void *)d;                                                                      \
            const T *y = (const void *)value;                                                      \
            const int64_t *at = (const void *)address;                                             \
            for (int64_t i = 0; i < n; i++)                                                        \
                if (!valid || valid[i])                                                            \
                    x[at[i]] = f(x[at[i]], y[i]);                                                  \
            return;                                                                                \
        }                                                                                          \
        for (int64_t i = 0; i < n; i++) {                                                          \
            if (valid && !valid[i * valid_step])                                                   \
                continue;                                                                          \
            T *x = (T *)(void *)(d + i * d_step) +                                                 \
                   *(const int64_t *)(const void *)(address + i * address_step);                   \
            *x = f(*x, *(const T *)(const void *)(value + i * value_step));                        \
        }                                                                                          \
    }
#define SCATTER_OP(op, n, tag, to, f) SCATTER(op, tag, f)
#define SECOND(x, y)                  (y)
#define SCATTER_SET(tag)              SCATTER(set, tag, SECOND)

FOR_EACH_OPERATION(PREFIX)
FOR_EACH_OPERATION(SCATTER_OP)
JX_MEMORY_TAGS(SCATTER_SET)

/* Keys: numbers without sign whose order is that of the elements. */
static inline uint32_t key_of_f32(uint32_t bits)
{
    uint32_t size = bits & 0x7fffffffu;
    uint32_t key = bits ^ ((bits >> 31 ? 0x7fffffffu : 0) | 0x80000000u);
    return size > 0x7f800000u ? UINT32_MAX : size == 0 ? 0x80000000u : key;
}
static inline uint32_t of_key_f32(uint32_t key) { return key >> 31 ? key ^ 0x80000000u : ~key; }
static inline uint32_t hides_f32(uint32_t bits)
{
    return (uint32_t)((bits & 0x7fffffffu) > 0x7f800000u) | (uint32_t)(bits == 0x80000000u);
}
#define key_of_i32(bits) ((bits) ^ 0x80000000u)
#define of_key_i32(key)  ((key) ^ 0x80000000u)
#define hides_i32(bits)  (0u & (bits))
#define key_of_u32(bits) (bits)
#define of_key_u32(key)  (key)
#define hides_u32(bits)  (0u & (bits))

#define AT(x, step, i) (*(const uint32_t *)(const void *)((x) + (i) * (step)))
#define KEYS_LOOP(tag, step)                                                                       \
    for (int64_t i = 0; i < n; i++) {                                                              \
        uint32_t bits = AT(x, step, i);                                                            \
        hides |= hides_##tag(bits);                                                                \
        to[i] = (uint64_t)key_of_##tag(bits) << 32 | (uint64_t)(first + i);                        \
    }
#define ABOVE_LOOP(T, step)                                                                        \
    for (int64_t i = 0; i < n; i++)                                                                \
        any |= !(*(const T *)(const void *)(x + i * (step)) <= y);
#define SORT_LOOPS(tag)                                                                            \
    static bool sort_keys_##tag(uint64_t *to, const char *x, int64_t step, int64_t first,          \
                                int64_t n)                                                         \
    {                                                                                              \
        uint32_t hides = 0;                                                                        \
        if (step == 4) {                                                                           \
            JX_INDEPENDENT                                                                         \
            KEYS_LOOP(tag, 4)                                                                      \
        } else if (step == -4) {                                                                   \
            JX_INDEPENDENT                                                                         \
            KEYS_LOOP(tag, -4)                                                                     \
        } else {                                                                                   \
            KEYS_LOOP(tag, step)                                                                   \
        }                                                                                          \
        return hides != 0;                                                                         \
    }                                                                                              \
    static void sort_elements_##tag(char *d, int64_t step, const uint64_t *keys, int64_t n)        \
    {                                                                                              \
        uint32_t *dense = (void *)d;                                                               \
        if (step == 4) {                                                                           \
            JX_INDEPENDENT                                                                         \
            for (int64_t i = 0; i < n; i++)                                                        \
                dense[i] = of_key_##tag((uint32_t)(keys[i] >> 32));                                \
        } else {                                                                                   \
            for (int64_t i = 0; i < n; i++)                                                        \
                *(uint32_t *)(void *)(d + i * step) = of_key_##tag((uint32_t)(keys[i] >> 32));     \
        }                                                                                          \
    }                                                                                              \
    static bool sort_above_##tag(const char *x, int64_t step, int64_t n, uint32_t key)             \
    {                                                                                              \
        typedef JX_C(tag) T;                                                                       \
        uint32_t bits = of_key_##tag(key);                                                         \
        T y;                                                                                       \
        int any = 0;                                                                               \
        memcpy(&y, &bits, sizeof y);                                                               \
        if (key == UINT32_MAX)                                                                     \
            return false;                                                                          \
        if (step == -4) {                                                                          \
            x -= 4 * (n - 1);                                                                      \
            step = 4;                                                                              \
        }                                                                                          \
        if (step == 4) {                                                                           \
            ABOVE_LOOP(T, 4)                                                                       \
        } else {                                                                                   \
            ABOVE_LOOP(T, step)                                                                    \
        }                                                                                          \
        return any != 0;                                                                           \
    }
SORT_LOOPS(f32)
SORT_LOOPS(i32)
SORT_LOOPS(u32)
#define SORT_ENTRY(tag) [JX_TAG_##tag] = {sort_keys_##tag, sort_elements_##tag, sort_above_##tag}

#define PREFIX_ENTRY(op, n, tag, to, f)  [JX_S_##op][JX_TAG_##tag] = prefix_##op##_##tag,
#define SCATTER_ENTRY(op, n, tag, to, f) [JX_S_##op][JX_TAG_##tag] = scatter_##op##_##tag,
#define SET_ENTRY(tag)                   [JX_S_none][JX_TAG_##tag] = scatter_set_##tag,
const struct jx_routine_ops JX_ISA_TABLE(jx_routine_ops) = {
    .prefix = {FOR_EACH_OPERATION(PREFIX_ENTRY)},
    .scatter = {FOR_EACH_OPERATION(SCATTER_ENTRY) JX_MEMORY_TAGS(SET_ENTRY)},
    .sort = {SORT_ENTRY(f32), SORT_ENTRY(i32), SORT_ENTRY(u32)},
};
