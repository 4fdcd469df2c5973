/*
 * backend/cpu/matmul_kernels.h - the loops under a matrix product, one table for each instruction
 * set.
 *
 * Products are computed in four types: f32, f64, and unsigned 32 and 64 bit integers, which serve
 * all integers and bool because wrapping arithmetic does not know signs or higher bits. A kernel
 * knows addresses and counts only; matmul.c decides which of them run over what. Strides are in
 * elements.
 */
#ifndef JX_CPU_MATMUL_KERNELS_H
#define JX_CPU_MATMUL_KERNELS_H

#include "backend/cpu/isa.h"

#include <jaxc/types.h>

#define JX_MICRO_ROWS    8    /* the most a microkernel has */
#define JX_MICRO_VECTORS 2    /* a panel is this many vectors wide */
#define JX_WIDE_ROWS     4    /* the most jx_matmul_type.wide and .dot take */
#define JX_TILE_POINTS   2048 /* elements of the largest tile */
#define JX_N_DTYPES      (JAXC_C128 + 1)

/*
 * c[i][lane] (+)= sum over h < k_hi, l < k_lo of rows[i][h * a_hi + l * a_lo] * b[h * b_hi + l *
 * b_lo + lane] where x_hi is k_lo * x_lo + x_skip.
 */
struct jx_micro {
    int64_t k_hi, k_lo;
    const void *const *rows;
    int64_t a_lo, a_skip; /* from each l to the next; what is added after the last for the next h */
    const void *b;
    int64_t b_lo, b_skip;
    void *c;
    int64_t c_row;
    bool add; /* to what c holds */
};

/* c[i][lane] (+)= sum over k of rows[i][k * a_k] * b[k * b_k + lane * b_lane]; one of b_k, b_lane
 * is 1. */
struct jx_thin {
    int64_t k, lanes;
    const void *const *rows;
    int64_t a_k;
    const void *b;
    int64_t b_k, b_lane;
    void *c;
    int64_t c_row;
    bool add;
};

struct jx_matmul_type {
    int size;  /* bytes of an element */
    int lanes; /* of a vector */
    int rows;  /* of the largest microkernel */
    void (*micro[JX_MICRO_VECTORS][JX_MICRO_ROWS])(
        const struct jx_micro *m); /* [vectors - 1][rows - 1] */
    /* For few rows of floats; NULL for integers. wide: b_lane is 1, lanes a multiple of a vector,
     * any b_k; streams b in runs of many lanes. dot: a_k and b_k are 1; lanes of partial sums run
     * along k. */
    void (*wide[JX_WIDE_ROWS])(const struct jx_thin *t);
    void (*dot[JX_WIDE_ROWS])(const struct jx_thin *t);
    /* dst[i * dst_row + j] = src[j * src_row + i] for i < rows, j < columns; elements of
     * this type. */
    void (*transpose)(void *dst, int64_t dst_row, const void *src, int64_t src_row, int64_t rows,
                      int64_t columns);
    /* dst[i * dst_row + j] = src[i * src_row + j * src_column], converted from a dtype to this
     * type. NULL: none. */
    void (*load[JX_N_DTYPES])(void *dst, int64_t dst_row, const void *src, int64_t src_row,
                              int64_t src_column, int64_t rows, int64_t columns);
    /* dst[i * dst_row + j * dst_column] = src[i * src_row + j], converted from this type to a
     * dtype. */
    void (*store[JX_N_DTYPES])(void *dst, int64_t dst_row, int64_t dst_column, const void *src,
                               int64_t src_row, int64_t rows, int64_t columns);
};

enum jx_matmul_class {
    JX_MATMUL_F32,
    JX_MATMUL_F64,
    JX_MATMUL_U32,
    JX_MATMUL_U64,
    JX_N_MATMUL_CLASSES
};

struct jx_matmul_kernels {
    const struct jx_matmul_type *types[JX_N_MATMUL_CLASSES];
};

JX_ISA_DECLARE(struct jx_matmul_kernels, jx_matmul_kernels);

#endif
