/*
 * block.h - the threads of the block that runs: block.c and warp.c.
 */
#ifndef EMULATED_BLOCK_H
#define EMULATED_BLOCK_H

#include "driver.h"
#include "fiber.h"

enum { WARP = 32 };

enum thread_state {
    THREAD_NEW,
    THREAD_RUNS,
    THREAD_READY,
    THREAD_AT_BARRIER,
    THREAD_IN_WARP,
    THREAD_DONE
};
struct thread {
    enum thread_state state;
    int fiber;
    int site; /* of the barrier */
    int predicate;
    struct {
        enum emulated_warp_op op;
        unsigned int mask;
        unsigned long long value, result;
        int arg, width;
    } warp;
};

struct block {
    const struct emulated_kernel *kernel;
    void **params;
    int n; /* threads */
    int n_done, n_at_barrier;
    int now;     /* the thread that runs; -1: none */
    int counted; /* predicates at the last barrier */
    struct thread threads[MOST_THREADS];
    int order[MOST_THREADS]; /* in which threads begin */
    int next;                /* of them */
    int ready[MOST_THREADS]; /* that may go on */
    int n_ready;
    jx_cuda_result error;
};
extern struct block block;

void block_make_ready(int thread);
/* Stops the thread that runs until it is made ready. */
void block_wait(enum thread_state state);
/* If every lane that the operation of this thread needs is there, computes it for all. */
void warp_meet(int thread);
void warp_lane_left(int thread);
unsigned long long warp_op(enum emulated_warp_op op, unsigned int mask, unsigned long long value,
                           int arg, int width);
unsigned int warp_lanes(void);

#endif
