/*
 * nvrtc.c - NVRTC's functions over the host's C++ compiler.
 */
#include "nvrtc.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const int nvrtc_archs[] = {75, 80, 86, 89, 90, 100};
const int nvrtc_n_archs = sizeof nvrtc_archs / sizeof *nvrtc_archs;

void log_add(jx_nvrtc_program p, const char *format, ...)
{
    char *line = NULL, *log = NULL;
    va_list list;
    va_start(list, format);
    if (vasprintf(&line, format, list) < 0)
        line = NULL;
    va_end(list);
    if (line && asprintf(&log, "%s%s", p->log ? p->log : "", line) >= 0) {
        free(p->log);
        p->log = log;
    }
    free(line);
}

jx_nvrtc_result nvrtcVersion(int *major, int *minor)
{
    struct call call CALL_ENDS = call_begin(CALL_nvrtcVersion);
    if (call.refused)
        return call.refused;
    if (!major || !minor)
        return JX_NVRTC_ERROR_INVALID_INPUT;
    long long version = setting("EMULATED_CUDA_NVRTC", 12040); /* as drivers count: 12.4 */
    *major = (int)(version / 1000);
    *minor = (int)(version % 1000 / 10);
    return JX_NVRTC_SUCCESS;
}

#define RESULT_NAME(name, number)                                                                  \
    case number: return #name;
const char *nvrtcGetErrorString(jx_nvrtc_result error)
{
    struct call call CALL_ENDS = call_begin(CALL_nvrtcGetErrorString);
    if (call.refused)
        return NULL;
    switch ((int)error) {
        JX_NVRTC_RESULTS(RESULT_NAME)
    default: return "NVRTC_ERROR unknown";
    }
}

jx_nvrtc_result nvrtcGetNumSupportedArchs(int *count)
{
    struct call call CALL_ENDS = call_begin(CALL_nvrtcGetNumSupportedArchs);
    if (call.refused)
        return call.refused;
    if (!count)
        return JX_NVRTC_ERROR_INVALID_INPUT;
    *count = nvrtc_n_archs;
    return JX_NVRTC_SUCCESS;
}

jx_nvrtc_result nvrtcGetSupportedArchs(int *archs)
{
    struct call call CALL_ENDS = call_begin(CALL_nvrtcGetSupportedArchs);
    if (call.refused)
        return call.refused;
    if (!archs)
        return JX_NVRTC_ERROR_INVALID_INPUT;
    memcpy(archs, nvrtc_archs, sizeof nvrtc_archs);
    return JX_NVRTC_SUCCESS;
}

static void program_free(jx_nvrtc_program p)
{
    for (int i = 0; i < p->n_headers; i++) {
        free(p->headers ? p->headers[i] : NULL);
        free(p->header_names ? p->header_names[i] : NULL);
    }
    for (int i = 0; i < p->n_flags; i++)
        free(p->flags[i]);
    free(p->headers);
    free(p->header_names);
    free(p->text);
    free(p->name);
    free(p->log);
    free(p->cubin);
    free(p);
}

jx_nvrtc_result nvrtcCreateProgram(jx_nvrtc_program *program, const char *text, const char *name,
                                   int n_headers, const char *const *headers,
                                   const char *const *names)
{
    struct call call CALL_ENDS = call_begin(CALL_nvrtcCreateProgram);
    if (call.refused)
        return call.refused;
    if (!program || !text || n_headers < 0 || (n_headers > 0 && (!headers || !names)))
        return JX_NVRTC_ERROR_INVALID_INPUT;
    jx_nvrtc_program p = calloc(1, sizeof *p);
    if (!p)
        return JX_NVRTC_ERROR_OUT_OF_MEMORY;
    p->n_headers = n_headers;
    p->text = strdup(text);
    p->name = strdup(name ? name : "default_program");
    p->headers = calloc((size_t)n_headers + 1, sizeof *p->headers);
    p->header_names = calloc((size_t)n_headers + 1, sizeof *p->header_names);
    bool good = p->text && p->name && p->headers && p->header_names;
    for (int i = 0; good && i < n_headers; i++) {
        p->headers[i] = strdup(headers[i]);
        p->header_names[i] = strdup(names[i]);
        good = p->headers[i] && p->header_names[i];
    }
    if (!good) {
        program_free(p);
        return JX_NVRTC_ERROR_OUT_OF_MEMORY;
    }
    *program = p;
    return JX_NVRTC_SUCCESS;
}

jx_nvrtc_result nvrtcDestroyProgram(jx_nvrtc_program *program)
{
    struct call call CALL_ENDS = call_begin(CALL_nvrtcDestroyProgram);
    if (call.refused)
        return call.refused;
    if (!program || !*program)
        return JX_NVRTC_ERROR_INVALID_PROGRAM;
    program_free(*program);
    *program = NULL;
    return JX_NVRTC_SUCCESS;
}

jx_nvrtc_result nvrtcCompileProgram(jx_nvrtc_program program, int n_options,
                                    const char *const *options)
{
    struct call call CALL_ENDS = call_begin(CALL_nvrtcCompileProgram);
    if (call.refused)
        return call.refused;
    if (!program)
        return JX_NVRTC_ERROR_INVALID_PROGRAM;
    free(program->log);
    program->log = strdup("");
    if (!program->log)
        return JX_NVRTC_ERROR_OUT_OF_MEMORY;
    if (!options_read(program, n_options, options))
        return JX_NVRTC_ERROR_INVALID_OPTION;
    return compile(program);
}

jx_nvrtc_result nvrtcGetCUBINSize(jx_nvrtc_program program, size_t *bytes)
{
    struct call call CALL_ENDS = call_begin(CALL_nvrtcGetCUBINSize);
    if (call.refused)
        return call.refused;
    if (!program || !program->log)
        return JX_NVRTC_ERROR_INVALID_PROGRAM;
    if (!bytes)
        return JX_NVRTC_ERROR_INVALID_INPUT;
    *bytes = program->cubin_size;
    return JX_NVRTC_SUCCESS;
}

jx_nvrtc_result nvrtcGetCUBIN(jx_nvrtc_program program, char *cubin)
{
    struct call call CALL_ENDS = call_begin(CALL_nvrtcGetCUBIN);
    if (call.refused)
        return call.refused;
    if (!program || !program->cubin)
        return JX_NVRTC_ERROR_INVALID_PROGRAM;
    if (!cubin)
        return JX_NVRTC_ERROR_INVALID_INPUT;
    memcpy(cubin, program->cubin, program->cubin_size);
    return JX_NVRTC_SUCCESS;
}

jx_nvrtc_result nvrtcGetProgramLogSize(jx_nvrtc_program program, size_t *bytes)
{
    struct call call CALL_ENDS = call_begin(CALL_nvrtcGetProgramLogSize);
    if (call.refused)
        return call.refused;
    if (!program || !program->log)
        return JX_NVRTC_ERROR_INVALID_PROGRAM;
    if (!bytes)
        return JX_NVRTC_ERROR_INVALID_INPUT;
    *bytes = strlen(program->log) + 1;
    return JX_NVRTC_SUCCESS;
}

jx_nvrtc_result nvrtcGetProgramLog(jx_nvrtc_program program, char *log)
{
    struct call call CALL_ENDS = call_begin(CALL_nvrtcGetProgramLog);
    if (call.refused)
        return call.refused;
    if (!program || !program->log)
        return JX_NVRTC_ERROR_INVALID_PROGRAM;
    if (!log)
        return JX_NVRTC_ERROR_INVALID_INPUT;
    strcpy(log, program->log);
    return JX_NVRTC_SUCCESS;
}
