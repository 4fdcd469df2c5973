/*
 * backend/cuda/compiler.h - CUDA C to machine code, by NVRTC.
 */
#ifndef JX_CUDA_COMPILER_H
#define JX_CUDA_COMPILER_H

#include "base/base.h"

struct jx_cuda_options {
    int arch; /* 90: sm_90 */
};

/* The machine code of kernels' text, which finds scalar_math.h and prelude.cuh before it; *size
 * bytes that the caller frees. NULL with the error set. */
char *jx_cuda_compile(const char *kernels, const struct jx_cuda_options *o, size_t *size);

#endif
