/*
 * support/reference_calls.h - the cases of a file of reference values, by the names of the calls.
 */
#ifndef TEST_REFERENCE_CALLS_H
#define TEST_REFERENCE_CALLS_H

#include "support/reference_run.h"

#include <check.h>

/* One of the members is set. */
struct reference_call {
    const char *name;
    jaxc_value (*one)(jaxc_value);
    jaxc_value (*two)(jaxc_value, jaxc_value);
    jaxc_value (*three)(jaxc_value, jaxc_value, jaxc_value);
    jaxc_value (*reduce)(jaxc_value, struct jaxc_reduce_options);
    jaxc_value (*axes)(jaxc_value, struct jaxc_axes_options);
    jaxc_value (*shape)(jaxc_value, struct jaxc_shape);
    jaxc_value (*like)(jaxc_value, jaxc_dtype);
    jaxc_value (*other)(const struct reference_case *, const jaxc_value *);
};

/* Tests that every call has cases, and of all of them JAX's values and gradients, as calls and
 * inside jit, and failing allocations. One file for each program. */
TCase *reference_cases(const char *path, size_t n, const struct reference_call *calls);
/* The operands of a case without the weights of a gradient. */
int reference_n_operands(const struct reference_case *c);
/* The operand whose number the key gives, as a member of options; none without the key. */
struct jaxc_operand reference_operand(const struct reference_case *c, const char *key,
                                      const jaxc_value *x);

#endif
