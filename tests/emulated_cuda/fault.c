/*
 * fault.c - signals of kernels: a touched allocation is opened, all else ends the launch.
 *
 * The handlers stand only while the device works. A signal of another thread, or outside of a
 * kernel, goes where it went before. The handler runs on the fiber's stack and may leave it for
 * good.
 */
#include "driver.h"

#include <signal.h>
#include <stddef.h>

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
enum { N_SIGNALS = sizeof signals / sizeof *signals };
static struct sigaction before[N_SIGNALS];
static _Thread_local volatile bool working;

/* x86-64 says of a misaligned vector access only that it was one of the kernel's own reasons. */
static void tell_and_abort(int number, int code, uintptr_t at)
{
    jx_cuda_result error = JX_CUDA_ERROR_ILLEGAL_ADDRESS;
    if (number == SIGILL || (number == SIGSEGV && code == SI_KERNEL)) {
        message("%s: a misaligned access, or an index outside of an array", block_where());
        error = JX_CUDA_ERROR_MISALIGNED_ADDRESS;
    } else if (number == SIGFPE) {
        message("%s: a division of integers by zero, or one that overflows", block_where());
        error = JX_CUDA_ERROR_LAUNCH_FAILED;
    } else {
        memory_tell(at);
    }
    block_abort(error);
}

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (!working || !block_inside()) {
        for (int i = 0; i < N_SIGNALS; i++)
            if (signals[i] == number)
                sigaction(number, &before[i], NULL);
        return; /* it happens again */
    }
    uintptr_t at = (uintptr_t)info->si_addr;
    if (number != SIGSEGV || !memory_enter(at))
        tell_and_abort(number, info->si_code, at);
}

void fault_begin(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER};
    action.sa_sigaction = on_signal;
    sigemptyset(&action.sa_mask);
    working = true;
    for (int i = 0; i < N_SIGNALS; i++)
        sigaction(signals[i], &action, &before[i]);
}

void fault_end(void)
{
    for (int i = 0; i < N_SIGNALS; i++)
        sigaction(signals[i], &before[i], NULL);
    working = false;
    memory_leave();
}
