/*
 * backend/space.h - iteration spaces in the form that backends want: views as affine maps over few
 * axes.
 *
 * Invariant: every change keeps the set of (addresses touched together), whatever it does to the
 * axes.
 */
#ifndef JX_BACKEND_SPACE_H
#define JX_BACKEND_SPACE_H

#include "kernel/kernel.h"

#define JX_SPACE_AXES 24 /* once blocked axes are split */

/* A view, store or index as an affine map over the axes of a space. */
struct jx_ref {
    int storage; /* -1: an index; then its value is offset + sum stride[k] * index[k] */
    int64_t offset, stride[JX_SPACE_AXES];
    int blocked; /* 1 + axis whose index i contributes i / block * stride + i % block * unit */
    int64_t block, unit;
    int n_guards;
    struct jx_ref_guard {
        int64_t offset, coef[JX_SPACE_AXES], limit, step, stride;
    } * guards; /* owned */
};

/* A kernel's iteration space, or a box of it. References: the views, then the stores, then one for
 * each index instruction in order. */
struct jx_space {
    const struct jx_code *code;
    const struct jx_kernel *kernel;
    int n_outer, n_axes;
    int64_t dims[JX_SPACE_AXES];
    bool no_outer, no_inner; /* some axis of that kind has no points */
    int n_refs;
    struct jx_ref *refs; /* owned */
};

bool jx_space_init(struct jx_space *s, const struct jx_code *code, const struct jx_kernel *kernel);
void jx_space_fini(struct jx_space *s);
bool jx_space_copy(struct jx_space *to, const struct jx_space *from);

/* The first axis along which some references are blocked and others not, or in smaller blocks, in a
 * way that splitting cannot express, since the blocks do not divide it: it has to be cut after
 * *n_first points. -1: none. */
int jx_space_ragged(struct jx_space *s, int64_t *n_first);
/* Keeps the points [begin, begin + n) of an axis. */
void jx_space_cut(struct jx_space *s, int axis, int64_t begin, int64_t n);
/* Splits blocked axes, none of them ragged, so that no reference is blocked. False with
 * JAXC_ELIMIT. */
bool jx_space_unblock(struct jx_space *s);
/* Drops axes of one point and joins axes that every reference walks as one, if their kinds are
 * equal too: kind[k] of each axis, kept up to date; may be NULL. */
void jx_space_simplify(struct jx_space *s, int *kind);

/* What a step along an axis adds to the address while every guard is satisfied, in elements. */
int64_t jx_ref_stride(const struct jx_ref *r, int axis);
bool jx_ref_depends(const struct jx_ref *r, int axis);

#endif
