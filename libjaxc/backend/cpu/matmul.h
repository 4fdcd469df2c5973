/*
 * backend/cpu/matmul.h - matrix products: C[b, m, n] = sum over k of A[b, m, k] * B[b, k, n].
 *
 * b, m, n and k each stand for a list of axes, and every axis has its own stride in A, B and C, so
 * any contraction is one product without a copy: transposes, panels (struct jx_layout), windows. A
 * result is handed on in tiles whose k sum is complete, while they are in the L1 cache: to an
 * epilogue, or stored.
 *
 * The kernels compute tiles of some rows by a vector of `lanes`. Either m or n lies along the lanes
 * (C' = B'A'), whichever saves packing; the plan says which. The operand along the lanes is read
 * directly where its lanes are contiguous, so weights kept in panels of jx_matmul_panel() are never
 * packed; the other operand's rows are read element by element, and only packed to convert them or
 * when their strides are hopeless.
 *
 * What is computed, and in which order, depends on the plan alone, never on the team: the same bits
 * for any number of threads. A plan is only read by a run, and may be used by many callers at once.
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

/*
 * What is to be computed; all zero but what is set. An empty list is one point. Axes stand
 * outermost first: an index of a list counts its points in this order.
 */
struct jx_matmul_spec {
    jaxc_dtype dtype;            /* of the products, their sums, and C */
    jaxc_dtype a_dtype, b_dtype; /* in memory; converted to dtype when read. 0: dtype */
    int n_axes[JX_MATMUL_N_LISTS];
    /* With an epilogue, the c strides are those of its main store: they guide the choice
     * of lanes. */
    struct jx_matmul_axis axes[JX_MATMUL_N_LISTS][JX_MATMUL_AXES];
    /* The operand may be read beyond the end of m or n, up to a multiple of jx_matmul_panel. */
    bool a_padded, b_padded;
    bool epilogue;              /* tiles go to an epilogue; otherwise they are stored in C */
    enum jx_matmul_lanes lanes; /* of the kernels: ANY, the plan chooses */
};

/* A finished tile: C[batch, m0 + i, n0 + j] is data[i * stride_m + j * stride_n]. */
struct jx_matmul_tile {
    int64_t batch, m0, n0;
    int64_t m, n;               /* its extent */
    int64_t stride_m, stride_n; /* in elements; the one along the lanes is 1 */
    void *data;                 /* elements of dtype, aligned to one; may be overwritten */
    int thread;                 /* the one of the team that runs this */
};

/* A function of an index: where each point of a list lies in one array. Axes that follow each other
 * in memory are one; size 1 is none. */
struct jx_matmul_walk {
    int n;
    int64_t size[JX_MATMUL_AXES], stride[JX_MATMUL_AXES];
};

/* One side of the kernels' tiles, their rows or their lanes: what the plan knows of the operand
 * that has it. The packed copy is [row][k] or [panel][k][lane of the panel]. */
struct jx_matmul_side {
    bool is_b;   /* the operand: b, or a */
    bool packed; /* copied to the scratch before it is read */
    bool shared; /* by the whole batch */
    jaxc_dtype dtype;
    int size;                           /* bytes of an element in memory */
    int64_t n;                          /* points */
    struct jx_matmul_walk at, k, batch; /* in the operand */
    struct jx_matmul_walk c;            /* in C */
    int64_t k_hi, k_lo;                 /* strides for a kernel, of the operand or of its copy */
    int64_t row;                        /* of the copy of rows, from one to the next */
    int64_t most;                       /* points packed at once */
    size_t offset, bytes;               /* of the copy in the scratch, for one of the batch */
};

enum jx_matmul_way { JX_WAY_MICRO, JX_WAY_WIDE, JX_WAY_DOT };

/* A plan. Members after tile_lanes are the matrix product's own. */
struct jx_matmul {
    size_t scratch; /* bytes a run needs, aligned to 64; 0: none */
    double work;    /* what it costs, in multiply-adds of one vector */
    enum jx_matmul_lanes
        lanes; /* M or N lies along the lanes of tiles: the one along which C lies */
    int64_t tile_rows, tile_lanes; /* the most a tile has; tile_lanes is the stride of its rows */

    enum jx_matmul_way way;
    jaxc_dtype dtype;
    const struct jx_matmul_type *type;
    struct jx_matmul_side rows,
        across; /* across: the lanes. Of the kernels' tiles, as is all that follows */
    int64_t block_rows, block_lanes; /* the most a tile has */
    bool turned;                     /* tiles are transposed for the epilogue */
    struct jx_matmul_walk batch_c;
    int64_t n_batch, n_k;
    int64_t k_lo; /* points of the inner of two k loops */
    int64_t
        k_most; /* points of k that are packed at once; C is kept in `sums` when they are not all */
    int64_t k_run;      /* points of k between loads and stores of a tile */
    int64_t batch_most; /* of the batch that are packed at once */
    int64_t group;      /* row blocks for which the panels are gone through together */
    bool padded;        /* lanes may be read up to a multiple of a panel */
    bool in_place;      /* kernels write C themselves */
    bool epilogue;
    size_t sums; /* of unfinished tiles: their offset in the scratch */
};

struct jx_matmul_call {
    const void *a, *b;
    void *c; /* unused with an epilogue */
    void *scratch;
    /* Called once for every tile, by any thread; together the tiles are C. */
    void (*epilogue)(void *ctx, const struct jx_matmul_tile *tile);
    void *ctx;
};

/* Width of the panels that this machine's kernels read best, in elements: a struct jx_layout's
 * block. */
int jx_matmul_panel(jaxc_dtype dtype);

/* May a product of these dtypes be planned? Floats from any real dtype, integers and bool from
 * integers. */
bool jx_matmul_supports(jaxc_dtype dtype, jaxc_dtype a_dtype, jaxc_dtype b_dtype);

/* Fills the plan. False with JAXC_ELIMIT when sizes overflow; supported dtypes are the caller's
 * duty. */
bool jx_matmul_plan(struct jx_matmul *plan, const struct jx_matmul_spec *spec);

/*
 * Runs it, called by every thread of a team; returns on a thread when there is nothing left for it,
 * which is no barrier: put one before C is read, the operands are overwritten, or the scratch is
 * used again.
 */
void jx_matmul_run(const struct jx_matmul *plan, const struct jx_matmul_call *call,
                   struct jx_team *team, int thread);

#endif
