/*
 * jaxc/initializers.h - jax.nn.initializers: the first numbers of weights.
 *
 * In JAX an initializer is made, then called with a key, a shape and a dtype; here it is one call:
 * jaxc_initializers_glorot_uniform(key, JAXC_SHAPE(784, 128)). Everything said at the heads of
 * jaxc/numpy.h and jaxc/random.h holds here too.
 */
#ifndef JAXC_INITIALIZERS_H
#define JAXC_INITIALIZERS_H

#include <jaxc/index.h>
#include <jaxc/types.h>

struct jaxc_initializer_options {
    jaxc_dtype dtype;           /* a float; left out: f32 */
    struct jaxc_operand scale;  /* of uniform; left out: 0.01; of orthogonal ones: 1 */
    struct jaxc_operand stddev; /* of normal and truncated_normal; left out: 0.01 */
    struct jaxc_operand lower; /* of truncated_normal: bounds before the scaling; left out: -2, 2 */
    struct jaxc_operand upper;
    struct jaxc_args column_axis; /* of orthogonal ones, that of columns; left out: -1 */
    char unused;
};

/* Axes of the shape: .in_axis = JAXC_ARGS(0, 1). */
struct jaxc_scaling_options {
    jaxc_dtype dtype;            /* a float; left out: f32 */
    struct jaxc_args in_axis;    /* of inputs; left out: -2 */
    struct jaxc_args out_axis;   /* of outputs; left out: -1 */
    struct jaxc_args batch_axis; /* of neither; left out: none */
    char unused;
};

#ifdef __cplusplus
extern "C" {
#endif

/*
 * jaxc_initializers_zeros, jaxc_initializers_ones, jaxc_initializers_constant - the same number
 * everywhere: jaxc_initializers_constant(key, shape, 0.5).
 *
 *   key     any value: it is not looked at
 *   shape   of the result
 *   value   a scalar
 *   dtype   left out: f32
 *   ->      dtype[shape]
 *
 * Errors  JAXC_EDTYPE  no dtype; JAXC_ESHAPE  the value does not broadcast to the shape
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  the jax.nn.initializers of these names.
 */
JAXC_API jaxc_value jaxc_initializers_zeros(jaxc_value key, struct jaxc_shape shape,
                                            jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_initializers_ones(jaxc_value key, struct jaxc_shape shape,
                                           jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_initializers_constant(jaxc_value key, struct jaxc_shape shape,
                                               jaxc_value value, jaxc_dtype dtype JAXC_NO_DTYPE);

/*
 * jaxc_initializers_uniform, jaxc_initializers_normal, jaxc_initializers_truncated_normal - draws
 * from [0, scale), from the normal distribution times stddev, and of that between bounds:
 * jaxc_initializers_normal(key, shape, .stddev = JAXC_OPERAND(0.02)).
 *
 *   key     u32[2]
 *   shape   of the result
 *   ->      dtype[shape]
 *
 * Errors  JAXC_EDTYPE  no float; JAXC_EVALUE  an option of another of them
 *         JAXC_ESHAPE  an option does not broadcast to the shape
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  the jax.nn.initializers of these names. truncated_normal does not make up for the
 *         deviation that the bounds take away.
 */
JAXC_API jaxc_value jaxc_initializers_uniform(jaxc_value key, struct jaxc_shape shape,
                                              struct jaxc_initializer_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_initializers_normal(jaxc_value key, struct jaxc_shape shape,
                                             struct jaxc_initializer_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_initializers_truncated_normal(
    jaxc_value key, struct jaxc_shape shape, struct jaxc_initializer_options options JAXC_DEFAULT);

/*
 * jaxc_initializers_orthogonal, jaxc_initializers_delta_orthogonal - a matrix with orthonormal columns,
 * or rows if there are fewer of them, and one in the middle of a kernel of zeros, times scale:
 * jaxc_initializers_orthogonal(key, JAXC_SHAPE(128, 64)).
 *
 *   key     u32[2]
 *   shape   [..., columns], or as column_axis has it; of delta [..., inputs, outputs] with one to three
 *           axes before them
 *   ->      dtype[shape]
 *
 * Errors  JAXC_EDTYPE  no float; JAXC_EVALUE  an option of another initializer
 *         JAXC_ESHAPE  less than two axes; of delta, other numbers of axes, or fewer outputs than inputs
 *         JAXC_EAXIS   column_axis out of range, or more than one
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  the jax.nn.initializers of these names; as jaxc_random_orthogonal.
 */
JAXC_API jaxc_value jaxc_initializers_orthogonal(
    jaxc_value key, struct jaxc_shape shape, struct jaxc_initializer_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_initializers_delta_orthogonal(
    jaxc_value key, struct jaxc_shape shape, struct jaxc_initializer_options options JAXC_DEFAULT);

/*
 * jaxc_initializers_variance_scaling - draws of variance scale / n:
 * jaxc_initializers_variance_scaling(key, shape, 2.0, "fan_in", "normal").
 *
 *   key            u32[2]
 *   shape          of the result, such as [inputs, outputs] or [height, width, inputs, outputs]
 *   scale          a number
 *   mode           what n is: "fan_in", "fan_out", "fan_avg" or "fan_geo_avg". Fans are the sizes of
 *                  in_axis and of out_axis, times those of all axes that are not named
 *   distribution   "truncated_normal", "normal" or "uniform"
 *   ->             dtype[shape]
 *
 * Errors  JAXC_EDTYPE  no float; JAXC_EAXIS  an axis out of range
 *         JAXC_ESHAPE  less than two axes and no in_axis; nothing in the shape
 *         JAXC_EVALUE  no mode or distribution of this name
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.nn.initializers.variance_scaling.
 */
JAXC_API jaxc_value jaxc_initializers_variance_scaling(
    jaxc_value key, struct jaxc_shape shape, double scale, const char *mode,
    const char *distribution, struct jaxc_scaling_options options JAXC_DEFAULT);

/*
 * jaxc_initializers_glorot_uniform and its like - variance_scaling with scale 1 and fan_avg (glorot,
 * also called xavier), 1 and fan_in (lecun), 2 and fan_in (he, also called kaiming), uniform or, as
 * _normal, truncated_normal.
 *
 *   key     u32[2]
 *   shape   of the result
 *   ->      dtype[shape]
 *
 * Errors  as jaxc_initializers_variance_scaling
 * Source  the jax.nn.initializers of these names.
 */
JAXC_API jaxc_value jaxc_initializers_glorot_uniform(
    jaxc_value key, struct jaxc_shape shape, struct jaxc_scaling_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_initializers_glorot_normal(
    jaxc_value key, struct jaxc_shape shape, struct jaxc_scaling_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_initializers_xavier_uniform(
    jaxc_value key, struct jaxc_shape shape, struct jaxc_scaling_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_initializers_xavier_normal(
    jaxc_value key, struct jaxc_shape shape, struct jaxc_scaling_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_initializers_lecun_uniform(
    jaxc_value key, struct jaxc_shape shape, struct jaxc_scaling_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_initializers_lecun_normal(
    jaxc_value key, struct jaxc_shape shape, struct jaxc_scaling_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_initializers_he_uniform(jaxc_value key, struct jaxc_shape shape,
                                                 struct jaxc_scaling_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_initializers_he_normal(jaxc_value key, struct jaxc_shape shape,
                                                struct jaxc_scaling_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_initializers_kaiming_uniform(
    jaxc_value key, struct jaxc_shape shape, struct jaxc_scaling_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_initializers_kaiming_normal(
    jaxc_value key, struct jaxc_shape shape, struct jaxc_scaling_options options JAXC_DEFAULT);

#ifdef __cplusplus
}
#else
#define JAXC_INITIALIZER_VPVD(...)  JAXC_INITIALIZER_VPVD_(__COUNTER__, __VA_ARGS__, (jaxc_dtype)0)
#define JAXC_INITIALIZER_VPVD_(...) JAXC_INITIALIZER_VPVD__(__VA_ARGS__)
#define JAXC_INITIALIZER_VPVD__(n, f, a, b, c, ...)                                                \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        struct jaxc_shape jaxc_b##n = (b);                                                         \
        jaxc_value jaxc_k##n = JAXC_VAL(c);                                                        \
        const jaxc_dtype jaxc_d##n[2] = {__VA_ARGS__};                                             \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_d##n[0]);                                          \
    })
#define JAXC_VARIANCE_SCALING(...)  JAXC_VARIANCE_SCALING_(__COUNTER__, __VA_ARGS__, .unused = 0)
#define JAXC_VARIANCE_SCALING_(...) JAXC_VARIANCE_SCALING__(__VA_ARGS__)
#define JAXC_VARIANCE_SCALING__(n, a, b, c, d, e, ...)                                             \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        struct jaxc_shape jaxc_b##n = (b);                                                         \
        double jaxc_k##n = (c);                                                                    \
        const char *jaxc_d##n = (d);                                                               \
        const char *jaxc_e##n = (e);                                                               \
        JAXC_OPTIONS(jaxc_scaling_options, jaxc_o##n, __VA_ARGS__)                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_initializers_variance_scaling)(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_d##n,           \
                                             jaxc_e##n, jaxc_o##n);                                \
    })
#endif

#ifndef JAXC_PLAIN
#ifdef __cplusplus
#define jaxc_initializers_constant(...) JAXC_LOCATED(jaxc_initializers_constant, __VA_ARGS__)
#define jaxc_initializers_variance_scaling(...)                                                    \
    JAXC_LOCATED(jaxc_initializers_variance_scaling, __VA_ARGS__)
#else
#define jaxc_initializers_constant(...)                                                            \
    JAXC_INITIALIZER_VPVD(jaxc_initializers_constant, __VA_ARGS__)
#define jaxc_initializers_variance_scaling(...) JAXC_VARIANCE_SCALING(__VA_ARGS__)
#endif
#define jaxc_initializers_zeros(...) JAXC_CALL_VPD(jaxc_initializers_zeros, __VA_ARGS__)
#define jaxc_initializers_ones(...)  JAXC_CALL_VPD(jaxc_initializers_ones, __VA_ARGS__)
#define jaxc_initializers_uniform(...)                                                             \
    JAXC_OPT_VP(jaxc_initializers_uniform, jaxc_initializer_options, __VA_ARGS__)
#define jaxc_initializers_normal(...)                                                              \
    JAXC_OPT_VP(jaxc_initializers_normal, jaxc_initializer_options, __VA_ARGS__)
#define jaxc_initializers_truncated_normal(...)                                                    \
    JAXC_OPT_VP(jaxc_initializers_truncated_normal, jaxc_initializer_options, __VA_ARGS__)
#define jaxc_initializers_orthogonal(...)                                                          \
    JAXC_OPT_VP(jaxc_initializers_orthogonal, jaxc_initializer_options, __VA_ARGS__)
#define jaxc_initializers_delta_orthogonal(...)                                                    \
    JAXC_OPT_VP(jaxc_initializers_delta_orthogonal, jaxc_initializer_options, __VA_ARGS__)
#define jaxc_initializers_glorot_uniform(...)                                                      \
    JAXC_OPT_VP(jaxc_initializers_glorot_uniform, jaxc_scaling_options, __VA_ARGS__)
#define jaxc_initializers_glorot_normal(...)                                                       \
    JAXC_OPT_VP(jaxc_initializers_glorot_normal, jaxc_scaling_options, __VA_ARGS__)
#define jaxc_initializers_xavier_uniform(...)                                                      \
    JAXC_OPT_VP(jaxc_initializers_xavier_uniform, jaxc_scaling_options, __VA_ARGS__)
#define jaxc_initializers_xavier_normal(...)                                                       \
    JAXC_OPT_VP(jaxc_initializers_xavier_normal, jaxc_scaling_options, __VA_ARGS__)
#define jaxc_initializers_lecun_uniform(...)                                                       \
    JAXC_OPT_VP(jaxc_initializers_lecun_uniform, jaxc_scaling_options, __VA_ARGS__)
#define jaxc_initializers_lecun_normal(...)                                                        \
    JAXC_OPT_VP(jaxc_initializers_lecun_normal, jaxc_scaling_options, __VA_ARGS__)
#define jaxc_initializers_he_uniform(...)                                                          \
    JAXC_OPT_VP(jaxc_initializers_he_uniform, jaxc_scaling_options, __VA_ARGS__)
#define jaxc_initializers_he_normal(...)                                                           \
    JAXC_OPT_VP(jaxc_initializers_he_normal, jaxc_scaling_options, __VA_ARGS__)
#define jaxc_initializers_kaiming_uniform(...)                                                     \
    JAXC_OPT_VP(jaxc_initializers_kaiming_uniform, jaxc_scaling_options, __VA_ARGS__)
#define jaxc_initializers_kaiming_normal(...)                                                      \
    JAXC_OPT_VP(jaxc_initializers_kaiming_normal, jaxc_scaling_options, __VA_ARGS__)
#endif

#endif
