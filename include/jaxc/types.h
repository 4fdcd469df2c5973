/*
 * jaxc/types.h - the two handle types, dtypes, error codes, shapes, and how numbers become values.
 *
 * A handle is {slot, generation}: checked at every use, never a pointer. {0, 0} is the poison
 * value, the result of every failed call.
 */
#ifndef JAXC_TYPES_H
#define JAXC_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define JAXC_API
#else
#define JAXC_API __attribute__((visibility("default")))
#endif

#define JAXC_MAX_RANK 8  /* axes of an array */
#define JAXC_MAX_ARGS 12 /* arguments of a function */

/* Dtypes: the IR printer's spelling is the name without JAXC_, in lower case. */
typedef enum {
    JAXC_BOOL = 1,
    JAXC_U8,
    JAXC_U16,
    JAXC_U32,
    JAXC_U64,
    JAXC_I8,
    JAXC_I16,
    JAXC_I32,
    JAXC_I64,
    JAXC_F16,
    JAXC_BF16,
    JAXC_F32,
    JAXC_F64,
    JAXC_C64,
    JAXC_C128
} jaxc_dtype;

/* Error codes; jaxc_error_code() is JAXC_OK while nothing has failed. */
typedef enum {
    JAXC_OK = 0,
    JAXC_ENOMEM,       /* an allocation failed; the same call may succeed later */
    JAXC_ESHAPE,       /* shapes, ranks or sizes disagree */
    JAXC_EDTYPE,       /* a dtype this call does not take */
    JAXC_EAXIS,        /* an axis out of range, or named twice */
    JAXC_EVALUE,       /* an argument's value makes no sense */
    JAXC_ETREE,        /* tree structures disagree, or a leaf stands where a tree is needed */
    JAXC_EDEAD,        /* a handle that is uninitialised, dropped, or outlived its scope */
    JAXC_EDONATED,     /* a handle whose memory was given away by a donating call */
    JAXC_ELEAK,        /* a traced value used outside its trace */
    JAXC_ECONCRETE,    /* a number was asked of a traced value */
    JAXC_EARITY,       /* wrong number of arguments */
    JAXC_ENORULE,      /* the primitive has no rule for this transform */
    JAXC_ELIMIT,       /* a size, count or depth over what the library represents */
    JAXC_EUNSUPPORTED, /* not available on this machine or backend */
    JAXC_ENONFINITE,   /* a NaN or infinity, while jaxc_debug_nans or jaxc_debug_infs is on */
    JAXC_ENODEVICE,    /* the device that was asked for is not there */
    JAXC_EDEVICE,      /* the device's driver, or its compiler of kernels, refused */
    JAXC_EDEVICELOST,  /* the device failed; work on it is over until the process ends */
    JAXC_ESYNTAX,      /* program text that does not parse */
    JAXC_EINTERNAL     /* the library's own fault; the message begins with "internal:" */
} jaxc_status;

/* An array's axes sizes, outermost first. */
struct jaxc_shape {
    int rank;
    int64_t dims[JAXC_MAX_RANK];
};

/*
 * Sets of axes and of argument positions are made by macros: JAXC_AXES(0, 2), JAXC_AXIS(-1),
 * JAXC_ARGS(0, 2). All zero is the ordinary choice of the call. `given` is JAXC_GIVEN in what a
 * macro made, so that a bare number, as in .argnums = 1, is not taken for a set.
 */
struct jaxc_given;
#define JAXC_GIVEN ((const struct jaxc_given *)(uintptr_t)0x4a584743) /* never read through */

struct jaxc_axes {
    const struct jaxc_given *given;
    int n;
    int at[JAXC_MAX_RANK];
};

struct jaxc_args {
    const struct jaxc_given *given;
    int n;
    int at[JAXC_MAX_ARGS];
};

#ifdef __cplusplus
#include <type_traits>
template <class... N> constexpr jaxc_shape jaxc_shape_made(N... size)
{
    return {static_cast<int>(sizeof...(N)), {static_cast<int64_t>(size)...}};
}
template <class Set, class... N> inline Set jaxc_set_made(N... number)
{
    return {JAXC_GIVEN, static_cast<int>(sizeof...(N)), {static_cast<int>(number)...}};
}
/* C++17 has no designated initialisers: an options struct that has only its axes set. */
struct jaxc_axes_alone {
    jaxc_axes axes;
    template <class Options> operator Options() const
    {
        Options options = {};
        options.axes = axes;
        return options;
    }
};
#define JAXC_SHAPE(...) jaxc_shape_made(__VA_ARGS__)
#define JAXC_SCALAR     jaxc_shape()
#define JAXC_ARGS(...)  jaxc_set_made<jaxc_args>(__VA_ARGS__)
#define JAXC_AXES(...)  (jaxc_axes_alone{jaxc_set_made<jaxc_axes>(__VA_ARGS__)})
#define JAXC_AXIS(a)    JAXC_AXES(a)
#else
#define JAXC_SHAPE(...)                                                                            \
    (__extension__(struct jaxc_shape){sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t),          \
                                      {__VA_ARGS__}})
#define JAXC_SCALAR ((struct jaxc_shape){0, {0}})
#define JAXC_ARGS(...)                                                                             \
    {                                                                                              \
        JAXC_GIVEN, sizeof((int[]){__VA_ARGS__}) / sizeof(int), { __VA_ARGS__ }                    \
    }
#define JAXC_AXES(...)                                                                             \
    .axes = {JAXC_GIVEN, sizeof((int[]){__VA_ARGS__}) / sizeof(int), {__VA_ARGS__}}
#define JAXC_AXIS(a) .axes = {JAXC_GIVEN, 1, {a}}
#endif
#define JAXC_NONE INT32_MIN /* in in_axes and out_axes: this one is not mapped */

#ifdef __cplusplus
struct jaxc_value {
    uint32_t slot, generation;
    jaxc_value() = default;
    template <class T, class = typename std::enable_if<std::is_arithmetic<T>::value>::type>
    jaxc_value(T number); /* a C number, as jaxc_from_* take it */
};
static_assert(std::is_trivial<jaxc_value>::value && std::is_standard_layout<jaxc_value>::value, "");
extern "C" {
#else
/* An array, a traced value, or a tuple or dict of them. */
typedef struct jaxc_value {
    uint32_t slot, generation;
} jaxc_value;
#endif

/* An operand that may be left out, as a member of options: .where = JAXC_OPERAND(mask). */
struct jaxc_operand {
    const struct jaxc_given *given;
    jaxc_value value;
};

/* A function of values: a C function, or what a transform made of one. */
typedef struct jaxc_fn {
    uint32_t slot, generation;
} jaxc_fn;

/*
 * jaxc_from_bool, jaxc_from_i64, jaxc_from_u64, jaxc_from_f64 - a C number as a weakly typed
 * scalar.
 *
 *   number   any C number. The constants true and false are of type int before C23: (bool)true
 *   ->       bool[], weak i32[] or weak f32[]: takes the dtype of what it meets
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_ENOMEM
 * Source  jax.numpy's treatment of Python scalars.
 */
JAXC_API jaxc_value jaxc_from_bool(bool number);
JAXC_API jaxc_value jaxc_from_i64(long long number);
JAXC_API jaxc_value jaxc_from_u64(unsigned long long number);
JAXC_API jaxc_value jaxc_from_f64(double number);

/*
 * jaxc_at - note the user's place for the next call; the overlay macros do this.
 *
 *   file   the name in messages; must stay valid for good (a string literal)
 *   line   counted from 1
 *
 * Errors  none
 */
JAXC_API void jaxc_at(const char *file, int line);

/*
 * jaxc_value_self, jaxc_fn_self - the identity, which JAXC_VAL and JAXC_FN need for their own
 * types.
 *
 * Errors  none
 */
JAXC_API jaxc_value jaxc_value_self(jaxc_value v);
JAXC_API jaxc_fn jaxc_fn_self(jaxc_fn f);

/* The C functions that a transform takes as they are. */
typedef jaxc_value (*jaxc_c0)(void);
typedef jaxc_value (*jaxc_c1)(jaxc_value);
typedef jaxc_value (*jaxc_c2)(jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_c3)(jaxc_value, jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_c4)(jaxc_value, jaxc_value, jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_c5)(jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_c6)(jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                              jaxc_value);
typedef jaxc_value (*jaxc_c7)(jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                              jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_c8)(jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                              jaxc_value, jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_c9)(jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                              jaxc_value, jaxc_value, jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_c10)(jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                               jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_c11)(jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                               jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                               jaxc_value);
typedef jaxc_value (*jaxc_c12)(jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                               jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                               jaxc_value, jaxc_value);
/* The library's own calls of one value with options or a dtype. */
struct jaxc_axes_options;
struct jaxc_reduce_options;
struct jaxc_nn_activation_options;
typedef jaxc_value (*jaxc_c1_axes)(jaxc_value, struct jaxc_axes_options);
typedef jaxc_value (*jaxc_c1_reduce)(jaxc_value, struct jaxc_reduce_options);
typedef jaxc_value (*jaxc_c1_activation)(jaxc_value, struct jaxc_nn_activation_options);
typedef jaxc_value (*jaxc_c1_dtype)(jaxc_value, jaxc_dtype);

/*
 * jaxc_fn0 ... jaxc_fn12 - a C function of that many values as a jaxc_fn; JAXC_FN chooses.
 * jaxc_fn1_axes, jaxc_fn1_reduce, jaxc_fn1_activation, jaxc_fn1_dtype - a call of the library such as
 * jaxc_sum as a function of one value, its options left out.
 *
 *   f    not NULL
 *   ->   the same C function gives functions that are equal in every cache
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_ENOMEM; JAXC_EVALUE  f is NULL
 */
JAXC_API jaxc_fn jaxc_fn0(jaxc_c0 f);
JAXC_API jaxc_fn jaxc_fn1(jaxc_c1 f);
JAXC_API jaxc_fn jaxc_fn2(jaxc_c2 f);
JAXC_API jaxc_fn jaxc_fn3(jaxc_c3 f);
JAXC_API jaxc_fn jaxc_fn4(jaxc_c4 f);
JAXC_API jaxc_fn jaxc_fn5(jaxc_c5 f);
JAXC_API jaxc_fn jaxc_fn6(jaxc_c6 f);
JAXC_API jaxc_fn jaxc_fn7(jaxc_c7 f);
JAXC_API jaxc_fn jaxc_fn8(jaxc_c8 f);
JAXC_API jaxc_fn jaxc_fn9(jaxc_c9 f);
JAXC_API jaxc_fn jaxc_fn10(jaxc_c10 f);
JAXC_API jaxc_fn jaxc_fn11(jaxc_c11 f);
JAXC_API jaxc_fn jaxc_fn12(jaxc_c12 f);
JAXC_API jaxc_fn jaxc_fn1_axes(jaxc_c1_axes f);
JAXC_API jaxc_fn jaxc_fn1_reduce(jaxc_c1_reduce f);
JAXC_API jaxc_fn jaxc_fn1_activation(jaxc_c1_activation f);
JAXC_API jaxc_fn jaxc_fn1_dtype(jaxc_c1_dtype f);

#ifdef __cplusplus
}

template <class T, class> inline jaxc_value::jaxc_value(T number)
{
    if (std::is_same<T, bool>::value)
        *this = jaxc_from_bool(static_cast<bool>(number));
    else if (std::is_floating_point<T>::value)
        *this = jaxc_from_f64(static_cast<double>(number));
    else if (std::is_unsigned<T>::value)
        *this = jaxc_from_u64(static_cast<unsigned long long>(number));
    else
        *this = jaxc_from_i64(static_cast<long long>(number));
}

/* C++: the same calls; arguments are evaluated first, then the place is noted. */
template <class F, class... A> inline auto jaxc_located(const char *file, int line, F f, A... a)
{
    jaxc_at(file, line);
    return f(a...);
}
inline jaxc_fn jaxc_fn_of(jaxc_fn f) { return jaxc_fn_self(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c0 f) { return jaxc_fn0(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c1 f) { return jaxc_fn1(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c2 f) { return jaxc_fn2(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c3 f) { return jaxc_fn3(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c4 f) { return jaxc_fn4(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c5 f) { return jaxc_fn5(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c6 f) { return jaxc_fn6(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c7 f) { return jaxc_fn7(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c8 f) { return jaxc_fn8(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c9 f) { return jaxc_fn9(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c10 f) { return jaxc_fn10(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c11 f) { return jaxc_fn11(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c12 f) { return jaxc_fn12(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c1_axes f) { return jaxc_fn1_axes(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c1_reduce f) { return jaxc_fn1_reduce(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c1_activation f) { return jaxc_fn1_activation(f); }
inline jaxc_fn jaxc_fn_of(jaxc_c1_dtype f) { return jaxc_fn1_dtype(f); }
#define JAXC_FN(...)      JAXC_AT(jaxc_fn_of, __VA_ARGS__)
#define JAXC_VAL(...)     jaxc_value(__VA_ARGS__)
#define JAXC_OPERAND(...) (jaxc_operand{JAXC_GIVEN, JAXC_VAL(__VA_ARGS__)})
#define JAXC_DEFAULT      = {}
#define JAXC_NO_DTYPE     = jaxc_dtype(0)

#else
#define JAXC_DEFAULT
#define JAXC_NO_DTYPE

/* A C number or a value, as a value. The text of the argument appears once in the expansion. */
#define JAXC_VAL(...)     JAXC_VAL_(__COUNTER__, __VA_ARGS__)
#define JAXC_VAL_(n, ...) JAXC_VAL__(n, __VA_ARGS__)
#define JAXC_VAL__(n, ...)                                                                         \
    __extension__({                                                                                \
        __auto_type jaxc_v##n = (__VA_ARGS__);                                                     \
        jaxc_at(__FILE__, __LINE__);                                                               \
        _Generic(jaxc_v##n, jaxc_value                                                             \
                 : jaxc_value_self, _Bool                                                          \
                 : jaxc_from_bool, char                                                            \
                 : jaxc_from_i64, signed char                                                      \
                 : jaxc_from_i64, short                                                            \
                 : jaxc_from_i64, int                                                              \
                 : jaxc_from_i64, long                                                             \
                 : jaxc_from_i64, long long                                                        \
                 : jaxc_from_i64, unsigned char                                                    \
                 : jaxc_from_u64, unsigned short                                                   \
                 : jaxc_from_u64, unsigned                                                         \
                 : jaxc_from_u64, unsigned long                                                    \
                 : jaxc_from_u64, unsigned long long                                               \
                 : jaxc_from_u64, float                                                            \
                 : jaxc_from_f64, double                                                           \
                 : jaxc_from_f64)(jaxc_v##n);                                                      \
    })

#define JAXC_OPERAND(...)                                                                          \
    {                                                                                              \
        JAXC_GIVEN, JAXC_VAL(__VA_ARGS__)                                                          \
    }

/* A C function of values, or a jaxc_fn, as a jaxc_fn. */
#define JAXC_FN(...)     JAXC_FN_(__COUNTER__, __VA_ARGS__)
#define JAXC_FN_(n, ...) JAXC_FN__(n, __VA_ARGS__)
#define JAXC_FN__(n, ...)                                                                          \
    __extension__({                                                                                \
        __auto_type jaxc_f##n = (__VA_ARGS__);                                                     \
        jaxc_at(__FILE__, __LINE__);                                                               \
        _Generic(jaxc_f##n, jaxc_fn                                                                \
                 : jaxc_fn_self, jaxc_c0                                                           \
                 : jaxc_fn0, jaxc_c1                                                               \
                 : jaxc_fn1, jaxc_c2                                                               \
                 : jaxc_fn2, jaxc_c3                                                               \
                 : jaxc_fn3, jaxc_c4                                                               \
                 : jaxc_fn4, jaxc_c5                                                               \
                 : jaxc_fn5, jaxc_c6                                                               \
                 : jaxc_fn6, jaxc_c7                                                               \
                 : jaxc_fn7, jaxc_c8                                                               \
                 : jaxc_fn8, jaxc_c9                                                               \
                 : jaxc_fn9, jaxc_c10                                                              \
                 : jaxc_fn10, jaxc_c11                                                             \
                 : jaxc_fn11, jaxc_c12                                                             \
                 : jaxc_fn12, jaxc_c1_axes                                                         \
                 : jaxc_fn1_axes, jaxc_c1_reduce                                                   \
                 : jaxc_fn1_reduce, jaxc_c1_activation                                             \
                 : jaxc_fn1_activation, jaxc_c1_dtype                                              \
                 : jaxc_fn1_dtype)(jaxc_f##n);                                                     \
    })
#endif

/*
 * The overlays: JAXC_CALLn(function, operands...) evaluates the operands, notes the place, then
 * calls. JAXC_OPTn has an options struct behind n operands: JAXC_OPT1(jaxc_sum,
 * jaxc_reduce_options, x, .keepdims = 1). Every options struct ends with a member `unused`, which
 * lets the list of options be empty. JAXC_CALL_VPD and its like: V is a value or number, P a plain
 * C argument (a shape, a count), D a dtype that may be left out, which is the dtype 0. JAXC_CALL_F
 * and JAXC_CALL_V: a function, a value, then any plain arguments. JAXC_AT: plain arguments only,
 * which are evaluated after the place is noted.
 *
 * With JAXC_PLAIN defined before the headers are included there are no overlays: each name is the
 * function alone. The library is compiled so, and a binding may want it.
 */
#define JAXC_AT(f, ...) (jaxc_at(__FILE__, __LINE__), (f)(__VA_ARGS__))
#ifdef __cplusplus
#define JAXC_LOCATED(f, ...)                                                                       \
    jaxc_located(                                                                                  \
        __FILE__, __LINE__, [](auto... jaxc_a) { return f(jaxc_a...); }, __VA_ARGS__)
#define JAXC_CALL1(f, ...)         JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL2(f, ...)         JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL3(f, ...)         JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL4(f, ...)         JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_OPT1(f, options, ...) JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_OPT2(f, options, ...) JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_OPT3(f, options, ...) JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_OPT4(f, options, ...) JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_OPT5(f, options, ...) JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_F1(f, ...)       JAXC_AT(f, jaxc_fn_of(__VA_ARGS__))
#define JAXC_CALL_F(f, first, ...) JAXC_AT(f, jaxc_fn_of(first), __VA_ARGS__)
#define JAXC_CALL_V(f, ...)        JAXC_AT(f, __VA_ARGS__)
#define JAXC_CALL_VP(f, ...)       JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_VPP(f, ...)      JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_VD(f, ...)       JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_VVD(f, ...)      JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_VPD(f, ...)      JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_PD(f, ...)       JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_PVD(f, ...)      JAXC_LOCATED(f, __VA_ARGS__)
#define JAXC_CALL_PV(f, ...)       JAXC_LOCATED(f, __VA_ARGS__)
#else
#define JAXC_CALL1(...)  JAXC_CALL1_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL1_(...) JAXC_CALL1__(__VA_ARGS__)
#define JAXC_CALL1__(n, f, ...)                                                                    \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(__VA_ARGS__);                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n);                                                                              \
    })
#define JAXC_CALL2(...)  JAXC_CALL2_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL2_(...) JAXC_CALL2__(__VA_ARGS__)
#define JAXC_CALL2__(n, f, a, b)                                                                   \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n);                                                                   \
    })
#define JAXC_CALL3(...)  JAXC_CALL3_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL3_(...) JAXC_CALL3__(__VA_ARGS__)
#define JAXC_CALL3__(n, f, a, b, c)                                                                \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        jaxc_value jaxc_k##n = JAXC_VAL(c);                                                        \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n);                                                        \
    })
#define JAXC_CALL4(...)  JAXC_CALL4_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL4_(...) JAXC_CALL4__(__VA_ARGS__)
#define JAXC_CALL4__(n, f, a, b, c, d)                                                             \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        jaxc_value jaxc_k##n = JAXC_VAL(c);                                                        \
        jaxc_value jaxc_d##n = JAXC_VAL(d);                                                        \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_d##n);                                             \
    })
/*
 * A variable for options. What C would read otherwise than it looks does not compile: a number
 * where a set or a list stands (.in_axes = 1), one option twice (JAXC_AXIS(0), JAXC_AXIS(1)).
 */
#ifdef __clang__
#define JAXC_STRICT _Pragma("GCC diagnostic push") JAXC_STRICT_
#else /* also where the headers are installed among the system's */
#define JAXC_STRICT                                                                                \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic warning \"-Wsystem-headers\"")          \
        JAXC_STRICT_
#endif
#define JAXC_STRICT_                                                                               \
    _Pragma("GCC diagnostic error \"-Wmissing-braces\"")                                           \
        _Pragma("GCC diagnostic error \"-Wint-conversion\"")                                       \
            _Pragma("GCC diagnostic error \"-Woverride-init\"")
#define JAXC_OPTIONS(options, name, ...)                                                           \
    JAXC_STRICT struct options name = {__VA_ARGS__};                                               \
    _Pragma("GCC diagnostic pop")
#define JAXC_OPT1(...)  JAXC_OPT1_(__COUNTER__, __VA_ARGS__, .unused = 0)
#define JAXC_OPT1_(...) JAXC_OPT1__(__VA_ARGS__)
#define JAXC_OPT1__(n, f, options, a, ...)                                                         \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        JAXC_OPTIONS(options, jaxc_o##n, __VA_ARGS__)                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_o##n);                                                                   \
    })
#define JAXC_OPT2(...)  JAXC_OPT2_(__COUNTER__, __VA_ARGS__, .unused = 0)
#define JAXC_OPT2_(...) JAXC_OPT2__(__VA_ARGS__)
#define JAXC_OPT2__(n, f, options, a, b, ...)                                                      \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        JAXC_OPTIONS(options, jaxc_o##n, __VA_ARGS__)                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_o##n);                                                        \
    })
#define JAXC_OPT3(...)  JAXC_OPT3_(__COUNTER__, __VA_ARGS__, .unused = 0)
#define JAXC_OPT3_(...) JAXC_OPT3__(__VA_ARGS__)
#define JAXC_OPT3__(n, f, options, a, b, c, ...)                                                   \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        jaxc_value jaxc_k##n = JAXC_VAL(c);                                                        \
        JAXC_OPTIONS(options, jaxc_o##n, __VA_ARGS__)                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_o##n);                                             \
    })
#define JAXC_OPT4(...)  JAXC_OPT4_(__COUNTER__, __VA_ARGS__, .unused = 0)
#define JAXC_OPT4_(...) JAXC_OPT4__(__VA_ARGS__)
#define JAXC_OPT4__(n, f, options, a, b, c, d, ...)                                                \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        jaxc_value jaxc_k##n = JAXC_VAL(c);                                                        \
        jaxc_value jaxc_d##n = JAXC_VAL(d);                                                        \
        JAXC_OPTIONS(options, jaxc_o##n, __VA_ARGS__)                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_d##n, jaxc_o##n);                                  \
    })
#define JAXC_OPT5(...)  JAXC_OPT5_(__COUNTER__, __VA_ARGS__, .unused = 0)
#define JAXC_OPT5_(...) JAXC_OPT5__(__VA_ARGS__)
#define JAXC_OPT5__(n, f, options, a, b, c, d, e, ...)                                             \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        jaxc_value jaxc_k##n = JAXC_VAL(c);                                                        \
        jaxc_value jaxc_d##n = JAXC_VAL(d);                                                        \
        jaxc_value jaxc_e##n = JAXC_VAL(e);                                                        \
        JAXC_OPTIONS(options, jaxc_o##n, __VA_ARGS__)                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n, jaxc_d##n, jaxc_e##n, jaxc_o##n);                       \
    })
#define JAXC_CALL_F1(...)  JAXC_CALL_F1_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL_F1_(...) JAXC_CALL_F1__(__VA_ARGS__)
#define JAXC_CALL_F1__(n, f, first)                                                                \
    __extension__({                                                                                \
        jaxc_fn jaxc_f##n = JAXC_FN(first);                                                        \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (f)(jaxc_f##n);                                                                            \
    })
#define JAXC_CALL_F(...)  JAXC_CALL_F_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL_F_(...) JAXC_CALL_F__(__VA_ARGS__)
#define JAXC_CALL_F__(n, f, first, ...)                                                            \
    __extension__({                                                                                \
        jaxc_fn jaxc_f##n = JAXC_FN(first);                                                        \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (f)(jaxc_f##n, __VA_ARGS__);                                                               \
    })
#define JAXC_CALL_V(...)  JAXC_CALL_V_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL_V_(...) JAXC_CALL_V__(__VA_ARGS__)
#define JAXC_CALL_V__(n, f, first, ...)                                                            \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(first);                                                    \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (f)(jaxc_a##n, __VA_ARGS__);                                                               \
    })
#define JAXC_CALL_VP(...)  JAXC_CALL_VP_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL_VP_(...) JAXC_CALL_VP__(__VA_ARGS__)
#define JAXC_CALL_VP__(n, f, a, b)                                                                 \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        __auto_type jaxc_b##n = (b);                                                               \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n);                                                                   \
    })
#define JAXC_CALL_VPP(...)  JAXC_CALL_VPP_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL_VPP_(...) JAXC_CALL_VPP__(__VA_ARGS__)
#define JAXC_CALL_VPP__(n, f, a, b, c)                                                             \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        __auto_type jaxc_b##n = (b);                                                               \
        __auto_type jaxc_k##n = (c);                                                               \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_k##n);                                                        \
    })
#define JAXC_CALL_VD(...)  JAXC_CALL_VD_(__COUNTER__, __VA_ARGS__, (jaxc_dtype)0)
#define JAXC_CALL_VD_(...) JAXC_CALL_VD__(__VA_ARGS__)
#define JAXC_CALL_VD__(n, f, a, ...)                                                               \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        const jaxc_dtype jaxc_d##n[2] = {__VA_ARGS__};                                             \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_d##n[0]);                                                                \
    })
#define JAXC_CALL_VVD(...)  JAXC_CALL_VVD_(__COUNTER__, __VA_ARGS__, (jaxc_dtype)0)
#define JAXC_CALL_VVD_(...) JAXC_CALL_VVD__(__VA_ARGS__)
#define JAXC_CALL_VVD__(n, f, a, b, ...)                                                           \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        const jaxc_dtype jaxc_d##n[2] = {__VA_ARGS__};                                             \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_d##n[0]);                                                     \
    })
#define JAXC_CALL_VPD(...)  JAXC_CALL_VPD_(__COUNTER__, __VA_ARGS__, (jaxc_dtype)0)
#define JAXC_CALL_VPD_(...) JAXC_CALL_VPD__(__VA_ARGS__)
#define JAXC_CALL_VPD__(n, f, a, b, ...)                                                           \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(a);                                                        \
        __auto_type jaxc_b##n = (b);                                                               \
        const jaxc_dtype jaxc_d##n[2] = {__VA_ARGS__};                                             \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_d##n[0]);                                                     \
    })
#define JAXC_CALL_PD(...)  JAXC_CALL_PD_(__COUNTER__, __VA_ARGS__, (jaxc_dtype)0)
#define JAXC_CALL_PD_(...) JAXC_CALL_PD__(__VA_ARGS__)
#define JAXC_CALL_PD__(n, f, a, ...)                                                               \
    __extension__({                                                                                \
        __auto_type jaxc_a##n = (a);                                                               \
        const jaxc_dtype jaxc_d##n[2] = {__VA_ARGS__};                                             \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_d##n[0]);                                                                \
    })
#define JAXC_CALL_PVD(...)  JAXC_CALL_PVD_(__COUNTER__, __VA_ARGS__, (jaxc_dtype)0)
#define JAXC_CALL_PVD_(...) JAXC_CALL_PVD__(__VA_ARGS__)
#define JAXC_CALL_PVD__(n, f, a, b, ...)                                                           \
    __extension__({                                                                                \
        __auto_type jaxc_a##n = (a);                                                               \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        const jaxc_dtype jaxc_d##n[2] = {__VA_ARGS__};                                             \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n, jaxc_d##n[0]);                                                     \
    })
#define JAXC_CALL_PV(...)  JAXC_CALL_PV_(__COUNTER__, __VA_ARGS__)
#define JAXC_CALL_PV_(...) JAXC_CALL_PV__(__VA_ARGS__)
#define JAXC_CALL_PV__(n, f, a, b)                                                                 \
    __extension__({                                                                                \
        __auto_type jaxc_a##n = (a);                                                               \
        jaxc_value jaxc_b##n = JAXC_VAL(b);                                                        \
        jaxc_at(__FILE__, __LINE__);                                                               \
        f(jaxc_a##n, jaxc_b##n);                                                                   \
    })
#endif

/*
 * Lists of arguments. JAXC_COUNT is the number of its arguments, 1 to 16, and 17 for more (up to
 * 64); JAXC_VALUES their list, each through JAXC_VAL. JAXC_WRONG is a value that does not compile,
 * for a wrong number of arguments: the compiler says the text.
 */
#define JAXC_PASTE(a, b)  JAXC_PASTE_(a, b)
#define JAXC_PASTE_(a, b) a##b
#define JAXC_65TH(...)    JAXC_65TH_(__VA_ARGS__)
#define JAXC_65TH_(a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7, c0, c1, c2, c3, \
                   c4, c5, c6, c7, d0, d1, d2, d3, d4, d5, d6, d7, e0, e1, e2, e3, e4, e5, e6, e7, \
                   f0, f1, f2, f3, f4, f5, f6, f7, g0, g1, g2, g3, g4, g5, g6, g7, h0, h1, h2, h3, \
                   h4, h5, h6, h7, n, ...)                                                         \
    n
#define JAXC_8(x)  x, x, x, x, x, x, x, x
#define JAXC_48(x) JAXC_8(x), JAXC_8(x), JAXC_8(x), JAXC_8(x), JAXC_8(x), JAXC_8(x)
#define JAXC_COUNT(...)                                                                            \
    JAXC_65TH(__VA_ARGS__, JAXC_48(17), 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define JAXC_WRONG(text)                                                                           \
    ((jaxc_value){0, sizeof(struct {                                                               \
                      _Static_assert(0, text);                                                     \
                      char c;                                                                      \
                  })})
#define JAXC_VALUES(...) JAXC_PASTE(JAXC_VALUES_, JAXC_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define JAXC_VALUES_17(...)                                                                        \
    JAXC_WRONG("at most 16 values; the function with _n at its name's end takes a list")
#define JAXC_VALUES_1(a)                         JAXC_VAL(a)
#define JAXC_VALUES_2(a, b)                      JAXC_VALUES_1(a), JAXC_VAL(b)
#define JAXC_VALUES_3(a, b, c)                   JAXC_VALUES_2(a, b), JAXC_VAL(c)
#define JAXC_VALUES_4(a, b, c, d)                JAXC_VALUES_3(a, b, c), JAXC_VAL(d)
#define JAXC_VALUES_5(a, b, c, d, e)             JAXC_VALUES_4(a, b, c, d), JAXC_VAL(e)
#define JAXC_VALUES_6(a, b, c, d, e, f)          JAXC_VALUES_5(a, b, c, d, e), JAXC_VAL(f)
#define JAXC_VALUES_7(a, b, c, d, e, f, g)       JAXC_VALUES_6(a, b, c, d, e, f), JAXC_VAL(g)
#define JAXC_VALUES_8(a, b, c, d, e, f, g, h)    JAXC_VALUES_7(a, b, c, d, e, f, g), JAXC_VAL(h)
#define JAXC_VALUES_9(a, b, c, d, e, f, g, h, i) JAXC_VALUES_8(a, b, c, d, e, f, g, h), JAXC_VAL(i)
#define JAXC_VALUES_10(a, b, c, d, e, f, g, h, i, j)                                               \
    JAXC_VALUES_9(a, b, c, d, e, f, g, h, i), JAXC_VAL(j)
#define JAXC_VALUES_11(a, b, c, d, e, f, g, h, i, j, k)                                            \
    JAXC_VALUES_10(a, b, c, d, e, f, g, h, i, j), JAXC_VAL(k)
#define JAXC_VALUES_12(a, b, c, d, e, f, g, h, i, j, k, l)                                         \
    JAXC_VALUES_11(a, b, c, d, e, f, g, h, i, j, k), JAXC_VAL(l)
#define JAXC_VALUES_13(a, b, c, d, e, f, g, h, i, j, k, l, m)                                      \
    JAXC_VALUES_12(a, b, c, d, e, f, g, h, i, j, k, l), JAXC_VAL(m)
#define JAXC_VALUES_14(a, b, c, d, e, f, g, h, i, j, k, l, m, n)                                   \
    JAXC_VALUES_13(a, b, c, d, e, f, g, h, i, j, k, l, m), JAXC_VAL(n)
#define JAXC_VALUES_15(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o)                                \
    JAXC_VALUES_14(a, b, c, d, e, f, g, h, i, j, k, l, m, n), JAXC_VAL(o)
#define JAXC_VALUES_16(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)                             \
    JAXC_VALUES_15(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o), JAXC_VAL(p)

#ifndef JAXC_PLAIN
#define jaxc_from_bool(...)      JAXC_AT(jaxc_from_bool, __VA_ARGS__)
#define jaxc_from_i64(...)       JAXC_AT(jaxc_from_i64, __VA_ARGS__)
#define jaxc_from_u64(...)       JAXC_AT(jaxc_from_u64, __VA_ARGS__)
#define jaxc_from_f64(...)       JAXC_AT(jaxc_from_f64, __VA_ARGS__)
#define jaxc_fn0(...)            JAXC_AT(jaxc_fn0, __VA_ARGS__)
#define jaxc_fn1(...)            JAXC_AT(jaxc_fn1, __VA_ARGS__)
#define jaxc_fn2(...)            JAXC_AT(jaxc_fn2, __VA_ARGS__)
#define jaxc_fn3(...)            JAXC_AT(jaxc_fn3, __VA_ARGS__)
#define jaxc_fn4(...)            JAXC_AT(jaxc_fn4, __VA_ARGS__)
#define jaxc_fn5(...)            JAXC_AT(jaxc_fn5, __VA_ARGS__)
#define jaxc_fn6(...)            JAXC_AT(jaxc_fn6, __VA_ARGS__)
#define jaxc_fn7(...)            JAXC_AT(jaxc_fn7, __VA_ARGS__)
#define jaxc_fn8(...)            JAXC_AT(jaxc_fn8, __VA_ARGS__)
#define jaxc_fn9(...)            JAXC_AT(jaxc_fn9, __VA_ARGS__)
#define jaxc_fn10(...)           JAXC_AT(jaxc_fn10, __VA_ARGS__)
#define jaxc_fn11(...)           JAXC_AT(jaxc_fn11, __VA_ARGS__)
#define jaxc_fn12(...)           JAXC_AT(jaxc_fn12, __VA_ARGS__)
#define jaxc_fn1_axes(...)       JAXC_AT(jaxc_fn1_axes, __VA_ARGS__)
#define jaxc_fn1_reduce(...)     JAXC_AT(jaxc_fn1_reduce, __VA_ARGS__)
#define jaxc_fn1_activation(...) JAXC_AT(jaxc_fn1_activation, __VA_ARGS__)
#define jaxc_fn1_dtype(...)      JAXC_AT(jaxc_fn1_dtype, __VA_ARGS__)
#endif

#endif
