/*
 * prim/reduce.c - primitives that join the elements along axes: reduce_sum, reduce_prod,
 * reduce_max, reduce_min, reduce_and, reduce_or, reduce_xor, argmax, argmin.
 *
 * Results drop the axes. Over no elements they are what changes nothing: the sum is 0, the maximum
 * -inf or the dtype's least number.
 */
#include "prim/prim.h"

/* axes ascending, each once; out keeps the others */
static bool reduced_shape(const struct jx_rule *r, const struct jx_ints *axes, struct jx_aval *out)
{
    const struct jx_aval *x = r->in[0];
    *out = jx_aval_make(x->dtype, 0, NULL);
    out->weak = 2;
    if (!jx_axes_check(r, axes, x))
        return false;
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
    if (!jx_axes_make(&p.axes, prim->name, n_axes, axes))
        return JX_POISON;
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

/* reduce_max, reduce_min: the mean of g over the elements that equal the result; a NaN result has
 * none: 0/0 */
static bool reduce_extreme_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_reduce_params *p = r->params;
    return jx_type_ordered(r, out) && reduced_shape(r, &p->axes, out);
}

/* Over no elements the result is the narrow dtype's own least or greatest number. */
static bool reduce_extreme_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_reduce_params *p = r->params;
    const struct jx_aval *x = r->in[0], *y = r->out[0];
    jaxc_dtype dtype = (jaxc_dtype)x->dtype;
    enum jx_combine combine = (enum jx_combine)r->prim->scalar;
    uint32_t axes = 0;
    int64_t count = 1;
    for (int i = 0; i < p->axes.n; i++) {
        axes |= 1u << p->axes.at[i];
        count *= x->dims[p->axes.at[i]] == 0 ? 0 : 1;
    }
    if (count == 0)
        l->out[0] =
            jx_g_const(l->graph, dtype, y->rank, y->dims, jx_combine_identity(combine, dtype));
    else if (!axes)
        l->out[0] = l->in[0];
    else
        l->out[0] = jx_g_narrow(l->graph, dtype,
                                jx_g_reduce(l->graph, combine, jx_wide_dtype(dtype, JX_OWN_SIGN),
                                            jx_g_widen(l->graph, l->in[0], JX_OWN_SIGN), -1, axes));
    return l->out[0] >= 0;
}

static jaxc_value reduce_extreme_jvp(const struct jx_rule *r, jaxc_value dx)
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
    .type = reduce_extreme_type,
    .jvp = reduce_extreme_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = reduce_batch,
    .lower = reduce_extreme_lower,
    .moves = true,
    .scalar = JX_COMBINE_MAX,
};

const struct jx_prim jx_reduce_min_p = {
    .name = "reduce_min",
    .dear = true,
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_reduce_params, axes, JX_F_INTS), {0}},
    .params_size = sizeof(struct jx_reduce_params),
    .type = reduce_extreme_type,
    .jvp = reduce_extreme_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = reduce_batch,
    .lower = reduce_extreme_lower,
    .moves = true,
    .scalar = JX_COMBINE_MIN,
};

jaxc_value jx_reduce_max(jaxc_value x, int n_axes, const int *axes)
{
    return reduce(&jx_reduce_max_p, x, n_axes, axes);
}

jaxc_value jx_reduce_min(jaxc_value x, int n_axes, const int *axes)
{
    return reduce(&jx_reduce_min_p, x, n_axes, axes);
}

/* reduce_prod: halves are multiplied, (p, g) with (q, h) into (p q, p h + g q), until one element
 * is left along each axis; right where elements are 0 */
static void join_halves(int axis, int64_t n, jaxc_value one, jaxc_value zero, jaxc_value *p,
                        jaxc_value *g)
{
    int64_t half = n - n / 2;
    jaxc_value q = jx_pad_axis(jx_slice_axis(*p, axis, half, n, 1), axis, one, 0, n % 2, 0);
    jaxc_value h = jx_pad_axis(jx_slice_axis(*g, axis, half, n, 1), axis, zero, 0, n % 2, 0);
    *p = jx_slice_axis(*p, axis, 0, half, 1);
    *g = jx_slice_axis(*g, axis, 0, half, 1);
    jaxc_value ph = jx_mul(*p, h), gq = jx_mul(*g, q);
    *g = jx_add(ph, gq);
    *p = jx_mul(*p, q);
}

static jaxc_value reduce_prod_jvp(const struct jx_rule *r, jaxc_value dx)
{
    const struct jx_reduce_params *params = r->params;
    jaxc_value p = r->x[0], g = dx, one = jx_literal(r->in[0], 1), zero = jx_literal(r->in[0], 0);
    for (int i = 0; i < params->axes.n; i++) {
        int axis = (int)params->axes.at[i];
        int64_t n = r->in[0]->dims[axis];
        if (n == 0)
            return jx_zeros_of(r->out[0]);
        for (; n > 1; n -= n / 2)
            join_halves(axis, n, one, zero, &p, &g);
    }
    return jx_reshape(g, r->out[0]->rank, r->out[0]->dims);
}

const struct jx_prim jx_reduce_prod_p = {
    .name = "reduce_prod",
    .dear = true,
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_reduce_params, axes, JX_F_INTS), {0}},
    .params_size = sizeof(struct jx_reduce_params),
    .type = reduce_sum_type,
    .jvp = reduce_prod_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = reduce_batch,
    .lower = reduce_lower,
    .scalar = JX_COMBINE_MUL,
};

jaxc_value jx_reduce_prod(jaxc_value x, int n_axes, const int *axes)
{
    return reduce(&jx_reduce_prod_p, x, n_axes, axes);
}

/* reduce_and, reduce_or, reduce_xor: bit by bit */
static bool reduce_bits_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_reduce_params *p = r->params;
    return jx_type_bits(r, out) && reduced_shape(r, &p->axes, out);
}

const struct jx_prim jx_reduce_and_p = {
    .name = "reduce_and",
    .dear = true,
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_reduce_params, axes, JX_F_INTS), {0}},
    .params_size = sizeof(struct jx_reduce_params),
    .type = reduce_bits_type,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = reduce_batch,
    .lower = reduce_lower,
    .scalar = JX_COMBINE_AND,
};

const struct jx_prim jx_reduce_or_p = {
    .name = "reduce_or",
    .dear = true,
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_reduce_params, axes, JX_F_INTS), {0}},
    .params_size = sizeof(struct jx_reduce_params),
    .type = reduce_bits_type,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = reduce_batch,
    .lower = reduce_lower,
    .scalar = JX_COMBINE_OR,
};

const struct jx_prim jx_reduce_xor_p = {
    .name = "reduce_xor",
    .dear = true,
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_reduce_params, axes, JX_F_INTS), {0}},
    .params_size = sizeof(struct jx_reduce_params),
    .type = reduce_bits_type,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = reduce_batch,
    .lower = reduce_lower,
    .scalar = JX_COMBINE_XOR,
};

jaxc_value jx_reduce_and(jaxc_value x, int n_axes, const int *axes)
{
    return reduce(&jx_reduce_and_p, x, n_axes, axes);
}

jaxc_value jx_reduce_or(jaxc_value x, int n_axes, const int *axes)
{
    return reduce(&jx_reduce_or_p, x, n_axes, axes);
}

jaxc_value jx_reduce_xor(jaxc_value x, int n_axes, const int *axes)
{
    return reduce(&jx_reduce_xor_p, x, n_axes, axes);
}

/* argmax, argmin: the index of the greatest or least element along one axis; NaN counts as it, the
 * first of equals wins */
static bool arg_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_arg_params *p = r->params;
    const struct jx_aval *x = r->in[0];
    const char *name = r->prim->name;
    char text[JX_AVAL_TEXT];
    if (p->axes.n != 1)
        return jx_fail(JAXC_EVALUE, "%s: goes over one axis, not %d", name, p->axes.n);
    if (!jx_type_ordered(r, out) || !reduced_shape(r, &p->axes, out))
        return false;
    if (p->index_dtype != JAXC_I32 && p->index_dtype != JAXC_I64)
        return jx_fail(JAXC_EDTYPE, "%s: gives i32 or i64 indices, not %s", name,
                       jx_dtype_info(p->index_dtype) ? jx_dtype_info(p->index_dtype)->name : "?");
    int64_t length = x->dims[p->axes.at[0]];
    if (length == 0)
        return jx_fail(JAXC_EVALUE, "%s: axis %lld of %s is empty", name, (long long)p->axes.at[0],
                       jx_aval_text(x, text));
    if (p->index_dtype == JAXC_I32 && length - 1 > INT32_MAX)
        return jx_fail(JAXC_ELIMIT, "%s: axis %lld of %s is too long for i32 indices", name,
                       (long long)p->axes.at[0], jx_aval_text(x, text));
    out->dtype = (uint8_t)p->index_dtype;
    out->weak = 0;
    return true;
}

static jaxc_value arg(const struct jx_prim *prim, jaxc_value x, int axis, jaxc_dtype index_dtype)
{
    struct jx_arg_params p = {.axes = {1, {axis}}, .index_dtype = index_dtype};
    return jx_apply(prim, &p, 1, &x);
}

static bool arg_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_arg_params *p = r->params;
    int axis;
    y_axis[0] = batched_axes(&p->axes, r->axis[0], &axis);
    y[0] = arg(r->prim, r->x[0], axis, p->index_dtype);
    return !jx_is_poison(y[0]);
}

static bool arg_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_arg_params *p = r->params;
    int axis = (int)p->axes.at[0];
    int index = jx_g_index(l->graph, p->index_dtype, r->in[0]->rank, r->in[0]->dims, axis);
    l->out[0] = index < 0 ? -1
                          : jx_g_reduce(l->graph, (enum jx_combine)r->prim->scalar, p->index_dtype,
                                        l->in[0], index, 1u << axis);
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
    .type = arg_type,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = arg_batch,
    .lower = arg_lower,
    .scalar = JX_COMBINE_ARGMAX,
};

const struct jx_prim jx_argmin_p = {
    .name = "argmin",
    .dear = true,
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD(struct jx_arg_params, axes, JX_F_INTS),
                                        JX_FIELD(struct jx_arg_params, index_dtype, JX_F_DTYPE),
                                        {0}},
    .params_size = sizeof(struct jx_arg_params),
    .type = arg_type,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = arg_batch,
    .lower = arg_lower,
    .scalar = JX_COMBINE_ARGMIN,
};

jaxc_value jx_argmax(jaxc_value x, int axis, jaxc_dtype index_dtype)
{
    return arg(&jx_argmax_p, x, axis, index_dtype);
}

jaxc_value jx_argmin(jaxc_value x, int axis, jaxc_dtype index_dtype)
{
    return arg(&jx_argmin_p, x, axis, index_dtype);
}
