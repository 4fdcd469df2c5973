/*
 * test_random_samplers.c - distributions, orders, choices, initializers: JAX's numbers, the vectors
 * of the semantics file, and what the messages of errors say.
 */
#include "support/reference_calls.h"
#include "support/refused.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static struct jaxc_args args_of(const struct reference_case *c, const char *key)
{
    struct jaxc_args args = {NULL, 0, {0}};
    const char *at = reference_key(c, key);
    for (; at && *at; at += *at == ',') {
        args.given = JAXC_GIVEN;
        args.at[args.n++] = atoi(at);
        at += strcspn(at, ",");
    }
    return args;
}

#define RUN(prefix, name, call)                                                                    \
    static jaxc_value prefix##_##name(const struct reference_case *c, const jaxc_value *x)         \
    {                                                                                              \
        struct jaxc_random_options o = options_of(c);                                              \
        return call;                                                                               \
    }
#define PLAIN(name)   RUN(run, name, (jaxc_random_##name)(x[0], o.shape, o.dtype))
#define ONE(name)     RUN(run, name, (jaxc_random_##name)(x[0], x[1], o))
#define TWO(name)     RUN(run, name, (jaxc_random_##name)(x[0], x[1], x[2], o))
#define FILLING(name) RUN(init, name, (jaxc_initializers_##name)(x[0], o.shape, o.dtype))
PLAIN(exponential)
PLAIN(gumbel)
PLAIN(laplace)
PLAIN(logistic)
PLAIN(cauchy)
PLAIN(maxwell)
PLAIN(rademacher)
ONE(bernoulli)
ONE(geometric)
ONE(lognormal)
ONE(pareto)
ONE(rayleigh)
ONE(wald)
TWO(truncated_normal)
TWO(weibull_min)
TWO(double_sided_maxwell)
FILLING(zeros)
FILLING(ones)
RUN(run, randint, (jaxc_random_randint)(x[0], o.shape, x[1], x[2], o.dtype))
RUN(run, triangular, (jaxc_random_triangular)(x[0], x[1], x[2], x[3], o))
RUN(init, constant, (jaxc_initializers_constant)(x[0], o.shape, x[1], o.dtype))

static jaxc_value run_permutation(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_permutation_options o = {.axes = reference_axes(c),
                                         .independent = reference_number(c, "independent") != 0};
    return (jaxc_random_permutation)(x[0], x[1], o);
}

static jaxc_value run_choice(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_choice_options o = {.shape = options_of(c).shape,
                                    .without_replacement = reference_number(c, "without") != 0,
                                    .p = reference_operand(c, "p", x),
                                    .axes = reference_axes(c)};
    return (jaxc_random_choice)(x[0], x[1], o);
}

static jaxc_value run_categorical(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_categorical_options o = {.axes = reference_axes(c),
                                         .shape = options_of(c).shape,
                                         .without_replacement =
                                             reference_number(c, "without") != 0};
    return (jaxc_random_categorical)(x[0], x[1], o);
}

static struct jaxc_initializer_options plain_of(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_initializer_options o = {.dtype = options_of(c).dtype,
                                         .scale = reference_operand(c, "scale", x),
                                         .stddev = reference_operand(c, "stddev", x),
                                         .lower = reference_operand(c, "lower", x),
                                         .upper = reference_operand(c, "upper", x)};
    return o;
}

static struct jaxc_scaling_options scaling_of(const struct reference_case *c)
{
    struct jaxc_scaling_options o = {.dtype = options_of(c).dtype,
                                     .in_axis = args_of(c, "in_axis"),
                                     .out_axis = args_of(c, "out_axis"),
                                     .batch_axis = args_of(c, "batch_axis")};
    return o;
}

#define INITIALIZER(name, of)                                                                      \
    static jaxc_value init_##name(const struct reference_case *c, const jaxc_value *x)             \
    {                                                                                              \
        return (jaxc_initializers_##name)(x[0], options_of(c).shape, of);                          \
    }
INITIALIZER(uniform, plain_of(c, x))
INITIALIZER(normal, plain_of(c, x))
INITIALIZER(truncated_normal, plain_of(c, x))
INITIALIZER(glorot_uniform, scaling_of(c))
INITIALIZER(glorot_normal, scaling_of(c))
INITIALIZER(xavier_uniform, scaling_of(c))
INITIALIZER(xavier_normal, scaling_of(c))
INITIALIZER(lecun_uniform, scaling_of(c))
INITIALIZER(lecun_normal, scaling_of(c))
INITIALIZER(he_uniform, scaling_of(c))
INITIALIZER(he_normal, scaling_of(c))
INITIALIZER(kaiming_uniform, scaling_of(c))
INITIALIZER(kaiming_normal, scaling_of(c))

static jaxc_value init_scaling(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_initializers_variance_scaling)(x[0], options_of(c).shape, 0.3,
                                                reference_key(c, "mode"),
                                                reference_key(c, "distribution"), scaling_of(c));
}

static const struct reference_call calls[] = {
    {"exponential", .other = run_exponential},
    {"gumbel", .other = run_gumbel},
    {"laplace", .other = run_laplace},
    {"logistic", .other = run_logistic},
    {"cauchy", .other = run_cauchy},
    {"maxwell", .other = run_maxwell},
    {"rademacher", .other = run_rademacher},
    {"bernoulli", .other = run_bernoulli},
    {"geometric", .other = run_geometric},
    {"randint", .other = run_randint},
    {"lognormal", .other = run_lognormal},
    {"pareto", .other = run_pareto},
    {"rayleigh", .other = run_rayleigh},
    {"wald", .other = run_wald},
    {"truncated_normal", .other = run_truncated_normal},
    {"weibull_min", .other = run_weibull_min},
    {"double_sided_maxwell", .other = run_double_sided_maxwell},
    {"triangular", .other = run_triangular},
    {"permutation", .other = run_permutation},
    {"choice", .other = run_choice},
    {"categorical", .other = run_categorical},
    {"zeros", .other = init_zeros},
    {"ones", .other = init_ones},
    {"constant", .other = init_constant},
    {"init_uniform", .other = init_uniform},
    {"init_normal", .other = init_normal},
    {"init_truncated_normal", .other = init_truncated_normal},
    {"variance_scaling", .other = init_scaling},
    {"glorot_uniform", .other = init_glorot_uniform},
    {"glorot_normal", .other = init_glorot_normal},
    {"xavier_uniform", .other = init_xavier_uniform},
    {"xavier_normal", .other = init_xavier_normal},
    {"lecun_uniform", .other = init_lecun_uniform},
    {"lecun_normal", .other = init_lecun_normal},
    {"he_uniform", .other = init_he_uniform},
    {"he_normal", .other = init_he_normal},
    {"kaiming_uniform", .other = init_kaiming_uniform},
    {"kaiming_normal", .other = init_kaiming_normal},
};

/* ---- the vectors of the semantics file ------------------------------------------------------- */

static void expect_numbers(jaxc_value y, int n, const double *numbers, double tolerance)
{
    jaxc_value wide = jaxc_astype(y, JAXC_F64);
    const double *data = jaxc_data(wide);
    ck_assert_msg(data != NULL, "%s", jaxc_error());
    for (int i = 0; i < n; i++)
        ck_assert_msg(fabs(data[i] - numbers[i]) <= tolerance * (1 + fabs(numbers[i])),
                      "number %d is %.9g, not %.9g", i, data[i], numbers[i]);
}
#define NUMBERS(y, tolerance, ...)                                                                 \
    expect_numbers(y, sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__},   \
                   tolerance)

START_TEST(bits_and_floats_are_those_of_sections_1_4_to_1_6)
{
    jaxc_value zero = jaxc_random_key(0), answer = jaxc_random_key(42);
    struct jaxc_shape five = JAXC_SHAPE(5);
    NUMBERS(jaxc_random_bits(zero, five, JAXC_U16), 0, 20391, 13970, 3624, 43061, 15287);
    NUMBERS(jaxc_random_uniform(answer, five), 1e-9, 0.488709569, 0.679797173, 0.616271496,
            0.561016083, 0.450644612);
    NUMBERS(jaxc_random_uniform(jaxc_random_key(51), JAXC_SHAPE(4)), 1e-7, 0.471269, 0.12344253,
            0.17550635, 0.5663593);
    NUMBERS(jaxc_random_uniform(answer, JAXC_SHAPE(3, 3), JAXC_F32, -5, 5), 5e-3, -0.11, 1.8, 1.16,
            0.61, -0.49, 0.86, -4.25, 2.75, 1.99);
    NUMBERS(jaxc_random_uniform(zero, five, JAXC_F16), 0, 0.310546875, 0.212890625, 0.0546875,
            0.65625, 0.232421875);
    NUMBERS(jaxc_random_uniform(zero, five, JAXC_BF16), 0, 0.6484375, 0.5703125, 0.15625, 0.203125,
            0.7109375);
    NUMBERS(jaxc_random_normal(zero, five), 1e-6, 1.6226421, 2.02526478, -0.433594365,
            -0.0786173571, 0.176090915);
    NUMBERS(jaxc_random_normal(answer, five), 1e-6, -0.0283046179, 0.467131784, 0.295702944,
            0.153545927, -0.124032826);
    NUMBERS(jaxc_random_normal(zero, JAXC_SHAPE(3), JAXC_F64), 1e-12, -0.20584213947964339,
            -0.78476577644674106, 1.8160866726679836);
}
END_TEST

START_TEST(integers_are_those_of_section_1_7)
{
    jaxc_value zero = jaxc_random_key(0);
    NUMBERS(jaxc_random_randint(zero, JAXC_SHAPE(8), 0, 10), 0, 9, 0, 2, 3, 1, 7, 2, 3);
    NUMBERS(jaxc_random_randint(jaxc_random_key(42), JAXC_SHAPE(8), 0, 10), 0, 4, 4, 1, 9, 9, 9, 7,
            7);
    NUMBERS(jaxc_random_randint(zero, JAXC_SHAPE(8), -5, 5), 0, 4, -5, -3, -2, -4, 2, -3, -2);
    NUMBERS(jaxc_random_randint(zero, JAXC_SHAPE(8), -5, 5, JAXC_I8), 0, 4, -5, -3, -2, -4, 2, -3,
            -2);
    NUMBERS(jaxc_random_randint(zero, JAXC_SHAPE(4), 0, 256, JAXC_U8), 0, 101, 80, 200, 61);
    NUMBERS(jaxc_random_randint(zero, JAXC_SHAPE(2), -2147483648LL, 2147483648LL), 0, -2116156571,
            -2057756336);
}
END_TEST

START_TEST(draws_are_those_of_section_1_8)
{
    jaxc_value zero = jaxc_random_key(0);
    struct jaxc_shape five = JAXC_SHAPE(5);
    NUMBERS(jaxc_random_bernoulli(zero, 0.5, .shape = JAXC_SHAPE(8)), 0, 0, 0, 1, 1, 0, 1, 1, 0);
    NUMBERS(jaxc_random_bernoulli(zero, 0.3, .shape = JAXC_SHAPE(8)), 0, 0, 0, 0, 0, 0, 1, 0, 0);
    NUMBERS(jaxc_random_exponential(zero, five), 2e-6, 2.95012818, 3.84342456, 0.403903554,
            0.632369085, 0.843711292);
    NUMBERS(jaxc_random_gumbel(zero, five), 2e-6, 2.92337252, 3.83261766, -0.0968932277,
            0.277257046, 0.575694544);
    NUMBERS(jaxc_random_laplace(zero, five), 2e-6, -2.25698157, -3.15027877, 0.408595462,
            0.0647124229, -0.150564181);
    NUMBERS(jaxc_random_logistic(zero, JAXC_SHAPE(3)), 1e-5, 2.89637608, 3.82177169, -0.697839178);
    NUMBERS(jaxc_random_cauchy(zero, JAXC_SHAPE(3)), 1e-5, 6.02749157, 14.8378836, -0.58172226);
    NUMBERS(jaxc_random_truncated_normal(zero, -2, 2, .shape = JAXC_SHAPE(6)), 2e-6, 1.4559589,
            1.7147486, -0.412675253, -0.0750334346, 0.168000974, -0.912614307);
    NUMBERS(jaxc_random_gamma(zero, 0.8, .shape = five), 1e-5, 1.21525, 1.379843, 0.1745474,
            0.3458212, 0.830512);
    NUMBERS(jaxc_random_gamma(zero, 2.5, .shape = five), 1e-5, 2.078842, 2.272778, 1.544042,
            4.702054, 3.60007);
    NUMBERS(jaxc_random_loggamma(zero, 0.8, .shape = five), 1e-5, 0.1949501, 0.3219694, -1.745559,
            -1.061833, -0.1857128);
    NUMBERS(jaxc_random_beta(zero, 0.8, 0.9, .shape = JAXC_SHAPE(4)), 1e-5, 0.5641241, 0.9613692,
            0.9034658, 0.4405621);
}
END_TEST

START_TEST(orders_and_choices_are_those_of_section_1_8)
{
    jaxc_value zero = jaxc_random_key(0);
    jaxc_value p = jaxc_array((const float[]){.1f, .2f, .7f}, JAXC_F32, JAXC_SHAPE(3));
    NUMBERS(jaxc_random_permutation(zero, 10), 0, 0, 1, 8, 5, 6, 4, 3, 2, 7, 9);
    NUMBERS(jaxc_random_permutation(jaxc_random_key(42), 10), 0, 7, 4, 2, 5, 3, 6, 8, 9, 0, 1);
    NUMBERS(jaxc_random_choice(zero, 5, .shape = JAXC_SHAPE(3), .without_replacement = true), 0, 0,
            1, 4);
    NUMBERS(jaxc_random_choice(zero, 3, .shape = JAXC_SHAPE(8), .p = JAXC_OPERAND(p)), 0, 0, 0, 2,
            2, 2, 2, 2, 2);
    NUMBERS(jaxc_random_categorical(zero, jaxc_log(p), .shape = JAXC_SHAPE(8)), 0, 1, 2, 2, 1, 2, 2,
            2, 2);
}
END_TEST

START_TEST(initializers_are_those_of_section_1_10)
{
    jaxc_value key = jaxc_random_key(42);
    NUMBERS(jaxc_initializers_glorot_uniform(key, JAXC_SHAPE(2, 3)), 2e-6, -0.024736095, 0.39391587,
            0.25473808, 0.13367954, -0.10813224, 0.18812266);
    NUMBERS(jaxc_initializers_he_normal(key, JAXC_SHAPE(2, 3)), 2e-6, -0.030713592, 0.50519315,
            0.32045115, 0.16655723, -0.13455983, 0.23522222);
}
END_TEST

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(samplers_say_what_they_cannot_do)
{
    jaxc_value key = jaxc_random_key(0), x = array_of(JAXC_F32, JAXC_SHAPE(3));
    jaxc_value wide = array_of(JAXC_F64, JAXC_SHAPE(3));
    expect(jaxc_random_gumbel(key, JAXC_SHAPE(2), JAXC_I32), JAXC_EDTYPE, "draws floats, not i32");
    expect(jaxc_random_gumbel(x, JAXC_SHAPE(2)), JAXC_EDTYPE, "a key is u32[2], not f32[3]");
    expect(jaxc_random_maxwell(key, JAXC_SHAPE(1, 1, 1, 1, 1, 1, 1, 1)), JAXC_ELIMIT, "8 axes");
    expect(jaxc_random_randint(key, JAXC_SHAPE(2), 0, 5, JAXC_F32), JAXC_EDTYPE,
           "draws integers, not f32");
    expect(jaxc_random_randint(key, JAXC_SHAPE(2), x, 5), JAXC_ESHAPE, "f32[3]");
    expect(jaxc_random_rademacher(key, JAXC_SHAPE(2), JAXC_BOOL), JAXC_EDTYPE, "not bool");
    expect(jaxc_random_bernoulli(key, 1), JAXC_EDTYPE, "p is a float, not ~i32[]");
    expect(jaxc_random_bernoulli(key, x, .shape = JAXC_SHAPE(2)), JAXC_ESHAPE, "do not broadcast");
    expect(jaxc_random_bernoulli(key, x, .dtype = JAXC_F32), JAXC_EVALUE, "takes no dtype");
    expect(jaxc_random_geometric(key, x, .dtype = JAXC_F32), JAXC_EDTYPE, "draws integers");
    expect(jaxc_random_wald(key, wide), JAXC_EDTYPE, "a parameter f64[3] for draws of f32");
    expect(jaxc_random_lognormal(key, x, .shape = JAXC_SHAPE(3, 1)), JAXC_ESHAPE,
           "parameters of f32[3,3] do not broadcast to f32[3,1]");
    expect(jaxc_random_double_sided_maxwell(key, array_of(JAXC_F32, JAXC_SHAPE(1, 1, 1, 1)), 1,
                                            .shape = JAXC_SHAPE(1, 1, 1, 1, 1)),
           JAXC_ELIMIT, "9 axes");
}
END_TEST

static jaxc_value permuted(jaxc_value n) { return jaxc_random_permutation(jaxc_random_key(0), n); }

START_TEST(choices_say_what_they_cannot_do)
{
    jaxc_value key = jaxc_random_key(0), x = array_of(JAXC_F32, JAXC_SHAPE(3));
    expect(jaxc_random_permutation(key, 2.5), JAXC_EDTYPE, "takes an integer or an array");
    expect(jaxc_random_permutation(key, x, JAXC_AXIS(1)), JAXC_EAXIS, "1");
    expect(jaxc_random_permutation(key, x, JAXC_AXES(0, 0)), JAXC_EAXIS, "one axis, not 2");
    expect(jaxc_call(jaxc_jit(permuted), array_of(JAXC_I32, JAXC_SCALAR)), JAXC_ECONCRETE,
           "the number i32[] is traced: its numbers are not known");
    expect(jaxc_random_choice(key, 0, .shape = JAXC_SHAPE(2)), JAXC_EVALUE, "nothing to choose");
    expect(jaxc_random_choice(key, x, .shape = JAXC_SHAPE(4), .without_replacement = true),
           JAXC_EVALUE, "4 of 3 without replacement");
    expect(jaxc_random_choice(key, 2, .p = JAXC_OPERAND(x)), JAXC_ESHAPE,
           "p is f32[3] for 2 to choose from");
    expect(jaxc_random_categorical(key, array_of(JAXC_I32, JAXC_SHAPE(3))), JAXC_EDTYPE,
           "logits are floats, not i32[3]");
    expect(jaxc_random_categorical(key, array_of(JAXC_F32, JAXC_SHAPE(2, 0))), JAXC_EVALUE,
           "no categories");
    expect(
        jaxc_random_categorical(key, array_of(JAXC_F32, JAXC_SHAPE(2, 3)), .shape = JAXC_SHAPE(3)),
        JAXC_ESHAPE, "shapes do not broadcast: i32[2] and i32[3]");
    expect(jaxc_random_categorical(key, x, .shape = JAXC_SHAPE(4), .without_replacement = true),
           JAXC_EVALUE, "4 of 3 categories");
}
END_TEST

START_TEST(initializers_say_what_they_cannot_do)
{
    jaxc_value key = jaxc_random_key(0);
    expect(jaxc_initializers_he_normal(key, JAXC_SHAPE(3)), JAXC_ESHAPE,
           "no inputs and outputs in f32[3]; give in_axis");
    expect(jaxc_initializers_he_normal(key, JAXC_SHAPE(3, 0)), JAXC_ESHAPE, "nothing in f32[3,0]");
    expect(jaxc_initializers_he_normal(key, JAXC_SHAPE(3, 2), .in_axis = JAXC_ARGS(2)), JAXC_EAXIS,
           "2");
    expect(jaxc_initializers_he_normal(key, JAXC_SHAPE(3, 2), .dtype = JAXC_I32), JAXC_EDTYPE,
           "draws floats");
    expect(jaxc_initializers_variance_scaling(key, JAXC_SHAPE(3, 2), 1, "in", "normal"),
           JAXC_EVALUE, "no mode \"in\"");
    expect(jaxc_initializers_variance_scaling(key, JAXC_SHAPE(3, 2), 1, "fan_in", "gauss"),
           JAXC_EVALUE, "no distribution \"gauss\"");
    expect(jaxc_initializers_normal(key, JAXC_SHAPE(3), .scale = JAXC_OPERAND(1)), JAXC_EVALUE,
           "takes stddev alone");
    expect(jaxc_initializers_uniform(key, JAXC_SHAPE(3), .upper = JAXC_OPERAND(1)), JAXC_EVALUE,
           "takes scale alone");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random_samplers");
    suite_add_tcase(suite, reference_cases("tests/reference/samplers.txt",
                                           sizeof calls / sizeof *calls, calls));
    TCase *others = tcase_create("vectors and errors");
    tcase_add_test(others, bits_and_floats_are_those_of_sections_1_4_to_1_6);
    tcase_add_test(others, integers_are_those_of_section_1_7);
    tcase_add_test(others, draws_are_those_of_section_1_8);
    tcase_add_test(others, orders_and_choices_are_those_of_section_1_8);
    tcase_add_test(others, initializers_are_those_of_section_1_10);
    tcase_add_test(others, samplers_say_what_they_cannot_do);
    tcase_add_test(others, choices_say_what_they_cannot_do);
    tcase_add_test(others, initializers_say_what_they_cannot_do);
    suite_add_tcase(suite, others);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
