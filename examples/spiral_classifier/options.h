/*
 * The command line of spiral_classifier.
 */
#ifndef SPIRAL_CLASSIFIER_OPTIONS_H
#define SPIRAL_CLASSIFIER_OPTIONS_H

#include <stdbool.h>

struct options {
    int steps, batch;
    unsigned long long seed;
    double step_size;
    const char *csv, *plot; /* may be NULL */
};

/*
 * Fill in the options, defaults included; false: one line on stderr says which argument is wrong.
 * A batch has at most n_points. --help prints what there is, and exits.
 */
bool options_parse(struct options *options, int argc, char **argv, int n_points);

#endif
