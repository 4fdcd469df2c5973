/*
 * code_builder.c - see the header. Arrays have room for all that a test writes.
 */
#include "code_builder.h"

#include <check.h>
#include <stdio.h>

enum { MAX_STORAGES = 32, MAX_KERNELS = 8, MAX_VIEWS = 64, MAX_STORES = 16, MAX_GUARDS = 8 };

static void *room(size_t n, size_t size)
{
    void *p = jx_alloc(n, size);
    ck_assert_ptr_nonnull(p);
    return p;
}

void code_begin(struct code_builder *b)
{
    *b = (struct code_builder){.code = room(1, sizeof *b->code)};
    b->code->storages = room(MAX_STORAGES, sizeof *b->code->storages);
    b->code->kernels = room(MAX_KERNELS, sizeof *b->code->kernels);
    b->code->donates = room(MAX_STORAGES, sizeof *b->code->donates);
    for (int i = 0; i < MAX_STORAGES; i++)
        b->code->donates[i] = -1;
}

struct jx_code *code_end_unchecked(struct code_builder *b) { return b->code; }

struct jx_code *code_end(struct code_builder *b)
{
    ck_assert(jx_code_verify(b->code));
    return b->code;
}

static int new_storage(struct code_builder *b, enum jx_storage_kind kind, int index,
                       jaxc_dtype dtype, struct jaxc_shape shape)
{
    ck_assert_int_lt(b->code->n_storages, MAX_STORAGES);
    struct jx_storage *s = &b->code->storages[b->code->n_storages];
    *s = (struct jx_storage){.kind = kind, .index = index, .dtype = dtype, .rank = shape.rank};
    memcpy(s->dims, shape.dims, sizeof s->dims);
    ck_assert(jx_buffer_size(dtype, s->rank, s->dims, s->layout, &s->size));
    return b->code->n_storages++;
}

int code_operand(struct code_builder *b, jaxc_dtype dtype, struct jaxc_shape shape)
{
    return new_storage(b, JX_STORE_OPERAND, b->code->n_operands++, dtype, shape);
}

int code_result(struct code_builder *b, jaxc_dtype dtype, struct jaxc_shape shape)
{
    return new_storage(b, JX_STORE_RESULT, b->code->n_results++, dtype, shape);
}

int code_temp(struct code_builder *b, jaxc_dtype dtype, struct jaxc_shape shape)
{
    int i = new_storage(b, JX_STORE_TEMP, 0, dtype, shape);
    b->code->storages[i].offset = b->code->arena_size;
    b->code->arena_size += (b->code->storages[i].size + 63) & ~(size_t)63;
    return i;
}

void code_layout(struct code_builder *b, int storage, int axis, int block)
{
    struct jx_storage *s = &b->code->storages[storage];
    ck_assert_int_ne(s->kind, JX_STORE_TEMP); /* what follows in the arena would have to move */
    s->layout = (struct jx_layout){.block = (uint8_t)block, .axis = (uint8_t)axis};
    ck_assert(jx_buffer_size(s->dtype, s->rank, s->dims, s->layout, &s->size));
}

void code_donate(struct code_builder *b, int operand, int result)
{
    b->code->donates[result] = operand;
}

void code_kernel(struct code_builder *b, const char *name, int n_outer, struct jaxc_shape dims)
{
    ck_assert_int_lt(b->code->n_kernels, MAX_KERNELS);
    struct jx_kernel *k = &b->code->kernels[b->code->n_kernels++];
    snprintf(k->name, sizeof k->name, "%s", name);
    k->n_outer = n_outer;
    k->n_axes = dims.rank;
    memcpy(k->dims, dims.dims, sizeof dims.dims);
    k->instrs = room(JX_MAX_INSTRS, sizeof *k->instrs);
    k->views = room(MAX_VIEWS, sizeof *k->views);
    k->stores = room(MAX_STORES, sizeof *k->stores);
    k->dot = (struct jx_dot){-1, -1, -1, -1};
    k->n_stages = 1;
    b->kernel = k;
    code_outer(b);
}

void code_outer(struct code_builder *b)
{
    b->inner = false;
    b->stage = 0;
}

void code_inner(struct code_builder *b, int stage)
{
    b->inner = true;
    b->stage = stage;
    if (stage >= b->kernel->n_stages)
        b->kernel->n_stages = stage + 1;
}

static int add_instr(struct code_builder *b, struct jx_instr x)
{
    ck_assert_int_lt(b->kernel->n_instrs, JX_MAX_INSTRS);
    x.inner = b->inner && x.kind != JX_I_REDUCE;
    if (x.kind != JX_I_REDUCE)
        x.stage = (uint16_t)b->stage;
    if (x.kind != JX_I_LOAD)
        x.view = -1;
    b->kernel->instrs[b->kernel->n_instrs] = x;
    return b->kernel->n_instrs++;
}

#define NO_ARGS .args = {-1, -1, -1}

int code_load_from(struct code_builder *b, int storage, int64_t offset, const int64_t *stride)
{
    ck_assert_int_lt(b->kernel->n_views, MAX_VIEWS);
    struct jx_view *view = &b->kernel->views[b->kernel->n_views];
    view->storage = storage;
    view->offset = offset;
    memcpy(view->stride, stride, sizeof view->stride);
    return add_instr(b, (struct jx_instr){.kind = JX_I_LOAD,
                                          .dtype = (uint8_t)b->code->storages[storage].dtype,
                                          .view = (int16_t)b->kernel->n_views++,
                                          NO_ARGS});
}

int code_load(struct code_builder *b, int storage, const int64_t *stride)
{
    return code_load_from(b, storage, 0, stride);
}

void code_guard(struct code_builder *b, int load, struct jx_guard guard, union jx_scalar fill)
{
    struct jx_view *view = &b->kernel->views[b->kernel->instrs[load].view];
    if (!view->guards)
        view->guards = room(MAX_GUARDS, sizeof *view->guards);
    ck_assert_int_lt(view->n_guards, MAX_GUARDS);
    view->guards[view->n_guards++] = guard;
    view->fill = fill;
}

int code_f(struct code_builder *b, jaxc_dtype dtype, double value)
{
    return add_instr(
        b, (struct jx_instr){
               .kind = JX_I_CONST, .dtype = (uint8_t)dtype, .imm = {.f = value}, NO_ARGS});
}

int code_i(struct code_builder *b, jaxc_dtype dtype, int64_t value)
{
    return add_instr(
        b, (struct jx_instr){
               .kind = JX_I_CONST, .dtype = (uint8_t)dtype, .imm = {.i = value}, NO_ARGS});
}

int code_index(struct code_builder *b, jaxc_dtype dtype, int axis)
{
    return add_instr(
        b, (struct jx_instr){
               .kind = JX_I_INDEX, .dtype = (uint8_t)dtype, .axis = (uint16_t)axis, NO_ARGS});
}

static int scalar(struct code_builder *b, enum jx_scalar_op op, jaxc_dtype dtype, int x, int y,
                  int z)
{
    return add_instr(b, (struct jx_instr){.kind = JX_I_SCALAR,
                                          .dtype = (uint8_t)dtype,
                                          .op = (uint8_t)op,
                                          .args = {(int16_t)x, (int16_t)y, (int16_t)z}});
}

int code_op1(struct code_builder *b, enum jx_scalar_op op, jaxc_dtype dtype, int x)
{
    return scalar(b, op, dtype, x, -1, -1);
}

int code_op2(struct code_builder *b, enum jx_scalar_op op, jaxc_dtype dtype, int x, int y)
{
    return scalar(b, op, dtype, x, y, -1);
}

int code_select(struct code_builder *b, int p, int y, int z)
{
    return scalar(b, JX_S_select, (jaxc_dtype)b->kernel->instrs[y].dtype, p, y, z);
}

int code_reduce(struct code_builder *b, int stage, enum jx_combine combine, int x, int index)
{
    return add_instr(b, (struct jx_instr){.kind = JX_I_REDUCE,
                                          .dtype = b->kernel->instrs[index >= 0 ? index : x].dtype,
                                          .op = (uint8_t)combine,
                                          .stage = (uint16_t)stage,
                                          .args = {(int16_t)x, (int16_t)index, -1}});
}

void code_dot(struct code_builder *b, int x, int y, int mul, int sum)
{
    b->kernel->dot = (struct jx_dot){.a = x, .b = y, .mul = mul, .sum = sum};
}

void code_store_at(struct code_builder *b, int reg, int storage, int64_t offset,
                   const int64_t *stride)
{
    ck_assert_int_lt(b->kernel->n_stores, MAX_STORES);
    struct jx_store *s = &b->kernel->stores[b->kernel->n_stores++];
    s->reg = reg;
    s->view.storage = storage;
    s->view.offset = offset;
    memcpy(s->view.stride, stride, sizeof s->view.stride);
}

void code_store(struct code_builder *b, int reg, int storage, const int64_t *stride)
{
    code_store_at(b, reg, storage, 0, stride);
}

void code_blocked_load(struct code_builder *b, int load, int axis)
{
    b->kernel->views[b->kernel->instrs[load].view].blocked = axis + 1;
}

void code_blocked_store(struct code_builder *b, int axis)
{
    b->kernel->stores[b->kernel->n_stores - 1].view.blocked = axis + 1;
}

void code_run(const struct jx_backend *backend, const struct jx_code *code, void *const *operands,
              void *const *results)
{
    struct jx_executable *executable = backend->compile(code);
    ck_assert_ptr_nonnull(executable);
    ck_assert(backend->run(executable, operands, results));
    backend->drop(executable);
}
