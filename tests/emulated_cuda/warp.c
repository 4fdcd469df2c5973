/*
 * warp.c - the operations at which lanes of a warp meet.
 *
 * The last lane to come computes the results of all. Lanes that returned are left out; what is read
 * from them is all ones.
 */
#include "block.h"

static int first_lane(int thread) { return thread / WARP * WARP; }

static struct thread *lane_of(int first, int lane)
{
    return first + lane < block.n ? &block.threads[first + lane] : NULL;
}

/* Lanes of the warp that have not returned. */
static unsigned int lanes_left(int first)
{
    unsigned int lanes = 0;
    for (int i = 0; i < WARP; i++) {
        const struct thread *t = lane_of(first, i);
        if (t && t->state != THREAD_DONE)
            lanes |= 1u << i;
    }
    return lanes;
}

unsigned int warp_lanes(void) { return lanes_left(first_lane(block.now)); }

/* The lane that lane i reads, as the CUDA C++ Programming Guide has it for each shuffle. */
static int source_of(const struct thread *t, int i)
{
    int width = t->warp.width, start = i / width * width, from = i;
    switch (t->warp.op) {
    case EMULATED_SHFL: return start + (t->warp.arg & (width - 1));
    case EMULATED_SHFL_UP: from = i - t->warp.arg; return from < start ? i : from;
    case EMULATED_SHFL_DOWN: from = i + t->warp.arg; return from >= start + width ? i : from;
    default: from = i ^ t->warp.arg; return from >= start + width ? i : from;
    }
}

static unsigned long long combine(enum emulated_warp_op op, unsigned int a, unsigned int b)
{
    switch (op) {
    case EMULATED_ADD: return a + b;
    case EMULATED_MIN: return a < b ? a : b;
    case EMULATED_MAX: return a > b ? a : b;
    case EMULATED_MIN_SIGNED: return (int)a < (int)b ? a : b;
    case EMULATED_MAX_SIGNED: return (int)a > (int)b ? a : b;
    case EMULATED_AND: return a & b;
    case EMULATED_OR: return a | b;
    default: return a ^ b;
    }
}

/* The one result of a vote or a reduction over `lanes`. */
static unsigned long long result_of(enum emulated_warp_op op, int first, unsigned int lanes)
{
    unsigned int ballot = 0;
    unsigned long long sum = 0;
    bool begun = false;
    for (int i = 0; i < WARP; i++) {
        if (!(lanes >> i & 1))
            continue;
        unsigned int value = (unsigned int)lane_of(first, i)->warp.value;
        ballot |= (unsigned int)(value != 0) << i;
        sum = begun ? combine(op, (unsigned int)sum, value) : value;
        begun = true;
    }
    if (op == EMULATED_BALLOT)
        return ballot;
    if (op == EMULATED_ANY)
        return ballot != 0;
    return op == EMULATED_ALL ? ballot == lanes : sum;
}

static void compute(int first, unsigned int lanes)
{
    for (int i = 0; i < WARP; i++) {
        struct thread *t = lanes >> i & 1 ? lane_of(first, i) : NULL;
        if (!t)
            continue;
        if (t->warp.op >= EMULATED_SHFL && t->warp.op <= EMULATED_SHFL_XOR) {
            int from = source_of(t, i);
            t->warp.result = from >= 0 && from < WARP && (lanes >> from & 1)
                                 ? lane_of(first, from)->warp.value
                                 : ~0ull;
        } else if (t->warp.op != EMULATED_SYNC) {
            t->warp.result = result_of(t->warp.op, first, lanes);
        }
    }
}

void warp_meet(int thread)
{
    const struct thread *t = &block.threads[thread];
    int first = first_lane(thread);
    unsigned int lanes = t->warp.mask & lanes_left(first);
    for (int i = 0; i < WARP; i++) {
        const struct thread *other = lanes >> i & 1 ? lane_of(first, i) : NULL;
        if (!other || other == t)
            continue;
        if (other->state != THREAD_IN_WARP)
            return;
        if (other->warp.op != t->warp.op || other->warp.mask != t->warp.mask) {
            message("%s: lanes of its warp meet at different operations or with different masks",
                    block_where());
            block_abort(JX_CUDA_ERROR_LAUNCH_FAILED);
        }
    }
    compute(first, lanes);
    for (int i = 0; i < WARP; i++)
        if (lanes >> i & 1)
            block_make_ready(first + i);
}

/* A lane that returned may have been the last that others waited for. */
void warp_lane_left(int thread)
{
    int first = first_lane(thread);
    for (int i = 0; i < WARP; i++) {
        const struct thread *t = lane_of(first, i);
        if (t && t->state == THREAD_IN_WARP && (t->warp.mask >> (thread - first) & 1)) {
            warp_meet(first + i);
            return;
        }
    }
}

unsigned long long warp_op(enum emulated_warp_op op, unsigned int mask, unsigned long long value,
                           int arg, int width)
{
    int thread = block.now;
    struct thread *t = &block.threads[thread];
    if (!(mask >> thread % WARP & 1) || width <= 0 || width > WARP || (width & (width - 1))) {
        message("%s: a mask without the lane itself, or a width that is no power of two",
                block_where());
        block_abort(JX_CUDA_ERROR_LAUNCH_FAILED);
    }
    t->warp.op = op;
    t->warp.mask = mask;
    t->warp.value = value;
    t->warp.arg = arg;
    t->warp.width = width;
    t->state = THREAD_IN_WARP;
    warp_meet(thread);
    block_wait(THREAD_IN_WARP);
    return t->warp.result;
}
