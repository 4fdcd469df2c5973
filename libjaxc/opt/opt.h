/*
 * opt/opt.h - program to program: one pass a file, each a function of the file's name.
 *
 * A pass gives a new program, or the one it got counted up when it changes nothing; NULL with the
 * error set on failure. Passes take time linear in the program, keep places, and never change a
 * result but in the rounding of sums (a sum over a broadcast axis is a product). Consts, inputs and
 * the types of outputs, weak flags included, stay.
 */
#ifndef JX_OPT_H
#define JX_OPT_H

#include "prim/prim.h"

/* The pass list. */
struct jx_program *jx_optimise(struct jx_program *p);

/* Without some of them; for tests that switch each off in turn. */
enum jx_opt_pass { JX_OPT_SIMPLIFY = 1, JX_OPT_CSE = 2, JX_OPT_DCE = 4 };
struct jx_program *jx_optimise_without(struct jx_program *p, unsigned passes);

struct jx_program *jx_inline(struct jx_program *p);   /* calls of programs become their equations */
struct jx_program *jx_simplify(struct jx_program *p); /* algebra on neighbouring equations */
struct jx_program *jx_cse(struct jx_program *p);      /* equal equations become one */
struct jx_program *jx_dce(struct jx_program *p);      /* equations that no output needs go */

/* ---- rewriting: rewrite.c -------------------------------------------------------------------- */

/* A new program under construction from an old one: `at` maps old variables to new atoms. */
struct jx_rewrite {
    const struct jx_program *from;
    struct jx_program *to;
    jx_atom *at;      /* n_vars of from */
    jx_atom *literal; /* n_literals of from: the new literal, 0: not made yet */
    jx_atom *in;      /* operands of the equation at hand */
    size_t in_capacity;
};
/* With from's consts and inputs. */
bool jx_rewrite_init(struct jx_rewrite *r, const struct jx_program *from);
void jx_rewrite_fini(struct jx_rewrite *r);
bool jx_rewrite_atom(struct jx_rewrite *r, jx_atom old, jx_atom *new);
bool jx_rewrite_operands(struct jx_rewrite *r, const struct jx_eqn *e); /* into r->in */
/* The equation as it is, on r->in; its results are mapped. */
bool jx_rewrite_eqn(struct jx_rewrite *r, const struct jx_eqn *e);
/* Ends it: the new program with from's outputs, mapped; NULL on failure. `ok` false: only cleans
 * up. */
struct jx_program *jx_rewrite_end(struct jx_rewrite *r, bool ok);

#endif
