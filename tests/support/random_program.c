/*
 * random_program.c - well-typed programs over the whole table of primitives.
 *
 * Values made so far stand in a pool. A step picks operands there, applies a primitive in the open
 * trace, and computes the results by support/bounds.c. Invariant: all numbers in the pool are
 * finite, below MOST_NUMBER, and known to MOST_ERROR.
 *
 * Primitives come from their rows: those that work element by element on anything that fits, others
 * in the cases that stand there. Those whose parameters can be drawn at random have a step below,
 * listed in `steps`. C leaves the order of evaluating arguments and initialisers open, so no
 * two random numbers are drawn within one. The file grows with the primitives.
 */
#include "support/random_program.h"
#include "support/prims_table.h"

#include "api/api.h"

#include <jaxc/jaxc.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_ELEMENTS 1500 /* of a value; more than a tile of the default backend */
#define MOST_NUMBER   1e4
#define MOST_ERROR    1e-3 /* relative to 1 + |x| */
#define MOST_POOL     64
#define MOST_OPS      8

struct item {
    jaxc_value v;
    struct bounded known;
    int uses; /* as an operand or output */
};

struct gen {
    struct rng rng;
    struct item pool[MOST_POOL];
    int n;
    int64_t sizes[4]; /* of axes: few, so that shapes meet */
    int depth;        /* of traces */
    char *why;
    bool failed; /* the library did */
};

static int below(struct gen *g, int n) { return rng_below(&g->rng, n); }
static bool chance(struct gen *g, int percent) { return below(g, 100) < percent; }

/* ---- the pool -------------------------------------------------------------------------------- */

static const struct jx_aval *type_of(const struct gen *g, int i) { return &g->pool[i].known.type; }

static void pool_cut(struct gen *g, int n)
{
    while (g->n > n)
        bounded_free(&g->pool[--g->n].known);
}

/* What nothing uses yet, and what is new, is likelier: so that little is left dead. */
static int any(struct gen *g)
{
    int i = below(g, g->n);
    for (int tries = 0; tries < 4 && g->pool[i].uses > 0; tries++)
        i = chance(g, 50) ? g->n - 1 - below(g, g->n < 5 ? g->n : 5) : below(g, g->n);
    return i;
}

static bool usable(const struct bounded *b)
{
    if (!jx_is_float(b->type.dtype)) {
        for (int64_t i = 0; i < b->n; i++)
            if (b->error[i] != 0)
                return false;
        return true;
    }
    for (int64_t i = 0; i < b->n; i++) {
        double number = fabs(bounded_number(b, i));
        if (!(number <= MOST_NUMBER) || b->error[i] > MOST_ERROR * (1 + number))
            return false;
    }
    return true;
}

static bool fail(struct gen *g)
{
    g->failed = true;
    return failed(g->why, "trace");
}

/* Takes y and what is known of it into the pool; -1 when nothing may be built on it. */
static int push(struct gen *g, jaxc_value y, struct bounded *known)
{
    if (g->n == MOST_POOL || !usable(known)) {
        bounded_free(known);
        return -1;
    }
    g->pool[g->n] = (struct item){.v = y, .known = *known};
    return g->n++;
}

/* What is known of prim's results at operands of the pool, into the pool; the first result's
 * place. */
static int learn(struct gen *g, const struct jx_prim *prim, const void *params, int n, const int *x,
                 int n_out, const jaxc_value *y)
{
    struct bounds_options o = {0};
    struct bounded in[MOST_OPS], out[MOST_OPS];
    for (int i = 0; i < n; i++)
        in[i] = g->pool[x[i]].known; /* not owned */
    if (!bounds_apply(prim, params, n, in, n_out, out, &o, g->why)) {
        g->failed = true;
        return -1;
    }
    int first = -1;
    for (int i = 0; i < n_out; i++) {
        int at = push(g, y[i], &out[i]);
        if (i == 0)
            first = at;
    }
    return first;
}

/* prim on operands of the pool; the first result's place, -1 when there is none to use. */
static int apply(struct gen *g, const struct jx_prim *prim, const void *params, int n, const int *x)
{
    jaxc_value in[MOST_OPS], y[MOST_OPS];
    for (int i = 0; i < n; i++) {
        if (x[i] < 0)
            return -1;
        in[i] = g->pool[x[i]].v;
        g->pool[x[i]].uses++;
    }
    int n_out = jx_n_results(prim, params, n);
    if (n_out > MOST_OPS)
        return -1;
    if (!jx_bind(prim, params, n, in, n_out, y)) {
        fail(g);
        return -1;
    }
    return learn(g, prim, params, n, x, n_out, y);
}

static int apply1(struct gen *g, const struct jx_prim *prim, const void *params, int x)
{
    return apply(g, prim, params, 1, &x);
}

static int apply2(struct gen *g, const struct jx_prim *prim, int x, int y)
{
    return apply(g, prim, NULL, 2, (const int[]){x, y});
}

static jaxc_value output(struct gen *g)
{
    int i = any(g);
    g->pool[i].uses++;
    return g->pool[i].v;
}

/* ---- operands -------------------------------------------------------------------------------- */

/* A literal. */
static int number(struct gen *g, jaxc_dtype dtype, double value)
{
    union jx_scalar s = jx_scalar_convert((union jx_scalar){.f = value}, JAXC_F64, dtype);
    struct jx_aval type = jx_aval_make(dtype, 0, NULL);
    type.weak = dtype != JAXC_BOOL && chance(g, 30);
    struct array a = array_new(&type);
    jx_scalar_store(a.data, dtype, s);
    struct bounded known = bounded_of(&a);
    array_free(&a);
    jaxc_value v = jx_scalar_of(dtype, s, type.weak);
    return push(g, v, &known);
}

static double some_number(struct gen *g, jaxc_dtype dtype)
{
    static const double plain[] = {0, 1, -1, 2, -0.0, 0.5};
    if (jx_is_float(dtype))
        return chance(g, 30) ? plain[below(g, 6)] : (double)(float)rng_between(&g->rng, -2, 2);
    return dtype == JAXC_BOOL ? below(g, 2) : below(g, 7);
}

/* A value of one of these dtypes, or -1. */
static int any_of(struct gen *g, unsigned dtypes)
{
    for (int tries = 0; tries < 12; tries++) {
        int i = any(g);
        if (dtypes & DTYPE_BIT(type_of(g, i)->dtype))
            return i;
    }
    return -1;
}

/* Another one of x's shape and this dtype, or of rank 0; x itself at worst. -1: there is none. */
static int partner(struct gen *g, int x, jaxc_dtype dtype)
{
    const struct jx_aval *type = type_of(g, x);
    if (chance(g, 25))
        return number(g, dtype, some_number(g, dtype));
    for (int tries = 0; tries < 12; tries++) {
        int i = any(g);
        const struct jx_aval *t = type_of(g, i);
        if (t->dtype == dtype &&
            (t->rank == 0 || (t->rank == type->rank && jx_same_dims(t->rank, t->dims, type->dims))))
            return i;
    }
    return dtype == type->dtype ? x : number(g, dtype, some_number(g, dtype));
}

static bool within(const struct bounded *b, double from, double to)
{
    for (int64_t i = 0; i < b->n; i++)
        if (!(bounded_number(b, i) >= from && bounded_number(b, i) <= to))
            return false;
    return true;
}

/* x as it is, or squeezed between these numbers. */
static int fit(struct gen *g, int x, double from, double to)
{
    if (x < 0 || !jx_is_float(type_of(g, x)->dtype) || from == to ||
        within(&g->pool[x].known, from, to))
        return x;
    jaxc_dtype dtype = type_of(g, x)->dtype;
    bool wave = within(&g->pool[x].known, -10, 10) && chance(g, 50);
    int y = apply1(g, wave ? &jx_sin_p : &jx_tanh_p, NULL, x);
    y = y < 0 ? -1 : apply2(g, &jx_mul_p, y, number(g, dtype, 0.45 * (to - from)));
    return y < 0 ? -1 : apply2(g, &jx_add_p, number(g, dtype, 0.5 * (from + to)), y);
}

static int64_t count(const struct jx_aval *a) { return jx_count(a->rank, a->dims); }
static int64_t some_size(struct gen *g) { return g->sizes[below(g, 4)]; }

/* Axes 0 to n in a random order. */
static void shuffled(struct gen *g, int n, int *axes)
{
    for (int i = 0; i < n; i++) {
        int j = below(g, i + 1);
        axes[i] = axes[j];
        axes[j] = i;
    }
}

/* ---- steps ----------------------------------------------------------------------------------- */

/* From the rows: one that needs no parameters. */
static void elementwise(struct gen *g)
{
    const struct jx_prim *prim = NULL;
    const struct prim_row *row = NULL;
    int n_prims = 0;
    while (prim_rows[n_prims].prim)
        n_prims++;
    for (int tries = 0; tries < 100; tries++) {
        row = &prim_rows[below(g, n_prims)];
        prim = row->prim;
        if (row->travel == BY_ELEMENT && !prim->fields && prim->arity > 0 && !prim->no_jvp &&
            prim->arity <= MOST_OPS && !(row->flags & OF_LAW))
            break;
        prim = NULL;
    }
    int x[MOST_OPS], lead = prim ? any_of(g, row->dtypes) : -1;
    if (lead < 0)
        return;
    jaxc_dtype dtype = type_of(g, lead)->dtype;
    int place = below(g, prim->arity);
    for (int i = 0; i < prim->arity; i++) {
        x[i] = i == place ? lead : partner(g, lead, dtype);
        x[i] = fit(g, x[i], row->from, row->to);
    }
    apply(g, prim, NULL, prim->arity, x);
}

static void power(struct gen *g)
{
    int x = any_of(g, prim_row_of(&jx_integer_pow_p)->dtypes);
    if (x < 0)
        return;
    bool is_float = jx_is_float(type_of(g, x)->dtype);
    struct jx_integer_pow_params p = {below(g, 6) - (is_float ? 2 : 0)};
    apply1(g, &jx_integer_pow_p, &p, p.y < 0 ? fit(g, x, 0.5, 2) : fit(g, x, -3, 3));
}

/* To integers, or to a float that has room for all of the number. */
static void rounded(struct gen *g)
{
    int x = any_of(g, DTYPE_BIT(JAXC_F32) | DTYPE_BIT(JAXC_F64)), more = below(g, 3);
    struct jx_round_params method = {below(g, 2)};
    if (x < 0)
        return;
    bool single = type_of(g, x)->dtype == JAXC_F32;
    struct jx_reduce_precision_params all = {(single ? 8 : 11) + more, (single ? 23 : 52) + more};
    if (chance(g, 50))
        apply1(g, &jx_round_p, &method, x);
    else
        apply1(g, &jx_reduce_precision_p, &all, x);
}

/* x^n for an n that is an array of integers */
static void integer_exponent(struct gen *g)
{
    int x = any_of(g, DTYPE_BIT(JAXC_F32) | DTYPE_BIT(JAXC_F64)), y = -1;
    if (x >= 0)
        y = partner(g, x, chance(g, 50) ? JAXC_I32 : JAXC_U8);
    if (y >= 0 && within(&g->pool[y].known, -6, 6))
        apply2(g, &jx_pow_p, fit(g, x, 0.5, 2), y);
}

static void convert(struct gen *g)
{
    static const jaxc_dtype to[] = {JAXC_F32,  JAXC_F64, JAXC_I32, JAXC_U8,
                                    JAXC_BOOL, JAXC_I64, JAXC_F32};
    struct jx_convert_element_type_params p = {to[below(g, 7)], false};
    p.weak_type = p.new_dtype != JAXC_BOOL && chance(g, 20);
    int x = any(g);
    /* what a number outside an integer dtype becomes is tested elsewhere (semantics 6) */
    if (jx_is_integer(p.new_dtype))
        x = fit(g, x, p.new_dtype == JAXC_U8 ? 0 : -100, 100);
    if (x >= 0)
        apply1(g, &jx_convert_element_type_p, &p, x);
}

/* To any dtype: a narrower one adds an axis, a wider one needs a last axis of the right size. */
static void bitcast(struct gen *g)
{
    static const jaxc_dtype to[] = {JAXC_U8,  JAXC_U32, JAXC_I32, JAXC_F32,
                                    JAXC_U64, JAXC_I64, JAXC_F64};
    int x = any(g);
    const struct jx_aval *t = type_of(g, x);
    struct jx_bitcast_params p = {to[below(g, 7)]};
    int64_t from = jx_dtype_info(t->dtype)->size, wide = jx_dtype_info(p.new_dtype)->size;
    bool fits = from >= wide || (t->rank > 0 && t->dims[t->rank - 1] * from == wide);
    if (t->dtype != JAXC_BOOL && t->rank < 5 && fits && 8 * count(t) <= MOST_ELEMENTS)
        apply1(g, &jx_bitcast_convert_type_p, &p, x);
}

static void choose(struct gen *g)
{
    int x[4], n = 2, which = any_of(g, DTYPE_BIT(JAXC_BOOL) | DTYPE_BIT(JAXC_I32));
    if (which < 0) { /* make one */
        int a = any(g);
        int b = partner(g, a, type_of(g, a)->dtype);
        which = b < 0 ? -1 : apply2(g, &jx_lt_p, a, b);
    }
    if (chance(g, 10)) /* known beforehand, in or out of range */
        which = chance(g, 50) ? number(g, JAXC_BOOL, 1) : number(g, JAXC_I32, below(g, 6) - 1);
    int first = which < 0 ? -1 : any(g);
    if (first < 0)
        return;
    if (type_of(g, which)->dtype == JAXC_I32)
        n = 1 + below(g, 3);
    const struct jx_aval *w = type_of(g, which), *t = type_of(g, first);
    bool same = w->rank == t->rank && jx_same_dims(w->rank, w->dims, t->dims);
    if (!same && w->rank > 0 && t->rank > 0)
        return;
    x[0] = which;
    x[1] = first;
    for (int i = 2; i <= n; i++)
        x[i] = partner(g, w->rank > t->rank ? which : first, type_of(g, first)->dtype);
    apply(g, &jx_select_n_p, NULL, n + 1, x);
}

static void broadcast(struct gen *g)
{
    int x = any(g);
    const struct jx_aval *t = type_of(g, x);
    struct jx_broadcast_in_dim_params p = {0};
    int64_t n = 1;
    for (int i = 0; i <= t->rank && p.shape.n < 5; i++) {
        while (chance(g, 35) && p.shape.n + t->rank - i < 5)
            p.shape.at[p.shape.n++] = some_size(g);
        if (i == t->rank)
            break;
        p.broadcast_dimensions.at[p.broadcast_dimensions.n++] = p.shape.n;
        p.shape.at[p.shape.n++] = t->dims[i] == 1 && chance(g, 70) ? some_size(g) : t->dims[i];
    }
    for (int i = 0; i < p.shape.n; i++)
        n *= p.shape.at[i];
    if (n <= MOST_ELEMENTS && p.broadcast_dimensions.n == t->rank)
        apply1(g, &jx_broadcast_in_dim_p, &p, x);
}

static void reshape(struct gen *g)
{
    int x = any(g);
    const struct jx_aval *t = type_of(g, x);
    struct jx_reshape_params p = {{0, {0}}};
    for (int i = 0; i < t->rank; i++) {
        int64_t size = t->dims[i];
        if (p.new_sizes.n > 0 && chance(g, 50)) /* with the axis before */
            p.new_sizes.at[p.new_sizes.n - 1] *= size;
        else if (size % 2 == 0 && size > 2 && p.new_sizes.n < 4 && chance(g, 40)) { /* in two */
            p.new_sizes.at[p.new_sizes.n++] = size / 2;
            p.new_sizes.at[p.new_sizes.n++] = 2;
        } else
            p.new_sizes.at[p.new_sizes.n++] = size;
        if (chance(g, 15) && p.new_sizes.n < 4)
            p.new_sizes.at[p.new_sizes.n++] = 1;
    }
    apply1(g, &jx_reshape_p, &p, x);
}

static void transpose(struct gen *g)
{
    int x = any(g), axes[JAXC_MAX_RANK] = {0};
    struct jx_transpose_params p = {{type_of(g, x)->rank, {0}}};
    shuffled(g, p.permutation.n, axes);
    for (int i = 0; i < p.permutation.n; i++)
        p.permutation.at[i] = axes[i];
    apply1(g, &jx_transpose_p, &p, x);
}

static void slice(struct gen *g)
{
    int x = any(g);
    const struct jx_aval *t = type_of(g, x);
    bool strided = chance(g, 40);
    struct jx_slice_params p = {.start_indices = {t->rank, {0}},
                                .limit_indices = {t->rank, {0}},
                                .strides = {strided ? t->rank : 0, {0}}};
    for (int i = 0; i < t->rank; i++) {
        int64_t from = below(g, (int)t->dims[i] + 1), to = below(g, (int)t->dims[i] + 1);
        if (chance(g, 40)) {
            from = 0;
            to = t->dims[i];
        }
        p.start_indices.at[i] = from < to ? from : to;
        p.limit_indices.at[i] = from < to ? to : from;
        if (p.start_indices.at[i] == p.limit_indices.at[i] && chance(g, 80)) /* rarely empty */
            p.start_indices.at[i] = 0;
        p.strides.at[i] = strided ? 1 + below(g, 3) : 0;
    }
    apply1(g, &jx_slice_p, &p, x);
}

static void pad(struct gen *g)
{
    int x = any(g);
    const struct jx_aval *t = type_of(g, x);
    struct jx_pad_params p = {{t->rank, {0}, {0}, {0}}};
    int64_t n = 1;
    for (int i = 0; i < t->rank; i++) {
        int64_t *low = &p.padding_config.low[i], *high = &p.padding_config.high[i];
        int64_t *interior = &p.padding_config.interior[i], size = t->dims[i];
        *interior = chance(g, 25) ? 1 + below(g, 2) : 0;
        *low = chance(g, 50) ? below(g, 5) - 2 : 0;
        *high = chance(g, 50) ? below(g, 5) - 2 : 0;
        size = size ? size + (size - 1) * *interior : 0;
        if (size + *low + *high < 0)
            *low = *high = 0;
        n *= size + *low + *high;
    }
    jaxc_dtype dtype = t->dtype;
    int value = number(g, dtype, chance(g, 50) ? 0 : some_number(g, dtype));
    for (int i = 0; i < g->n && chance(g, 90); i++)
        if (type_of(g, i)->rank == 0 && type_of(g, i)->dtype == dtype)
            value = i;
    if (n <= MOST_ELEMENTS && value >= 0)
        apply(g, &jx_pad_p, &p, 2, (const int[]){x, value});
}

static void concatenate(struct gen *g)
{
    int x[4] = {any(g)}, n = 1, want = 1 + below(g, 3);
    const struct jx_aval *t = type_of(g, x[0]);
    if (t->rank == 0)
        return;
    struct jx_concatenate_params p = {below(g, t->rank)};
    for (int tries = 0; n < want && tries < 15; tries++) {
        int i = any(g);
        struct jx_aval other = *type_of(g, i);
        if (other.rank != t->rank)
            continue;
        other.dims[p.dimension] = t->dims[p.dimension];
        if (jx_aval_same_array(&other, t))
            x[n++] = i;
    }
    while (n < want)
        x[n++] = x[0];
    if (want * count(t) <= MOST_ELEMENTS)
        apply(g, &jx_concatenate_p, &p, n, x);
}

static void iota(struct gen *g)
{
    static const jaxc_dtype of[] = {JAXC_F32, JAXC_I32, JAXC_F64, JAXC_U8};
    struct jx_iota_params p = {.dtype = of[below(g, 4)]};
    p.shape.n = 1 + below(g, 2);
    for (int i = 0; i < p.shape.n; i++)
        p.shape.at[i] = some_size(g);
    p.dimension = below(g, p.shape.n);
    if (jx_count(p.shape.n, p.shape.at) <= MOST_ELEMENTS)
        apply(g, &jx_iota_p, &p, 0, NULL);
}

static void reduce(struct gen *g)
{
    static const struct jx_prim *const others[] = {
        &jx_reduce_prod_p, &jx_reduce_min_p, &jx_reduce_and_p, &jx_reduce_or_p, &jx_reduce_xor_p};
    const struct jx_prim *prim = chance(g, 60) ? &jx_reduce_sum_p : &jx_reduce_max_p;
    if (chance(g, 35))
        prim = others[below(g, 5)];
    const struct prim_row *row = prim_row_of(prim);
    int x = fit(g, any_of(g, row->dtypes), row->from, row->to);
    if (x < 0)
        return;
    struct jx_reduce_params p = {{0, {0}}};
    const struct jx_aval *t = type_of(g, x);
    for (int i = 0; i < t->rank; i++)
        if (chance(g, 50) && (prim == &jx_reduce_sum_p || t->dims[i] > 0))
            p.axes.at[p.axes.n++] = i;
    apply1(g, prim, &p, x);
}

static void argument(struct gen *g)
{
    int x = any(g);
    const struct jx_aval *t = type_of(g, x);
    const struct jx_prim *prim = chance(g, 60) ? &jx_argmax_p : &jx_argmin_p;
    struct jx_arg_params p = {.axes = {1, {t->rank ? below(g, t->rank) : 0}}};
    p.index_dtype = chance(g, 80) ? JAXC_I32 : JAXC_I64;
    if (t->rank > 0 && t->dims[p.axes.at[0]] > 0)
        apply1(g, prim, &p, x);
}

static void cumulative(struct gen *g)
{
#define JX_ROW(name) &jx_##name##_p,
    static const struct jx_prim *const prims[] = {JX_CUMULATIVE_PRIMS(JX_ROW)};
#undef JX_ROW
    const struct jx_prim *prim = prims[below(g, 5)];
    const struct prim_row *row = prim_row_of(prim);
    int x = fit(g, any_of(g, row->dtypes), row->from, row->to);
    if (x < 0 || type_of(g, x)->rank == 0)
        return;
    struct jx_cumulative_params p = {.axis = below(g, type_of(g, x)->rank)};
    p.reverse = chance(g, 40);
    apply1(g, prim, &p, x);
}

/* By one or two keys, others of the same shape along. */
static void sort(struct gen *g)
{
    int x[4] = {any(g)}, n = 1, want = 1 + below(g, 3);
    const struct jx_aval *t = type_of(g, x[0]);
    if (t->rank == 0)
        return;
    struct jx_sort_params p = {.dimension = below(g, t->rank), .is_stable = true};
    for (int tries = 0; n < want && tries < 15; tries++) {
        int i = any(g);
        const struct jx_aval *other = type_of(g, i);
        if (other->rank == t->rank && jx_same_dims(t->rank, t->dims, other->dims))
            x[n++] = i;
    }
    p.num_keys = n > 1 && chance(g, 30) ? 2 : 1;
    apply(g, &jx_sort_p, &p, n, x);
}

static void top_k(struct gen *g)
{
    int x = any(g);
    const struct jx_aval *t = type_of(g, x);
    if (t->rank == 0)
        return;
    struct jx_top_k_params p = {.axis = below(g, t->rank)};
    p.k = below(g, (int)t->dims[p.axis] + 1);
    if (p.k > 0 || chance(g, 10)) /* rarely empty */
        apply1(g, &jx_top_k_p, &p, x);
}

/* Some axes backwards. */
static void reverse(struct gen *g)
{
    int x = any(g);
    struct jx_rev_params p = {{0, {0}}};
    for (int i = 0; i < type_of(g, x)->rank; i++)
        if (chance(g, 60))
            p.dimensions.at[p.dimensions.n++] = i;
    apply1(g, &jx_rev_p, &p, x);
}

static void squeeze(struct gen *g)
{
    int x = any(g);
    const struct jx_aval *t = type_of(g, x);
    struct jx_squeeze_params p = {{0, {0}}};
    for (int i = 0; i < t->rank; i++)
        if (t->dims[i] == 1 && chance(g, 80))
            p.dimensions.at[p.dimensions.n++] = i;
    apply1(g, &jx_squeeze_p, &p, x);
}

/* Pairs of axes of equal size are contracted, or stacked, or left as they are. */
static void dot(struct gen *g)
{
    int x = any_of(g, prim_row_of(&jx_dot_general_p)->dtypes), y = -1;
    for (int tries = 0; x >= 0 && y < 0 && tries < 8; tries++) {
        y = any(g);
        if (type_of(g, y)->dtype != type_of(g, x)->dtype)
            y = -1;
    }
    if (y < 0)
        return;
    const struct jx_aval *a = type_of(g, x), *b = type_of(g, y);
    struct jx_dot_general_params p = {0};
    struct jx_dims *d = &p.dimension_numbers;
    unsigned used = 0;
    int order[JAXC_MAX_RANK], rank = a->rank + b->rank;
    int64_t n = count(a) * count(b);
    shuffled(g, a->rank, order);
    for (int k = 0; k < a->rank; k++)
        for (int j = 0, i = order[k]; j < b->rank; j++) {
            if (used >> j & 1 || a->dims[i] != b->dims[j] || chance(g, 25))
                continue;
            used |= 1u << j;
            bool stacks = chance(g, 25);
            struct jx_ints *l = stacks ? &d->lhs_batch : &d->lhs_contract;
            struct jx_ints *r = stacks ? &d->rhs_batch : &d->rhs_contract;
            l->at[l->n++] = i;
            r->at[r->n++] = j;
            rank -= stacks ? 1 : 2;
            n /= a->dims[i] ? (stacks ? 1 : a->dims[i]) * a->dims[i] : 1;
            break;
        }
    if (a->dtype == JAXC_F32 && chance(g, 15))
        p.preferred_element_type = JAXC_F64;
    if (n <= MOST_ELEMENTS && rank <= 5 && count(a) * count(b) < 100000)
        apply(g, &jx_dot_general_p, &p, 2, (const int[]){x, y});
}

/* Both of one shape: the backward rule gives a cotangent like the result for each. */
static void custom(struct gen *g, jaxc_value (*call)(const jaxc_value *))
{
    int x = any_of(g, DTYPE_BIT(JAXC_F32) | DTYPE_BIT(JAXC_F64));
    int y = x < 0 ? -1 : partner(g, x, type_of(g, x)->dtype);
    if (y < 0)
        return;
    if (type_of(g, y)->rank != type_of(g, x)->rank)
        y = x;
    jaxc_value args[2] = {g->pool[x].v, g->pool[y].v}, result = call(args);
    struct jx_ref r = jx_value_ref(result);
    if (!r.node) {
        fail(g);
        return;
    }
    learn(g, r.node->prim, r.node->params->data, 2, (const int[]){x, y}, 1, &result);
    jx_node_unref(r.node);
}

static void custom_jvp(struct gen *g) { custom(g, call_custom_jvp); }

/* Rarely: such a program has no forward derivatives. */
static void custom_vjp(struct gen *g)
{
    if (chance(g, 25))
        custom(g, call_custom_vjp);
}

static void some_steps(struct gen *g, int n);

/* A function traced on its own, with what it uses from outside, called once or twice. */
static void jit(struct gen *g)
{
    int x[MOST_OPS], n_args = 1 + below(g, 2), outer = g->n;
    jaxc_value args[2], outs[3];
    struct jx_traced t = {0};
    if (g->depth == 2 || g->n + 12 > MOST_POOL)
        return;
    uint64_t trace = jx_trace_open("inner");
    if (!trace) {
        fail(g);
        return;
    }
    int taken[2];
    for (int i = 0; i < n_args; i++) {
        struct bounds_options o = {0};
        taken[i] = any(g) % outer;
        args[i] = jx_trace_arg(type_of(g, taken[i]));
        /* a copy of what is known of the operand */
        struct bounded same[1];
        struct jx_reshape_params p = {{type_of(g, taken[i])->rank, {0}}};
        memcpy(p.new_sizes.at, type_of(g, taken[i])->dims, sizeof p.new_sizes.at);
        if (!bounds_apply(&jx_reshape_p, &p, 1, &g->pool[taken[i]].known, 1, same, &o, g->why)) {
            g->failed = true;
            jx_trace_abandon(trace);
            return;
        }
        push(g, args[i], same);
    }
    g->depth++;
    some_steps(g, 2 + below(g, 4));
    g->depth--;
    int n_outs = 1 + below(g, 3);
    for (int i = 0; i < n_outs; i++)
        outs[i] = output(g);
    pool_cut(g, outer);
    if (g->failed || !jx_trace_close(trace, n_args, args, n_outs, outs, &t)) {
        jx_trace_abandon(trace);
        if (!g->failed)
            fail(g);
        return;
    }
    /* captures first; each is a value of the pool */
    int n = 0;
    bool found = t.n_captures + n_args <= MOST_OPS;
    for (int c = 0; found && c < t.n_captures; c++) {
        found = false;
        for (int i = 0; !found && i < g->n; i++) {
            struct jx_ref r = jx_value_ref(g->pool[i].v);
            found = r.node == t.captures[c].node && r.index == t.captures[c].index;
            jx_node_unref(r.node);
            if (found)
                x[n++] = i;
        }
    }
    for (int i = 0; i < n_args; i++)
        x[n + i] = taken[i];
    if (found) {
        struct jx_jit_params p = {"inner", t.program};
        apply(g, &jx_jit_p, &p, n + n_args, x);
        for (int i = 0; i < n_args; i++) { /* the same program again, on other operands */
            int other = any(g);
            if (jx_aval_same(type_of(g, other), type_of(g, taken[i])))
                x[n + i] = other;
        }
        if (chance(g, 30) && !g->failed)
            apply(g, &jx_jit_p, &p, n + n_args, x);
    }
    jx_traced_fini(&t);
}

/* A value of this type: one that there is, or a number everywhere. */
static int of_type(struct gen *g, const struct jx_aval *type)
{
    for (int tries = 0; tries < 12; tries++) {
        int i = any(g);
        if (jx_aval_same_array(type_of(g, i), type))
            return i;
    }
    int x = number(g, type->dtype, some_number(g, type->dtype));
    for (int i = 0; i < g->n; i++)
        if (type_of(g, i)->rank == 0 && type_of(g, i)->dtype == type->dtype && chance(g, 50))
            x = i;
    struct jx_broadcast_in_dim_params p = {.shape = {type->rank, {0}}};
    memcpy(p.shape.at, type->dims, sizeof p.shape.at);
    return x < 0 || type->rank == 0 ? x : apply1(g, &jx_broadcast_in_dim_p, &p, x);
}

/* ---- windows at computed places -------------------------------------------------------------- */

#define INTEGERS                                                                                   \
    (DTYPE_BIT(JAXC_I32) | DTYPE_BIT(JAXC_U8) | DTYPE_BIT(JAXC_I64) | DTYPE_BIT(JAXC_U32))

/* x[0] and others with starts behind them: integers of one dtype, inside or not; how many. */
static int add_starts(struct gen *g, int rank, int *x, int n)
{
    jaxc_dtype dtype = chance(g, 70) ? JAXC_I32 : chance(g, 50) ? JAXC_U8 : JAXC_I64;
    for (int axis = 0; axis < rank; axis++) {
        int start = number(g, dtype, below(g, 9) - (dtype == JAXC_U8 ? 0 : 2));
        for (int i = 0; i < g->n && chance(g, 80); i++)
            if (type_of(g, i)->rank == 0 && type_of(g, i)->dtype == dtype)
                start = i;
        x[n++] = start;
    }
    return n;
}

static void dynamic_slice(struct gen *g)
{
    int x[1 + JAXC_MAX_RANK] = {any(g)};
    struct jx_aval type = *type_of(g, x[0]);
    struct jx_dynamic_slice_params p = {{type.rank, {0}}};
    if (type.rank > 4 || g->n + 12 > MOST_POOL)
        return;
    for (int i = 0; i < type.rank; i++)
        p.slice_sizes.at[i] = type.dims[i] ? 1 + below(g, (int)type.dims[i]) : 0;
    apply(g, &jx_dynamic_slice_p, &p, add_starts(g, type.rank, x, 1), x);
}

static void dynamic_update_slice(struct gen *g)
{
    int x[2 + JAXC_MAX_RANK] = {any(g)};
    struct jx_aval type = *type_of(g, x[0]), window = type;
    if (type.rank > 4 || g->n + 14 > MOST_POOL)
        return;
    for (int i = 0; i < type.rank; i++)
        window.dims[i] = type.dims[i] ? 1 + below(g, (int)type.dims[i]) : 0;
    x[1] = of_type(g, &window);
    apply(g, &jx_dynamic_update_slice_p, NULL, add_starts(g, type.rank, x, 2), x);
}

static void window(struct gen *g)
{
    if (chance(g, 50))
        dynamic_slice(g);
    else
        dynamic_update_slice(g);
}

/* Integers of the pool as vectors of n: repeated along a new last axis. -1: there are none. */
static int index_vectors(struct gen *g, int n)
{
    int x = any_of(g, INTEGERS);
    if (x < 0 || type_of(g, x)->rank > 2 || count(type_of(g, x)) * n > 100)
        return -1;
    struct jx_aval type = *type_of(g, x);
    struct jx_broadcast_in_dim_params p = {.shape = {type.rank + 1, {0}},
                                           .broadcast_dimensions = {type.rank, {0}}};
    for (int i = 0; i < type.rank; i++) {
        p.shape.at[i] = type.dims[i];
        p.broadcast_dimensions.at[i] = i;
    }
    p.shape.at[type.rank] = n;
    return apply1(g, &jx_broadcast_in_dim_p, &p, x);
}

/* Dimension numbers and sizes for windows of x at these indices; their type in `windows`. */
static bool some_windows(struct gen *g, int x, int *indices, struct jx_index_dims *d,
                         struct jx_ints *sizes, struct jx_aval *windows)
{
    const struct jx_aval type = *type_of(g, x);
    int order[JAXC_MAX_RANK], n_map = 0;
    *d = (struct jx_index_dims){0};
    *sizes = (struct jx_ints){.n = type.rank};
    shuffled(g, type.rank, order);
    while (n_map < type.rank && n_map < 2 && chance(g, n_map ? 40 : 90))
        n_map++;
    *indices = index_vectors(g, n_map);
    if (*indices < 0)
        return false;
    const struct jx_aval at = *type_of(g, *indices);
    for (int k = 0; k < n_map; k++)
        d->start_index_map.at[d->start_index_map.n++] = order[k];
    int paired = 0; /* batch axes that are */
    for (int axis = 0; axis < type.rank; axis++) {
        bool starts = (n_map > 0 && order[0] == axis) || (n_map > 1 && order[1] == axis);
        sizes->at[axis] = type.dims[axis] ? 1 + below(g, (int)type.dims[axis]) : 0;
        int batch = !starts && at.rank > 1 ? below(g, at.rank - 1) : -1;
        if (batch >= 0 && !(paired >> batch & 1) && at.dims[batch] == type.dims[axis]) {
            paired |= 1 << batch;
            sizes->at[axis] = type.dims[axis] > 0;
            d->operand_batching_dims.at[d->operand_batching_dims.n++] = axis;
            d->start_indices_batching_dims.at[d->start_indices_batching_dims.n++] = batch;
        } else if (type.dims[axis] > 0 && chance(g, starts ? 70 : 10)) {
            sizes->at[axis] = 1;
            d->collapsed_slice_dims.at[d->collapsed_slice_dims.n++] = axis;
        } else {
            d->offset_dims.n++;
        }
    }
    int rank = at.rank - 1 + d->offset_dims.n;
    if (rank > 5)
        return false;
    shuffled(g, rank, order); /* the first of them are a window's */
    for (int axis = 0, n = 0; axis < rank; axis++)
        for (int k = 0; k < d->offset_dims.n; k++)
            if (order[k] == axis)
                d->offset_dims.at[n++] = axis;
    struct jx_rule r = {.prim = &jx_gather_p, .in = (const struct jx_aval *[]){&type, &at}};
    return jx_index_windows(&r, d, sizes, windows) && count(windows) <= MOST_ELEMENTS;
}

static void gather(struct gen *g)
{
    struct jx_gather_params p = {.mode = chance(g, 50) ? JX_CLIP : JX_FILL_OR_DROP};
    struct jx_aval windows;
    int x = any(g), indices = -1;
    if (g->n + 4 > MOST_POOL ||
        !some_windows(g, x, &indices, &p.dimension_numbers, &p.slice_sizes, &windows))
        return;
    if (p.mode == JX_FILL_OR_DROP)
        p.fill_value = (struct jx_number){JAXC_I64, {.i = below(g, 3)}};
    apply(g, &jx_gather_p, &p, 2, (const int[]){x, indices});
}

static void scatter(struct gen *g)
{
    static const struct jx_prim *const prims[] = {
        &jx_scatter_p, &jx_scatter_add_p, &jx_scatter_min_p, &jx_scatter_max_p, &jx_scatter_mul_p};
    const struct jx_prim *prim = prims[below(g, 5)];
    struct jx_scatter_params p = {.mode = chance(g, 50) ? JX_CLIP : JX_FILL_OR_DROP};
    struct jx_ints sizes;
    struct jx_aval windows;
    int x = any_of(g, prim_row_of(prim)->dtypes), indices = -1;
    if (x < 0 || g->n + 8 > MOST_POOL ||
        (prim == &jx_scatter_mul_p && jx_is_float(type_of(g, x)->dtype)) || /* no derivative */
        !some_windows(g, x, &indices, &p.dimension_numbers, &sizes, &windows))
        return;
    apply(g, prim, &p, 3, (const int[]){x, indices, of_type(g, &windows)});
}

/* A case of a row as it stands there: so that a primitive with parameters needs no step of its
 * own. */
static void from_row(struct gen *g)
{
    const struct prim_row *row;
    int n_rows = 0, n_cases = 0, x[MOST_OPS];
    while (prim_rows[n_rows].prim)
        n_rows++;
    row = &prim_rows[below(g, n_rows)];
    if (row->prim->no_jvp || row->flags & OF_LAW) /* derivatives are taken of every program */
        return;
    while (row->cases && row->cases[n_cases].operands)
        n_cases++;
    if (n_cases == 0)
        return;
    const struct prim_case *at = &row->cases[below(g, n_cases)];
    unsigned dtypes = at->dtypes ? at->dtypes : row->dtypes;
    jaxc_dtype dtype = JAXC_F32;
    for (int tries = 0; tries < 20 && !(dtypes & DTYPE_BIT(dtype)); tries++)
        dtype = (jaxc_dtype)(JAXC_BOOL + below(g, JAXC_F64 - JAXC_BOOL + 1));
    struct jx_aval types[MOST_OPERANDS];
    if (!(dtypes & DTYPE_BIT(dtype)) || g->n + 20 > MOST_POOL)
        return;
    int n = avals_parse(at->operands, dtype, types);
    for (int i = 0; i < n; i++)
        x[i] = fit(g, of_type(g, &types[i]), row->from, row->to);
    apply(g, row->prim, at->params, n, x);
}

static const struct {
    void (*step)(struct gen *g);
    int weight;
} steps[] = {
    {elementwise, 42}, {power, 4},      {integer_exponent, 1},
    {convert, 6},      {bitcast, 2},    {choose, 6},
    {broadcast, 7},    {reshape, 5},    {transpose, 5},
    {slice, 6},        {pad, 4},        {concatenate, 5},
    {iota, 2},         {reduce, 10},    {argument, 2},
    {dot, 9},          {jit, 5},        {custom_jvp, 2},
    {custom_vjp, 1},   {from_row, 6},   {reverse, 2},
    {squeeze, 1},      {cumulative, 4}, {sort, 3},
    {top_k, 1},        {gather, 5},     {scatter, 5},
    {window, 4},       {rounded, 2},
};

static void some_steps(struct gen *g, int n)
{
    int all = 0;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        all += steps[i].weight;
    for (int k = 0; k < n && !g->failed; k++) {
        int at = below(g, all);
        size_t i = 0;
        for (; at >= steps[i].weight; i++)
            at -= steps[i].weight;
        steps[i].step(g);
    }
}

/* ---- programs -------------------------------------------------------------------------------- */

static struct array input(struct gen *g)
{
    static const jaxc_dtype of[] = {JAXC_F32, JAXC_F32, JAXC_F32,  JAXC_F64, JAXC_F64,
                                    JAXC_I32, JAXC_U32, JAXC_BOOL, JAXC_U8,  JAXC_I64};
    struct jx_aval type = {.dtype = (uint8_t)of[below(g, 10)]};
    type.rank = (uint8_t)below(g, 4);
    for (int i = 0; i < type.rank; i++)
        type.dims[i] = some_size(g);
    while (count(&type) > MOST_ELEMENTS)
        type.dims[--type.rank] = 0;
    struct array a = array_new(&type);
    array_fill(&a, &g->rng, -2, 2);
    return a;
}

void subject_end(struct subject *s)
{
    if (s->program)
        arrays_free((int)s->program->n_in, s->in);
    jx_program_unref(s->program);
    *s = (struct subject){0};
}

bool random_program(uint64_t seed, struct subject *s, char *why)
{
    static const int64_t sizes[] = {2, 3, 3, 4, 1, 5, 2, 8, 7, 4, 3, 0, 17, 33, 70, 300};
    struct gen *g = must_alloc(1, sizeof *g);
    struct array in[MOST_INPUTS];
    jaxc_value args[MOST_INPUTS], outs[MOST_INPUTS];
    struct jx_traced t = {0};
    g->rng.state = seed * 0xd1342543de82ef95u + 1; /* so that neighbouring seeds share nothing */
    g->why = why;
    *s = (struct subject){.seed = seed};
    for (int i = 0; i < 4; i++)
        g->sizes[i] = sizes[below(g, i == 3 ? 16 : 9)];
    uint64_t trace = jx_trace_open("random");
    if (!trace)
        fail(g);
    int n_in = 2 + below(g, 4), n_out = 1 + below(g, 5);
    for (int i = 0; i < n_in; i++) {
        in[i] = input(g);
        args[i] = jx_trace_arg(&in[i].type);
        struct bounded known = bounded_of(&in[i]);
        push(g, args[i], &known);
    }
    some_steps(g, 12 + below(g, 28));
    for (int i = 0; i < n_out; i++)
        outs[i] = output(g);
    if (!g->failed && !jx_trace_close(trace, n_in, args, n_out, outs, &t))
        fail(g);
    jx_trace_abandon(trace);
    bool ok = !g->failed;
    if (ok) {
        s->program = jx_program_ref(t.program);
        s->in = must_alloc((size_t)n_in, sizeof *s->in);
    }
    for (int i = 0; i < n_in; i++) {
        if (ok)
            s->in[i] = in[i];
        else
            array_free(&in[i]);
    }
    jx_traced_fini(&t);
    pool_cut(g, 0);
    free(g);
    return ok;
}
