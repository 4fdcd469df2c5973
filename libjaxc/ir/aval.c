/*
 * ir/aval.c - what is known of a value before it is computed: dtype, weak flag, shape.
 */
#include "ir/ir.h"

#include <stdio.h>

struct jx_aval jx_aval_make(jaxc_dtype dtype, int rank, const int64_t *dims)
{
    struct jx_aval a = {.dtype = (uint8_t)dtype, .rank = (uint8_t)rank};
    for (int i = 0; i < rank; i++)
        a.dims[i] = dims[i];
    return a;
}

bool jx_aval_same_array(const struct jx_aval *a, const struct jx_aval *b)
{
    return a->dtype == b->dtype && a->rank == b->rank && jx_same_dims(a->rank, a->dims, b->dims);
}

bool jx_aval_same(const struct jx_aval *a, const struct jx_aval *b)
{
    return a->weak == b->weak && jx_aval_same_array(a, b);
}

char *jx_aval_text(const struct jx_aval *a, char *buffer)
{
    size_t n = (size_t)snprintf(buffer, JX_AVAL_TEXT, "%s[", jx_dtype_info(a->dtype)->name);
    for (int i = 0; i < a->rank; i++)
        n += (size_t)snprintf(buffer + n, JX_AVAL_TEXT - n, i ? ",%lld" : "%lld",
                              (long long)a->dims[i]);
    snprintf(buffer + n, JX_AVAL_TEXT - n, "]");
    return buffer;
}
