/*
 * prim/index.c - windows whose place is computed: dynamic_slice, dynamic_update_slice.
 *
 * A window that would reach outside of the operand is moved until it fits. With lanes that have
 * places of their own they become gather and scatter, whose lanes share the operand's axes.
 */
#include "prim/prim.h"

/* Starts are integer scalars of one dtype, operands [first, first + rank). */
static bool check_starts(const struct jx_rule *r, int first)
{
    char text[JX_AVAL_TEXT];
    int rank = r->in[0]->rank;
    if (r->n_in != first + rank)
        return jx_fail(JAXC_EVALUE, "%s: %d starts for %s", r->prim->name, r->n_in - first,
                       jx_aval_text(r->in[0], text));
    for (int i = first; i < r->n_in; i++) {
        if (r->in[i]->rank != 0)
            return jx_fail(JAXC_ESHAPE, "%s: a start is a scalar, not %s", r->prim->name,
                           jx_aval_text(r->in[i], text));
        if (!jx_is_integer(r->in[i]->dtype) || r->in[i]->dtype != r->in[first]->dtype)
            return jx_fail(JAXC_EDTYPE, "%s: starts are integers of one dtype, got %s",
                           r->prim->name, jx_aval_text(r->in[i], text));
    }
    return true;
}

/* The size of the window fits the operand. */
static bool check_window(const struct jx_rule *r, int n, const int64_t *sizes)
{
    char text[JX_AVAL_TEXT];
    const struct jx_aval *x = r->in[0];
    if (n != x->rank)
        return jx_fail(JAXC_ESHAPE, "%s: a window of %d axes in %s", r->prim->name, n,
                       jx_aval_text(x, text));
    for (int i = 0; i < n; i++)
        if (sizes[i] < 0 || sizes[i] > x->dims[i])
            return jx_fail(JAXC_ESHAPE, "%s: a window of %lld along axis %d of %s", r->prim->name,
                           (long long)sizes[i], i, jx_aval_text(x, text));
    return true;
}

/* The window's first element, in the operand's row-major order; -1 on failure. */
static int window_address(struct jx_lower *l, const struct jx_rule *r, int first,
                          const int64_t *sizes, struct jx_gflat *flat)
{
    const struct jx_aval *x = r->in[0];
    int address = jx_g_const(l->graph, JAXC_I64, 0, NULL, (union jx_scalar){.i = 0});
    int64_t stride = 1;
    *flat = (struct jx_gflat){0};
    for (int i = x->rank; address >= 0 && i-- > 0; stride *= x->dims[i] ? x->dims[i] : 1) {
        flat->coef[i] = stride;
        address = jx_lower_start(l->graph, address, l->in[first + i], x->dims[i] - sizes[i], stride,
                                 NULL);
    }
    return address;
}

/* One vector of starts for each lane, in an array [lanes, rank]. */
static jaxc_value starts_of_lanes(const struct jx_rule *r, int first)
{
    static const int lane = 0;
    int rank = r->n_in - first;
    int64_t dims[2] = {r->size, 1};
    jaxc_value columns[JAXC_MAX_RANK];
    for (int i = 0; i < rank; i++)
        columns[i] = jx_broadcast_in_dim(r->x[first + i], 2, dims, &lane);
    return jx_concatenate(rank, columns, 1);
}

/* Starts with one that is 0 at the lanes' axis; they are n + 1. */
static bool insert_start(const struct jx_rule *r, int first, int lane, jaxc_value *starts)
{
    struct jx_aval type = jx_aval_make(JAXC_I32, 0, NULL);
    int n = r->n_in - first;
    if (n > 0 && !jx_value_aval(r->x[first], &type))
        return false;
    for (int i = 0; i < n; i++)
        starts[i + (i >= lane)] = r->x[first + i];
    type.weak = 0;
    starts[lane] = jx_literal(&type, 0);
    return !jx_is_poison(starts[lane]);
}

static bool any_lanes(const struct jx_rule *r, int first)
{
    for (int i = first; i < r->n_in; i++)
        if (r->axis[i] >= 0)
            return true;
    return false;
}

/* All axes are in the window, each with a start. */
static struct jx_index_dims whole_window(int rank)
{
    struct jx_index_dims d = {.offset_dims = {.n = rank}, .start_index_map = {.n = rank}};
    for (int i = 0; i < rank; i++)
        d.offset_dims.at[i] = d.start_index_map.at[i] = i;
    return d;
}

/* ---- dynamic_slice x start...: the window of slice_sizes at the starts ------------------------ */

static bool dynamic_slice_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_dynamic_slice_params *p = r->params;
    if (r->n_in < 1)
        return jx_fail(JAXC_EVALUE, "dynamic_slice: needs an operand");
    if (!check_starts(r, 1) || !check_window(r, p->slice_sizes.n, p->slice_sizes.at))
        return false;
    *out = jx_aval_make(r->in[0]->dtype, p->slice_sizes.n, p->slice_sizes.at);
    out->weak = r->in[0]->weak;
    return true;
}

/* the same window of the tangent */
static jaxc_value dynamic_slice_jvp(const struct jx_rule *r, jaxc_value dx)
{
    const struct jx_dynamic_slice_params *p = r->params;
    return jx_dynamic_slice(dx, r->x + 1, p->slice_sizes.at);
}

/* zeros with the cotangent in the window */
static jaxc_value dynamic_slice_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    return jx_dynamic_update_slice(jx_zeros_of(r->in[0]), ct[0], r->x + 1);
}

static bool dynamic_slice_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    const struct jx_dynamic_slice_params *p = r->params;
    if (any_lanes(r, 1)) {
        struct jx_gather_params gather = {
            .dimension_numbers = whole_window(p->slice_sizes.n),
            .slice_sizes = p->slice_sizes,
            .mode = JX_CLIP,
            .indices_are_sorted = true,
            .unique_indices = true,
        };
        struct jx_rule as_gather = {
            .prim = &jx_gather_p,
            .params = &gather,
            .n_in = 2,
            .n_out = 1,
            .x = (const jaxc_value[]){r->x[0], starts_of_lanes(r, 1)},
            .axis = (const int[]){r->axis[0], 0},
            .size = r->size,
            .transforms = r->transforms,
        };
        return jx_gather_p.batch(&as_gather, y, y_axis);
    }
    int lane = r->axis[0];
    jaxc_value starts[JAXC_MAX_RANK + 1];
    int64_t sizes[JAXC_MAX_RANK + 1];
    jx_insert(p->slice_sizes.n, p->slice_sizes.at, lane, r->size, sizes);
    if (!insert_start(r, 1, lane, starts))
        return false;
    y_axis[0] = lane;
    y[0] = jx_dynamic_slice(r->x[0], starts, sizes);
    return !jx_is_poison(y[0]);
}

static bool dynamic_slice_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_dynamic_slice_params *p = r->params;
    const struct jx_aval *y = r->out[0];
    struct jx_gflat flat;
    int address = window_address(l, r, 1, p->slice_sizes.at, &flat);
    l->out[0] =
        jx_g_take(l->graph, l->in[0], address, -1, y->rank, y->dims, &flat, (union jx_scalar){0});
    return l->out[0] >= 0;
}

const struct jx_prim jx_dynamic_slice_p = {
    .name = "dynamic_slice",
    .arity = -1,
    .fields =
        (const struct jx_field[]){JX_FIELD(struct jx_dynamic_slice_params, slice_sizes, JX_F_INTS),
                                  {0}},
    .params_size = sizeof(struct jx_dynamic_slice_params),
    .type = dynamic_slice_type,
    .jvp = dynamic_slice_jvp,
    .transpose = dynamic_slice_transpose,
    .batch = dynamic_slice_batch,
    .lower = dynamic_slice_lower,
    .moves = true,
};

jaxc_value jx_dynamic_slice(jaxc_value x, const jaxc_value *starts, const int64_t *sizes)
{
    struct jx_dynamic_slice_params p = {0};
    struct jx_aval a;
    jaxc_value operands[1 + JAXC_MAX_RANK] = {x};
    if (!jx_value_aval(x, &a) || !jx_ints_make(&p.slice_sizes, "dynamic_slice", a.rank, sizes))
        return JX_POISON;
    for (int i = 0; i < a.rank; i++)
        operands[1 + i] = starts[i];
    return jx_apply(&jx_dynamic_slice_p, &p, 1 + a.rank, operands);
}

/* ---- dynamic_update_slice x update start...: x with the window replaced ------------------------ */

static bool dynamic_update_slice_type(const struct jx_rule *r, struct jx_aval *out)
{
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    if (r->n_in < 2)
        return jx_fail(JAXC_EVALUE, "dynamic_update_slice: needs an operand and an update");
    if (r->in[0]->dtype != r->in[1]->dtype)
        return jx_fail(JAXC_EDTYPE, "dynamic_update_slice: operands need equal dtypes: %s and %s",
                       jx_aval_text(r->in[0], a), jx_aval_text(r->in[1], b));
    if (!check_starts(r, 2) || !check_window(r, r->in[1]->rank, r->in[1]->dims))
        return false;
    *out = *r->in[0];
    return true;
}

/* the window of the operand's tangent replaced by the update's */
static bool dynamic_update_slice_jvp(const struct jx_rule *r, const jaxc_value *dx,
                                     jaxc_value *y_out, jaxc_value *dy)
{
    (void)y_out;
    dy[0] = JX_ZERO;
    if (jx_is_zero(dx[0]) && jx_is_zero(dx[1]))
        return true;
    jaxc_value x = jx_is_zero(dx[0]) ? jx_zeros_of(r->in[0]) : dx[0];
    jaxc_value update = jx_is_zero(dx[1]) ? jx_zeros_of(r->in[1]) : dx[1];
    dy[0] = jx_dynamic_update_slice(x, update, r->x + 2);
    return !jx_is_poison(dy[0]);
}

/* operand: the cotangent with zeros in the window; update: the window of the cotangent */
static jaxc_value dynamic_update_slice_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    if (r->operand == 0)
        return jx_dynamic_update_slice(ct[0], jx_zeros_of(r->in[1]), r->x + 2);
    return jx_dynamic_slice(ct[0], r->x + 2, r->in[1]->dims);
}

static bool dynamic_update_slice_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    int rank = r->n_in - 2;
    if (any_lanes(r, 2)) {
        struct jx_scatter_params scatter = {
            .dimension_numbers = whole_window(rank),
            .mode = JX_CLIP,
            .indices_are_sorted = true,
            .unique_indices = true,
        };
        struct jx_rule as_scatter = {
            .prim = &jx_scatter_p,
            .params = &scatter,
            .n_in = 3,
            .n_out = 1,
            .x = (const jaxc_value[]){r->x[0], starts_of_lanes(r, 2), r->x[1]},
            .axis = (const int[]){r->axis[0], 0, r->axis[1]},
            .size = r->size,
            .transforms = r->transforms,
        };
        return jx_scatter_p.batch(&as_scatter, y, y_axis);
    }
    int lane = r->axis[0] >= 0 ? r->axis[0] : r->axis[1];
    jaxc_value starts[JAXC_MAX_RANK + 1];
    jaxc_value x = jx_move_axis(r->x[0], r->axis[0], lane, r->size);
    jaxc_value update = jx_move_axis(r->x[1], r->axis[1], lane, r->size);
    if (!insert_start(r, 2, lane, starts))
        return false;
    y_axis[0] = lane;
    y[0] = jx_dynamic_update_slice(x, update, starts);
    return !jx_is_poison(y[0]);
}

static bool dynamic_update_slice_lower(struct jx_lower *l, const struct jx_rule *r)
{
    struct jx_gflat flat;
    int address = window_address(l, r, 2, r->in[1]->dims, &flat);
    l->out[0] = jx_g_scatter(l->graph, l->in[0], l->in[1], address, -1, JX_S_none, &flat);
    return l->out[0] >= 0;
}

const struct jx_prim jx_dynamic_update_slice_p = {
    .name = "dynamic_update_slice",
    .dear = true,
    .arity = -1,
    .type = dynamic_update_slice_type,
    .jvp_all = dynamic_update_slice_jvp,
    .transpose = dynamic_update_slice_transpose,
    .batch = dynamic_update_slice_batch,
    .lower = dynamic_update_slice_lower,
    .moves = true,
};

jaxc_value jx_dynamic_update_slice(jaxc_value x, jaxc_value update, const jaxc_value *starts)
{
    struct jx_aval a;
    jaxc_value operands[2 + JAXC_MAX_RANK] = {x, update};
    if (!jx_value_aval(x, &a))
        return JX_POISON;
    for (int i = 0; i < a.rank; i++)
        operands[2 + i] = starts[i];
    return jx_apply(&jx_dynamic_update_slice_p, NULL, 2 + a.rank, operands);
}
