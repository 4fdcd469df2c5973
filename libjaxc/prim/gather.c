/*
 * prim/gather.c - gather: windows of an operand at computed places; and what it shares with scatter.
 *
 * `indices` holds vectors along its last axis; component k of a vector is where the window starts
 * along operand axis start_index_map[k]. The array of windows (the result of gather, the updates of
 * scatter) has the batch axes of `indices` and, at offset_dims, the axes of a window: those of the
 * operand that are neither collapsed (size 1 in the window) nor paired with a batch axis
 * (operand_batching_dims with start_indices_batching_dims). Names and checks are JAX's
 * (jax/_src/lax/slicing.py).
 */
#include "prim/prim.h"

#include <math.h>

static uint32_t bits(const struct jx_ints *axes)
{
    uint32_t b = 0;
    for (int i = 0; i < axes->n; i++)
        b |= 1u << axes->at[i];
    return b;
}

/* ---- types ----------------------------------------------------------------------------------- */

/* In [0, rank), each once, ascending if so asked. */
static bool check_axes(const struct jx_rule *r, const char *name, const struct jx_ints *axes,
                       int rank, bool ascending)
{
    uint32_t seen = 0;
    for (int i = 0; i < axes->n; i++) {
        int64_t axis = axes->at[i];
        if (axis < 0 || axis >= rank)
            return jx_fail(JAXC_EAXIS, "%s: axis %lld in %s is not in [0, %d)", r->prim->name,
                           (long long)axis, name, rank);
        if (seen >> axis & 1)
            return jx_fail(JAXC_EAXIS, "%s: axis %lld twice in %s", r->prim->name, (long long)axis,
                           name);
        if (ascending && i > 0 && axis < axes->at[i - 1])
            return jx_fail(JAXC_EAXIS, "%s: axis %lld in %s is out of order", r->prim->name,
                           (long long)axis, name);
        seen |= 1u << axis;
    }
    return true;
}

static bool check_disjoint(const struct jx_rule *r, const struct jx_ints *a, const char *a_name,
                           const struct jx_ints *b, const char *b_name)
{
    return !(bits(a) & bits(b)) ||
           jx_fail(JAXC_EAXIS, "%s: an axis is in both %s and %s", r->prim->name, a_name, b_name);
}

/* The lists of axes by themselves. names: as the parameter shows them. */
static bool check_dims(const struct jx_rule *r, const struct jx_index_dims *d,
                       const char *const *names)
{
    const struct jx_aval *x = r->in[0], *indices = r->in[1];
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    int n_batch = indices->rank - 1;
    if (d->offset_dims.n + n_batch > JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "%s: windows of rank %d, the limit is %d", r->prim->name,
                       d->offset_dims.n + n_batch, JAXC_MAX_RANK);
    if (!check_axes(r, names[1], &d->offset_dims, d->offset_dims.n + n_batch, true) ||
        !check_axes(r, names[2], &d->collapsed_slice_dims, x->rank, true) ||
        !check_axes(r, names[3], &d->start_index_map, x->rank, false) ||
        !check_axes(r, names[4], &d->operand_batching_dims, x->rank, true) ||
        !check_axes(r, names[5], &d->start_indices_batching_dims, n_batch, false) ||
        !check_disjoint(r, &d->collapsed_slice_dims, names[2], &d->operand_batching_dims,
                        names[4]) ||
        !check_disjoint(r, &d->start_index_map, names[3], &d->operand_batching_dims, names[4]))
        return false;
    if (d->start_index_map.n != indices->dims[n_batch])
        return jx_fail(JAXC_ESHAPE, "%s: indices %s have vectors of %lld, %s has %d axes",
                       r->prim->name, jx_aval_text(indices, a), (long long)indices->dims[n_batch],
                       names[3], d->start_index_map.n);
    if (d->operand_batching_dims.n != d->start_indices_batching_dims.n)
        return jx_fail(JAXC_EVALUE, "%s: %s has %d axes, %s %d", r->prim->name, names[4],
                       d->operand_batching_dims.n, names[5], d->start_indices_batching_dims.n);
    for (int i = 0; i < d->operand_batching_dims.n; i++)
        if (x->dims[d->operand_batching_dims.at[i]] !=
            indices->dims[d->start_indices_batching_dims.at[i]])
            return jx_fail(JAXC_ESHAPE, "%s: axis %lld of operand %s and axis %lld of indices %s",
                           r->prim->name, (long long)d->operand_batching_dims.at[i],
                           jx_aval_text(x, a), (long long)d->start_indices_batching_dims.at[i],
                           jx_aval_text(indices, b));
    if (x->rank != d->offset_dims.n + d->collapsed_slice_dims.n + d->operand_batching_dims.n)
        return jx_fail(JAXC_EVALUE, "%s: %s, %s and %s have %d axes of %s", r->prim->name, names[1],
                       names[2], names[4],
                       d->offset_dims.n + d->collapsed_slice_dims.n + d->operand_batching_dims.n,
                       jx_aval_text(x, a));
    return true;
}

bool jx_index_check_dims(const struct jx_rule *r, const struct jx_index_dims *d,
                         const char *const *names)
{
    char text[JX_AVAL_TEXT];
    if (!jx_is_integer(r->in[1]->dtype))
        return jx_fail(JAXC_EDTYPE, "%s: indices are integers, not %s", r->prim->name,
                       jx_aval_text(r->in[1], text));
    if (r->in[1]->rank == 0)
        return jx_fail(JAXC_ESHAPE, "%s: indices hold vectors along their last axis, a scalar none",
                       r->prim->name);
    return check_dims(r, d, names);
}

uint32_t jx_index_window_axes(const struct jx_index_dims *d, int rank)
{
    uint32_t all = (1u << rank) - 1;
    return all & ~(bits(&d->collapsed_slice_dims) | bits(&d->operand_batching_dims));
}

/* What is not in offset_dims, ascending; how many. */
int jx_index_batch_axes(const struct jx_index_dims *d, int rank, int *axes)
{
    int n = 0;
    uint32_t offset = bits(&d->offset_dims);
    for (int i = 0; i < rank; i++)
        if (!(offset >> i & 1))
            axes[n++] = i;
    return n;
}

bool jx_index_windows(const struct jx_rule *r, const struct jx_index_dims *d,
                      const struct jx_ints *sizes, struct jx_aval *windows)
{
    const struct jx_aval *x = r->in[0], *indices = r->in[1];
    char text[JX_AVAL_TEXT];
    int axes[JAXC_MAX_RANK], n_batch = indices->rank - 1, next = 0;
    if (sizes->n != x->rank)
        return jx_fail(JAXC_EVALUE, "%s: %d slice_sizes for %s", r->prim->name, sizes->n,
                       jx_aval_text(x, text));
    bool none = jx_count(n_batch, indices->dims) == 0; /* no window: any size will do */
    uint32_t in_window = jx_index_window_axes(d, x->rank), paired = bits(&d->operand_batching_dims);
    *windows = jx_aval_make(x->dtype, 0, NULL);
    windows->rank = (uint8_t)(n_batch + d->offset_dims.n);
    for (int i = 0; i < x->rank; i++) {
        int64_t size = sizes->at[i];
        if (size < 0 || (size > x->dims[i] && !none))
            return jx_fail(JAXC_ESHAPE, "%s: a window of %lld along axis %d of %s", r->prim->name,
                           (long long)size, i, jx_aval_text(x, text));
        if (in_window >> i & 1)
            windows->dims[d->offset_dims.at[next++]] = size;
        else if (size > 1 || (size == 0 && !(paired >> i & 1)))
            return jx_fail(JAXC_ESHAPE, "%s: axis %d of %s is not in the window, its size is %lld",
                           r->prim->name, i, jx_aval_text(x, text), (long long)size);
    }
    jx_index_batch_axes(d, windows->rank, axes);
    for (int i = 0; i < n_batch; i++)
        windows->dims[axes[i]] = indices->dims[i];
    int64_t n;
    return jx_n_elements(windows->rank, windows->dims, &n);
}

/* ---- lowering -------------------------------------------------------------------------------- */

/* A scalar operation with a number of the node's dtype; -1 on failure. */
static int with_number(struct jx_graph *g, enum jx_scalar_op op, jaxc_dtype to, int x,
                       int64_t number)
{
    if (x < 0)
        return -1;
    int n = jx_g_const(g, (jaxc_dtype)g->nodes[x].dtype, 0, NULL, (union jx_scalar){.i = number});
    return n < 0 ? -1 : jx_g_scalar(g, op, to, 2, (const int[]){x, n});
}

int jx_lower_start(struct jx_graph *g, int address, int start, int64_t most, int64_t stride,
                   int *valid)
{
    jaxc_dtype dtype = start < 0 ? JAXC_I64 : (jaxc_dtype)g->nodes[start].dtype;
    bool is_signed = jx_dtype_info(dtype)->category == JX_CAT_SIGNED;
    if (dtype == JAXC_U64) /* beyond i64: outside of any array */
        start = with_number(g, JX_S_min, JAXC_U64, start, INT64_MAX);
    /* i32, the usual one, is compared as such: twice as many fit a register */
    jaxc_dtype compared = dtype == JAXC_I32 && most <= INT32_MAX ? JAXC_I32 : JAXC_I64;
    start = start < 0 ? -1 : jx_g_convert(g, compared, start);
    if (valid) {
        int tests[2] = {with_number(g, JX_S_le, JAXC_BOOL, start, most),
                        is_signed ? with_number(g, JX_S_ge, JAXC_BOOL, start, 0) : -1};
        for (int i = 0; i < 1 + is_signed; i++) {
            if (tests[i] < 0)
                return -1;
            *valid = *valid < 0
                         ? tests[i]
                         : jx_g_scalar(g, JX_S_and, JAXC_BOOL, 2, (const int[]){*valid, tests[i]});
        }
        if (*valid < 0)
            return -1;
    } else if (most == 0) {
        return address;
    } else {
        if (is_signed)
            start = with_number(g, JX_S_max, compared, start, 0);
        start = with_number(g, JX_S_min, compared, start, most);
    }
    start = start < 0 ? -1 : jx_g_convert(g, JAXC_I64, start);
    if (stride != 1)
        start = with_number(g, JX_S_mul, JAXC_I64, start, stride);
    if (start < 0 || address < 0)
        return -1;
    bool nothing = g->nodes[address].kind == JX_G_CONST && g->nodes[address].imm.i == 0;
    return nothing ? start : jx_g_scalar(g, JX_S_add, JAXC_I64, 2, (const int[]){address, start});
}

/* Component k of the index vectors, for each batch axis. */
static int component(struct jx_lower *l, const struct jx_aval *indices, int k)
{
    struct jx_gview view = {0};
    int last = indices->rank - 1;
    for (int i = 0; i <= last; i++) {
        view.axis[i].step = 1;
        view.axis[i].coef[i] = i < last;
    }
    view.axis[last].offset = k;
    return jx_g_view(l->graph, l->in[1], last, indices->dims, &view);
}

bool jx_index_place(struct jx_lower *l, const struct jx_rule *r, const struct jx_index_dims *d,
                    const int64_t *sizes, const struct jx_aval *windows, bool clamp,
                    struct jx_index_place *place)
{
    const struct jx_aval *x = r->in[0];
    int64_t stride[JAXC_MAX_RANK], step = 1;
    int batch[JAXC_MAX_RANK], next = 0, valid = -1;
    uint32_t in_window = jx_index_window_axes(d, x->rank);
    for (int i = x->rank; i-- > 0; step *= x->dims[i] ? x->dims[i] : 1)
        stride[i] = step;
    int n_batch = jx_index_batch_axes(d, windows->rank, batch);
    *place = (struct jx_index_place){.valid = -1};
    for (int i = 0; i < x->rank; i++)
        if (in_window >> i & 1)
            place->flat.coef[d->offset_dims.at[next++]] = stride[i];
    for (int i = 0; i < d->operand_batching_dims.n; i++)
        place->flat.coef[batch[d->start_indices_batching_dims.at[i]]] =
            stride[d->operand_batching_dims.at[i]];
    int address = jx_g_const(l->graph, JAXC_I64, 0, NULL, (union jx_scalar){.i = 0});
    for (int k = 0; k < d->start_index_map.n && address >= 0; k++) {
        int64_t axis = d->start_index_map.at[k];
        address = jx_lower_start(l->graph, address, component(l, r->in[1], k),
                                 x->dims[axis] - sizes[axis], stride[axis], clamp ? NULL : &valid);
    }
    if (address < 0)
        return false;
    bool fixed = l->graph->nodes[address].rank == 0; /* everywhere the same, or no batch axes */
    place->address =
        fixed ? address : jx_g_broadcast(l->graph, address, windows->rank, windows->dims, batch);
    if (valid >= 0)
        place->valid = n_batch == 0
                           ? valid
                           : jx_g_broadcast(l->graph, valid, windows->rank, windows->dims, batch);
    return place->address >= 0 && (valid < 0 || place->valid >= 0);
}

/* ---- lanes ----------------------------------------------------------------------------------- */

static void shift(struct jx_ints *axes, int lane)
{
    for (int i = 0; i < axes->n; i++)
        axes->at[i] += axes->at[i] >= lane;
}

static void put(struct jx_ints *axes, int where, int64_t axis)
{
    struct jx_ints old = *axes;
    if (old.n == JAXC_MAX_RANK) /* the array that has these axes is refused */
        return;
    axes->n++;
    jx_insert(old.n, old.at, where, axis, axes->at);
}

static int count_below(const struct jx_ints *axes, int64_t axis)
{
    int n = 0;
    for (int i = 0; i < axes->n; i++)
        n += axes->at[i] < axis;
    return n;
}

int jx_index_lane_of_operand(struct jx_index_dims *d, int rank, int windows_rank, int lane)
{
    int before = 0; /* window axes in front of the lanes' */
    uint32_t in_window = jx_index_window_axes(d, rank);
    for (int i = 0; i < lane; i++)
        before += in_window >> i & 1;
    int n = d->offset_dims.n;
    int last = n > 0 ? (int)d->offset_dims.at[n - 1] + 1 : lane == 0 ? 0 : windows_rank;
    int at = before < n ? (int)d->offset_dims.at[before] : last;
    shift(&d->collapsed_slice_dims, lane);
    shift(&d->start_index_map, lane);
    shift(&d->operand_batching_dims, lane);
    shift(&d->offset_dims, at);
    put(&d->offset_dims, before, at);
    return at;
}

int jx_index_lane_of_indices(struct jx_index_dims *d, int windows_rank, int lane)
{
    int batch[JAXC_MAX_RANK], n = jx_index_batch_axes(d, windows_rank, batch);
    int at = lane < n ? batch[lane] : n > 0 ? batch[n - 1] + 1 : 0;
    shift(&d->start_indices_batching_dims, lane);
    shift(&d->offset_dims, at);
    return at;
}

int jx_index_lane_of_both(struct jx_index_dims *d, int windows_rank, int operand_lane,
                          int indices_lane)
{
    int at = jx_index_lane_of_indices(d, windows_rank, indices_lane);
    shift(&d->collapsed_slice_dims, operand_lane);
    shift(&d->start_index_map, operand_lane);
    shift(&d->operand_batching_dims, operand_lane);
    int where = count_below(&d->operand_batching_dims, operand_lane);
    put(&d->operand_batching_dims, where, operand_lane);
    put(&d->start_indices_batching_dims, where, indices_lane);
    return at;
}

jaxc_value jx_index_lane_in_front(const struct jx_rule *r, jaxc_value indices, int *lane)
{
    struct jx_aval a;
    if (*lane < 0 || !jx_value_aval(indices, &a) || *lane < a.rank - 1)
        return indices;
    int from = *lane;
    *lane = 0;
    return jx_move_axis(indices, from, 0, r->size);
}

/* ---- gather ---------------------------------------------------------------------------------- */

const char *const jx_gather_words[] = {"GatherDimensionNumbers",
                                       "offset_dims",
                                       "collapsed_slice_dims",
                                       "start_index_map",
                                       "operand_batching_dims",
                                       "start_indices_batching_dims",
                                       NULL};
const char *const jx_mode_words[] = {"GatherScatterMode", "CLIP", "FILL_OR_DROP",
                                     "PROMISE_IN_BOUNDS", NULL};

static bool gather_type(const struct jx_rule *r, struct jx_aval *out)
{
    const struct jx_gather_params *p = r->params;
    if (!jx_index_check_dims(r, &p->dimension_numbers, jx_gather_words) ||
        !jx_index_windows(r, &p->dimension_numbers, &p->slice_sizes, out))
        return false;
    out->weak = r->in[0]->weak;
    return true;
}

/* the same windows of the tangent, with 0 for those outside */
static jaxc_value gather_jvp(const struct jx_rule *r, jaxc_value dx)
{
    struct jx_gather_params p = *(const struct jx_gather_params *)r->params;
    p.fill_value = (struct jx_number){JAXC_I64, {.i = 0}};
    return jx_gather(dx, r->x[1], &p);
}

/* zeros with the windows of the cotangent added */
static jaxc_value gather_transpose(const struct jx_rule *r, const jaxc_value *ct)
{
    const struct jx_gather_params *p = r->params;
    struct jx_scatter_params back = {
        .dimension_numbers = p->dimension_numbers,
        .mode = p->mode,
        .indices_are_sorted = p->indices_are_sorted,
        .unique_indices = p->unique_indices,
    };
    return jx_scatter(&jx_scatter_add_p, jx_zeros_of(r->in[0]), r->x[1], ct[0], &back);
}

/* Lanes of the operand alone are an axis of the windows, of the indices alone a batch axis; lanes
 * of both are paired. They stay where they are. */
static bool gather_batch(const struct jx_rule *r, jaxc_value *y, int *y_axis)
{
    struct jx_gather_params p = *(const struct jx_gather_params *)r->params;
    struct jx_index_dims *d = &p.dimension_numbers;
    struct jx_ints sizes = p.slice_sizes;
    struct jx_aval x, at;
    int lane = r->axis[0], other = r->axis[1];
    jaxc_value indices = jx_index_lane_in_front(r, r->x[1], &other);
    if (!jx_value_aval(r->x[0], &x) || !jx_value_aval(indices, &at))
        return false;
    int rank = at.rank - (other >= 0) - 1 + d->offset_dims.n; /* of one lane's windows */
    if (lane < 0) {
        y_axis[0] = jx_index_lane_of_indices(d, rank, other);
        p.indices_are_sorted = p.unique_indices = false;
    } else {
        put(&p.slice_sizes, lane, other < 0 ? r->size : r->size > 0);
        if (p.slice_sizes.n == sizes.n)
            return jx_fail(JAXC_ELIMIT, "gather: rank %d, the limit is %d", sizes.n + 1,
                           JAXC_MAX_RANK);
        y_axis[0] = other < 0 ? jx_index_lane_of_operand(d, x.rank - 1, rank, lane)
                              : jx_index_lane_of_both(d, rank, lane, other);
    }
    y[0] = jx_gather(r->x[0], indices, &p);
    return !jx_is_poison(y[0]);
}

/* What stands for windows outside: NaN, the least of signed integers, the greatest of others. */
static union jx_scalar fill_of(const struct jx_number *given, jaxc_dtype dtype)
{
    const struct jx_dtype_info *info = jx_dtype_info(dtype);
    if (given->dtype)
        return jx_scalar_convert(given->value, given->dtype, dtype);
    switch (info->category) {
    case JX_CAT_BOOL: return (union jx_scalar){.i = 1};
    case JX_CAT_UNSIGNED: return (union jx_scalar){.u = UINT64_MAX >> (64 - 8 * info->size)};
    case JX_CAT_SIGNED:
        return (union jx_scalar){.i = -(int64_t)(UINT64_MAX >> (65 - 8 * info->size)) - 1};
    default: return (union jx_scalar){.f = (double)NAN};
    }
}

static bool gather_lower(struct jx_lower *l, const struct jx_rule *r)
{
    const struct jx_gather_params *p = r->params;
    const struct jx_aval *x = r->in[0], *y = r->out[0];
    union jx_scalar fill = fill_of(&p->fill_value, (jaxc_dtype)x->dtype);
    struct jx_index_place place;
    if (jx_count(x->rank, x->dims) == 0 || jx_count(y->rank, y->dims) == 0) {
        l->out[0] = jx_g_const(l->graph, (jaxc_dtype)y->dtype, y->rank, y->dims, fill);
        return l->out[0] >= 0;
    }
    if (!jx_index_place(l, r, &p->dimension_numbers, p->slice_sizes.at, y,
                        p->mode != JX_FILL_OR_DROP, &place))
        return false;
    l->out[0] = jx_g_take(l->graph, l->in[0], place.address, place.valid, y->rank, y->dims,
                          &place.flat, fill);
    return l->out[0] >= 0;
}

const struct jx_prim jx_gather_p = {
    .name = "gather",
    .dear = true,
    .arity = 2,
    .fields =
        (const struct jx_field[]){
            JX_FIELD_WORDS(struct jx_gather_params, dimension_numbers, JX_F_RECORD,
                           jx_gather_words),
            JX_FIELD(struct jx_gather_params, fill_value, JX_F_NUMBER),
            JX_FIELD(struct jx_gather_params, indices_are_sorted, JX_F_BOOL),
            JX_FIELD_WORDS(struct jx_gather_params, mode, JX_F_ENUM, jx_mode_words),
            JX_FIELD(struct jx_gather_params, slice_sizes, JX_F_INTS),
            JX_FIELD(struct jx_gather_params, unique_indices, JX_F_BOOL),
            {0}},
    .params_size = sizeof(struct jx_gather_params),
    .type = gather_type,
    .jvp = gather_jvp,
    .transpose = gather_transpose,
    .batch = gather_batch,
    .lower = gather_lower,
    .moves = true,
};

jaxc_value jx_gather(jaxc_value x, jaxc_value indices, const struct jx_gather_params *params)
{
    struct jx_gather_params p = *params;
    struct jx_aval a;
    if (!jx_value_aval(x, &a))
        return JX_POISON;
    if (p.mode != JX_FILL_OR_DROP)
        p.fill_value = (struct jx_number){0};
    else if (!p.fill_value.dtype)
        p.fill_value = (struct jx_number){jx_is_float(a.dtype)   ? JAXC_F64
                                          : a.dtype == JAXC_BOOL ? JAXC_BOOL
                                          : a.dtype == JAXC_U64  ? JAXC_U64
                                                                 : JAXC_I64,
                                          fill_of(&p.fill_value, (jaxc_dtype)a.dtype)};
    return jx_apply(&jx_gather_p, &p, 2, (const jaxc_value[]){x, indices});
}
