/*
 * attention.c - dot-product attention: softmax(query key^T scale + bias, where masks hold) value.
 *
 * Letters of shapes: b batch, t queries, s keys, n heads of the queries, k of keys and values, g = n / k
 * queries' heads that share one of those, h features. Logits are [b, k, g, t, s], so that each head
 * is a matrix product.
 */
#include "nn/nn.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

struct attention {
    jaxc_dtype dtype; /* of query, key and value */
    int rank;         /* of query, as given */
    int64_t b, t, s, n, k, g, h;
};

/* ---- operands -------------------------------------------------------------------------------- */

/* x with leading axes of size 1, to rank 4, and its type then; its own is `given`. */
static bool to_rank_4(jaxc_value *x, const char *name, struct jx_aval *given, struct jx_aval *type)
{
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(*x, given))
        return false;
    if (given->rank > 4)
        return jx_fail(JAXC_ESHAPE, "%s has more than four axes: %s", name,
                       jx_aval_text(given, text));
    *type = *given;
    type->rank = 4;
    int more = 4 - given->rank;
    for (int i = 0; i < 4; i++)
        type->dims[i] = i < more ? 1 : given->dims[i - more];
    *x = jx_reshape(*x, 4, type->dims);
    return !jx_is_poison(*x);
}

static bool check_types(const struct jx_aval *query, const struct jx_aval *key,
                        const struct jx_aval *value)
{
    char text[3][JX_AVAL_TEXT];
    jx_aval_text(query, text[0]);
    jx_aval_text(key, text[1]);
    jx_aval_text(value, text[2]);
    if (!jx_is_float((jaxc_dtype)key->dtype) || query->dtype != key->dtype ||
        value->dtype != key->dtype)
        return jx_fail(JAXC_EDTYPE, "query %s, key %s and value %s are no floats of one dtype",
                       text[0], text[1], text[2]);
    if (!jx_same_dims(4, key->dims, value->dims) || query->dims[0] != key->dims[0] ||
        query->dims[3] != key->dims[3])
        return jx_fail(JAXC_ESHAPE, "query %s, key %s and value %s do not match", text[0], text[1],
                       text[2]);
    if (key->dims[2] == 0 || query->dims[2] % key->dims[2] != 0)
        return jx_fail(JAXC_ESHAPE, "heads of query %s are no multiple of those of key %s", text[0],
                       text[1]);
    return true;
}

static bool take_operands(jaxc_value *query, jaxc_value *key, jaxc_value *value,
                          struct attention *a)
{
    struct jx_aval given[3], types[3];
    if (!to_rank_4(query, "query", &given[0], &types[0]) ||
        !to_rank_4(key, "key", &given[1], &types[1]) ||
        !to_rank_4(value, "value", &given[2], &types[2]) ||
        !check_types(&types[0], &types[1], &types[2]))
        return false;
    const int64_t *q = types[0].dims, *k = types[1].dims;
    *a = (struct attention){.dtype = (jaxc_dtype)types[1].dtype,
                            .rank = given[0].rank,
                            .b = q[0],
                            .t = q[1],
                            .s = k[1],
                            .n = q[2],
                            .k = k[2],
                            .g = q[2] / k[2],
                            .h = q[3]};
    return true;
}

/* A bias or mask [b or 1, n or 1, t or 1, s or 1] beside logits. */
static jaxc_value beside_logits(jaxc_value x, const char *name, const struct attention *a)
{
    struct jx_aval given, type;
    char text[JX_AVAL_TEXT];
    const int64_t want[] = {a->b, a->n, a->t, a->s};
    if (!to_rank_4(&x, name, &given, &type))
        return JX_POISON;
    for (int i = 0; i < 4; i++) {
        if (type.dims[i] != 1 && type.dims[i] != want[i]) {
            jx_fail(JAXC_ESHAPE,
                    "%s, %s, does not broadcast to [%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64
                    "]",
                    name, jx_aval_text(&given, text), want[0], want[1], want[2], want[3]);
            return JX_POISON;
        }
    }
    bool heads = type.dims[1] == a->n;
    const int64_t dims[] = {type.dims[0], heads ? a->k : 1, heads ? a->g : 1, type.dims[2],
                            type.dims[3]};
    return jx_reshape(x, 5, dims);
}

/* ---- masks ----------------------------------------------------------------------------------- */

/* Numbers 0, 1, ... along the queries (0) or the keys (1) of [t, s]. */
static jaxc_value places(const struct attention *a, int axis)
{
    return jx_iota(JAXC_I32, 2, (const int64_t[]){a->t, a->s}, axis);
}

static bool both(jaxc_value *mask, jaxc_value more)
{
    if (jx_is_poison(more))
        return false;
    *mask = jx_is_poison(*mask) ? more : jx_joined(jx_and, JX_JOIN_SHAPES, *mask, more);
    return !jx_is_poison(*mask);
}

/* Places before the lengths, one for each batch; *shape is its rank 5 one, with 0 for the batch. */
static jaxc_value before(const struct jaxc_operand *lengths, const char *name, int rank, int axis,
                         int64_t n, const struct attention *a)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    int64_t dims[5] = {a->b, 1, 1, 1, 1}, along[5] = {1, 1, 1, 1, 1};
    if (!jx_value_aval(lengths->value, &type))
        return JX_POISON;
    if (type.dtype != JAXC_I32 || type.rank != 1 || type.dims[0] != a->b) {
        jx_fail(type.dtype == JAXC_I32 ? JAXC_ESHAPE : JAXC_EDTYPE,
                "%s is %s, not i32[%" PRId64 "]", name, jx_aval_text(&type, text), a->b);
        return JX_POISON;
    }
    along[axis] = n;
    jaxc_value place = jx_reshape(jx_iota(JAXC_I32, 1, &n, 0), rank, along);
    return jx_joined(jx_lt, JX_JOIN_SHAPES, place, jx_reshape(lengths->value, rank, dims));
}

static bool take_window(const struct jaxc_ints *window, const struct attention *a, jaxc_value *mask)
{
    if (window->n < 1 || window->n > 2)
        return jx_fail(JAXC_EVALUE, "local_window_size is one or two numbers, not %d", window->n);
    jaxc_value query = places(a, 0), key = places(a, 1);
    jaxc_value left = jx_scalar_of(JAXC_I32, (union jx_scalar){.i = window->at[0]}, false);
    jaxc_value right =
        jx_scalar_of(JAXC_I32, (union jx_scalar){.i = window->at[window->n - 1]}, false);
    return both(mask, jx_le(query, jx_add(key, left))) &&
           both(mask, jx_ge(query, jx_sub(key, right)));
}

/* Where logits count, broadcast beside them; poison when everywhere. */
static bool take_masks(const struct jaxc_nn_attention_options *o, const struct attention *a,
                       jaxc_value *mask)
{
    jaxc_dtype dtype;
    *mask = JX_POISON;
    if (jx_operand_given(&o->mask)) {
        if (!jx_dtype_of(o->mask.value, &dtype))
            return false;
        if (dtype != JAXC_BOOL)
            return jx_fail(JAXC_EDTYPE, "the mask is %s, not bool", jx_dtype_info(dtype)->name);
        if (!both(mask, beside_logits(o->mask.value, "mask", a)))
            return false;
    }
    if (o->is_causal && !both(mask, jx_ge(places(a, 0), places(a, 1))))
        return false;
    if (o->local_window_size.n != 0 && !take_window(&o->local_window_size, a, mask))
        return false;
    if (jx_operand_given(&o->query_seq_lengths) &&
        !both(mask, before(&o->query_seq_lengths, "query_seq_lengths", 5, 3, a->t, a)))
        return false;
    return !jx_operand_given(&o->key_value_seq_lengths) ||
           both(mask, before(&o->key_value_seq_lengths, "key_value_seq_lengths", 5, 4, a->s, a));
}

/* ---- products -------------------------------------------------------------------------------- */

/* query key^T scale + bias: [b, k, g, t, s], at least in f32 */
static jaxc_value logits_of(jaxc_value query, jaxc_value key,
                            const struct jaxc_nn_attention_options *o, const struct attention *a)
{
    const struct jx_dims dims = {{1, {4}}, {1, {3}}, {2, {0, 1}}, {2, {0, 2}}};
    jaxc_dtype dtype = a->dtype == JAXC_F64 ? JAXC_F64 : JAXC_F32;
    query = jx_reshape(query, 5, (const int64_t[]){a->b, a->t, a->k, a->g, a->h});
    query = jx_transpose(query, (const int[]){0, 2, 3, 1, 4});
    jaxc_value y = jx_dot_general(query, key, &dims, dtype);
    jaxc_value scale = jx_operand_given(&o->scale) ? jx_cast(o->scale.value, dtype)
                                                   : jx_number_like(y, 1 / sqrt((double)a->h));
    y = jx_joined(jx_mul, JX_JOIN_SHAPES, y, scale);
    if (jx_operand_given(&o->bias)) {
        jaxc_value bias = beside_logits(o->bias.value, "bias", a);
        y = jx_cast(jx_joined(jx_add, JX_JOIN_ANY, y, bias), dtype);
    }
    return y;
}

/* The softmax is in f32 always, as in JAX; a masked logit is a great negative number, so that a row
 * without keys is a mean. */
static jaxc_value attend(jaxc_value logits, jaxc_value value, jaxc_value mask,
                         const struct attention *a)
{
    const struct jx_dims dims = {{1, {4}}, {1, {1}}, {2, {0, 1}}, {2, {0, 2}}};
    const struct jaxc_reduce_options last = {.keepdims = false};
    if (!jx_is_poison(mask))
        logits = jx_where(mask, logits, jx_number_like(logits, -0.7 * FLT_MAX));
    jaxc_value parts = jx_softmax(jx_cast(logits, JAXC_F32), &last);
    jaxc_value y = jx_dot_general(jx_cast(parts, a->dtype), value, &dims, (jaxc_dtype)0);
    y = jx_transpose(y, (const int[]){0, 3, 1, 2, 4});
    return jx_reshape(y, 4, (const int64_t[]){a->b, a->t, a->n, a->h});
}

jaxc_value(jaxc_nn_dot_product_attention)(jaxc_value query, jaxc_value key, jaxc_value value,
                                          struct jaxc_nn_attention_options options)
{
    jx_enter("jaxc_nn_dot_product_attention");
    struct attention a;
    jaxc_value mask;
    if (!take_operands(&query, &key, &value, &a) || !take_masks(&options, &a, &mask))
        return JX_POISON;
    jaxc_value y = attend(logits_of(query, key, &options, &a), value, mask, &a);
    if (jx_operand_given(&options.query_seq_lengths)) {
        jaxc_value there = before(&options.query_seq_lengths, "query_seq_lengths", 4, 1, a.t, &a);
        y = jx_joined(jx_mul, JX_JOIN_SHAPES, y, jx_cast(there, a.dtype));
    }
    const int64_t dims[] = {a.b, a.t, a.n, a.h};
    return jx_reshape(y, a.rank, dims + (4 - a.rank));
}
