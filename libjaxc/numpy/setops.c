/*
 * setops.c - arrays as sets: unique, union1d, intersect1d, setdiff1d, setxor1d, isin.
 *
 * Rows are sorted; equal ones stand together then, and a mask says where each group begins. Two
 * sets are sorted together, each element with the number it had: the sort is stable, so within a
 * group the first set's elements stand before the second's.
 */
#include "numpy/order.h"

#include <jaxc/sorting.h>

/* ---- unique ---------------------------------------------------------------------------------- */

/* Rows of an array in order: rows[n, ...], the number each had, and where a new one begins. */
struct sorted_rows {
    struct jx_aval type; /* of the array with the axis in front */
    int64_t n;           /* rows; 1 if they are empty */
    bool empty;          /* no elements */
    jaxc_value rows, numbers, begins;
};

/* x != y; NaN equals NaN if same_nan */
static jaxc_value differ(jaxc_value x, jaxc_value y, bool same_nan)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    jaxc_value is = jx_ne(x, y);
    if (!same_nan || !jx_is_float((jaxc_dtype)type.dtype))
        return is;
    return jx_and(is, jx_not(jx_and(jx_isnan(x), jx_isnan(y))));
}

/* Whether elements differ from the one before, or the one after; the first and the last do. */
static jaxc_value edges(jaxc_value differences, bool at_front)
{
    static const int64_t one = 1;
    struct jx_aval type = jx_aval_make(JAXC_BOOL, 1, &one);
    jaxc_value both[2] = {jx_full_like(&type, 1), differences};
    if (!at_front)
        both[0] = differences, both[1] = jx_full_like(&type, 1);
    return jx_concatenate(2, both, 0);
}

/* Columns are the keys of the sort, the first one the most important. */
static bool sort_rows(jaxc_value x, struct sorted_rows *r)
{
    int64_t m = r->n ? jx_count(r->type.rank, r->type.dims) / r->n : 0;
    if (m >= UINT8_MAX)
        return jx_fail(JAXC_ELIMIT, "rows of %lld elements; at most 254", (long long)m);
    jaxc_value flat = jx_reshape(x, 2, (const int64_t[]){r->n, m});
    jaxc_value *keys = jx_alloc(2 * ((size_t)m + 1), sizeof *keys);
    if (!keys)
        return false;
    static const int second = 1;
    for (int64_t i = 0; i < m; i++)
        keys[i] = jx_squeeze(jx_slice_axis(flat, 1, i, i + 1, 1), 1, &second);
    keys[m] = jx_numbers(r->n);
    bool ok = jx_sort((int)m + 1, keys, 0, (int)m, keys + m + 1);
    r->numbers = keys[2 * m + 1];
    jx_free(keys);
    r->rows = ok ? jx_take_axis(x, r->numbers, 0) : JX_POISON;
    return !jx_is_poison(r->rows);
}

static bool sorted_rows_of(jaxc_value x, int axis, bool same_nan, struct sorted_rows *r)
{
    x = jx_moveaxis(x, axis, 0);
    if (!jx_value_aval(x, &r->type))
        return false;
    int64_t count = jx_count(r->type.rank, r->type.dims), n = r->type.dims[0];
    r->n = n;
    r->empty = count == 0;
    if (count == 0) { /* rows without elements are one row, and none is none */
        struct jx_aval none = jx_aval_make(JAXC_I32, 1, &n);
        r->n = none.dims[0] = n > 0 && r->type.rank > 1;
        r->type.dims[0] = r->n;
        r->rows = jx_zeros_of(&r->type);
        r->numbers = jx_zeros_of(&none);
        none.dtype = JAXC_BOOL;
        r->begins = jx_full_like(&none, 1);
        return !jx_is_poison(r->begins);
    }
    if (!sort_rows(x, r))
        return false;
    jaxc_value differences = differ(jx_slice_axis(r->rows, 0, 1, n, 1),
                                    jx_slice_axis(r->rows, 0, 0, n - 1, 1), same_nan);
    int axes[JAXC_MAX_RANK];
    for (int i = 1; i < r->type.rank; i++)
        axes[i - 1] = i;
    if (r->type.rank > 1)
        differences = jx_reduce_or(differences, r->type.rank - 1, axes);
    r->begins = edges(differences, true);
    return !jx_is_poison(r->begins);
}

/* For each element of the array the number of its row among the results. */
static jaxc_value inverse_of(const struct sorted_rows *r)
{
    struct jx_scatter_params s = {.mode = JX_PROMISE_IN_BOUNDS, .unique_indices = true};
    struct jx_aval type;
    if (!jx_value_aval(r->numbers, &type))
        return JX_POISON;
    jaxc_value group = jx_cumsum(jx_as(r->begins, (jaxc_dtype)type.dtype, false), 0, false);
    group = jx_sub(group, jx_literal(&type, 1));
    return jx_scatter_first(&jx_scatter_p, jx_zeros_of(&type), r->numbers, group, &s);
}

/* How many rows each result stands for: from where it begins to where the next one does. */
static jaxc_value counts_of(const struct sorted_rows *r, int64_t size)
{
    jaxc_value from = jx_true_places(r->begins, size + 1);
    jaxc_value next = jx_slice_axis(from, 0, 1, size + 1, 1);
    jaxc_value zero = jx_number_like(next, 0);
    next = jx_select(jx_eq(next, zero), jx_number_like(next, (double)r->n), next);
    jaxc_value first = jx_slice_axis(from, 0, 0, size, 1);
    static const int64_t one = 1;
    if (size > 1) { /* behind the last result each begins where the rows end */
        jaxc_value both[2] = {jx_slice_axis(first, 0, 0, one, 1),
                              jx_slice_axis(next, 0, 0, size - 1, 1)};
        first = jx_concatenate(2, both, 0);
    }
    return jx_sub(next, first);
}

static jaxc_value rows_at(const struct sorted_rows *r, jaxc_value places, int64_t size,
                          jaxc_value fill)
{
    if (r->empty) {
        struct jx_aval type = r->type;
        type.dims[0] = size;
        jaxc_value y = jx_zeros_of(&type);
        if (!jx_fill_given(fill) || r->type.dims[0] > 0)
            return y;
        return jx_fill_type(jx_cast(fill, (jaxc_dtype)type.dtype), &type);
    }
    jaxc_value y = jx_take_axis(r->rows, places, 0);
    return jx_fill_given(fill) ? jx_fill_rest(y, r->begins, fill, false) : y;
}

static jaxc_value unique_of(jaxc_value x, int axis, const struct jaxc_unique_options *o,
                            struct sorted_rows *r, jaxc_value *places)
{
    int64_t size;
    struct jx_aval type;
    if (!jx_value_aval(x, &type) || !sorted_rows_of(x, axis, !o->distinct_nan, r) ||
        !jx_true_count(r->begins, o->size, "x", &size))
        return JX_POISON;
    if (type.dims[axis] == 0 && o->size > 0 && !jx_fill_given(o->fill_value)) {
        jx_fail(JAXC_EVALUE, "a size of %lld, and nothing to fill it with: give fill_value",
                (long long)o->size);
        return JX_POISON;
    }
    *places = jx_true_places(r->begins, size);
    return jx_moveaxis(rows_at(r, *places, size, o->fill_value), 0, axis);
}

jaxc_value(jaxc_unique)(jaxc_value x, struct jaxc_unique_options options)
{
    jx_enter("jaxc_unique");
    struct jx_aval type, values;
    struct sorted_rows r;
    jaxc_value y[4], places;
    int axis, n = 1;
    bool flat = options.axes.n == 0;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (flat)
        x = jx_flat(x);
    if (!jx_one_axis(&options.axes, flat ? 1 : type.rank, 0, &axis))
        return JX_POISON;
    y[0] = unique_of(x, axis, &options, &r, &places);
    if (!jx_value_aval(y[0], &values))
        return JX_POISON;
    if (options.return_index)
        y[n++] = r.empty ? r.numbers : jx_take_axis(r.numbers, places, 0);
    if (options.return_inverse) {
        struct jx_aval all = jx_aval_make(JAXC_I32, 1, &type.dims[axis]);
        y[n] = r.empty ? jx_zeros_of(&all) : inverse_of(&r);
        if (flat)
            y[n] = jx_reshape(y[n], type.rank, type.dims);
        n++;
    }
    if (options.return_counts) {
        struct jx_aval one = jx_aval_make(JAXC_I32, 1, &r.n);
        y[n++] = r.empty ? jx_full_like(&one, (double)(flat ? 0 : type.dims[axis]))
                         : counts_of(&r, values.dims[axis]);
    }
    return n == 1 ? y[0] : jx_tuple_of(n, y);
}

/* ---- two sets -------------------------------------------------------------------------------- */

jaxc_value(jaxc_union1d)(jaxc_value x, jaxc_value y, struct jaxc_set_options options)
{
    jx_enter("jaxc_union1d");
    struct jaxc_unique_options o = {.size = options.size, .fill_value = options.fill_value};
    struct sorted_rows r;
    jaxc_value both[2] = {jx_flat(x), jx_flat(y)}, places;
    return unique_of(jx_concatenate_of(2, both, 0), 0, &o, &r, &places);
}

/* Is each of x among those of y (one axis, of one dtype)? */
static jaxc_value is_in(jaxc_value x, jaxc_value y)
{
    struct jx_aval type, own;
    jaxc_value sorted;
    if (!jx_value_aval(y, &type) || !jx_value_aval(x, &own))
        return JX_POISON;
    if (type.dims[0] == 0) {
        own = jx_aval_make(JAXC_BOOL, own.rank, own.dims);
        return jx_zeros_of(&own);
    }
    if (!jx_sort(1, &y, 0, 1, &sorted))
        return JX_POISON;
    jaxc_value at = jx_searchsorted(sorted, x, false);
    at = jx_min(at, jx_number_like(at, (double)(type.dims[0] - 1)));
    return jx_eq(jx_take_axis(sorted, at, 0), x);
}

jaxc_value(jaxc_isin)(jaxc_value element, jaxc_value test_elements,
                      struct jaxc_isin_options options)
{
    jx_enter("jaxc_isin");
    jaxc_value both[2] = {element, jx_flat(test_elements)};
    if (!jx_join_dtypes(2, both, JX_JOIN_ANY, NULL))
        return JX_POISON;
    jaxc_value y = is_in(both[0], both[1]);
    return options.invert ? jx_not(y) : y;
}

/* Those of x that are not in y, x in order and each once. */
jaxc_value(jaxc_setdiff1d)(jaxc_value x, jaxc_value y, struct jaxc_set_options options)
{
    jx_enter("jaxc_setdiff1d");
    struct sorted_rows r;
    struct jx_aval type;
    int64_t n;
    x = jx_flat(x);
    if (!options.assume_unique) {
        if (!jx_value_aval(x, &type) || !sorted_rows_of(x, 0, true, &r))
            return JX_POISON;
        x = r.rows;
    }
    jaxc_value both[2] = {x, jx_flat(y)};
    if (!jx_join_dtypes(2, both, JX_JOIN_ANY, NULL) || !jx_value_aval(x, &type))
        return JX_POISON;
    jaxc_value mask = jx_not(is_in(both[0], both[1]));
    if (!options.assume_unique)
        mask = jx_and(mask, r.begins);
    if (!jx_true_count(mask, options.size, "x or y", &n))
        return JX_POISON;
    jaxc_value fill = jx_fill_given(options.fill_value) ? options.fill_value : jx_number_like(x, 0);
    if (type.dims[0] == 0) {
        type.dims[0] = n;
        return jx_fill_type(jx_cast(fill, (jaxc_dtype)type.dtype), &type);
    }
    x = jx_take_axis(x, jx_true_places(mask, n), 0);
    return options.size > 0 ? jx_fill_rest(x, mask, fill, false) : x;
}

/* Both sets, sorted together. */
struct both_sets {
    int64_t n, sizes[2];
    jaxc_value values, numbers, of_second, differences; /* neighbours: NaN equals that of its set */
};

static bool both_sets_of(jaxc_value x, jaxc_value y, struct both_sets *b)
{
    struct jx_aval types[2];
    jaxc_value both[2] = {jx_flat(x), jx_flat(y)}, sorted[2];
    if (!jx_join_dtypes(2, both, JX_JOIN_ANY, NULL))
        return false;
    for (int i = 0; i < 2; i++) {
        if (!jx_value_aval(both[i], &types[i]))
            return false;
        b->sizes[i] = types[i].dims[0];
    }
    b->n = b->sizes[0] + b->sizes[1];
    both[0] = jx_concatenate(2, both, 0);
    both[1] = jx_numbers(b->n);
    if (!jx_sort(2, both, 0, 1, sorted))
        return false;
    b->values = sorted[0];
    b->numbers = sorted[1];
    b->of_second = jx_ge(sorted[1], jx_number_like(sorted[1], (double)b->sizes[0]));
    if (b->n == 0)
        return true;
    jaxc_value left = jx_slice_axis(b->values, 0, 0, b->n - 1, 1);
    jaxc_value right = jx_slice_axis(b->values, 0, 1, b->n, 1);
    b->differences = differ(left, right, false);
    if (jx_is_float((jaxc_dtype)types[0].dtype)) {
        jaxc_value other = jx_ne(jx_slice_axis(b->of_second, 0, 0, b->n - 1, 1),
                                 jx_slice_axis(b->of_second, 0, 1, b->n, 1));
        b->differences = jx_and(b->differences, jx_or(other, differ(left, right, true)));
    }
    return !jx_is_poison(b->differences);
}

/* The values that a mask chooses. Without a fill value the least of them fills the rest, and 0
 * where there is none. */
static jaxc_value chosen(const struct both_sets *b, jaxc_value mask, int64_t n,
                         const struct jaxc_set_options *o)
{
    static const int first = 0;
    jaxc_value y = jx_take_axis(b->values, jx_true_places(mask, n), 0);
    if (o->size == 0)
        return y;
    jaxc_value fill = o->fill_value;
    if (!jx_fill_given(fill))
        fill = jx_select(jx_reduce_or(mask, 1, &first), jx_index_first(y, 0), jx_number_like(y, 0));
    return jx_fill_rest(y, mask, fill, true);
}

static jaxc_value of_nothing(const struct both_sets *b, const struct jaxc_set_options *o)
{
    struct jx_aval type;
    if (!jx_value_aval(b->values, &type))
        return JX_POISON;
    type.dims[0] = o->size;
    if (!jx_fill_given(o->fill_value))
        return jx_zeros_of(&type);
    return jx_fill_type(jx_cast(o->fill_value, (jaxc_dtype)type.dtype), &type);
}

/* Where a group of the first set's elements alone ends, and where one of the second's begins. */
jaxc_value(jaxc_setxor1d)(jaxc_value x, jaxc_value y, struct jaxc_set_options options)
{
    jx_enter("jaxc_setxor1d");
    struct both_sets b;
    int64_t n;
    if (!both_sets_of(x, y, &b))
        return JX_POISON;
    if (b.n == 0)
        return of_nothing(&b, &options);
    jaxc_value begins = jx_and(edges(b.differences, true), b.of_second);
    jaxc_value ends = jx_and(edges(b.differences, false), jx_not(b.of_second));
    jaxc_value mask = jx_or(begins, ends);
    return jx_true_count(mask, options.size, "x or y", &n) ? chosen(&b, mask, n, &options)
                                                           : JX_POISON;
}

/* The place of each value in its set: the number of the group's first element, at `places`. */
static jaxc_value number_in(const struct both_sets *b, jaxc_value mask, jaxc_value places,
                            int which, const struct jaxc_set_options *o)
{
    jaxc_value numbers = b->numbers;
    if (which == 0) {
        jaxc_value all = jx_numbers(b->n);
        jaxc_value from = jx_select(edges(b->differences, true), all, jx_number_like(all, 0));
        from = jx_cummax(from, 0, false);
        numbers = jx_take_axis(numbers, jx_take_axis(from, places, 0), 0);
    } else {
        jaxc_value next = jx_add(places, jx_number_like(places, 1));
        numbers = jx_take_axis(numbers, next, 0);
        numbers = jx_sub(numbers, jx_number_like(numbers, (double)b->sizes[0]));
    }
    if (o->size == 0)
        return numbers;
    return jx_fill_rest(numbers, mask, jx_number_like(numbers, (double)b->sizes[which]), false);
}

/* Where the first set's elements of a group end and the second's begin. */
jaxc_value(jaxc_intersect1d)(jaxc_value x, jaxc_value y, struct jaxc_set_options options)
{
    jx_enter("jaxc_intersect1d");
    struct both_sets b;
    int64_t n;
    if (!both_sets_of(x, y, &b))
        return JX_POISON;
    if (b.n < 2) {
        jaxc_value none = of_nothing(&b, &options);
        struct jx_aval type = jx_aval_make(JAXC_I32, 1, &options.size);
        jaxc_value results[3] = {none, jx_full_like(&type, (double)b.sizes[0]),
                                 jx_full_like(&type, (double)b.sizes[1])};
        return options.return_indices ? jx_tuple_of(3, results) : none;
    }
    jaxc_value mask =
        jx_and(jx_not(b.differences), jx_not(jx_slice_axis(b.of_second, 0, 0, b.n - 1, 1)));
    mask = jx_and(mask, jx_slice_axis(b.of_second, 0, 1, b.n, 1));
    if (!jx_true_count(mask, options.size, "x or y", &n))
        return JX_POISON;
    jaxc_value values = chosen(&b, mask, n, &options);
    if (!options.return_indices)
        return values;
    jaxc_value places = jx_true_places(mask, n);
    jaxc_value results[3] = {values, number_in(&b, mask, places, 0, &options),
                             number_in(&b, mask, places, 1, &options)};
    return jx_tuple_of(3, results);
}
