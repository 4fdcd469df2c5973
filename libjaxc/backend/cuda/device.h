/*
 * backend/cuda/device.h - the device: its context, its stream, its memory.
 */
#ifndef JX_CUDA_DEVICE_H
#define JX_CUDA_DEVICE_H

#include "backend/cuda/driver.h"

struct jx_cuda_device_state {
    const struct jx_cuda_driver *driver;
    jx_cuda_device number;
    jx_cuda_context context; /* the device's primary one, which other libraries share */
    jx_cuda_stream stream;   /* all work of the library, in order */
    jx_cuda_pool pool;
    int arch; /* 10 * major + minor of the compute capability */
};

/* The device, opened; NULL with JAXC_ENODEVICE set when there is none. */
const struct jx_cuda_device_state *jx_cuda_open(void);

/* Makes the device's context the thread's own until jx_cuda_leave, which puts back the one before.
 * False with the error set. */
bool jx_cuda_enter(const struct jx_cuda_device_state *device);
void jx_cuda_leave(const struct jx_cuda_device_state *device);

/* Of the thread that has entered. Memory comes in the stream's order; when there is none left, what
 * the pool holds back is given up first. 0 with the error set. */
jx_cuda_ptr jx_cuda_alloc(const struct jx_cuda_device_state *device, size_t size);
void jx_cuda_free(const struct jx_cuda_device_state *device, jx_cuda_ptr memory);

extern const struct jx_memory jx_cuda_memory;

#endif
