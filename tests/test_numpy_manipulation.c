/*
 * test_numpy_manipulation.c - the calls of jaxc/manipulation.h: JAX's values and gradients, the
 * programs that they make, and what the messages of errors say.
 */
#include "support/reference_calls.h"
#include "support/refused.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- every case by name ---------------------------------------------------------------------- */

static bool has(const struct reference_case *c, const char *key)
{
    return reference_key(c, key) != NULL;
}

static int number(const struct reference_case *c, const char *key)
{
    return (int)reference_number(c, key);
}

/* The integers of a key: a C number, or a tuple where the list is no scalar's. */
static jaxc_value numbers(const struct reference_case *c, const char *key)
{
    jaxc_value parts[16];
    int n = 0;
    const char *text = reference_key(c, key);
    bool list = strchr(text, ',') != NULL || (strcmp(key, "at") == 0 && !has(c, "scalar"));
    for (; text && *text && n < 16; text += *text == ',') {
        char *end;
        parts[n++] = jaxc_from_i64(strtoll(text, &end, 10));
        text = end;
    }
    return list ? jaxc_tuple_n(n, parts) : parts[0];
}

/* That, or the operand that `by` names. */
static jaxc_value numbers_or_operand(const struct reference_case *c, const char *key,
                                     const jaxc_value *x)
{
    return has(c, "by") ? x[number(c, "by")] : numbers(c, key);
}

static jaxc_value part_of(const struct reference_case *c, jaxc_value parts)
{
    return jaxc_get(parts, number(c, "part"));
}

static struct jaxc_axes_options axes_of(const struct reference_case *c)
{
    return (struct jaxc_axes_options){.axes = reference_axes(c)};
}

#define TWO_AXES(name)                                                                             \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        return (jaxc_##name)(x[0], number(c, "a"), number(c, "b"));                                \
    }
TWO_AXES(moveaxis)
TWO_AXES(swapaxes)
TWO_AXES(rollaxis)

#define JOINED(name)                                                                               \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        return jaxc_##name##_n(reference_n_operands(c), x);                                        \
    }
JOINED(hstack)
JOINED(vstack)
JOINED(dstack)
JOINED(column_stack)

#define SPLIT(name)                                                                                \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        return part_of(c, (jaxc_##name)(x[0], number(c, "n"), axes_of(c)));                        \
    }
SPLIT(split)
SPLIT(array_split)

#define SPLIT_AXIS(name)                                                                           \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        return part_of(c, (jaxc_##name)(x[0], number(c, "n")));                                    \
    }
SPLIT_AXIS(hsplit)
SPLIT_AXIS(vsplit)
SPLIT_AXIS(dsplit)

static jaxc_value run_split_at(const struct reference_case *c, const jaxc_value *x)
{
    return part_of(c, (jaxc_split_at)(x[0], numbers_or_operand(c, "at", x), axes_of(c)));
}

static jaxc_value run_unstack(const struct reference_case *c, const jaxc_value *x)
{
    return part_of(c, (jaxc_unstack)(x[0], axes_of(c)));
}

static jaxc_value run_rot90(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_rot90)(x[0], number(c, "k"), axes_of(c));
}

static jaxc_value run_roll(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_roll)(x[0], numbers_or_operand(c, "shift", x), axes_of(c));
}

static jaxc_value run_block(const struct reference_case *c, const jaxc_value *x)
{
    switch (*reference_key(c, "form")) {
    case '0': return jaxc_block(x[0]);
    case '1': return jaxc_block(jaxc_tuple(x[0], x[1]));
    case '2': return jaxc_block(jaxc_tuple(jaxc_tuple(x[0], x[1]), jaxc_tuple(x[1], x[0])));
    default:
        return jaxc_block(jaxc_tuple(jaxc_tuple(jaxc_tuple(x[0])), jaxc_tuple(jaxc_tuple(x[1]))));
    }
}

static jaxc_value run_append(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_append)(x[0], x[1], axes_of(c));
}

static jaxc_value run_broadcast_arrays(const struct reference_case *c, const jaxc_value *x)
{
    return part_of(c, jaxc_broadcast_arrays_n(reference_n_operands(c), x));
}

static jaxc_value run_meshgrid(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_meshgrid_options o = {.indexing = reference_key(c, "indexing"),
                                      .sparse = number(c, "sparse") != 0};
    return part_of(c, (jaxc_meshgrid)(jaxc_tuple_n(reference_n_operands(c), x), o));
}

static jaxc_value run_repeat(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_repeat_options o = {.axes = reference_axes(c),
                                    .total_repeat_length = number(c, "total")};
    return (jaxc_repeat)(x[0], numbers_or_operand(c, "n", x), o);
}

static jaxc_value run_resize(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_resize)(x[0], has(c, "scalar") ? JAXC_SCALAR : reference_shape(c, "shape"));
}

static jaxc_value run_delete(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_delete)(x[0], numbers_or_operand(c, "at", x), axes_of(c));
}

static jaxc_value run_insert(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_insert)(x[0], numbers(c, "at"), x[1], axes_of(c));
}

static struct jaxc_widths widths_of(const struct reference_case *c, const char *key)
{
    struct jaxc_widths w = {0};
    if (!has(c, key))
        return w;
    struct jaxc_shape flat = reference_shape(c, key);
    w.n = flat.rank / 2;
    for (int i = 0; i < flat.rank; i++)
        w.at[i / 2][i % 2] = flat.dims[i];
    return w;
}

static jaxc_value run_pad(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_pad_options o = {.mode = reference_key(c, "mode"),
                                 .constant_values = reference_operand(c, "values", x),
                                 .end_values = reference_operand(c, "ends", x),
                                 .stat_length = widths_of(c, "length"),
                                 .odd = number(c, "odd") != 0};
    return (jaxc_pad)(x[0], widths_of(c, "widths"), o);
}

static const struct reference_call calls[] = {
    {"moveaxis", .other = run_moveaxis},
    {"swapaxes", .other = run_swapaxes},
    {"rollaxis", .other = run_rollaxis},
    {"permute_dims", .axes = jaxc_permute_dims},
    {"matrix_transpose", .one = jaxc_matrix_transpose},
    {"atleast_1d", .one = jaxc_atleast_1d},
    {"atleast_2d", .one = jaxc_atleast_2d},
    {"atleast_3d", .one = jaxc_atleast_3d},
    {"copy", .one = jaxc_copy},
    {"flip", .axes = jaxc_flip},
    {"flipud", .one = jaxc_flipud},
    {"fliplr", .one = jaxc_fliplr},
    {"rot90", .other = run_rot90},
    {"roll", .other = run_roll},
    {"hstack", .other = run_hstack},
    {"vstack", .other = run_vstack},
    {"dstack", .other = run_dstack},
    {"column_stack", .other = run_column_stack},
    {"block", .other = run_block},
    {"append", .other = run_append},
    {"broadcast_arrays", .other = run_broadcast_arrays},
    {"meshgrid", .other = run_meshgrid},
    {"split", .other = run_split},
    {"array_split", .other = run_array_split},
    {"split_at", .other = run_split_at},
    {"hsplit", .other = run_hsplit},
    {"vsplit", .other = run_vsplit},
    {"dsplit", .other = run_dsplit},
    {"unstack", .other = run_unstack},
    {"tile", .shape = jaxc_tile},
    {"repeat", .other = run_repeat},
    {"resize", .other = run_resize},
    {"delete", .other = run_delete},
    {"insert", .other = run_insert},
    {"pad", .other = run_pad},
};

/* ---- programs -------------------------------------------------------------------------------- */

static jaxc_value pad_all(jaxc_value x)
{
    return jaxc_pad(x, JAXC_WIDTHS({1, 2}, {0, 3}), .constant_values = JAXC_OPERAND(0.5));
}
static jaxc_value flip_two(jaxc_value x) { return jaxc_flip(x, JAXC_AXES(0, 1)); }
static jaxc_value tile_two(jaxc_value x) { return jaxc_tile(x, JAXC_SHAPE(2, 3)); }
static jaxc_value repeat_rows(jaxc_value x) { return jaxc_repeat(x, 2, JAXC_AXIS(0)); }
static jaxc_value roll_nothing(jaxc_value x) { return jaxc_roll(x, 3, JAXC_AXIS(1)); }
static jaxc_value delete_one(jaxc_value x) { return jaxc_delete(x, 0, JAXC_AXIS(0)); }
static jaxc_value move(jaxc_value x) { return jaxc_moveaxis(x, 0, 1); }

/* The program of f on f32[2,3] has just these equations. */
static void expect_equations(jaxc_fn f, const char *equations)
{
    char words[512] = "";
    const char *text = jaxc_program(f, jaxc_spec(JAXC_F32, JAXC_SHAPE(2, 3)));
    ck_assert_msg(text != NULL, "%s", jaxc_error());
    for (const char *at = text; (at = strstr(at, " = ")) != NULL;) {
        at += 3;
        size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, "%s%.*s", used ? " " : "",
                 (int)strcspn(at, "[ \n"), at);
    }
    ck_assert_msg(strcmp(words, equations) == 0, "%s instead of %s:\n%s", words, equations, text);
}

START_TEST(programs_are_small)
{
    expect_equations(JAXC_FN(pad_all), "pad");
    expect_equations(JAXC_FN(flip_two), "rev");
    expect_equations(JAXC_FN(tile_two), "broadcast_in_dim reshape");
    expect_equations(JAXC_FN(repeat_rows), "reshape broadcast_in_dim reshape");
    expect_equations(JAXC_FN(roll_nothing), "");
    expect_equations(JAXC_FN(delete_one), "slice");
    expect_equations(JAXC_FN(move), "transpose");
}
END_TEST

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(axes_say_what_they_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), v = array_of(JAXC_F32, JAXC_SHAPE(2));
    expect(jaxc_moveaxis(x, 2, 0), JAXC_EAXIS, "jaxc_moveaxis: axis 2");
    expect(jaxc_swapaxes(x, 0, -3), JAXC_EAXIS, "axis -3");
    expect(jaxc_rollaxis(x, 0, 3), JAXC_EAXIS, "start 3 of f32[2,3]");
    expect(jaxc_permute_dims(x), JAXC_EVALUE, "no axes");
    expect(jaxc_permute_dims(x, JAXC_AXIS(0)), JAXC_EAXIS, "1 axes given for f32[2,3]");
    expect(jaxc_matrix_transpose(v), JAXC_ESHAPE, "f32[2] is no matrix");
    expect(jaxc_fliplr(v), JAXC_ESHAPE, "f32[2] has no axis 1");
    expect(jaxc_flip(v, JAXC_AXES(0, 0)), JAXC_EAXIS, "given twice");
    expect(jaxc_rot90(v, 1), JAXC_EAXIS, "turns f32[2] in two axes");
    expect(jaxc_rot90(x, 1, JAXC_AXIS(1)), JAXC_EAXIS, "in two axes, not 1");
    expect(jaxc_roll(x, jaxc_tuple(1, 2, 3), JAXC_AXES(0, 1)), JAXC_ESHAPE, "3 shifts for 2 axes");
    expect(jaxc_roll(x, 0.5), JAXC_EDTYPE, "shifts are integers");
    expect(jaxc_roll(x, v), JAXC_EDTYPE, "shifts are integers, not f32[2]");
    expect(jaxc_roll(x, array_of(JAXC_I32, JAXC_SHAPE(3)), JAXC_AXES(0, 1)), JAXC_ESHAPE,
           "shifts i32[3] for 2 axes");
}
END_TEST

START_TEST(joins_and_splits_say_what_they_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), v = array_of(JAXC_F32, JAXC_SHAPE(2));
    expect(jaxc_hstack(x, v), JAXC_ESHAPE, "jaxc_hstack: shapes differ: f32[2,3]");
    expect(jaxc_vstack_n(0, NULL), JAXC_EVALUE, "0 values");
    expect(jaxc_block(jaxc_tuple(x, jaxc_tuple(v))), JAXC_ETREE, "in 1 and in 2 tuples");
    expect(jaxc_block(jaxc_tuple(x, jaxc_tuple_n(0, NULL))), JAXC_EVALUE, "an empty tuple");
    expect(jaxc_append(x, v, JAXC_AXIS(0)), JAXC_ESHAPE, "shapes differ");
    expect(jaxc_broadcast_arrays(x, v), JAXC_ESHAPE, "do not broadcast: f32[2,3] and f32[2]");
    expect(jaxc_meshgrid(jaxc_tuple(v, x)), JAXC_ESHAPE, "array 1 has one axis, not f32[2,3]");
    expect(jaxc_meshgrid(jaxc_tuple(v), .indexing = "yx"), JAXC_EVALUE, "not \"yx\"");
    expect(jaxc_meshgrid(v), JAXC_ETREE, "takes a tuple, not f32[2]");
    expect(jaxc_split(x, 2, JAXC_AXIS(1)), JAXC_ESHAPE, "axis 1 of f32[2,3] in 2 equal parts");
    expect(jaxc_split(x, 0), JAXC_EVALUE, "in 0 equal parts");
    expect(jaxc_array_split(x, 2, JAXC_AXES(0, 1)), JAXC_EAXIS, "takes one axis, not 2");
    expect(jaxc_split_at(x, jaxc_tuple(1, 3)), JAXC_EVALUE, "do not ascend from 0 to 2");
    expect(jaxc_split_at(x, 0.5), JAXC_EDTYPE, "places are integers");
    expect(jaxc_dsplit(x, 1), JAXC_ESHAPE, "f32[2,3] has fewer than 3 axes");
    expect(jaxc_unstack(jaxc_sum(x)), JAXC_EAXIS, "axis 0");
}
END_TEST

static jaxc_value repeat_by(jaxc_value n) { return jaxc_repeat(jaxc_arange(3), n); }

START_TEST(repeats_and_edits_say_what_they_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), v = array_of(JAXC_F32, JAXC_SHAPE(2));
    jaxc_value n = array_of(JAXC_I32, JAXC_SHAPE(3));
    expect(jaxc_tile(x, JAXC_SHAPE(2, -1)), JAXC_ELIMIT, "-1");
    expect(jaxc_tile(x, JAXC_SHAPE(INT64_MAX / 2, 2)), JAXC_ELIMIT, "");
    expect(jaxc_repeat(x, jaxc_tuple(1, 2), JAXC_AXIS(1)), JAXC_ESHAPE,
           "2 repeats for axis 1 of f32[2,3]");
    expect(jaxc_repeat(x, -1), JAXC_EVALUE, "-1");
    expect(jaxc_repeat(x, INT64_MAX / 2, JAXC_AXIS(0)), JAXC_ELIMIT, "elements");
    expect(jaxc_repeat(x, v, JAXC_AXIS(0)), JAXC_EDTYPE, "repeats are integers, not f32[2]");
    expect(jaxc_repeat(x, 1, .total_repeat_length = -1), JAXC_EVALUE, "total_repeat_length is -1");
    expect(jaxc_call(jaxc_jit(repeat_by), n), JAXC_ECONCRETE, "repeats i32[3] is traced");
    expect(jaxc_delete(x, 2, JAXC_AXIS(0)), JAXC_EVALUE, "place 2 of axis 0 of f32[2,3]");
    expect(jaxc_delete(x, array_of(JAXC_BOOL, JAXC_SHAPE(3)), JAXC_AXIS(0)), JAXC_ESHAPE,
           "a mask of 3 for 2 places");
    expect(jaxc_insert(x, 3, 1.0, JAXC_AXIS(0)), JAXC_EVALUE, "place 3 of axis 0");
    expect(jaxc_insert(x, 0, v, JAXC_AXIS(0)), JAXC_ESHAPE, "values f32[2] at 1 places");
    expect(jaxc_resize(x, JAXC_SHAPE(-1)), JAXC_ELIMIT, "-1");
}
END_TEST

START_TEST(pad_says_what_it_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), v = array_of(JAXC_F32, JAXC_SHAPE(3));
    jaxc_value none = array_of(JAXC_F32, JAXC_SHAPE(2, 0));
    expect(jaxc_pad(x, JAXC_WIDTHS({1, 1}, {1, 1}, {1, 1})), JAXC_ESHAPE,
           "3 pairs of widths for 2 axes");
    expect(jaxc_pad(x, JAXC_WIDTHS({1, -1})), JAXC_EVALUE, "widths of axis 0 is -1");
    expect(jaxc_pad(x, JAXC_WIDTHS({1, 1}), .mode = "best"), JAXC_EVALUE, "no mode \"best\"");
    expect(jaxc_pad(x, JAXC_WIDTHS({1, 1}), .constant_values = JAXC_OPERAND(v)), JAXC_ESHAPE,
           "f32[3]");
    expect(jaxc_pad(x, JAXC_WIDTHS({1, 1}), .mode = "edge", .constant_values = JAXC_OPERAND(1)),
           JAXC_EVALUE, "mode \"edge\" takes no constant_values");
    expect(jaxc_pad(x, JAXC_WIDTHS({1, 1}), .mode = "mean", .stat_length = JAXC_WIDTHS({0, 1})),
           JAXC_EVALUE, "stat_length of axis 0 is 0");
    expect(jaxc_pad(x, JAXC_WIDTHS({1, 1}), .odd = true), JAXC_EVALUE, "takes no odd");
    expect(jaxc_pad(none, JAXC_WIDTHS({1, 1}), .mode = "wrap"), JAXC_EVALUE,
           "axis 1 of f32[2,0] is empty");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numpy_manipulation");
    suite_add_tcase(suite, reference_cases("tests/reference/manipulation.txt",
                                           sizeof calls / sizeof *calls, calls));
    TCase *programs = tcase_create("programs");
    tcase_add_test(programs, programs_are_small);
    suite_add_tcase(suite, programs);
    TCase *errors = tcase_create("errors");
    tcase_add_test(errors, axes_say_what_they_cannot_do);
    tcase_add_test(errors, joins_and_splits_say_what_they_cannot_do);
    tcase_add_test(errors, repeats_and_edits_say_what_they_cannot_do);
    tcase_add_test(errors, pad_says_what_it_cannot_do);
    suite_add_tcase(suite, errors);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
