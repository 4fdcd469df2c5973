/*
 * test_random.c - keys and samplers: JAX's numbers, called plainly, inside jit and under vmap, and
 * the vectors of the semantics file.
 */
#include "support/reference.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct reference *reference;

static void load(void) { reference = reference_load("tests/reference/random.txt"); }

static void unload(void) { reference_free(reference); }

/* ---- JAX's numbers --------------------------------------------------------------------------- */

static jaxc_value run(const struct reference_case *c, const jaxc_value *x)
{
    const char *call = c->call;
    if (strcmp(call, "key") == 0)
        return jaxc_random_key((uint64_t)reference_number(c, "seed"));
    if (strcmp(call, "split") == 0)
        return jaxc_random_split(x[0], reference_number(c, "n"));
    if (strcmp(call, "fold_in") == 0)
        return jaxc_random_fold_in(x[0], x[1]);
    struct jaxc_shape shape = reference_shape(c, "shape");
    jaxc_dtype dtype = reference_dtype(c);
    if (strcmp(call, "bits") == 0)
        return jaxc_random_bits(x[0], shape, dtype);
    if (strcmp(call, "normal") == 0)
        return jaxc_random_normal(x[0], shape, dtype);
    ck_assert_str_eq(call, "uniform");
    return c->n_in == 1 ? jaxc_random_uniform(x[0], shape, dtype)
                        : jaxc_random_uniform(x[0], shape, dtype, x[1], x[2]);
}

struct body {
    int index;
};

/* A case as a function of its key. */
static jaxc_value body(const void *environment, jaxc_value key)
{
    const struct reference_case *c = &reference->cases[((const struct body *)environment)->index];
    jaxc_value x[4] = {key};
    for (int i = 1; i < c->n_in; i++)
        x[i] = reference_value(&c->in[i]);
    return run(c, x);
}

static jaxc_value plainly(jaxc_fn f, jaxc_value key) { return jaxc_call(f, key); }

static jaxc_value inside_jit(jaxc_fn f, jaxc_value key) { return jaxc_call(jaxc_jit(f), key); }

/* Three keys at once, of which the case's is the second: each lane is what it would be alone. */
static jaxc_value under_vmap(jaxc_fn f, jaxc_value key)
{
    jaxc_value keys = jaxc_stack(0, jaxc_random_key(77), key, jaxc_random_key(78));
    return jaxc_get(jaxc_call(jaxc_vmap(f), keys), 1);
}

static jaxc_value under_vmap_of_jit(jaxc_fn f, jaxc_value key)
{
    jaxc_value keys = jaxc_stack(1, jaxc_random_key(5), key);
    return jaxc_get(jaxc_call(jaxc_jit(jaxc_vmap(jaxc_jit(f), .in_axes = {1})), keys), -1);
}

static void check_cases(jaxc_value (*how)(jaxc_fn, jaxc_value))
{
    char text[3000] = "", why[512];
    const char *prefix = getenv("REFERENCE");
    int wrong = 0, checked = 0;
    for (int i = 0; i < reference->n; i++) {
        const struct reference_case *c = &reference->cases[i];
        if (prefix && strncmp(prefix, c->name, strlen(prefix)) != 0)
            continue;
        JAXC_SCOPE;
        struct body environment = {i};
        jaxc_value key = c->n_in > 0 ? reference_value(&c->in[0]) : jaxc_random_key(0);
        checked++;
        if (reference_matches(c, how(jaxc_closure(body, &environment), key), why, sizeof why))
            continue;
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "\n%s", why);
        wrong++;
    }
    ck_assert_msg(wrong == 0, "%d of %d cases are wrong:%s", wrong, checked, text);
}

START_TEST(draws_are_those_of_jax) { check_cases(plainly); }
END_TEST

START_TEST(draws_inside_jit_are_those_of_jax) { check_cases(inside_jit); }
END_TEST

START_TEST(draws_under_vmap_are_those_of_jax) { check_cases(under_vmap); }
END_TEST

START_TEST(draws_under_vmap_and_jit_are_those_of_jax) { check_cases(under_vmap_of_jit); }
END_TEST

/* ---- the vectors of the semantics file ------------------------------------------------------- */

static void expect_words(jaxc_value y, size_t n, const uint32_t *words)
{
    const uint32_t *data = jaxc_data(y);
    ck_assert_msg(data != NULL, "%s", jaxc_error());
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(data[i] == words[i], "word %zu is %u, not %u", i, data[i], words[i]);
}
#define WORDS(y, ...)                                                                              \
    expect_words(y, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), (uint32_t[]){__VA_ARGS__})

START_TEST(keys_have_the_words_of_section_1_2)
{
    WORDS(jaxc_random_key(0), 0, 0);
    WORDS(jaxc_random_key(1), 0, 1);
    WORDS(jaxc_random_key(2147483747), 0, 2147483747);
    WORDS(jaxc_random_key((uint64_t)-1), 4294967295, 4294967295);
    WORDS(jaxc_random_key((uint64_t)-2147483748), 4294967295, 2147483548);
    WORDS(jaxc_random_key(((uint64_t)1 << 40) + 5), 256, 5);
}
END_TEST

START_TEST(keys_and_bits_have_the_words_of_section_1_4)
{
    jaxc_value zero = jaxc_random_key(0), answer = jaxc_random_key(42);
    WORDS(jaxc_random_split(zero, 4), 1797259609, 2579123966, 928981903, 3453687069, 4146024105,
          2718843009, 2467461003, 3840466878);
    WORDS(jaxc_random_split(jaxc_random_key(1), 3), 507451445, 1853169794, 1948878966, 4237131848,
          2441914641, 3819641963);
    WORDS(jaxc_random_split(answer, 3), 1832780943, 270669613, 64467757, 2916123636, 2465931498,
          255383827);
    WORDS(jaxc_random_fold_in(zero, 0), 1797259609, 2579123966);
    WORDS(jaxc_random_fold_in(zero, 1), 928981903, 3453687069);
    WORDS(jaxc_random_fold_in(zero, 2147483648u), 917456828, 636652529);
    WORDS(jaxc_random_fold_in(zero, 4294967295u), 743310391, 3789761811);
    WORDS(jaxc_random_fold_in(zero, -1), 743310391, 3789761811);
    WORDS(jaxc_random_fold_in(answer, 7), 2547012911, 1371500959);
    WORDS(jaxc_random_bits(zero, JAXC_SHAPE(5)), 4070199207, 4202968722, 1427181096, 2012915765,
          2447653815);
    WORDS(jaxc_random_bits(jaxc_random_key(10), JAXC_SHAPE(4)), 169096361, 1572511259, 2689743692,
          2228103506);
    WORDS(jaxc_random_bits(answer, JAXC_SHAPE(5)), 2098992034, 2919706841, 2646866425, 2409546199,
          1935504149);
    WORDS(jaxc_astype(jaxc_random_bits(zero, JAXC_SHAPE(5), JAXC_U8), JAXC_U32), 167, 146, 40, 53,
          183);
    const uint64_t *wide = jaxc_data(jaxc_random_bits(zero, JAXC_SHAPE(3), JAXC_U64));
    ck_assert(wide[0] == 7719171245655871230 && wide[1] == 3989946895414531357 &&
              wide[2] == 17807037942121513089u);
}
END_TEST

START_TEST(uniform_has_the_bits_of_section_1_5)
{
    const uint32_t bits[] = {0x3f729a4e, 0x3f7a8436, 0x3eaa221c, 0x3eeff550, 0x3f11e43a};
    expect_words(jaxc_random_uniform(jaxc_random_key(0), JAXC_SHAPE(5)), 5, bits);
    const double *wide =
        jaxc_data(jaxc_random_uniform(jaxc_random_key(0), JAXC_SHAPE(3), JAXC_F64));
    ck_assert(wide[0] == 0.41845711171638644 && wide[1] == 0.21629545460551136 &&
              wide[2] == 0.96532146111899753);
}
END_TEST

/* A key's block function on the paper's counters: TF(key; 0, d) is fold_in. */
START_TEST(the_block_function_gives_its_known_answer)
{
    WORDS(jaxc_random_fold_in(jaxc_random_key(0), 0), 0x6b200159, 0x99ba4efe);
}
END_TEST

/* ---- how draws hang together ----------------------------------------------------------------- */

START_TEST(short_draws_begin_long_ones_whatever_the_shape)
{
    jaxc_value key = jaxc_random_key(3);
    const float *all = jaxc_data(jaxc_random_normal(key, JAXC_SHAPE(24)));
    ck_assert(memcmp(all, jaxc_data(jaxc_random_normal(key, JAXC_SHAPE(2, 3, 2))),
                     12 * sizeof *all) == 0);
    ck_assert(memcmp(all, jaxc_data(jaxc_random_normal(key, JAXC_SCALAR)), sizeof *all) == 0);
    const uint32_t *keys = jaxc_data(jaxc_random_split(key, 3));
    ck_assert(memcmp(keys + 4, jaxc_data(jaxc_random_fold_in(key, 2)), 2 * sizeof *keys) == 0);
}
END_TEST

static jaxc_value affine(jaxc_value key, jaxc_value low, jaxc_value high)
{
    return jaxc_sum(jaxc_random_uniform(key, JAXC_SHAPE(4), JAXC_F32, low, high));
}

/* d(f (high - low) + low): 1 - f in low, f in high */
START_TEST(uniform_has_derivatives_in_its_bounds)
{
    jaxc_value key = jaxc_random_key(8), low = jaxc_full(JAXC_SCALAR, -1.5, JAXC_F32);
    jaxc_value high = jaxc_full(JAXC_SCALAR, 2.0, JAXC_F32);
    jaxc_value slopes = jaxc_call(jaxc_grad(affine, .argnums = JAXC_ARGS(1, 2)), key, low, high);
    double f = jaxc_item(jaxc_sum(jaxc_random_uniform(key, JAXC_SHAPE(4))));
    ck_assert_double_eq_tol(jaxc_item(jaxc_get(slopes, 0)), 4 - f, 1e-5);
    ck_assert_double_eq_tol(jaxc_item(jaxc_get(slopes, 1)), f, 1e-5);
}
END_TEST

/* What lies behind element 2^32 has a high word: seen in the type and program only, no machine
 * holds the draw. */
static jaxc_value far_draw(jaxc_value key)
{
    return jaxc_random_bits(key, JAXC_SHAPE(((int64_t)1 << 32) + 8));
}

START_TEST(draws_beyond_2_to_the_32_count_in_64_bits)
{
    const char *text = jaxc_program(far_draw, jaxc_random_key(0));
    ck_assert_msg(text != NULL, "%s", jaxc_error());
    ck_assert_ptr_nonnull(strstr(text, "u64[4294967304]"));
    ck_assert_ptr_nonnull(strstr(text, "shift_right_logical"));
}
END_TEST

/* ---- errors ---------------------------------------------------------------------------------- */

static void expect(jaxc_value y, jaxc_status code, const char *words)
{
    ck_assert(!jaxc_ok(y));
    ck_assert_msg(jaxc_error() != NULL, "no error: %s", words);
    ck_assert_msg(strstr(jaxc_error(), words) != NULL, "%s; wanted %s", jaxc_error(), words);
    ck_assert_msg(strstr(jaxc_error(), "test_random.c:") != NULL, "%s", jaxc_error());
    ck_assert_msg(jaxc_error_code() == code, "%s", jaxc_error());
    jaxc_clear_error();
}

START_TEST(what_is_no_key_is_refused)
{
    jaxc_value keys = jaxc_random_split(jaxc_random_key(0), 3);
    expect(jaxc_random_bits(keys, JAXC_SHAPE(2)), JAXC_ESHAPE,
           "jaxc_random_bits: a key is u32[2], not u32[3,2]; jaxc_vmap takes several");
    expect(jaxc_random_split(jaxc_zeros(JAXC_SHAPE(2)), 2), JAXC_EDTYPE,
           "a key is u32[2], not f32[2]");
    expect(jaxc_random_normal(0, JAXC_SHAPE(2)), JAXC_EDTYPE, "i32[]");
    expect(jaxc_random_fold_in(keys, 1), JAXC_ESHAPE, "u32[3,2]");
}
END_TEST

START_TEST(dtypes_shapes_and_numbers_are_checked)
{
    jaxc_value key = jaxc_random_key(0);
    expect(jaxc_random_bits(key, JAXC_SHAPE(2), JAXC_I32), JAXC_EDTYPE,
           "bits are unsigned, not i32");
    expect(jaxc_random_uniform(key, JAXC_SHAPE(2), JAXC_I32), JAXC_EDTYPE, "draws floats, not i32");
    expect(jaxc_random_normal(key, JAXC_SHAPE(2), JAXC_C64), JAXC_EUNSUPPORTED, "c64");
    expect(jaxc_random_normal(key, JAXC_SHAPE(-2)), JAXC_ELIMIT, "-2");
    expect(jaxc_random_split(key, -1), JAXC_EVALUE, "-1 keys");
    expect(jaxc_random_fold_in(key, 0.5), JAXC_EDTYPE, "f32[]");
    expect(jaxc_random_fold_in(key, jaxc_zeros(JAXC_SHAPE(1), JAXC_I32)), JAXC_ESHAPE, "i32[1]");
    expect(jaxc_random_uniform(key, JAXC_SHAPE(2), JAXC_F32, jaxc_zeros(JAXC_SHAPE(3)), 1),
           JAXC_ESHAPE, "f32[3]");
    expect(jaxc_random_uniform(key, JAXC_SHAPE(2), JAXC_F32, jaxc_zeros(JAXC_SHAPE(3, 2)), 1),
           JAXC_ESHAPE, "f32[3,2]");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random");
    TCase *numbers = tcase_create("numbers");
    tcase_add_checked_fixture(numbers, load, unload);
    tcase_set_timeout(numbers, 600);
    tcase_add_test(numbers, draws_are_those_of_jax);
    tcase_add_test(numbers, draws_inside_jit_are_those_of_jax);
    tcase_add_test(numbers, draws_under_vmap_are_those_of_jax);
    tcase_add_test(numbers, draws_under_vmap_and_jit_are_those_of_jax);
    suite_add_tcase(suite, numbers);
    TCase *others = tcase_create("vectors and errors");
    tcase_add_test(others, keys_have_the_words_of_section_1_2);
    tcase_add_test(others, keys_and_bits_have_the_words_of_section_1_4);
    tcase_add_test(others, uniform_has_the_bits_of_section_1_5);
    tcase_add_test(others, the_block_function_gives_its_known_answer);
    tcase_add_test(others, short_draws_begin_long_ones_whatever_the_shape);
    tcase_add_test(others, uniform_has_derivatives_in_its_bounds);
    tcase_add_test(others, draws_beyond_2_to_the_32_count_in_64_bits);
    tcase_add_test(others, what_is_no_key_is_refused);
    tcase_add_test(others, dtypes_shapes_and_numbers_are_checked);
    suite_add_tcase(suite, others);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
