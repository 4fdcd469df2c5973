/*
 * test_emulated_cuda.c - the libraries that stand in for NVIDIA's driver and NVRTC, used directly:
 * calculation, streams, graphs.
 */
#include "support/emulated_device.h"

#include <stdio.h>
#include <string.h>

static void setup(void) { device_open(EMULATED_CUDA_FOLDER); }

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
    device_lost(JX_CUDA_ERROR_ILLEGAL_ADDRESS);
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

int main(void)
{
    Suite *suite = suite_create("emulated_cuda");
    TCase *tcase = tcase_create("emulated_cuda");
    tcase_add_checked_fixture(tcase, setup, device_close);
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
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
