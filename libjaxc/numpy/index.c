/*
 * index.c - x[...]: what a list of items says of each axis, and how that is read.
 *
 * Where every place is known the part is a slice; where each axis has one place at most that is
 * not, a dynamic slice; otherwise the places become the index vectors of a gather, in the way of
 * jax/_src/numpy/indexing.py, and jaxc_at_* scatter there (at.c).
 */
#include "numpy/index.h"

#include <inttypes.h>

/* ---- items ----------------------------------------------------------------------------------- */

/* Python's reading of start:stop:step on an axis: start is the first place, size how many. */
static bool read_slice(const struct jaxc_index_item *item, int64_t size, struct jx_part *part)
{
    int64_t step = item->step == JAXC_NONE ? 1 : item->step;
    if (step == 0)
        return jx_fail(JAXC_EVALUE, "the step of a slice is 0");
    bool back = step < 0;
    int64_t least = back ? -1 : 0, most = back ? size - 1 : size;
    int64_t bounds[2] = {item->start, item->stop};
    for (int i = 0; i < 2; i++) {
        if (bounds[i] == JAXC_NONE)
            bounds[i] = back == (i == 0) ? most : least;
        else if (bounds[i] < 0)
            bounds[i] = bounds[i] < -size ? least : bounds[i] + size;
        bounds[i] = bounds[i] < least ? least : bounds[i] > most ? most : bounds[i];
    }
    uint64_t distance =
        back ? (uint64_t)(bounds[0] - bounds[1]) : (uint64_t)(bounds[1] - bounds[0]);
    bool none = back ? bounds[0] <= bounds[1] : bounds[1] <= bounds[0];
    uint64_t stride = back ? 0 - (uint64_t)step : (uint64_t)step;
    part->start = bounds[0];
    part->size = none ? 0 : (int64_t)((distance - 1) / stride + 1);
    part->step = part->size > 1 ? step : 1;
    return true;
}

static bool read_number(const struct jaxc_index_item *item, const struct jx_aval *x, int axis,
                        struct jx_part *part)
{
    char text[JX_AVAL_TEXT];
    int64_t size = x->dims[axis];
    if (item->start < -size || item->start >= size)
        return jx_fail(JAXC_EVALUE, "index %" PRId64 " is outside of axis %d of %s", item->start,
                       axis, jx_aval_text(x, text));
    part->start = item->start < 0 ? item->start + size : item->start;
    part->size = part->step = 1;
    return true;
}

static bool add_part(struct jx_parts *p, enum jx_part_kind kind, int axis)
{
    if (p->n == JX_MAX_PARTS)
        return jx_fail(JAXC_ELIMIT, "an index of more than %d items", JX_MAX_PARTS);
    p->at[p->n++] = (struct jx_part){.kind = kind, .axis = axis};
    return true;
}

static bool add_array(struct jx_parts *p, jaxc_value array, int axis)
{
    if (!add_part(p, JX_PART_ARRAY, axis))
        return false;
    p->at[p->n - 1].array = array;
    return true;
}

/* ---- masks ----------------------------------------------------------------------------------- */

/* The places where a mask is true, as an array of numbers for each of its axes. */
static bool places_of_mask(const bool *mask, const struct jx_aval *type, jaxc_value *places)
{
    int64_t count = 0, total = jx_count(type->rank, type->dims), stride = 1;
    for (int64_t i = 0; i < total; i++)
        count += mask[i];
    bool ok = true;
    for (int axis = type->rank; ok && axis-- > 0; stride *= type->dims[axis]) {
        struct jx_aval a = jx_aval_make(JAXC_I64, 1, &count);
        struct jx_buffer *b =
            jx_buffer_new(NULL, (size_t)count * sizeof(int64_t), (struct jx_layout){0, 0});
        struct jx_node *node = b ? jx_node_array(&a, b) : NULL;
        if (!node)
            return false;
        int64_t *numbers = b->data;
        for (int64_t i = 0; i < total; i++)
            if (mask[i])
                *numbers++ = i / stride % type->dims[axis];
        places[axis] = jx_value_own(node, 0);
        if (type->dims[axis] <= INT32_MAX)
            places[axis] = jx_convert_element_type(places[axis], JAXC_I32, false);
        ok = !jx_is_poison(places[axis]);
    }
    return ok;
}

static bool add_mask(struct jx_parts *p, int item, jaxc_value mask, const struct jx_aval *type,
                     int axis)
{
    char a[JX_AVAL_TEXT], b[JX_AVAL_TEXT];
    jaxc_value places[JAXC_MAX_RANK];
    if (type->rank == 0)
        return jx_fail(JAXC_EDTYPE, "item %d of the index is a bool, not a mask", item);
    for (int i = 0; i < type->rank; i++)
        if (type->dims[i] != p->x.dims[axis + i])
            return jx_fail(JAXC_ESHAPE, "mask %s for axes %d to %d of %s", jx_aval_text(type, a),
                           axis, axis + type->rank - 1, jx_aval_text(&p->x, b));
    if (!jx_is_known(mask))
        return jx_fail(JAXC_ECONCRETE,
                       "mask %s is traced, so how many elements it takes is not known; choose "
                       "with jaxc_where, or take a fixed number of places",
                       jx_aval_text(type, a));
    struct jx_ref ref = jx_value_ref(mask);
    const bool *data = jx_elements_hook(ref);
    bool ok = data && places_of_mask(data, type, places);
    jx_node_unref(ref.node);
    for (int i = 0; ok && i < type->rank; i++)
        ok = add_array(p, places[i], axis + i);
    return ok;
}

/* ---- the list -------------------------------------------------------------------------------- */

/* How many axes an item takes; -1 after an error. types: of arrays. */
static int axes_of(const struct jaxc_index_item *item, int i, struct jx_aval *type)
{
    char text[JX_AVAL_TEXT];
    switch (item->kind) {
    case JAXC_INDEX_NUMBER:
    case JAXC_INDEX_SLICE: return 1;
    case JAXC_INDEX_NEWAXIS:
    case JAXC_INDEX_ELLIPSIS: return 0;
    case JAXC_INDEX_ARRAY:
        if (!jx_value_aval(item->array, type))
            return -1;
        if (type->dtype == JAXC_BOOL)
            return type->rank;
        if (jx_is_integer((jaxc_dtype)type->dtype))
            return 1;
        jx_fail(JAXC_EDTYPE, "item %d of the index is %s; integers, slices and masks are taken", i,
                jx_aval_text(type, text));
        return -1;
    }
    jx_fail(JAXC_EVALUE, "item %d of the index is none: write JAXC_INDEX(...)", i);
    return -1;
}

static bool add_item(struct jx_parts *p, const struct jaxc_index_item *item, int i, int axis,
                     const struct jx_aval *type)
{
    switch (item->kind) {
    case JAXC_INDEX_NUMBER:
        return add_part(p, JX_PART_NUMBER, axis) &&
               read_number(item, &p->x, axis, &p->at[p->n - 1]);
    case JAXC_INDEX_SLICE:
        return add_part(p, JX_PART_SLICE, axis) &&
               read_slice(item, p->x.dims[axis], &p->at[p->n - 1]);
    case JAXC_INDEX_NEWAXIS: return add_part(p, JX_PART_NEWAXIS, axis);
    case JAXC_INDEX_ARRAY:
        return type->dtype == JAXC_BOOL ? add_mask(p, i, item->array, type, axis)
                                        : add_array(p, item->array, axis);
    default: return false;
    }
}

static bool add_whole(struct jx_parts *p, int *axis, int n)
{
    static const struct jaxc_index_item all = {
        JAXC_INDEX_SLICE, JAXC_NONE, JAXC_NONE, JAXC_NONE, {0, 0}};
    for (; n > 0; n--, ++*axis)
        if (!add_item(p, &all, 0, *axis, NULL))
            return false;
    return true;
}

bool jx_parts_of(jaxc_value x, const struct jaxc_indices *index, struct jx_parts *p)
{
    struct jx_aval types[JAXC_MAX_INDEX];
    char text[JX_AVAL_TEXT];
    int taken = 0, ellipsis = -1, axis = 0, last = -1;
    *p = (struct jx_parts){.contiguous = true};
    if (!jx_value_aval(x, &p->x))
        return false;
    if (index->n < 0 || index->n > JAXC_MAX_INDEX)
        return jx_fail(JAXC_EVALUE, "an index of %d items", index->n);
    for (int i = 0; i < index->n; i++) {
        int n = axes_of(&index->at[i], i, &types[i]);
        if (n < 0)
            return false;
        taken += n;
        if (index->at[i].kind != JAXC_INDEX_ELLIPSIS)
            continue;
        if (ellipsis >= 0)
            return jx_fail(JAXC_EAXIS, "two ellipses in an index: items %d and %d", ellipsis, i);
        ellipsis = i;
    }
    if (taken > p->x.rank)
        return jx_fail(JAXC_EAXIS, "%d indices for %s", taken, jx_aval_text(&p->x, text));
    for (int i = 0; i < index->n; i++) {
        const struct jaxc_index_item *item = &index->at[i];
        bool advanced = item->kind == JAXC_INDEX_NUMBER || item->kind == JAXC_INDEX_ARRAY;
        if (advanced && last >= 0 && last != i - 1)
            p->contiguous = false;
        last = advanced ? i : last;
        if (i == ellipsis ? !add_whole(p, &axis, p->x.rank - taken)
                          : !add_item(p, item, i, axis, &types[i]))
            return false;
        if (i != ellipsis)
            axis += axes_of(item, i, &types[i]);
    }
    return add_whole(p, &axis, p->x.rank - axis);
}

/* ---- places that are known ------------------------------------------------------------------- */

bool jx_parts_are_static(const struct jx_parts *p)
{
    for (int i = 0; i < p->n; i++)
        if (p->at[i].kind == JX_PART_ARRAY)
            return false;
    return true;
}

/* What is left to do behind the slice: axes that run backwards, go, or are new. */
static jaxc_value finish_slice(jaxc_value y, const struct jx_parts *p)
{
    int n_rev = 0, rev[JAXC_MAX_RANK], n_drop = 0, drop[JAXC_MAX_RANK];
    int n_new = 0, new_axes[JX_MAX_PARTS], axis = 0;
    for (int i = 0; i < p->n; i++) {
        const struct jx_part *part = &p->at[i];
        if (part->kind == JX_PART_NEWAXIS)
            new_axes[n_new++] = axis++;
        else if (part->kind != JX_PART_SLICE)
            drop[n_drop++] = part->axis;
        else if (axis++, part->step < 0)
            rev[n_rev++] = part->axis;
    }
    if (axis > JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "%d axes; at most %d are possible", axis, JAXC_MAX_RANK);
        return JX_POISON;
    }
    y = jx_rev(y, n_rev, rev);
    y = jx_drop_axes(y, n_drop, drop);
    return jx_insert_axes(y, n_new, new_axes);
}

static jaxc_value static_part(jaxc_value x, const struct jx_parts *p)
{
    int64_t start[JAXC_MAX_RANK], limit[JAXC_MAX_RANK], strides[JAXC_MAX_RANK];
    for (int i = 0; i < p->n; i++) {
        const struct jx_part *part = &p->at[i];
        if (part->kind == JX_PART_NEWAXIS)
            continue;
        int64_t reach = part->size ? (part->size - 1) * part->step : 0; /* to the last place */
        start[part->axis] = reach < 0 ? part->start + reach : part->start;
        if (part->size == 0) /* from anywhere */
            start[part->axis] = 0;
        limit[part->axis] = start[part->axis] + (reach < 0 ? -reach : reach) + (part->size > 0);
        strides[part->axis] = part->step < 0 ? -part->step : part->step;
    }
    return finish_slice(jx_slice(x, start, limit, strides), p);
}

/* ---- one place along each axis --------------------------------------------------------------- */

jaxc_value jx_wrap_negative(jaxc_value index, int64_t size)
{
    struct jx_aval type;
    if (!jx_value_aval(index, &type))
        return JX_POISON;
    if (jx_dtype_info((jaxc_dtype)type.dtype)->category != JX_CAT_SIGNED)
        return index;
    jaxc_value behind = jx_add(index, jx_literal(&type, (double)size));
    return jx_select(jx_lt(index, jx_literal(&type, 0)), behind, index);
}

jaxc_dtype jx_index_dtype(const struct jx_aval *x, int n, const jaxc_value *arrays)
{
    struct jx_aval type;
    for (int i = 0; i < x->rank; i++)
        if (x->dims[i] > INT32_MAX)
            return JAXC_I64;
    for (int i = 0; i < n; i++)
        if (jx_value_aval(arrays[i], &type) && type.dtype != JAXC_I32 &&
            jx_dtype_info((jaxc_dtype)type.dtype)->size >= 4)
            return JAXC_I64;
    return JAXC_I32;
}

static jaxc_value number_of(int64_t number, jaxc_dtype dtype)
{
    return jx_scalar_of(dtype, (union jx_scalar){.i = number}, false);
}

static bool is_dynamic_slice(const struct jx_parts *p)
{
    struct jx_aval type;
    for (int i = 0; i < p->n; i++) {
        const struct jx_part *part = &p->at[i];
        if (part->kind == JX_PART_SLICE && part->step != 1 && part->step != -1)
            return false;
        if (part->kind == JX_PART_ARRAY &&
            (!jx_value_aval(part->array, &type) || type.rank > 0 || p->x.dims[part->axis] == 0))
            return false;
    }
    return true;
}

static jaxc_value dynamic_part(jaxc_value x, const struct jx_parts *p)
{
    jaxc_value starts[JAXC_MAX_RANK], arrays[JAXC_MAX_RANK] = {{0, 0}};
    int64_t sizes[JAXC_MAX_RANK];
    int n = 0;
    for (int i = 0; i < p->n; i++)
        if (p->at[i].kind == JX_PART_ARRAY)
            arrays[n++] = p->at[i].array;
    jaxc_dtype dtype = jx_index_dtype(&p->x, n, arrays);
    for (int i = 0; i < p->n; i++) {
        const struct jx_part *part = &p->at[i];
        if (part->kind == JX_PART_NEWAXIS)
            continue;
        bool known = part->kind != JX_PART_ARRAY;
        int64_t low = part->step < 0 ? part->start - part->size + 1 : part->start;
        sizes[part->axis] = known ? part->size : 1;
        starts[part->axis] =
            known ? number_of(part->size ? low : 0, dtype)
                  : jx_as(jx_wrap_negative(part->array, p->x.dims[part->axis]), dtype, false);
        if (jx_is_poison(starts[part->axis]))
            return JX_POISON;
    }
    return finish_slice(jx_dynamic_slice(x, starts, sizes), p);
}

/* ---- many places ----------------------------------------------------------------------------- */

/* A component of the index vectors: it stands at axes [first, first + its rank) of them. */
struct component {
    jaxc_value v;
    int first;
};

/* The windows as they are found, item by item. */
struct search {
    struct jx_windows *w;
    struct component components[JAXC_MAX_RANK];
    int rank; /* of the index vectors' array, without its last axis */
    int64_t dims[JAXC_MAX_RANK + 1];
    int axis, collapsed; /* the next axis of the part, with new ones and without */
    jaxc_dtype dtype;
};

static bool add_size(struct search *s, int64_t size)
{
    if (s->axis == JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "more than %d axes", JAXC_MAX_RANK);
    s->w->dims[s->axis++] = size;
    return true;
}

static void add_component(struct search *s, jaxc_value v, int first, int axis)
{
    struct jx_ints *map = &s->w->dimension_numbers.start_index_map;
    s->components[map->n] = (struct component){v, first};
    map->at[map->n++] = axis;
}

static void collapse(struct search *s, int axis)
{
    struct jx_ints *axes = &s->w->dimension_numbers.collapsed_slice_dims;
    int i = axes->n++;
    for (; i > 0 && axes->at[i - 1] > axis; i--)
        axes->at[i] = axes->at[i - 1];
    axes->at[i] = axis;
    s->w->sizes.at[axis] = 1;
}

/* The arrays' broadcast shape goes into the part. */
static bool add_advanced(struct search *s, const struct jx_parts *p)
{
    struct jx_aval types[2] = {{0}};
    int first = s->rank, rank = 0;
    int64_t dims[JAXC_MAX_RANK];
    for (int i = 0; i < p->n; i++) {
        if (p->at[i].kind != JX_PART_ARRAY)
            continue;
        if (!jx_value_aval(p->at[i].array, &types[1]) || !jx_broadcast_types(2, types, &rank, dims))
            return false;
        types[0] = jx_aval_make((jaxc_dtype)types[1].dtype, rank, dims);
    }
    for (int i = 0; i < p->n; i++) {
        const struct jx_part *part = &p->at[i];
        jaxc_value v;
        if (part->kind == JX_PART_ARRAY)
            v = s->w->wrap ? jx_wrap_negative(part->array, p->x.dims[part->axis]) : part->array;
        else if (part->kind == JX_PART_NUMBER)
            v = number_of(part->start, s->dtype);
        else
            continue;
        v = jx_broadcast_to(v, rank, dims);
        if (jx_is_poison(v))
            return false;
        add_component(s, v, first, part->axis);
        collapse(s, part->axis);
    }
    for (int i = 0; i < rank; i++) {
        if (!add_size(s, dims[i]))
            return false;
        s->dims[s->rank++] = dims[i];
    }
    s->collapsed += rank;
    return true;
}

static bool add_slice(struct search *s, const struct jx_part *part, int64_t whole)
{
    struct jx_windows *w = s->w;
    if (!add_size(s, part->size))
        return false;
    if (part->step == 1) {
        if (part->size != whole)
            add_component(s, number_of(part->size ? part->start : 0, s->dtype), s->rank,
                          part->axis);
        w->sizes.at[part->axis] = part->size;
        w->dimension_numbers.offset_dims.at[w->dimension_numbers.offset_dims.n++] = s->collapsed;
    } else { /* a place for each; those of a slice backwards in ascending order */
        bool back = part->step < 0;
        int64_t from = back ? part->start + (part->size - 1) * part->step : part->start;
        int64_t step = back ? -part->step : part->step;
        jaxc_value places = jx_iota(s->dtype, 1, &part->size, 0);
        places = jx_add(jx_mul(places, number_of(step, s->dtype)),
                        number_of(part->size ? from : 0, s->dtype));
        if (jx_is_poison(places))
            return false;
        if (back)
            w->rev[w->n_rev++] = s->collapsed;
        add_component(s, places, s->rank, part->axis);
        s->dims[s->rank++] = part->size;
        collapse(s, part->axis);
    }
    s->collapsed++;
    return true;
}

/* One array of vectors from the components. */
static jaxc_value vectors_of(struct search *s)
{
    int n = s->w->dimension_numbers.start_index_map.n;
    jaxc_value columns[JAXC_MAX_RANK];
    if (s->rank + 1 > JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "places along more than %d axes", JAXC_MAX_RANK - 1);
        return JX_POISON;
    }
    s->dims[s->rank] = 1;
    for (int i = 0; i < n; i++) {
        struct jx_aval type;
        int map[JAXC_MAX_RANK];
        jaxc_value v = s->components[i].v;
        if (n > 1)
            v = jx_as(v, s->dtype, false);
        if (!jx_value_aval(v, &type))
            return JX_POISON;
        for (int k = 0; k < type.rank; k++)
            map[k] = s->components[i].first + k;
        columns[i] = jx_broadcast_in_dim(v, s->rank + 1, s->dims, map);
    }
    if (n > 0)
        return n == 1 ? columns[0] : jx_concatenate(n, columns, s->rank);
    struct jx_aval none = jx_aval_make(JAXC_I32, s->rank + 1, s->dims);
    none.dims[s->rank] = 0;
    return jx_zeros_of(&none);
}

bool jx_windows_of(const struct jx_parts *p, bool wrap, struct jx_windows *w)
{
    jaxc_value arrays[JX_MAX_PARTS] = {{0, 0}};
    int n = 0, first = -1; /* the first part of the advanced index */
    bool advanced = false;
    struct jx_aval type;
    *w = (struct jx_windows){.sizes = {.n = p->x.rank}, .wrap = wrap};
    for (int i = 0; i < p->n; i++) {
        if (p->at[i].kind == JX_PART_ARRAY) {
            if (!jx_value_aval(p->at[i].array, &type))
                return false;
            advanced = advanced || type.rank > 0;
            arrays[n++] = p->at[i].array;
        }
        if (first < 0 && (p->at[i].kind == JX_PART_ARRAY || p->at[i].kind == JX_PART_NUMBER))
            first = i;
    }
    struct search s = {.w = w, .dtype = jx_index_dtype(&p->x, n, arrays)};
    w->unique = !advanced;
    for (int i = 0; i < p->n; i++) {
        const struct jx_part *part = &p->at[i];
        if (first >= 0 && i == (p->contiguous ? first : 0) && !add_advanced(&s, p))
            return false;
        if (part->kind == JX_PART_NEWAXIS) {
            w->new_axes[w->n_new++] = s.axis;
            if (!add_size(&s, 1))
                return false;
        } else if (part->kind == JX_PART_SLICE && !add_slice(&s, part, p->x.dims[part->axis])) {
            return false;
        }
    }
    w->rank = s.axis;
    int64_t count;
    w->indices = vectors_of(&s);
    return !jx_is_poison(w->indices) && jx_n_elements(w->rank, w->dims, &count);
}

/* ---- reading --------------------------------------------------------------------------------- */

bool jx_choose_mode(jaxc_index_mode given, int64_t otherwise, int64_t *mode)
{
    switch ((int)given) {
    case 0: *mode = otherwise; return true;
    case JAXC_MODE_FILL: *mode = JX_FILL_OR_DROP; return true;
    case JAXC_MODE_CLIP: *mode = JX_CLIP; return true;
    case JAXC_MODE_PROMISE_IN_BOUNDS: *mode = JX_PROMISE_IN_BOUNDS; return true;
    default: return jx_fail(JAXC_EVALUE, "mode %d is none of this call", (int)given);
    }
}

bool jx_choose_fill(jaxc_value given, struct jx_number *fill)
{
    struct jx_aval type;
    *fill = (struct jx_number){0};
    if (jx_is_poison(given)) /* left out */
        return true;
    if (!jx_literal_of(given, &type, &fill->value))
        return jx_fail(JAXC_EVALUE, "fill_value is a C number");
    switch (jx_dtype_info((jaxc_dtype)type.dtype)->category) {
    case JX_CAT_BOOL: fill->dtype = JAXC_BOOL; break;
    case JX_CAT_UNSIGNED: fill->dtype = JAXC_U64; break;
    case JX_CAT_SIGNED: fill->dtype = JAXC_I64; break;
    default: fill->dtype = JAXC_F64; break;
    }
    return true;
}

static jaxc_value read(jaxc_value x, const struct jaxc_indices *index,
                       const struct jaxc_index_options *options)
{
    struct jx_parts p;
    struct jx_windows w;
    struct jx_gather_params g = {.indices_are_sorted = options->indices_are_sorted,
                                 .unique_indices = options->unique_indices};
    if (!jx_choose_mode(options->mode, JX_PROMISE_IN_BOUNDS, &g.mode) ||
        !jx_choose_fill(options->fill_value, &g.fill_value) || !jx_parts_of(x, index, &p))
        return JX_POISON;
    if (jx_parts_are_static(&p))
        return jx_result(x, static_part(x, &p));
    if (g.mode != JX_FILL_OR_DROP && is_dynamic_slice(&p))
        return dynamic_part(x, &p);
    if (!jx_windows_of(&p, true, &w))
        return JX_POISON;
    struct jx_aval type = jx_aval_make((jaxc_dtype)p.x.dtype, w.rank, w.dims);
    type.weak = p.x.weak;
    if (jx_count(w.rank, w.dims) == 0)
        return jx_zeros_of(&type);
    g.dimension_numbers = w.dimension_numbers;
    g.slice_sizes = w.sizes;
    g.indices_are_sorted = g.indices_are_sorted || w.unique;
    g.unique_indices = g.unique_indices || w.unique;
    jaxc_value y = jx_rev(jx_gather(x, w.indices, &g), w.n_rev, w.rev);
    return jx_insert_axes(y, w.n_new, w.new_axes);
}

jaxc_value(jaxc_index)(jaxc_value x, struct jaxc_indices index)
{
    jx_enter("jaxc_index");
    return read(x, &index, &(struct jaxc_index_options){0});
}

jaxc_value(jaxc_at_get)(jaxc_value x, struct jaxc_indices index, struct jaxc_index_options options)
{
    jx_enter("jaxc_at_get");
    return read(x, &index, &options);
}
