/*
 * memory_calls.c - the driver's functions that give and take memory of the device.
 */
#include "driver.h"

/* If there is no room, what waits to be freed is freed first. */
static jx_cuda_result alloc(size_t bytes, jx_cuda_context context, struct allocation **a)
{
    jx_cuda_result error = memory_alloc(bytes, context, a);
    if (error == JX_CUDA_ERROR_OUT_OF_MEMORY) {
        error = streams_run(context);
        if (error == JX_CUDA_SUCCESS)
            error = memory_alloc(bytes, context, a);
    }
    return error;
}

jx_cuda_result cuMemAlloc_v2(jx_cuda_ptr *ptr, size_t bytes)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemAlloc_v2);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    struct allocation *a;
    jx_cuda_result error = current_context(&context);
    if (error == JX_CUDA_SUCCESS && (!ptr || !bytes))
        error = JX_CUDA_ERROR_INVALID_VALUE;
    if (error == JX_CUDA_SUCCESS)
        error = alloc(bytes, context, &a);
    if (error != JX_CUDA_SUCCESS)
        return error;
    a->live = true;
    *ptr = a->begin;
    return JX_CUDA_SUCCESS;
}

/* The allocation that begins at ptr, and is not freed already. */
static jx_cuda_result find(jx_cuda_ptr ptr, struct allocation **a)
{
    *a = memory_find((uintptr_t)ptr);
    return *a && (*a)->begin == ptr && !(*a)->freed ? JX_CUDA_SUCCESS : JX_CUDA_ERROR_INVALID_VALUE;
}

jx_cuda_result cuMemFree_v2(jx_cuda_ptr ptr)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemFree_v2);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    struct allocation *a;
    jx_cuda_result error = current_context(&context);
    if (error != JX_CUDA_SUCCESS || !ptr)
        return error;
    error = find(ptr, &a);
    if (error == JX_CUDA_SUCCESS)
        error = streams_run(context);
    if (error == JX_CUDA_SUCCESS)
        memory_free(a);
    return error;
}

jx_cuda_result cuMemAllocAsync(jx_cuda_ptr *ptr, size_t bytes, jx_cuda_stream stream)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemAllocAsync);
    if (call.refused)
        return call.refused;
    jx_cuda_stream s;
    struct allocation *a;
    jx_cuda_result error = stream_of(stream, &s);
    if (error == JX_CUDA_SUCCESS && (!ptr || !bytes))
        error = JX_CUDA_ERROR_INVALID_VALUE;
    if (error == JX_CUDA_SUCCESS)
        error = alloc(bytes, s->handle.context, &a);
    if (error != JX_CUDA_SUCCESS)
        return error;
    error = stream_add_alloc(s, a);
    if (error != JX_CUDA_SUCCESS)
        memory_free(a);
    else
        *ptr = a->begin;
    return error;
}

jx_cuda_result cuMemFreeAsync(jx_cuda_ptr ptr, jx_cuda_stream stream)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemFreeAsync);
    if (call.refused)
        return call.refused;
    jx_cuda_stream s;
    struct allocation *a;
    jx_cuda_result error = stream_of(stream, &s);
    if (error != JX_CUDA_SUCCESS || !ptr)
        return error;
    error = find(ptr, &a);
    if (error != JX_CUDA_SUCCESS)
        return error;
    a->freed = true;
    return stream_add_free(s, a);
}

jx_cuda_result cuMemGetInfo_v2(size_t *free_bytes, size_t *total_bytes)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemGetInfo_v2);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    jx_cuda_result error = current_context(&context);
    if (error != JX_CUDA_SUCCESS)
        return error;
    if (!free_bytes || !total_bytes)
        return JX_CUDA_ERROR_INVALID_VALUE;
    long allocations;
    size_t bytes;
    memory_count(&allocations, &bytes);
    *total_bytes = memory_total();
    *free_bytes = *total_bytes - bytes;
    return JX_CUDA_SUCCESS;
}

/* A pool's handle is its context's address: each device has the default one only. */
static jx_cuda_result pool_context(jx_cuda_pool pool, jx_cuda_context *context)
{
    jx_cuda_result error = current_context(context);
    if (error == JX_CUDA_SUCCESS && (void *)pool != (void *)*context)
        error = JX_CUDA_ERROR_INVALID_VALUE;
    return error;
}

jx_cuda_result cuDeviceGetDefaultMemPool(jx_cuda_pool *pool, jx_cuda_device device)
{
    struct call call CALL_ENDS = call_begin(CALL_cuDeviceGetDefaultMemPool);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    jx_cuda_result error = current_context(&context);
    if (error != JX_CUDA_SUCCESS)
        return error;
    if (!pool || device != context->device)
        return JX_CUDA_ERROR_INVALID_VALUE;
    *pool = (jx_cuda_pool)(void *)context;
    return JX_CUDA_SUCCESS;
}

jx_cuda_result cuMemPoolSetAttribute(jx_cuda_pool pool, jx_cuda_pool_attribute attribute,
                                     void *value)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemPoolSetAttribute);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    jx_cuda_result error = pool_context(pool, &context);
    if (error != JX_CUDA_SUCCESS)
        return error;
    if (!value)
        return JX_CUDA_ERROR_INVALID_VALUE;
    long allocations;
    size_t bytes;
    memory_count(&allocations, &bytes);
    switch (attribute) {
    case JX_CU_MEMPOOL_ATTR_REUSE_FOLLOW_EVENT_DEPENDENCIES:
    case JX_CU_MEMPOOL_ATTR_REUSE_ALLOW_OPPORTUNISTIC:
    case JX_CU_MEMPOOL_ATTR_REUSE_ALLOW_INTERNAL_DEPENDENCIES: return JX_CUDA_SUCCESS;
    case JX_CU_MEMPOOL_ATTR_RELEASE_THRESHOLD:
        context->threshold = *(uint64_t *)value;
        return JX_CUDA_SUCCESS;
    case JX_CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH:
    case JX_CU_MEMPOOL_ATTR_USED_MEM_HIGH: /* may be set to 0 only: begin anew */
        if (*(uint64_t *)value != 0)
            return JX_CUDA_ERROR_INVALID_VALUE;
        context->used_high = bytes;
        return JX_CUDA_SUCCESS;
    default: return JX_CUDA_ERROR_INVALID_VALUE;
    }
}

jx_cuda_result cuMemPoolGetAttribute(jx_cuda_pool pool, jx_cuda_pool_attribute attribute,
                                     void *value)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemPoolGetAttribute);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    jx_cuda_result error = pool_context(pool, &context);
    if (error != JX_CUDA_SUCCESS)
        return error;
    long allocations;
    size_t bytes;
    memory_count(&allocations, &bytes);
    if (!value)
        return JX_CUDA_ERROR_INVALID_VALUE;
    switch (attribute) {
    case JX_CU_MEMPOOL_ATTR_RELEASE_THRESHOLD: *(uint64_t *)value = context->threshold; break;
    case JX_CU_MEMPOOL_ATTR_RESERVED_MEM_CURRENT:
    case JX_CU_MEMPOOL_ATTR_USED_MEM_CURRENT: *(uint64_t *)value = bytes; break;
    case JX_CU_MEMPOOL_ATTR_RESERVED_MEM_HIGH:
    case JX_CU_MEMPOOL_ATTR_USED_MEM_HIGH: *(uint64_t *)value = context->used_high; break;
    default: *(int *)value = 1;
    }
    return JX_CUDA_SUCCESS;
}

/* Nothing is kept, so nothing can be given back. */
jx_cuda_result cuMemPoolTrimTo(jx_cuda_pool pool, size_t bytes_to_keep)
{
    struct call call CALL_ENDS = call_begin(CALL_cuMemPoolTrimTo);
    if (call.refused)
        return call.refused;
    (void)bytes_to_keep;
    jx_cuda_context context;
    jx_cuda_result error = pool_context(pool, &context);
    return error == JX_CUDA_SUCCESS ? streams_run(context) : error;
}
