/*
 * test_numpy.c - the calls of jaxc/numpy.h and jaxc/nn.h: JAX's values, as calls and inside jit,
 * JAX's gradients, and what the messages of errors say.
 */
#include "support/reference_calls.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- every case by name ---------------------------------------------------------------------- */

static jaxc_value run_full(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_full(reference_shape(c, "shape"), x[0], reference_dtype(c));
}

static jaxc_value run_full_like(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_full_like(x[0], x[1], reference_dtype(c));
}

static jaxc_value run_zeros(const struct reference_case *c, const jaxc_value *x)
{
    (void)x;
    return jaxc_zeros(reference_shape(c, "shape"), reference_dtype(c));
}

static jaxc_value run_ones(const struct reference_case *c, const jaxc_value *x)
{
    (void)x;
    return jaxc_ones(reference_shape(c, "shape"), reference_dtype(c));
}

static jaxc_value run_slice(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_slice(x[0], reference_shape(c, "start"), reference_shape(c, "limit"));
}

static jaxc_value run_index(const struct reference_case *c, const jaxc_value *x)
{
    return jaxc_get(x[0], (int)reference_number(c, "n"));
}

static jaxc_value run_stack(const struct reference_case *c, const jaxc_value *x)
{
    int n = reference_n_operands(c);
    return jaxc_stack_n(n, x, (int)reference_number(c, "axis"));
}

static jaxc_value run_concatenate(const struct reference_case *c, const jaxc_value *x)
{
    int n = reference_n_operands(c);
    return jaxc_concatenate_n(n, x, (int)reference_number(c, "axis"));
}

static jaxc_value run_arange(const struct reference_case *c, const jaxc_value *x)
{
    (void)x;
    double by[3];
    ck_assert_int_eq(sscanf(reference_key(c, "args"), "%lf,%lf,%lf", &by[0], &by[1], &by[2]), 3);
    if (reference_key(c, "float"))
        return jaxc_arange(by[0], by[1], by[2], reference_dtype(c));
    return jaxc_arange((int)by[0], (int)by[1], (int)by[2], reference_dtype(c));
}

static jaxc_value run_eye(const struct reference_case *c, const jaxc_value *x)
{
    (void)x;
    return jaxc_eye(reference_number(c, "n"), reference_dtype(c));
}

static jaxc_value run_one_hot(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_nn_one_hot_options o = {.axes = reference_axes(c), .dtype = reference_dtype(c)};
    return (jaxc_nn_one_hot)(x[0], reference_number(c, "n"), o);
}

static jaxc_value run_gelu(const struct reference_case *c, const jaxc_value *x)
{
    (void)c;
    return jaxc_nn_gelu(x[0]);
}

static const struct reference_call calls[] = {
    {"neg", .one = jaxc_neg},
    {"abs", .one = jaxc_abs},
    {"sign", .one = jaxc_sign},
    {"square", .one = jaxc_square},
    {"exp", .one = jaxc_exp},
    {"expm1", .one = jaxc_expm1},
    {"log", .one = jaxc_log},
    {"log1p", .one = jaxc_log1p},
    {"sin", .one = jaxc_sin},
    {"cos", .one = jaxc_cos},
    {"tanh", .one = jaxc_tanh},
    {"sqrt", .one = jaxc_sqrt},
    {"exp2", .one = jaxc_exp2},
    {"rsqrt", .one = jaxc_rsqrt},
    {"cbrt", .one = jaxc_cbrt},
    {"tan", .one = jaxc_tan},
    {"arcsin", .one = jaxc_arcsin},
    {"asin", .one = jaxc_asin},
    {"arccos", .one = jaxc_arccos},
    {"acos", .one = jaxc_acos},
    {"arctan", .one = jaxc_arctan},
    {"atan", .one = jaxc_atan},
    {"sinh", .one = jaxc_sinh},
    {"cosh", .one = jaxc_cosh},
    {"arcsinh", .one = jaxc_arcsinh},
    {"asinh", .one = jaxc_asinh},
    {"arccosh", .one = jaxc_arccosh},
    {"acosh", .one = jaxc_acosh},
    {"arctanh", .one = jaxc_arctanh},
    {"atanh", .one = jaxc_atanh},
    {"erf", .one = jaxc_erf},
    {"erfc", .one = jaxc_erfc},
    {"erf_inv", .one = jaxc_erf_inv},
    {"lgamma", .one = jaxc_lgamma},
    {"digamma", .one = jaxc_digamma},
    {"arctan2", .two = jaxc_arctan2},
    {"atan2", .two = jaxc_atan2},
    {"nextafter", .two = jaxc_nextafter},
    {"logical_not", .one = jaxc_logical_not},
    {"bitwise_not", .one = jaxc_bitwise_not},
    {"add", .two = jaxc_add},
    {"sub", .two = jaxc_sub},
    {"mul", .two = jaxc_mul},
    {"div", .two = jaxc_div},
    {"maximum", .two = jaxc_maximum},
    {"minimum", .two = jaxc_minimum},
    {"power", .two = jaxc_power},
    {"equal", .two = jaxc_equal},
    {"not_equal", .two = jaxc_not_equal},
    {"less", .two = jaxc_less},
    {"less_equal", .two = jaxc_less_equal},
    {"greater", .two = jaxc_greater},
    {"greater_equal", .two = jaxc_greater_equal},
    {"logical_and", .two = jaxc_logical_and},
    {"logical_or", .two = jaxc_logical_or},
    {"bitwise_and", .two = jaxc_bitwise_and},
    {"bitwise_or", .two = jaxc_bitwise_or},
    {"bitwise_xor", .two = jaxc_bitwise_xor},
    {"left_shift", .two = jaxc_left_shift},
    {"right_shift", .two = jaxc_right_shift},
    {"where", .three = jaxc_where},
    {"astype", .like = jaxc_astype},
    {"sum", .reduce = jaxc_sum},
    {"mean", .reduce = jaxc_mean},
    {"max", .reduce = jaxc_max},
    {"argmax", .reduce = jaxc_argmax},
    {"dot", .two = jaxc_dot},
    {"matmul", .two = jaxc_matmul},
    {"outer", .two = jaxc_outer},
    {"reshape", .shape = jaxc_reshape},
    {"broadcast_to", .shape = jaxc_broadcast_to},
    {"ravel", .one = jaxc_ravel},
    {"transpose", .axes = jaxc_transpose},
    {"expand_dims", .axes = jaxc_expand_dims},
    {"squeeze", .axes = jaxc_squeeze},
    {"slice", .other = run_slice},
    {"index", .other = run_index},
    {"stack", .other = run_stack},
    {"concatenate", .other = run_concatenate},
    {"zeros", .other = run_zeros},
    {"ones", .other = run_ones},
    {"full", .other = run_full},
    {"full_like", .other = run_full_like},
    {"zeros_like", .like = jaxc_zeros_like},
    {"ones_like", .like = jaxc_ones_like},
    {"arange", .other = run_arange},
    {"eye", .other = run_eye},
    {"logsumexp", .reduce = jaxc_logsumexp},
    {"softmax", .reduce = jaxc_nn_softmax},
    {"log_softmax", .reduce = jaxc_nn_log_softmax},
    {"relu", .one = jaxc_nn_relu},
    {"sigmoid", .one = jaxc_nn_sigmoid},
    {"nn_tanh", .one = jaxc_nn_tanh},
    {"silu", .one = jaxc_nn_silu},
    {"gelu", .other = run_gelu},
    {"softplus", .one = jaxc_nn_softplus},
    {"one_hot", .other = run_one_hot},
};

/* ---- errors ---------------------------------------------------------------------------------- */

static jaxc_value array_of(jaxc_dtype dtype, struct jaxc_shape shape)
{
    static const double zeros[64];
    return jaxc_array(zeros, dtype, shape);
}

/* The result is poison, the message has these words, in the place of the call. Of a call over
 * several lines one compiler counts the first and another the last. */
static void expect(jaxc_value y, jaxc_status code, const char *words, int line)
{
    const char *file = "test_numpy.c:";
    ck_assert(!jaxc_ok(y));
    ck_assert_msg(jaxc_error() != NULL, "no error: %s", words);
    ck_assert_msg(strstr(jaxc_error(), words) != NULL, "%s; wanted %s", jaxc_error(), words);
    const char *place = strstr(jaxc_error(), file);
    ck_assert_msg(place != NULL, "%s; wanted %s", jaxc_error(), file);
    int at = atoi(place + strlen(file));
    ck_assert_msg(at >= line - 2 && at <= line + 2, "%s; wanted line %d", jaxc_error(), line);
    ck_assert_msg(strstr(place, ": jaxc_") != NULL, "%s; wanted the call", jaxc_error());
    ck_assert_msg(jaxc_error_code() == code, "%s", jaxc_error());
    jaxc_clear_error();
}
#define EXPECT(call, code, words) expect(call, code, words, __LINE__)

START_TEST(shapes_that_do_not_broadcast_are_named)
{
    jaxc_value a = array_of(JAXC_F32, JAXC_SHAPE(3)), b = array_of(JAXC_U8, JAXC_SHAPE(2, 4));
    EXPECT(jaxc_add(a, b), JAXC_ESHAPE, "jaxc_add: shapes do not broadcast: f32[3] and u8[2,4]");
    EXPECT(jaxc_logical_or(a, b), JAXC_ESHAPE, "f32[3] and u8[2,4]");
    EXPECT(jaxc_power(a, b), JAXC_ESHAPE, "f32[3] and u8[2,4]");
    EXPECT(jaxc_where(a, b, 1), JAXC_ESHAPE, "f32[3], u8[2,4] and ~i32[]");
    EXPECT(jaxc_broadcast_to(a, JAXC_SHAPE(2)), JAXC_ESHAPE, "f32[3] and f32[2]");
    EXPECT(jaxc_broadcast_to(b, JAXC_SHAPE(4)), JAXC_ESHAPE, "u8[2,4] does not broadcast to u8[4]");
    EXPECT(jaxc_full(JAXC_SHAPE(3), b), JAXC_ESHAPE, "");
    EXPECT(jaxc_full(JAXC_SHAPE(4), b), JAXC_ESHAPE, "u8[2,4] does not fill u8[4]");
    EXPECT(jaxc_stack(0, a, b), JAXC_ESHAPE, "shapes differ: f32[3], and number 1 is f32[2,4]");
    EXPECT(jaxc_concatenate(0, a, b), JAXC_ESHAPE, "shapes differ");
    EXPECT(jaxc_concatenate(0, 1, 2), JAXC_ESHAPE, "scalars");
}
END_TEST

START_TEST(products_name_the_sizes_that_differ)
{
    jaxc_value a = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), b = array_of(JAXC_F32, JAXC_SHAPE(4, 2));
    EXPECT(jaxc_dot(a, b), JAXC_ESHAPE, "jaxc_dot: k differs: a f32[2,3] has 3, b f32[4,2] has 4");
    EXPECT(jaxc_matmul(a, b), JAXC_ESHAPE, "k differs: a f32[2,3] has 3, b f32[4,2] has 4");
    EXPECT(jaxc_matmul(a, 2), JAXC_ESHAPE, "a scalar is no matrix: f32[2,3] and ~i32[]");
    jaxc_value c = array_of(JAXC_F32, JAXC_SHAPE(2, 3, 4)),
               d = array_of(JAXC_F32, JAXC_SHAPE(3, 4, 2));
    EXPECT(jaxc_matmul(c, d), JAXC_ESHAPE,
           "leading axes do not broadcast: f32[2,3,4] and f32[3,4,2]");
    jaxc_value e = array_of(JAXC_F32, JAXC_SHAPE(1, 1, 1, 1, 1, 1));
    EXPECT(jaxc_dot(e, e), JAXC_ELIMIT, "");
}
END_TEST

START_TEST(axes_are_checked)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3));
    EXPECT(jaxc_sum(x, JAXC_AXIS(2)), JAXC_EAXIS, "axis 2 is not in [-2, 2)");
    EXPECT(jaxc_max(x, JAXC_AXES(0, -2)), JAXC_EAXIS, "axis 0 is given twice");
    EXPECT(jaxc_argmax(x, JAXC_AXES(0, 1)), JAXC_EAXIS, "takes one axis, not 2");
    EXPECT(jaxc_transpose(x, JAXC_AXES(0)), JAXC_EAXIS, "1 axes given for f32[2,3]");
    EXPECT(jaxc_transpose(x, JAXC_AXES(1, 1)), JAXC_EAXIS, "axis 1 is given twice");
    EXPECT(jaxc_expand_dims(x, JAXC_AXIS(3)), JAXC_EAXIS, "axis 3 is not in [-3, 3)");
    EXPECT(jaxc_expand_dims(x), JAXC_EVALUE, "no axis is given");
    EXPECT(jaxc_squeeze(x, JAXC_AXIS(1)), JAXC_ESHAPE, "axis 1 of f32[2,3] has not size 1");
    EXPECT(jaxc_stack(3, x, x), JAXC_EAXIS, "axis 3 is not in [-3, 3)");
    EXPECT(jaxc_nn_softmax(2.0), JAXC_EAXIS, "a scalar");
    EXPECT(jaxc_sum(x, .axes = {JAXC_GIVEN, 9, {0}}), JAXC_EAXIS, "9 axes");
    EXPECT(jaxc_logsumexp(x, JAXC_AXIS(-3)), JAXC_EAXIS, "axis -3");
    /* .axes = {0, 1} */
    EXPECT(jaxc_sum(x, .axes = {NULL, 1, {0}}), JAXC_EVALUE, "write JAXC_AXIS(i) or JAXC_AXES(");
    EXPECT(jaxc_nn_softmax(x, .axes = {NULL, 1, {0}}), JAXC_EVALUE, "write JAXC_AXIS(i)");
    EXPECT(jaxc_expand_dims(x, .axes = {NULL, 1, {0}}), JAXC_EVALUE, "write JAXC_AXIS(i)");
}
END_TEST

START_TEST(reductions_of_nothing_without_an_identity_are_refused)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 0));
    EXPECT(jaxc_max(x), JAXC_EVALUE, "an axis of f32[2,0] is empty");
    EXPECT(jaxc_max(x, JAXC_AXIS(1)), JAXC_EVALUE, "an axis of f32[2,0] is empty");
    EXPECT(jaxc_argmax(x), JAXC_EVALUE, "an axis of f32[2,0] is empty");
    ck_assert(jaxc_ok(jaxc_max(x, JAXC_AXIS(0))));
}
END_TEST

START_TEST(reshapes_that_do_not_fit_are_refused)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), none = array_of(JAXC_F32, JAXC_SHAPE(0));
    EXPECT(jaxc_reshape(x, JAXC_SHAPE(4)), JAXC_ESHAPE, "f32[2,3] has 6 elements, the shape has 4");
    EXPECT(jaxc_reshape(x, JAXC_SHAPE(4, -1)), JAXC_ESHAPE, "the shape a multiple of 4");
    EXPECT(jaxc_reshape(x, JAXC_SHAPE(-1, -1)), JAXC_ESHAPE, "two sizes are -1: axes 0 and 1");
    EXPECT(jaxc_reshape(none, JAXC_SHAPE(0, -1)), JAXC_ESHAPE, "f32[0]");
    EXPECT(jaxc_reshape(x, JAXC_SHAPE(-2)), JAXC_ELIMIT, "-2");
    EXPECT(jaxc_reshape(x, ((struct jaxc_shape){9, {0}})), JAXC_ELIMIT, "rank 9");
    EXPECT(jaxc_slice(x, JAXC_SHAPE(0, 0, 0), JAXC_SHAPE(1, 1, 1)), JAXC_ESHAPE,
           "3 starts and 3 limits for f32[2,3]");
    EXPECT(jaxc_slice(x, JAXC_SHAPE(0), JAXC_SHAPE(1, 1)), JAXC_ESHAPE, "1 starts and 2 limits");
    EXPECT(jaxc_get(x, 2), JAXC_EVALUE, "index 2 of f32[2,3]");
    EXPECT(jaxc_get(x, -3), JAXC_EVALUE, "index -3 of f32[2,3]");
}
END_TEST

START_TEST(more_axes_or_elements_than_possible_are_refused)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(1, 1, 1, 1, 1, 1, 1, 1));
    EXPECT(jaxc_expand_dims(x, JAXC_AXIS(0)), JAXC_ELIMIT, "9 axes");
    EXPECT(jaxc_stack(0, x, x), JAXC_ELIMIT, "9 axes");
    EXPECT(jaxc_nn_one_hot(jaxc_astype(x, JAXC_I32), 3), JAXC_ELIMIT, "to rows of 3");
    int64_t big = (int64_t)1 << 40;
    EXPECT(jaxc_zeros(JAXC_SHAPE(big, big)), JAXC_ELIMIT, "elements");
    EXPECT(jaxc_ones(JAXC_SHAPE(-1)), JAXC_ELIMIT, "-1");
    EXPECT(jaxc_eye(-1), JAXC_ELIMIT, "-1");
}
END_TEST

START_TEST(integers_that_do_not_fit_their_dtype_are_refused)
{
    jaxc_value x = array_of(JAXC_U8, JAXC_SHAPE(2)), y = array_of(JAXC_I64, JAXC_SHAPE(2));
    EXPECT(jaxc_add(x, 256), JAXC_EVALUE, "jaxc_add: 256 does not fit u8");
    EXPECT(jaxc_mul(-1, x), JAXC_EVALUE, "-1 does not fit u8");
    EXPECT(jaxc_add(3000000000, 1), JAXC_EVALUE, "3000000000 does not fit i32");
    EXPECT(jaxc_full(JAXC_SHAPE(2), -1, JAXC_U32), JAXC_EVALUE, "-1 does not fit u32");
    EXPECT(jaxc_arange(0, 300, 1, JAXC_U8), JAXC_EVALUE, "299 does not fit u8");
    EXPECT(jaxc_arange(-1, 1, 1, JAXC_U8), JAXC_EVALUE, "-1 does not fit u8");
    ck_assert_int_eq(jaxc_item_i64(jaxc_max(jaxc_add(x, 255))), 255);
    ck_assert_int_eq(jaxc_item_i64(jaxc_max(jaxc_add(y, 3000000000))), 3000000000);
    ck_assert_int_eq(jaxc_item_i64(jaxc_max(jaxc_add(y, INT64_MIN))), INT64_MIN);
    ck_assert_double_eq(jaxc_item(jaxc_add(0.5, 3000000000)), 3e9);
}
END_TEST

static jaxc_value itself(jaxc_value x) { return x; }
static jaxc_value too_large(jaxc_value x)
{
    (void)x;
    return JAXC_VAL(5000000000);
}
static jaxc_value times(jaxc_value x, jaxc_value n) { return jaxc_mul(x, jaxc_item_i64(n)); }

/* A C integer beyond i32 is good beside what holds it, and wraps nowhere. */
START_TEST(c_integers_never_wrap)
{
    const char *text = "5000000000 does not fit i32";
    jaxc_value x = array_of(JAXC_I64, JAXC_SHAPE(2)), one = JAXC_VAL(1.0);
    EXPECT(jaxc_sum(5000000000), JAXC_EVALUE, text);
    EXPECT(jaxc_broadcast_to(5000000000, JAXC_SHAPE(2)), JAXC_EVALUE, text);
    EXPECT(jaxc_call(jaxc_jit(itself), 5000000000), JAXC_EVALUE, text);
    EXPECT(jaxc_call(jaxc_jit(too_large), 1), JAXC_EVALUE, text);
    EXPECT(jaxc_call(jaxc_vmap(jaxc_add, .in_axes = {JAXC_NONE, 0}), 5000000000, jaxc_arange(3)),
           JAXC_EVALUE, text);
    EXPECT(jaxc_add(UINT64_MAX, 1), JAXC_EVALUE, "18446744073709551615 does not fit i32");
    EXPECT(jaxc_add(x, UINT64_MAX), JAXC_EVALUE, "18446744073709551615 does not fit i64");
    EXPECT(jaxc_full(JAXC_SHAPE(2), UINT64_MAX), JAXC_EVALUE, "does not fit i32");
    EXPECT(jaxc_power(x, UINT64_MAX), JAXC_EVALUE, "does not fit i64");
    jaxc_fn mapped = jaxc_vmap(itself, .in_trees = {JAXC_VAL((int64_t)1 << 32)});
    ck_assert(!jaxc_fn_ok(mapped));
    EXPECT(jaxc_call(mapped, x), JAXC_EVALUE, "4294967296 does not fit i32");
    ck_assert_ptr_null(jaxc_data(5000000000));
    jaxc_clear_error();
    ck_assert_str_eq(jaxc_text(jaxc_tuple(5000000000, 1)), "?");
    jaxc_clear_error();

    ck_assert_int_eq(jaxc_item_i64(5000000000), 5000000000);
    ck_assert_double_eq(jaxc_item(5000000000), 5e9);
    ck_assert_double_eq(jaxc_item(0.1), 0.1);
    ck_assert_double_eq(jaxc_item(jaxc_add(0.1, 0)), (double)0.1f);
    jaxc_fn scale = jaxc_jit(times, .static_argnums = JAXC_ARGS(1));
    ck_assert_double_eq(jaxc_item(jaxc_call(scale, one, 5000000000)), 5e9);
    EXPECT(jaxc_call(scale, one, jaxc_ones(JAXC_SCALAR)), JAXC_EVALUE, "static");
    jaxc_value wide = jaxc_full(JAXC_SHAPE(2), UINT64_MAX, JAXC_U64);
    ck_assert_str_eq(jaxc_text(wide), "[18446744073709551615 18446744073709551615]");
    ck_assert_str_eq(jaxc_text(jaxc_equal(wide, UINT64_MAX)), "[True True]");
}
END_TEST

START_TEST(dtypes_are_checked)
{
    jaxc_value b = array_of(JAXC_BOOL, JAXC_SHAPE(2)), f = array_of(JAXC_F32, JAXC_SHAPE(2));
    EXPECT(jaxc_sub(b, b), JAXC_EDTYPE, "bool[2]");
    EXPECT(jaxc_neg(b), JAXC_EDTYPE, "bool[2]");
    EXPECT(jaxc_nn_softmax(b), JAXC_EDTYPE, "bool[2]");
    EXPECT(jaxc_nn_log_softmax(b), JAXC_EDTYPE, "bool[2]");
    EXPECT(jaxc_nn_sigmoid(b), JAXC_EDTYPE, "bool[2]");
    EXPECT(jaxc_nn_sigmoid(2), JAXC_EDTYPE, "i32[]");
    EXPECT(jaxc_nn_silu(jaxc_arange(3)), JAXC_EDTYPE, "i32[3]");
    EXPECT(jaxc_bitwise_and(f, 1), JAXC_EDTYPE, "f32[2]");
    EXPECT(jaxc_left_shift(f, 1), JAXC_EDTYPE, "f32[2]");
    EXPECT(jaxc_astype(f, (jaxc_dtype)99), JAXC_EDTYPE, "99 is no dtype");
    EXPECT(jaxc_astype(f, (jaxc_dtype)0), JAXC_EDTYPE, "0 is no dtype");
    EXPECT(jaxc_zeros(JAXC_SHAPE(2), JAXC_C64), JAXC_EUNSUPPORTED, "c64");
    EXPECT(jaxc_arange(0, 2, 1, JAXC_BOOL), JAXC_EDTYPE, "bool");
    EXPECT(jaxc_nn_one_hot(b, 2), JAXC_EDTYPE, "bool[2]");
    EXPECT(jaxc_power(array_of(JAXC_I32, JAXC_SHAPE(2)), -1), JAXC_EVALUE,
           "i32 to the negative power -1");
}
END_TEST

START_TEST(steps_that_lead_nowhere_are_refused)
{
    EXPECT(jaxc_arange(0, 5, 0), JAXC_EVALUE, "jaxc_arange: the step is 0");
    EXPECT(jaxc_arange(0, 5, 0.0), JAXC_EVALUE, "by 0");
    EXPECT(jaxc_arange(0.0, INFINITY), JAXC_EVALUE, "to inf");
    EXPECT(jaxc_nn_one_hot(1, -2), JAXC_EVALUE, "-2");
    ck_assert(!jaxc_ok(jaxc_stack_n(0, NULL, 0)) && jaxc_error_code() == JAXC_EVALUE);
    jaxc_clear_error();
}
END_TEST

START_TEST(poison_flows_through_without_a_second_error)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2)), bad = jaxc_reshape(x, JAXC_SHAPE(5));
    char first[256];
    snprintf(first, sizeof first, "%s", jaxc_error());
    ck_assert(!jaxc_ok(jaxc_sum(jaxc_exp(jaxc_add(bad, x)))));
    ck_assert(!jaxc_ok(jaxc_dot(x, bad)) && !jaxc_ok(jaxc_where(bad, x, x)));
    ck_assert(!jaxc_ok(jaxc_stack(0, x, bad)) && !jaxc_ok(jaxc_nn_softmax(bad)));
    ck_assert(!jaxc_ok(jaxc_logsumexp(bad)) && !jaxc_ok(jaxc_nn_one_hot(bad, 3)));
    ck_assert(!jaxc_ok(jaxc_astype(bad, JAXC_I32)) && !jaxc_ok(jaxc_transpose(bad)));
    ck_assert(!jaxc_ok(jaxc_full(JAXC_SHAPE(2), bad)) && !jaxc_ok(jaxc_matmul(bad, x)));
    ck_assert(!jaxc_ok(jaxc_power(bad, 2)) && !jaxc_ok(jaxc_nn_gelu(bad)));
    ck_assert_str_eq(jaxc_error(), first);
    jaxc_clear_error();
    ck_assert(!jaxc_ok(jaxc_add(x, bad)) && jaxc_error_code() == JAXC_EDEAD);
    jaxc_clear_error();
}
END_TEST

START_TEST(a_tree_where_an_array_is_needed_is_refused)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2));
    EXPECT(jaxc_add(jaxc_tuple(x, x), x), JAXC_ETREE, "tuple");
}
END_TEST

/* ---- derivatives by construction ------------------------------------------------------------- */

static double second_derivative(jaxc_value (*f)(jaxc_value), double x)
{
    return jaxc_item(jaxc_call(jaxc_grad(jaxc_grad(f)), jaxc_full(JAXC_SCALAR, x, JAXC_F64)));
}

/* What JAX writes by hand must also be right in the second order: s (1 - s), s the sigmoid. */
START_TEST(softplus_and_relu_have_second_derivatives)
{
    const double x[] = {-3, -0.5, 0, 0.5, 3};
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        double s = 1 / (1 + exp(-x[i]));
        ck_assert_double_eq_tol(second_derivative(jaxc_nn_softplus, x[i]), s * (1 - s), 1e-14);
        ck_assert_double_eq(second_derivative(jaxc_nn_relu, x[i]), 0);
    }
}
END_TEST

/* ---- overlays -------------------------------------------------------------------------------- */

static int evaluations;

static jaxc_value counted(jaxc_value x)
{
    evaluations++;
    return x;
}

START_TEST(operands_are_evaluated_once_and_calls_nest)
{
    jaxc_value x = jaxc_arange(4);
    jaxc_value y =
        jaxc_add(counted(x), jaxc_mul(counted(x), jaxc_sub(counted(x), jaxc_add(1, counted(x)))));
    ck_assert_int_eq(evaluations, 4);
    ck_assert_int_eq(jaxc_item_i64(jaxc_sum(y)), 0);
    jaxc_value z = jaxc_stack(0, jaxc_stack(0, x, jaxc_stack(-1, 1, 2, 3, 4)),
                              jaxc_zeros(JAXC_SHAPE(2, 4), JAXC_I32));
    ck_assert_int_eq(jaxc_shape_of(z).rank, 3);
    ck_assert_int_eq(jaxc_item_i64(jaxc_sum(z)), 16);
}
END_TEST

START_TEST(a_result_that_is_its_operand_has_its_own_handle)
{
    jaxc_value x = array_of(JAXC_U8, JAXC_SHAPE(2));
    jaxc_value same[] = {
        jaxc_astype(x, JAXC_U8), jaxc_abs(x),           jaxc_broadcast_to(x, JAXC_SHAPE(2)),
        jaxc_squeeze(x),         jaxc_ravel(x),         jaxc_reshape(x, JAXC_SHAPE(2)),
        jaxc_full_like(x, x),    jaxc_concatenate(0, x)};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        ck_assert_msg(jaxc_ok(same[i]) && same[i].slot != x.slot, "number %zu", i);
}
END_TEST

static jaxc_value sgd(jaxc_value p, jaxc_value dp) { return jaxc_sub(p, jaxc_mul(0.01, dp)); }

START_TEST(numbers_stay_literals_of_the_dtype_they_meet)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(3));
    const char *text = jaxc_program(sgd, x, x);
    ck_assert_ptr_nonnull(text);
    ck_assert_msg(strstr(text, "convert_element_type") == NULL, "%s", text);
    ck_assert_msg(strstr(text, "broadcast_in_dim") == NULL, "%s", text);
    ck_assert_msg(strstr(text, ":f32[] b") != NULL, "%s", text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("numpy");
    TCase *values =
        reference_cases("tests/reference/numpy.txt", sizeof calls / sizeof *calls, calls);
    tcase_add_test(values, softplus_and_relu_have_second_derivatives);
    suite_add_tcase(suite, values);
    TCase *errors = tcase_create("errors");
    tcase_add_test(errors, shapes_that_do_not_broadcast_are_named);
    tcase_add_test(errors, products_name_the_sizes_that_differ);
    tcase_add_test(errors, axes_are_checked);
    tcase_add_test(errors, reductions_of_nothing_without_an_identity_are_refused);
    tcase_add_test(errors, reshapes_that_do_not_fit_are_refused);
    tcase_add_test(errors, more_axes_or_elements_than_possible_are_refused);
    tcase_add_test(errors, integers_that_do_not_fit_their_dtype_are_refused);
    tcase_add_test(errors, c_integers_never_wrap);
    tcase_add_test(errors, dtypes_are_checked);
    tcase_add_test(errors, steps_that_lead_nowhere_are_refused);
    tcase_add_test(errors, poison_flows_through_without_a_second_error);
    tcase_add_test(errors, a_tree_where_an_array_is_needed_is_refused);
    suite_add_tcase(suite, errors);
    TCase *overlays = tcase_create("overlays");
    tcase_add_test(overlays, operands_are_evaluated_once_and_calls_nest);
    tcase_add_test(overlays, a_result_that_is_its_operand_has_its_own_handle);
    tcase_add_test(overlays, numbers_stay_literals_of_the_dtype_they_meet);
    suite_add_tcase(suite, overlays);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
