/*
 * api/differentiate.c - grad, jvp, vjp, linearize and their family: functions of functions over
 * transform/.
 *
 * Each call traces its function at the arguments' types, runs the interpreters into the surrounding
 * trace (or eagerly), and keeps only the results: everything else belongs to a scope of its own.
 */
#include "api/api.h"

#include <stdio.h>

/* ---- shared ---------------------------------------------------------------------------------- */

/* A call under way: its function traced at the arguments. Leaves that are not differentiated are no
 * arguments of the trace: they stay what they are (concrete ones can be asked for their numbers)
 * and become captures. */
struct call {
    struct jx_flat flat;
    struct jx_traced_fn fn;
    bool *passive;  /* of each leaf: not differentiated; NULL: all are */
    jaxc_value *in; /* captures, then the other leaves */
    uint64_t scope;
};

static void call_fini(struct call *c, jaxc_value *result)
{
    jx_free(c->in);
    jx_free(c->passive);
    jx_traced_fn_fini(&c->fn);
    jx_flat_fini(&c->flat);
    if (c->scope)
        jx_scope_close_keeping(c->scope, jx_is_poison(*result) ? 0 : 1, result);
}

/* Opens the scope and flattens. */
static bool call_open(struct call *c, int n, const jaxc_value *args)
{
    *c = (struct call){.scope = jx_scope_open()};
    return c->scope && jx_flatten_arguments(n, args, &c->flat) && jx_flat_handles(&c->flat);
}

/* Traces; the program's inputs are in c->in. */
static bool call_trace(struct call *c, struct jx_fn_object *f)
{
    struct jx_aval *avals = jx_flat_avals(&c->flat);
    jaxc_value *leaves = jx_alloc((size_t)c->flat.n_leaves + 1, sizeof *leaves);
    int n = 0;
    bool ok = avals && leaves && jx_fn_trace(f, &c->flat, avals, c->passive, &c->fn);
    for (int i = 0; ok && i < c->flat.n_leaves; i++)
        if (!c->passive || !c->passive[i])
            leaves[n++] = c->flat.values[i];
    ok = ok && (c->in = jx_traced_inputs(&c->fn.traced, n, leaves));
    jx_free(avals);
    jx_free(leaves);
    return ok;
}

static bool call_init(struct call *c, struct jx_fn_object *f, int n, const jaxc_value *args)
{
    return call_open(c, n, args) && call_trace(c, f);
}

static const struct jx_aval *leaf_type(const struct jx_flat *flat, int leaf)
{
    return &flat->leaves[leaf].node->avals[flat->leaves[leaf].index];
}

/* Checks a given tangent or cotangent against the type it must have. */
static bool check_like(const struct jx_flat *flat, int leaf, const struct jx_aval *want,
                       const char *what)
{
    char where[JX_WHERE], a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    const struct jx_aval *got = leaf_type(flat, leaf);
    if (jx_aval_same_array(got, want))
        return true;
    return jx_fail(got->dtype == want->dtype ? JAXC_ESHAPE : JAXC_EDTYPE,
                   "the %s at %s is %s, it must be %s", what, jx_flat_where(flat, leaf, where),
                   jx_aval_text(got, a), jx_aval_text(want, b));
}

/* Cotangents as the caller gets them: zeros where nothing arrived, also for integers. */
static bool fill_zeros(int n, jaxc_value *ct, const struct jx_aval *const *types)
{
    for (int i = 0; i < n; i++) {
        if (jx_is_zero(ct[i]))
            ct[i] = jx_zeros_of(types[i]);
        if (jx_is_poison(ct[i]))
            return false;
    }
    return true;
}

/* ---- grad ------------------------------------------------------------------------------------ */

struct grad_bytes {
    struct jaxc_args argnums;
    bool has_aux, allow_int, with_value;
};

/* "gradients by arguments 0, 2 (made by jaxc_grad at train.c:70)", into a buffer of GRADIENTS_TEXT. */
enum { GRADIENTS_TEXT = JX_MADE_TEXT + 96 };
static char *gradients_text(const struct jx_fn_object *f, const struct jaxc_args *argnums,
                            char *buffer)
{
    char made[JX_MADE_TEXT];
    size_t n = (size_t)snprintf(buffer, GRADIENTS_TEXT, "gradients by argument%s",
                                argnums->n > 1 ? "s" : "");
    for (int i = 0; i < argnums->n; i++)
        n += (size_t)snprintf(buffer + n, GRADIENTS_TEXT - n, "%s%d", i ? ", " : " ",
                              argnums->at[i]);
    snprintf(buffer + n, GRADIENTS_TEXT - n, "%s", jx_fn_made_text(f, made));
    return buffer;
}

/* The result of f's function must be a float scalar, alone or before aux. */
static bool check_scalar(const struct jx_fn_object *f, const struct jx_traced_fn *fn,
                         const struct jaxc_args *argnums)
{
    const struct grad_bytes *o = f->bytes;
    const struct jx_tree *t = fn->out;
    char gradients[GRADIENTS_TEXT], type[JX_AVAL_TEXT];
    if (o->has_aux && !(t->items[0].n == 2 && !t->items[0].keys && t->items[1].n < 0))
        return jx_fail(
            JAXC_ETREE,
            "with has_aux the function must return a tuple (value, aux) with an array as value");
    if (!o->has_aux && t->items[0].n >= 0)
        return jx_fail(JAXC_ETREE,
                       "%s are of scalar results, the function returned a %s: see has_aux",
                       gradients_text(f, argnums, gradients), t->items[0].keys ? "dict" : "tuple");
    const struct jx_program *p = fn->traced.program;
    const struct jx_aval *a = jx_atom_aval(p, p->outs[0]);
    if (a->rank)
        return jx_fail(JAXC_ESHAPE,
                       "%s are of scalar results, the function returned %s: sum it, or use "
                       "jaxc_jacrev",
                       gradients_text(f, argnums, gradients), jx_aval_text(a, type));
    if (!jx_is_float(a->dtype))
        return jx_fail(JAXC_EDTYPE, "%s are of float results, the function returned %s",
                       gradients_text(f, argnums, gradients), jx_aval_text(a, type));
    return true;
}

/* The arguments to differentiate, by default the first; the leaves of the others are passive. */
static bool check_argnums(struct call *c, const struct grad_bytes *o, struct jaxc_args *argnums)
{
    const struct jx_flat *flat = &c->flat;
    c->passive = jx_alloc((size_t)flat->n_leaves + 1, sizeof *c->passive);
    if (!c->passive)
        return false;
    memset(c->passive, true, (size_t)flat->n_leaves);
    *argnums = o->argnums;
    if (argnums->n == 0)
        argnums->n = 1; /* argument 0 */
    for (int i = 0; i < argnums->n; i++) {
        int k = argnums->at[i] < 0 ? argnums->at[i] + flat->n_args : argnums->at[i];
        if (k < 0 || k >= flat->n_args)
            return jx_fail(JAXC_EARITY, "argnums names argument %d of %d", argnums->at[i],
                           flat->n_args);
        argnums->at[i] = k;
        for (int leaf = flat->first[k]; leaf < flat->first[k + 1]; leaf++) {
            char where[JX_WHERE], type[JX_AVAL_TEXT];
            c->passive[leaf] = false;
            const struct jx_aval *a = leaf_type(flat, leaf);
            if (!o->allow_int && !jx_is_float(a->dtype))
                return jx_fail(JAXC_EDTYPE, "%s is %s: gradients are with respect to floats; %s",
                               jx_flat_where(flat, leaf, where), jx_aval_text(a, type),
                               a->weak ? "a C number is one with a point: 2.0" : "see allow_int");
        }
    }
    return true;
}

/* The gradient as the user gets it: one tree, or a tuple of trees. */
static jaxc_value gather_gradient(const struct jx_flat *flat, const struct jaxc_args *argnums,
                                  const jaxc_value *leaves)
{
    jaxc_value parts[JAXC_MAX_ARGS];
    for (int i = 0; i < argnums->n; i++) {
        parts[i] =
            jx_tree_unflatten(flat->trees[argnums->at[i]], leaves + flat->first[argnums->at[i]]);
        if (jx_is_poison(parts[i]))
            return JX_POISON;
    }
    return argnums->n == 1 ? parts[0] : jx_tuple(argnums->n, parts);
}

/* Backwards through the linear program from a cotangent of 1 for output 0; zeros where nothing
 * arrives. */
static bool pull_back(const struct jx_linear *linear, const struct call *c, jaxc_value *grads)
{
    const struct jx_program *lp = linear->traced.program, *p = c->fn.traced.program;
    size_t n_in = (size_t)lp->n_consts + lp->n_in;
    jaxc_value *in = jx_alloc(2 * n_in + lp->n_out + 1, sizeof *in);
    bool *is_linear = jx_alloc(n_in + 1, sizeof *is_linear);
    bool ok = in && is_linear;
    jaxc_value *ct_in = in + n_in, *ct = ct_in + n_in;
    for (uint32_t i = 0; ok && i < lp->n_consts; i++) {
        in[i] = jx_value_own(jx_node_ref(linear->traced.captures[i].node),
                             linear->traced.captures[i].index);
        ok = !jx_is_poison(in[i]);
    }
    for (uint32_t i = 0; ok && i < lp->n_in; i++)
        is_linear[lp->n_consts + i] = true;
    for (uint32_t i = 0; ok && i < lp->n_out; i++)
        ct[i] = JX_ZERO;
    if (ok && linear->out_nonzero[0]) {
        ct[0] = jx_literal(jx_atom_aval(p, p->outs[0]), 1);
        ok = !jx_is_poison(ct[0]);
    }
    ok = ok && jx_transpose_program(lp, is_linear, in, ct, ct_in);
    uint32_t next = lp->n_consts;
    for (int leaf = 0; ok && leaf < c->flat.n_leaves; leaf++) {
        if (c->passive[leaf])
            continue;
        const struct jx_aval *type = leaf_type(&c->flat, leaf);
        grads[leaf] = jx_is_float(type->dtype) ? ct_in[next++] : JX_ZERO;
        ok = fill_zeros(1, &grads[leaf], &type);
    }
    jx_free(in);
    jx_free(is_linear);
    return ok;
}

static jaxc_value grad_result(const struct call *c, const struct grad_bytes *o,
                              const jaxc_value *out, jaxc_value gradient)
{
    jaxc_value whole = jx_tree_unflatten(c->fn.out, out); /* value, or (value, aux) */
    if (jx_is_poison(whole) || (!o->has_aux && !o->with_value))
        return jx_is_poison(whole) ? JX_POISON : gradient;
    jaxc_value pair[2] = {whole, gradient};
    if (o->has_aux && !o->with_value) {
        pair[0] = gradient;
        pair[1] = jx_get_part(whole, 1);
    }
    return jx_tuple(2, pair);
}

static jaxc_value call_grad(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    const struct grad_bytes *o = f->bytes;
    struct call c;
    struct jaxc_args argnums;
    struct jx_linear linear = {0};
    jaxc_value v = JX_POISON, *out = NULL;
    bool *nonzero = NULL;
    bool ok = call_open(&c, n, args) && check_argnums(&c, o, &argnums) &&
              call_trace(&c, f->inner[0]) && check_scalar(f, &c.fn, &argnums);
    const struct jx_program *p = c.fn.traced.program;
    ok = ok && (out = jx_alloc((size_t)p->n_out + (size_t)c.flat.n_leaves + 1, sizeof *out)) &&
         (nonzero = jx_alloc((size_t)p->n_consts + p->n_in + 1, sizeof *nonzero));
    for (uint32_t i = 0; ok && i < p->n_in; i++)
        nonzero[p->n_consts + i] = true;
    if (ok && jx_linearize(p, c.in, nonzero, out, &linear)) {
        jaxc_value *grads = out + p->n_out;
        jaxc_value gradient =
            pull_back(&linear, &c, grads) ? gather_gradient(&c.flat, &argnums, grads) : JX_POISON;
        if (!jx_is_poison(gradient))
            v = grad_result(&c, o, out, gradient);
    }
    jx_linear_fini(&linear);
    jx_free(out);
    jx_free(nonzero);
    call_fini(&c, &v);
    return v;
}

static const struct jx_fn_kind grad_kind = {"the function", call_grad};

static jaxc_fn make_grad(jaxc_fn f, const struct jaxc_grad_options *o, bool with_value)
{
    struct grad_bytes b;
    memset(&b, 0, sizeof b); /* the bytes are the key */
    if (!jx_take_args(&o->argnums, ".argnums = JAXC_ARGS(i, ...)", &b.argnums))
        return (jaxc_fn){0, 0};
    b.has_aux = o->has_aux;
    b.allow_int = o->allow_int;
    b.with_value = with_value;
    return jx_fn_transform(&grad_kind, f, JX_ARITY_OF_INNER, &b, sizeof b);
}

jaxc_fn(jaxc_grad)(jaxc_fn f, struct jaxc_grad_options options)
{
    jx_enter("jaxc_grad");
    return make_grad(f, &options, false);
}

jaxc_fn(jaxc_value_and_grad)(jaxc_fn f, struct jaxc_grad_options options)
{
    jx_enter("jaxc_value_and_grad");
    return make_grad(f, &options, true);
}

/* ---- jvp ------------------------------------------------------------------------------------- */

/* A tuple's parts as arguments; NULL with the error set when v is no tuple. */
static jaxc_value *tuple_parts(jaxc_value v, const char *what, int *n)
{
    if (!jx_is_tuple(v)) {
        jx_fail(JAXC_ETREE, "%s come as a tuple, one for each argument", what);
        return NULL;
    }
    *n = jx_length(v);
    jaxc_value *parts = jx_alloc((size_t)*n + 1, sizeof *parts);
    for (int i = 0; parts && i < *n; i++) {
        parts[i] = jx_get_part(v, i);
        if (jx_is_poison(parts[i])) {
            jx_free(parts);
            return NULL;
        }
    }
    return parts;
}

static bool check_tangents(const struct jx_flat *primals, const struct jx_flat *tangents)
{
    if (tangents->n_args != primals->n_args)
        return jx_fail(JAXC_ETREE, "%d tangents for %d primals", tangents->n_args, primals->n_args);
    for (int i = 0; i < primals->n_args; i++)
        if (!jx_tree_same(primals->trees[i], tangents->trees[i]))
            return jx_fail(JAXC_ETREE,
                           "the tangent of argument %d has another structure than its primal", i);
    for (int i = 0; i < primals->n_leaves; i++)
        if (jx_is_float(leaf_type(primals, i)->dtype) &&
            !check_like(tangents, i, leaf_type(primals, i), "tangent"))
            return false;
    return true;
}

/* Symbolic zeros as arrays, in the types of the program's results. */
static bool materialise(const struct jx_program *p, jaxc_value *dout)
{
    for (uint32_t i = 0; i < p->n_out; i++) {
        if (jx_is_zero(dout[i]))
            dout[i] = jx_zeros_of(jx_atom_aval(p, p->outs[i]));
        if (jx_is_poison(dout[i]))
            return false;
    }
    return true;
}

static jaxc_value call_jvp(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    (void)n;
    struct call c = {0};
    struct jx_flat tangents = {0};
    jaxc_value v = JX_POISON, *din = NULL, *out = NULL;
    int n_primals = 0, n_tangents = 0;
    jaxc_value *primals = tuple_parts(args[0], "primals", &n_primals);
    jaxc_value *ts = primals ? tuple_parts(args[1], "tangents", &n_tangents) : NULL;
    bool ok = ts && call_init(&c, f->inner[0], n_primals, primals) &&
              jx_flatten(n_tangents, ts, &tangents) && jx_flat_handles(&tangents) &&
              check_tangents(&c.flat, &tangents);
    const struct jx_program *p = c.fn.traced.program;
    int n_captures = c.fn.traced.n_captures;
    ok = ok && (din = jx_alloc((size_t)n_captures + (size_t)c.flat.n_leaves + 1, sizeof *din)) &&
         (out = jx_alloc(2 * (size_t)p->n_out + 1, sizeof *out));
    for (int i = 0; ok && i < n_captures; i++)
        din[i] = JX_ZERO;
    for (int i = 0; ok && i < c.flat.n_leaves; i++)
        din[n_captures + i] = tangents.values[i];
    if (ok && jx_jvp(p, c.in, din, out, out + p->n_out) && materialise(p, out + p->n_out)) {
        jaxc_value pair[2] = {jx_tree_unflatten(c.fn.out, out),
                              jx_tree_unflatten(c.fn.out, out + p->n_out)};
        if (!jx_is_poison(pair[0]) && !jx_is_poison(pair[1]))
            v = jx_tuple(2, pair);
    }
    jx_free(primals);
    jx_free(ts);
    jx_free(din);
    jx_free(out);
    jx_flat_fini(&tangents);
    call_fini(&c, &v);
    return v;
}

static const struct jx_fn_kind jvp_kind = {"the function", call_jvp};

jaxc_fn(jaxc_jvp)(jaxc_fn f)
{
    jx_enter("jaxc_jvp");
    return jx_fn_transform(&jvp_kind, f, 2, NULL, 0);
}

/* ---- linearize, vjp -------------------------------------------------------------------------- */

/*
 * A linear map of the arguments, made by linearising or given by the user: program over values (its
 * consts) and the tangents of the float leaves; tree[0]: the tuple of arguments, tree[1]: the
 * result. bytes: which results are not zero. The types of all leaves are those of the literal-free
 * program `types`.
 */
static jaxc_value call_linear(struct jx_fn_object *f, int n, const jaxc_value *args);
static jaxc_value call_pullback(struct jx_fn_object *f, int n, const jaxc_value *args);
static const struct jx_fn_kind linear_kind = {"the function", call_linear},
                               pullback_kind = {"the function", call_pullback};

/* What a linear map's bytes hold, followed by: bool out_nonzero[n_out]; struct jx_aval in[n_in],
 * out[n_out]. */
struct linear_bytes {
    int n_in, n_out;
};

static size_t avals_at(int n_out)
{
    size_t at = sizeof(struct linear_bytes) + (size_t)n_out * sizeof(bool);
    return (at + 15) / 16 * 16;
}

static const bool *out_nonzero(const struct jx_fn_object *f)
{
    return (const bool *)((const struct linear_bytes *)f->bytes + 1);
}

static const struct jx_aval *in_types(const struct jx_fn_object *f)
{
    return (const struct jx_aval *)((const char *)f->bytes +
                                    avals_at(((const struct linear_bytes *)f->bytes)->n_out));
}

static const struct jx_aval *out_types(const struct jx_fn_object *f)
{
    return in_types(f) + ((const struct linear_bytes *)f->bytes)->n_in;
}

static struct jx_fn_object *linear_object(const struct jx_fn_kind *kind, int arity,
                                          const struct call *c, const struct jx_traced *linear,
                                          const bool *nonzero)
{
    const struct jx_program *p = c->fn.traced.program;
    int n_in = c->flat.n_leaves, n_out = (int)p->n_out;
    size_t size = avals_at(n_out) + (size_t)(n_in + n_out) * sizeof(struct jx_aval);
    char *bytes = jx_alloc(1, size);
    if (!bytes)
        return NULL;
    *(struct linear_bytes *)bytes = (struct linear_bytes){n_in, n_out};
    for (int i = 0; i < n_out; i++)
        ((bool *)((struct linear_bytes *)bytes + 1))[i] = nonzero[i];
    struct jx_aval *types = (struct jx_aval *)(bytes + avals_at(n_out));
    for (int i = 0; i < n_in; i++)
        types[i] = *leaf_type(&c->flat, i);
    for (int i = 0; i < n_out; i++)
        types[n_in + i] = *jx_atom_aval(p, p->outs[i]);
    struct jx_fn_object *f = jx_fn_new(kind, arity, 0, NULL, bytes, size);
    jx_free(bytes);
    if (!f)
        return NULL;
    f->program = jx_program_ref(linear->program);
    f->tree[0] = jx_flat_tuple(&c->flat);
    f->tree[1] = jx_tree_ref(c->fn.out);
    if (!f->tree[0] || !jx_fn_bind_values(f, linear->n_captures, linear->captures)) {
        jx_fn_unref(f);
        return NULL;
    }
    return f;
}

/* The linear program's inputs: its consts' values, then room for its tangents. */
static jaxc_value *linear_inputs(const struct jx_fn_object *f)
{
    const struct jx_program *p = f->program;
    jaxc_value *in = jx_alloc((size_t)p->n_consts + p->n_in + 1, sizeof *in);
    for (uint32_t i = 0; in && i < p->n_consts; i++) {
        in[i] = jx_value_own(jx_node_ref(f->values[i].node), f->values[i].index);
        if (jx_is_poison(in[i])) {
            jx_free(in);
            return NULL;
        }
    }
    return in;
}

/* Tangents of the arguments to the tangent of the result. */
static jaxc_value call_linear(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    const struct linear_bytes *b = f->bytes;
    const struct jx_program *p = f->program;
    struct jx_flat flat = {0};
    jaxc_value v = JX_POISON, *in = NULL, *out = NULL;
    bool ok = jx_flatten_arguments(n, args, &flat) && jx_flat_handles(&flat);
    struct jx_tree *t = ok ? jx_flat_tuple(&flat) : NULL;
    ok = t != NULL;
    if (ok && !jx_tree_same(t, f->tree[0]))
        ok = jx_fail(JAXC_ETREE, "the tangents have another structure than the arguments");
    ok = ok && (in = linear_inputs(f)) &&
         (out = jx_alloc((size_t)b->n_out + p->n_out + 1, sizeof *out));
    uint32_t next = p->n_consts;
    for (int i = 0; ok && i < b->n_in; i++) {
        if (!jx_is_float(in_types(f)[i].dtype))
            continue;
        ok = check_like(&flat, i, &in_types(f)[i], "tangent");
        in[next++] = flat.values[i];
    }
    ok = ok && jx_replay(p, in, out + b->n_out);
    uint32_t given = 0;
    for (int i = 0; ok && i < b->n_out; i++) {
        out[i] =
            out_nonzero(f)[i] ? out[(uint32_t)b->n_out + given++] : jx_zeros_of(&out_types(f)[i]);
        ok = !jx_is_poison(out[i]);
    }
    if (ok)
        v = jx_tree_unflatten(f->tree[1], out);
    jx_tree_unref(t);
    jx_free(in);
    jx_free(out);
    jx_flat_fini(&flat);
    return v;
}

/* The cotangent of the result to a tuple of cotangents of the arguments. */
static jaxc_value call_pullback(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    const struct linear_bytes *b = f->bytes;
    const struct jx_program *p = f->program;
    struct jx_flat flat = {0};
    jaxc_value v = JX_POISON, *in = NULL, *ct = NULL;
    bool *linear = jx_alloc((size_t)p->n_consts + p->n_in + 1, sizeof *linear);
    bool ok = linear && jx_flatten_arguments(n, args, &flat) && jx_flat_handles(&flat);
    if (ok && !jx_tree_same(flat.trees[0], f->tree[1]))
        ok = jx_fail(JAXC_ETREE, "the cotangent has another structure than the result");
    ok =
        ok && (in = linear_inputs(f)) &&
        (ct = jx_alloc((size_t)p->n_out + p->n_consts + p->n_in + (size_t)b->n_in + 1, sizeof *ct));
    uint32_t next = 0;
    for (int i = 0; ok && i < b->n_out; i++) {
        if (jx_is_float(out_types(f)[i].dtype))
            ok = check_like(&flat, i, &out_types(f)[i], "cotangent");
        if (out_nonzero(f)[i])
            ct[next++] = flat.values[i];
    }
    for (uint32_t i = 0; ok && i < p->n_in; i++) {
        linear[p->n_consts + i] = true;
        in[p->n_consts + i] = JX_POISON;
    }
    jaxc_value *ct_in = ok ? ct + p->n_out : NULL,
               *result = ok ? ct_in + p->n_consts + p->n_in : NULL;
    ok = ok && jx_transpose_program(p, linear, in, ct, ct_in);
    next = p->n_consts;
    for (int i = 0; ok && i < b->n_in; i++) {
        const struct jx_aval *type = &in_types(f)[i];
        result[i] = jx_is_float(type->dtype) ? ct_in[next++] : JX_ZERO;
        ok = fill_zeros(1, &result[i], &type);
    }
    if (ok)
        v = jx_tree_unflatten(f->tree[0], result);
    jx_free(linear);
    jx_free(in);
    jx_free(ct);
    jx_flat_fini(&flat);
    return v;
}

static jaxc_fn linearize_at(const struct jx_fn_kind *kind, jaxc_fn f, jaxc_value *out, int n,
                            const jaxc_value *args)
{
    struct jx_fn_object *object = jx_fn_get(f), *result = NULL;
    struct call c = {0};
    struct jx_linear linear = {0};
    jaxc_value v = JX_POISON, *outs = NULL;
    bool *nonzero = NULL, ok = object != NULL;
    struct jx_frame frame;
    jx_frame_push(&frame, "the function", NULL);
    ok = ok && jx_fn_takes(object, n) && call_init(&c, object, n, args);
    const struct jx_program *p = c.fn.traced.program;
    int n_captures = c.fn.traced.n_captures;
    ok = ok && (outs = jx_alloc((size_t)p->n_out + 1, sizeof *outs)) &&
         (nonzero = jx_alloc((size_t)n_captures + (size_t)c.flat.n_leaves + 1, sizeof *nonzero));
    for (int i = 0; ok && i < c.flat.n_leaves; i++)
        nonzero[n_captures + i] = jx_is_float(leaf_type(&c.flat, i)->dtype);
    if (ok && jx_linearize(p, c.in, nonzero, outs, &linear)) {
        result = linear_object(kind, kind == &pullback_kind ? 1 : n, &c, &linear.traced,
                               linear.out_nonzero);
        if (result)
            v = jx_tree_unflatten(c.fn.out, outs);
    }
    jx_frame_pop(&frame);
    jx_linear_fini(&linear);
    jx_free(outs);
    jx_free(nonzero);
    call_fini(&c, &v);
    if (out)
        *out = v;
    jx_fn_unref(object);
    if (jx_is_poison(v)) {
        jx_fn_unref(result);
        return (jaxc_fn){0, 0};
    }
    return jx_fn_own(result);
}

jaxc_fn jaxc_vjp_n(jaxc_fn f, jaxc_value *out, int n, const jaxc_value *args)
{
    jx_enter("jaxc_vjp");
    return linearize_at(&pullback_kind, f, out, n, args);
}

jaxc_fn jaxc_linearize_n(jaxc_fn f, jaxc_value *out, int n, const jaxc_value *args)
{
    jx_enter("jaxc_linearize");
    return linearize_at(&linear_kind, f, out, n, args);
}

jaxc_fn jaxc_linear_transpose_n(jaxc_fn f, int n, const jaxc_value *args)
{
    jx_enter("jaxc_linear_transpose");
    struct jx_fn_object *object = jx_fn_get(f), *result = NULL;
    struct call c = {0};
    jaxc_value v = JX_POISON;
    bool *nonzero = NULL, ok = object != NULL;
    struct jx_frame frame;
    jx_frame_push(&frame, "the function", NULL);
    ok = ok && jx_fn_takes(object, n) && call_init(&c, object, n, args);
    for (int i = 0; ok && i < c.flat.n_leaves; i++) {
        char where[JX_WHERE], type[JX_AVAL_TEXT];
        if (!jx_is_float(leaf_type(&c.flat, i)->dtype))
            ok = jx_fail(JAXC_EDTYPE, "%s is %s: linear functions are of floats",
                         jx_flat_where(&c.flat, i, where),
                         jx_aval_text(leaf_type(&c.flat, i), type));
    }
    const struct jx_program *p = c.fn.traced.program;
    ok = ok && (nonzero = jx_alloc((size_t)p->n_out + 1, sizeof *nonzero));
    for (uint32_t i = 0; ok && i < p->n_out; i++)
        nonzero[i] = true;
    if (ok)
        result = linear_object(&pullback_kind, 1, &c, &c.fn.traced, nonzero);
    jx_frame_pop(&frame);
    jx_free(nonzero);
    call_fini(&c, &v);
    jx_fn_unref(object);
    return jx_fn_own(result);
}
