/*
 * fiber.h - stacks to switch between, within one thread of the host.
 */
#ifndef EMULATED_FIBER_H
#define EMULATED_FIBER_H

#include <stdbool.h>
#include <stddef.h>

#ifndef __x86_64__
#include <ucontext.h>
#endif

struct fiber {
    char *stack;        /* NULL: the thread's own */
    size_t size;        /* bytes */
    void (*main)(void); /* never returns */
#ifdef __x86_64__
    void *sp;
#else
    ucontext_t context;
#endif
    void *shadow; /* a sanitizer's */
};

bool fiber_new(struct fiber *f, void (*main)(void));
void fiber_reset(struct fiber *f); /* it begins anew; what was on its stack is forgotten */
void fiber_switch(struct fiber *from, struct fiber *to);

#endif
