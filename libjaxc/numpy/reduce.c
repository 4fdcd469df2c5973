/*
 * reduce.c - axes as users give them, and the reductions.
 */
#include "numpy/numpy.h"

#include <math.h>

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

/* ---- sums, products, extremes ---------------------------------------------------------------- */

/* Sums of narrow integers are 32 bits wide. */
jaxc_dtype jx_sum_dtype(jaxc_dtype dtype)
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

bool jx_plan_reduction(jaxc_value x, const struct jaxc_axes *axes, struct jx_reduction *r)
{
    if (!jx_value_aval(x, &r->type) || !jx_sorted_axes(axes, r->type.rank, &r->n, r->axes))
        return false;
    r->count = 1;
    for (int i = 0; i < r->n; i++)
        r->count *= r->type.dims[r->axes[i]];
    return true;
}

bool jx_some_elements(const struct jx_reduction *r)
{
    char text[JX_AVAL_TEXT];
    return r->count > 0 || jx_fail(JAXC_EVALUE, "nothing to choose from: an axis of %s is empty",
                                   jx_aval_text(&r->type, text));
}

bool jx_take_no(const struct jaxc_reduce_options *o, int options)
{
    if (options & JX_NO_WHERE && jx_operand_given(&o->where))
        return jx_fail(JAXC_EVALUE, "takes no where");
    if (options & JX_NO_INITIAL && jx_operand_given(&o->initial))
        return jx_fail(JAXC_EVALUE, "takes no initial");
    return !(options & JX_NO_DTYPE) || !o->dtype || jx_fail(JAXC_EVALUE, "takes no dtype");
}

/* The dtype of a result, which is `otherwise` if none is given, and the one to compute it in: what
 * the user gives is that too. */
static bool choose_dtypes(const struct jaxc_reduce_options *o, jaxc_dtype otherwise,
                          jaxc_dtype *dtype, jaxc_dtype *in)
{
    if (!jx_choose_dtype(o->dtype, otherwise, dtype))
        return false;
    *in = o->dtype ? *dtype : accumulator(*dtype);
    return true;
}

/* The mask of the options, brought to x's shape. */
static jaxc_value mask_like(const struct jx_aval *type, const struct jaxc_reduce_options *o)
{
    struct jx_aval types[2] = {*type};
    int rank;
    int64_t dims[JAXC_MAX_RANK];
    char text[2][JX_AVAL_TEXT];
    if (!jx_value_aval(o->where.value, &types[1]) || !jx_broadcast_types(2, types, &rank, dims))
        return JX_POISON;
    if (rank != type->rank || !jx_same_dims(rank, dims, type->dims)) {
        jx_fail(JAXC_ESHAPE, "where, %s, does not broadcast to %s",
                jx_aval_text(&types[1], text[1]), jx_aval_text(type, text[0]));
        return JX_POISON;
    }
    return jx_broadcast_to(jx_as_bool(o->where.value), rank, dims);
}

struct reducer {
    enum jx_combine combine;
    bool needs_elements;
    jaxc_value (*reduce)(jaxc_value x, int n_axes, const int *axes);
    jx_binary join;
};
static const struct reducer adds = {JX_COMBINE_ADD, false, jx_reduce_sum, jx_add},
                            multiplies = {JX_COMBINE_MUL, false, jx_reduce_prod, jx_mul},
                            takes_max = {JX_COMBINE_MAX, true, jx_reduce_max, jx_max},
                            takes_min = {JX_COMBINE_MIN, true, jx_reduce_min, jx_min},
                            finds_any = {JX_COMBINE_OR, false, jx_reduce_or, jx_or},
                            finds_all = {JX_COMBINE_AND, false, jx_reduce_and, jx_and};

/* x is of the dtype that it is reduced in. */
static jaxc_value reduce(const struct reducer *how, jaxc_value x,
                         const struct jaxc_reduce_options *o)
{
    struct jx_reduction r;
    bool starts = jx_operand_given(&o->initial);
    if (!jx_plan_reduction(x, &o->axes, &r))
        return JX_POISON;
    jaxc_dtype dtype = (jaxc_dtype)r.type.dtype;
    if (how->needs_elements && !starts && jx_operand_given(&o->where)) {
        jx_fail(JAXC_EVALUE, "where needs an initial here: it may leave nothing to choose from");
        return JX_POISON;
    }
    if (how->needs_elements && !starts && !jx_some_elements(&r))
        return JX_POISON;
    if (jx_operand_given(&o->where)) {
        jaxc_value none = jx_scalar_of(dtype, jx_combine_identity(how->combine, dtype), false);
        jaxc_value mask = mask_like(&r.type, o);
        x = jx_is_poison(mask) ? mask : jx_select(mask, x, none);
    }
    jaxc_value y = how->reduce(x, r.n, r.axes);
    if (starts) {
        struct jx_aval type;
        jaxc_value start = jx_as(o->initial.value, dtype, false);
        if (!jx_value_aval(start, &type))
            return JX_POISON;
        if (type.rank > 0) {
            char text[JX_AVAL_TEXT];
            jx_fail(JAXC_ESHAPE, "initial is a scalar, not %s", jx_aval_text(&type, text));
            return JX_POISON;
        }
        y = how->join(start, y);
    }
    return o->keepdims ? jx_insert_axes(y, r.n, r.axes) : y;
}

/* x in a dtype; a number must fit one that the user has not chosen. */
static jaxc_value in_dtype(jaxc_value x, jaxc_dtype in, const struct jaxc_reduce_options *o)
{
    return o->dtype ? jx_cast(x, in) : jx_as(x, in, false);
}

/* In bool a sum is an or, a product an and. */
static jaxc_value sum_or_product(const struct reducer *how, jaxc_value x,
                                 const struct jaxc_reduce_options *o)
{
    struct jx_aval type;
    jaxc_dtype dtype, in;
    if (!jx_value_aval(x, &type) ||
        !choose_dtypes(o, jx_sum_dtype((jaxc_dtype)type.dtype), &dtype, &in))
        return JX_POISON;
    if (in == JAXC_BOOL)
        how = how == &adds ? &finds_any : &finds_all;
    return jx_as(reduce(how, in_dtype(x, in, o), o), dtype, false);
}

static jaxc_value extreme(const struct reducer *how, jaxc_value x,
                          const struct jaxc_reduce_options *o)
{
    struct jx_aval type;
    if (!jx_take_no(o, JX_NO_DTYPE) || !jx_value_aval(x, &type))
        return JX_POISON;
    return reduce(how, jx_as(x, (jaxc_dtype)type.dtype, false), o);
}

jaxc_value jx_sum_of(jaxc_value x, const struct jaxc_reduce_options *options)
{
    return sum_or_product(&adds, x, options);
}

jaxc_value jx_max_of(jaxc_value x, const struct jaxc_reduce_options *options)
{
    return extreme(&takes_max, x, options);
}

jaxc_value jx_min_of(jaxc_value x, const struct jaxc_reduce_options *options)
{
    return extreme(&takes_min, x, options);
}

jaxc_value jx_any_of(jaxc_value x, const struct jaxc_reduce_options *options)
{
    if (!jx_take_no(options, JX_NO_INITIAL | JX_NO_DTYPE))
        return JX_POISON;
    return reduce(&finds_any, jx_as_bool(x), options);
}

jaxc_value jx_all_of(jaxc_value x, const struct jaxc_reduce_options *options)
{
    if (!jx_take_no(options, JX_NO_INITIAL | JX_NO_DTYPE))
        return JX_POISON;
    return reduce(&finds_all, jx_as_bool(x), options);
}

#define CALLS(ROW) ROW(sum) ROW(mean) ROW(max) ROW(min) ROW(any) ROW(all)
#define ROW(name)                                                                                  \
    jaxc_value(jaxc_##name)(jaxc_value x, struct jaxc_reduce_options options)                      \
    {                                                                                              \
        jx_enter("jaxc_" #name);                                                                   \
        return jx_##name##_of(x, &options);                                                        \
    }
CALLS(ROW)
#undef ROW

jaxc_value(jaxc_prod)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_prod");
    return sum_or_product(&multiplies, x, &options);
}

/* ---- means, counts, places ------------------------------------------------------------------- */

jaxc_value jx_count_of(jaxc_value x, jaxc_dtype dtype, const struct jaxc_reduce_options *o)
{
    struct jx_reduction r;
    struct jx_aval type = jx_aval_make(dtype, 0, NULL);
    if (!jx_plan_reduction(x, &o->axes, &r))
        return JX_POISON;
    if (!jx_operand_given(&o->where))
        return jx_literal(&type, (double)r.count);
    jaxc_value y = jx_as(mask_like(&r.type, o), dtype, false);
    y = jx_reduce_sum(y, r.n, r.axes);
    return o->keepdims ? jx_insert_axes(y, r.n, r.axes) : y;
}

jaxc_value jx_mean_of(jaxc_value x, const struct jaxc_reduce_options *options)
{
    struct jx_aval type;
    jaxc_dtype dtype, in;
    if (!jx_take_no(options, JX_NO_INITIAL) || !jx_value_aval(x, &type) ||
        !choose_dtypes(options, jx_float_dtype((jaxc_dtype)type.dtype), &dtype, &in))
        return JX_POISON;
    jaxc_value y = reduce(&adds, in_dtype(x, in, options), options);
    y = jx_div(y, jx_count_of(x, in, options));
    return jx_as(y, dtype, false);
}

jaxc_value(jaxc_count_nonzero)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_count_nonzero");
    return jx_take_no(&options, JX_NO_OPTION) ? jx_sum_of(jx_as_bool(x), &options) : JX_POISON;
}

jaxc_value(jaxc_ptp)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_ptp");
    if (!jx_take_no(&options, JX_NO_OPTION))
        return JX_POISON;
    jaxc_value most = jx_max_of(x, &options), least = jx_min_of(x, &options);
    return jx_sub(most, least);
}

static jaxc_value place(jaxc_value (*find)(jaxc_value x, int axis, jaxc_dtype index), jaxc_value x,
                        const struct jaxc_reduce_options *o)
{
    struct jx_reduction r;
    if (!jx_take_no(o, JX_NO_OPTION) || !jx_plan_reduction(x, &o->axes, &r) ||
        !jx_some_elements(&r))
        return JX_POISON;
    if (o->axes.n > 1) {
        jx_fail(JAXC_EAXIS, "takes one axis, not %d", o->axes.n);
        return JX_POISON;
    }
    if (r.n != 1)
        x = jx_reshape(x, 1, &r.count); /* flattened */
    jaxc_value y = find(x, r.n == 1 ? r.axes[0] : 0, JAXC_I32);
    return o->keepdims ? jx_insert_axes(y, r.n, r.axes) : y;
}

jaxc_value(jaxc_argmax)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_argmax");
    return place(jx_argmax, x, &options);
}

jaxc_value(jaxc_argmin)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_argmin");
    return place(jx_argmin, x, &options);
}

/* ---- without NaN ----------------------------------------------------------------------------- */

jaxc_value jx_isnan(jaxc_value x)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (jx_is_float((jaxc_dtype)type.dtype))
        return jx_ne(x, x);
    type.dtype = JAXC_BOOL;
    type.weak = 0;
    return jx_zeros_of(&type);
}

/* x with another number for each NaN; weak stays weak. */
static jaxc_value without_nan(jaxc_value x, double number)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type) || !jx_is_float((jaxc_dtype)type.dtype))
        return x;
    return jx_select(jx_ne(x, x), jx_literal(&type, number), x);
}

static jaxc_value all_nan(jaxc_value x, const struct jaxc_reduce_options *o)
{
    struct jaxc_reduce_options same = {.axes = o->axes, .keepdims = o->keepdims};
    return jx_all_of(jx_isnan(x), &same);
}

jaxc_value(jaxc_nansum)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_nansum");
    return jx_sum_of(without_nan(x, 0), &options);
}

jaxc_value(jaxc_nanprod)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_nanprod");
    return sum_or_product(&multiplies, without_nan(x, 1), &options);
}

jaxc_value jx_nanmean_of(jaxc_value x, const struct jaxc_reduce_options *options)
{
    struct jaxc_reduce_options counted = *options;
    struct jx_aval type;
    if (!jx_take_no(options, JX_NO_INITIAL))
        return JX_POISON;
    jaxc_value sum = jx_sum_of(without_nan(x, 0), options);
    if (!jx_value_aval(sum, &type))
        return JX_POISON;
    counted.dtype = (jaxc_dtype)0;
    jaxc_value n = jx_sum_of(jx_not(jx_isnan(x)), &counted);
    return jx_div(sum, jx_as(n, (jaxc_dtype)type.dtype, false));
}

jaxc_value(jaxc_nanmean)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_nanmean");
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    return jx_is_float((jaxc_dtype)type.dtype) ? jx_nanmean_of(x, &options)
                                               : jx_mean_of(x, &options);
}

static jaxc_value nan_extreme(const struct reducer *how, jaxc_value x, double none,
                              const struct jaxc_reduce_options *o)
{
    struct jx_aval type;
    jaxc_value y = extreme(how, without_nan(x, none), o);
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (!jx_is_float((jaxc_dtype)type.dtype) || jx_operand_given(&o->initial))
        return y;
    return jx_select(all_nan(x, o), jx_number_like(y, (double)NAN), y);
}

jaxc_value(jaxc_nanmax)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_nanmax");
    return nan_extreme(&takes_max, x, -(double)INFINITY, &options);
}

jaxc_value(jaxc_nanmin)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_nanmin");
    return nan_extreme(&takes_min, x, (double)INFINITY, &options);
}

static jaxc_value nan_place(jaxc_value (*find)(jaxc_value x, int axis, jaxc_dtype index),
                            jaxc_value x, double none, const struct jaxc_reduce_options *o)
{
    struct jx_aval type;
    jaxc_value y = place(find, without_nan(x, none), o);
    if (jx_is_poison(y) || !jx_value_aval(x, &type) || !jx_is_float((jaxc_dtype)type.dtype))
        return y;
    return jx_select(all_nan(x, o), jx_number_like(y, -1), y);
}

jaxc_value(jaxc_nanargmax)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_nanargmax");
    return nan_place(jx_argmax, x, -(double)INFINITY, &options);
}

jaxc_value(jaxc_nanargmin)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_nanargmin");
    return nan_place(jx_argmin, x, (double)INFINITY, &options);
}
