/*
 * tolerance.c - the table of tolerances.
 *
 * Values need no tolerance of their own: support/bounds.c multiplies `unit` out for each number.
 * The last column is the gradient check's default in JAX's test suite (semantics 7.3).
 */
#include "support/tolerance.h"

#include <float.h>

const struct tolerance *tolerance_of(jaxc_dtype dtype)
{
    static const struct tolerance exact = {0, 0, 0, 0};
    static const struct tolerance f16 = {0x1p-11, 0x1p-14, 65504, 1e-2};
    static const struct tolerance bf16 = {0x1p-8, 0x1p-126, 0x1.FEp127, 1e-1};
    static const struct tolerance f32 = {0x1p-24, FLT_MIN, FLT_MAX, 2e-3};
    static const struct tolerance f64 = {0x1p-53, DBL_MIN, DBL_MAX, 1e-5};
    switch (dtype) {
    case JAXC_F16: return &f16;
    case JAXC_BF16: return &bf16;
    case JAXC_F32:
    case JAXC_C64: return &f32;
    case JAXC_F64:
    case JAXC_C128: return &f64;
    default: return &exact;
    }
}
