/* For NVRTC, which has these functions without a header. */
#define INFINITY       __int_as_float(0x7f800000)
#define NAN            __int_as_float(0x7fffffff)
#define isnan(x)       ((x) != (x))
#define __builtin_fma  fma
#define __builtin_fmaf fmaf
