/*
 * test_numpy_options.c - options that few use: dtypes of reductions, one bound of clip, weights of
 * logsumexp, other axes of one_hot: JAX's values and gradients, and what the messages of errors say.
 */
#include "support/reference_calls.h"
#include "support/refused.h"

#include <check.h>

/* ---- every case by name ---------------------------------------------------------------------- */

static bool flag(const struct reference_case *c, const char *key)
{
    return reference_number(c, key) != 0;
}

/* A part of a tuple, if the case names one. */
static jaxc_value part_of(const struct reference_case *c, jaxc_value y)
{
    return reference_key(c, "part") ? jaxc_get(y, (int)reference_number(c, "part")) : y;
}

static jaxc_value variance_of(jaxc_value (*f)(jaxc_value, struct jaxc_var_options),
                              const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_var_options o = {.axes = reference_axes(c),
                                 .ddof = (int)reference_number(c, "ddof"),
                                 .dtype = reference_dtype(c),
                                 .where = reference_operand(c, "where", x)};
    return f(x[0], o);
}

static jaxc_value covariance_of(jaxc_value (*f)(jaxc_value, struct jaxc_cov_options),
                                const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_cov_options o = {.bias = flag(c, "bias"),
                                 .ddof = (int)reference_number(c, "ddof"),
                                 .dtype = reference_dtype(c),
                                 .fweights = reference_operand(c, "fweights", x),
                                 .aweights = reference_operand(c, "aweights", x)};
    return f(x[0], o);
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
RUN(covariance_of, cov)
RUN(covariance_of, corrcoef)

static jaxc_value run_trace(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_trace(x[0], .offset = (int)reference_number(c, "k"), .dtype = reference_dtype(c));
}

static jaxc_value run_clip(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_operand least = reference_operand(c, "least", x),
                        most = reference_operand(c, "most", x);
    jaxc_value none = jaxc_tuple_n(0, NULL);
    return jaxc_clip(x[0], least.given ? least.value : none, most.given ? most.value : none);
}

static jaxc_value run_logsumexp(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_nn_logsumexp_options o = {.axes = reference_axes(c),
                                          .keepdims = flag(c, "keepdims"),
                                          .return_sign = reference_key(c, "part") != NULL,
                                          .where = reference_operand(c, "where", x),
                                          .b = reference_operand(c, "b", x)};
    return part_of(c, (jaxc_nn_logsumexp)(x[0], o));
}

static jaxc_value run_one_hot(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_nn_one_hot_options o = {.axes = reference_axes(c), .dtype = reference_dtype(c)};
    return (jaxc_nn_one_hot)(x[0], (int64_t)reference_number(c, "n"), o);
}

static const struct reference_call calls[] = {
    {"sum", .reduce = jaxc_sum},
    {"prod", .reduce = jaxc_prod},
    {"mean", .reduce = jaxc_mean},
    {"nansum", .reduce = jaxc_nansum},
    {"nanprod", .reduce = jaxc_nanprod},
    {"nanmean", .reduce = jaxc_nanmean},
    {"var", .other = run_var},
    {"std", .other = run_std},
    {"nanvar", .other = run_nanvar},
    {"nanstd", .other = run_nanstd},
    {"cov", .other = run_cov},
    {"corrcoef", .other = run_corrcoef},
    {"trace", .other = run_trace},
    {"clip", .other = run_clip},
    {"nn_logsumexp", .other = run_logsumexp},
    {"one_hot", .other = run_one_hot},
};

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(a_dtype_is_taken_where_sums_are)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3));
    expect(jaxc_max(x, .dtype = JAXC_F64), JAXC_EVALUE, "jaxc_max: takes no dtype");
    expect(jaxc_nanmin(x, .dtype = JAXC_F64), JAXC_EVALUE, "takes no dtype");
    expect(jaxc_any(x, .dtype = JAXC_F64), JAXC_EVALUE, "takes no dtype");
    expect(jaxc_count_nonzero(x, .dtype = JAXC_I64), JAXC_EVALUE, "takes no dtype");
    expect(jaxc_ptp(x, .dtype = JAXC_I64), JAXC_EVALUE, "takes no dtype");
    expect(jaxc_argmax(x, JAXC_AXIS(0), .dtype = JAXC_I64), JAXC_EVALUE, "takes no dtype");
    expect(jaxc_median(x, .dtype = JAXC_F64), JAXC_EVALUE, "takes no dtype");
    expect(jaxc_logsumexp(x, .dtype = JAXC_F64), JAXC_EVALUE, "takes no dtype");
    expect(jaxc_nn_softmax(x, .dtype = JAXC_F64), JAXC_EVALUE, "takes no dtype");
    expect(jaxc_diagonal(x, .dtype = JAXC_F64), JAXC_EVALUE, "takes no dtype");
    expect(jaxc_sum(x, .dtype = (jaxc_dtype)77), JAXC_EDTYPE, "77 is no dtype");
    expect(jaxc_trace(x, .dtype = (jaxc_dtype)77), JAXC_EDTYPE, "77 is no dtype");
    expect(jaxc_sum(x, .dtype = JAXC_C64), JAXC_EUNSUPPORTED, "c64");
    expect(jaxc_mean(x, .dtype = JAXC_BOOL), JAXC_EDTYPE, "bool");
    expect(jaxc_nanmean(x, .dtype = JAXC_BOOL), JAXC_EDTYPE, "bool");
    expect(jaxc_var(x, .dtype = JAXC_I32), JAXC_EDTYPE, "jaxc_var: a variance is a float, not i32");
    expect(jaxc_nanstd(x, .dtype = JAXC_BOOL), JAXC_EDTYPE, "a variance is a float, not bool");
    expect(jaxc_cov(x, .dtype = JAXC_I32), JAXC_EDTYPE, "a variance is a float, not i32");
    expect(jaxc_corrcoef(x, .ddof = 1), JAXC_EVALUE, "takes no bias or ddof");
}
END_TEST

START_TEST(other_options_say_what_they_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), b = array_of(JAXC_F32, JAXC_SHAPE(2));
    jaxc_value labels = array_of(JAXC_I32, JAXC_SHAPE(2)), none = jaxc_tuple_n(0, NULL);
    jaxc_value pair = jaxc_tuple(b, b);
    expect(jaxc_nn_logsumexp(x, .b = JAXC_OPERAND(b)), JAXC_ESHAPE, "f32[2,3] and f32[2]");
    expect(jaxc_nn_logsumexp(x, JAXC_AXIS(2)), JAXC_EAXIS, "axis 2");
    expect(jaxc_nn_one_hot(labels, 3, JAXC_AXIS(2)), JAXC_EAXIS, "axis 2");
    expect(jaxc_nn_one_hot(labels, 3, JAXC_AXES(0, 1)), JAXC_EAXIS, "takes one axis, not 2");
    expect(jaxc_nn_one_hot(labels, 3, .dtype = (jaxc_dtype)77), JAXC_EDTYPE, "77 is no dtype");
    expect(jaxc_clip(b, pair, none), JAXC_ETREE, "");
    expect(jaxc_clip(x, none, b), JAXC_ESHAPE, "do not broadcast");
    expect(jaxc_clip(none, none, none), JAXC_ETREE, "");
}
END_TEST

START_TEST(what_clip_leaves_alone_is_another_handle)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2)), none = jaxc_tuple_n(0, NULL);
    jaxc_value y = jaxc_clip(x, none, none);
    ck_assert(jaxc_ok(y));
    ck_assert(y.slot != x.slot || y.generation != x.generation);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numpy_options");
    suite_add_tcase(
        suite, reference_cases("tests/reference/options.txt", sizeof calls / sizeof *calls, calls));
    TCase *errors = tcase_create("errors");
    tcase_add_test(errors, a_dtype_is_taken_where_sums_are);
    tcase_add_test(errors, other_options_say_what_they_cannot_do);
    tcase_add_test(errors, what_clip_leaves_alone_is_another_handle);
    suite_add_tcase(suite, errors);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
