/*
 * support/spec_index.h - where windows are: what dynamic slices, gathers and scatters mean.
 */
#ifndef TEST_SPEC_INDEX_H
#define TEST_SPEC_INDEX_H

#include "prim/prim.h"
#include "support/arrays.h"

/* Is it one of them; of those, one that puts windows into its operand? */
bool spec_is_index(const struct jx_prim *prim);
bool spec_puts(const struct jx_prim *prim);
/* Operand number `i`: does it say where the windows are? And which one has the windows (-1: the
 * result). */
bool spec_says_where(const struct jx_prim *prim, int i);
int spec_windows(const struct jx_prim *prim);
/* The element of operand 0 that element i of the windows is, or is put to; -1: none. */
int64_t spec_place(const struct jx_prim *prim, const void *params, const struct array *in,
                   const struct jx_aval *windows, int64_t i);

void spec_index(const struct jx_prim *prim, const void *params, const struct array *in,
                struct array *out);

#endif
