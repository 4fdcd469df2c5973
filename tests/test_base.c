/*
 * test_base.c - memory, errors and places, text, shapes, maps, buffers.
 */
#include "base/base.h"

#include "support/allocator.h"

#include <jaxc/error.h>
#include <jaxc/memory.h>

#include <check.h>
#include <stdlib.h>

static void expect_error(jaxc_status code, const char *message)
{
    ck_assert_ptr_nonnull(jaxc_error());
    ck_assert_str_eq(jaxc_error(), message);
    ck_assert_str_eq(jaxc_status_name(jaxc_error_code()), jaxc_status_name(code));
    jaxc_clear_error();
}

static void stand_at(const char *file, int line, const char *call)
{
    jx_set_here((struct jx_loc){.file = file, .line = line, .call = call});
}

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
    ck_assert_ptr_null(jx_buffer_new(SIZE_MAX - 8, (struct jx_layout){0}));
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
    ck_assert(!jaxc_set_allocator((struct jaxc_allocator){misaligned_alloc, NULL, NULL}));
    expect_error(JAXC_EVALUE, "jaxc_set_allocator: an allocator needs both alloc and free");
    ck_assert(!jaxc_set_allocator((struct jaxc_allocator){NULL, misaligned_free, NULL}));
    jaxc_clear_error();
    ck_assert(
        jaxc_set_allocator((struct jaxc_allocator){misaligned_alloc, misaligned_free, block}));
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
    struct jx_buffer *small = jx_buffer_new(100, (struct jx_layout){0});
    struct jx_buffer *large = jx_buffer_new(100000, (struct jx_layout){0});
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

/* ---- errors ---------------------------------------------------------------------------------- */

START_TEST(the_first_error_stays_until_it_is_cleared)
{
    stand_at("train.c", 42, "jaxc_dot");
    ck_assert_ptr_null(jaxc_error());
    ck_assert_int_eq(jaxc_error_code(), JAXC_OK);
    ck_assert(!jx_fail(JAXC_ESHAPE, "k differs: %d and %d", 784, 128));
    ck_assert(!jx_fail(JAXC_EDTYPE, "another"));
    ck_assert_int_eq(jx_error_pending(), JAXC_ESHAPE);
    expect_error(JAXC_ESHAPE, "train.c:42: jaxc_dot: k differs: 784 and 128");
    ck_assert_ptr_null(jaxc_error());
    jx_fail(JAXC_EDTYPE, "another");
    expect_error(JAXC_EDTYPE, "train.c:42: jaxc_dot: another");
}
END_TEST

START_TEST(parts_of_a_place_that_are_missing_are_left_out)
{
    stand_at(NULL, 0, "jaxc_dot");
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "jaxc_dot: wrong");
    stand_at("a.c", 3, NULL);
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "a.c:3: wrong");
    stand_at(NULL, 0, NULL);
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "wrong");
    jx_fail_at((struct jx_loc){"b.c", "jaxc_add", 9}, JAXC_ESHAPE, "%s", "wrong");
    expect_error(JAXC_ESHAPE, "b.c:9: jaxc_add: wrong");
}
END_TEST

START_TEST(a_call_stands_where_its_place_was_noted)
{
    stand_at(NULL, 0, NULL);
    jaxc_at("train.c", 10);
    struct jx_loc outside = jx_enter("jaxc_tree_map");
    ck_assert(!outside.file && !outside.call);
    ck_assert_str_eq(jx_here().file, "train.c");
    ck_assert_int_eq(jx_here().line, 10);
    ck_assert_str_eq(jx_here().call, "jaxc_tree_map");

    struct jx_loc previous = jx_enter("jaxc_add"); /* through a pointer: no place of its own */
    ck_assert_str_eq(previous.call, "jaxc_tree_map");
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "train.c:10: jaxc_add: wrong");

    jaxc_at("model.c", 5); /* in a callback */
    jx_enter("jaxc_mul");
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "model.c:5: jaxc_mul: wrong");
    jx_set_here(previous);
    jx_fail(JAXC_ESHAPE, "wrong");
    expect_error(JAXC_ESHAPE, "train.c:10: jaxc_tree_map: wrong");
}
END_TEST

START_TEST(a_message_too_long_is_cut_at_a_character)
{
    char long_text[3000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = 0;
    stand_at("train.c", 42, "jaxc_dot");
    jx_fail(JAXC_ESHAPE, "%s", long_text);
    ck_assert_uint_eq(strlen(jaxc_error()), JX_ERROR_TEXT - 1);
    ck_assert_str_eq(jaxc_error() + JX_ERROR_TEXT - 5, "x...");
    jaxc_clear_error();

    for (int shift = 0; shift < 3; shift++) { /* characters of three bytes, at each offset */
        for (size_t i = 0; i + 3 < sizeof long_text; i += 3)
            memcpy(long_text + i, "\xe2\x82\xac", 3);
        jx_fail(JAXC_ESHAPE, "%.*s%s", shift, "ab", long_text);
        size_t n = strlen(jaxc_error());
        ck_assert_uint_lt(n, JX_ERROR_TEXT);
        ck_assert_uint_ge(n, JX_ERROR_TEXT - 4);
        ck_assert_str_eq(jaxc_error() + n - 6, "\xe2\x82\xac...");
        jaxc_clear_error();
    }
    long_text[sizeof long_text - 1] = 0;
    jx_fail_at((struct jx_loc){long_text, "jaxc_dot", 1}, JAXC_ESHAPE, "wrong");
    ck_assert_uint_lt(strlen(jaxc_error()), JX_ERROR_TEXT);
    ck_assert_str_eq(jaxc_error() + strlen(jaxc_error()) - 3, "...");
}
END_TEST

START_TEST(a_message_that_just_fits_is_whole)
{
    char text[JX_ERROR_TEXT + 1];
    stand_at(NULL, 0, NULL);
    for (size_t n = JX_ERROR_TEXT - 4; n <= JX_ERROR_TEXT; n++) {
        memset(text, 'y', n);
        text[n] = 0;
        jx_fail(JAXC_ESHAPE, "%s", text);
        if (n < JX_ERROR_TEXT)
            ck_assert_str_eq(jaxc_error(), text);
        else
            ck_assert_str_eq(jaxc_error() + JX_ERROR_TEXT - 5, "y...");
        jaxc_clear_error();
    }
}
END_TEST

START_TEST(saved_errors_come_back_and_those_between_do_not_stay)
{
    struct jx_error_state state;
    stand_at("train.c", 1, NULL);
    jx_error_save(&state);
    jx_fail(JAXC_ESHAPE, "of a probe");
    ck_assert_int_eq(jx_error_pending(), JAXC_ESHAPE);
    jx_error_restore(&state);
    ck_assert_ptr_null(jaxc_error());

    jx_fail(JAXC_EARITY, "first");
    jx_error_save(&state);
    ck_assert_ptr_null(jaxc_error());
    jx_fail(JAXC_ESHAPE, "of a probe");
    jx_error_restore(&state);
    expect_error(JAXC_EARITY, "train.c:1: first");
}
END_TEST

START_TEST(every_code_has_its_name)
{
    ck_assert_str_eq(jaxc_status_name(JAXC_OK), "JAXC_OK");
    ck_assert_str_eq(jaxc_status_name(JAXC_ENOMEM), "JAXC_ENOMEM");
    ck_assert_str_eq(jaxc_status_name(JAXC_EINTERNAL), "JAXC_EINTERNAL");
    for (int i = 0; i <= JAXC_EINTERNAL; i++)
        ck_assert_int_eq(strncmp(jaxc_status_name((jaxc_status)i), i ? "JAXC_E" : "JAXC_OK", 6), 0);
    ck_assert_str_eq(jaxc_status_name((jaxc_status)(JAXC_EINTERNAL + 1)), "unknown status");
    ck_assert_str_eq(jaxc_status_name((jaxc_status)-1), "unknown status");
}
END_TEST

/* ---- text ------------------------------------------------------------------------------------ */

START_TEST(a_text_grows_as_it_is_written)
{
    struct jx_text text = {0};
    jx_text_add(&text, "%s", "");
    ck_assert_uint_eq(text.n, 0);
    for (int i = 0; i < 1000; i++)
        jx_text_add(&text, "%d,", i);
    char *taken = jx_text_take(&text);
    ck_assert_int_eq(strncmp(taken, "0,1,2,3,", 8), 0);
    ck_assert_uint_eq(strlen(taken), 10 * 2 + 90 * 3 + 900 * 4);
    ck_assert_ptr_null(text.data);
    jx_free(taken);
    taken = jx_text_take(&text);
    ck_assert_str_eq(taken, "");
    jx_free(taken);
    jx_text_add(&text, "dropped");
    jx_text_fini(&text);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
}
END_TEST

START_TEST(a_text_that_failed_stays_failed)
{
    static struct test_allocator failing = {.fail_at = 2};
    ck_assert(test_allocator_install(&failing));
    struct jx_text text = {0};
    jx_text_add(&text, "kept");
    jx_text_add(&text, "%0100d", 1);
    ck_assert(text.failed);
    ck_assert_str_eq(text.data, "kept");
    jx_text_add(&text, "more");
    ck_assert_ptr_null(jx_text_take(&text));
    ck_assert_int_eq(jaxc_error_code(), JAXC_ENOMEM);
    jaxc_clear_error();
    ck_assert(test_allocator_remove());
}
END_TEST

/* ---- shapes ---------------------------------------------------------------------------------- */

START_TEST(elements_are_counted_with_overflow_checks)
{
    int64_t n, big = INT64_C(1) << 32;
    ck_assert(jx_n_elements(0, NULL, &n) && n == 1);
    ck_assert(jx_n_elements(3, (int64_t[]){2, 3, 4}, &n) && n == 24);
    ck_assert(jx_n_elements(2, (int64_t[]){0, 5}, &n) && n == 0);
    ck_assert(jx_n_elements(1, (int64_t[]){INT64_MAX}, &n) && n == INT64_MAX);
    ck_assert_int_eq(jx_count(0, NULL), 1);
    ck_assert_int_eq(jx_count(2, (int64_t[]){6, 7}), 42);

    stand_at(NULL, 0, NULL);
    ck_assert(!jx_n_elements(2, (int64_t[]){big, big}, &n));
    expect_error(JAXC_ELIMIT, "more than 2^63 - 1 elements");
    ck_assert(!jx_n_elements(3, (int64_t[]){0, big, big}, &n)); /* its strides would overflow */
    expect_error(JAXC_ELIMIT, "more than 2^63 - 1 elements");
    ck_assert(!jx_n_elements(2, (int64_t[]){4, -3}, &n));
    expect_error(JAXC_ELIMIT, "axis 1 has the negative size -3");
    ck_assert(!jx_n_elements(9, (int64_t[9]){0}, &n));
    expect_error(JAXC_ELIMIT, "rank 9 is not in [0, 8]");
}
END_TEST

START_TEST(dims_are_compared_axis_by_axis)
{
    ck_assert(jx_same_dims(0, NULL, NULL));
    ck_assert(jx_same_dims(2, (int64_t[]){2, 3}, (int64_t[]){2, 3}));
    ck_assert(!jx_same_dims(2, (int64_t[]){2, 3}, (int64_t[]){2, 4}));
}
END_TEST

START_TEST(negative_axes_count_from_the_end)
{
    int axis;
    ck_assert(jx_axis(0, 3, &axis) && axis == 0);
    ck_assert(jx_axis(2, 3, &axis) && axis == 2);
    ck_assert(jx_axis(-1, 3, &axis) && axis == 2);
    ck_assert(jx_axis(-3, 3, &axis) && axis == 0);
    stand_at(NULL, 0, NULL);
    ck_assert(!jx_axis(3, 3, &axis));
    expect_error(JAXC_EAXIS, "axis 3 is not in [-3, 3)");
    ck_assert(!jx_axis(-4, 3, &axis));
    expect_error(JAXC_EAXIS, "axis -4 is not in [-3, 3)");
    ck_assert(!jx_axis(0, 0, &axis));
    expect_error(JAXC_EAXIS, "axis 0 of a scalar, which has none");
    ck_assert(!jx_axis(JAXC_NONE, 8, &axis));
    jaxc_clear_error();
}
END_TEST

/* ---- hashes and maps ------------------------------------------------------------------------- */

START_TEST(hashes_differ_in_every_byte_bit_and_length)
{
    enum { N = 70 };
    unsigned char bytes[N] = {0};
    uint64_t hashes[1000];
    int n = 0;
    for (size_t length = 0; length <= N; length++)
        hashes[n++] = jx_hash(bytes, length, 0);
    for (int bit = 0; bit < 8 * N; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        hashes[n++] = jx_hash(bytes, N, 0);
        bytes[bit / 8] = 0;
    }
    for (uint64_t seed = 1; seed < 100; seed++)
        hashes[n++] = jx_hash(bytes, N, seed);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            ck_assert_uint_ne(hashes[i], hashes[j]);
    ck_assert_uint_eq(jx_hash("jaxc", 4, 1), jx_hash("jaxc", 4, 1));
    ck_assert_uint_ne(jx_mix(jx_mix(0, 1), 2), jx_mix(jx_mix(0, 2), 1));
}
END_TEST

START_TEST(half_the_bits_of_a_hash_change_with_any_bit)
{
    unsigned long changed = 0, tried = 0;
    for (uint64_t i = 0; i < 200; i++)
        for (int bit = 0; bit < 64; bit++) {
            uint64_t other = i ^ (UINT64_C(1) << bit);
            changed +=
                (unsigned long)__builtin_popcountll(jx_hash(&i, 8, 0) ^ jx_hash(&other, 8, 0));
            tried += 64;
        }
    ck_assert_double_lt(changed / (double)tried, 0.51);
    ck_assert_double_gt(changed / (double)tried, 0.49);
}
END_TEST

static bool in_map(const struct jx_map *map, uint64_t hash, const void *value)
{
    size_t cursor = 0;
    for (void *v; (v = jx_map_next(map, hash, &cursor));)
        if (v == value)
            return true;
    return false;
}

START_TEST(a_map_behaves_as_a_list_of_pairs)
{
    enum { N = 600 };
    struct jx_map map = {0};
    static char values[N];
    bool there[N] = {0};
    uint64_t random = 88172645463325252u; /* xorshift64's own seed */
    size_t n = 0;
    ck_assert(!in_map(&map, 1, values));
    jx_map_remove(&map, 1, values);
    for (int step = 0; step < 60000; step++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        int i = (int)(random % N);
        /* Hashes of all kinds: shared by many, differing in high bits only, or in low bits only. */
        uint64_t hash = i % 3 == 0 ? (uint64_t)i % 9 : i % 3 == 1 ? (uint64_t)i << 48 : (uint64_t)i;
        ck_assert_int_eq(in_map(&map, hash, &values[i]), there[i]);
        if (there[i]) {
            jx_map_remove(&map, hash, &values[i]);
            n--;
        } else {
            ck_assert(jx_map_add(&map, hash, &values[i]));
            n++;
        }
        there[i] = !there[i];
        ck_assert_uint_eq(map.n, n);
        ck_assert_uint_le(map.n_used, map.capacity / 4 * 3);
        ck_assert_uint_ge(map.n_used, map.n);
    }
    ck_assert_uint_le(map.capacity, 4 * N);
    jx_map_fini(&map);
    ck_assert_uint_eq(map.capacity, 0);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
}
END_TEST

START_TEST(entries_can_be_removed_while_they_are_walked)
{
    struct jx_map map = {0};
    char values[20];
    for (int i = 0; i < 20; i++)
        ck_assert(jx_map_add(&map, 5, &values[i]));
    size_t cursor = 0;
    int seen = 0;
    for (void *v; (v = jx_map_next(&map, 5, &cursor)); seen++)
        jx_map_remove(&map, 5, v);
    ck_assert_int_eq(seen, 20);
    ck_assert_uint_eq(map.n, 0);
    jx_map_fini(&map);
}
END_TEST

/* ---- buffers --------------------------------------------------------------------------------- */

static int n_released;
static void note_release(void *data, void *user)
{
    ck_assert_ptr_eq(data, user);
    n_released++;
}

START_TEST(a_buffer_lives_as_long_as_its_last_reference)
{
    struct jx_buffer *b = jx_buffer_new(1000, (struct jx_layout){16, 1});
    ck_assert_uint_eq((uintptr_t)b->data % 64, 0);
    ck_assert_uint_eq(b->size, 1000);
    ck_assert(b->layout.block == 16 && b->layout.axis == 1);
    ck_assert(b->release == NULL);
    memset(b->data, 1, 1000);
    ck_assert_ptr_eq(jx_buffer_ref(b), b);
    jx_buffer_unref(b);
    memset(b->data, 2, 1000);
    jx_buffer_unref(b);
    jx_buffer_unref(NULL);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
    b = jx_buffer_new(0, (struct jx_layout){0});
    ck_assert_ptr_nonnull(b->data);
    jx_buffer_unref(b);
}
END_TEST

START_TEST(a_wrapped_buffer_is_released_once_by_its_last_reference)
{
    float data[4] = {0};
    struct jx_buffer *b = jx_buffer_wrap(data, sizeof data, note_release, data);
    n_released = 0;
    jx_buffer_ref(b);
    jx_buffer_unref(b);
    ck_assert_int_eq(n_released, 0);
    jx_buffer_unref(b);
    ck_assert_int_eq(n_released, 1);

    b = jx_buffer_wrap(data, sizeof data, NULL, NULL);
    ck_assert(b->release != NULL); /* it is not ours to write, all the same */
    jx_buffer_unref(b);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
}
END_TEST

START_TEST(an_alternate_dies_with_its_buffer)
{
    float data[4] = {0};
    struct jx_buffer *b = jx_buffer_new(16, (struct jx_layout){0});
    struct jx_buffer *packed = jx_buffer_wrap(data, sizeof data, note_release, data);
    b->alternate = packed;
    n_released = 0;
    jx_buffer_ref(packed);
    jx_buffer_unref(b);
    ck_assert_int_eq(n_released, 0);
    jx_buffer_unref(packed);
    ck_assert_int_eq(n_released, 1);
    ck_assert_uint_eq(jaxc_live_bytes(), 0);
}
END_TEST

START_TEST(a_layout_pads_its_axis_to_whole_panels)
{
    struct jx_layout rows = {0}, panels = {16, 0}, last = {32, 1};
    size_t size;
    ck_assert(jx_buffer_size(JAXC_F32, 0, NULL, rows, &size) && size == 4);
    ck_assert(jx_buffer_size(JAXC_F64, 2, (int64_t[]){10, 784}, rows, &size) && size == 62720);
    ck_assert(jx_buffer_size(JAXC_F32, 2, (int64_t[]){10, 784}, panels, &size) &&
              size == 16 * 784 * 4);
    ck_assert(jx_buffer_size(JAXC_F32, 2, (int64_t[]){16, 784}, panels, &size) &&
              size == 16 * 784 * 4);
    ck_assert(jx_buffer_size(JAXC_U8, 2, (int64_t[]){3, 33}, last, &size) && size == 3 * 64);
    ck_assert(jx_buffer_size(JAXC_BOOL, 2, (int64_t[]){0, 33}, last, &size) && size == 0);
}
END_TEST

START_TEST(a_size_that_does_not_fit_is_refused)
{
    size_t size;
    stand_at(NULL, 0, NULL);
    ck_assert(
        !jx_buffer_size(JAXC_F32, 1, (int64_t[]){INT64_MAX / 2}, (struct jx_layout){0}, &size));
    expect_error(JAXC_ELIMIT, "more than 2^63 - 1 bytes");
    ck_assert(
        !jx_buffer_size(JAXC_U8, 1, (int64_t[]){INT64_MAX}, (struct jx_layout){16, 0}, &size));
    expect_error(JAXC_ELIMIT, "more than 2^63 - 1 elements");
    ck_assert(!jx_buffer_size(JAXC_U8, 2, (int64_t[]){INT64_MAX / 2, 1}, (struct jx_layout){16, 1},
                              &size));
    expect_error(JAXC_ELIMIT, "more than 2^63 - 1 elements");
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
    Suite *suite = suite_create("base");
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
    add_tests(suite, "errors",
              (const TTest *const[]){
                  the_first_error_stays_until_it_is_cleared,
                  parts_of_a_place_that_are_missing_are_left_out,
                  a_call_stands_where_its_place_was_noted,
                  a_message_too_long_is_cut_at_a_character,
                  a_message_that_just_fits_is_whole,
                  saved_errors_come_back_and_those_between_do_not_stay,
                  every_code_has_its_name,
                  NULL,
              });
    add_tests(suite, "text",
              (const TTest *const[]){
                  a_text_grows_as_it_is_written,
                  a_text_that_failed_stays_failed,
                  NULL,
              });
    add_tests(suite, "shapes",
              (const TTest *const[]){
                  elements_are_counted_with_overflow_checks,
                  dims_are_compared_axis_by_axis,
                  negative_axes_count_from_the_end,
                  NULL,
              });
    add_tests(suite, "maps",
              (const TTest *const[]){
                  hashes_differ_in_every_byte_bit_and_length,
                  half_the_bits_of_a_hash_change_with_any_bit,
                  a_map_behaves_as_a_list_of_pairs,
                  entries_can_be_removed_while_they_are_walked,
                  NULL,
              });
    add_tests(suite, "buffers",
              (const TTest *const[]){
                  a_buffer_lives_as_long_as_its_last_reference,
                  a_wrapped_buffer_is_released_once_by_its_last_reference,
                  an_alternate_dies_with_its_buffer,
                  a_layout_pads_its_axis_to_whole_panels,
                  a_size_that_does_not_fit_is_refused,
                  NULL,
              });
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
