/*
 * backend/cuda/driver.c - NVIDIA's libraries, opened at run time: from the folder that JAXC_CUDA_PATH
 * names if they are there, else from where the loader looks.
 *
 * Whether one is there is found out once: a machine does not get a driver while a program runs.
 */
#include "backend/cuda/driver.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct library {
    const char *const *names; /* tried in order, up to NULL */
    void **functions;         /* in the order of `symbols` */
    const char *const *symbols;
    size_t n_symbols;
    char why[JX_ERROR_TEXT / 2]; /* it is not there; "": it is */
};

/* A struct of functions is read as an array of pointers. */
#define JX_ROW(result, name, params) #name,
static const char *const driver_symbols[] = {JX_CUDA_DRIVER(JX_ROW)};
static const char *const nvrtc_symbols[] = {JX_NVRTC(JX_ROW)};
#undef JX_ROW

#define COUNT(array) (sizeof(array) / sizeof *(array))
_Static_assert(sizeof(struct jx_cuda_driver) == COUNT(driver_symbols) * sizeof(void *), "no gaps");
_Static_assert(sizeof(struct jx_nvrtc) == COUNT(nvrtc_symbols) * sizeof(void *), "no gaps");

static void *open_in(const char *folder, const char *const *names)
{
    char path[4096];
    void *handle = NULL;
    for (int i = 0; !handle && names[i]; i++)
        if (snprintf(path, sizeof path, "%s/%s", folder, names[i]) < (int)sizeof path)
            handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    return handle;
}

static bool open_library(struct library *l)
{
    const char *folder = getenv("JAXC_CUDA_PATH");
    void *handle = folder && folder[0] ? open_in(folder, l->names) : NULL;
    for (int i = 0; !handle && l->names[i]; i++) {
        handle = dlopen(l->names[i], RTLD_NOW | RTLD_LOCAL);
        if (!handle && i == 0)
            snprintf(l->why, sizeof l->why, "%s", dlerror());
    }
    if (!handle)
        return false;
    for (size_t i = 0; i < l->n_symbols; i++) {
        l->functions[i] = dlsym(handle, l->symbols[i]);
        if (!l->functions[i]) {
            snprintf(l->why, sizeof l->why, "%s", dlerror());
            dlclose(handle);
            return false;
        }
    }
    l->why[0] = 0;
    return true;
}

/* ---- the driver ------------------------------------------------------------------------------ */

static struct jx_cuda_driver driver;
static struct library driver_library = {
    .names = (const char *const[]){"libcuda.so.1", "libcuda.so", NULL},
    .symbols = driver_symbols,
    .n_symbols = COUNT(driver_symbols)};

static void open_driver(void)
{
    driver_library.functions = (void **)(void *)&driver;
    if (!open_library(&driver_library))
        return;
    jx_cuda_result result = driver.cuInit(0);
    const char *text = NULL;
    if (result == JX_CUDA_SUCCESS)
        return;
    driver.cuGetErrorString(result, &text);
    snprintf(driver_library.why, sizeof driver_library.why, "cuInit: %s (%d)",
             text ? text : "an unknown error", (int)result);
}

const struct jx_cuda_driver *jx_cuda_driver(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_driver);
    if (!driver_library.why[0])
        return &driver;
    jx_fail(JAXC_ENODEVICE, "no CUDA device: %s", driver_library.why);
    return NULL;
}

/* ---- NVRTC ----------------------------------------------------------------------------------- */

static struct jx_nvrtc nvrtc;
static struct library nvrtc_library = {
    .names = (const char *const[]){"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so", NULL},
    .symbols = nvrtc_symbols,
    .n_symbols = COUNT(nvrtc_symbols)};

static void open_nvrtc(void)
{
    nvrtc_library.functions = (void **)(void *)&nvrtc;
    open_library(&nvrtc_library);
}

const struct jx_nvrtc *jx_nvrtc(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_nvrtc);
    if (!nvrtc_library.why[0])
        return &nvrtc;
    jx_fail(JAXC_ENODEVICE, "kernels for CUDA cannot be compiled: %s", nvrtc_library.why);
    return NULL;
}

/* ---- errors ---------------------------------------------------------------------------------- */

bool jx_cuda_ok(jx_cuda_result result, const char *what)
{
    const char *text = NULL;
    if (result == JX_CUDA_SUCCESS)
        return true;
    driver.cuGetErrorString(result, &text);
    text = text ? text : "an unknown error";
    switch (result) {
    case JX_CUDA_ERROR_OUT_OF_MEMORY: return jx_fail(JAXC_ENOMEM, "%s: %s", what, text);
    case JX_CUDA_ERROR_ECC_UNCORRECTABLE:
    case JX_CUDA_ERROR_ILLEGAL_ADDRESS:
    case JX_CUDA_ERROR_LAUNCH_TIMEOUT:
    case JX_CUDA_ERROR_ASSERT:
    case JX_CUDA_ERROR_ILLEGAL_INSTRUCTION:
    case JX_CUDA_ERROR_MISALIGNED_ADDRESS:
    case JX_CUDA_ERROR_LAUNCH_FAILED:
        return jx_fail(JAXC_EDEVICELOST, "%s: the device is lost: %s (%d)", what, text,
                       (int)result);
    default: return jx_fail(JAXC_EDEVICE, "%s: %s (%d)", what, text, (int)result);
    }
}
