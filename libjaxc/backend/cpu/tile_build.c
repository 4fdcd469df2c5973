/*
 * backend/cpu/tile_build.c - from a kernel over a space to a tile program: where each value is
 * kept, which operations compute it, at which level.
 *
 * Operations are first written with values (struct jx_value_place) as operands, into one list for
 * each section: prologue | stage 0: pre, body, post | stage 1: pre, body, post | ... Then values
 * get slots by liveness over the concatenated list. A value of level 0 is computed in the prologue
 * and lives for good, one of level 1 once for each outer tile, one of level 2 in the body of an
 * inner loop, where it dies: in a later stage it is computed again, unless it was put into memory
 * that the loops walk through.
 */
#include "backend/cpu/tile_program.h"

#include <assert.h>

/* A value needed by a later stage is kept in a row of memory while all such rows are no larger than
 * this; from there on it is computed again. */
enum { KEEP_BYTES = 64 * 1024 };

static const uint8_t tag_of[JAXC_C128 + 1] = {
#define JX_ROW(tag) [JX_DTYPE(tag)] = JX_TAG_##tag,
    JX_MEMORY_TAGS(JX_ROW)
#undef JX_ROW
};
static const jaxc_dtype dtype_of[JX_N_TAGS] = {
#define JX_ROW(tag) [JX_TAG_##tag] = JX_DTYPE(tag),
    JX_MEMORY_TAGS(JX_ROW)
#undef JX_ROW
};
static const uint8_t size_of[JX_N_TAGS] = {
#define JX_ROW(tag) [JX_TAG_##tag] = sizeof(JX_C(tag)),
    JX_MEMORY_TAGS(JX_ROW)
#undef JX_ROW
};
int jx_tag_size(int tag) { return size_of[tag]; }
static int size_index(int tag) /* 1, 2, 4, 8 bytes: 0, 1, 2, 3 */
{
    return size_of[tag] / 2 - (size_of[tag] == 8);
}

/* ---- lists ----------------------------------------------------------------------------------- */

static int new_value(struct jx_builder *b, enum jx_where where, int tag, int cls, int level)
{
    if (!jx_grow(&b->values, &b->value_capacity, b->n_values + 1, sizeof *b->values)) {
        b->failed = true;
        return 0;
    }
    b->values[b->n_values] = (struct jx_value_place){.where = where,
                                                     .tag = (uint8_t)tag,
                                                     .cls = (uint8_t)cls,
                                                     .level = (uint8_t)level,
                                                     .body = level == 2,
                                                     .p = -1,
                                                     .slot = -1,
                                                     .stage = level == 2 ? b->stage : -1,
                                                     .storage = -1,
                                                     .born = -1,
                                                     .dies = -1};
    return (int)b->n_values++;
}

static struct jx_raw_op *emit(struct jx_builder *b, int section, jx_tile_fn *run, int cls, int d,
                              int a)
{
    struct jx_section *s = &b->sections[section];
    assert(run);
    if (!jx_grow(&s->ops, &s->capacity, s->n + 1, sizeof *s->ops)) {
        b->failed = true;
        return &b->lost_op;
    }
    s->ops[s->n] = (struct jx_raw_op){
        .run = run, .move = -1, .d = d, .a = a, .b = -1, .c = -1, .cls = (uint8_t)cls};
    return &s->ops[s->n++];
}

static struct jx_tile_move *new_move(struct jx_builder *b, struct jx_raw_op *op)
{
    if (!jx_grow(&b->move_list, &b->move_capacity, b->n_moves + 1, sizeof *b->move_list)) {
        b->failed = true;
        return &b->lost_move;
    }
    op->move = (int)b->n_moves;
    struct jx_tile_move *m = &b->move_list[b->n_moves++];
    *m =
        (struct jx_tile_move){.src_row = JX_DENSE, .src_col = 1, .dst_row = JX_DENSE, .dst_col = 1};
    return m;
}

int jx_build_section(const struct jx_builder *b, int level)
{
    return level == 0 ? 0 : level == 1 ? b->now : 2 + 3 * b->stage;
}

static int new_constant(struct jx_builder *b, int tag, union jx_scalar x)
{
    int v = new_value(b, AT_POINTER, tag, JX_CLASS_ONE, 0);
    if (!jx_grow(&b->constants, &b->constant_capacity, b->n_constants + 1, sizeof *b->constants)) {
        b->failed = true;
        return v;
    }
    jx_scalar_store(&b->constants[b->n_constants], dtype_of[tag], x);
    b->values[v].p = -1 - (int)b->n_constants++; /* numbered behind the cursors in the end */
    return v;
}

/* A pointer that the loops move by the given bytes; NULL: not at all. */
static int new_cursor(struct jx_builder *b, int storage, int64_t offset, int tag, int cls,
                      int level)
{
    int v = new_value(b, AT_POINTER, tag, cls, level);
    size_t n = b->n_cursors, loops = (size_t)b->g.n_loops;
    if (!jx_grow(&b->cursors, &b->cursor_capacity, n + 1, sizeof *b->cursors) ||
        !jx_grow(&b->cursor_stride, &b->stride_capacity, (n + 1) * loops + 1,
                 sizeof *b->cursor_stride)) {
        b->failed = true;
        return v;
    }
    b->cursors[n] = (struct jx_tile_cursor){storage, offset};
    b->values[v].stage = -1;
    b->values[v].storage = storage;
    b->values[v].p = (int)n;
    b->n_cursors = n + 1;
    return v;
}

static int64_t *strides_of(struct jx_builder *b, int v)
{
    return b->failed ? b->lost_stride
                     : b->cursor_stride + (size_t)b->values[v].p * (size_t)b->g.n_loops;
}

/* The cursor of a view or store. */
static int ref_cursor(struct jx_builder *b, int ref, int tag)
{
    if (b->cursor_of[ref] >= 0)
        return b->cursor_of[ref];
    const struct jx_ref *r = &b->s->refs[ref];
    int v = new_cursor(b, r->storage, r->offset * size_of[tag], tag, jx_geometry_class(&b->g, r),
                       jx_geometry_level(&b->g, r));
    int64_t *stride = strides_of(b, v);
    for (int l = 0; l < b->g.n_loops; l++)
        stride[l] = r->stride[b->g.loops[l].axis] * b->g.loops[l].step * size_of[tag];
    return b->cursor_of[ref] = v;
}

static int64_t row_stride(const struct jx_builder *b, const struct jx_ref *r)
{
    return b->g.row_axis < 0 ? 0 : r->stride[b->g.row_axis];
}

static int64_t col_stride(const struct jx_builder *b, const struct jx_ref *r)
{
    return b->g.col_axis < 0 ? 0 : r->stride[b->g.col_axis];
}

/* Does memory hold the elements just as a register would? */
static bool is_dense(const struct jx_builder *b, const struct jx_ref *r, int cls)
{
    switch (cls) {
    case JX_CLASS_ONE: return true;
    case JX_CLASS_ROWS: return row_stride(b, r) == 1;
    case JX_CLASS_COLS: return col_stride(b, r) == 1;
    default: return col_stride(b, r) == 1 && row_stride(b, r) == b->g.cols && !b->g.ragged;
    }
}

/* Is it so for some tiles, which has to be seen when they come? */
static bool may_be_dense(const struct jx_builder *b, const struct jx_ref *r, int cls)
{
    return cls == JX_CLASS_FULL && b->g.ragged && col_stride(b, r) == 1 &&
           row_stride(b, r) == b->g.cols;
}

static int level_of(const struct jx_builder *b, int level)
{
    return level == 0 && b->g.n_outer == 0 ? 1 : level;
}

/* A register of class FULL is laid out by its tile's columns: it cannot outlive a tile where those
 * change. */
static int register_level(const struct jx_builder *b, int cls, int level)
{
    if (cls == JX_CLASS_FULL && b->g.ragged) {
        int least = b->g.col_loop < 0 || b->g.col_loop < b->g.n_outer ? 1 : 2;
        level = level > least ? level : least;
    }
    return level_of(b, level);
}

/* ---- values ---------------------------------------------------------------------------------- */

/* The value over a larger class, in `d` or a new slot (-1). */
static int spread_to(struct jx_builder *b, int v, int cls, int d)
{
    struct jx_value_place *x = &b->values[v];
    int known = x->spread[cls] - 1;
    if (d < 0 && known >= 0 && (b->values[known].stage < 0 || b->values[known].stage == b->stage))
        return known;
    int level = register_level(b, cls, x->level), from = x->cls, tag = x->tag;
    if (d < 0) {
        d = new_value(b, IN_SLOT, tag, cls, level);
        b->values[v].spread[cls] = 1 + d;
    }
    struct jx_raw_op *op = emit(b, jx_build_section(b, b->values[d].level),
                                b->moves->move[size_index(tag)], cls, d, v);
    struct jx_tile_move *m = new_move(b, op);
    m->src_row = from & JX_CLASS_ROWS ? 1 : 0;
    m->src_col = from & JX_CLASS_COLS ? 1 : 0;
    return d;
}

static int of_class(struct jx_builder *b, int v, int cls)
{
    return b->values[v].cls == cls ? v : spread_to(b, v, cls, -1);
}

/* An element with the bits of a fill value. */
static void set_fill(struct jx_tile_move *m, jaxc_dtype dtype, union jx_scalar fill)
{
    jx_scalar_store(&m->fill, dtype, fill);
}

static void set_guard(const struct jx_builder *b, struct jx_tile_guard *to,
                      const struct jx_ref_guard *from)
{
    *to = (struct jx_tile_guard){.n_loops = b->g.n_loops,
                                 .offset = from->offset,
                                 .limit = from->limit,
                                 .step = from->step,
                                 .stride = from->stride};
    for (int l = 0; l < b->g.n_loops; l++)
        to->loop[l] = from->coef[b->g.loops[l].axis] * b->g.loops[l].step;
    to->row = b->g.row_axis < 0 ? 0 : from->coef[b->g.row_axis];
    to->col = b->g.col_axis < 0 ? 0 : from->coef[b->g.col_axis];
}

static int load_guarded(struct jx_builder *b, int ref, int cursor, int tag, int cls, int level)
{
    const struct jx_ref *r = &b->s->refs[ref];
    size_t first = b->n_guards;
    if (!jx_grow(&b->guard_list, &b->guard_capacity, first + (size_t)r->n_guards,
                 sizeof *b->guard_list)) {
        b->failed = true;
        return cursor;
    }
    for (int i = 0; i < r->n_guards; i++)
        set_guard(b, &b->guard_list[b->n_guards++], &r->guards[i]);
    int d = new_value(b, BY_OP, tag, cls, level), slot = new_value(b, IN_SLOT, tag, cls, level);
    b->values[d].slot = slot;
    b->values[d].storage = b->values[cursor].storage;
    struct jx_raw_op *op = emit(b, jx_build_section(b, level),
                                b->moves->move_guarded[size_index(tag)], cls, d, cursor);
    op->c = slot;
    struct jx_tile_move *m = new_move(b, op);
    m->src_row = row_stride(b, r);
    m->src_col = col_stride(b, r);
    m->n_guards = r->n_guards;
    m->guards = (const struct jx_tile_guard *)first; /* made a pointer in the end */
    set_fill(m, b->s->code->storages[r->storage].dtype, b->kernel->views[ref].fill);
    return d;
}

static int load_dense(struct jx_builder *b, int cursor, int tag, int cls, int level, int64_t pitch)
{
    int d = new_value(b, BY_OP, tag, cls, level), slot = new_value(b, IN_SLOT, tag, cls, level);
    b->values[d].slot = slot;
    b->values[d].storage = b->values[cursor].storage;
    struct jx_raw_op *op =
        emit(b, jx_build_section(b, level), b->moves->load_dense[size_index(tag)], cls, d, cursor);
    op->c = slot;
    new_move(b, op)->src_row = pitch;
    return d;
}

/* Is every use of an instruction a reduction over the rows of a tile? */
static bool only_reduced_by_rows(const struct jx_builder *b, int instr)
{
    if (b->g.rowwise || b->g.n_outer == b->g.n_loops)
        return false;
    for (int i = 0; i < b->kernel->n_instrs; i++) {
        const struct jx_instr *x = &b->kernel->instrs[i];
        for (int j = 0; j < 3; j++)
            if (x->args[j] == instr && (x->kind != JX_I_REDUCE || x->op >= JX_COMBINE_ARGMAX))
                return false;
    }
    for (int i = 0; i < b->kernel->n_stores; i++)
        if (b->kernel->stores[i].reg == instr)
            return false;
    return true;
}

/* Is a load stored, in one place or several, and nothing else? Then it is moved from memory to
 * memory. */
static bool only_copied(const struct jx_builder *b, int instr)
{
    for (int i = 0; i < b->kernel->n_stores; i++)
        if (b->kernel->stores[i].reg == instr && jx_build_is_hazard(b, i))
            return false;
    return true;
}

static int load(struct jx_builder *b, int instr)
{
    const struct jx_instr *x = &b->kernel->instrs[instr];
    const struct jx_ref *r = &b->s->refs[x->view];
    int tag = tag_of[x->dtype], cls = jx_geometry_class(&b->g, r);
    int cursor = ref_cursor(b, x->view, tag);
    int level = register_level(b, cls, jx_geometry_level(&b->g, r));
    if (r->n_guards)
        return load_guarded(b, x->view, cursor, tag, cls, level);
    if (is_dense(b, r, cls))
        return cursor;
    if (may_be_dense(b, r, cls))
        return load_dense(b, cursor, tag, cls, level, row_stride(b, r));
    if (cls == JX_CLASS_FULL && col_stride(b, r) == 1 && only_reduced_by_rows(b, instr)) {
        b->values[cursor].pitched = true;
        b->values[cursor].pitch = row_stride(b, r);
        return cursor;
    }
    if (b->only_user[instr] == STORED_ONLY && only_copied(b, instr))
        return DEFERRED;
    int d = new_value(b, IN_SLOT, tag, cls, level);
    struct jx_raw_op *op =
        emit(b, jx_build_section(b, level), b->moves->move[size_index(tag)], cls, d, cursor);
    struct jx_tile_move *m = new_move(b, op);
    m->src_row = row_stride(b, r);
    m->src_col = col_stride(b, r);
    return d;
}

/* An index instruction; `ref` is its reference. */
static int count(struct jx_builder *b, int instr, int ref)
{
    const struct jx_ref *r = &b->s->refs[ref];
    int tag = tag_of[b->kernel->instrs[instr].dtype], cls = jx_geometry_class(&b->g, r);
    int level = register_level(b, cls, jx_geometry_level(&b->g, r));
    int d = new_value(b, IN_SLOT, tag, cls, level);
    struct jx_raw_op *op = emit(b, jx_build_section(b, level), b->moves->count[tag], cls, d, -1);
    struct jx_tile_move *m = new_move(b, op);
    struct jx_ref_guard as_guard = {.offset = r->offset};
    memcpy(as_guard.coef, r->stride, sizeof r->stride);
    set_guard(b, &m->index, &as_guard);
    return d;
}

/* ---- where results go ------------------------------------------------------------------------ */

static int store_ref(const struct jx_builder *b, int store) { return b->kernel->n_views + store; }

bool jx_build_overlaps(const struct jx_code *code, int x, int y)
{
    const struct jx_storage *a = &code->storages[x], *c = &code->storages[y];
    if (x == y)
        return true;
    if (a->kind == JX_STORE_TEMP && c->kind == JX_STORE_TEMP)
        return a->offset < c->offset + c->size && c->offset < a->offset + a->size;
    if (a->kind == JX_STORE_OPERAND && c->kind == JX_STORE_RESULT)
        return code->donates && code->donates[c->index] == a->index;
    if (a->kind == JX_STORE_RESULT && c->kind == JX_STORE_OPERAND)
        return code->donates && code->donates[a->index] == c->index;
    return a->kind == c->kind && a->kind != JX_STORE_TEMP && a->index == c->index;
}

/* Does a store write where the kernel also reads? Then all reading of a tile comes first. */
bool jx_build_is_hazard(const struct jx_builder *b, int store)
{
    for (int i = 0; i < b->kernel->n_views; i++)
        if (jx_build_overlaps(b->s->code, b->kernel->views[i].storage,
                              b->kernel->stores[store].view.storage))
            return true;
    return false;
}

int jx_build_store_stage(const struct jx_builder *b, int store)
{
    if (jx_build_is_hazard(b, store))
        return b->n_stages - 1;
    const struct jx_instr *x = &b->kernel->instrs[b->kernel->stores[store].reg];
    return x->inner ? (x->stage < b->n_stages ? x->stage : b->n_stages - 1)
           : b->available[b->kernel->stores[store].reg] < 0
               ? 0
               : b->available[b->kernel->stores[store].reg];
}

int jx_build_store_level(const struct jx_builder *b, int store, int level)
{
    int own = jx_geometry_level(&b->g, &b->s->refs[store_ref(b, store)]);
    level = own > level ? own : level;
    return level > 1 ? level : 1;
}

/* The memory that a result of this class and level may be written to directly: a value, or -1.
 * *close: the store whose place is only known when the tile comes. */
static int direct_store(struct jx_builder *b, int instr, int tag, int cls, int level, int *close)
{
    for (int i = 0; i < b->kernel->n_stores; i++) {
        if (b->kernel->stores[i].reg != instr || b->stored[i] || jx_build_is_hazard(b, i))
            continue;
        const struct jx_ref *r = &b->s->refs[store_ref(b, i)];
        if (jx_geometry_class(&b->g, r) != cls || jx_build_store_level(b, i, level) != level)
            continue;
        if (is_dense(b, r, cls)) {
            b->stored[i] = true;
            return ref_cursor(b, store_ref(b, i), tag);
        }
        if (may_be_dense(b, r, cls)) {
            b->stored[i] = true;
            *close = i;
            int cursor = ref_cursor(b, store_ref(b, i), tag);
            int d = new_value(b, BY_OP, tag, cls, level),
                slot = new_value(b, IN_SLOT, tag, cls, level);
            b->values[d].slot = slot;
            struct jx_raw_op *op =
                emit(b, jx_build_section(b, level), b->moves->open_dense, cls, d, cursor);
            op->c = slot;
            new_move(b, op)->dst_row = row_stride(b, r);
            return d;
        }
    }
    return -1;
}

void jx_build_move(struct jx_builder *b, int store)
{
    int view = b->kernel->instrs[b->kernel->stores[store].reg].view;
    const struct jx_ref *from = &b->s->refs[view], *to = &b->s->refs[store_ref(b, store)];
    int tag = tag_of[b->kernel->instrs[b->kernel->stores[store].reg].dtype],
        cls = jx_geometry_class(&b->g, to);
    int source = ref_cursor(b, view, tag), cursor = ref_cursor(b, store_ref(b, store), tag);
    int level = jx_build_store_level(b, store, jx_geometry_level(&b->g, from));
    struct jx_raw_op *op =
        emit(b, jx_build_section(b, level), b->moves->move[size_index(tag)], cls, cursor, source);
    struct jx_tile_move *m = new_move(b, op);
    m->src_row = row_stride(b, from);
    m->src_col = col_stride(b, from);
    m->dst_row = row_stride(b, to);
    m->dst_col = col_stride(b, to);
}

void jx_build_store(struct jx_builder *b, int store, int v, int section, bool if_elsewhere)
{
    const struct jx_ref *r = &b->s->refs[store_ref(b, store)];
    int tag = b->values[v].tag, cls = jx_geometry_class(&b->g, r),
        cursor = ref_cursor(b, store_ref(b, store), tag);
    jx_tile_fn *run =
        if_elsewhere ? b->moves->store_dense[size_index(tag)] : b->moves->move[size_index(tag)];
    struct jx_raw_op *op = emit(b, section, run, cls, cursor, v);
    struct jx_tile_move *m = new_move(b, op);
    int from = b->values[v].cls;
    m->src_row = from == JX_CLASS_FULL ? JX_DENSE : from & JX_CLASS_ROWS ? 1 : 0;
    m->src_col = from & JX_CLASS_COLS ? 1 : 0;
    m->dst_row = row_stride(b, r);
    m->dst_col = col_stride(b, r);
}

/* Is an inner instruction used in a later stage by something that this stage does not compute? */
static bool used_later(const struct jx_builder *b, int instr)
{
    int n = b->kernel->n_instrs;
    for (int s = b->stage + 1; s < b->n_stages; s++) {
        for (int i = instr + 1; i < n; i++) {
            const struct jx_instr *x = &b->kernel->instrs[i];
            bool reduced = x->kind == JX_I_REDUCE && x->stage == s;
            if (!reduced && (!b->needed[s * n + i] || b->needed[b->stage * n + i]))
                continue;
            if (x->args[0] == instr || x->args[1] == instr || x->args[2] == instr)
                return true;
        }
        for (int i = 0; i < b->kernel->n_stores; i++)
            if (b->kernel->stores[i].reg == instr && jx_build_store_stage(b, i) == s)
                return true;
    }
    return false;
}

/* A row of memory as long as the inner loops, which keeps a value from stage to stage; -1: too
 * long. */
static int keep(struct jx_builder *b, int tag, int cls)
{
    int64_t tile = (cls & JX_CLASS_ROWS ? b->g.rows : 1) * (cls & JX_CLASS_COLS ? b->g.cols : 1) *
                   size_of[tag];
    int64_t tiles = 1;
    for (int l = b->g.n_outer; l < b->g.n_loops; l++)
        if (__builtin_mul_overflow(tiles, b->g.loops[l].count, &tiles))
            return -1;
    int64_t bytes;
    if (b->cut || __builtin_mul_overflow(tile, tiles, &bytes) || bytes > KEEP_BYTES - b->kept_bytes)
        return -1;
    int v = new_cursor(b, JX_CURSOR_OWN, b->kept_bytes, tag, cls, 2);
    b->kept_bytes += (bytes + 63) / 64 * 64;
    int64_t *stride = strides_of(b, v), step = tile;
    for (int l = b->g.n_loops; l-- > b->g.n_outer;) {
        stride[l] = step;
        step *= b->g.loops[l].count;
    }
    return v;
}

/* ---- instructions ---------------------------------------------------------------------------- */

/* The value for the result of an instruction. */
static int result_of(struct jx_builder *b, int instr, int tag, int cls, int level, int *close)
{
    int d = direct_store(b, instr, tag, cls, level, close);
    if (d < 0 && level == 2 && b->kernel->instrs[instr].inner && used_later(b, instr))
        d = keep(b, tag, cls);
    return d >= 0 ? d : new_value(b, IN_SLOT, tag, cls, level);
}

static enum jx_scalar_op mirrored(enum jx_scalar_op op)
{
    switch (op) {
    case JX_S_add:
    case JX_S_mul:
    case JX_S_max:
    case JX_S_min:
    case JX_S_and:
    case JX_S_or:
    case JX_S_xor:
    case JX_S_eq:
    case JX_S_ne: return op;
    case JX_S_lt: return JX_S_gt;
    case JX_S_le: return JX_S_ge;
    case JX_S_gt: return JX_S_lt;
    case JX_S_ge: return JX_S_le;
    default: return JX_S_none;
    }
}

static jx_tile_fn *binary_loop(struct jx_builder *b, enum jx_scalar_op op, int cls, int *x, int *y)
{
    int tag = b->values[*x].tag;
    if (b->scalar->rare[op][tag]) {
        *x = of_class(b, *x, cls);
        *y = of_class(b, *y, cls);
        return b->scalar->rare[op][tag];
    }
    bool one_x = b->values[*x].cls == JX_CLASS_ONE && cls,
         one_y = b->values[*y].cls == JX_CLASS_ONE && cls;
    if (one_x && !one_y && !b->scalar->binary[op][tag][JX_FORM_SV] && mirrored(op)) {
        int swapped = *x;
        *x = *y;
        *y = swapped;
        op = mirrored(op);
        one_x = false;
        one_y = true;
    }
    int form = one_y && !one_x ? JX_FORM_VS : one_x && !one_y ? JX_FORM_SV : JX_FORM_VV;
    jx_tile_fn *run = b->scalar->binary[op][tag][form];
    if (form != JX_FORM_SV || !run)
        *x = of_class(b, *x, cls);
    if (form != JX_FORM_VS || !run)
        *y = of_class(b, *y, cls);
    return run ? run : b->scalar->binary[op][tag][JX_FORM_VV];
}

/* Roughly what an element costs, in additions. */
static uint8_t weight_of(int op, jaxc_dtype dtype)
{
    switch (op) {
    case JX_S_exp:
    case JX_S_exp2:
    case JX_S_expm1:
    case JX_S_log:
    case JX_S_log1p:
    case JX_S_tanh:
    case JX_S_logistic:
    case JX_S_cbrt: return 8;
    case JX_S_rem: return jx_is_float(dtype) ? 12 : 30;
    case JX_S_sin:
    case JX_S_cos:
    case JX_S_tan:
    case JX_S_asin:
    case JX_S_acos:
    case JX_S_atan:
    case JX_S_atan2:
    case JX_S_sinh:
    case JX_S_cosh:
    case JX_S_asinh:
    case JX_S_acosh:
    case JX_S_atanh:
    case JX_S_erf:
    case JX_S_erfc:
    case JX_S_erf_inv: return 16;
    case JX_S_logaddexp: return 16;
    case JX_S_bessel_i0e:
    case JX_S_bessel_i1e:
    case JX_S_pow: return 40;
    case JX_S_lgamma:
    case JX_S_digamma: return 60;
    case JX_S_random_gamma_grad:
    case JX_S_random_gamma32:
    case JX_S_random_gamma64:
    case JX_S_random_loggamma32:
    case JX_S_random_loggamma64:
    case JX_S_random_poisson_tries:
    case JX_S_random_poisson: return 250;
    case JX_S_sqrt:
    case JX_S_rsqrt: return 3;
    case JX_S_div: return jx_is_float(dtype) ? 3 : 30;
    default: return 1;
    }
}

/* ---- a product and a sum in one operation ---------------------------------------------------- */

/* Is a product used by one sum or difference alone, beside which it can be computed? */
static bool may_fuse(const struct jx_builder *b, int instr)
{
    const struct jx_instr *x = &b->kernel->instrs[instr];
    int user = b->only_user[instr];
    if (x->kind != JX_I_SCALAR || x->op != JX_S_mul || !jx_is_float(x->dtype) || user < 0)
        return false;
    const struct jx_instr *y = &b->kernel->instrs[user];
    return y->kind == JX_I_SCALAR && (y->op == JX_S_add || y->op == JX_S_sub) &&
           y->inner == x->inner &&
           (x->inner ? y->stage == x->stage : b->available[user] == b->available[instr]);
}

static int scalar(struct jx_builder *b, int instr);

/* x op y, where one of them is a product that has waited: in one loop if both vary alike;
 * -1: not. */
static int fused(struct jx_builder *b, int instr)
{
    const struct jx_instr *x = &b->kernel->instrs[instr];
    int which = b->value_of[x->args[0]] == DEFERRED ? 0 : 1, mul = x->args[which], close = -1;
    if (b->value_of[x->args[!which]] == DEFERRED)
        b->value_of[x->args[!which]] = scalar(b, x->args[!which]);
    int u = b->value_of[b->kernel->instrs[mul].args[0]],
        v = b->value_of[b->kernel->instrs[mul].args[1]];
    int w = b->value_of[x->args[!which]], cls = b->values[u].cls | b->values[v].cls;
    int level = b->values[u].level > b->values[v].level ? b->values[u].level : b->values[v].level;
    if ((b->values[w].cls | cls) != cls ||
        (b->values[w].level > level && level > 0 && b->g.n_outer > 0)) {
        b->value_of[mul] = scalar(b, mul);
        return -1;
    }
    level = register_level(b, cls, level > b->values[w].level ? level : b->values[w].level);
    if (b->values[u].cls == JX_CLASS_ONE) {
        int swapped = u;
        u = v;
        v = swapped;
    }
    bool one_v = cls && b->values[v].cls == JX_CLASS_ONE,
         one_w = cls && b->values[w].cls == JX_CLASS_ONE;
    int tag = tag_of[x->dtype], kind = x->op == JX_S_add ? JX_MUL_ADD
                                       : which == 0      ? JX_MUL_SUB
                                                         : JX_SUB_MUL;
    u = of_class(b, u, cls);
    v = one_v ? v : of_class(b, v, cls);
    w = one_w ? w : of_class(b, w, cls);
    int d = result_of(b, instr, tag, cls, level, &close), section = jx_build_section(b, level);
    struct jx_raw_op *op =
        emit(b, section, b->scalar->fused[kind][tag][one_v | one_w << 1], cls, d, u);
    op->b = v;
    op->c = w;
    op->in_place = true;
    if (close >= 0)
        jx_build_store(b, close, d, section, true);
    return d;
}

static int scalar(struct jx_builder *b, int instr)
{
    const struct jx_instr *x = &b->kernel->instrs[instr];
    int arity = jx_scalar_op_info[x->op].arity, arg[3] = {-1, -1, -1}, cls = 0, level = 0,
        close = -1;
    if (arity == 2 &&
        (b->value_of[x->args[0]] == DEFERRED || b->value_of[x->args[1]] == DEFERRED)) {
        int d = fused(b, instr);
        if (d >= 0)
            return d;
    }
    for (int i = 0; i < arity; i++) {
        arg[i] = b->value_of[x->args[i]];
        cls |= b->values[arg[i]].cls;
        if (b->values[arg[i]].level > level)
            level = b->values[arg[i]].level;
    }
    int tag = tag_of[x->dtype], from = b->values[arg[0]].tag;
    if (x->op == JX_S_bitcast && from == tag)
        return arg[0];
    level = register_level(b, cls, level);
    jx_tile_fn *run;
    if (arity == 1) {
        run = b->scalar->rare[x->op][from] ? b->scalar->rare[x->op][from]
                                           : b->scalar->unary[x->op][from][tag];
    } else if (arity == 2) {
        run = binary_loop(b, x->op, cls, &arg[0], &arg[1]);
    } else {
        int form = cls == JX_CLASS_ONE ? 0
                                       : (b->values[arg[2]].cls == JX_CLASS_ONE) |
                                             (b->values[arg[1]].cls == JX_CLASS_ONE) << 1;
        run = b->scalar->select[tag][form];
        arg[0] = of_class(b, arg[0], cls);
        if (!(form & 1))
            arg[2] = of_class(b, arg[2], cls);
        if (!(form & 2))
            arg[1] = of_class(b, arg[1], cls);
    }
    int d = result_of(b, instr, tag, cls, level, &close), section = jx_build_section(b, level);
    struct jx_raw_op *op = emit(b, section, run, cls, d, arg[0]);
    op->b = arg[1];
    op->c = arg[2];
    op->in_place = true;
    op->weight = weight_of(x->op, x->dtype);
    if (close >= 0)
        jx_build_store(b, close, d, section, true);
    return d;
}

/* The dtype in which an operand of an arg-reduction is compared: of the same order, and with a
 * loop. */
static jaxc_dtype arg_dtype(jaxc_dtype dtype, bool index)
{
    switch (dtype) {
    case JAXC_BOOL:
    case JAXC_U8: return JAXC_I32;
    case JAXC_U32: return JAXC_I64;
    case JAXC_U64: return index ? JAXC_I64 : JAXC_U64; /* no axis has 2^63 points */
    default: return dtype;
    }
}

static int converted(struct jx_builder *b, int v, int tag)
{
    struct jx_value_place x = b->values[v];
    if (x.tag == tag)
        return v;
    int d = new_value(b, IN_SLOT, tag, x.cls, register_level(b, x.cls, x.level));
    emit(b, jx_build_section(b, b->values[d].level), b->scalar->unary[JX_S_convert][x.tag][tag],
         x.cls, d, v);
    return d;
}

static struct jx_tile_partial *new_partial(struct jx_builder *b)
{
    struct jx_tile_program *p = b->program;
    if (!jx_grow(&p->partials, &b->partial_capacity, (size_t)p->n_partials + 1,
                 sizeof *p->partials)) {
        b->failed = true;
        return &b->lost_partial;
    }
    return &p->partials[p->n_partials++];
}

static union jx_scalar worst(int combine, int tag)
{
    return jx_combine_identity(combine == JX_COMBINE_ARGMAX ? JX_COMBINE_MAX : JX_COMBINE_MIN,
                               dtype_of[tag]);
}

static int reduce(struct jx_builder *b, int instr)
{
    const struct jx_instr *x = &b->kernel->instrs[instr];
    bool is_arg = x->op >= JX_COMBINE_ARGMAX, loops = b->g.n_loops > b->g.n_outer;
    if (b->s->no_inner)
        return new_constant(b, tag_of[x->dtype],
                            is_arg ? (union jx_scalar){.u = 0}
                                   : jx_combine_identity(x->op, x->dtype));
    if (b->s->n_axes == b->s->n_outer)
        return b->value_of[x->args[is_arg]];
    int cls = b->g.rowwise ? (b->g.row_axis >= 0 ? JX_CLASS_ROWS : JX_CLASS_ONE)
                           : (b->g.col_axis >= 0 ? JX_CLASS_COLS : JX_CLASS_ONE);
    int inner_bit = b->g.rowwise ? JX_CLASS_COLS : JX_CLASS_ROWS;
    int whole = cls | (b->g.rowwise || b->g.row_axis >= 0 ? inner_bit : 0);
    int value = b->value_of[x->args[0]], index = is_arg ? b->value_of[x->args[1]] : -1, best = -1,
        close = -1;
    int tag = tag_of[x->dtype], acc_tag = tag;
    jx_tile_fn *run;
    if (is_arg) {
        int value_tag = tag_of[arg_dtype(b->kernel->instrs[x->args[0]].dtype, false)];
        acc_tag = tag_of[arg_dtype(x->dtype, true)];
        value = converted(b, value, value_tag);
        index = of_class(b, converted(b, index, acc_tag), whole);
        best = new_value(b, IN_SLOT, value_tag, cls, 1);
        run = b->reduce->arg_reduce[x->op - JX_COMBINE_ARGMAX][value_tag][acc_tag];
    } else {
        run = b->reduce->reduce[x->op][tag];
    }
    value = of_class(b, value, whole);
    int acc = acc_tag == tag && !b->cut ? result_of(b, instr, tag, cls, 1, &close)
                                        : new_value(b, IN_SLOT, acc_tag, cls, 1);
    if (loops) { /* identities first; of an arg-reduction the worst value at an index behind all
                    others */
        jaxc_dtype index_dtype = arg_dtype(x->dtype, true);
        spread_to(b,
                  new_constant(b, acc_tag,
                               is_arg ? jx_combine_identity(JX_COMBINE_MIN, index_dtype)
                                      : jx_combine_identity(x->op, x->dtype)),
                  cls, acc);
        if (is_arg)
            spread_to(b, new_constant(b, b->values[best].tag, worst(x->op, b->values[best].tag)),
                      cls, best);
    }
    struct jx_raw_op *op = emit(b, loops ? 2 + 3 * b->stage : b->now, run, whole, acc, value);
    op->b = index;
    op->c = best;
    op->flags = (uint8_t)((loops ? 0 : JX_OP_FIRST) | (b->g.rowwise ? JX_OP_ROWWISE : 0));
    if (b->values[value].pitched)
        new_move(b, op)->src_row = b->values[value].pitch;
    if (b->cut) {
        struct jx_tile_partial *p = new_partial(b);
        *p = (struct jx_tile_partial){.stage = b->stage,
                                      .p = (uint16_t)acc,
                                      .second = (uint16_t)(is_arg ? best : acc),
                                      .cls = (uint8_t)cls,
                                      .arg = is_arg};
        p->join = is_arg
                      ? b->reduce->arg_join[x->op - JX_COMBINE_ARGMAX][b->values[best].tag][acc_tag]
                      : b->scalar->binary[jx_combine_op(x->op)][tag][JX_FORM_VV];
    }
    if (close >= 0)
        jx_build_store(b, close, acc, 3 + 3 * b->stage, true);
    int now = b->now;
    b->now = 3 + 3 * b->stage;
    acc = converted(b, acc, tag);
    b->now = now;
    return acc;
}

/* A load at a computed address. */
static int take(struct jx_builder *b, int instr)
{
    const struct jx_instr *x = &b->kernel->instrs[instr];
    const struct jx_ref *r = &b->s->refs[x->view];
    int tag = tag_of[x->dtype], cursor = ref_cursor(b, x->view, tag), close = -1;
    int at = b->value_of[x->args[0]], valid = x->args[1] < 0 ? -1 : b->value_of[x->args[1]];
    int cls = b->values[at].cls | (valid < 0 ? 0 : b->values[valid].cls);
    int level = jx_geometry_level(&b->g, r);
    level = b->values[at].level > level ? b->values[at].level : level;
    level = valid >= 0 && b->values[valid].level > level ? b->values[valid].level : level;
    at = of_class(b, at, cls);
    valid = valid < 0 ? -1 : of_class(b, valid, cls);
    int whole = cls | jx_geometry_class(&b->g, r);
    level = register_level(b, whole, level);
    int d = result_of(b, instr, tag, whole, level, &close), section = jx_build_section(b, level);
    struct jx_raw_op *op = emit(b, section, b->moves->take[size_index(tag)], whole, d, cursor);
    op->b = at;
    op->c = valid;
    op->weight = 2;
    op->flags = valid < 0 ? 0 : JX_OP_MASKED;
    struct jx_tile_move *m = new_move(b, op);
    m->src_row = row_stride(b, r);
    m->src_col = col_stride(b, r);
    m->dst_row = cls == JX_CLASS_FULL ? JX_DENSE : cls & JX_CLASS_ROWS ? 1 : 0;
    m->dst_col = cls & JX_CLASS_COLS ? 1 : 0;
    set_fill(m, (jaxc_dtype)x->dtype, b->kernel->views[x->view].fill);
    if (close >= 0)
        jx_build_store(b, close, d, section, true);
    return d;
}

int jx_build_instr(struct jx_builder *b, int instr, int index_ref)
{
    const struct jx_instr *x = &b->kernel->instrs[instr];
    switch (x->kind) {
    case JX_I_LOAD: return x->args[0] >= 0 ? take(b, instr) : load(b, instr);
    case JX_I_CONST: return new_constant(b, tag_of[x->dtype], x->imm);
    case JX_I_INDEX: return count(b, instr, index_ref);
    case JX_I_SCALAR: return may_fuse(b, instr) ? DEFERRED : scalar(b, instr);
    default: return reduce(b, instr);
    }
}

int jx_build_product(struct jx_builder *b)
{
    int tag = tag_of[b->kernel->instrs[b->kernel->dot.sum].dtype];
    int cls = (b->g.row_axis >= 0 ? JX_CLASS_ROWS : 0) | (b->g.col_axis >= 0 ? JX_CLASS_COLS : 0);
    int cursor = new_cursor(b, JX_CURSOR_PRODUCT, 0, tag, cls, 1);
    if (cls == JX_CLASS_FULL)
        return load_dense(b, cursor, tag, cls, 1, b->epilogue->pitch);
    if (cls != JX_CLASS_ROWS)
        return cursor;
    int d = new_value(b, IN_SLOT, tag, cls, 1);
    struct jx_raw_op *op =
        emit(b, jx_build_section(b, 1), b->moves->move[size_index(tag)], cls, d, cursor);
    new_move(b, op)->src_row = b->epilogue->pitch;
    return d;
}

bool jx_build_is_direct(const struct jx_builder *b, int store, int cls)
{
    const struct jx_ref *r = &b->s->refs[store_ref(b, store)];
    return jx_geometry_class(&b->g, r) == cls && is_dense(b, r, cls);
}

int jx_build_store_cursor(struct jx_builder *b, int store, int tag)
{
    return ref_cursor(b, store_ref(b, store), tag);
}

int jx_build_copy(struct jx_builder *b, int v)
{
    struct jx_value_place x = b->values[v];
    int d = new_value(b, IN_SLOT, x.tag, x.cls, register_level(b, x.cls, x.level));
    struct jx_raw_op *op = emit(b, jx_build_section(b, b->values[d].level),
                                b->moves->move[size_index(x.tag)], x.cls, d, v);
    new_move(b, op)->src_row = x.cls == JX_CLASS_FULL ? JX_DENSE : x.cls & JX_CLASS_ROWS ? 1 : 0;
    return d;
}
