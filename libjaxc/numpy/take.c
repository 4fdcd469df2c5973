/*
 * take.c - take, take_along_axis, put_along_axis: one axis indexed by an array.
 */
#include "numpy/index.h"

bool jx_one_axis(const struct jaxc_axes *given, int rank, int otherwise, int *axis)
{
    int n, axes[JAXC_MAX_RANK];
    if (given->n > 1)
        return jx_fail(JAXC_EAXIS, "takes one axis, not %d", given->n);
    if (!jx_sorted_axes(given, rank, &n, axes))
        return false;
    return given->n > 0 ? (*axis = axes[0], true) : jx_axis(otherwise, rank, axis);
}

static bool integers(jaxc_value indices, struct jx_aval *type)
{
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(indices, type))
        return false;
    return jx_is_integer((jaxc_dtype)type->dtype) ||
           jx_fail(JAXC_EDTYPE, "indices are integers, not %s", jx_aval_text(type, text));
}

/* ---- take ------------------------------------------------------------------------------------ */

/* Modulo the size, by the divisor's sign. */
static jaxc_value wrapped(jaxc_value index, const struct jx_aval *type, int64_t size)
{
    jaxc_value divisor = jx_literal(type, (double)size), zero = jx_literal(type, 0);
    jaxc_value rest = jx_sub(index, jx_mul(jx_div(index, divisor), divisor));
    return jx_select(jx_lt(rest, zero), jx_add(rest, divisor), rest);
}

static jaxc_value take(jaxc_value x, jaxc_value indices, int axis, struct jx_gather_params *g,
                       bool wrap)
{
    struct jx_aval type, at;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type) || !integers(indices, &at))
        return JX_POISON;
    int64_t size = type.dims[axis];
    if (at.rank + type.rank - 1 > JAXC_MAX_RANK || at.rank == JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "%d axes; at most %d are possible", at.rank + type.rank - 1,
                JAXC_MAX_RANK);
        return JX_POISON;
    }
    if (size == 0 && jx_count(at.rank, at.dims) > 0) {
        jx_fail(JAXC_EVALUE, "axis %d of %s is empty", axis, jx_aval_text(&type, text));
        return JX_POISON;
    }
    if (size > 0 && wrap)
        indices = wrapped(indices, &at, size);
    else if (g->mode == JX_FILL_OR_DROP)
        indices = jx_wrap_negative(indices, size);
    struct jx_index_dims *d = &g->dimension_numbers;
    d->collapsed_slice_dims = d->start_index_map = (struct jx_ints){1, {axis}};
    g->slice_sizes.n = type.rank;
    for (int i = 0; i < type.rank; i++) {
        g->slice_sizes.at[i] = i == axis ? 1 : type.dims[i];
        if (i != axis)
            d->offset_dims.at[d->offset_dims.n++] = i < axis ? i : i - 1 + at.rank;
    }
    return jx_gather(x, jx_insert_axes(indices, 1, (const int[]){at.rank}), g);
}

jaxc_value jx_take_axis(jaxc_value x, jaxc_value places, int axis)
{
    struct jx_gather_params g = {.mode = JX_PROMISE_IN_BOUNDS};
    return take(x, places, axis, &g, false);
}

jaxc_value(jaxc_take)(jaxc_value x, jaxc_value indices, struct jaxc_take_options options)
{
    jx_enter("jaxc_take");
    bool wrap = options.mode == JAXC_MODE_WRAP;
    struct jx_gather_params g = {.indices_are_sorted = options.indices_are_sorted,
                                 .unique_indices = options.unique_indices};
    struct jx_aval type;
    int axis;
    if (!jx_choose_mode(wrap ? JAXC_MODE_PROMISE_IN_BOUNDS : options.mode, JX_FILL_OR_DROP,
                        &g.mode) ||
        !jx_choose_fill(options.fill_value, &g.fill_value) || !jx_value_aval(x, &type))
        return JX_POISON;
    if (options.axes.n == 0) {
        int64_t n = jx_count(type.rank, type.dims);
        x = jx_reshape(x, 1, &n);
        type.rank = 1;
    }
    if (!jx_one_axis(&options.axes, type.rank, 0, &axis))
        return JX_POISON;
    return take(x, indices, axis, &g, wrap);
}

/* ---- along an axis --------------------------------------------------------------------------- */

/* Of each axis but the one: both arrays have it, then it is paired; or one of them has size 1
 * there: an axis of the window if it is the indices', one that is dropped if it is x's. */
struct along {
    struct jx_aval x, indices;
    int axis, rank;
    struct jx_index_dims dimension_numbers;
    struct jx_ints sizes;
    int n_drop, drop[JAXC_MAX_RANK]; /* axes of x */
    int n;                           /* axes of the index vectors' array */
    int64_t dims[JAXC_MAX_RANK + 1];
    int64_t out[JAXC_MAX_RANK]; /* both broadcast */
};

static void plan_axis(struct along *a, int i)
{
    struct jx_index_dims *d = &a->dimension_numbers;
    int64_t size = a->x.dims[i], places = a->indices.dims[i];
    int own = a->sizes.n; /* without the axes that are dropped */
    a->out[i] = i == a->axis || size == 1 ? places : size;
    if (i != a->axis && places == 1) {
        d->offset_dims.at[d->offset_dims.n++] = i;
        a->sizes.at[a->sizes.n++] = size;
        return;
    }
    if (i == a->axis) {
        d->start_index_map = d->collapsed_slice_dims = (struct jx_ints){1, {own}};
        a->sizes.at[a->sizes.n++] = 1;
    } else if (size == 1) {
        a->drop[a->n_drop++] = i;
    } else {
        d->operand_batching_dims.at[d->operand_batching_dims.n++] = own;
        d->start_indices_batching_dims.at[d->start_indices_batching_dims.n++] = a->n;
        a->sizes.at[a->sizes.n++] = size > 0;
    }
    a->dims[a->n++] = places;
}

static bool plan_along(jaxc_value x, jaxc_value indices, const struct jaxc_axes *axes,
                       struct along *a)
{
    char text[2][JX_AVAL_TEXT];
    *a = (struct along){.n = 0};
    if (!jx_value_aval(x, &a->x) || !integers(indices, &a->indices))
        return false;
    a->rank = a->x.rank;
    if (a->indices.rank != a->rank)
        return jx_fail(JAXC_ESHAPE, "ranks differ: x %s, indices %s", jx_aval_text(&a->x, text[0]),
                       jx_aval_text(&a->indices, text[1]));
    if (!jx_one_axis(axes, a->rank, -1, &a->axis))
        return false;
    for (int i = 0; i < a->rank; i++) {
        if (i != a->axis && a->x.dims[i] != a->indices.dims[i] && a->x.dims[i] != 1 &&
            a->indices.dims[i] != 1)
            return jx_fail(JAXC_ESHAPE, "axis %d does not broadcast: x %s, indices %s", i,
                           jx_aval_text(&a->x, text[0]), jx_aval_text(&a->indices, text[1]));
        plan_axis(a, i);
    }
    if (a->n == JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "places along %d axes; at most %d are possible", a->n,
                       JAXC_MAX_RANK - 1);
    a->dims[a->n] = 1;
    return true;
}

/* The index vectors. */
static jaxc_value vectors(jaxc_value indices, const struct along *a, int64_t mode)
{
    if (mode != JX_PROMISE_IN_BOUNDS)
        indices = jx_wrap_negative(indices, a->x.dims[a->axis]);
    return jx_reshape(indices, a->n + 1, a->dims);
}

jaxc_value(jaxc_take_along_axis)(jaxc_value x, jaxc_value indices, struct jaxc_take_options options)
{
    jx_enter("jaxc_take_along_axis");
    struct jx_gather_params g = {.indices_are_sorted = options.indices_are_sorted,
                                 .unique_indices = options.unique_indices};
    struct along a;
    if (!jx_choose_mode(options.mode, JX_FILL_OR_DROP, &g.mode) ||
        !jx_choose_fill(options.fill_value, &g.fill_value) ||
        !plan_along(x, indices, &options.axes, &a))
        return JX_POISON;
    if (a.x.dims[a.axis] == 0) {
        struct jx_aval y = jx_aval_make((jaxc_dtype)a.x.dtype, a.rank, a.out);
        return jx_zeros_of(&y);
    }
    g.dimension_numbers = a.dimension_numbers;
    g.slice_sizes = a.sizes;
    return jx_gather(jx_drop_axes(x, a.n_drop, a.drop), vectors(indices, &a, g.mode), &g);
}

jaxc_value(jaxc_put_along_axis)(jaxc_value x, jaxc_value indices, jaxc_value values,
                                struct jaxc_take_options options)
{
    jx_enter("jaxc_put_along_axis");
    struct jx_scatter_params s = {.indices_are_sorted = options.indices_are_sorted,
                                  .unique_indices = options.unique_indices};
    struct along a;
    jaxc_value both[2] = {x, values};
    struct jx_aval type, part;
    if (!jx_choose_mode(options.mode, JX_FILL_OR_DROP, &s.mode) ||
        !plan_along(x, indices, &options.axes, &a) || !jx_join_dtypes(2, both, JX_JOIN_ANY, NULL) ||
        !jx_value_aval(both[0], &type))
        return JX_POISON;
    part = jx_aval_make((jaxc_dtype)type.dtype, a.rank, a.out);
    values = jx_fill_type(both[1], &part);
    if (jx_is_poison(values) || jx_count(a.rank, a.out) == 0)
        return jx_is_poison(values) ? values : jx_value_again(x);
    s.dimension_numbers = a.dimension_numbers;
    jaxc_value y = jx_scatter(&jx_scatter_p, jx_drop_axes(both[0], a.n_drop, a.drop),
                              vectors(indices, &a, s.mode), values, &s);
    y = jx_insert_axes(y, a.n_drop, a.drop);
    if (type.dtype == a.x.dtype && type.weak == a.x.weak)
        return y;
    return jx_convert_element_type(y, (jaxc_dtype)a.x.dtype, a.x.weak);
}
