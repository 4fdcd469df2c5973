/*
 * jaxc/products.h - sums of products of jax.numpy: einsum and products of other axes than those of
 * dot and matmul (jaxc/numpy.h), convolutions, polynomials, norms.
 *
 * Integers wrap; of bool: or of ands. Results belong to the innermost scope. Every call here may
 * also fail as those of jaxc/numpy.h.
 */
#ifndef JAXC_PRODUCTS_H
#define JAXC_PRODUCTS_H

#include <jaxc/lax.h>
#include <jaxc/numpy.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- products -------------------------------------------------------------------------------- */

/*
 * jaxc_einsum - a sum of products by the labels of axes: jaxc_einsum("ij,jk->ik", a, b).
 * jaxc_einsum_n(subscripts, n, values, preferred_element_type) is the plain function.
 *
 *   subscripts   a letter for each axis, operands parted by commas, then -> and the result's. A
 *                letter that the result lacks is summed, one that stands twice in an operand is a
 *                diagonal, ... is all axes that have no letter. Without -> the result has ... and the
 *                letters that stand once, in order. Spaces do not count
 *   n            1 or more
 *   values       T[...]; dtypes join; an axis of size 1 broadcasts
 *   preferred_element_type   of sums and the result; 0: that of the operands
 *   ->           T[...]. Operands are multiplied in pairs, in an order that takes few operations
 *
 * Errors  JAXC_EVALUE  subscripts that say nothing, or are for another number of operands
 *         JAXC_ESHAPE  an operand has another number of axes, or sizes of a letter differ
 *         JAXC_ELIMIT  more than 8 axes, also on the way
 * Source  jax.numpy.einsum; differs: no lists of axes instead of subscripts, the order is always
 *         optimal up to 8 operands, and greedy beyond.
 */
JAXC_API jaxc_value jaxc_einsum_n(const char *subscripts, int n, const jaxc_value *values,
                                  jaxc_dtype preferred_element_type JAXC_NO_DTYPE);

/*
 * jaxc_einsum_path - the order in which einsum multiplies, as text: jaxc_einsum_path("ij,jk,kl", a,
 * b, c). jaxc_einsum_path_n(subscripts, n, values) is the plain function.
 *
 *   subscripts, n, values   as for einsum; only the types of values count
 *   ->           a line for each product, with its multiplications and additions, and their sum; "?"
 *                after an error
 *
 * Owner   the text belongs to the innermost scope.
 * Errors  as jaxc_einsum
 * Source  jax.numpy.einsum_path; differs: a text alone.
 */
JAXC_API const char *jaxc_einsum_path_n(const char *subscripts, int n, const jaxc_value *values);

struct jaxc_product_options {
    jaxc_dtype preferred_element_type; /* of sums and the result; 0: that of the operands */
    char unused;
};

/*
 * jaxc_tensordot - sums over the last n axes of a and the first n of b: jaxc_tensordot(a, b, 2).
 * jaxc_tensordot_axes - over pairs of axes: jaxc_tensordot_axes(a, b, JAXC_INTS(0, 2), JAXC_INTS(1,
 * 0)).
 *
 *   a    T[...]
 *   b    U[...]
 *   n    0 or more
 *   a_axes, b_axes   as many of each; negative ones count from the end
 *   ->   join(T, U)[the other axes of a, those of b]
 *
 * Errors  JAXC_ESHAPE  sizes of a pair differ
 *         JAXC_EAXIS   an axis out of range or twice; more axes than there are
 *         JAXC_ELIMIT  more than 8 axes
 * Source  jax.numpy.tensordot; differs: n is given.
 */
JAXC_API jaxc_value jaxc_tensordot(jaxc_value a, jaxc_value b, int n,
                                   struct jaxc_product_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_tensordot_axes(jaxc_value a, jaxc_value b, struct jaxc_ints a_axes,
                                        struct jaxc_ints b_axes,
                                        struct jaxc_product_options options JAXC_DEFAULT);

/*
 * jaxc_inner - sums over the last axes of both; jaxc_vdot - over all elements in order.
 *
 *   a    T[..., k]
 *   b    U[..., k]
 *   ->   join(T, U)[the other axes of a, those of b]; vdot: join(T, U)[]. A scalar operand of inner
 *        multiplies
 *
 * Errors  JAXC_ESHAPE  k differs
 *         JAXC_ELIMIT  more than 8 axes
 * Source  jax.numpy.inner, vdot.
 */
JAXC_API jaxc_value jaxc_inner(jaxc_value a, jaxc_value b);
JAXC_API jaxc_value jaxc_vdot(jaxc_value a, jaxc_value b);

/*
 * jaxc_vecdot, jaxc_matvec, jaxc_vecmat - vectors, or matrices and vectors, one product for each
 * place in the other axes.
 *
 *   a    vecdot: T[..., k] (another axis may be chosen); matvec: T[..., m, k]; vecmat: T[..., k]
 *   b    vecdot: U[..., k]; matvec: U[..., k]; vecmat: U[..., k, n]
 *   ->   join(T, U)[...], [..., m], [..., n]; the other axes broadcast
 *
 * Errors  JAXC_ESHAPE  k differs; too few axes; the others do not broadcast
 *         JAXC_EAXIS   the axis is out of range, or more than one
 * Source  the jax.numpy functions of these names.
 */
JAXC_API jaxc_value jaxc_vecdot(jaxc_value a, jaxc_value b,
                                struct jaxc_axes_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_matvec(jaxc_value a, jaxc_value b);
JAXC_API jaxc_value jaxc_vecmat(jaxc_value a, jaxc_value b);

/*
 * jaxc_kron - a block of b's elements for each element of a.
 *
 *   a    T[...]
 *   b    U[...]; the one with fewer axes gets new ones in front
 *   ->   join(T, U)[...], sizes multiplied
 *
 * Errors  JAXC_ELIMIT  together more than 8 axes of another size than 1
 * Source  jax.numpy.kron.
 */
JAXC_API jaxc_value jaxc_kron(jaxc_value a, jaxc_value b);

/*
 * jaxc_cross - the vector product: jaxc_cross(a, b, JAXC_AXIS(0)).
 *
 *   a    T[..., 3] or T[..., 2], which is one with a third component of 0
 *   b    U[..., 3] or U[..., 2]; the other axes broadcast
 *   ->   join(T, U)[..., 3]; of two pairs the third component alone. Without an axis along the last
 *
 * Errors  JAXC_ESHAPE  other numbers of components; the other axes do not broadcast
 *         JAXC_EAXIS   the axis is out of range, or more than one
 *         JAXC_EDTYPE  bool
 * Source  jax.numpy.cross; differs: one axis for all three.
 */
JAXC_API jaxc_value jaxc_cross(jaxc_value a, jaxc_value b,
                               struct jaxc_axes_options options JAXC_DEFAULT);

/* ---- convolutions and polynomials ------------------------------------------------------------ */

struct jaxc_convolve_options {
    const char *mode;                  /* "full", "same" or "valid" */
    jaxc_dtype preferred_element_type; /* of sums and the result; 0: a float */
    char unused;
};

/*
 * jaxc_convolve - sums of a[i] v[j - i]; jaxc_correlate - of a[i] v[i - j].
 *
 *   a    T[n]
 *   v    U[k]
 *   ->   float(join(T, U))[n + k - 1], "full", what convolve does without a mode; "same": the n in
 *        the middle (k if that is more); "valid", what correlate does without a mode: those where
 *        both overlap wholly
 *
 * Errors  JAXC_ESHAPE  no vectors
 *         JAXC_EVALUE  an empty one; another mode
 * Source  jax.numpy.convolve, correlate.
 */
JAXC_API jaxc_value jaxc_convolve(jaxc_value a, jaxc_value v,
                                  struct jaxc_convolve_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_correlate(jaxc_value a, jaxc_value v,
                                   struct jaxc_convolve_options options JAXC_DEFAULT);

/*
 * jaxc_polyval - a polynomial at x. jaxc_polyadd, jaxc_polysub, jaxc_polymul - of polynomials.
 *
 *   p, a, b   coefficients T[n], that of the highest power first
 *   x         U[...]
 *   ->        polyval: join(T, U)[...]; polyadd, polysub: of the longer one's size; polymul: float
 *
 * Errors  JAXC_ESHAPE  no vectors
 *         JAXC_EVALUE  an empty one for polymul
 * Source  the jax.numpy functions of these names; polyval differs: coefficients are a vector, and it
 *         is written out, not a loop.
 */
JAXC_API jaxc_value jaxc_polyval(jaxc_value p, jaxc_value x);
JAXC_API jaxc_value jaxc_polyadd(jaxc_value a, jaxc_value b);
JAXC_API jaxc_value jaxc_polysub(jaxc_value a, jaxc_value b);
JAXC_API jaxc_value jaxc_polymul(jaxc_value a, jaxc_value b);

struct jaxc_polyder_options {
    int m; /* how many times; 0: once */
    char unused;
};

struct jaxc_polyint_options {
    int m;                 /* how many times; 0: once */
    struct jaxc_operand k; /* what is added each time: a number, or T[m]; 0 */
    char unused;
};

/*
 * jaxc_polyder, jaxc_polyint - the derivative and the integral of a polynomial: jaxc_polyder(p, .m =
 * 2), jaxc_polyint(p, .k = JAXC_OPERAND(1)).
 *
 *   p    coefficients T[n], that of the highest power first
 *   ->   polyder: float(T)[n - m], at least 0; polyint: float(join(T, k's))[n + m]
 *
 * Errors  JAXC_ESHAPE  p is no vector; k has another size
 *         JAXC_EVALUE  m is negative
 * Source  jax.numpy.polyder, polyint; differ: m is not 0.
 */
JAXC_API jaxc_value jaxc_polyder(jaxc_value p, struct jaxc_polyder_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_polyint(jaxc_value p, struct jaxc_polyint_options options JAXC_DEFAULT);

/* ---- norms ----------------------------------------------------------------------------------- */

struct jaxc_norm_options {
    struct jaxc_axes axes; /* one: vectors; two: matrices, rows first; none: all */
    bool keepdims;
    struct jaxc_operand ord; /* JAXC_OPERAND(1), JAXC_OPERAND(INFINITY); none: root of squares */
    char unused;
};

/*
 * jaxc_linalg_norm - of vectors or matrices: jaxc_linalg_norm(x, JAXC_AXIS(-1)).
 *
 *   x    T[...]
 *   ->   float(T)[the other axes]. ord, a C number p. Vectors: inf the greatest, -inf the least of
 *        |x|, 0 how many are not 0, otherwise the p-th root of the sum of |x|^p. Matrices: 1 and -1
 *        the greatest and least sum of a column's |x|, inf and -inf of a row's
 *
 * Errors  JAXC_EAXIS   an axis out of range or twice; with an order more than two axes
 *         JAXC_EVALUE  no order of matrices; the least of nothing
 *         JAXC_EUNSUPPORTED  orders 2 and -2 of matrices
 * Source  jax.numpy.linalg.norm; differs: no "nuc", 2 and -2 of matrices.
 */
JAXC_API jaxc_value jaxc_linalg_norm(jaxc_value x, struct jaxc_norm_options options JAXC_DEFAULT);

#ifdef __cplusplus
}
#endif

/* Overlays: a text, then a list of values. */
#ifdef __cplusplus
template <class... A> inline jaxc_value jaxc_einsum_of(const char *subscripts, A... a)
{
    const jaxc_value values[] = {jaxc_value(a)...};
    return jaxc_einsum_n(subscripts, static_cast<int>(sizeof...(A)), values);
}
template <class... A> inline const char *jaxc_einsum_path_of(const char *subscripts, A... a)
{
    const jaxc_value values[] = {jaxc_value(a)...};
    return jaxc_einsum_path_n(subscripts, static_cast<int>(sizeof...(A)), values);
}
#define JAXC_OPT_VVPP(f, options, ...) JAXC_LOCATED(f, __VA_ARGS__)
#else
#define JAXC_EINSUM(...)  JAXC_EINSUM_(__COUNTER__, __VA_ARGS__)
#define JAXC_EINSUM_(...) JAXC_EINSUM__(__VA_ARGS__)
#define JAXC_EINSUM__(n, subscripts, ...)                                                          \
    __extension__({                                                                                \
        const char *jaxc_s##n = (subscripts);                                                      \
        const jaxc_value jaxc_l##n[] = {JAXC_VALUES(__VA_ARGS__)};                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_einsum_n)(jaxc_s##n, (int)(sizeof jaxc_l##n / sizeof jaxc_l##n[0]), jaxc_l##n,       \
                        (jaxc_dtype)0);                                                            \
    })
#define JAXC_EINSUM_PATH(...)  JAXC_EINSUM_PATH_(__COUNTER__, __VA_ARGS__)
#define JAXC_EINSUM_PATH_(...) JAXC_EINSUM_PATH__(__VA_ARGS__)
#define JAXC_EINSUM_PATH__(n, subscripts, ...)                                                     \
    __extension__({                                                                                \
        const char *jaxc_s##n = (subscripts);                                                      \
        const jaxc_value jaxc_l##n[] = {JAXC_VALUES(__VA_ARGS__)};                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_einsum_path_n)(jaxc_s##n, (int)(sizeof jaxc_l##n / sizeof jaxc_l##n[0]), jaxc_l##n); \
    })
#define JAXC_OPT_VVPP(...)  JAXC_OPT_VVPP_(__COUNTER__, __VA_ARGS__, .unused = 0)
#define JAXC_OPT_VVPP_(...) JAXC_OPT_VVPP__(__VA_ARGS__)
#define JAXC_OPT_VVPP__(n, f, options, a, b, c, d, ...)                                            \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        __auto_type jaxc_k##n = (c);                                                               \
        __auto_type jaxc_m##n = (d);                                                               \
        JAXC_OPTIONS(options, jaxc_o##n, __VA_ARGS__)                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_m##n, jaxc_o##n);                                  \
    })
#endif

#ifndef JAXC_PLAIN
#define jaxc_einsum_n(...)      JAXC_AT(jaxc_einsum_n, __VA_ARGS__)
#define jaxc_einsum_path_n(...) JAXC_AT(jaxc_einsum_path_n, __VA_ARGS__)
#define jaxc_tensordot(...)     JAXC_OPT_VVP(jaxc_tensordot, jaxc_product_options, __VA_ARGS__)
#define jaxc_tensordot_axes(...)                                                                   \
    JAXC_OPT_VVPP(jaxc_tensordot_axes, jaxc_product_options, __VA_ARGS__)
#define jaxc_inner(...)       JAXC_CALL2(jaxc_inner, __VA_ARGS__)
#define jaxc_vdot(...)        JAXC_CALL2(jaxc_vdot, __VA_ARGS__)
#define jaxc_vecdot(...)      JAXC_OPT2(jaxc_vecdot, jaxc_axes_options, __VA_ARGS__)
#define jaxc_matvec(...)      JAXC_CALL2(jaxc_matvec, __VA_ARGS__)
#define jaxc_vecmat(...)      JAXC_CALL2(jaxc_vecmat, __VA_ARGS__)
#define jaxc_kron(...)        JAXC_CALL2(jaxc_kron, __VA_ARGS__)
#define jaxc_cross(...)       JAXC_OPT2(jaxc_cross, jaxc_axes_options, __VA_ARGS__)
#define jaxc_convolve(...)    JAXC_OPT2(jaxc_convolve, jaxc_convolve_options, __VA_ARGS__)
#define jaxc_correlate(...)   JAXC_OPT2(jaxc_correlate, jaxc_convolve_options, __VA_ARGS__)
#define jaxc_polyval(...)     JAXC_CALL2(jaxc_polyval, __VA_ARGS__)
#define jaxc_polyadd(...)     JAXC_CALL2(jaxc_polyadd, __VA_ARGS__)
#define jaxc_polysub(...)     JAXC_CALL2(jaxc_polysub, __VA_ARGS__)
#define jaxc_polymul(...)     JAXC_CALL2(jaxc_polymul, __VA_ARGS__)
#define jaxc_polyder(...)     JAXC_OPT1(jaxc_polyder, jaxc_polyder_options, __VA_ARGS__)
#define jaxc_polyint(...)     JAXC_OPT1(jaxc_polyint, jaxc_polyint_options, __VA_ARGS__)
#define jaxc_linalg_norm(...) JAXC_OPT1(jaxc_linalg_norm, jaxc_norm_options, __VA_ARGS__)
#ifdef __cplusplus
#define jaxc_einsum(...)      JAXC_LOCATED(jaxc_einsum_of, __VA_ARGS__)
#define jaxc_einsum_path(...) JAXC_LOCATED(jaxc_einsum_path_of, __VA_ARGS__)
#else
#define jaxc_einsum(...)      JAXC_EINSUM(__VA_ARGS__)
#define jaxc_einsum_path(...) JAXC_EINSUM_PATH(__VA_ARGS__)
#endif
#endif

#endif
