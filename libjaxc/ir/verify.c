/*
 * ir/verify.c - is a program what ir.h says a program is?
 *
 * Passes build programs and may be wrong; this finds the first equation that is. Variables are
 * numbered consts, inputs, results in order of equations, so "defined before use" is a comparison.
 * Nested programs are looked at once each, from a list: first all for their form, then all for
 * their types, since type rules trust the form of the programs they are given.
 */
#include "ir/internal.h"

#include <limits.h>
#include <stdio.h>

struct verifier {
    const struct jx_program **programs; /* found so far */
    size_t n_programs, programs_capacity;
    struct jx_map map;            /* of programs */
    const struct jx_aval **types; /* of an equation's operands */
    struct jx_aval *inferred;     /* of its results */
    size_t types_capacity, inferred_capacity;
    const struct jx_program *p; /* being looked at */
    const struct jx_eqn *e;     /* its equation; NULL: none */
};

/* Sets the error; always false. */
__attribute__((format(printf, 2, 3))) static bool wrong(const struct verifier *v,
                                                        const char *format, ...)
{
    char text[JX_ERROR_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *name = v->p->name ? v->p->name : "the program";
    if (!v->e)
        return jx_fail(JAXC_EINTERNAL, "internal: %s: %s", name, text);
    return jx_fail_at(v->e->loc, JAXC_EINTERNAL, "internal: equation %zu of %s, %s: %s",
                      (size_t)(v->e - v->p->eqns), name, v->e->prim ? v->e->prim->name : "?", text);
}

/* The same, with what another function has said; memory may be out, which is nobody's fault. */
static bool refused(const struct verifier *v, const char *what)
{
    struct jx_error_state said;
    jx_error_save(&said);
    if (said.code != JAXC_ENOMEM)
        return wrong(v, "%s: %s", what, said.text);
    jx_error_restore(&said);
    return false;
}

/* ---- form ------------------------------------------------------------------------------------ */

static bool check_type(const struct verifier *v, const char *what, const struct jx_aval *a)
{
    int64_t n;
    if (!jx_dtype_info(a->dtype) || a->weak > 1)
        return wrong(v, "%s: no type", what);
    if (!jx_n_elements(a->rank, a->dims, &n))
        return refused(v, what);
    for (int i = a->rank; i < JAXC_MAX_RANK; i++)
        if (a->dims[i])
            return wrong(v, "%s: a size beyond its rank", what);
    return true;
}

/* A weak number is held whole, a strong one is one of its dtype. */
static bool check_literal(const struct verifier *v, const struct jx_literal *l)
{
    if (!check_type(v, "a literal", &l->aval))
        return false;
    const struct jx_dtype_info *info = jx_dtype_info(l->aval.dtype);
    if (l->aval.rank != 0 || info->category == JX_CAT_COMPLEX)
        return wrong(v, "a literal of rank %d and dtype %s", l->aval.rank, info->name);
    if (l->aval.weak && info->category != JX_CAT_BOOL)
        return true;
    union jx_scalar there = jx_scalar_convert(l->value, l->aval.dtype, l->aval.dtype);
    bool is_nan = info->category == JX_CAT_FLOAT && l->value.f != l->value.f;
    return is_nan || there.u == l->value.u || wrong(v, "a literal that no %s holds", info->name);
}

/* Is it a variable below `defined`, or a literal that there is? */
static bool check_atom(const struct verifier *v, const char *what, uint32_t i, jx_atom a,
                       uint32_t defined)
{
    if (jx_atom_is_literal(a))
        return (a & ~JX_LITERAL_BIT) < v->p->n_literals ||
               wrong(v, "%s %u is literal %u of %u", what, i, a & ~JX_LITERAL_BIT,
                     v->p->n_literals);
    return a < defined || wrong(v, "%s %u is variable %u, which is not defined yet", what, i, a);
}

static bool add_program(struct verifier *v, const struct jx_program *p)
{
    size_t cursor = 0;
    void *found;
    uint64_t hash = jx_mix(0, (uintptr_t)p);
    while ((found = jx_map_next(&v->map, hash, &cursor)))
        if (found == p)
            return true;
    if (!jx_grow(&v->programs, &v->programs_capacity, v->n_programs + 1, sizeof *v->programs))
        return false;
    v->programs[v->n_programs++] = p;
    return jx_map_add(&v->map, hash, (void *)(uintptr_t)p);
}

static bool check_params(struct verifier *v)
{
    const struct jx_prim *prim = v->e->prim;
    const struct jx_params *params = v->e->params;
    if (!params != !prim->fields)
        return wrong(v, params ? "parameters, though it has none" : "no parameters");
    if (params && params->prim != prim)
        return wrong(v, "parameters of %s", params->prim->name);
    for (const struct jx_field *f = prim->fields; f && f->name; f++) {
        if (f->kind != JX_F_PROGRAM)
            continue;
        const struct jx_program *inner = jx_field_program(params->data, f);
        if (!inner && !f->hidden)
            return wrong(v, "no %s", f->name);
        if (inner && !add_program(v, inner))
            return false;
    }
    return true;
}

static bool check_eqn_form(struct verifier *v, uint32_t first_out)
{
    const struct jx_program *p = v->p;
    const struct jx_eqn *e = v->e;
    if (!e->prim)
        return wrong(v, "no primitive");
    if (e->first_in > p->n_atoms || e->n_in > p->n_atoms - e->first_in || e->n_in > INT_MAX)
        return wrong(v, "its operands lie outside the program");
    if (e->prim->arity >= 0 && e->n_in != (uint32_t)e->prim->arity)
        return wrong(v, "%u operands, not %d", e->n_in, e->prim->arity);
    for (uint32_t i = 0; i < e->n_in; i++)
        if (!check_atom(v, "operand", i, p->atoms[e->first_in + i], first_out))
            return false;
    if (e->first_out != first_out || e->n_out > p->n_vars - first_out || e->n_out > INT_MAX)
        return wrong(v, "its results are variables %u and on, not %u and on", e->first_out,
                     first_out);
    return check_params(v);
}

static bool check_form(struct verifier *v)
{
    const struct jx_program *p = v->p;
    if ((uint64_t)p->n_consts + p->n_in > p->n_vars)
        return wrong(v, "%u consts and %u inputs among %u variables", p->n_consts, p->n_in,
                     p->n_vars);
    for (uint32_t i = 0; i < p->n_vars; i++)
        if (!check_type(v, "a variable", &p->avals[i]))
            return false;
    for (uint32_t i = 0; i < p->n_literals; i++)
        if (!check_literal(v, &p->literals[i]))
            return false;
    uint32_t defined = p->n_consts + p->n_in;
    for (uint32_t i = 0; i < p->n_eqns; i++) {
        v->e = &p->eqns[i];
        if (!check_eqn_form(v, defined))
            return false;
        defined += v->e->n_out;
    }
    v->e = NULL;
    if (defined != p->n_vars)
        return wrong(v, "%u variables, of which %u are defined", p->n_vars, defined);
    for (uint32_t i = 0; i < p->n_out; i++)
        if (!check_atom(v, "output", i, p->outs[i], defined))
            return false;
    return true;
}

/* ---- types ----------------------------------------------------------------------------------- */

static bool check_eqn_types(struct verifier *v)
{
    const struct jx_eqn *e = v->e;
    const void *params = e->params ? e->params->data : NULL;
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    int n = jx_n_results(e->prim, params, (int)e->n_in);
    if (n != (int)e->n_out)
        return wrong(v, "%u results, not %d", e->n_out, n);
    if (!jx_grow(&v->types, &v->types_capacity, e->n_in, sizeof *v->types) ||
        !jx_grow(&v->inferred, &v->inferred_capacity, e->n_out, sizeof *v->inferred))
        return false;
    for (uint32_t i = 0; i < e->n_in; i++)
        v->types[i] = jx_atom_aval(v->p, v->p->atoms[e->first_in + i]);
    if (!jx_infer(e->prim, params, (int)e->n_in, v->types, n, v->inferred))
        return refused(v, "its type rule");
    for (uint32_t i = 0; i < e->n_out; i++) {
        const struct jx_aval *is = &v->p->avals[e->first_out + i], *rule = &v->inferred[i];
        if (!jx_aval_same(is, rule))
            return wrong(v, "result %u is %s, by its type rule %s", i, jx_aval_text(is, a),
                         jx_aval_text(rule, b));
    }
    return true;
}

static bool check_types(struct verifier *v)
{
    for (uint32_t i = 0; i < v->p->n_eqns; i++) {
        v->e = &v->p->eqns[i];
        if (!check_eqn_types(v))
            return false;
    }
    v->e = NULL;
    return true;
}

bool jx_program_verify(const struct jx_program *p)
{
    struct verifier v = {.p = p};
    struct jx_error_state before, own;
    struct jx_loc here = jx_here();
    jx_error_save(&before);
    jx_set_here((struct jx_loc){0}); /* type rules speak without a place: the equation has one */
    bool ok = add_program(&v, p);
    for (size_t i = 0; ok && i < v.n_programs; i++) {
        v.p = v.programs[i];
        ok = check_form(&v);
    }
    for (size_t i = 0; ok && i < v.n_programs; i++) {
        v.p = v.programs[i];
        ok = check_types(&v);
    }
    jx_free(v.programs);
    jx_free(v.types);
    jx_free(v.inferred);
    jx_map_fini(&v.map);
    jx_set_here(here);
    jx_error_save(&own);
    jx_error_restore(before.code != JAXC_OK ? &before : &own);
    return ok;
}
