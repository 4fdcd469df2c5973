/*
 * kernel/graph.h - the array graph: what primitives lower to, and what the fuser turns into
 * kernels.
 *
 * Nodes are whole arrays in terms of the closed vocabulary. A node's operands have smaller numbers.
 * Views are affine maps from the node's index space to the operand's, so a chain of transposes,
 * broadcasts, slices and pads composes into one view of a kernel.
 */
#ifndef JX_GRAPH_H
#define JX_GRAPH_H

#include "kernel/kernel.h"

enum jx_gkind {
    JX_G_INPUT,   /* an operand of the executable */
    JX_G_CONST,   /* one scalar, any shape */
    JX_G_INDEX,   /* the index along `axis` */
    JX_G_SCALAR,  /* `op` of operands of the same shape, or of rank 0 beside them */
    JX_G_VIEW,    /* operand 0 read through `view` */
    JX_G_RESHAPE, /* operand 0, same elements in the same row-major order */
    JX_G_REDUCE,  /* `combine` of operand 0 (and operand 1: the index, for arg-reductions) over
                     `axes`; the result drops them */
    JX_G_DOT, /* dot_general: `dims`; result axes: batch, lhs free, rhs free; accumulates in `dtype`
               */
    JX_G_CONCAT,  /* operands joined along `axis` */
    JX_G_TAKE,    /* operand 0's element, in row-major order, `flat` of the result's index plus
                     operand 1 (i64), or `imm` where operand 2 (bool; may be absent) is false */
    JX_G_SCATTER, /* operand 0, where element `flat` of operand 1's index plus operand 2 (i64) has
                     become operand 1, or `op` of itself and operand 1, unless operand 3 (bool; may
                     be absent) is false; in row-major order of operand 1's indices */
    JX_G_PREFIX,  /* `op` of operand 0's elements along `axis` up to each; if `reverse`, from each
                     on */
    JX_G_SORT,    /* operands together in ascending order of the first `n_keys` along `axis`; the
                     node itself is operand 0 sorted. Nothing reads elements before `imm.i` */
    JX_G_PART     /* of a JX_G_SORT, operand 0: its operand number `axis` sorted */
};

/* offset + sum coef[k] * i[k] of an index: a number of elements. */
struct jx_gflat {
    int64_t offset, coef[JAXC_MAX_RANK];
};

/* Where operand axis j is read for result index i: g = offset + sum coef[k] * i[k]; valid iff 0 <=
 * g < size * step and step divides g; then element g / step. An axis that can never be invalid has
 * guarded = false, and then step 1. */
struct jx_gaxis {
    int64_t offset, coef[JAXC_MAX_RANK], step;
    bool guarded;
};
struct jx_gview {
    struct jx_gaxis axis[JAXC_MAX_RANK]; /* one for each axis of the operand */
    union jx_scalar fill;                /* of invalid elements */
};

struct jx_gdims { /* axes of the two operands of a product */
    int n_batch, n_contract;
    int lhs_batch[JAXC_MAX_RANK], rhs_batch[JAXC_MAX_RANK];
    int lhs_contract[JAXC_MAX_RANK], rhs_contract[JAXC_MAX_RANK];
};

struct jx_gnode {
    uint8_t kind;  /* enum jx_gkind */
    uint8_t dtype; /* jaxc_dtype */
    uint8_t op;    /* enum jx_scalar_op or enum jx_combine */
    uint8_t axis;
    uint8_t rank;
    uint32_t axes; /* REDUCE: bit per axis of the operand */
    int64_t dims[JAXC_MAX_RANK];
    int n_args;
    int args[4];
    int *more; /* CONCAT, SORT with more than four operands: all of them, owned */
    union jx_scalar imm;
    int input;              /* INPUT: its number */
    struct jx_gview *view;  /* owned */
    struct jx_gdims *gdims; /* owned */
    struct jx_gflat *flat;  /* owned */
    int n_keys;
    bool reverse;
    bool soft; /* a conversion of f32 to f16 or bf16 that only memory asks for: what goes on to
                  compute uses the f32 */
    struct jx_loc loc;
    const char *name; /* of the primitive: for kernel names */
};

struct jx_graph {
    struct jx_gnode *nodes;
    size_t n, capacity;
    int *outs; /* result nodes, owned */
    int n_outs, n_inputs;
    struct jx_loc loc; /* of the equation being lowered; new nodes take it */
    const char *name;
};

/* What a lowering rule gets: the graph, the nodes of its operands; it fills the nodes of its
 * results. */
struct jx_lower {
    struct jx_graph *graph;
    const int *in;
    int *out;
};

void jx_graph_fini(struct jx_graph *g);
char *jx_graph_print(const struct jx_graph *g);

/* Builders: the number of a node that is this, new or not, or -1 with the error set. */
int jx_g_input(struct jx_graph *g, jaxc_dtype dtype, int rank, const int64_t *dims);
int jx_g_const(struct jx_graph *g, jaxc_dtype dtype, int rank, const int64_t *dims,
               union jx_scalar value);
int jx_g_index(struct jx_graph *g, jaxc_dtype dtype, int rank, const int64_t *dims, int axis);
/* Operands of rank 0 stand beside any shape. */
int jx_g_scalar(struct jx_graph *g, enum jx_scalar_op op, jaxc_dtype dtype, int n, const int *args);
/* The dtype that a dtype of memory only is computed in, itself for others. For integers the one of
 * the same sign, or of the given one. */
enum jx_sign { JX_OWN_SIGN, JX_AS_SIGNED, JX_AS_UNSIGNED };
jaxc_dtype jx_wide_dtype(jaxc_dtype dtype, enum jx_sign sign);
/* The same numbers in another dtype, in as many steps as that takes. */
int jx_g_convert(struct jx_graph *g, jaxc_dtype dtype, int arg);
/* To where a narrow dtype is computed, and back: implied conversions. */
int jx_g_widen(struct jx_graph *g, int arg, enum jx_sign sign);
int jx_g_narrow(struct jx_graph *g, jaxc_dtype dtype, int arg);
int jx_g_view(struct jx_graph *g, int arg, int rank, const int64_t *dims,
              const struct jx_gview *view);
int jx_g_reshape(struct jx_graph *g, int arg, int rank, const int64_t *dims);
int jx_g_reduce(struct jx_graph *g, enum jx_combine combine, jaxc_dtype dtype, int arg, int index,
                uint32_t axes);
int jx_g_dot(struct jx_graph *g, jaxc_dtype dtype, int lhs, int rhs, const struct jx_gdims *dims);
int jx_g_concat(struct jx_graph *g, int axis, int n, const int *args);
/* rank, dims: of the result; address of these dims or rank 0; valid likewise, -1: always. Every
 * element that is read is one of arg's. */
int jx_g_take(struct jx_graph *g, int arg, int address, int valid, int rank, const int64_t *dims,
              const struct jx_gflat *flat, union jx_scalar fill);
/* address, valid: of the dims of updates or rank 0. op JX_S_none replaces. */
int jx_g_scatter(struct jx_graph *g, int arg, int updates, int address, int valid,
                 enum jx_scalar_op op, const struct jx_gflat *flat);
int jx_g_prefix(struct jx_graph *g, enum jx_scalar_op op, int arg, int axis, bool reverse);
/* out: n nodes, the operands sorted, of which nothing may read elements before `first` on the axis. */
bool jx_g_sort(struct jx_graph *g, int axis, int n_keys, int64_t first, int n, const int *args,
               int *out);
/* operand axis k goes to result axis map[k]; other result axes repeat; size-1 operand
 * axes stretch. */
int jx_g_broadcast(struct jx_graph *g, int arg, int rank, const int64_t *dims, const int *map);
int jx_g_transpose(struct jx_graph *g, int arg, const int *permutation);

#endif
