/*
 * test_kernel.c - the closed vocabulary: its tables, the naive backend on whole kernels, and code
 * as text. What one operation computes is in test_scalar_math.c, the rules of code in
 * test_code_verify.c.
 */
#include "kernel/kernel.h"
#include "support/allocator.h"
#include "support/code_builder.h"

#include <jaxc/error.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>

#define NAIVE       &jx_backend_naive
#define NO_OPERANDS ((void *[]){NULL})

/* ---- tables ---------------------------------------------------------------------------------- */

START_TEST(every_operation_has_a_name_an_arity_and_a_dtype)
{
    for (int op = 1; op < JX_N_SCALAR_OPS; op++) {
        int n = 0;
        ck_assert_ptr_nonnull(jx_scalar_op_info[op].name);
        ck_assert_int_ge(jx_scalar_op_info[op].arity, 1);
        ck_assert_int_le(jx_scalar_op_info[op].arity, 3);
        for (int from = JAXC_BOOL; from <= JAXC_C128; from++)
            for (int to = JAXC_BOOL; to <= JAXC_C128; to++)
                n += jx_scalar_op_takes((enum jx_scalar_op)op, (jaxc_dtype)from, (jaxc_dtype)to);
        ck_assert_msg(n > 0, "%s takes nothing", jx_scalar_op_info[op].name);
    }
    ck_assert(jx_scalar_op_takes(JX_S_lt, JAXC_F32, JAXC_BOOL));
    ck_assert(!jx_scalar_op_takes(JX_S_lt, JAXC_F32, JAXC_F32));
    ck_assert(!jx_scalar_op_takes(JX_S_exp, JAXC_I32, JAXC_I32));
    ck_assert(!jx_scalar_op_takes(JX_S_bitcast, JAXC_F32, JAXC_F64));
}
END_TEST

START_TEST(the_identity_of_a_combination_changes_nothing)
{
    static const enum jx_combine both[] = {JX_COMBINE_ADD, JX_COMBINE_MUL, JX_COMBINE_MAX,
                                           JX_COMBINE_MIN, JX_COMBINE_AND, JX_COMBINE_OR,
                                           JX_COMBINE_XOR};
    static const jaxc_dtype dtypes[] = {JAXC_BOOL, JAXC_U8,  JAXC_U32, JAXC_U64,
                                        JAXC_I32,  JAXC_I64, JAXC_F32, JAXC_F64};
    for (int i = 0; i < 7 * 8; i++) {
        enum jx_combine how = both[i / 8];
        jaxc_dtype dtype = dtypes[i % 8];
        if (!jx_scalar_op_takes(jx_combine_op(how), dtype, dtype))
            continue;
        struct code_builder b;
        code_begin(&b);
        int z = code_result(&b, dtype, JAXC_SCALAR), y = code_result(&b, dtype, JAXC_SCALAR);
        code_kernel(&b, "identity", 0, JAXC_SCALAR);
        int one = jx_is_float(dtype) ? code_f(&b, dtype, 1) : code_i(&b, dtype, 1);
        int e = code_i(&b, dtype, 0);
        b.kernel->instrs[e].imm = jx_combine_identity(how, dtype);
        code_store(&b, code_op2(&b, jx_combine_op(how), dtype, e, one), z, AT(0));
        code_store(&b, one, y, AT(0));
        struct jx_code *code = code_end(&b);
        uint64_t got = 0, want = 0;
        code_run(NAIVE, code, NO_OPERANDS, (void *[]){&got, &want});
        jx_code_free(code);
        ck_assert_msg(got == want, "%s of %s", jx_combine_name(how), jx_dtype_info(dtype)->name);
    }
    ck_assert_int_eq(jx_combine_op(JX_COMBINE_ARGMAX), JX_S_none);
    ck_assert_str_eq(jx_combine_name(JX_COMBINE_ARGMIN), "argmin");
}
END_TEST

/* ---- reductions ------------------------------------------------------------------------------ */

/* z = combine of x f32[n] or, given as floats, of i32[n]. */
static double reduce(enum jx_combine how, jaxc_dtype dtype, int64_t n, const double *values)
{
    struct code_builder b;
    code_begin(&b);
    int x = code_operand(&b, dtype, JAXC_SHAPE(n)), z = code_result(&b, dtype, JAXC_SCALAR);
    code_kernel(&b, "reduce", 0, JAXC_SHAPE(n));
    code_inner(&b, 0);
    int v = code_load(&b, x, AT(1));
    code_outer(&b);
    code_store(&b, code_reduce(&b, 0, how, v, -1), z, AT(0));
    struct jx_code *code = code_end(&b);
    char memory[64 * 8];
    uint64_t result = 0;
    for (int i = 0; i < n; i++)
        jx_scalar_store(memory + i * (int)jx_dtype_info(dtype)->size, dtype,
                        jx_scalar_convert((union jx_scalar){.f = values[i]}, JAXC_F64, dtype));
    code_run(NAIVE, code, (void *[]){memory}, (void *[]){&result});
    jx_code_free(code);
    return jx_scalar_convert(jx_scalar_load(&result, dtype), dtype, JAXC_F64).f;
}

#define REDUCE(how, dtype, ...)                                                                    \
    reduce(JX_COMBINE_##how, dtype, sizeof((double[]){__VA_ARGS__}) / sizeof(double),              \
           (double[]){__VA_ARGS__})

START_TEST(reductions_combine_all_points)
{
    ck_assert_double_eq(REDUCE(ADD, JAXC_F32, 1, 2, 3.5), 6.5);
    ck_assert_double_eq(REDUCE(ADD, JAXC_I32, 2147483647, 1), -2147483648.0);
    ck_assert_double_eq(REDUCE(MUL, JAXC_F64, 2, -3, 0.5), -3);
    ck_assert_double_eq(REDUCE(MAX, JAXC_F32, -2, -1, -3), -1);
    ck_assert_double_eq(REDUCE(MIN, JAXC_U32, 7, 5, 9), 5);
    ck_assert_double_eq(REDUCE(MAX, JAXC_I64, -5, -7), -5);
    ck_assert_double_eq(REDUCE(AND, JAXC_BOOL, 1, 1, 0), 0);
    ck_assert_double_eq(REDUCE(OR, JAXC_BOOL, 0, 1, 0), 1);
    ck_assert_double_eq(REDUCE(XOR, JAXC_U8, 6, 3), 5);
    ck_assert_double_eq(REDUCE(AND, JAXC_I32, -1, 12), 12);
    ck_assert(isnan(REDUCE(MAX, JAXC_F32, 1, (double)NAN, 2)));
    ck_assert(isnan(REDUCE(MIN, JAXC_F64, (double)NAN, 2)));
    ck_assert(isnan(REDUCE(ADD, JAXC_F32, (double)INFINITY, -(double)INFINITY)));
    ck_assert(isinf(REDUCE(ADD, JAXC_F32, (double)INFINITY, 1, 2)));
}
END_TEST

START_TEST(a_sum_of_floats_is_compensated)
{
    ck_assert_double_eq(REDUCE(ADD, JAXC_F32, 1, 1e8, -1e8), 1);
    ck_assert_double_eq(REDUCE(ADD, JAXC_F64, 1, 1e300, 1, -1e300), 2);
}
END_TEST

START_TEST(a_reduction_over_no_points_is_the_identity)
{
    ck_assert_double_eq(reduce(JX_COMBINE_ADD, JAXC_F32, 0, NULL), 0);
    ck_assert_double_eq(reduce(JX_COMBINE_MUL, JAXC_I32, 0, NULL), 1);
    ck_assert(reduce(JX_COMBINE_MAX, JAXC_F32, 0, NULL) == -(double)INFINITY);
    ck_assert_double_eq(reduce(JX_COMBINE_MIN, JAXC_U8, 0, NULL), 255);
    ck_assert_double_eq(reduce(JX_COMBINE_MAX, JAXC_I32, 0, NULL), -2147483648.0);
    ck_assert_double_eq(reduce(JX_COMBINE_AND, JAXC_BOOL, 0, NULL), 1);
}
END_TEST

/* Along the last axis of x f32[rows, n]; indices count down when `reversed`. */
static void arg_reduce(enum jx_combine how, int rows, int64_t n, float *x, int32_t *z,
                       bool reversed)
{
    struct code_builder b;
    code_begin(&b);
    int in = code_operand(&b, JAXC_F32, JAXC_SHAPE(rows, n));
    int out = code_result(&b, JAXC_I32, JAXC_SHAPE(rows));
    code_kernel(&b, "arg", 1, JAXC_SHAPE(rows, n));
    code_inner(&b, 0);
    int v = code_load(&b, in, AT(n, 1)), i = code_index(&b, JAXC_I32, 1);
    if (reversed)
        i = code_op2(&b, JX_S_sub, JAXC_I32, code_i(&b, JAXC_I32, n - 1), i);
    code_outer(&b);
    code_store(&b, code_reduce(&b, 0, how, v, i), out, AT(1));
    struct jx_code *code = code_end(&b);
    code_run(NAIVE, code, (void *[]){x}, (void *[]){z});
    jx_code_free(code);
}

START_TEST(argmax_takes_nan_before_all_and_the_lowest_of_equals)
{
    float x[5][4] = {{1, 3, 3, 2},
                     {1, NAN, 5, NAN},
                     {-INFINITY, -INFINITY, -INFINITY, -INFINITY},
                     {NAN, 9, 9, 9},
                     {0, -0.0f, -1, 0}};
    int32_t most[5], least[5], reversed[5];
    arg_reduce(JX_COMBINE_ARGMAX, 5, 4, x[0], most, false);
    arg_reduce(JX_COMBINE_ARGMIN, 5, 4, x[0], least, false);
    arg_reduce(JX_COMBINE_ARGMAX, 5, 4, x[0], reversed, true);
    static const int32_t want_most[5] = {1, 1, 0, 0, 0}, want_least[5] = {0, 1, 0, 0, 2};
    static const int32_t want_reversed[5] = {1, 0, 0, 3, 0};
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(most[i], want_most[i]);
        ck_assert_int_eq(least[i], want_least[i]);
        ck_assert_int_eq(reversed[i], want_reversed[i]);
    }
    int32_t none[2] = {7, 7};
    arg_reduce(JX_COMBINE_ARGMAX, 2, 0, NULL, none, false);
    ck_assert_int_eq(none[0], 0);
    ck_assert_int_eq(none[1], 0);
}
END_TEST

/* ---- whole kernels --------------------------------------------------------------------------- */

/* y = log_softmax(x) over the last axis, three stages. */
static struct jx_code *log_softmax(int64_t rows, int64_t n)
{
    struct code_builder b;
    code_begin(&b);
    int x = code_operand(&b, JAXC_F32, JAXC_SHAPE(rows, n));
    int y = code_result(&b, JAXC_F32, JAXC_SHAPE(rows, n));
    code_kernel(&b, "log_softmax", 1, JAXC_SHAPE(rows, n));
    code_inner(&b, 0);
    int v = code_load(&b, x, AT(n, 1));
    code_outer(&b);
    int most = code_reduce(&b, 0, JX_COMBINE_MAX, v, -1);
    code_inner(&b, 1);
    int d = code_op2(&b, JX_S_sub, JAXC_F32, v, most), e = code_op1(&b, JX_S_exp, JAXC_F32, d);
    code_outer(&b);
    int s = code_reduce(&b, 1, JX_COMBINE_ADD, e, -1), l = code_op1(&b, JX_S_log, JAXC_F32, s);
    code_inner(&b, 2);
    code_store(&b, code_op2(&b, JX_S_sub, JAXC_F32, d, l), y, AT(n, 1));
    return code_end(&b);
}

START_TEST(log_softmax_is_one_kernel_of_three_stages)
{
    float x[2][3] = {{1, 2, 3}, {100, 100, 100}}, y[2][3];
    struct jx_code *code = log_softmax(2, 3);
    code_run(NAIVE, code, (void *[]){x}, (void *[]){y});
    jx_code_free(code);
    for (int i = 0; i < 3; i++) { /* semantics 7.1: logsumexp(1, 2, 3) */
        ck_assert_float_eq_tol(y[0][i], x[0][i] - 3.407605964f, 1e-6f);
        ck_assert_float_eq_tol(y[1][i], -1.0986123f, 1e-6f);
    }
}
END_TEST

/* z = relu(a b + bias), a u8[m,k] converted, b f32[k,n]. */
static struct jx_code *dense(int64_t m, int64_t n, int64_t k, int block)
{
    struct code_builder b;
    code_begin(&b);
    int a = code_operand(&b, JAXC_U8, JAXC_SHAPE(m, k));
    int w = code_operand(&b, JAXC_F32, JAXC_SHAPE(k, n));
    int bias = code_operand(&b, JAXC_F32, JAXC_SHAPE(n));
    int z = code_result(&b, JAXC_F32, JAXC_SHAPE(m, n));
    if (block)
        code_layout(&b, w, 1, block);
    code_kernel(&b, "dense", 2, JAXC_SHAPE(m, n, k));
    code_inner(&b, 0);
    int u = code_load(&b, a, AT(k, 0, 1));
    int v = code_load(&b, w, block ? AT(0, k * block, block) : AT(0, 1, n));
    if (block)
        code_blocked_load(&b, v, 1);
    int f = code_op1(&b, JX_S_convert, JAXC_F32, u), p = code_op2(&b, JX_S_mul, JAXC_F32, f, v);
    code_outer(&b);
    int s = code_reduce(&b, 0, JX_COMBINE_ADD, p, -1);
    code_dot(&b, u, v, p, s);
    int sum = code_op2(&b, JX_S_add, JAXC_F32, s, code_load(&b, bias, AT(0, 1, 0)));
    code_store(&b, code_op2(&b, JX_S_max, JAXC_F32, sum, code_f(&b, JAXC_F32, 0)), z, AT(n, 1, 0));
    return code_end(&b);
}

START_TEST(a_product_has_a_prologue_and_an_epilogue)
{
    uint8_t a[2][3] = {{1, 2, 3}, {4, 5, 255}};
    float w[3][2] = {{1, -1}, {0.5f, -2}, {0, -1}}, bias[2] = {10, 7}, z[2][2];
    struct jx_code *code = dense(2, 2, 3, 0);
    code_run(NAIVE, code, (void *[]){a, w, bias}, (void *[]){z});
    jx_code_free(code);
    ck_assert(z[0][0] == 12 && z[0][1] == 0 && z[1][0] == 16.5f && z[1][1] == 0);
}
END_TEST

START_TEST(a_blocked_operand_is_read_through_its_panels)
{
    enum { M = 3, N = 7, K = 5, BLOCK = 4 };
    uint8_t a[M * K];
    float w[K * N], panels[K * 8] = {0}, bias[N], plain[M * N], blocked[M * N];
    for (int i = 0; i < M * K; i++)
        a[i] = (uint8_t)(i * 7 % 11);
    for (int i = 0; i < N; i++)
        bias[i] = (float)i;
    for (int k = 0; k < K; k++)
        for (int n = 0; n < N; n++) {
            w[k * N + n] = (float)(k * 3 - n);
            panels[n / BLOCK * K * BLOCK + k * BLOCK + n % BLOCK] = w[k * N + n];
        }
    struct jx_code *code = dense(M, N, K, 0), *other = dense(M, N, K, BLOCK);
    code_run(NAIVE, code, (void *[]){a, w, bias}, (void *[]){plain});
    code_run(NAIVE, other, (void *[]){a, panels, bias}, (void *[]){blocked});
    jx_code_free(code);
    jx_code_free(other);
    ck_assert(memcmp(plain, blocked, sizeof plain) == 0);
}
END_TEST

START_TEST(a_result_is_written_into_its_panels)
{
    enum { K = 3, N = 5, BLOCK = 4 };
    struct code_builder b;
    code_begin(&b);
    int x = code_operand(&b, JAXC_I32, JAXC_SHAPE(K, N));
    int y = code_result(&b, JAXC_I32, JAXC_SHAPE(K, N));
    code_layout(&b, y, 1, BLOCK);
    code_kernel(&b, "pack", 2, JAXC_SHAPE(K, N));
    code_store(&b, code_load(&b, x, AT(N, 1)), y, AT(BLOCK, K * BLOCK));
    code_blocked_store(&b, 1);
    struct jx_code *code = code_end(&b);
    int32_t in[K * N], out[K * 8] = {0};
    for (int i = 0; i < K * N; i++)
        in[i] = i + 1;
    code_run(NAIVE, code, (void *[]){in}, (void *[]){out});
    jx_code_free(code);
    for (int k = 0; k < K; k++)
        for (int n = 0; n < N; n++)
            ck_assert_int_eq(out[n / BLOCK * K * BLOCK + k * BLOCK + n % BLOCK], in[k * N + n]);
}
END_TEST

/* ---- guards ---------------------------------------------------------------------------------- */

/* z[i] = x at (i - low) / step where that is an element, else fill: lax.pad with interior step
 * - 1. */
static void pad(const int32_t *x, int64_t n, int64_t low, int64_t step, int64_t m, int32_t fill,
                int32_t *z)
{
    struct code_builder b;
    code_begin(&b);
    int in = code_operand(&b, JAXC_I32, JAXC_SHAPE(n)),
        out = code_result(&b, JAXC_I32, JAXC_SHAPE(m));
    code_kernel(&b, "pad", 1, JAXC_SHAPE(m));
    int v = code_load(&b, in, AT(0));
    code_guard(&b, v,
               (struct jx_guard){.offset = -low, .coef = {1}, .size = n, .step = step, .stride = 1},
               (union jx_scalar){.i = fill});
    code_store(&b, v, out, AT(1));
    struct jx_code *code = code_end(&b);
    int32_t copy[8];
    memcpy(copy, x, (size_t)n * sizeof *x);
    code_run(NAIVE, code, (void *[]){copy}, (void *[]){z});
    jx_code_free(code);
}

START_TEST(guards_give_padding_dilation_and_cropping)
{
    static const int32_t x[] = {1, 2, 3};
    int32_t z[8];
    pad(x, 3, 2, 1, 6, -9, z);
    ck_assert(memcmp(z, (int32_t[]){-9, -9, 1, 2, 3, -9}, 6 * sizeof *z) == 0);
    pad(x, 3, 1, 3, 8, 0, z);
    ck_assert(memcmp(z, (int32_t[]){0, 1, 0, 0, 2, 0, 0, 3}, 8 * sizeof *z) == 0);
    pad(x, 3, -1, 1, 3, 7, z);
    ck_assert(memcmp(z, (int32_t[]){2, 3, 7}, 3 * sizeof *z) == 0);
    pad(x, 3, -5, 1, 2, 7, z); /* never valid */
    ck_assert(memcmp(z, (int32_t[]){7, 7}, 2 * sizeof *z) == 0);
    pad(x, 0, 1, 2, 3, 4, z);
    ck_assert(memcmp(z, (int32_t[]){4, 4, 4}, 3 * sizeof *z) == 0);
}
END_TEST

START_TEST(a_convolution_is_a_guarded_product)
{
    /* z[i] = sum x[i + j - 1] w[j], zero outside */
    struct code_builder b;
    code_begin(&b);
    int x = code_operand(&b, JAXC_F64, JAXC_SHAPE(4)),
        w = code_operand(&b, JAXC_F64, JAXC_SHAPE(3));
    int z = code_result(&b, JAXC_F64, JAXC_SHAPE(4));
    code_kernel(&b, "conv", 1, JAXC_SHAPE(4, 3));
    code_inner(&b, 0);
    int u = code_load(&b, x, AT(0)), v = code_load(&b, w, AT(0, 1));
    code_guard(&b, u,
               (struct jx_guard){.offset = -1, .coef = {1, 1}, .size = 4, .step = 1, .stride = 1},
               (union jx_scalar){.f = 0});
    int p = code_op2(&b, JX_S_mul, JAXC_F64, u, v);
    code_outer(&b);
    code_store(&b, code_reduce(&b, 0, JX_COMBINE_ADD, p, -1), z, AT(1));
    struct jx_code *code = code_end(&b);
    double in[4] = {1, 2, 3, 4}, weights[3] = {1, 10, 100}, out[4];
    code_run(NAIVE, code, (void *[]){in, weights}, (void *[]){out});
    jx_code_free(code);
    ck_assert(out[0] == 210 && out[1] == 321 && out[2] == 432 && out[3] == 43);
}
END_TEST

/* ---- memory ---------------------------------------------------------------------------------- */

START_TEST(zero_sizes_run_nothing_and_rank_zero_runs_once)
{
    float x[4] = {5, 6, 7, 8}, z[4] = {0};
    struct code_builder b;
    code_begin(&b);
    int in = code_operand(&b, JAXC_F32, JAXC_SHAPE(0, 3)),
        out = code_result(&b, JAXC_F32, JAXC_SHAPE(0, 3));
    code_kernel(&b, "nothing", 2, JAXC_SHAPE(0, 3));
    code_store(&b, code_op1(&b, JX_S_neg, JAXC_F32, code_load(&b, in, AT(3, 1))), out, AT(3, 1));
    struct jx_code *code = code_end(&b);
    code_run(NAIVE, code, (void *[]){NULL}, (void *[]){NULL});
    jx_code_free(code);

    code_begin(&b);
    in = code_operand(&b, JAXC_F32, JAXC_SCALAR);
    out = code_result(&b, JAXC_F32, JAXC_SCALAR);
    code_kernel(&b, "once", 0, JAXC_SCALAR);
    code_store(&b, code_op1(&b, JX_S_neg, JAXC_F32, code_load(&b, in, AT(0))), out, AT(0));
    code = code_end(&b);
    code_run(NAIVE, code, (void *[]){x}, (void *[]){z});
    jx_code_free(code);
    ck_assert(z[0] == -5 && z[1] == 0);
}
END_TEST

START_TEST(kernels_hand_over_through_the_arena)
{
    struct code_builder b;
    code_begin(&b);
    int x = code_operand(&b, JAXC_F32, JAXC_SHAPE(2, 3)),
        z = code_result(&b, JAXC_F32, JAXC_SHAPE(3));
    int t = code_temp(&b, JAXC_F32, JAXC_SHAPE(3)), u = code_temp(&b, JAXC_F32, JAXC_SHAPE(3));
    code_kernel(&b, "sum", 1, JAXC_SHAPE(3, 2));
    code_inner(&b, 0);
    int v = code_load(&b, x, AT(1, 3));
    code_outer(&b);
    code_store(&b, code_reduce(&b, 0, JX_COMBINE_ADD, v, -1), t, AT(1));
    code_kernel(&b, "reverse", 1, JAXC_SHAPE(3));
    code_store_at(&b, code_load(&b, t, AT(1)), u, 2, AT(-1));
    code_kernel(&b, "scale", 1, JAXC_SHAPE(3));
    code_store(&b,
               code_op2(&b, JX_S_mul, JAXC_F32, code_load(&b, u, AT(1)), code_f(&b, JAXC_F32, 10)),
               z, AT(1));
    struct jx_code *code = code_end(&b);
    float in[6] = {1, 2, 3, 4, 5, 6}, out[3];
    code_run(NAIVE, code, (void *[]){in}, (void *[]){out});
    jx_code_free(code);
    ck_assert(out[0] == 90 && out[1] == 70 && out[2] == 50);
}
END_TEST

START_TEST(loads_see_memory_as_it_was_before_the_kernel_stored)
{
    /* In place: x[i] = x[i] - x[n - 1 - i], the operand donated to the result. */
    struct code_builder b;
    code_begin(&b);
    int x = code_operand(&b, JAXC_I32, JAXC_SHAPE(4)), z = code_result(&b, JAXC_I32, JAXC_SHAPE(4));
    code_donate(&b, 0, 0);
    code_kernel(&b, "antisymmetric", 1, JAXC_SHAPE(4));
    int u = code_load(&b, x, AT(1)), v = code_load_from(&b, x, 3, AT(-1));
    code_store(&b, code_op2(&b, JX_S_sub, JAXC_I32, u, v), z, AT(1));
    struct jx_code *code = code_end(&b);
    int32_t memory[4] = {1, 2, 4, 8};
    code_run(NAIVE, code, (void *[]){memory}, (void *[]){memory});
    jx_code_free(code);
    ck_assert(memcmp(memory, (int32_t[]){-7, -2, 2, 7}, sizeof memory) == 0);
}
END_TEST

START_TEST(indices_and_selects_make_masks)
{
    /* a triangle: z[i, j] = j > i ? fill : i + j */
    struct code_builder b;
    code_begin(&b);
    int z = code_result(&b, JAXC_F32, JAXC_SHAPE(3, 3));
    code_kernel(&b, "triangle", 2, JAXC_SHAPE(3, 3));
    int i = code_index(&b, JAXC_F32, 0), j = code_index(&b, JAXC_F32, 1);
    int p = code_op2(&b, JX_S_gt, JAXC_BOOL, j, i), s = code_op2(&b, JX_S_add, JAXC_F32, i, j);
    code_store(&b, code_select(&b, p, s, code_f(&b, JAXC_F32, -1)), z, AT(3, 1));
    struct jx_code *code = code_end(&b);
    float out[9];
    code_run(NAIVE, code, NO_OPERANDS, (void *[]){out});
    jx_code_free(code);
    ck_assert(memcmp(out, (float[]){0, -1, -1, 1, 2, -1, 2, 3, 4}, sizeof out) == 0);
}
END_TEST

START_TEST(every_failed_allocation_of_the_naive_backend_is_reported)
{
    float x[6] = {1, 2, 3, 4, 5, 6}, y[6];
    static struct test_allocator a;
    for (long n = 1;; n++) {
        a = (struct test_allocator){.fail_at = 0};
        ck_assert(test_allocator_install(&a));
        struct jx_code *code = log_softmax(2, 3);
        atomic_store(&a.n_calls, 0);
        a.fail_at = n;
        struct jx_executable *e = jx_backend_naive.compile(code);
        bool ok = e && jx_backend_naive.run(e, (void *[]){x}, (void *[]){y});
        if (e)
            jx_backend_naive.drop(e);
        if (!ok)
            ck_assert_int_eq(jaxc_error_code(), JAXC_ENOMEM);
        jaxc_clear_error();
        jx_code_free(code);
        ck_assert_int_eq(atomic_load(&a.n_live), 0);
        ck_assert(test_allocator_remove());
        if (ok)
            break;
        ck_assert_int_lt(n, 50);
    }
}
END_TEST

/* ---- text ------------------------------------------------------------------------------------ */

static void expect_text(struct jx_code *code, const char *want)
{
    char *text = jx_code_print(code);
    ck_assert_ptr_nonnull(text);
    ck_assert_str_eq(text, want);
    jx_free(text);
    jx_code_free(code);
}

START_TEST(code_prints_by_stages)
{
    expect_text(log_softmax(32, 10), "code 1 operands, 1 results, arena 0\n"
                                     "  t0 f32[32,10] operand 0\n"
                                     "  t1 f32[32,10] result 0\n"
                                     "\n"
                                     "kernel log_softmax [32 | 10]\n"
                                     "  stage 0\n"
                                     "    %0 f32 = load t0 (10 | 1)\n"
                                     "  %1 f32 = reduce max %0\n"
                                     "  stage 1\n"
                                     "    %2 f32 = sub %0 %1\n"
                                     "    %3 f32 = exp %2\n"
                                     "  %4 f32 = reduce add %3\n"
                                     "  %5 f32 = log %4\n"
                                     "  stage 2\n"
                                     "    %6 f32 = sub %2 %5\n"
                                     "    t1 (10 | 1) = %6\n");
}
END_TEST

START_TEST(products_and_layouts_print)
{
    expect_text(dense(128, 512, 784, 16), "code 3 operands, 1 results, arena 0\n"
                                          "  t0 u8[128,784] operand 0\n"
                                          "  t1 f32[784,512] axis 1 in blocks of 16 operand 1\n"
                                          "  t2 f32[512] operand 2\n"
                                          "  t3 f32[128,512] result 0\n"
                                          "\n"
                                          "kernel dense [128,512 | 784] dot %0 %1\n"
                                          "  %5 f32 = load t2 (0,1 | 0)\n"
                                          "  %7 f32 = 0.0\n"
                                          "  stage 0\n"
                                          "    %0 u8 = load t0 (784,0 | 1)\n"
                                          "    %1 f32 = load t1 (0,12544/16 | 16)\n"
                                          "    %2 f32 = convert %0\n"
                                          "    %3 f32 = mul %2 %1\n"
                                          "  %4 f32 = reduce add %3\n"
                                          "  %6 f32 = add %4 %5\n"
                                          "  %8 f32 = max %6 %7\n"
                                          "  t3 (512,1 | 0) = %8\n");
}
END_TEST

START_TEST(guards_constants_and_donations_print)
{
    struct code_builder b;
    code_begin(&b);
    int x = code_operand(&b, JAXC_F32, JAXC_SHAPE(8)), z = code_result(&b, JAXC_F32, JAXC_SHAPE(8));
    int t = code_temp(&b, JAXC_BOOL, JAXC_SHAPE(4)), u = code_temp(&b, JAXC_I64, JAXC_SCALAR);
    code_donate(&b, 0, 0);
    code_kernel(&b, "", 2, JAXC_SHAPE(4, 2));
    int v = code_load(&b, x, AT(0, 0));
    code_guard(&b, v,
               (struct jx_guard){.offset = -1, .coef = {2, -3}, .size = 8, .step = 2, .stride = 1},
               (union jx_scalar){.f = -(double)INFINITY});
    int i = code_index(&b, JAXC_I64, 1), c = code_i(&b, JAXC_I64, -7);
    int p = code_op2(&b, JX_S_lt, JAXC_BOOL, i, c);
    code_store(&b, code_select(&b, p, v, code_f(&b, JAXC_F32, 0.1)), z, AT(2, 1));
    code_store_at(&b, p, t, 3, AT(-1, 0));
    code_kernel(&b, "scalar", 0, JAXC_SCALAR);
    int four = code_i(&b, JAXC_I64, 4), old = code_load(&b, u, AT(0));
    code_store(&b, code_op2(&b, JX_S_max, JAXC_I64, four, old), u, AT(0));
    code_i(&b, JAXC_BOOL, 1);
    code_f(&b, JAXC_F64, 1e100);
    code_f(&b, JAXC_F64, (double)NAN);
    expect_text(code_end(&b), "code 1 operands, 1 results, arena 128\n"
                              "  t0 f32[8] operand 0\n"
                              "  t1 f32[8] result 0 in operand 0\n"
                              "  t2 bool[4] temp at 0\n"
                              "  t3 i64[] temp at 64\n"
                              "\n"
                              "kernel unnamed [4,2]\n"
                              "  %0 f32 = load t0 (0,0) {2*i0-3*i1-1 by 2 in 8 *1} else -inf\n"
                              "  %1 i64 = index 1\n"
                              "  %2 i64 = -7\n"
                              "  %3 bool = lt %1 %2\n"
                              "  t2 @3 (-1,0) = %3\n"
                              "  %4 f32 = 0.1\n"
                              "  %5 f32 = select %3 %0 %4\n"
                              "  t1 (2,1) = %5\n"
                              "\n"
                              "kernel scalar []\n"
                              "  %0 i64 = 4\n"
                              "  %1 i64 = load t3\n"
                              "  %2 i64 = max %0 %1\n"
                              "  t3 = %2\n"
                              "  %3 bool = true\n"
                              "  %4 f64 = 1e+100\n"
                              "  %5 f64 = nan\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel");
    TCase *tables = tcase_create("tables");
    tcase_add_test(tables, every_operation_has_a_name_an_arity_and_a_dtype);
    tcase_add_test(tables, the_identity_of_a_combination_changes_nothing);
    suite_add_tcase(suite, tables);
    TCase *naive = tcase_create("naive");
    tcase_add_test(naive, reductions_combine_all_points);
    tcase_add_test(naive, a_sum_of_floats_is_compensated);
    tcase_add_test(naive, a_reduction_over_no_points_is_the_identity);
    tcase_add_test(naive, argmax_takes_nan_before_all_and_the_lowest_of_equals);
    tcase_add_test(naive, log_softmax_is_one_kernel_of_three_stages);
    tcase_add_test(naive, a_product_has_a_prologue_and_an_epilogue);
    tcase_add_test(naive, a_blocked_operand_is_read_through_its_panels);
    tcase_add_test(naive, a_result_is_written_into_its_panels);
    tcase_add_test(naive, guards_give_padding_dilation_and_cropping);
    tcase_add_test(naive, a_convolution_is_a_guarded_product);
    tcase_add_test(naive, zero_sizes_run_nothing_and_rank_zero_runs_once);
    tcase_add_test(naive, kernels_hand_over_through_the_arena);
    tcase_add_test(naive, loads_see_memory_as_it_was_before_the_kernel_stored);
    tcase_add_test(naive, indices_and_selects_make_masks);
    tcase_add_test(naive, every_failed_allocation_of_the_naive_backend_is_reported);
    suite_add_tcase(suite, naive);
    TCase *text = tcase_create("text");
    tcase_add_test(text, code_prints_by_stages);
    tcase_add_test(text, products_and_layouts_print);
    tcase_add_test(text, guards_constants_and_donations_print);
    suite_add_tcase(suite, text);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
