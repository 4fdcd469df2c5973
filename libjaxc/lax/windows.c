/*
 * windows.c - the calls of jaxc/lax.h on windows: dynamic slices, gather, scatter; and what all calls
 * of jaxc/lax.h share.
 */
#include "lax/lax.h"

#include <inttypes.h>

/* ---- operands and parameters ----------------------------------------------------------------- */

bool jx_lax_list(struct jaxc_ints given, struct jx_ints *list)
{
    return (given.n >= 0 && given.n <= JAXC_MAX_RANK)
               ? jx_ints_make(list, "a parameter", given.n, given.at)
               : jx_fail(JAXC_EVALUE, "a list of %d axes", given.n);
}

bool jx_lax_axes(struct jaxc_ints given, int *n, int *axes)
{
    if (given.n < 0 || given.n > JAXC_MAX_RANK)
        return jx_fail(JAXC_EVALUE, "a list of %d axes", given.n);
    for (int i = 0; i < given.n; i++) {
        if (given.at[i] < INT32_MIN || given.at[i] > INT32_MAX)
            return jx_fail(JAXC_EAXIS, "%" PRId64 " is no axis", given.at[i]);
        axes[i] = (int)given.at[i];
    }
    *n = given.n;
    return true;
}

/* Is the operand a C number, or a weak one in its place? */
static bool is_number(jaxc_value x)
{
    struct jx_aval type;
    union jx_scalar number;
    return jx_literal_of(x, &type, &number) && type.weak;
}

bool jx_lax_adopt(int n, jaxc_value *x)
{
    struct jx_aval type, own;
    int like = 0;
    for (int i = 0; i < n; i++)
        if (!jx_argument_aval(x[i], i, &own))
            return false;
    while (like < n && is_number(x[like]))
        like++;
    if (like == n)
        return true;
    if (!jx_value_aval(x[like], &type))
        return false;
    jaxc_dtype dtype = (jaxc_dtype)type.dtype;
    for (int i = 0; i < n; i++) {
        if (!is_number(x[i]))
            continue;
        if (!jx_value_aval(x[i], &own))
            return false;
        if (jx_is_float(dtype) || (jx_is_integer(dtype) && jx_is_integer((jaxc_dtype)own.dtype)))
            x[i] = jx_as(x[i], dtype, type.weak);
        if (jx_is_poison(x[i]))
            return false;
    }
    return true;
}

bool jx_operands_of(jaxc_value v, struct jx_operands *o)
{
    struct jx_ref *leaves;
    *o = (struct jx_operands){.tree = jx_tree_flatten(v, &leaves)};
    if (!o->tree)
        return false;
    int n = o->tree->n_leaves;
    o->x = jx_alloc((size_t)n + 1, sizeof *o->x);
    bool ok = o->x != NULL;
    for (int i = 0; i < n; i++) {
        if (!ok) {
            jx_node_unref(leaves[i].node);
            continue;
        }
        o->x[i] = jx_value_own(leaves[i].node, leaves[i].index);
        ok = !jx_is_poison(o->x[i]);
        o->n++;
    }
    jx_free(leaves);
    return ok;
}

bool jx_operands_are_tuple(jaxc_value v, const struct jx_operands *o)
{
    char text[JX_STRUCTURE_TEXT];
    const struct jx_tree *t = o->tree;
    bool is_tuple = t->items[0].n >= 0 && !t->items[0].keys && t->n_items == 1 + t->items[0].n;
    for (int i = 1; i < t->n_items; i++)
        is_tuple = is_tuple && t->items[i].n < 0;
    if (is_tuple)
        return o->n > 0 || jx_fail(JAXC_EVALUE, "an empty tuple");
    struct jx_ref r = jx_value_ref(v);
    if (!r.node)
        return false;
    jx_fail(JAXC_ETREE, "needs a tuple of arrays, not %s", jx_structure_text(r, text));
    jx_node_unref(r.node);
    return false;
}

void jx_operands_free(struct jx_operands *o)
{
    jx_tree_unref(o->tree);
    jx_free(o->x);
}

/* C numbers beside an operand take its dtype. */
static bool beside(jaxc_value x, jaxc_value *y)
{
    jaxc_value both[] = {x, *y};
    bool ok = jx_lax_adopt(2, both);
    *y = both[1];
    return ok;
}

/* ---- windows whose place is computed --------------------------------------------------------- */

/* Starts of one dtype, negative ones counted from the end of x. */
static bool choose_starts(const struct jx_aval *x, int n, const jaxc_value *given,
                          jaxc_value *starts)
{
    char text[2][JX_AVAL_TEXT];
    struct jx_aval type;
    if (n != x->rank)
        return jx_fail(JAXC_EVALUE, "%d starts for %s", n, jx_aval_text(x, text[0]));
    for (int i = 0; i < n; i++) {
        if (!jx_value_aval(given[i], &type))
            return false;
        if (!jx_is_integer((jaxc_dtype)type.dtype) || type.rank != 0)
            return jx_fail(type.rank ? JAXC_ESHAPE : JAXC_EDTYPE,
                           "start %d is %s; an integer scalar is needed", i,
                           jx_aval_text(&type, text[0]));
    }
    jaxc_dtype dtype = jx_index_dtype(x, n, given);
    for (int i = 0; i < n; i++) {
        union jx_scalar number;
        if (jx_literal_of(given[i], &type, &number)) {
            number.i += number.i < 0 ? x->dims[i] : 0;
            starts[i] = jx_scalar_of(dtype, jx_scalar_convert(number, JAXC_I64, dtype), false);
        } else {
            starts[i] = jx_cast(jx_wrap_negative(given[i], x->dims[i]), dtype);
        }
        if (jx_is_poison(starts[i]))
            return false;
    }
    return true;
}

static jaxc_value slice(jaxc_value x, const struct jaxc_shape *sizes, int n,
                        const jaxc_value *given)
{
    struct jx_aval type;
    jaxc_value starts[JAXC_MAX_RANK];
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type) || !choose_starts(&type, n, given, starts))
        return JX_POISON;
    if (sizes->rank != type.rank) {
        jx_fail(JAXC_ESHAPE, "%d sizes for %s", sizes->rank, jx_aval_text(&type, text));
        return JX_POISON;
    }
    return jx_dynamic_slice(x, starts, sizes->dims);
}

static jaxc_value update_slice(jaxc_value x, jaxc_value update, int n, const jaxc_value *given)
{
    struct jx_aval type;
    jaxc_value starts[JAXC_MAX_RANK];
    if (!beside(x, &update) || !jx_value_aval(x, &type) || !choose_starts(&type, n, given, starts))
        return JX_POISON;
    return jx_dynamic_update_slice(x, update, starts);
}

jaxc_value(jaxc_lax_dynamic_slice_n)(jaxc_value operand, struct jaxc_shape sizes, int n,
                                     const jaxc_value *starts)
{
    jx_enter("jaxc_lax_dynamic_slice");
    return slice(operand, &sizes, n, starts);
}

jaxc_value(jaxc_lax_dynamic_update_slice_n)(jaxc_value operand, jaxc_value update, int n,
                                            const jaxc_value *starts)
{
    jx_enter("jaxc_lax_dynamic_update_slice");
    return update_slice(operand, update, n, starts);
}

/* The starts of a window along one axis: 0 along the others. */
static bool one_start(jaxc_value x, jaxc_value start, int *axis, struct jx_aval *type,
                      jaxc_value *starts)
{
    if (!jx_value_aval(x, type) || !jx_axis(*axis, type->rank, axis))
        return false;
    for (int i = 0; i < type->rank; i++)
        starts[i] = i == *axis ? start : jx_scalar_of(JAXC_I32, (union jx_scalar){.i = 0}, true);
    return true;
}

static jaxc_value slice_in_dim(jaxc_value x, jaxc_value start, int64_t size, int *axis)
{
    struct jx_aval type;
    jaxc_value starts[JAXC_MAX_RANK];
    if (!one_start(x, start, axis, &type, starts))
        return JX_POISON;
    struct jaxc_shape sizes = {.rank = type.rank};
    memcpy(sizes.dims, type.dims, sizeof sizes.dims);
    sizes.dims[*axis] = size;
    return slice(x, &sizes, type.rank, starts);
}

jaxc_value(jaxc_lax_dynamic_slice_in_dim)(jaxc_value operand, jaxc_value start, int64_t size,
                                          int axis)
{
    jx_enter("jaxc_lax_dynamic_slice_in_dim");
    return slice_in_dim(operand, start, size, &axis);
}

jaxc_value(jaxc_lax_dynamic_index_in_dim)(jaxc_value operand, jaxc_value index, int axis,
                                          bool keepdims)
{
    jx_enter("jaxc_lax_dynamic_index_in_dim");
    jaxc_value y = slice_in_dim(operand, index, 1, &axis);
    return jx_is_poison(y) || keepdims ? y : jx_drop_axes(y, 1, &axis);
}

static jaxc_value update_in_dim(jaxc_value x, jaxc_value update, jaxc_value start, int axis)
{
    struct jx_aval type;
    jaxc_value starts[JAXC_MAX_RANK];
    if (!one_start(x, start, &axis, &type, starts))
        return JX_POISON;
    return update_slice(x, update, type.rank, starts);
}

jaxc_value(jaxc_lax_dynamic_update_slice_in_dim)(jaxc_value operand, jaxc_value update,
                                                 jaxc_value start, int axis)
{
    jx_enter("jaxc_lax_dynamic_update_slice_in_dim");
    return update_in_dim(operand, update, start, axis);
}

jaxc_value(jaxc_lax_dynamic_update_index_in_dim)(jaxc_value operand, jaxc_value update,
                                                 jaxc_value index, int axis)
{
    jx_enter("jaxc_lax_dynamic_update_index_in_dim");
    struct jx_aval type, part;
    if (!jx_value_aval(operand, &type) || !jx_value_aval(update, &part) ||
        !jx_axis(axis, type.rank, &axis))
        return JX_POISON;
    if (part.rank == type.rank - 1)
        update = jx_insert_axes(update, 1, &axis);
    return update_in_dim(operand, update, index, axis);
}

/* ---- gather and scatter ---------------------------------------------------------------------- */

jaxc_value(jaxc_lax_gather)(jaxc_value operand, jaxc_value start_indices,
                            struct jaxc_lax_gather_params params)
{
    jx_enter("jaxc_lax_gather");
    const struct jaxc_gather_dimension_numbers *given = &params.dimension_numbers;
    struct jx_gather_params p = {.indices_are_sorted = params.indices_are_sorted,
                                 .unique_indices = params.unique_indices};
    struct jx_index_dims *d = &p.dimension_numbers;
    struct jaxc_ints sizes = {.n = params.slice_sizes.rank};
    memcpy(sizes.at, params.slice_sizes.dims, sizeof sizes.at);
    if (!jx_lax_list(given->offset_dims, &d->offset_dims) ||
        !jx_lax_list(given->collapsed_slice_dims, &d->collapsed_slice_dims) ||
        !jx_lax_list(given->start_index_map, &d->start_index_map) ||
        !jx_lax_list(given->operand_batching_dims, &d->operand_batching_dims) ||
        !jx_lax_list(given->start_indices_batching_dims, &d->start_indices_batching_dims) ||
        !jx_lax_list(sizes, &p.slice_sizes) ||
        !jx_choose_mode(params.mode, JX_PROMISE_IN_BOUNDS, &p.mode) ||
        !jx_choose_fill(params.fill_value, &p.fill_value))
        return JX_POISON;
    return jx_gather(operand, start_indices, &p);
}

static jaxc_value scatter(const struct jx_prim *prim, jaxc_value x, jaxc_value indices,
                          jaxc_value updates, const struct jaxc_lax_scatter_params *params)
{
    const struct jaxc_scatter_dimension_numbers *given = &params->dimension_numbers;
    struct jx_scatter_params p = {.indices_are_sorted = params->indices_are_sorted,
                                  .unique_indices = params->unique_indices};
    struct jx_index_dims *d = &p.dimension_numbers;
    if (!jx_lax_list(given->update_window_dims, &d->offset_dims) ||
        !jx_lax_list(given->inserted_window_dims, &d->collapsed_slice_dims) ||
        !jx_lax_list(given->scatter_dims_to_operand_dims, &d->start_index_map) ||
        !jx_lax_list(given->operand_batching_dims, &d->operand_batching_dims) ||
        !jx_lax_list(given->scatter_indices_batching_dims, &d->start_indices_batching_dims) ||
        !jx_choose_mode(params->mode, JX_FILL_OR_DROP, &p.mode) || !beside(x, &updates))
        return JX_POISON;
    return jx_scatter(prim, x, indices, updates, &p);
}

#define CALLS(ROW) ROW(scatter) ROW(scatter_add) ROW(scatter_mul) ROW(scatter_min) ROW(scatter_max)
#define ROW(name)                                                                                  \
    jaxc_value(jaxc_lax_##name)(jaxc_value operand, jaxc_value scatter_indices,                    \
                                jaxc_value updates, struct jaxc_lax_scatter_params params)         \
    {                                                                                              \
        jx_enter("jaxc_lax_" #name);                                                               \
        return scatter(&jx_##name##_p, operand, scatter_indices, updates, &params);                \
    }
CALLS(ROW)
#undef ROW
