/*
 * orthogonal.c - random matrices with orthonormal columns or rows, and initializers of weights by
 * them.
 *
 * The columns of a normal matrix are made orthonormal one by one, twice (Giraud, Langou, Rozloznik,
 * Computers and Mathematics with Applications 50, 2005): the Q of its QR factors whose R has a
 * positive diagonal, as JAX has it. That is unrolled here; it serves until linear algebra has a
 * primitive for it.
 */
#include "random/random.h"

#include <jaxc/initializers.h>

/* sum over the rows, kept */
static jaxc_value over_rows(jaxc_value x, int rank)
{
    int rows = rank - 2;
    x = jx_reduce_sum(x, 1, &rows);
    return jx_insert_axes(x, 1, &rows);
}

/* a[..., r, n], r >= n > 0, with orthonormal columns. */
static jaxc_value orthonormal(jaxc_value a, int rank, int64_t n)
{
    jaxc_value *columns = jx_alloc((size_t)n, sizeof *columns);
    if (!columns)
        return JX_POISON;
    for (int64_t j = 0; j < n; j++) {
        jaxc_value q = jx_slice_axis(a, rank - 1, 0, 1, 1);
        q = jx_joined(jx_div, JX_JOIN_SHAPES, q, jx_sqrt(over_rows(jx_mul(q, q), rank)));
        columns[j] = q;
        if (j + 1 == n)
            break;
        a = jx_slice_axis(a, rank - 1, 1, n - j, 1);
        jaxc_value along = over_rows(jx_joined(jx_mul, JX_JOIN_SHAPES, q, a), rank);
        a = jx_sub(a, jx_joined(jx_mul, JX_JOIN_SHAPES, q, along));
    }
    jaxc_value all = jx_concatenate((int)n, columns, rank - 1);
    jx_free(columns);
    return all;
}

/* outer[..., n, m]: orthonormal columns, or rows if there are fewer of them. */
static jaxc_value draw(jaxc_value key, const struct jx_aval *outer, int64_t n, int64_t m)
{
    struct jx_aval rows, type;
    int swapped[JAXC_MAX_RANK], rank = outer->rank + 2;
    int64_t more = n < m ? m : n, fewer = n < m ? n : m;
    if (!jx_append_axis(outer, more, &rows) || !jx_append_axis(&rows, fewer, &type))
        return JX_POISON;
    jaxc_value q = jx_random_normal(key, &type);
    for (int i = 0; fewer > 0 && i < 2; i++)
        q = orthonormal(q, rank, fewer);
    for (int i = 0; i < rank; i++)
        swapped[i] = i < rank - 2 ? i : 2 * rank - 3 - i;
    return n < m ? jx_transpose(q, swapped) : q;
}

jaxc_value(jaxc_random_orthogonal)(jaxc_value key, jaxc_value n,
                                   struct jaxc_orthogonal_options options)
{
    jx_enter("jaxc_random_orthogonal");
    struct jx_aval outer;
    int64_t size;
    if (!jx_check_key(key) || !jx_known_integer(n, &size) ||
        !jx_draw_type(options.shape, options.dtype, &outer))
        return JX_POISON;
    return draw(key, &outer, size, options.m != 0 ? options.m : size);
}

/* ---- initializers ---------------------------------------------------------------------------- */

static bool columns_of(const struct jaxc_initializer_options *o, int rank, int *axis)
{
    const struct jaxc_args *given = &o->column_axis;
    if (!jx_check_given(given->given, given->n, JAXC_MAX_ARGS, given->at, "JAXC_ARGS(...)"))
        return false;
    if (jx_operand_given(&o->stddev) || jx_operand_given(&o->lower) || jx_operand_given(&o->upper))
        return jx_fail(JAXC_EVALUE, "takes scale and column_axis");
    if (given->n > 1)
        return jx_fail(JAXC_EAXIS, "%d axes of columns", given->n);
    return jx_axis(given->n == 1 ? given->at[0] : -1, rank, axis);
}

static jaxc_value zeros(const struct jx_aval *type)
{
    struct jx_aval scalar = jx_aval_make((jaxc_dtype)type->dtype, 0, NULL);
    return jx_fill_type(jx_literal(&scalar, 0), type);
}

/* A matrix whose columns lie along an axis of the type, in its shape, times the scale. */
static jaxc_value matrix(jaxc_value key, const struct jx_aval *type, int axis,
                         const struct jaxc_initializer_options *o)
{
    int64_t n = jx_count(type->rank, type->dims), dims[JAXC_MAX_RANK];
    int permutation[JAXC_MAX_RANK], last = type->rank - 1;
    if (n == 0)
        return zeros(type);
    for (int i = 0; i <= last; i++) {
        permutation[i] = i == axis ? last : i < axis ? i : i - 1;
        dims[i == axis ? last : i < axis ? i : i - 1] = type->dims[i];
    }
    struct jx_aval scalar = jx_aval_make((jaxc_dtype)type->dtype, 0, NULL);
    jaxc_value q = draw(key, &scalar, n / dims[last], dims[last]);
    q = jx_transpose(jx_reshape(q, type->rank, dims), permutation);
    return jx_operand_given(&o->scale) ? jx_mul(jx_fill_type(o->scale.value, type), q) : q;
}

jaxc_value(jaxc_initializers_orthogonal)(jaxc_value key, struct jaxc_shape shape,
                                         struct jaxc_initializer_options options)
{
    jx_enter("jaxc_initializers_orthogonal");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    int axis;
    if (!jx_check_key(key) || !jx_draw_type(shape, options.dtype, &type))
        return JX_POISON;
    if (type.rank < 2) {
        jx_fail(JAXC_ESHAPE, "no rows and columns in %s", jx_aval_text(&type, text));
        return JX_POISON;
    }
    return columns_of(&options, type.rank, &axis) ? matrix(key, &type, axis, &options) : JX_POISON;
}

/* The matrix in the middle of the first axes, 0 elsewhere. */
jaxc_value(jaxc_initializers_delta_orthogonal)(jaxc_value key, struct jaxc_shape shape,
                                               struct jaxc_initializer_options options)
{
    jx_enter("jaxc_initializers_delta_orthogonal");
    struct jx_aval type, inner;
    char text[JX_AVAL_TEXT];
    int64_t dims[JAXC_MAX_RANK];
    int axis;
    if (!jx_check_key(key) || !jx_draw_type(shape, options.dtype, &type))
        return JX_POISON;
    int first = type.rank - 2;
    if (type.rank < 3 || type.rank > 5 || type.dims[first + 1] < type.dims[first]) {
        jx_fail(JAXC_ESHAPE, "one to three axes, inputs and not fewer outputs, not %s",
                jx_aval_text(&type, text));
        return JX_POISON;
    }
    inner = jx_aval_make((jaxc_dtype)type.dtype, 2, type.dims + first);
    if (!columns_of(&options, 2, &axis))
        return JX_POISON;
    if (jx_count(type.rank, type.dims) == 0)
        return zeros(&type);
    for (int i = 0; i < type.rank; i++)
        dims[i] = i < first ? 1 : type.dims[i];
    jaxc_value y = jx_reshape(matrix(key, &inner, axis, &options), type.rank, dims);
    struct jx_aval scalar = jx_aval_make((jaxc_dtype)type.dtype, 0, NULL);
    for (int i = 0; i < first; i++) {
        int64_t before = (type.dims[i] - 1) / 2;
        y = jx_pad_axis(y, i, jx_literal(&scalar, 0), before, type.dims[i] - 1 - before, 0);
    }
    return y;
}
