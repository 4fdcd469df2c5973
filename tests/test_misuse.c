/*
 * test_misuse.c - what JAX refuses is refused, with a code and the facts that JAX's message has:
 * one test for each kind of misuse (control flow and convolutions are not there).
 */
#include <jaxc/jaxc.h>

#include <check.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void clear(void) { jaxc_clear_error(); }

/* The thread's error has this code, this file's name and a line, and all of the words (to NULL). */
static void expect_words(jaxc_status code, ...)
{
    va_list words;
    const char *message = jaxc_error();
    ck_assert_msg(message != NULL, "no error");
    ck_assert_msg(jaxc_error_code() == code, "%s, not %s: %s", jaxc_status_name(jaxc_error_code()),
                  jaxc_status_name(code), message);
    ck_assert_msg(strstr(message, "test_misuse.c:") != NULL, "%s", message);
    va_start(words, code);
    for (const char *word; (word = va_arg(words, const char *));)
        ck_assert_msg(strstr(message, word) != NULL, "%s; wanted \"%s\"", message, word);
    va_end(words);
    jaxc_clear_error();
}
#define refused(y, ...)                                                                            \
    do {                                                                                           \
        jaxc_value refused_ = (y);                                                                 \
        ck_assert(!jaxc_ok(refused_));                                                             \
        expect_words(__VA_ARGS__, NULL);                                                           \
    } while (0)

static jaxc_value of(jaxc_dtype dtype, struct jaxc_shape shape) { return jaxc_zeros(shape, dtype); }
#define F(...) of(JAXC_F32, JAXC_SHAPE(__VA_ARGS__))
#define I(...) of(JAXC_I32, JAXC_SHAPE(__VA_ARGS__))

START_TEST(shapes_that_do_not_broadcast)
{
    refused(jaxc_lax_add(F(2, 3), F(2, 4)), JAXC_ESHAPE, "jaxc_lax_add", "f32[2,3]", "f32[2,4]");
    refused(jaxc_add(F(2, 3), F(2, 4)), JAXC_ESHAPE, "jaxc_add", "f32[2,3]", "f32[2,4]",
            "broadcast");
    refused(jaxc_add(F(2, 3), F(4)), JAXC_ESHAPE, "jaxc_add", "f32[2,3]", "f32[4]", "broadcast");
}
END_TEST

START_TEST(lax_calls_of_other_ranks)
{
    refused(jaxc_lax_mul(F(2, 3), F(3)), JAXC_ESHAPE, "jaxc_lax_mul", "f32[2,3]", "f32[3]");
}
END_TEST

START_TEST(lax_calls_of_mixed_dtypes)
{
    refused(jaxc_lax_sub(F(3), I(3)), JAXC_EDTYPE, "jaxc_lax_sub", "f32[3]", "i32[3]",
            "numpy.h promote");
    refused(jaxc_lax_sin(I(3)), JAXC_EDTYPE, "jaxc_lax_sin", "i32[3]");
    refused(jaxc_lax_bitwise_and(F(3), F(3)), JAXC_EDTYPE, "jaxc_lax_bitwise_and", "f32[3]");
}
END_TEST

#define DOT(x, y, l, r, lb, rb)                                                                    \
    jaxc_lax_dot_general(x, y,                                                                     \
                         .dimension_numbers = {.lhs_contracting_dimensions = l,                    \
                                               .rhs_contracting_dimensions = r,                    \
                                               .lhs_batch_dimensions = lb,                         \
                                               .rhs_batch_dimensions = rb})

START_TEST(products_of_dimensions_that_do_not_fit)
{
    struct jaxc_ints none = {0, {0}};
    refused(DOT(F(2, 3), F(4, 5), JAXC_INTS(1), JAXC_INTS(0), none, none), JAXC_ESHAPE,
            "jaxc_lax_dot_general", "f32[2,3]", "f32[4,5]", "3", "4");
    refused(DOT(F(2, 3), F(3, 5), JAXC_INTS(2), JAXC_INTS(0), none, none), JAXC_EAXIS, "2",
            "f32[2,3]");
    refused(DOT(F(2, 3), F(3, 5), JAXC_INTS(1, 1), JAXC_INTS(0, 0), none, none), JAXC_EAXIS, "1");
    refused(DOT(F(2, 3), F(2, 3), JAXC_INTS(0, 1), JAXC_INTS(0, 1), JAXC_INTS(0), JAXC_INTS(0)),
            JAXC_EAXIS, "0");
    refused(DOT(F(2, 3), F(4, 3), JAXC_INTS(1), JAXC_INTS(1), JAXC_INTS(0), JAXC_INTS(0)),
            JAXC_ESHAPE, "f32[2,3]", "f32[4,3]");
    refused(jaxc_dot(F(2, 3), F(4, 5)), JAXC_ESHAPE, "jaxc_dot", "f32[2,3] has 3",
            "f32[4,5] has 4");
}
END_TEST

START_TEST(products_of_ranks_that_do_not_fit)
{
    refused(jaxc_matmul(F(2, 3, 4), F(5, 4, 3)), JAXC_ESHAPE, "jaxc_matmul", "f32[2,3,4]",
            "f32[5,4,3]");
    refused(jaxc_matmul(F(), F(3)), JAXC_ESHAPE, "jaxc_matmul", "f32[]");
    refused(jaxc_lax_dot(F(2, 3, 4), F(4)), JAXC_ESHAPE, "jaxc_lax_dot", "f32[2,3,4]", "f32[4]");
}
END_TEST

START_TEST(a_product_into_a_narrower_dtype)
{
    refused(jaxc_lax_dot_general(I(3), I(3),
                                 .dimension_numbers = {.lhs_contracting_dimensions = JAXC_INTS(0),
                                                       .rhs_contracting_dimensions = JAXC_INTS(0)},
                                 .preferred_element_type = JAXC_I16),
            JAXC_EDTYPE, "i32", "i16");
}
END_TEST

START_TEST(shapes_that_cannot_be)
{
    refused(jaxc_reshape(F(2, 3), JAXC_SHAPE(4)), JAXC_ESHAPE, "jaxc_reshape", "f32[2,3]", "6",
            "4");
    refused(jaxc_lax_reshape(F(2, 3), JAXC_SHAPE(5)), JAXC_ESHAPE, "f32[2,3]", "5");
    refused(jaxc_concatenate(0, F(2, 3), F(2, 4)), JAXC_ESHAPE, "jaxc_concatenate", "f32[2,3]",
            "f32[2,4]");
    refused(jaxc_concatenate(0, F(2, 3), F(2)), JAXC_ESHAPE, "f32[2,3]", "f32[2]");
    refused(jaxc_lax_select(of(JAXC_BOOL, JAXC_SHAPE(3)), F(2), F(2)), JAXC_ESHAPE,
            "jaxc_lax_select", "bool[3]", "f32[2]");
    refused(jaxc_lax_select(F(2), F(2), F(2)), JAXC_EDTYPE, "f32[2]");
}
END_TEST

START_TEST(axes_that_are_none)
{
    refused(jaxc_sum(F(2, 3), JAXC_AXIS(2)), JAXC_EAXIS, "jaxc_sum", "axis 2", "[-2, 2)");
    refused(jaxc_sum(F(2, 3), JAXC_AXIS(-3)), JAXC_EAXIS, "axis -3", "[-2, 2)");
    refused(jaxc_sum(F(2, 3), JAXC_AXES(1, -1)), JAXC_EAXIS, "1");
    refused(jaxc_lax_cumsum(F(2), 1, false), JAXC_EAXIS, "1", "f32[2]");
}
END_TEST

START_TEST(the_greatest_of_nothing)
{
    refused(jaxc_max(F(0, 3), JAXC_AXIS(0)), JAXC_EVALUE, "jaxc_max", "f32[0,3]");
    refused(jaxc_min(F(0)), JAXC_EVALUE, "jaxc_min", "f32[0]");
    refused(jaxc_argmax(F(0, 3), JAXC_AXIS(0)), JAXC_EVALUE, "jaxc_argmax", "f32[0,3]");
}
END_TEST

START_TEST(windows_that_do_not_fit)
{
    jaxc_value starts[] = {jaxc_from_i64(0), jaxc_from_i64(0), I(2)};
    refused(jaxc_lax_dynamic_slice_n(F(2, 3), JAXC_SHAPE(3, 3), 2, starts), JAXC_ESHAPE, "3",
            "f32[2,3]");
    refused(jaxc_lax_dynamic_slice_n(F(2, 3), JAXC_SHAPE(1, 1), 1, starts), JAXC_EVALUE, "1", "2");
    refused(jaxc_lax_dynamic_slice_n(F(2, 3), JAXC_SHAPE(1, 1), 2, starts + 1), JAXC_ESHAPE,
            "i32[2]");
}
END_TEST

START_TEST(indices_that_are_none)
{
    refused(jaxc_index(F(2), 0, 0), JAXC_EAXIS, "2", "f32[2]");
    refused(jaxc_index(F(2, 3, 4), JAXC_ELLIPSIS, 0, JAXC_ELLIPSIS), JAXC_EAXIS, "ellips");
    refused(jaxc_index(F(2), F(1)), JAXC_EDTYPE, "f32[1]");
}
END_TEST

static jaxc_value by_mask(jaxc_value x) { return jaxc_index(x, jaxc_greater(x, 0)); }

START_TEST(a_mask_that_is_traced)
{
    refused(jaxc_call(jaxc_jit(by_mask), F(3)), JAXC_ECONCRETE, "bool[3]");
}
END_TEST

static jaxc_value twice(jaxc_value x) { return jaxc_mul(x, 2); }
static jaxc_value greater(jaxc_value x) { return jaxc_greater(jaxc_sum(x), 0); }
static jaxc_value first(jaxc_value x) { return jaxc_index(x, 0); }

START_TEST(gradients_of_what_is_no_number)
{
    refused(jaxc_call(jaxc_grad(twice), F(3)), JAXC_ESHAPE, "jaxc_grad", "scalar", "f32[3]");
    refused(jaxc_call(jaxc_grad(jaxc_sum), I(3)), JAXC_EDTYPE, "argument 0 is i32[3]", "allow_int");
    refused(jaxc_call(jaxc_grad(greater), F(3)), JAXC_EDTYPE, "bool[]");
}
END_TEST

START_TEST(tangents_and_cotangents_of_other_types)
{
    refused(jaxc_call(jaxc_jvp(twice), jaxc_tuple(F(3)), jaxc_tuple(of(JAXC_F64, JAXC_SHAPE(3)))),
            JAXC_EDTYPE, "f32[3]", "f64[3]");
    refused(jaxc_call(jaxc_jvp(twice), jaxc_tuple(F(3)), jaxc_tuple(F(2))), JAXC_ESHAPE, "f32[3]",
            "f32[2]");
    jaxc_value y;
    jaxc_fn back = jaxc_vjp(twice, &y, F(3));
    refused(jaxc_call(back, F(2)), JAXC_ESHAPE, "f32[2]", "f32[3]");
}
END_TEST

static jaxc_value product_at(jaxc_value x)
{
    const int places[] = {0, 0};
    return jaxc_sum(jaxc_at_mul(x, JAXC_INDEX(jaxc_array(places, JAXC_I32, JAXC_SHAPE(2))), x));
}

START_TEST(a_derivative_that_is_not_there)
{
    refused(jaxc_call(jaxc_grad(product_at), F(2)), JAXC_ENORULE, "scatter-mul");
}
END_TEST

START_TEST(lanes_that_disagree)
{
    refused(jaxc_call(jaxc_vmap(jaxc_add), F(2, 3), F(4, 3)), JAXC_ESHAPE, "2", "4", "argument 0",
            "argument 1");
    refused(jaxc_call(jaxc_vmap(twice), F()), JAXC_ESHAPE, "f32[]");
    refused(jaxc_call(jaxc_vmap(twice, .in_axes = {2}), F(2, 3)), JAXC_EAXIS, "2", "f32[2,3]");
    refused(jaxc_call(jaxc_vmap(twice, .in_axes = {JAXC_NONE}), F(2)), JAXC_EVALUE, "axis_size");
    refused(jaxc_call(jaxc_vmap(twice, .in_axes = {0, 1}), F(2)), JAXC_EARITY, "1");
    refused(jaxc_call(jaxc_vmap(twice, .out_axes = JAXC_NONE), F(2)), JAXC_EVALUE, "out_axes");
}
END_TEST

static jaxc_value as_number(jaxc_value x) { return jaxc_item(x) > 0 ? x : jaxc_neg(x); }
static jaxc_value as_integer(jaxc_value x) { return jaxc_zeros(JAXC_SHAPE(jaxc_item_i64(x))); }
static jaxc_value as_memory(jaxc_value x) { return jaxc_data(x) ? x : x; }

START_TEST(numbers_of_traced_values)
{
    refused(jaxc_call(jaxc_jit(as_number), F()), JAXC_ECONCRETE, "jaxc_item", "f32[]", "traced");
    refused(jaxc_call(jaxc_jit(as_integer), I()), JAXC_ECONCRETE, "jaxc_item_i64", "i32[]",
            "traced");
    refused(jaxc_call(jaxc_jit(as_memory), F(2)), JAXC_ECONCRETE, "jaxc_data", "f32[2]", "traced");
}
END_TEST

static jaxc_value escaped;
static jaxc_value leak(jaxc_value x)
{
    escaped = jaxc_keep(jaxc_mul(x, 3));
    return x;
}

START_TEST(a_value_that_left_its_trace)
{
    jaxc_call(jaxc_jit(leak), F(2));
    jaxc_clear_error();
    refused(jaxc_add(escaped, 1), JAXC_ELEAK, "f32[2]", "jaxc_mul");
    jaxc_drop(escaped);
}
END_TEST

static jaxc_value power(jaxc_value x, jaxc_value n) { return jaxc_power(x, n); }

START_TEST(arguments_that_jit_does_not_take)
{
    refused(jaxc_call(jaxc_jit(power, .static_argnums = JAXC_ARGS(1)), F(2), F(2)), JAXC_EVALUE,
            "argument 1", "f32[2]");
    refused(jaxc_call(jaxc_jit(first), jaxc_tuple_n(0, NULL)), JAXC_ETREE, "tuple");
}
END_TEST

START_TEST(a_value_that_was_given_away)
{
    jaxc_value x = F(4);
    jaxc_call(jaxc_jit(twice, .donate = JAXC_ARGS(0)), x);
    refused(jaxc_add(x, 1), JAXC_EDONATED, "jaxc_add");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("misuse");
    TCase *all = tcase_create("misuse");
    tcase_add_checked_fixture(all, clear, clear);
    tcase_add_test(all, shapes_that_do_not_broadcast);
    tcase_add_test(all, lax_calls_of_other_ranks);
    tcase_add_test(all, lax_calls_of_mixed_dtypes);
    tcase_add_test(all, products_of_dimensions_that_do_not_fit);
    tcase_add_test(all, products_of_ranks_that_do_not_fit);
    tcase_add_test(all, a_product_into_a_narrower_dtype);
    tcase_add_test(all, shapes_that_cannot_be);
    tcase_add_test(all, axes_that_are_none);
    tcase_add_test(all, the_greatest_of_nothing);
    tcase_add_test(all, windows_that_do_not_fit);
    tcase_add_test(all, indices_that_are_none);
    tcase_add_test(all, a_mask_that_is_traced);
    tcase_add_test(all, gradients_of_what_is_no_number);
    tcase_add_test(all, tangents_and_cotangents_of_other_types);
    tcase_add_test(all, a_derivative_that_is_not_there);
    tcase_add_test(all, lanes_that_disagree);
    tcase_add_test(all, numbers_of_traced_values);
    tcase_add_test(all, a_value_that_left_its_trace);
    tcase_add_test(all, arguments_that_jit_does_not_take);
    tcase_add_test(all, a_value_that_was_given_away);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
