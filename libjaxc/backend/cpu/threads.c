/*
 * backend/cpu/threads.c - the pool. One team at a time; whoever finds it busy runs alone.
 *
 * Invariant: `owner` is held by the thread that runs a region (or changes the pool) and everything
 * else in `pool` is written under it, but for the words that threads wait on. A waiting thread
 * spins on its word, then sleeps in the word's parking lot; who changes a word looks for sleepers
 * afterwards. Both sides use sequentially consistent operations, so one of the two always sees the
 * other.
 *
 * A worker is called to a region, and belongs to its team from when it joins. A team closes at its
 * first barrier, or when the caller is done: a worker that the system keeps from running by then is
 * not waited for, and its share of the loops is taken by the others.
 * Each team that closed without some of its workers halves the time that the next one gives them,
 * until a team is whole again, or has been asked for often.
 *
 * All state is static: threads that wait for work are nobody's live memory, and nothing here
 * allocates.
 */
#include "backend/cpu/threads.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS  256
#define SPIN_NS      50000  /* about what one sleep and wake costs */
#define JOIN_NS      100000 /* the longest that a first barrier waits for workers to wake up */
#define MISSED_MOST  64     /* so many teams later the workers are given their whole time again */
#define WORKER_STACK (1 << 20) /* bytes */

struct lot {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    atomic_int sleepers;
};
#define LOT_EMPTY                                                                                  \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0                                     \
    }

/* A thread's part of a loop, in chunks: id << 48 | begin << 24 | end. The owner takes from the
 * front, others from the end. Whoever first needs it for a loop begins it, if the loop before is
 * through with it. */
struct share {
    _Alignas(64) _Atomic uint64_t range;
    uint16_t id; /* the thread's own count of loops */
};
#define MAX_CHUNKS ((int64_t)1 << 24)

/* serial << 32 | size << 16 | closed | members */
#define CLOSED     ((uint64_t)1 << 15)
#define MEMBERS(s) ((unsigned)((s) & (CLOSED - 1)))
#define SIZE(s)    ((int)((s) >> 16 & 0xffff))
#define SERIAL(s)  ((uint32_t)((s) >> 32))

struct jx_team {
    int n; /* the most members it may get */
    struct share *shares;
    _Alignas(64) _Atomic uint64_t state;
    _Alignas(64) atomic_uint arrived;  /* at the barrier */
    atomic_uint phase;                 /* barriers passed */
    _Alignas(64) atomic_uint finished; /* workers that are done with the region */
    struct lot lot;
};
#define TEAM_NONE                                                                                  \
    {                                                                                              \
        .state = CLOSED, .lot = LOT_EMPTY                                                          \
    }

struct worker {
    _Alignas(64) atomic_uint go; /* regions it was called for */
    atomic_bool quit;
    struct lot lot;
    pthread_t thread;
};

static struct {
    pthread_mutex_t owner;
    atomic_int size;   /* threads, the caller's included; 0: not asked yet */
    int n_cpus;        /* more threads than that do not spin */
    int n_started;     /* workers [1, n_started] exist */
    bool refused;      /* the system gave fewer threads than wanted: not tried again */
    unsigned missed;   /* teams in a row that closed without some of their workers */
    unsigned n_missed; /* such teams of all time */
    atomic_bool spins;
    void (*fn)(void *ctx, struct jx_team *team, int thread);
    void *ctx;
    struct jx_team team;
    struct share shares[MAX_THREADS];
    struct worker workers[MAX_THREADS]; /* [0] is the caller and has none */
} pool = {.owner = PTHREAD_MUTEX_INITIALIZER, .team = TEAM_NONE};

/* ---- waiting --------------------------------------------------------------------------------- */

static void pause_cpu(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Returns when the word is no longer `value`. */
static void wait_while(atomic_uint *word, unsigned value, struct lot *lot)
{
    if (atomic_load(&pool.spins)) {
        int64_t end = 0;
        do {
            for (int i = 0; i < 64; i++) {
                if (atomic_load_explicit(word, memory_order_acquire) != value)
                    return;
                pause_cpu();
            }
            end = end ? end : now_ns() + SPIN_NS;
        } while (now_ns() < end);
    }
    pthread_mutex_lock(&lot->mutex);
    atomic_fetch_add(&lot->sleepers, 1);
    while (atomic_load(word) == value)
        pthread_cond_wait(&lot->changed, &lot->mutex);
    atomic_fetch_sub(&lot->sleepers, 1);
    pthread_mutex_unlock(&lot->mutex);
}

static void wake(struct lot *lot)
{
    if (atomic_load(&lot->sleepers) == 0)
        return;
    pthread_mutex_lock(&lot->mutex);
    pthread_cond_broadcast(&lot->changed);
    pthread_mutex_unlock(&lot->mutex);
}

/* ---- workers --------------------------------------------------------------------------------- */

/* Sleepers are woken along a binary tree, so that waking many is not one thread's work. */
static void wake_children(int thread)
{
    int n = SIZE(atomic_load(&pool.team.state));
    for (int child = 2 * thread + 1; child <= 2 * thread + 2 && child < n; child++)
        wake(&pool.workers[child].lot);
}

/* Joins the team if it is open, has a place with this number, and is not the one joined last. */
static bool join_team(int thread, uint32_t *last)
{
    uint64_t s = atomic_load(&pool.team.state);
    do {
        if ((s & CLOSED) || thread >= SIZE(s) || SERIAL(s) == *last)
            return false;
    } while (!atomic_compare_exchange_weak(&pool.team.state, &s, s + 1));
    *last = SERIAL(s);
    return true;
}

static void *worker_main(void *arg)
{
    struct worker *self = arg;
    int thread = (int)(self - pool.workers);
    uint32_t last = 0;
    for (unsigned seen = 0;;) {
        wait_while(&self->go, seen, &self->lot);
        seen = atomic_load(
            &self->go); /* calls from here on, the one to quit too, are seen next time */
        if (atomic_load(&self->quit))
            return NULL;
        wake_children(thread);
        if (!join_team(thread, &last))
            continue;
        pool.fn(pool.ctx, &pool.team, thread);
        atomic_fetch_add(&pool.team.finished, 1);
        wake(&pool.team.lot);
    }
}

static bool start_worker(int thread)
{
    struct worker *w = &pool.workers[thread];
    *w = (struct worker){.lot = LOT_EMPTY};
    pthread_attr_t attr;
    if (pthread_attr_init(&attr) != 0)
        return false;
    /* Signals are for the program's own threads. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_attr_setstacksize(&attr, WORKER_STACK);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int rc = pthread_create(&w->thread, &attr, worker_main, w);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attr);
#if defined(__linux__)
    if (rc == 0)
        pthread_setname_np(w->thread, "jaxc-worker");
#endif
    return rc == 0;
}

/* Ends all workers. The caller owns the pool. */
static void stop_workers(void)
{
    for (int i = 1; i <= pool.n_started; i++) {
        struct worker *w = &pool.workers[i];
        atomic_store(&w->quit, true);
        atomic_fetch_add(&w->go, 1);
        wake(&w->lot);
        pthread_join(w->thread, NULL);
    }
    pool.n_started = 0;
    pool.refused = false;
}

/* The child of a fork has one thread. Locks may have been held by threads it does not have. */
static void forget_workers(void)
{
    pool.owner = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    pool.n_started = 0;
    pool.refused = false;
    pool.team = (struct jx_team)TEAM_NONE;
}

/* Unloading the library takes the code away from under its workers. */
__attribute__((destructor)) static void end_pool(void)
{
    if (pthread_mutex_trylock(&pool.owner) != 0)
        return;
    stop_workers();
    pthread_mutex_unlock(&pool.owner);
}

/* ---- size ------------------------------------------------------------------------------------ */

static int count_cpus(void)
{
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
#endif
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (int)n;
}

static int default_size(int n_cpus)
{
    const char *text = getenv("JAXC_NUM_THREADS");
    if (text && *text) {
        char *end;
        errno = 0;
        long n = strtol(text, &end, 10);
        if (errno == 0 && *end == '\0' && n >= 1)
            return n < MAX_THREADS ? (int)n : MAX_THREADS;
    }
    return n_cpus < MAX_THREADS ? n_cpus : MAX_THREADS;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init(void)
{
    pool.n_cpus = count_cpus();
    int size = default_size(pool.n_cpus);
    atomic_store(&pool.spins, size <= pool.n_cpus);
    atomic_store(&pool.size, size);
    pthread_atfork(NULL, NULL, forget_workers);
}

int jx_threads(void)
{
    pthread_once(&once, init);
    return atomic_load_explicit(&pool.size, memory_order_relaxed);
}

void jx_threads_set(int n)
{
    pthread_once(&once, init);
    pthread_mutex_lock(&pool.owner);
    stop_workers();
    int size = n < 1 ? default_size(pool.n_cpus) : n < MAX_THREADS ? n : MAX_THREADS;
    atomic_store(&pool.spins, size <= pool.n_cpus);
    atomic_store(&pool.size, size);
    pthread_mutex_unlock(&pool.owner);
}

/* ---- regions --------------------------------------------------------------------------------- */

static void run_alone(void (*fn)(void *, struct jx_team *, int), void *ctx)
{
    struct share share = {.range = 0};
    struct jx_team team = {.n = 1, .shares = &share, .lot = LOT_EMPTY};
    fn(ctx, &team, 0);
}

/* Takes the pool and makes the team ready; gives its size, or 0 with the pool not taken. */
static int take_pool(int wanted)
{
    int size = jx_threads();
    wanted = wanted < size ? wanted : size;
    if (wanted <= 1 || pthread_mutex_trylock(&pool.owner) != 0)
        return 0;
    while (pool.n_started + 1 < wanted && !pool.refused) {
        if (start_worker(pool.n_started + 1))
            pool.n_started++;
        else
            pool.refused = true;
    }
    int n = pool.n_started + 1 < wanted ? pool.n_started + 1 : wanted;
    if (n <= 1) {
        pthread_mutex_unlock(&pool.owner);
        return 0;
    }
    return n;
}

/* Lets nobody join any more; gives the number of members. */
static unsigned close_team(struct jx_team *team)
{
    return MEMBERS(atomic_fetch_or(&team->state, CLOSED));
}

void jx_parallel(int max_threads, void (*fn)(void *ctx, struct jx_team *team, int thread),
                 void *ctx)
{
    int n = take_pool(max_threads);
    if (n == 0) {
        run_alone(fn, ctx);
        return;
    }
    struct jx_team *team = &pool.team;
    for (int i = 0; i < n; i++) {
        atomic_store_explicit(&pool.shares[i].range, 0, memory_order_relaxed);
        pool.shares[i].id = 0;
    }
    team->n = n;
    team->shares = pool.shares;
    pool.fn = fn;
    pool.ctx = ctx;
    atomic_store(&team->finished, 0);
    uint32_t serial = SERIAL(atomic_load(&team->state)) + 1;
    serial += serial == 0; /* 0 is what no worker has joined */
    atomic_store(&team->state, (uint64_t)serial << 32 | (uint64_t)n << 16 | 1);
    for (int i = n - 1; i >= 1; i--) /* children before their parents, who wake them */
        atomic_fetch_add(&pool.workers[i].go, 1);
    wake_children(0);
    fn(ctx, team, 0);
    unsigned workers = close_team(team) - 1;
    bool anew = workers + 1 == (unsigned)n || ++pool.n_missed % MISSED_MOST == 0;
    pool.missed = anew ? 0 : pool.missed + (pool.missed < 30);
    for (unsigned done; (done = atomic_load(&team->finished)) != workers;)
        wait_while(&team->finished, done, &team->lot);
    pthread_mutex_unlock(&pool.owner);
}

int jx_team_size(const struct jx_team *team) { return team->n; }

/* The members of a team, for good. Those who ask first give late ones some time. */
static unsigned settle_team(struct jx_team *team)
{
    int64_t end = 0;
    for (;;) {
        for (int i = 0; i < 64; i++) {
            uint64_t s = atomic_load_explicit(&team->state, memory_order_acquire);
            if (s & CLOSED)
                return MEMBERS(s);
            if (MEMBERS(s) == (unsigned)team->n)
                return close_team(team);
            pause_cpu();
        }
        int64_t now = now_ns();
        end = end ? end : now + (JOIN_NS >> pool.missed);
        if (now >= end)
            return close_team(team);
        if (!atomic_load(&pool.spins))
            sched_yield();
    }
}

void jx_team_barrier(struct jx_team *team)
{
    if (team->n == 1)
        return;
    unsigned members = settle_team(team);
    if (members == 1)
        return;
    unsigned phase = atomic_load(&team->phase);
    if (atomic_fetch_add(&team->arrived, 1) + 1 == members) {
        atomic_store(&team->arrived, 0);
        atomic_fetch_add(&team->phase, 1);
        wake(&team->lot);
    } else {
        wait_while(&team->phase, phase, &team->lot);
    }
}

/* ---- loops ----------------------------------------------------------------------------------- */

static uint64_t range_of(uint16_t id, int64_t begin, int64_t end)
{
    return (uint64_t)id << 48 | (uint64_t)begin << 24 | (uint64_t)end;
}
static uint16_t id_of(uint64_t range) { return (uint16_t)(range >> 48); }
static int64_t begin_of(uint64_t range) { return (int64_t)(range >> 24 & 0xffffff); }
static int64_t end_of(uint64_t range) { return (int64_t)(range & 0xffffff); }

/* The share of a thread, untouched. */
static uint64_t whole_share(const struct jx_loop *loop, int thread)
{
    int64_t chunks = loop->n / loop->grain + (loop->n % loop->grain != 0), n = loop->team->n;
    return range_of(loop->id, chunks * thread / n, chunks * (thread + 1) / n);
}

void jx_loop_begin(struct jx_loop *loop, struct jx_team *team, int thread, int64_t n, int64_t grain)
{
    grain = grain < 1 ? 1 : grain;
    int64_t chunks = n / grain + (n % grain != 0);
    if (chunks >= MAX_CHUNKS) /* bigger chunks, still at multiples of the grain */
        grain *= chunks / (MAX_CHUNKS - 1) + 1;
    *loop =
        (struct jx_loop){.team = team, .n = n, .grain = grain, .thread = thread, .victim = thread};
    loop->id = ++team->shares[thread].id;
}

/* Takes one chunk of a thread's share: its first, or its last for another thread. */
static bool take_chunk(const struct jx_loop *loop, int thread, int64_t *chunk)
{
    _Atomic uint64_t *range = &loop->team->shares[thread].range;
    uint64_t old = atomic_load(range), now, rest;
    do {
        now = old;
        if (id_of(old) == (uint16_t)(loop->id - 1) && begin_of(old) >= end_of(old))
            now = whole_share(loop, thread); /* the loop before is through with it */
        if (id_of(now) != loop->id || begin_of(now) >= end_of(now))
            rest = now;
        else if (thread == loop->thread)
            rest = range_of(loop->id, begin_of(now) + 1, end_of(now));
        else
            rest = range_of(loop->id, begin_of(now), end_of(now) - 1);
    } while (rest != old && !atomic_compare_exchange_weak(range, &old, rest));
    if (rest == now)
        return false;
    *chunk = thread == loop->thread ? begin_of(now) : end_of(now) - 1;
    return true;
}

bool jx_loop_next(struct jx_loop *loop, int64_t *begin, int64_t *end)
{
    int64_t chunk;
    while (!take_chunk(loop, loop->victim, &chunk)) {
        loop->victim = (loop->victim + 1) % loop->team->n;
        if (loop->victim == loop->thread)
            return false;
    }
    *begin = chunk * loop->grain;
    *end = loop->n - *begin < loop->grain ? loop->n : *begin + loop->grain;
    return true;
}
