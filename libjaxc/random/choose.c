/*
 * choose.c - random orders and choices: permutation, choice, categorical (semantics 1.8).
 *
 * A shuffle sorts by random words, several times where many elements make equal words likely.
 * Without replacement the greatest of gumbel + log p are chosen.
 */
#include "numpy/order.h"
#include "random/random.h"

#include <math.h>

/* ---- orders ---------------------------------------------------------------------------------- */

static jaxc_value shuffle(jaxc_value key, jaxc_value x, int axis)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int64_t size = jx_count(type.rank, type.dims);
    double rounds = size > 1 ? ceil(3 * log((double)size) / log(UINT32_MAX)) : 0;
    for (int i = 0; i < (int)rounds; i++) {
        jaxc_value second, both[2] = {JX_POISON, x}, sorted[2];
        if (!jx_split_key(key, &key, &second))
            return JX_POISON;
        both[0] = jx_random_bits(second, &type, JAXC_U32);
        if (!jx_sort(2, both, axis, 1, sorted))
            return JX_POISON;
        x = sorted[1];
    }
    return x;
}

static jaxc_value numbers_to(int64_t n)
{
    return jx_iota(n > INT32_MAX ? JAXC_I64 : JAXC_I32, 1, &n, 0);
}

static jaxc_value permuted(jaxc_value key, jaxc_value x, int axis, bool independent)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (independent || type.rank == 1)
        return shuffle(key, x, axis);
    return jx_take_axis(x, shuffle(key, numbers_to(type.dims[axis]), 0), axis);
}

/* What a permutation or choice is of: an array, or the numbers to n. */
struct pool {
    struct jx_aval type;
    int axis;
    int64_t n;
};

static bool take_pool(jaxc_value x, const struct jaxc_axes *axes, struct pool *p)
{
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &p->type))
        return false;
    if (p->type.rank > 0) {
        if (!jx_one_axis(axes, p->type.rank, 0, &p->axis))
            return false;
        p->n = p->type.dims[p->axis];
        return true;
    }
    if (!jx_known_integer(x, &p->n) || !jx_one_axis(axes, 1, 0, &p->axis))
        return false;
    if (p->n < 0)
        p->n = 0;
    return p->n <= INT32_MAX || jx_fail(JAXC_ELIMIT, "%lld numbers, of %s; at most 2^31 - 1",
                                        (long long)p->n, jx_aval_text(&p->type, text));
}

jaxc_value(jaxc_random_permutation)(jaxc_value key, jaxc_value x,
                                    struct jaxc_permutation_options options)
{
    jx_enter("jaxc_random_permutation");
    struct pool pool;
    if (!jx_check_key(key) || !take_pool(x, &options.axes, &pool))
        return JX_POISON;
    if (pool.type.rank == 0)
        return shuffle(key, numbers_to(pool.n), 0);
    return jx_result(x, permuted(key, x, pool.axis, options.independent));
}

/* ---- choices --------------------------------------------------------------------------------- */

/* Numbers of the pool by their probabilities: where a uniform number is in their sums, or the
 * greatest of gumbel + log p. Flat. */
static jaxc_value by_probability(jaxc_value key, jaxc_value p, const struct jx_aval *drawn,
                                 const struct pool *pool, bool replace)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    p = jx_as_float(p);
    if (!jx_value_aval(p, &type))
        return JX_POISON;
    if (type.rank != 1 || type.dims[0] != pool->n) {
        jx_fail(JAXC_ESHAPE, "p is %s for %lld to choose from", jx_aval_text(&type, text),
                (long long)pool->n);
        return JX_POISON;
    }
    type.weak = false;
    if (!replace) {
        jaxc_value values, indices;
        jaxc_value score = jx_add(jx_random_gumbel(key, &type), jx_log(p));
        bool ok = jx_top_k(score, jx_count(drawn->rank, drawn->dims), 0, &values, &indices);
        return ok ? indices : JX_POISON;
    }
    struct jx_aval u = jx_aval_make((jaxc_dtype)type.dtype, drawn->rank, drawn->dims);
    jaxc_value sums = jx_cumsum(p, 0, false);
    jaxc_value below = jx_sub(jx_literal(&u, 1), jx_random_unit(key, &u));
    return jx_searchsorted(sums, jx_mul(jx_index_first(sums, pool->n - 1), below), false);
}

/* The first of a permutation, along the pool's axis; of the numbers to n if that is what it is. */
static jaxc_value first_of_permutation(jaxc_value key, jaxc_value a, const struct pool *pool,
                                       int64_t n)
{
    if (pool->type.rank == 0)
        return jx_slice_axis(shuffle(key, numbers_to(pool->n), 0), 0, 0, n, 1);
    return jx_slice_axis(permuted(key, a, pool->axis, false), pool->axis, 0, n, 1);
}

static bool check_choice(const struct pool *pool, int64_t n, bool replace)
{
    if (pool->n == 0)
        return jx_fail(JAXC_EVALUE, "nothing to choose from");
    return replace || n <= pool->n ||
           jx_fail(JAXC_EVALUE, "%lld of %lld without replacement", (long long)n,
                   (long long)pool->n);
}

/* The pool's type with the axes of the shape in the place of its axis. */
static bool chosen_type(const struct pool *pool, const struct jx_aval *drawn, struct jx_aval *type)
{
    int rank = drawn->rank + (pool->type.rank > 0 ? pool->type.rank - 1 : 0), n = 0;
    if (rank > JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "%d axes; at most %d are possible", rank, JAXC_MAX_RANK);
    *type = (struct jx_aval){.dtype = pool->type.dtype};
    for (int i = 0; i < pool->axis && i < pool->type.rank; i++)
        type->dims[n++] = pool->type.dims[i];
    for (int i = 0; i < drawn->rank; i++)
        type->dims[n++] = drawn->dims[i];
    for (int i = pool->axis + 1; i < pool->type.rank; i++)
        type->dims[n++] = pool->type.dims[i];
    type->rank = (uint8_t)rank;
    return true;
}

jaxc_value(jaxc_random_choice)(jaxc_value key, jaxc_value a, struct jaxc_choice_options options)
{
    jx_enter("jaxc_random_choice");
    bool replace = !options.without_replacement;
    struct pool pool;
    struct jx_aval drawn, type;
    jaxc_value chosen;
    if (!jx_check_key(key) || !jx_choose_type(options.shape, JAXC_I32, &drawn) ||
        !take_pool(a, &options.axes, &pool) || !chosen_type(&pool, &drawn, &type))
        return JX_POISON;
    int64_t n = jx_count(drawn.rank, drawn.dims);
    if (n == 0) {
        drawn.dtype = pool.type.dtype;
        return jx_zeros_of(&drawn);
    }
    if (!check_choice(&pool, n, replace))
        return JX_POISON;
    if (jx_operand_given(&options.p)) {
        chosen = by_probability(key, options.p.value, &drawn, &pool, replace);
    } else if (replace) {
        chosen = jx_random_below(key, &drawn, pool.n);
    } else {
        chosen = first_of_permutation(key, a, &pool, n);
        return jx_result(a, jx_reshape(chosen, type.rank, type.dims));
    }
    chosen = jx_as(chosen, JAXC_I32, false);
    if (pool.type.rank > 0)
        chosen = jx_take_axis(a, chosen, pool.axis);
    return jx_reshape(chosen, type.rank, type.dims);
}

/* ---- categories ------------------------------------------------------------------------------ */

/* The shape of a draw: what the options ask for, which ends with the logits' other axes, or with
 * what they broadcast to. */
static bool categorical_type(const struct jaxc_shape *shape, const struct jx_aval *logits, int axis,
                             struct jx_aval *batch, struct jx_aval *drawn)
{
    char text[2][JX_AVAL_TEXT];
    struct jx_aval types[2] = {{.dtype = JAXC_I32}};
    int rank;
    int64_t dims[JAXC_MAX_RANK];
    for (int i = 0; i < logits->rank; i++)
        if (i != axis)
            types[0].dims[types[0].rank++] = logits->dims[i];
    *batch = *drawn = types[0];
    if (shape->rank == 0)
        return true;
    if (!jx_choose_type(*shape, JAXC_I32, &types[1]) || !jx_broadcast_types(2, types, &rank, dims))
        return false;
    *drawn = types[1];
    return (rank == drawn->rank && jx_same_dims(rank, dims, drawn->dims)) ||
           jx_fail(JAXC_ESHAPE, "logits %s do not broadcast to draws %s",
                   jx_aval_text(logits, text[0]), jx_aval_text(drawn, text[1]));
}

/* The number of the greatest of gumbel + logits. */
static jaxc_value with_replacement(jaxc_value key, jaxc_value logits, const struct jx_aval *type,
                                   int axis, const struct jx_aval *drawn)
{
    int from_end = type->rank - axis, at = drawn->rank + 1 - from_end;
    struct jx_aval all = jx_aval_make((jaxc_dtype)type->dtype, 0, NULL);
    if (drawn->rank == JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "%d axes and one of categories; at most %d are possible", drawn->rank,
                JAXC_MAX_RANK);
        return JX_POISON;
    }
    all.rank = (uint8_t)(drawn->rank + 1);
    jx_insert(drawn->rank, drawn->dims, at, type->dims[axis], all.dims);
    int64_t count;
    if (!jx_n_elements(all.rank, all.dims, &count))
        return JX_POISON;
    jaxc_value score = jx_random_gumbel(key, &all);
    score = jx_add(score, jx_broadcast_to(logits, all.rank, all.dims));
    return jx_argmax(score, at, JAXC_I32);
}

/* The numbers of the k greatest; k's axis comes to the front and becomes those of the shape. */
static jaxc_value greatest(jaxc_value key, jaxc_value logits, const struct jx_aval *type, int axis,
                           const struct jx_aval *batch, const struct jx_aval *drawn)
{
    int64_t k = 1;
    int permutation[JAXC_MAX_RANK] = {axis}, n = 1;
    jaxc_value values, indices;
    struct jx_aval plain = jx_aval_make((jaxc_dtype)type->dtype, type->rank, type->dims);
    for (int i = 0; i < drawn->rank - batch->rank; i++)
        k *= drawn->dims[i];
    if (k > type->dims[axis]) {
        jx_fail(JAXC_EVALUE, "%lld of %lld categories without replacement", (long long)k,
                (long long)type->dims[axis]);
        return JX_POISON;
    }
    logits = jx_add(logits, jx_random_gumbel(key, &plain));
    if (!jx_top_k(logits, k, axis, &values, &indices))
        return JX_POISON;
    for (int i = 0; i < type->rank; i++)
        if (i != axis)
            permutation[n++] = i;
    return jx_reshape(jx_transpose(indices, permutation), drawn->rank, drawn->dims);
}

jaxc_value(jaxc_random_categorical)(jaxc_value key, jaxc_value logits,
                                    struct jaxc_categorical_options options)
{
    jx_enter("jaxc_random_categorical");
    struct jx_aval type, batch, drawn;
    char text[JX_AVAL_TEXT];
    int axis;
    if (!jx_check_key(key) || !jx_argument_aval(logits, 1, &type) ||
        !jx_one_axis(&options.axes, type.rank, -1, &axis) ||
        !categorical_type(&options.shape, &type, axis, &batch, &drawn))
        return JX_POISON;
    if (!jx_is_float((jaxc_dtype)type.dtype)) {
        jx_fail(JAXC_EDTYPE, "logits are floats, not %s", jx_aval_text(&type, text));
        return JX_POISON;
    }
    if (type.dims[axis] == 0) {
        jx_fail(JAXC_EVALUE, "no categories: %s", jx_aval_text(&type, text));
        return JX_POISON;
    }
    logits = jx_as(logits, (jaxc_dtype)type.dtype, false);
    return options.without_replacement ? greatest(key, logits, &type, axis, &batch, &drawn)
                                       : with_replacement(key, logits, &type, axis, &drawn);
}
