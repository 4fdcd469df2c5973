/*
 * support/shrink.h - a failing program made small, and told as a C program.
 */
#ifndef TEST_SHRINK_H
#define TEST_SHRINK_H

#include "support/properties.h"

/* Cuts *s down while the property fails in the same way; `why` has the reason and gets the new
 * one. */
void shrink(struct subject *s, property holds, char *why);

/* A complete C program over the public calls that computes the subject's function. `title` is
 * put in a comment at its head; `body` is what main does with the function f, its arguments
 * ARGS, and two equal lanes of each, LANES; show(v) prints. The caller frees. */
char *program_in_c(const struct subject *s, const char *title, const char *body);

#endif
