/*
 * prim/reduce.c - primitives that join the elements along axes: reduce_sum, reduce_max, argmax.
 *
 * Results drop the axes. Over no elements the sum is 0 and the maximum -inf or the dtype's least
 * number.
 */
#include "prim/prim.h"

/* axes ascending, each once; out keeps the others */
static bool reduced_shape(const struct jx_rule *r, const struct jx_ints *axes, struct jx_aval *out)
{
    const struct jx_aval *x = r->in[0];
    char text[JX_AVAL_TEXT];
    *out = jx_aval_make(x->dtype, 0, NULL);
    out->weak = 2;
    for (int i = 0; i < axes->n; i++) {
        if (axes->at[i] < 0 || axes->at[i] >= x->rank)
            return jx_fail(JAXC_EAXIS, "%s: axis %lld of %s", r->prim->name, (long long)axes->at[i],
                           jx_aval_text(x, text));
        if (i > 0 && axes->at[i] <= axes->at[i - 1])
            return jx_fail(JAXC_EAXIS, "%s: axis %lld of %s %s", r->prim->name,
                           (long long)axes->at[i], jx_aval_text(x, text),
                           axes->at[i] == axes->at[i - 1] ? "twice" : "out of order");
    }
    for (int i = 0, j = 0; i < x->rank; i++) {
        if (j < axes->n && axes->at[j] == i)
            j++;
        else
            out->dims[out->rank++] = x->dims[i];
    }
    return true;
}

/* A reduced value stretched over the operand's shape again. */
static jaxc_value stretch(const struct jx_rule *r, const struct jx_ints *axes, jaxc_value v)
{
    int map[JAXC_MAX_RANK], n = 0;
    for (int i = 0, j = 0; i < r->in[0]->rank; i++) {
        if (j < axes->n && axes->at[j] == i)
            j++;
        else
            map[n++] = i;
    }
    return jx_broadcast_in_dim(v, r->in[0]->rank, r->in[0]->dims, map);
}

/* Axes of a batched operand, and where its lane axis ends up. */
static int batched_axes(const struct jx_ints *axes, int lane, int *at)
{
    int y_axis = lane;
    for (int i = 0; i < axes->n; i++) {
        at[i] = (int)axes->at[i] + (axes->at[i] >= lane);
        y_axis -= at[i] < lane;
    }
    return y_axis;
}

static bool reduce_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_reduce_params *p = r->params;
    uint32_t axes = 0;
    for (int i = 0; i < p->axes.n; i++)
        axes |= 1u << p->axes.at[i];
    l->out[0] = !axes ? l->in[0]
                      : jx_g_reduce(l->graph, (enum jx_combine)r->prim->scalar, r->out[0]->dtype,
                                    l->in[0], -1, axes);
    return l->out[0] >= 0;
}

static jaxc_value reduce(const struct jx_prim *prim, jaxc_value x, int n_axes, const int *axes)
{
    struct jx_reduce_params p = {0};
    if (n_axes == 0)
        return jx_value_again(x);
    if (n_axes > JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "%s: %d axes, the limit is %d", prim->name, n_axes, JAXC_MAX_RANK);
        return JX_POISON;
    }
    for (int i = 0; i < n_axes; i++) { /* insertion sort */
        int j = p.axes.n++;
        for (; j > 0 && p.axes.at[j - 1] > axes[i]; j--)
            p.axes.at[j] = p.axes.at[j - 1];
        p.axes.at[j] = axes[i];
    }
    return jx_apply(prim, &p, 1, &x);
}

static bool reduce_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_reduce_params *p = r->params;
    int axes[JAXC_MAX_RANK];
    y_axis[0] = batched_axes(&p->axes, r->axis[0], axes);
    y[0] = reduce(r->prim, r->x[0], p->axes.n, axes);
    return !jx_is_poison(y[0]);
}

/* reduce_sum: the sum of g */
static bool reduce_sum_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_reduce_params *p = r->params;
    return jx_type_number(r, out) && reduced_shape(r, &p->axes, out);
}

static jaxc_value reduce_sum_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    const struct jx_reduce_params *p = r->params;
    return stretch(r, &p->axes, ct[0]);
}

const struct jx_prim jx_reduce_sum_p = {
    .name = "reduce_sum",
    .dear = true,
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_reduce_params, axes, JX_F_INTS),
                                        JX_FIELD_NONE(out_sharding),
                                        {0}},
    .params_size = sizeof(struct jx_reduce_params),
    .type = reduce_sum_type,
    .jvp = jx_jvp_linear,
    .transpose = reduce_sum_transpose,
    .batch = reduce_batch,
    .lower = reduce_lower,
    .scalar = JX_COMBINE_ADD,
};

jaxc_value jx_reduce_sum(jaxc_value x, int n_axes, const int *axes)
{
    return reduce(&jx_reduce_sum_p, x, n_axes, axes);
}

/* reduce_max: the mean of g over the elements that equal the result; a NaN result has none: 0/0 */
static bool reduce_max_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_reduce_params *p = r->params;
    return jx_type_ordered(r, out) && reduced_shape(r, &p->axes, out);
}

static jaxc_value reduce_max_jvp(const struct jx_rule *r, jaxc_value dx)
{
    const struct jx_reduce_params *p = r->params;
    int axes[JAXC_MAX_RANK];
    for (int i = 0; i < p->axes.n; i++)
        axes[i] = (int)p->axes.at[i];
    jaxc_value equal = jx_eq(r->x[0], stretch(r, &p->axes, r->y[0]));
    equal = jx_convert_element_type(equal, r->in[0]->dtype, r->in[0]->weak != 0);
    jaxc_value count = jx_reduce_sum(equal, p->axes.n, axes);
    return jx_div(jx_reduce_sum(jx_mul(dx, equal), p->axes.n, axes), count);
}

const struct jx_prim jx_reduce_max_p = {
    .name = "reduce_max",
    .dear = true,
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_reduce_params, axes, JX_F_INTS), {0}},
    .params_size = sizeof(struct jx_reduce_params),
    .type = reduce_max_type,
    .jvp = reduce_max_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = reduce_batch,
    .lower = reduce_lower,
    .scalar = JX_COMBINE_MAX,
};

jaxc_value jx_reduce_max(jaxc_value x, int n_axes, const int *axes)
{
    return reduce(&jx_reduce_max_p, x, n_axes, axes);
}

/* argmax: the index of the greatest element along one axis; NaN is the greatest, the first of
 * equals wins */
static bool argmax_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_arg_params *p = r->params;
    const struct jx_aval *x = r->in[0];
    char text[JX_AVAL_TEXT];
    if (p->axes.n != 1)
        return jx_fail(JAXC_EVALUE, "argmax: goes over one axis, not %d", p->axes.n);
    if (!jx_type_ordered(r, out) || !reduced_shape(r, &p->axes, out))
        return false;
    if (p->index_dtype != JAXC_I32 && p->index_dtype != JAXC_I64)
        return jx_fail(JAXC_EDTYPE, "argmax: gives i32 or i64 indices, not %s",
                       jx_dtype_info(p->index_dtype) ? jx_dtype_info(p->index_dtype)->name : "?");
    int64_t length = x->dims[p->axes.at[0]];
    if (length == 0)
        return jx_fail(JAXC_EVALUE, "argmax: axis %lld of %s is empty", (long long)p->axes.at[0],
                       jx_aval_text(x, text));
    if (p->index_dtype == JAXC_I32 && length - 1 > INT32_MAX)
        return jx_fail(JAXC_ELIMIT, "argmax: axis %lld of %s is too long for i32 indices",
                       (long long)p->axes.at[0], jx_aval_text(x, text));
    out->dtype = (uint8_t)p->index_dtype;
    out->weak = 0;
    return true;
}

static bool argmax_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_arg_params *p = r->params;
    int axis;
    y_axis[0] = batched_axes(&p->axes, r->axis[0], &axis);
    y[0] = jx_argmax(r->x[0], axis, p->index_dtype);
    return !jx_is_poison(y[0]);
}

static bool argmax_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_arg_params *p = r->params;
    int axis = (int)p->axes.at[0];
    int index = jx_g_index(l->graph, p->index_dtype, r->in[0]->rank, r->in[0]->dims, axis);
    l->out[0] = index < 0 ? -1
                          : jx_g_reduce(l->graph, JX_COMBINE_ARGMAX, p->index_dtype, l->in[0],
                                        index, 1u << axis);
    return l->out[0] >= 0;
}

const struct jx_prim jx_argmax_p = {
    .name = "argmax",
    .dear = true,
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_arg_params, axes, JX_F_INTS),
                                        JX_FIELD(struct jx_arg_params, index_dtype, JX_F_DTYPE),
                                        {0}},
    .params_size = sizeof(struct jx_arg_params),
    .type = argmax_type,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = argmax_batch,
    .lower = argmax_lower,
    .scalar = JX_COMBINE_ARGMAX,
};

jaxc_value jx_argmax(jaxc_value x, int axis, jaxc_dtype index_dtype)
{
    struct jx_arg_params p = {.axes = {1, {axis}}, .index_dtype = index_dtype};
    return jx_apply(&jx_argmax_p, &p, 1, &x);
}
