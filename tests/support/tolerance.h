/*
 * support/tolerance.h - how exact a dtype is: the one table that every numeric comparison reads.
 */
#ifndef TEST_TOLERANCE_H
#define TEST_TOLERANCE_H

#include <jaxc/types.h>

struct tolerance {
    double unit;     /* what one rounding may change, relative to the number: half an ulp */
    double least;    /* the least normal number; below it rounding is absolute */
    double greatest; /* the greatest finite number */
    double gradient; /* a difference quotient that is worse, relative to 1 + |x|, proves nothing */
};

/* Bool and integers: all zero, they are exact. */
const struct tolerance *tolerance_of(jaxc_dtype dtype);

#endif
