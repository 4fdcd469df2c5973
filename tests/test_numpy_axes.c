/*
 * test_numpy_axes.c - calls of jaxc/numpy.h along axes: JAX's values and gradients, and what the
 * messages of errors say.
 */
#include "support/reference_calls.h"
#include "support/refused.h"

#include <check.h>
#include <string.h>

/* ---- every case by name ---------------------------------------------------------------------- */

static jaxc_value variance_of(jaxc_value (*f)(jaxc_value, struct jaxc_var_options),
                              const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_var_options o = {.axes = reference_axes(c),
                                 .ddof = (int)reference_number(c, "ddof"),
                                 .keepdims = reference_number(c, "keepdims") != 0,
                                 .where = reference_operand(c, "where", x)};
    return f(x[0], o);
}

static jaxc_value quantile_of(jaxc_value (*f)(jaxc_value, jaxc_value, struct jaxc_quantile_options),
                              const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_quantile_options o = {.axes = reference_axes(c),
                                      .method = reference_key(c, "method"),
                                      .keepdims = reference_number(c, "keepdims") != 0};
    return f(x[0], x[1], o);
}

static jaxc_value covariance_of(jaxc_value (*f)(jaxc_value, struct jaxc_cov_options),
                                const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_cov_options o = {.y = reference_operand(c, "y", x),
                                 .columns = reference_number(c, "columns") != 0,
                                 .bias = reference_number(c, "bias") != 0,
                                 .fweights = reference_operand(c, "fweights", x),
                                 .aweights = reference_operand(c, "aweights", x)};
    return f(x[0], o);
}

static jaxc_value run_average(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_average_options o = {.axes = reference_axes(c),
                                     .weights = reference_operand(c, "weights", x),
                                     .keepdims = reference_number(c, "keepdims") != 0};
    return (jaxc_average)(x[0], o);
}

#define RUN(how, name)                                                                             \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        return how(jaxc_##name, c, x);                                                             \
    }
RUN(variance_of, var)
RUN(variance_of, std)
RUN(variance_of, nanvar)
RUN(variance_of, nanstd)
RUN(quantile_of, quantile)
RUN(quantile_of, percentile)
RUN(quantile_of, nanquantile)
RUN(quantile_of, nanpercentile)
RUN(covariance_of, cov)
RUN(covariance_of, corrcoef)

static const struct reference_call calls[] = {
    {"sum", .reduce = jaxc_sum},
    {"mean", .reduce = jaxc_mean},
    {"max", .reduce = jaxc_max},
    {"logsumexp", .reduce = jaxc_logsumexp},
    {"prod", .reduce = jaxc_prod},
    {"min", .reduce = jaxc_min},
    {"any", .reduce = jaxc_any},
    {"all", .reduce = jaxc_all},
    {"count_nonzero", .reduce = jaxc_count_nonzero},
    {"ptp", .reduce = jaxc_ptp},
    {"argmin", .reduce = jaxc_argmin},
    {"nansum", .reduce = jaxc_nansum},
    {"nanprod", .reduce = jaxc_nanprod},
    {"nanmean", .reduce = jaxc_nanmean},
    {"nanmax", .reduce = jaxc_nanmax},
    {"nanmin", .reduce = jaxc_nanmin},
    {"nanargmax", .reduce = jaxc_nanargmax},
    {"nanargmin", .reduce = jaxc_nanargmin},
    {"var", .other = run_var},
    {"std", .other = run_std},
    {"nanvar", .other = run_nanvar},
    {"nanstd", .other = run_nanstd},
    {"average", .other = run_average},
    {"quantile", .other = run_quantile},
    {"percentile", .other = run_percentile},
    {"nanquantile", .other = run_nanquantile},
    {"nanpercentile", .other = run_nanpercentile},
    {"median", .reduce = jaxc_median},
    {"nanmedian", .reduce = jaxc_nanmedian},
    {"cov", .other = run_cov},
    {"corrcoef", .other = run_corrcoef},
};

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(reductions_say_what_they_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)),
               none = array_of(JAXC_F32, JAXC_SHAPE(2, 0));
    jaxc_value mask = array_of(JAXC_BOOL, JAXC_SHAPE(2, 1)),
               pair = array_of(JAXC_F32, JAXC_SHAPE(2));
    expect(jaxc_min(none), JAXC_EVALUE, "jaxc_min: nothing to choose from: an axis of f32[2,0]");
    expect(jaxc_argmin(none, JAXC_AXIS(1)), JAXC_EVALUE, "an axis of f32[2,0] is empty");
    expect(jaxc_median(none), JAXC_EVALUE, "an axis of f32[2,0] is empty");
    expect(jaxc_max(x, .where = JAXC_OPERAND(mask)), JAXC_EVALUE, "where needs an initial");
    expect(jaxc_mean(x, .initial = JAXC_OPERAND(0)), JAXC_EVALUE, "jaxc_mean: takes no initial");
    expect(jaxc_argmax(x, .where = JAXC_OPERAND(mask)), JAXC_EVALUE, "takes no where");
    expect(jaxc_count_nonzero(x, .where = JAXC_OPERAND(mask)), JAXC_EVALUE, "takes no where");
    expect(jaxc_sum(x, .initial = JAXC_OPERAND(pair)), JAXC_ESHAPE, "a scalar, not f32[2]");
    expect(jaxc_sum(x, .where = JAXC_OPERAND(pair)), JAXC_ESHAPE, "do not broadcast");
    expect(jaxc_sum(pair, .where = JAXC_OPERAND(mask)), JAXC_ESHAPE,
           "where, bool[2,1], does not broadcast to f32[2]");
    expect(jaxc_argmin(x, JAXC_AXES(0, 1)), JAXC_EAXIS, "takes one axis, not 2");
    expect(jaxc_ptp(array_of(JAXC_BOOL, JAXC_SHAPE(2))), JAXC_EDTYPE, "bool");
    expect(jaxc_sum(x, .where = JAXC_OPERAND(jaxc_reshape(x, JAXC_SHAPE(5)))), JAXC_ESHAPE,
           "6 elements");
}
END_TEST

START_TEST(statistics_say_what_they_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), w = array_of(JAXC_F32, JAXC_SHAPE(2));
    jaxc_value deep = array_of(JAXC_F32, JAXC_SHAPE(1, 1, 1, 1, 1, 1, 1, 2));
    expect(jaxc_average(x, JAXC_AXIS(1), .weights = JAXC_OPERAND(w)), JAXC_ESHAPE,
           "weights f32[2] fit neither f32[2,3] nor its axes");
    expect(jaxc_quantile(x, 0.5, .method = "best"), JAXC_EVALUE, "no method \"best\"");
    expect(jaxc_quantile(x, x), JAXC_ESHAPE, "q has more than one axis: f32[2,3]");
    expect(jaxc_quantile(deep, w, JAXC_AXIS(-1)), JAXC_ELIMIT, "9 axes");
    expect(jaxc_cov(deep), JAXC_ESHAPE, "has more than two axes");
    expect(jaxc_cov(x, .y = JAXC_OPERAND(w)), JAXC_ESHAPE, "numbers of observations differ");
    expect(jaxc_cov(x, .aweights = JAXC_OPERAND(w)), JAXC_ESHAPE, "weights f32[2] for 3");
    expect(jaxc_cov(w, .fweights = JAXC_OPERAND(w)), JAXC_EDTYPE, "fweights are integers");
    expect(jaxc_corrcoef(x, .bias = true), JAXC_EVALUE, "takes no bias or ddof");
    expect(jaxc_median(x, .initial = JAXC_OPERAND(1)), JAXC_EVALUE, "takes no initial");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numpy_axes");
    suite_add_tcase(
        suite, reference_cases("tests/reference/axes.txt", sizeof calls / sizeof *calls, calls));
    TCase *errors = tcase_create("errors");
    tcase_add_test(errors, reductions_say_what_they_cannot_do);
    tcase_add_test(errors, statistics_say_what_they_cannot_do);
    suite_add_tcase(suite, errors);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
