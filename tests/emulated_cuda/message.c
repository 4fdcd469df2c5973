/*
 * message.c - the last message, random numbers, and counts for tests.
 */
#include "driver.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char text[1024];

void message(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (setting("EMULATED_CUDA_VERBOSE", 0))
        fprintf(stderr, "emulated cuda: %s\n", text);
}

const char *emulated_cuda_message(void) { return text; }

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t state;
static bool seeded;

uint64_t random_bits(void)
{
    if (!seeded)
        emulated_cuda_seed((uint64_t)setting("EMULATED_CUDA_SEED", 1));
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint32_t random_below(uint32_t n) { return (uint32_t)((random_bits() >> 32) * n >> 32); }

void emulated_cuda_seed(uint64_t seed)
{
    seeded = true;
    state = seed;
}

long emulated_cuda_live(const char *kind)
{
    static const char *const kinds[] = {"stream", "event", "module", "graph", "exec", "pinned"};
    for (int i = 0; i < N_KINDS; i++)
        if (strcmp(kind, kinds[i]) == 0)
            return handle_live((enum kind)i);
    long allocations;
    size_t bytes;
    memory_count(&allocations, &bytes);
    if (strcmp(kind, "memory") == 0)
        return allocations;
    if (strcmp(kind, "bytes") == 0)
        return (long)bytes;
    return -1;
}
