/*
 * jaxc/memory.h - where the library takes its memory from, and how much it holds.
 */
#ifndef JAXC_MEMORY_H
#define JAXC_MEMORY_H

#include <jaxc/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An allocator. Both functions may be called by several threads at once. alloc gives at least
 * `bytes` bytes, aligned to `align` (a power of two, at most 64), with any contents, or NULL; free
 * gets what alloc gave and its size.
 */
struct jaxc_allocator {
    void *(*alloc)(void *user, size_t bytes, size_t align);
    void (*free)(void *user, void *p, size_t bytes);
    void *user;
};

/*
 * jaxc_set_allocator - the allocator for all memory of the library, from now on.
 *
 *   allocator   copied; all zero: malloc and free, as at the start
 *   ->          whether it is in use now
 *
 * Call it while no other thread uses the library. Some tables (some 100 bytes for each value that
 * lives at the same time) are kept for good: the functions and `user` must stay valid until the
 * program ends, also after another allocator is set.
 *
 * Errors  JAXC_EVALUE  blocks of the present allocator are live (jaxc_live_bytes() > 0), or only
 *                      one of alloc and free is NULL
 */
JAXC_API bool jaxc_set_allocator(struct jaxc_allocator allocator);

/*
 * jaxc_live_bytes, jaxc_peak_bytes - bytes the library holds now, and the most it has held at one
 * time.
 *
 *   ->   bytes of arrays, programs and caches; without the tables that are kept for good and the
 *        freed blocks that are kept warm
 *
 * Errors  none
 */
JAXC_API size_t jaxc_live_bytes(void);
JAXC_API size_t jaxc_peak_bytes(void);

/*
 * jaxc_live_values - the number of values that are alive, in all threads.
 *
 * Errors  none
 */
JAXC_API size_t jaxc_live_values(void);

/*
 * jaxc_trim_memory - gives back the freed blocks that are kept for the next large array.
 *
 *   ->   bytes given back, at most 256 MiB
 *
 * The library does this by itself when memory is out, and then tries again.
 *
 * Errors  none
 */
JAXC_API size_t jaxc_trim_memory(void);

#ifdef __cplusplus
}
#endif

#ifndef JAXC_PLAIN
#define jaxc_set_allocator(...) JAXC_AT(jaxc_set_allocator, __VA_ARGS__)
#endif

#endif
