/*
 * prim/scatter.c - scatter, scatter-add, scatter-mul, scatter-min, scatter-max: an operand with
 * windows of updates put in, or joined to what is there.
 *
 * Windows are taken one after the other in row-major order of the updates, so where they overlap
 * the last one stays. One that reaches outside of the operand is left out, unless the mode is to
 * move it until it fits. Dimension numbers are those of gather, which reads the same windows back.
 */
#include "prim/prim.h"

static const char *const scatter_words[] = {"ScatterDimensionNumbers",
                                            "update_window_dims",
                                            "inserted_window_dims",
                                            "scatter_dims_to_operand_dims",
                                            "operand_batching_dims",
                                            "scatter_indices_batching_dims",
                                            NULL};

/* Sizes of a window along the operand's axes. */
static struct jx_ints window_sizes(const struct jx_index_dims *d, int rank,
                                   const struct jx_aval *updates)
{
    struct jx_ints sizes = {.n = rank};
    uint32_t in_window = jx_index_window_axes(d, rank);
    for (int i = 0, next = 0; i < rank; i++)
        sizes.at[i] = in_window >> i & 1 ? updates->dims[d->offset_dims.at[next++]] : 1;
    return sizes;
}

static bool windows_fit(const struct jx_rule *r)
{
    const struct jx_scatter_params *p = r->params;
    const struct jx_index_dims *d = &p->dimension_numbers;
    const struct jx_aval *x = r->in[0], *updates = r->in[2];
    struct jx_aval want;
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    if (x->dtype != updates->dtype)
        return jx_fail(JAXC_EDTYPE, "%s: operand and updates need equal dtypes: %s and %s",
                       r->prim->name, jx_aval_text(x, a), jx_aval_text(updates, b));
    if (!jx_index_check_dims(r, d, scatter_words))
        return false;
    if (updates->rank != r->in[1]->rank - 1 + d->offset_dims.n)
        return jx_fail(JAXC_ESHAPE, "%s: updates %s for indices %s and windows of %d axes",
                       r->prim->name, jx_aval_text(updates, a), jx_aval_text(r->in[1], b),
                       d->offset_dims.n);
    struct jx_ints sizes = window_sizes(d, x->rank, updates);
    if (!jx_index_windows(r, d, &sizes, &want))
        return false;
    return jx_same_dims(want.rank, want.dims, updates->dims) ||
           jx_fail(JAXC_ESHAPE, "%s: updates are %s, they must be %s", r->prim->name,
                   jx_aval_text(updates, a), jx_aval_text(&want, b));
}

static bool scatter_type(const struct jx_rule *r, struct jx_aval *out)
{
    *out = *r->in[0];
    return windows_fit(r);
}

static bool scatter_number_type(const struct jx_rule *r, struct jx_aval *out)
{
    char text[JX_AVAL_TEXT];
    if (r->in[0]->dtype == JAXC_BOOL)
        return jx_fail(JAXC_EDTYPE, "%s: takes integers and floats, got %s", r->prim->name,
                       jx_aval_text(r->in[0], text));
    return scatter_type(r, out);
}

/* ---- what the rules are made of -------------------------------------------------------------- */

/* The windows of x that the updates of r go to; 0 for those that are left out. */
static jaxc_value read_back(const struct jx_rule *r, jaxc_value x)
{
    const struct jx_scatter_params *p = r->params;
    struct jx_gather_params back = {
        .dimension_numbers = p->dimension_numbers,
        .fill_value = {JAXC_I64, {.i = 0}},
        .mode = p->mode,
        .slice_sizes = window_sizes(&p->dimension_numbers, r->in[0]->rank, r->in[2]),
        .indices_are_sorted = p->indices_are_sorted,
        .unique_indices = p->unique_indices,
    };
    return jx_gather(x, r->x[1], &back);
}

static jaxc_value put(const struct jx_rule *r, const struct jx_prim *prim, jaxc_value x,
                      jaxc_value updates)
{
    return jx_scatter(prim, x, r->x[1], updates, r->params);
}

/* An operand or updates as numbers, zeros where there is a symbolic zero. */
static jaxc_value or_zeros(const struct jx_rule *r, int operand, jaxc_value dx)
{
    return jx_is_zero(dx) ? jx_zeros_of(r->in[operand]) : dx;
}

/* Where both operand and updates are linear: the same scatter of the tangents. */
static bool scatter_jvp(const struct jx_rule *r, const jaxc_value *dx, jaxc_value *y_out,
                        jaxc_value *dy)
{
    (void)y_out;
    dy[0] = JX_ZERO;
    if (jx_is_zero(dx[0]) && jx_is_zero(dx[2]))
        return true;
    dy[0] = put(r, r->prim, or_zeros(r, 0, dx[0]), or_zeros(r, 2, dx[2]));
    return !jx_is_poison(dy[0]);
}

/* Lanes of the indices are a batch axis paired with the operand's; without them the lanes are one
 * more axis of the windows. The operand's stay where they are. */
static bool scatter_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    struct jx_scatter_params p = *(const struct jx_scatter_params *)r->params;
    struct jx_index_dims *d = &p.dimension_numbers;
    int lane = r->axis[0] < 0 ? 0 : r->axis[0], other = r->axis[1];
    struct jx_aval a, at;
    jaxc_value x = jx_move_axis(r->x[0], r->axis[0], lane, r->size);
    jaxc_value indices = jx_index_lane_in_front(r, r->x[1], &other);
    if (!jx_value_aval(x, &a) || !jx_value_aval(indices, &at))
        return false;
    int rank = at.rank - (other >= 0) - 1 + d->offset_dims.n; /* of one lane's updates */
    int place = other < 0 ? jx_index_lane_of_operand(d, a.rank - 1, rank, lane)
                          : jx_index_lane_of_both(d, rank, lane, other);
    jaxc_value updates = jx_move_axis(r->x[2], r->axis[2], place, r->size);
    y_axis[0] = lane;
    y[0] = jx_scatter(r->prim, x, indices, updates, &p);
    return !jx_is_poison(y[0]);
}

static bool scatter_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_scatter_params *p = r->params;
    const struct jx_aval *x = r->in[0], *updates = r->in[2];
    struct jx_ints sizes = window_sizes(&p->dimension_numbers, x->rank, updates);
    struct jx_index_place place;
    l->out[0] = l->in[0];
    if (jx_count(x->rank, x->dims) == 0 || jx_count(updates->rank, updates->dims) == 0)
        return true;
    if (!jx_index_place(l, r, &p->dimension_numbers, sizes.at, updates, p->mode == JX_CLIP, &place))
        return false;
    l->out[0] = jx_g_scatter(l->graph, l->in[0], l->in[2], place.address, place.valid,
                             (enum jx_scalar_op)r->prim->scalar, &place.flat);
    return l->out[0] >= 0;
}

/* As JAX prints them; what joins two elements is told by the name alone. */
static const struct jx_field scatter_fields[] = {
    JX_FIELD_WORDS(struct jx_scatter_params, dimension_numbers, JX_F_RECORD, scatter_words),
    JX_FIELD(struct jx_scatter_params, indices_are_sorted, JX_F_BOOL),
    JX_FIELD_WORDS(struct jx_scatter_params, mode, JX_F_ENUM, jx_mode_words),
    JX_FIELD(struct jx_scatter_params, unique_indices, JX_F_BOOL),
    JX_FIELD_IGNORED(update_consts),
    JX_FIELD_IGNORED(update_jaxpr),
    {0}};

jaxc_value jx_scatter(const struct jx_prim *prim, jaxc_value x, jaxc_value indices,
                      jaxc_value updates, const struct jx_scatter_params *params)
{
    return jx_apply(prim, params, 3, (const jaxc_value[]){x, indices, updates});
}

/* ---- scatter: the last window stays ---------------------------------------------------------- */

/* Numbers for the windows, from 1, repeated over each: as many as the updates are. */
static jaxc_value window_numbers(const struct jx_rule *r, const struct jx_aval *type)
{
    const struct jx_scatter_params *p = r->params;
    const struct jx_aval *updates = r->in[2];
    int batch[JAXC_MAX_RANK], n = jx_index_batch_axes(&p->dimension_numbers, updates->rank, batch);
    int64_t count = 1, dims[JAXC_MAX_RANK];
    for (int i = 0; i < n; i++)
        count *= dims[i] = updates->dims[batch[i]];
    struct jx_aval one = jx_aval_make((jaxc_dtype)type->dtype, 0, NULL);
    jaxc_value numbers = jx_iota((jaxc_dtype)type->dtype, 1, &count, 0);
    numbers = jx_reshape(jx_add(numbers, jx_literal(&one, 1)), n, dims);
    return jx_broadcast_in_dim(numbers, updates->rank, updates->dims, batch);
}

/* operand: the cotangent with 0 where something was put; updates: the cotangent of those elements
 * that stayed */
static bool scatter_transpose(const struct jx_rule *r, const bool *linear, const jaxc_value *ct,
                              jaxc_value *ct_in)
{
    const struct jx_scatter_params *p = r->params;
    jaxc_value none = jx_zeros_of(r->in[2]), windows = read_back(r, ct[0]);
    if (p->unique_indices) {
        if (linear[0])
            ct_in[0] = put(r, &jx_scatter_p, ct[0], none);
        if (linear[2])
            ct_in[2] = windows;
        return !(linear[0] && jx_is_poison(ct_in[0])) && !(linear[2] && jx_is_poison(ct_in[2]));
    }
    struct jx_aval type = *r->in[0];
    int64_t n = jx_count(r->in[2]->rank, r->in[2]->dims);
    type.dtype = n < (int64_t)UINT32_MAX ? JAXC_U32 : JAXC_U64;
    type.weak = 0;
    jaxc_value zeros = jx_zeros_of(&type), numbers = window_numbers(r, &type);
    jaxc_value winner = put(r, &jx_scatter_p, zeros, numbers); /* of each element; 0: none */
    if (linear[0])
        ct_in[0] = jx_select(jx_eq(winner, zeros), ct[0], jx_zeros_of(r->out[0]));
    if (linear[2])
        ct_in[2] = jx_select(jx_eq(read_back(r, winner), numbers), windows, none);
    return !(linear[0] && jx_is_poison(ct_in[0])) && !(linear[2] && jx_is_poison(ct_in[2]));
}

const struct jx_prim jx_scatter_p = {
    .name = "scatter",
    .dear = true,
    .arity = 3,
    .fields = scatter_fields,
    .params_size = sizeof(struct jx_scatter_params),
    .type = scatter_type,
    .jvp_all = scatter_jvp,
    .transpose_all = scatter_transpose,
    .batch = scatter_batch,
    .lower = scatter_lower,
    .moves = true,
    .scalar = JX_S_none,
};

/* ---- scatter-add: operand: the cotangent; updates: its windows ------------------------------- */

static jaxc_value scatter_add_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    return r->operand == 0 ? ct[0] : read_back(r, ct[0]);
}

const struct jx_prim jx_scatter_add_p = {
    .name = "scatter-add",
    .dear = true,
    .arity = 3,
    .fields = scatter_fields,
    .params_size = sizeof(struct jx_scatter_params),
    .type = scatter_number_type,
    .jvp_all = scatter_jvp,
    .transpose = scatter_add_transpose,
    .batch = scatter_batch,
    .lower = scatter_lower,
    .scalar = JX_S_add,
};

/* ---- scatter-mul: operand: g times the updates; updates: g times the operand, if no two meet -- */

static bool must_be_unique(const struct jx_rule *r)
{
    const struct jx_scatter_params *p = r->params;
    return p->unique_indices ||
           jx_fail(JAXC_ENORULE, "%s has a derivative in the updates only with unique_indices",
                   r->prim->name);
}

static jaxc_value scatter_mul_jvp(const struct jx_rule *r, jaxc_value dx)
{
    if (r->operand == 0)
        return put(r, &jx_scatter_mul_p, dx, r->x[2]);
    if (!must_be_unique(r))
        return JX_POISON;
    return jx_mul(r->x[0], put(r, &jx_scatter_add_p, jx_zeros_of(r->in[0]), dx));
}

static jaxc_value scatter_mul_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    if (r->operand == 0)
        return put(r, &jx_scatter_mul_p, ct[0], r->x[2]);
    return must_be_unique(r) ? read_back(r, jx_mul(ct[0], r->x[0])) : JX_POISON;
}

const struct jx_prim jx_scatter_mul_p = {
    .name = "scatter-mul",
    .dear = true,
    .arity = 3,
    .fields = scatter_fields,
    .params_size = sizeof(struct jx_scatter_params),
    .type = scatter_number_type,
    .jvp = scatter_mul_jvp,
    .transpose = scatter_mul_transpose,
    .batch = scatter_batch,
    .lower = scatter_lower,
    .scalar = JX_S_mul,
};

/* ---- scatter-min, scatter-max: the mean of g over all that equal the result ------------------- */

static bool scatter_extreme_jvp(const struct jx_rule *r, const jaxc_value *dx, jaxc_value *y_out,
                                jaxc_value *dy)
{
    const struct jx_aval *x = r->in[0], *updates = r->in[2];
    (void)y_out;
    dy[0] = JX_ZERO;
    if (jx_is_zero(dx[0]) && jx_is_zero(dx[2]))
        return true;
    jaxc_value kept = jx_eq(r->x[0], r->y[0]);
    jaxc_value hit = jx_eq(r->x[2], read_back(r, r->y[0]));
    jaxc_value count = jx_convert_element_type(kept, (jaxc_dtype)x->dtype, x->weak);
    jaxc_value hits = jx_convert_element_type(hit, (jaxc_dtype)x->dtype, updates->weak);
    count = put(r, &jx_scatter_add_p, count, hits);
    jaxc_value sum = jx_zeros_of(x);
    if (!jx_is_zero(dx[0]))
        sum = jx_select(kept, dx[0], sum);
    if (!jx_is_zero(dx[2]))
        sum = put(r, &jx_scatter_add_p, sum, jx_select(hit, dx[2], jx_zeros_of(updates)));
    dy[0] = jx_div(sum, count);
    return !jx_is_poison(dy[0]);
}

const struct jx_prim jx_scatter_min_p = {
    .name = "scatter-min",
    .dear = true,
    .arity = 3,
    .fields = scatter_fields,
    .params_size = sizeof(struct jx_scatter_params),
    .type = scatter_type,
    .jvp_all = scatter_extreme_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = scatter_batch,
    .lower = scatter_lower,
    .scalar = JX_S_min,
};

const struct jx_prim jx_scatter_max_p = {
    .name = "scatter-max",
    .dear = true,
    .arity = 3,
    .fields = scatter_fields,
    .params_size = sizeof(struct jx_scatter_params),
    .type = scatter_type,
    .jvp_all = scatter_extreme_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = scatter_batch,
    .lower = scatter_lower,
    .scalar = JX_S_max,
};
