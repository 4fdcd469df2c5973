/*
 * searching.c - places in sorted arrays: searchsorted, digitize.
 *
 * A search is a bisection written out, one step for each bit of the array's size, so it is an
 * elementwise program of the numbers that are searched for. A place is in (low, high], but 0 while
 * low is.
 */
#include "numpy/order.h"

#include <jaxc/sorting.h>

#include <string.h>

/* In the order of sort: NaN is the greatest. x < y, or x <= y. */
static jaxc_value before(jaxc_value x, jaxc_value y, bool or_equal)
{
    struct jx_aval type;
    jaxc_value is = or_equal ? jx_le(x, y) : jx_lt(x, y);
    if (!jx_value_aval(y, &type))
        return JX_POISON;
    if (!jx_is_float((jaxc_dtype)type.dtype))
        return is;
    jaxc_value nan = jx_isnan(y);
    if (!or_equal)
        nan = jx_and(jx_not(jx_isnan(x)), nan);
    return jx_or(is, nan);
}

jaxc_value jx_searchsorted(jaxc_value a, jaxc_value x, bool right)
{
    struct jx_aval sorted, type;
    if (!jx_value_aval(a, &sorted) || !jx_value_aval(x, &type))
        return JX_POISON;
    int64_t n = sorted.dims[0];
    jaxc_dtype dtype = n > INT32_MAX ? JAXC_I64 : JAXC_I32;
    struct jx_aval place = jx_aval_make(dtype, type.rank, type.dims);
    jaxc_value low = jx_full_like(&place, 0);
    jaxc_value high = jx_full_like(&place, (double)n); /* below 2^53: what memory holds */
    for (int64_t left = n; left > 0; left /= 2) {
        jaxc_value width = jx_sub(high, low);
        jaxc_value middle = jx_add(low, jx_shift_right_logical(width, jx_number_like(width, 1)));
        jaxc_value is = before(x, jx_take_axis(a, middle, 0), !right);
        low = jx_select(is, low, middle);
        high = jx_select(is, middle, high);
    }
    return high;
}

static bool read_side(const char *side, bool *right)
{
    *right = side && strcmp(side, "right") == 0;
    return !side || *right || strcmp(side, "left") == 0 ||
           jx_fail(JAXC_EVALUE, "no side \"%s\": \"left\" or \"right\"", side);
}

static bool one_axis(jaxc_value a, const char *what, struct jx_aval *type)
{
    char text[JX_AVAL_TEXT];
    return jx_value_aval(a, type) &&
           (type->rank == 1 ||
            jx_fail(JAXC_ESHAPE, "%s %s has not one axis", what, jx_aval_text(type, text)));
}

jaxc_value(jaxc_searchsorted)(jaxc_value a, jaxc_value v, struct jaxc_searchsorted_options options)
{
    jx_enter("jaxc_searchsorted");
    struct jx_aval type;
    jaxc_value both[2] = {a, v};
    bool right;
    if (!read_side(options.side, &right) || !one_axis(a, "the array", &type) ||
        !jx_join_dtypes(2, both, JX_JOIN_ANY, NULL))
        return JX_POISON;
    if (jx_operand_given(&options.sorter)) {
        struct jx_aval own;
        char text[JX_AVAL_TEXT];
        if (!one_axis(options.sorter.value, "the sorter", &own))
            return JX_POISON;
        if (!jx_is_integer((jaxc_dtype)own.dtype)) {
            jx_fail(JAXC_EDTYPE, "a sorter is of integers, not %s", jx_aval_text(&own, text));
            return JX_POISON;
        }
        both[0] = jx_take_axis(both[0], options.sorter.value, 0);
    }
    return jx_searchsorted(both[0], both[1], right);
}

/* Bins that fall are searched from behind. */
jaxc_value(jaxc_digitize)(jaxc_value x, jaxc_value bins, struct jaxc_digitize_options options)
{
    jx_enter("jaxc_digitize");
    static const int axis = 0;
    struct jx_aval type, own;
    jaxc_value both[2] = {bins, x};
    if (!one_axis(bins, "the array of bins", &type) || !jx_value_aval(x, &own))
        return JX_POISON;
    int64_t n = type.dims[0];
    if (n == 0) {
        own = jx_aval_make(JAXC_I32, own.rank, own.dims);
        return jx_zeros_of(&own);
    }
    if (!jx_join_dtypes(2, both, JX_JOIN_ANY, NULL))
        return JX_POISON;
    jaxc_value rising = jx_ge(jx_index_first(bins, n - 1), jx_index_first(bins, 0));
    jaxc_value y = jx_searchsorted(both[0], both[1], !options.right);
    jaxc_value back = jx_searchsorted(jx_rev(both[0], 1, &axis), both[1], !options.right);
    return jx_select(rising, y, jx_sub(jx_number_like(back, (double)n), back));
}
