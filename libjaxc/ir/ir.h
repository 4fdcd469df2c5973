/*
 * ir/ir.h - values, traces, programs, and the interpreters' common ground.
 *
 * A value is a node: an array, a literal, an argument of a trace, an applied primitive, or a tree
 * of values. A handle (jaxc_value) reaches one result of a node through a slot. A node belongs to
 * the trace that was open when it was made. A program is a flat, typed, single-assignment list of
 * equations, made from nodes by a depth-first walk in operand order; transforms replay programs and
 * so make nodes again.
 *
 * Owner: nodes, programs, params and trees are counted (ref / unref); handles belong to the
 * innermost scope.
 */
#ifndef JX_IR_H
#define JX_IR_H

#include "base/base.h"

struct jx_node;
struct jx_prim;
struct jx_program;
struct jx_fn_object; /* api: a function; ir only counts it */

/* ---- types: aval.c
 * ------------------------------------------------------------------------------------------ */

/* What is known of a value before it is computed. */
struct jx_aval {
    uint8_t dtype; /* jaxc_dtype */
    uint8_t weak;
    uint8_t rank;
    int64_t dims[JAXC_MAX_RANK]; /* zero beyond rank */
};
struct jx_aval jx_aval_make(jaxc_dtype dtype, int rank, const int64_t *dims);
bool jx_aval_same(const struct jx_aval *a,
                  const struct jx_aval *b); /* dtype, shape and weak flag */
bool jx_aval_same_array(const struct jx_aval *a, const struct jx_aval *b); /* dtype and shape */
/* "f32[3,4]", "~f32[]" for a weak one, into a buffer of JX_AVAL_TEXT bytes; returns it. */
#define JX_AVAL_TEXT 192
char *jx_aval_text(const struct jx_aval *a, char *buffer);
/* How the number in a literal of this type is held: a weak one has the C number whole, wider than
 * the dtype it stands for. */
jaxc_dtype jx_literal_held(const struct jx_aval *type);
/* JAXC_EVALUE when it is an integer that an integer dtype does not hold. */
bool jx_literal_fits(const struct jx_aval *type, union jx_scalar number, jaxc_dtype dtype);
/* The same for its own dtype: of a weak one i32, as soon as it is more than a C number. */
bool jx_literal_fits_itself(const struct jx_aval *type, union jx_scalar number);

/* ---- params: params.c
 * ----------------------------------------------------------------------------------------- */

/* Kinds of parameter: they drive printing, parsing, hashing, comparing and counting of every
 * primitive's params. */
enum jx_field_kind {
    JX_F_BOOL = 1, /* bool:             weak_type=False */
    JX_F_INT,      /* int64_t:          dimension=0 */
    JX_F_F64,      /* double:           scale=0.5 */
    JX_F_DTYPE,    /* jaxc_dtype:       new_dtype=float32; 0 prints as None */
    JX_F_INTS,     /* struct jx_ints:   axes=(0, 2) */
    JX_F_PADDING,  /* struct jx_padding: padding_config=((0, 1, 0), (2, 0, 0)) */
    JX_F_DIMS,     /* struct jx_dims:   dimension_numbers=(([1], [0]), ([], [])) */
    JX_F_NAME,     /* const char *:     name=update; not owned, lives for good; not compared */
    JX_F_PROGRAM,  /* struct jx_program *: counted; NULL prints as None */
    JX_F_FN, /* struct jx_fn_object *: counted; compared by jx_fn_object_same; prints as <fn>, which
                does not parse */
    JX_F_NUMBER, /* struct jx_number: fill_value=None, -1, 0.5, True */
    JX_F_ENUM,   /* int64_t:          mode=GatherScatterMode.CLIP: word 1 + number of word 0 */
    JX_F_RECORD, /* struct jx_ints one after the other: dimension_numbers=GatherDimensionNumbers(
                    offset_dims=(1,), ...): word 0 of members words 1 and on */
    JX_F_NONE /* no member:        out_sharding=None; an option of JAX's that is not ours. A hidden
                 one may be anything in brackets when it is read: update_jaxpr={ ... } */
};
enum jx_hidden {
    JX_HIDE_ZERO = 1, /* not printed when zero/false/empty */
    JX_HIDE_SHAPE /* JX_F_INTS: not printed when it is the shape of the first result; absent text
                     means that */
};
struct jx_field {
    const char *name;
    uint8_t kind;
    uint8_t hidden; /* enum jx_hidden; 0: always printed */
    uint16_t offset;
    const char *const *words; /* JX_F_ENUM, JX_F_RECORD: ends with NULL */
};
#define JX_FIELD(type, member, kind)                                                               \
    {                                                                                              \
#member, kind, 0, offsetof(type, member), NULL                                             \
    }
#define JX_FIELD_HIDDEN(type, member, kind)                                                        \
    {                                                                                              \
#member, kind, JX_HIDE_ZERO, offsetof(type, member), NULL                                  \
    }
#define JX_FIELD_SHAPE(type, member)                                                               \
    {                                                                                              \
#member, JX_F_INTS, JX_HIDE_SHAPE, offsetof(type, member), NULL                            \
    }
#define JX_FIELD_WORDS(type, member, kind, words)                                                  \
    {                                                                                              \
#member, kind, 0, offsetof(type, member), words                                            \
    }
#define JX_FIELD_NONE(name)                                                                        \
    {                                                                                              \
#name, JX_F_NONE, 0, 0, NULL                                                               \
    }
#define JX_FIELD_IGNORED(name)                                                                     \
    {                                                                                              \
#name, JX_F_NONE, JX_HIDE_ZERO, 0, NULL                                                    \
    }

struct jx_ints {
    int n;
    int64_t at[JAXC_MAX_RANK];
};
struct jx_number { /* of a C number's kind: dtype is bool, i64, u64 or f64; 0: none */
    jaxc_dtype dtype;
    union jx_scalar value;
};
struct jx_padding { /* per axis: low, high, interior */
    int n;
    int64_t low[JAXC_MAX_RANK], high[JAXC_MAX_RANK], interior[JAXC_MAX_RANK];
};
struct jx_dims { /* dot_general's dimension numbers */
    struct jx_ints lhs_contract, rhs_contract, lhs_batch, rhs_batch;
};

/* A primitive's parameters: immutable, counted, shared by nodes and equations. */
struct jx_params {
    _Atomic uint32_t refs;
    const struct jx_prim *prim;
    max_align_t data[]; /* prim->params_size bytes, the struct that prim->fields describes */
};
struct jx_params *jx_params_new(const struct jx_prim *prim,
                                const void *data); /* counts what the fields hold */
struct jx_params *jx_params_ref(struct jx_params *p);
void jx_params_unref(struct jx_params *p);
bool jx_params_same(const struct jx_prim *prim, const void *a, const void *b);
uint64_t jx_params_hash(const struct jx_prim *prim, const void *a);

/* ---- primitives: the struct; the paragraphs are in prim/
 * ---------------------------------------------------------- */

/* What a rule sees of the equation it serves. Rules emit values with the emitters of prim/prim.h.
 */
struct jx_rule {
    const struct jx_prim *prim;
    const void *params; /* NULL when the primitive has none */
    int n_in, n_out;
    const struct jx_aval *const *in;  /* operand types */
    const struct jx_aval *const *out; /* result types; NULL in a type rule */
    const jaxc_value *x; /* operands: primal values in jvp; known ones in transpose (others are
                            {0,0}); batched in batch */
    const jaxc_value *y; /* jvp: primal results */
    int operand;         /* jvp, transpose: the operand that this call is about */
    const int *axis;     /* batch: the batch axis of each operand, -1: none */
    int64_t size;        /* batch: the batch size */
    const struct jx_transforms *transforms; /* for primitives that hold programs */
};

struct jx_lower; /* kernel/graph.h: what a lowering rule gets */

struct jx_prim {
    const char *name;
    int arity;                     /* operands; -1: any number */
    int n_results;                 /* 0 means one; -1: `results` tells */
    const struct jx_field *fields; /* ends with a NULL name; NULL: no parameters */
    size_t params_size;
    int (*results)(const struct jx_rule *r); /* of n_results -1 */

    /* The types of the results; sets the error and returns false for operands the primitive does
     * not take. weak flags: the driver sets weak when all operands are weak and the rule leaves
     * .weak as 2 ("as operands"). */
    bool (*type)(const struct jx_rule *r, struct jx_aval *out);

    /* The tangent contribution of operand r->operand whose tangent is dx; linear in dx; never sees
     * a symbolic zero. NULL with jvp_all NULL: not differentiable, no_jvp says why. One result
     * only. */
    jaxc_value (*jvp)(const struct jx_rule *r, jaxc_value dx);
    /* Over all operands: dx may hold symbolic zeros (jx_is_zero), dy too. Takes precedence; must
     * emit y itself when `emits_primal`, into y_out (else r->y is given). */
    bool (*jvp_all)(const struct jx_rule *r, const jaxc_value *dx, jaxc_value *y_out,
                    jaxc_value *dy);
    bool emits_primal;
    bool zero_tangent; /* every tangent is zero (comparisons, sign, integer results) */
    bool dear; /* worth keeping: an evaluation outside traces holds on to a result that somebody may
                  ask for */

    /* The cotangent of linear operand r->operand, given the cotangents of the results (ct[i] may be
     * a symbolic zero when there are several); r->x holds the other operands. NULL: not linear in
     * any operand. */
    jaxc_value (*transpose)(const struct jx_rule *r, const jaxc_value *ct);
    /* All linear operands at once: linear[i] says which; fills ct_in[i] (symbolic zero allowed).
     * Takes precedence. */
    bool (*transpose_all)(const struct jx_rule *r, const bool *linear, const jaxc_value *ct,
                          jaxc_value *ct_in);

    /* Batched results and their batch axis (y_axis[i] -1: result i does not depend on the lane). At
     * least one operand is batched. */
    bool (*batch)(const struct jx_rule *r, jaxc_value *y, int *y_axis);

    /* Into the array graph of kernel/graph.h. NULL only for primitives that are inlined before
     * lowering. */
    bool (*lower)(struct jx_lower *l, const struct jx_rule *r);
    /* Narrow dtypes (i8, i16, u16, f16, bf16) are computed in wider ones: the rule sees those, unless
     * it only moves elements, or converts them. */
    bool moves;
    uint8_t sign; /* enum jx_sign: how narrow integers are widened */
    int scalar;   /* enum jx_scalar_op or jx_combine of elementwise and reduction primitives */
    const char *no_jvp, *no_transpose, *no_batch,
        *no_lower; /* why a rule is missing (tests demand a reason) */
};

struct jx_ref {
    struct jx_node *node;
    uint32_t index; /* which result */
};

/* A closed program and what it captured from outside: operands of every use, before the others. */
struct jx_traced {
    struct jx_program *program; /* inputs: captures (as consts), then the arguments */
    int n_captures;
    struct jx_ref *captures; /* counted */
};
void jx_traced_fini(struct jx_traced *t);

/* Transforms of inner programs, so that prim/ need not include transform/. Results are memoised on
 * the program and owned by it; NULL with the error set. The captures are those that user rules
 * (custom_jvp, custom_vjp) made. */
struct jx_linearized {
    struct jx_traced primal; /* in -> outs, residuals */
    struct jx_program
        *linear; /* consts: what it uses of the primal side (residual_from); inputs: the tangents of
                   inputs with nonzero; outputs: the tangents of outputs whose out_nonzero is set */
    int n_residuals;    /* outputs of primal after p's own */
    int *residual_from; /* for each const of linear: >= 0: the residual's number; < 0: input ~v of p
                         */
    bool *out_nonzero;
};
struct jx_transposed {
    struct jx_traced
        traced; /* inputs: the nonlinear inputs of p in order, then the nonzero cotangents; outputs:
                   the cotangents of those linear inputs whose in_nonzero is set */
    bool *in_nonzero; /* for each input of p (consts and inputs) */
};
struct jx_batched {
    struct jx_traced traced;
    int *out_axis; /* -1: not batched */
};
struct jx_transforms {
    /* nonzero, linear, axis: one for each of p's consts and inputs */
    const struct jx_linearized *(*linearize)(struct jx_program *p, const bool *nonzero);
    const struct jx_transposed *(*transpose)(struct jx_program *p, const bool *linear,
                                             const bool *ct_nonzero);
    const struct jx_batched *(*batch)(struct jx_program *p, const int *axis, int64_t size);
};

/* ---- nodes: node.c --------------------------------------------------------------------------- */

enum jx_node_kind {
    JX_NODE_ARRAY = 1, /* a concrete array: buffer */
    JX_NODE_LITERAL,   /* a scalar number */
    JX_NODE_ARG,       /* an argument of a trace (or an abstract value: serial 0, type only) */
    JX_NODE_CALL,      /* an applied primitive; outside traces not computed yet until `done` */
    JX_NODE_TREE       /* a tuple or dict of values */
};

struct jx_node {
    _Atomic uint32_t refs;
    _Atomic uint8_t
        done; /* CALL: buffers are set and operands dropped; written under jx_graph_lock */
    uint8_t kind;
    uint16_t n_out;
    uint32_t n_in;
    uint64_t serial; /* the trace it belongs to; 0: none */
    uint64_t tag;    /* the newest linearisation whose tangents it depends on; 0: none */
    uint64_t walk;   /* the last walk that visited it, and the variable it got; owned by whoever may
                        walk it: */
    uint32_t var;    /*   the trace's thread, or the holder of jx_graph_lock */
    uint32_t used;   /* times an evaluation computed it without keeping the result */
    struct jx_loc loc;
    const struct jx_prim *prim;
    struct jx_params *params;
    union jx_scalar literal;
    const char *const *keys; /* TREE: sorted dict keys (interned, live for good); NULL: a tuple */
    struct jx_ref *in;       /* n_in operands, or children of a tree */
    struct jx_aval *avals;   /* n_out types; NULL for trees */
    struct jx_buffer **buffers; /* n_out; ARRAY and done CALL */
    struct jx_node *next_dead;  /* for release without recursion */
};

/* Guards pending nodes (serial 0): collecting and committing; see api/eval.c. */
extern pthread_mutex_t jx_graph_lock;

struct jx_node *jx_node_ref(struct jx_node *n);
void jx_node_unref(struct jx_node *n); /* no recursion */
struct jx_node *jx_node_array(const struct jx_aval *aval,
                              struct jx_buffer *buffer); /* takes the buffer's count */
struct jx_node *jx_node_literal(const struct jx_aval *aval, union jx_scalar value);
struct jx_node *jx_node_arg(const struct jx_aval *aval, uint64_t serial, uint64_t tag);
struct jx_node *jx_node_tree(int n, const struct jx_ref *children, const char *const *keys);
/* Checks operands (alive, of open traces), runs the type rule, inherits serial and tag. */
struct jx_node *jx_node_call(const struct jx_prim *prim, const void *params, int n_in,
                             const struct jx_ref *in);
/* The type rule with weak flags resolved; the number of results. */
bool jx_infer(const struct jx_prim *prim, const void *params, int n_in,
              const struct jx_aval *const *in, int n_out, struct jx_aval *out);
int jx_n_results(const struct jx_prim *prim, const void *params, int n_in);
bool jx_node_is_leaf(const struct jx_node *n); /* ARRAY, LITERAL, or a done CALL */
size_t jx_nodes_live(void);

/* ---- handles and scopes: value.c, scope.c
 * ---------------------------------------------------------------------------- */

#define JX_POISON ((jaxc_value){0, 0})
/* The symbolic zero: a tangent or cotangent that is known to vanish. Internal only. */
#define JX_ZERO ((jaxc_value){0, 1})
static inline bool jx_is_zero(jaxc_value v) { return v.slot == 0 && v.generation == 1; }
static inline bool jx_is_poison(jaxc_value v) { return v.slot == 0 && v.generation == 0; }

/* A handle for a result of a node in the innermost scope; takes the caller's count of the node,
 * also on failure. */
jaxc_value jx_value_own(struct jx_node *node, uint32_t index);
/* The node behind a handle, counted; {NULL} and the error set when the handle is dead. Poison sets
 * no new error if one is pending. */
struct jx_ref jx_value_ref(jaxc_value v);
struct jx_ref jx_value_find(jaxc_value v); /* the same without an error */
jaxc_value jx_value_again(
    jaxc_value v); /* another handle for the same value, in the innermost scope */
/* The type; false with the error set for dead handles and trees. */
bool jx_value_aval(jaxc_value v, struct jx_aval *aval);
/* The same of an argument, which the message numbers. */
bool jx_argument_aval(jaxc_value v, int argument, struct jx_aval *aval);

/* Scopes: a stack per thread; the outermost is opened by itself. */
uint64_t jx_scope_open(void); /* a serial to close with; 0 when out of memory */
void jx_scope_close(uint64_t serial);
/* Closes the scope but hands `n` of its values to the enclosing one. */
void jx_scope_close_keeping(uint64_t serial, int n, const jaxc_value *keep);
bool jx_scope_own(
    jaxc_value v); /* registers a fresh handle; false: no memory (the handle is closed) */
bool jx_scope_own_fn(jaxc_fn f);
bool jx_scope_own_text(char *text);     /* freed when the scope closes; on failure freed at once */
jaxc_value jx_scope_lift(jaxc_value v); /* to the enclosing scope, when the innermost owns it */
/* One keep more, one less; the last hold to go closes the handle. */
bool jx_hold(uint32_t slot, uint32_t generation, enum jx_slot_kind kind);
void jx_unhold(uint32_t slot, uint32_t generation, enum jx_slot_kind kind);

/* ---- traces: trace.c ------------------------------------------------------------------------- */

/* Opens a trace (and a scope); its serial, or 0 on failure. Traces close in reverse order. */
uint64_t jx_trace_open(const char *name);
/* A fresh argument of the innermost trace. */
jaxc_value jx_trace_arg(const struct jx_aval *aval);
/* Closes the innermost trace into a program with these arguments and results; leaks and dead values
 * are errors. On failure the trace is closed all the same. */
bool jx_trace_close(uint64_t serial, int n_args, const jaxc_value *args, int n_outs,
                    const jaxc_value *outs, struct jx_traced *result);
void jx_trace_abandon(uint64_t serial);
uint64_t jx_trace_innermost(void); /* 0: none */
bool jx_trace_is_open(uint64_t serial);
int jx_trace_depth(void);

/* A linearisation: fresh tangent arguments with a tag of their own, then the program of what
 * depends on them. */
uint64_t jx_tag_new(void);
jaxc_value jx_tag_arg(const struct jx_aval *aval, uint64_t tag);
bool jx_tag_extract(uint64_t tag, int n_args, const jaxc_value *args, int n_outs,
                    const jaxc_value *outs, struct jx_traced *result);

/* The walk below all of these: from result nodes to a program. */
struct jx_extract {
    const char *name;
    bool (*member)(const struct jx_node *n, uint64_t which); /* asked of applied primitives only */
    uint64_t which;
    bool literals_are_captures; /* evaluation: C numbers are operands, so that they compile nothing
                                   new */
    int n_args, n_outs;
    const struct jx_ref *args, *outs;
    struct jx_node ***members; /* may be NULL: receives the nodes that became equations, in their
                                  order, uncounted; the caller frees the list */
    size_t *n_members;
};
bool jx_extract(const struct jx_extract *x, struct jx_traced *result);

/* ---- programs: program.c --------------------------------------------------------------------- */

/* An operand: a variable, or a literal when the top bit is set. */
typedef uint32_t jx_atom;
#define JX_LITERAL_BIT 0x80000000u
static inline bool jx_atom_is_literal(jx_atom a) { return (a & JX_LITERAL_BIT) != 0; }

struct jx_literal {
    struct jx_aval aval; /* rank 0 */
    union jx_scalar value;
};

struct jx_eqn {
    const struct jx_prim *prim;
    struct jx_params *params; /* NULL: none */
    struct jx_loc loc;
    uint32_t first_in, n_in;   /* operands: program->atoms[first_in ...] */
    uint32_t first_out, n_out; /* results: variables first_out ... */
};

/* Variables: consts [0, n_consts), then inputs [n_consts, n_consts + n_in), then results in order
 * of equations. */
struct jx_program {
    _Atomic uint32_t refs;
    const char *name; /* of the function, not owned; may be NULL */
    uint32_t n_consts, n_in, n_out, n_vars, n_eqns, n_atoms, n_literals;
    struct jx_aval *avals; /* n_vars */
    struct jx_eqn *eqns;
    jx_atom *atoms;
    struct jx_literal *literals;
    jx_atom *outs; /* n_out */
    size_t vars_capacity, eqns_capacity, atoms_capacity, literals_capacity;
    _Atomic uint64_t hash; /* of the text; 0: not computed yet */
    pthread_mutex_t memo_lock;
    struct jx_memo *memo; /* transforms of this program */
    struct jx_program *next_dead;
};

struct jx_program *jx_program_new(const char *name);
struct jx_program *jx_program_ref(struct jx_program *p);
void jx_program_unref(struct jx_program *p); /* no recursion; NULL is fine */
/* Building: consts first, then inputs, then equations. Each false/UINT32_MAX on failure. */
uint32_t jx_program_add_var(struct jx_program *p, const struct jx_aval *aval);
bool jx_program_add_literal(struct jx_program *p, const struct jx_aval *aval, union jx_scalar value,
                            jx_atom *atom);
/* Results get fresh variables of the given types; takes a count of params itself. */
struct jx_eqn *jx_program_add_eqn(struct jx_program *p, const struct jx_prim *prim,
                                  struct jx_params *params, struct jx_loc loc, uint32_t n_in,
                                  const jx_atom *in, uint32_t n_out, const struct jx_aval *out);
bool jx_program_set_outs(struct jx_program *p, uint32_t n, const jx_atom *outs);
const struct jx_aval *jx_atom_aval(const struct jx_program *p, jx_atom a);
/* Structural equality and hash: same text up to names and places. */
bool jx_program_same(const struct jx_program *a, const struct jx_program *b);
uint64_t jx_program_hash(struct jx_program *p);

/* A memoised transform of a program; freed with it. */
struct jx_memo {
    struct jx_memo *next;
    int kind;
    size_t key_size;
    void *key;
    void *result;
    void (*free)(void *result);
};
void *jx_memo_find(struct jx_program *p, int kind, const void *key, size_t key_size);
/* Adds result, or frees it and returns the one that another thread added meanwhile; NULL: no memory
 * (freed too). */
void *jx_memo_add(struct jx_program *p, int kind, const void *key, size_t key_size, void *result,
                  void (*free)(void *));

/* ---- replay: replay.c: the trivial interpreter
 * --------------------------------------------------------------------------- */

/* The environment of an interpreter: one handle per variable. */
struct jx_env {
    const struct jx_program *program;
    jaxc_value *at;      /* n_vars */
    jaxc_value *literal; /* n_literals, made on first use */
};
bool jx_env_init(struct jx_env *env, const struct jx_program *p,
                 const jaxc_value *consts_and_inputs);
void jx_env_fini(struct jx_env *env);
jaxc_value jx_env_get(struct jx_env *env, jx_atom a); /* poison with the error set on failure */

/* Emits the program's equations on these inputs (consts first). Locations and weak flags are kept.
 */
bool jx_replay(const struct jx_program *p, const jaxc_value *in, jaxc_value *out);
/* Called after a pending node was made, when set; api evaluates long pending graphs through it. */
extern void (*jx_pending_hook)(jaxc_value v);
/* The computed elements, row-major, alive with the node; NULL with the error set on failure. */
extern const void *(*jx_elements_hook)(struct jx_ref r);
/* Applies a primitive to handles; results in the innermost scope. false with poison in y on
 * failure. */
bool jx_bind(const struct jx_prim *prim, const void *params, int n_in, const jaxc_value *x,
             int n_out, jaxc_value *y);

/* ---- text: print.c parse.c; the check: verify.c
 * ------------------------------------------------------------------------------- */

/* The jaxpr text of semantics 9.2. The caller frees. */
char *jx_program_print(const struct jx_program *p);
/* The same program from its text; primitives are found by name. NULL with JAXC_ESYNTAX naming line
 * and column. */
struct jx_program *jx_program_parse(const char *text);
/* Types, single assignment, order, arity; internal error naming the equation. */
bool jx_program_verify(const struct jx_program *p);
/* What prim/ registers: all primitives, by name. */
const struct jx_prim *jx_prim_find(const char *name, size_t length);

/* ---- trees: tree.c --------------------------------------------------------------------------- */

/* The structure of a value: leaves in order; dict keys sorted. Counted, immutable. */
struct jx_tree {
    _Atomic uint32_t refs;
    int n_leaves;
    int n_items; /* preorder */
    struct jx_tree_item {
        int n;                   /* children; -1: a leaf */
        const char *const *keys; /* interned; NULL: tuple */
    } items[];
};
struct jx_tree *jx_tree_ref(struct jx_tree *t);
void jx_tree_unref(struct jx_tree *t);
bool jx_tree_same(const struct jx_tree *a, const struct jx_tree *b);
uint64_t jx_tree_hash(const struct jx_tree *t);
/* Flattens a value: its structure and one counted ref per leaf (free each, then the array). */
struct jx_tree *jx_tree_flatten(jaxc_value v, struct jx_ref **leaves);
struct jx_tree *jx_tree_flatten_ref(struct jx_ref root, struct jx_ref **leaves);
jaxc_value jx_tree_unflatten(const struct jx_tree *t, const jaxc_value *leaves);
/* A tuple, or with sorted interned keys a dict. */
jaxc_value jx_tree_make(int n, const jaxc_value *values, const char *const *keys);
/* What a value has at each leaf of t. Not counted: root holds it. Where the two differ it is
 * JAXC_ETREE; name and of are their names in the message. */
enum jx_follow {
    JX_FOLLOW_SAME,
    JX_FOLLOW_INTO,  /* the value may have trees at the leaves of t, which are found whole */
    JX_FOLLOW_SPREAD /* the value may have leaves at trees of t, found at all leaves of those */
};
bool jx_tree_follow(const struct jx_tree *t, struct jx_ref root, enum jx_follow how,
                    const char *name, const char *of, struct jx_ref *found);
/* "[0]["w"]" of a leaf into a buffer; returns it. */
char *jx_tree_path(const struct jx_tree *t, int leaf, char *buffer, size_t size);
/* "(f32[3], {"w": f32[2]})" of a value into a buffer of JX_STRUCTURE_TEXT bytes; returns it. What
 * is too long or too deep is dots. */
#define JX_STRUCTURE_TEXT 256
char *jx_structure_text(struct jx_ref r, char *buffer);
const char *jx_intern(const char *s);                              /* NULL: no memory */
const char *const *jx_intern_keys(int n, const char *const *keys); /* the array too */

/* Functions are counted through api's hooks, so that params may hold them. */
struct jx_fn_hooks {
    void (*ref)(struct jx_fn_object *f);
    void (*unref)(struct jx_fn_object *f);
    bool (*same)(const struct jx_fn_object *a, const struct jx_fn_object *b);
    uint64_t (*hash)(const struct jx_fn_object *f);
    jaxc_value (*call)(struct jx_fn_object *f, int n, const jaxc_value *args);
    /* f over lanes: argument i at axis[i] (-1: the same for all); its results come at axis 0, those
     * with sum[i] (may be NULL, shorter is fine: n_sum) summed over the lanes. Counted; NULL on
     * failure. */
    struct jx_fn_object *(*lanes)(struct jx_fn_object *f, int n, const int *axis, int64_t size,
                                  int n_sum, const bool *sum);
};
extern struct jx_fn_hooks jx_fn_hooks; /* set by api before any function exists */

#endif
