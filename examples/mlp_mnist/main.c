/*
 * JAX's notebook "Training a simple neural network" in C: an MLP on MNIST, written for one image,
 * lifted to batches with vmap, differentiated with grad, compiled with jit.
 */
#include "curve.h"
#include "idx.h"
#include "options.h"

#include <jaxc/jaxc.h>

#include <math.h>
#include <stdio.h>

enum { N_PIXELS = 28 * 28, N_TARGETS = 10, N_LAYERS = 3 };

static const int layer_sizes[N_LAYERS + 1] = {N_PIXELS, 512, 512, N_TARGETS};
static struct options options;

/* Weights f32[n,m] and biases f32[n] of a dense layer from m to n. */
static jaxc_value random_layer_params(int m, int n, jaxc_value key)
{
    double scale = 1e-2;
    jaxc_value keys = jaxc_random_split(key, 2);
    jaxc_value w = jaxc_random_normal(jaxc_get(keys, 0), JAXC_SHAPE(n, m));
    jaxc_value b = jaxc_random_normal(jaxc_get(keys, 1), JAXC_SHAPE(n));
    return jaxc_tuple(jaxc_mul(scale, w), jaxc_mul(scale, b));
}

static jaxc_value init_network_params(const int sizes[N_LAYERS + 1], jaxc_value key)
{
    jaxc_value layers[N_LAYERS], keys = jaxc_random_split(key, N_LAYERS + 1);
    for (int i = 0; i < N_LAYERS; i++)
        layers[i] = random_layer_params(sizes[i], sizes[i + 1], jaxc_get(keys, i));
    return jaxc_tuple_n(N_LAYERS, layers);
}

static jaxc_value relu(jaxc_value x) { return jaxc_maximum(0, x); }

/* The log-probabilities f32[10] of one image [784]. */
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

/* Labels [n] as f32[n,k]. */
static jaxc_value one_hot(jaxc_value x, int k)
{
    return jaxc_astype(jaxc_equal(jaxc_expand_dims(x, JAXC_AXIS(1)), jaxc_arange(k)), JAXC_F32);
}

static jaxc_value accuracy(jaxc_value params, jaxc_value images, jaxc_value targets)
{
    jaxc_value target_class = jaxc_argmax(targets, JAXC_AXIS(1));
    jaxc_value predicted_class = jaxc_argmax(batched_predict(params, images), JAXC_AXIS(1));
    return jaxc_mean(jaxc_equal(predicted_class, target_class));
}

static jaxc_value loss(jaxc_value params, jaxc_value images, jaxc_value targets)
{
    return jaxc_neg(jaxc_mean(jaxc_mul(batched_predict(params, images), targets)));
}

static jaxc_value sgd(jaxc_value p, jaxc_value dp)
{
    return jaxc_sub(p, jaxc_mul(options.step_size, dp));
}

static jaxc_value update(jaxc_value params, jaxc_value x, jaxc_value y)
{
    return jaxc_tree_map(sgd, params, jaxc_call(jaxc_grad(loss), params, x, y));
}

static void print_shape(const char *before, jaxc_value x, const char *after)
{
    struct jaxc_shape shape = jaxc_shape_of(x);
    printf("%s(", before);
    for (int i = 0; i < shape.rank; i++)
        printf(i ? ", %lld" : "%lld", (long long)shape.dims[i]);
    printf("%s)%s", shape.rank == 1 ? "," : "", after);
}

/* predict takes one image: it refuses ten, until vmap lifts it. */
static void show_predict(jaxc_value params)
{
    JAXC_SCOPE;
    jaxc_value image = jaxc_random_normal(jaxc_random_key(1), JAXC_SHAPE(N_PIXELS));
    jaxc_value images = jaxc_random_normal(jaxc_random_key(1), JAXC_SHAPE(10, N_PIXELS));
    print_shape("", predict(params, image), "\n");
    if (!jaxc_ok(predict(params, images))) {
        printf("Invalid shapes! %s\n", jaxc_error());
        jaxc_clear_error();
    }
    print_shape("", batched_predict(params, images), "\n");
}

static void print_programs(jaxc_value params, jaxc_value x, jaxc_value y)
{
    printf("loss:\n%s\n", jaxc_program(loss, params, x, y));
    printf("update:\n%s\n", jaxc_program(update, params, x, y));
    printf("update, optimised:\n%s\n", jaxc_program_optimised(update, params, x, y));
    printf("update, lowered:\n%s\n", jaxc_program_lowered(update, params, x, y));
}

struct batch {
    jaxc_value x, y;
};

/* n images and their labels, or as many as there are from the first one on. */
static struct batch get_batch(const struct idx_set *set, int first, int n)
{
    if (n > set->count - first)
        n = set->count - first;
    return (struct batch){
        jaxc_array(set->images + (size_t)first * N_PIXELS, JAXC_U8, JAXC_SHAPE(n, N_PIXELS)),
        one_hot(jaxc_array(set->labels + first, JAXC_U8, JAXC_SHAPE(n)), N_TARGETS),
    };
}

/* One pass over the training set, in its own order. */
static void train_epoch(jaxc_fn step, jaxc_value *params, const struct idx_set *set)
{
    for (int i = 0; i < set->count && !jaxc_error(); i += options.batch) {
        JAXC_SCOPE;
        struct batch batch = get_batch(set, i, options.batch);
        jaxc_set(params, jaxc_call(step, *params, batch.x, batch.y));
        curve_progress(i + options.batch, set->count);
    }
}

static void run(const struct idx_set *train_set, const struct idx_set *test_set, struct curve *c)
{
    jaxc_value params = jaxc_keep(init_network_params(layer_sizes, jaxc_random_key(options.seed)));
    show_predict(params);

    struct batch train = get_batch(train_set, 0, train_set->count);
    struct batch test = get_batch(test_set, 0, test_set->count);
    struct batch first = get_batch(train_set, 0, 128);
    print_shape("Train: ", train.x, " ");
    print_shape("", train.y, "\n");
    print_shape("Test: ", test.x, " ");
    print_shape("", test.y, "\n");
    if (options.print_program)
        print_programs(params, first.x, first.y);

    jaxc_fn step = jaxc_jit(update, .donate = JAXC_ARGS(0));
    curve_add(c, (struct curve_point){0, jaxc_item(loss(params, first.x, first.y)), NAN, NAN});
    for (int epoch = 0; epoch < options.epochs; epoch++) {
        JAXC_SCOPE;
        struct curve_point point;
        double start = curve_clock();
        train_epoch(step, &params, train_set);
        point.seconds = curve_clock() - start;
        point.loss = jaxc_item(loss(params, first.x, first.y));
        point.train = jaxc_item(accuracy(params, train.x, train.y));
        point.test = jaxc_item(accuracy(params, test.x, test.y));
        if (jaxc_error())
            break;
        curve_add(c, point);
        printf("Epoch %d in %.2f sec\n", epoch, point.seconds);
        printf("Training set accuracy %.5f\nTest set accuracy %.5f\n", point.train, point.test);
        fflush(stdout);
    }
    jaxc_drop(params);
}

int main(int argc, char **argv)
{
    struct idx_set train_set = {0}, test_set = {0};
    struct curve curve = {0};
    bool good = options_parse(&options, argc, argv) &&
                idx_load(&train_set, options.data, "train", N_PIXELS, N_TARGETS) &&
                idx_load(&test_set, options.data, "t10k", N_PIXELS, N_TARGETS);
    if (good)
        run(&train_set, &test_set, &curve);
    if (jaxc_error()) {
        fprintf(stderr, "mlp_mnist: %s\n", jaxc_error());
        good = false;
    }
    good = good && curve_finish(&curve, options.csv, options.plot);
    curve_free(&curve);
    idx_free(&train_set);
    idx_free(&test_set);
    return good ? 0 : 1;
}
