/*
 * test_error.c - the error of a thread, and places.
 */
#include "base/base.h"

#include "support/errors.h"

#include <jaxc/error.h>

#include <check.h>
#include <stdio.h>

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(the_first_error_stays_until_it_is_cleared)
{
    stand_at("train.c", 42, "jaxc_dot");
    ck_assert_ptr_null(jaxc_error());
    ck_assert_int_eq(jaxc_error_code(), JAXC_OK);
    ck_assert(!jx_fail(JAXC_ESHAPE, "k differs: %d and %d", 784, 128));
    ck_assert(!jx_fail(JAXC_EDTYPE, "another"));
    ck_assert_int_eq(jx_error_pending(), JAXC_ESHAPE);
    expect_error(JAXC_ESHAPE, "train.c:42: jaxc_dot: k differs: 784 and 128");
    ck_assert_ptr_null(jaxc_error());
    jx_fail(JAXC_EDTYPE, "another");
    expect_error(JAXC_EDTYPE, "train.c:42: jaxc_dot: another");
}
END_TEST

START_TEST(parts_of_a_place_that_are_missing_are_left_out)
{
    stand_at(NULL, 0, "jaxc_dot");
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "jaxc_dot: wrong");
    stand_at("a.c", 3, NULL);
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "a.c:3: wrong");
    stand_at(NULL, 0, NULL);
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "wrong");
    jx_fail_at((struct jx_loc){"b.c", "jaxc_add", 9}, JAXC_ESHAPE, "%s", "wrong");
    expect_error(JAXC_ESHAPE, "b.c:9: jaxc_add: wrong");
}
END_TEST

START_TEST(a_call_stands_where_its_place_was_noted)
{
    stand_at(NULL, 0, NULL);
    jaxc_at("train.c", 10);
    struct jx_loc outside = jx_enter("jaxc_tree_map");
    ck_assert(!outside.file && !outside.call);
    ck_assert_str_eq(jx_here().file, "train.c");
    ck_assert_int_eq(jx_here().line, 10);
    ck_assert_str_eq(jx_here().call, "jaxc_tree_map");

    struct jx_loc previous = jx_enter("jaxc_add"); /* through a pointer: no place of its own */
    ck_assert_str_eq(previous.call, "jaxc_tree_map");
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "train.c:10: jaxc_add: wrong");

    jaxc_at("model.c", 5); /* in a callback */
    jx_enter("jaxc_mul");
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "model.c:5: jaxc_mul: wrong");
    jx_set_here(previous);
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "train.c:10: jaxc_tree_map: wrong");
}
END_TEST

START_TEST(a_message_too_long_is_cut_at_a_character)
{
    char long_text[3000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    stand_at("train.c", 42, "jaxc_dot");
    jx_fail(JAXC_ESHAPE, "%s", long_text);
    ck_assert_uint_eq(strlen(jaxc_error()), JX_ERROR_TEXT - 1);
    ck_assert_str_eq(jaxc_error() + JX_ERROR_TEXT - 5, "x...");
    jaxc_clear_error();

    for (int shift = 0; shift < 3; shift++) { /* characters of three bytes, at each offset */
        for (size_t i = 0; i + 3 < sizeof long_text; i += 3)
            memcpy(long_text + i, "\xe2\x82\xac", 3);
        jx_fail(JAXC_ESHAPE, "%.*s%s", shift, "ab", long_text);
        size_t n = strlen(jaxc_error());
        ck_assert_uint_lt(n, JX_ERROR_TEXT);
        ck_assert_uint_ge(n, JX_ERROR_TEXT - 4);
        ck_assert_str_eq(jaxc_error() + n - 6, "\xe2\x82\xac...");
        jaxc_clear_error();
    }
    long_text[sizeof long_text - 1] = 0;
    jx_fail_at((struct jx_loc){long_text, "jaxc_dot", 1}, JAXC_ESHAPE, "wrong");
    ck_assert_uint_lt(strlen(jaxc_error()), JX_ERROR_TEXT);
    ck_assert_str_eq(jaxc_error() + strlen(jaxc_error()) - 3, "...");
}
END_TEST

START_TEST(a_message_that_just_fits_is_whole)
{
    char text[JX_ERROR_TEXT + 1];
    stand_at(NULL, 0, NULL);
    for (size_t n = JX_ERROR_TEXT - 4; n <= JX_ERROR_TEXT; n++) {
        memset(text, 'y', n);
        text[n] = 0;
        jx_fail(JAXC_ESHAPE, "%s", text);
        if (n < JX_ERROR_TEXT)
            ck_assert_str_eq(jaxc_error(), text);
        else
            ck_assert_str_eq(jaxc_error() + JX_ERROR_TEXT - 5, "y...");
        jaxc_clear_error();
    }
}
END_TEST

START_TEST(saved_errors_come_back_and_those_between_do_not_stay)
{
    struct jx_error_state state;
    stand_at("train.c", 1, NULL);
    jx_error_save(&state);
    jx_fail(JAXC_ESHAPE, "of a probe");
    ck_assert_int_eq(jx_error_pending(), JAXC_ESHAPE);
    jx_error_restore(&state);
    ck_assert_ptr_null(jaxc_error());

    jx_fail(JAXC_EARITY, "first");
    jx_error_save(&state);
    ck_assert_ptr_null(jaxc_error());
    jx_fail(JAXC_ESHAPE, "of a probe");
    jx_error_restore(&state);
    expect_error(JAXC_EARITY, "train.c:1: first");
}
END_TEST

static const char *leaf_b(const struct jx_frame *frame, char *buffer, size_t size)
{
    (void)frame;
    snprintf(buffer, size, "[\"b\"]");
    return buffer;
}

static const char *whole_tree(const struct jx_frame *frame, char *buffer, size_t size)
{
    (void)frame;
    (void)size;
    buffer[0] = 0;
    return buffer;
}

START_TEST(an_error_names_the_functions_that_run_each_place_once)
{
    struct jx_frame jit, grad, map;
    stand_at("train.c", 40, "jaxc_call");
    jx_frame_push(&jit, "the function", "jaxc_jit");
    jx_frame_push(&grad, "the function", "jaxc_grad");
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "train.c:40: jaxc_call: wrong");
    stand_at("train.c", 7, "jaxc_dot");
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE,
                 "train.c:7: jaxc_dot: wrong (in the function of jaxc_grad at train.c:40)");
    stand_at("train.c", 22, "jaxc_tree_map");
    jx_frame_push(&map, NULL, NULL);
    map.leaf = leaf_b;
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE,
                 "train.c:22: jaxc_tree_map: wrong (at leaf [\"b\"], jaxc_tree_map at train.c:22; "
                 "in the function of jaxc_grad at train.c:40)");
    map.leaf = whole_tree;
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE,
                 "train.c:22: jaxc_tree_map: wrong (in the function of jaxc_grad at train.c:40)");
    stand_at("train.c", 7, "jaxc_sub");
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "train.c:7: jaxc_sub: wrong (in jaxc_tree_map at train.c:22; in the "
                              "function of jaxc_grad at train.c:40)");
    stand_at(NULL, 0, "jaxc_sub");
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "jaxc_sub: wrong");
    jx_frame_pop(&map);
    jx_frame_pop(&grad);
    jx_frame_pop(&jit);
    ck_assert_ptr_null(jx_frame_innermost());
}
END_TEST

START_TEST(of_many_functions_the_innermost_are_named_and_the_message_is_cut_for_them)
{
    struct jx_frame frames[10];
    char long_text[3000], wanted[2000];
    for (int i = 0; i < 10; i++) {
        stand_at("train.c", 100 - i, "jaxc_call");
        jx_frame_push(&frames[i], "the rule", "jaxc_custom_jvp");
    }
    stand_at("train.c", 1, NULL);
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "train.c:1: wrong (in the rule of jaxc_custom_jvp at train.c:91; in "
                              "the rule of jaxc_custom_jvp at train.c:92; in the rule of "
                              "jaxc_custom_jvp at train.c:93; ...)");
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    jx_fail(JAXC_ESHAPE, "%s", long_text);
    ck_assert_uint_eq(strlen(jaxc_error()), JX_ERROR_TEXT - 1);
    ck_assert_ptr_nonnull(strstr(jaxc_error(), "xxx... (in the rule of jaxc_custom_jvp at"));
    ck_assert_str_eq(jaxc_error() + JX_ERROR_TEXT - 7, "; ...)");
    jaxc_clear_error();
    /* a file name of any length */
    for (size_t n = 300; n < 600; n++) {
        long_text[n] = 0;
        frames[8].loc.file = long_text;
        jx_fail(JAXC_ESHAPE, "wrong");
        ck_assert_uint_lt(strlen(jaxc_error()), JX_ERROR_TEXT);
        ck_assert_str_eq(jaxc_error() + strlen(jaxc_error()) - 6, "; ...)");
        ck_assert_ptr_nonnull(strstr(jaxc_error(), "wrong (in the rule of jaxc_custom_jvp at "
                                                   "train.c:91; "));
        jaxc_clear_error();
        frames[9].loc.file = long_text;
        jx_fail(JAXC_ESHAPE, "wrong");
        snprintf(wanted, sizeof wanted, "wrong (%s",
                 n < 480 - sizeof "in the rule of jaxc_custom_jvp" ? "in the rule of" : "");
        ck_assert_ptr_nonnull(strstr(jaxc_error(), wanted));
        jaxc_clear_error();
        frames[9].loc.file = "train.c";
        long_text[n] = 'x';
    }
    for (int i = 9; i >= 0; i--)
        jx_frame_pop(&frames[i]);
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "train.c:1: wrong");
}
END_TEST

START_TEST(every_code_has_its_name)
{
    ck_assert_str_eq(jaxc_status_name(JAXC_OK), "JAXC_OK");
    ck_assert_str_eq(jaxc_status_name(JAXC_ENOMEM), "JAXC_ENOMEM");
    ck_assert_str_eq(jaxc_status_name(JAXC_EINTERNAL), "JAXC_EINTERNAL");
    for (int i = 0; i <= JAXC_EINTERNAL; i++)
        ck_assert_int_eq(strncmp(jaxc_status_name((jaxc_status)i), i ? "JAXC_E" : "JAXC_OK", 6), 0);
    ck_assert_str_eq(jaxc_status_name((jaxc_status)(JAXC_EINTERNAL + 1)), "unknown status");
    ck_assert_str_eq(jaxc_status_name((jaxc_status)-1), "unknown status");
}
END_TEST

static void add_tests(Suite *suite, const char *name, const TTest *const *tests)
{
    TCase *tcase = tcase_create(name);
    for (; *tests; tests++)
        tcase_add_test(tcase, *tests);
    suite_add_tcase(suite, tcase);
}

int main(void)
{
    Suite *suite = suite_create("error");
    add_tests(suite, "errors",
              (const TTest *const[]){
                  the_first_error_stays_until_it_is_cleared,
                  parts_of_a_place_that_are_missing_are_left_out,
                  a_call_stands_where_its_place_was_noted,
                  a_message_too_long_is_cut_at_a_character,
                  a_message_that_just_fits_is_whole,
                  saved_errors_come_back_and_those_between_do_not_stay,
                  an_error_names_the_functions_that_run_each_place_once,
                  of_many_functions_the_innermost_are_named_and_the_message_is_cut_for_them,
                  every_code_has_its_name,
                  NULL,
              });
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
