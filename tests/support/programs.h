/*
 * support/programs.h - programs made of programs.
 */
#ifndef TEST_PROGRAMS_H
#define TEST_PROGRAMS_H

#include "ir/ir.h"

/* Does the program, or one inside it, apply this primitive? */
bool program_applies(const struct jx_program *p, const struct jx_prim *prim);

/* ---- programs made of programs; NULL with the reason in `why` -------------------------------- */

/* x..., the tangents of the float inputs that are active... -> y..., the tangents of the float
 * y... */
struct jx_program *program_jvp(const struct jx_program *p, const bool *active, char *why);
/* x..., the cotangents of the float y... -> the cotangents of the float x... */
struct jx_program *program_vjp(const struct jx_program *p, char *why);
/* Of a program that is linear in its last n_linear inputs: the other x..., the cotangents of the
 * last n_out y... -> the cotangents of the linear x... */
struct jx_program *program_transpose(const struct jx_program *p, uint32_t n_linear, uint32_t n_out,
                                     char *why);
/* Results have their lanes at axis 0. */
struct jx_program *program_vmap(const struct jx_program *p, const int *axis, int64_t size,
                                char *why);
struct jx_program *program_jit(struct jx_program *p, char *why);
/* With f64 for every float dtype; NULL where it cannot be, because it looks at the bits of an
 * f32. */
struct jx_program *program_in_f64(const struct jx_program *p);

#endif
