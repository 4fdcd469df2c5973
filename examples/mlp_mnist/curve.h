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

/* Seconds on a clock that never goes back. */
double curve_clock(void);

/* Nothing unless standard output is a terminal; the bar erases itself once done >= total. */
void curve_progress(int done, int total);

void curve_add(struct curve *curve, struct curve_point point);

/*
 * curve_finish - what is shown after the run.
 *
 *   csv, plot   files to write, or NULL; without gnuplot there is no plot, which is no failure
 *   ->          false: one line on stderr says which file could not be written
 *
 * On a terminal, loss and accuracies are drawn as well.
 */
bool curve_finish(const struct curve *curve, const char *csv, const char *plot);

void curve_free(struct curve *curve);

#endif
