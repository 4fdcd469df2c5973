/*
 * module.c - modules: the object in an emulated cubin, opened by the loader.
 */
#include "cubin.h"
#include "driver.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct CUmod_st {
    struct handle handle;
    void *library;
    const struct emulated_kernel *kernels;
    int n; /* kernels */
    struct CUfunc_st *functions;
    jx_cuda_module next;
};
static jx_cuda_module modules;

bool function_is(jx_cuda_function f)
{
    for (jx_cuda_module m = modules; m; m = m->next)
        if ((uintptr_t)f >= (uintptr_t)m->functions &&
            (uintptr_t)f < (uintptr_t)(m->functions + m->n))
            return true;
    return false;
}

static jx_cuda_result image_check(const struct cubin *head)
{
    if (memcmp(head->magic, CUBIN_MAGIC, sizeof head->magic) != 0 || head->size > (64 << 20))
        return JX_CUDA_ERROR_INVALID_IMAGE;
    uint64_t hash = cubin_hash(CUBIN_HASH, &head->arch, sizeof head->arch);
    if (cubin_hash(hash, head + 1, head->size) != head->hash)
        return JX_CUDA_ERROR_INVALID_IMAGE;
    int arch = device_arch(), built = (int)head->arch; /* runs on later ones of its generation */
    if (built / 10 != arch / 10 || built > arch)
        return JX_CUDA_ERROR_NO_BINARY_FOR_GPU;
    return JX_CUDA_SUCCESS;
}

/* A file of a name of its own, or the loader would give the module before it once more. */
static void *library_open(const struct cubin *head)
{
    static unsigned int number;
    const char *folder = folder_of_process();
    char path[4200];
    if (!folder)
        return NULL;
    snprintf(path, sizeof path, "%s/module-%u.so", folder, number++);
    FILE *out = fopen(path, "wb");
    if (!out)
        return NULL;
    bool good = fwrite(head + 1, 1, head->size, out) == head->size;
    good = fclose(out) == 0 && good;
    void *library = good ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!library)
        message("a module does not load: %s", good ? dlerror() : "no room for its file");
    unlink(path);
    return library;
}

void module_free(jx_cuda_module m)
{
    jx_cuda_module *at = &modules;
    while (*at != m)
        at = &(*at)->next;
    *at = m->next;
    handle_remove(&m->handle);
    dlclose(m->library);
    free(m->functions);
    free(m);
}

static jx_cuda_result module_new(const struct cubin *head, jx_cuda_context context,
                                 jx_cuda_module *module)
{
    void *library = library_open(head);
    emulated_bind_fn *bind = NULL;
    if (library)
        *(void **)&bind = dlsym(library, EMULATED_BIND);
    jx_cuda_module m = bind ? calloc(1, sizeof *m) : NULL;
    if (m) {
        m->library = library;
        m->kernels = bind(&device_seen);
        while (m->kernels[m->n].name)
            m->n++;
        m->functions = calloc((size_t)m->n + 1, sizeof *m->functions);
    }
    if (!m || !m->functions) {
        free(m);
        if (library)
            dlclose(library);
        return bind ? JX_CUDA_ERROR_OUT_OF_MEMORY : JX_CUDA_ERROR_INVALID_IMAGE;
    }
    for (int i = 0; i < m->n; i++)
        m->functions[i] = (struct CUfunc_st){m, &m->kernels[i], SHARED_BYTES};
    handle_add(&m->handle, KIND_MODULE, context);
    m->next = modules;
    modules = m;
    *module = m;
    return JX_CUDA_SUCCESS;
}

/* The device's compiler refuses more static shared memory than a block has. */
static jx_cuda_result shared_check(jx_cuda_module m)
{
    for (int i = 0; i < m->n; i++) {
        long bytes = (long)(m->kernels[i].shared_end - m->kernels[i].shared);
        if (bytes > SHARED_BYTES) {
            message("kernel %s has %ld bytes of static shared memory, at most %d",
                    m->kernels[i].name, bytes, SHARED_BYTES);
            return JX_CUDA_ERROR_INVALID_IMAGE;
        }
    }
    return JX_CUDA_SUCCESS;
}

jx_cuda_result cuModuleLoadData(jx_cuda_module *module, const void *image)
{
    struct call call CALL_ENDS = call_begin(CALL_cuModuleLoadData);
    if (call.refused)
        return call.refused;
    jx_cuda_context context;
    jx_cuda_result error = current_context(&context);
    if (error != JX_CUDA_SUCCESS)
        return error;
    if (!module || !image)
        return JX_CUDA_ERROR_INVALID_VALUE;
    struct cubin *copy = NULL, head; /* an image may begin anywhere */
    memcpy(&head, image, sizeof head.magic);
    if (memcmp(head.magic, CUBIN_MAGIC, sizeof head.magic) != 0)
        return JX_CUDA_ERROR_INVALID_IMAGE;
    memcpy(&head, image, sizeof head);
    if (head.size <= 64 << 20)
        copy = malloc(sizeof head + head.size);
    if (!copy)
        return JX_CUDA_ERROR_INVALID_IMAGE;
    memcpy(copy, image, sizeof head + head.size);
    error = image_check(copy);
    if (error == JX_CUDA_SUCCESS)
        error = module_new(copy, context, module);
    free(copy);
    if (error != JX_CUDA_SUCCESS)
        return error;
    error = shared_check(*module);
    if (error != JX_CUDA_SUCCESS)
        module_free(*module);
    return error;
}

jx_cuda_result cuModuleUnload(jx_cuda_module module)
{
    struct call call CALL_ENDS = call_begin(CALL_cuModuleUnload);
    if (call.refused)
        return call.refused;
    if (!module || !handle_is(module, KIND_MODULE))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    jx_cuda_result error = streams_run(module->handle.context);
    module_free(module);
    return error;
}

jx_cuda_result cuModuleGetFunction(jx_cuda_function *function, jx_cuda_module module,
                                   const char *name)
{
    struct call call CALL_ENDS = call_begin(CALL_cuModuleGetFunction);
    if (call.refused)
        return call.refused;
    if (!module || !handle_is(module, KIND_MODULE))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    if (!function || !name)
        return JX_CUDA_ERROR_INVALID_VALUE;
    for (int i = 0; i < module->n; i++) {
        if (strcmp(module->kernels[i].name, name) == 0) {
            *function = &module->functions[i];
            return JX_CUDA_SUCCESS;
        }
    }
    return JX_CUDA_ERROR_NOT_FOUND;
}

jx_cuda_result cuFuncGetAttribute(int *value, jx_cuda_function_attribute attribute,
                                  jx_cuda_function function)
{
    struct call call CALL_ENDS = call_begin(CALL_cuFuncGetAttribute);
    if (call.refused)
        return call.refused;
    if (!function_is(function))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    if (!value)
        return JX_CUDA_ERROR_INVALID_VALUE;
    const struct emulated_kernel *kernel = function->kernel;
    switch (attribute) {
    case JX_CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
        *value = kernel->most_threads ? (int)kernel->most_threads : MOST_THREADS;
        break;
    case JX_CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
        *value = (int)(kernel->shared_end - kernel->shared);
        break;
    case JX_CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES: *value = function->most_dynamic; break;
    case JX_CU_FUNC_ATTRIBUTE_NUM_REGS: *value = 32; break;
    case JX_CU_FUNC_ATTRIBUTE_PTX_VERSION:
    case JX_CU_FUNC_ATTRIBUTE_BINARY_VERSION: *value = device_arch(); break;
    case JX_CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES:
    case JX_CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES: *value = 0; break;
    case JX_CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT: *value = -1; break;
    default: return JX_CUDA_ERROR_INVALID_VALUE;
    }
    return JX_CUDA_SUCCESS;
}

jx_cuda_result cuFuncSetAttribute(jx_cuda_function function, jx_cuda_function_attribute attribute,
                                  int value)
{
    struct call call CALL_ENDS = call_begin(CALL_cuFuncSetAttribute);
    if (call.refused)
        return call.refused;
    if (!function_is(function))
        return JX_CUDA_ERROR_INVALID_HANDLE;
    if (attribute == JX_CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT)
        return value < -1 || value > 100 ? JX_CUDA_ERROR_INVALID_VALUE : JX_CUDA_SUCCESS;
    long fixed = (long)(function->kernel->shared_end - function->kernel->shared);
    if (attribute != JX_CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES || value < 0 ||
        value > SHARED_BYTES_OPT_IN - fixed)
        return JX_CUDA_ERROR_INVALID_VALUE;
    function->most_dynamic = value;
    return JX_CUDA_SUCCESS;
}
