/*
 * ir/value.c - handles: from slots to nodes and back.
 */
#include "ir/internal.h"

static void release_value(void *object) { jx_node_unref(object); }

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void set_release(void) { jx_slot_set_release(JX_SLOT_VALUE, release_value); }

jaxc_value jx_value_own(struct jx_node *node, uint32_t index)
{
    pthread_once(&once, set_release);
    jaxc_value v;
    if (!jx_slot_new(JX_SLOT_VALUE, node, index, &v.slot, &v.generation)) {
        jx_node_unref(node);
        return JX_POISON;
    }
    return jx_scope_own(v) ? v : JX_POISON;
}

struct jx_ref jx_value_ref(jaxc_value v)
{
    struct jx_slot *s = jx_slot_acquire(v.slot, v.generation, JX_SLOT_VALUE);
    if (!s) {
        jx_slot_explain(v.slot, v.generation, "value");
        return (struct jx_ref){0};
    }
    struct jx_ref r = {jx_node_ref(s->object), s->object_index};
    jx_slot_release(s);
    return r;
}

jaxc_value jx_value_again(jaxc_value v)
{
    if (jx_is_zero(v))
        return v;
    struct jx_ref r = jx_value_ref(v);
    return r.node ? jx_value_own(r.node, r.index) : JX_POISON;
}

bool jx_value_aval(jaxc_value v, struct jx_aval *aval)
{
    struct jx_ref r = jx_value_ref(v);
    if (!r.node)
        return false;
    bool ok = r.node->kind != JX_NODE_TREE;
    if (ok)
        *aval = r.node->avals[r.index];
    else
        jx_fail(JAXC_ETREE, "a %s stands where an array is needed",
                r.node->keys ? "dict" : "tuple");
    jx_node_unref(r.node);
    return ok;
}
