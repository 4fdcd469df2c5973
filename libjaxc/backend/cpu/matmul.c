/*
 * backend/cpu/matmul.c - plans a matrix product: which index lies along the lanes, what is packed,
 * in what pieces. Both choices of lanes are planned and the cheaper one is taken.
 *
 * A plan is a function of the spec and of the instruction set. Costs are in multiply-adds of one
 * vector, roughly cycles.
 */
#include "backend/cpu/matmul.h"
#include "backend/cpu/matmul_kernels.h"

#include <stdlib.h>

/* Sizes in bytes that caches of this century's processors have room for. */
#define L2_PART     ((int64_t)512 << 10) /* rows that are gone through again for each panel */
#define PACK_MOST   ((int64_t)8 << 20)   /* one operand's packed copy, or unfinished sums */
#define K_RUN_BYTES 4096 /* of a row: eight of them are an L1 cache. Longer sums also round worse */
/* Points of a tile: 4 to 16 KiB, over which interpreting a body is spread. */
#define TILE_POINTS (JX_TILE_POINTS / 2)
#define ROWS_MOST   64     /* of a tile */
#define FEW_ITEMS   16     /* a product in fewer pieces is cut finer, */
#define ITEM_WORK   4096.0 /* unless they get smaller than this */
#define SHORT_K     256    /* for which so many cache lines stay at hand */

static int class_of(jaxc_dtype dtype)
{
    switch (dtype) {
    case JAXC_F32: return JX_MATMUL_F32;
    case JAXC_F64: return JX_MATMUL_F64;
    case JAXC_U64:
    case JAXC_I64: return JX_MATMUL_U64;
    default: return JX_MATMUL_U32;
    }
}

static const struct jx_matmul_type *type_of(jaxc_dtype dtype)
{
    return JX_ISA_CHOOSE(jx_matmul_kernels, jx_isa())->types[class_of(dtype)];
}

int jx_matmul_panel(jaxc_dtype dtype) { return type_of(dtype)->lanes * JX_MICRO_VECTORS; }

bool jx_matmul_supports(jaxc_dtype dtype, jaxc_dtype a_dtype, jaxc_dtype b_dtype)
{
    const struct jx_matmul_type *type = type_of(dtype);
    return type->store[dtype] && type->load[a_dtype ? a_dtype : dtype] &&
           type->load[b_dtype ? b_dtype : dtype];
}

/* ---- walks ----------------------------------------------------------------------------------- */

enum { IN_A, IN_B, IN_C };

static struct jx_matmul_walk walk(const struct jx_matmul_spec *spec, enum jx_matmul_list list,
                                  int array)
{
    struct jx_matmul_walk w = {0};
    for (int i = 0; i < spec->n_axes[list]; i++) {
        const struct jx_matmul_axis *axis = &spec->axes[list][i];
        int64_t stride = array == IN_A ? axis->a : array == IN_B ? axis->b : axis->c;
        if (axis->size == 1)
            continue;
        if (w.n > 0 && w.stride[w.n - 1] == axis->size * stride) {
            w.size[w.n - 1] *= axis->size;
            w.stride[w.n - 1] = stride;
        } else {
            w.size[w.n] = axis->size;
            w.stride[w.n++] = stride;
        }
    }
    return w;
}

/* The stride from one point to the next, but for carries into outer axes. 0 when there is one
 * point. */
static int64_t step(const struct jx_matmul_walk *w) { return w->n ? w->stride[w->n - 1] : 0; }

static bool is_invariant(const struct jx_matmul_walk *w)
{
    for (int i = 0; i < w->n; i++)
        if (w->stride[i] != 0)
            return false;
    return true;
}

/* Do points [i * width, i * width + width) always follow each other in memory? */
static bool has_panels(const struct jx_matmul_walk *w, int64_t width)
{
    return w->n == 0 || (step(w) == 1 && (w->n == 1 || w->size[w->n - 1] % width == 0));
}

static int64_t ceil_div(int64_t a, int64_t b) { return a / b + (a % b != 0); }
static int64_t round_up(int64_t a, int64_t b) { return ceil_div(a, b) * b; }
static int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t max(int64_t a, int64_t b) { return a > b ? a : b; }

static bool count(const struct jx_matmul_spec *spec, enum jx_matmul_list list, int64_t *n)
{
    *n = 1;
    for (int i = 0; i < spec->n_axes[list]; i++)
        if (__builtin_mul_overflow(*n, spec->axes[list][i].size, n))
            return false;
    return true;
}

/* ---- the way --------------------------------------------------------------------------------- */

static int64_t k_run_most(const struct jx_matmul *plan) { return K_RUN_BYTES / plan->type->size; }

/* May kernels read the side where it lies, as far as k is concerned? They have two loops over k. */
static bool k_is_direct(const struct jx_matmul *plan, const struct jx_matmul_side *s)
{
    return s->dtype == plan->dtype && s->size == plan->type->size &&
           (s->k.n < 2 || (s->k.n == 2 && s->k.size[1] <= k_run_most(plan)));
}

/* Few rows over a matrix that is read once: no packing can pay. */
static bool choose_thin(struct jx_matmul *plan)
{
    struct jx_matmul_side *rows = &plan->rows, *across = &plan->across;
    int64_t panel = plan->type->lanes * JX_MICRO_VECTORS;
    bool simple = plan->type->dot[0] && k_is_direct(plan, rows) && k_is_direct(plan, across) &&
                  rows->k.n <= 1 && across->k.n <= 1 && across->at.n <= 1;
    if (!simple || rows->n == 0 || across->n == 0)
        return false;
    if (rows->n <= 2 * JX_WIDE_ROWS && plan->n_k >= plan->type->lanes && step(&rows->k) == 1 &&
        step(&across->k) == 1) {
        plan->way = JX_WAY_DOT;
        plan->block_lanes =
            min(round_up(ceil_div(across->n, FEW_ITEMS), 8), JX_TILE_POINTS / JX_WIDE_ROWS);
        return true;
    }
    if (rows->n <= JX_WIDE_ROWS && step(&across->at) == 1 && across->n >= 2 * panel &&
        step(&across->k) > 4 * panel) {
        plan->way = JX_WAY_WIDE;
        int64_t most = JX_TILE_POINTS / rows->n / panel * panel;
        plan->block_lanes = min(round_up(ceil_div(across->n, FEW_ITEMS / 4), panel), most);
        return true;
    }
    return false;
}

static void choose_packing(struct jx_matmul *plan)
{
    struct jx_matmul_side *rows = &plan->rows, *across = &plan->across;
    int lanes = plan->type->lanes, panel = lanes * JX_MICRO_VECTORS;
    int64_t n_strips = ceil_div(rows->n, plan->type->rows), n_panels = ceil_div(across->n, panel);
    int64_t line = 64 / plan->type->size;

    /* Lanes: a last panel that is not whole is read from further left, so there must
     * be something. */
    bool edge_ok = plan->padded || across->n % panel == 0 || across->n == lanes ||
                   (across->at.n == 1 && across->n > panel);
    across->packed = !k_is_direct(plan, across) || !has_panels(&across->at, panel) || !edge_ok ||
                     (n_strips > 3 && llabs(step(&across->k)) > 8 * line);

    /* Rows: elements of a row should follow each other; or those of a column, when their lines are
     * few. */
    bool column = step(&rows->at) == 1;
    rows->packed = !k_is_direct(plan, rows) || (n_panels > 2 && llabs(step(&rows->k)) > line &&
                                                plan->n_k > (column ? SHORT_K : 1));
    if (!rows->packed && !across->packed && rows->k.n == 2 && across->k.n == 2 &&
        rows->k.size[1] != across->k.size[1])
        rows->packed = true; /* they disagree on the loops over k */
}

/* ---- pieces ---------------------------------------------------------------------------------- */

static void choose_tile(struct jx_matmul *plan)
{
    int64_t n_rows = plan->rows.n, unit = plan->type->rows;
    int64_t n_across = ceil_div(max(plan->across.n, 1), plan->block_lanes) * max(plan->n_batch, 1);
    int64_t points = plan->n_k <= SHORT_K ? JX_TILE_POINTS : TILE_POINTS;
    int64_t most = min(points / plan->block_lanes, ROWS_MOST);
    most = max(most - most % unit, unit);
    if (plan->way != JX_WAY_MICRO)
        unit = 1, most = JX_WIDE_ROWS;
    int64_t n_blocks = max(ceil_div(n_rows, most), 1);
    double per_row = (double)plan->block_lanes / plan->type->lanes * (double)plan->n_k;
    while (n_blocks * n_across < FEW_ITEMS && n_rows > 2 * unit * n_blocks &&
           per_row * (double)n_rows > 2 * ITEM_WORK * (double)n_blocks)
        n_blocks *= 2;
    plan->block_rows = min(round_up(max(ceil_div(n_rows, n_blocks), 1), unit), most);
    int64_t row_bytes = max(plan->n_k, 1) * plan->type->size;
    plan->group = max(L2_PART / max(row_bytes, 1) / plan->block_rows, 1);
}

/* The loops over k, and each side's strides in them. */
static void choose_k(struct jx_matmul *plan)
{
    struct jx_matmul_side *sides[2] = {&plan->rows, &plan->across};
    bool packs = plan->rows.packed || plan->across.packed;
    plan->k_lo = max(plan->n_k, 1);
    for (int i = 0; i < 2; i++)
        if (!sides[i]->packed && sides[i]->k.n == 2)
            plan->k_lo = sides[i]->k.size[1];
    bool two = plan->k_lo < plan->n_k;
    int64_t unit = two ? plan->k_lo : 1;
    int64_t n_parts = packs ? max(ceil_div(plan->n_k, 2 * k_run_most(plan)), 1) : 1;
    plan->k_most = round_up(ceil_div(max(plan->n_k, 1), n_parts), unit);
    int64_t n_runs = ceil_div(plan->k_most, k_run_most(plan));
    plan->k_run = round_up(ceil_div(plan->k_most, n_runs), unit);
    for (int i = 0; i < 2; i++) {
        struct jx_matmul_side *s = sides[i];
        if (s->packed) {
            s->row = round_up(plan->k_most, plan->type->lanes);
            if (s->row * plan->type->size % 1024 == 0)
                s->row +=
                    plan->type->lanes; /* rows a power of two apart meet in the same cache sets */
            s->k_lo = s == &plan->across ? plan->block_lanes : 1;
            s->k_hi = s->k_lo * plan->k_lo;
        } else {
            s->k_lo = step(&s->k);
            s->k_hi = s->k.n == 2 ? s->k.stride[0] : s->k_lo * plan->k_lo;
        }
    }
}

/* Elements of the packed copy of one point. */
static int64_t packed_point(const struct jx_matmul *plan, const struct jx_matmul_side *s)
{
    return s == &plan->across ? plan->k_most : s->row;
}

/* Bytes of the packed copy of n points. */
static bool packed_bytes(const struct jx_matmul *plan, const struct jx_matmul_side *s, int64_t n,
                         size_t *bytes)
{
    size_t points = (size_t)(s == &plan->across ? round_up(n, plan->block_lanes) : n);
    if (!jx_mul_size(points, (size_t)(packed_point(plan, s) * plan->type->size), bytes) ||
        *bytes > SIZE_MAX / 4)
        return false;
    *bytes = (*bytes + 63) / 64 * 64;
    return true;
}

/* How much of each side is packed at once, and where the copies lie. */
static bool choose_scratch(struct jx_matmul *plan)
{
    struct jx_matmul_side *sides[2] = {&plan->across, &plan->rows};
    const int64_t units[2] = {plan->block_lanes, plan->block_rows};
    bool sums = plan->k_most < plan->n_k, whole = !sums;
    size_t each = 0, bytes;
    plan->batch_most = max(plan->n_batch, 1);
    plan->scratch = 0;
    if (!plan->rows.packed && !plan->across.packed) {
        plan->rows.most = plan->rows.n;
        plan->across.most = plan->across.n;
        return true;
    }
    for (int i = 0; i < 2; i++) {
        struct jx_matmul_side *s = sides[i];
        s->most = max(s->n, 1);
        if (s->packed) {
            int64_t point = packed_point(plan, s) * plan->type->size;
            s->most = min(s->most, max(PACK_MOST / point / units[i], 1) * units[i]);
        }
        if (sums) /* no more than the square root of what may be kept, to begin with */
            s->most = min(s->most,
                          round_up(i == 0 ? 1024 : PACK_MOST / plan->type->size / 1024, units[i]));
        whole = whole && s->most >= s->n;
        s->bytes = 0;
        if (s->packed && !packed_bytes(plan, s, s->most, &s->bytes))
            return false;
        each += s->shared ? 0 : s->bytes;
    }
    if (!whole)
        plan->batch_most = 1;
    else if (each > 0)
        plan->batch_most = min(plan->batch_most, max(PACK_MOST / (int64_t)each, 1));
    for (int i = 0; i < 2; i++) {
        sides[i]->offset = plan->scratch;
        if (!jx_mul_size(sides[i]->bytes, sides[i]->shared ? 1 : (size_t)plan->batch_most,
                         &bytes) ||
            !jx_add_size(plan->scratch, bytes, &plan->scratch))
            return false;
    }
    if (sums) {
        plan->sums = plan->scratch;
        plan->scratch +=
            (size_t)(round_up(plan->rows.most, plan->block_rows) *
                     round_up(plan->across.most, plan->block_lanes) * plan->type->size);
    }
    return true;
}

/* ---- cost ------------------------------------------------------------------------------------ */

/* For each point copied; measured on a Zen 4 with 512 bit vectors, memory beyond the L2 cache
 * included. */
static double packing_cost(const struct jx_matmul *plan, const struct jx_matmul_side *s)
{
    if (!s->packed)
        return 0;
    int64_t along = s == &plan->across ? step(&s->at) : step(&s->k);
    int64_t other = s == &plan->across ? step(&s->k) : step(&s->at);
    return along == 1 ? 0.3 : other == 1 ? 0.5 : 1.5;
}

static double cost(const struct jx_matmul *plan)
{
    const struct jx_matmul_side *rows = &plan->rows, *across = &plan->across;
    double m = (double)rows->n, n = (double)across->n, k = (double)max(plan->n_k, 1);
    double lanes = plan->type->lanes, batch = (double)plan->n_batch;
    double vectors = (double)ceil_div(across->n, plan->type->lanes);
    double products;
    if (plan->way == JX_WAY_DOT)
        products = m * n * (k / lanes + 4) + n * k / lanes;
    else if (plan->way == JX_WAY_WIDE)
        products = (m + 1) * vectors * k;
    else /* a microkernel of few rows waits for its sums, 4 cycles, or for its loads */
        products = vectors * k * (m < 3 ? m + 1 : m);
    double copies = (rows->shared ? 1 / batch : 1) * m * k * packing_cost(plan, rows) +
                    (across->shared ? 1 / batch : 1) * n * k * packing_cost(plan, across);
    bool along = across->c.n == 0 || step(&across->c) == 1;
    return batch * (products + copies + m * n * (along ? 0.1 : 0.5));
}

/* ---- plans ----------------------------------------------------------------------------------- */

static void describe_side(struct jx_matmul_side *s, const struct jx_matmul_spec *spec, bool is_b)
{
    enum jx_matmul_list list = is_b ? JX_MATMUL_N : JX_MATMUL_M;
    int array = is_b ? IN_B : IN_A;
    s->is_b = is_b;
    s->dtype = is_b ? spec->b_dtype : spec->a_dtype;
    s->dtype = s->dtype ? s->dtype : spec->dtype;
    s->size = (int)jx_dtype_info(s->dtype)->size;
    s->at = walk(spec, list, array);
    s->c = walk(spec, list, IN_C);
    s->k = walk(spec, JX_MATMUL_K, array);
    s->batch = walk(spec, JX_MATMUL_B, array);
    s->shared = is_invariant(&s->batch);
}

static bool plan_with_lanes(struct jx_matmul *plan, const struct jx_matmul_spec *spec,
                            enum jx_matmul_lanes lanes)
{
    *plan = (struct jx_matmul){.dtype = spec->dtype, .epilogue = spec->epilogue};
    plan->type = type_of(spec->dtype);
    plan->block_lanes = plan->type->lanes * JX_MICRO_VECTORS;
    struct jx_matmul_side *m = lanes == JX_LANES_N ? &plan->rows : &plan->across;
    struct jx_matmul_side *n = lanes == JX_LANES_N ? &plan->across : &plan->rows;
    if (!count(spec, JX_MATMUL_M, &m->n) || !count(spec, JX_MATMUL_N, &n->n) ||
        !count(spec, JX_MATMUL_K, &plan->n_k) || !count(spec, JX_MATMUL_B, &plan->n_batch))
        return false;
    describe_side(m, spec, false); /* sizes are known to multiply */
    describe_side(n, spec, true);
    plan->padded = lanes == JX_LANES_N ? spec->b_padded : spec->a_padded;
    plan->batch_c = walk(spec, JX_MATMUL_B, IN_C);
    if (!choose_thin(plan))
        choose_packing(plan);
    choose_tile(plan);
    choose_k(plan);
    if (!choose_scratch(plan))
        return false;
    const struct jx_matmul_walk *c = &plan->across.c;
    plan->in_place = !plan->epilogue && plan->way == JX_WAY_MICRO && plan->k_most >= plan->n_k &&
                     (int)jx_dtype_info(plan->dtype)->size == plan->type->size &&
                     plan->rows.c.n <= 1 && has_panels(c, plan->block_lanes);
    plan->work = cost(plan);
    plan->turned = plan->epilogue && plan->across.c.n > 0 && step(&plan->across.c) != 1 &&
                   step(&plan->rows.c) == 1;
    plan->lanes = (lanes == JX_LANES_N) != plan->turned ? JX_LANES_N : JX_LANES_M;
    plan->tile_rows = plan->turned ? plan->block_lanes : plan->block_rows;
    plan->tile_lanes = plan->turned ? plan->block_rows : plan->block_lanes;
    return true;
}

bool jx_matmul_plan(struct jx_matmul *plan, const struct jx_matmul_spec *spec)
{
    bool ok;
    if (spec->lanes != JX_LANES_ANY) {
        ok = plan_with_lanes(plan, spec, spec->lanes);
    } else {
        struct jx_matmul other;
        ok = plan_with_lanes(plan, spec, JX_LANES_N) && plan_with_lanes(&other, spec, JX_LANES_M);
        if (ok && other.work < plan->work)
            *plan = other;
    }
    return ok || jx_fail(JAXC_ELIMIT, "a matrix product is too large");
}
