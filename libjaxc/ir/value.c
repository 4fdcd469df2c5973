/*
 * ir/value.c - handles: from slots to nodes and back.
 */
#include "ir/internal.h"

#include <stdio.h>

static void release_value(void *object) { jx_node_unref(object); }

static void type_of_value(const void *object, uint32_t index, struct jx_slot_type *type)
{
    const struct jx_node *n = object;
    bool tree = n->kind == JX_NODE_TREE;
    type->traced = n->serial != 0 || tree; /* what a tree holds is not looked at */
    if (tree)
        return;
    type->dtype = n->avals[index].dtype;
    type->weak = n->avals[index].weak;
    type->rank = n->avals[index].rank;
    memcpy(type->dims, n->avals[index].dims, sizeof type->dims);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void set_hooks(void)
{
    jx_slot_set_release(JX_SLOT_VALUE, release_value);
    jx_slot_set_type(JX_SLOT_VALUE, type_of_value);
}

jaxc_value jx_value_own(struct jx_node *node, uint32_t index)
{
    pthread_once(&once, set_hooks);
    jaxc_value v;
    if (!jx_slot_new(JX_SLOT_VALUE, node, index, &v.slot, &v.generation)) {
        jx_node_unref(node);
        return JX_POISON;
    }
    return jx_scope_own(v) ? v : JX_POISON;
}

static inline struct jx_ref find(jaxc_value v)
{
    struct jx_slot *s = jx_slot_acquire(v.slot, v.generation, JX_SLOT_VALUE);
    if (!s)
        return (struct jx_ref){0};
    struct jx_ref r = {jx_node_ref(s->object), s->object_index};
    jx_slot_release(s);
    return r;
}

struct jx_ref jx_value_find(jaxc_value v) { return find(v); }

struct jx_ref jx_value_ref(jaxc_value v)
{
    struct jx_ref r = find(v);
    if (!r.node)
        jx_slot_explain(v.slot, v.generation, "value");
    return r;
}

jaxc_value jx_value_again(jaxc_value v)
{
    if (jx_is_zero(v))
        return v;
    struct jx_ref r = jx_value_ref(v);
    return r.node ? jx_value_own(r.node, r.index) : JX_POISON;
}

static void fail_tree(struct jx_ref r, int argument)
{
    char text[JX_STRUCTURE_TEXT], number[32] = "";
    if (argument >= 0)
        snprintf(number, sizeof number, "argument %d is ", argument);
    jx_fail(JAXC_ETREE, "a %s stands where an array is needed: %s%s",
            r.node->keys ? "dict" : "tuple", number, jx_structure_text(r, text));
}

static inline bool aval_of(jaxc_value v, int argument, struct jx_aval *aval)
{
    struct jx_ref r = find(v);
    if (!r.node)
        return jx_slot_explain(v.slot, v.generation, "value");
    bool ok = r.node->kind != JX_NODE_TREE;
    if (ok)
        *aval = r.node->avals[r.index];
    else
        fail_tree(r, argument);
    jx_node_unref(r.node);
    return ok;
}

bool jx_value_aval(jaxc_value v, struct jx_aval *aval) { return aval_of(v, -1, aval); }

bool jx_argument_aval(jaxc_value v, int argument, struct jx_aval *aval)
{
    return aval_of(v, argument, aval);
}
