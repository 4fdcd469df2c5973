/*
 * ir/scope.c - scopes: a stack per thread, one flat list of what they own.
 *
 * A slot's `keeps` holds JX_OWNED while a scope owns the handle, plus one for each jaxc_keep;
 * whoever takes the last of them closes the handle.
 */
#include "ir/internal.h"

#define JX_OWNED 0x80000000u

static _Atomic uint64_t serials = 1;

uint64_t jx_serial_next(void)
{
    return atomic_fetch_add_explicit(&serials, 1, memory_order_relaxed);
}

static _Thread_local struct jx_thread thread;
static pthread_key_t at_exit;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void close_down_to(size_t start, enum jx_slot_reason reason);

static void thread_exit(void *unused)
{
    (void)unused;
    close_down_to(0, JX_CLOSED_SCOPE);
    jx_unreserve(thread.entries);
    jx_unreserve(thread.scopes);
    jx_unreserve(thread.traces);
    thread = (struct jx_thread){0};
}

static void make_key(void) { pthread_key_create(&at_exit, thread_exit); }

struct jx_thread *jx_thread(void) { return &thread; }

bool jx_thread_grow(void *array_pointer, size_t *capacity, size_t need, size_t element_size)
{
    if (need <= *capacity)
        return true;
    void **array = array_pointer;
    size_t room = *capacity ? *capacity * 2 : 64, bytes;
    if (room < need)
        room = need;
    if (!jx_mul_size(room, element_size, &bytes))
        return jx_fail(JAXC_ELIMIT, "too many values in one scope");
    void *p = jx_reserve(bytes);
    if (!p)
        return false;
    if (*array)
        memcpy(p, *array, *capacity * element_size);
    jx_unreserve(*array);
    *array = p;
    *capacity = room;
    if (!thread.registered) {
        pthread_once(&once, make_key);
        pthread_setspecific(at_exit, &thread);
        thread.registered = true;
    }
    return true;
}

static bool own(uint64_t payload, uint32_t kind)
{
    if (!jx_thread_grow(&thread.entries, &thread.entries_capacity, thread.n_entries + 1,
                        sizeof *thread.entries))
        return false;
    thread.entries[thread.n_entries++] = (struct jx_scope_entry){payload, kind};
    return true;
}

static uint64_t pack(uint32_t slot, uint32_t generation)
{
    return (uint64_t)slot << 32 | generation;
}

static bool own_handle(uint32_t slot, uint32_t generation, enum jx_slot_kind kind)
{
    struct jx_slot *s = jx_slot_acquire(slot, generation, kind);
    if (!s)
        return jx_fail(JAXC_EINTERNAL, "internal: a scope was given a dead handle");
    atomic_store_explicit(&s->keeps, JX_OWNED, memory_order_relaxed);
    jx_slot_release(s);
    if (own(pack(slot, generation), kind))
        return true;
    jx_slot_close(slot, generation, JX_CLOSED_SCOPE);
    return false;
}

bool jx_scope_own(jaxc_value v) { return own_handle(v.slot, v.generation, JX_SLOT_VALUE); }

bool jx_scope_own_fn(jaxc_fn f) { return own_handle(f.slot, f.generation, JX_SLOT_FN); }

bool jx_scope_own_text(char *text)
{
    if (own((uint64_t)(uintptr_t)text, JX_ENTRY_TEXT))
        return true;
    jx_free(text);
    return false;
}

/* Takes one hold (JX_OWNED or one keep) off a handle and closes it when that was the last. */
static void let_go(uint32_t slot, uint32_t generation, enum jx_slot_kind kind, uint32_t hold,
                   enum jx_slot_reason reason)
{
    struct jx_slot *s = jx_slot_acquire(slot, generation, kind);
    if (!s)
        return; /* closed before: dropped or donated */
    bool last = atomic_fetch_sub_explicit(&s->keeps, hold, memory_order_acq_rel) == hold;
    if (last)
        jx_slot_close(slot, generation, reason);
    jx_slot_release(s);
}

static void close_down_to(size_t start, enum jx_slot_reason reason)
{
    while (thread.n_entries > start) {
        struct jx_scope_entry e = thread.entries[--thread.n_entries];
        if (e.kind == JX_ENTRY_TEXT)
            jx_free((void *)(uintptr_t)e.payload);
        else
            let_go((uint32_t)(e.payload >> 32), (uint32_t)e.payload, e.kind, JX_OWNED, reason);
    }
}

uint64_t jx_scope_open(void)
{
    if (!jx_thread_grow(&thread.scopes, &thread.scopes_capacity, thread.n_scopes + 1,
                        sizeof *thread.scopes))
        return 0;
    uint64_t serial = jx_serial_next();
    thread.scopes[thread.n_scopes++] =
        (struct jx_open_scope){serial, thread.n_entries, JX_CLOSED_SCOPE, jx_here()};
    return serial;
}

static size_t find_scope(uint64_t serial)
{
    for (size_t i = thread.n_scopes; i-- > 0;)
        if (thread.scopes[i].serial == serial)
            return i;
    return SIZE_MAX;
}

void jx_scope_close(uint64_t serial) { jx_scope_close_keeping(serial, 0, NULL); }

/* The innermost scope takes over a handle that is held once more than it should be. */
static void own_held(jaxc_value v)
{
    struct jx_slot *s = jx_slot_acquire(v.slot, v.generation, JX_SLOT_VALUE);
    if (!s)
        return;
    bool owned = (atomic_load_explicit(&s->keeps, memory_order_relaxed) & JX_OWNED) != 0;
    if (!owned && own(pack(v.slot, v.generation), JX_SLOT_VALUE))
        atomic_fetch_add_explicit(&s->keeps, JX_OWNED, memory_order_relaxed);
    jx_slot_release(s);
    jx_unhold(v.slot, v.generation, JX_SLOT_VALUE);
}

void jx_scope_close_keeping(uint64_t serial, int n, const jaxc_value *keep)
{
    size_t at = find_scope(serial);
    if (at == SIZE_MAX)
        return;
    for (int i = 0; i < n; i++) {
        struct jx_slot *s = jx_slot_acquire(keep[i].slot, keep[i].generation, JX_SLOT_VALUE);
        if (!s)
            continue;
        atomic_fetch_add_explicit(&s->keeps, 1, memory_order_relaxed);
        jx_slot_release(s);
    }
    struct jx_open_scope scope = thread.scopes[at];
    struct jx_loc here = jx_here();
    thread.n_scopes = at;
    jx_set_here(scope.loc); /* what dies says which scope it died with */
    close_down_to(scope.start, scope.reason);
    jx_set_here(here);
    for (int i = 0; i < n; i++)
        own_held(keep[i]);
}

jaxc_value jx_scope_lift(jaxc_value v)
{
    if (thread.n_scopes == 0)
        return v;
    struct jx_open_scope *scope = &thread.scopes[thread.n_scopes - 1];
    uint64_t wanted = pack(v.slot, v.generation);
    for (size_t e = thread.n_entries; e-- > scope->start;) {
        if (thread.entries[e].payload == wanted && thread.entries[e].kind == JX_SLOT_VALUE) {
            struct jx_scope_entry entry = thread.entries[e];
            thread.entries[e] = thread.entries[scope->start];
            thread.entries[scope->start++] = entry;
            break;
        }
    }
    return v;
}

bool jx_hold(uint32_t slot, uint32_t generation, enum jx_slot_kind kind)
{
    struct jx_slot *s = jx_slot_acquire(slot, generation, kind);
    if (!s)
        return jx_slot_explain(slot, generation, kind == JX_SLOT_VALUE ? "value" : "function");
    atomic_fetch_add_explicit(&s->keeps, 1, memory_order_acq_rel);
    jx_slot_release(s);
    return true;
}

void jx_unhold(uint32_t slot, uint32_t generation, enum jx_slot_kind kind)
{
    struct jx_slot *s = jx_slot_acquire(slot, generation, kind);
    if (!s)
        return;
    bool held = (atomic_load_explicit(&s->keeps, memory_order_relaxed) & ~JX_OWNED) != 0;
    jx_slot_release(s);
    if (held)
        let_go(slot, generation, kind, 1, JX_CLOSED_DROP);
}
