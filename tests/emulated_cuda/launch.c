/*
 * launch.c - kernels: a launch is checked and its arguments are copied when it is asked for; its
 * blocks run one after another, in an order drawn at random, when its turn comes.
 */
#include "driver.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { FILL = 0xff, GUARD = 64 * 1024 };

static jx_cuda_result sizes_check(const struct jx_cuda_kernel_node *p)
{
    uint64_t threads = (uint64_t)p->blockDimX * p->blockDimY * p->blockDimZ;
    if (!p->gridDimX || !p->gridDimY || !p->gridDimZ || !threads || p->gridDimX > INT32_MAX ||
        p->gridDimY > 65535 || p->gridDimZ > 65535 || p->blockDimX > MOST_THREADS ||
        p->blockDimY > MOST_THREADS || p->blockDimZ > 64 || threads > MOST_THREADS)
        return JX_CUDA_ERROR_INVALID_VALUE;
    const struct emulated_kernel *kernel = p->func->kernel;
    if (kernel->most_threads && threads > kernel->most_threads)
        return JX_CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES;
    size_t fixed = (size_t)(kernel->shared_end - kernel->shared);
    if (p->sharedMemBytes > (size_t)p->func->most_dynamic ||
        p->sharedMemBytes + fixed > SHARED_BYTES_OPT_IN)
        return JX_CUDA_ERROR_INVALID_VALUE;
    return JX_CUDA_SUCCESS;
}

/* The array of pointers and what they point to, in one piece. */
static void **params_copy(const struct emulated_kernel *kernel, void *const *params)
{
    enum { STEP = 16 };
    size_t bytes = (kernel->n_params + 2) * sizeof(void *) / STEP * STEP, at = bytes;
    for (unsigned int i = 0; i < kernel->n_params; i++)
        bytes += (kernel->sizes[i] + STEP - 1) / STEP * STEP;
    char *copy = malloc(bytes);
    for (unsigned int i = 0; copy && i < kernel->n_params; i++) {
        ((void **)(void *)copy)[i] = memcpy(copy + at, params[i], kernel->sizes[i]);
        at += (kernel->sizes[i] + STEP - 1) / STEP * STEP;
    }
    return (void **)(void *)copy;
}

jx_cuda_result work_kernel(struct work *w, const struct jx_cuda_kernel_node *p)
{
    if (!p || !function_is(p->func))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    if (p->extra)
        return JX_CUDA_ERROR_NOT_SUPPORTED;
    const struct emulated_kernel *kernel = p->func->kernel;
    if (kernel->n_params > 0 && !p->kernelParams)
        return JX_CUDA_ERROR_INVALID_VALUE;
    jx_cuda_result error = sizes_check(p);
    if (error != JX_CUDA_SUCCESS)
        return error;
    *w = (struct work){
        .kind = WORK_KERNEL,
        .function = p->func,
        .grid = {p->gridDimX, p->gridDimY, p->gridDimZ},
        .block = {p->blockDimX, p->blockDimY, p->blockDimZ},
        .dynamic_shared = p->sharedMemBytes,
        .params = params_copy(kernel, p->kernelParams),
    };
    return w->params ? JX_CUDA_SUCCESS : JX_CUDA_ERROR_OUT_OF_MEMORY;
}

/* Memory that ends, up to 16 bytes, where the next page has none. */
static char *dynamic_shared(unsigned int bytes)
{
    static char *end;
    const size_t size = ((size_t)SHARED_BYTES_OPT_IN + GUARD - 1) / GUARD * GUARD;
    if (!end) {
        char *start =
            mmap(NULL, size + GUARD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED)
            return NULL;
        mprotect(start + size, GUARD, PROT_NONE);
        end = start + size;
    }
    return end - (bytes + 15) / 16 * 16;
}

static uint64_t divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

jx_cuda_result launch_run(const struct work *w)
{
    if (!function_is(w->function)) {
        message("a kernel of a module that was unloaded");
        return JX_CUDA_ERROR_LAUNCH_FAILED;
    }
    const struct emulated_kernel *kernel = w->function->kernel;
    char *dynamic = dynamic_shared(w->dynamic_shared);
    if (!dynamic)
        return JX_CUDA_ERROR_LAUNCH_FAILED;
    device_seen.grid_dim = w->grid;
    device_seen.block_dim = w->block;
    device_seen.dynamic_shared = dynamic;
    uint64_t n = (uint64_t)w->grid.x * w->grid.y * w->grid.z;
    /* i * step + first, modulo n, meets every block once. */
    uint64_t first = random_bits() % n, step = 1 + (random_bits() >> 32) % n;
    while (divisor(step, n) != 1)
        step = step % n + 1;
    step %= n;
    for (uint64_t i = 0, block = first; i < n; i++, block = (block + step) % n) {
        device_seen.block = (struct emulated_dim){(unsigned int)(block % w->grid.x),
                                                  (unsigned int)(block / w->grid.x % w->grid.y),
                                                  (unsigned int)(block / w->grid.x / w->grid.y)};
        if (kernel->shared)
            memset(kernel->shared, FILL, (size_t)(kernel->shared_end - kernel->shared));
        memset(dynamic, FILL, w->dynamic_shared);
        jx_cuda_result error = block_run(kernel, w->params, w->dynamic_shared);
        if (error != JX_CUDA_SUCCESS)
            return error;
    }
    return memory_intact() ? JX_CUDA_SUCCESS : JX_CUDA_ERROR_ILLEGAL_ADDRESS;
}

jx_cuda_result cuLaunchKernel(jx_cuda_function function, unsigned int grid_x, unsigned int grid_y,
                              unsigned int grid_z, unsigned int block_x, unsigned int block_y,
                              unsigned int block_z, unsigned int shared_bytes,
                              jx_cuda_stream stream, void **params, void **extra)
{
    struct call call CALL_ENDS = call_begin(CALL_cuLaunchKernel);
    if (call.refused)
        return call.refused;
    jx_cuda_stream s;
    jx_cuda_result error = stream_of(stream, &s);
    if (error != JX_CUDA_SUCCESS)
        return error;
    const struct jx_cuda_kernel_node node = {
        .func = function,
        .gridDimX = grid_x,
        .gridDimY = grid_y,
        .gridDimZ = grid_z,
        .blockDimX = block_x,
        .blockDimY = block_y,
        .blockDimZ = block_z,
        .sharedMemBytes = shared_bytes,
        .kernelParams = params,
        .extra = extra,
    };
    struct work w;
    error = work_kernel(&w, &node);
    return error == JX_CUDA_SUCCESS ? stream_add_work(s, &w) : error;
}
