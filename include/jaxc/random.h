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
#endif

#ifndef JAXC_PLAIN
#define jaxc_random_key(...) JAXC_AT(jaxc_random_key, __VA_ARGS__)
#ifdef __cplusplus
#define jaxc_random_uniform(...) JAXC_LOCATED(jaxc_random_uniform_of, __VA_ARGS__)
#else
#define jaxc_random_uniform(...)                                                                   \
    JAXC_PASTE(JAXC_UNIFORM_, JAXC_UNIFORM_COUNT(__VA_ARGS__))(__VA_ARGS__)
#endif
#define jaxc_random_split(...)   JAXC_CALL_VP(jaxc_random_split, __VA_ARGS__)
#define jaxc_random_fold_in(...) JAXC_CALL2(jaxc_random_fold_in, __VA_ARGS__)
#define jaxc_random_bits(...)    JAXC_CALL_VPD(jaxc_random_bits, __VA_ARGS__)
#define jaxc_random_normal(...)  JAXC_CALL_VPD(jaxc_random_normal, __VA_ARGS__)
#endif

#endif
