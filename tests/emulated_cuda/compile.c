/*
 * compile.c - a program through the host's C++ compiler: c++ makes a shared object, whose bytes are
 * the cubin's. What was compiled once is found again by its hash, in the folder of the process or in
 * EMULATED_CUDA_CACHE.
 */
#include "nvrtc.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* No header of the host is found, as NVRTC finds none. Misaligned accesses and indices outside of
 * arrays become an illegal instruction. */
static const char *const flags[] = {
    "-std=c++17",
    "-O1",
    "-w",
    "-shared",
    "-fPIC",
    "-fvisibility=hidden",
    "-fno-exceptions",
    "-fno-rtti",
    "-fno-threadsafe-statics",
    "-fno-stack-protector",
    "-ffp-contract=off",
    "-fno-strict-aliasing",
    "-fwrapv",
    "-fsanitize=alignment,bounds",
    "-fsanitize-undefined-trap-on-error",
    "-nostdinc",
    "-nostartfiles",
    "-nodefaultlibs",
    "-I" EMULATED_FOLDER,
    "-include",
    EMULATED_FOLDER "/prelude.h",
};
#define N_FLAGS ((int)(sizeof flags / sizeof *flags))

static const char *compiler(void)
{
    const char *name = getenv("EMULATED_CUDA_CXX");
    return name && *name ? name : EMULATED_CXX;
}

/* The bytes of a file, with a zero behind them; NULL: none. */
static char *file_read(const char *path, size_t *size)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return NULL;
    char *bytes = NULL;
    if (fseek(in, 0, SEEK_END) == 0) {
        long n = ftell(in);
        rewind(in);
        bytes = n >= 0 ? malloc((size_t)n + 1) : NULL;
        if (bytes && fread(bytes, 1, (size_t)n, in) != (size_t)n) {
            free(bytes);
            bytes = NULL;
        }
        if (bytes) {
            bytes[n] = 0;
            *size = (size_t)n;
        }
    }
    fclose(in);
    return bytes;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    return cubin_hash(hash, text, strlen(text) + 1);
}

/* Of everything that the object depends on. */
static uint64_t hash_program(const struct _nvrtcProgram *p)
{
    static uint64_t prelude; /* of its files; 0: not read yet */
    static const char *const files[] = {"prelude.h", "prelude_math.h", "prelude_types.h",
                                        "kernel_abi.h"};
    for (size_t i = 0, size; !prelude || i > 0; i++) {
        if (i == sizeof files / sizeof *files)
            break;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", EMULATED_FOLDER, files[i]);
        char *bytes = file_read(path, &size);
        prelude = hash_text(i ? prelude : CUBIN_HASH, bytes ? bytes : "");
        free(bytes);
    }
    uint64_t hash = hash_text(prelude, compiler());
    for (int i = 0; i < N_FLAGS; i++)
        hash = hash_text(hash, flags[i]);
    for (int i = 0; i < p->n_flags; i++)
        hash = hash_text(hash, p->flags[i]);
    hash = hash_text(hash_text(hash, p->name), p->text);
    for (int i = 0; i < p->n_headers; i++)
        hash = hash_text(hash_text(hash, p->header_names[i]), p->headers[i]);
    return hash;
}

static bool file_write(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return false;
    fputs(text, out);
    bool good = !ferror(out);
    return fclose(out) == 0 && good;
}

/* The named headers, in `folder`; a name may have folders of its own. */
static bool headers_write(const struct _nvrtcProgram *p, const char *folder)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return false;
    for (int i = 0; i < p->n_headers; i++) {
        char path[4096];
        int n = snprintf(path, sizeof path, "%s/%s", folder, p->header_names[i]);
        if (n < 0 || (size_t)n >= sizeof path)
            return false;
        for (char *s = path + strlen(folder) + 1; (s = strchr(s, '/')) != NULL; *s++ = '/') {
            *s = 0;
            if (mkdir(path, 0700) != 0 && errno != EEXIST)
                return false;
        }
        if (!file_write(path, p->headers[i]))
            return false;
    }
    return true;
}

/* The environment without LD_PRELOAD: a sanitizer's runtime is not for the compiler. */
static char **environment(void)
{
    size_t n = 0, kept = 0;
    while (environ[n])
        n++;
    char **copy = calloc(n + 1, sizeof *copy);
    for (size_t i = 0; copy && i < n; i++)
        if (strncmp(environ[i], "LD_PRELOAD=", 11) != 0)
            copy[kept++] = environ[i];
    return copy;
}

/* Runs a command; what it says goes to a file. false: it failed. */
static bool run(char *const *arguments, const char *says)
{
    posix_spawn_file_actions_t actions;
    char **variables = environment();
    if (!variables || posix_spawn_file_actions_init(&actions) != 0) {
        free(variables);
        return false;
    }
    posix_spawn_file_actions_addopen(&actions, 1, says, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t child;
    bool good = posix_spawnp(&child, arguments[0], &actions, NULL, arguments, variables) == 0;
    posix_spawn_file_actions_destroy(&actions);
    free(variables);
    int status = 0;
    while (good && waitpid(child, &status, 0) < 0)
        good = errno == EINTR;
    return good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Compiles `source` in `work` into `object`; the log gets what the compiler says. */
static bool object_make(jx_nvrtc_program p, const char *work, const char *source,
                        const char *object)
{
    char headers[4200], says[4200], include[4300];
    snprintf(headers, sizeof headers, "%s/headers", work);
    snprintf(says, sizeof says, "%s/says", work);
    snprintf(include, sizeof include, "-I%s", headers);
    if (!headers_write(p, headers))
        return false;
    const char *arguments[N_FLAGS + 80] = {compiler()};
    int n = 1;
    for (int i = 0; i < N_FLAGS; i++)
        arguments[n++] = flags[i];
    arguments[n++] = include;
    for (int i = 0; i < p->n_flags; i++)
        arguments[n++] = p->flags[i];
    const char *last[] = {"-o", object, source, "-lm", "-lc"};
    for (size_t i = 0; i < sizeof last / sizeof *last; i++)
        arguments[n++] = last[i];
    char *command[N_FLAGS + 80];
    memcpy(command, arguments, sizeof command);
    bool good = run(command, says);
    size_t size;
    char *text = file_read(says, &size);
    if (text && *text)
        log_add(p, "%s", text);
    else if (!good)
        log_add(p, "%s did not run\n", compiler());
    free(text);
    return good;
}

static bool source_write(jx_nvrtc_program p, const char *path)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return false;
    bool good = text_write(out, p->text, p->name);
    return fclose(out) == 0 && good;
}

static bool cubin_make(jx_nvrtc_program p, const char *object, size_t size)
{
    struct cubin head = {.magic = CUBIN_MAGIC, .size = size, .arch = (uint32_t)p->arch};
    head.hash = cubin_hash(cubin_hash(CUBIN_HASH, &head.arch, sizeof head.arch), object, size);
    free(p->cubin);
    p->cubin_size = 0;
    p->cubin = malloc(sizeof head + size);
    if (!p->cubin)
        return false;
    memcpy(p->cubin, &head, sizeof head);
    memcpy(p->cubin + sizeof head, object, size);
    p->cubin_size = sizeof head + size;
    return true;
}

jx_nvrtc_result compile(jx_nvrtc_program p)
{
    const char *work = folder_of_process(), *cache = getenv("EMULATED_CUDA_CACHE");
    if (!work)
        return JX_NVRTC_ERROR_INTERNAL_ERROR;
    char object[4200], made[4300], source[4200];
    if (cache && *cache)
        mkdir(cache, 0700);
    snprintf(object, sizeof object, "%s/%016llx.so", cache && *cache ? cache : work,
             (unsigned long long)hash_program(p));
    size_t size = 0;
    char *bytes = file_read(object, &size);
    if (!bytes) {
        snprintf(made, sizeof made, "%s.%ld", object, (long)getpid());
        snprintf(source, sizeof source, "%s/program.cpp", work);
        if (!source_write(p, source))
            return JX_NVRTC_ERROR_INTERNAL_ERROR;
        if (!object_make(p, work, source, made))
            return JX_NVRTC_ERROR_COMPILATION;
        if (rename(made, object) != 0)
            return JX_NVRTC_ERROR_INTERNAL_ERROR;
        bytes = file_read(object, &size);
    }
    bool good = bytes && cubin_make(p, bytes, size);
    free(bytes);
    return good ? JX_NVRTC_SUCCESS : JX_NVRTC_ERROR_OUT_OF_MEMORY;
}
