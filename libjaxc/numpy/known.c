/*
 * known.c - what a call must know while a program is made: integers that become sizes and places,
 * and the parts of a tuple.
 */
#include "numpy/numpy.h"

bool jx_is_known(jaxc_value v)
{
    struct jx_ref ref = jx_value_ref(v);
    bool is = ref.node && ref.node->serial == 0 && ref.node->tag == 0 &&
              ref.node->kind != JX_NODE_ARG && ref.node->kind != JX_NODE_TREE;
    jx_node_unref(ref.node);
    return is;
}

/* ---- tuples ---------------------------------------------------------------------------------- */

jaxc_value jx_tuple_of(int n, const jaxc_value *values)
{
    for (int i = 0; i < n; i++)
        if (jx_is_poison(values[i]))
            return JX_POISON;
    return jx_tree_make(n, values, NULL);
}

bool jx_has_parts(jaxc_value v)
{
    struct jx_ref ref = jx_value_find(v);
    bool is = ref.node && ref.node->kind == JX_NODE_TREE && !ref.node->keys;
    jx_node_unref(ref.node);
    return is;
}

bool jx_is_none(jaxc_value v)
{
    struct jx_ref ref = jx_value_find(v);
    bool is = ref.node && ref.node->kind == JX_NODE_TREE && ref.node->n_in == 0;
    jx_node_unref(ref.node);
    return is;
}

jaxc_value *jx_parts_of_tuple(jaxc_value v, int *n)
{
    char text[JX_STRUCTURE_TEXT];
    struct jx_ref ref = jx_value_ref(v);
    if (!ref.node)
        return NULL;
    jaxc_value *parts = NULL;
    if (ref.node->kind != JX_NODE_TREE || ref.node->keys) {
        jx_fail(JAXC_ETREE, "takes a tuple, not %s", jx_structure_text(ref, text));
    } else {
        *n = (int)ref.node->n_in;
        parts = jx_alloc((size_t)*n + 1, sizeof *parts);
    }
    for (int i = 0; parts && i < *n; i++) {
        struct jx_ref part = ref.node->in[i];
        parts[i] = jx_value_own(jx_node_ref(part.node), part.index);
        if (jx_is_poison(parts[i])) {
            jx_free(parts);
            parts = NULL;
        }
    }
    jx_node_unref(ref.node);
    return parts;
}

/* ---- integers -------------------------------------------------------------------------------- */

static bool fail_unknown(const char *what, const struct jx_aval *type)
{
    char text[JX_AVAL_TEXT];
    return jx_fail(JAXC_ECONCRETE, "%s %s is traced: its numbers are not known", what,
                   jx_aval_text(type, text));
}

static bool numbers_of_array(jaxc_value v, const char *what, struct jx_known *k)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(v, &type))
        return false;
    bool mask = type.dtype == JAXC_BOOL && type.rank == 1;
    if (!mask && !jx_is_integer((jaxc_dtype)type.dtype))
        return jx_fail(JAXC_EDTYPE, "%s are integers, not %s", what, jx_aval_text(&type, text));
    if (type.rank > 1)
        return jx_fail(JAXC_ESHAPE, "%s %s have more than one axis", what,
                       jx_aval_text(&type, text));
    if (!jx_is_known(v))
        return fail_unknown(what, &type);
    k->n = jx_count(type.rank, type.dims);
    k->scalar = type.rank == 0;
    k->mask = mask;
    k->at = jx_alloc((size_t)k->n + 1, sizeof *k->at);
    struct jx_ref ref = jx_value_ref(v);
    const char *data = k->at && ref.node ? jx_elements_hook(ref) : NULL;
    jaxc_dtype dtype = (jaxc_dtype)type.dtype;
    for (int64_t i = 0; data && i < k->n; i++)
        k->at[i] =
            jx_scalar_convert(jx_scalar_load(data + i * (int64_t)jx_dtype_info(dtype)->size, dtype),
                              dtype, JAXC_I64)
                .i;
    jx_node_unref(ref.node);
    return data != NULL;
}

static bool number_of_literal(jaxc_value v, const char *what, int64_t *number)
{
    struct jx_aval type;
    union jx_scalar s;
    char text[JX_AVAL_TEXT];
    if (!jx_literal_of(v, &type, &s))
        return jx_value_aval(v, &type) && fail_unknown(what, &type);
    if (!jx_is_integer((jaxc_dtype)type.dtype))
        return jx_fail(JAXC_EDTYPE, "%s are integers, not %s", what, jx_aval_text(&type, text));
    *number = jx_scalar_convert(s, jx_literal_held(&type), JAXC_I64).i;
    return true;
}

static bool numbers_of_tuple(jaxc_value v, const char *what, struct jx_known *k)
{
    int n;
    jaxc_value *parts = jx_parts_of_tuple(v, &n);
    bool ok = parts != NULL;
    if (ok) {
        k->n = n;
        k->at = jx_alloc((size_t)n + 1, sizeof *k->at);
        ok = k->at != NULL;
    }
    for (int i = 0; ok && i < n; i++)
        ok = number_of_literal(parts[i], what, &k->at[i]);
    jx_free(parts);
    return ok;
}

bool jx_known_numbers(jaxc_value v, const char *what, struct jx_known *k)
{
    struct jx_aval type;
    union jx_scalar s;
    *k = (struct jx_known){.n = 0};
    bool ok;
    if (jx_has_parts(v)) {
        ok = numbers_of_tuple(v, what, k);
    } else if (jx_literal_of(v, &type, &s)) {
        k->n = 1;
        k->scalar = true;
        k->at = jx_alloc(2, sizeof *k->at);
        ok = k->at && number_of_literal(v, what, k->at);
    } else {
        ok = numbers_of_array(v, what, k);
    }
    if (!ok) {
        jx_free(k->at);
        k->at = NULL;
    }
    return ok;
}

bool jx_known_integer(jaxc_value v, int64_t *number)
{
    struct jx_aval type;
    struct jx_known k;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(v, &type))
        return false;
    if (type.rank > 0 || !jx_is_integer((jaxc_dtype)type.dtype))
        return jx_fail(JAXC_EDTYPE, "takes an integer or an array with axes, not %s",
                       jx_aval_text(&type, text));
    if (!jx_known_numbers(v, "the number", &k))
        return false;
    *number = k.at[0];
    jx_free(k.at);
    return true;
}

const void *jx_known_elements(jaxc_value v, const char *why, struct jx_node **held)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    *held = NULL;
    if (!jx_value_aval(v, &type))
        return NULL;
    if (!jx_is_known(v)) {
        jx_fail(JAXC_ECONCRETE, "%s is traced, so %s", jx_aval_text(&type, text), why);
        return NULL;
    }
    struct jx_ref ref = jx_value_ref(v);
    *held = ref.node;
    return ref.node ? jx_elements_hook(ref) : NULL;
}

/* ---- constants ------------------------------------------------------------------------------- */

jaxc_value jx_constant(int64_t n, const int64_t *numbers, bool wide)
{
    struct jx_aval type = jx_aval_make(wide ? JAXC_I64 : JAXC_I32, 1, &n);
    size_t size;
    struct jx_buffer *b = NULL;
    if (jx_buffer_size((jaxc_dtype)type.dtype, 1, &n, (struct jx_layout){0}, &size))
        b = jx_buffer_new(NULL, size, (struct jx_layout){0});
    if (!b)
        return JX_POISON;
    for (int64_t i = 0; i < n; i++) {
        if (wide)
            ((int64_t *)b->data)[i] = numbers[i];
        else
            ((int32_t *)b->data)[i] = (int32_t)numbers[i];
    }
    struct jx_node *node = jx_node_array(&type, b);
    return node ? jx_value_own(node, 0) : JX_POISON;
}
