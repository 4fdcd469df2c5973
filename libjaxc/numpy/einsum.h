/*
 * numpy/einsum.h - a sum of products by the labels of axes: what reading it, planning it and
 * carrying it out share.
 */
#ifndef JX_NUMPY_EINSUM_H
#define JX_NUMPY_EINSUM_H

#include "numpy/numpy.h"

/* Letters are 0 to 51, in the order of their characters; axes of an ellipsis follow. */
#define JX_LABELS (52 + JAXC_MAX_RANK)

/* The labels of an array's axes. */
struct jx_term {
    int n;
    uint8_t at[JAXC_MAX_RANK];
};

struct jx_einsum {
    int n;              /* operands */
    struct jx_term *in; /* of the operands, then of the result of each step: 2 n */
    struct jx_term out;
    int64_t size[JX_LABELS]; /* 0: no operand has it, or it is empty */
};

/* The product of two arrays, which are operands, or n + i: the result of step i. */
struct jx_step {
    int a, b;
    double flops;
};

uint64_t jx_term_labels(const struct jx_term *t); /* as bits */
/* The labels of what a product of two terms keeps: those of other arrays that are still to come, or
 * of the result. alive: of each array, whether it is still to come. */
uint64_t jx_einsum_kept(const struct jx_einsum *e, const bool *alive, int n_arrays, int a, int b);
/* n - 1 steps of few operations: the fewest for up to 8 operands. */
bool jx_einsum_plan(const struct jx_einsum *e, struct jx_step *steps);

#endif
