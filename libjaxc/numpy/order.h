/*
 * numpy/order.h - what the calls of jaxc/sorting.h and the samplers share: places in sorted arrays.
 */
#ifndef JX_NUMPY_ORDER_H
#define JX_NUMPY_ORDER_H

#include "numpy/index.h"

/* ---- searching.c ----------------------------------------------------------------------------- */

/* How many elements of a (one axis, ascending) are before x: less, or with `right` equal too; NaN
 * is the greatest. i32, or i64 where there are as many. Both of one dtype. */
jaxc_value jx_searchsorted(jaxc_value a, jaxc_value x, bool right);

/* ---- nonzero.c ------------------------------------------------------------------------------- */

/* How many elements of a bool array are true, as a number: its own size if that is given (not 0),
 * or counted, which needs known elements; `what` names it in messages. */
bool jx_true_count(jaxc_value mask, int64_t size, const char *what, int64_t *count);
/* The places along the only axis of a mask where it is true, in order: i32[n], or i64[n]; 0 behind
 * the last. */
jaxc_value jx_true_places(jaxc_value mask, int64_t n);
/* x[n, ...] with `fill` where there is no such place of the mask; x keeps its dtype, or both join. */
jaxc_value jx_fill_rest(jaxc_value x, jaxc_value mask, jaxc_value fill, bool join);
/* x (one axis at least) with updates[..., x's other axes] joined at places of its first axis. */
jaxc_value jx_scatter_first(const struct jx_prim *prim, jaxc_value x, jaxc_value places,
                            jaxc_value updates, const struct jx_scatter_params *how);
/* Whether an option's fill value was given. */
bool jx_fill_given(jaxc_value fill);
/* 0, 1, ... */
jaxc_value jx_numbers(int64_t n);

/* ---- histogram.c ----------------------------------------------------------------------------- */

/* The edges that bins are, or between which so many bins of one width lie: of the numbers' dtype as
 * a float. */
jaxc_value jx_histogram_edges(jaxc_value x, jaxc_value bins, const struct jaxc_operand *range);

#endif
