/*
 * fiber.c - stacks with a guard page below. On x86-64 a switch stores the six registers that a
 * function has to keep; elsewhere it is swapcontext. AddressSanitizer and ThreadSanitizer are told
 * of each switch.
 */
#include "fiber.h"

#include <stdint.h>
#include <sys/mman.h>

enum { STACK = 256 * 1024, GUARD = 64 * 1024 };

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define WITH_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(WITH_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
static const void *thread_stack; /* the thread's own, as the first fiber sees it */
static size_t thread_size;
static void before_switch(struct fiber *from, const struct fiber *to)
{
    __sanitizer_start_switch_fiber(&from->shadow, to->stack ? to->stack : thread_stack,
                                   to->stack ? to->size : thread_size);
}
static void after_switch(struct fiber *now)
{
    const void *stack;
    size_t size;
    __sanitizer_finish_switch_fiber(now ? now->shadow : NULL, &stack, &size);
    if (!now || now->stack) { /* came from the scheduler: fibers do not switch to each other */
        thread_stack = stack;
        thread_size = size;
    }
}
static void forget(struct fiber *f)
{
    __asan_unpoison_memory_region(f->stack, f->size);
    f->shadow = NULL;
}
#elif defined(__SANITIZE_THREAD__) || defined(WITH_TSAN)
#include <sanitizer/tsan_interface.h>
static void before_switch(struct fiber *from, const struct fiber *to)
{
    if (!from->stack)
        from->shadow = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to->shadow, 0);
}
static void after_switch(struct fiber *now) { (void)now; }
static void forget(struct fiber *f)
{
    if (f->shadow)
        __tsan_destroy_fiber(f->shadow);
    f->shadow = __tsan_create_fiber(0);
}
#else
static void before_switch(struct fiber *from, const struct fiber *to) { (void)from, (void)to; }
static void after_switch(struct fiber *now) { (void)now; }
static void forget(struct fiber *f) { (void)f; }
#endif

static struct fiber *starting; /* whose first instructions run next */

static void start(void)
{
    struct fiber *f = starting;
    after_switch(NULL);
    f->main();
}

#ifdef __x86_64__
void emulated_fiber_swap(void **from, void *to);
__asm__(".text\n"
        ".hidden emulated_fiber_swap\n"
        ".globl emulated_fiber_swap\n"
        ".type emulated_fiber_swap, @function\n"
        "emulated_fiber_swap:\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        ".size emulated_fiber_swap, . - emulated_fiber_swap\n");

static void prepare(struct fiber *f)
{
    /* Six registers, then where to return to; a function begins 8 bytes off a multiple of 16. */
    uintptr_t *top = (uintptr_t *)(f->stack + f->size) - 1;
    top[-1] = (uintptr_t)start;
    top[0] = 0;
    for (int i = 2; i <= 7; i++)
        top[-i] = 0;
    f->sp = top - 7;
}

static void swap(struct fiber *from, struct fiber *to) { emulated_fiber_swap(&from->sp, to->sp); }
#else
static void prepare(struct fiber *f)
{
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = f->stack;
    f->context.uc_stack.ss_size = f->size;
    f->context.uc_link = NULL;
    makecontext(&f->context, start, 0);
}

static void swap(struct fiber *from, struct fiber *to)
{
    swapcontext(&from->context, &to->context);
}
#endif

bool fiber_new(struct fiber *f, void (*main)(void))
{
    char *memory = mmap(NULL, STACK + GUARD, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    mprotect(memory, GUARD, PROT_NONE);
    *f = (struct fiber){.stack = memory + GUARD, .size = STACK, .main = main};
    fiber_reset(f);
    return true;
}

void fiber_reset(struct fiber *f)
{
    forget(f);
    prepare(f);
}

void fiber_switch(struct fiber *from, struct fiber *to)
{
    starting = to;
    before_switch(from, to);
    swap(from, to);
    after_switch(from);
}
