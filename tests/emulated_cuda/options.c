/*
 * options.c - NVRTC's options, those that libjaxc or a debugging hand might give.
 */
#include "nvrtc.h"

#include <stdlib.h>
#include <string.h>

/* Options without effect here. One that ends with = has a value. */
static const char *const ignored[] = {
    "--std=c++11",
    "--std=c++14",
    "--std=c++17",
    "-std=c++11",
    "-std=c++14",
    "-std=c++17",
    "--use_fast_math",
    "-use_fast_math",
    "--fmad=",
    "-fmad=",
    "--ftz=",
    "-ftz=",
    "--prec-div=",
    "-prec-div=",
    "--prec-sqrt=",
    "-prec-sqrt=",
    "-default-device",
    "--device-as-default-execution-space",
    "--generate-line-info",
    "-lineinfo",
    "--maxrregcount=",
    "-maxrregcount=",
    "--restrict",
    "-restrict",
    "--disable-warnings",
    "-w",
    "--extra-device-vectorization",
    "--no-source-include",
    "--split-compile=",
    "--minimal",
    "-minimal",
    "--extensible-whole-program",
    "-no-cache",
};

static const char *after(const char *text, const char *start)
{
    size_t n = strlen(start);
    return strncmp(text, start, n) == 0 ? text + n : NULL;
}

static bool is_ignored(const char *option)
{
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
        size_t n = strlen(ignored[i]);
        if (ignored[i][n - 1] == '=' ? after(option, ignored[i]) != NULL
                                     : strcmp(option, ignored[i]) == 0)
            return true;
    }
    return false;
}

/* sm_90, sm_90a: 90; 0: not known. */
static int arch_of(const char *value)
{
    const char *number = after(value, "sm_");
    char *end;
    long arch = number ? strtol(number, &end, 10) : 0;
    if (number && *end == 'a')
        end++;
    for (int i = 0; arch && *end == 0 && i < nvrtc_n_archs; i++)
        if (nvrtc_archs[i] == arch)
            return (int)arch;
    return 0;
}

static bool flag_add(jx_nvrtc_program p, const char *start, const char *value)
{
    if (p->n_flags == (int)(sizeof p->flags / sizeof *p->flags) ||
        asprintf(&p->flags[p->n_flags], "%s%s", start, value) < 0)
        return false;
    p->n_flags++;
    return true;
}

static bool option_read(jx_nvrtc_program p, const char *option)
{
    const char *value = after(option, "--gpu-architecture=");
    if (!value)
        value = after(option, "-arch=");
    if (value) {
        p->arch = arch_of(value);
        return p->arch != 0;
    }
    const char *define = after(option, "-D");
    if (!define)
        define = after(option, "--define-macro=");
    if (define && *define)
        return flag_add(p, "-D", define);
    const char *folder = after(option, "-I");
    if (!folder)
        folder = after(option, "--include-path=");
    if (folder && *folder)
        return flag_add(p, "-I", folder);
    return is_ignored(option);
}

bool options_read(jx_nvrtc_program p, int n, const char *const *options)
{
    while (p->n_flags > 0)
        free(p->flags[--p->n_flags]);
    p->arch = 75;
    for (int i = 0; i < n; i++) {
        if (!option_read(p, options[i])) {
            log_add(
                p,
                "nvrtc: error: invalid value for --gpu-architecture or unrecognized option: %s\n",
                options[i]);
            return false;
        }
    }
    char arch[16];
    snprintf(arch, sizeof arch, "%d", p->arch * 10);
    return flag_add(p, "-D__CUDA_ARCH__=", arch);
}
