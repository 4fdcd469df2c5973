/*
 * backend/cpu/tile_isa.h - what the tile_*_isa.c files share.
 */
#ifndef JX_CPU_TILE_ISA_H
#define JX_CPU_TILE_ISA_H

/* Before a loop: no iteration reads what another writes. */
#if defined(__clang__)
#define JX_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define JX_INDEPENDENT _Pragma("GCC ivdep")
#endif

/* Bytes of a register, and the lanes of one as a list to be expanded. */
#if defined(__AVX512F__)
enum { VECTOR = 64 };
#define LANES_4(X)                                                                                 \
    LANES_4_8(X), X(8, 16), X(9, 16), X(10, 16), X(11, 16), X(12, 16), X(13, 16), X(14, 16),       \
        X(15, 16)
#define LANES_4_8(X) X(0, 16), X(1, 16), X(2, 16), X(3, 16), X(4, 16), X(5, 16), X(6, 16), X(7, 16)
#define LANES_8(X)   X(0, 8), X(1, 8), X(2, 8), X(3, 8), X(4, 8), X(5, 8), X(6, 8), X(7, 8)
#elif defined(__AVX2__)
enum { VECTOR = 32 };
#define LANES_4(X) X(0, 8), X(1, 8), X(2, 8), X(3, 8), X(4, 8), X(5, 8), X(6, 8), X(7, 8)
#define LANES_8(X) X(0, 4), X(1, 4), X(2, 4), X(3, 4)
#else
enum { VECTOR = 16 };
#define LANES_4(X) X(0, 4), X(1, 4), X(2, 4), X(3, 4)
#define LANES_8(X) X(0, 2), X(1, 2)
#endif

/*
 * Pairs of vectors a, b at distance s: LOW takes lane i of a where bit s of i is clear and lane i -
 * s of b where it is set, HIGH lane i + s of a and lane i of b. What stood in lanes s apart then
 * stands in one. Shuffles of __builtin_ shufflevector, which numbers the lanes of b from n.
 */
#define LOW_1(i, n)  ((i)&1 ? (n) + (i)-1 : (i))
#define LOW_2(i, n)  ((i)&2 ? (n) + (i)-2 : (i))
#define LOW_4(i, n)  ((i)&4 ? (n) + (i)-4 : (i))
#define LOW_8(i, n)  ((i)&8 ? (n) + (i)-8 : (i))
#define HIGH_1(i, n) ((i)&1 ? (n) + (i) : (i) + 1)
#define HIGH_2(i, n) ((i)&2 ? (n) + (i) : (i) + 2)
#define HIGH_4(i, n) ((i)&4 ? (n) + (i) : (i) + 4)
#define HIGH_8(i, n) ((i)&8 ? (n) + (i) : (i) + 8)

#endif
