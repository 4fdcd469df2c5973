/*
 * random.c - keys, bits, uniform and normal numbers: JAX's partitionable threefry (semantics 1.1 to
 * 1.6), bit for bit.
 *
 * The counter of an element is its number in row-major order, as two words; counters come from
 * iota, so a draw is an ordinary elementwise program and needs no state. Element i depends on the
 * key and i alone.
 */
#include "random/random.h"

#include <inttypes.h>
#include <math.h>

static const struct jx_aval word_type = {.dtype = JAXC_U32};

jaxc_value(jaxc_random_key)(uint64_t seed)
{
    jx_enter("jaxc_random_key");
    const uint32_t words[] = {(uint32_t)(seed >> 32), (uint32_t)seed};
    struct jx_aval type = jx_aval_make(JAXC_U32, 1, (const int64_t[]){2});
    struct jx_buffer *buffer = jx_buffer_new(NULL, sizeof words, (struct jx_layout){0});
    if (!buffer)
        return JX_POISON;
    memcpy(buffer->data, words, sizeof words);
    struct jx_node *node = jx_node_array(&type, buffer);
    return node ? jx_value_own(node, 0) : JX_POISON;
}

bool jx_check_key(jaxc_value key)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(key, &type))
        return false;
    if (type.dtype != JAXC_U32)
        return jx_fail(JAXC_EDTYPE, "a key is u32[2], not %s%s", jx_aval_text(&type, text),
                       type.rank == 0 ? "; jaxc_random_key(42) makes one" : "");
    return (type.rank == 1 && type.dims[0] == 2) ||
           jx_fail(JAXC_ESHAPE, "a key is u32[2], not %s; jaxc_vmap takes several",
                   jx_aval_text(&type, text));
}

static bool encrypt(jaxc_value key, jaxc_value high, jaxc_value low, jaxc_value *y)
{
    jaxc_value first = jx_index_first(key, 0), second = jx_index_first(key, 1);
    return jx_threefry2x32(first, second, high, low, &y[0], &y[1]);
}

/* Both words of n elements. */
static bool encrypt_counters(jaxc_value key, int64_t n, jaxc_value *y)
{
    if (n <= (int64_t)1 << 32)
        return encrypt(key, jx_literal(&word_type, 0), jx_iota(JAXC_U32, 1, &n, 0), y);
    const struct jx_aval wide = {.dtype = JAXC_U64};
    jaxc_value i = jx_iota(JAXC_U64, 1, &n, 0);
    jaxc_value high = jx_shift_right_logical(i, jx_literal(&wide, 32));
    return encrypt(key, jx_convert_element_type(high, JAXC_U32, false),
                   jx_convert_element_type(i, JAXC_U32, false), y);
}

/* Two word arrays as the last axis of one. */
static jaxc_value pair_words(const jaxc_value *words, int axis)
{
    jaxc_value parts[] = {jx_insert_axes(words[0], 1, &axis), jx_insert_axes(words[1], 1, &axis)};
    return jx_concatenate(2, parts, axis);
}

bool jx_random_keys(jaxc_value key, const struct jx_aval *type, jaxc_value *words)
{
    if (!encrypt_counters(key, jx_count(type->rank, type->dims), words))
        return false;
    words[0] = jx_reshape(words[0], type->rank, type->dims);
    words[1] = jx_reshape(words[1], type->rank, type->dims);
    return true;
}

bool jx_split_key(jaxc_value key, jaxc_value *first, jaxc_value *second)
{
    jaxc_value y[2];
    *first = *second = JX_POISON;
    if (!encrypt_counters(key, 2, y))
        return false;
    jaxc_value both = pair_words(y, 1);
    *first = jx_index_first(both, 0);
    *second = jx_index_first(both, 1);
    return !jx_is_poison(*first) && !jx_is_poison(*second);
}

jaxc_value(jaxc_random_split)(jaxc_value key, int64_t n)
{
    jx_enter("jaxc_random_split");
    jaxc_value y[2];
    if (n < 0) {
        jx_fail(JAXC_EVALUE, "%" PRId64 " keys", n);
        return JX_POISON;
    }
    if (!jx_check_key(key) || !encrypt_counters(key, n, y))
        return JX_POISON;
    return pair_words(y, 1);
}

jaxc_value(jaxc_random_fold_in)(jaxc_value key, jaxc_value data)
{
    jx_enter("jaxc_random_fold_in");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    jaxc_value y[2];
    if (!jx_check_key(key) || !jx_value_aval(data, &type))
        return JX_POISON;
    if (type.rank > 0 || !jx_is_integer((jaxc_dtype)type.dtype)) {
        jx_fail(type.rank > 0 ? JAXC_ESHAPE : JAXC_EDTYPE, "takes an integer scalar, not %s",
                jx_aval_text(&type, text));
        return JX_POISON;
    }
    if (!encrypt(key, jx_literal(&word_type, 0), jx_cast(data, JAXC_U32), y))
        return JX_POISON;
    return pair_words(y, 0);
}

/* ---- bits ------------------------------------------------------------------------------------ */

/* Bits of an unsigned dtype in the shape of a type, whatever that type's dtype is. */
jaxc_value jx_random_bits(jaxc_value key, const struct jx_aval *type, jaxc_dtype dtype)
{
    const struct jx_aval wide = {.dtype = JAXC_U64};
    jaxc_value y[2], all;
    if (!encrypt_counters(key, jx_count(type->rank, type->dims), y))
        return JX_POISON;
    if (dtype == JAXC_U64) {
        jaxc_value high = jx_convert_element_type(y[0], JAXC_U64, false);
        high = jx_shift_left(high, jx_literal(&wide, 32));
        all = jx_or(high, jx_convert_element_type(y[1], JAXC_U64, false));
    } else {
        all = jx_convert_element_type(jx_xor(y[0], y[1]), dtype, false);
    }
    return jx_reshape(all, type->rank, type->dims);
}

jaxc_value(jaxc_random_bits)(jaxc_value key, struct jaxc_shape shape, jaxc_dtype dtype)
{
    jx_enter("jaxc_random_bits");
    struct jx_aval type;
    if (!jx_check_key(key) || !jx_choose_dtype(dtype, JAXC_U32, &dtype) ||
        !jx_choose_type(shape, dtype, &type))
        return JX_POISON;
    const struct jx_dtype_info *info = jx_dtype_info(dtype);
    if (info->category != JX_CAT_UNSIGNED) {
        jx_fail(JAXC_EDTYPE, "bits are unsigned, not %s", info->name);
        return JX_POISON;
    }
    return jx_random_bits(key, &type, dtype);
}

/* ---- floats ---------------------------------------------------------------------------------- */

int jx_fraction_bits(jaxc_dtype dtype)
{
    return dtype == JAXC_BF16 ? 7 : dtype == JAXC_F16 ? 10 : dtype == JAXC_F32 ? 23 : 52;
}

jaxc_dtype jx_unsigned_of(unsigned bytes)
{
    return bytes == 1 ? JAXC_U8 : bytes == 2 ? JAXC_U16 : bytes == 4 ? JAXC_U32 : JAXC_U64;
}

/* Multiples of 2^-fraction in [0, 1): random bits as the fraction of a float in [1, 2), less 1. */
jaxc_value jx_random_unit(jaxc_value key, const struct jx_aval *type)
{
    jaxc_dtype dtype = (jaxc_dtype)type->dtype;
    unsigned size = jx_dtype_info(dtype)->size;
    int fraction = jx_fraction_bits(dtype), drawn = fraction < 8 ? 8 : 8 * (int)size;
    struct jx_aval pattern = {.dtype = (uint8_t)jx_unsigned_of(size)};
    uint64_t raw = 0;
    jx_scalar_store(&raw, dtype, (union jx_scalar){.f = 1});
    union jx_scalar one = jx_scalar_load(&raw, (jaxc_dtype)pattern.dtype);

    jaxc_value y = jx_random_bits(key, type, jx_unsigned_of((unsigned)drawn / 8));
    y = jx_convert_element_type(y, (jaxc_dtype)pattern.dtype, false);
    y = jx_shift_right_logical(y, jx_literal(&pattern, drawn - fraction));
    y = jx_or(y, jx_scalar_of((jaxc_dtype)pattern.dtype, one, false));
    y = jx_bitcast_convert_type(y, dtype);
    return jx_sub(y, jx_literal(type, 1));
}

/* maxval - minval, a literal if both are. */
static jaxc_value span_of(jaxc_value minval, jaxc_value maxval)
{
    struct jx_aval type;
    union jx_scalar low, high;
    if (!jx_literal_of(minval, &type, &low) || !jx_literal_of(maxval, &type, &high)) {
        jaxc_value bounds[] = {minval, maxval};
        return jx_join(2, bounds, JX_JOIN_SHAPES, NULL) ? jx_sub(bounds[1], bounds[0]) : JX_POISON;
    }
    union jx_scalar span = {.f = high.f - low.f};
    jaxc_dtype dtype = (jaxc_dtype)type.dtype;
    return jx_scalar_of(dtype, jx_scalar_convert(span, JAXC_F64, dtype), false);
}

static bool is_number(jaxc_value x, double number)
{
    struct jx_aval type;
    union jx_scalar held;
    return jx_literal_of(x, &type, &held) && held.f == number;
}

/* max(minval, f (maxval - minval) + minval), which is f for [0, 1). The bounds are of the type's
 * dtype. */
jaxc_value jx_random_uniform(jaxc_value key, const struct jx_aval *type, jaxc_value minval,
                             jaxc_value maxval)
{
    jaxc_value y = jx_random_unit(key, type);
    if (is_number(minval, 0) && is_number(maxval, 1))
        return y;
    jaxc_value span[] = {y, span_of(minval, maxval)};
    if (!jx_join(2, span, JX_JOIN_SHAPES, NULL))
        return JX_POISON;
    jaxc_value low[] = {jx_mul(span[0], span[1]), minval};
    if (!jx_join(2, low, JX_JOIN_SHAPES, NULL))
        return JX_POISON;
    return jx_max(low[1], jx_add(low[0], low[1]));
}

/* The type of a draw, of floats. */
bool jx_draw_type(struct jaxc_shape shape, jaxc_dtype dtype, struct jx_aval *type)
{
    if (!jx_choose_dtype(dtype, JAXC_F32, &dtype) || !jx_choose_type(shape, dtype, type))
        return false;
    return jx_is_float(dtype) ||
           jx_fail(JAXC_EDTYPE, "draws floats, not %s", jx_dtype_info(dtype)->name);
}

bool jx_draw_shape(struct jaxc_shape shape, jaxc_dtype dtype, int n, const jaxc_value *parameters,
                   struct jx_aval *type)
{
    struct jx_aval types[4];
    char text[4][JX_AVAL_TEXT];
    if (!jx_choose_type(shape, dtype, type))
        return false;
    types[n] = *type;
    for (int i = 0; i < n; i++)
        if (!jx_argument_aval(parameters[i], i + 1, &types[i]))
            return false;
    int rank;
    int64_t dims[JAXC_MAX_RANK];
    if (!jx_broadcast_types(n + (shape.rank > 0), types, &rank, dims))
        return false;
    if (shape.rank > 0 && (rank != shape.rank || !jx_same_dims(rank, dims, shape.dims))) {
        struct jx_aval all = jx_aval_make(dtype, rank, dims);
        return jx_fail(JAXC_ESHAPE, "parameters of %s do not broadcast to %s",
                       jx_aval_text(&all, text[0]), jx_aval_text(type, text[1]));
    }
    *type = jx_aval_make(dtype, rank, dims);
    return true;
}

bool jx_draw_with(const struct jaxc_random_options *o, bool safe, int n, jaxc_value *parameters,
                  struct jx_aval *type)
{
    if (!jx_draw_type(o->shape, o->dtype, type) ||
        !jx_draw_shape(o->shape, (jaxc_dtype)type->dtype, n, parameters, type))
        return false;
    jaxc_dtype dtype = (jaxc_dtype)type->dtype;
    for (int i = 0; i < n; i++) {
        struct jx_aval own;
        char text[JX_AVAL_TEXT];
        jaxc_dtype joined;
        bool weak;
        if (!jx_value_aval(parameters[i], &own))
            return false;
        jx_promote((jaxc_dtype)own.dtype, own.weak, dtype, false, &joined, &weak);
        if (safe && joined != dtype)
            return jx_fail(JAXC_EDTYPE, "a parameter %s for draws of %s", jx_aval_text(&own, text),
                           jx_dtype_info(dtype)->name);
        parameters[i] = jx_as(parameters[i], dtype, false);
        if (jx_is_poison(parameters[i]))
            return false;
    }
    return true;
}

jaxc_value(jaxc_random_uniform)(jaxc_value key, struct jaxc_shape shape, jaxc_dtype dtype,
                                jaxc_value minval, jaxc_value maxval)
{
    jx_enter("jaxc_random_uniform");
    struct jx_aval types[3];
    int rank;
    int64_t dims[JAXC_MAX_RANK];
    if (!jx_check_key(key) || !jx_draw_type(shape, dtype, &types[0]) ||
        !jx_value_aval(minval, &types[1]) || !jx_value_aval(maxval, &types[2]) ||
        !jx_broadcast_types(3, types, &rank, dims))
        return JX_POISON;
    if (rank != shape.rank || !jx_same_dims(rank, dims, shape.dims)) {
        char text[3][JX_AVAL_TEXT];
        jx_fail(JAXC_ESHAPE, "bounds %s and %s do not broadcast to %s",
                jx_aval_text(&types[1], text[1]), jx_aval_text(&types[2], text[2]),
                jx_aval_text(&types[0], text[0]));
        return JX_POISON;
    }
    dtype = (jaxc_dtype)types[0].dtype;
    return jx_random_uniform(key, &types[0], jx_as(minval, dtype, false),
                             jx_as(maxval, dtype, false));
}

/* sqrt(2) erf_inv(u), u uniform in (-1, 1) */
jaxc_value jx_random_normal(jaxc_value key, const struct jx_aval *type)
{
    double low = ldexp(1, -jx_fraction_bits((jaxc_dtype)type->dtype) - 1) - 1; /* after -1 */
    jaxc_value u = jx_random_uniform(key, type, jx_literal(type, low), jx_literal(type, 1));
    return jx_mul(jx_literal(type, 1.41421356237309504880 /* sqrt(2) */), jx_erf_inv(u));
}

jaxc_value(jaxc_random_normal)(jaxc_value key, struct jaxc_shape shape, jaxc_dtype dtype)
{
    jx_enter("jaxc_random_normal");
    struct jx_aval type;
    if (!jx_check_key(key) || !jx_draw_type(shape, dtype, &type))
        return JX_POISON;
    return jx_random_normal(key, &type);
}
