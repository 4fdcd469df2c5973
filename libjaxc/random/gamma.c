/*
 * gamma.c - gamma draws and what JAX makes of them: chisquare, t, beta, f, dirichlet,
 * generalized_normal, ball (semantics 1.8).
 *
 * Element i of a gamma draw has key i of split(key), from which the primitives random_gamma and
 * random_loggamma draw by rejection (kernel/scalar_random.h).
 */
#include "random/random.h"

static jaxc_value gamma_of(jaxc_value key, const struct jx_aval *type, jaxc_value alpha)
{
    jaxc_value words[2];
    alpha = jx_broadcast_to(alpha, type->rank, type->dims);
    return jx_random_keys(key, type, words) ? jx_random_gamma(words[0], words[1], alpha)
                                            : JX_POISON;
}

static jaxc_value loggamma_of(jaxc_value key, const struct jx_aval *type, jaxc_value alpha)
{
    jaxc_value words[2];
    alpha = jx_broadcast_to(alpha, type->rank, type->dims);
    return jx_random_keys(key, type, words) ? jx_random_loggamma(words[0], words[1], alpha)
                                            : JX_POISON;
}

/* 2 e^g, g a loggamma draw of df / 2 */
static jaxc_value chisquare_of(jaxc_value key, const struct jx_aval *type, jaxc_value df)
{
    jaxc_value log_g = loggamma_of(key, type, jx_div(df, jx_number_like(df, 2)));
    return jx_mul(jx_exp(log_g), jx_literal(type, 2));
}

/* n sqrt((df / 2) / g), g a gamma draw of df / 2 */
static jaxc_value t_of(jaxc_value key, const struct jx_aval *type, jaxc_value df)
{
    jaxc_value first, second;
    if (!jx_split_key(key, &first, &second))
        return JX_POISON;
    jaxc_value half = jx_div(df, jx_number_like(df, 2));
    jaxc_value n = jx_random_normal(first, type), g = gamma_of(second, type, half);
    half = jx_broadcast_to(half, type->rank, type->dims);
    return jx_mul(n, jx_sqrt(jx_div(half, g)));
}

#define ONE_PARAMETER(ROW) ROW(gamma, false) ROW(loggamma, false) ROW(chisquare, true) ROW(t, true)
#define ROW(name, safe)                                                                            \
    jaxc_value(jaxc_random_##name)(jaxc_value key, jaxc_value parameter,                           \
                                   struct jaxc_random_options options)                             \
    {                                                                                              \
        jx_enter("jaxc_random_" #name);                                                            \
        struct jx_aval type;                                                                       \
        if (!jx_check_key(key) || !jx_draw_with(&options, safe, 1, &parameter, &type))             \
            return JX_POISON;                                                                      \
        return name##_of(key, &type, parameter);                                                   \
    }
ONE_PARAMETER(ROW)
#undef ROW

/* x / (x + y) of gamma draws x and y, both over the greater of them */
jaxc_value(jaxc_random_beta)(jaxc_value key, jaxc_value a, jaxc_value b,
                             struct jaxc_random_options options)
{
    jx_enter("jaxc_random_beta");
    struct jx_aval type;
    jaxc_value of[2] = {a, b}, first, second;
    if (!jx_check_key(key) || !jx_draw_with(&options, true, 2, of, &type) ||
        !jx_split_key(key, &first, &second))
        return JX_POISON;
    jaxc_value x = loggamma_of(first, &type, of[0]), y = loggamma_of(second, &type, of[1]);
    jaxc_value most = jx_max(x, y);
    x = jx_exp(jx_sub(x, most));
    y = jx_exp(jx_sub(y, most));
    return jx_div(x, jx_add(x, y));
}

/* (x / a) / (y / b) of chisquare draws x and y */
jaxc_value(jaxc_random_f)(jaxc_value key, jaxc_value a, jaxc_value b,
                          struct jaxc_random_options options)
{
    jx_enter("jaxc_random_f");
    struct jx_aval type;
    jaxc_value of[2] = {a, b}, first, second;
    if (!jx_check_key(key) || !jx_draw_with(&options, true, 2, of, &type) ||
        !jx_split_key(key, &first, &second))
        return JX_POISON;
    jaxc_value x = chisquare_of(second, &type, of[0]), y = chisquare_of(first, &type, of[1]);
    x = jx_div(x, jx_broadcast_to(of[0], type.rank, type.dims));
    y = jx_div(y, jx_broadcast_to(of[1], type.rank, type.dims));
    return jx_div(x, y);
}

/* ---- along an axis --------------------------------------------------------------------------- */

bool jx_append_axis(const struct jx_aval *type, int64_t size, struct jx_aval *out)
{
    struct jaxc_shape shape = {.rank = type->rank};
    if (type->rank == JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "%d axes and one more; at most %d are possible", type->rank,
                       JAXC_MAX_RANK);
    memcpy(shape.dims, type->dims, sizeof type->dims);
    shape.dims[shape.rank++] = size;
    return jx_choose_type(shape, (jaxc_dtype)type->dtype, out);
}

/* e^g over their sum, g loggamma draws */
jaxc_value(jaxc_random_dirichlet)(jaxc_value key, jaxc_value alpha,
                                  struct jaxc_random_options options)
{
    jx_enter("jaxc_random_dirichlet");
    struct jx_aval type, own, outer;
    if (!jx_check_key(key) || !jx_value_aval(alpha, &own) ||
        !jx_draw_type(options.shape, options.dtype, &outer))
        return JX_POISON;
    if (own.rank == 0) {
        char text[JX_AVAL_TEXT];
        jx_fail(JAXC_ESHAPE, "alpha has an axis, not %s", jx_aval_text(&own, text));
        return JX_POISON;
    }
    if (outer.rank > 0) {
        if (!jx_append_axis(&outer, own.dims[own.rank - 1], &type))
            return JX_POISON;
        options.shape = (struct jaxc_shape){.rank = type.rank};
        memcpy(options.shape.dims, type.dims, sizeof type.dims);
    }
    if (!jx_draw_with(&options, false, 1, &alpha, &type))
        return JX_POISON;
    int last = type.rank - 1, kept = 0;
    jaxc_value y = loggamma_of(key, &type, alpha);
    int axes[JAXC_MAX_RANK];
    for (; kept < last; kept++)
        axes[kept] = kept;
    jaxc_value most = jx_stop_gradient(jx_reduce_max(y, 1, &last));
    y = jx_exp(jx_sub(y, jx_broadcast_in_dim(most, type.rank, type.dims, axes)));
    jaxc_value sum = jx_reduce_sum(y, 1, &last);
    return jx_div(y, jx_broadcast_in_dim(sum, type.rank, type.dims, axes));
}

/* r g^(1 / p), r 1 or -1, g a gamma draw of 1 / p */
static jaxc_value generalized_normal_of(jaxc_value key, const struct jx_aval *type,
                                        jaxc_value over_p)
{
    jaxc_value first, second;
    if (!jx_split_key(key, &first, &second))
        return JX_POISON;
    jaxc_value g = gamma_of(first, type, jx_as(over_p, (jaxc_dtype)type->dtype, false));
    jaxc_value power = jx_joined(jx_pow, JX_JOIN_FLOAT, g, over_p);
    return jx_joined(jx_mul, JX_JOIN_ANY, jx_random_sign(second, type), power);
}

/* 1 / p, a float. */
static jaxc_value reciprocal_of(jaxc_value p)
{
    if (!jx_join(1, &p, JX_JOIN_FLOAT, NULL))
        return JX_POISON;
    return jx_div(jx_number_like(p, 1), p);
}

jaxc_value(jaxc_random_generalized_normal)(jaxc_value key, jaxc_value p,
                                           struct jaxc_random_options options)
{
    jx_enter("jaxc_random_generalized_normal");
    struct jx_aval type;
    jaxc_value of = p;
    if (!jx_check_key(key) || !jx_draw_with(&options, false, 1, &of, &type))
        return JX_POISON;
    return generalized_normal_of(key, &type, reciprocal_of(p));
}

/* g / (sum |g|^p + e)^(1 / p), g d draws of generalized_normal, e exponential */
jaxc_value(jaxc_random_ball)(jaxc_value key, jaxc_value d, jaxc_value p,
                             struct jaxc_random_options options)
{
    jx_enter("jaxc_random_ball");
    struct jx_aval type, all, own;
    jaxc_value first, second;
    int64_t size;
    int axes[JAXC_MAX_RANK], last;
    if (!jx_check_key(key) || !jx_known_integer(d, &size) || !jx_value_aval(p, &own) ||
        !jx_draw_type(options.shape, options.dtype, &type) || !jx_append_axis(&type, size, &all) ||
        !jx_split_key(key, &first, &second))
        return JX_POISON;
    if (own.rank > 0) {
        char text[JX_AVAL_TEXT];
        jx_fail(JAXC_ESHAPE, "p is a scalar, not %s", jx_aval_text(&own, text));
        return JX_POISON;
    }
    last = type.rank;
    for (int i = 0; i < last; i++)
        axes[i] = i;
    jaxc_value over_p = reciprocal_of(p), g = generalized_normal_of(first, &all, over_p);
    jaxc_value sum = jx_joined(jx_pow, JX_JOIN_FLOAT, jx_abs(g), p);
    sum = jx_reduce_sum(sum, 1, &last);
    sum = jx_joined(jx_add, JX_JOIN_ANY, sum, jx_random_exponential(second, &type));
    sum = jx_joined(jx_pow, JX_JOIN_FLOAT, sum, over_p);
    return jx_joined(jx_div, JX_JOIN_ANY, g, jx_broadcast_in_dim(sum, all.rank, all.dims, axes));
}
