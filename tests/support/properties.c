/*
 * properties.c - what must be true of every program.
 *
 * Each property judges one thing alone: transforms are judged by the reference of support/bounds.c,
 * in f64 and so to about 1e-15, and what the default backend makes of the transformed programs is a
 * property of its own. The properties share subjects, evaluation and words, so they stay together.
 */
#include "support/properties.h"
#include "support/programs.h"
#include "support/tolerance.h"

#include "api/api.h"
#include "lower/lower.h"
#include "opt/opt.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_float(const struct jx_aval *a) { return jx_is_float(a->dtype); }

static const struct jx_aval *out_type(const struct jx_program *p, uint32_t i)
{
    return jx_atom_aval(p, p->outs[i]);
}

/* ---- subjects made of subjects --------------------------------------------------------------- */

static void subject_free(struct subject *s)
{
    if (s->program)
        arrays_free((int)s->program->n_in, s->in);
    jx_program_unref(s->program);
}

static struct rng rng_of(const struct subject *s, uint64_t purpose)
{
    struct rng r = {s->seed * 0x9e3779b97f4a7c15u + purpose};
    return r;
}

/* s's inputs, and for the rest of q's inputs numbers between -1 and 1. */
static struct subject subject_over(struct jx_program *q, const struct subject *s, uint64_t purpose)
{
    struct subject t = {.program = q, .seed = s->seed + purpose};
    struct rng r = rng_of(s, purpose);
    t.in = must_alloc(q->n_in, sizeof *t.in);
    for (uint32_t i = 0; i < q->n_in; i++) {
        bool given = i < s->program->n_in;
        t.in[i] = given ? array_copy(&s->in[i]) : array_new(&q->avals[i]);
        if (!given)
            array_fill(&t.in[i], &r, -1, 1);
    }
    return t;
}

/* A user's backward rule has no forward derivative. */
static bool reverse_only(const struct subject *s)
{
    return program_applies(s->program, &jx_custom_vjp_call_p);
}

/* The property of the subject's derivative. */
static bool of_jvp(const struct subject *s, property holds, char *why)
{
    struct jx_program *q = program_jvp(s->program, NULL, why);
    if (!q)
        return false;
    struct subject t = subject_over(q, s, 1);
    bool ok = holds(&t, why);
    subject_free(&t);
    return ok;
}

static bool of_vjp(const struct subject *s, property holds, char *why)
{
    struct jx_program *q = program_vjp(s->program, why);
    if (!q)
        return false;
    struct subject t = subject_over(q, s, 2);
    bool ok = holds(&t, why);
    subject_free(&t);
    return ok;
}

/* ---- running --------------------------------------------------------------------------------- */

static struct bounded *evaluate(const struct subject *s, const struct bounds_options *o, char *why)
{
    const struct jx_program *p = s->program;
    struct bounded *in = must_alloc(p->n_in, sizeof *in), *out = must_alloc(p->n_out, sizeof *out);
    for (uint32_t i = 0; i < p->n_in; i++)
        in[i] = bounded_of(&s->in[i]);
    bool ok = bounds_run(p, in, out, o, why);
    bounded_free_all((int)p->n_in, in);
    if (ok)
        return out;
    free(out);
    return NULL;
}

/* On the default backend; NULL with the reason in `why`. */
static struct array *run_compiled(const struct subject *s, char *why)
{
    struct jx_program *p = s->program;
    static const struct jx_layout rows = {0, 0};
    struct jx_exe *e = jx_compile(p, NULL);
    struct jx_buffer **in = must_alloc(p->n_in, sizeof *in),
                     **out = must_alloc(p->n_out, sizeof *out);
    struct array *result = must_alloc(p->n_out, sizeof *result);
    bool ok = e != NULL;
    for (uint32_t i = 0; ok && i < p->n_in; i++) {
        in[i] = jx_buffer_new(NULL, array_size(&s->in[i]), rows);
        ok = in[i] != NULL;
        if (ok)
            memcpy(in[i]->data, s->in[i].data, array_size(&s->in[i]));
    }
    ok = ok && jx_exe_run(e, in, NULL, NULL, out);
    for (uint32_t i = 0; ok && i < p->n_out; i++) {
        struct jx_buffer *b = jx_buffer_as(out[i], out_type(p, i), NULL, rows);
        result[i] = array_new(out_type(p, i));
        ok = b != NULL;
        if (ok)
            memcpy(result[i].data, b->data, array_size(&result[i]));
        jx_buffer_unref(b);
    }
    for (uint32_t i = 0; i < p->n_in; i++)
        jx_buffer_unref(in[i]);
    for (uint32_t i = 0; i < p->n_out; i++)
        jx_buffer_unref(out[i]);
    free(in);
    free(out);
    jx_exe_unref(e);
    if (ok)
        return result;
    arrays_free((int)p->n_out, result);
    failed(why, "compiled");
    return NULL;
}

static bool agree_all(const struct jx_program *p, const struct bounded *want,
                      const struct array *got, const char *what, char *why)
{
    char text[64];
    for (uint32_t i = 0; i < p->n_out; i++) {
        snprintf(text, sizeof text, "%s: output %u", what, i);
        if (!bounds_agree(&want[i], &got[i], text, why))
            return false;
    }
    return true;
}

bool fused_agrees(const struct subject *s, char *why)
{
    struct bounds_options o = {0};
    struct bounded *want = evaluate(s, &o, why);
    struct array *got = want ? run_compiled(s, why) : NULL;
    bool ok = got && agree_all(s->program, want, got, "compiled", why);
    arrays_free((int)s->program->n_out, got);
    bounded_free_all((int)s->program->n_out, want);
    return ok;
}

/* Optimised without some passes and lowered as told, in memory of the test's own. */
static bool run_as(const struct subject *s, unsigned without, const struct jx_lower_options *o,
                   struct array *result)
{
    struct jx_program *p = jx_optimise_without(s->program, without);
    struct jx_code *code = p ? jx_lower_program(p, o) : NULL;
    struct jx_executable *e = code ? o->backend->compile(code) : NULL;
    void **data = must_alloc((size_t)s->program->n_in + s->program->n_out, sizeof *data);
    for (uint32_t i = 0; i < s->program->n_in; i++)
        data[i] = s->in[i].data;
    for (uint32_t i = 0; i < s->program->n_out; i++) {
        result[i] = array_new(out_type(s->program, i));
        data[s->program->n_in + i] = result[i].data;
    }
    bool ok = e && o->backend->run(e, data, data + s->program->n_in);
    if (e)
        o->backend->drop(e);
    jx_code_free(code);
    jx_program_unref(p);
    free(data);
    return ok;
}

static bool agrees_as(const struct subject *s, unsigned without, const struct jx_lower_options *o,
                      const char *what, char *why)
{
    struct bounds_options options = {0};
    struct bounded *want = evaluate(s, &options, why);
    struct array *got = must_alloc(s->program->n_out, sizeof *got);
    bool ok = want && (run_as(s, without, o, got) || failed(why, what)) &&
              agree_all(s->program, want, got, what, why);
    arrays_free((int)s->program->n_out, got);
    bounded_free_all((int)s->program->n_out, want);
    return ok;
}

bool naive_agrees(const struct subject *s, char *why)
{
    struct jx_lower_options o = {
        .backend = &jx_backend_naive, .row_major_only = true, .no_fusion = true};
    return agrees_as(s, JX_OPT_SIMPLIFY | JX_OPT_CSE | JX_OPT_DCE, &o, "naive", why);
}

bool each_pass_can_be_left_out(const struct subject *s, char *why)
{
    static const struct {
        const char *what;
        unsigned without;
        struct jx_lower_options lower;
    } left_out[] = {
        {"without simplify", JX_OPT_SIMPLIFY, {.backend = &jx_backend_cpu}},
        {"without cse", JX_OPT_CSE, {.backend = &jx_backend_cpu}},
        {"without dce", JX_OPT_DCE, {.backend = &jx_backend_cpu}},
        {"without fusion", 0, {.backend = &jx_backend_cpu, .no_fusion = true}},
        {"without layouts", 0, {.backend = &jx_backend_cpu, .row_major_only = true}},
    };
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (!agrees_as(s, left_out[i].without, &left_out[i].lower, left_out[i].what, why))
            return false;
    return true;
}

bool fused_derivatives_agree(const struct subject *s, char *why)
{
    return of_vjp(s, fused_agrees, why) && (reverse_only(s) || of_jvp(s, fused_agrees, why));
}

/* ---- lanes ----------------------------------------------------------------------------------- */

/* Lane k of a result with lanes in front. */
static struct bounded lane_of(const struct bounded *all, int k)
{
    struct array whole = {.type = aval_without_axis(&all->type, 0)};
    struct bounded lane;
    whole = array_new(&whole.type);
    lane = bounded_of(&whole);
    array_free(&whole);
    size_t size = is_float(&all->type) ? sizeof(double) : jx_dtype_info(all->type.dtype)->size;
    size_t bytes = (size_t)lane.n * size;
    memcpy(lane.value, (char *)all->value + (size_t)k * bytes, bytes);
    memcpy(lane.error, all->error + (size_t)k * (size_t)lane.n, (size_t)lane.n * sizeof(double));
    return lane;
}

static bool types_of_lanes_fit(const struct jx_program *p, const struct jx_program *v, char *why)
{
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    for (uint32_t i = 0; i < p->n_out; i++) {
        struct jx_aval lane = aval_without_axis(out_type(v, i), 0);
        if (jx_aval_same(&lane, out_type(p, i)))
            continue;
        snprintf(why, WHY, "vmap: a lane of output %u is %s, it must be %s", i,
                 jx_aval_text(&lane, a), jx_aval_text(out_type(p, i), b));
        return false;
    }
    return true;
}

static bool lanes_agree(const struct subject *s, const int *axis, int size,
                        const struct subject *all, char *why)
{
    struct jx_program *p = s->program;
    struct bounds_options o = {.in_f64 = true};
    struct bounded *got = evaluate(all, &o, why);
    bool ok = got != NULL;
    for (int k = 0; ok && k < size; k++) {
        struct subject one = {.program = p, .in = must_alloc(p->n_in, sizeof *one.in)};
        for (uint32_t i = 0; i < p->n_in; i++)
            one.in[i] = axis[i] < 0 ? array_copy(&s->in[i]) : array_lane(&s->in[i], k);
        struct bounded *want = evaluate(&one, &o, why);
        ok = want != NULL;
        for (uint32_t i = 0; ok && i < p->n_out; i++) {
            char what[64];
            struct bounded lane = lane_of(&got[i], k);
            snprintf(what, sizeof what, "vmap: lane %d of output %u", k, i);
            ok = bounds_agree_both(&want[i], &lane, what, why);
            bounded_free(&lane);
        }
        bounded_free_all((int)p->n_out, want);
        arrays_free((int)p->n_in, one.in);
    }
    bounded_free_all((int)p->n_out, got);
    return ok;
}

/* s with lanes; program NULL with the reason in `why`. */
static struct subject with_lanes(const struct subject *s, const int *axis, int size, char *why)
{
    struct jx_program *p = s->program;
    struct subject all = {.program = program_vmap(p, axis, size, why), .seed = s->seed};
    if (!all.program)
        return all;
    all.in = must_alloc(p->n_in, sizeof *all.in);
    for (uint32_t i = 0; i < p->n_in; i++) {
        struct array *lanes = must_alloc((size_t)size, sizeof *lanes);
        for (int k = 0; k < size; k++)
            lanes[k] = array_lane(&s->in[i], k);
        all.in[i] =
            axis[i] < 0 ? array_copy(&s->in[i]) : array_stack(size, lanes, axis[i], &s->in[i].type);
        arrays_free(size, lanes);
    }
    if (types_of_lanes_fit(p, all.program, why))
        return all;
    subject_free(&all);
    return (struct subject){0};
}

bool vmap_along(const struct subject *s, const int *axis, int size, property holds, char *why)
{
    struct subject all = with_lanes(s, axis, size, why);
    bool ok = all.program && (holds ? holds(&all, why) : lanes_agree(s, axis, size, &all, why));
    subject_free(&all);
    return ok;
}

/* Random axes; at least one input has lanes, unless there is none. */
static bool random_lanes(const struct subject *s, property holds, char *why)
{
    const struct jx_program *p = s->program;
    struct rng r = rng_of(s, 3);
    int *axis = must_alloc(p->n_in, sizeof *axis);
    int always = p->n_in ? rng_below(&r, (int)p->n_in) : 0, size = rng_below(&r, 8);
    for (int i = 0; i < (int)p->n_in; i++) {
        int place = rng_below(&r, p->avals[i].rank + 1);
        bool room = p->avals[i].rank < JAXC_MAX_RANK;
        axis[i] = room && (i == always || rng_below(&r, 2)) ? place : -1;
    }
    bool ok = vmap_along(s, axis, size < 4 ? size : 2, holds, why);
    free(axis);
    return ok;
}

bool vmap_is_a_loop(const struct subject *s, char *why) { return random_lanes(s, NULL, why); }

bool fused_lanes_agree(const struct subject *s, char *why)
{
    return random_lanes(s, fused_agrees, why);
}

bool vmap_of_vjp_is_a_loop(const struct subject *s, char *why)
{
    return of_vjp(s, vmap_is_a_loop, why);
}

bool vjp_of_vmap_is_a_difference(const struct subject *s, char *why)
{
    return random_lanes(s, vjp_is_a_difference, why);
}

/* ---- differences ----------------------------------------------------------------------------- */

/*
 * (f(x + h d) - f(x - h d)) / 2h in f64, and how far it may be from the derivative: rounding, by
 * the bounds of both values, and what the series goes on with. The next term is a third of the
 * change when h doubles; the quotient is corrected by it, and the whole change is allowed for the
 * terms after it. Where values within 2h of x meet a corner, nothing is known.
 */
#define STEP 1e-4 /* JAX's (semantics 7.3) */

struct quotients {
    const struct subject *s;
    double **direction;  /* of each input */
    struct bounded *out; /* quotients, and how far they may be off */
    char *why;
};

static struct bounded *at_step(const struct quotients *q, double scale,
                               const struct bounds_options *o)
{
    const struct jx_program *p = q->s->program;
    struct bounded *in = must_alloc(p->n_in, sizeof *in), *out = must_alloc(p->n_out, sizeof *out);
    for (uint32_t i = 0; i < p->n_in; i++) {
        in[i] = bounded_moved(&q->s->in[i], q->direction[i], o->smooth ? 0 : scale);
        for (int64_t k = 0; o->smooth && k < in[i].n && is_float(&in[i].type); k++)
            in[i].error[k] = fabs(scale * q->direction[i][k]);
    }
    if (o->frozen)
        o->frozen->next = 0;
    bool ok = bounds_run(p, in, out, o, q->why);
    bounded_free_all((int)p->n_in, in);
    if (ok)
        return out;
    free(out);
    return NULL;
}

static void combine(struct quotients *q, struct bounded **f, const struct bounded *box)
{
    const struct jx_program *p = q->s->program;
    double too_coarse = tolerance_of(JAXC_F64)->gradient;
    for (uint32_t j = 0; j < p->n_out; j++)
        for (int64_t i = 0; is_float(out_type(p, j)) && i < f[0][j].n; i++) {
            double near = (bounded_number(&f[0][j], i) - bounded_number(&f[1][j], i)) / (2 * STEP);
            double far = (bounded_number(&f[2][j], i) - bounded_number(&f[3][j], i)) / (4 * STEP);
            double slope = near + (near - far) / 3, off = fabs(near - far);
            for (int k = 0; k < 4; k++)
                off += f[k][j].error[i] / STEP;
            bool coarse = !(off <= too_coarse * (1 + fabs(slope))); /* NaN is too */
            ((double *)q->out[j].value)[i] = slope;
            q->out[j].error[i] = coarse || isinf(box[j].error[i]) ? INFINITY : off;
        }
}

/* The difference quotients of all outputs along the direction; those of other dtypes are 0. */
static bool quotients(struct quotients *q)
{
    static const double steps[] = {STEP, -STEP, 2 * STEP, -2 * STEP};
    const struct jx_program *p = q->s->program;
    struct bounded *f[4] = {0}, *box = NULL, *first;
    struct frozen frozen = {0};
    struct bounds_options o = {.in_f64 = true, .frozen = &frozen};
    struct bounds_options wide = {.in_f64 = true, .frozen = &frozen, .smooth = true};
    bool ok = (first = at_step(q, 0, &o)) != NULL;
    frozen.replay = true;
    ok = ok && (box = at_step(q, 2 * STEP, &wide));
    for (int k = 0; ok && k < 4; k++)
        ok = (f[k] = at_step(q, steps[k], &o)) != NULL;
    q->out = first;
    if (ok)
        combine(q, f, box);
    for (int k = 0; k < 4; k++)
        bounded_free_all((int)p->n_out, f[k]);
    bounded_free_all((int)p->n_out, box);
    frozen_free(&frozen);
    return ok;
}

static bool quotients_start(struct quotients *q, const struct subject *s, const bool *active,
                            char *why)
{
    struct rng r = rng_of(s, 4);
    *q = (struct quotients){.s = s, .why = why};
    q->direction = must_alloc(s->program->n_in, sizeof *q->direction);
    for (uint32_t i = 0; i < s->program->n_in; i++) {
        int64_t n = array_count(&s->in[i]);
        q->direction[i] = must_alloc((size_t)n, sizeof **q->direction);
        for (int64_t k = 0; k < n; k++) {
            double d = rng_between(&r, -1, 1);
            /* a direction is an f32 too, so that a program of f32 takes it as it is */
            q->direction[i][k] = !active || active[i] ? (double)(float)d : 0;
        }
    }
    return quotients(q);
}

static void quotients_free(struct quotients *q)
{
    for (uint32_t i = 0; i < q->s->program->n_in; i++)
        free(q->direction[i]);
    free(q->direction);
    bounded_free_all((int)q->s->program->n_out, q->out);
}

/* x..., and the direction of those float inputs that are active. */
static struct subject with_tangents(struct jx_program *jvp, const struct quotients *q,
                                    const bool *active)
{
    const struct jx_program *p = q->s->program;
    struct subject t = {.program = jvp, .in = must_alloc(jvp->n_in, sizeof *t.in)};
    uint32_t n = 0;
    for (; n < p->n_in; n++)
        t.in[n] = array_copy(&q->s->in[n]);
    for (uint32_t i = 0; i < p->n_in; i++) {
        if (!is_float(&p->avals[i]) || (active && !active[i]))
            continue;
        t.in[n] = array_new(&p->avals[i]);
        for (int64_t k = 0; k < array_count(&t.in[n]); k++)
            array_set(&t.in[n], k, q->direction[i][k]);
        n++;
    }
    return t;
}

static bool jvp_along(const struct subject *s, const bool *active, char *why)
{
    const struct jx_program *p = s->program;
    struct quotients q;
    struct bounds_options o = {.in_f64 = true};
    struct jx_program *jvp = program_jvp(p, active, why);
    bool ok = jvp && quotients_start(&q, s, active, why);
    if (ok) {
        struct subject t = with_tangents(jvp, &q, active);
        struct bounded *got = evaluate(&t, &o, why);
        ok = got != NULL;
        for (uint32_t i = 0, k = p->n_out; ok && i < p->n_out; i++) {
            char what[64];
            if (!is_float(out_type(p, i)))
                continue;
            snprintf(what, sizeof what, "jvp: output %u", i);
            ok = bounds_agree_both(&q.out[i], &got[k++], what, why);
        }
        bounded_free_all(jvp ? (int)jvp->n_out : 0, got);
        subject_free(&t);
    } else {
        jx_program_unref(jvp);
    }
    if (jvp)
        quotients_free(&q);
    return ok;
}

/* ---- adjoints -------------------------------------------------------------------------------- */

/* Adds <a, b>, and to *off how far it may be from exact. */
static double inner(const struct bounded *a, const struct array *b, double *off)
{
    double sum = 0;
    for (int64_t i = 0; i < a->n; i++) {
        double x = bounded_number(a, i), y = array_number(b, i);
        sum += x * y;
        *off += a->error[i] * fabs(y) + (double)(a->n + 2) * 0x1p-53 * fabs(x * y);
    }
    return sum;
}

static bool close(double a, double b, double off, const char *what, char *why)
{
    if (!(off < INFINITY)) {
        bounds_undetermined++;
        return true;
    }
    bounds_compared++;
    if (fabs(a - b) <= off)
        return true;
    snprintf(why, WHY, "%s: %.17g and %.17g differ by more than %.3g", what, a, b, off);
    return false;
}

/* The cotangents that the vjp subject has, each with J dx, against J' ct with dx. `jvp_out`:
 * y..., the tangents...; NULL: `slopes` are the tangents, of each y. */
static bool adjoint(const struct subject *s, const struct subject *vjp, const struct quotients *q,
                    const struct bounded *jvp_out, char *why)
{
    const struct jx_program *p = s->program;
    struct bounds_options o = {.in_f64 = true};
    struct bounded *ct_in = evaluate(vjp, &o, why);
    if (!ct_in)
        return false;
    double left = 0, right = 0, off = 0;
    uint32_t next_ct = p->n_in, next_tangent = p->n_out, next_in = 0;
    for (uint32_t i = 0; i < p->n_out; i++)
        if (is_float(out_type(p, i)))
            left +=
                inner(jvp_out ? &jvp_out[next_tangent++] : &q->out[i], &vjp->in[next_ct++], &off);
    for (uint32_t i = 0; i < p->n_in; i++) {
        if (!is_float(&p->avals[i]))
            continue;
        struct array dx = array_new(&p->avals[i]);
        for (int64_t k = 0; k < array_count(&dx); k++)
            array_set(&dx, k, q->direction[i][k]);
        right += inner(&ct_in[next_in++], &dx, &off);
        array_free(&dx);
    }
    bounded_free_all((int)vjp->program->n_out, ct_in);
    return close(left, right, off, "vjp: <ct, J dx> and <J' ct, dx>", why);
}

/* Without forward derivatives: <ct, difference quotients> = <J' ct, dx>. */
static bool pull_back_is_a_difference(const struct subject *s, char *why)
{
    struct quotients q;
    struct jx_program *vjp = program_vjp(s->program, why);
    if (!vjp)
        return false;
    struct subject backward = subject_over(vjp, s, 2);
    bool ok = quotients_start(&q, s, NULL, why) && adjoint(s, &backward, &q, NULL, why);
    quotients_free(&q);
    subject_free(&backward);
    return ok;
}

static bool is_a_difference(const struct subject *s, char *why)
{
    const struct jx_program *p = s->program;
    if (reverse_only(s))
        return pull_back_is_a_difference(s, why);
    struct rng r = rng_of(s, 5);
    bool *active = must_alloc(p->n_in, sizeof *active);
    bool all = rng_below(&r, 2) == 0; /* else some tangents are symbolic zeros */
    for (uint32_t i = 0; i < p->n_in; i++)
        active[i] = all || rng_below(&r, 2);
    bool ok = jvp_along(s, active, why);
    free(active);
    return ok;
}

/* In f64, not only evaluated in f64: rules of an f32 round their constants to f32. */
static bool in_f64(const struct subject *s, property holds, char *why)
{
    struct jx_program *wide = program_in_f64(s->program);
    if (!wide) /* it has the bits of an f32 */
        return true;
    struct subject t = {
        .program = wide, .in = must_alloc(wide->n_in, sizeof *t.in), .seed = s->seed};
    for (uint32_t i = 0; i < wide->n_in; i++) {
        t.in[i] = array_new(&wide->avals[i]);
        if (is_float(&wide->avals[i]))
            for (int64_t k = 0; k < array_count(&t.in[i]); k++)
                array_set(&t.in[i], k, array_number(&s->in[i], k));
        else
            memcpy(t.in[i].data, s->in[i].data, array_size(&t.in[i]));
    }
    bool ok = holds(&t, why);
    subject_free(&t);
    return ok;
}

bool jvp_is_a_difference(const struct subject *s, char *why)
{
    return in_f64(s, is_a_difference, why);
}

bool vjp_is_a_difference(const struct subject *s, char *why)
{
    return in_f64(s, pull_back_is_a_difference, why);
}

bool second_jvp_is_a_difference(const struct subject *s, char *why)
{
    return of_vjp(s, jvp_is_a_difference, why);
}

bool vjp_is_adjoint(const struct subject *s, char *why)
{
    const struct jx_program *p = s->program;
    if (reverse_only(s))
        return jvp_is_a_difference(s, why);
    struct bounds_options o = {.in_f64 = true};
    struct quotients q = {.s = s, .why = why}; /* its directions only */
    struct rng r = rng_of(s, 6);
    struct jx_program *jvp = program_jvp(p, NULL, why), *vjp = jvp ? program_vjp(p, why) : NULL;
    if (!vjp) {
        jx_program_unref(jvp);
        return false;
    }
    q.direction = must_alloc(p->n_in, sizeof *q.direction);
    for (uint32_t i = 0; i < p->n_in; i++) {
        q.direction[i] = must_alloc((size_t)array_count(&s->in[i]), sizeof **q.direction);
        for (int64_t k = 0; k < array_count(&s->in[i]); k++)
            q.direction[i][k] = (double)(float)rng_between(&r, -1, 1);
    }
    struct subject forward = with_tangents(jvp, &q, NULL), backward = subject_over(vjp, s, 2);
    struct bounded *jvp_out = evaluate(&forward, &o, why);
    bool ok = jvp_out && adjoint(s, &backward, &q, jvp_out, why);
    bounded_free_all((int)jvp->n_out, jvp_out);
    subject_free(&forward);
    subject_free(&backward);
    quotients_free(&q);
    return ok;
}

bool second_vjp_is_adjoint(const struct subject *s, char *why)
{
    return reverse_only(s) ? of_vjp(s, vjp_is_adjoint, why) : of_jvp(s, vjp_is_adjoint, why);
}

/* ---- jit, text ------------------------------------------------------------------------------- */

bool programs_agree(struct jx_program *p, struct jx_program *q, const struct subject *s,
                    const char *what, char *why)
{
    struct bounds_options o = {.in_f64 = true};
    struct subject a = subject_over(jx_program_ref(p), s, 2);
    struct subject b = subject_over(jx_program_ref(q), s, 2);
    struct bounded *want = evaluate(&a, &o, why), *got = want ? evaluate(&b, &o, why) : NULL;
    bool ok = got != NULL;
    for (uint32_t i = 0; ok && i < p->n_out; i++)
        ok = bounds_agree_both(&want[i], &got[i], what, why);
    bounded_free_all((int)p->n_out, want);
    bounded_free_all((int)p->n_out, got);
    subject_free(&a);
    subject_free(&b);
    return ok;
}

bool grad_of_jit_is_jit_of_grad(const struct subject *s, char *why)
{
    struct jx_program *jit = program_jit(s->program, why);
    struct jx_program *grad_jit = jit ? program_vjp(jit, why) : NULL;
    struct jx_program *grad = grad_jit ? program_vjp(s->program, why) : NULL;
    struct jx_program *jit_grad = grad ? program_jit(grad, why) : NULL;
    bool ok = jit_grad && programs_agree(jit_grad, grad_jit, s, "grad of jit", why);
    jx_program_unref(jit);
    jx_program_unref(grad);
    jx_program_unref(grad_jit);
    jx_program_unref(jit_grad);
    return ok;
}

bool text_parses_back(const struct subject *s, char *why)
{
    /* Functions of rules have no text. */
    if (program_applies(s->program, &jx_custom_jvp_call_p) ||
        program_applies(s->program, &jx_custom_vjp_call_p))
        return true;
    char *text = jx_program_print(s->program), *again = NULL;
    struct jx_program *q = text ? jx_program_parse(text) : NULL;
    bool ok = q && (again = jx_program_print(q));
    if (!ok)
        failed(why, "text");
    if (ok && strcmp(text, again) != 0) {
        ok = false;
        snprintf(why, WHY, "text: %.900s\nis printed again as %.900s", text, again);
    }
    if (ok && !jx_program_same(s->program, q)) {
        ok = false;
        snprintf(why, WHY, "text: another program has the text %.1900s", text);
    }
    jx_free(text);
    jx_free(again);
    jx_program_unref(q);
    return ok;
}
