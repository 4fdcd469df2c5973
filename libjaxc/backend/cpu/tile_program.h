/*
 * backend/cpu/tile_program.h - what the files that make tile programs share.
 */
#ifndef JX_CPU_TILE_PROGRAM_H
#define JX_CPU_TILE_PROGRAM_H

#include "backend/cpu/tile.h"

/* How a space is walked. */
struct jx_geometry {
    int row_axis, col_axis; /* -1: none, the tile has one row or column */
    int64_t rows, cols;     /* of a whole tile */
    int row_loop, col_loop; /* over the blocks of these axes, -1: one block */
    bool rowwise;           /* reductions run along the rows of a tile */
    bool ragged; /* several rows of a length that changes: nothing of class FULL outlives a tile */
    int n_outer, n_loops;
    struct jx_geometry_loop {
        int axis;
        int64_t step, count;
    } loops[JX_TILE_LOOPS];
};
void jx_tile_choose(const struct jx_space *s, const struct jx_tile_epilogue *e,
                    struct jx_geometry *g);
int jx_geometry_class(const struct jx_geometry *g, const struct jx_ref *r);
int jx_geometry_level(const struct jx_geometry *g,
                      const struct jx_ref *r); /* 0, 1: outer loops, 2: inner loops */

enum jx_where {
    IN_SLOT,
    AT_POINTER, /* p of a cursor or a constant */
    BY_OP       /* p is set by an operation, to memory or to the slot of the value `slot` */
};
struct jx_value_place {
    enum jx_where where;
    uint8_t tag, cls, level;
    bool body;    /* a slot that bodies alone use */
    bool pitched; /* AT_POINTER: rows are `pitch` elements apart: for reductions over the rows only
                   */
    int64_t pitch;
    int p, slot;
    int storage;    /* that it may be read from in place; negative: none of the kernel's */
    int stage;      /* of level 2: the only stage where it is valid; -1: everywhere */
    bool handed_on; /* its slot went to another value when it died */
    int spread[4];  /* the same value by class, 1 + its number; 0: none yet */
    int born, dies; /* positions in the list of operations */
};

struct jx_raw_op {
    jx_tile_fn *run;
    int move;       /* index, -1: none */
    int d, a, b, c; /* values, -1: none */
    uint8_t cls, flags, weight;
    bool in_place; /* d may be the slot of an operand of the same size that dies here */
};
struct jx_section {
    struct jx_raw_op *ops;
    size_t n, capacity;
};

/* Instead of the number of a value: a product that its sum will compute, a load that its stores
 * will move. */
enum { DEFERRED = -2 };
/* Instead of an instruction's only user. */
enum { UNUSED = -1, STORED_ONLY = -2, USED_OFTEN = -3 };

struct jx_builder {
    const struct jx_space *s;
    const struct jx_kernel *kernel;
    struct jx_geometry g;
    struct jx_tile_program *program;
    const struct jx_tile_scalar_ops *scalar;
    const struct jx_tile_reduce_ops *reduce;
    const struct jx_tile_move_ops *moves;
    const struct jx_tile_epilogue *epilogue;

    struct jx_section *sections;
    int n_stages, stage; /* the one being built */
    int now;             /* the section of level 1: before or after the inner loops */
    struct jx_value_place *values;
    size_t n_values, value_capacity;
    struct jx_tile_move *move_list;
    size_t n_moves, move_capacity;
    struct jx_tile_guard *guard_list;
    size_t n_guards, guard_capacity;
    struct jx_tile_cursor *cursors;
    int64_t *cursor_stride; /* [cursor][loop], bytes */
    size_t n_cursors, cursor_capacity, stride_capacity;
    uint64_t *constants;
    size_t n_constants, constant_capacity;
    size_t partial_capacity;

    int *value_of;   /* of each instruction: its value, or -1 */
    int *available;  /* of an outer instruction: the stage after whose loops it can be computed; -1:
                        before all */
    int *only_user;  /* of each instruction: the one that uses it once, or one of the enum above */
    uint8_t *needed; /* [stage][instruction]: inner, computed in that stage if it is not kept */
    int *cursor_of;  /* of each reference: its value, or -1 */
    bool *stored;    /* of each store: it has been written */
    struct jx_raw_op lost_op; /* where writing goes once an allocation has failed */
    struct jx_tile_move lost_move;
    struct jx_tile_partial lost_partial;
    int64_t lost_stride[JX_TILE_LOOPS];
    bool failed, cut; /* cut: the inner loops run in chunks, so nothing is kept between stages */
    int64_t kept_bytes;
};

/* tile_build.c: each instruction's value, written with the operations that it takes. b->now and
 * b->stage say where. */
int jx_build_instr(struct jx_builder *b, int instr, int index_ref);
int jx_build_product(
    struct jx_builder *b); /* the finished sum of a product, handed to its epilogue */
void jx_build_move(struct jx_builder *b, int store); /* of a deferred load */
void jx_build_store(struct jx_builder *b, int store, int value, int section, bool if_elsewhere);
int jx_build_store_stage(const struct jx_builder *b, int store);
int jx_build_store_level(const struct jx_builder *b, int store, int level);
bool jx_build_is_hazard(const struct jx_builder *b, int store);
bool jx_build_overlaps(const struct jx_code *code, int x, int y);
bool jx_build_is_direct(const struct jx_builder *b, int store,
                        int cls); /* memory is as a register of this class */
int jx_build_store_cursor(struct jx_builder *b, int store, int tag);
int jx_build_copy(struct jx_builder *b, int value); /* in a slot of its own */
int jx_build_section(const struct jx_builder *b, int level);
int jx_tag_size(int tag);

#endif
