/*
 * lax/lax.h - what the calls of jaxc/lax.h share: parameters as primitives take them, C numbers
 * beside operands, tuples of operands.
 */
#ifndef JX_LAX_H
#define JX_LAX_H

#include "numpy/index.h"

#include <jaxc/lax.h>

/* A list as a parameter; JAXC_EVALUE for one of an impossible length. */
bool jx_lax_list(struct jaxc_ints given, struct jx_ints *list);
/* A list of axes; JAXC_EAXIS for what is no int. How many. */
bool jx_lax_axes(struct jaxc_ints given, int *n, int *axes);
/* C numbers among n operands take the dtype of the first that is none: integers any dtype of
 * numbers, floats one of floats. What remains different the type rules refuse. */
bool jx_lax_adopt(int n, jaxc_value *x);

/* The operands in a tree, in order. */
struct jx_operands {
    struct jx_tree *tree;
    int n;
    jaxc_value *x;
};
/* Of any tree; free them, also after a failure. */
bool jx_operands_of(jaxc_value v, struct jx_operands *o);
/* Whether v, of which they are, is a tuple of arrays; JAXC_ETREE otherwise, JAXC_EVALUE for an
 * empty one. */
bool jx_operands_are_tuple(jaxc_value v, const struct jx_operands *o);
void jx_operands_free(struct jx_operands *o);

#endif
