/*
 * support/prims_table.h - what the tests need to know of each primitive: one row each.
 *
 * From a row, tests/test_prims.c checks every rule of the primitive, and the random programs of
 * tests/test_random_programs.c use it. A primitive without a row fails the tests. For one that
 * works element by element the row is a line:
 *
 *     {&jx_exp_p, FLOATS, UNARY, .from = -3, .to = 3, .ulps = 2},
 */
#ifndef TEST_PRIMS_TABLE_H
#define TEST_PRIMS_TABLE_H

#include "prim/prim.h"

/* How an error in the operands reaches the result; support/bounds.c has the rules. */
enum travel {
    BY_ELEMENT, /* element to element; monotone in each operand, unless a flag below says other */
    MOVED,      /* elements only change places */
    SUMMED,     /* reduce_sum, cumsum */
    MULTIPLIED, /* reduce_prod, cumprod */
    CARRIED,    /* along an axis, growing with each element: cummax, cumlogsumexp */
    CONTRACTED, /* dot_general */
    SORTED,     /* sort, top_k */
    PASSED,     /* each operand to its result */
    GREATEST,   /* one element's to the result: reduce_max, argmin, reduce_and */
    INDEXED,    /* windows at computed places: gather, scatter */
    CHOSEN,     /* select_n */
    CLAMPED,    /* clamp */
    AS_BITS,    /* the bits of a number with an error are unknown */
    HELD        /* by the program that the primitive holds */
};

enum row_flag {
    WAVE = 1,          /* not monotone, but no steeper than 1: sin */
    JUMPS_AT_0 = 2,    /* sign */
    BENDS_AT_0 = 4,    /* abs */
    JUMPS_AT_TIE = 8,  /* where two operands are equal: comparisons */
    BENDS_AT_TIE = 16, /* max */
    POLE_IN_X = 32,    /* where operand 0 is 0 */
    POLE_IN_Y = 64,    /* where operand 1 is 0: div */
    JUMPS = 128,       /* anywhere: reduce_precision */
    OF_LAW = 256       /* the derivative is that of a distribution, not of the draw from it */
};

struct prim_case {
    const char *operands; /* types: "T[2,3] T[]"; T is each of the row's dtypes in turn */
    const void *params;   /* NULL: none */
    unsigned dtypes;      /* those that this case takes; 0: all of the row's */
};

struct prim_row {
    const struct jx_prim *prim;
    unsigned dtypes;               /* those it takes, and no others; DTYPE_BIT(JAXC_F32) | ... */
    const struct prim_case *cases; /* ends with operands NULL; NULL: `make` makes the program */
    double from, to;               /* floats are drawn from here; both 0: -2 to 2 */
    double ulps;                   /* of a float result; 0: exact, 0.5: correctly rounded */
    enum travel travel;
    unsigned flags; /* enum row_flag */
    struct jx_program *(*make)(jaxc_dtype dtype);
};

extern const struct prim_row prim_rows[]; /* ends with prim NULL */
/* NULL: the primitive has none. */
const struct prim_row *prim_row_of(const struct jx_prim *prim);

/* x[0] tanh(x[1]) with its derivative given by hand, as one equation of the open trace. */
jaxc_value call_custom_jvp(const jaxc_value *x);
jaxc_value call_custom_vjp(const jaxc_value *x);
extern const char
    *const custom_source; /* C text of `gate_by_jvp` and `gate_by_vjp`, which do the same */

#define DTYPE_BIT(dtype) (1u << (dtype))

/* A program of one equation whose inputs are its operands; NULL with the error set when the
 * primitive does not take them. */
struct jx_program *one_equation(const struct jx_prim *prim, const void *params, int n_in,
                                const struct jx_aval *in);

#endif
