/*
 * golden.c - reads, writes and compares golden texts.
 */
#include "golden.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_all(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    char *text = NULL;
    size_t n = 0, capacity = 0;
    do {
        capacity += 1 << 16;
        text = realloc(text, capacity + 1);
        ck_assert_ptr_nonnull(text);
        n += fread(text + n, 1, capacity - n, f);
    } while (n == capacity);
    text[n] = 0;
    fclose(f);
    return text;
}

static size_t line_length(const char *s) { return strcspn(s, "\n"); }

void golden_check(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "tests/golden/%s.txt", name);
    const char *mode = getenv("JAXC_GOLDEN");
    if (mode && strcmp(mode, "write") == 0) {
        FILE *f = fopen(path, "wb");
        ck_assert_msg(f != NULL, "%s cannot be written", path);
        ck_assert_uint_eq(fwrite(text, 1, strlen(text), f), strlen(text));
        ck_assert_int_eq(fclose(f), 0);
        return;
    }
    char *want = read_all(path);
    ck_assert_msg(want != NULL, "%s is not there; JAXC_GOLDEN=write makes it", path);
    const char *a = want, *b = text;
    for (int line = 1; *a || *b; line++) {
        size_t n = line_length(a), m = line_length(b);
        ck_assert_msg(n == m && memcmp(a, b, n) == 0, "%s:%d\n  was  %.*s\n  now  %.*s", path, line,
                      (int)n, a, (int)m, b);
        a += n + (a[n] == '\n');
        b += m + (b[m] == '\n');
    }
    free(want);
}
