/*
 * handles.c - a table of the objects that live, by address.
 */
#include "driver.h"

#include <string.h>

#define N_BUCKETS 4096
static struct handle *buckets[N_BUCKETS];
static long live[N_KINDS];

static struct handle **bucket_of(const void *object)
{
    return &buckets[((uintptr_t)object >> 4) * 0x9e3779b97f4a7c15u >> 52];
}

void handle_add(struct handle *h, enum kind kind, jx_cuda_context context)
{
    struct handle **bucket = bucket_of(h);
    *h = (struct handle){kind, context, *bucket};
    *bucket = h;
    live[kind]++;
}

void handle_remove(struct handle *h)
{
    struct handle **at = bucket_of(h);
    while (*at != h)
        at = &(*at)->next;
    *at = h->next;
    live[h->kind]--;
}

bool handle_is(const void *object, enum kind kind)
{
    const struct handle *h = *bucket_of(object);
    while (h && h != object)
        h = h->next;
    return h && h->kind == kind;
}

struct handle *handle_next(jx_cuda_context context, enum kind kind)
{
    for (int i = 0; i < N_BUCKETS && live[kind] > 0; i++)
        for (struct handle *h = buckets[i]; h; h = h->next)
            if (h->kind == kind && h->context == context)
                return h;
    return NULL;
}

long handle_live(enum kind kind) { return live[kind]; }
