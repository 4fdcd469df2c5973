/*
 * counts.c - Poisson numbers (semantics 1.8).
 *
 * JAX draws an array in one loop that ends when every element has accepted a number, and until then
 * accepted ones are replaced. So a draw is two primitives: how many tries each element takes, and the
 * number that so many tries as the slowest takes leave (kernel/scalar_random.h).
 */
#include "random/random.h"

#include <inttypes.h>

/* The two words of a key, and the numbers of a type's elements. */
static bool counters_of(jaxc_value key, const struct jx_aval *type, jaxc_value *words,
                        jaxc_value *i)
{
    int64_t n = jx_count(type->rank, type->dims);
    if (n > (int64_t)1 << 27)
        return jx_fail(JAXC_ELIMIT, "%" PRId64 " elements; at most 2^27 are drawn at once", n);
    words[0] = jx_index_first(key, 0);
    words[1] = jx_index_first(key, 1);
    *i = jx_reshape(jx_iota(JAXC_U32, 1, &n, 0), type->rank, type->dims);
    return !jx_is_poison(*i);
}

/* Draws below 10 are counts, which wrap in a narrow dtype; those from 10 on are floats, which do not. */
static jaxc_value integers_of(jaxc_value y, jaxc_value lam, jaxc_dtype dtype)
{
    jaxc_value counts = jx_convert_element_type(y, JAXC_I32, false);
    counts = jx_convert_element_type(counts, dtype, false);
    y = jx_convert_element_type(y, dtype, false);
    return jx_select(jx_ge(lam, jx_number_like(lam, 10)), y, counts);
}

jaxc_value(jaxc_random_poisson)(jaxc_value key, jaxc_value lam, struct jaxc_random_options options)
{
    jx_enter("jaxc_random_poisson");
    struct jx_aval type;
    jaxc_dtype dtype;
    jaxc_value words[2], i;
    int axes[JAXC_MAX_RANK];
    if (!jx_check_key(key) || !jx_choose_dtype(options.dtype, JAXC_I32, &dtype))
        return JX_POISON;
    if (!jx_is_integer(dtype)) {
        jx_fail(JAXC_EDTYPE, "draws integers, not %s", jx_dtype_info(dtype)->name);
        return JX_POISON;
    }
    if (!jx_draw_shape(options.shape, JAXC_F32, 1, &lam, &type) ||
        !counters_of(key, &type, words, &i))
        return JX_POISON;
    lam = jx_broadcast_to(jx_as(lam, JAXC_F32, false), type.rank, type.dims);
    for (int axis = 0; axis < type.rank; axis++)
        axes[axis] = axis;
    jaxc_value tries = jx_random_poisson_tries(words[0], words[1], i, lam);
    if (type.rank > 0)
        tries = jx_reduce_max(tries, type.rank, axes);
    return integers_of(jx_random_poisson(words[0], words[1], i, lam, tries), lam, dtype);
}
