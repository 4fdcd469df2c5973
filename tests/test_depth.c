/*
 * test_depth.c - depth and size: a million equations in a small stack, and time linear in the
 * program.
 */
#include "support/values.h"

#include "api/api.h"
#include "opt/opt.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SMALL_STACK (256 * 1024)

/* Runs a test's body on a thread with a small stack. */
static void on_small_stack(void *(*body)(void *), void *argument)
{
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    ck_assert_int_eq(pthread_attr_setstacksize(&attributes, SMALL_STACK), 0);
    ck_assert_int_eq(pthread_create(&thread, &attributes, body, argument), 0);
    void *message;
    pthread_join(thread, &message);
    pthread_attr_destroy(&attributes);
    ck_assert_msg(message == NULL, "%s", (const char *)message);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static jaxc_value chain(const void *env, jaxc_value x)
{
    int n = *(const int *)env;
    for (int i = 0; i < n; i++)
        x = jaxc_mul(x, 0.999999);
    return x;
}

static jaxc_value wavy(const void *env, jaxc_value x)
{
    int n = *(const int *)env;
    for (int i = 0; i < n; i += 2)
        x = jaxc_sin(jaxc_add(x, 0.5));
    return x;
}

/* ---- a million ------------------------------------------------------------------------------- */

static void *million(void *unused)
{
    (void)unused;
    JAXC_SCOPE;
    int n = 1000000;
    jaxc_fn f = jaxc_closure(chain, &n);
    double y = jaxc_item(jaxc_get(jaxc_call(jaxc_jit(jaxc_value_and_grad(f)), 1.0), 1));
    if (jaxc_error())
        return strdup(jaxc_error());
    return y > 0.36 && y < 0.38 ? NULL : "the gradient of a million factors is not 1/e";
}

START_TEST(a_chain_of_a_million_equations_compiles_and_runs_in_a_small_stack)
{
    on_small_stack(million, NULL);
    jaxc_jit_clear();
}
END_TEST

static void *million_pending(void *unused)
{
    (void)unused;
    JAXC_SCOPE;
    int n = 1000000;
    double y = jaxc_item(jaxc_call(jaxc_closure(chain, &n), 1.0));
    if (jaxc_error())
        return strdup(jaxc_error());
    return y > 0.36 && y < 0.38 ? NULL : "a million eager factors are not 1/e";
}

START_TEST(a_million_eager_calls_evaluate_in_a_small_stack)
{
    on_small_stack(million_pending, NULL);
}
END_TEST

/* ---- sixty-four transforms ------------------------------------------------------------------- */

static jaxc_value square(jaxc_value x) { return jaxc_mul(x, x); }
static jaxc_value first(jaxc_value pair) { return jaxc_get(pair, 0); }

/* first(f(x)): f is bound as C state through a kept handle, the body calls it */
static jaxc_value first_of(const void *env, jaxc_value x)
{
    return first(jaxc_call(*(const jaxc_fn *)env, x));
}

static void *sixty_four(void *unused)
{
    (void)unused;
    JAXC_SCOPE;
    jaxc_fn f = JAXC_FN(square);
    for (int i = 0; i < 16; i++) {
        f = jaxc_jit(f);
        f = jaxc_vmap(f, .in_axes = {JAXC_NONE}, .out_axes = JAXC_NONE, .axis_size = 2);
        f = jaxc_value_and_grad(f);
        f = jaxc_closure(first_of, &f);
    }
    double y = jaxc_item(jaxc_call(f, 3.0));
    if (jaxc_error())
        return strdup(jaxc_error());
    return y == 9 ? NULL : "sixty-four transforms changed the value";
}

START_TEST(sixty_four_nested_transforms_run_in_a_small_stack)
{
    on_small_stack(sixty_four, NULL);
    jaxc_jit_clear();
}
END_TEST

/* ---- linear time ----------------------------------------------------------------------------- */

/* Processor seconds (the machine may be busy) for everything a program goes through, at n
 * equations. */
static double whole_way(int n)
{
    JAXC_SCOPE;
    jaxc_jit_clear();
    jaxc_value x = jaxc_spec(JAXC_F32, JAXC_SHAPE(4));
    jaxc_fn f = jaxc_closure(wavy, &n);
    double start = seconds();
    const char *text = jaxc_program(jaxc_vmap(jaxc_grad(f)), x);
    ck_assert_msg(text != NULL, "%s", jaxc_error());
    struct jx_program *p = jx_program_parse(text);
    ck_assert_msg(p != NULL, "%s", jaxc_error());
    struct jx_exe *e = jx_compile(p, NULL);
    ck_assert_msg(e != NULL, "%s", jaxc_error());
    double time = seconds() - start;
    jx_exe_unref(e);
    jx_program_unref(p);
    jaxc_jit_clear();
    return time;
}

START_TEST(tracing_transforming_printing_parsing_and_compiling_take_linear_time)
{
    double best[3] = {1e9, 1e9, 1e9};
    for (int round = 0; round < 3; round++) {
        int n = 1000;
        for (int i = 0; i < 3; i++, n *= 10) {
            double t = i == 2 && round ? best[2] : whole_way(n);
            best[i] = t < best[i] ? t : best[i];
        }
    }
    printf("whole way: %.1f ms at 1,000, %.1f at 10,000, %.1f at 100,000 equations\n",
           1e3 * best[0], 1e3 * best[1], 1e3 * best[2]);
    /* a quadratic step would make it a hundred; caches and maps make it a little over ten */
    ck_assert_double_lt(best[1], 25 * best[0]);
    ck_assert_double_lt(best[2], 25 * best[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("depth");
    TCase *tc = tcase_create("depth");
    tcase_set_timeout(tc, 300);
    suite_add_tcase(suite, tc);
    tcase_add_test(tc, a_chain_of_a_million_equations_compiles_and_runs_in_a_small_stack);
    tcase_add_test(tc, a_million_eager_calls_evaluate_in_a_small_stack);
    tcase_add_test(tc, sixty_four_nested_transforms_run_in_a_small_stack);
    tcase_add_test(tc, tracing_transforming_printing_parsing_and_compiling_take_linear_time);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
