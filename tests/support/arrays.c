/*
 * arrays.c - arrays in the test's own memory.
 */
#include "support/arrays.h"

#include <stdio.h>
#include <stdlib.h>

uint64_t rng_bits(struct rng *r)
{
    uint64_t z = (r->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

int rng_below(struct rng *r, int n) { return (int)(rng_bits(r) % (uint64_t)n); }

double rng_between(struct rng *r, double from, double to)
{
    return from + (to - from) * (double)(rng_bits(r) >> 11) * 0x1p-53;
}

void *must_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p) {
        fprintf(stderr, "out of memory\n");
        abort();
    }
    return p;
}

/* ---- arrays ---------------------------------------------------------------------------------- */

int64_t array_count(const struct array *a) { return jx_count(a->type.rank, a->type.dims); }

size_t array_size(const struct array *a)
{
    return (size_t)array_count(a) * jx_dtype_info(a->type.dtype)->size;
}

struct array array_new(const struct jx_aval *type)
{
    struct array a = {.type = *type};
    a.data = must_alloc(1, array_size(&a));
    return a;
}

struct array array_copy(const struct array *a)
{
    struct array b = array_new(&a->type);
    memcpy(b.data, a->data, array_size(a));
    return b;
}

void array_free(struct array *a)
{
    free(a->data);
    a->data = NULL;
}

void arrays_free(int n, struct array *a)
{
    for (int i = 0; a && i < n; i++)
        array_free(&a[i]);
    free(a);
}

static void *element(const struct array *a, int64_t i)
{
    return (char *)a->data + (size_t)i * jx_dtype_info(a->type.dtype)->size;
}

double array_number(const struct array *a, int64_t i)
{
    union jx_scalar s = jx_scalar_load(element(a, i), a->type.dtype);
    return jx_scalar_convert(s, a->type.dtype, JAXC_F64).f;
}

void array_set(struct array *a, int64_t i, double number)
{
    union jx_scalar s = {.f = number};
    jx_scalar_store(element(a, i), a->type.dtype, jx_scalar_convert(s, JAXC_F64, a->type.dtype));
}

void array_fill(struct array *a, struct rng *r, double from, double to)
{
    enum jx_category category = jx_dtype_info(a->type.dtype)->category;
    for (int64_t i = 0; i < array_count(a); i++) {
        double number = rng_between(r, from, to);
        if (category == JX_CAT_BOOL)
            number = rng_below(r, 2);
        else if (category == JX_CAT_UNSIGNED)
            number = rng_below(r, 10);
        else if (category == JX_CAT_SIGNED)
            number = rng_below(r, 14) - 4;
        array_set(a, i, number);
    }
}

struct array array_lane(const struct array *a, int lane)
{
    struct array b = array_copy(a);
    int64_t n = array_count(a);
    for (int64_t i = 0; i < n; i++) {
        double number = array_number(a, (i + lane) % n);
        if (jx_is_float(a->type.dtype))
            number *= 1 - lane / 16.0;
        else if (a->type.dtype == JAXC_BOOL)
            number = lane % 2 ? 1 - number : number;
        else
            number += lane;
        array_set(&b, i, number);
    }
    return b;
}

struct array array_stack(int n, const struct array *lanes, int axis, const struct jx_aval *like)
{
    struct jx_aval type = aval_with_axis(like, axis, n);
    struct array all = array_new(&type);
    size_t size = jx_dtype_info(like->dtype)->size;
    size_t inner = size * (size_t)jx_count(like->rank - axis, like->dims + axis);
    size_t outer = (size_t)jx_count(axis, like->dims);
    for (size_t o = 0; o < outer; o++)
        for (size_t k = 0; k < (size_t)n; k++)
            memcpy((char *)all.data + (o * (size_t)n + k) * inner,
                   (const char *)lanes[k].data + o * inner, inner);
    return all;
}

/* ---- types ----------------------------------------------------------------------------------- */

struct jx_aval aval_with_axis(const struct jx_aval *a, int axis, int64_t size)
{
    struct jx_aval b = *a;
    for (int i = b.rank++; i > axis; i--)
        b.dims[i] = b.dims[i - 1];
    b.dims[axis] = size;
    return b;
}

struct jx_aval aval_without_axis(const struct jx_aval *a, int axis)
{
    struct jx_aval b = *a;
    for (int i = axis; i + 1 < b.rank; i++)
        b.dims[i] = b.dims[i + 1];
    b.dims[--b.rank] = 0;
    return b;
}

static void bad_type(const char *text)
{
    fprintf(stderr, "not a type: %s\n", text);
    abort();
}

int avals_parse(const char *text, jaxc_dtype dtype, struct jx_aval *types)
{
    int n = 0;
    for (const char *s = text; *s; n++) {
        struct jx_aval a = {0};
        jaxc_dtype own = dtype;
        a.weak = strncmp(s, "weak ", 5) == 0;
        s += a.weak ? 5 : 0;
        size_t name = strcspn(s, "[");
        if (n == MOST_OPERANDS || !s[name])
            bad_type(text);
        if ((name != 1 || *s != 'T') && !jx_dtype_parse(s, name, &own))
            bad_type(text);
        a.dtype = (uint8_t)own;
        for (s += name; *s != ']';) {
            if (!*s++)
                bad_type(text);
            if (*s != ']')
                a.dims[a.rank++] = strtoll(s, (char **)&s, 10);
        }
        s += 1 + strspn(s + 1, " ");
        types[n] = a;
    }
    return n;
}
