/*
 * pad.c - an array with a border.
 *
 * A constant border is one pad. Other modes lengthen one axis after the other, the next one with
 * what the one before has made: corners are borders of borders, as in NumPy.
 */
#include "numpy/numpy.h"

#include <jaxc/manipulation.h>

#include <inttypes.h>

struct widths {
    int64_t at[JAXC_MAX_RANK][2];
};

/* One pair, or one for each axis. */
static bool complete(const struct jaxc_widths *given, const char *what, int rank, int64_t least,
                     struct widths *w)
{
    if (given->n != 1 && given->n != rank)
        return jx_fail(JAXC_ESHAPE, "%d pairs of %s for %d axes", given->n, what, rank);
    for (int i = 0; i < rank; i++)
        for (int side = 0; side < 2; side++) {
            w->at[i][side] = given->at[given->n == 1 ? 0 : i][side];
            if (w->at[i][side] < least)
                return jx_fail(JAXC_EVALUE, "%s of axis %d is %" PRId64, what, i, w->at[i][side]);
        }
    return true;
}

/* An operand of the options, broadcast to a pair for each axis; 0 when it is not given. */
static jaxc_value pairs_of(const struct jaxc_operand *o, const char *what, int rank,
                           const struct jx_aval *like)
{
    struct jx_aval types[2];
    int64_t dims[2] = {rank, 2}, joined[JAXC_MAX_RANK];
    int n;
    char text[JX_AVAL_TEXT];
    if (!jx_operand_given(o))
        return jx_literal(like, 0);
    jaxc_value y = jx_as(o->value, (jaxc_dtype)like->dtype, like->weak);
    if (!jx_value_aval(y, &types[0]))
        return JX_POISON;
    types[1] = jx_aval_make((jaxc_dtype)like->dtype, 2, dims);
    if (types[0].rank == 0)
        return y;
    if (types[0].rank > 2 || !jx_broadcast_types(2, types, &n, joined) ||
        !jx_same_dims(2, joined, dims)) {
        jx_fail(JAXC_ESHAPE, "%s %s for %d axes", what, jx_aval_text(&types[0], text), rank);
        return JX_POISON;
    }
    return jx_broadcast_to(y, 2, dims);
}

/* Element [axis, side] of pairs, a scalar. */
static jaxc_value pair_at(jaxc_value pairs, int axis, int side)
{
    struct jx_aval type;
    static const int both[2] = {0, 1};
    if (!jx_value_aval(pairs, &type) || type.rank == 0)
        return pairs;
    int64_t from[2] = {axis, side}, to[2] = {axis + 1, side + 1};
    return jx_squeeze(jx_slice(pairs, from, to, NULL), 2, both);
}

static jaxc_value pad_constant(jaxc_value x, const struct jx_aval *type, const struct widths *w,
                               const struct jaxc_pad_options *o)
{
    struct jx_padding config = {.n = type->rank};
    struct jx_aval own;
    jaxc_value values = pairs_of(&o->constant_values, "constant_values", type->rank, type);
    if (!jx_value_aval(values, &own))
        return JX_POISON;
    for (int i = 0; own.rank == 0 && i < type->rank; i++) {
        config.low[i] = w->at[i][0];
        config.high[i] = w->at[i][1];
    }
    if (own.rank == 0)
        return jx_pad(x, values, &config);
    for (int i = 0; i < type->rank; i++)
        for (int side = 0; side < 2; side++)
            if (w->at[i][side] > 0)
                x = jx_pad_axis(x, i, pair_at(values, i, side), side == 0 ? w->at[i][0] : 0,
                                side == 1 ? w->at[i][1] : 0, 0);
    return x;
}

/* ---- one axis -------------------------------------------------------------------------------- */

/* An axis on its way: its size and widths, and what the mode needs besides. */
struct border {
    const char *mode;
    const struct jaxc_pad_options *options;
    int axis;
    int64_t size, width[2];
    jaxc_value end_values; /* pairs */
    const struct widths *length;
    jaxc_dtype dtype;
    bool weak;
};

/* What lies before, x, and what lies after; empty parts are left out. */
static jaxc_value enclose(jaxc_value x, const struct border *b, jaxc_value before, jaxc_value after)
{
    jaxc_value parts[3] = {before, x, after};
    int first = b->width[0] == 0, last = b->width[1] == 0;
    return first && last ? x : jx_concatenate(3 - first - last, parts + first, b->axis);
}

static jaxc_value edge_of(jaxc_value x, const struct border *b, int64_t size, int side)
{
    int64_t at = side == 0 ? 0 : size - 1;
    return jx_slice_axis(x, b->axis, at, at + 1, 1);
}

static jaxc_value pad_edge(jaxc_value x, const struct border *b)
{
    jaxc_value sides[2];
    for (int s = 0; s < 2; s++)
        sides[s] = jx_repeat_axis(edge_of(x, b, b->size, s), b->width[s], b->axis);
    return enclose(x, b, sides[0], sides[1]);
}

static jaxc_value pad_wrap(jaxc_value x, const struct border *b)
{
    int64_t low = b->width[0] % b->size, high = b->width[1] % b->size;
    int64_t copies = b->width[0] / b->size + b->width[1] / b->size + 1;
    if (copies > INT32_MAX / 2) {
        jx_fail(JAXC_ELIMIT, "%" PRId64 " copies of axis %d", copies, b->axis);
        return JX_POISON;
    }
    jaxc_value *parts = jx_alloc((size_t)copies + 2, sizeof *parts), y = JX_POISON;
    int n = 0;
    if (parts) {
        if (low > 0)
            parts[n++] = jx_slice_axis(x, b->axis, b->size - low, b->size, 1);
        for (int64_t i = 0; i < copies; i++)
            parts[n++] = x;
        if (high > 0)
            parts[n++] = jx_slice_axis(x, b->axis, 0, high, 1);
        y = jx_concatenate(n, parts, b->axis);
    }
    jx_free(parts);
    return y;
}

/* x lengthened at one side by mirror images of what it has, as long as there is something to add. */
static jaxc_value mirror(jaxc_value x, const struct border *b, bool reflect, int side)
{
    struct jx_aval type;
    int64_t offset = reflect && b->size > 1, left = b->width[side];
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    int64_t size = type.dims[b->axis]; /* the other side may be longer already */
    jaxc_value edge = edge_of(x, b, size, side);
    while (left > 0 && !jx_is_poison(x)) {
        int64_t n = left < b->size - offset ? left : b->size - offset;
        int64_t from = side == 0 ? offset : size - n - offset;
        jaxc_value image = jx_rev(jx_slice_axis(x, b->axis, from, from + n, 1), 1, &b->axis);
        if (b->options->odd) {
            int64_t dims[JAXC_MAX_RANK];
            memcpy(dims, type.dims, sizeof dims);
            dims[b->axis] = n;
            jaxc_value twice = jx_mul(jx_literal(&type, 2), edge);
            image = jx_sub(jx_broadcast_to(twice, type.rank, dims), image);
            edge = b->size > 1 ? edge_of(image, b, n, side) : edge;
        }
        jaxc_value both[2] = {side == 0 ? image : x, side == 0 ? x : image};
        x = jx_concatenate(2, both, b->axis);
        left -= n;
        size += n;
    }
    return x;
}

static jaxc_value pad_mirror(jaxc_value x, const struct border *b)
{
    bool reflect = strcmp(b->mode, "reflect") == 0;
    return mirror(mirror(x, b, reflect, 0), b, reflect, 1);
}

static jaxc_value pad_ramp(jaxc_value x, const struct border *b)
{
    jaxc_value sides[2];
    for (int s = 0; s < 2; s++) {
        jaxc_value edge = jx_drop_axes(edge_of(x, b, b->size, s), 1, &b->axis);
        sides[s] = jx_linspace(pair_at(b->end_values, b->axis, s), edge, b->width[s], false,
                               b->dtype, b->axis);
        sides[s] = jx_as(sides[s], b->dtype, b->weak);
    }
    return enclose(x, b, sides[0], jx_rev(sides[1], 1, &b->axis));
}

static jaxc_value statistic(jaxc_value x, const struct border *b)
{
    struct jaxc_reduce_options o = {.axes = {JAXC_GIVEN, 1, {b->axis}}, .keepdims = true};
    jaxc_value y = strcmp(b->mode, "maximum") == 0   ? jx_max_of(x, &o)
                   : strcmp(b->mode, "minimum") == 0 ? jx_min_of(x, &o)
                   : strcmp(b->mode, "mean") == 0    ? jx_mean_of(x, &o)
                                                     : jx_median_of(x, &o, false);
    struct jx_aval type;
    if (!jx_value_aval(y, &type))
        return JX_POISON;
    if (jx_is_integer(b->dtype) && jx_is_float((jaxc_dtype)type.dtype))
        y = jx_round(y, JX_TO_NEAREST_EVEN);
    return jx_as(y, b->dtype, b->weak);
}

static jaxc_value pad_statistic(jaxc_value x, const struct border *b)
{
    jaxc_value sides[2];
    for (int s = 0; s < 2; s++) {
        int64_t n = b->length ? b->length->at[b->axis][s] : b->size;
        n = n < b->size ? n : b->size;
        if (n == b->size && s == 1 && (!b->length || b->length->at[b->axis][0] >= n)) {
            sides[1] = sides[0];
            continue;
        }
        sides[s] = statistic(
            jx_slice_axis(x, b->axis, s == 0 ? 0 : b->size - n, s == 0 ? n : b->size, 1), b);
    }
    for (int s = 0; s < 2; s++)
        sides[s] = jx_repeat_axis(sides[s], b->width[s], b->axis);
    return enclose(x, b, sides[0], sides[1]);
}

static const struct mode {
    const char *name;
    jaxc_value (*pad)(jaxc_value x, const struct border *b); /* NULL: a constant */
} modes[] = {
    {"constant", NULL},         {"empty", NULL},
    {"edge", pad_edge},         {"reflect", pad_mirror},
    {"symmetric", pad_mirror},  {"wrap", pad_wrap},
    {"linear_ramp", pad_ramp},  {"maximum", pad_statistic},
    {"minimum", pad_statistic}, {"mean", pad_statistic},
    {"median", pad_statistic},
};

static const struct mode *mode_of(const char *name)
{
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i].name, name ? name : "constant") == 0)
            return &modes[i];
    jx_fail(JAXC_EVALUE, "no mode \"%s\"", name);
    return NULL;
}

/* Options of other modes are mistakes. */
static bool check_options(const struct mode *m, const struct jaxc_pad_options *o)
{
    const char *wrong = NULL;
    if (jx_operand_given(&o->constant_values) && strcmp(m->name, "constant") != 0)
        wrong = "constant_values";
    if (jx_operand_given(&o->end_values) && m->pad != pad_ramp)
        wrong = "end_values";
    if (o->stat_length.n != 0 && m->pad != pad_statistic)
        wrong = "stat_length";
    if (o->odd && m->pad != pad_mirror)
        wrong = "odd";
    return !wrong || jx_fail(JAXC_EVALUE, "mode \"%s\" takes no %s", m->name, wrong);
}

static jaxc_value pad_axes(jaxc_value x, const struct jx_aval *type, const struct mode *m,
                           const struct widths *w, const struct jaxc_pad_options *o)
{
    struct widths length;
    char text[JX_AVAL_TEXT];
    struct border b = {
        .mode = m->name, .options = o, .dtype = (jaxc_dtype)type->dtype, .weak = type->weak};
    if (o->stat_length.n != 0) {
        if (!complete(&o->stat_length, "stat_length", type->rank, 1, &length))
            return JX_POISON;
        b.length = &length;
    }
    if (m->pad == pad_ramp)
        b.end_values = pairs_of(&o->end_values, "end_values", type->rank, type);
    for (b.axis = 0; b.axis < type->rank; b.axis++) {
        b.size = type->dims[b.axis];
        memcpy(b.width, w->at[b.axis], sizeof b.width);
        if (b.width[0] == 0 && b.width[1] == 0)
            continue;
        if (b.size == 0) {
            jx_fail(JAXC_EVALUE, "axis %d of %s is empty: nothing to border it with", b.axis,
                    jx_aval_text(type, text));
            return JX_POISON;
        }
        x = m->pad(x, &b);
    }
    return x;
}

jaxc_value(jaxc_pad)(jaxc_value x, struct jaxc_widths widths, struct jaxc_pad_options options)
{
    jx_enter("jaxc_pad");
    struct jx_aval type;
    struct widths w;
    const struct mode *m = mode_of(options.mode);
    if (!m || !jx_value_aval(x, &type) || !check_options(m, &options))
        return JX_POISON;
    if (type.rank == 0)
        return jx_result(x, x);
    if (!complete(&widths, "widths", type.rank, 0, &w))
        return JX_POISON;
    if (m->pad)
        return jx_result(x, pad_axes(x, &type, m, &w, &options));
    return jx_result(x, pad_constant(x, &type, &w, &options));
}
