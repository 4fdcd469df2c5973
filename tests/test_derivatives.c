/*
 * test_derivatives.c - JAX's tangents and second derivatives, and functions over lanes.
 */
#include "support/reference_calls.h"

#include <jaxc/jaxc.h>

#include <check.h>

static jaxc_value run_var(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_var(x[0], reference_axes(c));
}

static jaxc_value run_gelu(const struct reference_case *c, const jaxc_value *x)
{
    (void)c;
    return jaxc_nn_gelu(x[0]);
}

static jaxc_value run_std(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_std(x[0], reference_axes(c));
}

static const struct reference_call calls[] = {
    {"neg", .one = jaxc_neg},
    {"abs", .one = jaxc_abs},
    {"sign", .one = jaxc_sign},
    {"square", .one = jaxc_square},
    {"exp", .one = jaxc_exp},
    {"exp2", .one = jaxc_exp2},
    {"expm1", .one = jaxc_expm1},
    {"log", .one = jaxc_log},
    {"log1p", .one = jaxc_log1p},
    {"sqrt", .one = jaxc_sqrt},
    {"rsqrt", .one = jaxc_rsqrt},
    {"cbrt", .one = jaxc_cbrt},
    {"sin", .one = jaxc_sin},
    {"cos", .one = jaxc_cos},
    {"tan", .one = jaxc_tan},
    {"arcsin", .one = jaxc_arcsin},
    {"arccos", .one = jaxc_arccos},
    {"arctan", .one = jaxc_arctan},
    {"sinh", .one = jaxc_sinh},
    {"cosh", .one = jaxc_cosh},
    {"tanh", .one = jaxc_tanh},
    {"arcsinh", .one = jaxc_arcsinh},
    {"arccosh", .one = jaxc_arccosh},
    {"arctanh", .one = jaxc_arctanh},
    {"erf", .one = jaxc_erf},
    {"erfc", .one = jaxc_erfc},
    {"relu", .one = jaxc_nn_relu},
    {"sigmoid", .one = jaxc_nn_sigmoid},
    {"silu", .one = jaxc_nn_silu},
    {"gelu", .other = run_gelu},
    {"softplus", .one = jaxc_nn_softplus},
    {"softmax", .reduce = jaxc_nn_softmax},
    {"log_softmax", .reduce = jaxc_nn_log_softmax},
    {"add", .two = jaxc_add},
    {"sub", .two = jaxc_sub},
    {"mul", .two = jaxc_mul},
    {"div", .two = jaxc_div},
    {"power", .two = jaxc_power},
    {"arctan2", .two = jaxc_arctan2},
    {"maximum", .two = jaxc_maximum},
    {"minimum", .two = jaxc_minimum},
    {"dot", .two = jaxc_dot},
    {"matmul", .two = jaxc_matmul},
    {"outer", .two = jaxc_outer},
    {"logsumexp", .reduce = jaxc_logsumexp},
    {"sum", .reduce = jaxc_sum},
    {"mean", .reduce = jaxc_mean},
    {"max", .reduce = jaxc_max},
    {"min", .reduce = jaxc_min},
    {"prod", .reduce = jaxc_prod},
    {"median", .reduce = jaxc_median},
    {"nansum", .reduce = jaxc_nansum},
    {"nanmean", .reduce = jaxc_nanmean},
    {"var", .other = run_var},
    {"std", .other = run_std},
};

int main(void)
{
    Suite *suite = suite_create("derivatives");
    suite_add_tcase(suite, reference_cases("tests/reference/derivatives.txt",
                                           sizeof calls / sizeof *calls, calls));
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
