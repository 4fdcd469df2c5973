/*
 * emulated.h - what the emulated libcuda.so.1 and libnvrtc.so export beside NVIDIA's functions: for
 * tests, which find it by dlsym. README.md says what is emulated and which environment variables
 * are read.
 */
#ifndef EMULATED_CUDA_H
#define EMULATED_CUDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORTED __attribute__((visibility("default")))

/* Both libraries. */

/* The nth call of a function from now on (from 1) does nothing and gives `error`; so do all after
 * it, if it is for good. NULL: no call is refused any more. false: there is no such function. */
EXPORTED bool emulated_cuda_fail(const char *function, int nth, int error, bool for_good);
/* Calls so far, refused ones too; of all functions if NULL; -1: there is no such function. */
EXPORTED long emulated_cuda_count(const char *function);

/* libcuda.so.1 only. */

/* Objects that live: "stream", "event", "module", "graph", "exec", "pinned" (host memory),
 * "memory" (device allocations), "bytes" (of these), "context" (retained). -1: no such kind. */
EXPORTED long emulated_cuda_live(const char *kind);
/* What went wrong last on the device: kernel, thread, address. Empty: nothing yet. */
EXPORTED const char *emulated_cuda_message(void);
/* The order of blocks, threads, lanes and graph nodes from now on. */
EXPORTED void emulated_cuda_seed(uint64_t seed);

#endif
