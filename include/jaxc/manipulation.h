/*
 * jaxc/manipulation.h - array manipulation routines of jax.numpy: the same elements in other
 * places, several arrays as one, one as several.
 *
 * reshape, transpose, expand_dims, squeeze, broadcast_to, stack and concatenate are in
 * jaxc/numpy.h. Results belong to the innermost scope. Every call here may also fail as those of
 * jaxc/numpy.h.
 */
#ifndef JAXC_MANIPULATION_H
#define JAXC_MANIPULATION_H

#include <jaxc/index.h>
#include <jaxc/numpy.h>

/* How much goes before and after each axis: JAXC_WIDTHS({1, 2}, {0, 3}); one pair is for every
 * axis. */
struct jaxc_widths {
    int n;
    int64_t at[JAXC_MAX_RANK][2];
};

#ifdef __cplusplus
template <int N> inline jaxc_widths jaxc_widths_of(const int64_t (&pairs)[N][2])
{
    static_assert(N <= JAXC_MAX_RANK, "more pairs than axes are possible");
    jaxc_widths widths = {N, {}};
    for (int i = 0; i < N; i++)
        widths.at[i][0] = pairs[i][0], widths.at[i][1] = pairs[i][1];
    return widths;
}
#define JAXC_WIDTHS(...) jaxc_widths_of({__VA_ARGS__})
extern "C" {
#else
#define JAXC_WIDTHS(...)                                                                           \
    (__extension__(struct jaxc_widths){sizeof((int64_t[][2]){__VA_ARGS__}) / sizeof(int64_t[2]),   \
                                       {__VA_ARGS__}})
#endif

/* ---- axes ------------------------------------------------------------------------------------ */

/*
 * jaxc_moveaxis - an axis in another place: jaxc_moveaxis(x, 0, -1). jaxc_swapaxes - two axes, each
 * in the place of the other. jaxc_rollaxis - an axis before the place where another is.
 *
 *   x             T[...]
 *   source        axis of x
 *   destination   axis of the result
 *   start         in [-rank, rank]
 *   ->            T[...]
 *
 * Errors  JAXC_EAXIS  an axis out of range
 * Source  jax.numpy.moveaxis, swapaxes, rollaxis; moveaxis differs: one axis (jaxc_transpose moves
 *         several), and rollaxis: start is given.
 */
JAXC_API jaxc_value jaxc_moveaxis(jaxc_value x, int source, int destination);
JAXC_API jaxc_value jaxc_swapaxes(jaxc_value x, int axis1, int axis2);
JAXC_API jaxc_value jaxc_rollaxis(jaxc_value x, int axis, int start);

/*
 * jaxc_permute_dims - jaxc_transpose whose axes must be given; jaxc_matrix_transpose - the last two
 * axes swapped.
 *
 *   x    T[...]
 *   ->   T[...]
 *
 * Errors  JAXC_EAXIS   axes are not each axis of x once
 *         JAXC_EVALUE  no axes
 *         JAXC_ESHAPE  matrix_transpose of fewer than two axes
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_permute_dims(jaxc_value x, struct jaxc_axes_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_matrix_transpose(jaxc_value x);

/*
 * jaxc_atleast_1d, jaxc_atleast_2d, jaxc_atleast_3d - with new axes of size 1 until there are so
 * many.
 *
 *   x    T[...]
 *   ->   2d: T[n] becomes T[1,n]. 3d: T[n] becomes T[1,n,1], T[m,n] becomes T[m,n,1]
 *
 * Errors  those of every call
 * Source  the jax.numpy functions of these names; differ: one array.
 */
JAXC_API jaxc_value jaxc_atleast_1d(jaxc_value x);
JAXC_API jaxc_value jaxc_atleast_2d(jaxc_value x);
JAXC_API jaxc_value jaxc_atleast_3d(jaxc_value x);

/*
 * jaxc_copy - another handle for the same elements, which never change.
 *
 *   x    T[...]
 *   ->   T[...]
 *
 * Errors  those of every call
 * Source  jax.numpy.copy.
 */
JAXC_API jaxc_value jaxc_copy(jaxc_value x);

/* ---- directions ------------------------------------------------------------------------------ */

/*
 * jaxc_flip - elements in reverse order along some axes: jaxc_flip(x, JAXC_AXIS(0)). jaxc_flipud
 * along the first axis, jaxc_fliplr along the second.
 *
 *   x    T[...]
 *   ->   T[...]; without axes all are reversed
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_ESHAPE  flipud or fliplr of an array without that axis
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_flip(jaxc_value x, struct jaxc_axes_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_flipud(jaxc_value x);
JAXC_API jaxc_value jaxc_fliplr(jaxc_value x);

/*
 * jaxc_rot90 - turned in the plane of two axes: jaxc_rot90(x, 1), jaxc_rot90(x, -1, JAXC_AXES(1,
 * 2)).
 *
 *   x    T[...]
 *   k    how many times by 90 degrees, from the first axis towards the second; any sign
 *   ->   T[...]; without axes those are 0 and 1
 *
 * Errors  JAXC_EAXIS  an axis out of range, not two of them, x has fewer than two
 * Source  jax.numpy.rot90; differs: k is given.
 */
JAXC_API jaxc_value jaxc_rot90(jaxc_value x, int k, struct jaxc_axes_options options JAXC_DEFAULT);

/*
 * jaxc_roll - elements moved along an axis, those that fall off come in again: jaxc_roll(x, 2),
 * jaxc_roll(x, jaxc_tuple(1, -2), JAXC_AXES(0, 1)).
 *
 *   x       T[...]
 *   shift   a C number or a tuple of them, one for each axis; or integer[], integer[n], traced or
 *           not
 *   ->      T[...]; without axes x is moved as if it were flat
 *
 * Errors  JAXC_EAXIS   an axis out of range
 *         JAXC_ESHAPE  numbers of shifts and axes differ
 *         JAXC_EDTYPE  shifts are no integers
 * Source  jax.numpy.roll.
 */
JAXC_API jaxc_value jaxc_roll(jaxc_value x, jaxc_value shift,
                              struct jaxc_axes_options options JAXC_DEFAULT);

/* ---- several arrays as one ------------------------------------------------------------------- */

/*
 * jaxc_hstack, jaxc_vstack, jaxc_dstack, jaxc_column_stack - joined along the second, first or third
 * axis: jaxc_hstack(a, b, c). jaxc_hstack_n(n, values) and its like are the plain functions.
 *
 *   n        1 or more
 *   values   T[...]; hstack joins vectors along their only axis, vstack takes them as rows,
 *            column_stack as columns, dstack as T[1,n,1]. Dtypes join
 *   ->       T[...]
 *
 * Errors  JAXC_ESHAPE  shapes differ elsewhere
 *         JAXC_EVALUE  n below 1
 * Source  the jax.numpy functions of these names; differ: no dtype.
 */
JAXC_API jaxc_value jaxc_hstack_n(int n, const jaxc_value *values);
JAXC_API jaxc_value jaxc_vstack_n(int n, const jaxc_value *values);
JAXC_API jaxc_value jaxc_dstack_n(int n, const jaxc_value *values);
JAXC_API jaxc_value jaxc_column_stack_n(int n, const jaxc_value *values);

/*
 * jaxc_block - an array of blocks: jaxc_block(jaxc_tuple(jaxc_tuple(a, b), jaxc_tuple(c, d))).
 *
 *   x    tuples of arrays, all equally deep: the innermost are joined along the last axis, those
 *        around them along the one before, and so on
 *   ->   T[...]
 *
 * Errors  JAXC_ESHAPE  shapes do not fit together
 *         JAXC_ETREE   arrays are not equally deep
 *         JAXC_EVALUE  an empty tuple
 *         JAXC_ELIMIT  more than 8 tuples deep
 * Source  jax.numpy.block; differs: tuples for lists.
 */
JAXC_API jaxc_value jaxc_block(jaxc_value x);

/*
 * jaxc_append - x and values, joined along an axis.
 *
 *   x        T[...]
 *   values   U[...] that differs in the size of the axis only
 *   ->       join(T, U)[...]; without an axis both are flattened
 *
 * Errors  JAXC_ESHAPE  shapes differ elsewhere
 *         JAXC_EAXIS   the axis is out of range, or more than one
 * Source  jax.numpy.append.
 */
JAXC_API jaxc_value jaxc_append(jaxc_value x, jaxc_value values,
                                struct jaxc_axes_options options JAXC_DEFAULT);

/*
 * jaxc_broadcast_arrays - arrays brought to one shape: jaxc_broadcast_arrays(a, b).
 * jaxc_broadcast_arrays_n(n, values) is the plain function.
 *
 *   n        0 or more
 *   values   T[...] each of its own dtype
 *   ->       a tuple of n arrays
 *
 * Errors  JAXC_ESHAPE  the shapes do not broadcast
 * Source  jax.numpy.broadcast_arrays.
 */
JAXC_API jaxc_value jaxc_broadcast_arrays_n(int n, const jaxc_value *values);

struct jaxc_meshgrid_options {
    const char *indexing; /* "xy" (NULL): the second array is the first axis; or "ij" */
    bool sparse;          /* size 1 in all axes but the own one */
    char unused;
};

/*
 * jaxc_meshgrid - coordinates of a grid: jaxc_meshgrid(jaxc_tuple(x, y), .indexing = "ij").
 *
 *   x    a tuple of T[n], T[m], ...
 *   ->   a tuple of as many arrays: T[m, n, ...], "ij": T[n, m, ...]
 *
 * Errors  JAXC_ESHAPE  an array has not one axis
 *         JAXC_EVALUE  another indexing
 *         JAXC_ETREE   x is no tuple
 *         JAXC_ELIMIT  more than 8 arrays
 * Source  jax.numpy.meshgrid.
 */
JAXC_API jaxc_value jaxc_meshgrid(jaxc_value x, struct jaxc_meshgrid_options options JAXC_DEFAULT);

/* ---- one array as several -------------------------------------------------------------------- */

/*
 * jaxc_split - n equal parts along an axis: jaxc_split(x, 3, JAXC_AXIS(1)). jaxc_array_split - the
 * first ones are longer by 1 where n does not divide. jaxc_split_at - parts that begin at places:
 * jaxc_split_at(x, jaxc_tuple(2, 5)).
 *
 *   x        T[...]
 *   n        1 or more
 *   places   known integers that ascend from 0 to the size of the axis: a C number, a tuple, an
 *            array
 *   ->       a tuple of T[...]; without an axis along the first one
 *
 * Errors  JAXC_ESHAPE    n does not divide the axis
 *         JAXC_EVALUE    n below 1; places that do not ascend, or are outside
 *         JAXC_EAXIS     the axis is out of range, or more than one
 *         JAXC_ECONCRETE places are traced
 * Source  jax.numpy.split, array_split; split_at is both with a list.
 */
JAXC_API jaxc_value jaxc_split(jaxc_value x, int64_t n,
                               struct jaxc_axes_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_array_split(jaxc_value x, int64_t n,
                                     struct jaxc_axes_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_split_at(jaxc_value x, jaxc_value places,
                                  struct jaxc_axes_options options JAXC_DEFAULT);

/*
 * jaxc_hsplit, jaxc_vsplit, jaxc_dsplit - jaxc_split along the second (of a vector its only), first,
 * third axis.
 *
 *   x    T[...]
 *   n    1 or more
 *   ->   a tuple of n of T[...]
 *
 * Errors  JAXC_ESHAPE  n does not divide the axis, or there is none
 *         JAXC_EVALUE  n below 1
 * Source  the jax.numpy functions of these names; for places: jaxc_split_at.
 */
JAXC_API jaxc_value jaxc_hsplit(jaxc_value x, int64_t n);
JAXC_API jaxc_value jaxc_vsplit(jaxc_value x, int64_t n);
JAXC_API jaxc_value jaxc_dsplit(jaxc_value x, int64_t n);

/*
 * jaxc_unstack - the parts of an axis, without it.
 *
 *   x    T[...]
 *   ->   a tuple of T[the other axes]; without an axis along the first one
 *
 * Errors  JAXC_EAXIS  the axis is out of range, or more than one
 * Source  jax.numpy.unstack.
 */
JAXC_API jaxc_value jaxc_unstack(jaxc_value x, struct jaxc_axes_options options JAXC_DEFAULT);

/* ---- more, or fewer, elements ---------------------------------------------------------------- */

/*
 * jaxc_tile - x side by side with itself: jaxc_tile(x, JAXC_SHAPE(2, 3)).
 *
 *   x        T[...]
 *   counts   times along each of the last axes; more counts than axes make new ones in front
 *   ->       T[...]
 *
 * Errors  JAXC_ELIMIT  too many elements, or a negative count
 * Source  jax.numpy.tile.
 */
JAXC_API jaxc_value jaxc_tile(jaxc_value x, struct jaxc_shape counts);

struct jaxc_repeat_options {
    struct jaxc_axes axes;       /* JAXC_AXIS(0); none: x is flattened */
    int64_t total_repeat_length; /* size of the result's axis; 0: the sum of repeats */
    char unused;
};

/*
 * jaxc_repeat - each element several times: jaxc_repeat(x, 2, JAXC_AXIS(0)).
 *
 *   x         T[...]
 *   repeats   a C number, or for each element of the axis one: a tuple of them or integer[n]. A
 *             traced one needs total_repeat_length
 *   ->        T[...]; what is too much is left out, the last element fills what is missing
 *
 * Errors  JAXC_ESHAPE    the number of repeats is neither 1 nor the size of the axis
 *         JAXC_EVALUE    a negative number
 *         JAXC_EDTYPE    repeats are no integers
 *         JAXC_ECONCRETE repeats are traced and there is no total_repeat_length
 *         JAXC_EAXIS     the axis is out of range, or more than one
 * Source  jax.numpy.repeat.
 */
JAXC_API jaxc_value jaxc_repeat(jaxc_value x, jaxc_value repeats,
                                struct jaxc_repeat_options options JAXC_DEFAULT);

/*
 * jaxc_resize - all elements in order in another shape, again from the first one when there are too
 * few: jaxc_resize(x, JAXC_SHAPE(2, 3)).
 *
 *   x       T[...]
 *   shape   of the result
 *   ->      T[shape]; zeros if x is empty
 *
 * Errors  JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.numpy.resize.
 */
JAXC_API jaxc_value jaxc_resize(jaxc_value x, struct jaxc_shape shape);

/*
 * jaxc_delete - x without some places of an axis: jaxc_delete(x, 1, JAXC_AXIS(0)).
 *
 *   x        T[...]
 *   places   known integers, negative ones count from the end: a C number, a tuple of them, an
 *            array; or a mask bool[n]
 *   ->       T[...]; without an axis x is flattened
 *
 * Errors  JAXC_EVALUE    a place outside
 *         JAXC_ESHAPE    a mask of another size
 *         JAXC_EAXIS     the axis is out of range, or more than one
 *         JAXC_ECONCRETE places are traced
 * Source  jax.numpy.delete; differs: no slices, no assume_unique_indices.
 */
JAXC_API jaxc_value jaxc_delete(jaxc_value x, jaxc_value places,
                                struct jaxc_axes_options options JAXC_DEFAULT);

/*
 * jaxc_insert - x with values put in before some places of an axis: jaxc_insert(x, 1, 0.5,
 * JAXC_AXIS(0)).
 *
 *   x        T[...]
 *   places   known integers up to the size of the axis, negative ones count from the end: a C
 *            number, a tuple of them, an array
 *   values   U[...] that broadcasts to the part; at one place they may be several
 *   ->       T[...]; without an axis x is flattened
 *
 * Errors  JAXC_ESHAPE    values do not broadcast
 *         JAXC_EVALUE    a place outside
 *         JAXC_EAXIS     the axis is out of range, or more than one
 *         JAXC_ECONCRETE places are traced
 * Source  jax.numpy.insert; differs: no slices, and a place outside is an error.
 */
JAXC_API jaxc_value jaxc_insert(jaxc_value x, jaxc_value places, jaxc_value values,
                                struct jaxc_axes_options options JAXC_DEFAULT);

struct jaxc_pad_options {
    const char *mode;                    /* NULL: "constant" */
    struct jaxc_operand constant_values; /* "constant": JAXC_OPERAND(number), [2] or [rank, 2]; 0 */
    struct jaxc_operand end_values;      /* "linear_ramp": as constant_values */
    struct jaxc_widths stat_length;      /* of the edge's part that "maximum", "mean", "median" and
                                            "minimum" look at; none: all */
    bool odd;                            /* "reflect", "symmetric": turned about the edge's value */
    char unused;
};

/*
 * jaxc_pad - x with a border: jaxc_pad(x, JAXC_WIDTHS({1, 1}), .mode = "edge").
 *
 *   x        T[...]
 *   widths   before and after each axis, 0 or more
 *   ->       T[...]. The border is, by mode: "constant" a number; "edge" the outermost elements;
 *            "reflect" a mirror image about them, "symmetric" one that has them twice; "wrap" the
 *            other end; "linear_ramp" equal steps from end_values to the edge; "maximum", "mean",
 *            "median", "minimum" those of the axis; "empty" any numbers (zeros)
 *
 * Errors  JAXC_ESHAPE  neither one pair nor one for each axis; values that do not broadcast
 *         JAXC_EVALUE  a negative width; another mode, or an option of another one; an empty axis
 *                      that a mode has nothing to border with
 * Source  jax.numpy.pad; differs: no functions as modes.
 */
JAXC_API jaxc_value jaxc_pad(jaxc_value x, struct jaxc_widths widths,
                             struct jaxc_pad_options options JAXC_DEFAULT);

#ifdef __cplusplus
}
#endif

/* Overlays of calls that take a list of values alone. */
#ifdef __cplusplus
template <class... A>
inline jaxc_value jaxc_values_of(jaxc_value (*f)(int, const jaxc_value *), A... a)
{
    const jaxc_value values[] = {jaxc_value(a)...};
    return f(static_cast<int>(sizeof...(A)), values);
}
#define JAXC_LIST(f, ...) JAXC_LOCATED(jaxc_values_of, f, __VA_ARGS__)
#else
#define JAXC_LIST(...)  JAXC_LIST_(__COUNTER__, __VA_ARGS__)
#define JAXC_LIST_(...) JAXC_LIST__(__VA_ARGS__)
#define JAXC_LIST__(n, f, ...)                                                                     \
    __extension__({                                                                                \
        const jaxc_value jaxc_l##n[] = {JAXC_VALUES(__VA_ARGS__)};                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (f)((int)(sizeof jaxc_l##n / sizeof jaxc_l##n[0]), jaxc_l##n);                             \
    })
#endif

#ifndef JAXC_PLAIN
#define jaxc_moveaxis(...)           JAXC_CALL_VPP(jaxc_moveaxis, __VA_ARGS__)
#define jaxc_swapaxes(...)           JAXC_CALL_VPP(jaxc_swapaxes, __VA_ARGS__)
#define jaxc_rollaxis(...)           JAXC_CALL_VPP(jaxc_rollaxis, __VA_ARGS__)
#define jaxc_permute_dims(...)       JAXC_OPT1(jaxc_permute_dims, jaxc_axes_options, __VA_ARGS__)
#define jaxc_matrix_transpose(...)   JAXC_CALL1(jaxc_matrix_transpose, __VA_ARGS__)
#define jaxc_atleast_1d(...)         JAXC_CALL1(jaxc_atleast_1d, __VA_ARGS__)
#define jaxc_atleast_2d(...)         JAXC_CALL1(jaxc_atleast_2d, __VA_ARGS__)
#define jaxc_atleast_3d(...)         JAXC_CALL1(jaxc_atleast_3d, __VA_ARGS__)
#define jaxc_copy(...)               JAXC_CALL1(jaxc_copy, __VA_ARGS__)
#define jaxc_flip(...)               JAXC_OPT1(jaxc_flip, jaxc_axes_options, __VA_ARGS__)
#define jaxc_flipud(...)             JAXC_CALL1(jaxc_flipud, __VA_ARGS__)
#define jaxc_fliplr(...)             JAXC_CALL1(jaxc_fliplr, __VA_ARGS__)
#define jaxc_rot90(...)              JAXC_OPT_VP(jaxc_rot90, jaxc_axes_options, __VA_ARGS__)
#define jaxc_roll(...)               JAXC_OPT2(jaxc_roll, jaxc_axes_options, __VA_ARGS__)
#define jaxc_hstack_n(...)           JAXC_AT(jaxc_hstack_n, __VA_ARGS__)
#define jaxc_vstack_n(...)           JAXC_AT(jaxc_vstack_n, __VA_ARGS__)
#define jaxc_dstack_n(...)           JAXC_AT(jaxc_dstack_n, __VA_ARGS__)
#define jaxc_column_stack_n(...)     JAXC_AT(jaxc_column_stack_n, __VA_ARGS__)
#define jaxc_broadcast_arrays_n(...) JAXC_AT(jaxc_broadcast_arrays_n, __VA_ARGS__)
#define jaxc_hstack(...)             JAXC_LIST(jaxc_hstack_n, __VA_ARGS__)
#define jaxc_vstack(...)             JAXC_LIST(jaxc_vstack_n, __VA_ARGS__)
#define jaxc_dstack(...)             JAXC_LIST(jaxc_dstack_n, __VA_ARGS__)
#define jaxc_column_stack(...)       JAXC_LIST(jaxc_column_stack_n, __VA_ARGS__)
#define jaxc_broadcast_arrays(...)   JAXC_LIST(jaxc_broadcast_arrays_n, __VA_ARGS__)
#define jaxc_block(...)              JAXC_CALL1(jaxc_block, __VA_ARGS__)
#define jaxc_append(...)             JAXC_OPT2(jaxc_append, jaxc_axes_options, __VA_ARGS__)
#define jaxc_meshgrid(...)           JAXC_OPT1(jaxc_meshgrid, jaxc_meshgrid_options, __VA_ARGS__)
#define jaxc_split(...)              JAXC_OPT_VP(jaxc_split, jaxc_axes_options, __VA_ARGS__)
#define jaxc_array_split(...)        JAXC_OPT_VP(jaxc_array_split, jaxc_axes_options, __VA_ARGS__)
#define jaxc_split_at(...)           JAXC_OPT2(jaxc_split_at, jaxc_axes_options, __VA_ARGS__)
#define jaxc_hsplit(...)             JAXC_CALL_VP(jaxc_hsplit, __VA_ARGS__)
#define jaxc_vsplit(...)             JAXC_CALL_VP(jaxc_vsplit, __VA_ARGS__)
#define jaxc_dsplit(...)             JAXC_CALL_VP(jaxc_dsplit, __VA_ARGS__)
#define jaxc_unstack(...)            JAXC_OPT1(jaxc_unstack, jaxc_axes_options, __VA_ARGS__)
#define jaxc_tile(...)               JAXC_CALL_VP(jaxc_tile, __VA_ARGS__)
#define jaxc_repeat(...)             JAXC_OPT2(jaxc_repeat, jaxc_repeat_options, __VA_ARGS__)
#define jaxc_resize(...)             JAXC_CALL_VP(jaxc_resize, __VA_ARGS__)
#define jaxc_delete(...)             JAXC_OPT2(jaxc_delete, jaxc_axes_options, __VA_ARGS__)
#define jaxc_insert(...)             JAXC_OPT3(jaxc_insert, jaxc_axes_options, __VA_ARGS__)
#define jaxc_pad(...)                JAXC_OPT_VP(jaxc_pad, jaxc_pad_options, __VA_ARGS__)
#endif

#endif
