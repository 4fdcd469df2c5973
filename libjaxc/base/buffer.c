/*
 * buffer.c - counted memory.
 *
 * A buffer of ours on the host is one block: the struct in its first 64 bytes, then the data. A
 * wrapped one, and one on a device, is the struct alone.
 */
#include "base/base.h"

#include <assert.h>

#define FRONT 64 /* keeps the data aligned to 64 bytes */
_Static_assert(sizeof(struct jx_buffer) <= FRONT, "a buffer's data follow its struct");

static struct jx_buffer *new_on_device(const struct jx_memory *memory, size_t size,
                                       struct jx_layout layout)
{
    struct jx_buffer *b = jx_alloc(1, sizeof *b);
    void *data = b ? memory->alloc(size) : NULL;
    if (!data) {
        jx_free(b);
        return NULL;
    }
    *b = (struct jx_buffer){.memory = memory, .layout = layout, .size = size, .data = data};
    atomic_init(&b->refs, 1);
    return b;
}

struct jx_buffer *jx_buffer_new(const struct jx_memory *memory, size_t size,
                                struct jx_layout layout)
{
    size_t total;
    if (memory)
        return new_on_device(memory, size, layout);
    if (!jx_add_size(size, FRONT, &total)) {
        jx_fail(JAXC_ENOMEM, "out of memory (%zu bytes)", size);
        return NULL;
    }
    struct jx_buffer *b = jx_alloc_aligned(total);
    if (!b)
        return NULL;
    *b = (struct jx_buffer){.layout = layout, .size = size, .data = (char *)b + FRONT};
    atomic_init(&b->refs, 1);
    return b;
}

/* For borrowed memory that nobody wants to hear of: release tells it from ours. */
static void release_nothing(void *data, void *user)
{
    (void)data;
    (void)user;
}

struct jx_buffer *jx_buffer_wrap(void *data, size_t size, void (*release)(void *, void *),
                                 void *user)
{
    struct jx_buffer *b = jx_alloc(1, sizeof *b);
    if (!b)
        return NULL;
    b->size = size;
    b->data = data;
    b->release = release ? release : release_nothing;
    b->user = user;
    atomic_init(&b->refs, 1);
    return b;
}

struct jx_buffer *jx_buffer_ref(struct jx_buffer *b)
{
    uint32_t refs = atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    assert(refs > 0 && refs < UINT32_MAX);
    (void)refs;
    return b;
}

void jx_buffer_unref(struct jx_buffer *b)
{
    while (b && atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) == 1) {
        struct jx_buffer *alternate = atomic_load_explicit(&b->alternate, memory_order_relaxed);
        if (b->release)
            b->release(b->data, b->user);
        else if (b->memory)
            b->memory->release(b->data);
        jx_free(b);
        b = alternate;
    }
}

bool jx_buffer_size(jaxc_dtype dtype, int rank, const int64_t *dims, struct jx_layout layout,
                    size_t *size)
{
    int64_t padded[JAXC_MAX_RANK], n;
    if (!jx_n_elements(rank, dims, &n))
        return false;
    if (layout.block > 0 && n > 0) {
        assert(layout.axis < rank);
        int64_t block = layout.block, rest = dims[layout.axis] % block;
        memcpy(padded, dims, (size_t)rank * sizeof *dims);
        if (rest > 0 &&
            __builtin_add_overflow(dims[layout.axis], block - rest, &padded[layout.axis]))
            return jx_fail(JAXC_ELIMIT, "more than 2^63 - 1 elements");
        if (!jx_n_elements(rank, padded, &n))
            return false;
    }
    if (!jx_mul_size((size_t)n, jx_dtype_info(dtype)->size, size) || *size > PTRDIFF_MAX)
        return jx_fail(JAXC_ELIMIT, "more than 2^63 - 1 bytes");
    return true;
}
