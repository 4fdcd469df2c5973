/*
 * support/code_builder.h - kernels written by hand, for the tests of backends.
 *
 *     struct code_builder b;
 *     code_begin(&b);
 *     int x = code_operand(&b, JAXC_F32, JAXC_SHAPE(32, 10));
 *     int y = code_result(&b, JAXC_F32, JAXC_SHAPE(32, 10));
 *     code_kernel(&b, "normalise", 1, JAXC_SHAPE(32, 10));      one outer axis of two
 *     code_inner(&b, 0);                                        what follows is in stage 0
 *     int v = code_load(&b, x, AT(10, 1));
 *     code_outer(&b);
 *     int s = code_reduce(&b, 0, JX_COMBINE_ADD, v, -1);
 *     code_inner(&b, 1);
 *     code_store(&b, code_op2(&b, JX_S_div, JAXC_F32, v, s), y, AT(10, 1));
 *     struct jx_code *code = code_end(&b);                      checked; jx_code_free gives it back
 *
 * Instructions return their register. A failed allocation fails the test.
 */
#ifndef TEST_CODE_BUILDER_H
#define TEST_CODE_BUILDER_H

#include "kernel/kernel.h"

struct code_builder {
    struct jx_code *code;
    struct jx_kernel *kernel; /* the newest */
    bool inner;
    int stage;
};

/* Strides, one for each axis of the kernel; the rest are 0. */
#define AT(...) ((const int64_t[JX_MAX_AXES]){__VA_ARGS__})

void code_begin(struct code_builder *b);
struct jx_code *code_end(struct code_builder *b); /* jx_code_verify holds */
struct jx_code *code_end_unchecked(
    struct code_builder *b); /* for code that is meant to be broken */

/* Storages, in the order of the calls; a temporary lies behind those before it in the arena. */
int code_operand(struct code_builder *b, jaxc_dtype dtype, struct jaxc_shape shape);
int code_result(struct code_builder *b, jaxc_dtype dtype, struct jaxc_shape shape);
int code_temp(struct code_builder *b, jaxc_dtype dtype, struct jaxc_shape shape);
void code_layout(struct code_builder *b, int storage, int axis, int block);
void code_donate(struct code_builder *b, int operand, int result); /* numbers, not storages */

void code_kernel(struct code_builder *b, const char *name, int n_outer, struct jaxc_shape dims);
void code_outer(struct code_builder *b);
void code_inner(struct code_builder *b, int stage);

int code_load(struct code_builder *b, int storage, const int64_t *stride);
int code_load_from(struct code_builder *b, int storage, int64_t offset, const int64_t *stride);
void code_guard(struct code_builder *b, int load, struct jx_guard guard, union jx_scalar fill);
int code_f(struct code_builder *b, jaxc_dtype dtype, double value);
int code_i(struct code_builder *b, jaxc_dtype dtype, int64_t value);
int code_index(struct code_builder *b, jaxc_dtype dtype, int axis);
int code_op1(struct code_builder *b, enum jx_scalar_op op, jaxc_dtype dtype, int x);
int code_op2(struct code_builder *b, enum jx_scalar_op op, jaxc_dtype dtype, int x, int y);
int code_select(struct code_builder *b, int p, int y, int z);
/* index: -1 but for arg-reductions, whose result has its dtype. */
int code_reduce(struct code_builder *b, int stage, enum jx_combine combine, int x, int index);
void code_dot(struct code_builder *b, int x, int y, int mul, int sum);
void code_store(struct code_builder *b, int reg, int storage, const int64_t *stride);
void code_store_at(struct code_builder *b, int reg, int storage, int64_t offset,
                   const int64_t *stride);
/* The axis of the kernel along which the view of a load, or of the newest store, is blocked. */
void code_blocked_load(struct code_builder *b, int load, int axis);
void code_blocked_store(struct code_builder *b, int axis);

/* Compiles, runs and drops; all must succeed. */
void code_run(const struct jx_backend *backend, const struct jx_code *code, void *const *operands,
              void *const *results);

#endif
