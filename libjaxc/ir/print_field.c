/*
 * ir/print_field.c - types and parameters as text.
 */
#include "ir/text.h"

#include <math.h>

void jx_put_bytes(struct jx_text *t, const char *bytes, size_t n)
{
    size_t need;
    if (t->failed)
        return;
    t->failed =
        !jx_add_size(t->n, n + 1, &need) || !jx_grow(&t->data, &t->capacity, need, sizeof *t->data);
    if (t->failed)
        return;
    memcpy(t->data + t->n, bytes, n);
    t->n += n;
    t->data[t->n] = 0;
}

void jx_put(struct jx_text *t, const char *s) { jx_put_bytes(t, s, strlen(s)); }
void jx_put_type(struct jx_text *t, const struct jx_aval *a, bool show_weak)
{
    if (show_weak && a->weak)
        jx_put(t, "~");
    jx_put(t, jx_dtype_info(a->dtype)->name);
    jx_put(t, "[");
    for (int i = 0; i < a->rank; i++) {
        if (i)
            jx_put(t, ",");
        jx_put_int(t, a->dims[i]);
    }
    jx_put(t, "]");
}

void jx_put_name(struct jx_text *t, const char *name)
{
    for (const char *c = name; c && *c; c++) {
        bool shown = (unsigned char)*c > ' ' && *c != 127 && !strchr("[]{}\"'=;,", *c);
        jx_put_bytes(t, shown ? c : "_", 1);
    }
    if (!name || !*name)
        jx_put(t, "None");
    else if (strcmp(name, "None") == 0)
        jx_put(t, "_");
}

/* ---- parameters ------------------------------------------------------------------------------ */

static void put_ints(struct jx_text *t, const struct jx_ints *ints, bool as_list)
{
    jx_put(t, as_list ? "[" : "(");
    for (int i = 0; i < ints->n; i++) {
        jx_put(t, i ? ", " : "");
        jx_put_int(t, ints->at[i]);
    }
    jx_put(t, as_list ? "]" : ints->n == 1 ? ",)" : ")");
}

static void put_padding(struct jx_text *t, const struct jx_padding *p)
{
    jx_put(t, "(");
    for (int i = 0; i < p->n; i++) {
        struct jx_ints axis = {3, {p->low[i], p->high[i], p->interior[i]}};
        jx_put(t, i ? ", " : "");
        put_ints(t, &axis, false);
    }
    jx_put(t, p->n == 1 ? ",)" : ")");
}

static void put_dims(struct jx_text *t, const struct jx_dims *d)
{
    const struct jx_ints *parts[] = {&d->lhs_contract, &d->rhs_contract, &d->lhs_batch,
                                     &d->rhs_batch};
    static const char *const before[] = {"((", ", ", "), (", ", "};
    for (int i = 0; i < 4; i++) {
        jx_put(t, before[i]);
        put_ints(t, parts[i], true);
    }
    jx_put(t, "))");
}

static void put_number_field(struct jx_text *t, const struct jx_number *n)
{
    switch (n->dtype) {
    case JAXC_BOOL: jx_put(t, n->value.i ? "True" : "False"); break;
    case JAXC_I64: jx_put_int(t, n->value.i); break;
    case JAXC_U64: jx_put_unsigned(t, n->value.u); break;
    case JAXC_F64: jx_put_float(t, n->value.f, JAXC_F64); break;
    default: jx_put(t, "None"); break;
    }
}

static void put_record(struct jx_text *t, const struct jx_field *f, const struct jx_ints *member)
{
    jx_put(t, f->words[0]);
    for (int i = 1; f->words[i]; i++) {
        jx_put(t, i == 1 ? "(" : ", ");
        jx_put(t, f->words[i]);
        jx_put(t, "=");
        put_ints(t, &member[i - 1], false);
    }
    jx_put(t, ")");
}

/* NumPy's name: f32 is float32. */
static void put_dtype(struct jx_text *t, jaxc_dtype dtype)
{
    const struct jx_dtype_info *info = jx_dtype_info(dtype);
    const char *name = info ? info->name : "", *digits = name + strcspn(name, "0123456789");
    if (!info || info->category == JX_CAT_BOOL) {
        jx_put(t, info ? name : "None");
        return;
    }
    jx_put(t, dtype == JAXC_BF16 ? "bfloat"
              : *name == 'f'     ? "float"
              : *name == 'i'     ? "int"
              : *name == 'u'     ? "uint"
                                 : "complex");
    jx_put(t, digits);
}

/* Everything but programs. */
void jx_put_field(struct jx_text *t, const struct jx_field *f, const void *data)
{
    const void *at = (const char *)data + f->offset;
    switch ((enum jx_field_kind)f->kind) {
    case JX_F_BOOL: jx_put(t, *(const bool *)at ? "True" : "False"); break;
    case JX_F_INT: jx_put_int(t, *(const int64_t *)at); break;
    case JX_F_F64: jx_put_float(t, *(const double *)at, JAXC_F64); break;
    case JX_F_DTYPE: put_dtype(t, *(const jaxc_dtype *)at); break;
    case JX_F_INTS: put_ints(t, at, false); break;
    case JX_F_PADDING: put_padding(t, at); break;
    case JX_F_DIMS: put_dims(t, at); break;
    case JX_F_NAME: jx_put_name(t, *(const char *const *)at); break;
    case JX_F_FN: jx_put(t, *(struct jx_fn_object *const *)at ? "<fn>" : "None"); break;
    case JX_F_NUMBER: put_number_field(t, at); break;
    case JX_F_ENUM:
        jx_put(t, f->words[0]);
        jx_put(t, ".");
        jx_put(t, f->words[1 + *(const int64_t *)at]);
        break;
    case JX_F_RECORD: put_record(t, f, at); break;
    case JX_F_PROGRAM:
    case JX_F_NONE: jx_put(t, "None"); break;
    }
}

static bool is_zero(const struct jx_field *f, const void *at)
{
    switch ((enum jx_field_kind)f->kind) {
    case JX_F_BOOL: return !*(const bool *)at;
    case JX_F_INT: return *(const int64_t *)at == 0;
    case JX_F_F64: return *(const double *)at == 0 && !signbit(*(const double *)at);
    case JX_F_DTYPE: return *(const jaxc_dtype *)at == 0;
    case JX_F_INTS: return ((const struct jx_ints *)at)->n == 0;
    case JX_F_PADDING: return ((const struct jx_padding *)at)->n == 0;
    case JX_F_DIMS: {
        const struct jx_dims *d = at;
        return d->lhs_contract.n + d->rhs_contract.n + d->lhs_batch.n + d->rhs_batch.n == 0;
    }
    case JX_F_NAME: return !*(const char *const *)at;
    case JX_F_PROGRAM: return !*(struct jx_program *const *)at;
    case JX_F_FN: return !*(struct jx_fn_object *const *)at;
    case JX_F_NUMBER: return ((const struct jx_number *)at)->dtype == 0;
    case JX_F_ENUM:
    case JX_F_RECORD: return false;
    case JX_F_NONE: break;
    }
    return true;
}

static bool is_hidden(const struct jx_program *p, const struct jx_eqn *e, const struct jx_field *f)
{
    const void *at = (const char *)e->params->data + f->offset;
    if (f->hidden == JX_HIDE_SHAPE && e->n_out > 0) {
        const struct jx_aval *out = &p->avals[e->first_out];
        const struct jx_ints *ints = at;
        return ints->n == out->rank && jx_same_dims(out->rank, ints->at, out->dims);
    }
    return f->hidden == JX_HIDE_ZERO && is_zero(f, at);
}

/* Function names stand first, then the names of the fields decide. */
static bool comes_before(const struct jx_field *a, const struct jx_field *b)
{
    if ((a->kind == JX_F_NAME) != (b->kind == JX_F_NAME))
        return a->kind == JX_F_NAME;
    return strcmp(a->name, b->name) < 0;
}

/* The parameter that is shown after `last`; NULL at the end. */
const struct jx_field *jx_next_field(const struct jx_program *p, const struct jx_eqn *e,
                                     const struct jx_field *last)
{
    const struct jx_field *next = NULL;
    for (const struct jx_field *f = e->params ? e->prim->fields : NULL; f && f->name; f++)
        if ((!last || comes_before(last, f)) && (!next || comes_before(f, next)) &&
            !is_hidden(p, e, f))
            next = f;
    return next;
}
