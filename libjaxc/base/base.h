/*
 * base/base.h - what everything stands on: allocation, errors and places, slots, buffers, dtypes,
 * shapes, maps.
 *
 * Nothing here knows values, programs or backends. Functions that can fail return false or NULL
 * with the error set by jx_fail.
 */
#ifndef JX_BASE_H
#define JX_BASE_H

#include <jaxc/types.h>

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

/* ---- allocation: alloc.c --------------------------------------------------------------------- */

/* Zeroed memory for n objects of `size` bytes; NULL with JAXC_ENOMEM set when it fails or n * size
 * overflows. */
void *jx_alloc(size_t n, size_t size);
/* The same, aligned to 64 bytes, not zeroed; from 64 KiB on, freed blocks are kept warm for it. */
void *jx_alloc_aligned(size_t bytes);
/* Zeroed memory, aligned to 64 bytes, for the library's own tables, which outlive any value: slabs,
 * what a thread keeps. It is counted apart, stays with the allocator it came from, and is in reach
 * of leak checkers as long as it lives. */
void *jx_reserve(size_t bytes);
void jx_unreserve(void *p); /* NULL is fine */
void jx_free(void *p);      /* NULL is fine */
/* Makes room for `need` elements in a growing array; new room is zeroed. */
bool jx_grow(void *array_pointer, size_t *capacity, size_t need, size_t element_size);
char *jx_strdup(const char *s);
size_t jx_live_bytes(void);
size_t jx_peak_bytes(void);
size_t jx_reserved_bytes(void);
size_t jx_cached_bytes(void); /* freed and kept warm */

/* a * b and a + b on sizes; false on overflow, without setting an error. */
static inline bool jx_mul_size(size_t a, size_t b, size_t *result)
{
    return !__builtin_mul_overflow(a, b, result);
}
static inline bool jx_add_size(size_t a, size_t b, size_t *result)
{
    return !__builtin_add_overflow(a, b, result);
}

/* ---- places and errors: error.c -------------------------------------------------------------- */

/* A place in the user's program: "train.c:42: jaxc_dot". All members may be zero. */
struct jx_loc {
    const char *file; /* not owned, lives for good */
    const char *call; /* the public function, as the user spells it */
    int line;
};

/* Every public function begins with this: it takes the place noted by jaxc_at (none noted: it stays
 * at its caller's, under its own name) and returns the previous one, which functions that call back
 * into user code restore with jx_set_here. */
struct jx_loc jx_enter(const char *call);
struct jx_loc jx_here(void);
void jx_set_here(struct jx_loc loc);
void jx_note(struct jx_loc loc); /* its place is the next call's, as by jaxc_at */

/*
 * A function of the user's that the library runs: for a transform, or on the leaves of a tree. It
 * lies on the stack of who runs it. An error that is set meanwhile names it, unless it has the same
 * place: "train.c:7: jaxc_dot: k differs (in the function of jaxc_grad at train.c:70)".
 */
struct jx_frame {
    const struct jx_frame *outer;
    const char *part;  /* "the function", "the rule", of what loc.call has made */
    struct jx_loc loc; /* where it was called */
    /* Of jaxc_tree_map, otherwise NULL: the path of the leaf, in the buffer; "": the tree is one */
    const char *(*leaf)(const struct jx_frame *frame, char *buffer, size_t size);
};
/* Runs it at the present place, for the call of this name (NULL: the one that is there). */
void jx_frame_push(struct jx_frame *frame, const char *part, const char *call);
void jx_frame_pop(const struct jx_frame *frame);
const struct jx_frame *jx_frame_innermost(void); /* NULL: none */

/* Sets the thread's error unless one is pending; prefixes the current place. Always returns false.
 * */
bool jx_fail(jaxc_status code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same at another place. */
bool jx_fail_at(struct jx_loc loc, jaxc_status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The code of the thread's pending error. */
jaxc_status jx_error_pending(void);
/* How many errors the thread has had, also those that were not kept because one was pending. */
uint32_t jx_error_count(void);
/* Errors the library provokes itself (probing) are taken back: save takes the pending error away,
 * restore puts it back, and nothing that was set between them is kept. Neither allocates. */
#define JX_ERROR_TEXT 1024 /* bytes of a message with its end; what is longer is cut */
struct jx_error_state {
    jaxc_status code;
    uint32_t count;
    char text[JX_ERROR_TEXT];
};
void jx_error_save(struct jx_error_state *state);
void jx_error_restore(const struct jx_error_state *state);

/* ---- growing text: text.c -------------------------------------------------------------------- */

/* A text under construction. After a failed allocation it stays failed, and jx_text_take gives
 * NULL. */
struct jx_text {
    char *data;
    size_t n, capacity;
    bool failed;
};
void jx_text_add(struct jx_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *jx_text_take(struct jx_text *t); /* the caller frees; NULL with ENOMEM set if it failed */
void jx_text_fini(struct jx_text *t);
/* A byte as it stands in a C string, in a buffer of 8; a text as a C string, quotes included, in a
 * buffer of `size` bytes, cut to fit. */
const char *jx_escape(char c, char *mark);
const char *jx_quote(const char *text, char *buffer, size_t size);

/* ---- dtypes: dtype.c ------------------------------------------------------------------------- */

enum jx_category { JX_CAT_BOOL, JX_CAT_UNSIGNED, JX_CAT_SIGNED, JX_CAT_FLOAT, JX_CAT_COMPLEX };

struct jx_dtype_info {
    const char *name;   /* the printer's: "f32" */
    const char *c_name; /* the user's: "JAXC_F32" */
    unsigned size;      /* bytes */
    enum jx_category category;
    bool supported; /* false: known, but arrays of it cannot be made yet */
};
const struct jx_dtype_info *jx_dtype_info(
    jaxc_dtype dtype); /* NULL for a number that is no dtype */
static inline bool jx_is_float(jaxc_dtype d) { return jx_dtype_info(d)->category == JX_CAT_FLOAT; }
static inline bool jx_is_integer(jaxc_dtype d)
{
    enum jx_category c = jx_dtype_info(d)->category;
    return c == JX_CAT_SIGNED || c == JX_CAT_UNSIGNED;
}
bool jx_dtype_parse(const char *name, size_t length, jaxc_dtype *dtype);

/* The promotion lattice of JAX with 64-bit mode on: join of (dtype, weak) pairs. A weak result has
 * the default dtype of its category (i32, f32, c64), unless both were weak: then their dtypes join.
 * */
void jx_promote(jaxc_dtype a, bool a_weak, jaxc_dtype b, bool b_weak, jaxc_dtype *dtype,
                bool *weak);

/* One scalar of any dtype but the complex ones, wide enough to hold it exactly. */
union jx_scalar {
    int64_t i;  /* bool and signed */
    uint64_t u; /* unsigned */
    double f;   /* floats */
};
/* Reads or writes one element at p; conversion follows section 6 of the semantics. */
union jx_scalar jx_scalar_load(const void *p, jaxc_dtype dtype);
void jx_scalar_store(void *p, jaxc_dtype dtype, union jx_scalar s);
union jx_scalar jx_scalar_convert(union jx_scalar s, jaxc_dtype from, jaxc_dtype to);

/* ---- shapes: shape.c ------------------------------------------------------------------------- */

/* Number of elements; false (JAXC_ELIMIT set) when it does not fit int64 or a size is negative. */
bool jx_n_elements(int rank, const int64_t *dims, int64_t *n);
/* For shapes that were checked when they were made. */
int64_t jx_count(int rank, const int64_t *dims);
bool jx_same_dims(int rank, const int64_t *a, const int64_t *b);
/* Whether a user's set of axes or arguments was made by its macro, or is empty: a bare number in
 * braces gets into another member. JAXC_EVALUE otherwise, which says to write `how`. */
bool jx_check_given(const struct jaxc_given *given, int n, int max, const int *at, const char *how);
/* A user's axis in [-rank, rank) to [0, rank); JAXC_EAXIS otherwise. */
bool jx_axis(int axis, int rank, int *result);

/* ---- hashing and maps: map.c ----------------------------------------------------------------- */

uint64_t jx_hash(const void *bytes, size_t n, uint64_t seed);
static inline uint64_t jx_mix(uint64_t h, uint64_t v)
{
    h ^= v + 0x9e3779b97f4a7c15u + (h << 6) +
         (h >> 2);            /* golden ratio, as in Boost's hash_combine */
    h *= 0xff51afd7ed558ccdu; /* MurmurHash3's finaliser */
    return h ^ (h >> 33);
}

extern const char jx_map_gone;
#define JX_MAP_GONE ((void *)&jx_map_gone)

/* Open addressing from a 64-bit hash to a pointer; several entries may share a hash: the caller
 * compares. Not locked. */
struct jx_map {
    struct jx_map_entry {
        uint64_t hash;
        void *value; /* NULL: free; JX_MAP_GONE: removed. Who walks the entries skips both */
    } * entries;
    size_t capacity, n, n_used;
};
/* The next entry with this hash, starting after *cursor (0 to begin); NULL at the end. */
void *jx_map_next(const struct jx_map *map, uint64_t hash, size_t *cursor);
bool jx_map_add(struct jx_map *map, uint64_t hash, void *value);
void jx_map_remove(struct jx_map *map, uint64_t hash, const void *value);
void jx_map_fini(struct jx_map *map);

/* ---- slots: slot.c --------------------------------------------------------------------------- */

/*
 * A slot holds one object behind a handle. Its word is generation << 32 | count. The handle itself
 * counts one; jx_slot_acquire adds one while the object is in use. Closing bumps the generation, so
 * later uses fail; the last count to go releases the object and frees the slot. Slabs are never
 * freed. Generations of handles are odd.
 */
enum jx_slot_kind { JX_SLOT_VALUE = 1, JX_SLOT_FN };

/* What messages say of a closed object. */
#define JX_SLOT_DIMS 3
struct jx_slot_type {
    uint8_t dtype; /* jaxc_dtype; 0: not an array */
    uint8_t rank;
    bool weak;
    bool traced;
    int64_t dims[JX_SLOT_DIMS]; /* those of the first axes */
};

struct jx_slot {
    _Atomic uint64_t word;
    void *object;
    uint32_t object_index;  /* which result of the object */
    uint8_t kind;           /* enum jx_slot_kind */
    uint8_t reason;         /* why the last object was closed: enum jx_slot_reason */
    _Atomic uint32_t keeps; /* jaxc_keep's count */
    uint32_t next_free;
    uint32_t number;          /* its own; 0 before its first use */
    struct jx_loc made;       /* where the present or last object was made */
    struct jx_loc closed;     /* where the last one was closed; of a scope: where that was opened */
    struct jx_slot_type type; /* of the last one */
};
enum jx_slot_reason {
    JX_CLOSED_SCOPE = 1,
    JX_CLOSED_TRACE, /* the scope of a trace; `closed` is who traced */
    JX_CLOSED_DROP,
    JX_CLOSED_DONATED
};

/* A fresh handle for the object, with one count. kind says who releases
 * it (jx_slot_set_release). */
bool jx_slot_new(enum jx_slot_kind kind, void *object, uint32_t index, uint32_t *slot,
                 uint32_t *generation);
/* The slot, counted up; NULL when the handle is stale or never was one (no error is set). */
struct jx_slot *jx_slot_acquire(uint32_t slot, uint32_t generation, enum jx_slot_kind kind);
void jx_slot_release(struct jx_slot *s);
/* Ends the handle, at the present place. false when it had ended already. */
bool jx_slot_close(uint32_t slot, uint32_t generation, enum jx_slot_reason reason);
/* What is known of a dead handle that was `used`, or whatever was done to it, in a buffer of
 * JX_ERROR_TEXT bytes; JAXC_EDEAD or JAXC_EDONATED. `what` is "value" or "function". */
jaxc_status jx_slot_describe(uint32_t slot, uint32_t generation, const char *what, const char *used,
                             char *buffer);
/* Sets that as the error. For the poison handle {0, 0} a pending error says why already. */
bool jx_slot_explain(uint32_t slot, uint32_t generation, const char *what);
/* What releases an object when its slot empties; set once per kind by ir and api. */
void jx_slot_set_release(enum jx_slot_kind kind, void (*release)(void *object));
/* What tells the type of an object, called under a lock; none set: nothing is told. */
void jx_slot_set_type(enum jx_slot_kind kind,
                      void (*type)(const void *object, uint32_t index, struct jx_slot_type *type));
size_t jx_slots_live(void);

/* ---- buffers: buffer.c ----------------------------------------------------------------------- */

/*
 * How elements lie. block 0: row-major. Otherwise axis `axis` (size n) is cut in panels of `block`:
 * element (.., o, ..) lies at (o / block) * (all other elements) * block + (row-major place among
 * the others) * block + o % block; n is padded up to a multiple of block.
 */
struct jx_layout {
    uint8_t block;
    uint8_t axis;
};

/* Memory that is not the host's but a device's. All functions are thread-safe and see the device's
 * work in the order in which it was asked for. */
struct jx_memory {
    const char *name;            /* "cuda:0" */
    void *(*alloc)(size_t size); /* NULL with the error set */
    void (*release)(void *data); /* once the work before is done */
    bool (*copy)(void *to, const void *from, size_t size);
    bool (*upload)(void *to, const void *from, size_t size);   /* `from` may change afterwards */
    bool (*download)(void *to, const void *from, size_t size); /* `to` has it afterwards */
};

/* Memory with a count. Immutable once it is a value's. */
struct jx_buffer {
    _Atomic uint32_t refs;
    struct jx_layout layout;
    size_t size;                             /* bytes */
    void *data;                              /* 64-byte aligned unless wrapped */
    const struct jx_memory *memory;          /* that data lies in; NULL: the host's */
    void (*release)(void *data, void *user); /* of a wrapped one; NULL: data is ours */
    void *user;
    /* The same elements in another layout or memory, owned; that one's alternate is a third. */
    struct jx_buffer *_Atomic alternate;
};
/* memory NULL: the host's. Contents are undefined. */
struct jx_buffer *jx_buffer_new(const struct jx_memory *memory, size_t size,
                                struct jx_layout layout);
struct jx_buffer *jx_buffer_wrap(void *data, size_t size, void (*release)(void *, void *),
                                 void *user);
struct jx_buffer *jx_buffer_ref(struct jx_buffer *b);
void jx_buffer_unref(struct jx_buffer *b); /* NULL is fine */
/* Bytes of an array in a layout; false with JAXC_ELIMIT when it does not fit. */
bool jx_buffer_size(jaxc_dtype dtype, int rank, const int64_t *dims, struct jx_layout layout,
                    size_t *size);

#endif
