/*
 * axes.c - the calls of jaxc/lax.h along axes: reductions, running totals, order, products.
 */
#include "lax/lax.h"

/* ---- reductions ------------------------------------------------------------------------------ */

#define ROW(name)                                                                                  \
    jaxc_value(jaxc_lax_##name)(jaxc_value operand, struct jaxc_ints axes)                         \
    {                                                                                              \
        jx_enter("jaxc_lax_" #name);                                                               \
        struct jx_aval type;                                                                       \
        int n, at[JAXC_MAX_RANK];                                                                  \
        if (!jx_value_aval(operand, &type) || !jx_lax_axes(axes, &n, at))                          \
            return JX_POISON;                                                                      \
        return jx_##name(operand, n, at);                                                          \
    }
JX_REDUCE_PRIMS(ROW)
#undef ROW

#define ROW(name)                                                                                  \
    jaxc_value(jaxc_lax_##name)(jaxc_value operand, int axis, jaxc_dtype index_dtype)              \
    {                                                                                              \
        jx_enter("jaxc_lax_" #name);                                                               \
        if (!jx_choose_dtype(index_dtype, JAXC_I32, &index_dtype))                                 \
            return JX_POISON;                                                                      \
        return jx_##name(operand, axis, index_dtype);                                              \
    }
ROW(argmax)
ROW(argmin)
#undef ROW

#define ROW(name)                                                                                  \
    jaxc_value(jaxc_lax_##name)(jaxc_value operand, int axis, bool reverse)                        \
    {                                                                                              \
        jx_enter("jaxc_lax_" #name);                                                               \
        return jx_##name(operand, axis, reverse);                                                  \
    }
JX_CUMULATIVE_PRIMS(ROW)
#undef ROW

/* ---- order ----------------------------------------------------------------------------------- */

/* Arrays sorted together, in memory of the caller's to free; NULL after an error. */
static jaxc_value *sorted(int n, const jaxc_value *x, int dimension, int num_keys)
{
    struct jx_aval type;
    if (!jx_value_aval(x[0], &type) || !jx_axis(dimension, type.rank, &dimension))
        return NULL;
    jaxc_value *y = jx_alloc((size_t)n, sizeof *y);
    if (!y || jx_sort(n, x, dimension, num_keys, y))
        return y;
    jx_free(y);
    return NULL;
}

/* The parts of a tuple, or one array; num_keys 0: 1. */
jaxc_value(jaxc_lax_sort)(jaxc_value operand, int dimension, int num_keys)
{
    jx_enter("jaxc_lax_sort");
    struct jx_operands o;
    jaxc_value *y = NULL, result = JX_POISON;
    bool ok = jx_operands_of(operand, &o);
    ok = ok && (o.tree->items[0].n < 0 || jx_operands_are_tuple(operand, &o));
    if (ok && (y = sorted(o.n, o.x, dimension, num_keys ? num_keys : 1)))
        result = jx_tree_unflatten(o.tree, y);
    jx_free(y);
    jx_operands_free(&o);
    return result;
}

jaxc_value(jaxc_lax_sort_key_val)(jaxc_value keys, jaxc_value values, int dimension)
{
    jx_enter("jaxc_lax_sort_key_val");
    const jaxc_value x[] = {keys, values};
    jaxc_value *y = sorted(2, x, dimension, 1);
    jaxc_value result = y ? jx_tree_make(2, y, NULL) : JX_POISON;
    jx_free(y);
    return result;
}

jaxc_value(jaxc_lax_top_k)(jaxc_value operand, int64_t k, int axis)
{
    jx_enter("jaxc_lax_top_k");
    struct jx_aval type;
    jaxc_value y[2];
    if (!jx_value_aval(operand, &type) || !jx_axis(axis, type.rank, &axis) ||
        !jx_top_k(operand, k, axis, &y[0], &y[1]))
        return JX_POISON;
    return jx_tree_make(2, y, NULL);
}

/* ---- products -------------------------------------------------------------------------------- */

jaxc_value(jaxc_lax_dot_general)(jaxc_value lhs, jaxc_value rhs,
                                 struct jaxc_lax_dot_general_params params)
{
    jx_enter("jaxc_lax_dot_general");
    const struct jaxc_dot_dimension_numbers *given = &params.dimension_numbers;
    struct jx_dims d;
    if (!jx_lax_list(given->lhs_contracting_dimensions, &d.lhs_contract) ||
        !jx_lax_list(given->rhs_contracting_dimensions, &d.rhs_contract) ||
        !jx_lax_list(given->lhs_batch_dimensions, &d.lhs_batch) ||
        !jx_lax_list(given->rhs_batch_dimensions, &d.rhs_batch))
        return JX_POISON;
    return jx_dot_general(lhs, rhs, &d, params.preferred_element_type);
}

static bool ranks_of(jaxc_value lhs, jaxc_value rhs, struct jx_aval types[2])
{
    return jx_argument_aval(lhs, 0, &types[0]) && jx_argument_aval(rhs, 1, &types[1]);
}

static jaxc_value fail_ranks(const struct jx_aval types[2], const char *what)
{
    char text[2][JX_AVAL_TEXT];
    jx_fail(JAXC_ESHAPE, "%s: %s and %s", what, jx_aval_text(&types[0], text[0]),
            jx_aval_text(&types[1], text[1]));
    return JX_POISON;
}

jaxc_value(jaxc_lax_dot)(jaxc_value lhs, jaxc_value rhs, jaxc_dtype preferred_element_type)
{
    jx_enter("jaxc_lax_dot");
    struct jx_aval types[2];
    if (!ranks_of(lhs, rhs, types))
        return JX_POISON;
    if (types[0].rank < 1 || types[0].rank > 2 || types[1].rank < 1 || types[1].rank > 2)
        return fail_ranks(types, "takes vectors and matrices");
    struct jx_dims d = {.lhs_contract = {1, {types[0].rank - 1}}, .rhs_contract = {1, {0}}};
    return jx_dot_general(lhs, rhs, &d, preferred_element_type);
}

jaxc_value(jaxc_lax_batch_matmul)(jaxc_value lhs, jaxc_value rhs)
{
    jx_enter("jaxc_lax_batch_matmul");
    struct jx_aval types[2];
    if (!ranks_of(lhs, rhs, types))
        return JX_POISON;
    int rank = types[0].rank;
    if (rank < 2 || types[1].rank != rank)
        return fail_ranks(types, "takes matrices, both with as many axes");
    struct jx_dims d = {.lhs_contract = {1, {rank - 1}}, .rhs_contract = {1, {rank - 2}}};
    for (int i = 0; i < rank - 2; i++)
        d.lhs_batch.at[d.lhs_batch.n++] = d.rhs_batch.at[d.rhs_batch.n++] = i;
    return jx_dot_general(lhs, rhs, &d, (jaxc_dtype)0);
}
