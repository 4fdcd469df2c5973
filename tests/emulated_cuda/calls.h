/*
 * calls.h - every exported function takes a number, is counted, may be refused, and runs alone.
 *
 *     struct call call CALL_ENDS = call_begin(CALL_cuInit);
 *     if (call.refused)
 *         return call.refused;
 */
#ifndef EMULATED_CALLS_H
#define EMULATED_CALLS_H

#include "backend/cuda/cuda_api.h"
#include "emulated.h"

/* EMULATED_ROWS is the table of the library that is built: JX_CUDA_DRIVER or JX_NVRTC. */
#define CALL_NUMBER(result, name, parameters) CALL_##name,
enum { EMULATED_ROWS(CALL_NUMBER) N_CALLS };
#define CALL_PROTOTYPE(result, name, parameters) EXPORTED result name parameters;
EMULATED_ROWS(CALL_PROTOTYPE)

struct call {
    int refused;
};
#define CALL_ENDS __attribute__((cleanup(call_end)))
struct call call_begin(int function);
void call_end(struct call *call);

/* A number from the environment, or `otherwise`. */
long long setting(const char *name, long long otherwise);

/* A folder of this process for files, made at first use, removed when the library goes.
 * NULL: cannot be made. */
const char *folder_of_process(void);

#endif
