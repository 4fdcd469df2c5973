/*
 * reference_run.c - every case of a reference file as a call, inside jit, as a gradient, over lanes.
 */
#include "support/reference_run.h"
#include "support/allocator.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A case as a function of its arrays; its C numbers stay C numbers. */
struct body {
    const struct reference_case *c;
    reference_run run;
    jaxc_value arrays; /* of of_active */
};

bool reference_is_derivative(const struct reference_case *c)
{
    return reference_key(c, "grad") || reference_key(c, "jvp");
}

static void operands_of(const struct reference_case *c, jaxc_value arrays, jaxc_value *x)
{
    for (int i = 0, next = 0; i < c->n_in; i++) {
        if (c->in[i].kind == REFERENCE_ARRAY)
            x[i] = jaxc_get(arrays, next++);
        else
            x[i] = reference_value(&c->in[i]);
    }
}

static jaxc_value arrays_of(const struct reference_case *c)
{
    jaxc_value arrays[MOST_REFERENCE_OPERANDS];
    int n = 0;
    for (int i = 0; i < c->n_in; i++)
        if (c->in[i].kind == REFERENCE_ARRAY)
            arrays[n++] = reference_value(&c->in[i]);
    return jaxc_tuple_n(n, arrays);
}

static jaxc_value body(const void *environment, jaxc_value arrays)
{
    const struct body *b = environment;
    jaxc_value x[MOST_REFERENCE_OPERANDS];
    operands_of(b->c, arrays, x);
    return b->run(b->c, x);
}

static jaxc_value weighted(const void *environment, jaxc_value active, jaxc_value arrays)
{
    const struct body *b = environment;
    jaxc_value x[MOST_REFERENCE_OPERANDS];
    operands_of(b->c, arrays, x);
    x[reference_number(b->c, "wrt")] = active;
    return jaxc_sum(jaxc_mul(b->run(b->c, x), x[b->c->n_in - 1]));
}

/* The sum of the squares of the gradient. */
static jaxc_value squared(const void *environment, jaxc_value active, jaxc_value arrays)
{
    jaxc_fn g = jaxc_grad(jaxc_closure(weighted, (const struct body *)environment));
    return jaxc_sum(jaxc_square(jaxc_call(g, active, arrays)));
}

static jaxc_value of_active(const void *environment, jaxc_value active)
{
    const struct body *b = environment;
    jaxc_value x[MOST_REFERENCE_OPERANDS];
    operands_of(b->c, b->arrays, x);
    x[reference_number(b->c, "wrt")] = active;
    return b->run(b->c, x);
}

/* The tangent along the last operand. */
static jaxc_value tangent(const void *environment, jaxc_value active, jaxc_value arrays)
{
    const struct body *b = environment;
    struct body with_arrays = {b->c, b->run, arrays};
    jaxc_value x[MOST_REFERENCE_OPERANDS];
    operands_of(b->c, arrays, x);
    jaxc_fn f = jaxc_jvp(jaxc_closure(of_active, &with_arrays));
    jaxc_value both = jaxc_call(f, jaxc_tuple(active), jaxc_tuple(x[b->c->n_in - 1]));
    return jaxc_get(both, 1);
}

/* f over lanes of the arrays in its argument. */
static jaxc_fn over_lanes(const struct reference_case *c, jaxc_fn f)
{
    const char *at = reference_key(c, "lanes");
    jaxc_value axes[MOST_REFERENCE_OPERANDS];
    int n = 0;
    for (; at && *at; at += *at == ',') {
        axes[n++] = jaxc_from_i64(*at == 'n' ? JAXC_NONE : atoi(at));
        at += strcspn(at, ",");
    }
    return n == 0 ? f : jaxc_vmap(f, .in_trees[0] = jaxc_tuple_n(n, axes));
}

static jaxc_value compute(const struct reference_case *c, reference_run run, bool jit)
{
    struct body environment = {.c = c, .run = run};
    jaxc_value arrays = arrays_of(c);
    if (reference_is_derivative(c)) {
        jaxc_fn g = reference_number(c, "jvp") ? jaxc_closure(tangent, &environment)
                    : reference_number(c, "grad") == 2
                        ? jaxc_grad(jaxc_closure(squared, &environment))
                        : jaxc_grad(jaxc_closure(weighted, &environment));
        jaxc_value active = jaxc_get(arrays, (int)reference_number(c, "wrt"));
        return jaxc_call(jit ? jaxc_jit(g) : g, active, arrays);
    }
    jaxc_fn f = over_lanes(c, jaxc_closure(body, &environment));
    return jaxc_call(jit ? jaxc_jit(f) : f, arrays);
}

void reference_check(const struct reference *r, reference_run run, bool derivatives, bool jit)
{
    char text[3000] = "", why[512];
    const char *prefix = getenv("REFERENCE");
    int wrong = 0, checked = 0;
    for (int i = 0; i < r->n; i++) {
        const struct reference_case *c = &r->cases[i];
        if (reference_is_derivative(c) != derivatives || (jit && reference_key(c, "nojit")) ||
            (prefix && strncmp(prefix, c->name, strlen(prefix)) != 0))
            continue;
        JAXC_SCOPE;
        checked++;
        if (reference_matches(c, compute(c, run, jit), why, sizeof why))
            continue;
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "\n%s", why);
        wrong++;
    }
    ck_assert_msg(wrong == 0, "%d of %d cases are wrong:%s", wrong, checked, text);
}

/* Whether an allocation failed: the n-th of the call. */
static bool run_failing(const struct reference_case *c, reference_run run, struct test_allocator *a,
                        long n)
{
    JAXC_SCOPE;
    jaxc_value x[MOST_REFERENCE_OPERANDS];
    for (int i = 0; i < c->n_in; i++)
        x[i] = reference_value(&c->in[i]);
    a->fail_at = a->n_calls + n;
    bool ok = jaxc_ok(run(c, x));
    a->fail_at = 0;
    if (!ok)
        ck_assert_msg(jaxc_error_code() == JAXC_ENOMEM, "%s, allocation %ld: %s", c->name, n,
                      jaxc_error());
    jaxc_clear_error();
    return a->n_failed > 0;
}

void reference_check_memory(const struct reference *r, reference_run run)
{
    static struct test_allocator a;
    long n_failed = 0;
    for (int i = 0; i < r->n; i++) {
        const struct reference_case *c = &r->cases[i];
        if (reference_is_derivative(c) || reference_key(c, "lanes") ||
            (i > 0 && strcmp(c->call, c[-1].call) == 0))
            continue;
        bool failed = true;
        for (long n = 1; failed; n++) {
            a = (struct test_allocator){.fail_at = 0};
            ck_assert(test_allocator_install(&a));
            failed = run_failing(c, run, &a, n);
            n_failed += failed;
            jaxc_jit_clear();
            jaxc_trim_memory();
            ck_assert_msg(jaxc_live_bytes() == 0, "%s, allocation %ld: %zu bytes are lost", c->name,
                          n, jaxc_live_bytes());
            ck_assert(!a.broken && test_allocator_remove());
        }
    }
    ck_assert_int_gt(n_failed, 100);
}
