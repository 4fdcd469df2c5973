/*
 * instrs.c - the instructions of a kernel from those of its group.
 *
 * What counts along several axes becomes arithmetic on the kernel's indices, in i64; where the
 * kernel's axes have joined it is one of them again. Inner instructions get the earliest stage that
 * comes after the reductions they use.
 */
#include "lower/lower.h"

#include <assert.h>

static int put(struct jx_kernel *k, struct jx_instr in)
{
    k->instrs[k->n_instrs] = in;
    return k->n_instrs++;
}

static int put_constant(struct jx_kernel *k, bool inner, jaxc_dtype dtype, union jx_scalar value)
{
    return put(k, (struct jx_instr){.kind = JX_I_CONST,
                                    .dtype = (uint8_t)dtype,
                                    .inner = inner,
                                    .args = {-1, -1, -1},
                                    .imm = value});
}

static int put_index(struct jx_kernel *k, bool inner, jaxc_dtype dtype, int axis)
{
    return put(k, (struct jx_instr){.kind = JX_I_INDEX,
                                    .dtype = (uint8_t)dtype,
                                    .inner = inner,
                                    .axis = (uint16_t)axis,
                                    .args = {-1, -1, -1}});
}

static int put_scalar(struct jx_kernel *k, bool inner, enum jx_scalar_op op, jaxc_dtype dtype,
                      int x, int y)
{
    return put(k, (struct jx_instr){.kind = JX_I_SCALAR,
                                    .dtype = (uint8_t)dtype,
                                    .op = (uint8_t)op,
                                    .inner = inner,
                                    .args = {(int16_t)x, (int16_t)y, -1}});
}

/* offset + sum coef * index over the kernel's axes */
static int put_count(struct jx_kernel *k, bool inner, jaxc_dtype dtype, const struct jx_form *form,
                     const uint8_t *axes)
{
    int n_terms = 0, last = 0;
    for (int x = 0; x < k->n_axes; x++)
        if (form->coef[axes[x]] != 0)
            n_terms++, last = x;
    union jx_scalar offset = {.i = form->offset};
    if (n_terms == 0)
        return put_constant(k, inner, dtype, jx_scalar_convert(offset, JAXC_I64, dtype));
    if (n_terms == 1 && form->coef[axes[last]] == 1 && form->offset == 0)
        return put_index(k, inner, dtype, last);
    int sum = put_constant(k, inner, JAXC_I64, offset);
    for (int x = 0; x < k->n_axes; x++) {
        int64_t coef = form->coef[axes[x]];
        if (coef == 0)
            continue;
        int index = put_index(k, inner, JAXC_I64, x);
        int factor = put_constant(k, inner, JAXC_I64, (union jx_scalar){.i = coef});
        int term = put_scalar(k, inner, JX_S_mul, JAXC_I64, index, factor);
        sum = put_scalar(k, inner, JX_S_add, JAXC_I64, sum, term);
    }
    return dtype == JAXC_I64 ? sum : put_scalar(k, inner, JX_S_convert, dtype, sum, -1);
}

/* ready: the first stage that may use an outer register. */
static void set_stages(struct jx_kernel *k)
{
    uint16_t ready[JX_MAX_INSTRS];
    k->n_stages = 1;
    for (int i = 0; i < k->n_instrs; i++) {
        struct jx_instr *in = &k->instrs[i];
        uint16_t after = 0, stage = 0; /* by outer and by inner operands */
        for (int a = 0; a < 3 && in->args[a] >= 0; a++) {
            const struct jx_instr *x = &k->instrs[in->args[a]];
            if (x->inner && x->stage > stage)
                stage = x->stage;
            if (!x->inner && ready[in->args[a]] > after)
                after = ready[in->args[a]];
        }
        if (in->inner || in->kind == JX_I_REDUCE)
            in->stage = stage > after ? stage : after;
        else
            in->stage = after > 0 ? after - 1 : 0;
        ready[i] = in->kind == JX_I_REDUCE ? (uint16_t)(in->stage + 1) : after;
        if (in->stage >= k->n_stages)
            k->n_stages = in->stage + 1;
    }
}

bool jx_kernel_instrs(const struct jx_group *g, struct jx_kernel *k, const uint8_t *axes)
{
    int to[JX_MAX_INSTRS];
    size_t room = g->n_instrs + (size_t)g->extra;
    assert(room <= JX_MAX_INSTRS);
    k->instrs = jx_alloc(room ? room : 1, sizeof *k->instrs);
    if (!k->instrs)
        return false;
    for (size_t i = 0; i < g->n_instrs; i++) {
        struct jx_instr in = g->instrs[i];
        if (g->kind == JX_ELEMENTWISE || g->routine.kind == JX_ROUTINE_SCATTER)
            in.inner = 0;
        for (int a = 0; a < 3; a++)
            if (in.args[a] >= 0)
                in.args[a] = (int16_t)to[in.args[a]];
        to[i] = in.kind == JX_I_INDEX ? put_count(k, in.inner, in.dtype, &g->counts[in.view], axes)
                                      : put(k, in);
    }
    assert((size_t)k->n_instrs <= room);
    for (int s = 0; s < k->n_stores; s++)
        k->stores[s].reg = to[k->stores[s].reg];
    int *marks[] = {&k->dot.a,         &k->dot.b,           &k->dot.mul,      &k->dot.sum,
                    &k->routine.value, &k->routine.address, &k->routine.valid};
    for (size_t m = 0; m < sizeof marks / sizeof *marks; m++)
        if (*marks[m] >= 0)
            *marks[m] = to[*marks[m]];
    set_stages(k);
    return true;
}
