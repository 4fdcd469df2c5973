/*
 * cubin.h - the emulated cubin: this head, then the bytes of a shared object of the host.
 */
#ifndef EMULATED_CUBIN_H
#define EMULATED_CUBIN_H

#include <stddef.h>
#include <stdint.h>

#define CUBIN_MAGIC "emulated cubin\n" /* 16 bytes with its end */

struct cubin {
    char magic[16];
    uint64_t size; /* of the object, bytes */
    uint64_t hash; /* of the object, and of `arch` */
    uint32_t arch; /* 80: sm_80 */
    uint32_t unused;
};

/* FNV-1a, 64 bits (Fowler, Noll, Vo); begin with CUBIN_HASH. */
#define CUBIN_HASH 0xcbf29ce484222325u
static inline uint64_t cubin_hash(uint64_t hash, const void *bytes, size_t n)
{
    for (const unsigned char *b = bytes; n > 0; n--, b++)
        hash = (hash ^ *b) * 0x100000001b3u;
    return hash;
}

#endif
