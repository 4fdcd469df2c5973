/*
 * at.c - x.at[...]: an indexed part replaced, or joined to values.
 */
#include "numpy/index.h"

/* Values for a part: in its shape, then as the array of windows has them. */
static jaxc_value as_windows(jaxc_value v, const struct jx_windows *w, jaxc_dtype dtype, bool weak)
{
    struct jx_aval part = jx_aval_make(dtype, w->rank, w->dims);
    part.weak = weak;
    v = jx_drop_axes(jx_fill_type(v, &part), w->n_new, w->new_axes);
    return jx_rev(v, w->n_rev, w->rev);
}

/* A block whose place is known, with every element of it: no index vectors are needed. */
static bool is_block(const struct jx_parts *p)
{
    for (int i = 0; i < p->n; i++)
        if (p->at[i].kind == JX_PART_ARRAY ||
            (p->at[i].kind == JX_PART_SLICE && p->at[i].step != 1))
            return false;
    return true;
}

/* v has the axes of slices; those of numbers come back with size 1. */
static jaxc_value set_block(jaxc_value x, jaxc_value v, const struct jx_parts *p)
{
    jaxc_value starts[JAXC_MAX_RANK];
    jaxc_dtype dtype = jx_index_dtype(&p->x, 0, NULL);
    int n = 0, axes[JAXC_MAX_RANK];
    for (int i = 0; i < p->n; i++) {
        const struct jx_part *part = &p->at[i];
        if (part->kind == JX_PART_NEWAXIS)
            continue;
        if (part->kind == JX_PART_NUMBER)
            axes[n++] = part->axis;
        union jx_scalar start = {.i = part->size ? part->start : 0};
        starts[part->axis] = jx_scalar_of(dtype, start, false);
    }
    return jx_dynamic_update_slice(x, jx_insert_axes(v, n, axes), starts);
}

jaxc_value jx_at(const struct jx_prim *prim, jaxc_value x, const struct jaxc_indices *index,
                 jaxc_value v, const struct jaxc_index_options *options, bool wrap)
{
    struct jx_parts p;
    struct jx_windows w;
    struct jx_scatter_params s = {.indices_are_sorted = options->indices_are_sorted,
                                  .unique_indices = options->unique_indices};
    jaxc_value both[2] = {x, v};
    struct jx_aval type;
    if (!jx_choose_mode(options->mode, JX_FILL_OR_DROP, &s.mode) || !jx_parts_of(x, index, &p) ||
        !jx_windows_of(&p, wrap, &w) || !jx_join_dtypes(2, both, JX_JOIN_ANY, NULL) ||
        !jx_value_aval(both[0], &type))
        return JX_POISON;
    if (type.dtype == JAXC_BOOL && (prim == &jx_scatter_add_p || prim == &jx_scatter_mul_p)) {
        jx_fail(JAXC_EDTYPE, "bools are neither added nor multiplied");
        return JX_POISON;
    }
    v = as_windows(both[1], &w, (jaxc_dtype)type.dtype, type.weak);
    if (jx_is_poison(v))
        return JX_POISON;
    if (jx_count(w.rank, w.dims) == 0)
        return jx_value_again(x);
    s.dimension_numbers = w.dimension_numbers;
    s.indices_are_sorted = s.indices_are_sorted || w.unique;
    s.unique_indices = s.unique_indices || w.unique;
    jaxc_value y = prim == &jx_scatter_p && is_block(&p)
                       ? set_block(both[0], v, &p)
                       : jx_scatter(prim, both[0], w.indices, v, &s);
    if (type.dtype == p.x.dtype && type.weak == p.x.weak)
        return y;
    return jx_convert_element_type(y, (jaxc_dtype)p.x.dtype, p.x.weak);
}

#define CALLS(ROW)                                                                                 \
    ROW(set, scatter)                                                                              \
    ROW(add, scatter_add) ROW(mul, scatter_mul) ROW(min, scatter_min) ROW(max, scatter_max)
#define ROW(name, prim)                                                                            \
    jaxc_value(jaxc_at_##name)(jaxc_value x, struct jaxc_indices index, jaxc_value v,              \
                               struct jaxc_index_options options)                                  \
    {                                                                                              \
        jx_enter("jaxc_at_" #name);                                                                \
        return jx_at(&jx_##prim##_p, x, &index, v, &options, true);                                \
    }
CALLS(ROW)
#undef ROW
