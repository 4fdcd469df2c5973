/*
 * test_numpy_elementwise.c - rounding, remainders, predicates, formulas and other names of
 * jaxc/numpy.h: JAX's values and gradients, and what the messages of errors say.
 */
#include "support/reference_calls.h"
#include "support/refused.h"

#include <check.h>
#include <string.h>

/* ---- every case by name ---------------------------------------------------------------------- */

static jaxc_value part_of(const struct reference_case *c, jaxc_value pair)
{
    return jaxc_get_index(pair, reference_number(c, "part"));
}

static jaxc_value run_divmod(const struct reference_case *c, const jaxc_value *x)
{
    return part_of(c, jaxc_divmod(x[0], x[1]));
}

static jaxc_value run_modf(const struct reference_case *c, const jaxc_value *x)
{
    return part_of(c, jaxc_modf(x[0]));
}

static jaxc_value run_frexp(const struct reference_case *c, const jaxc_value *x)
{
    return part_of(c, jaxc_frexp(x[0]));
}

static jaxc_value run_round(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_round(x[0], .decimals = (int)reference_number(c, "decimals"));
}

static jaxc_value run_around(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_around(x[0], .decimals = (int)reference_number(c, "decimals"));
}

static struct jaxc_isclose_options closeness(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_isclose_options o = {.rtol = reference_operand(c, "rtol", x),
                                     .atol = reference_operand(c, "atol", x),
                                     .equal_nan = reference_number(c, "equal_nan") != 0};
    return o;
}

static jaxc_value run_isclose(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_isclose)(x[0], x[1], closeness(c, x));
}

static jaxc_value run_allclose(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_allclose)(x[0], x[1], closeness(c, x));
}

static jaxc_value run_array_equal(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_array_equal(x[0], x[1], .equal_nan = reference_number(c, "equal_nan") != 0);
}

static jaxc_value run_nan_to_num(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_nan_to_num_options o = {.nan = reference_operand(c, "nan", x),
                                        .posinf = reference_operand(c, "posinf", x),
                                        .neginf = reference_operand(c, "neginf", x)};
    return (jaxc_nan_to_num)(x[0], o);
}

static jaxc_value run_select(const struct reference_case *c, const jaxc_value *x)
{
    int n = reference_n_operands(c) / 2;
    return jaxc_select(jaxc_tuple_n(n, x), jaxc_tuple_n(n, x + n), x[2 * n]);
}

static jaxc_value sinc_sum(jaxc_value x) { return jaxc_sum(jaxc_sinc(x)); }
static jaxc_value sinc_slope_sum(jaxc_value x)
{
    return jaxc_sum(jaxc_call(jaxc_grad(sinc_sum), x));
}

static jaxc_value run_sinc_second(const struct reference_case *c, const jaxc_value *x)
{
    (void)c;
    return jaxc_call(jaxc_grad(sinc_slope_sum), x[0]);
}

#define ONE(name)                                                                                  \
    {                                                                                              \
#name, .one = jaxc_##name                                                                  \
    }
#define TWO(name)                                                                                  \
    {                                                                                              \
#name, .two = jaxc_##name                                                                  \
    }
#define OTHER(name)                                                                                \
    {                                                                                              \
#name, .other = run_##name                                                                 \
    }

static const struct reference_call calls[] = {
    ONE(negative),
    ONE(positive),
    ONE(absolute),
    ONE(fabs),
    ONE(floor),
    ONE(ceil),
    ONE(trunc),
    ONE(rint),
    ONE(isnan),
    ONE(isfinite),
    ONE(isinf),
    ONE(isposinf),
    ONE(isneginf),
    ONE(signbit),
    ONE(invert),
    ONE(bitwise_invert),
    ONE(bitwise_count),
    ONE(reciprocal),
    ONE(log2),
    ONE(log10),
    ONE(deg2rad),
    ONE(radians),
    ONE(rad2deg),
    ONE(degrees),
    ONE(sinc),
    ONE(i0),
    ONE(spacing),
    TWO(subtract),
    TWO(multiply),
    TWO(divide),
    TWO(true_divide),
    TWO(floor_divide),
    TWO(remainder),
    TWO(mod),
    TWO(fmod),
    TWO(fmax),
    TWO(fmin),
    TWO(gcd),
    TWO(lcm),
    TWO(pow),
    TWO(float_power),
    TWO(copysign),
    TWO(ldexp),
    TWO(heaviside),
    TWO(hypot),
    TWO(logaddexp),
    TWO(logaddexp2),
    TWO(logical_xor),
    TWO(bitwise_left_shift),
    TWO(bitwise_right_shift),
    TWO(array_equiv),
    {"clip", .three = jaxc_clip},
    OTHER(divmod),
    OTHER(modf),
    OTHER(frexp),
    OTHER(round),
    OTHER(around),
    OTHER(isclose),
    OTHER(allclose),
    OTHER(array_equal),
    OTHER(nan_to_num),
    OTHER(select),
    OTHER(sinc_second),
};

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(operands_that_do_not_fit_are_named)
{
    jaxc_value a = array_of(JAXC_F32, JAXC_SHAPE(3)), b = array_of(JAXC_U8, JAXC_SHAPE(2));
    const char *text = "shapes do not broadcast: f32[3] and u8[2]";
    expect(jaxc_subtract(a, b), JAXC_ESHAPE, "jaxc_subtract: shapes do not broadcast");
    expect(jaxc_floor_divide(a, b), JAXC_ESHAPE, text);
    expect(jaxc_divmod(a, b), JAXC_ESHAPE, text);
    expect(jaxc_fmod(a, b), JAXC_ESHAPE, text);
    expect(jaxc_ldexp(a, b), JAXC_ESHAPE, text);
    expect(jaxc_hypot(a, b), JAXC_ESHAPE, text);
    expect(jaxc_isclose(a, b), JAXC_ESHAPE, text);
    expect(jaxc_isclose(a, a, .rtol = JAXC_OPERAND(array_of(JAXC_F32, JAXC_SHAPE(2)))), JAXC_ESHAPE,
           "f32[2] and f32[3]");
    expect(jaxc_clip(a, b, 1), JAXC_ESHAPE, "u8[2] and f32[3]");
    expect(jaxc_gcd(b, array_of(JAXC_U8, JAXC_SHAPE(3))), JAXC_ESHAPE, "u8[2] and u8[3]");
    expect(jaxc_nan_to_num(a, .nan = JAXC_OPERAND(b)), JAXC_ESHAPE, "f32[2]");
}
END_TEST

START_TEST(dtypes_that_are_not_taken_are_named)
{
    jaxc_value f = array_of(JAXC_F32, JAXC_SHAPE(3)), b = array_of(JAXC_BOOL, JAXC_SHAPE(3)),
               i = array_of(JAXC_I32, JAXC_SHAPE(3));
    expect(jaxc_gcd(f, i), JAXC_EDTYPE, "jaxc_gcd: of integers, not f32");
    expect(jaxc_lcm(b, b), JAXC_EDTYPE, "jaxc_lcm: of integers, not bool");
    expect(jaxc_ldexp(f, f), JAXC_EDTYPE, "jaxc_ldexp: the exponent is f32[3], no integer");
    expect(jaxc_round(b), JAXC_EDTYPE, "jaxc_round: bool to 0 decimals");
    expect(jaxc_around(i, .decimals = -1), JAXC_EVALUE, "jaxc_around: i32 to -1 decimals");
    expect(jaxc_negative(b), JAXC_EDTYPE, "bool[3]");
    expect(jaxc_bitwise_count(f), JAXC_EDTYPE, "f32[3]");
    expect(jaxc_subtract(b, b), JAXC_EDTYPE, "bool[3]");
}
END_TEST

START_TEST(choices_that_do_not_match_their_conditions_are_refused)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(3)), c = array_of(JAXC_BOOL, JAXC_SHAPE(3));
    expect(jaxc_select(jaxc_tuple(c, c), jaxc_tuple(x), 0), JAXC_ETREE,
           "jaxc_select: 2 conditions and 1 choices");
    expect(jaxc_select(c, jaxc_tuple(x), 0), JAXC_ETREE, "jaxc_select: takes a tuple, not bool[3]");
    expect(jaxc_select(jaxc_tuple(c), jaxc_dict("x", x), 0), JAXC_ETREE,
           "takes a tuple, not {\"x\": f32[3]}");
    expect(jaxc_select(jaxc_tuple_n(0, NULL), jaxc_tuple_n(0, NULL), 0), JAXC_ETREE,
           "0 conditions and 0 choices");
    expect(jaxc_select(jaxc_tuple(array_of(JAXC_BOOL, JAXC_SHAPE(2))), jaxc_tuple(x), 0),
           JAXC_ESHAPE, "bool[2], f32[3] and");
    expect(jaxc_select(jaxc_tuple(c), jaxc_tuple(jaxc_tuple(x)), 0), JAXC_ETREE, "tuple");
}
END_TEST

START_TEST(what_is_unchanged_has_its_own_handle)
{
    jaxc_value x = array_of(JAXC_I32, JAXC_SHAPE(2)), f = array_of(JAXC_F32, JAXC_SHAPE(2));
    jaxc_value same[] = {
        jaxc_floor(x),    jaxc_ceil(x),       jaxc_trunc(x),    jaxc_round(x),
        jaxc_positive(x), jaxc_nan_to_num(x), jaxc_positive(f), jaxc_round(f, .decimals = 60)};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        ck_assert_msg(jaxc_ok(same[i]) && same[i].slot != x.slot && same[i].slot != f.slot,
                      "number %zu", i);
}
END_TEST

START_TEST(spacing_has_no_derivative)
{
    jaxc_value x = JAXC_VAL(1.5);
    ck_assert(!jaxc_ok(jaxc_call(jaxc_grad(jaxc_spacing), x)));
    ck_assert_int_eq(jaxc_error_code(), JAXC_ENORULE);
    jaxc_clear_error();
}
END_TEST

static const jaxc_dtype dtypes[] = {JAXC_BOOL, JAXC_U8,  JAXC_U16, JAXC_U32, JAXC_U64,
                                    JAXC_I8,   JAXC_I16, JAXC_I32, JAXC_I64, JAXC_F16,
                                    JAXC_BF16, JAXC_F32, JAXC_F64};
enum { N_DTYPES = sizeof dtypes / sizeof *dtypes };

START_TEST(dtypes_promote_as_the_operands_of_sums_do)
{
    for (int i = 0; i < N_DTYPES; i++) {
        jaxc_value x = array_of(dtypes[i], JAXC_SHAPE(2));
        for (int j = 0; j < N_DTYPES; j++) {
            jaxc_value y = array_of(dtypes[j], JAXC_SHAPE(2));
            jaxc_dtype sum = jaxc_dtype_of(jaxc_add(x, y));
            ck_assert_int_eq(jaxc_promote_types(dtypes[i], dtypes[j]), sum);
            ck_assert_int_eq(jaxc_result_type(x, y), sum);
        }
        ck_assert_int_eq(jaxc_result_type(x, 1), jaxc_dtype_of(jaxc_add(x, 1)));
        ck_assert_int_eq(jaxc_result_type(1.5, x), jaxc_dtype_of(jaxc_add(1.5, x)));
    }
    ck_assert_int_eq(jaxc_promote_types(JAXC_C64, JAXC_F64), JAXC_C128);
    ck_assert(jaxc_ok(array_of(JAXC_F32, JAXC_SHAPE(1))) && !jaxc_error());
    ck_assert_int_eq(jaxc_promote_types((jaxc_dtype)0, JAXC_F32), 0);
    ck_assert_ptr_nonnull(strstr(jaxc_error(), "jaxc_promote_types: 0 is no dtype"));
    jaxc_clear_error();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numpy_elementwise");
    suite_add_tcase(suite, reference_cases("tests/reference/elementwise.txt",
                                           sizeof calls / sizeof *calls, calls));
    TCase *errors = tcase_create("errors");
    tcase_add_test(errors, operands_that_do_not_fit_are_named);
    tcase_add_test(errors, dtypes_that_are_not_taken_are_named);
    tcase_add_test(errors, choices_that_do_not_match_their_conditions_are_refused);
    tcase_add_test(errors, what_is_unchanged_has_its_own_handle);
    tcase_add_test(errors, spacing_has_no_derivative);
    tcase_add_test(errors, dtypes_promote_as_the_operands_of_sums_do);
    suite_add_tcase(suite, errors);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
