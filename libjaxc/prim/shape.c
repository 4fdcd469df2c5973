/*
 * prim/shape.c - primitives that only say where elements stand: broadcast_in_dim, reshape, squeeze,
 * transpose.
 *
 * All are linear, and views (or nothing at all) once lowered. Under vmap the lane axis stays where
 * it is wherever the primitive can leave it there.
 */
#include "prim/prim.h"

/* ---- broadcast_in_dim: operand axis i is result axis broadcast_dimensions[i]; size 1 stretches */

static bool broadcast_in_dim_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_broadcast_in_dim_params *p = r->params;
    const struct jx_aval *x = r->in[0];
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    int64_t n;
    if (!jx_n_elements(p->shape.n, p->shape.at, &n))
        return false;
    *out = jx_aval_make(x->dtype, p->shape.n, p->shape.at);
    out->weak = 2;
    if (p->broadcast_dimensions.n != x->rank)
        return jx_fail(JAXC_EVALUE, "broadcast_in_dim: %d broadcast_dimensions for %s",
                       p->broadcast_dimensions.n, jx_aval_text(x, a));
    for (int i = 0; i < x->rank; i++) {
        int64_t to = p->broadcast_dimensions.at[i];
        if (to < 0 || to >= out->rank)
            return jx_fail(JAXC_EAXIS, "broadcast_in_dim: axis %lld of %s", (long long)to,
                           jx_aval_text(out, a));
        if (i > 0 && to <= p->broadcast_dimensions.at[i - 1])
            return jx_fail(JAXC_EAXIS, "broadcast_in_dim: axis %lld of %s follows axis %lld",
                           (long long)to, jx_aval_text(out, a),
                           (long long)p->broadcast_dimensions.at[i - 1]);
        if (x->dims[i] != 1 && x->dims[i] != out->dims[to])
            return jx_fail(JAXC_ESHAPE,
                           "broadcast_in_dim: %s has %lld along axis %d, %s %lld along axis %lld",
                           jx_aval_text(x, a), (long long)x->dims[i], i, jx_aval_text(out, b),
                           (long long)out->dims[to], (long long)to);
    }
    return true;
}

/* the sum over new and stretched axes */
static jaxc_value broadcast_in_dim_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    const struct jx_broadcast_in_dim_params *p = r->params;
    const struct jx_aval *x = r->in[0], *y = r->out[0];
    int axes[JAXC_MAX_RANK], n = 0;
    for (int to = 0, from = 0; to < y->rank; to++) {
        bool mapped = from < x->rank && p->broadcast_dimensions.at[from] == to;
        if (!mapped || x->dims[from] != y->dims[to])
            axes[n++] = to;
        from += mapped;
    }
    return jx_reshape(jx_reduce_sum(ct[0], n, axes), x->rank, x->dims);
}

/* The lane axis goes right behind the operand axis that it follows. */
static bool broadcast_in_dim_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_broadcast_in_dim_params *p = r->params;
    int lane = r->axis[0], to = lane == 0 ? 0 : (int)p->broadcast_dimensions.at[lane - 1] + 1;
    int map[JAXC_MAX_RANK];
    int64_t dims[JAXC_MAX_RANK + 1];
    jx_insert(p->shape.n, p->shape.at, to, r->size, dims);
    for (int i = 0; i < p->broadcast_dimensions.n; i++)
        map[i + (i >= lane)] = (int)p->broadcast_dimensions.at[i] + (i >= lane);
    map[lane] = to;
    y_axis[0] = to;
    y[0] = jx_broadcast_in_dim(r->x[0], p->shape.n + 1, dims, map);
    return !jx_is_poison(y[0]);
}

static bool broadcast_in_dim_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_broadcast_in_dim_params *p = r->params;
    int map[JAXC_MAX_RANK];
    for (int i = 0; i < r->in[0]->rank; i++)
        map[i] = (int)p->broadcast_dimensions.at[i];
    l->out[0] = jx_g_broadcast(l->graph, l->in[0], r->out[0]->rank, r->out[0]->dims, map);
    return l->out[0] >= 0;
}

const struct jx_prim jx_broadcast_in_dim_p = {
    .name = "broadcast_in_dim",
    .arity = 1,
    .fields = (const struct jx_field[]){JX_FIELD_HIDDEN(struct jx_broadcast_in_dim_params,
                                                        broadcast_dimensions, JX_F_INTS),
                                        JX_FIELD_SHAPE(struct jx_broadcast_in_dim_params, shape),
                                        {0}},
    .params_size = sizeof(struct jx_broadcast_in_dim_params),
    .type = broadcast_in_dim_type,
    .jvp = jx_jvp_linear,
    .transpose = broadcast_in_dim_transpose,
    .batch = broadcast_in_dim_batch,
    .lower = broadcast_in_dim_lower,
    .moves = true,
};

jaxc_value jx_broadcast_in_dim(jaxc_value x, int rank, const int64_t *dims, const int *map)
{
    struct jx_broadcast_in_dim_params p = {0};
    struct jx_aval a;
    if (!jx_value_aval(x, &a) || !jx_ints_make(&p.shape, "broadcast_in_dim", rank, dims))
        return JX_POISON;
    if (a.rank == rank && jx_same_dims(rank, a.dims, dims))
        return jx_value_again(x);
    p.broadcast_dimensions.n = a.rank;
    for (int i = 0; i < a.rank; i++)
        p.broadcast_dimensions.at[i] = map[i];
    return jx_apply(&jx_broadcast_in_dim_p, &p, 1, &x);
}

/* ---- reshape: the same elements in row-major order ------------------------------------------- */

static bool reshape_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_reshape_params *p = r->params;
    const struct jx_aval *x = r->in[0];
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    int64_t from = jx_count(x->rank, x->dims), to;
    if (!jx_n_elements(p->new_sizes.n, p->new_sizes.at, &to))
        return false;
    *out = jx_aval_make(x->dtype, p->new_sizes.n, p->new_sizes.at);
    out->weak = 2;
    if (from != to)
        return jx_fail(JAXC_ESHAPE, "reshape: %s has %lld elements, %s %lld", jx_aval_text(x, a),
                       (long long)from, jx_aval_text(out, b), (long long)to);
    return true;
}

static jaxc_value reshape_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    return jx_reshape(ct[0], r->in[0]->rank, r->in[0]->dims);
}

/* Wrapping products: they overflow only where there are no elements, and then any order is
 * right. */
static uint64_t product(int n, const int64_t *a)
{
    uint64_t p = 1;
    for (int i = 0; i < n; i++)
        p *= (uint64_t)a[i];
    return p;
}

/* The lane axis stays if as many elements stand before and behind it in the result; else it goes
 * to 0. */
static bool reshape_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_reshape_params *p = r->params;
    struct jx_aval x;
    int64_t dims[JAXC_MAX_RANK + 1];
    int lane = r->axis[0], n = p->new_sizes.n, to = 0;
    if (!jx_value_aval(r->x[0], &x))
        return false;
    uint64_t before = product(lane, x.dims);
    uint64_t behind = product(x.rank - lane - 1, x.dims + lane + 1);
    while (to <= n && (product(to, p->new_sizes.at) != before ||
                       product(n - to, p->new_sizes.at + to) != behind))
        to++;
    bool stays = to <= n;
    y_axis[0] = stays ? to : 0;
    jx_insert(n, p->new_sizes.at, y_axis[0], r->size, dims);
    y[0] = jx_reshape(stays ? r->x[0] : jx_batch_at_front(r, 0), n + 1, dims);
    return !jx_is_poison(y[0]);
}

static bool reshape_lower(struct jx_lower *l, const struct jx_rule *r)
{
    l->out[0] = jx_g_reshape(l->graph, l->in[0], r->out[0]->rank, r->out[0]->dims);
    return l->out[0] >= 0;
}

const struct jx_prim jx_reshape_p = {
    .name = "reshape",
    .arity = 1,
    .fields =
        (const struct jx_field[]){JX_FIELD(struct jx_reshape_params, new_sizes, JX_F_INTS), {0}},
    .params_size = sizeof(struct jx_reshape_params),
    .type = reshape_type,
    .jvp = jx_jvp_linear,
    .transpose = reshape_transpose,
    .batch = reshape_batch,
    .lower = reshape_lower,
    .moves = true,
};

jaxc_value jx_reshape(jaxc_value x, int rank, const int64_t *dims)
{
    struct jx_reshape_params p;
    struct jx_aval a;
    if (!jx_value_aval(x, &a) || !jx_ints_make(&p.new_sizes, "reshape", rank, dims))
        return JX_POISON;
    if (a.rank == rank && jx_same_dims(rank, a.dims, dims))
        return jx_value_again(x);
    return jx_apply(&jx_reshape_p, &p, 1, &x);
}

/* ---- squeeze: without some axes of size 1 ---------------------------------------------------- */

static bool squeeze_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_squeeze_params *p = r->params;
    const struct jx_aval *x = r->in[0];
    char text[JX_AVAL_TEXT];
    if (!jx_axes_check(r, &p->dimensions, x))
        return false;
    *out = jx_aval_make(x->dtype, 0, NULL);
    out->weak = 2;
    for (int i = 0, j = 0; i < x->rank; i++) {
        if (j == p->dimensions.n || p->dimensions.at[j] != i)
            out->dims[out->rank++] = x->dims[i];
        else if (x->dims[p->dimensions.at[j++]] != 1)
            return jx_fail(JAXC_ESHAPE, "squeeze: axis %d of %s has not size 1", i,
                           jx_aval_text(x, text));
    }
    return true;
}

static bool squeeze_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    struct jx_squeeze_params p = *(const struct jx_squeeze_params *)r->params;
    y_axis[0] = r->axis[0];
    for (int i = 0; i < p.dimensions.n; i++) {
        p.dimensions.at[i] += p.dimensions.at[i] >= r->axis[0];
        y_axis[0] -= p.dimensions.at[i] < r->axis[0];
    }
    y[0] = jx_apply(&jx_squeeze_p, &p, 1, r->x);
    return !jx_is_poison(y[0]);
}

const struct jx_prim jx_squeeze_p = {
    .name = "squeeze",
    .arity = 1,
    .fields =
        (const struct jx_field[]){JX_FIELD(struct jx_squeeze_params, dimensions, JX_F_INTS), {0}},
    .params_size = sizeof(struct jx_squeeze_params),
    .type = squeeze_type,
    .jvp = jx_jvp_linear,
    .transpose = reshape_transpose,
    .batch = squeeze_batch,
    .lower = reshape_lower,
    .moves = true,
};

jaxc_value jx_squeeze(jaxc_value x, int n, const int *dimensions)
{
    struct jx_squeeze_params p;
    if (n == 0)
        return jx_value_again(x);
    if (!jx_axes_make(&p.dimensions, "squeeze", n, dimensions))
        return JX_POISON;
    return jx_apply(&jx_squeeze_p, &p, 1, &x);
}

/* ---- transpose: result axis i is operand axis permutation[i] --------------------------------- */

static bool transpose_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_transpose_params *p = r->params;
    const struct jx_aval *x = r->in[0];
    char text[JX_AVAL_TEXT];
    if (p->permutation.n != x->rank)
        return jx_fail(JAXC_EVALUE, "transpose: a permutation of %d axes for %s", p->permutation.n,
                       jx_aval_text(x, text));
    *out = *x;
    out->weak = 2;
    for (unsigned i = 0, seen = 0; i < x->rank; i++) {
        int64_t from = p->permutation.at[i];
        if (from < 0 || from >= x->rank)
            return jx_fail(JAXC_EAXIS, "transpose: axis %lld of %s", (long long)from,
                           jx_aval_text(x, text));
        if (seen >> from & 1)
            return jx_fail(JAXC_EAXIS, "transpose: axis %lld of %s twice", (long long)from,
                           jx_aval_text(x, text));
        seen |= 1u << from;
        out->dims[i] = x->dims[from];
    }
    return true;
}

/* the inverse permutation */
static jaxc_value transpose_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    const struct jx_transpose_params *p = r->params;
    int inverse[JAXC_MAX_RANK];
    for (int i = 0; i < p->permutation.n; i++)
        inverse[p->permutation.at[i]] = i;
    return jx_transpose(ct[0], inverse);
}

/* The lane axis keeps its place; the others change places around it. */
static bool transpose_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_transpose_params *p = r->params;
    int lane = r->axis[0], permutation[JAXC_MAX_RANK];
    for (int i = 0; i < p->permutation.n; i++) {
        int from = (int)p->permutation.at[i];
        permutation[i + (i >= lane)] = from + (from >= lane);
    }
    permutation[lane] = lane;
    y_axis[0] = lane;
    y[0] = jx_transpose(r->x[0], permutation);
    return !jx_is_poison(y[0]);
}

static bool transpose_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_transpose_params *p = r->params;
    int permutation[JAXC_MAX_RANK];
    for (int i = 0; i < p->permutation.n; i++)
        permutation[i] = (int)p->permutation.at[i];
    l->out[0] = jx_g_transpose(l->graph, l->in[0], permutation);
    return l->out[0] >= 0;
}

const struct jx_prim jx_transpose_p = {
    .name = "transpose",
    .arity = 1,
    .fields =
        (const struct jx_field[]){JX_FIELD(struct jx_transpose_params, permutation, JX_F_INTS),
                                  {0}},
    .params_size = sizeof(struct jx_transpose_params),
    .type = transpose_type,
    .jvp = jx_jvp_linear,
    .transpose = transpose_transpose,
    .batch = transpose_batch,
    .lower = transpose_lower,
    .moves = true,
};

jaxc_value jx_transpose(jaxc_value x, const int *permutation)
{
    struct jx_transpose_params p = {0};
    struct jx_aval a;
    if (!jx_value_aval(x, &a))
        return JX_POISON;
    bool identity = true;
    for (int i = 0; i < a.rank; i++) {
        p.permutation.at[i] = permutation[i];
        identity = identity && permutation[i] == i;
    }
    p.permutation.n = a.rank;
    return identity ? jx_value_again(x) : jx_apply(&jx_transpose_p, &p, 1, &x);
}
