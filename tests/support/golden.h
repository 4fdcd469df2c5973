/*
 * support/golden.h - texts that the library printed once, and must print again.
 *
 * They are tests/golden/<name>.txt; with JAXC_GOLDEN=write in the environment they are written
 * instead of compared
 * (./dev golden).
 */
#ifndef TEST_GOLDEN_H
#define TEST_GOLDEN_H

/* Fails the test at the first line that differs. */
void golden_check(const char *name, const char *text);

#endif
