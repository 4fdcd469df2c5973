/*
 * What the examples share: messages, numbers on the command line, files, and gnuplot.
 */
#ifndef EXAMPLES_COMMON_H
#define EXAMPLES_COMMON_H

#include <stdbool.h>
#include <stdio.h>

/* "PROGRAM: what: why" on stderr; gives false. */
bool complain(const char *what, const char *why);

/* The same of an option: "PROGRAM: --option value: wanted ..."; gives false. */
bool refuse(const char *option, const char *value, const char *wanted);

/* Refuses what stands behind the options of getopt_long. */
bool parse_end(int argc, char **argv);

/* false, and nothing said, unless all of the text is a number in this range. */
bool parse_integer(const char *text, long long low, long long high, long long *out);
bool parse_positive(const char *text, double *out);

/* A new file; NULL after a complaint. */
FILE *file_create(const char *path);

/* Closes it; false after a complaint, also if something could not be written before. */
bool file_finish(FILE *file, const char *path);

/* Whether `path` ends as a plot may: .svg or .png. */
bool gnuplot_can(const char *path);

/* Whether there is a gnuplot; complains if not. */
bool gnuplot_here(const char *path);

/* A pipe into a gnuplot that draws into `path`, of so many pixels; NULL after a complaint. */
FILE *gnuplot_open(const char *path, int width, int height);

/* Waits for the plot; false after a complaint. */
bool gnuplot_close(FILE *gnuplot, const char *path);

#endif
