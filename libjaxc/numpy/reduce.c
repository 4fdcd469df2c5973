/*
 * reduce.c - axes as users give them, and the reductions.
 */
#include "numpy/numpy.h"

bool jx_sorted_axes(const struct jaxc_axes *given, int rank, int *n, int *axes)
{
    if (!jx_check_given(given->given, given->n, JAXC_MAX_RANK, given->at,
                        "JAXC_AXIS(i) or JAXC_AXES(i, ...)"))
        return false;
    if (given->n < 0 || given->n > JAXC_MAX_RANK)
        return jx_fail(JAXC_EAXIS, "%d axes of an array that has %d", given->n, rank);
    bool taken[JAXC_MAX_RANK] = {false};
    for (int i = 0; i < given->n; i++) {
        int axis;
        if (!jx_axis(given->at[i], rank, &axis))
            return false;
        if (taken[axis])
            return jx_fail(JAXC_EAXIS, "axis %d is given twice", axis);
        taken[axis] = true;
    }
    *n = 0;
    for (int axis = 0; axis < rank; axis++)
        if (taken[axis] || given->n == 0)
            axes[(*n)++] = axis;
    return true;
}

/* One result size per axis that stays, ones at `axes`. */
jaxc_value jx_insert_axes(jaxc_value x, int n, const int *axes)
{
    struct jx_aval type;
    int64_t dims[JAXC_MAX_RANK];
    int map[JAXC_MAX_RANK], next = 0;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (n == 0)
        return x;
    for (int i = 0, own = 0; i < type.rank + n; i++) {
        if (next < n && axes[next] == i) {
            dims[i] = 1;
            next++;
        } else {
            dims[i] = type.dims[own];
            map[own++] = i;
        }
    }
    return jx_broadcast_in_dim(x, type.rank + n, dims, map);
}

jaxc_value jx_drop_axes(jaxc_value x, int n, const int *axes)
{
    return n == 0 ? x : jx_squeeze(x, n, axes);
}

/* ---- sum, mean, max -------------------------------------------------------------------------- */

/* Sums of narrow integers are 32 bits wide. */
static jaxc_dtype sum_dtype(jaxc_dtype dtype)
{
    const struct jx_dtype_info *info = jx_dtype_info(dtype);
    switch (info->category) {
    case JX_CAT_BOOL: return JAXC_I32;
    case JX_CAT_UNSIGNED: return info->size < 4 ? JAXC_U32 : dtype;
    case JX_CAT_SIGNED: return info->size < 4 ? JAXC_I32 : dtype;
    default: return dtype;
    }
}

/* 16-bit floats are added up in f32. */
static jaxc_dtype accumulator(jaxc_dtype dtype)
{
    return dtype == JAXC_F16 || dtype == JAXC_BF16 ? JAXC_F32 : dtype;
}

struct reduction {
    struct jx_aval type; /* of the operand */
    int n, axes[JAXC_MAX_RANK];
    int64_t count; /* operands of one result */
};

static bool plan(jaxc_value x, const struct jaxc_reduce_options *options, struct reduction *r)
{
    if (!jx_value_aval(x, &r->type) ||
        !jx_sorted_axes(&options->axes, r->type.rank, &r->n, r->axes))
        return false;
    r->count = 1;
    for (int i = 0; i < r->n; i++)
        r->count *= r->type.dims[r->axes[i]];
    return true;
}

static jaxc_value finish(jaxc_value y, const struct jaxc_reduce_options *options,
                         const struct reduction *r)
{
    return options->keepdims ? jx_insert_axes(y, r->n, r->axes) : y;
}

static bool fail_empty(const struct reduction *r)
{
    char text[JX_AVAL_TEXT];
    return jx_fail(JAXC_EVALUE, "nothing to choose from: an axis of %s is empty",
                   jx_aval_text(&r->type, text));
}

jaxc_value(jaxc_sum)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_sum");
    struct reduction r;
    if (!plan(x, &options, &r))
        return JX_POISON;
    jaxc_dtype dtype = sum_dtype((jaxc_dtype)r.type.dtype);
    x = jx_as(x, accumulator(dtype), false);
    jaxc_value y = finish(jx_reduce_sum(x, r.n, r.axes), &options, &r);
    return jx_as(y, dtype, false);
}

jaxc_value(jaxc_mean)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_mean");
    struct reduction r;
    if (!plan(x, &options, &r))
        return JX_POISON;
    jaxc_dtype dtype = jx_float_dtype((jaxc_dtype)r.type.dtype);
    x = jx_as(x, accumulator(dtype), false);
    jaxc_value y = finish(jx_reduce_sum(x, r.n, r.axes), &options, &r);
    struct jx_aval type = jx_aval_make(accumulator(dtype), 0, NULL);
    y = jx_div(y, jx_literal(&type, (double)r.count));
    return jx_as(y, dtype, false);
}

jaxc_value(jaxc_max)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_max");
    struct reduction r;
    if (!plan(x, &options, &r) || (r.count == 0 && !fail_empty(&r)))
        return JX_POISON;
    x = jx_as(x, (jaxc_dtype)r.type.dtype, false);
    return finish(jx_reduce_max(x, r.n, r.axes), &options, &r);
}

jaxc_value(jaxc_argmax)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_argmax");
    struct reduction r;
    if (!plan(x, &options, &r) || (r.count == 0 && !fail_empty(&r)))
        return JX_POISON;
    if (options.axes.n > 1) {
        jx_fail(JAXC_EAXIS, "takes one axis, not %d", options.axes.n);
        return JX_POISON;
    }
    if (r.n != 1)
        x = jx_reshape(x, 1, &r.count); /* flattened */
    return finish(jx_argmax(x, r.n == 1 ? r.axes[0] : 0, JAXC_I32), &options, &r);
}
