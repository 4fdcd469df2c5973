/*
 * affine.c - composing views: a map says where a node is read, as affine forms of a group's axes.
 *
 * Going through a view substitutes; a guarded axis adds a bound to the map. Going through a reshape
 * takes the row-major place apart again: a form divided by m is exact when its terms fall into
 * multiples of m and a rest that stays within [0, m). Where one axis straddles that border, the
 * axis must be split first. All arithmetic is checked: what does not fit 64 bits does not compose.
 */
#include "lower/lower.h"

static bool add_scaled(struct jx_form *sum, const struct jx_form *x, int64_t scale)
{
    if (scale == 0)
        return true;
    int64_t term;
    if (__builtin_mul_overflow(x->offset, scale, &term) ||
        __builtin_add_overflow(sum->offset, term, &sum->offset))
        return false;
    for (int v = 0; v < JX_N_VARS; v++)
        if (x->coef[v] != 0 && (__builtin_mul_overflow(x->coef[v], scale, &term) ||
                                __builtin_add_overflow(sum->coef[v], term, &sum->coef[v])))
            return false;
    return true;
}

/* The size of every variable: axes, then the quotients that this map has. */
static void variable_sizes(const struct jx_affine *m, const int64_t *sizes, int64_t *all)
{
    for (int v = 0; v < JX_N_VARS; v++)
        all[v] = v < JX_MAX_AXES ? sizes[v] : 1;
    for (int i = 0; i < m->n_bounds; i++)
        if (m->bounds[i].quotient >= 0)
            all[m->bounds[i].quotient] = m->bounds[i].size;
}

/* The least and greatest value; false when they do not fit. */
static bool range(const struct jx_form *f, const int64_t *sizes, int64_t *low, int64_t *high)
{
    *low = *high = f->offset;
    for (int v = 0; v < JX_N_VARS; v++) {
        int64_t most, *end = f->coef[v] > 0 ? high : low;
        if (f->coef[v] != 0 && (__builtin_mul_overflow(f->coef[v], sizes[v] - 1, &most) ||
                                __builtin_add_overflow(*end, most, end)))
            return false;
    }
    return true;
}

static bool has_quotient(const struct jx_form *f)
{
    for (int v = JX_MAX_AXES; v < JX_N_VARS; v++)
        if (f->coef[v] != 0)
            return true;
    return false;
}

/* A guarded axis read at `form`: the bound, and the form of the element. */
static enum jx_fit add_bound(struct jx_affine *m, const struct jx_gaxis *a, int64_t size,
                             union jx_scalar fill, struct jx_form *form, const int64_t *sizes)
{
    int64_t low, high, limit, all[JX_N_VARS];
    variable_sizes(m, sizes, all);
    if (!range(form, all, &low, &high) || __builtin_mul_overflow(size, a->step, &limit))
        return JX_NO_FIT;
    if (a->step == 1 && low >= 0 && high < limit)
        return JX_FIT; /* holds everywhere here */
    if (has_quotient(form) || m->n_bounds == JX_MAX_BOUNDS ||
        (m->n_bounds > 0 && m->fill.u != fill.u))
        return JX_NO_FIT;
    struct jx_bound *b = &m->bounds[m->n_bounds];
    *b = (struct jx_bound){*form, size, a->step, -1};
    if (a->step > 1) {
        if (m->n_quotients == JX_MAX_QUOTIENTS)
            return JX_NO_FIT;
        b->quotient = JX_MAX_AXES + m->n_quotients++;
        *form = (struct jx_form){0};
        form->coef[b->quotient] = 1;
    }
    m->fill = fill;
    m->n_bounds++;
    return JX_FIT;
}

enum jx_fit jx_affine_view(struct jx_affine *m, const struct jx_gnode *view,
                           const struct jx_gnode *x, const int64_t *sizes)
{
    struct jx_form at[JAXC_MAX_RANK];
    for (int j = 0; j < x->rank; j++) {
        const struct jx_gaxis *a = &view->view->axis[j];
        at[j] = (struct jx_form){.offset = a->offset};
        for (int k = 0; k < view->rank; k++)
            if (!add_scaled(&at[j], &m->at[k], a->coef[k]))
                return JX_NO_FIT;
        if (!a->guarded)
            continue;
        enum jx_fit fit = add_bound(m, a, x->dims[j], view->view->fill, &at[j], sizes);
        if (fit != JX_FIT)
            return fit;
    }
    memcpy(m->at, at, (size_t)x->rank * sizeof *at);
    m->rank = x->rank;
    return JX_FIT;
}

/* Sizes of arrays were checked when they were made, so the strides of a non-empty one fit. */
static void row_major(int rank, const int64_t *dims, int64_t *strides)
{
    int64_t stride = 1;
    for (int j = rank - 1; j >= 0; j--) {
        strides[j] = stride;
        stride *= dims[j];
    }
}

static bool flatten(const struct jx_affine *m, const int64_t *dims, struct jx_form *flat)
{
    int64_t strides[JAXC_MAX_RANK];
    row_major(m->rank, dims, strides);
    *flat = (struct jx_form){0};
    for (int j = 0; j < m->rank; j++)
        if (!add_scaled(flat, &m->at[j], strides[j]))
            return false;
    return true;
}

bool jx_affine_flatten(struct jx_affine *m, const int64_t *dims)
{
    struct jx_form flat;
    if (!flatten(m, dims, &flat))
        return false;
    m->at[0] = flat;
    m->rank = 1;
    return true;
}

/* form = m * quotient + rest with rest in [0, m): moves the quotient out, leaves the rest
 * in form. */
static enum jx_fit divide(struct jx_form *form, int64_t m, struct jx_form *quotient,
                          const int64_t *sizes, struct jx_want *want)
{
    struct jx_form rest = {0};
    *quotient = (struct jx_form){0};
    int64_t least = 0; /* of the rest's terms */
    for (int v = 0; v < JX_N_VARS; v++) {
        if (form->coef[v] % m == 0) {
            quotient->coef[v] = form->coef[v] / m;
        } else {
            rest.coef[v] = form->coef[v];
            if (rest.coef[v] < 0 &&
                __builtin_add_overflow(least, rest.coef[v] * (sizes[v] - 1), &least))
                return JX_NO_FIT;
        }
    }
    rest.offset = form->offset % m;
    quotient->offset = form->offset / m;
    while (rest.offset < 0 ||
           rest.offset + least < 0) { /* few rounds: |least| is below a small multiple of m */
        if (least < -16 * m)
            break;
        rest.offset += m;
        quotient->offset--;
    }
    int64_t low, high;
    if (!range(&rest, sizes, &low, &high))
        return JX_NO_FIT;
    if (low >= 0 && high < m) {
        *form = rest;
        return JX_FIT;
    }
    for (int v = 0; v < JX_MAX_AXES; v++) { /* an axis that counts across a multiple of m */
        int64_t step = rest.coef[v] < 0 ? -rest.coef[v] : rest.coef[v];
        if (step == 0 || m % step != 0)
            continue;
        int64_t inner = m / step;
        if (inner < sizes[v] && sizes[v] % inner == 0) {
            want->axis = v;
            want->inner = inner;
            return JX_SPLIT;
        }
    }
    return JX_NO_FIT;
}

enum jx_fit jx_affine_reshape(struct jx_affine *m, const struct jx_gnode *reshape,
                              const struct jx_gnode *x, const int64_t *sizes, struct jx_want *want)
{
    struct jx_form flat, at[JAXC_MAX_RANK];
    int64_t strides[JAXC_MAX_RANK], all[JX_N_VARS];
    if (!flatten(m, reshape->dims, &flat))
        return JX_NO_FIT;
    row_major(x->rank, x->dims, strides);
    variable_sizes(m, sizes, all);
    for (int j = 0; j < x->rank; j++) {
        at[j] = (struct jx_form){0};
        if (x->dims[j] == 1)
            continue;
        enum jx_fit fit = divide(&flat, strides[j], &at[j], all, want);
        if (fit != JX_FIT)
            return fit;
    }
    memcpy(m->at, at, (size_t)x->rank * sizeof *at);
    m->rank = x->rank;
    return JX_FIT;
}

bool jx_affine_same(const struct jx_affine *a, const struct jx_affine *b)
{
    if (a->rank != b->rank || a->n_bounds > 0 || b->n_bounds > 0)
        return false;
    for (int j = 0; j < a->rank; j++)
        if (memcmp(&a->at[j], &b->at[j], sizeof a->at[j]) != 0)
            return false;
    return true;
}
