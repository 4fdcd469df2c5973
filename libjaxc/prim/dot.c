/*
 * prim/dot.c - dot_general: the product over contracted axes, for each index of the batch axes.
 *
 * Result axes: batch in the given order, the other axes of lhs, the other axes of rhs. Under vmap a
 * lane axis of one operand is one more free axis, so that a batch of products with a shared operand
 * stays one product.
 */
#include "prim/prim.h"

/* One operand's part of the dimension numbers. */
struct side {
    const struct jx_ints *contract, *batch;
};

static struct side lhs_of(const struct jx_dims *d)
{
    return (struct side){&d->lhs_contract, &d->lhs_batch};
}

static struct side rhs_of(const struct jx_dims *d)
{
    return (struct side){&d->rhs_contract, &d->rhs_batch};
}

static uint32_t bits(const struct jx_ints *axes)
{
    uint32_t b = 0;
    for (int i = 0; i < axes->n; i++)
        b |= 1u << axes->at[i];
    return b;
}

/* The axes that are neither contracted nor batch, ascending; how many. */
static int free_axes(int rank, struct side s, int *axes)
{
    int n = 0;
    uint32_t bound = bits(s.contract) | bits(s.batch);
    for (int i = 0; i < rank; i++)
        if (!(bound >> i & 1))
            axes[n++] = i;
    return n;
}

static bool check_side(const char *name, const struct jx_aval *x, struct side s)
{
    char text[JX_AVAL_TEXT];
    uint32_t seen = 0;
    for (int i = 0; i < s.contract->n + s.batch->n; i++) {
        int64_t axis = i < s.contract->n ? s.contract->at[i] : s.batch->at[i - s.contract->n];
        if (axis < 0 || axis >= x->rank)
            return jx_fail(JAXC_EAXIS, "dot_general: axis %lld of %s %s", (long long)axis, name,
                           jx_aval_text(x, text));
        if (seen >> axis & 1)
            return jx_fail(JAXC_EAXIS, "dot_general: axis %lld of %s %s named twice",
                           (long long)axis, name, jx_aval_text(x, text));
        seen |= 1u << axis;
    }
    return true;
}

static bool check_pairs(const struct jx_rule *r, const char *what, const char *verb,
                        const struct jx_ints *lhs, const struct jx_ints *rhs)
{
    const struct jx_aval *x = r->in[0], *y = r->in[1];
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    if (lhs->n != rhs->n)
        return jx_fail(JAXC_EVALUE, "dot_general: lhs %s %d axes, rhs %d", verb, lhs->n, rhs->n);
    for (int i = 0; i < lhs->n; i++) {
        long long m = x->dims[lhs->at[i]], n = y->dims[rhs->at[i]];
        if (m != n)
            return jx_fail(
                JAXC_ESHAPE,
                "dot_general: %s differs: lhs %s %s axis %lld (%lld), rhs %s axis %lld (%lld)",
                what, jx_aval_text(x, a), verb, (long long)lhs->at[i], m, jx_aval_text(y, b),
                (long long)rhs->at[i], n);
    }
    return true;
}

/* The result's dtype: that of the operands, or a preferred one of the same kind; integers do not
 * get narrower. */
static bool result_dtype(const struct jx_rule *r, jaxc_dtype preferred, uint8_t *dtype)
{
    char text[JX_AVAL_TEXT];
    const struct jx_dtype_info *of = jx_dtype_info(r->in[0]->dtype);
    if (!jx_same_dtypes(r))
        return false;
    if (of->category == JX_CAT_BOOL)
        return jx_fail(JAXC_EDTYPE, "dot_general: takes integers and floats, got %s",
                       jx_aval_text(r->in[0], text));
    *dtype = r->in[0]->dtype;
    if (!preferred)
        return true;
    if (!jx_check_dtype(r, preferred))
        return false;
    const struct jx_dtype_info *to = jx_dtype_info(preferred);
    if (to->category != of->category || (jx_is_integer(preferred) && to->size < of->size))
        return jx_fail(JAXC_EDTYPE, "dot_general: a product of %s cannot be %s",
                       jx_aval_text(r->in[0], text), to->name);
    *dtype = (uint8_t)preferred;
    return true;
}

static bool dot_general_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_dot_general_params *p = r->params;
    const struct jx_dims *d = &p->dimension_numbers;
    const struct jx_aval *x = r->in[0], *y = r->in[1];
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    uint8_t dtype = 0;
    if (!result_dtype(r, p->preferred_element_type, &dtype) || !check_side("lhs", x, lhs_of(d)) ||
        !check_side("rhs", y, rhs_of(d)) ||
        !check_pairs(r, "k", "contracts", &d->lhs_contract, &d->rhs_contract) ||
        !check_pairs(r, "batch", "stacks", &d->lhs_batch, &d->rhs_batch))
        return false;
    int of_x[JAXC_MAX_RANK], of_y[JAXC_MAX_RANK];
    int n_x = free_axes(x->rank, lhs_of(d), of_x), n_y = free_axes(y->rank, rhs_of(d), of_y);
    int rank = d->lhs_batch.n + n_x + n_y;
    if (rank > JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT,
                       "dot_general: the product of %s and %s has rank %d, the limit is %d",
                       jx_aval_text(x, a), jx_aval_text(y, b), rank, JAXC_MAX_RANK);
    *out = jx_aval_make(dtype, 0, NULL);
    out->weak = 2;
    for (int i = 0; i < d->lhs_batch.n; i++)
        out->dims[out->rank++] = x->dims[d->lhs_batch.at[i]];
    for (int i = 0; i < n_x; i++)
        out->dims[out->rank++] = x->dims[of_x[i]];
    for (int i = 0; i < n_y; i++)
        out->dims[out->rank++] = y->dims[of_y[i]];
    int64_t n;
    return jx_n_elements(out->rank, out->dims, &n);
}

/* dot(g, rhs) and dot(lhs, g) */
static jaxc_value dot_general_jvp(const struct jx_rule *r, jaxc_value dx)
{
    const struct jx_dot_general_params *p = r->params;
    return jx_dot_general(r->operand == 0 ? dx : r->x[0], r->operand == 1 ? dx : r->x[1],
                          &p->dimension_numbers, p->preferred_element_type);
}

/* The cotangent contracted with the other operand over that one's free axes. The product's axes
 * are this operand's batch axes, free axes, and contracted axes in the order the other one has
 * them: put back. */
static jaxc_value dot_general_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    const struct jx_dot_general_params *p = r->params;
    const struct jx_dims *d = &p->dimension_numbers;
    bool is_lhs = r->operand == 0;
    struct side mine = is_lhs ? lhs_of(d) : rhs_of(d), others = is_lhs ? rhs_of(d) : lhs_of(d);
    const struct jx_aval *me = r->in[r->operand], *other = r->in[1 - r->operand];
    int my_free[JAXC_MAX_RANK], other_free[JAXC_MAX_RANK];
    int n_batch = mine.batch->n, n_mine = free_axes(me->rank, mine, my_free);
    int n_others = free_axes(other->rank, others, other_free);

    struct jx_dims back = {.lhs_contract = {.n = n_others},
                           .rhs_contract = {.n = n_others},
                           .lhs_batch = {.n = n_batch},
                           .rhs_batch = *others.batch};
    for (int i = 0; i < n_batch; i++)
        back.lhs_batch.at[i] = i;
    for (int i = 0; i < n_others; i++) {
        back.lhs_contract.at[i] = n_batch + (is_lhs ? n_mine : 0) + i;
        back.rhs_contract.at[i] = other_free[i];
    }

    int place[JAXC_MAX_RANK], at = 0; /* where the product has each of my axes */
    for (int i = 0; i < n_batch; i++)
        place[mine.batch->at[i]] = at++;
    for (int i = 0; i < n_mine; i++)
        place[my_free[i]] = at++;
    for (int axis = 0; axis < other->rank; axis++)
        for (int i = 0; i < others.contract->n; i++)
            if (others.contract->at[i] == axis)
                place[mine.contract->at[i]] = at++;

    jaxc_value g = ct[0], x = r->x[1 - r->operand];
    jaxc_dtype from = r->out[0]->dtype, to = me->dtype, preferred = from == to ? 0 : to;
    if (jx_dtype_info(from)->size > jx_dtype_info(to)->size) /* multiply in the wider one */
        x = jx_convert_element_type(x, from, false);
    else if (from != to)
        g = jx_convert_element_type(g, to, false);
    return jx_transpose(jx_dot_general(g, x, &back, preferred), place);
}

/* Axes of an operand that has a lane axis too. */
static struct jx_ints beside_lane(const struct jx_ints *axes, int lane)
{
    struct jx_ints all = *axes;
    for (int i = 0; lane >= 0 && i < all.n; i++)
        all.at[i] += all.at[i] >= lane;
    return all;
}

static void put_first(struct jx_ints *axes, int axis)
{
    struct jx_ints old = *axes;
    axes->n++;
    jx_insert(old.n, old.at, 0, axis, axes->at);
}

static int count_before(const int *axes, int n, int lane)
{
    int count = 0;
    for (int i = 0; i < n; i++)
        count += axes[i] < lane;
    return count;
}

static bool dot_general_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_dot_general_params *p = r->params;
    const struct jx_dims *d = &p->dimension_numbers;
    int of_x[JAXC_MAX_RANK], of_y[JAXC_MAX_RANK], x_lane = r->axis[0], y_lane = r->axis[1];
    struct jx_aval a, b;
    if (!jx_value_aval(r->x[0], &a) || !jx_value_aval(r->x[1], &b))
        return false;
    struct jx_dims all = {.lhs_contract = beside_lane(&d->lhs_contract, x_lane),
                          .rhs_contract = beside_lane(&d->rhs_contract, y_lane),
                          .lhs_batch = beside_lane(&d->lhs_batch, x_lane),
                          .rhs_batch = beside_lane(&d->rhs_batch, y_lane)};
    jaxc_value lhs = r->x[0], rhs = r->x[1];
    int n_x = free_axes(a.rank, lhs_of(&all), of_x), n_y = free_axes(b.rank, rhs_of(&all), of_y);
    y_axis[0] = all.lhs_batch.n;
    if (x_lane >= 0 && y_lane >= 0) {
        put_first(&all.lhs_batch, x_lane);
        put_first(&all.rhs_batch, y_lane);
        y_axis[0] = 0;
    } else if (x_lane >= 0) {
        y_axis[0] += count_before(of_x, n_x, x_lane);
    } else if (n_y > 1 || n_x == 0) {
        y_axis[0] += n_x + count_before(of_y, n_y, y_lane);
    } else { /* matrix by vectors: turned round, so that the lanes come first without a transpose */
        all = (struct jx_dims){all.rhs_contract, all.lhs_contract, all.rhs_batch, all.lhs_batch};
        lhs = r->x[1];
        rhs = r->x[0];
    }
    y[0] = jx_dot_general(lhs, rhs, &all, p->preferred_element_type);
    return !jx_is_poison(y[0]);
}

static void copy_axes(const struct jx_ints *from, int *to)
{
    for (int i = 0; i < from->n; i++)
        to[i] = (int)from->at[i];
}

/* An operand of a product without contraction, stretched over the result; `behind`: its free
 * axes stand there. */
static int stretch(struct jx_graph *g, int x, const struct jx_aval *type, struct side s, int behind,
                   const struct jx_aval *out)
{
    int axes[JAXC_MAX_RANK], map[JAXC_MAX_RANK];
    int n = free_axes(type->rank, s, axes);
    for (int i = 0; i < s.batch->n; i++)
        map[s.batch->at[i]] = i;
    for (int i = 0; i < n; i++)
        map[axes[i]] = behind + i;
    return jx_g_broadcast(g, x, out->rank, out->dims, map);
}

/* An operand of a product without free axes, its batch axes first. */
static int batch_first(struct jx_graph *g, int x, struct side s)
{
    int permutation[JAXC_MAX_RANK];
    for (int i = 0; i < s.batch->n; i++)
        permutation[i] = (int)s.batch->at[i];
    for (int i = 0; i < s.contract->n; i++)
        permutation[s.batch->n + i] = (int)s.contract->at[i];
    return jx_g_transpose(g, x, permutation);
}

/* Are both operands contracted whole, but for batch axes, over more than one point? */
static bool is_inner_product(const struct jx_rule *r, const struct jx_dims *d)
{
    int64_t n = 1;
    for (int i = 0; i < d->lhs_contract.n; i++)
        n *= r->in[0]->dims[d->lhs_contract.at[i]];
    return n > 1 && r->in[0]->rank == d->lhs_batch.n + d->lhs_contract.n &&
           r->in[1]->rank == d->rhs_batch.n + d->rhs_contract.n;
}

static bool dot_general_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_dot_general_params *p = r->params;
    const struct jx_dims *d = &p->dimension_numbers;
    const struct jx_aval *out = r->out[0];
    struct jx_graph *g = l->graph;
    jaxc_dtype from = r->in[0]->dtype, to = out->dtype;
    jaxc_dtype wide = jx_dtype_info(to)->size < jx_dtype_info(from)->size ? from : to;
    int x = l->in[0], y = l->in[1], product;
    if (from != wide) {
        x = jx_g_scalar(g, JX_S_convert, wide, 1, &x);
        y = jx_g_scalar(g, JX_S_convert, wide, 1, &y);
    }
    if (d->lhs_contract.n == 0) { /* nothing to sum: elementwise, so that it fuses */
        x = stretch(g, x, r->in[0], lhs_of(d), d->lhs_batch.n, out);
        y = stretch(g, y, r->in[1], rhs_of(d), r->in[0]->rank, out);
        product = jx_g_scalar(g, JX_S_mul, wide, 2, (const int[]){x, y});
    } else if (is_inner_product(r, d)) { /* a sum, which fuses too: no matrix is to be had */
        x = batch_first(g, x, lhs_of(d));
        y = batch_first(g, y, rhs_of(d));
        product = jx_g_scalar(g, JX_S_mul, wide, 2, (const int[]){x, y});
        uint32_t axes = ((1u << d->lhs_contract.n) - 1) << d->lhs_batch.n;
        product = jx_g_reduce(g, JX_COMBINE_ADD, wide, product, -1, axes);
    } else {
        struct jx_gdims dims = {.n_batch = d->lhs_batch.n, .n_contract = d->lhs_contract.n};
        copy_axes(&d->lhs_batch, dims.lhs_batch);
        copy_axes(&d->rhs_batch, dims.rhs_batch);
        copy_axes(&d->lhs_contract, dims.lhs_contract);
        copy_axes(&d->rhs_contract, dims.rhs_contract);
        product = jx_g_dot(g, wide, x, y, &dims);
    }
    l->out[0] = wide == to ? product : jx_g_scalar(g, JX_S_convert, to, 1, &product);
    return l->out[0] >= 0;
}

const struct jx_prim jx_dot_general_p = {
    .name = "dot_general",
    .dear = true,
    .arity = 2,
    .fields =
        (const struct jx_field[]){
            JX_FIELD(struct jx_dot_general_params, dimension_numbers, JX_F_DIMS),
            JX_FIELD_HIDDEN(struct jx_dot_general_params, preferred_element_type, JX_F_DTYPE),
            {0}},
    .params_size = sizeof(struct jx_dot_general_params),
    .type = dot_general_type,
    .jvp = dot_general_jvp,
    .transpose = dot_general_transpose,
    .batch = dot_general_batch,
    .lower = dot_general_lower,
};

jaxc_value jx_dot_general(jaxc_value lhs, jaxc_value rhs, const struct jx_dims *dims,
                          jaxc_dtype preferred)
{
    struct jx_dot_general_params p = {*dims, preferred};
    return jx_apply(&jx_dot_general_p, &p, 2, (const jaxc_value[]){lhs, rhs});
}
