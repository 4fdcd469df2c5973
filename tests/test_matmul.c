/*
 * The matrix product against a loop in double over random sizes, strides, layouts, dtypes and
 * lanes, for every instruction set. Most data are small integers, so that every order of summation
 * gives the same bits and results compare exactly.
 */
#include "backend/cpu/matmul.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t seed;

static uint64_t bits(void)
{
    seed ^= seed << 13; /* xorshift64, Marsaglia 2003 */
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}
static int64_t below(int64_t n) { return (int64_t)(bits() % (uint64_t)n); }
static int64_t between(int64_t low, int64_t high) { return low + below(high - low + 1); }

enum { A, B, C };

/* One product: the spec, its three arrays, and what the epilogue saw. */
struct job {
    struct jx_matmul_spec spec;
    struct jx_matmul plan;
    unsigned char *memory[3];
    int64_t origin[3], n_elements[3]; /* of memory; where index 0 lies */
    jaxc_dtype dtypes[3];
    int64_t n[JX_MATMUL_N_LISTS];
    void *scratch;
    unsigned char *seen; /* times the epilogue met each element, in order of (batch, m, n) */
    bool tiles_ok;
};

static int size_of(jaxc_dtype d) { return (int)jx_dtype_info(d)->size; }

static int64_t *stride_of(struct jx_matmul_axis *axis, int array)
{
    return array == A ? &axis->a : array == B ? &axis->b : &axis->c;
}

static bool has(int array, int list)
{
    return list == JX_MATMUL_B || (list == JX_MATMUL_M && array != B) ||
           (list == JX_MATMUL_N && array != A) || (list == JX_MATMUL_K && array != C);
}

/* Gives an array's axes strides: a random order of axes, random gaps, some reversed, some of an
 * operand 0. */
static void lay_out(struct job *j, int array, bool plain)
{
    struct jx_matmul_axis *axes[64];
    int n = 0;
    for (int list = 0; list < JX_MATMUL_N_LISTS; list++)
        for (int i = 0; i < j->spec.n_axes[list]; i++)
            if (has(array, list))
                axes[n++] = &j->spec.axes[list][i];
    for (int i = n - 1; i > 0 && !(plain && below(2)); i--) {
        int k = (int)below(i + 1);
        struct jx_matmul_axis *t = axes[i];
        axes[i] = axes[k], axes[k] = t;
    }
    int64_t stride = 1;
    j->origin[array] = 0;
    for (int i = n - 1; i >= 0; i--) {
        int64_t *s = stride_of(axes[i], array);
        if (!plain && below(6) == 0)
            stride += below(5); /* a gap */
        *s = stride;
        if (array != C && below(30) == 0) {
            *s = 0;
            continue;
        }
        if (!plain && below(12) == 0 && axes[i]->size > 0) {
            *s = -stride;
            j->origin[array] += stride * (axes[i]->size - 1);
        }
        stride *= axes[i]->size > 0 ? axes[i]->size : 1;
    }
    j->n_elements[array] = stride + 64; /* the end of what a padded operand may be read to */
}

static void put(void *p, jaxc_dtype d, int64_t i, int64_t v)
{
    union jx_scalar s;
    if (jx_is_float(d))
        s.f = (double)v;
    else
        s.i = v; /* unsigned shares the bits */
    jx_scalar_store((char *)p + i * size_of(d), d, s);
}

static double real(jaxc_dtype d, const void *p, int64_t i)
{
    union jx_scalar s = jx_scalar_load((const char *)p + i * size_of(d), d);
    return jx_is_float(d)                                  ? s.f
           : jx_dtype_info(d)->category == JX_CAT_UNSIGNED ? (double)s.u
                                                           : (double)s.i;
}

static uint64_t whole(jaxc_dtype d, const void *p, int64_t i)
{
    return jx_scalar_load((const char *)p + i * size_of(d), d).u;
}

/* Where point i of a list lies in an array. */
static int64_t offset(const struct job *j, int list, int array, int64_t i)
{
    int64_t sum = 0;
    for (int k = j->spec.n_axes[list] - 1; k >= 0; k--) {
        struct jx_matmul_axis axis = j->spec.axes[list][k];
        sum += i % axis.size * *stride_of(&axis, array);
        i /= axis.size;
    }
    return sum;
}

static void check_tile(void *ctx, const struct jx_matmul_tile *t)
{
    struct job *j = ctx;
    int size = size_of(j->spec.dtype);
    if (t->m < 1 || t->n < 1 || t->m0 < 0 || t->n0 < 0 || t->m0 + t->m > j->n[JX_MATMUL_M] ||
        t->n0 + t->n > j->n[JX_MATMUL_N] ||
        (j->plan.lanes == JX_LANES_N ? t->stride_n : t->stride_m) != 1 ||
        (j->plan.lanes == JX_LANES_N ? t->n : t->m) > j->plan.tile_lanes ||
        (j->plan.lanes == JX_LANES_N ? t->m : t->n) > j->plan.tile_rows ||
        (j->plan.lanes == JX_LANES_N ? t->stride_m : t->stride_n) != j->plan.tile_lanes) {
        j->tiles_ok = false;
        return;
    }
    for (int64_t m = 0; m < t->m; m++)
        for (int64_t n = 0; n < t->n; n++) {
            int64_t b = t->batch, mm = t->m0 + m, nn = t->n0 + n;
            j->seen[(b * j->n[JX_MATMUL_M] + mm) * j->n[JX_MATMUL_N] + nn]++;
            char *from = (char *)t->data + (m * t->stride_m + n * t->stride_n) * size;
            memcpy(j->memory[C] + (j->origin[C] + offset(j, JX_MATMUL_B, C, b) +
                                   offset(j, JX_MATMUL_M, C, mm) + offset(j, JX_MATMUL_N, C, nn)) *
                                      size,
                   from, (size_t)size);
            memset(from, 0x5a, (size_t)size); /* the tile is the epilogue's */
        }
}

static void run_part(void *ctx, struct jx_team *team, int thread)
{
    struct job *j = ctx;
    struct jx_matmul_call call = {
        .a = j->memory[A] + j->origin[A] * size_of(j->dtypes[A]),
        .b = j->memory[B] + j->origin[B] * size_of(j->dtypes[B]),
        .c = j->spec.epilogue ? NULL : j->memory[C] + j->origin[C] * size_of(j->dtypes[C]),
        .scratch = j->scratch,
        .epilogue = j->spec.epilogue ? check_tile : NULL,
        .ctx = j};
    jx_matmul_run(&j->plan, &call, team, thread);
}

/* Bytes the kernels may not touch surround the scratch and C. */
static void run_job(struct job *j, int threads)
{
    int64_t points = j->n[JX_MATMUL_B] * j->n[JX_MATMUL_M] * j->n[JX_MATMUL_N];
    j->seen = calloc((size_t)points + 1, 1);
    j->tiles_ok = true;
    size_t bytes = j->plan.scratch;
    j->scratch = aligned_alloc(64, (bytes + 64) / 64 * 64 + 64);
    memset(j->scratch, 0xff, bytes + 64); /* NaN */
    memset(j->memory[C], 0xa5, (size_t)(j->n_elements[C] * size_of(j->dtypes[C])));
    jx_parallel(threads, run_part, j);
    for (int i = 0; i < 64; i++)
        ck_assert_int_eq(((unsigned char *)j->scratch)[bytes + (size_t)i], 0xff);
    if (j->spec.epilogue) {
        ck_assert(j->tiles_ok);
        for (int64_t i = 0; i < points; i++)
            if (j->seen[i] != 1)
                ck_abort_msg("element %" PRId64 " met %d times", i, j->seen[i]);
    }
    free(j->scratch);
    free(j->seen);
}

static char what[400]; /* the job in words, for messages */

static void describe(const struct job *j)
{
    const struct jx_matmul *p = &j->plan;
    snprintf(what, sizeof what,
             "%s: b %" PRId64 " m %" PRId64 " n %" PRId64 " k %" PRId64
             " of %s %s to %s, lanes %d%s way %d rows %s across %s epilogue %d",
             jx_isa_name(jx_isa()), j->n[0], j->n[1], j->n[2], j->n[3],
             jx_dtype_info(j->dtypes[A])->name, jx_dtype_info(j->dtypes[B])->name,
             jx_dtype_info(j->dtypes[C])->name, (int)p->lanes, p->turned ? " turned" : "",
             (int)p->way, p->rows.packed ? "packed" : "direct",
             p->across.packed ? "packed" : "direct", j->spec.epilogue);
}

static void check_element(const struct job *j, int64_t b, int64_t m, int64_t n)
{
    int64_t a0 = j->origin[A] + offset(j, JX_MATMUL_B, A, b) + offset(j, JX_MATMUL_M, A, m);
    int64_t b0 = j->origin[B] + offset(j, JX_MATMUL_B, B, b) + offset(j, JX_MATMUL_N, B, n);
    int64_t c0 = j->origin[C] + offset(j, JX_MATMUL_B, C, b) + offset(j, JX_MATMUL_M, C, m) +
                 offset(j, JX_MATMUL_N, C, n);
    double sum = 0;
    uint64_t sum_u = 0;
    bool is_float = jx_is_float(j->dtypes[C]);
    for (int64_t k = 0; k < j->n[JX_MATMUL_K]; k++) {
        int64_t ak = a0 + offset(j, JX_MATMUL_K, A, k), bk = b0 + offset(j, JX_MATMUL_K, B, k);
        if (is_float)
            sum += real(j->dtypes[A], j->memory[A], ak) * real(j->dtypes[B], j->memory[B], bk);
        else
            sum_u += whole(j->dtypes[A], j->memory[A], ak) * whole(j->dtypes[B], j->memory[B], bk);
    }
    bool ok;
    if (is_float) {
        ok = real(j->dtypes[C], j->memory[C], c0) == sum;
    } else {
        unsigned char expected[8];
        if (j->dtypes[C] == JAXC_BOOL)
            expected[0] = sum_u != 0;
        else
            memcpy(expected, &sum_u, 8); /* little end first: the low bytes */
        ok = memcmp(expected, j->memory[C] + c0 * size_of(j->dtypes[C]),
                    (size_t)size_of(j->dtypes[C])) == 0;
    }
    if (!ok)
        ck_abort_msg("seed %" PRIu64 " %s: element %" PRId64 ", %" PRId64 ", %" PRId64
                     " is %g, not %g",
                     seed, what, b, m, n, real(j->dtypes[C], j->memory[C], c0),
                     is_float ? sum : (double)sum_u);
}

static void allocate(struct job *j)
{
    j->dtypes[A] = j->spec.a_dtype ? j->spec.a_dtype : j->spec.dtype;
    j->dtypes[B] = j->spec.b_dtype ? j->spec.b_dtype : j->spec.dtype;
    j->dtypes[C] = j->spec.dtype;
    for (int list = 0; list < JX_MATMUL_N_LISTS; list++) {
        j->n[list] = 1;
        for (int i = 0; i < j->spec.n_axes[list]; i++)
            j->n[list] *= j->spec.axes[list][i].size;
    }
    for (int array = 0; array < 3; array++) {
        jaxc_dtype d = j->dtypes[array];
        int64_t n = j->n_elements[array];
        j->memory[array] = aligned_alloc(64, ((size_t)(n * size_of(d)) + 63) / 64 * 64);
        for (int64_t i = 0; i < n; i++) {
            bool is_signed = jx_is_float(d) || jx_dtype_info(d)->category == JX_CAT_SIGNED;
            put(j->memory[array], d, i,
                d == JAXC_BOOL ? below(8) == 0
                : is_signed    ? between(-4, 4)
                               : between(0, 9));
        }
    }
}

static void release(struct job *j)
{
    for (int array = 0; array < 3; array++)
        free(j->memory[array]);
}

/* Runs it on 1, 2 and 3 threads; all elements, or as many as the budget of multiply-adds allows;
 * none if it is negative. */
static void check_job(struct job *j, double budget)
{
    ck_assert(jx_matmul_plan(&j->plan, &j->spec));
    describe(j);
    int64_t bytes = j->n_elements[C] * size_of(j->dtypes[C]);
    unsigned char *first = malloc((size_t)bytes);
    for (int threads = 1; threads <= 3; threads++) {
        run_job(j, threads);
        if (threads == 1)
            memcpy(first, j->memory[C], (size_t)bytes);
        else if (memcmp(first, j->memory[C], (size_t)bytes) != 0)
            ck_abort_msg("%s: other bits on %d threads", what, threads);
    }
    free(first);
    int64_t nb = j->n[JX_MATMUL_B], nm = j->n[JX_MATMUL_M], nn = j->n[JX_MATMUL_N];
    double points = (double)nb * (double)nm * (double)nn, each = (double)(j->n[JX_MATMUL_K] + 1);
    if (points == 0 || budget < 0)
        return;
    if (points * each <= budget) {
        for (int64_t b = 0; b < nb; b++)
            for (int64_t m = 0; m < nm; m++)
                for (int64_t n = 0; n < nn; n++)
                    check_element(j, b, m, n);
    } else {
        for (double spent = 0; spent < budget; spent += each)
            check_element(j, below(nb), below(nm), below(nn));
        check_element(j, nb - 1, nm - 1, nn - 1);
    }
}

/* ---- random products ------------------------------------------------------------------------- */

static int64_t random_size(int64_t most)
{
    static const int64_t likely[] = {1,  1,  2,  3,  7,  8,  9,  10, 15,  16, 17,
                                     31, 32, 33, 48, 63, 64, 65, 96, 100, 128};
    int64_t n =
        below(3) ? likely[below((int64_t)(sizeof likely / sizeof *likely))] : 1 + below(most);
    return below(60) == 0 ? 0 : n < most ? n : most;
}

static void random_list(struct job *j, int list, int64_t size, int most_axes)
{
    int n = 0;
    while (most_axes > 1 && below(3) == 0 && size > 1) { /* split off a divisor */
        int64_t d = 2 + below(4);
        if (size % d)
            break;
        j->spec.axes[list][n++].size = d;
        size /= d;
        most_axes--;
    }
    if (size != 1 || below(2))
        j->spec.axes[list][n++].size = size;
    j->spec.n_axes[list] = n;
}

static void random_job(struct job *j)
{
    memset(j, 0, sizeof *j);
    static const jaxc_dtype floats[] = {JAXC_F32, JAXC_F64};
    static const jaxc_dtype integers[] = {JAXC_BOOL, JAXC_U8,  JAXC_U16, JAXC_U32, JAXC_U64,
                                          JAXC_I8,   JAXC_I16, JAXC_I32, JAXC_I64};
    bool is_float = below(3) != 0;
    j->spec.dtype = is_float ? floats[below(2)] : integers[below(9)];
    if (below(4) == 0)
        j->spec.a_dtype = is_float && below(4) == 0 ? floats[below(2)] : integers[below(9)];
    if (below(4) == 0)
        j->spec.b_dtype = is_float && below(4) == 0 ? floats[below(2)] : integers[below(9)];
    if (j->spec.dtype == JAXC_BOOL)
        j->spec.a_dtype = j->spec.b_dtype = 0;
    int64_t m = random_size(200), n = random_size(200), k = random_size(below(8) ? 100 : 3000);
    int64_t batch = below(3) ? 1 : random_size(9);
    random_list(j, JX_MATMUL_B, batch, 3);
    random_list(j, JX_MATMUL_M, m, 3);
    random_list(j, JX_MATMUL_N, n, 3);
    random_list(j, JX_MATMUL_K, k, 4);
    bool plain = below(2);
    for (int array = 0; array < 3; array++)
        lay_out(j, array, plain);
    j->spec.epilogue = below(2);
    j->spec.lanes = below(3) ? JX_LANES_ANY : below(2) ? JX_LANES_M : JX_LANES_N;
    j->spec.a_padded = j->spec.b_padded = plain && below(4) == 0;
}

static int scale(void)
{
    const char *text = getenv("JAXC_TEST_SCALE");
    int n = text ? atoi(text) : 1;
    return n < 1 ? 1 : n;
}

START_TEST(random_products_agree_with_a_loop)
{
    enum jx_isa isa = jx_isa_limit((enum jx_isa)_i);
    if ((int)isa != _i)
        return; /* this processor does not have it */
    for (int round = 0; round < 1000 * scale(); round++) {
        struct job j;
        random_job(&j);
        allocate(&j);
        check_job(&j, 4e4);
        release(&j);
    }
}
END_TEST

/* ---- chosen products ------------------------------------------------------------------------- */

static void add_axis(struct job *j, int list, int64_t size, int64_t a, int64_t b, int64_t c)
{
    j->spec.axes[list][j->spec.n_axes[list]++] = (struct jx_matmul_axis){size, a, b, c};
}

static void check_plain(int64_t m, int64_t n, int64_t k, bool a_across, bool b_across,
                        jaxc_dtype dtype)
{
    struct job j = {.spec = {.dtype = dtype}};
    add_axis(&j, JX_MATMUL_M, m, a_across ? 1 : k, 0, n);
    add_axis(&j, JX_MATMUL_N, n, 0, b_across ? k : 1, 1);
    add_axis(&j, JX_MATMUL_K, k, a_across ? m : 1, b_across ? 1 : n, 0);
    j.n_elements[A] = m * k, j.n_elements[B] = k * n, j.n_elements[C] = m * n;
    allocate(&j);
    for (int epilogue = 0; epilogue < 2; epilogue++)
        for (int lanes = 0; lanes < 3; lanes++) {
            j.spec.epilogue = epilogue;
            j.spec.lanes = (enum jx_matmul_lanes)lanes;
            check_job(&j, 5e4);
        }
    release(&j);
}

START_TEST(large_products_in_several_phases_are_whole)
{
    jx_isa_limit((enum jx_isa)_i);
    check_plain(70, 90, 10001, true, true, JAXC_F32);    /* k in parts */
    check_plain(2100, 1100, 5000, true, true, JAXC_F32); /* k, rows and lanes in parts */
    check_plain(5000, 40, 3000, true, false, JAXC_F32);  /* rows in parts */
    check_plain(40, 3000, 2500, false, true, JAXC_F64);  /* lanes in parts */
}
END_TEST

START_TEST(products_with_few_rows_are_right)
{
    jx_isa_limit((enum jx_isa)_i);
    for (int64_t few = 1; few <= 9; few++)
        for (int across = 0; across < 2; across++) {
            check_plain(few, 1003, 517, false, across, few % 2 ? JAXC_F32 : JAXC_F64);
            check_plain(517, few, 1003, across, true, few % 2 ? JAXC_F32 : JAXC_F64);
            check_plain(few, 2048, 4100, false, across, JAXC_F32);
        }
}
END_TEST

/* W[out, in] in panels over out; each of its three products in a dense layer must read or write it
 * as it lies. */
START_TEST(weights_in_panels_are_never_packed)
{
    jx_isa_limit((enum jx_isa)_i);
    const int64_t batch = 96, in = 72, width = jx_matmul_panel(JAXC_F32), panels = 8,
                  out = panels * width;
    for (int epilogue = 0; epilogue < 2; epilogue++) {
        struct job forward = {
            .spec = {.dtype = JAXC_F32, .epilogue = epilogue}}; /* y[b, o] = x[b, i] W[o, i] */
        add_axis(&forward, JX_MATMUL_M, batch, in, 0, out);
        add_axis(&forward, JX_MATMUL_N, panels, 0, in * width, width);
        add_axis(&forward, JX_MATMUL_N, width, 0, 1, 1);
        add_axis(&forward, JX_MATMUL_K, in, 1, width, 0);
        forward.n_elements[A] = batch * in, forward.n_elements[B] = in * out,
        forward.n_elements[C] = batch * out;
        allocate(&forward);
        check_job(&forward, 1e9);
        ck_assert_int_eq(forward.plan.scratch, 0);
        ck_assert_int_eq(forward.plan.lanes, JX_LANES_N);
        release(&forward);

        struct job weights = {
            .spec = {.dtype = JAXC_F32, .epilogue = epilogue}}; /* dW[o, i] = x[b, i] dy[b, o] */
        add_axis(&weights, JX_MATMUL_M, in, 1, 0, width);
        add_axis(&weights, JX_MATMUL_N, panels, 0, width, in * width);
        add_axis(&weights, JX_MATMUL_N, width, 0, 1, 1);
        add_axis(&weights, JX_MATMUL_K, batch, in, out, 0);
        weights.n_elements[A] = batch * in, weights.n_elements[B] = batch * out,
        weights.n_elements[C] = in * out;
        allocate(&weights);
        check_job(&weights, 1e9);
        ck_assert_int_eq(weights.plan.lanes, JX_LANES_N); /* tiles are runs of the panels */
        release(&weights);

        struct job inputs = {
            .spec = {.dtype = JAXC_F32, .epilogue = epilogue}}; /* dx[b, i] = dy[b, o] W[o, i] */
        add_axis(&inputs, JX_MATMUL_M, batch, out, 0, in);
        add_axis(&inputs, JX_MATMUL_N, in, 0, width, 1);
        add_axis(&inputs, JX_MATMUL_K, panels, width, in * width, 0);
        add_axis(&inputs, JX_MATMUL_K, width, 1, 1, 0);
        inputs.n_elements[A] = batch * out, inputs.n_elements[B] = in * out,
        inputs.n_elements[C] = batch * in;
        allocate(&inputs);
        check_job(&inputs, 1e9);
        inputs.spec.lanes = JX_LANES_M;
        check_job(&inputs, 1e9);
        ck_assert(!inputs.plan.rows.packed);
        release(&inputs);
    }
}
END_TEST

START_TEST(fractions_give_the_same_bits_on_any_number_of_threads)
{
    jx_isa_limit((enum jx_isa)_i);
    struct job j = {.spec = {.dtype = JAXC_F32}};
    const int64_t m = 130, n = 75, k = 4097;
    add_axis(&j, JX_MATMUL_M, m, k, 0, n);
    add_axis(&j, JX_MATMUL_N, n, 0, 1, 1);
    add_axis(&j, JX_MATMUL_K, k, 1, n, 0);
    j.n_elements[A] = m * k, j.n_elements[B] = k * n, j.n_elements[C] = m * n;
    allocate(&j);
    double magnitude = 0;
    for (int64_t i = 0; i < m * k; i++)
        ((float *)(void *)j.memory[A])[i] = (float)below(1 << 20) / (1 << 20) - 0.5f;
    for (int64_t i = 0; i < k * n; i++)
        ((float *)(void *)j.memory[B])[i] = (float)below(1 << 20) / (1 << 20) - 0.5f;
    check_job(&j, -1);
    for (int64_t i = 0; i < m; i++) {
        const float *a = (float *)(void *)j.memory[A], *b = (float *)(void *)j.memory[B],
                    *c = (float *)(void *)j.memory[C];
        double sum = 0;
        for (int64_t p = 0; p < k; p++)
            sum += (double)a[i * k + p] * (double)b[p * n + i % n];
        double error = sum - (double)c[i * n + i % n];
        magnitude = error * error > magnitude ? error * error : magnitude;
    }
    ck_assert_double_lt(magnitude, 1e-8); /* of sums of about 4097^0.5 / 12 = 5 */
    release(&j);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused)
{
    struct jx_matmul plan;
    struct jx_matmul_spec spec = {.dtype = JAXC_F32, .n_axes = {0, 2, 1, 1}};
    spec.axes[JX_MATMUL_M][0] = (struct jx_matmul_axis){INT64_MAX / 2, 0, 0, 0};
    spec.axes[JX_MATMUL_M][1] = (struct jx_matmul_axis){3, 0, 0, 0};
    spec.axes[JX_MATMUL_N][0] = (struct jx_matmul_axis){3, 0, 0, 0};
    spec.axes[JX_MATMUL_K][0] = (struct jx_matmul_axis){3, 0, 0, 0};
    ck_assert(!jx_matmul_plan(&plan, &spec));
}
END_TEST

START_TEST(supports_says_which_dtypes_have_products)
{
    ck_assert(jx_matmul_supports(JAXC_F32, JAXC_U8, 0));
    ck_assert(jx_matmul_supports(JAXC_F64, JAXC_F32, JAXC_I64));
    ck_assert(jx_matmul_supports(JAXC_I8, 0, 0));
    ck_assert(jx_matmul_supports(JAXC_BOOL, JAXC_BOOL, JAXC_BOOL));
    ck_assert(!jx_matmul_supports(JAXC_I32, JAXC_F32, 0));
    ck_assert(!jx_matmul_supports(JAXC_F16, 0, 0));
    ck_assert(!jx_matmul_supports(JAXC_C64, 0, 0));
}
END_TEST

int main(void)
{
    const char *text = getenv("JAXC_TEST_SEED");
    seed = text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL) * 2654435761u + 1;
    seed = seed ? seed : 1;
    printf("seed %" PRIu64 "\n", seed);
    fflush(stdout);
    jx_threads_set(3);
    Suite *s = suite_create("matmul");
    TCase *c = tcase_create("products");
    tcase_set_timeout(c, 600);
    tcase_add_loop_test(c, random_products_agree_with_a_loop, 0, JX_N_ISAS);
    tcase_add_loop_test(c, large_products_in_several_phases_are_whole, 0, JX_N_ISAS);
    tcase_add_loop_test(c, products_with_few_rows_are_right, 0, JX_N_ISAS);
    tcase_add_loop_test(c, weights_in_panels_are_never_packed, 0, JX_N_ISAS);
    tcase_add_loop_test(c, fractions_give_the_same_bits_on_any_number_of_threads, 0, JX_N_ISAS);
    tcase_add_test(c, sizes_that_overflow_are_refused);
    tcase_add_test(c, supports_says_which_dtypes_have_products);
    suite_add_tcase(s, c);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
