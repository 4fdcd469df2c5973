/*
 * interpolate.c - interp, unwrap.
 */
#include "numpy/numpy.h"
#include "numpy/order.h"

#include <jaxc/along.h>

#include <math.h>

/* ---- interp ---------------------------------------------------------------------------------- */

/* Operands brought to floats: x and xp to one dtype. */
struct table {
    jaxc_value x, xp, fp;
    struct jx_aval x_type, xp_type;
};

static bool bring(struct table *t, jaxc_value x, jaxc_value xp, jaxc_value fp)
{
    struct jx_aval types[2];
    char text[2][JX_AVAL_TEXT];
    jaxc_value both[2] = {x, xp};
    if (!jx_argument_aval(xp, 1, &types[0]) || !jx_argument_aval(fp, 2, &types[1]))
        return false;
    if (types[0].rank != 1 || types[1].rank != 1 || types[0].dims[0] != types[1].dims[0])
        return jx_fail(JAXC_ESHAPE, "xp and fp are vectors of one size, not %s and %s",
                       jx_aval_text(&types[0], text[0]), jx_aval_text(&types[1], text[1]));
    if (types[0].dims[0] == 0)
        return jx_fail(JAXC_EVALUE, "xp is empty");
    if (!jx_join_dtypes(2, both, JX_JOIN_FLOAT, NULL))
        return false;
    t->x = both[0];
    t->xp = both[1];
    t->fp = jx_as_float(fp);
    return jx_value_aval(t->x, &t->x_type) && jx_value_aval(t->xp, &t->xp_type) &&
           !jx_is_poison(t->fp);
}

/* Everything modulo the period, sorted, and continued by one place at each end. */
static bool fold(struct table *t, jaxc_value period)
{
    struct jx_aval type;
    jaxc_value sorted[2], operands[2], parts[3];
    if (!jx_value_aval(period, &type))
        return false;
    if (type.rank > 0)
        return jx_fail(JAXC_ESHAPE, "a period is a scalar");
    period = jx_as(jx_abs(period), (jaxc_dtype)t->x_type.dtype, t->x_type.weak);
    t->x = jx_remainder(t->x, period);
    operands[0] = jx_remainder(t->xp, period);
    operands[1] = t->fp;
    if (!jx_sort(2, operands, 0, 1, sorted))
        return false;
    int64_t n = t->xp_type.dims[0];
    for (int i = 0; i < 2; i++) {
        jaxc_value first = jx_slice_axis(sorted[i], 0, 0, 1, 1);
        jaxc_value last = jx_slice_axis(sorted[i], 0, n - 1, n, 1);
        parts[0] = i == 0 ? jx_sub(last, period) : last;
        parts[1] = sorted[i];
        parts[2] = i == 0 ? jx_add(first, period) : first;
        sorted[i] = jx_concatenate(3, parts, 0);
    }
    t->xp = sorted[0];
    t->fp = sorted[1];
    return jx_value_aval(t->xp, &t->xp_type);
}

/* A step that is too short to divide by: as in JAX, the float after its epsilon squared. */
static double shortest(jaxc_dtype dtype)
{
    switch (dtype) {
    case JAXC_F64: return 0x1p-104;
    case JAXC_F16: return 0x1p-20;
    case JAXC_BF16: return 0x1p-14;
    default: return 0x1p-46;
    }
}

static jaxc_value between(const struct table *t)
{
    jaxc_value at[2], xs[2], fs[2];
    struct jx_aval index;
    int64_t n = t->xp_type.dims[0];
    jaxc_value place = jx_searchsorted(t->xp, t->x, true);
    if (!jx_value_aval(place, &index))
        return JX_POISON;
    int64_t most = n > 1 ? n - 1 : 0, least = n > 1 ? 1 : 0;
    at[1] = jx_clamp(jx_literal(&index, (double)least), place, jx_literal(&index, (double)most));
    at[0] = n > 1 ? jx_sub(at[1], jx_literal(&index, 1)) : at[1];
    for (int i = 0; i < 2; i++) {
        xs[i] = jx_take_axis(t->xp, at[i], 0);
        fs[i] = jx_take_axis(t->fp, at[i], 0);
    }
    jaxc_value df = jx_sub(fs[1], fs[0]), dx = jx_sub(xs[1], xs[0]);
    jaxc_value limit = jx_number_like(dx, shortest((jaxc_dtype)t->xp_type.dtype));
    jaxc_value flat = jx_le(jx_abs(dx), limit);
    jaxc_value part = jx_div(jx_sub(t->x, xs[0]), jx_select(flat, jx_number_like(dx, 1), dx));
    jaxc_value y = jx_joined(jx_mul, JX_JOIN_ANY, part, df);
    y = jx_joined(jx_add, JX_JOIN_ANY, fs[0], y);
    return jx_where(flat, fs[0], y);
}

/* y, with another number where x is on one side of the table. */
static jaxc_value outside(jaxc_value y, const struct table *t, const struct jaxc_operand *given,
                          int64_t place, jx_binary compare)
{
    static const int first = 0;
    jaxc_value edge = jx_drop_axes(jx_slice_axis(t->xp, 0, place, place + 1, 1), 1, &first);
    jaxc_value value = given->value;
    if (!jx_operand_given(given))
        value = jx_drop_axes(jx_slice_axis(t->fp, 0, place, place + 1, 1), 1, &first);
    return jx_where(jx_joined(compare, JX_JOIN_ANY, t->x, edge), value, y);
}

jaxc_value(jaxc_interp)(jaxc_value x, jaxc_value xp, jaxc_value fp,
                        struct jaxc_interp_options options)
{
    jx_enter("jaxc_interp");
    struct table t;
    bool periodic = jx_operand_given(&options.period);
    if (!bring(&t, x, xp, fp) || (periodic && !fold(&t, options.period.value)))
        return JX_POISON;
    jaxc_value y = between(&t);
    if (!periodic && !options.extrapolate_left)
        y = outside(y, &t, &options.left, 0, jx_lt);
    if (!periodic && !options.extrapolate_right)
        y = outside(y, &t, &options.right, t.xp_type.dims[0] - 1, jx_gt);
    return y;
}

/* ---- unwrap ---------------------------------------------------------------------------------- */

/* What each difference is to be made smaller by: as many periods as bring it within half of one. */
static jaxc_value corrections(jaxc_value p, jaxc_value period, jaxc_value discont, int axis)
{
    struct jx_aval type;
    jaxc_value d = jx_diff(p, axis), two = jx_number_like(period, 2);
    if (!jx_value_aval(d, &type))
        return JX_POISON;
    bool whole = jx_is_integer((jaxc_dtype)type.dtype);
    jaxc_value half = whole ? jx_floor_divide(period, two) : jx_div(period, two);
    jaxc_value zero = jx_literal(&type, 0);
    period = jx_broadcast_to(period, type.rank, type.dims);
    jaxc_value rest = jx_sub(jx_remainder(jx_add(d, half), period), half);
    jaxc_value turned = jx_and(jx_eq(rest, jx_neg(half)), jx_gt(d, zero));
    rest = jx_select(turned, half, rest);
    jaxc_value small = jx_joined(jx_lt, JX_JOIN_ANY, jx_abs(d), discont);
    return jx_where(small, zero, jx_sub(rest, d));
}

jaxc_value(jaxc_unwrap)(jaxc_value p, struct jaxc_unwrap_options options)
{
    jx_enter("jaxc_unwrap");
    struct jx_aval type, scalar;
    int axis;
    const double pi = 3.14159265358979323846; /* of C's M_PI */
    jaxc_value both[2] = {p, jx_scalar_of(JAXC_F32, (union jx_scalar){.f = 2 * pi}, true)};
    if (jx_operand_given(&options.period))
        both[1] = options.period.value;
    if (!jx_value_aval(p, &type) || !jx_one_axis(&options.axes, type.rank, -1, &axis) ||
        !jx_join_dtypes(2, both, JX_JOIN_ANY, NULL) || !jx_value_aval(both[0], &type) ||
        !jx_value_aval(both[1], &scalar))
        return JX_POISON;
    if (scalar.rank > 0) {
        jx_fail(JAXC_ESHAPE, "a period is a scalar");
        return JX_POISON;
    }
    if (type.dims[axis] == 0)
        return jx_result(p, both[0]);
    jaxc_value discont = options.discont.value;
    if (!jx_operand_given(&options.discont)) {
        jaxc_value half = jx_as_float(both[1]);
        discont = jx_div(half, jx_number_like(half, 2));
    }
    jaxc_value by = corrections(both[0], both[1], discont, axis), parts[2];
    by = jx_cumsum(jx_as(by, (jaxc_dtype)type.dtype, false), axis, false);
    parts[0] = jx_slice_axis(both[0], axis, 0, 1, 1);
    parts[1] = jx_slice_axis(both[0], axis, 1, type.dims[axis], 1);
    parts[1] = jx_joined(jx_add, JX_JOIN_ANY, parts[1], by);
    return jx_concatenate_of(2, parts, axis);
}
