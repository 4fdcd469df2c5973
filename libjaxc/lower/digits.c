/*
 * digits.c - the place of a node in a group, as digits of its row-major element number.
 *
 *     group axes a (4), b (6); a node f32[6,4] that is computed at the transposed point has the
 * digits (b, a), its reshape to f32[24] the same, and a broadcast of it to f32[5,6,4] the digits
 * (5, b, a)
 *
 * Invariant: sizes are at least 2, an axis stands at most once, and the sizes multiply to the
 * node's elements.
 */
#include "lower/lower.h"

#include <assert.h>

static enum jx_fit push(struct jx_digits *d, int axis, int64_t size)
{
    if (size == 1)
        return JX_FIT;
    if (d->n == JX_MAX_DIGITS)
        return JX_NO_FIT;
    d->at[d->n++] = (struct jx_digit){axis, size};
    return JX_FIT;
}

/* Cuts digit i in two, the inner of the given size. */
static enum jx_fit cut(struct jx_digits *d, int i, int64_t inner, struct jx_want *want)
{
    if (d->at[i].size % inner != 0)
        return JX_NO_FIT;
    if (d->at[i].axis >= 0) {
        want->axis = d->at[i].axis;
        want->inner = inner;
        return JX_SPLIT;
    }
    if (d->n == JX_MAX_DIGITS)
        return JX_NO_FIT;
    memmove(&d->at[i + 1], &d->at[i], (size_t)(d->n - i) * sizeof d->at[0]);
    d->n++;
    d->at[i].size /= inner;
    d->at[i + 1].size = inner;
    return JX_FIT;
}

enum jx_fit jx_digits_cut(struct jx_digits *d, int rank, const int64_t *dims, int *first,
                          struct jx_want *want)
{
    int i = 0;
    for (int j = 0; j < rank; j++) {
        first[j] = i;
        for (int64_t need = dims[j]; need > 1; i++) {
            if (i == d->n)
                return JX_NO_FIT;
            int64_t size = d->at[i].size;
            if (need % size == 0) {
                need /= size;
                continue;
            }
            if (size % need != 0)
                return JX_NO_FIT;
            enum jx_fit fit = cut(d, i, size / need, want);
            if (fit != JX_FIT)
                return fit;
            need = 1;
        }
    }
    first[rank] = i;
    return i == d->n ? JX_FIT : JX_NO_FIT;
}

/* The result axis that runs along operand axis j from end to end, or -1. */
static int along(const struct jx_gnode *view, const struct jx_gaxis *a, int64_t size)
{
    int found = -1;
    for (int k = 0; k < view->rank; k++) {
        if (a->coef[k] == 0)
            continue;
        if (found >= 0 || a->coef[k] != 1 || view->dims[k] != size)
            return -1;
        found = k;
    }
    return a->guarded || a->offset != 0 ? -1 : found;
}

enum jx_fit jx_digits_view(struct jx_digits *d, const struct jx_gnode *view,
                           const struct jx_gnode *x, struct jx_want *want)
{
    int first[JAXC_MAX_RANK + 1], from[JAXC_MAX_RANK];
    enum jx_fit fit = jx_digits_cut(d, x->rank, x->dims, first, want);
    if (fit != JX_FIT)
        return fit;
    for (int k = 0; k < view->rank; k++)
        from[k] = -1;
    for (int j = 0; j < x->rank; j++) {
        if (x->dims[j] == 1)
            continue;
        int k = along(view, &view->view->axis[j], x->dims[j]);
        if (k < 0 || from[k] >= 0)
            return JX_NO_FIT;
        from[k] = j;
    }
    struct jx_digits result = {0};
    for (int k = 0; k < view->rank && fit == JX_FIT; k++) {
        if (from[k] < 0)
            fit = push(&result, -1, view->dims[k]);
        else
            for (int i = first[from[k]]; i < first[from[k] + 1] && fit == JX_FIT; i++)
                fit = push(&result, d->at[i].axis, d->at[i].size);
    }
    *d = result;
    return fit;
}

enum jx_fit jx_digits_unify(struct jx_digits *a, const struct jx_digits *b, struct jx_want *want)
{
    struct jx_digits other = *b;
    for (int i = 0; i < a->n; i++) {
        if (i == other.n)
            return JX_NO_FIT;
        struct jx_digit *x = &a->at[i], *y = &other.at[i];
        if (x->axis >= 0 && y->axis >= 0 && x->axis != y->axis)
            return JX_NO_FIT;
        enum jx_fit fit = JX_FIT;
        if (x->size > y->size)
            fit = x->size % y->size == 0 ? cut(a, i, x->size / y->size, want) : JX_NO_FIT;
        else if (x->size < y->size)
            fit = y->size % x->size == 0 ? cut(&other, i, y->size / x->size, want) : JX_NO_FIT;
        if (fit != JX_FIT)
            return fit;
        if (a->at[i].axis < 0)
            a->at[i].axis = other.at[i].axis;
    }
    return a->n == other.n ? JX_FIT : JX_NO_FIT;
}

void jx_digits_map(const struct jx_digits *d, int rank, const int *first, struct jx_affine *m)
{
    m->rank = rank;
    m->n_bounds = m->n_quotients = 0;
    for (int j = 0; j < rank; j++) {
        m->at[j] = (struct jx_form){0};
        int64_t stride = 1;
        for (int i = first[j + 1] - 1; i >= first[j]; i--) {
            assert(d->at[i].axis >= 0);
            m->at[j].coef[d->at[i].axis] = stride;
            stride *= d->at[i].size;
        }
    }
}
