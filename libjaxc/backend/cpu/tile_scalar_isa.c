/*
 * backend/cpu/tile_scalar_isa.c - the loops of tile programs over scalar operations: one for every
 * row of the table in kernel/scalar_ops.h, and forms with single-valued operands for the binary
 * ones where that pays.
 *
 * Invariant: result and operands are the same memory or do not overlap, so every loop may be
 * vectorised.
 */
#include "backend/cpu/tile.h"
#include "backend/cpu/tile_isa.h"
#include "kernel/scalar_math.h"

/* Clang warns of the loops that it does not vectorise: draws by rejection, and, from function to
 * function, some of the largest bodies. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"
#endif

#define LOOP_1(op, from, to, f)                                                                    \
    static void op##_##from##_##to(const struct jx_tile_op *o, struct jx_tile *t)                  \
    {                                                                                              \
        JX_C(to) *d = (void *)t->p[o->d];                                                          \
        const JX_C(from) *a = (const void *)t->p[o->a];                                            \
        int64_t n = t->len[o->cls];                                                                \
        JX_INDEPENDENT                                                                             \
        for (int64_t i = 0; i < n; i++)                                                            \
            d[i] = f(a[i]);                                                                        \
    }

#define LOOP_2_FORM(op, from, to, f, form, x, y)                                                   \
    static void op##_##from##_##form(const struct jx_tile_op *o, struct jx_tile *t)                \
    {                                                                                              \
        JX_C(to) *d = (void *)t->p[o->d];                                                          \
        const JX_C(from) *a = (const void *)t->p[o->a], *b = (const void *)t->p[o->b];             \
        const JX_C(from) a0 = a[0], b0 = b[0];                                                     \
        int64_t n = t->len[o->cls];                                                                \
        (void)a0, (void)b0;                                                                        \
        JX_INDEPENDENT                                                                             \
        for (int64_t i = 0; i < n; i++)                                                            \
            d[i] = f(x, y);                                                                        \
    }
#define LOOP_2_vv(op, from, to, f) LOOP_2_FORM(op, from, to, f, vv, a[i], b[i])
#define LOOP_2_vs(op, from, to, f) LOOP_2_FORM(op, from, to, f, vs, a[i], b0)
#define LOOP_2_sv(op, from, to, f) LOOP_2_FORM(op, from, to, f, sv, a0, b[i])
/* A comparison or commutative operation has its operands exchanged instead of a third form; large
 * bodies have one. */
#define LOOP_2_forms_1(op, from, to, f) LOOP_2_vv(op, from, to, f)
#define LOOP_2_forms_2(op, from, to, f) LOOP_2_vv(op, from, to, f) LOOP_2_vs(op, from, to, f)
#define LOOP_2_forms_3(op, from, to, f)                                                            \
    LOOP_2_vv(op, from, to, f) LOOP_2_vs(op, from, to, f) LOOP_2_sv(op, from, to, f)
#define ENTRY_2_forms_1(op, from)                                                                  \
    {                                                                                              \
        op##_##from##_vv, NULL, NULL                                                               \
    }
#define ENTRY_2_forms_2(op, from)                                                                  \
    {                                                                                              \
        op##_##from##_vv, op##_##from##_vs, NULL                                                   \
    }
#define ENTRY_2_forms_3(op, from)                                                                  \
    {                                                                                              \
        op##_##from##_vv, op##_##from##_vs, op##_##from##_sv                                       \
    }

#define FORMS_add                    forms_2
#define FORMS_sub                    forms_3
#define FORMS_mul                    forms_2
#define FORMS_div                    forms_3
#define FORMS_rem                    forms_1
#define FORMS_atan2                  forms_1
#define FORMS_nextafter              forms_1
#define FORMS_max                    forms_2
#define FORMS_min                    forms_2
#define FORMS_pow                    forms_1
#define FORMS_logaddexp              forms_1
#define FORMS_random_gamma_grad      forms_1
#define FORMS_random_gamma32         forms_1
#define FORMS_random_gamma64         forms_1
#define FORMS_random_loggamma32      forms_1
#define FORMS_random_loggamma64      forms_1
#define FORMS_random_poisson_tries   forms_1
#define FORMS_random_poisson         forms_1
#define FORMS_and                    forms_2
#define FORMS_or                     forms_2
#define FORMS_xor                    forms_2
#define FORMS_shift_left             forms_3
#define FORMS_shift_right_logical    forms_3
#define FORMS_shift_right_arithmetic forms_2
#define FORMS_eq                     forms_2
#define FORMS_ne                     forms_2
#define FORMS_lt                     forms_2
#define FORMS_le                     forms_2
#define FORMS_gt                     forms_2
#define FORMS_ge                     forms_2

#define LOOP_2__(forms, op, from, to, f) LOOP_2_##forms(op, from, to, f)
#define LOOP_2_(forms, op, from, to, f)  LOOP_2__(forms, op, from, to, f)
#define LOOP_2(op, from, to, f)          LOOP_2_(FORMS_##op, op, from, to, f)
#define ENTRY_2__(forms, op, from)       ENTRY_2_##forms(op, from)
#define ENTRY_2_(forms, op, from)        ENTRY_2__(forms, op, from)

#define LOOP_3_FORM(op, from, f, form, y, z)                                                       \
    static void op##_##from##_##form(const struct jx_tile_op *o, struct jx_tile *t)                \
    {                                                                                              \
        JX_C(from) *d = (void *)t->p[o->d];                                                        \
        const uint8_t *p = (const void *)t->p[o->a];                                               \
        const JX_C(from) *b = (const void *)t->p[o->b], *c = (const void *)t->p[o->c];             \
        const JX_C(from) b0 = b[0], c0 = c[0];                                                     \
        int64_t n = t->len[o->cls];                                                                \
        (void)b0, (void)c0;                                                                        \
        JX_INDEPENDENT                                                                             \
        for (int64_t i = 0; i < n; i++)                                                            \
            d[i] = f(p[i], y, z);                                                                  \
    }
#define LOOP_3(op, from, to, f)                                                                    \
    LOOP_3_FORM(op, from, f, vv, b[i], c[i])                                                       \
    LOOP_3_FORM(op, from, f, vs, b[i], c0)                                                         \
    LOOP_3_FORM(op, from, f, sv, b0, c[i])                                                         \
    LOOP_3_FORM(op, from, f, ss, b0, c0)

#define LOOP_FUSED_FORM(name, tag, form, expression)                                               \
    static void name##_##tag##_##form(const struct jx_tile_op *o, struct jx_tile *t)               \
    {                                                                                              \
        JX_C(tag) *d = (void *)t->p[o->d];                                                         \
        const JX_C(tag) *a = (const void *)t->p[o->a];                                             \
        const JX_C(tag) *b = (const void *)t->p[o->b], *c = (const void *)t->p[o->c];              \
        const JX_C(tag) b0 = b[0], c0 = c[0];                                                      \
        int64_t n = t->len[o->cls];                                                                \
        (void)b0, (void)c0;                                                                        \
        JX_INDEPENDENT                                                                             \
        for (int64_t i = 0; i < n; i++)                                                            \
            d[i] = expression;                                                                     \
    }
#define LOOP_FUSED(tag)                                                                            \
    LOOP_FUSED_FORM(mul_add, tag, vv, a[i] * b[i] + c[i])                                          \
    LOOP_FUSED_FORM(mul_add, tag, sv, a[i] * b0 + c[i])                                            \
    LOOP_FUSED_FORM(mul_add, tag, vs, a[i] * b[i] + c0)                                            \
    LOOP_FUSED_FORM(mul_add, tag, ss, a[i] * b0 + c0)                                              \
    LOOP_FUSED_FORM(mul_sub, tag, vv, a[i] * b[i] - c[i])                                          \
    LOOP_FUSED_FORM(mul_sub, tag, sv, a[i] * b0 - c[i])                                            \
    LOOP_FUSED_FORM(mul_sub, tag, vs, a[i] * b[i] - c0)                                            \
    LOOP_FUSED_FORM(mul_sub, tag, ss, a[i] * b0 - c0)                                              \
    LOOP_FUSED_FORM(sub_mul, tag, vv, c[i] - a[i] * b[i])                                          \
    LOOP_FUSED_FORM(sub_mul, tag, sv, c[i] - a[i] * b0)                                            \
    LOOP_FUSED_FORM(sub_mul, tag, vs, c0 - a[i] * b[i])                                            \
    LOOP_FUSED_FORM(sub_mul, tag, ss, c0 - a[i] * b0)
LOOP_FUSED(f32)
LOOP_FUSED(f64)
#define ENTRY_FUSED(name)                                                                          \
    {                                                                                              \
        FUSED_FORMS(name, f32), FUSED_FORMS(name, f64)                                             \
    }
#define FUSED_FORMS(name, tag)                                                                     \
    [JX_TAG_##tag] = {name##_##tag##_vv, name##_##tag##_sv, name##_##tag##_vs, name##_##tag##_ss}

#define LOOP(op, arity, from, to, f) LOOP_##arity(op, from, to, f)
JX_FOR_EACH_LOOP(LOOP)

/* Blocks are looked over before they are written, for an operand may be the result. */
#define LOOP_RARE_1(op, tag, rare, again)                                                          \
    static void op##_any_##tag(const struct jx_tile_op *o, struct jx_tile *t)                      \
    {                                                                                              \
        JX_C(tag) *d = (void *)t->p[o->d];                                                         \
        const JX_C(tag) *a = (const void *)t->p[o->a];                                             \
        int64_t n = t->len[o->cls];                                                                \
        for (int64_t begin = 0; begin < n; begin += RARE_BLOCK) {                                  \
            int64_t end = begin + RARE_BLOCK < n ? begin + RARE_BLOCK : n;                         \
            JX_C(tag) x[RARE_BLOCK];                                                               \
            int any = 0;                                                                           \
            for (int64_t i = begin; i < end; i++)                                                  \
                any |= rare(x[i - begin] = a[i]);                                                  \
            JX_INDEPENDENT                                                                         \
            for (int64_t i = begin; i < end; i++)                                                  \
                d[i] = jx_##op##_##tag(a[i]);                                                      \
            for (int64_t i = begin; any && i < end; i++)                                           \
                if (rare(x[i - begin]))                                                            \
                    d[i] = again(x[i - begin]);                                                    \
        }                                                                                          \
    }
#define LOOP_RARE_2(op, tag, rare, again)                                                          \
    static void op##_any_##tag(const struct jx_tile_op *o, struct jx_tile *t)                      \
    {                                                                                              \
        JX_C(tag) *d = (void *)t->p[o->d];                                                         \
        const JX_C(tag) *a = (const void *)t->p[o->a], *b = (const void *)t->p[o->b];              \
        int64_t n = t->len[o->cls];                                                                \
        for (int64_t begin = 0; begin < n; begin += RARE_BLOCK) {                                  \
            int64_t end = begin + RARE_BLOCK < n ? begin + RARE_BLOCK : n;                         \
            JX_C(tag) x[RARE_BLOCK], y[RARE_BLOCK];                                                \
            int any = 0;                                                                           \
            for (int64_t i = begin; i < end; i++)                                                  \
                any |= rare(x[i - begin] = a[i], y[i - begin] = b[i]);                             \
            JX_INDEPENDENT                                                                         \
            for (int64_t i = begin; i < end; i++)                                                  \
                d[i] = jx_##op##_##tag(a[i], b[i]);                                                \
            for (int64_t i = begin; any && i < end; i++)                                           \
                if (rare(x[i - begin], y[i - begin]))                                              \
                    d[i] = again(x[i - begin], y[i - begin]);                                      \
        }                                                                                          \
    }
#define LOOP_RARE(op, arity, tag, rare, again) LOOP_RARE_##arity(op, tag, rare, again)
enum { RARE_BLOCK = 128 };
JX_FOR_EACH_RARE(LOOP_RARE)

#define ENTRY_1(op, arity, from, to, f)                                                            \
    .unary[JX_S_##op][JX_TAG_##from][JX_TAG_##to] = op##_##from##_##to,
#define ENTRY_2(op, arity, from, to, f)                                                            \
    .binary[JX_S_##op][JX_TAG_##from] = ENTRY_2_(FORMS_##op, op, from),
#define ENTRY_3(op, arity, from, to, f)                                                            \
    .op[JX_TAG_##from] = {op##_##from##_vv, op##_##from##_vs, op##_##from##_sv, op##_##from##_ss},
#define ENTRY_RARE(op, arity, tag, test, again) .rare[JX_S_##op][JX_TAG_##tag] = op##_any_##tag,

const struct jx_tile_scalar_ops JX_ISA_TABLE(jx_tile_scalar_ops) = {
    JX_FOR_EACH_LOOP_1(ENTRY_1) JX_FOR_EACH_LOOP_2(ENTRY_2) JX_FOR_EACH_LOOP_3(ENTRY_3)
        .fused = {ENTRY_FUSED(mul_add), ENTRY_FUSED(mul_sub), ENTRY_FUSED(sub_mul)},
    JX_FOR_EACH_RARE(ENTRY_RARE)};
