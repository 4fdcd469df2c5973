/*
 * prims_table.c - the rows.
 *
 * Domains keep away from overflow, poles, and from where a rule is checked elsewhere against JAX's
 * convention (semantics 4.1). Units in the last place are XLA's own limits (semantics 7.2) unless
 * said otherwise.
 */
#include "support/prims_table.h"
#include "support/arrays.h"

#include <jaxc/jaxc.h>

#include <stdlib.h>

enum {
    BOOL = DTYPE_BIT(JAXC_BOOL),
    U8 = DTYPE_BIT(JAXC_U8),
    U16 = DTYPE_BIT(JAXC_U16),
    U32 = DTYPE_BIT(JAXC_U32),
    U64 = DTYPE_BIT(JAXC_U64),
    I8 = DTYPE_BIT(JAXC_I8),
    I16 = DTYPE_BIT(JAXC_I16),
    I32 = DTYPE_BIT(JAXC_I32),
    I64 = DTYPE_BIT(JAXC_I64),
    F16 = DTYPE_BIT(JAXC_F16),
    BF16 = DTYPE_BIT(JAXC_BF16),
    F32 = DTYPE_BIT(JAXC_F32),
    F64 = DTYPE_BIT(JAXC_F64),
    UNSIGNED = U8 | U16 | U32 | U64,
    INTEGERS = UNSIGNED | I8 | I16 | I32 | I64,
    FLOATS = F16 | BF16 | F32 | F64,
    BITS = BOOL | INTEGERS,
    NUMBERS = INTEGERS | FLOATS,
    ANY = BOOL | NUMBERS
};

/* clang-format off */
#define ROW(name, takes, ...)    {.prim = &jx_##name##_p, .dtypes = takes, __VA_ARGS__}
#define CASES(...)               (const struct prim_case[]){__VA_ARGS__, {.operands = NULL}}
#define ON(types)                {.operands = types}
#define WITH(types, how)         {.operands = types, .params = how}
#define WHERE(takes, types, how) {.operands = types, .params = how, .dtypes = takes}

#define UNARY CASES(ON("T[2,3]"), ON("T[]"), ON("weak T[]"), ON("T[0,3]"), ON("T[37]"))
#define BINARY                                                                                     \
    CASES(ON("T[2,3] T[2,3]"), ON("T[] T[]"), ON("weak T[] T[]"), ON("T[] T[2,3]"),                \
          ON("T[2,3] T[]"), ON("T[0,3] T[0,3]"), ON("T[0] T[]"), ON("T[37] T[37]"))

#define DRAWS                                                                                      \
    CASES(ON("u32[2,3] u32[2,3] T[2,3]"), ON("u32[] u32[] T[]"), ON("u32[] u32[] T[5]"),           \
          ON("u32[7] u32[7] T[]"), ON("u32[0] u32[0] T[0]"))

#define REDUCTIONS                                                                                 \
    CASES(WITH("T[2,3,4]", OVER(INTS(1))), WITH("T[2,3]", OVER(INTS(0, 1))),                       \
          WITH("T[37]", OVER(INTS(0))), WITH("T[2,3,4]", OVER(INTS(0, 2))),                        \
          WITH("T[0,3]", OVER(INTS(0))), WITH("T[3,0]", OVER(INTS(0))), WITH("T[]", OVER(NONE)))

#define TOTALS                                                                                     \
    CASES(WITH("T[2,3,4]", ALONG(1, false)), WITH("T[2,3]", ALONG(1, true)),                       \
          WITH("T[37]", ALONG(0, false)), WITH("T[6]", ALONG(0, true)),                            \
          WITH("T[5,2]", ALONG(0, false)), WITH("T[1]", ALONG(0, false)),                          \
          WITH("T[0,3]", ALONG(0, false)), WITH("T[3,0]", ALONG(0, true)))

/* Parameters: POWER(3), RESHAPE(INTS(2, 3)), ... */
#define INTS(...) {(int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), {__VA_ARGS__}}
#define NONE      {0, {0}}

#define POWER(y)        (&(const struct jx_integer_pow_params){y})
#define ROUND(method)   (&(const struct jx_round_params){method})
#define PRECISION(e, m) (&(const struct jx_reduce_precision_params){e, m})
#define CONVERT(dtype)  (&(const struct jx_convert_element_type_params){JAXC_##dtype, false})
#define BITCAST(dtype)  (&(const struct jx_bitcast_params){JAXC_##dtype})
#define BROADCAST(s, d) (&(const struct jx_broadcast_in_dim_params){s, d})
#define RESHAPE(sizes)  (&(const struct jx_reshape_params){sizes})
#define SQUEEZE(axes)   (&(const struct jx_squeeze_params){axes})
#define REVERSE(axes)   (&(const struct jx_rev_params){axes})
#define PERMUTE(axes)   (&(const struct jx_transpose_params){axes})
#define SLICE(s, l, by) (&(const struct jx_slice_params){s, l, by})
#define PAD(...)        (&(const struct jx_pad_params){{__VA_ARGS__}})
#define JOIN(dimension) (&(const struct jx_concatenate_params){dimension})
#define IOTA(s, d, t)   (&(const struct jx_iota_params){s, d, JAXC_##t})
#define OVER(axes)      (&(const struct jx_reduce_params){axes})
#define ALONG(axis, re) (&(const struct jx_cumulative_params){axis, re})
#define SORT(axis, n)   (&(const struct jx_sort_params){axis, true, n})
#define TOP(axis, k)    (&(const struct jx_top_k_params){axis, k})
#define ARG(axis, t)    (&(const struct jx_arg_params){INTS(axis), JAXC_##t})
#define STARTS(sizes)   (&(const struct jx_dynamic_slice_params){sizes})
/* axes of the windows: in a window, collapsed, with a start, paired; then mode, promises */
#define GATHER(o, c, s, ob, ib, sizes, how, ...)                                                   \
    (&(const struct jx_gather_params){.dimension_numbers = {o, c, s, ob, ib},                      \
                                      .slice_sizes = sizes,                                        \
                                      .mode = JX_##how,                                            \
                                      __VA_ARGS__})
#define SCATTER(o, c, s, ob, ib, how, unique)                                                      \
    (&(const struct jx_scatter_params){.dimension_numbers = {o, c, s, ob, ib},                     \
                                       .mode = JX_##how,                                           \
                                       .unique_indices = unique})
#define DOT(lc, rc, lb, rb, to) (&(const struct jx_dot_general_params){{lc, rc, lb, rb}, to})
/* clang-format on */

/* ---- primitives that hold programs ----------------------------------------------------------- */

/* The program of a C function of arrays, at types with T as dtype. */
static struct jx_program *trace(jaxc_value (*f)(const jaxc_value *x), const char *types,
                                jaxc_dtype dtype)
{
    struct jx_aval in[MOST_OPERANDS];
    jaxc_value x[MOST_OPERANDS], y[2];
    struct jx_traced t = {0};
    int n = avals_parse(types, dtype, in), n_out = 1;
    uint64_t serial = jx_trace_open("made");
    for (int i = 0; serial && i < n; i++)
        x[i] = jx_trace_arg(&in[i]);
    if (!serial)
        return NULL;
    y[0] = f(x);
    if (jaxc_is_tuple(y[0])) {
        jaxc_value pair = y[0];
        n_out = 2;
        y[0] = jaxc_get_index(pair, 0);
        y[1] = jaxc_get_index(pair, 1);
    }
    if (!jx_trace_close(serial, n, x, n_out, y, &t))
        return NULL;
    struct jx_program *p = jx_program_ref(t.program);
    jx_traced_fini(&t);
    return p;
}

static jaxc_value sine_sum(jaxc_value x, jaxc_value y)
{
    jaxc_value z = jaxc_mul(x, jaxc_sin(y));
    return jaxc_tuple(z, jaxc_sum(z));
}
static jaxc_value call_jit(const jaxc_value *x)
{
    return jaxc_call(jaxc_jit(sine_sum), x[0], x[1]);
}
static struct jx_program *make_jit(jaxc_dtype dtype)
{
    return trace(call_jit, "T[2,3] T[2,3]", dtype);
}

/* x tanh(y), with its derivative by hand. SOURCE(code) is the code, and its text. */
/* clang-format off */
#define SOURCE(...) __VA_ARGS__ const char *const custom_source = #__VA_ARGS__;
SOURCE(
static jaxc_value gate(jaxc_value x, jaxc_value y) { return jaxc_mul(x, jaxc_tanh(y)); }
static jaxc_value gate_slope(jaxc_value x, jaxc_value t)
{
    return jaxc_mul(x, jaxc_sub(1, jaxc_square(t)));
}
static jaxc_value gate_jvp(jaxc_value x, jaxc_value dx)
{
    jaxc_value t = jaxc_tanh(jaxc_get(x, 1));
    jaxc_value dy = jaxc_mul(gate_slope(jaxc_get(x, 0), t), jaxc_get(dx, 1));
    return jaxc_tuple(jaxc_mul(jaxc_get(x, 0), t), jaxc_add(jaxc_mul(t, jaxc_get(dx, 0)), dy));
}
static jaxc_value gate_fwd(jaxc_value x, jaxc_value y)
{
    jaxc_value t = jaxc_tanh(y);
    return jaxc_tuple(jaxc_mul(x, t), jaxc_tuple(x, t));
}
static jaxc_value gate_bwd(jaxc_value saved, jaxc_value ct)
{
    jaxc_value x = jaxc_get(saved, 0);
    jaxc_value t = jaxc_get(saved, 1);
    return jaxc_tuple(jaxc_mul(t, ct), jaxc_mul(gate_slope(x, t), ct));
}
static jaxc_value gate_by_jvp(jaxc_value x, jaxc_value y)
{
    return jaxc_call(jaxc_custom_jvp(gate, gate_jvp), x, y);
}
static jaxc_value gate_by_vjp(jaxc_value x, jaxc_value y)
{
    return jaxc_call(jaxc_custom_vjp(gate, gate_fwd, gate_bwd), x, y);
}
)
/* clang-format on */

jaxc_value call_custom_jvp(const jaxc_value *x) { return gate_by_jvp(x[0], x[1]); }
jaxc_value call_custom_vjp(const jaxc_value *x) { return gate_by_vjp(x[0], x[1]); }

static struct jx_program *make_custom_jvp(jaxc_dtype dtype)
{
    return trace(call_custom_jvp, "T[2,3] T[2,3]", dtype);
}

static struct jx_program *make_custom_vjp(jaxc_dtype dtype)
{
    return trace(call_custom_vjp, "T[2,3] T[2,3]", dtype);
}

/* ---- the rows -------------------------------------------------------------------------------- */

/* clang-format off */
const struct prim_row prim_rows[] = {
    /* element by element, of one operand */
    ROW(neg, NUMBERS, .cases = UNARY),
    ROW(abs, NUMBERS, .cases = UNARY, .flags = BENDS_AT_0),
    ROW(sign, NUMBERS, .cases = UNARY, .flags = JUMPS_AT_0),
    ROW(not, BITS, .cases = UNARY),
    ROW(exp, FLOATS, .cases = UNARY, .from = -3, .to = 3, .ulps = 6),
    ROW(exp2, FLOATS, .cases = UNARY, .from = -4, .to = 4, .ulps = 2),
    ROW(expm1, FLOATS, .cases = UNARY, .from = -3, .to = 3, .ulps = 2),
    ROW(log, FLOATS, .cases = UNARY, .from = 0.2, .to = 4, .ulps = 2),
    ROW(log1p, FLOATS, .cases = UNARY, .from = -0.7, .to = 3, .ulps = 2),
    ROW(sin, FLOATS, .cases = UNARY, .from = -3, .to = 3, .ulps = 2, .flags = WAVE),
    ROW(cos, FLOATS, .cases = UNARY, .from = -3, .to = 3, .ulps = 2, .flags = WAVE),
    ROW(tan, FLOATS, .cases = UNARY, .from = -1.3, .to = 1.3, .ulps = 2),
    ROW(asin, FLOATS, .cases = UNARY, .from = -0.9, .to = 0.9, .ulps = 2),
    ROW(acos, FLOATS, .cases = UNARY, .from = -0.9, .to = 0.9, .ulps = 2),
    ROW(atan, FLOATS, .cases = UNARY, .from = -3, .to = 3, .ulps = 2),
    ROW(sinh, FLOATS, .cases = UNARY, .from = -3, .to = 3, .ulps = 3),
    ROW(cosh, FLOATS, .cases = UNARY, .from = -3, .to = 3, .ulps = 2),
    ROW(tanh, FLOATS, .cases = UNARY, .ulps = 4),
    ROW(asinh, FLOATS, .cases = UNARY, .from = -3, .to = 3, .ulps = 3),
    ROW(acosh, FLOATS, .cases = UNARY, .from = 1.3, .to = 5, .ulps = 4),
    ROW(atanh, FLOATS, .cases = UNARY, .from = -0.8, .to = 0.8, .ulps = 3),
    ROW(logistic, FLOATS, .cases = UNARY, .from = -3, .to = 3, .ulps = 4),
    ROW(sqrt, FLOATS, .cases = UNARY, .from = 0.2, .to = 4, .ulps = 0.5),
    ROW(rsqrt, FLOATS, .cases = UNARY, .from = 0.2, .to = 4, .ulps = 2, .flags = POLE_IN_X),
    ROW(cbrt, FLOATS, .cases = UNARY, .from = 0.2, .to = 4, .ulps = 4, .flags = POLE_IN_X), /* glibc's */
    ROW(erf, FLOATS, .cases = UNARY, .from = -3, .to = 3, .ulps = 2),
    ROW(erfc, FLOATS, .cases = UNARY, .from = -3, .to = 3, .ulps = 4),
    ROW(lgamma, FLOATS, .cases = UNARY, .from = 2.5, .to = 9, .ulps = 6),
    ROW(digamma, FLOATS, .cases = UNARY, .from = 1.7, .to = 9, .ulps = 10),
    ROW(bessel_i0e, FLOATS, .cases = UNARY, .from = 0.3, .to = 12, .ulps = 6),
    ROW(bessel_i1e, FLOATS, .cases = UNARY, .from = 0.3, .to = 12, .ulps = 6),
    ROW(floor, FLOATS, .cases = UNARY),
    ROW(ceil, FLOATS, .cases = UNARY),
    ROW(round, FLOATS, .cases = CASES(
        WITH("T[2,3]", ROUND(0)), WITH("T[]", ROUND(1)), WITH("weak T[]", ROUND(0)),
        WITH("T[0,3]", ROUND(1)), WITH("T[37]", ROUND(1)))),
    ROW(is_finite, FLOATS, .cases = UNARY),
    ROW(population_count, INTEGERS, .cases = UNARY),
    ROW(clz, INTEGERS, .cases = UNARY),
    ROW(reduce_precision, FLOATS, .flags = JUMPS, .cases = CASES(
        WHERE(F32, "T[2,3]", PRECISION(8, 23)), WHERE(F32, "T[]", PRECISION(7, 30)),
        WHERE(F32, "T[0,3]", PRECISION(8, 23)),
        WHERE(F64, "T[2,3]", PRECISION(9, 52)), WHERE(F64, "weak T[]", PRECISION(11, 52)),
        WHERE(F64, "T[37]", PRECISION(60, 60)))),
    ROW(erf_inv, FLOATS, .cases = UNARY, .from = -0.8, .to = 0.8, .ulps = 8),
    ROW(square, NUMBERS, .cases = UNARY, .ulps = 0.5),
    ROW(integer_pow, NUMBERS, .from = 0.5, .to = 2, .ulps = 4, .flags = POLE_IN_X, .cases = CASES(
        WITH("T[2,3]", POWER(3)), WITH("T[]", POWER(2)), WITH("T[2,3]", POWER(0)),
        WITH("T[0,3]", POWER(5)),
        WHERE(FLOATS, "T[2,3]", POWER(-2)), WHERE(FLOATS, "T[3]", POWER(-1)))),
    ROW(stop_gradient, ANY, .cases = UNARY),
    ROW(convert_element_type, ANY, .ulps = 0.5, .cases = CASES(
        WITH("T[2,3]", CONVERT(BOOL)), WITH("T[2,3]", CONVERT(U8)), WITH("T[2,3]", CONVERT(U32)),
        WITH("T[2,3]", CONVERT(U64)),
        WITH("T[2,3]", CONVERT(I32)), WITH("T[2,3]", CONVERT(I64)), WITH("T[2,3]", CONVERT(F32)),
        WITH("T[2,3]", CONVERT(F64)),
        WITH("weak T[]", CONVERT(F32)), WITH("T[0,3]", CONVERT(F64)))),
    ROW(bitcast_convert_type, ANY, .travel = AS_BITS, .cases = CASES(
        WHERE(U32 | I32 | F32 | U64 | I64 | F64, "T[2,3]", BITCAST(U32)),
        WHERE(U32 | I32 | F32, "T[]", BITCAST(I32)),
        WHERE(U64 | I64 | F64, "T[2,3]", BITCAST(F64)),
        WHERE(U32 | I32 | F32, "T[3,2]", BITCAST(U64)),
        WHERE(U8, "T[2,4]", BITCAST(U32)), WHERE(NUMBERS, "T[2]", BITCAST(U8)),
        WHERE(U8 | I8, "T[3,2]", BITCAST(F16)), WHERE(U16 | I16 | F16 | BF16, "T[2,4]", BITCAST(F64)),
        WHERE(U16 | I16 | F16 | BF16, "T[3,2]", BITCAST(I32)),
        WHERE(NUMBERS & ~(U8 | I8), "T[3]", BITCAST(U16)),
        WHERE(U32 | I32 | F32, "T[0,2]", BITCAST(I64)),
        WHERE(BOOL, "T[2,3]", BITCAST(BOOL)))),

    /* element by element, of several */
    ROW(add, NUMBERS, .cases = BINARY, .ulps = 0.5),
    ROW(sub, NUMBERS, .cases = BINARY, .ulps = 0.5),
    ROW(mul, NUMBERS, .cases = BINARY, .ulps = 0.5),
    ROW(div, NUMBERS, .cases = BINARY, .from = 0.5, .to = 2, .ulps = 0.5, .flags = POLE_IN_Y),
    ROW(rem, NUMBERS, .cases = BINARY, .from = 0.5, .to = 2, .flags = JUMPS),
    ROW(atan2, FLOATS, .cases = BINARY, .from = 0.5, .to = 2, .ulps = 3),
    ROW(logaddexp, FLOATS, .cases = BINARY, .from = 0.2, .to = 3, .ulps = 4),
    ROW(logaddexp2, FLOATS, .cases = BINARY, .from = 0.2, .to = 3, .ulps = 4),
    ROW(nextafter, FLOATS, .cases = BINARY, .travel = AS_BITS),
    ROW(max, ANY, .cases = BINARY, .flags = BENDS_AT_TIE),
    ROW(min, ANY, .cases = BINARY, .flags = BENDS_AT_TIE),
    ROW(pow, NUMBERS, .from = 0.5, .to = 2, .ulps = 4, .flags = POLE_IN_X, .cases = CASES(
        ON("T[2,3] T[2,3]"), ON("T[] T[2,3]"), ON("T[2,3] T[]"), ON("T[] weak T[]"),
        ON("T[0,3] T[0,3]"),
        WHERE(FLOATS, "T[2,3] i32[2,3]", NULL), WHERE(FLOATS, "T[2,3] u8[]", NULL))),
    ROW(and, BITS, .cases = BINARY),
    ROW(or, BITS, .cases = BINARY),
    ROW(xor, BITS, .cases = BINARY),
    ROW(shift_left, INTEGERS, .cases = BINARY),
    ROW(shift_right_logical, INTEGERS, .cases = BINARY),
    ROW(shift_right_arithmetic, INTEGERS, .cases = BINARY),
    ROW(eq, ANY, .cases = BINARY, .flags = JUMPS_AT_TIE),
    ROW(ne, ANY, .cases = BINARY, .flags = JUMPS_AT_TIE),
    ROW(lt, ANY, .cases = BINARY, .flags = JUMPS_AT_TIE),
    ROW(le, ANY, .cases = BINARY, .flags = JUMPS_AT_TIE),
    ROW(gt, ANY, .cases = BINARY, .flags = JUMPS_AT_TIE),
    ROW(ge, ANY, .cases = BINARY, .flags = JUMPS_AT_TIE),
    ROW(select_n, ANY, .travel = CHOSEN, .cases = CASES(
        ON("bool[2,3] T[2,3] T[2,3]"), ON("i32[2,3] T[2,3] T[2,3] T[2,3]"),
        ON("bool[] T[2,3] T[2,3]"),
        ON("bool[2,3] T[] T[2,3]"), ON("bool[2,3] T[2,3] T[]"), ON("bool[2,3] T[] T[]"),
        ON("bool[] T[] T[]"),
        ON("u8[] T[] T[2,3] T[]"), ON("bool[0,3] T[0,3] T[]"), ON("bool[] T[3]"))),
    ROW(clamp, ANY, .travel = CLAMPED, .cases = CASES(
        ON("T[2,3] T[2,3] T[2,3]"), ON("T[] T[2,3] T[]"), ON("T[2,3] T[] T[2,3]"), ON("T[] T[] T[2]"),
        ON("T[] T[] T[]"), ON("weak T[] T[] weak T[]"), ON("T[0,3] T[0,3] T[]"), ON("T[37] T[37] T[]"))),

    /* elements that change places */
    ROW(broadcast_in_dim, ANY, .travel = MOVED, .cases = CASES(
        WITH("T[3]", BROADCAST(INTS(2, 3), INTS(1))),
        WITH("T[2,1]", BROADCAST(INTS(2, 4), INTS(0, 1))),
        WITH("T[]", BROADCAST(INTS(2, 2), NONE)), WITH("T[2]", BROADCAST(INTS(2, 0), INTS(0))),
        WITH("T[2,3]", BROADCAST(INTS(2, 4, 3), INTS(0, 2))),
        WITH("T[1]", BROADCAST(INTS(3), INTS(0))))),
    ROW(reshape, ANY, .travel = MOVED, .cases = CASES(
        WITH("T[2,3]", RESHAPE(INTS(6))), WITH("T[6]", RESHAPE(INTS(3, 1, 2))),
        WITH("T[]", RESHAPE(INTS(1, 1))), WITH("T[1]", RESHAPE(NONE)),
        WITH("T[0,3]", RESHAPE(INTS(0))), WITH("T[2,3,2]", RESHAPE(INTS(3, 4))))),
    ROW(squeeze, ANY, .travel = MOVED, .cases = CASES(
        WITH("T[1,3,1,2]", SQUEEZE(INTS(0, 2))), WITH("T[2,1]", SQUEEZE(INTS(1))),
        WITH("T[1]", SQUEEZE(INTS(0))), WITH("T[]", SQUEEZE(NONE)),
        WITH("T[0,1]", SQUEEZE(INTS(1))))),
    ROW(transpose, ANY, .travel = MOVED, .cases = CASES(
        WITH("T[2,3]", PERMUTE(INTS(1, 0))), WITH("T[2,3,4]", PERMUTE(INTS(2, 0, 1))),
        WITH("T[]", PERMUTE(NONE)), WITH("T[0,3]", PERMUTE(INTS(1, 0))),
        WITH("T[2,3]", PERMUTE(INTS(0, 1))))),
    ROW(slice, ANY, .travel = MOVED, .cases = CASES(
        WITH("T[5,4]", SLICE(INTS(1, 0), INTS(4, 3), NONE)),
        WITH("T[5,4]", SLICE(INTS(0, 1), INTS(5, 4), INTS(2, 3))),
        WITH("T[]", SLICE(NONE, NONE, NONE)), WITH("T[3]", SLICE(INTS(2), INTS(2), NONE)),
        WITH("T[0,2]", SLICE(INTS(0, 1), INTS(0, 2), INTS(1, 1))))),
    ROW(pad, ANY, .travel = MOVED, .cases = CASES(
        WITH("T[2,3] T[]", PAD(2, {1, 0}, {0, 2}, {0, 1})),
        WITH("T[3,3] T[]", PAD(2, {-1, 0}, {1, -1}, {0, 0})),
        WITH("T[] T[]", PAD(0, {0}, {0}, {0})), WITH("T[0] T[]", PAD(1, {1}, {2}, {3})),
        WITH("T[3] T[]", PAD(1, {-1}, {-1}, {1})))),
    ROW(rev, ANY, .travel = MOVED, .cases = CASES(
        WITH("T[2,3,4]", REVERSE(INTS(0, 2))), WITH("T[2,3]", REVERSE(INTS(1))),
        WITH("T[37]", REVERSE(INTS(0))), WITH("T[]", REVERSE(NONE)),
        WITH("T[0,3]", REVERSE(INTS(0, 1))))),
    ROW(concatenate, ANY, .travel = MOVED, .cases = CASES(
        WITH("T[2,3] T[1,3] T[2,3]", JOIN(0)), WITH("T[2,3] T[2,1]", JOIN(1)),
        WITH("T[2]", JOIN(0)),
        WITH("T[0,2] T[3,2]", JOIN(0)), WITH("T[0] T[0]", JOIN(0)))),
    ROW(iota, ANY, .travel = MOVED, .cases = CASES(
        WITH("", IOTA(INTS(2, 3), 1, F32)), WITH("", IOTA(INTS(2, 3), 0, F64)),
        WITH("", IOTA(INTS(4), 0, I32)),
        WITH("", IOTA(INTS(2, 2, 2), 2, I64)), WITH("", IOTA(INTS(300), 0, U8)),
        WITH("", IOTA(INTS(0, 2), 0, U32)),
        WITH("", IOTA(INTS(1), 0, U64)))),

    /* windows at computed places */
    ROW(dynamic_slice, ANY, .travel = INDEXED, .cases = CASES(
        WITH("T[5,4] i32[] i32[]", STARTS(INTS(2, 3))), WITH("T[5] u8[]", STARTS(INTS(2))),
        WITH("T[5,2] i64[] i64[]", STARTS(INTS(5, 1))), WITH("T[3] u64[]", STARTS(INTS(0))),
        WITH("T[]", STARTS(NONE)), WITH("T[0,3] u32[] u32[]", STARTS(INTS(0, 2))))),
    ROW(dynamic_update_slice, ANY, .travel = INDEXED, .cases = CASES(
        ON("T[5,4] T[2,3] i32[] i32[]"), ON("T[5] T[2] u8[]"), ON("T[3] T[3] i64[]"),
        ON("T[3] T[0] u32[]"), ON("T[] T[]"))),
    ROW(gather, ANY, .travel = INDEXED, .cases = CASES(
        WITH("T[5,4] i32[3,1]",
             GATHER(INTS(1), INTS(0), INTS(0), NONE, NONE, INTS(1, 4), FILL_OR_DROP,
                    .fill_value = {JAXC_I64, {.i = 1}})),
        WITH("T[14,2] u8[3,1]",
             GATHER(INTS(1), INTS(0), INTS(0), NONE, NONE, INTS(1, 2), PROMISE_IN_BOUNDS, )),
        WITH("T[5,4] i32[2,2]",
             GATHER(INTS(1, 2), NONE, INTS(1, 0), NONE, NONE, INTS(2, 3), CLIP, )),
        WITH("T[5,4] i64[2,2,2]",
             GATHER(NONE, INTS(0, 1), INTS(0, 1), NONE, NONE, INTS(1, 1), FILL_OR_DROP, )),
        WITH("T[3,5] i32[3,2,1]",
             GATHER(NONE, INTS(1), INTS(1), INTS(0), INTS(0), INTS(1, 1), FILL_OR_DROP, )),
        WITH("T[5,4] u32[3,1]",
             GATHER(INTS(0), INTS(0), INTS(0), NONE, NONE, INTS(1, 4), CLIP, )),
        WITH("T[5] i8[4,1]", GATHER(NONE, INTS(0), INTS(0), NONE, NONE, INTS(1), FILL_OR_DROP, )),
        WITH("T[5] u64[1]", GATHER(NONE, INTS(0), INTS(0), NONE, NONE, INTS(1), FILL_OR_DROP, )),
        WITH("T[3] i32[2,0]", GATHER(INTS(1), NONE, NONE, NONE, NONE, INTS(2), CLIP, )),
        WITH("T[2,3,4] i32[3,2,1]",
             GATHER(NONE, INTS(2), INTS(2), INTS(0, 1), INTS(1, 0), INTS(1, 1, 1), CLIP, )),
        WITH("T[5,3] i32[0,1]",
             GATHER(INTS(1), INTS(0), INTS(0), NONE, NONE, INTS(1, 3), FILL_OR_DROP, )),
        WITH("T[0,3] i32[2,1]",
             GATHER(INTS(0, 2), NONE, INTS(0), NONE, NONE, INTS(0, 3), FILL_OR_DROP, )))),
#define PLACES                                                                                     \
    WITH("T[5,4] i32[3,1] T[3,4]",                                                                 \
         SCATTER(INTS(1), INTS(0), INTS(0), NONE, NONE, FILL_OR_DROP, false)),                     \
    WITH("T[14,2] u8[3,1] T[3,2]",                                                                 \
         SCATTER(INTS(1), INTS(0), INTS(0), NONE, NONE, PROMISE_IN_BOUNDS, false)),                \
    WITH("T[4,4] i64[2,2] T[2,2,3]",                                                               \
         SCATTER(INTS(1, 2), NONE, INTS(1, 0), NONE, NONE, CLIP, false)),                          \
    WITH("T[3,5] i32[3,2,1] T[3,2]",                                                               \
         SCATTER(NONE, INTS(1), INTS(1), INTS(0), INTS(0), FILL_OR_DROP, false)),                  \
    WITH("T[2,3] u32[4,2] T[4]",                                                                   \
         SCATTER(NONE, INTS(0, 1), INTS(0, 1), NONE, NONE, CLIP, false)),                          \
    WITH("T[3] i32[2,0] T[2,2]", SCATTER(INTS(1), NONE, NONE, NONE, NONE, CLIP, false)),           \
    WITH("T[5] i16[3,1] T[3]", SCATTER(NONE, INTS(0), INTS(0), NONE, NONE, CLIP, false)),            \
    WITH("T[5] i32[0,1] T[0]", SCATTER(NONE, INTS(0), INTS(0), NONE, NONE, CLIP, false))
    ROW(scatter, ANY, .travel = INDEXED, .cases = CASES(
        PLACES,
        WITH("T[5,4] i32[1,1] T[4,1]",
             SCATTER(INTS(0), INTS(0), INTS(0), NONE, NONE, FILL_OR_DROP, true)))),
    ROW(scatter_add, NUMBERS, .travel = INDEXED, .cases = CASES(PLACES)),
    ROW(scatter_mul, NUMBERS, .from = 0.5, .to = 2, .travel = INDEXED, .cases = CASES(
        WITH("T[5,4] i32[1,1] T[4,1]",
             SCATTER(INTS(0), INTS(0), INTS(0), NONE, NONE, FILL_OR_DROP, true)),
        WITH("T[3,4] i32[3,1,1] T[3,1]",
             SCATTER(NONE, INTS(1), INTS(1), INTS(0), INTS(0), CLIP, true)),
        WHERE(INTEGERS, "T[5,4] i32[3,1] T[3,4]",
              SCATTER(INTS(1), INTS(0), INTS(0), NONE, NONE, FILL_OR_DROP, false)),
        WHERE(INTEGERS, "T[4,4] i64[2,2] T[2,2,3]",
              SCATTER(INTS(1, 2), NONE, INTS(1, 0), NONE, NONE, CLIP, false)))),
    ROW(scatter_min, ANY, .travel = INDEXED, .cases = CASES(PLACES)),
    ROW(scatter_max, ANY, .travel = INDEXED, .cases = CASES(PLACES)),

    /* along axes */
    ROW(reduce_sum, NUMBERS, .travel = SUMMED, .cases = REDUCTIONS),
    ROW(reduce_prod, NUMBERS, .travel = MULTIPLIED, .from = 0.3, .to = 1.9, .cases = REDUCTIONS),
    ROW(reduce_max, ANY, .travel = GREATEST, .cases = REDUCTIONS),
    ROW(reduce_min, ANY, .travel = GREATEST, .cases = REDUCTIONS),
    ROW(reduce_and, BITS, .travel = GREATEST, .cases = REDUCTIONS),
    ROW(reduce_or, BITS, .travel = GREATEST, .cases = REDUCTIONS),
    ROW(reduce_xor, BITS, .travel = GREATEST, .cases = REDUCTIONS),
    ROW(argmax, ANY, .travel = GREATEST, .cases = CASES(
        WITH("T[2,3]", ARG(1, I32)), WITH("T[37]", ARG(0, I64)), WITH("T[2,0]", ARG(0, I32)),
        WITH("T[2,3,2]", ARG(1, I32)))),
    ROW(argmin, ANY, .travel = GREATEST, .cases = CASES(
        WITH("T[2,3]", ARG(1, I32)), WITH("T[37]", ARG(0, I64)), WITH("T[2,0]", ARG(0, I32)),
        WITH("T[2,3,2]", ARG(1, I32)))),
    ROW(cumsum, NUMBERS, .travel = SUMMED, .cases = TOTALS),
    ROW(cumprod, NUMBERS, .travel = MULTIPLIED, .from = 0.3, .to = 1.9, .cases = TOTALS),
    ROW(cummax, NUMBERS, .travel = CARRIED, .cases = TOTALS),
    ROW(cummin, NUMBERS, .travel = CARRIED, .cases = TOTALS),
    ROW(cumlogsumexp, FLOATS, .travel = CARRIED, .from = -3, .to = 3, .ulps = 4, .cases = TOTALS),
    ROW(sort, ANY, .travel = SORTED, .cases = CASES(
        WITH("T[2,3,4]", SORT(1, 1)), WITH("T[37]", SORT(0, 1)), WITH("T[300]", SORT(0, 1)),
        WITH("T[2,5] T[2,5]", SORT(1, 1)), WITH("T[6] f64[6] i32[6]", SORT(0, 1)),
        WITH("u8[12] T[12] T[12]", SORT(0, 2)), WITH("bool[5,3] T[5,3]", SORT(0, 1)),
        WITH("T[0,3]", SORT(0, 1)), WITH("T[3,0] T[3,0]", SORT(0, 2)), WITH("T[1]", SORT(0, 1)))),
    ROW(top_k, ANY, .travel = SORTED, .cases = CASES(
        WITH("T[2,5]", TOP(1, 2)), WITH("T[37]", TOP(0, 37)), WITH("T[4,3]", TOP(0, 3)),
        WITH("T[3]", TOP(0, 0)), WITH("T[0]", TOP(0, 0)), WITH("weak T[2]", TOP(0, 1)))),
    ROW(optimization_barrier, ANY, .travel = PASSED, .cases = CASES(
        ON("T[2,3]"), ON("T[2] T[] T[0,3]"), ON("weak T[] i32[4]"))),
    ROW(dot_general, NUMBERS, .travel = CONTRACTED, .cases = CASES(
        WITH("T[2,3] T[3,4]", DOT(INTS(1), INTS(0), NONE, NONE, 0)),
        WITH("T[3] T[3]", DOT(INTS(0), INTS(0), NONE, NONE, 0)),
        WITH("T[3,2] T[4,3]", DOT(INTS(0), INTS(1), NONE, NONE, 0)),
        WITH("T[2,3,4] T[2,4,2]", DOT(INTS(2), INTS(1), INTS(0), INTS(0), 0)),
        WITH("T[3,2] T[2,2]", DOT(NONE, NONE, INTS(1), INTS(0), 0)),
        WITH("T[2] T[3]", DOT(NONE, NONE, NONE, NONE, 0)),
        WITH("T[2,3,4] T[4,2,3]", DOT(INTS(2, 1), INTS(0, 2), NONE, NONE, 0)),
        WITH("T[2,0] T[0,3]", DOT(INTS(1), INTS(0), NONE, NONE, 0)),
        WITH("T[0,2] T[2,3]", DOT(INTS(1), INTS(0), NONE, NONE, 0)),
        WITH("T[] T[]", DOT(NONE, NONE, NONE, NONE, 0)),
        WHERE(FLOATS, "T[2,3] T[3]", DOT(INTS(1), INTS(0), NONE, NONE, JAXC_F64)),
        WHERE(FLOATS, "T[2,3] T[3]", DOT(INTS(1), INTS(0), NONE, NONE, JAXC_F32)),
        WHERE(I32 | I64, "T[2,3] T[3]", DOT(INTS(1), INTS(0), NONE, NONE, JAXC_I64)))),

    /* several results; programs */
    ROW(threefry2x32, U32, .cases = CASES(
        ON("T[2,3] T[2,3] T[2,3] T[2,3]"), ON("T[] T[] T[2,3] T[2,3]"), ON("T[] T[] T[] T[]"),
        ON("T[] T[] T[0] T[0]"),
        ON("T[3] T[] T[] T[3]"))),
    ROW(random_gamma, FLOATS, .ulps = 8, .from = 0.1, .to = 3, .travel = AS_BITS, .flags = OF_LAW,
        .cases = DRAWS),
    /* near 0 the error is that of the logarithms that cancel */
    ROW(random_loggamma, FLOATS, .ulps = 64, .from = 0.1, .to = 3, .travel = AS_BITS, .flags = OF_LAW,
        .cases = DRAWS),
    /* sums that end at a difference of eps */
    ROW(random_gamma_grad, FLOATS, .ulps = 128, .from = 0.1, .to = 3, .travel = AS_BITS, .cases = BINARY),
    ROW(random_poisson_tries, DTYPE_BIT(JAXC_F32), .from = -1, .to = 40, .travel = AS_BITS, .flags = OF_LAW,
        .cases = CASES(ON("u32[2,3] u32[2,3] u32[2,3] T[2,3]"), ON("u32[] u32[] u32[] T[]"),
                       ON("u32[] u32[] u32[37] T[]"), ON("u32[0] u32[] u32[0] T[0]"))),
    ROW(random_poisson, DTYPE_BIT(JAXC_F32), .from = -1, .to = 40, .travel = AS_BITS, .flags = OF_LAW,
        .cases = CASES(ON("u32[2,3] u32[2,3] u32[2,3] T[2,3] u32[]"), ON("u32[] u32[] u32[] T[] u32[]"),
                       ON("u32[] u32[] u32[37] T[] u32[37]"), ON("u32[0] u32[] u32[0] T[0] u32[]"))),
    ROW(jit, FLOATS, .travel = HELD, .make = make_jit),
    ROW(custom_jvp_call, FLOATS, .travel = HELD, .make = make_custom_jvp),
    ROW(custom_vjp_call, FLOATS, .travel = HELD, .make = make_custom_vjp),
    ROW(custom_lin, 0, .travel = HELD), /* is only ever made by derivatives of custom_vjp_call */
    {.prim = NULL},
};
/* clang-format on */

const struct prim_row *prim_row_of(const struct jx_prim *prim)
{
    for (const struct prim_row *row = prim_rows; row->prim; row++)
        if (row->prim == prim)
            return row;
    return NULL;
}

struct jx_program *one_equation(const struct jx_prim *prim, const void *params, int n_in,
                                const struct jx_aval *in)
{
    const struct jx_aval **types = must_alloc((size_t)n_in, sizeof *types);
    jx_atom *atoms = must_alloc((size_t)n_in, sizeof *atoms);
    struct jx_program *p = jx_program_new(NULL);
    bool ok = p != NULL;
    for (int i = 0; ok && i < n_in; i++) {
        types[i] = &in[i];
        atoms[i] = jx_program_add_var(p, &in[i]);
        ok = atoms[i] != UINT32_MAX;
    }
    int n_out = jx_n_results(prim, params, n_in);
    struct jx_aval *out = must_alloc((size_t)n_out, sizeof *out);
    jx_atom *outs = must_alloc((size_t)n_out, sizeof *outs);
    if (ok) {
        p->n_in = (uint32_t)n_in;
        ok = jx_infer(prim, params, n_in, types, n_out, out);
    }
    struct jx_params *counted = ok && params ? jx_params_new(prim, params) : NULL;
    ok = ok && (!params || counted);
    struct jx_eqn *e = ok ? jx_program_add_eqn(p, prim, counted, (struct jx_loc){0}, (uint32_t)n_in,
                                               atoms, (uint32_t)n_out, out)
                          : NULL;
    jx_params_unref(counted);
    for (int i = 0; e && i < n_out; i++)
        outs[i] = e->first_out + (uint32_t)i;
    ok = e && jx_program_set_outs(p, (uint32_t)n_out, outs);
    free(types);
    free(atoms);
    free(out);
    free(outs);
    if (!ok) {
        jx_program_unref(p);
        return NULL;
    }
    return p;
}
