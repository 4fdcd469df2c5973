/*
 * segment.c - rows joined to those of their segments: jax.ops' segment_sum, segment_prod,
 * segment_max, segment_min.
 */
#include "numpy/order.h"

#include <jaxc/sorting.h>

#include <math.h>

/* What is no change: 0, 1, the least or the greatest number. */
static jaxc_value unit_of(const struct jx_prim *prim, const struct jx_aval *type)
{
    jaxc_dtype dtype = (jaxc_dtype)type->dtype;
    const struct jx_dtype_info *info = jx_dtype_info(dtype);
    bool greatest = prim == &jx_scatter_min_p, most = greatest || prim == &jx_scatter_max_p;
    if (!most)
        return jx_full_like(type, prim == &jx_scatter_mul_p);
    if (jx_is_float(dtype))
        return jx_full_like(type, greatest ? (double)INFINITY : -(double)INFINITY);
    int bits = 8 * (int)info->size;
    union jx_scalar s = {.i = greatest};
    if (info->category == JX_CAT_UNSIGNED)
        s.u = greatest ? UINT64_MAX >> (64 - bits) : 0;
    else if (info->category == JX_CAT_SIGNED)
        s.i = greatest ? INT64_MAX >> (64 - bits) : INT64_MIN >> (64 - bits);
    jaxc_value unit = jx_scalar_of(dtype, s, false);
    return jx_broadcast_to(unit, type->rank, type->dims);
}

/* One more than the greatest number. */
static bool count_segments(jaxc_value ids, const struct jx_aval *type, int64_t *n)
{
    struct jx_node *held;
    jaxc_dtype dtype = (jaxc_dtype)type->dtype;
    const char *data = jx_known_elements(
        ids, "how many segments there are is not known; give num_segments", &held);
    *n = 0;
    for (int64_t i = 0; data && i < type->dims[0]; i++) {
        union jx_scalar s = jx_scalar_load(data + i * (int64_t)jx_dtype_info(dtype)->size, dtype);
        int64_t number = jx_scalar_convert(s, dtype, JAXC_I64).i;
        *n = number >= *n && number < INT64_MAX ? number + 1 : *n;
    }
    jx_node_unref(held);
    return data != NULL;
}

static jaxc_value segments(const struct jx_prim *prim, jaxc_value data, jaxc_value ids,
                           const struct jaxc_segment_options *o)
{
    struct jx_scatter_params s = {.indices_are_sorted = o->indices_are_sorted,
                                  .unique_indices = o->unique_indices};
    struct jx_aval type, own, out;
    char text[2][JX_AVAL_TEXT];
    if (!jx_choose_mode(o->mode, JX_FILL_OR_DROP, &s.mode) || !jx_value_aval(data, &type) ||
        !jx_value_aval(ids, &own))
        return JX_POISON;
    if (!jx_is_integer((jaxc_dtype)own.dtype)) {
        jx_fail(JAXC_EDTYPE, "segments are numbered by integers, not %s",
                jx_aval_text(&own, text[0]));
        return JX_POISON;
    }
    if (own.rank != 1 || type.rank == 0 || own.dims[0] != type.dims[0]) {
        jx_fail(JAXC_ESHAPE, "a segment for each row: %s for %s", jx_aval_text(&own, text[0]),
                jx_aval_text(&type, text[1]));
        return JX_POISON;
    }
    bool sums = prim == &jx_scatter_add_p || prim == &jx_scatter_mul_p;
    if (type.dtype == JAXC_BOOL && sums) {
        jx_fail(JAXC_EDTYPE, "bools are neither added nor multiplied");
        return JX_POISON;
    }
    int64_t n = o->num_segments, count;
    if (n < 0) {
        jx_fail(JAXC_EVALUE, "%lld segments", (long long)n);
        return JX_POISON;
    }
    if (n == 0 && !count_segments(ids, &own, &n))
        return JX_POISON;
    out = jx_aval_make((jaxc_dtype)type.dtype, type.rank, type.dims);
    out.dims[0] = n;
    if (!jx_n_elements(out.rank, out.dims, &count))
        return JX_POISON;
    data = jx_as(data, (jaxc_dtype)type.dtype, false);
    return jx_scatter_first(prim, unit_of(prim, &out), ids, data, &s);
}

#define SEGMENTS(ROW) ROW(sum, add) ROW(prod, mul) ROW(max, max) ROW(min, min)
#define ROW(name, joined)                                                                          \
    jaxc_value(jaxc_ops_segment_##name)(jaxc_value data, jaxc_value segment_ids,                   \
                                        struct jaxc_segment_options options)                       \
    {                                                                                              \
        jx_enter("jaxc_ops_segment_" #name);                                                       \
        return segments(&jx_scatter_##joined##_p, data, segment_ids, &options);                    \
    }
SEGMENTS(ROW)
#undef ROW
