/*
 * alloc.c - all memory of the library: counted blocks, reserved tables, and a warm cache of large
 * freed blocks.
 *
 * A block is preceded by a header that knows its size and where the allocator's own block begins:
 *
 *     ordinary  | header 16 | bytes ...            aligned to 16
 *     aligned   | 48 free, header 16 | bytes ...   aligned to 64 (from malloc: 0 to 63 free)
 *     reserved  | struct reserved 64 | bytes ...   linked in a list, remembers its allocator
 *
 * Large aligned blocks are rounded to size classes and kept when freed, since the first touch of
 * fresh pages costs three to six times as much as the work on them. Invariant: every block that is
 * counted as live or kept warm came from the present allocator.
 */
#include "base/base.h"

#include <jaxc/memory.h>

#include <stdlib.h>

/* What lies idle in the warm cache is as forbidden as what was freed. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#endif
#ifdef HAVE_ASAN
#include <sanitizer/asan_interface.h>
#define FORBID(p, bytes) __asan_poison_memory_region(p, bytes)
#define ALLOW(p, bytes)  __asan_unpoison_memory_region(p, bytes)
#else
#define FORBID(p, bytes) ((void)(p), (void)(bytes))
#define ALLOW(p, bytes)  ((void)(p), (void)(bytes))
#endif

#define SMALL_ALIGN 16
#define LARGE_ALIGN 64 /* a cache line, and an AVX-512 register */

struct header {
    size_t bytes;   /* asked for; never 0, so that a live block always counts */
    uint32_t front; /* from the allocator's block to the user's bytes */
    int32_t class;  /* of the warm cache; -1: none */
};
_Static_assert(sizeof(struct header) <= SMALL_ALIGN, "the header keeps the alignment");

static struct jaxc_allocator allocator; /* all zero: malloc and free */
static _Atomic size_t live_bytes, peak_bytes, reserved_bytes;

/* ---- the allocator --------------------------------------------------------------------------- */

static void *take(const struct jaxc_allocator *from, size_t bytes, size_t align)
{
    if (!from->alloc)
        return align <= SMALL_ALIGN ? malloc(bytes)
                                    : aligned_alloc(align, (bytes + align - 1) & ~(align - 1));
    void *p = from->alloc(from->user, bytes, align);
    if (p && ((uintptr_t)p & (align - 1)) != 0) {
        from->free(from->user, p, bytes);
        jx_fail(JAXC_EVALUE, "the allocator gave memory that is not aligned to %zu bytes", align);
        return NULL;
    }
    return p;
}

static void give(const struct jaxc_allocator *to, void *p, size_t bytes)
{
    if (to->alloc)
        to->free(to->user, p, bytes);
    else
        free(p);
}

/* ---- the warm cache -------------------------------------------------------------------------- */

#define WARM_MIN_LOG 16 /* 64 KiB: below, malloc keeps pages warm itself */
#define WARM_MAX_LOG 28 /* 256 MiB: the largest block kept, and the limit of all */
#define WARM_STEPS   8  /* classes in each doubling: at most 1/8 is wasted */
#define WARM_N       ((WARM_MAX_LOG - WARM_MIN_LOG) * WARM_STEPS + 1)
#define WARM_LIMIT   ((size_t)1 << WARM_MAX_LOG)

/* A kept block, in two lists: blocks of its class, newest first; all blocks, newest first. It lies
 * at the beginning of the allocator's block. */
struct warm {
    struct warm *class_older, *class_newer, *older, *newer;
    size_t bytes; /* of the allocator's block */
};

static struct {
    pthread_mutex_t lock;
    struct warm *newest_of[WARM_N];
    struct warm *newest, *oldest;
    _Atomic size_t bytes; /* written under the lock */
} warm = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The class of an allocator's block of this size and the size it is rounded to; -1: blocks that are
 * not kept. */
static int warm_class(size_t bytes, size_t *rounded)
{
    *rounded = bytes;
    if (bytes < (size_t)1 << WARM_MIN_LOG || bytes > WARM_LIMIT)
        return -1;
    int log = 63 - __builtin_clzll(bytes);
    size_t step = ((size_t)1 << log) / WARM_STEPS;
    size_t steps = (bytes + step - 1) /
                   step; /* WARM_STEPS ... 2 * WARM_STEPS, the last being the next doubling */
    *rounded = steps * step;
    return (log - WARM_MIN_LOG) * WARM_STEPS + (int)steps - WARM_STEPS;
}

static void warm_unlink(struct warm *w, int class)
{
    if (w->class_newer)
        w->class_newer->class_older = w->class_older;
    else
        warm.newest_of[class] = w->class_older;
    if (w->class_older)
        w->class_older->class_newer = w->class_newer;
    if (w->newer)
        w->newer->older = w->older;
    else
        warm.newest = w->older;
    if (w->older)
        w->older->newer = w->newer;
    else
        warm.oldest = w->newer;
    warm.bytes -= w->bytes;
    ALLOW(w, w->bytes);
}

static void *warm_take(int class)
{
    pthread_mutex_lock(&warm.lock);
    struct warm *w = warm.newest_of[class];
    if (w)
        warm_unlink(w, class);
    pthread_mutex_unlock(&warm.lock);
    return w;
}

/* Unlinks the oldest blocks until at most `limit` bytes are kept; they form a list through `older`.
 * Locked. */
static struct warm *warm_evict(size_t limit)
{
    struct warm *gone = NULL;
    while (warm.bytes > limit) {
        struct warm *w = warm.oldest;
        size_t rounded;
        warm_unlink(w, warm_class(w->bytes, &rounded));
        w->older = gone;
        gone = w;
    }
    return gone;
}

static size_t warm_give_all(struct warm *gone)
{
    size_t bytes = 0;
    while (gone) {
        struct warm *next = gone->older;
        bytes += gone->bytes;
        give(&allocator, gone, gone->bytes);
        gone = next;
    }
    return bytes;
}

static void warm_keep(void *block, size_t bytes, int class)
{
    struct warm *w = block;
    pthread_mutex_lock(&warm.lock);
    struct warm *gone = warm_evict(WARM_LIMIT - bytes);
    *w = (struct warm){.class_older = warm.newest_of[class], .older = warm.newest, .bytes = bytes};
    if (w->class_older)
        w->class_older->class_newer = w;
    if (w->older)
        w->older->newer = w;
    else
        warm.oldest = w;
    warm.newest_of[class] = w;
    warm.newest = w;
    warm.bytes += bytes;
    FORBID(w + 1, bytes - sizeof *w);
    pthread_mutex_unlock(&warm.lock);
    warm_give_all(gone);
}

size_t jaxc_trim_memory(void)
{
    pthread_mutex_lock(&warm.lock);
    struct warm *gone = warm_evict(0);
    pthread_mutex_unlock(&warm.lock);
    return warm_give_all(gone);
}

size_t jx_cached_bytes(void) { return atomic_load_explicit(&warm.bytes, memory_order_relaxed); }

/* ---- counted blocks -------------------------------------------------------------------------- */

static void count_live(size_t bytes)
{
    size_t now = atomic_fetch_add_explicit(&live_bytes, bytes, memory_order_relaxed) + bytes;
    size_t peak = atomic_load_explicit(&peak_bytes, memory_order_relaxed);
    while (now > peak && !atomic_compare_exchange_weak_explicit(
                             &peak_bytes, &peak, now, memory_order_relaxed, memory_order_relaxed)) {
    }
}

static void *no_memory(size_t bytes)
{
    jx_fail(JAXC_ENOMEM, "out of memory (%zu bytes)", bytes);
    return NULL;
}

/* A block of the allocator with room for a header and bytes aligned to align; *p is where these
 * begin. A small aligned block comes from malloc with room to spare, which is several times faster
 * than aligned_alloc. */
static char *take_block(size_t bytes, size_t align, int class, size_t total, char **p)
{
    bool spare = !allocator.alloc && align == LARGE_ALIGN && class < 0;
    char *block = class >= 0 ? warm_take(class) : NULL;
    if (!block)
        block = spare ? malloc(bytes + sizeof(struct header) + LARGE_ALIGN - 1)
                      : take(&allocator, total, align);
    if (!block)
        return NULL;
    *p = block + align;
    if (spare)
        *p = block + sizeof(struct header) +
             (-((uintptr_t)block + sizeof(struct header)) & (LARGE_ALIGN - 1));
    return block;
}

/* A counted block with undefined contents. */
static void *new_block(size_t bytes, size_t align)
{
    if (bytes == 0)
        bytes = 1;
    if (bytes > PTRDIFF_MAX - 2 * LARGE_ALIGN)
        return no_memory(bytes);
    size_t total = bytes + align;
    int class = align == LARGE_ALIGN ? warm_class(total, &total) : -1;
    char *p, *block = take_block(bytes, align, class, total, &p);
    if (!block && jaxc_trim_memory() > 0)
        block = take_block(bytes, align, class, total, &p);
    if (!block)
        return no_memory(bytes);
    struct header *h = (struct header *)(void *)p - 1;
    *h = (struct header){.bytes = bytes, .front = (uint32_t)(p - block), .class = class};
    if (class >= 0)
        FORBID(p + bytes, total - align - bytes);
    count_live(bytes);
    return p;
}

void *jx_alloc(size_t n, size_t size)
{
    size_t bytes;
    if (!jx_mul_size(n, size, &bytes)) {
        jx_fail(JAXC_ENOMEM, "out of memory (%zu times %zu bytes)", n, size);
        return NULL;
    }
    void *p = new_block(bytes, SMALL_ALIGN);
    return p ? memset(p, 0, bytes) : NULL;
}

void *jx_alloc_aligned(size_t bytes) { return new_block(bytes, LARGE_ALIGN); }

void jx_free(void *p)
{
    if (!p)
        return;
    struct header h = *((struct header *)p - 1);
    size_t total = h.bytes + h.front;
    char *block = (char *)p - h.front;
    atomic_fetch_sub_explicit(&live_bytes, h.bytes, memory_order_relaxed);
    if (h.class >= 0) {
        warm_class(total, &total);
        ALLOW(block, total);
        warm_keep(block, total, h.class);
    } else {
        give(&allocator, block, total);
    }
}

bool jx_grow(void *array_pointer, size_t *capacity, size_t need, size_t element_size)
{
    if (need <= *capacity)
        return true;
    size_t room = *capacity + *capacity / 2, bytes;
    if (room < need)
        room = need;
    if (room < 8)
        room = 8;
    if (!jx_mul_size(room, element_size, &bytes)) {
        no_memory(SIZE_MAX);
        return false;
    }
    void *old;
    memcpy(&old, array_pointer, sizeof old); /* the pointer has the caller's type */
    char *new = new_block(bytes, SMALL_ALIGN);
    if (!new)
        return false;
    size_t used = *capacity * element_size;
    if (used > 0)
        memcpy(new, old, used);
    memset(new + used, 0, bytes - used);
    jx_free(old);
    memcpy(array_pointer, &new, sizeof new);
    *capacity = room;
    return true;
}

char *jx_strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    char *copy = new_block(n, SMALL_ALIGN);
    return copy ? memcpy(copy, s, n) : NULL;
}

size_t jx_live_bytes(void) { return atomic_load_explicit(&live_bytes, memory_order_relaxed); }
size_t jx_peak_bytes(void) { return atomic_load_explicit(&peak_bytes, memory_order_relaxed); }
size_t jaxc_live_bytes(void) { return jx_live_bytes(); }
size_t jaxc_peak_bytes(void) { return jx_peak_bytes(); }

/* ---- reserved tables ------------------------------------------------------------------------- */

struct reserved {
    struct reserved *next, *previous;
    struct jaxc_allocator from;
    size_t total;
};
_Static_assert(sizeof(struct reserved) <= LARGE_ALIGN, "a table begins 64 bytes into its block");

static struct {
    pthread_mutex_t lock;
    struct reserved *first;
} reserved = {.lock = PTHREAD_MUTEX_INITIALIZER};

void *jx_reserve(size_t bytes)
{
    if (bytes > PTRDIFF_MAX - 2 * LARGE_ALIGN)
        return no_memory(bytes);
    size_t total = bytes + LARGE_ALIGN;
    struct reserved *r = take(&allocator, total, LARGE_ALIGN);
    if (!r && jaxc_trim_memory() > 0)
        r = take(&allocator, total, LARGE_ALIGN);
    if (!r)
        return no_memory(bytes);
    memset(r, 0, total);
    r->from = allocator;
    r->total = total;
    pthread_mutex_lock(&reserved.lock);
    r->next = reserved.first;
    if (r->next)
        r->next->previous = r;
    reserved.first = r;
    pthread_mutex_unlock(&reserved.lock);
    atomic_fetch_add_explicit(&reserved_bytes, total, memory_order_relaxed);
    return (char *)r + LARGE_ALIGN;
}

void jx_unreserve(void *p)
{
    if (!p)
        return;
    struct reserved *r = (struct reserved *)(void *)((char *)p - LARGE_ALIGN);
    pthread_mutex_lock(&reserved.lock);
    if (r->next)
        r->next->previous = r->previous;
    if (r->previous)
        r->previous->next = r->next;
    else
        reserved.first = r->next;
    pthread_mutex_unlock(&reserved.lock);
    atomic_fetch_sub_explicit(&reserved_bytes, r->total, memory_order_relaxed);
    struct jaxc_allocator from = r->from;
    give(&from, r, r->total);
}

size_t jx_reserved_bytes(void)
{
    return atomic_load_explicit(&reserved_bytes, memory_order_relaxed);
}

bool jaxc_set_allocator(struct jaxc_allocator new)
{
    jx_enter("jaxc_set_allocator");
    if (!new.alloc != !new.free)
        return jx_fail(JAXC_EVALUE, "an allocator needs both alloc and free");
    size_t live = jx_live_bytes();
    if (live > 0)
        return jx_fail(JAXC_EVALUE, "%zu bytes of the present allocator are live", live);
    jaxc_trim_memory();
    allocator = new;
    return true;
}
