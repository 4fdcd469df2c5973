/*
 * test_prims_batch.c - batch rules leave the lane axis where one kernel or one product serves it.
 *
 * What the rules compute is checked elsewhere, against a loop over lanes; here it is which
 * equations they make.
 */
#include "prim/prim.h"

#include <jaxc/error.h>

#include <check.h>

static struct jx_aval f32(int rank, const int64_t *dims)
{
    return jx_aval_make(JAXC_F32, rank, dims);
}
#define F32(...)                                                                                   \
    f32(sizeof((int64_t[]){0, __VA_ARGS__}) / sizeof(int64_t) - 1, (int64_t[]){__VA_ARGS__})

static uint64_t trace;
static void open_trace(void) { ck_assert((trace = jx_trace_open("lanes"))); }
static void close_trace(void) { jx_trace_abandon(trace); }

/* The operand as the rule sees it: of this type, lanes along `axis`. */
struct operand {
    struct jx_aval type;
    int axis;
};

static struct jx_ref node;

/* Batches one application; the result's node in `node`. */
static int batch(const struct jx_prim *prim, const void *params, int64_t size, int n,
                 const struct operand *operands)
{
    jaxc_value x[4], y = JX_POISON;
    int axis[4], y_axis = -2;
    for (int i = 0; i < n; i++) {
        x[i] = jx_trace_arg(&operands[i].type);
        axis[i] = operands[i].axis;
    }
    struct jx_rule r = {
        .prim = prim, .params = params, .n_in = n, .n_out = 1, .x = x, .axis = axis, .size = size};
    ck_assert_msg(prim->batch(&r, &y, &y_axis), "%s", jaxc_error());
    node = jx_value_ref(y);
    jx_node_unref(node.node); /* the trace's scope holds the handle */
    return y_axis;
}

static void expect_type(struct jx_aval want)
{
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    const struct jx_aval *got = &node.node->avals[node.index];
    ck_assert_str_eq(jx_aval_text(got, a), jx_aval_text(&want, b));
}

/* The result's primitive, and those of its operands; "" is a leaf. */
static void expect_made_by(const char *prim, const char *first, const char *second)
{
    const char *names[] = {first, second};
    ck_assert_str_eq(node.node->prim->name, prim);
    for (uint32_t i = 0; i < node.node->n_in && i < 2; i++) {
        const struct jx_node *x = node.node->in[i].node;
        ck_assert_str_eq(x->prim ? x->prim->name : "", names[i]);
    }
}

static const struct jx_dot_general_params matrix_vector = {{{1, {1}}, {1, {0}}, {0}, {0}}, 0};

START_TEST(a_matrix_by_lanes_of_vectors_is_one_product_with_the_lanes_first)
{
    int axis = batch(&jx_dot_general_p, &matrix_vector, 128, 2,
                     (const struct operand[]){{F32(512, 784), -1}, {F32(128, 784), 0}});
    ck_assert_int_eq(axis, 0);
    expect_type(F32(128, 512));
    expect_made_by("dot_general", "", "");
    axis = batch(&jx_dot_general_p, &matrix_vector, 128, 2,
                 (const struct operand[]){{F32(512, 784), -1}, {F32(784, 128), 1}});
    ck_assert_int_eq(axis, 0);
    expect_type(F32(128, 512));
    expect_made_by("dot_general", "", "");
}
END_TEST

START_TEST(lanes_of_one_operand_are_a_free_axis_of_one_product)
{
    int axis = batch(&jx_dot_general_p, &matrix_vector, 5, 2,
                     (const struct operand[]){{F32(2, 5, 3), 1}, {F32(3, 4), -1}});
    ck_assert_int_eq(axis, 1);
    expect_type(F32(2, 5, 4));
    expect_made_by("dot_general", "", "");
    axis = batch(&jx_dot_general_p, &matrix_vector, 5, 2,
                 (const struct operand[]){{F32(2, 3), -1}, {F32(3, 4, 5), 2}});
    ck_assert_int_eq(axis, 2);
    expect_type(F32(2, 4, 5));
    expect_made_by("dot_general", "", "");
}
END_TEST

START_TEST(lanes_of_both_operands_are_a_batch_axis_of_one_product)
{
    int axis = batch(&jx_dot_general_p, &matrix_vector, 5, 2,
                     (const struct operand[]){{F32(2, 3, 5), 2}, {F32(5, 3), 0}});
    ck_assert_int_eq(axis, 0);
    expect_type(F32(5, 2));
    expect_made_by("dot_general", "", "");
}
END_TEST

START_TEST(a_shared_bias_is_broadcast_to_where_the_lanes_are)
{
    int axis = batch(&jx_add_p, NULL, 128, 2,
                     (const struct operand[]){{F32(128, 512), 0}, {F32(512), -1}});
    ck_assert_int_eq(axis, 0);
    expect_type(F32(128, 512));
    expect_made_by("add", "", "broadcast_in_dim");
    axis = batch(&jx_add_p, NULL, 128, 2,
                 (const struct operand[]){{F32(512), -1}, {F32(512, 128), 1}});
    ck_assert_int_eq(axis, 1);
    expect_type(F32(512, 128));
    expect_made_by("add", "broadcast_in_dim", "");
}
END_TEST

START_TEST(one_number_for_all_stays_rank_0_and_one_for_each_lane_is_broadcast)
{
    int axis =
        batch(&jx_mul_p, NULL, 3, 2, (const struct operand[]){{F32(3, 4), 0}, {f32(0, NULL), -1}});
    ck_assert_int_eq(axis, 0);
    expect_made_by("mul", "", "");
    axis = batch(&jx_mul_p, NULL, 4, 2, (const struct operand[]){{F32(4), 0}, {F32(3, 4), 1}});
    ck_assert_int_eq(axis, 1);
    expect_type(F32(3, 4));
    expect_made_by("mul", "broadcast_in_dim", "");
    axis = batch(&jx_mul_p, NULL, 4, 2, (const struct operand[]){{F32(4), 0}, {F32(4), -1}});
    ck_assert_int_eq(axis, 0);
    expect_type(F32(4, 4)); /* lanes never align with an axis of the same size */
    expect_made_by("mul", "broadcast_in_dim", "broadcast_in_dim");
}
END_TEST

START_TEST(lanes_on_different_axes_meet_by_one_transpose)
{
    int axis =
        batch(&jx_add_p, NULL, 3, 2, (const struct operand[]){{F32(4, 3), 1}, {F32(3, 4), 0}});
    ck_assert_int_eq(axis, 1);
    expect_type(F32(4, 3));
    expect_made_by("add", "", "transpose");
}
END_TEST

START_TEST(reductions_shapes_and_slices_work_around_the_lanes)
{
    struct jx_reduce_params axes = {{2, {0, 1}}};
    ck_assert_int_eq(
        batch(&jx_reduce_sum_p, &axes, 5, 1, (const struct operand[]){{F32(2, 5, 3, 4), 1}}), 0);
    expect_type(F32(5, 4));
    expect_made_by("reduce_sum", "", "");

    struct jx_broadcast_in_dim_params stretch = {{3, {2, 4, 3}}, {2, {0, 2}}};
    ck_assert_int_eq(
        batch(&jx_broadcast_in_dim_p, &stretch, 5, 1, (const struct operand[]){{F32(2, 5, 3), 1}}),
        1);
    expect_type(F32(2, 5, 4, 3));
    expect_made_by("broadcast_in_dim", "", "");

    struct jx_transpose_params turn = {{3, {2, 0, 1}}};
    ck_assert_int_eq(
        batch(&jx_transpose_p, &turn, 5, 1, (const struct operand[]){{F32(2, 3, 4, 5), 3}}), 3);
    expect_type(F32(4, 2, 3, 5));
    expect_made_by("transpose", "", "");

    struct jx_slice_params part = {{1, {1}}, {1, {3}}, {0}};
    ck_assert_int_eq(batch(&jx_slice_p, &part, 5, 1, (const struct operand[]){{F32(4, 5), 1}}), 1);
    expect_type(F32(2, 5));
    expect_made_by("slice", "", "");
}
END_TEST

START_TEST(a_reshape_moves_the_lanes_only_when_it_cuts_across_them)
{
    struct jx_reshape_params column = {{3, {4, 1, 6}}}, flat = {{1, {24}}};
    ck_assert_int_eq(
        batch(&jx_reshape_p, &column, 5, 1, (const struct operand[]){{F32(4, 5, 6), 1}}), 1);
    expect_type(F32(4, 5, 1, 6));
    expect_made_by("reshape", "", "");
    ck_assert_int_eq(batch(&jx_reshape_p, &flat, 5, 1, (const struct operand[]){{F32(4, 5, 6), 1}}),
                     0);
    expect_type(F32(5, 24));
    expect_made_by("reshape", "transpose", "");
}
END_TEST

static const struct jx_gather_params take_rows = {
    .dimension_numbers = {{1, {1}}, {1, {0}}, {1, {0}}, {0}, {0}}, .slice_sizes = {2, {1, 4}}};
static const struct jx_scatter_params put_rows = {
    .dimension_numbers = {{1, {1}}, {1, {0}}, {1, {0}}, {0}, {0}}};

static struct jx_aval i32(int rank, const int64_t *dims)
{
    return jx_aval_make(JAXC_I32, rank, dims);
}
#define I32(...)                                                                                   \
    i32(sizeof((int64_t[]){0, __VA_ARGS__}) / sizeof(int64_t) - 1, (int64_t[]){__VA_ARGS__})
#define PLACE i32(0, NULL)

START_TEST(lanes_of_what_is_gathered_and_of_indices_stay_where_they_are)
{
    int axis = batch(&jx_gather_p, &take_rows, 7, 2,
                     (const struct operand[]){{F32(5, 4, 7), 2}, {I32(3, 1), -1}});
    ck_assert_int_eq(axis, 2);
    expect_type(F32(3, 4, 7));
    expect_made_by("gather", "", "");
    axis = batch(&jx_gather_p, &take_rows, 7, 2,
                 (const struct operand[]){{F32(5, 4), -1}, {I32(3, 7, 1), 1}});
    ck_assert_int_eq(axis, 1);
    expect_type(F32(3, 7, 4));
    expect_made_by("gather", "", "");
    axis = batch(&jx_gather_p, &take_rows, 7, 2,
                 (const struct operand[]){{F32(5, 7, 4), 1}, {I32(7, 3, 1), 0}});
    ck_assert_int_eq(axis, 0);
    expect_type(F32(7, 3, 4));
    expect_made_by("gather", "", "");
    axis = batch(&jx_gather_p, &take_rows, 7, 2,
                 (const struct operand[]){{F32(5, 4), -1}, {I32(3, 1, 7), 2}});
    ck_assert_int_eq(axis, 0); /* they may not stand behind the vectors */
    expect_type(F32(7, 3, 4));
    expect_made_by("gather", "", "transpose");
}
END_TEST

START_TEST(updates_with_lanes_go_where_those_of_the_operand_are)
{
    int axis =
        batch(&jx_scatter_add_p, &put_rows, 7, 3,
              (const struct operand[]){{F32(5, 4, 7), 2}, {I32(3, 1), -1}, {F32(3, 4, 7), 2}});
    ck_assert_int_eq(axis, 2);
    expect_type(F32(5, 4, 7));
    expect_made_by("scatter-add", "", "");
    axis = batch(&jx_scatter_add_p, &put_rows, 7, 3,
                 (const struct operand[]){{F32(5, 4), -1}, {I32(7, 3, 1), 0}, {F32(7, 3, 4), 0}});
    ck_assert_int_eq(axis, 0);
    expect_type(F32(7, 5, 4));
    expect_made_by("scatter-add", "broadcast_in_dim", "");
}
END_TEST

START_TEST(a_dynamic_slice_with_lanes_stays_one_until_they_have_their_own_places)
{
    struct jx_dynamic_slice_params window = {{2, {2, 3}}};
    int axis = batch(&jx_dynamic_slice_p, &window, 7, 3,
                     (const struct operand[]){{F32(5, 7, 4), 1}, {PLACE, -1}, {PLACE, -1}});
    ck_assert_int_eq(axis, 1);
    expect_type(F32(2, 7, 3));
    expect_made_by("dynamic_slice", "", "");
    axis = batch(&jx_dynamic_slice_p, &window, 7, 3,
                 (const struct operand[]){{F32(5, 7, 4), 1}, {I32(7), 0}, {PLACE, -1}});
    ck_assert_int_eq(axis, 0);
    expect_type(F32(7, 2, 3));
    expect_made_by("gather", "", "concatenate");
    axis = batch(
        &jx_dynamic_update_slice_p, NULL, 7, 4,
        (const struct operand[]){{F32(5, 7, 4), 1}, {F32(2, 7, 3), 1}, {PLACE, -1}, {PLACE, -1}});
    ck_assert_int_eq(axis, 1);
    expect_made_by("dynamic_update_slice", "", "");
    axis =
        batch(&jx_dynamic_update_slice_p, NULL, 7, 4,
              (const struct operand[]){{F32(5, 4), -1}, {F32(2, 3), -1}, {I32(7), 0}, {PLACE, -1}});
    ck_assert_int_eq(axis, 0);
    expect_type(F32(7, 5, 4));
    expect_made_by("scatter", "broadcast_in_dim", "concatenate");
}
END_TEST

START_TEST(a_lane_axis_beyond_the_limit_of_axes_is_an_error)
{
    struct jx_aval full = F32(1, 1, 1, 1, 1, 1, 1, 1), lanes = F32(3);
    jaxc_value x[] = {jx_trace_arg(&full), jx_trace_arg(&lanes)}, y;
    int y_axis;
    struct jx_rule r = {
        .prim = &jx_add_p, .n_in = 2, .n_out = 1, .x = x, .axis = (const int[]){-1, 0}, .size = 3};
    ck_assert(!jx_add_p.batch(&r, &y, &y_axis));
    ck_assert_int_eq(jaxc_error_code(), JAXC_ELIMIT);
    ck_assert_str_eq(jaxc_error(), "add: with the batch axis rank 9, the limit is 8");
    jaxc_clear_error();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("prims_batch");

    TCase *lanes = tcase_create("lanes");
    tcase_add_checked_fixture(lanes, open_trace, close_trace);
    tcase_add_test(lanes, a_matrix_by_lanes_of_vectors_is_one_product_with_the_lanes_first);
    tcase_add_test(lanes, lanes_of_one_operand_are_a_free_axis_of_one_product);
    tcase_add_test(lanes, lanes_of_both_operands_are_a_batch_axis_of_one_product);
    tcase_add_test(lanes, a_shared_bias_is_broadcast_to_where_the_lanes_are);
    tcase_add_test(lanes, one_number_for_all_stays_rank_0_and_one_for_each_lane_is_broadcast);
    tcase_add_test(lanes, lanes_on_different_axes_meet_by_one_transpose);
    tcase_add_test(lanes, reductions_shapes_and_slices_work_around_the_lanes);
    tcase_add_test(lanes, a_reshape_moves_the_lanes_only_when_it_cuts_across_them);
    tcase_add_test(lanes, lanes_of_what_is_gathered_and_of_indices_stay_where_they_are);
    tcase_add_test(lanes, updates_with_lanes_go_where_those_of_the_operand_are);
    tcase_add_test(lanes, a_dynamic_slice_with_lanes_stays_one_until_they_have_their_own_places);
    tcase_add_test(lanes, a_lane_axis_beyond_the_limit_of_axes_is_an_error);
    suite_add_tcase(suite, lanes);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
