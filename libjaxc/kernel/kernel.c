/*
 * kernel.c - tables over the closed vocabulary, and what printer, verifier and backends share of
 * it.
 */
#include "kernel/kernel.h"

#include <assert.h>
#include <math.h>

const struct jx_scalar_op_info jx_scalar_op_info[JX_N_SCALAR_OPS] = {[JX_S_none] = {"none", 0},
#define ROW(name, arity, doc) [JX_S_##name] = {#name, arity},
                                                                     JX_SCALAR_OPS(ROW)
#undef ROW
};

bool jx_scalar_op_takes(enum jx_scalar_op op, jaxc_dtype from, jaxc_dtype to)
{
#define KEY(op, from, to) ((unsigned)(op) << 16 | (unsigned)(from) << 8 | (unsigned)(to))
    switch (KEY(op, from, to)) {
#define ROW(name, arity, f, t, function) case KEY(JX_S_##name, JX_DTYPE(f), JX_DTYPE(t)):
        JX_FOR_EACH_LOOP(ROW)
#undef ROW
        return true;
    default: return false;
    }
#undef KEY
}

static const struct {
    const char *name;
    enum jx_scalar_op op;
} combines[JX_N_COMBINES] = {
    [JX_COMBINE_ADD] = {"add", JX_S_add},        [JX_COMBINE_MUL] = {"mul", JX_S_mul},
    [JX_COMBINE_MAX] = {"max", JX_S_max},        [JX_COMBINE_MIN] = {"min", JX_S_min},
    [JX_COMBINE_AND] = {"and", JX_S_and},        [JX_COMBINE_OR] = {"or", JX_S_or},
    [JX_COMBINE_XOR] = {"xor", JX_S_xor},        [JX_COMBINE_ARGMAX] = {"argmax", JX_S_none},
    [JX_COMBINE_ARGMIN] = {"argmin", JX_S_none},
};

const char *jx_combine_name(enum jx_combine combine) { return combines[combine].name; }

enum jx_scalar_op jx_combine_op(enum jx_combine combine) { return combines[combine].op; }

/* The least or the greatest value of a dtype; for floats the infinities. */
static union jx_scalar extreme(jaxc_dtype dtype, bool greatest)
{
    const struct jx_dtype_info *info = jx_dtype_info(dtype);
    unsigned bits = 8 * info->size;
    switch (info->category) {
    case JX_CAT_BOOL: return (union jx_scalar){.i = greatest};
    case JX_CAT_UNSIGNED: return (union jx_scalar){.u = greatest ? UINT64_MAX >> (64 - bits) : 0};
    case JX_CAT_SIGNED: {
        int64_t most = INT64_MAX >> (64 - bits);
        return (union jx_scalar){.i = greatest ? most : -most - 1};
    }
    default: return (union jx_scalar){.f = greatest ? (double)INFINITY : -(double)INFINITY};
    }
}

union jx_scalar jx_combine_identity(enum jx_combine combine, jaxc_dtype dtype)
{
    const union jx_scalar zero = {.u = 0};
    enum jx_category category = jx_dtype_info(dtype)->category;
    switch (combine) {
    case JX_COMBINE_MUL:
        return category == JX_CAT_FLOAT ? (union jx_scalar){.f = 1} : (union jx_scalar){.i = 1};
    case JX_COMBINE_MAX: return extreme(dtype, false);
    case JX_COMBINE_MIN: return extreme(dtype, true);
    case JX_COMBINE_AND: /* all ones, which a signed -1 is too */
        return category == JX_CAT_SIGNED ? (union jx_scalar){.i = -1} : extreme(dtype, true);
    default: return zero;
    }
}

bool jx_view_at(const struct jx_view *view, int block, int n_axes, const int64_t *index,
                int64_t *element)
{
    int64_t at = view->offset;
    for (int k = 0; k < n_axes; k++) {
        if (view->blocked == k + 1)
            at += index[k] / block * view->stride[k] + index[k] % block;
        else
            at += index[k] * view->stride[k];
    }
    for (int j = 0; j < view->n_guards; j++) {
        const struct jx_guard *guard = &view->guards[j];
        int64_t g = guard->offset;
        for (int k = 0; k < n_axes; k++)
            g += index[k] * guard->coef[k];
        if (g < 0 || g / guard->step >= guard->size || g % guard->step != 0)
            return false;
        at += g / guard->step * guard->stride;
    }
    *element = at;
    return true;
}

void jx_kernel_available(const struct jx_kernel *kernel, int *available)
{
    for (int i = 0; i < kernel->n_instrs; i++) {
        const struct jx_instr *x = &kernel->instrs[i];
        available[i] = x->inner || x->kind == JX_I_REDUCE ? x->stage : -1;
        if (x->inner || x->kind == JX_I_REDUCE)
            continue;
        for (int j = 0; j < 3; j++) {
            assert(x->args[j] < i);
            if (x->args[j] >= 0 && available[x->args[j]] > available[i])
                available[i] = available[x->args[j]];
        }
    }
}

void jx_kernel_fini(struct jx_kernel *kernel)
{
    for (int i = 0; kernel->views && i < kernel->n_views; i++)
        jx_free(kernel->views[i].guards);
    for (int i = 0; kernel->stores && i < kernel->n_stores; i++)
        jx_free(kernel->stores[i].view.guards);
    jx_free(kernel->instrs);
    jx_free(kernel->views);
    jx_free(kernel->stores);
}

void jx_code_free(struct jx_code *code)
{
    if (!code)
        return;
    for (int k = 0; code->kernels && k < code->n_kernels; k++)
        jx_kernel_fini(&code->kernels[k]);
    jx_free(code->kernels);
    jx_free(code->storages);
    jx_free(code->donates);
    jx_free(code);
}
