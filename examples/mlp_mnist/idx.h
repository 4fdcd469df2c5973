/*
 * Labelled images from a pair of gzipped IDX files, the format of the MNIST database.
 */
#ifndef MLP_MNIST_IDX_H
#define MLP_MNIST_IDX_H

#include <stdbool.h>

struct idx_set {
    int count;             /* images, and labels */
    int pixels;            /* bytes of one image */
    unsigned char *images; /* [count][pixels], 0..255, in the order of the file */
    unsigned char *labels; /* [count], below `classes` */
};

/*
 * idx_load - read DIR/PREFIX-images-idx3-ubyte.gz and DIR/PREFIX-labels-idx1-ubyte.gz.
 *
 *   pixels    what an image must have: 784 for 28x28
 *   classes   labels must be below it
 *   ->        false: one line on stderr says what is wrong with which file, and *set is empty
 */
bool idx_load(struct idx_set *set, const char *dir, const char *prefix, int pixels, int classes);

void idx_free(struct idx_set *set);

#endif
