/*
 * code_verify.c - is code what kernel.h says code is? Run after lowering in debug builds and in
 * tests.
 *
 * A backend may then index without looking: every element that a view reaches lies in its storage,
 * for all points at once, by interval arithmetic on its affine form (a guarded axis counts as its
 * own valid range). The first broken rule becomes an internal error that names the kernel and the
 * rule.
 */
#include "kernel/kernel.h"

#include <inttypes.h>

struct verifier {
    const struct jx_code *code;
    const struct jx_kernel *kernel; /* the one being looked at; NULL: the code as a whole */
    int available[JX_MAX_INSTRS];
    bool outer_empty, inner_empty; /* no outer points; no inner points */
};

static bool broken(const struct verifier *v, const char *rule, int64_t number)
{
    if (v->kernel)
        return jx_fail_at(v->kernel->loc, JAXC_EINTERNAL,
                          "internal: kernel %.48s: %s (%" PRId64 ")", v->kernel->name, rule,
                          number);
    return jx_fail(JAXC_EINTERNAL, "internal: code: %s (%" PRId64 ")", rule, number);
}

static bool is_supported(int dtype)
{
    const struct jx_dtype_info *info = jx_dtype_info((jaxc_dtype)dtype);
    return info && info->supported;
}

/* ---- views ----------------------------------------------------------------------------------- */

struct range {
    int64_t low, high; /* both included */
};

static bool add_ranges(struct range *to, struct range r)
{
    return !__builtin_add_overflow(to->low, r.low, &to->low) &&
           !__builtin_add_overflow(to->high, r.high, &to->high);
}

/* Of coef * i for 0 <= i < n. */
static bool term_range(int64_t coef, int64_t n, struct range *r)
{
    int64_t last;
    if (__builtin_mul_overflow(coef, n - 1, &last))
        return false;
    *r = (struct range){last < 0 ? last : 0, last > 0 ? last : 0};
    return true;
}

/* Of i / block * stride + i % block for 0 <= i < n, stride not negative. */
static bool blocked_range(int64_t stride, int64_t block, int64_t n, struct range *r)
{
    int64_t last = (n - 1) / block, high, before;
    if (__builtin_mul_overflow(last, stride, &high) ||
        __builtin_add_overflow(high, (n - 1) % block, &high))
        return false;
    if (last > 0) { /* the end of the last whole block may lie further out */
        before = (last - 1) * stride;
        if (__builtin_add_overflow(before, block - 1, &before))
            return false;
        high = before > high ? before : high;
    }
    *r = (struct range){0, high};
    return true;
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* What a guard adds to the address while it is satisfied; *never is set when it cannot be. */
static bool guard_range(const struct verifier *v, const struct jx_guard *guard, struct range *r,
                        bool *never)
{
    struct range g = {guard->offset, guard->offset}, term = {0, 0};
    int64_t limit, low, high;
    if (guard->step < 1 || guard->size < 0)
        return broken(v, "a guard of negative size or without a step", guard->step);
    if (__builtin_mul_overflow(guard->size, guard->step, &limit))
        return broken(v, "a guard's size does not fit", guard->size);
    for (int k = 0; k < v->kernel->n_axes; k++) {
        if (!term_range(guard->coef[k], v->kernel->dims[k], &term) || !add_ranges(&g, term))
            return broken(v, "a guard's sum does not fit 64 bits, axis", k);
    }
    low = g.low > 0 ? (g.low - 1) / guard->step + 1 : 0;
    high = g.high < limit ? floor_div(g.high, guard->step) : guard->size - 1;
    *never = low > high;
    if (*never)
        return true;
    if (__builtin_mul_overflow(low, guard->stride, &r->low) ||
        __builtin_mul_overflow(high, guard->stride, &r->high))
        return broken(v, "a guard's address does not fit 64 bits", guard->stride);
    if (r->low > r->high)
        *r = (struct range){r->high, r->low};
    return true;
}

static bool verify_blocked(const struct verifier *v, const struct jx_view *view)
{
    const struct jx_storage *storage = &v->code->storages[view->storage];
    int axis = view->blocked - 1;
    if (axis >= v->kernel->n_axes || axis < 0)
        return broken(v, "a blocked view along an axis that is not there", view->blocked);
    if (!storage->layout.block)
        return broken(v, "a blocked view of a row-major storage", view->storage);
    if (v->kernel->dims[axis] != storage->dims[storage->layout.axis])
        return broken(v, "a blocked view of a part of the blocked axis", axis);
    if (view->offset != 0 || view->n_guards != 0 || view->stride[axis] < 0)
        return broken(v, "a blocked view with offset, guards or a negative stride", view->storage);
    return true;
}

/* Read or written at the inner or the outer level, or at a computed place. */
static bool verify_view(const struct verifier *v, const struct jx_view *view, bool inner,
                        bool computed)
{
    const struct jx_kernel *kernel = v->kernel;
    if (view->storage < 0 || view->storage >= v->code->n_storages)
        return broken(v, "a view of a storage that is not there", view->storage);
    const struct jx_storage *storage = &v->code->storages[view->storage];
    if (view->n_guards < 0 || (view->n_guards > 0 && !view->guards))
        return broken(v, "a view without its guards", view->n_guards);
    if (view->blocked != 0 && !verify_blocked(v, view))
        return false;
    for (int k = kernel->n_outer; !inner && k < kernel->n_axes; k++) {
        if (view->stride[k] != 0 || view->blocked == k + 1)
            return broken(v, "an outer value moves along inner axis", k);
        for (int i = 0; i < view->n_guards; i++)
            if (view->guards[i].coef[k] != 0)
                return broken(v, "an outer value is guarded along inner axis", k);
    }
    if (computed && (storage->layout.block || view->n_guards > 0))
        return broken(v, "a computed place in blocks or with guards, storage", view->storage);
    if (computed || v->outer_empty || (inner && v->inner_empty))
        return true;

    int n_axes = inner ? kernel->n_axes : kernel->n_outer;
    struct range at = {view->offset, view->offset}, term = {0, 0};
    for (int k = 0; k < n_axes; k++) {
        bool fits = view->blocked == k + 1 ? blocked_range(view->stride[k], storage->layout.block,
                                                           kernel->dims[k], &term)
                                           : term_range(view->stride[k], kernel->dims[k], &term);
        if (!fits || !add_ranges(&at, term))
            return broken(v, "an address does not fit 64 bits, axis", k);
    }
    bool never = false;
    for (int i = 0; i < view->n_guards; i++) {
        bool this_never = false;
        if (!guard_range(v, &view->guards[i], &term, &this_never))
            return false;
        if (!this_never && !add_ranges(&at, term))
            return broken(v, "an address does not fit 64 bits, guard", i);
        never = never || this_never;
    }
    int64_t n = (int64_t)(storage->size / jx_dtype_info(storage->dtype)->size);
    if (!never && (at.low < 0 || at.high >= n))
        return broken(v,
                      at.low < 0 ? "a view reaches before its storage, element"
                                 : "a view reaches behind its storage, element",
                      at.low < 0 ? at.low : at.high);
    return true;
}

/* ---- instructions ---------------------------------------------------------------------------- */

static int n_operands(const struct jx_instr *x)
{
    if (x->kind == JX_I_SCALAR)
        return jx_scalar_op_info[x->op].arity;
    if (x->kind == JX_I_REDUCE)
        return x->op == JX_COMBINE_ARGMAX || x->op == JX_COMBINE_ARGMIN ? 2 : 1;
    if (x->kind == JX_I_LOAD)
        return x->args[0] < 0 ? 0 : x->args[1] < 0 ? 1 : 2;
    return 0;
}

/* Operands are there, come before, and have their value when the instruction runs. */
static bool verify_operands(const struct verifier *v, int i)
{
    const struct jx_instr *x = &v->kernel->instrs[i];
    int n = n_operands(x);
    for (int j = 0; j < 3; j++) {
        int a = x->args[j];
        if (j >= n) {
            if (a != -1)
                return broken(v, "an operand too many in instruction", i);
            continue;
        }
        if (a < 0 || a >= i)
            return broken(v, "an operand that does not come before instruction", i);
        const struct jx_instr *from = &v->kernel->instrs[a];
        bool reduces = x->kind == JX_I_REDUCE;
        if (from->inner && !x->inner && !reduces)
            return broken(v, "an inner value is used outside without a reduction by instruction",
                          i);
        if (from->inner && from->stage > x->stage)
            return broken(v, "a value of a later stage is used by instruction", i);
        if (!from->inner && (x->inner || reduces) && v->available[a] >= x->stage)
            return broken(v, "a reduction is used before its stage has ended by instruction", i);
    }
    return true;
}

static bool verify_scalar(const struct verifier *v, int i)
{
    const struct jx_instr *x = &v->kernel->instrs[i], *all = v->kernel->instrs;
    int first = x->op == JX_S_select ? 1 : 0, n = n_operands(x);
    if (first && all[x->args[0]].dtype != JAXC_BOOL)
        return broken(v, "select without a bool predicate in instruction", i);
    jaxc_dtype from = (jaxc_dtype)all[x->args[first]].dtype;
    for (int j = first; j < n; j++)
        if ((jaxc_dtype)all[x->args[j]].dtype != from)
            return broken(v, "operands of different dtypes in instruction", i);
    if (!jx_scalar_op_takes((enum jx_scalar_op)x->op, from, (jaxc_dtype)x->dtype))
        return broken(v, "an operation without these dtypes in instruction", i);
    return true;
}

static bool verify_reduce(const struct verifier *v, int i)
{
    const struct jx_instr *x = &v->kernel->instrs[i], *all = v->kernel->instrs;
    if (x->inner)
        return broken(v, "a reduction at the inner level, instruction", i);
    jaxc_dtype dtype = (jaxc_dtype)x->dtype;
    if (n_operands(x) == 2) {
        if ((jaxc_dtype)all[x->args[1]].dtype != dtype || !jx_is_integer(dtype))
            return broken(v, "an arg-reduction whose index has another dtype, instruction", i);
        return true;
    }
    enum jx_scalar_op op = jx_combine_op((enum jx_combine)x->op);
    if ((jaxc_dtype)all[x->args[0]].dtype != dtype || !jx_scalar_op_takes(op, dtype, dtype))
        return broken(v, "a reduction without these dtypes, instruction", i);
    return true;
}

static bool verify_load(const struct verifier *v, int i)
{
    const struct jx_instr *x = &v->kernel->instrs[i];
    if (x->view < 0 || x->view >= v->kernel->n_views)
        return broken(v, "no view for load", i);
    const struct jx_view *view = &v->kernel->views[x->view];
    if (!verify_view(v, view, x->inner, x->args[0] >= 0))
        return false;
    if (v->code->storages[view->storage].dtype != (jaxc_dtype)x->dtype)
        return broken(v, "the storage has another dtype than load", i);
    if ((x->args[0] >= 0 && (jaxc_dtype)v->kernel->instrs[x->args[0]].dtype != JAXC_I64) ||
        (x->args[1] >= 0 && (jaxc_dtype)v->kernel->instrs[x->args[1]].dtype != JAXC_BOOL))
        return broken(v, "an address that is no i64, or a validity that is no bool, in load", i);
    return true;
}

static bool verify_instr(const struct verifier *v, int i)
{
    const struct jx_instr *x = &v->kernel->instrs[i];
    if (x->kind > JX_I_REDUCE)
        return broken(v, "no kind of instruction", x->kind);
    if (!is_supported(x->dtype))
        return broken(v, "a dtype that is not supported in instruction", i);
    if (x->inner > 1)
        return broken(v, "neither inner nor outer: instruction", i);
    if ((x->inner || x->kind == JX_I_REDUCE) && x->stage >= v->kernel->n_stages)
        return broken(v, "a stage that is not there in instruction", i);
    if (x->kind == JX_I_SCALAR && (x->op == JX_S_none || x->op >= JX_N_SCALAR_OPS))
        return broken(v, "no operation in instruction", i);
    if (x->kind == JX_I_REDUCE && (x->op == 0 || x->op >= JX_N_COMBINES))
        return broken(v, "no way to combine in instruction", i);
    if (!verify_operands(v, i))
        return false;
    switch (x->kind) {
    case JX_I_LOAD: return verify_load(v, i);
    case JX_I_SCALAR: return verify_scalar(v, i);
    case JX_I_REDUCE: return verify_reduce(v, i);
    case JX_I_INDEX:
        if (x->axis >= (x->inner ? v->kernel->n_axes : v->kernel->n_outer))
            return broken(v, "an axis that is not there or not seen in index", i);
        if ((jaxc_dtype)x->dtype == JAXC_BOOL)
            return broken(v, "a bool index", i);
        return true;
    default:
        if ((jaxc_dtype)x->dtype == JAXC_BOOL && x->imm.u > 1)
            return broken(v, "a bool that is neither 0 nor 1, instruction", i);
        return true;
    }
}

/* ---- kernels --------------------------------------------------------------------------------- */

static bool is_donated(const struct jx_code *code, int operand)
{
    for (int i = 0; code->donates && i < code->n_results; i++)
        if (code->donates[i] == operand)
            return true;
    return false;
}

static bool verify_store(const struct verifier *v, const struct jx_store *store, int number)
{
    if (store->reg < 0 || store->reg >= v->kernel->n_instrs)
        return broken(v, "no register for store", number);
    const struct jx_instr *x = &v->kernel->instrs[store->reg];
    if (store->view.n_guards != 0)
        return broken(v, "guards on store", number);
    bool computed = v->kernel->routine.kind == JX_ROUTINE_SCATTER;
    if (!verify_view(v, &store->view, x->inner, computed))
        return false;
    const struct jx_storage *storage = &v->code->storages[store->view.storage];
    if (storage->dtype != (jaxc_dtype)x->dtype)
        return broken(v, "the storage has another dtype than store", number);
    if (storage->kind == JX_STORE_OPERAND && !is_donated(v->code, storage->index))
        return broken(v, "an operand that is not donated is written by store", number);
    return true;
}

/* Through the conversions between a load and the product. */
static int unconverted(const struct jx_kernel *kernel, int reg)
{
    while (kernel->instrs[reg].kind == JX_I_SCALAR && kernel->instrs[reg].op == JX_S_convert)
        reg = kernel->instrs[reg].args[0];
    return reg;
}

static bool verify_dot(const struct verifier *v)
{
    const struct jx_kernel *kernel = v->kernel;
    const struct jx_dot *dot = &kernel->dot;
    const int at[] = {dot->a, dot->b, dot->mul, dot->sum};
    int n_absent = 0;
    for (int i = 0; i < 4; i++) {
        if (at[i] < -1 || at[i] >= kernel->n_instrs)
            return broken(v, "a product of an instruction that is not there", at[i]);
        n_absent += at[i] == -1;
    }
    if (n_absent == 4)
        return true;
    if (n_absent > 0)
        return broken(v, "a product with parts missing", n_absent);
    const struct jx_instr *all = kernel->instrs, *mul = &all[dot->mul], *sum = &all[dot->sum];
    if (all[dot->a].kind != JX_I_LOAD || all[dot->b].kind != JX_I_LOAD)
        return broken(v, "a product whose operands are not loads", dot->a);
    if (mul->kind != JX_I_SCALAR || mul->op != JX_S_mul || !mul->inner)
        return broken(v, "a product without its multiplication", dot->mul);
    if (sum->kind != JX_I_REDUCE || sum->op != JX_COMBINE_ADD || sum->args[0] != dot->mul)
        return broken(v, "a product without its sum", dot->sum);
    int x = unconverted(kernel, mul->args[0]), y = unconverted(kernel, mul->args[1]);
    if (!(x == dot->a && y == dot->b) && !(x == dot->b && y == dot->a))
        return broken(v, "a product that multiplies something else", dot->mul);
    return true;
}

static bool verify_operation(const struct verifier *v, int reg)
{
    const struct jx_routine *r = &v->kernel->routine;
    jaxc_dtype dtype = (jaxc_dtype)v->kernel->instrs[reg].dtype;
    if (r->op >= JX_N_SCALAR_OPS || jx_scalar_op_info[r->op].arity != 2 ||
        !jx_scalar_op_takes((enum jx_scalar_op)r->op, dtype, dtype))
        return broken(v, "a routine without this operation and dtype", r->op);
    return true;
}

static bool verify_routine(const struct verifier *v)
{
    const struct jx_kernel *k = v->kernel;
    const struct jx_routine *r = &k->routine;
    if (r->kind == JX_ROUTINE_NONE)
        return true;
    bool scatter = r->kind == JX_ROUTINE_SCATTER, sort = r->kind == JX_ROUTINE_SORT;
    for (int i = 0; i < k->n_instrs; i++)
        if (k->instrs[i].kind != JX_I_LOAD || k->instrs[i].args[0] >= 0 ||
            k->views[k->instrs[i].view].n_guards > 0 || k->views[k->instrs[i].view].blocked)
            return broken(v, "more than a plain load in a routine, instruction", i);
    if (k->n_axes - k->n_outer != (scatter ? 0 : 1) || r->kind > JX_ROUTINE_SCATTER)
        return broken(v, "a routine over other axes than it can", k->n_axes - k->n_outer);
    if (sort && (r->first < 0 || r->first > k->dims[k->n_outer]))
        return broken(v, "a sort from a point that is not there", (int)r->first);
    if (sort)
        return r->n_keys >= 1 && r->n_keys <= k->n_instrs
                   ? true
                   : broken(v, "a sort by other keys than it has", r->n_keys);
    const int marks[3] = {r->value, r->address, r->valid};
    for (int m = 0; m < 3; m++)
        if (marks[m] < (m == 0 || (scatter && m == 1) ? 0 : -1) || marks[m] >= k->n_instrs)
            return broken(v, "a routine of an instruction that is not there", marks[m]);
    if (k->n_stores != 1 || k->stores[0].reg != r->value)
        return broken(v, "a routine that stores something else", r->value);
    if (!scatter)
        return verify_operation(v, r->value);
    if ((jaxc_dtype)k->instrs[r->address].dtype != JAXC_I64 ||
        (r->valid >= 0 && (jaxc_dtype)k->instrs[r->valid].dtype != JAXC_BOOL))
        return broken(v, "an address that is no i64, or a validity that is no bool", r->address);
    return r->op == JX_S_none || verify_operation(v, r->value);
}

static bool verify_space(struct verifier *v)
{
    const struct jx_kernel *kernel = v->kernel;
    int64_t points = 1;
    if (kernel->n_axes < 0 || kernel->n_axes > JX_MAX_AXES || kernel->n_outer < 0 ||
        kernel->n_outer > kernel->n_axes)
        return broken(v, "too many axes", kernel->n_axes);
    v->outer_empty = v->inner_empty = false;
    for (int k = 0; k < kernel->n_axes; k++) {
        if (kernel->dims[k] < 0)
            return broken(v, "a negative size of axis", k);
        if (kernel->dims[k] == 0) {
            *(k < kernel->n_outer ? &v->outer_empty : &v->inner_empty) = true;
        } else if (__builtin_mul_overflow(points, kernel->dims[k], &points)) {
            return broken(v, "more points than fit 64 bits, axis", k);
        }
    }
    return true;
}

static bool verify_kernel(struct verifier *v)
{
    const struct jx_kernel *kernel = v->kernel;
    if (!memchr(kernel->name, 0, sizeof kernel->name))
        return broken(v, "a name without an end", 0);
    if (!verify_space(v))
        return false;
    if (kernel->n_instrs < 0 || kernel->n_instrs > JX_MAX_INSTRS || kernel->n_views < 0 ||
        kernel->n_stores < 0 || kernel->n_stages < 0)
        return broken(v, "more instructions than a kernel may have", kernel->n_instrs);
    for (int i = 0; i < kernel->n_instrs; i++) { /* so that what is available can be asked */
        const struct jx_instr *x = &kernel->instrs[i];
        for (int j = 0; j < 3; j++)
            if (x->args[j] >= i)
                return broken(v, "an operand that does not come before instruction", i);
    }
    jx_kernel_available(kernel, v->available);
    for (int i = 0; i < kernel->n_instrs; i++)
        if (!verify_instr(v, i))
            return false;
    for (int i = 0; i < kernel->n_stores; i++)
        if (!verify_store(v, &kernel->stores[i], i))
            return false;
    return verify_dot(v) && verify_routine(v);
}

/* ---- code ------------------------------------------------------------------------------------ */

static bool verify_storage(const struct verifier *v, int i)
{
    const struct jx_code *code = v->code;
    const struct jx_storage *s = &code->storages[i];
    size_t size, end;
    if (!is_supported((int)s->dtype))
        return broken(v, "a dtype that is not supported in storage", i);
    if (s->rank < 0 || s->rank > JAXC_MAX_RANK)
        return broken(v, "too many axes in storage", i);
    for (int k = 0; k < s->rank; k++)
        if (s->dims[k] < 0)
            return broken(v, "a negative size in storage", i);
    if (s->layout.block && s->layout.axis >= s->rank)
        return broken(v, "a layout along an axis that is not there in storage", i);
    if (!jx_buffer_size(s->dtype, s->rank, s->dims, s->layout, &size))
        return false;
    if (size != s->size)
        return broken(v, "a size that is not that of its dims and layout, storage", i);
    switch (s->kind) {
    case JX_STORE_OPERAND:
        if (s->index < 0 || s->index >= code->n_operands)
            return broken(v, "an operand that is not there in storage", i);
        return true;
    case JX_STORE_RESULT:
        if (s->index < 0 || s->index >= code->n_results)
            return broken(v, "a result that is not there in storage", i);
        return true;
    case JX_STORE_TEMP:
        if (s->offset % 64 != 0 || !jx_add_size(s->offset, s->size, &end) || end > code->arena_size)
            return broken(v, "not aligned or outside the arena: storage", i);
        return true;
    }
    return broken(v, "no kind of storage", (int64_t)s->kind);
}

/* Bytes of an operand or result; -1: no kernel touches it. */
static int64_t size_of(const struct jx_code *code, enum jx_storage_kind kind, int index)
{
    for (int i = 0; i < code->n_storages; i++)
        if (code->storages[i].kind == kind && code->storages[i].index == index)
            return (int64_t)code->storages[i].size;
    return -1;
}

static bool verify_donation(const struct verifier *v)
{
    const struct jx_code *code = v->code;
    for (int i = 0; code->donates && i < code->n_results; i++) {
        int operand = code->donates[i];
        if (operand < -1 || operand >= code->n_operands)
            return broken(v, "an operand that is not there is donated to result", i);
        if (operand < 0)
            continue;
        for (int j = 0; j < i; j++)
            if (code->donates[j] == operand)
                return broken(v, "donated twice: operand", operand);
        int64_t given = size_of(code, JX_STORE_OPERAND, operand);
        int64_t taken = size_of(code, JX_STORE_RESULT, i);
        if (given >= 0 && taken >= 0 && given != taken)
            return broken(v, "the memory donated has another size, result", i);
    }
    return true;
}

bool jx_code_verify(const struct jx_code *code)
{
    struct verifier v = {.code = code};
    if (code->n_storages < 0 || code->n_kernels < 0 || code->n_operands < 0 || code->n_results < 0)
        return broken(&v, "a negative count", 0);
    for (int i = 0; i < code->n_storages; i++)
        if (!verify_storage(&v, i))
            return false;
    if (!verify_donation(&v))
        return false;
    for (int k = 0; k < code->n_kernels; k++) {
        v.kernel = &code->kernels[k];
        if (!verify_kernel(&v))
            return false;
    }
    return true;
}
