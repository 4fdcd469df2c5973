/*
 * support/arrays.h - arrays in the test's own memory, random numbers, types from text.
 *
 * Memory that cannot be had ends the test.
 */
#ifndef TEST_ARRAYS_H
#define TEST_ARRAYS_H

#include "ir/ir.h"

/* Random numbers: splitmix64 (Steele, Lea, Flood 2014); a seed is any number. */
struct rng {
    uint64_t state;
};
uint64_t rng_bits(struct rng *r);
int rng_below(struct rng *r, int n);                       /* 0 <= result < n */
double rng_between(struct rng *r, double from, double to); /* uniform */

void *must_alloc(size_t n, size_t size); /* zeroed; freed by free */

/* Row-major elements of a type; data is never NULL. */
struct array {
    struct jx_aval type;
    void *data;
};
struct array array_new(const struct jx_aval *type);
struct array array_copy(const struct array *a);
void array_free(struct array *a);
void arrays_free(int n, struct array *a); /* and the list itself */
int64_t array_count(const struct array *a);
size_t array_size(const struct array *a); /* bytes */
/* Floats uniform in [from, to]; integers small, negative ones too; bools. */
void array_fill(struct array *a, struct rng *r, double from, double to);
double array_number(const struct array *a, int64_t i);
void array_set(struct array *a, int64_t i, double number);

/* Another lane's numbers, in the same domain: floats shrunk a little and moved on, integers counted
 * up, bools turned. Lane 0 is `a` itself. */
struct array array_lane(const struct array *a, int lane);
/* n arrays of one type along a new axis; n may be 0, `like` gives the type. */
struct array array_stack(int n, const struct array *lanes, int axis, const struct jx_aval *like);

/* The type `dtype[dims]` with an axis put in, or taken out. */
struct jx_aval aval_with_axis(const struct jx_aval *a, int axis, int64_t size);
struct jx_aval aval_without_axis(const struct jx_aval *a, int axis);

/* "T[2,3] weak i32[]" into types, T standing for `dtype`; how many. */
#define MOST_OPERANDS 8
int avals_parse(const char *text, jaxc_dtype dtype, struct jx_aval *types);

#endif
