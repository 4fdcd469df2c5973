/*
 * dtype.c - the table of dtypes, the promotion lattice, and scalars of any dtype.
 */
#include "base/base.h"

#include <assert.h>
#include <math.h>

static const struct jx_dtype_info table[] = {
    [JAXC_BOOL] = {"bool", "JAXC_BOOL", 1, JX_CAT_BOOL, true},
    [JAXC_U8] = {"u8", "JAXC_U8", 1, JX_CAT_UNSIGNED, true},
    [JAXC_U16] = {"u16", "JAXC_U16", 2, JX_CAT_UNSIGNED, true},
    [JAXC_U32] = {"u32", "JAXC_U32", 4, JX_CAT_UNSIGNED, true},
    [JAXC_U64] = {"u64", "JAXC_U64", 8, JX_CAT_UNSIGNED, true},
    [JAXC_I8] = {"i8", "JAXC_I8", 1, JX_CAT_SIGNED, true},
    [JAXC_I16] = {"i16", "JAXC_I16", 2, JX_CAT_SIGNED, true},
    [JAXC_I32] = {"i32", "JAXC_I32", 4, JX_CAT_SIGNED, true},
    [JAXC_I64] = {"i64", "JAXC_I64", 8, JX_CAT_SIGNED, true},
    [JAXC_F16] = {"f16", "JAXC_F16", 2, JX_CAT_FLOAT, true},
    [JAXC_BF16] = {"bf16", "JAXC_BF16", 2, JX_CAT_FLOAT, true},
    [JAXC_F32] = {"f32", "JAXC_F32", 4, JX_CAT_FLOAT, true},
    [JAXC_F64] = {"f64", "JAXC_F64", 8, JX_CAT_FLOAT, true},
    [JAXC_C64] = {"c64", "JAXC_C64", 8, JX_CAT_COMPLEX, false},
    [JAXC_C128] = {"c128", "JAXC_C128", 16, JX_CAT_COMPLEX, false},
};
#define N_DTYPES ((int)(sizeof table / sizeof *table))

const struct jx_dtype_info *jx_dtype_info(jaxc_dtype dtype)
{
    int i = (int)dtype;
    return i > 0 && i < N_DTYPES ? &table[i] : NULL;
}

bool jx_dtype_parse(const char *name, size_t length, jaxc_dtype *dtype)
{
    for (int i = 1; i < N_DTYPES; i++) {
        if (strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0) {
            *dtype = (jaxc_dtype)i;
            return true;
        }
    }
    return false;
}

/* ---- promotion ------------------------------------------------------------------------------- */

/* Nodes of the lattice: the dtypes, and a weak one for each category that has them. */
enum { WEAK_INT = N_DTYPES, WEAK_FLOAT, WEAK_COMPLEX, N_NODES };

/* What lies above each node, itself included; the edges are semantics section 2, 64-bit mode on. */
#define BIT(node) (1u << (node))
#define UP_C128   BIT(JAXC_C128)
#define UP_C64    (BIT(JAXC_C64) | UP_C128)
#define UP_WC     (BIT(WEAK_COMPLEX) | UP_C64)
#define UP_F64    (BIT(JAXC_F64) | UP_C128)
#define UP_F32    (BIT(JAXC_F32) | UP_F64 | UP_C64)
#define UP_BF16   (BIT(JAXC_BF16) | UP_F32)
#define UP_F16    (BIT(JAXC_F16) | UP_F32)
#define UP_WF     (BIT(WEAK_FLOAT) | UP_BF16 | UP_F16 | UP_WC)
#define UP_U64    (BIT(JAXC_U64) | UP_WF)
#define UP_I64    (BIT(JAXC_I64) | UP_WF)
#define UP_I32    (BIT(JAXC_I32) | UP_I64)
#define UP_I16    (BIT(JAXC_I16) | UP_I32)
#define UP_I8     (BIT(JAXC_I8) | UP_I16)
#define UP_U32    (BIT(JAXC_U32) | UP_U64 | UP_I64)
#define UP_U16    (BIT(JAXC_U16) | UP_U32 | UP_I32)
#define UP_U8     (BIT(JAXC_U8) | UP_U16 | UP_I16)
#define UP_WI     (BIT(WEAK_INT) | UP_U8 | UP_I8)
#define UP_BOOL   (BIT(JAXC_BOOL) | UP_WI)

static const uint32_t above[N_NODES] = {
    [JAXC_BOOL] = UP_BOOL, [JAXC_U8] = UP_U8,      [JAXC_U16] = UP_U16,   [JAXC_U32] = UP_U32,
    [JAXC_U64] = UP_U64,   [JAXC_I8] = UP_I8,      [JAXC_I16] = UP_I16,   [JAXC_I32] = UP_I32,
    [JAXC_I64] = UP_I64,   [JAXC_F16] = UP_F16,    [JAXC_BF16] = UP_BF16, [JAXC_F32] = UP_F32,
    [JAXC_F64] = UP_F64,   [JAXC_C64] = UP_C64,    [JAXC_C128] = UP_C128, [WEAK_INT] = UP_WI,
    [WEAK_FLOAT] = UP_WF,  [WEAK_COMPLEX] = UP_WC,
};

static int weak_node(jaxc_dtype dtype)
{
    switch (table[dtype].category) {
    case JX_CAT_UNSIGNED:
    case JX_CAT_SIGNED: return WEAK_INT;
    case JX_CAT_FLOAT: return WEAK_FLOAT;
    case JX_CAT_COMPLEX: return WEAK_COMPLEX;
    case JX_CAT_BOOL: break;
    }
    return JAXC_BOOL; /* a bool is never weak */
}

void jx_promote(jaxc_dtype a, bool a_weak, jaxc_dtype b, bool b_weak, jaxc_dtype *dtype, bool *weak)
{
    assert(jx_dtype_info(a) && jx_dtype_info(b));
    a_weak = a_weak && a != JAXC_BOOL;
    b_weak = b_weak && b != JAXC_BOOL;
    /* C numbers beyond i64 are weak u64; they fit nothing narrower, but join like all C integers */
    a = a_weak && a == JAXC_U64 ? JAXC_I32 : a;
    b = b_weak && b == JAXC_U64 ? JAXC_I32 : b;
    if (a == b && a_weak == b_weak) { /* nearly always */
        *dtype = a;
        *weak = a_weak;
        return;
    }
    bool both = a_weak && b_weak; /* then the dtypes join as if they were strong */
    uint32_t common = above[a_weak && !both ? weak_node(a) : (int)a] &
                      above[b_weak && !both ? weak_node(b) : (int)b];
    int join = 0; /* the one among the common upper bounds that lies below all of them */
    while (!(common & BIT(join)) || above[join] != common)
        join++;
    *weak = both || join >= N_DTYPES;
    *dtype = join == WEAK_INT       ? JAXC_I32
             : join == WEAK_FLOAT   ? JAXC_F32
             : join == WEAK_COMPLEX ? JAXC_C64
                                    : (jaxc_dtype)join;
}

/* ---- small floats ---------------------------------------------------------------------------- */

/* A binary float of 16 bits: f16 has 10 bits of fraction, bf16 has 7; the rest but the sign is
 * exponent. */
static int fraction_bits(jaxc_dtype dtype) { return dtype == JAXC_F16 ? 10 : 7; }

static double decode16(uint16_t bits, int fraction)
{
    int exponent_bits = 15 - fraction, bias = (1 << (exponent_bits - 1)) - 1;
    int exponent = (bits >> fraction) & ((1 << exponent_bits) - 1);
    int mantissa = bits & ((1 << fraction) - 1);
    double magnitude;
    if (exponent == (1 << exponent_bits) - 1)
        magnitude = mantissa ? (double)NAN : (double)INFINITY;
    else if (exponent == 0)
        magnitude = ldexp(mantissa, 1 - bias - fraction);
    else
        magnitude = ldexp(mantissa | 1 << fraction, exponent - bias - fraction);
    return bits >> 15 ? -magnitude : magnitude;
}

/* To nearest, ties to even; subnormals are kept, overflow gives infinity, a NaN is quiet. */
static uint16_t encode16(double value, int fraction)
{
    int exponent_bits = 15 - fraction, bias = (1 << (exponent_bits - 1)) - 1;
    unsigned sign = signbit(value) ? 0x8000u : 0, infinity = ((1u << exponent_bits) - 1)
                                                             << fraction;
    double magnitude = fabs(value);
    if (isnan(value))
        return (uint16_t)(sign | infinity | 1u << (fraction - 1));
    if (isinf(value))
        return (uint16_t)(sign | infinity);
    int exponent = 1 - bias; /* of the subnormals */
    if (magnitude >= ldexp(1, exponent))
        exponent = ilogb(magnitude);
    if (exponent > bias)
        return (uint16_t)(sign | infinity);
    /* In units of the last place: exact, since only the exponent changes; rint rounds as wanted. A
     * carry into the next exponent, or to infinity, is what the sum of the fields gives by itself.
     * */
    unsigned units = (unsigned)rint(ldexp(magnitude, fraction - exponent));
    return (uint16_t)(sign | (((unsigned)(exponent + bias - 1) << fraction) + units));
}

/* ---- scalars --------------------------------------------------------------------------------- */

union jx_scalar jx_scalar_load(const void *p, jaxc_dtype dtype)
{
    union jx_scalar s = {0};
    union {
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        int8_t i8;
        int16_t i16;
        int32_t i32;
        float f32;
    } raw;
    assert(table[dtype].category != JX_CAT_COMPLEX);
    if (table[dtype].size == 8)
        memcpy(&s, p, 8);
    else
        memcpy(&raw, p, table[dtype].size);
    switch (dtype) {
    case JAXC_BOOL: s.i = raw.u8 != 0; break;
    case JAXC_U8: s.u = raw.u8; break;
    case JAXC_U16: s.u = raw.u16; break;
    case JAXC_U32: s.u = raw.u32; break;
    case JAXC_I8: s.i = raw.i8; break;
    case JAXC_I16: s.i = raw.i16; break;
    case JAXC_I32: s.i = raw.i32; break;
    case JAXC_F16:
    case JAXC_BF16: s.f = decode16(raw.u16, fraction_bits(dtype)); break;
    case JAXC_F32: s.f = (double)raw.f32; break;
    case JAXC_U64:
    case JAXC_I64:
    case JAXC_F64:
    case JAXC_C64:
    case JAXC_C128: break;
    }
    return s;
}

void jx_scalar_store(void *p, jaxc_dtype dtype, union jx_scalar s)
{
    union {
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        uint64_t u64;
        float f32;
        double f64;
    } raw;
    assert(table[dtype].category != JX_CAT_COMPLEX);
    switch (dtype) {
    case JAXC_BOOL: raw.u8 = s.i != 0; break;
    case JAXC_I8:
    case JAXC_U8: raw.u8 = (uint8_t)s.u; break;
    case JAXC_I16:
    case JAXC_U16: raw.u16 = (uint16_t)s.u; break;
    case JAXC_I32:
    case JAXC_U32: raw.u32 = (uint32_t)s.u; break;
    case JAXC_I64:
    case JAXC_U64: raw.u64 = s.u; break;
    case JAXC_F16:
    case JAXC_BF16: raw.u16 = encode16(s.f, fraction_bits(dtype)); break;
    case JAXC_F32: raw.f32 = (float)s.f; break;
    case JAXC_F64: raw.f64 = s.f; break;
    case JAXC_C64:
    case JAXC_C128: return;
    }
    memcpy(p, &raw, table[dtype].size);
}

/* The low bits of a pattern as an integer of this dtype. */
static union jx_scalar wrap_integer(uint64_t bits, jaxc_dtype to)
{
    unsigned drop = 64 - 8 * table[to].size;
    union jx_scalar s = {.u = bits << drop};
    if (table[to].category == JX_CAT_UNSIGNED)
        s.u >>= drop;
    else
        s.i >>= drop; /* gcc and clang shift the sign in */
    return s;
}

/* Truncates; out of range gives the nearest end, NaN gives 0. */
static union jx_scalar saturate(double f, jaxc_dtype to)
{
    unsigned bits = 8 * table[to].size;
    union jx_scalar s = {0};
    if (isnan(f))
        return s;
    if (table[to].category == JX_CAT_UNSIGNED) {
        uint64_t most = UINT64_MAX >> (64 - bits);
        s.u = f >= ldexp(1, (int)bits) ? most : f <= 0 ? 0 : (uint64_t)f;
    } else {
        int64_t most = (int64_t)(UINT64_MAX >> (65 - bits));
        double end = ldexp(1, (int)bits - 1);
        s.i = f >= end ? most : f < -end ? -most - 1 : (int64_t)f;
    }
    return s;
}

/* Rounds once: what does not fit the 53 bits of a double keeps a sticky last bit, far below the
 * places that f16 and bf16 have. */
static double integer_to_small(union jx_scalar s, bool is_signed)
{
    bool negative = is_signed && s.i < 0;
    uint64_t magnitude = negative ? 0 - s.u : s.u;
    if (magnitude >> 53)
        magnitude = (magnitude & ~(uint64_t)0x7ff) | (uint64_t)((magnitude & 0x7ff) != 0) << 11;
    return negative ? -(double)magnitude : (double)magnitude;
}

static double round_float(double f, jaxc_dtype to)
{
    switch (to) {
    case JAXC_F16:
    case JAXC_BF16: return decode16(encode16(f, fraction_bits(to)), fraction_bits(to));
    case JAXC_F32: return (double)(float)f;
    default: return f;
    }
}

static double integer_to_float(union jx_scalar s, bool is_signed, jaxc_dtype to)
{
    switch (to) {
    case JAXC_F32: return is_signed ? (double)(float)s.i : (double)(float)s.u;
    case JAXC_F64: return is_signed ? (double)s.i : (double)s.u;
    default: return round_float(integer_to_small(s, is_signed), to);
    }
}

union jx_scalar jx_scalar_convert(union jx_scalar s, jaxc_dtype from, jaxc_dtype to)
{
    enum jx_category is = table[from].category, becomes = table[to].category;
    assert(is != JX_CAT_COMPLEX && becomes != JX_CAT_COMPLEX);
    bool is_float = is == JX_CAT_FLOAT;
    if (becomes == JX_CAT_BOOL)
        return (union jx_scalar){.i = is_float ? s.f != 0 : s.u != 0};
    if (becomes == JX_CAT_FLOAT)
        return (union jx_scalar){.f = is_float ? round_float(s.f, to)
                                               : integer_to_float(s, is != JX_CAT_UNSIGNED, to)};
    return is_float ? saturate(s.f, to) : wrap_integer(s.u, to);
}
