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

#endif
