/*
 * support/refused.h - calls that are refused.
 */
#ifndef TEST_REFUSED_H
#define TEST_REFUSED_H

#include <jaxc/jaxc.h>

/* The result is poison, and the message has these words and a place in this file. */
#define expect(y, code, words) expect_refused(y, code, words, __FILE__)
void expect_refused(jaxc_value y, jaxc_status code, const char *words, const char *file);

/* Zeros, at most 4,096 of them. */
jaxc_value array_of(jaxc_dtype dtype, struct jaxc_shape shape);

#endif
