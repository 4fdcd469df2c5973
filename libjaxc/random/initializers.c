/*
 * initializers.c - the first numbers of weights, by the formulas of jax.nn.initializers (semantics
 * 1.10).
 */
#include "random/random.h"

#include <jaxc/initializers.h>

#include <math.h>
#include <string.h>

/* ---- plain ones ------------------------------------------------------------------------------ */

static jaxc_value constant(jaxc_value key, struct jaxc_shape shape, jaxc_value value,
                           jaxc_dtype dtype)
{
    struct jx_aval type;
    if (jx_is_poison(key) || !jx_choose_dtype(dtype, JAXC_F32, &dtype) ||
        !jx_choose_type(shape, dtype, &type))
        return JX_POISON;
    return jx_fill_type(value, &type);
}

static jaxc_value number(double value)
{
    return jx_scalar_of(JAXC_F32, (union jx_scalar){.f = value}, true);
}

jaxc_value(jaxc_initializers_zeros)(jaxc_value key, struct jaxc_shape shape, jaxc_dtype dtype)
{
    jx_enter("jaxc_initializers_zeros");
    return constant(key, shape, number(0), dtype);
}

jaxc_value(jaxc_initializers_ones)(jaxc_value key, struct jaxc_shape shape, jaxc_dtype dtype)
{
    jx_enter("jaxc_initializers_ones");
    return constant(key, shape, number(1), dtype);
}

jaxc_value(jaxc_initializers_constant)(jaxc_value key, struct jaxc_shape shape, jaxc_value value,
                                       jaxc_dtype dtype)
{
    jx_enter("jaxc_initializers_constant");
    return constant(key, shape, value, dtype);
}

enum plain { UNIFORM, NORMAL, TRUNCATED_NORMAL };

/* An option, of the draw's dtype and shape. */
static jaxc_value option(const struct jaxc_operand *given, double otherwise,
                         const struct jx_aval *type)
{
    return jx_operand_given(given) ? jx_fill_type(given->value, type) : jx_literal(type, otherwise);
}

static jaxc_value plain(enum plain of, jaxc_value key, struct jaxc_shape shape,
                        const struct jaxc_initializer_options *o)
{
    struct jx_aval type;
    if (!jx_check_key(key) || !jx_draw_type(shape, o->dtype, &type))
        return JX_POISON;
    if ((of != UNIFORM && jx_operand_given(&o->scale)) ||
        (of == UNIFORM && jx_operand_given(&o->stddev)) ||
        (of != TRUNCATED_NORMAL && (jx_operand_given(&o->lower) || jx_operand_given(&o->upper)))) {
        jx_fail(JAXC_EVALUE, "takes %s",
                of == UNIFORM  ? "scale alone"
                : of == NORMAL ? "stddev alone"
                               : "stddev, lower and upper");
        return JX_POISON;
    }
    jaxc_value factor = option(of == UNIFORM ? &o->scale : &o->stddev, 0.01, &type), y;
    if (of == TRUNCATED_NORMAL)
        y = jx_random_truncated(key, &type, option(&o->lower, -2, &type),
                                option(&o->upper, 2, &type));
    else
        y = of == UNIFORM ? jx_random_unit(key, &type) : jx_random_normal(key, &type);
    return jx_mul(y, factor);
}

#define PLAIN(ROW) ROW(uniform, UNIFORM) ROW(normal, NORMAL) ROW(truncated_normal, TRUNCATED_NORMAL)
#define ROW(name, of)                                                                              \
    jaxc_value(jaxc_initializers_##name)(jaxc_value key, struct jaxc_shape shape,                  \
                                         struct jaxc_initializer_options options)                  \
    {                                                                                              \
        jx_enter("jaxc_initializers_" #name);                                                      \
        return plain(of, key, shape, &options);                                                    \
    }
PLAIN(ROW)
#undef ROW

/* ---- by the variance ------------------------------------------------------------------------- */

/* The product of the sizes of some axes. */
static bool size_of(const struct jaxc_args *given, int otherwise, const struct jx_aval *type,
                    double *size)
{
    int n = given->n > 0 ? given->n : otherwise != 0;
    *size = 1;
    if (!jx_check_given(given->given, given->n, JAXC_MAX_ARGS, given->at, "JAXC_ARGS(...)"))
        return false;
    for (int i = 0; i < n; i++) {
        int axis;
        if (!jx_axis(given->n > 0 ? given->at[i] : otherwise, type->rank, &axis))
            return false;
        *size *= (double)type->dims[axis];
    }
    return true;
}

static bool fans_of(const struct jx_aval *type, const struct jaxc_scaling_options *o, double *in,
                    double *out)
{
    char text[JX_AVAL_TEXT];
    double batch, all = (double)jx_count(type->rank, type->dims);
    if (type->rank < 2 && o->in_axis.n == 0)
        return jx_fail(JAXC_ESHAPE, "no inputs and outputs in %s; give in_axis",
                       jx_aval_text(type, text));
    if (!size_of(&o->in_axis, -2, type, in) || !size_of(&o->out_axis, -1, type, out) ||
        !size_of(&o->batch_axis, 0, type, &batch))
        return false;
    if (all == 0)
        return jx_fail(JAXC_ESHAPE, "nothing in %s", jx_aval_text(type, text));
    double others = all / *in / *out / batch;
    *in *= others;
    *out *= others;
    return true;
}

static bool count_of(const char *mode, double in, double out, double *n)
{
    if (mode && strcmp(mode, "fan_in") == 0)
        *n = in;
    else if (mode && strcmp(mode, "fan_out") == 0)
        *n = out;
    else if (mode && strcmp(mode, "fan_avg") == 0)
        *n = (in + out) / 2;
    else if (mode && strcmp(mode, "fan_geo_avg") == 0)
        *n = sqrt(in * out);
    else
        return jx_fail(JAXC_EVALUE, "no mode \"%s\": fan_in, fan_out, fan_avg or fan_geo_avg",
                       mode ? mode : "");
    return true;
}

static jaxc_value scaled(jaxc_value key, struct jaxc_shape shape, double scale, const char *mode,
                         const char *distribution, const struct jaxc_scaling_options *o)
{
    struct jx_aval type;
    double in, out, n = 1;
    if (!jx_check_key(key) || !jx_draw_type(shape, o->dtype, &type) ||
        !fans_of(&type, o, &in, &out) || !count_of(mode, in, out, &n))
        return JX_POISON;
    jaxc_value variance = jx_literal(&type, scale / n);
    if (distribution && strcmp(distribution, "truncated_normal") == 0) {
        jaxc_value y = jx_random_truncated(key, &type, jx_literal(&type, -2), jx_literal(&type, 2));
        /* the deviation of the normal distribution between -2 and 2 */
        jaxc_value stddev = jx_div(jx_sqrt(variance), jx_literal(&type, 0.87962566103423978));
        return jx_mul(y, stddev);
    }
    if (distribution && strcmp(distribution, "normal") == 0)
        return jx_mul(jx_random_normal(key, &type), jx_sqrt(variance));
    if (distribution && strcmp(distribution, "uniform") == 0) {
        jaxc_value y = jx_random_uniform(key, &type, jx_literal(&type, -1), jx_literal(&type, 1));
        return jx_mul(y, jx_sqrt(jx_mul(jx_literal(&type, 3), variance)));
    }
    jx_fail(JAXC_EVALUE, "no distribution \"%s\": truncated_normal, normal or uniform",
            distribution ? distribution : "");
    return JX_POISON;
}

jaxc_value(jaxc_initializers_variance_scaling)(jaxc_value key, struct jaxc_shape shape,
                                               double scale, const char *mode,
                                               const char *distribution,
                                               struct jaxc_scaling_options options)
{
    jx_enter("jaxc_initializers_variance_scaling");
    return scaled(key, shape, scale, mode, distribution, &options);
}

/* clang-format off */
#define SCALED(ROW)                                                                                \
    ROW(glorot_uniform, 1, "fan_avg", "uniform") ROW(glorot_normal, 1, "fan_avg", "truncated_normal") \
    ROW(xavier_uniform, 1, "fan_avg", "uniform") ROW(xavier_normal, 1, "fan_avg", "truncated_normal") \
    ROW(lecun_uniform, 1, "fan_in", "uniform") ROW(lecun_normal, 1, "fan_in", "truncated_normal")  \
    ROW(he_uniform, 2, "fan_in", "uniform") ROW(he_normal, 2, "fan_in", "truncated_normal")        \
    ROW(kaiming_uniform, 2, "fan_in", "uniform") ROW(kaiming_normal, 2, "fan_in", "truncated_normal")
/* clang-format on */
#define ROW(name, scale, mode, distribution)                                                       \
    jaxc_value(jaxc_initializers_##name)(jaxc_value key, struct jaxc_shape shape,                  \
                                         struct jaxc_scaling_options options)                      \
    {                                                                                              \
        jx_enter("jaxc_initializers_" #name);                                                      \
        return scaled(key, shape, scale, mode, distribution, &options);                            \
    }
SCALED(ROW)
#undef ROW
