/*
 * test_cuda.c - the CUDA backend on the emulated device (emulated_cuda/README.md): values, in all the
 * ways in which kernels are spread over threads; what is moved when; what is said when it fails.
 */
#include <jaxc/jaxc.h>

#include <check.h>
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long (*count)(const char *);
static long (*live)(const char *);
static bool (*refuse)(const char *, int, int, bool);

static void symbol(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);
    ck_assert_msg(found != NULL, "no symbol %s", name);
    memcpy(function, &found, sizeof found);
}

/* Tests are processes of their own, and the library looks at its variables when it is first used. */
static void on_the_device(void)
{
    setenv("JAXC_PLATFORM", "cuda", 1);
    setenv("JAXC_CUDA_PATH", EMULATED_CUDA_FOLDER, 1);
    void *cuda = dlopen(EMULATED_CUDA_FOLDER "/libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    ck_assert_msg(cuda != NULL, "%s", dlerror());
    symbol(cuda, "emulated_cuda_count", &count);
    symbol(cuda, "emulated_cuda_live", &live);
    symbol(cuda, "emulated_cuda_fail", &refuse);
}

/* Some numbers between -1 and 1, the same ones each time. */
static jaxc_value numbers(int64_t rows, int64_t columns)
{
    float *x = malloc((size_t)(rows * columns) * sizeof *x);
    ck_assert_ptr_nonnull(x);
    for (int64_t i = 0; i < rows * columns; i++)
        x[i] = (float)((i * 37 + 11) % 101 - 50) / 50;
    jaxc_value v = jaxc_array(x, JAXC_F32, JAXC_SHAPE(rows, columns));
    free(x);
    return v;
}

static const float *floats(jaxc_value v)
{
    const float *data = jaxc_data(v);
    ck_assert_msg(data != NULL, "%s", jaxc_error());
    return data;
}

static void near(double is, double to)
{
    ck_assert_msg(fabs(is - to) <= 2e-6 * (1 + fabs(to)), "%.9g is not %.9g", is, to);
}

/* ---- values ---------------------------------------------------------------------------------- */

static jaxc_value chain(jaxc_value x) { return jaxc_add(jaxc_tanh(jaxc_mul(x, 2)), 0.5); }

/* Sizes that go by vectors of four, of two, and one by one. */
START_TEST(elementwise_chains_are_computed)
{
    static const int64_t columns[] = {8, 6, 37, 1, 1000};
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        jaxc_value x = numbers(3, columns[c]);
        const float *from = floats(x), *to = floats(jaxc_call(jaxc_jit(chain), x));
        for (int64_t i = 0; i < 3 * columns[c]; i++)
            near(to[i], tanh(2 * (double)from[i]) + 0.5);
    }
}
END_TEST

START_TEST(views_are_read_where_they_lie)
{
    jaxc_value x = numbers(5, 7);
    const float *from = floats(x), *turned = floats(jaxc_transpose(x));
    for (int i = 0; i < 35; i++)
        near(turned[i % 7 * 5 + i / 7], from[i]);
    jaxc_value part = jaxc_index(x, JAXC_SLICE(1, 4), JAXC_SLICE(JAXC_NONE, JAXC_NONE, -2));
    const float *some = floats(part);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            near(some[4 * i + j], from[7 * (i + 1) + 6 - 2 * j]);
    const float *padded =
        floats(jaxc_pad(x, JAXC_WIDTHS({1, 0}, {0, 2}), .constant_values = JAXC_OPERAND(9)));
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 9; j++)
            near(padded[9 * i + j], i < 1 || j > 6 ? 9 : from[7 * (i - 1) + j]);
}
END_TEST

/* Rows of few, of a warp's, of a block's worth of elements, and columns. */
START_TEST(sums_run_over_rows_and_columns)
{
    static const int64_t sizes[][2] = {{3, 5}, {40, 33}, {2, 3000}, {300, 7}, {0, 4}, {4, 0}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        int64_t rows = sizes[s][0], columns = sizes[s][1];
        jaxc_value x = numbers(rows, columns);
        const float *from = floats(x);
        const float *by_row = floats(jaxc_sum(x, JAXC_AXES(1)));
        for (int64_t i = 0; i < rows; i++) {
            double sum = 0;
            for (int64_t j = 0; j < columns; j++)
                sum += (double)from[i * columns + j];
            ck_assert_double_eq_tol((double)by_row[i], sum, 1e-4);
        }
        const float *by_column = floats(jaxc_sum(x, JAXC_AXES(0)));
        for (int64_t j = 0; j < columns; j++) {
            double sum = 0;
            for (int64_t i = 0; i < rows; i++)
                sum += (double)from[i * columns + j];
            ck_assert_double_eq_tol((double)by_column[j], sum, 1e-4);
        }
    }
}
END_TEST

START_TEST(the_first_greatest_is_found_and_nan_wins)
{
    float x[600];
    for (int i = 0; i < 600; i++)
        x[i] = (float)(i * 7 % 100);
    x[550] = x[570] = NAN;
    const int32_t *at =
        jaxc_data(jaxc_argmax(jaxc_array(x, JAXC_F32, JAXC_SHAPE(2, 300)), JAXC_AXIS(1)));
    ck_assert_msg(at != NULL, "%s", jaxc_error());
    int32_t first = 0;
    for (int32_t i = 0; i < 300; i++)
        first = x[i] > x[first] ? i : first;
    ck_assert_int_eq(at[0], first);
    ck_assert_int_eq(at[1], 250);
}
END_TEST

static jaxc_value layer(jaxc_value x, jaxc_value w)
{
    return jaxc_nn_softmax(jaxc_nn_relu(jaxc_matmul(x, w)), JAXC_AXIS(-1));
}
static jaxc_value loss(jaxc_value x, jaxc_value w) { return jaxc_mean(jaxc_square(layer(x, w))); }

START_TEST(a_layer_and_its_gradient_are_what_they_are)
{
    jaxc_value x = numbers(6, 20), w = numbers(20, 10);
    const float *a = floats(x), *b = floats(w), *y = floats(jaxc_call(jaxc_jit(layer), x, w));
    for (int i = 0; i < 6; i++) {
        double z[10], sum = 0;
        for (int j = 0; j < 10; j++) {
            double dot = 0;
            for (int k = 0; k < 20; k++)
                dot += (double)a[20 * i + k] * (double)b[10 * k + j];
            z[j] = exp(fmax(dot, 0));
            sum += z[j];
        }
        for (int j = 0; j < 10; j++)
            near(y[10 * i + j], z[j] / sum);
    }
    const float *g = floats(jaxc_call(jaxc_jit(jaxc_grad(loss, .argnums = JAXC_ARGS(1))), x, w));
    float moved[200];
    for (int i = 0; i < 200; i += 67) {
        double at[2];
        for (int side = 0; side < 2; side++) {
            memcpy(moved, b, sizeof moved);
            moved[i] += side ? 0.01f : -0.01f;
            at[side] = jaxc_item(loss(x, jaxc_array(moved, JAXC_F32, JAXC_SHAPE(20, 10))));
        }
        ck_assert_double_eq_tol((double)g[i], (at[1] - at[0]) / 0.02, 1e-4);
    }
}
END_TEST

START_TEST(running_totals_and_scatters_keep_their_order)
{
    jaxc_value x = numbers(4, 9);
    const float *from = floats(x), *total = floats(jaxc_cumsum(x, JAXC_AXIS(1)));
    for (int i = 0; i < 4; i++) {
        float sum = 0;
        for (int j = 0; j < 9; j++) {
            sum += from[9 * i + j];
            near(total[9 * i + j], sum);
        }
    }
    jaxc_value places = jaxc_array((int32_t[]){2, 0, 2, 5}, JAXC_I32, JAXC_SHAPE(4));
    const float *added =
        floats(jaxc_at_add(jaxc_zeros(JAXC_SHAPE(6)), JAXC_INDEX(places),
                           jaxc_array((float[]){1, 2, 4, 8}, JAXC_F32, JAXC_SHAPE(4))));
    static const float want[] = {2, 0, 5, 0, 0, 8};
    for (int i = 0; i < 6; i++)
        near(added[i], want[i]);
}
END_TEST

/* ---- memory ---------------------------------------------------------------------------------- */

static jaxc_value step(jaxc_value x) { return jaxc_add(x, 1); }

START_TEST(arrays_go_up_once_and_donated_ones_stay)
{
    jaxc_value x = numbers(8, 8);
    jaxc_fn f = jaxc_jit(step, .donate = JAXC_ARGS(0));
    jaxc_value y = jaxc_call(f, jaxc_call(f, x));
    ck_assert_msg(jaxc_ok(y), "%s", jaxc_error());
    long up = count("cuMemcpyHtoDAsync_v2"), down = count("cuMemcpyDtoHAsync_v2");
    long taken = count("cuMemAllocAsync");
    for (int i = 0; i < 10; i++)
        y = jaxc_call(f, y);
    ck_assert_int_eq(count("cuMemcpyHtoDAsync_v2"), up);
    ck_assert_int_eq(count("cuMemcpyDtoHAsync_v2"), down);
    ck_assert_int_eq(count("cuMemAllocAsync"), taken); /* nothing but the donated memory */
    const float *data = floats(y), *again = floats(y);
    ck_assert_ptr_eq(data, again);
    ck_assert_int_eq(count("cuMemcpyDtoHAsync_v2"), down + 1);
    near(data[0], (11.0 - 50) / 50 + 12);
}
END_TEST

/* ---- failures -------------------------------------------------------------------------------- */

START_TEST(without_a_driver_a_call_says_why)
{
    setenv("JAXC_PLATFORM", "cuda", 1);
    setenv("JAXC_CUDA_PATH", "/nowhere", 1);
    if (dlopen("libcuda.so.1", RTLD_NOW)) /* there is one */
        return;
    ck_assert_ptr_null(jaxc_data(jaxc_exp(jaxc_arange(3))));
    ck_assert_int_eq(jaxc_error_code(), JAXC_ENODEVICE);
    ck_assert_ptr_nonnull(strstr(jaxc_error(), "no CUDA device: libcuda.so.1: cannot open"));
}
END_TEST

START_TEST(refused_calls_are_errors_and_nothing_is_lost)
{
    static const struct {
        const char *function;
        int error;
        jaxc_status status;
    } calls[] = {{"cuMemAllocAsync", 2, JAXC_ENOMEM},
                 {"cuMemcpyHtoDAsync_v2", 999, JAXC_EDEVICE},
                 {"cuModuleLoadData", 200, JAXC_EDEVICE},
                 {"cuLaunchKernel", 701, JAXC_EDEVICE},
                 {"cuStreamSynchronize", 999, JAXC_EDEVICE}};
    ck_assert_ptr_nonnull(jaxc_data(jaxc_exp(numbers(1, 3)))); /* the device is open */
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        jaxc_value x = numbers(2, 4 + (int64_t)i);
        refuse(calls[i].function, 1, calls[i].error, true);
        ck_assert_ptr_null(jaxc_data(jaxc_cosh(x)));
        ck_assert_msg(jaxc_error_code() == calls[i].status, "%s: %s", calls[i].function,
                      jaxc_error());
        jaxc_clear_error();
        refuse(NULL, 0, 0, false);
        ck_assert_msg(jaxc_data(jaxc_sinh(x)) != NULL, "%s: %s", calls[i].function, jaxc_error());
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cuda");
    TCase *device = tcase_create("device");
    tcase_add_checked_fixture(device, on_the_device, NULL);
    tcase_add_test(device, elementwise_chains_are_computed);
    tcase_add_test(device, views_are_read_where_they_lie);
    tcase_add_test(device, sums_run_over_rows_and_columns);
    tcase_add_test(device, the_first_greatest_is_found_and_nan_wins);
    tcase_add_test(device, a_layer_and_its_gradient_are_what_they_are);
    tcase_add_test(device, running_totals_and_scatters_keep_their_order);
    tcase_add_test(device, arrays_go_up_once_and_donated_ones_stay);
    tcase_add_test(device, refused_calls_are_errors_and_nothing_is_lost);
    suite_add_tcase(suite, device);
    TCase *none = tcase_create("none");
    tcase_add_test(none, without_a_driver_a_call_says_why);
    suite_add_tcase(suite, none);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
