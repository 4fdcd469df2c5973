/*
 * backend/cpu/isa.c - finds out what this processor can run. The answer is fixed at its first use.
 */
#include "backend/cpu/isa.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[JX_N_ISAS] = {"baseline", "avx2", "avx512"};

static atomic_int chosen = -1;

/* What processor and system support. Each name stands for the whole level it is built with:
 * whatever has AVX2, FMA and BMI2 has F16C and LZCNT (x86-64-v3), and libgcc asks the system for
 * the wide registers. */
static enum jx_isa supported(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
        !__builtin_cpu_supports("bmi2"))
        return JX_ISA_BASELINE;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq") ||
        !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vl"))
        return JX_ISA_AVX2;
    return JX_ISA_AVX512;
#else
    return JX_ISA_BASELINE;
#endif
}

static enum jx_isa at_most(enum jx_isa isa, enum jx_isa most) { return isa < most ? isa : most; }

enum jx_isa jx_isa(void)
{
    int isa = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (isa >= 0)
        return (enum jx_isa)isa;
    isa = supported();
    const char *wish = getenv("JAXC_ISA");
    for (int i = 0; wish && i < JX_N_ISAS; i++)
        if (strcmp(wish, names[i]) == 0)
            isa = at_most((enum jx_isa)isa, (enum jx_isa)i);
    int expected = -1;
    if (!atomic_compare_exchange_strong(&chosen, &expected, isa))
        isa = expected;
    return (enum jx_isa)isa;
}

enum jx_isa jx_isa_limit(enum jx_isa most)
{
    enum jx_isa isa = at_most(supported(), most);
    atomic_store(&chosen, (int)isa);
    return isa;
}

const char *jx_isa_name(enum jx_isa isa) { return names[isa]; }
