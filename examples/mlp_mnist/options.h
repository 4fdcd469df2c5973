/*
 * The command line of mlp_mnist.
 */
#ifndef MLP_MNIST_OPTIONS_H
#define MLP_MNIST_OPTIONS_H

#include <stdbool.h>

struct options {
    int epochs, batch;
    unsigned long long seed;
    double step_size;
    const char *data, *csv, *plot; /* csv and plot may be NULL */
    bool print_program;
};

/*
 * Fill in the options, defaults included; false: one line on stderr says which argument is wrong.
 * --help prints what there is, and exits.
 */
bool options_parse(struct options *options, int argc, char **argv);

#endif
