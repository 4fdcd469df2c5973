/*
 * test_lax.c - the calls of jaxc/lax.h: JAX's values, as calls, inside jit and over lanes, JAX's
 * gradients; that every primitive has its call; what C numbers become; what the messages of errors
 * say. The calls on windows are in test_index.c.
 */
#include "prim/prim.h"
#include "support/errors.h"
#include "support/reference_calls.h"
#include "support/refused.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

/* ---- JAX's values ---------------------------------------------------------------------------- */

/* A list that the case may leave out. */
static struct jaxc_ints ints_of(const struct reference_case *c, const char *key)
{
    struct jaxc_ints ints = {0};
    if (!reference_key(c, key))
        return ints;
    struct jaxc_shape shape = reference_shape(c, key);
    ints.n = shape.rank;
    memcpy(ints.at, shape.dims, sizeof ints.at);
    return ints;
}

static int int_of(const struct reference_case *c, const char *key)
{
    const char *word = reference_key(c, key);
    return word && strcmp(word, "none") == 0 ? JAXC_NONE : (int)reference_number(c, key);
}

static jaxc_value part_of(const struct reference_case *c, jaxc_value y)
{
    return reference_key(c, "part") ? jaxc_get(y, int_of(c, "part")) : y;
}

static jaxc_value tuple_of(const struct reference_case *c, const jaxc_value *x, int from)
{
    return jaxc_tuple_n(reference_n_operands(c) - from, x + from);
}

/* clang-format off */
#define OTHER(name, ...)                                                                           \
    static jaxc_value run_##name(const struct reference_case *c, const jaxc_value *x)              \
    {                                                                                              \
        (void)c, (void)x;                                                                          \
        return __VA_ARGS__;                                                                        \
    }
#define AXES(name) OTHER(name, jaxc_lax_##name(x[0], ints_of(c, "ints")))
#define RUNNING(name)                                                                              \
    OTHER(name, jaxc_lax_##name(x[0], int_of(c, "axis"), int_of(c, "reverse") != 0))
#define INDEX(name) OTHER(name, jaxc_lax_##name(x[0], int_of(c, "axis"), reference_dtype(c)))

OTHER(round, jaxc_lax_round(x[0], (jaxc_rounding_method)int_of(c, "method")))
OTHER(reduce_precision,
      jaxc_lax_reduce_precision(x[0], int_of(c, "exponent"), int_of(c, "mantissa")))
OTHER(integer_pow, jaxc_lax_integer_pow(x[0], int_of(c, "k")))
OTHER(select_n, jaxc_lax_select_n(x[0], tuple_of(c, x, 1)))
OTHER(threefry2x32, part_of(c, jaxc_lax_threefry2x32(x[0], x[1], x[2], x[3])))
OTHER(optimization_barrier,
      part_of(c, jaxc_lax_optimization_barrier(reference_n_operands(c) > 1 ? tuple_of(c, x, 0) : x[0])))
OTHER(iota, jaxc_lax_iota(reference_dtype(c), int_of(c, "k")))
OTHER(broadcasted_iota,
      jaxc_lax_broadcasted_iota(reference_dtype(c), reference_shape(c, "shape"), int_of(c, "axis")))
OTHER(full, jaxc_lax_full(reference_shape(c, "shape"), x[0], reference_dtype(c)))
OTHER(full_like, jaxc_lax_full_like(x[0], x[1], reference_dtype(c)))
OTHER(broadcast, jaxc_lax_broadcast(x[0], reference_shape(c, "shape")))
OTHER(broadcast_in_dim,
      jaxc_lax_broadcast_in_dim(x[0], reference_shape(c, "shape"), ints_of(c, "ints")))
OTHER(broadcast_to_rank, jaxc_lax_broadcast_to_rank(x[0], int_of(c, "k")))
OTHER(reshape, jaxc_lax_reshape(x[0], reference_shape(c, "shape"), ints_of(c, "ints")))
OTHER(collapse, jaxc_lax_collapse(x[0], int_of(c, "start"), int_of(c, "stop")))
OTHER(slice, jaxc_lax_slice(x[0], ints_of(c, "ints"), ints_of(c, "limits"), ints_of(c, "strides")))
OTHER(slice_in_dim, jaxc_lax_slice_in_dim(x[0], int_of(c, "start"), int_of(c, "stop"), int_of(c, "k"),
                                          int_of(c, "axis")))
OTHER(index_in_dim, jaxc_lax_index_in_dim(x[0], int_of(c, "k"), int_of(c, "axis"),
                                          int_of(c, "keepdims") != 0))
OTHER(concatenate, jaxc_lax_concatenate(tuple_of(c, x, 0), int_of(c, "axis")))
OTHER(sort, part_of(c, jaxc_lax_sort(reference_n_operands(c) > 1 ? tuple_of(c, x, 0) : x[0],
                                     int_of(c, "axis"), int_of(c, "k"))))
OTHER(sort_key_val, part_of(c, jaxc_lax_sort_key_val(x[0], x[1], int_of(c, "axis"))))
OTHER(top_k, part_of(c, jaxc_lax_top_k(x[0], int_of(c, "k"), int_of(c, "axis"))))
OTHER(dot, jaxc_lax_dot(x[0], x[1], reference_dtype(c)))
OTHER(dot_general,
      jaxc_lax_dot_general(x[0], x[1], .dimension_numbers = {ints_of(c, "lc"), ints_of(c, "rc"),
                                                             ints_of(c, "lb"), ints_of(c, "rb")},
                           .preferred_element_type = reference_dtype(c)))
AXES(squeeze) AXES(expand_dims) AXES(transpose) AXES(rev)
AXES(reduce_sum) AXES(reduce_prod) AXES(reduce_max) AXES(reduce_min)
AXES(reduce_and) AXES(reduce_or) AXES(reduce_xor)
RUNNING(cumsum) RUNNING(cumprod) RUNNING(cummax) RUNNING(cummin) RUNNING(cumlogsumexp)
INDEX(argmax) INDEX(argmin)
    /* clang-format on */

    static jaxc_value run_pad(const struct reference_case *c, const jaxc_value *x)
{
    struct jaxc_padding_config config = {.n = ints_of(c, "low").n};
    for (int i = 0; i < config.n; i++) {
        config.at[i].low = ints_of(c, "low").at[i];
        config.at[i].high = ints_of(c, "high").at[i];
        config.at[i].interior = ints_of(c, "interior").at[i];
    }
    return jaxc_lax_pad(x[0], x[1], config);
}

#define ONE(name)   {#name, .one = jaxc_lax_##name},
#define TWO(name)   {#name, .two = jaxc_lax_##name},
#define THREE(name) {#name, .three = jaxc_lax_##name},
#define RUN(name)   {#name, .other = run_##name},
#define LIKE(name)  {#name, .like = jaxc_lax_##name},
/* clang-format off */
static const struct reference_call calls[] = {
    ONE(neg) ONE(abs) ONE(sign) ONE(square) ONE(exp) ONE(exp2) ONE(expm1) ONE(log) ONE(log1p)
    ONE(logistic) ONE(sqrt) ONE(rsqrt) ONE(cbrt) ONE(reciprocal) ONE(sin) ONE(cos) ONE(tan) ONE(asin)
    ONE(acos) ONE(atan) ONE(sinh) ONE(cosh) ONE(tanh) ONE(asinh) ONE(acosh) ONE(atanh) ONE(erf)
    ONE(erfc) ONE(erf_inv) ONE(lgamma) ONE(digamma) ONE(bessel_i0e) ONE(bessel_i1e) ONE(floor) ONE(ceil) ONE(is_finite)
    ONE(bitwise_not) ONE(population_count) ONE(clz)
    TWO(add) TWO(sub) TWO(mul) TWO(div) TWO(rem) TWO(max) TWO(min) TWO(pow) TWO(atan2) TWO(nextafter) TWO(random_gamma_grad)
    TWO(bitwise_and) TWO(bitwise_or) TWO(bitwise_xor) TWO(shift_left) TWO(shift_right_logical)
    TWO(shift_right_arithmetic) TWO(eq) TWO(ne) TWO(lt) TWO(le) TWO(gt) TWO(ge) TWO(batch_matmul)
    THREE(clamp) THREE(select) LIKE(convert_element_type) LIKE(bitcast_convert_type)
    RUN(round) RUN(reduce_precision) RUN(integer_pow) RUN(select_n) RUN(threefry2x32)
    RUN(optimization_barrier) RUN(iota) RUN(broadcasted_iota) RUN(full) RUN(full_like) RUN(broadcast)
    RUN(broadcast_in_dim) RUN(broadcast_to_rank) RUN(reshape) RUN(collapse) RUN(slice)
    RUN(slice_in_dim) RUN(index_in_dim) RUN(pad) RUN(concatenate) RUN(sort) RUN(sort_key_val)
    RUN(top_k) RUN(dot) RUN(dot_general) RUN(squeeze) RUN(expand_dims) RUN(transpose) RUN(rev)
    RUN(reduce_sum) RUN(reduce_prod) RUN(reduce_max) RUN(reduce_min) RUN(reduce_and) RUN(reduce_or)
    RUN(reduce_xor) RUN(cumsum) RUN(cumprod) RUN(cummax) RUN(cummin) RUN(cumlogsumexp) RUN(argmax)
    RUN(argmin)
};
/* clang-format on */

/* ---- every primitive ------------------------------------------------------------------------- */

/* Primitives under another name, of test_index.c, and without a call of their own. */
static const struct {
    const char *primitive, *call, *why;
} others[] = {
    {"not", "bitwise_not", NULL},
    {"and", "bitwise_and", NULL},
    {"or", "bitwise_or", NULL},
    {"xor", "bitwise_xor", NULL},
    {"dynamic_slice", NULL, "test_index.c"},
    {"dynamic_update_slice", NULL, "test_index.c"},
    {"gather", NULL, "test_index.c"},
    {"scatter", NULL, "test_index.c"},
    {"scatter_add", NULL, "test_index.c"},
    {"scatter_mul", NULL, "test_index.c"},
    {"scatter_min", NULL, "test_index.c"},
    {"scatter_max", NULL, "test_index.c"},
    {"stop_gradient", NULL, "jaxc_stop_gradient of jaxc/transform.h, of any tree"},
    {"logaddexp", NULL, "jaxc_logaddexp of jaxc/numpy.h: jax.lax has none"},
    {"logaddexp2", NULL, "jaxc_logaddexp2 of jaxc/numpy.h: jax.lax has none"},
    {"random_gamma", NULL, "jaxc_random_gamma of jaxc/random.h, which splits the key"},
    {"random_loggamma", NULL, "jaxc_random_loggamma of jaxc/random.h"},
    {"random_poisson", NULL, "jaxc_random_poisson of jaxc/random.h"},
    {"random_poisson_tries", NULL, "a part of it"},
    {"jit", NULL, "what a call of a jitted function becomes"},
    {"custom_jvp_call", NULL, "what a call of jaxc_custom_jvp's function becomes"},
    {"custom_vjp_call", NULL, "what a call of jaxc_custom_vjp's function becomes"},
    {"custom_lin", NULL, "the derivative of custom_vjp_call, inside a transform only"},
};

static bool is_call(const char *name)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(calls[i].name, name) == 0)
            return true;
    return false;
}

START_TEST(every_primitive_is_a_call_or_has_a_reason)
{
    for (const struct jx_prim *const *p = jx_prims; *p; p++) {
        char name[64];
        snprintf(name, sizeof name, "%s", (*p)->name);
        for (char *dash = name; (dash = strchr(dash, '-'));)
            *dash = '_';
        bool found = is_call(name);
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            if (strcmp(others[i].primitive, name) == 0)
                found = others[i].why || is_call(others[i].call);
        ck_assert_msg(found, "the primitive %s is no call of jaxc/lax.h", (*p)->name);
    }
}
END_TEST

/* ---- C numbers ------------------------------------------------------------------------------- */

START_TEST(a_number_takes_the_dtype_of_the_operand_beside_it)
{
    jaxc_value u = array_of(JAXC_U8, JAXC_SHAPE(2)), d = array_of(JAXC_F64, JAXC_SHAPE(2));
    ck_assert_str_eq(jaxc_type_text(jaxc_lax_add(u, 1)), "u8[2]");
    ck_assert_str_eq(jaxc_type_text(jaxc_lax_add(1, d)), "f64[2]");
    ck_assert_str_eq(jaxc_type_text(jaxc_lax_mul(0.1, d)), "f64[2]");
    ck_assert_str_eq(jaxc_type_text(jaxc_lax_add(1, 2)), "~i32[]");
    ck_assert_str_eq(jaxc_type_text(jaxc_lax_clamp(0, d, 1.5)), "f64[2]");
    ck_assert_str_eq(jaxc_type_text(jaxc_lax_select(jaxc_lax_gt(d, 0), d, 0)), "f64[2]");
    ck_assert_str_eq(jaxc_type_text(jaxc_lax_pow(2, d)), "f64[2]");
    ck_assert_str_eq(jaxc_type_text(jaxc_lax_pow(d, 2)), "f64[2]");
    ck_assert_str_eq(jaxc_type_text(jaxc_lax_pad(u, 7, JAXC_PADDING({1, 0, 0}))), "u8[3]");
    const double tenth = 0.1;
    ck_assert(jaxc_item(jaxc_lax_add(array_of(JAXC_F64, JAXC_SCALAR), 0.1)) ==
              jaxc_item(array_of(JAXC_F64, JAXC_SCALAR)) + tenth);
    ck_assert_msg(jaxc_error() == NULL, "%s", jaxc_error());
}
END_TEST

START_TEST(a_number_of_another_kind_stays_what_it_is)
{
    jaxc_value i = array_of(JAXC_I32, JAXC_SHAPE(2)), b = array_of(JAXC_BOOL, JAXC_SHAPE(2));
    expect(jaxc_lax_add(i, 1.5), JAXC_EDTYPE,
           "jaxc_lax_add: add: operands need equal dtypes: i32[2] and ~f32[]");
    expect(jaxc_lax_bitwise_and(b, 1), JAXC_EDTYPE, "equal dtypes: bool[2] and ~i32[]");
    expect(jaxc_lax_add(1, 2.5), JAXC_EDTYPE, "equal dtypes: ~i32[] and ~f32[]");
    expect(jaxc_lax_add(array_of(JAXC_U8, JAXC_SHAPE(2)), 300), JAXC_EVALUE, "300");
    expect(jaxc_lax_exp(1), JAXC_EDTYPE, "exp: takes floats, got ~i32[]");
}
END_TEST

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(element_by_element_nothing_is_promoted_or_broadcast)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), d = array_of(JAXC_F64, JAXC_SHAPE(2, 3));
    jaxc_value row = array_of(JAXC_F32, JAXC_SHAPE(3)), i = array_of(JAXC_I32, JAXC_SHAPE(2, 3));
    jaxc_value b = array_of(JAXC_BOOL, JAXC_SHAPE(2, 3));
    expect(jaxc_lax_add(x, d), JAXC_EDTYPE,
           "add: operands need equal dtypes: f32[2,3] and f64[2,3]");
    expect(jaxc_lax_eq(x, i), JAXC_EDTYPE, "eq: operands need equal dtypes: f32[2,3] and i32[2,3]");
    expect(jaxc_lax_add(x, row), JAXC_ESHAPE,
           "add: operands need equal shapes, or rank 0: f32[2,3] and f32[3]");
    expect(jaxc_lax_add(b, b), JAXC_EDTYPE, "add: takes integers and floats, got bool[2,3]");
    expect(jaxc_lax_neg(b), JAXC_EDTYPE, "neg: takes integers and floats, got bool[2,3]");
    expect(jaxc_lax_clz(x), JAXC_EDTYPE, "clz: takes integers, got f32[2,3]");
    expect(jaxc_lax_bitwise_not(x), JAXC_EDTYPE, "not: takes bool and integers, got f32[2,3]");
    expect(jaxc_lax_pow(i, x), JAXC_EDTYPE, "pow");
    expect(jaxc_lax_integer_pow(i, -1), JAXC_EVALUE, "jaxc_lax_integer_pow: ");
    expect(jaxc_lax_reciprocal(i), JAXC_EVALUE, "jaxc_lax_reciprocal: ");
    expect(jaxc_lax_round(x, (jaxc_rounding_method)7), JAXC_EVALUE, "7 is no rounding method");
    expect(jaxc_lax_reduce_precision(x, 0, 3), JAXC_EVALUE, "reduce_precision");
    expect(jaxc_lax_convert_element_type(x, (jaxc_dtype)0), JAXC_EDTYPE, "0 is no dtype");
    expect(jaxc_lax_bitcast_convert_type(x, JAXC_BOOL), JAXC_EDTYPE, "f32[2,3] to bool");
    expect(jaxc_lax_bitcast_convert_type(x, JAXC_F64), JAXC_ESHAPE, "needs a last axis of 2");
    expect(jaxc_lax_clamp(row, x, row), JAXC_ESHAPE, "clamp");
    expect(jaxc_lax_select(b, x, i), JAXC_EDTYPE, "equal dtypes: i32[2,3] and f32[2,3]");
    expect(jaxc_lax_select_n(b, x), JAXC_ETREE, "needs a tuple of arrays, not f32[2,3]");
    expect(jaxc_lax_select_n(b, jaxc_dict("x", x)), JAXC_ETREE, "not {\"x\": f32[2,3]}");
    expect(jaxc_lax_select_n(b, jaxc_tuple_n(0, NULL)), JAXC_EVALUE, "an empty tuple");
    expect(jaxc_lax_select_n(b, jaxc_tuple(x, x, x)), JAXC_EVALUE, "two cases, not 3");
    expect(jaxc_lax_threefry2x32(x, x, x, x), JAXC_EDTYPE, "threefry2x32");
}
END_TEST

START_TEST(shapes_must_be_those_that_are_asked_for)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), i = array_of(JAXC_I32, JAXC_SHAPE(2, 3));
    struct jaxc_ints none = {0}, long_list = {.n = 9}, far = JAXC_INTS(INT64_C(1) << 32);
    expect(jaxc_lax_broadcast_in_dim(x, JAXC_SHAPE(3, 2), JAXC_INTS(1, 0)), JAXC_EAXIS, "follows");
    expect(jaxc_lax_broadcast_in_dim(x, JAXC_SHAPE(2, 4), JAXC_INTS(0, 1)), JAXC_ESHAPE, "along");
    expect(jaxc_lax_broadcast_in_dim(x, JAXC_SHAPE(2, 3), none), JAXC_EVALUE,
           "0 broadcast_dimensions for f32[2,3]");
    expect(jaxc_lax_broadcast(x, JAXC_SHAPE(1, 1, 1, 1, 1, 1, 1)), JAXC_ELIMIT, "9 axes");
    expect(jaxc_lax_broadcast_to_rank(x, 9), JAXC_ELIMIT, "9 axes");
    expect(jaxc_lax_reshape(x, JAXC_SHAPE(5)), JAXC_ESHAPE, "f32[2,3] has 6 elements");
    expect(jaxc_lax_reshape(x, JAXC_SHAPE(-1)), JAXC_ELIMIT, "negative size -1");
    expect(jaxc_lax_reshape(x, JAXC_SHAPE(6), JAXC_INTS(0)), JAXC_EVALUE, "1 axes in the");
    expect(jaxc_lax_collapse(x, 2, 1), JAXC_EAXIS, "axes from 2 to 1 of f32[2,3]");
    expect(jaxc_lax_squeeze(x, JAXC_INTS(0)), JAXC_ESHAPE, "axis 0 of f32[2,3] has not size 1");
    expect(jaxc_lax_squeeze(x, JAXC_INTS(2)), JAXC_EAXIS, "2");
    expect(jaxc_lax_expand_dims(x, JAXC_INTS(0, 0)), JAXC_EAXIS, "0");
    expect(jaxc_lax_expand_dims(x, long_list), JAXC_ELIMIT, "9 new axes");
    expect(jaxc_lax_transpose(x, JAXC_INTS(0)), JAXC_EVALUE,
           "1 axes in the permutation for f32[2,3]");
    expect(jaxc_lax_transpose(x, JAXC_INTS(0, -1)), JAXC_EAXIS, "axis -1 of f32[2,3]");
    expect(jaxc_lax_transpose(x, JAXC_INTS(0, 0)), JAXC_EAXIS, "twice");
    expect(jaxc_lax_rev(x, JAXC_INTS(-1)), JAXC_EAXIS, "rev: axis -1 of f32[2,3]");
    expect(jaxc_lax_rev(x, far), JAXC_EAXIS, "4294967296 is no axis");
    expect(jaxc_lax_rev(x, long_list), JAXC_EVALUE, "a list of 9 axes");
    expect(jaxc_lax_slice(x, JAXC_INTS(0), JAXC_INTS(1, 1)), JAXC_EVALUE, "1 starts for f32[2,3]");
    expect(jaxc_lax_slice(x, JAXC_INTS(0, 0), JAXC_INTS(2, 4)), JAXC_EVALUE, "[0, 4) of axis 1");
    expect(jaxc_lax_slice(x, JAXC_INTS(0, 0), JAXC_INTS(2, 3), JAXC_INTS(1, 0)), JAXC_EVALUE,
           "stride 0");
    expect(jaxc_lax_slice_in_dim(x, 0, 9, 1, 1), JAXC_EVALUE, "[0, 9) of axis 1");
    expect(jaxc_lax_slice_in_dim(x, 0, 1, 1, 2), JAXC_EAXIS, "2");
    expect(jaxc_lax_index_in_dim(x, 3, 1, true), JAXC_EVALUE, "index 3 along axis 1 of f32[2,3]");
    expect(jaxc_lax_pad(x, 0.0, JAXC_PADDING({1, 1, 0})), JAXC_EVALUE, "1 axes in the padding");
    expect(jaxc_lax_pad(x, 0.0, JAXC_PADDING({-3, 0, 0}, {0, 0, 0})), JAXC_ESHAPE, "pad");
    expect(jaxc_lax_pad(x, 0.0, JAXC_PADDING({0, 0, -1}, {0, 0, 0})), JAXC_EVALUE, "pad");
    expect(jaxc_lax_pad(x, i, JAXC_PADDING({0, 0, 0}, {1, 0, 0})), JAXC_EDTYPE, "pad");
    expect(jaxc_lax_concatenate(jaxc_tuple(x, i), 0), JAXC_EDTYPE, "f32[2,3] and i32[2,3]");
    expect(jaxc_lax_concatenate(jaxc_tuple(x, x), -1), JAXC_EAXIS, "-1");
    expect(jaxc_lax_concatenate(x, 0), JAXC_ETREE, "needs a tuple");
    expect(jaxc_lax_iota(JAXC_BOOL, 3), JAXC_EDTYPE, "not bool[3]");
    expect(jaxc_lax_iota(JAXC_I32, -3), JAXC_ELIMIT, "-3");
    expect(jaxc_lax_broadcasted_iota(JAXC_I32, JAXC_SHAPE(2), 1), JAXC_EAXIS,
           "dimension 1 of i32[2]");
    expect(jaxc_lax_full(JAXC_SHAPE(2), x), JAXC_ESHAPE, "a scalar, not f32[2,3]");
}
END_TEST

START_TEST(axes_must_be_those_of_the_operand)
{
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), b = array_of(JAXC_BOOL, JAXC_SHAPE(2, 3));
    jaxc_value none = array_of(JAXC_F32, JAXC_SHAPE(2, 0));
    expect(jaxc_lax_reduce_sum(x, JAXC_INTS(-1)), JAXC_EAXIS, "reduce_sum: axis -1 of f32[2,3]");
    expect(jaxc_lax_reduce_max(x, JAXC_INTS(1, 1)), JAXC_EAXIS, "axis 1 of f32[2,3] twice");
    expect(jaxc_lax_reduce_sum(b, JAXC_INTS(0)), JAXC_EDTYPE,
           "reduce_sum: takes integers and floats");
    expect(jaxc_lax_reduce_and(x, JAXC_INTS(0)), JAXC_EDTYPE,
           "reduce_and: takes bool and integers");
    expect(jaxc_lax_argmax(x, -1), JAXC_EAXIS, "argmax: axis -1 of f32[2,3]");
    expect(jaxc_lax_argmax(none, 1), JAXC_EVALUE, "axis 1 of f32[2,0] is empty");
    expect(jaxc_lax_argmin(x, 1, JAXC_F32), JAXC_EDTYPE, "i32 or i64 indices, not f32");
    expect(jaxc_lax_cumsum(x, -1, false), JAXC_EAXIS, "cumsum: axis -1 of f32[2,3]");
    expect(jaxc_lax_cumsum(b, 0, false), JAXC_EDTYPE, "cumsum");
    expect(jaxc_lax_sort(x, 2, 1), JAXC_EAXIS, "2");
    expect(jaxc_lax_sort(jaxc_tuple(x, b), 0, 3), JAXC_EVALUE, "3 keys among 2 operands");
    expect(jaxc_lax_sort(x, 0, -1), JAXC_EVALUE, "-1 keys");
    expect(jaxc_lax_sort(jaxc_tuple(x, none), 0, 1), JAXC_ESHAPE, "f32[2,3] and f32[2,0]");
    expect(jaxc_lax_sort(jaxc_tuple(x, jaxc_tuple(x, x)), 0, 1), JAXC_ETREE,
           "needs a tuple of arrays");
    expect(jaxc_lax_sort(jaxc_tuple_n(0, NULL), 0, 1), JAXC_EVALUE, "an empty tuple");
    expect(jaxc_lax_top_k(x, 4, -1), JAXC_EVALUE, "top_k");
    expect(jaxc_lax_top_k(x, -1, -1), JAXC_EVALUE, "top_k");
    expect(jaxc_lax_top_k(x, 1, 2), JAXC_EAXIS, "2");
}
END_TEST

START_TEST(products_need_pairs_of_equal_sizes)
{
    struct jaxc_ints none = {0};
    jaxc_value x = array_of(JAXC_F32, JAXC_SHAPE(2, 3)), i = array_of(JAXC_I32, JAXC_SHAPE(3, 2));
    jaxc_value v = array_of(JAXC_F32, JAXC_SHAPE(3)), s = array_of(JAXC_F32, JAXC_SCALAR);
    expect(jaxc_lax_dot(x, x), JAXC_ESHAPE, "k differs");
    expect(jaxc_lax_dot(x, i), JAXC_EDTYPE, "f32[2,3] and i32[3,2]");
    expect(jaxc_lax_dot(s, s), JAXC_ESHAPE, "takes vectors and matrices: f32[] and f32[]");
    expect(jaxc_lax_dot(x, v, JAXC_I32), JAXC_EDTYPE, "a product of f32[2,3] cannot be i32");
    expect(jaxc_lax_batch_matmul(x, v), JAXC_ESHAPE, "both with as many axes: f32[2,3] and f32[3]");
    expect(
        jaxc_lax_dot_general(x, v, .dimension_numbers = {JAXC_INTS(2), JAXC_INTS(0), none, none}),
        JAXC_EAXIS, "axis 2 of lhs f32[2,3]");
    expect(jaxc_lax_dot_general(x, v, .dimension_numbers = {JAXC_INTS(1), none, none, none}),
           JAXC_EVALUE, "lhs contracts 1 axes, rhs 0");
    expect(jaxc_lax_dot_general(
               x, x, .dimension_numbers = {JAXC_INTS(1), JAXC_INTS(1), JAXC_INTS(1), JAXC_INTS(0)}),
           JAXC_EAXIS, "named twice");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lax");
    suite_add_tcase(
        suite, reference_cases("tests/reference/lax.txt", sizeof calls / sizeof *calls, calls));
    TCase *names = tcase_create("names");
    tcase_add_test(names, every_primitive_is_a_call_or_has_a_reason);
    suite_add_tcase(suite, names);
    TCase *numbers = tcase_create("numbers");
    tcase_add_test(numbers, a_number_takes_the_dtype_of_the_operand_beside_it);
    tcase_add_test(numbers, a_number_of_another_kind_stays_what_it_is);
    suite_add_tcase(suite, numbers);
    TCase *errors = tcase_create("errors");
    tcase_add_test(errors, element_by_element_nothing_is_promoted_or_broadcast);
    tcase_add_test(errors, shapes_must_be_those_that_are_asked_for);
    tcase_add_test(errors, axes_must_be_those_of_the_operand);
    tcase_add_test(errors, products_need_pairs_of_equal_sizes);
    suite_add_tcase(suite, errors);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
