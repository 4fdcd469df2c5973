/*
 * backend/cuda/emit.h - kernels as CUDA C, one function each, and how they are launched.
 */
#ifndef JX_CUDA_EMIT_H
#define JX_CUDA_EMIT_H

#include "kernel/kernel.h"

struct jx_cuda_launch {
    char name[72];        /* of the function: the kernel's, its line, its number */
    unsigned grid, block; /* blocks, threads of a block; grid 0: nothing to do */
    int n_args, *args;    /* storages, in the order of the parameters; owned */
};

/*
 * The text of all kernels of a code, and a function for each kernel, in their order, in memory that
 * the caller has. False with the error set: JAXC_EUNSUPPORTED, JAXC_ENOMEM.
 */
bool jx_cuda_emit(const struct jx_code *code, struct jx_text *text,
                  struct jx_cuda_launch *launches);

#endif
