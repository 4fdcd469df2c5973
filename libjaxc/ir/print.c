/*
 * ir/print.c - programs as text: JAX's jaxpr grammar and layout (docs/ir.md).
 *
 * Three steps, each linear in the program and without recursion:
 *   plan     every nested program once: is it written where it is used, or hoisted, and called what
 *   write    the text without line breaks, with marks where breaks, groups and indents are
 *   lay out  a group that fits what is left of the line stays on it; the breaks of any other are
 *            newlines (C. Lindig, Strictly Pretty, 2000; like JAX, what follows a group is not
 *            looked at)
 */
#include "ir/text.h"

#define WIDTH      80 /* columns that a group may fill */
#define INDENT     2
#define SPELL_SIZE 8 /* bytes of a variable's name */

/* Marks in the text before layout. The breaks are what they stand for on one line. */
enum {
    GROUP = 1,
    END_GROUP,
    NEST,
    END_NEST,
    BREAK_SPACE,
    BREAK_SEMICOLON, /* "; " */
    BREAK_NOTHING,
    N_MARKS
};

static void put_mark(struct jx_text *t, char mark) { jx_put_bytes(t, &mark, 1); }

/* ---- write ----------------------------------------------------------------------------------- */

/* What a variable is called: a number that spell turns into letters, or one of these. */
#define UNNAMED 0x7fffffffu /* not written yet */
#define UNUSED  0x7ffffffeu /* a result that nobody uses: _ */
#define TAKEN   0x80000000u /* set for a moment: an inner input has this name already */

/* A program being written. */
struct frame {
    const struct jx_program *p;
    uint32_t *names;              /* n_vars */
    uint32_t eqn;                 /* being written */
    const struct jx_field *field; /* its parameter that was written last; NULL: none yet */
    bool inside;                  /* results and primitive of the equation are written */
};

struct writer {
    struct jx_text text;
    struct jx_plan plan;
    uint32_t next_name;
    struct frame *stack;
    size_t n_stack, capacity;
    bool failed;
};

/* a ... z, ba, bb, ...: base 26 without leading a */
static const char *spell(uint32_t name, char buffer[SPELL_SIZE])
{
    char *c = buffer + SPELL_SIZE - 1;
    *c = 0;
    do
        *--c = (char)('a' + name % 26);
    while (name /= 26);
    return c;
}

static uint32_t fresh_name(struct writer *w)
{
    char buffer[SPELL_SIZE];
    const char *name;
    do
        name = spell(w->next_name++, buffer);
    while (jx_is_literal_word((struct jx_slice){name, strlen(name)}) ||
           jx_plan_find_name(&w->plan, name));
    if (w->next_name >= UNUSED)
        w->failed = !jx_fail(JAXC_ELIMIT, "a program of more than 2^31 values");
    return w->next_name - 1;
}

static void put_var(struct writer *w, const struct frame *f, uint32_t var)
{
    char buffer[SPELL_SIZE];
    if (f->names[var] == UNNAMED)
        f->names[var] = fresh_name(w);
    jx_put(&w->text, f->names[var] == UNUSED ? "_" : spell(f->names[var], buffer));
}

static void put_atom(struct writer *w, const struct frame *f, jx_atom a)
{
    if (!jx_atom_is_literal(a)) {
        put_var(w, f, a);
        return;
    }
    const struct jx_literal *l = &f->p->literals[a & ~JX_LITERAL_BIT];
    jx_put_number(&w->text, l->value, &l->aval);
    jx_put(&w->text, ":");
    jx_put_type(&w->text, &l->aval, true);
}

/* A list is a group; every break in it is a group of its own, so that a long one fills its lines.
 */
static void begin_list(struct jx_text *t)
{
    put_mark(t, NEST);
    put_mark(t, GROUP);
}

static void separate(struct jx_text *t, uint32_t i, const char *separator)
{
    if (i == 0)
        return;
    jx_put(t, separator);
    put_mark(t, GROUP);
    put_mark(t, BREAK_SPACE);
    put_mark(t, END_GROUP);
}

static void end_list(struct jx_text *t)
{
    put_mark(t, END_GROUP);
    put_mark(t, END_NEST);
}

/* NAME:TYPE ...; what inference does not say of a type is whether an input is weak. */
static void put_binders(struct writer *w, const struct frame *f, uint32_t first, uint32_t n)
{
    begin_list(&w->text);
    for (uint32_t i = 0; i < n; i++) {
        separate(&w->text, i, "");
        put_var(w, f, first + i);
        jx_put(&w->text, ":");
        jx_put_type(&w->text, &f->p->avals[first + i], first + i < f->p->n_consts + f->p->n_in);
    }
    end_list(&w->text);
}

static void put_atoms(struct writer *w, const struct frame *f, uint32_t n, const jx_atom *atoms,
                      const char *separator)
{
    begin_list(&w->text);
    for (uint32_t i = 0; i < n; i++) {
        separate(&w->text, i, separator);
        put_atom(w, f, atoms[i]);
    }
    end_list(&w->text);
}

/* The opening of a program, up to its equations. */
static bool begin_program(struct writer *w, const struct jx_program *p)
{
    if (!jx_grow(&w->stack, &w->capacity, w->n_stack + 1, sizeof *w->stack))
        return false;
    uint32_t *names = jx_alloc((size_t)p->n_vars + 1, sizeof *names);
    if (!names)
        return false;
    w->stack[w->n_stack++] = (struct frame){.p = p, .names = names};
    for (uint32_t i = 0; i < p->n_vars; i++)
        names[i] = i < p->n_consts + p->n_in ? UNNAMED : UNUSED;
    for (uint32_t i = 0; i < p->n_atoms; i++)
        if (!jx_atom_is_literal(p->atoms[i]))
            names[p->atoms[i]] = UNNAMED;
    for (uint32_t i = 0; i < p->n_out; i++)
        if (!jx_atom_is_literal(p->outs[i]))
            names[p->outs[i]] = UNNAMED;
    return true;
}

static void write_head(struct writer *w)
{
    const struct frame *f = &w->stack[w->n_stack - 1];
    put_mark(&w->text, GROUP);
    put_mark(&w->text, NEST);
    jx_put(&w->text, "{ lambda ");
    put_binders(w, f, 0, f->p->n_consts);
    jx_put(&w->text, "; ");
    put_binders(w, f, f->p->n_consts, f->p->n_in);
    jx_put(&w->text, ". let");
    put_mark(&w->text, NEST);
    put_mark(&w->text, BREAK_SPACE);
}

static void end_program(struct writer *w)
{
    const struct frame *f = &w->stack[w->n_stack - 1];
    put_mark(&w->text, END_NEST);
    put_mark(&w->text, BREAK_SPACE);
    jx_put(&w->text, "in (");
    put_atoms(w, f, f->p->n_out, f->p->outs, ",");
    jx_put(&w->text, f->p->n_out == 1 ? ",)" : ")");
    put_mark(&w->text, END_NEST);
    put_mark(&w->text, END_GROUP);
    jx_put(&w->text, " }");
    jx_free(f->names);
    w->n_stack--;
}

/* A program that takes just the operands and gives just the results of its equation calls them
 * what the equation does. */
static void borrow_names(const struct frame *f, const struct jx_eqn *e, const struct frame *inner)
{
    const struct jx_program *p = inner->p;
    const jx_atom *in = f->p->atoms + e->first_in;
    if (p->n_consts + p->n_in != e->n_in || p->n_out != e->n_out)
        return;
    for (uint32_t i = 0; i < e->n_in; i++) {
        if (jx_atom_is_literal(in[i]) || f->names[in[i]] & TAKEN)
            continue;
        inner->names[i] = f->names[in[i]];
        f->names[in[i]] |= TAKEN;
    }
    for (uint32_t i = 0; i < e->n_in; i++)
        if (!jx_atom_is_literal(in[i]))
            f->names[in[i]] &= ~TAKEN;
    for (uint32_t i = 0; i < e->n_out; i++)
        if (!jx_atom_is_literal(p->outs[i]) && inner->names[p->outs[i]] == UNNAMED &&
            f->names[e->first_out + i] != UNUSED)
            inner->names[p->outs[i]] = f->names[e->first_out + i];
}

/* ---- equations ------------------------------------------------------------------------------- */

/* The program of a parameter: its name if it is hoisted. Otherwise it is opened, and true: what
 * comes next is of another frame. */
static bool open_program(struct writer *w, const struct jx_eqn *e, const struct jx_program *inner)
{
    const struct jx_plan_entry *entry = jx_plan_find(&w->plan, inner);
    if (entry->hoisted) {
        jx_put(&w->text, entry->name);
        return false;
    }
    w->failed = !begin_program(w, inner);
    if (!w->failed) {
        borrow_names(&w->stack[w->n_stack - 2], e, &w->stack[w->n_stack - 1]);
        write_head(w);
    }
    return true;
}

/* Writes an equation of the innermost program, as far as the next program in its parameters; or the
 * end of that program. */
static void step(struct writer *w)
{
    struct frame *f = &w->stack[w->n_stack - 1];
    struct jx_text *t = &w->text;
    if (f->eqn == f->p->n_eqns) {
        end_program(w);
        return;
    }
    const struct jx_eqn *e = &f->p->eqns[f->eqn];
    if (!f->inside) {
        if (f->eqn > 0)
            put_mark(t, BREAK_SEMICOLON);
        put_binders(w, f, e->first_out, e->n_out);
        jx_put(t, e->n_out ? " = " : "");
        jx_put(t, e->prim->name);
        f->inside = true;
        f->field = NULL;
    }
    const struct jx_field *next;
    while ((next = jx_next_field(f->p, e, f->field))) {
        if (f->field) {
            put_mark(t, BREAK_SPACE);
        } else {
            put_mark(t, GROUP);
            put_mark(t, NEST);
            jx_put(t, "[");
            put_mark(t, BREAK_NOTHING);
        }
        f->field = next;
        jx_put(t, next->name);
        jx_put(t, "=");
        const struct jx_program *inner =
            next->kind == JX_F_PROGRAM ? jx_field_program(e->params->data, next) : NULL;
        if (!inner)
            jx_put_field(t, next, e->params->data);
        else if (open_program(w, e, inner))
            return;
    }
    if (f->field) {
        put_mark(t, END_NEST);
        put_mark(t, BREAK_NOTHING);
        jx_put(t, "]");
        put_mark(t, END_GROUP);
    }
    jx_put(t, e->n_in ? " " : "");
    put_atoms(w, f, e->n_in, f->p->atoms + e->first_in, "");
    f->eqn++;
    f->inside = false;
}

static bool write_program(struct writer *w, const struct jx_program *p)
{
    if (!begin_program(w, p))
        return false;
    write_head(w);
    while (w->n_stack && !w->failed && !w->text.failed)
        step(w);
    return !w->failed;
}

static bool write_all(struct writer *w, const struct jx_program *p)
{
    if (!jx_plan_make(&w->plan, p))
        return false;
    for (size_t i = 1; i < w->plan.n; i++) {
        const struct jx_plan_entry *e = &w->plan.at[i];
        if (!e->hoisted)
            continue;
        jx_put(&w->text, "let ");
        jx_put(&w->text, e->name);
        jx_put(&w->text, " = ");
        if (!write_program(w, e->program))
            return false;
        jx_put(&w->text, " in");
        put_mark(&w->text, BREAK_SPACE);
    }
    return write_program(w, p);
}

/* ---- lay out --------------------------------------------------------------------------------- */

static const char *const on_one_line[N_MARKS] = {
    [GROUP] = "",        [END_GROUP] = "",         [NEST] = "",          [END_NEST] = "",
    [BREAK_SPACE] = " ", [BREAK_SEMICOLON] = "; ", [BREAK_NOTHING] = "",
};

/* Does the group that begins here fit into so many columns? Looks no further than it must. */
static bool fits(const char *group, size_t columns)
{
    int depth = 0;
    for (const char *c = group;; c++) {
        unsigned char mark = (unsigned char)*c;
        size_t width = mark < N_MARKS ? strlen(on_one_line[mark]) : 1;
        if (width > columns)
            return false;
        columns -= width;
        depth += (mark == GROUP) - (mark == END_GROUP);
        if (depth == 0)
            return true;
    }
}

static char *lay_out(const struct jx_text *marked)
{
    struct jx_text out = {0};
    size_t line = 0, indent = 0; /* where the line begins, and how far the next one is indented */
    int flat = 0;                /* groups around this that are on one line */
    const char *end = marked->data + marked->n;
    for (const char *c = marked->data; c < end && !out.failed; c++) {
        unsigned char mark = (unsigned char)*c;
        if (mark >= N_MARKS) {
            const char *from = c;
            while (c + 1 < end && (unsigned char)c[1] >= N_MARKS)
                c++;
            jx_put_bytes(&out, from, (size_t)(c + 1 - from));
        } else if (mark == GROUP) {
            size_t column = out.n - line;
            if (flat || fits(c, column < WIDTH ? WIDTH - column : 0))
                flat++;
        } else if (mark == END_GROUP) {
            flat -= flat > 0;
        } else if (mark == NEST) {
            indent += INDENT;
        } else if (mark == END_NEST) {
            indent -= INDENT;
        } else if (flat) {
            jx_put(&out, on_one_line[mark]);
        } else {
            while (out.n > line && out.data[out.n - 1] == ' ')
                out.n--;
            jx_put(&out, out.n > line ? "\n" : ""); /* no empty line for an empty body */
            line = out.n;
            for (size_t i = 0; i < indent; i++)
                jx_put(&out, " ");
        }
    }
    return jx_text_take(&out);
}

char *jx_program_print(const struct jx_program *p)
{
    struct writer w = {0};
    char *text = NULL;
    if (write_all(&w, p) && !w.text.failed)
        text = lay_out(&w.text);
    while (w.n_stack)
        jx_free(w.stack[--w.n_stack].names);
    jx_free(w.stack);
    jx_text_fini(&w.text);
    jx_plan_fini(&w.plan);
    return text;
}
