/*
 * bench/kernels.c - single kernels on the CPU backend: time, and bytes per second beside those of a
 * plain copy.
 *
 *     kernels [substring of a name]
 *
 * A row says the median and the least of some windows, and the rate of the bytes that have to
 * move. The copies at the top are
 * what memory gives at each size, by a loop that the compiler vectorised, on as many threads.
 */
#include "backend/cpu/isa.h"
#include "backend/cpu/threads.h"
#include "kernel/kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

/* ---- a kernel under construction ------------------------------------------------------------- */

enum { MAX = 64, PANEL = 32 };

struct bench {
    struct jx_storage storages[MAX];
    struct jx_instr instrs[MAX];
    struct jx_view views[MAX];
    struct jx_store stores[MAX];
    struct jx_kernel kernel;
    struct jx_code code;
    int inner, stage;
    double bytes;
};

#define AT(...) ((const int64_t[JX_MAX_AXES]){__VA_ARGS__})

static void begin(struct bench *b, int n_outer, struct jaxc_shape dims)
{
    memset(b, 0, sizeof *b);
    b->kernel = (struct jx_kernel){.name = "bench",
                                   .n_outer = n_outer,
                                   .n_axes = dims.rank,
                                   .n_stages = 1,
                                   .instrs = b->instrs,
                                   .views = b->views,
                                   .stores = b->stores,
                                   .dot = {-1, -1, -1, -1}};
    memcpy(b->kernel.dims, dims.dims, sizeof dims.dims);
    b->code = (struct jx_code){.storages = b->storages, .kernels = &b->kernel, .n_kernels = 1};
    b->inner = dims.rank > n_outer;
}

static int storage(struct bench *b, enum jx_storage_kind kind, int64_t n)
{
    int *count = kind == JX_STORE_OPERAND ? &b->code.n_operands : &b->code.n_results;
    b->storages[b->code.n_storages] = (struct jx_storage){.kind = kind,
                                                          .index = (*count)++,
                                                          .dtype = JAXC_F32,
                                                          .rank = 1,
                                                          .dims = {n},
                                                          .size = (size_t)n * 4};
    b->bytes += 4 * (double)n;
    return b->code.n_storages++;
}

static int add(struct bench *b, struct jx_instr x)
{
    x.dtype = JAXC_F32;
    x.inner = (uint8_t)(x.kind != JX_I_REDUCE && b->inner);
    x.stage = (uint16_t)b->stage;
    b->instrs[b->kernel.n_instrs] = x;
    return b->kernel.n_instrs++;
}

static int load(struct bench *b, int64_t n, const int64_t *stride)
{
    struct jx_view *v = &b->views[b->kernel.n_views];
    v->storage = storage(b, JX_STORE_OPERAND, n);
    memcpy(v->stride, stride, sizeof v->stride);
    return add(b, (struct jx_instr){.kind = JX_I_LOAD,
                                    .args = {-1, -1, -1},
                                    .view = (int16_t)b->kernel.n_views++});
}

static int constant(struct bench *b, double x)
{
    return add(b, (struct jx_instr){.kind = JX_I_CONST, .args = {-1, -1, -1}, .imm = {.f = x}});
}

static int op(struct bench *b, enum jx_scalar_op name, int x, int y)
{
    return add(b, (struct jx_instr){
                      .kind = JX_I_SCALAR, .op = name, .args = {(int16_t)x, (int16_t)y, -1}});
}

static int reduce(struct bench *b, enum jx_combine how, int x)
{
    int r = add(b, (struct jx_instr){.kind = JX_I_REDUCE, .op = how, .args = {(int16_t)x, -1, -1}});
    b->stage++;
    b->kernel.n_stages = b->stage + 1;
    return r;
}

static void store(struct bench *b, int x, int64_t n, const int64_t *stride)
{
    struct jx_store *s = &b->stores[b->kernel.n_stores++];
    s->reg = x;
    s->view.storage = storage(b, JX_STORE_RESULT, n);
    memcpy(s->view.stride, stride, sizeof s->view.stride);
}

static void blocked(struct bench *b, struct jx_view *v, int axis, int64_t rows, int64_t others)
{
    struct jx_storage *s = &b->storages[v->storage];
    *s = (struct jx_storage){.kind = s->kind,
                             .index = s->index,
                             .dtype = JAXC_F32,
                             .rank = 2,
                             .dims = {rows, others},
                             .layout = {.block = PANEL, .axis = 0},
                             .size = (size_t)((rows + PANEL - 1) / PANEL * PANEL * others) * 4};
    v->blocked = axis + 1;
}

/* ---- measuring ------------------------------------------------------------------------------- */

static const char *wanted;

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct time {
    double median, least;
};

static struct time measure_ns(void (*fn)(void *), void *ctx)
{
    enum { WINDOWS = 21 };
    double t[WINDOWS];
    long times = 1;
    for (;;) { /* windows of half a millisecond or more */
        double start = now_ns();
        for (long i = 0; i < times; i++)
            fn(ctx);
        if (now_ns() - start > 5e5)
            break;
        times *= 2;
    }
    for (int w = 0; w < WINDOWS; w++) {
        double start = now_ns();
        for (long i = 0; i < times; i++)
            fn(ctx);
        t[w] = (now_ns() - start) / (double)times;
    }
    qsort(t, WINDOWS, sizeof *t, compare);
    return (struct time){t[WINDOWS / 2], t[0]};
}

static void print_row(const char *name, struct time ns, double bytes)
{
    printf("%-44s %12.3f us (least %12.3f) %8.2f GB/s\n", name, ns.median / 1e3, ns.least / 1e3,
           bytes / ns.median);
    fflush(stdout);
}

struct job {
    struct jx_executable *executable;
    void *operands[MAX], *results[MAX];
};

static void run_job(void *ctx)
{
    struct job *j = ctx;
    if (!jx_backend_cpu.run(j->executable, j->operands, j->results))
        exit(1);
}

static void *memory(size_t bytes)
{
    float *p = jx_alloc_aligned(bytes + 64);
    if (!p)
        exit(1);
    uint32_t x = 12345;
    for (size_t i = 0; i < bytes / 4; i++) {
        x = x * 1664525u + 1013904223u; /* Numerical Recipes */
        p[i] = (float)(x >> 8) / (float)(1 << 23) - 1;
    }
    return p;
}

static void measure(struct bench *b, const char *name)
{
    if (wanted && !strstr(name, wanted))
        return;
    struct job j = {.executable = jx_backend_cpu.compile(&b->code)};
    if (!j.executable)
        exit(1);
    for (int i = 0; i < b->code.n_storages; i++) {
        const struct jx_storage *s = &b->storages[i];
        (s->kind == JX_STORE_OPERAND ? j.operands : j.results)[s->index] = memory(s->size);
    }
    void *fresh = j.results[0];
    if (b->code.donates)
        j.results[0] = j.operands[b->code.donates[0]];
    print_row(name, measure_ns(run_job, &j), b->bytes);
    jx_backend_cpu.drop(j.executable);
    for (int i = 0; i < b->code.n_operands; i++)
        jx_free(j.operands[i]);
    j.results[0] = fresh;
    for (int i = 0; i < b->code.n_results; i++)
        jx_free(j.results[i]);
}

/* ---- what memory gives ----------------------------------------------------------------------- */

struct streams {
    float *d;
    const float *a, *b;
    int64_t n;
};

static void triad_part(void *ctx, struct jx_team *team, int thread)
{
    const struct streams *s = ctx;
    struct jx_loop loop;
    int64_t begin_at, end;
    jx_loop_begin(&loop, team, thread, s->n, 4096);
    while (jx_loop_next(&loop, &begin_at, &end)) {
        float *restrict d = s->d;
        const float *restrict a = s->a, *restrict b = s->b;
        if (b)
            for (int64_t i = begin_at; i < end; i++)
                d[i] = a[i] + 3 * b[i];
        else
            memcpy(d + begin_at, a + begin_at, (size_t)(end - begin_at) * 4);
    }
}

static void run_streams(void *ctx)
{
    const struct streams *s = ctx;
    jx_parallel(s->n >= 65536 ? jx_threads() : 1, triad_part, ctx);
}

static void measure_memory(void)
{
    for (int64_t n = 4096; n <= 1 << 24 && !(wanted && !strstr("copy triad", wanted)); n *= 16) {
        struct streams s = {memory((size_t)n * 4), memory((size_t)n * 4), NULL, n};
        char name[64];
        snprintf(name, sizeof name, "copy n=%lld", (long long)n);
        print_row(name, measure_ns(run_streams, &s), 8 * (double)n);
        s.b = memory((size_t)n * 4);
        snprintf(name, sizeof name, "triad n=%lld", (long long)n);
        print_row(name, measure_ns(run_streams, &s), 12 * (double)n);
        jx_free(s.d);
        jx_free((void *)(uintptr_t)s.a);
        jx_free((void *)(uintptr_t)s.b);
    }
}

/* ---- workloads ------------------------------------------------------------------------------- */

static void elementwise(int64_t n)
{
    struct bench b;
    char name[64];
    begin(&b, 1, JAXC_SHAPE(n));
    store(&b, op(&b, JX_S_add, load(&b, n, AT(1)), constant(&b, 1)), n, AT(1));
    snprintf(name, sizeof name, "x+1 n=%lld", (long long)n);
    measure(&b, name);

    begin(&b, 1, JAXC_SHAPE(n));
    int x = load(&b, n, AT(1)), y = load(&b, n, AT(1)), z = load(&b, n, AT(1));
    int t = op(&b, JX_S_add, op(&b, JX_S_mul, x, y), z); /* x * y + z */
    t = op(&b, JX_S_sub, op(&b, JX_S_mul, t, x), y);     /* t * x - y */
    t = op(&b, JX_S_mul, op(&b, JX_S_add, t, z), x);     /* (t + z) * x */
    t = op(&b, JX_S_max, op(&b, JX_S_sub, t, y), z);     /* max(t - y, z) */
    store(&b, t, n, AT(1));
    snprintf(name, sizeof name, "8 ops on 3 inputs n=%lld", (long long)n);
    measure(&b, name);

    begin(&b, 1, JAXC_SHAPE(n));
    x = load(&b, n, AT(1)), y = load(&b, n, AT(1)), z = load(&b, n, AT(1));
    t = op(&b, JX_S_mul, op(&b, JX_S_tanh, x, -1),
           op(&b, JX_S_exp, op(&b, JX_S_mul, op(&b, JX_S_neg, y, -1), y), -1));
    t = op(&b, JX_S_div, t, op(&b, JX_S_add, constant(&b, 1), op(&b, JX_S_exp, z, -1)));
    store(&b, t, n, AT(1));
    snprintf(name, sizeof name, "tanh(a)exp(-bb)/(1+exp(c)) n=%lld", (long long)n);
    measure(&b, name);
}

static void rows(int64_t m, int64_t n)
{
    struct bench b;
    char name[64];
    begin(&b, 1, JAXC_SHAPE(m, n));
    int x = load(&b, m * n, AT(n, 1));
    int most = reduce(&b, JX_COMBINE_MAX, x), e = op(&b, JX_S_exp, op(&b, JX_S_sub, x, most), -1);
    int sum = reduce(&b, JX_COMBINE_ADD, e);
    store(&b, op(&b, JX_S_div, e, sum), m * n, AT(n, 1));
    snprintf(name, sizeof name, "softmax %lldx%lld", (long long)m, (long long)n);
    measure(&b, name);

    begin(&b, 1, JAXC_SHAPE(m, n));
    x = load(&b, m * n, AT(n, 1));
    b.inner = 0;
    int part = constant(&b, 1 / (double)n), epsilon = constant(&b, 1e-5);
    b.inner = 1;
    sum = reduce(&b, JX_COMBINE_ADD, x);
    b.inner = 0;
    int mean = op(&b, JX_S_mul, sum, part);
    b.inner = 1;
    int d = op(&b, JX_S_sub, x, mean), dd = op(&b, JX_S_square, d, -1);
    int var = reduce(&b, JX_COMBINE_ADD, dd);
    b.inner = 0;
    int scale = op(&b, JX_S_rsqrt, op(&b, JX_S_add, op(&b, JX_S_mul, var, part), epsilon), -1);
    b.inner = 1;
    int w = load(&b, n, AT(0, 1)), bias = load(&b, n, AT(0, 1));
    store(&b, op(&b, JX_S_add, op(&b, JX_S_mul, op(&b, JX_S_mul, d, scale), w), bias), m * n,
          AT(n, 1));
    snprintf(name, sizeof name, "layer norm %lldx%lld", (long long)m, (long long)n);
    measure(&b, name);

    begin(&b, 1, JAXC_SHAPE(m, n));
    x = load(&b, m * n, AT(n, 1));
    most = reduce(&b, JX_COMBINE_MAX, x);
    sum = reduce(&b, JX_COMBINE_ADD, op(&b, JX_S_exp, op(&b, JX_S_sub, x, most), -1));
    b.inner = 0;
    store(&b, op(&b, JX_S_add, op(&b, JX_S_log, sum, -1), most), m, AT(1));
    snprintf(name, sizeof name, "logsumexp %lldx%lld", (long long)m, (long long)n);
    measure(&b, name);
}

static void reductions(int64_t m, int64_t n, enum jx_combine how, const char *word)
{
    struct bench b;
    char name[64];
    begin(&b, 1, JAXC_SHAPE(n, m));
    int x = load(&b, m * n, AT(1, n));
    store(&b, reduce(&b, how, x), n, AT(1));
    snprintf(name, sizeof name, "%s axis 0 of %lldx%lld", word, (long long)m, (long long)n);
    measure(&b, name);

    begin(&b, 1, JAXC_SHAPE(m, n));
    x = load(&b, m * n, AT(n, 1));
    store(&b, reduce(&b, how, x), m, AT(1));
    snprintf(name, sizeof name, "%s axis 1 of %lldx%lld", word, (long long)m, (long long)n);
    measure(&b, name);

    begin(&b, 0, JAXC_SHAPE(m, n));
    x = load(&b, m * n, AT(n, 1));
    store(&b, reduce(&b, how, x), 1, AT(0));
    snprintf(name, sizeof name, "%s all of %lldx%lld", word, (long long)m, (long long)n);
    measure(&b, name);
}

static void transpose(int64_t m, int64_t n)
{
    struct bench b;
    char name[64];
    begin(&b, 2, JAXC_SHAPE(n, m));
    store(&b, load(&b, m * n, AT(1, n)), m * n, AT(m, 1));
    snprintf(name, sizeof name, "transpose %lldx%lld", (long long)m, (long long)n);
    measure(&b, name);

    begin(&b, 2, JAXC_SHAPE(n, m));
    int x = load(&b, m * n, AT(1, n)), y = load(&b, m * n, AT(m, 1));
    store(&b, op(&b, JX_S_add, x, y), m * n, AT(m, 1));
    snprintf(name, sizeof name, "x' + y %lldx%lld", (long long)m, (long long)n);
    measure(&b, name);
}

/* The product alone, and with epilogues of a layer: W[n, k] in panels. */
static void layer(int64_t m, int64_t n, int64_t k)
{
    for (int epilogue = 0; epilogue < 2; epilogue++) {
        struct bench b;
        char name[64];
        begin(&b, 2, JAXC_SHAPE(m, n, k));
        int x = load(&b, m * k, AT(k, 0, 1)), w = load(&b, n * k, AT(0, k * PANEL, PANEL));
        blocked(&b, &b.views[1], 1, n, k);
        int xw = op(&b, JX_S_mul, x, w), sum = reduce(&b, JX_COMBINE_ADD, xw), y = sum;
        b.kernel.dot = (struct jx_dot){x, w, xw, sum};
        b.kernel.n_stages = 1;
        b.inner = b.stage = 0;
        if (epilogue)
            y = op(&b, JX_S_max, op(&b, JX_S_add, sum, load(&b, n, AT(0, 1))), constant(&b, 0));
        store(&b, y, m * n, AT(n, 1));
        snprintf(name, sizeof name, "%s %lldx%lldx%lld", epilogue ? "relu(x w' + b)" : "x w'",
                 (long long)m, (long long)n, (long long)k);
        measure(&b, name);
    }
    for (int epilogue = 0; epilogue < 2; epilogue++) {
        struct bench b;
        char name[64];
        begin(&b, 2, JAXC_SHAPE(n, k, m));
        int d = load(&b, m * n, AT(1, 0, n)), x = load(&b, m * k, AT(0, 1, k)),
            dx = op(&b, JX_S_mul, d, x);
        int sum = reduce(&b, JX_COMBINE_ADD, dx), y = sum;
        b.kernel.dot = (struct jx_dot){d, x, dx, sum};
        b.kernel.n_stages = 1;
        b.inner = b.stage = 0;
        if (epilogue) {
            int w = load(&b, n * k, AT(k * PANEL, PANEL, 0));
            blocked(&b, &b.views[2], 0, n, k);
            y = op(&b, JX_S_sub, w, op(&b, JX_S_mul, constant(&b, 0.01), sum));
        }
        store(&b, y, n * k, AT(k * PANEL, PANEL, 0));
        blocked(&b, &b.stores[0].view, 0, n, k);
        static int donates[1] = {2};
        if (epilogue)
            b.code.donates = donates;
        snprintf(name, sizeof name, "%s %lldx%lldx%lld", epilogue ? "w - s d'x" : "d'x",
                 (long long)n, (long long)k, (long long)m);
        measure(&b, name);
    }
}

int main(int argc, char **argv)
{
    wanted = argc > 1 ? argv[1] : NULL;
    printf("%s, %d threads\n", jx_isa_name(jx_isa()), jx_threads());
    measure_memory();
    for (int64_t n = 4; n <= 1 << 24; n = n == 4 ? 256 : n * 16)
        elementwise(n);
    rows(128, 10);
    rows(4096, 512);
    rows(4096, 1024);
    rows(16, 100000);
    reductions(4096, 4096, JX_COMBINE_ADD, "sum");
    reductions(4096, 4096, JX_COMBINE_MAX, "max");
    reductions(128, 512, JX_COMBINE_ADD, "sum");
    reductions(100000, 10, JX_COMBINE_ADD, "sum");
    transpose(4096, 4096);
    transpose(512, 784);
    layer(128, 512, 784);
    layer(128, 512, 512);
    layer(128, 10, 512);
    return 0;
}
