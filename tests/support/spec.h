/*
 * support/spec.h - what primitives mean that are more than element by element, written out plainly.
 *
 * Nothing of the library takes part but element types, so a wrong lowering rule does not go
 * unnoticed because both sides of a comparison use it.
 */
#ifndef TEST_SPEC_H
#define TEST_SPEC_H

#include "prim/prim.h"
#include "support/arrays.h"

/* Fills the results, which have their types and memory. false: not one of these primitives. */
bool spec_apply(const struct jx_prim *prim, const void *params, int n_in, const struct array *in,
                struct array *out);

#endif
