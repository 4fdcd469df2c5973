/*
 * histogram.c - bincount, histogram_bin_edges, histogram: each number adds its weight to its bin.
 */
#include "numpy/order.h"

#include <jaxc/sorting.h>

/* ---- bincount -------------------------------------------------------------------------------- */

static bool length_of(jaxc_value x, const struct jaxc_bincount_options *o, int64_t *length)
{
    struct jx_aval type;
    struct jx_node *held;
    if (o->length < 0 || o->minlength < 0)
        return jx_fail(JAXC_EVALUE, "a length of %lld",
                       (long long)(o->length < 0 ? o->length : o->minlength));
    *length = o->length > 0 ? o->length : o->minlength;
    if (o->length > 0)
        return true;
    if (!jx_value_aval(x, &type))
        return false;
    const char *data =
        jx_known_elements(x, "its greatest number is not known; give a length", &held);
    jaxc_dtype dtype = (jaxc_dtype)type.dtype;
    for (int64_t i = 0; data && i < jx_count(type.rank, type.dims); i++) {
        union jx_scalar s = jx_scalar_load(data + i * (int64_t)jx_dtype_info(dtype)->size, dtype);
        int64_t number = jx_scalar_convert(s, dtype, JAXC_I64).i;
        *length = number >= *length && number < INT64_MAX ? number + 1 : *length;
    }
    jx_node_unref(held);
    return data != NULL;
}

jaxc_value(jaxc_bincount)(jaxc_value x, struct jaxc_bincount_options options)
{
    jx_enter("jaxc_bincount");
    struct jx_scatter_params s = {.mode = JX_FILL_OR_DROP};
    struct jx_aval type, own = {.dtype = JAXC_I32}, out;
    char text[2][JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.rank != 1 || (type.dtype != JAXC_BOOL && !jx_is_integer((jaxc_dtype)type.dtype))) {
        jx_fail(type.rank != 1 ? JAXC_ESHAPE : JAXC_EDTYPE, "takes integers along one axis, not %s",
                jx_aval_text(&type, text[0]));
        return JX_POISON;
    }
    if (type.dtype == JAXC_BOOL || jx_dtype_info(type.dtype)->size < 4)
        x = jx_cast(x, JAXC_I32);
    jaxc_value weights =
        jx_full_like(&(struct jx_aval){.dtype = JAXC_I32, .rank = 1, .dims = {type.dims[0]}}, 1);
    if (jx_operand_given(&options.weights)) {
        weights = options.weights.value;
        if (!jx_value_aval(weights, &own))
            return JX_POISON;
        if (own.rank != 1 || own.dims[0] != type.dims[0] || own.dtype == JAXC_BOOL) {
            jx_fail(own.dtype == JAXC_BOOL ? JAXC_EDTYPE : JAXC_ESHAPE, "weights %s for %s",
                    jx_aval_text(&own, text[0]), jx_aval_text(&type, text[1]));
            return JX_POISON;
        }
    }
    int64_t length;
    if (!length_of(x, &options, &length))
        return JX_POISON;
    out = jx_aval_make((jaxc_dtype)own.dtype, 1, &length);
    x = jx_max(x, jx_number_like(x, 0));
    weights = jx_as(weights, (jaxc_dtype)own.dtype, false);
    return jx_scatter_first(&jx_scatter_add_p, jx_zeros_of(&out), x, weights, &s);
}

/* ---- edges ----------------------------------------------------------------------------------- */

/* The least and the greatest number: those given, a tuple or an array of two, or those of x. */
static bool range_of(jaxc_value x, const struct jaxc_operand *range, jaxc_dtype dtype,
                     jaxc_value *bounds)
{
    struct jaxc_reduce_options all = {.keepdims = false};
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_operand_given(range)) {
        bounds[0] = jx_as(jx_min_of(x, &all), dtype, false);
        bounds[1] = jx_as(jx_max_of(x, &all), dtype, false);
        return !jx_is_poison(bounds[0]) && !jx_is_poison(bounds[1]);
    }
    jaxc_value given = range->value;
    if (jx_has_parts(given)) {
        int n;
        jaxc_value *parts = jx_parts_of_tuple(given, &n);
        bool two = parts && (n == 2 || jx_fail(JAXC_ESHAPE, "a range of %d numbers", n));
        for (int i = 0; two && i < 2; i++)
            bounds[i] = jx_as(parts[i], dtype, false);
        jx_free(parts);
        if (!two)
            return false;
    } else {
        if (!jx_value_aval(given, &type))
            return false;
        if (type.rank != 1 || type.dims[0] != 2)
            return jx_fail(JAXC_ESHAPE, "a range is two numbers, not %s",
                           jx_aval_text(&type, text));
        for (int i = 0; i < 2; i++)
            bounds[i] = jx_as(jx_index_first(given, i), dtype, false);
    }
    for (int i = 0; i < 2; i++) {
        if (!jx_value_aval(bounds[i], &type))
            return false;
        if (type.rank > 0)
            return jx_fail(JAXC_ESHAPE, "a range is two numbers, not %s",
                           jx_aval_text(&type, text));
    }
    return true;
}

/* bins: the edges themselves, or how many bins lie between the bounds. */
jaxc_value jx_histogram_edges(jaxc_value x, jaxc_value bins, const struct jaxc_operand *range)
{
    struct jx_aval type, own;
    jaxc_value bounds[2];
    int64_t n;
    if (!jx_value_aval(x, &type) || !jx_value_aval(bins, &own))
        return JX_POISON;
    jaxc_dtype dtype = jx_float_dtype((jaxc_dtype)type.dtype);
    if (own.rank == 1)
        return jx_as(bins, dtype, false);
    if (!jx_known_integer(bins, &n) || !range_of(x, range, dtype, bounds))
        return JX_POISON;
    if (n < 1) {
        jx_fail(JAXC_EVALUE, "%lld bins", (long long)n);
        return JX_POISON;
    }
    jaxc_value same = jx_eq(bounds[0], bounds[1]), half = jx_number_like(bounds[0], 0.5);
    jaxc_value low = jx_select(same, jx_sub(bounds[0], half), bounds[0]);
    jaxc_value high = jx_select(same, jx_add(bounds[1], half), bounds[1]);
    return jx_linspace(low, high, n + 1, true, dtype, 0);
}

jaxc_value(jaxc_histogram_bin_edges)(jaxc_value x, jaxc_value bins,
                                     struct jaxc_histogram_options options)
{
    jx_enter("jaxc_histogram_bin_edges");
    return jx_result(bins, jx_histogram_edges(x, bins, &options.range));
}

/* ---- histograms ------------------------------------------------------------------------------ */

/* Numbers and their weights, flat, of one float dtype. */
static bool take_weights(jaxc_value *x, int n, const struct jaxc_operand *weights)
{
    struct jx_aval type, own;
    char text[2][JX_AVAL_TEXT];
    bool given = jx_operand_given(weights);
    if (!jx_value_aval(x[0], &type))
        return false;
    if (given) {
        x[n] = weights->value;
        if (!jx_value_aval(x[n], &own))
            return false;
        if (own.rank != type.rank || !jx_same_dims(own.rank, own.dims, type.dims))
            return jx_fail(JAXC_ESHAPE, "weights %s for %s", jx_aval_text(&own, text[0]),
                           jx_aval_text(&type, text[1]));
    }
    jaxc_dtype dtype;
    if (!jx_join_dtypes(n + given, x, JX_JOIN_FLOAT, &dtype))
        return false;
    for (int i = 0; i < n + given; i++)
        x[i] = jx_flat(jx_as(x[i], dtype, false));
    if (!given) {
        type = jx_aval_make(dtype, 1, &(int64_t){jx_count(type.rank, type.dims)});
        x[n] = jx_full_like(&type, 1);
    }
    return !jx_is_poison(x[n]);
}

/* Of each number the bin, from 1; 0 and one more than there are: outside. The last edge belongs to
 * the last bin. */
static jaxc_value bin_of(jaxc_value x, jaxc_value edges, int64_t n)
{
    jaxc_value both[2] = {edges, x};
    if (!jx_join_dtypes(2, both, JX_JOIN_ANY, NULL))
        return JX_POISON;
    jaxc_value bin = jx_searchsorted(both[0], both[1], true);
    jaxc_value last = jx_eq(both[1], jx_index_first(both[0], n - 1));
    return jx_select(last, jx_number_like(bin, (double)(n - 1)), bin);
}

static bool count_edges(jaxc_value edges, int64_t *n)
{
    struct jx_aval type;
    if (!jx_value_aval(edges, &type))
        return false;
    *n = type.dims[0];
    return *n > 0 || jx_fail(JAXC_EVALUE, "no edges");
}

/* counts / width / sum of all */
static jaxc_value density_of(jaxc_value counts, jaxc_value edges, int64_t n)
{
    static const int first = 0;
    jaxc_value widths =
        jx_sub(jx_slice_axis(edges, 0, 1, n, 1), jx_slice_axis(edges, 0, 0, n - 1, 1));
    jaxc_value total = jx_reduce_sum(counts, 1, &first);
    counts = jx_joined(jx_div, JX_JOIN_FLOAT, counts, widths);
    return jx_joined(jx_div, JX_JOIN_FLOAT, counts, total);
}

jaxc_value(jaxc_histogram)(jaxc_value x, jaxc_value bins, struct jaxc_histogram_options options)
{
    jx_enter("jaxc_histogram");
    struct jx_scatter_params s = {.mode = JX_FILL_OR_DROP};
    struct jx_aval type;
    int64_t n;
    jaxc_value of[2] = {x, JX_POISON};
    if (!take_weights(of, 1, &options.weights))
        return JX_POISON;
    jaxc_value edges = jx_histogram_edges(of[0], bins, &options.range);
    if (!count_edges(edges, &n) || !jx_value_aval(of[1], &type))
        return JX_POISON;
    type = jx_aval_make((jaxc_dtype)type.dtype, 1, &n);
    jaxc_value counts =
        jx_scatter_first(&jx_scatter_add_p, jx_zeros_of(&type), bin_of(of[0], edges, n), of[1], &s);
    counts = jx_slice_axis(counts, 0, 1, n, 1);
    if (options.density)
        counts = density_of(counts, edges, n);
    jaxc_value results[2] = {counts, jx_result(bins, edges)};
    return jx_tuple_of(2, results);
}
