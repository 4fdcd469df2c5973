/*
 * support/random_code.h - random legal code, and the results of a backend compared with the
 * oracle's.
 *
 * A generator keeps, beside each register, a bound of its magnitude and of how far two right
 * backends may differ in it, by the rules of interval arithmetic; so a comparison needs no
 * tolerance by feeling, and an operation that jumps (a comparison, a conversion to an integer, an
 * arg-reduction) is applied to exact values alone.
 */
#ifndef TEST_RANDOM_CODE_H
#define TEST_RANDOM_CODE_H

#include "support/code_builder.h"

struct random_code {
    struct code_builder b;
    struct jx_code *code;
    uint64_t state; /* of the random numbers */
    void *operands[32];
    double tolerance[32]; /* absolute, of each float result */
};

uint64_t random_bits(uint64_t *state);
int random_below(uint64_t *state, int n);

/* Fills *r from a seed. Kernels of every kind, or products. */
void random_kernel(struct random_code *r, uint64_t seed);
void random_product(struct random_code *r, uint64_t seed);
void random_code_free(struct random_code *r);

/* Fresh memory for the results, from a copy of the operands where they are donated. */
struct random_results {
    void *operands[32], *results[32];
};
void random_results_run(struct random_results *x, const struct random_code *r,
                        const struct jx_backend *backend);
void random_results_free(struct random_results *x, const struct random_code *r);
/* Prints the code and fails the test where they differ; exactly: bit by bit. */
void random_results_compare(const struct random_code *r, const struct random_results *want,
                            const struct random_results *have, bool exactly, const char *what);

#endif
