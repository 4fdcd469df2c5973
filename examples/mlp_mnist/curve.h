/*
 * What a training run shows of itself: a progress bar, a curve in the terminal, a CSV file, a plot.
 */
#ifndef MLP_MNIST_CURVE_H
#define MLP_MNIST_CURVE_H

#include <stdbool.h>

struct curve_point {
    double seconds;     /* for the epoch's updates; 0 in the first point */
    double loss;        /* of the first batch */
    double train, test; /* accuracies, 0..1; NaN where not measured */
};

/* Point 0 is the state before training, point e the state after e epochs. */
struct curve {
    int n;
    struct curve_point *points;
};

/* Nothing unless standard output is a terminal; the bar erases itself when done == total. */
void curve_progress(int done, int total);

/* Loss and accuracies as two small drawings, if standard output is a terminal. */
void curve_draw(const struct curve *curve);

/* Whether `path` ends as a plot may: .svg or .png. */
bool curve_can_plot(const char *path);

/* Each writes `path`, or says in one line on stderr why not. Without gnuplot no plot is made: no failure. */
bool curve_write_csv(const struct curve *curve, const char *path);
bool curve_write_plot(const struct curve *curve, const char *path);

#endif
