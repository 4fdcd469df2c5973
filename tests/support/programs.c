/*
 * programs.c - programs made of programs, each by one transform.
 */
#include "support/programs.h"
#include "support/bounds.h"

#include "api/api.h"

#include <stdlib.h>

static bool is_float(const struct jx_aval *a) { return jx_is_float(a->dtype); }

static const struct jx_aval *out_type(const struct jx_program *p, uint32_t i)
{
    return jx_atom_aval(p, p->outs[i]);
}

bool program_applies(const struct jx_program *p, const struct jx_prim *prim)
{
    for (uint32_t i = 0; i < p->n_eqns; i++) {
        const struct jx_eqn *e = &p->eqns[i];
        if (e->prim == prim)
            return true;
        for (const struct jx_field *f = e->prim->fields; f && f->name; f++)
            if (f->kind == JX_F_PROGRAM &&
                program_applies(
                    *(struct jx_program *const *)((const char *)e->params->data + f->offset), prim))
                return true;
    }
    return false;
}

/* ---- programs made of programs --------------------------------------------------------------- */

/* A trace with one argument for each input of p. */
struct making {
    const struct jx_program *p;
    uint64_t trace;
    jaxc_value *args, *x, *y, *dx, *dy; /* args: those of the new program */
    int n_args;
    char *why;
};

static bool making_start(struct making *m, const struct jx_program *p, char *why)
{
    size_t n = 2 * ((size_t)p->n_in + p->n_out + 1);
    *m = (struct making){.p = p, .trace = jx_trace_open(p->name), .why = why};
    m->args = must_alloc(n, sizeof *m->args);
    m->x = must_alloc(n, sizeof *m->x);
    m->y = must_alloc(n, sizeof *m->y);
    m->dx = must_alloc(n, sizeof *m->dx);
    m->dy = must_alloc(n, sizeof *m->dy);
    return m->trace != 0;
}

static jaxc_value making_arg(struct making *m, const struct jx_aval *type)
{
    return m->args[m->n_args++] = jx_trace_arg(type);
}

/* A derivative has the type of what it belongs to; zeros for a symbolic zero. */
static bool fit(jaxc_value *derivative, const struct jx_aval *type)
{
    struct jx_aval got;
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    if (jx_is_zero(*derivative))
        *derivative = jx_zeros_of(type);
    if (!jx_value_aval(*derivative, &got))
        return false;
    return jx_aval_same_array(&got, type) ||
           jx_fail(JAXC_EINTERNAL,
                   "internal: a derivative of type %s belongs to a value of type %s",
                   jx_aval_text(&got, a), jx_aval_text(type, b));
}

/* Closes the trace over these results. */
static struct jx_program *making_end(struct making *m, bool ok, int n_out, const jaxc_value *out,
                                     const char *what)
{
    struct jx_traced t = {0};
    struct jx_program *p = NULL;
    ok = ok && jx_trace_close(m->trace, m->n_args, m->args, n_out, out, &t);
    jx_trace_abandon(m->trace);
    if (ok && t.n_captures)
        ok = jx_fail(JAXC_EINTERNAL, "internal: a closed program captures %d values", t.n_captures);
    if (ok && jx_program_verify(t.program))
        p = jx_program_ref(t.program);
    jx_traced_fini(&t);
    free(m->args);
    free(m->x);
    free(m->y);
    free(m->dx);
    free(m->dy);
    if (!p)
        failed(m->why, what);
    return p;
}

struct jx_program *program_jvp(const struct jx_program *p, const bool *active, char *why)
{
    struct making m;
    bool ok = making_start(&m, p, why);
    for (uint32_t i = 0; ok && i < p->n_in; i++)
        m.x[i] = making_arg(&m, &p->avals[i]);
    for (uint32_t i = 0; ok && i < p->n_in; i++) {
        bool moves = is_float(&p->avals[i]) && (!active || active[i]);
        m.dx[i] = moves ? making_arg(&m, &p->avals[i]) : JX_ZERO;
    }
    ok = ok && jx_jvp(p, m.x, m.dx, m.y, m.dy);
    int n_out = (int)p->n_out;
    for (uint32_t i = 0; ok && i < p->n_out; i++) {
        if (is_float(out_type(p, i))) {
            ok = fit(&m.dy[i], out_type(p, i));
            m.y[n_out++] = m.dy[i];
        } else if (!jx_is_zero(m.dy[i]))
            ok = jx_fail(JAXC_EINTERNAL, "internal: output %u has a tangent", i);
    }
    return making_end(&m, ok, n_out, m.y, "jvp");
}

struct jx_program *program_vjp(const struct jx_program *p, char *why)
{
    struct making m;
    struct jx_linear linear = {0};
    bool *nonzero = must_alloc(p->n_in, sizeof *nonzero), *is_linear = NULL;
    jaxc_value *in = NULL, *ct = NULL, *ct_in = NULL;
    bool ok = making_start(&m, p, why);
    for (uint32_t i = 0; ok && i < p->n_in; i++) {
        m.x[i] = making_arg(&m, &p->avals[i]);
        nonzero[i] = is_float(&p->avals[i]);
    }
    for (uint32_t i = 0; ok && i < p->n_out; i++)
        m.dy[i] = is_float(out_type(p, i)) ? making_arg(&m, out_type(p, i)) : JX_ZERO;
    ok = ok && jx_linearize(p, m.x, nonzero, m.y, &linear);
    int n_out = 0;
    if (ok) {
        const struct jx_program *l = linear.traced.program;
        size_t n = l->n_consts + l->n_in;
        in = must_alloc(n, sizeof *in);
        ct = must_alloc(l->n_out, sizeof *ct);
        ct_in = must_alloc(n, sizeof *ct_in);
        is_linear = must_alloc(n, sizeof *is_linear);
        for (uint32_t i = 0; i < n; i++) {
            is_linear[i] = i >= l->n_consts;
            in[i] = is_linear[i] ? JX_POISON
                                 : jx_value_own(jx_node_ref(linear.traced.captures[i].node),
                                                linear.traced.captures[i].index);
        }
        for (uint32_t i = 0, k = 0; i < p->n_out; i++)
            if (linear.out_nonzero[i])
                ct[k++] = m.dy[i];
        ok = jx_transpose_program(l, is_linear, in, ct, ct_in);
        for (uint32_t i = 0, k = l->n_consts; ok && i < p->n_in; i++)
            if (nonzero[i]) {
                ok = fit(&ct_in[k], &p->avals[i]);
                m.x[n_out++] = ct_in[k++];
            }
    }
    jx_linear_fini(&linear);
    free(nonzero);
    free(is_linear);
    free(in);
    free(ct);
    free(ct_in);
    return making_end(&m, ok, n_out, m.x, "vjp");
}

struct jx_program *program_transpose(const struct jx_program *p, uint32_t n_linear, uint32_t n_out,
                                     char *why)
{
    struct making m;
    bool *linear = must_alloc(p->n_in, sizeof *linear), ok = making_start(&m, p, why);
    for (uint32_t i = 0; ok && i < p->n_in; i++) {
        linear[i] = i >= p->n_in - n_linear;
        m.x[i] = linear[i] ? JX_POISON : making_arg(&m, &p->avals[i]);
    }
    for (uint32_t i = 0; ok && i < p->n_out; i++)
        m.y[i] = i < p->n_out - n_out ? JX_ZERO : making_arg(&m, out_type(p, i));
    ok = ok && jx_transpose_program(p, linear, m.x, m.y, m.dx);
    for (uint32_t i = p->n_in - n_linear; ok && i < p->n_in; i++)
        ok = fit(&m.dx[i], &p->avals[i]);
    struct jx_program *q =
        making_end(&m, ok, (int)n_linear, m.dx + (p->n_in - n_linear), "transpose");
    free(linear);
    return q;
}

struct jx_program *program_vmap(const struct jx_program *p, const int *axis, int64_t size,
                                char *why)
{
    struct making m;
    int *out_axis = must_alloc(p->n_out, sizeof *out_axis);
    bool ok = making_start(&m, p, why);
    for (uint32_t i = 0; ok && i < p->n_in; i++) {
        struct jx_aval type =
            axis[i] < 0 ? p->avals[i] : aval_with_axis(&p->avals[i], axis[i], size);
        m.x[i] = making_arg(&m, &type);
    }
    ok = ok && jx_vmap(p, size, m.x, axis, m.y, out_axis);
    for (uint32_t i = 0; ok && i < p->n_out; i++)
        m.y[i] = jx_move_axis(m.y[i], out_axis[i], 0, size);
    free(out_axis);
    return making_end(&m, ok, (int)p->n_out, m.y, "vmap");
}

struct jx_program *program_jit(struct jx_program *p, char *why)
{
    struct making m;
    bool ok = making_start(&m, p, why);
    for (uint32_t i = 0; ok && i < p->n_in; i++)
        m.x[i] = making_arg(&m, &p->avals[i]);
    ok = ok && jx_jit(p, m.x, m.y);
    return making_end(&m, ok, (int)p->n_out, m.y, "jit");
}

/* ---- dtypes ---------------------------------------------------------------------------------- */

static struct jx_aval wide(struct jx_aval a)
{
    if (is_float(&a))
        a.dtype = JAXC_F64;
    return a;
}

static struct jx_program *wide_program(const struct jx_program *p);

/* Parameters with f64 for every float dtype, in those of programs inside too. */
static struct jx_params *wide_params(const struct jx_eqn *e)
{
    max_align_t room[16];
    struct jx_program *inner = NULL;
    if (e->prim->params_size > sizeof room)
        return NULL;
    memcpy(room, e->params->data, e->prim->params_size);
    for (const struct jx_field *f = e->prim->fields; f->name; f++) {
        void *at = (char *)room + f->offset;
        if (f->kind == JX_F_PROGRAM)
            *(struct jx_program **)at = inner = wide_program(*(struct jx_program **)at);
        else if (f->kind == JX_F_DTYPE && *(jaxc_dtype *)at && jx_is_float(*(jaxc_dtype *)at))
            *(jaxc_dtype *)at = JAXC_F64;
        if (f->kind == JX_F_PROGRAM && !inner)
            return NULL;
    }
    struct jx_params *params = jx_params_new(e->prim, room);
    jx_program_unref(inner);
    return params;
}

static bool wide_atom(struct jx_program *q, const struct jx_program *p, jx_atom a, jx_atom *to)
{
    *to = a;
    if (!jx_atom_is_literal(a))
        return true;
    const struct jx_literal *l = &p->literals[a & ~JX_LITERAL_BIT];
    struct jx_aval type = wide(l->aval);
    return jx_program_add_literal(q, &type, l->value, to);
}

static bool wide_equation(struct jx_program *q, const struct jx_program *p, const struct jx_eqn *e)
{
    jx_atom *in = must_alloc(e->n_in, sizeof *in);
    struct jx_aval *out = must_alloc(e->n_out, sizeof *out);
    struct jx_params *params = e->params ? wide_params(e) : NULL;
    bool ok = !e->params || params;
    for (uint32_t k = 0; ok && k < e->n_in; k++)
        ok = wide_atom(q, p, p->atoms[e->first_in + k], &in[k]);
    for (uint32_t k = 0; k < e->n_out; k++)
        out[k] = wide(p->avals[e->first_out + k]);
    ok = ok && jx_program_add_eqn(q, e->prim, params, e->loc, e->n_in, in, e->n_out, out);
    jx_params_unref(params);
    free(in);
    free(out);
    return ok;
}

static struct jx_program *wide_program(const struct jx_program *p)
{
    struct jx_program *q = jx_program_new(p->name);
    jx_atom *outs = must_alloc(p->n_out, sizeof *outs);
    bool ok = q != NULL;
    for (uint32_t v = 0; ok && v < p->n_consts + p->n_in; v++) {
        struct jx_aval type = wide(p->avals[v]);
        ok = jx_program_add_var(q, &type) != UINT32_MAX;
    }
    if (ok) {
        q->n_consts = p->n_consts;
        q->n_in = p->n_in;
    }
    for (uint32_t i = 0; ok && i < p->n_eqns; i++)
        ok = wide_equation(q, p, &p->eqns[i]);
    for (uint32_t i = 0; ok && i < p->n_out; i++)
        ok = wide_atom(q, p, p->outs[i], &outs[i]);
    ok = ok && jx_program_set_outs(q, p->n_out, outs) && jx_program_verify(q);
    free(outs);
    if (ok)
        return q;
    jx_program_unref(q);
    return NULL;
}

struct jx_program *program_in_f64(const struct jx_program *p)
{
    struct jx_program *q = wide_program(p);
    jaxc_clear_error();
    return q;
}
