/*
 * repeat.c - elements once more, in other places, or left out: tile, repeat, resize, roll, delete,
 * insert.
 *
 * A repetition is a broadcast along a new axis that a reshape joins to its neighbour.
 */
#include "numpy/numpy.h"
#include "numpy/index.h"

#include <jaxc/manipulation.h>

#include <inttypes.h>

jaxc_value jx_flat(jaxc_value x)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int64_t n = jx_count(type.rank, type.dims);
    return type.rank == 1 ? x : jx_reshape(x, 1, &n);
}

/* ---- tile, repeat, resize -------------------------------------------------------------------- */

/* x n times along an axis: each element, or the whole axis. The other axes are two while this
 * lasts, so the rank does not matter. */
static jaxc_value repeat_one(jaxc_value x, int64_t n, int axis, bool each)
{
    struct jx_aval type;
    if (n == 1 || !jx_value_aval(x, &type))
        return x;
    int64_t size = type.dims[axis], total, all;
    int64_t in[3] = {jx_count(axis, type.dims), size,
                     jx_count(type.rank - axis - 1, type.dims + axis + 1)};
    int64_t out[4] = {in[0], each ? size : n, each ? n : size, in[2]};
    int map[3] = {0, each ? 1 : 2, 3};
    if (__builtin_mul_overflow(size, n, &type.dims[axis]) ||
        !jx_n_elements(type.rank, type.dims, &total) || !jx_n_elements(4, out, &all)) {
        jx_fail(JAXC_ELIMIT, "%" PRId64 " times %" PRId64 " elements", n, size);
        return JX_POISON;
    }
    x = jx_broadcast_in_dim(jx_reshape(x, 3, in), 4, out, map);
    return jx_reshape(x, type.rank, type.dims);
}

jaxc_value jx_repeat_axis(jaxc_value x, int64_t n, int axis)
{
    return repeat_one(x, n, axis, true);
}

static jaxc_value tile(jaxc_value x, int rank, const int64_t *counts)
{
    struct jx_aval type;
    int64_t dims[JAXC_MAX_RANK], parts[JAXC_MAX_RANK];
    int map[JAXC_MAX_RANK], n = 0;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int new_axes = rank - type.rank;
    for (int i = 0; i < rank; i++)
        n += counts[i] != 1 && i >= new_axes && type.dims[i - new_axes] != 1;
    if (rank + n > JAXC_MAX_RANK) { /* no room to do all at once */
        for (int i = 0; i < rank; i++)
            dims[i] = i < new_axes ? 1 : type.dims[i - new_axes];
        x = jx_broadcast_to(x, rank, dims);
        for (int i = 0; i < rank; i++)
            x = repeat_one(x, counts[i], i, false);
        return x;
    }
    n = 0;
    for (int i = 0; i < rank; i++) {
        int64_t size = i < new_axes ? 1 : type.dims[i - new_axes];
        if (__builtin_mul_overflow(size, counts[i], &dims[i])) {
            jx_fail(JAXC_ELIMIT, "%" PRId64 " times %" PRId64 " elements", counts[i], size);
            return JX_POISON;
        }
        if (counts[i] != 1 && size != 1)
            parts[n++] = counts[i];
        if (i >= new_axes)
            map[i - new_axes] = n;
        parts[n++] = size == 1 ? counts[i] : size;
    }
    return jx_reshape(jx_broadcast_in_dim(x, n, parts, map), rank, dims);
}

jaxc_value(jaxc_tile)(jaxc_value x, struct jaxc_shape counts)
{
    jx_enter("jaxc_tile");
    struct jx_aval type;
    int64_t each[JAXC_MAX_RANK], n;
    if (!jx_value_aval(x, &type) || !jx_n_elements(counts.rank, counts.dims, &n))
        return JX_POISON;
    int rank = type.rank > counts.rank ? type.rank : counts.rank;
    for (int i = 0; i < rank; i++)
        each[i] = i < rank - counts.rank ? 1 : counts.dims[i - (rank - counts.rank)];
    return jx_result(x, tile(x, rank, each));
}

/* The place in x of each result, of which there are `total`: sums of a one at each part's start. A
 * part that no result is left for is not added; what is over is the last part. */
static jaxc_value places_of_counts(jaxc_value counts, int64_t n, int64_t total)
{
    struct jaxc_indices index = {1, {{.kind = JAXC_INDEX_ARRAY}}};
    struct jaxc_index_options options = {.mode = JAXC_MODE_DROP};
    struct jx_aval type;
    int64_t first[1] = {0}, but_last[1] = {n - 1};
    counts = jx_slice(jx_as(counts, JAXC_I32, false), first, but_last, NULL);
    jaxc_value starts = jx_cumsum(
        jx_pad_axis(counts, 0, jx_scalar_of(JAXC_I32, (union jx_scalar){.i = 0}, false), 1, 0, 0),
        0, false);
    if (!jx_value_aval(starts, &type))
        return JX_POISON;
    index.at[0].array = starts;
    jaxc_value one = jx_literal(&type, 1), minus_one = jx_literal(&type, -1);
    type.dims[0] = total;
    jaxc_value steps = jx_at(&jx_scatter_add_p, jx_zeros_of(&type), &index, one, &options, true);
    return jx_add(jx_cumsum(steps, 0, false), minus_one);
}

static jaxc_value repeat_known(jaxc_value x, const struct jx_known *counts, int64_t size, int axis,
                               int64_t total)
{
    int64_t sum = 0, n = 0;
    for (int64_t i = 0; i < counts->n; i++)
        if (counts->at[i] < 0 || __builtin_add_overflow(sum, counts->at[i], &sum)) {
            jx_fail(JAXC_EVALUE, "%" PRId64 " times", counts->at[i]);
            return JX_POISON;
        }
    total = total > 0 ? total : sum;
    int64_t *places = jx_alloc((size_t)total + 1, sizeof *places);
    if (!places)
        return JX_POISON;
    for (int64_t i = 0; i < counts->n; i++)
        for (int64_t j = 0; j < counts->at[i] && n < total; j++)
            places[n++] = i;
    while (n < total)
        places[n++] = counts->n - 1;
    jaxc_value y = jx_take_axis(x, jx_constant(total, places, size > INT32_MAX), axis);
    jx_free(places);
    return y;
}

static jaxc_value repeat(jaxc_value x, jaxc_value counts, int axis, int64_t total)
{
    struct jx_aval type, own;
    struct jx_known known;
    char text[2][JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int64_t size = type.dims[axis];
    if (total > 0 && !jx_has_parts(counts) && !jx_is_known(counts)) {
        if (!jx_value_aval(counts, &own))
            return JX_POISON;
        bool fits = own.rank == 0 || (own.rank == 1 && (own.dims[0] == 1 || own.dims[0] == size));
        if (!fits || !jx_is_integer((jaxc_dtype)own.dtype)) {
            jx_fail(fits ? JAXC_EDTYPE : JAXC_ESHAPE, "repeats %s for axis %d of %s",
                    jx_aval_text(&own, text[1]), axis, jx_aval_text(&type, text[0]));
            return JX_POISON;
        }
        jaxc_value flat = own.rank == 0 ? jx_flat(counts) : counts;
        counts = jx_broadcast_to(flat, 1, &size);
        return size == 0 ? x : jx_take_axis(x, places_of_counts(counts, size, total), axis);
    }
    if (!jx_known_numbers(counts, "repeats", &known))
        return JX_POISON;
    jaxc_value y = JX_POISON;
    if (known.n == 1 && known.at[0] >= 0 && total == 0) {
        y = repeat_one(x, known.at[0], axis, true);
    } else if (known.n != size && known.n != 1) {
        jx_fail(JAXC_ESHAPE, "%" PRId64 " repeats for axis %d of %s", known.n, axis,
                jx_aval_text(&type, text[0]));
    } else if (size == 0) {
        y = x;
    } else {
        struct jx_known all = {size, jx_alloc((size_t)size, sizeof *all.at), false, false};
        for (int64_t i = 0; all.at && i < size; i++)
            all.at[i] = known.at[known.n == 1 ? 0 : i];
        y = all.at ? repeat_known(x, &all, size, axis, total) : y;
        jx_free(all.at);
    }
    jx_free(known.at);
    return y;
}

jaxc_value(jaxc_repeat)(jaxc_value x, jaxc_value repeats, struct jaxc_repeat_options options)
{
    jx_enter("jaxc_repeat");
    struct jx_aval type;
    int axis = 0;
    jaxc_value flat = options.axes.n > 0 ? x : jx_flat(x);
    if (!jx_value_aval(flat, &type) || !jx_one_axis(&options.axes, type.rank, 0, &axis))
        return JX_POISON;
    if (options.total_repeat_length < 0) {
        jx_fail(JAXC_EVALUE, "total_repeat_length is %" PRId64, options.total_repeat_length);
        return JX_POISON;
    }
    return jx_result(x, repeat(flat, repeats, axis, options.total_repeat_length));
}

jaxc_value(jaxc_resize)(jaxc_value x, struct jaxc_shape shape)
{
    jx_enter("jaxc_resize");
    struct jx_aval type, out;
    if (!jx_value_aval(x, &type) || !jx_choose_type(shape, (jaxc_dtype)type.dtype, &out))
        return JX_POISON;
    int64_t n = jx_count(type.rank, type.dims), wanted = jx_count(out.rank, out.dims);
    out.weak = type.weak;
    if (n == 0 || wanted == 0)
        return jx_zeros_of(&out);
    jaxc_value y = repeat_one(jx_flat(x), (wanted - 1) / n + 1, 0, false);
    return jx_result(x, jx_reshape(jx_slice_axis(y, 0, 0, wanted, 1), out.rank, out.dims));
}

/* ---- roll ------------------------------------------------------------------------------------ */

static jaxc_value roll_known(jaxc_value x, int64_t shift, int axis)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type) || type.dims[axis] == 0)
        return x;
    int64_t size = type.dims[axis], cut = shift % size;
    cut = cut < 0 ? -cut : cut > 0 ? size - cut : 0;
    if (cut == 0)
        return x;
    jaxc_value parts[2];
    parts[0] = jx_slice_axis(x, axis, cut, size, 1);
    parts[1] = jx_slice_axis(x, axis, 0, cut, 1);
    return jx_concatenate(2, parts, axis);
}

/* shift: integer[], of any sign. The window of two copies that begins there. */
static jaxc_value roll_computed(jaxc_value x, jaxc_value shift, int axis)
{
    struct jx_aval type, index = jx_aval_make(JAXC_I32, 0, NULL);
    if (!jx_value_aval(x, &type) || type.dims[axis] == 0)
        return x;
    jaxc_value starts[JAXC_MAX_RANK], copies[2] = {x, x};
    jaxc_value size = jx_literal(&index, (double)type.dims[axis]);
    for (int i = 0; i < type.rank; i++)
        starts[i] = jx_literal(&index, 0);
    jaxc_value rest = jx_rem(jx_as(shift, JAXC_I32, false), size);
    rest = jx_select(jx_lt(rest, starts[0]), jx_add(rest, size), rest);
    starts[axis] = jx_sub(size, rest);
    return jx_dynamic_slice(jx_concatenate(2, copies, axis), starts, type.dims);
}

/* The i-th of n shifts, a number or computed. */
static jaxc_value roll_each(jaxc_value x, jaxc_value shift, int n_axes, const int *axes)
{
    struct jx_aval type;
    struct jx_known known;
    union jx_scalar number;
    if (jx_has_parts(shift) || jx_literal_of(shift, &type, &number)) {
        if (!jx_known_numbers(shift, "shifts", &known))
            return JX_POISON;
        bool fits = known.n == 1 || known.n == n_axes || n_axes == 1;
        int64_t n = known.n > n_axes ? known.n : n_axes;
        if (!fits)
            jx_fail(JAXC_ESHAPE, "%" PRId64 " shifts for %d axes", known.n, n_axes);
        for (int64_t i = 0; fits && known.n > 0 && i < n; i++)
            x = roll_known(x, known.at[known.n == 1 ? 0 : i], axes[n_axes == 1 ? 0 : i]);
        jx_free(known.at);
        return fits ? x : JX_POISON;
    }
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(shift, &type))
        return JX_POISON;
    int64_t m = type.rank == 0 ? 1 : type.dims[0];
    if (!jx_is_integer((jaxc_dtype)type.dtype)) {
        jx_fail(JAXC_EDTYPE, "shifts are integers, not %s", jx_aval_text(&type, text));
        return JX_POISON;
    }
    if (type.rank > 1 || (m != 1 && m != n_axes && n_axes != 1)) {
        jx_fail(JAXC_ESHAPE, "shifts %s for %d axes", jx_aval_text(&type, text), n_axes);
        return JX_POISON;
    }
    for (int64_t i = 0; m > 0 && i < (m > n_axes ? m : n_axes); i++) {
        jaxc_value one = type.rank == 0 ? shift : jx_index_first(shift, m == 1 ? 0 : i);
        x = roll_computed(x, one, axes[n_axes == 1 ? 0 : i]);
    }
    return x;
}

jaxc_value(jaxc_roll)(jaxc_value x, jaxc_value shift, struct jaxc_axes_options options)
{
    jx_enter("jaxc_roll");
    static const int first = 0;
    struct jx_aval type;
    int n, axes[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type) ||
        !jx_check_given(options.axes.given, options.axes.n, JAXC_MAX_RANK, options.axes.at,
                        "JAXC_AXIS(i) or JAXC_AXES(i, ...)"))
        return JX_POISON;
    if (options.axes.n == 0) {
        jaxc_value y = roll_each(jx_flat(x), shift, 1, &first);
        return jx_result(x, jx_reshape(y, type.rank, type.dims));
    }
    for (n = 0; n < options.axes.n; n++) /* in their order, and one may come again */
        if (!jx_axis(options.axes.at[n], type.rank, &axes[n]))
            return JX_POISON;
    return jx_result(x, roll_each(x, shift, n, axes));
}
