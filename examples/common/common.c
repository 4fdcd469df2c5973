#include "common.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool complain(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, why);
    return false;
}

bool refuse(const char *option, const char *value, const char *wanted)
{
    fprintf(stderr, "%s: --%s %s: wanted %s\n", program_invocation_short_name, option, value,
            wanted);
    return false;
}

bool parse_end(int argc, char **argv)
{
    return optind >= argc || complain(argv[optind], "takes options only; see --help");
}

bool parse_integer(const char *text, long long low, long long high, long long *out)
{
    char *end;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return end != text && *end == 0 && errno == 0 && *out >= low && *out <= high;
}

bool parse_positive(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == 0 && isfinite(*out) && *out > 0;
}

FILE *file_create(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        complain(path, strerror(errno));
    return file;
}

bool file_finish(FILE *file, const char *path)
{
    bool good = !ferror(file);
    if (fclose(file) != 0 || !good)
        return complain(path, strerror(errno));
    return true;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

bool gnuplot_can(const char *path) { return ends_with(path, ".svg") || ends_with(path, ".png"); }

bool gnuplot_here(const char *path)
{
    return system("command -v gnuplot >/dev/null 2>&1") == 0 ||
           complain(path, "no gnuplot here, so no plot");
}

FILE *gnuplot_open(const char *path, int width, int height)
{
    FILE *file = file_create(path); /* gnuplot would fall back to standard output */
    if (!file || !file_finish(file, path))
        return NULL;
    file = popen("gnuplot -d", "w");
    if (!file) {
        complain(path, strerror(errno));
        return NULL;
    }
    fprintf(file, "set terminal %s size %d,%d\nset output '",
            ends_with(path, ".svg") ? "svg background 'white'" : "png", width, height);
    for (const char *c = path; *c; c++) /* gnuplot doubles a quote inside quotes */
        fprintf(file, *c == '\'' ? "''" : "%c", *c);
    fputs("'\n", file);
    return file;
}

bool gnuplot_close(FILE *gnuplot, const char *path)
{
    return pclose(gnuplot) == 0 || complain(path, "gnuplot made no plot");
}
