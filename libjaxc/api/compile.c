/*
 * api/compile.c - executables: optimise, lower, compile, once per program; run on buffers.
 *
 * The cache holds executables by program and donation, bounded, least recently used first out. An
 * executable is counted and may run on many threads at once.
 */
#include "api/api.h"
#include "lower/lower.h"
#include "opt/opt.h"

#include <stdlib.h>

struct jx_exe {
    _Atomic uint32_t refs;
    uint64_t hash, used;
    struct jx_program *program; /* as it was given: the key */
    bool *donated;              /* one for each input */
    int n_in, n_out;
    struct jx_code *code;
    struct jx_executable *executable;
    const struct jx_backend *backend;
    struct jx_layout *in_layout, *out_layout;
    struct jx_aval *in_aval;
    size_t *out_size;
};

/* ---- the backend ----------------------------------------------------------------------------- */

static pthread_once_t backend_once = PTHREAD_ONCE_INIT;
static const struct jx_backend *backend;

static void choose_backend(void)
{
    static const struct jx_backend *const all[] = {&jx_backend_cpu, &jx_backend_cuda,
                                                   &jx_backend_naive};
    const char *name = getenv("JAXC_PLATFORM");
    backend = all[0];
    for (size_t i = 0; name && i < sizeof all / sizeof *all; i++)
        if (strcmp(name, all[i]->name) == 0)
            backend = all[i];
}

const struct jx_backend *jx_backend(void)
{
    pthread_once(&backend_once, choose_backend);
    return backend;
}

/* ---- making ---------------------------------------------------------------------------------- */

const struct jx_code *jx_exe_code(const struct jx_exe *e) { return e->code; }

void jx_exe_unref(struct jx_exe *e)
{
    if (!e || atomic_fetch_sub_explicit(&e->refs, 1, memory_order_acq_rel) != 1)
        return;
    if (e->executable)
        e->backend->drop(e->executable);
    jx_code_free(e->code);
    jx_program_unref(e->program);
    jx_free(e->donated);
    jx_free(e->in_layout);
    jx_free(e->out_layout);
    jx_free(e->in_aval);
    jx_free(e->out_size);
    jx_free(e);
}

/* What operands and results look like, from the code's storages. */
static bool describe(struct jx_exe *e)
{
    const struct jx_program *p = e->program;
    e->in_layout = jx_alloc((size_t)e->n_in + 1, sizeof *e->in_layout);
    e->in_aval = jx_alloc((size_t)e->n_in + 1, sizeof *e->in_aval);
    e->out_layout = jx_alloc((size_t)e->n_out + 1, sizeof *e->out_layout);
    e->out_size = jx_alloc((size_t)e->n_out + 1, sizeof *e->out_size);
    if (!e->in_layout || !e->in_aval || !e->out_layout || !e->out_size)
        return false;
    for (int i = 0; i < e->n_in; i++)
        e->in_aval[i] = p->avals[i];
    for (int i = 0; i < e->code->n_storages; i++) {
        const struct jx_storage *s = &e->code->storages[i];
        if (s->kind == JX_STORE_OPERAND)
            e->in_layout[s->index] = s->layout;
        if (s->kind == JX_STORE_RESULT) {
            e->out_layout[s->index] = s->layout;
            e->out_size[s->index] = s->size;
        }
    }
    return true;
}

static struct jx_exe *make(struct jx_program *p, const bool *donated, uint64_t hash)
{
    struct jx_exe *e = jx_alloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->refs = 1;
    e->hash = hash;
    e->program = jx_program_ref(p);
    e->n_in = (int)(p->n_consts + p->n_in);
    e->n_out = (int)p->n_out;
    e->backend = jx_backend();
    e->donated = jx_alloc((size_t)e->n_in + 1, sizeof *e->donated);
    bool ok = e->donated != NULL;
    for (int i = 0; ok && donated && i < e->n_in; i++)
        e->donated[i] = donated[i];
    struct jx_program *optimised = ok ? jx_optimise(p) : NULL;
    if (optimised) {
        struct jx_lower_options o = {.backend = e->backend,
                                     .donated = e->donated,
                                     .row_major_only = !e->backend->dot_block,
                                     .no_fusion = e->backend == &jx_backend_naive};
        e->code = jx_lower_program(optimised, &o);
    }
    jx_program_unref(optimised);
    ok = e->code && describe(e) && (e->executable = e->backend->compile(e->code));
    if (!ok) {
        jx_exe_unref(e);
        return NULL;
    }
    return e;
}

/* ---- the cache ------------------------------------------------------------------------------- */

#define MAX_EXES 4096

static struct {
    pthread_mutex_t lock;
    struct jx_map map;
    uint64_t clock, compiled;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct jx_exe *find(const struct jx_program *p, const bool *donated, uint64_t hash)
{
    size_t cursor = 0;
    struct jx_exe *e;
    while ((e = jx_map_next(&cache.map, hash, &cursor))) {
        bool same = e->backend == jx_backend() && jx_program_same(e->program, p);
        for (int i = 0; same && i < e->n_in; i++)
            same = e->donated[i] == (donated && donated[i]);
        if (same)
            return e;
    }
    return NULL;
}

static void remove_from_cache(struct jx_exe *e)
{
    jx_map_remove(&cache.map, e->hash, e);
    jx_exe_unref(e);
}

static struct jx_exe *entry(size_t i)
{
    void *value = cache.map.entries[i].value;
    return value == JX_MAP_GONE ? NULL : value;
}

static void evict_oldest(void)
{
    struct jx_exe *oldest = NULL;
    for (size_t i = 0; i < cache.map.capacity; i++) {
        struct jx_exe *e = entry(i);
        if (e && (!oldest || e->used < oldest->used))
            oldest = e;
    }
    if (oldest)
        remove_from_cache(oldest);
}

struct jx_exe *jx_compile(struct jx_program *p, const bool *donated)
{
    uint64_t hash = jx_program_hash(p);
    for (uint32_t i = 0; donated && i < p->n_consts + p->n_in; i++)
        hash = jx_mix(hash, donated[i]);
    pthread_mutex_lock(&cache.lock);
    struct jx_exe *e = find(p, donated, hash);
    if (e) {
        e->used = ++cache.clock;
        atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&cache.lock);
    if (e)
        return e;
    e = make(p, donated, hash);
    if (!e)
        return NULL;
    pthread_mutex_lock(&cache.lock);
    cache.compiled++;
    struct jx_error_state state; /* not being cached is no failure */
    jx_error_save(&state);
    if (!find(p, donated, hash) && jx_map_add(&cache.map, hash, e)) {
        e->used = ++cache.clock;
        atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);
        if (cache.map.n > MAX_EXES)
            evict_oldest();
    }
    jx_error_restore(&state);
    pthread_mutex_unlock(&cache.lock);
    return e;
}

uint64_t jx_n_compiled(void)
{
    pthread_mutex_lock(&cache.lock);
    uint64_t n = cache.compiled;
    pthread_mutex_unlock(&cache.lock);
    return n;
}

void jx_compile_clear(void)
{
    pthread_mutex_lock(&cache.lock);
    for (size_t i = 0; i < cache.map.capacity; i++) {
        struct jx_exe *e = entry(i);
        if (e)
            jx_exe_unref(e);
    }
    jx_map_fini(&cache.map);
    pthread_mutex_unlock(&cache.lock);
}

/* ---- running --------------------------------------------------------------------------------- */

/* A donated input whose memory must stay as it is. */
static struct jx_buffer *copy_buffer(struct jx_buffer *b)
{
    struct jx_buffer *copy = jx_buffer_new(b->memory, b->size, b->layout);
    if (!copy)
        return NULL;
    if (!b->memory)
        memcpy(copy->data, b->data, b->size);
    else if (!b->memory->copy(copy->data, b->data, b->size)) {
        jx_buffer_unref(copy);
        return NULL;
    }
    return copy;
}

bool jx_exe_run(struct jx_exe *e, struct jx_buffer *const *in, const bool *reuse, bool *taken,
                struct jx_buffer **out)
{
    size_t n_in = (size_t)e->n_in, n_out = (size_t)e->n_out;
    const struct jx_memory *memory = e->backend->memory;
    struct jx_buffer **held = jx_alloc(n_in + 1, sizeof *held);
    void **data = jx_alloc(n_in + n_out + 1, sizeof *data);
    bool *is_target = jx_alloc(n_in + 1, sizeof *is_target);
    bool ok = held && data && is_target;
    for (size_t i = 0; ok && i < n_out; i++) {
        out[i] = NULL;
        if (e->code->donates[i] >= 0)
            is_target[e->code->donates[i]] = true;
    }
    for (size_t i = 0; ok && i < n_in; i++) {
        bool fits = jx_buffer_is(in[i], memory, e->in_layout[i]);
        bool mine = is_target[i] && reuse && reuse[i] && fits && !in[i]->release;
        if (taken)
            taken[i] = mine;
        if (mine) /* what was remembered of its elements is about to be wrong */
            jx_buffer_unref(
                atomic_exchange_explicit(&in[i]->alternate, NULL, memory_order_acq_rel));
        held[i] = jx_buffer_as(in[i], &e->in_aval[i], memory, e->in_layout[i]);
        if (held[i] && is_target[i] && !mine) {
            struct jx_buffer *copy = copy_buffer(held[i]);
            jx_buffer_unref(held[i]);
            held[i] = copy;
        }
        ok = held[i] != NULL;
        data[i] = ok ? held[i]->data : NULL;
    }
    for (size_t i = 0; ok && i < n_out; i++) {
        int from = e->code->donates[i];
        out[i] = from >= 0 ? jx_buffer_ref(held[from])
                           : jx_buffer_new(memory, e->out_size[i], e->out_layout[i]);
        ok = out[i] != NULL;
        data[n_in + i] = ok ? out[i]->data : NULL;
    }
    ok = ok && e->backend->run(e->executable, data, data + n_in);
    for (size_t i = 0; i < n_in && held; i++)
        jx_buffer_unref(held[i]);
    for (size_t i = 0; !ok && i < n_out; i++) {
        jx_buffer_unref(out[i]);
        out[i] = NULL;
    }
    jx_free(held);
    jx_free(data);
    jx_free(is_target);
    return ok;
}
