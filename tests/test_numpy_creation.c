/*
 * test_numpy_creation.c - new arrays, diagonals and triangles, arithmetic along axes: JAX's values
 * and gradients, and what the messages of errors say.
 */
#include "support/reference_calls.h"
#include "support/refused.h"

#include <check.h>
#include <string.h>

/* ---- every case by name ---------------------------------------------------------------------- */

static int number(const struct reference_case *c, const char *key)
{
    return (int)reference_number(c, key);
}

static jaxc_dtype dtype_of(const struct reference_case *c)
{
    return reference_key(c, "dtype") ? reference_dtype(c) : (jaxc_dtype)0;
}

/* A part of a tuple, if the case names one. */
static jaxc_value part_of(const struct reference_case *c, jaxc_value y)
{
    return reference_key(c, "part") ? jaxc_get(y, number(c, "part")) : y;
}

#define SPACE(name)                                                                                \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        struct jaxc_space_options o = {.axes = reference_axes(c),                                  \
                                       .no_endpoint = number(c, "open") != 0,                      \
                                       .dtype = dtype_of(c),                                       \
                                       .base = reference_operand(c, "base", x)};                   \
        return (jaxc_##name)(x[0], x[1], number(c, "n"), o);                                       \
    }
SPACE(linspace)
SPACE(logspace)
SPACE(geomspace)

static jaxc_value run_identity(const struct reference_case *c, const jaxc_value *x)
{
    (void)x;
    return (jaxc_identity)(number(c, "n"), dtype_of(c));
}

static jaxc_value run_empty(const struct reference_case *c, const jaxc_value *x)
{
    (void)x;
    return (jaxc_empty)(reference_shape(c, "shape"), dtype_of(c));
}

static jaxc_value run_empty_like(const struct reference_case *c, const jaxc_value *x)
{
    return (jaxc_empty_like)(x[0], dtype_of(c));
}

static jaxc_value run_shape_indices(const struct reference_case *c, const jaxc_value *x)
{
    (void)x;
    struct jaxc_shape_indices_options o = {.dtype = dtype_of(c),
                                           .sparse = number(c, "sparse") != 0};
    return part_of(c, (jaxc_shape_indices)(reference_shape(c, "shape"), o));
}

static jaxc_value run_vander(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_vander_options o = {.n = number(c, "n"), .increasing = number(c, "up") != 0};
    return (jaxc_vander)(x[0], o);
}

#define WINDOW(name)                                                                               \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        (void)x;                                                                                   \
        return (jaxc_##name)(number(c, "n"));                                                      \
    }
WINDOW(hanning)
WINDOW(hamming)
WINDOW(blackman)
WINDOW(bartlett)

static jaxc_value run_kaiser(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_kaiser(number(c, "n"), x[0]);
}

#define DIAGONAL(name)                                                                             \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        struct jaxc_diagonal_options o = {.offset = number(c, "k"), .axes = reference_axes(c)};    \
        return (jaxc_##name)(x[0], o);                                                             \
    }
DIAGONAL(diagonal)
DIAGONAL(trace)

#define OF_K(name)                                                                                 \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        return (jaxc_##name)(x[0], (struct jaxc_k_options){.k = number(c, "k")});                  \
    }
OF_K(diag)
OF_K(diagflat)
OF_K(tril)
OF_K(triu)

#define TRIANGLE(name)                                                                             \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        (void)x;                                                                                   \
        struct jaxc_tri_options o = {                                                              \
            .m = number(c, "m"), .k = number(c, "k"), .dtype = dtype_of(c)};                       \
        return part_of(c, (jaxc_##name)(number(c, "n"), o));                                       \
    }
TRIANGLE(tri)
TRIANGLE(tril_indices)
TRIANGLE(triu_indices)

#define OF_ARRAY(name)                                                                             \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        struct jaxc_k_options o = {.k = number(c, "k")};                                           \
        return part_of(c, (jaxc_##name)(x[0], o));                                                 \
    }
OF_ARRAY(tril_indices_from)
OF_ARRAY(triu_indices_from)

static jaxc_value run_diag_indices_from(const struct reference_case *c, const jaxc_value *x)
{
    return part_of(c, (jaxc_diag_indices_from)(x[0]));
}

static jaxc_value run_diag_indices(const struct reference_case *c, const jaxc_value *x)
{
    (void)x;
    return part_of(c, (jaxc_diag_indices)(number(c, "n"), number(c, "axes_n")));
}

#define CUMULATIVE(name)                                                                           \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        struct jaxc_cumulative_options o = {.axes = reference_axes(c),                             \
                                            .dtype = dtype_of(c),                                  \
                                            .include_initial = number(c, "first") != 0};           \
        return (jaxc_##name)(x[0], o);                                                             \
    }
CUMULATIVE(cumsum)
CUMULATIVE(cumprod)
CUMULATIVE(nancumsum)
CUMULATIVE(nancumprod)
CUMULATIVE(cumulative_sum)
CUMULATIVE(cumulative_prod)

static jaxc_value run_diff(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_diff_options o = {.axes = reference_axes(c),
                                  .n = number(c, "n"),
                                  .prepend = reference_operand(c, "prepend", x),
                                  .append = reference_operand(c, "append", x)};
    return (jaxc_diff)(x[0], o);
}

static jaxc_value run_ediff1d(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_ediff1d_options o = {.to_end = reference_operand(c, "end", x),
                                     .to_begin = reference_operand(c, "begin", x)};
    return (jaxc_ediff1d)(x[0], o);
}

static jaxc_value run_gradient(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_gradient_options o = {.axes = reference_axes(c),
                                      .spacing = reference_operand(c, "spacing", x)};
    if (reference_key(c, "pair")) {
        o.spacing.given = JAXC_GIVEN;
        o.spacing.value = jaxc_tuple(x[1], x[2]);
    }
    return part_of(c, (jaxc_gradient)(x[0], o));
}

static jaxc_value run_trapezoid(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_trapezoid_options o = {.axes = reference_axes(c),
                                       .x = reference_operand(c, "x", x),
                                       .dx = reference_operand(c, "dx", x)};
    return (jaxc_trapezoid)(x[0], o);
}

static jaxc_value run_interp(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_interp_options o = {.left = reference_operand(c, "left", x),
                                    .right = reference_operand(c, "right", x),
                                    .extrapolate_left = number(c, "more") != 0,
                                    .extrapolate_right = number(c, "more") != 0,
                                    .period = reference_operand(c, "period", x)};
    return (jaxc_interp)(x[0], x[1], x[2], o);
}

static jaxc_value run_unwrap(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_unwrap_options o = {.axes = reference_axes(c),
                                    .discont = reference_operand(c, "discont", x),
                                    .period = reference_operand(c, "period", x)};
    return (jaxc_unwrap)(x[0], o);
}

static const struct reference_call calls[] = {
    {"cumsum", .other = run_cumsum},
    {"cumprod", .other = run_cumprod},
    {"nancumsum", .other = run_nancumsum},
    {"nancumprod", .other = run_nancumprod},
    {"cumulative_sum", .other = run_cumulative_sum},
    {"cumulative_prod", .other = run_cumulative_prod},
    {"diff", .other = run_diff},
    {"ediff1d", .other = run_ediff1d},
    {"gradient", .other = run_gradient},
    {"trapezoid", .other = run_trapezoid},
    {"interp", .other = run_interp},
    {"unwrap", .other = run_unwrap},
    {"linspace", .other = run_linspace},
    {"logspace", .other = run_logspace},
    {"geomspace", .other = run_geomspace},
    {"identity", .other = run_identity},
    {"empty", .other = run_empty},
    {"empty_like", .other = run_empty_like},
    {"hanning", .other = run_hanning},
    {"hamming", .other = run_hamming},
    {"blackman", .other = run_blackman},
    {"bartlett", .other = run_bartlett},
    {"kaiser", .other = run_kaiser},
    {"shape_indices", .other = run_shape_indices},
    {"vander", .other = run_vander},
    {"diagonal", .other = run_diagonal},
    {"trace", .other = run_trace},
    {"diag", .other = run_diag},
    {"diagflat", .other = run_diagflat},
    {"tril", .other = run_tril},
    {"triu", .other = run_triu},
    {"tri", .other = run_tri},
    {"tril_indices", .other = run_tril_indices},
    {"triu_indices", .other = run_triu_indices},
    {"diag_indices", .other = run_diag_indices},
    {"tril_indices_from", .other = run_tril_indices_from},
    {"triu_indices_from", .other = run_triu_indices_from},
    {"diag_indices_from", .other = run_diag_indices_from},
    {"fill_diagonal", .two = jaxc_fill_diagonal},
};

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(new_arrays_say_what_they_cannot_be)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), v = array_of(JAXC_F32, JAXC_SHAPE(2));
    jaxc_value deep = array_of(JAXC_F32, JAXC_SHAPE(1, 1, 1, 1, 1, 1, 1, 2));
    expect(jaxc_linspace(0, 1, -1), JAXC_EVALUE, "jaxc_linspace: -1 numbers");
    expect(jaxc_linspace(x, v, 3), JAXC_ESHAPE, "do not broadcast: f32[2,3] and f32[2]");
    expect(jaxc_linspace(0, deep, 3), JAXC_ELIMIT, "9 axes");
    expect(jaxc_linspace(0, 1, 3, JAXC_AXIS(1)), JAXC_EAXIS, "axis 1");
    expect(jaxc_linspace(0, 1, 3, .base = JAXC_OPERAND(2)), JAXC_EVALUE, "takes no base");
    expect(jaxc_geomspace(1, 2, 3, .base = JAXC_OPERAND(2)), JAXC_EVALUE, "takes no base");
    expect(jaxc_logspace(x, 1, INT64_MAX), JAXC_ELIMIT, "");
    expect(jaxc_linspace(0, 1, 3, .dtype = (jaxc_dtype)99), JAXC_EDTYPE, "99 is no dtype");
    expect(jaxc_hanning(-1), JAXC_ELIMIT, "-1");
    expect(jaxc_bartlett(-2), JAXC_ELIMIT, "-2");
    expect(jaxc_kaiser(-2, 1), JAXC_ELIMIT, "-2");
    expect(jaxc_kaiser(3, jaxc_tuple(1, 2)), JAXC_ETREE, "");
    expect(jaxc_identity(-1), JAXC_ELIMIT, "-1");
    expect(jaxc_empty(JAXC_SHAPE(2, -3)), JAXC_ELIMIT, "-3");
    expect(jaxc_shape_indices(JAXC_SHAPE(1, 1, 1, 1, 1, 1, 1, 2)), JAXC_ELIMIT, "9 axes");
    expect(jaxc_vander(x), JAXC_ESHAPE, "powers of f32[2,3]");
    expect(jaxc_vander(v, .n = -1), JAXC_EVALUE, "-1 powers");
}
END_TEST

START_TEST(diagonals_say_what_they_cannot_be)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), v = array_of(JAXC_F32, JAXC_SHAPE(2));
    expect(jaxc_diagonal(v), JAXC_EAXIS, "diagonals of f32[2] are in two axes");
    expect(jaxc_trace(x, JAXC_AXIS(0)), JAXC_EAXIS, "in two axes, not 1");
    expect(jaxc_trace(x, JAXC_AXES(0, 0)), JAXC_EAXIS, "given twice");
    expect(jaxc_diag(jaxc_sum(x)), JAXC_ESHAPE, "f32[] is neither a vector nor a matrix");
    expect(jaxc_diag(v, .k = INT64_MAX), JAXC_ELIMIT, "diagonal");
    expect(jaxc_diagflat(x, .k = INT64_MIN), JAXC_ELIMIT, "diagonal");
    expect(jaxc_tril(v), JAXC_ESHAPE, "f32[2] is no matrix");
    expect(jaxc_tri(-1), JAXC_ELIMIT, "-1");
    expect(jaxc_triu_indices(2, .dtype = JAXC_I64), JAXC_EVALUE, "takes no dtype");
    expect(jaxc_diag_indices(2, 9), JAXC_ELIMIT, "9 axes");
    jaxc_value wide = jaxc_zeros(JAXC_SHAPE(2, 3)), vector = jaxc_zeros(JAXC_SHAPE(2));
    expect(jaxc_tril_indices_from(vector), JAXC_ESHAPE, "f32[2] is no matrix");
    expect(jaxc_triu_indices_from(1), JAXC_ESHAPE, "is no matrix");
    expect(jaxc_diag_indices_from(wide), JAXC_ESHAPE, "f32[2,3] has not two or more axes");
    expect(jaxc_diag_indices_from(vector), JAXC_ESHAPE, "f32[2] has not two or more axes");
    expect(jaxc_fill_diagonal(v, 1), JAXC_ESHAPE, "f32[2] has no diagonal");
    expect(jaxc_fill_diagonal(array_of(JAXC_F32, JAXC_SHAPE(2, 2, 3)), 1), JAXC_ESHAPE,
           "f32[2,2,3] has no diagonal");
    expect(jaxc_fill_diagonal(x, array_of(JAXC_F32, JAXC_SHAPE(0))), JAXC_ESHAPE, "no values");
}
END_TEST

START_TEST(arithmetic_along_axes_says_what_it_cannot_do)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), v = array_of(JAXC_F32, JAXC_SHAPE(2));
    jaxc_value one = jaxc_sum(x);
    expect(jaxc_cumsum(x, JAXC_AXES(0, 1)), JAXC_EAXIS, "jaxc_cumsum: takes one axis, not 2");
    expect(jaxc_cumsum(x, JAXC_AXIS(2)), JAXC_EAXIS, "axis 2");
    expect(jaxc_cumsum(x, .include_initial = true), JAXC_EVALUE, "takes no include_initial");
    expect(jaxc_cumprod(x, .dtype = (jaxc_dtype)99), JAXC_EDTYPE, "99 is no dtype");
    expect(jaxc_cumulative_sum(x), JAXC_EAXIS, "an axis of f32[2,3] must be chosen");
    expect(jaxc_cumulative_prod(one, JAXC_AXIS(0)), JAXC_EAXIS, "an axis of f32[]");
    expect(jaxc_diff(one), JAXC_EAXIS, "axis -1");
    expect(jaxc_diff(x, .n = -1), JAXC_EVALUE, "-1 times");
    expect(jaxc_diff(x, .prepend = JAXC_OPERAND(v)), JAXC_ESHAPE, "f32[2] beside f32[2,3]");
    expect(jaxc_ediff1d(array_of(JAXC_BOOL, JAXC_SHAPE(3))), JAXC_EDTYPE, "bool");
    expect(jaxc_gradient(one), JAXC_EAXIS, "a scalar has no axis");
    expect(jaxc_gradient(jaxc_zeros(JAXC_SHAPE(1, 3))), JAXC_EVALUE,
           "axis 0 of f32[1,3] has fewer than two elements");
    expect(jaxc_gradient(x, .spacing = JAXC_OPERAND(jaxc_tuple(1, 2, 3))), JAXC_EVALUE,
           "3 spacings for 2 axes");
    expect(jaxc_gradient(x, JAXC_AXIS(1), .spacing = JAXC_OPERAND(v)), JAXC_ESHAPE,
           "spacing f32[2] for axis 1 of f32[2,3]");
    expect(jaxc_trapezoid(one), JAXC_EAXIS, "axis -1");
    expect(jaxc_trapezoid(x, .x = JAXC_OPERAND(jaxc_arange(5))), JAXC_ESHAPE, "do not broadcast");
    expect(jaxc_trapezoid(x, .dx = JAXC_OPERAND(v)), JAXC_ESHAPE, "dx is a scalar, not f32[2]");
    expect(jaxc_trapezoid(jaxc_zeros(JAXC_SHAPE(2, 0))), JAXC_EVALUE, "is empty");
    expect(jaxc_interp(x, v, x), JAXC_ESHAPE, "not f32[2] and f32[2,3]");
    expect(jaxc_interp(x, jaxc_zeros(JAXC_SHAPE(0)), jaxc_zeros(JAXC_SHAPE(0))), JAXC_EVALUE,
           "xp is empty");
    expect(jaxc_interp(x, v, v, .period = JAXC_OPERAND(v)), JAXC_ESHAPE, "a period is a scalar");
    expect(jaxc_unwrap(x, .period = JAXC_OPERAND(v)), JAXC_ESHAPE, "a period is a scalar");
    expect(jaxc_unwrap(one), JAXC_EAXIS, "axis -1");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numpy_creation");
    suite_add_tcase(suite, reference_cases("tests/reference/creation.txt",
                                           sizeof calls / sizeof *calls, calls));
    TCase *errors = tcase_create("errors");
    tcase_add_test(errors, new_arrays_say_what_they_cannot_be);
    tcase_add_test(errors, diagonals_say_what_they_cannot_be);
    tcase_add_test(errors, arithmetic_along_axes_says_what_it_cannot_do);
    suite_add_tcase(suite, errors);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
