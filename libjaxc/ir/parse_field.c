/*
 * ir/parse_field.c - the smaller pieces of program text: words, types, literals, parameters.
 *
 * Every reader moves a cursor over what it takes, or sets JAXC_ESYNTAX with the place.
 */
#include "ir/text.h"

#include <stdio.h>

/* ---- errors ---------------------------------------------------------------------------------- */

bool jx_syntax_error(struct jx_cursor at, const char *format, ...)
{
    char text[JX_ERROR_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return jx_fail(JAXC_ESYNTAX, "line %u, column %zu: %s", at.line,
                   (size_t)(at.at - at.line_start) + 1, text);
}

/* The next word of the text, for messages. */
static const char *excerpt(struct jx_cursor c, char buffer[24])
{
    size_t n = 0;
    if (!*c.at)
        return "the end of the text";
    buffer[n++] = '\'';
    for (; *c.at > ' ' && n < 22; c.at++)
        buffer[n++] = *c.at < 127 ? *c.at : '?';
    if (n == 1)
        buffer[n++] = '?';
    buffer[n++] = '\'';
    buffer[n] = 0;
    return buffer;
}

bool jx_expected(struct jx_cursor at, const char *what)
{
    char buffer[24];
    return jx_syntax_error(at, "expected %s, found %s", what, excerpt(at, buffer));
}

bool jx_refused(struct jx_cursor at)
{
    struct jx_error_state rule;
    jx_error_save(&rule);
    if (rule.code != JAXC_ENOMEM)
        return jx_syntax_error(at, "%s", rule.text);
    jx_error_restore(&rule);
    return false;
}

/* ---- words ----------------------------------------------------------------------------------- */

struct jx_cursor jx_skip_space(struct jx_cursor c)
{
    for (; *c.at == ' ' || *c.at == '\n' || *c.at == '\t' || *c.at == '\r'; c.at++)
        if (*c.at == '\n') {
            c.line++;
            c.line_start = c.at + 1;
        }
    return c;
}

char jx_peek(struct jx_cursor *c)
{
    if ((unsigned char)*c->at <= ' ')
        *c = jx_skip_space(*c);
    return *c->at;
}

bool jx_accept(struct jx_cursor *c, char sign)
{
    bool is = jx_peek(c) == sign;
    c->at += is;
    return is;
}

bool jx_expect(struct jx_cursor *c, char sign)
{
    char what[] = {'\'', sign, '\'', 0};
    return jx_accept(c, sign) || jx_expected(*c, what);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool jx_slice_is(struct jx_slice s, const char *word)
{
    return strlen(word) == s.n && memcmp(s.at, word, s.n) == 0;
}

struct jx_slice jx_word_at(struct jx_cursor c)
{
    struct jx_slice s = {c.at, 0};
    if (is_letter(*c.at))
        while (is_letter(s.at[s.n]) || is_digit(s.at[s.n]))
            s.n++;
    return s;
}

bool jx_read_word(struct jx_cursor *c, const char *what, struct jx_slice *word)
{
    jx_peek(c);
    *word = jx_word_at(*c);
    c->at += word->n;
    return word->n > 0 || jx_expected(*c, what);
}

bool jx_expect_word(struct jx_cursor *c, const char *text, const char *what)
{
    jx_peek(c);
    struct jx_slice word = jx_word_at(*c);
    if (!jx_slice_is(word, text))
        return jx_expected(*c, what);
    c->at += word.n;
    return true;
}

bool jx_is_literal_word(struct jx_slice s)
{
    return jx_slice_is(s, "nan") || jx_slice_is(s, "inf") || jx_slice_is(s, "True") ||
           jx_slice_is(s, "False") || jx_slice_is(s, "None");
}

const char *jx_intern_slice(struct jx_slice s)
{
    char *copy = jx_alloc(s.n + 1, 1);
    if (!copy)
        return NULL;
    memcpy(copy, s.at, s.n);
    const char *name = jx_intern(copy);
    jx_free(copy);
    return name;
}

/* ---- numbers and types ----------------------------------------------------------------------- */

static bool read_int(struct jx_cursor *c, int64_t *number)
{
    struct jx_cursor at = jx_skip_space(*c);
    bool negative = jx_accept(c, '-');
    uint64_t n = 0, limit = (uint64_t)INT64_MAX + negative;
    if (!is_digit(*c->at))
        return jx_expected(at, "an integer");
    for (; is_digit(*c->at); c->at++) {
        unsigned digit = (unsigned)(*c->at - '0');
        if (n > (limit - digit) / 10)
            return jx_syntax_error(at, "an integer beyond 64 bits");
        n = n * 10 + digit;
    }
    *number = negative ? (int64_t)(0 - n) : (int64_t)n;
    return true;
}

/* The characters of a number or of True, False, nan(0x...). */
static struct jx_slice read_value(struct jx_cursor *c)
{
    jx_peek(c);
    struct jx_slice s = {c->at, 0};
    while (is_letter(s.at[s.n]) || is_digit(s.at[s.n]) || (s.at[s.n] && strchr("+-.()", s.at[s.n])))
        s.n++;
    c->at += s.n;
    return s;
}

static bool read_dims(struct jx_cursor *c, struct jx_aval *type)
{
    int64_t n;
    int rank = 0;
    struct jx_cursor at = *c;
    while (!jx_accept(c, ']')) {
        if (rank > 0 && !jx_expect(c, ','))
            return false;
        if (rank == JAXC_MAX_RANK)
            return jx_syntax_error(*c, "a rank over %d", JAXC_MAX_RANK);
        at = jx_skip_space(*c);
        if (!read_int(c, &type->dims[rank++]))
            return false;
    }
    type->rank = (uint8_t)rank;
    return jx_n_elements(rank, type->dims, &n) || jx_refused(at);
}

/* ~f32[3,4] */
bool jx_read_type(struct jx_cursor *c, struct jx_aval *type)
{
    jaxc_dtype dtype;
    *type = (struct jx_aval){0};
    type->weak = jx_accept(c, '~');
    jx_peek(c);
    struct jx_slice word = jx_word_at(*c);
    if (!jx_dtype_parse(word.at, word.n, &dtype))
        return jx_expected(*c, "a type such as f32[3,4]");
    c->at += word.n;
    type->dtype = (uint8_t)dtype;
    return jx_expect(c, '[') && read_dims(c, type);
}

bool jx_starts_literal(struct jx_cursor c)
{
    return is_digit(*c.at) || *c.at == '-' || jx_is_literal_word(jx_word_at(c));
}

/* 2.0:f32[] */
bool jx_read_literal(struct jx_cursor *c, struct jx_aval *type, union jx_scalar *value)
{
    char buffer[24];
    jx_peek(c);
    struct jx_cursor at = *c;
    struct jx_slice s = read_value(c);
    if (!jx_expect(c, ':') || !jx_read_type(c, type))
        return false;
    if (type->rank != 0)
        return jx_syntax_error(at, "a literal has no axes");
    *value = (union jx_scalar){0};
    return jx_number_of(s, type, value) ||
           jx_syntax_error(at, "no %s is written %s", jx_dtype_info(type->dtype)->name,
                           excerpt(at, buffer));
}

/* ---- parameters ------------------------------------------------------------------------------ */

/* (1, 2) or [1, 2]; (1,) for one */
static bool read_ints(struct jx_cursor *c, struct jx_ints *ints)
{
    char end = jx_accept(c, '[') ? ']' : ')';
    *ints = (struct jx_ints){0};
    if (end == ')' && !jx_accept(c, '('))
        return jx_expected(*c, "a list of integers");
    while (!jx_accept(c, end)) {
        if (ints->n == JAXC_MAX_RANK)
            return jx_syntax_error(*c, "more than %d integers in a list", JAXC_MAX_RANK);
        if (!read_int(c, &ints->at[ints->n++]))
            return false;
        if (!jx_accept(c, ',') && jx_peek(c) != end)
            return jx_expected(*c, end == ')' ? "',' or ')'" : "',' or ']'");
    }
    return true;
}

static bool read_padding(struct jx_cursor *c, struct jx_padding *padding)
{
    *padding = (struct jx_padding){0};
    if (!jx_expect(c, '('))
        return false;
    while (!jx_accept(c, ')')) {
        struct jx_ints axis;
        struct jx_cursor at = *c;
        int i = padding->n++;
        if (i == JAXC_MAX_RANK)
            return jx_syntax_error(at, "a padding of more than %d axes", JAXC_MAX_RANK);
        if (!read_ints(c, &axis))
            return false;
        if (axis.n != 3)
            return jx_syntax_error(at, "an axis is padded by (low, high, interior), got %d numbers",
                                   axis.n);
        padding->low[i] = axis.at[0];
        padding->high[i] = axis.at[1];
        padding->interior[i] = axis.at[2];
        if (!jx_accept(c, ',') && jx_peek(c) != ')')
            return jx_expected(*c, "',' or ')'");
    }
    return true;
}

static bool read_dimension_numbers(struct jx_cursor *c, struct jx_dims *d)
{
    return jx_expect(c, '(') && jx_expect(c, '(') && read_ints(c, &d->lhs_contract) &&
           jx_expect(c, ',') && read_ints(c, &d->rhs_contract) && jx_expect(c, ')') &&
           jx_expect(c, ',') && jx_expect(c, '(') && read_ints(c, &d->lhs_batch) &&
           jx_expect(c, ',') && read_ints(c, &d->rhs_batch) && jx_expect(c, ')') &&
           jx_expect(c, ')');
}

/* float32 as NumPy has it, or f32 */
static bool read_dtype(struct jx_cursor *c, jaxc_dtype *dtype)
{
    static const struct {
        const char *numpy, *here;
    } words[] = {{"bfloat", "bf"}, {"float", "f"}, {"int", "i"}, {"uint", "u"}, {"complex", "c"}};
    struct jx_slice word = jx_word_at(*c);
    char name[8];
    if (jx_slice_is(word, "None")) {
        *dtype = 0;
        c->at += word.n;
        return true;
    }
    bool ok = jx_dtype_parse(word.at, word.n, dtype);
    for (size_t i = 0; !ok && i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i].numpy);
        if (word.n <= n || word.n - n > 4 || memcmp(word.at, words[i].numpy, n) != 0)
            continue;
        snprintf(name, sizeof name, "%s%.*s", words[i].here, (int)(word.n - n), word.at + n);
        ok = jx_dtype_parse(name, strlen(name), dtype);
    }
    if (!ok)
        return jx_expected(*c, "a dtype such as float32");
    c->at += word.n;
    return true;
}

static bool read_bool(struct jx_cursor *c, bool *value)
{
    struct jx_slice word = jx_word_at(*c);
    *value = jx_slice_is(word, "True");
    if (!*value && !jx_slice_is(word, "False"))
        return jx_expected(*c, "True or False");
    c->at += word.n;
    return true;
}

static bool read_double(struct jx_cursor *c, double *value)
{
    struct jx_cursor at = *c;
    return jx_float_of(read_value(c), JAXC_F64, value) || jx_expected(at, "a number");
}

/* None, True, -1, 0.5 */
static bool read_number(struct jx_cursor *c, struct jx_number *number)
{
    static const jaxc_dtype kinds[] = {JAXC_BOOL, JAXC_I64, JAXC_U64, JAXC_F64};
    struct jx_cursor at = *c;
    *number = (struct jx_number){0};
    if (jx_slice_is(jx_word_at(*c), "None"))
        return jx_expect_word(c, "None", "None");
    struct jx_slice s = read_value(c);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct jx_aval type = jx_aval_make(kinds[i], 0, NULL);
        if (!jx_number_of(s, &type, &number->value))
            continue;
        number->dtype = kinds[i];
        return true;
    }
    return jx_expected(at, "a number, True, False or None");
}

/* GatherScatterMode.CLIP, or CLIP */
static bool read_enum(struct jx_cursor *c, const struct jx_field *f, int64_t *value)
{
    struct jx_cursor at = *c;
    struct jx_slice word = jx_word_at(*c);
    if (jx_slice_is(word, f->words[0])) {
        c->at += word.n;
        if (!jx_expect(c, '.'))
            return false;
        word = jx_word_at(*c);
    }
    for (*value = 0; f->words[1 + *value]; ++*value)
        if (jx_slice_is(word, f->words[1 + *value])) {
            c->at += word.n;
            return true;
        }
    return jx_expected(at, f->words[0]);
}

/* GatherDimensionNumbers(offset_dims=(1,), ...), all members in their order */
static bool read_record(struct jx_cursor *c, const struct jx_field *f, struct jx_ints *member)
{
    if (!jx_expect_word(c, f->words[0], f->words[0]))
        return false;
    for (int i = 1; f->words[i]; i++)
        if (!jx_expect(c, i == 1 ? '(' : ',') || !jx_expect_word(c, f->words[i], f->words[i]) ||
            !jx_expect(c, '=') || !read_ints(c, &member[i - 1]))
            return false;
    return jx_expect(c, ')');
}

/* A function's name: anything up to a blank or a bracket. */
static bool read_name(struct jx_cursor *c, const char **name)
{
    struct jx_slice s = {c->at, 0};
    while ((unsigned char)s.at[s.n] > ' ' && !strchr("[]{}\"'=;,", s.at[s.n]))
        s.n++;
    if (s.n == 0)
        return jx_expected(*c, "a name");
    c->at += s.n;
    *name = jx_slice_is(s, "None") ? NULL : jx_intern_slice(s);
    return *name || jx_slice_is(s, "None");
}

/* Past the bracket that closes the one here. */
static bool skip_brackets(struct jx_cursor *c)
{
    struct jx_cursor at = *c;
    size_t depth = 0;
    do {
        char sign = jx_peek(c);
        if (!sign)
            return jx_syntax_error(at, "a bracket is not closed");
        depth += sign == '{' || sign == '(' || sign == '[';
        depth -= sign == '}' || sign == ')' || sign == ']';
        c->at++;
    } while (depth > 0);
    return true;
}

bool jx_read_field(struct jx_cursor *c, const struct jx_field *f, void *params)
{
    void *at = (char *)params + f->offset;
    jx_peek(c);
    switch ((enum jx_field_kind)f->kind) {
    case JX_F_BOOL: return read_bool(c, at);
    case JX_F_INT: return read_int(c, at);
    case JX_F_F64: return read_double(c, at);
    case JX_F_DTYPE: return read_dtype(c, at);
    case JX_F_INTS:
        if (!jx_slice_is(jx_word_at(*c), "None"))
            return read_ints(c, at);
        return jx_expect_word(c, "None", "None");
    case JX_F_PADDING: return read_padding(c, at);
    case JX_F_DIMS: return read_dimension_numbers(c, at);
    case JX_F_NAME: return read_name(c, at);
    case JX_F_FN:
        if (f->hidden && jx_slice_is(jx_word_at(*c), "None"))
            return jx_expect_word(c, "None", "None");
        return jx_syntax_error(*c, "%s is a C function, which no text gives back", f->name);
    case JX_F_NUMBER: return read_number(c, at);
    case JX_F_ENUM: return read_enum(c, f, at);
    case JX_F_RECORD: return read_record(c, f, at);
    case JX_F_NONE:
        if (f->hidden && (*c->at == '{' || *c->at == '('))
            return skip_brackets(c);
        return jx_expect_word(c, "None", "None");
    case JX_F_PROGRAM: break;
    }
    return false;
}
