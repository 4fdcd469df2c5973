/*
 * api/jacobian.c - jacfwd and jacrev: the linear program, or its transpose, over all unit vectors
 * at once.
 *
 * With N numbers in the argument (or result), lane l of the batch is unit vector l; a leaf of the
 * argument takes the rows of the identity that are its own.
 */
#include "api/api.h"

struct jacobian {
    struct jx_flat flat;
    struct jx_traced_fn fn;
    jaxc_value *in, *out;
    struct jx_linear linear;
    int argnum, first, n_leaves; /* the argument and its leaves */
};

static const struct jx_aval *leaf_type(const struct jacobian *j, int i)
{
    return &j->flat.leaves[j->first + i].node->avals[j->flat.leaves[j->first + i].index];
}

static bool begin(struct jacobian *j, struct jx_fn_object *f, int argnum, int n,
                  const jaxc_value *args)
{
    if (argnum < -n || argnum >= n)
        return jx_fail(JAXC_EARITY, "argnum %d of %d arguments", argnum, n);
    argnum += argnum < 0 ? n : 0;
    j->argnum = argnum;
    if (!jx_flatten_arguments(n, args, &j->flat) || !jx_flat_handles(&j->flat))
        return false;
    j->first = j->flat.first[argnum];
    j->n_leaves = j->flat.first[argnum + 1] - j->first;
    for (int i = 0; i < j->n_leaves; i++) {
        char where[JX_WHERE], type[JX_AVAL_TEXT];
        if (!jx_is_float(leaf_type(j, i)->dtype))
            return jx_fail(JAXC_EDTYPE, "%s is %s: Jacobians are with respect to floats",
                           jx_flat_where(&j->flat, j->first + i, where),
                           jx_aval_text(leaf_type(j, i), type));
    }
    /* the leaves of other arguments stay what they are and become captures */
    struct jx_aval *avals = jx_flat_avals(&j->flat);
    bool *passive = jx_alloc((size_t)j->flat.n_leaves + 1, sizeof *passive), *nonzero = NULL;
    bool ok = avals && passive;
    for (int i = 0; ok && i < j->flat.n_leaves; i++)
        passive[i] = i < j->first || i >= j->first + j->n_leaves;
    ok = ok && jx_fn_trace(f, &j->flat, avals, passive, &j->fn) &&
         (j->in = jx_traced_inputs(&j->fn.traced, j->n_leaves, j->flat.values + j->first));
    const struct jx_program *p = j->fn.traced.program;
    ok = ok && (nonzero = jx_alloc((size_t)p->n_consts + p->n_in + 1, sizeof *nonzero)) &&
         (j->out = jx_alloc((size_t)p->n_out + 1, sizeof *j->out));
    for (uint32_t i = 0; ok && i < p->n_in; i++)
        nonzero[p->n_consts + i] = true;
    ok = ok && jx_linearize(p, j->in, nonzero, j->out, &j->linear);
    jx_free(avals);
    jx_free(passive);
    jx_free(nonzero);
    return ok;
}

static void end(struct jacobian *j)
{
    jx_linear_fini(&j->linear);
    jx_free(j->in);
    jx_free(j->out);
    jx_traced_fn_fini(&j->fn);
    jx_flat_fini(&j->flat);
}

/* T[n, dims...]: unit vectors; those with a one in this leaf start at lane `at`. */
static jaxc_value unit_vectors(const struct jx_aval *type, int64_t n, int64_t at)
{
    int64_t square[2] = {n, jx_count(type->rank, type->dims)}, dims[JAXC_MAX_RANK + 1] = {n};
    if (type->rank == JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "a Jacobian of more than %d axes", JAXC_MAX_RANK);
        return JX_POISON;
    }
    struct jx_aval index = {.dtype = JAXC_I64};
    jaxc_value lane = jx_iota(JAXC_I64, 2, square, 0);
    jaxc_value place = jx_add(jx_iota(JAXC_I64, 2, square, 1),
                              jx_scalar_of(index.dtype, (union jx_scalar){.i = at}, false));
    jaxc_value identity = jx_convert_element_type(jx_eq(lane, place), type->dtype, false);
    for (int i = 0; i < type->rank; i++)
        dims[i + 1] = type->dims[i];
    return jx_reshape(identity, type->rank + 1, dims);
}

static bool count_all(int n, const struct jx_aval *const *types, int64_t *sum)
{
    *sum = 0;
    for (int i = 0; i < n; i++)
        if (__builtin_add_overflow(*sum, jx_count(types[i]->rank, types[i]->dims), sum))
            return jx_fail(JAXC_ELIMIT, "a Jacobian of too many numbers");
    return true;
}

/* Lanes [at, at + count) of v, whose lane axis is `axis`, as T[a..., b...]: `outer` before, `inner`
 * after, one of which the lanes run over. */
static jaxc_value cut(jaxc_value v, int axis, int64_t at, const struct jx_aval *lanes,
                      const struct jx_aval *rest, bool lanes_last)
{
    struct jx_aval a;
    int64_t start[JAXC_MAX_RANK] = {0}, limit[JAXC_MAX_RANK], dims[JAXC_MAX_RANK];
    if (lanes->rank + rest->rank > JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "a Jacobian of %d axes: at most %d", lanes->rank + rest->rank,
                JAXC_MAX_RANK);
        return JX_POISON;
    }
    int to = lanes_last ? rest->rank : 0;
    v = jx_move_axis(v, axis, to, 0);
    if (!jx_value_aval(v, &a))
        return JX_POISON;
    for (int i = 0; i < a.rank; i++)
        limit[i] = a.dims[i];
    start[to] = at;
    limit[to] = at + jx_count(lanes->rank, lanes->dims);
    v = jx_slice(v, start, limit, NULL);
    const struct jx_aval *first = lanes_last ? rest : lanes, *last = lanes_last ? lanes : rest;
    for (int i = 0; i < first->rank + last->rank; i++)
        dims[i] = i < first->rank ? first->dims[i] : last->dims[i - first->rank];
    return jx_reshape(v, first->rank + last->rank, dims);
}

/* A block in the dtype, weak flag included, of what moves: the result forward, the argument in
 * reverse. */
static jaxc_value typed(jaxc_value block, const struct jx_aval *type)
{
    return jx_is_poison(block)
               ? block
               : jx_convert_element_type(block, (jaxc_dtype)type->dtype, type->weak != 0);
}

/* The zero block of a result that does not depend on the argument. */
static jaxc_value zero_block(const struct jx_aval *out, const struct jx_aval *in,
                             const struct jx_aval *type)
{
    struct jx_aval a = *out;
    a.dtype = type->dtype;
    a.weak = type->weak;
    if (out->rank + in->rank > JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "a Jacobian of %d axes: at most %d", out->rank + in->rank,
                JAXC_MAX_RANK);
        return JX_POISON;
    }
    for (int i = 0; i < in->rank; i++)
        a.dims[a.rank++] = in->dims[i];
    return jx_zeros_of(&a);
}

/* blocks[o * n_leaves + i], as the result's tree of the argument's tree */
static jaxc_value assemble(struct jacobian *j, const jaxc_value *blocks)
{
    int n_out = j->fn.out->n_leaves;
    jaxc_value *rows = jx_alloc((size_t)n_out + 1, sizeof *rows), v = JX_POISON;
    bool ok = rows != NULL;
    for (int o = 0; ok && o < n_out; o++) {
        rows[o] =
            jx_tree_unflatten(j->flat.trees[j->argnum], blocks + (size_t)o * (size_t)j->n_leaves);
        ok = !jx_is_poison(rows[o]);
    }
    if (ok)
        v = jx_tree_unflatten(j->fn.out, rows);
    jx_free(rows);
    return v;
}

/* Residuals' handles, then room for as many values more. */
static bool residuals(const struct jacobian *j, jaxc_value *in)
{
    for (int i = 0; i < j->linear.traced.n_captures; i++) {
        in[i] = jx_value_own(jx_node_ref(j->linear.traced.captures[i].node),
                             j->linear.traced.captures[i].index);
        if (jx_is_poison(in[i]))
            return false;
    }
    return true;
}

static bool forward_blocks(struct jacobian *j, jaxc_value *blocks)
{
    struct jx_program *lp = j->linear.traced.program;
    const struct jx_program *p = j->fn.traced.program;
    size_t n_in = (size_t)lp->n_consts + lp->n_in;
    jaxc_value *in = jx_alloc(n_in + lp->n_out + 1, sizeof *in);
    int *axis = jx_alloc(n_in + lp->n_out + 1, sizeof *axis);
    const struct jx_aval **types = jx_alloc((size_t)j->n_leaves + 1, sizeof *types);
    bool ok = in && axis && types && residuals(j, in);
    int64_t n = 0, at = 0;
    for (int i = 0; ok && i < j->n_leaves; i++)
        types[i] = leaf_type(j, i);
    ok = ok && count_all(j->n_leaves, types, &n);
    for (uint32_t i = 0; ok && i < lp->n_consts; i++)
        axis[i] = -1;
    for (int i = 0; ok && i < j->n_leaves; i++) {
        in[lp->n_consts + (uint32_t)i] = unit_vectors(types[i], n, at);
        ok = !jx_is_poison(in[lp->n_consts + (uint32_t)i]);
        at += jx_count(types[i]->rank, types[i]->dims);
    }
    jaxc_value *out = ok ? in + n_in : NULL;
    int *out_axis = ok ? axis + n_in : NULL;
    ok = ok && jx_vmap(lp, n, in, axis, out, out_axis);
    uint32_t k = 0;
    for (uint32_t o = 0; ok && o < p->n_out; o++) {
        const struct jx_aval *type = jx_atom_aval(p, p->outs[o]);
        bool zero = !j->linear.out_nonzero[o] || out_axis[k] < 0;
        at = 0;
        for (int i = 0; ok && i < j->n_leaves; i++) {
            jaxc_value *b = &blocks[o * (uint32_t)j->n_leaves + (uint32_t)i];
            *b = zero ? zero_block(type, types[i], type)
                      : typed(cut(out[k], out_axis[k], at, types[i], type, true), type);
            ok = !jx_is_poison(*b);
            at += jx_count(types[i]->rank, types[i]->dims);
        }
        k += j->linear.out_nonzero[o];
    }
    jx_free(in);
    jx_free(axis);
    jx_free(types);
    return ok;
}

static bool check_float_results(const struct jx_program *p)
{
    char type[JX_AVAL_TEXT];
    for (uint32_t o = 0; o < p->n_out; o++) {
        const struct jx_aval *a = jx_atom_aval(p, p->outs[o]);
        if (!jx_is_float(a->dtype))
            return jx_fail(JAXC_EDTYPE,
                           "Jacobians in reverse are of float results, the function returned %s: "
                           "use jaxc_jacfwd",
                           jx_aval_text(a, type));
    }
    return true;
}

static bool reverse_blocks(struct jacobian *j, jaxc_value *blocks)
{
    struct jx_program *lp = j->linear.traced.program;
    const struct jx_program *p = j->fn.traced.program;
    if (!check_float_results(p))
        return false;
    size_t n_in = (size_t)lp->n_consts + lp->n_in;
    bool *linear = jx_alloc(n_in + 1, sizeof *linear),
         *ct_nonzero = jx_alloc((size_t)lp->n_out + 1, sizeof *ct_nonzero);
    const struct jx_aval **types = jx_alloc((size_t)lp->n_out + 1, sizeof *types);
    bool ok = linear && ct_nonzero && types;
    int64_t n = 0, at = 0;
    for (size_t i = 0; ok && i < n_in; i++)
        linear[i] = i >= lp->n_consts;
    for (uint32_t i = 0; ok && i < lp->n_out; i++) {
        ct_nonzero[i] = true;
        types[i] = jx_atom_aval(lp, lp->outs[i]);
    }
    ok = ok && count_all((int)lp->n_out, types, &n);
    const struct jx_transposed *t = ok ? jx_transforms.transpose(lp, linear, ct_nonzero) : NULL;
    const struct jx_program *tp = t ? t->traced.program : NULL;
    size_t n_tp = tp ? (size_t)tp->n_consts + tp->n_in : 0;
    jaxc_value *in = tp ? jx_alloc(n_tp + tp->n_out + 1, sizeof *in) : NULL;
    int *axis = tp ? jx_alloc(n_tp + tp->n_out + 1, sizeof *axis) : NULL;
    ok = in && axis;
    for (int i = 0; ok && i < t->traced.n_captures; i++) {
        in[i] = jx_value_own(jx_node_ref(t->traced.captures[i].node), t->traced.captures[i].index);
        axis[i] = -1;
        ok = !jx_is_poison(in[i]);
    }
    size_t first = ok ? (size_t)t->traced.n_captures : 0;
    ok = ok && residuals(j, in + first);
    for (uint32_t i = 0; ok && i < lp->n_consts; i++)
        axis[first + i] = -1;
    for (uint32_t i = 0; ok && i < lp->n_out; i++) {
        jaxc_value *ct = &in[first + lp->n_consts + i];
        *ct = unit_vectors(types[i], n, at);
        ok = !jx_is_poison(*ct);
        at += jx_count(types[i]->rank, types[i]->dims);
    }
    jaxc_value *out = ok ? in + n_tp : NULL;
    int *out_axis = ok ? axis + n_tp : NULL;
    ok = ok && jx_vmap(tp, n, in, axis, out, out_axis);
    at = 0;
    for (uint32_t o = 0; ok && o < p->n_out; o++) {
        const struct jx_aval *type = jx_atom_aval(p, p->outs[o]);
        uint32_t k = 0;
        for (int i = 0; ok && i < j->n_leaves; i++) {
            const struct jx_aval *leaf = leaf_type(j, i);
            bool arrives = t->in_nonzero[lp->n_consts + (uint32_t)i];
            bool zero = !j->linear.out_nonzero[o] || !arrives || out_axis[k] < 0;
            jaxc_value *b = &blocks[o * (uint32_t)j->n_leaves + (uint32_t)i];
            *b = zero ? zero_block(type, leaf, leaf)
                      : typed(cut(out[k], out_axis[k], at, type, leaf, false), leaf);
            ok = !jx_is_poison(*b);
            k += arrives;
        }
        if (j->linear.out_nonzero[o])
            at += jx_count(type->rank, type->dims);
    }
    jx_free(linear);
    jx_free(ct_nonzero);
    jx_free(types);
    jx_free(in);
    jx_free(axis);
    return ok;
}

static jaxc_value call_jacobian(struct jx_fn_object *f, int n, const jaxc_value *args,
                                bool (*blocks_of)(struct jacobian *, jaxc_value *))
{
    int argnum = ((const struct jaxc_jacobian_options *)f->bytes)->argnum;
    struct jacobian j = {0};
    jaxc_value v = JX_POISON;
    uint64_t scope = jx_scope_open();
    bool ok = scope && begin(&j, f->inner[0], argnum, n, args);
    size_t n_blocks = ok ? (size_t)j.fn.out->n_leaves * (size_t)j.n_leaves : 0;
    jaxc_value *blocks = ok ? jx_alloc(n_blocks + 1, sizeof *blocks) : NULL;
    if (blocks && blocks_of(&j, blocks))
        v = assemble(&j, blocks);
    jx_free(blocks);
    end(&j);
    if (scope)
        jx_scope_close_keeping(scope, jx_is_poison(v) ? 0 : 1, &v);
    return v;
}

static jaxc_value call_jacfwd(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    return call_jacobian(f, n, args, forward_blocks);
}

static jaxc_value call_jacrev(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    return call_jacobian(f, n, args, reverse_blocks);
}

static const struct jx_fn_kind jacfwd_kind = {"the function", call_jacfwd},
                               jacrev_kind = {"the function", call_jacrev};

static jaxc_fn make(const struct jx_fn_kind *kind, jaxc_fn f, int argnum)
{
    struct jaxc_jacobian_options o;
    memset(&o, 0, sizeof o); /* the bytes are the key */
    o.argnum = argnum;
    return jx_fn_transform(kind, f, JX_ARITY_OF_INNER, &o, sizeof o);
}

jaxc_fn(jaxc_jacfwd)(jaxc_fn f, struct jaxc_jacobian_options options)
{
    jx_enter("jaxc_jacfwd");
    return make(&jacfwd_kind, f, options.argnum);
}

jaxc_fn(jaxc_jacrev)(jaxc_fn f, struct jaxc_jacobian_options options)
{
    jx_enter("jaxc_jacrev");
    return make(&jacrev_kind, f, options.argnum);
}

jaxc_fn(jaxc_hessian)(jaxc_fn f, struct jaxc_jacobian_options options)
{
    jx_enter("jaxc_hessian");
    return make(&jacfwd_kind, make(&jacrev_kind, f, options.argnum), options.argnum);
}
