/*
 * ir/trace.c - traces and linearisations: from nodes to programs.
 *
 * A depth-first walk in operand order from the results, on an explicit stack: members become
 * equations, everything else a capture. Members are the nodes of one serial (a trace), of one tag
 * (a linearisation), or pending nodes (an evaluation); only one thread may walk those at a time, so
 * the walk's marks are kept in the nodes.
 */
#include "ir/internal.h"

#include <stdio.h>

void jx_traced_fini(struct jx_traced *t)
{
    jx_program_unref(t->program);
    for (int i = 0; i < t->n_captures; i++)
        jx_node_unref(t->captures[i].node);
    jx_free(t->captures);
    *t = (struct jx_traced){0};
}

/* ---- the walk -------------------------------------------------------------------------------- */

#define CAPTURE_BIT                                                                                \
    0x40000000u /* an atom that is capture number (atom & ~CAPTURE_BIT), until renumbering */

struct frame {
    struct jx_node *node;
    uint32_t next; /* operand to look at next */
};

struct walk {
    struct jx_program *p;
    bool (*member)(const struct jx_node *n, uint64_t which);
    uint64_t which, mark;
    bool literals_are_captures;
    struct frame *stack;
    size_t n_stack, stack_capacity;
    struct jx_ref *captures;
    size_t n_captures, captures_capacity;
    struct jx_map capture_map; /* of index + 1 */
    jx_atom *atoms;            /* of the equation being made */
    size_t atoms_capacity;
    bool list_members;
    struct jx_node **members;
    size_t n_members, members_capacity;
};

static bool capture(struct walk *w, struct jx_ref r, jx_atom *atom)
{
    uint64_t hash = jx_mix((uintptr_t)r.node, r.index);
    size_t cursor = 0;
    void *found;
    while ((found = jx_map_next(&w->capture_map, hash, &cursor))) {
        size_t i = (uintptr_t)found - 1;
        if (w->captures[i].node == r.node && w->captures[i].index == r.index) {
            *atom = CAPTURE_BIT | (uint32_t)i;
            return true;
        }
    }
    if (w->n_captures >= CAPTURE_BIT)
        return jx_fail(JAXC_ELIMIT, "more than 2^30 captures");
    if (!jx_grow(&w->captures, &w->captures_capacity, w->n_captures + 1, sizeof *w->captures) ||
        !jx_map_add(&w->capture_map, hash, (void *)(w->n_captures + 1)))
        return false;
    w->captures[w->n_captures] = r;
    jx_node_ref(r.node);
    *atom = CAPTURE_BIT | (uint32_t)w->n_captures++;
    return true;
}

static bool check_outside(const struct jx_node *n)
{
    if (n->serial == 0 || jx_trace_is_open(n->serial))
        return true;
    char text[JX_ERROR_TEXT];
    return jx_fail(JAXC_ELEAK, "a value that was %s", jx_leak_text(n, text));
}

/* The atom of a node whose operands are done: a variable, a literal, or a capture. */
static bool atom_of(struct walk *w, struct jx_ref r, jx_atom *atom)
{
    const struct jx_node *n = r.node;
    if (n->walk == w->mark) {
        *atom = n->var + r.index;
        return true;
    }
    if (n->kind == JX_NODE_LITERAL && !w->literals_are_captures)
        return jx_literal_fits_itself(&n->avals[0], n->literal) &&
               jx_program_add_literal(w->p, &n->avals[0], n->literal, atom);
    return check_outside(n) && capture(w, r, atom);
}

static bool push(struct walk *w, struct jx_node *n)
{
    if (!jx_grow(&w->stack, &w->stack_capacity, w->n_stack + 1, sizeof *w->stack))
        return false;
    w->stack[w->n_stack++] = (struct frame){n, 0};
    return true;
}

static bool finish(struct walk *w, struct jx_node *n)
{
    if (!jx_grow(&w->atoms, &w->atoms_capacity, n->n_in, sizeof *w->atoms))
        return false;
    for (uint32_t i = 0; i < n->n_in; i++)
        if (!atom_of(w, n->in[i], &w->atoms[i]))
            return false;
    struct jx_eqn *e =
        jx_program_add_eqn(w->p, n->prim, n->params, n->loc, n->n_in, w->atoms, n->n_out, n->avals);
    if (!e)
        return false;
    n->walk = w->mark;
    n->var = e->first_out;
    if (!w->list_members)
        return true;
    if (!jx_grow(&w->members, &w->members_capacity, w->n_members + 1, sizeof *w->members))
        return false;
    w->members[w->n_members++] = n;
    return true;
}

static bool is_open_member(struct walk *w, const struct jx_node *n)
{
    return n->walk != w->mark && n->kind == JX_NODE_CALL && w->member(n, w->which);
}

static bool visit(struct walk *w, struct jx_node *root)
{
    if (!is_open_member(w, root))
        return true;
    if (!push(w, root))
        return false;
    while (w->n_stack) {
        struct frame *f = &w->stack[w->n_stack - 1];
        struct jx_node *n = f->node;
        if (n->walk == w->mark) { /* finished while it waited on the stack */
            w->n_stack--;
        } else if (f->next < n->n_in) {
            struct jx_node *operand = n->in[f->next++].node;
            if (is_open_member(w, operand) && !push(w, operand))
                return false;
        } else {
            if (!finish(w, n))
                return false;
            w->n_stack--;
        }
    }
    return true;
}

/* Captures become the first variables; all others move up. */
static bool renumber(struct walk *w)
{
    struct jx_program *p = w->p;
    uint32_t n = (uint32_t)w->n_captures;
    if (n == 0)
        return true;
    if (p->n_vars > JX_LITERAL_BIT - 1 - n)
        return jx_fail(JAXC_ELIMIT, "a program of more than 2^31 values");
    if (!jx_grow(&p->avals, &p->vars_capacity, (size_t)p->n_vars + n, sizeof *p->avals))
        return false;
    memmove(p->avals + n, p->avals, p->n_vars * sizeof *p->avals);
    p->n_vars += n;
    for (uint32_t i = 0; i < n; i++)
        p->avals[i] = w->captures[i].node->avals[w->captures[i].index];
    for (uint32_t i = 0; i < p->n_atoms; i++)
        if (!jx_atom_is_literal(p->atoms[i]))
            p->atoms[i] = p->atoms[i] & CAPTURE_BIT ? p->atoms[i] & ~CAPTURE_BIT : p->atoms[i] + n;
    for (uint32_t i = 0; i < p->n_out; i++)
        if (!jx_atom_is_literal(p->outs[i]))
            p->outs[i] = p->outs[i] & CAPTURE_BIT ? p->outs[i] & ~CAPTURE_BIT : p->outs[i] + n;
    for (uint32_t i = 0; i < p->n_eqns; i++)
        p->eqns[i].first_out += n;
    p->n_consts = n;
    return true;
}

static bool walk_outs(struct walk *w, int n_outs, const struct jx_ref *outs)
{
    jx_atom *atoms = jx_alloc(n_outs ? (size_t)n_outs : 1, sizeof *atoms);
    if (!atoms)
        return false;
    bool ok = true;
    for (int i = 0; ok && i < n_outs; i++)
        ok = visit(w, outs[i].node) && atom_of(w, outs[i], &atoms[i]);
    ok = ok && jx_program_set_outs(w->p, (uint32_t)n_outs, atoms) && renumber(w);
    jx_free(atoms);
    return ok;
}

bool jx_extract(const struct jx_extract *x, struct jx_traced *result)
{
    struct walk w = {.member = x->member,
                     .which = x->which,
                     .mark = jx_serial_next(),
                     .literals_are_captures = x->literals_are_captures,
                     .list_members = x->members != NULL};
    *result = (struct jx_traced){0};
    w.p = jx_program_new(x->name);
    bool ok = w.p != NULL;
    for (int i = 0; ok && i < x->n_args; i++) {
        struct jx_node *n = x->args[i].node;
        uint32_t var = jx_program_add_var(w.p, &n->avals[x->args[i].index]);
        ok = var != UINT32_MAX;
        n->walk = w.mark;
        n->var = var;
    }
    if (ok)
        w.p->n_in = (uint32_t)x->n_args;
    ok = ok && walk_outs(&w, x->n_outs, x->outs);
    jx_free(w.stack);
    jx_free(w.atoms);
    jx_map_fini(&w.capture_map);
    *result = (struct jx_traced){w.p, (int)w.n_captures, w.captures};
    if (x->members && ok) {
        *x->members = w.members;
        *x->n_members = w.n_members;
    } else {
        jx_free(w.members);
    }
    if (!ok)
        jx_traced_fini(result);
    return ok;
}

/* ---- from handles ---------------------------------------------------------------------------- */

static void free_refs(int n, struct jx_ref *refs)
{
    for (int i = 0; refs && i < n; i++)
        jx_node_unref(refs[i].node);
    jx_free(refs);
}

/* Counted nodes of handles; NULL with the error set when one is dead or a tree. */
static struct jx_ref *take_refs(int n, const jaxc_value *v)
{
    struct jx_ref *refs = jx_alloc(n ? (size_t)n : 1, sizeof *refs);
    for (int i = 0; refs && i < n; i++) {
        refs[i] = jx_value_ref(v[i]);
        if (!refs[i].node || refs[i].node->kind == JX_NODE_TREE) {
            if (refs[i].node)
                jx_fail(JAXC_ETREE, "a %s stands where an array is needed",
                        refs[i].node->keys ? "dict" : "tuple");
            free_refs(n, refs);
            return NULL;
        }
    }
    return refs;
}

static bool extract_values(const char *name, bool (*member)(const struct jx_node *, uint64_t),
                           uint64_t which, int n_args, const jaxc_value *args, int n_outs,
                           const jaxc_value *outs, struct jx_traced *result)
{
    *result = (struct jx_traced){0};
    struct jx_ref *a = take_refs(n_args, args);
    struct jx_ref *o = a ? take_refs(n_outs, outs) : NULL;
    bool ok = a && o;
    if (ok) {
        struct jx_extract x = {.name = name,
                               .member = member,
                               .which = which,
                               .n_args = n_args,
                               .args = a,
                               .n_outs = n_outs,
                               .outs = o};
        ok = jx_extract(&x, result);
    }
    free_refs(n_args, a);
    free_refs(n_outs, o);
    return ok;
}

/* ---- traces ---------------------------------------------------------------------------------- */

static bool of_serial(const struct jx_node *n, uint64_t serial) { return n->serial == serial; }

uint64_t jx_trace_open(const char *name)
{
    struct jx_thread *t = jx_thread();
    if (!jx_thread_grow(&t->traces, &t->traces_capacity, t->n_traces + 1, sizeof *t->traces))
        return 0;
    uint64_t scope = jx_scope_open();
    if (!scope)
        return 0;
    uint64_t serial = jx_serial_next();
    const struct jx_frame *frame = jx_frame_innermost();
    struct jx_loc loc = frame ? frame->loc : jx_here();
    t->traces[t->n_traces++] = (struct jx_open_trace){serial, scope, name, loc};
    t->scopes[t->n_scopes - 1].reason = JX_CLOSED_TRACE;
    t->scopes[t->n_scopes - 1].loc = loc;
    return serial;
}

jaxc_value jx_trace_arg(const struct jx_aval *aval)
{
    struct jx_node *n = jx_node_arg(aval, jx_trace_innermost(), 0);
    return n ? jx_value_own(n, 0) : JX_POISON;
}

void jx_trace_abandon(uint64_t serial)
{
    struct jx_thread *t = jx_thread();
    for (size_t i = t->n_traces; i-- > 0;) {
        if (t->traces[i].serial != serial)
            continue;
        jx_scope_close(t->traces[i].scope);
        t->ended[t->n_ended++ % JX_N_ENDED] = t->traces[i];
        t->n_traces = i;
        return;
    }
}

bool jx_trace_close(uint64_t serial, int n_args, const jaxc_value *args, int n_outs,
                    const jaxc_value *outs, struct jx_traced *result)
{
    struct jx_thread *t = jx_thread();
    const char *name = NULL;
    for (size_t i = t->n_traces; i-- > 0;)
        if (t->traces[i].serial == serial)
            name = t->traces[i].name;
    bool ok = extract_values(name, of_serial, serial, n_args, args, n_outs, outs, result);
    jx_trace_abandon(serial);
    return ok;
}

uint64_t jx_trace_innermost(void)
{
    const struct jx_thread *t = jx_thread();
    return t->n_traces ? t->traces[t->n_traces - 1].serial : 0;
}

bool jx_trace_is_open(uint64_t serial)
{
    const struct jx_thread *t = jx_thread();
    for (size_t i = t->n_traces; i-- > 0;)
        if (t->traces[i].serial == serial)
            return true;
    return false;
}

char *jx_leak_text(const struct jx_node *n, char *buffer)
{
    const struct jx_thread *t = jx_thread();
    char type[JX_AVAL_TEXT];
    int k = snprintf(buffer, JX_ERROR_TEXT, "%s, made at %s:%d by %s inside a trace that is over",
                     n->n_out ? jx_aval_text(&n->avals[0], type) : "a tree",
                     n->loc.file ? n->loc.file : "?", n->loc.line, n->loc.call ? n->loc.call : "?");
    for (int i = 0; i < JX_N_ENDED; i++)
        if (t->ended[i].serial == n->serial && t->ended[i].loc.file && k < JX_ERROR_TEXT)
            snprintf(buffer + k, JX_ERROR_TEXT - (size_t)k,
                     ": traced values mean nothing outside of the function of %s at %s:%d; return "
                     "it from there",
                     t->ended[i].loc.call ? t->ended[i].loc.call : "?", t->ended[i].loc.file,
                     t->ended[i].loc.line);
    return buffer;
}

int jx_trace_depth(void) { return (int)jx_thread()->n_traces; }

/* ---- linearisations -------------------------------------------------------------------------- */

static bool of_tag(const struct jx_node *n, uint64_t tag) { return n->tag == tag; }

uint64_t jx_tag_new(void) { return jx_serial_next(); }

jaxc_value jx_tag_arg(const struct jx_aval *aval, uint64_t tag)
{
    struct jx_node *n = jx_node_arg(aval, jx_trace_innermost(), tag);
    return n ? jx_value_own(n, 0) : JX_POISON;
}

bool jx_tag_extract(uint64_t tag, int n_args, const jaxc_value *args, int n_outs,
                    const jaxc_value *outs, struct jx_traced *result)
{
    return extract_values(NULL, of_tag, tag, n_args, args, n_outs, outs, result);
}
