/*
 * spec_index.c - where windows are: what dynamic slices, gathers and scatters mean.
 *
 * Element by element of the windows, as the operation semantics of XLA's Gather and Scatter say it.
 */
#include "support/spec_index.h"

#include <math.h>

bool spec_puts(const struct jx_prim *prim)
{
    return prim == &jx_dynamic_update_slice_p || prim == &jx_scatter_p ||
           prim == &jx_scatter_add_p || prim == &jx_scatter_mul_p || prim == &jx_scatter_min_p ||
           prim == &jx_scatter_max_p;
}

bool spec_is_index(const struct jx_prim *prim)
{
    return prim == &jx_dynamic_slice_p || prim == &jx_gather_p || spec_puts(prim);
}

int spec_windows(const struct jx_prim *prim)
{
    return prim == &jx_dynamic_update_slice_p ? 1 : spec_puts(prim) ? 2 : -1;
}

bool spec_says_where(const struct jx_prim *prim, int i) { return i > 0 && i != spec_windows(prim); }

static bool holds(const struct jx_ints *axes, int axis)
{
    for (int i = 0; i < axes->n; i++)
        if (axes->at[i] == axis)
            return true;
    return false;
}

static double clamped(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* The windows of a dynamic slice: starts are the operands from `first` on. */
static int64_t place_of_slice(const struct array *in, int first, const struct jx_aval *windows,
                              const int64_t *at)
{
    const struct jx_aval *x = &in[0].type;
    int64_t place = 0;
    for (int axis = 0; axis < x->rank; axis++) {
        double most = (double)(x->dims[axis] - windows->dims[axis]);
        double start = clamped(array_number(&in[first + axis], 0), 0, most);
        place = place * x->dims[axis] + (int64_t)start + at[axis];
    }
    return place;
}

/* offset_dims say which axes of the windows are those of a window. */
static int64_t place_of_window(const struct jx_index_dims *d, const struct array *in,
                               const struct jx_aval *windows, bool moves, const int64_t *at)
{
    const struct jx_aval *x = &in[0].type, *indices = &in[1].type;
    int64_t batch[JAXC_MAX_RANK] = {0}, offset[JAXC_MAX_RANK] = {0}, sizes[JAXC_MAX_RANK];
    int n_batch = 0, n_offset = 0;
    for (int axis = 0; axis < windows->rank; axis++)
        if (!holds(&d->offset_dims, axis))
            batch[n_batch++] = at[axis];
    for (int axis = 0; axis < x->rank; axis++) {
        sizes[axis] = 1;
        if (holds(&d->collapsed_slice_dims, axis) || holds(&d->operand_batching_dims, axis))
            continue;
        sizes[axis] = windows->dims[d->offset_dims.at[n_offset]];
        offset[axis] = at[d->offset_dims.at[n_offset++]];
    }
    for (int i = 0; i < d->operand_batching_dims.n; i++)
        offset[d->operand_batching_dims.at[i]] = batch[d->start_indices_batching_dims.at[i]];
    int64_t vector = 0; /* the index vector's number */
    for (int i = 0; i < n_batch; i++)
        vector = vector * indices->dims[i] + batch[i];
    for (int k = 0; k < d->start_index_map.n; k++) {
        int64_t axis = d->start_index_map.at[k];
        double start = array_number(&in[1], vector * d->start_index_map.n + k);
        double most = (double)(x->dims[axis] - sizes[axis]);
        if (!moves && (start < 0 || start > most))
            return -1;
        offset[axis] += (int64_t)clamped(start, 0, most);
    }
    int64_t place = 0;
    for (int axis = 0; axis < x->rank; axis++)
        place = place * x->dims[axis] + offset[axis];
    return place;
}

int64_t spec_place(const struct jx_prim *prim, const void *params, const struct array *in,
                   const struct jx_aval *windows, int64_t i)
{
    int64_t at[JAXC_MAX_RANK] = {0};
    for (int axis = windows->rank - 1; axis >= 0; axis--) {
        at[axis] = i % windows->dims[axis];
        i /= windows->dims[axis];
    }
    if (prim == &jx_dynamic_slice_p)
        return place_of_slice(in, 1, windows, at);
    if (prim == &jx_dynamic_update_slice_p)
        return place_of_slice(in, 2, windows, at);
    if (prim == &jx_gather_p) {
        const struct jx_gather_params *p = params;
        return place_of_window(&p->dimension_numbers, in, windows, p->mode != JX_FILL_OR_DROP, at);
    }
    const struct jx_scatter_params *p = params;
    return place_of_window(&p->dimension_numbers, in, windows, p->mode == JX_CLIP, at);
}

/* ---- values ---------------------------------------------------------------------------------- */

static void *element(const struct array *a, int64_t i)
{
    return (char *)a->data + (size_t)i * jx_dtype_info(a->type.dtype)->size;
}

/* Of integers the low bits are right whatever the sign. */
static union jx_scalar joined(const struct jx_prim *prim, jaxc_dtype dtype, union jx_scalar x,
                              union jx_scalar y)
{
    bool is_float = jx_is_float(dtype);
    if (prim == &jx_scatter_add_p)
        return is_float ? (union jx_scalar){.f = x.f + y.f} : (union jx_scalar){.u = x.u + y.u};
    if (prim == &jx_scatter_mul_p)
        return is_float ? (union jx_scalar){.f = x.f * y.f} : (union jx_scalar){.u = x.u * y.u};
    if (prim != &jx_scatter_min_p && prim != &jx_scatter_max_p)
        return y;
    if (is_float && (isnan(x.f) || isnan(y.f)))
        return isnan(x.f) ? x : y;
    bool less = is_float                                          ? y.f < x.f
                : jx_dtype_info(dtype)->category == JX_CAT_SIGNED ? y.i < x.i
                                                                  : y.u < x.u;
    return less == (prim == &jx_scatter_min_p) ? y : x;
}

static union jx_scalar fill_of(const struct jx_number *given, jaxc_dtype dtype)
{
    static const union jx_scalar signed_least[] = {[1] = {.i = INT8_MIN},
                                                   [2] = {.i = INT16_MIN},
                                                   [4] = {.i = INT32_MIN},
                                                   [8] = {.i = INT64_MIN}};
    static const union jx_scalar greatest[] = {[1] = {.u = UINT8_MAX},
                                               [2] = {.u = UINT16_MAX},
                                               [4] = {.u = UINT32_MAX},
                                               [8] = {.u = UINT64_MAX}};
    if (given->dtype)
        return jx_scalar_convert(given->value, given->dtype, dtype);
    switch (jx_dtype_info(dtype)->category) {
    case JX_CAT_BOOL: return (union jx_scalar){.i = 1};
    case JX_CAT_SIGNED: return signed_least[jx_dtype_info(dtype)->size];
    case JX_CAT_UNSIGNED: return greatest[jx_dtype_info(dtype)->size];
    default: return (union jx_scalar){.f = (double)NAN};
    }
}

void spec_index(const struct jx_prim *prim, const void *params, const struct array *in,
                struct array *out)
{
    jaxc_dtype dtype = (jaxc_dtype)out->type.dtype;
    size_t size = jx_dtype_info(dtype)->size;
    bool puts = spec_puts(prim);
    const struct array *windows = puts ? &in[spec_windows(prim)] : out;
    if (puts)
        memcpy(out->data, in[0].data, array_size(out));
    for (int64_t i = 0; i < array_count(windows); i++) {
        int64_t place = spec_place(prim, params, in, &windows->type, i);
        if (puts && place >= 0) {
            union jx_scalar x = jx_scalar_load(element(out, place), dtype);
            union jx_scalar y = jx_scalar_load(element(windows, i), dtype);
            jx_scalar_store(element(out, place), dtype, joined(prim, dtype, x, y));
        } else if (!puts && place >= 0) {
            memcpy(element(out, i), element(&in[0], place), size);
        } else if (!puts) {
            const struct jx_gather_params *p = params;
            jx_scalar_store(element(out, i), dtype, fill_of(&p->fill_value, dtype));
        }
    }
}
