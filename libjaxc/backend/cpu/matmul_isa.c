/*
 * backend/cpu/matmul_isa.c - the kernels of a matrix product for one instruction set.
 *
 * Compiled once for each (see isa.h). The loops stand in matmul_type.h; here are the types they are
 * made for, and how many registers there are to fill.
 */
#include "backend/cpu/matmul_kernels.h"
#include "kernel/scalar_math.h"

#include <string.h>

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define OPAQUE(x)     __asm__("" : "+r"(x)) /* what x is, the compiler no longer knows */

/* Before a loop of constant count, so that arrays indexed by it live in registers. Clang unrolls
 * them unasked, and too late when it is asked. */
#if defined(__clang__)
#define UNROLL
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#define MICRO_ROWS   8 /* 16 accumulators of 32 registers */
#define EACH_MICRO   EACH_MICRO_8
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#define MICRO_ROWS   6 /* 12 of 16 */
#define EACH_MICRO   EACH_MICRO_6
#elif defined(__aarch64__)
#define VECTOR_BYTES 16
#define MICRO_ROWS   8 /* 16 of 32 */
#define EACH_MICRO   EACH_MICRO_8
#else
#define VECTOR_BYTES 16
#define MICRO_ROWS   4 /* 8 of 16: without multiply-add products need registers too */
#define EACH_MICRO   EACH_MICRO_4
#endif

#define MICRO_PAIR(F, rows) F(rows, 1) F(rows, 2)
#define EACH_MICRO_4(F)     MICRO_PAIR(F, 1) MICRO_PAIR(F, 2) MICRO_PAIR(F, 3) MICRO_PAIR(F, 4)
#define EACH_MICRO_6(F)     EACH_MICRO_4(F) MICRO_PAIR(F, 5) MICRO_PAIR(F, 6)
#define EACH_MICRO_8(F)     EACH_MICRO_6(F) MICRO_PAIR(F, 7) MICRO_PAIR(F, 8)

#define LANES_2(F, b) F(0, b), F(1, b)
#define LANES_4(F, b) LANES_2(F, b), F(2, b), F(3, b)
#define LANES_8(F, b) LANES_4(F, b), F(4, b), F(5, b), F(6, b), F(7, b)
#define LANES_16(F, b)                                                                             \
    LANES_8(F, b), F(8, b), F(9, b), F(10, b), F(11, b), F(12, b), F(13, b), F(14, b), F(15, b)

#if VECTOR_BYTES == 64
#define LANES     16
#define ALL_LANES LANES_16
#elif VECTOR_BYTES == 32
#define LANES     8
#define ALL_LANES LANES_8
#else
#define LANES     4
#define ALL_LANES LANES_4
#endif

#define PER_16   4
#define T        float
#define N(name)  f32_##name
#define IS_FLOAT 1
#define NARROW   0
#define STORES   [JAXC_F32] = N(store_self)
#include "backend/cpu/matmul_type.h"
#undef T
#undef N
#undef IS_FLOAT
#undef NARROW
#undef STORES

#define T        uint32_t
#define N(name)  u32_##name
#define IS_FLOAT 0
#define NARROW   1
#define STORES                                                                                     \
    [JAXC_BOOL] = N(store_bool), [JAXC_U8] = N(store_u8), [JAXC_I8] = N(store_u8),                 \
    [JAXC_U16] = N(store_u16), [JAXC_I16] = N(store_u16), [JAXC_U32] = N(store_self),              \
    [JAXC_I32] = N(store_self)
#include "backend/cpu/matmul_type.h"
#undef T
#undef N
#undef IS_FLOAT
#undef NARROW
#undef STORES
#undef LANES
#undef ALL_LANES
#undef PER_16

#if VECTOR_BYTES == 64
#define LANES     8
#define ALL_LANES LANES_8
#elif VECTOR_BYTES == 32
#define LANES     4
#define ALL_LANES LANES_4
#else
#define LANES     2
#define ALL_LANES LANES_2
#endif

#define PER_16   2
#define T        double
#define N(name)  f64_##name
#define IS_FLOAT 1
#define NARROW   0
#define STORES   [JAXC_F64] = N(store_self)
#include "backend/cpu/matmul_type.h"
#undef T
#undef N
#undef IS_FLOAT
#undef NARROW
#undef STORES

#define T        uint64_t
#define N(name)  u64_##name
#define IS_FLOAT 0
#define NARROW   0
#define STORES   [JAXC_U64] = N(store_self), [JAXC_I64] = N(store_self)
#include "backend/cpu/matmul_type.h"

const struct jx_matmul_kernels JX_ISA_TABLE(jx_matmul_kernels) = {
    .types = {[JX_MATMUL_F32] = &f32_type,
              [JX_MATMUL_F64] = &f64_type,
              [JX_MATMUL_U32] = &u32_type,
              [JX_MATMUL_U64] = &u64_type},
};
