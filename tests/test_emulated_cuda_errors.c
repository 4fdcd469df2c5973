/*
 * test_emulated_cuda_errors.c - what the emulated driver and NVRTC catch and refuse.
 */
#include "support/emulated_device.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void setup(void) { device_open(EMULATED_CUDA_FOLDER); }

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
    device_lost(JX_CUDA_ERROR_ILLEGAL_ADDRESS);
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
    device_lost(JX_CUDA_ERROR_ILLEGAL_ADDRESS);
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
    device_lost(JX_CUDA_ERROR_ILLEGAL_ADDRESS);
}
END_TEST

START_TEST(a_misaligned_access_is_caught)
{
    jx_cuda_function f = kernel(store_text, "wide");
    jx_cuda_ptr on = device_alloc(64), off = on + 4;
    GOOD(launch(f, 1, 1, PARAMS(&off)));
    GIVES(CUDA_ERROR_MISALIGNED_ADDRESS, api.cuStreamSynchronize(stream));
    device_lost(JX_CUDA_ERROR_MISALIGNED_ADDRESS);
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
    device_lost(JX_CUDA_ERROR_LAUNCH_FAILED);
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
    device_lost(JX_CUDA_ERROR_ASSERT);
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
    Suite *suite = suite_create("emulated_cuda_errors");
    TCase *tcase = tcase_create("emulated_cuda_errors");
    tcase_add_checked_fixture(tcase, setup, device_close);
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
