/*
 * memory.c - the heap of the device.
 *
 * One range of addresses is the device's: never readable by the host, and by a kernel only where
 * memory_enter opened an allocation. The same memory is mapped a second time, always readable, for
 * the library's own copies. An allocation ends at the end of a page (up to 16 bytes), so that the
 * first element behind it faults; pages without memory follow. What is between the start of its
 * first page and its first byte holds a pattern that is compared after each kernel. Memory is given
 * out full of ones: NaN, -1, and true twice over.
 */
#include "driver.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FILL = 0xff, ALIGNMENT = 16, GUARD = 64 * 1024 };
#define SPACE ((size_t)1 << 36) /* bytes of addresses */

static char *range, *view; /* the device's addresses; the library's */
static int file = -1;
static size_t page, next_offset, bytes_live;
static struct allocation **list; /* sorted by address */
static size_t n_list, capacity;
static struct allocation **opened;
static size_t n_opened;

size_t memory_total(void) { return (size_t)setting("EMULATED_CUDA_MEMORY", (long long)4 << 30); }

static bool heap_make(void)
{
    if (view)
        return true;
    page = (size_t)sysconf(_SC_PAGESIZE);
    file = memfd_create("emulated cuda", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, (off_t)SPACE) != 0)
        return false;
    void *a = mmap(NULL, SPACE, PROT_NONE, MAP_SHARED | MAP_NORESERVE, file, 0);
    void *b = mmap(NULL, SPACE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0);
    if (a == MAP_FAILED || b == MAP_FAILED)
        return false;
    madvise(a, SPACE, MADV_DONTDUMP);
    madvise(b, SPACE, MADV_DONTDUMP);
    range = a;
    view = b;
    return true;
}

static char *view_of(uintptr_t at) { return view + (at - (uintptr_t)range); }

/* The first allocation whose pages end behind `at`. */
static size_t place_of(uintptr_t at)
{
    size_t low = 0, high = n_list;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list[middle]->to > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Free addresses from `offset` on, with a guard before and behind; SPACE: there are none. */
static size_t gap_from(size_t offset, size_t bytes)
{
    for (size_t i = place_of((uintptr_t)range + offset); offset + bytes + 2 * GUARD <= SPACE; i++) {
        if (i == n_list || list[i]->from >= (uintptr_t)range + offset + bytes + 2 * GUARD)
            return offset + GUARD;
        offset = list[i]->to - (uintptr_t)range;
    }
    return SPACE;
}

static bool list_insert(struct allocation *a)
{
    if (n_list == capacity) {
        size_t more = capacity ? 2 * capacity : 256;
        struct allocation **larger = realloc(list, more * sizeof *larger);
        if (larger)
            list = larger;
        struct allocation **also = realloc(opened, more * sizeof *also);
        if (also)
            opened = also;
        if (!larger || !also)
            return false;
        capacity = more;
    }
    size_t at = place_of(a->from);
    memmove(list + at + 1, list + at, (n_list - at) * sizeof *list);
    list[at] = a;
    n_list++;
    return true;
}

jx_cuda_result memory_alloc(size_t bytes, jx_cuda_context context, struct allocation **result)
{
    if (!heap_make() || bytes > memory_total() || bytes_live > memory_total() - bytes)
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    size_t pages = (bytes + page - 1) / page * page;
    size_t offset = gap_from(next_offset, pages);
    if (offset == SPACE)
        offset = gap_from(0, pages);
    struct allocation *a = offset == SPACE ? NULL : calloc(1, sizeof *a);
    if (!a)
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    a->from = (uintptr_t)range + offset;
    a->to = a->from + pages;
    a->begin = a->to - (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    a->size = bytes;
    a->context = context;
    if (!list_insert(a)) {
        free(a);
        return JX_CUDA_ERROR_OUT_OF_MEMORY;
    }
    memset(view_of(a->from), FILL, pages);
    next_offset = offset + pages;
    bytes_live += bytes;
    if (bytes_live > context->used_high)
        context->used_high = bytes_live;
    *result = a;
    return JX_CUDA_SUCCESS;
}

static void allocation_close(struct allocation *a)
{
    mprotect((void *)a->from, a->to - a->from, PROT_NONE);
    a->open = false;
}

void memory_free(struct allocation *a)
{
    for (size_t i = 0; a->open && i < n_opened; i++)
        if (opened[i] == a)
            opened[i--] = opened[--n_opened];
    if (a->open)
        allocation_close(a);
    fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)(a->from - (uintptr_t)range),
              (off_t)(a->to - a->from));
    size_t at = place_of(a->from);
    memmove(list + at, list + at + 1, (n_list - at - 1) * sizeof *list);
    n_list--;
    bytes_live -= a->size;
    free(a);
}

struct allocation *memory_find(uintptr_t at)
{
    size_t i = place_of(at);
    return i < n_list && list[i]->begin <= at && at - list[i]->begin < list[i]->size ? list[i]
                                                                                     : NULL;
}

struct allocation *memory_of(jx_cuda_context context)
{
    for (size_t i = n_list; i > 0; i--)
        if (list[i - 1]->context == context)
            return list[i - 1];
    return NULL;
}

bool memory_enter(uintptr_t at)
{
    struct allocation *a = memory_find(at);
    if (!a || !a->live || a->open ||
        mprotect((void *)a->from, a->to - a->from, PROT_READ | PROT_WRITE) != 0)
        return false;
    a->open = true;
    opened[n_opened++] = a;
    return true;
}

void memory_leave(void)
{
    while (n_opened > 0)
        allocation_close(opened[--n_opened]);
}

static bool is_filled(const char *bytes, size_t n)
{
    return n == 0 || ((unsigned char)bytes[0] == FILL && memcmp(bytes, bytes + 1, n - 1) == 0);
}

bool memory_intact(void)
{
    for (size_t i = 0; i < n_opened; i++) {
        const struct allocation *a = opened[i];
        if (!is_filled(view_of(a->from), a->begin - a->from) ||
            !is_filled(view_of(a->begin + a->size), a->to - a->begin - a->size)) {
            message("%s: bytes beside an allocation of %zu were written", block_where(), a->size);
            return false;
        }
    }
    return true;
}

void *memory_view(uintptr_t at, size_t bytes)
{
    const struct allocation *a = memory_find(at);
    return a && a->live && bytes <= a->size - (at - a->begin) ? view_of(at) : NULL;
}

void memory_count(long *allocations, size_t *bytes)
{
    *allocations = (long)n_list;
    *bytes = bytes_live;
}

void memory_tell(uintptr_t at)
{
    size_t i = n_list ? place_of(at) : 0;
    const char *where = block_where();
    if (!view || at < (uintptr_t)range || at - (uintptr_t)range >= SPACE)
        message("%s: address 0x%zx is not of the device", where, (size_t)at);
    else if (i < n_list && list[i]->begin <= at && at - list[i]->begin < list[i]->size)
        message("%s: address 0x%zx is in memory that its stream has not allocated yet", where,
                (size_t)at);
    else if (i < n_list && list[i]->begin <= at)
        message("%s: address 0x%zx is %zu bytes behind an allocation of %zu", where, (size_t)at,
                (size_t)(at - list[i]->begin - list[i]->size), list[i]->size);
    else if (i > 0 && at - list[i - 1]->begin < list[i - 1]->size + GUARD)
        message("%s: address 0x%zx is %zu bytes behind an allocation of %zu", where, (size_t)at,
                (size_t)(at - list[i - 1]->begin - list[i - 1]->size), list[i - 1]->size);
    else if (i < n_list && list[i]->begin - at <= GUARD)
        message("%s: address 0x%zx is %zu bytes before an allocation of %zu", where, (size_t)at,
                (size_t)(list[i]->begin - at), list[i]->size);
    else
        message("%s: address 0x%zx is in no allocation", where, (size_t)at);
}
