/*
 * reference.c - reads tests/reference/<name>.txt; the grammar is at the head of cases.py beside it.
 */
#include "reference.h"

#include "base/base.h"

#include <check.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- reading --------------------------------------------------------------------------------- */

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is not there; tests run in the root of the tree", path);
    size_t size = 0, capacity = 1 << 20;
    char *text = malloc(capacity);
    for (size_t got; (got = fread(text + size, 1, capacity - size - 1, file)) > 0;) {
        size += got;
        if (size == capacity - 1)
            text = realloc(text, capacity *= 2);
    }
    fclose(file);
    text[size] = 0;
    return text;
}

/* "f32[2,3]" */
static void read_type(const char *word, struct reference_array *a)
{
    const char *open = strchr(word, '[');
    ck_assert_msg(open && jx_dtype_parse(word, (size_t)(open - word), &a->dtype), "type %s", word);
    for (const char *at = open + 1; *at != ']' && *at;) {
        char *end;
        a->shape.dims[a->shape.rank++] = strtoll(at, &end, 10);
        at = *end == ',' ? end + 1 : end;
    }
}

static void read_elements(char **state, struct reference_array *a)
{
    size_t size = jx_dtype_info(a->dtype)->size;
    int64_t n = jx_count(a->shape.rank, a->shape.dims);
    a->n = a->every ? (n + a->every - 1) / a->every : n;
    a->data = calloc((size_t)a->n + 1, size);
    for (int64_t i = 0; i < a->n; i++) {
        const char *word = strtok_r(NULL, " ", state);
        ck_assert_msg(word != NULL, "an array ends too early");
        uint64_t bits = strtoull(word, NULL, 16);
        memcpy((char *)a->data + (size_t)i * size, &bits, size); /* little-endian machines */
    }
    ck_assert_ptr_null(strtok_r(NULL, " ", state));
}

static void read_array(char *line, struct reference_array *a)
{
    char *state, *word = strtok_r(line, " ", &state);
    if (strcmp(word, "int") == 0) {
        a->kind = REFERENCE_INT;
        a->integer = strtoll(strtok_r(NULL, " ", &state), NULL, 10);
        return;
    }
    if (strcmp(word, "float") == 0) {
        uint64_t bits = strtoull(strtok_r(NULL, " ", &state), NULL, 16);
        a->kind = REFERENCE_FLOAT;
        memcpy(&a->number, &bits, sizeof bits);
        return;
    }
    read_type(word, a);
    if (strncmp(state, "weak", 4) == 0)
        a->weak = strtok_r(NULL, " ", &state) != NULL;
    if (strncmp(state, "every=", 6) == 0) {
        a->every = strtoll(strtok_r(NULL, " ", &state) + 6, NULL, 10);
        a->hash = strtoull(strtok_r(NULL, " ", &state) + 4, NULL, 16);
    }
    read_elements(&state, a);
}

static void read_case(char *line, struct reference_case *c)
{
    const char **keys = calloc(16, sizeof *keys);
    int n = 0;
    char *state;
    c->name = strtok_r(line, " ", &state);
    c->call = strtok_r(NULL, " ", &state);
    c->tolerance = strtok_r(NULL, " ", &state);
    while ((keys[n] = strtok_r(NULL, " ", &state)))
        ck_assert_int_lt(n++, 14);
    c->keys = keys;
}

struct reference *reference_load(const char *path)
{
    struct reference *r = calloc(1, sizeof *r);
    char *state;
    int capacity = 0;
    r->text = read_text(path);
    for (char *line = strtok_r(r->text, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
        struct reference_case *c = r->n ? &r->cases[r->n - 1] : NULL;
        if (strncmp(line, "case ", 5) == 0) {
            if (r->n == capacity) {
                capacity = capacity * 2 + 256;
                r->cases = realloc(r->cases, (size_t)capacity * sizeof *r->cases);
            }
            c = &r->cases[r->n++];
            memset(c, 0, sizeof *c);
            read_case(line + 5, c);
        } else if (c && line[0] == '<') {
            ck_assert_int_lt(c->n_in, 6);
            read_array(line + 2, &c->in[c->n_in++]);
        } else if (c && line[0] == '>') {
            read_array(line + 2, &c->out);
        } else {
            ck_assert_msg(line[0] == '#', "%s: %s", path, line);
        }
    }
    return r;
}

void reference_free(struct reference *r)
{
    for (int i = 0; i < r->n; i++) {
        for (int j = 0; j < r->cases[i].n_in; j++)
            free(r->cases[i].in[j].data);
        free(r->cases[i].out.data);
        free((void *)(uintptr_t)r->cases[i].keys);
    }
    free(r->cases);
    free(r->text);
    free(r);
}

/* ---- keys ------------------------------------------------------------------------------------ */

const char *reference_key(const struct reference_case *c, const char *key)
{
    size_t length = strlen(key);
    for (const char *const *at = c->keys; *at; at++)
        if (strncmp(*at, key, length) == 0 && (*at)[length] == '=')
            return *at + length + 1;
    return NULL;
}

long long reference_number(const struct reference_case *c, const char *key)
{
    const char *value = reference_key(c, key);
    return value ? (long long)strtoull(value, NULL, 10) : 0;
}

struct jaxc_shape reference_shape(const struct reference_case *c, const char *key)
{
    struct jaxc_shape shape = {0, {0}};
    const char *at = reference_key(c, key);
    ck_assert_msg(at != NULL, "%s has no %s", c->name, key);
    while (*at) {
        char *end;
        shape.dims[shape.rank++] = strtoll(at, &end, 10);
        at = *end == ',' ? end + 1 : end;
    }
    return shape;
}

struct jaxc_axes reference_axes(const struct reference_case *c)
{
    struct jaxc_axes axes = {0};
    if (!reference_key(c, "axes"))
        return axes;
    struct jaxc_shape given = reference_shape(c, "axes");
    axes.given = JAXC_GIVEN;
    for (int i = 0; i < given.rank; i++)
        axes.at[axes.n++] = (int)given.dims[i];
    return axes;
}

jaxc_dtype reference_dtype(const struct reference_case *c)
{
    const char *word = reference_key(c, "dtype");
    jaxc_dtype dtype = (jaxc_dtype)0;
    if (word)
        ck_assert_msg(jx_dtype_parse(word, strlen(word), &dtype), "dtype %s", word);
    return dtype;
}

jaxc_value reference_value(const struct reference_array *a)
{
    switch (a->kind) {
    case REFERENCE_INT: return jaxc_from_i64(a->integer);
    case REFERENCE_FLOAT: return jaxc_from_f64(a->number);
    default: return jaxc_array(a->data, a->dtype, a->shape);
    }
}

/* ---- comparing ------------------------------------------------------------------------------- */

/*
 * How far floats may be off: |x - reference| <= relative * |reference| + absolute. Integers and
 * bools are exact always. Both sides round: JAX's own budgets (semantics 7.2) are 6 ulp for f32
 * exp, 4 for f64 tanh.
 */
static const struct tolerance {
    const char *name;
    double f32_relative, f32_absolute, f64_relative, f64_absolute;
} tolerances[] = {
    {"exact", 0, 0, 0, 0},
    {"equal", 0, 0, 0, 0},                     /* but 0 and -0 are the same */
    {"bounds", 2e-7, 1e-6, 4e-16, 2e-15},      /* f (5.5 - -5) + -5, fused or not: an ulp of 10 */
    {"elementwise", 2e-6, 1e-7, 4e-15, 1e-16}, /* elementary functions */
    {"special", 1e-5, 1e-6, 1e-13, 1e-13},     /* JAX's own are no better */
    {"erf_inv", 1e-5, 0, 2e-10, 0},            /* 1 - x * x cancels towards 1 */
    {"special_derivative", 1e-4, 1e-5, 1e-9, 1e-10},
    {"gelu", 2e-6, 5e-6, 4e-15, 1e-14},      /* cancels for x < -3, and more in the derivative */
    {"reduction", 1e-5, 1e-5, 1e-13, 1e-13}, /* sums of some hundred terms, other orders */
    {"optimiser", 2e-6, 2e-6, 1e-13, 1e-13}, /* twenty steps of up to 0.1 */
    {"schedule", 2e-6, 2e-7, 4e-15, 1e-15},
    {"attention", 1e-5, 2e-6, 1e-5, 2e-6}, /* the softmax is in f32, whatever the dtype */
    {"covariance", 2e-5, 1e-5, 1e-13, 1e-13},
    {"far", 2e-3, 2e-3, 1e-13, 1e-13}, /* a small spread around a great mean */
    {"derivative", 1e-5, 2e-6, 1e-13, 1e-14},
    {"second_derivative", 2e-5, 1e-5, 1e-12, 1e-13},
    {"sampler", 2e-6, 1e-6, 1e-14, 1e-14},      /* of uniform numbers: log cancels towards 1 */
    {"normal_based", 1e-5, 1e-5, 1e-10, 1e-10}, /* exp, quotients and derivatives of normal ones */
    {"draw", 2e-5, 1e-6, 1e-9, 1e-12}, /* by rejection; alpha 0.01: a logarithm times 100 */
    {"draw_derivative", 1e-3, 1e-4, 1e-8, 1e-9}, /* series that end at an eps */
    {"triangular", 2e-6, 1e-6, 1e-14, 1e-14},    /* a difference of numbers up to 2 */
    {"histogram", 2e-5, 1e-6, 1e-13, 1e-13},     /* edges and sums of weights */
    {"narrow_f16", 3e-3, 1e-3, 0, 0},            /* some units in the last place */
    {"narrow_bf16", 3e-2, 1e-2, 0, 0},
    {"normal", 1e-6, 1e-6, 1e-12, 1e-12}, /* up to 2.9; semantics 1.6 */
    {"normal_tail", 1e-5, 0, 2e-10, 0},   /* beyond: 1 - x * x cancels */
};

static const struct tolerance *tolerance_named(const char *name)
{
    for (size_t i = 0; i < sizeof tolerances / sizeof *tolerances; i++)
        if (strcmp(tolerances[i].name, name) == 0)
            return &tolerances[i];
    ck_abort_msg("tolerance %s", name);
    return NULL;
}

static bool close_enough(const char *name, jaxc_dtype dtype, double x, double expected)
{
    if (isnan(expected))
        return isnan(x);
    if (isinf(expected))
        return x == expected;
    if (strcmp(name, "normal") == 0 && fabs(expected) > 2.9)
        name = "normal_tail";
    const struct tolerance *t = tolerance_named(name);
    double relative = dtype == JAXC_F64 ? t->f64_relative : t->f32_relative;
    double absolute = dtype == JAXC_F64 ? t->f64_absolute : t->f32_absolute;
    if (relative == 0 && absolute == 0)
        return x == expected &&
               (x != 0 || strcmp(name, "equal") == 0 || signbit(x) == signbit(expected));
    return fabs(x - expected) <= relative * fabs(expected) + absolute;
}

static uint64_t fnv(const unsigned char *bytes, size_t n)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

static bool same_numbers(const struct reference_case *c, const unsigned char *data, char *why,
                         size_t size)
{
    const struct reference_array *out = &c->out;
    size_t bytes = jx_dtype_info(out->dtype)->size;
    size_t step = (size_t)(out->every ? out->every : 1);
    for (size_t i = 0; i < (size_t)out->n; i++) {
        const void *x = data + i * step * bytes, *expected = (char *)out->data + i * bytes;
        union jx_scalar a = jx_scalar_load(x, out->dtype), b = jx_scalar_load(expected, out->dtype);
        if (jx_is_float(out->dtype)) {
            if (close_enough(c->tolerance, out->dtype, a.f, b.f))
                continue;
            snprintf(why, size, "%s: element %zu is %.17g, not %.17g", c->name, i * step, a.f, b.f);
        } else if (memcmp(x, expected, bytes) == 0) {
            continue;
        } else {
            snprintf(why, size, "%s: element %zu is %" PRId64 ", not %" PRId64, c->name, i * step,
                     a.i, b.i);
        }
        return false;
    }
    size_t all = (size_t)jx_count(out->shape.rank, out->shape.dims) * bytes;
    if (out->hash == 0 || fnv(data, all) == out->hash)
        return true;
    snprintf(why, size, "%s: some element is not JAX's", c->name);
    return false;
}

bool reference_matches(const struct reference_case *c, jaxc_value y, char *why, size_t size)
{
    const struct reference_array *out = &c->out;
    const void *data = jaxc_data(y);
    if (!data) {
        snprintf(why, size, "%s: %s", c->name, jaxc_error() ? jaxc_error() : "no data");
        jaxc_clear_error();
        return false;
    }
    struct jaxc_shape shape = jaxc_shape_of(y);
    if (jaxc_dtype_of(y) != out->dtype || jaxc_is_weak(y) != out->weak ||
        shape.rank != out->shape.rank || !jx_same_dims(shape.rank, shape.dims, out->shape.dims)) {
        struct jx_text expected = {0};
        for (int i = 0; i < out->shape.rank; i++)
            jx_text_add(&expected, i ? ",%" PRId64 : "%" PRId64, out->shape.dims[i]);
        snprintf(why, size, "%s: type %s%s, not %s%s[%s]", c->name, jaxc_is_weak(y) ? "weak " : "",
                 jaxc_type_text(y), out->weak ? "weak " : "", jx_dtype_info(out->dtype)->name,
                 expected.data ? expected.data : "");
        jx_text_fini(&expected);
        return false;
    }
    return same_numbers(c, data, why, size);
}
