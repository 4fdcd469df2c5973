/*
 * The plot is gnuplot's work: it gets a script with the data inside through a pipe.
 */
#include "curve.h"
#include "../common/common.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double curve_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void curve_progress(int done, int total)
{
    enum { WIDTH = 50 };
    static int drawn = -1; /* cells; a bar is drawn again only when one more is full */

    if (!isatty(STDOUT_FILENO))
        return;
    int full = done < total ? (int)((long long)done * WIDTH / total) : -1;
    if (full == drawn)
        return;
    if (full >= 0)
        printf("\r[%.*s%*s] %3lld%%", full, "##################################################",
               WIDTH - full, "", 100LL * done / total);
    else
        printf("\r\033[K");
    fflush(stdout);
    drawn = full;
}

void curve_add(struct curve *curve, struct curve_point point)
{
    struct curve_point *points = realloc(curve->points, ((size_t)curve->n + 1) * sizeof point);
    if (!points) {
        fputs("mlp_mnist: no memory for the curve\n", stderr);
        exit(1);
    }
    points[curve->n++] = point;
    curve->points = points;
}

void curve_free(struct curve *curve)
{
    free(curve->points);
    *curve = (struct curve){0, NULL};
}

struct series {
    char mark;
    double (*value)(const struct curve_point *point);
};

/* One mark per measured value, epochs to the right, from the lowest value at the bottom to the
 * highest. */
static void draw(const char *title, const struct curve *curve, const struct series *series, int n)
{
    enum { ROWS = 10, COLUMNS = 61 };
    char cells[ROWS][COLUMNS];
    double low = INFINITY, high = -INFINITY;

    for (int i = 0; i < n * curve->n; i++) {
        double y = series[i % n].value(&curve->points[i / n]);
        if (isfinite(y)) {
            low = fmin(low, y);
            high = fmax(high, y);
        }
    }
    if (curve->n < 2 || !(low < high))
        return;

    memset(cells, ' ', sizeof cells);
    for (int i = 0; i < n * curve->n; i++) {
        double y = series[i % n].value(&curve->points[i / n]);
        if (isfinite(y)) {
            long row = lround((high - y) / (high - low) * (ROWS - 1));
            int column = i / n * (COLUMNS - 1) / (curve->n - 1);
            cells[row][column] = series[i % n].mark;
        }
    }
    printf("\n%s\n", title);
    for (int row = 0; row < ROWS; row++) {
        if (row == 0 || row == ROWS - 1)
            printf("%10.4g |%.*s\n", row == 0 ? high : low, COLUMNS, cells[row]);
        else
            printf("%10s |%.*s\n", "", COLUMNS, cells[row]);
    }
    printf("%11s 0%*d\n", "", COLUMNS - 1, curve->n - 1);
}

static double log_loss(const struct curve_point *point) { return log10(point->loss); }
static double train(const struct curve_point *point) { return point->train; }
static double test(const struct curve_point *point) { return point->test; }

static void draw_all(const struct curve *curve)
{
    static const struct series losses[] = {{'*', log_loss}};
    static const struct series accuracies[] = {{'o', train}, {'*', test}};

    draw("log10 of the loss of the first batch, by epochs", curve, losses, 1);
    draw("accuracy, by epochs: o training set, * test set", curve, accuracies, 2);
}

static void write_rows(FILE *file, const struct curve *curve)
{
    for (int i = 0; i < curve->n; i++) {
        const struct curve_point *p = &curve->points[i];
        fprintf(file, "%d,%.3f,%.9g,", i, p->seconds, p->loss);
        if (isfinite(p->train))
            fprintf(file, "%.9g", p->train);
        fputc(',', file);
        if (isfinite(p->test))
            fprintf(file, "%.9g", p->test);
        fputc('\n', file);
    }
}

static bool write_csv(const struct curve *curve, const char *path)
{
    FILE *file = file_create(path);
    if (!file)
        return false;
    fputs("epochs,seconds,loss,train_accuracy,test_accuracy\n", file);
    write_rows(file, curve);
    return file_finish(file, path);
}

static bool write_plot(const struct curve *curve, const char *path)
{
    if (!gnuplot_here(path))
        return true;
    FILE *file = gnuplot_open(path, 900, 360);
    if (!file)
        return false;
    fputs("$runs << END\n", file);
    write_rows(file, curve);
    fputs("END\n"
          "set datafile separator ','\n"
          "set multiplot layout 1,2\n"
          "set xlabel 'epochs'\n"
          "set grid\n"
          "set logscale y\n"
          "plot $runs using 1:3 with linespoints title 'loss of the first batch'\n"
          "unset logscale y\n"
          "set key bottom right\n"
          "plot $runs using 1:4 with linespoints title 'training set accuracy', \\\n"
          "     $runs using 1:5 with linespoints title 'test set accuracy'\n",
          file);
    return gnuplot_close(file, path);
}

bool curve_finish(const struct curve *curve, const char *csv, const char *plot)
{
    if (isatty(STDOUT_FILENO))
        draw_all(curve);
    return (!csv || write_csv(curve, csv)) && (!plot || write_plot(curve, plot));
}
