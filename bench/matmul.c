/*
 * bench/matmul.c - matrix products: GF/s, and what part that is of the multiply-add peak measured
 * beside them; GB/s for products that read a matrix once.
 *
 * usage: matmul [seconds per row, 0.3]. JAXC_NUM_THREADS and JAXC_ISA choose threads and kernels.
 */
#include "backend/cpu/matmul.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds = 0.3;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct times {
    double best, median;
};

static struct times measure(void (*fn)(void *), void *ctx)
{
    enum { MOST = 5000 };
    static double times[MOST];
    int n = 0;
    fn(ctx);
    for (double end = now() + seconds; n < MOST && (n < 5 || now() < end); n++) {
        double t = now();
        fn(ctx);
        times[n] = now() - t;
    }
    qsort(times, (size_t)n, sizeof *times, by_value);
    return (struct times){times[0], times[n / 2]};
}

/* ---- the peak -------------------------------------------------------------------------------- */

/* 12 independent chains of multiply-adds, which is what the latency of any of these processors
 * needs. */
#define PEAK(name, attributes, bytes, constraint, text)                                            \
    typedef float name##_vec __attribute__((vector_size(bytes)));                                  \
    attributes static void name(int64_t n)                                                         \
    {                                                                                              \
        name##_vec x = {0}, s[12] = {x};                                                           \
        for (int64_t k = 0; k < n; k++) {                                                          \
            _Pragma("GCC unroll 12") for (int i = 0; i < 12; i++) __asm__ volatile(                \
                text : "+" constraint(s[i]) : constraint(x));                                      \
        }                                                                                          \
    }
#if defined(__x86_64__)
PEAK(peak_avx512, __attribute__((target("avx512f,fma"))), 64, "v", "vfmadd231ps %1, %1, %0")
PEAK(peak_avx2, __attribute__((target("avx2,fma"))), 32, "x", "vfmadd231ps %1, %1, %0")
PEAK(peak_baseline, , 16, "x", "mulps %1, %0\n\taddps %1, %0")
#elif defined(__aarch64__)
PEAK(peak_baseline, , 16, "w", "fmla %0.4s, %1.4s, %1.4s")
#endif

#define PEAK_ROUNDS 200000

static void peak_part(void *ctx, struct jx_team *team, int thread)
{
    (void)ctx, (void)team, (void)thread;
#if defined(__x86_64__)
    if (jx_isa() == JX_ISA_AVX512)
        peak_avx512(PEAK_ROUNDS);
    else if (jx_isa() == JX_ISA_AVX2)
        peak_avx2(PEAK_ROUNDS);
    else
        peak_baseline(PEAK_ROUNDS);
#elif defined(__aarch64__)
    peak_baseline(PEAK_ROUNDS);
#endif
}

static void peak_call(void *ctx) { jx_parallel(*(int *)ctx, peak_part, NULL); }

/* f32 operations a second of all threads together. */
static double peak(void)
{
    int threads = jx_threads();
    double lanes = jx_matmul_panel(JAXC_F32) / 2.0;
    return 12.0 * 2 * lanes * PEAK_ROUNDS * threads / measure(peak_call, &threads).best;
}

/* ---- products -------------------------------------------------------------------------------- */

enum { MOST_STEPS = 8 };

/* Products one after the other in one region. */
struct job {
    int n;
    struct jx_matmul plan[MOST_STEPS];
    struct jx_matmul_call call[MOST_STEPS];
    double flops, bytes;
};

static void *memory(size_t bytes, bool random)
{
    float *p = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
    if (!p)
        exit(1);
    for (size_t i = 0; i < (bytes + 3) / 4; i++)
        p[i] = random ? (float)rand() / (float)RAND_MAX - 0.5f : 0;
    return p;
}

static void add(struct job *job, const struct jx_matmul_spec *spec, const void *a, const void *b,
                void *c)
{
    int i = job->n++;
    if (!jx_matmul_plan(&job->plan[i], spec))
        exit(1);
    job->call[i] = (struct jx_matmul_call){.a = a, .b = b, .c = c};
    job->call[i].scratch = memory(job->plan[i].scratch, false);
    double points = 1;
    for (int list = 0; list < JX_MATMUL_N_LISTS; list++)
        for (int k = 0; k < spec->n_axes[list]; k++)
            points *= (double)spec->axes[list][k].size;
    job->flops += 2 * points;
}

static void job_part(void *ctx, struct jx_team *team, int thread)
{
    struct job *job = ctx;
    for (int i = 0; i < job->n; i++) {
        jx_matmul_run(&job->plan[i], &job->call[i], team, thread);
        jx_team_barrier(team);
    }
}

static void job_call(void *ctx) { jx_parallel(jx_threads(), job_part, ctx); }

static void report(const char *name, struct job *job, double f32_lanes, double peak_rate)
{
    struct times t = measure(job_call, job);
    printf("%-34s %10.1f %10.1f us %7.1f GF/s %5.1f%%", name, 1e6 * t.best, 1e6 * t.median,
           1e-9 * job->flops / t.best, 100 * job->flops / t.best / (peak_rate * f32_lanes));
    if (job->bytes > 0)
        printf(" %7.1f GB/s", 1e-9 * job->bytes / t.best);
    printf("\n");
    fflush(stdout);
}

/* Turned operands are stored as their transposes. */
static void plain(const char *name, jaxc_dtype dtype, int64_t batch, int64_t m, int64_t n,
                  int64_t k, bool a_turned, bool b_turned, double peak_rate)
{
    struct job job = {0};
    struct jx_matmul_spec spec = {.dtype = dtype, .n_axes = {1, 1, 1, 1}};
    spec.axes[JX_MATMUL_B][0] = (struct jx_matmul_axis){batch, m * k, k * n, m * n};
    spec.axes[JX_MATMUL_M][0] = (struct jx_matmul_axis){m, a_turned ? 1 : k, 0, n};
    spec.axes[JX_MATMUL_N][0] = (struct jx_matmul_axis){n, 0, b_turned ? k : 1, 1};
    spec.axes[JX_MATMUL_K][0] = (struct jx_matmul_axis){k, a_turned ? m : 1, b_turned ? 1 : n, 0};
    size_t size = jx_dtype_info(dtype)->size;
    void *a = memory((size_t)(batch * m * k) * size, true),
         *b = memory((size_t)(batch * k * n) * size, true);
    void *c = memory((size_t)(batch * m * n) * size, false);
    add(&job, &spec, a, b, c);
    if (m == 1 || n == 1)
        job.bytes = (double)(batch * (m * k + k * n + m * n)) * (double)size;
    report(name, &job, dtype == JAXC_F64 ? 0.5 : 1, peak_rate);
    free(job.call[0].scratch), free(a), free(b), free(c);
}

/* The eight products of one training step of an MLP 784-512-512-10 on 128 images, weights in
 * panels, activations and their gradients row-major, each result written as the next product or
 * update wants it. */
static void flagship(double peak_rate)
{
    enum { BATCH = 128 };
    const int64_t sizes[] = {784, 512, 512, 10}, width = jx_matmul_panel(JAXC_F32);
    float *x[4], *d[4], *w[4], *dw[4];
    struct job all = {0}, one;
    static const char *const names[] = {"forward", "weight gradient", "activation gradient"};
    for (int l = 0; l < 4; l++) {
        x[l] = memory((size_t)(BATCH * sizes[l]) * 4, true);
        d[l] = memory((size_t)(BATCH * sizes[l]) * 4, true);
        int64_t out = l ? (sizes[l] + width - 1) / width * width : 0, in = l ? sizes[l - 1] : 0;
        w[l] = memory((size_t)(out * in) * 4, true);
        dw[l] = memory((size_t)(out * in) * 4, true);
    }
    for (int pass = 0; pass < 3; pass++)
        for (int step = 1; step <= 3; step++) {
            int l = pass == 0 ? step : 4 - step;
            if (pass == 2 && l == 1)
                continue;
            int64_t in = sizes[l - 1], out = sizes[l], panels = out > width ? out / width : 1;
            int64_t wide = out > width ? width : out;
            struct jx_matmul_spec s = {.dtype = JAXC_F32};
            const float *a = pass == 0   ? x[l - 1]
                             : pass == 1 ? x[l - 1]
                                         : d[l],
                        *b = pass == 1 ? d[l] : w[l];
            float *c = pass == 0 ? x[l] : pass == 1 ? dw[l] : d[l - 1];
            struct jx_matmul_axis *m = s.axes[JX_MATMUL_M], *n = s.axes[JX_MATMUL_N],
                                  *k = s.axes[JX_MATMUL_K];
            s.n_axes[JX_MATMUL_M] = s.n_axes[JX_MATMUL_N] = s.n_axes[JX_MATMUL_K] = 1;
            if (pass == 0) { /* x[b, i] W[o, i] */
                s.n_axes[JX_MATMUL_N] = 2;
                s.b_padded = true;
                m[0] = (struct jx_matmul_axis){BATCH, in, 0, out};
                n[0] = (struct jx_matmul_axis){panels, 0, in * width, width};
                n[1] = (struct jx_matmul_axis){wide, 0, 1, 1};
                k[0] = (struct jx_matmul_axis){in, 1, width, 0};
            } else if (pass == 1) { /* x[b, i] d[b, o], to the panels of W */
                s.n_axes[JX_MATMUL_N] = 2;
                m[0] = (struct jx_matmul_axis){in, 1, 0, width};
                n[0] = (struct jx_matmul_axis){panels, 0, width, in * width};
                n[1] = (struct jx_matmul_axis){wide, 0, 1, 1};
                k[0] = (struct jx_matmul_axis){BATCH, in, out, 0};
            } else { /* d[b, o] W[o, i] */
                s.n_axes[JX_MATMUL_K] = 2;
                m[0] = (struct jx_matmul_axis){BATCH, out, 0, in};
                n[0] = (struct jx_matmul_axis){in, 0, width, 1};
                k[0] = (struct jx_matmul_axis){panels, width, in * width, 0};
                k[1] = (struct jx_matmul_axis){wide, 1, 1, 0};
            }
            add(&all, &s, a, b, c);
            one = (struct job){0};
            add(&one, &s, a, b, c);
            char name[64];
            const struct jx_matmul *p = &one.plan[0];
            snprintf(name, sizeof name, "  %s %d %s%s%s", names[pass], l,
                     p->lanes == JX_LANES_M ? "M" : "N", p->rows.packed ? " rows" : "",
                     p->across.packed ? " lanes" : "");
            report(name, &one, 1, peak_rate);
            free(one.call[0].scratch);
        }
    report("flagship: the eight in sequence", &all, 1, peak_rate);
    for (int i = 0; i < all.n; i++)
        free(all.call[i].scratch);
    for (int l = 0; l < 4; l++)
        free(x[l]), free(d[l]), free(w[l]), free(dw[l]);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seconds = atof(argv[1]);
    double rate = peak();
    printf("%d threads, %s: multiply-add peak %.1f GF/s of f32\n", jx_threads(),
           jx_isa_name(jx_isa()), 1e-9 * rate);
    printf("%-34s %10s %10s    of the best: rate, part of the peak\n", "", "best", "median");
    flagship(rate);
    static const int64_t squares[] = {64, 128, 256, 512, 1000, 1024, 2048};
    for (size_t i = 0; i < sizeof squares / sizeof *squares; i++) {
        char name[64];
        int64_t n = squares[i];
        snprintf(name, sizeof name, "%d square", (int)n);
        plain(name, JAXC_F32, 1, n, n, n, false, false, rate);
    }
    plain("1024 square, a turned", JAXC_F32, 1, 1024, 1024, 1024, true, false, rate);
    plain("1024 square, b turned", JAXC_F32, 1, 1024, 1024, 1024, false, true, rate);
    plain("1024 square, both turned", JAXC_F32, 1, 1024, 1024, 1024, true, true, rate);
    plain("1024 square f64", JAXC_F64, 1, 1024, 1024, 1024, false, false, rate);
    plain("1024 square i32", JAXC_I32, 1, 1024, 1024, 1024, false, false, rate);
    plain("64 of 64 square", JAXC_F32, 64, 64, 64, 64, false, false, rate);
    plain("64 of 64 square, b turned", JAXC_F32, 64, 64, 64, 64, false, true, rate);
    plain("1000 of 10 square", JAXC_F32, 1000, 10, 10, 10, false, false, rate);
    plain("128 x 10 x 512, b turned", JAXC_F32, 1, 128, 10, 512, false, true, rate);
    plain("10 x 512 x 128, a turned", JAXC_F32, 1, 10, 512, 128, true, false, rate);
    plain("4 x 4096 x 4096", JAXC_F32, 1, 4, 4096, 4096, false, false, rate);
    plain("4 x 4096 x 4096, b turned", JAXC_F32, 1, 4, 4096, 4096, false, true, rate);
    plain("matrix-vector 4096", JAXC_F32, 1, 4096, 1, 4096, false, false, rate);
    plain("vector-matrix 4096", JAXC_F32, 1, 1, 4096, 4096, false, false, rate);
    plain("matrix-vector 512", JAXC_F32, 1, 512, 1, 512, false, false, rate);
    plain("vector-matrix 512", JAXC_F32, 1, 1, 512, 512, false, false, rate);
    plain("outer 2048", JAXC_F32, 1, 2048, 2048, 1, false, false, rate);
    return 0;
}
