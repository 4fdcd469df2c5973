/*
 * integers.c - draws of integers and of truth values (semantics 1.7 and 1.8).
 */
#include "random/random.h"

/* ---- randint --------------------------------------------------------------------------------- */

/* The numbers of an integer dtype. */
struct range {
    int64_t least;
    uint64_t most;
};

static struct range range_of(jaxc_dtype dtype)
{
    const struct jx_dtype_info *info = jx_dtype_info(dtype);
    int bits = 8 * (int)info->size;
    if (info->category == JX_CAT_UNSIGNED)
        return (struct range){0, UINT64_MAX >> (64 - bits)};
    return (struct range){INT64_MIN >> (64 - bits), UINT64_MAX >> (65 - bits)};
}

/* A number of either kind in a dtype that holds it. */
static jaxc_value integer(jaxc_dtype dtype, bool negative, uint64_t number)
{
    union jx_scalar s = {.u = number};
    if (negative || jx_dtype_info(dtype)->category != JX_CAT_UNSIGNED)
        s.i = (int64_t)number;
    return jx_scalar_of(dtype, s, false);
}

static jaxc_value boolean(bool value)
{
    return jx_scalar_of(JAXC_BOOL, (union jx_scalar){.i = value}, false);
}

/* A C number in the range, in dtype; beyond: whether it was above. */
static jaxc_value literal_bound(const struct jx_aval *type, union jx_scalar number,
                                jaxc_dtype dtype, struct range r, bool *beyond)
{
    jaxc_dtype held = jx_literal_held(type);
    if (jx_is_float(held)) {
        number = jx_scalar_convert(number, held, JAXC_I64);
        held = JAXC_I64;
    }
    bool negative = jx_dtype_info(held)->category != JX_CAT_UNSIGNED && number.i < 0;
    *beyond = !negative && number.u > r.most;
    if (negative)
        return integer(dtype, true, (uint64_t)(number.i < r.least ? r.least : number.i));
    return integer(dtype, false, *beyond ? r.most : number.u);
}

/* The same of an array, whose own dtype may hold less than the range. */
static jaxc_value array_bound(jaxc_value x, jaxc_dtype dtype, struct range r, jaxc_value *beyond)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (!jx_is_integer((jaxc_dtype)type.dtype) || jx_dtype_info(dtype)->size < 4) {
        x = jx_cast(x, JAXC_I32);
        type.dtype = JAXC_I32;
    }
    jaxc_dtype own = (jaxc_dtype)type.dtype;
    struct range all = range_of(own);
    int64_t least = all.least > r.least ? all.least : r.least;
    uint64_t most = all.most < r.most ? all.most : r.most;
    jaxc_value top = integer(own, false, most);
    *beyond = jx_gt(x, top);
    x = jx_clamp(integer(own, least < 0, (uint64_t)least), x, top);
    return jx_convert_element_type(x, dtype, false);
}

/* A bound of a draw, moved into a range, in the dtype that is drawn. */
static jaxc_value bound(jaxc_value x, jaxc_dtype dtype, struct range r, jaxc_value *beyond)
{
    struct jx_aval type;
    union jx_scalar number;
    if (!jx_literal_of(x, &type, &number))
        return array_bound(x, dtype, r, beyond);
    bool above;
    x = literal_bound(&type, number, dtype, r, &above);
    *beyond = boolean(above);
    return x;
}

/* minval + (high 2^bits + low) mod span, high and low two draws of so many bits, with span 2^bits
 * as 0. */
static jaxc_value integers(jaxc_value key, const struct jx_aval *type, jaxc_value minval,
                           jaxc_value maxval, jaxc_value beyond)
{
    jaxc_dtype dtype = (jaxc_dtype)type->dtype;
    unsigned size = jx_dtype_info(dtype)->size;
    jaxc_dtype word = jx_unsigned_of(size);
    jaxc_value first, second;
    if (!jx_split_key(key, &first, &second))
        return JX_POISON;
    jaxc_value high = jx_random_bits(first, type, word), low = jx_random_bits(second, type, word);
    jaxc_value some = jx_gt(maxval, minval);
    jaxc_value span = jx_convert_element_type(jx_sub(maxval, minval), word, false);
    span = jx_select(some, span, jx_number_like(span, 1));
    span = jx_select(jx_and(beyond, some), jx_add(span, jx_number_like(span, 1)), span);
    jaxc_value half = integer(word, false, (uint64_t)1 << 4 * size);
    jaxc_value factor = jx_rem(half, span);
    factor = jx_rem(jx_mul(factor, factor), span);
    high = jx_mul(jx_rem(high, span), factor);
    jaxc_value offset = jx_rem(jx_add(high, jx_rem(low, span)), span);
    return jx_add(minval, jx_convert_element_type(offset, dtype, false));
}

jaxc_value(jaxc_random_randint)(jaxc_value key, struct jaxc_shape shape, jaxc_value minval,
                                jaxc_value maxval, jaxc_dtype dtype)
{
    jx_enter("jaxc_random_randint");
    struct jx_aval type, own[3];
    int rank;
    int64_t dims[JAXC_MAX_RANK];
    jaxc_value beyond, unused;
    if (!jx_check_key(key) || !jx_choose_dtype(dtype, JAXC_I32, &dtype))
        return JX_POISON;
    if (!jx_is_integer(dtype)) {
        jx_fail(JAXC_EDTYPE, "draws integers, not %s", jx_dtype_info(dtype)->name);
        return JX_POISON;
    }
    struct range r = range_of(dtype), upper = r;
    bool narrow = jx_dtype_info(dtype)->size < 4;
    jaxc_dtype drawn = narrow ? JAXC_I32 : dtype;
    upper.most += narrow;
    if (!jx_choose_type(shape, drawn, &own[0]) || !jx_argument_aval(minval, 2, &own[1]) ||
        !jx_argument_aval(maxval, 3, &own[2]) || !jx_broadcast_types(3, own, &rank, dims))
        return JX_POISON;
    if (rank != shape.rank || !jx_same_dims(rank, dims, shape.dims)) {
        char text[3][JX_AVAL_TEXT];
        jx_fail(JAXC_ESHAPE, "bounds %s and %s do not broadcast to %s",
                jx_aval_text(&own[1], text[1]), jx_aval_text(&own[2], text[2]),
                jx_aval_text(&own[0], text[0]));
        return JX_POISON;
    }
    type = own[0];
    minval = bound(minval, drawn, r, &unused);
    maxval = bound(maxval, drawn, upper, &beyond);
    if (own[1].rank + own[2].rank > 0) { /* all of them arrays, or numbers */
        minval = jx_broadcast_to(minval, rank, dims);
        maxval = jx_broadcast_to(maxval, rank, dims);
        beyond = jx_broadcast_to(narrow ? boolean(false) : beyond, rank, dims);
    }
    jaxc_value y = integers(key, &type, minval, maxval, narrow ? boolean(false) : beyond);
    return narrow ? jx_convert_element_type(y, dtype, false) : y;
}

jaxc_value jx_random_below(jaxc_value key, const struct jx_aval *type, int64_t n)
{
    struct jx_aval drawn = *type;
    drawn.dtype = JAXC_I32;
    jaxc_value least = integer(JAXC_I32, false, 0), most = integer(JAXC_I32, false, (uint64_t)n);
    return integers(key, &drawn, least, most, boolean(false));
}

/* ---- truth values, signs, trials ------------------------------------------------------------- */

jaxc_value jx_random_bernoulli(jaxc_value key, const struct jx_aval *type, jaxc_value p)
{
    return jx_lt(jx_random_unit(key, type), jx_broadcast_to(p, type->rank, type->dims));
}

jaxc_value(jaxc_random_bernoulli)(jaxc_value key, jaxc_value p, struct jaxc_random_options options)
{
    jx_enter("jaxc_random_bernoulli");
    struct jx_aval own, type;
    char text[JX_AVAL_TEXT];
    if (options.dtype) {
        jx_fail(JAXC_EVALUE, "takes no dtype: it is p's that is drawn");
        return JX_POISON;
    }
    if (!jx_check_key(key) || !jx_argument_aval(p, 1, &own))
        return JX_POISON;
    jaxc_dtype dtype = (jaxc_dtype)own.dtype;
    if (!jx_is_float(dtype)) {
        jx_fail(JAXC_EDTYPE, "p is a float, not %s", jx_aval_text(&own, text));
        return JX_POISON;
    }
    if (!jx_draw_shape(options.shape, dtype, 1, &p, &type))
        return JX_POISON;
    return jx_random_bernoulli(key, &type, jx_as(p, dtype, false));
}

/* 2 b - 1, b of probability 1 / 2, drawn in f32 */
jaxc_value jx_random_sign(jaxc_value key, const struct jx_aval *type)
{
    struct jx_aval drawn = *type;
    drawn.dtype = JAXC_F32;
    jaxc_value y = jx_random_bernoulli(key, &drawn, jx_literal(&drawn, 0.5));
    y = jx_convert_element_type(y, (jaxc_dtype)type->dtype, false);
    return jx_sub(jx_mul(jx_literal(type, 2), y), jx_literal(type, 1));
}

jaxc_value(jaxc_random_rademacher)(jaxc_value key, struct jaxc_shape shape, jaxc_dtype dtype)
{
    jx_enter("jaxc_random_rademacher");
    struct jx_aval type;
    if (!jx_check_key(key) || !jx_choose_dtype(dtype, JAXC_I32, &dtype) ||
        !jx_choose_type(shape, dtype, &type))
        return JX_POISON;
    if (dtype == JAXC_BOOL) {
        jx_fail(JAXC_EDTYPE, "draws numbers, not bool");
        return JX_POISON;
    }
    return jx_random_sign(key, &type);
}

/* floor(log u / log(1 - p)) + 1, with 1 for a u of 0 */
jaxc_value(jaxc_random_geometric)(jaxc_value key, jaxc_value p, struct jaxc_random_options options)
{
    jx_enter("jaxc_random_geometric");
    struct jx_aval own, type;
    jaxc_dtype dtype;
    if (!jx_check_key(key) || !jx_choose_dtype(options.dtype, JAXC_I32, &dtype))
        return JX_POISON;
    if (!jx_is_integer(dtype)) {
        jx_fail(JAXC_EDTYPE, "draws integers, not %s", jx_dtype_info(dtype)->name);
        return JX_POISON;
    }
    p = jx_as_float(p);
    if (!jx_value_aval(p, &own) ||
        !jx_draw_shape(options.shape, (jaxc_dtype)own.dtype, 1, &p, &type))
        return JX_POISON;
    jaxc_value u = jx_random_unit(key, &type);
    u = jx_select(jx_eq(u, jx_literal(&type, 0)), jx_literal(&type, 1), u);
    jaxc_value failure = jx_log1p(jx_neg(jx_as(p, (jaxc_dtype)own.dtype, false)));
    failure = jx_broadcast_to(failure, type.rank, type.dims);
    jaxc_value y = jx_floor(jx_div(jx_log(u), failure));
    return jx_convert_element_type(jx_add(y, jx_literal(&type, 1)), dtype, false);
}
