/*
 * statistics.c - variances, weighted means, quantiles, covariances.
 *
 * Quantiles sort, then choose two neighbours of each row by a sum over the row in which all other
 * elements are 0: one more pass, whatever q is.
 */
#include "numpy/numpy.h"

#include <math.h>
#include <string.h>

/* ---- variances ------------------------------------------------------------------------------- */

static bool choose_float(jaxc_dtype given, jaxc_dtype otherwise, jaxc_dtype *dtype)
{
    if (!jx_choose_dtype(given, otherwise, dtype))
        return false;
    return jx_is_float(*dtype) ||
           jx_fail(JAXC_EDTYPE, "a variance is a float, not %s", jx_dtype_info(*dtype)->name);
}

/* Two passes: the mean, then the squares of what is left. */
static jaxc_value variance(jaxc_value x, const struct jaxc_var_options *o, bool nan)
{
    struct jaxc_reduce_options r = {.axes = o->axes, .where = o->where, .keepdims = true};
    struct jx_aval type;
    jaxc_dtype dtype;
    if (!jx_value_aval(x, &type) ||
        !choose_float(o->dtype, jx_float_dtype((jaxc_dtype)type.dtype), &dtype))
        return JX_POISON;
    jaxc_dtype in = dtype == JAXC_F16 || dtype == JAXC_BF16 ? JAXC_F32 : dtype;
    x = o->dtype ? jx_cast(x, in) : jx_as(x, in, false);
    jaxc_value mean = nan ? jx_nanmean_of(x, &r) : jx_mean_of(x, &r);
    jaxc_value y = jx_joined(jx_sub, JX_JOIN_ANY, x, mean), there = jx_eq(x, x);
    if (nan)
        y = jx_select(there, y, jx_number_like(y, 0));
    r.keepdims = o->keepdims;
    y = jx_sum_of(jx_square(y), &r);
    jaxc_value n = nan ? jx_as(jx_sum_of(there, &r), in, false) : jx_count_of(x, in, &r);
    n = jx_sub(n, jx_number_like(n, o->ddof));
    jaxc_value positive = jx_gt(n, jx_number_like(n, 0));
    if (nan) /* so that no derivative divides by 0 */
        n = jx_select(positive, n, jx_number_like(n, 1));
    y = jx_select(positive, jx_div(y, n), jx_number_like(y, (double)NAN));
    return jx_as(y, dtype, false);
}

jaxc_value(jaxc_var)(jaxc_value x, struct jaxc_var_options options)
{
    jx_enter("jaxc_var");
    return variance(x, &options, false);
}

jaxc_value(jaxc_std)(jaxc_value x, struct jaxc_var_options options)
{
    jx_enter("jaxc_std");
    return jx_sqrt(variance(x, &options, false));
}

jaxc_value(jaxc_nanvar)(jaxc_value x, struct jaxc_var_options options)
{
    jx_enter("jaxc_nanvar");
    return variance(x, &options, true);
}

jaxc_value(jaxc_nanstd)(jaxc_value x, struct jaxc_var_options options)
{
    jx_enter("jaxc_nanstd");
    return jx_sqrt(variance(x, &options, true));
}

/* ---- weighted means -------------------------------------------------------------------------- */

/* Weights of x's shape, or of its sizes along the axes in the order given. */
static jaxc_value weights_like(const struct jx_aval *x, jaxc_value w, const struct jaxc_axes *axes)
{
    struct jx_aval type;
    char text[2][JX_AVAL_TEXT];
    if (!jx_value_aval(w, &type))
        return JX_POISON;
    if (type.rank == x->rank && jx_same_dims(x->rank, x->dims, type.dims))
        return w;
    bool fits = axes->n > 0 && type.rank == axes->n;
    int permutation[JAXC_MAX_RANK], map[JAXC_MAX_RANK];
    for (int i = 0; fits && i < axes->n; i++) {
        int axis = axes->at[i] < 0 ? axes->at[i] + x->rank : axes->at[i], before = 0;
        fits = type.dims[i] == x->dims[axis];
        for (int j = 0; j < axes->n; j++)
            before += (axes->at[j] < 0 ? axes->at[j] + x->rank : axes->at[j]) < axis;
        permutation[before] = i;
        map[before] = axis;
    }
    if (!fits) {
        jx_fail(JAXC_ESHAPE, "weights %s fit neither %s nor its axes", jx_aval_text(&type, text[0]),
                jx_aval_text(x, text[1]));
        return JX_POISON;
    }
    return jx_broadcast_in_dim(jx_transpose(w, permutation), x->rank, x->dims, map);
}

static jaxc_value average(jaxc_value x, const struct jaxc_average_options *o)
{
    struct jaxc_reduce_options r = {.axes = o->axes, .keepdims = o->keepdims};
    struct jx_reduction plan;
    jaxc_value operands[2] = {x, o->weights.value};
    if (!jx_operand_given(&o->weights))
        return jx_mean_of(x, &r);
    if (!jx_plan_reduction(x, &o->axes, &plan) || !jx_join_dtypes(2, operands, JX_JOIN_FLOAT, NULL))
        return JX_POISON;
    jaxc_value w = weights_like(&plan.type, operands[1], &o->axes);
    jaxc_value total = jx_sum_of(w, &r), sum = jx_sum_of(jx_mul(operands[0], w), &r);
    return jx_div(sum, total);
}

jaxc_value(jaxc_average)(jaxc_value x, struct jaxc_average_options options)
{
    jx_enter("jaxc_average");
    return average(x, &options);
}

/* ---- quantiles ------------------------------------------------------------------------------- */

enum method { LINEAR, LOWER, HIGHER, NEAREST, MIDPOINT, N_METHODS };

static bool method_named(const char *name, enum method *method)
{
    static const char *const names[N_METHODS] = {"linear", "lower", "higher", "nearest",
                                                 "midpoint"};
    for (*method = LINEAR; name && *method < N_METHODS; ++*method)
        if (strcmp(name, names[*method]) == 0)
            return true;
    return !name || jx_fail(JAXC_EVALUE, "no method \"%s\"", name);
}

/* Rows to be sorted: x with the reduced axes together at its end. */
struct rows {
    struct jx_reduction over;
    struct jx_aval type; /* [the other axes, n] */
    int axis;            /* the last */
    int64_t n;
};

static jaxc_value rows_of(jaxc_value x, const struct jaxc_axes *axes, struct rows *r)
{
    int permutation[JAXC_MAX_RANK], rank = 0, back;
    int64_t dims[JAXC_MAX_RANK + 1];
    if (!jx_plan_reduction(x, axes, &r->over) || !jx_some_elements(&r->over))
        return JX_POISON;
    const struct jx_aval *type = &r->over.type;
    back = type->rank - r->over.n;
    for (int axis = 0, i = 0; axis < type->rank; axis++) {
        if (i < r->over.n && r->over.axes[i] == axis) {
            permutation[back + i++] = axis;
        } else {
            dims[rank] = type->dims[axis];
            permutation[rank++] = axis;
        }
    }
    dims[rank] = r->n = r->over.count;
    r->axis = rank;
    x = jx_reshape(jx_transpose(x, permutation), rank + 1, dims);
    return jx_value_aval(x, &r->type) ? x : JX_POISON;
}

/* Element `index` of each row; index and the result: [m, the other axes], or without m. */
static jaxc_value pick(jaxc_value sorted, const struct rows *r, jaxc_value index)
{
    struct jx_aval type = r->type, out;
    int map[JAXC_MAX_RANK];
    if (!jx_value_aval(index, &out))
        return JX_POISON;
    int m = out.rank - r->axis, last = r->axis + m;
    if (m)
        jx_insert(r->type.rank, r->type.dims, 0, out.dims[0], type.dims);
    for (int i = 0; i <= last; i++)
        map[i] = i;
    jaxc_value each = jx_broadcast_in_dim(sorted, last + 1, type.dims, map + m);
    jaxc_value at = jx_iota(JAXC_I64, last + 1, type.dims, last);
    index = jx_broadcast_in_dim(index, last + 1, type.dims, map);
    return jx_reduce_sum(jx_select(jx_eq(at, index), each, jx_number_like(sorted, 0)), 1, &last);
}

/* Between the elements at low and at low + 1, `above` of the way. */
static jaxc_value between(jaxc_value sorted, const struct rows *r, enum method method,
                          jaxc_value low, jaxc_value last, jaxc_value above)
{
    jaxc_value zero = jx_number_like(low, 0);
    jaxc_value high = jx_as(jx_gt(above, jx_number_like(above, 0)), JAXC_I64, false);
    high = jx_max(zero, jx_min(jx_add(low, high), last));
    low = jx_max(zero, jx_min(low, last));
    low = pick(sorted, r, low);
    high = pick(sorted, r, high);
    if (method == LOWER || method == HIGHER)
        return method == LOWER ? low : high;
    if (method == NEAREST)
        return jx_select(jx_le(above, jx_number_like(above, 0.5)), low, high);
    if (method == MIDPOINT)
        return jx_mul(jx_add(low, high), jx_number_like(low, 0.5));
    struct jx_aval type;
    if (!jx_value_aval(above, &type))
        return JX_POISON;
    jaxc_value below = jx_sub(jx_number_like(above, 1), above);
    low = jx_mul(jx_as(low, (jaxc_dtype)type.dtype, false), below);
    return jx_add(low, jx_mul(jx_as(high, (jaxc_dtype)type.dtype, false), above));
}

/* q for each result, and the dtype to compute in: q's, or that of x if q is a number. */
static jaxc_value broadcast_q(jaxc_value q, const struct rows *r, double scale, int *m)
{
    struct jx_aval type, own;
    int first = 0;
    q = jx_as_float(q);
    if (!jx_value_aval(q, &own))
        return JX_POISON;
    if (own.rank > 1) {
        char text[JX_AVAL_TEXT];
        jx_fail(JAXC_ESHAPE, "q has more than one axis: %s", jx_aval_text(&own, text));
        return JX_POISON;
    }
    if (r->axis + 1 + own.rank > JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "%d axes; at most %d are possible", r->axis + 1 + own.rank,
                JAXC_MAX_RANK);
        return JX_POISON;
    }
    if (own.weak)
        q = jx_as(q, r->type.dtype == JAXC_F64 ? JAXC_F64 : JAXC_F32, false);
    q = scale == 1 ? q : jx_div(q, jx_number_like(q, scale));
    *m = own.rank;
    type = r->type;
    if (own.rank == 1)
        jx_insert(r->axis, r->type.dims, 0, own.dims[0], type.dims);
    return jx_broadcast_in_dim(q, r->axis + own.rank, type.dims, &first);
}

/* The reduced axes as ones, behind q's. */
static jaxc_value keep(jaxc_value y, const struct rows *r, int m)
{
    int axes[JAXC_MAX_RANK];
    for (int i = 0; i < r->over.n; i++)
        axes[i] = r->over.axes[i] + m;
    return jx_insert_axes(y, r->over.n, axes);
}

static jaxc_value quantile(jaxc_value x, jaxc_value q, double scale,
                           const struct jaxc_quantile_options *o, bool nan)
{
    enum method method;
    struct rows r;
    int m = 0, map[JAXC_MAX_RANK];
    struct jx_aval type;
    if (!method_named(o->method, &method))
        return JX_POISON;
    x = jx_as_float(x);
    x = rows_of(x, &o->axes, &r);
    if (jx_is_poison(x))
        return x;
    jaxc_dtype dtype = (jaxc_dtype)r.type.dtype;
    q = broadcast_q(q, &r, scale, &m);
    if (!jx_value_aval(q, &type))
        return JX_POISON;
    for (int i = 0; i < r.axis; i++)
        map[i] = i + m;
    jaxc_value there = jx_eq(x, x);
    jaxc_value n = jx_reduce_sum(jx_as(there, JAXC_I64, false), 1, &r.axis), sorted;
    n = jx_broadcast_in_dim(n, type.rank, type.dims, map);
    jaxc_value all = jx_scalar_of(JAXC_I64, (union jx_scalar){.i = r.n}, false);
    jaxc_value last = jx_sub(nan ? n : all, jx_number_like(n, 1));
    if (!jx_sort(1, &x, r.axis, 1, &sorted))
        return JX_POISON;
    jaxc_value at = jx_mul(q, jx_as(last, (jaxc_dtype)type.dtype, false));
    jaxc_value low = jx_cast(at, JAXC_I64);
    jaxc_value above = jx_sub(at, jx_as(low, (jaxc_dtype)type.dtype, false));
    jaxc_value y = jx_as(between(sorted, &r, method, low, last, above), dtype, false);
    if (!nan)
        y = jx_select(jx_eq(n, all), y, jx_number_like(y, (double)NAN));
    return o->keepdims ? keep(y, &r, m) : y;
}

#define QUANTILES(ROW)                                                                             \
    ROW(quantile, 1, false)                                                                        \
    ROW(percentile, 100, false)                                                                    \
    ROW(nanquantile, 1, true)                                                                      \
    ROW(nanpercentile, 100, true)
#define ROW(name, scale, nan)                                                                      \
    jaxc_value(jaxc_##name)(jaxc_value x, jaxc_value q, struct jaxc_quantile_options options)      \
    {                                                                                              \
        jx_enter("jaxc_" #name);                                                                   \
        return quantile(x, q, scale, &options, nan);                                               \
    }
QUANTILES(ROW)
#undef ROW

jaxc_value jx_median_of(jaxc_value x, const struct jaxc_reduce_options *o, bool nan)
{
    struct jaxc_quantile_options options = {.axes = o->axes, .keepdims = o->keepdims};
    if (!jx_take_no(o, JX_NO_OPTION))
        return JX_POISON;
    jaxc_value half = jx_scalar_of(JAXC_F32, (union jx_scalar){.f = 0.5}, true);
    return quantile(x, half, 1, &options, nan);
}

jaxc_value(jaxc_median)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_median");
    return jx_median_of(x, &options, false);
}

jaxc_value(jaxc_nanmedian)(jaxc_value x, struct jaxc_reduce_options options)
{
    jx_enter("jaxc_nanmedian");
    return jx_median_of(x, &options, true);
}

/* ---- covariances ----------------------------------------------------------------------------- */

/* x as rows of variables. */
static jaxc_value variables(jaxc_value x, bool columns, struct jx_aval *type)
{
    static const int swapped[] = {1, 0}, first = 0;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, type))
        return JX_POISON;
    if (type->rank > 2) {
        jx_fail(JAXC_ESHAPE, "%s has more than two axes", jx_aval_text(type, text));
        return JX_POISON;
    }
    if (type->rank == 2 && columns)
        x = jx_transpose(x, swapped);
    for (int rank = type->rank; rank < 2; rank++)
        x = jx_insert_axes(x, 1, &first);
    return jx_value_aval(x, type) ? x : JX_POISON;
}

/* x and y, one below the other. */
static jaxc_value all_variables(jaxc_value x, const struct jaxc_cov_options *o,
                                struct jx_aval *type)
{
    struct jx_aval other;
    jaxc_value both[2] = {x, o->y.value};
    int n = jx_operand_given(&o->y) ? 2 : 1;
    if (!jx_join_dtypes(n, both, JX_JOIN_FLOAT, NULL))
        return JX_POISON;
    for (int i = 0; i < n; i++) {
        struct jx_aval own;
        if (!jx_value_aval(both[i], &own))
            return JX_POISON;
        both[i] = variables(jx_as(both[i], (jaxc_dtype)own.dtype, false),
                            o->columns && !(i == 1 && own.rank == 2 && own.dims[0] == 1),
                            i ? &other : type);
        if (jx_is_poison(both[i]))
            return JX_POISON;
    }
    if (n == 1)
        return both[0];
    if (other.dims[1] != type->dims[1]) {
        char text[2][JX_AVAL_TEXT];
        jx_fail(JAXC_ESHAPE, "numbers of observations differ: %s and %s",
                jx_aval_text(type, text[0]), jx_aval_text(&other, text[1]));
        return JX_POISON;
    }
    type->dims[0] += other.dims[0];
    return jx_concatenate(2, both, 0);
}

static bool check_weights(const struct jaxc_operand *w, int64_t n, bool integers)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_operand_given(w))
        return true;
    if (!jx_value_aval(w->value, &type))
        return false;
    if (type.rank != 1 || type.dims[0] != n)
        return jx_fail(JAXC_ESHAPE, "weights %s for %lld observations", jx_aval_text(&type, text),
                       (long long)n);
    return !integers || jx_is_integer((jaxc_dtype)type.dtype) ||
           jx_fail(JAXC_EDTYPE, "fweights are integers, not %s", jx_aval_text(&type, text));
}

/* |x|; unsigned numbers are themselves */
static jaxc_value magnitude(jaxc_value x)
{
    struct jx_aval type;
    bool is_signed = jx_value_aval(x, &type) &&
                     jx_dtype_info(type.dtype)->category != JX_CAT_BOOL &&
                     jx_dtype_info(type.dtype)->category != JX_CAT_UNSIGNED;
    return is_signed ? jx_abs(x) : x;
}

/* The sum of the weights, and what a sum of squares is divided by. */
struct divisors {
    jaxc_value sum, freedom;
};

/* Without weights each observation counts once; *w: T[n], poison without any. */
static struct divisors divisors_of(const struct jaxc_cov_options *o, jaxc_dtype dtype, int64_t n,
                                   jaxc_value *w)
{
    static const int all = 0;
    const struct jx_aval number = jx_aval_make(dtype, 0, NULL);
    bool counted = jx_operand_given(&o->fweights), weighted = jx_operand_given(&o->aweights);
    int ddof = o->ddof ? o->ddof : !o->bias;
    *w = JX_POISON;
    if (!counted && !weighted)
        return (struct divisors){jx_literal(&number, (double)n),
                                 jx_literal(&number, (double)n - ddof)};
    jaxc_value a = weighted ? magnitude(o->aweights.value) : JX_POISON;
    *w = counted ? magnitude(o->fweights.value) : a;
    if (counted && weighted)
        *w = jx_joined(jx_mul, JX_JOIN_NUMBER, *w, a);
    *w = jx_as(*w, dtype, false);
    jaxc_value sum = jx_reduce_sum(*w, 1, &all), less = jx_literal(&number, ddof);
    if (weighted && ddof) {
        jaxc_value squares = jx_reduce_sum(jx_mul(*w, jx_as(a, dtype, false)), 1, &all);
        less = jx_div(jx_mul(less, squares), sum);
    }
    return (struct divisors){sum, jx_sub(sum, less)};
}

/* X X' of the distances from the means, by the degrees of freedom; [m, m] */
static jaxc_value covariance(jaxc_value x, const struct jaxc_cov_options *o, struct jx_aval *type)
{
    static const int observations = 1, all = 0;
    bool weighted = jx_operand_given(&o->fweights) || jx_operand_given(&o->aweights);
    jaxc_dtype dtype;
    x = all_variables(x, o, type);
    if (jx_is_poison(x) || !choose_float(o->dtype, (jaxc_dtype)type->dtype, &dtype) ||
        !check_weights(&o->fweights, type->dims[1], true) ||
        !check_weights(&o->aweights, type->dims[1], false))
        return JX_POISON;
    type->dtype = dtype;
    if (type->dims[1] == 0) {
        int64_t dims[2] = {type->dims[0], type->dims[0]};
        struct jx_aval square = jx_aval_make(dtype, 2, dims);
        return jx_full_like(&square, (double)NAN);
    }
    x = jx_as(x, dtype, false);
    jaxc_value w, xw = x;
    struct divisors by = divisors_of(o, dtype, type->dims[1], &w);
    if (weighted) {
        w = jx_broadcast_in_dim(w, 2, type->dims, &observations);
        xw = jx_mul(x, w);
    }
    jaxc_value mean = jx_div(jx_reduce_sum(xw, 1, &observations), by.sum);
    x = jx_sub(x, jx_broadcast_in_dim(mean, 2, type->dims, &all));
    xw = weighted ? jx_mul(x, w) : x;
    const struct jx_dims dims = {.lhs_contract = {1, {1}}, .rhs_contract = {1, {1}}};
    return jx_div(jx_dot_general(x, xw, &dims, (jaxc_dtype)0), by.freedom);
}

static jaxc_value one_or_matrix(jaxc_value y, int64_t m)
{
    static const int both[] = {0, 1};
    return m == 1 ? jx_squeeze(y, 2, both) : y;
}

jaxc_value(jaxc_cov)(jaxc_value x, struct jaxc_cov_options options)
{
    jx_enter("jaxc_cov");
    struct jx_aval type;
    jaxc_value y = covariance(x, &options, &type);
    return jx_is_poison(y) ? y : one_or_matrix(y, type.dims[0]);
}

/* c[i, j] / sqrt(c[i, i]) / sqrt(c[j, j]), within [-1, 1] */
jaxc_value(jaxc_corrcoef)(jaxc_value x, struct jaxc_cov_options options)
{
    jx_enter("jaxc_corrcoef");
    static const int row = 0, column = 1;
    struct jx_aval type;
    if (options.bias || options.ddof || jx_operand_given(&options.fweights) ||
        jx_operand_given(&options.aweights)) {
        jx_fail(JAXC_EVALUE, "takes no bias or ddof, and no weights");
        return JX_POISON;
    }
    jaxc_value c = covariance(x, &options, &type);
    if (jx_is_poison(c) || type.dims[0] == 1)
        return jx_is_poison(c) ? c : one_or_matrix(jx_div(c, c), 1);
    int64_t dims[2] = {type.dims[0], type.dims[0]};
    jaxc_value diagonal = jx_eq(jx_iota(JAXC_I64, 2, dims, 0), jx_iota(JAXC_I64, 2, dims, 1));
    jaxc_value d = jx_reduce_sum(jx_select(diagonal, c, jx_number_like(c, 0)), 1, &column);
    d = jx_sqrt(d);
    c = jx_div(c, jx_broadcast_in_dim(d, 2, dims, &row));
    c = jx_div(c, jx_broadcast_in_dim(d, 2, dims, &column));
    return jx_max(jx_number_like(c, -1), jx_min(c, jx_number_like(c, 1)));
}
