/*
 * test_prims_type.c - type rules of the primitives: what they give, and what they refuse with which
 * words.
 */
#include "prim/prim.h"
#include "support/errors.h"

#include <check.h>
#include <stdlib.h>

/* ---- "weak f32[2,3]" <-> struct jx_aval ------------------------------------------------------ */

#define MOST 4 /* operands or results */

static struct jx_aval parse(const char **text)
{
    struct jx_aval a = {0};
    jaxc_dtype dtype;
    const char *s = *text + strspn(*text, " ");
    a.weak = strncmp(s, "weak ", 5) == 0;
    s += a.weak ? 5 : 0;
    size_t name = strcspn(s, "[");
    ck_assert(jx_dtype_parse(s, name, &dtype));
    a.dtype = (uint8_t)dtype;
    for (s += name; *s != ']';) {
        s++;
        if (*s != ']')
            a.dims[a.rank++] = strtoll(s, (char **)&s, 10);
    }
    *text = s + 1;
    return a;
}

static int parse_all(const char *text, struct jx_aval *types)
{
    int n = 0;
    while (*text) {
        ck_assert_int_lt(n, MOST);
        types[n++] = parse(&text);
    }
    return n;
}

static bool infer(const struct jx_prim *prim, const void *params, const char *operands, int n_out,
                  struct jx_aval *out)
{
    struct jx_aval types[MOST];
    const struct jx_aval *in[MOST];
    int n_in = parse_all(operands, types);
    for (int i = 0; i < n_in; i++)
        in[i] = &types[i];
    ck_assert(prim->arity < 0 || prim->arity == n_in);
    ck_assert_int_eq(jx_n_results(prim, params, n_in), n_out);
    return jx_infer(prim, params, n_in, in, n_out, out);
}

static void gives(const struct jx_prim *prim, const void *params, const char *operands,
                  const char *results)
{
    struct jx_aval want[MOST], got[MOST];
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    int n = parse_all(results, want);
    ck_assert_msg(infer(prim, params, operands, n, got), "%s %s: %s", prim->name, operands,
                  jaxc_error());
    for (int i = 0; i < n; i++)
        ck_assert_msg(jx_aval_same(&got[i], &want[i]), "%s %s: %s, not %s", prim->name, operands,
                      jx_aval_text(&got[i], a), jx_aval_text(&want[i], b));
}

static void refuses(const struct jx_prim *prim, const void *params, const char *operands,
                    jaxc_status code, const char *message)
{
    struct jx_aval got[MOST];
    bool taken = infer(prim, params, operands, jx_n_results(prim, params, 0), got);
    ck_assert_msg(!taken, "%s takes %s", prim->name, operands);
    expect_error(code, message);
}

#define INTS(...)                                                                                  \
    {                                                                                              \
        sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), { __VA_ARGS__ }                        \
    }

/* ---- the table ------------------------------------------------------------------------------- */

START_TEST(every_primitive_is_found_by_its_name_and_no_other)
{
    int n = 0;
    for (; jx_prims[n]; n++)
        ck_assert_ptr_eq(jx_prim_find(jx_prims[n]->name, strlen(jx_prims[n]->name)), jx_prims[n]);
    ck_assert_int_gt(n, 50);
    ck_assert_ptr_eq(jx_prim_find("sin b", 3), &jx_sin_p);
    ck_assert_ptr_null(jx_prim_find("sin", 2));
    ck_assert_ptr_null(jx_prim_find("sinhs", 5));
    ck_assert_ptr_null(jx_prim_find("", 0));
}
END_TEST

START_TEST(every_primitive_has_each_rule_or_says_why_not)
{
    for (int i = 0; jx_prims[i]; i++) {
        const struct jx_prim *p = jx_prims[i];
        ck_assert_msg(p->type != NULL, "%s: type", p->name);
        ck_assert_msg((p->jvp || p->jvp_all || p->zero_tangent) != (p->no_jvp != NULL), "%s: jvp",
                      p->name);
        ck_assert_msg((p->transpose || p->transpose_all) != (p->no_transpose != NULL),
                      "%s: transpose", p->name);
        ck_assert_msg((p->batch != NULL) != (p->no_batch != NULL), "%s: batch", p->name);
        ck_assert_msg((p->lower != NULL) != (p->no_lower != NULL), "%s: lower", p->name);
        ck_assert_msg((p->fields != NULL) == (p->params_size > 0), "%s: params", p->name);
    }
}
END_TEST

/* ---- elementwise ----------------------------------------------------------------------------- */

START_TEST(elementwise_results_have_the_operands_shape_beside_rank_0)
{
    gives(&jx_sin_p, NULL, "f32[2,3]", "f32[2,3]");
    gives(&jx_sin_p, NULL, "f64[]", "f64[]");
    gives(&jx_neg_p, NULL, "u8[0]", "u8[0]");
    gives(&jx_add_p, NULL, "f32[2,3] f32[2,3]", "f32[2,3]");
    gives(&jx_add_p, NULL, "f32[] f32[3]", "f32[3]");
    gives(&jx_add_p, NULL, "f32[3] f32[]", "f32[3]");
    gives(&jx_add_p, NULL, "i64[] i64[]", "i64[]");
    gives(&jx_max_p, NULL, "bool[2] bool[2]", "bool[2]");
    gives(&jx_and_p, NULL, "bool[2] bool[2]", "bool[2]");
    gives(&jx_stop_gradient_p, NULL, "i32[2]", "i32[2]");
    gives(&jx_threefry2x32_p, NULL, "u32[] u32[] u32[4] u32[4]", "u32[4] u32[4]");
}
END_TEST

START_TEST(results_are_weak_when_all_operands_are_but_comparisons_never)
{
    gives(&jx_sin_p, NULL, "weak f32[]", "weak f32[]");
    gives(&jx_mul_p, NULL, "weak f32[] f32[3]", "f32[3]");
    gives(&jx_mul_p, NULL, "weak f32[] weak f32[3]", "weak f32[3]");
    gives(&jx_lt_p, NULL, "weak i32[] weak i32[]", "bool[]");
    gives(&jx_eq_p, NULL, "f32[3] f32[]", "bool[3]");
    gives(&jx_select_n_p, NULL, "bool[3] weak f32[] weak f32[]", "weak f32[3]");
    gives(&jx_select_n_p, NULL, "bool[3] weak f32[] f32[]", "f32[3]");
}
END_TEST

START_TEST(elementwise_primitives_refuse_mixed_dtypes_and_shapes)
{
    refuses(
        &jx_add_p, NULL, "f32[3] i32[3]", JAXC_EDTYPE,
        "add: operands need equal dtypes: f32[3] and i32[3]; the calls of jaxc/numpy.h promote");
    refuses(&jx_add_p, NULL, "f32[3] f32[4]", JAXC_ESHAPE,
            "add: operands need equal shapes, or rank 0: f32[3] and f32[4]");
    refuses(&jx_add_p, NULL, "f32[3] f32[1,3]", JAXC_ESHAPE,
            "add: operands need equal shapes, or rank 0: f32[3] and f32[1,3]");
    refuses(&jx_threefry2x32_p, NULL, "u32[] u32[2] u32[] u32[3]", JAXC_ESHAPE,
            "threefry2x32: operands need equal shapes, or rank 0: u32[2] and u32[3]");
}
END_TEST

START_TEST(elementwise_primitives_refuse_dtypes_they_are_not_defined_on)
{
    refuses(&jx_sin_p, NULL, "i32[3]", JAXC_EDTYPE, "sin: takes floats, got i32[3]");
    refuses(&jx_neg_p, NULL, "bool[]", JAXC_EDTYPE, "neg: takes integers and floats, got bool[]");
    refuses(&jx_add_p, NULL, "bool[2] bool[2]", JAXC_EDTYPE,
            "add: takes integers and floats, got bool[2]");
    refuses(&jx_xor_p, NULL, "f64[2] f64[2]", JAXC_EDTYPE,
            "xor: takes bool and integers, got f64[2]");
    refuses(&jx_shift_left_p, NULL, "bool[2] bool[2]", JAXC_EDTYPE,
            "shift_left: takes integers, got bool[2]");
    refuses(&jx_threefry2x32_p, NULL, "u32[] u32[] u32[4] i32[4]", JAXC_EDTYPE,
            "threefry2x32: keys and counters are u32, got i32[4]");
}
END_TEST

START_TEST(pow_takes_an_integer_exponent_of_a_float_but_not_the_other_way)
{
    gives(&jx_pow_p, NULL, "f32[2] u8[2]", "f32[2]");
    gives(&jx_pow_p, NULL, "f64[] i64[2]", "f64[2]");
    gives(&jx_pow_p, NULL, "i32[2] i32[2]", "i32[2]");
    refuses(
        &jx_pow_p, NULL, "i32[2] f32[2]", JAXC_EDTYPE,
        "pow: operands need equal dtypes: i32[2] and f32[2]; the calls of jaxc/numpy.h promote");
    refuses(
        &jx_pow_p, NULL, "f32[2] bool[2]", JAXC_EDTYPE,
        "pow: operands need equal dtypes: f32[2] and bool[2]; the calls of jaxc/numpy.h promote");
}
END_TEST

START_TEST(integer_pow_refuses_integers_to_a_negative_power)
{
    struct jx_integer_pow_params minus = {-2}, large = {(int64_t)1 << 40};
    gives(&jx_integer_pow_p, &minus, "f32[3]", "f32[3]");
    refuses(&jx_integer_pow_p, &minus, "i32[3]", JAXC_EVALUE,
            "integer_pow: i32[3] to the negative power -2");
    refuses(&jx_integer_pow_p, &large, "f32[]", JAXC_ELIMIT,
            "integer_pow: exponent 1099511627776 is over 32 bits");
}
END_TEST

START_TEST(select_n_chooses_by_bool_between_two_or_by_integers_among_many)
{
    gives(&jx_select_n_p, NULL, "bool[] f32[3] f32[3]", "f32[3]");
    gives(&jx_select_n_p, NULL, "i32[3] i32[3] i32[] i32[3]", "i32[3]");
    refuses(&jx_select_n_p, NULL, "f32[3] f32[3]", JAXC_EDTYPE,
            "select_n: chooses by bool or integers, got f32[3]");
    refuses(&jx_select_n_p, NULL, "bool[3] f32[3] f32[3] f32[3]", JAXC_EVALUE,
            "select_n: a bool chooses among two cases, not 3");
    refuses(&jx_select_n_p, NULL, "bool[3] f32[3] f64[3]", JAXC_EDTYPE,
            "select_n: operands need equal dtypes: f32[3] and f64[3]; the calls of jaxc/numpy.h "
            "promote");
    refuses(&jx_select_n_p, NULL, "bool[2] f32[3] f32[3]", JAXC_ESHAPE,
            "select_n: operands need equal shapes, or rank 0: bool[2] and f32[3]");
    refuses(&jx_select_n_p, NULL, "bool[2]", JAXC_EVALUE, "select_n: needs at least one case");
}
END_TEST

START_TEST(convert_gives_the_dtype_and_weak_flag_it_names)
{
    struct jx_convert_element_type_params weak = {JAXC_F32, true}, none = {0},
                                          later = {JAXC_C64, false};
    gives(&jx_convert_element_type_p, &weak, "i32[3]", "weak f32[3]");
    refuses(&jx_convert_element_type_p, &none, "i32[3]", JAXC_EDTYPE,
            "convert_element_type: 0 is no dtype");
    refuses(&jx_convert_element_type_p, &later, "i32[3]", JAXC_EDTYPE,
            "convert_element_type: arrays of c64 cannot be made yet");
}
END_TEST

START_TEST(bitcast_to_another_width_adds_or_takes_a_trailing_axis)
{
    struct jx_bitcast_params u8 = {JAXC_U8}, f32 = {JAXC_F32}, f64 = {JAXC_F64};
    gives(&jx_bitcast_convert_type_p, &f32, "weak i32[3]", "f32[3]");
    gives(&jx_bitcast_convert_type_p, &u8, "f64[3]", "u8[3,8]");
    gives(&jx_bitcast_convert_type_p, &f64, "u32[3,2]", "f64[3]");
    refuses(&jx_bitcast_convert_type_p, &f64, "u32[3,4]", JAXC_ESHAPE,
            "bitcast_convert_type: to f64, u32[3,4] needs a last axis of 2");
    refuses(&jx_bitcast_convert_type_p, &f64, "u32[]", JAXC_ESHAPE,
            "bitcast_convert_type: to f64, u32[] needs a last axis of 2");
    refuses(&jx_bitcast_convert_type_p, &f32, "bool[4]", JAXC_EDTYPE,
            "bitcast_convert_type: bool[4] to f32");
    refuses(&jx_bitcast_convert_type_p, &u8, "f32[1,1,1,1,1,1,1,1]", JAXC_ELIMIT,
            "bitcast_convert_type: f32[1,1,1,1,1,1,1,1] to u8 makes rank 9, the limit is 8");
}
END_TEST

/* ---- shapes ---------------------------------------------------------------------------------- */

START_TEST(broadcast_in_dim_stretches_axes_of_size_1_and_keeps_their_order)
{
    struct jx_broadcast_in_dim_params p = {INTS(2, 4, 3), INTS(0, 2)};
    struct jx_broadcast_in_dim_params one = {INTS(2, 3), INTS(1)}, order = {INTS(3, 2), INTS(1, 0)};
    struct jx_broadcast_in_dim_params far = {INTS(2), INTS(1)}, huge = {INTS(INT64_MAX, 2), {0}};
    gives(&jx_broadcast_in_dim_p, &p, "f32[2,3]", "f32[2,4,3]");
    gives(&jx_broadcast_in_dim_p, &p, "weak f32[1,3]", "weak f32[2,4,3]");
    refuses(&jx_broadcast_in_dim_p, &p, "f32[5,3]", JAXC_ESHAPE,
            "broadcast_in_dim: f32[5,3] has 5 along axis 0, f32[2,4,3] 2 along axis 0");
    refuses(&jx_broadcast_in_dim_p, &one, "f32[2,3]", JAXC_EVALUE,
            "broadcast_in_dim: 1 broadcast_dimensions for f32[2,3]");
    refuses(&jx_broadcast_in_dim_p, &order, "f32[2,3]", JAXC_EAXIS,
            "broadcast_in_dim: axis 0 of f32[3,2] follows axis 1");
    refuses(&jx_broadcast_in_dim_p, &far, "f32[2]", JAXC_EAXIS,
            "broadcast_in_dim: axis 1 of f32[2]");
    struct jx_aval out;
    ck_assert(!infer(&jx_broadcast_in_dim_p, &huge, "f32[]", 1, &out));
    ck_assert_int_eq(jaxc_error_code(), JAXC_ELIMIT);
    jaxc_clear_error();
}
END_TEST

START_TEST(reshape_keeps_the_number_of_elements)
{
    struct jx_reshape_params p = {INTS(3, 4)}, scalar = {{0}}, empty = {INTS(0, 7)};
    gives(&jx_reshape_p, &p, "f32[2,6]", "f32[3,4]");
    gives(&jx_reshape_p, &scalar, "f32[1,1]", "f32[]");
    gives(&jx_reshape_p, &empty, "f32[2,0]", "f32[0,7]");
    refuses(&jx_reshape_p, &p, "f32[2,5]", JAXC_ESHAPE,
            "reshape: f32[2,5] has 10 elements, f32[3,4] 12");
}
END_TEST

START_TEST(transpose_takes_a_permutation)
{
    struct jx_transpose_params p = {INTS(2, 0, 1)}, twice = {INTS(0, 0)}, far = {INTS(0, 2)};
    gives(&jx_transpose_p, &p, "f32[2,3,4]", "f32[4,2,3]");
    refuses(&jx_transpose_p, &p, "f32[2,3]", JAXC_EVALUE,
            "transpose: a permutation of 3 axes for f32[2,3]");
    refuses(&jx_transpose_p, &twice, "f32[2,3]", JAXC_EAXIS, "transpose: axis 0 of f32[2,3] twice");
    refuses(&jx_transpose_p, &far, "f32[2,3]", JAXC_EAXIS, "transpose: axis 2 of f32[2,3]");
}
END_TEST

START_TEST(slice_stays_inside_its_operand)
{
    struct jx_slice_params p = {INTS(1, 0), INTS(6, 3), INTS(2, 3)}, none = {INTS(2), INTS(2), {0}};
    struct jx_slice_params back = {INTS(2), INTS(1), {0}}, over = {INTS(0), INTS(5), {0}};
    struct jx_slice_params still = {INTS(0), INTS(2), INTS(0)};
    gives(&jx_slice_p, &p, "f32[6,3]", "f32[3,1]");
    gives(&jx_slice_p, &none, "i32[4]", "i32[0]");
    refuses(&jx_slice_p, &back, "f32[4]", JAXC_EVALUE, "slice: [2, 1) of axis 0 of f32[4]");
    refuses(&jx_slice_p, &over, "f32[4]", JAXC_EVALUE, "slice: [0, 5) of axis 0 of f32[4]");
    refuses(&jx_slice_p, &still, "f32[4]", JAXC_EVALUE, "slice: stride 0 along axis 0 of f32[4]");
    refuses(&jx_slice_p, &p, "f32[6]", JAXC_EVALUE,
            "slice: 2 starts, 2 limits and 2 strides for f32[6]");
}
END_TEST

START_TEST(pad_adds_before_behind_and_between_and_may_cut)
{
    struct jx_pad_params p = {{2, {1, -2}, {2, 0}, {0, 1}}}, cut = {{1, {-2}, {-2}, {0}}};
    struct jx_pad_params between = {{1, {0}, {0}, {-1}}}, huge = {{1, {0}, {0}, {INT64_MAX}}};
    struct jx_pad_params gaps = {{1, {1}, {1}, {5}}};
    gives(&jx_pad_p, &p, "f32[2,3] f32[]", "f32[5,3]");
    gives(&jx_pad_p, &gaps, "f32[0] f32[]", "f32[2]");
    refuses(&jx_pad_p, &cut, "f32[3] f32[]", JAXC_ESHAPE,
            "pad: (-2, -2, 0) leaves -1 along axis 0 of f32[3]");
    refuses(&jx_pad_p, &between, "f32[3] f32[]", JAXC_EVALUE,
            "pad: interior -1 along axis 0 of f32[3]");
    refuses(&jx_pad_p, &huge, "f32[3] f32[]", JAXC_ELIMIT, "pad: axis 0 of f32[3] gets too long");
    refuses(&jx_pad_p, &p, "f32[3] f32[]", JAXC_EVALUE, "pad: 2 amounts for f32[3]");
    refuses(&jx_pad_p, &cut, "f32[3] f32[1]", JAXC_ESHAPE,
            "pad: the padding value has rank 0, got f32[1]");
    refuses(&jx_pad_p, &cut, "f32[3] i32[]", JAXC_EDTYPE,
            "pad: operands need equal dtypes: f32[3] and i32[]; the calls of jaxc/numpy.h promote");
}
END_TEST

START_TEST(concatenate_joins_shapes_that_differ_along_one_axis)
{
    struct jx_concatenate_params p = {1}, far = {2};
    gives(&jx_concatenate_p, &p, "f32[2,3] f32[2,0] f32[2,1]", "f32[2,4]");
    gives(&jx_concatenate_p, &p, "weak f32[2,3]", "weak f32[2,3]");
    refuses(&jx_concatenate_p, &p, "", JAXC_EVALUE, "concatenate: needs at least one operand");
    refuses(&jx_concatenate_p, &far, "f32[2,3]", JAXC_EAXIS,
            "concatenate: dimension 2 of f32[2,3]");
    refuses(&jx_concatenate_p, &p, "f32[2,3] f32[3,3]", JAXC_ESHAPE,
            "concatenate: shapes may differ along dimension 1 only: f32[2,3] and f32[3,3]");
    refuses(&jx_concatenate_p, &p, "f32[2,3] f32[2]", JAXC_ESHAPE,
            "concatenate: shapes may differ along dimension 1 only: f32[2,3] and f32[2]");
    refuses(&jx_concatenate_p, &p, "f32[2,3] f64[2,3]", JAXC_EDTYPE,
            "concatenate: operands need equal dtypes: f32[2,3] and f64[2,3]; the calls of "
            "jaxc/numpy.h promote");
}
END_TEST

START_TEST(iota_counts_along_one_of_its_axes)
{
    struct jx_iota_params p = {INTS(2, 3), 1, JAXC_F32}, far = {INTS(2, 3), 2, JAXC_I32};
    struct jx_iota_params bools = {INTS(2), 0, JAXC_BOOL}, scalar = {{0}, 0, JAXC_I32};
    gives(&jx_iota_p, &p, "", "f32[2,3]");
    refuses(&jx_iota_p, &far, "", JAXC_EAXIS, "iota: dimension 2 of i32[2,3]");
    refuses(&jx_iota_p, &scalar, "", JAXC_EAXIS, "iota: dimension 0 of i32[]");
    refuses(&jx_iota_p, &bools, "", JAXC_EDTYPE, "iota: makes integers and floats, not bool[2]");
}
END_TEST

/* ---- windows at computed places -------------------------------------------------------------- */

START_TEST(a_window_at_computed_starts_fits_its_operand)
{
    struct jx_dynamic_slice_params p = {INTS(2, 3)}, one = {INTS(2)}, big = {INTS(2, 5)};
    gives(&jx_dynamic_slice_p, &p, "weak f32[5,4] i32[] i32[]", "weak f32[2,3]");
    refuses(&jx_dynamic_slice_p, &p, "f32[5,4] i32[]", JAXC_EVALUE,
            "dynamic_slice: 1 starts for f32[5,4]");
    refuses(&jx_dynamic_slice_p, &p, "f32[5,4] i32[] u8[]", JAXC_EDTYPE,
            "dynamic_slice: starts are integers of one dtype, got u8[]");
    refuses(&jx_dynamic_slice_p, &p, "f32[5,4] f32[] f32[]", JAXC_EDTYPE,
            "dynamic_slice: starts are integers of one dtype, got f32[]");
    refuses(&jx_dynamic_slice_p, &p, "f32[5,4] i32[1] i32[]", JAXC_ESHAPE,
            "dynamic_slice: a start is a scalar, not i32[1]");
    refuses(&jx_dynamic_slice_p, &one, "f32[5,4] i32[] i32[]", JAXC_ESHAPE,
            "dynamic_slice: a window of 1 axes in f32[5,4]");
    refuses(&jx_dynamic_slice_p, &big, "f32[5,4] i32[] i32[]", JAXC_ESHAPE,
            "dynamic_slice: a window of 5 along axis 1 of f32[5,4]");
    gives(&jx_dynamic_update_slice_p, NULL, "f32[5,4] f32[5,1] u8[] u8[]", "f32[5,4]");
    refuses(&jx_dynamic_update_slice_p, NULL, "f32[5] f32[6] i32[]", JAXC_ESHAPE,
            "dynamic_update_slice: a window of 6 along axis 0 of f32[5]");
    refuses(&jx_dynamic_update_slice_p, NULL, "f32[5] i32[2] i32[]", JAXC_EDTYPE,
            "dynamic_update_slice: operands need equal dtypes: f32[5] and i32[2]");
}
END_TEST

START_TEST(gather_and_scatter_say_which_dimension_number_is_wrong)
{
    struct jx_gather_params rows = {.dimension_numbers = {INTS(1), INTS(0), INTS(0), {0}, {0}},
                                    .slice_sizes = INTS(1, 4)};
    struct jx_gather_params p = rows;
    gives(&jx_gather_p, &p, "weak f32[5,4] i32[3,1]", "weak f32[3,4]");
    refuses(&jx_gather_p, &p, "f32[5,4] f32[3,1]", JAXC_EDTYPE,
            "gather: indices are integers, not f32[3,1]");
    refuses(&jx_gather_p, &p, "f32[5,4] i32[]", JAXC_ESHAPE,
            "gather: indices hold vectors along their last axis, a scalar none");
    refuses(&jx_gather_p, &p, "f32[5,4] i32[3,2]", JAXC_ESHAPE,
            "gather: indices i32[3,2] have vectors of 2, start_index_map has 1 axes");
    refuses(&jx_gather_p, &p, "f32[5,3] i32[3,1]", JAXC_ESHAPE,
            "gather: a window of 4 along axis 1 of f32[5,3]");
    p.slice_sizes = (struct jx_ints)INTS(2, 4);
    refuses(&jx_gather_p, &p, "f32[5,4] i32[3,1]", JAXC_ESHAPE,
            "gather: axis 0 of f32[5,4] is not in the window, its size is 2");
    p = rows;
    p.dimension_numbers.offset_dims = (struct jx_ints)INTS(2);
    refuses(&jx_gather_p, &p, "f32[5,4] i32[3,1]", JAXC_EAXIS,
            "gather: axis 2 in offset_dims is not in [0, 2)");
    p = rows;
    p.dimension_numbers.operand_batching_dims = (struct jx_ints)INTS(0);
    p.dimension_numbers.start_indices_batching_dims = (struct jx_ints)INTS(0);
    refuses(&jx_gather_p, &p, "f32[5,4] i32[5,1]", JAXC_EAXIS,
            "gather: an axis is in both collapsed_slice_dims and operand_batching_dims");
    p.dimension_numbers.collapsed_slice_dims = (struct jx_ints){0};
    p.dimension_numbers.start_index_map = (struct jx_ints)INTS(1);
    gives(&jx_gather_p, &p, "f32[5,4] i32[5,1]", "f32[5,4]");
    refuses(&jx_gather_p, &p, "f32[5,4] i32[3,1]", JAXC_ESHAPE,
            "gather: axis 0 of operand f32[5,4] and axis 0 of indices i32[3,1]");

    struct jx_scatter_params put = {.dimension_numbers = rows.dimension_numbers};
    gives(&jx_scatter_p, &put, "f32[5,4] u8[3,1] f32[3,2]", "f32[5,4]");
    refuses(&jx_scatter_p, &put, "f32[5,4] i32[3,1] i32[3,4]", JAXC_EDTYPE,
            "scatter: operand and updates need equal dtypes: f32[5,4] and i32[3,4]");
    refuses(&jx_scatter_p, &put, "f32[5,4] i32[3,1] f32[2,4]", JAXC_ESHAPE,
            "scatter: updates are f32[2,4], they must be f32[3,4]");
    refuses(&jx_scatter_add_p, &put, "f32[5,4] i32[3,1] f32[3]", JAXC_ESHAPE,
            "scatter-add: updates f32[3] for indices i32[3,1] and windows of 1 axes");
    refuses(&jx_scatter_add_p, &put, "bool[5,4] i32[3,1] bool[3,4]", JAXC_EDTYPE,
            "scatter-add: takes integers and floats, got bool[5,4]");
    put.dimension_numbers.collapsed_slice_dims = (struct jx_ints)INTS(1, 0);
    refuses(&jx_scatter_max_p, &put, "f32[5,4] i32[3,1] f32[3]", JAXC_EAXIS,
            "scatter-max: axis 0 in inserted_window_dims is out of order");
}
END_TEST

/* ---- reductions ------------------------------------------------------------------------------ */

START_TEST(reductions_drop_their_axes_and_keep_the_dtype)
{
    struct jx_reduce_params p = {INTS(0, 2)}, none = {{0}}, far = {INTS(3)}, twice = {INTS(1, 1)};
    struct jx_reduce_params order = {INTS(1, 0)};
    gives(&jx_reduce_sum_p, &p, "u8[2,3,4]", "u8[3]");
    gives(&jx_reduce_max_p, &p, "bool[2,3,4]", "bool[3]");
    gives(&jx_reduce_sum_p, &none, "weak f32[2]", "weak f32[2]");
    gives(&jx_reduce_max_p, &p, "f32[0,3,4]", "f32[3]");
    refuses(&jx_reduce_sum_p, &far, "f32[2,3,4]", JAXC_EAXIS, "reduce_sum: axis 3 of f32[2,3,4]");
    refuses(&jx_reduce_max_p, &twice, "f32[2,3]", JAXC_EAXIS,
            "reduce_max: axis 1 of f32[2,3] twice");
    refuses(&jx_reduce_max_p, &order, "f32[2,3]", JAXC_EAXIS,
            "reduce_max: axis 0 of f32[2,3] out of order");
    refuses(&jx_reduce_sum_p, &none, "bool[2]", JAXC_EDTYPE,
            "reduce_sum: takes integers and floats, got bool[2]");
}
END_TEST

START_TEST(squeeze_takes_axes_of_size_1_and_rev_any)
{
    const struct jx_squeeze_params ends = {{2, {0, 2}}}, twice = {{2, {0, 0}}};
    const struct jx_rev_params last = {{1, {1}}}, order = {{2, {1, 0}}};
    gives(&jx_squeeze_p, &ends, "weak f32[1,3,1]", "weak f32[3]");
    refuses(&jx_squeeze_p, &ends, "f32[1,3,2]", JAXC_ESHAPE,
            "squeeze: axis 2 of f32[1,3,2] has not size 1");
    refuses(&jx_squeeze_p, &ends, "f32[1,3]", JAXC_EAXIS, "squeeze: axis 2 of f32[1,3]");
    refuses(&jx_squeeze_p, &twice, "f32[1,3]", JAXC_EAXIS, "squeeze: axis 0 of f32[1,3] twice");
    gives(&jx_rev_p, &last, "weak u8[2,0]", "weak u8[2,0]");
    refuses(&jx_rev_p, &last, "u8[2]", JAXC_EAXIS, "rev: axis 1 of u8[2]");
    refuses(&jx_rev_p, &order, "u8[2,2]", JAXC_EAXIS, "rev: axis 0 of u8[2,2] out of order");
}
END_TEST

START_TEST(argmax_gives_indices_and_refuses_an_empty_axis)
{
    struct jx_arg_params p = {INTS(1), JAXC_I32}, wide = {INTS(0), JAXC_I64};
    struct jx_arg_params u8 = {INTS(0), JAXC_U8}, two = {INTS(0, 1), JAXC_I32};
    gives(&jx_argmax_p, &p, "weak f32[2,3]", "i32[2]");
    gives(&jx_argmax_p, &wide, "bool[2,0]", "i64[0]");
    refuses(&jx_argmax_p, &p, "f32[2,0]", JAXC_EVALUE, "argmax: axis 1 of f32[2,0] is empty");
    refuses(&jx_argmax_p, &p, "f32[2]", JAXC_EAXIS, "argmax: axis 1 of f32[2]");
    refuses(&jx_argmax_p, &p, "u8[1,2147483649]", JAXC_ELIMIT,
            "argmax: axis 1 of u8[1,2147483649] is too long for i32 indices");
    refuses(&jx_argmax_p, &u8, "f32[2]", JAXC_EDTYPE, "argmax: gives i32 or i64 indices, not u8");
    refuses(&jx_argmax_p, &two, "f32[2,2]", JAXC_EVALUE, "argmax: goes over one axis, not 2");
}
END_TEST

/* ---- products -------------------------------------------------------------------------------- */

START_TEST(dot_general_orders_batch_lhs_and_rhs_axes)
{
    struct jx_dot_general_params mv = {{INTS(1), INTS(0), {0}, {0}}, 0};
    struct jx_dot_general_params p = {{INTS(3, 0), INTS(1, 2), INTS(2), INTS(0)}, 0};
    struct jx_dot_general_params outer = {{{0}, {0}, {0}, {0}}, 0};
    gives(&jx_dot_general_p, &mv, "f32[512,784] f32[784]", "f32[512]");
    gives(&jx_dot_general_p, &mv, "weak f32[2,3] weak f32[3,4]", "weak f32[2,4]");
    gives(&jx_dot_general_p, &p, "f32[2,3,4,5] f32[4,5,2,6]", "f32[4,3,6]");
    gives(&jx_dot_general_p, &outer, "i32[2] i32[3]", "i32[2,3]");
    refuses(&jx_dot_general_p, &outer, "f32[1,1,1,1,1] f32[1,1,1,1]", JAXC_ELIMIT,
            "dot_general: the product of f32[1,1,1,1,1] and f32[1,1,1,1] has rank 9, the limit is "
            "8");
}
END_TEST

START_TEST(dot_general_names_the_axes_that_disagree)
{
    struct jx_dot_general_params p = {{INTS(1), INTS(0), {0}, {0}}, 0};
    struct jx_dot_general_params batch = {{INTS(2), INTS(1), INTS(0), INTS(0)}, 0};
    struct jx_dot_general_params far = {{INTS(2), INTS(0), {0}, {0}}, 0};
    struct jx_dot_general_params twice = {{INTS(0), INTS(0), {0}, INTS(0)}, 0};
    struct jx_dot_general_params odd = {{INTS(0), INTS(0, 1), {0}, {0}}, 0};
    refuses(&jx_dot_general_p, &p, "f32[32,784] f32[128,10]", JAXC_ESHAPE,
            "dot_general: k differs: lhs f32[32,784] contracts axis 1 (784), rhs f32[128,10] "
            "axis 0 (128)");
    refuses(&jx_dot_general_p, &batch, "f32[5,2,3] f32[6,3]", JAXC_ESHAPE,
            "dot_general: batch differs: lhs f32[5,2,3] stacks axis 0 (5), rhs f32[6,3] axis "
            "0 (6)");
    refuses(&jx_dot_general_p, &far, "f32[2,3] f32[3]", JAXC_EAXIS,
            "dot_general: axis 2 of lhs f32[2,3]");
    refuses(&jx_dot_general_p, &twice, "f32[3] f32[3]", JAXC_EAXIS,
            "dot_general: axis 0 of rhs f32[3] named twice");
    refuses(&jx_dot_general_p, &odd, "f32[3] f32[3,3]", JAXC_EVALUE,
            "dot_general: lhs contracts 1 axes, rhs 2");
}
END_TEST

START_TEST(dot_general_takes_a_preferred_dtype_of_the_same_kind)
{
    struct jx_dims mv = {INTS(1), INTS(0), {0}, {0}};
    struct jx_dot_general_params f64 = {mv, JAXC_F64}, i32 = {mv, JAXC_I32}, f32 = {mv, JAXC_F32};
    struct jx_dot_general_params same = {mv, 0};
    gives(&jx_dot_general_p, &f64, "f32[2,3] f32[3]", "f64[2]");
    gives(&jx_dot_general_p, &f32, "f64[2,3] f64[3]", "f32[2]");
    refuses(&jx_dot_general_p, &i32, "i64[2,3] i64[3]", JAXC_EDTYPE,
            "dot_general: a product of i64[2,3] cannot be i32");
    refuses(&jx_dot_general_p, &i32, "f32[2,3] f32[3]", JAXC_EDTYPE,
            "dot_general: a product of f32[2,3] cannot be i32");
    refuses(&jx_dot_general_p, &same, "bool[2,3] bool[3]", JAXC_EDTYPE,
            "dot_general: takes integers and floats, got bool[2,3]");
    refuses(&jx_dot_general_p, &same, "f32[2,3] f64[3]", JAXC_EDTYPE,
            "dot_general: operands need equal dtypes: f32[2,3] and f64[3]; the calls of "
            "jaxc/numpy.h promote");
}
END_TEST

/* ---- programs -------------------------------------------------------------------------------- */

START_TEST(jit_takes_what_its_program_takes_weak_flags_included)
{
    const char *text = "f32[3] weak f32[]";
    struct jx_aval types[MOST];
    struct jx_program *program = jx_program_new("update");
    ck_assert_ptr_nonnull(program);
    parse_all(text, types);
    program->n_in = 2;
    ck_assert_uint_eq(jx_program_add_var(program, &types[0]), 0);
    ck_assert_uint_eq(jx_program_add_var(program, &types[1]), 1);
    ck_assert(jx_program_set_outs(program, 2, (const jx_atom[]){1, 0}));
    struct jx_jit_params p = {"update", program};
    gives(&jx_jit_p, &p, text, "weak f32[] f32[3]");
    refuses(&jx_jit_p, &p, "f32[4] weak f32[]", JAXC_ESHAPE,
            "jit: operand 0 of update is f32[4], it takes f32[3]");
    refuses(&jx_jit_p, &p, "f64[3] weak f32[]", JAXC_EDTYPE,
            "jit: operand 0 of update is f64[3], it takes f32[3]");
    refuses(&jx_jit_p, &p, "f32[3] f32[]", JAXC_EDTYPE,
            "jit: operand 1 of update is f32[], it takes ~f32[]");
    refuses(&jx_jit_p, &p, "f32[3]", JAXC_EARITY, "jit: update takes 2 operands, got 1");
    jx_program_unref(program);
}
END_TEST

/* ---- emitters -------------------------------------------------------------------------------- */

START_TEST(poison_gives_poison_and_no_second_error)
{
    uint64_t scope = jx_scope_open();
    jaxc_value bad = JX_POISON;
    jx_fail(JAXC_EVALUE, "the first");
    ck_assert(jx_is_poison(jx_add(bad, bad)));
    ck_assert(jx_is_poison(jx_transpose(bad, (const int[]){0})));
    ck_assert(jx_is_poison(jx_convert_element_type(bad, JAXC_F32, false)));
    ck_assert(jx_is_poison(jx_reduce_sum(bad, 0, NULL)));
    expect_error(JAXC_EVALUE, "the first");
    jx_scope_close(scope);
}
END_TEST

/* The primitive that made a value; NULL for leaves. */
static const struct jx_prim *maker(jaxc_value v)
{
    struct jx_ref r = jx_value_ref(v);
    ck_assert_ptr_nonnull(r.node);
    const struct jx_prim *prim = r.node->kind == JX_NODE_CALL ? r.node->prim : NULL;
    jx_node_unref(r.node);
    return prim;
}

START_TEST(emitters_skip_what_changes_nothing)
{
    uint64_t scope = jx_scope_open();
    struct jx_aval type = jx_aval_make(JAXC_F32, 2, (const int64_t[]){2, 3});
    jaxc_value x = jx_sin(jx_full_like(&type, 1)), zero = jx_literal(&type, 0);
    int64_t start[] = {0, 0};
    struct jx_padding none = {.n = 2};
    ck_assert_ptr_eq(maker(jx_transpose(x, (const int[]){0, 1})), &jx_sin_p);
    ck_assert_ptr_eq(maker(jx_reshape(x, 2, type.dims)), &jx_sin_p);
    ck_assert_ptr_eq(maker(jx_broadcast_in_dim(x, 2, type.dims, (const int[]){0, 1})), &jx_sin_p);
    ck_assert_ptr_eq(maker(jx_slice(x, start, type.dims, NULL)), &jx_sin_p);
    ck_assert_ptr_eq(maker(jx_pad(x, zero, &none)), &jx_sin_p);
    ck_assert_ptr_eq(maker(jx_reduce_max(x, 0, NULL)), &jx_sin_p);
    ck_assert_ptr_eq(maker(jx_convert_element_type(x, JAXC_F32, false)), &jx_sin_p);
    ck_assert_ptr_eq(maker(jx_convert_element_type(x, JAXC_F32, true)), &jx_convert_element_type_p);
    ck_assert_ptr_eq(maker(jx_integer_pow(x, 1)), &jx_sin_p);
    jx_scope_close(scope);
    ck_assert_uint_eq(jx_nodes_live(), 0);
}
END_TEST

START_TEST(more_axes_than_the_limit_are_an_error_of_the_emitter)
{
    uint64_t scope = jx_scope_open();
    struct jx_aval type = jx_aval_make(JAXC_F32, 0, NULL);
    int64_t ones[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    ck_assert(jx_is_poison(jx_broadcast_in_dim(jx_literal(&type, 1), 9, ones, NULL)));
    expect_error(JAXC_ELIMIT, "broadcast_in_dim: rank 9, the limit is 8");
    ck_assert(jx_is_poison(jx_iota(JAXC_I32, 9, ones, 0)));
    expect_error(JAXC_ELIMIT, "iota: rank 9, the limit is 8");
    jx_scope_close(scope);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("prims_type");

    TCase *table = tcase_create("table");
    tcase_add_test(table, every_primitive_is_found_by_its_name_and_no_other);
    tcase_add_test(table, every_primitive_has_each_rule_or_says_why_not);
    suite_add_tcase(suite, table);

    TCase *elementwise = tcase_create("elementwise");
    tcase_add_test(elementwise, elementwise_results_have_the_operands_shape_beside_rank_0);
    tcase_add_test(elementwise, results_are_weak_when_all_operands_are_but_comparisons_never);
    tcase_add_test(elementwise, elementwise_primitives_refuse_mixed_dtypes_and_shapes);
    tcase_add_test(elementwise, elementwise_primitives_refuse_dtypes_they_are_not_defined_on);
    tcase_add_test(elementwise, pow_takes_an_integer_exponent_of_a_float_but_not_the_other_way);
    tcase_add_test(elementwise, integer_pow_refuses_integers_to_a_negative_power);
    tcase_add_test(elementwise, select_n_chooses_by_bool_between_two_or_by_integers_among_many);
    tcase_add_test(elementwise, convert_gives_the_dtype_and_weak_flag_it_names);
    tcase_add_test(elementwise, bitcast_to_another_width_adds_or_takes_a_trailing_axis);
    suite_add_tcase(suite, elementwise);

    TCase *shapes = tcase_create("shapes");
    tcase_add_test(shapes, broadcast_in_dim_stretches_axes_of_size_1_and_keeps_their_order);
    tcase_add_test(shapes, reshape_keeps_the_number_of_elements);
    tcase_add_test(shapes, transpose_takes_a_permutation);
    tcase_add_test(shapes, slice_stays_inside_its_operand);
    tcase_add_test(shapes, pad_adds_before_behind_and_between_and_may_cut);
    tcase_add_test(shapes, concatenate_joins_shapes_that_differ_along_one_axis);
    tcase_add_test(shapes, iota_counts_along_one_of_its_axes);
    tcase_add_test(shapes, a_window_at_computed_starts_fits_its_operand);
    tcase_add_test(shapes, gather_and_scatter_say_which_dimension_number_is_wrong);
    suite_add_tcase(suite, shapes);

    TCase *others = tcase_create("reductions, products, programs");
    tcase_add_test(others, reductions_drop_their_axes_and_keep_the_dtype);
    tcase_add_test(others, squeeze_takes_axes_of_size_1_and_rev_any);
    tcase_add_test(others, argmax_gives_indices_and_refuses_an_empty_axis);
    tcase_add_test(others, dot_general_orders_batch_lhs_and_rhs_axes);
    tcase_add_test(others, dot_general_names_the_axes_that_disagree);
    tcase_add_test(others, dot_general_takes_a_preferred_dtype_of_the_same_kind);
    tcase_add_test(others, jit_takes_what_its_program_takes_weak_flags_included);
    suite_add_tcase(suite, others);

    TCase *emitters = tcase_create("emitters");
    tcase_add_test(emitters, poison_gives_poison_and_no_second_error);
    tcase_add_test(emitters, emitters_skip_what_changes_nothing);
    tcase_add_test(emitters, more_axes_than_the_limit_are_an_error_of_the_emitter);
    suite_add_tcase(suite, emitters);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
