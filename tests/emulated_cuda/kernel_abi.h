/*
 * kernel_abi.h - what a compiled kernel and the emulated device know of each other: C and C++.
 */
#ifndef EMULATED_KERNEL_ABI_H
#define EMULATED_KERNEL_ABI_H

struct emulated_dim {
    unsigned int x, y, z;
};

/* Operations at which the lanes of a warp meet. */
enum emulated_warp_op {
    EMULATED_SYNC,
    EMULATED_SHFL, /* value of lane `arg`, of this group of `width` */
    EMULATED_SHFL_UP,
    EMULATED_SHFL_DOWN,
    EMULATED_SHFL_XOR,
    EMULATED_BALLOT,
    EMULATED_ANY,
    EMULATED_ALL,
    EMULATED_ADD,
    EMULATED_MIN, /* of unsigned numbers; MIN_SIGNED of signed ones */
    EMULATED_MAX,
    EMULATED_MIN_SIGNED,
    EMULATED_MAX_SIGNED,
    EMULATED_AND,
    EMULATED_OR,
    EMULATED_XOR,
};

/* What kernels see; one for the whole device. */
struct emulated_device {
    struct emulated_dim thread, block; /* of the thread that runs now */
    struct emulated_dim block_dim, grid_dim;
    void *dynamic_shared;
    /* A site is a number of the place in the text. Returns how many threads gave a predicate. */
    int (*barrier)(int site, int predicate);
    unsigned long long (*warp)(enum emulated_warp_op op, unsigned int mask,
                               unsigned long long value, int arg, int width);
    unsigned int (*lanes)(void); /* of this thread's warp that have not returned */
    void (*trap)(const char *why);
};

struct emulated_kernel {
    const char *name;
    void (*run)(void **params);
    unsigned int n_params;
    const unsigned int *sizes; /* of the parameters, bytes */
    char *shared, *shared_end; /* static shared memory; NULL: none */
    unsigned int most_threads; /* __launch_bounds__; 0: none */
};

/* Exported by each module: takes the device, gives its kernels, a NULL name after the last. */
#define EMULATED_BIND "emulated_bind"
typedef const struct emulated_kernel *emulated_bind_fn(const struct emulated_device *device);

#endif
