/*
 * simplify.c - algebra on neighbouring equations: views of views merge, what changes nothing goes.
 *
 * Operands are simplified before the equation that uses them, so each rule looks one step back only
 * and the pass is linear. A rule may put another value in the place of a result only if the type is
 * the same, weak flag included, and, but for sums over broadcast axes, the same in every bit: x +
 * 0.0 is not x (x may be -0.0), x - 0.0 is. All rules stand in this one file, so that what can
 * happen to a program is read in one place.
 */
#include "opt/opt.h"

#include <math.h>

struct simplifier {
    struct jx_rewrite r;
    uint32_t *def; /* by variable of the new program: its equation + 1; 0: an input */
    size_t def_capacity;
    uint32_t *uses; /* by variable of the old program */
    jx_atom result;
};

enum outcome { SAME, REPLACED, FAILED };

/* ---- looking --------------------------------------------------------------------------------- */

static const struct jx_aval *aval(const struct simplifier *s, jx_atom a)
{
    return jx_atom_aval(s->r.to, a);
}

/* The equation that gives an operand if it is of this primitive; NULL. */
static const struct jx_eqn *made_by(const struct simplifier *s, jx_atom a,
                                    const struct jx_prim *prim)
{
    if (jx_atom_is_literal(a) || !s->def[a])
        return NULL;
    const struct jx_eqn *e = &s->r.to->eqns[s->def[a] - 1];
    return e->prim == prim ? e : NULL;
}

static jx_atom operand(const struct simplifier *s, const struct jx_eqn *e, uint32_t i)
{
    return s->r.to->atoms[e->first_in + i];
}

static const void *params_of(const struct jx_eqn *e) { return e->params->data; }

static const struct jx_aval *result_type(const struct simplifier *s, const struct jx_eqn *e)
{
    return &s->r.from->avals[e->first_out];
}

/* Is the operand this number, at every point? */
static bool is_number(const struct simplifier *s, jx_atom a, double number)
{
    const struct jx_eqn *b = made_by(s, a, &jx_broadcast_in_dim_p);
    if (b)
        a = operand(s, b, 0);
    if (!jx_atom_is_literal(a))
        return false;
    const struct jx_literal *l = &s->r.to->literals[a & ~JX_LITERAL_BIT];
    if (jx_is_float(l->aval.dtype))
        return l->value.f == number && !signbit(l->value.f) == !signbit(number);
    return l->aval.dtype != JAXC_BOOL && (double)l->value.i == number;
}

/* ---- putting in place ------------------------------------------------------------------------ */

/* The result is this value, if the types agree. */
static enum outcome replace(struct simplifier *s, const struct jx_eqn *e, jx_atom value)
{
    if (!jx_aval_same(aval(s, value), result_type(s, e)))
        return SAME;
    s->result = value;
    return REPLACED;
}

static bool note_defs(struct simplifier *s, uint32_t eqn)
{
    const struct jx_eqn *e = &s->r.to->eqns[eqn];
    if (!jx_grow(&s->def, &s->def_capacity, (size_t)e->first_out + e->n_out, sizeof *s->def))
        return false;
    for (uint32_t o = 0; o < e->n_out; o++)
        s->def[e->first_out + o] = eqn + 1;
    return true;
}

static enum outcome emit(struct simplifier *s, const struct jx_eqn *e, const struct jx_prim *prim,
                         const void *params, uint32_t n_in, const jx_atom *in,
                         const struct jx_aval *out)
{
    struct jx_params *p = params ? jx_params_new(prim, params) : NULL;
    if (params && !p)
        return FAILED;
    const struct jx_eqn *new = jx_program_add_eqn(s->r.to, prim, p, e->loc, n_in, in, 1, out);
    jx_params_unref(p);
    if (!new)
        return FAILED;
    s->result = new->first_out;
    return note_defs(s, s->r.to->n_eqns - 1) ? REPLACED : FAILED;
}

static enum outcome emit_result(struct simplifier *s, const struct jx_eqn *e,
                                const struct jx_prim *prim, const void *params, uint32_t n_in,
                                const jx_atom *in)
{
    return emit(s, e, prim, params, n_in, in, result_type(s, e));
}

/* ---- numbers --------------------------------------------------------------------------------- */

/* f32 arithmetic in f64, rounded once, is f32 arithmetic: 53 >= 2 * 24 + 2 (Figueroa 1995). */
static bool fold_floats(const struct jx_prim *prim, double x, double y, double *z)
{
    if (prim == &jx_neg_p)
        *z = -x;
    else if (prim == &jx_add_p)
        *z = x + y;
    else if (prim == &jx_sub_p)
        *z = x - y;
    else if (prim == &jx_mul_p)
        *z = x * y;
    else if (prim == &jx_div_p)
        *z = x / y;
    else
        return false;
    return true;
}

static bool fold_integers(const struct jx_prim *prim, uint64_t x, uint64_t y, uint64_t *z)
{
    if (prim == &jx_neg_p)
        *z = 0 - x;
    else if (prim == &jx_add_p)
        *z = x + y;
    else if (prim == &jx_sub_p)
        *z = x - y;
    else if (prim == &jx_mul_p)
        *z = x * y;
    else
        return false;
    return true;
}

/* Arithmetic on literals is done here. */
static enum outcome fold(struct simplifier *s, const struct jx_eqn *e)
{
    union jx_scalar x[2] = {{0}, {0}}, z = {0};
    const struct jx_aval *type = result_type(s, e);
    jaxc_dtype dtype = type->dtype;
    if (e->n_in < 1 || e->n_in > 2 || e->prim->lower != jx_lower_scalar || dtype == JAXC_BOOL)
        return SAME;
    for (uint32_t i = 0; i < e->n_in; i++) {
        if (!jx_atom_is_literal(s->r.in[i]) || aval(s, s->r.in[i])->dtype != dtype)
            return SAME;
        x[i] = s->r.to->literals[s->r.in[i] & ~JX_LITERAL_BIT].value;
    }
    if (jx_is_float(dtype)) {
        if ((dtype != JAXC_F32 && dtype != JAXC_F64) || !fold_floats(e->prim, x[0].f, x[1].f, &z.f))
            return SAME;
        z = jx_scalar_convert(z, JAXC_F64, dtype);
    } else {
        if (!fold_integers(e->prim, x[0].u, x[1].u, &z.u))
            return SAME;
        z = jx_scalar_convert(z, JAXC_I64, dtype); /* keeps the low bits */
    }
    struct jx_aval literal = *type;
    return jx_program_add_literal(s->r.to, &literal, z, &s->result) ? REPLACED : FAILED;
}

/* ---- elementwise ----------------------------------------------------------------------------- */

static enum outcome identity(struct simplifier *s, const struct jx_eqn *e)
{
    return replace(s, e, s->r.in[0]);
}

static enum outcome twice(struct simplifier *s, const struct jx_eqn *e) /* neg neg, not not */
{
    const struct jx_eqn *x = made_by(s, s->r.in[0], e->prim);
    return x ? replace(s, e, operand(s, x, 0)) : SAME;
}

static enum outcome add(struct simplifier *s, const struct jx_eqn *e)
{
    double zero = jx_is_float(result_type(s, e)->dtype) ? -0.0 : 0.0;
    for (int i = 0; i < 2; i++)
        if (is_number(s, s->r.in[i], zero))
            return replace(s, e, s->r.in[1 - i]);
    return SAME;
}

static enum outcome sub(struct simplifier *s, const struct jx_eqn *e)
{
    return is_number(s, s->r.in[1], 0.0) ? replace(s, e, s->r.in[0]) : SAME;
}

static enum outcome mul(struct simplifier *s, const struct jx_eqn *e)
{
    for (int i = 0; i < 2; i++)
        if (is_number(s, s->r.in[i], 1.0))
            return replace(s, e, s->r.in[1 - i]);
    return SAME;
}

/* x / 1 is x; x / 2^k is x * 2^-k, which rounds alike. */
static enum outcome divide(struct simplifier *s, const struct jx_eqn *e)
{
    jx_atom by = s->r.in[1];
    if (is_number(s, by, 1.0))
        return replace(s, e, s->r.in[0]);
    if (!jx_atom_is_literal(by) || !jx_is_float(aval(s, by)->dtype))
        return SAME;
    const struct jx_literal *l = &s->r.to->literals[by & ~JX_LITERAL_BIT];
    int exponent;
    if (fabs(frexp(l->value.f, &exponent)) != 0.5 || exponent < -100 || exponent > 100)
        return SAME;
    jx_atom in[2] = {s->r.in[0], 0};
    struct jx_aval type = l->aval;
    if (!jx_program_add_literal(s->r.to, &type, (union jx_scalar){.f = 1 / l->value.f}, &in[1]))
        return FAILED;
    return emit_result(s, e, &jx_mul_p, NULL, 2, in);
}

static enum outcome integer_pow(struct simplifier *s, const struct jx_eqn *e)
{
    const struct jx_integer_pow_params *p = params_of(e);
    return p->y == 1 ? replace(s, e, s->r.in[0]) : SAME;
}

static enum outcome select_n(struct simplifier *s, const struct jx_eqn *e)
{
    jx_atom which = s->r.in[0];
    bool same = true;
    for (uint32_t i = 2; i < e->n_in; i++)
        same = same && s->r.in[i] == s->r.in[1];
    if (same)
        return replace(s, e, s->r.in[1]);
    if (!jx_atom_is_literal(which))
        return SAME;
    int64_t i = s->r.to->literals[which & ~JX_LITERAL_BIT].value.i, last = (int64_t)e->n_in - 2;
    return replace(s, e, s->r.in[1 + (i < 0 ? 0 : i > last ? last : i)]);
}

/* Bits that hold every value exactly: of an integer without its sign, of a float's significand. */
static int digits(jaxc_dtype d)
{
    const struct jx_dtype_info *info = jx_dtype_info(d);
    switch (info->category) {
    case JX_CAT_BOOL: return 1;
    case JX_CAT_UNSIGNED: return (int)info->size * 8;
    case JX_CAT_SIGNED: return (int)info->size * 8 - 1;
    default:
        return d == JAXC_F64    ? 53
               : d == JAXC_F32  ? 24
               : d == JAXC_F16  ? 11
               : d == JAXC_BF16 ? 8
                                : 0;
    }
}

/* Does `to` have every value of `from`? */
static bool holds(jaxc_dtype to, jaxc_dtype from)
{
    enum jx_category a = jx_dtype_info(to)->category, b = jx_dtype_info(from)->category;
    if (to == from)
        return true;
    if (a == JX_CAT_BOOL || a == JX_CAT_COMPLEX || b == JX_CAT_COMPLEX)
        return false;
    if (b == JX_CAT_FLOAT) /* f16 and bf16 hold less than f32 in every way, f32 less than f64 */
        return a == JX_CAT_FLOAT && digits(to) > digits(from) && digits(to) >= 24;
    if (b == JX_CAT_SIGNED && a == JX_CAT_UNSIGNED)
        return false;
    return digits(to) >= digits(from);
}

static enum outcome convert(struct simplifier *s, const struct jx_eqn *e)
{
    const struct jx_aval *type = result_type(s, e);
    jx_atom x = s->r.in[0];
    if (jx_aval_same(aval(s, x), type))
        return replace(s, e, x);
    if (jx_atom_is_literal(x)) {
        union jx_scalar v = s->r.to->literals[x & ~JX_LITERAL_BIT].value;
        struct jx_aval literal = *type;
        v = jx_scalar_convert(v, aval(s, x)->dtype, type->dtype);
        return jx_program_add_literal(s->r.to, &literal, v, &s->result) ? REPLACED : FAILED;
    }
    const struct jx_eqn *inner = made_by(s, x, &jx_convert_element_type_p);
    if (!inner)
        return SAME;
    jx_atom from = operand(s, inner, 0);
    jaxc_dtype a = aval(s, from)->dtype, b = aval(s, x)->dtype, c = type->dtype;
    bool wraps = jx_is_integer(a) && jx_is_float(b) &&
                 !jx_is_float(c); /* a float saturates where an integer wraps */
    if (!holds(b, a) || (wraps && !holds(c, a)))
        return SAME;
    if (jx_aval_same(aval(s, from), type))
        return replace(s, e, from);
    return a == c ? SAME : emit_result(s, e, &jx_convert_element_type_p, e->params->data, 1, &from);
}

static bool is_elementwise(const struct jx_prim *prim)
{
    return prim->lower == jx_lower_scalar || prim == &jx_select_n_p || prim == &jx_integer_pow_p ||
           prim == &jx_convert_element_type_p;
}

/* A rank-0 operand stands beside others, so it need not be broadcast first. */
static bool unbroadcast(struct simplifier *s, const struct jx_eqn *e)
{
    bool changed = false;
    if (e->n_in < 2 || !is_elementwise(e->prim))
        return false;
    for (uint32_t i = 0; i < e->n_in; i++) {
        const struct jx_eqn *b = made_by(s, s->r.in[i], &jx_broadcast_in_dim_p);
        if (!b || aval(s, operand(s, b, 0))->rank != 0)
            continue;
        bool beside = false; /* does another operand have the shape? */
        for (uint32_t k = 0; k < e->n_in; k++)
            beside = beside || (k != i && aval(s, s->r.in[k])->rank > 0);
        if (!beside)
            continue;
        s->r.in[i] = operand(s, b, 0);
        changed = true;
    }
    return changed;
}

/* An operation on broadcasts of one kind is done before they are broadcast: f(broadcast x) is
 * broadcast(f(x)). */
static enum outcome under_broadcast(struct simplifier *s, const struct jx_eqn *e)
{
    const struct jx_eqn *first = NULL;
    const struct jx_aval *source = NULL, *type = result_type(s, e);
    if (!is_elementwise(e->prim))
        return SAME;
    for (uint32_t i = 0; i < e->n_in; i++) {
        const struct jx_eqn *b = made_by(s, s->r.in[i], &jx_broadcast_in_dim_p);
        if (aval(s, s->r.in[i])->rank == 0)
            continue;
        if (!b)
            return SAME;
        const struct jx_aval *x = aval(s, operand(s, b, 0));
        if (first &&
            (x->rank != source->rank || !jx_same_dims(x->rank, x->dims, source->dims) ||
             !jx_params_same(&jx_broadcast_in_dim_p, b->params->data, first->params->data)))
            return SAME;
        first = b;
        source = x;
    }
    if (!first || jx_count(source->rank, source->dims) >= jx_count(type->rank, type->dims))
        return SAME;
    for (uint32_t i = 0; i < e->n_in; i++) {
        const struct jx_eqn *b = made_by(s, s->r.in[i], &jx_broadcast_in_dim_p);
        if (b && aval(s, s->r.in[i])->rank > 0)
            s->r.in[i] = operand(s, b, 0);
    }
    struct jx_broadcast_in_dim_params to =
        *(const struct jx_broadcast_in_dim_params *)params_of(first);
    struct jx_aval small = jx_aval_make(type->dtype, source->rank, source->dims);
    small.weak = type->weak;
    if (emit(s, e, e->prim, e->params ? e->params->data : NULL, e->n_in, s->r.in, &small) == FAILED)
        return FAILED;
    return emit_result(s, e, &jx_broadcast_in_dim_p, &to, 1, (jx_atom[]){s->result});
}

/* ---- shapes ---------------------------------------------------------------------------------- */

/* Does this permutation put the rhs free axes of a product before the lhs ones, all in
 * their order? */
static bool swaps_sides(const struct jx_ints *permutation, int n_batch, int n_lhs)
{
    int n_free = permutation->n - n_batch;
    for (int k = 0; k < permutation->n; k++) {
        int from = k < n_batch ? k : n_batch + (k - n_batch + n_lhs) % n_free;
        if (permutation->at[k] != from)
            return false;
    }
    return true;
}

/* The transpose of a product that nothing else needs is the product of its operands the other way
 * round. */
static enum outcome transposed_product(struct simplifier *s, const struct jx_eqn *e,
                                       const struct jx_ints *permutation)
{
    jx_atom old = s->r.from->atoms[e->first_in];
    const struct jx_eqn *dot = made_by(s, s->r.in[0], &jx_dot_general_p);
    if (!dot || s->uses[old] > 1)
        return SAME;
    struct jx_dot_general_params p = *(const struct jx_dot_general_params *)params_of(dot);
    struct jx_dims d = p.dimension_numbers;
    jx_atom in[2] = {operand(s, dot, 1), operand(s, dot, 0)};
    if (!swaps_sides(permutation, d.lhs_batch.n,
                     aval(s, in[1])->rank - d.lhs_batch.n - d.lhs_contract.n))
        return SAME;
    p.dimension_numbers =
        (struct jx_dims){d.rhs_contract, d.lhs_contract, d.rhs_batch, d.lhs_batch};
    return emit_result(s, e, &jx_dot_general_p, &p, 2, in);
}

static enum outcome transpose(struct simplifier *s, const struct jx_eqn *e)
{
    struct jx_transpose_params p = *(const struct jx_transpose_params *)params_of(e);
    jx_atom x = s->r.in[0];
    const struct jx_eqn *inner = made_by(s, x, &jx_transpose_p);
    if (inner) { /* result axis k is axis p[k] of the inner one, which is axis q[p[k]] of its
                    operand */
        const struct jx_transpose_params *q = params_of(inner);
        for (int k = 0; k < p.permutation.n; k++)
            p.permutation.at[k] = q->permutation.at[p.permutation.at[k]];
        x = operand(s, inner, 0);
    }
    bool still = true;
    for (int k = 0; k < p.permutation.n; k++)
        still = still && p.permutation.at[k] == k;
    if (still)
        return replace(s, e, x);
    const struct jx_eqn *b = made_by(s, x, &jx_broadcast_in_dim_p);
    if (b && aval(s, operand(s, b, 0))->rank == 0) {
        struct jx_broadcast_in_dim_params to = {.shape.n = result_type(s, e)->rank};
        memcpy(to.shape.at, result_type(s, e)->dims, sizeof to.shape.at);
        x = operand(s, b, 0);
        return emit_result(s, e, &jx_broadcast_in_dim_p, &to, 1, &x);
    }
    return inner ? emit_result(s, e, &jx_transpose_p, &p, 1, &x)
                 : transposed_product(s, e, &p.permutation);
}

static enum outcome reshape(struct simplifier *s, const struct jx_eqn *e)
{
    jx_atom x = s->r.in[0];
    const struct jx_eqn *inner = made_by(s, x, &jx_reshape_p);
    if (inner)
        x = operand(s, inner, 0);
    if (jx_aval_same(aval(s, x), result_type(s, e)))
        return replace(s, e, x);
    const struct jx_eqn *b = made_by(s, x, &jx_broadcast_in_dim_p);
    if (b && aval(s, operand(s, b, 0))->rank == 0) {
        struct jx_broadcast_in_dim_params to = {.shape.n = result_type(s, e)->rank};
        memcpy(to.shape.at, result_type(s, e)->dims, sizeof to.shape.at);
        x = operand(s, b, 0);
        if (to.shape.n == 0)
            return replace(s, e, x);
        return emit_result(s, e, &jx_broadcast_in_dim_p, &to, 1, &x);
    }
    return inner ? emit_result(s, e, &jx_reshape_p, e->params->data, 1, &x) : SAME;
}

static enum outcome squeeze(struct simplifier *s, const struct jx_eqn *e) /* a reshape */
{
    const struct jx_aval *type = result_type(s, e);
    struct jx_reshape_params to = {.new_sizes.n = type->rank};
    memcpy(to.new_sizes.at, type->dims, sizeof to.new_sizes.at);
    jx_atom x = s->r.in[0];
    return emit_result(s, e, &jx_reshape_p, &to, 1, &x);
}

static enum outcome broadcast(struct simplifier *s, const struct jx_eqn *e)
{
    struct jx_broadcast_in_dim_params p = *(const struct jx_broadcast_in_dim_params *)params_of(e);
    jx_atom x = s->r.in[0];
    if (jx_aval_same(aval(s, x), result_type(s, e)))
        return replace(s, e, x);
    const struct jx_eqn *inner = made_by(s, x, &jx_broadcast_in_dim_p);
    if (!inner)
        return SAME;
    struct jx_ints map =
        ((const struct jx_broadcast_in_dim_params *)params_of(inner))->broadcast_dimensions;
    for (int j = 0; j < map.n; j++)
        map.at[j] = p.broadcast_dimensions.at[map.at[j]];
    p.broadcast_dimensions = map;
    x = operand(s, inner, 0);
    return emit_result(s, e, &jx_broadcast_in_dim_p, &p, 1, &x);
}

static enum outcome slice(struct simplifier *s, const struct jx_eqn *e) /* all of it */
{
    const struct jx_slice_params *p = params_of(e);
    for (int j = 0; j < p->strides.n; j++)
        if (p->strides.at[j] != 1)
            return SAME;
    return replace(s, e, s->r.in[0]);
}

static enum outcome pad(struct simplifier *s, const struct jx_eqn *e) /* by nothing */
{
    const struct jx_padding *p = &((const struct jx_pad_params *)params_of(e))->padding_config;
    for (int j = 0; j < p->n; j++)
        if (p->low[j] != 0 || p->high[j] != 0 ||
            (p->interior[j] != 0 && aval(s, s->r.in[0])->dims[j] > 1))
            return SAME;
    return replace(s, e, s->r.in[0]);
}

static enum outcome concatenate(struct simplifier *s, const struct jx_eqn *e)
{
    return e->n_in == 1 ? replace(s, e, s->r.in[0]) : SAME;
}

/* ---- reductions ------------------------------------------------------------------------------ */

/* The reduction of a broadcast over axes that the broadcast made, before it is joined: x, broadcast
 * to the result. */
static enum outcome without_made_axes(struct simplifier *s, const struct jx_eqn *e, int64_t *count)
{
    const struct jx_reduce_params *p = params_of(e);
    const struct jx_eqn *b = made_by(s, s->r.in[0], &jx_broadcast_in_dim_p);
    *count = 1;
    if (!b)
        return SAME;
    struct jx_broadcast_in_dim_params to = *(const struct jx_broadcast_in_dim_params *)params_of(b);
    const struct jx_aval *full = aval(s, s->r.in[0]), *type = result_type(s, e);
    int lower[JAXC_MAX_RANK] = {0}; /* reduced axes before each axis */
    for (int i = 0; i < p->axes.n; i++) {
        for (int j = 0; j < to.broadcast_dimensions.n; j++)
            if (to.broadcast_dimensions.at[j] == p->axes.at[i])
                return SAME;
        *count *= full->dims[p->axes.at[i]];
        for (int k = (int)p->axes.at[i] + 1; k < full->rank; k++)
            lower[k]++;
    }
    if (*count == 0)
        return SAME;
    for (int j = 0; j < to.broadcast_dimensions.n; j++)
        to.broadcast_dimensions.at[j] -= lower[to.broadcast_dimensions.at[j]];
    to.shape.n = type->rank;
    memcpy(to.shape.at, type->dims, sizeof to.shape.at);
    jx_atom x = operand(s, b, 0);
    if (jx_aval_same(aval(s, x), type))
        return replace(s, e, x);
    return emit_result(s, e, &jx_broadcast_in_dim_p, &to, 1, &x);
}

/* Over axes of size 1: a reshape. */
static enum outcome over_ones(struct simplifier *s, const struct jx_eqn *e)
{
    const struct jx_reduce_params *p = params_of(e);
    for (int i = 0; i < p->axes.n; i++)
        if (aval(s, s->r.in[0])->dims[p->axes.at[i]] != 1)
            return SAME;
    return squeeze(s, e);
}

/* Of those that repeating an element does not change. */
static enum outcome reduce_repeated(struct simplifier *s, const struct jx_eqn *e)
{
    int64_t count;
    enum outcome done = over_ones(s, e);
    return done != SAME ? done : without_made_axes(s, e, &count);
}

static enum outcome reduce_sum(struct simplifier *s, const struct jx_eqn *e)
{
    int64_t count;
    jaxc_dtype dtype = result_type(s, e)->dtype;
    enum outcome done = over_ones(s, e);
    if (done == SAME)
        done = without_made_axes(s, e, &count);
    else
        return done;
    if (done != REPLACED || count == 1)
        return done;
    union jx_scalar n = jx_scalar_convert((union jx_scalar){.i = count}, JAXC_I64, dtype);
    struct jx_aval type = jx_aval_make(dtype, 0, NULL);
    type.weak = result_type(s, e)->weak;
    jx_atom in[2] = {s->result, 0};
    if (!jx_program_add_literal(s->r.to, &type, n, &in[1]))
        return FAILED;
    return emit_result(s, e, &jx_mul_p, NULL, 2, in);
}

/* ---- products -------------------------------------------------------------------------------- */

/* Reads an operand under its transpose, if its free axes keep their order. */
static bool under_transpose(const struct simplifier *s, jx_atom *x, struct jx_ints *contract,
                            struct jx_ints *batch)
{
    const struct jx_eqn *t = made_by(s, *x, &jx_transpose_p);
    if (!t)
        return false;
    struct jx_ints permutation = ((const struct jx_transpose_params *)params_of(t))->permutation;
    uint32_t bound = 0;
    for (int i = 0; i < contract->n; i++)
        bound |= 1u << contract->at[i];
    for (int i = 0; i < batch->n; i++)
        bound |= 1u << batch->at[i];
    int64_t last = -1;
    for (int k = 0; k < permutation.n; k++) {
        if (bound >> k & 1)
            continue;
        if (permutation.at[k] < last)
            return false;
        last = permutation.at[k];
    }
    for (int i = 0; i < contract->n; i++)
        contract->at[i] = permutation.at[contract->at[i]];
    for (int i = 0; i < batch->n; i++)
        batch->at[i] = permutation.at[batch->at[i]];
    *x = operand(s, t, 0);
    return true;
}

static enum outcome dot_general(struct simplifier *s, const struct jx_eqn *e)
{
    struct jx_dot_general_params p = *(const struct jx_dot_general_params *)params_of(e);
    struct jx_dims *d = &p.dimension_numbers;
    jx_atom in[2] = {s->r.in[0], s->r.in[1]};
    bool lhs = under_transpose(s, &in[0], &d->lhs_contract, &d->lhs_batch);
    bool rhs = under_transpose(s, &in[1], &d->rhs_contract, &d->rhs_batch);
    return lhs || rhs ? emit_result(s, e, &jx_dot_general_p, &p, 2, in) : SAME;
}

/* ---- the pass -------------------------------------------------------------------------------- */

static const struct {
    const struct jx_prim *prim;
    enum outcome (*rule)(struct simplifier *s, const struct jx_eqn *e);
} rules[] = {
    {&jx_stop_gradient_p, identity},
    {&jx_neg_p, twice},
    {&jx_not_p, twice},
    {&jx_add_p, add},
    {&jx_sub_p, sub},
    {&jx_mul_p, mul},
    {&jx_div_p, divide},
    {&jx_integer_pow_p, integer_pow},
    {&jx_select_n_p, select_n},
    {&jx_convert_element_type_p, convert},
    {&jx_transpose_p, transpose},
    {&jx_reshape_p, reshape},
    {&jx_squeeze_p, squeeze},
    {&jx_broadcast_in_dim_p, broadcast},
    {&jx_slice_p, slice},
    {&jx_pad_p, pad},
    {&jx_concatenate_p, concatenate},
    {&jx_reduce_sum_p, reduce_sum},
    {&jx_reduce_max_p, reduce_repeated},
    {&jx_reduce_min_p, reduce_repeated},
    {&jx_reduce_and_p, reduce_repeated},
    {&jx_reduce_or_p, reduce_repeated},
    {&jx_reduce_prod_p, over_ones},
    {&jx_reduce_xor_p, over_ones},
    {&jx_dot_general_p, dot_general},
};

static bool visit(struct simplifier *s, const struct jx_eqn *e, bool *changed)
{
    enum outcome done;
    if (!jx_rewrite_operands(&s->r, e))
        return false;
    *changed = unbroadcast(s, e) || *changed;
    done = fold(s, e);
    if (done == SAME)
        done = under_broadcast(s, e);
    for (size_t i = 0; done == SAME && i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].prim == e->prim) {
            done = rules[i].rule(s, e);
            break;
        }
    if (done == REPLACED) {
        s->r.at[e->first_out] = s->result;
        *changed = true;
        return true;
    }
    return done == SAME && jx_rewrite_eqn(&s->r, e) && note_defs(s, s->r.to->n_eqns - 1);
}

static bool count_uses(struct simplifier *s, const struct jx_program *p)
{
    s->uses = jx_alloc((size_t)p->n_vars + 1, sizeof *s->uses);
    for (uint32_t a = 0; s->uses && a < p->n_atoms; a++)
        if (!jx_atom_is_literal(p->atoms[a]))
            s->uses[p->atoms[a]]++;
    for (uint32_t k = 0; s->uses && k < p->n_out; k++)
        if (!jx_atom_is_literal(p->outs[k]))
            s->uses[p->outs[k]]++;
    return s->uses != NULL;
}

struct jx_program *jx_simplify(struct jx_program *p)
{
    struct simplifier s = {.def = NULL};
    bool changed = false, ok = jx_rewrite_init(&s.r, p) && count_uses(&s, p);
    ok = ok && jx_grow(&s.def, &s.def_capacity, (size_t)p->n_consts + p->n_in + 1, sizeof *s.def);
    for (uint32_t i = 0; ok && i < p->n_eqns; i++)
        ok = visit(&s, &p->eqns[i], &changed);
    jx_free(s.def);
    jx_free(s.uses);
    if (ok && !changed) {
        jx_rewrite_fini(&s.r);
        return jx_program_ref(p);
    }
    return jx_rewrite_end(&s.r, ok);
}
