/*
 * numpy/numpy.h - what the public calls share: dtypes and shapes as users give them, promotion,
 * broadcasting, axes.
 *
 * The public calls are thin: they name themselves with jx_enter, bring their operands to one dtype
 * and shape here, and apply emitters. Each function sets the error it returns false or poison for;
 * a poison operand gives poison.
 */
#ifndef JX_NUMPY_H
#define JX_NUMPY_H

#include "prim/prim.h"

#include <jaxc/numpy.h>

/* The public call of one value, and of two that are brought to one dtype and shape first: rows of
 * the files beside this one. The name is in parentheses because public names are macros too. */
#define JX_CALL1(name, f)                                                                          \
    jaxc_value(jaxc_##name)(jaxc_value x)                                                          \
    {                                                                                              \
        jx_enter("jaxc_" #name);                                                                   \
        return f(x);                                                                               \
    }
#define JX_CALL2(name, f, how)                                                                     \
    jaxc_value(jaxc_##name)(jaxc_value x, jaxc_value y)                                            \
    {                                                                                              \
        jx_enter("jaxc_" #name);                                                                   \
        return jx_joined(f, how, x, y);                                                            \
    }

/* ---- operands: operand.c --------------------------------------------------------------------- */

/* Replaces a dtype that was left out; false for a number that is no dtype, or one
 * without arrays. */
bool jx_choose_dtype(jaxc_dtype given, jaxc_dtype otherwise, jaxc_dtype *dtype);
/* A user's shape as a type; false for a shape that no array can have. */
bool jx_choose_type(struct jaxc_shape shape, jaxc_dtype dtype, struct jx_aval *type);

/* The dtype that floats, and functions of floats, take an array in. */
jaxc_dtype jx_float_dtype(jaxc_dtype dtype);
/* x in another dtype, or x itself; a literal stays one, and an integer that does not fit an integer
 * dtype is JAXC_EVALUE. */
jaxc_value jx_as(jaxc_value x, jaxc_dtype dtype, bool weak);
/* The same for conversions that the user asks for: integers keep their low bits. */
jaxc_value jx_cast(jaxc_value x, jaxc_dtype dtype);
jaxc_value jx_as_float(jaxc_value x);  /* keeps the weak flag */
jaxc_value jx_as_strong(jaxc_value x); /* without the weak flag */
/* Its dtype; false for what is no array. */
bool jx_dtype_of(jaxc_value x, jaxc_dtype *dtype);
jaxc_value jx_as_bool(jaxc_value x); /* x != 0 */

enum jx_joined {
    JX_JOIN_ANY,
    JX_JOIN_NUMBER, /* bool becomes i32 */
    JX_JOIN_FLOAT,  /* bool and integers become floats */
    JX_JOIN_BOOL,   /* each becomes x != 0 */
    JX_JOIN_SHAPES  /* dtypes stay */
};
/* f of two operands brought to one dtype and shape. */
typedef jaxc_value (*jx_binary)(jaxc_value x, jaxc_value y);
jaxc_value jx_joined(jx_binary f, enum jx_joined how, jaxc_value x, jaxc_value y);
/* x where the condition holds, y elsewhere, all brought to one shape. */
jaxc_value jx_where(jaxc_value condition, jaxc_value x, jaxc_value y);
/* An operand of options: whether it is there. */
bool jx_operand_given(const struct jaxc_operand *operand);
/* Brings n operands to their joined dtype, which is *dtype (may be NULL). */
bool jx_join_dtypes(int n, jaxc_value *x, enum jx_joined how, jaxc_dtype *dtype);
/* And at most three operands to one shape as well; rank-0 ones stay so, since elementwise
 * primitives take them. */
bool jx_join(int n, jaxc_value *x, enum jx_joined how, jaxc_dtype *dtype);
/* The broadcast shape of n types. */
bool jx_broadcast_types(int n, const struct jx_aval *types, int *rank, int64_t *dims);
/* x repeated to dims, aligned at the last axis; x itself when it has them. dims must be what x
 * broadcasts to. */
jaxc_value jx_broadcast_to(jaxc_value x, int rank, const int64_t *dims);

/* fill, converted and repeated to the shape of a type. */
jaxc_value jx_fill_type(jaxc_value fill, const struct jx_aval *type);

/* The type and number of a literal: a weak one holds the C number whole, as int64_t or double.
 * false, without an error, for everything else. */
bool jx_literal_of(jaxc_value x, struct jx_aval *type, union jx_scalar *number);
/* What a public call returns when y may be its operand x itself: another handle, so that one may be
 * donated without the other. */
jaxc_value jx_result(jaxc_value x, jaxc_value y);

/* ---- axes and reductions: reduce.c ----------------------------------------------------------- */

/* Axes in order, each once; all of them when none is given. */
bool jx_sorted_axes(const struct jaxc_axes *given, int rank, int *n, int *axes);
/* x without some axes of size 1, and with such axes put in (axes count in the result;
 * both sorted). */
jaxc_value jx_drop_axes(jaxc_value x, int n, const int *axes);
jaxc_value jx_insert_axes(jaxc_value x, int n, const int *axes);

/* What a reduction of x goes over. */
struct jx_reduction {
    struct jx_aval type; /* of the operand */
    int n, axes[JAXC_MAX_RANK];
    int64_t count; /* operands of one result */
};
bool jx_plan_reduction(jaxc_value x, const struct jaxc_axes *axes, struct jx_reduction *r);
/* JAXC_EVALUE when one of these options is given. */
enum {
    JX_NO_WHERE = 1,
    JX_NO_INITIAL = 2,
    JX_NO_DTYPE = 4,
    JX_NO_OPTION = JX_NO_WHERE | JX_NO_INITIAL | JX_NO_DTYPE
};
bool jx_take_no(const struct jaxc_reduce_options *o, int options);
/* JAXC_EVALUE when there is nothing to choose from. */
bool jx_some_elements(const struct jx_reduction *r);
jaxc_dtype jx_sum_dtype(jaxc_dtype dtype); /* of a sum: narrow integers become 32 bits wide */
/* What the public calls of these names give. */
jaxc_value jx_sum_of(jaxc_value x, const struct jaxc_reduce_options *options);
jaxc_value jx_mean_of(jaxc_value x, const struct jaxc_reduce_options *options);
/* How many elements of x each result is made of: a number, or counted where there is a mask. */
jaxc_value jx_count_of(jaxc_value x, jaxc_dtype dtype, const struct jaxc_reduce_options *options);
jaxc_value jx_nanmean_of(jaxc_value x, const struct jaxc_reduce_options *options); /* of floats */
jaxc_value jx_max_of(jaxc_value x, const struct jaxc_reduce_options *options);
jaxc_value jx_min_of(jaxc_value x, const struct jaxc_reduce_options *options);
jaxc_value jx_all_of(jaxc_value x, const struct jaxc_reduce_options *options);
jaxc_value jx_any_of(jaxc_value x, const struct jaxc_reduce_options *options);
/* x != x: bool, false for what is no float. */
jaxc_value jx_isnan(jaxc_value x);
jaxc_value jx_median_of(jaxc_value x, const struct jaxc_reduce_options *options, bool nan);
/* A number of x's dtype, weak if x is. */
jaxc_value jx_number_like(jaxc_value x, double number);

/* ---- what must be known: known.c -------------------------------------------------------------- */

/* Is it an array or number that a call may read, now or after an evaluation? */
bool jx_is_known(jaxc_value v);
/* The integers of a C number, a tuple of them, or an array of at most one axis; a mask counts as
 * 0 and 1. `what` names them in messages. JAXC_ECONCRETE for a traced one. */
struct jx_known {
    int64_t n;
    int64_t *at; /* with room for one more; the caller frees */
    bool scalar, mask;
};
bool jx_known_numbers(jaxc_value v, const char *what, struct jx_known *known);
/* An integer scalar that is known: a C number or an array. */
bool jx_known_integer(jaxc_value v, int64_t *number);
/* Its elements, row-major, as long as *held is (which the caller lets go with jx_node_unref);
 * JAXC_ECONCRETE, which says `why`, if v is traced. */
const void *jx_known_elements(jaxc_value v, const char *why, struct jx_node **held);
/* An array i32[n], or i64[n]. */
jaxc_value jx_constant(int64_t n, const int64_t *numbers, bool wide);

jaxc_value jx_tuple_of(int n, const jaxc_value *values); /* poison if one is */
bool jx_has_parts(jaxc_value v);
bool jx_is_none(jaxc_value v); /* an empty tuple, JAX's None: an operand that is left out */
/* Handles of a tuple's parts, in memory of the caller's to free, with room for one more; NULL after
 * an error. */
jaxc_value *jx_parts_of_tuple(jaxc_value v, int *n);

/* ---- shapes: shape.c arrange.c repeat.c join.c take.c ------------------------------------------ */

jaxc_value jx_transpose_of(jaxc_value x, const struct jaxc_axes *axes);
jaxc_value jx_moveaxis(jaxc_value x, int from, int to);
jaxc_value jx_flat(jaxc_value x);              /* T[n] */
jaxc_value jx_atleast(jaxc_value x, int rank); /* as NumPy's atleast_1d, 2d, 3d */
/* Dtypes join; the axis may be negative. */
jaxc_value jx_stack_of(int n, const jaxc_value *values, int axis);
jaxc_value jx_concatenate_of(int n, const jaxc_value *values, int axis);
/* Parts of x at places along an axis, integer[n] that are promised to be inside. */
jaxc_value jx_take_axis(jaxc_value x, jaxc_value places, int axis);
/* Each element n times along an axis. */
jaxc_value jx_repeat_axis(jaxc_value x, int64_t n, int axis);
/* The axis of options that take one; `otherwise` when none is given. */
bool jx_one_axis(const struct jaxc_axes *given, int rank, int otherwise, int *axis);

/* The elements of two axes at equal places (offset more in the second) as the last axis: diagonal.c */
jaxc_value jx_diagonal(jaxc_value x, int64_t offset, int axis1, int axis2);
/* dot_general of operands of any dtypes, bools included: product.c */
jaxc_value jx_dot_of(jaxc_value a, jaxc_value b, const struct jx_dims *dims, jaxc_dtype preferred);
jaxc_value jx_einsum(const char *subscripts, int n, const jaxc_value *values, jaxc_dtype preferred);

jaxc_value jx_power_of(jaxc_value x, jaxc_value y); /* what jaxc_power gives: elementwise.c */

jaxc_value jx_i0_of(jaxc_value x); /* what jaxc_i0 gives: formulas.c */

jaxc_value jx_diff(jaxc_value x, int axis); /* each element less the one before: along.c */

/* n numbers between two bounds along a new axis: space.c */
jaxc_value jx_linspace(jaxc_value start, jaxc_value stop, int64_t n, bool endpoint,
                       jaxc_dtype dtype, int axis);

/* ---- numbers and parts of floats: rounding.c, predicates.c ------------------------------------ */

jaxc_value jx_signbit(jaxc_value x); /* of floats and integers; bool */
/* Numbers of one dtype and shape, as jaxc_floor_divide. */
jaxc_value jx_floor_divide(jaxc_value x, jaxc_value y);
jaxc_value jx_remainder(jaxc_value x, jaxc_value y); /* as jaxc_remainder */

/* ---- indexing: shape.c ----------------------------------------------------------------------- */

/* x[i] along the first axis; negative i counts from the end. */
jaxc_value jx_index_first(jaxc_value x, int64_t i);

#endif
