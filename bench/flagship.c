/*
 * bench/flagship.c - one training step of the 784-512-512-10 MLP at batch 128, data resident,
 * parameters donated.
 *
 *     flagship                    medians of 21 windows, and where the floor lies
 *     flagship --window STEPS     for bench/peers.py: on each line read, runs that many steps and
 *                                 prints ms a step
 *
 * The same program as examples/mlp_mnist; the numbers in the images do not matter for the time.
 */
#include <jaxc/jaxc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 128
static const int sizes[] = {784, 512, 512, 10};
enum { N_LAYERS = 3 };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static jaxc_value predict(jaxc_value params, jaxc_value image)
{
    jaxc_value activations = image, w, b;
    int last = jaxc_len(params) - 1;
    for (int i = 0; i < last; i++) {
        jaxc_unpack(jaxc_get(params, i), &w, &b);
        activations = jaxc_maximum(0, jaxc_add(jaxc_dot(w, activations), b));
    }
    jaxc_unpack(jaxc_get(params, last), &w, &b);
    jaxc_value logits = jaxc_add(jaxc_dot(w, activations), b);
    return jaxc_sub(logits, jaxc_logsumexp(logits));
}

static jaxc_value loss(jaxc_value params, jaxc_value images, jaxc_value targets)
{
    jaxc_value preds = jaxc_call(jaxc_vmap(predict, .in_axes = {JAXC_NONE, 0}), params, images);
    return jaxc_neg(jaxc_mean(jaxc_mul(preds, targets)));
}

static jaxc_value sgd(jaxc_value p, jaxc_value dp) { return jaxc_sub(p, jaxc_mul(0.01, dp)); }

static jaxc_value update(jaxc_value params, jaxc_value x, jaxc_value y)
{
    return jaxc_tree_map(sgd, params, jaxc_call(jaxc_grad(loss), params, x, y));
}

static jaxc_value init_params(void)
{
    jaxc_value keys = jaxc_random_split(jaxc_random_key(0), N_LAYERS + 1), layers[N_LAYERS];
    for (int i = 0; i < N_LAYERS; i++) {
        jaxc_value k = jaxc_random_split(jaxc_get(keys, i), 2);
        jaxc_value w = jaxc_random_normal(jaxc_get(k, 0), JAXC_SHAPE(sizes[i + 1], sizes[i]));
        layers[i] = jaxc_tuple(
            jaxc_mul(0.01, w),
            jaxc_mul(0.01, jaxc_random_normal(jaxc_get(k, 1), JAXC_SHAPE(sizes[i + 1]))));
    }
    return jaxc_tuple_n(N_LAYERS, layers);
}

struct run {
    jaxc_value params, x, y;
    jaxc_fn step;
};

/* Milliseconds a step, over a window. */
static double window(struct run *r, int steps)
{
    double start = now_ms();
    for (int i = 0; i < steps; i++) {
        JAXC_SCOPE;
        jaxc_set(&r->params, jaxc_call(r->step, r->params, r->x, r->y));
    }
    return (now_ms() - start) / steps;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    struct run r = {.params = {0, 0}};
    {
        JAXC_SCOPE;
        jaxc_set(&r.params, init_params());
        static float pixels[BATCH * 784], targets[BATCH * 10];
        for (int i = 0; i < BATCH * 784; i++)
            pixels[i] = (float)(i * 7919 % 256);
        for (int i = 0; i < BATCH; i++)
            targets[i * 10 + i % 10] = 1;
        r.x = jaxc_keep(jaxc_array(pixels, JAXC_F32, JAXC_SHAPE(BATCH, 784)));
        r.y = jaxc_keep(jaxc_array(targets, JAXC_F32, JAXC_SHAPE(BATCH, 10)));
        r.step = jaxc_keep_fn(jaxc_jit(update, .donate = JAXC_ARGS(0)));
    }
    double start = now_ms();
    window(&r, 1);
    double first = now_ms() - start;
    window(&r, 50);
    if (jaxc_error()) {
        fprintf(stderr, "%s\n", jaxc_error());
        return 1;
    }
    if (argc == 3 && strcmp(argv[1], "--window") == 0) {
        char line[16];
        while (fgets(line, sizeof line, stdin)) {
            printf("%.6f\n", window(&r, atoi(argv[2])));
            fflush(stdout);
        }
        return 0;
    }
    double ms[21];
    for (int i = 0; i < 21; i++)
        ms[i] = window(&r, 30);
    qsort(ms, 21, sizeof ms[0], by_size);
    printf("first call (trace, differentiate, compile, run)  %8.2f ms\n", first);
    printf("step, median of 21 windows of 30                 %8.3f ms   (%.3f to %.3f)\n", ms[10],
           ms[0], ms[20]);
    printf("products alone, 410.8 MFLOP                      %8.1f GF/s at that pace\n",
           410.8 / ms[10]);
    return 0;
}
