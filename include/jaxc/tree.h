/*
 * jaxc/tree.h - tuples and dicts of values, nested as one likes.
 *
 * Leaves are counted depth first; a dict's entries in the order of their sorted keys, as in JAX.
 */
#ifndef JAXC_TREE_H
#define JAXC_TREE_H

#include <jaxc/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One entry of a dict. */
struct jaxc_entry {
    const char *key;
    jaxc_value value;
};

/*
 * jaxc_tuple - a tuple of values: jaxc_tuple(w, b), of 1 to 16. jaxc_tuple_n(n, values) is the
 * plain function, for any number.
 *
 *   n        0 or more
 *   values   n values, numbers through the macro
 *   ->       (values...)
 *
 * Owner   the result belongs to the innermost scope; it holds its parts.
 * Errors  JAXC_EVALUE  n negative; JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 * Source  Python's tuple as a pytree.
 */
JAXC_API jaxc_value jaxc_tuple_n(int n, const jaxc_value *values);

/*
 * jaxc_dict - a dict: jaxc_dict("w", w, "b", b), of 1 to 16 entries. jaxc_dict_n(n, entries) is the
 * plain function, for any number.
 *
 *   n         0 or more
 *   entries   n different keys, copied, and their values
 *   ->        {key: value, ...}
 *
 * Owner   as jaxc_tuple.
 * Errors  JAXC_EVALUE  a key twice or NULL; otherwise as jaxc_tuple
 * Source  Python's dict as a pytree.
 */
JAXC_API jaxc_value jaxc_dict_n(int n, const struct jaxc_entry *entries);

/*
 * jaxc_get - the i-th part of a tuple, x[i] of an array, or the entry of a dict: jaxc_get(params,
 * 0), jaxc_get(d, "w"). The plain functions are jaxc_get_index and jaxc_get_key.
 *
 *   x     (v, ...), {k: v, ...} or T[n, ...]
 *   i     negative counts from the end
 *   key   of a dict
 *   ->    the part; for an array T[...] without its first axis
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_EVALUE  i out of range, no such key
 *         JAXC_ETREE   x has no parts of that kind
 *         JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 * Source  Python's x[i].
 */
JAXC_API jaxc_value jaxc_get_index(jaxc_value x, int64_t i);
JAXC_API jaxc_value jaxc_get_key(jaxc_value x, const char *key);

/*
 * jaxc_len - the number of parts of a tuple or dict, or the size of an array's first axis.
 *
 *   x    any value
 *   ->   0 after an error
 *
 * Errors  JAXC_ESHAPE  a 0-d array; JAXC_EDEAD, JAXC_EDONATED
 * Source  Python's len.
 */
JAXC_API int jaxc_len(jaxc_value x);

/*
 * jaxc_unpack - the parts of a tuple: jaxc_unpack(layer, &w, &b). jaxc_unpack_n(x, n, parts) is the
 * plain function.
 *
 *   x       (v, ...) of exactly n parts, or an array of n rows
 *   n       of the pointers
 *   parts   receive them; poison after an error
 *   ->      true when x had n parts
 *
 * Owner   the parts belong to the innermost scope.
 * Errors  JAXC_ETREE  x is no tuple or has another length; JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 * Source  Python's tuple assignment.
 */
JAXC_API bool jaxc_unpack_n(jaxc_value x, int n, jaxc_value *const *parts);

/*
 * jaxc_tree_map - f on every leaf: jaxc_tree_map(sgd, params, grads). jaxc_tree_map_n(f, n, trees)
 * is the plain function.
 *
 *   f       takes as many values as there are trees, gives one (a tuple is fine: see
 *           jaxc_tree_unzip)
 *   trees   the first one's leaves count; where it has a leaf, the others may have a tree, which f
 *           gets whole
 *   ->      the first one's structure
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_ETREE  structures differ (the message names the path); JAXC_EARITY; what f sets
 * Source  jax.tree.map.
 */
JAXC_API jaxc_value jaxc_tree_map_n(jaxc_fn f, int n, const jaxc_value *trees);

/*
 * jaxc_tree_reduce - one value from all leaves: jaxc_tree_reduce(f, x, 0) is f(f(0, leaf 0), leaf 1)
 * and so on.
 *
 *   f             takes what there is so far, and a leaf
 *   x             any value
 *   initializer   any value; the result if there are no leaves
 *   ->            what f gave last
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_EARITY; JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM; what f sets
 * Source  jax.tree.reduce; differs: the initializer is always given.
 */
JAXC_API jaxc_value jaxc_tree_reduce(jaxc_fn f, jaxc_value x, jaxc_value initializer);

/*
 * jaxc_tree_broadcast - the leaves of a prefix of a tree, at all leaves of that tree.
 *
 *   prefix   x's structure, with leaves where x may have whole trees
 *   x        any value
 *   ->       x's structure, with prefix's leaves
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_ETREE  prefix is none of x; JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 * Source  jax.tree.broadcast.
 */
JAXC_API jaxc_value jaxc_tree_broadcast(jaxc_value prefix, jaxc_value x);

/*
 * jaxc_tree_sum, jaxc_tree_vdot - the sum of all numbers of a tree, and the sum of the products of
 * the numbers of two.
 *
 *   x    any value
 *   y    x's structure and shapes
 *   ->   a scalar of the joined dtype, summed as by jaxc_sum; a weak 0 if there are no leaves
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_ETREE   structures differ
 *         JAXC_ESHAPE  shapes differ
 *         JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 * Source  optax.tree.sum, optax.tree.vdot.
 */
JAXC_API jaxc_value jaxc_tree_sum(jaxc_value x);
JAXC_API jaxc_value jaxc_tree_vdot(jaxc_value x, jaxc_value y);

/*
 * jaxc_tree_zeros_like - zeros in the shapes of a tree: jaxc_tree_zeros_like(params),
 * jaxc_tree_zeros_like(params, JAXC_F32).
 *
 *   x       any value
 *   dtype   left out: each leaf's own
 *   ->      x's structure and shapes, not weak
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_EDTYPE  no dtype; JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 * Source  optax.tree.zeros_like; differs: of weak leaves the zeros are not weak.
 */
JAXC_API jaxc_value jaxc_tree_zeros_like(jaxc_value x, jaxc_dtype dtype JAXC_NO_DTYPE);

/*
 * jaxc_tree_leaves - the leaves as a flat tuple.
 * jaxc_tree_unflatten - a tree like another one, with other leaves.
 *
 *   x        any value; jaxc_len of the result is the number of its leaves
 *   like     its structure is taken
 *   leaves   (v, ...) as many as like has leaves
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_ETREE  numbers of leaves differ; JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 * Source  jax.tree.leaves, jax.tree.unflatten.
 */
JAXC_API jaxc_value jaxc_tree_leaves(jaxc_value x);
JAXC_API jaxc_value jaxc_tree_unflatten(jaxc_value like, jaxc_value leaves);

/*
 * jaxc_tree_unzip - a tree whose leaves are tuples of n, as a tuple of n trees.
 *
 *   outer   its structure says where the tuples are
 *   n       length of each tuple
 *   x       outer's structure with a tuple of n at each leaf
 *   ->      n trees of outer's structure
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_ETREE  x is not so; JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 * Source  jax.tree.transpose.
 */
JAXC_API jaxc_value jaxc_tree_unzip(jaxc_value outer, int n, jaxc_value x);

/*
 * jaxc_tree_path - where a leaf is, as code: [0]["w"].
 *
 *   x      any value
 *   leaf   its number
 *   ->     "" for a value that is a leaf itself
 *
 * Owner   the innermost scope.
 * Errors  JAXC_EVALUE  no such leaf; JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 * Source  jax.tree_util.keystr.
 */
JAXC_API const char *jaxc_tree_path(jaxc_value x, int leaf);

/*
 * jaxc_is_tuple, jaxc_is_dict, jaxc_is_array - what a value is; traced values are arrays.
 * jaxc_tree_key - the i-th key of a dict in sorted order; NULL after an error.
 *
 * Errors  JAXC_EDEAD, JAXC_EDONATED; JAXC_EVALUE  no such key
 */
JAXC_API bool jaxc_is_tuple(jaxc_value x);
JAXC_API bool jaxc_is_dict(jaxc_value x);
JAXC_API bool jaxc_is_array(jaxc_value x);
JAXC_API const char *jaxc_tree_key(jaxc_value x, int i);

#ifdef __cplusplus
}
inline jaxc_value jaxc_get_any(jaxc_value x, int64_t i) { return jaxc_get_index(x, i); }
inline jaxc_value jaxc_get_any(jaxc_value x, const char *key) { return jaxc_get_key(x, key); }
template <class... A> inline jaxc_value jaxc_tuple_of(A... a)
{
    const jaxc_value values[] = {jaxc_value(a)...};
    return jaxc_tuple_n(static_cast<int>(sizeof...(A)), values);
}
template <class V, class... Rest>
inline void jaxc_entries_of(jaxc_entry *at, const char *key, V value, Rest... rest)
{
    *at = jaxc_entry{key, jaxc_value(value)};
    if constexpr (sizeof...(Rest) > 0)
        jaxc_entries_of(at + 1, rest...);
}
template <class... A> inline jaxc_value jaxc_dict_of(A... a)
{
    static_assert(sizeof...(A) % 2 == 0, "a dict is keys and values in turn");
    jaxc_entry entries[sizeof...(A) / 2];
    jaxc_entries_of(entries, a...);
    return jaxc_dict_n(static_cast<int>(sizeof...(A) / 2), entries);
}
template <class... P> inline bool jaxc_unpack_of(jaxc_value x, P... part)
{
    jaxc_value *const parts[] = {part...};
    return jaxc_unpack_n(x, static_cast<int>(sizeof...(P)), parts);
}
template <class F, class... A> inline jaxc_value jaxc_tree_map_of(F f, A... a)
{
    const jaxc_value trees[] = {jaxc_value(a)...};
    return jaxc_tree_map_n(jaxc_fn_of(f), static_cast<int>(sizeof...(A)), trees);
}
template <class F> inline jaxc_value jaxc_tree_reduce_of(F f, jaxc_value x, jaxc_value initializer)
{
    return jaxc_tree_reduce(jaxc_fn_of(f), x, initializer);
}
#define JAXC_TREE_UNZIP(...)  JAXC_LOCATED(jaxc_tree_unzip, __VA_ARGS__)
#define JAXC_TREE_REDUCE(...) JAXC_LOCATED(jaxc_tree_reduce_of, __VA_ARGS__)
#else
#define JAXC_TUPLE(...) JAXC_TUPLE_(__VA_ARGS__)
#define JAXC_TUPLE_(n, text, ...)                                                                  \
    __extension__({                                                                                \
        _Static_assert(text > 1, "jaxc_tuple() without values is jaxc_tuple_n(0, NULL)");          \
        const jaxc_value jaxc_t##n[] = {JAXC_VALUES(__VA_ARGS__)};                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_tuple_n)((int)(sizeof jaxc_t##n / sizeof jaxc_t##n[0]), jaxc_t##n);                  \
    })
#define JAXC_DICT(...) JAXC_DICT_(__VA_ARGS__)
#define JAXC_DICT_(n, ...)                                                                         \
    __extension__({                                                                                \
        const struct jaxc_entry jaxc_e##n[] = {                                                    \
            JAXC_PASTE(JAXC_ENTRIES_, JAXC_PAIRS(__VA_ARGS__))(__VA_ARGS__)};                      \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_dict_n)((int)(sizeof jaxc_e##n / sizeof jaxc_e##n[0]), jaxc_e##n);                   \
    })
/* The number of pairs, 1 to 16; 17 for more, 0 when one argument has no partner. */
#define JAXC_PAIRS(...)                                                                            \
    JAXC_65TH(__VA_ARGS__, JAXC_8(17), JAXC_8(17), JAXC_8(17), JAXC_8(17), 16, 0, 15, 0, 14, 0,    \
              13, 0, 12, 0, 11, 0, 10, 0, 9, 0, 8, 0, 7, 0, 6, 0, 5, 0, 4, 0, 3, 0, 2, 0, 1, 0, 0)
#define JAXC_ENTRIES_0(...)                                                                        \
    {                                                                                              \
        "", JAXC_WRONG("jaxc_dict takes a key and a value for each entry")                         \
    }
#define JAXC_ENTRIES_1(k, v)                                                                       \
    {                                                                                              \
        (k), JAXC_VAL(v)                                                                           \
    }
#define JAXC_ENTRIES_2(k, v, ...)  {(k), JAXC_VAL(v)}, JAXC_ENTRIES_1(__VA_ARGS__)
#define JAXC_ENTRIES_3(k, v, ...)  {(k), JAXC_VAL(v)}, JAXC_ENTRIES_2(__VA_ARGS__)
#define JAXC_ENTRIES_4(k, v, ...)  {(k), JAXC_VAL(v)}, JAXC_ENTRIES_3(__VA_ARGS__)
#define JAXC_ENTRIES_5(k, v, ...)  {(k), JAXC_VAL(v)}, JAXC_ENTRIES_4(__VA_ARGS__)
#define JAXC_ENTRIES_6(k, v, ...)  {(k), JAXC_VAL(v)}, JAXC_ENTRIES_5(__VA_ARGS__)
#define JAXC_ENTRIES_7(k, v, ...)  {(k), JAXC_VAL(v)}, JAXC_ENTRIES_6(__VA_ARGS__)
#define JAXC_ENTRIES_8(k, v, ...)  {(k), JAXC_VAL(v)}, JAXC_ENTRIES_7(__VA_ARGS__)
#define JAXC_ENTRIES_9(k, v, ...)  {(k), JAXC_VAL(v)}, JAXC_ENTRIES_8(__VA_ARGS__)
#define JAXC_ENTRIES_10(k, v, ...) {(k), JAXC_VAL(v)}, JAXC_ENTRIES_9(__VA_ARGS__)
#define JAXC_ENTRIES_11(k, v, ...) {(k), JAXC_VAL(v)}, JAXC_ENTRIES_10(__VA_ARGS__)
#define JAXC_ENTRIES_12(k, v, ...) {(k), JAXC_VAL(v)}, JAXC_ENTRIES_11(__VA_ARGS__)
#define JAXC_ENTRIES_13(k, v, ...) {(k), JAXC_VAL(v)}, JAXC_ENTRIES_12(__VA_ARGS__)
#define JAXC_ENTRIES_14(k, v, ...) {(k), JAXC_VAL(v)}, JAXC_ENTRIES_13(__VA_ARGS__)
#define JAXC_ENTRIES_15(k, v, ...) {(k), JAXC_VAL(v)}, JAXC_ENTRIES_14(__VA_ARGS__)
#define JAXC_ENTRIES_16(k, v, ...) {(k), JAXC_VAL(v)}, JAXC_ENTRIES_15(__VA_ARGS__)
#define JAXC_ENTRIES_17(...)                                                                       \
    {                                                                                              \
        "", JAXC_WRONG("jaxc_dict takes at most 16 entries; jaxc_dict_n takes a list")             \
    }
#define JAXC_GET(...) JAXC_GET_(__VA_ARGS__)
#define JAXC_GET_(n, x, i)                                                                                \
    __extension__({                                                                                       \
        jaxc_value jaxc_a##n = JAXC_VAL(x);                                                               \
        __auto_type jaxc_i##n = (i);                                                                      \
        jaxc_at(__FILE__, __LINE__);                                                                      \
        _Generic(jaxc_i##n, char *: jaxc_get_key, const char *: jaxc_get_key, default: jaxc_get_index)( \
            jaxc_a##n, jaxc_i##n); \
    })
#define JAXC_UNPACK(...) JAXC_UNPACK_(__VA_ARGS__)
#define JAXC_UNPACK_(n, x, ...)                                                                    \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(x);                                                        \
        jaxc_value *const jaxc_p##n[] = {__VA_ARGS__};                                             \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_unpack_n)(jaxc_a##n, (int)(sizeof jaxc_p##n / sizeof jaxc_p##n[0]), jaxc_p##n);      \
    })
#define JAXC_TREE_MAP(...) JAXC_TREE_MAP_(__VA_ARGS__)
#define JAXC_TREE_MAP_(n, f, ...)                                                                  \
    __extension__({                                                                                \
        jaxc_fn jaxc_f##n = JAXC_FN(f);                                                            \
        const jaxc_value jaxc_t##n[] = {JAXC_VALUES(__VA_ARGS__)};                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_tree_map_n)(jaxc_f##n, (int)(sizeof jaxc_t##n / sizeof jaxc_t##n[0]), jaxc_t##n);    \
    })
#define JAXC_TREE_UNZIP(...)  JAXC_TREE_UNZIP_(__COUNTER__, __VA_ARGS__)
#define JAXC_TREE_UNZIP_(...) JAXC_TREE_UNZIP__(__VA_ARGS__)
#define JAXC_TREE_UNZIP__(n, outer, count, x)                                                      \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(outer);                                                    \
        int jaxc_i##n = (count);                                                                   \
        jaxc_value jaxc_b##n = JAXC_VAL(x);                                                        \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_tree_unzip)(jaxc_a##n, jaxc_i##n, jaxc_b##n);                                        \
    })
#define JAXC_TREE_REDUCE(...)  JAXC_TREE_REDUCE_(__COUNTER__, __VA_ARGS__)
#define JAXC_TREE_REDUCE_(...) JAXC_TREE_REDUCE__(__VA_ARGS__)
#define JAXC_TREE_REDUCE__(n, f, x, initializer)                                                   \
    __extension__({                                                                                \
        jaxc_fn jaxc_f##n = JAXC_FN(f);                                                            \
        jaxc_value jaxc_a##n = JAXC_VAL(x);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(initializer);                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_tree_reduce)(jaxc_f##n, jaxc_a##n, jaxc_b##n);                                       \
    })
#endif

#ifndef JAXC_PLAIN
#ifdef __cplusplus
#define jaxc_tree_map(...) JAXC_LOCATED(jaxc_tree_map_of, __VA_ARGS__)
#define jaxc_tuple(...)    JAXC_LOCATED(jaxc_tuple_of, __VA_ARGS__)
#define jaxc_dict(...)     JAXC_LOCATED(jaxc_dict_of, __VA_ARGS__)
#define jaxc_get(...)      JAXC_LOCATED(jaxc_get_any, __VA_ARGS__)
#define jaxc_unpack(...)   JAXC_LOCATED(jaxc_unpack_of, __VA_ARGS__)
#else
#define jaxc_tuple(...)    JAXC_TUPLE(__COUNTER__, sizeof #__VA_ARGS__, __VA_ARGS__)
#define jaxc_dict(...)     JAXC_DICT(__COUNTER__, __VA_ARGS__)
#define jaxc_get(...)      JAXC_GET(__COUNTER__, __VA_ARGS__)
#define jaxc_unpack(...)   JAXC_UNPACK(__COUNTER__, __VA_ARGS__)
#define jaxc_tree_map(...) JAXC_TREE_MAP(__COUNTER__, __VA_ARGS__)
#endif
#define jaxc_tuple_n(...)         JAXC_AT(jaxc_tuple_n, __VA_ARGS__)
#define jaxc_dict_n(...)          JAXC_AT(jaxc_dict_n, __VA_ARGS__)
#define jaxc_get_index(...)       JAXC_CALL_V(jaxc_get_index, __VA_ARGS__)
#define jaxc_get_key(...)         JAXC_CALL_V(jaxc_get_key, __VA_ARGS__)
#define jaxc_len(...)             JAXC_CALL1(jaxc_len, __VA_ARGS__)
#define jaxc_unpack_n(...)        JAXC_CALL_V(jaxc_unpack_n, __VA_ARGS__)
#define jaxc_tree_map_n(...)      JAXC_CALL_F(jaxc_tree_map_n, __VA_ARGS__)
#define jaxc_tree_leaves(...)     JAXC_CALL1(jaxc_tree_leaves, __VA_ARGS__)
#define jaxc_tree_unflatten(...)  JAXC_CALL2(jaxc_tree_unflatten, __VA_ARGS__)
#define jaxc_tree_unzip(...)      JAXC_TREE_UNZIP(__VA_ARGS__)
#define jaxc_tree_reduce(...)     JAXC_TREE_REDUCE(__VA_ARGS__)
#define jaxc_tree_broadcast(...)  JAXC_CALL2(jaxc_tree_broadcast, __VA_ARGS__)
#define jaxc_tree_sum(...)        JAXC_CALL1(jaxc_tree_sum, __VA_ARGS__)
#define jaxc_tree_vdot(...)       JAXC_CALL2(jaxc_tree_vdot, __VA_ARGS__)
#define jaxc_tree_zeros_like(...) JAXC_CALL_VD(jaxc_tree_zeros_like, __VA_ARGS__)
#define jaxc_tree_path(...)       JAXC_CALL_V(jaxc_tree_path, __VA_ARGS__)
#define jaxc_is_tuple(...)        JAXC_CALL1(jaxc_is_tuple, __VA_ARGS__)
#define jaxc_is_dict(...)         JAXC_CALL1(jaxc_is_dict, __VA_ARGS__)
#define jaxc_is_array(...)        JAXC_CALL1(jaxc_is_array, __VA_ARGS__)
#define jaxc_tree_key(...)        JAXC_CALL_V(jaxc_tree_key, __VA_ARGS__)
#endif

#endif
