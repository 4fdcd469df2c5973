/*
 * jaxc/array.h - arrays from C memory and back, and what can be asked of a value.
 */
#ifndef JAXC_ARRAY_H
#define JAXC_ARRAY_H

#include <jaxc/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * jaxc_array - an array copied from C memory.
 *
 *   data    n elements of dtype, row-major; read before the call returns
 *   dtype   of the array
 *   shape   JAXC_SHAPE(2, 3) or JAXC_SCALAR; sizes may be 0
 *   ->      dtype[shape]
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_EVALUE  data is NULL and the array is not empty
 *         JAXC_EDTYPE  a dtype without arrays
 *         JAXC_ESHAPE  a rank over 8 or a negative size
 *         JAXC_ELIMIT  too many elements
 *         JAXC_ENOMEM
 * Source  jax.numpy.array; differs: the dtype is given.
 */
JAXC_API jaxc_value jaxc_array(const void *data, jaxc_dtype dtype, struct jaxc_shape shape);

/*
 * jaxc_wrap - an array that borrows C memory.
 *
 *   data      as for jaxc_array, aligned to the element's size; nobody may write it until `release`
 *             is called
 *   dtype     of the array
 *   shape     of the array
 *   release   called once, with data and user, when nothing needs the memory any more, from any
 *             thread; may be NULL
 *   user      handed to release
 *   ->        dtype[shape]
 *
 * Owner   the memory stays the caller's. When the call fails, release is not called.
 * Errors  as jaxc_array; JAXC_EVALUE also when data is not aligned
 * Source  DLPack's import, without its struct.
 */
JAXC_API jaxc_value jaxc_wrap(const void *data, jaxc_dtype dtype, struct jaxc_shape shape,
                              void (*release)(void *data, void *user), void *user);

/*
 * jaxc_spec - a value with a type and no numbers, for jaxc_eval_shape, jaxc_program and
 * jaxc_linear_transpose.
 *
 *   dtype   of the value
 *   shape   of the value
 *   ->      dtype[shape], abstract
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  as jaxc_array
 * Source  jax.ShapeDtypeStruct.
 */
JAXC_API jaxc_value jaxc_spec(jaxc_dtype dtype, struct jaxc_shape shape);

/*
 * jaxc_data - the elements of an array, computed if they were not yet.
 *
 *   x    T[...], not traced
 *   ->   row-major elements; NULL after an error (never NULL for an empty array)
 *
 * Owner   the value; valid while a handle for it lives, read-only.
 * Errors  JAXC_ECONCRETE  x is traced or abstract
 *         JAXC_ETREE      x is a tuple or dict
 *         JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 * Source  numpy.asarray on a jax.Array.
 */
JAXC_API const void *jaxc_data(jaxc_value x);

/*
 * jaxc_copy_out - the elements of an array into the caller's memory.
 *
 *   x       T[...]
 *   out     room for `bytes` bytes
 *   bytes   exactly the size of the array
 *   ->      true when out was filled
 *
 * Errors  as jaxc_data; JAXC_EVALUE  bytes is not the array's size
 */
JAXC_API bool jaxc_copy_out(jaxc_value x, void *out, size_t bytes);

/*
 * jaxc_item, jaxc_item_i64 - the number in an array of one element.
 *
 *   x    T[...] of one element
 *   ->   the number, converted; NaN or 0 after an error
 *
 * Errors  JAXC_ESHAPE  not one element; otherwise as jaxc_data
 * Source  jax.Array.item.
 */
JAXC_API double jaxc_item(jaxc_value x);
JAXC_API int64_t jaxc_item_i64(jaxc_value x);

/*
 * jaxc_eval - computes a value, or every leaf of a tree, now.
 *
 *   x    not traced
 *   ->   true when all is computed
 *
 * Errors  as jaxc_data
 * Source  jax.block_until_ready.
 */
JAXC_API bool jaxc_eval(jaxc_value x);

/*
 * jaxc_shape_of, jaxc_dtype_of, jaxc_is_weak - the type of an array or traced value.
 *
 *   x    T[...]
 *   ->   its shape (rank -1 after an error), dtype (0 after an error), weak flag
 *
 * Errors  JAXC_ETREE  x is a tuple or dict; JAXC_EDEAD, JAXC_EDONATED
 */
JAXC_API struct jaxc_shape jaxc_shape_of(jaxc_value x);
JAXC_API jaxc_dtype jaxc_dtype_of(jaxc_value x);
JAXC_API bool jaxc_is_weak(jaxc_value x);

/*
 * jaxc_ok - whether a handle is alive and not poison.
 *
 *   v    any bits
 *   ->   true if a call may use it
 *
 * Errors  none
 */
JAXC_API bool jaxc_ok(jaxc_value v);

/*
 * jaxc_type_text - the type of a value as the IR prints it.
 *
 *   x    any value
 *   ->   "f32[3,4]", "(f32[2], i32[])", {"w": f32[3]}; ~f32[] is weak; "?" after an error
 *
 * Owner   the innermost scope.
 * Errors  JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 */
JAXC_API const char *jaxc_type_text(jaxc_value x);

/*
 * jaxc_text - a value as text, computed if it was not yet.
 *
 *   x    any value; a traced one gives its type
 *   ->   numbers in brackets; of more than 1000 elements, three at each end of an axis
 *
 * Owner   the innermost scope.
 * Errors  as jaxc_data
 * Source  numpy.array2string; differs: columns are not aligned.
 */
JAXC_API const char *jaxc_text(jaxc_value x);

#ifdef __cplusplus
}
#endif

#ifndef JAXC_PLAIN
#define jaxc_array(...)     JAXC_AT(jaxc_array, __VA_ARGS__)
#define jaxc_wrap(...)      JAXC_AT(jaxc_wrap, __VA_ARGS__)
#define jaxc_spec(...)      JAXC_AT(jaxc_spec, __VA_ARGS__)
#define jaxc_data(...)      JAXC_CALL1(jaxc_data, __VA_ARGS__)
#define jaxc_copy_out(...)  JAXC_CALL_V(jaxc_copy_out, __VA_ARGS__)
#define jaxc_item(...)      JAXC_CALL1(jaxc_item, __VA_ARGS__)
#define jaxc_item_i64(...)  JAXC_CALL1(jaxc_item_i64, __VA_ARGS__)
#define jaxc_eval(...)      JAXC_CALL1(jaxc_eval, __VA_ARGS__)
#define jaxc_shape_of(...)  JAXC_CALL1(jaxc_shape_of, __VA_ARGS__)
#define jaxc_dtype_of(...)  JAXC_CALL1(jaxc_dtype_of, __VA_ARGS__)
#define jaxc_is_weak(...)   JAXC_CALL1(jaxc_is_weak, __VA_ARGS__)
#define jaxc_type_text(...) JAXC_CALL1(jaxc_type_text, __VA_ARGS__)
#define jaxc_text(...)      JAXC_CALL1(jaxc_text, __VA_ARGS__)
#endif

#endif
