/*
 * jaxc/sorting.h - NumPy's sorting, searching, counting, and jax.ops' sums by segments.
 *
 * Everything said at the head of jaxc/numpy.h holds here too. In the order of sorts NaN is the
 * greatest number and -0 equals 0; equal elements keep their order.
 */
#ifndef JAXC_SORTING_H
#define JAXC_SORTING_H

#include <jaxc/index.h>
#include <jaxc/numpy.h>

struct jaxc_searchsorted_options {
    const char *side;           /* "left", where equal ones begin, or "right", where they end; left
                                   out: "left" */
    struct jaxc_operand sorter; /* argsort of an array that is not sorted */
    char unused;
};

struct jaxc_digitize_options {
    bool right; /* bins include their right edge, not their left one */
    char unused;
};

#ifdef __cplusplus
extern "C" {
#endif

/*
 * jaxc_searchsorted - where numbers would stand in a sorted array: jaxc_searchsorted(a, v, .side =
 * "right").
 *
 *   a    T[n], ascending
 *   v    U[...]
 *   ->   i32[...] in [0, n]
 *
 * Errors  JAXC_ESHAPE  a or the sorter has not one axis
 *         JAXC_EDTYPE  the sorter is of no integers; JAXC_EVALUE  no side of this name
 * Source  jax.numpy.searchsorted; differs: no method.
 */
JAXC_API jaxc_value jaxc_searchsorted(jaxc_value a, jaxc_value v,
                                      struct jaxc_searchsorted_options options JAXC_DEFAULT);

/*
 * jaxc_digitize - the number of the bin that a number is in: i where bins[i - 1] <= x < bins[i], or
 * with right = true bins[i - 1] < x <= bins[i].
 *
 *   x      T[...]
 *   bins   U[n], ascending, or descending with the comparisons the other way round
 *   ->     i32[...] in [0, n]
 *
 * Errors  JAXC_ESHAPE  bins have not one axis
 * Source  jax.numpy.digitize; differs: no method.
 */
JAXC_API jaxc_value jaxc_digitize(jaxc_value x, jaxc_value bins,
                                  struct jaxc_digitize_options options JAXC_DEFAULT);

#ifdef __cplusplus
}
#endif

#ifndef JAXC_PLAIN
#define jaxc_searchsorted(...) JAXC_OPT2(jaxc_searchsorted, jaxc_searchsorted_options, __VA_ARGS__)
#define jaxc_digitize(...)     JAXC_OPT2(jaxc_digitize, jaxc_digitize_options, __VA_ARGS__)
#endif

#endif
