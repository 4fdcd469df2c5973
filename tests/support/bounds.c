/*
 * bounds.c - the reference of the property tests: programs in f64, one equation at a time, with
 * bounds.
 *
 * Longer than most files, since the rules of how errors travel and the evaluation stand on each
 * other. Invariant: a right implementation of the program so far differs from `value` by at most
 * `error`, to the rounding of the bounds themselves, which is far below a unit of the program's
 * dtypes.
 */
#include "support/bounds.h"
#include "support/prims_table.h"
#include "support/spec.h"
#include "support/spec_index.h"
#include "support/tolerance.h"

#include "lower/lower.h"

#include <jaxc/error.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

uint64_t bounds_compared, bounds_undetermined;

bool failed(char *why, const char *what)
{
    const char *error = jaxc_error();
    snprintf(why, WHY, "%s: %s", what, error ? error : "no error is set");
    jaxc_clear_error();
    return false;
}

/* ---- bounded arrays -------------------------------------------------------------------------- */

static bool is_float(const struct bounded *b) { return jx_is_float(b->type.dtype); }

/* As the evaluation holds it. */
static struct jx_aval wide(struct jx_aval a)
{
    if (jx_is_float(a.dtype))
        a.dtype = JAXC_F64;
    a.weak = 0;
    return a;
}

static struct bounded bounded_new(const struct jx_aval *type)
{
    struct bounded b = {.type = *type, .n = jx_count(type->rank, type->dims)};
    size_t size = jx_dtype_info(wide(*type).dtype)->size;
    b.value = must_alloc((size_t)b.n, size);
    b.error = must_alloc((size_t)b.n, sizeof *b.error);
    return b;
}

static struct bounded bounded_copy(const struct bounded *b)
{
    struct bounded c = bounded_new(&b->type);
    memcpy(c.value, b->value, (size_t)b->n * jx_dtype_info(wide(b->type).dtype)->size);
    memcpy(c.error, b->error, (size_t)b->n * sizeof *b->error);
    return c;
}

struct bounded bounded_of(const struct array *a)
{
    struct bounded b = bounded_new(&a->type);
    if (!is_float(&b))
        memcpy(b.value, a->data, array_size(a));
    for (int64_t i = 0; is_float(&b) && i < b.n; i++)
        ((double *)b.value)[i] = array_number(a, i);
    return b;
}

struct bounded bounded_moved(const struct array *a, const double *direction, double scale)
{
    struct bounded b = bounded_of(a);
    for (int64_t i = 0; is_float(&b) && i < b.n; i++) {
        ((double *)b.value)[i] += scale * direction[i];
        b.error[i] = scale == 0 ? 0 : 0x1p-53 * fabs(((double *)b.value)[i]);
    }
    return b;
}

void bounded_free(struct bounded *b)
{
    free(b->value);
    free(b->error);
    *b = (struct bounded){0};
}

void bounded_free_all(int n, struct bounded *b)
{
    for (int i = 0; b && i < n; i++)
        bounded_free(&b[i]);
    free(b);
}

double bounded_number(const struct bounded *b, int64_t i)
{
    struct array a = {.type = wide(b->type), .data = b->value};
    return array_number(&a, i);
}

void frozen_free(struct frozen *f)
{
    bounded_free_all((int)f->n, f->values);
    *f = (struct frozen){0};
}

/* ---- one equation on the naive backend ------------------------------------------------------- */

/* A primitive at some types, compiled alone; kept, because the same few come again and again. */
struct unit {
    struct jx_program *program;
    struct jx_code *code;
    struct jx_executable *executable;
};
static struct jx_map compiled;
#define MOST_UNITS 3000

static void unit_free(struct unit *u)
{
    if (u->executable)
        jx_backend_naive.drop(u->executable);
    jx_code_free(u->code);
    jx_program_unref(u->program);
    free(u);
}

void bounds_clear(void)
{
    for (size_t i = 0; i < compiled.capacity; i++)
        if (compiled.entries[i].value && compiled.entries[i].value != JX_MAP_GONE)
            unit_free(compiled.entries[i].value);
    jx_map_fini(&compiled);
}

/* Parameters that name a float dtype name f64 in the evaluation, and reduce_precision to the exponents
 * of f32 keeps its subnormal numbers, as it does where the operand is no f64. */
static const void *wide_params(const struct jx_prim *prim, const void *params, uint8_t own,
                               void *copy)
{
    if (!params)
        return NULL;
    memcpy(copy, params, prim->params_size);
    struct jx_reduce_precision_params *reduce = copy;
    if (prim == &jx_reduce_precision_p && own != JAXC_F64 && reduce->exponent_bits >= 8)
        reduce->exponent_bits = 11;
    for (const struct jx_field *f = prim->fields; f->name; f++) {
        jaxc_dtype *dtype = (jaxc_dtype *)((char *)copy + f->offset);
        if (f->kind == JX_F_DTYPE && *dtype && jx_is_float(*dtype))
            *dtype = JAXC_F64;
    }
    return copy;
}

static struct unit *unit_of(const struct jx_prim *prim, const void *params, int n_in,
                            const struct jx_aval *in)
{
    struct jx_program *p = one_equation(prim, params, n_in, in);
    if (!p)
        return NULL;
    uint64_t hash = jx_program_hash(p);
    size_t cursor = 0;
    struct unit *u;
    while ((u = jx_map_next(&compiled, hash, &cursor))) {
        if (!jx_program_same(u->program, p))
            continue;
        jx_program_unref(p);
        return u;
    }
    if (compiled.n >= MOST_UNITS)
        bounds_clear();
    struct jx_lower_options o = {
        .backend = &jx_backend_naive, .row_major_only = true, .no_fusion = true};
    u = must_alloc(1, sizeof *u);
    u->program = p;
    u->code = jx_lower_program(p, &o);
    u->executable = u->code ? jx_backend_naive.compile(u->code) : NULL;
    if (!u->executable || !jx_map_add(&compiled, hash, u)) {
        unit_free(u);
        return NULL;
    }
    return u;
}

/* y = prim(x), whose memory comes fresh. */
static bool apply(const struct jx_prim *prim, const void *params, int n_in, const struct array *in,
                  int n_out, struct array *out, char *why)
{
    struct jx_aval *x = must_alloc((size_t)n_in, sizeof *x);
    struct jx_aval *y = must_alloc((size_t)n_out, sizeof *y);
    const struct jx_aval **types = must_alloc((size_t)n_in, sizeof *types);
    void **data = must_alloc((size_t)(n_in + n_out), sizeof *data);
    for (int i = 0; i < n_in; i++) {
        x[i] = in[i].type;
        x[i].weak = 0;
        types[i] = &x[i];
        data[i] = in[i].data;
    }
    bool ok = jx_infer(prim, params, n_in, types, n_out, y);
    for (int i = 0; i < n_out; i++) {
        out[i] = ok ? array_new(&y[i]) : (struct array){0};
        data[n_in + i] = out[i].data;
    }
    if (ok && !spec_apply(prim, params, n_in, in, out)) {
        struct unit *u = unit_of(prim, params, n_in, x);
        ok = u && jx_backend_naive.run(u->executable, data, data + n_in);
    }
    free(x);
    free(y);
    free(types);
    free(data);
    return ok || failed(why, prim->name);
}

/* ---- how errors travel ----------------------------------------------------------------------- */

struct step {
    const struct jx_prim *prim;
    const void *params; /* as the program has them */
    const void *wide;   /* as the evaluation has them */
    const struct prim_row *row;
    int n_in, n_out;
    const struct bounded *in;
    struct bounded *out; /* value is there, error is to be found */
    const struct bounds_options *o;
    char *why;
};

static struct array values(const struct bounded *b)
{
    return (struct array){.type = wide(b->type), .data = b->value};
}

static struct array errors(const struct bounded *b)
{
    struct array a = {.type = b->type, .data = b->error};
    a.type.dtype = JAXC_F64;
    a.type.weak = 0;
    return a;
}

static double *numbers(const struct array *a) { return a->data; }

/* Fresh |x| as f64. */
static struct array magnitudes(const struct bounded *b)
{
    struct array e = errors(b), a = array_new(&e.type);
    for (int64_t i = 0; i < b->n; i++)
        numbers(&a)[i] = fabs(bounded_number(b, i));
    return a;
}

static const struct tolerance *rounding(const struct step *s, const struct bounded *y)
{
    return tolerance_of(s->o->in_f64 && is_float(y) ? JAXC_F64 : y->type.dtype);
}

/* Does it round on its way, also where its operands are exact? */
static bool adds_up(const struct step *s)
{
    enum travel how = s->row->travel;
    return how == SUMMED || how == MULTIPLIED || how == CARRIED || how == CONTRACTED ||
           s->prim == &jx_scatter_add_p || s->prim == &jx_scatter_mul_p;
}

/* Adds what rounding the results themselves may do. Nothing is known of what may overflow, or
 * where the bound is NaN (of infinity times 0). */
static void add_rounding(const struct step *s, double ulps)
{
    bool computes = ulps > 0 || adds_up(s);
    for (int k = 0; k < s->n_out; k++) {
        struct bounded *y = &s->out[k];
        const struct tolerance *t = rounding(s, y);
        for (int64_t i = 0; i < y->n; i++) {
            if (is_float(y) && computes)
                y->error[i] += 2 * ulps * t->unit * fabs(bounded_number(y, i)) + t->least;
            double most = fabs(bounded_number(y, i)) + y->error[i];
            if (isnan(y->error[i]) || (is_float(y) && most > t->greatest))
                y->error[i] = INFINITY;
        }
    }
}

static bool exact_operands(const struct step *s)
{
    for (int k = 0; k < s->n_in; k++)
        for (int64_t i = 0; i < s->in[k].n; i++)
            if (s->in[k].error[i] != 0)
                return false;
    return true;
}

static double error_at(const struct bounded *x, int64_t i) { return x->error[x->n == 1 ? 0 : i]; }
static double number_at(const struct bounded *x, int64_t i)
{
    return bounded_number(x, x->n == 1 ? 0 : i);
}

/* Is element i at a place where the primitive jumps, or bends while that matters, or has a pole? */
static bool at_corner(const struct step *s, int64_t i)
{
    unsigned flags = s->row->flags, smooth = s->o->smooth ? ~0u : 0u;
    const struct bounded *x = &s->in[0], *y = &s->in[s->n_in > 1];
    double x_error = error_at(x, i), y_error = error_at(y, i);
    bool x_at_0 = x_error > 0 && fabs(number_at(x, i)) <= x_error;
    bool y_at_0 = y_error > 0 && fabs(number_at(y, i)) <= y_error;
    bool tie =
        x_error + y_error > 0 && fabs(number_at(x, i) - number_at(y, i)) <= x_error + y_error;
    return (x_at_0 && flags & (JUMPS_AT_0 | POLE_IN_X | (BENDS_AT_0 & smooth))) ||
           (y_at_0 && flags & POLE_IN_Y) || (x_error > 0 && flags & JUMPS) ||
           (tie && flags & (JUMPS_AT_TIE | (BENDS_AT_TIE & smooth)));
}

/* The float operands moved to a corner of the box of their errors, all others as they are. */
static struct array at_box_corner(const struct bounded *x, bool up)
{
    struct array v = values(x), a = array_copy(&v);
    for (int64_t i = 0; is_float(x) && i < x->n; i++)
        if (isfinite(x->error[i]))
            numbers(&a)[i] += up ? x->error[i] : -x->error[i];
    return a;
}

/* Over the box of operand errors a function that is monotone in each operand is extreme at
 * corners. */
static bool by_element(const struct step *s)
{
    struct bounded *y = s->out;
    bool wave = (s->row->flags & WAVE) != 0, ok = true;
    struct array *x = must_alloc((size_t)s->n_in, sizeof *x);
    struct array *moved = must_alloc((size_t)s->n_out, sizeof *moved);
    for (unsigned corner = 0; ok && !wave && corner < 1u << s->n_in; corner++) {
        bool skip = false; /* operands without errors have one corner */
        for (int k = 0; k < s->n_in; k++)
            skip = skip || (corner >> k & 1 && !is_float(&s->in[k]));
        if (skip)
            continue;
        for (int k = 0; k < s->n_in; k++)
            x[k] = at_box_corner(&s->in[k], corner >> k & 1);
        ok = apply(s->prim, s->wide, s->n_in, x, s->n_out, moved, s->why);
        for (int r = 0; ok && r < s->n_out; r++)
            for (int64_t i = 0; i < y[r].n; i++) {
                double to = array_number(&moved[r], i), from = bounded_number(&y[r], i);
                double off = to == from ? 0 : fabs(to - from);
                if (off != 0 && !is_float(&y[r]))
                    off = INFINITY;
                if (!(off <= y[r].error[i])) /* also when off is NaN */
                    y[r].error[i] = off;
            }
        for (int k = 0; k < s->n_in; k++)
            array_free(&x[k]);
        for (int r = 0; r < s->n_out; r++)
            array_free(&moved[r]);
    }
    for (int r = 0; r < s->n_out; r++)
        for (int64_t i = 0; i < y[r].n; i++) {
            for (int k = 0; k < s->n_in; k++)
                if (isinf(error_at(&s->in[k], i)))
                    y[r].error[i] = INFINITY;
            if (wave)
                y[r].error[i] = error_at(&s->in[0], i);
            if (at_corner(s, i))
                y[r].error[i] = INFINITY;
        }
    free(x);
    free(moved);
    return ok;
}

/* Beside a bound, and where the bounds are not in order, the slope is a convention. */
static bool clamped(const struct step *s)
{
    bool ok = by_element(s);
    for (int64_t i = 0; ok && s->o->smooth && i < s->out[0].n; i++) {
        double x = number_at(&s->in[1], i), reach = error_at(&s->in[1], i);
        double least = number_at(&s->in[0], i) + error_at(&s->in[0], i);
        double most = number_at(&s->in[2], i) - error_at(&s->in[2], i);
        double under = number_at(&s->in[0], i) - error_at(&s->in[0], i);
        double over = number_at(&s->in[2], i) + error_at(&s->in[2], i);
        bool beside_least = x + reach >= under && x - reach <= least;
        bool beside_most = x + reach >= most && x - reach <= over;
        if (least >= most || beside_least || beside_most)
            s->out[0].error[i] = INFINITY;
    }
    return ok;
}

/* A conversion to a narrower float rounds, and all do it alike: the results differ only where an
 * operand's error reaches the next number. */
static void narrowed(const struct step *s)
{
    const struct bounded *x = s->in;
    double least = tolerance_of(s->out->type.dtype)->least;
    struct array to = array_new(&s->out->type);
    for (int64_t i = 0; i < x->n; i++) {
        double number = bounded_number(x, i),
               ends[3] = {number, number - x->error[i], number + x->error[i]};
        for (int k = 0; k < 3; k++) {
            array_set(&to, i, ends[k]);
            ends[k] = array_number(&to, i);
        }
        ((double *)s->out->value)[i] = ends[0];
        s->out->error[i] = fmax(ends[0] - ends[1], ends[2] - ends[0]);
        if (x->error[i] > 0) /* no longer exact: a zero may have either sign */
            s->out->error[i] += least;
    }
    array_free(&to);
}

/* Errors go where the numbers go. */
static bool moved(const struct step *s)
{
    struct array *e = must_alloc((size_t)s->n_in, sizeof *e), y = {0};
    for (int k = 0; k < s->n_in; k++)
        e[k] = errors(&s->in[k]);
    bool ok = s->n_in == 0 || apply(s->prim, s->wide, s->n_in, e, 1, &y, s->why);
    if (ok && s->n_in > 0)
        memcpy(s->out[0].error, y.data, (size_t)s->out[0].n * sizeof(double));
    array_free(&y);
    free(e);
    return ok;
}

/* The chosen case's error; nothing is known where the choice is not. */
static bool chosen(const struct step *s)
{
    struct array *x = must_alloc((size_t)s->n_in, sizeof *x), y = {0};
    x[0] = values(&s->in[0]);
    for (int k = 1; k < s->n_in; k++)
        x[k] = errors(&s->in[k]);
    bool ok = apply(s->prim, s->wide, s->n_in, x, 1, &y, s->why);
    for (int64_t i = 0; ok && i < s->out[0].n; i++)
        s->out[0].error[i] = isinf(error_at(&s->in[0], i)) ? INFINITY : numbers(&y)[i];
    array_free(&y);
    free(x);
    return ok;
}

/* How many elements a result is made of. */
static double n_joined(const struct step *s)
{
    if (s->prim->lower == jx_cumsum_p.lower)
        return (double)s->in[0].type.dims[((const struct jx_cumulative_params *)s->params)->axis];
    const struct jx_reduce_params *p = s->params;
    double n = 1;
    for (int i = 0; i < p->axes.n; i++)
        n *= (double)s->in[0].type.dims[p->axes.at[i]];
    return n;
}

/* sum of errors + (n - 1) units of the sum of magnitudes: any order of adding n numbers */
static bool summed(const struct step *s)
{
    double n = n_joined(s);
    struct array e = errors(&s->in[0]), size = magnitudes(&s->in[0]), off = {0}, sum = {0};
    bool ok = apply(s->prim, s->wide, 1, &e, 1, &off, s->why) &&
              apply(s->prim, s->wide, 1, &size, 1, &sum, s->why);
    double units = rounding(s, s->out)->unit * (n > 1 ? n - 1 : 0);
    for (int64_t i = 0; ok && i < s->out[0].n; i++)
        s->out[0].error[i] = numbers(&off)[i] + units * numbers(&sum)[i];
    array_free(&size);
    array_free(&off);
    array_free(&sum);
    return ok;
}

/* The product of |x| + e less that of |x|, and n - 1 units of the former (twice, for what is of
 * second order) */
static bool multiplied(const struct step *s)
{
    double n = n_joined(s);
    struct array size = magnitudes(&s->in[0]), most = magnitudes(&s->in[0]), low = {0}, high = {0};
    for (int64_t i = 0; i < s->in[0].n; i++)
        numbers(&most)[i] += s->in[0].error[i];
    bool ok = apply(s->prim, s->wide, 1, &size, 1, &low, s->why) &&
              apply(s->prim, s->wide, 1, &most, 1, &high, s->why);
    double units = 2 * rounding(s, s->out)->unit * (n > 1 ? n - 1 : 0);
    for (int64_t i = 0; ok && i < s->out[0].n; i++)
        s->out[0].error[i] = numbers(&high)[i] - numbers(&low)[i] + units * numbers(&high)[i];
    for (int64_t i = 0; i < s->in[0].n && !is_float(s->out); i++)
        if (s->in[0].error[i] != 0) /* unknown operands are enough */
            for (int64_t j = 0; j < s->out[0].n; j++)
                s->out[0].error[j] = INFINITY;
    for (int64_t j = 0; j < s->out[0].n && !is_float(s->out); j++)
        if (s->out[0].error[j] < INFINITY)
            s->out[0].error[j] = 0;
    array_free(&size);
    array_free(&most);
    array_free(&low);
    array_free(&high);
    return ok;
}

/* A total grows with each of its elements, so it is extreme where all are; and it rounds n times.
 * What follows an unknown element is unknown; where slopes matter, so is what follows a tie. */
static bool carried(const struct step *s)
{
    const struct jx_cumulative_params *p = s->params;
    const struct bounded *x = &s->in[0];
    struct bounded *y = s->out;
    bool ok = true, bends = s->o->smooth && s->row->ulps == 0;
    int64_t n = x->type.dims[p->axis], stride = 1, by = p->reverse ? -1 : 1;
    for (int axis = (int)p->axis + 1; axis < x->type.rank; axis++)
        stride *= x->type.dims[axis];
    for (int corner = 0; ok && is_float(x) && corner < 2; corner++) {
        struct array moved = at_box_corner(x, corner == 1), z = {0};
        ok = apply(s->prim, s->wide, 1, &moved, 1, &z, s->why);
        for (int64_t i = 0; ok && i < y->n; i++) {
            double off = fabs(array_number(&z, i) - bounded_number(y, i));
            y->error[i] = off > y->error[i] ? off : y->error[i];
        }
        array_free(&moved);
        array_free(&z);
    }
    for (int64_t k = 0; ok && k < x->n; k++) {
        int64_t i = p->reverse ? x->n - 1 - k : k, at = i / stride % n;
        bool first = p->reverse ? at == n - 1 : at == 0;
        double before = first ? 0 : bounded_number(y, i - by * stride);
        double step = first ? 0 : y->error[i - by * stride] + x->error[i];
        bool tie = bends && step > 0 && fabs(before - bounded_number(x, i)) <= step;
        if (s->row->ulps > 0) /* each rounding, and that of what it began with */
            y->error[i] += 2 * (double)n * s->row->ulps * rounding(s, y)->unit *
                           (1 + fabs(bounded_number(y, i)));
        if (isinf(x->error[i]) || isinf(step) || tie)
            y->error[i] = INFINITY;
    }
    return ok;
}

static bool passed(const struct step *s)
{
    for (int k = 0; k < s->n_in; k++)
        memcpy(s->out[k].error, s->in[k].error, (size_t)s->in[k].n * sizeof(double));
    return true;
}

/* May the elements i and j of some key be in either order? */
static bool may_swap(const struct step *s, int n_keys, int64_t i, int64_t j)
{
    for (int k = 0; k < n_keys; k++) {
        const struct bounded *x = &s->in[k];
        double reach = x->error[i] + x->error[j];
        if (reach > 0 && !(fabs(bounded_number(x, i) - bounded_number(x, j)) > reach))
            return true;
    }
    return false;
}

/* Where the order of a row is known, errors go along. Else the row of a single key has at most its
 * greatest error, if no slope matters, and of all other results nothing is known. */
static bool sorted(const struct step *s)
{
    bool top = s->prim == &jx_top_k_p;
    const struct jx_sort_params *p = s->params;
    const struct jx_top_k_params *q = s->params;
    int axis = (int)(top ? q->axis : p->dimension), n_keys = top ? 1 : (int)p->num_keys;
    const struct bounded *x = &s->in[0];
    int64_t n = x->type.dims[axis], stride = 1, kept = s->out[0].type.dims[axis];
    for (int k = axis + 1; k < x->type.rank; k++)
        stride *= x->type.dims[k];
    int64_t *order = must_alloc((size_t)n, sizeof *order);
    for (int64_t row = 0; n > 0 && row < x->n / n; row++) {
        int64_t first = row / stride * stride * n + row % stride;
        int64_t to = row / stride * stride * kept + row % stride;
        bool unclear = false;
        double most = 0;
        for (int64_t i = 0; i < n; i++) {
            int64_t rank = 0, at = first + i * stride;
            most = fmax(most, x->error[at]);
            for (int64_t j = 0; j < n; j++) {
                int64_t other = first + j * stride;
                int order_of = 0; /* of the other to this one */
                unclear = unclear || (i != j && may_swap(s, n_keys, at, other));
                for (int k = 0; k < n_keys && !order_of; k++) {
                    double a = bounded_number(&s->in[k], at), b = bounded_number(&s->in[k], other);
                    order_of = top ? (b < a) - (b > a) : (b > a) - (b < a);
                }
                rank += order_of < 0 || (order_of == 0 && j < i);
            }
            order[rank] = at;
        }
        for (int k = 0; k < s->n_out; k++)
            for (int64_t i = 0; i < kept; i++) {
                bool index = top && k == 1;
                double known = index ? 0 : s->in[k].error[order[i]];
                if (unclear)
                    known = k == 0 && n_keys == 1 && !s->o->smooth ? most : INFINITY;
                s->out[k].error[to + i * stride] = known;
            }
    }
    free(order);
    return true;
}

/* |x| e_y + e_x |y| + e_x e_y + k units of |x| |y|: k products, added in any order, and one
 * rounding to the result's dtype */
static bool contracted(const struct step *s)
{
    const struct jx_dot_general_params *p = s->params;
    struct jx_dot_general_params q = *p;
    q.preferred_element_type = 0;
    double k = 1;
    for (int i = 0; i < p->dimension_numbers.lhs_contract.n; i++)
        k *= (double)s->in[0].type.dims[p->dimension_numbers.lhs_contract.at[i]];
    struct array x = magnitudes(&s->in[0]), y = magnitudes(&s->in[1]);
    struct array pairs[4][2] = {{x, y},
                                {x, errors(&s->in[1])},
                                {errors(&s->in[0]), y},
                                {errors(&s->in[0]), errors(&s->in[1])}};
    const struct tolerance *of = rounding(s, s->in), *to = rounding(s, s->out);
    double units = (k + 1) * fmax(of->unit, to->unit);
    bool ok = true;
    for (int part = 0; ok && part < 4; part++) {
        struct array product = {0};
        ok = apply(s->prim, &q, 2, pairs[part], 1, &product, s->why);
        for (int64_t i = 0; ok && i < s->out[0].n; i++)
            s->out[0].error[i] += (part ? 1 : units) * numbers(&product)[i];
        array_free(&product);
    }
    array_free(&x);
    array_free(&y);
    return ok;
}

/* Where element i of a reduced operand ends up. */
static int64_t place_of(const struct jx_aval *x, const struct jx_ints *axes, int64_t i)
{
    int64_t place = 0, stride = 1;
    for (int axis = x->rank - 1; axis >= 0; axis--) {
        int64_t at = i % x->dims[axis];
        bool dropped = false;
        i /= x->dims[axis];
        for (int k = 0; k < axes->n; k++)
            dropped = dropped || axes->at[k] == axis;
        if (dropped)
            continue;
        place += at * stride;
        stride *= x->dims[axis];
    }
    return place;
}

/* The greatest error of all; when the index or the slope matters, nothing is known if another
 * element may be the greatest. */
static bool greatest(const struct step *s)
{
    const struct bounded *x = &s->in[0];
    struct bounded *y = s->out;
    bool is_index = s->prim == &jx_argmax_p || s->prim == &jx_argmin_p;
    double sign = s->prim == &jx_argmin_p || s->prim == &jx_reduce_min_p ? -1 : 1;
    const struct jx_ints *axes = is_index ? &((const struct jx_arg_params *)s->params)->axes
                                          : &((const struct jx_reduce_params *)s->params)->axes;
    int64_t *winner = must_alloc((size_t)y->n, sizeof *winner);
    for (int64_t j = 0; j < y->n; j++)
        winner[j] = -1;
    for (int64_t i = 0; i < x->n; i++) {
        int64_t j = place_of(&x->type, axes, i);
        if (winner[j] < 0 || sign * bounded_number(x, i) > sign * bounded_number(x, winner[j]))
            winner[j] = i;
    }
    for (int64_t i = 0; i < x->n; i++) {
        int64_t j = place_of(&x->type, axes, i), w = winner[j];
        if (!is_index)
            y->error[j] = fmax(y->error[j], x->error[i]);
        double reach = x->error[i] + x->error[w];
        double behind = sign * (bounded_number(x, w) - bounded_number(x, i));
        bool rival = i != w && reach > 0 && behind <= reach;
        if (isinf(x->error[i]) || (rival && (is_index || s->o->smooth)))
            y->error[j] = INFINITY;
    }
    free(winner);
    return true;
}

/* ---- windows at computed places -------------------------------------------------------------- */

/* What meets at one element of a scatter's result. */
struct meeting {
    double n, low, high; /* how many; the sum or product of magnitudes, without and with errors */
    int rivals;          /* as near the extreme as their errors reach */
};

static bool is_extreme(const struct step *s)
{
    return s->prim == &jx_scatter_min_p || s->prim == &jx_scatter_max_p;
}

static void meet(const struct step *s, struct meeting *m, const struct bounded *x, int64_t i,
                 double *error)
{
    double number = fabs(bounded_number(x, i)), off = x->error[i];
    if (s->prim == &jx_scatter_mul_p) {
        m->low = m->n == 0 ? number : m->low * number;
        m->high = m->n == 0 ? number + off : m->high * (number + off);
        *error = m->high - m->low;
    } else if (s->prim == &jx_scatter_add_p) {
        m->high += number + off;
        *error = m->n == 0 ? off : *error + off;
    } else {
        *error = m->n == 0 || !is_extreme(s) ? off : fmax(*error, off);
    }
    m->n++;
}

/* Element i of x, which is put to element `at` of the result. */
static void count_rival(const struct step *s, struct meeting *m, const struct bounded *x, int64_t i,
                        int64_t at)
{
    double reach = x->error[i] + s->out->error[at];
    m[at].rivals += reach > 0 && fabs(bounded_number(s->out, at) - bounded_number(x, i)) <= reach;
}

static bool indexed(const struct step *s)
{
    struct bounded *y = s->out;
    bool puts = spec_puts(s->prim), unknown = false;
    const struct bounded *windows = puts ? &s->in[spec_windows(s->prim)] : y;
    struct array *x = must_alloc((size_t)s->n_in, sizeof *x);
    struct meeting *m = must_alloc((size_t)y->n, sizeof *m);
    for (int k = 0; k < s->n_in; k++) {
        x[k] = values(&s->in[k]);
        for (int64_t i = 0; spec_says_where(s->prim, k) && i < s->in[k].n; i++)
            unknown = unknown || s->in[k].error[i] != 0;
    }
    for (int64_t i = 0; puts && i < y->n; i++)
        meet(s, &m[i], &s->in[0], i, &y->error[i]);
    for (int64_t i = 0; i < windows->n; i++) {
        int64_t at = spec_place(s->prim, s->params, x, &windows->type, i);
        if (puts && at >= 0)
            meet(s, &m[at], windows, i, &y->error[at]);
        else if (!puts)
            y->error[i] = at < 0 ? 0 : s->in[0].error[at];
    }
    for (int64_t i = 0; is_extreme(s) && i < y->n; i++)
        count_rival(s, m, &s->in[0], i, i);
    for (int64_t i = 0; is_extreme(s) && i < windows->n; i++) {
        int64_t at = spec_place(s->prim, s->params, x, &windows->type, i);
        if (at >= 0)
            count_rival(s, m, windows, i, at);
    }
    for (int64_t i = 0; i < y->n; i++) {
        double known = y->error[i];
        if (adds_up(s))
            y->error[i] += 2 * rounding(s, y)->unit * (m[i].n - 1) * m[i].high;
        if (unknown || (s->o->smooth && m[i].rivals > 1) || (!is_float(y) && known != 0))
            y->error[i] = INFINITY;
    }
    free(x);
    free(m);
    return true;
}

/* ---- one step -------------------------------------------------------------------------------- */

/* An array in the program's own dtype. */
static struct array in_own_dtype(const struct bounded *b)
{
    struct array a = array_new(&b->type);
    if (!is_float(b))
        memcpy(a.data, b->value, array_size(&a));
    for (int64_t i = 0; is_float(b) && i < b->n; i++)
        array_set(&a, i, bounded_number(b, i));
    return a;
}

/* In the program's own dtypes; what is not exact is unknown. Elements of operands and result pair
 * up in order, several of the narrower type, or of the smaller shape, with one of the other. */
static bool as_bits(const struct step *s)
{
    struct array *x = must_alloc((size_t)s->n_in, sizeof *x), y = {0};
    for (int k = 0; k < s->n_in; k++)
        x[k] = in_own_dtype(&s->in[k]);
    bool ok = apply(s->prim, s->params, s->n_in, x, 1, &y, s->why);
    if (ok)
        s->out[0] = bounded_of(&y);
    for (int k = 0; ok && s->out[0].n > 0 && k < s->n_in; k++) {
        int64_t n = s->in[k].n > s->out[0].n ? s->in[k].n : s->out[0].n;
        for (int64_t i = 0; i < n; i++) {
            int64_t from = i / (n / s->in[k].n), to = i / (n / s->out[0].n);
            double off = fabs(bounded_number(&s->in[k], from) - array_number(&x[k], from));
            if (s->in[k].error[from] != 0 || off != 0)
                s->out[0].error[to] = INFINITY;
        }
    }
    for (int k = 0; k < s->n_in; k++)
        array_free(&x[k]);
    free(x);
    array_free(&y);
    return ok;
}

static bool freeze(const struct step *s)
{
    struct frozen *f = s->o->frozen;
    if (!f || s->prim != &jx_stop_gradient_p)
        return true;
    if (f->replay) {
        struct bounded *kept = &f->values[f->next++];
        bounded_free(s->out);
        *s->out = bounded_copy(kept);
        return true;
    }
    if (f->n == f->capacity) {
        f->capacity = 2 * f->capacity + 8;
        f->values = realloc(f->values, f->capacity * sizeof *f->values);
        if (!f->values)
            abort();
    }
    f->values[f->n++] = bounded_copy(s->out);
    return true;
}

static bool is_narrowing(const struct step *s)
{
    return s->prim == &jx_convert_element_type_p && is_float(s->in) && is_float(s->out) &&
           !s->o->in_f64 &&
           tolerance_of(s->out->type.dtype)->unit > tolerance_of(s->in->type.dtype)->unit;
}

static bool travel(const struct step *s)
{
    if (is_narrowing(s))
        narrowed(s);
    if (s->o->values || is_narrowing(s))
        return true;
    bool ok = true;
    double ulps = s->row->ulps;
    if (exact_operands(s) && !adds_up(s)) {
        add_rounding(s, ulps);
        return true;
    }
    switch (s->row->travel) {
    case BY_ELEMENT: ok = by_element(s); break;
    case MOVED: ok = moved(s); break;
    case SUMMED: ok = summed(s); break;
    case MULTIPLIED: ok = multiplied(s); break;
    case CARRIED: ok = carried(s); break;
    case SORTED: ok = sorted(s); break;
    case PASSED: ok = passed(s); break;
    case CONTRACTED: ok = contracted(s); break;
    case GREATEST: ok = greatest(s); break;
    case INDEXED: ok = indexed(s); break;
    case CHOSEN: ok = chosen(s); break;
    case CLAMPED: ok = clamped(s); break;
    case AS_BITS:
    case HELD: break;
    }
    add_rounding(s, ulps);
    return ok;
}

/* The program that a primitive holds. */
static const struct jx_program *held(const struct jx_prim *prim, const void *params)
{
    for (const struct jx_field *f = prim->fields; f && f->name; f++)
        if (f->kind == JX_F_PROGRAM)
            return *(struct jx_program *const *)((const char *)params + f->offset);
    return NULL;
}

bool bounds_apply(const struct jx_prim *prim, const void *params, int n_in,
                  const struct bounded *in, int n_out, struct bounded *out,
                  const struct bounds_options *o, char *why)
{
    max_align_t room[16];
    const struct prim_row *row = prim_row_of(prim);
    for (int i = 0; i < n_out; i++)
        out[i] = (struct bounded){0};
    if (!row || prim->params_size > sizeof room || prim == &jx_custom_lin_p) {
        snprintf(why, WHY, row ? "%s cannot be evaluated" : "%s has no row in prims_table.c",
                 prim->name);
        return false;
    }
    if (row->travel == HELD)
        return bounds_run(held(prim, params), in, out, o, why);
    struct step s = {prim, params, wide_params(prim, params, n_in > 0 ? in[0].type.dtype : 0, room),
                     row,  n_in,   n_out,
                     in,   out,    o,
                     why};
    if (row->travel == AS_BITS) {
        bool known = as_bits(&s);
        add_rounding(&s, row->ulps);
        return known;
    }

    struct array *x = must_alloc((size_t)n_in, sizeof *x),
                 *y = must_alloc((size_t)n_out, sizeof *y);
    struct jx_aval *types = must_alloc((size_t)n_out, sizeof *types);
    const struct jx_aval **own = must_alloc((size_t)n_in, sizeof *own);
    for (int i = 0; i < n_in; i++) {
        x[i] = values(&in[i]);
        own[i] = &in[i].type;
    }
    bool ok = (jx_infer(prim, params, n_in, own, n_out, types) || failed(why, prim->name)) &&
              apply(prim, s.wide, n_in, x, n_out, y, why);
    for (int i = 0; ok && i < n_out; i++) {
        out[i] = bounded_of(&y[i]);
        out[i].type = types[i];
    }
    ok = ok && travel(&s) && freeze(&s);
    for (int i = 0; i < n_out; i++)
        array_free(&y[i]);
    free(x);
    free(y);
    free(types);
    free(own);
    return ok;
}

/* ---- programs -------------------------------------------------------------------------------- */

static struct bounded literal(const struct jx_literal *l)
{
    struct array a = array_new(&l->aval);
    jx_scalar_store(a.data, l->aval.dtype, l->value);
    struct bounded b = bounded_of(&a);
    array_free(&a);
    return b;
}

static struct bounded atom(const struct jx_program *p, const struct bounded *vars, jx_atom a)
{
    if (!jx_atom_is_literal(a))
        return bounded_copy(&vars[a]);
    return literal(&p->literals[a & ~JX_LITERAL_BIT]);
}

bool bounds_run(const struct jx_program *p, const struct bounded *in, struct bounded *out,
                const struct bounds_options *o, char *why)
{
    struct bounded *vars = must_alloc(p->n_vars, sizeof *vars);
    bool ok = true;
    for (uint32_t v = 0; v < p->n_consts + p->n_in; v++)
        vars[v] = bounded_copy(&in[v]);
    for (uint32_t i = 0; ok && i < p->n_eqns; i++) {
        const struct jx_eqn *e = &p->eqns[i];
        struct bounded *x = must_alloc(e->n_in, sizeof *x);
        for (uint32_t k = 0; k < e->n_in; k++)
            x[k] = atom(p, vars, p->atoms[e->first_in + k]);
        ok = bounds_apply(e->prim, e->params ? e->params->data : NULL, (int)e->n_in, x,
                          (int)e->n_out, vars + e->first_out, o, why);
        bounded_free_all((int)e->n_in, x);
    }
    for (uint32_t k = 0; k < p->n_out; k++)
        out[k] = ok ? atom(p, vars, p->outs[k]) : (struct bounded){0};
    bounded_free_all((int)p->n_vars, vars);
    return ok;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static bool agree(const struct jx_aval *type, int64_t i, double want, double got, double bound,
                  const char *what, char *why)
{
    char text[JX_AVAL_TEXT];
    if (want == got || (isnan(want) && isnan(got))) {
        bounds_compared++;
        return true;
    }
    if (isinf(bound)) {
        bounds_undetermined++;
        return true;
    }
    bounds_compared++;
    if (fabs(want - got) <= bound)
        return true;
    snprintf(why, WHY, "%s: element %lld of %s is %.17g, it must be %.17g, to within %.3g", what,
             (long long)i, jx_aval_text(type, text), got, want, bound);
    return false;
}

static bool same_type(const struct jx_aval *want, const struct jx_aval *got, const char *what,
                      char *why)
{
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    if (jx_aval_same_array(want, got))
        return true;
    snprintf(why, WHY, "%s: the type is %s, it must be %s", what, jx_aval_text(got, a),
             jx_aval_text(want, b));
    return false;
}

bool bounds_agree(const struct bounded *want, const struct array *got, const char *what, char *why)
{
    if (!same_type(&want->type, &got->type, what, why))
        return false;
    double sides = want->type.dtype == JAXC_F64 ? 2 : 1;
    size_t size = jx_dtype_info(got->type.dtype)->size;
    for (int64_t i = 0; i < want->n; i++) {
        double to = bounded_number(want, i), is = array_number(got, i);
        bool same = memcmp((char *)want->value + (size_t)i * size,
                           (char *)got->data + (size_t)i * size, size) == 0;
        if (!is_float(want) && !same && is == to) /* u64 and i64 past what a double tells apart */
            is = nextafter(to, INFINITY);
        if (is == 0 && to == 0 && want->error[i] == 0 && signbit(is) != signbit(to)) {
            snprintf(why, WHY, "%s: element %lld is %g, it must be %g", what, (long long)i, is, to);
            return false;
        }
        if (!agree(&want->type, i, to, is, sides * want->error[i], what, why))
            return false;
    }
    return true;
}

bool bounds_agree_both(const struct bounded *a, const struct bounded *b, const char *what,
                       char *why)
{
    if (!same_type(&a->type, &b->type, what, why))
        return false;
    for (int64_t i = 0; i < a->n; i++)
        if (!agree(&a->type, i, bounded_number(a, i), bounded_number(b, i),
                   a->error[i] + b->error[i], what, why))
            return false;
    return true;
}
