/*
 * jaxc/transform.h - the transforms: each takes a function and gives a function, so they nest in
 * any order.
 */
#ifndef JAXC_TRANSFORM_H
#define JAXC_TRANSFORM_H

#include <jaxc/function.h>

#ifdef __cplusplus
extern "C" {
#endif

struct jaxc_jit_options {
    /* Sets are written JAXC_ARGS(0, 2); numbers below 0 count from the last argument.
     * These arrive as literals and are part of the cache key: C numbers only. */
    struct jaxc_args static_argnums;
    /* The memory of these is given to the results; their handles are dead afterwards. */
    struct jaxc_args donate;
    const char *name; /* in program texts; a string literal */
    char unused;
};

/*
 * jaxc_jit - f compiled: traced once for each kind of arguments, then run as one executable.
 *
 *   f   a pure function; what it does besides runs only while tracing
 *
 * Owner   the result belongs to the innermost scope; compiled code lives in a bounded cache.
 * Errors  JAXC_EVALUE  an argument both static and donated, or an impossible argument number, or a
 *         set not made by JAXC_ARGS; JAXC_ENOMEM
 *         of the call: JAXC_EVALUE  a static argument that is no number; what tracing f sets
 * Source  jax.jit; differs: static arguments are scalars.
 */
JAXC_API jaxc_fn jaxc_jit(jaxc_fn f, struct jaxc_jit_options options JAXC_DEFAULT);

struct jaxc_grad_options {
    /* None: argument 0. One: its gradient itself. Several: a tuple of gradients. */
    struct jaxc_args argnums;
    /* f returns (value, aux); the result is (gradient, aux), or ((value, aux), gradient). */
    bool has_aux;
    bool allow_int; /* integer arguments get zeros instead of an error */
    char unused;
};

/*
 * jaxc_grad - the gradient of a scalar function; jaxc_value_and_grad gives (value, gradient).
 *
 *   f    returns a float scalar (and aux)
 *   ->   takes f's arguments; the gradient has the structure and types of the chosen arguments
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_ENOMEM; JAXC_EVALUE  argnums not made by JAXC_ARGS
 *         of the call: JAXC_ESHAPE  f's result is no scalar (the message has its shape)
 *         JAXC_EDTYPE  f's result or a chosen argument is no float
 *         JAXC_EARITY  no such argument; JAXC_ENORULE  a primitive without derivative
 * Source  jax.grad, jax.value_and_grad; differs: one argnum gives no tuple.
 */
JAXC_API jaxc_fn jaxc_grad(jaxc_fn f, struct jaxc_grad_options options JAXC_DEFAULT);
JAXC_API jaxc_fn jaxc_value_and_grad(jaxc_fn f, struct jaxc_grad_options options JAXC_DEFAULT);

struct jaxc_vmap_options {
    int in_axes[JAXC_MAX_ARGS]; /* per argument: the mapped axis of all its leaves, or JAXC_NONE */
    /* Per argument: a tree of axes instead, of C numbers; a prefix of the argument is enough. */
    jaxc_value in_trees[JAXC_MAX_ARGS];
    int out_axes;        /* where the mapped axis goes in every result */
    jaxc_value out_tree; /* or a tree of axes, a prefix of the result */
    int64_t axis_size;   /* needed only when nothing is mapped */
    char unused;
};

/*
 * jaxc_vmap - f over a new axis of its arguments: written for one, applied to many.
 *
 *   f    sees its arguments without the mapped axis
 *   ->   results have the axis at out_axes; negative axes count from the end
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_ENOMEM; JAXC_EARITY  in_axes or in_trees set for an argument that f does not have;
 *         of the call: JAXC_ESHAPE  mapped sizes differ (per argument and path), or a rank is too
 *         small
 *         JAXC_EAXIS   an axis out of range
 *         JAXC_EVALUE  nothing is mapped and axis_size is 0; out_axes is JAXC_NONE for a result
 *         that is mapped
 *         JAXC_ENORULE a primitive without batching rule
 * Source  jax.vmap.
 */
JAXC_API jaxc_fn jaxc_vmap(jaxc_fn f, struct jaxc_vmap_options options JAXC_DEFAULT);

/*
 * jaxc_jvp - f and its derivative along a direction.
 *
 *   f    any function
 *   ->   takes (primals tuple, tangents tuple), gives (f(primals), tangent of it)
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_ENOMEM; of the call: JAXC_ETREE  tangents have another structure
 *         JAXC_EDTYPE, JAXC_ESHAPE  a tangent of another type than its primal
 *         JAXC_ENORULE a primitive without derivative
 * Source  jax.jvp; differs: it is a function of the function. Tangents of integers are ignored.
 */
JAXC_API jaxc_fn jaxc_jvp(jaxc_fn f);

/*
 * jaxc_vjp - evaluates f and gives its pullback: jaxc_fn back = jaxc_vjp(f, &out, x, y). jaxc_vjp_n
 * is the plain function.
 *
 *   f      any function
 *   out    receives f(args); may be NULL
 *   args   n values
 *   ->     takes a cotangent like out, gives a tuple of cotangents, one for each argument
 *
 * Owner   out and the result belong to the innermost scope.
 * Errors  as jaxc_jvp's call; of the pullback: JAXC_ETREE, JAXC_EDTYPE, JAXC_ESHAPE  the cotangent
 *         is not like out
 * Source  jax.vjp.
 */
JAXC_API jaxc_fn jaxc_vjp_n(jaxc_fn f, jaxc_value *out, int n, const jaxc_value *args);

/*
 * jaxc_linearize - evaluates f and gives its derivative there as a function: jaxc_fn lin =
 * jaxc_linearize(f, &out, x). jaxc_linearize_n is the plain function.
 *
 *   f, out, args   as jaxc_vjp
 *   ->             takes tangents like the arguments, gives the tangent of out
 *
 * Owner   out and the result belong to the innermost scope.
 * Errors  as jaxc_jvp's call
 * Source  jax.linearize.
 */
JAXC_API jaxc_fn jaxc_linearize_n(jaxc_fn f, jaxc_value *out, int n, const jaxc_value *args);

/*
 * jaxc_linear_transpose - the transpose of a linear function: jaxc_linear_transpose(f, like_x).
 * jaxc_linear_transpose_n is the plain function.
 *
 *   f      linear in all its arguments, or with a constant added, which does not count
 *   args   values or jaxc_spec: only their types count
 *   ->     takes a cotangent like f's result, gives a tuple of cotangents
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_EDTYPE  an argument is no float; of the call: JAXC_ENORULE, JAXC_EVALUE  f is not
 *         linear (the
 *         message names the primitive); otherwise as jaxc_vjp
 * Source  jax.linear_transpose.
 */
JAXC_API jaxc_fn jaxc_linear_transpose_n(jaxc_fn f, int n, const jaxc_value *args);

struct jaxc_jacobian_options {
    int argnum; /* of the argument to differentiate; below 0 from the last */
    char unused;
};

/*
 * jaxc_jacfwd, jaxc_jacrev - the Jacobian, column by column or row by row; jaxc_hessian is jacfwd
 * of jacrev.
 *
 *   f    of arrays or trees
 *   ->   for each result leaf T[o...] and argument leaf U[i...]: T[o..., i...] forward and
 *        U[o..., i...] in reverse, as the result's tree of the argument's tree
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_EDTYPE  the argument is no float; in reverse: the result is no float
 *         otherwise as jaxc_jvp and jaxc_vmap
 * Source  jax.jacfwd, jax.jacrev, jax.hessian.
 */
JAXC_API jaxc_fn jaxc_jacfwd(jaxc_fn f, struct jaxc_jacobian_options options JAXC_DEFAULT);
JAXC_API jaxc_fn jaxc_jacrev(jaxc_fn f, struct jaxc_jacobian_options options JAXC_DEFAULT);
JAXC_API jaxc_fn jaxc_hessian(jaxc_fn f, struct jaxc_jacobian_options options JAXC_DEFAULT);

/*
 * jaxc_custom_jvp - f with a derivative of the user's own: jaxc_custom_jvp(f, rule).
 *
 *   f      any function
 *   rule   takes (primals tuple, tangents tuple), gives (out, tangent of out); the tangent must be
 *          linear in the tangents
 *   ->     f; every transform uses the rule
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_EARITY  rule does not take two; JAXC_ENOMEM; of transformed calls: JAXC_ETREE,
 *         JAXC_EDTYPE, JAXC_ESHAPE  the rule's results do not fit f's
 * Source  jax.custom_jvp.
 */
JAXC_API jaxc_fn jaxc_custom_jvp(jaxc_fn f, jaxc_fn rule);

/*
 * jaxc_custom_vjp - f with a reverse derivative of the user's own: jaxc_custom_vjp(f, fwd, bwd).
 *
 *   f     any function
 *   fwd   takes f's arguments, gives (out, residuals)
 *   bwd   takes (residuals, cotangent of out), gives a tuple of cotangents, one for each argument
 *   ->    f; reverse mode uses fwd and bwd, forward mode is JAXC_ENORULE
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_EARITY, JAXC_ENOMEM; of transformed calls: JAXC_ETREE, JAXC_EDTYPE, JAXC_ESHAPE
 * Source  jax.custom_vjp.
 */
JAXC_API jaxc_fn jaxc_custom_vjp(jaxc_fn f, jaxc_fn fwd, jaxc_fn bwd);

/*
 * jaxc_stop_gradient - the value itself, whose derivative is zero.
 *
 *   x    any value or tree
 *   ->   like x
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_EDEAD, JAXC_EDONATED, JAXC_ENOMEM
 * Source  jax.lax.stop_gradient.
 */
JAXC_API jaxc_value jaxc_stop_gradient(jaxc_value x);

/*
 * jaxc_eval_shape - the types of f's results without computing anything: jaxc_eval_shape(f, x).
 * jaxc_eval_shape_n is the plain function.
 *
 *   f      any function
 *   args   values or jaxc_spec
 *   ->     a tree of abstract values
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  what tracing f sets
 * Source  jax.eval_shape.
 */
JAXC_API jaxc_value jaxc_eval_shape_n(jaxc_fn f, int n, const jaxc_value *args);

/*
 * jaxc_program - the program of f at these arguments, as text: jaxc_program(f, x). jaxc_program_n
 * is the plain function.
 *
 *   f      any function
 *   args   values or jaxc_spec
 *   ->     the jaxpr; NULL after an error
 *
 * Owner   the innermost scope.
 * Errors  what tracing f sets
 * Source  jax.make_jaxpr.
 */
JAXC_API const char *jaxc_program_n(jaxc_fn f, int n, const jaxc_value *args);

/*
 * jaxc_program_optimised, jaxc_program_lowered - the same after the passes, and the kernels it
 * becomes.
 */
JAXC_API const char *jaxc_program_optimised_n(jaxc_fn f, int n, const jaxc_value *args);
JAXC_API const char *jaxc_program_lowered_n(jaxc_fn f, int n, const jaxc_value *args);

/*
 * jaxc_program_parse - a function from its program's text.
 *
 *   text   as jaxc_program prints it, without captures
 *   ->     a function of the program's inputs; several outputs come as a tuple
 *
 * Owner   the result belongs to the innermost scope.
 * Errors  JAXC_ESYNTAX  with line and column; JAXC_ENOMEM
 */
JAXC_API jaxc_fn jaxc_program_parse(const char *text);

/* What the cache of compiled functions did, since the process began. */
struct jaxc_jit_stats {
    uint64_t hits, misses, evictions;
    uint64_t entries;        /* now */
    uint64_t compiled;       /* executables made */
    uint64_t donated_unused; /* donated arrays whose memory could not be used */
};

/*
 * jaxc_jit_get_stats - the counters; jaxc_jit_why_missed - the reason of this thread's last miss;
 * jaxc_jit_why_unused - which donated arrays could not be used, and why, in this thread's last call
 * that had some ("" when none has).
 * jaxc_jit_clear - empties the cache; jaxc_jit_limit - bounds it.
 *
 *   entries   at most so many compiled functions are kept; the least recently used goes first. 0:
 *             the default, 1024
 *
 * Owner   the texts are the thread's, until its next call.
 * Errors  none
 */
JAXC_API struct jaxc_jit_stats jaxc_jit_get_stats(void);
JAXC_API const char *jaxc_jit_why_missed(void);
JAXC_API const char *jaxc_jit_why_unused(void);
JAXC_API void jaxc_jit_clear(void);
JAXC_API void jaxc_jit_limit(size_t entries);

#ifdef __cplusplus
}

/* C++: the same names take C functions too; options are a struct. */
#define JAXC_TRANSFORM_OF(name, options)                                                           \
    template <class F> inline jaxc_fn name##_of(F f, struct options o = {})                        \
    {                                                                                              \
        return name(jaxc_fn_of(f), o);                                                             \
    }
JAXC_TRANSFORM_OF(jaxc_jit, jaxc_jit_options)
JAXC_TRANSFORM_OF(jaxc_grad, jaxc_grad_options)
JAXC_TRANSFORM_OF(jaxc_value_and_grad, jaxc_grad_options)
JAXC_TRANSFORM_OF(jaxc_vmap, jaxc_vmap_options)
JAXC_TRANSFORM_OF(jaxc_jacfwd, jaxc_jacobian_options)
JAXC_TRANSFORM_OF(jaxc_jacrev, jaxc_jacobian_options)
JAXC_TRANSFORM_OF(jaxc_hessian, jaxc_jacobian_options)
template <class F> inline jaxc_fn jaxc_jvp_of(F f) { return jaxc_jvp(jaxc_fn_of(f)); }
template <class F, class R> inline jaxc_fn jaxc_custom_jvp_of(F f, R rule)
{
    return jaxc_custom_jvp(jaxc_fn_of(f), jaxc_fn_of(rule));
}
template <class F, class G, class B> inline jaxc_fn jaxc_custom_vjp_of(F f, G fwd, B bwd)
{
    return jaxc_custom_vjp(jaxc_fn_of(f), jaxc_fn_of(fwd), jaxc_fn_of(bwd));
}
#define JAXC_APPLY_OF(name, result)                                                                \
    template <class F, class... A> inline result name##_of(F f, A... a)                            \
    {                                                                                              \
        const jaxc_value args[sizeof...(A) + 1] = {jaxc_value(a)...};                              \
        return name##_n(jaxc_fn_of(f), static_cast<int>(sizeof...(A)), args);                      \
    }
JAXC_APPLY_OF(jaxc_eval_shape, jaxc_value)
JAXC_APPLY_OF(jaxc_program, const char *)
JAXC_APPLY_OF(jaxc_program_optimised, const char *)
JAXC_APPLY_OF(jaxc_program_lowered, const char *)
JAXC_APPLY_OF(jaxc_linear_transpose, jaxc_fn)
/* These note the place themselves: behind JAXC_LOCATED's lambda NULL is no pointer any more. */
#define JAXC_APPLY_OUT_OF(name)                                                                    \
    template <class F, class... A>                                                                 \
    inline jaxc_fn name##_of(const char *file, int line, F f, jaxc_value *out, A... a)             \
    {                                                                                              \
        const jaxc_fn function = jaxc_fn_of(f);                                                    \
        const jaxc_value args[sizeof...(A) + 1] = {jaxc_value(a)...};                              \
        jaxc_at(file, line);                                                                       \
        return name##_n(function, out, static_cast<int>(sizeof...(A)), args);                      \
    }
JAXC_APPLY_OUT_OF(jaxc_vjp)
JAXC_APPLY_OUT_OF(jaxc_linearize)
#else
#define JAXC_TRANSFORM(...) JAXC_TRANSFORM_(__VA_ARGS__)
#define JAXC_TRANSFORM_(n, transform, options, f, ...)                                             \
    __extension__({                                                                                \
        jaxc_fn jaxc_f##n = JAXC_FN(f);                                                            \
        JAXC_OPTIONS(options, jaxc_o##n, __VA_ARGS__)                                              \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (transform)(jaxc_f##n, jaxc_o##n);                                                         \
    })
#define JAXC_CUSTOM_JVP(...) JAXC_CUSTOM_JVP_(__VA_ARGS__)
#define JAXC_CUSTOM_JVP_(n, f, rule)                                                               \
    __extension__({                                                                                \
        jaxc_fn jaxc_f##n = JAXC_FN(f);                                                            \
        jaxc_fn jaxc_r##n = JAXC_FN(rule);                                                         \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_custom_jvp)(jaxc_f##n, jaxc_r##n);                                                   \
    })
#define JAXC_CUSTOM_VJP(...) JAXC_CUSTOM_VJP_(__VA_ARGS__)
#define JAXC_CUSTOM_VJP_(n, f, fwd, bwd)                                                           \
    __extension__({                                                                                \
        jaxc_fn jaxc_f##n = JAXC_FN(f);                                                            \
        jaxc_fn jaxc_g##n = JAXC_FN(fwd);                                                          \
        jaxc_fn jaxc_b##n = JAXC_FN(bwd);                                                          \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_custom_vjp)(jaxc_f##n, jaxc_g##n, jaxc_b##n);                                        \
    })
#define JAXC_APPLY_OUT(...) JAXC_APPLY_OUT_(__VA_ARGS__)
#define JAXC_APPLY_OUT_(n, apply, f, out, ...)                                                     \
    __extension__({                                                                                \
        jaxc_fn jaxc_f##n = JAXC_FN(f);                                                            \
        const jaxc_value jaxc_l##n[] = {JAXC_VALUES(__VA_ARGS__)};                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (apply)(jaxc_f##n, (out), (int)(sizeof jaxc_l##n / sizeof jaxc_l##n[0]), jaxc_l##n);       \
    })
#endif

#ifndef JAXC_PLAIN
#ifdef __cplusplus
#define jaxc_jit(...)               jaxc_named(JAXC_LOCATED(jaxc_jit_of, __VA_ARGS__), #__VA_ARGS__)
#define jaxc_grad(...)              JAXC_LOCATED(jaxc_grad_of, __VA_ARGS__)
#define jaxc_value_and_grad(...)    JAXC_LOCATED(jaxc_value_and_grad_of, __VA_ARGS__)
#define jaxc_vmap(...)              JAXC_LOCATED(jaxc_vmap_of, __VA_ARGS__)
#define jaxc_jacfwd(...)            JAXC_LOCATED(jaxc_jacfwd_of, __VA_ARGS__)
#define jaxc_jacrev(...)            JAXC_LOCATED(jaxc_jacrev_of, __VA_ARGS__)
#define jaxc_hessian(...)           JAXC_LOCATED(jaxc_hessian_of, __VA_ARGS__)
#define jaxc_jvp(...)               JAXC_LOCATED(jaxc_jvp_of, __VA_ARGS__)
#define jaxc_custom_jvp(...)        jaxc_named(JAXC_LOCATED(jaxc_custom_jvp_of, __VA_ARGS__), #__VA_ARGS__)
#define jaxc_custom_vjp(...)        jaxc_named(JAXC_LOCATED(jaxc_custom_vjp_of, __VA_ARGS__), #__VA_ARGS__)
#define jaxc_eval_shape(...)        JAXC_LOCATED(jaxc_eval_shape_of, __VA_ARGS__)
#define jaxc_program(...)           JAXC_LOCATED(jaxc_program_of, __VA_ARGS__)
#define jaxc_program_optimised(...) JAXC_LOCATED(jaxc_program_optimised_of, __VA_ARGS__)
#define jaxc_program_lowered(...)   JAXC_LOCATED(jaxc_program_lowered_of, __VA_ARGS__)
#define jaxc_linear_transpose(...)  JAXC_LOCATED(jaxc_linear_transpose_of, __VA_ARGS__)
#define jaxc_vjp(...)               jaxc_vjp_of(__FILE__, __LINE__, __VA_ARGS__)
#define jaxc_linearize(...)         jaxc_linearize_of(__FILE__, __LINE__, __VA_ARGS__)
#else
#define jaxc_jit(...)                                                                              \
    jaxc_named(JAXC_TRANSFORM(__COUNTER__, jaxc_jit, jaxc_jit_options, __VA_ARGS__, .unused = 0),  \
               #__VA_ARGS__)
#define jaxc_grad(...)                                                                             \
    JAXC_TRANSFORM(__COUNTER__, jaxc_grad, jaxc_grad_options, __VA_ARGS__, .unused = 0)
#define jaxc_value_and_grad(...)                                                                   \
    JAXC_TRANSFORM(__COUNTER__, jaxc_value_and_grad, jaxc_grad_options, __VA_ARGS__, .unused = 0)
#define jaxc_vmap(...)                                                                             \
    JAXC_TRANSFORM(__COUNTER__, jaxc_vmap, jaxc_vmap_options, __VA_ARGS__, .unused = 0)
#define jaxc_jacfwd(...)                                                                           \
    JAXC_TRANSFORM(__COUNTER__, jaxc_jacfwd, jaxc_jacobian_options, __VA_ARGS__, .unused = 0)
#define jaxc_jacrev(...)                                                                           \
    JAXC_TRANSFORM(__COUNTER__, jaxc_jacrev, jaxc_jacobian_options, __VA_ARGS__, .unused = 0)
#define jaxc_hessian(...)                                                                          \
    JAXC_TRANSFORM(__COUNTER__, jaxc_hessian, jaxc_jacobian_options, __VA_ARGS__, .unused = 0)
#define jaxc_jvp(...)               JAXC_CALL_F1(jaxc_jvp, __VA_ARGS__)
#define jaxc_custom_jvp(...)        jaxc_named(JAXC_CUSTOM_JVP(__COUNTER__, __VA_ARGS__), #__VA_ARGS__)
#define jaxc_custom_vjp(...)        jaxc_named(JAXC_CUSTOM_VJP(__COUNTER__, __VA_ARGS__), #__VA_ARGS__)
#define jaxc_eval_shape(...)        JAXC_APPLY(__COUNTER__, jaxc_eval_shape_n, __VA_ARGS__)
#define jaxc_program(...)           JAXC_APPLY(__COUNTER__, jaxc_program_n, __VA_ARGS__)
#define jaxc_program_optimised(...) JAXC_APPLY(__COUNTER__, jaxc_program_optimised_n, __VA_ARGS__)
#define jaxc_program_lowered(...)   JAXC_APPLY(__COUNTER__, jaxc_program_lowered_n, __VA_ARGS__)
#define jaxc_linear_transpose(...)  JAXC_APPLY(__COUNTER__, jaxc_linear_transpose_n, __VA_ARGS__)
#define jaxc_vjp(...)               JAXC_APPLY_OUT(__COUNTER__, jaxc_vjp_n, __VA_ARGS__)
#define jaxc_linearize(...)         JAXC_APPLY_OUT(__COUNTER__, jaxc_linearize_n, __VA_ARGS__)
#endif
#define jaxc_stop_gradient(...)       JAXC_CALL1(jaxc_stop_gradient, __VA_ARGS__)
#define jaxc_vjp_n(...)               JAXC_CALL_F(jaxc_vjp_n, __VA_ARGS__)
#define jaxc_linearize_n(...)         JAXC_CALL_F(jaxc_linearize_n, __VA_ARGS__)
#define jaxc_linear_transpose_n(...)  JAXC_CALL_F(jaxc_linear_transpose_n, __VA_ARGS__)
#define jaxc_eval_shape_n(...)        JAXC_CALL_F(jaxc_eval_shape_n, __VA_ARGS__)
#define jaxc_program_n(...)           JAXC_CALL_F(jaxc_program_n, __VA_ARGS__)
#define jaxc_program_optimised_n(...) JAXC_CALL_F(jaxc_program_optimised_n, __VA_ARGS__)
#define jaxc_program_lowered_n(...)   JAXC_CALL_F(jaxc_program_lowered_n, __VA_ARGS__)
#define jaxc_program_parse(...)       JAXC_AT(jaxc_program_parse, __VA_ARGS__)
#endif

#endif
