/*
 * test_numpy_products.c - the calls of jaxc/products.h: JAX's values and gradients, the programs
 * and plans that einsum makes, and what the messages of errors say.
 */
#include "support/reference_calls.h"
#include "support/refused.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- every case by name ---------------------------------------------------------------------- */

static int number(const struct reference_case *c, const char *key)
{
    return (int)reference_number(c, key);
}

static jaxc_dtype preferred(const struct reference_case *c)
{
    return reference_key(c, "dtype") ? reference_dtype(c) : (jaxc_dtype)0;
}

static jaxc_value run_polyder(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_polyder(x[0], .m = number(c, "m"));
}

static jaxc_value run_polyint(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_polyint(x[0], .m = number(c, "m"), .k = reference_operand(c, "k", x));
}

static jaxc_value run_einsum(const struct reference_case *c, const jaxc_value *x)
{
    char form[64];
    snprintf(form, sizeof form, "%s", reference_key(c, "form"));
    for (char *at = form; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    if (strcmp(form, "none") == 0)
        form[0] = '\0';
    return jaxc_einsum_n(form, reference_n_operands(c), x, preferred(c));
}

static jaxc_value run_tensordot(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_product_options o = {.preferred_element_type = preferred(c)};
    return (jaxc_tensordot)(x[0], x[1], number(c, "n"), o);
}

static struct jaxc_ints ints(const struct reference_case *c, const char *key)
{
    struct jaxc_shape list = reference_shape(c, key);
    struct jaxc_ints y = {.n = list.rank};
    memcpy(y.at, list.dims, sizeof y.at);
    return y;
}

static jaxc_value run_tensordot_axes(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_product_options o = {.preferred_element_type = preferred(c)};
    return (jaxc_tensordot_axes)(x[0], x[1], ints(c, "a"), ints(c, "b"), o);
}

#define OF_AN_AXIS(name)                                                                           \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        return (jaxc_##name)(x[0], x[1], (struct jaxc_axes_options){.axes = reference_axes(c)});   \
    }
OF_AN_AXIS(vecdot)
OF_AN_AXIS(cross)

#define CONVOLUTION(name)                                                                          \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        struct jaxc_convolve_options o = {.mode = reference_key(c, "mode")};                       \
        return (jaxc_##name)(x[0], x[1], o);                                                       \
    }
CONVOLUTION(convolve)
CONVOLUTION(correlate)

static jaxc_value run_norm(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_norm_options o = {.axes = reference_axes(c),
                                  .keepdims = number(c, "keepdims") != 0};
    const char *order = reference_key(c, "ord");
    if (order) {
        o.ord.given = JAXC_GIVEN;
        o.ord.value = jaxc_from_f64(strtod(order, NULL));
    }
    return (jaxc_linalg_norm)(x[0], o);
}

static const struct reference_call calls[] = {
    {"einsum", .other = run_einsum},
    {"tensordot", .other = run_tensordot},
    {"tensordot_axes", .other = run_tensordot_axes},
    {"inner", .two = jaxc_inner},
    {"vdot", .two = jaxc_vdot},
    {"vecdot", .other = run_vecdot},
    {"matvec", .two = jaxc_matvec},
    {"vecmat", .two = jaxc_vecmat},
    {"kron", .two = jaxc_kron},
    {"cross", .other = run_cross},
    {"convolve", .other = run_convolve},
    {"correlate", .other = run_correlate},
    {"polyval", .two = jaxc_polyval},
    {"polyadd", .two = jaxc_polyadd},
    {"polysub", .two = jaxc_polysub},
    {"polymul", .two = jaxc_polymul},
    {"polyder", .other = run_polyder},
    {"polyint", .other = run_polyint},
    {"linalg_norm", .other = run_norm},
};

/* ---- programs and plans ---------------------------------------------------------------------- */

static jaxc_value attend(jaxc_value q, jaxc_value k)
{
    return jaxc_einsum("bqhd,bkhd->bhqk", q, k);
}
static jaxc_value project(jaxc_value x, jaxc_value w)
{
    return jaxc_einsum("bqhd,bkhd->bqk", x, w);
}
static jaxc_value product(jaxc_value x, jaxc_value y)
{
    return jaxc_einsum("abcd,abcd->abcd", x, y);
}
static jaxc_value trace(jaxc_value x, jaxc_value y)
{
    (void)y;
    return jaxc_einsum("abac->bc", x);
}
static jaxc_value other_order(jaxc_value x, jaxc_value y)
{
    return jaxc_einsum("abcd,aefd->aefbc", x, y);
}

/* The program of f on two f32[2,3,2,5] has just these equations. */
static void expect_equations(jaxc_fn f, const char *equations)
{
    char words[512] = "";
    jaxc_value x = jaxc_spec(JAXC_F32, JAXC_SHAPE(2, 3, 2, 5));
    const char *text = jaxc_program(f, x, x);
    ck_assert_msg(text != NULL, "%s", jaxc_error());
    for (const char *at = text; (at = strstr(at, " = ")) != NULL;) {
        at += 3;
        size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, "%s%.*s", used ? " " : "",
                 (int)strcspn(at, "[ \n"), at);
    }
    ck_assert_msg(strcmp(words, equations) == 0, "%s instead of %s:\n%s", words, equations, text);
}

START_TEST(an_einsum_of_two_is_one_product)
{
    expect_equations(JAXC_FN(attend), "dot_general");
    expect_equations(JAXC_FN(project), "dot_general");
    expect_equations(JAXC_FN(product), "mul");
    expect_equations(JAXC_FN(trace), "transpose reshape slice reduce_sum");
    expect_equations(JAXC_FN(other_order), "dot_general");
}
END_TEST

static void expect_plan(const char *got, const char *plan)
{
    ck_assert_msg(strcmp(got, plan) == 0, "%s instead of\n%s", got, plan);
}

START_TEST(plans_take_the_fewest_operations)
{
    jaxc_value a = array_of(JAXC_F32, JAXC_SHAPE(10, 100)),
               b = array_of(JAXC_F32, JAXC_SHAPE(100, 5)),
               c = array_of(JAXC_F32, JAXC_SHAPE(5, 50));
    expect_plan(jaxc_einsum_path("ij,jk,kl->il", a, b, c),
                "ij,jk->ik: 1e+04 operations\nkl,ik->il: 5000 operations\n1.5e+04 operations");
    expect_plan(jaxc_einsum_path("ij,jk", a, b), "ij,jk->ik: 1e+04 operations\n1e+04 operations");
    expect_plan(jaxc_einsum_path("...j->...", a), "0 operations");
    /* beyond 8 operands greedily: from one end of the chain to the other */
    const jaxc_value v[10] = {c, c, c, c, c, c, c, c, c, c};
    const char *plan = jaxc_einsum_path_n("ab,ac,ad,ae,af,ag,ah,ai,aj,ak->a", 10, v);
    ck_assert_msg(strstr(plan, "operations") != NULL, "%s", plan);
    jaxc_value y = jaxc_einsum_n("ab,ac,ad,ae,af,ag,ah,ai,aj,ak->a", 10, v, (jaxc_dtype)0);
    ck_assert_msg(strcmp(jaxc_text(y), "[0 0 0 0 0]") == 0, "%s", jaxc_text(y));
}
END_TEST

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(einsum_says_what_it_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), y = array_of(JAXC_I32, JAXC_SHAPE(4, 2));
    expect(jaxc_einsum("ij,jk->ik", x, y), JAXC_ESHAPE,
           "jaxc_einsum: axis j differs: operand 0 f32[2,3] has 3, operand 1 i32[4,2] has 4");
    expect(jaxc_einsum("...j,...k", x, y), JAXC_ESHAPE, "an axis of ... differs");
    expect(jaxc_einsum("ijk", x), JAXC_ESHAPE, "operand 0 is f32[2,3], its subscripts name 3 axes");
    expect(jaxc_einsum("i", x), JAXC_ESHAPE, "its subscripts name 1 axes");
    expect(jaxc_einsum("ii", x), JAXC_ESHAPE, "axis i differs");
    expect(jaxc_einsum("ij,jk", x), JAXC_EVALUE, "subscripts for 2 operands, not 1");
    expect(jaxc_einsum("ij", x, y), JAXC_EVALUE, "subscripts for 1 operands, not 2");
    expect(jaxc_einsum("i1", x), JAXC_EVALUE, "takes letters");
    expect(jaxc_einsum("i..", x), JAXC_EVALUE, "dots are one ...");
    expect(jaxc_einsum("......", x), JAXC_EVALUE, "dots are one ...");
    expect(jaxc_einsum("ij-ij", x), JAXC_EVALUE, "- without >");
    expect(jaxc_einsum("ij->k", x), JAXC_EVALUE,
           "\"ij->k\": the result has a letter of no operand");
    expect(jaxc_einsum("ij->ii", x), JAXC_EVALUE, "the result has a letter twice");
    expect(jaxc_einsum("ij->i,j", x), JAXC_EVALUE, "one -> and one result");
    expect(jaxc_einsum(NULL, x), JAXC_EVALUE, "no subscripts");
    expect(jaxc_einsum_n("", 0, NULL, (jaxc_dtype)0), JAXC_EVALUE, "0 operands");
    expect(jaxc_einsum("ij,kl,mn,op,qr->ijklmnopqr", x, x, x, x, x), JAXC_ELIMIT, "10 axes");
    expect(jaxc_einsum("ij,kj", x, jaxc_tuple(x)), JAXC_ETREE, "");
    ck_assert_str_eq(jaxc_einsum_path("ij", x, x), "?");
    jaxc_clear_error();
}
END_TEST

START_TEST(products_say_what_they_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), y = array_of(JAXC_I32, JAXC_SHAPE(4, 2));
    jaxc_value deep = array_of(JAXC_F32, JAXC_SHAPE(2, 2, 2, 2, 2));
    expect(jaxc_tensordot(x, y, 1), JAXC_ESHAPE,
           "axis 1 of a f32[2,3] has 3, axis 0 of b i32[4,2] 4");
    expect(jaxc_tensordot(x, y, 3), JAXC_EAXIS, "3 axes of f32[2,3] and i32[4,2]");
    expect(jaxc_tensordot_axes(x, y, JAXC_INTS(0), JAXC_INTS(0, 1)), JAXC_EAXIS,
           "1 axes of a, 2 of b");
    expect(jaxc_tensordot_axes(x, y, JAXC_INTS(0, 0), JAXC_INTS(0, 1)), JAXC_EAXIS, "given twice");
    expect(jaxc_tensordot_axes(x, y, JAXC_INTS(2), JAXC_INTS(0)), JAXC_EAXIS, "axis 2");
    expect(jaxc_tensordot(x, x, 0, .preferred_element_type = (jaxc_dtype)99), JAXC_EDTYPE,
           "no dtype");
    expect(jaxc_inner(x, y), JAXC_ESHAPE, "axis 1 of a f32[2,3] has 3");
    expect(jaxc_vdot(x, y), JAXC_ESHAPE, "has 6");
    expect(jaxc_vecdot(x, y), JAXC_ESHAPE, "k differs: a f32[2,3] has 3, b i32[4,2] has 2");
    expect(jaxc_matvec(x, jaxc_sum(y)), JAXC_ESHAPE, "too few axes: f32[2,3] and i32[]");
    expect(jaxc_vecmat(x, y), JAXC_ESHAPE, "k differs");
    expect(jaxc_kron(deep, deep), JAXC_ELIMIT, "10 axes on the way");
    expect(jaxc_cross(x, y), JAXC_ESHAPE, "do not broadcast");
    expect(jaxc_cross(x, deep, JAXC_AXIS(4)), JAXC_EAXIS, "axis 4");
    expect(jaxc_cross(x, array_of(JAXC_F32, JAXC_SHAPE(2, 4))), JAXC_ESHAPE, "2 or 3 components");
    expect(jaxc_convolve(x, y), JAXC_ESHAPE, "takes vectors, not f32[2,3] and i32[4,2]");
    expect(jaxc_convolve(jaxc_arange(0), jaxc_arange(3)), JAXC_EVALUE, "an empty vector: i32[0]");
    expect(jaxc_correlate(jaxc_arange(2), jaxc_arange(3), .mode = "some"), JAXC_EVALUE, "\"some\"");
    expect(jaxc_polyder(x), JAXC_ESHAPE, "f32[2,3] is no vector of coefficients");
    expect(jaxc_polyder(jaxc_arange(3), .m = -1), JAXC_EVALUE, "jaxc_polyder: -1 times");
    expect(jaxc_polyint(jaxc_arange(3), .m = 3, .k = JAXC_OPERAND(jaxc_arange(2))), JAXC_ESHAPE,
           "k is a number or 3 of them, not");
    expect(jaxc_polyadd(x, jaxc_arange(3)), JAXC_ESHAPE, "f32[2,3] is no vector of coefficients");
    expect(jaxc_linalg_norm(x, .ord = JAXC_OPERAND(2)), JAXC_EUNSUPPORTED, "needs singular values");
    expect(jaxc_linalg_norm(x, .ord = JAXC_OPERAND(3)), JAXC_EVALUE, "no order 3 of a matrix");
    expect(jaxc_linalg_norm(x, .ord = JAXC_OPERAND(x)), JAXC_EVALUE, "ord is a C number");
    expect(jaxc_linalg_norm(deep, JAXC_AXES(0, 1, 2)), JAXC_EAXIS, "of one axis or two, not 3");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numpy_products");
    suite_add_tcase(suite, reference_cases("tests/reference/products.txt",
                                           sizeof calls / sizeof *calls, calls));
    TCase *programs = tcase_create("programs");
    tcase_add_test(programs, an_einsum_of_two_is_one_product);
    tcase_add_test(programs, plans_take_the_fewest_operations);
    suite_add_tcase(suite, programs);
    TCase *errors = tcase_create("errors");
    tcase_add_test(errors, einsum_says_what_it_cannot_do);
    tcase_add_test(errors, products_say_what_they_cannot_do);
    suite_add_tcase(suite, errors);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
