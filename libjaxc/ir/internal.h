/*
 * ir/internal.h - what the files of ir/ share with each other alone.
 */
#ifndef JX_IR_INTERNAL_H
#define JX_IR_INTERNAL_H

#include "ir/ir.h"

struct jx_program *jx_field_program(const void *params, const struct jx_field *f);
/* Equality of parameters with all programs taken as equal. */
bool jx_params_same_but_programs(const struct jx_prim *prim, const void *a, const void *b);

/* What a thread has open. */
struct jx_scope_entry {
    uint64_t payload; /* handle: slot << 32 | generation; text: the pointer */
    uint32_t kind;    /* enum jx_slot_kind, or JX_ENTRY_TEXT */
};
#define JX_ENTRY_TEXT 100

struct jx_open_scope {
    uint64_t serial;
    size_t start;               /* its entries: from here to the next scope's start */
    enum jx_slot_reason reason; /* what its values die of */
    struct jx_loc loc;          /* where it was opened; of a trace: who traces */
};

struct jx_open_trace {
    uint64_t serial, scope;
    const char *name;
    struct jx_loc loc; /* the call that traces */
};
#define JX_N_ENDED 16 /* traces that messages can tell of when they are over */

struct jx_thread {
    struct jx_scope_entry *entries;
    struct jx_open_scope *scopes;
    struct jx_open_trace *traces;
    size_t n_entries, n_scopes, n_traces;
    size_t entries_capacity, scopes_capacity, traces_capacity;
    struct jx_open_trace ended[JX_N_ENDED]; /* a ring: n_ended % JX_N_ENDED is the oldest */
    unsigned n_ended;
    bool registered; /* closed at thread exit */
};
struct jx_thread *jx_thread(void);
/* Room in one of the thread's tables, from memory that does not count as live. */
bool jx_thread_grow(void *array_pointer, size_t *capacity, size_t need, size_t element_size);
uint64_t jx_serial_next(void); /* of scopes, traces, tags and walks; never 0 */

/* "made at train.c:7 by jaxc_mul inside a trace that is over", with what is known of the trace, in
 * a buffer of JX_ERROR_TEXT bytes. */
char *jx_leak_text(const struct jx_node *n, char *buffer);

/* A count of one for nodes: released through a list, never by recursion. */
void jx_node_free_later(struct jx_node *n);

#endif
