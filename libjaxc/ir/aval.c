/*
 * ir/aval.c - what is known of a value before it is computed: dtype, weak flag, shape.
 */
#include "ir/ir.h"

#include <inttypes.h>
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
    size_t n = (size_t)snprintf(buffer, JX_AVAL_TEXT, "%s%s[", a->weak == 1 ? "~" : "",
                                jx_dtype_info(a->dtype)->name);
    for (int i = 0; i < a->rank; i++)
        n += (size_t)snprintf(buffer + n, JX_AVAL_TEXT - n, i ? ",%lld" : "%lld",
                              (long long)a->dims[i]);
    snprintf(buffer + n, JX_AVAL_TEXT - n, "]");
    return buffer;
}

/* ---- numbers --------------------------------------------------------------------------------- */

jaxc_dtype jx_literal_held(const struct jx_aval *type)
{
    switch (jx_dtype_info((jaxc_dtype)type->dtype)->category) {
    case JX_CAT_FLOAT: return JAXC_F64;
    case JX_CAT_UNSIGNED: return JAXC_U64;
    default: return type->dtype == JAXC_BOOL ? JAXC_BOOL : JAXC_I64;
    }
}

bool jx_literal_fits(const struct jx_aval *type, union jx_scalar number, jaxc_dtype dtype)
{
    jaxc_dtype held = jx_literal_held(type);
    if (held == JAXC_F64 || held == JAXC_BOOL || !jx_is_integer(dtype))
        return true;
    union jx_scalar there = jx_scalar_convert(number, held, dtype);
    bool negative = held == JAXC_I64 && number.i < 0;
    bool negative_there = jx_dtype_info(dtype)->category == JX_CAT_SIGNED && there.i < 0;
    if (there.u == number.u && negative == negative_there)
        return true;
    const char *name = jx_dtype_info(dtype)->name;
    return held == JAXC_U64 ? jx_fail(JAXC_EVALUE, "%" PRIu64 " does not fit %s", number.u, name)
                            : jx_fail(JAXC_EVALUE, "%" PRId64 " does not fit %s", number.i, name);
}

bool jx_literal_fits_itself(const struct jx_aval *type, union jx_scalar number)
{
    /* a weak u64 is a C number beyond i64, which no other weak number reaches */
    jaxc_dtype dtype = (jaxc_dtype)type->dtype;
    return !type->weak || jx_literal_fits(type, number, dtype == JAXC_U64 ? JAXC_I32 : dtype);
}
