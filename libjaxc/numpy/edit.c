/*
 * edit.c - parts of an axis left out or put in: delete, insert. Places are known, so the result is a
 * few slices side by side, or one gather.
 */
#include "numpy/numpy.h"

#include <jaxc/manipulation.h>

#include <inttypes.h>

/* The axis of a call that flattens x without one. */
static bool choose(jaxc_value *x, const struct jaxc_axes *axes, struct jx_aval *type, int *axis)
{
    if (axes->n == 0)
        *x = jx_flat(*x);
    return jx_value_aval(*x, type) && jx_one_axis(axes, type->rank, 0, axis);
}

static bool fail_place(int64_t place, const struct jx_aval *type, int axis)
{
    char text[JX_AVAL_TEXT];
    return jx_fail(JAXC_EVALUE, "place %" PRId64 " of axis %d of %s", place, axis,
                   jx_aval_text(type, text));
}

/* The places that stay, ascending; there is room for all. */
static bool staying(const struct jx_known *gone, const struct jx_aval *type, int axis, bool *kept)
{
    int64_t size = type->dims[axis];
    for (int64_t i = 0; i < size; i++)
        kept[i] = true;
    if (gone->mask && gone->n != size)
        return jx_fail(JAXC_ESHAPE, "a mask of %" PRId64 " for %" PRId64 " places", gone->n, size);
    for (int64_t i = 0; i < gone->n; i++) {
        int64_t at = gone->at[i];
        if (gone->mask) {
            kept[i] = !at;
            continue;
        }
        if (at < -size || at >= size)
            return fail_place(at, type, axis);
        kept[at < 0 ? at + size : at] = false;
    }
    return true;
}

/* Runs of places side by side: slices while they are few, otherwise a gather. */
static jaxc_value keep(jaxc_value x, const bool *kept, int64_t size, int axis)
{
    enum { MOST_RUNS = 4 };
    jaxc_value parts[MOST_RUNS];
    int64_t n = 0, runs = 0;
    for (int64_t i = 0; i < size; i++) {
        n += kept[i];
        runs += kept[i] && (i == 0 || !kept[i - 1]);
    }
    if (runs == 0)
        return jx_slice_axis(x, axis, 0, 0, 1);
    if (runs > MOST_RUNS) {
        int64_t *places = jx_alloc((size_t)n, sizeof *places), next = 0;
        for (int64_t i = 0; places && i < size; i++)
            if (kept[i])
                places[next++] = i;
        jaxc_value y = JX_POISON;
        if (places)
            y = jx_take_axis(x, jx_constant(n, places, size > INT32_MAX), axis);
        jx_free(places);
        return y;
    }
    runs = 0;
    for (int64_t i = 0, end; i < size; i = end) {
        for (end = i + 1; end < size && kept[end] == kept[i]; end++)
            ;
        if (kept[i])
            parts[runs++] = jx_slice_axis(x, axis, i, end, 1);
    }
    return runs == 1 ? parts[0] : jx_concatenate((int)runs, parts, axis);
}

jaxc_value(jaxc_delete)(jaxc_value x, jaxc_value places, struct jaxc_axes_options options)
{
    jx_enter("jaxc_delete");
    jaxc_value own = x, y = JX_POISON;
    struct jx_aval type;
    struct jx_known gone;
    int axis;
    if (!choose(&x, &options.axes, &type, &axis) || !jx_known_numbers(places, "places", &gone))
        return JX_POISON;
    int64_t size = type.dims[axis];
    bool *kept = jx_alloc((size_t)size + 1, sizeof *kept);
    if (kept && staying(&gone, &type, axis, kept))
        y = keep(x, kept, size, axis);
    jx_free(kept);
    jx_free(gone.at);
    return jx_result(own, y);
}

/* ---- insert ---------------------------------------------------------------------------------- */

/* Values in x's dtype, with x's axes; n of them along the axis (*n: 1 or that many before). */
static jaxc_value values_for(jaxc_value values, const struct jx_aval *type, int axis, bool scalar,
                             int64_t *n)
{
    struct jx_aval own;
    char text[2][JX_AVAL_TEXT];
    static const int front[JAXC_MAX_RANK] = {0, 1, 2, 3, 4, 5, 6, 7};
    values = jx_as(values, (jaxc_dtype)type->dtype, type->weak);
    if (!jx_value_aval(values, &own))
        return JX_POISON;
    if (own.rank < type->rank)
        values = jx_insert_axes(values, type->rank - own.rank, front);
    if (scalar)
        values = jx_moveaxis(values, 0, axis);
    struct jx_aval now;
    if (!jx_value_aval(values, &now))
        return JX_POISON;
    bool fits = now.rank == type->rank;
    for (int i = 0; fits && i < now.rank; i++)
        fits = i == axis || now.dims[i] == 1 || now.dims[i] == type->dims[i];
    int64_t many = fits ? now.dims[axis] : 0;
    fits = fits && (many == *n || many == 1 || *n == 1);
    if (!fits) {
        jx_fail(JAXC_ESHAPE, "values %s at %" PRId64 " places of axis %d of %s",
                jx_aval_text(&own, text[1]), *n, axis, jx_aval_text(type, text[0]));
        return JX_POISON;
    }
    *n = *n == 1 ? many : *n;
    int64_t dims[JAXC_MAX_RANK];
    memcpy(dims, type->dims, sizeof dims);
    dims[axis] = *n;
    return jx_broadcast_to(values, type->rank, dims);
}

/* Where each result is in x followed by the values: a stable order of the places. */
static jaxc_value gather_both(jaxc_value x, jaxc_value values, const struct jx_known *at,
                              int64_t size, int64_t n, int axis)
{
    jaxc_value both[2] = {x, values}, y = JX_POISON;
    int64_t *places = jx_alloc((size_t)(size + n) + 1, sizeof *places);
    int64_t *count = jx_alloc((size_t)size + 2, sizeof *count); /* values before each element */
    if (places && count) {
        for (int64_t i = 0; i < n; i++)
            count[at->at[i] + 1]++;
        for (int64_t i = 0; i <= size; i++)
            count[i + 1] += count[i];
        for (int64_t i = 0; i < size; i++)
            places[i + count[i + 1]] = i;
        for (int64_t i = 0; i < n; i++)
            places[at->at[i] + count[at->at[i]]++] = size + i;
        y = jx_take_axis(jx_concatenate(2, both, axis),
                         jx_constant(size + n, places, size + n > INT32_MAX), axis);
    }
    jx_free(places);
    jx_free(count);
    return y;
}

static jaxc_value insert(jaxc_value x, struct jx_known *at, jaxc_value values,
                         const struct jx_aval *type, int axis)
{
    int64_t size = type->dims[axis], n = at->n;
    for (int64_t i = 0; i < at->n; i++) {
        if (at->at[i] < -size || at->at[i] > size) {
            fail_place(at->at[i], type, axis);
            return JX_POISON;
        }
        at->at[i] += at->at[i] < 0 ? size : 0;
    }
    values = values_for(values, type, axis, at->scalar, &n);
    if (jx_is_poison(values) || n == 0)
        return jx_is_poison(values) ? values : x;
    if (at->n != 1)
        return gather_both(x, values, at, size, n, axis);
    jaxc_value parts[3];
    parts[0] = jx_slice_axis(x, axis, 0, at->at[0], 1);
    parts[1] = values;
    parts[2] = jx_slice_axis(x, axis, at->at[0], size, 1);
    bool first = at->at[0] == 0, last = at->at[0] == size;
    return jx_concatenate(3 - first - last, parts + first, axis);
}

jaxc_value(jaxc_insert)(jaxc_value x, jaxc_value places, jaxc_value values,
                        struct jaxc_axes_options options)
{
    jx_enter("jaxc_insert");
    jaxc_value own = x;
    struct jx_aval type;
    struct jx_known at;
    int axis;
    if (!choose(&x, &options.axes, &type, &axis) || !jx_known_numbers(places, "places", &at))
        return JX_POISON;
    jaxc_value y = insert(x, &at, values, &type, axis);
    jx_free(at.at);
    return jx_result(own, y);
}
