/*
 * prelude.h - CUDA C++ for the host's compiler: what NVRTC predefines, in words of the emulated
 * device. Read before each program; it includes nothing, since that is half of the time.
 */
#include "kernel_abi.h"

#define __CUDACC__           1
#define __CUDACC_RTC__       1
#define __NVCC__             1
#define __CUDACC_VER_MAJOR__ 12
#define __CUDACC_VER_MINOR__ 4
#define EMULATED_CUDA        1 /* the one way for a text to know */

typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;

static const struct emulated_device *emulated;

#define __global__
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__    __attribute__((noinline))
#define __align__(n)    __attribute__((aligned(n)))
#define __launch_bounds__(...)
#define __grid_constant__
/* EMULATED_SECTION is defined anew before each kernel. A block at a time runs: one copy will do. */
#define __shared__ static __attribute__((section(EMULATED_SECTION)))

#define threadIdx (emulated->thread)
#define blockIdx  (emulated->block)
#define blockDim  (emulated->block_dim)
#define gridDim   (emulated->grid_dim)
#define warpSize  32

/* Barriers and warps. */
#define __syncthreads()        ((void)emulated->barrier(__COUNTER__, 0))
#define __syncthreads_count(p) (emulated->barrier(__COUNTER__, !!(p)))
#define __syncthreads_or(p)    (emulated->barrier(__COUNTER__, !!(p)) != 0)
#define __syncthreads_and(p)   (emulated->barrier(__COUNTER__, !(p)) == 0)
static inline void __syncwarp(unsigned int mask = 0xffffffffu)
{
    emulated->warp(EMULATED_SYNC, mask, 0, 0, 32);
}
static inline unsigned int __activemask() { return emulated->lanes(); }
static inline unsigned int __ballot_sync(unsigned int mask, int p)
{
    return (unsigned int)emulated->warp(EMULATED_BALLOT, mask, p != 0, 0, 32);
}
static inline int __any_sync(unsigned int mask, int p)
{
    return (int)emulated->warp(EMULATED_ANY, mask, p != 0, 0, 32);
}
static inline int __all_sync(unsigned int mask, int p)
{
    return (int)emulated->warp(EMULATED_ALL, mask, p != 0, 0, 32);
}

template <class T>
static inline T emulated_shuffle(enum emulated_warp_op op, unsigned int mask, T value, int arg,
                                 int width)
{
    static_assert(sizeof(T) <= 8, "shuffles move up to eight bytes");
    unsigned long long bits = 0;
    __builtin_memcpy(&bits, &value, sizeof(T));
    bits = emulated->warp(op, mask, bits, arg, width);
    __builtin_memcpy(&value, &bits, sizeof(T));
    return value;
}
#define EMULATED_SHUFFLE(name, op)                                                                 \
    template <class T> static inline T name(unsigned int mask, T value, int arg, int width = 32)   \
    {                                                                                              \
        return emulated_shuffle(op, mask, value, arg, width);                                      \
    }
EMULATED_SHUFFLE(__shfl_sync, EMULATED_SHFL)
EMULATED_SHUFFLE(__shfl_up_sync, EMULATED_SHFL_UP)
EMULATED_SHUFFLE(__shfl_down_sync, EMULATED_SHFL_DOWN)
EMULATED_SHUFFLE(__shfl_xor_sync, EMULATED_SHFL_XOR)

#define EMULATED_REDUCE(name, type, op)                                                            \
    static inline type name(unsigned int mask, type value)                                         \
    {                                                                                              \
        return (type)emulated->warp(op, mask, (unsigned int)value, 0, 32);                         \
    }
EMULATED_REDUCE(__reduce_add_sync, unsigned int, EMULATED_ADD)
EMULATED_REDUCE(__reduce_add_sync, int, EMULATED_ADD)
EMULATED_REDUCE(__reduce_min_sync, unsigned int, EMULATED_MIN)
EMULATED_REDUCE(__reduce_min_sync, int, EMULATED_MIN_SIGNED)
EMULATED_REDUCE(__reduce_max_sync, unsigned int, EMULATED_MAX)
EMULATED_REDUCE(__reduce_max_sync, int, EMULATED_MAX_SIGNED)
EMULATED_REDUCE(__reduce_and_sync, unsigned int, EMULATED_AND)
EMULATED_REDUCE(__reduce_or_sync, unsigned int, EMULATED_OR)
EMULATED_REDUCE(__reduce_xor_sync, unsigned int, EMULATED_XOR)

/* One thread of the host runs everything: fences order nothing, atomics are plain. */
static inline void __threadfence() {}
static inline void __threadfence_block() {}
static inline void __threadfence_system() {}
static inline void __nanosleep(unsigned int) {}
static inline void __trap() { emulated->trap("__trap()"); }
#define assert(condition) ((condition) ? (void)0 : emulated->trap("assert(" #condition ")"))

#define EMULATED_ATOMIC(name, type, result)                                                        \
    static inline type name(type *at, type value)                                                  \
    {                                                                                              \
        type old = *at;                                                                            \
        *at = (type)(result);                                                                      \
        return old;                                                                                \
    }
#define EMULATED_ATOMIC_SIGNS(name, sign, result)                                                  \
    EMULATED_ATOMIC(name, sign int, result)                                                        \
    EMULATED_ATOMIC(name, sign long long, result)
#define EMULATED_ATOMICS(name, result)                                                             \
    EMULATED_ATOMIC_SIGNS(name, signed, result)                                                    \
    EMULATED_ATOMIC_SIGNS(name, unsigned, result)
/* Sums wrap. */
EMULATED_ATOMIC(atomicAdd, int, (unsigned int)old + (unsigned int)value)
EMULATED_ATOMIC_SIGNS(atomicAdd, unsigned, old + value)
EMULATED_ATOMIC(atomicAdd, float, old + value)
EMULATED_ATOMIC(atomicAdd, double, old + value)
EMULATED_ATOMIC(atomicSub, int, (unsigned int)old - (unsigned int)value)
EMULATED_ATOMIC(atomicSub, unsigned int, old - value)
EMULATED_ATOMICS(atomicMin, value < old ? value : old)
EMULATED_ATOMICS(atomicMax, value > old ? value : old)
EMULATED_ATOMICS(atomicAnd, old &value)
EMULATED_ATOMICS(atomicOr, old | value)
EMULATED_ATOMICS(atomicXor, old ^ value)
EMULATED_ATOMICS(atomicExch, value)
EMULATED_ATOMIC(atomicExch, float, value)
EMULATED_ATOMIC(atomicInc, unsigned int, old >= value ? 0 : old + 1)
EMULATED_ATOMIC(atomicDec, unsigned int, old == 0 || old > value ? value : old - 1)
template <class T> static inline T atomicCAS(T *at, T compare, T value)
{
    T old = *at;
    if (old == compare)
        *at = value;
    return old;
}

template <class T> static inline T __ldg(const T *at) { return *at; }
template <class T> static inline T __ldcg(const T *at) { return *at; }
template <class T> static inline T __ldcs(const T *at) { return *at; }
template <class T> static inline void __stcg(T *at, T value) { *at = value; }
template <class T> static inline void __stcs(T *at, T value) { *at = value; }

#include "prelude_math.h"
#include "prelude_types.h"

/* A kernel called with an array of pointers to its arguments. */
template <class... A> struct emulated_caller {
    emulated_caller(void (*kernel)(A...), A... arguments) { kernel(arguments...); }
};
template <class... A> static inline void emulated_apply(void (*kernel)(A...), void **params)
{
    int i = 0;
    (void)i;
    emulated_caller<A...>{kernel, *(A *)params[i++]...}; /* braces evaluate in order */
}
template <auto kernel> static void emulated_run(void **params) { emulated_apply(kernel, params); }
template <class T> struct emulated_signature;
template <class... A> struct emulated_signature<void (*)(A...)> {
    static constexpr unsigned int n = sizeof...(A);
    static constexpr unsigned int sizes[] = {sizeof(A)..., 0};
};
#define EMULATED_SHARED(number)                                                                    \
    extern "C" char __start_shared_##number[] __attribute__((weak, visibility("hidden")));         \
    extern "C" char __stop_shared_##number[] __attribute__((weak, visibility("hidden")));
#define EMULATED_KERNEL(number, name, most_threads)                                                \
    {#name,                                                                                        \
     emulated_run<&name>,                                                                          \
     emulated_signature<decltype(&name)>::n,                                                       \
     emulated_signature<decltype(&name)>::sizes,                                                   \
     __start_shared_##number,                                                                      \
     __stop_shared_##number,                                                                       \
     most_threads},
