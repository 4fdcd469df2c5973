/*
 * debug.c - hunting for NaN and infinities: a program whose result has one runs again equation by
 * equation, and from that result the way leads back to the equation where it began.
 */
#include "api/api.h"
#include "opt/opt.h"

#include <jaxc/debug.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- settings -------------------------------------------------------------------------------- */

enum { NANS, INFS, N_KINDS };
static const char *const kind_names[N_KINDS] = {"a NaN", "an infinity"};
static atomic_bool wanted[N_KINDS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_environment(void)
{
    static const char *const variables[N_KINDS] = {"JAXC_DEBUG_NANS", "JAXC_DEBUG_INFS"};
    for (int k = 0; k < N_KINDS; k++) {
        const char *text = getenv(variables[k]);
        atomic_store(&wanted[k], text && strcmp(text, "1") == 0);
    }
}

bool(jaxc_debug_nans)(bool on)
{
    pthread_once(&once, read_environment);
    return atomic_exchange(&wanted[NANS], on);
}

bool(jaxc_debug_infs)(bool on)
{
    pthread_once(&once, read_environment);
    return atomic_exchange(&wanted[INFS], on);
}

bool jx_debugging(void)
{
    pthread_once(&once, read_environment);
    return atomic_load_explicit(&wanted[NANS], memory_order_relaxed) ||
           atomic_load_explicit(&wanted[INFS], memory_order_relaxed);
}

/* ---- looking at numbers ---------------------------------------------------------------------- */

/* The magnitude of an infinity, as bits: above it are the NaN. 0: the dtype has none. */
static uint64_t infinity_of(jaxc_dtype dtype)
{
    switch (dtype) {
    case JAXC_F16: return 0x7c00;
    case JAXC_BF16: return 0x7f80;
    case JAXC_F32: return 0x7f800000;
    case JAXC_F64: return 0x7ff0000000000000;
    default: return 0;
    }
}

static uint64_t bits_at(const void *at, size_t size)
{
    uint16_t half;
    uint32_t single;
    uint64_t whole;
    if (size == sizeof half)
        return memcpy(&half, at, sizeof half), half;
    if (size == sizeof single)
        return memcpy(&single, at, sizeof single), single;
    return memcpy(&whole, at, sizeof whole), whole;
}

/* Where the first of the kind is among the elements in row-major order; -1: nowhere. */
static bool find(struct jx_buffer *b, const struct jx_aval *aval, int kind, int64_t *found)
{
    uint64_t infinity = infinity_of(aval->dtype);
    *found = -1;
    if (!infinity)
        return true;
    struct jx_buffer *rows = jx_buffer_as(b, aval, NULL, (struct jx_layout){0, 0});
    if (!rows)
        return false;
    size_t size = jx_dtype_info(aval->dtype)->size, n = rows->size / size;
    for (size_t i = 0; i < n && *found < 0; i++) {
        const char *at = (const char *)rows->data + i * size;
        uint64_t bits = bits_at(at, size) & ~(UINT64_C(1) << (8 * size - 1));
        if (kind == NANS ? bits > infinity : bits == infinity)
            *found = (int64_t)i;
    }
    jx_buffer_unref(rows);
    return true;
}

/* ---- equation by equation -------------------------------------------------------------------- */

struct hunt {
    const struct jx_program *p; /* without calls */
    int kind;
    struct jx_buffer **at; /* of each variable that is still needed */
    int64_t *found;        /* in each variable: where; -1: nowhere */
    uint32_t *last;        /* the last equation that reads it; UINT32_MAX: none */
    uint32_t *maker;       /* the equation whose result it is; UINT32_MAX: it came in */
};

static bool start(struct hunt *h, const struct jx_program *p, struct jx_buffer *const *in, int kind)
{
    size_t n = (size_t)p->n_vars + 1;
    *h = (struct hunt){.p = p, .kind = kind};
    h->at = jx_alloc(n, sizeof *h->at);
    h->found = jx_alloc(n, sizeof *h->found);
    h->last = jx_alloc(n, sizeof *h->last);
    h->maker = jx_alloc(n, sizeof *h->maker);
    if (!h->at || !h->found || !h->last || !h->maker)
        return false;
    for (uint32_t i = 0; i < p->n_vars; i++)
        h->last[i] = h->maker[i] = UINT32_MAX;
    for (uint32_t i = 0; i < p->n_consts + p->n_in; i++) {
        h->at[i] = jx_buffer_ref(in[i]);
        if (!find(in[i], &p->avals[i], kind, &h->found[i]))
            return false;
    }
    for (uint32_t i = 0; i < p->n_eqns; i++) {
        const struct jx_eqn *e = &p->eqns[i];
        for (uint32_t k = 0; k < e->n_in; k++)
            if (!jx_atom_is_literal(p->atoms[e->first_in + k]))
                h->last[p->atoms[e->first_in + k]] = i;
        for (uint32_t k = 0; k < e->n_out; k++)
            h->maker[e->first_out + k] = i;
    }
    return true;
}

static void finish(struct hunt *h)
{
    for (uint32_t i = 0; h->at && i < h->p->n_vars; i++)
        jx_buffer_unref(h->at[i]);
    jx_free(h->at);
    jx_free(h->found);
    jx_free(h->last);
    jx_free(h->maker);
}

/* A program of this equation alone. */
static struct jx_program *alone(const struct jx_program *p, const struct jx_eqn *e, jx_atom *in)
{
    struct jx_program *q = jx_program_new("debug");
    bool ok = q != NULL;
    for (uint32_t k = 0; ok && k < e->n_in; k++) {
        jx_atom a = p->atoms[e->first_in + k];
        if (jx_atom_is_literal(a)) {
            const struct jx_literal *l = &p->literals[a & ~JX_LITERAL_BIT];
            ok = jx_program_add_literal(q, &l->aval, l->value, &in[k]);
        } else {
            in[k] = jx_program_add_var(q, &p->avals[a]);
            ok = in[k] != UINT32_MAX;
            q->n_in += ok;
        }
    }
    const struct jx_eqn *made = ok ? jx_program_add_eqn(q, e->prim, e->params, e->loc, e->n_in, in,
                                                        e->n_out, &p->avals[e->first_out])
                                   : NULL;
    ok = made != NULL;
    jx_atom *outs = ok ? jx_alloc((size_t)e->n_out + 1, sizeof *outs) : NULL;
    for (uint32_t k = 0; outs && k < e->n_out; k++)
        outs[k] = made->first_out + k;
    ok = outs && jx_program_set_outs(q, e->n_out, outs);
    jx_free(outs);
    if (ok)
        return q;
    jx_program_unref(q);
    return NULL;
}

static bool run_equation(struct hunt *h, uint32_t i)
{
    const struct jx_program *p = h->p;
    const struct jx_eqn *e = &p->eqns[i];
    jx_atom *atoms = jx_alloc((size_t)e->n_in + 1, sizeof *atoms);
    struct jx_buffer **in = jx_alloc((size_t)e->n_in + 1, sizeof *in);
    struct jx_program *q = atoms && in ? alone(p, e, atoms) : NULL;
    struct jx_exe *exe = q ? jx_compile(q, NULL) : NULL;
    uint32_t n = 0;
    for (uint32_t k = 0; exe && k < e->n_in; k++)
        if (!jx_atom_is_literal(p->atoms[e->first_in + k]))
            in[n++] = h->at[p->atoms[e->first_in + k]];
    bool ok = exe && jx_exe_run(exe, in, NULL, NULL, h->at + e->first_out);
    for (uint32_t v = e->first_out; ok && v < e->first_out + e->n_out; v++)
        ok = find(h->at[v], &p->avals[v], h->kind, &h->found[v]);
    for (uint32_t k = 0; ok && k < e->n_in; k++) {
        jx_atom a = p->atoms[e->first_in + k];
        if (jx_atom_is_literal(a) || h->last[a] != i || !h->at[a])
            continue;
        jx_buffer_unref(h->at[a]);
        h->at[a] = NULL;
    }
    jx_exe_unref(exe);
    jx_program_unref(q);
    jx_free(in);
    jx_free(atoms);
    return ok;
}

/* ---- what is said ---------------------------------------------------------------------------- */

/* " at [2,0]" of a row-major variable. */
static const char *place(const struct jx_aval *a, int64_t element, char *text, size_t size)
{
    size_t used = 0;
    int64_t inner = jx_count(a->rank, a->dims);
    text[0] = 0;
    for (int i = 0; i < a->rank && used < size; i++) {
        inner /= a->dims[i];
        used += (size_t)snprintf(text + used, size - used, "%s%lld%s", i ? "," : " at [",
                                 (long long)(element / inner), i + 1 == a->rank ? "]" : "");
        element %= inner;
    }
    return text;
}

static bool tell(const struct hunt *h, uint32_t variable)
{
    const struct jx_program *p = h->p;
    const char *kind = kind_names[h->kind];
    char type[JX_AVAL_TEXT], at[256], from[4 * JX_AVAL_TEXT] = "";
    if (h->maker[variable] == UINT32_MAX)
        return jx_fail(JAXC_ENONFINITE, "%s came in with %s %s%s", kind,
                       variable < p->n_consts ? "a captured" : "an argument,",
                       jx_aval_text(&p->avals[variable], type),
                       place(&p->avals[variable], h->found[variable], at, sizeof at));
    const struct jx_eqn *e = &p->eqns[h->maker[variable]];
    for (uint32_t k = 0, used = 0; k < e->n_in && k < 4; k++)
        used += (uint32_t)snprintf(from + used, sizeof from - used, "%s%s", k ? ", " : ", from ",
                                   jx_aval_text(jx_atom_aval(p, p->atoms[e->first_in + k]), type));
    return jx_fail_at(e->loc, JAXC_ENONFINITE, "%s made %s: %s%s%s", e->prim->name, kind,
                      jx_aval_text(&p->avals[variable], type),
                      place(&p->avals[variable], h->found[variable], at, sizeof at), from);
}

/* Back from a variable that has one, as long as an operand has one. Variables count upwards. */
static uint32_t origin(const struct hunt *h, uint32_t variable)
{
    const struct jx_program *p = h->p;
    while (h->maker[variable] != UINT32_MAX) {
        const struct jx_eqn *e = &p->eqns[h->maker[variable]];
        uint32_t before = UINT32_MAX;
        for (uint32_t k = 0; k < e->n_in && before == UINT32_MAX; k++) {
            jx_atom a = p->atoms[e->first_in + k];
            if (!jx_atom_is_literal(a) && h->found[a] >= 0)
                before = a;
        }
        if (before == UINT32_MAX)
            break;
        variable = before;
    }
    return variable;
}

/* Always false: the error is set. */
static bool hunt(struct jx_program *whole, struct jx_buffer *const *in, int kind)
{
    struct hunt h = {0};
    struct jx_program *p = jx_inline(whole);
    bool ok = p && start(&h, p, in, kind), told = false;
    for (uint32_t i = 0; ok && i < p->n_eqns; i++)
        ok = run_equation(&h, i);
    for (uint32_t i = 0; ok && !told && i < p->n_out; i++)
        if (!jx_atom_is_literal(p->outs[i]) && h.found[p->outs[i]] >= 0)
            told = !tell(&h, origin(&h, p->outs[i]));
    if (ok && !told)
        jx_fail(JAXC_ENONFINITE, "%s in a result; equation by equation there is none",
                kind_names[kind]);
    finish(&h);
    jx_program_unref(p);
    return false;
}

bool jx_debug_results(struct jx_program *p, struct jx_buffer *const *in,
                      struct jx_buffer *const *out)
{
    for (int kind = 0; kind < N_KINDS && jx_debugging(); kind++)
        for (uint32_t i = 0; i < p->n_out && atomic_load(&wanted[kind]); i++) {
            int64_t found;
            if (!find(out[i], jx_atom_aval(p, p->outs[i]), kind, &found))
                return false;
            if (found >= 0)
                return hunt(p, in, kind);
        }
    return true;
}
