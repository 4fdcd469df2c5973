/*
 * slot.c - handles: {slot, generation} to an object, checked at every use.
 *
 * Slots lie in slabs that are never freed or moved, so a handle of any age can be looked at. A
 * slot's word holds its generation and its count:
 *
 *     odd generation    open: the handle with this generation is good, and counts one
 *     even generation   closed: no handle is good; those who still use the object count, and the
 *                       last one releases it
 *
 * Uses are one compare-and-swap on the word, which fails once the generation has moved. Everything
 * else, also what explains a closed handle, is under one lock. A slot whose generations are used up
 * is never used again, so a stale handle cannot become good. Free slots wait in a queue behind at
 * least QUARANTINE others: what is known of a closed handle can be told for a while.
 */
#include "base/base.h"

#include <jaxc/memory.h>

#include <assert.h>
#include <stdio.h>

#define FIRST_LOG  8  /* slab k has 2^(k + 8) slots */
#define N_SLABS    24 /* together 2^32 - 256 slots */
#define QUARANTINE 256

static struct jx_slot *_Atomic slabs[N_SLABS];
static void (*_Atomic releases[JX_SLOT_FN + 1])(void *object);
static void (*_Atomic types[JX_SLOT_FN + 1])(const void *object, uint32_t index,
                                             struct jx_slot_type *type);

static struct {
    pthread_mutex_t lock;
    uint32_t n_made; /* slots that were ever used; slot 0, the poison value's, never is */
    uint32_t oldest_free, newest_free; /* the queue; 0: empty */
    uint32_t n_free;
    size_t live[JX_SLOT_FN + 1];
} slots = {.lock = PTHREAD_MUTEX_INITIALIZER, .n_made = 1};

static uint32_t generation_of(uint64_t word) { return (uint32_t)(word >> 32); }
static uint32_t count_of(uint64_t word) { return (uint32_t)word; }

/* Slab k begins with slot 2^(k + 8) - 2^8. */
static int slab_of(uint32_t slot, size_t *index)
{
    uint64_t place = (uint64_t)slot + (1u << FIRST_LOG);
    int log = 63 - __builtin_clzll(place);
    *index = (size_t)(place - ((uint64_t)1 << log));
    return log - FIRST_LOG;
}

/* NULL for a slot that has never been. */
static struct jx_slot *find(uint32_t slot)
{
    size_t index;
    int k = slab_of(slot, &index);
    if (k >= N_SLABS)
        return NULL;
    struct jx_slot *slab = atomic_load_explicit(&slabs[k], memory_order_acquire);
    return slab ? slab + index : NULL;
}

/* A slot that was never used, in a new slab if need be. Locked. */
static uint32_t make_slot(void)
{
    size_t index;
    int k = slab_of(slots.n_made, &index);
    if (k >= N_SLABS) {
        jx_fail(JAXC_ELIMIT, "more than 2^32 - 256 values and functions");
        return 0;
    }
    if (!atomic_load_explicit(&slabs[k], memory_order_relaxed)) {
        struct jx_slot *slab = jx_reserve(sizeof *slab << (k + FIRST_LOG));
        if (!slab)
            return 0;
        atomic_store_explicit(&slabs[k], slab, memory_order_release);
    }
    return slots.n_made++;
}

/* Locked. */
static uint32_t take_free(void)
{
    uint32_t slot = slots.oldest_free;
    slots.oldest_free = find(slot)->next_free;
    slots.n_free--;
    return slot;
}

/* Locked; the slot is closed and nobody uses it. */
static void put_free(uint32_t slot, struct jx_slot *s)
{
    slots.live[s->kind]--;
    if (generation_of(atomic_load_explicit(&s->word, memory_order_relaxed)) == 0)
        return; /* all generations have been used */
    s->next_free = 0;
    if (slots.n_free++ == 0)
        slots.oldest_free = slot;
    else
        find(slots.newest_free)->next_free = slot;
    slots.newest_free = slot;
}

bool jx_slot_new(enum jx_slot_kind kind, void *object, uint32_t index, uint32_t *slot,
                 uint32_t *generation)
{
    struct jx_loc here = jx_here();
    pthread_mutex_lock(&slots.lock);
    uint32_t number = slots.n_free > QUARANTINE ? take_free() : make_slot();
    if (!number) {
        pthread_mutex_unlock(&slots.lock);
        return false;
    }
    struct jx_slot *s = find(number);
    uint64_t word = atomic_load_explicit(&s->word, memory_order_relaxed);
    assert(generation_of(word) % 2 == 0 && count_of(word) == 0);
    s->number = number;
    s->object = object;
    s->object_index = index;
    s->kind = (uint8_t)kind;
    s->made = here;
    atomic_store_explicit(&s->keeps, 0, memory_order_relaxed);
    slots.live[kind]++;
    *slot = number;
    *generation = generation_of(word) + 1;
    atomic_store_explicit(&s->word, (uint64_t)*generation << 32 | 1, memory_order_release);
    pthread_mutex_unlock(&slots.lock);
    return true;
}

struct jx_slot *jx_slot_acquire(uint32_t slot, uint32_t generation, enum jx_slot_kind kind)
{
    struct jx_slot *s = find(slot);
    if (!s || generation % 2 == 0)
        return NULL;
    uint64_t word = atomic_load_explicit(&s->word, memory_order_relaxed);
    do {
        if (generation_of(word) != generation)
            return NULL;
        assert(count_of(word) > 0 && count_of(word) < UINT32_MAX);
    } while (!atomic_compare_exchange_weak_explicit(&s->word, &word, word + 1, memory_order_acquire,
                                                    memory_order_relaxed));
    if (s->kind == kind)
        return s;
    jx_slot_release(s);
    return NULL;
}

static void release_object(uint32_t kind, void *object)
{
    void (*release)(void *) = atomic_load_explicit(&releases[kind], memory_order_acquire);
    if (release)
        release(object);
}

void jx_slot_release(struct jx_slot *s)
{
    uint64_t word = atomic_fetch_sub_explicit(&s->word, 1, memory_order_acq_rel);
    assert(count_of(word) > 0);
    if (count_of(word) > 1)
        return;
    uint32_t kind = s->kind;
    void *object = s->object;
    pthread_mutex_lock(&slots.lock);
    put_free(s->number, s);
    pthread_mutex_unlock(&slots.lock);
    release_object(kind, object);
}

bool jx_slot_close(uint32_t slot, uint32_t generation, enum jx_slot_reason reason)
{
    struct jx_loc here = jx_here();
    struct jx_slot *s = find(slot);
    if (!s || generation % 2 == 0)
        return false;
    pthread_mutex_lock(&slots.lock);
    uint64_t word = atomic_load_explicit(&s->word, memory_order_relaxed), closed;
    do {
        if (generation_of(word) != generation) {
            pthread_mutex_unlock(&slots.lock);
            return false;
        }
        closed = (uint64_t)(uint32_t)(generation + 1) << 32 | (count_of(word) - 1);
    } while (!atomic_compare_exchange_weak_explicit(&s->word, &word, closed, memory_order_acq_rel,
                                                    memory_order_relaxed));
    s->closed = here;
    s->reason = (uint8_t)reason;
    s->type.dtype = 0;
    s->type.traced = false;
    void (*type)(const void *, uint32_t, struct jx_slot_type *) =
        atomic_load_explicit(&types[s->kind], memory_order_acquire);
    if (type)
        type(s->object, s->object_index, &s->type);
    bool last = count_of(closed) == 0;
    uint32_t kind = s->kind;
    void *object = s->object;
    if (last)
        put_free(slot, s);
    pthread_mutex_unlock(&slots.lock);
    if (last)
        release_object(kind, object);
    return true;
}

/* ---- what became of a handle ----------------------------------------------------------------- */

/* " at train.c:30 by jaxc_add", as much of it as is known. */
static const char *place_text(char *text, size_t size, struct jx_loc loc)
{
    int n = 0;
    text[0] = 0;
    if (loc.file)
        n = snprintf(text, size, " at %s:%d", loc.file, loc.line);
    if (loc.call && n >= 0 && (size_t)n < size)
        snprintf(text + n, size - (size_t)n, " by %s", loc.call);
    return text;
}

/* " f32[4,3]", " f32[2,2,2,...]", or nothing. */
static const char *type_text(char *text, size_t size, const struct jx_slot_type *type)
{
    text[0] = 0;
    if (!type->dtype)
        return text;
    int n = snprintf(text, size, " %s%s[", type->weak ? "~" : "",
                     jx_dtype_info((jaxc_dtype)type->dtype)->name);
    for (int i = 0; i < type->rank && i < JX_SLOT_DIMS; i++)
        n += snprintf(text + n, size - (size_t)n, "%s%lld", i ? "," : "", (long long)type->dims[i]);
    snprintf(text + n, size - (size_t)n, type->rank > JX_SLOT_DIMS ? ",...]" : "]");
    return text;
}

static jaxc_status describe_closed(const struct jx_slot *s, bool made_known, const char *what,
                                   const char *used, char *buffer)
{
    char subject[400], made[256], type[96], closed[256];
    place_text(made, sizeof made, made_known ? s->made : (struct jx_loc){0});
    place_text(closed, sizeof closed, s->closed);
    snprintf(subject, sizeof subject, "%s%s%s%s", what, type_text(type, sizeof type, &s->type),
             made[0] ? " made" : "", made);
    const char *file = s->closed.file, *call = s->closed.call ? s->closed.call : "?";
    int line = s->closed.line;
    switch ((enum jx_slot_reason)s->reason) {
    case JX_CLOSED_DONATED:
        snprintf(buffer, JX_ERROR_TEXT, "%s was donated%s", subject, closed);
        return JAXC_EDONATED;
    case JX_CLOSED_DROP:
        snprintf(buffer, JX_ERROR_TEXT, "%s was %s after it was dropped%s", subject, used, closed);
        return JAXC_EDEAD;
    case JX_CLOSED_TRACE:
        if (!s->type.traced)
            snprintf(buffer, JX_ERROR_TEXT,
                     "%s was %s after the function of %s at %s:%d, in which it was made, ended",
                     subject, used, call, file ? file : "?", line);
        else
            snprintf(buffer, JX_ERROR_TEXT,
                     "%s inside a trace that is over was %s outside it: traced values mean nothing "
                     "outside of the function of %s at %s:%d; return it from there",
                     subject, used, call, file ? file : "?", line);
        return JAXC_EDEAD;
    case JX_CLOSED_SCOPE: break;
    }
    if (file)
        snprintf(buffer, JX_ERROR_TEXT, "%s was %s after the scope opened at %s:%d closed", subject,
                 used, file, line);
    else
        snprintf(buffer, JX_ERROR_TEXT, "%s was %s after its scope closed", subject, used);
    return JAXC_EDEAD;
}

jaxc_status jx_slot_describe(uint32_t slot, uint32_t generation, const char *what, const char *used,
                             char *buffer)
{
    if (slot == 0 && generation == 0) {
        snprintf(buffer, JX_ERROR_TEXT,
                 "an uninitialised %s, or the result of a call whose error was cleared", what);
        return JAXC_EDEAD;
    }
    struct jx_slot copy = {0}, *s = find(slot);
    uint32_t now = 0; /* the slot's generation */
    if (s) {
        pthread_mutex_lock(&slots.lock);
        now = generation_of(atomic_load_explicit(&s->word, memory_order_relaxed));
        copy.number = s->number;
        copy.kind = s->kind;
        copy.made = s->made;
        copy.closed = s->closed;
        copy.reason = s->reason;
        copy.type = s->type;
        pthread_mutex_unlock(&slots.lock);
    }
    bool used_up = now == 0 && copy.number != 0, reused = now % 2 == 1;
    if (generation % 2 == 1 && generation == now)
        snprintf(buffer, JX_ERROR_TEXT, "not a %s: handle {slot %u, generation %u} is a %s's", what,
                 slot, generation, copy.kind == JX_SLOT_FN ? "function" : "value");
    else if (generation % 2 == 0 || copy.number == 0 || (generation > now && !used_up))
        snprintf(buffer, JX_ERROR_TEXT,
                 "not a %s: uninitialised or overwritten handle {slot %u, generation %u}", what,
                 slot, generation);
    else if (generation == now - (reused ? 2 : 1))
        return describe_closed(&copy, !reused, what, used, buffer);
    else
        snprintf(buffer, JX_ERROR_TEXT,
                 "a %s that ended long ago, or an uninitialised handle {slot %u, generation %u}",
                 what, slot, generation);
    return JAXC_EDEAD;
}

bool jx_slot_explain(uint32_t slot, uint32_t generation, const char *what)
{
    char text[JX_ERROR_TEXT];
    jaxc_status code = jx_slot_describe(slot, generation, what, "used", text);
    return jx_fail(code, "%s", text);
}

void jx_slot_set_release(enum jx_slot_kind kind, void (*release)(void *object))
{
    atomic_store_explicit(&releases[kind], release, memory_order_release);
}

void jx_slot_set_type(enum jx_slot_kind kind,
                      void (*type)(const void *object, uint32_t index, struct jx_slot_type *type))
{
    atomic_store_explicit(&types[kind], type, memory_order_release);
}

static size_t count_live(enum jx_slot_kind kind)
{
    pthread_mutex_lock(&slots.lock);
    size_t n = slots.live[kind];
    pthread_mutex_unlock(&slots.lock);
    return n;
}

size_t jx_slots_live(void) { return count_live(JX_SLOT_VALUE) + count_live(JX_SLOT_FN); }

size_t jaxc_live_values(void) { return count_live(JX_SLOT_VALUE); }
