/*
 * optim/optim.h - what the optimisers and schedules share: numbers, and calls on the leaves of
 * several trees.
 *
 * A number is a C number (a weak literal) or a scalar value. Arithmetic of C numbers is done here,
 * in f64, as Python does it; programs and kernels get the result.
 */
#ifndef JX_OPTIM_H
#define JX_OPTIM_H

#include "numpy/numpy.h"

#include <jaxc/optim.h>

/* ---- numbers: number.c ----------------------------------------------------------------------- */

jaxc_value jx_number(double number); /* a C number */
bool jx_number_known(jaxc_value x, double *number);
/* A scalar of numbers it must be; false with the error set otherwise. */
bool jx_number_check(const char *name, jaxc_value x);
/* The same for one among options, which is `otherwise` if it is left out. */
bool jx_number_take(const char *name, jaxc_value *x, double otherwise);

/* Of two C numbers a C number, otherwise as jax.numpy does it. */
jaxc_value jx_number_add(jaxc_value x, jaxc_value y);
jaxc_value jx_number_sub(jaxc_value x, jaxc_value y);
jaxc_value jx_number_mul(jaxc_value x, jaxc_value y);
jaxc_value jx_number_div(jaxc_value x, jaxc_value y);

/* ---- leaves: leaves.c ------------------------------------------------------------------------ */

enum { JX_MOST_TREES = 4, JX_MOST_RESULTS = 3 };

struct jx_leaf {
    jaxc_value x[JX_MOST_TREES]; /* the leaf of each tree; all of one shape */
    struct jx_aval type[JX_MOST_TREES];
    bool masked; /* the mask has 0 here */
    jaxc_value y[JX_MOST_RESULTS];
};

/* A rule for every leaf of some trees of one structure. */
struct jx_each {
    int n, n_results;
    jaxc_value trees[JX_MOST_TREES];
    const char *names[JX_MOST_TREES];              /* in messages */
    jaxc_value mask;                               /* a prefix of trees[0]; poison: none */
    bool any_dtype;                                /* otherwise all leaves are floats */
    bool (*rule)(void *env, struct jx_leaf *leaf); /* fills y; poison is a failure too */
    void *env;
};
bool jx_each_leaf(const struct jx_each *e, jaxc_value *results);
/* jx_each_leaf of one result. */
jaxc_value jx_each_result(const struct jx_each *e);

/* Closes a scope that was opened for the work of a call, but for its result. */
jaxc_value jx_scope_result(uint64_t scope, jaxc_value v);

/* ---- shared: trees.c ------------------------------------------------------------------------- */

/* Zeros in the shapes of a tree; dtype 0: each leaf's own. */
jaxc_value jx_zeros_like_tree(jaxc_value x, const char *name, jaxc_dtype dtype);
/* updates + weight_decay * params of one leaf, unless it is masked. */
jaxc_value jx_decayed(const struct jx_leaf *leaf, jaxc_value update, jaxc_value param,
                      jaxc_value weight_decay);

#endif
