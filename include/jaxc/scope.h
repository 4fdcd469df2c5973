/*
 * jaxc/scope.h - how long values live.
 *
 * A value or function made by a call belongs to the innermost open scope of its thread and dies
 * with it. There is always an outermost scope, which ends with the thread.
 */
#ifndef JAXC_SCOPE_H
#define JAXC_SCOPE_H

#include <jaxc/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct jaxc_scope {
    uint64_t serial;
};

/*
 * JAXC_SCOPE; - a declaration: a scope from here to the closing brace, also on break, continue and
 * return.
 */
#define JAXC_SCOPE JAXC_SCOPE_(JAXC_PASTE(jaxc_scope_, __LINE__))
#define JAXC_SCOPE_(name)                                                                          \
    __attribute__((cleanup(jaxc_scope_cleanup), unused)) struct jaxc_scope name =                  \
        (jaxc_at(__FILE__, __LINE__), jaxc_scope_open())

/*
 * jaxc_scope_open, jaxc_scope_close - the two ends of a scope, for bindings; C programs write
 * JAXC_SCOPE.
 *
 *   scope   as jaxc_scope_open gave it; scopes opened inside it and still open are closed too
 *
 * Errors  JAXC_ENOMEM  open: the values made inside then belong to the enclosing scope
 */
JAXC_API struct jaxc_scope jaxc_scope_open(void);
JAXC_API void jaxc_scope_close(struct jaxc_scope scope);
JAXC_API void jaxc_scope_cleanup(struct jaxc_scope *scope);

/*
 * jaxc_keep - holds a value beyond its scope, until jaxc_drop.
 *
 *   v    any value
 *   ->   v itself; poison stays poison
 *
 * Owner   the caller, once for each jaxc_keep.
 * Errors  JAXC_EDEAD, JAXC_EDONATED
 */
JAXC_API jaxc_value jaxc_keep(jaxc_value v);
JAXC_API jaxc_fn jaxc_keep_fn(jaxc_fn f);

/*
 * jaxc_drop - ends one jaxc_keep; a value whose scope is still open lives on in it.
 *
 *   v    poison, donated and dead handles are fine: nothing happens
 *
 * Errors  none
 */
JAXC_API void jaxc_drop(jaxc_value v);
JAXC_API void jaxc_drop_fn(jaxc_fn f);

/*
 * jaxc_set - keeps the new value, drops the old one: what a training loop wants.
 *
 *   slot    a kept value, poison, or a donated one; receives v
 *   v       poison keeps the old value
 *   ->      true when the slot was set
 *
 * Errors  JAXC_EDEAD, JAXC_EDONATED
 */
JAXC_API bool jaxc_set(jaxc_value *slot, jaxc_value v);

/*
 * jaxc_lift - hands a value to the enclosing scope, to return it from a block.
 *
 *   v    a value of the innermost scope; others are left as they are
 *   ->   v itself
 *
 * Errors  JAXC_EDEAD, JAXC_ENOMEM
 */
JAXC_API jaxc_value jaxc_lift(jaxc_value v);

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus
#define JAXC_SET(...) JAXC_LOCATED(jaxc_set, __VA_ARGS__)
#else
#define JAXC_SET(...)  JAXC_SET_(__COUNTER__, __VA_ARGS__)
#define JAXC_SET_(...) JAXC_SET__(__VA_ARGS__)
#define JAXC_SET__(n, slot, v)                                                                     \
    __extension__({                                                                                \
        jaxc_value *jaxc_s##n = (slot);                                                            \
        jaxc_value jaxc_a##n = JAXC_VAL(v);                                                        \
        jaxc_at(__FILE__, __LINE__);                                                               \
        (jaxc_set)(jaxc_s##n, jaxc_a##n);                                                          \
    })
#endif

#ifndef JAXC_PLAIN
#define jaxc_scope_open() (jaxc_at(__FILE__, __LINE__), jaxc_scope_open())
#define jaxc_keep(...)    JAXC_CALL1(jaxc_keep, __VA_ARGS__)
#define jaxc_keep_fn(...) JAXC_CALL_F1(jaxc_keep_fn, __VA_ARGS__)
#define jaxc_set(...)     JAXC_SET(__VA_ARGS__)
#define jaxc_lift(...)    JAXC_CALL1(jaxc_lift, __VA_ARGS__)
#endif

#endif
