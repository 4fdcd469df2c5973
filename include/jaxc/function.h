/*
 * jaxc/function.h - functions of values: calling them, binding arguments, and making C functions of
 * them again.
 *
 * Wherever a jaxc_fn is wanted, the macros take a C function of up to twelve values as it is.
 */
#ifndef JAXC_FUNCTION_H
#define JAXC_FUNCTION_H

#include <jaxc/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * jaxc_call - calls a function: jaxc_call(f, x, y). jaxc_call_n(f, n, args) is the plain function.
 *
 *   f      any function
 *   args   n values, numbers through the macro
 *   ->     what f returns
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_EARITY   f takes another number of arguments
 *         JAXC_EVALUE   f returned no living value
 *         JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM, and what f sets
 */
JAXC_API jaxc_value jaxc_call_n(jaxc_fn f, int n, const jaxc_value *args);

/*
 * jaxc_partial - f with its first arguments bound: jaxc_partial(f, v...). jaxc_partial_n is the
 * plain function.
 *
 *   f        any function
 *   values   operands of every call; in caches only their types count
 *   ->       a function of the remaining arguments
 *
 * Owner   the result belongs to the innermost scope and holds the values.
 * Errors  JAXC_EARITY  more values than arguments; JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 * Source  functools.partial.
 */
JAXC_API jaxc_fn jaxc_partial_n(jaxc_fn f, int n, const jaxc_value *values);

/*
 * jaxc_closure - a C function with C state: jaxc_closure(f, &env) for
 * f(const void *env, jaxc_value x, ...). jaxc_closure_n(f, arity, env, bytes) is the plain
 * function.
 *
 *   f       its first parameter is const void *, then `arity` values, 0 to 11
 *   env     copied; its bytes are part of every cache key, so equal bytes mean the same function.
 *           It may not hold handles
 *   bytes   size of env
 *   ->      a function of `arity` values
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_EVALUE  f is NULL, or arity out of range; JAXC_ENOMEM
 * Source  a Python closure whose cells are hashable.
 */
typedef void (*jaxc_any_c)(void);
typedef jaxc_value (*jaxc_closure_c0)(const void *);
typedef jaxc_value (*jaxc_closure_c1)(const void *, jaxc_value);
typedef jaxc_value (*jaxc_closure_c2)(const void *, jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_closure_c3)(const void *, jaxc_value, jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_closure_c4)(const void *, jaxc_value, jaxc_value, jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_closure_c5)(const void *, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                                      jaxc_value);
typedef jaxc_value (*jaxc_closure_c6)(const void *, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                                      jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_closure_c7)(const void *, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                                      jaxc_value, jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_closure_c8)(const void *, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                                      jaxc_value, jaxc_value, jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_closure_c9)(const void *, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                                      jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value);
typedef jaxc_value (*jaxc_closure_c10)(const void *, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                                       jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                                       jaxc_value);
typedef jaxc_value (*jaxc_closure_c11)(const void *, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                                       jaxc_value, jaxc_value, jaxc_value, jaxc_value, jaxc_value,
                                       jaxc_value, jaxc_value);
JAXC_API jaxc_fn jaxc_closure_n(jaxc_any_c f, int arity, const void *env, size_t bytes);

/*
 * jaxc_arity - the number of arguments of a function.
 *
 *   ->   -1 after an error or when any number is taken
 *
 * Errors  JAXC_EDEAD
 */
JAXC_API int jaxc_arity(jaxc_fn f);

/*
 * jaxc_named - gives a function that was just made a name, for program texts; some macros do this.
 *
 *   f      known to this thread only
 *   text   of the macro's arguments; its first plain name is taken: f of "jaxc_grad(f), rule"
 *   ->     f, whose name stays if it has one
 *
 * Errors  none
 */
JAXC_API jaxc_fn jaxc_named(jaxc_fn f, const char *text);

/*
 * jaxc_fn_ok - whether a function handle is alive.
 *
 * Errors  none
 */
JAXC_API bool jaxc_fn_ok(jaxc_fn f);

/*
 * JAXC_FUNCTION - a function as a plain C function pointer:
 * jaxc_value (*g)(jaxc_value, jaxc_value) = JAXC_FUNCTION(2, f). jaxc_function_new(f, arity) is the
 * plain function.
 *
 *   f       any function of `arity` arguments
 *   arity   0 to 12
 *   ->      a C function; handing it back to a transform gives f again. NULL after an error
 *
 * Owner   the caller, until jaxc_function_free; it holds f. Scopes do not matter.
 * Errors  JAXC_EARITY  f takes another number
 *         JAXC_EUNSUPPORTED  no executable memory to be had
 *         JAXC_EDEAD, JAXC_ENOMEM
 * Source  libffi's closures.
 */
JAXC_API jaxc_any_c jaxc_function_new(jaxc_fn f, int arity);

/*
 * jaxc_function_free - ends a C function made by JAXC_FUNCTION.
 *
 *   function   NULL is fine; no call may be under way
 *
 * Errors  JAXC_EVALUE  not one of ours
 */
JAXC_API void jaxc_function_free(jaxc_any_c function);

#define JAXC_FUNCTION(arity, ...)                                                                  \
    ((JAXC_PASTE(jaxc_c, arity))JAXC_CALL_F(jaxc_function_new, (__VA_ARGS__), arity))

#ifdef __cplusplus
}
template <class F, class... A> inline jaxc_value jaxc_call_of(F f, A... a)
{
    const jaxc_value args[sizeof...(A) + 1] = {jaxc_value(a)...};
    return jaxc_call_n(jaxc_fn_of(f), static_cast<int>(sizeof...(A)), args);
}
template <class F, class... A> inline jaxc_fn jaxc_partial_of(F f, A... a)
{
    const jaxc_value args[] = {jaxc_value(a)...};
    return jaxc_partial_n(jaxc_fn_of(f), static_cast<int>(sizeof...(A)), args);
}
template <class E, class... A>
inline jaxc_fn jaxc_closure_of(jaxc_value (*f)(const void *, A...), const E *env)
{
    static_assert((std::is_same<A, jaxc_value>::value && ...), "a closure is a function of values");
    return jaxc_closure_n(reinterpret_cast<jaxc_any_c>(f), static_cast<int>(sizeof...(A)), env,
                          sizeof *env);
}
template <class F, class E> inline jaxc_fn jaxc_closure_of(F lambda, const E *env)
{
    return jaxc_closure_of(+lambda, env);
}
#else
/* The arguments behind f, and one element more, for calls without arguments. */
#define JAXC_ARGUMENTS(...) JAXC_PASTE(JAXC_ARGUMENTS_, JAXC_SOME(__VA_ARGS__))(__VA_ARGS__)
#define JAXC_SOME(...)      JAXC_65TH(__VA_ARGS__, JAXC_48(2), JAXC_8(2), 2, 2, 2, 2, 2, 2, 2, 1, 0)
#define JAXC_ARGUMENTS_1(f)                                                                        \
    {                                                                                              \
        0, 0                                                                                       \
    }
#define JAXC_ARGUMENTS_2(f, ...)                                                                   \
    JAXC_VALUES(__VA_ARGS__), { 0, 0 }
#define JAXC_FIRST(...)     JAXC_FIRST_(__VA_ARGS__, 0)
#define JAXC_FIRST_(f, ...) f
#define JAXC_APPLY(...)     JAXC_APPLY_(__VA_ARGS__)
#define JAXC_APPLY_(n, apply, ...)                                                                 \
    __extension__({                                                                                \
        jaxc_fn jaxc_f##n = JAXC_FN(JAXC_FIRST(__VA_ARGS__));                                      \
        const jaxc_value jaxc_l##n[] = {JAXC_ARGUMENTS(__VA_ARGS__)};                              \
        _Static_assert(sizeof jaxc_l##n / sizeof jaxc_l##n[0] <= JAXC_MAX_ARGS + 1,                \
                       "a function has at most JAXC_MAX_ARGS arguments");                          \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (apply)(jaxc_f##n, (int)(sizeof jaxc_l##n / sizeof jaxc_l##n[0]) - 1, jaxc_l##n);          \
    })
#define JAXC_CLOSURE(...) JAXC_CLOSURE_(__VA_ARGS__)
#define JAXC_CLOSURE_(n, f, env)                                                                   \
    __extension__({                                                                                \
        __auto_type jaxc_f##n = (f);                                                               \
        __auto_type jaxc_e##n = (env);                                                             \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_closure_n)((jaxc_any_c)jaxc_f##n,                                                    \
                         _Generic(jaxc_f##n, jaxc_closure_c0 : 0, jaxc_closure_c1 : 1,             \
                                  jaxc_closure_c2 : 2, jaxc_closure_c3 : 3, jaxc_closure_c4 : 4,   \
                                  jaxc_closure_c5 : 5, jaxc_closure_c6 : 6, jaxc_closure_c7 : 7,   \
                                  jaxc_closure_c8 : 8, jaxc_closure_c9 : 9, jaxc_closure_c10 : 10, \
                                  jaxc_closure_c11 : 11),                                          \
                         jaxc_e##n, sizeof *jaxc_e##n);                                            \
    })
#endif

#ifndef JAXC_PLAIN
#ifdef __cplusplus
#define jaxc_call(...)    JAXC_LOCATED(jaxc_call_of, __VA_ARGS__)
#define jaxc_partial(...) JAXC_LOCATED(jaxc_partial_of, __VA_ARGS__)
#define jaxc_closure(...) JAXC_LOCATED(jaxc_closure_of, __VA_ARGS__)
#else
#define jaxc_call(...)    JAXC_APPLY(__COUNTER__, jaxc_call_n, __VA_ARGS__)
#define jaxc_partial(...) JAXC_APPLY(__COUNTER__, jaxc_partial_n, __VA_ARGS__)
#define jaxc_closure(...) JAXC_CLOSURE(__COUNTER__, __VA_ARGS__)
#endif
#define jaxc_call_n(...)        JAXC_CALL_F(jaxc_call_n, __VA_ARGS__)
#define jaxc_partial_n(...)     JAXC_CALL_F(jaxc_partial_n, __VA_ARGS__)
#define jaxc_closure_n(...)     JAXC_AT(jaxc_closure_n, __VA_ARGS__)
#define jaxc_arity(...)         JAXC_CALL_F1(jaxc_arity, __VA_ARGS__)
#define jaxc_function_new(...)  JAXC_CALL_F(jaxc_function_new, __VA_ARGS__)
#define jaxc_function_free(...) JAXC_AT(jaxc_function_free, (jaxc_any_c)(__VA_ARGS__))
#endif

#endif
