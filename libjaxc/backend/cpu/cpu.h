/*
 * backend/cpu/cpu.h - what a compiled executable of the CPU backend is made of.
 *
 * Steps in order; each is a tile program, or a matrix product with a tile program as its epilogue.
 * A run takes an arena: the temporaries of the code, and what the steps need besides. Arenas are
 * kept with the executable, so in the steady state a run allocates nothing, and concurrent runs
 * have one each.
 *
 * Where the plan lets a result take the memory of an operand, or a temporary that of another, a
 * kernel may read what it overwrites, provided that it reads it through the same view that it
 * stores through.
 */
#ifndef JX_CPU_H
#define JX_CPU_H

#include "backend/cpu/matmul.h"
#include "backend/cpu/tile.h"

struct jx_product {
    struct jx_matmul plan;
    int a, b, c;                         /* storages */
    size_t a_offset, b_offset, c_offset; /* bytes */
    struct jx_tile_program *epilogue;    /* NULL: tiles are stored in c */
    /* The epilogue's axes: those of each list, outermost first, as numbers of its outer loops, and
     * their sizes. */
    int n_axes[JX_MATMUL_N_LISTS], axis[JX_MATMUL_N_LISTS][JX_MATMUL_AXES];
    int64_t size[JX_MATMUL_N_LISTS][JX_MATMUL_AXES];
};

/* A routine: its loads and stores are strides over the kernel's axes. */
struct jx_routine_step {
    struct jx_routine routine;
    int n_outer, n_axes, n_loads, n_stores;
    int64_t dims[JX_MAX_AXES];
    struct jx_routine_view {
        int storage, size; /* bytes of an element */
        jaxc_dtype dtype;
        int64_t offset, stride[JX_MAX_AXES]; /* bytes */
        int reg;                             /* of a store: the load */
    } * views;                               /* owned: loads, then stores */
    size_t memory;                           /* of each thread */
    double cost;                             /* in nanoseconds, roughly */
};

struct jx_step {
    struct jx_tile_program *program; /* or */
    struct jx_product *product;      /* or */
    struct jx_routine_step *routine;
    bool parallel;
};

struct jx_executable {
    struct jx_code code; /* the caller's, with storages of our own behind its storages */
    size_t storage_capacity, step_capacity;
    struct jx_step *steps;
    size_t n_steps;
    bool parallel, has_product;
    int *bound, n_bound; /* storages that are operands or results */

    /* An arena: temporaries, scratch of products, shared and chunks of cut programs, then a context
     * for each thread. */
    size_t scratch_at, shared_at, chunks_at, contexts_at, context_size;
    struct jx_arena *_Atomic ready; /* one that is free: taken and put back without the lock */
    pthread_mutex_t lock;
    struct jx_arena *others;
};

/* Appends a temporary of n elements; its storage number, or -1. */
int jx_executable_temp(struct jx_executable *e, jaxc_dtype dtype, int64_t n);
/* Appends steps that run a kernel, part by part, as tile programs. */
bool jx_executable_tiles(struct jx_executable *e, const struct jx_kernel *kernel);
/* The same for a kernel whose dot is set: product.c. */
bool jx_executable_product(struct jx_executable *e, const struct jx_kernel *kernel);
/* The same for a routine: routine.c. */
bool jx_executable_routine(struct jx_executable *e, const struct jx_kernel *kernel);
/* Takes over what the step owns, also on failure. */
bool jx_executable_step(struct jx_executable *e, struct jx_step step);

void jx_product_run(const struct jx_product *product, const struct jx_tile_run *run, char *scratch,
                    struct jx_team *team, int thread);
void jx_product_free(struct jx_product *product);

void jx_routine_run(const struct jx_routine_step *step, const struct jx_tile_run *run,
                    struct jx_team *team, int thread);
void jx_routine_free(struct jx_routine_step *step);

/* The number of a dtype of memory among the tags, or -1. */
int jx_routine_tag(jaxc_dtype dtype);
/* Where a view stands at an outer point, given by its number; the axis `skip` stays at 0. */
char *jx_routine_place(const struct jx_routine_step *s, const struct jx_tile_run *run, int view,
                       int64_t point, int skip);
/* Of a sort: sort.c. */
bool jx_sort_prepare(struct jx_routine_step *step, double points);
void jx_sort_run(const struct jx_routine_step *step, const struct jx_tile_run *run,
                 struct jx_team *team, int thread);

/* Loops of routines: routine_isa.c. Strides in bytes; d may be s. */
struct jx_routine_ops {
    /* Rows of n_cols; row r becomes the operation of row r - 1 and row r. */
    void (*prefix[JX_N_SCALAR_OPS][JX_N_TAGS])(char *d, int64_t d_row, int64_t d_col, const char *s,
                                               int64_t s_row, int64_t s_col, int64_t n_rows,
                                               int64_t n_cols);
    /* For n points: the element at d + i * d_step + address[i] elements takes the value in. */
    void (*scatter[JX_N_SCALAR_OPS][JX_N_TAGS])(char *d, int64_t d_step, const char *value,
                                                int64_t value_step, const char *address,
                                                int64_t address_step, const char *valid,
                                                int64_t valid_step, int64_t n);
    /* Dtypes of 32 bits only. A key of 32 bits stands above a position. */
    struct jx_sort_ops {
        /* Keys of n elements from number `first` on; whether one of them does not tell its element:
         * NaN, -0. */
        bool (*keys)(uint64_t *to, const char *x, int64_t step, int64_t first, int64_t n);
        /* The elements that keys tell. */
        void (*elements)(char *d, int64_t step, const uint64_t *keys, int64_t n);
        /* Whether an element's key may be greater than this one, without a position. */
        bool (*above)(const char *x, int64_t step, int64_t n, uint32_t key);
    } sort[JX_N_TAGS];
};
JX_ISA_DECLARE(struct jx_routine_ops, jx_routine_ops);

/* The boxes of a kernel's space that blocked axes leave where the blocks do not divide them. An
 * inner axis cannot be cut so: what is blocked along it is read from, or written to, a temporary in
 * row-major order. */
struct jx_parts {
    struct jx_space *spaces;
    size_t n, capacity;
    uint64_t copied_stores; /* bit per store; jx_parts_finish appends the copies of those from their
                               temporaries */
    int temporaries[64];
};
bool jx_parts_init(struct jx_parts *parts, struct jx_executable *e, const struct jx_kernel *kernel);
bool jx_parts_finish(const struct jx_parts *parts, struct jx_executable *e,
                     const struct jx_kernel *kernel);
void jx_parts_fini(struct jx_parts *parts);

#endif
