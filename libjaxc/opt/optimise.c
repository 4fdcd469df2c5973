/*
 * optimise.c - the pass list. Reading it is reading the optimiser.
 */
#include "opt/opt.h"

/* One pass on a program that it takes over; verified in debug builds. NULL passes through. */
static struct jx_program *run(struct jx_program *p, struct jx_program *(*pass)(struct jx_program *))
{
    struct jx_program *result = p ? pass(p) : NULL;
    bool changed = result != p;
    jx_program_unref(p);
    (void)changed;
#ifndef NDEBUG
    if (result && changed && !jx_program_verify(result)) {
        jx_program_unref(result);
        return NULL;
    }
#endif
    return result;
}

struct jx_program *jx_optimise_without(struct jx_program *p, unsigned passes)
{
    p = jx_program_ref(p);
    p = run(p, jx_inline);
    if (!(passes & JX_OPT_SIMPLIFY))
        p = run(p, jx_simplify);
    if (!(passes & JX_OPT_CSE))
        p = run(p, jx_cse);
    if (!(passes & JX_OPT_SIMPLIFY)) /* neighbours may have become the same */
        p = run(p, jx_simplify);
    if (!(passes & JX_OPT_DCE))
        p = run(p, jx_dce);
    return p;
}

struct jx_program *jx_optimise(struct jx_program *p) { return jx_optimise_without(p, 0); }
