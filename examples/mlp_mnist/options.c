#include "options.h"
#include "../common/common.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static void help(void)
{
    puts("usage: mlp_mnist [OPTION...]\n"
         "\n"
         "Trains a 784-512-512-10 network on MNIST.\n"
         "\n"
         "  --epochs N         passes over the training set (10)\n"
         "  --batch N          images in a step; the last one of an epoch may have fewer (128)\n"
         "  --step-size X      of gradient descent (0.01)\n"
         "  --seed N           of the first weights (0)\n"
         "  --data DIR         the four gzipped IDX files (data)\n"
         "  --csv FILE         write losses and accuracies\n"
         "  --plot FILE        draw them with gnuplot, into FILE.svg or FILE.png\n"
         "  --print-program    print the training step, as traced, optimised and lowered\n"
         "  --help             this text");
}

bool options_parse(struct options *options, int argc, char **argv)
{
    enum { EPOCHS, BATCH, STEP_SIZE, SEED, DATA, CSV, PLOT, PRINT_PROGRAM, HELP };
    static const struct option table[] = {
        {"epochs", required_argument, NULL, EPOCHS},
        {"batch", required_argument, NULL, BATCH},
        {"step-size", required_argument, NULL, STEP_SIZE},
        {"seed", required_argument, NULL, SEED},
        {"data", required_argument, NULL, DATA},
        {"csv", required_argument, NULL, CSV},
        {"plot", required_argument, NULL, PLOT},
        {"print-program", no_argument, NULL, PRINT_PROGRAM},
        {"help", no_argument, NULL, HELP},
        {NULL, 0, NULL, 0},
    };

    *options = (struct options){.epochs = 10, .batch = 128, .step_size = 0.01, .data = "data"};
    for (int c; (c = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        long long n = 0;
        switch (c) {
        case EPOCHS:
            if (!parse_integer(optarg, 0, 1000000, &n))
                return refuse("epochs", optarg, "a number from 0 to 1000000");
            options->epochs = (int)n;
            break;
        case BATCH:
            if (!parse_integer(optarg, 1, 1000000, &n))
                return refuse("batch", optarg, "a number from 1 to 1000000");
            options->batch = (int)n;
            break;
        case STEP_SIZE:
            if (!parse_positive(optarg, &options->step_size))
                return refuse("step-size", optarg, "a positive number");
            break;
        case SEED:
            if (!parse_integer(optarg, 0, LLONG_MAX, &n))
                return refuse("seed", optarg, "a number from 0");
            options->seed = (unsigned long long)n;
            break;
        case PLOT:
            if (!gnuplot_can(optarg))
                return refuse("plot", optarg, "a name that ends in .svg or .png");
            options->plot = optarg;
            break;
        case DATA: options->data = optarg; break;
        case CSV: options->csv = optarg; break;
        case PRINT_PROGRAM: options->print_program = true; break;
        case HELP: help(); exit(0);
        default: return false; /* getopt_long has said it */
        }
    }
    return parse_end(argc, argv);
}
