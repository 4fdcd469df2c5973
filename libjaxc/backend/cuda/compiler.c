/*
 * backend/cuda/compiler.c - CUDA C to machine code, by NVRTC.
 */
#include "backend/cuda/compiler.h"
#include "backend/cuda/driver.h"
#include "backend/cuda/texts.h"

#include <stdio.h>
#include <string.h>

static const char top[] = "#include \"kernel/scalar_math.h\"\n#include \"prelude.cuh\"\n";

static bool nvrtc_ok(const struct jx_nvrtc *n, jx_nvrtc_result result, const char *what)
{
    return result == JX_NVRTC_SUCCESS ||
           jx_fail(result == JX_NVRTC_ERROR_OUT_OF_MEMORY ? JAXC_ENOMEM : JAXC_EDEVICE, "%s: %s",
                   what, n->nvrtcGetErrorString(result));
}

/* What the compiler has against a text is the library's fault; its first line with "error" says it. */
static bool blame(const struct jx_nvrtc *n, jx_nvrtc_program program)
{
    size_t size = 0;
    char *log = NULL, *rest;
    if (n->nvrtcGetProgramLogSize(program, &size) == JX_NVRTC_SUCCESS && size > 0)
        log = jx_alloc(size + 1, 1);
    const char *said = "no log";
    if (log && n->nvrtcGetProgramLog(program, log) == JX_NVRTC_SUCCESS)
        for (char *line = strtok_r(log, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
            if (strstr(line, "error")) {
                said = line;
                break;
            }
    jx_fail(JAXC_EINTERNAL, "internal: a kernel for CUDA does not compile: %s", said);
    jx_free(log);
    return false;
}

static bool build(const struct jx_nvrtc *n, jx_nvrtc_program program,
                  const struct jx_cuda_options *o)
{
    char arch[32];
    snprintf(arch, sizeof arch, "-arch=sm_%d", o->arch);
    const char *options[] = {arch, "--std=c++17", "--device-as-default-execution-space",
                             "-DJX_HAS_FMA=1"};
    jx_nvrtc_result result =
        n->nvrtcCompileProgram(program, sizeof options / sizeof *options, options);
    return result == JX_NVRTC_ERROR_COMPILATION ? blame(n, program)
                                                : nvrtc_ok(n, result, "nvrtcCompileProgram");
}

static char *machine_code(const struct jx_nvrtc *n, jx_nvrtc_program program, size_t *size)
{
    if (!nvrtc_ok(n, n->nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize"))
        return NULL;
    char *code = jx_alloc(*size + 1, 1);
    if (code && !nvrtc_ok(n, n->nvrtcGetCUBIN(program, code), "nvrtcGetCUBIN")) {
        jx_free(code);
        return NULL;
    }
    return code;
}

char *jx_cuda_compile(const char *kernels, const struct jx_cuda_options *o, size_t *size)
{
    const struct jx_nvrtc *n = jx_nvrtc();
    jx_nvrtc_program program;
    struct jx_text text = {0};
    if (!n)
        return NULL;
    jx_text_add(&text, "%s%s", top, kernels);
    char *whole = jx_text_take(&text), *code = NULL;
    if (whole && nvrtc_ok(n,
                          n->nvrtcCreateProgram(&program, whole, "kernels.cu", jx_cuda_n_texts,
                                                jx_cuda_texts, jx_cuda_text_names),
                          "nvrtcCreateProgram")) {
        if (build(n, program, o))
            code = machine_code(n, program, size);
        n->nvrtcDestroyProgram(&program);
    }
    jx_free(whole);
    return code;
}
