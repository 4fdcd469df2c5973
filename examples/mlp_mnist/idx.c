/*
 * IDX files through zlib. The header is believed only as far as the data bears it out: a file must
 * hold exactly the elements it announces, and gzip's own checksum must agree.
 *
 * Source: the format is described at http://yann.lecun.com/exdb/mnist/.
 */
#include "idx.h"

#include <zlib.h>

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_AXES = 3, UNSIGNED_BYTE = 8 };

static bool fail(const char *path, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fprintf(stderr, "mlp_mnist: %s: ", path);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    return false;
}

/* Exactly n bytes; zlib checks the trailing checksum when the end of the file is reached. */
static bool read_exactly(gzFile file, const char *path, void *to, size_t n)
{
    unsigned char *at = to;
    while (n > 0) {
        unsigned part = n < INT_MAX ? (unsigned)n : INT_MAX;
        int got = gzread(file, at, part);
        if (got <= 0) {
            int code = Z_OK;
            const char *why = gzerror(file, &code);
            if (code == Z_ERRNO)
                return fail(path, "%s", strerror(errno));
            if (code == Z_OK || code == Z_BUF_ERROR)
                return fail(path, "ends before its last element: truncated");
            return fail(path, "damaged: %s", why);
        }
        at += got;
        n -= (size_t)got;
    }
    return true;
}

static bool read_array(gzFile file, const char *path, int n_axes, int64_t *sizes,
                       unsigned char **elements)
{
    unsigned char header[4 + 4 * MAX_AXES], extra;

    if (gzdirect(file))
        return fail(path, "not a gzip file");
    if (!read_exactly(file, path, header, 4))
        return false;
    if (header[0] != 0 || header[1] != 0 || header[2] != UNSIGNED_BYTE || header[3] != n_axes)
        return fail(path, "magic number %02x%02x%02x%02x, not 000008%02x: no IDX file of %s",
                    header[0], header[1], header[2], header[3], n_axes,
                    n_axes == 1 ? "labels" : "images");
    if (!read_exactly(file, path, header + 4, 4 * (size_t)n_axes))
        return false;

    size_t total = 1;
    for (int axis = 0; axis < n_axes; axis++) {
        const unsigned char *b = header + 4 + 4 * axis;
        sizes[axis] = (int64_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
        if (sizes[axis] == 0 || sizes[axis] > INT_MAX || total > PTRDIFF_MAX / (size_t)sizes[axis])
            return fail(path, "axis %d has an impossible size, %lld", axis, (long long)sizes[axis]);
        total *= (size_t)sizes[axis];
    }

    *elements = malloc(total);
    if (!*elements)
        return fail(path, "no memory for the %zu bytes it announces", total);
    if (!read_exactly(file, path, *elements, total))
        return false;

    int more = gzread(file, &extra, 1);
    if (more < 0)
        return fail(path, "damaged: %s", gzerror(file, &more));
    if (more > 0)
        return fail(path, "goes on after its last element");
    return true;
}

/* The elements of DIR/PREFIX-KIND.gz; path keeps the name for later messages. */
static bool read_file(const char *dir, const char *prefix, const char *kind, int n_axes,
                      int64_t *sizes, unsigned char **elements, char *path, size_t room)
{
    if (snprintf(path, room, "%s/%s-%s.gz", dir, prefix, kind) >= (int)room)
        return fail(dir, "the path is too long");
    gzFile file = gzopen(path, "rb");
    if (!file)
        return fail(path, "%s", errno ? strerror(errno) : "no memory");
    bool good = read_array(file, path, n_axes, sizes, elements);
    gzclose(file);
    return good;
}

bool idx_load(struct idx_set *set, const char *dir, const char *prefix, int pixels, int classes)
{
    char path[4096];
    int64_t image_sizes[MAX_AXES], label_sizes[1];

    memset(set, 0, sizeof *set);
    bool good = read_file(dir, prefix, "images-idx3-ubyte", 3, image_sizes, &set->images, path,
                          sizeof path);
    if (good && image_sizes[1] * image_sizes[2] != pixels)
        good = fail(path, "images of %lldx%lld, not of %d pixels", (long long)image_sizes[1],
                    (long long)image_sizes[2], pixels);
    good = good && read_file(dir, prefix, "labels-idx1-ubyte", 1, label_sizes, &set->labels, path,
                             sizeof path);
    if (good && label_sizes[0] != image_sizes[0])
        good = fail(path, "%lld labels for %lld images", (long long)label_sizes[0],
                    (long long)image_sizes[0]);
    for (int64_t i = 0; good && i < label_sizes[0]; i++) {
        if (set->labels[i] >= classes)
            good = fail(path, "label %d at %lld, beyond %d", set->labels[i], (long long)i,
                        classes - 1);
    }
    if (!good) {
        idx_free(set);
        return false;
    }
    set->count = (int)image_sizes[0];
    set->pixels = pixels;
    return true;
}

void idx_free(struct idx_set *set)
{
    free(set->images);
    free(set->labels);
    memset(set, 0, sizeof *set);
}
