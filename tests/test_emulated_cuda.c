/*
 * test_emulated_cuda.c - the libraries that stand in for NVIDIA's driver and NVRTC, used directly.
 */
#include "backend/cuda/cuda_api.h"
#include "emulated_cuda/emulated.h"

#include <check.h>
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMBER(result, name, parameters) result(*name) parameters;
static struct {
    JX_CUDA_DRIVER(MEMBER)
    JX_NVRTC(MEMBER)
} api;
static bool (*refuse)(const char *, int, int, bool);
static bool (*refuse_nvrtc)(const char *, int, int, bool);
static long (*count)(const char *);
static long (*live)(const char *);
static const char *(*said)(void);
static void (*seed)(uint64_t);

static jx_cuda_context context;
static jx_cuda_stream stream;
static jx_cuda_module module;

#define GOOD(call)         ck_assert_int_eq(call, 0)
#define GIVES(error, call) ck_assert_int_eq(call, JX_##error)

static void *library(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", EMULATED_CUDA_FOLDER, name);
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

static void setup(void)
{
    void *cuda = library("libcuda.so.1"), *nvrtc = library("libnvrtc.so");
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

/* Everything was given back. */
static void teardown(void)
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

/* After an error of the device, which stays: only the end of the context helps. */
static void teardown_lost(jx_cuda_result error)
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

/* Compiles and loads; the kernel of that name. */
static jx_cuda_function kernel(const char *text, const char *name)
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

static jx_cuda_ptr device_alloc(size_t bytes)
{
    jx_cuda_ptr ptr;
    GOOD(api.cuMemAllocAsync(&ptr, bytes, stream));
    return ptr;
}

static jx_cuda_result launch(jx_cuda_function f, unsigned int grid, unsigned int block,
                             void **params)
{
    return api.cuLaunchKernel(f, grid, 1, 1, block, 1, 1, 0, stream, params, NULL);
}

#define PARAMS(...) ((void *[]){__VA_ARGS__})

/* Calculation */

START_TEST(an_elementwise_kernel_computes)
{
    jx_cuda_function f = kernel("extern \"C\" __global__ void __launch_bounds__(128)\n"
                                "axpy(float *y, const float *__restrict__ x, float a, int n)\n"
                                "{\n"
                                "    int i = blockIdx.x * blockDim.x + threadIdx.x;\n"
                                "    if (i < n)\n"
                                "        y[i] = fmaf(a, x[i], y[i]) + expf(0.0f) - 1;\n"
                                "}\n",
                                "axpy");
    enum { N = 1000 };
    float x[N], y[N], a = 3;
    int n = N;
    for (int i = 0; i < N; i++)
        x[i] = (float)i, y[i] = 1;
    jx_cuda_ptr on_x = device_alloc(sizeof x), on_y = device_alloc(sizeof y);
    GOOD(api.cuMemcpyHtoDAsync_v2(on_x, x, sizeof x, stream));
    GOOD(api.cuMemcpyHtoDAsync_v2(on_y, y, sizeof y, stream));
    memset(x, 0, sizeof x); /* pageable memory was read already */
    GOOD(launch(f, 8, 128, PARAMS(&on_y, &on_x, &a, &n)));
    a = 0; /* and so were the arguments */
    GOOD(api.cuMemcpyDtoHAsync_v2(y, on_y, sizeof y, stream));
    GOOD(api.cuMemFreeAsync(on_x, stream));
    GOOD(api.cuMemFreeAsync(on_y, stream));
    ck_assert_float_eq(y[5], 1); /* nothing has run yet */
    GOOD(api.cuStreamSynchronize(stream));
    for (int i = 0; i < N; i++)
        ck_assert_float_eq(y[i], 3 * (float)i + 1);
    ck_assert_int_eq(count("cuLaunchKernel"), 1);
}
END_TEST

static const char *const reduction_text =
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

static float reduction_of(jx_cuda_function f)
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

static float reduction_sum(void)
{
    float sum = 0;
    for (int i = 0; i < 3000; i++)
        sum += (float)(i % 7);
    return sum;
}

START_TEST(a_block_reduction_meets_at_barriers)
{
    char text[2000];
    snprintf(text, sizeof text, reduction_text, "__syncthreads();");
    jx_cuda_function f = kernel(text, "total");
    for (int i = 0; i < 10; i++)
        ck_assert_float_eq(reduction_of(f), reduction_sum());
    int bytes;
    GOOD(api.cuFuncGetAttribute(&bytes, JX_CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, f));
    ck_assert_int_eq(bytes, 1024);
}
END_TEST

START_TEST(a_missing_barrier_shows_as_a_wrong_result)
{
    char text[2000];
    snprintf(text, sizeof text, reduction_text, "");
    jx_cuda_function f = kernel(text, "total");
    int wrong = 0;
    for (uint64_t i = 0; i < 10; i++) {
        seed(i);
        wrong += reduction_of(f) != reduction_sum();
    }
    ck_assert_int_eq(wrong, 10);
}
END_TEST

START_TEST(lanes_of_a_warp_exchange_values)
{
    jx_cuda_function f = kernel(
        "extern \"C\" __global__ void warps(int *y, double *z)\n"
        "{\n"
        "    int i = threadIdx.x, lane = i % 32;\n"
        "    int sum = i;\n"
        "    for (int by = 16; by > 0; by /= 2)\n"
        "        sum += __shfl_xor_sync(0xffffffffu, sum, by);\n"
        "    unsigned int odd = __ballot_sync(0xffffffffu, lane & 1);\n"
        "    double down = __shfl_down_sync(0xffffffffu, (double)i, 3);\n"
        "    double up = __shfl_up_sync(0xffffffffu, (double)i, 1, 8);\n"
        "    int first = __shfl_sync(0xffffffffu, i, 9, 16);\n"
        "    int most = __reduce_max_sync(0xffffffffu, -i);\n"
        "    int low = -1;\n"
        "    if (lane < 16) {\n"
        "        low = __all_sync(0xffffu, lane < 16) + 2 * __any_sync(0xffffu, lane == 20);\n"
        "        __syncwarp(0xffffu);\n"
        "    }\n"
        "    y[i] = sum; y[64 + i] = (int)odd; y[128 + i] = first;\n"
        "    y[192 + i] = most; y[256 + i] = low;\n"
        "    z[i] = down; z[64 + i] = up;\n"
        "}\n",
        "warps");
    int y[320];
    double z[128];
    jx_cuda_ptr on_y = device_alloc(sizeof y), on_z = device_alloc(sizeof z);
    GOOD(launch(f, 1, 64, PARAMS(&on_y, &on_z)));
    GOOD(api.cuMemcpyDtoHAsync_v2(y, on_y, sizeof y, stream));
    GOOD(api.cuMemcpyDtoHAsync_v2(z, on_z, sizeof z, stream));
    GOOD(api.cuMemFreeAsync(on_y, stream));
    GOOD(api.cuMemFreeAsync(on_z, stream));
    GOOD(api.cuStreamSynchronize(stream));
    for (int i = 0; i < 64; i++) {
        int start = i / 32 * 32, lane = i % 32;
        ck_assert_int_eq(y[i], 32 * start + 496);
        ck_assert_int_eq((unsigned int)y[64 + i], 0xaaaaaaaau);
        ck_assert_int_eq(y[128 + i], i / 16 * 16 + 9);
        ck_assert_int_eq(y[192 + i], -start);
        ck_assert_int_eq(y[256 + i], lane < 16 ? 1 : -1);
        ck_assert_double_eq(z[i], lane < 29 ? i + 3 : i);
        ck_assert_double_eq(z[64 + i], i % 8 ? i - 1 : i);
    }
}
END_TEST

START_TEST(dynamic_shared_memory_has_the_size_of_the_launch)
{
    jx_cuda_function f = kernel("extern \"C\" __global__ void turned(int *y)\n"
                                "{\n"
                                "    extern __shared__ int part[];\n"
                                "    part[threadIdx.x] = threadIdx.x;\n"
                                "    __syncthreads();\n"
                                "    y[threadIdx.x] = part[blockDim.x - 1 - threadIdx.x];\n"
                                "}\n",
                                "turned");
    int y[64];
    jx_cuda_ptr on_y = device_alloc(sizeof y);
    GOOD(api.cuLaunchKernel(f, 1, 1, 1, 64, 1, 1, sizeof y, stream, PARAMS(&on_y), NULL));
    GOOD(api.cuMemcpyDtoHAsync_v2(y, on_y, sizeof y, stream));
    GOOD(api.cuMemFreeAsync(on_y, stream));
    GOOD(api.cuStreamSynchronize(stream));
    for (int i = 0; i < 64; i++)
        ck_assert_int_eq(y[i], 63 - i);

    GIVES(CUDA_ERROR_INVALID_VALUE,
          api.cuLaunchKernel(f, 1, 1, 1, 64, 1, 1, 100000, stream, PARAMS(&on_y), NULL));
    GOOD(api.cuFuncSetAttribute(f, JX_CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 100000));
    on_y = device_alloc(sizeof y);
    GOOD(api.cuLaunchKernel(f, 1, 1, 1, 64, 1, 1, 100000, stream, PARAMS(&on_y), NULL));
    GOOD(api.cuMemFreeAsync(on_y, stream));
    GOOD(api.cuStreamSynchronize(stream));
}
END_TEST

START_TEST(headers_of_a_program_are_found_by_name)
{
    static const char *const headers[] = {"#define TWICE(x) (2 * (x))\n"};
    static const char *const names[] = {"deep/er/twice.h"};
    static const char *const options[] = {"-arch=sm_80", "-DTHREE=3"};
    jx_nvrtc_program program;
    GOOD(api.nvrtcCreateProgram(&program,
                                "#include \"deep/er/twice.h\"\n"
                                "extern \"C\" __global__ void f(int *y) { *y = TWICE(THREE); }\n",
                                NULL, 1, headers, names));
    GOOD(api.nvrtcCompileProgram(program, 2, options));
    GOOD(api.nvrtcDestroyProgram(&program));
}
END_TEST

/* Streams */

static const char *const counter_text =
    "extern \"C\" __global__ void add(int *y, int a) { *y += a; }\n"
    "extern \"C\" __global__ void twice(int *y) { *y *= 2; }\n";

START_TEST(kernels_and_copies_of_a_stream_keep_their_order)
{
    jx_cuda_function add = kernel(counter_text, "add"), twice;
    GOOD(api.cuModuleGetFunction(&twice, module, "twice"));
    int a = 5, *y;
    GOOD(api.cuMemHostAlloc((void **)&y, 2 * sizeof *y, 0));
    jx_cuda_ptr on = device_alloc(sizeof *y);
    GOOD(api.cuMemsetD8Async(on, 0, sizeof *y, stream));
    GOOD(launch(add, 1, 1, PARAMS(&on, &a)));
    GOOD(api.cuMemcpyDtoHAsync_v2(&y[0], on, sizeof *y, stream));
    GOOD(launch(twice, 1, 1, PARAMS(&on)));
    GOOD(api.cuMemcpyDtoHAsync_v2(&y[1], on, sizeof *y, stream));
    GOOD(api.cuMemFreeAsync(on, stream));
    GIVES(CUDA_ERROR_INVALID_VALUE, api.cuMemFreeAsync(on, stream));
    int polls = 0;
    while (api.cuStreamQuery(stream) == JX_CUDA_ERROR_NOT_READY)
        polls++;
    ck_assert_int_ge(polls, 1);
    ck_assert_int_eq(y[0], 5);
    ck_assert_int_eq(y[1], 10);
    GOOD(api.cuMemFreeHost(y));
}
END_TEST

START_TEST(an_event_orders_two_streams)
{
    jx_cuda_function add = kernel(counter_text, "add");
    jx_cuda_stream other;
    jx_cuda_event event;
    int a = 7, y = 0;
    GOOD(api.cuStreamCreate(&other, JX_CU_STREAM_NON_BLOCKING));
    GOOD(api.cuEventCreate(&event, JX_CU_EVENT_DISABLE_TIMING));
    GOOD(api.cuEventQuery(event)); /* not recorded: nothing to wait for */
    jx_cuda_ptr on = device_alloc(sizeof y);
    GOOD(api.cuMemsetD8Async(on, 0, sizeof y, stream));
    GOOD(launch(add, 1, 1, PARAMS(&on, &a)));
    GOOD(api.cuEventRecord(event, stream));
    GIVES(CUDA_ERROR_NOT_READY, api.cuEventQuery(event));
    GOOD(launch(add, 1, 1, PARAMS(&on, &a))); /* after the event */
    GOOD(api.cuStreamWaitEvent(other, event, 0));
    GOOD(api.cuMemcpyDtoHAsync_v2(&y, on, sizeof y, other));
    GOOD(api.cuEventDestroy_v2(event));
    GOOD(api.cuStreamSynchronize(other));
    ck_assert_int_eq(y, 7);
    GOOD(api.cuMemFreeAsync(on, stream));
    GOOD(api.cuStreamDestroy_v2(other));
}
END_TEST

START_TEST(a_stream_that_does_not_wait_finds_no_memory)
{
    jx_cuda_stream other;
    int y = 0;
    GOOD(api.cuStreamCreate(&other, JX_CU_STREAM_NON_BLOCKING));
    jx_cuda_ptr on = device_alloc(sizeof y);
    GOOD(api.cuMemcpyDtoHAsync_v2(&y, on, sizeof y, other));
    GIVES(CUDA_ERROR_ILLEGAL_ADDRESS, api.cuStreamSynchronize(other));
    ck_assert_ptr_nonnull(strstr(said(), "not allocated yet"));
    teardown_lost(JX_CUDA_ERROR_ILLEGAL_ADDRESS);
}
END_TEST

/* Graphs */

static const struct jx_cuda_kernel_node one_thread = {
    .gridDimX = 1, .gridDimY = 1, .gridDimZ = 1, .blockDimX = 1, .blockDimY = 1, .blockDimZ = 1};

static jx_cuda_graph_node kernel_node(jx_cuda_graph graph, const jx_cuda_graph_node *after,
                                      size_t n_after, jx_cuda_function f, void **params)
{
    struct jx_cuda_kernel_node node = one_thread;
    jx_cuda_graph_node made;
    node.func = f;
    node.kernelParams = params;
    GOOD(api.cuGraphAddKernelNode_v2(&made, graph, after, n_after, &node));
    return made;
}

/* on = 0, on = 2 * (on + 3) by a child, on += 100 (the node `plus`), *y = on (the node `down`). */
static jx_cuda_graph some_graph(jx_cuda_ptr on, int *y, jx_cuda_graph_node *plus,
                                jx_cuda_graph_node *down)
{
    jx_cuda_function add = kernel(counter_text, "add"), twice;
    GOOD(api.cuModuleGetFunction(&twice, module, "twice"));
    jx_cuda_graph graph, child;
    jx_cuda_graph_node node;
    int a = 3, b = 100;
    GOOD(api.cuGraphCreate(&graph, 0));
    GOOD(api.cuGraphCreate(&child, 0));
    node = kernel_node(child, NULL, 0, add, PARAMS(&on, &a));
    kernel_node(child, &node, 1, twice, PARAMS(&on));
    const struct jx_cuda_memset_node zero = {.dst = on, .elementSize = 4, .width = 1, .height = 1};
    const struct jx_cuda_memcpy3d copy = {.srcMemoryType = JX_CU_MEMORYTYPE_DEVICE,
                                          .srcDevice = on,
                                          .dstMemoryType = JX_CU_MEMORYTYPE_HOST,
                                          .dstHost = y,
                                          .WidthInBytes = sizeof *y,
                                          .Height = 1,
                                          .Depth = 1};
    GOOD(api.cuGraphAddMemsetNode(&node, graph, NULL, 0, &zero, context));
    GOOD(api.cuGraphAddChildGraphNode(&node, graph, &node, 1, child));
    *plus = kernel_node(graph, &node, 1, add, PARAMS(&on, &b));
    GOOD(api.cuGraphAddMemcpyNode(down, graph, plus, 1, &copy, context));
    GOOD(api.cuGraphDestroy(child)); /* it was copied, as arguments were */
    return graph;
}

START_TEST(a_graph_runs_what_depends_after_what_it_needs)
{
    jx_cuda_graph_exec exec;
    jx_cuda_graph_node plus, down;
    jx_cuda_ptr on;
    int b = 1000, y = -1, z = -1;
    GOOD(api.cuMemAlloc_v2(&on, sizeof y));
    jx_cuda_graph graph = some_graph(on, &y, &plus, &down);
    GOOD(api.cuGraphInstantiateWithFlags(&exec, graph, 0));
    for (int i = 0; i < 20; i++) {
        y = -1;
        GOOD(api.cuGraphLaunch(exec, stream));
        ck_assert_int_eq(y, -1);
        GOOD(api.cuStreamSynchronize(stream));
        ck_assert_int_eq(y, 106);
    }
    struct jx_cuda_kernel_node params = one_thread;
    GOOD(api.cuModuleGetFunction(&params.func, module, "add"));
    params.kernelParams = PARAMS(&on, &b);
    GOOD(api.cuGraphExecKernelNodeSetParams_v2(exec, plus, &params));
    GIVES(CUDA_ERROR_INVALID_VALUE, api.cuGraphExecKernelNodeSetParams_v2(exec, down, &params));
    GOOD(api.cuGraphLaunch(exec, stream));
    GOOD(api.cuMemcpyDtoHAsync_v2(&z, on, sizeof z, stream));
    GOOD(api.cuStreamSynchronize(stream));
    ck_assert_int_eq(y, 1006);
    ck_assert_int_eq(z, 1006);
    GOOD(api.cuGraphDestroy(graph));
    GOOD(api.cuGraphExecDestroy(exec));
    GIVES(CUDA_ERROR_INVALID_HANDLE, api.cuGraphExecDestroy(exec));
    GOOD(api.cuMemFree_v2(on));
}
END_TEST

START_TEST(a_dependency_that_a_graph_lacks_shows)
{
    jx_cuda_function add = kernel(counter_text, "add"), twice;
    GOOD(api.cuModuleGetFunction(&twice, module, "twice"));
    jx_cuda_graph graph;
    jx_cuda_graph_exec exec;
    int a = 1, sums = 0;
    jx_cuda_ptr on = device_alloc(sizeof a);
    GOOD(api.cuGraphCreate(&graph, 0));
    kernel_node(graph, NULL, 0, add, PARAMS(&on, &a));
    kernel_node(graph, NULL, 0, twice, PARAMS(&on));
    GOOD(api.cuGraphInstantiateWithFlags(&exec, graph, 0));
    GOOD(api.cuGraphDestroy(graph));
    for (int i = 0; i < 40; i++) {
        int y = 1;
        GOOD(api.cuMemcpyHtoDAsync_v2(on, &y, sizeof y, stream));
        GOOD(api.cuGraphLaunch(exec, stream));
        GOOD(api.cuMemcpyDtoHAsync_v2(&y, on, sizeof y, stream));
        GOOD(api.cuStreamSynchronize(stream));
        sums |= 1 << y;
    }
    ck_assert_int_eq(sums, 1 << 3 | 1 << 4); /* 1 * 2 + 1, (1 + 1) * 2 */
    GOOD(api.cuGraphExecDestroy(exec));
    GOOD(api.cuMemFreeAsync(on, stream));
}
END_TEST

/* What goes wrong on the device */

static const char *const store_text =
    "extern \"C\" __global__ void store(float *y, int i) { y[0] = 0; y[i] = 1; }\n"
    "extern \"C\" __global__ void load(float *y, int i) { y[0] = y[i]; }\n"
    "extern \"C\" __global__ void wide(float4 *y) { *y = make_float4(1, 2, 3, 4); }\n";

static void outside(const char *name, int i, size_t bytes, const char *text)
{
    jx_cuda_function f = kernel(store_text, name);
    jx_cuda_ptr on = device_alloc(bytes);
    GOOD(launch(f, 1, 1, PARAMS(&on, &i)));
    GIVES(CUDA_ERROR_ILLEGAL_ADDRESS, api.cuStreamSynchronize(stream));
    ck_assert_msg(strstr(said(), text) != NULL, "%s", said());
    ck_assert_ptr_nonnull(strstr(said(), name));
    teardown_lost(JX_CUDA_ERROR_ILLEGAL_ADDRESS);
}

START_TEST(a_store_behind_an_allocation_is_caught)
{
    outside("store", 64, 256, "0 bytes behind an allocation of 256");
}
END_TEST

START_TEST(a_store_into_the_rest_of_sixteen_bytes_is_caught)
{
    outside("store", 5, 20, "beside an allocation of 20");
}
END_TEST

START_TEST(a_store_before_an_allocation_is_caught)
{
    outside("store", -1, 256, "beside an allocation of 256");
}
END_TEST

START_TEST(a_load_far_outside_is_caught) { outside("load", 1 << 20, 256, "is in no allocation"); }
END_TEST

START_TEST(memory_that_was_freed_is_not_touched)
{
    jx_cuda_function f = kernel(store_text, "store");
    jx_cuda_ptr on = device_alloc(64);
    int i = 0;
    GOOD(api.cuMemFreeAsync(on, stream));
    GOOD(launch(f, 1, 1, PARAMS(&on, &i)));
    GIVES(CUDA_ERROR_ILLEGAL_ADDRESS, api.cuStreamSynchronize(stream));
    teardown_lost(JX_CUDA_ERROR_ILLEGAL_ADDRESS);
}
END_TEST

START_TEST(a_pointer_of_the_host_is_none_of_the_device)
{
    jx_cuda_function f = kernel(store_text, "store");
    int i = 0;
    void *null = NULL;
    GOOD(launch(f, 1, 1, PARAMS(&null, &i)));
    GIVES(CUDA_ERROR_ILLEGAL_ADDRESS, api.cuStreamSynchronize(stream));
    ck_assert_ptr_nonnull(strstr(said(), "is not of the device"));
    teardown_lost(JX_CUDA_ERROR_ILLEGAL_ADDRESS);
}
END_TEST

START_TEST(a_misaligned_access_is_caught)
{
    jx_cuda_function f = kernel(store_text, "wide");
    jx_cuda_ptr on = device_alloc(64), off = on + 4;
    GOOD(launch(f, 1, 1, PARAMS(&off)));
    GIVES(CUDA_ERROR_MISALIGNED_ADDRESS, api.cuStreamSynchronize(stream));
    teardown_lost(JX_CUDA_ERROR_MISALIGNED_ADDRESS);
}
END_TEST

START_TEST(fresh_memory_is_nan)
{
    float y[4] = {0};
    jx_cuda_ptr on = device_alloc(sizeof y);
    GOOD(api.cuMemcpyDtoHAsync_v2(y, on, sizeof y, stream));
    GOOD(api.cuMemFreeAsync(on, stream));
    GOOD(api.cuStreamSynchronize(stream));
    for (int i = 0; i < 4; i++)
        ck_assert(isnan(y[i]));
}
END_TEST

START_TEST(the_host_cannot_read_memory_of_the_device)
{
    jx_cuda_ptr on = device_alloc(16);
    GOOD(api.cuMemsetD8Async(on, 0, 16, stream));
    GOOD(api.cuStreamSynchronize(stream));
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr)) /* what a sanitizer says */
            _exit(1);
        _exit(*(volatile char *)(uintptr_t)on);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(!WIFEXITED(status) || WEXITSTATUS(status) != 0);
    GOOD(api.cuMemFreeAsync(on, stream));
}
END_TEST

static void diverges(const char *body, const char *text)
{
    char program[1000];
    snprintf(program, sizeof program, "extern \"C\" __global__ void diverge(int *y) { %s }\n",
             body);
    jx_cuda_function f = kernel(program, "diverge");
    jx_cuda_ptr on = device_alloc(4);
    GOOD(launch(f, 2, 64, PARAMS(&on)));
    GIVES(CUDA_ERROR_LAUNCH_FAILED, api.cuStreamSynchronize(stream));
    ck_assert_msg(strstr(said(), text) != NULL, "%s", said());
    teardown_lost(JX_CUDA_ERROR_LAUNCH_FAILED);
}

START_TEST(a_thread_that_returns_before_a_barrier_is_an_error)
{
    diverges("if (threadIdx.x == 7) return; __syncthreads();", "1 returned, 63 wait at a barrier");
}
END_TEST

START_TEST(two_barriers_are_not_one)
{
    diverges("if (threadIdx.x < 7) __syncthreads(); else __syncthreads();",
             "two different barriers");
}
END_TEST

START_TEST(a_lane_that_never_comes_is_an_error)
{
    diverges("if (threadIdx.x != 3) __syncwarp(); __syncthreads();", "diverged");
}
END_TEST

START_TEST(lanes_at_different_operations_are_an_error)
{
    diverges("if (threadIdx.x & 1) __syncwarp(); else __any_sync(0xffffffffu, 1);",
             "different operations");
}
END_TEST

START_TEST(the_emulation_goes_on_after_an_error)
{
    for (int i = 0; i < 3; i++)
        diverges("if (threadIdx.x & 1) __syncthreads();", "diverged");
    char text[2000];
    snprintf(text, sizeof text, reduction_text, "__syncthreads();");
    ck_assert_float_eq(reduction_of(kernel(text, "total")), reduction_sum());
}
END_TEST

START_TEST(a_trap_is_an_error)
{
    jx_cuda_function f = kernel("extern \"C\" __global__ void f(int n) { assert(n == 3); }", "f");
    int n = 3;
    GOOD(launch(f, 1, 1, PARAMS(&n)));
    GOOD(api.cuStreamSynchronize(stream));
    n = 4;
    GOOD(launch(f, 1, 1, PARAMS(&n)));
    GIVES(CUDA_ERROR_ASSERT, api.cuCtxSynchronize());
    teardown_lost(JX_CUDA_ERROR_ASSERT);
}
END_TEST

/* What is refused */

START_TEST(calls_fail_on_demand)
{
    jx_cuda_ptr on;
    ck_assert(!refuse("cuNothing", 1, 2, false));
    ck_assert(refuse("cuMemAlloc_v2", 2, JX_CUDA_ERROR_OUT_OF_MEMORY, false));
    GOOD(api.cuMemAlloc_v2(&on, 16));
    GOOD(api.cuMemFree_v2(on));
    GIVES(CUDA_ERROR_OUT_OF_MEMORY, api.cuMemAlloc_v2(&on, 16));
    GOOD(api.cuMemAlloc_v2(&on, 16));
    GOOD(api.cuMemFree_v2(on));
    refuse("cuMemAlloc_v2", 1, JX_CUDA_ERROR_UNKNOWN, true);
    for (int i = 0; i < 3; i++)
        GIVES(CUDA_ERROR_UNKNOWN, api.cuMemAlloc_v2(&on, 16));
    refuse(NULL, 0, 0, false);
    GOOD(api.cuMemAlloc_v2(&on, 16));
    GOOD(api.cuMemFree_v2(on));
    ck_assert_int_eq(count("cuMemAlloc_v2"), 7);

    jx_nvrtc_program program;
    ck_assert(!refuse_nvrtc("cuMemAlloc_v2", 1, 1, false));
    ck_assert(refuse_nvrtc("nvrtcCompileProgram", 1, JX_NVRTC_ERROR_COMPILATION, false));
    GOOD(api.nvrtcCreateProgram(&program, "", NULL, 0, NULL, NULL));
    GIVES(NVRTC_ERROR_COMPILATION, api.nvrtcCompileProgram(program, 0, NULL));
    GOOD(api.nvrtcDestroyProgram(&program));
}
END_TEST

START_TEST(memory_ends)
{
    jx_cuda_ptr on, more;
    size_t free_bytes, total;
    setenv("EMULATED_CUDA_MEMORY", "1000000", 1);
    on = device_alloc(600000);
    GIVES(CUDA_ERROR_OUT_OF_MEMORY, api.cuMemAllocAsync(&more, 600000, stream));
    GOOD(api.cuMemGetInfo_v2(&free_bytes, &total));
    ck_assert_int_eq(total, 1000000);
    ck_assert_int_eq(free_bytes, 400000);
    GOOD(api.cuMemFreeAsync(on, stream));
    GOOD(api.cuMemAllocAsync(&more, 600000, stream)); /* what waited is freed first */
    GOOD(api.cuMemFreeAsync(more, stream));
}
END_TEST

START_TEST(a_program_that_is_none_is_told_where)
{
    static const char *const options[] = {"--gpu-architecture=sm_80"};
    static const char *const wrong[] = {"--gpu-architecture=sm_12", "--nonsense"};
    jx_nvrtc_program program;
    size_t size;
    char log[10000];
    GOOD(api.nvrtcCreateProgram(&program,
                                "// one\n"
                                "extern \"C\" __global__ void f(int *y)\n"
                                "{\n    *y = nothing;\n}\n",
                                "wrong.cu", 0, NULL, NULL));
    GIVES(NVRTC_ERROR_INVALID_OPTION, api.nvrtcCompileProgram(program, 1, wrong));
    GIVES(NVRTC_ERROR_INVALID_OPTION, api.nvrtcCompileProgram(program, 1, wrong + 1));
    GIVES(NVRTC_ERROR_COMPILATION, api.nvrtcCompileProgram(program, 1, options));
    GOOD(api.nvrtcGetProgramLogSize(program, &size));
    ck_assert_int_lt(size, sizeof log);
    GOOD(api.nvrtcGetProgramLog(program, log));
    ck_assert_msg(strstr(log, "wrong.cu:4") != NULL, "%s", log);
    ck_assert_ptr_nonnull(strstr(log, "nothing"));
    GOOD(api.nvrtcDestroyProgram(&program));
    GIVES(NVRTC_ERROR_INVALID_PROGRAM, api.nvrtcDestroyProgram(&program));
    GOOD(api.nvrtcCreateProgram(&program, "#include <stdio.h>\n", NULL, 0, NULL, NULL));
    GIVES(NVRTC_ERROR_COMPILATION, api.nvrtcCompileProgram(program, 1, options));
    GOOD(api.nvrtcDestroyProgram(&program));
}
END_TEST

START_TEST(an_image_that_was_changed_does_not_load)
{
    static const char *const options[] = {"-arch=sm_90"};
    jx_nvrtc_program program;
    size_t size;
    GOOD(api.nvrtcCreateProgram(&program, "extern \"C\" __global__ void f() {}", NULL, 0, NULL,
                                NULL));
    GOOD(api.nvrtcCompileProgram(program, 1, options));
    GOOD(api.nvrtcGetCUBINSize(program, &size));
    char *cubin = malloc(size);
    GOOD(api.nvrtcGetCUBIN(program, cubin));
    GOOD(api.nvrtcDestroyProgram(&program));
    GIVES(CUDA_ERROR_NO_BINARY_FOR_GPU, api.cuModuleLoadData(&module, cubin));
    cubin[size / 2] ^= 1;
    GIVES(CUDA_ERROR_INVALID_IMAGE, api.cuModuleLoadData(&module, cubin));
    GIVES(CUDA_ERROR_INVALID_IMAGE, api.cuModuleLoadData(&module, "no image at all"));
    module = NULL;
    free(cubin);
}
END_TEST

START_TEST(wrong_launches_are_refused)
{
    jx_cuda_function f =
        kernel("extern \"C\" __global__ void __launch_bounds__(64) f(int *y) { *y = 0; }", "f");
    jx_cuda_function none;
    jx_cuda_ptr on = device_alloc(4);
    void **params = PARAMS(&on);
    GIVES(CUDA_ERROR_NOT_FOUND, api.cuModuleGetFunction(&none, module, "g"));
    GIVES(CUDA_ERROR_INVALID_HANDLE, launch(NULL, 1, 1, params));
    GIVES(CUDA_ERROR_INVALID_VALUE, launch(f, 0, 1, params));
    GIVES(CUDA_ERROR_INVALID_VALUE, launch(f, 1, 1025, params));
    GIVES(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, launch(f, 1, 65, params));
    GIVES(CUDA_ERROR_INVALID_VALUE, launch(f, 1, 1, NULL));
    GIVES(CUDA_ERROR_INVALID_VALUE, api.cuMemcpyHtoDAsync_v2(on, &on, 8, stream));
    GIVES(CUDA_ERROR_INVALID_HANDLE, api.cuStreamSynchronize((jx_cuda_stream)(void *)module));
    GOOD(api.cuMemFreeAsync(on, stream));
}
END_TEST

START_TEST(without_a_context_nothing_works)
{
    jx_cuda_ptr on;
    jx_cuda_context popped;
    GOOD(api.cuCtxPopCurrent_v2(&popped));
    ck_assert_ptr_eq(popped, context);
    GIVES(CUDA_ERROR_INVALID_CONTEXT, api.cuMemAlloc_v2(&on, 16));
    GIVES(CUDA_ERROR_INVALID_CONTEXT, api.cuCtxPopCurrent_v2(&popped));
    GOOD(api.cuCtxPushCurrent_v2(context));
    GOOD(api.cuMemAlloc_v2(&on, 16));
    GOOD(api.cuMemFree_v2(on));
    pid_t child = fork(); /* whose driver is not initialised */
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(api.cuMemAlloc_v2(&on, 16) == JX_CUDA_ERROR_NOT_INITIALIZED ? 0 : 1);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("emulated_cuda");
    TCase *tcase = tcase_create("emulated_cuda");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, an_elementwise_kernel_computes);
    tcase_add_test(tcase, a_block_reduction_meets_at_barriers);
    tcase_add_test(tcase, a_missing_barrier_shows_as_a_wrong_result);
    tcase_add_test(tcase, lanes_of_a_warp_exchange_values);
    tcase_add_test(tcase, dynamic_shared_memory_has_the_size_of_the_launch);
    tcase_add_test(tcase, headers_of_a_program_are_found_by_name);
    tcase_add_test(tcase, kernels_and_copies_of_a_stream_keep_their_order);
    tcase_add_test(tcase, an_event_orders_two_streams);
    tcase_add_test(tcase, a_stream_that_does_not_wait_finds_no_memory);
    tcase_add_test(tcase, a_graph_runs_what_depends_after_what_it_needs);
    tcase_add_test(tcase, a_dependency_that_a_graph_lacks_shows);
    tcase_add_test(tcase, a_store_behind_an_allocation_is_caught);
    tcase_add_test(tcase, a_store_into_the_rest_of_sixteen_bytes_is_caught);
    tcase_add_test(tcase, a_store_before_an_allocation_is_caught);
    tcase_add_test(tcase, a_load_far_outside_is_caught);
    tcase_add_test(tcase, memory_that_was_freed_is_not_touched);
    tcase_add_test(tcase, a_pointer_of_the_host_is_none_of_the_device);
    tcase_add_test(tcase, a_misaligned_access_is_caught);
    tcase_add_test(tcase, fresh_memory_is_nan);
    tcase_add_test(tcase, the_host_cannot_read_memory_of_the_device);
    tcase_add_test(tcase, a_thread_that_returns_before_a_barrier_is_an_error);
    tcase_add_test(tcase, two_barriers_are_not_one);
    tcase_add_test(tcase, a_lane_that_never_comes_is_an_error);
    tcase_add_test(tcase, lanes_at_different_operations_are_an_error);
    tcase_add_test(tcase, the_emulation_goes_on_after_an_error);
    tcase_add_test(tcase, a_trap_is_an_error);
    tcase_add_test(tcase, calls_fail_on_demand);
    tcase_add_test(tcase, memory_ends);
    tcase_add_test(tcase, a_program_that_is_none_is_told_where);
    tcase_add_test(tcase, an_image_that_was_changed_does_not_load);
    tcase_add_test(tcase, wrong_launches_are_refused);
    tcase_add_test(tcase, without_a_context_nothing_works);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
