/*
 * driver.h - the emulated driver: what its files share.
 *
 * Everything here runs under the one lock of calls.c.
 */
#ifndef EMULATED_DRIVER_H
#define EMULATED_DRIVER_H

#include "calls.h"
#include "kernel_abi.h"

/* handles.c: every object handed out begins with this, and is found by its address, so that a
 * wrong handle is an error and what lives can be counted. */
enum kind { KIND_STREAM, KIND_EVENT, KIND_MODULE, KIND_GRAPH, KIND_EXEC, KIND_PINNED, N_KINDS };
struct handle {
    enum kind kind;
    jx_cuda_context context; /* NULL: belongs to none */
    struct handle *next;     /* in its bucket */
};
void handle_add(struct handle *h, enum kind kind, jx_cuda_context context);
void handle_remove(struct handle *h);
bool handle_is(const void *object, enum kind kind);
struct handle *handle_next(jx_cuda_context context, enum kind kind); /* any of them */
long handle_live(enum kind kind);

/* device.c: devices and their primary contexts. */
struct CUctx_st {
    jx_cuda_device device;
    int retained;
    jx_cuda_result error; /* of the device: stays until the context goes */
    jx_cuda_stream null_stream;
    jx_cuda_stream streams; /* all, the default one too */
    size_t used_high;       /* of the pool, bytes */
    uint64_t threshold;
};
/* The context of this thread, sound. */
jx_cuda_result current_context(jx_cuda_context *context);
int device_arch(void); /* 80: sm_80 */
/* What the device can do. */
enum {
    MOST_THREADS = 1024,
    SHARED_BYTES = 48 * 1024,
    SHARED_BYTES_OPT_IN = 163 * 1024, /* sm_80 */
};

/* message.c: what emulated_cuda_message gives; printf's. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t random_bits(void);
uint32_t random_below(uint32_t n);

/* memory.c: the heap of the device. */
struct allocation {
    uintptr_t begin; /* what the user has */
    size_t size;     /* bytes asked for */
    uintptr_t from;  /* its pages, whole ones */
    uintptr_t to;
    bool live;  /* its allocation has happened in its stream */
    bool freed; /* its end is asked for */
    bool open;  /* kernels may touch it now */
    jx_cuda_context context;
};
jx_cuda_result memory_alloc(size_t bytes, jx_cuda_context context, struct allocation **a);
void memory_free(struct allocation *a);
struct allocation *memory_find(uintptr_t at); /* that holds this address, or NULL */
struct allocation *memory_of(jx_cuda_context context);
bool memory_enter(uintptr_t at); /* a kernel touched this: may it? opens it then */
void memory_leave(void);         /* closes all to the host */
bool memory_intact(void);        /* no byte beside an open allocation was written */
/* Where the library itself reads and writes [at, at + bytes); NULL: not within one live
 * allocation. */
void *memory_view(uintptr_t at, size_t bytes);
void memory_count(long *allocations, size_t *bytes);
size_t memory_total(void);
void memory_tell(uintptr_t at); /* a message that ends with what is near that address */

/* module.c */
struct CUfunc_st {
    jx_cuda_module module;
    const struct emulated_kernel *kernel;
    int most_dynamic; /* shared memory, bytes */
};
bool function_is(jx_cuda_function f);

/* launch.c, copy.c, work.c: a thing that the device does, complete with its arguments. */
enum work_kind { WORK_KERNEL, WORK_COPY, WORK_SET };
struct work {
    enum work_kind kind;
    jx_cuda_context context;
    jx_cuda_function function;
    struct emulated_dim grid, block;
    unsigned int dynamic_shared;
    void **params; /* the array and the arguments in one piece of memory */
    struct jx_cuda_memcpy3d copy;
    struct jx_cuda_memset_node set;
    void *staged; /* the host's bytes of a copy to the device; NULL: read when it runs */
};
jx_cuda_result work_kernel(struct work *w, const struct jx_cuda_kernel_node *params);
jx_cuda_result work_copy(struct work *w, const struct jx_cuda_memcpy3d *params);
jx_cuda_result work_set(struct work *w, const struct jx_cuda_memset_node *params);
jx_cuda_result work_clone(struct work *to, const struct work *from);
void work_free(struct work *w); /* what it holds */
jx_cuda_result work_run(const struct work *w);
jx_cuda_result copy_run(const struct work *w);
jx_cuda_result set_run(const struct work *w);
jx_cuda_result launch_run(const struct work *w);

/* stream.c: work waits in its stream until somebody waits for it. */
struct operation;
struct CUstream_st {
    struct handle handle;
    unsigned int flags;
    int held;             /* by its owner, by events and by waits for them */
    uint64_t asked, done; /* operations so far */
    struct operation *first, *last;
    jx_cuda_stream next; /* of its context */
};
jx_cuda_result stream_of(jx_cuda_stream given, jx_cuda_stream *stream); /* NULL: the default one */
jx_cuda_result stream_add_work(jx_cuda_stream s, const struct work *w); /* takes what w holds */
jx_cuda_result stream_add_alloc(jx_cuda_stream s, struct allocation *a);
jx_cuda_result stream_add_free(jx_cuda_stream s, struct allocation *a);
jx_cuda_result stream_add_graph(jx_cuda_stream s, jx_cuda_graph_exec exec);
jx_cuda_result stream_add_wait(jx_cuda_stream s, jx_cuda_stream other, uint64_t until);
jx_cuda_result stream_run(jx_cuda_stream s, uint64_t until);
jx_cuda_result streams_run(jx_cuda_context context); /* all of them */
void stream_wait_default(jx_cuda_stream s);          /* as the default stream's rules have it */
void stream_release(jx_cuda_stream s);
jx_cuda_result stream_new(jx_cuda_context context, unsigned int flags, jx_cuda_stream *stream);
void stream_free(jx_cuda_stream s);

/* graph_run.c */
jx_cuda_result exec_run(jx_cuda_graph_exec exec);
/* Objects of a context that goes. */
void module_free(jx_cuda_module m);
void exec_free(jx_cuda_graph_exec exec);
void event_free(jx_cuda_event event);
void pinned_free_all(jx_cuda_context context);

/* block.c: the threads of a block. */
jx_cuda_result block_run(const struct emulated_kernel *kernel, void **params,
                         unsigned int dynamic_shared);
extern struct emulated_device device_seen;
/* Ends the launch, from within a kernel. Does not return. */
void block_abort(jx_cuda_result error);
bool block_inside(void);       /* is a kernel's thread what runs? */
const char *block_where(void); /* "kernel f, block (0,0,0), thread (3,0,0)" */

/* fault.c: a kernel's signals. */
void fault_begin(void);
void fault_end(void);

#endif
