/*
 * random_code.c - see the header.
 */
#include "support/random_code.h"

#include <check.h>
#include <math.h>
#include <stdio.h>

/* ---- random numbers: splitmix64 (Steele, Lea, Flood 2014) ------------------------------------ */

uint64_t random_bits(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

int random_below(uint64_t *state, int n) { return (int)(random_bits(state) % (uint64_t)n); }

/* ---- what is known of registers -------------------------------------------------------------- */

enum { MAX_REGS = 128, MAX_POINTS = 30000 };

struct reg {
    int number;
    jaxc_dtype dtype;
    bool inner;
    int stage;          /* inner: its own; outer: the first in which it may be used */
    double most, error; /* of floats: |x| <= most, and how far it may be off */
    int bits; /* of exact floats: significant ones below 2^0 and above that it may have; else 99 */
};

struct gen {
    struct random_code *r;
    struct code_builder *b;
    uint64_t *state;
    struct reg regs[MAX_REGS];
    int n_regs, n_outer, n_axes, stage, n_stages;
    int64_t dims[JX_MAX_AXES];
    int64_t n_outer_points, n_inner_points;
};

static int below(struct gen *g, int n) { return random_below(g->state, n); }
static bool chance(struct gen *g, int percent) { return below(g, 100) < percent; }

static double epsilon(jaxc_dtype dtype) { return dtype == JAXC_F32 ? 1.2e-7 : 2.3e-16; }
static int mantissa(jaxc_dtype dtype) { return dtype == JAXC_F32 ? 22 : 50; }
static bool is_exact(const struct reg *x) { return !jx_is_float(x->dtype) || x->bits < 90; }

static struct reg *add_reg(struct gen *g, struct reg x)
{
    ck_assert_int_lt(g->n_regs, MAX_REGS);
    if (jx_is_float(x.dtype) && (x.bits > mantissa(x.dtype) || x.error > 0)) {
        x.bits = 99;
        x.error += epsilon(x.dtype) * x.most;
    }
    g->regs[g->n_regs] = x;
    return &g->regs[g->n_regs++];
}

/* A register that may be used now, of the dtype (0: any); NULL: none. */
static struct reg *pick(struct gen *g, jaxc_dtype dtype, bool inner, bool exact)
{
    int n = 0;
    struct reg *found = NULL;
    for (int i = 0; i < g->n_regs; i++) {
        struct reg *x = &g->regs[i];
        if ((dtype && x->dtype != dtype) || (x->inner && !inner) || x->stage > g->stage ||
            (exact && !is_exact(x)) || !(x->most < 1e4) || !(x->error < 1e-2 * (1 + x->most)))
            continue;
        n++;
        if (below(g, n) == 0 ||
            (i >= g->n_regs - 3 && chance(g, 30))) /* what is new is liked more */
            found = x;
    }
    return found;
}

/* ---- loads ----------------------------------------------------------------------------------- */

static const jaxc_dtype all_dtypes[] = {JAXC_F32, JAXC_F32, JAXC_F64, JAXC_I32, JAXC_U32,
                                        JAXC_I64, JAXC_U64, JAXC_U8,  JAXC_BOOL};
static jaxc_dtype any_dtype(struct gen *g) { return all_dtypes[below(g, 9)]; }

static void fill(struct gen *g, char *p, jaxc_dtype dtype, int64_t n)
{
    size_t size = jx_dtype_info(dtype)->size;
    for (int64_t i = 0; i < n; i++) {
        uint64_t x = random_bits(g->state);
        union jx_scalar s = {.u = 0};
        if (jx_is_float(dtype))
            s.f = ((double)(x % 33) - 16) / 8; /* in [-2, 2] */
        else if (dtype == JAXC_BOOL)
            s.u = x & 1;
        else if (x % 8 == 0)
            s.u = random_bits(g->state) >> (64 - 8 * size);
        else if (jx_dtype_info(dtype)->category == JX_CAT_SIGNED)
            s.i = (int64_t)(x % 21) - 10;
        else
            s.u = x % 21;
        jx_scalar_store(p + (size_t)i * size, dtype, s);
    }
}

static int new_operand(struct gen *g, jaxc_dtype dtype, struct jaxc_shape shape, int axis,
                       int block)
{
    int storage = code_operand(g->b, dtype, shape);
    if (block)
        code_layout(g->b, storage, axis, block);
    struct jx_storage *s = &g->b->code->storages[storage];
    char *p = jx_alloc(1, s->size + 64);
    ck_assert_ptr_nonnull(p);
    fill(g, p, dtype, (int64_t)(s->size / jx_dtype_info(dtype)->size));
    g->r->operands[s->index] = p;
    return storage;
}

static void random_order(struct gen *g, int *order, int n)
{
    for (int i = 0; i < n; i++) {
        int j = below(g, i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}

/* Strides over some of the axes, in random order, with gaps, mostly not. *n: elements spanned. */
static void random_strides(struct gen *g, int n_axes, int drop, int64_t *stride, int64_t *offset,
                           int64_t *n)
{
    int order[JX_MAX_AXES];
    random_order(g, order, n_axes);
    bool in_order = chance(g, 50), gaps = chance(g, 20), reversed = chance(g, 15);
    int64_t at = 1;
    *offset = 0;
    memset(stride, 0, JX_MAX_AXES * sizeof *stride);
    for (int i = 0; i < n_axes; i++) {
        int k = in_order ? n_axes - 1 - i : order[i];
        if (chance(g, drop))
            continue;
        int64_t step = at * (gaps && chance(g, 50) ? 2 : 1),
                span = g->dims[k] > 0 ? g->dims[k] - 1 : 0;
        bool back = reversed && chance(g, 50);
        stride[k] = back ? -step : step;
        if (back)
            *offset += step * span;
        at = step * span + at;
    }
    *n = at;
}

static struct reg *random_load(struct gen *g, jaxc_dtype dtype)
{
    bool inner = g->b->inner;
    int n_axes = inner ? g->n_axes : g->n_outer;
    int64_t stride[JX_MAX_AXES], offset, n;
    int a = below(g, n_axes + 1), load;
    random_strides(g, n_axes, chance(g, 50) ? 0 : 25, stride, &offset, &n);
    if (n_axes >= 2 && chance(g, 12)) { /* blocked: two axes of a matrix */
        int k = below(g, n_axes), other = (k + 1 + below(g, n_axes - 1)) % n_axes,
            block = 8 << below(g, 3);
        int storage = new_operand(g, dtype, JAXC_SHAPE(g->dims[k], g->dims[other]), 0, block);
        memset(stride, 0, sizeof stride);
        stride[k] = g->dims[other] * block;
        stride[other] = block;
        load = code_load(g->b, storage, stride);
        code_blocked_load(g->b, load, k);
    } else if (a < n_axes && chance(g, 25)) { /* one axis, or two of them, through a guard */
        int other = below(g, n_axes);
        struct jx_guard guard = {.step = 1 + (chance(g, 30) ? below(g, 3) : 0)};
        guard.size = g->dims[a] > 2 ? 1 + below(g, (int)g->dims[a]) : 3;
        guard.coef[a] = chance(g, 20) ? -1 : 1 + (chance(g, 10) ? 1 : 0);
        if (other != a && chance(g, 30))
            guard.coef[other] = 1;
        guard.offset = guard.coef[a] < 0 ? g->dims[a] - 1 + below(g, 3) : below(g, 5) - 2;
        for (int k = 0; k < n_axes; k++)
            stride[k] = k == a ? 0 : stride[k] < 0 ? -stride[k] : stride[k];
        guard.stride =
            chance(g, 50) ? 1 : n; /* before or behind the other axes: overlaps do no harm */
        int64_t size = n + guard.size * guard.stride;
        load = code_load(g->b, new_operand(g, dtype, JAXC_SHAPE(size), 0, 0), stride);
        union jx_scalar filler = {.i = dtype == JAXC_BOOL ? below(g, 2) : below(g, 4)};
        if (jx_is_float(dtype))
            filler.f = below(g, 5) / 4.0 - 0.5;
        code_guard(g->b, load, guard, filler);
    } else {
        load = code_load_from(g->b, new_operand(g, dtype, JAXC_SHAPE(n), 0, 0), offset, stride);
    }
    return add_reg(g, (struct reg){load, dtype, inner, inner ? g->stage : 0, 2, 0, 5});
}

/* ---- operations ------------------------------------------------------------------------------ */

static struct reg make(struct gen *g, int number, jaxc_dtype dtype, const struct reg *x,
                       const struct reg *y)
{
    struct reg z = {number, dtype, g->b->inner, 0, 0, 0, 0};
    z.stage = g->b->inner ? g->stage : x->inner ? 0 : x->stage;
    if (y && !g->b->inner && y->stage > z.stage)
        z.stage = y->stage;
    return z;
}

static double larger(double a, double b) { return a > b ? a : b; }

/* One bounded so that it may stand below a fraction or under a root: |x| + 1. */
static struct reg *positive(struct gen *g, struct reg *x)
{
    struct reg a = *x, one = *x;
    one.number = code_f(g->b, a.dtype, 1);
    struct reg z = make(g, code_op1(g->b, JX_S_abs, a.dtype, a.number), a.dtype, &a, NULL);
    z.number = code_op2(g->b, JX_S_add, a.dtype, z.number, one.number);
    z.most = a.most + 1;
    z.error = a.error;
    z.bits = a.bits + 1;
    return add_reg(g, z);
}

static void unary_float(struct gen *g, struct reg *picked)
{
    struct reg x = *picked;
    static const enum jx_scalar_op ops[] = {
        JX_S_neg, JX_S_abs, JX_S_square, JX_S_exp,  JX_S_tanh,  JX_S_logistic, JX_S_sin,
        JX_S_cos, JX_S_log, JX_S_log1p,  JX_S_sqrt, JX_S_rsqrt, JX_S_sign};
    enum jx_scalar_op op = ops[below(g, 13)];
    double unit = 4 * epsilon(x.dtype);
    if ((op == JX_S_exp && x.most > 8) || (op == JX_S_sign && !is_exact(&x)))
        return;
    if (op == JX_S_log || op == JX_S_log1p || op == JX_S_sqrt || op == JX_S_rsqrt)
        x = *positive(g, picked);
    struct reg z = make(g, code_op1(g->b, op, x.dtype, x.number), x.dtype, &x, NULL);
    z.bits = 99;
    switch (op) {
    case JX_S_neg:
    case JX_S_abs:
        z.most = x.most;
        z.error = x.error;
        z.bits = x.bits;
        break;
    case JX_S_sign:
        z.most = 1;
        z.bits = 1;
        break;
    case JX_S_square:
        z.most = x.most * x.most;
        z.error = 2 * x.most * x.error + x.error * x.error;
        z.bits = x.bits < 90 ? 2 * x.bits : 99;
        break;
    case JX_S_exp:
        z.most = exp(x.most);
        z.error = z.most * (2 * x.error + unit);
        break;
    default:
        z.most = larger(1, x.most);
        z.error = x.error + unit * z.most;
        break;
    }
    add_reg(g, z);
}

static void binary_float(struct gen *g, struct reg *picked)
{
    struct reg x = *picked, *other = pick(g, x.dtype, g->b->inner, false);
    struct reg y = *other;
    static const enum jx_scalar_op ops[] = {JX_S_add, JX_S_sub, JX_S_mul,
                                            JX_S_div, JX_S_max, JX_S_min};
    enum jx_scalar_op op = ops[below(g, 6)];
    if (op == JX_S_div)
        y = *positive(g, other);
    struct reg z = make(g, code_op2(g->b, op, x.dtype, x.number, y.number), x.dtype, &x, &y);
    bool exact = is_exact(&x) && is_exact(&y);
    switch (op) {
    case JX_S_mul:
        z.most = x.most * y.most;
        z.error = x.error * y.most + y.error * x.most + x.error * y.error;
        z.bits = exact ? x.bits + y.bits : 99;
        break;
    case JX_S_div:
        z.most = x.most;
        z.error = x.error + y.error * x.most;
        z.bits = 99;
        break;
    case JX_S_max:
    case JX_S_min:
        z.most = larger(x.most, y.most);
        z.error = larger(x.error, y.error);
        z.bits = exact ? (int)larger(x.bits, y.bits) : 99;
        break;
    default:
        z.most = x.most + y.most;
        z.error = x.error + y.error;
        z.bits = exact ? 1 + (int)larger(x.bits, y.bits) : 99;
    }
    if (!exact)
        z.error += epsilon(x.dtype) * z.most;
    add_reg(g, z);
}

/* Draws are floats in integers, right to some units in the last place. */
static bool is_draw(enum jx_scalar_op op)
{
    return strncmp(jx_scalar_op_info[op].name, "random_", strlen("random_")) == 0;
}

static void integer_op(struct gen *g, struct reg *picked)
{
    struct reg x = *picked, y = *pick(g, x.dtype, g->b->inner, true);
    enum jx_scalar_op op = JX_S_neg + below(g, JX_S_shift_right_arithmetic - JX_S_neg + 1);
    if (!jx_scalar_op_takes(op, x.dtype, x.dtype) || is_draw(op))
        return;
    int number = jx_scalar_op_info[op].arity == 1 ? code_op1(g->b, op, x.dtype, x.number)
                                                  : code_op2(g->b, op, x.dtype, x.number, y.number);
    add_reg(g, make(g, number, x.dtype, &x, jx_scalar_op_info[op].arity == 1 ? NULL : &y));
}

static void jump(struct gen *g)
{
    struct reg *picked = pick(g, 0, g->b->inner, true);
    if (!picked)
        return;
    struct reg x = *picked, y = *pick(g, x.dtype, g->b->inner, true), z;
    jaxc_dtype to = any_dtype(g);
    switch (below(g, 4)) {
    case 0: /* a comparison */
        z = make(g, code_op2(g->b, JX_S_eq + below(g, 6), JAXC_BOOL, x.number, y.number), JAXC_BOOL,
                 &x, &y);
        break;
    case 1:
        if (!jx_scalar_op_takes(JX_S_bitcast, x.dtype, to) ||
            (jx_is_float(to) && !jx_is_float(x.dtype)))
            return;
        z = make(g, code_op1(g->b, JX_S_bitcast, to, x.number), to, &x, NULL);
        break;
    default:
        if (jx_is_float(to) && !jx_is_float(x.dtype) && x.dtype != JAXC_BOOL && x.dtype != JAXC_U8)
            return; /* any magnitude */
        z = make(g, code_op1(g->b, JX_S_convert, to, x.number), to, &x, NULL);
    }
    if (jx_is_float(to) && z.dtype == to) {
        z.most = jx_is_float(x.dtype) ? x.most : 255;
        z.bits = jx_is_float(x.dtype) ? x.bits : 8;
    }
    add_reg(g, z);
}

static void selection(struct gen *g)
{
    struct reg *p = pick(g, JAXC_BOOL, g->b->inner, true), *picked = pick(g, 0, g->b->inner, false);
    if (!p || !picked)
        return;
    struct reg q = *p, x = *picked, y = *pick(g, x.dtype, g->b->inner, false);
    struct reg z = make(g, code_select(g->b, q.number, x.number, y.number), x.dtype, &x, &y);
    if (!g->b->inner && q.stage > z.stage)
        z.stage = q.stage;
    z.most = larger(x.most, y.most);
    z.error = larger(x.error, y.error);
    z.bits = is_exact(&x) && is_exact(&y) ? (int)larger(x.bits, y.bits) : 99;
    add_reg(g, z);
}

static void random_leaf(struct gen *g)
{
    jaxc_dtype dtype = any_dtype(g);
    struct reg z = {0, dtype, g->b->inner, g->b->inner ? g->stage : 0, 2, 0, 5};
    int n_axes = g->b->inner ? g->n_axes : g->n_outer;
    if (chance(g, 30)) {
        z.number = jx_is_float(dtype)
                       ? code_f(g->b, dtype, below(g, 9) / 4.0 - 1)
                       : code_i(g->b, dtype, dtype == JAXC_BOOL ? below(g, 2) : below(g, 9));
    } else if (n_axes && dtype != JAXC_BOOL && chance(g, 30)) {
        int axis = below(g, n_axes);
        z.number = code_index(g->b, dtype, axis);
        z.most = (double)g->dims[axis];
        z.bits = 20;
    } else {
        random_load(g, dtype);
        return;
    }
    add_reg(g, z);
}

static void random_op(struct gen *g)
{
    struct reg *x = pick(g, 0, g->b->inner, false);
    if (!x || chance(g, 20))
        random_leaf(g);
    else if (chance(g, 10))
        selection(g);
    else if (chance(g, 15))
        jump(g);
    else if (!jx_is_float(x->dtype))
        integer_op(g, x);
    else if (chance(g, 50))
        unary_float(g, x);
    else
        binary_float(g, x);
}

static void random_reduction(struct gen *g)
{
    struct reg *picked = pick(g, 0, true, false);
    if (!picked)
        return;
    struct reg x = *picked;
    double n = (double)g->n_inner_points;
    struct reg z = {0, x.dtype, false, g->stage + 1, 0, 0, 0};
    if (is_exact(&x) && chance(g, 25)) {
        static const jaxc_dtype dtypes[] = {JAXC_I32, JAXC_I64, JAXC_U32, JAXC_U64, JAXC_U8};
        z.dtype = dtypes[below(g, 5)];
        /* an index is any integer, but no u64 above those of i64 */
        struct reg *other =
            chance(g, 30) && z.dtype != JAXC_U64 ? pick(g, z.dtype, true, true) : NULL;
        int index = other
                        ? other->number
                        : code_index(g->b, z.dtype, g->n_outer + below(g, g->n_axes - g->n_outer));
        z.number = code_reduce(g->b, g->stage, JX_COMBINE_ARGMAX + below(g, 2), x.number, index);
    } else {
        enum jx_combine how = JX_COMBINE_ADD + below(g, JX_COMBINE_ARGMAX - JX_COMBINE_ADD);
        if (!jx_scalar_op_takes(jx_combine_op(how), x.dtype, x.dtype))
            how = JX_COMBINE_ADD;
        if (how == JX_COMBINE_MUL && jx_is_float(x.dtype))
            how = JX_COMBINE_MAX;
        z.number = code_reduce(g->b, g->stage, how, x.number, -1);
        z.most = how == JX_COMBINE_ADD ? x.most * n : n == 0 ? INFINITY : x.most;
        z.error = how == JX_COMBINE_ADD ? x.error * n : x.error;
        z.bits = is_exact(&x) ? x.bits + (how == JX_COMBINE_ADD ? (int)ceil(log2(n + 1)) : 0) : 99;
        if (jx_is_float(z.dtype) && how == JX_COMBINE_ADD && z.bits > mantissa(z.dtype))
            z.error += 20 * epsilon(z.dtype) * z.most;
    }
    add_reg(g, z);
}

/* ---- results --------------------------------------------------------------------------------- */

static void random_store(struct gen *g, struct reg *x)
{
    int64_t stride[JX_MAX_AXES], offset = 0, n = 1;
    int n_axes = x->inner ? g->n_axes : g->n_outer;
    if (n_axes >= 2 && chance(g, 10)) {
        int k = below(g, n_axes), block = 8 << below(g, 3);
        int64_t others = 1;
        memset(stride, 0, sizeof stride);
        for (int i = n_axes; i-- > 0;)
            if (i != k) {
                stride[i] = others * block;
                others *= g->dims[i];
            }
        stride[k] = others * block;
        int storage = code_result(g->b, x->dtype, JAXC_SHAPE(g->dims[k], others));
        code_layout(g->b, storage, 0, block);
        code_store(g->b, x->number, storage, stride);
        code_blocked_store(g->b, k);
    } else {
        random_strides(g, n_axes, 0, stride, &offset, &n);
        code_store_at(g->b, x->number, code_result(g->b, x->dtype, JAXC_SHAPE(n)), offset, stride);
    }
    g->r->tolerance[g->b->code->n_results - 1] = x->error;
}

/* A result in the place of an operand that is read in the same way. */
static void donate(struct gen *g, struct reg *x)
{
    struct jx_kernel *k = g->b->kernel;
    for (int i = 0; i < k->n_views; i++) {
        const struct jx_view *v = &k->views[i];
        const struct jx_storage *s = &g->b->code->storages[v->storage];
        bool whole = !v->n_guards && !v->blocked && s->dtype == x->dtype;
        for (int a = 0; a < g->n_axes; a++)
            whole = whole && (v->stride[a] != 0) == (a < (x->inner ? g->n_axes : g->n_outer));
        for (int j = 0; j < g->b->code->n_results; j++)
            whole = whole && g->b->code->donates[j] != s->index;
        if (!whole || s->kind != JX_STORE_OPERAND)
            continue;
        int64_t offset = v->offset, stride[JX_MAX_AXES];
        memcpy(stride, v->stride, sizeof stride);
        int operand = s->index, result = code_result(g->b, x->dtype, JAXC_SHAPE(s->dims[0]));
        code_store_at(g->b, x->number, result, offset, stride);
        code_donate(g->b, operand, g->b->code->n_results - 1);
        g->r->tolerance[g->b->code->n_results - 1] = x->error;
        return;
    }
}

static void random_results(struct gen *g, int most)
{
    int n = 0;
    for (int i = g->n_regs; i-- > 0 && n < most;) {
        struct reg *x = &g->regs[i];
        if (!(x->most < 1e6) || !(x->error < 1e-2 * (1 + x->most)) ||
            (i < g->n_regs - 2 && chance(g, 70)))
            continue;
        if (chance(g, 25))
            donate(g, x);
        else
            random_store(g, x);
        n++;
    }
}

static void random_space(struct gen *g, const char *name)
{
    static const int64_t sizes[] = {1, 2, 3, 5, 8, 10, 16, 17, 31, 32, 33, 64, 100};
    static const int64_t long_sizes[] = {300, 700, 1100, 2500, 5000, 40000};
    g->n_outer = below(g, 4);
    g->n_axes = g->n_outer + (chance(g, 60) ? 1 + below(g, 2) : 0);
    int64_t points = 1;
    for (int k = 0; k < g->n_axes; k++) {
        g->dims[k] = chance(g, 12) ? long_sizes[below(g, 6)] : sizes[below(g, 13)];
        if (points * g->dims[k] > (chance(g, 5) ? 10 * MAX_POINTS : MAX_POINTS))
            g->dims[k] = 1 + below(g, 3);
        points *= g->dims[k];
    }
    if (g->n_axes && chance(g, 2))
        g->dims[below(g, g->n_axes)] = 0;
    g->n_inner_points = g->n_outer_points = 1;
    for (int k = 0; k < g->n_axes; k++)
        *(k < g->n_outer ? &g->n_outer_points : &g->n_inner_points) *= g->dims[k];
    struct jaxc_shape shape = {.rank = g->n_axes};
    memcpy(shape.dims, g->dims, sizeof shape.dims);
    code_kernel(g->b, name, g->n_outer, shape);
}

static void begin(struct gen *g, struct random_code *r, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    memset(g, 0, sizeof *g);
    r->state = seed;
    g->r = r;
    g->b = &r->b;
    g->state = &r->state;
    code_begin(g->b);
}

void random_kernel(struct random_code *r, uint64_t seed)
{
    struct gen g;
    begin(&g, r, seed);
    random_space(&g, "random");
    int n_ops = 1 + below(&g, 12);
    g.n_stages = g.n_axes > g.n_outer ? 1 + below(&g, 3) : 0;
    code_outer(g.b);
    for (int i = below(&g, 4); i-- > 0 || (g.n_stages == 0 && n_ops-- > 0);)
        random_op(&g);
    for (g.stage = 0; g.stage < g.n_stages; g.stage++) {
        code_inner(g.b, g.stage);
        for (int i = 0; i < n_ops; i++)
            random_op(&g);
        for (int i = 1 + below(&g, 2); i-- > 0;)
            random_reduction(&g);
        g.stage++;
        code_outer(g.b);
        for (int i = below(&g, 4); i-- > 0;)
            random_op(&g);
        g.stage--;
    }
    g.stage = 99;
    random_results(&g, 4);
    r->code = code_end(g.b);
}

/* ---- products -------------------------------------------------------------------------------- */

static struct reg product_operand(struct gen *g, uint32_t axes, jaxc_dtype dtype)
{
    int64_t stride[JX_MAX_AXES] = {0}, n = 1, offset = 0;
    int order[JX_MAX_AXES], load, at[JX_MAX_AXES], n_at = 0;
    random_order(g, order, g->n_axes);
    for (int i = 0; i < g->n_axes; i++)
        if (axes >> order[i] & 1)
            at[n_at++] = order[i];
    jaxc_dtype from = dtype;
    if (chance(g, 30))
        from = jx_is_float(dtype) ? any_dtype(g) : chance(g, 50) ? JAXC_U8 : dtype;
    if (dtype == JAXC_BOOL)
        from = JAXC_BOOL;
    if (n_at >= 2 && chance(g, 30)) { /* blocked along the last */
        int k = at[n_at - 1], block = 8 << below(g, 3);
        int64_t others = 1;
        for (int i = n_at - 1; i-- > 0;) {
            stride[at[i]] = others * block;
            others *= g->dims[at[i]];
        }
        stride[k] = others * block;
        load =
            code_load(g->b, new_operand(g, from, JAXC_SHAPE(g->dims[k], others), 0, block), stride);
        code_blocked_load(g->b, load, k);
    } else {
        int64_t gap = chance(g, 15) ? 2 : 1;
        for (int i = n_at; i-- > 0;) {
            stride[at[i]] = n * gap;
            n *= g->dims[at[i]] * gap;
        }
        bool guarded = n_at && chance(g, 10);
        load = code_load_from(g->b, new_operand(g, from, JAXC_SHAPE(n + 1), 0, 0), offset, stride);
        if (guarded) { /* the first few along an axis are not there */
            struct jx_guard guard = {
                .size = g->dims[at[0]], .step = 1, .offset = -below(g, 3), .stride = 0};
            guard.coef[at[0]] = 1;
            code_guard(g->b, load, guard, (union jx_scalar){.u = 0});
        }
    }
    int number = load;
    if (from != dtype)
        number = code_op1(g->b, JX_S_convert, dtype, load);
    double most = from == JAXC_U8 ? 255 : jx_is_float(from) || from == JAXC_BOOL ? 2 : 2e19;
    return (struct reg){number, dtype, true, load, most, 0, 5};
}

void random_product(struct random_code *r, uint64_t seed)
{
    struct gen g;
    begin(&g, r, seed);
    static const jaxc_dtype dtypes[] = {JAXC_F32, JAXC_F32, JAXC_F32, JAXC_F64, JAXC_I32,
                                        JAXC_U8,  JAXC_I64, JAXC_U32, JAXC_U64, JAXC_BOOL};
    static const int64_t sizes[] = {1, 2, 3, 5, 8, 10, 16, 17, 31, 32, 33, 48, 64, 100};
    jaxc_dtype dtype = dtypes[below(&g, 10)];
    g.n_outer = below(&g, 5);
    g.n_axes = g.n_outer + below(&g, 3);
    uint32_t a_axes = 0, b_axes = 0;
    int64_t points = 1;
    for (int k = 0; k < g.n_axes; k++) {
        g.dims[k] = chance(&g, 10) ? 130 + below(&g, 200) : sizes[below(&g, 14)];
        if (points * g.dims[k] > 100000)
            g.dims[k] = 1 + below(&g, 3);
        points *= g.dims[k];
        int list = k >= g.n_outer ? 2 : chance(&g, 20) ? 2 : chance(&g, 3) ? 3 : below(&g, 2);
        a_axes |= (list == 0 || list == 2 ? 1u : 0) << k;
        b_axes |= (list == 1 || list == 2 ? 1u : 0) << k;
    }
    if (g.n_axes && chance(&g, 2))
        g.dims[below(&g, g.n_axes)] = 0;
    g.n_inner_points = g.n_outer_points = 1;
    for (int k = 0; k < g.n_axes; k++)
        *(k < g.n_outer ? &g.n_outer_points : &g.n_inner_points) *= g.dims[k];
    struct jaxc_shape shape = {.rank = g.n_axes};
    memcpy(shape.dims, g.dims, sizeof shape.dims);
    code_kernel(g.b, "product", g.n_outer, shape);
    code_inner(g.b, 0);
    struct reg x = product_operand(&g, a_axes, dtype), y = product_operand(&g, b_axes, dtype);
    bool swap = chance(&g, 20);
    int mul =
        code_op2(g.b, JX_S_mul, dtype, swap ? y.number : x.number, swap ? x.number : y.number);
    code_outer(g.b);
    int sum = code_reduce(g.b, 0, JX_COMBINE_ADD, mul, -1);
    code_dot(g.b, x.stage, y.stage, mul, sum);
    double most = x.most * y.most * (double)(g.n_inner_points + 1);
    struct reg z = {
        sum,
        dtype,
        false,
        1,
        most,
        jx_is_float(dtype) ? 4 * epsilon(dtype) * most * sqrt((double)g.n_inner_points + 4) : 0,
        99};
    add_reg(&g, z);
    g.stage = 1;
    if (chance(&g, 40)) {
        random_store(&g, &g.regs[0]);
    } else {
        for (int i = 1 + below(&g, 8); i-- > 0;)
            random_op(&g);
        random_results(&g, 3);
    }
    r->code = code_end(g.b);
}

void random_code_free(struct random_code *r)
{
    for (int i = 0; i < 32; i++)
        jx_free(r->operands[i]);
    jx_code_free(r->code);
}

/* ---- comparing ------------------------------------------------------------------------------- */

static const struct jx_storage *storage_of(const struct jx_code *code, enum jx_storage_kind kind,
                                           int index)
{
    for (int i = 0; i < code->n_storages; i++)
        if (code->storages[i].kind == kind && code->storages[i].index == index)
            return &code->storages[i];
    return NULL;
}

void random_results_run(struct random_results *x, const struct random_code *r,
                        const struct jx_backend *backend)
{
    memset(x, 0, sizeof *x);
    for (int i = 0; i < r->code->n_operands; i++) {
        size_t size = storage_of(r->code, JX_STORE_OPERAND, i)->size;
        x->operands[i] = jx_alloc_aligned(size + 1);
        ck_assert_ptr_nonnull(x->operands[i]);
        memcpy(x->operands[i], r->operands[i], size);
    }
    for (int i = 0; i < r->code->n_results; i++) {
        if (r->code->donates[i] >= 0) {
            x->results[i] = x->operands[r->code->donates[i]];
            continue;
        }
        size_t size = storage_of(r->code, JX_STORE_RESULT, i)->size;
        x->results[i] = jx_alloc_aligned(size + 1);
        ck_assert_ptr_nonnull(x->results[i]);
        memset(x->results[i], 0x5a, size + 1); /* what no store reaches stays so */
    }
    code_run(backend, r->code, x->operands, x->results);
}

void random_results_free(struct random_results *x, const struct random_code *r)
{
    for (int i = 0; i < r->code->n_results; i++)
        if (r->code->donates[i] < 0)
            jx_free(x->results[i]);
    for (int i = 0; i < r->code->n_operands; i++)
        jx_free(x->operands[i]);
}

static bool agree(const struct random_code *r, int result, jaxc_dtype dtype, const char *want,
                  const char *have, bool exactly)
{
    size_t size = jx_dtype_info(dtype)->size;
    if (memcmp(want, have, size) == 0)
        return true;
    if (exactly || !jx_is_float(dtype))
        return false;
    double x = jx_scalar_load(want, dtype).f, y = jx_scalar_load(have, dtype).f;
    return x == y || (isnan(x) && isnan(y)) ||
           fabs(x - y) <= 4 * r->tolerance[result] + 4 * epsilon(dtype) * fabs(x);
}

/* Blocked storages end in padding, which may hold anything. */
static bool is_padding(const struct jx_storage *s, int64_t element)
{
    int64_t block = s->layout.block, n = s->dims[s->layout.axis];
    if (!block || n == 0)
        return false;
    int64_t others = jx_count(s->rank, s->dims) / n;
    return others == 0 || element / (others * block) * block + element % block >= n;
}

void random_results_compare(const struct random_code *r, const struct random_results *want,
                            const struct random_results *have, bool exactly, const char *what)
{
    for (int i = 0; i < r->code->n_results; i++) {
        const struct jx_storage *s = storage_of(r->code, JX_STORE_RESULT, i);
        size_t size = jx_dtype_info(s->dtype)->size;
        for (size_t j = 0; j < s->size / size; j++) {
            const char *x = (const char *)want->results[i] + j * size,
                       *y = (const char *)have->results[i] + j * size;
            if (is_padding(s, (int64_t)j) || agree(r, i, s->dtype, x, y, exactly))
                continue;
            char *text = jx_code_print(r->code);
            union jx_scalar a = jx_scalar_load(x, s->dtype), b = jx_scalar_load(y, s->dtype);
            fprintf(stderr, "%s\n", text ? text : "");
            jx_free(text);
            ck_abort_msg("%s: result %d element %zu: %.9g (%lld) is not %.9g (%lld), tolerance %g",
                         what, i, j, b.f, (long long)b.i, a.f, (long long)a.i, r->tolerance[i]);
        }
    }
}
