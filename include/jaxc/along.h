/*
 * jaxc/along.h - arithmetic along an axis of jax.numpy: running sums, differences, integrals,
 * interpolation.
 *
 * Results belong to the innermost scope. Every call here may also fail as those of jaxc/numpy.h.
 */
#ifndef JAXC_ALONG_H
#define JAXC_ALONG_H

#include <jaxc/numpy.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- running sums and products --------------------------------------------------------------- */

struct jaxc_cumulative_options {
    struct jaxc_axes axes; /* JAXC_AXIS(0); none: x is flattened */
    jaxc_dtype dtype;      /* of the sums and the result */
    bool include_initial;  /* cumulative_sum and cumulative_prod: begin with 0 or 1 */
    char unused;
};

/*
 * jaxc_cumsum, jaxc_cumprod - the sum or product of each element and those before it:
 * jaxc_cumsum(x, JAXC_AXIS(1)). jaxc_nancumsum, jaxc_nancumprod - with 0 or 1 in the place of NaN.
 *
 *   x    T[...]
 *   ->   T[...], not weak; bool counts as i32. Integers wrap
 *
 * Errors  JAXC_EAXIS   the axis is out of range, or more than one
 *         JAXC_EVALUE  include_initial
 *         JAXC_EDTYPE  no dtype
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_cumsum(jaxc_value x, struct jaxc_cumulative_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_cumprod(jaxc_value x, struct jaxc_cumulative_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nancumsum(jaxc_value x,
                                   struct jaxc_cumulative_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nancumprod(jaxc_value x,
                                    struct jaxc_cumulative_options options JAXC_DEFAULT);

/*
 * jaxc_cumulative_sum, jaxc_cumulative_prod - the same of the array API standard: sums of narrow
 * integers are 32 bits wide, and a first 0 or 1 may be included.
 *
 *   x    T[...], of one axis if none is chosen
 *   ->   T[...]; with include_initial the axis is longer by 1
 *
 * Errors  JAXC_EAXIS   the axis is out of range, or more than one; none, and x has several
 *         JAXC_EDTYPE  no dtype
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_cumulative_sum(jaxc_value x,
                                        struct jaxc_cumulative_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_cumulative_prod(jaxc_value x,
                                         struct jaxc_cumulative_options options JAXC_DEFAULT);

/* ---- differences ----------------------------------------------------------------------------- */

struct jaxc_diff_options {
    struct jaxc_axes axes;               /* JAXC_AXIS(0); none: the last */
    int n;                               /* how many times; 0: once */
    struct jaxc_operand prepend, append; /* before and after x: scalars, or arrays that fit */
    char unused;
};

/*
 * jaxc_diff - each element less the one before it: jaxc_diff(x, .n = 2).
 *
 *   x    T[...]
 *   ->   T[...], the axis shorter by n; of bool: whether they differ
 *
 * Errors  JAXC_EAXIS   the axis is out of range, or more than one; x has none
 *         JAXC_EVALUE  n is negative
 *         JAXC_ESHAPE  prepend or append does not fit
 * Source  jax.numpy.diff; differs: n is not 0.
 */
JAXC_API jaxc_value jaxc_diff(jaxc_value x, struct jaxc_diff_options options JAXC_DEFAULT);

struct jaxc_ediff1d_options {
    struct jaxc_operand to_end, to_begin; /* arrays that go after and before, flattened */
    char unused;
};

/*
 * jaxc_ediff1d - each element less the one before it, of all elements in order.
 *
 *   x    T[...] of n elements
 *   ->   T[n - 1 and what is added]
 *
 * Errors  JAXC_EDTYPE  bool
 * Source  jax.numpy.ediff1d.
 */
JAXC_API jaxc_value jaxc_ediff1d(jaxc_value x, struct jaxc_ediff1d_options options JAXC_DEFAULT);

struct jaxc_gradient_options {
    struct jaxc_axes axes; /* none: all, in order */
    struct jaxc_operand
        spacing; /* a scalar for all axes, or of one axis the places T[n]; or a tuple
                                    of those, one for each axis. 1 */
    char unused;
};

/*
 * jaxc_gradient - slopes by differences of neighbours, one-sided at the ends:
 * jaxc_gradient(f, JAXC_AXIS(0), .spacing = JAXC_OPERAND(0.5)).
 *
 *   f    T[...]
 *   ->   of one axis float(T)[...], of several a tuple of them
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice; f has none
 *         JAXC_EVALUE  fewer than two elements along an axis; another number of spacings
 *         JAXC_ESHAPE  places of another number than elements
 * Source  jax.numpy.gradient.
 */
JAXC_API jaxc_value jaxc_gradient(jaxc_value f, struct jaxc_gradient_options options JAXC_DEFAULT);

struct jaxc_trapezoid_options {
    struct jaxc_axes axes;  /* JAXC_AXIS(0); none: the last */
    struct jaxc_operand x;  /* places: T[n], or of y's shape */
    struct jaxc_operand dx; /* without x: their distance; 1 */
    char unused;
};

/*
 * jaxc_trapezoid - the integral along an axis by the trapezoidal rule.
 *
 *   y    T[...]
 *   ->   float(T)[the other axes]
 *
 * Errors  JAXC_EAXIS   the axis is out of range, or more than one; y has none
 *         JAXC_ESHAPE  x or dx does not broadcast
 *         JAXC_EVALUE  an empty axis, without x
 * Source  jax.numpy.trapezoid; differs: dx is a scalar.
 */
JAXC_API jaxc_value jaxc_trapezoid(jaxc_value y,
                                   struct jaxc_trapezoid_options options JAXC_DEFAULT);

/* ---- functions of tables --------------------------------------------------------------------- */

struct jaxc_interp_options {
    struct jaxc_operand left, right;          /* outside; the first and last of fp */
    bool extrapolate_left, extrapolate_right; /* go on with the outermost slope instead */
    struct jaxc_operand period;               /* of xp, which need not ascend then */
    char unused;
};

/*
 * jaxc_interp - piecewise linear interpolation: jaxc_interp(x, xp, fp).
 *
 *   x    T[...]
 *   xp   U[n], ascending
 *   fp   V[n]
 *   ->   float[...]
 *
 * Errors  JAXC_ESHAPE  xp and fp are no vectors of one size; a period is no scalar
 *         JAXC_EVALUE  they are empty
 * Source  jax.numpy.interp.
 */
JAXC_API jaxc_value jaxc_interp(jaxc_value x, jaxc_value xp, jaxc_value fp,
                                struct jaxc_interp_options options JAXC_DEFAULT);

struct jaxc_unwrap_options {
    struct jaxc_axes axes;       /* JAXC_AXIS(0); none: the last */
    struct jaxc_operand discont; /* the least jump that is taken out; half a period */
    struct jaxc_operand period;  /* 2 pi */
    char unused;
};

/*
 * jaxc_unwrap - phases without jumps by periods.
 *
 *   p    T[...]
 *   ->   join(T, the period's)[...]
 *
 * Errors  JAXC_EAXIS  the axis is out of range, or more than one; p has none
 * Source  jax.numpy.unwrap.
 */
JAXC_API jaxc_value jaxc_unwrap(jaxc_value p, struct jaxc_unwrap_options options JAXC_DEFAULT);

#ifdef __cplusplus
}
#endif

#ifndef JAXC_PLAIN
#define jaxc_cumsum(...)     JAXC_OPT1(jaxc_cumsum, jaxc_cumulative_options, __VA_ARGS__)
#define jaxc_cumprod(...)    JAXC_OPT1(jaxc_cumprod, jaxc_cumulative_options, __VA_ARGS__)
#define jaxc_nancumsum(...)  JAXC_OPT1(jaxc_nancumsum, jaxc_cumulative_options, __VA_ARGS__)
#define jaxc_nancumprod(...) JAXC_OPT1(jaxc_nancumprod, jaxc_cumulative_options, __VA_ARGS__)
#define jaxc_cumulative_sum(...)                                                                   \
    JAXC_OPT1(jaxc_cumulative_sum, jaxc_cumulative_options, __VA_ARGS__)
#define jaxc_cumulative_prod(...)                                                                  \
    JAXC_OPT1(jaxc_cumulative_prod, jaxc_cumulative_options, __VA_ARGS__)
#define jaxc_diff(...)      JAXC_OPT1(jaxc_diff, jaxc_diff_options, __VA_ARGS__)
#define jaxc_ediff1d(...)   JAXC_OPT1(jaxc_ediff1d, jaxc_ediff1d_options, __VA_ARGS__)
#define jaxc_gradient(...)  JAXC_OPT1(jaxc_gradient, jaxc_gradient_options, __VA_ARGS__)
#define jaxc_trapezoid(...) JAXC_OPT1(jaxc_trapezoid, jaxc_trapezoid_options, __VA_ARGS__)
#define jaxc_interp(...)    JAXC_OPT3(jaxc_interp, jaxc_interp_options, __VA_ARGS__)
#define jaxc_unwrap(...)    JAXC_OPT1(jaxc_unwrap, jaxc_unwrap_options, __VA_ARGS__)
#endif

#endif
