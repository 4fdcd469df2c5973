/*
 * prim/round.c - primitives that look at how a number is represented: rounding to integers, to the
 * next number, to fewer bits; whether it is finite; its bits counted.
 */
#include "prim/prim.h"

/* floor, ceil, is_finite, population_count: piecewise constant */
static bool type_is_finite(const struct jx_rule *r, struct jx_aval *out)
{
    if (!jx_type_float(r, out))
        return false;
    out->dtype = JAXC_BOOL;
    out->weak = 0;
    return true;
}

/* clang-format off */
#define DISCRETE(ROW)                                                                              \
    ROW(floor, jx_type_float, 0) ROW(ceil, jx_type_float, 0) ROW(is_finite, type_is_finite, 0)     \
    ROW(population_count, jx_type_integer, JX_AS_UNSIGNED)
/* clang-format on */
#define ROW(op, type_rule, widens)                                                                 \
    const struct jx_prim jx_##op##_p = {                                                           \
        .name = #op,                                                                               \
        .arity = 1,                                                                                \
        .type = type_rule,                                                                         \
        .zero_tangent = true,                                                                      \
        .no_transpose = JX_NOT_LINEAR,                                                             \
        .batch = jx_batch_elementwise,                                                             \
        .lower = jx_lower_scalar,                                                                  \
        .sign = widens,                                                                            \
        .scalar = JX_S_##op,                                                                       \
    };                                                                                             \
    jaxc_value jx_##op(jaxc_value x) { return jx_apply(&jx_##op##_p, NULL, 1, &x); }
DISCRETE(ROW)
#undef ROW

static int number(struct jx_graph *g, jaxc_dtype dtype, uint64_t u)
{
    return jx_g_const(g, dtype, 0, (const int64_t[]){0}, (union jx_scalar){.u = u});
}

/* x op y, both of this dtype; a comparison is bool. */
static int op2(struct jx_graph *g, enum jx_scalar_op op, jaxc_dtype dtype, int x, int y)
{
    return jx_g_scalar(g, op, op >= JX_S_eq && op <= JX_S_ge ? JAXC_BOOL : dtype, 2,
                       (const int[]){x, y});
}

static int choose(struct jx_graph *g, jaxc_dtype dtype, int which, int if_true, int if_false)
{
    return jx_g_scalar(g, JX_S_select, dtype, 3, (const int[]){which, if_false, if_true});
}

static int bits_as(struct jx_graph *g, jaxc_dtype dtype, int x)
{
    return jx_g_scalar(g, JX_S_bitcast, dtype, 1, &x);
}

/* clz: the zeros before the first one; what a narrow integer is widened by does not count */
static bool clz_lower(struct jx_lower *l, const struct jx_rule *r)
{
    jaxc_dtype own = (jaxc_dtype)r->in[0]->dtype, dtype = jx_wide_dtype(own, JX_AS_UNSIGNED);
    int x = jx_g_widen(l->graph, l->in[0], JX_AS_UNSIGNED);
    int count = jx_g_scalar(l->graph, JX_S_clz, dtype, 1, &x);
    if (dtype != own) {
        unsigned more = 8 * (jx_dtype_info(dtype)->size - jx_dtype_info(own)->size);
        count = op2(l->graph, JX_S_sub, dtype, count, number(l->graph, dtype, more));
        count = jx_g_narrow(l->graph, own, count);
    }
    l->out[0] = count;
    return count >= 0;
}

const struct jx_prim jx_clz_p = {
    .name = "clz",
    .arity = 1,
    .type = jx_type_integer,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = clz_lower,
    .moves = true,
    .scalar = JX_S_clz,
};

jaxc_value jx_clz(jaxc_value x) { return jx_apply(&jx_clz_p, NULL, 1, &x); }

/* round: to the nearest integer; of two the one away from 0, or the even one */
static bool round_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_round_params *p = r->params;
    if (p->rounding_method != JX_AWAY_FROM_ZERO && p->rounding_method != JX_TO_NEAREST_EVEN)
        return jx_fail(JAXC_EVALUE, "round: %lld is no rounding method",
                       (long long)p->rounding_method);
    return jx_type_float(r, out);
}

static bool round_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_round_params *p = r->params;
    enum jx_scalar_op op = p->rounding_method == JX_AWAY_FROM_ZERO ? JX_S_round : JX_S_round_even;
    l->out[0] = jx_g_scalar(l->graph, op, r->out[0]->dtype, 1, l->in);
    return l->out[0] >= 0;
}

const struct jx_prim jx_round_p = {
    .name = "round",
    .arity = 1,
    .fields =
        (const struct jx_field[]){JX_FIELD(struct jx_round_params, rounding_method, JX_F_INT), {0}},
    .params_size = sizeof(struct jx_round_params),
    .type = round_type,
    .zero_tangent = true,
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = round_lower,
};

jaxc_value jx_round(jaxc_value x, enum jx_rounding_method method)
{
    struct jx_round_params p = {method};
    return jx_apply(&jx_round_p, &p, 1, &x);
}

/* nextafter; of narrow floats by their bits: one more or less is the next float, and beside 0 is the
 * least one, of the sign of y */
static bool nextafter_lower(struct jx_lower *l, const struct jx_rule *r)
{
    struct jx_graph *g = l->graph;
    jaxc_dtype own = (jaxc_dtype)r->in[0]->dtype, dtype = jx_wide_dtype(own, JX_OWN_SIGN);
    if (dtype == own)
        return jx_lower_scalar(l, r);
    int x = jx_g_widen(g, l->in[0], JX_OWN_SIGN);
    int y = jx_g_widen(g, l->in[1], JX_OWN_SIGN);
    int x_bits = jx_g_widen(g, bits_as(g, JAXC_U16, l->in[0]), JX_OWN_SIGN);
    int y_bits = jx_g_widen(g, bits_as(g, JAXC_U16, l->in[1]), JX_OWN_SIGN);
    int zero = jx_g_const(g, dtype, 0, (const int64_t[]){0}, (union jx_scalar){.f = 0});
    int one = number(g, JAXC_U32, 1);

    int upwards = op2(g, JX_S_lt, dtype, x, y);
    int positive = op2(g, JX_S_gt, dtype, x, zero);
    int outwards = op2(g, JX_S_eq, JAXC_BOOL, upwards, positive);
    int more = op2(g, JX_S_add, JAXC_U32, x_bits, one);
    int less = op2(g, JX_S_sub, JAXC_U32, x_bits, one);
    int beside = choose(g, JAXC_U32, outwards, more, less);

    int sign = op2(g, JX_S_and, JAXC_U32, y_bits, number(g, JAXC_U32, 0x8000));
    int least = op2(g, JX_S_or, JAXC_U32, sign, one);
    beside = choose(g, JAXC_U32, op2(g, JX_S_eq, dtype, x, zero), least, beside);
    beside = choose(g, JAXC_U32, op2(g, JX_S_eq, dtype, x, y), y_bits, beside);
    int x_is_number = op2(g, JX_S_eq, dtype, x, x);
    beside = choose(g, JAXC_U32, x_is_number, beside, x_bits); /* NaN stays */
    int y_is_number = op2(g, JX_S_eq, dtype, y, y);
    beside = choose(g, JAXC_U32, y_is_number, beside, y_bits);
    l->out[0] = bits_as(g, own, jx_g_narrow(g, JAXC_U16, beside));
    return l->out[0] >= 0;
}

/* JAX has no derivative either. */
const struct jx_prim jx_nextafter_p = {
    .name = "nextafter",
    .arity = 2,
    .type = jx_type_float,
    .no_jvp = "the distance to the next number is no function to differentiate",
    .no_transpose = JX_NOT_LINEAR,
    .batch = jx_batch_elementwise,
    .lower = nextafter_lower,
    .moves = true,
    .scalar = JX_S_nextafter,
};

jaxc_value jx_nextafter(jaxc_value x, jaxc_value y)
{
    return jx_apply(&jx_nextafter_p, NULL, 2, (const jaxc_value[]){x, y});
}

/* reduce_precision: rounded to a float of fewer bits, to infinity or 0 where that has no number;
 * tangents are rounded alike */
static bool reduce_precision_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_reduce_precision_params *p = r->params;
    if (p->exponent_bits < 1 || p->mantissa_bits < 0)
        return jx_fail(JAXC_EVALUE,
                       "reduce_precision: a float of %lld exponent and %lld mantissa bits",
                       (long long)p->exponent_bits, (long long)p->mantissa_bits);
    return jx_type_float(r, out);
}

static jaxc_value reduce_precision_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    return jx_jvp_linear(r, ct[0]);
}

/* The layout of a float. */
struct layout {
    jaxc_dtype bits;
    int mantissa, exponent;
};

/* Half of the last kept unit is added, less one where that unit is even; then the bits below go. */
static int round_mantissa(struct jx_graph *g, struct layout f, int x, int64_t mantissa)
{
    unsigned below = (unsigned)(f.mantissa - mantissa);
    uint64_t unit = (uint64_t)1 << below, all = f.bits == JAXC_U32 ? UINT32_MAX : UINT64_MAX;
    int last = op2(g, JX_S_shift_right_logical, f.bits, x, number(g, f.bits, below));
    int odd = op2(g, JX_S_and, f.bits, last, number(g, f.bits, 1));
    int more = op2(g, JX_S_add, f.bits, odd, number(g, f.bits, unit / 2 - 1));
    x = op2(g, JX_S_add, f.bits, x, more);
    return op2(g, JX_S_and, f.bits, x, number(g, f.bits, all & ~(unit - 1)));
}

/* What lies above the greatest exponent becomes infinity, what is below the least 0. */
static int clip_exponent(struct jx_graph *g, struct layout f, int x, int64_t exponent)
{
    uint64_t sign_bit = (uint64_t)1 << (f.mantissa + f.exponent);
    uint64_t bias = ((uint64_t)1 << (f.exponent - 1)) - 1;
    uint64_t reach = ((uint64_t)1 << (exponent - 1)) - 1;
    uint64_t infinity = (((uint64_t)1 << f.exponent) - 1) << f.mantissa;
    int sign = op2(g, JX_S_and, f.bits, x, number(g, f.bits, sign_bit));
    int at = op2(g, JX_S_and, f.bits, x, number(g, f.bits, infinity));
    int above = op2(g, JX_S_gt, f.bits, at, number(g, f.bits, (bias + reach) << f.mantissa));
    int under = op2(g, JX_S_le, f.bits, at, number(g, f.bits, (bias - reach) << f.mantissa));
    int infinite = op2(g, JX_S_or, f.bits, sign, number(g, f.bits, infinity));
    x = choose(g, f.bits, above, infinite, x);
    return choose(g, f.bits, under, sign, x);
}

static bool reduce_precision_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_reduce_precision_params *p = r->params;
    jaxc_dtype dtype = (jaxc_dtype)r->out[0]->dtype;
    struct layout f =
        dtype == JAXC_F32 ? (struct layout){JAXC_U32, 23, 8} : (struct layout){JAXC_U64, 52, 11};
    int x = l->in[0], bits = bits_as(l->graph, f.bits, x);
    if (p->mantissa_bits < f.mantissa)
        bits = round_mantissa(l->graph, f, bits, p->mantissa_bits);
    if (p->exponent_bits < f.exponent)
        bits = clip_exponent(l->graph, f, bits, p->exponent_bits);
    int y = bits_as(l->graph, dtype, bits), is_number = op2(l->graph, JX_S_eq, dtype, x, x);
    l->out[0] = choose(l->graph, dtype, is_number, y, x);
    return l->out[0] >= 0;
}

const struct jx_prim jx_reduce_precision_p = {
    .name = "reduce_precision",
    .arity = 1,
    .fields =
        (const struct jx_field[]){
            JX_FIELD(struct jx_reduce_precision_params, exponent_bits, JX_F_INT),
            JX_FIELD(struct jx_reduce_precision_params, mantissa_bits, JX_F_INT),
            {0}},
    .params_size = sizeof(struct jx_reduce_precision_params),
    .type = reduce_precision_type,
    .jvp = jx_jvp_linear,
    .transpose = reduce_precision_transpose,
    .batch = jx_batch_elementwise,
    .lower = reduce_precision_lower,
};

jaxc_value jx_reduce_precision(jaxc_value x, int64_t exponent_bits, int64_t mantissa_bits)
{
    struct jx_reduce_precision_params p = {exponent_bits, mantissa_bits};
    return jx_apply(&jx_reduce_precision_p, &p, 1, &x);
}
