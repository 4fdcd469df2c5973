/*
 * reference_calls.c - every case of a file of reference values by name.
 */
#include "support/reference_calls.h"

#include <string.h>

static const char *reference_path;
static const struct reference_call *calls;
static size_t n_calls;
static struct reference *reference;

static void load(void) { reference = reference_load(reference_path); }

static void unload(void) { reference_free(reference); }

int reference_n_operands(const struct reference_case *c)
{
    return c->n_in - reference_is_derivative(c);
}

struct jaxc_operand reference_operand(const struct reference_case *c, const char *key,
                                      const jaxc_value *x)
{
    struct jaxc_operand operand = {0};
    if (!reference_key(c, key))
        return operand;
    int i = (int)reference_number(c, key);
    ck_assert_msg(i >= 0 && i < reference_n_operands(c), "%s: no operand %d", c->name, i);
    operand.given = JAXC_GIVEN;
    operand.value = x[i];
    return operand;
}

static jaxc_value run(const struct reference_case *c, const jaxc_value *x)
{
    const struct reference_call *call = NULL;
    for (size_t i = 0; i < n_calls && !call; i++)
        if (strcmp(calls[i].name, c->call) == 0)
            call = &calls[i];
    ck_assert_msg(call != NULL, "no call %s", c->call);
    struct jaxc_reduce_options reduce = {.axes = reference_axes(c),
                                         .keepdims = reference_number(c, "keepdims") != 0,
                                         .dtype = reference_dtype(c),
                                         .where = reference_operand(c, "where", x),
                                         .initial = reference_operand(c, "initial", x)};
    struct jaxc_axes_options axes = {.axes = reference_axes(c)};
    return call->one      ? call->one(x[0])
           : call->two    ? call->two(x[0], x[1])
           : call->three  ? call->three(x[0], x[1], x[2])
           : call->reduce ? call->reduce(x[0], reduce)
           : call->axes   ? call->axes(x[0], axes)
           : call->shape  ? call->shape(x[0], reference_shape(c, "shape"))
           : call->like   ? call->like(x[0], reference_dtype(c))
                          : call->other(c, x);
}

START_TEST(values_are_those_of_jax) { reference_check(reference, run, false, false); }
END_TEST

START_TEST(values_inside_jit_are_those_of_jax) { reference_check(reference, run, false, true); }
END_TEST

START_TEST(gradients_are_those_of_jax) { reference_check(reference, run, true, false); }
END_TEST

START_TEST(gradients_inside_jit_are_those_of_jax) { reference_check(reference, run, true, true); }
END_TEST

START_TEST(every_call_has_cases)
{
    for (size_t i = 0; i < n_calls; i++) {
        int n = 0;
        for (int j = 0; j < reference->n; j++)
            n += strcmp(reference->cases[j].call, calls[i].name) == 0;
        ck_assert_msg(n > 0, "%s has no case", calls[i].name);
    }
}
END_TEST

START_TEST(every_call_survives_every_failing_allocation) { reference_check_memory(reference, run); }
END_TEST

TCase *reference_cases(const char *path, size_t n, const struct reference_call *of)
{
    reference_path = path;
    calls = of;
    n_calls = n;
    TCase *values = tcase_create("values");
    tcase_add_checked_fixture(values, load, unload);
    tcase_set_timeout(values, 600);
    tcase_add_test(values, values_are_those_of_jax);
    tcase_add_test(values, values_inside_jit_are_those_of_jax);
    tcase_add_test(values, gradients_are_those_of_jax);
    tcase_add_test(values, gradients_inside_jit_are_those_of_jax);
    tcase_add_test(values, every_call_has_cases);
    tcase_add_test(values, every_call_survives_every_failing_allocation);
    return values;
}
