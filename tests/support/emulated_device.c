/*
 * support/emulated_device.c - opens the emulated driver and NVRTC.
 */
#include "support/emulated_device.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct emulated_api api;
bool (*refuse)(const char *, int, int, bool);
bool (*refuse_nvrtc)(const char *, int, int, bool);
long (*count)(const char *);
long (*live)(const char *);
const char *(*said)(void);
void (*seed)(uint64_t);

jx_cuda_context context;
jx_cuda_stream stream;
jx_cuda_module module;

static void *library(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    void *lib = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    ck_assert_msg(lib != NULL, "%s", dlerror());
    return lib;
}

static void symbol(void *lib, const char *name, void *function)
{
    void *found = dlsym(lib, name);
    ck_assert_msg(found != NULL, "no symbol %s", name);
    memcpy(function, &found, sizeof found);
}

void device_open(const char *folder)
{
    void *cuda = library(folder, "libcuda.so.1"), *nvrtc = library(folder, "libnvrtc.so");
#define FROM_CUDA(result, name, parameters)  symbol(cuda, #name, &api.name);
#define FROM_NVRTC(result, name, parameters) symbol(nvrtc, #name, &api.name);
    JX_CUDA_DRIVER(FROM_CUDA)
    JX_NVRTC(FROM_NVRTC)
    symbol(cuda, "emulated_cuda_fail", &refuse);
    symbol(nvrtc, "emulated_cuda_fail", &refuse_nvrtc);
    symbol(cuda, "emulated_cuda_count", &count);
    symbol(cuda, "emulated_cuda_live", &live);
    symbol(cuda, "emulated_cuda_message", &said);
    symbol(cuda, "emulated_cuda_seed", &seed);
    GOOD(api.cuInit(0));
    GOOD(api.cuDevicePrimaryCtxRetain(&context, 0));
    GOOD(api.cuCtxSetCurrent(context));
    GOOD(api.cuStreamCreate(&stream, JX_CU_STREAM_NON_BLOCKING));
}

void device_close(void)
{
    static const char *const kinds[] = {"event", "graph", "exec", "pinned", "memory", "bytes"};
    if (module)
        GOOD(api.cuModuleUnload(module));
    module = NULL;
    GOOD(api.cuStreamDestroy_v2(stream));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        ck_assert_msg(live(kinds[i]) == 0, "%ld of %s are left", live(kinds[i]), kinds[i]);
    GOOD(api.cuDevicePrimaryCtxRelease_v2(0));
}

void device_lost(jx_cuda_result error)
{
    jx_cuda_ptr ptr;
    ck_assert_int_eq(api.cuMemAlloc_v2(&ptr, 16), error);
    ck_assert_int_eq(api.cuStreamSynchronize(stream), error);
    GOOD(api.cuDevicePrimaryCtxRelease_v2(0));
    ck_assert_int_eq(live("memory"), 0);
    ck_assert_int_eq(live("module"), 0);
    ck_assert_int_eq(live("stream"), 0);
    module = NULL;
    GOOD(api.cuDevicePrimaryCtxRetain(&context, 0));
    GOOD(api.cuStreamCreate(&stream, JX_CU_STREAM_NON_BLOCKING));
    GOOD(api.cuMemAlloc_v2(&ptr, 16));
    GOOD(api.cuMemFree_v2(ptr));
}

jx_cuda_function kernel(const char *text, const char *name)
{
    static const char *const options[] = {"--gpu-architecture=sm_80", "--std=c++17"};
    jx_nvrtc_program program;
    jx_cuda_function function;
    size_t size;
    GOOD(api.nvrtcCreateProgram(&program, text, "test.cu", 0, NULL, NULL));
    jx_nvrtc_result error = api.nvrtcCompileProgram(program, 2, options);
    GOOD(api.nvrtcGetProgramLogSize(program, &size));
    char *log = malloc(size);
    GOOD(api.nvrtcGetProgramLog(program, log));
    ck_assert_msg(error == JX_NVRTC_SUCCESS, "%s", log);
    free(log);
    GOOD(api.nvrtcGetCUBINSize(program, &size));
    char *cubin = malloc(size);
    GOOD(api.nvrtcGetCUBIN(program, cubin));
    GOOD(api.nvrtcDestroyProgram(&program));
    GOOD(api.cuModuleLoadData(&module, cubin));
    free(cubin);
    GOOD(api.cuModuleGetFunction(&function, module, name));
    return function;
}

jx_cuda_ptr device_alloc(size_t bytes)
{
    jx_cuda_ptr ptr;
    GOOD(api.cuMemAllocAsync(&ptr, bytes, stream));
    return ptr;
}

jx_cuda_result launch(jx_cuda_function f, unsigned int grid, unsigned int block, void **params)
{
    return api.cuLaunchKernel(f, grid, 1, 1, block, 1, 1, 0, stream, params, NULL);
}

const char *const reduction_text =
    "extern \"C\" __global__ void total(float *sum, const float *x, int n)\n"
    "{\n"
    "    __shared__ float part[256];\n"
    "    float mine = 0;\n"
    "    for (int i = threadIdx.x; i < n; i += blockDim.x)\n"
    "        mine += x[i];\n"
    "    part[threadIdx.x] = mine;\n"
    "    for (int half = blockDim.x / 2; half > 0; half /= 2) {\n"
    "        %s\n"
    "        if (threadIdx.x < half)\n"
    "            part[threadIdx.x] += part[threadIdx.x + half];\n"
    "    }\n"
    "    if (threadIdx.x == 0)\n"
    "        *sum = part[0];\n"
    "}\n";

float reduction_of(jx_cuda_function f)
{
    enum { N = 3000 };
    float x[N], sum = 0;
    int n = N;
    for (int i = 0; i < N; i++)
        x[i] = (float)(i % 7);
    jx_cuda_ptr on_x = device_alloc(sizeof x), on_sum = device_alloc(sizeof sum);
    GOOD(api.cuMemcpyHtoDAsync_v2(on_x, x, sizeof x, stream));
    GOOD(launch(f, 1, 256, PARAMS(&on_sum, &on_x, &n)));
    GOOD(api.cuMemcpyDtoHAsync_v2(&sum, on_sum, sizeof sum, stream));
    GOOD(api.cuMemFreeAsync(on_x, stream));
    GOOD(api.cuMemFreeAsync(on_sum, stream));
    GOOD(api.cuStreamSynchronize(stream));
    return sum;
}

float reduction_sum(void)
{
    float sum = 0;
    for (int i = 0; i < 3000; i++)
        sum += (float)(i % 7);
    return sum;
}
