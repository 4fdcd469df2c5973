/*
 * support/bounds.h - what a program must compute, and how far a right implementation may be off.
 *
 * The reference of the property tests. It walks a program one equation at a time; each equation
 * alone goes through the naive backend with every float in f64, so no pass and no fusion is
 * trusted. Beside each number it carries a bound of the error that rounding in the program's own
 * dtypes may have made there (running error analysis: Higham, Accuracy and Stability, chapter 3).
 * Where an error may turn a decision (a comparison, a conversion to an integer, an argmax) what
 * follows is undetermined: the bound is infinite, and nothing is compared.
 */
#ifndef TEST_BOUNDS_H
#define TEST_BOUNDS_H

#include "support/arrays.h"

/* An array with bounds, in the evaluation's own dtypes: floats are doubles. */
struct bounded {
    struct jx_aval type;
    int64_t n;
    void *value;   /* doubles for every float dtype */
    double *error; /* of each element; INFINITY: undetermined */
};
struct bounded bounded_of(const struct array *a); /* exact */
void bounded_free(struct bounded *b);
void bounded_free_all(int n, struct bounded *b); /* and the list */
double bounded_number(const struct bounded *b, int64_t i);
/* The floats' numbers moved by scale * direction, rounded; other dtypes stay. */
struct bounded bounded_moved(const struct array *a, const double *direction, double scale);

/* The values that stop_gradient gave, so that a difference quotient sees them as constants too. */
struct frozen {
    bool replay;
    size_t n, next, capacity;
    struct bounded *values;
};
void frozen_free(struct frozen *f);

struct bounds_options {
    bool in_f64; /* round as this f64 evaluation does, not as the dtypes of the program do */
    bool
        smooth; /* undetermined also where an error reaches a corner: where max chooses, abs at 0 */
    bool values;           /* no bounds: errors stay 0 */
    struct frozen *frozen; /* may be NULL */
};

/* Fills out[n_out] (freed by the caller). false: an error of the library, as text in `why`. */
#define WHY 2000 /* bytes */
bool bounds_run(const struct jx_program *p, const struct bounded *in, struct bounded *out,
                const struct bounds_options *o, char *why);
/* The same of one primitive. */
bool bounds_apply(const struct jx_prim *prim, const void *params, int n_in,
                  const struct bounded *in, int n_out, struct bounded *out,
                  const struct bounds_options *o, char *why);

/* Is `got` what it must be, within the bounds? Of an f64 both sides round. Message into `why`,
 * beginning with `what`. */
bool bounds_agree(const struct bounded *want, const struct array *got, const char *what, char *why);
bool bounds_agree_both(const struct bounded *a, const struct bounded *b, const char *what,
                       char *why);

/* Elements compared and left out as undetermined so far. */
extern uint64_t bounds_compared, bounds_undetermined;

/* Moves the library's error to `why`; returns false. */
bool failed(char *why, const char *what);
/* Frees the compiled equations that are kept for use again. */
void bounds_clear(void);

#endif
