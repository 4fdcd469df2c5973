/*
 * stream_calls.c - the driver's functions of streams and events.
 */
#include "driver.h"

#include <stdlib.h>

struct CUevent_st {
    struct handle handle;
    jx_cuda_stream stream; /* where it was recorded last; NULL: never */
    uint64_t until;        /* what that stream was asked before */
};

jx_cuda_result cuStreamCreate(jx_cuda_stream *stream, unsigned int flags)
{
    struct call call CALL_ENDS = call_begin(CALL_cuStreamCreate);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    jx_cuda_result error = current_context(&context);
    if (error != JX_CUDA_SUCCESS)
        return error;
    if (!stream || flags > JX_CU_STREAM_NON_BLOCKING)
        return JX_CUDA_ERROR_INVALID_VALUE;
    return stream_new(context, flags, stream);
}

jx_cuda_result cuStreamDestroy_v2(jx_cuda_stream stream)
{
    struct call call CALL_ENDS = call_begin(CALL_cuStreamDestroy_v2);
    if (call.refused)
        return call.refused;
    if (!stream || !handle_is(stream, KIND_STREAM))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    jx_cuda_result error = stream_run(stream, stream->asked);
    stream_free(stream);
    return error;
}

jx_cuda_result cuStreamSynchronize(jx_cuda_stream stream)
{
    struct call call CALL_ENDS = call_begin(CALL_cuStreamSynchronize);
    if (call.refused)
        return call.refused;
    jx_cuda_stream s;
    jx_cuda_result error = stream_of(stream, &s);
    if (error != JX_CUDA_SUCCESS)
        return error;
    stream_wait_default(s);
    return stream_run(s, s->asked);
}

/* Asking again and again ends: each question lets one operation run. */
static jx_cuda_result query(jx_cuda_stream s, uint64_t until)
{
    if (s->done >= until)
        return s->handle.context->error;
    jx_cuda_result error = stream_run(s, s->done + 1);
    return error == JX_CUDA_SUCCESS && s->done < until ? JX_CUDA_ERROR_NOT_READY : error;
}

jx_cuda_result cuStreamQuery(jx_cuda_stream stream)
{
    struct call call CALL_ENDS = call_begin(CALL_cuStreamQuery);
    if (call.refused)
        return call.refused;
    jx_cuda_stream s;
    jx_cuda_result error = stream_of(stream, &s);
    return error == JX_CUDA_SUCCESS ? query(s, s->asked) : error;
}

jx_cuda_result cuEventCreate(jx_cuda_event *event, unsigned int flags)
{
    struct call call CALL_ENDS = call_begin(CALL_cuEventCreate);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    jx_cuda_result error = current_context(&context);
    if (error != JX_CUDA_SUCCESS)
        return error;
    if (!event || flags > 3)
        return JX_CUDA_ERROR_INVALID_VALUE;
    jx_cuda_event e = calloc(1, sizeof *e);
    if (!e)
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    handle_add(&e->handle, KIND_EVENT, context);
    *event = e;
    return JX_CUDA_SUCCESS;
}

static jx_cuda_result event_check(jx_cuda_event event)
{
    jx_cuda_context context;
    jx_cuda_result error = current_context(&context);
    if (error != JX_CUDA_SUCCESS)
        return error;
    return event && handle_is(event, KIND_EVENT) ? JX_CUDA_SUCCESS : JX_CUDA_ERROR_INVALID_HANDLE;
}

jx_cuda_result cuEventRecord(jx_cuda_event event, jx_cuda_stream stream)
{
    struct call call CALL_ENDS = call_begin(CALL_cuEventRecord);
    if (call.refused)
        return call.refused;
    jx_cuda_stream s;
    jx_cuda_result error = event_check(event);
    if (error == JX_CUDA_SUCCESS)
        error = stream_of(stream, &s);
    if (error != JX_CUDA_SUCCESS)
        return error;
    s->held++;
    if (event->stream)
        stream_release(event->stream);
    event->stream = s;
    event->until = s->asked;
    return JX_CUDA_SUCCESS;
}

jx_cuda_result cuEventSynchronize(jx_cuda_event event)
{
    struct call call CALL_ENDS = call_begin(CALL_cuEventSynchronize);
    if (call.refused)
        return call.refused;
    jx_cuda_result error = event_check(event);
    return error == JX_CUDA_SUCCESS && event->stream ? stream_run(event->stream, event->until)
                                                     : error;
}

jx_cuda_result cuEventQuery(jx_cuda_event event)
{
    struct call call CALL_ENDS = call_begin(CALL_cuEventQuery);
    if (call.refused)
        return call.refused;
    jx_cuda_result error = event_check(event);
    return error == JX_CUDA_SUCCESS && event->stream ? query(event->stream, event->until) : error;
}

jx_cuda_result cuStreamWaitEvent(jx_cuda_stream stream, jx_cuda_event event, unsigned int flags)
{
    struct call call CALL_ENDS = call_begin(CALL_cuStreamWaitEvent);
    if (call.refused)
        return call.refused;
    jx_cuda_stream s;
    jx_cuda_result error = event_check(event);
    if (error == JX_CUDA_SUCCESS)
        error = stream_of(stream, &s);
    if (error != JX_CUDA_SUCCESS)
        return error;
    if (flags)
        return JX_CUDA_ERROR_INVALID_VALUE;
    if (!event->stream || event->stream == s || event->stream->done >= event->until)
        return JX_CUDA_SUCCESS;
    return stream_add_wait(s, event->stream, event->until);
}

void event_free(jx_cuda_event event)
{
    if (event->stream)
        stream_release(event->stream);
    handle_remove(&event->handle);
    free(event);
}

jx_cuda_result cuEventDestroy_v2(jx_cuda_event event)
{
    struct call call CALL_ENDS = call_begin(CALL_cuEventDestroy_v2);
    if (call.refused)
        return call.refused;
    if (!event || !handle_is(event, KIND_EVENT))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    event_free(event);
    return JX_CUDA_SUCCESS;
}
