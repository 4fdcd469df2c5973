/*
 * text.c - from CUDA C++ to what the host's compiler takes: only where macros cannot.
 *
 * Kernels are found in the text as it stands: `__global__`, and the last name before the bracket of
 * its parameters. So neither may come out of a macro.
 */
#include "nvrtc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct kernel {
    char name[256];
    long most_threads;
};
struct kernels {
    struct kernel *list;
    int n;
};

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Behind a comment, a string or a character that begins at s; s itself where none does. */
static const char *skip_quiet(const char *s)
{
    if (s[0] == '/' && s[1] == '/')
        return s + strcspn(s, "\n");
    if (s[0] == '/' && s[1] == '*') {
        const char *end = strstr(s + 2, "*/");
        return end ? end + 2 : s + strlen(s);
    }
    if (s[0] != '"' && s[0] != '\'')
        return s;
    const char quote = *s++;
    while (*s && *s != quote)
        s += s[0] == '\\' && s[1] ? 2 : 1;
    return *s ? s + 1 : s;
}

static const char *skip_brackets(const char *s) /* behind the bracket that closes the one at s */
{
    int depth = 0;
    do {
        depth += *s == '(';
        depth -= *s == ')';
        s++;
    } while (*s && depth > 0);
    return s;
}

/* What follows `__global__`: the kernel's name and launch bounds. */
static bool kernel_read(const char *s, struct kernel *k)
{
    *k = (struct kernel){.name = ""};
    while (*s && *s != ';' && *s != '{') {
        const char *quiet = skip_quiet(s);
        size_t n = 0;
        while (is_word(s[n]))
            n++;
        if (quiet != s) {
            s = quiet;
        } else if (n == 0) {
            if (*s == '(')
                return k->name[0] != 0;
            s++;
        } else {
            const char *word = s;
            s += n;
            while (isspace((unsigned char)*s))
                s++;
            if (*s == '(' && (strncmp(word, "__launch_bounds__", n) == 0 ||
                              strncmp(word, "__attribute__", n) == 0)) {
                if (word[2] == 'l')
                    k->most_threads = strtol(s + 1, NULL, 0);
                s = skip_brackets(s);
            } else {
                snprintf(k->name, sizeof k->name, "%.*s", (int)n, word);
            }
        }
    }
    return false;
}

/* The place where the declaration of the token at s begins: behind the last ; } or line of the
 * preprocessor. */
static const char *declaration_start(const char *text, const char *s)
{
    while (s > text && s[-1] != ';' && s[-1] != '}' && s[-1] != '\n')
        s--;
    return s;
}

/* `extern __shared__ T name[];` into a pointer; returns what comes after it, or NULL: is none. */
static const char *dynamic_shared(FILE *out, const char *s)
{
    const char *end = strchr(s, ';');
    const char *square = strchr(s, '[');
    const char *type = s + strlen("extern");
    while (isspace((unsigned char)*type))
        type++;
    if (!end || !square || square > end || strncmp(type, "__shared__", 10) != 0)
        return NULL;
    type += 10;
    while (isspace((unsigned char)*type))
        type++;
    if (strncmp(type, "__align__", 9) == 0)
        type = skip_brackets(strchr(type, '('));
    const char *name_end = square;
    while (name_end > type && isspace((unsigned char)name_end[-1]))
        name_end--;
    const char *name = name_end;
    while (name > type && is_word(name[-1]))
        name--;
    fprintf(out, "%.*s *const %.*s = (%.*s *)emulated->dynamic_shared;", (int)(name - type), type,
            (int)(name_end - name), name, (int)(name - type), type);
    return end + 1;
}

static bool kernel_add(struct kernels *all, const struct kernel *k)
{
    for (int i = 0; i < all->n; i++) /* declared before it is defined */
        if (strcmp(all->list[i].name, k->name) == 0)
            return true;
    struct kernel *list = realloc(all->list, ((size_t)all->n + 1) * sizeof *list);
    if (!list)
        return false;
    all->list = list;
    list[all->n++] = *k;
    return true;
}

/* Finds the kernels; writes nothing. */
static bool kernels_find(const char *text, struct kernels *all)
{
    for (const char *s = text; *s;) {
        const char *quiet = skip_quiet(s);
        struct kernel k;
        if (quiet != s) {
            s = quiet;
        } else if (strncmp(s, "__global__", 10) == 0 && !is_word(s[10])) {
            s += 10;
            if (kernel_read(s, &k) && !kernel_add(all, &k))
                return false;
        } else {
            s++;
        }
    }
    return true;
}

/* The text with a section of shared memory for each kernel. Line numbers stay. */
static void body_write(FILE *out, const char *text, const struct kernels *all)
{
    const char *written = text;
    int line = 1;
    for (const char *s = text; *s;) {
        const char *quiet = skip_quiet(s), *next = NULL;
        struct kernel k;
        if (quiet != s) {
            for (; s < quiet; s++)
                line += *s == '\n';
        } else if (strncmp(s, "__global__", 10) == 0 && kernel_read(s + 10, &k)) {
            int number = 0;
            while (number + 1 < all->n && strcmp(all->list[number].name, k.name) != 0)
                number++;
            const char *start = declaration_start(text, s);
            if (start < written)
                start = written;
            fwrite(written, 1, (size_t)(start - written), out);
            fprintf(out,
                    "\n#undef EMULATED_SECTION\n#define EMULATED_SECTION \"shared_%d\"\n#line %d\n",
                    number, line);
            written = start;
            s += 10;
        } else if (strncmp(s, "extern", 6) == 0 && (s == text || !is_word(s[-1])) &&
                   (fwrite(written, 1, (size_t)(s - written), out), written = s,
                    next = dynamic_shared(out, s))) {
            written = s = next;
        } else {
            line += *s == '\n';
            s++;
        }
    }
    fputs(written, out);
}

bool text_write(FILE *out, const char *text, const char *name)
{
    struct kernels all = {NULL, 0};
    bool good = kernels_find(text, &all);
    if (good) {
        fprintf(out, "#define EMULATED_SECTION \"shared_device\"\n#line 1 \"%s\"\n", name);
        body_write(out, text, &all);
        fprintf(out, "\n#line 1 \"the table of kernels\"\n");
        for (int i = 0; i < all.n; i++)
            fprintf(out, "EMULATED_SHARED(%d)\n", i);
        fprintf(out, "static const struct emulated_kernel emulated_kernels[] = {\n");
        for (int i = 0; i < all.n; i++)
            fprintf(out, "EMULATED_KERNEL(%d, %s, %ld)\n", i, all.list[i].name,
                    all.list[i].most_threads);
        fprintf(out,
                "{}};\nextern \"C\" __attribute__((visibility(\"default\")))\n"
                "const struct emulated_kernel *emulated_bind(const struct emulated_device *d)\n"
                "{\n    emulated = d;\n    return emulated_kernels;\n}\n");
    }
    free(all.list);
    return good && !ferror(out);
}
