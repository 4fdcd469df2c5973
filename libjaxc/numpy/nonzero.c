/*
 * nonzero.c - the places of what is not 0, and the elements that a condition chooses.
 *
 * How many there are is a size: it is given, or counted where the elements are known. The i-th
 * true element of a mask has i before it: each writes its own place there, and places behind the
 * size are left out.
 */
#include "numpy/order.h"

#include <jaxc/sorting.h>

/* ---- shared ---------------------------------------------------------------------------------- */

bool jx_fill_given(jaxc_value fill) { return fill.slot != 0 || fill.generation != 0; }

jaxc_value jx_numbers(int64_t n) { return jx_iota(n > INT32_MAX ? JAXC_I64 : JAXC_I32, 1, &n, 0); }

bool jx_true_count(jaxc_value mask, int64_t size, const char *what, int64_t *count)
{
    struct jx_aval type;
    struct jx_node *held;
    *count = size;
    if (size < 0)
        return jx_fail(JAXC_EVALUE, "a size of %lld", (long long)size);
    if (size > 0)
        return true;
    if (!jx_value_aval(mask, &type))
        return false;
    if (!jx_is_known(mask))
        return jx_fail(JAXC_ECONCRETE,
                       "%s is traced, so how many results there are is not known; "
                       "give their size",
                       what);
    const bool *data = jx_known_elements(mask, what, &held);
    for (int64_t i = 0; data && i < jx_count(type.rank, type.dims); i++)
        *count += data[i];
    jx_node_unref(held);
    return data != NULL;
}

jaxc_value jx_scatter_first(const struct jx_prim *prim, jaxc_value x, jaxc_value places,
                            jaxc_value updates, const struct jx_scatter_params *how)
{
    struct jx_aval type, at;
    struct jx_scatter_params s = *how;
    struct jx_index_dims *d = &s.dimension_numbers;
    if (!jx_value_aval(x, &type) || !jx_value_aval(places, &at) || jx_is_poison(updates))
        return JX_POISON;
    if (jx_count(at.rank, at.dims) == 0 || jx_count(type.rank, type.dims) == 0)
        return jx_value_again(x);
    if (jx_dtype_info(at.dtype)->size < 4)
        places = jx_convert_element_type(places, JAXC_I32, false);
    d->collapsed_slice_dims = d->start_index_map = (struct jx_ints){1, {0}};
    for (int i = 1; i < type.rank; i++)
        d->offset_dims.at[d->offset_dims.n++] = at.rank + i - 1;
    return jx_scatter(prim, x, jx_insert_axes(places, 1, (const int[]){at.rank}), updates, &s);
}

jaxc_value jx_true_places(jaxc_value mask, int64_t n)
{
    struct jx_aval type;
    struct jx_scatter_params s = {.mode = JX_FILL_OR_DROP};
    if (!jx_value_aval(mask, &type))
        return JX_POISON;
    jaxc_value numbers = jx_numbers(type.dims[0]);
    if (!jx_value_aval(numbers, &type))
        return JX_POISON;
    jaxc_dtype dtype = (jaxc_dtype)type.dtype;
    struct jx_aval places = jx_aval_make(dtype, 1, &n);
    jaxc_value count = jx_cumsum(jx_convert_element_type(mask, dtype, false), 0, false);
    jaxc_value before = jx_sub(count, jx_literal(&type, 1));
    before = jx_select(mask, before, jx_literal(&type, (double)n));
    return jx_scatter_first(&jx_scatter_p, jx_zeros_of(&places), before, numbers, &s);
}

/* How many are true, i32[] or i64[]. */
static jaxc_value count_true(jaxc_value mask)
{
    static const int axis = 0;
    struct jx_aval type;
    if (!jx_value_aval(mask, &type))
        return JX_POISON;
    jaxc_dtype dtype = type.dims[0] > INT32_MAX ? JAXC_I64 : JAXC_I32;
    return jx_reduce_sum(jx_convert_element_type(mask, dtype, false), 1, &axis);
}

jaxc_value jx_fill_rest(jaxc_value x, jaxc_value mask, jaxc_value fill, bool join)
{
    static const int first = 0;
    struct jx_aval type, own;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type) || !jx_value_aval(fill, &own))
        return JX_POISON;
    if (own.rank > 0) {
        jx_fail(JAXC_ESHAPE, "a fill value is a scalar, not %s", jx_aval_text(&own, text));
        return JX_POISON;
    }
    jaxc_value count = count_true(mask);
    jaxc_value there = jx_lt(jx_iota(JAXC_I64, 1, type.dims, 0), jx_as(count, JAXC_I64, false));
    there = jx_broadcast_in_dim(there, type.rank, type.dims, &first);
    return jx_where(there, x, join ? fill : jx_cast(fill, (jaxc_dtype)type.dtype));
}

/* ---- nonzero --------------------------------------------------------------------------------- */

/* The places as one number each, in row-major order. */
static jaxc_value flat_places(jaxc_value x, const struct jaxc_nonzero_options *o, jaxc_value *mask)
{
    int64_t n;
    *mask = jx_flat(jx_as_bool(x));
    return jx_true_count(*mask, o->size, "x", &n) ? jx_true_places(*mask, n) : JX_POISON;
}

/* Along one axis. */
static jaxc_value along(jaxc_value places, const struct jx_aval *type, int axis)
{
    int64_t stride = 1, size = type->dims[axis];
    for (int i = axis + 1; i < type->rank; i++)
        stride *= type->dims[i];
    if (stride > 1)
        places = jx_div(places, jx_number_like(places, (double)stride));
    if (axis > 0 && size > 0)
        places = jx_rem(places, jx_number_like(places, (double)size));
    return places;
}

static bool places_of(jaxc_value x, const struct jaxc_nonzero_options *o,
                      const struct jx_aval *type, jaxc_value *y)
{
    jaxc_value mask, places = flat_places(x, o, &mask);
    bool empty = jx_count(type->rank, type->dims) == 0;
    for (int axis = 0; axis < type->rank; axis++) {
        y[axis] = empty ? places : along(places, type, axis);
        if (jx_fill_given(o->fill_value) && !empty)
            y[axis] = jx_fill_rest(y[axis], mask, o->fill_value, false);
        if (jx_is_poison(y[axis]))
            return false;
    }
    return true;
}

jaxc_value(jaxc_nonzero)(jaxc_value x, struct jaxc_nonzero_options options)
{
    jx_enter("jaxc_nonzero");
    struct jx_aval type;
    jaxc_value y[JAXC_MAX_RANK];
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.rank == 0) {
        jx_fail(JAXC_ESHAPE, "takes an array with axes, not %s", jx_aval_text(&type, text));
        return JX_POISON;
    }
    return places_of(x, &options, &type, y) ? jx_tuple_of(type.rank, y) : JX_POISON;
}

jaxc_value(jaxc_flatnonzero)(jaxc_value x, struct jaxc_nonzero_options options)
{
    jx_enter("jaxc_flatnonzero");
    struct jx_aval type;
    jaxc_value y;
    x = jx_flat(x);
    return jx_value_aval(x, &type) && places_of(x, &options, &type, &y) ? y : JX_POISON;
}

jaxc_value(jaxc_argwhere)(jaxc_value x, struct jaxc_nonzero_options options)
{
    jx_enter("jaxc_argwhere");
    struct jx_aval type, y;
    jaxc_value places[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int rank = type.rank;
    if (rank == 0)
        x = jx_flat(x);
    if (!jx_value_aval(x, &type) || !places_of(x, &options, &type, places))
        return JX_POISON;
    if (rank > 0)
        return jx_stack_of(rank, places, 1);
    if (!jx_value_aval(places[0], &y))
        return JX_POISON;
    y = jx_aval_make((jaxc_dtype)y.dtype, 2, (const int64_t[]){y.dims[0], 0});
    return jx_zeros_of(&y);
}

/* ---- compress -------------------------------------------------------------------------------- */

static bool none_beyond(jaxc_value condition, int64_t from, int64_t to)
{
    struct jx_node *held;
    const bool *data = jx_known_elements(condition, "whether it goes beyond is not known", &held);
    bool none = data != NULL;
    for (int64_t i = from; none && i < to; i++)
        none = !data[i] || jx_fail(JAXC_EVALUE,
                                   "element %lld of the condition is true, and there are %lld to "
                                   "choose from",
                                   (long long)i, (long long)from);
    jx_node_unref(held);
    return none;
}

/* The parts of x along an axis where the condition is true. */
static jaxc_value compressed(jaxc_value condition, jaxc_value x, int axis,
                             const struct jaxc_compress_options *o)
{
    struct jx_aval type, own;
    char text[JX_AVAL_TEXT];
    int64_t n;
    condition = jx_as_bool(condition);
    if (!jx_value_aval(x, &type) || !jx_value_aval(condition, &own))
        return JX_POISON;
    if (own.rank != 1) {
        jx_fail(JAXC_ESHAPE, "the condition %s has not one axis", jx_aval_text(&own, text));
        return JX_POISON;
    }
    int64_t size = type.dims[axis], both = own.dims[0] < size ? own.dims[0] : size;
    if (o->size > size) {
        jx_fail(JAXC_EVALUE, "a size of %lld for axis %d of %s", (long long)o->size, axis,
                jx_aval_text(&type, text));
        return JX_POISON;
    }
    jaxc_value mask = jx_slice_axis(condition, 0, 0, both, 1);
    if (!jx_true_count(mask, o->size, "the condition", &n) ||
        (o->size == 0 && !none_beyond(condition, both, own.dims[0])))
        return JX_POISON;
    type.dims[axis] = n;
    if (both == 0)
        return jx_zeros_of(&type);
    jaxc_value y = jx_take_axis(x, jx_true_places(mask, n), axis);
    if (o->size == 0)
        return y;
    jaxc_value fill = jx_fill_given(o->fill_value) ? o->fill_value : jx_number_like(y, 0);
    return jx_moveaxis(jx_fill_rest(jx_moveaxis(y, axis, 0), mask, fill, false), 0, axis);
}

jaxc_value(jaxc_compress)(jaxc_value condition, jaxc_value x, struct jaxc_compress_options options)
{
    jx_enter("jaxc_compress");
    struct jx_aval type;
    int axis;
    if (options.axes.n == 0)
        x = jx_flat(x);
    if (!jx_value_aval(x, &type) || !jx_one_axis(&options.axes, type.rank, 0, &axis))
        return JX_POISON;
    return compressed(condition, x, axis, &options);
}

jaxc_value(jaxc_extract)(jaxc_value condition, jaxc_value x, struct jaxc_compress_options options)
{
    jx_enter("jaxc_extract");
    if (options.axes.n > 0) {
        jx_fail(JAXC_EVALUE, "takes no axis: both are flattened");
        return JX_POISON;
    }
    return compressed(jx_flat(condition), jx_flat(x), 0, &options);
}
