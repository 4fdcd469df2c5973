/*
 * backend/cpu/cpu.c - the CPU backend: kernels to steps, and running them.
 *
 * Runs of one executable share nothing but the list of free arenas.
 */
#include "backend/cpu/cpu.h"

#include <assert.h>

/* A step is shared by the threads if it takes about this long alone: below it, waking and waiting
 * cost more. */
static const double PARALLEL_NS = 25000;

struct jx_arena {
    struct jx_arena *next;
    int n_threads;
    char *memory;
    char *storages[];
};

/* ---- compiling ------------------------------------------------------------------------------- */

int jx_executable_temp(struct jx_executable *e, jaxc_dtype dtype, int64_t n)
{
    struct jx_code *c = &e->code;
    size_t bytes, end;
    if (!jx_mul_size((size_t)n, jx_dtype_info(dtype)->size, &bytes) ||
        !jx_add_size(bytes, c->arena_size + 127, &end)) {
        jx_fail(JAXC_ELIMIT, "a temporary does not fit the address space");
        return -1;
    }
    if (!jx_grow(&c->storages, &e->storage_capacity, (size_t)c->n_storages + 1,
                 sizeof *c->storages))
        return -1;
    size_t at = (c->arena_size + 63) / 64 * 64;
    c->storages[c->n_storages] = (struct jx_storage){
        .kind = JX_STORE_TEMP, .dtype = dtype, .rank = 1, .dims = {n}, .size = bytes, .offset = at};
    c->arena_size = at + bytes;
    return c->n_storages++;
}

static void step_fini(struct jx_step *step)
{
    jx_tile_free(step->program);
    jx_product_free(step->product);
    jx_routine_free(step->routine);
}

bool jx_executable_step(struct jx_executable *e, struct jx_step step)
{
    const struct jx_tile_program *p = step.program;
    if (!jx_grow(&e->steps, &e->step_capacity, e->n_steps + 1, sizeof *e->steps)) {
        step_fini(&step);
        return false;
    }
    if (p)
        step.parallel = p->cost > PARALLEL_NS && (p->n_chunks > 1 || p->n_outer_tiles > 1);
    else if (step.product)
        step.parallel = step.product->plan.work >
                        4 * PARALLEL_NS; /* multiply-adds of a vector in a nanosecond */
    else
        step.parallel =
            step.routine->cost > PARALLEL_NS && step.routine->routine.kind != JX_ROUTINE_SCATTER;
    e->parallel |= step.parallel;
    e->has_product |= step.product != NULL;
    e->steps[e->n_steps++] = step;
    return true;
}

/* Copies one view of a space to another. */
static bool add_copy(struct jx_executable *e, int n_axes, const int64_t *dims, struct jx_view from,
                     struct jx_view to)
{
    struct jx_instr load = {.kind = JX_I_LOAD,
                            .dtype = (uint8_t)e->code.storages[from.storage].dtype,
                            .args = {-1, -1, -1}};
    struct jx_store store = {.reg = 0, .view = to};
    struct jx_kernel copy = {.name = "layout",
                             .n_outer = n_axes,
                             .n_axes = n_axes,
                             .n_instrs = 1,
                             .n_views = 1,
                             .n_stores = 1,
                             .n_stages = 1,
                             .instrs = &load,
                             .views = &from,
                             .stores = &store,
                             .dot = {-1, -1, -1, -1}};
    for (int k = 0; k < n_axes; k++)
        copy.dims[k] = dims[k];
    return jx_executable_tiles(e, &copy);
}

static bool is_ragged_inside(const struct jx_space *s, const struct jx_ref *r)
{
    return r->blocked > s->n_outer && s->dims[r->blocked - 1] % r->block != 0;
}

/* A blocked storage that is read along a ragged inner axis: from a copy, others x n elements in
 * row-major order. */
static bool unblock_load(struct jx_executable *e, struct jx_space *s, int source)
{
    const struct jx_storage *from = &e->code.storages[source];
    int64_t n = from->dims[from->layout.axis], others = jx_count(from->rank, from->dims) / n,
            block = from->layout.block;
    int to = jx_executable_temp(e, from->dtype, others * n);
    if (to < 0 || !add_copy(e, 2, (const int64_t[]){others, n},
                            (struct jx_view){
                                .storage = source, .stride = {block, others * block}, .blocked = 2},
                            (struct jx_view){.storage = to, .stride = {n, 1}}))
        return false;
    for (int j = 0; j < s->kernel->n_views; j++) {
        struct jx_ref *x = &s->refs[j];
        if (x->storage != source)
            continue;
        assert(x->n_guards == 0);
        x->storage = to;
        x->offset = x->offset / block * n;
        for (int k = 0; k < s->n_axes; k++)
            x->stride[k] = k == x->blocked - 1 ? 1 : x->stride[k] / block * n;
        x->blocked = 0;
    }
    return true;
}

/* A store along a ragged inner axis: to a temporary, which is copied when the kernel is done. */
static bool unblock_store(struct jx_executable *e, struct jx_parts *parts, int store)
{
    struct jx_space *s = &parts->spaces[0];
    struct jx_ref *r = &s->refs[s->kernel->n_views + store];
    int64_t size = 1;
    memset(r->stride, 0, sizeof r->stride);
    for (int k = s->n_axes; k-- > 0;) {
        if (!s->kernel->stores[store].view.stride[k] && r->blocked != k + 1)
            continue;
        r->stride[k] = size;
        size *= s->dims[k]; /* as many as the storage has at most */
    }
    r->blocked = 0;
    r->storage = jx_executable_temp(e, e->code.storages[r->storage].dtype, size);
    parts->copied_stores |= (uint64_t)1 << store;
    return r->storage >= 0;
}

static bool unblock(struct jx_executable *e, struct jx_parts *parts)
{
    struct jx_space *s = &parts->spaces[0];
    if (s->no_outer || s->no_inner)
        return true;
    for (int i = 0; i < s->kernel->n_views; i++)
        if (is_ragged_inside(s, &s->refs[i]) && !unblock_load(e, s, s->refs[i].storage))
            return false;
    for (int i = 0; i < s->kernel->n_stores; i++)
        if (is_ragged_inside(s, &s->refs[s->kernel->n_views + i])) {
            if (i >= 64)
                return jx_fail(JAXC_ELIMIT, "a kernel has more than 64 stores");
            if (!unblock_store(e, parts, i))
                return false;
            parts->temporaries[i] = s->refs[s->kernel->n_views + i].storage;
        }
    return true;
}

bool jx_parts_finish(const struct jx_parts *parts, struct jx_executable *e,
                     const struct jx_kernel *k)
{
    for (int i = 0; i < k->n_stores && i < 64; i++) {
        if (!(parts->copied_stores >> i & 1))
            continue;
        const struct jx_view *to = &k->stores[i].view;
        struct jx_view from = {.storage = parts->temporaries[i]};
        int64_t dims[JX_MAX_AXES], size = 1;
        for (int a = k->n_axes; a-- > 0;) {
            bool moves = to->stride[a] || to->blocked == a + 1;
            dims[a] = moves ? k->dims[a] : 1;
            from.stride[a] = moves ? size : 0;
            size *= dims[a];
        }
        if (!add_copy(e, k->n_axes, dims, from, *to))
            return false;
    }
    return true;
}

/* Cuts a space until no axis is ragged; then splits its blocked axes. */
bool jx_parts_init(struct jx_parts *parts, struct jx_executable *e, const struct jx_kernel *kernel)
{
    memset(parts, 0, sizeof *parts);
    if (!jx_grow(&parts->spaces, &parts->capacity, 1, sizeof *parts->spaces) ||
        !jx_space_init(&parts->spaces[0], &e->code, kernel))
        goto failed;
    parts->n = 1;
    if (!unblock(e, parts))
        goto failed;
    for (size_t i = 0; i < parts->n;) {
        int64_t first;
        int axis = jx_space_ragged(&parts->spaces[i], &first);
        if (axis < 0) {
            if (!jx_space_unblock(&parts->spaces[i++]))
                goto failed;
            continue;
        }
        if (!jx_grow(&parts->spaces, &parts->capacity, parts->n + 1, sizeof *parts->spaces) ||
            !jx_space_copy(&parts->spaces[parts->n], &parts->spaces[i]))
            goto failed;
        struct jx_space *rest = &parts->spaces[parts->n++];
        jx_space_cut(rest, axis, first, rest->dims[axis] - first);
        jx_space_cut(&parts->spaces[i], axis, 0, first);
    }
    return true;
failed:
    jx_parts_fini(parts);
    return false;
}

void jx_parts_fini(struct jx_parts *parts)
{
    for (size_t i = 0; i < parts->n; i++)
        jx_space_fini(&parts->spaces[i]);
    jx_free(parts->spaces);
}

bool jx_executable_tiles(struct jx_executable *e, const struct jx_kernel *kernel)
{
    struct jx_parts parts;
    if (!jx_parts_init(&parts, e, kernel))
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < parts.n; i++) {
        if (parts.spaces[i].no_outer)
            continue;
        jx_space_simplify(&parts.spaces[i], NULL);
        struct jx_tile_program *program = jx_tile_build(&parts.spaces[i], NULL);
        ok = program && jx_executable_step(e, (struct jx_step){.program = program});
    }
    ok = ok && jx_parts_finish(&parts, e, kernel);
    jx_parts_fini(&parts);
    return ok;
}

/* Sizes and places of what an arena holds. */
static bool lay_out(struct jx_executable *e)
{
    size_t scratch = 0, shared = 0, chunks = 0, context = 0;
    for (size_t i = 0; i < e->n_steps; i++) {
        const struct jx_tile_program *p = e->steps[i].program;
        const struct jx_routine_step *routine = e->steps[i].routine;
        if (routine && routine->memory > context)
            context = routine->memory;
        if (e->steps[i].product) {
            if (e->steps[i].product->plan.scratch > scratch)
                scratch = e->steps[i].product->plan.scratch;
            p = e->steps[i].product->epilogue;
        }
        if (!p)
            continue;
        size_t records = p->n_chunks > 1 ? (size_t)p->n_chunks * p->chunk_size : 0;
        if (p->memory > context)
            context = p->memory;
        if (p->n_chunks > 1 && p->memory > shared)
            shared = p->memory;
        if (records > chunks)
            chunks = records;
    }
    size_t at = e->code.arena_size;
    const size_t part[4] = {scratch, shared, chunks, 0};
    size_t *const place[4] = {&e->scratch_at, &e->shared_at, &e->chunks_at, &e->contexts_at};
    for (int i = 0; i < 4; i++) {
        if (!jx_add_size(at, 63, &at))
            return jx_fail(JAXC_ELIMIT, "temporaries do not fit the address space");
        *place[i] = at = at / 64 * 64;
        if (!jx_add_size(at, part[i], &at))
            return jx_fail(JAXC_ELIMIT, "temporaries do not fit the address space");
    }
    e->context_size = (context + 127) / 128 * 128;
    return true;
}

static bool bind_storages(struct jx_executable *e)
{
    e->bound = jx_alloc((size_t)e->code.n_storages + 1, sizeof *e->bound);
    if (!e->bound)
        return false;
    for (int i = 0; i < e->code.n_storages; i++)
        if (e->code.storages[i].kind != JX_STORE_TEMP)
            e->bound[e->n_bound++] = i;
    return true;
}

static void drop(struct jx_executable *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->n_steps; i++)
        step_fini(&e->steps[i]);
    struct jx_arena *next, *a = atomic_load(&e->ready);
    for (int list = 0; list < 2; list++, a = e->others)
        for (; a; a = next) {
            next = a->next;
            jx_free(a->memory);
            jx_free(a);
        }
    pthread_mutex_destroy(&e->lock);
    jx_free(e->steps);
    jx_free(e->bound);
    jx_free(e->code.storages);
    jx_free(e);
}

static struct jx_executable *compile(const struct jx_code *code)
{
    struct jx_executable *e = jx_alloc(1, sizeof *e);
    if (!e)
        return NULL;
    pthread_mutex_init(&e->lock, NULL);
    e->code = *code;
    e->code.storages = NULL;
    bool ok = jx_grow(&e->code.storages, &e->storage_capacity, (size_t)code->n_storages + 1,
                      sizeof *code->storages);
    if (ok && code->n_storages)
        memcpy(e->code.storages, code->storages, (size_t)code->n_storages * sizeof *code->storages);
    for (int i = 0; ok && i < code->n_kernels; i++)
        ok = code->kernels[i].routine.kind ? jx_executable_routine(e, &code->kernels[i])
             : code->kernels[i].dot.a >= 0 ? jx_executable_product(e, &code->kernels[i])
                                           : jx_executable_tiles(e, &code->kernels[i]);
    if (!ok || !bind_storages(e) || !lay_out(e)) {
        drop(e);
        return NULL;
    }
    return e;
}

/* ---- running --------------------------------------------------------------------------------- */

static struct jx_arena *new_arena(const struct jx_executable *e, int n_threads)
{
    size_t contexts, size, n = (size_t)e->code.n_storages;
    if (!jx_mul_size(e->context_size, (size_t)n_threads, &contexts) ||
        !jx_add_size(e->contexts_at, contexts, &size)) {
        jx_fail(JAXC_ELIMIT, "temporaries do not fit the address space");
        return NULL;
    }
    struct jx_arena *a = jx_alloc(1, sizeof *a + n * sizeof *a->storages);
    if (!a)
        return NULL;
    a->memory = jx_alloc_aligned(size + 64);
    if (!a->memory) {
        jx_free(a);
        return NULL;
    }
    a->n_threads = n_threads;
    for (size_t i = 0; i < n; i++)
        if (e->code.storages[i].kind == JX_STORE_TEMP)
            a->storages[i] = a->memory + e->code.storages[i].offset;
    return a;
}

static struct jx_arena *take_arena(struct jx_executable *e, int n_threads)
{
    struct jx_arena *a = atomic_exchange_explicit(&e->ready, NULL, memory_order_acquire);
    if (!a) {
        pthread_mutex_lock(&e->lock);
        a = e->others;
        if (a)
            e->others = a->next;
        pthread_mutex_unlock(&e->lock);
    }
    if (a && a->n_threads < n_threads) {
        jx_free(a->memory);
        jx_free(a);
        a = NULL;
    }
    return a ? a : new_arena(e, n_threads);
}

static void put_arena(struct jx_executable *e, struct jx_arena *a)
{
    struct jx_arena *none = NULL;
    a->next = NULL;
    if (atomic_compare_exchange_strong_explicit(&e->ready, &none, a, memory_order_release,
                                                memory_order_relaxed))
        return;
    pthread_mutex_lock(&e->lock);
    a->next = e->others;
    e->others = a;
    pthread_mutex_unlock(&e->lock);
}

struct run {
    const struct jx_executable *e;
    struct jx_tile_run tiles;
    char *scratch;
};

static void run_step(const struct run *r, const struct jx_step *step, struct jx_team *team,
                     int thread)
{
    if (step->program)
        jx_tile_run(step->program, &r->tiles, team, thread);
    else if (step->routine)
        jx_routine_run(step->routine, &r->tiles, team, thread);
    else
        jx_product_run(step->product, &r->tiles, r->scratch, team, thread);
}

static void alone(void *ctx, struct jx_team *team, int thread)
{
    const struct run *r = ctx;
    for (size_t i = 0; i < r->e->n_steps; i++) {
        run_step(r, &r->e->steps[i], r->e->steps[i].product ? team : NULL, thread);
        if (r->e->steps[i].product)
            jx_team_barrier(team);
    }
}

static void together(void *ctx, struct jx_team *team, int thread)
{
    const struct run *r = ctx;
    for (size_t i = 0; i < r->e->n_steps; i++) {
        const struct jx_step *step = &r->e->steps[i];
        bool shared = step->parallel || step->product; /* a product asks for the team */
        if (shared)
            run_step(r, step, team, thread);
        else if (thread == 0)
            run_step(r, step, NULL, 0);
        if (i + 1 < r->e->n_steps && (shared || step[1].parallel || step[1].product))
            jx_team_barrier(team);
    }
}

static bool run(struct jx_executable *e, void *const *operands, void *const *results)
{
    int n_threads = e->parallel ? jx_threads() : 1;
    struct jx_arena *a = take_arena(e, n_threads);
    if (!a)
        return false;
    for (int i = 0; i < e->n_bound; i++) {
        const struct jx_storage *s = &e->code.storages[e->bound[i]];
        a->storages[e->bound[i]] =
            s->kind == JX_STORE_OPERAND ? operands[s->index] : results[s->index];
    }
    struct run r = {.e = e,
                    .scratch = a->memory + e->scratch_at,
                    .tiles = {.storages = a->storages,
                              .memory = a->memory + e->contexts_at,
                              .stride = e->context_size,
                              .shared = a->memory + e->shared_at,
                              .chunks = a->memory + e->chunks_at}};
    if (n_threads > 1)
        jx_parallel(n_threads, together, &r);
    else if (e->has_product)
        jx_parallel(1, alone, &r);
    else
        alone(&r, NULL, 0);
    put_arena(e, a);
    return true;
}

const struct jx_backend jx_backend_cpu = {
    .name = "cpu",
    .dot_block = jx_matmul_panel,
    .max_instrs = JX_MAX_INSTRS,
    .compile = compile,
    .run = run,
    .drop = drop,
};
