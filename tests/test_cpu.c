/*
 * test_cpu.c - the CPU backend against the naive one.
 */
#include "backend/cpu/isa.h"
#include "backend/cpu/threads.h"
#include "support/random_code.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int scaled(int n)
{
    const char *scale = getenv("JAXC_TEST_SCALE");
    return scale ? (int)(n * atof(scale)) : n;
}

static uint64_t first_seed(void)
{
    const char *seed = getenv("JAXC_TEST_SEED");
    return seed ? strtoull(seed, NULL, 0) : 1;
}

static void check_code(const struct random_code *r, uint64_t seed)
{
    struct random_results naive, one, two;
    char what[80];
    random_results_run(&naive, r, &jx_backend_naive);
    for (int limit = 0; limit < JX_N_ISAS; limit++) {
        enum jx_isa isa = jx_isa_limit((enum jx_isa)limit);
        jx_threads_set(1);
        random_results_run(&one, r, &jx_backend_cpu);
        snprintf(what, sizeof what, "seed %llu on %s", (unsigned long long)seed, jx_isa_name(isa));
        random_results_compare(r, &naive, &one, false, what);
        jx_threads_set(2);
        random_results_run(&two, r, &jx_backend_cpu);
        snprintf(what, sizeof what, "seed %llu on %s, two threads", (unsigned long long)seed,
                 jx_isa_name(isa));
        random_results_compare(r, &one, &two, true, what);
        random_results_free(&one, r);
        random_results_free(&two, r);
    }
    random_results_free(&naive, r);
}

START_TEST(random_kernels_agree_with_the_naive_backend)
{
    for (uint64_t seed = first_seed(), n = (uint64_t)scaled(1500); n-- > 0; seed++) {
        struct random_code r;
        random_kernel(&r, seed);
        check_code(&r, seed);
        random_code_free(&r);
    }
}
END_TEST

START_TEST(random_products_agree_with_the_naive_backend)
{
    for (uint64_t seed = first_seed(), n = (uint64_t)scaled(1000); n-- > 0; seed++) {
        struct random_code r;
        random_product(&r, seed);
        check_code(&r, seed);
        random_code_free(&r);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cpu");
    TCase *c = tcase_create("random");
    tcase_set_timeout(c, 600);
    tcase_add_test(c, random_kernels_agree_with_the_naive_backend);
    tcase_add_test(c, random_products_agree_with_the_naive_backend);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
