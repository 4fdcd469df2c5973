/*
 * ir/params.c - parameters of primitives: immutable, counted, and described by their fields.
 *
 * The field table of a primitive is the only thing that knows its parameter struct; counting,
 * comparing, hashing (and printing, in print.c) read it. Padding bytes are never looked at.
 */
#include "ir/internal.h"

struct jx_fn_hooks jx_fn_hooks;

static const void *at(const void *data, const struct jx_field *f)
{
    return (const char *)data + f->offset;
}

struct jx_program *jx_field_program(const void *data, const struct jx_field *f)
{
    return *(struct jx_program *const *)at(data, f);
}

static struct jx_fn_object *field_fn(const void *data, const struct jx_field *f)
{
    return *(struct jx_fn_object *const *)at(data, f);
}

struct jx_params *jx_params_new(const struct jx_prim *prim, const void *data)
{
    struct jx_params *p = jx_alloc(1, sizeof *p + prim->params_size);
    if (!p)
        return NULL;
    p->refs = 1;
    p->prim = prim;
    memcpy(p->data, data, prim->params_size);
    for (const struct jx_field *f = prim->fields; f->name; f++) {
        if (f->kind == JX_F_PROGRAM && jx_field_program(data, f))
            jx_program_ref(jx_field_program(data, f));
        if (f->kind == JX_F_FN && field_fn(data, f))
            jx_fn_hooks.ref(field_fn(data, f));
    }
    return p;
}

struct jx_params *jx_params_ref(struct jx_params *p)
{
    if (p)
        atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    return p;
}

void jx_params_unref(struct jx_params *p)
{
    if (!p || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (const struct jx_field *f = p->prim->fields; f->name; f++) {
        if (f->kind == JX_F_PROGRAM)
            jx_program_unref(jx_field_program(p->data, f));
        if (f->kind == JX_F_FN && field_fn(p->data, f))
            jx_fn_hooks.unref(field_fn(p->data, f));
    }
    jx_free(p);
}

static bool ints_same(const struct jx_ints *a, const struct jx_ints *b)
{
    return a->n == b->n && jx_same_dims(a->n, a->at, b->at);
}

static uint64_t ints_hash(const struct jx_ints *a, uint64_t h)
{
    return jx_hash(a->at, (size_t)a->n * sizeof a->at[0], jx_mix(h, (uint64_t)a->n));
}

static int n_members(const struct jx_field *f)
{
    int n = 0;
    while (f->words[1 + n])
        n++;
    return n;
}

/* Everything but programs, which the caller compares. */
static bool field_same(const struct jx_field *f, const void *a, const void *b)
{
    switch ((enum jx_field_kind)f->kind) {
    case JX_F_BOOL: return *(const bool *)a == *(const bool *)b;
    case JX_F_INT: return *(const int64_t *)a == *(const int64_t *)b;
    case JX_F_F64: return memcmp(a, b, sizeof(double)) == 0;
    case JX_F_DTYPE: return *(const jaxc_dtype *)a == *(const jaxc_dtype *)b;
    case JX_F_INTS: return ints_same(a, b);
    case JX_F_PADDING: {
        const struct jx_padding *p = a, *q = b;
        return p->n == q->n && jx_same_dims(p->n, p->low, q->low) &&
               jx_same_dims(p->n, p->high, q->high) && jx_same_dims(p->n, p->interior, q->interior);
    }
    case JX_F_DIMS: {
        const struct jx_dims *p = a, *q = b;
        return ints_same(&p->lhs_contract, &q->lhs_contract) &&
               ints_same(&p->rhs_contract, &q->rhs_contract) &&
               ints_same(&p->lhs_batch, &q->lhs_batch) && ints_same(&p->rhs_batch, &q->rhs_batch);
    }
    case JX_F_FN: {
        struct jx_fn_object *const *p = a, *const *q = b;
        return *p == *q || (*p && *q && jx_fn_hooks.same(*p, *q));
    }
    case JX_F_NUMBER: {
        const struct jx_number *p = a, *q = b;
        return p->dtype == q->dtype && p->value.u == q->value.u;
    }
    case JX_F_ENUM: return *(const int64_t *)a == *(const int64_t *)b;
    case JX_F_RECORD: {
        const struct jx_ints *p = a, *q = b;
        bool same = true;
        for (int i = n_members(f); i-- > 0;)
            same = same && ints_same(&p[i], &q[i]);
        return same;
    }
    case JX_F_NAME:
    case JX_F_PROGRAM:
    case JX_F_NONE: break;
    }
    return true;
}

bool jx_params_same_but_programs(const struct jx_prim *prim, const void *a, const void *b)
{
    if (a == b || !prim->fields)
        return true;
    for (const struct jx_field *f = prim->fields; f->name; f++)
        if (!field_same(f, at(a, f), at(b, f)))
            return false;
    return true;
}

bool jx_params_same(const struct jx_prim *prim, const void *a, const void *b)
{
    if (a == b || !prim->fields)
        return true;
    if (!jx_params_same_but_programs(prim, a, b))
        return false;
    for (const struct jx_field *f = prim->fields; f->name; f++) {
        if (f->kind != JX_F_PROGRAM)
            continue;
        const struct jx_program *p = jx_field_program(a, f), *q = jx_field_program(b, f);
        if (p != q && (!p || !q || !jx_program_same(p, q)))
            return false;
    }
    return true;
}

uint64_t jx_params_hash(const struct jx_prim *prim, const void *a)
{
    uint64_t h = jx_hash(prim->name, strlen(prim->name), 0);
    if (!prim->fields)
        return h;
    for (const struct jx_field *f = prim->fields; f->name; f++) {
        const void *p = at(a, f);
        switch ((enum jx_field_kind)f->kind) {
        case JX_F_BOOL: h = jx_mix(h, *(const bool *)p); break;
        case JX_F_INT: h = jx_mix(h, (uint64_t) * (const int64_t *)p); break;
        case JX_F_F64: h = jx_hash(p, sizeof(double), h); break;
        case JX_F_DTYPE: h = jx_mix(h, (uint64_t) * (const jaxc_dtype *)p); break;
        case JX_F_INTS: h = ints_hash(p, h); break;
        case JX_F_PADDING: {
            const struct jx_padding *q = p;
            size_t bytes = (size_t)q->n * sizeof q->low[0];
            h = jx_hash(q->interior, bytes, jx_hash(q->high, bytes, jx_hash(q->low, bytes, h)));
            break;
        }
        case JX_F_DIMS: {
            const struct jx_dims *d = p;
            h = ints_hash(&d->rhs_batch,
                          ints_hash(&d->lhs_batch,
                                    ints_hash(&d->rhs_contract, ints_hash(&d->lhs_contract, h))));
            break;
        }
        case JX_F_FN: h = jx_mix(h, field_fn(a, f) ? jx_fn_hooks.hash(field_fn(a, f)) : 0); break;
        case JX_F_NUMBER: h = jx_mix(h, ((const struct jx_number *)p)->value.u); break;
        case JX_F_ENUM: h = jx_mix(h, (uint64_t) * (const int64_t *)p); break;
        case JX_F_RECORD:
            for (int i = n_members(f); i-- > 0;)
                h = ints_hash((const struct jx_ints *)p + i, h);
            break;
        case JX_F_PROGRAM:
            h = jx_mix(h, jx_field_program(a, f) ? jx_program_hash(jx_field_program(a, f)) : 0);
            break;
        case JX_F_NAME:
        case JX_F_NONE: break;
        }
    }
    return h;
}
