#include "options.h"
#include "../common/common.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static void help(int n_points)
{
    printf("usage: spiral_classifier [OPTION...]\n"
           "\n"
           "Trains a 2-64-64-3 network to tell the points of three spirals apart.\n"
           "\n"
           "  --steps N          of training (1000)\n"
           "  --batch N          points in a step, at most %d (64)\n"
           "  --step-size X      of Adam at the start; it falls to 0 along a cosine (0.01)\n"
           "  --seed N           of the points, the first weights and the batches (0)\n"
           "  --csv FILE         write losses and accuracies\n"
           "  --plot FILE        draw points and regions with gnuplot, into FILE.svg or FILE.png\n"
           "  --help             this text\n",
           n_points);
}

bool options_parse(struct options *options, int argc, char **argv, int n_points)
{
    enum { STEPS, BATCH, STEP_SIZE, SEED, CSV, PLOT, HELP };
    static const struct option table[] = {
        {"steps", required_argument, NULL, STEPS},
        {"batch", required_argument, NULL, BATCH},
        {"step-size", required_argument, NULL, STEP_SIZE},
        {"seed", required_argument, NULL, SEED},
        {"csv", required_argument, NULL, CSV},
        {"plot", required_argument, NULL, PLOT},
        {"help", no_argument, NULL, HELP},
        {NULL, 0, NULL, 0},
    };

    *options = (struct options){.steps = 1000, .batch = 64, .step_size = 0.01};
    for (int c; (c = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        long long n = 0;
        switch (c) {
        case STEPS:
            if (!parse_integer(optarg, 0, 10000000, &n))
                return refuse("steps", optarg, "a number from 0 to 10000000");
            options->steps = (int)n;
            break;
        case BATCH:
            if (!parse_integer(optarg, 1, n_points, &n))
                return refuse("batch", optarg, "a number from 1 to that of the points");
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
        case CSV: options->csv = optarg; break;
        case HELP: help(n_points); exit(0);
        default: return false; /* getopt_long has said it */
        }
    }
    return parse_end(argc, argv);
}
