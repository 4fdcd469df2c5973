/*
 * test_random_rejection.c - samplers whose elements are drawn by rejection: JAX's numbers and
 * derivatives, and what the messages of errors say.
 */
#include "support/reference_calls.h"
#include "support/refused.h"

#include <check.h>
#include <math.h>

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

#define RUN(name, ...)                                                                             \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        return (jaxc_random_##name)(__VA_ARGS__, options_of(c));                                   \
    }
RUN(gamma, x[0], x[1])
RUN(loggamma, x[0], x[1])
RUN(chisquare, x[0], x[1])
RUN(t, x[0], x[1])
RUN(beta, x[0], x[1], x[2])
RUN(f, x[0], x[1], x[2])
RUN(dirichlet, x[0], x[1])
RUN(generalized_normal, x[0], x[1])
RUN(ball, x[0], x[1], x[2])

static const struct reference_call calls[] = {
    {"gamma", .other = run_gamma},         {"loggamma", .other = run_loggamma},
    {"chisquare", .other = run_chisquare}, {"t", .other = run_t},
    {"beta", .other = run_beta},           {"f", .other = run_f},
    {"dirichlet", .other = run_dirichlet}, {"generalized_normal", .other = run_generalized_normal},
    {"ball", .other = run_ball},
};

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(samplers_say_what_they_cannot_do)
{
    jaxc_value key = jaxc_random_key(0), x = array_of(JAXC_F32, JAXC_SHAPE(3));
    jaxc_value wide = array_of(JAXC_F64, JAXC_SHAPE(3));
    expect(jaxc_random_gamma(x, 1), JAXC_EDTYPE, "a key is u32[2], not f32[3]");
    expect(jaxc_random_gamma(key, 1, .dtype = JAXC_I32), JAXC_EDTYPE, "draws floats, not i32");
    expect(jaxc_random_gamma(key, x, .shape = JAXC_SHAPE(2)), JAXC_ESHAPE, "do not broadcast");
    expect(jaxc_random_chisquare(key, wide), JAXC_EDTYPE, "a parameter f64[3] for draws of f32");
    expect(jaxc_random_beta(key, wide, 1), JAXC_EDTYPE, "a parameter f64[3] for draws of f32");
    expect(jaxc_random_dirichlet(key, 1), JAXC_ESHAPE, "alpha has an axis");
    expect(jaxc_random_dirichlet(key, x, .shape = JAXC_SHAPE(1, 1, 1, 1, 1, 1, 1, 1)), JAXC_ELIMIT,
           "8 axes");
    expect(jaxc_random_ball(key, 3, x), JAXC_ESHAPE, "p is a scalar, not f32[3]");
    expect(jaxc_random_ball(key, 2.5, 2), JAXC_EDTYPE, "integer");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random_rejection");
    suite_add_tcase(suite, reference_cases("tests/reference/rejection.txt",
                                           sizeof calls / sizeof *calls, calls));
    TCase *others = tcase_create("errors");
    tcase_add_test(others, samplers_say_what_they_cannot_do);
    suite_add_tcase(suite, others);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
