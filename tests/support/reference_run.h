/*
 * support/reference_run.h - every case of a reference file as a call, inside jit, as a gradient, and
 * over lanes.
 *
 * A case with grad=1 is the gradient, in operand number `wrt` (0 if that is not given), of the sum
 * of the result times the last operand; with grad=2 that of the sum of the gradient's squares; with
 * jvp=1 the tangent of the result, the last operand being that of operand `wrt`. One with lanes=0,n,1 runs under vmap with these axes of its
 * arrays, n: the same for all. One with nojit=1 asks for numbers that jit does not have.
 */
#ifndef TEST_REFERENCE_RUN_H
#define TEST_REFERENCE_RUN_H

#include "support/reference.h"

#define MOST_REFERENCE_OPERANDS 6

/* A case's call on its operands. */
typedef jaxc_value (*reference_run)(const struct reference_case *c, const jaxc_value *x);

/* Whether the case asks for a derivative: its last operand is no operand of the call. */
bool reference_is_derivative(const struct reference_case *c);
/* Runs the cases that ask for derivatives, or those that do not; the test fails with the first few that are wrong.
 * The environment's REFERENCE, a prefix of names, chooses some. */
void reference_check(const struct reference *r, reference_run run, bool derivatives, bool jit);
/* One case of each call as a graph, without computing it, while each allocation fails in turn. */
void reference_check_memory(const struct reference *r, reference_run run);

#endif
