/*
 * backend/cuda/device.c - the device: its context, its stream, its memory.
 *
 * There is one stream, so that work and memory follow the order of the calls. Memory comes from the
 * device's own pool and nothing is taken before it is needed.
 */
#include "backend/cuda/device.h"

#include <pthread.h>
#include <stdint.h>

static struct jx_cuda_device_state device;

/* ---- opening --------------------------------------------------------------------------------- */

static bool attribute(jx_cuda_device_attribute which, int *value)
{
    return jx_cuda_ok(device.driver->cuDeviceGetAttribute(value, which, device.number),
                      "cuDeviceGetAttribute");
}

static bool find_device(void)
{
    int count = 0, major, minor, has_pools;
    if (!jx_cuda_ok(device.driver->cuDeviceGetCount(&count), "cuDeviceGetCount"))
        return false;
    if (count == 0)
        return jx_fail(JAXC_ENODEVICE, "no CUDA device: the driver lists none");
    if (!jx_cuda_ok(device.driver->cuDeviceGet(&device.number, 0), "cuDeviceGet") ||
        !attribute(JX_CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, &major) ||
        !attribute(JX_CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, &minor) ||
        !attribute(JX_CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED, &has_pools))
        return false;
    device.arch = 10 * major + minor;
    if (!has_pools)
        return jx_fail(JAXC_ENODEVICE, "the CUDA device has no memory pools");
    return true;
}

static bool start_device(void)
{
    const struct jx_cuda_driver *d = device.driver;
    uint64_t keep = UINT64_MAX; /* freed memory stays in the pool until it is trimmed */
    return jx_cuda_ok(d->cuStreamCreate(&device.stream, JX_CU_STREAM_NON_BLOCKING),
                      "cuStreamCreate") &&
           jx_cuda_ok(d->cuDeviceGetDefaultMemPool(&device.pool, device.number),
                      "cuDeviceGetDefaultMemPool") &&
           jx_cuda_ok(
               d->cuMemPoolSetAttribute(device.pool, JX_CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &keep),
               "cuMemPoolSetAttribute");
}

static bool open_device(void)
{
    device.driver = jx_cuda_driver();
    bool held = device.driver && find_device() &&
                jx_cuda_ok(device.driver->cuDevicePrimaryCtxRetain(&device.context, device.number),
                           "cuDevicePrimaryCtxRetain");
    bool entered = held && jx_cuda_enter(&device);
    bool ok = entered && start_device();
    if (!ok && device.stream)
        device.driver->cuStreamDestroy_v2(device.stream);
    if (entered)
        jx_cuda_leave(&device);
    if (held && !ok)
        device.driver->cuDevicePrimaryCtxRelease_v2(device.number);
    if (!ok)
        device = (struct jx_cuda_device_state){0};
    return ok;
}

const struct jx_cuda_device_state *jx_cuda_open(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static bool is_open;
    pthread_mutex_lock(&lock);
    is_open = is_open || open_device(); /* one that is not there may come */
    bool ok = is_open;
    pthread_mutex_unlock(&lock);
    return ok ? &device : NULL;
}

bool jx_cuda_enter(const struct jx_cuda_device_state *d)
{
    return jx_cuda_ok(d->driver->cuCtxPushCurrent_v2(d->context), "cuCtxPushCurrent");
}

void jx_cuda_leave(const struct jx_cuda_device_state *d)
{
    jx_cuda_context context;
    d->driver->cuCtxPopCurrent_v2(&context);
}

/* ---- memory ---------------------------------------------------------------------------------- */

jx_cuda_ptr jx_cuda_alloc(const struct jx_cuda_device_state *d, size_t size)
{
    jx_cuda_ptr memory = 0;
    size_t bytes = size > 0 ? size : 1;
    jx_cuda_result result = d->driver->cuMemAllocAsync(&memory, bytes, d->stream);
    if (result == JX_CUDA_ERROR_OUT_OF_MEMORY) {
        d->driver->cuStreamSynchronize(d->stream);
        d->driver->cuMemPoolTrimTo(d->pool, 0);
        result = d->driver->cuMemAllocAsync(&memory, bytes, d->stream);
    }
    if (result == JX_CUDA_ERROR_OUT_OF_MEMORY)
        jx_fail(JAXC_ENOMEM, "out of memory on the CUDA device (%zu bytes)", size);
    else
        jx_cuda_ok(result, "cuMemAllocAsync");
    return result == JX_CUDA_SUCCESS ? memory : 0;
}

void jx_cuda_free(const struct jx_cuda_device_state *d, jx_cuda_ptr memory)
{
    d->driver->cuMemFreeAsync(memory, d->stream);
}

static void *memory_alloc(size_t size)
{
    const struct jx_cuda_device_state *d = jx_cuda_open();
    if (!d || !jx_cuda_enter(d))
        return NULL;
    jx_cuda_ptr memory = jx_cuda_alloc(d, size);
    jx_cuda_leave(d);
    return (void *)(uintptr_t)memory;
}

static void memory_release(void *data)
{
    struct jx_error_state before; /* freeing fails for no one */
    jx_error_save(&before);
    if (jx_cuda_enter(&device)) {
        jx_cuda_free(&device, (uintptr_t)data);
        jx_cuda_leave(&device);
    }
    jx_error_restore(&before);
}

static bool memory_copy(void *to, const void *from, size_t size)
{
    if (!jx_cuda_enter(&device))
        return false;
    bool ok = size == 0 || jx_cuda_ok(device.driver->cuMemcpyDtoDAsync_v2(
                                          (uintptr_t)to, (uintptr_t)from, size, device.stream),
                                      "a copy on the device");
    jx_cuda_leave(&device);
    return ok;
}

/* Ordinary host memory has been read when the call returns. */
static bool memory_upload(void *to, const void *from, size_t size)
{
    if (!jx_cuda_enter(&device))
        return false;
    bool ok = size == 0 || jx_cuda_ok(device.driver->cuMemcpyHtoDAsync_v2((uintptr_t)to, from, size,
                                                                          device.stream),
                                      "a copy to the device");
    jx_cuda_leave(&device);
    return ok;
}

static bool memory_download(void *to, const void *from, size_t size)
{
    const struct jx_cuda_driver *d = device.driver;
    if (!jx_cuda_enter(&device))
        return false;
    bool asked =
        size > 0 && jx_cuda_ok(d->cuMemcpyDtoHAsync_v2(to, (uintptr_t)from, size, device.stream),
                               "a copy from the device");
    bool ok = (asked || size == 0) &&
              jx_cuda_ok(d->cuStreamSynchronize(device.stream), "waiting for the device");
    if (asked && !ok) /* nothing may be on its way to what the caller frees now */
        d->cuCtxSynchronize();
    jx_cuda_leave(&device);
    return ok;
}

const struct jx_memory jx_cuda_memory = {
    .name = "cuda:0",
    .alloc = memory_alloc,
    .release = memory_release,
    .copy = memory_copy,
    .upload = memory_upload,
    .download = memory_download,
};
