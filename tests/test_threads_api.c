/*
 * test_threads_api.c - one library, many threads: compiled functions, pending values, caches,
 * scopes and errors.
 */
#include "support/values.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define N_THREADS 8

/* What a thread does: NULL, or what went wrong. */
struct task {
    const char *(*body)(int number);
    int number;
    const char *wrong;
};

static void *run_task(void *argument)
{
    struct task *t = argument;
    t->wrong = t->body(t->number);
    if (!t->wrong && jaxc_error())
        t->wrong = strdup(jaxc_error());
    return NULL;
}

static void on_all_threads(const char *(*body)(int number))
{
    pthread_t threads[N_THREADS];
    struct task tasks[N_THREADS];
    for (int i = 0; i < N_THREADS; i++) {
        tasks[i] = (struct task){body, i, NULL};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run_task, &tasks[i]), 0);
    }
    for (int i = 0; i < N_THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < N_THREADS; i++)
        ck_assert_msg(tasks[i].wrong == NULL, "thread %d: %s", i, tasks[i].wrong);
}

static jaxc_value loss(jaxc_value w, jaxc_value x)
{
    jaxc_value h = jaxc_tanh(jaxc_matmul(x, w));
    return jaxc_mean(jaxc_sub(h, jaxc_logsumexp(h, JAXC_AXES(1), .keepdims = 1)));
}

/* ---- one compiled function ------------------------------------------------------------------- */

static jaxc_fn shared_fn;
static jaxc_value shared_w, shared_x, pending;
static double expected;

static const char *calls_shared(int number)
{
    (void)number;
    for (int i = 0; i < 50; i++) {
        JAXC_SCOPE;
        if (jaxc_item(jaxc_sum(jaxc_call(shared_fn, shared_w, shared_x))) != expected)
            return "another result than the first thread's";
    }
    return NULL;
}

START_TEST(eight_threads_call_one_compiled_function)
{
    JAXC_SCOPE;
    shared_w = jaxc_keep(jaxc_mul(0.01, counting(JAXC_SHAPE(16, 8))));
    shared_x = jaxc_keep(jaxc_mul(0.02, counting(JAXC_SHAPE(64, 16))));
    shared_fn = jaxc_keep_fn(jaxc_jit(jaxc_grad(loss)));
    expected = jaxc_item(jaxc_sum(jaxc_call(shared_fn, shared_w, shared_x)));
    on_all_threads(calls_shared);
    jaxc_drop(shared_w);
    jaxc_drop(shared_x);
    jaxc_drop_fn(shared_fn);
}
END_TEST

/* ---- the same pending values ----------------------------------------------------------------- */

static const char *reads_pending(int number)
{
    JAXC_SCOPE;
    jaxc_value mine = jaxc_add(pending, number);
    return jaxc_item(mine) == expected + number ? NULL : "the pending value has another number";
}

START_TEST(eight_threads_read_one_pending_graph)
{
    for (int round = 0; round < 20; round++) {
        JAXC_SCOPE;
        jaxc_value x = jaxc_add(counting(JAXC_SHAPE(4, 4)), round);
        pending = jaxc_keep(jaxc_sum(jaxc_matmul(x, jaxc_mul(x, 2))));
        jaxc_value again = jaxc_sum(jaxc_matmul(x, jaxc_mul(x, 2)));
        expected = jaxc_item(again);
        on_all_threads(reads_pending);
        jaxc_drop(pending);
    }
}
END_TEST

/* ---- each its own traces, the caches in common ----------------------------------------------- */

static jaxc_value poly(const void *env, jaxc_value x)
{
    int n = *(const int *)env;
    jaxc_value y = x;
    for (int i = 0; i < n; i++)
        y = jaxc_add(jaxc_mul(y, x), i);
    return jaxc_sum(y);
}

static const char *traces_own(int number)
{
    for (int i = 0; i < 30; i++) {
        JAXC_SCOPE;
        int n = (number + i) % 5;
        jaxc_fn f = jaxc_jit(jaxc_vmap(jaxc_grad(jaxc_closure(poly, &n))));
        jaxc_value x = counting(JAXC_SHAPE(3, 2));
        double got = jaxc_item(jaxc_sum(jaxc_call(f, x)));
        double want = jaxc_item(jaxc_sum(jaxc_call(jaxc_grad(jaxc_closure(poly, &n)), x)));
        if (got != want)
            return "jit of vmap of grad differs from grad";
        if (i == 10 && number == 0)
            jaxc_jit_clear();
        if (i == 20 && number == 1)
            jaxc_jit_limit(2);
    }
    return NULL;
}

START_TEST(eight_threads_trace_compile_and_evict)
{
    on_all_threads(traces_own);
    jaxc_jit_limit(0);
    jaxc_jit_clear();
}
END_TEST

/* ---- errors and scopes are each thread's own ------------------------------------------------- */

static const char *fails_alone(int number)
{
    JAXC_SCOPE;
    jaxc_value x = counting(JAXC_SHAPE(3));
    for (int i = 0; i < 100; i++) {
        if (number % 2)
            jaxc_add(x, counting(JAXC_SHAPE(4)));
        else
            jaxc_add(x, x);
        if ((jaxc_error() != NULL) != (number % 2 == 1))
            return "another thread's error, or none of its own";
        jaxc_clear_error();
    }
    return NULL;
}

START_TEST(errors_belong_to_their_thread) { on_all_threads(fails_alone); }
END_TEST

static const char *leaves_values(int number)
{
    for (int i = 0; i < 100; i++)
        jaxc_add(number, i); /* in the thread's outermost scope */
    return NULL;
}

START_TEST(a_thread_that_ends_frees_its_outermost_scope)
{
    jaxc_jit_clear();
    size_t before = jaxc_live_values();
    on_all_threads(leaves_values);
    ck_assert_uint_eq(jaxc_live_values(), before);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("threads_api");
    TCase *tc = tcase_create("threads_api");
    tcase_set_timeout(tc, 120);
    suite_add_tcase(suite, tc);
    tcase_add_test(tc, eight_threads_call_one_compiled_function);
    tcase_add_test(tc, eight_threads_read_one_pending_graph);
    tcase_add_test(tc, eight_threads_trace_compile_and_evict);
    tcase_add_test(tc, errors_belong_to_their_thread);
    tcase_add_test(tc, a_thread_that_ends_frees_its_outermost_scope);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
