/*
 * inline.c - calls of programs become the equations of those programs, at every depth.
 *
 * A call is an equation of a primitive that cannot be lowered and holds exactly one program: jit,
 * custom_jvp_call, custom_vjp_call. Its operands are the program's consts, then its inputs. An
 * explicit stack holds the calls that are open; the time is linear in the equations that come out.
 */
#include "opt/opt.h"

/* The program that an equation calls; NULL: it is no call. */
static struct jx_program *callee(const struct jx_eqn *e)
{
    struct jx_program *p = NULL;
    if (e->prim->lower || !e->params)
        return NULL;
    for (const struct jx_field *f = e->prim->fields; f->name; f++) {
        if (f->kind != JX_F_PROGRAM)
            continue;
        if (p)
            return NULL;
        p = *(struct jx_program *const *)((const char *)e->params->data + f->offset);
    }
    return p;
}

static bool has_calls(const struct jx_program *p)
{
    for (uint32_t i = 0; i < p->n_eqns; i++)
        if (callee(&p->eqns[i]))
            return true;
    return false;
}

/* A program that is being read: its variables and literals as atoms of the new one. */
struct frame {
    const struct jx_program *p;
    uint32_t next; /* equation */
    jx_atom *at, *literal;
};

struct inliner {
    struct jx_program *to;
    struct frame *stack;
    size_t n, capacity;
    jx_atom *in; /* operands at hand */
    size_t in_capacity;
};

static bool push(struct inliner *s, const struct jx_program *p)
{
    if (!jx_grow(&s->stack, &s->capacity, s->n + 1, sizeof *s->stack))
        return false;
    struct frame *f = &s->stack[s->n];
    *f = (struct frame){.p = p};
    f->at = jx_alloc((size_t)p->n_vars + 1, sizeof *f->at);
    f->literal = jx_alloc((size_t)p->n_literals + 1, sizeof *f->literal);
    s->n++;
    return f->at && f->literal;
}

static void pop(struct inliner *s)
{
    struct frame *f = &s->stack[--s->n];
    jx_free(f->at);
    jx_free(f->literal);
}

static bool atom(struct inliner *s, struct frame *f, jx_atom old, jx_atom *new)
{
    if (!jx_atom_is_literal(old)) {
        *new = f->at[old];
        return true;
    }
    uint32_t number = old & ~JX_LITERAL_BIT;
    const struct jx_literal *l = &f->p->literals[number];
    if (!f->literal[number] &&
        !jx_program_add_literal(s->to, &l->aval, l->value, &f->literal[number]))
        return false;
    *new = f->literal[number];
    return true;
}

static bool operands(struct inliner *s, struct frame *f, const struct jx_eqn *e)
{
    if (!jx_grow(&s->in, &s->in_capacity, (size_t)e->n_in + 1, sizeof *s->in))
        return false;
    for (uint32_t i = 0; i < e->n_in; i++)
        if (!atom(s, f, f->p->atoms[e->first_in + i], &s->in[i]))
            return false;
    return true;
}

/* One equation of the innermost program: copied, or its program entered. */
static bool step(struct inliner *s)
{
    struct frame *f = &s->stack[s->n - 1];
    const struct jx_eqn *e = &f->p->eqns[f->next];
    const struct jx_program *inner = callee(e);
    if (!operands(s, f, e))
        return false;
    if (inner) {
        if (!push(s, inner))
            return false;
        memcpy(s->stack[s->n - 1].at, s->in, e->n_in * sizeof *s->in);
        return true;
    }
    f->next++;
    const struct jx_eqn *new = jx_program_add_eqn(s->to, e->prim, e->params, e->loc, e->n_in, s->in,
                                                  e->n_out, &f->p->avals[e->first_out]);
    for (uint32_t o = 0; new &&o < e->n_out; o++)
        f->at[e->first_out + o] = new->first_out + o;
    return new != NULL;
}

/* The innermost program is read: its outputs are the results of the equation that called it. */
static bool leave(struct inliner *s)
{
    struct frame *inner = &s->stack[s->n - 1], *outer = inner - 1;
    const struct jx_eqn *e = &outer->p->eqns[outer->next++];
    bool ok = true;
    for (uint32_t o = 0; ok && o < e->n_out; o++)
        ok = atom(s, inner, inner->p->outs[o], &outer->at[e->first_out + o]);
    pop(s);
    return ok;
}

static bool begin(struct inliner *s, const struct jx_program *p)
{
    s->to = jx_program_new(p->name);
    if (!s->to || !push(s, p))
        return false;
    s->to->n_consts = p->n_consts;
    s->to->n_in = p->n_in;
    for (uint32_t v = 0; v < p->n_consts + p->n_in; v++) {
        s->stack[0].at[v] = jx_program_add_var(s->to, &p->avals[v]);
        if (s->stack[0].at[v] == UINT32_MAX)
            return false;
    }
    return true;
}

static bool end(struct inliner *s, const struct jx_program *p)
{
    if (!jx_grow(&s->in, &s->in_capacity, (size_t)p->n_out + 1, sizeof *s->in))
        return false;
    for (uint32_t k = 0; k < p->n_out; k++)
        if (!atom(s, &s->stack[0], p->outs[k], &s->in[k]))
            return false;
    return jx_program_set_outs(s->to, p->n_out, s->in);
}

struct jx_program *jx_inline(struct jx_program *p)
{
    if (!has_calls(p))
        return jx_program_ref(p);
    struct inliner s = {0};
    bool ok = begin(&s, p);
    while (ok) {
        const struct frame *f = &s.stack[s.n - 1];
        if (f->next < f->p->n_eqns)
            ok = step(&s);
        else if (s.n > 1)
            ok = leave(&s);
        else
            break;
    }
    ok = ok && end(&s, p);
    while (s.n > 0)
        pop(&s);
    jx_free(s.stack);
    jx_free(s.in);
    if (ok)
        return s.to;
    jx_program_unref(s.to);
    return NULL;
}
