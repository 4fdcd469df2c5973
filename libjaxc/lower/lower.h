/*
 * lower/lower.h - from programs to kernels.
 *
 *     program --lower--> array graph --fuse--> groups --layout, emit--> kernels --plan--> code
 *
 * A group is a kernel under construction. The fuser visits the graph's nodes once, in order, and
 * puts each computed node into the group of one of its operands when the node has a value at every
 * point where that group already computes the operand, else into a new group. Groups have an order;
 * a group reads only what groups before it wrote, so there are no cycles by construction.
 * Everything is linear in the graph; recursion is bounded by JX_MAX_PATH.
 */
#ifndef JX_LOWER_H
#define JX_LOWER_H

#include "ir/ir.h"
#include "kernel/graph.h"

struct jx_lower_options {
    const struct jx_backend *backend;
    const bool *donated; /* per operand; NULL: none */
    bool row_major_only; /* no layouts */
    bool no_fusion;      /* every graph node its own kernel, for the oracle */
};

/*
 * The code of a program without nested programs. Operands: its consts, then its inputs; results:
 * its outs, each its own memory but for donated operands. NULL with the error set on failure.
 * lower.c
 */
struct jx_code *jx_lower_program(const struct jx_program *p, const struct jx_lower_options *o);
/* The same from a graph; for tests of the fuser alone. */
struct jx_code *jx_lower_graph(const struct jx_graph *graph, const struct jx_lower_options *o);

/* ---- maps: affine.c -------------------------------------------------------------------------- */

/*
 * Where a node is read, as a function of the axes of a group. The variables are the group's axes,
 * then quotients: the results of guards with a step.
 */
#define JX_MAX_QUOTIENTS 8
#define JX_N_VARS        (JX_MAX_AXES + JX_MAX_QUOTIENTS)
#define JX_MAX_BOUNDS    8
#define JX_MAX_PATH      8 /* views in a row before one is put into memory */

struct jx_form { /* offset + sum coef[v] * variable v */
    int64_t offset, coef[JX_N_VARS];
};
struct jx_bound { /* valid iff 0 <= at < size * step and step divides at */
    struct jx_form at;
    int64_t size, step;
    int quotient; /* the variable at / step; -1: step is 1 */
};
struct jx_affine {
    int rank;
    struct jx_form at[JAXC_MAX_RANK];
    int n_bounds, n_quotients;
    struct jx_bound bounds[JX_MAX_BOUNDS];
    union jx_scalar fill; /* when there are bounds */
};

enum jx_fit {
    JX_FIT,    /* done */
    JX_NO_FIT, /* cannot be; nothing has changed */
    JX_SPLIT,  /* could be if a group's axis were two: jx_want names it */
    JX_MEMORY, /* could be if a node were in memory: jx_want names it */
    JX_FAILED  /* the error is set */
};
struct jx_want {
    int axis;      /* JX_SPLIT: this axis, ... */
    int64_t inner; /* ... with an inner part of this size */
    int node;      /* JX_MEMORY */
};

/* Through a node: from a map of the result to one of operand 0. sizes: of the group's axes. */
enum jx_fit jx_affine_view(struct jx_affine *m, const struct jx_gnode *view,
                           const struct jx_gnode *x, const int64_t *sizes);
enum jx_fit jx_affine_reshape(struct jx_affine *m, const struct jx_gnode *reshape,
                              const struct jx_gnode *x, const int64_t *sizes, struct jx_want *want);
/* The row-major place of a map's point among `dims`, as one form. */
bool jx_affine_flatten(struct jx_affine *m,
                       const int64_t *dims); /* false: it does not fit 64 bits */
bool jx_affine_same(const struct jx_affine *a,
                    const struct jx_affine *b); /* of maps without bounds */

/* ---- digits: digits.c ------------------------------------------------------------------------ */

/*
 * The place of a node in a group: its elements in row-major order are the points of these axes in
 * row-major order. An axis of -1 is not one of the group's: the node's operand is broadcast along
 * it.
 */
#define JX_MAX_DIGITS 24
struct jx_digits {
    int n;
    struct jx_digit {
        int axis;
        int64_t size;
    } at[JX_MAX_DIGITS];
};
/* Cuts digits so that each axis of dims is a run of them; first[j] is where axis j begins,
 * first[rank] the end. */
enum jx_fit jx_digits_cut(struct jx_digits *d, int rank, const int64_t *dims, int *first,
                          struct jx_want *want);
/* From the digits of a view's operand to those of the view; only through views that lose no
 * element. */
enum jx_fit jx_digits_view(struct jx_digits *d, const struct jx_gnode *view,
                           const struct jx_gnode *x, struct jx_want *want);
/* What both say of the same node, into a. */
enum jx_fit jx_digits_unify(struct jx_digits *a, const struct jx_digits *b, struct jx_want *want);
/* Digits that are cut for dims, as a map. */
void jx_digits_map(const struct jx_digits *d, int rank, const int *first, struct jx_affine *m);

/* ---- groups: group.c ------------------------------------------------------------------------- */

#define JX_MAX_LOADS 96 /* of one kernel */

struct jx_access { /* a load or a store */
    int array;
    uint8_t rank; /* of the array; 1 when flat */
    bool flat;    /* at[0] counts elements of the array in row-major order */
    uint8_t n_bounds;
    union jx_scalar fill;
    uint64_t hash;
    struct jx_form *at;      /* owned */
    struct jx_bound *bounds; /* owned; NULL without */
};
struct jx_gstore {
    int reg;
    struct jx_access to;
};
struct jx_member { /* a node that the group computes */
    int node, reg; /* -1: an operand of its product */
    uint8_t n_axes;
    uint8_t axes[JX_MAX_AXES]; /* its digits */
    uint8_t full;              /* it has a value at every point; else at every outer point */
};
enum jx_group_kind { JX_ELEMENTWISE, JX_REDUCTION, JX_PRODUCT, JX_ROUTINE };

struct jx_group {
    uint8_t kind;
    bool used;   /* a later group reads what it writes, so it may not move */
    bool closed; /* takes nothing more */
    int64_t order;
    int n_axes;
    int64_t size[JX_MAX_AXES];
    bool inner[JX_MAX_AXES];   /* none in an elementwise group */
    uint8_t base[JX_MAX_AXES]; /* all axes in the row-major order of the node that began it */
    struct jx_instr *instrs;   /* inner is 1 in an elementwise group too, until it is emitted */
    struct jx_access *loads;   /* instr.view of a load */
    struct jx_form *counts;    /* instr.view of an index: what it counts, instead of an axis */
    struct jx_gstore *stores;
    struct jx_member *members;
    uint32_t *table; /* value numbering: hash -> instruction + 1 */
    size_t n_instrs, n_loads, n_counts, n_stores, n_members, n_table;
    size_t instrs_capacity, loads_capacity, counts_capacity;
    size_t stores_capacity, members_capacity, table_capacity;
    int extra; /* instructions that the counts may need more than their one */
    struct jx_dot dot;
    struct jx_routine routine;
    struct jx_loc loc;
    bool loc_fixed;    /* loc is that of a reduction or product */
    uint8_t name_tail; /* where the name's last word begins */
    char name[48];
};
void jx_group_fini(struct jx_group *g);
/* One axis for each dim but those of size 1. */
void jx_group_axes(struct jx_group *g, int rank, const int64_t *dims);
/* Cuts an axis in two; every access, count, member and the base follow. False: it cannot be cut. */
bool jx_group_split(struct jx_group *g, int axis, int64_t inner, int limit);
/* The register of an instruction, new or one that computes the same. JX_NO_FIT: over the limit. */
enum jx_fit jx_group_instr(struct jx_group *g, const struct jx_instr *i, int limit, int *reg);
/* args: registers of the load's address and of its validity, -1: none. */
enum jx_fit jx_group_load(struct jx_group *g, int array, jaxc_dtype dtype, bool flat,
                          const struct jx_affine *m, const int *args, bool inner, int limit,
                          int *reg);
bool jx_group_store(struct jx_group *g, int reg, int array, bool flat, const struct jx_affine *m);
enum jx_fit jx_group_count(struct jx_group *g, jaxc_dtype dtype, const struct jx_form *form,
                           bool inner, int limit, int *reg);
struct jx_mark { /* how far a group has come */
    size_t n_instrs, n_loads, n_counts;
    int extra;
};
struct jx_mark jx_group_mark(const struct jx_group *g);
void jx_group_rewind(struct jx_group *g, const struct jx_mark *mark); /* forgets what came after */
bool jx_group_member(struct jx_group *g, int node, int reg, const struct jx_digits *d, bool full);
void jx_member_digits(const struct jx_group *g, const struct jx_member *m, struct jx_digits *d);
void jx_group_name(struct jx_group *g, const char *word);

/* ---- fusing: fuse.c, routine.c, place.c, join.c, expr.c ---------------------------------------------- */

/* An array in memory; becomes a storage. */
struct jx_array {
    uint8_t dtype, rank;
    uint8_t kind; /* enum jx_storage_kind */
    bool read;    /* by a group: `order` is fixed, the writers may not move */
    bool needed;  /* by the results */
    int64_t dims[JAXC_MAX_RANK];
    int64_t order; /* of the last writer */
    int index;     /* operand or result number */
    int pair;      /* of a donated operand and the result that takes its memory: the other's array;
                      itself: it is that result; else -1 */
    struct jx_layout layout;
    int *writers; /* groups, owned */
    size_t n_writers, writers_capacity;
    int storage; /* in the code */
};

/* What is known of a node. */
struct jx_place {
    int group, member; /* where it is computed; -1 */
    int array;         /* where it lies in memory; -1 */
    int leaf;          /* JX_P_ANYWHERE: an array node it reads; -1: none */
    int n_uses, user;  /* by live nodes and results; the first of them, -1: a result */
    uint8_t state;     /* JX_P_ flags */
    uint8_t weight;    /* JX_P_ANYWHERE, JX_P_ONCE: its instructions */
    uint8_t height;    /* and the longest way through them */
    uint8_t path;      /* views in a row that end here */
};
enum {
    JX_P_LIVE = 1,     /* the results need it */
    JX_P_STORED = 2,   /* will be in memory for sure */
    JX_P_ANYWHERE = 4, /* cheap to compute wherever it is used */
    JX_P_ONCE = 8      /* computed where it is used, which is one place */
};
#define JX_MAX_WEIGHT     12 /* instructions that may be computed again */
#define JX_MAX_ONCE       48 /* instructions that wait for their user */
#define JX_MAX_HEIGHT     8
#define JX_MAX_STREAMS    12 /* loads of a group that takes what only shares its iteration space */
#define JX_MAX_CANDIDATES 8
#define JX_N_RECENT       1024

struct jx_fuse {
    const struct jx_graph *graph;
    const struct jx_lower_options *options;
    struct jx_place *places; /* of every node */
    struct jx_group *groups;
    struct jx_array *arrays;
    int *
        results; /* the array of every result; an operand's: that operand, donated, is the result */
    size_t n_groups, n_arrays, groups_capacity, arrays_capacity;
    int64_t next_order;
    int *sequence; /* live groups in order, after jx_trim */
    size_t n_sequence;
    int recent[JX_N_RECENT]; /* hash of an iteration space -> the newest group with it */
    int limit;               /* instructions of a kernel */
    struct jx_want want;
};

/* Groups and arrays of the whole graph. */
bool jx_fuse(struct jx_fuse *f, const struct jx_graph *graph, const struct jx_lower_options *o);
void jx_fuse_fini(struct jx_fuse *f);

/* expr.c */
enum jx_source {
    JX_SOURCE_REGISTER, /* the group computes it */
    JX_SOURCE_LOAD,     /* it is or will be in memory */
    JX_SOURCE_EXPAND    /* a view, a constant, or computed where it is used */
};
enum jx_source jx_source_of(const struct jx_fuse *f, int group, int node, bool guarded);
bool jx_place_cheap(const struct jx_gnode *n);
int jx_place_base(const struct jx_fuse *f, int node,
                  bool *guarded); /* under views; guarded: one has invalid elements */
enum jx_fit jx_place_emit(struct jx_fuse *f, int group, int node, const struct jx_affine *at,
                          bool inner, int *reg);
/* A load at a computed place: regs: of its address and validity, at the map's point. */
enum jx_fit jx_place_take(struct jx_fuse *f, int group, int node, const struct jx_affine *at,
                          const int *regs, bool inner, int *reg);
/* The flat place of a node's element as a form of the map's variables. */
bool jx_place_flat(const struct jx_gflat *flat, const struct jx_affine *at, struct jx_affine *m);
int jx_array_new(struct jx_fuse *f, const struct jx_gnode *n, enum jx_storage_kind kind, int index);
bool jx_array_writer(struct jx_fuse *f, int array, int group);
int jx_place_home(struct jx_fuse *f,
                  int node); /* the array of a computed node; -1 with the error set */

/* join.c, place.c */
enum jx_job_kind { JX_JOB_COPY, JX_JOB_SCALAR, JX_JOB_TAKE, JX_JOB_REDUCE };
struct jx_job { /* what is to be computed at every point of dims */
    enum jx_job_kind kind;
    int node; /* COPY: the only argument */
    int rank;
    const int64_t *dims;
    int n_args;
    const int *args;
    uint32_t axes; /* REDUCE: over these */
};
struct jx_spot { /* where it is computed */
    int group, reg;
    struct jx_digits digits;
    bool full;
};
/* Into this group if that can be, cutting its axes as needed. */
enum jx_fit jx_place_try(struct jx_fuse *f, int group, const struct jx_job *job,
                         struct jx_spot *spot);
bool jx_place(struct jx_fuse *f, const struct jx_job *job, struct jx_spot *spot);
bool jx_place_node(struct jx_fuse *f, int node); /* into some group */
bool jx_place_in_memory(struct jx_fuse *f,
                        int node); /* into some group, if need be, and an array */
bool jx_place_wanted(struct jx_fuse *f,
                     int node); /* want.node, without which `node` has no place */
int jx_place_new_group(struct jx_fuse *f, enum jx_group_kind kind, int node);
const char *jx_place_word(const struct jx_gnode *n); /* for names */
void jx_place_drop_group(struct jx_fuse *f);         /* the newest */
void jx_place_remember(struct jx_fuse *f, int group);
enum jx_fit jx_place_settle(struct jx_fuse *f, int group, size_t first_load);

/* fuse.c, routine.c */
const int *jx_node_args(const struct jx_gnode *n);
bool jx_place_copy(struct jx_fuse *f, int node, int array, int axis,
                   int64_t offset); /* into an array, `offset` further along an axis */
bool jx_place_routine(struct jx_fuse *f, int node); /* a SCATTER, PREFIX or SORT: into arrays */

/* ---- from groups to code: trim.c, donate.c, layout.c, kernels.c, instrs.c, plan.c ------------ */

/* Puts groups in order and drops what the results do not need: stores, instructions, loads. */
bool jx_trim(struct jx_fuse *f);
/* Pairs donated operands with results of the same type. */
bool jx_donate(struct jx_fuse *f);
/* Chooses panels for the operands of products that stay. */
bool jx_layout(struct jx_fuse *f);
/* The axes of a group in the order its kernel will have: outer ones first, by the memory order of
 * the biggest store. */
void jx_kernel_order(const struct jx_fuse *f, const struct jx_group *g, uint8_t *axes,
                     int *n_outer);
/* Elements from one index of an axis to the next in an access; of a blocked axis from panel to
 * panel. */
int64_t jx_access_stride(const struct jx_fuse *f, const struct jx_access *a, int axis);
/* The kernel of a group into zeroed memory; what it got so far stays on failure. */
bool jx_kernel_of(const struct jx_fuse *f, const struct jx_group *g, struct jx_kernel *k);
/* Its instructions; axes: the group's axis of each of the kernel's. Renumbers stores and dot. */
bool jx_kernel_instrs(const struct jx_group *g, struct jx_kernel *k, const uint8_t *axes);
/* The code: storages and kernels in the order of groups; donates[] from the pairs. */
struct jx_code *jx_kernels(struct jx_fuse *f);
/* Puts kernels in their final order, drops donations that cannot be in place, lays out
 * the arena. */
bool jx_plan(struct jx_code *code);

#endif
