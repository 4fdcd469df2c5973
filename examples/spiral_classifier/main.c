/*
 * Three interleaved spirals, told apart by a small network: minibatches in random order, Adam with a
 * learning rate that falls along a cosine, one compiled step.
 */
#include "../common/common.h"
#include "options.h"
#include "plot.h"

#include <jaxc/jaxc.h>

#include <math.h>
#include <stdio.h>

enum { N_ARMS = 3, PER_ARM = 128, N_POINTS = N_ARMS * PER_ARM, HIDDEN = 64, REPORT = 100 };

/* Noisy points f32[N_POINTS,2], and the number of the arm i32[N_POINTS] that each belongs to. */
static jaxc_value make_spirals(jaxc_value key)
{
    jaxc_value radius_key, noise_key;
    jaxc_unpack(jaxc_random_split(key, 2), &radius_key, &noise_key);
    jaxc_value arms = jaxc_repeat(jaxc_arange(N_ARMS), PER_ARM);
    jaxc_value radius = jaxc_sqrt(jaxc_random_uniform(radius_key, JAXC_SHAPE(N_POINTS)));
    jaxc_value noise = jaxc_random_normal(noise_key, JAXC_SHAPE(N_POINTS));
    jaxc_value angle = jaxc_add(jaxc_mul(5, radius), jaxc_mul(2 * M_PI / N_ARMS, arms));
    angle = jaxc_add(angle, jaxc_mul(0.2, noise));
    jaxc_value x = jaxc_mul(radius, jaxc_cos(angle));
    jaxc_value y = jaxc_mul(radius, jaxc_sin(angle));
    return jaxc_tuple(jaxc_stack(1, x, y), arms);
}

static jaxc_value init_layer(jaxc_value key, int inputs, int outputs)
{
    jaxc_value w = jaxc_initializers_glorot_normal(key, JAXC_SHAPE(inputs, outputs));
    return jaxc_dict("w", w, "b", jaxc_zeros(JAXC_SHAPE(outputs)));
}

static jaxc_value init_network(jaxc_value key)
{
    jaxc_value k1, k2, k3;
    jaxc_unpack(jaxc_random_split(key, 3), &k1, &k2, &k3);
    return jaxc_tuple(init_layer(k1, 2, HIDDEN), init_layer(k2, HIDDEN, HIDDEN),
                      init_layer(k3, HIDDEN, N_ARMS));
}

static jaxc_value dense(jaxc_value layer, jaxc_value x)
{
    return jaxc_add(jaxc_dot(x, jaxc_get(layer, "w")), jaxc_get(layer, "b"));
}

/* The log-probabilities T[...,3] of points T[...,2]. */
static jaxc_value predict(jaxc_value params, jaxc_value x)
{
    jaxc_value first, second, last;
    jaxc_unpack(params, &first, &second, &last);
    x = jaxc_nn_tanh(dense(first, x));
    x = jaxc_nn_tanh(dense(second, x));
    return jaxc_nn_log_softmax(dense(last, x));
}

/* The cross-entropy of one point. */
static jaxc_value cross_entropy(jaxc_value params, jaxc_value x, jaxc_value arm)
{
    return jaxc_neg(jaxc_index(predict(params, x), arm));
}

static jaxc_value loss(jaxc_value params, jaxc_value xs, jaxc_value arms)
{
    jaxc_fn each = jaxc_vmap(cross_entropy, .in_axes = {JAXC_NONE, 0, 0});
    return jaxc_mean(jaxc_call(each, params, xs, arms));
}

static jaxc_value accuracy(jaxc_value params, jaxc_value xs, jaxc_value arms)
{
    jaxc_value guesses = jaxc_argmax(predict(params, xs), JAXC_AXIS(-1));
    return jaxc_mean(jaxc_equal(guesses, arms));
}

/* One step of Adam: ((parameters, state), points, rows of the batch, learning rate of step 0, number
 * of steps) to ((parameters, state), loss). */
static jaxc_value update(jaxc_value model, jaxc_value points, jaxc_value rows, jaxc_value peak,
                         jaxc_value steps)
{
    jaxc_value params, state, xs, arms, value, grads, updates;
    jaxc_unpack(model, &params, &state);
    jaxc_unpack(points, &xs, &arms);
    xs = jaxc_take(xs, rows, JAXC_AXIS(0));
    arms = jaxc_take(arms, rows, JAXC_AXIS(0));
    jaxc_unpack(jaxc_call(jaxc_value_and_grad(loss), params, xs, arms), &value, &grads);
    jaxc_value rate = jaxc_optim_cosine_decay_schedule(jaxc_get(state, "count"), peak, steps);
    jaxc_unpack(jaxc_optim_adam(grads, state, params, rate), &updates, &state);
    return jaxc_tuple(jaxc_tuple(jaxc_optim_apply_updates(params, updates), state), value);
}

/* The rows of batch i: each N_POINTS / batch steps all points in another order. */
static jaxc_value next_rows(jaxc_value *order, jaxc_value key, int i, int batch)
{
    int at = i % (N_POINTS / batch);
    if (at == 0)
        jaxc_set(order, jaxc_random_permutation(jaxc_random_fold_in(key, i), N_POINTS));
    return jaxc_lax_dynamic_slice(*order, JAXC_SHAPE(batch), at * batch);
}

/* The model after training, kept. */
static jaxc_value train(jaxc_value key, jaxc_value points, jaxc_value test, const struct options *o,
                        FILE *csv)
{
    jaxc_value init_key, order_key, xs, arms;
    jaxc_unpack(jaxc_random_split(key, 2), &init_key, &order_key);
    jaxc_unpack(test, &xs, &arms);
    jaxc_value params = init_network(init_key);
    jaxc_value model = jaxc_keep(jaxc_tuple(params, jaxc_optim_adam_init(params)));
    jaxc_value order = jaxc_keep(jaxc_arange(N_POINTS));
    jaxc_fn step = jaxc_jit(update, .donate = JAXC_ARGS(0)), measure = jaxc_jit(accuracy);

    for (int i = 0; i < o->steps && !jaxc_error(); i++) {
        JAXC_SCOPE;
        jaxc_value rows = next_rows(&order, order_key, i, o->batch), value;
        jaxc_value result = jaxc_call(step, model, points, rows, o->step_size, o->steps);
        jaxc_set(&model, jaxc_get(result, 0));
        value = jaxc_get(result, 1);
        if ((i + 1) % REPORT == 0 || i + 1 == o->steps) {
            double right = jaxc_item(jaxc_call(measure, jaxc_get(model, 0), xs, arms));
            printf("step %5d  loss %.4f  test accuracy %.4f\n", i + 1, jaxc_item(value), right);
            if (csv)
                fprintf(csv, "%d,%.9g,%.9g\n", i + 1, jaxc_item(value), right);
        }
    }
    jaxc_drop(order);
    return model;
}

/* What the network says of a grid; the probabilities live as long as the scope. */
static struct plot_map map_of(jaxc_value params, int rows, int columns)
{
    jaxc_value x = jaxc_linspace(-PLOT_EDGE, PLOT_EDGE, columns);
    jaxc_value y = jaxc_linspace(PLOT_EDGE, -PLOT_EDGE, rows);
    jaxc_unpack(jaxc_meshgrid(jaxc_tuple(x, y)), &x, &y);
    jaxc_value probabilities = jaxc_exp(predict(params, jaxc_stack(-1, x, y)));
    return (struct plot_map){rows, columns, jaxc_data(probabilities)};
}

static bool run(const struct options *o, FILE *csv)
{
    JAXC_SCOPE;
    jaxc_value points_key, test_key, key;
    jaxc_unpack(jaxc_random_split(jaxc_random_key(o->seed), 3), &points_key, &test_key, &key);
    jaxc_value points = make_spirals(points_key);
    jaxc_value model = train(key, points, make_spirals(test_key), o, csv);
    jaxc_value params = jaxc_get(model, 0);
    jaxc_drop(model);

    struct plot_map small = map_of(params, 24, 48), large = map_of(params, 120, 120);
    struct plot_points dots = {N_POINTS, jaxc_data(jaxc_get(points, 0)),
                               jaxc_data(jaxc_get(points, 1))};
    if (jaxc_error()) {
        fprintf(stderr, "spiral_classifier: %s\n", jaxc_error());
        return false;
    }
    plot_draw(small);
    return !o->plot || plot_write(large, dots, o->plot);
}

int main(int argc, char **argv)
{
    struct options options;
    FILE *csv = NULL;

    if (!options_parse(&options, argc, argv, N_POINTS))
        return 1;
    if (options.csv && !(csv = file_create(options.csv)))
        return 1;
    if (csv)
        fputs("steps,loss,test_accuracy\n", csv);
    bool good = run(&options, csv);
    if (csv && !file_finish(csv, options.csv))
        good = false;
    return good ? 0 : 1;
}
