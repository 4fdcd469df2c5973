/*
 * jaxc/random.h - random numbers as functions of a key: JAX's default generator, bit for bit.
 *
 * A key is an array u32[2], JAX's raw form; the numbers are those of JAX's typed keys too. Use a
 * key once: split it for more. Counters are JAX's partitionable layout: element i of a draw depends
 * on the key and i only, so shorter draws begin longer ones, and jaxc_vmap over keys gives what a
 * loop gives.
 *
 * Everything said at the head of jaxc/numpy.h holds here too. In each call, an array that is no
 * u32[2] where a key is needed is JAXC_ESHAPE or JAXC_EDTYPE.
 */
#ifndef JAXC_RANDOM_H
#define JAXC_RANDOM_H

#include <jaxc/types.h>

/*
 * Options of draws with parameters: jaxc_random_bernoulli(key, 0.3, .shape = JAXC_SHAPE(8)).
 */
struct jaxc_random_options {
    struct jaxc_shape shape; /* left out: the shape to which the parameters broadcast */
    jaxc_dtype dtype;        /* left out: f32, of integers i32 */
    char unused;
};

struct jaxc_permutation_options {
    struct jaxc_axes axes; /* one; left out: the first */
    bool independent;      /* each row along the axis in an order of its own */
    char unused;
};

struct jaxc_orthogonal_options {
    struct jaxc_shape shape; /* of matrices; left out: one */
    jaxc_dtype dtype;        /* a float; left out: f32 */
    int64_t m;               /* columns; left out: as many as rows */
    char unused;
};

struct jaxc_choice_options {
    struct jaxc_shape shape;  /* left out: one */
    bool without_replacement; /* nothing twice */
    struct jaxc_operand p;    /* probabilities; left out: all alike */
    struct jaxc_axes axes;    /* one, that of the choices; left out: the first */
    char unused;
};

struct jaxc_categorical_options {
    struct jaxc_axes axes;    /* one, that of the categories; left out: the last */
    struct jaxc_shape shape;  /* left out: the other axes of the logits */
    bool without_replacement; /* along the axes of shape that the logits do not have */
    char unused;
};

#ifdef __cplusplus
extern "C" {
#endif

/*
 * jaxc_random_key - a key from a seed.
 *
 *   seed   any number
 *   ->     u32[2]: its high and its low word
 *
 * Errors  JAXC_ENOMEM
 * Source  jax.random.PRNGKey with threefry2x32; differs: 64-bit seeds always count whole.
 */
JAXC_API jaxc_value jaxc_random_key(uint64_t seed);

/*
 * jaxc_random_split - n new keys from one: jaxc_random_split(key, 2).
 *
 *   key   u32[2]
 *   n     how many
 *   ->    u32[n, 2]; row i is jaxc_random_fold_in(key, i)
 *
 * Errors  JAXC_EVALUE  n is negative; JAXC_ELIMIT  too great
 * Source  jax.random.split.
 */
JAXC_API jaxc_value jaxc_random_split(jaxc_value key, int64_t n);

/*
 * jaxc_random_fold_in - a new key from a key and a number.
 *
 *   key    u32[2]
 *   data   integer[]; its low 32 bits count
 *   ->     u32[2]
 *
 * Errors  JAXC_ESHAPE  data is no scalar; JAXC_EDTYPE  data is no integer
 * Source  jax.random.fold_in.
 */
JAXC_API jaxc_value jaxc_random_fold_in(jaxc_value key, jaxc_value data);

/*
 * jaxc_random_bits - uniformly distributed bits.
 *
 *   key     u32[2]
 *   shape   of the result
 *   dtype   an unsigned one; left out: u32
 *   ->      dtype[shape]
 *
 * Errors  JAXC_EDTYPE  not unsigned; JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.random.bits.
 */
JAXC_API jaxc_value jaxc_random_bits(jaxc_value key, struct jaxc_shape shape,
                                     jaxc_dtype dtype JAXC_NO_DTYPE);

/*
 * jaxc_random_uniform - numbers in [minval, maxval): jaxc_random_uniform(key, shape),
 * jaxc_random_uniform(key, shape, dtype), jaxc_random_uniform(key, shape, dtype, minval, maxval).
 *
 *   key      u32[2]
 *   shape    of the result
 *   dtype    a float; left out: f32
 *   minval   T[...] that broadcasts to shape; left out: 0
 *   maxval   T[...] that broadcasts to shape; left out: 1
 *   ->       dtype[shape], differentiable in minval and maxval. Rounding may give maxval itself
 *
 * Errors  JAXC_EDTYPE  no float; JAXC_ESHAPE  a bound does not broadcast
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.random.uniform.
 */
JAXC_API jaxc_value jaxc_random_uniform(jaxc_value key, struct jaxc_shape shape, jaxc_dtype dtype,
                                        jaxc_value minval, jaxc_value maxval);

/*
 * jaxc_random_normal - normally distributed numbers, mean 0 and variance 1.
 *
 *   key     u32[2]
 *   shape   of the result
 *   dtype   a float; left out: f32
 *   ->      dtype[shape]
 *
 * Errors  JAXC_EDTYPE  no float; JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.random.normal.
 */
JAXC_API jaxc_value jaxc_random_normal(jaxc_value key, struct jaxc_shape shape,
                                       jaxc_dtype dtype JAXC_NO_DTYPE);

/*
 * jaxc_random_randint - integers in [minval, maxval): jaxc_random_randint(key, shape, 0, 10).
 *
 *   key      u32[2]
 *   shape    of the result
 *   minval   a number that broadcasts to shape; what the dtype does not hold is moved into it
 *   maxval   the same; where it is no more than minval, minval is drawn. A maxval above the dtype's
 *            numbers includes the last of them
 *   dtype    an integer one; left out: i32
 *   ->       dtype[shape]
 *
 * Errors  JAXC_EDTYPE  no integer dtype; JAXC_ESHAPE  a bound does not broadcast
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.random.randint.
 */
JAXC_API jaxc_value jaxc_random_randint(jaxc_value key, struct jaxc_shape shape, jaxc_value minval,
                                        jaxc_value maxval, jaxc_dtype dtype JAXC_NO_DTYPE);

/*
 * jaxc_random_exponential, jaxc_random_gumbel, jaxc_random_laplace, jaxc_random_logistic,
 * jaxc_random_cauchy, jaxc_random_maxwell - draws of the standard distributions of these names:
 * jaxc_random_gumbel(key, JAXC_SHAPE(5)).
 *
 *   key     u32[2]
 *   shape   of the result
 *   dtype   a float; left out: f32
 *   ->      dtype[shape]
 *
 * Errors  JAXC_EDTYPE  no float; JAXC_ELIMIT  too many elements, or a negative size
 * Source  the jax.random functions of these names; gumbel with mode="low".
 */
JAXC_API jaxc_value jaxc_random_exponential(jaxc_value key, struct jaxc_shape shape,
                                            jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_random_gumbel(jaxc_value key, struct jaxc_shape shape,
                                       jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_random_laplace(jaxc_value key, struct jaxc_shape shape,
                                        jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_random_logistic(jaxc_value key, struct jaxc_shape shape,
                                         jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_random_cauchy(jaxc_value key, struct jaxc_shape shape,
                                       jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_random_maxwell(jaxc_value key, struct jaxc_shape shape,
                                        jaxc_dtype dtype JAXC_NO_DTYPE);

/*
 * jaxc_random_rademacher - 1 or -1.
 *
 *   key     u32[2]
 *   shape   of the result
 *   dtype   left out: i32; -1 of unsigned ones wraps
 *   ->      dtype[shape]
 *
 * Errors  JAXC_EDTYPE  bool; JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.random.rademacher; differs: not of bool, where it is always true.
 */
JAXC_API jaxc_value jaxc_random_rademacher(jaxc_value key, struct jaxc_shape shape,
                                           jaxc_dtype dtype JAXC_NO_DTYPE);

/*
 * jaxc_random_bernoulli - true with probability p: jaxc_random_bernoulli(key, 0.3, .shape =
 * JAXC_SHAPE(8)).
 *
 *   key   u32[2]
 *   p     T[...], T a float
 *   ->    bool[shape]
 *
 * Errors  JAXC_EDTYPE  p is no float; JAXC_ESHAPE  p does not broadcast to the shape
 *         JAXC_EVALUE  a dtype; JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.random.bernoulli with mode="low"; differs: p is given always.
 */
JAXC_API jaxc_value jaxc_random_bernoulli(jaxc_value key, jaxc_value p,
                                          struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_truncated_normal - normally distributed numbers between bounds:
 * jaxc_random_truncated_normal(key, -2, 2, .shape = JAXC_SHAPE(6)).
 *
 *   key     u32[2]
 *   lower   T[...]
 *   upper   U[...]
 *   ->      dtype[shape], differentiable in the bounds
 *
 * Errors  JAXC_EDTYPE  no float; JAXC_ESHAPE  a bound does not broadcast to the shape
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.random.truncated_normal.
 */
JAXC_API jaxc_value jaxc_random_truncated_normal(jaxc_value key, jaxc_value lower, jaxc_value upper,
                                                 struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_lognormal, jaxc_random_pareto, jaxc_random_rayleigh, jaxc_random_wald - exp(sigma n),
 * exp(e / b), scale sqrt(-2 log u), and the inverse Gaussian distribution of this mean, whose other
 * parameter is 1.
 *
 *   key         u32[2]
 *   parameter   T[...], differentiable
 *   ->          dtype[shape]
 *
 * Errors  JAXC_EDTYPE  no float, or one that is smaller than T
 *         JAXC_ESHAPE  the parameter does not broadcast to the shape
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  the jax.random functions of these names; sigma is given always.
 */
JAXC_API jaxc_value jaxc_random_lognormal(jaxc_value key, jaxc_value sigma,
                                          struct jaxc_random_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_random_pareto(jaxc_value key, jaxc_value b,
                                       struct jaxc_random_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_random_rayleigh(jaxc_value key, jaxc_value scale,
                                         struct jaxc_random_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_random_wald(jaxc_value key, jaxc_value mean,
                                     struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_weibull_min - scale (-log(1 - u))^(1 / concentration).
 *
 *   key             u32[2]
 *   scale           T[...]
 *   concentration   U[...]
 *   ->              join(dtype, T, U)[broadcast]: u has the shape of the options, which is that of a
 *                   scalar if it is left out
 *
 * Errors  JAXC_EDTYPE  no float; JAXC_ESHAPE  the shapes do not broadcast
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.random.weibull_min.
 */
JAXC_API jaxc_value jaxc_random_weibull_min(jaxc_value key, jaxc_value scale,
                                            jaxc_value concentration,
                                            struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_double_sided_maxwell - loc + scale m r, m of the Maxwell distribution, r 1 or -1.
 *
 *   key     u32[2]
 *   loc     T[...]
 *   scale   U[...]
 *   ->      join(dtype, T, U)[shape, those of loc and scale broadcast]; a shape that is left out is
 *           theirs, and they follow it again
 *
 * Errors  JAXC_EDTYPE  no float; JAXC_ESHAPE  loc and scale do not broadcast
 *         JAXC_ELIMIT  more than 8 axes, too many elements, or a negative size
 * Source  jax.random.double_sided_maxwell.
 */
JAXC_API jaxc_value
jaxc_random_double_sided_maxwell(jaxc_value key, jaxc_value loc, jaxc_value scale,
                                 struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_triangular - the triangular distribution of these corners.
 *
 *   key                 u32[2]
 *   left, mode, right   T[...], ascending
 *   ->                  dtype[shape]
 *
 * Errors  JAXC_EDTYPE  no float, or one that is smaller than T
 *         JAXC_ESHAPE  a corner does not broadcast to the shape
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.random.triangular.
 */
JAXC_API jaxc_value jaxc_random_triangular(jaxc_value key, jaxc_value left, jaxc_value mode,
                                           jaxc_value right,
                                           struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_geometric - how many trials until the first success.
 *
 *   key   u32[2]
 *   p     T[...], of one success
 *   ->    dtype[shape], at least 1
 *
 * Errors  JAXC_EDTYPE  no integer dtype; JAXC_ESHAPE  p does not broadcast to the shape
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.random.geometric.
 */
JAXC_API jaxc_value jaxc_random_geometric(jaxc_value key, jaxc_value p,
                                          struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_gamma, jaxc_random_loggamma, jaxc_random_chisquare, jaxc_random_t - draws of the gamma
 * distribution, their logarithms (which small alpha does not round to 0), and draws of the chi-squared
 * distribution and of Student's with df degrees of freedom: jaxc_random_gamma(key, 2.5, .shape =
 * JAXC_SHAPE(4)).
 *
 *   key         u32[2]
 *   alpha, df   T[...], differentiable once
 *   ->          dtype[shape]; NaN where alpha is NaN or at most -2/3
 *
 * Errors  JAXC_EDTYPE  no float; of chisquare and t, one that is smaller than T
 *         JAXC_ESHAPE  the parameter does not broadcast to the shape
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  the jax.random functions of these names. Where rounding decides whether a number is
 *         rejected, the draw is another one than JAX's: of 10^7 in f32 0 to 3 for alpha from 0.1 to
 *         100, and 10 for 10^4. f16 and bf16 are draws of f32, rounded: not JAX's. Subnormal numbers
 *         stay. JAX has the second derivative in forward mode.
 */
JAXC_API jaxc_value jaxc_random_gamma(jaxc_value key, jaxc_value alpha,
                                      struct jaxc_random_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_random_loggamma(jaxc_value key, jaxc_value alpha,
                                         struct jaxc_random_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_random_chisquare(jaxc_value key, jaxc_value df,
                                          struct jaxc_random_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_random_t(jaxc_value key, jaxc_value df,
                                  struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_beta, jaxc_random_f - the beta distribution with parameters a and b, and Fisher's with a
 * and b degrees of freedom.
 *
 *   key    u32[2]
 *   a, b   T[...], differentiable once
 *   ->     dtype[shape]
 *
 * Errors  JAXC_EDTYPE  no float, or one that is smaller than T
 *         JAXC_ESHAPE  the parameters do not broadcast to the shape
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.random.beta, f; as jaxc_random_gamma.
 */
JAXC_API jaxc_value jaxc_random_beta(jaxc_value key, jaxc_value a, jaxc_value b,
                                     struct jaxc_random_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_random_f(jaxc_value key, jaxc_value a, jaxc_value b,
                                  struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_dirichlet - n numbers whose sum is 1, of the Dirichlet distribution.
 *
 *   key     u32[2]
 *   alpha   T[..., n], differentiable once
 *   ->      dtype[shape, n]; a shape that is left out is that of alpha without n
 *
 * Errors  JAXC_EDTYPE  no float; JAXC_ESHAPE  alpha is a scalar, or does not broadcast
 *         JAXC_ELIMIT  more than 8 axes, too many elements, or a negative size
 * Source  jax.random.dirichlet; as jaxc_random_gamma.
 */
JAXC_API jaxc_value jaxc_random_dirichlet(jaxc_value key, jaxc_value alpha,
                                          struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_generalized_normal - numbers with a density proportional to exp(-|x|^p).
 *
 *   key   u32[2]
 *   p     T[...], differentiable once
 *   ->    join(dtype, T)[shape]
 *
 * Errors  JAXC_EDTYPE  no float; JAXC_ESHAPE  p does not broadcast to the shape
 *         JAXC_ELIMIT  too many elements, or a negative size
 * Source  jax.random.generalized_normal without 64-bit mode; as jaxc_random_gamma. A shape that is
 *         left out is p's.
 */
JAXC_API jaxc_value jaxc_random_generalized_normal(jaxc_value key, jaxc_value p,
                                                   struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_ball - points of the unit ball of d dimensions in the norm of p: jaxc_random_ball(key, 3,
 * 2, .shape = JAXC_SHAPE(10)).
 *
 *   key   u32[2]
 *   d     a C number or an integer scalar whose value is known
 *   p     T[], differentiable once
 *   ->    join(dtype, T)[shape, d]
 *
 * Errors  JAXC_EDTYPE  no float, or d is no integer; JAXC_ECONCRETE  d is traced
 *         JAXC_ESHAPE  p is no scalar
 *         JAXC_ELIMIT  more than 8 axes, too many elements, or a negative size
 * Source  jax.random.ball without 64-bit mode; as jaxc_random_gamma. p is given always.
 */
JAXC_API jaxc_value jaxc_random_ball(jaxc_value key, jaxc_value d, jaxc_value p,
                                     struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_poisson - draws of the Poisson distribution with mean lam: jaxc_random_poisson(key, 4.5,
 * .shape = JAXC_SHAPE(10)).
 *
 *   key     u32[2]
 *   lam     T[...], computed in f32
 *   dtype   integers, i32 if left out
 *   ->      dtype[shape]; -1 where lam is negative or NaN (255 in u8, ...)
 *
 * Errors  JAXC_EDTYPE  no integer dtype
 *         JAXC_ESHAPE  lam does not broadcast to the shape
 *         JAXC_ELIMIT  more than 2^27 elements, or a negative size
 * Source  jax.random.poisson: the numbers that it gives on CPUs with fused multiplication and addition.
 *         As there, those with lam >= 10 depend on the whole draw. At most 63 tries, which never were
 *         needed; JAX makes 2^31.
 */
JAXC_API jaxc_value jaxc_random_poisson(jaxc_value key, jaxc_value lam,
                                        struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_multivariate_normal - normal vectors with a mean and a covariance:
 * jaxc_random_multivariate_normal(key, mean, cov, .shape = JAXC_SHAPE(10)).
 *
 *   key    u32[2]
 *   mean   T[..., n], differentiable
 *   cov    T[..., n, n], differentiable; (cov + its transpose) / 2 counts
 *   ->     join(dtype, T)[shape, n]; a shape that is left out is that before n of both, broadcast.
 *          NaN where the covariance is not positive definite
 *
 * Errors  JAXC_EDTYPE  no float
 *         JAXC_ESHAPE  other shapes, or they do not broadcast
 *         JAXC_ELIMIT  more than 6 axes before n, too many elements, or a negative size
 * Source  jax.random.multivariate_normal by its method 'cholesky'; 'svd' and 'eigh' are absent. The
 *         program grows with n.
 */
JAXC_API jaxc_value
jaxc_random_multivariate_normal(jaxc_value key, jaxc_value mean, jaxc_value cov,
                                struct jaxc_random_options options JAXC_DEFAULT);

/*
 * jaxc_random_orthogonal - matrices with orthonormal columns, or rows if there are fewer of them, all
 * alike: jaxc_random_orthogonal(key, 3), jaxc_random_orthogonal(key, 3, .m = 2).
 *
 *   key   u32[2]
 *   n     a C number or an integer scalar whose value is known: the rows
 *   ->    dtype[shape, n, m]
 *
 * Errors  JAXC_EDTYPE  no float, or n is no integer; JAXC_ECONCRETE  n is traced
 *         JAXC_ELIMIT  more than 8 axes, too many elements, or a negative size
 * Source  jax.random.orthogonal, to rounding. The program grows with the smaller of n and m.
 */
JAXC_API jaxc_value jaxc_random_orthogonal(jaxc_value key, jaxc_value n,
                                           struct jaxc_orthogonal_options options JAXC_DEFAULT);

/*
 * jaxc_random_permutation - the numbers 0 to n - 1, or the parts of an array along an axis, in a
 * random order: jaxc_random_permutation(key, 10), jaxc_random_permutation(key, x, JAXC_AXIS(1)).
 *
 *   key   u32[2]
 *   x     n, a C number or an integer scalar whose value is known; or T[...]
 *   ->    i32[n], or T[...]
 *
 * Errors  JAXC_EAXIS  the axis is out of range, or more than one
 *         JAXC_EDTYPE  a scalar that is no integer; JAXC_ECONCRETE  a scalar that is traced
 * Source  jax.random.permutation.
 */
JAXC_API jaxc_value jaxc_random_permutation(jaxc_value key, jaxc_value x,
                                            struct jaxc_permutation_options options JAXC_DEFAULT);

/*
 * jaxc_random_choice - some of the numbers 0 to n - 1, or of the parts of an array along an axis:
 * jaxc_random_choice(key, 5, .shape = JAXC_SHAPE(3), .without_replacement = true).
 *
 *   key   u32[2]
 *   a     n, as above, or T[...]
 *   ->    i32[shape], or T[...] with the axes of shape in the place of the axis
 *
 * Errors  JAXC_EVALUE  nothing to choose from, or without replacement fewer than are wanted
 *         JAXC_ESHAPE  p is no vector of as many numbers
 *         JAXC_EAXIS   the axis is out of range, or more than one
 *         JAXC_EDTYPE, JAXC_ECONCRETE  as jaxc_random_permutation
 *         JAXC_ELIMIT  more than 8 axes, too many elements, or a negative size
 * Source  jax.random.choice; with p and replacement a sum in another order may choose the neighbour.
 */
JAXC_API jaxc_value jaxc_random_choice(jaxc_value key, jaxc_value a,
                                       struct jaxc_choice_options options JAXC_DEFAULT);

/*
 * jaxc_random_categorical - numbers of categories, given the logarithms of their probabilities:
 * jaxc_random_categorical(key, logits, .shape = JAXC_SHAPE(8)).
 *
 *   key      u32[2]
 *   logits   T[...], T a float; sums of probabilities need not be 1
 *   ->       i32[shape], which ends with the other axes of the logits, or what they broadcast to
 *
 * Errors  JAXC_EAXIS  the axis is out of range, or more than one
 *         JAXC_EDTYPE  logits are no floats; JAXC_ESHAPE  they do not broadcast to the shape
 *         JAXC_EVALUE  without replacement more than there are categories; there are none
 *         JAXC_ELIMIT  more than 8 axes, too many elements, or a negative size
 * Source  jax.random.categorical with mode="low".
 */
JAXC_API jaxc_value jaxc_random_categorical(jaxc_value key, jaxc_value logits,
                                            struct jaxc_categorical_options options JAXC_DEFAULT);

#ifdef __cplusplus
}
inline jaxc_value jaxc_random_uniform_of(jaxc_value key, struct jaxc_shape shape,
                                         jaxc_dtype dtype = jaxc_dtype(0), jaxc_value minval = 0,
                                         jaxc_value maxval = 1)
{
    return jaxc_random_uniform(key, shape, dtype, minval, maxval);
}
#else
#define JAXC_UNIFORM_COUNT(...)                                                                    \
    JAXC_65TH(__VA_ARGS__, JAXC_48(0), JAXC_8(0), 0, 0, 0, 5, 0, 3, 2, 0, 0)
#define JAXC_UNIFORM_0(...)                                                                        \
    JAXC_WRONG("jaxc_random_uniform takes (key, shape), (key, shape, dtype) or (key, shape, "      \
               "dtype, minval, maxval)")
#define JAXC_UNIFORM_2(key, shape)        JAXC_UNIFORM(__COUNTER__, key, shape, (jaxc_dtype)0, 0, 1)
#define JAXC_UNIFORM_3(key, shape, dtype) JAXC_UNIFORM(__COUNTER__, key, shape, dtype, 0, 1)
#define JAXC_UNIFORM_5(...)               JAXC_UNIFORM(__COUNTER__, __VA_ARGS__)
#define JAXC_UNIFORM(...)                 JAXC_UNIFORM_(__VA_ARGS__)
#define JAXC_UNIFORM_(n, key, shape, dtype, minval, maxval)                                        \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(key);                                                      \
        struct jaxc_shape jaxc_s##n = (shape);                                                     \
        jaxc_dtype jaxc_d##n = (dtype);                                                            \
        jaxc_value jaxc_b##n = JAXC_VAL(minval);                                                   \
        jaxc_value jaxc_k##n = JAXC_VAL(maxval);                                                   \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_random_uniform)(jaxc_a##n, jaxc_s##n, jaxc_d##n, jaxc_b##n, jaxc_k##n);              \
    })

#define JAXC_RANDINT(...)  JAXC_RANDINT_(__COUNTER__, __VA_ARGS__, (jaxc_dtype)0)
#define JAXC_RANDINT_(...) JAXC_RANDINT__(__VA_ARGS__)
#define JAXC_RANDINT__(n, key, shape, minval, maxval, ...)                                         \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(key);                                                      \
        struct jaxc_shape jaxc_s##n = (shape);                                                     \
        jaxc_value jaxc_b##n = JAXC_VAL(minval);                                                   \
        jaxc_value jaxc_k##n = JAXC_VAL(maxval);                                                   \
        const jaxc_dtype jaxc_d##n[2] = {__VA_ARGS__};                                             \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_random_randint)(jaxc_a##n, jaxc_s##n, jaxc_b##n, jaxc_k##n, jaxc_d##n[0]);           \
    })
#endif

#ifndef JAXC_PLAIN
#define jaxc_random_key(...) JAXC_AT(jaxc_random_key, __VA_ARGS__)
#ifdef __cplusplus
#define jaxc_random_uniform(...) JAXC_LOCATED(jaxc_random_uniform_of, __VA_ARGS__)
#define jaxc_random_randint(...) JAXC_LOCATED(jaxc_random_randint, __VA_ARGS__)
#else
#define jaxc_random_randint(...) JAXC_RANDINT(__VA_ARGS__)
#define jaxc_random_uniform(...)                                                                   \
    JAXC_PASTE(JAXC_UNIFORM_, JAXC_UNIFORM_COUNT(__VA_ARGS__))(__VA_ARGS__)
#endif
#define jaxc_random_split(...)       JAXC_CALL_VP(jaxc_random_split, __VA_ARGS__)
#define jaxc_random_fold_in(...)     JAXC_CALL2(jaxc_random_fold_in, __VA_ARGS__)
#define jaxc_random_bits(...)        JAXC_CALL_VPD(jaxc_random_bits, __VA_ARGS__)
#define jaxc_random_normal(...)      JAXC_CALL_VPD(jaxc_random_normal, __VA_ARGS__)
#define jaxc_random_exponential(...) JAXC_CALL_VPD(jaxc_random_exponential, __VA_ARGS__)
#define jaxc_random_gumbel(...)      JAXC_CALL_VPD(jaxc_random_gumbel, __VA_ARGS__)
#define jaxc_random_laplace(...)     JAXC_CALL_VPD(jaxc_random_laplace, __VA_ARGS__)
#define jaxc_random_logistic(...)    JAXC_CALL_VPD(jaxc_random_logistic, __VA_ARGS__)
#define jaxc_random_cauchy(...)      JAXC_CALL_VPD(jaxc_random_cauchy, __VA_ARGS__)
#define jaxc_random_maxwell(...)     JAXC_CALL_VPD(jaxc_random_maxwell, __VA_ARGS__)
#define jaxc_random_rademacher(...)  JAXC_CALL_VPD(jaxc_random_rademacher, __VA_ARGS__)
#define jaxc_random_bernoulli(...)                                                                 \
    JAXC_OPT2(jaxc_random_bernoulli, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_truncated_normal(...)                                                          \
    JAXC_OPT3(jaxc_random_truncated_normal, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_lognormal(...)                                                                 \
    JAXC_OPT2(jaxc_random_lognormal, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_pareto(...)   JAXC_OPT2(jaxc_random_pareto, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_rayleigh(...) JAXC_OPT2(jaxc_random_rayleigh, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_wald(...)     JAXC_OPT2(jaxc_random_wald, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_weibull_min(...)                                                               \
    JAXC_OPT3(jaxc_random_weibull_min, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_double_sided_maxwell(...)                                                      \
    JAXC_OPT3(jaxc_random_double_sided_maxwell, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_triangular(...)                                                                \
    JAXC_OPT4(jaxc_random_triangular, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_geometric(...)                                                                 \
    JAXC_OPT2(jaxc_random_geometric, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_gamma(...)    JAXC_OPT2(jaxc_random_gamma, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_loggamma(...) JAXC_OPT2(jaxc_random_loggamma, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_chisquare(...)                                                                 \
    JAXC_OPT2(jaxc_random_chisquare, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_t(...)    JAXC_OPT2(jaxc_random_t, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_beta(...) JAXC_OPT3(jaxc_random_beta, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_f(...)    JAXC_OPT3(jaxc_random_f, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_dirichlet(...)                                                                 \
    JAXC_OPT2(jaxc_random_dirichlet, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_generalized_normal(...)                                                        \
    JAXC_OPT2(jaxc_random_generalized_normal, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_orthogonal(...)                                                                \
    JAXC_OPT2(jaxc_random_orthogonal, jaxc_orthogonal_options, __VA_ARGS__)
#define jaxc_random_multivariate_normal(...)                                                       \
    JAXC_OPT3(jaxc_random_multivariate_normal, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_poisson(...) JAXC_OPT2(jaxc_random_poisson, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_ball(...)    JAXC_OPT3(jaxc_random_ball, jaxc_random_options, __VA_ARGS__)
#define jaxc_random_permutation(...)                                                               \
    JAXC_OPT2(jaxc_random_permutation, jaxc_permutation_options, __VA_ARGS__)
#define jaxc_random_choice(...) JAXC_OPT2(jaxc_random_choice, jaxc_choice_options, __VA_ARGS__)
#define jaxc_random_categorical(...)                                                               \
    JAXC_OPT2(jaxc_random_categorical, jaxc_categorical_options, __VA_ARGS__)
#endif

#endif
