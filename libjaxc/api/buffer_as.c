/*
 * api/buffer_as.c - one buffer's elements in other layouts and memories.
 *
 * What was asked for once is remembered: a buffer's alternates are a list that only grows, and dies
 * with it. Panels exist on the host alone.
 */
#include "api/api.h"

static const struct jx_layout row_major = {0, 0};

bool jx_buffer_is(const struct jx_buffer *b, const struct jx_memory *memory,
                  struct jx_layout layout)
{
    return b->memory == memory && b->layout.block == layout.block &&
           (layout.block == 0 || b->layout.axis == layout.axis);
}

/* Copies between row-major and panels: outer x n x inner elements, blocked along n. */
static void copy_panels(char *panels, char *rows, size_t size, int64_t outer, int64_t n,
                        int64_t inner, int64_t block, bool to_panels)
{
    for (int64_t o = 0; o < outer; o++)
        for (int64_t i = 0; i < n; i++)
            for (int64_t k = 0; k < inner; k++) {
                char *row = rows + (size_t)((o * n + i) * inner + k) * size;
                char *panel =
                    panels +
                    (size_t)((i / block * outer * inner + o * inner + k) * block + i % block) *
                        size;
                memcpy(to_panels ? panel : row, to_panels ? row : panel, size);
            }
}

/* From rows to panels or back, on the host. */
static struct jx_buffer *relayout(struct jx_buffer *b, const struct jx_aval *aval,
                                  struct jx_layout layout)
{
    size_t size;
    if (!jx_buffer_size(aval->dtype, aval->rank, aval->dims, layout, &size))
        return NULL;
    struct jx_buffer *c = jx_buffer_new(NULL, size, layout);
    if (!c)
        return NULL;
    bool to_panels = layout.block != 0;
    int axis = to_panels ? layout.axis : b->layout.axis;
    int64_t block = to_panels ? layout.block : b->layout.block, outer = 1, inner = 1;
    for (int i = 0; i < aval->rank; i++) {
        if (i < axis)
            outer *= aval->dims[i];
        else if (i > axis)
            inner *= aval->dims[i];
    }
    if (to_panels)
        memset(c->data, 0, size);
    copy_panels(to_panels ? c->data : b->data, to_panels ? b->data : c->data,
                jx_dtype_info(aval->dtype)->size, outer, aval->dims[axis], inner, block, to_panels);
    return c;
}

/* Rows from the host to a device or back. */
static struct jx_buffer *move(const struct jx_buffer *b, const struct jx_memory *memory)
{
    struct jx_buffer *c = jx_buffer_new(memory, b->size, row_major);
    if (!c)
        return NULL;
    bool ok = memory ? memory->upload(c->data, b->data, b->size)
                     : b->memory->download(c->data, b->data, b->size);
    if (!ok) {
        jx_buffer_unref(c);
        return NULL;
    }
    return c;
}

/* Among a buffer and its alternates, counted up; NULL: not there. */
static struct jx_buffer *find(struct jx_buffer *b, const struct jx_memory *memory,
                              struct jx_layout layout)
{
    for (; b; b = atomic_load_explicit(&b->alternate, memory_order_acquire))
        if (jx_buffer_is(b, memory, layout))
            return jx_buffer_ref(b);
    return NULL;
}

/* Adds c to b's alternates, or finds that another thread has; counted up. */
static struct jx_buffer *remember(struct jx_buffer *b, struct jx_buffer *c)
{
    for (struct jx_buffer *next = NULL;; b = next, next = NULL) {
        if (atomic_compare_exchange_strong_explicit(&b->alternate, &next, c, memory_order_acq_rel,
                                                    memory_order_acquire))
            return jx_buffer_ref(c);
        if (jx_buffer_is(next, c->memory, c->layout)) {
            jx_buffer_unref(c);
            return jx_buffer_ref(next);
        }
    }
}

struct jx_buffer *jx_buffer_as(struct jx_buffer *b, const struct jx_aval *aval,
                               const struct jx_memory *memory, struct jx_layout layout)
{
    struct jx_buffer *c = find(b, memory, layout);
    if (c)
        return c;
    bool from_rows = jx_buffer_is(b, NULL, row_major), to_rows = !memory && layout.block == 0;
    if (!from_rows && !to_rows) { /* what is neither is reached by way of the host's rows */
        struct jx_buffer *between = jx_buffer_as(b, aval, NULL, row_major);
        c = between ? jx_buffer_as(between, aval, memory, layout) : NULL;
        jx_buffer_unref(between);
        return c;
    }
    c = b->memory == memory ? relayout(b, aval, layout) : move(b, memory);
    return c ? remember(b, c) : NULL;
}
