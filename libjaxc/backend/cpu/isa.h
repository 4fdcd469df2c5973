/*
 * backend/cpu/isa.h - the instruction sets that the vector kernels are built for, and the one in
 * use.
 *
 * Every *_isa.c of this folder is compiled once for each instruction set, with JX_ISA defined as
 * its name. It defines one constant table of functions, JX_ISA_TABLE(jx_foo), declared in a header
 * by JX_ISA_DECLARE(struct jx_foo, jx_foo) and looked up by JX_ISA_CHOOSE(jx_foo, jx_isa()). No
 * other symbol of such a file may be visible outside it.
 */
#ifndef JX_CPU_ISA_H
#define JX_CPU_ISA_H

enum jx_isa { JX_ISA_BASELINE, JX_ISA_AVX2, JX_ISA_AVX512, JX_N_ISAS };

/* The best instruction set this processor and its system support, or less:
 * JAXC_ISA=baseline|avx2|avx512 in the environment lowers it, and so does jx_isa_limit. */
enum jx_isa jx_isa(void);

/* For tests: from now on jx_isa gives no more than this. Returns what it gives. */
enum jx_isa jx_isa_limit(enum jx_isa most);

const char *jx_isa_name(enum jx_isa isa);

#define JX_ISA_PASTE_(name, isa) name##_##isa
#define JX_ISA_PASTE(name, isa)  JX_ISA_PASTE_(name, isa)
#define JX_ISA_TABLE(name)       JX_ISA_PASTE(name, JX_ISA)

#if defined(__x86_64__)
#define JX_ISA_DECLARE(type, name) extern const type name##_baseline, name##_avx2, name##_avx512
#define JX_ISA_CHOOSE(name, isa)                                                                   \
    ((isa) == JX_ISA_AVX512 ? &name##_avx512                                                       \
     : (isa) == JX_ISA_AVX2 ? &name##_avx2                                                         \
                            : &name##_baseline)
#else
#define JX_ISA_DECLARE(type, name) extern const type name##_baseline
#define JX_ISA_CHOOSE(name, isa)   ((void)(isa), &name##_baseline)
#endif

#endif
