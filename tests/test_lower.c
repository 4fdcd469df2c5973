/*
 * test_lower.c - what programs become: golden texts of kernels, results that are no computed
 * arrays, donation, layouts, the arena, linear time, and every allocation failing.
 */
#include "support/allocator.h"
#include "support/golden.h"
#include "support/run_code.h"

#include "lower/lower.h"
#include "opt/opt.h"

#include <jaxc/jaxc.h>

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int panels_of_16(jaxc_dtype dtype) { return dtype == JAXC_F32 ? 16 : 0; }

/* A backend that wants panels, for tests of what is asked of one; it runs nowhere but on the naive
 * interpreter. */
static struct jx_backend panels(void)
{
    struct jx_backend b = jx_backend_naive;
    b.dot_block = panels_of_16;
    return b;
}

static struct jx_program *parse(const char *text)
{
    struct jx_program *p = jx_program_parse(text);
    ck_assert_msg(p != NULL, "%s in\n%s", jaxc_error(), text);
    struct jx_program *q = jx_optimise(p);
    ck_assert_msg(q != NULL, "%s", jaxc_error());
    jx_program_unref(p);
    return q;
}

/* The code of a program's text with its first operands donated. */
static struct jx_code *lower(const char *text, const struct jx_backend *backend, int n_donated)
{
    struct jx_program *p = parse(text);
    bool donated[64] = {false};
    ck_assert_uint_le(p->n_consts + p->n_in, 64);
    for (int i = 0; i < n_donated; i++)
        donated[i] = true;
    struct jx_lower_options o = {.backend = backend, .donated = donated};
    struct jx_code *code = jx_lower_program(p, &o);
    ck_assert_msg(code != NULL, "%s", jaxc_error());
    ck_assert_msg(jx_code_verify(code), "%s", jaxc_error());
    jx_program_unref(p);
    return code;
}

/* ---- golden texts ---------------------------------------------------------------------------- */

static jaxc_value predict(jaxc_value params, jaxc_value x)
{
    jaxc_value w, b;
    int last = jaxc_len(params) - 1;
    for (int i = 0; i < last; i++) {
        jaxc_unpack(jaxc_get(params, i), &w, &b);
        x = jaxc_tanh(jaxc_add(jaxc_dot(w, x), b));
    }
    jaxc_unpack(jaxc_get(params, last), &w, &b);
    jaxc_value logits = jaxc_add(jaxc_dot(w, x), b);
    return jaxc_sub(logits, jaxc_logsumexp(logits));
}

static jaxc_value predict_all(jaxc_value params, jaxc_value x)
{
    return jaxc_call(jaxc_vmap(predict, .in_axes = {JAXC_NONE, 0}), params, x);
}

static jaxc_value loss(jaxc_value params, jaxc_value x, jaxc_value y)
{
    return jaxc_neg(jaxc_mean(jaxc_mul(predict_all(params, x), y)));
}

static jaxc_value sgd(jaxc_value p, jaxc_value dp) { return jaxc_sub(p, jaxc_mul(0.05, dp)); }

static jaxc_value step(jaxc_value params, jaxc_value x, jaxc_value y)
{
    return jaxc_tree_map(sgd, params, jaxc_call(jaxc_grad(loss), params, x, y));
}

static jaxc_value log_softmax_gradient_of(jaxc_value x, jaxc_value y)
{
    return jaxc_sum(jaxc_mul(jaxc_nn_log_softmax(x, JAXC_AXIS(-1)), y));
}

static jaxc_value softmax_gradient_of(jaxc_value x, jaxc_value y)
{
    return jaxc_sum(jaxc_mul(jaxc_nn_softmax(x, JAXC_AXIS(0)), y));
}

static jaxc_value softmax_gradient(jaxc_value x, jaxc_value y)
{
    return jaxc_call(jaxc_grad(softmax_gradient_of), x, y);
}

static jaxc_value log_softmax_gradient(jaxc_value x, jaxc_value y)
{
    return jaxc_call(jaxc_grad(log_softmax_gradient_of), x, y);
}

static jaxc_value layer_norm(jaxc_value x, jaxc_value scale, jaxc_value shift)
{
    jaxc_value d = jaxc_sub(x, jaxc_mean(x, JAXC_AXES(-1), .keepdims = 1));
    jaxc_value v = jaxc_mean(jaxc_square(d), JAXC_AXES(-1), .keepdims = 1);
    return jaxc_add(jaxc_mul(jaxc_div(d, jaxc_sqrt(jaxc_add(v, 1e-5))), scale), shift);
}

static jaxc_value layer_norm_loss(jaxc_value x, jaxc_value scale, jaxc_value shift, jaxc_value y)
{
    return jaxc_sum(jaxc_mul(layer_norm(x, scale, shift), y));
}

static jaxc_value layer_norm_gradient(jaxc_value x, jaxc_value scale, jaxc_value shift,
                                      jaxc_value y)
{
    return jaxc_call(jaxc_grad(layer_norm_loss, .argnums = JAXC_ARGS(0, 1, 2)), x, scale, shift, y);
}

static jaxc_value attention(jaxc_value q, jaxc_value k, jaxc_value v)
{
    jaxc_value s = jaxc_mul(0.25, jaxc_matmul(q, jaxc_transpose(k, JAXC_AXES(0, 2, 1))));
    return jaxc_matmul(jaxc_nn_softmax(s, JAXC_AXIS(-1)), v);
}

static jaxc_value regression(jaxc_value w, jaxc_value x, jaxc_value y)
{
    return jaxc_mean(jaxc_square(jaxc_sub(jaxc_tanh(jaxc_matmul(x, w)), y)));
}

static jaxc_value adam(jaxc_value w, jaxc_value m, jaxc_value v, jaxc_value x, jaxc_value y)
{
    jaxc_value g = jaxc_call(jaxc_grad(regression), w, x, y);
    m = jaxc_add(jaxc_mul(0.9, m), jaxc_mul(0.1, g));
    v = jaxc_add(jaxc_mul(0.99, v), jaxc_mul(0.01, jaxc_square(g)));
    return jaxc_tuple(jaxc_sub(w, jaxc_div(jaxc_mul(0.001, m), jaxc_add(jaxc_sqrt(v), 1e-8))), m,
                      v);
}

static jaxc_value f32(struct jaxc_shape shape) { return jaxc_spec(JAXC_F32, shape); }

static jaxc_value layer(int64_t in, int64_t out)
{
    return jaxc_tuple(f32(JAXC_SHAPE(out, in)), f32(JAXC_SHAPE(out)));
}

static jaxc_value model(void) { return jaxc_tuple(layer(80, 72), layer(72, 96), layer(96, 7)); }

/* The kernels of an optimised program, as text. */
static void golden(const char *name, const char *program, int n_donated)
{
    ck_assert_msg(program != NULL, "%s: %s", name, jaxc_error());
    struct jx_backend backend = panels();
    struct jx_code *code = lower(program, &backend, n_donated);
    char *text = jx_code_print(code);
    ck_assert_ptr_nonnull(text);
    golden_check(name, text);
    jx_free(text);
    jx_code_free(code);
}

START_TEST(kernels_print_as_their_golden_texts)
{
    JAXC_SCOPE;
    jaxc_value x = f32(JAXC_SHAPE(24, 80)), y = f32(JAXC_SHAPE(24, 7));
    jaxc_value rows = f32(JAXC_SHAPE(40, 30)), row = f32(JAXC_SHAPE(30)),
               heads = f32(JAXC_SHAPE(3, 20, 16));
    jaxc_value matrix = f32(JAXC_SHAPE(64, 80));
    golden("lower_forward", jaxc_program_optimised(predict_all, model(), x), 0);
    golden("lower_step", jaxc_program_optimised(step, model(), x, y), 6);
    golden("lower_softmax_gradient", jaxc_program_optimised(softmax_gradient, rows, rows), 0);
    golden("lower_log_softmax_gradient", jaxc_program_optimised(log_softmax_gradient, rows, rows),
           0);
    golden("lower_layer_norm", jaxc_program_optimised(layer_norm, rows, row, row), 0);
    golden("lower_layer_norm_gradient",
           jaxc_program_optimised(layer_norm_gradient, rows, row, row, rows), 0);
    golden("lower_attention", jaxc_program_optimised(attention, heads, heads, heads), 0);
    golden("lower_adam",
           jaxc_program_optimised(adam, matrix, matrix, matrix, f32(JAXC_SHAPE(40, 64)),
                                  f32(JAXC_SHAPE(40, 80))),
           3);
}
END_TEST

static int n_products(const struct jx_code *code)
{
    int n = 0;
    for (int k = 0; k < code->n_kernels; k++)
        n += code->kernels[k].dot.sum >= 0;
    return n;
}

START_TEST(a_training_step_is_eight_products_and_few_other_kernels)
{
    JAXC_SCOPE;
    struct jx_backend backend = panels();
    const char *text =
        jaxc_program_optimised(step, model(), f32(JAXC_SHAPE(24, 80)), f32(JAXC_SHAPE(24, 7)));
    struct jx_code *code = lower(text, &backend, 6);
    ck_assert_int_eq(n_products(code), 8);
    ck_assert_int_le(code->n_kernels, 12);
    for (int k = 0; k < code->n_results; k++)
        ck_assert_int_eq(code->donates[k], k);
    ck_assert_int_eq(code_storage(code, JX_STORE_OPERAND, 0)->layout.block, 16);
    ck_assert_int_eq(code_storage(code, JX_STORE_OPERAND, 2)->layout.block, 16);
    jx_code_free(code);
}
END_TEST

/* ---- code against the naive interpreter ------------------------------------------------------ */

static float *numbers(int64_t n, unsigned seed)
{
    float *p = malloc((size_t)(n + 1) * sizeof *p);
    for (int64_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;  /* Numerical Recipes' generator */
        p[i] = (float)(seed >> 16) / 65536.0f; /* not negative: some are variances */
    }
    return p;
}

/* f32 programs only: every way of lowering gives what a kernel for each operation gives. */
static void agrees(const char *text, int n_donated)
{
    struct jx_program *p = parse(text);
    char *operands[64], *want[64], *have[64];
    bool donated[64];
    for (uint32_t i = 0; i < p->n_in; i++) {
        operands[i] = (char *)numbers(jx_count(p->avals[i].rank, p->avals[i].dims), i + 1);
        donated[i] = (int)i < n_donated;
    }
    struct jx_lower_options apart = {
        .backend = &jx_backend_naive, .no_fusion = true, .row_major_only = true};
    struct jx_code *code = jx_lower_program(p, &apart);
    ck_assert_msg(code != NULL, "%s", jaxc_error());
    run_code(&jx_backend_naive, code, operands, want);
    jx_code_free(code);
    struct jx_backend wants_panels = panels();
    const struct jx_backend *targets[] = {&jx_backend_naive, &wants_panels, &jx_backend_cpu};
    for (int t = 0; t < 3; t++) {
        struct jx_lower_options o = {.backend = targets[t], .donated = donated};
        code = jx_lower_program(p, &o);
        ck_assert_msg(code != NULL && jx_code_verify(code), "%s", jaxc_error());
        run_code(targets[t], code, operands, have);
        for (uint32_t k = 0; k < p->n_out; k++) {
            const struct jx_aval *type = jx_atom_aval(p, p->outs[k]);
            int64_t n = jx_count(type->rank, type->dims);
            const float *a = (const float *)(void *)want[k], *b = (const float *)(void *)have[k];
            for (int64_t i = 0; i < n; i++)
                ck_assert_msg(fabsf(a[i] - b[i]) <= 2e-5f * (1 + fabsf(a[i])),
                              "%s: result %u element %lld: %g, %g", targets[t]->name, k,
                              (long long)i, (double)a[i], (double)b[i]);
            free(have[k]);
        }
        jx_code_free(code);
    }
    for (uint32_t i = 0; i < p->n_in; i++)
        free(operands[i]);
    for (uint32_t k = 0; k < p->n_out; k++)
        free(want[k]);
    jx_program_unref(p);
}

START_TEST(a_training_step_in_panels_gives_what_rows_give)
{
    JAXC_SCOPE;
    agrees(jaxc_program_optimised(step, model(), f32(JAXC_SHAPE(24, 80)), f32(JAXC_SHAPE(24, 7))),
           6);
    jaxc_value m = f32(JAXC_SHAPE(64, 80));
    agrees(jaxc_program_optimised(adam, m, m, m, f32(JAXC_SHAPE(40, 64)), f32(JAXC_SHAPE(40, 80))),
           3);
    jaxc_value heads = f32(JAXC_SHAPE(3, 20, 16));
    agrees(jaxc_program_optimised(attention, heads, heads, heads), 0);
    jaxc_value rows = f32(JAXC_SHAPE(40, 30)), row = f32(JAXC_SHAPE(30));
    agrees(jaxc_program_optimised(layer_norm_gradient, rows, row, row, rows), 1);
}
END_TEST

START_TEST(results_may_be_inputs_literals_and_the_same_twice)
{
    agrees("{ lambda ; a:f32[3,4] b:f32[]. let c:f32[3,4] = tanh a in (a, 2.5:f32[], c, c, b, a) }",
           0);
    agrees("{ lambda ; a:f32[3,4] b:f32[3,4]. let c:f32[3,4] = tanh a in (b, a, c, b) }", 2);
    agrees("{ lambda ; a:f32[3,4]. let b:f32[4,3] = transpose[permutation=(1, 0)] a; c:f32[12] = "
           "reshape[new_sizes=(12,)] b; d:f32[4,3] = exp b in (b, c, d, c) }",
           1);
    agrees("{ lambda ; a:f32[0,4] b:f32[2]. let c:f32[0,4] = exp a; d:f32[4] = "
           "reduce_sum[axes=(0,)] c in (c, d, b) }",
           1);
    agrees("{ lambda ; . let  in () }", 0);
}
END_TEST

/* The same numbers as two dtypes in one kernel, each computed there. */
START_TEST(what_counts_backwards_may_count_in_several_dtypes)
{
    agrees(
        "{ lambda ; a:f32[9]. let b:f32[9] = iota[dimension=0 dtype=float32 shape=(9,)]; "
        "c:f32[9] = rev[dimensions=(0,)] b; d:i64[9] = iota[dimension=0 dtype=int64 shape=(9,)]; "
        "e:i64[9] = rev[dimensions=(0,)] d; f:i32[9] = iota[dimension=0 dtype=int32 "
        "shape=(9,)]; g:i32[9] = rev[dimensions=(0,)] f; h:f32[9] = add a c in (h, e, g) }",
        0);
}
END_TEST

/* ---- donation -------------------------------------------------------------------------------- */

START_TEST(donated_memory_is_written_after_its_last_reader)
{
    /* the second result is written first in program order, and its operand read last */
    static const char text[] =
        "{ lambda ; a:f32[8,8] b:f32[8,8]. let c:f32[8,8] = neg a; d:f32[8,8] = "
        "dot_general[dimension_numbers=(([1], [0]), ([], []))] b a; e:f32[8,8] = tanh d in (c, e) "
        "}";
    struct jx_code *code = lower(text, &jx_backend_naive, 2);
    ck_assert_int_eq(code->donates[0], 0);
    ck_assert_int_eq(code->donates[1], -1); /* a product overwrites no operand of its own */
    ck_assert_int_eq(code->n_kernels, 2);
    ck_assert_int_ge(code->kernels[0].dot.sum, 0);
    jx_code_free(code);
    agrees(text, 2);
}
END_TEST

START_TEST(donations_that_wait_for_each_other_are_given_up)
{
    static const char text[] =
        "{ lambda ; a:f32[8,8] b:f32[8,8]. let c:f32[8,8] = transpose[permutation=(1, 0)] b; "
        "d:f32[8,8] = transpose[permutation=(1, 0)] a; e:f32[8] = reduce_sum[axes=(1,)] c; "
        "f:f32[8] = reduce_sum[axes=(1,)] d; g:f32[8,8] = "
        "broadcast_in_dim[broadcast_dimensions=(0,)] e; h:f32[8,8] = "
        "broadcast_in_dim[broadcast_dimensions=(0,)] f; i:f32[8,8] = add a g; j:f32[8,8] = add b h "
        "in (i, j) }";
    struct jx_code *code = lower(text, &jx_backend_naive, 2);
    ck_assert_int_lt(code->donates[0] + code->donates[1], 2);
    jx_code_free(code);
    agrees(text, 2);
}
END_TEST

START_TEST(a_donated_operand_that_is_a_result_costs_no_kernel)
{
    struct jx_code *code = lower("{ lambda ; a:f32[8] b:f32[8]. let c:f32[8] = add a b in (b, c) }",
                                 &jx_backend_naive, 2);
    ck_assert_int_eq(code->donates[0], 1);
    ck_assert_int_eq(code->donates[1], 0);
    ck_assert_int_eq(code->n_kernels, 1);
    jx_code_free(code);
}
END_TEST

START_TEST(no_layouts_without_donation_or_when_rows_are_asked_for)
{
    JAXC_SCOPE;
    struct jx_backend backend = panels();
    struct jx_program *p = parse(
        jaxc_program_optimised(step, model(), f32(JAXC_SHAPE(24, 80)), f32(JAXC_SHAPE(24, 7))));
    bool donated[8] = {true, true, true, true, true, true};
    struct jx_lower_options o[2] = {
        {.backend = &backend}, {.backend = &backend, .donated = donated, .row_major_only = true}};
    for (int i = 0; i < 2; i++) {
        struct jx_code *code = jx_lower_program(p, &o[i]);
        ck_assert_ptr_nonnull(code);
        for (int s = 0; s < code->n_storages; s++)
            ck_assert_int_eq(code->storages[s].layout.block, 0);
        jx_code_free(code);
    }
    jx_program_unref(p);
}
END_TEST

START_TEST(a_backend_of_too_small_kernels_is_told_so)
{
    struct jx_backend backend = panels();
    backend.max_instrs = 2;
    struct jx_program *p = parse("{ lambda ; a:f32[8] b:f32[8]. let c:f32[8] = add a b in (c,) }");
    struct jx_lower_options o = {.backend = &backend};
    ck_assert_ptr_null(jx_lower_program(p, &o));
    ck_assert_int_eq(jaxc_error_code(), JAXC_EINTERNAL);
    jaxc_clear_error();
    jx_program_unref(p);
}
END_TEST

/* ---- memory and time ------------------------------------------------------------------------- */

/* v = (v . x) n times, as a graph. */
static struct jx_graph products(int n)
{
    struct jx_graph g = {0};
    int64_t dims[2] = {8, 8};
    struct jx_gdims d = {.n_contract = 1, .lhs_contract = {1}, .rhs_contract = {0}};
    int x = jx_g_input(&g, JAXC_F32, 2, dims), v = x;
    for (int i = 0; i < n; i++)
        v = jx_g_dot(&g, JAXC_F32, v, x, &d);
    g.outs = jx_alloc(1, sizeof *g.outs);
    g.outs[0] = v;
    g.n_outs = 1;
    return g;
}

static struct jx_graph chain(int n)
{
    struct jx_graph g = {0};
    int64_t dims[2] = {8, 8};
    int x = jx_g_input(&g, JAXC_F32, 2, dims), y = jx_g_input(&g, JAXC_F32, 2, dims), v = x;
    for (int i = 0; i < n; i++) {
        int args[2] = {v, i % 3 ? x : y};
        v = i % 2 ? jx_g_scalar(&g, JX_S_tanh, JAXC_F32, 1, args)
                  : jx_g_scalar(&g, JX_S_add, JAXC_F32, 2, args);
    }
    g.outs = jx_alloc(1, sizeof *g.outs);
    g.outs[0] = v;
    g.n_outs = 1;
    return g;
}

START_TEST(temporaries_of_a_chain_take_turns_in_two_places)
{
    struct jx_graph g = products(100);
    struct jx_lower_options o = {.backend = &jx_backend_naive};
    struct jx_code *code = jx_lower_graph(&g, &o);
    ck_assert_ptr_nonnull(code);
    ck_assert_int_eq(code->n_kernels, 100);
    ck_assert_uint_eq(code->arena_size, 2 * 8 * 8 * sizeof(float));
    jx_code_free(code);
    jx_graph_fini(&g);
}
END_TEST

static double lowering_time(struct jx_graph g)
{
    struct jx_lower_options o = {.backend = &jx_backend_naive};
    struct timespec a, b;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
    struct jx_code *code = jx_lower_graph(&g, &o);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
    jx_graph_fini(&g);
    if (!code)
        return -1;
    jx_code_free(code);
    return (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec);
}

static void *in_small_stack(void *result)
{
    double *t = result;
    t[0] = lowering_time(products(10000));
    t[1] = lowering_time(products(100000));
    t[2] = lowering_time(chain(1000000));
    return NULL;
}

START_TEST(lowering_is_linear_and_needs_little_stack)
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
    ck_assert_msg(t[1] < 30 * t[0] + 0.05, "10,000 products %g s, 100,000 products %g s", t[0],
                  t[1]);
}
END_TEST

/* ---- failing allocations --------------------------------------------------------------------- */

static struct test_allocator allocator;

START_TEST(any_allocation_may_fail_and_nothing_leaks)
{
    char *text;
    {
        JAXC_SCOPE;
        const char *t =
            jaxc_program_optimised(step, model(), f32(JAXC_SHAPE(24, 80)), f32(JAXC_SHAPE(24, 7)));
        ck_assert_ptr_nonnull(t);
        text = strdup(t);
    }
    struct jx_program *p = jx_program_parse(text);
    ck_assert_ptr_nonnull(p);
    struct jx_backend backend = panels();
    bool donated[8] = {true, true, true, true, true, true};
    struct jx_lower_options o = {.backend = &backend, .donated = donated};
    size_t before = jx_live_bytes();
    for (int from_then_on = 0; from_then_on < 2; from_then_on++) {
        for (long n = 1;; n += from_then_on ? 7 : 1) {
            allocator.fail_at = atomic_load(&allocator.n_calls) + n;
            allocator.from_then_on = from_then_on;
            long failed = atomic_load(&allocator.n_failed);
            struct jx_program *q = jx_optimise(p);
            struct jx_code *code = q ? jx_lower_program(q, &o) : NULL;
            bool done = code != NULL;
            bool refused = atomic_load(&allocator.n_failed) > failed;
            allocator.fail_at = 0;
            jx_code_free(code);
            jx_program_unref(q);
            ck_assert_uint_eq(jx_live_bytes(), before);
            if (done) {
                ck_assert(!refused);
                break;
            }
            ck_assert_int_eq(jaxc_error_code(), JAXC_ENOMEM);
            jaxc_clear_error();
        }
    }
    jx_program_unref(p);
    free(text);
}
END_TEST

int main(void)
{
    if (!test_allocator_install(&allocator))
        return EXIT_FAILURE;
    Suite *s = suite_create("lower");
    TCase *t = tcase_create("code");
    tcase_set_timeout(t, 600);
    tcase_add_test(t, kernels_print_as_their_golden_texts);
    tcase_add_test(t, a_training_step_is_eight_products_and_few_other_kernels);
    tcase_add_test(t, a_training_step_in_panels_gives_what_rows_give);
    tcase_add_test(t, results_may_be_inputs_literals_and_the_same_twice);
    tcase_add_test(t, what_counts_backwards_may_count_in_several_dtypes);
    tcase_add_test(t, donated_memory_is_written_after_its_last_reader);
    tcase_add_test(t, donations_that_wait_for_each_other_are_given_up);
    tcase_add_test(t, a_donated_operand_that_is_a_result_costs_no_kernel);
    tcase_add_test(t, no_layouts_without_donation_or_when_rows_are_asked_for);
    tcase_add_test(t, a_backend_of_too_small_kernels_is_told_so);
    tcase_add_test(t, temporaries_of_a_chain_take_turns_in_two_places);
    tcase_add_test(t, lowering_is_linear_and_needs_little_stack);
    tcase_add_test(t, any_allocation_may_fail_and_nothing_leaks);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
