/*
 * support/emulated_device.h - the emulated driver and NVRTC (tests/emulated_cuda/), opened for a
 * suite that calls them directly. Short names: nothing else is called with it.
 */
#ifndef TEST_EMULATED_DEVICE_H
#define TEST_EMULATED_DEVICE_H

#include "backend/cuda/cuda_api.h"

#include <check.h>
#include <stdbool.h>

#define EMULATED_MEMBER(result, name, parameters) result(*name) parameters;
struct emulated_api {
    JX_CUDA_DRIVER(EMULATED_MEMBER)
    JX_NVRTC(EMULATED_MEMBER)
};
extern struct emulated_api api;
/* What emulated_cuda/emulated.h has. */
extern bool (*refuse)(const char *, int, int, bool);
extern bool (*refuse_nvrtc)(const char *, int, int, bool);
extern long (*count)(const char *);
extern long (*live)(const char *);
extern const char *(*said)(void);
extern void (*seed)(uint64_t);

/* Of the running test. */
extern jx_cuda_context context;
extern jx_cuda_stream stream;
extern jx_cuda_module module; /* unloaded at its end */

#define GOOD(call)         ck_assert_int_eq(call, 0)
#define GIVES(error, call) ck_assert_int_eq(call, JX_##error)
#define PARAMS(...)        ((void *[]){__VA_ARGS__})

void device_open(const char *folder); /* where the libraries are */
void device_close(void);              /* everything must have been given back */
/* After an error of the device, which stays: only the end of the context helps. */
void device_lost(jx_cuda_result error);

/* Compiles and loads; the kernel of that name. */
jx_cuda_function kernel(const char *text, const char *name);
jx_cuda_ptr device_alloc(size_t bytes);
jx_cuda_result launch(jx_cuda_function f, unsigned int grid, unsigned int block, void **params);

/* A sum over a block; %s is its barrier. */
extern const char *const reduction_text;
float reduction_of(jx_cuda_function f);
float reduction_sum(void); /* what it has to be */

#endif
