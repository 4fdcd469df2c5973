/*
 * graph.h - graphs and what is made of them: graph.c and graph_run.c.
 */
#ifndef EMULATED_GRAPH_H
#define EMULATED_GRAPH_H

#include "driver.h"

/* A child graph is copied into its parent: an empty node before its nodes, one behind them, whose
 * handle is the child's. So every graph is flat. */
struct CUgraphNode_st {
    bool empty; /* does nothing */
    struct work work;
    int index; /* in the graph */
    int n_after;
    int *after; /* indices of the nodes that come before it */
};

struct CUgraph_st {
    struct handle handle;
    int n;
    jx_cuda_graph_node *nodes; /* in the order in which they were added: after what they need */
};

struct exec_node {
    jx_cuda_graph_node origin; /* an address to compare only */
    bool empty;
    struct work work;
    int n_after; /* nodes that it waits for */
    int n_next;
    int *next; /* nodes that wait for it */
};

struct CUgraphExec_st {
    struct handle handle;
    int n;
    struct exec_node *nodes;
    int *waits, *ready; /* while it runs: what each node still waits for; nodes that may run */
};

#endif
