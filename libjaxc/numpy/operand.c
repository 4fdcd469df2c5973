/*
 * operand.c - operands of the public calls brought to one dtype and shape.
 *
 * C numbers arrive as weak literals. They stay literals: converting one makes another literal, so
 * programs read `mul a 0.01:f32[]`. Shapes are found before dtypes are converted, so messages name
 * the types that the user has.
 */
#include "numpy/numpy.h"

#include <assert.h>

bool jx_choose_dtype(jaxc_dtype given, jaxc_dtype otherwise, jaxc_dtype *dtype)
{
    *dtype = given ? given : otherwise;
    const struct jx_dtype_info *info = jx_dtype_info(*dtype);
    if (!info)
        return jx_fail(JAXC_EDTYPE, "%d is no dtype", (int)given);
    return info->supported ||
           jx_fail(JAXC_EUNSUPPORTED, "arrays of %s cannot be made yet", info->name);
}

bool jx_choose_type(struct jaxc_shape shape, jaxc_dtype dtype, struct jx_aval *type)
{
    int64_t n;
    if (!jx_n_elements(shape.rank, shape.dims, &n))
        return false;
    *type = jx_aval_make(dtype, shape.rank, shape.dims);
    return true;
}

jaxc_dtype jx_float_dtype(jaxc_dtype dtype)
{
    const struct jx_dtype_info *info = jx_dtype_info(dtype);
    if (info->category == JX_CAT_FLOAT || info->category == JX_CAT_COMPLEX)
        return dtype;
    return info->size > 4 ? JAXC_F64 : JAXC_F32;
}

/* ---- conversion ------------------------------------------------------------------------------ */

bool jx_literal_of(jaxc_value x, struct jx_aval *type, union jx_scalar *number)
{
    struct jx_ref ref = jx_value_ref(x);
    if (!ref.node)
        return false;
    bool is_literal = ref.node->kind == JX_NODE_LITERAL;
    if (is_literal) {
        *type = ref.node->avals[0];
        *number = ref.node->literal;
    }
    jx_node_unref(ref.node);
    return is_literal;
}

static jaxc_value convert(jaxc_value x, jaxc_dtype dtype, bool weak, bool must_fit)
{
    struct jx_aval type;
    union jx_scalar number;
    bool is_literal = jx_literal_of(x, &type, &number);
    if ((!is_literal && !jx_value_aval(x, &type)) ||
        (is_literal && must_fit && !jx_literal_fits(&type, number, dtype)))
        return JX_POISON;
    if (type.dtype == dtype && type.weak == weak)
        return x;
    if (!is_literal)
        return jx_convert_element_type(x, dtype, weak);
    return jx_scalar_of(dtype, jx_scalar_convert(number, jx_literal_held(&type), dtype), weak);
}

jaxc_value jx_as(jaxc_value x, jaxc_dtype dtype, bool weak)
{
    return convert(x, dtype, weak, true);
}

jaxc_value jx_cast(jaxc_value x, jaxc_dtype dtype) { return convert(x, dtype, false, false); }

jaxc_value jx_as_float(jaxc_value x)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    return jx_as(x, jx_float_dtype((jaxc_dtype)type.dtype), type.weak);
}

jaxc_value jx_as_strong(jaxc_value x)
{
    struct jx_aval type;
    return jx_value_aval(x, &type) ? jx_as(x, (jaxc_dtype)type.dtype, false) : JX_POISON;
}

bool jx_dtype_of(jaxc_value x, jaxc_dtype *dtype)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return false;
    *dtype = (jaxc_dtype)type.dtype;
    return true;
}

jaxc_value jx_as_bool(jaxc_value x)
{
    struct jx_aval type;
    union jx_scalar number;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.dtype == JAXC_BOOL || jx_literal_of(x, &type, &number))
        return jx_cast(x, JAXC_BOOL);
    return jx_ne(x, jx_literal(&type, 0));
}

jaxc_value jx_result(jaxc_value x, jaxc_value y)
{
    return x.slot == y.slot && x.generation == y.generation ? jx_value_again(y) : y;
}

/* ---- joining --------------------------------------------------------------------------------- */

static bool types_of(int n, const jaxc_value *x, struct jx_aval *types)
{
    for (int i = 0; i < n; i++)
        if (!jx_value_aval(x[i], &types[i]))
            return false;
    return true;
}

static bool convert_all(int n, jaxc_value *x, const struct jx_aval *types, enum jx_joined how,
                        jaxc_dtype *joined)
{
    jaxc_dtype dtype = (jaxc_dtype)types[0].dtype;
    bool weak = types[0].weak;
    for (int i = 1; i < n; i++)
        jx_promote(dtype, weak, (jaxc_dtype)types[i].dtype, types[i].weak, &dtype, &weak);
    if (how == JX_JOIN_FLOAT)
        dtype = jx_float_dtype(dtype);
    else if (how == JX_JOIN_NUMBER && dtype == JAXC_BOOL)
        dtype = JAXC_I32;
    else if (how == JX_JOIN_BOOL)
        dtype = JAXC_BOOL;
    for (int i = 0; i < n && how != JX_JOIN_SHAPES; i++) {
        x[i] = how == JX_JOIN_BOOL ? jx_as_bool(x[i]) : jx_as(x[i], dtype, weak);
        if (jx_is_poison(x[i]))
            return false;
    }
    if (joined)
        *joined = dtype;
    return true;
}

/* Operands of one call; longer lists (stack, concatenate) allocate. */
enum { N_LOCAL = 16 };

bool jx_join_dtypes(int n, jaxc_value *x, enum jx_joined how, jaxc_dtype *dtype)
{
    struct jx_aval local[N_LOCAL];
    struct jx_aval *types = n <= N_LOCAL ? local : jx_alloc((size_t)n, sizeof *types);
    bool ok = types && types_of(n, x, types) && convert_all(n, x, types, how, dtype);
    if (types != local)
        jx_free(types);
    return ok;
}

bool jx_join(int n, jaxc_value *x, enum jx_joined how, jaxc_dtype *dtype)
{
    struct jx_aval types[3];
    int rank;
    int64_t dims[JAXC_MAX_RANK];
    assert(n <= 3);
    for (int i = 0; i < n; i++)
        if (!jx_argument_aval(x[i], i, &types[i]))
            return false;
    if (!jx_broadcast_types(n, types, &rank, dims) || !convert_all(n, x, types, how, dtype))
        return false;
    for (int i = 0; i < n; i++) {
        if (types[i].rank > 0)
            x[i] = jx_broadcast_to(x[i], rank, dims);
        if (jx_is_poison(x[i]))
            return false;
    }
    return true;
}

jaxc_value jx_joined(jx_binary f, enum jx_joined how, jaxc_value x, jaxc_value y)
{
    jaxc_value operands[] = {x, y};
    return jx_join(2, operands, how, NULL) ? f(operands[0], operands[1]) : JX_POISON;
}

jaxc_value jx_where(jaxc_value condition, jaxc_value x, jaxc_value y)
{
    jaxc_value operands[] = {condition, x, y};
    if (!jx_join(3, operands, JX_JOIN_SHAPES, NULL) ||
        !jx_join_dtypes(2, operands + 1, JX_JOIN_ANY, NULL))
        return JX_POISON;
    return jx_select(jx_as_bool(operands[0]), operands[1], operands[2]);
}

bool jx_operand_given(const struct jaxc_operand *operand) { return operand->given == JAXC_GIVEN; }

jaxc_value jx_number_like(jaxc_value x, double number)
{
    struct jx_aval type;
    return jx_value_aval(x, &type) ? jx_literal(&type, number) : JX_POISON;
}

static bool fail_broadcast(int n, const struct jx_aval *types)
{
    char text[3][JX_AVAL_TEXT];
    for (int i = 0; i < n; i++)
        jx_aval_text(&types[i], text[i]);
    return n == 2 ? jx_fail(JAXC_ESHAPE, "shapes do not broadcast: %s and %s", text[0], text[1])
                  : jx_fail(JAXC_ESHAPE, "shapes do not broadcast: %s, %s and %s", text[0], text[1],
                            text[2]);
}

/* Sizes align at the last axis; each is the others' or 1. */
bool jx_broadcast_types(int n, const struct jx_aval *types, int *rank, int64_t *dims)
{
    *rank = 0;
    for (int i = 0; i < n; i++)
        *rank = types[i].rank > *rank ? types[i].rank : *rank;
    for (int axis = 0; axis < *rank; axis++) {
        dims[axis] = 1;
        for (int i = 0; i < n; i++) {
            int own = axis - (*rank - types[i].rank);
            int64_t size = own < 0 ? 1 : types[i].dims[own];
            if (dims[axis] == 1)
                dims[axis] = size;
            else if (size != 1 && size != dims[axis])
                return fail_broadcast(n, types);
        }
    }
    int64_t count;
    return jx_n_elements(*rank, dims, &count);
}

jaxc_value jx_broadcast_to(jaxc_value x, int rank, const int64_t *dims)
{
    struct jx_aval type;
    int map[JAXC_MAX_RANK];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    if (type.rank == rank && jx_same_dims(rank, type.dims, dims))
        return x;
    for (int i = 0; i < type.rank; i++)
        map[i] = rank - type.rank + i;
    return jx_broadcast_in_dim(x, rank, dims, map);
}
