/*
 * test_opt.c - each pass does what it says, changes nothing else, and takes linear time in a small
 * stack.
 */
#include "support/run_code.h"

#include "lower/lower.h"
#include "opt/opt.h"

#include <jaxc/error.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

static struct jx_program *parse(const char *text)
{
    struct jx_program *p = jx_program_parse(text);
    ck_assert_msg(p != NULL, "%s in\n%s", jaxc_error(), text);
    return p;
}

/* ---- what becomes of programs ---------------------------------------------------------------- */

static const struct {
    const char *name, *before, *after; /* after NULL: nothing may change */
} cases[] = {
    {"calls are inlined, at every depth",
     "{ lambda ; a:f32[3]. let b:f32[3] = jit[name=f jaxpr={ lambda ; c:f32[3]. let d:f32[3] = "
     "jit[name=g jaxpr={ lambda ; "
     "e:f32[3]. let f:f32[3] = exp e in (f,) }] c; g:f32[3] = sin d in (g,) }] a; h:f32[3] = neg b "
     "in (h,) }",
     "{ lambda ; a:f32[3]. let b:f32[3] = exp a; c:f32[3] = sin b; d:f32[3] = neg c in (d,) }"},
    {"a call may give its operand and a literal back",
     "{ lambda ; a:f32[3]. let b:f32[3] c:f32[] = jit[name=f jaxpr={ lambda ; d:f32[3]. let  in "
     "(d, 2.0:f32[]) }] a; "
     "e:f32[3] = mul b c in (e,) }",
     "{ lambda ; a:f32[3]. let b:f32[3] = mul a 2.0:f32[] in (b,) }"},
    {"x + 0.0 is not x: x may be -0.0",
     "{ lambda ; a:f32[3]. let b:f32[3] = add a 0.0:f32[] in (b,) }", NULL},
    {"x + -0.0 is x",
     "{ lambda ; a:f32[3]. let b:f32[3] = add a -0.0:f32[]; c:f32[3] = add -0.0:f32[] b in (c,) }",
     "{ lambda ; a:f32[3]. let  in (a,) }"},
    {"x - 0.0 is x", "{ lambda ; a:f32[3]. let b:f32[3] = sub a 0.0:f32[] in (b,) }",
     "{ lambda ; a:f32[3]. let  in (a,) }"},
    {"0.0 - x is not -x", "{ lambda ; a:f32[3]. let b:f32[3] = sub 0.0:f32[] a in (b,) }", NULL},
    {"integers: x + 0 is x", "{ lambda ; a:i32[3]. let b:i32[3] = add 0:i32[] a in (b,) }",
     "{ lambda ; a:i32[3]. let  in (a,) }"},
    {"x * 1, x / 1, x ** 1",
     "{ lambda ; a:f32[3]. let b:f32[3] = mul 1.0:f32[] a; c:f32[3] = div b 1.0:f32[]; d:f32[3] = "
     "integer_pow[y=1] c in "
     "(d,) }",
     "{ lambda ; a:f32[3]. let  in (a,) }"},
    {"x * 0.0 is not 0.0: x may be NaN",
     "{ lambda ; a:f32[3]. let b:f32[3] = mul a 0.0:f32[] in (b,) }", NULL},
    {"a rank-0 x * 1 beside a broadcast keeps its shape",
     "{ lambda ; a:f32[]. let b:f32[3] = broadcast_in_dim[shape=(3,) broadcast_dimensions=()] "
     "1.0:f32[]; c:f32[3] = mul a b "
     "in (c,) }",
     "{ lambda ; a:f32[]. let b:f32[3] = broadcast_in_dim[shape=(3,) broadcast_dimensions=()] a in "
     "(b,) }"},
    {"a quotient by a power of two is a product",
     "{ lambda ; a:f32[3]. let b:f32[3] = div a 8.0:f32[] in (b,) }",
     "{ lambda ; a:f32[3]. let b:f32[3] = mul a 0.125:f32[] in (b,) }"},
    {"a quotient by 3 is not", "{ lambda ; a:f32[3]. let b:f32[3] = div a 3.0:f32[] in (b,) }",
     NULL},
    {"neg neg, not not",
     "{ lambda ; a:f32[3] b:bool[3]. let c:f32[3] = neg a; d:f32[3] = neg c; e:bool[3] = not b; "
     "f:bool[3] = not e in (d, f) "
     "}",
     "{ lambda ; a:f32[3] b:bool[3]. let  in (a, b) }"},
    {"select of the same", "{ lambda ; a:bool[3] b:f32[3]. let c:f32[3] = select_n a b b in (c,) }",
     "{ lambda ; a:bool[3] b:f32[3]. let  in (b,) }"},
    {"select by a literal",
     "{ lambda ; a:f32[3] b:f32[3]. let c:f32[3] = select_n 1:i32[] a b in (c,) }",
     "{ lambda ; a:f32[3] b:f32[3]. let  in (b,) }"},
    {"arithmetic on literals",
     "{ lambda ; a:f32[3]. let b:f32[] = neg 1.0:f32[]; c:f32[] = div b 3.0:f32[]; d:f32[3] = mul "
     "c a in (d,) }",
     "{ lambda ; a:f32[3]. let b:f32[3] = mul -0.33333334:f32[] a in (b,) }"},
    {"integer arithmetic wraps", "{ lambda ; . let a:u8[] = add 200:u8[] 100:u8[] in (a,) }",
     "{ lambda ; . let  in (44:u8[],) }"},
    {"transposes merge and vanish",
     "{ lambda ; a:f32[2,3,4]. let b:f32[3,4,2] = transpose[permutation=(1, 2, 0)] a; c:f32[2,3,4] "
     "= "
     "transpose[permutation=(2, 0, 1)] b; d:f32[4,2,3] = transpose[permutation=(1, 2, 0)] b in (c, "
     "d) }",
     "{ lambda ; a:f32[2,3,4]. let b:f32[4,2,3] = transpose[permutation=(2, 0, 1)] a in (a, b) }"},
    {"reshapes merge",
     "{ lambda ; a:f32[6,4]. let b:f32[24] = reshape[new_sizes=(24,)] a; c:f32[2,12] = "
     "reshape[new_sizes=(2, 12)] b; "
     "d:f32[6,4] = reshape[new_sizes=(6, 4)] c in (c, d) }",
     "{ lambda ; a:f32[6,4]. let b:f32[2,12] = reshape[new_sizes=(2, 12)] a in (b, a) }"},
    {"broadcasts merge",
     "{ lambda ; a:f32[3]. let b:f32[3,1] = broadcast_in_dim[shape=(3, 1) "
     "broadcast_dimensions=(0,)] a; c:f32[2,3,5] = "
     "broadcast_in_dim[shape=(2, 3, 5) broadcast_dimensions=(1, 2)] b in (c,) }",
     "{ lambda ; a:f32[3]. let b:f32[2,3,5] = broadcast_in_dim[shape=(2, 3, 5) "
     "broadcast_dimensions=(1,)] a in (b,) }"},
    {"what is done to a broadcast is done before it",
     "{ lambda ; a:f32[3] b:f32[3]. let c:f32[3,5] = broadcast_in_dim[shape=(3, 5) "
     "broadcast_dimensions=(0,)] a; d:f32[3,5] = "
     "broadcast_in_dim[shape=(3, 5) broadcast_dimensions=(0,)] b; e:f32[3,5] = mul c d; f:f32[3,5] "
     "= exp e in (f,) }",
     "{ lambda ; a:f32[3] b:f32[3]. let c:f32[3] = mul a b; d:f32[3] = exp c; e:f32[3,5] = "
     "broadcast_in_dim[shape=(3, 5) "
     "broadcast_dimensions=(0,)] d in (e,) }"},
    {"but not where the broadcasts differ",
     "{ lambda ; a:f32[5] b:f32[3]. let c:f32[3,5] = broadcast_in_dim[shape=(3, 5) "
     "broadcast_dimensions=(1,)] a; d:f32[3,5] = "
     "broadcast_in_dim[shape=(3, 5) broadcast_dimensions=(0,)] b; e:f32[3,5] = mul c d in (e,) }",
     NULL},
    {"conversions that lose nothing merge",
     "{ lambda ; a:u8[3]. let b:i32[3] = convert_element_type[new_dtype=int32 weak_type=False] a; "
     "c:f32[3] = "
     "convert_element_type[new_dtype=float32 weak_type=False] b in (c,) }",
     "{ lambda ; a:u8[3]. let b:f32[3] = convert_element_type[new_dtype=float32 weak_type=False] a "
     "in (b,) }"},
    {"there and back is nothing",
     "{ lambda ; a:f32[3]. let b:f64[3] = convert_element_type[new_dtype=float64 weak_type=False] "
     "a; c:f32[3] = "
     "convert_element_type[new_dtype=float32 weak_type=False] b in (c,) }",
     "{ lambda ; a:f32[3]. let  in (a,) }"},
    {"conversions that lose something stay",
     "{ lambda ; a:i32[3]. let b:f32[3] = convert_element_type[new_dtype=float32 weak_type=False] "
     "a; c:f64[3] = "
     "convert_element_type[new_dtype=float64 weak_type=False] b in (c,) }",
     NULL},
    {"a float saturates where an integer wraps",
     "{ lambda ; a:i32[3]. let b:f64[3] = convert_element_type[new_dtype=float64 weak_type=False] "
     "a; c:u8[3] = "
     "convert_element_type[new_dtype=uint8 weak_type=False] b in (c,) }",
     NULL},
    {"the whole slice, no padding, one part",
     "{ lambda ; a:f32[3]. let b:f32[3] = slice[limit_indices=(3,) start_indices=(0,) "
     "strides=None] a; c:f32[3] = "
     "pad[padding_config=((0, 0, 0),)] b 0.0:f32[]; d:f32[3] = concatenate[dimension=0] c in (d,) "
     "}",
     "{ lambda ; a:f32[3]. let  in (a,) }"},
    {"the sum over a broadcast axis is a product",
     "{ lambda ; a:f32[3]. let b:f32[5,3] = broadcast_in_dim[shape=(5, 3) "
     "broadcast_dimensions=(1,)] a; c:f32[3] = "
     "reduce_sum[axes=(0,) out_sharding=None] b in (c,) }",
     "{ lambda ; a:f32[3]. let b:f32[3] = mul a 5.0:f32[] in (b,) }"},
    {"the maximum over one is itself",
     "{ lambda ; a:f32[3]. let b:f32[5,3] = broadcast_in_dim[shape=(5, 3) "
     "broadcast_dimensions=(1,)] a; c:f32[3] = "
     "reduce_max[axes=(0,)] b in (c,) }",
     "{ lambda ; a:f32[3]. let  in (a,) }"},
    {"a sum over one element is a reshape",
     "{ lambda ; a:f32[3,1]. let b:f32[3] = reduce_sum[axes=(1,) out_sharding=None] a in (b,) }",
     "{ lambda ; a:f32[3,1]. let b:f32[3] = reshape[new_sizes=(3,)] a in (b,) }"},
    {"products read through transposes",
     "{ lambda ; a:f32[4,3] b:f32[5,4]. let c:f32[3,4] = transpose[permutation=(1, 0)] a; "
     "d:f32[4,5] = "
     "transpose[permutation=(1, 0)] b; e:f32[3,5] = dot_general[dimension_numbers=(([1], [0]), "
     "([], []))] c d in (e,) }",
     "{ lambda ; a:f32[4,3] b:f32[5,4]. let c:f32[3,5] = dot_general[dimension_numbers=(([0], "
     "[1]), ([], []))] a b in (c,) "
     "}"},
    {"a product that is transposed is the product the other way round",
     "{ lambda ; a:f32[3,4] b:f32[4,5]. let c:f32[3,5] = dot_general[dimension_numbers=(([1], "
     "[0]), ([], []))] a b; d:f32[5,3] "
     "= transpose[permutation=(1, 0)] c in (d,) }",
     "{ lambda ; a:f32[3,4] b:f32[4,5]. let c:f32[5,3] = dot_general[dimension_numbers=(([0], "
     "[1]), ([], []))] b a in (c,) "
     "}"},
    {"but not when it is needed as it was, too",
     "{ lambda ; a:f32[3,4] b:f32[4,5]. let c:f32[3,5] = dot_general[dimension_numbers=(([1], "
     "[0]), ([], []))] a b; d:f32[5,3] "
     "= transpose[permutation=(1, 0)] c in (c, d) }",
     NULL},
    {"free axes keep their order",
     "{ lambda ; a:f32[4,3,2] b:f32[4,5]. let c:f32[2,3,4] = transpose[permutation=(2, 1, 0)] a; "
     "d:f32[2,3,5] = "
     "dot_general[dimension_numbers=(([2], [0]), ([], []))] c b in (d,) }",
     NULL},
    {"equal equations become one",
     "{ lambda ; a:f32[3]. let b:f32[3] = mul a 2.0:f32[]; c:f32[3] = mul a 2.0:f32[]; d:f32[3] = "
     "exp b; e:f32[3] = exp c; "
     "f:f32[3] = add d e in (f,) }",
     "{ lambda ; a:f32[3]. let b:f32[3] = mul a 2.0:f32[]; c:f32[3] = exp b; d:f32[3] = add c c in "
     "(d,) }"},
    {"equations with other parameters do not",
     "{ lambda ; a:f32[3,3]. let b:f32[3] = reduce_sum[axes=(0,) out_sharding=None] a; c:f32[3] = "
     "reduce_sum[axes=(1,) "
     "out_sharding=None] a in (b, c) }",
     NULL},
    {"dead equations go",
     "{ lambda ; a:f32[3] b:f32[3]. let c:f32[3] = exp a; d:f32[3] = sin c; e:f32[3] = neg b in "
     "(e,) }",
     "{ lambda ; a:f32[3] b:f32[3]. let c:f32[3] = neg b in (c,) }"},
};
#define N_CASES (int)(sizeof cases / sizeof *cases)

START_TEST(programs_become_what_the_table_says)
{
    struct jx_program *p = parse(cases[_i].before), *q = jx_optimise(p);
    ck_assert_msg(q != NULL, "%s: %s", cases[_i].name, jaxc_error());
    struct jx_program *want = cases[_i].after ? parse(cases[_i].after) : jx_program_ref(p);
    char *have_text = jx_program_print(q), *want_text = jx_program_print(want);
    ck_assert_msg(strcmp(have_text, want_text) == 0, "%s:\n%s\nbecame\n%s\nnot\n%s", cases[_i].name,
                  cases[_i].before, have_text, want_text);
    jx_free(have_text);
    jx_free(want_text);
    jx_program_unref(want);
    jx_program_unref(q);
    jx_program_unref(p);
    ck_assert_uint_eq(jx_live_bytes(), 0);
}
END_TEST

/* ---- each pass switched off ------------------------------------------------------------------ */

static void fill(char *to, const struct jx_aval *type)
{
    size_t size = jx_dtype_info(type->dtype)->size;
    for (int64_t i = 0; i < jx_count(type->rank, type->dims); i++) {
        union jx_scalar v = {.i = type->dtype == JAXC_BOOL ? i % 2 : i % 7 + 1};
        if (jx_is_float(type->dtype))
            v.f = (double)(i % 7) * 0.25 - 0.5;
        jx_scalar_store(to + (size_t)i * size, type->dtype, v);
    }
}

static void run(struct jx_program *p, unsigned without, char **results)
{
    struct jx_program *q = jx_optimise_without(p, without);
    ck_assert_msg(q != NULL, "%s", jaxc_error());
    struct jx_lower_options o = {.backend = &jx_backend_naive, .no_fusion = true};
    struct jx_code *code = jx_lower_program(q, &o);
    ck_assert_msg(code != NULL, "%s", jaxc_error());
    char *operands[8];
    for (uint32_t i = 0; i < q->n_in; i++) {
        operands[i] = malloc((size_t)jx_count(q->avals[i].rank, q->avals[i].dims) * 8 + 1);
        fill(operands[i], &q->avals[i]);
    }
    run_code(&jx_backend_naive, code, operands, results);
    for (uint32_t i = 0; i < q->n_in; i++)
        free(operands[i]);
    jx_code_free(code);
    jx_program_unref(q);
}

START_TEST(every_pass_can_be_left_out_and_results_stay)
{
    struct jx_program *p = parse(cases[_i].before);
    char *want[4];
    run(p, JX_OPT_SIMPLIFY | JX_OPT_CSE | JX_OPT_DCE, want);
    for (unsigned without = 0; without < 8; without++) {
        char *have[4];
        run(p, without, have);
        for (uint32_t k = 0; k < p->n_out; k++) {
            const struct jx_aval *type = jx_atom_aval(p, p->outs[k]);
            size_t size = jx_dtype_info(type->dtype)->size;
            for (int64_t i = 0; i < jx_count(type->rank, type->dims); i++) {
                union jx_scalar a = jx_scalar_load(want[k] + (size_t)i * size, type->dtype);
                union jx_scalar b = jx_scalar_load(have[k] + (size_t)i * size, type->dtype);
                ck_assert_msg(a.u == b.u ||
                                  (jx_is_float(type->dtype) && fabs(a.f - b.f) <= 1e-6 * fabs(a.f)),
                              "%s, without %u: result %u differs at %lld", cases[_i].name, without,
                              k, (long long)i);
            }
            free(have[k]);
        }
    }
    for (uint32_t k = 0; k < p->n_out; k++)
        free(want[k]);
    jx_program_unref(p);
}
END_TEST

/* ---- size ------------------------------------------------------------------------------------ */

/* n equations, every third a repetition and every third simplified away. */
static struct jx_program *long_program(uint32_t n)
{
    struct jx_aval type = jx_aval_make(JAXC_F32, 1, (const int64_t[]){4}),
                   scalar = jx_aval_make(JAXC_F32, 0, NULL);
    struct jx_program *p = jx_program_new(NULL);
    jx_atom half = 0, one = 0;
    jx_atom x = p ? jx_program_add_var(p, &type) : UINT32_MAX;
    if (x == UINT32_MAX ||
        !jx_program_add_literal(p, &scalar, (union jx_scalar){.f = 0.5}, &half) ||
        !jx_program_add_literal(p, &scalar, (union jx_scalar){.f = 1}, &one))
        return NULL;
    p->n_in = 1;
    for (uint32_t i = 0; i < n; i += 3) {
        jx_atom a[2] = {x, half}, b[2] = {x, half}, c[2];
        const struct jx_eqn *e =
            jx_program_add_eqn(p, &jx_mul_p, NULL, (struct jx_loc){0}, 2, a, 1, &type);
        c[0] = e ? e->first_out : 0;
        e = e ? jx_program_add_eqn(p, &jx_mul_p, NULL, (struct jx_loc){0}, 2, b, 1, &type) : NULL;
        c[1] = one;
        e = e ? jx_program_add_eqn(p, &jx_mul_p, NULL, (struct jx_loc){0}, 2, c, 1, &type) : NULL;
        if (!e)
            return NULL;
        x = e->first_out;
    }
    return jx_program_set_outs(p, 1, &x) ? p : NULL;
}

static double optimising_time(uint32_t n)
{
    struct timespec a, b;
    struct jx_program *p = long_program(n);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
    struct jx_program *q = p ? jx_optimise(p) : NULL;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
    bool right = q && q->n_eqns == (n + 2) / 3;
    jx_program_unref(q);
    jx_program_unref(p);
    return right ? (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec) : -1;
}

static void *in_small_stack(void *result)
{
    double *t = result;
    t[0] = optimising_time(10000);
    t[1] = optimising_time(100000);
    t[2] = optimising_time(1000000);
    return NULL;
}

START_TEST(passes_are_linear_and_need_little_stack)
{
    double t[3] = {-1, -1, -1};
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    ck_assert_int_eq(pthread_create(&thread, &attributes, in_small_stack, t), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    for (int i = 0; i < 3; i++)
        ck_assert_double_ge(t[i], 0);
    ck_assert_msg(t[2] < 30 * t[1] + 0.1, "100,000 equations %g s, 1,000,000 equations %g s", t[1],
                  t[2]);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("opt");
    TCase *t = tcase_create("passes");
    tcase_set_timeout(t, 600);
    tcase_add_loop_test(t, programs_become_what_the_table_says, 0, N_CASES);
    tcase_add_loop_test(t, every_pass_can_be_left_out_and_results_stay, 0, N_CASES);
    tcase_add_test(t, passes_are_linear_and_need_little_stack);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
