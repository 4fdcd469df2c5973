/*
 * work.c - what the device does, whichever kind it is.
 */
#include "driver.h"

#include <stdlib.h>

void work_free(struct work *w)
{
    free(w->params);
    free(w->staged);
    w->params = NULL;
    w->staged = NULL;
}

/* A copy of its own for another graph. */
jx_cuda_result work_clone(struct work *to, const struct work *from)
{
    *to = *from;
    if (from->kind != WORK_KERNEL)
        return JX_CUDA_SUCCESS; /* nodes stage nothing */
    const struct jx_cuda_kernel_node node = {
        .func = from->function,
        .gridDimX = from->grid.x,
        .gridDimY = from->grid.y,
        .gridDimZ = from->grid.z,
        .blockDimX = from->block.x,
        .blockDimY = from->block.y,
        .blockDimZ = from->block.z,
        .sharedMemBytes = from->dynamic_shared,
        .kernelParams = from->params,
    };
    return work_kernel(to, &node);
}

jx_cuda_result work_run(const struct work *w)
{
    switch (w->kind) {
    case WORK_KERNEL: return launch_run(w);
    case WORK_COPY: return copy_run(w);
    default: return set_run(w);
    }
}
