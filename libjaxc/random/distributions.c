/*
 * distributions.c - floats of other distributions, computed from uniform and normal ones by JAX's
 * formulas (semantics 1.8), operation by operation: what differs is the rounding of exp and its
 * like.
 *
 * Above each: u is uniform, n normal, e exponential.
 */
#include "random/random.h"

#include <float.h>
#include <math.h>

/* The smallest normal number; eps: from 1 to the next one. */
static double tiny_of(jaxc_dtype dtype)
{
    return dtype == JAXC_F64 ? DBL_MIN : dtype == JAXC_F16 ? 0x1p-14 : (double)FLT_MIN;
}

static double eps_of(jaxc_dtype dtype) { return ldexp(1, -jx_fraction_bits(dtype)); }

static jaxc_value between(jaxc_value key, const struct jx_aval *type, double low)
{
    return jx_random_uniform(key, type, jx_literal(type, low), jx_literal(type, 1));
}

static jaxc_value minus(jaxc_value x, double number)
{
    return jx_sub(x, jx_number_like(x, number));
}

static jaxc_value times(jaxc_value x, double number)
{
    return jx_mul(x, jx_number_like(x, number));
}

/* ---- without parameters ---------------------------------------------------------------------- */

/* -log(1 - u) */
jaxc_value jx_random_exponential(jaxc_value key, const struct jx_aval *type)
{
    return jx_neg(jx_log1p(jx_neg(jx_random_unit(key, type))));
}

static jaxc_value exponential(jaxc_value key, const struct jx_aval *type)
{
    return jx_random_exponential(key, type);
}

/* -log(-log u) */
jaxc_value jx_random_gumbel(jaxc_value key, const struct jx_aval *type)
{
    jaxc_value u = between(key, type, tiny_of((jaxc_dtype)type->dtype));
    return jx_neg(jx_log(jx_neg(jx_log(u))));
}

static jaxc_value gumbel(jaxc_value key, const struct jx_aval *type)
{
    return jx_random_gumbel(key, type);
}

/* sign(u) log(1 - |u|), u in (-1, 1) */
static jaxc_value laplace(jaxc_value key, const struct jx_aval *type)
{
    jaxc_value u = between(key, type, eps_of((jaxc_dtype)type->dtype) / 2 - 1);
    return jx_mul(jx_sign(u), jx_log1p(jx_neg(jx_abs(u))));
}

/* log u - log(1 - u) */
static jaxc_value logistic(jaxc_value key, const struct jx_aval *type)
{
    jaxc_value u = between(key, type, tiny_of((jaxc_dtype)type->dtype));
    return jx_sub(jx_log(u), jx_log1p(jx_neg(u)));
}

/* tan(pi (u - 1 / 2)) */
static jaxc_value cauchy(jaxc_value key, const struct jx_aval *type)
{
    jaxc_value u = between(key, type, eps_of((jaxc_dtype)type->dtype));
    return jx_tan(times(minus(u, 0.5), 3.14159265358979323846 /* pi */));
}

/* the length of three n */
static jaxc_value maxwell(jaxc_value key, const struct jx_aval *type)
{
    struct jx_aval three = *type;
    int last = type->rank;
    if (last == JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT,
                "%d axes and three numbers along another; at most %d axes are possible", last,
                JAXC_MAX_RANK);
        return JX_POISON;
    }
    three.dims[three.rank++] = 3;
    int64_t count;
    if (!jx_n_elements(three.rank, three.dims, &count))
        return JX_POISON;
    return jx_sqrt(jx_reduce_sum(jx_square(jx_random_normal(key, &three)), 1, &last));
}

#define PLAIN(ROW) ROW(exponential) ROW(gumbel) ROW(laplace) ROW(logistic) ROW(cauchy) ROW(maxwell)
#define ROW(name)                                                                                  \
    jaxc_value(jaxc_random_##name)(jaxc_value key, struct jaxc_shape shape, jaxc_dtype dtype)      \
    {                                                                                              \
        jx_enter("jaxc_random_" #name);                                                            \
        struct jx_aval type;                                                                       \
        if (!jx_check_key(key) || !jx_draw_type(shape, dtype, &type))                              \
            return JX_POISON;                                                                      \
        return name(key, &type);                                                                   \
    }
PLAIN(ROW)
#undef ROW

/* ---- with one parameter ---------------------------------------------------------------------- */

/* exp(sigma n) */
static jaxc_value lognormal(jaxc_value key, const struct jx_aval *type, jaxc_value sigma)
{
    return jx_exp(jx_mul(jx_random_normal(key, type), sigma));
}

/* exp(e / b) */
static jaxc_value pareto(jaxc_value key, const struct jx_aval *type, jaxc_value b)
{
    return jx_exp(jx_div(exponential(key, type), b));
}

/* scale sqrt(-2 log u) */
static jaxc_value rayleigh(jaxc_value key, const struct jx_aval *type, jaxc_value scale)
{
    return jx_mul(scale, jx_sqrt(times(jx_log(jx_random_unit(key, type)), -2)));
}

/* y = n^2, x = m + m^2 y / 2 - m / 2 sqrt(4 m y + m^2 y^2); x if u <= m / (m + x), else m^2 / x */
static jaxc_value wald(jaxc_value key, const struct jx_aval *type, jaxc_value mean)
{
    jaxc_value first, second;
    if (!jx_split_key(key, &first, &second))
        return JX_POISON;
    jaxc_value y = jx_square(jx_random_normal(first, type));
    jaxc_value u = jx_random_unit(second, type);
    jaxc_value squared = jx_square(mean);
    jaxc_value root = jx_mul(times(mean, 4), y);
    root = jx_sqrt(jx_add(root, jx_mul(squared, jx_square(y))));
    jaxc_value x = jx_add(mean, times(jx_mul(squared, y), 0.5));
    x = jx_sub(x, jx_mul(times(mean, 0.5), root));
    jaxc_value below = jx_le(u, jx_div(mean, jx_add(mean, x)));
    return jx_select(below, x, jx_div(squared, x));
}

#define ONE_PARAMETER(ROW) ROW(lognormal) ROW(pareto) ROW(rayleigh) ROW(wald)
#define ROW(name)                                                                                  \
    jaxc_value(jaxc_random_##name)(jaxc_value key, jaxc_value parameter,                           \
                                   struct jaxc_random_options options)                             \
    {                                                                                              \
        jx_enter("jaxc_random_" #name);                                                            \
        struct jx_aval type;                                                                       \
        if (!jx_check_key(key) || !jx_draw_with(&options, true, 1, &parameter, &type))             \
            return JX_POISON;                                                                      \
        return name(key, &type, jx_broadcast_to(parameter, type.rank, type.dims));                 \
    }
ONE_PARAMETER(ROW)
#undef ROW

/* ---- with more ------------------------------------------------------------------------------- */

/* sqrt(2) erf_inv(u), u in [erf(lower / sqrt(2)), erf(upper / sqrt(2))), inside the bounds */
jaxc_value(jaxc_random_truncated_normal)(jaxc_value key, jaxc_value lower, jaxc_value upper,
                                         struct jaxc_random_options options)
{
    jx_enter("jaxc_random_truncated_normal");
    struct jx_aval type;
    jaxc_value bounds[2] = {lower, upper};
    if (!jx_check_key(key) || !jx_draw_with(&options, false, 2, bounds, &type))
        return JX_POISON;
    return jx_random_truncated(key, &type, bounds[0], bounds[1]);
}

jaxc_value jx_random_truncated(jaxc_value key, const struct jx_aval *type, jaxc_value lower,
                               jaxc_value upper)
{
    jaxc_value root = jx_literal(type, 1.41421356237309504880 /* sqrt(2) */);
    jaxc_value least = jx_erf(jx_div(lower, root)), most = jx_erf(jx_div(upper, root));
    jaxc_value y = jx_mul(root, jx_erf_inv(jx_random_uniform(key, type, least, most)));
    jaxc_value infinity = jx_literal(type, (double)INFINITY);
    least = jx_nextafter(jx_stop_gradient(lower), infinity);
    most = jx_nextafter(jx_stop_gradient(upper), jx_neg(infinity));
    y = jx_joined(jx_max, JX_JOIN_ANY, least, y);
    return jx_joined(jx_min, JX_JOIN_ANY, most, y);
}

/* scale (-log(1 - u))^(1 / concentration) */
jaxc_value(jaxc_random_weibull_min)(jaxc_value key, jaxc_value scale, jaxc_value concentration,
                                    struct jaxc_random_options options)
{
    jx_enter("jaxc_random_weibull_min");
    struct jx_aval type;
    if (!jx_check_key(key) || !jx_draw_type(options.shape, options.dtype, &type))
        return JX_POISON;
    jaxc_value power[2] = {exponential(key, &type), concentration};
    if (!jx_join(2, power, JX_JOIN_FLOAT, NULL))
        return JX_POISON;
    power[1] = jx_div(jx_number_like(power[1], 1), power[1]);
    return jx_joined(jx_mul, JX_JOIN_ANY, jx_pow(power[0], power[1]), scale);
}

/* loc + scale m r */
jaxc_value(jaxc_random_double_sided_maxwell)(jaxc_value key, jaxc_value loc, jaxc_value scale,
                                             struct jaxc_random_options options)
{
    jx_enter("jaxc_random_double_sided_maxwell");
    struct jx_aval type, own[2];
    struct jaxc_shape shape = options.shape;
    jaxc_value first, second;
    int rank;
    int64_t dims[JAXC_MAX_RANK];
    if (!jx_check_key(key) || !jx_value_aval(loc, &own[0]) || !jx_value_aval(scale, &own[1]) ||
        !jx_broadcast_types(2, own, &rank, dims))
        return JX_POISON;
    if (shape.rank == 0)
        shape.rank = rank, memcpy(shape.dims, dims, sizeof dims);
    if (shape.rank + rank > JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "%d axes; at most %d are possible", shape.rank + rank, JAXC_MAX_RANK);
        return JX_POISON;
    }
    for (int i = 0; i < rank; i++)
        shape.dims[shape.rank++] = dims[i];
    if (!jx_draw_type(shape, options.dtype, &type) || !jx_split_key(key, &first, &second))
        return JX_POISON;
    jaxc_value y = jx_mul(jx_random_sign(second, &type), maxwell(first, &type));
    y = jx_joined(jx_mul, JX_JOIN_ANY, y, scale);
    return jx_joined(jx_add, JX_JOIN_ANY, y, loc);
}

/* l + sqrt(u (r - l) (m - l)) if u < (m - l) / (r - l), else r - sqrt((1 - u) (r - l) (r - m)) */
jaxc_value(jaxc_random_triangular)(jaxc_value key, jaxc_value left, jaxc_value mode,
                                   jaxc_value right, struct jaxc_random_options options)
{
    jx_enter("jaxc_random_triangular");
    struct jx_aval type;
    jaxc_value at[3] = {left, mode, right};
    if (!jx_check_key(key) || !jx_draw_with(&options, true, 3, at, &type))
        return JX_POISON;
    for (int i = 0; i < 3; i++)
        at[i] = jx_broadcast_to(at[i], type.rank, type.dims);
    jaxc_value u = jx_random_unit(key, &type);
    jaxc_value whole = jx_sub(at[2], at[0]), rise = jx_sub(at[1], at[0]);
    jaxc_value corner = jx_div(rise, whole);
    jaxc_value below = jx_sqrt(jx_mul(jx_mul(u, whole), rise));
    jaxc_value above = jx_mul(jx_sub(jx_number_like(u, 1), u), whole);
    above = jx_sqrt(jx_mul(above, jx_sub(at[2], at[1])));
    below = jx_add(at[0], below);
    above = jx_sub(at[2], above);
    return jx_select(jx_lt(u, corner), below, above);
}
