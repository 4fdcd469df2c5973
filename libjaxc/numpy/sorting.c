/*
 * sorting.c - sort, argsort, lexsort, partition, argpartition.
 */
#include "numpy/order.h"

#include <jaxc/sorting.h>

/* What is sorted, and the numbers 0, 1, ... along its axis. */
static bool take_axis(jaxc_value x, const struct jaxc_axes *axes, struct jx_aval *type, int *axis)
{
    return jx_value_aval(x, type) && jx_one_axis(axes, type->rank, -1, axis);
}

static jaxc_value numbered(const struct jx_aval *type, int axis)
{
    jaxc_dtype dtype = type->dims[axis] > INT32_MAX ? JAXC_I64 : JAXC_I32;
    return jx_iota(dtype, type->rank, type->dims, axis);
}

jaxc_value(jaxc_sort)(jaxc_value x, struct jaxc_sort_options options)
{
    jx_enter("jaxc_sort");
    struct jx_aval type;
    jaxc_value y;
    int axis;
    if (!take_axis(x, &options.axes, &type, &axis) || !jx_sort(1, &x, axis, 1, &y))
        return JX_POISON;
    return options.descending ? jx_rev(y, 1, &axis) : y;
}

/* Of a descending order both are turned round, so that equal elements keep theirs. */
jaxc_value(jaxc_argsort)(jaxc_value x, struct jaxc_sort_options options)
{
    jx_enter("jaxc_argsort");
    struct jx_aval type;
    jaxc_value y[2];
    int axis;
    if (!take_axis(x, &options.axes, &type, &axis))
        return JX_POISON;
    jaxc_value both[2] = {x, numbered(&type, axis)};
    if (options.descending)
        for (int i = 0; i < 2; i++)
            both[i] = jx_rev(both[i], 1, &axis);
    if (!jx_sort(2, both, axis, 1, y))
        return JX_POISON;
    return options.descending ? jx_rev(y[1], 1, &axis) : y[1];
}

jaxc_value(jaxc_lexsort_n)(int n, const jaxc_value *keys, int axis)
{
    jx_enter("jaxc_lexsort");
    struct jx_aval type, first;
    char text[2][JX_AVAL_TEXT];
    if (n < 1 || n >= UINT8_MAX) {
        jx_fail(n < 1 ? JAXC_EVALUE : JAXC_ELIMIT, "%d keys", n);
        return JX_POISON;
    }
    for (int i = 0; i < n; i++) {
        if (!jx_argument_aval(keys[i], i, i ? &type : &first))
            return JX_POISON;
        if (i && (type.rank != first.rank || !jx_same_dims(type.rank, type.dims, first.dims))) {
            jx_fail(JAXC_ESHAPE, "keys have different shapes: %s and %s",
                    jx_aval_text(&first, text[0]), jx_aval_text(&type, text[1]));
            return JX_POISON;
        }
    }
    if (first.rank == 0)
        return jx_scalar_of(JAXC_I32, (union jx_scalar){.i = 0}, false);
    if (!jx_axis(axis, first.rank, &axis))
        return JX_POISON;
    jaxc_value *x = jx_alloc(2 * ((size_t)n + 1), sizeof *x), result = JX_POISON;
    if (!x)
        return JX_POISON;
    for (int i = 0; i < n; i++)
        x[i] = keys[n - 1 - i];
    x[n] = numbered(&first, axis);
    if (jx_sort(n + 1, x, axis, n, x + n + 1))
        result = x[2 * n + 1];
    jx_free(x);
    return result;
}

/* ---- partitions ------------------------------------------------------------------------------ */

static bool take_kth(jaxc_value x, int64_t *kth, const struct jaxc_axes *axes, struct jx_aval *type,
                     int *axis)
{
    char text[JX_AVAL_TEXT];
    if (!take_axis(x, axes, type, axis))
        return false;
    int64_t n = type->dims[*axis];
    if (*kth < -n || *kth >= n)
        return jx_fail(JAXC_EVALUE, "no element %lld along axis %d of %s", (long long)*kth, *axis,
                       jx_aval_text(type, text));
    *kth += *kth < 0 ? n : 0;
    if (type->dtype == JAXC_BOOL)
        return jx_fail(JAXC_EDTYPE, "takes numbers, not %s", jx_aval_text(type, text));
    return true;
}

/* The least, ascending, then the others, descending. As in JAX two searches find them, so where equal
 * elements are on both sides, derivatives go to the first of them twice. */
jaxc_value(jaxc_partition)(jaxc_value x, int64_t kth, struct jaxc_axes_options options)
{
    jx_enter("jaxc_partition");
    struct jx_aval type;
    int axis;
    jaxc_value both[2], unused;
    if (!take_kth(x, &kth, &options.axes, &type, &axis) || !jx_sort(1, &x, axis, 1, &both[0]) ||
        !jx_top_k(x, type.dims[axis] - kth - 1, axis, &both[1], &unused))
        return JX_POISON;
    both[0] = jx_slice_axis(both[0], axis, 0, kth + 1, 1);
    return jx_concatenate(2, both, axis);
}

/* The places of the least, by their elements, then those of the others in order. */
jaxc_value(jaxc_argpartition)(jaxc_value x, int64_t kth, struct jaxc_axes_options options)
{
    jx_enter("jaxc_argpartition");
    struct jx_aval type;
    int axis;
    jaxc_value sorted[2], both[2];
    if (!take_kth(x, &kth, &options.axes, &type, &axis))
        return JX_POISON;
    jaxc_value operands[2] = {x, numbered(&type, axis)};
    if (!jx_sort(2, operands, axis, 1, sorted))
        return JX_POISON;
    both[0] = jx_slice_axis(sorted[1], axis, 0, kth + 1, 1);
    jaxc_value others = jx_slice_axis(sorted[1], axis, kth + 1, type.dims[axis], 1);
    if (!jx_sort(1, &others, axis, 1, &both[1]))
        return JX_POISON;
    return jx_concatenate(2, both, axis);
}
