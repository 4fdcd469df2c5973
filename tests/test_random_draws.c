/*
 * test_random_draws.c - samplers whose elements are not drawn one by one: JAX's
 * numbers and derivatives, and what the messages of errors say.
 */
#include "support/reference_calls.h"
#include "support/refused.h"

#include <check.h>

/* ---- every case by name ---------------------------------------------------------------------- */

static struct jaxc_random_options options_of(const struct reference_case *c)
{
    struct jaxc_random_options o = {.dtype = 0};
    if (reference_key(c, "shape"))
        o.shape = reference_shape(c, "shape");
    if (reference_key(c, "dtype"))
        o.dtype = reference_dtype(c);
    return o;
}

static jaxc_value run_poisson(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_random_poisson)(x[0], x[1], options_of(c));
}

static jaxc_value run_multivariate_normal(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_random_multivariate_normal)(x[0], x[1], x[2], options_of(c));
}

static jaxc_value run_orthogonal(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_random_options o = options_of(c);
    struct jaxc_orthogonal_options of = {o.shape, o.dtype, (int64_t)reference_number(c, "m"), 0};
    return (jaxc_random_orthogonal)(x[0], jaxc_from_i64((long long)reference_number(c, "n")), of);
}

static struct jaxc_initializer_options initializer_of(const struct reference_case *c,
                                                      const jaxc_value *x)
{
    struct jaxc_initializer_options o = {.dtype = options_of(c).dtype,
                                         .scale = reference_operand(c, "scale", x)};
    if (reference_key(c, "column"))
        o.column_axis = (struct jaxc_args)JAXC_ARGS((int)reference_number(c, "column"));
    return o;
}

static jaxc_value init_orthogonal(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_initializers_orthogonal)(x[0], options_of(c).shape, initializer_of(c, x));
}

static jaxc_value init_delta_orthogonal(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_initializers_delta_orthogonal)(x[0], options_of(c).shape, initializer_of(c, x));
}

static const struct reference_call calls[] = {
    {"orthogonal", .other = run_orthogonal},
    {"init_orthogonal", .other = init_orthogonal},
    {"init_delta_orthogonal", .other = init_delta_orthogonal},
    {"poisson", .other = run_poisson},
    {"multivariate_normal", .other = run_multivariate_normal},
};

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(samplers_say_what_they_cannot_do)
{
    jaxc_value key = jaxc_random_key(0), x = array_of(JAXC_F32, JAXC_SHAPE(3));
    expect(jaxc_random_poisson(x, 1), JAXC_EDTYPE, "a key is u32[2], not f32[3]");
    expect(jaxc_random_poisson(key, 1, .dtype = JAXC_F32), JAXC_EDTYPE, "draws integers, not f32");
    expect(jaxc_random_poisson(key, x, .shape = JAXC_SHAPE(2)), JAXC_ESHAPE, "do not broadcast");
    expect(jaxc_random_poisson(key, 1, .shape = JAXC_SHAPE(1 << 14, 1 << 14)), JAXC_ELIMIT,
           "at most 2^27");

    expect(jaxc_random_orthogonal(x, 3), JAXC_EDTYPE, "a key is u32[2]");
    expect(jaxc_random_orthogonal(key, -1), JAXC_ELIMIT, "");
    expect(jaxc_random_orthogonal(key, 3, .dtype = JAXC_I32), JAXC_EDTYPE, "i32");
    expect(jaxc_initializers_orthogonal(key, JAXC_SHAPE(3)), JAXC_ESHAPE, "no rows and columns in");
    expect(jaxc_initializers_orthogonal(key, JAXC_SHAPE(3, 2), .column_axis = JAXC_ARGS(2)),
           JAXC_EAXIS, "2");
    expect(jaxc_initializers_orthogonal(key, JAXC_SHAPE(3, 2), .stddev = JAXC_OPERAND(2)),
           JAXC_EVALUE, "takes scale and column_axis");
    expect(jaxc_initializers_delta_orthogonal(key, JAXC_SHAPE(3, 3, 2)), JAXC_ESHAPE,
           "not fewer outputs, not f32[3,3,2]");

    jaxc_value matrix = array_of(JAXC_F32, JAXC_SHAPE(3, 3));
    expect(jaxc_random_multivariate_normal(x, x, matrix), JAXC_EDTYPE, "a key is u32[2]");
    expect(jaxc_random_multivariate_normal(key, x, matrix, .dtype = JAXC_I32), JAXC_EDTYPE,
           "draws floats, not i32");
    expect(jaxc_random_multivariate_normal(key, 0, matrix), JAXC_ESHAPE, "a mean [..., n] and");
    expect(jaxc_random_multivariate_normal(key, x, x), JAXC_ESHAPE, "not f32[3] and f32[3]");
    expect(jaxc_random_multivariate_normal(key, matrix, matrix, .shape = JAXC_SHAPE(2)),
           JAXC_ESHAPE, "do not broadcast");
    expect(
        jaxc_random_multivariate_normal(key, x, matrix, .shape = JAXC_SHAPE(1, 1, 1, 1, 1, 1, 1)),
        JAXC_ELIMIT, "two of matrices");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random_draws");
    suite_add_tcase(
        suite, reference_cases("tests/reference/draws.txt", sizeof calls / sizeof *calls, calls));
    TCase *others = tcase_create("errors");
    tcase_add_test(others, samplers_say_what_they_cannot_do);
    suite_add_tcase(suite, others);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
