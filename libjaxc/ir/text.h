/*
 * ir/text.h - what the files of the printer and of the parser share: print.c print_plan.c
 * print_field.c; parse.c parse_field.c; number.c.
 */
#ifndef JX_IR_TEXT_H
#define JX_IR_TEXT_H

#include "ir/internal.h"

/* A piece of a text. */
struct jx_slice {
    const char *at;
    size_t n;
};
bool jx_slice_is(struct jx_slice s, const char *word);
/* Words that stand for numbers and for nothing, and so for no variable and no program. */
bool jx_is_literal_word(struct jx_slice s);

/* ---- numbers: number.c ----------------------------------------------------------------------- */

void jx_put_int(struct jx_text *t, int64_t number);
void jx_put_unsigned(struct jx_text *t, uint64_t number);
/* The shortest text that reads back as the same number of this dtype. */
void jx_put_float(struct jx_text *t, double number, jaxc_dtype dtype);
/* A literal's number. A weak one is held as the widest of its category: the C number it was. */
void jx_put_number(struct jx_text *t, union jx_scalar value, const struct jx_aval *type);
/* The same from text; false, without an error, for what is no number of the type. */
bool jx_number_of(struct jx_slice s, const struct jx_aval *type, union jx_scalar *value);
bool jx_float_of(struct jx_slice s, jaxc_dtype dtype, double *value);

/* ---- writing: print_field.c ------------------------------------------------------------------ */

void jx_put_bytes(struct jx_text *t, const char *bytes, size_t n);
void jx_put(struct jx_text *t, const char *s);
/* f32[3,4]; ~f32[3,4] if it is weak and that is to be shown */
void jx_put_type(struct jx_text *t, const struct jx_aval *a, bool show_weak);
/* A function's name, without characters that would end it, or the line; None if it has none. */
void jx_put_name(struct jx_text *t, const char *name);
/* The value of a parameter that is no program. */
void jx_put_field(struct jx_text *t, const struct jx_field *f, const void *params);
/* The parameter of an equation that is shown after `last` (NULL: the first); NULL at the end. */
const struct jx_field *jx_next_field(const struct jx_program *p, const struct jx_eqn *e,
                                     const struct jx_field *last);

/* ---- which programs are hoisted: print_plan.c ------------------------------------------------ */

struct jx_plan_entry {
    const struct jx_program *program;
    const char *called;     /* by the first equation that holds it; NULL: nothing */
    size_t parent;          /* entry of the program with that equation */
    int depth;              /* programs around it, up to one that is hoisted */
    bool shared;            /* held in several places */
    bool hoisted;           /* written before the main program, and named where it is used */
    char *name;             /* of a hoisted one */
    uint32_t next_namesake; /* number for the next one that would be called the same */
};

/* The main program, then the nested ones in the order in which a breadth-first walk finds them. */
struct jx_plan {
    struct jx_plan_entry *at;
    size_t n, capacity;
    struct jx_map by_program, by_name; /* of index + 1 */
};
bool jx_plan_make(struct jx_plan *plan, const struct jx_program *p); /* fini it also on failure */
void jx_plan_fini(struct jx_plan *plan);
struct jx_plan_entry *jx_plan_find(const struct jx_plan *plan, const struct jx_program *p);
struct jx_plan_entry *jx_plan_find_name(const struct jx_plan *plan, const char *name);

/* ---- reading: parse_field.c ------------------------------------------------------------------ */

/* A place in the text; what reads moves it. */
struct jx_cursor {
    const char *at, *line_start;
    uint32_t line;
};

/* JAXC_ESYNTAX with line and column. Always false. */
bool jx_syntax_error(struct jx_cursor at, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool jx_expected(struct jx_cursor at, const char *what);
/* For messages: the precision and the start of a name, as "%.*s" takes them. */
#define JX_SHOW(slice) (int)((slice).n < 40 ? (slice).n : 40), (slice).at
/* Turns the error that a type rule has set into one at this place. Always false. */
bool jx_refused(struct jx_cursor at);

struct jx_cursor jx_skip_space(struct jx_cursor c);
char jx_peek(struct jx_cursor *c);              /* skips space; the next character */
bool jx_accept(struct jx_cursor *c, char sign); /* passes over it if it comes next */
bool jx_expect(struct jx_cursor *c, char sign);
struct jx_slice jx_word_at(struct jx_cursor c); /* the identifier here; may be empty */
bool jx_read_word(struct jx_cursor *c, const char *what, struct jx_slice *word);
bool jx_expect_word(struct jx_cursor *c, const char *text, const char *what);
const char *jx_intern_slice(struct jx_slice s);

bool jx_read_type(struct jx_cursor *c, struct jx_aval *type);
bool jx_starts_literal(struct jx_cursor c);
bool jx_read_literal(struct jx_cursor *c, struct jx_aval *type, union jx_scalar *value);
/* The value of a parameter that is no program, into its place in the parameters. */
bool jx_read_field(struct jx_cursor *c, const struct jx_field *f, void *params);

#endif
