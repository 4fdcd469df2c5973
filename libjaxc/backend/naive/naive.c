/*
 * naive.c - the backend that runs code one scalar at a time, in order: the oracle of the others.
 *
 * It is made to be obviously right, so nothing is shared with scalar_math.h but JAX's own
 * coefficients of erf_inv. Floats are computed in f64 with libm and rounded to the dtype once: for
 * f32 + - * / sqrt that gives the very bits that f32 arithmetic gives (53 >= 2 * 24 + 2), and it is
 * the better reference for everything else.
 *
 * All loads of a kernel see memory as it was before the kernel's stores. Sums of floats are
 * compensated (Neumaier, ZAMM 54, 1974), in the dtype and in index order, so that what a comparison
 * with another backend shows is that backend's error.
 */
#include "kernel/kernel.h"
#include "kernel/scalar_random.h"

#include <assert.h>

struct jx_executable {
    const struct jx_code *code;
    int max_instrs;
};

/* ---- scalars --------------------------------------------------------------------------------- */

static union jx_scalar of_i64(int64_t i) { return (union jx_scalar){.i = i}; }
static union jx_scalar of_u64(uint64_t u) { return (union jx_scalar){.u = u}; }
static union jx_scalar of_f64(double f) { return (union jx_scalar){.f = f}; }

static double round_to(jaxc_dtype dtype, double f) { return dtype == JAXC_F32 ? (float)f : f; }

static double erf_inv(jaxc_dtype dtype, double x)
{
    if (dtype == JAXC_F32) {
        float single = (float)x;
        return jx_erf_inv_of_w_f32(single, -log1pf(-single * single));
    }
    return jx_erf_inv_of_w_f64(x, -log1p(-x * x));
}

/* 1 / (1 + e^-x) without overflow. */
static double logistic(double x)
{
    double e = exp(-fabs(x));
    return (x >= 0 ? 1 : e) / (1 + e);
}

/* Recurrence to where the asymptotic series is exact to f64 (Abramowitz and Stegun, 6.3.5, 6.3.18),
 * and reflection (6.3.7). */
static double digamma(double x)
{
    double from_integer = x - nearbyint(x), sum = 0;
    if (x == 0)
        return -(double)INFINITY;
    if (x < 0 && from_integer == 0)
        return (double)NAN;
    if (x < 0)
        return digamma(1 - x) - 3.14159265358979323846 / tan(3.14159265358979323846 * from_integer);
    for (; x < 24; x++)
        sum -= 1 / x;
    double s = 1 / (x * x);
    double series = s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s / 132))));
    return sum + (log(x) - 0.5 / x - series);
}

/* e^-|x| times I0 or I1: the power series to 30, then the asymptotic one (Abramowitz and Stegun,
 * 9.6.10, 9.7.1), whose terms become less for the first 60. */
static double bessel_ie(int order, double x)
{
    double a = fabs(x), term = order ? a / 2 : 1, sum = 0;
    if (a <= 30) {
        for (int k = 1; term > sum * 0x1p-60; k++) {
            sum += term;
            term *= a * a / 4 / k / (k + order);
        }
        sum *= exp(-a);
    } else {
        term = 1;
        for (int k = 1; fabs(term) > 0x1p-60; k++) {
            sum += term;
            term *= ((2 * k - 1) * (2 * k - 1) - 4 * order) / (8 * a * k);
        }
        sum /= sqrt(2 * 3.14159265358979323846) * sqrt(a);
    }
    return isnan(x) ? x : order ? copysign(sum, x) : sum;
}

static double float_unary(enum jx_scalar_op op, jaxc_dtype dtype, double x)
{
    switch (op) {
    case JX_S_neg: return -x;
    case JX_S_abs: return fabs(x);
    case JX_S_sign: return x > 0 ? 1 : x < 0 ? -1 : x;
    case JX_S_exp: return exp(x);
    case JX_S_expm1: return expm1(x);
    case JX_S_log: return log(x);
    case JX_S_log1p: return log1p(x);
    case JX_S_sin: return sin(x);
    case JX_S_cos: return cos(x);
    case JX_S_tanh: return tanh(x);
    case JX_S_logistic: return logistic(x);
    case JX_S_sqrt: return sqrt(x);
    case JX_S_rsqrt: return 1 / sqrt(x);
    case JX_S_erf_inv: return erf_inv(dtype, x);
    case JX_S_square: return x * x;
    case JX_S_exp2: return exp2(x);
    case JX_S_tan: return tan(x);
    case JX_S_asin: return asin(x);
    case JX_S_acos: return acos(x);
    case JX_S_atan: return atan(x);
    case JX_S_sinh: return sinh(x);
    case JX_S_cosh: return cosh(x);
    case JX_S_asinh: return asinh(x);
    case JX_S_acosh: return acosh(x);
    case JX_S_atanh: return atanh(x);
    case JX_S_cbrt: return cbrt(x);
    case JX_S_erf: return erf(x);
    case JX_S_erfc: return erfc(x);
    case JX_S_lgamma: return lgamma(x);
    case JX_S_digamma: return digamma(x);
    case JX_S_bessel_i0e: return bessel_ie(0, x);
    case JX_S_bessel_i1e: return bessel_ie(1, x);
    case JX_S_floor: return floor(x);
    case JX_S_ceil: return ceil(x);
    case JX_S_round: return round(x);
    case JX_S_round_even: return nearbyint(x);
    default: assert(!"an operation on floats"); return 0;
    }
}

static double float_binary(enum jx_scalar_op op, jaxc_dtype dtype, double x, double y)
{
    switch (op) {
    case JX_S_add: return x + y;
    case JX_S_sub: return x - y;
    case JX_S_mul: return x * y;
    case JX_S_div: return x / y;
    case JX_S_max: return isnan(x) || isnan(y) ? (double)NAN : x > y ? x : y;
    case JX_S_min: return isnan(x) || isnan(y) ? (double)NAN : x < y ? x : y;
    case JX_S_pow: return pow(x, y);
    case JX_S_logaddexp: return x == y ? x + log(2) : fmax(x, y) + log1p(exp(-fabs(x - y)));
    case JX_S_rem: return fmod(x, y);
    case JX_S_random_gamma_grad:
        return dtype == JAXC_F32 ? jx_random_gamma_grad_f32((float)x, (float)y)
                                 : jx_random_gamma_grad_f64(x, y);
    case JX_S_atan2: return atan2(x, y);
    case JX_S_nextafter:
        return dtype == JAXC_F32 ? nextafterf((float)x, (float)y) : nextafter(x, y);
    default: assert(!"an operation on two floats"); return 0;
    }
}

/* -1, 0, 1 as x is less than, equal to, greater than y; 2 when either is NaN. */
static int compare(enum jx_category category, union jx_scalar x, union jx_scalar y)
{
    switch (category) {
    case JX_CAT_BOOL:
    case JX_CAT_SIGNED: return (x.i > y.i) - (x.i < y.i);
    case JX_CAT_UNSIGNED: return (x.u > y.u) - (x.u < y.u);
    default: return isnan(x.f) || isnan(y.f) ? 2 : (x.f > y.f) - (x.f < y.f);
    }
}

static bool is_comparison(enum jx_scalar_op op) { return op >= JX_S_eq && op <= JX_S_ge; }

static bool holds(enum jx_scalar_op op, int order)
{
    switch (op) {
    case JX_S_eq: return order == 0;
    case JX_S_ne: return order != 0;
    case JX_S_lt: return order == -1;
    case JX_S_le: return order == -1 || order == 0;
    case JX_S_gt: return order == 1;
    default: return order == 1 || order == 0;
    }
}

static union jx_scalar bool_op(enum jx_scalar_op op, int64_t x, int64_t y)
{
    switch (op) {
    case JX_S_not: return of_i64(!x);
    case JX_S_add:
    case JX_S_max:
    case JX_S_or: return of_i64(x || y);
    case JX_S_mul:
    case JX_S_min:
    case JX_S_and: return of_i64(x && y);
    case JX_S_xor: return of_i64(x != y);
    default: assert(!"an operation on bools"); return of_i64(0);
    }
}

/* An integer dtype: all arithmetic is in 64 bits, then cut back to its own. */
struct width {
    unsigned bits;
    bool is_signed;
};

static union jx_scalar cut(struct width w, uint64_t u)
{
    u <<= 64 - w.bits;
    return w.is_signed ? of_i64((int64_t)u >> (64 - w.bits)) : of_u64(u >> (64 - w.bits));
}

static uint64_t divide(struct width w, union jx_scalar x, union jx_scalar y)
{
    if (y.u == 0)
        return UINT64_MAX;
    if (!w.is_signed)
        return x.u / y.u;
    return y.i == -1 ? 0 - x.u : (uint64_t)(x.i / y.i);
}

static uint64_t remainder_of(struct width w, union jx_scalar x, union jx_scalar y)
{
    if (y.u == 0)
        return x.u;
    if (!w.is_signed)
        return x.u % y.u;
    return y.i == -1 ? 0 : (uint64_t)(x.i % y.i);
}

static uint64_t count_ones(struct width w, uint64_t x)
{
    uint64_t n = 0;
    for (unsigned i = 0; i < w.bits; i++)
        n += x >> i & 1;
    return n;
}

static uint64_t leading_zeros(struct width w, uint64_t x)
{
    uint64_t n = 0;
    while (n < w.bits && !(x >> (w.bits - 1 - n) & 1))
        n++;
    return n;
}

static uint64_t power(uint64_t x, uint64_t y)
{
    uint64_t z = x == 0 && y != 0 ? 0 : 1;
    for (int i = 0; i < 6; i++, y >>= 1, x *= x)
        z *= y & 1 ? x : 1;
    return z;
}

static uint64_t shift(enum jx_scalar_op op, struct width w, union jx_scalar x, union jx_scalar y)
{
    uint64_t top = x.u << (64 - w.bits); /* the bits at the upper end of 64 */
    bool outside = y.u >= w.bits;        /* also of negative counts */
    switch (op) {
    case JX_S_shift_left: return outside ? 0 : x.u << y.u;
    case JX_S_shift_right_logical: return outside ? 0 : top >> (64 - w.bits) >> y.u;
    default:
        return (uint64_t)((int64_t)top >> (64 - w.bits) >> (outside ? w.bits - 1 : (unsigned)y.u));
    }
}

static union jx_scalar integer_op(enum jx_scalar_op op, struct width w, union jx_scalar x,
                                  union jx_scalar y)
{
    bool negative = w.is_signed && x.i < 0;
    int order = compare(w.is_signed ? JX_CAT_SIGNED : JX_CAT_UNSIGNED, x, y);
    switch (op) {
    case JX_S_neg: return cut(w, 0 - x.u);
    case JX_S_abs: return cut(w, negative ? 0 - x.u : x.u);
    case JX_S_sign: return cut(w, negative ? UINT64_MAX : x.u != 0);
    case JX_S_not: return cut(w, ~x.u);
    case JX_S_square: return cut(w, x.u * x.u);
    case JX_S_population_count: return cut(w, count_ones(w, x.u));
    case JX_S_clz: return cut(w, leading_zeros(w, x.u));
    case JX_S_add: return cut(w, x.u + y.u);
    case JX_S_sub: return cut(w, x.u - y.u);
    case JX_S_mul: return cut(w, x.u * y.u);
    case JX_S_div: return cut(w, divide(w, x, y));
    case JX_S_rem: return cut(w, remainder_of(w, x, y));
    case JX_S_max: return order > 0 ? x : y;
    case JX_S_min: return order < 0 ? x : y;
    case JX_S_pow: return cut(w, power(x.u, y.u));
    case JX_S_and: return cut(w, x.u & y.u);
    case JX_S_random_gamma32: return of_u64(jx_random_gamma32_u64(x.u, y.u));
    case JX_S_random_gamma64: return of_u64(jx_random_gamma64_u64(x.u, y.u));
    case JX_S_random_loggamma32: return of_u64(jx_random_loggamma32_u64(x.u, y.u));
    case JX_S_random_loggamma64: return of_u64(jx_random_loggamma64_u64(x.u, y.u));
    case JX_S_random_poisson_tries: return of_u64(jx_random_poisson_tries_u64(x.u, y.u));
    case JX_S_random_poisson: return of_u64(jx_random_poisson_u64(x.u, y.u));
    case JX_S_or: return cut(w, x.u | y.u);
    case JX_S_xor: return cut(w, x.u ^ y.u);
    case JX_S_shift_left:
    case JX_S_shift_right_logical:
    case JX_S_shift_right_arithmetic: return cut(w, shift(op, w, x, y));
    default: assert(!"an operation on integers"); return x;
    }
}

static union jx_scalar bitcast(union jx_scalar x, jaxc_dtype from, jaxc_dtype to)
{
    uint64_t bytes;
    jx_scalar_store(&bytes, from, x);
    return jx_scalar_load(&bytes, to);
}

static union jx_scalar scalar_op(enum jx_scalar_op op, jaxc_dtype from, jaxc_dtype to,
                                 const union jx_scalar *args)
{
    const struct jx_dtype_info *info = jx_dtype_info(from);
    if (op == JX_S_select)
        return args[0].i ? args[2] : args[1];
    if (op == JX_S_convert)
        return jx_scalar_convert(args[0], from, to);
    if (op == JX_S_bitcast)
        return bitcast(args[0], from, to);
    if (op == JX_S_is_finite)
        return of_i64(isfinite(args[0].f) != 0);
    if (is_comparison(op))
        return of_i64(holds(op, compare(info->category, args[0], args[1])));
    switch (info->category) {
    case JX_CAT_BOOL: return bool_op(op, args[0].i, args[1].i);
    case JX_CAT_FLOAT:
        return of_f64(round_to(from, jx_scalar_op_info[op].arity == 1
                                         ? float_unary(op, from, args[0].f)
                                         : float_binary(op, from, args[0].f, args[1].f)));
    default:
        return integer_op(op, (struct width){8 * info->size, info->category == JX_CAT_SIGNED},
                          args[0], args[1]);
    }
}

/* ---- reductions ------------------------------------------------------------------------------ */

struct sum {               /* a reduction under way */
    union jx_scalar value; /* of an arg-reduction: the index */
    union jx_scalar best;  /* of an arg-reduction: the value there */
    double lost;           /* of a sum of floats: what rounding took from it */
    bool any;
};

/* NaN beats all; of equals the lowest index wins. */
static bool is_better(enum jx_combine combine, jaxc_dtype value_dtype, jaxc_dtype index_dtype,
                      const struct sum *s, const union jx_scalar *args)
{
    int order = compare(jx_dtype_info(value_dtype)->category, args[0], s->best);
    bool lower = compare(jx_dtype_info(index_dtype)->category, args[1], s->value) < 0;
    if (!s->any)
        return true;
    if (order == 2)
        return isnan(args[0].f) && (!isnan(s->best.f) || lower);
    return order == (combine == JX_COMBINE_ARGMAX ? 1 : -1) || (order == 0 && lower);
}

static void add_compensated(struct sum *s, jaxc_dtype dtype, double x)
{
    double total = round_to(dtype, s->value.f + x);
    double big = fabs(s->value.f) >= fabs(x) ? s->value.f : x;
    double small = fabs(s->value.f) >= fabs(x) ? x : s->value.f;
    double lost = round_to(dtype, round_to(dtype, big - total) + small);
    s->lost = round_to(dtype, s->lost + lost);
    s->value.f = total;
}

static void combine(const struct jx_kernel *kernel, const struct jx_instr *x, struct sum *s,
                    const union jx_scalar *args)
{
    jaxc_dtype dtype = (jaxc_dtype)x->dtype;
    enum jx_combine how = (enum jx_combine)x->op;
    if (how == JX_COMBINE_ARGMAX || how == JX_COMBINE_ARGMIN) {
        jaxc_dtype value_dtype = (jaxc_dtype)kernel->instrs[x->args[0]].dtype;
        if (is_better(how, value_dtype, dtype, s, args)) {
            s->best = args[0];
            s->value = args[1];
        }
    } else if (how == JX_COMBINE_ADD && jx_is_float(dtype)) {
        add_compensated(s, dtype, args[0].f);
    } else {
        union jx_scalar pair[3] = {s->value, args[0], {.u = 0}};
        s->value = scalar_op(jx_combine_op(how), dtype, dtype, pair);
    }
    s->any = true;
}

static union jx_scalar total(const struct jx_instr *x, const struct sum *s)
{
    jaxc_dtype dtype = (jaxc_dtype)x->dtype;
    bool compensated = x->op == JX_COMBINE_ADD && jx_is_float(dtype) && isfinite(s->value.f);
    return compensated && s->lost != 0 ? of_f64(round_to(dtype, s->value.f + s->lost)) : s->value;
}

/* ---- kernels --------------------------------------------------------------------------------- */

struct run {
    const struct jx_code *code;
    const struct jx_kernel *kernel;
    char **memory;        /* of each storage */
    char **before;        /* of each storage: what loads read, a copy where the kernel writes */
    int *available;       /* of each instruction, as jx_kernel_available has it */
    union jx_scalar *reg; /* of each instruction, at the present point */
    struct sum *sums;
    int64_t index[JX_MAX_AXES];
};

static bool element_of(const struct run *r, const struct jx_view *view, int64_t *element)
{
    const struct jx_storage *storage = &r->code->storages[view->storage];
    if (!jx_view_at(view, storage->layout.block, r->kernel->n_axes, r->index, element))
        return false;
    *element *= jx_dtype_info(storage->dtype)->size;
    return true;
}

static union jx_scalar load(const struct run *r, const struct jx_instr *x)
{
    const struct jx_view *view = &r->kernel->views[x->view];
    int64_t at;
    if (!element_of(r, view, &at) || (x->args[1] >= 0 && !r->reg[x->args[1]].u))
        return view->fill;
    if (x->args[0] >= 0)
        at += r->reg[x->args[0]].i * jx_dtype_info(r->code->storages[view->storage].dtype)->size;
    return jx_scalar_load(r->before[view->storage] + at, r->code->storages[view->storage].dtype);
}

static void operands(const struct run *r, const struct jx_instr *x, union jx_scalar *args)
{
    for (int j = 0; j < 3; j++)
        args[j] = x->args[j] >= 0 ? r->reg[x->args[j]] : of_u64(0);
}

static void step(struct run *r, int i)
{
    const struct jx_instr *x = &r->kernel->instrs[i];
    union jx_scalar args[3];
    switch (x->kind) {
    case JX_I_LOAD: r->reg[i] = load(r, x); break;
    case JX_I_CONST: r->reg[i] = x->imm; break;
    case JX_I_INDEX:
        r->reg[i] = jx_scalar_convert(of_i64(r->index[x->axis]), JAXC_I64, (jaxc_dtype)x->dtype);
        break;
    case JX_I_SCALAR: {
        int value = x->op == JX_S_select ? 1 : 0;
        operands(r, x, args);
        r->reg[i] =
            scalar_op((enum jx_scalar_op)x->op, (jaxc_dtype)r->kernel->instrs[x->args[value]].dtype,
                      (jaxc_dtype)x->dtype, args);
        break;
    }
    case JX_I_REDUCE: break; /* total() */
    }
}

static void store(const struct run *r, bool inner, int stage)
{
    for (int i = 0; i < r->kernel->n_stores; i++) {
        const struct jx_store *s = &r->kernel->stores[i];
        const struct jx_instr *x = &r->kernel->instrs[s->reg];
        int64_t at;
        if (x->inner != inner || (inner && x->stage != stage) || !element_of(r, &s->view, &at))
            continue;
        jx_scalar_store(r->memory[s->view.storage] + at, (jaxc_dtype)x->dtype, r->reg[s->reg]);
    }
}

/* To the next point of axes [first, last), the last one fastest; false after the last point. */
static bool advance(struct run *r, int first, int last)
{
    for (int k = last - 1; k >= first; k--) {
        if (++r->index[k] < r->kernel->dims[k])
            return true;
        r->index[k] = 0;
    }
    return false;
}

static bool has_points(const struct jx_kernel *kernel, int first, int last)
{
    for (int k = first; k < last; k++)
        if (kernel->dims[k] == 0)
            return false;
    return true;
}

/* Outer instructions that have their value after a stage. */
static void run_outer(struct run *r, int stage)
{
    for (int i = 0; i < r->kernel->n_instrs; i++) {
        const struct jx_instr *x = &r->kernel->instrs[i];
        if (x->inner || r->available[i] != stage)
            continue;
        if (x->kind == JX_I_REDUCE)
            r->reg[i] = total(x, &r->sums[i]);
        else
            step(r, i);
    }
}

/* Inner instructions of earlier stages are computed again: they may be used in this one. */
static void run_inner_point(struct run *r, int stage)
{
    union jx_scalar args[3];
    for (int i = 0; i < r->kernel->n_instrs; i++) {
        const struct jx_instr *x = &r->kernel->instrs[i];
        if (x->inner && x->stage <= stage) {
            step(r, i);
        } else if (x->kind == JX_I_REDUCE && x->stage == stage) {
            operands(r, x, args);
            combine(r->kernel, x, &r->sums[i], args);
        }
    }
    store(r, true, stage);
}

static void run_outer_point(struct run *r)
{
    const struct jx_kernel *kernel = r->kernel;
    bool inner = has_points(kernel, kernel->n_outer, kernel->n_axes);
    for (int i = 0; i < kernel->n_instrs; i++) {
        const struct jx_instr *x = &kernel->instrs[i];
        if (x->kind == JX_I_REDUCE)
            r->sums[i] = (struct sum){
                .value = jx_combine_identity((enum jx_combine)x->op, (jaxc_dtype)x->dtype)};
    }
    run_outer(r, -1);
    for (int stage = 0; stage < kernel->n_stages; stage++) {
        bool more = inner;
        while (more) {
            run_inner_point(r, stage);
            more = advance(r, kernel->n_outer, kernel->n_axes);
        }
        run_outer(r, stage);
    }
    store(r, false, -1);
}

static void run_kernel(struct run *r)
{
    const struct jx_kernel *kernel = r->kernel;
    jx_kernel_available(kernel, r->available);
    memset(r->index, 0, sizeof r->index);
    bool more = has_points(kernel, 0, kernel->n_outer);
    while (more) {
        run_outer_point(r);
        more = advance(r, 0, kernel->n_outer);
    }
}

/* ---- routines -------------------------------------------------------------------------------- */

static union jx_scalar apply(const struct run *r, int reg, union jx_scalar x, union jx_scalar y)
{
    jaxc_dtype dtype = (jaxc_dtype)r->kernel->instrs[reg].dtype;
    const union jx_scalar args[3] = {x, y};
    return scalar_op((enum jx_scalar_op)r->kernel->routine.op, dtype, dtype, args);
}

static void load_all(struct run *r)
{
    for (int i = 0; i < r->kernel->n_instrs; i++)
        step(r, i);
}

static void run_scatter(struct run *r)
{
    const struct jx_routine *x = &r->kernel->routine;
    const struct jx_view *to = &r->kernel->stores[0].view;
    jaxc_dtype dtype = r->code->storages[to->storage].dtype;
    bool more = has_points(r->kernel, 0, r->kernel->n_outer);
    for (; more; more = advance(r, 0, r->kernel->n_outer)) {
        int64_t at;
        load_all(r);
        element_of(r, to, &at);
        char *p = r->memory[to->storage] + at + r->reg[x->address].i * jx_dtype_info(dtype)->size;
        if (x->valid >= 0 && !r->reg[x->valid].u)
            continue;
        union jx_scalar y = r->reg[x->value];
        jx_scalar_store(p, dtype, x->op ? apply(r, x->value, jx_scalar_load(p, dtype), y) : y);
    }
}

/* Less, in the order of a sort: NaN is the greatest, and all NaN are equal. */
static bool less(jaxc_dtype dtype, union jx_scalar x, union jx_scalar y)
{
    switch (jx_dtype_info(dtype)->category) {
    case JX_CAT_FLOAT: return x.f < y.f || (isnan(y.f) && !isnan(x.f));
    case JX_CAT_SIGNED: return x.i < y.i;
    default: return x.u < y.u;
    }
}

/* rows: n values of each instruction. */
static bool before(const struct run *r, const union jx_scalar *rows, int64_t n, int64_t i,
                   int64_t j)
{
    for (int k = 0; k < r->kernel->routine.n_keys; k++) {
        jaxc_dtype dtype = (jaxc_dtype)r->kernel->instrs[k].dtype;
        if (less(dtype, rows[k * n + i], rows[k * n + j]))
            return true;
        if (less(dtype, rows[k * n + j], rows[k * n + i]))
            return false;
    }
    return false;
}

/* The order of a row's points: runs of doubling length are merged. */
static void sort_row(const struct run *r, const union jx_scalar *rows, int64_t n, int64_t *order,
                     int64_t *other)
{
    for (int64_t i = 0; i < n; i++)
        order[i] = i;
    for (int64_t run = 1; run < n; run *= 2) {
        for (int64_t i = 0; i < n; i += 2 * run) {
            int64_t middle = i + run < n ? i + run : n, end = middle + run < n ? middle + run : n;
            for (int64_t at = i, x = i, y = middle; at < end; at++)
                other[at] = y < end && (x == middle || before(r, rows, n, order[y], order[x]))
                                ? order[y++]
                                : order[x++];
        }
        memcpy(order, other, (size_t)n * sizeof *order);
    }
}

static void run_prefix(const struct run *r, union jx_scalar *row, int64_t n)
{
    const struct jx_routine *x = &r->kernel->routine;
    for (int64_t i = 1; i < n; i++) {
        union jx_scalar *at = &row[x->reverse ? n - 1 - i : i];
        *at = apply(r, x->value, at[x->reverse ? 1 : -1], *at);
    }
}

static void run_row(struct run *r, union jx_scalar *rows, int64_t *order, int64_t *other)
{
    const struct jx_kernel *k = r->kernel;
    int axis = k->n_outer;
    int64_t n = k->dims[axis], at;
    for (r->index[axis] = 0; r->index[axis] < n; r->index[axis]++) {
        load_all(r);
        for (int i = 0; i < k->n_instrs; i++)
            rows[i * n + r->index[axis]] = r->reg[i];
    }
    bool sorts = k->routine.kind == JX_ROUTINE_SORT;
    if (sorts)
        sort_row(r, rows, n, order, other);
    else
        run_prefix(r, rows + k->routine.value * n, n);
    for (r->index[axis] = 0; r->index[axis] < n; r->index[axis]++)
        for (int i = 0; i < k->n_stores; i++) {
            const struct jx_store *s = &k->stores[i];
            int64_t from = sorts ? order[r->index[axis]] : r->index[axis];
            element_of(r, &s->view, &at);
            jx_scalar_store(r->memory[s->view.storage] + at, (jaxc_dtype)k->instrs[s->reg].dtype,
                            rows[s->reg * n + from]);
        }
    r->index[axis] = 0;
}

static bool run_routine(struct run *r)
{
    const struct jx_kernel *k = r->kernel;
    memset(r->index, 0, sizeof r->index);
    if (k->routine.kind == JX_ROUTINE_SCATTER) {
        run_scatter(r);
        return true;
    }
    size_t n = (size_t)k->dims[k->n_outer], n_rows;
    union jx_scalar *rows = NULL;
    int64_t *order = jx_alloc(n, 2 * sizeof *order);
    if (jx_mul_size(n, (size_t)k->n_instrs, &n_rows))
        rows = jx_alloc(n_rows, sizeof *rows);
    bool ok = rows && order, more = has_points(k, 0, k->n_axes);
    for (; ok && more; more = advance(r, 0, k->n_outer))
        run_row(r, rows, order, order + n);
    jx_free(rows);
    jx_free(order);
    return ok;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static bool overlaps(const struct run *r, int a, int b)
{
    uintptr_t x = (uintptr_t)r->memory[a], y = (uintptr_t)r->memory[b];
    return x < y + r->code->storages[b].size && y < x + r->code->storages[a].size;
}

static bool is_written(const struct run *r, int storage)
{
    for (int i = 0; i < r->kernel->n_stores; i++)
        if (overlaps(r, storage, r->kernel->stores[i].view.storage))
            return true;
    return false;
}

static void forget_copies(struct run *r)
{
    for (int i = 0; i < r->kernel->n_views; i++) {
        int storage = r->kernel->views[i].storage;
        if (r->before[storage] != r->memory[storage])
            jx_free(r->before[storage]);
        r->before[storage] = r->memory[storage];
    }
}

static bool copy_what_is_written(struct run *r)
{
    for (int i = 0; i < r->kernel->n_views; i++) {
        int storage = r->kernel->views[i].storage;
        if (r->before[storage] != r->memory[storage] || !is_written(r, storage))
            continue;
        size_t size = r->code->storages[storage].size;
        char *copy = jx_alloc_aligned(size);
        if (!copy)
            return false;
        memcpy(copy, r->memory[storage], size);
        r->before[storage] = copy;
    }
    return true;
}

static bool run_code(struct run *r, char *arena, void *const *operands_at, void *const *results)
{
    const struct jx_code *code = r->code;
    for (int i = 0; i < code->n_storages; i++) {
        const struct jx_storage *s = &code->storages[i];
        r->memory[i] = s->kind == JX_STORE_OPERAND  ? operands_at[s->index]
                       : s->kind == JX_STORE_RESULT ? results[s->index]
                                                    : arena + s->offset;
        r->before[i] = r->memory[i];
    }
    bool ok = true;
    for (int k = 0; k < code->n_kernels && ok; k++) {
        r->kernel = &code->kernels[k];
        ok = copy_what_is_written(r);
        if (ok && r->kernel->routine.kind)
            ok = run_routine(r);
        else if (ok)
            run_kernel(r);
        forget_copies(r);
    }
    return ok;
}

/* ---- the backend ----------------------------------------------------------------------------- */

static struct jx_executable *naive_compile(const struct jx_code *code)
{
    if (!jx_code_verify(code))
        return NULL;
    struct jx_executable *executable = jx_alloc(1, sizeof *executable);
    if (!executable)
        return NULL;
    executable->code = code;
    for (int k = 0; k < code->n_kernels; k++)
        if (code->kernels[k].n_instrs > executable->max_instrs)
            executable->max_instrs = code->kernels[k].n_instrs;
    return executable;
}

static bool naive_run(struct jx_executable *executable, void *const *operands_at,
                      void *const *results)
{
    const struct jx_code *code = executable->code;
    size_t n = (size_t)executable->max_instrs, n_storages = (size_t)code->n_storages;
    struct run r = {.code = code};
    char *arena = jx_alloc_aligned(code->arena_size);
    r.memory = jx_alloc(n_storages, sizeof *r.memory);
    r.before = jx_alloc(n_storages, sizeof *r.before);
    r.available = jx_alloc(n, sizeof *r.available);
    r.reg = jx_alloc(n, sizeof *r.reg);
    r.sums = jx_alloc(n, sizeof *r.sums);
    bool ok = arena && r.memory && r.before && r.available && r.reg && r.sums &&
              run_code(&r, arena, operands_at, results);
    jx_free(r.sums);
    jx_free(r.reg);
    jx_free(r.available);
    jx_free(r.before);
    jx_free(r.memory);
    jx_free(arena);
    return ok;
}

static void naive_drop(struct jx_executable *executable) { jx_free(executable); }

const struct jx_backend jx_backend_naive = {
    .name = "naive",
    .max_instrs = JX_MAX_INSTRS,
    .compile = naive_compile,
    .run = naive_run,
    .drop = naive_drop,
};
