/*
 * prim/sort.c - elements in order: sort, top_k; and optimization_barrier, which gives its operands.
 *
 * NaN is the greatest, -0 equals 0, equal elements keep their order. Derivatives follow the
 * permutation: tangents are sorted along by the same keys, and cotangents go back by the number
 * that each element had.
 */
#include "prim/prim.h"

static int as_many_as_operands(const struct jx_rule *r) { return r->n_in; }

/* ---- sort: operands together in ascending order of the first num_keys, along `dimension` ------ */

static bool sort_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_sort_params *p = r->params;
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    if (p->num_keys < 1 || p->num_keys > r->n_in)
        return jx_fail(JAXC_EVALUE, "sort: %lld keys among %d operands", (long long)p->num_keys,
                       r->n_in);
    if (r->n_in > UINT8_MAX)
        return jx_fail(JAXC_ELIMIT, "sort: %d operands, the limit is %d", r->n_in, UINT8_MAX);
    if (p->dimension < 0 || p->dimension >= r->in[0]->rank)
        return jx_fail(JAXC_EAXIS, "sort: dimension %lld of %s", (long long)p->dimension,
                       jx_aval_text(r->in[0], a));
    for (int i = 0; i < r->n_in; i++) {
        out[i] = *r->in[i];
        if (out[i].rank != out[0].rank || !jx_same_dims(out[0].rank, out[i].dims, out[0].dims))
            return jx_fail(JAXC_ESHAPE, "sort: operands need equal shapes: %s and %s",
                           jx_aval_text(r->in[0], a), jx_aval_text(r->in[i], b));
    }
    return true;
}

/* 0, 1, ... along an axis */
static jaxc_value numbered(const struct jx_aval *type, int64_t axis)
{
    jaxc_dtype dtype = type->dims[axis] > INT32_MAX ? JAXC_I64 : JAXC_I32;
    return jx_iota(dtype, type->rank, type->dims, (int)axis);
}

/* dx sorted by the keys of x */
static bool sort_jvp(const struct jx_rule *r, const jaxc_value *dx, jaxc_value *y_out,
                     jaxc_value *dy)
{
    const struct jx_sort_params *p = r->params;
    int n_keys = (int)p->num_keys, n = n_keys;
    (void)y_out;
    jaxc_value *x = jx_alloc(2 * ((size_t)n_keys + (size_t)r->n_in), sizeof *x);
    if (!x)
        return false;
    jaxc_value *y = x + n_keys + r->n_in;
    memcpy(x, r->x, (size_t)n_keys * sizeof *x);
    for (int i = 0; i < r->n_in; i++)
        if (!jx_is_zero(dx[i]))
            x[n++] = dx[i];
    bool ok = n == n_keys || jx_sort(n, x, (int)p->dimension, n_keys, y);
    for (int i = 0, from = n_keys; ok && i < r->n_in; i++)
        dy[i] = jx_is_zero(dx[i]) ? JX_ZERO : y[from++];
    jx_free(x);
    return ok;
}

/* ct sorted by the numbers that the elements had */
static bool sort_transpose(const struct jx_rule *r, const bool *linear, const jaxc_value *ct,
                           jaxc_value *ct_in)
{
    const struct jx_sort_params *p = r->params;
    int n_keys = (int)p->num_keys, axis = (int)p->dimension, n = 1;
    for (int i = 0; i < n_keys; i++)
        if (linear[i])
            return jx_fail(JAXC_ENORULE, "sort: not linear in its keys");
    jaxc_value *x = jx_alloc(2 * (1 + (size_t)r->n_in), sizeof *x);
    if (!x)
        return false;
    jaxc_value *y = x + 1 + r->n_in;
    memcpy(x, r->x, (size_t)n_keys * sizeof *x);
    x[n_keys] = numbered(r->in[0], axis);
    bool ok = jx_sort(n_keys + 1, x, axis, n_keys, y);
    x[0] = y[n_keys];
    for (int i = n_keys; i < r->n_in; i++)
        if (linear[i] && !jx_is_zero(ct[i]))
            x[n++] = ct[i];
    ok = ok && (n == 1 || jx_sort(n, x, axis, 1, y));
    for (int i = n_keys, from = 1; ok && i < r->n_in; i++)
        if (linear[i])
            ct_in[i] = jx_is_zero(ct[i]) ? JX_ZERO : y[from++];
    jx_free(x);
    return ok;
}

/* All lanes stand where the first operand that has them has them. */
static bool sort_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_sort_params *p = r->params;
    int lane = -1;
    jaxc_value *x = jx_alloc((size_t)r->n_in, sizeof *x);
    for (int i = 0; lane < 0; i++)
        lane = r->axis[i];
    for (int i = 0; x && i < r->n_in; i++) {
        x[i] = jx_move_axis(r->x[i], r->axis[i], lane, r->size);
        y_axis[i] = lane;
    }
    bool ok =
        x && jx_sort(r->n_in, x, (int)p->dimension + (p->dimension >= lane), (int)p->num_keys, y);
    jx_free(x);
    return ok;
}

static bool sort_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_sort_params *p = r->params;
    return jx_g_sort(l->graph, (int)p->dimension, (int)p->num_keys, 0, r->n_in, l->in, l->out);
}

const struct jx_prim jx_sort_p = {
    .name = "sort",
    .dear = true,
    .arity = -1,
    .n_results = -1,
    .results = as_many_as_operands,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_sort_params, dimension, JX_F_INT),
                                        JX_FIELD(struct jx_sort_params, is_stable, JX_F_BOOL),
                                        JX_FIELD(struct jx_sort_params, num_keys, JX_F_INT),
                                        {0}},
    .params_size = sizeof(struct jx_sort_params),
    .type = sort_type,
    .jvp_all = sort_jvp,
    .transpose_all = sort_transpose,
    .batch = sort_batch,
    .lower = sort_lower,
};

bool jx_sort(int n, const jaxc_value *x, int dimension, int num_keys, jaxc_value *y)
{
    struct jx_sort_params p = {dimension, true, num_keys};
    return jx_bind(&jx_sort_p, &p, n, x, n, y);
}

/* ---- top_k: the k greatest elements along an axis, descending, and where they were ------------ */

static bool top_k_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_top_k_params *p = r->params;
    const struct jx_aval *x = r->in[0];
    char text[JX_AVAL_TEXT];
    if (!jx_type_ordered(r, &out[0]))
        return false;
    if (p->axis < 0 || p->axis >= x->rank)
        return jx_fail(JAXC_EAXIS, "top_k: axis %lld of %s", (long long)p->axis,
                       jx_aval_text(x, text));
    if (p->k < 0 || p->k > x->dims[p->axis])
        return jx_fail(JAXC_EVALUE, "top_k: k is %lld, axis %lld of %s has %lld", (long long)p->k,
                       (long long)p->axis, jx_aval_text(x, text), (long long)x->dims[p->axis]);
    if (x->dims[p->axis] - 1 > INT32_MAX)
        return jx_fail(JAXC_ELIMIT, "top_k: axis %lld of %s is too long for i32 indices",
                       (long long)p->axis, jx_aval_text(x, text));
    out[0].dims[p->axis] = p->k;
    out[1] = out[0];
    out[1].dtype = JAXC_I32;
    out[1].weak = 0;
    return true;
}

/* The k greatest of x, descending, and y along with them. Backwards, so that of equal elements the
 * first comes first. */
static jaxc_value along_top_k(jaxc_value x, jaxc_value y, const struct jx_top_k_params *p)
{
    int axis = (int)p->axis;
    struct jx_aval type;
    jaxc_value in[2] = {jx_rev(x, 1, &axis), jx_rev(y, 1, &axis)}, out[2];
    if (!jx_sort(2, in, axis, 1, out) || !jx_value_aval(x, &type))
        return JX_POISON;
    int64_t n = type.dims[axis];
    return jx_rev(jx_slice_axis(out[1], axis, n - p->k, n, 1), 1, &axis);
}

/* dx along with x */
static bool top_k_jvp(const struct jx_rule *r, const jaxc_value *dx, jaxc_value *y_out,
                      jaxc_value *dy)
{
    (void)y_out;
    dy[0] = jx_is_zero(dx[0]) ? JX_ZERO : along_top_k(r->x[0], dx[0], r->params);
    dy[1] = JX_ZERO;
    return !jx_is_poison(dy[0]);
}

static bool top_k_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    struct jx_top_k_params p = *(const struct jx_top_k_params *)r->params;
    p.axis += p.axis >= r->axis[0];
    y_axis[0] = y_axis[1] = r->axis[0];
    return jx_bind(&jx_top_k_p, &p, 1, r->x, 2, y);
}

/* The sort backwards, and the end of it backwards again. */
static bool top_k_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_top_k_params *p = r->params;
    const struct jx_aval *x = r->in[0];
    int axis = (int)p->axis, in[2], sorted[2];
    struct jx_gview view = {0};
    for (int i = 0; i < x->rank; i++) {
        view.axis[i].coef[i] = i == axis ? -1 : 1;
        view.axis[i].step = 1;
    }
    view.axis[axis].offset = x->dims[axis] - 1;
    if (jx_count(x->rank, x->dims) == 0 || p->k == 0) { /* nothing to look at */
        for (int i = 0; i < 2; i++)
            l->out[i] = jx_g_const(l->graph, r->out[i]->dtype, r->out[i]->rank, r->out[i]->dims,
                                   (union jx_scalar){0});
        return l->out[0] >= 0 && l->out[1] >= 0;
    }
    int number = jx_g_index(l->graph, JAXC_I32, x->rank, x->dims, axis);
    in[0] = jx_g_view(l->graph, l->in[0], x->rank, x->dims, &view);
    in[1] = number < 0 ? -1 : jx_g_view(l->graph, number, x->rank, x->dims, &view);
    if (!jx_g_sort(l->graph, axis, 1, x->dims[axis] - p->k, 2, in, sorted))
        return false;
    for (int i = 0; i < 2; i++)
        l->out[i] = jx_g_view(l->graph, sorted[i], r->out[i]->rank, r->out[i]->dims, &view);
    return l->out[0] >= 0 && l->out[1] >= 0;
}

const struct jx_prim jx_top_k_p = {
    .name = "top_k",
    .dear = true,
    .arity = 1,
    .n_results = 2,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_top_k_params, axis, JX_F_INT),
                                        JX_FIELD(struct jx_top_k_params, k, JX_F_INT),
                                        {0}},
    .params_size = sizeof(struct jx_top_k_params),
    .type = top_k_type,
    .jvp_all = top_k_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = top_k_batch,
    .lower = top_k_lower,
};

bool jx_top_k(jaxc_value x, int64_t k, int axis, jaxc_value *values, jaxc_value *indices)
{
    struct jx_top_k_params p = {axis, k};
    jaxc_value y[2] = {JX_POISON, JX_POISON};
    bool ok = jx_bind(&jx_top_k_p, &p, 1, &x, 2, y);
    *values = y[0];
    *indices = y[1];
    return ok;
}

/* ---- optimization_barrier: its operands, which passes do not look through -------------------- */

static bool optimization_barrier_type(const struct jx_rule *r, struct jx_aval *out)
{
    for (int i = 0; i < r->n_in; i++)
        out[i] = *r->in[i];
    return true;
}

/* The barrier of those that are not zero. */
static bool barrier_of(int n, const jaxc_value *x, jaxc_value *y)
{
    jaxc_value *in = jx_alloc(2 * (size_t)n + 1, sizeof *in);
    if (!in)
        return false;
    jaxc_value *out = in + n;
    int n_in = 0;
    for (int i = 0; i < n; i++)
        if (!jx_is_zero(x[i]))
            in[n_in++] = x[i];
    bool ok = n_in == 0 || jx_optimization_barrier(n_in, in, out);
    for (int i = 0, from = 0; ok && i < n; i++)
        y[i] = jx_is_zero(x[i]) ? JX_ZERO : out[from++];
    jx_free(in);
    return ok;
}

/* that of g */
static bool optimization_barrier_jvp(const struct jx_rule *r, const jaxc_value *dx,
                                     jaxc_value *y_out, jaxc_value *dy)
{
    (void)y_out;
    return barrier_of(r->n_in, dx, dy);
}

static bool optimization_barrier_transpose(const struct jx_rule *r, const bool *linear,
                                           const jaxc_value *ct, jaxc_value *ct_in)
{
    jaxc_value *back = jx_alloc((size_t)r->n_in + 1, sizeof *back);
    bool ok = back && barrier_of(r->n_in, ct, back);
    for (int i = 0; ok && i < r->n_in; i++)
        if (linear[i])
            ct_in[i] = back[i];
    jx_free(back);
    return ok;
}

static bool optimization_barrier_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    memcpy(y_axis, r->axis, (size_t)r->n_in * sizeof *y_axis);
    return jx_optimization_barrier(r->n_in, r->x, y);
}

static bool optimization_barrier_lower(struct jx_lower *l, const struct jx_rule *r)
{
    memcpy(l->out, l->in, (size_t)r->n_in * sizeof *l->out);
    return true;
}

const struct jx_prim jx_optimization_barrier_p = {
    .name = "optimization_barrier",
    .arity = -1,
    .n_results = -1,
    .results = as_many_as_operands,
    .type = optimization_barrier_type,
    .jvp_all = optimization_barrier_jvp,
    .transpose_all = optimization_barrier_transpose,
    .batch = optimization_barrier_batch,
    .lower = optimization_barrier_lower,
    .moves = true,
};

bool jx_optimization_barrier(int n, const jaxc_value *x, jaxc_value *y)
{
    return jx_bind(&jx_optimization_barrier_p, NULL, n, x, n, y);
}
