/*
 * test_optim.c - optimisers and schedules: optax's numbers for twenty steps, plainly, jitted,
 * donated and under vmap; trees of every kind, errors, kernels, memory that is used again.
 */
#include "support/golden.h"
#include "support/reference.h"
#include "support/values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct reference *reference;

static void load(void) { reference = reference_load("tests/reference/optim.txt"); }

static void unload(void) { reference_free(reference); }

/* ---- optax's numbers ------------------------------------------------------------------------- */

enum { N_STEPS = 20, N_NUMBERS = 14 };

/* The tree of 14 numbers of make_optim.py, and back. */
static jaxc_value tree_of(jaxc_value x)
{
    jaxc_value b = jaxc_slice(x, JAXC_SHAPE(0), JAXC_SHAPE(3));
    jaxc_value middle = jaxc_reshape(jaxc_slice(x, JAXC_SHAPE(4), JAXC_SHAPE(8)), JAXC_SHAPE(2, 2));
    jaxc_value w = jaxc_reshape(jaxc_slice(x, JAXC_SHAPE(8), JAXC_SHAPE(14)), JAXC_SHAPE(2, 3));
    return jaxc_dict("b", b, "deep", jaxc_tuple(jaxc_get(x, 3), middle), "w", w);
}

static jaxc_value numbers_of(jaxc_value tree)
{
    jaxc_value leaves = jaxc_tree_leaves(tree), flat[8];
    int n = jaxc_len(leaves);
    for (int i = 0; i < n; i++)
        flat[i] = jaxc_ravel(jaxc_get(leaves, i));
    return jaxc_concatenate_n(n, flat, 0);
}

/* The number under a key, the way the options take it: not given without one. */
static jaxc_value number(const struct reference_case *c, const char *key)
{
    const char *text = reference_key(c, key);
    return text ? JAXC_VAL(strtod(text, NULL)) : (jaxc_value){0, 0};
}

static bool flag(const struct reference_case *c, const char *key)
{
    return reference_key(c, key) != NULL;
}

static jaxc_value mask_of(const struct reference_case *c)
{
    if (!flag(c, "mask"))
        return (jaxc_value){0, 0};
    return jaxc_dict("b", false, "deep", true, "w", 1); /* a prefix */
}

static jaxc_value state_of(const struct reference_case *c, jaxc_value params)
{
    jaxc_value state;
    if (strcmp(c->call, "sgd") == 0)
        return jaxc_optim_sgd_init(params);
    if (strcmp(c->call, "momentum") == 0)
        return jaxc_optim_momentum_init(params);
    if (strcmp(c->call, "adam") == 0)
        return jaxc_optim_adam_init(params);
    if (strcmp(c->call, "adamw") == 0)
        return jaxc_optim_adamw_init(params);
    if (strcmp(c->call, "lion") == 0)
        return jaxc_optim_lion_init(params);
    state = jaxc_optim_rmsprop_init(params, .centered = flag(c, "centered"),
                                    .initial_scale = number(c, "initial_scale"));
    return flag(c, "momentum") ? jaxc_tuple(state, jaxc_optim_momentum_init(params)) : state;
}

/* (updates, state) by the case's optimiser */
static jaxc_value update_of(const struct reference_case *c, jaxc_value grads, jaxc_value state,
                            jaxc_value params, jaxc_value rate)
{
    bool nesterov = flag(c, "nesterov");
    if (strcmp(c->call, "sgd") == 0)
        return jaxc_optim_sgd(grads, state, params, rate);
    if (strcmp(c->call, "momentum") == 0)
        return jaxc_optim_momentum(grads, state, params, rate, .decay = number(c, "decay"),
                                   .nesterov = nesterov);
    if (strcmp(c->call, "adam") == 0)
        return jaxc_optim_adam(grads, state, params, rate, .b1 = number(c, "b1"),
                               .b2 = number(c, "b2"), .eps = number(c, "eps"),
                               .eps_root = number(c, "eps_root"), .nesterov = nesterov);
    if (strcmp(c->call, "adamw") == 0)
        return jaxc_optim_adamw(grads, state, params, rate, .b1 = number(c, "b1"),
                                .weight_decay = number(c, "weight_decay"), .mask = mask_of(c),
                                .nesterov = nesterov);
    if (strcmp(c->call, "lion") == 0)
        return jaxc_optim_lion(grads, state, params, rate, .b1 = number(c, "b1"),
                               .b2 = number(c, "b2"), .weight_decay = number(c, "weight_decay"),
                               .mask = mask_of(c));
    jaxc_value first = state, second = {0, 0}, updates;
    if (flag(c, "momentum"))
        jaxc_unpack(state, &first, &second);
    jaxc_unpack(jaxc_optim_rmsprop(grads, first, params, rate, .decay = number(c, "decay"),
                                   .eps = number(c, "eps"), .eps_outside = flag(c, "eps_outside"),
                                   .bias_correction = flag(c, "bias_correction")),
                &updates, &first);
    if (!flag(c, "momentum"))
        return jaxc_tuple(updates, first);
    jaxc_unpack(jaxc_optim_momentum(updates, second, params, -1, .decay = number(c, "momentum"),
                                    .nesterov = nesterov),
                &updates, &second);
    return jaxc_tuple(updates, jaxc_tuple(first, second));
}

struct body {
    int index;
};

/* (params, state), gradients [14] -> (params, state) */
static jaxc_value one_step(const void *environment, jaxc_value carry, jaxc_value flat)
{
    const struct reference_case *c = &reference->cases[((const struct body *)environment)->index];
    jaxc_value params, state, updates, grads = tree_of(flat), rate = number(c, "learning_rate");
    jaxc_unpack(carry, &params, &state);
    if (flag(c, "clip"))
        grads = jaxc_optim_clip(grads, number(c, "clip"));
    if (flag(c, "max_norm"))
        grads = jaxc_optim_clip_by_global_norm(grads, number(c, "max_norm"));
    if (flag(c, "add_decayed"))
        grads = jaxc_optim_add_decayed_weights(grads, params, number(c, "add_decayed"),
                                               .mask = mask_of(c));
    if (flag(c, "schedule"))
        rate = jaxc_optim_warmup_cosine_decay_schedule(jaxc_get(state, "count"), 0.0, 0.05, 5, 15,
                                                       .end_value = JAXC_VAL(0.001));
    jaxc_unpack(update_of(c, grads, state, params, rate), &updates, &state);
    return jaxc_tuple(jaxc_optim_apply_updates(params, updates), state);
}

static const struct reference_case *case_named(const char *name)
{
    for (int i = 0; i < reference->n; i++)
        if (strcmp(reference->cases[i].name, name) == 0)
            return &reference->cases[i];
    ck_abort_msg("no case %s", name);
    return NULL;
}

/* The first axis of all leaves of x repeated, and one lane of them. */
static jaxc_value twice(jaxc_value x) { return jaxc_stack(0, jaxc_mul(3, x), x); }
static jaxc_value second(jaxc_value x) { return jaxc_get(x, 1); }

enum how { PLAINLY, JITTED, DONATED, BATCHED };

static jaxc_value twenty_steps(int index, enum how how)
{
    const struct reference_case *c = &reference->cases[index];
    bool f64 = c->out.dtype == JAXC_F64;
    jaxc_value params = reference_value(&case_named(f64 ? "params-f64" : "params")->out);
    jaxc_value grads = reference_value(&case_named(f64 ? "grads-f64" : "grads")->out);
    struct body environment = {index};
    jaxc_fn step = jaxc_closure(one_step, &environment);
    if (how == BATCHED)
        step = jaxc_vmap(step);
    if (how != PLAINLY)
        step = jaxc_jit(step, .donate = how == DONATED ? (struct jaxc_args)JAXC_ARGS(0)
                                                       : (struct jaxc_args){0});
    params = tree_of(params);
    jaxc_value carry = jaxc_tuple(params, state_of(c, params)), after[N_STEPS];
    if (how == BATCHED)
        carry = jaxc_tree_map(twice, carry);
    for (int i = 0; i < N_STEPS; i++) {
        jaxc_value row = jaxc_get(grads, i);
        carry = jaxc_call(step, carry, how == BATCHED ? twice(row) : row);
        params = jaxc_get(carry, 0);
        if (how == BATCHED)
            params = jaxc_tree_map(second, params);
        after[i] = numbers_of(params);
        if (how == DONATED)
            jaxc_eval(after[i]);
    }
    return jaxc_stack_n(N_STEPS, after, 0);
}

static bool is_optimiser(const struct reference_case *c)
{
    return strcmp(c->tolerance, "optimiser") == 0;
}

static void check_optimisers(enum how how)
{
    char text[4000] = "", why[512];
    int wrong = 0, checked = 0;
    for (int i = 0; i < reference->n; i++) {
        const struct reference_case *c = &reference->cases[i];
        if (!is_optimiser(c))
            continue;
        JAXC_SCOPE;
        checked++;
        if (reference_matches(c, twenty_steps(i, how), why, sizeof why))
            continue;
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "\n%s", why);
        wrong++;
    }
    ck_assert_int_ge(checked, 30);
    ck_assert_msg(wrong == 0, "%d of %d cases are wrong:%s", wrong, checked, text);
    EXPECT_OK();
}

START_TEST(twenty_steps_are_optaxs) { check_optimisers(PLAINLY); }
END_TEST

START_TEST(twenty_jitted_steps_are_optaxs) { check_optimisers(JITTED); }
END_TEST

START_TEST(twenty_steps_with_donated_parameters_are_optaxs) { check_optimisers(DONATED); }
END_TEST

START_TEST(twenty_steps_under_vmap_are_optaxs) { check_optimisers(BATCHED); }
END_TEST

static jaxc_value norm_of(const struct reference_case *c, jaxc_value x)
{
    jaxc_value tree = tree_of(x), squares = jaxc_tree_map(jaxc_square, tree);
    if (strcmp(c->call, "global_norm") == 0)
        return jaxc_optim_global_norm(tree);
    if (strcmp(c->call, "tree_sum") == 0)
        return jaxc_tree_sum(tree);
    if (strcmp(c->call, "tree_vdot") == 0)
        return jaxc_tree_vdot(tree, squares);
    if (strcmp(c->call, "clip_by_global_norm") == 0)
        return numbers_of(jaxc_optim_clip_by_global_norm(tree, number(c, "max_norm")));
    if (strcmp(c->call, "clip") == 0)
        return numbers_of(jaxc_optim_clip(tree, number(c, "clip")));
    ck_assert_str_eq(c->call, "incremental_update");
    return numbers_of(jaxc_optim_incremental_update(tree, squares, number(c, "step_size")));
}

START_TEST(norms_and_sums_are_optaxs)
{
    char why[512];
    int checked = 0;
    for (int i = 0; i < reference->n; i++) {
        const struct reference_case *c = &reference->cases[i];
        if (c->n_in != 1 || c->in[0].dtype == JAXC_I32)
            continue;
        JAXC_SCOPE;
        checked++;
        ck_assert_msg(reference_matches(c, norm_of(c, reference_value(&c->in[0])), why, sizeof why),
                      "%s", why);
    }
    ck_assert_int_ge(checked, 12);
}
END_TEST

/* ---- schedules ------------------------------------------------------------------------------- */

/* C integers stay integers, as optax's users write them. */
static jaxc_value given(const struct reference_case *c, const char *key)
{
    const char *text = reference_key(c, key);
    if (!text)
        return (jaxc_value){0, 0};
    return strchr(text, '.') ? JAXC_VAL(strtod(text, NULL)) : JAXC_VAL(atoi(text));
}

static jaxc_value value_at(const void *environment, jaxc_value step)
{
    const struct reference_case *c = &reference->cases[((const struct body *)environment)->index];
    jaxc_value init = given(c, "init_value"), end = given(c, "end_value"),
               steps = given(c, "transition_steps"), begin = given(c, "transition_begin");
    if (strcmp(c->call, "linear_schedule") == 0)
        return jaxc_optim_linear_schedule(step, init, end, steps, .transition_begin = begin);
    if (strcmp(c->call, "polynomial_schedule") == 0)
        return jaxc_optim_polynomial_schedule(step, init, end, given(c, "power"), steps,
                                              .transition_begin = begin);
    if (strcmp(c->call, "exponential_decay") == 0)
        return jaxc_optim_exponential_decay(step, init, steps, given(c, "decay_rate"),
                                            .transition_begin = begin, .end_value = end,
                                            .staircase = flag(c, "staircase"));
    if (strcmp(c->call, "cosine_decay_schedule") == 0)
        return jaxc_optim_cosine_decay_schedule(step, init, given(c, "decay_steps"),
                                                .alpha = given(c, "alpha"),
                                                .exponent = given(c, "exponent"));
    if (strcmp(c->call, "warmup_cosine_decay_schedule") == 0)
        return jaxc_optim_warmup_cosine_decay_schedule(
            step, init, given(c, "peak_value"), given(c, "warmup_steps"), given(c, "decay_steps"),
            .end_value = end, .exponent = given(c, "exponent"));
    if (strcmp(c->call, "piecewise_constant_schedule") == 0)
        return jaxc_optim_piecewise_constant_schedule(step, 1.0, 10, 0.1, 25, 0.5);
    ck_assert_str_eq(c->call, "join_schedules");
    return jaxc_optim_join_schedules(step, jaxc_optim_linear_schedule(step, 0.0, 1.0, 10), 10,
                                     jaxc_optim_cosine_decay_schedule(jaxc_sub(step, 10), 1.0, 10),
                                     25, 0.125);
}

/* Everything but a schedule that gives its C number back. */
static jaxc_value strong(jaxc_value x) { return jaxc_astype(x, JAXC_F32); }

static jaxc_value strong_value_at(const void *environment, jaxc_value step)
{
    return strong(value_at(environment, step));
}

START_TEST(schedules_are_optaxs)
{
    char why[512];
    int checked = 0;
    for (int i = 0; i < reference->n; i++) {
        const struct reference_case *c = &reference->cases[i];
        if (strcmp(c->tolerance, "schedule") != 0)
            continue;
        JAXC_SCOPE;
        struct body environment = {i};
        jaxc_fn f = jaxc_closure(strong_value_at, &environment);
        jaxc_value steps = reference_value(&c->in[0]), at[40];
        ck_assert_msg(reference_matches(c, jaxc_call(jaxc_vmap(f), steps), why, sizeof why), "%s",
                      why);
        for (int k = 0; k < 40; k++) /* C numbers, and traced ones */
            at[k] = k % 2 ? jaxc_call(f, k) : jaxc_call(jaxc_jit(f), jaxc_get(steps, k));
        ck_assert_msg(reference_matches(c, jaxc_stack_n(40, at, 0), why, sizeof why), "%s", why);
        checked++;
    }
    ck_assert_int_ge(checked, 20);
}
END_TEST

/* ---- trees of every kind --------------------------------------------------------------------- */

static jaxc_value adam_step(jaxc_value params, jaxc_value state, jaxc_value grads)
{
    jaxc_value updates;
    jaxc_unpack(jaxc_optim_adam(grads, state, params, 0.1), &updates, &state);
    return jaxc_tuple(jaxc_optim_apply_updates(params, updates), state);
}

START_TEST(a_single_array_and_an_empty_tree_are_trees)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(2)), empty = jaxc_tuple_n(0, NULL), params, state;
    /* the first step of adam has the size of the learning rate */
    jaxc_unpack(adam_step(x, jaxc_optim_adam_init(x), x), &params, &state);
    EXPECT(params, 1e-6, 0.9, 1.9);
    EXPECT(jaxc_get(state, "count"), 0, 1);
    EXPECT(jaxc_get(state, "mu"), 1e-6, 0.1, 0.2);
    jaxc_value nothing = jaxc_dict("a", empty);
    jaxc_unpack(jaxc_call(jaxc_jit(adam_step), nothing, jaxc_optim_adam_init(nothing), nothing),
                &params, &state);
    ck_assert_str_eq(jaxc_type_text(params), "{\"a\": ()}");
    ck_assert_str_eq(jaxc_type_text(state),
                     "{\"count\": i32[], \"mu\": {\"a\": ()}, \"nu\": {\"a\": ()}}");
    EXPECT(jaxc_optim_global_norm(empty), 0, 0);
    EXPECT(jaxc_tree_sum(empty), 0, 0);
    EXPECT(jaxc_tree_vdot(empty, empty), 0, 0);
    ck_assert_str_eq(jaxc_type_text(jaxc_optim_clip_by_global_norm(nothing, 1)), "{\"a\": ()}");
    EXPECT(jaxc_optim_apply_updates(3, 0.5), 0, 3); /* an integer stays one */
    EXPECT_OK();
}
END_TEST

START_TEST(leaves_keep_their_own_dtypes)
{
    JAXC_SCOPE;
    jaxc_value p = jaxc_dict("a", jaxc_astype(counting(JAXC_SHAPE(2)), JAXC_F64), "b",
                             counting(JAXC_SHAPE(2)), "c", 1.0);
    jaxc_value state = jaxc_optim_adam_init(p), strong = jaxc_astype(JAXC_VAL(0.1), JAXC_F64);
    ck_assert_str_eq(jaxc_type_text(jaxc_get(state, "mu")),
                     "{\"a\": f64[2], \"b\": f32[2], \"c\": f32[]}");
    ck_assert(!jaxc_is_weak(jaxc_get(jaxc_get(state, "nu"), "c")));
    jaxc_value updates;
    for (int i = 0; i < 3; i++) { /* neither an f64 learning rate nor weak gradients change them */
        jaxc_unpack(jaxc_optim_adam(p, state, p, strong), &updates, &state);
        ck_assert_str_eq(jaxc_type_text(updates), "{\"a\": f64[2], \"b\": f32[2], \"c\": f32[]}");
        ck_assert_str_eq(jaxc_type_text(jaxc_get(state, "nu")), jaxc_type_text(updates));
    }
    jaxc_value next = jaxc_optim_apply_updates(p, updates);
    ck_assert_str_eq(jaxc_type_text(next), jaxc_type_text(p));
    ck_assert(jaxc_is_weak(jaxc_get(next, "c")));
    EXPECT(jaxc_get(next, "c"), 1e-6, 0.9);

    /* mu wider than the parameters, nu as they are; updates are as wide as mu */
    p = jaxc_get(p, "b");
    state = jaxc_optim_adam_init(p, JAXC_F64);
    jaxc_unpack(jaxc_optim_adam(p, state, p, 0.1), &updates, &state);
    ck_assert_str_eq(jaxc_type_text(state), "{\"count\": i32[], \"mu\": f64[2], \"nu\": f32[2]}");
    ck_assert_int_eq(jaxc_dtype_of(updates), JAXC_F64);
    ck_assert_int_eq(jaxc_dtype_of(jaxc_optim_apply_updates(p, updates)), JAXC_F32);
    ck_assert_str_eq(jaxc_type_text(jaxc_tree_zeros_like(jaxc_tuple(p, 1), JAXC_I32)),
                     "(i32[2], i32[])");
    EXPECT_OK();
}
END_TEST

static jaxc_value rated_step(jaxc_value carry, jaxc_value grads, jaxc_value rate)
{
    jaxc_value params, state, updates;
    jaxc_unpack(carry, &params, &state);
    grads = jaxc_optim_clip_by_global_norm(grads, jaxc_mul(10, rate));
    jaxc_unpack(
        jaxc_optim_adamw(grads, state, params, rate, .weight_decay = rate, .b1 = jaxc_sub(1, rate)),
        &updates, &state);
    return jaxc_tuple(jaxc_optim_apply_updates(params, updates), state);
}

/* Holds nothing afterwards, or the memory could not be used again. */
static const void *memory_of_mu(jaxc_value carry)
{
    JAXC_SCOPE;
    return jaxc_data(jaxc_get(jaxc_get(jaxc_get(carry, 1), "mu"), "w"));
}

START_TEST(traced_numbers_compile_once_and_steps_are_in_place)
{
    JAXC_SCOPE;
    jaxc_value w = jaxc_mul(0.5, counting(JAXC_SHAPE(200, 20)));
    jaxc_value p = jaxc_dict("w", w, "b", jaxc_tuple(counting(JAXC_SHAPE(20)), 1.0)), g = p;
    jaxc_value carry = jaxc_tuple(p, jaxc_optim_adamw_init(p));
    jaxc_fn step = jaxc_jit(rated_step, .donate = JAXC_ARGS(0));
    jaxc_eval(g);
    const void *mu = NULL;
    uint64_t misses = 0;
    for (int i = 0; i < 6; i++) {
        carry = jaxc_call(step, carry, g, 0.1 / (i + 1));
        EXPECT_OK();
        const void *mu_now = memory_of_mu(carry);
        struct jaxc_jit_stats stats = jaxc_jit_get_stats();
        if (i > 1) {
            ck_assert_ptr_eq(mu_now, mu);
            ck_assert_uint_eq(stats.misses, misses);
        }
        mu = mu_now;
        misses = stats.misses;
    }
    EXPECT(jaxc_get(jaxc_get(carry, 1), "count"), 0, 6);
}
END_TEST

/* The loss after two steps, as a function of the learning rate. */
static jaxc_value after_two_steps(jaxc_value rate)
{
    jaxc_value p = jaxc_dict("a", counting(JAXC_SHAPE(3)), "b", 2.0), updates;
    jaxc_value state = jaxc_optim_momentum_init(p);
    for (int i = 0; i < 2; i++) { /* the gradient of p^2 / 2 is p */
        jaxc_unpack(jaxc_optim_momentum(p, state, p, rate, .nesterov = 1), &updates, &state);
        p = jaxc_optim_apply_updates(p, updates);
    }
    return jaxc_tree_vdot(p, p);
}

START_TEST(steps_have_derivatives)
{
    JAXC_SCOPE;
    double h = 1e-2, above = jaxc_item(after_two_steps(JAXC_VAL(0.1 + h)));
    double slope = (above - jaxc_item(after_two_steps(JAXC_VAL(0.1 - h)))) / (2 * h);
    jaxc_value g = jaxc_call(jaxc_jit(jaxc_grad(after_two_steps)), 0.1);
    ck_assert_msg(fabs(jaxc_item(g) - slope) < 1e-2 * fabs(slope), "%g, not %g", jaxc_item(g),
                  slope);
}
END_TEST

/* ---- learning -------------------------------------------------------------------------------- */

static jaxc_value valley(jaxc_value p) /* Rosenbrock 1960, least at (1, 1) */
{
    jaxc_value x = jaxc_get(p, "x"), y = jaxc_get(p, "y");
    jaxc_value along = jaxc_square(jaxc_sub(1, x));
    return jaxc_add(along, jaxc_mul(10, jaxc_square(jaxc_sub(y, jaxc_square(x)))));
}

static jaxc_value down_the_valley(const void *which, jaxc_value p, jaxc_value state)
{
    jaxc_value g = jaxc_call(jaxc_grad(valley), p), pair = {0, 0}, updates;
    jaxc_value count = jaxc_get(state, "count");
    switch (*(const int *)which) {
    case 0: pair = jaxc_optim_sgd(g, state, p, 0.01); break;
    case 1: pair = jaxc_optim_momentum(g, state, p, 0.004, .nesterov = 1); break;
    case 2: pair = jaxc_optim_adam(g, state, p, 0.03); break;
    case 3: pair = jaxc_optim_adamw(g, state, p, 0.03, .weight_decay = JAXC_VAL(1e-5)); break;
    case 4:
        pair = jaxc_optim_rmsprop(g, state, p, jaxc_optim_linear_schedule(count, 0.02, 0, 1500));
        break;
    case 5:
        pair = jaxc_optim_lion(g, state, p, jaxc_optim_cosine_decay_schedule(count, 0.01, 1500),
                               .weight_decay = JAXC_VAL(0));
        break;
    default: break;
    }
    jaxc_unpack(pair, &updates, &state);
    return jaxc_tuple(jaxc_optim_apply_updates(p, updates), state);
}

START_TEST(every_optimiser_finds_the_floor_of_a_valley)
{
    for (int which = 0; which < 6; which++) {
        JAXC_SCOPE;
        jaxc_value p = jaxc_dict("x", jaxc_sub(counting(JAXC_SCALAR), 2), "y", 1.0), state;
        switch (which) {
        case 0: state = jaxc_optim_sgd_init(p); break;
        case 1: state = jaxc_optim_momentum_init(p); break;
        case 4: state = jaxc_optim_rmsprop_init(p); break;
        case 5: state = jaxc_optim_lion_init(p); break;
        default: state = jaxc_optim_adam_init(p); break;
        }
        jaxc_fn step = jaxc_jit(jaxc_closure(down_the_valley, &which));
        for (int i = 0; i < 1500; i++)
            jaxc_unpack(jaxc_call(step, p, state), &p, &state);
        EXPECT_OK();
        ck_assert_msg(jaxc_item(valley(p)) < 2e-3, "%d ends at %g, %s", which, jaxc_item(valley(p)),
                      jaxc_text(p));
    }
}
END_TEST

/* ---- what it becomes ------------------------------------------------------------------------- */

static jaxc_value f32(struct jaxc_shape shape) { return jaxc_spec(JAXC_F32, shape); }

static int n_kernels(const char *code)
{
    int n = 0;
    while ((code = strstr(code, "\nkernel "))) {
        code++;
        n++;
    }
    return n;
}

START_TEST(a_step_of_adam_is_one_kernel_for_each_leaf)
{
    JAXC_SCOPE;
    jaxc_value p = jaxc_dict("w1", f32(JAXC_SHAPE(64, 32)), "b1", f32(JAXC_SHAPE(64)), "w2",
                             f32(JAXC_SHAPE(10, 64)), "b2", f32(JAXC_SHAPE(10)));
    jaxc_value state = jaxc_eval_shape(jaxc_optim_sgd_init, p);
    state = jaxc_dict("count", jaxc_get(state, "count"), "mu", p, "nu", p);
    const char *code = jaxc_program_lowered(adam_step, p, state, p);
    ck_assert_msg(code != NULL, "%s", jaxc_error());
    ck_assert_int_eq(n_kernels(code), 5); /* and one for the count */
    jaxc_value small = f32(JAXC_SHAPE(3));
    golden_check("optim_adam_step", jaxc_program(adam_step, small,
                                                 jaxc_dict("count", jaxc_get(state, "count"), "mu",
                                                           small, "nu", small),
                                                 small));
}
END_TEST

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(messages_name_the_leaf)
{
    JAXC_SCOPE;
    jaxc_value p = jaxc_dict("w", jaxc_tuple(counting(JAXC_SHAPE(2)), counting(JAXC_SHAPE(3))));
    jaxc_value state = jaxc_optim_adam_init(p);
    jaxc_value g = jaxc_dict("w", jaxc_tuple(counting(JAXC_SHAPE(2)), counting(JAXC_SHAPE(2))));
    ck_assert(!jaxc_ok(jaxc_optim_adam(g, state, p, 0.1)));
    EXPECT_FAILURE(JAXC_ESHAPE, "test_optim.c:", "jaxc_optim_adam:",
                   "mu[\"w\"][1] is f32[3]: that of grads is f32[2]");
    jaxc_optim_adam(jaxc_get(p, "w"), state, p, 0.1);
    EXPECT_FAILURE(JAXC_ETREE, "mu differs in structure from grads at [0]");
    jaxc_optim_adam(counting(JAXC_SHAPE(2)), state, p, 0.1);
    ck_assert_ptr_null(strstr(jaxc_error(), " at ")); /* the whole of it */
    EXPECT_FAILURE(JAXC_ETREE, "mu differs in structure from grads");
    jaxc_optim_adam(p, state, jaxc_dict("w", 1.0), 0.1);
    EXPECT_FAILURE(JAXC_ETREE, "params differs in structure from grads at [\"w\"][0]");
    jaxc_optim_adam(jaxc_dict("w", jaxc_tuple(counting(JAXC_SHAPE(2)), jaxc_arange(3))), state, p,
                    0.1);
    EXPECT_FAILURE(JAXC_EDTYPE, "grads[\"w\"][1] is i32[3]: a float is needed");
    jaxc_optim_adam(p, jaxc_optim_sgd_init(p), p, 0.1);
    EXPECT_FAILURE(JAXC_ETREE, "the state is none of this optimiser", "\"nu\"");
    jaxc_optim_rmsprop(p, p, p, 0.1);
    EXPECT_FAILURE(JAXC_ETREE, "jaxc_optim_rmsprop: the state");
    jaxc_optim_sgd(p, jaxc_dict("count", 1.5), p, 0.1);
    EXPECT_FAILURE(JAXC_ETREE, "\"count\" is ~f32[], not i32[]");
    jaxc_optim_apply_updates(p, jaxc_tuple(1, 2));
    EXPECT_FAILURE(JAXC_ETREE, "jaxc_optim_apply_updates: updates differs in structure");
    jaxc_optim_global_norm(jaxc_arange(3));
    EXPECT_FAILURE(JAXC_EDTYPE, "jaxc_optim_global_norm");
    jaxc_tree_vdot(p, g);
    EXPECT_FAILURE(JAXC_ESHAPE, "y[\"w\"][1] is f32[2]");
    jaxc_tree_zeros_like(p, (jaxc_dtype)99);
    EXPECT_FAILURE(JAXC_EDTYPE, "99");
    jaxc_value poison = {0, 0};
    ck_assert(!jaxc_ok(jaxc_optim_adam_init(poison)));
    EXPECT_FAILURE(JAXC_EDEAD, "jaxc_optim_adam_init");
}
END_TEST

START_TEST(numbers_are_scalars_and_masks_are_c_numbers)
{
    JAXC_SCOPE;
    jaxc_value p = jaxc_tuple(counting(JAXC_SHAPE(2)), 1.0), state = jaxc_optim_adamw_init(p);
    jaxc_optim_adamw(p, state, p, counting(JAXC_SHAPE(1)));
    EXPECT_FAILURE(JAXC_ESHAPE, "learning_rate is f32[1]: a scalar is needed");
    jaxc_optim_adamw(p, state, p, jaxc_equal(1, 1));
    EXPECT_FAILURE(JAXC_EDTYPE, "learning_rate is bool[]: a number is needed");
    jaxc_optim_adamw(p, state, p, 0.1, .b2 = p);
    EXPECT_FAILURE(JAXC_ETREE, "jaxc_optim_adamw: a tuple");
    jaxc_optim_adamw(p, state, p, 0.1, .mask = jaxc_tuple(1, jaxc_add(1, 1)));
    EXPECT_FAILURE(JAXC_EVALUE, "the mask[1] is ~i32[]: a C number is needed");
    jaxc_optim_adamw(p, state, p, 0.1, .mask = jaxc_tuple(1, 2, 3));
    EXPECT_FAILURE(JAXC_ETREE, "the mask differs in structure from grads");
    jaxc_optim_clip(p, p);
    EXPECT_FAILURE(JAXC_ETREE, "jaxc_optim_clip");
    jaxc_optim_cosine_decay_schedule(3, 1.0, 0);
    EXPECT_FAILURE(JAXC_EVALUE, "decay_steps is 0");
    jaxc_optim_warmup_cosine_decay_schedule(3, 0.0, 1.0, 10, 10);
    EXPECT_FAILURE(JAXC_EVALUE, "jaxc_optim_warmup_cosine_decay_schedule: decay_steps is 0");
    jaxc_optim_piecewise_constant_schedule(3, 1.0, 10);
    EXPECT_FAILURE(JAXC_EVALUE, "2 values");
    jaxc_optim_piecewise_constant_schedule(3, 1.0, 10, -1.0);
    EXPECT_FAILURE(JAXC_EVALUE, "a scale is -1");
    jaxc_optim_join_schedules(counting(JAXC_SHAPE(2)), 1.0, 3, 2.0);
    EXPECT_FAILURE(JAXC_ESHAPE, "step is f32[2]");
    jaxc_value bad = jaxc_optim_linear_schedule(p, 0.0, 1.0, 10);
    EXPECT_FAILURE(JAXC_ETREE, "jaxc_optim_linear_schedule");
    ck_assert(!jaxc_ok(jaxc_optim_sgd(p, jaxc_optim_sgd_init(p), p, bad)));
    EXPECT_FAILURE(JAXC_EDEAD, "whose error was cleared");
}
END_TEST

START_TEST(a_count_stays_at_the_greatest_number)
{
    JAXC_SCOPE;
    int32_t most = INT32_MAX - 1;
    jaxc_value x = counting(JAXC_SHAPE(2)), updates;
    jaxc_value state = jaxc_dict("count", jaxc_array(&most, JAXC_I32, JAXC_SCALAR));
    for (int i = 0; i < 3; i++) {
        jaxc_unpack(jaxc_optim_sgd(x, state, x, 1), &updates, &state);
        EXPECT(jaxc_get(state, "count"), 0, INT32_MAX);
    }
    EXPECT(updates, 0, -1, -2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("optim");
    TCase *tc = tcase_create("optim");
    tcase_set_timeout(tc, 300);
    tcase_add_unchecked_fixture(tc, load, unload);
    suite_add_tcase(suite, tc);
    tcase_add_test(tc, twenty_steps_are_optaxs);
    tcase_add_test(tc, twenty_jitted_steps_are_optaxs);
    tcase_add_test(tc, twenty_steps_with_donated_parameters_are_optaxs);
    tcase_add_test(tc, twenty_steps_under_vmap_are_optaxs);
    tcase_add_test(tc, norms_and_sums_are_optaxs);
    tcase_add_test(tc, schedules_are_optaxs);
    tcase_add_test(tc, a_single_array_and_an_empty_tree_are_trees);
    tcase_add_test(tc, leaves_keep_their_own_dtypes);
    tcase_add_test(tc, traced_numbers_compile_once_and_steps_are_in_place);
    tcase_add_test(tc, steps_have_derivatives);
    tcase_add_test(tc, every_optimiser_finds_the_floor_of_a_valley);
    tcase_add_test(tc, a_step_of_adam_is_one_kernel_for_each_leaf);
    tcase_add_test(tc, messages_name_the_leaf);
    tcase_add_test(tc, numbers_are_scalars_and_masks_are_c_numbers);
    tcase_add_test(tc, a_count_stays_at_the_greatest_number);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
