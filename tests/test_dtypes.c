/*
 * test_dtypes.c - JAX's values for every pair of dtypes, and of the narrow ones in all kinds of
 * calls.
 */
#include "support/reference_calls.h"

#include <jaxc/jaxc.h>

#include <check.h>

static const struct reference_call calls[] = {
    {"where", .three = jaxc_where},
    {"astype", .like = jaxc_astype},
    {"neg", .one = jaxc_neg},
    {"abs", .one = jaxc_abs},
    {"sign", .one = jaxc_sign},
    {"square", .one = jaxc_square},
    {"bitwise_not", .one = jaxc_bitwise_not},
    {"exp", .one = jaxc_exp},
    {"expm1", .one = jaxc_expm1},
    {"log", .one = jaxc_log},
    {"log1p", .one = jaxc_log1p},
    {"sin", .one = jaxc_sin},
    {"cos", .one = jaxc_cos},
    {"tanh", .one = jaxc_tanh},
    {"sqrt", .one = jaxc_sqrt},
    {"relu", .one = jaxc_nn_relu},
    {"sigmoid", .one = jaxc_nn_sigmoid},
    {"silu", .one = jaxc_nn_silu},
    {"softplus", .one = jaxc_nn_softplus},
    {"softmax", .reduce = jaxc_nn_softmax},
    {"log_softmax", .reduce = jaxc_nn_log_softmax},
    {"add", .two = jaxc_add},
    {"sub", .two = jaxc_sub},
    {"mul", .two = jaxc_mul},
    {"div", .two = jaxc_div},
    {"power", .two = jaxc_power},
    {"maximum", .two = jaxc_maximum},
    {"minimum", .two = jaxc_minimum},
    {"bitwise_and", .two = jaxc_bitwise_and},
    {"bitwise_or", .two = jaxc_bitwise_or},
    {"bitwise_xor", .two = jaxc_bitwise_xor},
    {"left_shift", .two = jaxc_left_shift},
    {"right_shift", .two = jaxc_right_shift},
    {"equal", .two = jaxc_equal},
    {"less", .two = jaxc_less},
    {"greater_equal", .two = jaxc_greater_equal},
    {"dot", .two = jaxc_dot},
    {"logsumexp", .reduce = jaxc_logsumexp},
    {"sum", .reduce = jaxc_sum},
    {"mean", .reduce = jaxc_mean},
    {"max", .reduce = jaxc_max},
    {"min", .reduce = jaxc_min},
    {"prod", .reduce = jaxc_prod},
    {"argmax", .reduce = jaxc_argmax},
};

int main(void)
{
    Suite *suite = suite_create("dtypes");
    suite_add_tcase(
        suite, reference_cases("tests/reference/dtypes.txt", sizeof calls / sizeof *calls, calls));
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
