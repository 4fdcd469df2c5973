/*
 * test_random_programs.c - properties of random programs.
 *
 * Every program is compiled, and printed and parsed; the dearer properties take turns. A program
 * that fails is cut down and printed as a C program with its seed. JAXC_TEST_SEED=n looks at one
 * program and all properties of it; JAXC_TEST_SCALE=n looks at n times as many.
 */
#include "support/prims_table.h"
#include "support/random_program.h"
#include "support/shrink.h"

#include "api/api.h"

#include <jaxc/jaxc.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define N_PROGRAMS 2000
#define N_PARTS    40 /* processes, one after another */

static const struct {
    const char *name;
    property holds;
    const char *body; /* of a failure's main() */
} properties[] = {
#define JIT  "show(jaxc_call(jaxc_jit(f), ARGS)); /* and with JAXC_PLATFORM=naive */"
#define VMAP "show(jaxc_call(jaxc_jit(jaxc_vmap(f)), LANES));"
#define VJP                                                                                        \
    "jaxc_value y;\n    jaxc_fn back = jaxc_vjp(f, &y, ARGS);\n    show(y);\n"                     \
    "    show(jaxc_call(back, y));"
    {"compiled it gives what its equations give", fused_agrees, JIT},
    {"the naive interpreter gives it too", naive_agrees, JIT},
    {"its text parses to the same program", text_parses_back, JIT},
    /* those above are asked of every program, of these two each */
    {"each pass can be left out", each_pass_can_be_left_out, JIT},
    {"vmap is a loop", vmap_is_a_loop, VMAP},
    {"jvp is a difference", jvp_is_a_difference, VJP},
    {"vjp is the adjoint of jvp", vjp_is_adjoint, VJP},
    {"compiled derivatives give what their equations give", fused_derivatives_agree, VJP},
    {"compiled lanes give what their equations give", fused_lanes_agree, VMAP},
    {"grad of jit is jit of grad", grad_of_jit_is_jit_of_grad, VJP},
    {"vmap of vjp is a loop", vmap_of_vjp_is_a_loop, VMAP},
    {"vjp of vmap is a difference", vjp_of_vmap_is_a_difference, VJP},
    {"second derivatives are differences", second_jvp_is_a_difference, VJP},
    {"second vjp is the adjoint of second jvp", second_vjp_is_adjoint, VJP},
};
enum {
    N_PROPERTIES = sizeof properties / sizeof properties[0],
    N_ALWAYS = 3,
    ALWAYS = (1 << N_ALWAYS) - 1,
    N_IN_TURN = N_PROPERTIES - N_ALWAYS
};

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

/* ---- one program ----------------------------------------------------------------------------- */

static void tell(struct subject *s, uint64_t seed, int which, char *why)
{
    char title[WHY + 200];
    shrink(s, properties[which].holds, why);
    snprintf(title, sizeof title, "JAXC_TEST_SEED=%llu: \"%s\" does not hold:\n * %s",
             (unsigned long long)seed, properties[which].name, why);
    char *program = program_in_c(s, title, properties[which].body);
    fprintf(stderr, "%s", program);
    free(program);
}

/* Those of `which`, a bit for each property. */
static void look_at(uint64_t seed, unsigned which)
{
    char why[WHY] = "";
    struct subject s;
    uint64_t scope = jx_scope_open();
    ck_assert_msg(random_program(seed, &s, why), "seed %llu: %s", (unsigned long long)seed, why);
    for (int i = 0; i < N_PROPERTIES; i++) {
        if (!(which >> i & 1) || properties[i].holds(&s, why))
            continue;
        tell(&s, seed, i, why);
        ck_abort_msg("JAXC_TEST_SEED=%llu: \"%s\" does not hold: %s", (unsigned long long)seed,
                     properties[i].name, why);
    }
    subject_end(&s);
    jx_scope_close(scope);
}

/* ---- tests ----------------------------------------------------------------------------------- */

START_TEST(random_programs_hold_what_is_promised)
{
    uint64_t n = N_PROGRAMS * number_from("JAXC_TEST_SCALE", 1) / N_PARTS;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t seed = (uint64_t)_i * n + i;
        unsigned turn = (unsigned)(seed % N_IN_TURN),
                 other = (turn + 1 + seed / N_IN_TURN % 7) % N_IN_TURN;
        look_at(seed, ALWAYS | 1u << (N_ALWAYS + turn) | 1u << (N_ALWAYS + other));
        if (i % 100 == 99)
            jx_compile_clear();
    }
    /* most of it was compared at all */
    ck_assert_msg(bounds_undetermined <= bounds_compared / 10, "%llu of %llu elements undetermined",
                  (unsigned long long)bounds_undetermined,
                  (unsigned long long)(bounds_undetermined + bounds_compared));
    jx_compile_clear();
    bounds_clear();
}
END_TEST

START_TEST(one_random_program_holds_all) { look_at(number_from("JAXC_TEST_SEED", 0), ~0u); }
END_TEST

/* Derivatives are taken of every program, and compared with differences. */
static bool is_left_out(const struct jx_prim *prim)
{
    return prim->no_jvp || prim_row_of(prim)->flags & OF_LAW;
}

START_TEST(random_programs_apply_every_primitive)
{
    char why[WHY];
    bool found[300] = {false}, all = false;
    for (uint64_t seed = 0; !all && seed < 4 * N_PROGRAMS; seed++) {
        struct subject s;
        uint64_t scope = jx_scope_open();
        ck_assert_msg(random_program(seed, &s, why), "seed %llu: %s", (unsigned long long)seed,
                      why);
        for (int i = 0; jx_prims[i]; i++)
            found[i] = found[i] || program_applies(s.program, jx_prims[i]);
        all = true;
        for (int i = 0; jx_prims[i]; i++)
            all = all && (found[i] || is_left_out(jx_prims[i]));
        subject_end(&s);
        jx_scope_close(scope);
    }
    for (int i = 0; jx_prims[i]; i++)
        ck_assert_msg(found[i] || is_left_out(jx_prims[i]), "%s is in none", jx_prims[i]->name);
    bounds_clear();
}
END_TEST

START_TEST(the_same_seed_gives_the_same_program)
{
    char why[WHY];
    struct subject a, b;
    uint64_t scope = jx_scope_open();
    ck_assert(random_program(7, &a, why) && random_program(7, &b, why));
    ck_assert(jx_program_same(a.program, b.program));
    subject_end(&a);
    subject_end(&b);
    jx_scope_close(scope);
}
END_TEST

/* No sine, as a defect that somebody might have. */
static bool has_no_sine(const struct subject *s, char *why)
{
    snprintf(why, WHY, "a sine");
    return !program_applies(s->program, &jx_sin_p);
}

START_TEST(a_failing_program_shrinks_to_what_fails)
{
    char why[WHY];
    struct subject s;
    uint64_t scope = jx_scope_open(), seed = 0;
    for (;; seed++) {
        ck_assert(random_program(seed, &s, why));
        if (!has_no_sine(&s, why) && s.program->n_eqns > 8)
            break;
        subject_end(&s);
    }
    shrink(&s, has_no_sine, why);
    char *text = jx_program_print(s.program);
    ck_assert_msg(s.program->n_eqns == 1 && s.program->n_in <= 1, "%s", text);
    ck_assert(s.program->n_in == 0 || array_count(&s.in[0]) <= 1); /* or of a number */
    jx_free(text);
    subject_end(&s);
    jx_scope_close(scope);
}
END_TEST

/* Do the compilers take what is printed? */
START_TEST(a_failing_program_is_printed_as_a_c_program)
{
    char why[WHY];
    FILE *cc = popen("cc -std=gnu11 -Wall -Werror -Iinclude -fsyntax-only -x c -", "w");
    ck_assert_ptr_nonnull(cc);
    pclose(cc);
    for (uint64_t seed = 0; seed < 12; seed++) {
        struct subject s;
        uint64_t scope = jx_scope_open();
        ck_assert(random_program(seed, &s, why));
        char *program = program_in_c(&s, "a test", seed % 2 ? VMAP : VJP);
        cc = popen("cc -std=gnu11 -Wall -Werror -Iinclude -fsyntax-only -x c -", "w");
        ck_assert_ptr_nonnull(cc);
        fputs(program, cc);
        ck_assert_msg(pclose(cc) == 0, "%s", program);
        free(program);
        subject_end(&s);
        jx_scope_close(scope);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random_programs");
    TCase *one = tcase_create("programs");
    if (getenv("JAXC_TEST_SEED")) {
        tcase_add_test(one, one_random_program_holds_all);
    } else {
        tcase_add_test(one, the_same_seed_gives_the_same_program);
        tcase_add_test(one, a_failing_program_shrinks_to_what_fails);
        tcase_add_test(one, a_failing_program_is_printed_as_a_c_program);
        tcase_add_test(one, random_programs_apply_every_primitive);
        tcase_add_loop_test(one, random_programs_hold_what_is_promised, 0, N_PARTS);
    }
    suite_add_tcase(suite, one);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed_tests = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed_tests != 0;
}
