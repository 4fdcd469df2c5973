/*
 * jaxc/index.h - parts of arrays, read and replaced: x[...] and x.at[...] of jax.numpy.
 *
 * An index is a list of items, as in NumPy: a C integer (negative ones count from the end),
 * JAXC_SLICE(start, stop) or JAXC_SLICE(start, stop, step) with JAXC_NONE for a bound that is left
 * out, JAXC_ALL for a whole axis, JAXC_ELLIPSIS for all axes that no other item takes,
 * JAXC_NEWAXIS, an array of integers, or an array of bool that is not traced (then it stands for
 * the arrays of the places where it is true). Axes behind the last item are taken whole. Arrays of
 * integers broadcast together and are one advanced index: their axes stand where the first of them
 * (or of the integers beside them) does, and in front if slices part them.
 *
 *     jaxc_index(x, 1, JAXC_SLICE(0, 3))                         x[1, 0:3]
 *     jaxc_index(x, JAXC_ELLIPSIS, rows)                         x[..., rows]
 *     jaxc_at_add(x, JAXC_INDEX(rows, JAXC_ALL), 1.0)            x.at[rows, :].add(1.0)
 *
 * Where an array's number reaches outside, a read is moved to the nearest place and a write is left
 * out, unless the mode says otherwise; negative numbers count from the end first. A C integer
 * outside is JAXC_EVALUE. Results belong to the innermost scope.
 *
 * Every call here may also fail as those of jaxc/numpy.h.
 */
#ifndef JAXC_INDEX_H
#define JAXC_INDEX_H

#include <jaxc/types.h>

#define JAXC_MAX_INDEX 12 /* items of an index */

/* One item; made by the macros below, or of a number or array by JAXC_INDEX. */
typedef enum {
    JAXC_INDEX_NUMBER = 1, /* start */
    JAXC_INDEX_SLICE,      /* start, stop, step; JAXC_NONE: left out */
    JAXC_INDEX_NEWAXIS,
    JAXC_INDEX_ELLIPSIS,
    JAXC_INDEX_ARRAY /* array */
} jaxc_index_kind;
struct jaxc_index_item {
    jaxc_index_kind kind;
    int64_t start, stop, step;
    jaxc_value array;
};
struct jaxc_indices {
    int n;
    struct jaxc_index_item at[JAXC_MAX_INDEX];
};

/* What happens outside the array; 0: what the call says. */
typedef enum {
    JAXC_MODE_FILL = 1, /* reads give fill_value, writes are left out */
    JAXC_MODE_CLIP,     /* the nearest place */
    JAXC_MODE_PROMISE_IN_BOUNDS,
    JAXC_MODE_WRAP /* jaxc_take only: modulo the size of the axis */
} jaxc_index_mode;
#define JAXC_MODE_DROP JAXC_MODE_FILL

struct jaxc_index_options {
    jaxc_index_mode mode;
    jaxc_value fill_value; /* JAXC_FILL_VALUE(0.5); left out: NaN, the least signed number, the
                              greatest unsigned one, true */
    bool indices_are_sorted, unique_indices; /* promises */
    char unused;
};

struct jaxc_take_options {
    struct jaxc_axes axes; /* JAXC_AXIS(0) */
    jaxc_index_mode mode;
    jaxc_value fill_value; /* as above */
    bool indices_are_sorted, unique_indices;
    char unused;
};

#ifdef __cplusplus
inline jaxc_index_item jaxc_index_item_of(jaxc_index_item item) { return item; }
inline jaxc_index_item jaxc_index_item_of(jaxc_value array)
{
    return {JAXC_INDEX_ARRAY, 0, 0, 0, array};
}
template <class T, class = typename std::enable_if<std::is_integral<T>::value &&
                                                   !std::is_same<T, bool>::value>::type>
inline jaxc_index_item jaxc_index_item_of(T number)
{
    return {JAXC_INDEX_NUMBER, static_cast<int64_t>(number), 0, 0, {}};
}
template <class... T> inline jaxc_indices jaxc_indices_of(T... item)
{
    static_assert(sizeof...(T) <= JAXC_MAX_INDEX, "more items than an index has");
    return {static_cast<int>(sizeof...(T)), {jaxc_index_item_of(item)...}};
}
inline jaxc_index_item jaxc_slice_of(int64_t start, int64_t stop, int64_t step = JAXC_NONE)
{
    return {JAXC_INDEX_SLICE, start, stop, step, {}};
}
/* As jaxc_axes_alone: an options struct that has only its fill value set. */
struct jaxc_fill_alone {
    jaxc_value fill_value;
    template <class Options> operator Options() const
    {
        Options options = {};
        options.fill_value = fill_value;
        return options;
    }
};
#define JAXC_FILL_VALUE(x) (jaxc_fill_alone{jaxc_value(x)})
#define JAXC_INDEX(...)    jaxc_indices_of(__VA_ARGS__)
#define JAXC_SLICE(...)    jaxc_slice_of(__VA_ARGS__)
#define JAXC_ALL           jaxc_slice_of(JAXC_NONE, JAXC_NONE)
#define JAXC_NEWAXIS       (jaxc_index_item{JAXC_INDEX_NEWAXIS, 0, 0, 0, {}})
#define JAXC_ELLIPSIS      (jaxc_index_item{JAXC_INDEX_ELLIPSIS, 0, 0, 0, {}})
extern "C" {
#else
static inline struct jaxc_index_item jaxc_index_item_self(struct jaxc_index_item item)
{
    return item;
}
static inline struct jaxc_index_item jaxc_index_item_array(jaxc_value array)
{
    return (struct jaxc_index_item){JAXC_INDEX_ARRAY, 0, 0, 0, array};
}
static inline struct jaxc_index_item jaxc_index_item_number(int64_t number)
{
    return (struct jaxc_index_item){JAXC_INDEX_NUMBER, number, 0, 0, {0, 0}};
}
#define JAXC_SLICE(...) JAXC_SLICE_(__VA_ARGS__, JAXC_NONE, 0)
#define JAXC_SLICE_(from, to, by, ...)                                                             \
    ((struct jaxc_index_item){JAXC_INDEX_SLICE, (from), (to), (by), {0, 0}})
#define JAXC_ALL           JAXC_SLICE(JAXC_NONE, JAXC_NONE)
#define JAXC_NEWAXIS       ((struct jaxc_index_item){JAXC_INDEX_NEWAXIS, 0, 0, 0, {0, 0}})
#define JAXC_ELLIPSIS      ((struct jaxc_index_item){JAXC_INDEX_ELLIPSIS, 0, 0, 0, {0, 0}})
#define JAXC_FILL_VALUE(x) .fill_value = JAXC_VAL(x)
#define JAXC_ITEM(...)     JAXC_ITEM_(__COUNTER__, __VA_ARGS__)
#define JAXC_ITEM_(n, ...) JAXC_ITEM__(n, __VA_ARGS__)
#define JAXC_ITEM__(n, ...)                                                                        \
    __extension__({                                                                                \
        __auto_type jaxc_i##n = (__VA_ARGS__);                                                     \
        _Generic(jaxc_i##n, struct jaxc_index_item                                                 \
                 : jaxc_index_item_self, jaxc_value                                                \
                 : jaxc_index_item_array, char                                                     \
                 : jaxc_index_item_number, signed char                                             \
                 : jaxc_index_item_number, short                                                   \
                 : jaxc_index_item_number, int                                                     \
                 : jaxc_index_item_number, long                                                    \
                 : jaxc_index_item_number, long long                                               \
                 : jaxc_index_item_number, unsigned char                                           \
                 : jaxc_index_item_number, unsigned short                                          \
                 : jaxc_index_item_number, unsigned                                                \
                 : jaxc_index_item_number, unsigned long                                           \
                 : jaxc_index_item_number, unsigned long long                                      \
                 : jaxc_index_item_number)(jaxc_i##n);                                             \
    })
#define JAXC_INDEX(...)                                                                            \
    (__extension__(struct jaxc_indices){JAXC_COUNT(__VA_ARGS__), {JAXC_ITEMS(__VA_ARGS__)}})
#define JAXC_ITEMS(...)                         JAXC_PASTE(JAXC_ITEMS_, JAXC_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define JAXC_ITEMS_1(a)                         JAXC_ITEM(a)
#define JAXC_ITEMS_2(a, b)                      JAXC_ITEMS_1(a), JAXC_ITEM(b)
#define JAXC_ITEMS_3(a, b, c)                   JAXC_ITEMS_2(a, b), JAXC_ITEM(c)
#define JAXC_ITEMS_4(a, b, c, d)                JAXC_ITEMS_3(a, b, c), JAXC_ITEM(d)
#define JAXC_ITEMS_5(a, b, c, d, e)             JAXC_ITEMS_4(a, b, c, d), JAXC_ITEM(e)
#define JAXC_ITEMS_6(a, b, c, d, e, f)          JAXC_ITEMS_5(a, b, c, d, e), JAXC_ITEM(f)
#define JAXC_ITEMS_7(a, b, c, d, e, f, g)       JAXC_ITEMS_6(a, b, c, d, e, f), JAXC_ITEM(g)
#define JAXC_ITEMS_8(a, b, c, d, e, f, g, h)    JAXC_ITEMS_7(a, b, c, d, e, f, g), JAXC_ITEM(h)
#define JAXC_ITEMS_9(a, b, c, d, e, f, g, h, i) JAXC_ITEMS_8(a, b, c, d, e, f, g, h), JAXC_ITEM(i)
#define JAXC_ITEMS_10(a, b, c, d, e, f, g, h, i, j)                                                \
    JAXC_ITEMS_9(a, b, c, d, e, f, g, h, i), JAXC_ITEM(j)
#define JAXC_ITEMS_11(a, b, c, d, e, f, g, h, i, j, k)                                             \
    JAXC_ITEMS_10(a, b, c, d, e, f, g, h, i, j), JAXC_ITEM(k)
#define JAXC_ITEMS_12(a, b, c, d, e, f, g, h, i, j, k, l)                                          \
    JAXC_ITEMS_11(a, b, c, d, e, f, g, h, i, j, k), JAXC_ITEM(l)
#endif

/*
 * jaxc_index - x[...]: jaxc_index(x, 1, JAXC_SLICE(0, 3)). The plain function takes the list of
 * items, which is JAXC_INDEX(1, JAXC_SLICE(0, 3)).
 *
 *   x       T[...]
 *   index   as said above
 *   ->      T[...]; without arrays a view, with one place for each axis a dynamic slice, else a
 *           gather
 *
 * Errors  JAXC_EAXIS     more items than axes, two ellipses
 *         JAXC_EVALUE    an integer outside its axis, a step of 0
 *         JAXC_EDTYPE    an array of floats
 *         JAXC_ESHAPE    arrays that do not broadcast; a mask of other sizes than x
 *         JAXC_ECONCRETE a mask that is traced
 *         JAXC_ELIMIT    more than 8 axes
 * Source  NumPy's and JAX's indexing; differs: JAX moves an integer that is outside.
 */
JAXC_API jaxc_value jaxc_index(jaxc_value x, struct jaxc_indices index);

/*
 * jaxc_at_get - jaxc_index with a mode: jaxc_at_get(x, JAXC_INDEX(i), .mode = JAXC_MODE_FILL).
 *
 *   x       T[...]
 *   index   as said above
 *   ->      T[...]
 *
 * Errors  as jaxc_index; JAXC_EVALUE  no mode of it; a fill_value that is no C number
 * Source  jax.numpy.ndarray.at[...].get
 */
JAXC_API jaxc_value jaxc_at_get(jaxc_value x, struct jaxc_indices index,
                                struct jaxc_index_options options JAXC_DEFAULT);

/*
 * jaxc_at_set, jaxc_at_add, jaxc_at_mul, jaxc_at_min, jaxc_at_max - x with the indexed part
 * replaced by v, or joined to it: jaxc_at_add(x, JAXC_INDEX(rows), 1.0).
 *
 *   x       T[...]
 *   index   as said above. A place that is named several times is joined to each; of several that
 *           are set, the last stays
 *   v       U[...] that broadcasts to the part
 *   ->      T[...], computed in join(T, U)
 *
 * Errors  as jaxc_index; JAXC_ESHAPE  v does not broadcast to the part
 *         JAXC_EDTYPE  add or mul of bool
 *         JAXC_ENORULE  the derivative of mul in v without unique_indices
 * Source  jax.numpy.ndarray.at[...].set, add, multiply, min, max; in JAX any of the values that are
 *         set to one place may stay.
 */
JAXC_API jaxc_value jaxc_at_set(jaxc_value x, struct jaxc_indices index, jaxc_value v,
                                struct jaxc_index_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_at_add(jaxc_value x, struct jaxc_indices index, jaxc_value v,
                                struct jaxc_index_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_at_mul(jaxc_value x, struct jaxc_indices index, jaxc_value v,
                                struct jaxc_index_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_at_min(jaxc_value x, struct jaxc_indices index, jaxc_value v,
                                struct jaxc_index_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_at_max(jaxc_value x, struct jaxc_indices index, jaxc_value v,
                                struct jaxc_index_options options JAXC_DEFAULT);

/*
 * jaxc_take - parts of x along an axis: jaxc_take(table, rows, JAXC_AXIS(0)).
 *
 *   x         T[...]
 *   indices   integer[...]
 *   ->        T[...] with the axes of indices in the place of the axis; without an axis x is
 *             flattened. Outside: the fill value, or as the mode says
 *
 * Errors  JAXC_EAXIS   the axis is out of range, or more than one
 *         JAXC_EDTYPE  indices are no integers
 *         JAXC_EVALUE  the axis is empty and indices are not; a fill_value that is no C number
 *         JAXC_ELIMIT  more than 8 axes
 * Source  jax.numpy.take.
 */
JAXC_API jaxc_value jaxc_take(jaxc_value x, jaxc_value indices,
                              struct jaxc_take_options options JAXC_DEFAULT);

/*
 * jaxc_take_along_axis - one place along an axis for each of the others:
 * jaxc_take_along_axis(x, jaxc_argsort(x), JAXC_AXIS(-1)).
 *
 *   x         T[...]
 *   indices   integer[...] of x's rank; axes but the one broadcast
 *   ->        T[...]; without an axis along the last one. Outside: the fill value
 *
 * Errors  JAXC_EAXIS   the axis is out of range, or more than one
 *         JAXC_ESHAPE  ranks differ, or shapes do not broadcast
 *         JAXC_EDTYPE  indices are no integers
 * Source  jax.numpy.take_along_axis.
 */
JAXC_API jaxc_value jaxc_take_along_axis(jaxc_value x, jaxc_value indices,
                                         struct jaxc_take_options options JAXC_DEFAULT);

/*
 * jaxc_put_along_axis - x with values put where take_along_axis reads.
 *
 *   x         T[...]
 *   indices   integer[...] of x's rank; its other axes broadcast against those of x
 *   values    U[...] that broadcasts to indices
 *   ->        T[...]; without an axis along the last one
 *
 * Errors  as jaxc_take_along_axis
 * Source  jax.numpy.put_along_axis with inplace=False.
 */
JAXC_API jaxc_value jaxc_put_along_axis(jaxc_value x, jaxc_value indices, jaxc_value values,
                                        struct jaxc_take_options options JAXC_DEFAULT);

#ifdef __cplusplus
}
#endif

/* Overlays as those of types.h: an index is a plain argument. */
#ifdef __cplusplus
#define JAXC_OPT_VP(f, options, ...)  JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_OPT_VPV(f, options, ...) JAXC_LOCATED(f, __VA_ARGS__)
#else
#define JAXC_OPT_VP(...)  JAXC_OPT_VP_(__COUNTER__, __VA_ARGS__, .unused = 0)
#define JAXC_OPT_VP_(...) JAXC_OPT_VP__(__VA_ARGS__)
#define JAXC_OPT_VP__(n, f, options, a, b, ...)                                                    \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        __auto_type jaxc_b##n = (b);                                                               \
        JAXC_OPTIONS(options, jaxc_o##n, __VA_ARGS__)                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_o##n);                                                        \
    })
#define JAXC_OPT_VPV(...)  JAXC_OPT_VPV_(__COUNTER__, __VA_ARGS__, .unused = 0)
#define JAXC_OPT_VPV_(...) JAXC_OPT_VPV__(__VA_ARGS__)
#define JAXC_OPT_VPV__(n, f, options, a, b, c, ...)                                                \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        __auto_type jaxc_b##n = (b);                                                               \
        jaxc_value jaxc_k##n = JAXC_VAL(c);                                                        \
        JAXC_OPTIONS(options, jaxc_o##n, __VA_ARGS__)                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_o##n);                                             \
    })
#endif

#ifndef JAXC_PLAIN
#define jaxc_at_get(...)          JAXC_OPT_VP(jaxc_at_get, jaxc_index_options, __VA_ARGS__)
#define jaxc_at_set(...)          JAXC_OPT_VPV(jaxc_at_set, jaxc_index_options, __VA_ARGS__)
#define jaxc_at_add(...)          JAXC_OPT_VPV(jaxc_at_add, jaxc_index_options, __VA_ARGS__)
#define jaxc_at_mul(...)          JAXC_OPT_VPV(jaxc_at_mul, jaxc_index_options, __VA_ARGS__)
#define jaxc_at_min(...)          JAXC_OPT_VPV(jaxc_at_min, jaxc_index_options, __VA_ARGS__)
#define jaxc_at_max(...)          JAXC_OPT_VPV(jaxc_at_max, jaxc_index_options, __VA_ARGS__)
#define jaxc_take(...)            JAXC_OPT2(jaxc_take, jaxc_take_options, __VA_ARGS__)
#define jaxc_take_along_axis(...) JAXC_OPT2(jaxc_take_along_axis, jaxc_take_options, __VA_ARGS__)
#define jaxc_put_along_axis(...)  JAXC_OPT3(jaxc_put_along_axis, jaxc_take_options, __VA_ARGS__)
#ifdef __cplusplus
template <class... T> inline jaxc_value jaxc_index_items(jaxc_value x, T... item)
{
    return (jaxc_index)(x, jaxc_indices_of(item...));
}
#define jaxc_index(...) JAXC_LOCATED(jaxc_index_items, __VA_ARGS__)
#else
#define jaxc_index(x, ...) JAXC_CALL_VP(jaxc_index, x, JAXC_INDEX(__VA_ARGS__))
#endif
#endif

#endif
