/*
 * space.c - numbers between two bounds: linspace, logspace, geomspace.
 *
 * As in JAX a number is start (1 - t) + stop t, so both bounds are exact, and the last one is
 * put in as it is.
 */
#include "numpy/numpy.h"

#include <inttypes.h>

/* Both bounds as one shape and dtype with a new axis of size 1. */
struct bounds {
    jaxc_value start, stop;
    int rank, axis; /* of the result */
    int64_t dims[JAXC_MAX_RANK];
};

static bool bring(jaxc_value *x, jaxc_dtype dtype, int axis, struct bounds *b)
{
    struct jx_aval types[2];
    int rank;
    int64_t dims[JAXC_MAX_RANK];
    for (int i = 0; i < 2; i++)
        if (!jx_argument_aval(x[i], i, &types[i]))
            return false;
    if (!jx_broadcast_types(2, types, &rank, dims))
        return false;
    if (rank == JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "%d axes; at most %d are possible", rank + 1, JAXC_MAX_RANK);
    b->rank = rank + 1;
    if (!jx_axis(axis, b->rank, &b->axis))
        return false;
    for (int i = 0; i < 2; i++) {
        x[i] = jx_broadcast_to(jx_as(x[i], dtype, false), rank, dims);
        x[i] = rank == 0 ? x[i] : jx_insert_axes(x[i], 1, &b->axis);
    }
    b->start = x[0];
    b->stop = x[1];
    jx_insert(rank, dims, b->axis, 1, b->dims);
    return !jx_is_poison(x[0]) && !jx_is_poison(x[1]);
}

/* A bound beside others: of rank 0 it stands beside an array of any shape. */
static jaxc_value spread(jaxc_value x, const struct bounds *b)
{
    return b->rank == 1 ? x : jx_broadcast_to(x, b->rank, b->dims);
}

jaxc_value jx_linspace(jaxc_value start, jaxc_value stop, int64_t n, bool endpoint,
                       jaxc_dtype dtype, int axis)
{
    jaxc_value both[2] = {start, stop};
    jaxc_dtype in = jx_float_dtype(dtype);
    struct bounds b;
    int64_t parts = n - (endpoint && n > 1), total;
    if (n < 0) {
        jx_fail(JAXC_EVALUE, "%" PRId64 " numbers", n);
        return JX_POISON;
    }
    if (!bring(both, in, axis, &b))
        return JX_POISON;
    struct jx_aval type = jx_aval_make(in, b.rank, b.dims);
    jaxc_value one = jx_literal(&type, 1), last = jx_broadcast_to(b.stop, b.rank, b.dims), y;
    type.dims[b.axis] = b.dims[b.axis] = parts;
    if (!jx_n_elements(b.rank, b.dims, &total))
        return JX_POISON;
    if (n == 0) {
        y = jx_zeros_of(&type);
    } else if (n == 1) {
        y = jx_broadcast_to(b.start, b.rank, b.dims);
    } else {
        jaxc_value t = jx_div(jx_iota(in, 1, &parts, 0), jx_literal(&type, (double)parts));
        jaxc_value rest = jx_broadcast_in_dim(jx_sub(one, t), b.rank, b.dims, &b.axis);
        t = jx_broadcast_in_dim(t, b.rank, b.dims, &b.axis);
        y = jx_add(jx_mul(spread(b.start, &b), rest), jx_mul(spread(b.stop, &b), t));
        jaxc_value ends[2] = {y, last};
        y = endpoint ? jx_concatenate(2, ends, b.axis) : y;
    }
    if (jx_is_integer(dtype))
        y = jx_floor(y);
    return jx_as(y, dtype, false);
}

/* The dtype of the call and that of its computation. */
static bool choose(jaxc_value start, jaxc_value stop, jaxc_dtype given, jaxc_dtype *dtype)
{
    jaxc_value both[2] = {start, stop};
    jaxc_dtype joined;
    return jx_join_dtypes(2, both, JX_JOIN_FLOAT, &joined) && jx_choose_dtype(given, joined, dtype);
}

static bool choose_axis(const struct jaxc_axes *axes, int *axis)
{
    if (!jx_check_given(axes->given, axes->n, JAXC_MAX_RANK, axes->at, "JAXC_AXIS(i)"))
        return false;
    *axis = axes->n > 0 ? axes->at[0] : 0;
    return axes->n <= 1 || jx_fail(JAXC_EAXIS, "takes one axis, not %d", axes->n);
}

jaxc_value(jaxc_linspace)(jaxc_value start, jaxc_value stop, int64_t n,
                          struct jaxc_space_options options)
{
    jx_enter("jaxc_linspace");
    jaxc_dtype dtype;
    int axis;
    if (jx_operand_given(&options.base)) {
        jx_fail(JAXC_EVALUE, "takes no base");
        return JX_POISON;
    }
    if (!choose(start, stop, options.dtype, &dtype) || !choose_axis(&options.axes, &axis))
        return JX_POISON;
    return jx_linspace(start, stop, n, !options.no_endpoint, dtype, axis);
}

/* base to the power of numbers at equal steps, not yet in the call's dtype */
static jaxc_value powers(jaxc_value start, jaxc_value stop, int64_t n,
                         const struct jaxc_space_options *o, jaxc_dtype in, int axis)
{
    jaxc_value ten = jx_scalar_of(JAXC_F32, (union jx_scalar){.f = 10}, true);
    jaxc_value y = jx_linspace(start, stop, n, !o->no_endpoint, in, axis);
    return jx_joined(jx_pow, JX_JOIN_FLOAT, jx_operand_given(&o->base) ? o->base.value : ten, y);
}

jaxc_value(jaxc_logspace)(jaxc_value start, jaxc_value stop, int64_t n,
                          struct jaxc_space_options options)
{
    jx_enter("jaxc_logspace");
    jaxc_dtype dtype;
    int axis;
    if (!choose(start, stop, options.dtype, &dtype) || !choose_axis(&options.axes, &axis))
        return JX_POISON;
    return jx_cast(powers(start, stop, n, &options, jx_float_dtype(dtype), axis), dtype);
}

static jaxc_value log10_of(jaxc_value x)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    return jx_div(jx_log(x), jx_log(jx_literal(&type, 10)));
}

/* Powers of 10 between the logarithms, with start's sign. */
jaxc_value(jaxc_geomspace)(jaxc_value start, jaxc_value stop, int64_t n,
                           struct jaxc_space_options options)
{
    jx_enter("jaxc_geomspace");
    jaxc_dtype dtype;
    int axis;
    struct jx_aval type, out;
    if (jx_operand_given(&options.base)) {
        jx_fail(JAXC_EVALUE, "takes no base");
        return JX_POISON;
    }
    if (!choose(start, stop, options.dtype, &dtype) || !choose_axis(&options.axes, &axis))
        return JX_POISON;
    jaxc_dtype in = jx_float_dtype(dtype);
    start = jx_as(start, in, false);
    jaxc_value sign = jx_sign(start);
    start = log10_of(jx_div(start, sign));
    stop = log10_of(jx_joined(jx_div, JX_JOIN_FLOAT, jx_as(stop, in, false), sign));
    jaxc_value y = powers(start, stop, n, &options, in, axis);
    if (!jx_value_aval(y, &out) || !jx_value_aval(sign, &type) || !jx_axis(axis, out.rank, &axis))
        return JX_POISON;
    if (type.rank > 0) { /* with the new axis, and what only stop has */
        int64_t dims[JAXC_MAX_RANK];
        memcpy(dims, out.dims, sizeof dims);
        memmove(dims + axis, dims + axis + 1, (size_t)(out.rank - axis - 1) * sizeof *dims);
        sign = jx_insert_axes(jx_broadcast_to(sign, out.rank - 1, dims), 1, &axis);
        sign = jx_broadcast_to(sign, out.rank, out.dims);
    }
    return jx_cast(jx_mul(sign, y), dtype);
}
