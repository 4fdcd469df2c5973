/*
 * prim/prim.h - the primitives: their structs, parameters, and emitters.
 *
 * An emitter applies its primitive with lax semantics: no promotion, equal shapes (rank-0 operands
 * are allowed beside others in elementwise ones). A poison operand or an error gives poison. Where
 * the primitive would change nothing (a transpose by the identity, a sum over no axes) the emitter
 * gives another handle of its operand instead.
 *
 * One primitive = one paragraph in one .c file: rules, struct, emitter. jx_prims lists them all.
 */
#ifndef JX_PRIM_H
#define JX_PRIM_H

#include "ir/ir.h"
#include "kernel/graph.h"

extern const struct jx_prim *const jx_prims[]; /* ends with NULL: table.c */

/* ---- elementwise: unary.c binary.c trig.c special.c round.c select.c convert.c --------------- */

/* clang-format off */
#define JX_UNARY_PRIMS(ROW)                                                                        \
    ROW(neg) ROW(abs) ROW(sign) ROW(not) ROW(exp) ROW(exp2) ROW(expm1) ROW(log) ROW(log1p)         \
    ROW(sin) ROW(cos) ROW(tan) ROW(asin) ROW(acos) ROW(atan) ROW(sinh) ROW(cosh) ROW(tanh)         \
    ROW(asinh) ROW(acosh) ROW(atanh) ROW(logistic) ROW(sqrt) ROW(rsqrt) ROW(cbrt) ROW(square)      \
    ROW(erf) ROW(erfc) ROW(erf_inv) ROW(lgamma) ROW(digamma) ROW(bessel_i0e) ROW(bessel_i1e)                                       \
    ROW(floor) ROW(ceil) ROW(is_finite) ROW(population_count) ROW(clz)
#define JX_BINARY_PRIMS(ROW)                                                                       \
    ROW(add) ROW(sub) ROW(mul) ROW(div) ROW(rem) ROW(max) ROW(min) ROW(pow) ROW(atan2)             \
    ROW(logaddexp) ROW(logaddexp2) ROW(nextafter) ROW(and) ROW(or) ROW(xor) ROW(shift_left)        \
    ROW(shift_right_logical) ROW(shift_right_arithmetic)                                           \
    ROW(eq) ROW(ne) ROW(lt) ROW(le) ROW(gt) ROW(ge)
/* clang-format on */
#define JX_ROW(name)                                                                               \
    extern const struct jx_prim jx_##name##_p;                                                     \
    jaxc_value jx_##name(jaxc_value x);
JX_UNARY_PRIMS(JX_ROW)
#undef JX_ROW
#define JX_ROW(name)                                                                               \
    extern const struct jx_prim jx_##name##_p;                                                     \
    jaxc_value jx_##name(jaxc_value x, jaxc_value y);
JX_BINARY_PRIMS(JX_ROW)
#undef JX_ROW

struct jx_integer_pow_params {
    int64_t y;
};
extern const struct jx_prim jx_integer_pow_p;
jaxc_value jx_integer_pow(jaxc_value x, int64_t y);

/* cases[which], where which is bool (two cases: false first) or an integer, clamped to [0, n).
 * Rank-0 operands stand beside others here too. */
extern const struct jx_prim jx_select_n_p;
jaxc_value jx_select_n(jaxc_value which, int n, const jaxc_value *cases);
jaxc_value jx_select(jaxc_value predicate, jaxc_value if_true, jaxc_value if_false);
/* min(max(x, least), most) */
extern const struct jx_prim jx_clamp_p;
jaxc_value jx_clamp(jaxc_value least, jaxc_value x, jaxc_value most);

enum jx_rounding_method { JX_AWAY_FROM_ZERO, JX_TO_NEAREST_EVEN }; /* JAX's numbers */
struct jx_round_params {
    int64_t rounding_method;
};
extern const struct jx_prim jx_round_p;
jaxc_value jx_round(jaxc_value x, enum jx_rounding_method method);
struct jx_reduce_precision_params {
    int64_t exponent_bits, mantissa_bits;
};
extern const struct jx_prim jx_reduce_precision_p;
jaxc_value jx_reduce_precision(jaxc_value x, int64_t exponent_bits, int64_t mantissa_bits);

struct jx_convert_element_type_params {
    jaxc_dtype new_dtype;
    bool weak_type;
};
extern const struct jx_prim jx_convert_element_type_p;
jaxc_value jx_convert_element_type(jaxc_value x, jaxc_dtype dtype, bool weak);
struct jx_bitcast_params {
    jaxc_dtype new_dtype;
};
extern const struct jx_prim jx_bitcast_convert_type_p;
jaxc_value jx_bitcast_convert_type(jaxc_value x, jaxc_dtype dtype);

/* the identity whose tangent is zero */
extern const struct jx_prim jx_stop_gradient_p;
jaxc_value jx_stop_gradient(jaxc_value x);

/* ---- shape.c --------------------------------------------------------------------------------- */

struct jx_broadcast_in_dim_params {
    struct jx_ints shape, broadcast_dimensions;
};
extern const struct jx_prim jx_broadcast_in_dim_p;
jaxc_value jx_broadcast_in_dim(jaxc_value x, int rank, const int64_t *dims, const int *map);
struct jx_reshape_params {
    struct jx_ints new_sizes;
};
extern const struct jx_prim jx_reshape_p;
jaxc_value jx_reshape(jaxc_value x, int rank, const int64_t *dims);
struct jx_squeeze_params {
    struct jx_ints dimensions; /* ascending */
};
extern const struct jx_prim jx_squeeze_p;
jaxc_value jx_squeeze(jaxc_value x, int n, const int *dimensions);
struct jx_transpose_params {
    struct jx_ints permutation;
};
extern const struct jx_prim jx_transpose_p;
jaxc_value jx_transpose(jaxc_value x, const int *permutation);
struct jx_slice_params {
    struct jx_ints start_indices, limit_indices, strides; /* strides empty: ones */
};
extern const struct jx_prim jx_slice_p;
jaxc_value jx_slice(jaxc_value x, const int64_t *start, const int64_t *limit,
                    const int64_t *strides); /* strides NULL: ones */
/* [start, limit) by steps of `stride` along one axis. */
jaxc_value jx_slice_axis(jaxc_value x, int axis, int64_t start, int64_t limit, int64_t stride);
struct jx_pad_params {
    struct jx_padding padding_config;
};
extern const struct jx_prim jx_pad_p;
jaxc_value jx_pad(jaxc_value x, jaxc_value value, const struct jx_padding *config);
jaxc_value jx_pad_axis(jaxc_value x, int axis, jaxc_value value, int64_t low, int64_t high,
                       int64_t interior);
struct jx_rev_params {
    struct jx_ints dimensions; /* ascending */
};
extern const struct jx_prim jx_rev_p;
jaxc_value jx_rev(jaxc_value x, int n, const int *dimensions);
struct jx_concatenate_params {
    int64_t dimension;
};
extern const struct jx_prim jx_concatenate_p;
jaxc_value jx_concatenate(int n, const jaxc_value *x, int dimension);
struct jx_iota_params {
    struct jx_ints shape;
    int64_t dimension;
    jaxc_dtype dtype;
};
extern const struct jx_prim jx_iota_p;
jaxc_value jx_iota(jaxc_dtype dtype, int rank, const int64_t *dims, int dimension);

/* ---- index.c gather.c scatter.c -------------------------------------------------------------- */

/* What becomes of a window that reaches outside. Of a gather: it is moved until it fits, or is the
 * fill value, or nobody may ask (it is moved). Of a scatter: it is moved, or left out, or nobody
 * may ask (it is left out). */
enum jx_index_mode { JX_CLIP, JX_FILL_OR_DROP, JX_PROMISE_IN_BOUNDS };

/* Windows of an operand: gather.c explains them. In brackets the words of scatter. */
struct jx_index_dims {
    struct jx_ints offset_dims;                 /* (update_window_dims) ascending */
    struct jx_ints collapsed_slice_dims;        /* (inserted_window_dims) ascending */
    struct jx_ints start_index_map;             /* (scatter_dims_to_operand_dims) */
    struct jx_ints operand_batching_dims;       /* ascending */
    struct jx_ints start_indices_batching_dims; /* (scatter_indices_batching_dims) */
};

struct jx_dynamic_slice_params {
    struct jx_ints slice_sizes;
};
extern const struct jx_prim jx_dynamic_slice_p, jx_dynamic_update_slice_p;
/* starts: an integer scalar for each axis of x, all of one dtype */
jaxc_value jx_dynamic_slice(jaxc_value x, const jaxc_value *starts, const int64_t *sizes);
jaxc_value jx_dynamic_update_slice(jaxc_value x, jaxc_value update, const jaxc_value *starts);

struct jx_gather_params {
    struct jx_index_dims dimension_numbers;
    struct jx_ints slice_sizes; /* of a window, for each axis of the operand */
    struct jx_number fill_value;
    int64_t mode; /* enum jx_index_mode */
    bool indices_are_sorted, unique_indices;
};
extern const struct jx_prim jx_gather_p;
/* Left out, the fill value is NaN, the least signed or the greatest unsigned number, or true. */
jaxc_value jx_gather(jaxc_value x, jaxc_value indices, const struct jx_gather_params *params);

struct jx_scatter_params {
    struct jx_index_dims dimension_numbers;
    int64_t mode; /* enum jx_index_mode */
    bool indices_are_sorted, unique_indices;
};
extern const struct jx_prim jx_scatter_p, jx_scatter_add_p, jx_scatter_mul_p, jx_scatter_min_p,
    jx_scatter_max_p;
jaxc_value jx_scatter(const struct jx_prim *prim, jaxc_value x, jaxc_value indices,
                      jaxc_value updates, const struct jx_scatter_params *params);

/* What gather and scatter share; operands are x, indices, ... */
extern const char *const jx_mode_words[];
/* words: of the parameter */
bool jx_index_check_dims(const struct jx_rule *r, const struct jx_index_dims *d,
                         const char *const *words);
/* The type of the array of windows of these sizes, after the check above. */
bool jx_index_windows(const struct jx_rule *r, const struct jx_index_dims *d,
                      const struct jx_ints *sizes, struct jx_aval *windows);
/* The operand's axes that are in a window, as bits; the axes of the array of windows that are not
 * a window's, which are the indices' but the last, in order: how many. */
uint32_t jx_index_window_axes(const struct jx_index_dims *d, int rank);
int jx_index_batch_axes(const struct jx_index_dims *d, int rank, int *axes);
/* The dimension numbers with lanes: of one lane in, of all out; where the array of windows has
 * them. Ranks are those of one lane. */
int jx_index_lane_of_operand(struct jx_index_dims *d, int rank, int windows_rank, int lane);
int jx_index_lane_of_indices(struct jx_index_dims *d, int windows_rank, int lane);
int jx_index_lane_of_both(struct jx_index_dims *d, int windows_rank, int operand_lane,
                          int indices_lane);
/* The indices, with lanes in front if they stand behind the vectors. */
jaxc_value jx_index_lane_in_front(const struct jx_rule *r, jaxc_value indices, int *lane);
/* Where elements of the array of windows are in the operand; both have elements. */
struct jx_index_place {
    int address, valid; /* nodes; valid -1: always */
    struct jx_gflat flat;
};
bool jx_index_place(struct jx_lower *l, const struct jx_rule *r, const struct jx_index_dims *d,
                    const int64_t *sizes, const struct jx_aval *windows, bool clamp,
                    struct jx_index_place *place);
/* address + stride * start, an i64, for a start in [0, most]: moved there, or, with valid (a node,
 * -1: true), *valid and whether it is there. -1 on failure. */
int jx_lower_start(struct jx_graph *g, int address, int start, int64_t most, int64_t stride,
                   int *valid);

/* ---- reduce.c -------------------------------------------------------------------------------- */

struct jx_reduce_params {
    struct jx_ints axes; /* ascending */
};
/* clang-format off */
#define JX_REDUCE_PRIMS(ROW)                                                                       \
    ROW(reduce_sum) ROW(reduce_prod) ROW(reduce_max) ROW(reduce_min) ROW(reduce_and)               \
    ROW(reduce_or) ROW(reduce_xor)
/* clang-format on */
#define JX_ROW(name)                                                                               \
    extern const struct jx_prim jx_##name##_p;                                                     \
    jaxc_value jx_##name(jaxc_value x, int n_axes, const int *axes);
JX_REDUCE_PRIMS(JX_ROW)
#undef JX_ROW
struct jx_arg_params {
    struct jx_ints axes; /* one */
    jaxc_dtype index_dtype;
};
extern const struct jx_prim jx_argmax_p, jx_argmin_p;
jaxc_value jx_argmax(jaxc_value x, int axis, jaxc_dtype index_dtype);
jaxc_value jx_argmin(jaxc_value x, int axis, jaxc_dtype index_dtype);

/* ---- cumulative.c ---------------------------------------------------------------------------- */

struct jx_cumulative_params {
    int64_t axis;
    bool reverse;
};
#define JX_CUMULATIVE_PRIMS(ROW) ROW(cumsum) ROW(cumprod) ROW(cummax) ROW(cummin) ROW(cumlogsumexp)
#define JX_ROW(name)                                                                               \
    extern const struct jx_prim jx_##name##_p;                                                     \
    jaxc_value jx_##name(jaxc_value x, int axis, bool reverse);
JX_CUMULATIVE_PRIMS(JX_ROW)
#undef JX_ROW

/* ---- sort.c ---------------------------------------------------------------------------------- */

struct jx_sort_params {
    int64_t dimension;
    bool is_stable; /* it always is */
    int64_t num_keys;
};
extern const struct jx_prim jx_sort_p;
/* x and y: n operands and results. */
bool jx_sort(int n, const jaxc_value *x, int dimension, int num_keys, jaxc_value *y);
struct jx_top_k_params {
    int64_t axis, k;
};
extern const struct jx_prim jx_top_k_p;
bool jx_top_k(jaxc_value x, int64_t k, int axis, jaxc_value *values, jaxc_value *indices);
extern const struct jx_prim jx_optimization_barrier_p;
bool jx_optimization_barrier(int n, const jaxc_value *x, jaxc_value *y);

/* ---- dot.c ----------------------------------------------------------------------------------- */

struct jx_dot_general_params {
    struct jx_dims dimension_numbers;
    jaxc_dtype preferred_element_type; /* 0: that of the operands */
};
extern const struct jx_prim jx_dot_general_p;
jaxc_value jx_dot_general(jaxc_value lhs, jaxc_value rhs, const struct jx_dims *dims,
                          jaxc_dtype preferred);

/* ---- random.c -------------------------------------------------------------------------------- */

/* random_gamma, random_loggamma k0 k1 alpha -> y: a draw for each element with a key of its own, k0 and
 * k1 u32, alpha a float. random_gamma_grad alpha y: its derivative. */
extern const struct jx_prim jx_random_gamma_p, jx_random_loggamma_p, jx_random_gamma_grad_p;
jaxc_value jx_random_gamma(jaxc_value k0, jaxc_value k1, jaxc_value alpha);
jaxc_value jx_random_loggamma(jaxc_value k0, jaxc_value k1, jaxc_value alpha);
jaxc_value jx_random_gamma_grad(jaxc_value alpha, jaxc_value y);

/* random_poisson_tries k0 k1 i lam -> n: how many tries element i < 2^27 of a draw with that key takes
 * until one is accepted, lam f32, the others u32. random_poisson k0 k1 i lam n -> f32: the draw, the last
 * that n tries accept. */
extern const struct jx_prim jx_random_poisson_tries_p, jx_random_poisson_p;
jaxc_value jx_random_poisson_tries(jaxc_value k0, jaxc_value k1, jaxc_value i, jaxc_value lam);
jaxc_value jx_random_poisson(jaxc_value k0, jaxc_value k1, jaxc_value i, jaxc_value lam,
                             jaxc_value tries);

/* threefry2x32 k0 k1 x0 x1 -> y0 y1, all u32 of one shape (keys may be rank 0). */
extern const struct jx_prim jx_threefry2x32_p;
bool jx_threefry2x32(jaxc_value k0, jaxc_value k1, jaxc_value x0, jaxc_value x1, jaxc_value *y0,
                     jaxc_value *y1);

/* ---- call.c: primitives that hold programs --------------------------------------------------- */

struct jx_jit_params {
    const char *name;
    struct jx_program *jaxpr;
};
extern const struct jx_prim jx_jit_p;
bool jx_jit(struct jx_program *program, const jaxc_value *x, jaxc_value *y);
/* transform/custom.c. call_jaxpr is the function itself; its first n_consts operands were
 * captured and have no derivative. Rules are flat: jvp takes the other operands, then their
 * tangents, and gives a tuple of results and their tangents; fwd gives a tuple of results and
 * residuals; bwd takes residuals and cotangents and gives a tuple of cotangents. */
struct jx_custom_jvp_params {
    const char *name;
    struct jx_program *call_jaxpr;
    struct jx_fn_object *jvp;
    int64_t n_consts;
};
struct jx_custom_vjp_params {
    const char *name;
    struct jx_program *call_jaxpr;
    struct jx_fn_object *fwd, *bwd;
    int64_t n_consts;
};
extern const struct jx_prim jx_custom_jvp_call_p, jx_custom_vjp_call_p, jx_custom_lin_p;

/* ---- shared rules: rules.c ------------------------------------------------------------------- */

/* Why a rule is missing. */
#define JX_NOT_LINEAR "not linear in any operand"

/* Type rules of elementwise primitives: operands of one shape (or rank 0) and of one dtype, any
 * but ... */
bool jx_type_any(const struct jx_rule *r, struct jx_aval *out);
bool jx_type_number(const struct jx_rule *r, struct jx_aval *out);  /* bool */
bool jx_type_ordered(const struct jx_rule *r, struct jx_aval *out); /* complex */
bool jx_type_float(const struct jx_rule *r, struct jx_aval *out);   /* bool and integers */
bool jx_type_bits(const struct jx_rule *r, struct jx_aval *out);    /* floats and complex */
bool jx_type_integer(const struct jx_rule *r, struct jx_aval *out); /* bool, floats and complex */
/* any dtype -> bool, strong */
bool jx_type_compare(const struct jx_rule *r, struct jx_aval *out);
/* Equal dtypes, or JAXC_EDTYPE. */
bool jx_same_dtypes(const struct jx_rule *r);
/* Elementwise shapes: equal, or rank 0. Fills rank and dims of out. */
bool jx_elementwise_shape(const struct jx_rule *r, struct jx_aval *out);
/* Is it a dtype of which arrays can be made? JAXC_EDTYPE otherwise. */
bool jx_check_dtype(const struct jx_rule *r, jaxc_dtype dtype);

/* The tangent of a primitive that is linear in its only operand: the primitive itself on dx. */
jaxc_value jx_jvp_linear(const struct jx_rule *r, jaxc_value dx);
/* A tangent of operand r->operand, broadcast to the result's shape when that operand was a
 * rank-0 one beside others; and its transpose, which sums a cotangent to the operand's shape. */
jaxc_value jx_broadcast_tangent(const struct jx_rule *r, jaxc_value dx);
jaxc_value jx_unbroadcast(const struct jx_rule *r, jaxc_value ct);

/* Batch rules look at the values r->x alone: r->in and r->out may be the types of one lane. */
/* Elementwise: the lane axis stays where the first batched operand of full rank has it; all results
 * have it there. */
bool jx_batch_elementwise(const struct jx_rule *r, jaxc_value *y, int *y_axis);
/* x with its lane axis moved; from -1 (no lane axis yet) it is broadcast along a new one of this
 * size. x itself when nothing moves. */
jaxc_value jx_move_axis(jaxc_value x, int from, int to, int64_t size);
/* The operand with its lane axis at 0, broadcast if unbatched. */
jaxc_value jx_batch_at_front(const struct jx_rule *r, int operand);

/* r->prim->scalar on the operands */
bool jx_lower_scalar(struct jx_lower *l, const struct jx_rule *r);

/* Applies a primitive of one result; params NULL for none. */
jaxc_value jx_apply(const struct jx_prim *prim, const void *params, int n, const jaxc_value *x);
/* n axes in ascending order as a parameter; JAXC_ELIMIT when there are more than JAXC_MAX_RANK. */
bool jx_axes_make(struct jx_ints *axes, const char *what, int n, const int *at);
/* Whether axes as a parameter are x's, ascending, each once. */
bool jx_axes_check(const struct jx_rule *r, const struct jx_ints *axes, const struct jx_aval *x);
/* Sizes or axes as a parameter; JAXC_ELIMIT when there are more than JAXC_MAX_RANK. */
bool jx_ints_make(struct jx_ints *ints, const char *what, int n, const int64_t *at);

/* a[n] into out[n + 1] with `value` put in before position `where`. */
void jx_insert(int n, const int64_t *a, int where, int64_t value, int64_t *out);

/* Constants: a scalar; one of rank 0 with like's dtype and weak flag; of like's whole type. */
jaxc_value jx_scalar_of(jaxc_dtype dtype, union jx_scalar number, bool weak);
jaxc_value jx_literal(const struct jx_aval *like, double number);
jaxc_value jx_full_like(const struct jx_aval *like, double number);
jaxc_value jx_zeros_of(const struct jx_aval *type);

#endif
