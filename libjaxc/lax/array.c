/*
 * array.c - the calls of jaxc/lax.h that make arrays and move elements.
 */
#include "lax/lax.h"

#include <inttypes.h>

/* ---- new arrays ------------------------------------------------------------------------------ */

static jaxc_value iota(jaxc_dtype dtype, struct jaxc_shape shape, int dimension)
{
    if (!jx_choose_dtype(dtype, (jaxc_dtype)0, &dtype))
        return JX_POISON;
    return jx_iota(dtype, shape.rank, shape.dims, dimension);
}

jaxc_value(jaxc_lax_iota)(jaxc_dtype dtype, int64_t size)
{
    jx_enter("jaxc_lax_iota");
    return iota(dtype, (struct jaxc_shape){1, {size}}, 0);
}

jaxc_value(jaxc_lax_broadcasted_iota)(jaxc_dtype dtype, struct jaxc_shape shape, int dimension)
{
    jx_enter("jaxc_lax_broadcasted_iota");
    return iota(dtype, shape, dimension);
}

/* A number in every place of a type, whose weak flag is asked for. */
static jaxc_value full(const struct jx_aval *type, jaxc_value fill)
{
    struct jx_aval own;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(fill, &own))
        return JX_POISON;
    if (own.rank > 0) {
        jx_fail(JAXC_ESHAPE, "the fill value is a scalar, not %s", jx_aval_text(&own, text));
        return JX_POISON;
    }
    if (own.dtype != type->dtype)
        fill = jx_cast(fill, (jaxc_dtype)type->dtype);
    jaxc_value y = jx_as(fill, (jaxc_dtype)type->dtype, type->weak);
    return jx_result(fill, jx_broadcast_to(y, type->rank, type->dims));
}

jaxc_value(jaxc_lax_full)(struct jaxc_shape shape, jaxc_value fill_value, jaxc_dtype dtype)
{
    jx_enter("jaxc_lax_full");
    struct jx_aval own, type;
    jaxc_dtype chosen;
    if (!jx_value_aval(fill_value, &own) ||
        !jx_choose_dtype(dtype, (jaxc_dtype)own.dtype, &chosen) ||
        !jx_choose_type(shape, chosen, &type))
        return JX_POISON;
    type.weak = !dtype && own.weak;
    return full(&type, fill_value);
}

jaxc_value(jaxc_lax_full_like)(jaxc_value x, jaxc_value fill_value, jaxc_dtype dtype)
{
    jx_enter("jaxc_lax_full_like");
    struct jx_aval type;
    jaxc_dtype chosen;
    if (!jx_value_aval(x, &type) || !jx_choose_dtype(dtype, (jaxc_dtype)type.dtype, &chosen))
        return JX_POISON;
    type.dtype = (uint8_t)chosen;
    type.weak = !dtype && type.weak;
    return full(&type, fill_value);
}

/* ---- other shapes ---------------------------------------------------------------------------- */

jaxc_value(jaxc_lax_broadcast)(jaxc_value operand, struct jaxc_shape sizes)
{
    jx_enter("jaxc_lax_broadcast");
    struct jx_aval type, new_axes;
    if (!jx_value_aval(operand, &type) || !jx_choose_type(sizes, JAXC_BOOL, &new_axes))
        return JX_POISON;
    if (sizes.rank + type.rank > JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "%d axes; at most %d are possible", sizes.rank + type.rank,
                JAXC_MAX_RANK);
        return JX_POISON;
    }
    int map[JAXC_MAX_RANK];
    for (int i = 0; i < type.rank; i++) {
        sizes.dims[sizes.rank + i] = type.dims[i];
        map[i] = sizes.rank + i;
    }
    return jx_broadcast_in_dim(operand, sizes.rank + type.rank, sizes.dims, map);
}

jaxc_value(jaxc_lax_broadcast_in_dim)(jaxc_value operand, struct jaxc_shape shape,
                                      struct jaxc_ints broadcast_dimensions)
{
    jx_enter("jaxc_lax_broadcast_in_dim");
    struct jx_broadcast_in_dim_params p;
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(operand, &type) ||
        !jx_ints_make(&p.shape, "broadcast_in_dim", shape.rank, shape.dims) ||
        !jx_lax_list(broadcast_dimensions, &p.broadcast_dimensions))
        return JX_POISON;
    int n = p.broadcast_dimensions.n, map[JAXC_MAX_RANK];
    if (n != type.rank) {
        jx_fail(JAXC_EVALUE, "%d broadcast_dimensions for %s", n, jx_aval_text(&type, text));
        return JX_POISON;
    }
    if (!jx_lax_axes(broadcast_dimensions, &n, map))
        return JX_POISON;
    bool same = shape.rank == type.rank && jx_same_dims(type.rank, type.dims, shape.dims);
    for (int i = 0; i < n; i++)
        same = same && map[i] == i;
    return same ? jx_value_again(operand) : jx_apply(&jx_broadcast_in_dim_p, &p, 1, &operand);
}

jaxc_value(jaxc_lax_broadcast_to_rank)(jaxc_value x, int rank)
{
    jx_enter("jaxc_lax_broadcast_to_rank");
    static const int front[JAXC_MAX_RANK] = {0, 1, 2, 3, 4, 5, 6, 7};
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (rank > JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "%d axes; at most %d are possible", rank, JAXC_MAX_RANK);
        return JX_POISON;
    }
    return rank <= type.rank ? jx_value_again(x) : jx_insert_axes(x, rank - type.rank, front);
}

/* As many axes as the operand has. */
static bool one_for_each(const struct jx_aval *type, int n, const char *what)
{
    char text[JX_AVAL_TEXT];
    return n == type->rank ||
           jx_fail(JAXC_EVALUE, "%d %s for %s", n, what, jx_aval_text(type, text));
}

static jaxc_value transpose(jaxc_value x, struct jaxc_ints permutation)
{
    struct jx_aval type;
    int n, axes[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type) || !jx_lax_axes(permutation, &n, axes) ||
        !one_for_each(&type, n, "axes in the permutation"))
        return JX_POISON;
    return jx_transpose(x, axes);
}

jaxc_value(jaxc_lax_transpose)(jaxc_value operand, struct jaxc_ints permutation)
{
    jx_enter("jaxc_lax_transpose");
    return transpose(operand, permutation);
}

jaxc_value(jaxc_lax_reshape)(jaxc_value operand, struct jaxc_shape new_sizes,
                             struct jaxc_ints dimensions)
{
    jx_enter("jaxc_lax_reshape");
    if (dimensions.n != 0)
        operand = transpose(operand, dimensions);
    return jx_reshape(operand, new_sizes.rank, new_sizes.dims);
}

/* Axes in [-rank, rank), in order, each once. */
static bool sorted_axes(struct jaxc_ints given, int rank, int *n, int *axes)
{
    struct jaxc_axes set = {.given = JAXC_GIVEN};
    if (!jx_lax_axes(given, &set.n, set.at))
        return false;
    *n = 0;
    return set.n == 0 || jx_sorted_axes(&set, rank, n, axes);
}

jaxc_value(jaxc_lax_squeeze)(jaxc_value array, struct jaxc_ints dimensions)
{
    jx_enter("jaxc_lax_squeeze");
    struct jx_aval type;
    int n, axes[JAXC_MAX_RANK];
    if (!jx_value_aval(array, &type) || !sorted_axes(dimensions, type.rank, &n, axes))
        return JX_POISON;
    return jx_squeeze(array, n, axes);
}

jaxc_value(jaxc_lax_expand_dims)(jaxc_value array, struct jaxc_ints dimensions)
{
    jx_enter("jaxc_lax_expand_dims");
    struct jx_aval type;
    int n, axes[JAXC_MAX_RANK];
    if (!jx_value_aval(array, &type))
        return JX_POISON;
    if (dimensions.n > JAXC_MAX_RANK - type.rank) {
        jx_fail(JAXC_ELIMIT, "%d new axes and %d others; at most %d are possible", dimensions.n,
                type.rank, JAXC_MAX_RANK);
        return JX_POISON;
    }
    if (!sorted_axes(dimensions, type.rank + dimensions.n, &n, axes))
        return JX_POISON;
    return jx_result(array, jx_insert_axes(array, n, axes));
}

/* Python's reading of a bound; JAXC_NONE is `otherwise`. */
static int clipped(int bound, int size, int otherwise)
{
    if (bound == JAXC_NONE)
        return otherwise;
    if (bound < 0)
        bound = bound < -size ? 0 : bound + size;
    return bound > size ? size : bound;
}

jaxc_value(jaxc_lax_collapse)(jaxc_value operand, int start_dimension, int stop_dimension)
{
    jx_enter("jaxc_lax_collapse");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(operand, &type))
        return JX_POISON;
    int from = clipped(start_dimension, type.rank, 0);
    int to = clipped(stop_dimension, type.rank, type.rank), rank = type.rank - (to - from) + 1;
    if (to < from || rank > JAXC_MAX_RANK) {
        jx_fail(JAXC_EAXIS, "axes from %d to %d of %s", from, to, jx_aval_text(&type, text));
        return JX_POISON;
    }
    int64_t dims[JAXC_MAX_RANK];
    for (int i = 0; i < rank; i++)
        dims[i] = type.dims[i < from ? i : i - 1 + (to - from)];
    if (!jx_n_elements(to - from, type.dims + from, &dims[from]))
        return JX_POISON;
    return jx_reshape(operand, rank, dims);
}

jaxc_value(jaxc_lax_rev)(jaxc_value operand, struct jaxc_ints dimensions)
{
    jx_enter("jaxc_lax_rev");
    struct jx_aval type;
    int n, axes[JAXC_MAX_RANK];
    if (!jx_value_aval(operand, &type) || !jx_lax_axes(dimensions, &n, axes))
        return JX_POISON;
    return jx_rev(operand, n, axes);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

jaxc_value(jaxc_lax_slice)(jaxc_value operand, struct jaxc_ints start_indices,
                           struct jaxc_ints limit_indices, struct jaxc_ints strides)
{
    jx_enter("jaxc_lax_slice");
    struct jx_aval type;
    if (!jx_value_aval(operand, &type) || !one_for_each(&type, start_indices.n, "starts") ||
        !one_for_each(&type, limit_indices.n, "limits") ||
        (strides.n != 0 && !one_for_each(&type, strides.n, "strides")))
        return JX_POISON;
    return jx_slice(operand, start_indices.at, limit_indices.at, strides.n ? strides.at : NULL);
}

jaxc_value(jaxc_lax_slice_in_dim)(jaxc_value operand, int64_t start_index, int64_t limit_index,
                                  int64_t stride, int axis)
{
    jx_enter("jaxc_lax_slice_in_dim");
    struct jx_aval type;
    if (!jx_value_aval(operand, &type) || !jx_axis(axis, type.rank, &axis))
        return JX_POISON;
    int64_t size = type.dims[axis];
    start_index = start_index == JAXC_NONE ? 0 : start_index;
    limit_index = limit_index == JAXC_NONE ? size : limit_index;
    start_index += start_index < 0 ? size : 0;
    limit_index += limit_index < 0 ? size : 0;
    return jx_slice_axis(operand, axis, start_index, limit_index, stride);
}

jaxc_value(jaxc_lax_index_in_dim)(jaxc_value operand, int64_t index, int axis, bool keepdims)
{
    jx_enter("jaxc_lax_index_in_dim");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(operand, &type) || !jx_axis(axis, type.rank, &axis))
        return JX_POISON;
    int64_t size = type.dims[axis];
    if (index < -size || index >= size) {
        jx_fail(JAXC_EVALUE, "index %" PRId64 " along axis %d of %s", index, axis,
                jx_aval_text(&type, text));
        return JX_POISON;
    }
    index += index < 0 ? size : 0;
    jaxc_value y = jx_slice_axis(operand, axis, index, index + 1, 1);
    return keepdims ? y : jx_squeeze(y, 1, &axis);
}

jaxc_value(jaxc_lax_pad)(jaxc_value operand, jaxc_value padding_value,
                         struct jaxc_padding_config padding_config)
{
    jx_enter("jaxc_lax_pad");
    jaxc_value x[] = {operand, padding_value};
    struct jx_padding config = {.n = padding_config.n};
    struct jx_aval type;
    if (!jx_lax_adopt(2, x) || !jx_value_aval(operand, &type) ||
        !one_for_each(&type, config.n, "axes in the padding"))
        return JX_POISON;
    for (int i = 0; i < config.n; i++) {
        config.low[i] = padding_config.at[i].low;
        config.high[i] = padding_config.at[i].high;
        config.interior[i] = padding_config.at[i].interior;
    }
    return jx_pad(x[0], x[1], &config);
}

jaxc_value(jaxc_lax_concatenate)(jaxc_value operands, int dimension)
{
    jx_enter("jaxc_lax_concatenate");
    struct jx_operands o;
    jaxc_value y = JX_POISON;
    if (jx_operands_of(operands, &o) && jx_operands_are_tuple(operands, &o))
        y = jx_concatenate(o.n, o.x, dimension);
    jx_operands_free(&o);
    return y;
}

jaxc_value(jaxc_lax_optimization_barrier)(jaxc_value operand)
{
    jx_enter("jaxc_lax_optimization_barrier");
    struct jx_operands o;
    jaxc_value y = JX_POISON, *out = NULL;
    if (jx_operands_of(operand, &o) && (out = jx_alloc((size_t)o.n + 1, sizeof *out)) &&
        (o.n == 0 || jx_optimization_barrier(o.n, o.x, out)))
        y = jx_tree_unflatten(o.tree, out);
    jx_free(out);
    jx_operands_free(&o);
    return y;
}
