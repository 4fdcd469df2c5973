/*
 * test_index.c - the calls of jaxc/index.h and jaxc/lax.h: JAX's values, as calls, inside jit and
 * over lanes, JAX's gradients, which equations they make, and what the messages of errors say.
 */
#include "support/errors.h"
#include "support/reference_calls.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* ---- JAX's values ---------------------------------------------------------------------------- */

/* A bound of "a:b:c". */
static int64_t bound(const char **at)
{
    char *end;
    long long number = strtoll(*at, &end, 10);
    bool none = end == *at;
    *at = *end == ':' ? end + 1 : end;
    return none ? JAXC_NONE : number;
}

/* The items of index=1;:2;2::-1;...;new;@1, @1 being operand 1. */
static struct jaxc_indices index_of(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_indices index = {0};
    const char *at = reference_key(c, "index");
    for (; at && *at; at += *at == ';') {
        struct jaxc_index_item *item = &index.at[index.n++];
        size_t length = strcspn(at, ";");
        const char *end = at + length;
        if (*at == '@')
            *item = jaxc_index_item_array(x[atoi(at + 1)]);
        else if (strncmp(at, "...", 3) == 0)
            *item = JAXC_ELLIPSIS;
        else if (strncmp(at, "new", 3) == 0)
            *item = JAXC_NEWAXIS;
        else if (memchr(at, ':', length)) {
            int64_t start = bound(&at), stop = bound(&at), step = bound(&at);
            *item = JAXC_SLICE(start, stop, step);
        } else
            *item = jaxc_index_item_number(strtoll(at, NULL, 10));
        at = end;
    }
    return index;
}

static jaxc_index_mode mode_of(const struct reference_case *c)
{
    static const char *const words[] = {"", "fill", "clip", "promise_in_bounds", "wrap"};
    const char *word = reference_key(c, "mode");
    for (int i = 1; word && i < 5; i++)
        if (strcmp(word, words[i]) == 0)
            return (jaxc_index_mode)i;
    return (jaxc_index_mode)0;
}

static jaxc_value fill_of(const struct reference_case *c)
{
    const char *text = reference_key(c, "fill");
    if (!text)
        return (jaxc_value){0, 0};
    return strchr(text, '.') ? jaxc_from_f64(atof(text)) : jaxc_from_i64(atoll(text));
}

static struct jaxc_index_options options_of(const struct reference_case *c)
{
    return (struct jaxc_index_options){.mode = mode_of(c),
                                       .fill_value = fill_of(c),
                                       .unique_indices = reference_number(c, "unique") != 0};
}

static struct jaxc_take_options take_options_of(const struct reference_case *c)
{
    return (struct jaxc_take_options){
        .axes = reference_axes(c), .mode = mode_of(c), .fill_value = fill_of(c)};
}

/* dims=1/0/0// : five lists of axes */
static void lists_of(const struct reference_case *c, struct jaxc_ints *list)
{
    const char *at = reference_key(c, "dims");
    for (int i = 0; at && i < 5; i++, at += *at == '/') {
        list[i].n = 0;
        while (*at && *at != '/') {
            list[i].at[list[i].n++] = strtoll(at, (char **)(uintptr_t)&at, 10);
            at += *at == ',';
        }
    }
}

static jaxc_value run_gather(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_ints d[5] = {{0}};
    lists_of(c, d);
    return jaxc_lax_gather(x[0], x[1], .dimension_numbers = {d[0], d[1], d[2], d[3], d[4]},
                           .slice_sizes = reference_shape(c, "sizes"), .mode = mode_of(c),
                           .fill_value = fill_of(c));
}

static jaxc_value run_scatter(const struct reference_case *c, const jaxc_value *x)
{
    static const struct {
        const char *name;
        jaxc_value (*f)(jaxc_value, jaxc_value, jaxc_value, struct jaxc_lax_scatter_params);
    } calls[] = {{"scatter", jaxc_lax_scatter},
                 {"scatter_add", jaxc_lax_scatter_add},
                 {"scatter_mul", jaxc_lax_scatter_mul},
                 {"scatter_min", jaxc_lax_scatter_min},
                 {"scatter_max", jaxc_lax_scatter_max}};
    struct jaxc_ints d[5] = {{0}};
    lists_of(c, d);
    struct jaxc_lax_scatter_params params = {
        .dimension_numbers = {d[0], d[1], d[2], d[3], d[4]},
        .mode = mode_of(c),
        .unique_indices = reference_number(c, "unique") != 0,
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(calls[i].name, c->call) == 0)
            return calls[i].f(x[0], x[1], x[2], params);
    return (jaxc_value){0, 0};
}

static jaxc_value run_at(const struct reference_case *c, const jaxc_value *x)
{
    static const struct {
        const char *name;
        jaxc_value (*f)(jaxc_value, struct jaxc_indices, jaxc_value, struct jaxc_index_options);
    } calls[] = {{"set", jaxc_at_set},
                 {"add", jaxc_at_add},
                 {"mul", jaxc_at_mul},
                 {"min", jaxc_at_min},
                 {"max", jaxc_at_max}};
    jaxc_value v = x[reference_number(c, "v")];
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(calls[i].name, c->call) == 0)
            return calls[i].f(x[0], index_of(c, x), v, options_of(c));
    return (jaxc_value){0, 0};
}

static jaxc_value run_dynamic_slice(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_shape sizes = reference_shape(c, "sizes");
    return jaxc_lax_dynamic_slice_n(x[0], sizes, sizes.rank, x + 1);
}

static jaxc_value run_dynamic_update_slice(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_lax_dynamic_update_slice_n(x[0], x[1], (int)reference_number(c, "n"), x + 2);
}

static jaxc_value run_in_dim(const struct reference_case *c, const jaxc_value *x)
{
    int axis = (int)reference_number(c, "axis"), size = (int)reference_number(c, "size");
    if (strcmp(c->call, "slice_in_dim") == 0)
        return jaxc_lax_dynamic_slice_in_dim(x[0], x[1], size, axis);
    if (strcmp(c->call, "index_in_dim") == 0)
        return jaxc_lax_dynamic_index_in_dim(x[0], x[1], axis, reference_number(c, "keep") != 0);
    if (strcmp(c->call, "update_slice_in_dim") == 0)
        return jaxc_lax_dynamic_update_slice_in_dim(x[0], x[1], x[2], axis);
    return jaxc_lax_dynamic_update_index_in_dim(x[0], x[1], x[2], axis);
}

static jaxc_value run_index(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_indices index = index_of(c, x);
    return (jaxc_index)(x[0], index);
}
static jaxc_value run_get(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_at_get)(x[0], index_of(c, x), options_of(c));
}
static jaxc_value run_take(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_take)(x[0], x[1], take_options_of(c));
}
static jaxc_value run_take_along(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_take_along_axis)(x[0], x[1], take_options_of(c));
}
static jaxc_value run_put_along(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_put_along_axis)(x[0], x[1], x[2], take_options_of(c));
}

static const struct reference_call calls[] = {
    {"index", .other = run_index},
    {"get", .other = run_get},
    {"set", .other = run_at},
    {"add", .other = run_at},
    {"mul", .other = run_at},
    {"min", .other = run_at},
    {"max", .other = run_at},
    {"take", .other = run_take},
    {"take_along_axis", .other = run_take_along},
    {"put_along_axis", .other = run_put_along},
    {"dynamic_slice", .other = run_dynamic_slice},
    {"dynamic_update_slice", .other = run_dynamic_update_slice},
    {"slice_in_dim", .other = run_in_dim},
    {"index_in_dim", .other = run_in_dim},
    {"update_slice_in_dim", .other = run_in_dim},
    {"update_index_in_dim", .other = run_in_dim},
    {"gather", .other = run_gather},
    {"scatter", .other = run_scatter},
    {"scatter_add", .other = run_scatter},
    {"scatter_mul", .other = run_scatter},
    {"scatter_min", .other = run_scatter},
    {"scatter_max", .other = run_scatter},
};

/* ---- which equations they make --------------------------------------------------------------- */

static const char *text_of(jaxc_value (*f)(jaxc_value, jaxc_value))
{
    static const int numbers[] = {2, 0};
    jaxc_value x = jaxc_zeros(JAXC_SHAPE(5, 3)), i = jaxc_array(numbers, JAXC_I32, JAXC_SHAPE(2));
    const char *text = jaxc_program(f, x, i);
    ck_assert_msg(text != NULL, "%s", jaxc_error());
    return text;
}

static jaxc_value known(jaxc_value x, jaxc_value i)
{
    (void)i;
    return jaxc_index(x, JAXC_NEWAXIS, 1, JAXC_SLICE(JAXC_NONE, JAXC_NONE, -1));
}
static jaxc_value one_place(jaxc_value x, jaxc_value i)
{
    return jaxc_index(x, jaxc_get(i, 0), JAXC_SLICE(1, 3));
}
static jaxc_value block(jaxc_value x, jaxc_value i)
{
    (void)i;
    return jaxc_at_set(x, JAXC_INDEX(JAXC_SLICE(1, 3), 0), 1.0);
}
static jaxc_value rows(jaxc_value x, jaxc_value i) { return jaxc_index(x, i); }

START_TEST(places_that_are_known_need_no_gather)
{
    const char *text = text_of(known);
    ck_assert_msg(strstr(text, "= slice[") && strstr(text, "= rev[") && strstr(text, "= squeeze["),
                  "%s", text);
    ck_assert_msg(!strstr(text, "gather") && !strstr(text, "dynamic"), "%s", text);
    text = text_of(block);
    ck_assert_msg(strstr(text, "= dynamic_update_slice") && !strstr(text, "scatter"), "%s", text);
}
END_TEST

START_TEST(one_place_for_an_axis_is_a_dynamic_slice)
{
    const char *text = text_of(one_place);
    ck_assert_msg(strstr(text, "= dynamic_slice[slice_sizes=(1, 2)]"), "%s", text);
    ck_assert_msg(!strstr(text, "gather"), "%s", text);
    ck_assert_msg(strstr(text_of(rows), "mode=GatherScatterMode.PROMISE_IN_BOUNDS"), "%s", text);
}
END_TEST

/* ---- errors ---------------------------------------------------------------------------------- */

static jaxc_value masked(jaxc_value x, jaxc_value mask) { return jaxc_index(x, mask); }

static void refused(jaxc_value y, jaxc_status code, const char *words)
{
    ck_assert(!jaxc_ok(y));
    ck_assert_msg(jaxc_error() && strstr(jaxc_error(), words), "%s; wanted %s",
                  jaxc_error() ? jaxc_error() : "no error", words);
    ck_assert_msg(jaxc_error_code() == code, "%s", jaxc_error());
    ck_assert_msg(strstr(jaxc_error(), "test_index.c:"), "%s", jaxc_error());
    jaxc_clear_error();
}

START_TEST(an_index_that_does_not_fit_is_named)
{
    jaxc_value x = jaxc_zeros(JAXC_SHAPE(5, 3)), f = jaxc_zeros(JAXC_SHAPE(2));
    jaxc_value m = jaxc_ones(JAXC_SHAPE(4), JAXC_BOOL), i = jaxc_arange(2), j = jaxc_arange(3);
    refused(jaxc_index(x, 5), JAXC_EVALUE, "jaxc_index: index 5 is outside of axis 0 of f32[5,3]");
    refused(jaxc_index(x, 0, -4), JAXC_EVALUE, "index -4 is outside of axis 1 of f32[5,3]");
    refused(jaxc_index(x, 0, 0, 0), JAXC_EAXIS, "3 indices for f32[5,3]");
    refused(jaxc_index(x, JAXC_ELLIPSIS, JAXC_ELLIPSIS), JAXC_EAXIS, "two ellipses");
    refused(jaxc_index(x, JAXC_SLICE(0, 1, 0)), JAXC_EVALUE, "the step of a slice is 0");
    refused(jaxc_index(x, f), JAXC_EDTYPE, "item 0 of the index is f32[2]");
    refused(jaxc_index(x, i, j), JAXC_ESHAPE, "shapes do not broadcast: i32[2] and i32[3]");
    refused(jaxc_index(x, m), JAXC_ESHAPE, "mask bool[4] for axes 0 to 0 of f32[5,3]");
    refused(jaxc_index(x, jaxc_ones(JAXC_SCALAR, JAXC_BOOL)), JAXC_EDTYPE, "not a mask");
    refused(jaxc_call(jaxc_jit(masked), x, jaxc_ones(JAXC_SHAPE(5), JAXC_BOOL)), JAXC_ECONCRETE,
            "mask bool[5] is traced");
    refused((jaxc_index)(x, (struct jaxc_indices){1, {{0}}}), JAXC_EVALUE, "item 0");
    refused(jaxc_at_set(x, JAXC_INDEX(0), f), JAXC_ESHAPE, "f32[3] and f32[2]");
    refused(jaxc_at_set(m, JAXC_INDEX(0), m), JAXC_ESHAPE, "bool[4] does not fill bool[]");
    refused(jaxc_at_add(m, JAXC_INDEX(0), jaxc_index(m, 1)), JAXC_EDTYPE, "neither added");
    refused(jaxc_at_get(x, JAXC_INDEX(i), .mode = JAXC_MODE_WRAP), JAXC_EVALUE, "mode 4");
    refused(jaxc_at_get(x, JAXC_INDEX(i), .fill_value = f), JAXC_EVALUE, "a C number");
    jaxc_value e = jaxc_zeros(JAXC_SHAPE(1, 1, 1, 1, 1, 1, 1, 1));
    refused(jaxc_index(e, JAXC_NEWAXIS), JAXC_ELIMIT, "9 axes");
    refused(jaxc_index(e, jaxc_zeros(JAXC_SHAPE(1, 1), JAXC_I32)), JAXC_ELIMIT, "more than 8 axes");
}
END_TEST

START_TEST(takes_and_windows_that_do_not_fit_are_named)
{
    jaxc_value x = jaxc_zeros(JAXC_SHAPE(5, 3)), f = jaxc_zeros(JAXC_SHAPE(2));
    jaxc_value i = jaxc_arange(2), none = jaxc_zeros(JAXC_SHAPE(0, 3));
    refused(jaxc_take(x, f), JAXC_EDTYPE, "indices are integers, not f32[2]");
    refused(jaxc_take(x, i, JAXC_AXES(0, 1)), JAXC_EAXIS, "takes one axis, not 2");
    refused(jaxc_take(x, i, JAXC_AXIS(2)), JAXC_EAXIS, "axis 2 is not in [-2, 2)");
    refused(jaxc_take(none, i, JAXC_AXIS(0)), JAXC_EVALUE, "axis 0 of f32[0,3] is empty");
    refused(jaxc_take_along_axis(x, i), JAXC_ESHAPE, "ranks differ: x f32[5,3], indices i32[2]");
    refused(jaxc_take_along_axis(x, jaxc_zeros(JAXC_SHAPE(4, 3), JAXC_I32)), JAXC_ESHAPE,
            "axis 0 does not broadcast");
    refused(jaxc_put_along_axis(x, jaxc_zeros(JAXC_SHAPE(5, 2), JAXC_I32), x), JAXC_ESHAPE, "");
    refused(jaxc_lax_dynamic_slice(x, JAXC_SHAPE(2, 2), 0), JAXC_EVALUE, "1 starts for f32[5,3]");
    refused(jaxc_lax_dynamic_slice(x, JAXC_SHAPE(2, 2), 0, 0.5), JAXC_EDTYPE, "start 1 is ~f32[]");
    refused(jaxc_lax_dynamic_slice(x, JAXC_SHAPE(2, 2), 0, i), JAXC_ESHAPE, "start 1 is i32[2]");
    refused(jaxc_lax_dynamic_slice(x, JAXC_SHAPE(2, 4), 0, 0), JAXC_ESHAPE,
            "a window of 4 along axis 1 of f32[5,3]");
    refused(jaxc_lax_dynamic_slice_in_dim(x, 0, 1, 2), JAXC_EAXIS, "axis 2");
    refused(jaxc_lax_dynamic_update_slice(x, f, 0, 0), JAXC_ESHAPE, "a window of 1 axes");
    refused(jaxc_lax_gather(x, i, .slice_sizes = JAXC_SHAPE(1, 3)), JAXC_ESHAPE,
            "have vectors of 2, start_index_map has 0 axes");
    refused(jaxc_lax_scatter(x, i, f, .dimension_numbers = {.update_window_dims = JAXC_INTS(9)}),
            JAXC_EAXIS, "axis 9 in update_window_dims");
}
END_TEST

static jaxc_value products(jaxc_value v)
{
    static const int numbers[] = {1, 1};
    jaxc_value i = jaxc_array(numbers, JAXC_I32, JAXC_SHAPE(2));
    return jaxc_sum(jaxc_at_mul(jaxc_ones(JAXC_SHAPE(3)), JAXC_INDEX(i), v));
}

START_TEST(products_at_places_that_may_meet_have_no_derivative)
{
    refused(jaxc_call(jaxc_grad(products), jaxc_ones(JAXC_SHAPE(2))), JAXC_ENORULE,
            "only with unique_indices");
}
END_TEST

START_TEST(operands_are_evaluated_once_and_indices_nest)
{
    int n = 0;
    jaxc_value x = jaxc_reshape(jaxc_arange(15), JAXC_SHAPE(5, 3));
    jaxc_value y = jaxc_index(jaxc_index(x, JAXC_SLICE(n++, 3)), jaxc_index(jaxc_arange(3), n), n);
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(jaxc_item_i64(y), 4);
    ck_assert_int_eq(jaxc_item_i64(jaxc_index(x, (short)-1, (unsigned char)2)), 14);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("index");
    suite_add_tcase(
        suite, reference_cases("tests/reference/index.txt", sizeof calls / sizeof *calls, calls));
    TCase *calls_made = tcase_create("calls");
    tcase_add_test(calls_made, places_that_are_known_need_no_gather);
    tcase_add_test(calls_made, one_place_for_an_axis_is_a_dynamic_slice);
    tcase_add_test(calls_made, an_index_that_does_not_fit_is_named);
    tcase_add_test(calls_made, takes_and_windows_that_do_not_fit_are_named);
    tcase_add_test(calls_made, products_at_places_that_may_meet_have_no_derivative);
    tcase_add_test(calls_made, operands_are_evaluated_once_and_indices_nest);
    suite_add_tcase(suite, calls_made);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
