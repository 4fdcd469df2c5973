/*
 * test_nn.c - the calls of jaxc/nn.h that tests/test_numpy.c leaves: JAX's values and gradients, and
 * what the messages of errors say.
 */
#include "support/reference_calls.h"
#include "support/refused.h"

#include <check.h>
#include <string.h>

/* ---- every case by name ---------------------------------------------------------------------- */

typedef jaxc_value (*activation)(jaxc_value, struct jaxc_nn_activation_options);

static jaxc_value activation_of(activation f, const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_nn_activation_options o = {.alpha = reference_operand(c, "alpha", x),
                                           .negative_slope =
                                               reference_operand(c, "negative_slope", x),
                                           .b = reference_operand(c, "b", x)};
    return f(x[0], o);
}

#define RUN(name)                                                                                  \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        return activation_of(jaxc_nn_##name, c, x);                                                \
    }
RUN(elu)
RUN(celu)
RUN(leaky_relu)
RUN(squareplus)

static jaxc_value exact_gelu(jaxc_value x) { return jaxc_nn_gelu(x, .exact = true); }
static jaxc_value elu(jaxc_value x) { return jaxc_nn_elu(x); }

/* The second derivative of each element. */
#define SECOND(name, f)                                                                            \
    static jaxc_value name##_sum(jaxc_value x) { return jaxc_sum(f(x)); }                          \
    static jaxc_value name##_slopes(jaxc_value x)                                                  \
    {                                                                                              \
        return jaxc_sum(jaxc_call(jaxc_grad(name##_sum), x));                                      \
    }                                                                                              \
    static jaxc_value name##_second(jaxc_value x) { return jaxc_call(jaxc_grad(name##_slopes), x); }
SECOND(elu, elu)
SECOND(mish, jaxc_nn_mish)
SECOND(relu6, jaxc_nn_relu6)
SECOND(exact_gelu, exact_gelu)

static jaxc_value run_standardize(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_nn_standardize_options o = {.axes = reference_axes(c),
                                            .mean = reference_operand(c, "mean", x),
                                            .variance = reference_operand(c, "variance", x),
                                            .epsilon = reference_operand(c, "epsilon", x),
                                            .where = reference_operand(c, "where", x),
                                            .algorithm = reference_key(c, "algorithm")};
    return (jaxc_nn_standardize)(x[0], o);
}

static jaxc_value run_attention(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_shape window = {0};
    if (reference_key(c, "window"))
        window = reference_shape(c, "window");
    struct jaxc_nn_attention_options o = {
        .bias = reference_operand(c, "bias", x),
        .mask = reference_operand(c, "mask", x),
        .scale = reference_operand(c, "scale", x),
        .query_seq_lengths = reference_operand(c, "query_seq_lengths", x),
        .key_value_seq_lengths = reference_operand(c, "key_value_seq_lengths", x),
        .local_window_size = {window.rank, {window.dims[0], window.dims[1]}},
        .is_causal = reference_number(c, "is_causal") != 0};
    return (jaxc_nn_dot_product_attention)(x[0], x[1], x[2], o);
}

#define ONE(name)                                                                                  \
    {                                                                                              \
#name, .one = jaxc_nn_##name                                                               \
    }
#define OTHER(name)                                                                                \
    {                                                                                              \
#name, .other = run_##name                                                                 \
    }

static const struct reference_call calls[] = {
    ONE(identity),
    ONE(relu6),
    ONE(hard_tanh),
    ONE(hard_sigmoid),
    ONE(hard_silu),
    ONE(hard_swish),
    ONE(sparse_plus),
    ONE(sparse_sigmoid),
    ONE(selu),
    ONE(swish),
    ONE(log_sigmoid),
    ONE(mish),
    ONE(soft_sign),
    ONE(log1mexp),
    ONE(softplus),
    ONE(relu),
    {"exact_gelu", .one = exact_gelu},
    OTHER(elu),
    OTHER(celu),
    OTHER(leaky_relu),
    OTHER(squareplus),
    {"elu_second", .one = elu_second},
    {"mish_second", .one = mish_second},
    {"relu6_second", .one = relu6_second},
    {"exact_gelu_second", .one = exact_gelu_second},
    {"glu", .axes = jaxc_nn_glu},
    {"softmax", .reduce = jaxc_nn_softmax},
    {"log_softmax", .reduce = jaxc_nn_log_softmax},
    {"logmeanexp", .reduce = jaxc_nn_logmeanexp},
    OTHER(standardize),
    OTHER(attention),
};

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(activations_say_what_they_do_not_take)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), pair = array_of(JAXC_F32, JAXC_SHAPE(2)),
               i = array_of(JAXC_I32, JAXC_SHAPE(4));
    expect(jaxc_nn_elu(x, .exact = true), JAXC_EVALUE, "jaxc_nn_elu: takes no exact");
    expect(jaxc_nn_gelu(x, .alpha = JAXC_OPERAND(1)), JAXC_EVALUE, "takes no alpha");
    expect(jaxc_nn_celu(x, .b = JAXC_OPERAND(1)), JAXC_EVALUE, "takes no b");
    expect(jaxc_nn_squareplus(x, .negative_slope = JAXC_OPERAND(1)), JAXC_EVALUE,
           "takes no negative_slope");
    expect(jaxc_nn_elu(x, .alpha = JAXC_OPERAND(pair)), JAXC_ESHAPE, "f32[2] and f32[2,3]");
    expect(jaxc_nn_glu(x), JAXC_ESHAPE, "jaxc_nn_glu: axis 1 of f32[2,3] has no halves");
    expect(jaxc_nn_glu(x, JAXC_AXES(0, 1)), JAXC_EAXIS, "takes one axis, not 2");
    expect(jaxc_nn_glu(i), JAXC_EDTYPE, "i32[2]");
    expect(jaxc_nn_glu(1.0), JAXC_EAXIS, "");
}
END_TEST

START_TEST(normalisations_say_what_they_do_not_take)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), mask = array_of(JAXC_BOOL, JAXC_SHAPE(2));
    expect(jaxc_nn_softmax(x, .keepdims = true), JAXC_EVALUE, "takes no keepdims");
    expect(jaxc_nn_log_softmax(x, .initial = JAXC_OPERAND(0)), JAXC_EVALUE, "takes no initial");
    expect(jaxc_nn_softmax(x, .where = JAXC_OPERAND(mask)), JAXC_ESHAPE,
           "shapes do not broadcast: f32[2,3] and bool[2]");
    expect(jaxc_nn_softmax(mask, .where = JAXC_OPERAND(x)), JAXC_ESHAPE, "");
    expect(jaxc_nn_softmax(array_of(JAXC_F32, JAXC_SHAPE(2)),
                           .where = JAXC_OPERAND(array_of(JAXC_BOOL, JAXC_SHAPE(3, 2)))),
           JAXC_ESHAPE, "where, bool[3,2], does not broadcast to f32[2]");
    expect(jaxc_nn_logmeanexp(x, .initial = JAXC_OPERAND(0)), JAXC_EVALUE, "takes no initial");
    expect(jaxc_nn_standardize(x, .algorithm = "best"), JAXC_EVALUE,
           "no algorithm \"best\": \"fast\" or \"stable\"");
}
END_TEST

START_TEST(attention_names_the_operands_that_do_not_match)
{
    jaxc_value q = array_of(JAXC_F32, JAXC_SHAPE(1, 3, 4, 2)),
               k = array_of(JAXC_F32, JAXC_SHAPE(1, 5, 2, 2)),
               three = array_of(JAXC_F32, JAXC_SHAPE(1, 5, 3, 2)),
               wide = array_of(JAXC_F64, JAXC_SHAPE(1, 5, 2, 2)),
               deep = array_of(JAXC_F32, JAXC_SHAPE(1, 1, 1, 1, 1));
    expect(jaxc_nn_dot_product_attention(q, k, three), JAXC_ESHAPE,
           "query f32[1,3,4,2], key f32[1,5,2,2] and value f32[1,5,3,2] do not match");
    expect(jaxc_nn_dot_product_attention(q, three, three), JAXC_ESHAPE,
           "heads of query f32[1,3,4,2] are no multiple of those of key f32[1,5,3,2]");
    expect(jaxc_nn_dot_product_attention(q, wide, wide), JAXC_EDTYPE, "no floats of one dtype");
    expect(jaxc_nn_dot_product_attention(deep, k, k), JAXC_ESHAPE, "query has more than four axes");
    expect(jaxc_nn_dot_product_attention(q, k, k, .mask = JAXC_OPERAND(q)), JAXC_EDTYPE,
           "the mask is f32, not bool");
    expect(jaxc_nn_dot_product_attention(q, k, k, .bias = JAXC_OPERAND(q)), JAXC_ESHAPE,
           "bias, f32[1,3,4,2], does not broadcast to [1,4,3,5]");
    expect(jaxc_nn_dot_product_attention(q, k, k, .local_window_size = JAXC_INTS(1, 2, 3)),
           JAXC_EVALUE, "one or two numbers, not 3");
    expect(jaxc_nn_dot_product_attention(q, k, k, .query_seq_lengths = JAXC_OPERAND(3)),
           JAXC_ESHAPE, "query_seq_lengths is ~i32[], not i32[1]");
    expect(jaxc_nn_dot_product_attention(q, k, k, .key_value_seq_lengths = JAXC_OPERAND(q)),
           JAXC_EDTYPE, "key_value_seq_lengths is f32[1,3,4,2], not i32[1]");
}
END_TEST

START_TEST(activations_with_options_are_functions_of_one_value)
{
    jaxc_value x = JAXC_VAL(-1.0);
    ck_assert_double_eq_tol(jaxc_item(jaxc_call(jaxc_grad(jaxc_nn_elu), x)), 0.36787944, 1e-6);
    ck_assert_double_eq_tol(jaxc_item(jaxc_call(jaxc_jit(jaxc_nn_gelu), x)), -0.158808, 1e-5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nn");
    suite_add_tcase(suite,
                    reference_cases("tests/reference/nn.txt", sizeof calls / sizeof *calls, calls));
    TCase *errors = tcase_create("errors");
    tcase_add_test(errors, activations_say_what_they_do_not_take);
    tcase_add_test(errors, normalisations_say_what_they_do_not_take);
    tcase_add_test(errors, attention_names_the_operands_that_do_not_match);
    tcase_add_test(errors, activations_with_options_are_functions_of_one_value);
    suite_add_tcase(suite, errors);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
