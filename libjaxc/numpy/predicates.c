/*
 * predicates.c - is it a number, are arrays equal or close; what is no number replaced.
 */
#include "numpy/numpy.h"

#include <float.h>
#include <math.h>

/* ---- of elements ----------------------------------------------------------------------------- */

/* The same for all elements, bool. */
static jaxc_value always(const struct jx_aval *type, bool truth)
{
    struct jx_aval same = jx_aval_make(JAXC_BOOL, type->rank, type->dims);
    return truth ? jx_full_like(&same, 1) : jx_zeros_of(&same);
}

static jaxc_value is_finite(jaxc_value x)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    return jx_is_float((jaxc_dtype)type.dtype) ? jx_is_finite(x) : always(&type, true);
}

static jaxc_value equals(jaxc_value x, double number)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    return jx_is_float((jaxc_dtype)type.dtype) ? jx_eq(x, jx_literal(&type, number))
                                               : always(&type, false);
}

static jaxc_value is_inf(jaxc_value x)
{
    jaxc_dtype dtype;
    if (!jx_dtype_of(x, &dtype))
        return JX_POISON;
    return equals(jx_is_float(dtype) ? jx_abs(x) : x, (double)INFINITY);
}

static jaxc_value is_posinf(jaxc_value x) { return equals(x, (double)INFINITY); }
static jaxc_value is_neginf(jaxc_value x) { return equals(x, (double)-INFINITY); }

JX_CALL1(isnan, jx_isnan)
JX_CALL1(isfinite, is_finite)
JX_CALL1(isinf, is_inf)
JX_CALL1(isposinf, is_posinf)
JX_CALL1(isneginf, is_neginf)

/* An option as a number of this dtype. */
static jaxc_value given(const struct jaxc_operand *option, double otherwise, jaxc_dtype dtype)
{
    union jx_scalar number = jx_scalar_convert((union jx_scalar){.f = otherwise}, JAXC_F64, dtype);
    return jx_operand_given(option) ? jx_cast(option->value, dtype)
                                    : jx_scalar_of(dtype, number, false);
}

jaxc_value(jaxc_nan_to_num)(jaxc_value x, struct jaxc_nan_to_num_options options)
{
    jx_enter("jaxc_nan_to_num");
    jaxc_dtype dtype;
    if (!jx_join_dtypes(1, &x, JX_JOIN_ANY, &dtype))
        return JX_POISON;
    if (!jx_is_float(dtype))
        return jx_value_again(x);
    double most = dtype == JAXC_F16    ? 65504
                  : dtype == JAXC_BF16 ? 0x1.FEp127
                  : dtype == JAXC_F32  ? FLT_MAX
                                       : DBL_MAX;
    x = jx_where(jx_isnan(x), given(&options.nan, 0, dtype), x);
    x = jx_where(is_posinf(x), given(&options.posinf, most, dtype), x);
    return jx_where(is_neginf(x), given(&options.neginf, -most, dtype), x);
}

/* ---- of arrays ------------------------------------------------------------------------------- */

/* rtol and atol: numbers, or arrays that broadcast to x and y. */
static jaxc_value is_close(jaxc_value x, jaxc_value y, const struct jaxc_isclose_options *options)
{
    jaxc_value operands[] = {x, y};
    jaxc_dtype dtype;
    if (!jx_join(2, operands, JX_JOIN_FLOAT, &dtype))
        return JX_POISON;
    x = operands[0], y = operands[1];
    jaxc_value rtol = given(&options->rtol, 1e-5, dtype);
    jaxc_value within = jx_joined(jx_mul, JX_JOIN_SHAPES, rtol, jx_abs(y));
    jaxc_value atol = given(&options->atol, 1e-8, dtype);
    within = jx_joined(jx_add, JX_JOIN_SHAPES, atol, within);
    jaxc_value near = jx_joined(jx_le, JX_JOIN_SHAPES, jx_abs(jx_sub(x, y)), within);
    near = jx_joined(jx_and, JX_JOIN_SHAPES, jx_is_finite(y), near);
    jaxc_value close = jx_joined(jx_or, JX_JOIN_SHAPES, jx_eq(x, y), near);
    if (!options->equal_nan)
        return close;
    return jx_joined(jx_or, JX_JOIN_SHAPES, close, jx_and(jx_isnan(x), jx_isnan(y)));
}

static jaxc_value all_of(jaxc_value x)
{
    struct jaxc_reduce_options options = {.keepdims = false};
    return jx_all_of(x, &options);
}

jaxc_value(jaxc_isclose)(jaxc_value x, jaxc_value y, struct jaxc_isclose_options options)
{
    jx_enter("jaxc_isclose");
    return is_close(x, y, &options);
}

jaxc_value(jaxc_allclose)(jaxc_value x, jaxc_value y, struct jaxc_isclose_options options)
{
    jx_enter("jaxc_allclose");
    return all_of(is_close(x, y, &options));
}

static bool types_of(jaxc_value x, jaxc_value y, struct jx_aval *types)
{
    return jx_argument_aval(x, 0, &types[0]) && jx_argument_aval(y, 1, &types[1]);
}

jaxc_value(jaxc_array_equal)(jaxc_value x, jaxc_value y, struct jaxc_array_equal_options options)
{
    jx_enter("jaxc_array_equal");
    struct jx_aval types[2];
    jaxc_value operands[] = {x, y};
    if (!types_of(x, y, types))
        return JX_POISON;
    if (types[0].rank != types[1].rank ||
        !jx_same_dims(types[0].rank, types[0].dims, types[1].dims))
        return jx_literal(&(struct jx_aval){.dtype = JAXC_BOOL}, 0);
    if (!jx_join(2, operands, JX_JOIN_ANY, NULL))
        return JX_POISON;
    jaxc_value equal = jx_eq(operands[0], operands[1]);
    if (options.equal_nan)
        equal = jx_or(equal, jx_and(jx_isnan(operands[0]), jx_isnan(operands[1])));
    return all_of(equal);
}

static bool do_broadcast(const struct jx_aval *x, const struct jx_aval *y)
{
    int n = x->rank < y->rank ? x->rank : y->rank;
    for (int i = 1; i <= n; i++) {
        int64_t a = x->dims[x->rank - i], b = y->dims[y->rank - i];
        if (a != b && a != 1 && b != 1)
            return false;
    }
    return true;
}

jaxc_value(jaxc_array_equiv)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_array_equiv");
    struct jx_aval types[2];
    if (!types_of(x, y, types))
        return JX_POISON;
    if (!do_broadcast(&types[0], &types[1]))
        return jx_literal(&(struct jx_aval){.dtype = JAXC_BOOL}, 0);
    return all_of(jx_joined(jx_eq, JX_JOIN_ANY, x, y));
}
