/*
 * support/properties.h - what must be true of every program.
 *
 * A property looks at a program and inputs for it; whatever else it needs (directions, cotangents,
 * which inputs have lanes) it draws from the seed. The primitives' table and the random programs go
 * through the same ones.
 */
#ifndef TEST_PROPERTIES_H
#define TEST_PROPERTIES_H

#include "support/bounds.h"
#include "support/programs.h"

struct subject {
    struct jx_program *program; /* closed: without consts */
    struct array *in;           /* program->n_in */
    uint64_t seed;
};

/* false with the reason in `why` (WHY bytes). */
typedef bool (*property)(const struct subject *s, char *why);

/* On the naive backend, a kernel for every equation, it gives what its equations mean. */
bool naive_agrees(const struct subject *s, char *why);
/* Optimised, fused and run on the default backend it gives what one equation after another
 * gives. */
bool fused_agrees(const struct subject *s, char *why);
/* So it does with each pass, fusion or layouts switched off in turn. */
bool each_pass_can_be_left_out(const struct subject *s, char *why);
/* Lanes along random axes, 0 to 3 of them, give what a loop over the lanes gives. */
bool vmap_is_a_loop(const struct subject *s, char *why);
/* The derivative along a random direction is what differences say. */
bool jvp_is_a_difference(const struct subject *s, char *why);
/* <J' ct, dx> is the difference of <ct, y>. */
bool vjp_is_a_difference(const struct subject *s, char *why);
/* <ct, J dx> = <J' ct, dx>. (With a custom_vjp, which has no J, differences stand for it here
 * and above.) */
bool vjp_is_adjoint(const struct subject *s, char *why);
/* The two above again, of the derivatives. */
bool second_jvp_is_a_difference(const struct subject *s, char *why);
bool second_vjp_is_adjoint(const struct subject *s, char *why);
/* What derivatives and lanes make of it is compiled right too. */
bool fused_derivatives_agree(const struct subject *s, char *why);
bool fused_lanes_agree(const struct subject *s, char *why);
/* The derivative of a jit of it is the jit of the derivative. */
bool grad_of_jit_is_jit_of_grad(const struct subject *s, char *why);
/* Its text parses to the same program. */
bool text_parses_back(const struct subject *s, char *why);

/* Transforms of transforms. */
bool vmap_of_vjp_is_a_loop(const struct subject *s, char *why);
bool vjp_of_vmap_is_a_difference(const struct subject *s, char *why);

/* Do two programs of the same inputs give the same? They begin with those of s. */
bool programs_agree(struct jx_program *p, struct jx_program *q, const struct subject *s,
                    const char *what, char *why);

/* Lanes along axis[i] of input i, -1: none; `size` of them. What holds of the program with
 * lanes; NULL: that it is a loop. */
bool vmap_along(const struct subject *s, const int *axis, int size, property holds, char *why);

#endif
