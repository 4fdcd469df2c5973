/*
 * support/random_program.h - well-typed programs over the whole table of primitives.
 *
 * A program is traced like a user's: shared values, unused inputs, functions jitted inside it,
 * rules of the user. The generator knows the numbers: each value is computed, with bounds, as it is
 * made, so operands lie in the domain of the primitive, and what overflows, or is too
 * ill-conditioned to compare, is not built upon. The same seed gives the same program on every
 * machine.
 */
#ifndef TEST_RANDOM_PROGRAM_H
#define TEST_RANDOM_PROGRAM_H

#include "support/properties.h"

#define MOST_INPUTS 8 /* of a program, so that a C function can have its arguments */

/* Fills *s. false: the library failed while the program was traced; the reason is in `why`. */
bool random_program(uint64_t seed, struct subject *s, char *why);
void subject_end(struct subject *s);

#endif
