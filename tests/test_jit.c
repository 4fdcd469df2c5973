/*
 * test_jit.c - the cache of compiled functions, static arguments, donation, evaluation outside
 * traces.
 */
#include "support/values.h"

#include "api/api.h"

#include <stdio.h>

static int n_traced; /* how often the body below ran: host side effects run while tracing only */

static jaxc_value traced(jaxc_value x)
{
    n_traced++;
    return jaxc_add(jaxc_mul(x, 2), 1);
}

/* ---- the cache ------------------------------------------------------------------------------- */

START_TEST(a_signature_is_traced_once)
{
    JAXC_SCOPE;
    n_traced = 0;
    jaxc_jit_clear();
    struct jaxc_jit_stats before = jaxc_jit_get_stats(), after;
    for (int i = 0; i < 5; i++)
        EXPECT(jaxc_call(jaxc_jit(traced), counting(JAXC_SHAPE(2))), 0, 3, 5);
    ck_assert_int_eq(n_traced, 1);
    after = jaxc_jit_get_stats();
    ck_assert_uint_eq(after.hits - before.hits, 4);
    ck_assert_uint_eq(after.misses - before.misses, 1);
    ck_assert_str_eq(jaxc_jit_why_missed(), "the first call of this function");
    jaxc_call(jaxc_jit(traced), counting(JAXC_SHAPE(3)));
    ck_assert_str_eq(jaxc_jit_why_missed(), "argument 0 is f32[3], it was f32[2]");
    jaxc_call(jaxc_jit(traced), jaxc_arange(3));
    ck_assert_str_eq(jaxc_jit_why_missed(), "argument 0 is i32[3], it was f32[3]");
    ck_assert_int_eq(n_traced, 3);
}
END_TEST

START_TEST(the_value_of_a_number_is_no_part_of_the_key_but_its_weakness_is)
{
    JAXC_SCOPE;
    n_traced = 0;
    jaxc_jit_clear();
    EXPECT(jaxc_call(jaxc_jit(traced), 3), 0, 7);
    EXPECT(jaxc_call(jaxc_jit(traced), 4), 0, 9);
    ck_assert_int_eq(n_traced, 1);
    EXPECT(jaxc_call(jaxc_jit(traced), 1.5), 0, 4);
    ck_assert_int_eq(n_traced, 2);
    float one = 1;
    EXPECT(jaxc_call(jaxc_jit(traced), jaxc_array(&one, JAXC_F32, JAXC_SCALAR)), 0, 3);
    ck_assert_int_eq(n_traced, 3);
    ck_assert_str_eq(jaxc_jit_why_missed(), "argument 0 is f32[], it was ~f32[]");
    ck_assert(jaxc_is_weak(jaxc_call(jaxc_jit(traced), 2.5)));
}
END_TEST

static jaxc_value repeat(jaxc_value x, jaxc_value n)
{
    jaxc_value y = x;
    for (int64_t i = 1; i < jaxc_item_i64(n); i++)
        y = jaxc_mul(y, x);
    return y;
}

START_TEST(static_arguments_are_numbers_while_tracing)
{
    JAXC_SCOPE;
    jaxc_jit_clear();
    jaxc_fn f = jaxc_jit(repeat, .static_argnums = JAXC_ARGS(1));
    EXPECT(jaxc_call(f, 2.0, 3), 0, 8);
    EXPECT(jaxc_call(f, 2.0, 4), 0, 16);
    ck_assert_str_eq(jaxc_jit_why_missed(), "the static argument 1 has another value");
    EXPECT(jaxc_call(f, 3.0, 3), 0, 27);
    ck_assert_uint_eq(jaxc_jit_get_stats().entries, 2);
    EXPECT(jaxc_call(jaxc_grad(jaxc_jit(repeat, .static_argnums = JAXC_ARGS(1))), 2.0, 3), 0, 12);
    EXPECT_OK();
    jaxc_call(jaxc_jit(repeat), 2.0, 3);
    EXPECT_FAILURE(JAXC_ECONCRETE, "test_jit.c:", "jaxc_item_i64", "traced", "i32[]");
    jaxc_call(f, 2.0, jaxc_arange(2));
    EXPECT_FAILURE(JAXC_EVALUE, "argument 1 is static", "i32[2]");
    jaxc_value one = jaxc_add(1.5, 0);
    EXPECT(jaxc_call(jaxc_jit(repeat, .static_argnums = JAXC_ARGS(-1), .donate = JAXC_ARGS(-2)),
                     one, 2),
           0, 2.25);
    ck_assert(!jaxc_ok(one));
    ck_assert(!jaxc_ok(jaxc_call(f, 2.0, jaxc_ones(JAXC_SCALAR, JAXC_I32))));
    EXPECT_FAILURE(JAXC_EVALUE, "argument 1 is static", "not an array i32[]");
    jaxc_jit(repeat, .static_argnums = JAXC_ARGS(-3));
    EXPECT_FAILURE(JAXC_EVALUE, "static_argnums names argument -3 of 2");
    jaxc_jit(repeat, .static_argnums = JAXC_ARGS(0), .donate = JAXC_ARGS(0));
    EXPECT_FAILURE(JAXC_EVALUE, "both static and donated");
    jaxc_jit(repeat, .donate = JAXC_ARGS(2));
    EXPECT_FAILURE(JAXC_EVALUE, "donate names argument 2 of 2");
}
END_TEST

static jaxc_value cubed(jaxc_value x) { return jaxc_mul(x, jaxc_mul(x, x)); }
static jaxc_value sum_of_cubes(jaxc_value x) { return jaxc_sum(jaxc_call(jaxc_jit(cubed), x)); }
static jaxc_value cubed_rule(jaxc_value x, jaxc_value dx)
{
    return jaxc_tuple(cubed(jaxc_get(x, 0)), jaxc_get(dx, 0));
}

/* How often "name=<name>\n" stands in a program's text. */
static int n_named(const char *text, const char *name)
{
    char words[64];
    int n = 0;
    snprintf(words, sizeof words, "name=%s\n", name);
    for (; (text = strstr(text, words)); text++)
        n++;
    return n;
}

/* The functions' names, as JAX has them in its texts. */
START_TEST(programs_have_the_names_of_their_functions)
{
    JAXC_SCOPE;
    jaxc_value x = jaxc_ones(JAXC_SHAPE(3));
    jaxc_fn named = jaxc_jit(cubed, .name = "mine"), variable = jaxc_grad(sum_of_cubes);
    ck_assert_int_eq(n_named(jaxc_program(named, x), "mine"), 1);
    ck_assert_int_eq(n_named(jaxc_program(jaxc_jit(cubed), x), "cubed"), 1);
    ck_assert_int_eq(n_named(jaxc_program(named, x), "mine"), 1);
    ck_assert_int_eq(n_named(jaxc_program(variable, x), "cubed"), 2);
    const char *text = jaxc_program(jaxc_jit(jaxc_grad(sum_of_cubes)), x);
    ck_assert_int_eq(n_named(text, "sum_of_cubes"), 1);
    ck_assert_int_eq(n_named(text, "cubed"), 2);
    ck_assert_int_eq(n_named(jaxc_program(jaxc_jit(jaxc_vmap(cubed, .out_axes = 0)), x), "cubed"),
                     1);
    ck_assert_int_eq(n_named(jaxc_program(jaxc_vmap(jaxc_jit(cubed)), x), "cubed"), 1);
    jaxc_fn custom = jaxc_custom_jvp(cubed, cubed_rule);
    ck_assert_int_eq(n_named(jaxc_program(custom, x), "cubed"), 1);
    ck_assert_int_eq(n_named(jaxc_program(jaxc_jit(custom), x), "cubed"), 2);

    jaxc_jit_clear(); /* a name alone compiles nothing */
    jaxc_call(named, x);
    uint64_t compiled = jaxc_jit_get_stats().compiled;
    jaxc_call(jaxc_jit(cubed), x);
    ck_assert_uint_eq(jaxc_jit_get_stats().compiled, compiled);
    EXPECT_OK();
}
END_TEST

START_TEST(the_cache_is_bounded_and_drops_the_oldest)
{
    JAXC_SCOPE;
    jaxc_jit_clear();
    jaxc_jit_limit(3);
    n_traced = 0;
    for (int n = 1; n <= 5; n++)
        jaxc_call(jaxc_jit(traced), counting(JAXC_SHAPE(n)));
    ck_assert_uint_eq(jaxc_jit_get_stats().entries, 3);
    jaxc_call(jaxc_jit(traced), counting(JAXC_SHAPE(5)));
    ck_assert_int_eq(n_traced, 5);
    jaxc_call(jaxc_jit(traced), counting(JAXC_SHAPE(1)));
    ck_assert_int_eq(n_traced, 6);
    jaxc_jit_limit(1);
    ck_assert_uint_eq(jaxc_jit_get_stats().entries, 1);
    jaxc_jit_limit(0);
}
END_TEST

static jaxc_value constant_table;
static jaxc_value looks_up(jaxc_value x) { return jaxc_add(x, constant_table); }

START_TEST(captured_arrays_are_constants_of_the_trace)
{
    JAXC_SCOPE;
    jaxc_jit_clear();
    constant_table = jaxc_keep(jaxc_mul(10, counting(JAXC_SHAPE(2))));
    EXPECT(jaxc_call(jaxc_jit(looks_up), counting(JAXC_SHAPE(2))), 0, 11, 22);
    jaxc_drop(constant_table);
    constant_table = jaxc_keep(jaxc_mul(20, counting(JAXC_SHAPE(2))));
    EXPECT(jaxc_call(jaxc_jit(looks_up), counting(JAXC_SHAPE(2))), 0, 11,
           22); /* as traced, as in JAX */
    jaxc_drop(constant_table);
    jaxc_jit_clear();
}
END_TEST

static jaxc_value leaked;
static jaxc_value leaks(jaxc_value x)
{
    leaked = jaxc_mul(x, 2);
    return x;
}

START_TEST(a_traced_value_used_after_its_trace_is_an_error_that_says_where_it_was_made)
{
    JAXC_SCOPE;
    jaxc_jit_clear();
    jaxc_call(jaxc_jit(leaks), 1.0);
    EXPECT_OK();
    jaxc_add(leaked, 1);
    EXPECT_FAILURE(JAXC_EDEAD, "test_jit.c:", "jaxc_mul", "jaxc_add");
    /* kept beyond its trace's scope it is a leak */
    jaxc_jit_clear();
}
END_TEST

static jaxc_value keeps(jaxc_value x)
{
    leaked = jaxc_keep(jaxc_mul(x, 2));
    return x;
}

START_TEST(a_kept_traced_value_is_a_leak)
{
    JAXC_SCOPE;
    jaxc_jit_clear();
    jaxc_call(jaxc_jit(keeps), 1.0);
    jaxc_add(leaked, 1);
    EXPECT_FAILURE(JAXC_ELEAK, "test_jit.c:", "jaxc_mul", "over");
    jaxc_data(leaked);
    EXPECT_FAILURE(JAXC_ECONCRETE, "traced");
    jaxc_drop(leaked);
    jaxc_jit_clear();
}
END_TEST

static jaxc_value fib(int n, jaxc_value x);
static jaxc_value fib_of(const void *env, jaxc_value x)
{
    int n = *(const int *)env;
    return n < 2 ? jaxc_add(x, n) : jaxc_add(fib(n - 1, x), fib(n - 1, jaxc_mul(x, 1.5)));
}
static jaxc_value fib(int n, jaxc_value x)
{
    return jaxc_call(jaxc_jit(jaxc_closure(fib_of, &n)), x);
}

START_TEST(functions_that_call_each_other_twice_thirty_deep_stay_linear)
{
    JAXC_SCOPE;
    jaxc_jit_clear();
    int n = 30;
    uint64_t misses = jaxc_jit_get_stats().misses;
    jaxc_fn f = jaxc_closure(fib_of, &n);
    jaxc_value x = jaxc_spec(JAXC_F32, JAXC_SCALAR);
    const char *text = jaxc_program(f, x);
    ck_assert_msg(text != NULL, "%s", jaxc_error());
    ck_assert_uint_lt(strlen(text), 20000);
    ck_assert_uint_lt(jaxc_jit_get_stats().misses - misses, 40);
    text = jaxc_program(jaxc_grad(f), x);
    ck_assert_msg(text != NULL, "%s", jaxc_error());
    ck_assert_uint_lt(strlen(text), 60000);
    text = jaxc_program(jaxc_vmap(jaxc_grad(jaxc_grad(f))), jaxc_spec(JAXC_F32, JAXC_SHAPE(3)));
    ck_assert_msg(text != NULL, "%s", jaxc_error());
    ck_assert_uint_lt(strlen(text), 300000);
    jaxc_jit_clear();
}
END_TEST

/* ---- donation -------------------------------------------------------------------------------- */

static jaxc_value step(jaxc_value p, jaxc_value x)
{
    jaxc_value w, b;
    jaxc_unpack(p, &w, &b);
    return jaxc_tuple(jaxc_sub(w, x), jaxc_add(b, 1));
}

static const void *leaf_memory(jaxc_value p, int i)
{
    JAXC_SCOPE;
    return jaxc_data(jaxc_get(p, i));
}

START_TEST(donated_memory_becomes_the_result)
{
    JAXC_SCOPE;
    jaxc_fn f = jaxc_jit(step, .donate = JAXC_ARGS(0));
    jaxc_value p = {0, 0};
    {
        JAXC_SCOPE;
        ck_assert(jaxc_set(&p, jaxc_tuple(counting(JAXC_SHAPE(64)), counting(JAXC_SHAPE(64)))));
    }
    const void *w = leaf_memory(p, 0), *b = leaf_memory(p, 1);
    jaxc_value old = p;
    ck_assert(jaxc_set(&p, jaxc_call(f, p, 1.0)));
    EXPECT_OK();
    ck_assert_str_eq(jaxc_jit_why_unused(), "");
    ck_assert_ptr_eq(leaf_memory(p, 0), w);
    ck_assert_ptr_eq(leaf_memory(p, 1), b);
    ck_assert(!jaxc_ok(old));
    jaxc_call(f, old, 1.0);
    EXPECT_FAILURE(JAXC_EDONATED, "test_jit.c:", "jaxc_call: argument 0: value made at ",
                   "was donated at ", "by jaxc_call");
    ck_assert_float_eq(((const float *)w)[3], 3);
    ck_assert_float_eq(((const float *)b)[3], 5);
    jaxc_drop(p);
}
END_TEST

START_TEST(donated_memory_that_others_hold_is_left_alone_and_reported)
{
    JAXC_SCOPE;
    jaxc_fn f = jaxc_jit(step, .donate = JAXC_ARGS(0));
    jaxc_value w = counting(JAXC_SHAPE(4)), b = counting(JAXC_SHAPE(4)), p = jaxc_tuple(w, b);
    uint64_t before = jaxc_jit_get_stats().donated_unused;
    jaxc_value q = jaxc_call(f, p, 1.0);
    EXPECT(q, 0, 0, 1, 2, 3, 2, 3, 4, 5);
    EXPECT(w, 0, 1, 2, 3, 4);
    ck_assert_uint_eq(jaxc_jit_get_stats().donated_unused - before, 2);
    ck_assert_ptr_nonnull(
        strstr(jaxc_jit_why_unused(), "argument 0[0]: its memory is held elsewhere too"));
    ck_assert(!jaxc_ok(p));
    /* the reason stays when a later call has none */
    {
        JAXC_SCOPE;
        p = jaxc_keep(jaxc_tuple(counting(JAXC_SHAPE(4)), counting(JAXC_SHAPE(4))));
    }
    EXPECT(jaxc_call(f, p, 1.0), 0, 0, 1, 2, 3, 2, 3, 4, 5);
    ck_assert_uint_eq(jaxc_jit_get_stats().donated_unused - before, 2);
    ck_assert_str_eq(jaxc_jit_why_unused(), "argument 0[0]: its memory is held elsewhere too; "
                                            "argument 0[1]: its memory is held elsewhere too");
}
END_TEST

static jaxc_value keep_all(jaxc_value p) { return jaxc_tree_map(traced, p); }

START_TEST(a_long_list_of_unused_arguments_ends_with_dots)
{
    JAXC_SCOPE;
    for (int n = 1; n < 40; n++) {
        jaxc_value parts[40];
        for (int i = 0; i < n; i++)
            parts[i] = counting(JAXC_SHAPE(2));
        uint64_t before = jaxc_jit_get_stats().donated_unused;
        jaxc_call(jaxc_jit(keep_all, .donate = JAXC_ARGS(0)), jaxc_tuple_n(n, parts));
        EXPECT_OK();
        ck_assert_uint_eq(jaxc_jit_get_stats().donated_unused - before, (uint64_t)n);
        const char *why = jaxc_jit_why_unused(), *end = n <= 10 ? " too" : " too; ...";
        ck_assert_uint_lt(strlen(why), 512);
        ck_assert_str_eq(why + strlen(why) - strlen(end), end);
    }
}
END_TEST

static int n_released;
static void count_release(void *data, void *user)
{
    (void)data;
    (void)user;
    n_released++;
}

START_TEST(wrapped_memory_is_never_written)
{
    static float mine[4] = {1, 2, 3, 4};
    n_released = 0;
    {
        JAXC_SCOPE;
        jaxc_fn f = jaxc_jit(traced, .donate = JAXC_ARGS(0));
        jaxc_value x = jaxc_wrap(mine, JAXC_F32, JAXC_SHAPE(4), count_release, NULL);
        EXPECT(jaxc_call(f, x), 0, 3, 5, 7, 9);
        ck_assert(!jaxc_ok(x));
    }
    ck_assert_int_eq(n_released, 1);
    ck_assert_float_eq(mine[0], 1);
}
END_TEST

static jaxc_value fails_when_called(jaxc_value x) { return jaxc_add(x, counting(JAXC_SHAPE(7))); }

START_TEST(a_failed_call_donates_nothing)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(3));
    jaxc_call(jaxc_jit(fails_when_called, .donate = JAXC_ARGS(0)), x);
    EXPECT_FAILURE(JAXC_ESHAPE, "f32[3]", "f32[7]");
    EXPECT(x, 0, 1, 2, 3);
}
END_TEST

static bool handles_its_error;
static jaxc_value errs(jaxc_value x)
{
    bool positive = jaxc_item(x) > 0; /* NaN, with an error */
    if (handles_its_error)
        jaxc_clear_error();
    return positive ? jaxc_mul(x, 2) : x;
}

START_TEST(an_error_while_tracing_is_the_calls_error_and_nothing_of_the_trace_is_kept)
{
    JAXC_SCOPE;
    jaxc_jit_clear();
    jaxc_fn f = jaxc_jit(errs);
    handles_its_error = false;
    for (int i = 0; i < 2; i++) {
        ck_assert(!jaxc_ok(jaxc_call(f, 3.0)));
        EXPECT_FAILURE(JAXC_ECONCRETE, "jaxc_item");
        ck_assert(!jaxc_ok(jaxc_call(jaxc_grad(errs), 3.0)));
        EXPECT_FAILURE(JAXC_ECONCRETE, "jaxc_item");
    }
    ck_assert_uint_eq(jaxc_jit_get_stats().entries, 0);
    jaxc_get(jaxc_tuple(1), 1); /* an error from before is not the call's */
    EXPECT(jaxc_call(jaxc_jit(traced), 3.0), 0, 7);
    ck_assert(!jaxc_ok(jaxc_call(f, 3.0)));
    EXPECT_FAILURE(JAXC_EVALUE, "jaxc_get");
    handles_its_error = true;
    EXPECT(jaxc_call(f, 3.0), 0, 3);
    EXPECT_OK();
    jaxc_jit_clear();
}
END_TEST

/* ---- evaluation outside traces --------------------------------------------------------------- */

START_TEST(eager_numbers_compile_nothing_new)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(5));
    jaxc_eval(jaxc_mul(0.5, x));
    uint64_t compiled = jaxc_jit_get_stats().compiled;
    for (int i = 0; i < 20; i++) {
        JAXC_SCOPE;
        jaxc_value y = jaxc_mul(0.01 * i, x);
        ck_assert_double_eq_tol(jaxc_item(jaxc_get(y, 4)), 0.05 * i, 1e-6);
    }
    ck_assert_uint_le(jaxc_jit_get_stats().compiled - compiled, 2);
}
END_TEST

START_TEST(a_chain_is_one_program_until_it_is_read)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(3)), y = x;
    uint64_t compiled = jaxc_jit_get_stats().compiled;
    for (int i = 0; i < 50; i++)
        y = jaxc_add(jaxc_mul(y, 0.5), x);
    ck_assert_uint_eq(jaxc_jit_get_stats().compiled, compiled);
    EXPECT(y, 1e-6, 2, 4, 6);
    ck_assert_uint_eq(jaxc_jit_get_stats().compiled, compiled + 1);
    EXPECT(y, 1e-6, 2, 4, 6);
    ck_assert_uint_eq(jaxc_jit_get_stats().compiled, compiled + 1);
}
END_TEST

START_TEST(long_pending_graphs_evaluate_by_themselves)
{
    JAXC_SCOPE;
    jaxc_value y = jaxc_keep(counting(JAXC_SHAPE(2)));
    uint64_t compiled = jaxc_jit_get_stats().compiled;
    for (int i = 0; i < 10000; i++) {
        JAXC_SCOPE;
        jaxc_set(&y, jaxc_add(y, 1));
    }
    ck_assert_uint_gt(jaxc_jit_get_stats().compiled, compiled);
    ck_assert_uint_lt(jx_nodes_live(), 12000);
    EXPECT(y, 0, 10001, 10002);
    jaxc_drop(y);
}
END_TEST

START_TEST(what_two_readers_share_is_computed_at_most_twice)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(2, 2)), dear = jaxc_matmul(x, x), cheap = jaxc_exp(x);
    EXPECT(jaxc_add(dear, 1), 0, 8, 11, 16, 23);
    struct jx_ref r = jx_value_ref(dear);
    ck_assert(jx_node_is_leaf(r.node)); /* a product that someone holds was kept */
    jx_node_unref(r.node);
    jaxc_eval(jaxc_add(cheap, 1));
    r = jx_value_ref(cheap);
    ck_assert(!jx_node_is_leaf(r.node));
    jaxc_eval(jaxc_add(cheap, 2));
    ck_assert(jx_node_is_leaf(r.node)); /* met a second time */
    jx_node_unref(r.node);
}
END_TEST

START_TEST(zero_size_and_0d_arrays_evaluate)
{
    JAXC_SCOPE;
    jaxc_value z = jaxc_zeros(JAXC_SHAPE(0, 3), JAXC_F32);
    ck_assert_ptr_nonnull(jaxc_data(jaxc_exp(z)));
    EXPECT(jaxc_sum(z), 0, 0);
    EXPECT(jaxc_sum(z, JAXC_AXES(0)), 0, 0, 0, 0);
    EXPECT(jaxc_add(jaxc_array((double[]){2}, JAXC_F64, JAXC_SCALAR), 1), 0, 3);
    EXPECT(jaxc_call(jaxc_jit(jaxc_grad(traced)), 1.0), 0, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("jit");
    TCase *tc = tcase_create("jit");
    suite_add_tcase(suite, tc);
    tcase_add_test(tc, a_signature_is_traced_once);
    tcase_add_test(tc, the_value_of_a_number_is_no_part_of_the_key_but_its_weakness_is);
    tcase_add_test(tc, static_arguments_are_numbers_while_tracing);
    tcase_add_test(tc, programs_have_the_names_of_their_functions);
    tcase_add_test(tc, the_cache_is_bounded_and_drops_the_oldest);
    tcase_add_test(tc, captured_arrays_are_constants_of_the_trace);
    tcase_add_test(tc, a_traced_value_used_after_its_trace_is_an_error_that_says_where_it_was_made);
    tcase_add_test(tc, a_kept_traced_value_is_a_leak);
    tcase_add_test(tc, functions_that_call_each_other_twice_thirty_deep_stay_linear);
    tcase_add_test(tc, donated_memory_becomes_the_result);
    tcase_add_test(tc, donated_memory_that_others_hold_is_left_alone_and_reported);
    tcase_add_test(tc, a_long_list_of_unused_arguments_ends_with_dots);
    tcase_add_test(tc, wrapped_memory_is_never_written);
    tcase_add_test(tc, a_failed_call_donates_nothing);
    tcase_add_test(tc, an_error_while_tracing_is_the_calls_error_and_nothing_of_the_trace_is_kept);
    tcase_add_test(tc, eager_numbers_compile_nothing_new);
    tcase_add_test(tc, a_chain_is_one_program_until_it_is_read);
    tcase_add_test(tc, long_pending_graphs_evaluate_by_themselves);
    tcase_add_test(tc, what_two_readers_share_is_computed_at_most_twice);
    tcase_add_test(tc, zero_size_and_0d_arrays_evaluate);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
