/*
 * test_debug.c - the hunt for NaN and infinities names the operation where they begin.
 */
#include "support/allocator.h"

#include <jaxc/jaxc.h>

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void hunt(void) { jaxc_debug_nans(true); }

static void rest(void)
{
    jaxc_debug_nans(false);
    jaxc_debug_infs(false);
    jaxc_clear_error();
}

/* The message names this line, or another one of this file's where line is 0, and has the words. */
static void expect(jaxc_value y, int line, const char *words)
{
    char at[64];
    snprintf(at, sizeof at, "test_debug.c:%d:", line);
    ck_assert(!jaxc_ok(y) || isnan(jaxc_item(jaxc_sum(y))));
    ck_assert_msg(jaxc_error() != NULL, "no error: %s", words);
    ck_assert_msg(strstr(jaxc_error(), words) != NULL, "%s; wanted %s", jaxc_error(), words);
    ck_assert_msg(strstr(jaxc_error(), at) != NULL, "%s; wanted %s", jaxc_error(), at);
    ck_assert_int_eq(jaxc_error_code(), JAXC_ENONFINITE);
    jaxc_clear_error();
}

enum { LOG_LINE = __LINE__ + 4 };
static jaxc_value entropy(jaxc_value p)
{
    jaxc_value shifted = jaxc_sub(p, 0.5);
    jaxc_value logs = jaxc_log(shifted);
    return jaxc_neg(jaxc_sum(jaxc_mul(p, logs)));
}

enum { SQUARE_LINE = __LINE__ + 3, ROOT_LINE };
static jaxc_value norm(jaxc_value x)
{
    jaxc_value squares = jaxc_mul(x, x);
    return jaxc_sqrt(jaxc_sum(squares));
}

static jaxc_value numbers(double a, double b, double c)
{
    const double x[] = {a, b, c};
    return jaxc_astype(jaxc_array(x, JAXC_F64, JAXC_SHAPE(3)), JAXC_F32);
}

START_TEST(a_compiled_function_names_the_operation_and_its_line)
{
    jaxc_fn f = jaxc_jit(entropy);
    ck_assert(jaxc_ok(jaxc_call(f, numbers(1, 2, 3))));
    expect(jaxc_call(f, numbers(1, 0.25, 3)), LOG_LINE,
           "jaxc_log: log made a NaN: f32[3] at [1], from f32[3]");
    ck_assert_double_eq_tol(jaxc_item(jaxc_call(f, numbers(1, 1, 1))), 3 * log(2), 1e-6);
}
END_TEST

/* The derivative of a square root at 0 is infinite; with the 0 of the square it makes a NaN. */
START_TEST(an_equation_of_reverse_mode_has_the_line_of_the_forward_code)
{
    jaxc_value zero = numbers(0, 0, 0);
    ck_assert_double_eq(jaxc_item(jaxc_call(jaxc_jit(norm), zero)), 0);
    expect(jaxc_call(jaxc_jit(jaxc_grad(norm)), zero), SQUARE_LINE,
           "jaxc_mul: mul made a NaN: f32[");
    jaxc_debug_nans(false);
    jaxc_debug_infs(true);
    jaxc_value near = numbers(1e-30, 0, 0);
    expect(jaxc_call(jaxc_jit(jaxc_grad(norm)), near), ROOT_LINE, "jaxc_sqrt: ");
}
END_TEST

START_TEST(lanes_and_inner_functions_are_found_too)
{
    const float rows[] = {1, 2, 3, 1, 2, 0};
    jaxc_value x = jaxc_array(rows, JAXC_F32, JAXC_SHAPE(2, 3));
    expect(jaxc_call(jaxc_jit(jaxc_vmap(jaxc_jit(entropy))), x), LOG_LINE,
           "log made a NaN: f32[2,3] at [1,2], from f32[2,3]");
}
END_TEST

START_TEST(evaluation_outside_jit_is_searched)
{
    jaxc_value y = jaxc_sqrt(numbers(4, -1, 9));
    int line = __LINE__ - 1;
    ck_assert(isnan(jaxc_item(jaxc_sum(y))));
    expect(jaxc_sum(y), line, "jaxc_sqrt: sqrt made a NaN: f32[3] at [1]");
}
END_TEST

START_TEST(what_came_in_is_told_as_such)
{
    jaxc_value x = numbers(1, NAN, 2);
    rest();
    ck_assert(jaxc_ok(jaxc_call(jaxc_jit(jaxc_exp), x)));
    hunt();
    jaxc_value y = jaxc_call(jaxc_jit(jaxc_exp), x);
    expect(y, __LINE__ - 1, "a NaN came in with an argument, f32[3] at [1]");
}
END_TEST

/* A NaN that nothing takes is none: the branch of where that is not chosen. */
START_TEST(a_nan_that_is_not_chosen_is_no_error)
{
    jaxc_value x = numbers(1, -1, 4);
    jaxc_value y = jaxc_where(jaxc_greater(x, 0), jaxc_sqrt(x), 0.0);
    ck_assert_double_eq(jaxc_item(jaxc_sum(y)), 3);
    ck_assert_ptr_null(jaxc_error());
}
END_TEST

START_TEST(infinities_have_a_setting_of_their_own)
{
    jaxc_value zero = numbers(1, 0, 2);
    ck_assert(isinf(jaxc_item(jaxc_sum(jaxc_div(1, zero)))));
    ck_assert(!jaxc_debug_infs(true));
    jaxc_value y = jaxc_call(jaxc_jit(jaxc_div), 1, zero);
    expect(y, __LINE__ - 1, "div made an infinity: f32[3] at [1], from f32[], f32[3]");
    ck_assert(jaxc_debug_infs(false));
    ck_assert(jaxc_debug_nans(false));
    ck_assert(isnan(jaxc_item(jaxc_sum(jaxc_sqrt(numbers(-1, 0, 0))))));
    ck_assert_ptr_null(jaxc_error());
}
END_TEST

START_TEST(narrow_and_wide_dtypes_are_searched)
{
    static const jaxc_dtype dtypes[] = {JAXC_F16, JAXC_BF16, JAXC_F64};
    for (int i = 0; i < 3; i++) {
        jaxc_value x = jaxc_astype(numbers(1, 2, -3), dtypes[i]);
        jaxc_value y = jaxc_call(jaxc_jit(jaxc_sqrt), x);
        expect(y, __LINE__ - 1, "sqrt made a NaN");
    }
}
END_TEST

enum { STEP_LINE = __LINE__ + 1 };
static jaxc_value step(jaxc_value x) { return jaxc_mul(x, jaxc_sqrt(x)); }

START_TEST(a_failed_call_has_donated_nothing)
{
    jaxc_fn f = jaxc_jit(step, .donate = JAXC_ARGS(0));
    jaxc_value x = numbers(1, -4, 2), good = numbers(1, 4, 9);
    jaxc_value y = jaxc_call(f, x);
    expect(y, STEP_LINE, "sqrt made a NaN");
    ck_assert_double_eq(jaxc_item(jaxc_sum(x)), -1);
    y = jaxc_call(f, good);
    ck_assert_double_eq(jaxc_item(jaxc_sum(y)), 36);
    ck_assert(!jaxc_ok(good));
    ck_assert_str_eq(jaxc_jit_why_unused(), ""); /* the hunt donates nothing */
    jaxc_clear_error();
}
END_TEST

START_TEST(a_failed_allocation_of_the_hunt_is_out_of_memory)
{
    static struct test_allocator a;
    long most = 0;
    rest();
    for (long n = 1, failed = 1; failed; n++) {
        a = (struct test_allocator){.fail_at = 0};
        ck_assert(test_allocator_install(&a));
        jaxc_debug_nans(false);
        {
            JAXC_SCOPE;
            jaxc_fn f = jaxc_jit(entropy);
            jaxc_value x = numbers(1, 0.25, 3);
            jaxc_call(f, x);
            jaxc_debug_nans(true);
            a.fail_at = a.n_calls + n;
            jaxc_value y = jaxc_call(f, x);
            a.fail_at = 0;
            failed = a.n_failed > 0;
            ck_assert(!jaxc_ok(y));
            ck_assert_msg(jaxc_error_code() == (failed ? JAXC_ENOMEM : JAXC_ENONFINITE) ||
                              jaxc_error_code() == JAXC_ENONFINITE,
                          "%s", jaxc_error());
            most = failed ? n : most;
            ck_assert(n < 5000);
            jaxc_clear_error();
        }
        jaxc_jit_clear();
        jaxc_trim_memory();
        ck_assert_int_eq(jaxc_live_bytes(), 0);
        ck_assert(!a.broken && test_allocator_remove());
    }
    ck_assert_int_gt(most, 20);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("debug");
    TCase *one = tcase_create("debug");
    tcase_add_checked_fixture(one, hunt, rest);
    tcase_add_test(one, a_compiled_function_names_the_operation_and_its_line);
    tcase_add_test(one, an_equation_of_reverse_mode_has_the_line_of_the_forward_code);
    tcase_add_test(one, lanes_and_inner_functions_are_found_too);
    tcase_add_test(one, evaluation_outside_jit_is_searched);
    tcase_add_test(one, what_came_in_is_told_as_such);
    tcase_add_test(one, a_nan_that_is_not_chosen_is_no_error);
    tcase_add_test(one, infinities_have_a_setting_of_their_own);
    tcase_add_test(one, narrow_and_wide_dtypes_are_searched);
    tcase_add_test(one, a_failed_call_has_donated_nothing);
    tcase_add_test(one, a_failed_allocation_of_the_hunt_is_out_of_memory);
    suite_add_tcase(suite, one);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
