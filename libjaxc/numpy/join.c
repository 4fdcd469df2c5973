/*
 * join.c - arrays put together and taken apart: hstack and its like, block, append, split and its
 * like, unstack.
 */
#include "numpy/numpy.h"

#include <jaxc/manipulation.h>

#include <inttypes.h>

/* ---- together -------------------------------------------------------------------------------- */

/* n values, each changed by f, along an axis. */
static jaxc_value join_as(int n, const jaxc_value *values, jaxc_value (*f)(jaxc_value), int axis)
{
    jaxc_value *x = jx_alloc((size_t)(n > 0 ? n : 1), sizeof *x), y = JX_POISON;
    bool ok = x != NULL;
    for (int i = 0; ok && i < n; i++) {
        x[i] = f(values[i]);
        ok = !jx_is_poison(x[i]);
    }
    if (ok)
        y = jx_concatenate_of(n, x, axis);
    jx_free(x);
    return y;
}

static jaxc_value at_least_1(jaxc_value x) { return jx_atleast(x, 1); }
static jaxc_value at_least_2(jaxc_value x) { return jx_atleast(x, 2); }
static jaxc_value at_least_3(jaxc_value x) { return jx_atleast(x, 3); }

static jaxc_value as_column(jaxc_value x)
{
    static const int last = 1;
    struct jx_aval type;
    if (!jx_value_aval(x, &type) || type.rank >= 2)
        return x;
    return jx_insert_axes(jx_atleast(x, 1), 1, &last);
}

jaxc_value(jaxc_hstack_n)(int n, const jaxc_value *values)
{
    jx_enter("jaxc_hstack");
    struct jx_aval first;
    if (n > 0 && !jx_argument_aval(values[0], 0, &first))
        return JX_POISON;
    return join_as(n, values, at_least_1, n > 0 && first.rank > 1);
}

jaxc_value(jaxc_vstack_n)(int n, const jaxc_value *values)
{
    jx_enter("jaxc_vstack");
    return join_as(n, values, at_least_2, 0);
}

jaxc_value(jaxc_dstack_n)(int n, const jaxc_value *values)
{
    jx_enter("jaxc_dstack");
    return join_as(n, values, at_least_3, 2);
}

jaxc_value(jaxc_column_stack_n)(int n, const jaxc_value *values)
{
    jx_enter("jaxc_column_stack");
    return join_as(n, values, as_column, 1);
}

jaxc_value(jaxc_append)(jaxc_value x, jaxc_value values, struct jaxc_axes_options options)
{
    jx_enter("jaxc_append");
    jaxc_value both[2] = {x, values};
    struct jx_aval type;
    int axis = 0;
    if (!jx_value_aval(x, &type) ||
        (options.axes.n > 0 && !jx_one_axis(&options.axes, type.rank, 0, &axis)))
        return JX_POISON;
    for (int i = 0; i < 2 && options.axes.n == 0; i++)
        both[i] = jx_flat(both[i]);
    return jx_concatenate_of(2, both, axis);
}

/* ---- block ----------------------------------------------------------------------------------- */

/* One level of a block on its way: parts that are done, and where it stands. */
struct level {
    jaxc_value *parts;
    int n, next;
};

static jaxc_value with_rank(jaxc_value x, int rank)
{
    struct jx_aval type;
    static const int front[JAXC_MAX_RANK] = {0, 1, 2, 3, 4, 5, 6, 7};
    if (!jx_value_aval(x, &type) || type.rank >= rank)
        return x;
    return jx_insert_axes(x, rank - type.rank, front);
}

/* The parts of a level, which stands `depth` above arrays, joined. */
static jaxc_value join_level(struct level *l, int depth)
{
    struct jx_aval type;
    int rank = depth;
    for (int i = 0; i < l->n; i++) {
        if (!jx_value_aval(l->parts[i], &type))
            return JX_POISON;
        rank = type.rank > rank ? type.rank : rank;
    }
    for (int i = 0; i < l->n; i++)
        l->parts[i] = with_rank(l->parts[i], rank);
    return jx_concatenate_of(l->n, l->parts, -depth);
}

/* Levels on an explicit stack; all arrays must stand equally deep. */
static jaxc_value block(jaxc_value x, struct level *levels)
{
    int depth = 0, deepest = -1;
    for (;;) {
        while (jx_has_parts(x)) {
            if (depth == JAXC_MAX_RANK) {
                jx_fail(JAXC_ELIMIT, "tuples in more than %d levels", JAXC_MAX_RANK);
                return JX_POISON;
            }
            struct level *l = &levels[depth];
            l->parts = jx_parts_of_tuple(x, &l->n);
            l->next = 0;
            if (!l->parts)
                return JX_POISON;
            depth++;
            if (l->n == 0) {
                jx_fail(JAXC_EVALUE, "an empty tuple");
                return JX_POISON;
            }
            x = l->parts[0];
        }
        if (deepest >= 0 && depth != deepest) {
            jx_fail(JAXC_ETREE, "arrays in %d and in %d tuples", deepest, depth);
            return JX_POISON;
        }
        deepest = depth;
        for (;; depth--) { /* one value is done: put it back, and join what is complete */
            if (depth == 0)
                return x;
            struct level *l = &levels[depth - 1];
            l->parts[l->next++] = x;
            if (l->next < l->n)
                break;
            x = join_level(l, deepest - depth + 1);
            jx_free(l->parts);
            l->parts = NULL;
            if (jx_is_poison(x))
                return x;
        }
        x = levels[depth - 1].parts[levels[depth - 1].next];
    }
}

jaxc_value(jaxc_block)(jaxc_value x)
{
    jx_enter("jaxc_block");
    struct level levels[JAXC_MAX_RANK] = {{NULL, 0, 0}};
    jaxc_value y = block(x, levels);
    for (int i = 0; i < JAXC_MAX_RANK; i++)
        jx_free(levels[i].parts);
    return jx_result(x, y);
}

/* ---- apart ----------------------------------------------------------------------------------- */

/* Parts that end at bounds[i], the last at the end of the axis. */
static jaxc_value cut(jaxc_value x, int axis, int64_t n, const int64_t *bounds)
{
    jaxc_value *parts = jx_alloc((size_t)n, sizeof *parts), y = JX_POISON;
    bool ok = parts != NULL;
    for (int64_t i = 0, from = 0; ok && i < n; from = bounds[i++]) {
        parts[i] = jx_result(x, jx_slice_axis(x, axis, from, bounds[i], 1));
        ok = !jx_is_poison(parts[i]);
    }
    if (ok)
        y = jx_tuple_of((int)n, parts);
    jx_free(parts);
    return y;
}

/* n parts; if they need not be equal the first ones are longer by 1. */
static jaxc_value split(jaxc_value x, int64_t n, int axis, bool equal)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int64_t size = type.dims[axis];
    if (n < 1 || n > INT32_MAX || (equal && size % n != 0)) {
        jx_fail(n < 1 || n > INT32_MAX ? JAXC_EVALUE : JAXC_ESHAPE,
                "axis %d of %s in %" PRId64 " %sparts", axis, jx_aval_text(&type, text), n,
                equal ? "equal " : "");
        return JX_POISON;
    }
    int64_t *bounds = jx_alloc((size_t)n, sizeof *bounds);
    if (!bounds)
        return JX_POISON;
    for (int64_t i = 0, to = 0; i < n; i++)
        bounds[i] = to += size / n + (i < size % n);
    jaxc_value y = cut(x, axis, n, bounds);
    jx_free(bounds);
    return y;
}

static jaxc_value split_along(jaxc_value x, int64_t n, const struct jaxc_axes *axes, bool equal)
{
    struct jx_aval type;
    int axis;
    if (!jx_value_aval(x, &type) || !jx_one_axis(axes, type.rank, 0, &axis))
        return JX_POISON;
    return split(x, n, axis, equal);
}

jaxc_value(jaxc_split)(jaxc_value x, int64_t n, struct jaxc_axes_options options)
{
    jx_enter("jaxc_split");
    return split_along(x, n, &options.axes, true);
}

jaxc_value(jaxc_array_split)(jaxc_value x, int64_t n, struct jaxc_axes_options options)
{
    jx_enter("jaxc_array_split");
    return split_along(x, n, &options.axes, false);
}

jaxc_value(jaxc_split_at)(jaxc_value x, jaxc_value places, struct jaxc_axes_options options)
{
    jx_enter("jaxc_split_at");
    struct jx_aval type;
    struct jx_known known;
    int axis;
    if (!jx_value_aval(x, &type) || !jx_one_axis(&options.axes, type.rank, 0, &axis) ||
        !jx_known_numbers(places, "places", &known))
        return JX_POISON;
    int64_t size = type.dims[axis], n = known.n;
    bool ok = n < INT32_MAX;
    for (int64_t i = 0; ok && i < n; i++)
        ok = known.at[i] >= (i > 0 ? known.at[i - 1] : 0) && known.at[i] <= size;
    if (!ok) {
        char text[JX_AVAL_TEXT];
        jx_fail(JAXC_EVALUE,
                "places do not ascend from 0 to %" PRId64 ", the size of axis %d of %s", size, axis,
                jx_aval_text(&type, text));
    }
    jaxc_value y = JX_POISON;
    if (ok) {
        known.at[n] = size; /* there is room for one more */
        y = cut(x, axis, n + 1, known.at);
    }
    jx_free(known.at);
    return y;
}

/* What hsplit, vsplit and dsplit split: an axis that x must have. */
static jaxc_value split_axis(jaxc_value x, int64_t n, int rank, int axis)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.rank >= rank)
        return split(x, n, axis, true);
    jx_fail(JAXC_ESHAPE, "%s has fewer than %d axes", jx_aval_text(&type, text), rank);
    return JX_POISON;
}

jaxc_value(jaxc_hsplit)(jaxc_value x, int64_t n)
{
    jx_enter("jaxc_hsplit");
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    return split_axis(x, n, 1, type.rank > 1);
}

jaxc_value(jaxc_vsplit)(jaxc_value x, int64_t n)
{
    jx_enter("jaxc_vsplit");
    return split_axis(x, n, 1, 0);
}

jaxc_value(jaxc_dsplit)(jaxc_value x, int64_t n)
{
    jx_enter("jaxc_dsplit");
    return split_axis(x, n, 3, 2);
}

jaxc_value(jaxc_unstack)(jaxc_value x, struct jaxc_axes_options options)
{
    jx_enter("jaxc_unstack");
    struct jx_aval type;
    int axis;
    if (!jx_value_aval(x, &type) || !jx_one_axis(&options.axes, type.rank, 0, &axis))
        return JX_POISON;
    int64_t n = type.dims[axis];
    if (n > INT32_MAX) {
        jx_fail(JAXC_ELIMIT, "%" PRId64 " parts", n);
        return JX_POISON;
    }
    jaxc_value *parts = jx_alloc((size_t)(n > 0 ? n : 1), sizeof *parts), y = JX_POISON;
    for (int64_t i = 0; parts && i < n; i++)
        parts[i] = jx_drop_axes(jx_slice_axis(x, axis, i, i + 1, 1), 1, &axis);
    if (parts)
        y = jx_tuple_of((int)n, parts);
    jx_free(parts);
    return y;
}
