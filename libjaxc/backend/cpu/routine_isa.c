/*
 * backend/cpu/routine_isa.c - the loops of prefixes and scatters over scalar operations.
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

#define PREFIX_ENTRY(op, n, tag, to, f)  [JX_S_##op][JX_TAG_##tag] = prefix_##op##_##tag,
#define SCATTER_ENTRY(op, n, tag, to, f) [JX_S_##op][JX_TAG_##tag] = scatter_##op##_##tag,
#define SET_ENTRY(tag)                   [JX_S_none][JX_TAG_##tag] = scatter_set_##tag,
const struct jx_routine_ops JX_ISA_TABLE(jx_routine_ops) = {
    .prefix = {FOR_EACH_OPERATION(PREFIX_ENTRY)},
    .scatter = {FOR_EACH_OPERATION(SCATTER_ENTRY) JX_MEMORY_TAGS(SET_ENTRY)},
};
