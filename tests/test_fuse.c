/*
 * test_fuse.c - fused code computes what the graph says.
 *
 * Random graphs are lowered twice, fused and with a kernel for every node, and both run on the
 * naive backend. Integers must agree bit for bit, floats to rounding of sums in another order.
 */
#include "support/run_code.h"

#include "lower/lower.h"

#include <jaxc/error.h>

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- random numbers -------------------------------------------------------------------------- */

static uint64_t state;

static uint64_t next(void) /* splitmix64, Steele et al. 2014 */
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static int below(int n) { return (int)(next() % (uint64_t)n); }

/* ---- random graphs --------------------------------------------------------------------------- */

#define MAX_POOL 64

static int64_t max_elements; /* of a node */

struct pool {
    struct jx_graph g;
    int at[MAX_POOL], n;
    bool big;    /* matrices that may get layouts */
    bool smooth; /* no decisions, which a rounding error could turn: for backends that round
                    otherwise */
};

static const struct jx_gnode *node(const struct pool *p, int i) { return &p->g.nodes[i]; }

static void keep(struct pool *p, int n)
{
    ck_assert_int_ge(n, 0);
    if (p->n < MAX_POOL)
        p->at[p->n++] = n;
    else
        p->at[below(MAX_POOL)] = n;
}

static int any(const struct pool *p) /* the newest are likelier */
{
    int recent = p->n < 6 ? p->n : 6;
    return below(3) ? p->at[p->n - 1 - below(recent)] : p->at[below(p->n)];
}

static int any_of(const struct pool *p, jaxc_dtype dtype)
{
    for (int tries = 0; tries < 20; tries++) {
        int n = any(p);
        if (node(p, n)->dtype == dtype)
            return n;
    }
    return -1;
}

static int constant(struct pool *p, jaxc_dtype dtype, int rank, const int64_t *dims)
{
    union jx_scalar v = {.i = below(7) - 3};
    if (jx_is_float(dtype))
        v.f = (double)(below(13) - 6) / 2;
    if (dtype == JAXC_BOOL)
        v.i = below(2);
    return jx_g_const(&p->g, dtype, rank, dims, v);
}

/* A node of x's shape and dtype: one that there is, a broadcast, a constant, x itself. */
static int partner(struct pool *p, int x)
{
    struct jx_gnode to = *node(p, x);
    for (int tries = 0; tries < 12; tries++) {
        int y = any(p);
        const struct jx_gnode *n = node(p, y);
        if (n->dtype != to.dtype)
            continue;
        if (n->rank == to.rank && jx_same_dims(n->rank, n->dims, to.dims))
            return y;
        if (n->rank == 0)
            return below(2) ? y : jx_g_broadcast(&p->g, y, to.rank, to.dims, NULL);
        int map[JAXC_MAX_RANK], k = 0, j = 0;
        for (; j < n->rank; j++, k++) {
            while (k < to.rank && n->dims[j] != to.dims[k] && n->dims[j] != 1)
                k++;
            if (k >= to.rank)
                break;
            map[j] = k;
        }
        if (j == n->rank)
            return jx_g_broadcast(&p->g, y, to.rank, to.dims, map);
    }
    if (below(3) == 0)
        return x;
    return below(2) ? constant(p, to.dtype, to.rank, to.dims) : constant(p, to.dtype, 0, NULL);
}

static void add_input(struct pool *p, jaxc_dtype dtype)
{
    static const int64_t sizes[] = {1, 2, 3, 4, 6, 8, 12}, big[] = {64, 72, 80};
    int64_t dims[JAXC_MAX_RANK];
    int rank = p->big ? 2 : below(4);
    for (int i = 0; i < rank; i++)
        dims[i] = p->big ? big[below(3)] : sizes[below(7)];
    keep(p, jx_g_input(&p->g, dtype, rank, dims));
}

static int add_scalar(struct pool *p)
{
    int x = any(p);
    jaxc_dtype dtype = node(p, x)->dtype;
    p->g.name = "s";
    if (dtype == JAXC_BOOL) {
        int args[2] = {x, partner(p, x)};
        return jx_g_scalar(&p->g, below(2) ? JX_S_and : JX_S_xor, JAXC_BOOL, 2, args);
    }
    static const enum jx_scalar_op ints[] = {JX_S_neg, JX_S_abs, JX_S_sign, JX_S_square};
    static const enum jx_scalar_op floats[] = {JX_S_neg, JX_S_tanh, JX_S_sin, JX_S_logistic};
    static const enum jx_scalar_op binary[] = {JX_S_add, JX_S_sub, JX_S_mul, JX_S_max, JX_S_min};
    static const enum jx_scalar_op compares[] = {JX_S_lt, JX_S_ge, JX_S_eq};
    int args[3] = {x, -1, -1};
    switch (p->smooth ? below(2) * 5 : below(6)) {
    case 0:
    case 1:
        return jx_g_scalar(&p->g, jx_is_float(dtype) ? floats[below(4)] : ints[below(4)], dtype, 1,
                           args);
    case 2:
        args[1] = partner(p, x);
        return jx_g_scalar(&p->g, compares[below(3)], JAXC_BOOL, 2, args);
    case 3: {
        int y = partner(p, x), z = partner(p, x), compared[2] = {x, y};
        int predicate = jx_g_scalar(&p->g, JX_S_lt, JAXC_BOOL, 2, compared);
        args[0] = predicate;
        args[1] = z;
        args[2] = x;
        return jx_g_scalar(&p->g, JX_S_select, dtype, 3, args);
    }
    default: args[1] = partner(p, x); return jx_g_scalar(&p->g, binary[below(5)], dtype, 2, args);
    }
}

static int add_view(struct pool *p)
{
    int x = any(p), rank = node(p, x)->rank;
    int64_t dims[JAXC_MAX_RANK];
    struct jx_gview view = {.fill = {0}};
    struct jx_gnode n = *node(p, x);
    p->g.name = "v";
    if (below(3) == 0) {
        int permutation[JAXC_MAX_RANK];
        for (int i = 0; i < rank; i++) {
            int j = below(i + 1);
            permutation[i] = permutation[j];
            permutation[j] = i;
        }
        return jx_g_transpose(&p->g, x, permutation);
    }
    if (below(3) == 0 && rank < 4) { /* a new axis */
        int at = below(rank + 1), map[JAXC_MAX_RANK];
        for (int k = 0, j = 0; k <= rank; k++)
            dims[k] = k == at ? 1 + below(4) : n.dims[j++];
        for (int j = 0; j < rank; j++)
            map[j] = j < at ? j : j + 1;
        return jx_count(rank + 1, dims) > max_elements
                   ? x
                   : jx_g_broadcast(&p->g, x, rank + 1, dims, map);
    }
    if (jx_is_float(n.dtype))
        view.fill.f = below(2) ? 0.0 : 1.5;
    else if (n.dtype != JAXC_BOOL)
        view.fill.i = below(2) ? 0 : 7;
    for (int j = 0; j < rank; j++) {
        struct jx_gaxis *a = &view.axis[j];
        a->step = 1;
        a->coef[j] = 1;
        dims[j] = n.dims[j];
        switch (below(5)) {
        case 0: { /* slice */
            int64_t start = below((int)dims[j]), stride = 1 + below(2);
            a->offset = start;
            a->coef[j] = stride;
            dims[j] = (dims[j] - start + stride - 1) / stride;
            break;
        }
        case 1: /* reverse */
            a->offset = dims[j] - 1;
            a->coef[j] = -1;
            break;
        case 2: { /* pad, dilate */
            int64_t low = below(4) - 1, high = below(4) - 1;
            a->step = 1 + below(2);
            a->offset = -low;
            a->guarded = true;
            int64_t size = (dims[j] - 1) * a->step + 1 + low + high;
            dims[j] = size > 0 ? size : 1;
            break;
        }
        default: break;
        }
    }
    return jx_count(rank, dims) > max_elements ? x : jx_g_view(&p->g, x, rank, dims, &view);
}

static int add_reshape(struct pool *p)
{
    int x = any(p), rank = 0;
    int64_t left = jx_count(node(p, x)->rank, node(p, x)->dims), dims[JAXC_MAX_RANK];
    while (rank < 4 && (left > 1 || below(2))) {
        int64_t d = left;
        if (rank < 3 && below(3))
            for (int tries = 0; tries < 4; tries++) {
                int64_t c = 1 + below(6);
                if (left % c == 0)
                    d = c;
            }
        if (rank == 3)
            d = left;
        dims[rank++] = d;
        left /= d;
    }
    return left > 1 ? x : jx_g_reshape(&p->g, x, rank, dims);
}

static int bounded(struct pool *p, int x) /* floats stay small, so that errors do too */
{
    return x >= 0 && jx_is_float(node(p, x)->dtype)
               ? jx_g_scalar(&p->g, JX_S_tanh, node(p, x)->dtype, 1, &x)
               : x;
}

static int add_reduce(struct pool *p)
{
    int x = any(p);
    struct jx_gnode n = *node(p, x);
    uint32_t axes = (uint32_t)below(1 << n.rank);
    p->g.name = "r";
    if (n.dtype == JAXC_BOOL)
        return jx_g_reduce(&p->g, below(2) ? JX_COMBINE_AND : JX_COMBINE_OR, JAXC_BOOL, x, -1,
                           axes);
    if (n.rank > 0 && below(4) == 0 && !p->smooth) {
        int axis = below(n.rank), index = jx_g_index(&p->g, JAXC_I32, n.rank, n.dims, axis);
        return jx_g_reduce(&p->g, JX_COMBINE_ARGMAX, JAXC_I32, x, index, 1u << axis);
    }
    if (below(3) == 0)
        return jx_g_reduce(&p->g, JX_COMBINE_MAX, n.dtype, x, -1, axes);
    return bounded(p, jx_g_reduce(&p->g, JX_COMBINE_ADD, n.dtype, x, -1, axes));
}

static int add_dot(struct pool *p, jaxc_dtype dtype)
{
    int a = any_of(p, dtype), b = any_of(p, dtype);
    p->g.name = "dot_general";
    if (a < 0 || b < 0)
        return any(p);
    struct jx_gdims d = {0};
    const struct jx_gnode *x = node(p, a), *y = node(p, b);
    bool used[JAXC_MAX_RANK] = {false};
    int rank = x->rank + y->rank;
    for (int i = 0; i < x->rank; i++) {
        int j = 0;
        while (j < y->rank && (used[j] || y->dims[j] != x->dims[i]))
            j++;
        if (j == y->rank)
            continue;
        int choice = below(4);
        if (choice == 0)
            continue;
        used[j] = true;
        if (choice == 1) {
            d.lhs_batch[d.n_batch] = i;
            d.rhs_batch[d.n_batch++] = j;
            rank -= 1;
        } else {
            d.lhs_contract[d.n_contract] = i;
            d.rhs_contract[d.n_contract++] = j;
            rank -= 2;
        }
    }
    int64_t elements = jx_count(x->rank, x->dims) * jx_count(y->rank, y->dims);
    if (rank > 5 || elements > (p->big ? 80 * 80 * 80 * 80 : 20000) ||
        (p->big && d.n_contract != 1))
        return a;
    int n = bounded(p, jx_g_dot(&p->g, dtype, a, b, &d));
    return jx_count(node(p, n)->rank, node(p, n)->dims) > max_elements ? a : n;
}

static int add_concat(struct pool *p)
{
    int x = any(p), rank = node(p, x)->rank;
    if (rank == 0)
        return x;
    int n = 2 + below(4), parts[6];
    for (int i = 0; i < n; i++) {
        int y = below(3) ? partner(p, x) : x;
        parts[i] = node(p, y)->rank == rank ? y : x;
    }
    p->g.name = "concatenate";
    int c = jx_g_concat(&p->g, below(rank), n, parts);
    return jx_count(rank, node(p, c)->dims) > max_elements ? x : c;
}

/* Addresses at every point of dims, in [0, limit]; from a node's values where that is exact. */
static int some_addresses(struct pool *p, int rank, const int64_t *dims, int64_t limit)
{
    int at = -1;
    for (int tries = 0; tries < 12 && at < 0; tries++) {
        int y = any(p);
        const struct jx_gnode *n = node(p, y);
        if (n->dtype == JAXC_I32 &&
            (n->rank == 0 || (n->rank == rank && jx_same_dims(rank, n->dims, dims))))
            at = y;
    }
    if (at < 0)
        at = rank ? jx_g_index(&p->g, JAXC_I32, rank, dims, below(rank))
                  : constant(p, JAXC_I32, 0, NULL);
    at = jx_g_scalar(&p->g, JX_S_convert, JAXC_I64, 1, &at);
    int low[2] = {at, jx_g_const(&p->g, JAXC_I64, 0, NULL, (union jx_scalar){.i = 0})};
    int high[2] = {jx_g_scalar(&p->g, JX_S_max, JAXC_I64, 2, low),
                   jx_g_const(&p->g, JAXC_I64, 0, NULL, (union jx_scalar){.i = limit})};
    return jx_g_scalar(&p->g, JX_S_min, JAXC_I64, 2, high);
}

static int some_validity(struct pool *p, int rank, const int64_t *dims)
{
    if (below(2))
        return -1;
    int addresses[2] = {some_addresses(p, rank, dims, 5), some_addresses(p, rank, dims, 3)};
    return jx_g_scalar(&p->g, JX_S_lt, JAXC_BOOL, 2, addresses);
}

/* A form over dims whose values are in [0, *most]; *most becomes the greatest. */
static struct jx_gflat some_flat(int rank, const int64_t *dims, int64_t *most)
{
    struct jx_gflat f = {0};
    int64_t left = *most;
    for (int k = rank - 1; k >= 0; k--)
        if (dims[k] > 1 && left / (dims[k] - 1) > 0 && below(2)) {
            f.coef[k] = 1 + below((int)(left / (dims[k] - 1)));
            f.coef[k] = below(2) ? 1 : f.coef[k];
            left -= f.coef[k] * (dims[k] - 1);
        }
    *most -= left;
    return f;
}

static int add_take(struct pool *p)
{
    int x = any(p);
    struct jx_gnode like = *node(p, any(p));
    int64_t last = jx_count(node(p, x)->rank, node(p, x)->dims) - 1, most = last;
    struct jx_gflat flat = some_flat(like.rank, like.dims, &most);
    union jx_scalar fill = {.i = 0};
    p->g.name = "take";
    int at = some_addresses(p, like.rank, like.dims, last - most);
    return jx_g_take(&p->g, x, at, some_validity(p, like.rank, like.dims), like.rank, like.dims,
                     &flat, fill);
}

static int add_scatter(struct pool *p)
{
    static const enum jx_scalar_op ops[] = {JX_S_none, JX_S_add, JX_S_max, JX_S_min};
    int x = any(p), u = any_of(p, node(p, x)->dtype);
    if (u < 0)
        return x;
    struct jx_gnode like = *node(p, u);
    int64_t last = jx_count(node(p, x)->rank, node(p, x)->dims) - 1, most = last;
    struct jx_gflat flat = some_flat(like.rank, like.dims, &most);
    p->g.name = "scatter";
    int at = some_addresses(p, like.rank, like.dims, last - most);
    return bounded(p, jx_g_scatter(&p->g, x, u, at, some_validity(p, like.rank, like.dims),
                                   ops[below(p->smooth ? 2 : 4)], &flat));
}

static int add_prefix(struct pool *p)
{
    int x = any(p);
    struct jx_gnode n = *node(p, x);
    if (n.rank == 0)
        return x;
    p->g.name = "prefix";
    return bounded(p,
                   jx_g_prefix(&p->g, below(2) ? JX_S_add : JX_S_max, x, below(n.rank), below(2)));
}

static int add_sort(struct pool *p)
{
    int x = any(p), n = p->smooth ? 1 : 1 + below(5), args[5], out[5];
    struct jx_gnode like = *node(p, x);
    if (like.rank == 0)
        return x;
    args[0] = x;
    for (int i = 1; i < n; i++) {
        args[i] = below(2) ? partner(p, x) : x;
        if (node(p, args[i])->rank != like.rank)
            args[i] = jx_g_index(&p->g, JAXC_I32, like.rank, like.dims, below(like.rank));
    }
    p->g.name = "sort";
    ck_assert(jx_g_sort(&p->g, below(like.rank), 1 + below(n), 0, n, args, out));
    for (int i = 1; i < n; i++)
        if (below(2))
            keep(p, out[i]);
    return out[0];
}

static int add_any(struct pool *p, jaxc_dtype dtype)
{
    switch (below(18)) {
    case 14: return add_take(p);
    case 15: return add_scatter(p);
    case 16: return add_prefix(p);
    case 17: return add_sort(p);
    case 0:
    case 1: return add_view(p);
    case 2: return add_reshape(p);
    case 3:
    case 4: return add_reduce(p);
    case 5: return add_dot(p, dtype);
    case 6: return below(2) ? add_concat(p) : add_reduce(p);
    case 7: {
        struct jx_gnode like = *node(p, any(p));
        return like.rank ? jx_g_index(&p->g, dtype, like.rank, like.dims, below(like.rank))
                         : add_scalar(p);
    }
    default: return add_scalar(p);
    }
}

/* One in twenty has matrices that are large enough for layouts, and results that update them. */
static void random_graph(struct pool *p, int size)
{
    *p = (struct pool){.big = below(20) == 0};
    jaxc_dtype dtype = below(3) && !p->big ? JAXC_I32 : JAXC_F32;
    p->smooth = dtype == JAXC_F32 && below(2);
    max_elements = p->big ? 80 * 80 : 3000;
    for (int i = 0; i < 2 + below(4); i++)
        add_input(p, dtype);
    int n_inputs = p->n, n_outs = 0, outs[16];
    for (int i = 0; i < (p->big ? size / 3 : size); i++)
        keep(p, p->big && below(4) == 0 ? add_dot(p, dtype) : add_any(p, dtype));
    for (int i = 0; p->big && i < n_inputs; i++) {
        int args[2] = {i, below(4) ? partner(p, i) : p->at[p->n - 1]};
        const struct jx_gnode *x = node(p, i), *y = node(p, args[1]);
        if (y->dtype != x->dtype ||
            (y->rank != 0 && (y->rank != x->rank || !jx_same_dims(x->rank, x->dims, y->dims))))
            args[1] = i;
        p->g.name = "update";
        outs[n_outs++] = bounded(p, jx_g_scalar(&p->g, JX_S_sub, dtype, 2, args));
    }
    outs[n_outs++] = p->at[p->n - 1];
    for (int i = below(5); i > 0; i--)
        outs[n_outs++] = any(p);
    p->g.outs = jx_alloc((size_t)n_outs, sizeof *p->g.outs);
    p->g.n_outs = n_outs;
    memcpy(p->g.outs, outs, (size_t)n_outs * sizeof *outs);
}

/* ---- comparing ------------------------------------------------------------------------------- */

static char **make_operands(const struct jx_graph *g)
{
    char **operands = calloc((size_t)g->n_inputs + 1, sizeof *operands);
    for (size_t i = 0; i < g->n; i++) {
        const struct jx_gnode *n = &g->nodes[i];
        if (n->kind != JX_G_INPUT)
            continue;
        int64_t count = jx_count(n->rank, n->dims);
        size_t size = jx_dtype_info(n->dtype)->size;
        operands[n->input] = malloc((size_t)count * size + 1);
        for (int64_t e = 0; e < count; e++) {
            union jx_scalar v = {.i = below(9) - 4};
            if (jx_is_float(n->dtype))
                v.f = (double)(below(2001) - 1000) / 500;
            jx_scalar_store(operands[n->input] + (size_t)e * size, n->dtype, v);
        }
    }
    return operands;
}

static bool same_element(jaxc_dtype dtype, const char *a, const char *b)
{
    union jx_scalar x = jx_scalar_load(a, dtype), y = jx_scalar_load(b, dtype);
    if (!jx_is_float(dtype))
        return x.i == y.i;
    if (isnan(x.f) || isnan(y.f))
        return isnan(x.f) && isnan(y.f);
    return fabs(x.f - y.f) <= 1e-4 * fmax(1, fmax(fabs(x.f), fabs(y.f)));
}

static int n_blocked; /* storages in panels that were met */

static void show(const struct jx_graph *g, const struct jx_code *code, uint64_t seed)
{
    char *graph = jx_graph_print(g), *text = code ? jx_code_print(code) : NULL;
    printf("seed %llu\n%s\n%s\n", (unsigned long long)seed, graph ? graph : "", text ? text : "");
    fflush(stdout);
    jx_free(graph);
    jx_free(text);
}

static void compare(const struct jx_graph *g, const struct jx_backend *backend,
                    const struct jx_lower_options *o, char *const *operands, char *const *expected,
                    uint64_t seed)
{
    struct jx_code *code = jx_lower_graph(g, o);
    if (!code) {
        show(g, NULL, seed);
        ck_abort_msg("not lowered: %s", jaxc_error());
    }
    ck_assert(jx_code_verify(code));
    for (int i = 0; i < code->n_storages; i++)
        n_blocked += code->storages[i].layout.block > 0;
    char **results = calloc((size_t)g->n_outs + 1, sizeof *results);
    run_code(backend, code, operands, results);
    for (int k = 0; k < g->n_outs; k++) {
        const struct jx_gnode *n = &g->nodes[g->outs[k]];
        size_t size = jx_dtype_info(n->dtype)->size;
        int64_t count = jx_count(n->rank, n->dims);
        for (int64_t e = 0; e < count; e++)
            if (!same_element(n->dtype, results[k] + (size_t)e * size,
                              expected[k] + (size_t)e * size)) {
                show(g, code, seed);
                ck_abort_msg("seed %llu: result %d differs at element %lld",
                             (unsigned long long)seed, k, (long long)e);
            }
        free(results[k]);
    }
    free(results);
    jx_code_free(code);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static int scale(void)
{
    const char *s = getenv("JAXC_TEST_SCALE");
    int n = s ? atoi(s) : 1;
    return n > 0 ? n : 1;
}

static bool refuse(const struct jx_kernel *dot) { return dot->n_outer > 1; }
static int width_4(jaxc_dtype dtype) { return dtype == JAXC_BOOL ? 0 : 4; }
static int width_8(jaxc_dtype dtype) { return dtype == JAXC_F32 ? 8 : 4; }
static int width_16(jaxc_dtype dtype) { return dtype == JAXC_F32 ? 16 : 0; }

static void one_graph(uint64_t seed)
{
    struct pool p;
    state = seed;
    random_graph(&p, 3 + below(40));
    char **operands = make_operands(&p.g),
         **expected = calloc((size_t)p.g.n_outs + 1, sizeof *expected);
    bool donated[16];
    for (int i = 0; i < 16; i++)
        donated[i] = below(2);
    struct jx_lower_options plain = {
        .backend = &jx_backend_naive, .no_fusion = true, .row_major_only = true};
    struct jx_code *code = jx_lower_graph(&p.g, &plain);
    if (!code) {
        show(&p.g, NULL, seed);
        ck_abort_msg("not lowered: %s", jaxc_error());
    }
    ck_assert(jx_code_verify(code));
    run_code(&jx_backend_naive, code, operands, expected);
    jx_code_free(code);
    const struct jx_backend *backends[] = {&jx_backend_naive, &jx_backend_cpu};
    int (*const widths[])(jaxc_dtype) = {width_4, width_8, width_16};
    bool exact = node(&p, 0)->dtype == JAXC_I32;
    for (int i = 0; i < (exact || p.smooth ? 2 : 1); i++) {
        struct jx_backend tiny = *backends[i];
        tiny.max_instrs = 16 + below(64);
        tiny.fuses_epilogue = below(2) ? refuse : NULL;
        tiny.dot_block = widths[below(3)];
        compare(&p.g, backends[i], &(struct jx_lower_options){.backend = backends[i]}, operands,
                expected, seed);
        compare(&p.g, backends[i], &(struct jx_lower_options){.backend = &tiny, .donated = donated},
                operands, expected, seed);
    }
    for (int i = 0; i < p.g.n_inputs; i++)
        free(operands[i]);
    for (int k = 0; k < p.g.n_outs; k++)
        free(expected[k]);
    free(operands);
    free(expected);
    jx_graph_fini(&p.g);
}

START_TEST(fused_code_computes_what_unfused_code_does)
{
    const char *s = getenv("JAXC_TEST_SEED");
    if (s) {
        one_graph(strtoull(s, NULL, 10));
        return;
    }
    for (int i = 0; i < 1000 * scale(); i++)
        one_graph(0x5eed0000u + (uint64_t)i);
    ck_assert_int_gt(n_blocked, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fuse");
    TCase *t = tcase_create("random");
    tcase_set_timeout(t, 600);
    tcase_add_test(t, fused_code_computes_what_unfused_code_does);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
