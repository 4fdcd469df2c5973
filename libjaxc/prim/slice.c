/*
 * prim/slice.c - primitives that take arrays apart and put them together: slice, pad, rev,
 * concatenate; and iota.
 *
 * slice and pad are each other's transposes: a strided slice becomes a pad with interior, a pad a
 * slice of a pad by negative amounts.
 */
#include "prim/prim.h"

/* ---- slice: x[start:limit:stride] along each axis -------------------------------------------- */

static int64_t slice_stride(const struct jx_slice_params *p, int axis)
{
    return p->strides.n > 0 ? p->strides.at[axis] : 1;
}

static bool slice_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_slice_params *p = r->params;
    const struct jx_aval *x = r->in[0];
    char text[JX_AVAL_TEXT];
    if (p->start_indices.n != x->rank || p->limit_indices.n != x->rank ||
        (p->strides.n != 0 && p->strides.n != x->rank))
        return jx_fail(JAXC_EVALUE, "slice: %d starts, %d limits and %d strides for %s",
                       p->start_indices.n, p->limit_indices.n, p->strides.n, jx_aval_text(x, text));
    *out = *x;
    out->weak = 2;
    for (int i = 0; i < x->rank; i++) {
        int64_t start = p->start_indices.at[i], limit = p->limit_indices.at[i];
        int64_t stride = slice_stride(p, i);
        if (start < 0 || start > limit || limit > x->dims[i])
            return jx_fail(JAXC_EVALUE, "slice: [%lld, %lld) of axis %d of %s", (long long)start,
                           (long long)limit, i, jx_aval_text(x, text));
        if (stride < 1)
            return jx_fail(JAXC_EVALUE, "slice: stride %lld along axis %d of %s", (long long)stride,
                           i, jx_aval_text(x, text));
        out->dims[i] = limit == start ? 0 : (limit - start - 1) / stride + 1;
    }
    return true;
}

/* zeros around the cotangent, and stride - 1 between its elements */
static jaxc_value slice_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    const struct jx_slice_params *p = r->params;
    const struct jx_aval *x = r->in[0], *y = r->out[0];
    struct jx_padding config = {.n = x->rank};
    for (int i = 0; i < x->rank; i++) {
        int64_t stride = slice_stride(p, i);
        int64_t reached = y->dims[i] == 0 ? 0 : 1 + (y->dims[i] - 1) * stride;
        config.low[i] = p->start_indices.at[i];
        config.high[i] = x->dims[i] - p->start_indices.at[i] - reached;
        config.interior[i] = y->dims[i] > 1 ? stride - 1 : 0;
    }
    return jx_pad(ct[0], jx_literal(y, 0), &config);
}

static bool slice_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_slice_params *p = r->params;
    int64_t start[JAXC_MAX_RANK + 1], limit[JAXC_MAX_RANK + 1], strides[JAXC_MAX_RANK + 1];
    int n = p->start_indices.n;
    jx_insert(n, p->start_indices.at, r->axis[0], 0, start);
    jx_insert(n, p->limit_indices.at, r->axis[0], r->size, limit);
    jx_insert(p->strides.n, p->strides.at, r->axis[0], 1, strides);
    y_axis[0] = r->axis[0];
    y[0] = jx_slice(r->x[0], start, limit, p->strides.n > 0 ? strides : NULL);
    return !jx_is_poison(y[0]);
}

static bool slice_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_slice_params *p = r->params;
    struct jx_gview view = {0};
    for (int i = 0; i < r->in[0]->rank; i++) {
        view.axis[i].offset = p->start_indices.at[i];
        view.axis[i].coef[i] = slice_stride(p, i);
        view.axis[i].step = 1;
    }
    l->out[0] = jx_g_view(l->graph, l->in[0], r->out[0]->rank, r->out[0]->dims, &view);
    return l->out[0] >= 0;
}

const struct jx_prim jx_slice_p = {
    .name = "slice",
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_slice_params, limit_indices, JX_F_INTS),
                                        JX_FIELD(struct jx_slice_params, start_indices, JX_F_INTS),
                                        JX_FIELD_HIDDEN(struct jx_slice_params, strides, JX_F_INTS),
                                        {0}},
    .params_size = sizeof(struct jx_slice_params),
    .type = slice_type,
    .jvp = jx_jvp_linear,
    .transpose = slice_transpose,
    .batch = slice_batch,
    .lower = slice_lower,
    .moves = true,
};

jaxc_value jx_slice(jaxc_value x, const int64_t *start, const int64_t *limit,
                    const int64_t *strides)
{
    struct jx_slice_params p = {0};
    struct jx_aval a;
    if (!jx_value_aval(x, &a))
        return JX_POISON;
    bool strided = false, whole = true;
    for (int i = 0; i < a.rank; i++) {
        strided = strided || (strides && strides[i] != 1);
        whole = whole && start[i] == 0 && limit[i] == a.dims[i];
    }
    if (whole && !strided)
        return jx_value_again(x);
    jx_ints_make(&p.start_indices, "slice", a.rank, start);
    jx_ints_make(&p.limit_indices, "slice", a.rank, limit);
    if (strided)
        jx_ints_make(&p.strides, "slice", a.rank, strides);
    return jx_apply(&jx_slice_p, &p, 1, &x);
}

jaxc_value jx_slice_axis(jaxc_value x, int axis, int64_t start, int64_t limit, int64_t stride)
{
    int64_t from[JAXC_MAX_RANK] = {0}, by[JAXC_MAX_RANK];
    struct jx_aval a;
    if (!jx_value_aval(x, &a))
        return JX_POISON;
    for (int i = 0; i < a.rank; i++)
        by[i] = 1;
    from[axis] = start;
    a.dims[axis] = limit;
    by[axis] = stride;
    return jx_slice(x, from, a.dims, by);
}

/* ---- pad: `value` before, behind and between the elements; negative amounts cut off ---------- */

static bool pad_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_pad_params *p = r->params;
    const struct jx_padding *config = &p->padding_config;
    const struct jx_aval *x = r->in[0];
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    if (!jx_same_dtypes(r))
        return false;
    if (r->in[1]->rank != 0)
        return jx_fail(JAXC_ESHAPE, "pad: the padding value has rank 0, got %s",
                       jx_aval_text(r->in[1], a));
    if (config->n != x->rank)
        return jx_fail(JAXC_EVALUE, "pad: %d amounts for %s", config->n, jx_aval_text(x, a));
    *out = *x;
    out->weak = 2;
    for (int i = 0; i < x->rank; i++) {
        int64_t n, low = config->low[i], high = config->high[i], interior = config->interior[i];
        if (interior < 0)
            return jx_fail(JAXC_EVALUE, "pad: interior %lld along axis %d of %s",
                           (long long)interior, i, jx_aval_text(x, a));
        if (interior == INT64_MAX || low == INT64_MIN || high == INT64_MIN ||
            __builtin_mul_overflow(x->dims[i], interior + 1, &n) || /* lowering counts to n */
            __builtin_add_overflow(x->dims[i] > 0 ? n - interior : 0, low, &n) ||
            __builtin_add_overflow(n, high, &n))
            return jx_fail(JAXC_ELIMIT, "pad: axis %d of %s gets too long", i, jx_aval_text(x, a));
        if (n < 0)
            return jx_fail(JAXC_ESHAPE, "pad: (%lld, %lld, %lld) leaves %lld along axis %d of %s",
                           (long long)low, (long long)high, (long long)interior, (long long)n, i,
                           jx_aval_text(x, b));
        out->dims[i] = n;
    }
    int64_t n;
    return jx_n_elements(out->rank, out->dims, &n);
}

/* pad(g, g of the value) */
static bool pad_jvp(const struct jx_rule *r, const jaxc_value *dx, jaxc_value *y_out,
                    jaxc_value *dy)
{
    const struct jx_pad_params *p = r->params;
    (void)y_out;
    dy[0] = JX_ZERO;
    if (jx_is_zero(dx[0]) && jx_is_zero(dx[1]))
        return true;
    jaxc_value x = jx_is_zero(dx[0]) ? jx_zeros_of(r->in[0]) : dx[0];
    jaxc_value value = jx_is_zero(dx[1]) ? jx_literal(r->in[1], 0) : dx[1];
    dy[0] = jx_pad(x, value, &p->padding_config);
    return !jx_is_poison(dy[0]);
}

/* operand: the padding cut off again, every (interior + 1)-th element; value: the sum of all the
 * rest */
static bool pad_transpose(const struct jx_rule *r, const bool *linear, const jaxc_value *ct,
                          jaxc_value *ct_in)
{
    static const int all[JAXC_MAX_RANK] = {0, 1, 2, 3, 4, 5, 6, 7};
    const struct jx_pad_params *p = r->params;
    const struct jx_aval *x = r->in[0];
    struct jx_padding back = {.n = x->rank};
    int64_t start[JAXC_MAX_RANK] = {0}, limit[JAXC_MAX_RANK], strides[JAXC_MAX_RANK];
    for (int i = 0; i < x->rank; i++) {
        int64_t interior = p->padding_config.interior[i];
        back.low[i] = -p->padding_config.low[i];
        back.high[i] = -p->padding_config.high[i];
        limit[i] = x->dims[i] == 0 ? 0 : x->dims[i] + (x->dims[i] - 1) * interior;
        strides[i] = interior + 1;
    }
    jaxc_value part = jx_pad(ct[0], jx_literal(r->out[0], 0), &back);
    part = jx_slice(part, start, limit, strides);
    if (linear[0])
        ct_in[0] = part;
    if (linear[1])
        ct_in[1] = jx_sub(jx_reduce_sum(ct[0], x->rank, all), jx_reduce_sum(part, x->rank, all));
    return !(linear[0] && jx_is_poison(ct_in[0])) && !(linear[1] && jx_is_poison(ct_in[1]));
}

static bool pad_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_pad_params *p = r->params;
    struct jx_padding config = p->padding_config;
    struct jx_aval x, value;
    if (!jx_value_aval(r->x[0], &x) || !jx_value_aval(r->x[1], &value))
        return false;
    int lane = r->axis[0];
    if (lane >= 0) { /* nothing is put around lanes */
        jx_insert(p->padding_config.n, p->padding_config.low, lane, 0, config.low);
        jx_insert(p->padding_config.n, p->padding_config.high, lane, 0, config.high);
        jx_insert(p->padding_config.n, p->padding_config.interior, lane, 0, config.interior);
        config.n++;
    }
    y_axis[0] = lane;
    if (r->axis[1] < 0) {
        y[0] = jx_pad(r->x[0], r->x[1], &config);
        return !jx_is_poison(y[0]);
    }
    /* A value for each lane: pad with anything, then choose the lane's value where there is no
     * element. */
    struct jx_aval mask = x;
    mask.dtype = JAXC_BOOL;
    mask.weak = 0;
    jaxc_value padded = jx_pad(r->x[0], jx_literal(&value, 0), &config);
    jaxc_value inside = jx_pad(jx_full_like(&mask, 1), jx_literal(&mask, 0), &config);
    struct jx_rule choice = {
        .prim = &jx_select_n_p,
        .n_in = 3,
        .n_out = 1,
        .x = (const jaxc_value[]){inside, r->x[1], padded},
        .axis = (const int[]){lane, r->axis[1], lane},
        .size = r->size,
        .transforms = r->transforms,
    };
    return jx_batch_elementwise(&choice, y, y_axis);
}

static bool pad_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_pad_params *p = r->params;
    const struct jx_aval *x = r->in[0], *y = r->out[0];
    struct jx_graph *g = l->graph;
    struct jx_gview view = {0};
    bool guarded = false;
    for (int i = 0; i < x->rank; i++) {
        view.axis[i].offset = -p->padding_config.low[i];
        view.axis[i].coef[i] = 1;
        view.axis[i].step = p->padding_config.interior[i] + 1;
        view.axis[i].guarded = p->padding_config.low[i] > 0 || p->padding_config.high[i] > 0 ||
                               p->padding_config.interior[i] > 0;
        guarded = guarded || view.axis[i].guarded;
    }
    bool constant = g->nodes[l->in[1]].kind == JX_G_CONST;
    if (constant)
        view.fill = g->nodes[l->in[1]].imm;
    int padded = jx_g_view(g, l->in[0], y->rank, y->dims, &view);
    if (constant || !guarded) {
        l->out[0] = padded;
        return padded >= 0;
    }
    view.fill = (union jx_scalar){0};
    int ones = jx_g_const(g, JAXC_BOOL, x->rank, x->dims, (union jx_scalar){.i = 1});
    int inside = ones < 0 ? -1 : jx_g_view(g, ones, y->rank, y->dims, &view);
    if (padded < 0 || inside < 0)
        return false;
    int args[3] = {inside, jx_g_widen(g, l->in[1], JX_OWN_SIGN),
                   jx_g_widen(g, padded, JX_OWN_SIGN)};
    if (args[1] < 0 || args[2] < 0)
        return false;
    padded = jx_g_scalar(g, JX_S_select, jx_wide_dtype(y->dtype, JX_OWN_SIGN), 3, args);
    l->out[0] = jx_g_narrow(g, y->dtype, padded);
    return l->out[0] >= 0;
}

const struct jx_prim jx_pad_p = {
    .name = "pad",
    .arity = 2,
    .fields =
        (const struct jx_field[]){JX_FIELD(struct jx_pad_params, padding_config, JX_F_PADDING),
                                  {0}},
    .params_size = sizeof(struct jx_pad_params),
    .type = pad_type,
    .jvp_all = pad_jvp,
    .transpose_all = pad_transpose,
    .batch = pad_batch,
    .lower = pad_lower,
    .moves = true,
};

jaxc_value jx_pad(jaxc_value x, jaxc_value value, const struct jx_padding *config)
{
    struct jx_pad_params p = {*config};
    struct jx_aval a, v;
    if (!jx_value_aval(x, &a) || !jx_value_aval(value, &v))
        return JX_POISON;
    bool nothing = config->n == a.rank && v.dtype == a.dtype && v.rank == 0 && v.weak >= a.weak;
    for (int i = 0; i < config->n; i++)
        nothing = nothing && !config->low[i] && !config->high[i] && !config->interior[i];
    if (nothing)
        return jx_value_again(x);
    return jx_apply(&jx_pad_p, &p, 2, (const jaxc_value[]){x, value});
}

jaxc_value jx_pad_axis(jaxc_value x, int axis, jaxc_value value, int64_t low, int64_t high,
                       int64_t interior)
{
    struct jx_padding config = {0};
    struct jx_aval a;
    if (!jx_value_aval(x, &a))
        return JX_POISON;
    config.n = a.rank;
    config.low[axis] = low;
    config.high[axis] = high;
    config.interior[axis] = interior;
    return jx_pad(x, value, &config);
}

/* ---- rev: the elements along some axes in the opposite order --------------------------------- */

static bool rev_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_rev_params *p = r->params;
    *out = *r->in[0];
    out->weak = 2;
    return jx_axes_check(r, &p->dimensions, r->in[0]);
}

static jaxc_value rev_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    return jx_apply(&jx_rev_p, r->params, 1, ct);
}

static bool rev_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    struct jx_rev_params p = *(const struct jx_rev_params *)r->params;
    for (int i = 0; i < p.dimensions.n; i++)
        p.dimensions.at[i] += p.dimensions.at[i] >= r->axis[0];
    y_axis[0] = r->axis[0];
    y[0] = jx_apply(&jx_rev_p, &p, 1, r->x);
    return !jx_is_poison(y[0]);
}

static bool rev_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_rev_params *p = r->params;
    const struct jx_aval *x = r->in[0];
    struct jx_gview view = {0};
    for (int i = 0; i < x->rank; i++) {
        view.axis[i].coef[i] = 1;
        view.axis[i].step = 1;
    }
    for (int i = 0; i < p->dimensions.n; i++) {
        struct jx_gaxis *a = &view.axis[p->dimensions.at[i]];
        a->offset = x->dims[p->dimensions.at[i]] - 1;
        a->coef[p->dimensions.at[i]] = -1;
    }
    l->out[0] = jx_count(x->rank, x->dims) == 0
                    ? l->in[0]
                    : jx_g_view(l->graph, l->in[0], x->rank, x->dims, &view);
    return l->out[0] >= 0;
}

const struct jx_prim jx_rev_p = {
    .name = "rev",
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_rev_params, dimensions, JX_F_INTS), {0}},
    .params_size = sizeof(struct jx_rev_params),
    .type = rev_type,
    .jvp = jx_jvp_linear,
    .transpose = rev_transpose,
    .batch = rev_batch,
    .lower = rev_lower,
    .moves = true,
};

jaxc_value jx_rev(jaxc_value x, int n, const int *dimensions)
{
    struct jx_rev_params p;
    if (n == 0)
        return jx_value_again(x);
    if (!jx_axes_make(&p.dimensions, "rev", n, dimensions))
        return JX_POISON;
    return jx_apply(&jx_rev_p, &p, 1, &x);
}

/* ---- concatenate: operands joined along `dimension` ------------------------------------------ */

static bool concatenate_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_concatenate_params *p = r->params;
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    if (r->n_in < 1)
        return jx_fail(JAXC_EVALUE, "concatenate: needs at least one operand");
    if (!jx_same_dtypes(r))
        return false;
    const struct jx_aval *first = r->in[0];
    if (p->dimension < 0 || p->dimension >= first->rank)
        return jx_fail(JAXC_EAXIS, "concatenate: dimension %lld of %s", (long long)p->dimension,
                       jx_aval_text(first, a));
    *out = *first;
    out->weak = 2;
    for (int i = 1; i < r->n_in; i++) {
        struct jx_aval x = *r->in[i];
        int64_t length = x.dims[p->dimension];
        x.dims[p->dimension] = first->dims[p->dimension];
        if (!jx_aval_same_array(&x, first))
            return jx_fail(
                JAXC_ESHAPE, "concatenate: shapes may differ along dimension %lld only: %s and %s",
                (long long)p->dimension, jx_aval_text(first, a), jx_aval_text(r->in[i], b));
        if (__builtin_add_overflow(out->dims[p->dimension], length, &out->dims[p->dimension]))
            return jx_fail(JAXC_ELIMIT, "concatenate: dimension %lld gets too long",
                           (long long)p->dimension);
    }
    int64_t n;
    return jx_n_elements(out->rank, out->dims, &n);
}

/* the tangents joined, zeros for those that are none */
static bool concatenate_jvp(const struct jx_rule *r, const jaxc_value *dx, jaxc_value *y_out,
                            jaxc_value *dy)
{
    const struct jx_concatenate_params *p = r->params;
    (void)y_out;
    dy[0] = JX_ZERO;
    bool any = false;
    jaxc_value *x = jx_alloc((size_t)r->n_in, sizeof *x);
    for (int i = 0; x && i < r->n_in; i++)
        any = any || !jx_is_zero(dx[i]);
    for (int i = 0; any && i < r->n_in; i++)
        x[i] = jx_is_zero(dx[i]) ? jx_zeros_of(r->in[i]) : dx[i];
    if (any)
        dy[0] = jx_concatenate(r->n_in, x, (int)p->dimension);
    bool ok = x && !jx_is_poison(dy[0]);
    jx_free(x);
    return ok;
}

/* the operand's slice of the cotangent */
static jaxc_value concatenate_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    const struct jx_concatenate_params *p = r->params;
    const struct jx_aval *y = r->out[0];
    int64_t start[JAXC_MAX_RANK] = {0}, limit[JAXC_MAX_RANK];
    memcpy(limit, y->dims, sizeof limit);
    for (int i = 0; i < r->operand; i++)
        start[p->dimension] += r->in[i]->dims[p->dimension];
    limit[p->dimension] = start[p->dimension] + r->in[r->operand]->dims[p->dimension];
    return jx_slice(ct[0], start, limit, NULL);
}

/* All lane axes go where the first batched operand has its own. */
static bool concatenate_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_concatenate_params *p = r->params;
    jaxc_value *x = jx_alloc((size_t)r->n_in, sizeof *x);
    if (!x)
        return false;
    int lane = -1;
    for (int i = 0; lane < 0 && i < r->n_in; i++)
        lane = r->axis[i];
    for (int i = 0; i < r->n_in; i++)
        x[i] = jx_move_axis(r->x[i], r->axis[i], lane, r->size);
    y_axis[0] = lane;
    y[0] = jx_concatenate(r->n_in, x, (int)p->dimension + (p->dimension >= lane));
    jx_free(x);
    return !jx_is_poison(y[0]);
}

static bool concatenate_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_concatenate_params *p = r->params;
    l->out[0] = r->n_in == 1 ? l->in[0] : jx_g_concat(l->graph, (int)p->dimension, r->n_in, l->in);
    return l->out[0] >= 0;
}

const struct jx_prim jx_concatenate_p = {
    .name = "concatenate",
    .arity = -1,
    .fields =
        (const struct jx_field[]){JX_FIELD(struct jx_concatenate_params, dimension, JX_F_INT), {0}},
    .params_size = sizeof(struct jx_concatenate_params),
    .type = concatenate_type,
    .jvp_all = concatenate_jvp,
    .transpose = concatenate_transpose,
    .batch = concatenate_batch,
    .lower = concatenate_lower,
    .moves = true,
};

jaxc_value jx_concatenate(int n, const jaxc_value *x, int dimension)
{
    struct jx_concatenate_params p = {dimension};
    return jx_apply(&jx_concatenate_p, &p, n, x);
}

/* ---- iota: the index along `dimension` ------------------------------------------------------- */

static bool iota_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_iota_params *p = r->params;
    char text[JX_AVAL_TEXT];
    int64_t n;
    if (!jx_check_dtype(r, p->dtype) || !jx_n_elements(p->shape.n, p->shape.at, &n))
        return false;
    *out = jx_aval_make(p->dtype, p->shape.n, p->shape.at);
    if (!jx_is_integer(p->dtype) && !jx_is_float(p->dtype))
        return jx_fail(JAXC_EDTYPE, "iota: makes integers and floats, not %s",
                       jx_aval_text(out, text));
    if (p->dimension < 0 || p->dimension >= out->rank)
        return jx_fail(JAXC_EAXIS, "iota: dimension %lld of %s", (long long)p->dimension,
                       jx_aval_text(out, text));
    return true;
}

static bool iota_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_iota_params *p = r->params;
    l->out[0] =
        jx_g_index(l->graph, r->out[0]->dtype, r->out[0]->rank, r->out[0]->dims, (int)p->dimension);
    return l->out[0] >= 0;
}

const struct jx_prim jx_iota_p = {
    .name = "iota",
    .arity = 0,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_iota_params, dimension, JX_F_INT),
                                        JX_FIELD(struct jx_iota_params, dtype, JX_F_DTYPE),
                                        JX_FIELD_HIDDEN(struct jx_iota_params, shape, JX_F_INTS),
                                        {0}},
    .params_size = sizeof(struct jx_iota_params),
    .type = iota_type,
    .zero_tangent = true,
    .no_transpose = "has no operands",
    .no_batch = "has no operands",
    .lower = iota_lower,
};

jaxc_value jx_iota(jaxc_dtype dtype, int rank, const int64_t *dims, int dimension)
{
    struct jx_iota_params p = {.dimension = dimension, .dtype = dtype};
    if (!jx_ints_make(&p.shape, "iota", rank, dims))
        return JX_POISON;
    return jx_apply(&jx_iota_p, &p, 0, NULL);
}
