/*
 * block.c - runs the threads of one block.
 *
 * Each thread runs until it returns or has to wait for others. A fiber runs thread after thread and
 * is left only when one waits, so kernels without barriers never switch. Which thread goes next is
 * drawn at random: a missing barrier shows as a wrong result. Threads that wait for what can no
 * longer come are an error.
 */
#include "block.h"

#include <stdio.h>

struct block block = {.now = -1};
struct emulated_device device_seen;

static struct fiber scheduler, fibers[MOST_THREADS];
static int idle[MOST_THREADS]; /* fibers without a thread */
static int n_fibers, n_idle;
static int running; /* the fiber that does */
static bool inside;

bool block_inside(void) { return inside; }

const char *block_where(void)
{
    static char text[400];
    const struct emulated_dim *b = &device_seen.block, *t = &device_seen.thread;
    if (!block.kernel)
        return "a copy";
    snprintf(text, sizeof text, "kernel %s, block (%u,%u,%u), thread (%u,%u,%u)",
             block.kernel->name, b->x, b->y, b->z, t->x, t->y, t->z);
    return text;
}

void block_abort(jx_cuda_result error)
{
    block.error = error;
    inside = false;
    fiber_switch(&fibers[running], &scheduler);
    __builtin_unreachable(); /* its stack is never gone back to */
}

static void see_thread(int thread)
{
    const struct emulated_dim *dim = &device_seen.block_dim;
    unsigned int i = (unsigned int)thread;
    block.now = thread;
    block.threads[thread].state = THREAD_RUNS;
    block.threads[thread].fiber = running;
    device_seen.thread =
        (struct emulated_dim){i % dim->x, i / dim->x % dim->y, i / dim->x / dim->y};
}

static void fiber_main(void)
{
    for (;;) {
        while (block.next < block.n && block.n_ready == 0) {
            int thread = block.order[block.next++];
            see_thread(thread);
            block.kernel->run(block.params);
            block.threads[thread].state = THREAD_DONE;
            block.n_done++;
            warp_lane_left(thread);
        }
        idle[n_idle++] = running;
        inside = false;
        fiber_switch(&fibers[running], &scheduler);
    }
}

void block_make_ready(int thread)
{
    block.threads[thread].state = THREAD_READY;
    block.ready[block.n_ready++] = thread;
}

void block_wait(enum thread_state state)
{
    int thread = block.now;
    if (block.threads[thread].state == THREAD_READY) /* what it waits for has just come */
        state = THREAD_READY;
    block.threads[thread].state = state;
    inside = false;
    fiber_switch(&fibers[running], &scheduler);
}

/* All threads have come, or those that are left never will. */
static int barrier(int site, int predicate)
{
    struct thread *t = &block.threads[block.now];
    t->site = site;
    t->predicate = predicate;
    block.n_at_barrier++;
    if (block.n_at_barrier == block.n) {
        block.counted = 0;
        for (int i = 0; i < block.n; i++) {
            if (block.threads[i].site != site) {
                message("%s: threads of its block wait at two different barriers", block_where());
                block_abort(JX_CUDA_ERROR_LAUNCH_FAILED);
            }
            block.counted += block.threads[i].predicate;
        }
        block.n_at_barrier = 0;
        for (int i = 0; i < block.n; i++)
            block_make_ready(i);
    }
    block_wait(THREAD_AT_BARRIER);
    return block.counted;
}

static void trap(const char *why)
{
    message("%s: %s", block_where(), why);
    block_abort(JX_CUDA_ERROR_ASSERT);
}

/* A fiber for a thread that begins, or -1. */
static int fiber_idle(void)
{
    if (n_idle > 0)
        return idle[--n_idle];
    if (n_fibers == MOST_THREADS || !fiber_new(&fibers[n_fibers], fiber_main))
        return -1;
    return n_fibers++;
}

static void go(int fiber)
{
    running = fiber;
    inside = true;
    fiber_switch(&scheduler, &fibers[fiber]);
}

/* Lets some thread go on. false: none can. */
static bool step(void)
{
    if (block.n_ready > 0 && (block.next == block.n || random_bits() & 1)) {
        int i = (int)random_below((uint32_t)block.n_ready), thread = block.ready[i];
        block.ready[i] = block.ready[--block.n_ready];
        running = block.threads[thread].fiber;
        see_thread(thread);
        go(running);
        return true;
    }
    if (block.next == block.n)
        return false;
    int fiber = fiber_idle();
    if (fiber < 0) {
        message("no memory for the threads' stacks");
        block.error = JX_CUDA_ERROR_LAUNCH_FAILED;
        return false;
    }
    go(fiber);
    return true;
}

static void tell_stuck(void)
{
    int in_warp = 0;
    for (int i = 0; i < block.n; i++)
        in_warp += block.threads[i].state == THREAD_IN_WARP;
    message("%s: threads of its block diverged: %d returned, %d wait at a barrier, %d for lanes of "
            "their warp",
            block_where(), block.n_done, block.n_at_barrier, in_warp);
    block.error = JX_CUDA_ERROR_LAUNCH_FAILED;
}

/* After an error: the stacks of threads that never returned begin anew. */
static void fibers_reset(void)
{
    n_idle = 0;
    for (int i = 0; i < n_fibers; i++) {
        fiber_reset(&fibers[i]);
        idle[n_idle++] = i;
    }
}

static void order_draw(void)
{
    for (int i = 0; i < block.n; i++) {
        int j = (int)random_below((uint32_t)i + 1);
        block.order[i] = block.order[j];
        block.order[j] = i;
    }
}

/* device_seen.block and the sizes are the caller's. */
jx_cuda_result block_run(const struct emulated_kernel *kernel, void **params,
                         unsigned int dynamic_shared)
{
    const struct emulated_dim *dim = &device_seen.block_dim;
    device_seen.barrier = barrier;
    device_seen.warp = warp_op;
    device_seen.lanes = warp_lanes;
    device_seen.trap = trap;
    (void)dynamic_shared;
    block.kernel = kernel;
    block.params = params;
    block.n = (int)(dim->x * dim->y * dim->z);
    block.n_done = block.n_at_barrier = block.next = block.n_ready = 0;
    block.error = JX_CUDA_SUCCESS;
    for (int i = 0; i < block.n; i++)
        block.threads[i].state = THREAD_NEW;
    order_draw();
    while (block.error == JX_CUDA_SUCCESS && step())
        continue;
    if (block.error == JX_CUDA_SUCCESS && block.n_done < block.n)
        tell_stuck();
    if (block.error != JX_CUDA_SUCCESS)
        fibers_reset();
    return block.error;
}
