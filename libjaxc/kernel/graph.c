/*
 * graph.c - building and printing the array graph.
 *
 * Invariant: a node's operands have smaller numbers; views are in their simplest form (no guard
 * that always holds, no coefficient on an axis of size 1, no identity); what has no elements is
 * read by nobody who has, and reductions and products are over at least two points. No builder is
 * given a wrong shape by a rule that passed its type rule, so a mismatch is our own fault.
 */
#include "kernel/graph.h"

#include <assert.h>
#include <limits.h>

void jx_graph_fini(struct jx_graph *g)
{
    for (size_t i = 0; i < g->n; i++) {
        jx_free(g->nodes[i].more);
        jx_free(g->nodes[i].view);
        jx_free(g->nodes[i].gdims);
        jx_free(g->nodes[i].flat);
    }
    jx_free(g->nodes);
    jx_free(g->outs);
    *g = (struct jx_graph){0};
}

/* A new node of that type, operands unset; -1 with the error set on failure. */
static int add(struct jx_graph *g, enum jx_gkind kind, jaxc_dtype dtype, int rank,
               const int64_t *dims)
{
    int64_t count;
    if (!jx_n_elements(rank, dims, &count))
        return -1;
    if (g->n >= INT_MAX) {
        jx_fail(JAXC_ELIMIT, "a program of more than %d operations", INT_MAX);
        return -1;
    }
    if (!jx_grow(&g->nodes, &g->capacity, g->n + 1, sizeof *g->nodes))
        return -1;
    struct jx_gnode *n = &g->nodes[g->n];
    *n = (struct jx_gnode){.kind = (uint8_t)kind,
                           .dtype = (uint8_t)dtype,
                           .rank = (uint8_t)rank,
                           .loc = g->loc,
                           .name = g->name};
    for (int i = 0; i < rank; i++)
        n->dims[i] = dims[i];
    return (int)g->n++;
}

/* Takes back the newest node, whose parts could not be allocated. */
static int undo(struct jx_graph *g)
{
    g->n--;
    return -1;
}

static bool known(const struct jx_graph *g, int n, const int *args)
{
    for (int i = 0; i < n; i++) {
        if (args[i] < 0)
            return false; /* its own builder failed and said why */
        assert((size_t)args[i] < g->n);
    }
    (void)g;
    return true;
}

int jx_g_input(struct jx_graph *g, jaxc_dtype dtype, int rank, const int64_t *dims)
{
    int n = add(g, JX_G_INPUT, dtype, rank, dims);
    if (n >= 0)
        g->nodes[n].input = g->n_inputs++;
    return n;
}

int jx_g_const(struct jx_graph *g, jaxc_dtype dtype, int rank, const int64_t *dims,
               union jx_scalar value)
{
    int n = add(g, JX_G_CONST, dtype, rank, dims);
    if (n >= 0)
        g->nodes[n].imm = value;
    return n;
}

int jx_g_index(struct jx_graph *g, jaxc_dtype dtype, int rank, const int64_t *dims, int axis)
{
    assert(axis >= 0 && axis < rank);
    int n = add(g, JX_G_INDEX, dtype, rank, dims);
    if (n >= 0)
        g->nodes[n].axis = (uint8_t)axis;
    return n;
}

int jx_g_scalar(struct jx_graph *g, enum jx_scalar_op op, jaxc_dtype dtype, int n_args,
                const int *args)
{
    assert(op > JX_S_none && op < JX_N_SCALAR_OPS && n_args == jx_scalar_op_info[op].arity);
    if (!known(g, n_args, args))
        return -1;
    const struct jx_gnode *shape = &g->nodes[args[0]];
    for (int i = 1; i < n_args; i++)
        if (shape->rank == 0)
            shape = &g->nodes[args[i]];
    int64_t dims[JAXC_MAX_RANK];
    int rank = shape->rank;
    memcpy(dims, shape->dims, sizeof dims);
    for (int i = 0; i < n_args; i++) {
        const struct jx_gnode *arg = &g->nodes[args[i]];
        if (arg->rank != 0 && (arg->rank != rank || !jx_same_dims(rank, arg->dims, dims))) {
            jx_fail(JAXC_EINTERNAL, "internal: operands of different shapes in the graph of %s",
                    g->name ? g->name : jx_scalar_op_info[op].name);
            return -1;
        }
    }
    int n = add(g, JX_G_SCALAR, dtype, rank, dims);
    if (n < 0)
        return -1;
    g->nodes[n].op = (uint8_t)op;
    g->nodes[n].n_args = n_args;
    for (int i = 0; i < n_args; i++)
        g->nodes[n].args[i] = args[i];
    return n;
}

/* ---- narrow dtypes --------------------------------------------------------------------------- */

jaxc_dtype jx_wide_dtype(jaxc_dtype dtype, enum jx_sign sign)
{
    switch (dtype) {
    case JAXC_F16:
    case JAXC_BF16: return JAXC_F32;
    case JAXC_I8:
    case JAXC_I16: return sign == JX_AS_UNSIGNED ? JAXC_U32 : JAXC_I32;
    case JAXC_U16: return sign == JX_AS_SIGNED ? JAXC_I32 : JAXC_U32;
    default: return dtype;
    }
}

static bool is_narrow(jaxc_dtype dtype) { return jx_wide_dtype(dtype, JX_OWN_SIGN) != dtype; }

/* One conversion that the vocabulary has. */
static int convert(struct jx_graph *g, jaxc_dtype dtype, int arg)
{
    if (arg < 0 || (jaxc_dtype)g->nodes[arg].dtype == dtype)
        return arg;
    struct jx_gnode n = g->nodes[arg];
    if (n.kind == JX_G_CONST)
        return jx_g_const(g, dtype, n.rank, n.dims,
                          jx_scalar_convert(n.imm, (jaxc_dtype)n.dtype, dtype));
    return jx_g_scalar(g, JX_S_convert, dtype, 1, &arg);
}

int jx_g_widen(struct jx_graph *g, int arg, enum jx_sign sign)
{
    if (arg < 0)
        return arg;
    jaxc_dtype dtype = (jaxc_dtype)g->nodes[arg].dtype, wide = jx_wide_dtype(dtype, sign);
    if (g->nodes[arg].soft)
        return g->nodes[arg].args[0];
    if (dtype == JAXC_U16 && wide == JAXC_I32)
        arg = jx_g_scalar(g, JX_S_bitcast, JAXC_I16, 1, &arg);
    else if (dtype == JAXC_I16 && wide == JAXC_U32)
        arg = jx_g_scalar(g, JX_S_bitcast, JAXC_U16, 1, &arg);
    else if (dtype == JAXC_I8 && wide == JAXC_U32)
        arg = jx_g_scalar(g, JX_S_bitcast, JAXC_U8, 1, &arg);
    return convert(g, wide, arg);
}

int jx_g_narrow(struct jx_graph *g, jaxc_dtype dtype, int arg)
{
    if (arg < 0)
        return arg;
    if (dtype == JAXC_I8 || dtype == JAXC_I16)
        arg = convert(g, JAXC_I32, arg);
    else if (dtype == JAXC_U16)
        arg = convert(g, JAXC_U32, arg);
    int n = convert(g, dtype, arg);
    if (n >= 0 && n != arg && g->nodes[n].kind == JX_G_SCALAR && g->nodes[arg].dtype == JAXC_F32)
        g->nodes[n].soft = true;
    return n;
}

/* x between the numbers of a narrow integer dtype; NaN stays. */
static int clamped(struct jx_graph *g, jaxc_dtype to, int x)
{
    jaxc_dtype dtype = (jaxc_dtype)g->nodes[x].dtype;
    union jx_scalar low = jx_combine_identity(JX_COMBINE_MAX, to),
                    high = jx_combine_identity(JX_COMBINE_MIN, to);
    int bounds[2] = {jx_g_const(g, dtype, 0, NULL, jx_scalar_convert(low, to, dtype)),
                     jx_g_const(g, dtype, 0, NULL, jx_scalar_convert(high, to, dtype))};
    if (bounds[0] < 0 || bounds[1] < 0)
        return -1;
    x = jx_g_scalar(g, JX_S_max, dtype, 2, (const int[]){x, bounds[0]});
    return x < 0 ? -1 : jx_g_scalar(g, JX_S_min, dtype, 2, (const int[]){x, bounds[1]});
}

int jx_g_convert(struct jx_graph *g, jaxc_dtype dtype, int arg)
{
    if (arg < 0 || (jaxc_dtype)g->nodes[arg].dtype == dtype)
        return arg;
    jaxc_dtype from = (jaxc_dtype)g->nodes[arg].dtype;
    if (is_narrow(from)) /* not jx_g_widen: what was rounded stays so */
        arg = convert(g, jx_wide_dtype(from, JX_OWN_SIGN), arg);
    if (arg < 0 || !is_narrow(dtype))
        return convert(g, dtype, arg);
    from = (jaxc_dtype)g->nodes[arg].dtype;
    if (jx_is_float(dtype)) {
        arg = jx_is_float(from) ? arg : convert(g, JAXC_F64, arg);
    } else {
        if (jx_is_float(from))
            arg = clamped(g, dtype, arg);
        arg = convert(g, jx_wide_dtype(dtype, JX_OWN_SIGN), arg);
    }
    return convert(g, dtype, arg);
}

/* Views of what memory rounds are views of what it was, rounded. */
static int under_soft(const struct jx_graph *g, int arg)
{
    return g->nodes[arg].soft ? g->nodes[arg].args[0] : arg;
}

__extension__ typedef __int128 wide; /* holds the ends of an affine form of 64-bit numbers */

/* The simplest form of one axis of a view: see the file's head. */
static bool simplify_axis(struct jx_gaxis *a, int64_t size, int rank, const int64_t *dims)
{
    assert(a->step >= 1);
    wide low = a->offset, high = a->offset, limit = (wide)size * a->step;
    bool empty = false, multiples = a->offset % a->step == 0;
    for (int k = 0; k < JAXC_MAX_RANK; k++) {
        if (k >= rank || dims[k] == 1)
            a->coef[k] = 0;
        if (a->coef[k] == 0)
            continue;
        empty = empty || dims[k] == 0;
        multiples = multiples && a->coef[k] % a->step == 0;
        *(a->coef[k] > 0 ? &high : &low) += (wide)a->coef[k] * (dims[k] - 1);
    }
    bool inside = empty || (low >= 0 && high < limit);
    if (!inside && !a->guarded)
        return jx_fail(JAXC_EINTERNAL, "internal: a view reads outside its operand");
    a->guarded = !inside || !multiples;
    if (!a->guarded && a->step > 1) {
        a->offset /= a->step;
        for (int k = 0; k < rank; k++)
            a->coef[k] /= a->step;
        a->step = 1;
    }
    return true;
}

int jx_g_view(struct jx_graph *g, int arg, int rank, const int64_t *dims,
              const struct jx_gview *view)
{
    if (!known(g, 1, &arg))
        return -1;
    if (g->nodes[arg].soft)
        return jx_g_narrow(g, (jaxc_dtype)g->nodes[arg].dtype,
                           jx_g_view(g, under_soft(g, arg), rank, dims, view));
    const struct jx_gnode *x = &g->nodes[arg];
    struct jx_gview simple = *view;
    bool identity = rank == x->rank && jx_same_dims(rank, dims, x->dims);
    for (int j = 0; j < x->rank; j++) {
        struct jx_gaxis *a = &simple.axis[j];
        if (!simplify_axis(a, x->dims[j], rank, dims))
            return -1;
        identity = identity && !a->guarded && a->offset == 0;
        for (int k = 0; identity && k < rank; k++)
            identity = a->coef[k] == (k == j && dims[k] > 1);
    }
    if (identity)
        return arg;
    if (jx_count(x->rank, x->dims) == 0)
        return jx_g_const(g, x->dtype, rank, dims, view->fill);
    for (int j = x->rank; j < JAXC_MAX_RANK; j++)
        simple.axis[j] = (struct jx_gaxis){.step = 1};
    int n = add(g, JX_G_VIEW, x->dtype, rank, dims);
    if (n < 0)
        return -1;
    struct jx_gnode *node = &g->nodes[n];
    node->view = jx_alloc(1, sizeof simple);
    if (!node->view)
        return undo(g);
    *node->view = simple;
    node->n_args = 1;
    node->args[0] = arg;
    return n;
}

int jx_g_reshape(struct jx_graph *g, int arg, int rank, const int64_t *dims)
{
    if (!known(g, 1, &arg))
        return -1;
    if (g->nodes[arg].soft)
        return jx_g_narrow(g, (jaxc_dtype)g->nodes[arg].dtype,
                           jx_g_reshape(g, under_soft(g, arg), rank, dims));
    while (g->nodes[arg].kind == JX_G_RESHAPE) /* at most once: reshapes of reshapes are not made */
        arg = g->nodes[arg].args[0];
    const struct jx_gnode *x = &g->nodes[arg];
    if (rank == x->rank && jx_same_dims(rank, dims, x->dims))
        return arg;
    int64_t count;
    if (!jx_n_elements(rank, dims, &count))
        return -1;
    if (count != jx_count(x->rank, x->dims)) {
        jx_fail(JAXC_EINTERNAL, "internal: a reshape changes the number of elements");
        return -1;
    }
    int n = add(g, JX_G_RESHAPE, g->nodes[arg].dtype, rank, dims);
    if (n < 0)
        return -1;
    g->nodes[n].n_args = 1;
    g->nodes[n].args[0] = arg;
    return n;
}

int jx_g_reduce(struct jx_graph *g, enum jx_combine combine, jaxc_dtype dtype, int arg, int index,
                uint32_t axes)
{
    bool by_index = combine == JX_COMBINE_ARGMAX || combine == JX_COMBINE_ARGMIN;
    int args[2] = {arg, index};
    if (!known(g, by_index ? 2 : 1, args))
        return -1;
    const struct jx_gnode *x = &g->nodes[arg];
    assert(axes < (1u << x->rank));
    int64_t dims[JAXC_MAX_RANK], reduced = 1;
    int rank = 0;
    for (int j = 0; j < x->rank; j++) {
        if (!(axes >> j & 1))
            dims[rank++] = x->dims[j];
        else if (x->dims[j] != 1)
            reduced = x->dims[j] == 0 || reduced == 0 ? 0 : 2; /* 2: more than one */
    }
    if (reduced == 1)
        return jx_g_reshape(g, by_index ? index : arg, rank, dims);
    if (reduced == 0)
        return jx_g_const(g, dtype, rank, dims, jx_combine_identity(combine, dtype));
    int n = add(g, JX_G_REDUCE, dtype, rank, dims);
    if (n < 0)
        return -1;
    struct jx_gnode *node = &g->nodes[n];
    node->op = (uint8_t)combine;
    node->axes = axes;
    node->n_args = by_index ? 2 : 1;
    node->args[0] = arg;
    node->args[1] = by_index ? index : -1;
    return n;
}

/* Which result axis each operand axis becomes: batch, lhs free, rhs free; -1: contracted. */
static int dot_axes(const struct jx_gnode *const *x, const struct jx_gdims *d,
                    int axis[2][JAXC_MAX_RANK], int64_t *dims)
{
    const int *contract[2] = {d->lhs_contract, d->rhs_contract},
              *batch[2] = {d->lhs_batch, d->rhs_batch};
    int rank = d->n_batch;
    for (int s = 0; s < 2; s++) {
        for (int j = 0; j < x[s]->rank; j++) {
            bool contracted = false;
            axis[s][j] = -1;
            for (int i = 0; i < d->n_contract; i++)
                contracted = contracted || contract[s][i] == j;
            for (int i = 0; i < d->n_batch; i++)
                if (batch[s][i] == j)
                    axis[s][j] = i;
            if (!contracted && axis[s][j] < 0)
                axis[s][j] = rank++;
            if (axis[s][j] >= 0 && axis[s][j] < 2 * JAXC_MAX_RANK)
                dims[axis[s][j]] = x[s]->dims[j];
        }
    }
    return rank;
}

/* A product of one term: no sum. */
static int outer_product(struct jx_graph *g, jaxc_dtype dtype, const int *operands,
                         int axis[2][JAXC_MAX_RANK], int rank, const int64_t *dims)
{
    int args[2] = {-1, -1};
    for (int s = 0; s < 2; s++) {
        const struct jx_gnode *x = &g->nodes[operands[s]];
        struct jx_gview view = {.fill = {0}};
        for (int j = 0; j < x->rank; j++) {
            view.axis[j].step = 1;
            if (axis[s][j] >= 0)
                view.axis[j].coef[axis[s][j]] = 1;
        }
        bool convert = x->dtype != dtype;
        args[s] = jx_g_view(g, operands[s], rank, dims, &view);
        if (convert)
            args[s] = jx_g_scalar(g, JX_S_convert, dtype, 1, &args[s]);
    }
    return jx_g_scalar(g, JX_S_mul, dtype, 2, args);
}

int jx_g_dot(struct jx_graph *g, jaxc_dtype dtype, int lhs, int rhs, const struct jx_gdims *d)
{
    int args[2] = {lhs, rhs}, axis[2][JAXC_MAX_RANK];
    if (!known(g, 2, args))
        return -1;
    const struct jx_gnode *x[2] = {&g->nodes[lhs], &g->nodes[rhs]};
    int64_t dims[2 * JAXC_MAX_RANK] = {0};
    int terms = 1; /* 0, 1, or 2: more */
    for (int i = 0; i < d->n_contract; i++) {
        int64_t size = x[0]->dims[d->lhs_contract[i]];
        assert(size == x[1]->dims[d->rhs_contract[i]]);
        if (size != 1)
            terms = size == 0 || terms == 0 ? 0 : 2;
    }
    int rank = dot_axes(x, d, axis, dims);
    if (terms == 0)
        return jx_g_const(g, dtype, rank, dims, (union jx_scalar){0});
    if (terms == 1 && rank <= JAXC_MAX_RANK)
        return outer_product(g, dtype, args, axis, rank, dims);
    int n = add(g, JX_G_DOT, dtype, rank, dims);
    if (n < 0)
        return -1;
    struct jx_gnode *node = &g->nodes[n];
    node->gdims = jx_alloc(1, sizeof *d);
    if (!node->gdims)
        return undo(g);
    *node->gdims = *d;
    node->n_args = 2;
    node->args[0] = lhs;
    node->args[1] = rhs;
    return n;
}

int jx_g_concat(struct jx_graph *g, int axis, int n_args, const int *args)
{
    assert(n_args >= 1);
    if (!known(g, n_args, args))
        return -1;
    const struct jx_gnode *x = &g->nodes[args[0]];
    int64_t dims[JAXC_MAX_RANK];
    int rank = x->rank, dtype = x->dtype;
    assert(axis >= 0 && axis < rank);
    memcpy(dims, x->dims, sizeof dims);
    dims[axis] = 0;
    for (int i = 0; i < n_args; i++) {
        const struct jx_gnode *arg = &g->nodes[args[i]];
        assert(arg->rank == rank && arg->dtype == dtype);
        if (__builtin_add_overflow(dims[axis], arg->dims[axis], &dims[axis])) {
            jx_fail(JAXC_ELIMIT, "a concatenation of more than 2^63 - 1 elements");
            return -1;
        }
    }
    if (jx_count(rank, dims) == 0)
        return jx_g_const(g, dtype, rank, dims, (union jx_scalar){0});
    int n_parts = 0, only = args[0];
    for (int i = 0; i < n_args; i++)
        if (g->nodes[args[i]].dims[axis] > 0)
            n_parts++, only = args[i];
    if (n_parts == 1)
        return only;
    int n = add(g, JX_G_CONCAT, dtype, rank, dims);
    if (n < 0)
        return -1;
    struct jx_gnode *node = &g->nodes[n];
    int *parts = node->args;
    if (n_parts > 4) {
        parts = node->more = jx_alloc((size_t)n_parts, sizeof *parts);
        if (!parts)
            return undo(g);
    }
    for (int i = 0; i < n_args; i++)
        if (g->nodes[args[i]].dims[axis] > 0)
            parts[node->n_args++] = args[i];
    node->axis = (uint8_t)axis;
    return n;
}

/* ---- routines, and loads at computed places -------------------------------------------------- */

static bool set_flat(struct jx_gnode *n, const struct jx_gflat *flat, int rank, const int64_t *dims)
{
    n->flat = jx_alloc(1, sizeof *flat);
    if (!n->flat)
        return false;
    n->flat->offset = flat->offset;
    for (int k = 0; k < rank; k++)
        n->flat->coef[k] = dims[k] > 1 ? flat->coef[k] : 0;
    return true;
}

/* Is an address or a validity (-1: none) of this dtype, and of these dims or rank 0? */
static bool stands_beside(const struct jx_graph *g, int arg, jaxc_dtype dtype, int rank,
                          const int64_t *dims)
{
    const struct jx_gnode *n = arg < 0 ? NULL : &g->nodes[arg];
    return !n ||
           ((jaxc_dtype)n->dtype == dtype &&
            (n->rank == 0 || (n->rank == rank && jx_same_dims(rank, n->dims, dims)))) ||
           jx_fail(JAXC_EINTERNAL, "internal: addresses of another type in the graph of %s",
                   g->name ? g->name : "a take");
}

/* The operand that has the same elements in the same order. */
static int under_reshape(const struct jx_graph *g, int arg)
{
    return g->nodes[arg].kind == JX_G_RESHAPE ? g->nodes[arg].args[0] : arg;
}

int jx_g_take(struct jx_graph *g, int arg, int address, int valid, int rank, const int64_t *dims,
              const struct jx_gflat *flat, union jx_scalar fill)
{
    int args[3] = {arg, address, valid};
    if (!known(g, valid < 0 ? 2 : 3, args))
        return -1;
    const struct jx_gnode *x = &g->nodes[arg];
    jaxc_dtype dtype = (jaxc_dtype)x->dtype;
    if (!stands_beside(g, address, JAXC_I64, rank, dims) ||
        !stands_beside(g, valid, JAXC_BOOL, rank, dims))
        return -1;
    if (x->kind == JX_G_CONST && valid < 0)
        return jx_g_const(g, dtype, rank, dims, x->imm);
    if (jx_count(x->rank, x->dims) == 0)
        return jx_g_const(g, dtype, rank, dims, fill);
    args[0] = under_reshape(g, arg);
    int n = add(g, JX_G_TAKE, dtype, rank, dims);
    if (n < 0)
        return -1;
    struct jx_gnode *node = &g->nodes[n];
    if (!set_flat(node, flat, rank, dims))
        return undo(g);
    node->imm = fill;
    node->n_args = valid < 0 ? 2 : 3;
    memcpy(node->args, args, sizeof args);
    return n;
}

int jx_g_scatter(struct jx_graph *g, int arg, int updates, int address, int valid,
                 enum jx_scalar_op op, const struct jx_gflat *flat)
{
    const int args[4] = {arg, updates, address, valid};
    if (!known(g, valid < 0 ? 3 : 4, args))
        return -1;
    const struct jx_gnode x = g->nodes[arg], *u = &g->nodes[updates];
    assert(x.dtype == u->dtype);
    if (!stands_beside(g, address, JAXC_I64, u->rank, u->dims) ||
        !stands_beside(g, valid, JAXC_BOOL, u->rank, u->dims))
        return -1;
    if (jx_count(x.rank, x.dims) == 0 || jx_count(u->rank, u->dims) == 0)
        return arg;
    int n = add(g, JX_G_SCATTER, (jaxc_dtype)x.dtype, x.rank, x.dims);
    if (n < 0)
        return -1;
    struct jx_gnode *node = &g->nodes[n];
    if (!set_flat(node, flat, g->nodes[updates].rank, g->nodes[updates].dims))
        return undo(g);
    node->op = (uint8_t)op;
    node->n_args = valid < 0 ? 3 : 4;
    memcpy(node->args, args, sizeof args);
    return n;
}

int jx_g_prefix(struct jx_graph *g, enum jx_scalar_op op, int arg, int axis, bool reverse)
{
    if (!known(g, 1, &arg))
        return -1;
    const struct jx_gnode x = g->nodes[arg];
    assert(axis >= 0 && axis < x.rank);
    if (x.dims[axis] <= 1 || jx_count(x.rank, x.dims) == 0)
        return arg;
    int n = add(g, JX_G_PREFIX, (jaxc_dtype)x.dtype, x.rank, x.dims);
    if (n < 0)
        return -1;
    struct jx_gnode *node = &g->nodes[n];
    node->op = (uint8_t)op;
    node->axis = (uint8_t)axis;
    node->reverse = reverse;
    node->n_args = 1;
    node->args[0] = arg;
    return n;
}

bool jx_g_sort(struct jx_graph *g, int axis, int n_keys, int64_t first, int n_args, const int *args,
               int *out)
{
    assert(n_args >= 1 && n_keys >= 1 && n_keys <= n_args);
    if (!known(g, n_args, args))
        return false;
    const struct jx_gnode x = g->nodes[args[0]];
    assert(axis >= 0 && axis < x.rank);
    for (int i = 0; i < n_args; i++)
        out[i] = args[i];
    if (x.dims[axis] <= 1 || jx_count(x.rank, x.dims) == 0)
        return true;
    int n = add(g, JX_G_SORT, (jaxc_dtype)x.dtype, x.rank, x.dims);
    if (n < 0)
        return false;
    struct jx_gnode *node = &g->nodes[n];
    int *operands = node->args;
    if (n_args > 4) {
        operands = node->more = jx_alloc((size_t)n_args, sizeof *operands);
        if (!operands) {
            undo(g);
            return false;
        }
    }
    memcpy(operands, args, (size_t)n_args * sizeof *args);
    node->axis = (uint8_t)axis;
    node->n_keys = n_keys;
    node->imm.i = first;
    node->n_args = n_args;
    out[0] = n;
    for (int i = 1; i < n_args; i++) {
        assert(g->nodes[args[i]].rank == x.rank &&
               jx_same_dims(x.rank, g->nodes[args[i]].dims, x.dims) && i <= UINT8_MAX);
        out[i] = add(g, JX_G_PART, (jaxc_dtype)g->nodes[args[i]].dtype, x.rank, x.dims);
        if (out[i] < 0)
            return false;
        g->nodes[out[i]].axis = (uint8_t)i;
        g->nodes[out[i]].n_args = 1;
        g->nodes[out[i]].args[0] = n;
    }
    return true;
}

int jx_g_broadcast(struct jx_graph *g, int arg, int rank, const int64_t *dims, const int *map)
{
    if (!known(g, 1, &arg))
        return -1;
    const struct jx_gnode *x = &g->nodes[arg];
    struct jx_gview view = {.fill = {0}};
    for (int j = 0; j < x->rank; j++) {
        assert(map[j] >= 0 && map[j] < rank && (x->dims[j] == 1 || x->dims[j] == dims[map[j]]));
        view.axis[j].step = 1;
        view.axis[j].coef[map[j]] = x->dims[j] == 1 ? 0 : 1;
    }
    return jx_g_view(g, arg, rank, dims, &view);
}

int jx_g_transpose(struct jx_graph *g, int arg, const int *permutation)
{
    if (!known(g, 1, &arg))
        return -1;
    const struct jx_gnode *x = &g->nodes[arg];
    struct jx_gview view = {.fill = {0}};
    int64_t dims[JAXC_MAX_RANK];
    for (int k = 0; k < x->rank; k++) {
        int j = permutation[k];
        assert(j >= 0 && j < x->rank);
        dims[k] = x->dims[j];
        view.axis[j].step = 1;
        view.axis[j].coef[k] = 1;
    }
    return jx_g_view(g, arg, x->rank, dims, &view);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void print_number(struct jx_text *t, jaxc_dtype dtype, union jx_scalar s)
{
    if (jx_is_float(dtype))
        jx_text_add(t, "%.9g", s.f);
    else if (jx_dtype_info(dtype)->category == JX_CAT_SIGNED)
        jx_text_add(t, "%lld", (long long)s.i);
    else
        jx_text_add(t, "%llu", (unsigned long long)s.u);
}

/* "2*i0 + i1 - 3" */
static void print_form(struct jx_text *t, int64_t offset, const int64_t *coef)
{
    const char *sep = "";
    for (int k = 0; k < JAXC_MAX_RANK; k++) {
        int64_t c = coef[k];
        if (c == 0)
            continue;
        jx_text_add(t, "%s", c < 0 ? (*sep ? " - " : "-") : sep);
        if (c != 1 && c != -1)
            jx_text_add(t, "%llu*", c < 0 ? 0 - (unsigned long long)c : (unsigned long long)c);
        jx_text_add(t, "i%d", k);
        sep = " + ";
    }
    if (offset != 0 && *sep)
        jx_text_add(t, " %c %llu", offset < 0 ? '-' : '+',
                    offset < 0 ? 0 - (unsigned long long)offset : (unsigned long long)offset);
    else if (!*sep)
        jx_text_add(t, "%lld", (long long)offset);
}

static void print_view(struct jx_text *t, const struct jx_gnode *n, const struct jx_gnode *x)
{
    bool guarded = false;
    jx_text_add(t, " at (");
    for (int j = 0; j < x->rank; j++) {
        const struct jx_gaxis *a = &n->view->axis[j];
        jx_text_add(t, j ? ", " : "");
        if (a->step > 1)
            jx_text_add(t, "(");
        print_form(t, a->offset, a->coef);
        if (a->step > 1)
            jx_text_add(t, ")/%lld", (long long)a->step);
        jx_text_add(t, a->guarded ? "?" : "");
        guarded = guarded || a->guarded;
    }
    jx_text_add(t, ")");
    if (guarded) {
        jx_text_add(t, " else ");
        print_number(t, n->dtype, n->view->fill);
    }
}

static void print_axes(struct jx_text *t, const char *label, int n, const int *axes)
{
    jx_text_add(t, " %s (", label);
    for (int i = 0; i < n; i++)
        jx_text_add(t, i ? ",%d" : "%d", axes[i]);
    jx_text_add(t, ")");
}

static void print_node(struct jx_text *t, const struct jx_graph *g, int number)
{
    const struct jx_gnode *n = &g->nodes[number];
    jx_text_add(t, "%d: %s[", number, jx_dtype_info(n->dtype)->name);
    for (int k = 0; k < n->rank; k++)
        jx_text_add(t, k ? ",%lld" : "%lld", (long long)n->dims[k]);
    jx_text_add(t, "] = ");
    switch ((enum jx_gkind)n->kind) {
    case JX_G_INPUT: jx_text_add(t, "input %d", n->input); break;
    case JX_G_CONST: jx_text_add(t, "const "), print_number(t, n->dtype, n->imm); break;
    case JX_G_INDEX: jx_text_add(t, "index i%d", n->axis); break;
    case JX_G_SCALAR: jx_text_add(t, "%s", jx_scalar_op_info[n->op].name); break;
    case JX_G_VIEW: jx_text_add(t, "view"); break;
    case JX_G_RESHAPE: jx_text_add(t, "reshape"); break;
    case JX_G_REDUCE: jx_text_add(t, "reduce %s", jx_combine_name(n->op)); break;
    case JX_G_DOT: jx_text_add(t, "dot"); break;
    case JX_G_CONCAT: jx_text_add(t, "concat on %d of", n->axis); break;
    case JX_G_TAKE: jx_text_add(t, "take"); break;
    case JX_G_SCATTER:
        jx_text_add(t, "scatter%s%s", n->op ? " " : "", n->op ? jx_scalar_op_info[n->op].name : "");
        break;
    case JX_G_PREFIX:
        jx_text_add(t, "prefix %s on %d%s of", jx_scalar_op_info[n->op].name, n->axis,
                    n->reverse ? " reversed" : "");
        break;
    case JX_G_SORT:
        jx_text_add(t, "sort on %d by %d", n->axis, n->n_keys);
        if (n->imm.i)
            jx_text_add(t, " from %lld", (long long)n->imm.i);
        jx_text_add(t, " of");
        break;
    case JX_G_PART: jx_text_add(t, "part %d of", n->axis); break;
    }
    const int *args = n->more ? n->more : n->args;
    for (int i = 0; i < n->n_args; i++)
        jx_text_add(t, " %d", args[i]);
    if (n->kind == JX_G_VIEW)
        print_view(t, n, &g->nodes[n->args[0]]);
    if (n->flat) {
        jx_text_add(t, " at ");
        print_form(t, n->flat->offset, n->flat->coef);
    }
    if (n->kind == JX_G_TAKE && n->n_args == 3) {
        jx_text_add(t, " else ");
        print_number(t, n->dtype, n->imm);
    }
    if (n->kind == JX_G_REDUCE) {
        int axes[JAXC_MAX_RANK], n_axes = 0;
        for (int j = 0; j < JAXC_MAX_RANK; j++)
            if (n->axes >> j & 1)
                axes[n_axes++] = j;
        print_axes(t, "over", n_axes, axes);
    }
    if (n->kind == JX_G_DOT) {
        print_axes(t, "contract", n->gdims->n_contract, n->gdims->lhs_contract);
        print_axes(t, "with", n->gdims->n_contract, n->gdims->rhs_contract);
        if (n->gdims->n_batch > 0) {
            print_axes(t, "batch", n->gdims->n_batch, n->gdims->lhs_batch);
            print_axes(t, "with", n->gdims->n_batch, n->gdims->rhs_batch);
        }
    }
    jx_text_add(t, "\n");
}

char *jx_graph_print(const struct jx_graph *g)
{
    struct jx_text t = {0};
    for (size_t i = 0; i < g->n; i++)
        print_node(&t, g, (int)i);
    jx_text_add(&t, "out");
    for (int i = 0; i < g->n_outs; i++)
        jx_text_add(&t, " %d", g->outs[i]);
    jx_text_add(&t, "\n");
    return jx_text_take(&t);
}
