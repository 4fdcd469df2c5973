/*
 * support/reference.h - reference values: the cases that tests/reference/make.py wrote, and
 * comparing with them.
 */
#ifndef TEST_REFERENCE_H
#define TEST_REFERENCE_H

#include <jaxc/jaxc.h>

/* An operand or result: an array, or a C number, whose value is in integer or number. */
struct reference_array {
    enum { REFERENCE_ARRAY, REFERENCE_INT, REFERENCE_FLOAT } kind;
    jaxc_dtype dtype;
    struct jaxc_shape shape;
    bool weak;
    int64_t every; /* only each so many-th element is in data; 0: all are */
    uint64_t hash; /* FNV-1a of all bytes; 0: not given */
    int64_t n;     /* elements in data */
    void *data;
    long long integer;
    double number;
};

struct reference_case {
    const char *name, *call, *tolerance;
    const char *const *keys; /* "KEY=VALUE", ends with NULL */
    int n_in;
    struct reference_array in[6], out;
};

struct reference {
    int n;
    struct reference_case *cases;
    char *text; /* all strings point into it */
};

/* A file of tests/reference; the test fails when it cannot be read. */
struct reference *reference_load(const char *path);
void reference_free(struct reference *r);

/* The value of a key, NULL when the case has none; read as the calls take it. */
const char *reference_key(const struct reference_case *c, const char *key);
long long reference_number(const struct reference_case *c, const char *key);
struct jaxc_shape reference_shape(const struct reference_case *c, const char *key);
struct jaxc_axes reference_axes(const struct reference_case *c);
jaxc_dtype reference_dtype(const struct reference_case *c);

jaxc_value reference_value(const struct reference_array *a);
/* Whether y has the case's type and numbers; why not goes into a buffer. */
bool reference_matches(const struct reference_case *c, jaxc_value y, char *why, size_t size);

#endif
