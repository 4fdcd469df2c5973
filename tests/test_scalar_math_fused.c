/*
 * test_scalar_math_fused.c - test_scalar_math.c with the fused multiply-adds that AVX2, AVX-512 and
 * AArch64 builds use; where the machine has none, libm's fma gives the same bits.
 */
#define JX_HAS_FMA 1
#include "test_scalar_math.c"
