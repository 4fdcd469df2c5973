/*
 * stream.c - queues of work.
 *
 * Nothing runs when it is asked for (unless EMULATED_CUDA_EAGER is set): a stream's work waits until
 * somebody synchronises, or until much has gathered. What a program reads without waiting is
 * therefore what was there before. After an error of the device the rest of the work is dropped.
 */
#include "driver.h"

#include <stdlib.h>

enum { MOST_WAITING = 1024 }; /* operations in a stream */

struct operation {
    enum { DO_WORK, DO_ALLOC, DO_FREE, DO_GRAPH, DO_WAIT } kind;
    struct operation *next;
    struct work work;
    struct allocation *allocation;
    jx_cuda_graph_exec exec;
    jx_cuda_stream other; /* wait until it has done `until` */
    uint64_t until;
};

jx_cuda_result stream_new(jx_cuda_context context, unsigned int flags, jx_cuda_stream *stream)
{
    jx_cuda_stream s = calloc(1, sizeof *s);
    if (!s)
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    if (stream == &context->null_stream) /* not handed out */
        s->handle = (struct handle){.kind = KIND_STREAM, .context = context};
    else
        handle_add(&s->handle, KIND_STREAM, context);
    s->flags = flags;
    s->held = 1;
    s->next = context->streams;
    context->streams = s;
    *stream = s;
    return JX_CUDA_SUCCESS;
}

void stream_release(jx_cuda_stream s)
{
    if (--s->held == 0)
        free(s);
}

/* The stream is no handle any more; its work is done. */
void stream_free(jx_cuda_stream s)
{
    jx_cuda_context context = s->handle.context;
    jx_cuda_stream *at = &context->streams;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    if (s == context->null_stream)
        context->null_stream = NULL;
    else
        handle_remove(&s->handle);
    stream_release(s);
}

jx_cuda_result stream_of(jx_cuda_stream given, jx_cuda_stream *stream)
{
    jx_cuda_context context;
    jx_cuda_result error = current_context(&context);
    if (error != JX_CUDA_SUCCESS)
        return error;
    if (given && !handle_is(given, KIND_STREAM))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    *stream = given ? given : context->null_stream;
    return (*stream)->handle.context->error;
}

static jx_cuda_result operation_run(struct operation *o)
{
    switch (o->kind) {
    case DO_WORK: return work_run(&o->work);
    case DO_GRAPH: return exec_run(o->exec);
    case DO_ALLOC: o->allocation->live = true; return JX_CUDA_SUCCESS;
    case DO_FREE: memory_free(o->allocation); return JX_CUDA_SUCCESS;
    default: return JX_CUDA_SUCCESS;
    }
}

/* What it holds. */
static void operation_drop(struct operation *o)
{
    if (o->kind == DO_WAIT)
        stream_release(o->other);
    work_free(&o->work);
}

static void run_first(jx_cuda_stream s)
{
    struct operation *o = s->first;
    jx_cuda_context context = s->handle.context;
    s->first = o->next;
    if (!s->first)
        s->last = NULL;
    if (context->error == JX_CUDA_SUCCESS)
        context->error = operation_run(o);
    s->done++;
    operation_drop(o);
    free(o);
}

/* Runs what other streams have to do first. */
static jx_cuda_result run_until(jx_cuda_stream s, uint64_t until)
{
    while (s->done < until) {
        jx_cuda_stream at = s;
        while (at->first->kind == DO_WAIT && at->first->other->done < at->first->until)
            at = at->first->other;
        run_first(at);
    }
    return s->handle.context->error;
}

jx_cuda_result stream_run(jx_cuda_stream s, uint64_t until)
{
    if (s->done >= until)
        return s->handle.context->error;
    fault_begin();
    jx_cuda_result error = run_until(s, until);
    fault_end();
    return error;
}

jx_cuda_result streams_run(jx_cuda_context context)
{
    for (jx_cuda_stream s = context->streams; s; s = s->next)
        stream_run(s, s->asked);
    return context->error;
}

/* The default stream and those that are not CU_STREAM_NON_BLOCKING wait for each other. */
void stream_wait_default(jx_cuda_stream s)
{
    jx_cuda_context context = s->handle.context;
    if (s->flags & JX_CU_STREAM_NON_BLOCKING)
        return;
    if (s != context->null_stream) {
        stream_run(context->null_stream, context->null_stream->asked);
        return;
    }
    for (jx_cuda_stream other = context->streams; other; other = other->next)
        if (other != s && !(other->flags & JX_CU_STREAM_NON_BLOCKING))
            stream_run(other, other->asked);
}

/* Takes what o holds, also when it fails. */
static jx_cuda_result add(jx_cuda_stream s, struct operation *o)
{
    stream_wait_default(s);
    jx_cuda_context context = s->handle.context;
    struct operation *copy = context->error ? NULL : malloc(sizeof *copy);
    if (!copy) {
        operation_drop(o);
        return context->error ? context->error : JX_CUDA_ERROR_OUT_OF_MEMORY;
    }
    *copy = *o;
    if (s->last)
        s->last->next = copy;
    else
        s->first = copy;
    s->last = copy;
    s->asked++;
    if (setting("EMULATED_CUDA_EAGER", 0))
        return stream_run(s, s->asked);
    if (s->asked - s->done > MOST_WAITING)
        stream_run(s, s->asked - MOST_WAITING / 2);
    return JX_CUDA_SUCCESS; /* its errors come later */
}

jx_cuda_result stream_add_work(jx_cuda_stream s, const struct work *w)
{
    struct operation o = {.kind = DO_WORK, .work = *w};
    return add(s, &o);
}

jx_cuda_result stream_add_alloc(jx_cuda_stream s, struct allocation *a)
{
    struct operation o = {.kind = DO_ALLOC, .allocation = a};
    return add(s, &o);
}

jx_cuda_result stream_add_free(jx_cuda_stream s, struct allocation *a)
{
    struct operation o = {.kind = DO_FREE, .allocation = a};
    return add(s, &o);
}

jx_cuda_result stream_add_graph(jx_cuda_stream s, jx_cuda_graph_exec exec)
{
    struct operation o = {.kind = DO_GRAPH, .exec = exec};
    return add(s, &o);
}

jx_cuda_result stream_add_wait(jx_cuda_stream s, jx_cuda_stream other, uint64_t until)
{
    struct operation o = {.kind = DO_WAIT, .other = other, .until = until};
    other->held++;
    return add(s, &o);
}
