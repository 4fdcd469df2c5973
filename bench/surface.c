/*
 * bench/surface.c - the array surface: jitted calls on the CPU, one case a row.
 *
 *     surface [substring of a name]    a table of our times
 *     surface --list                   for bench/peers.py: names, the operands of each, and the bytes
 *                                      that have to move
 *     surface --window                 for bench/peers.py: on each line, the name of a case or "copy"
 *                                      and a number of bytes, runs a window of it and prints
 *                                      microseconds a call
 *
 * A case is a function of arrays that `operands` tells of: a dtype, a shape, and for integers the
 * number that they stay below, parted by semicolons. bench/peers/surface_jax.py has the same names
 * and fills the same numbers in.
 */
#include "backend/cpu/isa.h"
#include "backend/cpu/threads.h"

#include <jaxc/jaxc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

/* ---- what is measured ------------------------------------------------------------------------ */

typedef jaxc_value V;

#define ALONG(name, call)                                                                          \
    static V name##_0(V x) { return call(x, JAXC_AXIS(0)); }                                       \
    static V name##_1(V x) { return call(x, JAXC_AXIS(1)); }
#define ALONG_EACH(ROW)                                                                            \
    ROW(argmax, jaxc_argmax)                                                                       \
    ROW(max, jaxc_max)                                                                             \
    ROW(min, jaxc_min)                                                                             \
    ROW(sum, jaxc_sum)                                                                             \
    ROW(mean, jaxc_mean)                                                                           \
    ROW(var, jaxc_var)                                                                             \
    ROW(logsumexp, jaxc_logsumexp)                                                                 \
    ROW(softmax, jaxc_nn_softmax)
ALONG_EACH(ALONG)
ALONG(cumsum, jaxc_cumsum)
ALONG(cumprod, jaxc_cumprod)

static V sort(V x) { return jaxc_sort(x); }
static V argsort(V x) { return jaxc_argsort(x); }
static V top_k(V x) { return jaxc_lax_top_k(x, 10, -1); }
static V cummax(V x) { return jaxc_lax_cummax(x, 0, false); }
static V cummax_1(V x) { return jaxc_lax_cummax(x, 1, false); }
static V take(V x, V i) { return jaxc_take(x, i, JAXC_AXIS(0)); }
static V scatter_add(V x, V i, V v) { return jaxc_at_add(x, JAXC_INDEX(i), v); }
static V embedding_sum(V x, V i, V v) { return jaxc_sum(jaxc_mul(take(x, i), v)); }
static V embedding_grad(V x, V i, V v) { return jaxc_call(jaxc_grad(embedding_sum), x, i, v); }
static V segment_sum(V v, V i) { return jaxc_ops_segment_sum(v, i, .num_segments = 1000); }
static V bins_add(V i, V v) { return scatter_add(jaxc_zeros(JAXC_SHAPE(1000)), i, v); }
static V any(V x) { return jaxc_any(jaxc_greater(x, 2)); }
static V all(V x) { return jaxc_all(jaxc_less(x, 2)); }
static V bincount(V x) { return jaxc_bincount(x, .length = 1000); }
static V histogram(V x) { return jaxc_histogram(x, 100); }
static V bits(V key) { return jaxc_random_bits(key, JAXC_SHAPE(1000000)); }
static V uniform(V key) { return jaxc_random_uniform(key, JAXC_SHAPE(1000000)); }
static V normal(V key) { return jaxc_random_normal(key, JAXC_SHAPE(1000000)); }
static V permutation(V key) { return jaxc_random_permutation(key, 100000); }
static V where(V x, V y) { return jaxc_where(jaxc_greater(x, 0), x, y); }
static V select_3(V x, V y)
{
    return jaxc_select(jaxc_tuple(jaxc_greater(x, 0.5), jaxc_less(y, 0)), jaxc_tuple(x, y), 0);
}
static V transpose(V x) { return jaxc_transpose(x); }
static V transpose_021(V x) { return jaxc_transpose(x, JAXC_AXES(0, 2, 1)); }
static V transpose_102(V x) { return jaxc_transpose(x, JAXC_AXES(1, 0, 2)); }
static V concatenate_0(V x, V y) { return jaxc_concatenate(0, x, y); }
static V concatenate_1(V x, V y) { return jaxc_concatenate(1, x, y); }
static V pad(V x) { return jaxc_pad(x, JAXC_WIDTHS({1, 1}, {1, 1})); }
static V pad_edge(V x) { return jaxc_pad(x, JAXC_WIDTHS({1, 1}, {1, 1}), .mode = "edge"); }
static V to_f16(V x) { return jaxc_astype(x, JAXC_F16); }
static V to_bf16(V x) { return jaxc_astype(x, JAXC_BF16); }
static V to_f32(V x) { return jaxc_astype(x, JAXC_F32); }
static V to_i32(V x) { return jaxc_astype(jaxc_mul(x, 1000), JAXC_I32); }
static V erf_of(V x) { return jaxc_erf(x); }
static V erfc_of(V x) { return jaxc_erfc(x); }
static V erf_inv(V x) { return jaxc_erf_inv(x); }
static V lgamma_of(V x) { return jaxc_lgamma(jaxc_add(x, 2)); }
static V digamma(V x) { return jaxc_digamma(jaxc_add(x, 2)); }
static V matmul(V x, V y) { return jaxc_einsum("ij,jk->ik", x, y); }
static V batched(V x, V y) { return jaxc_einsum("bij,bkj->bik", x, y); }
static V heads(V x, V y) { return jaxc_einsum("bqhd,bkhd->bhqk", x, y); }
static V bilinear(V x, V y, V z) { return jaxc_einsum("bi,ij,bj->b", x, y, z); }
static V trace(V x) { return jaxc_einsum("ii", x); }
static V outer(V x, V y) { return jaxc_einsum("i,j->ij", x, y); }

struct bench_case {
    const char *name, *operands;
    double bytes; /* that have to move; 0: something else is the floor */
    V (*one)(V);
    V (*two)(V, V);
    V (*three)(V, V, V);
};

#define EACH_AXIS(name, call)                                                                      \
    {#name " axis 0 of 1000x1000", "f32 1000 1000", 4e6, name##_0, 0, 0},                          \
        {#name " axis 1 of 1000x1000", "f32 1000 1000", 4e6, name##_1, 0, 0},                      \
        {#name " axis 0 of 512x10", "f32 512 10", 0, name##_0, 0, 0},                              \
        {#name " axis 1 of 512x10", "f32 512 10", 0, name##_1, 0, 0},

static const struct bench_case cases[] = {
    {"sort f32 1e3", "f32 1000", 0, sort, 0, 0},
    {"sort f32 1e5", "f32 100000", 0, sort, 0, 0},
    {"sort f32 4e6", "f32 4000000", 0, sort, 0, 0},
    {"sort i32 1e3", "i32 1000 2000000000", 0, sort, 0, 0},
    {"sort i32 1e5", "i32 100000 2000000000", 0, sort, 0, 0},
    {"sort i32 4e6", "i32 4000000 2000000000", 0, sort, 0, 0},
    {"sort f32 64x10000", "f32 64 10000", 0, sort, 0, 0},
    {"argsort f32 1e3", "f32 1000", 0, argsort, 0, 0},
    {"argsort f32 1e5", "f32 100000", 0, argsort, 0, 0},
    {"argsort f32 1e6", "f32 1000000", 0, argsort, 0, 0},
    {"argsort f32 64x10000", "f32 64 10000", 0, argsort, 0, 0},
    {"top_k 10 of 1e6", "f32 1000000", 4e6, top_k, 0, 0},
    {"top_k 10 of 512x1000", "f32 512 1000", 2048e3, top_k, 0, 0},
    {"cumsum 1e6", "f32 1000000", 8e6, cumsum_0, 0, 0},
    {"cumprod 1e6", "f32 1000000", 8e6, cumprod_0, 0, 0},
    {"cummax 1e6", "f32 1000000", 8e6, cummax, 0, 0},
    {"cumsum axis 0 of 1000x1000", "f32 1000 1000", 8e6, cumsum_0, 0, 0},
    {"cumsum axis 1 of 1000x1000", "f32 1000 1000", 8e6, cumsum_1, 0, 0},
    {"cumprod axis 1 of 1000x1000", "f32 1000 1000", 8e6, cumprod_1, 0, 0},
    {"cummax axis 0 of 1000x1000", "f32 1000 1000", 8e6, cummax, 0, 0},
    {"cummax axis 1 of 1000x1000", "f32 1000 1000", 8e6, cummax_1, 0, 0},
    {"take 1e6 of 1e6", "f32 1000000;i32 1000000 1000000", 12e6, 0, take, 0},
    {"take 4096 rows of 50000x128", "f32 50000 128;i32 4096 50000", 4.2e6, 0, take, 0},
    {"embedding gradient", "f32 50000 128;i32 4096 50000;f32 4096 128", 27.7e6, 0, 0,
     embedding_grad},
    {"scatter-add 4096 rows to 50000x128", "f32 50000 128;i32 4096 50000;f32 4096 128", 53e6, 0, 0,
     scatter_add},
    {"scatter-add 1e6 to 1e6", "f32 1000000;i32 1000000 1000000;f32 1000000", 16e6, 0, 0,
     scatter_add},
    {"scatter-add 1e6 to 1000 bins", "i32 1000000 1000;f32 1000000", 8e6, 0, bins_add, 0},
    {"segment_sum 1e6 to 1000", "f32 1000000;i32 1000000 1000", 8e6, 0, segment_sum, 0},
    {"segment_sum 65536x64 to 1000", "f32 65536 64;i32 65536 1000", 16.8e6, 0, segment_sum, 0},
    ALONG_EACH(EACH_AXIS){"any 1e6", "f32 1000000", 4e6, any, 0, 0},
    {"all 1e6", "f32 1000000", 4e6, all, 0, 0},
    {"bincount 1e6 to 1000", "i32 1000000 1000", 4e6, bincount, 0, 0},
    {"histogram 1e6, 100 bins", "f32 1000000", 8e6, histogram, 0, 0},
    {"random bits 1e6", "key", 4e6, bits, 0, 0},
    {"random uniform 1e6", "key", 4e6, uniform, 0, 0},
    {"random normal 1e6", "key", 4e6, normal, 0, 0},
    {"permutation 1e5", "key", 0, permutation, 0, 0},
    {"where 1e6", "f32 1000000;f32 1000000", 12e6, 0, where, 0},
    {"select of 2, 1e6", "f32 1000000;f32 1000000", 12e6, 0, select_3, 0},
    {"transpose 2000x2000", "f32 2000 2000", 32e6, transpose, 0, 0},
    {"transpose 021 of 16x500x500", "f32 16 500 500", 32e6, transpose_021, 0, 0},
    {"transpose 102 of 500x500x16", "f32 500 500 16", 32e6, transpose_102, 0, 0},
    {"concatenate axis 0, 1000x1000", "f32 1000 1000;f32 1000 1000", 16e6, 0, concatenate_0, 0},
    {"concatenate axis 1, 1000x1000", "f32 1000 1000;f32 1000 1000", 16e6, 0, concatenate_1, 0},
    {"pad 1 around 1000x1000", "f32 1000 1000", 8e6, pad, 0, 0},
    {"pad edge 1 around 1000x1000", "f32 1000 1000", 8e6, pad_edge, 0, 0},
    {"f32 to f16 1e6", "f32 1000000", 6e6, to_f16, 0, 0},
    {"f32 to bf16 1e6", "f32 1000000", 6e6, to_bf16, 0, 0},
    {"bf16 to f32 1e6", "bf16 1000000", 6e6, to_f32, 0, 0},
    {"f16 to f32 1e6", "f16 1000000", 6e6, to_f32, 0, 0},
    {"i32 to f32 1e6", "i32 1000000 2000000000", 8e6, to_f32, 0, 0},
    {"f32 to i32 1e6", "f32 1000000", 8e6, to_i32, 0, 0},
    {"erf 1e6", "f32 1000000", 8e6, erf_of, 0, 0},
    {"erfc 1e6", "f32 1000000", 8e6, erfc_of, 0, 0},
    {"erf_inv 1e6", "f32 1000000", 8e6, erf_inv, 0, 0},
    {"lgamma 1e6", "f32 1000000", 8e6, lgamma_of, 0, 0},
    {"digamma 1e6", "f32 1000000", 8e6, digamma, 0, 0},
    {"einsum ij,jk->ik 512", "f32 512 512;f32 512 512", 0, 0, matmul, 0},
    {"einsum bij,bkj->bik 64x64x64", "f32 64 64 64;f32 64 64 64", 0, 0, batched, 0},
    {"einsum bqhd,bkhd->bhqk 8x128x4x64", "f32 8 128 4 64;f32 8 128 4 64", 0, 0, heads, 0},
    {"einsum bi,ij,bj->b 1000x256", "f32 1000 256;f32 256 256;f32 1000 256", 0, 0, 0, bilinear},
    {"einsum ii 2000", "f32 2000 2000", 0, trace, 0, 0},
    {"einsum i,j->ij 1000", "f32 1000;f32 1000", 4e6, 0, outer, 0},
};
enum { N_CASES = sizeof cases / sizeof cases[0], MAX_OPERANDS = 3 };

/* ---- operands -------------------------------------------------------------------------------- */

static uint32_t mixed(uint32_t i) /* multipliers of xxHash32 */
{
    uint32_t u = i * 2654435761u;
    u = (u ^ u >> 16) * 2246822519u;
    return u ^ u >> 13;
}

/* Numbers of [-1, 1), or integers below the last number of the text. */
static V operand_of(const char *text)
{
    struct jaxc_shape shape = {0};
    char dtype[8];
    int at, more;
    long long n, below = 0;
    if (strncmp(text, "key", 3) == 0)
        return jaxc_keep(jaxc_random_key(7));
    sscanf(text, "%7s%n", dtype, &at);
    bool integers = strcmp(dtype, "i32") == 0;
    while (sscanf(text + at, "%lld%n", &n, &more) == 1) {
        shape.dims[shape.rank++] = n;
        at += more;
    }
    if (integers)
        below = shape.dims[--shape.rank];
    size_t count = 1;
    for (int i = 0; i < shape.rank; i++)
        count *= (size_t)shape.dims[i];
    union {
        float f;
        int32_t i;
    } *data = malloc(count * sizeof *data);
    if (!data)
        exit(1);
    for (size_t i = 0; i < count; i++) {
        uint32_t u = mixed((uint32_t)i);
        if (integers)
            data[i].i = (int32_t)(u % (uint32_t)below);
        else
            data[i].f = (float)(u >> 8) / (float)(1 << 23) - 1;
    }
    V x = jaxc_array(data, integers ? JAXC_I32 : JAXC_F32, shape);
    free(data);
    if (strstr(dtype, "f16"))
        x = jaxc_astype(x, strcmp(dtype, "f16") == 0 ? JAXC_F16 : JAXC_BF16);
    jaxc_eval(x);
    return jaxc_keep(x);
}

struct job {
    jaxc_fn fn;
    int n;
    V operands[MAX_OPERANDS];
};

static struct job begin(const struct bench_case *c)
{
    JAXC_SCOPE;
    struct job j = {0};
    for (const char *text = c->operands; text; text = strchr(text, ';')) {
        text += *text == ';';
        j.operands[j.n++] = operand_of(text);
    }
    j.fn = jaxc_keep_fn(c->one ? jaxc_jit(c->one) : c->two ? jaxc_jit(c->two) : jaxc_jit(c->three));
    return j;
}

static void end(struct job *j)
{
    for (int i = 0; i < j->n; i++)
        jaxc_drop(j->operands[i]);
    jaxc_drop_fn(j->fn);
}

static void run(const struct job *j)
{
    JAXC_SCOPE;
    jaxc_call_n(j->fn, j->n, j->operands);
}

/* ---- what memory gives ----------------------------------------------------------------------- */

struct copy {
    char *to;
    const char *from;
    int64_t n;
};

static void copy_part(void *ctx, struct jx_team *team, int thread)
{
    const struct copy *c = ctx;
    struct jx_loop loop;
    int64_t from, to;
    jx_loop_begin(&loop, team, thread, c->n, 65536);
    while (jx_loop_next(&loop, &from, &to))
        memcpy(c->to + from, c->from + from, (size_t)(to - from));
}

static double copy_window(double bytes)
{
    struct copy c = {.n = (int64_t)bytes / 2};
    char *memory = calloc(2, (size_t)c.n);
    if (!memory)
        exit(1);
    c.to = memory;
    c.from = memory + c.n;
    memset(memory, 1, 2 * (size_t)c.n);
    long times = 0;
    double start = now_us(), passed;
    do {
        jx_parallel(c.n >= 1 << 18 ? jx_threads() : 1, copy_part, &c);
        times++;
    } while ((passed = now_us() - start) < 3000);
    free(memory);
    return passed / (double)times;
}

/* ---- measuring ------------------------------------------------------------------------------- */

/* Microseconds a call. */
static double window(const struct job *j)
{
    long times = 0;
    double start = now_us(), passed;
    do {
        run(j);
        times++;
    } while ((passed = now_us() - start) < 3000);
    return passed / (double)times;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void serve(void)
{
    char line[128];
    int now = -1;
    struct job job;
    while (fgets(line, sizeof line, stdin)) {
        double us = 0;
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "copy ", 5) == 0) {
            us = copy_window(atof(line + 5));
        } else {
            for (int i = 0; i < N_CASES; i++) {
                if (strcmp(cases[i].name, line) != 0)
                    continue;
                if (i != now) {
                    if (now >= 0)
                        end(&job);
                    job = begin(&cases[i]);
                    run(&job);
                    window(&job);
                    now = i;
                }
                us = window(&job);
            }
        }
        if (jaxc_error()) {
            fprintf(stderr, "%s: %s\n", line, jaxc_error());
            exit(1);
        }
        printf("%.6f\n", us);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    enum { WINDOWS = 15 };
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        for (int i = 0; i < N_CASES; i++)
            printf("%s\t%s\t%.0f\n", cases[i].name, cases[i].operands, cases[i].bytes);
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "--window") == 0) {
        serve();
        return 0;
    }
    printf("%s, %d threads; microseconds a call: median, least; floor: a copy of as many bytes\n",
           jx_isa_name(jx_isa()), jx_threads());
    for (int i = 0; i < N_CASES; i++) {
        if (argc > 1 && !strstr(cases[i].name, argv[1]))
            continue;
        double us[WINDOWS];
        struct job job = begin(&cases[i]);
        run(&job);
        for (int w = 0; w < WINDOWS; w++)
            us[w] = window(&job);
        end(&job);
        if (jaxc_error()) {
            fprintf(stderr, "%s: %s\n", cases[i].name, jaxc_error());
            return 1;
        }
        qsort(us, WINDOWS, sizeof us[0], by_size);
        printf("%-36s %10.1f %10.1f", cases[i].name, us[WINDOWS / 2], us[0]);
        if (cases[i].bytes > 0)
            printf(" %10.1f", copy_window(cases[i].bytes));
        printf("\n");
        fflush(stdout);
    }
    return 0;
}
