/*
 * shrink.c - a failing program made small.
 *
 * A smaller candidate is built from the program and from the values inside it: results of equations
 * may become inputs with the numbers they had, or give way to an operand of the same type; outputs
 * go, and with them what they needed; sizes of axes shrink everywhere at once. A candidate that is
 * no program, or that the property does not fail on in the same way, is thrown away. Greedy, until
 * nothing helps.
 */
#include "support/shrink.h"
#include "support/random_program.h"

#include "opt/opt.h"

#include <jaxc/error.h>

#include <stdio.h>
#include <stdlib.h>

struct shrinking {
    struct subject *s;
    property holds;
    char *why;
    int tries;              /* left */
    struct bounded *values; /* of each variable of s->program */
};

/* What the failure is, without its numbers: the message up to the first digit. */
static bool same_failure(const char *a, const char *b)
{
    size_t n = strcspn(a, "0123456789");
    return n == strcspn(b, "0123456789") && strncmp(a, b, n) == 0;
}

/* Takes the candidate over: it is the subject from now on, or gone. */
static bool take(struct shrinking *w, struct subject *candidate)
{
    char why[WHY] = "";
    jaxc_clear_error();
    if (!candidate->program || w->tries-- <= 0) {
        subject_end(candidate);
        return false;
    }
    candidate->seed = w->s->seed;
    if (w->holds(candidate, why) || !same_failure(why, w->why)) {
        subject_end(candidate);
        return false;
    }
    subject_end(w->s);
    *w->s = *candidate;
    memcpy(w->why, why, WHY);
    return true;
}

/* ---- rebuilding ------------------------------------------------------------------------------ */

/* A program like p with some variables seen as inputs or as others, and fewer outputs. */
struct edit {
    const struct jx_program *p;
    bool *cut;    /* of each variable: an input from now on */
    jx_atom *use; /* of each variable: what stands for it; itself at first */
    uint32_t n_out;
    jx_atom *outs;
};

static void edit_start(struct edit *e, const struct jx_program *p)
{
    *e = (struct edit){.p = p, .n_out = p->n_out};
    e->cut = must_alloc(p->n_vars, sizeof *e->cut);
    e->use = must_alloc(p->n_vars, sizeof *e->use);
    e->outs = must_alloc((size_t)p->n_out + 1, sizeof *e->outs);
    memcpy(e->outs, p->outs, p->n_out * sizeof *p->outs);
    for (uint32_t v = 0; v < p->n_vars; v++)
        e->use[v] = v;
}

static void edit_end(struct edit *e)
{
    free(e->cut);
    free(e->use);
    free(e->outs);
}

static jx_atom used(const struct edit *e, jx_atom a)
{
    while (!jx_atom_is_literal(a) && e->use[a] != a)
        a = e->use[a];
    return a;
}

static void mark(const struct edit *e, jx_atom a, bool *live)
{
    a = used(e, a);
    if (!jx_atom_is_literal(a))
        live[a] = true;
}

/* Which variables the outputs need. */
static bool *liveness(const struct edit *e)
{
    const struct jx_program *p = e->p;
    bool *live = must_alloc(p->n_vars, sizeof *live);
    for (uint32_t i = 0; i < e->n_out; i++)
        mark(e, e->outs[i], live);
    for (uint32_t i = p->n_eqns; i-- > 0;) {
        const struct jx_eqn *q = &p->eqns[i];
        bool needed = false;
        for (uint32_t k = 0; k < q->n_out; k++)
            needed = needed || (live[q->first_out + k] && !e->cut[q->first_out + k]);
        for (uint32_t k = 0; needed && k < q->n_in; k++)
            mark(e, p->atoms[q->first_in + k], live);
    }
    return live;
}

static bool is_input(const struct edit *e, uint32_t v)
{
    return v < e->p->n_consts + e->p->n_in || e->cut[v];
}

static bool copy_atom(const struct edit *e, struct jx_program *q, const jx_atom *map, jx_atom a,
                      jx_atom *to)
{
    a = used(e, a);
    if (!jx_atom_is_literal(a)) {
        *to = map[a];
        return *to != UINT32_MAX;
    }
    const struct jx_literal *l = &e->p->literals[a & ~JX_LITERAL_BIT];
    return jx_program_add_literal(q, &l->aval, l->value, to);
}

static bool copy_equation(const struct edit *e, struct jx_program *q, jx_atom *map,
                          const struct jx_eqn *eqn)
{
    jx_atom *in = must_alloc(eqn->n_in, sizeof *in);
    bool ok = true;
    for (uint32_t k = 0; ok && k < eqn->n_in; k++)
        ok = copy_atom(e, q, map, e->p->atoms[eqn->first_in + k], &in[k]);
    struct jx_eqn *copy = ok ? jx_program_add_eqn(q, eqn->prim, eqn->params, eqn->loc, eqn->n_in,
                                                  in, eqn->n_out, &e->p->avals[eqn->first_out])
                             : NULL;
    for (uint32_t k = 0; copy && k < eqn->n_out; k++)
        if (!e->cut[eqn->first_out + k])
            map[eqn->first_out + k] = copy->first_out + k;
    free(in);
    return copy != NULL;
}

static struct array narrowed(const struct bounded *b)
{
    struct array a = array_new(&b->type);
    if (!jx_is_float(b->type.dtype))
        memcpy(a.data, b->value, array_size(&a));
    for (int64_t i = 0; jx_is_float(b->type.dtype) && i < b->n; i++)
        array_set(&a, i, bounded_number(b, i));
    return a;
}

/* The edited program with its inputs; program NULL when it is none. */
static struct subject rebuild(const struct edit *e, const struct bounded *values)
{
    const struct jx_program *p = e->p;
    struct subject s = {.program = jx_program_new(p->name)};
    struct jx_program *q = s.program;
    bool *live = liveness(e), ok = q != NULL;
    jx_atom *map = must_alloc(p->n_vars, sizeof *map), *outs = must_alloc(e->n_out, sizeof *outs);
    s.in = must_alloc(p->n_vars, sizeof *s.in);
    for (uint32_t v = 0; v < p->n_vars; v++)
        map[v] = UINT32_MAX;
    for (uint32_t v = 0; ok && v < p->n_vars; v++) {
        if (!is_input(e, v) || !live[v])
            continue;
        map[v] = jx_program_add_var(q, &p->avals[v]);
        s.in[q->n_in++] = narrowed(&values[v]);
        ok = map[v] != UINT32_MAX;
    }
    for (uint32_t i = 0; ok && i < p->n_eqns; i++) {
        const struct jx_eqn *eqn = &p->eqns[i];
        bool needed = false;
        for (uint32_t k = 0; k < eqn->n_out; k++)
            needed = needed || (live[eqn->first_out + k] && !e->cut[eqn->first_out + k]);
        ok = !needed || copy_equation(e, q, map, eqn);
    }
    for (uint32_t i = 0; ok && i < e->n_out; i++)
        ok = copy_atom(e, q, map, e->outs[i], &outs[i]);
    ok = ok && jx_program_set_outs(q, e->n_out, outs) && q->n_in <= MOST_INPUTS &&
         jx_program_verify(q);
    free(live);
    free(map);
    free(outs);
    if (!ok) {
        if (q)
            arrays_free((int)q->n_in, s.in);
        jx_program_unref(q);
        return (struct subject){0};
    }
    return s;
}

/* The numbers of every variable, from a program that gives them all. */
static struct bounded *all_values(const struct subject *s)
{
    struct bounds_options o = {.values = true};
    struct jx_program all = *s->program; /* a view: nothing is counted */
    char why[WHY];
    jx_atom *outs = must_alloc(all.n_vars, sizeof *outs);
    for (uint32_t v = 0; v < all.n_vars; v++)
        outs[v] = v;
    all.outs = outs;
    all.n_out = all.n_vars;
    struct bounded *in = must_alloc(all.n_in, sizeof *in);
    struct bounded *values = must_alloc(all.n_vars, sizeof *values);
    for (uint32_t i = 0; i < all.n_in; i++)
        in[i] = bounded_of(&s->in[i]);
    bool ok = bounds_run(&all, in, values, &o, why);
    bounded_free_all((int)all.n_in, in);
    free(outs);
    if (ok)
        return values;
    free(values);
    return NULL;
}

/* ---- what is tried --------------------------------------------------------------------------- */

static bool fewer_outputs(struct shrinking *w)
{
    const struct jx_program *p = w->s->program;
    for (uint32_t i = 0; p->n_out > 1 && i < p->n_out; i++) {
        struct edit e;
        edit_start(&e, p);
        e.n_out = 1;
        e.outs[0] = p->outs[i];
        struct subject candidate = rebuild(&e, w->values);
        edit_end(&e);
        if (take(w, &candidate))
            return true;
    }
    return false;
}

/* A value inside as the only output. */
static bool earlier_outputs(struct shrinking *w)
{
    const struct jx_program *p = w->s->program;
    for (uint32_t v = p->n_in; v < p->n_vars; v++) {
        struct edit e;
        edit_start(&e, p);
        e.n_out = 1;
        e.outs[0] = v;
        struct subject candidate = rebuild(&e, w->values);
        edit_end(&e);
        bool smaller = candidate.program && candidate.program->n_eqns < p->n_eqns;
        if (!smaller)
            subject_end(&candidate);
        else if (take(w, &candidate))
            return true;
    }
    return false;
}

/* Results of a run of equations become inputs. */
static bool fewer_equations(struct shrinking *w)
{
    const struct jx_program *p = w->s->program;
    for (uint32_t length = p->n_eqns; length > 0; length /= 2)
        for (uint32_t from = 0; from < p->n_eqns; from += length) {
            struct edit e;
            edit_start(&e, p);
            for (uint32_t i = from; i < from + length && i < p->n_eqns; i++)
                for (uint32_t k = 0; k < p->eqns[i].n_out; k++)
                    e.cut[p->eqns[i].first_out + k] = true;
            struct subject candidate = rebuild(&e, w->values);
            edit_end(&e);
            bool smaller = candidate.program && candidate.program->n_eqns < p->n_eqns;
            if (!smaller)
                subject_end(&candidate);
            else if (take(w, &candidate))
                return true;
        }
    return false;
}

/* An operand, or an input, in the place of a result. */
static bool shorter_ways(struct shrinking *w)
{
    const struct jx_program *p = w->s->program;
    for (uint32_t i = p->n_eqns; i-- > 0;) {
        const struct jx_eqn *q = &p->eqns[i];
        uint32_t n = q->n_in + p->n_in;
        for (uint32_t k = 0; k < n; k++) {
            jx_atom a = k < q->n_in ? p->atoms[q->first_in + k] : k - q->n_in;
            if (!jx_aval_same(jx_atom_aval(p, a), &p->avals[q->first_out]) || q->n_out != 1)
                continue;
            struct edit e;
            edit_start(&e, p);
            e.use[q->first_out] = a;
            struct subject candidate = rebuild(&e, w->values);
            edit_end(&e);
            if (take(w, &candidate))
                return true;
        }
    }
    return false;
}

static bool no_unused_inputs(struct shrinking *w)
{
    struct edit e;
    edit_start(&e, w->s->program);
    struct subject candidate = rebuild(&e, w->values);
    edit_end(&e);
    if (candidate.program && candidate.program->n_in < w->s->program->n_in)
        return take(w, &candidate);
    subject_end(&candidate);
    return false;
}

static struct array *copy_inputs(const struct subject *s)
{
    struct array *in = must_alloc(s->program->n_in, sizeof *in);
    for (uint32_t i = 0; i < s->program->n_in; i++)
        in[i] = array_copy(&s->in[i]);
    return in;
}

static bool without_calls(struct shrinking *w)
{
    if (!program_applies(w->s->program, &jx_jit_p))
        return false;
    struct subject candidate = {.program = jx_inline(w->s->program)};
    if (candidate.program)
        candidate.in = copy_inputs(w->s);
    return take(w, &candidate);
}

/* ---- sizes ----------------------------------------------------------------------------------- */

struct resize {
    int64_t from, to;
};

static void resize_dims(int n, int64_t *dims, struct resize r)
{
    for (int i = 0; i < n; i++)
        if (dims[i] == r.from)
            dims[i] = r.to;
}

/* Those parameters of primitives that are sizes. */
static void resize_params(const struct jx_prim *prim, void *params, struct resize r)
{
    if (prim == &jx_broadcast_in_dim_p || prim == &jx_iota_p) {
        struct jx_ints *shape = prim == &jx_iota_p
                                    ? &((struct jx_iota_params *)params)->shape
                                    : &((struct jx_broadcast_in_dim_params *)params)->shape;
        resize_dims(shape->n, shape->at, r);
    } else if (prim == &jx_reshape_p) {
        struct jx_reshape_params *p = params;
        resize_dims(p->new_sizes.n, p->new_sizes.at, r);
    } else if (prim == &jx_slice_p) {
        struct jx_slice_params *p = params;
        resize_dims(p->limit_indices.n, p->limit_indices.at, r);
        for (int i = 0; i < p->start_indices.n; i++)
            if (p->start_indices.at[i] > p->limit_indices.at[i])
                p->start_indices.at[i] = p->limit_indices.at[i];
    }
}

/* The first elements along each axis that got shorter. */
static struct array cropped(const struct array *a, struct resize r)
{
    struct jx_aval type = a->type;
    resize_dims(type.rank, type.dims, r);
    struct array b = array_new(&type);
    for (int64_t i = 0; i < array_count(&b); i++) {
        int64_t from = 0, rest = i, stride = 1;
        for (int axis = type.rank - 1; axis >= 0; axis--) {
            from += rest % type.dims[axis] * stride;
            rest /= type.dims[axis];
            stride *= a->type.dims[axis];
        }
        array_set(&b, i, array_number(a, from));
    }
    return b;
}

static bool resize_equation(struct jx_program *q, const struct jx_program *p,
                            const struct jx_eqn *e, struct resize r)
{
    max_align_t room[16];
    const struct jx_aval **types = must_alloc(e->n_in, sizeof *types);
    struct jx_aval *out = must_alloc(e->n_out, sizeof *out);
    struct jx_params *params = NULL;
    jx_atom *in = must_alloc(e->n_in, sizeof *in);
    bool ok = e->prim->params_size <= sizeof room;
    if (ok && e->params) {
        memcpy(room, e->params->data, e->prim->params_size);
        resize_params(e->prim, room, r);
        params = jx_params_new(e->prim, room);
        ok = params != NULL;
    }
    for (uint32_t k = 0; ok && k < e->n_in; k++) {
        in[k] = p->atoms[e->first_in + k];
        if (jx_atom_is_literal(in[k])) {
            const struct jx_literal *l = &p->literals[in[k] & ~JX_LITERAL_BIT];
            ok = jx_program_add_literal(q, &l->aval, l->value, &in[k]);
        }
    }
    for (uint32_t k = 0; ok && k < e->n_in; k++) /* once no literal moves the others */
        types[k] = jx_atom_aval(q, in[k]);
    ok = ok &&
         jx_infer(e->prim, params ? params->data : NULL, (int)e->n_in, types, (int)e->n_out, out) &&
         jx_program_add_eqn(q, e->prim, params, e->loc, e->n_in, in, e->n_out, out);
    jx_params_unref(params);
    free(types);
    free(out);
    free(in);
    return ok;
}

static struct subject resized(const struct subject *s, struct resize r)
{
    const struct jx_program *p = s->program;
    struct subject t = {.program = jx_program_new(p->name),
                        .in = must_alloc(p->n_in, sizeof *t.in)};
    struct jx_program *q = t.program;
    jx_atom *outs = must_alloc(p->n_out, sizeof *outs);
    bool ok = q != NULL;
    for (uint32_t i = 0; ok && i < p->n_in; i++) {
        t.in[i] = cropped(&s->in[i], r);
        ok = jx_program_add_var(q, &t.in[i].type) != UINT32_MAX;
        q->n_in++;
    }
    for (uint32_t i = 0; ok && i < p->n_eqns; i++)
        ok = resize_equation(q, p, &p->eqns[i], r);
    for (uint32_t i = 0; ok && i < p->n_out; i++) {
        outs[i] = p->outs[i];
        if (jx_atom_is_literal(outs[i])) {
            const struct jx_literal *l = &p->literals[outs[i] & ~JX_LITERAL_BIT];
            ok = jx_program_add_literal(q, &l->aval, l->value, &outs[i]);
        }
    }
    ok = ok && jx_program_set_outs(q, p->n_out, outs) && jx_program_verify(q);
    free(outs);
    if (!ok) {
        arrays_free(q ? (int)q->n_in : 0, t.in);
        jx_program_unref(q);
        return (struct subject){0};
    }
    return t;
}

static bool smaller_sizes(struct shrinking *w)
{
    const struct jx_program *p = w->s->program;
    for (uint32_t v = 0; v < p->n_vars; v++)
        for (int i = 0; i < p->avals[v].rank; i++) {
            int64_t size = p->avals[v].dims[i], to[] = {1, 2, size / 2, size - 1};
            for (int k = 0; k < 4; k++) {
                if (to[k] < 1 || to[k] >= size)
                    continue;
                struct subject candidate = resized(w->s, (struct resize){size, to[k]});
                if (take(w, &candidate))
                    return true;
            }
        }
    return false;
}

/* An input of ones reads better. */
static bool plainer_numbers(struct shrinking *w)
{
    for (uint32_t i = 0; i < w->s->program->n_in; i++) {
        bool plain = true;
        for (int64_t k = 0; k < array_count(&w->s->in[i]); k++)
            plain = plain && array_number(&w->s->in[i], k) == 1;
        if (plain)
            continue;
        struct subject candidate = {.program = jx_program_ref(w->s->program),
                                    .in = copy_inputs(w->s)};
        for (int64_t k = 0; k < array_count(&candidate.in[i]); k++)
            array_set(&candidate.in[i], k, 1);
        if (take(w, &candidate))
            return true;
    }
    return false;
}

void shrink(struct subject *s, property holds, char *why)
{
    static bool (*const ways[])(struct shrinking *) = {
        fewer_outputs, without_calls,    earlier_outputs, fewer_equations,
        shorter_ways,  no_unused_inputs, smaller_sizes,   plainer_numbers};
    struct shrinking w = {.s = s, .holds = holds, .why = why, .tries = 2000};
    for (bool smaller = true; smaller;) {
        uint32_t n_vars = s->program->n_vars; /* values are of the program before */
        smaller = false;
        w.values = all_values(s);
        for (size_t i = 0; w.values && !smaller && i < sizeof ways / sizeof ways[0]; i++)
            smaller = ways[i](&w);
        bounded_free_all((int)n_vars, w.values);
    }
}
