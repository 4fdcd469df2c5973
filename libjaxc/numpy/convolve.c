/*
 * convolve.c - convolve and correlate of vectors, and polynomials.
 *
 * A convolution is a matrix product: the matrix, in which each row is the longer vector one place
 * further, is a broadcast read with rows that are shorter by one.
 */
#include "numpy/numpy.h"

#include <jaxc/products.h>

#include <inttypes.h>

/* ---- convolutions ---------------------------------------------------------------------------- */

/* Sums v[i] x[j - i] for all j where they meet: T[n + k - 1]. */
static jaxc_value full_convolution(jaxc_value x, jaxc_value v, int64_t n, int64_t k,
                                   jaxc_dtype preferred)
{
    struct jx_aval type;
    struct jx_dims dims = {.lhs_contract = {1, {0}}, .rhs_contract = {1, {0}}};
    static const int columns[1] = {1};
    int64_t row = n + k, rows[2] = {k, row}, flat = k * row, short_rows[2] = {k, row - 1};
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    jaxc_value padded = jx_pad_axis(x, 0, jx_literal(&type, 0), 0, k, 0);
    jaxc_value all = jx_reshape(jx_broadcast_in_dim(padded, 2, rows, columns), 1, &flat);
    all = jx_reshape(jx_slice_axis(all, 0, 0, flat - k, 1), 2, short_rows);
    return jx_dot_of(v, all, &dims, preferred);
}

enum mode { FULL, SAME, VALID };

static bool mode_of(const char *name, enum mode otherwise, enum mode *mode)
{
    static const char *const names[] = {"full", "same", "valid"};
    *mode = otherwise;
    if (!name)
        return true;
    for (int i = 0; i < 3; i++)
        if (strcmp(name, names[i]) == 0)
            return *mode = (enum mode)i, true;
    return jx_fail(JAXC_EVALUE, "no mode \"%s\"", name);
}

static bool check_vectors(jaxc_value a, jaxc_value v, int64_t *n, int64_t *k)
{
    struct jx_aval types[2];
    char text[2][JX_AVAL_TEXT];
    int64_t all;
    if (!jx_argument_aval(a, 0, &types[0]) || !jx_argument_aval(v, 1, &types[1]))
        return false;
    jx_aval_text(&types[0], text[0]);
    jx_aval_text(&types[1], text[1]);
    if (types[0].rank != 1 || types[1].rank != 1)
        return jx_fail(JAXC_ESHAPE, "takes vectors, not %s and %s", text[0], text[1]);
    *n = types[0].dims[0];
    *k = types[1].dims[0];
    if (*n == 0 || *k == 0)
        return jx_fail(JAXC_EVALUE, "an empty vector: %s and %s", text[0], text[1]);
    int64_t dims[2] = {*n < *k ? *n : *k, 0};
    return !__builtin_add_overflow(*n, *k, &dims[1]) && jx_n_elements(2, dims, &all);
}

/* The part of the full convolution that a mode leaves; k: of the shorter one. */
static jaxc_value part_of(jaxc_value y, enum mode mode, int64_t n, int64_t k)
{
    if (mode == FULL)
        return y;
    int64_t from = mode == SAME ? k - 1 - k / 2 : k - 1;
    return jx_slice_axis(y, 0, from, from + (mode == SAME ? n : n - k + 1), 1);
}

/* correlate is convolve with v reversed, and the result reversed if v is longer. */
static jaxc_value convolution(jaxc_value a, jaxc_value v, enum mode mode, bool correlates,
                              jaxc_dtype preferred)
{
    jaxc_value x[2] = {a, v};
    int64_t n, k;
    static const int first = 0;
    if (!check_vectors(a, v, &n, &k) ||
        !jx_join_dtypes(2, x, preferred ? JX_JOIN_ANY : JX_JOIN_FLOAT, NULL))
        return JX_POISON;
    bool swapped = n < k;
    jaxc_value longer = x[swapped], shorter = x[!swapped];
    if (swapped) {
        int64_t m = n;
        n = k;
        k = m;
    }
    if (correlates)
        shorter = jx_rev(shorter, 1, &first);
    jaxc_value y = full_convolution(longer, shorter, n, k, preferred);
    y = part_of(y, mode, n, k);
    return correlates && swapped ? jx_rev(y, 1, &first) : y;
}

jaxc_value(jaxc_convolve)(jaxc_value a, jaxc_value v, struct jaxc_convolve_options options)
{
    jx_enter("jaxc_convolve");
    enum mode mode;
    if (!mode_of(options.mode, FULL, &mode))
        return JX_POISON;
    return convolution(a, v, mode, false, options.preferred_element_type);
}

jaxc_value(jaxc_correlate)(jaxc_value a, jaxc_value v, struct jaxc_convolve_options options)
{
    jx_enter("jaxc_correlate");
    enum mode mode;
    if (!mode_of(options.mode, VALID, &mode))
        return JX_POISON;
    return convolution(a, v, mode, true, options.preferred_element_type);
}

/* ---- polynomials ----------------------------------------------------------------------------- */

static bool vector_size(jaxc_value p, int argument, int64_t *n)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_argument_aval(p, argument, &type))
        return false;
    if (type.rank != 1)
        return jx_fail(JAXC_ESHAPE, "%s is no vector of coefficients", jx_aval_text(&type, text));
    *n = type.dims[0];
    return true;
}

/* Horner's rule. */
jaxc_value(jaxc_polyval)(jaxc_value p, jaxc_value x)
{
    jx_enter("jaxc_polyval");
    jaxc_value both[2] = {p, x};
    struct jx_aval type;
    int64_t n;
    if (!vector_size(p, 0, &n) || !jx_join_dtypes(2, both, JX_JOIN_ANY, NULL) ||
        !jx_value_aval(both[1], &type))
        return JX_POISON;
    bool bools = type.dtype == JAXC_BOOL;
    jaxc_value y = jx_zeros_of(&type);
    for (int64_t i = 0; i < n && !jx_is_poison(y); i++) {
        jaxc_value c = jx_broadcast_to(jx_index_first(both[0], i), type.rank, type.dims);
        y = bools ? jx_or(jx_and(y, both[1]), c) : jx_add(jx_mul(y, both[1]), c);
    }
    return y;
}

/* The shorter one with zeros in front. */
static jaxc_value add(jaxc_value a, jaxc_value b, jx_binary f)
{
    jaxc_value x[2] = {a, b};
    int64_t n[2];
    struct jx_aval type;
    if (!vector_size(a, 0, &n[0]) || !vector_size(b, 1, &n[1]) ||
        !jx_join_dtypes(2, x, JX_JOIN_ANY, NULL) || !jx_value_aval(x[0], &type))
        return JX_POISON;
    for (int i = 0; i < 2; i++)
        if (n[i] < n[!i])
            x[i] = jx_pad_axis(x[i], 0, jx_literal(&type, 0), n[!i] - n[i], 0, 0);
    return f(x[0], x[1]);
}

jaxc_value(jaxc_polyadd)(jaxc_value a, jaxc_value b)
{
    jx_enter("jaxc_polyadd");
    return add(a, b, jx_add);
}

jaxc_value(jaxc_polysub)(jaxc_value a, jaxc_value b)
{
    jx_enter("jaxc_polysub");
    return add(a, b, jx_sub);
}

jaxc_value(jaxc_polymul)(jaxc_value a, jaxc_value b)
{
    jx_enter("jaxc_polymul");
    return convolution(a, b, FULL, false, (jaxc_dtype)0);
}

/* The powers n - 1, ..., 1, 0, as numbers of a float dtype, times those before them, m in all; each
 * at least 1 if that is asked for. */
static jaxc_value falling(jaxc_dtype dtype, int64_t n, int m, bool at_least_1)
{
    static const int axis = 0;
    struct jx_aval type = jx_aval_make(dtype, 0, NULL);
    jaxc_value power = jx_rev(jx_iota(dtype, 1, &n, 0), 1, &axis), one = jx_literal(&type, 1);
    jaxc_value product = JX_POISON;
    for (int i = 0; i < m && (i == 0 || !jx_is_poison(product)); i++) {
        jaxc_value factor = jx_sub(power, jx_literal(&type, i));
        factor = at_least_1 ? jx_max(factor, one) : factor;
        product = i ? jx_mul(product, factor) : factor;
    }
    return product;
}

/* How many times, which is positive; 0 stands for 1. */
static bool times_of(int m, int *times)
{
    *times = m ? m : 1;
    return m >= 0 || jx_fail(JAXC_EVALUE, "%d times", m);
}

jaxc_value(jaxc_polyder)(jaxc_value p, struct jaxc_polyder_options options)
{
    jx_enter("jaxc_polyder");
    struct jx_aval type;
    int64_t n, start = 0, stride = 1;
    int m;
    p = jx_as_float(p);
    if (!vector_size(p, 0, &n) || !times_of(options.m, &m) || !jx_value_aval(p, &type))
        return JX_POISON;
    int64_t left = n > m ? n - m : 0;
    p = jx_slice(p, &start, &left, &stride);
    if (left == 0)
        return p;
    jaxc_value all = falling((jaxc_dtype)type.dtype, n, m, false);
    return jx_mul(p, jx_slice(all, &start, &left, &stride));
}

jaxc_value(jaxc_polyint)(jaxc_value p, struct jaxc_polyint_options options)
{
    jx_enter("jaxc_polyint");
    jaxc_value both[2] = {p, options.k.value};
    struct jx_aval type, k;
    int64_t n, sum, size;
    int m, first = 0;
    char text[JX_AVAL_TEXT];
    bool given = jx_operand_given(&options.k);
    if (!vector_size(p, 0, &n) || !times_of(options.m, &m) ||
        !jx_join_dtypes(given ? 2 : 1, both, JX_JOIN_FLOAT, NULL) || !jx_value_aval(both[0], &type))
        return JX_POISON;
    size = m;
    sum = n + m;
    if (!given)
        both[1] = jx_literal(&type, 0);
    if (!jx_value_aval(both[1], &k))
        return JX_POISON;
    if (k.rank > 1 || (k.rank == 1 && k.dims[0] != 1 && k.dims[0] != m)) {
        jx_fail(JAXC_ESHAPE, "k is a number or %d of them, not %s", m, jx_aval_text(&k, text));
        return JX_POISON;
    }
    if (k.rank == 0 || k.dims[0] != m)
        both[1] = jx_broadcast_in_dim(jx_reshape(both[1], 0, NULL), 1, &size, &first);
    return jx_div(jx_concatenate(2, both, 0), falling((jaxc_dtype)type.dtype, sum, m, true));
}
