/* The thread pool: regions, barriers, shared loops, nesting, concurrent callers, fork. */
#include "backend/cpu/threads.h"

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_THREAD__)
#define TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TSAN 1
#endif
#endif

static void count_self(void *ctx, struct jx_team *team, int thread)
{
    atomic_int *counts = ctx;
    if (thread < jx_team_size(team))
        atomic_fetch_add(&counts[thread], 1);
    jx_team_barrier(team); /* the others get time to join */
}

START_TEST(every_member_of_a_team_runs_once_and_the_caller_always)
{
    for (int n = 1; n <= 9; n++) {
        int joined = 0;
        jx_threads_set(n);
        ck_assert_int_eq(jx_threads(), n);
        for (int round = 0; round < 200; round++) {
            int most = round % 11;
            atomic_int counts[16];
            memset(counts, 0, sizeof counts);
            jx_parallel(most, count_self, counts);
            int size = most < 1 ? 1 : most < n ? most : n;
            for (int i = 0; i < 16; i++) {
                int times = atomic_load(&counts[i]);
                ck_assert(times == 1 || (times == 0 && i > 0));
                ck_assert(times == 0 || i < size);
                joined += times;
            }
        }
        ck_assert_int_ge(joined, 200);
    }
}
END_TEST

struct steps {
    int64_t n, grain;
    int *cells; /* plain memory: the barrier alone orders accesses */
    int n_steps;
    bool chunks_ok;
};

static void add_steps(void *ctx, struct jx_team *team, int thread)
{
    struct steps *s = ctx;
    for (int step = 0; step < s->n_steps; step++) {
        struct jx_loop loop;
        int64_t begin, end;
        jx_loop_begin(&loop, team, thread, s->n, s->grain);
        while (jx_loop_next(&loop, &begin, &end)) {
            if (begin % s->grain != 0 || end <= begin || end > s->n)
                s->chunks_ok = false;
            for (int64_t i = begin; i < end; i++)
                s->cells[i] += s->cells[i] == step; /* exactly once in each step */
        }
        jx_team_barrier(team);
        /* What others wrote is seen by all, before the next step writes. */
        int64_t mirror = s->n - 1 - (int64_t)thread * 7 % (s->n ? s->n : 1);
        if (s->n && s->cells[mirror] != step + 1)
            s->chunks_ok = false;
        jx_team_barrier(team);
    }
}

START_TEST(a_loop_visits_every_item_once_and_a_barrier_publishes_it)
{
    const int64_t sizes[] = {0, 1, 2, 3, 7, 64, 1000, 4097};
    for (int n = 1; n <= 5; n++) {
        jx_threads_set(n);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            for (int64_t grain = 1; grain <= 64; grain = grain * 3 + 1) {
                struct steps s = {sizes[i], grain, calloc(4097, sizeof(int)), 5, true};
                jx_parallel(n, add_steps, &s);
                ck_assert(s.chunks_ok);
                for (int64_t k = 0; k < s.n; k++)
                    ck_assert_int_eq(s.cells[k], s.n_steps);
                free(s.cells);
            }
    }
}
END_TEST

static void run_ahead(void *ctx, struct jx_team *team, int thread)
{
    atomic_int *sums = ctx;
    for (int k = 0; k < 1000; k++) { /* loops without barriers: threads drift apart */
        struct jx_loop loop;
        int64_t begin, end;
        jx_loop_begin(&loop, team, thread, 17, 1);
        while (jx_loop_next(&loop, &begin, &end))
            atomic_fetch_add(&sums[k], 1 + (int)begin);
    }
}

START_TEST(threads_that_drift_apart_never_take_chunks_of_another_loop)
{
    static atomic_int sums[1000];
    for (int n = 2; n <= 4; n++) {
        memset(sums, 0, sizeof sums);
        jx_threads_set(n);
        jx_parallel(n, run_ahead, sums);
        for (int k = 0; k < 1000; k++)
            ck_assert_int_eq(atomic_load(&sums[k]), 17 * 18 / 2);
    }
}
END_TEST

static void count_huge(void *ctx, struct jx_team *team, int thread)
{
    struct jx_loop loop;
    int64_t begin, end;
    jx_loop_begin(&loop, team, thread, INT64_MAX / 2, 3);
    while (jx_loop_next(&loop, &begin, &end)) {
        atomic_fetch_add((_Atomic int64_t *)ctx, begin % 3 == 0 ? end - begin : 0);
    }
}

START_TEST(a_loop_over_more_items_than_chunks_can_count_is_whole)
{
    _Atomic int64_t total = 0;
    jx_threads_set(2);
    jx_parallel(2, count_huge, &total);
    ck_assert_int_eq(total, INT64_MAX / 2);
}
END_TEST

static void nest(void *ctx, struct jx_team *team, int thread)
{
    (void)team, (void)thread;
    atomic_int inner[16];
    memset(inner, 0, sizeof inner);
    jx_parallel(8, count_self, inner);
    ck_assert_int_eq(atomic_load(&inner[0]),
                     1); /* the pool is busy: the inner region is this thread */
    ck_assert_int_eq(atomic_load(&inner[1]), 0);
    atomic_fetch_add((atomic_int *)ctx, 1);
}

START_TEST(a_region_inside_a_region_runs_in_its_caller)
{
    jx_threads_set(3);
    atomic_int n = 0;
    jx_parallel(3, nest, &n);
    ck_assert(atomic_load(&n) >= 1 && atomic_load(&n) <= 3);
}
END_TEST

static void *call_often(void *arg)
{
    (void)arg;
    bool *ok = calloc(1, sizeof *ok);
    *ok = true;
    for (int round = 0; round < 200; round++) {
        struct steps s = {100, 4, calloc(100, sizeof(int)), 3, true};
        jx_parallel(4, add_steps, &s);
        for (int64_t k = 0; k < s.n; k++)
            *ok = *ok && s.cells[k] == s.n_steps;
        *ok = *ok && s.chunks_ok;
        free(s.cells);
    }
    return ok;
}

START_TEST(eight_callers_at_once_all_get_their_results)
{
    jx_threads_set(2);
    pthread_t threads[8];
    for (int i = 0; i < 8; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, call_often, NULL), 0);
    for (int i = 0; i < 8; i++) {
        void *ok;
        pthread_join(threads[i], &ok);
        ck_assert(*(bool *)ok);
        free(ok);
    }
}
END_TEST

static void meet_often(void *ctx, struct jx_team *team, int thread)
{
    int *turns = ctx;
    for (int k = 0; k < 2000; k++) {
        struct jx_loop loop;
        int64_t begin, end;
        jx_loop_begin(&loop, team, thread, 1, 1); /* one of them takes the turn */
        while (jx_loop_next(&loop, &begin, &end))
            *turns += 1;
        jx_team_barrier(team);
    }
}

START_TEST(barriers_order_turns_with_more_threads_than_processors)
{
    jx_threads_set(7);
    int turns = 0;
    jx_parallel(7, meet_often, &turns);
    ck_assert_int_eq(turns, 2000);
}
END_TEST

START_TEST(sleeping_workers_wake_up)
{
    jx_threads_set(2);
    atomic_int counts[2] = {0, 0};
    for (int round = 0; round < 20000 && atomic_load(&counts[1]) == 0; round++) {
        usleep(1000); /* far longer than they spin; a busy machine may keep them from coming */
        jx_parallel(2, count_self, counts);
    }
    ck_assert_int_gt(atomic_load(&counts[1]), 0);
}
END_TEST

START_TEST(the_child_of_a_fork_has_a_pool_of_its_own)
{
#if defined(TSAN)
    return; /* TSan's children may not start threads */
#else
    jx_threads_set(3);
    atomic_int counts[4] = {0, 0, 0, 0};
    jx_parallel(3, count_self, counts);
    pid_t child = fork();
    if (child == 0) {
        atomic_int own[4] = {0, 0, 0, 0};
        for (int round = 0; round < 100; round++)
            jx_parallel(3, count_self, own);
        _exit(own[0] == 100 && own[1] + own[2] > 0 && own[3] == 0 ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    jx_parallel(3, count_self, counts);
    ck_assert_int_eq(counts[0], 2);
#endif
}
END_TEST

int main(void)
{
    Suite *s = suite_create("threads_pool");
    TCase *c = tcase_create("pool");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, every_member_of_a_team_runs_once_and_the_caller_always);
    tcase_add_test(c, a_loop_visits_every_item_once_and_a_barrier_publishes_it);
    tcase_add_test(c, threads_that_drift_apart_never_take_chunks_of_another_loop);
    tcase_add_test(c, a_loop_over_more_items_than_chunks_can_count_is_whole);
    tcase_add_test(c, a_region_inside_a_region_runs_in_its_caller);
    tcase_add_test(c, eight_callers_at_once_all_get_their_results);
    tcase_add_test(c, barriers_order_turns_with_more_threads_than_processors);
    tcase_add_test(c, sleeping_workers_wake_up);
    tcase_add_test(c, the_child_of_a_fork_has_a_pool_of_its_own);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
