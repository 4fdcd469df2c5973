/*
 * test_slots.c - handles: their life, and what is said of dead ones.
 */
#include "base/base.h"

#include "support/allocator.h"
#include "support/errors.h"

#include <jaxc/error.h>
#include <jaxc/memory.h>

#include <check.h>

struct handle {
    uint32_t slot, generation;
};

static int n_released;
static void *last_released;
static void note_release(void *object)
{
    n_released++;
    last_released = object;
}

static void setup(void)
{
    n_released = 0;
    jx_slot_set_release(JX_SLOT_VALUE, note_release);
    jx_slot_set_release(JX_SLOT_FN, note_release);
}

static struct handle new_value(void *object)
{
    struct handle h;
    ck_assert(jx_slot_new(JX_SLOT_VALUE, object, 3, &h.slot, &h.generation));
    return h;
}

static bool is_good(struct handle h)
{
    struct jx_slot *s = jx_slot_acquire(h.slot, h.generation, JX_SLOT_VALUE);
    if (s)
        jx_slot_release(s);
    return s != NULL;
}

static void expect_explained(struct handle h, jaxc_status code, const char *message)
{
    ck_assert(!jx_slot_explain(h.slot, h.generation, "value"));
    expect_error(code, message);
}

/* ---- life ------------------------------------------------------------------------------------ */

START_TEST(a_handle_finds_its_object_until_it_is_closed)
{
    int object;
    struct handle h = new_value(&object);
    ck_assert_uint_ne(h.slot, 0);
    ck_assert_uint_eq(jaxc_live_values(), 1);
    struct jx_slot *s = jx_slot_acquire(h.slot, h.generation, JX_SLOT_VALUE);
    ck_assert(s && s->object == &object && s->object_index == 3 && s->number == h.slot);
    jx_slot_release(s);
    ck_assert_int_eq(n_released, 0);
    ck_assert(jx_slot_close(h.slot, h.generation, JX_CLOSED_SCOPE));
    ck_assert_int_eq(n_released, 1);
    ck_assert_ptr_eq(last_released, &object);
    ck_assert(!is_good(h));
    ck_assert(!jx_slot_close(h.slot, h.generation, JX_CLOSED_SCOPE));
    ck_assert_int_eq(n_released, 1);
    ck_assert_uint_eq(jaxc_live_values(), 0);
    ck_assert_ptr_null(jaxc_error());
}
END_TEST

START_TEST(an_object_in_use_outlives_its_handle)
{
    int object;
    struct handle h = new_value(&object);
    struct jx_slot *s = jx_slot_acquire(h.slot, h.generation, JX_SLOT_VALUE);
    ck_assert(jx_slot_close(h.slot, h.generation, JX_CLOSED_DROP));
    ck_assert(!is_good(h));
    ck_assert_int_eq(n_released, 0);
    ck_assert_ptr_eq(s->object, &object);
    ck_assert_uint_eq(jx_slots_live(), 1);
    jx_slot_release(s);
    ck_assert_int_eq(n_released, 1);
    ck_assert_uint_eq(jx_slots_live(), 0);
}
END_TEST

START_TEST(a_handle_of_the_other_kind_is_not_good)
{
    struct handle f;
    ck_assert(jx_slot_new(JX_SLOT_FN, NULL, 0, &f.slot, &f.generation));
    ck_assert(!is_good(f));
    ck_assert_uint_eq(jaxc_live_values(), 0);
    ck_assert_uint_eq(jx_slots_live(), 1);
    stand_at(NULL, 0, NULL);
    ck_assert(!jx_slot_explain(f.slot, f.generation, "value"));
    ck_assert_ptr_nonnull(strstr(jaxc_error(), "not a value: handle {slot "));
    ck_assert_ptr_nonnull(strstr(jaxc_error(), "} is a function's"));
    ck_assert(jx_slot_close(f.slot, f.generation, JX_CLOSED_SCOPE));
    ck_assert_int_eq(n_released, 1);
}
END_TEST

START_TEST(no_made_up_handle_is_good)
{
    struct handle h = new_value(NULL);
    for (uint32_t i = 0; i < 100; i++) {
        ck_assert(!is_good((struct handle){0, i}));
        ck_assert(h.generation == i || !is_good((struct handle){h.slot, i}));
        ck_assert(!is_good((struct handle){h.slot + 1 + i, 1}));
        ck_assert(!is_good((struct handle){UINT32_MAX - i, 1}));
        ck_assert(!is_good((struct handle){UINT32_C(1) << i % 32, UINT32_MAX - i}));
        ck_assert(!jx_slot_close(UINT32_MAX - i, 1, JX_CLOSED_DROP));
    }
    /* The closed, still counted generation is nobody's. */
    struct jx_slot *s = jx_slot_acquire(h.slot, h.generation, JX_SLOT_VALUE);
    ck_assert(jx_slot_close(h.slot, h.generation, JX_CLOSED_DROP));
    struct handle next = {h.slot, h.generation + 1};
    ck_assert(!is_good(next));
    ck_assert(!jx_slot_close(next.slot, next.generation, JX_CLOSED_DROP));
    jx_slot_release(s);
}
END_TEST

START_TEST(many_handles_live_at_once_and_slots_are_used_again)
{
    enum { N = 20000 };
    static struct handle handles[N], again[N];
    static char objects[N];
    uint32_t most = 0;
    for (int i = 0; i < N; i++) {
        handles[i] = new_value(&objects[i]);
        most = handles[i].slot > most ? handles[i].slot : most;
    }
    size_t reserved = jx_reserved_bytes();
    for (int i = 0; i < N; i++) {
        struct jx_slot *s = jx_slot_acquire(handles[i].slot, handles[i].generation, JX_SLOT_VALUE);
        ck_assert(s && s->object == &objects[i]);
        jx_slot_release(s);
    }
    for (int i = 0; i < N; i++)
        ck_assert(jx_slot_close(handles[i].slot, handles[i].generation, JX_CLOSED_SCOPE));
    ck_assert_int_eq(n_released, N);
    for (int i = 0; i < N - 1000; i++) {
        again[i] = new_value(&objects[i]);
        ck_assert_uint_le(again[i].slot, most);
    }
    ck_assert_uint_eq(jx_reserved_bytes(), reserved);
    for (int i = 0; i < N; i++)
        ck_assert(!is_good(handles[i]));
    for (int i = 0; i < N - 1000; i++)
        ck_assert(jx_slot_close(again[i].slot, again[i].generation, JX_CLOSED_SCOPE));
    ck_assert_uint_eq(jx_slots_live(), 0);
    ck_assert_uint_eq(jaxc_live_bytes(), 0); /* slabs are not counted */
}
END_TEST

START_TEST(a_slot_whose_generations_are_used_up_retires)
{
    struct handle h = new_value(NULL);
    struct jx_slot *s = jx_slot_acquire(h.slot, h.generation, JX_SLOT_VALUE);
    jx_slot_release(s);
    s->word = (uint64_t)UINT32_MAX << 32 | 1; /* as after 2^31 lives */
    struct handle last = {h.slot, UINT32_MAX};
    ck_assert(is_good(last) && !is_good(h));
    stand_at("train.c", 9, "jaxc_drop");
    ck_assert(jx_slot_close(last.slot, last.generation, JX_CLOSED_DROP));
    ck_assert(!is_good(last));
    for (int i = 0; i < 5000; i++) {
        struct handle other = new_value(NULL);
        ck_assert_uint_ne(other.slot, h.slot);
        jx_slot_close(other.slot, other.generation, JX_CLOSED_SCOPE);
    }
    ck_assert(!is_good(last) && !is_good(h) && !is_good((struct handle){h.slot, 0}));
    stand_at(NULL, 0, NULL);
    expect_explained(last, JAXC_EDEAD,
                     "value was used after it was dropped at train.c:9 by "
                     "jaxc_drop");
}
END_TEST

START_TEST(a_slab_that_cannot_be_had_is_an_error_and_nothing_else)
{
    static struct test_allocator failing = {.fail_at = 1, .from_then_on = true};
    ck_assert(test_allocator_install(&failing));
    struct handle h = {0, 0};
    ck_assert(!jx_slot_new(JX_SLOT_VALUE, NULL, 0, &h.slot, &h.generation));
    ck_assert_int_eq(jaxc_error_code(), JAXC_ENOMEM);
    ck_assert(h.slot == 0 && h.generation == 0);
    ck_assert_uint_eq(jx_slots_live(), 0);
    jaxc_clear_error();
    failing.fail_at = 0;
    failing.from_then_on = false;
    h = new_value(NULL);
    ck_assert(is_good(h));
    ck_assert(jx_slot_close(h.slot, h.generation, JX_CLOSED_SCOPE));
    ck_assert(test_allocator_remove()); /* the slab stays where it is */
    ck_assert(!is_good(h));
    ck_assert_int_eq(failing.n_live, 1);
}
END_TEST

/* ---- what is said of dead handles ------------------------------------------------------------ */

START_TEST(a_closed_handle_is_explained_by_how_it_ended)
{
    static const struct {
        enum jx_slot_reason reason;
        const char *call;
        jaxc_status code;
        const char *message;
    } rows[] = {
        {JX_CLOSED_SCOPE, "jaxc_scope_close", JAXC_EDEAD,
         "train.c:40: jaxc_mul: value made at train.c:30 by jaxc_add was used after the scope "
         "opened at train.c:33 closed"},
        {JX_CLOSED_TRACE, "jaxc_jit", JAXC_EDEAD,
         "train.c:40: jaxc_mul: value made at train.c:30 by jaxc_add was used after the function "
         "of "
         "jaxc_jit at train.c:33, in which it was made, ended"},
        {JX_CLOSED_DROP, "jaxc_drop", JAXC_EDEAD,
         "train.c:40: jaxc_mul: value made at train.c:30 by jaxc_add was used after it was "
         "dropped at train.c:33 by jaxc_drop"},
        {JX_CLOSED_DONATED, "jaxc_call", JAXC_EDONATED,
         "train.c:40: jaxc_mul: value made at train.c:30 by jaxc_add was donated at train.c:33 "
         "by jaxc_call"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stand_at("train.c", 30, "jaxc_add");
        struct handle h = new_value(NULL);
        stand_at("train.c", 33, rows[i].call);
        ck_assert(jx_slot_close(h.slot, h.generation, rows[i].reason));
        stand_at("train.c", 40, "jaxc_mul");
        expect_explained(h, rows[i].code, rows[i].message);
    }
}
END_TEST

START_TEST(places_that_are_not_known_are_left_out)
{
    stand_at(NULL, 0, NULL);
    struct handle h = new_value(NULL);
    ck_assert(jx_slot_close(h.slot, h.generation, JX_CLOSED_SCOPE));
    expect_explained(h, JAXC_EDEAD, "value was used after its scope closed");
    stand_at(NULL, 0, "jaxc_add");
    h = new_value(NULL);
    stand_at(NULL, 0, NULL);
    ck_assert(jx_slot_close(h.slot, h.generation, JX_CLOSED_DONATED));
    expect_explained(h, JAXC_EDONATED, "value made by jaxc_add was donated");
}
END_TEST

START_TEST(a_handle_is_explained_for_hundreds_of_values_after_it)
{
    stand_at("train.c", 30, "jaxc_add");
    struct handle h = new_value(NULL);
    stand_at("train.c", 33, NULL);
    ck_assert(jx_slot_close(h.slot, h.generation, JX_CLOSED_SCOPE));
    for (int i = 0; i < 250; i++) {
        struct handle other = new_value(NULL);
        ck_assert_uint_ne(other.slot, h.slot);
        ck_assert(jx_slot_close(other.slot, other.generation, JX_CLOSED_SCOPE));
    }
    stand_at(NULL, 0, NULL);
    expect_explained(h, JAXC_EDEAD,
                     "value made at train.c:30 by jaxc_add was used after the scope opened at "
                     "train.c:33 closed");
    struct handle other = new_value(NULL);
    while (other.slot != h.slot) { /* until its slot is another's: where it was made is forgotten */
        ck_assert(jx_slot_close(other.slot, other.generation, JX_CLOSED_SCOPE));
        other = new_value(NULL);
    }
    expect_explained(h, JAXC_EDEAD, "value was used after the scope opened at train.c:33 closed");
    ck_assert(jx_slot_close(other.slot, other.generation, JX_CLOSED_SCOPE));
    ck_assert(!jx_slot_explain(h.slot, h.generation, "value"));
    ck_assert_ptr_nonnull(strstr(jaxc_error(), "a value that ended long ago, or an uninitialised "
                                               "handle {slot "));
}
END_TEST

START_TEST(a_handle_that_never_was_is_named)
{
    stand_at("train.c", 5, "jaxc_neg");
    expect_explained((struct handle){4000000, 7}, JAXC_EDEAD,
                     "train.c:5: jaxc_neg: not a value: uninitialised or overwritten handle {slot "
                     "4000000, generation 7}");
    expect_explained((struct handle){UINT32_MAX, UINT32_MAX}, JAXC_EDEAD,
                     "train.c:5: jaxc_neg: not a value: uninitialised or overwritten handle {slot "
                     "4294967295, generation 4294967295}");
    struct handle h = new_value(NULL);
    ck_assert(!jx_slot_explain(h.slot, h.generation + 2, "value"));
    ck_assert_ptr_nonnull(strstr(jaxc_error(), "not a value: uninitialised"));
    jaxc_clear_error();
    ck_assert(!jx_slot_explain(h.slot, h.generation + 1, "value"));
    ck_assert_ptr_nonnull(strstr(jaxc_error(), "not a value: uninitialised"));
    jaxc_clear_error();
    ck_assert(!jx_slot_explain(0, 5, "function"));
    ck_assert_ptr_nonnull(strstr(jaxc_error(), "not a function: uninitialised"));
    jx_slot_close(h.slot, h.generation, JX_CLOSED_SCOPE);
}
END_TEST

START_TEST(poison_keeps_the_error_that_made_it)
{
    stand_at("train.c", 42, "jaxc_dot");
    jx_fail(JAXC_ESHAPE, "k differs");
    ck_assert(!jx_slot_explain(0, 0, "value"));
    ck_assert_str_eq(jaxc_error(), "train.c:42: jaxc_dot: k differs");
    jaxc_clear_error();
    expect_explained((struct handle){0, 0}, JAXC_EDEAD,
                     "train.c:42: jaxc_dot: an uninitialised value, or the result of a call whose "
                     "error was cleared");
}
END_TEST

static struct jx_slot_type told;
static void tell_type(const void *object, uint32_t index, struct jx_slot_type *type)
{
    (void)object;
    ck_assert_uint_eq(index, 3);
    *type = told;
}

START_TEST(a_closed_value_is_explained_with_its_type)
{
    static const struct {
        struct jx_slot_type type;
        enum jx_slot_reason reason;
        jaxc_status code;
        const char *message;
    } rows[] = {
        {{.dtype = JAXC_F32, .rank = 2, .dims = {4, 3}},
         JX_CLOSED_SCOPE,
         JAXC_EDEAD,
         "value f32[4,3] made at train.c:30 was used after the scope opened at train.c:30 closed"},
        {{.dtype = JAXC_I32, .weak = true},
         JX_CLOSED_DONATED,
         JAXC_EDONATED,
         "value ~i32[] made at train.c:30 was donated at train.c:30"},
        {{.dtype = JAXC_BOOL, .rank = 3, .dims = {0, 1, 2}},
         JX_CLOSED_DROP,
         JAXC_EDEAD,
         "value bool[0,1,2] made at train.c:30 was used after it was dropped at train.c:30"},
        {{.dtype = JAXC_F64, .rank = 5, .dims = {INT64_MAX, 7, 8}},
         JX_CLOSED_DONATED,
         JAXC_EDONATED,
         "value f64[9223372036854775807,7,8,...] made at train.c:30 was donated at train.c:30"},
        {{.dtype = 0},
         JX_CLOSED_DONATED,
         JAXC_EDONATED,
         "value made at train.c:30 was donated at train.c:30"},
        {{.dtype = JAXC_F32, .traced = true},
         JX_CLOSED_TRACE,
         JAXC_EDEAD,
         "value f32[] made at train.c:30 inside a trace that is over was used outside it: traced "
         "values mean nothing outside of the function of ? at train.c:30; return it from there"},
    };
    jx_slot_set_type(JX_SLOT_VALUE, tell_type);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stand_at("train.c", 30, NULL);
        struct handle h = new_value(NULL);
        told = rows[i].type;
        ck_assert(jx_slot_close(h.slot, h.generation, rows[i].reason));
        stand_at(NULL, 0, NULL);
        expect_explained(h, rows[i].code, rows[i].message);
    }
    jx_slot_set_type(JX_SLOT_VALUE, NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slots");
    TCase *life = tcase_create("life");
    tcase_add_checked_fixture(life, setup, NULL);
    tcase_add_test(life, a_handle_finds_its_object_until_it_is_closed);
    tcase_add_test(life, an_object_in_use_outlives_its_handle);
    tcase_add_test(life, a_handle_of_the_other_kind_is_not_good);
    tcase_add_test(life, no_made_up_handle_is_good);
    tcase_add_test(life, many_handles_live_at_once_and_slots_are_used_again);
    tcase_add_test(life, a_slot_whose_generations_are_used_up_retires);
    tcase_add_test(life, a_slab_that_cannot_be_had_is_an_error_and_nothing_else);
    suite_add_tcase(suite, life);

    TCase *words = tcase_create("what is said of dead handles");
    tcase_add_checked_fixture(words, setup, NULL);
    tcase_add_test(words, a_closed_handle_is_explained_by_how_it_ended);
    tcase_add_test(words, places_that_are_not_known_are_left_out);
    tcase_add_test(words, a_handle_is_explained_for_hundreds_of_values_after_it);
    tcase_add_test(words, a_handle_that_never_was_is_named);
    tcase_add_test(words, poison_keeps_the_error_that_made_it);
    tcase_add_test(words, a_closed_value_is_explained_with_its_type);
    suite_add_tcase(suite, words);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
