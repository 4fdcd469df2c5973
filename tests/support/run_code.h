/*
 * support/run_code.h - code on row-major arrays, whatever the layouts of its operands and results.
 */
#ifndef TEST_RUN_CODE_H
#define TEST_RUN_CODE_H

#include "kernel/kernel.h"

/* Compiles, runs and drops; operands are copied first, donated ones too. Results are row-major,
 * from malloc. */
void run_code(const struct jx_backend *backend, const struct jx_code *code, char *const *operands,
              char **results);

/* The storage of an operand or result. */
const struct jx_storage *code_storage(const struct jx_code *code, enum jx_storage_kind kind,
                                      int index);

#endif
