/*
 * test_base.c - text, shapes, maps, buffers.
 */
#include "base/base.h"

#include "support/allocator.h"
#include "support/errors.h"

#include <jaxc/error.h>
#include <jaxc/memory.h>

#include <check.h>

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
    struct jx_buffer *b = jx_buffer_new(NULL, 1000, (struct jx_layout){16, 1});
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
    b = jx_buffer_new(NULL, 0, (struct jx_layout){0});
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
    struct jx_buffer *b = jx_buffer_new(NULL, 16, (struct jx_layout){0});
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
