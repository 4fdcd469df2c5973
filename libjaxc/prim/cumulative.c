/*
 * prim/cumulative.c - running totals along an axis: cumsum, cumprod, cummax, cummin, cumlogsumexp.
 *
 * Result i joins the elements up to i, or, in reverse, from i on. The tangent of a total t[i] =
 * f(t[i - 1], x[i]) is a recurrence of first order, g[i] = a[i] g[i - 1] + c[i], whose coefficients
 * a are the slopes of f in t[i - 1] and c those in x[i] times dx[i]. It is solved by an associative
 * scan, as in JAX (Blelloch, "Prefix sums and their applications", 1990), so no division is made,
 * and cumprod is right where elements are 0.
 */
#include "prim/prim.h"

#include <math.h>

static bool in_range(const struct jx_rule *r)
{
    const struct jx_cumulative_params *p = r->params;
    char text[JX_AVAL_TEXT];
    return (p->axis >= 0 && p->axis < r->in[0]->rank) ||
           jx_fail(JAXC_EAXIS, "%s: axis %lld of %s", r->prim->name, (long long)p->axis,
                   jx_aval_text(r->in[0], text));
}

static bool cumulative_type(const struct jx_rule *r, struct jx_aval *out)
{
    return jx_type_number(r, out) && in_range(r);
}

static jaxc_value cumulative(const struct jx_prim *prim, jaxc_value x, int axis, bool reverse)
{
    struct jx_cumulative_params p = {axis, reverse};
    return jx_apply(prim, &p, 1, &x);
}

static bool cumulative_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_cumulative_params *p = r->params;
    y_axis[0] = r->axis[0];
    y[0] = cumulative(r->prim, r->x[0], (int)p->axis + (p->axis >= r->axis[0]), p->reverse);
    return !jx_is_poison(y[0]);
}

static bool cumulative_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_cumulative_params *p = r->params;
    l->out[0] = jx_g_prefix(l->graph, (enum jx_scalar_op)r->prim->scalar, l->in[0], (int)p->axis,
                            p->reverse);
    return l->out[0] >= 0;
}

/* ---- recurrences ----------------------------------------------------------------------------- */

/* What a step of the scan knows: n coefficients and summands. */
struct level {
    int64_t n;
    jaxc_value a, c;
};

/* Neighbours become one: g[2i + 1] = a[2i + 1] a[2i] g[2i - 1] + (a[2i + 1] c[2i] + c[2i + 1]). */
static struct level join_neighbours(const struct level *l, int axis)
{
    int64_t half = l->n / 2;
    jaxc_value a = jx_slice_axis(l->a, axis, 0, 2 * half, 2);
    jaxc_value b = jx_slice_axis(l->a, axis, 1, l->n, 2);
    jaxc_value c = jx_slice_axis(l->c, axis, 0, 2 * half, 2);
    jaxc_value d = jx_slice_axis(l->c, axis, 1, l->n, 2);
    c = jx_mul(b, c);
    return (struct level){half, jx_mul(b, a), jx_add(c, d)};
}

/* All of a level from its odd elements: g[2i] = a[2i] g[2i - 1] + c[2i]. */
static jaxc_value fill_in(const struct level *l, int axis, jaxc_value odd, jaxc_value zero)
{
    int64_t half = l->n / 2, n_even = l->n - half;
    jaxc_value even = jx_slice_axis(l->c, axis, 0, 1, 1);
    if (n_even > 1) {
        jaxc_value a = jx_slice_axis(l->a, axis, 2, l->n, 2);
        jaxc_value c = jx_slice_axis(l->c, axis, 2, l->n, 2);
        a = jx_mul(a, jx_slice_axis(odd, axis, 0, n_even - 1, 1));
        even = jx_concatenate(2, (const jaxc_value[]){even, jx_add(a, c)}, axis);
    }
    even = jx_pad_axis(even, axis, zero, 0, half == n_even, 1);
    odd = jx_pad_axis(odd, axis, zero, 1, half != n_even, 1);
    return jx_add(even, odd);
}

/* g[i] = a[i] g[i - 1] + c[i], of n > 0 elements; a[0] has no part in it. Linear in c. */
static jaxc_value recurrence(jaxc_value a, jaxc_value c, int axis, int64_t n, jaxc_value zero)
{
    struct level levels[64];
    int top = 0;
    for (levels[0] = (struct level){n, a, c}; levels[top].n > 1; top++)
        levels[top + 1] = join_neighbours(&levels[top], axis);
    jaxc_value g = levels[top].c;
    while (top-- > 0)
        g = fill_in(&levels[top], axis, g, zero);
    return g;
}

/* The slopes of one join, at the total before, the element, and the total. */
typedef void (*slopes)(jaxc_value before, jaxc_value x, jaxc_value y, jaxc_value *a, jaxc_value *b);

static jaxc_value cumulative_jvp(const struct jx_rule *r, jaxc_value dx, double start, slopes of)
{
    const struct jx_cumulative_params *p = r->params;
    int axis = (int)p->axis, n_back = p->reverse;
    int64_t n = r->in[0]->dims[axis];
    if (n <= 1)
        return dx;
    jaxc_value x = jx_rev(r->x[0], n_back, &axis), y = jx_rev(r->y[0], n_back, &axis), a, b;
    jaxc_value before = jx_pad_axis(y, axis, jx_literal(r->in[0], start), 1, -1, 0);
    of(before, x, y, &a, &b);
    jaxc_value c = jx_mul(b, jx_rev(dx, n_back, &axis));
    return jx_rev(recurrence(a, c, axis, n, jx_literal(r->in[0], 0)), n_back, &axis);
}

/* ---- the primitives -------------------------------------------------------------------------- */

static const struct jx_field fields[] = {JX_FIELD(struct jx_cumulative_params, axis, JX_F_INT),
                                         JX_FIELD(struct jx_cumulative_params, reverse, JX_F_BOOL),
                                         {0}};

/* cumsum: the cumsum of g; transposed in the other direction */
static jaxc_value cumsum_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    const struct jx_cumulative_params *p = r->params;
    return jx_cumsum(ct[0], (int)p->axis, !p->reverse);
}

const struct jx_prim jx_cumsum_p = {
    .name = "cumsum",
    .dear = true,
    .arity = 1,
    .fields = fields,
    .params_size = sizeof(struct jx_cumulative_params),
    .type = cumulative_type,
    .jvp = jx_jvp_linear,
    .transpose = cumsum_transpose,
    .batch = cumulative_batch,
    .lower = cumulative_lower,
    .scalar = JX_S_add,
};

jaxc_value jx_cumsum(jaxc_value x, int axis, bool reverse)
{
    return cumulative(&jx_cumsum_p, x, axis, reverse);
}

/* cumprod: g[i] = x[i] g[i - 1] + ans[i - 1] dx[i] */
static void cumprod_slopes(jaxc_value before, jaxc_value x, jaxc_value y, jaxc_value *a,
                           jaxc_value *b)
{
    (void)y;
    *a = x;
    *b = before;
}

static jaxc_value cumprod_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return cumulative_jvp(r, dx, 1, cumprod_slopes);
}

const struct jx_prim jx_cumprod_p = {
    .name = "cumprod",
    .dear = true,
    .arity = 1,
    .fields = fields,
    .params_size = sizeof(struct jx_cumulative_params),
    .type = cumulative_type,
    .jvp = cumprod_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = cumulative_batch,
    .lower = cumulative_lower,
    .scalar = JX_S_mul,
};

jaxc_value jx_cumprod(jaxc_value x, int axis, bool reverse)
{
    return cumulative(&jx_cumprod_p, x, axis, reverse);
}

/* cummax, cummin: that of the two which is the total, half of each when both are; a NaN has none */
static void cumextreme_slopes(jaxc_value before, jaxc_value x, jaxc_value y, jaxc_value *a,
                              jaxc_value *b)
{
    struct jx_aval type;
    *a = *b = JX_POISON;
    if (!jx_value_aval(x, &type))
        return;
    jaxc_value kept = jx_convert_element_type(jx_eq(before, y), type.dtype, type.weak != 0);
    jaxc_value took = jx_convert_element_type(jx_eq(x, y), type.dtype, type.weak != 0);
    jaxc_value both = jx_mul(jx_literal(&type, 0.5), jx_mul(kept, took));
    *a = jx_sub(kept, both);
    *b = jx_sub(took, both);
}

static jaxc_value cumextreme_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return cumulative_jvp(r, dx, (double)NAN, cumextreme_slopes); /* nothing before: no tie */
}

const struct jx_prim jx_cummax_p = {
    .name = "cummax",
    .dear = true,
    .arity = 1,
    .fields = fields,
    .params_size = sizeof(struct jx_cumulative_params),
    .type = cumulative_type,
    .jvp = cumextreme_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = cumulative_batch,
    .lower = cumulative_lower,
    .scalar = JX_S_max,
};

const struct jx_prim jx_cummin_p = {
    .name = "cummin",
    .dear = true,
    .arity = 1,
    .fields = fields,
    .params_size = sizeof(struct jx_cumulative_params),
    .type = cumulative_type,
    .jvp = cumextreme_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = cumulative_batch,
    .lower = cumulative_lower,
    .scalar = JX_S_min,
};

jaxc_value jx_cummax(jaxc_value x, int axis, bool reverse)
{
    return cumulative(&jx_cummax_p, x, axis, reverse);
}

jaxc_value jx_cummin(jaxc_value x, int axis, bool reverse)
{
    return cumulative(&jx_cummin_p, x, axis, reverse);
}

/* cumlogsumexp: g[i] = exp(ans[i - 1] - ans[i]) g[i - 1] + exp(x[i] - ans[i]) dx[i], with 0 for an
 * infinity of its own, as in JAX's logaddexp */
static bool cumlogsumexp_type(const struct jx_rule *r, struct jx_aval *out)
{
    return jx_type_float(r, out) && in_range(r);
}

static jaxc_value without_infinity(jaxc_value x)
{
    struct jx_aval type;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    jaxc_value infinite = jx_eq(x, jx_literal(&type, (double)INFINITY));
    return jx_select(infinite, jx_literal(&type, 0), x);
}

static void cumlogsumexp_slopes(jaxc_value before, jaxc_value x, jaxc_value y, jaxc_value *a,
                                jaxc_value *b)
{
    y = without_infinity(y);
    before = without_infinity(before);
    x = without_infinity(x);
    *a = jx_exp(jx_sub(before, y));
    *b = jx_exp(jx_sub(x, y));
}

static jaxc_value cumlogsumexp_jvp(const struct jx_rule *r, jaxc_value dx)
{
    return cumulative_jvp(r, dx, (double)-INFINITY, cumlogsumexp_slopes);
}

const struct jx_prim jx_cumlogsumexp_p = {
    .name = "cumlogsumexp",
    .dear = true,
    .arity = 1,
    .fields = fields,
    .params_size = sizeof(struct jx_cumulative_params),
    .type = cumlogsumexp_type,
    .jvp = cumlogsumexp_jvp,
    .no_transpose = JX_NOT_LINEAR,
    .batch = cumulative_batch,
    .lower = cumulative_lower,
    .scalar = JX_S_logaddexp,
};

jaxc_value jx_cumlogsumexp(jaxc_value x, int axis, bool reverse)
{
    return cumulative(&jx_cumlogsumexp_p, x, axis, reverse);
}
