/*
 * api/api.h - functions, flat arguments, compiled functions: what the public calls share.
 */
#ifndef JX_API_H
#define JX_API_H

#include "ir/ir.h"
#include "kernel/kernel.h"
#include "numpy/numpy.h"
#include "prim/prim.h"
#include "transform/transform.h"

#include <jaxc/jaxc.h>

/* ---- functions: fn.c ------------------------------------------------------------------------- */

/* A sort of function: how it is called. */
struct jx_fn_kind {
    const char *part; /* what messages call the function that it runs, "the function" of jaxc_grad;
                         NULL: it runs none, or its own code */
    jaxc_value (*call)(struct jx_fn_object *f, int n, const jaxc_value *args);
};

/*
 * A function: a C function, or what a transform made of others. Two objects of equal code (kind, c,
 * bytes, program, trees, inner functions) and equal types of bound values are the same function to
 * every cache; the bound values are operands.
 */
struct jx_fn_object {
    _Atomic uint32_t refs;
    const struct jx_fn_kind *kind;
    int arity;          /* -1: any */
    int depth;          /* nesting of functions below this one, at most JX_MAX_NESTING */
    const char *name;   /* lives for good; may be NULL */
    struct jx_loc made; /* for messages; zero of a C function, which is made nowhere */
    jaxc_any_c c;
    int n_inner;
    struct jx_fn_object *inner[3]; /* counted */
    size_t n_bytes;
    void *bytes; /* options, or a closure's environment; owned */
    int n_values;
    struct jx_ref *values;      /* bound values, counted */
    struct jx_program *program; /* counted; NULL: none */
    struct jx_tree *tree[2];    /* counted; NULL: none */
    struct jx_fn_object *next_dead;
};

/* An object of this kind over inner functions (counted up) and a copy of `bytes`; NULL on failure.
 */
struct jx_fn_object *jx_fn_new(const struct jx_fn_kind *kind, int arity, int n_inner,
                               struct jx_fn_object *const *inner, const void *bytes,
                               size_t n_bytes);
bool jx_fn_bind_values(struct jx_fn_object *f, int n,
                       const struct jx_ref *values); /* counts them */
struct jx_fn_object *jx_fn_ref(struct jx_fn_object *f);
void jx_fn_unref(struct jx_fn_object *f); /* no recursion; NULL is fine */
/* A handle in the innermost scope; takes the caller's count, also on failure. NULL gives poison. */
jaxc_fn jx_fn_own(struct jx_fn_object *f);
struct jx_fn_object *jx_fn_get(jaxc_fn f); /* counted; NULL with the error set */
bool jx_fn_same_code(const struct jx_fn_object *a, const struct jx_fn_object *b);
uint64_t jx_fn_hash_code(const struct jx_fn_object *f);
/* All bound values below f in a fixed order, and f with others in their place (counted). */
int jx_fn_n_values(const struct jx_fn_object *f);
void jx_fn_values(const struct jx_fn_object *f, struct jx_ref *values);
struct jx_fn_object *jx_fn_with_values(struct jx_fn_object *f, const struct jx_ref *values);
/* Whether f takes n arguments; sets the error otherwise. */
bool jx_fn_takes(const struct jx_fn_object *f, int n);
/* " (update, made by jaxc_jit at train.c:40)", as much of it as is known, into a buffer of
 * JX_MADE_TEXT bytes; returns it. */
#define JX_MADE_TEXT 256
char *jx_fn_made_text(const struct jx_fn_object *f, char *buffer);
/* Calls with the arity checked and the result checked to be alive. */
jaxc_value jx_fn_call(struct jx_fn_object *f, int n, const jaxc_value *args);
/* The transform of one function: an object of `kind` with the arity of f, owned by the innermost
 * scope. */
jaxc_fn jx_fn_transform(const struct jx_fn_kind *kind, jaxc_fn f, int arity, const void *bytes,
                        size_t n_bytes);
/* A user's set of arguments in bytes that are part of a key, which are zero before. JAXC_EVALUE for
 * one that JAXC_ARGS did not make; `how` is how it is written. */
bool jx_take_args(const struct jaxc_args *given, const char *how, struct jaxc_args *set);
extern const struct jx_fn_kind jx_fn_c, jx_fn_program;
/* The function behind a pointer that JAXC_FUNCTION made, counted; NULL: an ordinary one. */
struct jx_fn_object *jx_function_of(jaxc_any_c c);
/* jx_fn_hooks.lanes: lanes.c */
struct jx_fn_object *jx_fn_lanes(struct jx_fn_object *f, int n, const int *axis, int64_t size,
                                 int n_sum, const bool *sum);
#define JX_ARITY_OF_INNER (-2)
#define JX_MAX_NESTING    256 /* calls nest as functions do, and each takes stack */

/* ---- flat arguments: flat.c
 * ---------------------------------------------------------------------------------------------- */

struct jx_flat {
    int n_args, n_leaves;
    struct jx_tree **trees; /* one for each argument */
    int *first;             /* the first leaf of each argument; n_args + 1 of them */
    struct jx_ref *leaves;  /* counted */
    jaxc_value
        *values; /* handles of the leaves in the innermost scope; NULL until jx_flat_handles */
};
bool jx_flatten(int n, const jaxc_value *args, struct jx_flat *flat);
/* The same of several; a message about a dead one says "argument 1". */
bool jx_flatten_arguments(int n, const jaxc_value *args, struct jx_flat *flat);
/* Says that an argument is dead, and why; false. */
bool jx_fail_argument(int argument, jaxc_value v);
bool jx_flat_handles(struct jx_flat *flat);
void jx_flat_fini(struct jx_flat *flat);
/* "argument 1[0]["w"]" of a leaf, into a buffer of JX_WHERE bytes. */
#define JX_WHERE 256
char *jx_flat_where(const struct jx_flat *flat, int leaf, char *buffer);

struct jx_tree *jx_flat_tuple(
    const struct jx_flat *flat); /* the tuple of the arguments' structures; counted */

/* The trace of a function at given types. */
struct jx_traced_fn {
    struct jx_traced traced; /* arguments: the leaves that are not literal */
    struct jx_tree *out;     /* structure of the result */
};
/* avals: one for each leaf; literal[i] (may be NULL) passes that leaf as it is instead of an
 * argument. */
bool jx_fn_trace(struct jx_fn_object *f, const struct jx_flat *flat, const struct jx_aval *avals,
                 const bool *literal, struct jx_traced_fn *result);
/* The same with f's bound values as arguments too, before the others. */
bool jx_fn_trace_bound(struct jx_fn_object *f, const struct jx_flat *flat,
                       const struct jx_aval *avals, const bool *literal,
                       struct jx_traced_fn *result);
void jx_traced_fn_fini(struct jx_traced_fn *t);
/* The program's inputs: handles of the captures, then of the leaves (freed by the caller); NULL on
 * failure. */
jaxc_value *jx_traced_inputs(const struct jx_traced *t, int n_args, const jaxc_value *args);
/* Types of the leaves as they are. */
struct jx_aval *jx_flat_avals(const struct jx_flat *flat);

/* ---- trees: tree.c --------------------------------------------------------------------------- */

/* As the public calls, which they would name in messages: n >= 0. */
jaxc_value jx_tuple(int n, const jaxc_value *values);
jaxc_value jx_get_part(jaxc_value x, int64_t i);
int jx_length(jaxc_value x);
bool jx_is_tuple(jaxc_value x);

/* ---- compiled programs: compile.c
 * ------------------------------------------------------------------------------------------ */

struct jx_exe;
/* The executable of a program, from the cache or made; counted; NULL on failure. donated: for each
 * input, may be NULL. */
struct jx_exe *jx_compile(struct jx_program *p, const bool *donated);
void jx_exe_unref(struct jx_exe *e);
/*
 * Runs on buffers (one for each const and input) and gives fresh counted buffers for the outs.
 * reuse[i] (may be NULL): the memory of input i may be taken; taken[i] tells. A donated input that
 * may not be reused is copied.
 */
bool jx_exe_run(struct jx_exe *e, struct jx_buffer *const *in, const bool *reuse, bool *taken,
                struct jx_buffer **out);
const struct jx_code *jx_exe_code(const struct jx_exe *e);
/* The backend in use: JAXC_PLATFORM=cpu|cuda|naive. */
const struct jx_backend *jx_backend(void);
uint64_t jx_n_compiled(void);
void jx_compile_clear(void);

/* ---- layouts and memories: buffer_as.c ------------------------------------------------------- */

bool jx_buffer_is(const struct jx_buffer *b, const struct jx_memory *memory,
                  struct jx_layout layout);
/* b's elements in a memory (NULL: the host's) and a layout, counted up: b itself, or an alternate
 * of it. */
struct jx_buffer *jx_buffer_as(struct jx_buffer *b, const struct jx_aval *aval,
                               const struct jx_memory *memory, struct jx_layout layout);

/* ---- hunting for NaN: debug.c ---------------------------------------------------------------- */

bool jx_debugging(void); /* a setting is on: results are looked at, nothing is donated */
/* While one is on: false with the error set if a result that the program gave has what is hunted. */
bool jx_debug_results(struct jx_program *p, struct jx_buffer *const *in,
                      struct jx_buffer *const *out);

/* ---- evaluation: eval.c ---------------------------------------------------------------------- */

/* Computes these values (not trees); afterwards each is a leaf. */
bool jx_evaluate(int n, const struct jx_ref *refs);
/* The elements in rows, computed; kept alive by the node. */
const void *jx_elements(struct jx_ref r);
void jx_evaluate_when_long(jaxc_value v);
/* The buffer of an evaluated value, counted; a literal gets one. */
struct jx_buffer *jx_leaf_buffer(struct jx_ref r);

/* Gives a literal node the buffer that jaxc_data can point at; NULL on failure. */
struct jx_buffer *jx_literal_buffer(struct jx_node *n);

/* Set once, before anything of api runs. */
void jx_api_init(void);

#endif
