/*
 * jaxc/lax.h - the primitives as jax.lax has them: one function for each, without promotion and
 * without broadcasting. The calls of jaxc/numpy.h and jaxc/index.h are made of them.
 *
 * Parameters are plain structs and numbers, so that every function can be called as it is from
 * another language. Operands have the dtypes and shapes that are asked for; a C number takes the
 * dtype of the operand it stands beside. Results belong to the innermost scope.
 *
 * Every call here may also fail as those of jaxc/numpy.h.
 */
#ifndef JAXC_LAX_H
#define JAXC_LAX_H

#include <jaxc/index.h>
#include <jaxc/types.h>

/* A list of axes or other integers as a parameter: JAXC_INTS(0, 2); all zero: none. */
struct jaxc_ints {
    int n;
    int64_t at[JAXC_MAX_RANK];
};

#ifdef __cplusplus
template <class... N> constexpr jaxc_ints jaxc_ints_made(N... number)
{
    return {static_cast<int>(sizeof...(N)), {static_cast<int64_t>(number)...}};
}
#define JAXC_INTS(...) jaxc_ints_made(__VA_ARGS__)
extern "C" {
#else
#define JAXC_INTS(...)                                                                             \
    (__extension__(struct jaxc_ints){sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t),           \
                                     {__VA_ARGS__}})
#endif

/* ---- windows whose place is computed --------------------------------------------------------- */

/*
 * jaxc_lax_dynamic_slice - a window of a known size: jaxc_lax_dynamic_slice(x, JAXC_SHAPE(2, 3), i,
 * j). jaxc_lax_dynamic_slice_n(x, sizes, n, starts) is the plain function.
 *
 *   operand   T[...]
 *   sizes     of the window, for each axis
 *   starts    integer[] for each axis; negative ones count from the end, and a window that would
 *             reach outside is moved until it fits
 *   ->        T[sizes]
 *
 * Errors  JAXC_EVALUE  as many starts as axes are needed
 *         JAXC_ESHAPE  the window does not fit, a start is no scalar
 *         JAXC_EDTYPE  a start is no integer
 * Source  jax.lax.dynamic_slice.
 */
JAXC_API jaxc_value jaxc_lax_dynamic_slice_n(jaxc_value operand, struct jaxc_shape sizes, int n,
                                             const jaxc_value *starts);

/*
 * jaxc_lax_dynamic_update_slice - the operand with a window replaced:
 * jaxc_lax_dynamic_update_slice(x, update, i, j). jaxc_lax_dynamic_update_slice_n(x, update, n,
 * starts) is the plain function.
 *
 *   operand   T[...]
 *   update    T[...] of as many axes: the window
 *   starts    as above
 *   ->        T[...]
 *
 * Errors  as jaxc_lax_dynamic_slice; JAXC_EDTYPE  operand and update differ
 * Source  jax.lax.dynamic_update_slice.
 */
JAXC_API jaxc_value jaxc_lax_dynamic_update_slice_n(jaxc_value operand, jaxc_value update, int n,
                                                    const jaxc_value *starts);

/*
 * jaxc_lax_dynamic_slice_in_dim, jaxc_lax_dynamic_index_in_dim - the same along one axis:
 * jaxc_lax_dynamic_slice_in_dim(x, start, 3, 0), jaxc_lax_dynamic_index_in_dim(x, i, 0, false).
 *
 *   operand    T[...]
 *   start      integer[], as above
 *   size       of the window along the axis; the others are taken whole
 *   axis       may be negative
 *   keepdims   false: the axis of size 1 goes
 *   ->         T[...]
 *
 * Errors  JAXC_EAXIS  the axis is out of range; otherwise as jaxc_lax_dynamic_slice
 * Source  jax.lax.dynamic_slice_in_dim, dynamic_index_in_dim.
 */
JAXC_API jaxc_value jaxc_lax_dynamic_slice_in_dim(jaxc_value operand, jaxc_value start,
                                                  int64_t size, int axis);
JAXC_API jaxc_value jaxc_lax_dynamic_index_in_dim(jaxc_value operand, jaxc_value index, int axis,
                                                  bool keepdims);

/*
 * jaxc_lax_dynamic_update_slice_in_dim, jaxc_lax_dynamic_update_index_in_dim - a window along one
 * axis replaced.
 *
 *   operand   T[...]
 *   update    T[...] of as many axes; of update_index_in_dim also without the axis
 *   start     integer[], as above
 *   axis      may be negative
 *   ->        T[...]
 *
 * Errors  JAXC_EAXIS  the axis is out of range; otherwise as jaxc_lax_dynamic_update_slice
 * Source  jax.lax.dynamic_update_slice_in_dim, dynamic_update_index_in_dim.
 */
JAXC_API jaxc_value jaxc_lax_dynamic_update_slice_in_dim(jaxc_value operand, jaxc_value update,
                                                         jaxc_value start, int axis);
JAXC_API jaxc_value jaxc_lax_dynamic_update_index_in_dim(jaxc_value operand, jaxc_value update,
                                                         jaxc_value index, int axis);

/* ---- gather and scatter ---------------------------------------------------------------------- */

/* Which axes are which; the words of jax.lax.GatherDimensionNumbers. */
struct jaxc_gather_dimension_numbers {
    struct jaxc_ints offset_dims;           /* of the result: those of a window */
    struct jaxc_ints collapsed_slice_dims;  /* of the operand: size 1 in a window, dropped */
    struct jaxc_ints start_index_map;       /* of the operand, for each component of a vector */
    struct jaxc_ints operand_batching_dims; /* of the operand, each paired with one of */
    struct jaxc_ints start_indices_batching_dims; /* the indices */
};
struct jaxc_lax_gather_params {
    struct jaxc_gather_dimension_numbers dimension_numbers;
    struct jaxc_shape slice_sizes; /* of a window, for each axis of the operand */
    jaxc_index_mode mode;          /* 0: in bounds is promised */
    jaxc_value fill_value;         /* as in jaxc_index_options */
    bool indices_are_sorted, unique_indices;
    char unused;
};

/*
 * jaxc_lax_gather - windows of an operand at many places: jaxc_lax_gather(x, i, .dimension_numbers =
 * {.offset_dims = JAXC_INTS(1), ...}, .slice_sizes = JAXC_SHAPE(1, 4)).
 *
 *   operand         T[...]
 *   start_indices   integer[..., k]: vectors along the last axis
 *   ->              T[...]: the axes of start_indices but the last, with those of a window at
 *                   offset_dims. A window outside is moved until it fits, or is the fill value
 *
 * Errors  JAXC_EAXIS   an axis in the dimension numbers is out of range, twice, or out of order
 *         JAXC_ESHAPE  sizes do not fit
 *         JAXC_EDTYPE  start_indices are no integers
 *         JAXC_EVALUE  lists of different lengths
 *         JAXC_ELIMIT  more than 8 axes
 * Source  jax.lax.gather.
 */
JAXC_API jaxc_value jaxc_lax_gather(jaxc_value operand, jaxc_value start_indices,
                                    struct jaxc_lax_gather_params params JAXC_DEFAULT);

/* The words of jax.lax.ScatterDimensionNumbers. */
struct jaxc_scatter_dimension_numbers {
    struct jaxc_ints update_window_dims;            /* of the updates: those of a window */
    struct jaxc_ints inserted_window_dims;          /* of the operand: not in a window */
    struct jaxc_ints scatter_dims_to_operand_dims;  /* of the operand, for each component */
    struct jaxc_ints operand_batching_dims;         /* of the operand, each paired with one of */
    struct jaxc_ints scatter_indices_batching_dims; /* the indices */
};
struct jaxc_lax_scatter_params {
    struct jaxc_scatter_dimension_numbers dimension_numbers;
    jaxc_index_mode mode; /* 0: windows outside are left out */
    bool indices_are_sorted, unique_indices;
    char unused;
};

/*
 * jaxc_lax_scatter, jaxc_lax_scatter_add, jaxc_lax_scatter_mul, jaxc_lax_scatter_min,
 * jaxc_lax_scatter_max - an operand with windows put in, or joined to what is there.
 *
 *   operand           T[...]
 *   scatter_indices   integer[..., k]: vectors along the last axis
 *   updates           T[...], as a gather with these dimension numbers gives it
 *   ->                T[...]; windows are taken in row-major order of the updates, so of several
 *                     that are put to one place the last stays
 *
 * Errors  as jaxc_lax_gather; JAXC_EDTYPE  operand and updates differ; scatter_add or scatter_mul
 *                             of bool
 *         JAXC_ENORULE  the derivative of scatter_mul in the updates without unique_indices
 * Source  the functions of jax.lax of these names.
 */
JAXC_API jaxc_value jaxc_lax_scatter(jaxc_value operand, jaxc_value scatter_indices,
                                     jaxc_value updates,
                                     struct jaxc_lax_scatter_params params JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_lax_scatter_add(jaxc_value operand, jaxc_value scatter_indices,
                                         jaxc_value updates,
                                         struct jaxc_lax_scatter_params params JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_lax_scatter_mul(jaxc_value operand, jaxc_value scatter_indices,
                                         jaxc_value updates,
                                         struct jaxc_lax_scatter_params params JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_lax_scatter_min(jaxc_value operand, jaxc_value scatter_indices,
                                         jaxc_value updates,
                                         struct jaxc_lax_scatter_params params JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_lax_scatter_max(jaxc_value operand, jaxc_value scatter_indices,
                                         jaxc_value updates,
                                         struct jaxc_lax_scatter_params params JAXC_DEFAULT);

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus
template <class... S>
inline jaxc_value jaxc_lax_dynamic_slice_of(jaxc_value operand, jaxc_shape sizes, S... start)
{
    const jaxc_value starts[] = {jaxc_value(start)..., jaxc_value()};
    return jaxc_lax_dynamic_slice_n(operand, sizes, static_cast<int>(sizeof...(S)), starts);
}
template <class... S>
inline jaxc_value jaxc_lax_dynamic_update_slice_of(jaxc_value operand, jaxc_value update,
                                                   S... start)
{
    const jaxc_value starts[] = {jaxc_value(start)..., jaxc_value()};
    return jaxc_lax_dynamic_update_slice_n(operand, update, static_cast<int>(sizeof...(S)), starts);
}
#define JAXC_CALL_VVPP(f, ...) JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_VVVP(f, ...) JAXC_LOCATED(f, __VA_ARGS__)
#else
#define JAXC_CALL_VVPP(...)  JAXC_CALL_VVPP_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL_VVPP_(...) JAXC_CALL_VVPP__(__VA_ARGS__)
#define JAXC_CALL_VVPP__(n, f, a, b, c, d)                                                         \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        __auto_type jaxc_k##n = (c);                                                               \
        __auto_type jaxc_m##n = (d);                                                               \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_m##n);                                             \
    })
#define JAXC_CALL_VVVP(...)  JAXC_CALL_VVVP_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL_VVVP_(...) JAXC_CALL_VVVP__(__VA_ARGS__)
#define JAXC_CALL_VVVP__(n, f, a, b, c, d)                                                         \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        jaxc_value jaxc_k##n = JAXC_VAL(c);                                                        \
        __auto_type jaxc_m##n = (d);                                                               \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_m##n);                                             \
    })
#define JAXC_LAX_SLICE(...) JAXC_LAX_SLICE_(__VA_ARGS__)
#define JAXC_LAX_SLICE_(n, operand, sizes, ...)                                                    \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(operand);                                                  \
        __auto_type jaxc_b##n = (sizes);                                                           \
        const jaxc_value jaxc_l##n[] = {JAXC_VALUES(__VA_ARGS__)};                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_lax_dynamic_slice_n)(jaxc_a##n, jaxc_b##n,                                           \
                                   (int)(sizeof jaxc_l##n / sizeof jaxc_l##n[0]), jaxc_l##n);      \
    })
#define JAXC_LAX_UPDATE(...) JAXC_LAX_UPDATE_(__VA_ARGS__)
#define JAXC_LAX_UPDATE_(n, operand, update, ...)                                                  \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(operand);                                                  \
        jaxc_value jaxc_b##n = JAXC_VAL(update);                                                   \
        const jaxc_value jaxc_l##n[] = {JAXC_VALUES(__VA_ARGS__)};                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_lax_dynamic_update_slice_n)(                                                         \
            jaxc_a##n, jaxc_b##n, (int)(sizeof jaxc_l##n / sizeof jaxc_l##n[0]), jaxc_l##n);       \
    })
#endif

#ifndef JAXC_PLAIN
#define jaxc_lax_dynamic_slice_n(...) JAXC_CALL_V(jaxc_lax_dynamic_slice_n, __VA_ARGS__)
#define jaxc_lax_dynamic_update_slice_n(...)                                                       \
    JAXC_CALL_V(jaxc_lax_dynamic_update_slice_n, __VA_ARGS__)
#define jaxc_lax_dynamic_slice_in_dim(...)                                                         \
    JAXC_CALL_VVPP(jaxc_lax_dynamic_slice_in_dim, __VA_ARGS__)
#define jaxc_lax_dynamic_index_in_dim(...)                                                         \
    JAXC_CALL_VVPP(jaxc_lax_dynamic_index_in_dim, __VA_ARGS__)
#define jaxc_lax_dynamic_update_slice_in_dim(...)                                                  \
    JAXC_CALL_VVVP(jaxc_lax_dynamic_update_slice_in_dim, __VA_ARGS__)
#define jaxc_lax_dynamic_update_index_in_dim(...)                                                  \
    JAXC_CALL_VVVP(jaxc_lax_dynamic_update_index_in_dim, __VA_ARGS__)
#define jaxc_lax_gather(...)  JAXC_OPT2(jaxc_lax_gather, jaxc_lax_gather_params, __VA_ARGS__)
#define jaxc_lax_scatter(...) JAXC_OPT3(jaxc_lax_scatter, jaxc_lax_scatter_params, __VA_ARGS__)
#define jaxc_lax_scatter_add(...)                                                                  \
    JAXC_OPT3(jaxc_lax_scatter_add, jaxc_lax_scatter_params, __VA_ARGS__)
#define jaxc_lax_scatter_mul(...)                                                                  \
    JAXC_OPT3(jaxc_lax_scatter_mul, jaxc_lax_scatter_params, __VA_ARGS__)
#define jaxc_lax_scatter_min(...)                                                                  \
    JAXC_OPT3(jaxc_lax_scatter_min, jaxc_lax_scatter_params, __VA_ARGS__)
#define jaxc_lax_scatter_max(...)                                                                  \
    JAXC_OPT3(jaxc_lax_scatter_max, jaxc_lax_scatter_params, __VA_ARGS__)
#ifdef __cplusplus
#define jaxc_lax_dynamic_slice(...) JAXC_LOCATED(jaxc_lax_dynamic_slice_of, __VA_ARGS__)
#define jaxc_lax_dynamic_update_slice(...)                                                         \
    JAXC_LOCATED(jaxc_lax_dynamic_update_slice_of, __VA_ARGS__)
#else
#define jaxc_lax_dynamic_slice(...)        JAXC_LAX_SLICE(__COUNTER__, __VA_ARGS__)
#define jaxc_lax_dynamic_update_slice(...) JAXC_LAX_UPDATE(__COUNTER__, __VA_ARGS__)
#endif
#endif

#endif
