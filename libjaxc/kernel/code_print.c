/*
 * code_print.c - code as text, for people, golden files and --print-program.
 *
 *     code 1 operands, 1 results, arena 0
 *       t0 f32[32,10] operand 0
 *       t1 f32[32,10] result 0
 *
 *     kernel normalise [32 | 10]
 *       stage 0
 *         %0 f32 = load t0 (10 | 1)
 *       %1 f32 = reduce add %0
 *       stage 1
 *         %2 f32 = div %0 %1
 *         t1 (10 | 1) = %2
 *
 * Outer axes stand before the bar, inner ones after it. Instructions stand where they run: inner
 * ones under their stage, outer ones after the stage whose reductions they need.
 */
#include "kernel/kernel.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void print_dims(struct jx_text *t, int rank, const int64_t *dims)
{
    jx_text_add(t, "[");
    for (int i = 0; i < rank; i++)
        jx_text_add(t, "%s%" PRId64, i > 0 ? "," : "", dims[i]);
    jx_text_add(t, "]");
}

/* The shortest decimal that reads back as the same number. */
static void print_float(struct jx_text *t, double value, bool single)
{
    char text[40];
    if (isnan(value)) {
        jx_text_add(t, "nan");
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        double back = strtod(text, NULL);
        if (single ? (float)back == (float)value : back == value)
            break;
    }
    jx_text_add(t, "%s%s", text, strpbrk(text, ".einf") ? "" : ".0");
}

static void print_scalar(struct jx_text *t, union jx_scalar s, jaxc_dtype dtype)
{
    switch (jx_dtype_info(dtype)->category) {
    case JX_CAT_BOOL: jx_text_add(t, s.i ? "true" : "false"); break;
    case JX_CAT_UNSIGNED: jx_text_add(t, "%" PRIu64, s.u); break;
    case JX_CAT_SIGNED: jx_text_add(t, "%" PRId64, s.i); break;
    default: print_float(t, s.f, dtype != JAXC_F64); break;
    }
}

/* "2*i0+i3-1" */
static void print_form(struct jx_text *t, int64_t offset, const int64_t *coef, int n_axes)
{
    const char *plus = "";
    for (int k = 0; k < n_axes; k++) {
        if (coef[k] == 0)
            continue;
        if (coef[k] == 1 || coef[k] == -1)
            jx_text_add(t, "%si%d", coef[k] < 0 ? "-" : plus, k);
        else
            jx_text_add(t, "%s%" PRId64 "*i%d", coef[k] < 0 ? "" : plus, coef[k], k);
        plus = "+";
    }
    if (offset != 0 || !*plus)
        jx_text_add(t, "%s%" PRId64, offset < 0 ? "" : plus, offset);
}

/* "t3 @5 (10 | 1)", with "/16" after the stride of an axis in blocks, and each guard as
 * "{i0+i2-1 in 28 *28}": that sum divided by its step must lie in [0, 28) and counts 28 elements.
 */
static void print_view(struct jx_text *t, const struct jx_code *code,
                       const struct jx_kernel *kernel, const struct jx_view *view)
{
    const struct jx_storage *storage = &code->storages[view->storage];
    jx_text_add(t, "t%d", view->storage);
    if (view->offset != 0)
        jx_text_add(t, " @%" PRId64, view->offset);
    if (kernel->n_axes > 0)
        jx_text_add(t, " (");
    for (int k = 0; k < kernel->n_axes; k++) {
        const char *before = k == kernel->n_outer ? (k > 0 ? " | " : "| ") : k > 0 ? "," : "";
        jx_text_add(t, "%s%" PRId64, before, view->stride[k]);
        if (view->blocked == k + 1)
            jx_text_add(t, "/%d", storage->layout.block);
    }
    if (kernel->n_axes > 0)
        jx_text_add(t, ")");
    for (int i = 0; i < view->n_guards; i++) {
        const struct jx_guard *guard = &view->guards[i];
        jx_text_add(t, " {");
        print_form(t, guard->offset, guard->coef, kernel->n_axes);
        if (guard->step != 1)
            jx_text_add(t, " by %" PRId64, guard->step);
        jx_text_add(t, " in %" PRId64, guard->size);
        if (guard->stride != 0)
            jx_text_add(t, " *%" PRId64, guard->stride);
        jx_text_add(t, "}");
    }
    if (view->n_guards > 0) {
        jx_text_add(t, " else ");
        print_scalar(t, view->fill, storage->dtype);
    }
}

static void print_instr(struct jx_text *t, const struct jx_code *code,
                        const struct jx_kernel *kernel, int i)
{
    const struct jx_instr *x = &kernel->instrs[i];
    jx_text_add(t, "%s%%%d %s = ", x->inner ? "    " : "  ", i,
                jx_dtype_info((jaxc_dtype)x->dtype)->name);
    switch (x->kind) {
    case JX_I_LOAD:
        jx_text_add(t, "load ");
        print_view(t, code, kernel, &kernel->views[x->view]);
        break;
    case JX_I_CONST: print_scalar(t, x->imm, (jaxc_dtype)x->dtype); break;
    case JX_I_INDEX: jx_text_add(t, "index %d", x->axis); break;
    case JX_I_SCALAR: jx_text_add(t, "%s", jx_scalar_op_info[x->op].name); break;
    case JX_I_REDUCE: jx_text_add(t, "reduce %s", jx_combine_name((enum jx_combine)x->op)); break;
    }
    if (x->kind == JX_I_LOAD && x->args[0] >= 0)
        jx_text_add(t, " +");
    for (int j = 0; j < 3 && x->args[j] >= 0; j++)
        jx_text_add(t, " %%%d", x->args[j]);
    jx_text_add(t, "\n");
}

static void print_stores(struct jx_text *t, const struct jx_code *code,
                         const struct jx_kernel *kernel, int reg)
{
    for (int i = 0; i < kernel->n_stores; i++) {
        const struct jx_store *store = &kernel->stores[i];
        if (store->reg != reg)
            continue;
        jx_text_add(t, "%s", kernel->instrs[reg].inner ? "    " : "  ");
        print_view(t, code, kernel, &store->view);
        jx_text_add(t, " = %%%d\n", reg);
    }
}

static void print_routine(struct jx_text *t, const struct jx_routine *r)
{
    const char *op = r->op ? jx_scalar_op_info[r->op].name : "set";
    switch ((enum jx_routine_kind)r->kind) {
    case JX_ROUTINE_NONE: return;
    case JX_ROUTINE_PREFIX:
        jx_text_add(t, " prefix %s%s %%%d", op, r->reverse ? " reversed" : "", r->value);
        return;
    case JX_ROUTINE_SORT:
        jx_text_add(t, " sort by %d", r->n_keys);
        if (r->first)
            jx_text_add(t, " from %lld", (long long)r->first);
        return;
    case JX_ROUTINE_SCATTER:
        jx_text_add(t, " scatter %s %%%d at %%%d", op, r->value, r->address);
        if (r->valid >= 0)
            jx_text_add(t, " if %%%d", r->valid);
        return;
    }
}

void jx_kernel_print(struct jx_text *t, const struct jx_code *code, const struct jx_kernel *kernel)
{
    int available[JX_MAX_INSTRS];
    jx_kernel_available(kernel, available);
    jx_text_add(t, "kernel %s [", kernel->name[0] ? kernel->name : "unnamed");
    for (int k = 0; k < kernel->n_axes; k++) {
        const char *before = k == kernel->n_outer ? (k > 0 ? " | " : "| ") : k > 0 ? "," : "";
        jx_text_add(t, "%s%" PRId64, before, kernel->dims[k]);
    }
    jx_text_add(t, "]");
    if (kernel->dot.sum >= 0)
        jx_text_add(t, " dot %%%d %%%d", kernel->dot.a, kernel->dot.b);
    print_routine(t, &kernel->routine);
    jx_text_add(t, "\n");
    for (int stage = -1; stage < kernel->n_stages || stage < 0; stage++) {
        bool named = false;
        for (int inner = 1; inner >= 0; inner--) {
            for (int i = 0; i < kernel->n_instrs; i++) {
                if (available[i] != stage || kernel->instrs[i].inner != inner)
                    continue;
                if (inner && !named)
                    jx_text_add(t, "  stage %d\n", stage);
                named = named || inner;
                print_instr(t, code, kernel, i);
                print_stores(t, code, kernel, i);
            }
        }
    }
}

static void print_type(struct jx_text *t, const struct jx_storage *storage)
{
    jx_text_add(t, "%s", jx_dtype_info(storage->dtype)->name);
    print_dims(t, storage->rank, storage->dims);
}

static void print_storage(struct jx_text *t, const struct jx_code *code, int i)
{
    const struct jx_storage *storage = &code->storages[i];
    jx_text_add(t, "  t%d ", i);
    print_type(t, storage);
    if (storage->layout.block)
        jx_text_add(t, " axis %d in blocks of %d", storage->layout.axis, storage->layout.block);
    switch (storage->kind) {
    case JX_STORE_OPERAND: jx_text_add(t, " operand %d", storage->index); break;
    case JX_STORE_RESULT:
        jx_text_add(t, " result %d", storage->index);
        if (code->donates && code->donates[storage->index] >= 0)
            jx_text_add(t, " in operand %d", code->donates[storage->index]);
        break;
    case JX_STORE_TEMP: jx_text_add(t, " temp at %zu", storage->offset); break;
    }
    jx_text_add(t, "\n");
}

char *jx_code_print(const struct jx_code *code)
{
    struct jx_text t = {0};
    jx_text_add(&t, "code %d operands, %d results, arena %zu\n", code->n_operands, code->n_results,
                code->arena_size);
    for (int i = 0; i < code->n_storages; i++)
        print_storage(&t, code, i);
    for (int k = 0; k < code->n_kernels; k++) {
        jx_text_add(&t, "\n");
        jx_kernel_print(&t, code, &code->kernels[k]);
    }
    return jx_text_take(&t);
}
