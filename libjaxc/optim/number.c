/*
 * number.c - learning rates and other numbers of a call.
 */
#include "optim/optim.h"

jaxc_value jx_number(double number)
{
    return jx_scalar_of(JAXC_F32, (union jx_scalar){.f = number}, true);
}

bool jx_number_known(jaxc_value x, double *number)
{
    struct jx_aval type;
    union jx_scalar s;
    if (!jx_literal_of(x, &type, &s) || !type.weak)
        return false;
    switch (jx_dtype_info((jaxc_dtype)type.dtype)->category) {
    case JX_CAT_FLOAT: *number = s.f; return true;
    case JX_CAT_UNSIGNED: *number = (double)s.u; return true;
    case JX_CAT_SIGNED: *number = (double)s.i; return true;
    default: return false;
    }
}

bool jx_number_check(const char *name, jaxc_value x)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(x, &type))
        return false;
    if (type.rank > 0)
        return jx_fail(JAXC_ESHAPE, "%s is %s: a scalar is needed", name,
                       jx_aval_text(&type, text));
    return jx_is_float((jaxc_dtype)type.dtype) || jx_is_integer((jaxc_dtype)type.dtype) ||
           jx_fail(JAXC_EDTYPE, "%s is %s: a number is needed", name, jx_aval_text(&type, text));
}

bool jx_number_take(const char *name, jaxc_value *x, double otherwise)
{
    if (!jx_is_poison(*x))
        return jx_number_check(name, *x);
    *x = jx_number(otherwise);
    return !jx_is_poison(*x);
}

#define ROW(name, operator, how)                                                                   \
    jaxc_value jx_number_##name(jaxc_value x, jaxc_value y)                                        \
    {                                                                                              \
        double a, b;                                                                               \
        if (jx_number_known(x, &a) && jx_number_known(y, &b))                                      \
            return jx_number(a operator b);                                                        \
        jaxc_value operands[] = {x, y};                                                            \
        return jx_join(2, operands, how, NULL) ? jx_##name(operands[0], operands[1]) : JX_POISON;  \
    }
ROW(add, +, JX_JOIN_NUMBER)
ROW(sub, -, JX_JOIN_NUMBER)
ROW(mul, *, JX_JOIN_NUMBER)
ROW(div, /, JX_JOIN_FLOAT)
#undef ROW
