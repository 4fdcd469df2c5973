/*
 * backend/cpu/threads.h - the worker threads of this process: regions, barriers, shared loops.
 *
 * A region is one function run by every member of a team at once. Inside it, dependent steps are
 * separated by barriers and the items of a step are dealt out by a loop; a fork and join for each
 * step would cost 50 us where a barrier costs a fraction of one. The caller is member 0 and always
 * there; of the others some may be missing: the pool may be busy with another caller, the region
 * nested in another, the system short of threads or slow to run one. So what has to be done is done
 * by member 0 or by whoever takes it from a loop, and no result may depend on who did it.
 *
 *     static void step(void *ctx, struct jx_team *team, int thread)
 *     {
 *         struct jx_loop loop;
 *         int64_t begin, end;
 *         jx_loop_begin(&loop, team, thread, n_items, 1);
 *         while (jx_loop_next(&loop, &begin, &end))
 *             work on items [begin, end)
 *         jx_team_barrier(team);        -- every item is done, and seen by all
 *         ...
 *     }
 *     jx_parallel(jx_threads(), step, ctx);
 *
 * Waiting threads spin for some tens of microseconds, then sleep. The pool starts with the first
 * region that wants it and starts again in the child of a fork().
 */
#ifndef JX_CPU_THREADS_H
#define JX_CPU_THREADS_H

#include <stdbool.h>
#include <stdint.h>

struct jx_team;

/* How many threads a region may get, the caller's included: JAXC_NUM_THREADS, or the CPUs that this
 * process may use. */
int jx_threads(void);

/* Changes that number; 0 goes back to the default. Waits for a running region of another caller. */
void jx_threads_set(int n);

/* Runs fn(ctx, team, thread) on at most max_threads threads, numbered from 0 (the caller), and
 * returns when all that joined have finished. Never fails: at worst the team is the caller. */
void jx_parallel(int max_threads, void (*fn)(void *ctx, struct jx_team *team, int thread),
                 void *ctx);

/* More than any member's number. */
int jx_team_size(const struct jx_team *team);

/* Returns when every thread of the team has called it; what they wrote before is seen after. */
void jx_team_barrier(struct jx_team *team);

/*
 * A loop over [0, n) shared by the team, in chunks of `grain` items that start at its multiples.
 * Each thread begins with its own contiguous share, in order, so the same item meets the same core
 * call after call; one that is done takes chunks from the ends of the others' shares. Every thread
 * of the team begins the same loops in the same order, and asks until it is told no. The end of a
 * loop is no barrier.
 */
struct jx_loop {
    struct jx_team *team;
    int64_t n, grain;
    int thread, victim;
    uint16_t id;
};
void jx_loop_begin(struct jx_loop *loop, struct jx_team *team, int thread, int64_t n,
                   int64_t grain);
bool jx_loop_next(struct jx_loop *loop, int64_t *begin, int64_t *end);

#endif
