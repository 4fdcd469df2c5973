/*
 * test_numpy_sorting.c - calls of jaxc/sorting.h: JAX's values and gradients, and what the messages
 * of errors say.
 */
#include "support/reference_calls.h"
#include "support/refused.h"

#include <check.h>
#include <string.h>

/* ---- every case by name ---------------------------------------------------------------------- */

/* Results that are tuples have their part's number. */
static jaxc_value part_of(const struct reference_case *c, jaxc_value y)
{
    return reference_key(c, "part") ? jaxc_get(y, reference_number(c, "part")) : y;
}

static jaxc_value fill_of(const struct reference_case *c)
{
    return reference_key(c, "fill") ? jaxc_from_i64(reference_number(c, "fill"))
                                    : (jaxc_value){0, 0};
}

static jaxc_value sorted_by(jaxc_value (*f)(jaxc_value, struct jaxc_sort_options),
                            const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_sort_options o = {.axes = reference_axes(c),
                                  .descending = reference_number(c, "descending") != 0};
    return f(x[0], o);
}

static jaxc_value partitioned_by(jaxc_value (*f)(jaxc_value, int64_t, struct jaxc_axes_options),
                                 const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_axes_options o = {.axes = reference_axes(c)};
    return f(x[0], reference_number(c, "kth"), o);
}

static jaxc_value nonzero_by(jaxc_value (*f)(jaxc_value, struct jaxc_nonzero_options),
                             const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_nonzero_options o = {.size = reference_number(c, "size"), .fill_value = fill_of(c)};
    return part_of(c, f(x[0], o));
}

static jaxc_value compressed_by(jaxc_value (*f)(jaxc_value, jaxc_value,
                                                struct jaxc_compress_options),
                                const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_compress_options o = {
        .axes = reference_axes(c), .size = reference_number(c, "size"), .fill_value = fill_of(c)};
    return f(x[0], x[1], o);
}

static jaxc_value set_by(jaxc_value (*f)(jaxc_value, jaxc_value, struct jaxc_set_options),
                         const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_set_options o = {.size = reference_number(c, "size"),
                                 .fill_value = fill_of(c),
                                 .assume_unique = reference_number(c, "assume") != 0,
                                 .return_indices = reference_key(c, "part") != NULL};
    return part_of(c, f(x[0], x[1], o));
}

static jaxc_value histogram_by(jaxc_value (*f)(jaxc_value, jaxc_value,
                                               struct jaxc_histogram_options),
                               const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_histogram_options o = {.range = reference_operand(c, "range", x),
                                       .weights = reference_operand(c, "weights", x),
                                       .density = reference_number(c, "density") != 0};
    return part_of(c, f(x[0], x[1], o));
}

static struct jaxc_histogram_options boxes_of(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_histogram_options o = {.weights = reference_operand(c, "weights", x),
                                       .density = reference_number(c, "density") != 0};
    return o;
}

static jaxc_value run_histogram2d(const struct reference_case *c, const jaxc_value *x)
{
    return part_of(c, (jaxc_histogram2d)(x[0], x[1], x[2], boxes_of(c, x)));
}

static jaxc_value run_histogramdd(const struct reference_case *c, const jaxc_value *x)
{
    bool given = reference_key(c, "bins") != NULL;
    jaxc_value bins = given ? jaxc_from_i64(reference_number(c, "bins")) : x[1];
    return part_of(c, (jaxc_histogramdd)(x[0], bins, boxes_of(c, x)));
}

static jaxc_value segments_by(jaxc_value (*f)(jaxc_value, jaxc_value, struct jaxc_segment_options),
                              const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_segment_options o = {.num_segments = reference_number(c, "segments"),
                                     .mode = (jaxc_index_mode)reference_number(c, "mode"),
                                     .unique_indices = reference_number(c, "unique") != 0};
    return f(x[0], x[1], o);
}

static jaxc_value run_lexsort(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_lexsort_n)(reference_n_operands(c), x, (int)reference_number(c, "axis"));
}

static jaxc_value run_searchsorted(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_searchsorted_options o = {.side = reference_key(c, "side"),
                                          .sorter = reference_operand(c, "sorter", x)};
    return (jaxc_searchsorted)(x[0], x[1], o);
}

static jaxc_value run_digitize(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_digitize_options o = {.right = reference_number(c, "right") != 0};
    return (jaxc_digitize)(x[0], x[1], o);
}

static jaxc_value run_unique(const struct reference_case *c, const jaxc_value *x)
{
    bool all = reference_key(c, "part") != NULL;
    struct jaxc_unique_options o = {.axes = reference_axes(c),
                                    .size = reference_number(c, "size"),
                                    .fill_value = fill_of(c),
                                    .return_index = all,
                                    .return_inverse = all,
                                    .return_counts = all,
                                    .distinct_nan = reference_number(c, "distinct") != 0};
    return part_of(c, (jaxc_unique)(x[0], o));
}

static jaxc_value run_isin(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_isin_options o = {.invert = reference_number(c, "invert") != 0};
    return (jaxc_isin)(x[0], x[1], o);
}

static jaxc_value run_bincount(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_bincount_options o = {.weights = reference_operand(c, "weights", x),
                                      .minlength = reference_number(c, "minlength"),
                                      .length = reference_number(c, "length")};
    return (jaxc_bincount)(x[0], o);
}

#define RUN(how, name)                                                                             \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        return how(jaxc_##name, c, x);                                                             \
    }
RUN(sorted_by, sort)
RUN(sorted_by, argsort)
RUN(partitioned_by, partition)
RUN(partitioned_by, argpartition)
RUN(nonzero_by, nonzero)
RUN(nonzero_by, flatnonzero)
RUN(nonzero_by, argwhere)
RUN(compressed_by, compress)
RUN(compressed_by, extract)
RUN(set_by, union1d)
RUN(set_by, intersect1d)
RUN(set_by, setdiff1d)
RUN(set_by, setxor1d)
RUN(histogram_by, histogram)
RUN(histogram_by, histogram_bin_edges)
RUN(segments_by, ops_segment_sum)
RUN(segments_by, ops_segment_prod)
RUN(segments_by, ops_segment_max)
RUN(segments_by, ops_segment_min)

static const struct reference_call calls[] = {
    {"sort", .other = run_sort},
    {"argsort", .other = run_argsort},
    {"lexsort", .other = run_lexsort},
    {"partition", .other = run_partition},
    {"argpartition", .other = run_argpartition},
    {"searchsorted", .other = run_searchsorted},
    {"digitize", .other = run_digitize},
    {"nonzero", .other = run_nonzero},
    {"flatnonzero", .other = run_flatnonzero},
    {"argwhere", .other = run_argwhere},
    {"compress", .other = run_compress},
    {"extract", .other = run_extract},
    {"unique", .other = run_unique},
    {"union1d", .other = run_union1d},
    {"intersect1d", .other = run_intersect1d},
    {"setdiff1d", .other = run_setdiff1d},
    {"setxor1d", .other = run_setxor1d},
    {"isin", .other = run_isin},
    {"bincount", .other = run_bincount},
    {"histogram_bin_edges", .other = run_histogram_bin_edges},
    {"histogram", .other = run_histogram},
    {"histogram2d", .other = run_histogram2d},
    {"histogramdd", .other = run_histogramdd},
    {"segment_sum", .other = run_ops_segment_sum},
    {"segment_prod", .other = run_ops_segment_prod},
    {"segment_max", .other = run_ops_segment_max},
    {"segment_min", .other = run_ops_segment_min},
};

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(sorts_and_searches_say_what_they_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), v = array_of(JAXC_F32, JAXC_SHAPE(3));
    expect(jaxc_sort(1.0), JAXC_EAXIS, "-1");
    expect(jaxc_sort(x, JAXC_AXIS(2)), JAXC_EAXIS, "2");
    expect(jaxc_argsort(x, JAXC_AXES(0, 1)), JAXC_EAXIS, "one axis, not 2");
    expect(jaxc_lexsort(0, x, v), JAXC_ESHAPE, "keys have different shapes: f32[2,3] and f32[3]");
    expect(jaxc_lexsort_n(0, NULL, 0), JAXC_EVALUE, "0 keys");
    expect(jaxc_partition(x, 3), JAXC_EVALUE, "no element 3 along axis 1 of f32[2,3]");
    expect(jaxc_partition(array_of(JAXC_BOOL, JAXC_SHAPE(3)), 0), JAXC_EDTYPE, "bool[3]");
    expect(jaxc_searchsorted(x, 1), JAXC_ESHAPE, "the array f32[2,3] has not one axis");
    expect(jaxc_searchsorted(v, 1, .side = "middle"), JAXC_EVALUE, "no side \"middle\"");
    expect(jaxc_searchsorted(v, 1, .sorter = JAXC_OPERAND(v)), JAXC_EDTYPE,
           "a sorter is of integers, not f32[3]");
    expect(jaxc_digitize(1, x), JAXC_ESHAPE, "the array of bins f32[2,3]");
}
END_TEST

static jaxc_value traced_nonzero(jaxc_value x) { return jaxc_nonzero(x); }
static jaxc_value traced_unique(jaxc_value x) { return jaxc_unique(x); }
static jaxc_value traced_compress(jaxc_value x) { return jaxc_compress(x, x); }
static jaxc_value traced_setdiff1d(jaxc_value x) { return jaxc_setdiff1d(x, x); }
static jaxc_value traced_bincount(jaxc_value x) { return jaxc_bincount(x); }
static jaxc_value traced_segments(jaxc_value x) { return jaxc_ops_segment_sum(x, x); }

START_TEST(sizes_that_are_not_known_are_asked_for)
{
    jaxc_value x = array_of(JAXC_I32, JAXC_SHAPE(3));
    expect(jaxc_call(jaxc_jit(traced_nonzero), x), JAXC_ECONCRETE,
           "x is traced, so how many results there are is not known; give their size");
    expect(jaxc_call(jaxc_jit(traced_unique), x), JAXC_ECONCRETE, "give their size");
    expect(jaxc_call(jaxc_jit(traced_compress), x), JAXC_ECONCRETE, "the condition is traced");
    expect(jaxc_call(jaxc_jit(traced_setdiff1d), x), JAXC_ECONCRETE, "x or y is traced");
    expect(jaxc_call(jaxc_jit(traced_bincount), x), JAXC_ECONCRETE, "give a length");
    expect(jaxc_call(jaxc_jit(traced_segments), x), JAXC_ECONCRETE, "give num_segments");
}
END_TEST

START_TEST(sets_and_counts_say_what_they_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), v = array_of(JAXC_F32, JAXC_SHAPE(3));
    jaxc_value i = array_of(JAXC_I32, JAXC_SHAPE(3)), b = array_of(JAXC_BOOL, JAXC_SHAPE(3));
    jaxc_value four = jaxc_ones(JAXC_SHAPE(4), JAXC_BOOL);
    expect(jaxc_nonzero(1.0), JAXC_ESHAPE, "takes an array with axes, not ~f32[]");
    expect(jaxc_nonzero(x, .size = -1), JAXC_EVALUE, "a size of -1");
    expect(jaxc_nonzero(x, .size = 2, JAXC_FILL_VALUE(v)), JAXC_ESHAPE,
           "a fill value is a scalar, not f32[3]");
    expect(jaxc_compress(x, x), JAXC_ESHAPE, "the condition bool[2,3] has not one axis");
    expect(jaxc_compress(four, v), JAXC_EVALUE, "element 3 of the condition is true");
    expect(jaxc_compress(b, v, .size = 4), JAXC_EVALUE, "a size of 4 for axis 0 of f32[3]");
    expect(jaxc_extract(b, v, JAXC_AXIS(0)), JAXC_EVALUE, "takes no axis");
    expect(jaxc_unique(array_of(JAXC_F32, JAXC_SHAPE(0)), .size = 2), JAXC_EVALUE,
           "give fill_value");
    expect(jaxc_unique(jaxc_zeros(JAXC_SHAPE(2, 300)), JAXC_AXIS(0)), JAXC_ELIMIT,
           "rows of 300 elements; at most 254");
    expect(jaxc_bincount(v), JAXC_EDTYPE, "takes integers along one axis, not f32[3]");
    expect(jaxc_bincount(i, .weights = JAXC_OPERAND(x)), JAXC_ESHAPE,
           "weights f32[2,3] for i32[3]");
    expect(jaxc_bincount(i, .length = -1), JAXC_EVALUE, "a length of -1");
    expect(jaxc_histogram(v, 0), JAXC_EVALUE, "0 bins");
    expect(jaxc_histogram(v, 2.5), JAXC_EDTYPE, "takes an integer or an array with axes");
    expect(jaxc_histogram(v, 2, .range = JAXC_OPERAND(v)), JAXC_ESHAPE,
           "a range is two numbers, not f32[3]");
    expect(jaxc_histogram(v, 2, .weights = JAXC_OPERAND(x)), JAXC_ESHAPE,
           "weights f32[2,3] for f32[3]");
    expect(jaxc_histogram2d(v, x, 2), JAXC_ESHAPE, "two vectors of one size, not f32[3] and f32[2");
    expect(jaxc_histogram2d(v, v, jaxc_tuple(1, 2, 3)), JAXC_ESHAPE, "3 bins for 2 coordinates");
    expect(jaxc_histogramdd(v, 2), JAXC_ESHAPE, "rows of 1 to 8 coordinates, not f32[3]");
    expect(jaxc_histogramdd(x, 2, .weights = JAXC_OPERAND(v)), JAXC_ESHAPE,
           "weights f32[3] for 2 points");
}
END_TEST

START_TEST(segments_say_what_they_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), i = array_of(JAXC_I32, JAXC_SHAPE(3));
    jaxc_value b = array_of(JAXC_BOOL, JAXC_SHAPE(3));
    expect(jaxc_ops_segment_sum(x, i), JAXC_ESHAPE, "a segment for each row: i32[3] for f32[2,3]");
    expect(jaxc_ops_segment_sum(x, x), JAXC_EDTYPE, "integers, not f32[2,3]");
    expect(jaxc_ops_segment_sum(b, i), JAXC_EDTYPE, "bools are neither added nor multiplied");
    expect(jaxc_ops_segment_max(i, i, .num_segments = -2), JAXC_EVALUE, "-2 segments");
    expect(jaxc_ops_segment_max(i, i, .mode = JAXC_MODE_WRAP), JAXC_EVALUE, "mode");
}
END_TEST

START_TEST(a_range_may_be_a_tuple)
{
    jaxc_value y = jaxc_histogram(jaxc_arange(4), 2, .range = JAXC_OPERAND(jaxc_tuple(0, 4)));
    ck_assert_str_eq(jaxc_text(jaxc_get(y, 0)), "[2 2]");
    ck_assert_str_eq(jaxc_text(jaxc_get(y, 1)), "[0 2 4]");
    y = jaxc_histogram2d(jaxc_arange(4), jaxc_arange(4), jaxc_tuple(2, jaxc_arange(0, 9, 4)),
                         .range = JAXC_OPERAND(jaxc_tuple(jaxc_tuple(0, 4), jaxc_tuple(0, 1))));
    ck_assert_str_eq(jaxc_text(jaxc_get(y, 0)), "[[2 0]\n [2 0]]");
    ck_assert_str_eq(jaxc_text(jaxc_get(y, 2)), "[0 4 8]");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numpy_sorting");
    suite_add_tcase(
        suite, reference_cases("tests/reference/sorting.txt", sizeof calls / sizeof *calls, calls));
    TCase *errors = tcase_create("errors");
    tcase_add_test(errors, sorts_and_searches_say_what_they_cannot_do);
    tcase_add_test(errors, sizes_that_are_not_known_are_asked_for);
    tcase_add_test(errors, sets_and_counts_say_what_they_cannot_do);
    tcase_add_test(errors, segments_say_what_they_cannot_do);
    tcase_add_test(errors, a_range_may_be_a_tuple);
    suite_add_tcase(suite, errors);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
