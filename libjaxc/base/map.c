/*
 * map.c - hashing, and a map from 64-bit hashes to pointers by linear probing.
 *
 * The capacity is 0 or a power of two, and at least a quarter of the entries are free, so every
 * probe ends. A removed entry stays as JX_MAP_GONE only where a probe may have to pass it.
 */
#include "base/base.h"

#include <assert.h>

const char jx_map_gone;

/* The high and low half of a product, folded: wyhash's mixer (Wang Yi, public domain). */
static uint64_t fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Odd constants with 32 bits set each, from wyhash. */
#define K0 0xa0761d6478bd642fu
#define K1 0xe7037ed1a0b428dbu
#define K2 0x8ebc6af09c88c6e3u

uint64_t jx_hash(const void *bytes, size_t n, uint64_t seed)
{
    const unsigned char *p = bytes;
    uint64_t h = fold(seed ^ K0, K1), a, b; /* so that bytes cannot undo the seed */
    size_t left = n;
    for (; left > 16; left -= 16, p += 16) {
        memcpy(&a, p, 8);
        memcpy(&b, p + 8, 8);
        h = fold(a ^ K1, b ^ h);
    }
    a = b = 0;
    if (left > 8) {
        memcpy(&a, p, 8);
        memcpy(&b, p + 8, left - 8);
    } else if (left > 0) {
        memcpy(&a, p, left);
    }
    return fold(fold(a ^ K1, b ^ h) ^ K2, (uint64_t)n ^ K1);
}

/* Where the i-th probe for a hash looks. The product spreads hashes that differ in high bits only.
 * */
static size_t probe(const struct jx_map *map, uint64_t hash, size_t i)
{
    return ((size_t)((hash * 0x9e3779b97f4a7c15u) >> 32) + i) & (map->capacity - 1);
}

void *jx_map_next(const struct jx_map *map, uint64_t hash, size_t *cursor)
{
    while (*cursor < map->capacity) {
        const struct jx_map_entry *e = &map->entries[probe(map, hash, *cursor)];
        if (!e->value)
            break;
        (*cursor)++;
        if (e->hash == hash && e->value != JX_MAP_GONE)
            return e->value;
    }
    return NULL;
}

static void insert(struct jx_map *map, uint64_t hash, void *value)
{
    size_t i = 0;
    while (map->entries[probe(map, hash, i)].value &&
           map->entries[probe(map, hash, i)].value != JX_MAP_GONE)
        i++;
    struct jx_map_entry *e = &map->entries[probe(map, hash, i)];
    map->n_used += !e->value;
    map->n++;
    *e = (struct jx_map_entry){hash, value};
}

/* A table in which at most half of the entries are used after one more is added. */
static bool rebuild(struct jx_map *map)
{
    struct jx_map new = {.capacity = 16};
    while (new.capacity / 2 <= map->n)
        new.capacity *= 2;
    new.entries = jx_alloc(new.capacity, sizeof *new.entries);
    if (!new.entries)
        return false;
    for (size_t i = 0; i < map->capacity; i++) {
        const struct jx_map_entry *e = &map->entries[i];
        if (e->value && e->value != JX_MAP_GONE)
            insert(&new, e->hash, e->value);
    }
    jx_free(map->entries);
    *map = new;
    return true;
}

bool jx_map_add(struct jx_map *map, uint64_t hash, void *value)
{
    assert(value && value != JX_MAP_GONE);
    if (map->n_used + 1 > map->capacity - map->capacity / 4 && !rebuild(map))
        return false;
    insert(map, hash, value);
    return true;
}

void jx_map_remove(struct jx_map *map, uint64_t hash, const void *value)
{
    for (size_t i = 0; i < map->capacity; i++) {
        size_t at = probe(map, hash, i);
        struct jx_map_entry *e = &map->entries[at];
        if (!e->value)
            return;
        if (e->hash != hash || e->value != value)
            continue;
        e->value = JX_MAP_GONE;
        map->n--;
        /* No probe goes on past a free entry, so none has to pass removed ones before it. */
        size_t mask = map->capacity - 1;
        if (!map->entries[(at + 1) & mask].value)
            for (; map->entries[at].value == JX_MAP_GONE; at = (at - 1) & mask) {
                map->entries[at].value = NULL;
                map->n_used--;
            }
        return;
    }
}

void jx_map_fini(struct jx_map *map)
{
    jx_free(map->entries);
    *map = (struct jx_map){0};
}
