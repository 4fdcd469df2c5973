/*
 * api/array.c - arrays from C memory and back, and what can be asked of a value.
 */
#include "api/api.h"

#include <math.h>
#include <stdio.h>

/* ---- in -------------------------------------------------------------------------------------- */

jaxc_value jaxc_value_self(jaxc_value v)
{
    jx_enter("JAXC_VAL"); /* the place is this call's, not the next one's */
    return v;
}

/* Numbers are operands of another call, whose name comes back. The place stays for the next call:
 * in C++ operands become values after it was noted. */
static jaxc_value number(const char *call, jaxc_dtype dtype, bool weak, union jx_scalar s)
{
    struct jx_loc here = jx_enter(call), place = jx_here();
    jx_api_init();
    struct jx_aval a = jx_aval_make(dtype, 0, NULL);
    a.weak = weak;
    struct jx_node *n = jx_node_literal(&a, s);
    jaxc_value v = n ? jx_value_own(n, 0) : JX_POISON;
    jx_set_here(here);
    jx_note(place);
    return v;
}

jaxc_value jaxc_from_bool(bool x)
{
    return number("jaxc_from_bool", JAXC_BOOL, false, (union jx_scalar){.i = x});
}

jaxc_value jaxc_from_i64(long long x)
{
    return number("jaxc_from_i64", JAXC_I32, true, (union jx_scalar){.i = x});
}

jaxc_value jaxc_from_u64(unsigned long long x)
{
    bool fits = x <= INT64_MAX;
    return fits ? number("jaxc_from_u64", JAXC_I32, true, (union jx_scalar){.i = (int64_t)x})
                : number("jaxc_from_u64", JAXC_U64, true, (union jx_scalar){.u = x});
}

jaxc_value jaxc_from_f64(double x)
{
    return number("jaxc_from_f64", JAXC_F32, true, (union jx_scalar){.f = x});
}

/* The type of a new array, and its size in bytes. */
static bool new_type(jaxc_dtype dtype, const struct jaxc_shape *shape, struct jx_aval *a,
                     size_t *bytes)
{
    jx_api_init();
    const struct jx_dtype_info *d = jx_dtype_info(dtype);
    if (!d || !d->supported)
        return jx_fail(JAXC_EDTYPE, "no arrays of dtype %s", d ? d->name : "(no dtype)");
    if (shape->rank < 0 || shape->rank > JAXC_MAX_RANK)
        return jx_fail(JAXC_ESHAPE, "rank %d: 0 to %d", shape->rank, JAXC_MAX_RANK);
    for (int i = 0; i < shape->rank; i++)
        if (shape->dims[i] < 0)
            return jx_fail(JAXC_ESHAPE, "axis %d has the negative size %lld", i,
                           (long long)shape->dims[i]);
    *a = jx_aval_make(dtype, shape->rank, shape->dims);
    return jx_buffer_size(dtype, shape->rank, shape->dims, (struct jx_layout){0, 0}, bytes);
}

static jaxc_value own_array(const struct jx_aval *a, struct jx_buffer *b)
{
    struct jx_node *n = b ? jx_node_array(a, b) : NULL;
    return n ? jx_value_own(n, 0) : JX_POISON;
}

jaxc_value(jaxc_array)(const void *data, jaxc_dtype dtype, struct jaxc_shape shape)
{
    jx_enter("jaxc_array");
    struct jx_aval a;
    size_t bytes;
    if (!new_type(dtype, &shape, &a, &bytes))
        return JX_POISON;
    if (!data && bytes) {
        jx_fail(JAXC_EVALUE, "data is NULL");
        return JX_POISON;
    }
    struct jx_buffer *b = jx_buffer_new(NULL, bytes, (struct jx_layout){0, 0});
    if (b && bytes)
        memcpy(b->data, data, bytes);
    return own_array(&a, b);
}

jaxc_value(jaxc_wrap)(const void *data, jaxc_dtype dtype, struct jaxc_shape shape,
                      void (*release)(void *data, void *user), void *user)
{
    jx_enter("jaxc_wrap");
    struct jx_aval a;
    size_t bytes;
    if (!new_type(dtype, &shape, &a, &bytes))
        return JX_POISON;
    if ((!data && bytes) || (uintptr_t)data % jx_dtype_info(dtype)->size) {
        jx_fail(JAXC_EVALUE, data ? "data is not aligned to its elements" : "data is NULL");
        return JX_POISON;
    }
    /* the release callback belongs to the caller until everything else has succeeded */
    struct jx_buffer *b = jx_buffer_wrap((void *)(uintptr_t)data, bytes, NULL, NULL);
    if (!b)
        return JX_POISON;
    jaxc_value v = own_array(&a, jx_buffer_ref(b));
    if (!jx_is_poison(v) && release) {
        b->release = release;
        b->user = user;
    }
    jx_buffer_unref(b);
    return v;
}

jaxc_value(jaxc_spec)(jaxc_dtype dtype, struct jaxc_shape shape)
{
    jx_enter("jaxc_spec");
    struct jx_aval a;
    size_t bytes;
    if (!new_type(dtype, &shape, &a, &bytes))
        return JX_POISON;
    struct jx_node *n = jx_node_arg(&a, 0, 0);
    return n ? jx_value_own(n, 0) : JX_POISON;
}

/* ---- out ------------------------------------------------------------------------------------- */

const void *jx_elements(struct jx_ref r)
{
    if (!jx_evaluate(1, &r))
        return NULL;
    if (r.node->kind == JX_NODE_LITERAL && !jx_literal_buffer(r.node))
        return NULL;
    struct jx_buffer *b = r.node->buffers[r.index];
    struct jx_buffer *rows =
        jx_buffer_as(b, &r.node->avals[r.index], NULL, (struct jx_layout){0, 0});
    static const max_align_t nothing; /* an empty array may borrow NULL */
    const void *data = !rows ? NULL : rows->data ? rows->data : &nothing;
    jx_buffer_unref(rows); /* it is b, or b's alternate */
    return data;
}

const void *(jaxc_data)(jaxc_value x)
{
    jx_enter("jaxc_data");
    struct jx_ref r = jx_value_ref(x);
    if (!r.node)
        return NULL;
    const void *data = jx_elements(r);
    jx_node_unref(r.node);
    return data;
}

bool jaxc_copy_out(jaxc_value x, void *out, size_t bytes)
{
    jx_enter("jaxc_copy_out");
    struct jx_ref r = jx_value_ref(x);
    if (!r.node)
        return false;
    const void *data = jx_elements(r);
    size_t size = 0;
    if (data) {
        const struct jx_aval *a = &r.node->avals[r.index];
        jx_buffer_size(a->dtype, a->rank, a->dims, (struct jx_layout){0, 0}, &size);
        if (size != bytes)
            data = NULL, jx_fail(JAXC_EVALUE, "the array has %zu bytes, not %zu", size, bytes);
        else if (bytes)
            memcpy(out, data, bytes);
    }
    jx_node_unref(r.node);
    return data != NULL;
}

static bool item(jaxc_value x, union jx_scalar *s, jaxc_dtype to)
{
    struct jx_aval type;
    union jx_scalar number;
    if (jx_literal_of(x, &type, &number)) { /* a C number comes back as it was */
        *s = jx_scalar_convert(number, jx_literal_held(&type), to);
        return true;
    }
    struct jx_ref r = jx_value_ref(x);
    if (!r.node)
        return false;
    const void *data = jx_elements(r);
    bool ok = data != NULL;
    if (ok) {
        const struct jx_aval *a = &r.node->avals[r.index];
        char text[JX_AVAL_TEXT];
        if (jx_count(a->rank, a->dims) != 1)
            ok = jx_fail(JAXC_ESHAPE, "one element is needed, %s has %lld", jx_aval_text(a, text),
                         (long long)jx_count(a->rank, a->dims));
        else
            *s = jx_scalar_convert(jx_scalar_load(data, a->dtype), a->dtype, to);
    }
    jx_node_unref(r.node);
    return ok;
}

double(jaxc_item)(jaxc_value x)
{
    jx_enter("jaxc_item");
    union jx_scalar s;
    return item(x, &s, JAXC_F64) ? s.f : NAN;
}

int64_t(jaxc_item_i64)(jaxc_value x)
{
    jx_enter("jaxc_item_i64");
    union jx_scalar s;
    return item(x, &s, JAXC_I64) ? s.i : 0;
}

bool(jaxc_eval)(jaxc_value x)
{
    jx_enter("jaxc_eval");
    struct jx_flat flat;
    if (!jx_flatten(1, &x, &flat))
        return false;
    bool ok = jx_evaluate(flat.n_leaves, flat.leaves);
    jx_flat_fini(&flat);
    return ok;
}

/* ---- types ----------------------------------------------------------------------------------- */

struct jaxc_shape(jaxc_shape_of)(jaxc_value x)
{
    jx_enter("jaxc_shape_of");
    struct jx_aval a;
    struct jaxc_shape s = {.rank = -1};
    if (jx_value_aval(x, &a)) {
        s.rank = a.rank;
        for (int i = 0; i < a.rank; i++)
            s.dims[i] = a.dims[i];
    }
    return s;
}

jaxc_dtype(jaxc_dtype_of)(jaxc_value x)
{
    jx_enter("jaxc_dtype_of");
    struct jx_aval a;
    return jx_value_aval(x, &a) ? (jaxc_dtype)a.dtype : (jaxc_dtype)0;
}

bool jaxc_is_weak(jaxc_value x)
{
    jx_enter("jaxc_is_weak");
    struct jx_aval a;
    return jx_value_aval(x, &a) && a.weak;
}

bool jaxc_ok(jaxc_value v)
{
    struct jx_slot *s = jx_slot_acquire(v.slot, v.generation, JX_SLOT_VALUE);
    if (s)
        jx_slot_release(s);
    return s != NULL;
}

/* ---- text ------------------------------------------------------------------------------------ */

/* What is printed of a leaf. */
typedef void (*leaf_text)(struct jx_text *t, struct jx_ref r);

static void key_text(struct jx_text *t, const char *key)
{
    char mark[8];
    jx_text_add(t, "\"");
    for (; *key; key++)
        jx_text_add(t, "%s", jx_escape(*key, mark));
    jx_text_add(t, "\": ");
}

/* Trees in brackets around their leaves' texts. */
static char *tree_text(jaxc_value x, leaf_text leaf)
{
    struct jx_flat flat;
    if (!jx_flatten(1, &x, &flat))
        return NULL;
    struct jx_text t = {0};
    const struct jx_tree *tree = flat.trees[0];
    struct open {
        const struct jx_tree_item *item;
        int child;
    } *stack = NULL;
    size_t n = 0, capacity = 0;
    int next_leaf = 0;
    for (int i = 0; i < tree->n_items && !t.failed; i++) {
        const struct jx_tree_item *it = &tree->items[i];
        if (n && stack[n - 1].item->keys)
            key_text(&t, stack[n - 1].item->keys[stack[n - 1].child]);
        if (it->n < 0) {
            leaf(&t, flat.leaves[next_leaf++]);
        } else {
            jx_text_add(&t, it->keys ? "{" : "(");
            if (!jx_grow(&stack, &capacity, n + 1, sizeof *stack)) {
                t.failed = true;
                break;
            }
            stack[n++] = (struct open){it, -1};
        }
        /* close what is complete; then on to the next child */
        while (n) {
            struct open *o = &stack[n - 1];
            if (o->child + 1 < o->item->n) {
                if (o->child >= 0)
                    jx_text_add(&t, ", ");
                o->child++;
                break;
            }
            jx_text_add(&t, o->item->keys ? "}" : o->item->n == 1 ? ",)" : ")");
            n--;
        }
    }
    jx_free(stack);
    jx_flat_fini(&flat);
    return jx_text_take(&t);
}

static const char *scoped(char *text) { return text && jx_scope_own_text(text) ? text : NULL; }

static void type_leaf(struct jx_text *t, struct jx_ref r)
{
    char type[JX_AVAL_TEXT];
    jx_text_add(t, "%s", jx_aval_text(&r.node->avals[r.index], type));
}

const char *(jaxc_type_text)(jaxc_value x)
{
    jx_enter("jaxc_type_text");
    const char *text = scoped(tree_text(x, type_leaf));
    return text ? text : "?";
}

#define NUMBER_TEXT 32

static const char *number_text(char *text, const void *p, jaxc_dtype dtype)
{
    union jx_scalar s = jx_scalar_load(p, dtype);
    switch (jx_dtype_info(dtype)->category) {
    case JX_CAT_BOOL: return s.i ? "True" : "False";
    case JX_CAT_UNSIGNED: snprintf(text, NUMBER_TEXT, "%llu", (unsigned long long)s.u); break;
    case JX_CAT_SIGNED: snprintf(text, NUMBER_TEXT, "%lld", (long long)s.i); break;
    default: snprintf(text, NUMBER_TEXT, "%.8g", isnan(s.f) ? fabs(s.f) : s.f);
    }
    return text;
}

/* As NumPy prints: arrays of more than THRESHOLD elements are cut to EDGE at each end of an axis, and
 * rows are broken before column WIDTH. */
#define THRESHOLD 1000
#define EDGE      3
#define WIDTH     75

static void array_text(struct jx_text *t, const char *data, const struct jx_aval *a)
{
    size_t size = jx_dtype_info(a->dtype)->size, stride[JAXC_MAX_RANK + 1], line = t->n;
    int64_t at[JAXC_MAX_RANK + 1] = {0};
    bool cut = jx_count(a->rank, a->dims) > THRESHOLD;
    char text[NUMBER_TEXT];
    stride[a->rank] = size;
    for (int i = a->rank; i-- > 0;)
        stride[i] = stride[i + 1] * (size_t)a->dims[i];
    if (a->rank == 0) {
        jx_text_add(t, "%s", number_text(text, data, a->dtype));
        return;
    }
    int d = 0; /* the axis that is being written; at[d] its next index */
    jx_text_add(t, "[");
    while (d >= 0 && !t->failed) {
        if (at[d] >= a->dims[d]) {
            jx_text_add(t, "]");
            at[d] = 0;
            if (--d >= 0)
                data -= (size_t)at[d]++ * stride[d + 1];
            continue;
        }
        bool innermost = d == a->rank - 1, skip = cut && a->dims[d] > 2 * EDGE && at[d] == EDGE;
        const char *next = skip        ? "..."
                           : innermost ? number_text(text, data + (size_t)at[d] * stride[d + 1],
                                                     (jaxc_dtype)a->dtype)
                                       : "[";
        bool wraps = !innermost || t->n - line + 1 + strlen(next) > WIDTH;
        if (at[d] && wraps) {
            line = t->n + 1;
            jx_text_add(t, "\n%*s", d + 1, "");
        } else if (at[d]) {
            jx_text_add(t, " ");
        }
        jx_text_add(t, "%s", next);
        if (skip) {
            at[d] = a->dims[d] - EDGE;
        } else if (innermost) {
            at[d]++;
        } else {
            data += (size_t)at[d] * stride[d + 1];
            d++;
        }
    }
}

static void value_leaf(struct jx_text *t, struct jx_ref r)
{
    const struct jx_node *n = r.node;
    if (n->serial || n->tag || n->kind == JX_NODE_ARG) {
        type_leaf(t, r);
        return;
    }
    const void *data = jx_elements(r);
    if (data)
        array_text(t, data, &n->avals[r.index]);
    else
        t->failed = true;
}

const char *(jaxc_text)(jaxc_value x)
{
    jx_enter("jaxc_text");
    const char *text = scoped(tree_text(x, value_leaf));
    return text ? text : "?";
}
