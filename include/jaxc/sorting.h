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

struct jaxc_sort_options {
    struct jaxc_axes axes; /* one; left out: the last */
    bool descending;
    char unused;
};

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

/*
 * Calls whose results have as many elements as are found take a size: more are left out, and
 * fewer filled up. Left out (0) it is counted, which needs arguments that are not traced.
 */
struct jaxc_nonzero_options {
    int64_t size;
    jaxc_value fill_value; /* JAXC_FILL_VALUE(-1); left out: 0 */
    char unused;
};

struct jaxc_compress_options {
    struct jaxc_axes axes; /* one; left out: of the array, flattened */
    int64_t size;
    jaxc_value fill_value; /* left out: 0 */
    char unused;
};

struct jaxc_unique_options {
    struct jaxc_axes axes; /* one, whose parts are compared; left out: of the array, flattened */
    int64_t size;
    jaxc_value fill_value; /* left out: the first of them */
    bool return_index, return_inverse, return_counts;
    bool distinct_nan; /* each NaN is another; otherwise they are one */
    char unused;
};

struct jaxc_set_options {
    int64_t size;
    jaxc_value fill_value; /* left out: the least of them; of setdiff1d 0 */
    bool assume_unique;    /* a promise; setdiff1d keeps the order then */
    bool return_indices;   /* intersect1d: also where they are */
    char unused;
};

struct jaxc_isin_options {
    bool invert;
    char unused;
};

struct jaxc_bincount_options {
    struct jaxc_operand weights; /* left out: 1 */
    int64_t minlength;           /* of a length that is counted */
    int64_t length;              /* left out (0): one more than the greatest number */
    char unused;
};

struct jaxc_histogram_options {
    struct jaxc_operand range;   /* a tuple or an array of two; left out: the least and the greatest
                                    number */
    struct jaxc_operand weights; /* left out: 1 */
    bool density;                /* so that the integral is 1 */
    char unused;
};

struct jaxc_segment_options {
    int64_t num_segments;                    /* left out (0): one more than the greatest number */
    jaxc_index_mode mode;                    /* of numbers outside; left out: they are left out */
    bool indices_are_sorted, unique_indices; /* promises */
    char unused;
};

#ifdef __cplusplus
extern "C" {
#endif

/* ---- sorting --------------------------------------------------------------------------------- */

/*
 * jaxc_sort, jaxc_argsort - the elements along an axis in order, and their places: jaxc_sort(x,
 * JAXC_AXIS(0), .descending = true).
 *
 *   x    T[...]
 *   ->   T[...], differentiable; of argsort i32[...]
 *
 * Errors  JAXC_EAXIS  the axis is out of range, or more than one
 * Source  jax.numpy.sort, argsort; differ: the axis None is jaxc_ravel before; no dtype.
 */
JAXC_API jaxc_value jaxc_sort(jaxc_value x, struct jaxc_sort_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_argsort(jaxc_value x, struct jaxc_sort_options options JAXC_DEFAULT);

/*
 * jaxc_lexsort - the places of elements in order of several keys, the last of which counts most:
 * jaxc_lexsort(-1, second, first). jaxc_lexsort_n(n, keys, axis) takes a list.
 *
 *   axis   of all keys; may be negative
 *   keys   T[...], U[...], ... of one shape
 *   ->     i32[...]
 *
 * Errors  JAXC_ESHAPE  the shapes differ; JAXC_EAXIS  the axis is out of range
 *         JAXC_EVALUE  no keys; JAXC_ELIMIT  more than 254
 * Source  jax.numpy.lexsort, with the axis first.
 */
JAXC_API jaxc_value jaxc_lexsort_n(int n, const jaxc_value *keys, int axis);

/*
 * jaxc_partition, jaxc_argpartition - the kth + 1 least elements along an axis before the others, and
 * the places of elements in such an order: jaxc_partition(x, 2, JAXC_AXIS(0)).
 *
 *   x     T[...]
 *   kth   may be negative: from the end
 *   ->    T[...], differentiable; of argpartition i32[...]
 *
 * Errors  JAXC_EVALUE  no kth element; JAXC_EDTYPE  bool
 *         JAXC_EAXIS   the axis is out of range, or more than one
 * Source  jax.numpy.partition, argpartition, in their order: the least ascend, the others descend.
 */
JAXC_API jaxc_value jaxc_partition(jaxc_value x, int64_t kth,
                                   struct jaxc_axes_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_argpartition(jaxc_value x, int64_t kth,
                                      struct jaxc_axes_options options JAXC_DEFAULT);

/* ---- searching ------------------------------------------------------------------------------- */

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

/*
 * jaxc_nonzero, jaxc_flatnonzero, jaxc_argwhere - where x is not 0: jaxc_nonzero(x, .size = 5).
 *
 *   x    T[...]
 *   ->   a tuple of i32[size], one for each axis; the numbers in x flattened, i32[size]; the places
 *        as rows, i32[size, rank]
 *
 * Errors  JAXC_ECONCRETE  x is traced and there is no size
 *         JAXC_ESHAPE     nonzero of a scalar, a fill value that is none
 *         JAXC_EVALUE     a negative size
 * Source  jax.numpy.nonzero, flatnonzero, argwhere, and jax.numpy.where with one argument; a fill value
 *         becomes an integer.
 */
JAXC_API jaxc_value jaxc_nonzero(jaxc_value x, struct jaxc_nonzero_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_flatnonzero(jaxc_value x,
                                     struct jaxc_nonzero_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_argwhere(jaxc_value x, struct jaxc_nonzero_options options JAXC_DEFAULT);

/*
 * jaxc_compress, jaxc_extract - the parts of x along an axis where a condition is true; extract
 * flattens both.
 *
 *   condition   T[n], true where it is not 0; parts of x behind it are left out
 *   x           U[...], differentiable
 *   ->          U[...] with the size at the axis
 *
 * Errors  JAXC_ECONCRETE  the condition is traced and there is no size
 *         JAXC_ESHAPE     the condition has not one axis, a fill value that is no scalar
 *         JAXC_EVALUE     true behind the end of the axis, a size that is greater than it
 *         JAXC_EAXIS      the axis is out of range, or more than one
 * Source  jax.numpy.compress, extract.
 */
JAXC_API jaxc_value jaxc_compress(jaxc_value condition, jaxc_value x,
                                  struct jaxc_compress_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_extract(jaxc_value condition, jaxc_value x,
                                 struct jaxc_compress_options options JAXC_DEFAULT);

/* ---- sets ------------------------------------------------------------------------------------ */

/*
 * jaxc_unique - what there is in x, in order and once: jaxc_unique(x, .size = 4, .return_counts =
 * true).
 *
 *   x    T[...]
 *   ->   T[size], or T[...] with the size at the axis; with return_ options a tuple of it and of
 *        i32[size] places of the first of each, i32[...] which of them each of x is, i32[size] how
 *        often there is each
 *
 * Errors  JAXC_ECONCRETE  x is traced and there is no size
 *         JAXC_EVALUE     a size for nothing without a fill value; a negative one
 *         JAXC_EAXIS      the axis is out of range, or more than one
 *         JAXC_ELIMIT     parts of more than 254 elements
 * Source  jax.numpy.unique.
 */
JAXC_API jaxc_value jaxc_unique(jaxc_value x, struct jaxc_unique_options options JAXC_DEFAULT);

/*
 * jaxc_union1d, jaxc_intersect1d, jaxc_setdiff1d, jaxc_setxor1d - of the elements of two arrays those
 * in either, in both, in the first alone, in one alone; in order and once.
 *
 *   x    T[...], flattened
 *   y    U[...], flattened
 *   ->   join(T, U)[size], joined with the dtype of a fill value in intersect1d and setxor1d; of
 *        setdiff1d T[size]; of intersect1d with return_indices a tuple of it and
 *        of i32[size] the places in x and in y, filled with their sizes
 *
 * Errors  JAXC_ECONCRETE  one is traced and there is no size
 *         JAXC_EVALUE     a negative size; union1d: a size for nothing without a fill value
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_union1d(jaxc_value x, jaxc_value y,
                                 struct jaxc_set_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_intersect1d(jaxc_value x, jaxc_value y,
                                     struct jaxc_set_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_setdiff1d(jaxc_value x, jaxc_value y,
                                   struct jaxc_set_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_setxor1d(jaxc_value x, jaxc_value y,
                                  struct jaxc_set_options options JAXC_DEFAULT);

/*
 * jaxc_isin - whether elements are among those of another array.
 *
 *   element         T[...]
 *   test_elements   U[...], flattened
 *   ->              bool[...]; NaN is in none
 *
 * Errors  those of every call
 * Source  jax.numpy.isin; differs: no assume_unique and no method.
 */
JAXC_API jaxc_value jaxc_isin(jaxc_value element, jaxc_value test_elements,
                              struct jaxc_isin_options options JAXC_DEFAULT);

/* ---- counting -------------------------------------------------------------------------------- */

/*
 * jaxc_bincount - how often there is each number, or the sum of its weights: jaxc_bincount(x,
 * .length = 10).
 *
 *   x    integer[n] or bool[n]; negative ones count as 0, and ones behind the length not at all
 *   ->   i32[length]; W[length] of weights W[n], differentiable in them
 *
 * Errors  JAXC_ECONCRETE  x is traced and there is no length
 *         JAXC_EDTYPE     x is of floats, weights are of bools
 *         JAXC_ESHAPE     x has not one axis, weights have another shape
 *         JAXC_EVALUE     a negative length
 * Source  jax.numpy.bincount.
 */
JAXC_API jaxc_value jaxc_bincount(jaxc_value x, struct jaxc_bincount_options options JAXC_DEFAULT);

/*
 * jaxc_histogram_bin_edges - edges of bins of one width.
 *
 *   x      T[...]
 *   bins   how many, a C number or a known scalar; or the edges, U[n + 1]
 *   ->     float(T)[n + 1]
 *
 * Errors  JAXC_EVALUE     no bins, x is empty and there is no range
 *         JAXC_ECONCRETE  a number of bins that is traced; JAXC_EDTYPE  that is no integer
 *         JAXC_ESHAPE     a range that is not two numbers
 * Source  jax.numpy.histogram_bin_edges; differs: bins are given always.
 */
JAXC_API jaxc_value jaxc_histogram_bin_edges(jaxc_value x, jaxc_value bins,
                                             struct jaxc_histogram_options options JAXC_DEFAULT);

/*
 * jaxc_histogram - how many elements are in each bin, or the sum of their weights: jaxc_histogram(x,
 * 10, .range = JAXC_OPERAND(jaxc_tuple(0, 1))).
 *
 *   x      T[...]
 *   bins   as above. A bin has its left edge, the last one also its right one; edges ascend
 *   ->     a tuple of F[n], the numbers, and F[n + 1], the edges; F = float(join(T, W)), W of the
 *          weights
 *
 * Errors  as jaxc_histogram_bin_edges; JAXC_ESHAPE  weights have another shape than x
 * Source  jax.numpy.histogram; differs: bins are given always.
 */
JAXC_API jaxc_value jaxc_histogram(jaxc_value x, jaxc_value bins,
                                   struct jaxc_histogram_options options JAXC_DEFAULT);

/*
 * jaxc_histogram2d, jaxc_histogramdd - how many points are in each box of bins, or the sum of their
 * weights: jaxc_histogram2d(x, y, 10), jaxc_histogramdd(sample, jaxc_tuple(10, edges)).
 *
 *   x, y     T[n], U[n]: the coordinates
 *   sample   T[n, d], d at most 8: points as rows
 *   bins     as of histogram, for all coordinates, or a tuple with those of each. A range is a tuple
 *            of ranges; weights are W[n]
 *   ->       a tuple of the numbers, i32[n, ...] or those of the weights, or with density floats, and
 *            of the edges: histogram2d's behind one another, histogramdd's in a tuple
 *
 * Errors  as jaxc_histogram; JAXC_ESHAPE  no vectors of one size, no rows; bins or ranges of another
 *         number of coordinates
 * Source  jax.numpy.histogram2d, histogramdd; differ: bins are given always, and an array of bins
 *         is edges, whatever its size.
 */
JAXC_API jaxc_value jaxc_histogram2d(jaxc_value x, jaxc_value y, jaxc_value bins,
                                     struct jaxc_histogram_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_histogramdd(jaxc_value sample, jaxc_value bins,
                                     struct jaxc_histogram_options options JAXC_DEFAULT);

/*
 * jaxc_ops_segment_sum, jaxc_ops_segment_prod, jaxc_ops_segment_max, jaxc_ops_segment_min - rows of
 * the same segment joined: jaxc_ops_segment_sum(x, segments, .num_segments = 3).
 *
 *   data          T[n, ...]
 *   segment_ids   integer[n]; rows whose number is outside are left out
 *   ->            T[num_segments, ...]; 0, 1, the least or the greatest number where there is no row
 *
 * Errors  JAXC_ECONCRETE  segment_ids are traced and there is no num_segments
 *         JAXC_ESHAPE     not one number for each row; JAXC_EDTYPE  no integers, sums of bool
 *         JAXC_EVALUE     a negative num_segments, a mode that it does not have
 *         JAXC_ENORULE    the derivative of prod without unique_indices
 * Source  the functions of jax.ops of these names; differ: segment_ids have one axis, no bucket_size.
 */
JAXC_API jaxc_value jaxc_ops_segment_sum(jaxc_value data, jaxc_value segment_ids,
                                         struct jaxc_segment_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_ops_segment_prod(jaxc_value data, jaxc_value segment_ids,
                                          struct jaxc_segment_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_ops_segment_max(jaxc_value data, jaxc_value segment_ids,
                                         struct jaxc_segment_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_ops_segment_min(jaxc_value data, jaxc_value segment_ids,
                                         struct jaxc_segment_options options JAXC_DEFAULT);

#ifdef __cplusplus
}
#endif

#ifndef JAXC_PLAIN
#define jaxc_sort(...)         JAXC_OPT1(jaxc_sort, jaxc_sort_options, __VA_ARGS__)
#define jaxc_argsort(...)      JAXC_OPT1(jaxc_argsort, jaxc_sort_options, __VA_ARGS__)
#define jaxc_searchsorted(...) JAXC_OPT2(jaxc_searchsorted, jaxc_searchsorted_options, __VA_ARGS__)
#define jaxc_digitize(...)     JAXC_OPT2(jaxc_digitize, jaxc_digitize_options, __VA_ARGS__)
#define jaxc_nonzero(...)      JAXC_OPT1(jaxc_nonzero, jaxc_nonzero_options, __VA_ARGS__)
#define jaxc_flatnonzero(...)  JAXC_OPT1(jaxc_flatnonzero, jaxc_nonzero_options, __VA_ARGS__)
#define jaxc_argwhere(...)     JAXC_OPT1(jaxc_argwhere, jaxc_nonzero_options, __VA_ARGS__)
#define jaxc_compress(...)     JAXC_OPT2(jaxc_compress, jaxc_compress_options, __VA_ARGS__)
#define jaxc_extract(...)      JAXC_OPT2(jaxc_extract, jaxc_compress_options, __VA_ARGS__)
#define jaxc_unique(...)       JAXC_OPT1(jaxc_unique, jaxc_unique_options, __VA_ARGS__)
#define jaxc_union1d(...)      JAXC_OPT2(jaxc_union1d, jaxc_set_options, __VA_ARGS__)
#define jaxc_intersect1d(...)  JAXC_OPT2(jaxc_intersect1d, jaxc_set_options, __VA_ARGS__)
#define jaxc_setdiff1d(...)    JAXC_OPT2(jaxc_setdiff1d, jaxc_set_options, __VA_ARGS__)
#define jaxc_setxor1d(...)     JAXC_OPT2(jaxc_setxor1d, jaxc_set_options, __VA_ARGS__)
#define jaxc_isin(...)         JAXC_OPT2(jaxc_isin, jaxc_isin_options, __VA_ARGS__)
#define jaxc_bincount(...)     JAXC_OPT1(jaxc_bincount, jaxc_bincount_options, __VA_ARGS__)
#define jaxc_histogram_bin_edges(...)                                                              \
    JAXC_OPT2(jaxc_histogram_bin_edges, jaxc_histogram_options, __VA_ARGS__)
#define jaxc_histogram2d(...)     JAXC_OPT3(jaxc_histogram2d, jaxc_histogram_options, __VA_ARGS__)
#define jaxc_histogramdd(...)     JAXC_OPT2(jaxc_histogramdd, jaxc_histogram_options, __VA_ARGS__)
#define jaxc_histogram(...)       JAXC_OPT2(jaxc_histogram, jaxc_histogram_options, __VA_ARGS__)
#define jaxc_ops_segment_sum(...) JAXC_OPT2(jaxc_ops_segment_sum, jaxc_segment_options, __VA_ARGS__)
#define jaxc_ops_segment_prod(...)                                                                 \
    JAXC_OPT2(jaxc_ops_segment_prod, jaxc_segment_options, __VA_ARGS__)
#define jaxc_ops_segment_max(...) JAXC_OPT2(jaxc_ops_segment_max, jaxc_segment_options, __VA_ARGS__)
#define jaxc_ops_segment_min(...) JAXC_OPT2(jaxc_ops_segment_min, jaxc_segment_options, __VA_ARGS__)
#define jaxc_partition(...)       JAXC_OPT_VP(jaxc_partition, jaxc_axes_options, __VA_ARGS__)
#define jaxc_argpartition(...)    JAXC_OPT_VP(jaxc_argpartition, jaxc_axes_options, __VA_ARGS__)
#define jaxc_lexsort_n(...)       JAXC_AT(jaxc_lexsort_n, __VA_ARGS__)
#ifdef __cplusplus
#define jaxc_lexsort(...) JAXC_LOCATED(jaxc_list_of, jaxc_lexsort_n, __VA_ARGS__)
#else
#define jaxc_lexsort(axis, ...) JAXC_LISTED(__COUNTER__, jaxc_lexsort_n, axis, __VA_ARGS__)
#endif
#endif

#endif
