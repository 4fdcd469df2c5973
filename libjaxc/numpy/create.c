/*
 * create.c - new arrays: one number everywhere, numbers at equal steps, the unit matrix, places,
 * powers, windows.
 */
#include "numpy/numpy.h"

#include <inttypes.h>
#include <math.h>

static jaxc_value filled(struct jaxc_shape shape, double number, jaxc_dtype dtype)
{
    struct jx_aval type;
    if (!jx_choose_dtype(dtype, JAXC_F32, &dtype) || !jx_choose_type(shape, dtype, &type))
        return JX_POISON;
    return jx_full_like(&type, number);
}

jaxc_value(jaxc_zeros)(struct jaxc_shape shape, jaxc_dtype dtype)
{
    jx_enter("jaxc_zeros");
    return filled(shape, 0, dtype);
}

jaxc_value(jaxc_ones)(struct jaxc_shape shape, jaxc_dtype dtype)
{
    jx_enter("jaxc_ones");
    return filled(shape, 1, dtype);
}

jaxc_value jx_fill_type(jaxc_value fill, const struct jx_aval *type)
{
    struct jx_aval types[2] = {*type};
    char text[2][JX_AVAL_TEXT];
    int rank;
    int64_t dims[JAXC_MAX_RANK];
    if (!jx_value_aval(fill, &types[1]) || !jx_broadcast_types(2, types, &rank, dims))
        return JX_POISON;
    if (rank != type->rank || !jx_same_dims(rank, dims, type->dims)) {
        jx_fail(JAXC_ESHAPE, "%s does not fill %s", jx_aval_text(&types[1], text[1]),
                jx_aval_text(type, text[0]));
        return JX_POISON;
    }
    jaxc_value y = jx_as(fill, (jaxc_dtype)type->dtype, type->weak);
    return jx_result(fill, jx_broadcast_to(y, rank, dims));
}

jaxc_value(jaxc_full)(struct jaxc_shape shape, jaxc_value fill, jaxc_dtype dtype)
{
    jx_enter("jaxc_full");
    struct jx_aval type, own;
    bool given = dtype != 0;
    if (!jx_value_aval(fill, &own) || !jx_choose_dtype(dtype, (jaxc_dtype)own.dtype, &dtype) ||
        !jx_choose_type(shape, dtype, &type))
        return JX_POISON;
    type.weak = own.weak && !given;
    return jx_fill_type(fill, &type);
}

/* The type of x, with another dtype if one is given: then not weak. */
static bool like(jaxc_value x, jaxc_dtype dtype, struct jx_aval *type)
{
    jaxc_dtype chosen;
    if (!jx_value_aval(x, type) || !jx_choose_dtype(dtype, (jaxc_dtype)type->dtype, &chosen))
        return false;
    type->dtype = (uint8_t)chosen;
    type->weak = type->weak && !dtype;
    return true;
}

jaxc_value(jaxc_zeros_like)(jaxc_value x, jaxc_dtype dtype)
{
    jx_enter("jaxc_zeros_like");
    struct jx_aval type;
    return like(x, dtype, &type) ? jx_full_like(&type, 0) : JX_POISON;
}

jaxc_value(jaxc_ones_like)(jaxc_value x, jaxc_dtype dtype)
{
    jx_enter("jaxc_ones_like");
    struct jx_aval type;
    return like(x, dtype, &type) ? jx_full_like(&type, 1) : JX_POISON;
}

jaxc_value(jaxc_full_like)(jaxc_value x, jaxc_value fill, jaxc_dtype dtype)
{
    jx_enter("jaxc_full_like");
    struct jx_aval type;
    return like(x, dtype, &type) ? jx_fill_type(fill, &type) : JX_POISON;
}

/* ---- arange ---------------------------------------------------------------------------------- */

/* start + step * i, in dtype. As in JAX the sum is there whenever a step is: it makes a -0 a 0. */
static jaxc_value steps(int64_t n, jaxc_value start, jaxc_value step, bool unit, bool from_zero,
                        jaxc_dtype dtype)
{
    if (dtype == JAXC_BOOL) {
        jx_fail(JAXC_EDTYPE, "bools have no steps");
        return JX_POISON;
    }
    jaxc_value y = jx_iota(dtype, 1, &n, 0);
    if (!unit)
        y = jx_mul(jx_as(step, dtype, false), y);
    if (!unit || !from_zero)
        y = jx_add(jx_as(start, dtype, false), y);
    return y;
}

static jaxc_value literal_i64(int64_t number)
{
    return jx_scalar_of(JAXC_I64, (union jx_scalar){.i = number}, false);
}

static jaxc_value literal_f64(double number)
{
    return jx_scalar_of(JAXC_F64, (union jx_scalar){.f = number}, false);
}

jaxc_value(jaxc_arange)(int64_t start, int64_t stop, int64_t step, jaxc_dtype dtype)
{
    jx_enter("jaxc_arange");
    if (step == 0) {
        jx_fail(JAXC_EVALUE, "the step is 0");
        return JX_POISON;
    }
    if (!jx_choose_dtype(dtype, JAXC_I32, &dtype))
        return JX_POISON;
    /* Distances go up to 2^64 - 1: unsigned. */
    uint64_t distance =
        step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    uint64_t stride = step > 0 ? (uint64_t)step : 0 - (uint64_t)step, n = 0;
    if (step > 0 ? stop > start : stop < start)
        n = (distance - 1) / stride + 1;
    if (n > INT64_MAX) {
        jx_fail(JAXC_ELIMIT, "more than 2^63 - 1 elements");
        return JX_POISON;
    }
    /* The last number fits as well, or none would be right. */
    if (n > 0 &&
        jx_is_poison(jx_as(literal_i64((int64_t)((uint64_t)start + (n - 1) * (uint64_t)step)),
                           dtype, false)))
        return JX_POISON;
    return steps((int64_t)n, literal_i64(start), literal_i64(step), step == 1, start == 0, dtype);
}

jaxc_value(jaxc_arange_float)(double start, double stop, double step, jaxc_dtype dtype)
{
    jx_enter("jaxc_arange");
    if (step == 0 || !isfinite(start) || !isfinite(stop) || !isfinite(step)) {
        jx_fail(JAXC_EVALUE, "from %g to %g by %g", start, stop, step);
        return JX_POISON;
    }
    if (!jx_choose_dtype(dtype, JAXC_F32, &dtype))
        return JX_POISON;
    double n = ceil((stop - start) / step);
    if (n >= 0x1p63) {
        jx_fail(JAXC_ELIMIT, "more than 2^63 - 1 elements");
        return JX_POISON;
    }
    return steps(n > 0 ? (int64_t)n : 0, literal_f64(start), literal_f64(step), step == 1,
                 start == 0, dtype);
}

/* Ones where the row's number is the column's. */
static jaxc_value unit_matrix(int64_t n, jaxc_dtype dtype)
{
    struct jaxc_shape shape = {2, {n, n}};
    struct jx_aval type;
    if (!jx_choose_dtype(dtype, JAXC_F32, &dtype) || !jx_choose_type(shape, dtype, &type))
        return JX_POISON;
    jaxc_dtype counter = n > INT32_MAX ? JAXC_I64 : JAXC_I32;
    jaxc_value row = jx_iota(counter, 2, shape.dims, 0),
               column = jx_iota(counter, 2, shape.dims, 1);
    return jx_convert_element_type(jx_eq(row, column), dtype, false);
}

jaxc_value(jaxc_eye)(int64_t n, jaxc_dtype dtype)
{
    jx_enter("jaxc_eye");
    return unit_matrix(n, dtype);
}

jaxc_value(jaxc_identity)(int64_t n, jaxc_dtype dtype)
{
    jx_enter("jaxc_identity");
    return unit_matrix(n, dtype);
}

jaxc_value(jaxc_empty)(struct jaxc_shape shape, jaxc_dtype dtype)
{
    jx_enter("jaxc_empty");
    return filled(shape, 0, dtype);
}

jaxc_value(jaxc_empty_like)(jaxc_value x, jaxc_dtype dtype)
{
    jx_enter("jaxc_empty_like");
    struct jx_aval type;
    return like(x, dtype, &type) ? jx_full_like(&type, 0) : JX_POISON;
}

/* ---- grids and powers ------------------------------------------------------------------------ */

jaxc_value(jaxc_shape_indices)(struct jaxc_shape shape, struct jaxc_shape_indices_options options)
{
    jx_enter("jaxc_shape_indices");
    struct jx_aval type;
    jaxc_dtype dtype;
    jaxc_value parts[JAXC_MAX_RANK];
    if (!jx_choose_dtype(options.dtype, JAXC_I32, &dtype) || !jx_choose_type(shape, dtype, &type))
        return JX_POISON;
    for (int i = 0; i < shape.rank; i++) {
        int64_t dims[JAXC_MAX_RANK];
        for (int j = 0; j < shape.rank; j++)
            dims[j] = options.sparse && j != i ? 1 : shape.dims[j];
        parts[i] = jx_iota(dtype, shape.rank, dims, i);
    }
    if (options.sparse)
        return jx_tuple_of(shape.rank, parts);
    static const int64_t nothing = 0;
    return shape.rank > 0 ? jx_stack_of(shape.rank, parts, 0) : jx_iota(dtype, 1, &nothing, 0);
}

/* x to the powers n - 1, ..., 0, or 0, ..., n - 1. */
jaxc_value(jaxc_vander)(jaxc_value x, struct jaxc_vander_options options)
{
    jx_enter("jaxc_vander");
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.rank != 1 || options.n < 0) {
        jx_fail(type.rank != 1 ? JAXC_ESHAPE : JAXC_EVALUE, "%" PRId64 " powers of %s", options.n,
                jx_aval_text(&type, text));
        return JX_POISON;
    }
    int64_t dims[2] = {type.dims[0], options.n ? options.n : type.dims[0]}, all;
    if (!jx_n_elements(2, dims, &all))
        return JX_POISON;
    jaxc_dtype dtype = (jaxc_dtype)type.dtype;
    jaxc_value powers = jx_iota(dtype, 1, &dims[1], 0);
    if (!options.increasing)
        powers = jx_sub(jx_literal(&type, (double)(dims[1] - 1)), powers);
    powers = jx_broadcast_in_dim(powers, 2, dims, (const int[]){1});
    return jx_power_of(jx_broadcast_in_dim(x, 2, dims, (const int[]){0}), powers);
}

/* ---- windows --------------------------------------------------------------------------------- */

/* Sums of cosines: a - b cos(2 pi i / (n - 1)) + c cos(4 pi i / (n - 1)). */
static jaxc_value cosines(int64_t n, double a, double b, double c)
{
    const double pi = 3.14159265358979323846; /* of C's M_PI */
    struct jaxc_shape shape = {1, {n}};
    struct jx_aval type, scalar = jx_aval_make(JAXC_F32, 0, NULL);
    if (!jx_choose_type(shape, JAXC_F32, &type))
        return JX_POISON;
    if (n <= 1)
        return jx_full_like(&type, 1);
    jaxc_value i = jx_iota(JAXC_F32, 1, &n, 0), last = jx_literal(&scalar, (double)(n - 1));
    jaxc_value once = jx_cos(jx_div(jx_mul(jx_literal(&scalar, 2 * pi), i), last));
    jaxc_value y = jx_sub(jx_literal(&scalar, a), jx_mul(jx_literal(&scalar, b), once));
    if (c == 0)
        return y;
    jaxc_value twice = jx_cos(jx_div(jx_mul(jx_literal(&scalar, 4 * pi), i), last));
    return jx_add(y, jx_mul(jx_literal(&scalar, c), twice));
}

jaxc_value(jaxc_hanning)(int64_t n)
{
    jx_enter("jaxc_hanning");
    return cosines(n, 0.5, 0.5, 0);
}

jaxc_value(jaxc_hamming)(int64_t n)
{
    jx_enter("jaxc_hamming");
    return cosines(n, 0.54, 0.46, 0);
}

jaxc_value(jaxc_blackman)(int64_t n)
{
    jx_enter("jaxc_blackman");
    return cosines(n, 0.42, 0.5, 0.08);
}

jaxc_value(jaxc_bartlett)(int64_t n)
{
    jx_enter("jaxc_bartlett");
    struct jaxc_shape shape = {1, {n}};
    struct jx_aval type, scalar = jx_aval_make(JAXC_F32, 0, NULL);
    if (!jx_choose_type(shape, JAXC_F32, &type))
        return JX_POISON;
    if (n <= 1)
        return jx_full_like(&type, 1);
    jaxc_value i = jx_mul(jx_literal(&scalar, 2), jx_iota(JAXC_F32, 1, &n, 0));
    jaxc_value y = jx_abs(jx_add(i, jx_literal(&scalar, (double)(1 - n))));
    return jx_sub(jx_literal(&scalar, 1), jx_div(y, jx_literal(&scalar, (double)(n - 1))));
}

/* i0(beta sqrt(1 - x^2)) / i0(beta), x from -1 to 1 */
jaxc_value(jaxc_kaiser)(int64_t n, jaxc_value beta)
{
    jx_enter("jaxc_kaiser");
    struct jaxc_shape shape = {1, {n}};
    struct jx_aval type, scalar = jx_aval_make(JAXC_F32, 0, NULL);
    jaxc_dtype dtype;
    if (!jx_choose_type(shape, JAXC_F32, &type) || !jx_dtype_of(beta, &dtype))
        return JX_POISON;
    if (n <= 1)
        return jx_full_like(&type, 1);
    jaxc_value middle = jx_literal(&scalar, 0.5 * (double)(n - 1));
    jaxc_value x = jx_div(jx_sub(jx_iota(JAXC_F32, 1, &n, 0), middle), middle);
    jaxc_value root = jx_sqrt(jx_sub(jx_literal(&scalar, 1), jx_square(x)));
    jaxc_value y = jx_i0_of(jx_joined(jx_mul, JX_JOIN_ANY, beta, root));
    return jx_joined(jx_div, JX_JOIN_ANY, y, jx_i0_of(beta));
}
