#include "plot.h"
#include "../common/common.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

/* Colours of the arms' points, red green blue. */
static const int palette[3][3] = {{31, 119, 180}, {214, 96, 20}, {44, 140, 60}};

void plot_draw(struct plot_map map)
{
    static const char marks[] = {'.', 'o', '#'};
    static const int colours[] = {34, 33, 32}; /* of ANSI terminals: blue, yellow, green */
    bool coloured = isatty(STDOUT_FILENO);

    for (int i = 0; i < map.rows * map.columns; i++) {
        const float *p = map.probabilities + 3 * i;
        int arm = p[0] >= p[1] && p[0] >= p[2] ? 0 : p[1] >= p[2] ? 1 : 2;
        if (coloured)
            printf("\033[%dm%c\033[m", colours[arm], marks[arm]);
        else
            putchar(marks[arm]);
        if (i % map.columns == map.columns - 1)
            putchar('\n');
    }
}

/* A colour of the map: the mean of the arms' colours by their probabilities, half way to white. */
static long shade(const float *p, int channel)
{
    double sum = 0;
    for (int arm = 0; arm < 3; arm++)
        sum += p[arm] * palette[arm][channel];
    return lround((sum + 255) / 2);
}

bool plot_write(struct plot_map map, struct plot_points points, const char *path)
{
    if (!gnuplot_here(path))
        return true;
    FILE *file = gnuplot_open(path, 480, 480);
    if (!file)
        return false;
    fputs("$map << END\n", file);
    for (int i = 0; i < map.rows * map.columns; i++) {
        const float *p = map.probabilities + 3 * i;
        double x = 2 * PLOT_EDGE * (i % map.columns) / (map.columns - 1) - PLOT_EDGE;
        double y = PLOT_EDGE - 2 * PLOT_EDGE * (i / map.columns) / (map.rows - 1);
        fprintf(file, "%g %g %ld %ld %ld\n", x, y, shade(p, 0), shade(p, 1), shade(p, 2));
    }
    fputs("END\n$points << END\n", file);
    for (int i = 0; i < points.n; i++) {
        const int *colour = palette[points.arm[i]];
        fprintf(file, "%.3f %.3f %d\n", points.at[2 * i], points.at[2 * i + 1],
                colour[0] << 16 | colour[1] << 8 | colour[2]);
    }
    fprintf(
        file,
        "END\n"
        "set size ratio -1\n"
        "set xrange [%g:%g]\n"
        "set yrange [%g:%g]\n"
        "unset key\n"
        "plot $map using 1:2:3:4:5 with rgbimage, \\\n"
        "     $points using 1:2:3 with points pointtype 7 pointsize 0.5 linecolor rgb variable\n",
        -PLOT_EDGE, PLOT_EDGE, -PLOT_EDGE, PLOT_EDGE);
    return gnuplot_close(file, path);
}
