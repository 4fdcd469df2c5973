/*
 * test_alloc.c - memory: where it comes from, and what happens when there is none.
 */
#include "base/base.h"

#include "support/allocator.h"
#include "support/errors.h"

#include <jaxc/error.h>
#include <jaxc/memory.h>

#include <check.h>

/* ---- memory ---------------------------------------------------------------------------------- */

START_TEST(allocated_memory_is_zeroed_aligned_and_counted)
{
    for (size_t n = 0; n < 70000; n = n < 300 ? n + 1 : n * 3) {
        size_t before = jx_live_bytes();
        unsigned char *a = jx_alloc(n, 1), *b = jx_alloc_aligned(n);
        ck_assert(a && b);
        ck_assert_uint_eq((uintptr_t)a % 16, 0);
        ck_assert_uint_eq((uintptr_t)b % 64, 0);
        for (size_t i = 0; i < n; i++)
            ck_assert_uint_eq(a[i], 0);
        memset(a, 0xff, n);
        memset(b, 0xff, n);
        ck_assert_uint_eq(jx_live_bytes() - before, n == 0 ? 2 : 2 * n);
        ck_assert_uint_ge(jaxc_peak_bytes(), jaxc_live_bytes());
        jx_free(a);
        jx_free(b);
        ck_assert_uint_eq(jx_live_bytes(), before);
    }
    jx_free(NULL);
}
END_TEST

START_TEST(sizes_that_overflow_or_cannot_be_had_are_out_of_memory)
{
    void *p = NULL;
    size_t capacity = 0;
    stand_at(NULL, 0, NULL);
    ck_assert_ptr_null(jx_alloc(SIZE_MAX / 2, 3));
    ck_assert_int_eq(jaxc_error_code(), JAXC_ENOMEM);
    jaxc_clear_error();
    ck_assert_ptr_null(jx_alloc(SIZE_MAX, 1));
    ck_assert_int_eq(jaxc_error_code(), JAXC_ENOMEM);
    jaxc_clear_error();
    ck_assert_ptr_null(jx_alloc_aligned(SIZE_MAX - 8));
    ck_assert_int_eq(jaxc_error_code(), JAXC_ENOMEM);
    jaxc_clear_error();
    ck_assert_ptr_null(jx_reserve(SIZE_MAX - 8));
    ck_assert_int_eq(jaxc_error_code(), JAXC_ENOMEM);
    jaxc_clear_error();
    ck_assert_ptr_null(jx_buffer_new(NULL, SIZE_MAX - 8, (struct jx_layout){0}));
    ck_assert_int_eq(jaxc_error_code(), JAXC_ENOMEM);
    jaxc_clear_error();
    ck_assert(!jx_grow(&p, &capacity, SIZE_MAX / 4, 16));
    ck_assert_int_eq(jaxc_error_code(), JAXC_ENOMEM);
    jaxc_clear_error();
    ck_assert(p == NULL && capacity == 0);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);

    size_t result;
    ck_assert(jx_mul_size(SIZE_MAX / 2, 2, &result) && !jx_mul_size(SIZE_MAX / 2 + 1, 2, &result));
    ck_assert(jx_add_size(SIZE_MAX, 0, &result) && !jx_add_size(SIZE_MAX, 1, &result));
}
END_TEST

START_TEST(a_growing_array_keeps_its_elements_and_zeroes_new_room)
{
    int *a = NULL;
    size_t capacity = 0;
    for (size_t n = 0; n < 5000; n++) {
        ck_assert(jx_grow(&a, &capacity, n + 1, sizeof *a));
        ck_assert_uint_gt(capacity, n);
        ck_assert_int_eq(a[capacity - 1], 0);
        ck_assert_int_eq(a[n], 0);
        a[n] = (int)n + 1;
    }
    for (int n = 0; n < 5000; n++)
        ck_assert_int_eq(a[n], n + 1);
    size_t was = capacity;
    ck_assert(jx_grow(&a, &capacity, 0, sizeof *a) && capacity == was);
    jx_free(a);
    char *copy = jx_strdup("train.c");
    ck_assert_str_eq(copy, "train.c");
    jx_free(copy);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
}
END_TEST

START_TEST(a_large_freed_block_is_kept_warm_for_the_next_of_its_size)
{
    ck_assert_uint_eq(jx_cached_bytes(), 0);
    char *small = jx_alloc_aligned(1 << 15);
    jx_free(small);
    ck_assert_uint_eq(jx_cached_bytes(), 0);

    char *p = jx_alloc_aligned(1000000);
    memset(p, 1, 1000000);
    jx_free(p);
    ck_assert_uint_ge(jx_cached_bytes(), 1000000);
    ck_assert_uint_le(jx_cached_bytes(), 1000000 / 8 * 9 + 64);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
    char *q = jx_alloc_aligned(1000000 - 500); /* of the same class */
    ck_assert_ptr_eq(p, q);
    ck_assert_uint_eq(jx_cached_bytes(), 0);
    memset(q, 2, 1000000 - 500);
    jx_free(q);
    char *r = jx_alloc_aligned(2000000); /* of another */
    ck_assert_ptr_ne(r, q);
    jx_free(r);
    size_t cached = jx_cached_bytes();
    ck_assert_uint_eq(jaxc_trim_memory(), cached);
    ck_assert_uint_eq(jaxc_trim_memory(), 0);
}
END_TEST

START_TEST(the_warm_cache_is_bounded_and_gives_up_the_oldest_blocks_first)
{
    enum { N = 40 };
    size_t mib = 1 << 20;
    char *blocks[N];
    for (int i = 0; i < N; i++)
        ck_assert_ptr_nonnull(blocks[i] = jx_alloc_aligned(8 * mib - 64));
    for (int i = 0; i < N; i++) {
        jx_free(blocks[i]);
        ck_assert_uint_le(jx_cached_bytes(), 256 * mib);
    }
    ck_assert_uint_eq(jx_cached_bytes(), 256 * mib);
    for (int i = N - 1; i >= N - 32; i--) /* newest first; the first eight are gone */
        ck_assert_ptr_eq(jx_alloc_aligned(8 * mib - 64), blocks[i]);
    ck_assert_uint_eq(jx_cached_bytes(), 0);
    for (int i = N - 32; i < N; i++)
        jx_free(blocks[i]);
    char *whole = jx_alloc_aligned(256 * mib - 64), *over = jx_alloc_aligned(256 * mib);
    jx_free(whole); /* pushes all others out */
    ck_assert_uint_eq(jx_cached_bytes(), 256 * mib);
    jx_free(over); /* too large to keep */
    ck_assert_uint_eq(jaxc_trim_memory(), 256 * mib);
}
END_TEST

START_TEST(size_classes_waste_at_most_an_eighth)
{
    for (size_t n = 1 << 16; n < (size_t)1 << 22; n += n / 29) {
        void *p = jx_alloc_aligned(n);
        jx_free(p);
        size_t kept = jaxc_trim_memory();
        ck_assert_uint_ge(kept, n + 64);
        ck_assert_uint_le(kept, (n + 64) / 8 * 9 + 64);
    }
}
END_TEST

START_TEST(all_memory_comes_from_the_allocator_that_was_set)
{
    static struct test_allocator counting;
    ck_assert(test_allocator_install(&counting));
    void *a = jx_alloc(3, 5), *b = jx_alloc_aligned(100), *c = jx_alloc_aligned(100000);
    ck_assert_int_eq(counting.n_live, 3);
    ck_assert_uint_ge(counting.live_bytes, jaxc_live_bytes());
    jx_free(a);
    jx_free(b);
    jx_free(c);
    ck_assert_int_eq(counting.n_live, 1); /* the warm block */
    void *table = jx_reserve(200);
    for (int i = 0; i < 200; i++)
        ck_assert_int_eq(((char *)table)[i], 0);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
    ck_assert(test_allocator_remove());
    ck_assert_int_eq(counting.n_live, 1); /* the table */
    ck_assert_uint_ge(jx_reserved_bytes(), 200);
    jx_unreserve(table);
    jx_unreserve(NULL);
    ck_assert_int_eq(counting.n_live, 0);
    ck_assert_uint_eq(jx_reserved_bytes(), 0);
    ck_assert(!counting.broken);
}
END_TEST

START_TEST(an_allocator_cannot_change_while_its_blocks_live)
{
    static struct test_allocator counting;
    char *p = jx_alloc(10, 1);
    jaxc_at("train.c", 7);
    ck_assert(!test_allocator_install(&counting));
    expect_error(JAXC_EVALUE, "train.c:7: jaxc_set_allocator: 10 bytes of the present allocator "
                              "are live");
    jx_free(p);
    p = jx_alloc(0, 1); /* counts too */
    ck_assert(!test_allocator_install(&counting));
    jaxc_clear_error();
    jx_free(p);
    ck_assert(test_allocator_install(&counting));
    ck_assert(test_allocator_remove());
}
END_TEST

static void *misaligned_alloc(void *user, size_t bytes, size_t align)
{
    (void)bytes;
    (void)align;
    return (char *)user + 8;
}
static void misaligned_free(void *user, void *p, size_t bytes)
{
    (void)bytes;
    ck_assert_ptr_eq(p, (char *)user + 8);
}

START_TEST(an_allocator_that_makes_no_sense_is_refused)
{
    static _Alignas(64) char block[256];
    stand_at(NULL, 0, NULL);
    ck_assert(!(jaxc_set_allocator)((struct jaxc_allocator){misaligned_alloc, NULL, NULL}));
    expect_error(JAXC_EVALUE, "jaxc_set_allocator: an allocator needs both alloc and free");
    ck_assert(!(jaxc_set_allocator)((struct jaxc_allocator){NULL, misaligned_free, NULL}));
    jaxc_clear_error();
    ck_assert(
        (jaxc_set_allocator)((struct jaxc_allocator){misaligned_alloc, misaligned_free, block}));
    ck_assert_ptr_null(jx_alloc(1, 1));
    expect_error(JAXC_EVALUE,
                 "jaxc_set_allocator: the allocator gave memory that is not aligned to "
                 "16 bytes");
    ck_assert(jaxc_set_allocator((struct jaxc_allocator){0}));
}
END_TEST

START_TEST(a_failed_allocation_names_the_place_and_the_size)
{
    static struct test_allocator failing = {.fail_at = 1, .from_then_on = true};
    ck_assert(test_allocator_install(&failing));
    stand_at("train.c", 42, "jaxc_dot");
    ck_assert_ptr_null(jx_alloc_aligned(1048576));
    expect_error(JAXC_ENOMEM, "train.c:42: jaxc_dot: out of memory (1048576 bytes)");
    ck_assert_ptr_null(jx_alloc(1, 100));
    expect_error(JAXC_ENOMEM, "train.c:42: jaxc_dot: out of memory (100 bytes)");
    ck_assert_ptr_null(jx_reserve(100));
    expect_error(JAXC_ENOMEM, "train.c:42: jaxc_dot: out of memory (100 bytes)");
    ck_assert(test_allocator_remove());
}
END_TEST

START_TEST(warm_blocks_are_given_back_when_memory_is_out)
{
    static struct test_allocator failing = {.fail_at = 2};
    ck_assert(test_allocator_install(&failing));
    void *p = jx_alloc_aligned(100000);
    jx_free(p);
    ck_assert_uint_gt(jx_cached_bytes(), 0);
    p = jx_alloc(1, 10); /* fails, trims, then succeeds */
    ck_assert_ptr_nonnull(p);
    ck_assert_int_eq(failing.n_failed, 1);
    ck_assert_uint_eq(jx_cached_bytes(), 0);
    ck_assert_ptr_null(jaxc_error());
    jx_free(p);
    ck_assert(test_allocator_remove());
    ck_assert(!failing.broken);
}
END_TEST

/* Something of everything here; true if all of it succeeded. Frees all in any case. */
static bool use_everything(void)
{
    struct jx_text text = {0};
    struct jx_map map = {0};
    int *array = NULL, keys[50];
    size_t capacity = 0;
    bool ok = true;
    for (int i = 0; i < 50 && ok; i++) {
        ok = jx_grow(&array, &capacity, (size_t)i + 1, sizeof *array) &&
             jx_map_add(&map, jx_mix(0, (uint64_t)i), &keys[i]);
        jx_text_add(&text, "number %d, ", i);
    }
    struct jx_buffer *small = jx_buffer_new(NULL, 100, (struct jx_layout){0});
    struct jx_buffer *large = jx_buffer_new(NULL, 100000, (struct jx_layout){0});
    struct jx_buffer *wrapped = jx_buffer_wrap(keys, sizeof keys, NULL, NULL);
    char *taken = jx_text_take(&text);
    ok = ok && small && large && wrapped && taken;
    jx_free(taken);
    jx_buffer_unref(wrapped);
    jx_buffer_unref(large);
    jx_buffer_unref(small);
    jx_map_fini(&map);
    jx_free(array);
    return ok;
}

START_TEST(whichever_allocation_fails_nothing_leaks_and_the_next_try_succeeds)
{
    static struct test_allocator failing[200]; /* each stays, for reserved tables */
    bool from_then_on = _i == 1, succeeded = false;
    int n = 0;
    for (; n < 200 && !succeeded; n++) {
        struct test_allocator *a = &failing[n];
        *a = (struct test_allocator){.fail_at = n + 1, .from_then_on = from_then_on};
        ck_assert(test_allocator_install(a));
        succeeded = use_everything();
        ck_assert_int_eq(succeeded, a->n_failed == 0);
        ck_assert_int_eq(jaxc_error_code(), succeeded ? JAXC_OK : JAXC_ENOMEM);
        ck_assert_uint_eq(jaxc_live_bytes(), 0);
        jaxc_clear_error();
        a->fail_at = 0;
        ck_assert(use_everything());
        ck_assert_ptr_null(jaxc_error());
        ck_assert(test_allocator_remove());
        ck_assert(a->n_live == 0 && !a->broken);
    }
    ck_assert(succeeded && n > 10);
}
END_TEST

static void add_tests(Suite *suite, const char *name, const TTest *const *tests)
{
    TCase *tcase = tcase_create(name);
    for (; *tests; tests++)
        tcase_add_test(tcase, *tests);
    suite_add_tcase(suite, tcase);
}

int main(void)
{
    Suite *suite = suite_create("alloc");
    add_tests(suite, "memory",
              (const TTest *const[]){
                  allocated_memory_is_zeroed_aligned_and_counted,
                  sizes_that_overflow_or_cannot_be_had_are_out_of_memory,
                  a_growing_array_keeps_its_elements_and_zeroes_new_room,
                  a_large_freed_block_is_kept_warm_for_the_next_of_its_size,
                  the_warm_cache_is_bounded_and_gives_up_the_oldest_blocks_first,
                  size_classes_waste_at_most_an_eighth,
                  all_memory_comes_from_the_allocator_that_was_set,
                  an_allocator_cannot_change_while_its_blocks_live,
                  an_allocator_that_makes_no_sense_is_refused,
                  a_failed_allocation_names_the_place_and_the_size,
                  warm_blocks_are_given_back_when_memory_is_out,
                  NULL,
              });
    TCase *failing = tcase_create("failing memory");
    tcase_add_loop_test(failing, whichever_allocation_fails_nothing_leaks_and_the_next_try_succeeds,
                        0, 2);
    suite_add_tcase(suite, failing);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
