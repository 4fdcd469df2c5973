/*
 * product.c - dot, matmul, outer, tensordot and others: how the axes of NumPy's products go into
 * dot_general.
 */
#include "numpy/numpy.h"

#include <jaxc/products.h>

#include <inttypes.h>

/* The last axis of a against the second-to-last, or only, one of b. */
static int contracted_axis(const struct jx_aval *b) { return b->rank > 1 ? b->rank - 2 : 0; }

static bool check_contracted(const struct jx_aval *a, const struct jx_aval *b)
{
    char text[2][JX_AVAL_TEXT];
    int64_t k = a->dims[a->rank - 1], other = b->dims[contracted_axis(b)];
    return k == other || jx_fail(JAXC_ESHAPE, "k differs: a %s has %" PRId64 ", b %s has %" PRId64,
                                 jx_aval_text(a, text[0]), k, jx_aval_text(b, text[1]), other);
}

/* dot_general adds up; the sum of bools is an or. A preferred dtype is the result's, and what is
 * not of its kind is converted before. */
jaxc_value jx_dot_of(jaxc_value a, jaxc_value b, const struct jx_dims *dims, jaxc_dtype preferred)
{
    jaxc_value x[] = {a, b}, y;
    jaxc_dtype dtype;
    if (!jx_join_dtypes(2, x, JX_JOIN_ANY, &dtype) ||
        (preferred && !jx_choose_dtype(preferred, dtype, &preferred)))
        return JX_POISON;
    bool counts = dtype == JAXC_BOOL && (!preferred || preferred == JAXC_BOOL);
    const struct jx_dtype_info *from = jx_dtype_info(dtype), *to = jx_dtype_info(preferred);
    bool same_kind = !preferred || preferred == dtype ||
                     (from->category == to->category && to->size >= from->size);
    for (int i = 0; i < 2 && (counts || !same_kind); i++)
        x[i] = jx_as(x[i], counts ? JAXC_U32 : preferred, false);
    y = jx_dot_general(x[0], x[1], dims, same_kind && !counts ? preferred : (jaxc_dtype)0);
    return counts ? jx_as_bool(y) : y;
}

static jaxc_value multiply(jaxc_value a, jaxc_value b)
{
    jaxc_value operands[] = {a, b};
    jaxc_dtype dtype;
    if (!jx_join(2, operands, JX_JOIN_ANY, &dtype))
        return JX_POISON;
    return dtype == JAXC_BOOL ? jx_and(operands[0], operands[1]) : jx_mul(operands[0], operands[1]);
}

static void add_axis(struct jx_ints *axes, int axis) { axes->at[axes->n++] = axis; }

jaxc_value(jaxc_dot)(jaxc_value a, jaxc_value b)
{
    jx_enter("jaxc_dot");
    struct jx_aval ta, tb;
    struct jx_dims dims = {.lhs_contract = {0}};
    if (!jx_argument_aval(a, 0, &ta) || !jx_argument_aval(b, 1, &tb))
        return JX_POISON;
    if (ta.rank == 0 || tb.rank == 0)
        return multiply(a, b);
    if (!check_contracted(&ta, &tb))
        return JX_POISON;
    add_axis(&dims.lhs_contract, ta.rank - 1);
    add_axis(&dims.rhs_contract, contracted_axis(&tb));
    return jx_dot_of(a, b, &dims, (jaxc_dtype)0);
}

/* ---- matmul ---------------------------------------------------------------------------------- */

/*
 * Where each axis of the result comes from. A leading axis that both have is a batch axis of the
 * product; one that only one has, or that has size 1 on the other side, is a free axis of that
 * operand, so that a matrix shared by a whole batch costs one product. Axes of size 1 that have no
 * part in this are dropped before and, where the result has them, put back after.
 */
struct matmul_plan {
    struct jx_dims dims;
    int n_drop[2], drop[2][JAXC_MAX_RANK]; /* of the operands */
    int n_back, back[JAXC_MAX_RANK];       /* of the result */
    int n_batch,
        batch[JAXC_MAX_RANK]; /* result axes in the order in which dot_general gives them */
    int n_free[2], free[2][JAXC_MAX_RANK];
};

static bool fail_leading(const struct jx_aval *a, const struct jx_aval *b)
{
    char text[2][JX_AVAL_TEXT];
    return jx_fail(JAXC_ESHAPE, "leading axes do not broadcast: %s and %s",
                   jx_aval_text(a, text[0]), jx_aval_text(b, text[1]));
}

static bool plan_matmul(const struct jx_aval *a, const struct jx_aval *b, struct matmul_plan *p)
{
    const struct jx_aval *types[2] = {a, b};
    int lead[2], n_lead = 0;
    for (int s = 0; s < 2; s++) {
        lead[s] = types[s]->rank > 2 ? types[s]->rank - 2 : 0;
        n_lead = lead[s] > n_lead ? lead[s] : n_lead;
    }
    for (int i = 0; i < n_lead; i++) {
        int own[2]; /* this leading axis in each operand; negative: it has none */
        int64_t size[2];
        for (int s = 0; s < 2; s++) {
            own[s] = i - (n_lead - lead[s]);
            size[s] = own[s] < 0 ? 1 : types[s]->dims[own[s]];
        }
        if (size[0] != size[1] && size[0] != 1 && size[1] != 1)
            return fail_leading(a, b);
        for (int s = 0; s < 2; s++)
            if (own[s] >= 0 && size[s] == 1 && own[!s] >= 0)
                p->drop[s][p->n_drop[s]++] = own[s];
        if (own[0] < 0 || (size[0] == 1 && size[1] != 1)) {
            p->free[1][p->n_free[1]++] = i;
        } else if (own[1] < 0 || (size[1] == 1 && size[0] != 1)) {
            p->free[0][p->n_free[0]++] = i;
        } else if (size[0] == 1) {
            p->back[p->n_back++] = i;
        } else {
            add_axis(&p->dims.lhs_batch, own[0] - p->n_drop[0]);
            add_axis(&p->dims.rhs_batch, own[1] - p->n_drop[1]);
            p->batch[p->n_batch++] = i;
        }
    }
    add_axis(&p->dims.lhs_contract, a->rank - 1 - p->n_drop[0]);
    add_axis(&p->dims.rhs_contract, contracted_axis(b) - p->n_drop[1]);
    if (a->rank > 1)
        p->free[0][p->n_free[0]++] = n_lead;
    if (b->rank > 1)
        p->free[1][p->n_free[1]++] = n_lead + (a->rank > 1);
    return true;
}

/* The axes of dot_general's result brought to the order of NumPy's. */
static jaxc_value order_axes(jaxc_value y, const struct matmul_plan *p)
{
    int place[JAXC_MAX_RANK * 3], n = 0, permutation[JAXC_MAX_RANK];
    for (int i = 0; i < p->n_batch; i++)
        place[n++] = p->batch[i];
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < p->n_free[s]; i++)
            place[n++] = p->free[s][i];
    for (int i = 0; i < n; i++) {
        int before = 0;
        for (int j = 0; j < n; j++)
            before += place[j] < place[i];
        permutation[before] = i;
    }
    y = jx_transpose(y, permutation);
    return jx_insert_axes(y, p->n_back, p->back);
}

jaxc_value(jaxc_matmul)(jaxc_value a, jaxc_value b)
{
    jx_enter("jaxc_matmul");
    struct jx_aval ta, tb;
    struct matmul_plan plan = {.n_batch = 0};
    if (!jx_argument_aval(a, 0, &ta) || !jx_argument_aval(b, 1, &tb))
        return JX_POISON;
    if (ta.rank == 0 || tb.rank == 0) {
        char text[2][JX_AVAL_TEXT];
        jx_fail(JAXC_ESHAPE, "a scalar is no matrix: %s and %s", jx_aval_text(&ta, text[0]),
                jx_aval_text(&tb, text[1]));
        return JX_POISON;
    }
    if (!check_contracted(&ta, &tb) || !plan_matmul(&ta, &tb, &plan))
        return JX_POISON;
    a = jx_drop_axes(a, plan.n_drop[0], plan.drop[0]);
    b = jx_drop_axes(b, plan.n_drop[1], plan.drop[1]);
    jaxc_value y = jx_dot_of(a, b, &plan.dims, (jaxc_dtype)0);
    return jx_is_poison(y) ? y : order_axes(y, &plan);
}

jaxc_value(jaxc_outer)(jaxc_value a, jaxc_value b)
{
    jx_enter("jaxc_outer");
    struct jx_aval ta, tb;
    if (!jx_argument_aval(a, 0, &ta) || !jx_argument_aval(b, 1, &tb))
        return JX_POISON;
    int64_t column[] = {jx_count(ta.rank, ta.dims), 1}, row[] = {jx_count(tb.rank, tb.dims)};
    return multiply(jx_reshape(a, 2, column), jx_reshape(b, 1, row));
}

/* ---- other axes ------------------------------------------------------------------------------ */

static jaxc_value tensordot(jaxc_value a, jaxc_value b, const struct jx_dims *dims,
                            jaxc_dtype preferred)
{
    struct jx_aval types[2];
    char text[2][JX_AVAL_TEXT];
    if (!jx_argument_aval(a, 0, &types[0]) || !jx_argument_aval(b, 1, &types[1]))
        return JX_POISON;
    for (int i = 0; i < dims->lhs_contract.n; i++) {
        int64_t at[2] = {dims->lhs_contract.at[i], dims->rhs_contract.at[i]};
        if (types[0].dims[at[0]] == types[1].dims[at[1]])
            continue;
        jx_fail(JAXC_ESHAPE,
                "axis %" PRId64 " of a %s has %" PRId64 ", axis %" PRId64 " of b %s %" PRId64,
                at[0], jx_aval_text(&types[0], text[0]), types[0].dims[at[0]], at[1],
                jx_aval_text(&types[1], text[1]), types[1].dims[at[1]]);
        return JX_POISON;
    }
    return jx_dot_of(a, b, dims, preferred);
}

jaxc_value(jaxc_tensordot)(jaxc_value a, jaxc_value b, int n, struct jaxc_product_options options)
{
    jx_enter("jaxc_tensordot");
    struct jx_aval ta, tb;
    struct jx_dims dims = {.lhs_contract = {0}};
    char text[2][JX_AVAL_TEXT];
    if (!jx_argument_aval(a, 0, &ta) || !jx_argument_aval(b, 1, &tb))
        return JX_POISON;
    if (n < 0 || n > ta.rank || n > tb.rank) {
        jx_fail(JAXC_EAXIS, "%d axes of %s and %s", n, jx_aval_text(&ta, text[0]),
                jx_aval_text(&tb, text[1]));
        return JX_POISON;
    }
    for (int i = 0; i < n; i++) {
        add_axis(&dims.lhs_contract, ta.rank - n + i);
        add_axis(&dims.rhs_contract, i);
    }
    return tensordot(a, b, &dims, options.preferred_element_type);
}

static bool list_axes(const struct jaxc_ints *given, int rank, struct jx_ints *axes)
{
    bool taken[JAXC_MAX_RANK] = {false};
    int axis;
    if (given->n < 0 || given->n > rank)
        return jx_fail(JAXC_EAXIS, "%d axes of an array that has %d", given->n, rank);
    for (int i = 0; i < given->n; i++) {
        if (given->at[i] < INT32_MIN || given->at[i] > INT32_MAX ||
            !jx_axis((int)given->at[i], rank, &axis))
            return jx_fail(JAXC_EAXIS, "axis %" PRId64, given->at[i]);
        if (taken[axis])
            return jx_fail(JAXC_EAXIS, "axis %d is given twice", axis);
        taken[axis] = true;
        add_axis(axes, axis);
    }
    return true;
}

jaxc_value(jaxc_tensordot_axes)(jaxc_value a, jaxc_value b, struct jaxc_ints a_axes,
                                struct jaxc_ints b_axes, struct jaxc_product_options options)
{
    jx_enter("jaxc_tensordot_axes");
    struct jx_aval ta, tb;
    struct jx_dims dims = {.lhs_contract = {0}};
    if (!jx_argument_aval(a, 0, &ta) || !jx_argument_aval(b, 1, &tb) ||
        !list_axes(&a_axes, ta.rank, &dims.lhs_contract) ||
        !list_axes(&b_axes, tb.rank, &dims.rhs_contract))
        return JX_POISON;
    if (a_axes.n != b_axes.n) {
        jx_fail(JAXC_EAXIS, "%d axes of a, %d of b", a_axes.n, b_axes.n);
        return JX_POISON;
    }
    return tensordot(a, b, &dims, options.preferred_element_type);
}

jaxc_value(jaxc_inner)(jaxc_value a, jaxc_value b)
{
    jx_enter("jaxc_inner");
    struct jx_aval ta, tb;
    struct jx_dims dims = {.lhs_contract = {0}};
    if (!jx_argument_aval(a, 0, &ta) || !jx_argument_aval(b, 1, &tb))
        return JX_POISON;
    if (ta.rank == 0 || tb.rank == 0)
        return multiply(a, b);
    add_axis(&dims.lhs_contract, ta.rank - 1);
    add_axis(&dims.rhs_contract, tb.rank - 1);
    return tensordot(a, b, &dims, (jaxc_dtype)0);
}

jaxc_value(jaxc_vdot)(jaxc_value a, jaxc_value b)
{
    jx_enter("jaxc_vdot");
    struct jx_dims dims = {.lhs_contract = {1, {0}}, .rhs_contract = {1, {0}}};
    return tensordot(jx_flat(a), jx_flat(b), &dims, (jaxc_dtype)0);
}

/* An einsum whose contracted axes, axis_a and axis_b from the end, have one size. */
static jaxc_value product_of(const char *subscripts, jaxc_value a, int axis_a, int rank_a,
                             jaxc_value b, int axis_b, int rank_b)
{
    struct jx_aval ta, tb;
    jaxc_value x[2] = {a, b};
    char text[2][JX_AVAL_TEXT];
    if (!jx_argument_aval(a, 0, &ta) || !jx_argument_aval(b, 1, &tb))
        return JX_POISON;
    if (ta.rank < rank_a || tb.rank < rank_b) {
        jx_fail(JAXC_ESHAPE, "too few axes: %s and %s", jx_aval_text(&ta, text[0]),
                jx_aval_text(&tb, text[1]));
        return JX_POISON;
    }
    int64_t k = ta.dims[ta.rank - axis_a], other = tb.dims[tb.rank - axis_b];
    if (k != other) {
        jx_fail(JAXC_ESHAPE, "k differs: a %s has %" PRId64 ", b %s has %" PRId64,
                jx_aval_text(&ta, text[0]), k, jx_aval_text(&tb, text[1]), other);
        return JX_POISON;
    }
    return jx_einsum(subscripts, 2, x, (jaxc_dtype)0);
}

jaxc_value(jaxc_vecdot)(jaxc_value a, jaxc_value b, struct jaxc_axes_options options)
{
    jx_enter("jaxc_vecdot");
    struct jx_aval types[2];
    jaxc_value x[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        int axis;
        if (!jx_argument_aval(x[i], i, &types[i]) ||
            !jx_one_axis(&options.axes, types[i].rank, -1, &axis))
            return JX_POISON;
        x[i] = jx_moveaxis(x[i], axis, -1);
    }
    return product_of("...n,...n->...", x[0], 1, 1, x[1], 1, 1);
}

jaxc_value(jaxc_matvec)(jaxc_value a, jaxc_value b)
{
    jx_enter("jaxc_matvec");
    return product_of("...nm,...m->...n", a, 1, 2, b, 1, 1);
}

jaxc_value(jaxc_vecmat)(jaxc_value a, jaxc_value b)
{
    jx_enter("jaxc_vecmat");
    return product_of("...n,...nm->...m", a, 1, 1, b, 2, 2);
}
