/*
 * backend/cuda/driver.h - NVIDIA's libraries, opened when they are first needed.
 */
#ifndef JX_CUDA_DRIVER_H
#define JX_CUDA_DRIVER_H

#include "base/base.h"
#include "backend/cuda/cuda_api.h"

#define JX_ROW(result, name, params) result(*name) params;
struct jx_cuda_driver {
    JX_CUDA_DRIVER(JX_ROW)
};
struct jx_nvrtc {
    JX_NVRTC(JX_ROW)
};
#undef JX_ROW

/* The driver, initialised, and NVRTC. NULL with JAXC_ENODEVICE set, which says what is missing: the
 * loader's own text, or the driver's. */
const struct jx_cuda_driver *jx_cuda_driver(void);
const struct jx_nvrtc *jx_nvrtc(void);

/* Whether a call of the driver went well; else the error is set: JAXC_ENOMEM, JAXC_EDEVICELOST, or
 * JAXC_EDEVICE. `what` was to be done. */
bool jx_cuda_ok(jx_cuda_result result, const char *what);

#endif
