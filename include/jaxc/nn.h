/*
 * jaxc/nn.h - the functions of jax.nn: activations, normalised exponentials, one-hot, attention.
 *
 * Everything said at the head of jaxc/numpy.h holds here too.
 */
#ifndef JAXC_NN_H
#define JAXC_NN_H

#include <jaxc/index.h>
#include <jaxc/lax.h>
#include <jaxc/numpy.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * jaxc_logsumexp - log(sum(exp(x))) without overflow: jaxc_logsumexp(x, JAXC_AXIS(-1), .keepdims =
 * 1).
 *
 *   x    T[...]
 *   ->   float(T)[the other axes], not weak; -inf where all are -inf or there is nothing
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_EVALUE  initial or dtype is given
 * Source  jax.nn.logsumexp without b and return_sign, which jaxc_nn_logsumexp has.
 */
JAXC_API jaxc_value jaxc_logsumexp(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);

struct jaxc_nn_logsumexp_options {
    struct jaxc_axes axes; /* none: all */
    bool keepdims;
    bool return_sign;          /* a tuple: the logarithm of the sum's magnitude, its sign */
    struct jaxc_operand where; /* JAXC_OPERAND(mask): elements where it is not 0 */
    struct jaxc_operand b;     /* JAXC_OPERAND(weights): they broadcast, and may be negative */
    char unused;
};

/*
 * jaxc_nn_logsumexp - log(sum(b exp(x))) without overflow: jaxc_nn_logsumexp(x, JAXC_AXIS(-1), .b =
 * JAXC_OPERAND(weights)).
 *
 *   x    T[...]
 *   ->   float(join(T, b's))[the other axes], not weak; NaN where the sum is negative. With
 *        return_sign a tuple: log |sum|, and the sum's sign, -1, 0 or 1
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_ESHAPE  b or where does not broadcast
 * Source  jax.nn.logsumexp.
 */
JAXC_API jaxc_value jaxc_nn_logsumexp(jaxc_value x,
                                      struct jaxc_nn_logsumexp_options options JAXC_DEFAULT);

/*
 * jaxc_nn_logmeanexp - log(mean(exp(x))) without overflow.
 *
 *   x    T[...]
 *   ->   float(T)[the other axes], not weak; NaN of nothing
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_ESHAPE  where does not broadcast to x
 *         JAXC_EVALUE  initial or dtype is given
 * Source  jax.nn.logmeanexp.
 */
JAXC_API jaxc_value jaxc_nn_logmeanexp(jaxc_value x,
                                       struct jaxc_reduce_options options JAXC_DEFAULT);

/*
 * jaxc_nn_softmax, jaxc_nn_log_softmax - exp(x) / sum(exp(x)) and its logarithm: jaxc_nn_softmax(x,
 * JAXC_AXIS(0), .where = JAXC_OPERAND(mask)).
 *
 *   x    T[...]
 *   ->   float(T)[...]; they sum to 1 along the axes, which are the last one if none is given. NaN
 *        for a row with an infinity, or of nothing but -inf. Without a mask x - max(x) is computed
 *        in T: what is no float wraps, and unsigned numbers always do. Where a mask does not hold
 *        softmax is 0, log_softmax -inf
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_ESHAPE  where does not broadcast to x
 *         JAXC_EVALUE  keepdims, initial or dtype is given
 *         JAXC_EDTYPE  bool
 * Source  jax.nn.softmax, jax.nn.log_softmax.
 */
JAXC_API jaxc_value jaxc_nn_softmax(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nn_log_softmax(jaxc_value x,
                                        struct jaxc_reduce_options options JAXC_DEFAULT);

struct jaxc_nn_standardize_options {
    struct jaxc_axes axes;        /* none: the last */
    struct jaxc_operand mean;     /* left out: that of x; given ones broadcast to x */
    struct jaxc_operand variance; /* left out: that of x */
    struct jaxc_operand epsilon;  /* JAXC_OPERAND(number), added to the variance; left out: 1e-5 */
    struct jaxc_operand where;    /* JAXC_OPERAND(mask): elements that mean and variance are of */
    const char *algorithm;        /* of the variance: "fast" (NULL) or "stable" */
    char unused;
};

/*
 * jaxc_nn_standardize - (x - mean) / sqrt(variance + epsilon).
 *
 *   x    T[...]
 *   ->   float(T)[...]
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_ESHAPE  an operand does not broadcast
 *         JAXC_EVALUE  another algorithm
 * Source  jax.nn.standardize.
 */
JAXC_API jaxc_value jaxc_nn_standardize(jaxc_value x,
                                        struct jaxc_nn_standardize_options options JAXC_DEFAULT);

/*
 * jaxc_nn_relu, jaxc_nn_relu6 - max(x, 0) and min(max(x, 0), 6).
 *
 *   x    T[...]
 *   ->   relu: T[...]; relu6: float[...], of what is no float a weak f32. The derivative at 0, and at
 *        6, is 0
 *
 * Errors  those of every call
 * Source  jax.nn.relu, relu6.
 */
JAXC_API jaxc_value jaxc_nn_relu(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_relu6(jaxc_value x);

/*
 * jaxc_nn_identity - x.
 *
 *   x    T[...]
 *   ->   T[...]
 *
 * Errors  those of every call
 * Source  jax.nn.identity.
 */
JAXC_API jaxc_value jaxc_nn_identity(jaxc_value x);

/*
 * jaxc_nn_hard_tanh - x, no less than -1 and no greater than 1; the derivative at these is 1.
 *
 *   x    T[...]
 *   ->   T[...]; bool counts as i32
 *
 * Errors  those of every call
 * Source  jax.nn.hard_tanh.
 */
JAXC_API jaxc_value jaxc_nn_hard_tanh(jaxc_value x);

/*
 * jaxc_nn_hard_sigmoid, jaxc_nn_hard_silu, jaxc_nn_hard_swish - relu6(x + 3) / 6, and x times that
 * under two names. jaxc_nn_sparse_plus, jaxc_nn_sparse_sigmoid - 0 up to x = -1, (x + 1)^2 / 4 up to 1,
 * then x; and its derivative. jaxc_nn_selu - a scaled elu that keeps mean and variance.
 *
 *   x    T[...]
 *   ->   float[...]; of what is no float a weak f32
 *
 * Errors  those of every call
 * Source  the jax.nn functions of these names.
 */
JAXC_API jaxc_value jaxc_nn_hard_sigmoid(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_hard_silu(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_hard_swish(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_sparse_plus(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_sparse_sigmoid(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_selu(jaxc_value x);

/*
 * jaxc_nn_sigmoid, jaxc_nn_tanh, jaxc_nn_silu, jaxc_nn_swish, jaxc_nn_softplus, jaxc_nn_log_sigmoid,
 * jaxc_nn_mish, jaxc_nn_soft_sign, jaxc_nn_log1mexp - smooth activations: 1 / (1 + exp(-x)), tanh(x),
 * x sigmoid(x) under two names, log(1 + exp(x)), log(sigmoid(x)), x tanh(softplus(x)), x / (1 + |x|),
 * log(1 - exp(-x)).
 *
 *   x    T[...]
 *   ->   float(T)[...]
 *
 * Errors  JAXC_EDTYPE  sigmoid and silu of what is no float
 * Source  the jax.nn functions of these names.
 */
JAXC_API jaxc_value jaxc_nn_sigmoid(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_tanh(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_silu(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_swish(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_softplus(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_log_sigmoid(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_mish(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_soft_sign(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_log1mexp(jaxc_value x);

/* Each call takes its own. */
struct jaxc_nn_activation_options {
    struct jaxc_operand alpha;          /* JAXC_OPERAND(number); left out: 1 */
    struct jaxc_operand negative_slope; /* left out: 0.01 */
    struct jaxc_operand b;              /* left out: 4 */
    bool exact;                         /* by erfc, JAX's approximate=False */
    char unused;
};

/*
 * jaxc_nn_elu, jaxc_nn_celu - x where it is positive; elsewhere alpha (exp(x) - 1), and alpha
 * (exp(x / alpha) - 1). jaxc_nn_leaky_relu - negative_slope x where x is negative. jaxc_nn_squareplus -
 * (x + sqrt(x^2 + b)) / 2. jaxc_nn_elu(x, .alpha = JAXC_OPERAND(0.5)).
 *
 *   x    T[...]
 *   ->   float[broadcast]; of what is no float a weak f32, squareplus f32
 *
 * Errors  JAXC_ESHAPE  the option does not broadcast
 *         JAXC_EVALUE  an option of another call
 * Source  the jax.nn functions of these names.
 */
JAXC_API jaxc_value jaxc_nn_elu(jaxc_value x,
                                struct jaxc_nn_activation_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nn_celu(jaxc_value x,
                                 struct jaxc_nn_activation_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nn_leaky_relu(jaxc_value x,
                                       struct jaxc_nn_activation_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nn_squareplus(jaxc_value x,
                                       struct jaxc_nn_activation_options options JAXC_DEFAULT);

/*
 * jaxc_nn_gelu - x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, or with .exact = 1 x times the
 * normal distribution function, x erfc(-x / sqrt(2)) / 2, which that approximates.
 *
 *   x    T[...]
 *   ->   float(T)[...]
 *
 * Errors  JAXC_EVALUE  an option of another call
 * Source  jax.nn.gelu; approximate=False is .exact = 1.
 */
JAXC_API jaxc_value jaxc_nn_gelu(jaxc_value x,
                                 struct jaxc_nn_activation_options options JAXC_DEFAULT);

/*
 * jaxc_nn_glu - the first half of x along an axis times the sigmoid of the second: jaxc_nn_glu(x,
 * JAXC_AXIS(0)).
 *
 *   x    T[..., 2 n, ...]
 *   ->   T[..., n, ...]; the axis is the last one if none is given
 *
 * Errors  JAXC_EAXIS   the axis is out of range, or more than one
 *         JAXC_ESHAPE  an odd size
 *         JAXC_EDTYPE  no floats
 * Source  jax.nn.glu.
 */
JAXC_API jaxc_value jaxc_nn_glu(jaxc_value x, struct jaxc_axes_options options JAXC_DEFAULT);

struct jaxc_nn_attention_options {
    struct jaxc_operand bias;  /* U[b, n, t, s], added to the logits; a size may be 1 */
    struct jaxc_operand mask;  /* bool[b, n, t, s]: which logits count; a size may be 1 */
    struct jaxc_operand scale; /* JAXC_OPERAND(number), times the products; left out: 1 / sqrt(h) */
    struct jaxc_operand query_seq_lengths;     /* i32[b]: queries that count, from the first on */
    struct jaxc_operand key_value_seq_lengths; /* i32[b]: keys that count */
    struct jaxc_ints local_window_size; /* JAXC_INTS(left, right): keys that a query sees before and
                                           behind its own place; one number: both */
    bool is_causal;                     /* a query sees no key behind its own place */
    char unused;
};

/*
 * jaxc_nn_dot_product_attention - softmax(query key^T scale + bias) value for each batch and head.
 *
 *   query   T[b, t, n, h]; leading axes may be left out, of all
 *   key     T[b, s, k, h], where k divides n: n / k heads of query share one of key and value
 *   value   T[b, s, k, h]
 *   ->      T, the shape of query. Logits are at least f32, the softmax is in f32. A query that sees
 *           no key gets the mean of all values; one beyond query_seq_lengths 0
 *
 * Errors  JAXC_ESHAPE  shapes do not match
 *         JAXC_EDTYPE  no floats of one dtype; a mask that is not bool, lengths that are not i32
 *         JAXC_EVALUE  more than two numbers in local_window_size
 * Source  jax.nn.dot_product_attention; differs: no return_residual, no implementation to choose.
 */
JAXC_API jaxc_value
jaxc_nn_dot_product_attention(jaxc_value query, jaxc_value key, jaxc_value value,
                              struct jaxc_nn_attention_options options JAXC_DEFAULT);

struct jaxc_nn_one_hot_options {
    struct jaxc_axes axes; /* JAXC_AXIS(0): where the rows are in the result; none: the last */
    jaxc_dtype dtype;      /* left out: f32 */
    char unused;
};

/*
 * jaxc_nn_one_hot - each number as a row of zeros with a one at its place: jaxc_nn_one_hot(x, 10,
 * JAXC_AXIS(0), .dtype = JAXC_BF16).
 *
 *   x    T[...]; numbers outside [0, n) give zeros
 *   n    length of a row
 *   ->   dtype[..., n], or with n at the axis
 *
 * Errors  JAXC_EVALUE  n is negative
 *         JAXC_EAXIS   the axis is out of range, or more than one
 *         JAXC_EDTYPE  x is bool, or no dtype
 *         JAXC_ELIMIT  more than 8 axes, too many elements
 * Source  jax.nn.one_hot; differs: n may exceed what T counts to.
 */
JAXC_API jaxc_value jaxc_nn_one_hot(jaxc_value x, int64_t n,
                                    struct jaxc_nn_one_hot_options options JAXC_DEFAULT);

#ifdef __cplusplus
}
#endif

#ifndef JAXC_PLAIN
#define jaxc_logsumexp(...)      JAXC_OPT1(jaxc_logsumexp, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nn_logsumexp(...)   JAXC_OPT1(jaxc_nn_logsumexp, jaxc_nn_logsumexp_options, __VA_ARGS__)
#define jaxc_nn_logmeanexp(...)  JAXC_OPT1(jaxc_nn_logmeanexp, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nn_softmax(...)     JAXC_OPT1(jaxc_nn_softmax, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nn_log_softmax(...) JAXC_OPT1(jaxc_nn_log_softmax, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nn_standardize(...)                                                                   \
    JAXC_OPT1(jaxc_nn_standardize, jaxc_nn_standardize_options, __VA_ARGS__)
#define jaxc_nn_identity(...)       JAXC_CALL1(jaxc_nn_identity, __VA_ARGS__)
#define jaxc_nn_relu(...)           JAXC_CALL1(jaxc_nn_relu, __VA_ARGS__)
#define jaxc_nn_relu6(...)          JAXC_CALL1(jaxc_nn_relu6, __VA_ARGS__)
#define jaxc_nn_hard_tanh(...)      JAXC_CALL1(jaxc_nn_hard_tanh, __VA_ARGS__)
#define jaxc_nn_hard_sigmoid(...)   JAXC_CALL1(jaxc_nn_hard_sigmoid, __VA_ARGS__)
#define jaxc_nn_hard_silu(...)      JAXC_CALL1(jaxc_nn_hard_silu, __VA_ARGS__)
#define jaxc_nn_hard_swish(...)     JAXC_CALL1(jaxc_nn_hard_swish, __VA_ARGS__)
#define jaxc_nn_sparse_plus(...)    JAXC_CALL1(jaxc_nn_sparse_plus, __VA_ARGS__)
#define jaxc_nn_sparse_sigmoid(...) JAXC_CALL1(jaxc_nn_sparse_sigmoid, __VA_ARGS__)
#define jaxc_nn_selu(...)           JAXC_CALL1(jaxc_nn_selu, __VA_ARGS__)
#define jaxc_nn_sigmoid(...)        JAXC_CALL1(jaxc_nn_sigmoid, __VA_ARGS__)
#define jaxc_nn_tanh(...)           JAXC_CALL1(jaxc_nn_tanh, __VA_ARGS__)
#define jaxc_nn_silu(...)           JAXC_CALL1(jaxc_nn_silu, __VA_ARGS__)
#define jaxc_nn_swish(...)          JAXC_CALL1(jaxc_nn_swish, __VA_ARGS__)
#define jaxc_nn_softplus(...)       JAXC_CALL1(jaxc_nn_softplus, __VA_ARGS__)
#define jaxc_nn_log_sigmoid(...)    JAXC_CALL1(jaxc_nn_log_sigmoid, __VA_ARGS__)
#define jaxc_nn_mish(...)           JAXC_CALL1(jaxc_nn_mish, __VA_ARGS__)
#define jaxc_nn_soft_sign(...)      JAXC_CALL1(jaxc_nn_soft_sign, __VA_ARGS__)
#define jaxc_nn_log1mexp(...)       JAXC_CALL1(jaxc_nn_log1mexp, __VA_ARGS__)
#define jaxc_nn_elu(...)            JAXC_OPT1(jaxc_nn_elu, jaxc_nn_activation_options, __VA_ARGS__)
#define jaxc_nn_celu(...)           JAXC_OPT1(jaxc_nn_celu, jaxc_nn_activation_options, __VA_ARGS__)
#define jaxc_nn_leaky_relu(...)                                                                    \
    JAXC_OPT1(jaxc_nn_leaky_relu, jaxc_nn_activation_options, __VA_ARGS__)
#define jaxc_nn_squareplus(...)                                                                    \
    JAXC_OPT1(jaxc_nn_squareplus, jaxc_nn_activation_options, __VA_ARGS__)
#define jaxc_nn_gelu(...) JAXC_OPT1(jaxc_nn_gelu, jaxc_nn_activation_options, __VA_ARGS__)
#define jaxc_nn_glu(...)  JAXC_OPT1(jaxc_nn_glu, jaxc_axes_options, __VA_ARGS__)
#define jaxc_nn_dot_product_attention(...)                                                         \
    JAXC_OPT3(jaxc_nn_dot_product_attention, jaxc_nn_attention_options, __VA_ARGS__)
#define jaxc_nn_one_hot(...) JAXC_OPT_VP(jaxc_nn_one_hot, jaxc_nn_one_hot_options, __VA_ARGS__)
#endif

#endif
