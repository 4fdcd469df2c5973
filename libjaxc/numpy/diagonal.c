/*
 * diagonal.c - diagonals and triangles: diagonal, trace, diag, diagflat, fill_diagonal, tri, tril,
 * triu and the places of triangles.
 *
 * The diagonal of an r x c matrix lies every c + 1 elements in its r * c: a slice with a stride.
 */
#include "numpy/numpy.h"

#include <inttypes.h>

/* Elements of a diagonal. */
static int64_t length_of(int64_t rows, int64_t columns, int64_t offset)
{
    int64_t high = offset < -rows || offset > columns ? 0 : offset < 0 ? rows + offset : rows;
    int64_t wide = offset > 0 ? columns - offset : columns;
    int64_t n = high < wide ? high : wide;
    return n < 0 ? 0 : n;
}

jaxc_value jx_diagonal(jaxc_value x, int64_t offset, int axis1, int axis2)
{
    struct jx_aval type;
    int permutation[JAXC_MAX_RANK], n = 0;
    int64_t from[JAXC_MAX_RANK] = {0}, to[JAXC_MAX_RANK], by[JAXC_MAX_RANK], dims[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int64_t rows = type.dims[axis1], columns = type.dims[axis2];
    for (int i = 0; i < type.rank; i++)
        if (i != axis1 && i != axis2) {
            dims[n] = to[n] = type.dims[i];
            by[n] = 1;
            permutation[n++] = i;
        }
    permutation[n] = axis1;
    permutation[n + 1] = axis2;
    int64_t length = length_of(rows, columns, offset);
    int64_t start = length == 0 ? 0 : offset < 0 ? -offset * columns : offset;
    dims[n] = rows * columns;
    from[n] = start;
    to[n] = length == 0 ? start : start + (length - 1) * (columns + 1) + 1;
    by[n] = columns + 1;
    return jx_slice(jx_reshape(jx_transpose(x, permutation), n + 1, dims), from, to, by);
}
