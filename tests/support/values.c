/*
 * support/values.c - what a value must hold.
 */
#include "support/values.h"

#include "base/base.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* All numbers of all leaves; the caller frees. */
static double *numbers(jaxc_value v, int *n)
{
    JAXC_SCOPE;
    jaxc_value leaves = jaxc_tree_leaves(v);
    double *all = NULL;
    *n = 0;
    for (int i = 0; i < jaxc_len(leaves); i++) {
        jaxc_value x = jaxc_get(leaves, i);
        struct jaxc_shape s = jaxc_shape_of(x);
        const char *data = jaxc_data(x);
        ck_assert_msg(data != NULL, "%s", jaxc_error() ? jaxc_error() : "no data and no error");
        jaxc_dtype dtype = jaxc_dtype_of(x);
        int64_t count = jx_count(s.rank, s.dims);
        all = realloc(all, (size_t)(*n + count + 1) * sizeof *all);
        for (int64_t k = 0; k < count; k++) {
            union jx_scalar e =
                jx_scalar_load(data + (size_t)k * jx_dtype_info(dtype)->size, dtype);
            all[(*n)++] = jx_scalar_convert(e, dtype, JAXC_F64).f;
        }
    }
    return all;
}

static bool near(double a, double b, double tolerance)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    return a == b || fabs(a - b) <= tolerance * (1 + fabs(b));
}

static void compare(const char *file, int line, int n, const double *got, int n_want,
                    const double *want, double tolerance)
{
    ck_assert_msg(n == n_want, "%s:%d: %d numbers, not %d", file, line, n, n_want);
    for (int i = 0; i < n; i++)
        ck_assert_msg(near(got[i], want[i], tolerance), "%s:%d: number %d is %.9g, not %.9g", file,
                      line, i, got[i], want[i]);
}

void expect_numbers(const char *file, int line, jaxc_value v, double tolerance, int n,
                    const double *want)
{
    int count;
    ck_assert_msg(jaxc_ok(v), "%s:%d: %s", file, line,
                  jaxc_error() ? jaxc_error() : "a dead value and no error");
    double *got = numbers(v, &count);
    compare(file, line, count, got, n, want, tolerance);
    free(got);
}

void expect_same(const char *file, int line, jaxc_value a, jaxc_value b, double tolerance)
{
    int n, m;
    ck_assert_msg(jaxc_ok(a) && jaxc_ok(b), "%s:%d: %s", file, line,
                  jaxc_error() ? jaxc_error() : "a dead value");
    double *x = numbers(a, &n), *y = numbers(b, &m);
    compare(file, line, n, x, m, y, tolerance);
    free(x);
    free(y);
}

void expect_failure(const char *file, int line, jaxc_status code, const char *const *parts)
{
    ck_assert_msg(jaxc_error() != NULL, "%s:%d: no error where %s was expected", file, line,
                  jaxc_status_name(code));
    ck_assert_msg(jaxc_error_code() == code, "%s:%d: %s (%s), not %s", file, line,
                  jaxc_status_name(jaxc_error_code()), jaxc_error(), jaxc_status_name(code));
    for (; *parts; parts++)
        ck_assert_msg(strstr(jaxc_error(), *parts) != NULL, "%s:%d: \"%s\" does not say \"%s\"",
                      file, line, jaxc_error(), *parts);
    jaxc_clear_error();
}

void expect_place(const char *file, int line, const char *call)
{
    char place[256];
    snprintf(place, sizeof place, "%s:%d: %s: ", file, line, call);
    ck_assert_msg(jaxc_error() && strncmp(jaxc_error(), place, strlen(place)) == 0,
                  "%sexpected, not %s", place, jaxc_error() ? jaxc_error() : "no error");
    jaxc_clear_error();
}

jaxc_value counting(struct jaxc_shape shape)
{
    float numbers_from_one[4096];
    int64_t n = jx_count(shape.rank, shape.dims);
    ck_assert_int_le(n, 4096);
    for (int64_t i = 0; i < n; i++)
        numbers_from_one[i] = (float)(i + 1);
    return jaxc_array(numbers_from_one, JAXC_F32, shape);
}
