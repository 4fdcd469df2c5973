/*
 * prelude_math.h - the functions of numbers that CUDA C++ has without a header, by the host's libm.
 */
extern "C" void *memcpy(void *to, const void *from, size_t bytes);
extern "C" void *memset(void *to, int value, size_t bytes);

#define EMULATED_MATH1(name)                                                                       \
    extern "C" double name(double);                                                                \
    extern "C" float name##f(float);                                                               \
    static inline float name(float x) { return name##f(x); }
#define EMULATED_MATH2(name)                                                                       \
    extern "C" double name(double, double);                                                        \
    extern "C" float name##f(float, float);                                                        \
    static inline float name(float x, float y) { return name##f(x, y); }
#define EMULATED_UNARY(ROW)                                                                        \
    ROW(acos)                                                                                      \
    ROW(acosh)                                                                                     \
    ROW(asin)                                                                                      \
    ROW(asinh)                                                                                     \
    ROW(atan)                                                                                      \
    ROW(atanh)                                                                                     \
    ROW(cbrt)                                                                                      \
    ROW(ceil)                                                                                      \
    ROW(cos)                                                                                       \
    ROW(cosh)                                                                                      \
    ROW(erf)                                                                                       \
    ROW(erfc)                                                                                      \
    ROW(exp)                                                                                       \
    ROW(exp2)                                                                                      \
    ROW(expm1)                                                                                     \
    ROW(fabs)                                                                                      \
    ROW(floor)                                                                                     \
    ROW(lgamma)                                                                                    \
    ROW(log)                                                                                       \
    ROW(log10)                                                                                     \
    ROW(log1p)                                                                                     \
    ROW(log2)                                                                                      \
    ROW(logb)                                                                                      \
    ROW(nearbyint)                                                                                 \
    ROW(rint) ROW(round) ROW(sin) ROW(sinh) ROW(sqrt) ROW(tan) ROW(tanh) ROW(tgamma) ROW(trunc)
#define EMULATED_BINARY(ROW)                                                                       \
    ROW(atan2)                                                                                     \
    ROW(copysign)                                                                                  \
    ROW(fdim) ROW(fmax) ROW(fmin) ROW(fmod) ROW(hypot) ROW(nextafter) ROW(pow) ROW(remainder)
EMULATED_UNARY(EMULATED_MATH1)
EMULATED_BINARY(EMULATED_MATH2)
extern "C" double fma(double, double, double);
extern "C" float fmaf(float, float, float);
static inline float fma(float x, float y, float z) { return fmaf(x, y, z); }
extern "C" double ldexp(double, int);
extern "C" float ldexpf(float, int);
extern "C" double frexp(double, int *);
extern "C" float frexpf(float, int *);
extern "C" double modf(double, double *);
extern "C" float modff(float, float *);
extern "C" void sincos(double, double *, double *);
extern "C" void sincosf(float, float *, float *);
extern "C" int abs(int);
extern "C" long long llabs(long long);
extern "C" long long llrint(double);
extern "C" long long llrintf(float);
static inline float abs(float x) { return fabsf(x); }
static inline double abs(double x) { return fabs(x); }
static inline double rsqrt(double x) { return 1 / sqrt(x); }
static inline float rsqrtf(float x) { return 1 / sqrtf(x); }
static inline float exp10f(float x) { return powf(10, x); }
static inline double exp10(double x) { return pow(10, x); }

#define EMULATED_CLASS(name)                                                                       \
    static inline bool name(float x) { return __builtin_##name(x); }                               \
    static inline bool name(double x) { return __builtin_##name(x); }
EMULATED_CLASS(isnan)
EMULATED_CLASS(isinf)
EMULATED_CLASS(isfinite)
EMULATED_CLASS(signbit)

#define EMULATED_LEAST(type)                                                                       \
    static inline type min(type x, type y) { return y < x ? y : x; }                               \
    static inline type max(type x, type y) { return x < y ? y : x; }
EMULATED_LEAST(int)
EMULATED_LEAST(unsigned int)
EMULATED_LEAST(long long)
EMULATED_LEAST(unsigned long long)
static inline float min(float x, float y) { return fminf(x, y); }
static inline float max(float x, float y) { return fmaxf(x, y); }
static inline double min(double x, double y) { return fmin(x, y); }
static inline double max(double x, double y) { return fmax(x, y); }

#define EMULATED_BITS(name, to, from)                                                              \
    static inline to name(from x)                                                                  \
    {                                                                                              \
        to result;                                                                                 \
        __builtin_memcpy(&result, &x, sizeof(to));                                                 \
        return result;                                                                             \
    }
EMULATED_BITS(__float_as_int, int, float)
EMULATED_BITS(__float_as_uint, unsigned int, float)
EMULATED_BITS(__int_as_float, float, int)
EMULATED_BITS(__uint_as_float, float, unsigned int)
EMULATED_BITS(__double_as_longlong, long long, double)
EMULATED_BITS(__longlong_as_double, double, long long)

/* Rounded to nearest, never contracted. */
static inline float __fadd_rn(float x, float y) { return x + y; }
static inline float __fsub_rn(float x, float y) { return x - y; }
static inline float __fmul_rn(float x, float y) { return x * y; }
static inline float __fdiv_rn(float x, float y) { return x / y; }
static inline float __frcp_rn(float x) { return 1 / x; }
static inline float __fsqrt_rn(float x) { return sqrtf(x); }
static inline float __fmaf_rn(float x, float y, float z) { return fmaf(x, y, z); }
static inline double __dadd_rn(double x, double y) { return x + y; }
static inline double __dsub_rn(double x, double y) { return x - y; }
static inline double __dmul_rn(double x, double y) { return x * y; }
static inline double __ddiv_rn(double x, double y) { return x / y; }
static inline double __drcp_rn(double x) { return 1 / x; }
static inline double __dsqrt_rn(double x) { return sqrt(x); }
static inline double __fma_rn(double x, double y, double z) { return fma(x, y, z); }
/* The fast ones, as exact as libm. */
static inline float __expf(float x) { return expf(x); }
static inline float __exp10f(float x) { return exp10f(x); }
static inline float __logf(float x) { return logf(x); }
static inline float __log2f(float x) { return log2f(x); }
static inline float __sinf(float x) { return sinf(x); }
static inline float __cosf(float x) { return cosf(x); }
static inline float __tanf(float x) { return tanf(x); }
static inline float __powf(float x, float y) { return powf(x, y); }
static inline float __fdividef(float x, float y) { return x / y; }
static inline float __frsqrt_rn(float x) { return 1 / sqrtf(x); }
static inline float __saturatef(float x) { return x > 0 ? (x < 1 ? x : 1) : 0; }

/* Conversions to integers saturate, and NaN gives 0. */
#define EMULATED_TO_INTEGER(name, to, from, rounded, least, beyond)                                \
    static inline to name(from x)                                                                  \
    {                                                                                              \
        from r = rounded(x);                                                                       \
        if (r != r)                                                                                \
            return 0;                                                                              \
        return r >= beyond ? (to) ~(to)(least) : r <= (from)(least) ? (to)(least) : (to)r;         \
    }
#define EMULATED_INT_LEAST  (-2147483647 - 1)
#define EMULATED_LONG_LEAST (-9223372036854775807ll - 1)
EMULATED_TO_INTEGER(__float2int_rz, int, float, truncf, EMULATED_INT_LEAST, 0x1p31f)
EMULATED_TO_INTEGER(__float2int_rn, int, float, rintf, EMULATED_INT_LEAST, 0x1p31f)
EMULATED_TO_INTEGER(__float2int_rd, int, float, floorf, EMULATED_INT_LEAST, 0x1p31f)
EMULATED_TO_INTEGER(__float2uint_rz, unsigned int, float, truncf, 0, 0x1p32f)
EMULATED_TO_INTEGER(__float2uint_rn, unsigned int, float, rintf, 0, 0x1p32f)
EMULATED_TO_INTEGER(__float2ll_rz, long long, float, truncf, EMULATED_LONG_LEAST, 0x1p63f)
EMULATED_TO_INTEGER(__float2ll_rn, long long, float, rintf, EMULATED_LONG_LEAST, 0x1p63f)
EMULATED_TO_INTEGER(__float2ull_rz, unsigned long long, float, truncf, 0, 0x1p64f)
EMULATED_TO_INTEGER(__double2int_rz, int, double, trunc, EMULATED_INT_LEAST, 0x1p31)
EMULATED_TO_INTEGER(__double2int_rn, int, double, rint, EMULATED_INT_LEAST, 0x1p31)
EMULATED_TO_INTEGER(__double2uint_rz, unsigned int, double, trunc, 0, 0x1p32)
EMULATED_TO_INTEGER(__double2ll_rz, long long, double, trunc, EMULATED_LONG_LEAST, 0x1p63)
EMULATED_TO_INTEGER(__double2ll_rn, long long, double, rint, EMULATED_LONG_LEAST, 0x1p63)
EMULATED_TO_INTEGER(__double2ull_rz, unsigned long long, double, trunc, 0, 0x1p64)
static inline float __int2float_rn(int x) { return (float)x; }
static inline float __uint2float_rn(unsigned int x) { return (float)x; }
static inline float __ll2float_rn(long long x) { return (float)x; }
static inline float __ull2float_rn(unsigned long long x) { return (float)x; }
static inline double __ll2double_rn(long long x) { return (double)x; }
static inline double __ull2double_rn(unsigned long long x) { return (double)x; }
static inline float __double2float_rn(double x) { return (float)x; }

/* Bits of integers. */
static inline int __popc(unsigned int x) { return __builtin_popcount(x); }
static inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
static inline int __clz(int x) { return x ? __builtin_clz((unsigned int)x) : 32; }
static inline int __clzll(long long x) { return x ? __builtin_clzll((unsigned long long)x) : 64; }
static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline int __ffsll(long long x) { return __builtin_ffsll(x); }
static inline unsigned int __brev(unsigned int x)
{
    unsigned int result = 0;
    for (int i = 0; i < 32; i++)
        result |= (x >> i & 1) << (31 - i);
    return result;
}
static inline int __mulhi(int x, int y) { return (int)((long long)x * y >> 32); }
static inline unsigned int __umulhi(unsigned int x, unsigned int y)
{
    return (unsigned int)((unsigned long long)x * y >> 32);
}
static inline unsigned long long __umul64hi(unsigned long long x, unsigned long long y)
{
    return (unsigned long long)((unsigned __int128)x * y >> 64);
}
static inline long long __mul64hi(long long x, long long y)
{
    return (long long)((__int128)x * y >> 64);
}
static inline unsigned int __funnelshift_l(unsigned int low, unsigned int high, unsigned int by)
{
    return (unsigned int)((((unsigned long long)high << 32 | low) << (by & 31)) >> 32);
}
static inline unsigned int __funnelshift_r(unsigned int low, unsigned int high, unsigned int by)
{
    return (unsigned int)(((unsigned long long)high << 32 | low) >> (by & 31));
}
