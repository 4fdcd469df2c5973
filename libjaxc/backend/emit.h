/*
 * backend/emit.h - kernels as C text: what backends that write programs have in common.
 *
 * The text is C and C++ alike. It calls the functions of scalar_math.h and uses these names:
 *
 *     i0, i1, ...  indices along the axes of the space, of type jx_index
 *     r0, r1, ...  registers, numbered as the kernel's instructions
 *     t0, t1, ...  pointers to storages, numbered as the code's
 */
#ifndef JX_BACKEND_EMIT_H
#define JX_BACKEND_EMIT_H

#include "backend/space.h"

struct jx_emit {
    struct jx_text *text;
    const struct jx_space *space; /* without blocked references */
    int indent;                   /* of the lines to come, in spaces */
};

/* The type that holds one element: "float", "uint16_t" of f16. */
const char *jx_emit_type(jaxc_dtype dtype);
/* The function of scalar_math.h that computes one element; of a combination its name as well. */
const char *jx_emit_function(enum jx_scalar_op op, jaxc_dtype from, jaxc_dtype to);
void jx_emit_literal(struct jx_text *t, union jx_scalar s, jaxc_dtype dtype);

/* Are there indices, addresses or guards past 31 bits? Then jx_index has 64. */
bool jx_emit_is_wide(const struct jx_space *space);

/* A line of text at the indent. */
void jx_emit_line(struct jx_emit *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The axes [first, last) from the number `from` of a point among theirs, the last one fastest. */
void jx_emit_indices(struct jx_emit *e, const char *from, int first, int last);
/* The element of its storage that a reference has, or the value of an index, as an expression. */
void jx_emit_place(struct jx_emit *e, const struct jx_ref *ref);
/* An instruction that is no reduction, as the definition of its register. */
void jx_emit_instr(struct jx_emit *e, int instr);
/* A store of the kernel, as a statement. */
void jx_emit_store(struct jx_emit *e, int store);

/* The references of a load, a store, an index instruction. */
const struct jx_ref *jx_emit_ref(const struct jx_space *space, int instr);
const struct jx_ref *jx_emit_store_ref(const struct jx_space *space, int store);

/* Which inner instructions a stage has to run: those that its reductions and stores use. */
void jx_emit_needed(const struct jx_kernel *kernel, int stage, bool *needed);

#endif
