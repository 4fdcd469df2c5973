/*
 * prim/rules.c - the rules that primitives share, and the small conveniences that rules are written
 * with.
 *
 * Type rules read r->in; derivative rules may also read r->out; batch rules read only the values,
 * whose types include the lane axis.
 */
#include "prim/prim.h"

/* ---- types ----------------------------------------------------------------------------------- */

bool jx_same_dtypes(const struct jx_rule *r)
{
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    for (int i = 1; i < r->n_in; i++)
        if (r->in[i]->dtype != r->in[0]->dtype)
            return jx_fail(
                JAXC_EDTYPE,
                "%s: operands need equal dtypes: %s and %s; the calls of jaxc/numpy.h promote",
                r->prim->name, jx_aval_text(r->in[0], a), jx_aval_text(r->in[i], b));
    return true;
}

bool jx_elementwise_shape(const struct jx_rule *r, struct jx_aval *out)
{
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    const struct jx_aval *full = r->in[0];
    for (int i = 1; i < r->n_in; i++) {
        const struct jx_aval *x = r->in[i];
        if (full->rank == 0)
            full = x;
        else if (x->rank > 0 &&
                 (x->rank != full->rank || !jx_same_dims(x->rank, x->dims, full->dims)))
            return jx_fail(JAXC_ESHAPE, "%s: operands need equal shapes, or rank 0: %s and %s",
                           r->prim->name, jx_aval_text(full, a), jx_aval_text(x, b));
    }
    out->rank = full->rank;
    memcpy(out->dims, full->dims, sizeof out->dims);
    return true;
}

bool jx_check_dtype(const struct jx_rule *r, jaxc_dtype dtype)
{
    const struct jx_dtype_info *info = jx_dtype_info(dtype);
    if (!info)
        return jx_fail(JAXC_EDTYPE, "%s: %d is no dtype", r->prim->name, (int)dtype);
    if (!info->supported)
        return jx_fail(JAXC_EDTYPE, "%s: arrays of %s cannot be made yet", r->prim->name,
                       info->name);
    return true;
}

enum {
    BOOL = 1 << JX_CAT_BOOL,
    INTEGER = 1 << JX_CAT_UNSIGNED | 1 << JX_CAT_SIGNED,
    INEXACT = 1 << JX_CAT_FLOAT | 1 << JX_CAT_COMPLEX
};

static bool type_elementwise(const struct jx_rule *r, unsigned categories, const char *words,
                             struct jx_aval *out)
{
    char text[JX_AVAL_TEXT];
    if (!jx_same_dtypes(r) || !jx_elementwise_shape(r, out))
        return false;
    if (!(categories >> jx_dtype_info(r->in[0]->dtype)->category & 1))
        return jx_fail(JAXC_EDTYPE, "%s: takes %s, got %s", r->prim->name, words,
                       jx_aval_text(r->in[0], text));
    out->dtype = r->in[0]->dtype;
    out->weak = 2;
    return true;
}

bool jx_type_any(const struct jx_rule *r, struct jx_aval *out)
{
    return type_elementwise(r, ~0u, "anything", out);
}

bool jx_type_number(const struct jx_rule *r, struct jx_aval *out)
{
    return type_elementwise(r, INTEGER | INEXACT, "integers and floats", out);
}

bool jx_type_ordered(const struct jx_rule *r, struct jx_aval *out)
{
    return type_elementwise(r, BOOL | INTEGER | 1 << JX_CAT_FLOAT, "ordered dtypes", out);
}

bool jx_type_float(const struct jx_rule *r, struct jx_aval *out)
{
    return type_elementwise(r, INEXACT, "floats", out);
}

bool jx_type_bits(const struct jx_rule *r, struct jx_aval *out)
{
    return type_elementwise(r, BOOL | INTEGER, "bool and integers", out);
}

bool jx_type_integer(const struct jx_rule *r, struct jx_aval *out)
{
    return type_elementwise(r, INTEGER, "integers", out);
}

bool jx_type_compare(const struct jx_rule *r, struct jx_aval *out)
{
    if (!jx_type_any(r, out))
        return false;
    out->dtype = JAXC_BOOL;
    out->weak = 0;
    return true;
}

/* ---- derivatives ----------------------------------------------------------------------------- */

jaxc_value jx_jvp_linear(const struct jx_rule *r, jaxc_value dx)
{
    return jx_apply(r->prim, r->params, 1, &dx);
}

jaxc_value jx_broadcast_tangent(const struct jx_rule *r, jaxc_value dx)
{
    if (r->in[r->operand]->rank == r->out[0]->rank)
        return dx;
    return jx_broadcast_in_dim(dx, r->out[0]->rank, r->out[0]->dims, NULL);
}

jaxc_value jx_unbroadcast(const struct jx_rule *r, jaxc_value ct)
{
    static const int all[JAXC_MAX_RANK] = {0, 1, 2, 3, 4, 5, 6, 7};
    if (r->in[r->operand]->rank == r->out[0]->rank)
        return ct;
    return jx_reduce_sum(ct, r->out[0]->rank, all);
}

/* ---- batching -------------------------------------------------------------------------------- */

jaxc_value jx_move_axis(jaxc_value x, int from, int to, int64_t size)
{
    struct jx_aval a;
    if (from == to)
        return x;
    if (!jx_value_aval(x, &a))
        return JX_POISON;
    if (from < 0) {
        int64_t dims[JAXC_MAX_RANK + 1];
        int map[JAXC_MAX_RANK];
        for (int i = 0; i < a.rank; i++)
            map[i] = i + (i >= to);
        jx_insert(a.rank, a.dims, to, size, dims);
        return jx_broadcast_in_dim(x, a.rank + 1, dims, map);
    }
    int permutation[JAXC_MAX_RANK], others = 0;
    for (int i = 0; i < a.rank; i++) {
        others += others == from;
        permutation[i] = i == to ? from : others++;
    }
    return jx_transpose(x, permutation);
}

jaxc_value jx_batch_at_front(const struct jx_rule *r, int operand)
{
    return jx_move_axis(r->x[operand], r->axis[operand], 0, r->size);
}

/* Where the operands of an elementwise primitive meet: the lane axis, and the shape with it. */
struct meeting {
    int axis;
    struct jx_aval full;
};

static bool meet(const struct jx_rule *r, const struct jx_aval *types, struct meeting *m)
{
    int widest = 0, axis = -1, rank = -1; /* without the lane axis */
    for (int i = 0; i < r->n_in; i++) {
        int lane_rank = types[i].rank - (r->axis[i] >= 0);
        if (lane_rank > rank) {
            rank = lane_rank;
            widest = i;
            axis = -1;
        }
        if (lane_rank == rank && axis < 0)
            axis = r->axis[i];
    }
    if (rank == JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "%s: with the batch axis rank %d, the limit is %d",
                       r->prim->name, rank + 1, JAXC_MAX_RANK);
    *m = (struct meeting){axis < 0 ? 0 : axis, {.rank = (uint8_t)(rank + 1)}};
    int64_t dims[JAXC_MAX_RANK];
    for (int i = 0, n = 0; i < types[widest].rank; i++)
        if (i != r->axis[widest])
            dims[n++] = types[widest].dims[i];
    jx_insert(rank, dims, m->axis, r->size, m->full.dims);
    return true;
}

/* Operand i as it stands in the meeting; a number for all lanes stays rank 0. */
static jaxc_value align(const struct jx_rule *r, int i, const struct jx_aval *type,
                        const struct meeting *m)
{
    if (r->axis[i] < 0 && type->rank == 0)
        return r->x[i];
    if (r->axis[i] >= 0 && type->rank < m->full.rank) /* a number for each lane */
        return jx_broadcast_in_dim(r->x[i], m->full.rank, m->full.dims, &m->axis);
    return jx_move_axis(r->x[i], r->axis[i], m->axis, r->size);
}

bool jx_batch_elementwise(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    struct jx_aval *types = jx_alloc((size_t)r->n_in, sizeof *types);
    jaxc_value *x = jx_alloc((size_t)r->n_in, sizeof *x);
    struct meeting m = {0};
    bool ok = types && x;
    for (int i = 0; ok && i < r->n_in; i++)
        ok = jx_value_aval(r->x[i], &types[i]);
    ok = ok && meet(r, types, &m);
    for (int i = 0; ok && i < r->n_in; i++)
        x[i] = align(r, i, &types[i], &m);
    ok = ok && jx_bind(r->prim, r->params, r->n_in, x, r->n_out, y);
    for (int i = 0; i < r->n_out; i++)
        y_axis[i] = m.axis;
    jx_free(types);
    jx_free(x);
    return ok;
}

/* ---- lowering, emitting, constants ----------------------------------------------------------- */

bool jx_lower_scalar(struct jx_lower *l, const struct jx_rule *r)
{
    l->out[0] =
        jx_g_scalar(l->graph, (enum jx_scalar_op)r->prim->scalar, r->out[0]->dtype, r->n_in, l->in);
    return l->out[0] >= 0;
}

jaxc_value jx_apply(const struct jx_prim *prim, const void *params, int n, const jaxc_value *x)
{
    jaxc_value y = JX_POISON;
    jx_bind(prim, params, n, x, 1, &y);
    return y;
}

bool jx_ints_make(struct jx_ints *ints, const char *what, int n, const int64_t *at)
{
    if (n < 0 || n > JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "%s: rank %d, the limit is %d", what, n, JAXC_MAX_RANK);
    *ints = (struct jx_ints){.n = n};
    if (n > 0)
        memcpy(ints->at, at, (size_t)n * sizeof *at);
    return true;
}

bool jx_axes_make(struct jx_ints *axes, const char *what, int n, const int *at)
{
    if (n > JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "%s: %d axes, the limit is %d", what, n, JAXC_MAX_RANK);
    *axes = (struct jx_ints){.n = 0};
    for (int i = 0; i < n; i++) { /* insertion sort */
        int j = axes->n++;
        for (; j > 0 && axes->at[j - 1] > at[i]; j--)
            axes->at[j] = axes->at[j - 1];
        axes->at[j] = at[i];
    }
    return true;
}

bool jx_axes_check(const struct jx_rule *r, const struct jx_ints *axes, const struct jx_aval *x)
{
    char text[JX_AVAL_TEXT];
    for (int i = 0; i < axes->n; i++) {
        long long axis = axes->at[i];
        if (axis < 0 || axis >= x->rank)
            return jx_fail(JAXC_EAXIS, "%s: axis %lld of %s", r->prim->name, axis,
                           jx_aval_text(x, text));
        if (i > 0 && axis <= axes->at[i - 1])
            return jx_fail(JAXC_EAXIS, "%s: axis %lld of %s %s", r->prim->name, axis,
                           jx_aval_text(x, text),
                           axis == axes->at[i - 1] ? "twice" : "out of order");
    }
    return true;
}

void jx_insert(int n, const int64_t *a, int where, int64_t value, int64_t *out)
{
    for (int i = 0; i < n; i++)
        out[i + (i >= where)] = a[i];
    out[where] = value;
}

jaxc_value jx_scalar_of(jaxc_dtype dtype, union jx_scalar number, bool weak)
{
    struct jx_aval type = jx_aval_make(dtype, 0, NULL);
    type.weak = weak;
    struct jx_node *node = jx_node_literal(&type, number);
    return node ? jx_value_own(node, 0) : JX_POISON;
}

jaxc_value jx_literal(const struct jx_aval *like, double number)
{
    jaxc_dtype dtype = like->dtype;
    union jx_scalar s = jx_scalar_convert((union jx_scalar){.f = number}, JAXC_F64, dtype);
    return jx_scalar_of(dtype, s, like->weak != 0);
}

jaxc_value jx_full_like(const struct jx_aval *like, double number)
{
    jaxc_value x = jx_literal(like, number);
    return like->rank == 0 ? x : jx_broadcast_in_dim(x, like->rank, like->dims, NULL);
}

jaxc_value jx_zeros_of(const struct jx_aval *type) { return jx_full_like(type, 0); }
