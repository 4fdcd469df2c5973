/*
 * "Training a simple neural network", JAX's notebook, in C: an MLP on MNIST, written for one image,
 * lifted to batches with vmap, differentiated with grad, compiled with jit.
 */
#include "curve.h"
#include "idx.h"

#include <jaxc/jaxc.h>

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N_PIXELS = 28 * 28, N_TARGETS = 10, N_LAYERS = 3 };

static const int layer_sizes[N_LAYERS + 1] = {N_PIXELS, 512, 512, N_TARGETS};

static struct {
    long epochs, batch, seed;
    double step_size;
    const char *data, *csv, *plot;
    bool print_program;
} options = {10, 128, 0, 0.01, "data", NULL, NULL, false};

/* Weights and biases of one dense layer from m to n. */
static jaxc_value random_layer_params(int m, int n, jaxc_value key)
{
    double scale = 1e-2;
    jaxc_value keys = jaxc_random_split(key, 2);
    jaxc_value w = jaxc_mul(scale, jaxc_random_normal(jaxc_get(keys, 0), JAXC_SHAPE(n, m)));
    jaxc_value b = jaxc_mul(scale, jaxc_random_normal(jaxc_get(keys, 1), JAXC_SHAPE(n)));
    return jaxc_tuple(w, b);
}

static jaxc_value init_network_params(const int *sizes, int n_layers, jaxc_value key)
{
    jaxc_value layers[N_LAYERS], keys = jaxc_random_split(key, n_layers + 1);
    for (int i = 0; i < n_layers; i++)
        layers[i] = random_layer_params(sizes[i], sizes[i + 1], jaxc_get(keys, i));
    return jaxc_tuple_n(n_layers, layers);
}

static jaxc_value relu(jaxc_value x) { return jaxc_maximum(0, x); }

/* One image, f32[784] or u8[784], to the log-probabilities of the classes, f32[10]. */
static jaxc_value predict(jaxc_value params, jaxc_value image)
{
    jaxc_value activations = image, w, b;
    int last = jaxc_len(params) - 1;
    for (int i = 0; i < last; i++) {
        jaxc_unpack(jaxc_get(params, i), &w, &b);
        jaxc_value outputs = jaxc_add(jaxc_dot(w, activations), b);
        activations = relu(outputs);
    }
    jaxc_unpack(jaxc_get(params, last), &w, &b);
    jaxc_value logits = jaxc_add(jaxc_dot(w, activations), b);
    return jaxc_sub(logits, jaxc_logsumexp(logits));
}

static jaxc_value batched_predict(jaxc_value params, jaxc_value images)
{
    return jaxc_call(jaxc_vmap(predict, .in_axes = {JAXC_NONE, 0}), params, images);
}
