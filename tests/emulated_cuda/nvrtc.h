/*
 * nvrtc.h - a program of the emulated NVRTC, and what its files share.
 */
#ifndef EMULATED_NVRTC_H
#define EMULATED_NVRTC_H

#include "calls.h"
#include "cubin.h"

#include <stdio.h>

struct _nvrtcProgram {
    char *text, *name;
    int n_headers;
    char **headers, **header_names;
    char *log; /* NULL: not compiled yet */
    char *cubin;
    size_t cubin_size; /* 0: none */
    int arch;
    char *flags[64]; /* -D and the like, for the host's compiler */
    int n_flags;
};

/* options.c: reads options; false: the log says which is none. */
bool options_read(jx_nvrtc_program p, int n, const char *const *options);

/* text.c: the program's text, ready for the host's compiler: sections for shared memory, dynamic
 * shared memory as a pointer, the table of kernels. false: out of memory. */
bool text_write(FILE *out, const char *text, const char *name);

/* compile.c: text into cubin and log. */
jx_nvrtc_result compile(jx_nvrtc_program p);

/* A log line; printf's. */
void log_add(jx_nvrtc_program p, const char *format, ...) __attribute__((format(printf, 2, 3)));

extern const int nvrtc_archs[];
extern const int nvrtc_n_archs;

#endif
