/*
 * backend/cpu/tile.h - tile programs: how a kernel is interpreted.
 *
 * A tile is a block of `rows` x `cols` points of the iteration space, a few hundred of them; along
 * each tile axis all other indices stand still. A register holds one value for each point of a
 * tile, or fewer where it does not vary:
 *
 *     class 0  one value                  class 1  one for each row
 *     class 2  one for each column        class 3  one for each point
 *
 * stored densely, row by row. Columns are the lanes of the vector loops. The axis that reductions
 * run over is
 *     the columns  (inner lanes: a row of the tile is reduced to one value; its outer registers
 *                  have class 0 or 1),
 *     the rows     (outer lanes: rows are joined elementwise; outer registers have class 0 or 2), or
 *     neither      (elementwise kernels, and products, whose sum comes from matmul.h).
 * All other axes, and the blocks of a tile axis that does not fit, are loops: outer ones around the
 * program and inner ones around the body of each stage. An instruction runs at the level of the
 * loops that it depends on.
 *
 * An operation finds its operands through the table of pointers `p`: a slot of the thread's own
 * memory, a constant, or a cursor that the loops move through memory, so that a load or store of
 * contiguous elements costs nothing.
 */
#ifndef JX_CPU_TILE_H
#define JX_CPU_TILE_H

#include "backend/cpu/isa.h"
#include "backend/cpu/threads.h"
#include "backend/space.h"

#define JX_TILE_LOOPS (JX_SPACE_AXES + 2) /* the other axes, and the blocks of both tile axes */

/* ---- operations: tile_*_isa.c ---------------------------------------------------------------- */

enum { JX_CLASS_ONE = 0, JX_CLASS_ROWS = 1, JX_CLASS_COLS = 2, JX_CLASS_FULL = 3 };

struct jx_tile_op;
struct jx_tile;
typedef void jx_tile_fn(const struct jx_tile_op *op, struct jx_tile *t);

struct jx_tile_op {
    jx_tile_fn *run;
    const struct jx_tile_move *move; /* of operations that move, count or reduce; else NULL */
    uint16_t d, a, b, c;             /* in jx_tile.p: result, operands */
    uint8_t cls;                     /* of what is computed, or, for a reduction, of what is read */
    uint8_t flags;
};
enum {
    JX_OP_FIRST = 1,   /* a reduction: begins, instead of adding to what is in d */
    JX_OP_ROWWISE = 2, /* a reduction: along each row (inner lanes); else over the rows */
    JX_OP_MASKED = 4   /* a take: c says which elements are valid */
};

/* What one thread works with. */
struct jx_tile {
    int64_t len
        [4]; /* elements of a register, by class: 1, rows, cols, rows * cols of the present tile */
    int64_t at[JX_TILE_LOOPS]; /* counters of the loops */
    bool ready;                /* the prologue has run */
    char *p[];
};

#define JX_DENSE INT64_MIN /* a row stride: rows follow each other, as in a slot */

/* A guard as a tile sees it: g = offset + sum loop[l] * at[l] + row * r + col * c. */
struct jx_tile_guard {
    int n_loops;
    int64_t offset, loop[JX_TILE_LOOPS], row, col;
    int64_t limit, step,
        stride; /* valid: 0 <= g < limit, step divides g; adds g / step * stride elements */
};

/* Strides in elements; of a take, dst_* are those of its addresses and of its mask. */
struct jx_tile_move {
    int64_t src_row, src_col, dst_row, dst_col;
    int n_guards;
    const struct jx_tile_guard *guards;
    union { /* an element with the bits of the fill value */
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        uint64_t u64;
    } fill;
    struct jx_tile_guard index; /* of a counting operation: its value is g */
};

/* Dtypes that loops exist for, numbered from 0 without gaps. */
enum jx_tag {
#define JX_ROW(tag) JX_TAG_##tag,
    JX_MEMORY_TAGS(JX_ROW)
#undef JX_ROW
        JX_N_TAGS
};
enum { JX_N_SIZES = 4 }; /* of elements: 1, 2, 4, 8 bytes */

/* A binary loop's forms: which operand is a single value (class 0) though the result is none. */
enum { JX_FORM_VV, JX_FORM_VS, JX_FORM_SV, JX_N_FORMS };

/* a * b + c, a * b - c, c - a * b, rounded once where the machine can. */
enum { JX_MUL_ADD, JX_MUL_SUB, JX_SUB_MUL, JX_N_FUSED };

/* Every member may be NULL where no such loop exists: the operand is then spread over a
 * tile first. */
struct jx_tile_scalar_ops {
    jx_tile_fn *unary[JX_N_SCALAR_OPS][JX_N_TAGS][JX_N_TAGS]; /* from, to */
    jx_tile_fn *rare[JX_N_SCALAR_OPS][JX_N_TAGS]; /* before the others, where it stands */
    jx_tile_fn *binary[JX_N_SCALAR_OPS][JX_N_TAGS][JX_N_FORMS]; /* by dtype of the operands */
    jx_tile_fn *fused[JX_N_FUSED][JX_N_TAGS][4]; /* floats; bit 0: b is one value, bit 1: c is */
    jx_tile_fn
        *select[JX_N_TAGS]
               [4]; /* by dtype of the cases; bit 0: the true case is one value, bit 1: the false */
};
JX_ISA_DECLARE(struct jx_tile_scalar_ops, jx_tile_scalar_ops);

struct jx_tile_reduce_ops {
    jx_tile_fn *reduce[JX_N_COMBINES][JX_N_TAGS];
    jx_tile_fn
        *arg_reduce[2][JX_N_TAGS]
                   [JX_N_TAGS]; /* max, min; value, index. a value, b index, d index, c value */
    jx_tile_fn *arg_join[2][JX_N_TAGS]
                        [JX_N_TAGS]; /* elementwise: the better of (c, d) and (a, b) to (c, d) */
};
JX_ISA_DECLARE(struct jx_tile_reduce_ops, jx_tile_reduce_ops);

struct jx_tile_move_ops {
    jx_tile_fn *count[JX_N_TAGS]; /* an index */
    jx_tile_fn *move[JX_N_SIZES]; /* from a to d, by the strides of `move` */
    jx_tile_fn *take[JX_N_SIZES]; /* from a at the addresses b to d, or the fill where c is 0 */
    jx_tile_fn
        *move_guarded[JX_N_SIZES]; /* p[d] becomes the source itself where it is whole and dense,
                                                        else the slot p[c], filled */
    jx_tile_fn *load_dense[JX_N_SIZES];  /* the same without guards */
    jx_tile_fn *store_dense[JX_N_SIZES]; /* p[a] back to p[d] unless they are the same */
    jx_tile_fn *open_dense; /* p[d] becomes p[a] where its rows are dense, else the slot p[c] */
};
JX_ISA_DECLARE(struct jx_tile_move_ops, jx_tile_move_ops);

/* ---- programs: tile_build.c ------------------------------------------------------------------ */

enum {
    JX_CURSOR_OWN = -1,
    JX_CURSOR_PRODUCT = -2
}; /* storages of cursors into the slots, the product's tile */

struct jx_tile_cursor {
    int storage;
    int64_t offset; /* bytes */
};

/* The partial result of a reduction that is cut in chunks. */
struct jx_tile_partial {
    int stage;
    uint16_t p, second; /* what it accumulates in; of an arg-reduction the index, then the value */
    uint8_t cls;
    bool arg;
    size_t size, second_size;     /* bytes of a whole one */
    size_t offset, second_offset; /* in a chunk's record */
    jx_tile_fn *join;             /* a binary loop, or arg_join */
};

struct jx_tile_stage {
    int pre, body,
        post; /* first operations: once before the inner loops, in them, once after them */
};

struct jx_tile_program {
    int64_t rows, cols;             /* of a whole tile */
    int64_t row_extent, col_extent; /* of the axes they lie on */
    int row_loop, col_loop;         /* the loop over their blocks, or -1 */
    int n_outer, n_loops;           /* loops [0, n_outer) are outer */
    int64_t count[JX_TILE_LOOPS];
    int64_t n_outer_tiles, n_inner_tiles;

    int n_cursors, n_constants, n_slots,
        n_pointers; /* jx_tile.p in this order, then pointers set by operations */
    struct jx_tile_cursor *cursors;
    int64_t *stride;  /* [loop][cursor], bytes for one step of the loop */
    int64_t *advance; /* the same, less what the loops inside it went forward */
    int64_t *rewind;  /* [cursor]: from the end of the inner loops to their beginning */
    uint64_t *constants;
    uint32_t *slots;    /* offsets into the slots' memory */
    int n_shared_slots; /* those before are not used by stage bodies alone */

    struct jx_tile_op *ops;
    int n_ops, n_stages;
    struct jx_tile_stage
        *stages; /* one more than n_stages; ops before stages[0].pre are the prologue */
    struct jx_tile_move *moves;
    struct jx_tile_guard *guards;

    int n_partials;
    struct jx_tile_partial *partials;
    int64_t chunk_tiles,
        n_chunks;      /* inner tiles of one chunk; chunks of the inner loops. 1 chunk: not cut */
    size_t chunk_size; /* bytes of a chunk's partial results */
    size_t memory;     /* bytes one thread needs: struct jx_tile, its pointers, the slots */
    size_t slots_at;   /* where the slots begin in it */
    double cost;       /* of the whole, in nanoseconds, roughly */
};

/* How a program's tiles are laid out by force: for epilogues of products. */
struct jx_tile_epilogue {
    int row_axis, col_axis;    /* axes of the space, or -1 where there is none */
    int64_t rows, cols, pitch; /* of the product's tile: elements from row to row */
};

/* NULL with the error set. The program keeps no pointer to the space. */
struct jx_tile_program *jx_tile_build(const struct jx_space *space,
                                      const struct jx_tile_epilogue *epilogue);
void jx_tile_free(struct jx_tile_program *program); /* NULL is fine */

/* ---- running: tile_run.c --------------------------------------------------------------------- */

/* Where a run finds its memory. Nothing in it is written by tile_run.c. */
struct jx_tile_run {
    char *const *storages; /* where each one lies */
    char *memory;          /* of the threads, `stride` bytes apart, each at least program->memory */
    size_t stride;
    char *shared; /* of a program that is cut in chunks: program->memory bytes for what its threads
                     share, */
    char *chunks; /*   and n_chunks * chunk_size bytes */
};

/* One thread's part of a program; team NULL: all of it. No barrier at the end, and none before. */
void jx_tile_run(const struct jx_tile_program *program, const struct jx_tile_run *run,
                 struct jx_team *team, int thread);

/* An epilogue: makes a thread ready; then runs blocks, at the given index of each outer axis. */
void jx_tile_begin(const struct jx_tile_program *program, const struct jx_tile_run *run,
                   int thread);
void jx_tile_block(const struct jx_tile_program *program, const struct jx_tile_run *run, int thread,
                   const int64_t *at, int64_t rows, int64_t cols, char *product);

#endif
