/*
 * layout.c - panels for the operands of products that stay from call to call.
 *
 * A donated f32 matrix whose memory a result takes over is kept in panels along the axis that its
 * first product leaves free and runs along innermost. Then neither that product nor the update that
 * writes the result ever packs it. Arrays that are read and written point for point beside it (an
 * optimiser's moments) follow, so that kernels walk all in one order. Every access must walk the
 * blocked axis whole; one that does not keeps the array row-major.
 */
#include "lower/lower.h"

#define MIN_ELEMENTS 4096 /* below, packing costs nothing worth a layout */

/* The group's axis that runs along dimension `dim` of an access, if it may be blocked; -1. */
static int whole_axis(const struct jx_fuse *f, const struct jx_group *g, const struct jx_access *a,
                      int dim)
{
    const struct jx_array *array = &f->arrays[a->array];
    if (a->flat || a->n_bounds > 0)
        return -1;
    int axis = -1;
    for (int j = 0; j < a->rank; j++)
        if (a->at[j].offset != 0)
            return -1;
    for (int v = 0; v < JX_N_VARS; v++) {
        if (a->at[dim].coef[v] == 0)
            continue;
        if (axis >= 0 || v >= JX_MAX_AXES || a->at[dim].coef[v] != 1 ||
            g->size[v] != array->dims[dim])
            return -1;
        axis = v;
    }
    for (int j = 0; axis >= 0 && j < a->rank; j++)
        if (j != dim && a->at[j].coef[axis] != 0)
            return -1;
    return axis;
}

/* ---- what each array may be: votes[array] ---------------------------------------------------- */

struct vote {
    uint8_t wanted;     /* 1 + the dimension to be blocked */
    uint8_t seen;       /* a product has read it */
    uint8_t impossible; /* bit per dimension: an access does not walk it whole */
};

static int width_of(const struct jx_fuse *f, const struct jx_array *a)
{
    return f->options->backend->dot_block(a->dtype);
}

static bool may_block(const struct jx_array *a, int dim, int width)
{
    if (width <= 1 || a->rank != 2 || jx_count(2, a->dims) < MIN_ELEMENTS)
        return false;
    int64_t n = a->dims[dim]; /* small beside 2^63: it is the size of an array */
    return (n + width - 1) / width * width <= 2 * n;
}

/* The first product that reads a donated matrix decides. */
static void vote_operand(const struct jx_fuse *f, const struct jx_group *g, int load,
                         struct vote *votes)
{
    const struct jx_access *a = &g->loads[g->instrs[load].view];
    const struct jx_array *array = &f->arrays[a->array];
    struct vote *v = &votes[a->array];
    if (array->kind != JX_STORE_OPERAND || array->pair < 0 || v->seen || array->rank != 2)
        return;
    v->seen = 1;
    uint8_t axes[JX_MAX_AXES];
    int n_outer;
    jx_kernel_order(f, g, axes, &n_outer);
    for (int dim = 0; dim < 2 && n_outer > 0; dim++)
        if (may_block(array, dim, width_of(f, array)) &&
            whole_axis(f, g, a, dim) == axes[n_outer - 1])
            v->wanted = (uint8_t)(dim + 1);
}

static void judge(const struct jx_fuse *f, const struct jx_group *g, const struct jx_access *a,
                  struct vote *votes)
{
    for (int dim = 0; dim < f->arrays[a->array].rank; dim++)
        if (g->kind == JX_ROUTINE || whole_axis(f, g, a, dim) < 0)
            votes[a->array].impossible |= (uint8_t)(1u << dim);
}

static bool can(const struct jx_fuse *f, const struct vote *votes, int array, int dim, int width)
{
    int pair = f->arrays[array].pair;
    return may_block(&f->arrays[array], dim, width) && !(votes[array].impossible >> dim & 1) &&
           (pair < 0 || !(votes[pair].impossible >> dim & 1));
}

static void block(struct jx_fuse *f, int array, int dim, int width)
{
    struct jx_layout layout = {(uint8_t)width, (uint8_t)dim};
    f->arrays[array].layout = layout;
    if (f->arrays[array].pair >= 0)
        f->arrays[f->arrays[array].pair].layout = layout;
}

/* An array that stands point for point beside a blocked one takes its layout, if it is ours to
 * choose. */
static void follow(struct jx_fuse *f, const struct jx_group *g, const struct jx_access *blocked,
                   const struct jx_access *a, const struct vote *votes)
{
    const struct jx_array *x = &f->arrays[blocked->array], *y = &f->arrays[a->array];
    if (y->layout.block || !x->layout.block || (y->pair < 0 && y->kind != JX_STORE_TEMP) ||
        y->rank != 2)
        return;
    for (int dim = 0; dim < 2; dim++)
        if (whole_axis(f, g, a, dim) == whole_axis(f, g, blocked, x->layout.axis) &&
            can(f, votes, a->array, dim, x->layout.block))
            block(f, a->array, dim, x->layout.block);
}

static void follow_in(struct jx_fuse *f, const struct jx_group *g, const struct jx_access *blocked,
                      const struct vote *votes)
{
    if (!f->arrays[blocked->array].layout.block)
        return;
    for (size_t i = 0; i < g->n_loads; i++) {
        bool operand = g->kind == JX_PRODUCT &&
                       ((int)i == g->instrs[g->dot.a].view || (int)i == g->instrs[g->dot.b].view);
        if (!operand)
            follow(f, g, blocked, &g->loads[i], votes);
    }
    for (size_t i = 0; i < g->n_stores; i++)
        follow(f, g, blocked, &g->stores[i].to, votes);
}

bool jx_layout(struct jx_fuse *f)
{
    const struct jx_backend *backend = f->options->backend;
    if (f->options->row_major_only || !f->options->donated || !backend || !backend->dot_block)
        return true;
    struct vote *votes = jx_alloc(f->n_arrays ? f->n_arrays : 1, sizeof *votes);
    if (!votes)
        return false;
    for (size_t s = 0; s < f->n_sequence; s++) {
        const struct jx_group *g = &f->groups[f->sequence[s]];
        if (g->kind == JX_PRODUCT) {
            vote_operand(f, g, g->dot.a, votes);
            vote_operand(f, g, g->dot.b, votes);
        }
        for (size_t i = 0; i < g->n_loads; i++)
            judge(f, g, &g->loads[i], votes);
        for (size_t i = 0; i < g->n_stores; i++)
            judge(f, g, &g->stores[i].to, votes);
    }
    bool any = false;
    for (size_t i = 0; i < f->n_arrays; i++) {
        int width = width_of(f, &f->arrays[i]), dim = votes[i].wanted - 1;
        if (votes[i].wanted && can(f, votes, (int)i, dim, width)) {
            block(f, (int)i, dim, width);
            any = true;
        }
    }
    for (size_t s = 0; any && s < f->n_sequence; s++) {
        const struct jx_group *g = &f->groups[f->sequence[s]];
        for (size_t i = 0; i < g->n_stores; i++)
            follow_in(f, g, &g->stores[i].to, votes);
    }
    jx_free(votes);
    return true;
}
