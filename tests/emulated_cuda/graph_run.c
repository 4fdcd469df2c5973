/*
 * graph_run.c - graphs that can be launched. Each launch runs the nodes in another order that their
 * dependencies allow, so that a missing one shows.
 */
#include "graph.h"

#include <stdlib.h>

/* Frees what there is of it; it is no handle. */
static void parts_free(jx_cuda_graph_exec e)
{
    for (int i = 0; e->nodes && i < e->n; i++) {
        work_free(&e->nodes[i].work);
        free(e->nodes[i].next);
    }
    free(e->nodes);
    free(e->waits);
    free(e->ready);
    free(e);
}

void exec_free(jx_cuda_graph_exec e)
{
    handle_remove(&e->handle);
    parts_free(e);
}

static jx_cuda_result node_copy(struct exec_node *to, jx_cuda_graph_node from)
{
    to->origin = from;
    to->empty = from->empty;
    to->n_after = from->n_after;
    if (from->empty)
        return JX_CUDA_SUCCESS;
    jx_cuda_result error = work_clone(&to->work, &from->work);
    if (error != JX_CUDA_SUCCESS)
        to->work = (struct work){.params = NULL};
    return error;
}

static bool next_add(struct exec_node *node, int i)
{
    int *next = realloc(node->next, ((size_t)node->n_next + 1) * sizeof *next);
    if (!next)
        return false;
    node->next = next;
    next[node->n_next++] = i;
    return true;
}

static jx_cuda_result exec_new(jx_cuda_graph graph, jx_cuda_graph_exec *exec)
{
    jx_cuda_graph_exec e = calloc(1, sizeof *e);
    if (!e)
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    size_t n = (size_t)graph->n;
    e->n = graph->n;
    e->nodes = calloc(n + 1, sizeof *e->nodes);
    e->waits = calloc(n + 1, sizeof *e->waits);
    e->ready = calloc(n + 1, sizeof *e->ready);
    jx_cuda_result error =
        e->nodes && e->waits && e->ready ? JX_CUDA_SUCCESS : JX_CUDA_ERROR_OUT_OF_MEMORY;
    for (int i = 0; error == JX_CUDA_SUCCESS && i < e->n; i++) {
        jx_cuda_graph_node node = graph->nodes[i];
        error = node_copy(&e->nodes[i], node);
        for (int j = 0; error == JX_CUDA_SUCCESS && j < node->n_after; j++)
            if (!next_add(&e->nodes[node->after[j]], i))
                error = JX_CUDA_ERROR_OUT_OF_MEMORY;
    }
    if (error != JX_CUDA_SUCCESS)
        parts_free(e);
    else
        *exec = e;
    return error;
}

jx_cuda_result cuGraphInstantiateWithFlags(jx_cuda_graph_exec *exec, jx_cuda_graph graph,
                                           unsigned long long flags)
{
    struct call call CALL_ENDS = call_begin(CALL_cuGraphInstantiateWithFlags);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    jx_cuda_result error = current_context(&context);
    if (error != JX_CUDA_SUCCESS)
        return error;
    if (!exec || flags > 15)
        return JX_CUDA_ERROR_INVALID_VALUE;
    if (!graph || !handle_is(graph, KIND_GRAPH))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    error = exec_new(graph, exec);
    if (error == JX_CUDA_SUCCESS)
        handle_add(&(*exec)->handle, KIND_EXEC, context);
    return error;
}

jx_cuda_result cuGraphExecDestroy(jx_cuda_graph_exec exec)
{
    struct call call CALL_ENDS = call_begin(CALL_cuGraphExecDestroy);
    if (call.refused)
        return call.refused;
    if (!exec || !handle_is(exec, KIND_EXEC))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    jx_cuda_result error = streams_run(exec->handle.context);
    exec_free(exec);
    return error;
}

/* Launches that wait still have the old parameters. */
jx_cuda_result cuGraphExecKernelNodeSetParams_v2(jx_cuda_graph_exec exec, jx_cuda_graph_node node,
                                                 const struct jx_cuda_kernel_node *params)
{
    struct call call CALL_ENDS = call_begin(CALL_cuGraphExecKernelNodeSetParams_v2);
    if (call.refused)
        return call.refused;
    if (!exec || !handle_is(exec, KIND_EXEC))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    for (int i = 0; i < exec->n; i++) {
        struct exec_node *at = &exec->nodes[i];
        if (at->origin != node || at->empty || at->work.kind != WORK_KERNEL)
            continue;
        struct work w;
        jx_cuda_result error = streams_run(exec->handle.context);
        if (error == JX_CUDA_SUCCESS)
            error = work_kernel(&w, params);
        if (error != JX_CUDA_SUCCESS)
            return error;
        work_free(&at->work);
        at->work = w;
        return JX_CUDA_SUCCESS;
    }
    return JX_CUDA_ERROR_INVALID_VALUE;
}

jx_cuda_result cuGraphLaunch(jx_cuda_graph_exec exec, jx_cuda_stream stream)
{
    struct call call CALL_ENDS = call_begin(CALL_cuGraphLaunch);
    if (call.refused)
        return call.refused;
    jx_cuda_stream s;
    jx_cuda_result error = stream_of(stream, &s);
    if (error != JX_CUDA_SUCCESS)
        return error;
    if (!exec || !handle_is(exec, KIND_EXEC))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    return stream_add_graph(s, exec);
}

jx_cuda_result exec_run(jx_cuda_graph_exec e)
{
    int n_ready = 0;
    for (int i = 0; i < e->n; i++) {
        e->waits[i] = e->nodes[i].n_after;
        if (e->waits[i] == 0)
            e->ready[n_ready++] = i;
    }
    while (n_ready > 0) {
        int at = (int)random_below((uint32_t)n_ready), i = e->ready[at];
        e->ready[at] = e->ready[--n_ready];
        const struct exec_node *node = &e->nodes[i];
        jx_cuda_result error = node->empty ? JX_CUDA_SUCCESS : work_run(&node->work);
        if (error != JX_CUDA_SUCCESS)
            return error;
        for (int j = 0; j < node->n_next; j++)
            if (--e->waits[node->next[j]] == 0)
                e->ready[n_ready++] = node->next[j];
    }
    return JX_CUDA_SUCCESS;
}
