/*
 * kernel/kernel.h - the closed vocabulary: all that a backend knows.
 *
 * A kernel is a loop nest. Its axes are `n_outer` outer ones followed by inner ones; its code is a
 * list of scalar instructions in single assignment (instruction i defines register i), each at the
 * outer level (one value for each outer point) or at the inner level (one for each point of outer x
 * inner). A reduction takes an inner-level register to an outer-level one. So
 *     for every outer point:
 *         for every inner point: inner instructions of stage 0
 *         reductions of stage 0, outer instructions
 *         for every inner point: inner instructions of stage 1
 *         ...
 * With no inner axes it is an elementwise loop. Softmax over a row is one kernel of three stages. A
 * matrix product is a kernel too: load a, load b, multiply, reduce by addition over the inner axes;
 * what follows at the outer level is its epilogue, conversions between the loads and the product
 * are its prologue; `dot` points at the four instructions, so that a backend may use its product
 * routine while the naive interpreter needs no special case.
 *
 * A routine is a kernel that no list of scalar instructions can say: a running total, a sort, a
 * scatter. It loads its operands, and `routine` says what its stores get.
 *
 *     example: y = x / sum(x, axis=1), x f32[32,10]       outer axes (32), inner axes (10)
 *         0  inner  stage 0  load   view 0: x, strides (10, 1)
 *         1  outer  stage 0  reduce add 0
 *         2  inner  stage 1  div    0 1
 *         store 2 -> view 1: y, strides (10, 1)
 */
#ifndef JX_KERNEL_H
#define JX_KERNEL_H

#include "base/base.h"
#include "kernel/scalar_ops.h"

#define JX_MAX_AXES   16  /* of a kernel: 8 of an array, more after blocking and contraction */
#define JX_MAX_INSTRS 512 /* instructions of one kernel; the fuser stops before */

/* A scalar operation: one row of scalar_ops.h each. */
enum jx_scalar_op {
    JX_S_none = 0,
#define JX_ROW(name, arity, doc) JX_S_##name,
    JX_SCALAR_OPS(JX_ROW)
#undef JX_ROW
        JX_N_SCALAR_OPS
};
struct jx_scalar_op_info {
    const char *name;
    int arity;
};
extern const struct jx_scalar_op_info jx_scalar_op_info[JX_N_SCALAR_OPS];
/* Is there a row of JX_FOR_EACH_LOOP with these dtypes? (select: `from` is that of the values.) */
bool jx_scalar_op_takes(enum jx_scalar_op op, jaxc_dtype from, jaxc_dtype to);

/* How a reduction joins two values. */
enum jx_combine {
    JX_COMBINE_ADD = 1, /* identity 0 */
    JX_COMBINE_MUL,     /* 1 */
    JX_COMBINE_MAX,     /* -inf or the type's least; NaN wins */
    JX_COMBINE_MIN,     /* +inf or the type's greatest; NaN wins */
    JX_COMBINE_AND,     /* all ones */
    JX_COMBINE_OR,      /* 0 */
    JX_COMBINE_XOR,     /* 0 */
    JX_COMBINE_ARGMAX,  /* args: value, index; result: the index (dtype of the instruction) of the
                           greatest value; NaN wins, the lowest index among equals */
    JX_COMBINE_ARGMIN,
    JX_N_COMBINES
};
const char *jx_combine_name(enum jx_combine combine); /* "add", "argmax" */
/* The operation that joins two values; JX_S_none for the arg-reductions. */
enum jx_scalar_op jx_combine_op(enum jx_combine combine);
/* The result of a reduction over no points; of an arg-reduction: index 0. */
union jx_scalar jx_combine_identity(enum jx_combine combine, jaxc_dtype dtype);

/*
 * A guarded source axis. g = offset + sum coef[k] * index[k]; the load is valid iff
 * 0 <= g < size * step and g is a multiple of step, and then gains (g / step) * stride elements of
 * address. Padding, dilation and borders.
 */
struct jx_guard {
    int64_t offset, coef[JX_MAX_AXES], size, step, stride;
};

/*
 * Where a load reads or a store writes: element offset + sum stride[k] * index[k] (+ the guards) of
 * a storage.
 *
 * `blocked` is 1 + the axis that runs along the storage's blocked axis: index i of it contributes
 * (i / block) * stride + i % block with the storage's layout.block; 0: none, row-major. Offset 0,
 * no guards, coefficient 1: only whole blocked axes are viewed so.
 */
struct jx_view {
    int storage;
    int64_t offset;
    int64_t stride[JX_MAX_AXES]; /* in elements, one for each axis; may be negative or zero */
    int blocked;
    int n_guards;            /* loads only */
    struct jx_guard *guards; /* owned by the kernel */
    union jx_scalar fill;    /* what an invalid load gives, of the storage's dtype */
};
/* The element that a view of a storage in blocks of `block` has at a point; false when a guard says
 * that it is invalid. */
bool jx_view_at(const struct jx_view *view, int block, int n_axes, const int64_t *index,
                int64_t *element);

enum jx_instr_kind {
    JX_I_LOAD,   /* element of view `view`; dtype is the storage's. With args[0], an i64, it is that
                    many elements further in a row-major storage; with args[1], a bool, it is the
                    view's fill where that is false. The element is in the storage */
    JX_I_CONST,  /* `imm` */
    JX_I_INDEX,  /* index along axis `axis` of the kernel, in dtype (integers and floats) */
    JX_I_SCALAR, /* `op` on args; dtype is the result's. Operands have the dtype of their own
                    instructions: equal to the result's except for comparisons (result bool), select
                    (args: predicate, then the value where false, the value where true), and convert,
                    bitcast (any to any; bitcast of equal size) */
    JX_I_REDUCE  /* `combine` over all inner axes; args[0], and args[1] for arg-reductions. An outer
                    operand has the same value at every inner point */
};

struct jx_instr {
    uint8_t kind;    /* enum jx_instr_kind */
    uint8_t dtype;   /* jaxc_dtype of the register */
    uint8_t op;      /* enum jx_scalar_op or enum jx_combine */
    uint8_t inner;   /* 1: inner level. A reduction is outer */
    uint16_t stage;  /* an inner instruction runs in its stage; one that uses a reduction of stage s
                        has a stage > s. Inner registers used in a later stage are computed again
                        there or kept: the backend's choice */
    uint16_t axis;   /* of JX_I_INDEX */
    int16_t args[3]; /* registers, -1: none; always smaller than the instruction's own number */
    int16_t view;    /* of JX_I_LOAD */
    union jx_scalar imm;
};

struct jx_store {
    int reg;
    struct jx_view view; /* no guards; strides 0 on inner axes when the register is outer */
};

/* Which instructions of a kernel are its product; all -1 in other kernels. */
struct jx_dot {
    int a, b;     /* loads, inner level */
    int mul, sum; /* mul of (converted) a and b, reduce add of mul */
};

enum jx_routine_kind {
    JX_ROUTINE_NONE, /* an ordinary kernel */
    /* Over the only inner axis: store 0 gets, at each point, `op` over the points up to it (if
     * reverse: from it on) of register `value`. */
    JX_ROUTINE_PREFIX,
    /* Over the only inner axis: stores get their registers, all loads, in ascending order of the
     * first n_keys loads, equal ones in the order they had. NaN is the greatest, -0 equals 0. What
     * stores get at points before `first` does not matter: nothing reads it. */
    JX_ROUTINE_SORT,
    /* No inner axis. Point by point in row-major order, store 0's element `address` (i64) elements
     * further in a row-major storage becomes `value`, or `op` of what it was and `value`, unless
     * `valid` is false. The element is in the storage. Earlier kernels wrote the storage. */
    JX_ROUTINE_SCATTER
};
struct jx_routine {
    uint8_t kind;              /* enum jx_routine_kind */
    uint8_t op;                /* enum jx_scalar_op of two operands; JX_S_none: SCATTER replaces */
    bool reverse;              /* PREFIX */
    int n_keys;                /* SORT */
    int64_t first;             /* SORT */
    int value, address, valid; /* registers, all loads; -1: none */
};

struct jx_kernel {
    char name[48];             /* what it computes: "log_softmax"; for people and profiles */
    struct jx_loc loc;         /* of the equation that gave it its shape */
    int n_outer, n_axes;       /* axes [0, n_outer) are outer, [n_outer, n_axes) inner */
    int64_t dims[JX_MAX_AXES]; /* may be 0: nothing runs, and reductions give the identity */
    int n_instrs, n_views, n_stores, n_stages;
    struct jx_instr *instrs;
    struct jx_view *views;
    struct jx_store *stores;
    struct jx_dot dot;
    struct jx_routine routine;
};
/* For each instruction the stage in which it has its value: an inner one's and a reduction's own;
 * of other outer ones that of the latest reduction they need, or -1: before all stages (their
 * `stage` is not read). */
void jx_kernel_available(const struct jx_kernel *kernel, int *available);

/* A piece of memory that kernels read and write. */
enum jx_storage_kind {
    JX_STORE_OPERAND, /* the index-th operand of the executable; never written unless donated */
    JX_STORE_RESULT,  /* the index-th result */
    JX_STORE_TEMP     /* `offset` bytes into the arena */
};
struct jx_storage {
    enum jx_storage_kind kind;
    int index;
    jaxc_dtype dtype;
    int rank;
    int64_t dims[JAXC_MAX_RANK]; /* of the array, before layout */
    struct jx_layout layout;
    size_t size;   /* bytes */
    size_t offset; /* JX_STORE_TEMP: 64-byte aligned */
};

/* What a backend compiles: kernels in order over storages. */
struct jx_code {
    int n_storages, n_kernels, n_operands, n_results;
    struct jx_storage *storages;
    struct jx_kernel *kernels;
    size_t arena_size;
    int *donates; /* for each result the operand whose memory it takes: run is called with both the
                     same; or -1 */
};

void jx_kernel_fini(struct jx_kernel *kernel); /* what it owns */
void jx_code_free(struct jx_code *code); /* NULL is fine; frees kernels, guards, the code itself */
char *jx_code_print(const struct jx_code *code); /* the caller frees */
void jx_kernel_print(struct jx_text *t, const struct jx_code *code, const struct jx_kernel *kernel);
bool jx_code_verify(const struct jx_code *code); /* internal error when a rule above is broken */

/* A backend. Everything it needs is in struct jx_code; it never sees programs. All functions are
 * thread-safe. */
struct jx_executable;
struct jx_backend {
    const char *name;
    /* The panel width, in elements, that this backend likes for an operand of a product that stays
     * (weights); at most 1: none. NULL: row-major only. */
    int (*dot_block)(jaxc_dtype dtype);
    /* Where operands, results and the arena lie; NULL: on the host. */
    const struct jx_memory *memory;
    int max_instrs; /* of a kernel */
    /* May outer instructions follow its product; NULL: yes. */
    bool (*fuses_epilogue)(const struct jx_kernel *dot);
    /* The code outlives the executable. */
    struct jx_executable *(*compile)(const struct jx_code *code);
    bool (*run)(struct jx_executable *executable, void *const *operands, void *const *results);
    void (*drop)(struct jx_executable *executable);
};

extern const struct jx_backend jx_backend_naive; /* one scalar at a time, in order: the oracle */
extern const struct jx_backend jx_backend_cpu;
extern const struct jx_backend jx_backend_cuda;

#endif
