/*
 * device.c - devices that do not exist, their primary contexts, and names of errors.
 */
#include "driver.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST_DEVICES = 8, MOST_PUSHED = 16 };

static struct CUctx_st contexts[MOST_DEVICES];
static pid_t initialised; /* the process that did; a forked child has no device */
static _Thread_local jx_cuda_context pushed[MOST_PUSHED];
static _Thread_local int n_pushed;

static int n_devices(void)
{
    long long n = setting("EMULATED_CUDA_DEVICES", 1);
    return n < 0 ? 0 : n > MOST_DEVICES ? MOST_DEVICES : (int)n;
}

int device_arch(void) { return (int)setting("EMULATED_CUDA_ARCH", 80); }

static jx_cuda_result device_check(jx_cuda_device device)
{
    if (initialised != getpid())
        return JX_CUDA_ERROR_NOT_INITIALIZED;
    return device < 0 || device >= n_devices() ? JX_CUDA_ERROR_INVALID_DEVICE : JX_CUDA_SUCCESS;
}

jx_cuda_result current_context(jx_cuda_context *context)
{
    if (initialised != getpid())
        return JX_CUDA_ERROR_NOT_INITIALIZED;
    *context = n_pushed > 0 ? pushed[n_pushed - 1] : NULL;
    if (!*context || !(*context)->retained)
        return JX_CUDA_ERROR_INVALID_CONTEXT;
    return (*context)->error;
}

jx_cuda_result cuInit(unsigned int flags)
{
    struct call call CALL_ENDS = call_begin(CALL_cuInit);
    if (call.refused)
        return call.refused;
    if (flags)
        return JX_CUDA_ERROR_INVALID_VALUE;
    if (n_devices() == 0)
        return JX_CUDA_ERROR_NO_DEVICE;
    if (initialised && initialised != getpid())
        return JX_CUDA_ERROR_NOT_INITIALIZED;
    initialised = getpid();
    return JX_CUDA_SUCCESS;
}

jx_cuda_result cuDriverGetVersion(int *version)
{
    struct call call CALL_ENDS = call_begin(CALL_cuDriverGetVersion);
    if (call.refused)
        return call.refused;
    if (!version)
        return JX_CUDA_ERROR_INVALID_VALUE;
    *version = (int)setting("EMULATED_CUDA_DRIVER", 12040);
    return JX_CUDA_SUCCESS;
}

#define RESULT_NAME(name, number)                                                                  \
    case number: return #name;
static const char *name_of(jx_cuda_result error)
{
    switch ((int)error) {
        JX_CUDA_RESULTS(RESULT_NAME)
    default: return NULL;
    }
}

/* The names say enough for texts as well. */
static jx_cuda_result tell_name(int function, jx_cuda_result error, const char **name)
{
    struct call call CALL_ENDS = call_begin(function);
    if (call.refused)
        return call.refused;
    if (!name)
        return JX_CUDA_ERROR_INVALID_VALUE;
    *name = name_of(error);
    return *name ? JX_CUDA_SUCCESS : JX_CUDA_ERROR_INVALID_VALUE;
}

jx_cuda_result cuGetErrorName(jx_cuda_result error, const char **name)
{
    return tell_name(CALL_cuGetErrorName, error, name);
}

jx_cuda_result cuGetErrorString(jx_cuda_result error, const char **text)
{
    return tell_name(CALL_cuGetErrorString, error, text);
}

jx_cuda_result cuDeviceGetCount(int *count)
{
    struct call call CALL_ENDS = call_begin(CALL_cuDeviceGetCount);
    if (call.refused)
        return call.refused;
    if (!count)
        return JX_CUDA_ERROR_INVALID_VALUE;
    *count = n_devices();
    return device_check(0);
}

jx_cuda_result cuDeviceGet(jx_cuda_device *device, int ordinal)
{
    struct call call CALL_ENDS = call_begin(CALL_cuDeviceGet);
    if (call.refused)
        return call.refused;
    if (!device)
        return JX_CUDA_ERROR_INVALID_VALUE;
    *device = ordinal;
    return device_check(ordinal);
}

jx_cuda_result cuDeviceGetName(char *name, int size, jx_cuda_device device)
{
    struct call call CALL_ENDS = call_begin(CALL_cuDeviceGetName);
    if (call.refused)
        return call.refused;
    if (!name || size < 1)
        return JX_CUDA_ERROR_INVALID_VALUE;
    snprintf(name, (size_t)size, "Emulated CUDA device");
    return device_check(device);
}

jx_cuda_result cuDeviceTotalMem_v2(size_t *bytes, jx_cuda_device device)
{
    struct call call CALL_ENDS = call_begin(CALL_cuDeviceTotalMem_v2);
    if (call.refused)
        return call.refused;
    if (!bytes)
        return JX_CUDA_ERROR_INVALID_VALUE;
    *bytes = memory_total();
    return device_check(device);
}

/* Of an A100 (sm_80), with few multiprocessors, so that loops over blocks do loop. */
static int attribute_of(jx_cuda_device_attribute attribute)
{
    switch (attribute) {
    case JX_CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
    case JX_CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X:
    case JX_CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y: return MOST_THREADS;
    case JX_CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z: return 64;
    case JX_CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X: return INT32_MAX;
    case JX_CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y:
    case JX_CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z: return 65535;
    case JX_CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK: return SHARED_BYTES;
    case JX_CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN: return SHARED_BYTES_OPT_IN;
    case JX_CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR:
        return SHARED_BYTES_OPT_IN + 1024;
    case JX_CU_DEVICE_ATTRIBUTE_WARP_SIZE: return 32;
    case JX_CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK:
    case JX_CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR: return 65536;
    case JX_CU_DEVICE_ATTRIBUTE_CLOCK_RATE:
    case JX_CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE: return 1000000; /* kHz */
    case JX_CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: return 4;
    case JX_CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH: return 5120; /* bits */
    case JX_CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE: return 40 << 20;
    case JX_CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR: return 2048;
    case JX_CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR: return 32;
    case JX_CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT: return 2;
    case JX_CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING:
    case JX_CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED: return 1;
    case JX_CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: return device_arch() / 10;
    case JX_CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: return device_arch() % 10;
    case JX_CU_DEVICE_ATTRIBUTE_INTEGRATED:
    case JX_CU_DEVICE_ATTRIBUTE_COMPUTE_MODE: return 0;
    default: return -1;
    }
}

jx_cuda_result cuDeviceGetAttribute(int *value, jx_cuda_device_attribute attribute,
                                    jx_cuda_device device)
{
    struct call call CALL_ENDS = call_begin(CALL_cuDeviceGetAttribute);
    if (call.refused)
        return call.refused;
    int number = attribute_of(attribute);
    if (!value || number < 0)
        return JX_CUDA_ERROR_INVALID_VALUE;
    *value = number;
    return device_check(device);
}

jx_cuda_result cuDevicePrimaryCtxRetain(jx_cuda_context *context, jx_cuda_device device)
{
    struct call call CALL_ENDS = call_begin(CALL_cuDevicePrimaryCtxRetain);
    if (call.refused)
        return call.refused;
    jx_cuda_result error = device_check(device);
    if (error != JX_CUDA_SUCCESS || !context)
        return error == JX_CUDA_SUCCESS ? JX_CUDA_ERROR_INVALID_VALUE : error;
    jx_cuda_context c = &contexts[device];
    if (c->retained == 0) {
        *c = (struct CUctx_st){.device = device};
        error = stream_new(c, 0, &c->null_stream);
        if (error != JX_CUDA_SUCCESS)
            return error;
    }
    c->retained++;
    *context = c;
    return JX_CUDA_SUCCESS;
}

/* All that belongs to it goes with it. */
static void context_end(jx_cuda_context c)
{
    struct handle *h;
    streams_run(c);
    while ((h = handle_next(c, KIND_EXEC)) != NULL)
        exec_free((jx_cuda_graph_exec)(void *)h);
    while ((h = handle_next(c, KIND_MODULE)) != NULL)
        module_free((jx_cuda_module)(void *)h);
    while ((h = handle_next(c, KIND_EVENT)) != NULL)
        event_free((jx_cuda_event)(void *)h);
    while (c->streams)
        stream_free(c->streams);
    struct allocation *a;
    while ((a = memory_of(c)) != NULL)
        memory_free(a);
    pinned_free_all(c);
}

jx_cuda_result cuDevicePrimaryCtxRelease_v2(jx_cuda_device device)
{
    struct call call CALL_ENDS = call_begin(CALL_cuDevicePrimaryCtxRelease_v2);
    if (call.refused)
        return call.refused;
    jx_cuda_result error = device_check(device);
    if (error != JX_CUDA_SUCCESS)
        return error;
    if (contexts[device].retained == 0)
        return JX_CUDA_ERROR_INVALID_CONTEXT;
    if (--contexts[device].retained == 0)
        context_end(&contexts[device]);
    return JX_CUDA_SUCCESS;
}

static bool is_context(jx_cuda_context context)
{
    for (int i = 0; i < MOST_DEVICES; i++)
        if (context == &contexts[i] && context->retained)
            return true;
    return false;
}

jx_cuda_result cuCtxPushCurrent_v2(jx_cuda_context context)
{
    struct call call CALL_ENDS = call_begin(CALL_cuCtxPushCurrent_v2);
    if (call.refused)
        return call.refused;
    if (!is_context(context) || n_pushed == MOST_PUSHED)
        return JX_CUDA_ERROR_INVALID_CONTEXT;
    pushed[n_pushed++] = context;
    return JX_CUDA_SUCCESS;
}

jx_cuda_result cuCtxPopCurrent_v2(jx_cuda_context *context)
{
    struct call call CALL_ENDS = call_begin(CALL_cuCtxPopCurrent_v2);
    if (call.refused)
        return call.refused;
    if (n_pushed == 0)
        return JX_CUDA_ERROR_INVALID_CONTEXT;
    n_pushed--;
    if (context)
        *context = pushed[n_pushed];
    return JX_CUDA_SUCCESS;
}

jx_cuda_result cuCtxSetCurrent(jx_cuda_context context)
{
    struct call call CALL_ENDS = call_begin(CALL_cuCtxSetCurrent);
    if (call.refused)
        return call.refused;
    if (context && !is_context(context))
        return JX_CUDA_ERROR_INVALID_CONTEXT;
    n_pushed -= n_pushed > 0;
    if (context)
        pushed[n_pushed++] = context;
    return JX_CUDA_SUCCESS;
}

jx_cuda_result cuCtxGetCurrent(jx_cuda_context *context)
{
    struct call call CALL_ENDS = call_begin(CALL_cuCtxGetCurrent);
    if (call.refused)
        return call.refused;
    if (!context)
        return JX_CUDA_ERROR_INVALID_VALUE;
    *context = n_pushed > 0 ? pushed[n_pushed - 1] : NULL;
    return JX_CUDA_SUCCESS;
}

jx_cuda_result cuCtxSynchronize(void)
{
    struct call call CALL_ENDS = call_begin(CALL_cuCtxSynchronize);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    jx_cuda_result error = current_context(&context);
    return error == JX_CUDA_SUCCESS ? streams_run(context) : error;
}
