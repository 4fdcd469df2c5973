/*
 * shape.c - counting elements, and axes.
 *
 * A shape is sound when the product of its axes, taking 0 as 1, fits int64: then so does every
 * stride, also of an array without elements.
 */
#include "base/base.h"

#include <assert.h>

bool jx_n_elements(int rank, const int64_t *dims, int64_t *n)
{
    if (rank < 0 || rank > JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "rank %d is not in [0, %d]", rank, JAXC_MAX_RANK);
    int64_t product = 1;
    bool empty = false;
    for (int i = 0; i < rank; i++) {
        if (dims[i] < 0)
            return jx_fail(JAXC_ELIMIT, "axis %d has the negative size %lld", i,
                           (long long)dims[i]);
        empty = empty || dims[i] == 0;
        if (dims[i] > 0 && __builtin_mul_overflow(product, dims[i], &product))
            return jx_fail(JAXC_ELIMIT, "more than 2^63 - 1 elements");
    }
    *n = empty ? 0 : product;
    return true;
}

int64_t jx_count(int rank, const int64_t *dims)
{
    int64_t n = 1;
    for (int i = 0; i < rank; i++) {
        assert(dims[i] >= 0);
        n *= dims[i];
    }
    return n;
}

bool jx_same_dims(int rank, const int64_t *a, const int64_t *b)
{
    for (int i = 0; i < rank; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

bool jx_check_given(const struct jaxc_given *given, int n, int max, const int *at, const char *how)
{
    bool empty = !given && n == 0;
    for (int i = 0; i < max; i++)
        empty = empty && at[i] == 0;
    return given == JAXC_GIVEN || empty ||
           jx_fail(JAXC_EVALUE, "bare numbers where a set stands: write %s", how);
}

bool jx_axis(int axis, int rank, int *result)
{
    if (axis < -rank || axis >= rank)
        return rank == 0 ? jx_fail(JAXC_EAXIS, "axis %d of a scalar, which has none", axis)
                         : jx_fail(JAXC_EAXIS, "axis %d is not in [%d, %d)", axis, -rank, rank);
    *result = axis < 0 ? axis + rank : axis;
    return true;
}
