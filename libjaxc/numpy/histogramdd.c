/*
 * histogramdd.c - histograms of points with several coordinates: histogram2d, histogramdd.
 *
 * Each coordinate has its bins, with one more on either side for what is outside; those of all
 * coordinates, row-major, are the bins that points add to. The outer ones are cut off at the end.
 */
#include "numpy/order.h"

#include <jaxc/sorting.h>

/* Points: the coordinates, and weights or JX_ZERO. */
struct points {
    int n;
    jaxc_value at[JAXC_MAX_RANK], weights;
    jaxc_dtype dtype; /* of all, a float */
    int64_t count;
    bool weighted;
    jaxc_value edges[JAXC_MAX_RANK];
    int64_t n_edges[JAXC_MAX_RANK];
};

/* Weights beside the coordinates, all of one dtype. */
static bool take_points(struct points *p, const struct jaxc_operand *weights)
{
    jaxc_value all[JAXC_MAX_RANK + 1];
    struct jx_aval type, own;
    char text[2][JX_AVAL_TEXT];
    p->weighted = jx_operand_given(weights);
    if (!jx_value_aval(p->at[0], &type))
        return false;
    p->count = type.dims[0];
    for (int i = 0; i < p->n; i++)
        all[i] = p->at[i];
    if (p->weighted) {
        all[p->n] = weights->value;
        if (!jx_value_aval(weights->value, &own))
            return false;
        if (own.rank != 1 || own.dims[0] != p->count)
            return jx_fail(JAXC_ESHAPE, "weights %s for %lld points", jx_aval_text(&own, text[0]),
                           (long long)p->count);
    }
    if (!jx_join_dtypes(p->n + p->weighted, all, JX_JOIN_FLOAT, &p->dtype))
        return false;
    for (int i = 0; i < p->n; i++)
        p->at[i] = jx_as(all[i], p->dtype, false);
    p->weights = p->weighted ? jx_as(all[p->n], p->dtype, false) : JX_ZERO;
    return true;
}

/* The i-th of n parts of a tuple; what is no tuple is for all, if it may be. */
static jaxc_value one_of(jaxc_value v, int i, int n, const char *what, bool for_all)
{
    int n_parts;
    if (!jx_has_parts(v) && for_all)
        return v;
    jaxc_value *parts = jx_parts_of_tuple(v, &n_parts), part = JX_POISON;
    if (parts && n_parts != n)
        jx_fail(JAXC_ESHAPE, "%d %s for %d coordinates", n_parts, what, n);
    else if (parts)
        part = parts[i];
    jx_free(parts);
    return part;
}

static bool take_edges(struct points *p, jaxc_value bins, const struct jaxc_operand *range)
{
    for (int i = 0; i < p->n; i++) {
        struct jaxc_operand own = *range;
        struct jx_aval type;
        if (jx_operand_given(range))
            own.value = one_of(range->value, i, p->n, "ranges", false);
        jaxc_value of = one_of(bins, i, p->n, "bins", true);
        if (jx_is_poison(of) || (jx_operand_given(range) && jx_is_poison(own.value)))
            return false;
        p->edges[i] = jx_histogram_edges(p->at[i], of, &own);
        if (!jx_value_aval(p->edges[i], &type))
            return false;
        p->n_edges[i] = type.dims[0];
        if (p->n_edges[i] == 0)
            return jx_fail(JAXC_EVALUE, "no edges");
    }
    return true;
}

/* The bin of each point along one coordinate, from 0 (below the first edge). */
static jaxc_value bin_along(const struct points *p, int i)
{
    jaxc_value bin = jx_searchsorted(p->edges[i], p->at[i], true);
    jaxc_value last = jx_eq(p->at[i], jx_index_first(p->edges[i], p->n_edges[i] - 1));
    return jx_select(last, jx_sub(bin, jx_number_like(bin, 1)), bin);
}

/* Counts / their sum / the widths of the bins along each coordinate. */
static jaxc_value density_of(const struct points *p, jaxc_value counts)
{
    struct jx_aval type;
    int axes[JAXC_MAX_RANK];
    if (!jx_value_aval(counts, &type))
        return JX_POISON;
    for (int i = 0; i < p->n; i++)
        axes[i] = i;
    counts = jx_as(counts, p->dtype, false);
    jaxc_value y = jx_div(counts, jx_reduce_sum(counts, p->n, axes));
    for (int i = 0; i < p->n; i++) {
        jaxc_value right = jx_slice_axis(p->edges[i], 0, 1, p->n_edges[i], 1);
        jaxc_value left = jx_slice_axis(p->edges[i], 0, 0, p->n_edges[i] - 1, 1);
        y = jx_div(y, jx_broadcast_in_dim(jx_sub(right, left), type.rank, type.dims, &i));
    }
    return y;
}

static jaxc_value counts_of(const struct points *p, bool density)
{
    struct jx_scatter_params s = {.mode = JX_FILL_OR_DROP};
    int64_t dims[JAXC_MAX_RANK], start[JAXC_MAX_RANK], limit[JAXC_MAX_RANK], total;
    for (int i = 0; i < p->n; i++) {
        dims[i] = p->n_edges[i] + 1;
        start[i] = 1;
        limit[i] = p->n_edges[i];
    }
    if (!jx_n_elements(p->n, dims, &total))
        return JX_POISON;
    jaxc_dtype wide = total > INT32_MAX ? JAXC_I64 : JAXC_I32;
    jaxc_value bin = jx_as(bin_along(p, 0), wide, false);
    for (int i = 1; i < p->n; i++) {
        bin = jx_mul(bin, jx_number_like(bin, (double)dims[i]));
        bin = jx_add(bin, jx_as(bin_along(p, i), wide, false));
    }
    struct jx_aval type = jx_aval_make(p->weighted ? p->dtype : JAXC_I32, 1, &total);
    struct jx_aval ones = jx_aval_make(JAXC_I32, 1, &p->count);
    jaxc_value weights = p->weighted ? p->weights : jx_full_like(&ones, 1);
    jaxc_value y = jx_scatter_first(&jx_scatter_add_p, jx_zeros_of(&type), bin, weights, &s);
    y = jx_slice(jx_reshape(y, p->n, dims), start, limit, NULL);
    return density ? density_of(p, y) : y;
}

static jaxc_value histogram(struct points *p, jaxc_value bins,
                            const struct jaxc_histogram_options *o)
{
    if (!take_points(p, &o->weights) || !take_edges(p, bins, &o->range))
        return JX_POISON;
    return counts_of(p, o->density);
}

jaxc_value(jaxc_histogramdd)(jaxc_value sample, jaxc_value bins,
                             struct jaxc_histogram_options options)
{
    jx_enter("jaxc_histogramdd");
    static const int second = 1;
    struct points p = {.n = 0};
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(sample, &type))
        return JX_POISON;
    if (type.rank != 2 || type.dims[1] < 1 || type.dims[1] > JAXC_MAX_RANK) {
        jx_fail(JAXC_ESHAPE, "points are rows of 1 to %d coordinates, not %s", JAXC_MAX_RANK,
                jx_aval_text(&type, text));
        return JX_POISON;
    }
    for (; p.n < type.dims[1]; p.n++)
        p.at[p.n] = jx_squeeze(jx_slice_axis(sample, 1, p.n, p.n + 1, 1), 1, &second);
    jaxc_value counts = histogram(&p, bins, &options);
    if (jx_is_poison(counts))
        return JX_POISON;
    jaxc_value results[2] = {counts, jx_tuple_of(p.n, p.edges)};
    return jx_tuple_of(2, results);
}

jaxc_value(jaxc_histogram2d)(jaxc_value x, jaxc_value y, jaxc_value bins,
                             struct jaxc_histogram_options options)
{
    jx_enter("jaxc_histogram2d");
    struct points p = {.n = 2, .at = {x, y}};
    struct jx_aval types[2];
    char text[2][JX_AVAL_TEXT];
    if (!jx_value_aval(x, &types[0]) || !jx_value_aval(y, &types[1]))
        return JX_POISON;
    if (types[0].rank != 1 || types[1].rank != 1 || types[0].dims[0] != types[1].dims[0]) {
        jx_fail(JAXC_ESHAPE, "takes two vectors of one size, not %s and %s",
                jx_aval_text(&types[0], text[0]), jx_aval_text(&types[1], text[1]));
        return JX_POISON;
    }
    jaxc_value counts = histogram(&p, bins, &options);
    if (jx_is_poison(counts))
        return JX_POISON;
    jaxc_value results[3] = {counts, p.edges[0], p.edges[1]};
    return jx_tuple_of(3, results);
}
