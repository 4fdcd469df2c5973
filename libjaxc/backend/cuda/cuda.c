/*
 * backend/cuda/cuda.c - the CUDA backend: a code becomes one program, its kernels launches in a
 * stream.
 */
#include "backend/cuda/compiler.h"
#include "backend/cuda/device.h"
#include "backend/cuda/emit.h"

struct jx_executable {
    const struct jx_code *code;
    const struct jx_cuda_device_state *device;
    jx_cuda_module module;
    struct jx_cuda_launch *launches; /* one for each kernel */
    jx_cuda_function *functions;     /* theirs */
    int max_args;
};

/* ---- compiling ------------------------------------------------------------------------------- */

static void cuda_drop(struct jx_executable *e)
{
    struct jx_error_state before;
    jx_error_save(&before);
    if (e->module && jx_cuda_enter(e->device)) {
        e->device->driver->cuStreamSynchronize(e->device->stream); /* it may still run */
        e->device->driver->cuModuleUnload(e->module);
        jx_cuda_leave(e->device);
    }
    jx_error_restore(&before);
    for (int i = 0; e->launches && i < e->code->n_kernels; i++)
        jx_free(e->launches[i].args);
    jx_free(e->launches);
    jx_free(e->functions);
    jx_free(e);
}

static bool load(struct jx_executable *e, const char *machine_code)
{
    const struct jx_cuda_driver *d = e->device->driver;
    if (!jx_cuda_enter(e->device))
        return false;
    bool ok = jx_cuda_ok(d->cuModuleLoadData(&e->module, machine_code), "cuModuleLoadData");
    for (int i = 0; ok && i < e->code->n_kernels; i++) {
        ok = jx_cuda_ok(d->cuModuleGetFunction(&e->functions[i], e->module, e->launches[i].name),
                        "cuModuleGetFunction");
        if (e->launches[i].n_args > e->max_args)
            e->max_args = e->launches[i].n_args;
    }
    jx_cuda_leave(e->device);
    return ok;
}

static bool compile(struct jx_executable *e)
{
    struct jx_text text = {0};
    size_t size, n = (size_t)e->code->n_kernels;
    struct jx_cuda_options o = {.arch = e->device->arch};
    e->launches = jx_alloc(n + 1, sizeof *e->launches);
    e->functions = jx_alloc(n + 1, sizeof *e->functions);
    if (!e->launches || !e->functions)
        return false;
    if (n == 0)
        return true;
    bool ok = jx_cuda_emit(e->code, &text, e->launches);
    char *kernels = ok ? jx_text_take(&text) : NULL;
    char *code = kernels ? jx_cuda_compile(kernels, &o, &size) : NULL;
    ok = code && load(e, code);
    jx_free(code);
    jx_free(kernels);
    jx_text_fini(&text);
    return ok;
}

static struct jx_executable *cuda_compile(const struct jx_code *code)
{
    const struct jx_cuda_device_state *device = jx_cuda_open();
    struct jx_executable *e = device ? jx_alloc(1, sizeof *e) : NULL;
    if (!e)
        return NULL;
    e->code = code;
    e->device = device;
    if (!compile(e)) {
        cuda_drop(e);
        return NULL;
    }
    return e;
}

/* ---- running --------------------------------------------------------------------------------- */

static jx_cuda_ptr address_of(const struct jx_executable *e, int storage, jx_cuda_ptr arena,
                              void *const *operands, void *const *results)
{
    const struct jx_storage *s = &e->code->storages[storage];
    switch (s->kind) {
    case JX_STORE_OPERAND: return (uintptr_t)operands[s->index];
    case JX_STORE_RESULT: return (uintptr_t)results[s->index];
    default: return arena + s->offset;
    }
}

static bool launch_all(const struct jx_executable *e, jx_cuda_ptr arena, void *const *operands,
                       void *const *results, jx_cuda_ptr *addresses, void **params)
{
    const struct jx_cuda_device_state *d = e->device;
    for (int i = 0; i < e->max_args; i++)
        params[i] = &addresses[i];
    bool ok = true;
    for (int k = 0; ok && k < e->code->n_kernels; k++) {
        const struct jx_cuda_launch *l = &e->launches[k];
        for (int i = 0; i < l->n_args; i++)
            addresses[i] = address_of(e, l->args[i], arena, operands, results);
        ok = l->grid == 0 ||
             jx_cuda_ok(d->driver->cuLaunchKernel(e->functions[k], l->grid, 1, 1, l->block, 1, 1, 0,
                                                  d->stream, params, NULL),
                        l->name);
    }
    return ok;
}

static bool cuda_run(struct jx_executable *e, void *const *operands, void *const *results)
{
    const struct jx_cuda_device_state *d = e->device;
    size_t n = (size_t)e->max_args + 1;
    jx_cuda_ptr *addresses = jx_alloc(n, sizeof *addresses), arena = 0;
    void **params = jx_alloc(n, sizeof *params);
    bool ok = addresses && params && jx_cuda_enter(d);
    if (ok) {
        arena = e->code->arena_size > 0 ? jx_cuda_alloc(d, e->code->arena_size) : 0;
        ok = (arena || e->code->arena_size == 0) &&
             launch_all(e, arena, operands, results, addresses, params);
        if (arena)
            jx_cuda_free(d, arena);
        jx_cuda_leave(d);
    }
    jx_free(addresses);
    jx_free(params);
    return ok;
}

const struct jx_backend jx_backend_cuda = {
    .name = "cuda",
    .memory = &jx_cuda_memory,
    .max_instrs = 128,
    .compile = cuda_compile,
    .run = cuda_run,
    .drop = cuda_drop,
};
