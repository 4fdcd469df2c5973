/*
 * prim/convert.c - elementwise primitives that change how an element is represented, or only what
 * is known of it.
 */
#include "prim/prim.h"

/* convert_element_type: the same number in another dtype; also the only way to change a weak
 * flag */
static bool convert_element_type_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_convert_element_type_params *p = r->params;
    if (!jx_check_dtype(r, p->new_dtype))
        return false;
    *out = *r->in[0];
    out->dtype = (uint8_t)p->new_dtype;
    out->weak = p->weak_type;
    return true;
}

/* g converted, between floats; to and from bool and integers nothing passes */
static bool convert_element_type_jvp(const struct jx_rule *r, const jaxc_value *dx,
                                     jaxc_value *y_out, jaxc_value *dy)
{
    const struct jx_convert_element_type_params *p = r->params;
    (void)y_out;
    dy[0] = JX_ZERO;
    if (!jx_is_zero(dx[0]) && jx_is_float(r->in[0]->dtype) && jx_is_float(p->new_dtype))
        dy[0] = jx_convert_element_type(dx[0], p->new_dtype, p->weak_type);
    return !jx_is_poison(dy[0]);
}

static jaxc_value convert_element_type_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    return jx_convert_element_type(ct[0], r->in[0]->dtype, r->in[0]->weak != 0);
}

static bool convert_element_type_lower(struct jx_lower *l, const struct jx_rule *r)
{
    l->out[0] = jx_g_convert(l->graph, (jaxc_dtype)r->out[0]->dtype, l->in[0]);
    return l->out[0] >= 0;
}

const struct jx_prim jx_convert_element_type_p = {
    .name = "convert_element_type",
    .arity = 1,
    .fields =
        (const struct jx_field[]){
            JX_FIELD(struct jx_convert_element_type_params, new_dtype, JX_F_DTYPE),
            JX_FIELD(struct jx_convert_element_type_params, weak_type, JX_F_BOOL),
            {0}},
    .params_size = sizeof(struct jx_convert_element_type_params),
    .type = convert_element_type_type,
    .jvp_all = convert_element_type_jvp,
    .transpose = convert_element_type_transpose,
    .batch = jx_batch_elementwise,
    .lower = convert_element_type_lower,
    .moves = true,
    .scalar = JX_S_convert,
};

jaxc_value jx_convert_element_type(jaxc_value x, jaxc_dtype dtype, bool weak)
{
    struct jx_convert_element_type_params p = {.new_dtype = dtype, .weak_type = weak};
    struct jx_aval a;
    if (!jx_value_aval(x, &a))
        return JX_POISON;
    if (a.dtype == dtype && (a.weak != 0) == weak)
        return jx_value_again(x);
    return jx_apply(&jx_convert_element_type_p, &p, 1, &x);
}

/* bitcast_convert_type: the same bits in another dtype; a narrower one adds a trailing axis (low
 * bits first), a wider one takes it away */
static bool bitcast_convert_type_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_bitcast_params *p = r->params;
    char text[JX_AVAL_TEXT];
    const struct jx_aval *x = r->in[0];
    const struct jx_dtype_info *from = jx_dtype_info(x->dtype);
    if (!jx_check_dtype(r, p->new_dtype))
        return false;
    const struct jx_dtype_info *to = jx_dtype_info(p->new_dtype);
    if ((from->category == JX_CAT_BOOL) != (to->category == JX_CAT_BOOL) ||
        (from->category == JX_CAT_COMPLEX) != (to->category == JX_CAT_COMPLEX))
        return jx_fail(JAXC_EDTYPE, "bitcast_convert_type: %s to %s", jx_aval_text(x, text),
                       to->name);
    *out = *x;
    out->dtype = (uint8_t)p->new_dtype;
    out->weak = 0;
    if (from->size > to->size) {
        if (x->rank == JAXC_MAX_RANK)
            return jx_fail(JAXC_ELIMIT,
                           "bitcast_convert_type: %s to %s makes rank %d, the limit is %d",
                           jx_aval_text(x, text), to->name, x->rank + 1, JAXC_MAX_RANK);
        out->dims[out->rank++] = from->size / to->size;
        int64_t n;
        return jx_n_elements(out->rank, out->dims, &n);
    }
    if (from->size < to->size) {
        int64_t per = to->size / from->size;
        if (x->rank == 0 || x->dims[x->rank - 1] != per)
            return jx_fail(JAXC_ESHAPE, "bitcast_convert_type: to %s, %s needs a last axis of %lld",
                           to->name, jx_aval_text(x, text), (long long)per);
        out->dims[--out->rank] = 0;
    }
    return true;
}

static bool bitcast_convert_type_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_bitcast_params *p = r->params;
    struct jx_aval a;
    if (!jx_value_aval(r->x[0], &a))
        return false;
    bool drops_last = jx_dtype_info(a.dtype)->size < jx_dtype_info(p->new_dtype)->size;
    y_axis[0] = drops_last && r->axis[0] == a.rank - 1 ? 0 : r->axis[0];
    jaxc_value x = jx_move_axis(r->x[0], r->axis[0], y_axis[0], r->size);
    y[0] = jx_bitcast_convert_type(x, p->new_dtype);
    return !jx_is_poison(y[0]);
}

static jaxc_dtype unsigned_of(jaxc_dtype dtype)
{
    switch (jx_dtype_info(dtype)->size) {
    case 1: return JAXC_U8;
    case 2: return JAXC_U16;
    case 4: return JAXC_U32;
    default: return JAXC_U64;
    }
}

static int bits_as(struct jx_graph *g, jaxc_dtype to, int x)
{
    return x < 0 || g->nodes[x].dtype == to ? x : jx_g_scalar(g, JX_S_bitcast, to, 1, &x);
}

/* x shifted by `bits` times the index along the last axis of its `rank` axes */
static int shift_by_index(struct jx_graph *g, enum jx_scalar_op op, int x, int bits)
{
    if (x < 0)
        return -1;
    int64_t dims[JAXC_MAX_RANK];
    int rank = g->nodes[x].rank;
    jaxc_dtype dtype = g->nodes[x].dtype;
    memcpy(dims, g->nodes[x].dims, sizeof dims);
    int index = jx_g_index(g, dtype, rank, dims, rank - 1);
    int width = jx_g_const(g, dtype, 0, dims, (union jx_scalar){.u = (uint64_t)bits});
    if (index < 0 || width < 0)
        return -1;
    int shift = jx_g_scalar(g, JX_S_mul, dtype, 2, (const int[]){index, width});
    return shift < 0 ? -1 : jx_g_scalar(g, op, dtype, 2, (const int[]){x, shift});
}

static bool bitcast_convert_type_lower(struct jx_lower *l, const struct jx_rule *r)
{
    static const int identity[JAXC_MAX_RANK] = {0, 1, 2, 3, 4, 5, 6, 7};
    const struct jx_aval *out = r->out[0];
    jaxc_dtype from = r->in[0]->dtype, to = out->dtype;
    int from_bits = 8 * (int)jx_dtype_info(from)->size, to_bits = 8 * (int)jx_dtype_info(to)->size;
    int x = l->in[0];
    if (from_bits != to_bits) {
        jaxc_dtype wider = unsigned_of(from_bits > to_bits ? from : to);
        x = bits_as(l->graph, unsigned_of(from), x);
        x = jx_g_convert(l->graph, jx_wide_dtype(wider, JX_OWN_SIGN), x);
    }
    if (x >= 0 && from_bits > to_bits) {
        x = jx_g_broadcast(l->graph, x, out->rank, out->dims, identity);
        x = shift_by_index(l->graph, JX_S_shift_right_logical, x, to_bits);
    } else if (x >= 0 && from_bits < to_bits) {
        x = shift_by_index(l->graph, JX_S_shift_left, x, from_bits);
        x = x < 0 ? -1
                  : jx_g_reduce(l->graph, JX_COMBINE_OR, (jaxc_dtype)l->graph->nodes[x].dtype, x,
                                -1, 1u << out->rank);
    }
    if (from_bits != to_bits)
        x = jx_g_convert(l->graph, unsigned_of(to), x);
    l->out[0] = bits_as(l->graph, to, x);
    return l->out[0] >= 0;
}

const struct jx_prim jx_bitcast_convert_type_p = {
    .name = "bitcast_convert_type",
    .arity = 1,
    .fields =
        (const struct jx_field[]){JX_FIELD(struct jx_bitcast_params, new_dtype, JX_F_DTYPE), {0}},
    .params_size = sizeof(struct jx_bitcast_params),
    .type = bitcast_convert_type_type,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = bitcast_convert_type_batch,
    .lower = bitcast_convert_type_lower,
    .moves = true,
    .scalar = JX_S_bitcast,
};

jaxc_value jx_bitcast_convert_type(jaxc_value x, jaxc_dtype dtype)
{
    struct jx_bitcast_params p = {dtype};
    return jx_apply(&jx_bitcast_convert_type_p, &p, 1, &x);
}

/* stop_gradient: the identity, whose tangent is zero */
static bool stop_gradient_lower(struct jx_lower *l, const struct jx_rule *r)
{
    (void)r;
    l->out[0] = l->in[0];
    return true;
}

const struct jx_prim jx_stop_gradient_p = {
    .name = "stop_gradient",
    .arity = 1,
    .type = jx_type_any,
    .zero_tangent = true,
    .no_transpose = "its tangent is zero",
    .batch = jx_batch_elementwise,
    .lower = stop_gradient_lower,
    .moves = true,
};

jaxc_value jx_stop_gradient(jaxc_value x) { return jx_apply(&jx_stop_gradient_p, NULL, 1, &x); }
