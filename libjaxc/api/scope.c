/*
 * api/scope.c - the public side of scopes and keeping.
 */
#include "api/api.h"

struct jaxc_scope jaxc_scope_open(void)
{
    jx_enter("JAXC_SCOPE");
    return (struct jaxc_scope){jx_scope_open()};
}

void jaxc_scope_close(struct jaxc_scope scope)
{
    if (scope.serial)
        jx_scope_close(scope.serial);
}

void jaxc_scope_cleanup(struct jaxc_scope *scope) { jaxc_scope_close(*scope); }

jaxc_value(jaxc_keep)(jaxc_value v)
{
    jx_enter("jaxc_keep");
    return jx_hold(v.slot, v.generation, JX_SLOT_VALUE) ? v : JX_POISON;
}

jaxc_fn jaxc_keep_fn(jaxc_fn f)
{
    jx_enter("jaxc_keep_fn");
    return jx_hold(f.slot, f.generation, JX_SLOT_FN) ? f : (jaxc_fn){0, 0};
}

void jaxc_drop(jaxc_value v) { jx_unhold(v.slot, v.generation, JX_SLOT_VALUE); }

void jaxc_drop_fn(jaxc_fn f) { jx_unhold(f.slot, f.generation, JX_SLOT_FN); }

bool jaxc_set(jaxc_value *slot, jaxc_value v)
{
    jx_enter("jaxc_set");
    if (!jx_hold(v.slot, v.generation, JX_SLOT_VALUE))
        return false;
    jx_unhold(slot->slot, slot->generation, JX_SLOT_VALUE);
    *slot = v;
    return true;
}

jaxc_value(jaxc_lift)(jaxc_value v)
{
    jx_enter("jaxc_lift");
    struct jx_ref r = jx_value_ref(v);
    if (!r.node)
        return JX_POISON;
    jx_node_unref(r.node);
    return jx_scope_lift(v);
}
