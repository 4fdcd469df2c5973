/*
 * test_memory.c - every allocation can fail, and nothing is ever lost: whole cycles of trace,
 * differentiate, vectorise, compile and run.
 */
#include "support/allocator.h"
#include "support/values.h"

#include "base/base.h"

#include <stdlib.h>

static jaxc_value layer_loss(jaxc_value p, jaxc_value x)
{
    jaxc_value w, b;
    jaxc_unpack(p, &w, &b);
    jaxc_value h = jaxc_maximum(0, jaxc_add(jaxc_dot(w, x), b));
    return jaxc_mean(jaxc_sub(h, jaxc_logsumexp(h)));
}

static jaxc_value sgd(jaxc_value p, jaxc_value dp) { return jaxc_sub(p, jaxc_mul(0.1, dp)); }

static jaxc_value batch_loss(jaxc_value p, jaxc_value xs)
{
    return jaxc_mean(jaxc_call(jaxc_vmap(layer_loss, .in_axes = {JAXC_NONE, 0}), p, xs));
}

static jaxc_value update(jaxc_value p, jaxc_value xs)
{
    return jaxc_tree_map(sgd, p, jaxc_call(jaxc_grad(batch_loss), p, xs));
}

/* A cycle: everything from arrays to numbers; false when something failed. */
static bool training_cycle(double *sum)
{
    JAXC_SCOPE;
    float numbers[12];
    for (int i = 0; i < 12; i++)
        numbers[i] = (float)i / 7;
    jaxc_value w = jaxc_array(numbers, JAXC_F32, JAXC_SHAPE(4, 3)),
               b = jaxc_array(numbers, JAXC_F32, JAXC_SHAPE(4));
    jaxc_value xs = jaxc_array(numbers, JAXC_F32, JAXC_SHAPE(2, 3)), p = jaxc_dict("w", w, "b", b);
    p = jaxc_tuple(jaxc_get(p, "w"), jaxc_get(p, "b"));
    jaxc_fn step = jaxc_jit(update, .donate = JAXC_ARGS(0));
    p = jaxc_call(step, jaxc_call(step, p, xs), xs);
    jaxc_value total = jaxc_add(jaxc_sum(jaxc_get(p, 0)), jaxc_sum(jaxc_get(p, 1)));
    *sum = jaxc_item(total);
    return jaxc_ok(total) && jaxc_error_code() == JAXC_OK;
}

static jaxc_value twisted(jaxc_value x) { return jaxc_sum(jaxc_mul(jaxc_tanh(x), jaxc_exp(x))); }
static jaxc_value plain(jaxc_value x) { return jaxc_exp(x); }
static jaxc_value plain_rule(jaxc_value p, jaxc_value t)
{
    jaxc_value y = jaxc_exp(jaxc_get(p, 0));
    return jaxc_tuple(y, jaxc_mul(y, jaxc_get(t, 0)));
}
static jaxc_value plain_fwd(jaxc_value x) { return jaxc_tuple(jaxc_exp(x), x); }
static jaxc_value plain_bwd(jaxc_value x, jaxc_value ct)
{
    return jaxc_tuple(jaxc_mul(jaxc_exp(x), ct));
}
static jaxc_value custom(jaxc_value x)
{
    jaxc_value y = jaxc_call(jaxc_custom_jvp(plain, plain_rule), x);
    return jaxc_sum(jaxc_add(y, jaxc_call(jaxc_custom_vjp(plain, plain_fwd, plain_bwd), x)));
}

/* The other transforms, text, C functions. */
static bool transform_cycle(double *sum)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(2)), out, r;
    x = jaxc_mul(0.25, x);
    r = jaxc_sum(jaxc_call(jaxc_hessian(twisted), x));
    r = jaxc_add(r, jaxc_sum(jaxc_call(jaxc_jit(jaxc_vmap(jaxc_grad(custom))),
                                       jaxc_reshape(x, JAXC_SHAPE(2, 1)))));
    jaxc_fn back = jaxc_vjp(twisted, &out, x), lin = jaxc_linearize(twisted, &out, x);
    r = jaxc_add(r, jaxc_sum(jaxc_get(jaxc_call(back, out), 0)));
    r = jaxc_add(r, jaxc_call(lin, x));
    r = jaxc_add(r, jaxc_get(jaxc_call(jaxc_jvp(twisted), jaxc_tuple(x), jaxc_tuple(x)), 1));
    const char *text = jaxc_program(jaxc_grad(twisted), x);
    jaxc_value (*slope)(jaxc_value) = JAXC_FUNCTION(1, jaxc_grad(twisted));
    if (slope)
        r = jaxc_add(r, jaxc_sum(slope(x)));
    jaxc_function_free(slope);
    r = jaxc_add(r, jaxc_sum(jaxc_random_normal(jaxc_random_key(1), JAXC_SHAPE(3))));
    *sum = jaxc_item(r);
    return jaxc_ok(r) && text && slope && jaxc_error_code() == JAXC_OK;
}

static void forget(void)
{
    jaxc_jit_clear();
    jaxc_trim_memory();
}

static jaxc_value optimiser_step(jaxc_value p, jaxc_value states)
{
    jaxc_value first, second, u, g = jaxc_optim_clip_by_global_norm(p, 0.5);
    jaxc_unpack(states, &first, &second);
    jaxc_value rate = jaxc_optim_warmup_cosine_decay_schedule(jaxc_get(first, "count"), 0.1, 0.2, 1,
                                                              9, .exponent = JAXC_VAL(1.5));
    jaxc_unpack(jaxc_optim_adamw(g, first, p, rate, .mask = jaxc_tuple(1, false), .nesterov = 1),
                &u, &first);
    jaxc_unpack(jaxc_optim_rmsprop(u, second, p, 0.1, .bias_correction = 1), &u, &second);
    return jaxc_tuple(jaxc_optim_apply_updates(p, u), jaxc_tuple(first, second));
}

static jaxc_value add_leaf(jaxc_value sum, jaxc_value leaf)
{
    return jaxc_add(sum, jaxc_sum(leaf));
}

/* Optimisers, schedules and what there is for trees. */
static bool optimiser_cycle(double *sum)
{
    JAXC_SCOPE;
    jaxc_value w = counting(JAXC_SHAPE(3)), p = jaxc_tuple(w, jaxc_dict("a", 1.0, "b", w)), r, u;
    jaxc_value states =
        jaxc_tuple(jaxc_optim_adamw_init(p),
                   jaxc_optim_rmsprop_init(p, .centered = 1, .initial_scale = JAXC_VAL(0.5)));
    jaxc_fn step = jaxc_jit(optimiser_step, .donate = JAXC_ARGS(0, 1));
    p = jaxc_tuple(jaxc_get(p, 0), jaxc_get(p, 1));
    jaxc_unpack(jaxc_call(step, p, states), &p, &states);
    jaxc_unpack(jaxc_call(step, p, states), &p, &states);
    r = jaxc_add(jaxc_tree_sum(p), jaxc_tree_reduce(add_leaf, states, 0));
    jaxc_unpack(jaxc_optim_lion(p, jaxc_optim_lion_init(p), p, 0.1), &u, &states);
    u = jaxc_optim_add_decayed_weights(jaxc_optim_clip(u, 0.05), p, 0.1);
    r = jaxc_add(jaxc_tree_vdot(u, p), jaxc_add(r, jaxc_tree_sum(jaxc_tree_broadcast(2, p))));
    *sum = jaxc_item(r);
    return jaxc_ok(r) && jaxc_error_code() == JAXC_OK;
}

/* The n-th allocation fails, for every n, once or from then on; the error is ENOMEM, nothing stays,
 * and the same cycle then works. */
static void fail_everywhere(bool (*cycle)(double *), bool from_then_on)
{
    double want, got;
    ck_assert_msg(cycle(&want), "%s", jaxc_error());
    forget();
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
    static struct test_allocator a;
    const char *scale = getenv("JAXC_TEST_SCALE");
    long stride = scale && atof(scale) >= 1 ? 1 : 7;
    for (long n = 1, failed = 1; failed; n += stride) {
        a = (struct test_allocator){.fail_at = n, .from_then_on = from_then_on};
        ck_assert(test_allocator_install(&a));
        bool ok = cycle(&got);
        failed = a.n_failed;
        if (!ok)
            ck_assert_msg(jaxc_error_code() == JAXC_ENOMEM, "allocation %ld: %s", n, jaxc_error());
        else
            ck_assert_msg(got == want, "allocation %ld: %.9g, not %.9g", n, got, want);
        jaxc_clear_error();
        a.fail_at = 0;
        a.from_then_on = false;
        ck_assert_msg(cycle(&got) && got == want, "after allocation %ld failed: %s", n,
                      jaxc_error());
        forget();
        ck_assert_msg(jaxc_live_bytes() == 0, "allocation %ld: %zu bytes are lost", n,
                      jaxc_live_bytes());
        ck_assert(!a.broken);
        ck_assert(test_allocator_remove());
    }
}

START_TEST(any_allocation_of_training_may_fail_once) { fail_everywhere(training_cycle, false); }
END_TEST

START_TEST(all_allocations_of_training_from_any_on_may_fail)
{
    fail_everywhere(training_cycle, true);
}
END_TEST

START_TEST(any_allocation_of_transforms_may_fail_once) { fail_everywhere(transform_cycle, false); }
END_TEST

START_TEST(all_allocations_of_transforms_from_any_on_may_fail)
{
    fail_everywhere(transform_cycle, true);
}
END_TEST

START_TEST(any_allocation_of_optimisers_may_fail_once) { fail_everywhere(optimiser_cycle, false); }
END_TEST

START_TEST(all_allocations_of_optimisers_from_any_on_may_fail)
{
    fail_everywhere(optimiser_cycle, true);
}
END_TEST

START_TEST(ten_thousand_cycles_leave_nothing)
{
    double first, sum;
    ck_assert(training_cycle(&first));
    size_t reserved = 0; /* tables and slabs grow until they suffice, then no more */
    for (int i = 0; i < 10000; i++) {
        ck_assert_msg(training_cycle(&sum), "%s", jaxc_error());
        ck_assert_double_eq(sum, first);
        if (i == 1000)
            reserved = jx_reserved_bytes();
        if (i % 100 == 0) {
            forget();
            ck_assert_uint_eq(jaxc_live_bytes(), 0);
            ck_assert_uint_eq(jaxc_live_values(), 0);
        }
    }
    forget();
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
    ck_assert_uint_eq(jx_reserved_bytes(), reserved);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *tc = tcase_create("memory");
    tcase_set_timeout(tc, 600);
    suite_add_tcase(suite, tc);
    tcase_add_test(tc, any_allocation_of_training_may_fail_once);
    tcase_add_test(tc, all_allocations_of_training_from_any_on_may_fail);
    tcase_add_test(tc, any_allocation_of_transforms_may_fail_once);
    tcase_add_test(tc, all_allocations_of_transforms_from_any_on_may_fail);
    tcase_add_test(tc, any_allocation_of_optimisers_may_fail_once);
    tcase_add_test(tc, all_allocations_of_optimisers_from_any_on_may_fail);
    tcase_add_test(tc, ten_thousand_cycles_leave_nothing);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
