/*
 * test_values.c - arrays, scopes, keeping, trees, numbers, and what dead handles say.
 */
#include "support/values.h"

#include <jaxc/memory.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

static jaxc_value add_pair(jaxc_value a, jaxc_value b) { return jaxc_add(a, b); }

/* ---- arrays ---------------------------------------------------------------------------------- */

START_TEST(arrays_are_copied_in_and_out)
{
    JAXC_SCOPE;
    int32_t numbers[6] = {1, -2, 3, -4, 5, -6}, out[6];
    jaxc_value x = jaxc_array(numbers, JAXC_I32, JAXC_SHAPE(2, 3));
    numbers[0] = 99;
    ck_assert(jaxc_copy_out(x, out, sizeof out));
    ck_assert_int_eq(out[0], 1);
    ck_assert_int_eq(out[5], -6);
    ck_assert_int_eq(jaxc_shape_of(x).rank, 2);
    ck_assert_int_eq(jaxc_dtype_of(x), JAXC_I32);
    ck_assert_int_eq(jaxc_len(x), 2);
    ck_assert(!jaxc_copy_out(x, out, 8));
    EXPECT_FAILURE(JAXC_EVALUE, "24 bytes", "not 8");
    ck_assert_str_eq(jaxc_text(x), "[[1 -2 3]\n [-4 5 -6]]");
}
END_TEST

START_TEST(bad_arrays_are_refused)
{
    JAXC_SCOPE;
    float f = 0;
    jaxc_array(NULL, JAXC_F32, JAXC_SHAPE(2));
    EXPECT_FAILURE(JAXC_EVALUE, "test_values.c:", "jaxc_array", "NULL");
    jaxc_array(&f, JAXC_C64, JAXC_SHAPE(1));
    EXPECT_FAILURE(JAXC_EDTYPE, "c64");
    jaxc_array(&f, (jaxc_dtype)77, JAXC_SHAPE(1));
    EXPECT_FAILURE(JAXC_EDTYPE, "no dtype");
    jaxc_array(&f, JAXC_F32, JAXC_SHAPE(-1));
    EXPECT_FAILURE(JAXC_ESHAPE, "axis 0", "-1");
    jaxc_array(&f, JAXC_F32, (struct jaxc_shape){9, {0}});
    EXPECT_FAILURE(JAXC_ESHAPE, "rank 9");
    jaxc_array(&f, JAXC_F32, JAXC_SHAPE(INT64_MAX, 2));
    EXPECT_FAILURE(JAXC_ELIMIT, "");
    jaxc_wrap((const char *)&f + 1, JAXC_F32, JAXC_SHAPE(1), NULL, NULL);
    EXPECT_FAILURE(JAXC_EVALUE, "aligned");
}
END_TEST

static int n_released;
static void release(void *data, void *user)
{
    ck_assert_ptr_eq(data, user);
    n_released++;
}

START_TEST(wrapped_memory_is_borrowed_and_released_once)
{
    static double mine[3] = {1, 2, 3};
    n_released = 0;
    jaxc_value kept = {0, 0};
    {
        JAXC_SCOPE;
        jaxc_value x = jaxc_wrap(mine, JAXC_F64, JAXC_SHAPE(3), release, mine);
        ck_assert_ptr_eq(jaxc_data(x), mine);
        jaxc_set(&kept, jaxc_tuple(x, jaxc_add(x, 1)));
    }
    ck_assert_int_eq(n_released, 0);
    EXPECT(kept, 0, 1, 2, 3, 2, 3, 4);
    jaxc_drop(kept);
    ck_assert_int_eq(n_released, 1);
}
END_TEST

static void release_null(void *data, void *user)
{
    ck_assert_ptr_null(data);
    ++*(int *)user;
}

START_TEST(empty_arrays_may_borrow_null)
{
    int released = 0;
    {
        JAXC_SCOPE;
        jaxc_value x = jaxc_wrap(NULL, JAXC_F32, JAXC_SHAPE(0), release_null, &released);
        ck_assert_ptr_nonnull(jaxc_data(x));
        ck_assert(jaxc_copy_out(x, NULL, 0));
        ck_assert_str_eq(jaxc_text(x), "[]");
        ck_assert_str_eq(jaxc_text(jaxc_add(x, 1)), "[]");
        ck_assert_double_eq(jaxc_item(jaxc_sum(x)), 0);
        ck_assert_ptr_null(jaxc_error());
        ck_assert_int_eq(released, 0);
    }
    ck_assert_int_eq(released, 1);
}
END_TEST

START_TEST(items_are_numbers_of_one_element)
{
    JAXC_SCOPE;
    ck_assert_double_eq(jaxc_item(2.5), 2.5);
    ck_assert_int_eq(jaxc_item_i64(INT64_C(7)), 7);
    ck_assert_double_eq(jaxc_item(jaxc_mul(3, true)), 3);
    ck_assert(isnan(jaxc_item(counting(JAXC_SHAPE(2)))));
    EXPECT_FAILURE(JAXC_ESHAPE, "one element", "f32[2]");
    ck_assert_int_eq(jaxc_item_i64(jaxc_tuple(1)), 0);
    EXPECT_FAILURE(JAXC_ETREE, "tuple");
}
END_TEST

/* ---- scopes ---------------------------------------------------------------------------------- */

START_TEST(texts_are_numpys)
{
    JAXC_SCOPE;
    ck_assert_str_eq(jaxc_text(jaxc_arange(20)),
                     "[0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19]");
    ck_assert_str_eq(jaxc_text(jaxc_arange(1000000, 1000012)),
                     "[1000000 1000001 1000002 1000003 1000004 1000005 1000006 1000007 1000008\n"
                     " 1000009 1000010 1000011]");
    jaxc_value many = jaxc_arange(1001);
    ck_assert_str_eq(jaxc_text(many), "[0 1 2 ... 998 999 1000]");
    ck_assert_ptr_nonnull(strstr(jaxc_text(jaxc_arange(1000)), " 500 501"));
    ck_assert_str_eq(jaxc_text(jaxc_reshape(jaxc_arange(2002), JAXC_SHAPE(7, 286))),
                     "[[0 1 2 ... 283 284 285]\n"
                     " [286 287 288 ... 569 570 571]\n"
                     " [572 573 574 ... 855 856 857]\n"
                     " ...\n"
                     " [1144 1145 1146 ... 1427 1428 1429]\n"
                     " [1430 1431 1432 ... 1713 1714 1715]\n"
                     " [1716 1717 1718 ... 1999 2000 2001]]");
    float special[] = {NAN, -NAN, INFINITY, -INFINITY, -0.0f};
    ck_assert_str_eq(jaxc_text(jaxc_array(special, JAXC_F32, JAXC_SHAPE(5))),
                     "[nan nan inf -inf -0]");
    ck_assert_str_eq(jaxc_text(jaxc_div(0.0, 0.0)), "nan");
}
END_TEST

START_TEST(keys_are_written_as_in_c)
{
    JAXC_SCOPE;
    jaxc_value d = jaxc_dict("a\"b\\c\n\1", 1);
    ck_assert_str_eq(jaxc_text(d), "{\"a\\\"b\\\\c\\n\\001\": 1}");
    ck_assert_str_eq(jaxc_tree_path(d, 0), "[\"a\\\"b\\\\c\\n\\001\"]");
    jaxc_get(d, "\"");
    EXPECT_FAILURE(JAXC_EVALUE, "no key \"\\\"\" in the dict: it has \"a\\\"b\\\\c\\n\\001\"");
    jaxc_neg(d);
    EXPECT_FAILURE(JAXC_ETREE, "{\"a\\\"b");
}
END_TEST

START_TEST(values_die_with_their_scope)
{
    jaxc_value outside;
    size_t before = jaxc_live_values();
    {
        JAXC_SCOPE;
        outside = jaxc_add(1, 2);
        ck_assert(jaxc_ok(outside));
    }
    ck_assert(!jaxc_ok(outside));
    jaxc_add(outside, 1);
    EXPECT_FAILURE(JAXC_EDEAD, "made at", "jaxc_add", "scope");
    ck_assert_uint_eq(jaxc_live_values(), before + 1); /* the 1 of the failed call */
}
END_TEST

/* "value TYPE made at test_values.c:LINE by jaxc_mul was used after the scope opened at ..." */
static void expect_dead(jaxc_value v, const char *type, int made, int opened)
{
    char part[3][100];
    snprintf(part[0], sizeof part[0], "value %smade at ", type);
    snprintf(part[1], sizeof part[1],
             "test_values.c:%d by jaxc_mul was used after the scope opened", made);
    snprintf(part[2], sizeof part[2], "test_values.c:%d closed", opened);
    jaxc_neg(v);
    EXPECT_FAILURE(JAXC_EDEAD, part[0], part[1], part[2]);
}

static void close_scope_elsewhere(jaxc_value *v, int *line)
{
    JAXC_SCOPE;
    *line = __LINE__ - 1;
    jaxc_value made = jaxc_mul(counting(JAXC_SHAPE(4, 3)), 2);
    jaxc_neg(made);
    *v = made;
}

START_TEST(a_dead_value_names_its_type_and_where_its_scope_was_opened)
{
    jaxc_value lost, whole;
    int opened, line;
    {
        JAXC_SCOPE;
        opened = __LINE__ - 1;

        lost = jaxc_mul(counting(JAXC_SHAPE(4, 3)), 2);
        line = __LINE__ - 1;
        whole = jaxc_tuple(lost, lost);

        jaxc_eval(lost); /* the last call of the scope */
    }
    expect_dead(lost, "f32[4,3] ", line, opened);
    jaxc_neg(whole);
    EXPECT_FAILURE(JAXC_EDEAD, "value made at", "by jaxc_tuple was used after the scope");
    close_scope_elsewhere(&lost, &opened);
    expect_dead(lost, "f32[4,3] ", opened + 2, opened);
    struct jaxc_scope outer = (jaxc_neg(1), jaxc_scope_open()); /* as bindings do */
    line = __LINE__ - 1;
    struct jaxc_scope inner = jaxc_scope_open();
    lost = jaxc_mul(1, 2);
    jaxc_neg(2);
    jaxc_scope_close(outer);
    jaxc_scope_close(inner);
    expect_dead(lost, "~i32[] ", line + 3, line);
}
END_TEST

static jaxc_value stash;
static jaxc_value stashes(jaxc_value x)
{
    stash = jaxc_mul(x, 2);
    return x;
}
static jaxc_value stashes_for_long(jaxc_value x)
{
    stash = jaxc_keep(jaxc_mul(x, 2));
    return x;
}
static jaxc_value stashes_an_array(jaxc_value x)
{
    stash = counting(JAXC_SHAPE(5));
    return x;
}

START_TEST(a_traced_value_that_was_kept_says_who_traced_it)
{
    char place[64];
    JAXC_SCOPE;
    jaxc_call(jaxc_jit(stashes), counting(JAXC_SHAPE(3)));
    snprintf(place, sizeof place, "test_values.c:%d; return it from there", __LINE__ - 1);
    jaxc_neg(stash);
    EXPECT_FAILURE(JAXC_EDEAD, "value f32[3] made at", "inside a trace that is over was used",
                   "mean nothing outside of the function of jaxc_jit at", place);
    jaxc_value out;
    jaxc_vjp(stashes_for_long, &out, 3.0);
    snprintf(place, sizeof place, "test_values.c:%d; return it from there", __LINE__ - 1);
    jaxc_neg(stash);
    EXPECT_FAILURE(JAXC_ELEAK, "by jaxc_mul inside a trace that is over",
                   "mean nothing outside of the function of jaxc_vjp at", place);
    jaxc_value old = stash;
    for (int i = 0; i < 20; i++) /* until nothing is known of that trace */
        jaxc_call(jaxc_grad(stashes), 1.0);
    jaxc_neg(old);
    EXPECT_FAILURE(JAXC_ELEAK, "inside a trace that is over");
    ck_assert(jaxc_error() == NULL);
    jaxc_drop(old);
    jaxc_call(jaxc_vmap(stashes_an_array), counting(JAXC_SHAPE(2)));
    jaxc_neg(stash);
    EXPECT_FAILURE(JAXC_EDEAD, "value f32[5] made at",
                   "was used after the function of jaxc_vmap at", "in which it was made, ended");
}
END_TEST

static jaxc_value made_in_block(int i)
{
    JAXC_SCOPE;
    jaxc_value x = jaxc_mul(i, 10);
    if (i == 1)
        return jaxc_lift(x);
    return jaxc_lift(jaxc_add(x, 1));
}

START_TEST(lifting_hands_a_value_to_the_enclosing_scope)
{
    JAXC_SCOPE;
    EXPECT(made_in_block(1), 0, 10);
    EXPECT(made_in_block(2), 0, 21);
}
END_TEST

START_TEST(scopes_close_on_break_and_continue)
{
    JAXC_SCOPE;
    size_t before = jaxc_live_values();
    for (int i = 0; i < 10; i++) {
        JAXC_SCOPE;
        jaxc_add(i, 1);
        if (i == 3)
            continue;
        if (i == 5)
            break;
    }
    ck_assert_uint_eq(jaxc_live_values(), before);
}
END_TEST

START_TEST(kept_values_live_until_the_last_drop)
{
    jaxc_value x;
    {
        JAXC_SCOPE;
        x = jaxc_keep(jaxc_keep(jaxc_add(1, 1)));
    }
    EXPECT(x, 0, 2);
    jaxc_drop(x);
    EXPECT(x, 0, 2);
    jaxc_drop(x);
    ck_assert(!jaxc_ok(x));
    jaxc_drop(x); /* nothing happens */
    EXPECT_OK();
    jaxc_neg(x);
    EXPECT_FAILURE(JAXC_EDEAD, "dropped");
}
END_TEST

START_TEST(set_keeps_the_old_value_when_the_new_one_failed)
{
    jaxc_value p = {0, 0};
    {
        JAXC_SCOPE;
        ck_assert(jaxc_set(&p, jaxc_add(1, 1)));
        ck_assert(!jaxc_set(&p, jaxc_add(counting(JAXC_SHAPE(2)), counting(JAXC_SHAPE(3)))));
        EXPECT_FAILURE(JAXC_ESHAPE, "f32[2]", "f32[3]");
        EXPECT(p, 0, 2);
        ck_assert(jaxc_set(&p, jaxc_add(p, 1)));
    }
    EXPECT(p, 0, 3);
    jaxc_drop(p);
}
END_TEST

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(the_first_error_stays_and_poison_flows)
{
    JAXC_SCOPE;
    jaxc_value bad = jaxc_add(counting(JAXC_SHAPE(2)), counting(JAXC_SHAPE(3)));
    jaxc_value worse = jaxc_sum(jaxc_mul(bad, 2));
    ck_assert(!jaxc_ok(bad) && !jaxc_ok(worse));
    ck_assert(isnan(jaxc_item(worse)));
    ck_assert_int_eq(jaxc_len(bad), 0);
    ck_assert_int_eq(jaxc_shape_of(bad).rank, -1);
    ck_assert_ptr_null(jaxc_data(bad));
    EXPECT(jaxc_add(1, 2), 0, 3); /* a pending error does not block good values */
    EXPECT_FAILURE(JAXC_ESHAPE, "jaxc_add", "f32[2]", "f32[3]");
}
END_TEST

static jaxc_value identity(jaxc_value x) { return x; }
static jaxc_value made_elsewhere(jaxc_value x)
{
    jaxc_ones(JAXC_SHAPE(2));
    return x;
}

START_TEST(every_call_says_its_own_line)
{
    JAXC_SCOPE;
    jaxc_value x = jaxc_ones(JAXC_SHAPE(2)), dead, slot = x, *parts[1] = {&slot};
    jaxc_fn gone;
    float out[2];
    {
        JAXC_SCOPE;
        dead = jaxc_ones(JAXC_SHAPE(2));
        gone = jaxc_grad(identity);
    }
    EXPECT_PLACE("jaxc_copy_out", jaxc_copy_out(x, out, 1));
    EXPECT_PLACE("jaxc_is_weak", jaxc_is_weak(dead));
    EXPECT_PLACE("jaxc_set", jaxc_set(&slot, dead));
    EXPECT_PLACE("jaxc_set", jaxc_set(&slot, made_elsewhere(dead)));
    EXPECT_PLACE("jaxc_keep_fn", jaxc_keep_fn(gone));
    EXPECT_PLACE("jaxc_arity", jaxc_arity(gone));
    EXPECT_PLACE("jaxc_call", jaxc_call_n(gone, 1, &x));
    EXPECT_PLACE("jaxc_partial", jaxc_partial_n(gone, 1, &x));
    EXPECT_PLACE("jaxc_closure", jaxc_closure_n(NULL, 0, NULL, 0));
    EXPECT_PLACE("JAXC_FN", JAXC_FN((jaxc_c1)NULL));
    EXPECT_PLACE("JAXC_FN", jaxc_fn2(NULL));
    EXPECT_PLACE("JAXC_FUNCTION", JAXC_FUNCTION(2, identity));
    EXPECT_PLACE("JAXC_FUNCTION", jaxc_function_new(gone, 1));
    EXPECT_PLACE("jaxc_function_free", jaxc_function_free(identity));
    EXPECT_PLACE("jaxc_set_allocator", jaxc_set_allocator((struct jaxc_allocator){0}));
    EXPECT_PLACE("jaxc_stack", jaxc_stack_n(0, NULL, 0));
    EXPECT_PLACE("jaxc_concatenate", jaxc_concatenate_n(0, NULL, 0));
    EXPECT_PLACE("jaxc_arange", jaxc_arange_float(0, 1, 0, JAXC_F32));
    EXPECT_PLACE("jaxc_vjp", jaxc_vjp_n(gone, NULL, 1, &x));
    EXPECT_PLACE("jaxc_linearize", jaxc_linearize_n(gone, NULL, 1, &x));
    EXPECT_PLACE("jaxc_linear_transpose", jaxc_linear_transpose_n(gone, 1, &x));
    EXPECT_PLACE("jaxc_eval_shape", jaxc_eval_shape_n(gone, 1, &x));
    EXPECT_PLACE("jaxc_program", jaxc_program_n(gone, 1, &x));
    EXPECT_PLACE("jaxc_program_optimised", jaxc_program_optimised_n(gone, 1, &x));
    EXPECT_PLACE("jaxc_program_lowered", jaxc_program_lowered_n(gone, 1, &x));
    EXPECT_PLACE("jaxc_program_parse", jaxc_program_parse("{"));
    EXPECT_PLACE("jaxc_tuple", jaxc_tuple_n(-1, NULL));
    EXPECT_PLACE("jaxc_dict", jaxc_dict_n(-1, NULL));
    EXPECT_PLACE("jaxc_get", jaxc_get_index(dead, 0));
    EXPECT_PLACE("jaxc_get", jaxc_get_key(x, "w"));
    EXPECT_PLACE("jaxc_unpack", jaxc_unpack_n(dead, 1, parts));
    EXPECT_PLACE("jaxc_tree_map", jaxc_tree_map_n(gone, 1, &x));
    EXPECT_PLACE("jaxc_tree_unzip", jaxc_tree_unzip(x, 2, made_elsewhere(x)));
    EXPECT_PLACE("jaxc_tree_path", jaxc_tree_path(x, 1));
    EXPECT_PLACE("jaxc_is_tuple", jaxc_is_tuple(dead));
    EXPECT_PLACE("jaxc_is_dict", jaxc_is_dict(dead));
    EXPECT_PLACE("jaxc_is_array", jaxc_is_array(dead));
    EXPECT_PLACE("jaxc_tree_key", jaxc_tree_key(x, 0));
}
END_TEST

START_TEST(rubbish_handles_are_errors)
{
    JAXC_SCOPE;
    jaxc_value rubbish[] = {{1, 2}, {77777777, 3}, {UINT32_MAX, UINT32_MAX}, {0, 12}};
    for (int i = 0; i < 4; i++) {
        jaxc_add(rubbish[i], 1);
        EXPECT_FAILURE(JAXC_EDEAD, "jaxc_add");
    }
    jaxc_value never = {0, 0};
    jaxc_add(never, 1);
    EXPECT_FAILURE(JAXC_EDEAD, "jaxc_add",
                   "an uninitialised value, or the result of a call whose error was cleared");
    jaxc_call(add_pair, 1, never);
    EXPECT_FAILURE(JAXC_EDEAD, "jaxc_call: argument 1: an uninitialised value");
    jaxc_call(((jaxc_fn){0, 0}), 1);
    EXPECT_FAILURE(JAXC_EDEAD, "an uninitialised function");
    jaxc_call(((jaxc_fn){5, 5}), 1);
    EXPECT_FAILURE(JAXC_EDEAD, "function");
}
END_TEST

/* ---- trees ----------------------------------------------------------------------------------- */

START_TEST(trees_nest_and_come_apart)
{
    JAXC_SCOPE;
    jaxc_value t = jaxc_dict("w", counting(JAXC_SHAPE(2)), "b", jaxc_tuple(7, jaxc_dict("z", 8)));
    ck_assert_str_eq(jaxc_type_text(t), "{\"b\": (~i32[], {\"z\": ~i32[]}), \"w\": f32[2]}");
    EXPECT(jaxc_get(t, "w"), 0, 1, 2);
    EXPECT(jaxc_get(jaxc_get(jaxc_get(t, "b"), -1), "z"), 0, 8);
    ck_assert_int_eq(jaxc_len(t), 2);
    ck_assert_str_eq(jaxc_tree_key(t, 1), "w");
    ck_assert_str_eq(jaxc_tree_path(t, 1), "[\"b\"][1][\"z\"]");
    ck_assert_str_eq(jaxc_tree_path(t, 2), "[\"w\"]");
    ck_assert_str_eq(jaxc_tree_path(jaxc_get(t, "w"), 0), "");
    ck_assert(jaxc_is_dict(t) && !jaxc_is_tuple(t) && jaxc_is_array(jaxc_get(t, "w")));
    jaxc_value a, b;
    ck_assert(jaxc_unpack(jaxc_get(t, "b"), &a, &b));
    EXPECT(a, 0, 7);
    ck_assert(jaxc_unpack(counting(JAXC_SHAPE(2, 2)), &a, &b));
    EXPECT(b, 0, 3, 4);
    EXPECT(jaxc_get(counting(JAXC_SHAPE(3, 2)), -1), 0, 5, 6);
    EXPECT(jaxc_tree_unflatten(t, jaxc_tuple(1, 2, 3)), 0, 1, 2, 3);
    ck_assert_str_eq(jaxc_type_text(jaxc_tuple_n(0, NULL)), "()");
}
END_TEST

static jaxc_value both_ways(jaxc_value a) { return jaxc_tuple(a, jaxc_neg(a)); }

START_TEST(tuples_and_dicts_are_written_out_up_to_sixteen_parts)
{
    JAXC_SCOPE;
    jaxc_value t = jaxc_tuple(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    jaxc_value d = jaxc_dict("p", 1, "o", 2, "n", 3, "m", 4, "l", 5, "k", 6, "j", 7, "i", 8, "h", 9,
                             "g", 10, "f", 11, "e", 12, "d", 13, "c", 14, "b", 15, "a", t);
    ck_assert_int_eq(jaxc_len(t), 16);
    ck_assert_int_eq(jaxc_len(d), 16);
    EXPECT(jaxc_get(d, "p"), 0, 1);
    EXPECT(jaxc_get(jaxc_get(d, "a"), 15), 0, 16);
    EXPECT(jaxc_stack(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), 0, 1, 2, 3, 4, 5,
           6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
}
END_TEST

START_TEST(tree_map_maps_and_unzips)
{
    JAXC_SCOPE;
    jaxc_value t = jaxc_tuple(1, jaxc_dict("a", 2)), u = jaxc_tuple(10, jaxc_dict("a", 20));
    EXPECT(jaxc_tree_map(add_pair, t, u), 0, 11, 22);
    EXPECT(jaxc_tree_map(jaxc_add, t, u), 0, 11, 22);
    jaxc_value pair = jaxc_tree_unzip(t, 2, jaxc_tree_map(both_ways, t));
    EXPECT(jaxc_get(pair, 1), 0, -1, -2);
    ck_assert_str_eq(jaxc_type_text(jaxc_get(pair, 0)), jaxc_type_text(t));
    jaxc_tree_map(add_pair, t, jaxc_tuple(1, jaxc_dict("b", 2)));
    EXPECT_FAILURE(JAXC_ETREE, "test_values.c:", "jaxc_tree_map", "structure", "[1]");
    jaxc_tree_map(add_pair, t);
    EXPECT_FAILURE(JAXC_EARITY, "2 arguments", "not 1");
}
END_TEST

START_TEST(tree_map_names_the_leaf_at_which_it_failed)
{
    char place[64];
    JAXC_SCOPE;
    jaxc_value wide = counting(JAXC_SHAPE(4, 3)), tall = counting(JAXC_SHAPE(4));
    jaxc_value t = jaxc_dict("a", wide, "b", jaxc_tuple(wide, wide)),
               u = jaxc_dict("a", wide, "b", jaxc_tuple(wide, tall));
    jaxc_tree_map(add_pair, t, u);
    snprintf(place, sizeof place, "test_values.c:%d)", __LINE__ - 1);
    EXPECT_FAILURE(JAXC_ESHAPE,
                   "jaxc_add: shapes do not broadcast: f32[4,3] and f32[4] (at leaf "
                   "[\"b\"][1], jaxc_tree_map at ",
                   place);
    jaxc_tree_map(jaxc_add, t, u);
    EXPECT_FAILURE(JAXC_ESHAPE, "(at leaf [\"b\"][1], jaxc_tree_map at ");
    jaxc_tree_map(add_pair, wide, tall);
    EXPECT_FAILURE(JAXC_ESHAPE, "f32[4] (in jaxc_tree_map at ");
    jaxc_tree_map(add_pair, t, jaxc_tuple(1));
    EXPECT_FAILURE(JAXC_ETREE, "at [\"a\"]");
    jaxc_add(wide, tall); /* afterwards no more is said */
    ck_assert_ptr_null(strchr(jaxc_error(), '('));
    EXPECT_FAILURE(JAXC_ESHAPE, "f32[4]");
}
END_TEST

static jaxc_value scale_both(jaxc_value scale, jaxc_value pair)
{
    return jaxc_add(jaxc_mul(scale, jaxc_get(pair, 0)), jaxc_get(pair, 1));
}

START_TEST(tree_map_takes_whole_trees_at_leaves_of_the_first)
{
    JAXC_SCOPE;
    jaxc_value scales = jaxc_dict("a", 2, "b", 3);
    jaxc_value pairs = jaxc_dict("a", jaxc_tuple(10, 1), "b", jaxc_tuple(100, 5));
    EXPECT(jaxc_tree_map(scale_both, scales, pairs), 0, 21, 305);
    jaxc_tree_map(scale_both, pairs, scales);
    EXPECT_FAILURE(JAXC_ETREE, "tree 1 differs in structure from tree 0 at [\"a\"]");
    jaxc_value empty = jaxc_tuple_n(0, NULL);
    ck_assert_str_eq(jaxc_type_text(jaxc_tree_map(add_pair, empty, empty)), "()");
    jaxc_tree_map(add_pair, empty, 1);
    EXPECT_FAILURE(JAXC_ETREE, "structure");
}
END_TEST

static jaxc_value ten_times_plus(jaxc_value sum, jaxc_value leaf)
{
    return jaxc_add(jaxc_mul(10, sum), leaf);
}

START_TEST(tree_reduce_goes_through_leaves_in_order)
{
    JAXC_SCOPE;
    jaxc_value t = jaxc_dict("b", jaxc_tuple(2, 3), "a", 1);
    EXPECT(jaxc_tree_reduce(ten_times_plus, t, 0), 0, 123);
    EXPECT(jaxc_tree_reduce(ten_times_plus, jaxc_tuple_n(0, NULL), 7), 0, 7);
    EXPECT(jaxc_tree_reduce(jaxc_maximum, t, -1.5), 0, 3);
    EXPECT(jaxc_tree_reduce(jaxc_add, counting(JAXC_SHAPE(2)), 1), 0, 2, 3);
    jaxc_tree_reduce(both_ways, t, 0);
    EXPECT_FAILURE(JAXC_EARITY, "2");
    jaxc_value bad = jaxc_tree_reduce(jaxc_add, t, counting(JAXC_SHAPE(2)));
    EXPECT(bad, 0, 7, 8);
    bad = jaxc_tree_reduce(jaxc_add, jaxc_tuple(bad, counting(JAXC_SHAPE(3))), 0);
    EXPECT_FAILURE(JAXC_ESHAPE, "jaxc_add");
    ck_assert(!jaxc_ok(bad));
}
END_TEST

START_TEST(tree_broadcast_repeats_leaves_of_a_prefix)
{
    JAXC_SCOPE;
    jaxc_value t =
        jaxc_dict("a", jaxc_tuple(1, jaxc_tuple(2, 3)), "b", 4, "c", jaxc_tuple_n(0, NULL));
    jaxc_value all = jaxc_tree_broadcast(jaxc_dict("a", 10, "b", 20, "c", 30), t);
    EXPECT(all, 0, 10, 10, 10, 20);
    ck_assert_str_eq(jaxc_type_text(all), jaxc_type_text(t));
    EXPECT(jaxc_tree_broadcast(5, t), 0, 5, 5, 5, 5);
    jaxc_tree_broadcast(jaxc_dict("a", 1, "b", jaxc_tuple(1), "c", 1), t);
    EXPECT_FAILURE(JAXC_ETREE, "the prefix differs in structure from the tree at [\"b\"]");
    jaxc_tree_broadcast(jaxc_dict("a", jaxc_tuple(1, jaxc_tuple(2)), "b", 1, "c", 1), t);
    EXPECT_FAILURE(JAXC_ETREE, "the prefix differs in structure from the tree at [\"a\"][1][0]");
    jaxc_tree_broadcast(jaxc_tuple(1, 2), t);
    EXPECT_FAILURE(JAXC_ETREE, "jaxc_tree_broadcast", "structure");
}
END_TEST

START_TEST(trees_say_what_is_wrong)
{
    JAXC_SCOPE;
    jaxc_get(jaxc_tuple(1, 2), (int64_t)1 << 32);
    EXPECT_FAILURE(JAXC_EVALUE, "part 4294967296 of a tuple of 2");
    jaxc_value t = jaxc_tuple(1, 2), d = jaxc_dict("a", 1), a, b, c;
    jaxc_get(t, 2);
    EXPECT_FAILURE(JAXC_EVALUE, "part 2", "tuple of 2");
    jaxc_get(t, "a");
    EXPECT_FAILURE(JAXC_ETREE, "\"a\"", "tuple");
    jaxc_get(d, "b");
    EXPECT_FAILURE(JAXC_EVALUE, "no key \"b\" in the dict: it has \"a\"");
    jaxc_get(jaxc_dict("weight", 1, "bias", 2), "wieght");
    EXPECT_FAILURE(JAXC_EVALUE, "no key \"wieght\" in the dict: it has \"bias\", \"weight\"");
    jaxc_get(jaxc_dict_n(0, NULL), "a");
    EXPECT_FAILURE(JAXC_EVALUE, "no key \"a\" in the dict: it has none");
    jaxc_get(d, 0);
    EXPECT_FAILURE(JAXC_ETREE, "dict");
    ck_assert(!jaxc_unpack(t, &a, &b, &c));
    EXPECT_FAILURE(JAXC_ETREE, "2 parts into 3");
    jaxc_dict("a", 1, "a", 2);
    EXPECT_FAILURE(JAXC_EVALUE, "twice");
    jaxc_add(t, 1);
    EXPECT_FAILURE(JAXC_ETREE,
                   "a tuple stands where an array is needed: argument 0 is (~i32[], ~i32[])");
    jaxc_dot(counting(JAXC_SHAPE(2)), jaxc_dict("w", 1.0, "b", jaxc_tuple(1)));
    EXPECT_FAILURE(JAXC_ETREE, "a dict stands where an array is needed: argument 1 is "
                               "{\"b\": (~i32[],), \"w\": ~f32[]}");
    jaxc_exp(t);
    EXPECT_FAILURE(JAXC_ETREE, "a tuple stands where an array is needed: (~i32[], ~i32[])");
    jaxc_tree_unzip(t, 3, jaxc_tuple(1, t));
    EXPECT_FAILURE(JAXC_ETREE, "no tuple of 3 at leaf [0]: there stands ~i32[]");
    jaxc_tree_unzip(jaxc_add(1, 1), 3, t);
    EXPECT_FAILURE(JAXC_ETREE, "no tuple of 3: there stands (~i32[], ~i32[])");
    jaxc_data(d);
    EXPECT_FAILURE(JAXC_ETREE, "dict");
    jaxc_len(1);
    EXPECT_FAILURE(JAXC_ESHAPE, "0-d");
    jaxc_get(counting(JAXC_SHAPE(2)), 2);
    EXPECT_FAILURE(JAXC_EVALUE, "2");
}
END_TEST

START_TEST(messages_about_large_trees_and_dicts_are_bounded)
{
    enum { N = 200 };
    static char names[N][64];
    struct jaxc_entry entries[N];
    JAXC_SCOPE;
    for (int i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "a_parameter_with_a_long_name_%d", i);
        entries[i] = (struct jaxc_entry){names[i], jaxc_add(i, 0.5)};
    }
    jaxc_value d = jaxc_dict_n(N, entries), t = d;
    jaxc_get(d, "b");
    EXPECT_FAILURE(JAXC_EVALUE, "no key \"b\" in the dict: it has \"a_parameter_with_a_long_name_0",
                   "\", ...");
    jaxc_neg(d);
    EXPECT_FAILURE(JAXC_ETREE, "{\"a_parameter_with_a_long_name_0\": ~f32[], ", "...");
    for (int i = 0; i < 1000; i++)
        t = jaxc_tuple(t);
    jaxc_neg(t);
    EXPECT_FAILURE(JAXC_ETREE, "needed: ((((((((...,),),),),),),),)");
    jaxc_neg(jaxc_tuple(jaxc_tuple_n(0, NULL), jaxc_dict_n(0, NULL)));
    EXPECT_FAILURE(JAXC_ETREE, "needed: ((), {})");
}
END_TEST

START_TEST(deep_trees_need_no_stack)
{
    JAXC_SCOPE;
    jaxc_value t = jaxc_add(1, 1);
    for (int i = 0; i < 100000; i++) {
        JAXC_SCOPE;
        t = jaxc_lift(jaxc_tuple(t));
    }
    EXPECT(t, 0, 2);
    jaxc_value doubled = jaxc_tree_map(add_pair, t, t);
    EXPECT(doubled, 0, 4);
    ck_assert_ptr_nonnull(jaxc_tree_path(t, 0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("values");
    TCase *tc = tcase_create("values");
    suite_add_tcase(suite, tc);
    tcase_add_test(tc, arrays_are_copied_in_and_out);
    tcase_add_test(tc, bad_arrays_are_refused);
    tcase_add_test(tc, wrapped_memory_is_borrowed_and_released_once);
    tcase_add_test(tc, empty_arrays_may_borrow_null);
    tcase_add_test(tc, items_are_numbers_of_one_element);
    tcase_add_test(tc, texts_are_numpys);
    tcase_add_test(tc, keys_are_written_as_in_c);
    tcase_add_test(tc, values_die_with_their_scope);
    tcase_add_test(tc, a_dead_value_names_its_type_and_where_its_scope_was_opened);
    tcase_add_test(tc, a_traced_value_that_was_kept_says_who_traced_it);
    tcase_add_test(tc, lifting_hands_a_value_to_the_enclosing_scope);
    tcase_add_test(tc, scopes_close_on_break_and_continue);
    tcase_add_test(tc, kept_values_live_until_the_last_drop);
    tcase_add_test(tc, set_keeps_the_old_value_when_the_new_one_failed);
    tcase_add_test(tc, the_first_error_stays_and_poison_flows);
    tcase_add_test(tc, every_call_says_its_own_line);
    tcase_add_test(tc, rubbish_handles_are_errors);
    tcase_add_test(tc, trees_nest_and_come_apart);
    tcase_add_test(tc, tuples_and_dicts_are_written_out_up_to_sixteen_parts);
    tcase_add_test(tc, tree_map_maps_and_unzips);
    tcase_add_test(tc, tree_map_names_the_leaf_at_which_it_failed);
    tcase_add_test(tc, tree_map_takes_whole_trees_at_leaves_of_the_first);
    tcase_add_test(tc, tree_reduce_goes_through_leaves_in_order);
    tcase_add_test(tc, tree_broadcast_repeats_leaves_of_a_prefix);
    tcase_add_test(tc, trees_say_what_is_wrong);
    tcase_add_test(tc, messages_about_large_trees_and_dicts_are_bounded);
    tcase_add_test(tc, deep_trees_need_no_stack);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
