/*
 * test_transform.c - grad, vjp, jvp, linearize, vmap, Jacobians, custom rules: values, structures,
 * nesting, errors.
 */
#include "support/values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static jaxc_value x_sin_x(jaxc_value x) { return jaxc_sum(jaxc_mul(x, jaxc_sin(x))); }
static jaxc_value cube(jaxc_value x) { return jaxc_mul(x, jaxc_mul(x, x)); }
static jaxc_value affine(jaxc_value w, jaxc_value x) { return jaxc_tanh(jaxc_dot(w, x)); }
static jaxc_value pair_product(jaxc_value d)
{
    return jaxc_mul(jaxc_get(d, "a"), jaxc_get(jaxc_get(d, "b"), 0));
}

/* ---- grad ------------------------------------------------------------------------------------ */

START_TEST(grad_of_a_sum)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(3));
    EXPECT(jaxc_call(jaxc_grad(x_sin_x), x), 1e-6, sin(1) + cos(1), sin(2) + 2 * cos(2),
           sin(3) + 3 * cos(3));
}
END_TEST

static jaxc_value three_args(jaxc_value x, jaxc_value n, jaxc_value z)
{
    return jaxc_mul(jaxc_mul(x, n), jaxc_mul(z, z));
}

START_TEST(grad_takes_argnums_and_gives_a_tuple_for_several)
{
    JAXC_SCOPE;
    jaxc_value g = jaxc_call(jaxc_grad(three_args, .argnums = JAXC_ARGS(2, 0)), 2.0, 3.0, 5.0);
    ck_assert(jaxc_is_tuple(g));
    EXPECT(g, 1e-6, 60, 75);
    g = jaxc_call(jaxc_grad(three_args, .argnums = JAXC_ARGS(-1)), 2.0, 3.0, 5.0);
    ck_assert(jaxc_is_array(g));
    EXPECT(g, 1e-6, 60);
}
END_TEST

START_TEST(sets_of_arguments_that_no_macro_made_are_refused)
{
    JAXC_SCOPE;
    struct jaxc_grad_options grad = {.argnums = {NULL, 1, {0}}}; /* .argnums = {0, 1} */
    ck_assert(!jaxc_fn_ok((jaxc_grad)(JAXC_FN(three_args), grad)));
    EXPECT_FAILURE(JAXC_EVALUE, "jaxc_grad", "write .argnums = JAXC_ARGS(");
    ck_assert(!jaxc_fn_ok((jaxc_value_and_grad)(JAXC_FN(three_args), grad)));
    EXPECT_FAILURE(JAXC_EVALUE, "jaxc_value_and_grad", "write .argnums = JAXC_ARGS(");
    struct jaxc_jit_options jit = {.donate = {(const struct jaxc_given *)(uintptr_t)1, 0, {0}}};
    ck_assert(!jaxc_fn_ok((jaxc_jit)(JAXC_FN(three_args), jit))); /* .donate = 1 */
    EXPECT_FAILURE(JAXC_EVALUE, "jaxc_jit", "write .donate = JAXC_ARGS(");
    jit = (struct jaxc_jit_options){.static_argnums = {NULL, 0, {0, 1}}};
    ck_assert(!jaxc_fn_ok((jaxc_jit)(JAXC_FN(three_args), jit)));
    EXPECT_FAILURE(JAXC_EVALUE, "jaxc_jit", "write .static_argnums = JAXC_ARGS(");
    jit = (struct jaxc_jit_options){0};
    ck_assert(jaxc_fn_ok((jaxc_jit)(JAXC_FN(three_args), jit)));
}
END_TEST

START_TEST(grad_has_the_structure_of_its_argument)
{
    JAXC_SCOPE;
    jaxc_value d = jaxc_dict("b", jaxc_tuple(3.0, 7.0), "a", 2.0);
    jaxc_value g = jaxc_call(jaxc_grad(pair_product), d);
    ck_assert_str_eq(jaxc_type_text(g), "{\"a\": ~f32[], \"b\": (~f32[], ~f32[])}");
    EXPECT(g, 0, 3, 2, 0);
}
END_TEST

static jaxc_value with_aux(jaxc_value x)
{
    return jaxc_tuple(jaxc_sum(jaxc_mul(x, x)), jaxc_dict("twice", jaxc_add(x, x)));
}

START_TEST(value_and_grad_returns_value_and_aux)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(2)), value, aux, gradient, both;
    ck_assert(
        jaxc_unpack(jaxc_call(jaxc_value_and_grad(with_aux, .has_aux = 1), x), &both, &gradient));
    ck_assert(jaxc_unpack(both, &value, &aux));
    EXPECT(value, 0, 5);
    EXPECT(jaxc_get(aux, "twice"), 0, 2, 4);
    EXPECT(gradient, 0, 2, 4);
    ck_assert(jaxc_unpack(jaxc_call(jaxc_grad(with_aux, .has_aux = 1), x), &gradient, &aux));
    EXPECT(gradient, 0, 2, 4);
    EXPECT(
        jaxc_call(jaxc_value_and_grad(x_sin_x), jaxc_array((float[]){0}, JAXC_F32, JAXC_SHAPE(1))),
        0, 0, 0);
}
END_TEST

START_TEST(grad_of_grad_of_grad)
{
    JAXC_SCOPE;
    EXPECT(jaxc_call(jaxc_grad(cube), 2.0), 1e-6, 12);
    EXPECT(jaxc_call(jaxc_grad(jaxc_grad(cube)), 2.0), 1e-6, 12);
    EXPECT(jaxc_call(jaxc_grad(jaxc_grad(jaxc_grad(cube))), 2.0), 1e-6, 6);
    EXPECT(jaxc_call(jaxc_grad(jaxc_grad(jaxc_grad(jaxc_grad(cube)))), 2.0), 1e-6, 0);
}
END_TEST

static jaxc_value constant(jaxc_value x)
{
    (void)x;
    return jaxc_mul(2.0, 3.0);
}
static jaxc_value integers(jaxc_value x, jaxc_value n)
{
    return jaxc_mul(x, jaxc_astype(n, JAXC_F32));
}

START_TEST(grad_of_what_does_not_depend_is_zero)
{
    JAXC_SCOPE;
    EXPECT(jaxc_call(jaxc_grad(constant), counting(JAXC_SHAPE(2, 2))), 0, 0, 0, 0, 0);
    jaxc_value g =
        jaxc_call(jaxc_grad(integers, .argnums = JAXC_ARGS(0, 1), .allow_int = 1), 2.0, 3);
    EXPECT(g, 0, 3, 0);
    ck_assert_int_eq(jaxc_dtype_of(jaxc_get(g, 1)), JAXC_I32);
}
END_TEST

static jaxc_value not_scalar(jaxc_value x) { return jaxc_mul(x, 2.0); }
static jaxc_value gives_integer(jaxc_value x) { return jaxc_argmax(x); }
static jaxc_value gives_tuple(jaxc_value x) { return jaxc_tuple(x, x); }
static jaxc_value gives_nothing(jaxc_value x)
{
    (void)x;
    return (jaxc_value){0, 0};
}
static jaxc_value gives_rubbish(jaxc_value x)
{
    (void)x;
    return (jaxc_value){12345, 99};
}

START_TEST(grad_says_what_is_wrong)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(3));
    jaxc_call(jaxc_grad(not_scalar), x);
    EXPECT_FAILURE(JAXC_ESHAPE, "test_transform.c:",
                   "jaxc_call: gradients by argument 0 (made by "
                   "jaxc_grad at ",
                   ") are of scalar results", "f32[3]", "jacrev");
    jaxc_call(jaxc_grad(gives_integer), x);
    EXPECT_FAILURE(JAXC_EDTYPE, "i32[]");
    jaxc_call(jaxc_grad(gives_tuple), x);
    EXPECT_FAILURE(JAXC_ETREE, "tuple", "has_aux");
    jaxc_call(jaxc_grad(x_sin_x), jaxc_arange(3));
    EXPECT_FAILURE(JAXC_EDTYPE, "argument 0", "i32[3]", "allow_int");
    jaxc_call(jaxc_grad(x_sin_x, .argnums = JAXC_ARGS(1)), x);
    EXPECT_FAILURE(JAXC_EARITY, "argument 1 of 1");
    jaxc_call(jaxc_grad(x_sin_x), x, x);
    EXPECT_FAILURE(JAXC_EARITY, "1 argument", "not 2");
    jaxc_call(jaxc_value_and_grad(jaxc_mul, .argnums = JAXC_ARGS(1, 0)), x, x);
    EXPECT_FAILURE(JAXC_ESHAPE, "gradients by arguments 1, 0 (made by jaxc_value_and_grad at ");
    jaxc_call(jaxc_grad(gives_nothing), x);
    EXPECT_FAILURE(JAXC_EVALUE, "the function of jaxc_grad returned no living value: an "
                                "uninitialised value, or the result of a call whose error was");
    jaxc_call(jaxc_grad(gives_rubbish), x);
    EXPECT_FAILURE(JAXC_EVALUE, "no living value: not a value: uninitialised or overwritten");
}
END_TEST

/* ---- what messages say of functions ---------------------------------------------------------- */

static int line_of_dot, line_of_scope, line_of_grad, line_of_rule;

static jaxc_value area(jaxc_value a, jaxc_value b) { return jaxc_mul(a, b); }
static jaxc_value layer(jaxc_value w, jaxc_value x)
{
    line_of_dot = __LINE__ + 1;
    return jaxc_dot(w, x);
}
static jaxc_value total(jaxc_value w, jaxc_value x) { return jaxc_sum(layer(w, x)); }
static jaxc_value descent(jaxc_value w, jaxc_value x)
{
    line_of_grad = __LINE__ + 1;
    return jaxc_call(jaxc_grad(total), w, x);
}
static jaxc_value forgets_to_lift(jaxc_value x)
{
    line_of_scope = __LINE__ + 1;
    JAXC_SCOPE;
    return jaxc_mul(x, 2);
}
static jaxc_value calls_forgetful(jaxc_value x) { return jaxc_call(forgets_to_lift, x); }
static jaxc_value identity(jaxc_value x) { return jaxc_mul(x, 1); }
static jaxc_value failing_rule(jaxc_value p, jaxc_value t)
{
    (void)p;
    line_of_rule = __LINE__ + 1;
    return jaxc_dot(jaxc_get(t, 0), counting(JAXC_SHAPE(9)));
}
static jaxc_value failing_bwd(jaxc_value residuals, jaxc_value ct)
{
    (void)residuals;
    line_of_rule = __LINE__ + 1;
    return jaxc_dot(ct, counting(JAXC_SHAPE(9)));
}
static jaxc_value with_failing_rule(jaxc_value x)
{
    return jaxc_sum(jaxc_call(jaxc_custom_jvp(identity, failing_rule), x));
}
static jaxc_value keeps_residuals(jaxc_value x) { return jaxc_tuple(x, jaxc_tuple(x)); }
static jaxc_value with_failing_bwd(jaxc_value x)
{
    return jaxc_sum(jaxc_call(jaxc_custom_vjp(identity, keeps_residuals, failing_bwd), x));
}

/* The message begins at one line and ends with a place in the parentheses. */
static void expect_chain(int line, const char *chain, int last)
{
    char begin[64], end[200];
    snprintf(begin, sizeof begin, "test_transform.c:%d: jaxc_", line);
    snprintf(end, sizeof end, "test_transform.c:%d)", last);
    ck_assert_ptr_nonnull(jaxc_error());
    ck_assert_str_eq(jaxc_error() + strlen(jaxc_error()) - strlen(end), end);
    EXPECT_FAILURE(JAXC_ESHAPE, begin, chain);
}

START_TEST(an_error_in_a_traced_function_says_who_traced_it_and_where)
{
    JAXC_SCOPE;
    jaxc_value w = jaxc_zeros(JAXC_SHAPE(4, 3)), x = jaxc_zeros(JAXC_SHAPE(4)), out;
    jaxc_call(jaxc_jit(layer), w, x);
    expect_chain(line_of_dot, "has 4 (in the function of jaxc_jit at ", __LINE__ - 1);
    jaxc_call(jaxc_jit(jaxc_grad(total)), w, x); /* one place is told once, the innermost */
    expect_chain(line_of_dot, "has 4 (in the function of jaxc_grad at ", __LINE__ - 1);
    jaxc_call(jaxc_jit(descent), w, x);
    char inner[100];
    snprintf(inner, sizeof inner, "test_transform.c:%d; in the function of jaxc_jit at ",
             line_of_grad);
    ck_assert_ptr_nonnull(strstr(jaxc_error(), inner));
    expect_chain(line_of_dot, "has 4 (in the function of jaxc_grad at ", __LINE__ - 5);
    jaxc_call(jaxc_vmap(layer, .in_axes = {JAXC_NONE, 0}), w, jaxc_zeros(JAXC_SHAPE(5, 4)));
    expect_chain(line_of_dot, "has 4 (in the function of jaxc_vmap at ", __LINE__ - 1);
    jaxc_call(jaxc_jvp(layer), jaxc_tuple(w, x), jaxc_tuple(w, x));
    expect_chain(line_of_dot, "has 4 (in the function of jaxc_jvp at ", __LINE__ - 1);
    jaxc_vjp(layer, &out, w, x);
    expect_chain(line_of_dot, "has 4 (in the function of jaxc_vjp at ", __LINE__ - 1);
    jaxc_linear_transpose(layer, w, x);
    expect_chain(line_of_dot, "has 4 (in the function of jaxc_linear_transpose at ", __LINE__ - 1);
    jaxc_call(jaxc_hessian(total), w, x);
    expect_chain(line_of_dot, "has 4 (in the function of jaxc_hessian at ", __LINE__ - 1);
    jaxc_program(layer, w, x);
    expect_chain(line_of_dot, "has 4 (in the function of jaxc_program at ", __LINE__ - 1);
    layer(w, x);
    ck_assert_ptr_null(strchr(jaxc_error(), '('));
    EXPECT_FAILURE(JAXC_ESHAPE, "jaxc_dot");
}
END_TEST

START_TEST(an_error_in_a_rule_of_the_users_says_which)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(3));
    jaxc_call(jaxc_grad(with_failing_rule), x);
    expect_chain(line_of_rule, "(in the rule of jaxc_custom_jvp at ", __LINE__ - 1);
    jaxc_call(jaxc_jit(jaxc_vmap(jaxc_grad(with_failing_rule))), counting(JAXC_SHAPE(2, 3)));
    expect_chain(line_of_rule, "(in the rule of jaxc_custom_jvp at ", __LINE__ - 1);
    jaxc_call(jaxc_grad(with_failing_bwd), x);
    expect_chain(line_of_rule, "(in the bwd rule of jaxc_custom_vjp at ", __LINE__ - 1);
}
END_TEST

START_TEST(a_dead_result_says_what_became_of_it)
{
    char opened[64];
    JAXC_SCOPE;
    jaxc_call(jaxc_vmap(forgets_to_lift), counting(JAXC_SHAPE(2, 3)));
    snprintf(opened, sizeof opened, "test_transform.c:%d closed", line_of_scope);
    EXPECT_FAILURE(JAXC_EVALUE,
                   "the function of jaxc_vmap returned no living value: value f32[3] "
                   "made at ",
                   " by jaxc_mul was returned after the scope opened at ", opened);
    jaxc_call(jaxc_vmap(calls_forgetful), counting(JAXC_SHAPE(2)));
    EXPECT_FAILURE(JAXC_EVALUE,
                   "jaxc_call: the function returned no living value: value f32[] made "
                   "at ",
                   "(in the function of jaxc_vmap at ");
}
END_TEST

START_TEST(a_wrong_number_of_arguments_says_which_function_it_was_made_by)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(3)), out;
    jaxc_fn f = jaxc_vmap(area), g = jaxc_grad(jaxc_jit(area));
    char made[100];
    snprintf(made, sizeof made, "test_transform.c:%d)", __LINE__ - 2);
    jaxc_call(f, x);
    EXPECT_FAILURE(JAXC_EARITY, "takes 2 arguments, not 1 (made by jaxc_vmap at ", made);
    jaxc_call(g, x);
    EXPECT_FAILURE(JAXC_EARITY, "takes 2 arguments, not 1 (area, made by jaxc_grad at ", made);
    jaxc_vjp(f, &out, x, x, x);
    EXPECT_FAILURE(JAXC_EARITY, "takes 2 arguments, not 3 (made by jaxc_vmap at ", made);
    jaxc_call(area, x);
    EXPECT_FAILURE(JAXC_EARITY, "takes 2 arguments, not 1");
    jaxc_value dead;
    {
        JAXC_SCOPE;
        dead = jaxc_mul(x, 1);
    }
    jaxc_call(f, x, dead);
    EXPECT_FAILURE(JAXC_EDEAD, "jaxc_call: argument 1: value f32[3] made at ");
    jaxc_vjp(area, &out, dead, x);
    EXPECT_FAILURE(JAXC_EDEAD, "jaxc_vjp: argument 0: value f32[3] made at ");
}
END_TEST

/* ---- jvp, linearize, vjp, linear_transpose --------------------------------------------------- */

START_TEST(jvp_gives_value_and_tangent)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(2));
    jaxc_value r = jaxc_call(jaxc_jvp(cube), jaxc_tuple(x), jaxc_tuple(jaxc_ones_like(x)));
    EXPECT(jaxc_get(r, 0), 0, 1, 8);
    EXPECT(jaxc_get(r, 1), 0, 3, 12);
    jaxc_call(jaxc_jvp(cube), jaxc_tuple(x), jaxc_tuple(counting(JAXC_SHAPE(3))));
    EXPECT_FAILURE(JAXC_ESHAPE, "tangent", "f32[3]", "f32[2]");
    jaxc_call(jaxc_jvp(cube), jaxc_tuple(x), jaxc_tuple(jaxc_arange(2)));
    EXPECT_FAILURE(JAXC_EDTYPE, "tangent", "i32[2]", "f32[2]");
    jaxc_call(jaxc_jvp(cube), x, x);
    EXPECT_FAILURE(JAXC_ETREE, "tuple");
}
END_TEST

START_TEST(linearize_and_vjp_evaluate_once_and_apply_often)
{
    JAXC_SCOPE;
    jaxc_value w = counting(JAXC_SHAPE(2, 2)), x = jaxc_mul(0.1, counting(JAXC_SHAPE(2))), out,
               same;
    jaxc_fn lin = jaxc_linearize(affine, &out, w, x);
    jaxc_fn back = jaxc_vjp(affine, &same, w, x);
    EXPECT_SAME(out, same, 0);
    jaxc_value dw = jaxc_mul(0.3, w), dx = jaxc_sub(1, x), ct = jaxc_add(out, 2);
    jaxc_value dy = jaxc_call(lin, dw, dx), ct_in = jaxc_call(back, ct);
    jaxc_value inner = jaxc_add(jaxc_sum(jaxc_mul(jaxc_get(ct_in, 0), dw)),
                                jaxc_sum(jaxc_mul(jaxc_get(ct_in, 1), dx)));
    EXPECT_SAME(jaxc_sum(jaxc_mul(ct, dy)), inner, 1e-5);
    EXPECT_SAME(jaxc_get(jaxc_call(jaxc_jvp(affine), jaxc_tuple(w, x), jaxc_tuple(dw, dx)), 1), dy,
                1e-6);
    jaxc_call(back, x, x);
    EXPECT_FAILURE(JAXC_EARITY, "not 2");
    jaxc_call(back, counting(JAXC_SHAPE(3)));
    EXPECT_FAILURE(JAXC_ESHAPE, "cotangent", "f32[3]", "f32[2]");
}
END_TEST

static jaxc_value linear_map(jaxc_value x, jaxc_value y)
{
    return jaxc_sub(jaxc_mul(3, x), jaxc_sum(y));
}

START_TEST(linear_transpose_transposes_and_refuses_what_is_not_linear)
{
    JAXC_SCOPE;
    jaxc_value s = jaxc_spec(JAXC_F32, JAXC_SHAPE(2)), x = counting(JAXC_SHAPE(2));
    jaxc_fn t = jaxc_linear_transpose(linear_map, s, s);
    EXPECT(jaxc_call(t, x), 0, 3, 6, -3, -3);
    jaxc_fn bad = jaxc_linear_transpose(cube, s);
    jaxc_call(bad, x);
    EXPECT_FAILURE(JAXC_EVALUE, "mul", "not linear");
}
END_TEST

/* ---- vmap ------------------------------------------------------------------------------------ */

static jaxc_value row_times(jaxc_value x, jaxc_value s) { return jaxc_mul(x, s); }
static jaxc_value two_outs(jaxc_value x) { return jaxc_tuple(jaxc_sum(x), jaxc_mul(x, 2)); }

START_TEST(vmap_maps_axes_in_and_out)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(2, 3)), s = counting(JAXC_SHAPE(3));
    EXPECT(jaxc_call(jaxc_vmap(row_times, .in_axes = {0, JAXC_NONE}), x, s), 0, 1, 4, 9, 4, 10, 18);
    EXPECT(jaxc_call(jaxc_vmap(row_times, .in_axes = {1, 0}), x, s), 0, 1, 4, 4, 10, 9, 18);
    EXPECT(jaxc_call(jaxc_vmap(row_times, .in_axes = {-1, 0}, .out_axes = 1), x, s), 0, 1, 4, 9, 4,
           10, 18);
    EXPECT(jaxc_call(jaxc_vmap(row_times, .in_axes = {-1, 0}, .out_axes = -1), x, s), 0, 1, 4, 9, 4,
           10, 18);
    EXPECT(jaxc_call(jaxc_vmap(two_outs, .out_tree = jaxc_tuple(0, 1)), x), 0, 6, 15, 2, 8, 4, 10,
           6, 12);
    EXPECT(jaxc_call(jaxc_vmap(cube, .in_axes = {JAXC_NONE}, .axis_size = 2), 3.0), 0, 27, 27);
    EXPECT(jaxc_call(jaxc_vmap(cube, .in_axes = {JAXC_NONE}, .out_axes = JAXC_NONE, .axis_size = 2),
                     3.0),
           0, 27);
}
END_TEST

START_TEST(vmap_takes_trees_of_axes)
{
    JAXC_SCOPE;
    jaxc_value d =
        jaxc_dict("a", counting(JAXC_SHAPE(2)), "b", jaxc_tuple(counting(JAXC_SHAPE(2, 2)), 0.0));
    jaxc_fn f =
        jaxc_vmap(pair_product, .in_trees[0] = jaxc_dict("a", 0, "b", jaxc_tuple(1, JAXC_NONE)));
    EXPECT(jaxc_call(f, d), 0, 1, 3, 4, 8);
    jaxc_fn g = jaxc_vmap(pair_product, .in_trees[0] = jaxc_dict("a", JAXC_NONE, "b", JAXC_NONE),
                          .axis_size = 2);
    EXPECT(jaxc_call(g, jaxc_dict("a", 2.0, "b", jaxc_tuple(5.0))), 0, 10, 10);
    jaxc_call(f, jaxc_dict("a", counting(JAXC_SHAPE(2))));
    EXPECT_FAILURE(JAXC_ETREE, "in_trees[0]", "prefix");
}
END_TEST

START_TEST(vmap_says_what_is_wrong)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(2, 3));
    jaxc_call(jaxc_vmap(row_times), x, counting(JAXC_SHAPE(3)));
    EXPECT_FAILURE(JAXC_ESHAPE, "argument 0 has 2 on axis 0", "argument 1 has 3 on axis 0");
    jaxc_call(jaxc_vmap(cube, .in_axes = {2}), x);
    EXPECT_FAILURE(JAXC_EAXIS, "axis 2", "f32[2,3]");
    jaxc_call(jaxc_vmap(cube), 1.0);
    EXPECT_FAILURE(JAXC_ESHAPE, "f32[]", "rank 0");
    jaxc_call(jaxc_vmap(cube, .in_axes = {JAXC_NONE}), x);
    EXPECT_FAILURE(JAXC_EVALUE, "axis_size");
    jaxc_call(jaxc_vmap(cube, .out_axes = JAXC_NONE), x);
    EXPECT_FAILURE(JAXC_EVALUE, "out_axes");
    jaxc_call(jaxc_vmap(cube, .out_axes = 5), x);
    EXPECT_FAILURE(JAXC_EAXIS, "5");
    jaxc_vmap(row_times, .in_axes = {0, 0, JAXC_NONE});
    EXPECT_FAILURE(JAXC_EARITY, "jaxc_vmap", "in_axes[2]", "takes 2 arguments");
    jaxc_vmap(cube, .in_trees[3] = jaxc_tuple(0, 0));
    EXPECT_FAILURE(JAXC_EARITY, "in_trees[3]", "takes 1 argument");
}
END_TEST

START_TEST(vmap_of_grad_is_the_gradient_of_each)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(2, 3)), each = jaxc_call(jaxc_vmap(jaxc_grad(x_sin_x)), x);
    EXPECT_SAME(jaxc_get(each, 0), jaxc_call(jaxc_grad(x_sin_x), jaxc_get(x, 0)), 1e-6);
    EXPECT_SAME(jaxc_get(each, 1), jaxc_call(jaxc_grad(x_sin_x), jaxc_get(x, 1)), 1e-6);
    EXPECT_SAME(jaxc_call(jaxc_vmap(jaxc_vmap(jaxc_grad(cube))), x), jaxc_mul(3, jaxc_mul(x, x)),
                1e-6);
    EXPECT_SAME(jaxc_call(jaxc_vmap(jaxc_grad(jaxc_grad(cube))), counting(JAXC_SHAPE(2))),
                jaxc_mul(6, counting(JAXC_SHAPE(2))), 1e-6);
}
END_TEST

START_TEST(vmap_over_no_lanes_gives_no_lanes)
{
    JAXC_SCOPE;
    jaxc_value x = jaxc_zeros(JAXC_SHAPE(0, 3), JAXC_F32), y = jaxc_call(jaxc_vmap(x_sin_x), x);
    ck_assert_str_eq(jaxc_type_text(y), "f32[0]");
    ck_assert_ptr_nonnull(jaxc_data(y));
}
END_TEST

/* ---- Jacobians ------------------------------------------------------------------------------- */

static jaxc_value twists(jaxc_value x)
{
    return jaxc_stack(0, jaxc_mul(jaxc_get(x, 0), jaxc_get(x, 1)), jaxc_sin(jaxc_get(x, 1)));
}
static jaxc_value tree_to_tree(jaxc_value d)
{
    return jaxc_tuple(jaxc_mul(jaxc_get(d, "s"), jaxc_get(d, "v")), jaxc_get(d, "s"));
}

START_TEST(jacobians_agree_forward_and_reverse)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(2));
    EXPECT(jaxc_call(jaxc_jacfwd(twists), x), 1e-6, 2, 1, 0, cos(2));
    EXPECT(jaxc_call(jaxc_jacrev(twists), x), 1e-6, 2, 1, 0, cos(2));
    jaxc_value d = jaxc_dict("s", 3.0, "v", x);
    jaxc_value f = jaxc_call(jaxc_jacfwd(tree_to_tree), d),
               r = jaxc_call(jaxc_jacrev(tree_to_tree), d);
    ck_assert_str_eq(jaxc_type_text(f),
                     "({\"s\": f32[2], \"v\": f32[2,2]}, {\"s\": ~f32[], \"v\": ~f32[2]})");
    ck_assert_str_eq(jaxc_type_text(r),
                     "({\"s\": ~f32[2], \"v\": f32[2,2]}, {\"s\": ~f32[], \"v\": f32[2]})");
    EXPECT(f, 0, 1, 2, 3, 0, 0, 3, 1, 0, 0);
    EXPECT_SAME(f, r, 0);
    EXPECT(jaxc_call(jaxc_jacrev(affine, .argnum = 1), jaxc_zeros(JAXC_SHAPE(2, 2), JAXC_F32), x),
           0, 0, 0, 0, 0);
}
END_TEST

static jaxc_value bowl(jaxc_value x)
{
    return jaxc_mul(jaxc_get(x, 0), jaxc_mul(jaxc_get(x, 1), jaxc_get(x, 1)));
}

static jaxc_value threes(jaxc_value x)
{
    (void)x;
    return jaxc_full(JAXC_SHAPE(3), 3, JAXC_F32);
}
static jaxc_value to_f32(jaxc_value x) { return jaxc_astype(x, JAXC_F32); }
static jaxc_value with_argmax(jaxc_value x) { return jaxc_tuple(jaxc_mul(x, x), jaxc_argmax(x)); }
static jaxc_value mixed(jaxc_value p)
{
    return jaxc_add(jaxc_mul(jaxc_get(p, "a"), jaxc_get(p, "b")), jaxc_sum(jaxc_get(p, "c")));
}
static bool is_weak(jaxc_value x) { return jaxc_is_weak(x); }

/* As in JAX: forward a block is of the result's type, in reverse of the argument's. */
START_TEST(jacobians_have_the_types_of_what_moves)
{
    JAXC_SCOPE;
    jaxc_value x = jaxc_full(JAXC_SHAPE(2), 0.5, JAXC_F64);
    ck_assert_str_eq(jaxc_type_text(jaxc_call(jaxc_jacrev(threes), x)), "f64[3,2]");
    ck_assert_str_eq(jaxc_type_text(jaxc_call(jaxc_jacfwd(threes), x)), "f32[3,2]");
    ck_assert_str_eq(jaxc_type_text(jaxc_call(jaxc_jacrev(to_f32), x)), "f64[2,2]");
    ck_assert_str_eq(jaxc_type_text(jaxc_call(jaxc_jacfwd(to_f32), x)), "f32[2,2]");

    jaxc_value p = jaxc_dict("a", 3.0, "b", 2.0, "c", counting(JAXC_SHAPE(3)));
    jaxc_value h = jaxc_call(jaxc_hessian(mixed), p);
    EXPECT(jaxc_get(jaxc_get(h, "a"), "b"), 0, 1);
    EXPECT(jaxc_get(jaxc_get(h, "a"), "a"), 0, 0);
    ck_assert(is_weak(jaxc_get(jaxc_get(h, "a"), "b")) && is_weak(jaxc_get(jaxc_get(h, "b"), "c")));
    ck_assert(!is_weak(jaxc_get(jaxc_get(h, "c"), "a")));
    ck_assert(is_weak(jaxc_get(jaxc_call(jaxc_jacrev(mixed), p), "a")));
    ck_assert(!is_weak(jaxc_get(jaxc_call(jaxc_jacfwd(mixed), p), "a")));
}
END_TEST

START_TEST(argument_numbers_below_0_count_from_the_last)
{
    JAXC_SCOPE;
    jaxc_value two = JAXC_VAL(2.0), three = JAXC_VAL(3.0);
    EXPECT(jaxc_call(jaxc_jacfwd(three_args, .argnum = -1), two, three, two), 0, 24);
    EXPECT(jaxc_call(jaxc_jacrev(three_args, .argnum = -3), two, three, two), 0, 12);
    EXPECT(jaxc_call(jaxc_hessian(three_args, .argnum = -1), two, three, two), 0, 12);
    ck_assert(!jaxc_ok(jaxc_call(jaxc_hessian(three_args, .argnum = -4), two, three, two)));
    EXPECT_FAILURE(JAXC_EARITY, "argnum -4 of 3");
}
END_TEST

START_TEST(jacobians_of_integers_go_forward_only)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(3));
    jaxc_value j = jaxc_call(jaxc_jacfwd(with_argmax), x);
    ck_assert_str_eq(jaxc_type_text(j), "(f32[3,3], i32[3])");
    ck_assert(!jaxc_ok(jaxc_call(jaxc_jacrev(with_argmax), x)));
    EXPECT_FAILURE(JAXC_EDTYPE, "jaxc_call", "i32[]", "jaxc_jacfwd");
    ck_assert(!jaxc_ok(jaxc_call(jaxc_hessian(cube), 3)));
    EXPECT_FAILURE(JAXC_EDTYPE, "i32[]", "with respect to floats");
}
END_TEST

static jaxc_value plus_one(jaxc_value x) { return jaxc_add(x, 1); }

/* The library's own calls inside a transform leave the user's place alone. */
START_TEST(a_bad_tangent_is_told_at_the_call)
{
    JAXC_SCOPE;
    jaxc_value y = jaxc_call(jaxc_jvp(cube), jaxc_tuple(1.0), jaxc_tuple(1));
    ck_assert(!jaxc_ok(y));
    EXPECT_FAILURE(JAXC_EDTYPE, "test_transform.c:", "jaxc_call: the tangent", "~i32[]", "~f32[]");
    y = jaxc_call(jaxc_jvp(cube), 1.0, jaxc_tuple(1.0));
    ck_assert(!jaxc_ok(y));
    EXPECT_FAILURE(JAXC_ETREE, "test_transform.c:", "jaxc_call: primals come as a tuple");
}
END_TEST

START_TEST(linear_transpose_takes_what_is_linear_but_for_a_constant)
{
    JAXC_SCOPE;
    EXPECT(jaxc_call(jaxc_linear_transpose(plus_one, 1.0), 2.0), 0, 2);
    ck_assert(!jaxc_ok(jaxc_call(jaxc_linear_transpose(jaxc_sin, 1.0), 1.0)));
    EXPECT_FAILURE(JAXC_ENORULE, "sin is not linear");
}
END_TEST

START_TEST(hessian_is_jacfwd_of_jacrev)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(2));
    EXPECT(jaxc_call(jaxc_hessian(bowl), x), 1e-6, 0, 4, 4, 2);
    EXPECT(jaxc_call(jaxc_jacrev(jaxc_jacfwd(bowl)), x), 1e-6, 0, 4, 4, 2);
    EXPECT(jaxc_call(jaxc_jit(jaxc_hessian(bowl)), x), 1e-6, 0, 4, 4, 2);
}
END_TEST

/* ---- custom rules ---------------------------------------------------------------------------- */

static jaxc_value plain_exp(jaxc_value x) { return jaxc_exp(x); }
static jaxc_value exp_rule(jaxc_value primals, jaxc_value tangents)
{
    return jaxc_tuple(jaxc_exp(jaxc_get(primals, 0)), jaxc_mul(100, jaxc_get(tangents, 0)));
}
static jaxc_value odd_exp(jaxc_value x)
{
    return jaxc_call(jaxc_custom_jvp(plain_exp, exp_rule), x);
}
static jaxc_value sum_odd_exp(jaxc_value x) { return jaxc_sum(odd_exp(x)); }

START_TEST(custom_jvp_is_used_by_every_transform)
{
    JAXC_SCOPE;
    jaxc_value x = jaxc_zeros(JAXC_SHAPE(2), JAXC_F32);
    EXPECT(jaxc_call(odd_exp, x), 1e-6, 1, 1);
    EXPECT(jaxc_call(jaxc_jit(odd_exp), x), 1e-6, 1, 1);
    EXPECT(jaxc_call(jaxc_grad(sum_odd_exp), x), 0, 100, 100);
    EXPECT(jaxc_call(jaxc_jit(jaxc_grad(sum_odd_exp)), x), 0, 100, 100);
    EXPECT(jaxc_call(jaxc_grad(jaxc_jit(sum_odd_exp)), x), 0, 100, 100);
    EXPECT(jaxc_call(jaxc_vmap(jaxc_grad(odd_exp)), x), 0, 100, 100);
    EXPECT(jaxc_call(jaxc_grad(sum_odd_exp), jaxc_zeros(JAXC_SHAPE(1, 2), JAXC_F32)), 0, 100, 100);
    EXPECT(jaxc_call(jaxc_jacfwd(jaxc_vmap(odd_exp)), x), 0, 100, 0, 0, 100);
    EXPECT(jaxc_get(jaxc_call(jaxc_jvp(odd_exp), jaxc_tuple(x), jaxc_tuple(jaxc_add(x, 2))), 1), 0,
           200, 200);
    EXPECT(jaxc_call(jaxc_grad(jaxc_grad(odd_exp)), 0.0), 0, 0);
}
END_TEST

static jaxc_value scaled(jaxc_value w, jaxc_value x) { return jaxc_mul(w, x); }
static jaxc_value scaled_fwd(jaxc_value w, jaxc_value x)
{
    return jaxc_tuple(jaxc_mul(w, x), jaxc_dict("w", w, "x", x));
}
static jaxc_value scaled_bwd(jaxc_value r, jaxc_value ct)
{
    return jaxc_tuple(jaxc_mul(10, jaxc_mul(ct, jaxc_get(r, "x"))),
                      jaxc_mul(1000, jaxc_mul(ct, jaxc_get(r, "w"))));
}
static jaxc_value odd_scaled(jaxc_value w, jaxc_value x)
{
    return jaxc_call(jaxc_custom_vjp(scaled, scaled_fwd, scaled_bwd), w, x);
}
static jaxc_value shared_weight(jaxc_value w, jaxc_value xs)
{
    return jaxc_sum(jaxc_call(jaxc_vmap(odd_scaled, .in_axes = {JAXC_NONE, 0}), w, xs));
}

START_TEST(custom_vjp_is_used_by_reverse_mode_and_under_vmap)
{
    JAXC_SCOPE;
    EXPECT(jaxc_call(odd_scaled, 2.0, 3.0), 0, 6);
    EXPECT(jaxc_call(jaxc_grad(odd_scaled, .argnums = JAXC_ARGS(0, 1)), 2.0, 3.0), 0, 30, 2000);
    EXPECT(jaxc_call(jaxc_jit(jaxc_grad(odd_scaled, .argnums = JAXC_ARGS(0, 1))), 2.0, 3.0), 0, 30,
           2000);
    jaxc_value xs = counting(JAXC_SHAPE(3));
    EXPECT(jaxc_call(jaxc_vmap(jaxc_grad(odd_scaled), .in_axes = {JAXC_NONE, 0}), 2.0, xs), 0, 10,
           20, 30);
    EXPECT(jaxc_call(jaxc_grad(shared_weight, .argnums = JAXC_ARGS(0, 1)), 2.0, xs), 0, 60, 2000,
           2000, 2000);
    EXPECT(jaxc_call(jaxc_jit(jaxc_grad(shared_weight)), 2.0, xs), 0, 60);
    EXPECT(jaxc_call(jaxc_grad(jaxc_grad(odd_scaled), .argnums = JAXC_ARGS(1)), 2.0, 3.0), 0, 10);
    jaxc_value r = jaxc_call(jaxc_jvp(odd_scaled), jaxc_tuple(2.0, 3.0), jaxc_tuple(1.0, 1.0));
    ck_assert(!jaxc_ok(r) || !jaxc_eval(r));
    EXPECT_FAILURE(JAXC_ENORULE, "custom_vjp", "reverse");
}
END_TEST

static jaxc_value bad_rule(jaxc_value p, jaxc_value t)
{
    (void)t;
    return jaxc_get(p, 0);
}
static jaxc_value wrong_type_rule(jaxc_value p, jaxc_value t)
{
    (void)t;
    return jaxc_tuple(jaxc_get(p, 0), jaxc_zeros(JAXC_SHAPE(7), JAXC_F32));
}
static jaxc_value with_bad_rule(jaxc_value x)
{
    return jaxc_sum(jaxc_call(jaxc_custom_jvp(plain_exp, bad_rule), x));
}
static jaxc_value with_wrong_rule(jaxc_value x)
{
    return jaxc_sum(jaxc_call(jaxc_custom_jvp(plain_exp, wrong_type_rule), x));
}

START_TEST(custom_rules_are_checked)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(2));
    jaxc_call(jaxc_grad(with_bad_rule), x);
    EXPECT_FAILURE(JAXC_ETREE, "custom_jvp", "tuple of two");
    jaxc_call(jaxc_grad(with_wrong_rule), x);
    EXPECT_FAILURE(JAXC_ESHAPE, "custom_jvp", "f32[7]", "f32[2]");
    jaxc_custom_jvp(plain_exp, plain_exp);
    EXPECT_FAILURE(JAXC_EARITY, "primals, tangents");
}
END_TEST

static jaxc_value stopped(jaxc_value x) { return jaxc_sum(jaxc_mul(x, jaxc_stop_gradient(x))); }

START_TEST(stop_gradient_stops)
{
    JAXC_SCOPE;
    EXPECT(jaxc_call(jaxc_grad(stopped), counting(JAXC_SHAPE(3))), 0, 1, 2, 3);
    EXPECT(jaxc_call(jaxc_jit(jaxc_grad(stopped)), counting(JAXC_SHAPE(3))), 0, 1, 2, 3);
}
END_TEST

/* ---- captures and nesting -------------------------------------------------------------------- */

static jaxc_value captured;
static jaxc_value uses_capture(jaxc_value x)
{
    return jaxc_sum(jaxc_mul(captured, jaxc_mul(x, x)));
}
static jaxc_value outer_of_capture(jaxc_value s)
{
    captured = jaxc_mul(s, 2);
    return jaxc_sum(jaxc_call(jaxc_grad(uses_capture), jaxc_mul(s, s)));
}

START_TEST(values_of_enclosing_traces_are_captured)
{
    JAXC_SCOPE;
    captured = counting(JAXC_SHAPE(2));
    EXPECT(jaxc_call(jaxc_grad(uses_capture), counting(JAXC_SHAPE(2))), 0, 2, 8);
    EXPECT(jaxc_call(jaxc_jit(jaxc_grad(uses_capture)), counting(JAXC_SHAPE(2))), 0, 2, 8);
    /* d/ds (2 * 2s * s^2) = 12 s^2, also through jit, whose inner trace captures a traced value */
    EXPECT(jaxc_call(outer_of_capture, 3.0), 1e-6, 108);
    EXPECT(jaxc_call(jaxc_grad(outer_of_capture), 3.0), 1e-6, 108);
    EXPECT(jaxc_call(jaxc_jit(jaxc_grad(jaxc_jit(outer_of_capture))), 3.0), 1e-6, 108);
    EXPECT(jaxc_call(jaxc_vmap(jaxc_grad(outer_of_capture)), counting(JAXC_SHAPE(2))), 1e-6, 12,
           48);
}
END_TEST

struct exponent {
    int n;
};
static jaxc_value raise(const void *env, jaxc_value x)
{
    const struct exponent *e = env;
    jaxc_value y = x;
    for (int i = 1; i < e->n; i++)
        y = jaxc_mul(y, x);
    return y;
}

START_TEST(closures_and_partials_transform_like_functions)
{
    JAXC_SCOPE;
    struct exponent e = {3};
    jaxc_fn f = jaxc_closure(raise, &e);
    e.n = 2; /* the environment was copied */
    EXPECT(jaxc_call(jaxc_grad(f), 2.0), 0, 12);
    EXPECT(jaxc_call(jaxc_jit(f), 2.0), 0, 8);
    EXPECT(jaxc_call(jaxc_jit(jaxc_closure(raise, &e)), 2.0), 0, 4);
    jaxc_fn p = jaxc_partial(affine, jaxc_zeros(JAXC_SHAPE(2, 2), JAXC_F32));
    ck_assert_int_eq(jaxc_arity(p), 1);
    EXPECT(jaxc_call(jaxc_jit(p), counting(JAXC_SHAPE(2))), 0, 0, 0);
    EXPECT(jaxc_call(jaxc_jacrev(jaxc_partial(row_times, counting(JAXC_SHAPE(2)))),
                     counting(JAXC_SHAPE(2))),
           0, 1, 0, 0, 2);
    jaxc_partial(cube, 1.0, 2.0);
    EXPECT_FAILURE(JAXC_EARITY, "2 values", "function of 1");
}
END_TEST

START_TEST(calls_with_options_are_functions_of_one_value)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(2, 3));
    EXPECT(jaxc_call(jaxc_grad(jaxc_sum), x), 0, 1, 1, 1, 1, 1, 1);
    EXPECT(jaxc_call(jaxc_vmap(jaxc_max), x), 0, 3, 6);
    EXPECT(jaxc_call(jaxc_jit(jaxc_vmap(jaxc_grad(jaxc_logsumexp))), jaxc_zeros(JAXC_SHAPE(1, 2))),
           0, 0.5, 0.5);
    EXPECT(jaxc_call(jaxc_jacrev(jaxc_nn_softmax), jaxc_zeros(JAXC_SHAPE(2))), 0, 0.25, -0.25,
           -0.25, 0.25);
    EXPECT(jaxc_call(jaxc_vmap(jaxc_transpose, .in_axes = {1}), jaxc_ones(JAXC_SHAPE(1, 2))), 0, 1,
           1);
    EXPECT(jaxc_tree_map(jaxc_zeros_like, jaxc_tuple(x, 1)), 0, 0, 0, 0, 0, 0, 0, 0);
    EXPECT(jaxc_call(jaxc_partial(jaxc_mean, x)), 0, 3.5);
}
END_TEST

static jaxc_value twelve(jaxc_value a, jaxc_value b, jaxc_value c, jaxc_value d, jaxc_value e,
                         jaxc_value f, jaxc_value g, jaxc_value h, jaxc_value i, jaxc_value j,
                         jaxc_value k, jaxc_value l)
{
    return jaxc_stack(0, a, b, c, d, e, f, g, h, i, j, k, l);
}
static jaxc_value eleven(const void *env, jaxc_value a, jaxc_value b, jaxc_value c, jaxc_value d,
                         jaxc_value e, jaxc_value f, jaxc_value g, jaxc_value h, jaxc_value i,
                         jaxc_value j, jaxc_value k)
{
    return twelve(a, b, c, d, e, f, g, h, i, j, k, JAXC_VAL(*(const int *)env));
}

START_TEST(c_functions_take_twelve_values_and_closures_eleven)
{
    JAXC_SCOPE;
    int last = 12;
    EXPECT(jaxc_call(jaxc_jit(twelve), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 0, 1, 2, 3, 4, 5, 6,
           7, 8, 9, 10, 11, 12);
    EXPECT(jaxc_call(jaxc_closure(eleven, &last), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 0, 1, 2, 3, 4,
           5, 6, 7, 8, 9, 10, 11, 12);
    jaxc_c12 again = JAXC_FUNCTION(12, jaxc_jit(twelve));
    jaxc_value one = JAXC_VAL(1), two = JAXC_VAL(2);
    EXPECT(again(one, two, one, one, one, one, one, one, one, one, one, two), 0, 1, 2, 1, 1, 1, 1,
           1, 1, 1, 1, 1, 2);
    jaxc_function_free(again);
}
END_TEST

START_TEST(a_transformed_function_is_a_c_function_again)
{
    JAXC_SCOPE;
    jaxc_value (*slope)(jaxc_value) = JAXC_FUNCTION(1, jaxc_grad(cube));
    ck_assert_int_eq(slope != NULL, 1);
    EXPECT(slope(jaxc_add(2.0, 0)), 0, 12);
    EXPECT(jaxc_call(jaxc_grad(slope), 2.0), 0, 12);
    jaxc_value xs = counting(JAXC_SHAPE(2));
    EXPECT(jaxc_call(jaxc_jit(jaxc_vmap(slope)), xs), 0, 3, 12);
    jaxc_function_free(slope);
    jaxc_c2 none = JAXC_FUNCTION(2, cube);
    ck_assert_int_eq(none != NULL, 0);
    EXPECT_FAILURE(JAXC_EARITY, "2 values", "function of 1");
}
END_TEST

START_TEST(sixty_four_transforms_nest)
{
    JAXC_SCOPE;
    jaxc_fn f = jaxc_jit(cube);
    for (int i = 0; i < 21; i++)
        f = jaxc_jit(
            jaxc_vmap(jaxc_jit(f), .in_axes = {JAXC_NONE}, .out_axes = JAXC_NONE, .axis_size = 2));
    EXPECT(jaxc_call(f, 2.0), 0, 8);
    EXPECT(jaxc_call(jaxc_grad(f), 2.0), 0, 12);
}
END_TEST

START_TEST(eval_shape_computes_nothing)
{
    JAXC_SCOPE;
    jaxc_value s = jaxc_eval_shape(affine, jaxc_spec(JAXC_F32, JAXC_SHAPE(5, 4)),
                                   jaxc_spec(JAXC_F32, JAXC_SHAPE(4)));
    ck_assert_str_eq(jaxc_type_text(s), "f32[5]");
    ck_assert_ptr_null(jaxc_data(s));
    EXPECT_FAILURE(JAXC_ECONCRETE, "abstract", "f32[5]");
    jaxc_add(s, 1);
    EXPECT_FAILURE(JAXC_ECONCRETE, "abstract");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transform");
    TCase *tc = tcase_create("transform");
    suite_add_tcase(suite, tc);
    tcase_add_test(tc, grad_of_a_sum);
    tcase_add_test(tc, grad_takes_argnums_and_gives_a_tuple_for_several);
    tcase_add_test(tc, sets_of_arguments_that_no_macro_made_are_refused);
    tcase_add_test(tc, grad_has_the_structure_of_its_argument);
    tcase_add_test(tc, value_and_grad_returns_value_and_aux);
    tcase_add_test(tc, grad_of_grad_of_grad);
    tcase_add_test(tc, grad_of_what_does_not_depend_is_zero);
    tcase_add_test(tc, grad_says_what_is_wrong);
    tcase_add_test(tc, an_error_in_a_traced_function_says_who_traced_it_and_where);
    tcase_add_test(tc, an_error_in_a_rule_of_the_users_says_which);
    tcase_add_test(tc, a_dead_result_says_what_became_of_it);
    tcase_add_test(tc, a_wrong_number_of_arguments_says_which_function_it_was_made_by);
    tcase_add_test(tc, jvp_gives_value_and_tangent);
    tcase_add_test(tc, linearize_and_vjp_evaluate_once_and_apply_often);
    tcase_add_test(tc, linear_transpose_transposes_and_refuses_what_is_not_linear);
    tcase_add_test(tc, vmap_maps_axes_in_and_out);
    tcase_add_test(tc, vmap_takes_trees_of_axes);
    tcase_add_test(tc, vmap_says_what_is_wrong);
    tcase_add_test(tc, vmap_of_grad_is_the_gradient_of_each);
    tcase_add_test(tc, vmap_over_no_lanes_gives_no_lanes);
    tcase_add_test(tc, jacobians_agree_forward_and_reverse);
    tcase_add_test(tc, jacobians_have_the_types_of_what_moves);
    tcase_add_test(tc, jacobians_of_integers_go_forward_only);
    tcase_add_test(tc, argument_numbers_below_0_count_from_the_last);
    tcase_add_test(tc, a_bad_tangent_is_told_at_the_call);
    tcase_add_test(tc, linear_transpose_takes_what_is_linear_but_for_a_constant);
    tcase_add_test(tc, hessian_is_jacfwd_of_jacrev);
    tcase_add_test(tc, custom_jvp_is_used_by_every_transform);
    tcase_add_test(tc, custom_vjp_is_used_by_reverse_mode_and_under_vmap);
    tcase_add_test(tc, custom_rules_are_checked);
    tcase_add_test(tc, stop_gradient_stops);
    tcase_add_test(tc, values_of_enclosing_traces_are_captured);
    tcase_add_test(tc, closures_and_partials_transform_like_functions);
    tcase_add_test(tc, calls_with_options_are_functions_of_one_value);
    tcase_add_test(tc, c_functions_take_twelve_values_and_closures_eleven);
    tcase_add_test(tc, a_transformed_function_is_a_c_function_again);
    tcase_add_test(tc, sixty_four_transforms_nest);
    tcase_add_test(tc, eval_shape_computes_nothing);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
