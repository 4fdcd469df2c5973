/*
 * copy.c - copies and fills. Those of streams are copies of one row.
 *
 * A copy from pageable memory reads it when it is asked for, as the driver does; one from pinned
 * memory when its turn comes. Copies to the host write when their turn comes.
 */
#include "driver.h"

#include <stdlib.h>
#include <string.h>

static const jx_cuda_memory_type HOST = JX_CU_MEMORYTYPE_HOST, DEVICE = JX_CU_MEMORYTYPE_DEVICE;

jx_cuda_result work_copy(struct work *w, const struct jx_cuda_memcpy3d *p)
{
    if (!p || !p->WidthInBytes || !p->Height || !p->Depth ||
        (p->srcMemoryType != HOST && p->srcMemoryType != DEVICE) ||
        (p->dstMemoryType != HOST && p->dstMemoryType != DEVICE) ||
        (p->Height > 1 && (p->srcPitch < p->WidthInBytes || p->dstPitch < p->WidthInBytes)) ||
        (p->Depth > 1 && (p->srcHeight < p->Height || p->dstHeight < p->Height)))
        return JX_CUDA_ERROR_INVALID_VALUE;
    *w = (struct work){.kind = WORK_COPY, .copy = *p};
    return JX_CUDA_SUCCESS;
}

jx_cuda_result work_set(struct work *w, const struct jx_cuda_memset_node *p)
{
    if (!p || (p->elementSize != 1 && p->elementSize != 2 && p->elementSize != 4) || !p->width ||
        !p->height || p->dst % p->elementSize != 0 ||
        (p->height > 1 && p->pitch < p->width * p->elementSize))
        return JX_CUDA_ERROR_INVALID_VALUE;
    *w = (struct work){.kind = WORK_SET, .set = *p};
    return JX_CUDA_SUCCESS;
}

/* One row; NULL with a message: not within an allocation. */
static char *row_of(jx_cuda_memory_type type, uintptr_t at, size_t bytes)
{
    if (type == HOST)
        return (char *)at;
    char *row = memory_view(at, bytes);
    const struct allocation *a = row ? NULL : memory_find(at);
    if (!row)
        memory_tell(a && a->live ? at + bytes : at);
    return row;
}

jx_cuda_result copy_run(const struct work *w)
{
    const struct jx_cuda_memcpy3d *p = &w->copy;
    uintptr_t from = w->staged                  ? (uintptr_t)w->staged
                     : p->srcMemoryType == HOST ? (uintptr_t)p->srcHost
                                                : (uintptr_t)p->srcDevice;
    uintptr_t to = p->dstMemoryType == HOST ? (uintptr_t)p->dstHost : (uintptr_t)p->dstDevice;
    for (size_t z = 0; z < p->Depth; z++) {
        for (size_t y = 0; y < p->Height; y++) {
            size_t source = ((p->srcZ + z) * p->srcHeight + p->srcY + y) * p->srcPitch;
            size_t target = ((p->dstZ + z) * p->dstHeight + p->dstY + y) * p->dstPitch;
            const char *read =
                row_of(p->srcMemoryType, from + source + p->srcXInBytes, p->WidthInBytes);
            char *write = row_of(p->dstMemoryType, to + target + p->dstXInBytes, p->WidthInBytes);
            if (!read || !write)
                return JX_CUDA_ERROR_ILLEGAL_ADDRESS;
            memmove(write, read, p->WidthInBytes);
        }
    }
    return JX_CUDA_SUCCESS;
}

jx_cuda_result set_run(const struct work *w)
{
    const struct jx_cuda_memset_node *p = &w->set;
    for (size_t y = 0; y < p->height; y++) {
        size_t bytes = p->width * p->elementSize;
        char *row = row_of(DEVICE, p->dst + y * p->pitch, bytes);
        if (!row)
            return JX_CUDA_ERROR_ILLEGAL_ADDRESS;
        for (size_t i = 0; i < bytes; i++)
            row[i] = (char)(p->value >> 8 * (i % p->elementSize));
    }
    return JX_CUDA_SUCCESS;
}

/* Pinned memory: the head stands before what the user has. */
struct pinned {
    struct handle handle;
    char *begin;
    size_t size;
    struct pinned *next;
};
static struct pinned *pinned_list;

static struct pinned *pinned_of(const void *at)
{
    for (struct pinned *p = pinned_list; p; p = p->next)
        if ((uintptr_t)at >= (uintptr_t)p->begin && (uintptr_t)at - (uintptr_t)p->begin < p->size)
            return p;
    return NULL;
}

jx_cuda_result cuMemHostAlloc(void **host, size_t bytes, unsigned int flags)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemHostAlloc);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    jx_cuda_result error = current_context(&context);
    if (error != JX_CUDA_SUCCESS)
        return error;
    if (!host || !bytes || flags > 7)
        return JX_CUDA_ERROR_INVALID_VALUE;
    struct pinned *p = malloc(sizeof *p);
    char *memory = p ? aligned_alloc(4096, (bytes + 4095) / 4096 * 4096) : NULL;
    if (!memory) {
        free(p);
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    }
    handle_add(&p->handle, KIND_PINNED, context);
    p->begin = memory;
    p->size = bytes;
    p->next = pinned_list;
    pinned_list = p;
    memset(memory, 0xff, bytes);
    *host = memory;
    return JX_CUDA_SUCCESS;
}

static void pinned_free(struct pinned *p)
{
    struct pinned **at = &pinned_list;
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    handle_remove(&p->handle);
    free(p->begin);
    free(p);
}

void pinned_free_all(jx_cuda_context context)
{
    struct handle *h;
    while ((h = handle_next(context, KIND_PINNED)) != NULL)
        pinned_free((struct pinned *)(void *)h);
}

jx_cuda_result cuMemFreeHost(void *host)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemFreeHost);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    jx_cuda_result error = current_context(&context);
    struct pinned *p = pinned_of(host);
    if (!p || p->begin != host)
        return error == JX_CUDA_SUCCESS ? JX_CUDA_ERROR_INVALID_VALUE : error;
    if (error == JX_CUDA_SUCCESS)
        error = streams_run(context);
    pinned_free(p);
    return error;
}

/* Is this an address that the device's memory could have? The driver looks when it is asked. */
static bool is_device(jx_cuda_ptr at, size_t bytes)
{
    const struct allocation *a = memory_find((uintptr_t)at);
    return bytes == 0 || (a && bytes <= a->size - ((uintptr_t)at - a->begin));
}

static jx_cuda_result copy_add(jx_cuda_stream stream, struct jx_cuda_memcpy3d *p)
{
    jx_cuda_stream s;
    size_t bytes = p->WidthInBytes;
    jx_cuda_result error = stream_of(stream, &s);
    if (error != JX_CUDA_SUCCESS || bytes == 0)
        return error;
    if (!(p->srcMemoryType == HOST ? p->srcHost != NULL : is_device(p->srcDevice, bytes)) ||
        !(p->dstMemoryType == HOST ? p->dstHost != NULL : is_device(p->dstDevice, bytes)))
        return JX_CUDA_ERROR_INVALID_VALUE;
    p->Height = p->Depth = 1;
    p->srcPitch = p->dstPitch = bytes;
    struct work w;
    error = work_copy(&w, p);
    if (error == JX_CUDA_SUCCESS && p->srcMemoryType == HOST && !pinned_of(p->srcHost)) {
        w.staged = malloc(bytes);
        if (!w.staged)
            return JX_CUDA_ERROR_OUT_OF_MEMORY;
        memcpy(w.staged, p->srcHost, bytes);
    }
    return error == JX_CUDA_SUCCESS ? stream_add_work(s, &w) : error;
}

jx_cuda_result cuMemcpyHtoDAsync_v2(jx_cuda_ptr to, const void *from, size_t bytes,
                                    jx_cuda_stream stream)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemcpyHtoDAsync_v2);
    if (call.refused)
        return call.refused;
    struct jx_cuda_memcpy3d p = {.srcMemoryType = HOST,
                                 .srcHost = from,
                                 .dstMemoryType = DEVICE,
                                 .dstDevice = to,
                                 .WidthInBytes = bytes};
    return copy_add(stream, &p);
}

jx_cuda_result cuMemcpyDtoHAsync_v2(void *to, jx_cuda_ptr from, size_t bytes, jx_cuda_stream stream)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemcpyDtoHAsync_v2);
    if (call.refused)
        return call.refused;
    struct jx_cuda_memcpy3d p = {.srcMemoryType = DEVICE,
                                 .srcDevice = from,
                                 .dstMemoryType = HOST,
                                 .dstHost = to,
                                 .WidthInBytes = bytes};
    return copy_add(stream, &p);
}

jx_cuda_result cuMemcpyDtoDAsync_v2(jx_cuda_ptr to, jx_cuda_ptr from, size_t bytes,
                                    jx_cuda_stream stream)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemcpyDtoDAsync_v2);
    if (call.refused)
        return call.refused;
    struct jx_cuda_memcpy3d p = {.srcMemoryType = DEVICE,
                                 .srcDevice = from,
                                 .dstMemoryType = DEVICE,
                                 .dstDevice = to,
                                 .WidthInBytes = bytes};
    return copy_add(stream, &p);
}

jx_cuda_result cuMemsetD8Async(jx_cuda_ptr to, unsigned char value, size_t bytes,
                               jx_cuda_stream stream)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemsetD8Async);
    if (call.refused)
        return call.refused;
    jx_cuda_stream s;
    jx_cuda_result error = stream_of(stream, &s);
    if (error != JX_CUDA_SUCCESS || bytes == 0)
        return error;
    if (!is_device(to, bytes))
        return JX_CUDA_ERROR_INVALID_VALUE;
    const struct jx_cuda_memset_node p = {
        .dst = to, .value = value, .elementSize = 1, .width = bytes, .height = 1};
    struct work w;
    error = work_set(&w, &p);
    return error == JX_CUDA_SUCCESS ? stream_add_work(s, &w) : error;
}
