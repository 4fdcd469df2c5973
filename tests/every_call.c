/*
 * Every public call once, in what C11 and C++17 share. tests/check_every_call.sh compiles and runs it
 * as both, compares what they print, and looks that no call is missing here.
 */
#include <jaxc/jaxc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(int line, jaxc_value v)
{
    printf("%d: %s %s\n", line, jaxc_type_text(v), jaxc_text(v));
    if (jaxc_error())
        printf("    %s: %s\n", jaxc_status_name(jaxc_error_code()), jaxc_error());
    jaxc_clear_error();
}
#define SHOW(...) show(__LINE__, __VA_ARGS__)

static jaxc_value one(void) { return jaxc_ones(JAXC_SCALAR); }
static jaxc_value square(jaxc_value x) { return jaxc_mul(x, x); }
static jaxc_value energy(jaxc_value x) { return jaxc_sum(jaxc_mul(x, x)); }
static jaxc_value twice(jaxc_value x) { return jaxc_mul(2, x); }
static jaxc_value plus(jaxc_value x, jaxc_value y) { return jaxc_add(x, y); }
static jaxc_value pair(jaxc_value x) { return jaxc_tuple(x, jaxc_neg(x)); }
static jaxc_value scale(const void *env, jaxc_value x)
{
    const int *factor = (const int *)env;
    return jaxc_mul(*factor, x);
}
static jaxc_value rule(jaxc_value x, jaxc_value dx)
{
    return jaxc_tuple(square(jaxc_get(x, 0)), jaxc_mul(10, jaxc_get(dx, 0)));
}
static jaxc_value forward(jaxc_value x) { return jaxc_tuple(square(x), jaxc_tuple(x)); }
static jaxc_value backward(jaxc_value saved, jaxc_value ct)
{
    return jaxc_tuple(jaxc_mul(100, jaxc_mul(jaxc_get(saved, 0), ct)));
}

static void arrays(void)
{
    const float data[] = {1, 2, 3, 4, 5, 6};
    float out[6];
    jaxc_value x = jaxc_array(data, JAXC_F32, JAXC_SHAPE(2, 3));
    SHOW(x);
    SHOW(jaxc_wrap(data, JAXC_F32, JAXC_SHAPE(6), NULL, NULL));
    SHOW(jaxc_spec(JAXC_F64, JAXC_SHAPE(2)));
    printf("%g %d\n", (double)((const float *)jaxc_data(x))[5], jaxc_copy_out(x, out, sizeof out));
    printf("%g %d %d\n", jaxc_item(2.5), (int)jaxc_item_i64(jaxc_sum(x)), jaxc_eval(x));
    printf("%d %d %d %d\n", jaxc_shape_of(x).rank, (int)jaxc_dtype_of(x), jaxc_is_weak(x),
           jaxc_ok(x));
    SHOW(jaxc_zeros(JAXC_SHAPE(2)));
    SHOW(jaxc_ones(JAXC_SHAPE(2), JAXC_I32));
    SHOW(jaxc_full(JAXC_SHAPE(2), 3));
    SHOW(jaxc_full(JAXC_SHAPE(2), 3, JAXC_F64));
    SHOW(jaxc_zeros_like(x));
    SHOW(jaxc_ones_like(x, JAXC_I64));
    SHOW(jaxc_full_like(x, 2.5));
    SHOW(jaxc_arange(3));
    SHOW(jaxc_arange(1, 3));
    SHOW(jaxc_arange(0, 1, 0.25));
    SHOW(jaxc_arange(0, 4, 2, JAXC_I64));
    SHOW((jaxc_arange)(0, 3, 1, JAXC_I32));
    SHOW(jaxc_arange_float(0, 1, 0.5, JAXC_F64));
    SHOW(jaxc_eye(2));
    SHOW(jaxc_from_bool(true));
    SHOW(jaxc_from_i64(-3));
    SHOW(jaxc_from_u64(3));
    SHOW(jaxc_from_f64(0.5));
    SHOW(jaxc_value_self(JAXC_VAL(0.5)));
}

static void numpy(void)
{
    jaxc_value x = jaxc_arange(6), m = jaxc_reshape(x, JAXC_SHAPE(2, 3)), f = jaxc_div(m, 4.0);
    SHOW(jaxc_add(x, 1));
    SHOW(jaxc_sub(1, x));
    SHOW(jaxc_mul(x, 0.5));
    SHOW(jaxc_maximum(x, 2));
    SHOW(jaxc_minimum(x, 2));
    SHOW(jaxc_div(x, 2));
    SHOW(jaxc_power(x, 2));
    SHOW(jaxc_neg(x));
    SHOW(jaxc_abs(-2));
    SHOW(jaxc_sign(x));
    SHOW(jaxc_square(x));
    SHOW(jaxc_exp(f));
    SHOW(jaxc_expm1(f));
    SHOW(jaxc_log(f));
    SHOW(jaxc_log1p(f));
    SHOW(jaxc_sin(f));
    SHOW(jaxc_cos(f));
    SHOW(jaxc_tanh(f));
    SHOW(jaxc_sqrt(f));
    SHOW(jaxc_rsqrt(f));
    SHOW(jaxc_cbrt(f));
    SHOW(jaxc_exp2(f));
    SHOW(jaxc_tan(f));
    SHOW(jaxc_asin(f));
    SHOW(jaxc_acos(f));
    SHOW(jaxc_atan(f));
    SHOW(jaxc_arcsin(f));
    SHOW(jaxc_arccos(f));
    SHOW(jaxc_arctan(f));
    SHOW(jaxc_sinh(f));
    SHOW(jaxc_cosh(f));
    SHOW(jaxc_asinh(f));
    SHOW(jaxc_acosh(f));
    SHOW(jaxc_atanh(f));
    SHOW(jaxc_arcsinh(f));
    SHOW(jaxc_arccosh(f));
    SHOW(jaxc_arctanh(f));
    SHOW(jaxc_erf(f));
    SHOW(jaxc_erfc(f));
    SHOW(jaxc_erf_inv(f));
    SHOW(jaxc_lgamma(f));
    SHOW(jaxc_digamma(f));
    SHOW(jaxc_i0(f));
    SHOW(jaxc_kaiser(4, 1.5));
    SHOW(jaxc_atan2(f, 2));
    SHOW(jaxc_arctan2(2, f));
    SHOW(jaxc_nextafter(f, 2));
    SHOW(jaxc_equal(x, 2));
    SHOW(jaxc_not_equal(x, 2));
    SHOW(jaxc_less(x, 2));
    SHOW(jaxc_less_equal(x, 2));
    SHOW(jaxc_greater(x, 2));
    SHOW(jaxc_greater_equal(x, 2));
    SHOW(jaxc_logical_and(x, 1));
    SHOW(jaxc_logical_or(x, 0));
    SHOW(jaxc_logical_not(x));
    SHOW(jaxc_bitwise_and(x, 1));
    SHOW(jaxc_bitwise_or(x, 1));
    SHOW(jaxc_bitwise_xor(x, 1));
    SHOW(jaxc_bitwise_not(x));
    SHOW(jaxc_left_shift(x, 1));
    SHOW(jaxc_right_shift(x, 1));
    SHOW(jaxc_where(jaxc_greater(x, 2), x, 0));
    SHOW(jaxc_astype(x, JAXC_F64));
    SHOW(jaxc_sum(m));
    SHOW(jaxc_sum(m, JAXC_AXES(0, 1)));
    SHOW(jaxc_mean(m, JAXC_AXIS(-1)));
    SHOW(jaxc_max(m));
    SHOW(jaxc_argmax(m, JAXC_AXIS(0)));
    SHOW(jaxc_dot(m, jaxc_arange(3)));
    SHOW(jaxc_matmul(m, jaxc_transpose(m)));
    SHOW(jaxc_outer(jaxc_arange(2), jaxc_arange(3)));
    SHOW(jaxc_ravel(m));
    SHOW(jaxc_transpose(m, JAXC_AXES(1, 0)));
    SHOW(jaxc_expand_dims(x, JAXC_AXIS(0)));
    SHOW(jaxc_squeeze(jaxc_ones(JAXC_SHAPE(1, 2))));
    SHOW(jaxc_broadcast_to(2, JAXC_SHAPE(3)));
    SHOW(jaxc_slice(m, JAXC_SHAPE(0, 1), JAXC_SHAPE(2, 3)));
    SHOW(jaxc_stack(0, x, x));
    SHOW(jaxc_concatenate(0, x, x));
    const jaxc_value both[] = {x, x};
    SHOW(jaxc_stack_n(2, both, 1));
    SHOW(jaxc_concatenate_n(2, both, 0));
    SHOW(jaxc_add(m, jaxc_arange(4))); /* and a message has the same place in both languages */
}

static void elementwise(void)
{
    jaxc_value x = jaxc_arange(6), f = jaxc_div(x, 4.0);
    SHOW(jaxc_clip(x, 1, 4));
    SHOW(jaxc_round(f));
    SHOW(jaxc_around(f));
    SHOW(jaxc_nan_to_num(jaxc_log(jaxc_sub(f, 1))));
    SHOW(jaxc_isclose(f, 1));
    SHOW(jaxc_allclose(f, x));
    SHOW(jaxc_array_equal(f, x));
    SHOW(jaxc_select(jaxc_tuple(jaxc_less(x, 1), jaxc_less(x, 3)), jaxc_tuple(f, x), -1));
    SHOW(jaxc_divmod(x, 4));
    printf("%d %d\n", (int)jaxc_promote_types(JAXC_U8, JAXC_I8), (int)jaxc_result_type(f, 2));
}

static void statistics(void)
{
    jaxc_value x = jaxc_reshape(jaxc_arange(6), JAXC_SHAPE(2, 3)), f = jaxc_div(x, 4.0);
    SHOW(jaxc_prod(x, JAXC_AXIS(0)));
    SHOW(jaxc_min(x));
    SHOW(jaxc_any(x));
    SHOW(jaxc_all(x));
    SHOW(jaxc_count_nonzero(x, JAXC_AXIS(1)));
    SHOW(jaxc_ptp(x));
    SHOW(jaxc_argmin(x, JAXC_AXIS(1)));
    SHOW(jaxc_nansum(f));
    SHOW(jaxc_nanprod(f));
    SHOW(jaxc_nanmean(f));
    SHOW(jaxc_nanmax(f));
    SHOW(jaxc_nanmin(f));
    SHOW(jaxc_nanargmax(f));
    SHOW(jaxc_nanargmin(f));
    SHOW(jaxc_var(f, JAXC_AXIS(0)));
    SHOW(jaxc_std(f));
    SHOW(jaxc_nanvar(f));
    SHOW(jaxc_nanstd(f));
    SHOW(jaxc_average(f));
    SHOW(jaxc_quantile(f, 0.5));
    SHOW(jaxc_percentile(f, 50, JAXC_AXIS(1)));
    SHOW(jaxc_nanquantile(f, 0.5));
    SHOW(jaxc_nanpercentile(f, 50));
    SHOW(jaxc_median(f));
    SHOW(jaxc_nanmedian(f));
    SHOW(jaxc_cov(f));
    SHOW(jaxc_corrcoef(f));
}

static void manipulation(void)
{
    jaxc_value x = jaxc_reshape(jaxc_arange(6.0), JAXC_SHAPE(2, 3)), v = jaxc_arange(3);
    const jaxc_value both[] = {v, v};
    SHOW(jaxc_moveaxis(x, 0, -1));
    SHOW(jaxc_swapaxes(x, 0, 1));
    SHOW(jaxc_rollaxis(x, 1, 0));
    SHOW(jaxc_permute_dims(x, JAXC_AXES(1, 0)));
    SHOW(jaxc_flip(x));
    SHOW(jaxc_flip(x, JAXC_AXIS(1)));
    SHOW(jaxc_rot90(x, 1));
    SHOW(jaxc_rot90(x, -1, JAXC_AXES(1, 0)));
    SHOW(jaxc_roll(x, 1));
    SHOW(jaxc_roll(x, jaxc_tuple(1, -1), JAXC_AXES(0, 1)));
    SHOW(jaxc_hstack(v, v, 1));
    SHOW(jaxc_vstack(v, v));
    SHOW(jaxc_dstack(v, v));
    SHOW(jaxc_column_stack(v, v));
    SHOW(jaxc_hstack_n(2, both));
    SHOW(jaxc_vstack_n(2, both));
    SHOW(jaxc_dstack_n(2, both));
    SHOW(jaxc_column_stack_n(2, both));
    SHOW(jaxc_block(jaxc_tuple(v, v)));
    SHOW(jaxc_append(x, v));
    SHOW(jaxc_broadcast_arrays(x, 1));
    SHOW(jaxc_broadcast_arrays_n(2, both));
    SHOW(jaxc_meshgrid(jaxc_tuple(v, jaxc_arange(2))));
    SHOW(jaxc_split(x, 2));
    SHOW(jaxc_array_split(x, 2, JAXC_AXIS(1)));
    SHOW(jaxc_split_at(x, jaxc_tuple(1, 2), JAXC_AXIS(1)));
    SHOW(jaxc_hsplit(x, 3));
    SHOW(jaxc_vsplit(x, 2));
    SHOW(jaxc_dsplit(x, 2));
    SHOW(jaxc_unstack(x, JAXC_AXIS(1)));
    SHOW(jaxc_tile(v, JAXC_SHAPE(2, 2)));
    SHOW(jaxc_repeat(v, 2));
    SHOW(jaxc_resize(v, JAXC_SHAPE(2, 2)));
    SHOW(jaxc_delete(v, 1));
    SHOW(jaxc_insert(v, 1, 7));
    SHOW(jaxc_pad(x, JAXC_WIDTHS({1, 1})));
    SHOW(jaxc_pad(x, JAXC_WIDTHS({1, 0}, {0, 1})));
    SHOW(jaxc_linspace(0, 1, 3));
    SHOW(jaxc_logspace(0, 2, 3));
    SHOW(jaxc_geomspace(1, 8, 4));
}

static void products(void)
{
    jaxc_value x = jaxc_reshape(jaxc_arange(6.0), JAXC_SHAPE(2, 3)), v = jaxc_arange(3);
    const jaxc_value both[] = {x, v};
    SHOW(jaxc_einsum("ij,j->i", x, v));
    SHOW(jaxc_einsum_n("ij,j->i", 2, both, JAXC_F64));
    puts(jaxc_einsum_path("ij,j->i", x, v));
    puts(jaxc_einsum_path_n("ij,j->i", 2, both));
    SHOW(jaxc_tensordot(x, v, 1));
    SHOW(jaxc_tensordot_axes(x, x, JAXC_INTS(0), JAXC_INTS(0)));
    SHOW(jaxc_inner(x, v));
    SHOW(jaxc_vecdot(x, v));
    SHOW(jaxc_cross(x, v, JAXC_AXIS(-1)));
    SHOW(jaxc_convolve(v, v));
    SHOW(jaxc_correlate(v, v));
    SHOW(jaxc_polyval(v, 2));
    SHOW(jaxc_polyder(v));
    SHOW(jaxc_polyint(v));
    SHOW(jaxc_linalg_norm(x));
    SHOW(jaxc_linalg_norm(x, JAXC_AXIS(0)));
}

static void creation(void)
{
    jaxc_value x = jaxc_reshape(jaxc_arange(6.0), JAXC_SHAPE(2, 3)), v = jaxc_arange(3);
    SHOW(jaxc_identity(2));
    SHOW(jaxc_identity(2, JAXC_I32));
    SHOW(jaxc_empty(JAXC_SHAPE(2)));
    SHOW(jaxc_empty_like(v));
    SHOW(jaxc_shape_indices(JAXC_SHAPE(2, 2)));
    SHOW(jaxc_vander(v));
    SHOW(jaxc_hanning(3));
    SHOW(jaxc_hamming(3));
    SHOW(jaxc_blackman(3));
    SHOW(jaxc_bartlett(3));
    SHOW(jaxc_diagonal(x));
    SHOW(jaxc_diagonal(x, JAXC_AXES(1, 0)));
    SHOW(jaxc_trace(x));
    SHOW(jaxc_diag(v));
    SHOW(jaxc_diagflat(v));
    SHOW(jaxc_tril(x));
    SHOW(jaxc_triu(x));
    SHOW(jaxc_tri(2));
    SHOW(jaxc_tril_indices(2));
    SHOW(jaxc_triu_indices(2));
    SHOW(jaxc_diag_indices(2, 2));
    SHOW(jaxc_tril_indices_from(jaxc_eye(2)));
    SHOW(jaxc_triu_indices_from(jaxc_eye(2)));
    SHOW(jaxc_diag_indices_from(jaxc_eye(2)));
    SHOW(jaxc_fill_diagonal(x, 7));
}

static void along(void)
{
    jaxc_value x = jaxc_reshape(jaxc_arange(6.0), JAXC_SHAPE(2, 3)), v = jaxc_arange(3);
    SHOW(jaxc_cumsum(x));
    SHOW(jaxc_cumprod(x, JAXC_AXIS(0)));
    SHOW(jaxc_nancumsum(x));
    SHOW(jaxc_nancumprod(x));
    SHOW(jaxc_cumulative_sum(v));
    SHOW(jaxc_cumulative_prod(v));
    SHOW(jaxc_diff(x));
    SHOW(jaxc_ediff1d(x));
    SHOW(jaxc_gradient(x));
    SHOW(jaxc_gradient(x, JAXC_AXIS(1)));
    SHOW(jaxc_trapezoid(x));
    SHOW(jaxc_interp(1.5, v, v));
    SHOW(jaxc_unwrap(x));
}

static void indexing(void)
{
    jaxc_value x = jaxc_reshape(jaxc_arange(12.0), JAXC_SHAPE(4, 3)), i = jaxc_arange(2);
    jaxc_value u = jaxc_zeros(JAXC_SHAPE(1, 3)), column = jaxc_zeros(JAXC_SHAPE(4, 1), JAXC_I32);
    const jaxc_value starts[] = {JAXC_VAL(1), JAXC_VAL(-1)};
    SHOW(jaxc_index(x, 1));
    SHOW(jaxc_index(x, JAXC_NEWAXIS, JAXC_ELLIPSIS, JAXC_SLICE(JAXC_NONE, 2)));
    SHOW(jaxc_index(x, JAXC_SLICE(3, 0, -2), i));
    SHOW(jaxc_index(x, i, JAXC_ALL));
    SHOW(jaxc_at_get(x, JAXC_INDEX(i, 0)));
    SHOW(jaxc_at_set(x, JAXC_INDEX(-1), 0.5));
    SHOW(jaxc_at_add(x, JAXC_INDEX(i), 1));
    SHOW(jaxc_at_mul(x, JAXC_INDEX(i), 2));
    SHOW(jaxc_at_min(x, JAXC_INDEX(JAXC_ALL, 1), 5));
    SHOW(jaxc_at_max(x, JAXC_INDEX(JAXC_ALL, 1), 5));
    SHOW(jaxc_take(x, i));
    SHOW(jaxc_take(x, i, JAXC_AXIS(1)));
    SHOW(jaxc_take(x, 99, JAXC_FILL_VALUE(-1)));
    SHOW(jaxc_take_along_axis(x, column, JAXC_AXIS(1)));
    SHOW(jaxc_put_along_axis(x, column, 7));
    SHOW(jaxc_index(x, 9));
    SHOW(jaxc_lax_dynamic_slice(x, JAXC_SHAPE(2, 2), 1, -1));
    SHOW(jaxc_lax_dynamic_slice_n(x, JAXC_SHAPE(2, 2), 2, starts));
    SHOW(jaxc_lax_dynamic_update_slice(x, u, 1, 0));
    SHOW(jaxc_lax_dynamic_update_slice_n(x, u, 2, starts));
    SHOW(jaxc_lax_dynamic_slice_in_dim(x, 1, 2, 0));
    SHOW(jaxc_lax_dynamic_index_in_dim(x, -1, 1, false));
    SHOW(jaxc_lax_dynamic_update_slice_in_dim(x, u, 3, 0));
    SHOW(jaxc_lax_dynamic_update_index_in_dim(x, u, 3, 0));
    SHOW(jaxc_lax_gather(x, column));
    SHOW(jaxc_lax_scatter(x, column, x));
    SHOW(jaxc_lax_scatter_add(x, column, x));
    SHOW(jaxc_lax_scatter_mul(x, column, x));
    SHOW(jaxc_lax_scatter_min(x, column, x));
    SHOW(jaxc_lax_scatter_max(x, column, x));
    printf("%d\n", (int)JAXC_INTS(4, 5).at[1]);
}

static void lax(void)
{
    const float data[] = {1, 5, 3, 4, 2, 6};
    jaxc_value x = jaxc_array(data, JAXC_F32, JAXC_SHAPE(2, 3)), i = jaxc_lax_iota(JAXC_I32, 3);
    jaxc_value u = jaxc_ones(JAXC_SHAPE(2), JAXC_U32), yes = jaxc_lax_gt(x, 3);
    static struct jaxc_lax_dot_general_params dims; /* all zero */
    dims.dimension_numbers.lhs_contracting_dimensions = JAXC_INTS(1);
    dims.dimension_numbers.rhs_contracting_dimensions = JAXC_INTS(1);
    SHOW(jaxc_lax_add(x, 1.5));
    SHOW(jaxc_lax_add(x, 1));
    SHOW(jaxc_lax_add(x, u));
    SHOW(jaxc_lax_exp(0.0));
    SHOW(jaxc_lax_round(2.5, JAXC_ROUND_TO_NEAREST_EVEN));
    SHOW(jaxc_lax_reduce_precision(x, 5, 1));
    SHOW(jaxc_lax_integer_pow(x, -1));
    SHOW(jaxc_lax_convert_element_type(x, JAXC_I32));
    SHOW(jaxc_lax_bitcast_convert_type(x, JAXC_U32));
    SHOW(jaxc_lax_clamp(2, x, 4.0));
    SHOW(jaxc_lax_select(yes, x, 0.0));
    SHOW(jaxc_lax_select_n(yes, jaxc_tuple(0.0, x)));
    SHOW(jaxc_lax_threefry2x32(u, u, u, u));
    SHOW(jaxc_lax_broadcasted_iota(JAXC_I32, JAXC_SHAPE(2, 3), 1));
    SHOW(jaxc_lax_full(JAXC_SHAPE(2), 3));
    SHOW(jaxc_lax_full(JAXC_SHAPE(2), 3, JAXC_F64));
    SHOW(jaxc_lax_full_like(x, 3));
    SHOW(jaxc_lax_full_like(x, 3, JAXC_I32));
    SHOW(jaxc_lax_broadcast(i, JAXC_SHAPE(2)));
    SHOW(jaxc_lax_broadcast_in_dim(i, JAXC_SHAPE(3, 2), JAXC_INTS(0)));
    SHOW(jaxc_lax_broadcast_to_rank(i, 2));
    SHOW(jaxc_lax_reshape(x, JAXC_SHAPE(6)));
    SHOW(jaxc_lax_reshape(x, JAXC_SHAPE(6), JAXC_INTS(1, 0)));
    SHOW(jaxc_lax_collapse(x, 0, JAXC_NONE));
    SHOW(jaxc_lax_squeeze(jaxc_lax_expand_dims(x, JAXC_INTS(-1)), JAXC_INTS(-1)));
    SHOW(jaxc_lax_expand_dims(i, JAXC_INTS(0, 2)));
    SHOW(jaxc_lax_transpose(x, JAXC_INTS(1, 0)));
    SHOW(jaxc_lax_rev(x, JAXC_INTS(1)));
    SHOW(jaxc_lax_slice(x, JAXC_INTS(0, 1), JAXC_INTS(2, 3)));
    SHOW(jaxc_lax_slice(x, JAXC_INTS(0, 0), JAXC_INTS(2, 3), JAXC_INTS(1, 2)));
    SHOW(jaxc_lax_slice_in_dim(x, 1, JAXC_NONE, 1, -1));
    SHOW(jaxc_lax_index_in_dim(x, -1, 0, false));
    SHOW(jaxc_lax_pad(x, 0.0, JAXC_PADDING({0, 1, 0}, {-1, 0, 1})));
    SHOW(jaxc_lax_concatenate(jaxc_tuple(x, x), 0));
    SHOW(jaxc_lax_optimization_barrier(jaxc_dict("x", x)));
    SHOW(jaxc_lax_reduce_sum(x, JAXC_INTS(0, 1)));
    SHOW(jaxc_lax_reduce_prod(x, JAXC_INTS(0)));
    SHOW(jaxc_lax_reduce_max(x, JAXC_INTS(0)));
    SHOW(jaxc_lax_reduce_min(x, JAXC_INTS(0)));
    SHOW(jaxc_lax_reduce_and(yes, JAXC_INTS(1)));
    SHOW(jaxc_lax_reduce_or(yes, JAXC_INTS(1)));
    SHOW(jaxc_lax_reduce_xor(i, JAXC_INTS(0)));
    SHOW(jaxc_lax_argmax(x, 1));
    SHOW(jaxc_lax_argmin(x, 1, JAXC_I64));
    SHOW(jaxc_lax_cumsum(x, 1, true));
    SHOW(jaxc_lax_cumprod(x, 1, false));
    SHOW(jaxc_lax_cummax(x, 1, false));
    SHOW(jaxc_lax_cummin(x, 1, true));
    SHOW(jaxc_lax_cumlogsumexp(jaxc_zeros(JAXC_SHAPE(2)), 0, false));
    SHOW(jaxc_lax_sort(x, -1, 1));
    SHOW(jaxc_lax_sort(jaxc_tuple(x, x), 0, 2));
    SHOW(jaxc_lax_sort_key_val(x, x, 1));
    SHOW(jaxc_lax_top_k(x, 2, -1));
    SHOW(jaxc_lax_dot_general(i, i));
    SHOW((jaxc_lax_dot_general)(x, x, dims));
    SHOW(jaxc_lax_dot(x, jaxc_lax_transpose(x, JAXC_INTS(1, 0)), JAXC_F64));
    SHOW(jaxc_lax_dot(x, 1));
}

static void sorting(void)
{
    jaxc_value x = jaxc_arange(4), y = jaxc_arange(2, 6);
    SHOW(jaxc_sort(x));
    SHOW(jaxc_sort(x, JAXC_AXIS(0)));
    SHOW(jaxc_argsort(x));
    SHOW(jaxc_argsort(x, JAXC_AXIS(-1)));
    const jaxc_value keys[] = {x, y};
    SHOW(jaxc_lexsort(0, x, y));
    SHOW(jaxc_lexsort_n(2, keys, 0));
    SHOW(jaxc_partition(x, 1));
    SHOW(jaxc_partition(x, 1, JAXC_AXIS(0)));
    SHOW(jaxc_argpartition(x, 1));
    SHOW(jaxc_searchsorted(x, 0.75));
    SHOW(jaxc_digitize(0.75, x));
    SHOW(jaxc_nonzero(x));
    SHOW(jaxc_flatnonzero(x));
    SHOW(jaxc_argwhere(x));
    SHOW(jaxc_compress(x, y));
    SHOW(jaxc_compress(x, y, JAXC_AXIS(0)));
    SHOW(jaxc_extract(x, y));
    SHOW(jaxc_unique(x));
    SHOW(jaxc_unique(x, JAXC_AXIS(0)));
    SHOW(jaxc_union1d(x, y));
    SHOW(jaxc_intersect1d(x, y));
    SHOW(jaxc_setdiff1d(x, y));
    SHOW(jaxc_setxor1d(x, y));
    SHOW(jaxc_isin(x, y));
    SHOW(jaxc_bincount(x));
    SHOW(jaxc_histogram_bin_edges(x, 2));
    SHOW(jaxc_histogram(x, 2));
    SHOW(jaxc_histogram2d(x, y, 2));
    SHOW(jaxc_histogramdd(jaxc_reshape(x, JAXC_SHAPE(2, 2)), 2));
    SHOW(jaxc_ops_segment_sum(x, x));
    SHOW(jaxc_ops_segment_prod(x, x));
    SHOW(jaxc_ops_segment_max(x, x));
    SHOW(jaxc_ops_segment_min(x, x));
}

static void nn_and_random(void)
{
    jaxc_value x = jaxc_div(jaxc_arange(4), 2), key = jaxc_random_key(42);
    SHOW(jaxc_logsumexp(x));
    SHOW(jaxc_nn_softmax(x));
    SHOW(jaxc_nn_log_softmax(x, JAXC_AXIS(-1)));
    SHOW(jaxc_nn_relu(x));
    SHOW(jaxc_nn_sigmoid(x));
    SHOW(jaxc_nn_tanh(x));
    SHOW(jaxc_nn_silu(x));
    SHOW(jaxc_nn_gelu(x));
    SHOW(jaxc_nn_elu(x));
    SHOW(jaxc_nn_celu(x));
    SHOW(jaxc_nn_leaky_relu(x));
    SHOW(jaxc_nn_squareplus(x));
    SHOW(jaxc_nn_glu(x));
    SHOW(jaxc_nn_glu(x, JAXC_AXIS(0)));
    SHOW(jaxc_nn_logmeanexp(x));
    SHOW(jaxc_nn_standardize(x));
    jaxc_value heads = jaxc_reshape(jaxc_div(jaxc_arange(8), 2), JAXC_SHAPE(2, 1, 4));
    SHOW(jaxc_nn_dot_product_attention(heads, heads, heads));
    SHOW(jaxc_nn_softplus(x));
    SHOW(jaxc_nn_one_hot(jaxc_arange(2), 3));
    SHOW(jaxc_nn_one_hot(1, 3, JAXC_AXIS(0)));
    SHOW(jaxc_nn_logsumexp(x, JAXC_AXIS(0)));
    SHOW(key);
    SHOW(jaxc_random_split(key, 2));
    SHOW(jaxc_random_fold_in(key, 7));
    SHOW(jaxc_random_bits(key, JAXC_SHAPE(2)));
    SHOW(jaxc_random_uniform(key, JAXC_SHAPE(2)));
    SHOW(jaxc_random_uniform(key, JAXC_SHAPE(2), JAXC_F64));
    SHOW(jaxc_random_uniform(key, JAXC_SHAPE(2), JAXC_F32, -1, 1));
    SHOW(jaxc_random_normal(key, JAXC_SHAPE(2)));
    SHOW(jaxc_random_randint(key, JAXC_SHAPE(2), 0, 10));
    SHOW(jaxc_random_randint(key, JAXC_SHAPE(2), 0, 10, JAXC_I64));
    SHOW(jaxc_random_exponential(key, JAXC_SHAPE(2)));
    SHOW(jaxc_random_gumbel(key, JAXC_SHAPE(2), JAXC_F64));
    SHOW(jaxc_random_laplace(key, JAXC_SHAPE(2)));
    SHOW(jaxc_random_logistic(key, JAXC_SHAPE(2)));
    SHOW(jaxc_random_cauchy(key, JAXC_SHAPE(2)));
    SHOW(jaxc_random_maxwell(key, JAXC_SHAPE(2)));
    SHOW(jaxc_random_rademacher(key, JAXC_SHAPE(2)));
    SHOW(jaxc_random_bernoulli(key, 0.5));
    SHOW(jaxc_random_truncated_normal(key, -2, 2));
    SHOW(jaxc_random_gamma(key, 2.5));
    SHOW(jaxc_random_loggamma(key, 0.5));
    SHOW(jaxc_random_chisquare(key, 3));
    SHOW(jaxc_random_t(key, 3));
    SHOW(jaxc_random_beta(key, 2, 3));
    SHOW(jaxc_random_f(key, 2, 3));
    SHOW(jaxc_random_dirichlet(key, jaxc_arange(1, 4)));
    SHOW(jaxc_random_generalized_normal(key, 1.5));
    SHOW(jaxc_random_ball(key, 3, 2));
    SHOW(jaxc_random_poisson(key, 4.5));
    SHOW(jaxc_random_orthogonal(key, 3));
    SHOW(jaxc_random_multivariate_normal(key, jaxc_zeros(JAXC_SHAPE(2)), jaxc_eye(2)));
    SHOW(jaxc_random_lognormal(key, x));
    SHOW(jaxc_random_pareto(key, 2));
    SHOW(jaxc_random_rayleigh(key, 2));
    SHOW(jaxc_random_wald(key, 2));
    SHOW(jaxc_random_weibull_min(key, 1, 2));
    SHOW(jaxc_random_double_sided_maxwell(key, 1, 2));
    SHOW(jaxc_random_triangular(key, 0, 1, 2));
    SHOW(jaxc_random_geometric(key, 0.5));
    SHOW(jaxc_random_permutation(key, 5));
    SHOW(jaxc_random_permutation(key, x, JAXC_AXIS(0)));
    SHOW(jaxc_random_choice(key, 5));
    SHOW(jaxc_random_choice(key, x, JAXC_AXIS(0)));
    SHOW(jaxc_random_categorical(key, x));
    SHOW(jaxc_random_categorical(key, x, JAXC_AXIS(-1)));
    SHOW(jaxc_initializers_zeros(key, JAXC_SHAPE(2)));
    SHOW(jaxc_initializers_ones(key, JAXC_SHAPE(2), JAXC_F64));
    SHOW(jaxc_initializers_constant(key, JAXC_SHAPE(2), 0.5));
    SHOW(jaxc_initializers_constant(key, JAXC_SHAPE(2), 0.5, JAXC_F64));
    SHOW(jaxc_initializers_uniform(key, JAXC_SHAPE(2)));
    SHOW(jaxc_initializers_normal(key, JAXC_SHAPE(2)));
    SHOW(jaxc_initializers_truncated_normal(key, JAXC_SHAPE(2)));
    SHOW(jaxc_initializers_orthogonal(key, JAXC_SHAPE(2, 1)));
    SHOW(jaxc_initializers_delta_orthogonal(key, JAXC_SHAPE(2, 1, 1)));
    SHOW(jaxc_initializers_variance_scaling(key, JAXC_SHAPE(2, 1), 2, "fan_in", "normal"));
    SHOW(jaxc_initializers_glorot_uniform(key, JAXC_SHAPE(2, 1)));
    SHOW(jaxc_initializers_glorot_normal(key, JAXC_SHAPE(2, 1)));
    SHOW(jaxc_initializers_xavier_uniform(key, JAXC_SHAPE(2, 1)));
    SHOW(jaxc_initializers_xavier_normal(key, JAXC_SHAPE(2, 1)));
    SHOW(jaxc_initializers_lecun_uniform(key, JAXC_SHAPE(2, 1)));
    SHOW(jaxc_initializers_lecun_normal(key, JAXC_SHAPE(2, 1)));
    SHOW(jaxc_initializers_he_uniform(key, JAXC_SHAPE(2, 1)));
    SHOW(jaxc_initializers_he_normal(key, JAXC_SHAPE(2, 1)));
    SHOW(jaxc_initializers_kaiming_uniform(key, JAXC_SHAPE(2, 1)));
    SHOW(jaxc_initializers_kaiming_normal(key, JAXC_SHAPE(2, 1)));
    SHOW(jaxc_searchsorted(x, 0.75));
    SHOW(jaxc_digitize(0.75, x));
}

static void trees(void)
{
    jaxc_value w, b, layer = jaxc_dict("w", jaxc_arange(2), "b", 0.5);
    SHOW(layer);
    SHOW(jaxc_dict("one", 1));
    SHOW(jaxc_get(layer, "w"));
    SHOW(jaxc_get(jaxc_get(layer, "w"), -1));
    SHOW(jaxc_get_key(layer, "b"));
    printf("%d %d\n", jaxc_len(layer), jaxc_unpack(jaxc_tuple(1, layer), &w, &b));
    SHOW(jaxc_get_index(jaxc_tuple(w, b), 1));
    SHOW(jaxc_tree_map(twice, layer));
    SHOW(jaxc_tree_map(jaxc_add, layer, layer));
    SHOW(jaxc_tree_leaves(layer));
    SHOW(jaxc_tree_unflatten(layer, jaxc_tuple(1, 2)));
    SHOW(jaxc_tree_unzip(layer, 2, jaxc_tree_map(pair, layer)));
    printf("%s %s\n", jaxc_tree_path(layer, 1), jaxc_tree_key(layer, 0));
    printf("%d %d %d\n", jaxc_is_tuple(b), jaxc_is_dict(b), jaxc_is_array(b));

    const jaxc_value values[] = {w, b};
    jaxc_value *const parts[] = {&w, &b};
    const struct jaxc_entry entries[] = {{"y", w}, {"x", b}};
    SHOW(jaxc_tuple_n(2, values));
    SHOW(jaxc_dict_n(2, entries));
    SHOW(jaxc_tree_map_n(JAXC_FN(square), 1, values));
    printf("%d\n", jaxc_unpack_n(jaxc_tuple(1, 2), 2, parts));
    printf("%d\n", jaxc_unpack(layer, &w, &b));
    SHOW(w);
}

static void functions(void)
{
    const jaxc_value args[] = {JAXC_VAL(2.0), JAXC_VAL(3.0)};
    const int factor = 5;
    SHOW(jaxc_call(one));
    SHOW(jaxc_call(plus, 1, 2.5));
    SHOW(jaxc_call_n(JAXC_FN(plus), 2, args));
    SHOW(jaxc_call(jaxc_partial(plus, 1), 2));
    SHOW(jaxc_call(jaxc_partial_n(JAXC_FN(plus), 1, args), 2));
    SHOW(jaxc_call(jaxc_closure(scale, &factor), 2));
    SHOW(jaxc_call(jaxc_closure_n((jaxc_any_c)scale, 1, &factor, sizeof factor), 3));
    SHOW(jaxc_call(jaxc_fn_self(jaxc_fn0(one))));
    SHOW(jaxc_call(jaxc_fn1(square), 3));
    SHOW(jaxc_call(jaxc_fn2(plus), 3, 4));
    SHOW(jaxc_call(jaxc_fn1_axes(jaxc_transpose), jaxc_ones(JAXC_SHAPE(1, 2))));
    SHOW(jaxc_call(jaxc_fn1_reduce(jaxc_sum), jaxc_arange(3)));
    SHOW(jaxc_call(jaxc_fn1_activation(jaxc_nn_gelu), jaxc_arange(3)));
    SHOW(jaxc_call(jaxc_fn1_dtype(jaxc_ones_like), jaxc_arange(3)));
    SHOW(jaxc_call(jaxc_grad(jaxc_logsumexp), jaxc_zeros(JAXC_SHAPE(2))));
    SHOW(jaxc_tree_map(jaxc_zeros_like, jaxc_tuple(1, 2)));
    printf("%d %d\n", jaxc_arity(JAXC_FN(plus)), jaxc_fn_ok(JAXC_FN(plus)));
    jaxc_fn named = jaxc_named(jaxc_jvp(square), "jaxc_jvp(square)");
    printf("%d\n", jaxc_fn_ok(named));
    jaxc_value (*slope)(jaxc_value) = JAXC_FUNCTION(1, jaxc_grad(square));
    SHOW(slope(JAXC_VAL(3.0)));
    jaxc_function_free(slope);
    slope = (jaxc_c1)jaxc_function_new(JAXC_FN(square), 1);
    SHOW(slope(JAXC_VAL(3.0)));
    jaxc_function_free(slope);
    jaxc_fn kept = jaxc_keep_fn(JAXC_FN(square));
    jaxc_drop_fn(kept);
}

static void transforms(void)
{
    jaxc_value x = jaxc_add(jaxc_arange(2), 0.5), out;
    const jaxc_value args[] = {x};
    SHOW(jaxc_call(jaxc_jit(square), x));
    SHOW(jaxc_call(jaxc_grad(energy), x));
    SHOW(jaxc_call(jaxc_value_and_grad(energy), x));
    SHOW(jaxc_call(jaxc_vmap(square), x));
    SHOW(jaxc_call(jaxc_jvp(square), jaxc_tuple(x), jaxc_tuple(x)));
    SHOW(jaxc_call(jaxc_vjp(square, NULL, x), x));
    SHOW(jaxc_call(jaxc_vjp(square, &out, x), out));
    SHOW(jaxc_call(jaxc_vjp_n(JAXC_FN(square), &out, 1, args), out));
    SHOW(jaxc_call(jaxc_linearize(square, NULL, x), x));
    SHOW(jaxc_call(jaxc_linearize(square, &out, x), out));
    SHOW(jaxc_call(jaxc_linearize_n(JAXC_FN(square), &out, 1, args), out));
    SHOW(jaxc_call(jaxc_linear_transpose(twice, x), x));
    SHOW(jaxc_call(jaxc_linear_transpose_n(JAXC_FN(twice), 1, args), x));
    SHOW(jaxc_call(jaxc_jacfwd(square), x));
    SHOW(jaxc_call(jaxc_jacrev(square), x));
    SHOW(jaxc_call(jaxc_hessian(energy), x));
    SHOW(jaxc_call(jaxc_vmap(jaxc_grad(jaxc_custom_jvp(square, rule))), x));
    SHOW(jaxc_call(jaxc_vmap(jaxc_grad(jaxc_custom_vjp(square, forward, backward))), x));
    SHOW(jaxc_stop_gradient(x));
    SHOW(jaxc_eval_shape(square, x));
    SHOW(jaxc_eval_shape_n(JAXC_FN(square), 1, args));
    puts(jaxc_program(square, x));
    puts(jaxc_program_n(JAXC_FN(square), 1, args));
    puts(jaxc_program(jaxc_jit(square), x));
    puts(jaxc_program(jaxc_custom_jvp(square, rule), x));
    puts(jaxc_program(jaxc_custom_vjp(square, forward, backward), x));
    puts(jaxc_program_optimised(square, x));
    puts(jaxc_program_optimised_n(JAXC_FN(square), 1, args));
    puts(jaxc_program_lowered(square, x));
    puts(jaxc_program_lowered_n(JAXC_FN(square), 1, args));
    SHOW(jaxc_call(jaxc_program_parse(jaxc_program(square, x)), x));
    SHOW(jaxc_call(jaxc_vmap(square), 1));
    printf("%d %d\n", jaxc_jit_get_stats().misses > 0, (int)strlen(jaxc_jit_why_unused()));
    puts(jaxc_jit_why_missed());
    jaxc_jit_limit(0);
    jaxc_jit_clear();
}

static void scopes(void)
{
    jaxc_value slot = jaxc_keep(1);
    {
        JAXC_SCOPE;
        printf("%d\n", jaxc_set(&slot, jaxc_add(slot, 1)));
        SHOW(jaxc_lift(jaxc_mul(slot, slot)));
    }
    SHOW(slot);
    jaxc_drop(slot);
    struct jaxc_scope scope = jaxc_scope_open();
    jaxc_scope_close(scope);
    scope = jaxc_scope_open();
    jaxc_scope_cleanup(&scope);
    jaxc_at(__FILE__, __LINE__);
    printf("%d %d %d\n", jaxc_live_bytes() > 0, jaxc_peak_bytes() > 0, jaxc_live_values() > 0);
    jaxc_trim_memory();
    struct jaxc_allocator none;
    memset(&none, 0, sizeof none);
    printf("%d\n", jaxc_set_allocator(none));
    printf("%d %d\n", jaxc_debug_nans(false), jaxc_debug_infs(false));
    jaxc_clear_error();
}

static void optim(void)
{
    jaxc_value p = jaxc_dict("w", jaxc_arange(2.0), "b", 0.5), one_step = jaxc_from_i64(1);
    const jaxc_value pieces[] = {jaxc_from_f64(0.1), jaxc_from_i64(2), jaxc_from_f64(0.01)};
    SHOW(jaxc_tree_reduce(jaxc_add, p, 0));
    SHOW(jaxc_tree_zeros_like(p));
    SHOW(jaxc_tree_zeros_like(p, JAXC_F64));
    SHOW(jaxc_optim_apply_updates(p, p));
    SHOW(jaxc_optim_global_norm(p));
    SHOW(jaxc_tree_sum(p));
    SHOW(jaxc_tree_vdot(p, p));
    SHOW(jaxc_tree_broadcast(1, p));
    SHOW(jaxc_optim_incremental_update(p, p, 0.5));
    SHOW(jaxc_optim_clip(p, 0.5));
    SHOW(jaxc_optim_clip_by_global_norm(p, 0.5));
    SHOW(jaxc_optim_add_decayed_weights(p, p, 0.5));
    SHOW(jaxc_optim_sgd(p, jaxc_optim_sgd_init(p), p, 0.5));
    SHOW(jaxc_optim_momentum(p, jaxc_optim_momentum_init(p), p, 0.5));
    SHOW(jaxc_optim_adam(p, jaxc_optim_adam_init(p), p, 0.5));
    SHOW(jaxc_optim_adamw(p, jaxc_optim_adamw_init(p), p, 0.5));
    SHOW(jaxc_optim_rmsprop(p, jaxc_optim_rmsprop_init(p), p, 0.5));
    SHOW(jaxc_optim_lion(p, jaxc_optim_lion_init(p, JAXC_F64), p, 0.5));
    SHOW(jaxc_optim_linear_schedule(one_step, 1.0, 0.5, 4));
    SHOW(jaxc_optim_polynomial_schedule(one_step, 1.0, 0.5, 2, 4));
    SHOW(jaxc_optim_exponential_decay(one_step, 1.0, 4, 0.5));
    SHOW(jaxc_optim_cosine_decay_schedule(one_step, 1.0, 4));
    SHOW(jaxc_optim_warmup_cosine_decay_schedule(one_step, 0.0, 1.0, 2, 4));
    SHOW(jaxc_optim_piecewise_constant_schedule(one_step, 0.1, 2, 0.01));
    SHOW(jaxc_optim_piecewise_constant_schedule_n(one_step, 3, pieces));
    SHOW(jaxc_optim_join_schedules(one_step, 0.1, 2, 0.01));
    SHOW(jaxc_optim_join_schedules_n(one_step, 3, pieces));
}

int main(void)
{
    arrays();
    numpy();
    elementwise();
    statistics();
    manipulation();
    products();
    creation();
    along();
    indexing();
    lax();
    nn_and_random();
    sorting();
    trees();
    optim();
    functions();
    transforms();
    scopes();
    printf("%s\n", jaxc_error() ? jaxc_error() : "no error is left");
    return jaxc_error() != NULL;
}
