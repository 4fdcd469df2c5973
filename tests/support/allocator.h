/*
 * support/allocator.h - an allocator for tests: it counts, checks every size it gets back, and
 * fails on demand.
 *
 *     struct test_allocator a = {.fail_at = 3};          the third allocation fails, once
 *     test_allocator_install(&a);
 *     ...
 *     test_allocator_remove();                           nothing may be live any more
 */
#ifndef TEST_ALLOCATOR_H
#define TEST_ALLOCATOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct test_allocator {
    long fail_at;         /* number of the allocation that fails, from 1; 0: none */
    bool from_then_on;    /* and all after it */
    atomic_long n_calls;  /* allocations asked for */
    atomic_long n_failed; /* allocations refused */
    atomic_long n_live;   /* blocks given and not yet given back */
    atomic_size_t live_bytes;
    atomic_bool broken; /* a block came back with another size, or twice */
};

/* It must stay where it is for the rest of the program: the library's tables keep pointing at it.
 * */
bool test_allocator_install(struct test_allocator *a);
bool test_allocator_remove(void);

#endif
