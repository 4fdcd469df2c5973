/*
 * support/errors.h - where a test stands, and the errors it expects.
 */
#ifndef TEST_ERRORS_H
#define TEST_ERRORS_H

#include <jaxc/error.h>

/* The place that errors are to name; parts may be NULL or 0. */
void stand_at(const char *file, int line, const char *call);

/* This thread's error is exactly this one; it is cleared. */
void expect_error(jaxc_status code, const char *message);

#endif
