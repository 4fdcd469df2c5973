/*
 * allocator.c - a counting, failing allocator. Each block is preceded by a note of its size.
 */
#include "allocator.h"

#include <jaxc/memory.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct note {
    size_t bytes;
    uint64_t mark;
};
#define MARK  UINT64_C(0x6c6976652d626c6b)
#define FRONT 64 /* the greatest alignment asked for */

static void *test_alloc(void *user, size_t bytes, size_t align)
{
    struct test_allocator *a = user;
    long n = atomic_fetch_add(&a->n_calls, 1) + 1;
    if (align > FRONT || (a->fail_at && (n == a->fail_at || (a->from_then_on && n > a->fail_at)))) {
        atomic_fetch_add(&a->n_failed, 1);
        return NULL;
    }
    char *block = aligned_alloc(FRONT, (bytes + FRONT + FRONT - 1) / FRONT * FRONT);
    if (!block)
        return NULL;
    *(struct note *)(void *)block = (struct note){bytes, MARK};
    memset(block + FRONT, 0xa5, bytes); /* nothing may rely on zeros */
    atomic_fetch_add(&a->n_live, 1);
    atomic_fetch_add(&a->live_bytes, bytes);
    return block + FRONT;
}

static void test_free(void *user, void *p, size_t bytes)
{
    struct test_allocator *a = user;
    struct note *note = (struct note *)(void *)((char *)p - FRONT);
    if (note->mark != MARK || note->bytes != bytes)
        atomic_store(&a->broken, true);
    note->mark = 0;
    atomic_fetch_sub(&a->n_live, 1);
    atomic_fetch_sub(&a->live_bytes, bytes);
    free(note);
}

bool test_allocator_install(struct test_allocator *a)
{
    return (jaxc_set_allocator)((struct jaxc_allocator){test_alloc, test_free, a});
}

bool test_allocator_remove(void) { return jaxc_set_allocator((struct jaxc_allocator){0}); }
