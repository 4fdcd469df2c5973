/*
 * Pictures of what the network says of the square [-PLOT_EDGE, PLOT_EDGE]^2.
 */
#ifndef SPIRAL_CLASSIFIER_PLOT_H
#define SPIRAL_CLASSIFIER_PLOT_H

#include <stdbool.h>

#define PLOT_EDGE 1.2

/* Three probabilities, one for each arm, at each point of a grid, row by row from the top. */
struct plot_map {
    int rows, columns;
    const float *probabilities;
};

/* n times x and y, and the number of the arm. */
struct plot_points {
    int n;
    const float *at;
    const int *arm;
};

/* The map as characters, in colour if standard output is a terminal. */
void plot_draw(struct plot_map map);

/*
 * plot_write - the map with the points on it, by gnuplot.
 *
 *   path   a file.svg or file.png; without gnuplot there is no plot, which is no failure
 *   ->     false: one line on stderr says why there is no plot
 */
bool plot_write(struct plot_map map, struct plot_points points, const char *path);

#endif
