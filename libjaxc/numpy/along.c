/*
 * along.c - arithmetic along an axis: running sums and products, differences, integrals.
 */
#include "numpy/numpy.h"

#include <jaxc/along.h>

#include <inttypes.h>

/* ---- running sums and products --------------------------------------------------------------- */

typedef jaxc_value (*running)(jaxc_value x, int axis, bool reverse);

/* Sums of a dtype that is asked for; of bool they say whether something was not 0. */
static jaxc_value run_along(running f, jaxc_value x, int axis, jaxc_dtype dtype)
{
    jaxc_dtype in = dtype == JAXC_BOOL ? JAXC_I32 : dtype;
    if (dtype == JAXC_BOOL)
        x = jx_as_bool(x);
    return jx_cast(f(jx_cast(x, in), axis, false), dtype);
}

static jaxc_value cumulative(running f, jaxc_value x, const struct jaxc_cumulative_options *o)
{
    struct jx_aval type;
    jaxc_dtype dtype;
    int axis = 0;
    if (o->include_initial) {
        jx_fail(JAXC_EVALUE, "takes no include_initial");
        return JX_POISON;
    }
    if (!jx_value_aval(x, &type) || (o->axes.n > 0 && !jx_one_axis(&o->axes, type.rank, 0, &axis)))
        return JX_POISON;
    jaxc_dtype own = type.dtype == JAXC_BOOL ? JAXC_I32 : (jaxc_dtype)type.dtype;
    if (!jx_choose_dtype(o->dtype, own, &dtype))
        return JX_POISON;
    return run_along(f, o->axes.n == 0 ? jx_flat(x) : x, axis, dtype);
}

/* x with another number for NaN. */
static jaxc_value without_nan(jaxc_value x, double number)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type) || !jx_is_float((jaxc_dtype)type.dtype))
        return x;
    return jx_select(jx_isnan(x), jx_literal(&type, number), x);
}

jaxc_value(jaxc_cumsum)(jaxc_value x, struct jaxc_cumulative_options options)
{
    jx_enter("jaxc_cumsum");
    return cumulative(jx_cumsum, x, &options);
}

jaxc_value(jaxc_cumprod)(jaxc_value x, struct jaxc_cumulative_options options)
{
    jx_enter("jaxc_cumprod");
    return cumulative(jx_cumprod, x, &options);
}

jaxc_value(jaxc_nancumsum)(jaxc_value x, struct jaxc_cumulative_options options)
{
    jx_enter("jaxc_nancumsum");
    return cumulative(jx_cumsum, without_nan(x, 0), &options);
}

jaxc_value(jaxc_nancumprod)(jaxc_value x, struct jaxc_cumulative_options options)
{
    jx_enter("jaxc_nancumprod");
    return cumulative(jx_cumprod, without_nan(x, 1), &options);
}

static jaxc_value standard(running f, jaxc_value x, const struct jaxc_cumulative_options *o,
                           bool promotes, double initial)
{
    struct jx_aval type;
    jaxc_dtype dtype;
    int axis;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.rank == 0 || (o->axes.n == 0 && type.rank > 1)) {
        jx_fail(JAXC_EAXIS, "an axis of %s must be chosen", jx_aval_text(&type, text));
        return JX_POISON;
    }
    jaxc_dtype own = (jaxc_dtype)type.dtype;
    if (promotes || own == JAXC_BOOL)
        own = jx_sum_dtype(own);
    if (!jx_one_axis(&o->axes, type.rank, 0, &axis) || !jx_choose_dtype(o->dtype, own, &dtype))
        return JX_POISON;
    jaxc_value y = run_along(f, x, axis, dtype);
    if (!o->include_initial || !jx_value_aval(y, &type))
        return y;
    return jx_pad_axis(y, axis, jx_literal(&type, initial), 1, 0, 0);
}

jaxc_value(jaxc_cumulative_sum)(jaxc_value x, struct jaxc_cumulative_options options)
{
    jx_enter("jaxc_cumulative_sum");
    return standard(jx_cumsum, x, &options, true, 0);
}

jaxc_value(jaxc_cumulative_prod)(jaxc_value x, struct jaxc_cumulative_options options)
{
    jx_enter("jaxc_cumulative_prod");
    return standard(jx_cumprod, x, &options, false, 1);
}

/* ---- differences ----------------------------------------------------------------------------- */

/* x without the first `before` and the last `after` places of an axis. */
static jaxc_value within(jaxc_value x, int axis, int64_t before, int64_t after)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int64_t size = type.dims[axis], to = size < after ? 0 : size - after;
    return jx_slice_axis(x, axis, before < to ? before : to, to, 1);
}

jaxc_value jx_diff(jaxc_value x, int axis)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.dims[axis] == 0)
        return x;
    jaxc_value next = within(x, axis, 1, 0), before = within(x, axis, 0, 1);
    return type.dtype == JAXC_BOOL ? jx_ne(next, before) : jx_sub(next, before);
}

/* prepend or append: a scalar is one place of the axis. */
static jaxc_value beside(jaxc_value value, const struct jx_aval *like, int axis)
{
    struct jx_aval type;
    int64_t dims[JAXC_MAX_RANK];
    char text[2][JX_AVAL_TEXT];
    if (!jx_value_aval(value, &type) || type.rank == like->rank)
        return value;
    if (type.rank > 0) {
        jx_fail(JAXC_ESHAPE, "%s beside %s", jx_aval_text(&type, text[0]),
                jx_aval_text(like, text[1]));
        return JX_POISON;
    }
    memcpy(dims, like->dims, sizeof dims);
    dims[axis] = 1;
    return jx_broadcast_to(value, like->rank, dims);
}

jaxc_value(jaxc_diff)(jaxc_value x, struct jaxc_diff_options options)
{
    jx_enter("jaxc_diff");
    struct jx_aval type;
    jaxc_value parts[3], y = x;
    int axis, n = 0;
    if (!jx_value_aval(x, &type) || !jx_one_axis(&options.axes, type.rank, -1, &axis))
        return JX_POISON;
    if (options.n < 0) {
        jx_fail(JAXC_EVALUE, "%d times", options.n);
        return JX_POISON;
    }
    if (jx_operand_given(&options.prepend))
        parts[n++] = beside(options.prepend.value, &type, axis);
    parts[n++] = x;
    if (jx_operand_given(&options.append))
        parts[n++] = beside(options.append.value, &type, axis);
    if (n > 1)
        y = jx_concatenate_of(n, parts, axis);
    for (int i = 0; i == 0 || i < options.n; i++)
        y = jx_diff(y, axis);
    return jx_result(x, y);
}

jaxc_value(jaxc_ediff1d)(jaxc_value x, struct jaxc_ediff1d_options options)
{
    jx_enter("jaxc_ediff1d");
    struct jx_aval type;
    jaxc_value parts[3];
    int n = 0;
    x = jx_flat(x);
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    jaxc_dtype dtype = (jaxc_dtype)type.dtype;
    if (jx_operand_given(&options.to_begin))
        parts[n++] = jx_flat(jx_cast(options.to_begin.value, dtype));
    parts[n++] = jx_sub(within(x, 0, 1, 0), within(x, 0, 0, 1));
    if (jx_operand_given(&options.to_end))
        parts[n++] = jx_flat(jx_cast(options.to_end.value, dtype));
    return n == 1 ? parts[0] : jx_concatenate_of(n, parts, 0);
}

/* ---- gradient -------------------------------------------------------------------------------- */

/* h: a scalar; slopes across two steps, at the ends across one. */
static jaxc_value slopes(jaxc_value f, jaxc_value h, int axis)
{
    jaxc_value half = jx_number_like(f, 0.5), parts[3], steps = jx_diff(f, axis);
    jaxc_value two = jx_sub(within(f, axis, 2, 0), within(f, axis, 0, 2));
    struct jx_aval type;
    if (!jx_value_aval(steps, &type))
        return JX_POISON;
    parts[0] = jx_div(within(steps, axis, 0, type.dims[axis] - 1), h);
    parts[1] = jx_div(jx_mul(two, half), h);
    parts[2] = jx_div(within(steps, axis, type.dims[axis] - 1, 0), h);
    return jx_concatenate(3, parts, axis);
}

/* h: the places; each slope is that of the parabola through three neighbours. */
static jaxc_value uneven_slopes(jaxc_value f, jaxc_value h, const struct jx_aval *type, int axis)
{
    int64_t inner[JAXC_MAX_RANK], edge[JAXC_MAX_RANK];
    int64_t n = type->dims[axis];
    memcpy(inner, type->dims, sizeof inner);
    memcpy(edge, type->dims, sizeof edge);
    inner[axis] = n - 2;
    edge[axis] = 1;
    jaxc_value d = jx_diff(h, 0), d1 = within(d, 0, 0, 1), d2 = within(d, 0, 1, 0);
    jaxc_value both = jx_add(d1, d2), parts[3], weights[3], steps = jx_diff(f, axis);
    weights[0] = jx_div(jx_neg(d2), jx_mul(d1, both));
    weights[1] = jx_div(jx_sub(d2, d1), jx_mul(d1, d2));
    weights[2] = jx_div(d1, jx_mul(d2, both));
    for (int i = 0; i < 3; i++) {
        weights[i] = jx_broadcast_in_dim(weights[i], type->rank, inner, &axis);
        weights[i] = jx_mul(weights[i], within(f, axis, i, 2 - i));
    }
    parts[0] = jx_div(within(steps, axis, 0, n - 2),
                      jx_broadcast_in_dim(within(d, 0, 0, n - 2), type->rank, edge, &axis));
    parts[1] = jx_add(jx_add(weights[0], weights[1]), weights[2]);
    parts[2] = jx_div(within(steps, axis, n - 2, 0),
                      jx_broadcast_in_dim(within(d, 0, n - 2, 0), type->rank, edge, &axis));
    return jx_concatenate(3, parts, axis);
}

static jaxc_value gradient_along(jaxc_value f, jaxc_value h, int axis)
{
    struct jx_aval type, own;
    char text[2][JX_AVAL_TEXT];
    if (!jx_value_aval(f, &type) || !jx_value_aval(h, &own))
        return JX_POISON;
    if (type.dims[axis] < 2) {
        jx_fail(JAXC_EVALUE, "axis %d of %s has fewer than two elements", axis,
                jx_aval_text(&type, text[0]));
        return JX_POISON;
    }
    if (own.rank == 0)
        return slopes(f, h, axis);
    if (own.rank == 1 && own.dims[0] == type.dims[axis])
        return uneven_slopes(f, h, &type, axis);
    jx_fail(JAXC_ESHAPE, "spacing %s for axis %d of %s", jx_aval_text(&own, text[1]), axis,
            jx_aval_text(&type, text[0]));
    return JX_POISON;
}

/* The spacing of each axis, behind f; all in one dtype of floats. */
static bool spacings(const struct jaxc_operand *o, int n_axes, jaxc_value *x)
{
    jaxc_value *parts = NULL;
    int n = 1;
    if (!jx_operand_given(o)) {
        x[0] = jx_as_float(x[0]);
        for (int i = 0; i < n_axes; i++)
            x[1 + i] = jx_number_like(x[0], 1);
        return !jx_is_poison(x[0]);
    }
    if (jx_has_parts(o->value)) {
        parts = jx_parts_of_tuple(o->value, &n);
        if (!parts)
            return false;
    }
    bool fits = n == 1 || n == n_axes;
    if (!fits)
        jx_fail(JAXC_EVALUE, "%d spacings for %d axes", n, n_axes);
    for (int i = 0; fits && i < n_axes; i++)
        x[1 + i] = parts ? parts[n == 1 ? 0 : i] : o->value;
    jx_free(parts);
    return fits && jx_join_dtypes(1 + n_axes, x, JX_JOIN_FLOAT, NULL);
}

jaxc_value(jaxc_gradient)(jaxc_value f, struct jaxc_gradient_options options)
{
    jx_enter("jaxc_gradient");
    struct jx_aval type;
    jaxc_value x[1 + JAXC_MAX_RANK] = {f}, y[JAXC_MAX_RANK];
    int n, axes[JAXC_MAX_RANK];
    if (!jx_value_aval(f, &type) || !jx_sorted_axes(&options.axes, type.rank, &n, axes))
        return JX_POISON;
    for (int i = 0; i < options.axes.n; i++) /* in the order in which they are given */
        axes[i] = options.axes.at[i] + (options.axes.at[i] < 0 ? type.rank : 0);
    if (n == 0) {
        jx_fail(JAXC_EAXIS, "a scalar has no axis");
        return JX_POISON;
    }
    if (!spacings(&options.spacing, n, x))
        return JX_POISON;
    for (int i = 0; i < n; i++)
        y[i] = gradient_along(x[0], x[1 + i], axes[i]);
    return n == 1 ? y[0] : jx_tuple_of(n, y);
}

/* ---- integrals ------------------------------------------------------------------------------- */

/* dx (y[0] / 2 + y[1] + ... + y[n - 1] / 2) */
static jaxc_value even_trapezoids(jaxc_value y, jaxc_value dx, const struct jx_aval *type)
{
    struct jx_aval own;
    char text[JX_AVAL_TEXT];
    int last = type->rank - 1;
    int64_t n = type->dims[last];
    if (n == 0) {
        jx_fail(JAXC_EVALUE, "an axis of %s is empty", jx_aval_text(type, text));
        return JX_POISON;
    }
    if (!jx_value_aval(dx, &own))
        return JX_POISON;
    if (own.rank > 0) {
        jx_fail(JAXC_ESHAPE, "dx is a scalar, not %s", jx_aval_text(&own, text));
        return JX_POISON;
    }
    jaxc_value ends = jx_add(jx_drop_axes(within(y, last, 0, n - 1), 1, &last),
                             jx_drop_axes(within(y, last, n - 1, 0), 1, &last));
    jaxc_value sum = jx_reduce_sum(y, 1, &last);
    return jx_joined(jx_mul, JX_JOIN_ANY, dx, jx_sub(sum, jx_mul(jx_number_like(ends, 0.5), ends)));
}

static jaxc_value trapezoids(jaxc_value y, jaxc_value x, int axis)
{
    jaxc_value both[2] = {y, x};
    struct jx_aval type, own;
    if (!jx_join_dtypes(2, both, JX_JOIN_FLOAT, NULL) || !jx_value_aval(both[0], &type) ||
        !jx_value_aval(both[1], &own))
        return JX_POISON;
    if (own.rank == 0) {
        jx_fail(JAXC_ESHAPE, "x is a scalar");
        return JX_POISON;
    }
    int last = type.rank - 1;
    jaxc_value d = own.rank == 1 ? both[1] : jx_moveaxis(both[1], axis, -1);
    d = jx_diff(d, own.rank - 1);
    y = jx_moveaxis(both[0], axis, -1);
    y = jx_joined(jx_mul, JX_JOIN_ANY, d, jx_add(within(y, last, 1, 0), within(y, last, 0, 1)));
    if (!jx_value_aval(y, &type))
        return JX_POISON;
    last = type.rank - 1;
    return jx_mul(jx_number_like(y, 0.5), jx_reduce_sum(y, 1, &last));
}

jaxc_value(jaxc_trapezoid)(jaxc_value y, struct jaxc_trapezoid_options options)
{
    jx_enter("jaxc_trapezoid");
    struct jx_aval type;
    int axis;
    if (!jx_value_aval(y, &type) || !jx_one_axis(&options.axes, type.rank, -1, &axis))
        return JX_POISON;
    if (jx_operand_given(&options.x))
        return trapezoids(y, options.x.value, options.axes.n > 0 ? options.axes.at[0] : -1);
    jaxc_value dx = jx_operand_given(&options.dx)
                        ? options.dx.value
                        : jx_scalar_of(JAXC_F32, (union jx_scalar){.f = 1}, true);
    y = jx_moveaxis(jx_as_float(y), axis, -1);
    return jx_value_aval(y, &type) ? even_trapezoids(y, dx, &type) : JX_POISON;
}
