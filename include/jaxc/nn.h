/*
 * jaxc/nn.h - the functions of jax.nn: activations, normalised exponentials, one-hot.
 *
 * Everything said at the head of jaxc/numpy.h holds here too.
 */
#ifndef JAXC_NN_H
#define JAXC_NN_H

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
 * Errors  JAXC_EAXIS  an axis out of range or twice
 * Source  jax.nn.logsumexp; differs: no b, where or return_sign.
 */
JAXC_API jaxc_value jaxc_logsumexp(jaxc_value x, struct jaxc_reduce_options options JAXC_DEFAULT);

/*
 * jaxc_nn_softmax, jaxc_nn_log_softmax - exp(x) / sum(exp(x)) and its logarithm.
 *
 *   x    T[...]
 *   ->   float(T)[...]; they sum to 1 along the axes, which are the last one if none is given. NaN
 *        for a row with an infinity, or of nothing but -inf. x - max(x) is computed in T: what is
 *        no float wraps, and unsigned numbers always do
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice
 *         JAXC_EVALUE  an axis is empty
 *         JAXC_EDTYPE  bool
 * Source  jax.nn.softmax, jax.nn.log_softmax; differ: no where, and an empty axis is refused.
 */
JAXC_API jaxc_value jaxc_nn_softmax(jaxc_value x, struct jaxc_axes_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_nn_log_softmax(jaxc_value x,
                                        struct jaxc_axes_options options JAXC_DEFAULT);

/*
 * jaxc_nn_relu - max(x, 0).
 *
 *   x    T[...]
 *   ->   T[...]; the derivative at 0 is 0
 *
 * Errors  those of every call
 * Source  jax.nn.relu.
 */
JAXC_API jaxc_value jaxc_nn_relu(jaxc_value x);

/*
 * jaxc_nn_sigmoid, jaxc_nn_tanh, jaxc_nn_silu, jaxc_nn_gelu, jaxc_nn_softplus - smooth activations:
 * 1 / (1 + exp(-x)), tanh(x), x sigmoid(x), x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2,
 * log(1 + exp(x)).
 *
 *   x    T[...]
 *   ->   float(T)[...]
 *
 * Errors  JAXC_EDTYPE  sigmoid and silu of what is no float
 * Source  the jax.nn functions of these names; differ: gelu is the approximation only, which is
 *         JAX's default.
 */
JAXC_API jaxc_value jaxc_nn_sigmoid(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_tanh(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_silu(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_gelu(jaxc_value x);
JAXC_API jaxc_value jaxc_nn_softplus(jaxc_value x);

/*
 * jaxc_nn_one_hot - each number as a row of zeros with a one at its place.
 *
 *   x       T[...]; numbers outside [0, n) give zeros
 *   n       length of a row
 *   dtype   left out: f32
 *   ->      dtype[..., n]
 *
 * Errors  JAXC_EVALUE  n is negative
 *         JAXC_EDTYPE  x is bool, or no dtype
 *         JAXC_ELIMIT  more than 8 axes, too many elements
 * Source  jax.nn.one_hot; differs: rows are the last axis, and n may exceed what T counts to.
 */
JAXC_API jaxc_value jaxc_nn_one_hot(jaxc_value x, int64_t n, jaxc_dtype dtype JAXC_NO_DTYPE);

#ifdef __cplusplus
}
#endif

#ifndef JAXC_PLAIN
#define jaxc_logsumexp(...)      JAXC_OPT1(jaxc_logsumexp, jaxc_reduce_options, __VA_ARGS__)
#define jaxc_nn_softmax(...)     JAXC_OPT1(jaxc_nn_softmax, jaxc_axes_options, __VA_ARGS__)
#define jaxc_nn_log_softmax(...) JAXC_OPT1(jaxc_nn_log_softmax, jaxc_axes_options, __VA_ARGS__)
#define jaxc_nn_relu(...)        JAXC_CALL1(jaxc_nn_relu, __VA_ARGS__)
#define jaxc_nn_sigmoid(...)     JAXC_CALL1(jaxc_nn_sigmoid, __VA_ARGS__)
#define jaxc_nn_tanh(...)        JAXC_CALL1(jaxc_nn_tanh, __VA_ARGS__)
#define jaxc_nn_silu(...)        JAXC_CALL1(jaxc_nn_silu, __VA_ARGS__)
#define jaxc_nn_gelu(...)        JAXC_CALL1(jaxc_nn_gelu, __VA_ARGS__)
#define jaxc_nn_softplus(...)    JAXC_CALL1(jaxc_nn_softplus, __VA_ARGS__)
#define jaxc_nn_one_hot(...)     JAXC_CALL_VPD(jaxc_nn_one_hot, __VA_ARGS__)
#endif

#endif
