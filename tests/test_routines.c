/*
 * test_routines.c - sorts, picks of the greatest and scatters of many lengths, dtypes and numbers of
 * threads, against loops that are plainly right.
 */
#include <jaxc/jaxc.h>

#include "backend/cpu/isa.h"
#include "backend/cpu/threads.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static uint32_t next(void) /* xorshift64* */
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)(state * 2685821657736338717u >> 32);
}

static void seed(void)
{
    const char *text = getenv("JAXC_TEST_SEED");
    state = text ? strtoull(text, NULL, 0) : 1;
    if (text)
        printf("seed %s\n", text);
}

/* Few different numbers and many of them, with what has no place among numbers. */
static float drawn(int kind, int64_t i)
{
    static const float odd[] = {NAN, -0.0f, 0.0f, INFINITY, -INFINITY, 0x1p-149f, 1, -1};
    switch (kind) {
    case 0: return (float)(int32_t)next() * 0x1p-20f;
    case 1: return odd[next() % 8];
    case 2: return (float)(next() % 5);
    case 3: return (float)i;
    default: return (float)-i;
    }
}
enum { N_KINDS = 5 };

/* ---- sorts ----------------------------------------------------------------------------------- */

static const float *compared;

static int in_order(const void *a, const void *b)
{
    int32_t i = *(const int32_t *)a, j = *(const int32_t *)b;
    float x = compared[i], y = compared[j];
    bool x_nan = isnan(x), y_nan = isnan(y);
    if (x_nan != y_nan)
        return x_nan ? 1 : -1;
    if (!x_nan && x != y)
        return x < y ? -1 : 1;
    return (i > j) - (i < j);
}

static bool same(float x, float y) { return memcmp(&x, &y, sizeof x) == 0; }

/* The same numbers in a dtype, and back. */
static jaxc_value as(const float *data, jaxc_dtype dtype, struct jaxc_shape shape)
{
    return jaxc_astype(jaxc_array(data, JAXC_F32, shape), dtype);
}

static void check_sorts(jaxc_dtype dtype, int kind, int64_t rows, int64_t n)
{
    JAXC_SCOPE;
    struct jaxc_shape shape = JAXC_SHAPE(rows, n);
    float *drawn_of = malloc((size_t)(rows * n) * sizeof *drawn_of + 1);
    int32_t *want = malloc((size_t)(n ? n : 1) * sizeof *want);
    for (int64_t i = 0; i < rows * n; i++) {
        drawn_of[i] = drawn(kind, i);
        if (dtype != JAXC_F32 && (isnan(drawn_of[i]) || fabsf(drawn_of[i]) > 100))
            drawn_of[i] = (float)(next() % 100);
    }
    jaxc_value x = as(drawn_of, dtype, shape), back = jaxc_astype(x, JAXC_F32);
    const float *data = dtype == JAXC_F32 ? drawn_of : jaxc_data(back);
    int64_t k = n < 10 ? n : 10;
    jaxc_value top = jaxc_lax_top_k(x, k, 1);
    jaxc_value sorted = jaxc_astype(jaxc_sort(x), JAXC_F32), order = jaxc_argsort(x);
    jaxc_value values = jaxc_astype(jaxc_get(top, 0), JAXC_F32), places = jaxc_get(top, 1);
    const float *s = jaxc_data(sorted), *v = jaxc_data(values);
    const int32_t *o = jaxc_data(order), *p = jaxc_data(places);
    ck_assert_msg(!jaxc_error(), "%s", jaxc_error());
    for (int64_t r = 0; r < rows; r++) {
        compared = data + r * n;
        for (int64_t i = 0; i < n; i++)
            want[i] = (int32_t)i;
        qsort(want, (size_t)n, sizeof *want, in_order);
        for (int64_t i = 0; i < n; i++) {
            ck_assert_msg(o[r * n + i] == want[i] && same(s[r * n + i], compared[want[i]]),
                          "dtype %d, kind %d, %lldx%lld: at %lld, %lld is element %d, not %d",
                          dtype, kind, (long long)rows, (long long)n, (long long)r, (long long)i,
                          o[r * n + i], want[i]);
        }
        /* of equal ones top_k gives the first first */
        for (int64_t i = 0, end = n; i < k;) {
            int64_t begin = end - 1;
            while (begin > 0 && compared[want[begin - 1]] >= compared[want[end - 1]])
                begin--;
            while (begin > 0 && isnan(compared[want[end - 1]]) && isnan(compared[want[begin - 1]]))
                begin--;
            for (int64_t j = begin; j < end && i < k; j++, i++)
                ck_assert_msg(p[r * k + i] == want[j] && same(v[r * k + i], compared[want[j]]),
                              "dtype %d, kind %d, %lldx%lld: of row %lld number %lld is %d, not %d",
                              dtype, kind, (long long)rows, (long long)n, (long long)r,
                              (long long)i, p[r * k + i], want[j]);
            end = begin;
        }
    }
    free(drawn_of);
    free(want);
}

START_TEST(sorts_of_every_length_are_stable)
{
    static const int64_t shapes[][2] = {{3, 0},     {2, 1},     {5, 2},      {4, 47},   {3, 48},
                                        {7, 200},   {2, 1000},  {1, 4095},   {3, 4096}, {2, 30000},
                                        {1, 65535}, {1, 65536}, {2, 140001}, {6, 66000}};
    static const jaxc_dtype dtypes[] = {JAXC_F32, JAXC_I32, JAXC_F16, JAXC_F64, JAXC_I8, JAXC_U32};
    seed();
    for (int threads = 1; threads <= 3; threads++) {
        jx_threads_set(threads);
        jx_isa_limit((enum jx_isa)(threads - 1));
        for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
            for (int kind = 0; kind < (shapes[i][1] < 40000 ? N_KINDS : 2); kind++) {
                check_sorts(JAXC_F32, kind, shapes[i][0], shapes[i][1]);
                jaxc_dtype other = dtypes[(i + (size_t)kind) % 6];
                if (shapes[i][1] < 40000)
                    check_sorts(other, kind, shapes[i][0], shapes[i][1]);
            }
    }
    jx_threads_set(0);
    jx_isa_limit(JX_ISA_AVX512);
}
END_TEST

static jaxc_value by_columns(jaxc_value x) { return jaxc_sort(x, JAXC_AXIS(0)); }
static jaxc_value descending(jaxc_value x) { return jaxc_sort(x, .descending = true); }

START_TEST(sorts_along_strides_and_in_place_are_sorts)
{
    enum { M = 70000, N = 3 };
    static float data[M * N], sorted[M];
    seed();
    jx_threads_set(2);
    for (int i = 0; i < M * N; i++)
        data[i] = drawn(0, i);
    JAXC_SCOPE;
    jaxc_fn f = jaxc_jit(by_columns, .donate = JAXC_ARGS(0));
    const float *y = jaxc_data(jaxc_call(f, jaxc_array(data, JAXC_F32, JAXC_SHAPE(M, N))));
    for (int c = 0; c < N; c++)
        for (int i = 1; i < M; i++)
            ck_assert(y[(i - 1) * N + c] <= y[i * N + c]);
    f = jaxc_jit(descending, .donate = JAXC_ARGS(0));
    const float *z = jaxc_data(jaxc_call(f, jaxc_array(data, JAXC_F32, JAXC_SHAPE(M))));
    memcpy(sorted, z, sizeof sorted);
    for (int i = 1; i < M; i++)
        ck_assert(sorted[i - 1] >= sorted[i]);
    ck_assert_msg(!jaxc_error(), "%s", jaxc_error());
    jx_threads_set(0);
}
END_TEST

static jaxc_value two_keys(jaxc_value x, jaxc_value y)
{
    return jaxc_lexsort(-1, y, x); /* by x, then by y */
}

START_TEST(two_keys_of_a_long_row_are_one_order)
{
    enum { N = 70001 };
    static int32_t x[N], y[N];
    seed();
    for (int i = 0; i < N; i++) {
        x[i] = (int32_t)(next() % 7) - 3;
        y[i] = (int32_t)(next() % 1000) - 500;
    }
    for (int threads = 1; threads <= 3; threads++) {
        JAXC_SCOPE;
        jx_threads_set(threads);
        const int32_t *o = jaxc_data(two_keys(jaxc_array(x, JAXC_I32, JAXC_SHAPE(N)),
                                              jaxc_array(y, JAXC_I32, JAXC_SHAPE(N))));
        ck_assert_msg(o != NULL, "%s", jaxc_error());
        for (int i = 1; i < N; i++) {
            int32_t a = o[i - 1], b = o[i];
            ck_assert(x[a] < x[b] || (x[a] == x[b] && (y[a] < y[b] || (y[a] == y[b] && a < b))));
        }
    }
    jx_threads_set(0);
}
END_TEST

/* ---- scatters -------------------------------------------------------------------------------- */

static jaxc_value add_windows(jaxc_value x, jaxc_value starts, jaxc_value windows)
{
    return jaxc_lax_scatter_add(
        x, starts, windows,
        .dimension_numbers = {.update_window_dims = JAXC_INTS(1),
                              .scatter_dims_to_operand_dims = JAXC_INTS(0)});
}

static jaxc_value set_rows(jaxc_value x, jaxc_value rows, jaxc_value values)
{
    return jaxc_at_set(x, JAXC_INDEX(rows), values);
}

static jaxc_value add_rows(jaxc_value x, jaxc_value rows, jaxc_value values)
{
    return jaxc_at_add(x, JAXC_INDEX(rows), values);
}

/* Windows of one axis overlap, so their rows are cut where the parts of threads meet. */
START_TEST(windows_that_overlap_are_added_in_their_order)
{
    enum { N = 1000, WINDOWS = 4000, WIDTH = 37 };
    static float x[N], windows[WINDOWS * WIDTH], want[N];
    static int32_t starts[WINDOWS];
    seed();
    for (int i = 0; i < N; i++)
        want[i] = x[i] = drawn(0, i);
    for (int w = 0; w < WINDOWS; w++) {
        starts[w] = (int32_t)(next() % (N + 10)) - 5; /* some are outside */
        for (int i = 0; i < WIDTH; i++) {
            windows[w * WIDTH + i] = drawn(0, i);
            if (starts[w] >= 0 && starts[w] + WIDTH <= N)
                want[starts[w] + i] += windows[w * WIDTH + i];
        }
    }
    for (int threads = 1; threads <= 3; threads++) {
        JAXC_SCOPE;
        jx_threads_set(threads);
        jaxc_value y = jaxc_call(jaxc_jit(add_windows), jaxc_array(x, JAXC_F32, JAXC_SHAPE(N)),
                                 jaxc_array(starts, JAXC_I32, JAXC_SHAPE(WINDOWS, 1)),
                                 jaxc_array(windows, JAXC_F32, JAXC_SHAPE(WINDOWS, WIDTH)));
        const float *data = jaxc_data(y);
        ck_assert_msg(data != NULL, "%s", jaxc_error());
        ck_assert(memcmp(data, want, sizeof want) == 0);
    }
    jx_threads_set(0);
}
END_TEST

/* Rows and single elements, added or replaced, many to one place. */
static void check_rows(int n, int width, int many, bool adds)
{
    float *x = calloc((size_t)(n * width), sizeof *x),
          *want = calloc((size_t)(n * width), sizeof *x);
    float *values = calloc((size_t)(many * width), sizeof *values);
    int32_t *rows = calloc((size_t)many, sizeof *rows);
    for (int i = 0; i < n * width; i++)
        want[i] = x[i] = drawn(0, i);
    for (int j = 0; j < many; j++) {
        rows[j] = (int32_t)(next() % (uint32_t)n);
        for (int i = 0; i < width; i++) {
            float *to = &want[rows[j] * width + i], v = drawn(0, i);
            values[j * width + i] = v;
            *to = adds ? *to + v : v;
        }
    }
    for (int threads = 1; threads <= 3; threads++) {
        JAXC_SCOPE;
        jx_threads_set(threads);
        jaxc_fn f = adds ? jaxc_jit(add_rows) : jaxc_jit(set_rows);
        bool flat = width == 1;
        jaxc_value y = jaxc_call(
            f, jaxc_array(x, JAXC_F32, flat ? JAXC_SHAPE(n) : JAXC_SHAPE(n, width)),
            jaxc_array(rows, JAXC_I32, JAXC_SHAPE(many)),
            jaxc_array(values, JAXC_F32, flat ? JAXC_SHAPE(many) : JAXC_SHAPE(many, width)));
        const float *data = jaxc_data(y);
        ck_assert_msg(data != NULL, "%s", jaxc_error());
        ck_assert_msg(memcmp(data, want, (size_t)(n * width) * sizeof *want) == 0,
                      "%d to %d rows of %d, %d threads", many, n, width, threads);
    }
    jx_threads_set(0);
    free(x);
    free(want);
    free(values);
    free(rows);
}

START_TEST(scatters_have_the_same_bits_for_any_number_of_threads)
{
    seed();
    for (int adds = 0; adds < 2; adds++) {
        check_rows(1000, 64, 5000, adds);
        check_rows(7, 130, 3000, adds);
        check_rows(1, 500, 1000, adds);
        check_rows(5000, 1, 60000, adds);
        check_rows(10, 3, 20000, adds);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("routines");
    TCase *tc = tcase_create("sorts");
    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, sorts_of_every_length_are_stable);
    tcase_add_test(tc, sorts_along_strides_and_in_place_are_sorts);
    tcase_add_test(tc, two_keys_of_a_long_row_are_one_order);
    suite_add_tcase(suite, tc);
    tc = tcase_create("scatters");
    tcase_add_test(tc, windows_that_overlap_are_added_in_their_order);
    tcase_add_test(tc, scatters_have_the_same_bits_for_any_number_of_threads);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
