/*
 * graph.c - graphs, built node by node.
 */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

static void node_free(jx_cuda_graph_node node)
{
    if (node) {
        work_free(&node->work);
        free(node->after);
        free(node);
    }
}

jx_cuda_result cuGraphCreate(jx_cuda_graph *graph, unsigned int flags)
{
    struct call call CALL_ENDS = call_begin(CALL_cuGraphCreate);
    if (call.refused)
        return call.refused;
    if (!graph || flags)
        return JX_CUDA_ERROR_INVALID_VALUE;
    jx_cuda_graph g = calloc(1, sizeof *g);
    if (!g)
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    handle_add(&g->handle, KIND_GRAPH, NULL);
    *graph = g;
    return JX_CUDA_SUCCESS;
}

jx_cuda_result cuGraphDestroy(jx_cuda_graph graph)
{
    struct call call CALL_ENDS = call_begin(CALL_cuGraphDestroy);
    if (call.refused)
        return call.refused;
    if (!graph || !handle_is(graph, KIND_GRAPH))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    for (int i = 0; i < graph->n; i++)
        node_free(graph->nodes[i]);
    handle_remove(&graph->handle);
    free(graph->nodes);
    free(graph);
    return JX_CUDA_SUCCESS;
}

static jx_cuda_graph_node node_new(int n_after)
{
    jx_cuda_graph_node node = calloc(1, sizeof *node);
    if (!node)
        return NULL;
    node->empty = true;
    node->n_after = n_after;
    node->after = calloc((size_t)n_after + 1, sizeof *node->after);
    if (!node->after) {
        free(node);
        return NULL;
    }
    return node;
}

/* Appends; takes the node, also when it fails. */
static bool node_add(jx_cuda_graph graph, jx_cuda_graph_node node)
{
    jx_cuda_graph_node *nodes =
        node ? realloc(graph->nodes, ((size_t)graph->n + 1) * sizeof *nodes) : NULL;
    if (!nodes) {
        node_free(node);
        return false;
    }
    graph->nodes = nodes;
    node->index = graph->n;
    nodes[graph->n++] = node;
    return true;
}

static int index_of(jx_cuda_graph graph, jx_cuda_graph_node node)
{
    for (int i = graph->n; i > 0; i--)
        if (graph->nodes[i - 1] == node)
            return i - 1;
    return -1;
}

/* A node behind those of `after`, which are of this graph, each once. */
static jx_cuda_result node_after(jx_cuda_graph graph, const jx_cuda_graph_node *after,
                                 size_t n_after, jx_cuda_graph_node *node)
{
    if (!graph || !handle_is(graph, KIND_GRAPH))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    if (n_after > (size_t)graph->n || (n_after && !after))
        return JX_CUDA_ERROR_INVALID_VALUE;
    jx_cuda_graph_node made = node_new((int)n_after);
    if (!made)
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    for (int i = 0; i < (int)n_after; i++) {
        made->after[i] = index_of(graph, after[i]);
        bool good = made->after[i] >= 0;
        for (int j = 0; j < i; j++)
            good = good && made->after[j] != made->after[i];
        if (!good) {
            node_free(made);
            return JX_CUDA_ERROR_INVALID_VALUE;
        }
    }
    *node = made;
    return JX_CUDA_SUCCESS;
}

/* A node that does w, which it takes. */
static jx_cuda_result work_node(jx_cuda_graph_node *node, jx_cuda_graph graph,
                                const jx_cuda_graph_node *after, size_t n_after, struct work *w)
{
    jx_cuda_graph_node made;
    jx_cuda_result error =
        node ? node_after(graph, after, n_after, &made) : JX_CUDA_ERROR_INVALID_VALUE;
    if (error != JX_CUDA_SUCCESS) {
        work_free(w);
        return error;
    }
    made->empty = false;
    made->work = *w;
    if (!node_add(graph, made))
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    *node = made;
    return JX_CUDA_SUCCESS;
}

jx_cuda_result cuGraphAddKernelNode_v2(jx_cuda_graph_node *node, jx_cuda_graph graph,
                                       const jx_cuda_graph_node *after, size_t n_after,
                                       const struct jx_cuda_kernel_node *params)
{
    struct call call CALL_ENDS = call_begin(CALL_cuGraphAddKernelNode_v2);
    if (call.refused)
        return call.refused;
    struct work w;
    jx_cuda_result error = work_kernel(&w, params);
    return error == JX_CUDA_SUCCESS ? work_node(node, graph, after, n_after, &w) : error;
}

jx_cuda_result cuGraphAddMemcpyNode(jx_cuda_graph_node *node, jx_cuda_graph graph,
                                    const jx_cuda_graph_node *after, size_t n_after,
                                    const struct jx_cuda_memcpy3d *params, jx_cuda_context context)
{
    struct call call CALL_ENDS = call_begin(CALL_cuGraphAddMemcpyNode);
    if (call.refused)
        return call.refused;
    if (!context)
        return JX_CUDA_ERROR_INVALID_VALUE;
    struct work w;
    jx_cuda_result error = work_copy(&w, params);
    return error == JX_CUDA_SUCCESS ? work_node(node, graph, after, n_after, &w) : error;
}

jx_cuda_result cuGraphAddMemsetNode(jx_cuda_graph_node *node, jx_cuda_graph graph,
                                    const jx_cuda_graph_node *after, size_t n_after,
                                    const struct jx_cuda_memset_node *params,
                                    jx_cuda_context context)
{
    struct call call CALL_ENDS = call_begin(CALL_cuGraphAddMemsetNode);
    if (call.refused)
        return call.refused;
    if (!context)
        return JX_CUDA_ERROR_INVALID_VALUE;
    struct work w;
    jx_cuda_result error = work_set(&w, params);
    return error == JX_CUDA_SUCCESS ? work_node(node, graph, after, n_after, &w) : error;
}

/* One node of the child, whose nodes begin in `graph` at `base`, behind its empty node. */
static jx_cuda_result child_node(jx_cuda_graph graph, jx_cuda_graph_node from, int base)
{
    jx_cuda_graph_node copy = node_new(from->n_after ? from->n_after : 1);
    if (!copy)
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    copy->after[0] = base - 1;
    for (int i = 0; i < from->n_after; i++)
        copy->after[i] = base + from->after[i];
    if (!from->empty) {
        jx_cuda_result error = work_clone(&copy->work, &from->work);
        if (error != JX_CUDA_SUCCESS) {
            copy->work = (struct work){.params = NULL};
            node_free(copy);
            return error;
        }
        copy->empty = false;
    }
    return node_add(graph, copy) ? JX_CUDA_SUCCESS : JX_CUDA_ERROR_OUT_OF_MEMORY;
}

static jx_cuda_result child_nodes(jx_cuda_graph graph, jx_cuda_graph child,
                                  jx_cuda_graph_node first, jx_cuda_graph_node *last)
{
    if (!node_add(graph, first))
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    int base = graph->n, n = child->n;
    for (int i = 0; i < n; i++) {
        jx_cuda_result error = child_node(graph, child->nodes[i], base);
        if (error != JX_CUDA_SUCCESS)
            return error;
    }
    jx_cuda_graph_node made = node_new(n + 1);
    for (int i = 0; made && i <= n; i++)
        made->after[i] = base - 1 + i;
    if (!node_add(graph, made))
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    *last = made;
    return JX_CUDA_SUCCESS;
}

jx_cuda_result cuGraphAddChildGraphNode(jx_cuda_graph_node *node, jx_cuda_graph graph,
                                        const jx_cuda_graph_node *after, size_t n_after,
                                        jx_cuda_graph child)
{
    struct call call CALL_ENDS = call_begin(CALL_cuGraphAddChildGraphNode);
    if (call.refused)
        return call.refused;
    if (!node || graph == child)
        return JX_CUDA_ERROR_INVALID_VALUE;
    if (!child || !handle_is(child, KIND_GRAPH))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    jx_cuda_graph_node first;
    jx_cuda_result error = node_after(graph, after, n_after, &first);
    if (error != JX_CUDA_SUCCESS)
        return error;
    int before = graph->n;
    error = child_nodes(graph, child, first, node);
    while (error != JX_CUDA_SUCCESS && graph->n > before)
        node_free(graph->nodes[--graph->n]);
    return error;
}
