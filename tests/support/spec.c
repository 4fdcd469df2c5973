/*
 * spec.c - what primitives mean that are more than element by element.
 *
 * Each walks over the elements of its result, or of its operand, with their places along every
 * axis. Sums of floats are of doubles; integers wrap.
 */
#include "support/spec.h"
#include "support/spec_index.h"

#include <math.h>

/* ---- places ---------------------------------------------------------------------------------- */

struct place {
    int64_t at[JAXC_MAX_RANK];
};

static struct place place_of(const struct jx_aval *a, int64_t i)
{
    struct place p = {{0}};
    for (int axis = a->rank - 1; axis >= 0; axis--) {
        p.at[axis] = i % a->dims[axis];
        i /= a->dims[axis];
    }
    return p;
}

static int64_t element_at(const struct jx_aval *a, const struct place *p)
{
    int64_t i = 0;
    for (int axis = 0; axis < a->rank; axis++)
        i = i * a->dims[axis] + p->at[axis];
    return i;
}

static void copy(struct array *to, int64_t i, const struct array *from, int64_t k)
{
    size_t size = jx_dtype_info(to->type.dtype)->size;
    memcpy((char *)to->data + (size_t)i * size, (const char *)from->data + (size_t)k * size, size);
}

static bool holds(const struct jx_ints *axes, int axis)
{
    for (int i = 0; i < axes->n; i++)
        if (axes->at[i] == axis)
            return true;
    return false;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static union jx_scalar load(const struct array *a, int64_t i)
{
    size_t size = jx_dtype_info(a->type.dtype)->size;
    return jx_scalar_load((const char *)a->data + (size_t)i * size, a->type.dtype);
}

static void store(struct array *a, int64_t i, union jx_scalar s)
{
    size_t size = jx_dtype_info(a->type.dtype)->size;
    jx_scalar_store((char *)a->data + (size_t)i * size, a->type.dtype, s);
}

/* Of integers the low bits are right whatever the sign. */
static union jx_scalar sum_of(jaxc_dtype dtype, union jx_scalar x, union jx_scalar y)
{
    if (jx_is_float(dtype))
        return (union jx_scalar){.f = x.f + y.f};
    return (union jx_scalar){.u = x.u + y.u};
}

static union jx_scalar product_of(jaxc_dtype dtype, union jx_scalar x, union jx_scalar y)
{
    if (jx_is_float(dtype))
        return (union jx_scalar){.f = x.f * y.f};
    return (union jx_scalar){.u = x.u * y.u};
}

/* NaN is the greatest. */
static bool is_greater(jaxc_dtype dtype, union jx_scalar x, union jx_scalar y)
{
    switch (jx_dtype_info(dtype)->category) {
    case JX_CAT_FLOAT: return x.f > y.f || (isnan(x.f) && !isnan(y.f));
    case JX_CAT_UNSIGNED: return x.u > y.u;
    default: return x.i > y.i;
    }
}

/* NaN is the least, too. */
static bool is_less(jaxc_dtype dtype, union jx_scalar x, union jx_scalar y)
{
    switch (jx_dtype_info(dtype)->category) {
    case JX_CAT_FLOAT: return x.f < y.f || (isnan(x.f) && !isnan(y.f));
    case JX_CAT_UNSIGNED: return x.u < y.u;
    default: return x.i < y.i;
    }
}

static union jx_scalar greatest_of(jaxc_dtype dtype)
{
    int bits = 8 * (int)jx_dtype_info(dtype)->size;
    switch (jx_dtype_info(dtype)->category) {
    case JX_CAT_FLOAT: return (union jx_scalar){.f = INFINITY};
    case JX_CAT_SIGNED: return (union jx_scalar){.i = (int64_t)(UINT64_MAX >> (65 - bits))};
    case JX_CAT_UNSIGNED: return (union jx_scalar){.u = UINT64_MAX >> (64 - bits)};
    default: return (union jx_scalar){.u = 1};
    }
}

static union jx_scalar least_of(jaxc_dtype dtype)
{
    int bits = 8 * (int)jx_dtype_info(dtype)->size;
    switch (jx_dtype_info(dtype)->category) {
    case JX_CAT_FLOAT: return (union jx_scalar){.f = -INFINITY};
    case JX_CAT_SIGNED: return (union jx_scalar){.i = -(int64_t)(UINT64_MAX >> (65 - bits)) - 1};
    default: return (union jx_scalar){.u = 0};
    }
}

/* ---- elements that change places ------------------------------------------------------------- */

static void broadcast(const struct jx_broadcast_in_dim_params *p, const struct array *x,
                      struct array *y)
{
    for (int64_t i = 0; i < array_count(y); i++) {
        struct place to = place_of(&y->type, i), from = {{0}};
        for (int axis = 0; axis < x->type.rank; axis++)
            if (x->type.dims[axis] != 1)
                from.at[axis] = to.at[p->broadcast_dimensions.at[axis]];
        copy(y, i, x, element_at(&x->type, &from));
    }
}

static void transpose(const struct jx_transpose_params *p, const struct array *x, struct array *y)
{
    for (int64_t i = 0; i < array_count(y); i++) {
        struct place to = place_of(&y->type, i), from = {{0}};
        for (int axis = 0; axis < x->type.rank; axis++)
            from.at[p->permutation.at[axis]] = to.at[axis];
        copy(y, i, x, element_at(&x->type, &from));
    }
}

static void slice(const struct jx_slice_params *p, const struct array *x, struct array *y)
{
    for (int64_t i = 0; i < array_count(y); i++) {
        struct place at = place_of(&y->type, i);
        for (int axis = 0; axis < x->type.rank; axis++)
            at.at[axis] =
                p->start_indices.at[axis] + at.at[axis] * (p->strides.n ? p->strides.at[axis] : 1);
        copy(y, i, x, element_at(&x->type, &at));
    }
}

/* Each element goes to low + at (interior + 1), or is cut off. */
static void pad(const struct jx_pad_params *p, const struct array *x, const struct array *value,
                struct array *y)
{
    for (int64_t i = 0; i < array_count(y); i++)
        copy(y, i, value, 0);
    for (int64_t i = 0; i < array_count(x); i++) {
        struct place at = place_of(&x->type, i);
        bool inside = true;
        for (int axis = 0; axis < x->type.rank; axis++) {
            at.at[axis] =
                p->padding_config.low[axis] + at.at[axis] * (p->padding_config.interior[axis] + 1);
            inside = inside && at.at[axis] >= 0 && at.at[axis] < y->type.dims[axis];
        }
        if (inside)
            copy(y, element_at(&y->type, &at), x, i);
    }
}

static void concatenate(const struct jx_concatenate_params *p, int n, const struct array *x,
                        struct array *y)
{
    int64_t start = 0;
    for (int k = 0; k < n; start += x[k++].type.dims[p->dimension])
        for (int64_t i = 0; i < array_count(&x[k]); i++) {
            struct place at = place_of(&x[k].type, i);
            at.at[p->dimension] += start;
            copy(y, element_at(&y->type, &at), &x[k], i);
        }
}

static void rev(const struct jx_rev_params *p, const struct array *x, struct array *y)
{
    for (int64_t i = 0; i < array_count(y); i++) {
        struct place at = place_of(&y->type, i);
        for (int k = 0; k < p->dimensions.n; k++) {
            int64_t axis = p->dimensions.at[k];
            at.at[axis] = x->type.dims[axis] - 1 - at.at[axis];
        }
        copy(y, i, x, element_at(&x->type, &at));
    }
}

static void iota(const struct jx_iota_params *p, struct array *y)
{
    for (int64_t i = 0; i < array_count(y); i++) {
        union jx_scalar s = {.i = place_of(&y->type, i).at[p->dimension]};
        store(y, i, jx_scalar_convert(s, JAXC_I64, y->type.dtype));
    }
}

static void select_n(int n, const struct array *x, struct array *y)
{
    const struct array *which = &x[0];
    for (int64_t i = 0; i < array_count(y); i++) {
        double k = array_number(which, which->type.rank ? i : 0);
        const struct array *from = &x[1 + (k < 0 ? 0 : k > n - 2 ? n - 2 : (int)k)];
        copy(y, i, from, from->type.rank ? i : 0);
    }
}

/* ---- along axes ------------------------------------------------------------------------------ */

/* Where an element of a reduced operand ends up. */
static int64_t reduced(const struct jx_aval *x, const struct jx_aval *y, const struct jx_ints *axes,
                       const struct place *at)
{
    struct place to = {{0}};
    for (int axis = 0, n = 0; axis < x->rank; axis++)
        if (!holds(axes, axis))
            to.at[n++] = at->at[axis];
    return element_at(y, &to);
}

/* What a reduction begins with, and how it goes on; operands are of type `dtype`. */
static union jx_scalar beginning(const struct jx_prim *prim, jaxc_dtype dtype)
{
    if (prim == &jx_reduce_max_p)
        return least_of(dtype);
    if (prim == &jx_reduce_min_p)
        return greatest_of(dtype);
    if (prim == &jx_reduce_and_p)
        return (union jx_scalar){.u = UINT64_MAX};
    if (prim == &jx_reduce_prod_p)
        return jx_is_float(dtype) ? (union jx_scalar){.f = 1} : (union jx_scalar){.u = 1};
    return (union jx_scalar){.u = 0};
}

static union jx_scalar joined(const struct jx_prim *prim, jaxc_dtype dtype, union jx_scalar x,
                              union jx_scalar y)
{
    if (prim == &jx_reduce_max_p)
        return is_greater(dtype, y, x) ? y : x;
    if (prim == &jx_reduce_min_p)
        return is_less(dtype, y, x) ? y : x;
    if (prim == &jx_reduce_and_p)
        return (union jx_scalar){.u = x.u & y.u};
    if (prim == &jx_reduce_or_p)
        return (union jx_scalar){.u = x.u | y.u};
    if (prim == &jx_reduce_xor_p)
        return (union jx_scalar){.u = x.u ^ y.u};
    return prim == &jx_reduce_prod_p ? product_of(dtype, x, y) : sum_of(dtype, x, y);
}

static void reduce(const struct jx_prim *prim, const struct jx_ints *axes, const struct array *x,
                   struct array *y)
{
    jaxc_dtype dtype = x->type.dtype;
    for (int64_t i = 0; i < array_count(y); i++)
        store(y, i, beginning(prim, dtype));
    for (int64_t i = 0; i < array_count(x); i++) {
        struct place at = place_of(&x->type, i);
        int64_t to = reduced(&x->type, &y->type, axes, &at);
        store(y, to, joined(prim, dtype, load(y, to), load(x, i)));
    }
}

/* log(e^x + e^y) with the greater one taken out. */
static union jx_scalar log_of_sum(union jx_scalar x, union jx_scalar y)
{
    double most = x.f > y.f ? x.f : y.f, least = x.f > y.f ? y.f : x.f;
    if (isinf(most) || isnan(x.f + y.f))
        return (union jx_scalar){.f = x.f + y.f == x.f + y.f ? most : x.f + y.f};
    return (union jx_scalar){.f = most + log1p(exp(least - most))};
}

static void cumulative(const struct jx_prim *prim, const struct jx_cumulative_params *p,
                       const struct array *x, struct array *y)
{
    const struct jx_prim *as = prim == &jx_cumprod_p  ? &jx_reduce_prod_p
                               : prim == &jx_cummax_p ? &jx_reduce_max_p
                               : prim == &jx_cummin_p ? &jx_reduce_min_p
                                                      : &jx_reduce_sum_p;
    int64_t n = array_count(x), size = x->type.dims[p->axis];
    for (int64_t step = 0; step < n; step++) {
        int64_t i = p->reverse ? n - 1 - step : step;
        struct place at = place_of(&x->type, i);
        union jx_scalar s = load(x, i);
        at.at[p->axis] += p->reverse ? 1 : -1;
        if (at.at[p->axis] >= 0 && at.at[p->axis] < size) {
            union jx_scalar before = load(y, element_at(&y->type, &at));
            s = prim == &jx_cumlogsumexp_p ? log_of_sum(before, s)
                                           : joined(as, x->type.dtype, before, s);
        }
        store(y, i, s);
    }
}

/* Is element i of the operands to come before element j? Equal ones keep their order. */
static bool comes_before(int n_keys, const struct array *x, int64_t i, int64_t j)
{
    for (int k = 0; k < n_keys; k++) {
        jaxc_dtype dtype = x[k].type.dtype;
        union jx_scalar a = load(&x[k], i), b = load(&x[k], j);
        if (is_greater(dtype, b, a))
            return true;
        if (is_greater(dtype, a, b))
            return false;
    }
    return i < j;
}

/* By counting what comes before each element. */
static void sort(const struct jx_sort_params *p, int n, const struct array *x, struct array *y)
{
    for (int64_t i = 0; i < array_count(x); i++) {
        struct place from = place_of(&x->type, i), other = from, to = from;
        to.at[p->dimension] = 0;
        for (int64_t k = 0; k < x->type.dims[p->dimension]; k++) {
            other.at[p->dimension] = k;
            int64_t j = element_at(&x->type, &other);
            to.at[p->dimension] += j != i && comes_before((int)p->num_keys, x, j, i);
        }
        for (int k = 0; k < n; k++)
            copy(&y[k], element_at(&x->type, &to), &x[k], i);
    }
}

static void top_k(const struct jx_top_k_params *p, const struct array *x, struct array *y)
{
    for (int64_t i = 0; i < array_count(x); i++) {
        struct place from = place_of(&x->type, i), other = from, to = from;
        to.at[p->axis] = 0;
        for (int64_t k = 0; k < x->type.dims[p->axis]; k++) {
            other.at[p->axis] = k;
            union jx_scalar a = load(x, element_at(&x->type, &other)), b = load(x, i);
            bool greater = is_greater(x->type.dtype, a, b), less = is_greater(x->type.dtype, b, a);
            to.at[p->axis] += greater || (!less && k < from.at[p->axis]);
        }
        if (to.at[p->axis] >= p->k)
            continue;
        copy(&y[0], element_at(&y[0].type, &to), x, i);
        store(&y[1], element_at(&y[1].type, &to), (union jx_scalar){.i = from.at[p->axis]});
    }
}

static void argument(const struct jx_prim *prim, const struct jx_arg_params *p,
                     const struct array *x, struct array *y)
{
    int64_t axis = p->axes.at[0];
    jaxc_dtype dtype = x->type.dtype;
    for (int64_t i = 0; i < array_count(x); i++) {
        struct place at = place_of(&x->type, i), best = at;
        int64_t to = reduced(&x->type, &y->type, &p->axes, &at);
        best.at[axis] = load(y, to).i;
        union jx_scalar new = load(x, i), old = load(x, element_at(&x->type, &best));
        bool wins = prim == &jx_argmax_p ? is_greater(dtype, new, old) : is_less(dtype, new, old);
        if (at.at[axis] == 0 || wins)
            store(y, to, (union jx_scalar){.i = at.at[axis]});
    }
}

/* Puts the part of the result's place that belongs to one operand's free axes there. */
static void put_free(const struct jx_aval *x, const struct jx_ints *contract,
                     const struct jx_ints *batch, const struct place *from, int *next,
                     struct place *to)
{
    for (int axis = 0; axis < x->rank; axis++)
        if (!holds(contract, axis) && !holds(batch, axis))
            to->at[axis] = from->at[(*next)++];
}

static void dot_general(const struct jx_dot_general_params *p, const struct array *x,
                        const struct array *y, struct array *z)
{
    const struct jx_dims *d = &p->dimension_numbers;
    jaxc_dtype dtype = z->type.dtype;
    struct jx_aval sums = {.rank = (uint8_t)d->lhs_contract.n}; /* the space of the contraction */
    for (int c = 0; c < d->lhs_contract.n; c++)
        sums.dims[c] = x->type.dims[d->lhs_contract.at[c]];
    int64_t n_sums = jx_count(sums.rank, sums.dims);
    for (int64_t i = 0; i < array_count(z); i++) {
        struct place at = place_of(&z->type, i), a = {{0}}, b = {{0}};
        union jx_scalar sum = {.u = 0};
        int next = d->lhs_batch.n;
        for (int c = 0; c < d->lhs_batch.n; c++)
            a.at[d->lhs_batch.at[c]] = b.at[d->rhs_batch.at[c]] = at.at[c];
        put_free(&x->type, &d->lhs_contract, &d->lhs_batch, &at, &next, &a);
        put_free(&y->type, &d->rhs_contract, &d->rhs_batch, &at, &next, &b);
        for (int64_t k = 0; k < n_sums; k++) {
            struct place c = place_of(&sums, k);
            for (int n = 0; n < sums.rank; n++)
                a.at[d->lhs_contract.at[n]] = b.at[d->rhs_contract.at[n]] = c.at[n];
            union jx_scalar left = load(x, element_at(&x->type, &a));
            union jx_scalar right = load(y, element_at(&y->type, &b));
            union jx_scalar product = product_of(dtype, left, right);
            sum = sums.rank == 0 ? product : sum_of(dtype, sum, product); /* 0 + -0 is 0 */
        }
        store(z, i, sum);
    }
}

/* ---- random bits ----------------------------------------------------------------------------- */

/* Semantics 1.1. */
static void threefry(uint32_t k0, uint32_t k1, uint32_t *x0, uint32_t *x1)
{
    static const int rotation[8] = {13, 15, 26, 6, 17, 29, 16, 24};
    const uint32_t key[3] = {k0, k1, k0 ^ k1 ^ 0x1BD11BDA};
    *x0 += key[0];
    *x1 += key[1];
    for (uint32_t round = 0; round < 20; round++) {
        int by = rotation[round % 8];
        *x0 += *x1;
        *x1 = (*x1 << by | *x1 >> (32 - by)) ^ *x0;
        if (round % 4 == 3) {
            uint32_t group = round / 4;
            *x0 += key[(group + 1) % 3];
            *x1 += key[(group + 2) % 3] + group + 1;
        }
    }
}

static void threefry2x32(const struct array *x, struct array *y)
{
    for (int64_t i = 0; i < array_count(&y[0]); i++) {
        uint32_t in[4];
        for (int k = 0; k < 4; k++)
            in[k] = ((const uint32_t *)x[k].data)[x[k].type.rank ? i : 0];
        threefry(in[0], in[1], &in[2], &in[3]);
        ((uint32_t *)y[0].data)[i] = in[2];
        ((uint32_t *)y[1].data)[i] = in[3];
    }
}

bool spec_apply(const struct jx_prim *prim, const void *params, int n_in, const struct array *in,
                struct array *out)
{
    if (spec_is_index(prim))
        spec_index(prim, params, in, out);
    else if (prim == &jx_broadcast_in_dim_p)
        broadcast(params, &in[0], out);
    else if (prim == &jx_reshape_p || prim == &jx_squeeze_p ||
             prim == &jx_bitcast_convert_type_p) /* little-endian */
        memcpy(out->data, in[0].data, array_size(out));
    else if (prim == &jx_transpose_p)
        transpose(params, &in[0], out);
    else if (prim == &jx_slice_p)
        slice(params, &in[0], out);
    else if (prim == &jx_pad_p)
        pad(params, &in[0], &in[1], out);
    else if (prim == &jx_rev_p)
        rev(params, &in[0], out);
    else if (prim == &jx_concatenate_p)
        concatenate(params, n_in, in, out);
    else if (prim == &jx_iota_p)
        iota(params, out);
    else if (prim == &jx_select_n_p)
        select_n(n_in, in, out);
    else if (prim->lower == jx_reduce_sum_p.lower)
        reduce(prim, &((const struct jx_reduce_params *)params)->axes, &in[0], out);
    else if (prim == &jx_argmax_p || prim == &jx_argmin_p)
        argument(prim, params, &in[0], out);
    else if (prim->lower == jx_cumsum_p.lower)
        cumulative(prim, params, &in[0], out);
    else if (prim == &jx_sort_p)
        sort(params, n_in, in, out);
    else if (prim == &jx_top_k_p)
        top_k(params, &in[0], out);
    else if (prim == &jx_optimization_barrier_p)
        for (int i = 0; i < n_in; i++)
            memcpy(out[i].data, in[i].data, array_size(&in[i]));
    else if (prim == &jx_dot_general_p)
        dot_general(params, &in[0], &in[1], out);
    else if (prim == &jx_threefry2x32_p)
        threefry2x32(in, out);
    else
        return false;
    return true;
}
