/*
 * ir/parse.c - programs from their text (docs/ir.md): what print.c writes, and what JAX prints of
 * the same primitives.
 *
 * By hand and without recursion: the programs that are open at a place of the text lie on a stack
 * of frames. A hoisted program is read when it is first needed, so definitions may come in any
 * order. What the text leaves out (weak flags of results, hidden parameters) the type rules tell;
 * what it says of results is held against them.
 */
#include "ir/text.h"

#include <assert.h>
#include <limits.h>

struct binder {
    struct jx_slice name;
    struct jx_cursor place;
    struct jx_aval type;
};

/* let NAME = { ... } in */
struct definition {
    struct jx_slice name;
    struct jx_cursor start;
    struct jx_program *program; /* counted; NULL: not read yet */
    bool open;                  /* being read */
};

/* A program being read, and its equation being read. */
struct frame {
    struct jx_program *program;
    struct definition *definition; /* that this is; NULL: none */
    struct jx_cursor back;         /* where reading goes on after a definition */
    struct jx_slice *names;        /* of the variables */
    size_t names_capacity;
    struct jx_map map; /* of variable + 1, by name */

    struct jx_cursor place; /* of the equation */
    bool in_params;
    const struct jx_prim *prim;
    struct binder *results;
    size_t n_results, results_capacity;
    jx_atom *in;
    size_t n_in, in_capacity;
    char *data; /* the parameters: prim->params_size bytes; programs in it are counted */
    size_t data_capacity;
    uint64_t seen;                /* the fields that were given, by number */
    const struct jx_field *field; /* waits for the program above this one */
};

struct parser {
    struct jx_cursor c;
    struct definition *definitions;
    size_t n_definitions, definitions_capacity;
    struct jx_map map; /* of number + 1, by name */
    struct frame *stack;
    size_t n_stack, stack_capacity;
    struct jx_program *result;    /* the program that was finished last, counted */
    const struct jx_aval **types; /* of the operands of an equation */
    struct jx_aval *inferred;     /* of its results */
    size_t types_capacity, inferred_capacity;
};

/* ---- variables ------------------------------------------------------------------------------- */

static struct frame *top(struct parser *p) { return &p->stack[p->n_stack - 1]; }

static uint32_t find_var(const struct frame *f, struct jx_slice name)
{
    size_t cursor = 0;
    void *found;
    while ((found = jx_map_next(&f->map, jx_hash(name.at, name.n, 0), &cursor))) {
        uint32_t var = (uint32_t)((uintptr_t)found - 1);
        if (f->names[var].n == name.n && memcmp(f->names[var].at, name.at, name.n) == 0)
            return var;
    }
    return UINT32_MAX;
}

static bool name_var(struct frame *f, const struct binder *b, uint32_t var)
{
    if (!jx_grow(&f->names, &f->names_capacity, (size_t)var + 1, sizeof *f->names))
        return false;
    f->names[var] = b->name;
    if (jx_slice_is(b->name, "_"))
        return true;
    if (find_var(f, b->name) != UINT32_MAX)
        return jx_syntax_error(b->place, "%.*s is defined twice", JX_SHOW(b->name));
    return jx_map_add(&f->map, jx_hash(b->name.at, b->name.n, 0), (void *)((uintptr_t)var + 1));
}

/* NAME:TYPE */
static bool read_binder(struct parser *p, struct binder *b)
{
    jx_peek(&p->c);
    b->place = p->c;
    b->name = jx_word_at(p->c);
    if (jx_is_literal_word(b->name))
        return jx_expected(p->c, "a name");
    return jx_read_word(&p->c, "a name", &b->name) && jx_expect(&p->c, ':') &&
           jx_read_type(&p->c, &b->type);
}

/* NAME:TYPE ... up to a sign, as variables of the program */
static bool read_inputs(struct parser *p, char end, uint32_t *n)
{
    struct frame *f = top(p);
    for (*n = 0; !jx_accept(&p->c, end); ++*n) {
        struct binder b;
        if (jx_word_at(p->c).n == 0)
            return jx_expected(p->c, end == ';' ? "a name or ';'" : "a name or '.'");
        if (!read_binder(p, &b))
            return false;
        uint32_t var = jx_program_add_var(f->program, &b.type);
        if (var == UINT32_MAX || !name_var(f, &b, var))
            return false;
    }
    return true;
}

static bool read_atom(struct parser *p, const char *what, jx_atom *atom)
{
    struct jx_slice name;
    jx_peek(&p->c);
    struct jx_cursor at = p->c;
    if (jx_starts_literal(p->c)) {
        struct jx_aval type;
        union jx_scalar value;
        return jx_read_literal(&p->c, &type, &value) &&
               jx_program_add_literal(top(p)->program, &type, value, atom);
    }
    if (!jx_read_word(&p->c, what, &name))
        return false;
    *atom = find_var(top(p), name);
    return *atom != UINT32_MAX || jx_syntax_error(at, "%.*s is not defined", JX_SHOW(name));
}

/* ---- parameters ------------------------------------------------------------------------------ */

/* JAX shows choices that were not made of options that are not ours. */
static bool skip_field(struct parser *p, struct jx_cursor key_at, struct jx_slice key)
{
    struct jx_slice word;
    const char *prim = top(p)->prim->name;
    jx_peek(&p->c);
    word = jx_word_at(p->c);
    if (!jx_slice_is(word, "None") && !jx_slice_is(word, "False"))
        return jx_syntax_error(key_at, "%s has no parameter %.*s", prim, JX_SHOW(key));
    p->c.at += word.n;
    return true;
}

static struct definition *find_definition(const struct parser *p, struct jx_slice name)
{
    size_t cursor = 0;
    void *found;
    while ((found = jx_map_next(&p->map, jx_hash(name.at, name.n, 0), &cursor))) {
        struct definition *d = &p->definitions[(uintptr_t)found - 1];
        if (d->name.n == name.n && memcmp(d->name.at, name.at, name.n) == 0)
            return d;
    }
    return NULL;
}

static bool open_frame(struct parser *p, struct definition *definition);

/* The program of a parameter: at once if it was read before, otherwise a frame is opened for it. */
static bool read_program_field(struct parser *p, const struct jx_field *field)
{
    struct frame *f = top(p);
    struct jx_slice name;
    f->field = field;
    if (jx_peek(&p->c) == '{')
        return open_frame(p, NULL);
    struct jx_cursor at = p->c, back;
    if (!jx_read_word(&p->c, "a program", &name))
        return false;
    if (field->hidden && jx_slice_is(name, "None"))
        return true;
    struct definition *d = find_definition(p, name);
    if (!d)
        return jx_syntax_error(at, "no program is called %.*s", JX_SHOW(name));
    if (d->open)
        return jx_syntax_error(at, "%.*s holds itself", JX_SHOW(name));
    if (d->program) {
        *(struct jx_program **)(void *)(f->data + field->offset) = jx_program_ref(d->program);
        f->field = NULL;
        return true;
    }
    back = p->c;
    p->c = d->start;
    if (!open_frame(p, d))
        return false;
    top(p)->back = back;
    return true;
}

/* ---- equations ------------------------------------------------------------------------------- */

/* key=value up to ']', or up to a program, which comes first */
static bool read_params(struct parser *p)
{
    struct frame *f = top(p);
    while (!jx_accept(&p->c, ']')) {
        struct jx_slice key;
        struct jx_cursor at = p->c;
        if (!jx_read_word(&p->c, "a parameter or ']'", &key) || !jx_expect(&p->c, '='))
            return false;
        const struct jx_field *field = f->prim->fields;
        while (field && field->name && !jx_slice_is(key, field->name))
            field++;
        if (!field || !field->name) {
            if (!skip_field(p, at, key))
                return false;
            continue;
        }
        assert(field - f->prim->fields < 64);
        uint64_t bit = (uint64_t)1 << (field - f->prim->fields);
        if (f->seen & bit)
            return jx_syntax_error(at, "%s is given twice", field->name);
        f->seen |= bit;
        if (field->kind != JX_F_PROGRAM) {
            if (!jx_read_field(&p->c, field, f->data))
                return false;
            continue;
        }
        if (!read_program_field(p, field))
            return false;
        f = top(p);
        if (!f->in_params) /* a frame was opened */
            return true;
    }
    f->in_params = false;
    return true;
}

/* PRIM, and whether parameters follow */
static bool read_prim(struct parser *p)
{
    struct frame *f = top(p);
    jx_peek(&p->c);
    struct jx_cursor at = p->c;
    struct jx_slice s = jx_word_at(p->c);
    while (s.n && s.at[s.n] == '-') /* scatter-add */
        s.n += 1 + jx_word_at((struct jx_cursor){.at = s.at + s.n + 1}).n;
    if (s.n == 0)
        return jx_expected(at, "a primitive");
    const struct jx_prim *prim = jx_prim_find(s.at, s.n);
    if (!prim)
        return jx_syntax_error(at, "no primitive is called %.*s", JX_SHOW(s));
    p->c.at += s.n;
    if (!jx_grow(&f->data, &f->data_capacity, prim->params_size, 1))
        return false;
    if (prim->params_size)
        memset(f->data, 0, prim->params_size);
    f->prim = prim;
    f->in_params = jx_accept(&p->c, '[');
    return true;
}

/* What stands behind the word here. */
static char after_word(struct jx_cursor c, struct jx_slice word)
{
    c.at += word.n;
    return *jx_skip_space(c).at;
}

/* NAME:TYPE ... = PRIM; an equation without results begins with its primitive */
static bool begin_eqn(struct parser *p)
{
    struct frame *f = top(p);
    f->place = p->c;
    f->prim = NULL;
    f->n_results = f->n_in = 0;
    f->seen = 0;
    f->field = NULL;
    while (after_word(jx_skip_space(p->c), jx_word_at(jx_skip_space(p->c))) == ':') {
        if (!jx_grow(&f->results, &f->results_capacity, f->n_results + 1, sizeof *f->results) ||
            !read_binder(p, &f->results[f->n_results]))
            return false;
        f->n_results++;
    }
    if (f->n_results > 0 && !jx_accept(&p->c, '='))
        return jx_expected(p->c, "a result or '='");
    return read_prim(p);
}

/* Operands go on up to ';', the results of the next equation, its primitive and '[', or in (. */
static bool at_end_of_operands(struct parser *p)
{
    if (jx_peek(&p->c) == ';')
        return true;
    if (jx_starts_literal(p->c))
        return false;
    struct jx_slice word = jx_word_at(p->c);
    char next = after_word(p->c, word);
    return next == ':' || next == '[' || (jx_slice_is(word, "in") && next == '(');
}

static bool read_operands(struct parser *p)
{
    struct frame *f = top(p);
    while (!at_end_of_operands(p)) {
        if (!jx_grow(&f->in, &f->in_capacity, f->n_in + 1, sizeof *f->in) ||
            !read_atom(p, "an operand, an equation or 'in'", &f->in[f->n_in]))
            return false;
        f->n_in++;
    }
    return true;
}

/* Parameters that were not given: those that are hidden can be told. */
static bool complete_params(struct frame *f)
{
    for (const struct jx_field *field = f->prim->fields; field && field->name; field++) {
        struct jx_ints *ints = (void *)(f->data + field->offset);
        if (f->seen >> (field - f->prim->fields) & 1 || field->hidden == JX_HIDE_ZERO ||
            field->kind == JX_F_NONE || field->kind == JX_F_NAME)
            continue;
        if (field->hidden != JX_HIDE_SHAPE || f->n_results == 0)
            return jx_syntax_error(f->place, "%s needs %s", f->prim->name, field->name);
        ints->n = f->results[0].type.rank;
        memcpy(ints->at, f->results[0].type.dims, sizeof ints->at);
    }
    return true;
}

/* The types that the results have by the type rule, and those that the text says. */
static bool check_results(struct parser *p, struct frame *f)
{
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    int n_in = (int)f->n_in, n_out = (int)f->n_results;
    const void *params = f->prim->fields ? f->data : NULL;
    if (f->n_in > INT_MAX || f->n_results > INT_MAX)
        return jx_syntax_error(f->place, "too many operands or results");
    if (f->prim->arity >= 0 && n_in != f->prim->arity)
        return jx_syntax_error(f->place, "%s takes %d operand%s, got %d", f->prim->name,
                               f->prim->arity, f->prim->arity == 1 ? "" : "s", n_in);
    int n = jx_n_results(f->prim, params, n_in);
    if (n != n_out)
        return jx_syntax_error(f->place, "%s has %d result%s, not %d", f->prim->name, n,
                               n == 1 ? "" : "s", n_out);
    if (!jx_grow(&p->types, &p->types_capacity, f->n_in, sizeof *p->types) ||
        !jx_grow(&p->inferred, &p->inferred_capacity, f->n_results, sizeof *p->inferred))
        return false;
    for (int i = 0; i < n_in; i++)
        p->types[i] = jx_atom_aval(f->program, f->in[i]);
    struct jx_loc here = jx_here();
    jx_set_here((struct jx_loc){0});
    bool ok = jx_infer(f->prim, params, n_in, p->types, n_out, p->inferred) || jx_refused(f->place);
    jx_set_here(here);
    for (int i = 0; ok && i < n_out; i++) {
        const struct jx_aval *said = &f->results[i].type, *is = &p->inferred[i];
        if (!jx_aval_same_array(said, is) || (said->weak && !is->weak))
            return jx_syntax_error(f->results[i].place, "%s gives %s, not %s", f->prim->name,
                                   jx_aval_text(is, a), jx_aval_text(said, b));
    }
    return ok;
}

static void drop_programs(struct frame *f)
{
    for (const struct jx_field *field = f->prim ? f->prim->fields : NULL; field && field->name;
         field++)
        if (field->kind == JX_F_PROGRAM)
            jx_program_unref(jx_field_program(f->data, field));
    f->prim = NULL;
}

/* Inner programs have the name of the function that their equation calls. */
static void name_programs(struct frame *f)
{
    const char *name = NULL;
    for (const struct jx_field *field = f->prim->fields; field && field->name; field++)
        if (field->kind == JX_F_NAME)
            name = *(const char **)(void *)(f->data + field->offset);
    for (const struct jx_field *field = f->prim->fields; field && field->name; field++)
        if (field->kind == JX_F_PROGRAM && jx_field_program(f->data, field) &&
            !jx_field_program(f->data, field)->name)
            jx_field_program(f->data, field)->name = name;
}

static bool end_eqn(struct parser *p)
{
    struct frame *f = top(p);
    if (!complete_params(f) || !check_results(p, f))
        return false;
    struct jx_params *params = NULL;
    if (f->prim->fields) {
        name_programs(f);
        if (!(params = jx_params_new(f->prim, f->data)))
            return false;
    }
    struct jx_loc loc = {.file = "program text", .call = f->prim->name, .line = (int)f->place.line};
    const struct jx_eqn *e = jx_program_add_eqn(f->program, f->prim, params, loc, (uint32_t)f->n_in,
                                                f->in, (uint32_t)f->n_results, p->inferred);
    jx_params_unref(params);
    drop_programs(f);
    bool ok = e != NULL;
    for (uint32_t i = 0; ok && i < f->n_results; i++)
        ok = name_var(f, &f->results[i], e->first_out + i);
    return ok;
}

/* ---- programs -------------------------------------------------------------------------------- */

static void free_frame(struct frame *f)
{
    drop_programs(f);
    jx_program_unref(f->program);
    jx_map_fini(&f->map);
    jx_free(f->names);
    jx_free(f->results);
    jx_free(f->in);
    jx_free(f->data);
}

/* { lambda CONSTS ; INPUTS . let */
static bool open_frame(struct parser *p, struct definition *definition)
{
    const char *name = definition ? jx_intern_slice(definition->name) : NULL;
    if ((definition && !name) ||
        !jx_grow(&p->stack, &p->stack_capacity, p->n_stack + 1, sizeof *p->stack))
        return false;
    struct jx_program *program = jx_program_new(name);
    if (!program)
        return false;
    p->stack[p->n_stack++] = (struct frame){.program = program, .definition = definition};
    if (definition)
        definition->open = true;
    return jx_expect(&p->c, '{') && jx_expect_word(&p->c, "lambda", "'lambda'") &&
           read_inputs(p, ';', &program->n_consts) && read_inputs(p, '.', &program->n_in) &&
           jx_expect_word(&p->c, "let", "'let'");
}

/* in (a, b) } */
static bool close_frame(struct parser *p)
{
    struct frame *f = top(p);
    jx_atom *outs = NULL;
    size_t n = 0, capacity = 0;
    bool ok = jx_expect_word(&p->c, "in", "'in'") && jx_expect(&p->c, '(');
    while (ok && !jx_accept(&p->c, ')')) {
        ok = jx_grow(&outs, &capacity, n + 1, sizeof *outs) &&
             read_atom(p, "a name, a literal or ')'", &outs[n++]);
        if (ok && !jx_accept(&p->c, ',') && jx_peek(&p->c) != ')')
            ok = jx_expected(p->c, "',' or ')'");
    }
    ok = ok && jx_expect(&p->c, '}');
    if (ok && n > UINT32_MAX)
        ok = jx_syntax_error(p->c, "too many results");
    ok = ok && jx_program_set_outs(f->program, (uint32_t)n, outs);
    jx_free(outs);
    if (!ok)
        return false;
    p->result = jx_program_ref(f->program);
    if (f->definition) {
        f->definition->program = jx_program_ref(f->program);
        f->definition->open = false;
        p->c = f->back;
    }
    free_frame(f);
    p->n_stack--;
    if (p->n_stack == 0)
        return true;
    f = top(p);
    *(struct jx_program **)(void *)(f->data + f->field->offset) = p->result;
    p->result = NULL;
    return true;
}

/* Reads on in the innermost program: an equation, as far as the next program in it, or the end. */
static bool step(struct parser *p)
{
    if (!top(p)->in_params) {
        while (jx_accept(&p->c, ';'))
            continue;
        struct jx_slice word = jx_word_at(p->c);
        if (jx_slice_is(word, "in") && after_word(p->c, word) == '(')
            return close_frame(p);
        if (word.n == 0)
            return jx_expected(p->c, "an equation or 'in'");
        if (!begin_eqn(p))
            return false;
    }
    size_t depth = p->n_stack;
    if (top(p)->in_params && !read_params(p))
        return false;
    return p->n_stack > depth || (read_operands(p) && end_eqn(p));
}

static bool read_program(struct parser *p, struct definition *definition)
{
    if (!open_frame(p, definition))
        return false;
    while (p->n_stack)
        if (!step(p))
            return false;
    return true;
}

/* let NAME = { ... } in: where each lies; they are read when they are needed. */
static bool find_definitions(struct parser *p)
{
    while (jx_peek(&p->c) && jx_slice_is(jx_word_at(p->c), "let")) {
        struct definition d = {0};
        struct jx_cursor at;
        size_t depth = 0;
        if (!jx_expect_word(&p->c, "let", "'let'"))
            return false;
        at = jx_skip_space(p->c);
        if (!jx_read_word(&p->c, "a name", &d.name) || !jx_expect(&p->c, '='))
            return false;
        if (find_definition(p, d.name))
            return jx_syntax_error(at, "%.*s is defined twice", JX_SHOW(d.name));
        if (jx_peek(&p->c) != '{')
            return jx_expected(p->c, "'{'");
        d.start = p->c;
        do {
            char sign = jx_peek(&p->c);
            if (!sign)
                return jx_syntax_error(d.start, "this '{' has no '}'");
            depth += sign == '{';
            depth -= sign == '}';
            p->c.at++;
        } while (depth);
        if (!jx_expect_word(&p->c, "in", "'in'") ||
            !jx_grow(&p->definitions, &p->definitions_capacity, p->n_definitions + 1, sizeof d))
            return false;
        p->definitions[p->n_definitions++] = d;
        if (!jx_map_add(&p->map, jx_hash(d.name.at, d.name.n, 0), (void *)p->n_definitions))
            return false;
    }
    return true;
}

static bool read_all(struct parser *p)
{
    if (!find_definitions(p))
        return false;
    struct jx_cursor main = p->c;
    for (size_t i = 0; i < p->n_definitions; i++) {
        struct definition *d = &p->definitions[i];
        p->c = d->start;
        if (d->program)
            continue;
        if (!read_program(p, d))
            return false;
        jx_program_unref(p->result);
        p->result = NULL;
    }
    p->c = main;
    if (!read_program(p, NULL))
        return false;
    return !jx_peek(&p->c) || jx_expected(p->c, "the end of the text");
}

struct jx_program *jx_program_parse(const char *text)
{
    struct parser p = {.c = {text, text, 1}};
    struct jx_error_state before, own;
    jx_error_save(&before);
    bool ok = read_all(&p);
    while (p.n_stack)
        free_frame(&p.stack[--p.n_stack]);
    for (size_t i = 0; i < p.n_definitions; i++)
        jx_program_unref(p.definitions[i].program);
    jx_free(p.definitions);
    jx_free(p.stack);
    jx_free(p.types);
    jx_free(p.inferred);
    jx_map_fini(&p.map);
    if (!ok) {
        jx_program_unref(p.result);
        p.result = NULL;
    }
    jx_error_save(&own);
    jx_error_restore(before.code != JAXC_OK ? &before : &own);
    return p.result;
}
