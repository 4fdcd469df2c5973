/*
 * api/fn.c - functions: C functions, closures, partial applications, programs, and the objects all
 * transforms make.
 */
#include "api/api.h"

#include <stdio.h>

/* ---- objects --------------------------------------------------------------------------------- */

struct jx_fn_object *jx_fn_new(const struct jx_fn_kind *kind, int arity, int n_inner,
                               struct jx_fn_object *const *inner, const void *bytes, size_t n_bytes)
{
    struct jx_fn_object *f = jx_alloc(1, sizeof *f);
    if (!f)
        return NULL;
    f->refs = 1;
    f->kind = kind;
    f->made = jx_here();
    f->arity = arity == JX_ARITY_OF_INNER ? inner[0]->arity : arity;
    for (int i = 0; i < n_inner; i++) {
        f->inner[i] = jx_fn_ref(inner[i]);
        if (inner[i]->depth >= f->depth)
            f->depth = inner[i]->depth + 1;
    }
    f->n_inner = n_inner;
    f->name = n_inner ? inner[0]->name : NULL;
    if (f->depth > JX_MAX_NESTING) {
        jx_fail(JAXC_ELIMIT, "functions nested more than %d deep", JX_MAX_NESTING);
        jx_fn_unref(f);
        return NULL;
    }
    if (n_bytes) {
        f->bytes = jx_alloc(1, n_bytes);
        if (!f->bytes) {
            jx_fn_unref(f);
            return NULL;
        }
        memcpy(f->bytes, bytes, n_bytes);
        f->n_bytes = n_bytes;
    }
    return f;
}

bool jx_fn_bind_values(struct jx_fn_object *f, int n, const struct jx_ref *values)
{
    f->values = jx_alloc((size_t)n + 1, sizeof *f->values);
    if (!f->values)
        return false;
    for (int i = 0; i < n; i++)
        f->values[i] = (struct jx_ref){jx_node_ref(values[i].node), values[i].index};
    f->n_values = n;
    return true;
}

struct jx_fn_object *jx_fn_ref(struct jx_fn_object *f)
{
    atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
    return f;
}

static _Thread_local struct jx_fn_object *dead;
static _Thread_local bool burying;

static void bury(struct jx_fn_object *f)
{
    for (int i = 0; i < f->n_inner; i++)
        jx_fn_unref(f->inner[i]);
    for (int i = 0; i < f->n_values; i++)
        jx_node_unref(f->values[i].node);
    jx_program_unref(f->program);
    jx_tree_unref(f->tree[0]);
    jx_tree_unref(f->tree[1]);
    jx_free(f->values);
    jx_free(f->bytes);
    jx_free(f);
}

void jx_fn_unref(struct jx_fn_object *f)
{
    if (!f || atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) != 1)
        return;
    f->next_dead = dead;
    dead = f;
    if (burying)
        return;
    burying = true;
    while (dead) {
        struct jx_fn_object *next = dead;
        dead = next->next_dead;
        bury(next);
    }
    burying = false;
}

/* ---- sameness: a walk over the tree of inner functions
 * ---------------------------------------------------------------------- */

/* Functions nest as deep as the user nests transforms; the walk keeps its own stack. */
struct fn_walk {
    const struct jx_fn_object **stack;
    size_t n, capacity;
};

static bool walk_push(struct fn_walk *w, const struct jx_fn_object *f)
{
    if (!jx_grow(&w->stack, &w->capacity, w->n + 1, sizeof *w->stack))
        return false;
    w->stack[w->n++] = f;
    return true;
}

static bool same_value_types(const struct jx_fn_object *a, const struct jx_fn_object *b)
{
    if (a->n_values != b->n_values)
        return false;
    for (int i = 0; i < a->n_values; i++)
        if (!jx_aval_same(&a->values[i].node->avals[a->values[i].index],
                          &b->values[i].node->avals[b->values[i].index]))
            return false;
    return true;
}

static bool same_values(const struct jx_fn_object *a, const struct jx_fn_object *b)
{
    if (a->n_values != b->n_values)
        return false;
    for (int i = 0; i < a->n_values; i++)
        if (a->values[i].node != b->values[i].node || a->values[i].index != b->values[i].index)
            return false;
    return true;
}

static bool same_tree(const struct jx_tree *a, const struct jx_tree *b)
{
    return a == b || (a && b && jx_tree_same(a, b));
}

static bool same_here(const struct jx_fn_object *a, const struct jx_fn_object *b)
{
    return a->kind == b->kind && a->c == b->c && a->n_inner == b->n_inner && a->arity == b->arity &&
           a->n_bytes == b->n_bytes &&
           (a->n_bytes == 0 || memcmp(a->bytes, b->bytes, a->n_bytes) == 0) &&
           same_tree(a->tree[0], b->tree[0]) && same_tree(a->tree[1], b->tree[1]) &&
           (a->program == b->program ||
            (a->program && b->program && jx_program_same(a->program, b->program)));
}

static bool same(const struct jx_fn_object *a, const struct jx_fn_object *b,
                 bool (*values)(const struct jx_fn_object *, const struct jx_fn_object *))
{
    struct fn_walk w = {0};
    bool ok = walk_push(&w, a) && walk_push(&w, b);
    while (ok && w.n) {
        const struct jx_fn_object *y = w.stack[--w.n], *x = w.stack[--w.n];
        if (x == y)
            continue;
        ok = same_here(x, y) && values(x, y);
        for (int i = 0; ok && i < x->n_inner; i++)
            ok = walk_push(&w, x->inner[i]) && walk_push(&w, y->inner[i]);
    }
    jx_free(w.stack);
    return ok;
}

bool jx_fn_same_code(const struct jx_fn_object *a, const struct jx_fn_object *b)
{
    return same(a, b, same_value_types);
}

static bool same_exactly(const struct jx_fn_object *a, const struct jx_fn_object *b)
{
    return same(a, b, same_values);
}

uint64_t jx_fn_hash_code(const struct jx_fn_object *f)
{
    struct fn_walk w = {0};
    uint64_t h = 0;
    bool ok = walk_push(&w, f);
    while (ok && w.n) {
        const struct jx_fn_object *x = w.stack[--w.n];
        h = jx_mix(jx_mix(h, (uintptr_t)x->kind), (uintptr_t)x->c);
        if (x->n_bytes)
            h = jx_hash(x->bytes, x->n_bytes, h);
        if (x->program)
            h = jx_mix(h, jx_program_hash(x->program));
        for (int i = 0; ok && i < x->n_inner; i++)
            ok = walk_push(&w, x->inner[i]);
    }
    jx_free(w.stack);
    return h;
}

/* ---- bound values ---------------------------------------------------------------------------- */

/* Depth first, own values before inner ones; JX_MAX_NESTING bounds the recursion. */
int jx_fn_n_values(const struct jx_fn_object *f)
{
    int n = f->n_values;
    for (int i = 0; i < f->n_inner; i++)
        n += jx_fn_n_values(f->inner[i]);
    return n;
}

static struct jx_ref *collect(const struct jx_fn_object *f, struct jx_ref *at)
{
    for (int i = 0; i < f->n_values; i++)
        *at++ = f->values[i];
    for (int i = 0; i < f->n_inner; i++)
        at = collect(f->inner[i], at);
    return at;
}

void jx_fn_values(const struct jx_fn_object *f, struct jx_ref *values) { collect(f, values); }

static struct jx_fn_object *rebind(struct jx_fn_object *f, const struct jx_ref **at)
{
    if (jx_fn_n_values(f) == 0)
        return jx_fn_ref(f);
    const struct jx_ref *own = *at;
    *at += f->n_values;
    struct jx_fn_object *inner[3] = {0};
    bool ok = true;
    for (int i = 0; ok && i < f->n_inner; i++)
        ok = (inner[i] = rebind(f->inner[i], at));
    struct jx_fn_object *copy =
        ok ? jx_fn_new(f->kind, f->arity, f->n_inner, inner, f->bytes, f->n_bytes) : NULL;
    for (int i = 0; i < f->n_inner; i++)
        jx_fn_unref(inner[i]);
    if (copy) {
        copy->c = f->c;
        copy->name = f->name;
        copy->made = f->made;
        copy->program = f->program ? jx_program_ref(f->program) : NULL;
        for (int i = 0; i < 2; i++)
            copy->tree[i] = f->tree[i] ? jx_tree_ref(f->tree[i]) : NULL;
        if (!jx_fn_bind_values(copy, f->n_values, own)) {
            jx_fn_unref(copy);
            copy = NULL;
        }
    }
    return copy;
}

struct jx_fn_object *jx_fn_with_values(struct jx_fn_object *f, const struct jx_ref *values)
{
    return rebind(f, &values);
}

/* ---- handles --------------------------------------------------------------------------------- */

jaxc_fn jx_fn_own(struct jx_fn_object *f)
{
    jaxc_fn h = {0, 0};
    if (!f)
        return h;
    if (!jx_slot_new(JX_SLOT_FN, f, 0, &h.slot, &h.generation)) {
        jx_fn_unref(f);
        return (jaxc_fn){0, 0};
    }
    return jx_scope_own_fn(h) ? h : (jaxc_fn){0, 0};
}

struct jx_fn_object *jx_fn_get(jaxc_fn f)
{
    struct jx_slot *s = jx_slot_acquire(f.slot, f.generation, JX_SLOT_FN);
    if (!s) {
        jx_slot_explain(f.slot, f.generation, "function");
        return NULL;
    }
    struct jx_fn_object *object = jx_fn_ref(s->object);
    jx_slot_release(s);
    return object;
}

char *jx_fn_made_text(const struct jx_fn_object *f, char *buffer)
{
    const char *name = f->name ? f->name : "", *comma = f->name ? ", " : "";
    buffer[0] = '\0';
    if (f->made.file)
        snprintf(buffer, JX_MADE_TEXT, " (%.60s%smade by %s at %.120s:%d)", name, comma,
                 f->made.call, f->made.file, f->made.line);
    else if (f->made.call)
        snprintf(buffer, JX_MADE_TEXT, " (%.60s%smade by %s)", name, comma, f->made.call);
    return buffer;
}

bool jx_fn_takes(const struct jx_fn_object *f, int n)
{
    char made[JX_MADE_TEXT];
    return f->arity < 0 || n == f->arity ||
           jx_fail(JAXC_EARITY, "the function takes %d argument%s, not %d%s", f->arity,
                   f->arity == 1 ? "" : "s", n, jx_fn_made_text(f, made));
}

/* A C function is nameless: it is the function of what runs it here. */
static void fail_result(const struct jx_fn_object *f, jaxc_value v)
{
    char made[JX_MADE_TEXT], text[JX_ERROR_TEXT];
    const struct jx_frame *frame = f->made.call ? NULL : jx_frame_innermost();
    if (frame && (frame->loc.file != jx_here().file || frame->loc.line != jx_here().line))
        frame = NULL;
    const char *call = frame ? frame->loc.call : NULL, *part = frame ? frame->part : NULL;
    jx_slot_describe(v.slot, v.generation, "value", "returned", text);
    jx_fail(JAXC_EVALUE, "%s%s%s%s returned no living value: %s", part ? part : "the function",
            call ? " of " : "", call ? call : "", jx_fn_made_text(f, made), text);
}

jaxc_value jx_fn_call(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    if (!jx_fn_takes(f, n))
        return JX_POISON;
    struct jx_loc here = jx_here();
    struct jx_frame frame;
    if (f->kind->part)
        jx_frame_push(&frame, f->kind->part, f->made.call);
    jaxc_value v = f->kind->call(f, n, args);
    if (f->kind->part)
        jx_frame_pop(&frame);
    jx_set_here(here);
    struct jx_slot *s = jx_slot_acquire(v.slot, v.generation, JX_SLOT_VALUE);
    if (s) {
        jx_slot_release(s);
        return v;
    }
    if (jx_is_poison(v) && jaxc_error_code() != JAXC_OK)
        return JX_POISON;
    fail_result(f, v);
    return JX_POISON;
}

jaxc_fn jx_fn_transform(const struct jx_fn_kind *kind, jaxc_fn f, int arity, const void *bytes,
                        size_t n_bytes)
{
    struct jx_fn_object *inner = jx_fn_get(f);
    if (!inner)
        return (jaxc_fn){0, 0};
    struct jx_fn_object *object = jx_fn_new(kind, arity, 1, &inner, bytes, n_bytes);
    jx_fn_unref(inner);
    return jx_fn_own(object);
}

bool jx_take_args(const struct jaxc_args *given, const char *how, struct jaxc_args *set)
{
    if (!jx_check_given(given->given, given->n, JAXC_MAX_ARGS, given->at, how))
        return false;
    if (given->n < 0 || given->n > JAXC_MAX_ARGS)
        return jx_fail(JAXC_EVALUE, "%s of %d arguments: at most %d", how, given->n, JAXC_MAX_ARGS);
    set->n = given->n; /* not the whole struct: it has padding */
    memcpy(set->at, given->at, (size_t)given->n * sizeof *set->at);
    return true;
}

/* ---- C functions ----------------------------------------------------------------------------- */

static jaxc_value call_c(struct jx_fn_object *f, int n, const jaxc_value *a)
{
    switch (n) {
    case 0: return ((jaxc_c0)f->c)();
    case 1: return ((jaxc_c1)f->c)(a[0]);
    case 2: return ((jaxc_c2)f->c)(a[0], a[1]);
    case 3: return ((jaxc_c3)f->c)(a[0], a[1], a[2]);
    case 4: return ((jaxc_c4)f->c)(a[0], a[1], a[2], a[3]);
    case 5: return ((jaxc_c5)f->c)(a[0], a[1], a[2], a[3], a[4]);
    case 6: return ((jaxc_c6)f->c)(a[0], a[1], a[2], a[3], a[4], a[5]);
    case 7: return ((jaxc_c7)f->c)(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    case 8: return ((jaxc_c8)f->c)(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    case 9: return ((jaxc_c9)f->c)(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]);
    case 10: return ((jaxc_c10)f->c)(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9]);
    case 11:
        return ((jaxc_c11)f->c)(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10]);
    default:
        return ((jaxc_c12)f->c)(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10],
                                a[11]);
    }
}

const struct jx_fn_kind jx_fn_c = {NULL, call_c};

/* A call of the library, its options left out. */
static jaxc_value call_axes(struct jx_fn_object *f, int n, const jaxc_value *a)
{
    (void)n;
    return ((jaxc_c1_axes)f->c)(a[0], (struct jaxc_axes_options){0});
}

static jaxc_value call_reduce(struct jx_fn_object *f, int n, const jaxc_value *a)
{
    (void)n;
    return ((jaxc_c1_reduce)f->c)(a[0], (struct jaxc_reduce_options){0});
}

static jaxc_value call_activation(struct jx_fn_object *f, int n, const jaxc_value *a)
{
    (void)n;
    return ((jaxc_c1_activation)f->c)(a[0], (struct jaxc_nn_activation_options){.exact = false});
}

static jaxc_value call_dtype(struct jx_fn_object *f, int n, const jaxc_value *a)
{
    (void)n;
    return ((jaxc_c1_dtype)f->c)(a[0], (jaxc_dtype)0);
}

static const struct jx_fn_kind axes_kind = {NULL, call_axes}, reduce_kind = {NULL, call_reduce},
                               activation_kind = {NULL, call_activation},
                               dtype_kind = {NULL, call_dtype};

static jaxc_fn from_c(const struct jx_fn_kind *kind, jaxc_any_c c, int arity)
{
    jx_enter("JAXC_FN");
    jx_api_init();
    if (!c) {
        jx_fail(JAXC_EVALUE, "a NULL function pointer");
        return (jaxc_fn){0, 0};
    }
    struct jx_fn_object *f = jx_function_of(c);
    if (!f && (f = jx_fn_new(kind, arity, 0, NULL, NULL, 0))) {
        f->c = c;
        f->made = (struct jx_loc){0};
    }
    return jx_fn_own(f);
}

#define FROM_C(n)                                                                                  \
    jaxc_fn jaxc_fn##n(jaxc_c##n f) { return from_c(&jx_fn_c, (jaxc_any_c)f, n); }
FROM_C(0)
FROM_C(1)
FROM_C(2)
FROM_C(3)
FROM_C(4)
FROM_C(5)
FROM_C(6)
FROM_C(7)
FROM_C(8)
FROM_C(9)
FROM_C(10)
FROM_C(11)
FROM_C(12)

jaxc_fn jaxc_fn1_axes(jaxc_c1_axes f) { return from_c(&axes_kind, (jaxc_any_c)f, 1); }
jaxc_fn jaxc_fn1_reduce(jaxc_c1_reduce f) { return from_c(&reduce_kind, (jaxc_any_c)f, 1); }
jaxc_fn jaxc_fn1_activation(jaxc_c1_activation f)
{
    return from_c(&activation_kind, (jaxc_any_c)f, 1);
}
jaxc_fn jaxc_fn1_dtype(jaxc_c1_dtype f) { return from_c(&dtype_kind, (jaxc_any_c)f, 1); }

jaxc_fn jaxc_fn_self(jaxc_fn f)
{
    jx_enter("JAXC_FN"); /* the place is this call's, not the next one's */
    return f;
}

/* The first plain name in the text of a macro's arguments: update of "jaxc_grad(update), ...". */
static const char *name_in(const char *text)
{
    char name[64];
    for (const char *c = text; c;) {
        c += strspn(c, " (&");
        size_t n = strspn(c, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
        const char *end = c + n + strspn(c + n, " ");
        if (n == 0 || n >= sizeof name || (*c >= '0' && *c <= '9'))
            return NULL;
        if (*end == '(') {
            c = end + 1;
            continue;
        }
        if (*end && *end != ',' && *end != ')')
            return NULL;
        memcpy(name, c, n);
        name[n] = '\0';
        return jx_intern(name);
    }
    return NULL;
}

jaxc_fn jaxc_named(jaxc_fn f, const char *text)
{
    struct jx_slot *s = jx_slot_acquire(f.slot, f.generation, JX_SLOT_FN);
    if (!s)
        return f;
    struct jx_fn_object *object = s->object;
    if (!object->name)
        object->name = name_in(text);
    jx_slot_release(s);
    return f;
}

/* ---- closures -------------------------------------------------------------------------------- */

static jaxc_value call_closure(struct jx_fn_object *f, int n, const jaxc_value *a)
{
    const void *e = f->bytes;
    switch (n) {
    case 0: return ((jaxc_closure_c0)f->c)(e);
    case 1: return ((jaxc_closure_c1)f->c)(e, a[0]);
    case 2: return ((jaxc_closure_c2)f->c)(e, a[0], a[1]);
    case 3: return ((jaxc_closure_c3)f->c)(e, a[0], a[1], a[2]);
    case 4: return ((jaxc_closure_c4)f->c)(e, a[0], a[1], a[2], a[3]);
    case 5: return ((jaxc_closure_c5)f->c)(e, a[0], a[1], a[2], a[3], a[4]);
    case 6: return ((jaxc_closure_c6)f->c)(e, a[0], a[1], a[2], a[3], a[4], a[5]);
    case 7: return ((jaxc_closure_c7)f->c)(e, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    case 8: return ((jaxc_closure_c8)f->c)(e, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
    case 9: return ((jaxc_closure_c9)f->c)(e, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]);
    case 10:
        return ((jaxc_closure_c10)f->c)(e, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8],
                                        a[9]);
    default:
        return ((jaxc_closure_c11)f->c)(e, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8],
                                        a[9], a[10]);
    }
}

static const struct jx_fn_kind closure_kind = {NULL, call_closure};

jaxc_fn jaxc_closure_n(jaxc_any_c c, int arity, const void *env, size_t bytes)
{
    jx_enter("jaxc_closure");
    jx_api_init();
    if (!c || arity < 0 || arity >= JAXC_MAX_ARGS || (!env && bytes)) {
        jx_fail(JAXC_EVALUE,
                c ? "a closure of %d values: 0 to 11, with an environment"
                  : "a NULL function pointer (%d)",
                arity);
        return (jaxc_fn){0, 0};
    }
    struct jx_fn_object *f = jx_fn_new(&closure_kind, arity, 0, NULL, env, bytes);
    if (f)
        f->c = c;
    return jx_fn_own(f);
}

/* ---- partial application --------------------------------------------------------------------- */

/* values: the leaves of all bound arguments; tree[0]: the tuple of them. */
static jaxc_value call_partial(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    jaxc_value all[JAXC_MAX_ARGS], *leaves = jx_alloc((size_t)f->n_values + 1, sizeof *leaves),
                                   v = JX_POISON;
    bool ok = leaves != NULL;
    for (int i = 0; ok && i < f->n_values; i++) {
        leaves[i] = jx_value_own(jx_node_ref(f->values[i].node), f->values[i].index);
        ok = !jx_is_poison(leaves[i]);
    }
    jaxc_value bound = ok ? jx_tree_unflatten(f->tree[0], leaves) : JX_POISON;
    int n_bound = ok ? jx_length(bound) : 0;
    ok = ok && !jx_is_poison(bound);
    if (ok && n_bound + n > JAXC_MAX_ARGS)
        ok = jx_fail(JAXC_EARITY, "more than %d arguments", JAXC_MAX_ARGS);
    for (int i = 0; ok && i < n_bound; i++)
        all[i] = jx_get_part(bound, i);
    for (int i = 0; ok && i < n; i++)
        all[n_bound + i] = args[i];
    if (ok)
        v = jx_fn_call(f->inner[0], n_bound + n, all);
    jx_free(leaves);
    return v;
}

static const struct jx_fn_kind partial_kind = {NULL, call_partial};

jaxc_fn jaxc_partial_n(jaxc_fn f, int n, const jaxc_value *values)
{
    jx_enter("jaxc_partial");
    struct jx_fn_object *inner = jx_fn_get(f), *p = NULL;
    if (inner && (n < 0 || (inner->arity >= 0 && n > inner->arity)))
        jx_fail(JAXC_EARITY, "%d values bound to a function of %d", n, inner->arity);
    else if (inner)
        p = jx_fn_new(&partial_kind, inner->arity < 0 ? -1 : inner->arity - n, 1, &inner, NULL, 0);
    jx_fn_unref(inner);
    struct jx_ref *leaves = NULL;
    if (p) {
        uint64_t scope = jx_scope_open();
        jaxc_value bound = jx_tuple(n, values);
        p->tree[0] = jx_is_poison(bound) ? NULL : jx_tree_flatten(bound, &leaves);
        jx_scope_close(scope);
    }
    bool ok = p && p->tree[0] && jx_fn_bind_values(p, p->tree[0]->n_leaves, leaves);
    for (int i = 0; leaves && i < p->tree[0]->n_leaves; i++)
        jx_node_unref(leaves[i].node);
    jx_free(leaves);
    if (!ok) {
        jx_fn_unref(p);
        return (jaxc_fn){0, 0};
    }
    return jx_fn_own(p);
}

/* ---- programs -------------------------------------------------------------------------------- */

/* values: the program's consts; tree[0]: of the tuple of arguments (NULL: each input is one);
 * tree[1]: of the result. */
static jaxc_value call_program(struct jx_fn_object *f, int n, const jaxc_value *args)
{
    const struct jx_program *p = f->program;
    struct jx_flat flat;
    if (!jx_flatten(n, args, &flat))
        return JX_POISON;
    jaxc_value v = JX_POISON,
               *in = jx_alloc((size_t)p->n_consts + p->n_in + p->n_out + 1, sizeof *in);
    bool ok = in && jx_flat_handles(&flat);
    if (ok && (uint32_t)flat.n_leaves != p->n_in)
        ok = jx_fail(JAXC_ETREE, "the function takes %u arrays, not %d", p->n_in, flat.n_leaves);
    for (uint32_t i = 0; ok && i < p->n_consts; i++) {
        in[i] = jx_value_own(jx_node_ref(f->values[i].node), f->values[i].index);
        ok = !jx_is_poison(in[i]);
    }
    for (uint32_t i = 0; ok && i < p->n_in; i++) {
        const struct jx_aval *got = &flat.leaves[i].node->avals[flat.leaves[i].index];
        const struct jx_aval *want = &p->avals[p->n_consts + i];
        char where[JX_WHERE], a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
        if (!jx_aval_same_array(got, want))
            ok = jx_fail(got->dtype == want->dtype ? JAXC_ESHAPE : JAXC_EDTYPE,
                         "%s is %s, the function takes %s", jx_flat_where(&flat, (int)i, where),
                         jx_aval_text(got, a), jx_aval_text(want, b));
        in[p->n_consts + i] = flat.values[i];
    }
    jaxc_value *out = in + p->n_consts + p->n_in;
    if (ok && jx_replay(p, in, out))
        v = f->tree[1]      ? jx_tree_unflatten(f->tree[1], out)
            : p->n_out == 1 ? out[0]
                            : jx_tuple((int)p->n_out, out);
    jx_free(in);
    jx_flat_fini(&flat);
    return v;
}

const struct jx_fn_kind jx_fn_program = {NULL, call_program};

/* ---- public ---------------------------------------------------------------------------------- */

jaxc_value jaxc_call_n(jaxc_fn f, int n, const jaxc_value *args)
{
    jx_enter("jaxc_call");
    struct jx_fn_object *object = jx_fn_get(f);
    if (!object)
        return JX_POISON;
    for (int i = 0; i < n; i++) {
        if (jx_is_poison(args[i])) {
            jx_fail_argument(i, args[i]);
            jx_fn_unref(object);
            return JX_POISON;
        }
    }
    jaxc_value v =
        n > JAXC_MAX_ARGS || n < 0
            ? (jx_fail(JAXC_EARITY, "%d arguments: at most %d", n, JAXC_MAX_ARGS), JX_POISON)
            : jx_fn_call(object, n, args);
    jx_fn_unref(object);
    return v;
}

int jaxc_arity(jaxc_fn f)
{
    jx_enter("jaxc_arity");
    struct jx_fn_object *object = jx_fn_get(f);
    int arity = object ? object->arity : -1;
    jx_fn_unref(object);
    return arity;
}

bool jaxc_fn_ok(jaxc_fn f)
{
    struct jx_slot *s = jx_slot_acquire(f.slot, f.generation, JX_SLOT_FN);
    if (s)
        jx_slot_release(s);
    return s != NULL;
}

/* ---- hooks: params of custom calls hold functions -------------------------------------------- */

static void hook_ref(struct jx_fn_object *f) { jx_fn_ref(f); }

static void release_fn(void *object) { jx_fn_unref(object); }

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init(void)
{
    jx_slot_set_release(JX_SLOT_FN, release_fn);
    jx_fn_hooks = (struct jx_fn_hooks){hook_ref,        jx_fn_unref, same_exactly,
                                       jx_fn_hash_code, jx_fn_call,  jx_fn_lanes};
    jx_pending_hook = jx_evaluate_when_long;
    jx_elements_hook = jx_elements;
}

void jx_api_init(void) { pthread_once(&once, init); }
