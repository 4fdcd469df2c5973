/*
 * backend/cpu/matmul.h - matrix products: C[b, m, n] = sum over k of A[b, m, k] * B[b, k, n].
 *
 * b, m, n and k each stand for a list of axes, and every axis has its own stride in A, B and C, so any
 * contraction is one product without a copy: transposes, panels (struct jx_layout), windows. A result
 * is handed on in tiles whose k sum is complete, while they are in the L1 cache: to an epilogue, or
 * stored.
 *
 * The kernels compute tiles of some rows by a vector of `lanes`. Either m or n lies along the lanes
 * (C' = B'A'), whichever saves packing; the plan says which. The operand along the lanes is read
 * directly where its lanes are contiguous, so weights kept in panels of jx_matmul_panel() are never
 * packed; the other operand's rows are read element by element, and only packed to convert them or
 * when their strides are hopeless.
 *
 * What is computed, and in which order, depends on the plan alone, never on the team: the same bits for
 * any number of threads. A plan is only read by a run, and may be used by many callers at once.
 */
#ifndef JX_CPU_MATMUL_H
#define JX_CPU_MATMUL_H

#include "base/base.h"
#include "backend/cpu/isa.h"
#include "backend/cpu/threads.h"

#define JX_MATMUL_AXES 16 /* of one list */

/* One axis: its size, and its strides in elements of each array; any sign, 0 where it is absent. */
struct jx_matmul_axis {
    int64_t size, a, b, c;
};

enum jx_matmul_list { JX_MATMUL_B, JX_MATMUL_M, JX_MATMUL_N, JX_MATMUL_K, JX_MATMUL_N_LISTS };

/* Which index lies along the lanes of a tile. */
enum jx_matmul_lanes { JX_LANES_ANY, JX_LANES_M, JX_LANES_N };

/* What is to be computed. All zero but what is set: a 0-axis list is one point. */
struct jx_matmul_spec {
    jaxc_dtype dtype;            /* of the products, their sums, and C */
    jaxc_dtype a_dtype, b_dtype; /* in memory, converted to dtype when read; 0: dtype */
    int n_axes[JX_MATMUL_N_LISTS];
    struct jx_matmul_axis axes[JX_MATMUL_N_LISTS]
                              [JX_MATMUL_AXES]; /* outermost first: an index of a list
                            counts its points in this order. The c strides of m and n also guide the choice
                            of lanes when there is an epilogue: give those of its main store */
    bool a_padded,
        b_padded;  /* along its m or n, the operand may be read up to a multiple of its panel */
    bool epilogue; /* tiles go to an epilogue; otherwise they are stored in C */
    enum jx_matmul_lanes lanes; /* ANY: the plan chooses */
};

/* A finished tile: element (i, j) of C[batch, m0 + i, n0 + j] at data[i * stride_m + j * stride_n]. */
struct jx_matmul_tile {
    int64_t batch, m0, n0;
    int64_t m, n;               /* its extent */
    int64_t stride_m, stride_n; /* in elements; the one along the lanes is 1 */
    void *data; /* elements of dtype; may be overwritten. Lanes are not always aligned */
    int thread; /* of the team, which runs this */
};

/* The plan: fixed by the spec and the machine. Members below `rows` are matmul.c's own. */
struct jx_matmul {
    struct jx_matmul_spec spec;
    size_t scratch;                /* bytes that a run needs, 64-byte aligned; 0: none */
    double work;                   /* multiply-adds, padding included: what it costs */
    enum jx_matmul_lanes lanes;    /* M or N */
    int64_t tile_rows, tile_lanes; /* the most a tile has; stride between rows: tile_lanes */

    const struct jx_matmul_kernels *kernels;
};

struct jx_matmul_call {
    const void *a, *b;
    void *c; /* not used with an epilogue */
    void *scratch;
    void (*epilogue)(
        void *ctx, const struct jx_matmul_tile *tile); /* once for every element of C; any thread */
    void *ctx;
};

/* Width of the panels that this machine's kernels read best, in elements: a struct jx_layout's block. */
int jx_matmul_panel(jaxc_dtype dtype);

/* May a product of these dtypes be planned? Floats from any real dtype, integers and bool from integers. */
bool jx_matmul_supports(jaxc_dtype dtype, jaxc_dtype a_dtype, jaxc_dtype b_dtype);

/* Fills the plan. False with JAXC_ELIMIT when sizes overflow; supported dtypes are the caller's duty. */
bool jx_matmul_plan(struct jx_matmul *plan, const struct jx_matmul_spec *spec);

/*
 * Runs it, called by every thread of a team; returns on a thread when there is nothing left for it, which is
 * no barrier: put one before C is read, the operands are overwritten, or the scratch is used again.
 */
void jx_matmul_run(const struct jx_matmul *plan, const struct jx_matmul_call *call,
                   struct jx_team *team, int thread);

#endif
