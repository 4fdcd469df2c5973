/*
 * backend/cpu/product.c - kernels whose `dot` is set: to matrix products with tile programs around
 * them.
 *
 * The axes of a kernel are sorted into the lists of matmul.h by which of the two operands they move
 * along. An operand that is more than a load and a conversion is computed into a temporary first;
 * what follows the sum is the epilogue.
 */
#include "backend/cpu/cpu.h"

#include <assert.h>
#include <stdlib.h>

/* One operand of the product: what is read. */
struct operand {
    int load;         /* instruction of a view, or -1: it has to be computed */
    jaxc_dtype dtype; /* in memory */
};

static struct operand find_operand(const struct jx_kernel *k, int reg)
{
    const struct jx_instr *x = &k->instrs[reg];
    if (x->kind == JX_I_SCALAR && x->op == JX_S_convert)
        x = &k->instrs[reg = x->args[0]];
    if (x->kind == JX_I_LOAD && k->views[x->view].n_guards == 0)
        return (struct operand){reg, x->dtype};
    return (struct operand){-1, k->instrs[reg].dtype};
}

/* ---- operands that are computed first -------------------------------------------------------- */

static bool view_depends(const struct jx_view *v, int axis)
{
    bool depends = v->stride[axis] != 0 || v->blocked == axis + 1;
    for (int i = 0; i < v->n_guards; i++)
        depends |= v->guards[i].coef[axis] != 0;
    return depends;
}

/* Marks what a register is computed from, and the axes that this depends on. */
static void trace(const struct jx_kernel *k, int reg, uint8_t *used, bool *axes)
{
    used[reg] = 1;
    for (int i = reg; i >= 0; i--) {
        const struct jx_instr *x = &k->instrs[i];
        if (!used[i])
            continue;
        for (int j = 0; x->kind == JX_I_SCALAR && j < 3; j++)
            if (x->args[j] >= 0)
                used[x->args[j]] = 1;
        if (x->kind == JX_I_INDEX)
            axes[x->axis] = true;
        for (int a = 0; x->kind == JX_I_LOAD && a < k->n_axes; a++)
            axes[a] |= view_depends(&k->views[x->view], a);
    }
}

/* The instructions that a register takes, and their views. The others stay in their places as
 * constants, so that registers keep their numbers. */
static void extract(const struct jx_kernel *k, const uint8_t *used, struct jx_instr *instrs,
                    struct jx_kernel *part, struct jx_view *views)
{
    part->n_views = 0;
    for (int i = 0; i < part->n_instrs; i++) {
        instrs[i] = k->instrs[i];
        if (!used[i])
            instrs[i] =
                (struct jx_instr){.kind = JX_I_CONST, .dtype = JAXC_BOOL, .args = {-1, -1, -1}};
        instrs[i].inner = 0;
        instrs[i].stage = 0;
        if (instrs[i].kind != JX_I_LOAD)
            continue;
        views[part->n_views] = k->views[instrs[i].view];
        instrs[i].view = (int16_t)part->n_views++;
    }
    part->instrs = instrs;
    part->views = views;
}

/* Computes a register of the kernel into a temporary, which `view` then reads. */
static bool materialise(struct jx_executable *e, const struct jx_kernel *k, int reg,
                        struct jx_view *view)
{
    size_t n = (size_t)reg + 1;
    uint8_t *used = jx_alloc(n, 1);
    struct jx_instr *instrs = jx_alloc(n, sizeof *instrs);
    struct jx_view *views = jx_alloc(n, sizeof *views);
    bool axes[JX_MAX_AXES] = {false}, ok = used && instrs && views;
    struct jx_kernel part = *k;
    struct jx_store store = {.reg = reg};
    if (ok) {
        part.n_instrs = reg + 1;
        trace(k, reg, used, axes);
        extract(k, used, instrs, &part, views);
        memset(view, 0, sizeof *view);
        int64_t size = 1;
        for (int a = k->n_axes; a-- > 0;) {
            if (!axes[a]) {
                part.dims[a] = 1;
                continue;
            }
            view->stride[a] = store.view.stride[a] = size;
            ok = ok && !__builtin_mul_overflow(size, k->dims[a], &size);
        }
        if (!ok)
            jx_fail(JAXC_ELIMIT, "a temporary does not fit the address space");
        view->storage = store.view.storage =
            ok ? jx_executable_temp(e, k->instrs[reg].dtype, size) : -1;
        ok = view->storage >= 0;
    }
    if (ok) {
        part.n_outer = part.n_axes;
        part.n_stages = 1;
        part.n_stores = 1;
        part.stores = &store;
        part.dot = (struct jx_dot){-1, -1, -1, -1};
        ok = jx_executable_tiles(e, &part);
    }
    jx_free(used);
    jx_free(instrs);
    jx_free(views);
    return ok;
}

/* ---- the plan -------------------------------------------------------------------------------- */

struct part {
    struct jx_executable *e;
    const struct jx_kernel *kernel;
    struct jx_space *space;
    int a, b; /* references */
    jaxc_dtype dtype, a_dtype, b_dtype;
    bool a_padded, b_padded;
    int main_store; /* reference, or -1 */
};

static int list_of(const struct part *p, int axis)
{
    bool in_a = jx_ref_depends(&p->space->refs[p->a], axis),
         in_b = jx_ref_depends(&p->space->refs[p->b], axis);
    return axis >= p->space->n_outer ? JX_MATMUL_K
           : in_a && in_b            ? JX_MATMUL_B
           : in_b                    ? JX_MATMUL_N
                                     : JX_MATMUL_M;
}

static int64_t order_key(const struct part *p, int list, int axis)
{
    int64_t s = list != JX_MATMUL_K && p->main_store >= 0
                    ? p->space->refs[p->main_store].stride[axis]
                : list == JX_MATMUL_N ? p->space->refs[p->b].stride[axis]
                                      : p->space->refs[p->a].stride[axis];
    return s < 0 ? -s : s;
}

static void fill_lists(const struct part *p, struct jx_product *product,
                       struct jx_matmul_spec *spec)
{
    const struct jx_space *s = p->space;
    for (int k = 0; k < s->n_axes; k++) {
        int list = list_of(p, k), i = product->n_axes[list]++;
        for (; i > 0 && order_key(p, list, product->axis[list][i - 1]) < order_key(p, list, k); i--)
            product->axis[list][i] = product->axis[list][i - 1];
        product->axis[list][i] = k;
    }
    for (int list = 0; list < JX_MATMUL_N_LISTS; list++) {
        spec->n_axes[list] = product->n_axes[list];
        for (int i = 0; i < product->n_axes[list]; i++) {
            int k = product->axis[list][i];
            product->size[list][i] = s->dims[k];
            spec->axes[list][i] = (struct jx_matmul_axis){
                .size = s->dims[k],
                .a = s->refs[p->a].stride[k],
                .b = s->refs[p->b].stride[k],
                .c = p->main_store < 0 ? 0 : s->refs[p->main_store].stride[k]};
        }
    }
}

/* The product alone, straight into memory? */
static bool is_plain(const struct part *p)
{
    const struct jx_kernel *k = p->kernel;
    return k->n_stores == 1 && k->stores[0].reg == k->dot.sum;
}

static struct jx_tile_program *build_epilogue(const struct part *p, struct jx_product *product)
{
    struct jx_space outer = *p->space; /* shares the references */
    struct jx_tile_epilogue shape = {.row_axis = -1, .col_axis = -1, .rows = 1, .cols = 1};
    bool lanes_n = product->plan.lanes == JX_LANES_N;
    int rows = lanes_n ? JX_MATMUL_M : JX_MATMUL_N, cols = lanes_n ? JX_MATMUL_N : JX_MATMUL_M;
    if (product->n_axes[rows]) {
        shape.row_axis = product->axis[rows][product->n_axes[rows] - 1];
        shape.rows = product->plan.tile_rows;
    }
    if (product->n_axes[cols]) {
        shape.col_axis = product->axis[cols][product->n_axes[cols] - 1];
        shape.cols = product->plan.tile_lanes;
    }
    shape.pitch = product->plan.tile_lanes;
    outer.n_axes = outer.n_outer;
    return jx_tile_build(&outer, &shape);
}

static bool add_product(const struct part *p)
{
    struct jx_product *product = jx_alloc(1, sizeof *product);
    if (!product)
        return false;
    const struct jx_ref *a = &p->space->refs[p->a], *b = &p->space->refs[p->b];
    struct jx_matmul_spec spec = {.dtype = p->dtype,
                                  .a_dtype = p->a_dtype,
                                  .b_dtype = p->b_dtype,
                                  .a_padded = p->a_padded,
                                  .b_padded = p->b_padded,
                                  .epilogue = !is_plain(p)};
    fill_lists(p, product, &spec);
    product->a = a->storage;
    product->b = b->storage;
    product->a_offset = (size_t)a->offset * jx_dtype_info(p->a_dtype)->size;
    product->b_offset = (size_t)b->offset * jx_dtype_info(p->b_dtype)->size;
    if (!jx_matmul_plan(&product->plan, &spec))
        goto failed;
    if (spec.epilogue) {
        product->epilogue = build_epilogue(p, product);
        if (!product->epilogue)
            goto failed;
    } else {
        const struct jx_ref *c = &p->space->refs[p->main_store];
        product->c = c->storage;
        product->c_offset = (size_t)c->offset * jx_dtype_info(p->dtype)->size;
    }
    return jx_executable_step(p->e, (struct jx_step){.product = product});
failed:
    jx_product_free(product);
    return false;
}

/* The store with the most elements; -1: none is as large as the product. */
static int find_main_store(const struct part *p)
{
    for (int i = 0; i < p->kernel->n_stores; i++) {
        int ref = p->kernel->n_views + i;
        bool whole = true;
        for (int k = 0; k < p->space->n_outer; k++)
            whole &= jx_ref_depends(&p->space->refs[ref], k);
        if (whole)
            return ref;
    }
    return -1;
}

static bool add_part(struct part *p)
{
    struct jx_space *s = p->space;
    int kind[JX_SPACE_AXES];
    if (s->no_outer)
        return true;
    for (int k = 0; k < s->n_axes; k++)
        kind[k] = list_of(p, k);
    jx_space_simplify(s, kind);
    p->main_store = find_main_store(p);
    if (s->no_inner) { /* sums of nothing */
        struct jx_tile_program *program = jx_tile_build(s, NULL);
        return program && jx_executable_step(p->e, (struct jx_step){.program = program});
    }
    return add_product(p);
}

/* May an operand be read up to a whole panel of the product along its m or n? */
static bool is_padded(const struct part *p, int view, int other)
{
    const struct jx_view *v = &p->kernel->views[view];
    return v->blocked && v->blocked <= p->kernel->n_outer &&
           !view_depends(&p->kernel->views[other], v->blocked - 1) &&
           p->e->code.storages[v->storage].layout.block % jx_matmul_panel(p->dtype) == 0;
}

static bool add_parts(struct jx_executable *e, const struct jx_kernel *k, struct operand a,
                      struct operand b)
{
    struct jx_parts parts;
    struct part p = {.e = e,
                     .kernel = k,
                     .dtype = k->instrs[k->dot.sum].dtype,
                     .a_dtype = a.dtype,
                     .b_dtype = b.dtype,
                     .a = k->instrs[a.load].view,
                     .b = k->instrs[b.load].view};
    p.a_padded = is_padded(&p, p.a, p.b);
    p.b_padded = is_padded(&p, p.b, p.a);
    if (!jx_parts_init(&parts, e, k))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < parts.n; i++) {
        p.space = &parts.spaces[i];
        ok = add_part(&p);
    }
    ok = ok && jx_parts_finish(&parts, e, k);
    jx_parts_fini(&parts);
    return ok;
}

bool jx_executable_product(struct jx_executable *e, const struct jx_kernel *kernel)
{
    const struct jx_kernel *k = kernel;
    const struct jx_instr *mul = &k->instrs[k->dot.mul];
    jaxc_dtype dtype = k->instrs[k->dot.sum].dtype;
    struct operand operand[2] = {find_operand(k, mul->args[0]), find_operand(k, mul->args[1])};
    if (!jx_matmul_supports(dtype, dtype, dtype))
        return jx_executable_tiles(e, kernel);
    for (int i = 0; i < 2; i++)
        if (operand[i].load >= 0 &&
            !jx_matmul_supports(dtype, i ? dtype : operand[0].dtype, i ? operand[1].dtype : dtype))
            operand[i].load = -1;
    if (operand[0].load >= 0 && operand[1].load >= 0)
        return add_parts(e, k, operand[0], operand[1]);
    /* A kernel like this one, in which a computed operand is the load of a temporary. */
    struct jx_kernel with = *k;
    with.views = jx_alloc((size_t)k->n_views + 2, sizeof *with.views);
    with.instrs = jx_alloc((size_t)k->n_instrs, sizeof *with.instrs);
    bool ok = with.views && with.instrs;
    if (ok) {
        memcpy(with.views, k->views, (size_t)k->n_views * sizeof *k->views);
        memcpy(with.instrs, k->instrs, (size_t)k->n_instrs * sizeof *k->instrs);
    }
    for (int i = 0; ok && i < 2; i++) {
        if (operand[i].load >= 0)
            continue;
        int reg = mul->args[i];
        ok = materialise(e, k, reg, &with.views[with.n_views]);
        with.instrs[reg] = (struct jx_instr){.kind = JX_I_LOAD,
                                             .dtype = k->instrs[reg].dtype,
                                             .inner = 1,
                                             .args = {-1, -1, -1},
                                             .view = (int16_t)with.n_views++};
        operand[i] = (struct operand){reg, k->instrs[reg].dtype};
    }
    ok = ok && add_parts(e, &with, operand[0], operand[1]);
    jx_free(with.views);
    jx_free(with.instrs);
    return ok;
}

/* ---- running --------------------------------------------------------------------------------- */

struct context {
    const struct jx_product *product;
    const struct jx_tile_run *run;
};

/* A block of the tile, along which the outer axes of both lists stand still. */
static void split_index(const struct jx_product *p, int list, int64_t index, int64_t *at)
{
    for (int i = p->n_axes[list]; i-- > 0;) {
        at[p->axis[list][i]] = index % p->size[list][i];
        index /= p->size[list][i];
    }
}

static int64_t run_length(const struct jx_product *p, int list, int64_t index, int64_t left)
{
    if (!p->n_axes[list])
        return left;
    int64_t size = p->size[list][p->n_axes[list] - 1], run = size - index % size;
    return run < left ? run : left;
}

static void epilogue(void *ctx, const struct jx_matmul_tile *tile)
{
    const struct context *c = ctx;
    const struct jx_product *p = c->product;
    int64_t at[JX_TILE_LOOPS] = {0}, di, dj;
    bool lanes_n = p->plan.lanes == JX_LANES_N;
    size_t size = jx_dtype_info(p->plan.dtype)->size;
    split_index(p, JX_MATMUL_B, tile->batch, at);
    for (int64_t i = 0; i < tile->m; i += di) {
        di = run_length(p, JX_MATMUL_M, tile->m0 + i, tile->m - i);
        split_index(p, JX_MATMUL_M, tile->m0 + i, at);
        for (int64_t j = 0; j < tile->n; j += dj) {
            dj = run_length(p, JX_MATMUL_N, tile->n0 + j, tile->n - j);
            split_index(p, JX_MATMUL_N, tile->n0 + j, at);
            char *block =
                (char *)tile->data + (size_t)(i * tile->stride_m + j * tile->stride_n) * size;
            jx_tile_block(p->epilogue, c->run, tile->thread, at, lanes_n ? di : dj,
                          lanes_n ? dj : di, block);
        }
    }
}

void jx_product_run(const struct jx_product *p, const struct jx_tile_run *run, char *scratch,
                    struct jx_team *team, int thread)
{
    struct context context = {p, run};
    struct jx_matmul_call call = {.a = run->storages[p->a] + p->a_offset,
                                  .b = run->storages[p->b] + p->b_offset,
                                  .scratch = scratch,
                                  .ctx = &context};
    if (p->epilogue) {
        call.epilogue = epilogue;
        jx_tile_begin(p->epilogue, run, thread);
    } else {
        call.c = run->storages[p->c] + p->c_offset;
    }
    jx_matmul_run(&p->plan, &call, team, thread);
}

void jx_product_free(struct jx_product *p)
{
    if (!p)
        return;
    jx_tile_free(p->epilogue);
    jx_free(p);
}
