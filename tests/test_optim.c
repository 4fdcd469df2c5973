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
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
