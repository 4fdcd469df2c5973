/*
 * random/random.h - what the samplers share: keys, bits, uniform and normal numbers, the type of a
 * draw.
 */
#ifndef JX_RANDOM_H
#define JX_RANDOM_H

#include "numpy/numpy.h"

#include <jaxc/random.h>

/* ---- random.c -------------------------------------------------------------------------------- */

bool jx_check_key(jaxc_value key);
/* The two rows of split(key, 2). */
bool jx_split_key(jaxc_value key, jaxc_value *first, jaxc_value *second);

/* Both words of keys in the shape of a type: its elements' numbers of split(key). */
bool jx_random_keys(jaxc_value key, const struct jx_aval *type, jaxc_value *words);

/* Draws in the shape of a type, whatever its dtype is: bits of an unsigned dtype. */
jaxc_value jx_random_bits(jaxc_value key, const struct jx_aval *type, jaxc_dtype dtype);
/* Draws of a type of floats; uniform in [0, 1), or between bounds of the type's dtype, which
 * broadcast to it. */
jaxc_value jx_random_unit(jaxc_value key, const struct jx_aval *type);
jaxc_value jx_random_uniform(jaxc_value key, const struct jx_aval *type, jaxc_value minval,
                             jaxc_value maxval);
jaxc_value jx_random_normal(jaxc_value key, const struct jx_aval *type);

/* Bits of a float's fraction; the unsigned dtype of so many bytes. */
int jx_fraction_bits(jaxc_dtype dtype);
jaxc_dtype jx_unsigned_of(unsigned bytes);

/* The type of a draw of floats, f32 if the dtype is left out. */
bool jx_draw_type(struct jaxc_shape shape, jaxc_dtype dtype, struct jx_aval *type);
/* The type of a draw with n parameters (at most 3), which broadcast to its shape; a shape that is
 * left out is theirs. */
bool jx_draw_shape(struct jaxc_shape shape, jaxc_dtype dtype, int n, const jaxc_value *parameters,
                   struct jx_aval *type);
/* The same for a draw of floats, and the parameters brought to its dtype. safe: JAXC_EDTYPE for a
 * parameter of a dtype that is no part of it. */
bool jx_draw_with(const struct jaxc_random_options *o, bool safe, int n, jaxc_value *parameters,
                  struct jx_aval *type);

/* ---- gamma.c --------------------------------------------------------------------------------- */

/* A type with one axis more, the last. */
bool jx_append_axis(const struct jx_aval *type, int64_t size, struct jx_aval *out);

/* ---- distributions.c ------------------------------------------------------------------------- */

jaxc_value jx_random_exponential(jaxc_value key, const struct jx_aval *type);
jaxc_value jx_random_gumbel(jaxc_value key, const struct jx_aval *type);
/* lower and upper: of the type's dtype */
jaxc_value jx_random_truncated(jaxc_value key, const struct jx_aval *type, jaxc_value lower,
                               jaxc_value upper);

/* ---- integers.c ------------------------------------------------------------------------------ */

/* u < p, in the shape of a type of p's dtype */
jaxc_value jx_random_bernoulli(jaxc_value key, const struct jx_aval *type, jaxc_value p);
/* 1 or -1 */
jaxc_value jx_random_sign(jaxc_value key, const struct jx_aval *type);
/* i32 in [0, n), n at most 2^31 - 1 */
jaxc_value jx_random_below(jaxc_value key, const struct jx_aval *type, int64_t n);

#endif
