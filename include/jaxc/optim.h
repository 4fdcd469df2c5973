/*
 * jaxc/optim.h - gradient descent and its like, as functions of trees: the calls of optax.
 *
 * An optimiser is two functions. One makes its state from the parameters; the other takes gradients,
 * state, parameters and a learning rate, and gives (updates, state):
 *
 *     jaxc_value state = jaxc_optim_adam_init(params);
 *     jaxc_unpack(jaxc_optim_adam(grads, state, params, 1e-3), &updates, &state);
 *     params = jaxc_optim_apply_updates(params, updates);
 *
 * Nothing else is kept anywhere, so all of it may be traced, and the state donated. A chain of
 * transformations is one call after the other: clip the gradients, then call the optimiser. With a
 * learning rate of -1 an optimiser is optax's scale_by_ of that name, whose updates the next one
 * takes.
 *
 * Parameters are a tree of floats of any structure: a single array and a tree without leaves are
 * fine. Gradients have its structure and shapes. A state is a dict; its "count" i32[] is the number
 * of steps done, from which schedules give a learning rate. What a state holds keeps its dtype.
 *
 * Numbers (a learning rate, a norm) are C numbers or scalar values, traced ones too. Those among
 * options are values, so that 0 can be meant: .b1 = JAXC_VAL(0.95). What is left out is the ordinary
 * choice.
 *
 * Every call here may fail with JAXC_ETREE (structures differ; no state of this optimiser),
 * JAXC_ESHAPE (shapes differ; a number that is no scalar), JAXC_EDTYPE (leaves that are no floats),
 * JAXC_EDEAD, JAXC_EDONATED, JAXC_ELEAK and JAXC_ENOMEM; messages name the leaf. Results belong to
 * the innermost scope.
 */
#ifndef JAXC_OPTIM_H
#define JAXC_OPTIM_H

#include <jaxc/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- applying updates ------------------------------------------------------------------------ */

/*
 * jaxc_optim_apply_updates - params + updates.
 *
 *   params    any tree of numbers
 *   updates   params' structure and shapes
 *   ->        params' types, also weak ones
 *
 * Errors  those of every call
 * Source  optax.apply_updates; differs: weak leaves stay weak.
 */
JAXC_API jaxc_value jaxc_optim_apply_updates(jaxc_value params, jaxc_value updates);

/*
 * jaxc_optim_incremental_update - a moving average of parameters: step_size * params +
 * (1 - step_size) * average.
 *
 *   params      a tree
 *   average     params' structure and shapes
 *   step_size   a number
 *   ->          average's types
 *
 * Errors  those of every call
 * Source  optax.incremental_update; differs: the dtypes are average's.
 */
JAXC_API jaxc_value jaxc_optim_incremental_update(jaxc_value params, jaxc_value average,
                                                  jaxc_value step_size);

/* ---- changing gradients ---------------------------------------------------------------------- */

/*
 * jaxc_optim_global_norm - the square root of the sum of all squares.
 *
 *   x    a tree
 *   ->   a scalar; 16-bit floats count as f32
 *
 * Errors  those of every call
 * Source  optax.global_norm; differs for 16-bit floats.
 */
JAXC_API jaxc_value jaxc_optim_global_norm(jaxc_value x);

/*
 * jaxc_optim_clip_by_global_norm - scaled down to a norm of max_norm, if it is more.
 *
 *   grads      a tree
 *   max_norm   a number
 *   ->         grads' types
 *
 * Errors  those of every call
 * Source  optax.clip_by_global_norm.
 */
JAXC_API jaxc_value jaxc_optim_clip_by_global_norm(jaxc_value grads, jaxc_value max_norm);

/*
 * jaxc_optim_clip - each number cut to [-max_delta, max_delta].
 *
 *   grads       a tree
 *   max_delta   a number
 *   ->          grads' types
 *
 * Errors  those of every call
 * Source  optax.clip.
 */
JAXC_API jaxc_value jaxc_optim_clip(jaxc_value grads, jaxc_value max_delta);

struct jaxc_optim_mask_options {
    jaxc_value mask; /* a prefix of params: C numbers, 0 where a leaf is left as it is; none: all */
    char unused;
};

/*
 * jaxc_optim_add_decayed_weights - updates + weight_decay * params:
 * jaxc_optim_add_decayed_weights(grads, params, 1e-4, .mask = jaxc_dict("w", true, "b", false)).
 *
 *   updates        a tree
 *   params         its structure and shapes
 *   weight_decay   a number
 *   ->             updates' types
 *
 * Errors  JAXC_EVALUE  the mask has other values than C numbers
 * Source  optax.add_decayed_weights.
 */
JAXC_API jaxc_value
jaxc_optim_add_decayed_weights(jaxc_value updates, jaxc_value params, jaxc_value weight_decay,
                               struct jaxc_optim_mask_options options JAXC_DEFAULT);

/* ---- optimisers ------------------------------------------------------------------------------ */

/*
 * jaxc_optim_sgd_init, jaxc_optim_sgd - gradient descent: -learning_rate * grads.
 *
 *   ->   {"count"}; (updates, state)
 *
 * Errors  those of every call
 * Source  optax.sgd without momentum.
 */
JAXC_API jaxc_value jaxc_optim_sgd_init(jaxc_value params);
JAXC_API jaxc_value jaxc_optim_sgd(jaxc_value grads, jaxc_value state, jaxc_value params,
                                   jaxc_value learning_rate);

struct jaxc_optim_momentum_options {
    jaxc_value decay; /* left out: 0.9 */
    bool nesterov;
    char unused;
};

/*
 * jaxc_optim_momentum_init, jaxc_optim_momentum - gradient descent with momentum:
 * trace = grads + decay * trace, updates = -learning_rate * trace.
 *
 *   dtype   of the trace; left out: each parameter's
 *   ->      {"count", "trace"}; (updates, state)
 *
 * Errors  those of every call
 * Source  optax.sgd with momentum.
 */
JAXC_API jaxc_value jaxc_optim_momentum_init(jaxc_value params, jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_optim_momentum(jaxc_value grads, jaxc_value state, jaxc_value params,
                                        jaxc_value learning_rate,
                                        struct jaxc_optim_momentum_options options JAXC_DEFAULT);

struct jaxc_optim_adam_options {
    jaxc_value b1, b2;        /* left out: 0.9, 0.999 */
    jaxc_value eps, eps_root; /* left out: 1e-8, 0 */
    bool nesterov;
    char unused;
};

/*
 * jaxc_optim_adam_init, jaxc_optim_adam - steps of mu / (sqrt(nu + eps_root) + eps), mu and nu
 * being moving averages of the gradients and of their squares, without their bias to 0.
 *
 *   dtype   of mu; left out: each parameter's
 *   ->      {"count", "mu", "nu"}; (updates, state)
 *
 * Errors  those of every call
 * Source  optax.adam.
 */
JAXC_API jaxc_value jaxc_optim_adam_init(jaxc_value params, jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_optim_adam(jaxc_value grads, jaxc_value state, jaxc_value params,
                                    jaxc_value learning_rate,
                                    struct jaxc_optim_adam_options options JAXC_DEFAULT);

struct jaxc_optim_adamw_options {
    jaxc_value b1, b2;        /* left out: 0.9, 0.999 */
    jaxc_value eps, eps_root; /* left out: 1e-8, 0 */
    jaxc_value weight_decay;  /* left out: 1e-4 */
    jaxc_value mask;          /* as of jaxc_optim_add_decayed_weights */
    bool nesterov;
    char unused;
};

/*
 * jaxc_optim_adamw_init, jaxc_optim_adamw - adam, with weight_decay * params added before the
 * learning rate.
 *
 *   dtype   of mu; left out: each parameter's
 *   ->      {"count", "mu", "nu"}; (updates, state)
 *
 * Errors  JAXC_EVALUE  the mask has other values than C numbers
 * Source  optax.adamw.
 */
JAXC_API jaxc_value jaxc_optim_adamw_init(jaxc_value params, jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_optim_adamw(jaxc_value grads, jaxc_value state, jaxc_value params,
                                     jaxc_value learning_rate,
                                     struct jaxc_optim_adamw_options options JAXC_DEFAULT);

struct jaxc_optim_rmsprop_init_options {
    jaxc_value initial_scale; /* left out: 0 */
    bool centered;            /* keep the average of the gradients too, and subtract its square */
    char unused;
};
struct jaxc_optim_rmsprop_options {
    jaxc_value decay; /* left out: 0.9 */
    jaxc_value eps;   /* left out: 1e-8 */
    bool eps_outside; /* 1 / (sqrt(nu) + eps) instead of 1 / sqrt(nu + eps) */
    bool bias_correction;
    char unused;
};

/*
 * jaxc_optim_rmsprop_init, jaxc_optim_rmsprop - steps of grads / sqrt(nu + eps), nu being a moving
 * average of the gradients' squares.
 *
 *   ->   {"count", "nu"}, and "mu" if centered; (updates, state)
 *
 * Errors  those of every call
 * Source  optax.rmsprop without momentum, which is jaxc_optim_momentum of the updates with a
 *         learning rate of -1.
 */
JAXC_API jaxc_value jaxc_optim_rmsprop_init(
    jaxc_value params, struct jaxc_optim_rmsprop_init_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_optim_rmsprop(jaxc_value grads, jaxc_value state, jaxc_value params,
                                       jaxc_value learning_rate,
                                       struct jaxc_optim_rmsprop_options options JAXC_DEFAULT);

struct jaxc_optim_lion_options {
    jaxc_value b1, b2;       /* left out: 0.9, 0.99 */
    jaxc_value weight_decay; /* left out: 1e-3 */
    jaxc_value mask;         /* as of jaxc_optim_add_decayed_weights */
    char unused;
};

/*
 * jaxc_optim_lion_init, jaxc_optim_lion - steps of one size: the signs of b1 * mu + (1 - b1) *
 * grads, then mu = b2 * mu + (1 - b2) * grads.
 *
 *   dtype   of mu; left out: each parameter's
 *   ->      {"count", "mu"}; (updates, state)
 *
 * Errors  JAXC_EVALUE  the mask has other values than C numbers
 * Source  optax.lion.
 */
JAXC_API jaxc_value jaxc_optim_lion_init(jaxc_value params, jaxc_dtype dtype JAXC_NO_DTYPE);
JAXC_API jaxc_value jaxc_optim_lion(jaxc_value grads, jaxc_value state, jaxc_value params,
                                    jaxc_value learning_rate,
                                    struct jaxc_optim_lion_options options JAXC_DEFAULT);

/* ---- schedules ------------------------------------------------------------------------------- */

/*
 * A schedule gives a number for a step, which counts from 0: a state's "count", or a C number. All
 * operands are C numbers or scalar values. A constant schedule is a number. JAXC_EVALUE is found
 * only of C numbers; a traced number of steps below 1 gives numbers without meaning.
 */

struct jaxc_optim_transition_options {
    jaxc_value transition_begin; /* steps at init_value before it begins; left out: 0 */
    char unused;
};

/*
 * jaxc_optim_linear_schedule, jaxc_optim_polynomial_schedule - from init_value to end_value along a
 * line, or along the given power of one: jaxc_optim_linear_schedule(step, 1.0, 0.1, 1000).
 *
 *   transition_steps   how long it takes; below 1: init_value for ever
 *   ->                 a scalar; end_value afterwards
 *
 * Errors  those of every call
 * Source  optax.linear_schedule, optax.polynomial_schedule.
 */
JAXC_API jaxc_value jaxc_optim_linear_schedule(
    jaxc_value step, jaxc_value init_value, jaxc_value end_value, jaxc_value transition_steps,
    struct jaxc_optim_transition_options options JAXC_DEFAULT);
JAXC_API jaxc_value jaxc_optim_polynomial_schedule(
    jaxc_value step, jaxc_value init_value, jaxc_value end_value, jaxc_value power,
    jaxc_value transition_steps, struct jaxc_optim_transition_options options JAXC_DEFAULT);

struct jaxc_optim_decay_options {
    jaxc_value transition_begin; /* steps at init_value before it begins; left out: 0 */
    jaxc_value end_value;        /* a bound, lower for a rate below 1; left out: none */
    bool staircase;              /* only at whole multiples of transition_steps */
    char unused;
};

/*
 * jaxc_optim_exponential_decay - init_value * decay_rate ^ (step / transition_steps).
 *
 *   transition_steps   below 1: init_value for ever
 *   decay_rate         0: init_value for ever
 *   ->                 a scalar
 *
 * Errors  JAXC_EVALUE  end_value with a decay_rate that is no C number
 * Source  optax.exponential_decay.
 */
JAXC_API jaxc_value jaxc_optim_exponential_decay(
    jaxc_value step, jaxc_value init_value, jaxc_value transition_steps, jaxc_value decay_rate,
    struct jaxc_optim_decay_options options JAXC_DEFAULT);

struct jaxc_optim_cosine_options {
    jaxc_value alpha;    /* what remains of init_value; left out: 0 */
    jaxc_value exponent; /* of the cosine; left out: 1 */
    char unused;
};

/*
 * jaxc_optim_cosine_decay_schedule - init_value * (1 + cos(pi step / decay_steps)) / 2.
 *
 *   decay_steps   from then on, alpha * init_value
 *   ->            a scalar
 *
 * Errors  JAXC_EVALUE  decay_steps below 1
 * Source  optax.cosine_decay_schedule.
 */
JAXC_API jaxc_value
jaxc_optim_cosine_decay_schedule(jaxc_value step, jaxc_value init_value, jaxc_value decay_steps,
                                 struct jaxc_optim_cosine_options options JAXC_DEFAULT);

struct jaxc_optim_warmup_options {
    jaxc_value end_value; /* left out: 0 */
    jaxc_value exponent;  /* of the cosine; left out: 1 */
    char unused;
};

/*
 * jaxc_optim_warmup_cosine_decay_schedule - from init_value to peak_value along a line, then to
 * end_value along a cosine.
 *
 *   warmup_steps   of the line
 *   decay_steps    of both together
 *   ->             a scalar
 *
 * Errors  JAXC_EVALUE  decay_steps not above warmup_steps
 * Source  optax.warmup_cosine_decay_schedule.
 */
JAXC_API jaxc_value jaxc_optim_warmup_cosine_decay_schedule(
    jaxc_value step, jaxc_value init_value, jaxc_value peak_value, jaxc_value warmup_steps,
    jaxc_value decay_steps, struct jaxc_optim_warmup_options options JAXC_DEFAULT);

/*
 * jaxc_optim_piecewise_constant_schedule - a number, scaled at some steps:
 * jaxc_optim_piecewise_constant_schedule(step, 1.0, 100, 0.1, 200, 0.5) is 0.1 from step 100 on and
 * 0.05 from 200. jaxc_optim_piecewise_constant_schedule_n(step, n, values) is the plain function.
 *
 *   values   init_value, then pairs of a step and a scale
 *   ->       a scalar
 *
 * Errors  JAXC_EVALUE  n is even or below 1; a negative scale
 * Source  optax.piecewise_constant_schedule.
 */
JAXC_API jaxc_value jaxc_optim_piecewise_constant_schedule_n(jaxc_value step, int n,
                                                             const jaxc_value *values);

/*
 * jaxc_optim_join_schedules - one schedule after the other:
 * jaxc_optim_join_schedules(step, warmup, 100, decay) is warmup before step 100 and decay from there
 * on. jaxc_optim_join_schedules_n(step, n, values) is the plain function.
 *
 *   values   numbers, and between them the steps, ascending, at which the next one begins. A schedule
 *            that shall start at its beginning is made with jaxc_sub(step, 100)
 *   ->       a scalar
 *
 * Errors  JAXC_EVALUE  n is even or below 1
 * Source  optax.join_schedules; differs: takes the schedules' values.
 */
JAXC_API jaxc_value jaxc_optim_join_schedules_n(jaxc_value step, int n, const jaxc_value *values);

#ifdef __cplusplus
}
template <class... A>
inline jaxc_value jaxc_optim_pieces_of(jaxc_value (*f)(jaxc_value, int, const jaxc_value *),
                                       jaxc_value step, A... a)
{
    const jaxc_value values[] = {jaxc_value(a)...};
    return f(step, static_cast<int>(sizeof...(A)), values);
}
#define JAXC_PIECES(...) JAXC_LOCATED(jaxc_optim_pieces_of, __VA_ARGS__)
#else
#define JAXC_PIECES(...)  JAXC_PIECES_(__COUNTER__, __VA_ARGS__)
#define JAXC_PIECES_(...) JAXC_PIECES__(__VA_ARGS__)
#define JAXC_PIECES__(n, f, step, ...)                                                             \
    __extension__({                                                                                \
        jaxc_value jaxc_a##n = JAXC_VAL(step);                                                     \
        const jaxc_value jaxc_l##n[] = {JAXC_VALUES(__VA_ARGS__)};                                 \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (f)(jaxc_a##n, (int)(sizeof jaxc_l##n / sizeof jaxc_l##n[0]), jaxc_l##n);                  \
    })
#endif

#ifndef JAXC_PLAIN
#define jaxc_optim_apply_updates(...)       JAXC_CALL2(jaxc_optim_apply_updates, __VA_ARGS__)
#define jaxc_optim_incremental_update(...)  JAXC_CALL3(jaxc_optim_incremental_update, __VA_ARGS__)
#define jaxc_optim_global_norm(...)         JAXC_CALL1(jaxc_optim_global_norm, __VA_ARGS__)
#define jaxc_optim_clip_by_global_norm(...) JAXC_CALL2(jaxc_optim_clip_by_global_norm, __VA_ARGS__)
#define jaxc_optim_clip(...)                JAXC_CALL2(jaxc_optim_clip, __VA_ARGS__)
#define jaxc_optim_add_decayed_weights(...)                                                        \
    JAXC_OPT3(jaxc_optim_add_decayed_weights, jaxc_optim_mask_options, __VA_ARGS__)
#define jaxc_optim_sgd_init(...)      JAXC_CALL1(jaxc_optim_sgd_init, __VA_ARGS__)
#define jaxc_optim_momentum_init(...) JAXC_CALL_VD(jaxc_optim_momentum_init, __VA_ARGS__)
#define jaxc_optim_adam_init(...)     JAXC_CALL_VD(jaxc_optim_adam_init, __VA_ARGS__)
#define jaxc_optim_adamw_init(...)    JAXC_CALL_VD(jaxc_optim_adamw_init, __VA_ARGS__)
#define jaxc_optim_rmsprop_init(...)                                                               \
    JAXC_OPT1(jaxc_optim_rmsprop_init, jaxc_optim_rmsprop_init_options, __VA_ARGS__)
#define jaxc_optim_lion_init(...) JAXC_CALL_VD(jaxc_optim_lion_init, __VA_ARGS__)
#define jaxc_optim_sgd(...)       JAXC_CALL4(jaxc_optim_sgd, __VA_ARGS__)
#define jaxc_optim_momentum(...)                                                                   \
    JAXC_OPT4(jaxc_optim_momentum, jaxc_optim_momentum_options, __VA_ARGS__)
#define jaxc_optim_adam(...)  JAXC_OPT4(jaxc_optim_adam, jaxc_optim_adam_options, __VA_ARGS__)
#define jaxc_optim_adamw(...) JAXC_OPT4(jaxc_optim_adamw, jaxc_optim_adamw_options, __VA_ARGS__)
#define jaxc_optim_rmsprop(...)                                                                    \
    JAXC_OPT4(jaxc_optim_rmsprop, jaxc_optim_rmsprop_options, __VA_ARGS__)
#define jaxc_optim_lion(...) JAXC_OPT4(jaxc_optim_lion, jaxc_optim_lion_options, __VA_ARGS__)
#define jaxc_optim_linear_schedule(...)                                                            \
    JAXC_OPT4(jaxc_optim_linear_schedule, jaxc_optim_transition_options, __VA_ARGS__)
#define jaxc_optim_polynomial_schedule(...)                                                        \
    JAXC_OPT5(jaxc_optim_polynomial_schedule, jaxc_optim_transition_options, __VA_ARGS__)
#define jaxc_optim_exponential_decay(...)                                                          \
    JAXC_OPT4(jaxc_optim_exponential_decay, jaxc_optim_decay_options, __VA_ARGS__)
#define jaxc_optim_cosine_decay_schedule(...)                                                      \
    JAXC_OPT3(jaxc_optim_cosine_decay_schedule, jaxc_optim_cosine_options, __VA_ARGS__)
#define jaxc_optim_warmup_cosine_decay_schedule(...)                                               \
    JAXC_OPT5(jaxc_optim_warmup_cosine_decay_schedule, jaxc_optim_warmup_options, __VA_ARGS__)
#define jaxc_optim_piecewise_constant_schedule(...)                                                \
    JAXC_PIECES(jaxc_optim_piecewise_constant_schedule_n, __VA_ARGS__)
#define jaxc_optim_piecewise_constant_schedule_n(...)                                              \
    JAXC_CALL_V(jaxc_optim_piecewise_constant_schedule_n, __VA_ARGS__)
#define jaxc_optim_join_schedules(...)   JAXC_PIECES(jaxc_optim_join_schedules_n, __VA_ARGS__)
#define jaxc_optim_join_schedules_n(...) JAXC_CALL_V(jaxc_optim_join_schedules_n, __VA_ARGS__)
#endif

#endif
