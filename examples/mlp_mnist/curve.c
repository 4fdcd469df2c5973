/*
 * The plot is gnuplot's work: it gets a script with the data inside through a pipe.
 */
#include "curve.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void curve_progress(int done, int total)
{
    enum { WIDTH = 50 };
    static int drawn = -1; /* cells; a bar is drawn again only when one more is full */

    if (!isatty(STDOUT_FILENO))
        return;
    int full = (int)((long long)done * WIDTH / total);
    if (done < total && full != drawn) {
        printf("\r[%.*s%*s] %3d%%", full, "##################################################",
               WIDTH - full, "", (int)(100LL * done / total));
        drawn = full;
    } else if (done == total) {
        printf("\r\033[K");
        drawn = -1;
    }
    fflush(stdout);
}

/* One character per measured value, on ROWS lines, from low at the bottom to high at the top. */
static void draw(const char *title, const char *mark, const struct curve *curve,
                 double (*const *value)(const struct curve_point *))
{
    enum { ROWS = 10, COLUMNS = 61 };
    char cells[ROWS][COLUMNS + 1];
    double low = INFINITY, high = -INFINITY;

    memset(cells, ' ', sizeof cells);
    for (int s = 0; mark[s]; s++) {
        for (int i = 0; i < curve->n; i++) {
            double y = value[s](&curve->points[i]);
            if (isfinite(y)) {
                low = fmin(low, y);
                high = fmax(high, y);
            }
        }
    }
    if (!(low <= high))
        return;
    for (int s = 0; mark[s]; s++) {
        for (int i = 0; i < curve->n; i++) {
            double y = value[s](&curve->points[i]);
            if (!isfinite(y))
                continue;
            int row = high > low ? (int)lround((high - y) / (high - low) * (ROWS - 1)) : ROWS / 2;
            int column = curve->n > 1 ? i * (COLUMNS - 1) / (curve->n - 1) : 0;
            cells[row][column] = mark[s];
        }
    }
    printf("\n%s\n", title);
    for (int row = 0; row < ROWS; row++) {
        cells[row][COLUMNS] = 0;
        if (row == 0)
            printf("%10.4g |%s\n", high, cells[row]);
        else if (row == ROWS - 1)
            printf("%10.4g |%s\n", low, cells[row]);
        else
            printf("%10s |%s\n", "", cells[row]);
    }
    printf("%10s +", "");
    for (int column = 0; column < COLUMNS; column++)
        putchar('-');
    printf("\n%10s  0%*d\n", "", COLUMNS - 1, curve->n - 1);
}

static double log_loss(const struct curve_point *point) { return log10(point->loss); }
static double train(const struct curve_point *point) { return point->train; }
static double test(const struct curve_point *point) { return point->test; }

void curve_draw(const struct curve *curve)
{
    if (!isatty(STDOUT_FILENO))
        return;
    draw("log10 of the loss of the first batch, by epochs", "*", curve,
         (double (*const[])(const struct curve_point *)){log_loss});
    draw("accuracy, by epochs: o training set, * test set", "o*", curve,
         (double (*const[])(const struct curve_point *)){train, test});
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

bool curve_can_plot(const char *path) { return ends_with(path, ".svg") || ends_with(path, ".png"); }

static bool fail(const char *path, const char *why)
{
    fprintf(stderr, "mlp_mnist: %s: %s\n", path, why);
    return false;
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

bool curve_write_csv(const struct curve *curve, const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return fail(path, strerror(errno));
    fputs("epochs,seconds,loss,train_accuracy,test_accuracy\n", file);
    write_rows(file, curve);
    bool good = !ferror(file);
    if (fclose(file) != 0 || !good)
        return fail(path, strerror(errno));
    return true;
}

bool curve_write_plot(const struct curve *curve, const char *path)
{
    if (system("command -v gnuplot >/dev/null 2>&1") != 0) {
        fail(path, "no gnuplot here, so no plot");
        return true;
    }
    FILE *file = fopen(path, "w"); /* gnuplot would fall back to standard output */
    if (!file || fclose(file) != 0 || !(file = popen("gnuplot -d", "w")))
        return fail(path, strerror(errno));

    fprintf(file, "set terminal %s size 900,360\nset output '",
            ends_with(path, ".svg") ? "svg" : "png");
    for (const char *c = path; *c; c++) /* gnuplot doubles a quote inside quotes */
        fprintf(file, *c == '\'' ? "''" : "%c", *c);
    fputs("'\n$runs << END\n", file);
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
    if (pclose(file) != 0)
        return fail(path, "gnuplot made no plot");
    return true;
}
