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

#endif
