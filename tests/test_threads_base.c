/*
 * test_threads_base.c - the base layer used by many threads at once; made for the ThreadSanitizer.
 */
#include "base/base.h"

#include <jaxc/error.h>
#include <jaxc/memory.h>

#include <check.h>
#include <stdio.h>

#define N_THREADS 8

/* Failures are counted: an assertion of Check ends the process only from its first thread. */
static atomic_int n_wrong;
static void expect(bool condition)
{
    if (!condition)
        atomic_fetch_add(&n_wrong, 1);
}

static void run(void *(*work)(void *))
{
    pthread_t threads[N_THREADS];
    for (intptr_t i = 0; i < N_THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work, (void *)i), 0);
    for (int i = 0; i < N_THREADS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_int_eq(n_wrong, 0);
}

/* ---- slots ----------------------------------------------------------------------------------- */

#define N_HANDLES 64
#define N_ROUNDS  4000

struct object {
    uint64_t alive; /* not atomic: to touch it after its release is a race */
};
static _Atomic uint64_t handles[N_HANDLES]; /* slot << 32 | generation */
static atomic_long n_made, n_released, n_closed;

static void release_object(void *p)
{
    struct object *object = p;
    expect(object->alive == 1);
    object->alive = 0;
    jx_free(object);
    atomic_fetch_add(&n_released, 1);
}

static uint64_t make_handle(void)
{
    struct object *object = jx_alloc(1, sizeof *object);
    uint32_t slot, generation;
    object->alive = 1;
    expect(jx_slot_new(JX_SLOT_VALUE, object, 0, &slot, &generation));
    atomic_fetch_add(&n_made, 1);
    return (uint64_t)slot << 32 | generation;
}

static bool close_handle(uint64_t h, enum jx_slot_reason reason)
{
    bool closed = jx_slot_close((uint32_t)(h >> 32), (uint32_t)h, reason);
    atomic_fetch_add(&n_closed, closed);
    return closed;
}

static void *use_and_close(void *argument)
{
    uint64_t random = 88172645463325252u + (uint64_t)(intptr_t)argument;
    jx_set_here((struct jx_loc){.file = "thread.c", .line = 1 + (int)(intptr_t)argument});
    for (int round = 0; round < N_ROUNDS; round++) {
        random = jx_mix(random, (uint64_t)round);
        _Atomic uint64_t *place = &handles[random % N_HANDLES];
        uint64_t h = atomic_load(place);
        struct jx_slot *s = jx_slot_acquire((uint32_t)(h >> 32), (uint32_t)h, JX_SLOT_VALUE);
        if (s) {
            const struct object *object = s->object;
            expect(object->alive == 1);
            if (random >> 60 == 0) { /* others close it meanwhile: some may find it closed */
                close_handle(h, JX_CLOSED_DROP);
                expect(object->alive == 1);
            }
            jx_slot_release(s);
        } else {
            jx_slot_explain((uint32_t)(h >> 32), (uint32_t)h, "value");
            expect(jaxc_error_code() == JAXC_EDEAD);
            jaxc_clear_error();
            uint64_t fresh = make_handle();
            if (!atomic_compare_exchange_strong(place, &h, fresh))
                expect(close_handle(fresh, JX_CLOSED_SCOPE));
        }
    }
    return NULL;
}

START_TEST(handles_are_used_and_closed_by_all_threads_and_each_object_is_released_once)
{
    jx_slot_set_release(JX_SLOT_VALUE, release_object);
    for (int i = 0; i < N_HANDLES; i++)
        handles[i] = make_handle();
    run(use_and_close);
    for (int i = 0; i < N_HANDLES; i++)
        close_handle(handles[i], JX_CLOSED_SCOPE);
    ck_assert_int_eq(n_made, n_closed);
    ck_assert_int_eq(n_made, n_released);
    ck_assert_int_gt(n_made, 2 * N_HANDLES);
    ck_assert_uint_eq(jx_slots_live(), 0);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
}
END_TEST

static void *close_all(void *argument)
{
    (void)argument;
    for (int i = 0; i < N_HANDLES; i++)
        close_handle(handles[i], JX_CLOSED_DROP);
    return NULL;
}

START_TEST(of_many_threads_that_close_a_handle_one_does)
{
    jx_slot_set_release(JX_SLOT_VALUE, release_object);
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < N_HANDLES; i++)
            handles[i] = make_handle();
        run(close_all);
    }
    ck_assert_int_eq(n_closed, 20 * N_HANDLES);
    ck_assert_int_eq(n_released, 20 * N_HANDLES);
}
END_TEST

static void *make_many(void *argument)
{
    enum { N = 3000 };
    uint64_t *mine = jx_alloc(N, sizeof *mine);
    (void)argument;
    for (int i = 0; i < N; i++)
        mine[i] = make_handle();
    for (int i = 0; i < N; i++) {
        struct jx_slot *s =
            jx_slot_acquire((uint32_t)(mine[i] >> 32), (uint32_t)mine[i], JX_SLOT_VALUE);
        expect(s != NULL);
        if (s)
            jx_slot_release(s);
        expect(close_handle(mine[i], JX_CLOSED_SCOPE));
    }
    jx_free(mine);
    return NULL;
}

START_TEST(slabs_are_made_while_others_look_handles_up)
{
    jx_slot_set_release(JX_SLOT_VALUE, release_object);
    run(make_many);
    ck_assert_int_eq(n_made, n_released);
    ck_assert_uint_eq(jaxc_live_values(), 0);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
}
END_TEST

/* ---- memory ---------------------------------------------------------------------------------- */

static void *allocate_and_free(void *argument)
{
    uint64_t random = (uint64_t)(intptr_t)argument;
    char *held[16] = {0};
    for (int i = 0; i < 3000; i++) {
        random = jx_mix(random, (uint64_t)i);
        char **p = &held[random % 16];
        size_t bytes = (size_t)(random >> 32) % (random % 5 == 0 ? 300000 : 500) + 1;
        jx_free(*p);
        *p = random % 2 ? jx_alloc(bytes, 1) : jx_alloc_aligned(bytes);
        expect(*p != NULL);
        (*p)[0] = (*p)[bytes - 1] = (char)i;
        if (i % 500 == 0)
            jaxc_trim_memory();
        if (i % 100 == 0) {
            char *table = jx_reserve(100);
            expect(table && table[99] == 0);
            jx_unreserve(table);
        }
    }
    for (int i = 0; i < 16; i++)
        jx_free(held[i]);
    return NULL;
}

START_TEST(memory_is_taken_and_given_back_by_all_threads)
{
    run(allocate_and_free);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
    ck_assert_uint_eq(jx_reserved_bytes(), 0);
    jaxc_trim_memory();
    ck_assert_uint_eq(jx_cached_bytes(), 0);
}
END_TEST

static struct jx_buffer *shared;
static atomic_int n_buffer_releases;
static void note_release(void *data, void *user)
{
    (void)user;
    *(int *)data = 0; /* after all reads */
    atomic_fetch_add(&n_buffer_releases, 1);
}

static void *ref_and_unref(void *argument)
{
    (void)argument;
    for (int i = 0; i < 5000; i++) {
        struct jx_buffer *b = jx_buffer_ref(shared);
        expect(*(int *)b->data == 1);
        jx_buffer_unref(b);
    }
    jx_buffer_unref(shared); /* each thread was given one */
    return NULL;
}

START_TEST(a_shared_buffer_is_released_once_after_all_uses)
{
    int data = 1;
    shared = jx_buffer_wrap(&data, sizeof data, note_release, NULL);
    for (int i = 1; i < N_THREADS; i++)
        jx_buffer_ref(shared);
    run(ref_and_unref);
    ck_assert_int_eq(n_buffer_releases, 1);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
}
END_TEST

/* ---- errors ---------------------------------------------------------------------------------- */

static void *fail_alone(void *argument)
{
    int number = (int)(intptr_t)argument;
    char message[64];
    snprintf(message, sizeof message, "t.c:%d: jaxc_add: thread %d", number + 1, number);
    for (int i = 0; i < 500; i++) {
        expect(jaxc_error() == NULL);
        jaxc_at("t.c", number + 1);
        jx_enter("jaxc_add");
        jx_fail(JAXC_ESHAPE, "thread %d", number);
        expect(jaxc_error() && strcmp(jaxc_error(), message) == 0);
        jaxc_clear_error();
    }
    return NULL;
}

START_TEST(each_thread_has_its_own_error_and_place)
{
    jx_fail(JAXC_EARITY, "of the first thread");
    run(fail_alone);
    ck_assert_str_eq(jaxc_error(), "of the first thread");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("threads_base");
    TCase *tcase = tcase_create("threads");
    tcase_add_test(tcase,
                   handles_are_used_and_closed_by_all_threads_and_each_object_is_released_once);
    tcase_add_test(tcase, of_many_threads_that_close_a_handle_one_does);
    tcase_add_test(tcase, slabs_are_made_while_others_look_handles_up);
    tcase_add_test(tcase, memory_is_taken_and_given_back_by_all_threads);
    tcase_add_test(tcase, a_shared_buffer_is_released_once_after_all_uses);
    tcase_add_test(tcase, each_thread_has_its_own_error_and_place);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
