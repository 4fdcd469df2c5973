/*
 * backend/cpu/tile_finish.c - tile programs, second half: the order of the stages, then slots and
 * pointers.
 *
 * Invariant of the slots: two values share one only if they are never alive together; those that
 * stage bodies alone use lie behind all others, because in a reduction cut in chunks each thread
 * has bodies of its own while it reads the other values of the thread that made them.
 */
#include "backend/cpu/tile_program.h"

#include <assert.h>

/* Points of a chunk of the inner loops, where those are cut: a few microseconds of work, and many
 * for each partial result that has to be joined. */
enum { CHUNK_POINTS = 16 * 1024, RECORD_SHARE = 64, MAX_CHUNKS = 256, FEW_OUTER_TILES = 8 };

/* ---- stages ---------------------------------------------------------------------------------- */

static int64_t product(const struct jx_geometry *g, int begin, int end)
{
    int64_t n = 1;
    for (int l = begin; l < end; l++)
        n *= g->loops[l].count;
    return n;
}

static void choose_chunks(struct jx_builder *b)
{
    struct jx_tile_program *p = b->program;
    int64_t tile = b->g.rows * b->g.cols, outer = b->g.rowwise ? b->g.rows : b->g.cols;
    int64_t points = outer * RECORD_SHARE > CHUNK_POINTS ? outer * RECORD_SHARE : CHUNK_POINTS;
    p->chunk_tiles = p->n_inner_tiles;
    p->n_chunks = 1;
    if (p->n_outer_tiles >= FEW_OUTER_TILES || p->n_inner_tiles < 2 * points / tile ||
        b->s->no_inner)
        return;
    p->chunk_tiles = (points + tile - 1) / tile;
    if (p->n_inner_tiles > MAX_CHUNKS * p->chunk_tiles)
        p->chunk_tiles = (p->n_inner_tiles + MAX_CHUNKS - 1) / MAX_CHUNKS;
    p->n_chunks = (p->n_inner_tiles + p->chunk_tiles - 1) / p->chunk_tiles;
    b->cut = true;
}

/* Marks the inner instructions that stage s computes; with `fresh`, not those whose values it
 * already has. */
static void mark(const struct jx_builder *b, int s, uint8_t *marks, bool fresh)
{
    const struct jx_kernel *k = b->kernel;
    memset(marks, 0, (size_t)k->n_instrs);
    for (int i = 0; i < k->n_stores; i++)
        if (k->instrs[k->stores[i].reg].inner && jx_build_store_stage(b, i) == s)
            marks[k->stores[i].reg] = 1;
    for (int i = k->n_instrs; i-- > 0;) {
        const struct jx_instr *x = &k->instrs[i];
        int v = b->value_of[i];
        if (marks[i] && fresh && v >= 0 && (b->values[v].stage < 0 || b->values[v].stage == s))
            marks[i] = 0;
        bool here = marks[i] || (x->kind == JX_I_REDUCE && x->stage == s && !b->s->no_inner);
        for (int j = 0; here && j < 3; j++)
            if (x->args[j] >= 0 && k->instrs[x->args[j]].inner)
                marks[x->args[j]] = 1;
    }
}

/* A value that is read where another store of this stage is about to write gets a slot of its own
 * first. */
static void settle(struct jx_builder *b, int store)
{
    const struct jx_kernel *k = b->kernel;
    int *v = &b->value_of[k->stores[store].reg], now = b->now;
    for (int i = 0; i < k->n_stores; i++) {
        if (i == store || b->values[*v].where == IN_SLOT || b->values[*v].storage < 0 ||
            !jx_build_is_hazard(b, i) || jx_build_store_stage(b, i) != b->stage ||
            !jx_build_overlaps(b->s->code, b->values[*v].storage, k->stores[i].view.storage))
            continue;
        b->now = 1 + 3 * b->stage; /* a load: it was there before the loops */
        *v = jx_build_copy(b, *v);
        b->now = now;
    }
}

/* Lets the operation that computes a value write it to its place at once, if nothing after it reads
 * what was there. */
static bool redirect(struct jx_builder *b, int store, int v, int level)
{
    struct jx_section *section = &b->sections[jx_build_section(b, level)];
    int to = b->kernel->stores[store].view.storage;
    if (b->values[v].where != IN_SLOT || b->values[v].level != level ||
        !jx_build_is_direct(b, store, b->values[v].cls))
        return false;
    for (size_t q = section->n; q-- > 0;) {
        const struct jx_raw_op *op = &section->ops[q];
        const int operands[3] = {op->a, op->b, op->c};
        bool made_here = op->d == v;
        for (int j = 0; j < 3; j++) {
            int storage = operands[j] < 0 ? -1 : b->values[operands[j]].storage;
            if (storage < 0 || !jx_build_overlaps(b->s->code, storage, to))
                continue;
            if (!made_here ||
                jx_tag_size(b->values[operands[j]].tag) != jx_tag_size(b->values[v].tag))
                return false;
        }
        if (made_here) {
            int cursor = jx_build_store_cursor(b, store, b->values[v].tag);
            if (!op->in_place || b->failed)
                return false;
            b->values[v].where = AT_POINTER;
            b->values[v].p = b->values[cursor].p;
            return true;
        }
    }
    return false;
}

static void build_stores(struct jx_builder *b)
{
    const struct jx_kernel *k = b->kernel;
    for (int pass = 0; pass < 3; pass++)
        for (int i = 0; i < k->n_stores; i++) {
            bool hazard = jx_build_is_hazard(b, i), inner = k->instrs[k->stores[i].reg].inner;
            if (b->stored[i] || jx_build_store_stage(b, i) != b->stage || hazard != (pass > 0) ||
                (inner && b->s->no_inner))
                continue;
            int *v = &b->value_of[k->stores[i].reg];
            if (*v == DEFERRED) {
                b->stored[i] = true;
                jx_build_move(b, i);
                continue;
            }
            int level = jx_build_store_level(b, i, b->values[*v].level);
            if (pass == 1) {
                settle(b, i);
                continue;
            }
            b->stored[i] = true;
            if (!hazard || !redirect(b, i, *v, level))
                jx_build_store(b, i, *v, jx_build_section(b, level), false);
        }
}

static void build_stages(struct jx_builder *b, uint8_t *todo)
{
    const struct jx_kernel *k = b->kernel;
    int first_index = k->n_views + k->n_stores;
    for (int s = 0; s < b->n_stages; s++) {
        b->stage = s;
        b->now = 1 + 3 * s;
        mark(b, s, todo, true);
        for (int i = 0, index = first_index; i < k->n_instrs;
             index += k->instrs[i++].kind == JX_I_INDEX) {
            const struct jx_instr *x = &k->instrs[i];
            if (x->inner ? todo[i] && !b->epilogue && !b->s->no_inner
                         : s == 0 && b->available[i] < 0)
                b->value_of[i] = jx_build_instr(b, i, index);
        }
        for (int i = 0; i < k->n_instrs; i++)
            if (k->instrs[i].kind == JX_I_REDUCE && b->available[i] == s)
                b->value_of[i] = b->epilogue ? jx_build_product(b) : jx_build_instr(b, i, -1);
        b->now = 3 + 3 * s;
        for (int i = 0; i < k->n_instrs; i++)
            if (!k->instrs[i].inner && k->instrs[i].kind != JX_I_REDUCE && b->available[i] == s)
                b->value_of[i] = jx_build_instr(b, i, -1);
        build_stores(b);
    }
}

/* ---- slots ----------------------------------------------------------------------------------- */

struct slots {
    uint32_t *offset; /* of each */
    int *next;        /* in its list of free ones, 1 + number */
    uint32_t *bytes;
    int n, free;
    size_t end;
};

static size_t slot_bytes(const struct jx_builder *b, const struct jx_value_place *v)
{
    int64_t n = (v->cls & JX_CLASS_ROWS ? b->g.rows : 1) * (v->cls & JX_CLASS_COLS ? b->g.cols : 1);
    return ((size_t)n * (size_t)jx_tag_size(v->tag) + 63) / 64 * 64;
}

static int take_slot(struct slots *s, size_t bytes)
{
    for (int *at = &s->free; *at; at = &s->next[*at - 1])
        if (s->bytes[*at - 1] == bytes) {
            int slot = *at - 1;
            *at = s->next[slot];
            return slot;
        }
    s->bytes[s->n] = (uint32_t)bytes;
    s->offset[s->n] = (uint32_t)s->end;
    s->end +=
        bytes +
        64; /* a line between them keeps equal places of neighbours out of the same cache set */
    return s->n++;
}

static void free_slot(struct slots *s, int slot)
{
    s->next[slot] = s->free;
    s->free = slot + 1;
}

/* The value whose slot an operand stands for; -1: none. */
static int slot_value(const struct jx_builder *b, int v)
{
    if (v < 0 || b->values[v].where == AT_POINTER)
        return -1;
    return b->values[v].where == BY_OP ? b->values[v].slot : v;
}

/* Positions: each section's first operation, and the end. */
static void find_lives(struct jx_builder *b, const struct jx_raw_op *ops, const int *begin,
                       int n_sections)
{
    for (int s = 0; s < n_sections; s++) {
        bool is_body = s > 0 && s % 3 == 2;
        for (int q = begin[s]; q < begin[s + 1]; q++) {
            const int operands[4] = {ops[q].d, ops[q].a, ops[q].b, ops[q].c};
            for (int j = 0; j < 4; j++) {
                int v = slot_value(b, operands[j]);
                if (v < 0)
                    continue;
                struct jx_value_place *x = &b->values[v];
                int dies = q;
                if (x->born < 0)
                    x->born = q;
                else if (x->born < begin[1] && s > 0)
                    dies = begin[n_sections]; /* of the prologue: every tile needs it */
                else if (is_body && !x->body)
                    dies = begin[s + 1] - 1; /* every round of the loops does */
                if (dies > x->dies)
                    x->dies = dies;
            }
        }
    }
}

static bool shares(const struct jx_builder *b, const struct jx_raw_op *op, int v, int d)
{
    const struct jx_value_place *x = &b->values[v], *y = &b->values[d];
    return op->in_place && x->cls == y->cls && jx_tag_size(x->tag) == jx_tag_size(y->tag);
}

static void assign_slots(struct jx_builder *b, const struct jx_raw_op *ops, int n,
                         struct slots pools[2], int *dying, int *next_dying)
{
    for (int q = 0; q <= n; q++)
        dying[q] = 0;
    for (int v = 0; v < (int)b->n_values; v++) {
        const struct jx_value_place *x = &b->values[v];
        if (x->where == IN_SLOT && x->born >= 0 && x->dies < n) {
            next_dying[v] = dying[x->dies];
            dying[x->dies] = v + 1;
        }
    }
    for (int q = 0; q < n; q++) {
        int operands[4] = {ops[q].d, ops[q].a, ops[q].b, ops[q].c};
        int d = slot_value(b, ops[q].d);
        for (int v = dying[q]; v && d >= 0 && b->values[d].born == q; v = next_dying[v - 1])
            if (v - 1 != d && b->values[v - 1].born < q && shares(b, &ops[q], v - 1, d) &&
                b->values[v - 1].body == b->values[d].body) {
                b->values[d].slot = b->values[v - 1].slot;
                b->values[v - 1].handed_on = true;
                break;
            }
        for (int j = 0; j < 4; j++) {
            int v = slot_value(b, operands[j]);
            if (v >= 0 && b->values[v].born == q && b->values[v].slot < 0)
                b->values[v].slot =
                    take_slot(&pools[b->values[v].body], slot_bytes(b, &b->values[v]));
        }
        for (int v = dying[q]; v; v = next_dying[v - 1]) {
            struct jx_value_place *x = &b->values[v - 1];
            if (!x->handed_on)
                free_slot(&pools[x->body], x->slot);
        }
    }
}

/* ---- the program ----------------------------------------------------------------------------- */

static int pointer_of(const struct jx_builder *b, int v, const struct slots pools[2])
{
    const struct jx_tile_program *p = b->program;
    const struct jx_value_place *x = &b->values[v];
    switch (x->where) {
    case AT_POINTER: return x->p >= 0 ? x->p : p->n_cursors - 1 - x->p;
    case IN_SLOT: return p->n_cursors + p->n_constants + (x->body ? pools[0].n : 0) + x->slot;
    default: return x->p;
    }
}

static void set_ops(struct jx_builder *b, const struct jx_raw_op *raw, const struct slots pools[2])
{
    struct jx_tile_program *p = b->program;
    int n_set = p->n_cursors + p->n_constants + p->n_slots;
    for (size_t v = 0; v < b->n_values; v++)
        if (b->values[v].where == BY_OP)
            b->values[v].p = n_set++;
    p->n_pointers = n_set + 2; /* two for what jx_tile_run joins */
    for (int i = 0; i < p->n_ops; i++) {
        struct jx_tile_op *op = &p->ops[i];
        *op = (struct jx_tile_op){.run = raw[i].run, .cls = raw[i].cls, .flags = raw[i].flags};
        op->move = raw[i].move < 0 ? NULL : &p->moves[raw[i].move];
        op->d = (uint16_t)pointer_of(b, raw[i].d, pools);
        op->a = raw[i].a < 0 ? 0 : (uint16_t)pointer_of(b, raw[i].a, pools);
        op->b = raw[i].b < 0 ? 0 : (uint16_t)pointer_of(b, raw[i].b, pools);
        op->c = raw[i].c < 0 ? 0 : (uint16_t)pointer_of(b, raw[i].c, pools);
    }
}

static void set_partials(struct jx_builder *b, const struct slots pools[2])
{
    struct jx_tile_program *p = b->program;
    for (int i = 0; i < p->n_partials; i++) {
        struct jx_tile_partial *x = &p->partials[i];
        x->size = slot_bytes(b, &b->values[x->p]);
        x->offset = p->chunk_size;
        p->chunk_size += x->size;
        if (x->arg) {
            x->second_size = slot_bytes(b, &b->values[x->second]);
            x->second_offset = p->chunk_size;
            p->chunk_size += x->second_size;
        }
        x->p = (uint16_t)pointer_of(b, x->p, pools);
        x->second = (uint16_t)pointer_of(b, x->second, pools);
    }
}

/* What the cursors gain at each step: strides, less what the loops inside have gone forward. */
static void set_cursors(struct jx_builder *b, size_t slots_end)
{
    struct jx_tile_program *p = b->program;
    int n = p->n_cursors;
    for (int v = 0; v < n; v++) {
        const int64_t *stride = b->cursor_stride + (size_t)v * (size_t)p->n_loops;
        p->cursors[v] = b->cursors[v];
        if (p->cursors[v].storage == JX_CURSOR_OWN)
            p->cursors[v].offset += (int64_t)slots_end;
        for (int group = 0; group < 2; group++) {
            int begin = group ? p->n_outer : 0, end = group ? p->n_loops : p->n_outer;
            int64_t gone = 0;
            for (int l = end; l-- > begin;) {
                p->stride[l * n + v] = stride[l];
                p->advance[l * n + v] = stride[l] - gone;
                gone += stride[l] * (p->count[l] - 1);
            }
            if (group)
                p->rewind[v] = -gone;
        }
    }
}

static bool allocate(struct jx_builder *b, const struct slots pools[2])
{
    struct jx_tile_program *p = b->program;
    size_t loops = (size_t)p->n_loops;
    p->n_cursors = (int)b->n_cursors;
    p->n_constants = (int)b->n_constants;
    p->n_slots = pools[0].n + pools[1].n;
    p->n_shared_slots = pools[0].n;
    if (b->n_values + 2 > UINT16_MAX)
        return jx_fail(JAXC_ELIMIT, "a kernel needs more than %d registers", UINT16_MAX - 2);
    p->cursors = jx_alloc(b->n_cursors + 1, sizeof *p->cursors);
    p->stride = jx_alloc((2 * loops + 1) * b->n_cursors + 1, sizeof *p->stride);
    p->slots = jx_alloc((size_t)p->n_slots + 1, sizeof *p->slots);
    p->ops = jx_alloc((size_t)p->n_ops + 1, sizeof *p->ops);
    if (!p->cursors || !p->stride || !p->slots || !p->ops)
        return false;
    p->advance = p->stride + loops * b->n_cursors;
    p->rewind = p->advance + loops * b->n_cursors;
    return true;
}

static double cost_of(const struct jx_builder *b, const struct jx_raw_op *ops, int begin, int end)
{
    const double call = 3, element = 0.04; /* ns */
    double sum = 0;
    for (int q = begin; q < end; q++) {
        int64_t n = (ops[q].cls & JX_CLASS_ROWS ? b->g.rows : 1) *
                    (ops[q].cls & JX_CLASS_COLS ? b->g.cols : 1);
        sum += call + element * (double)n * (ops[q].weight ? ops[q].weight : 1);
    }
    return sum;
}

/* Gives the program everything that is settled only now. */
static bool finish(struct jx_builder *b)
{
    struct jx_tile_program *p = b->program;
    int n_sections = 1 + 3 * b->n_stages;
    size_t total = 0;
    for (int s = 0; s < n_sections; s++)
        total += b->sections[s].n;
    size_t n = total + 1, v = b->n_values + 1;
    struct jx_raw_op *raw = jx_alloc(n, sizeof *raw);
    int *numbers = jx_alloc((size_t)n_sections + 1 + n + v + 2 * v, sizeof *numbers);
    uint32_t *words = jx_alloc(4 * v, sizeof *words);
    bool ok = raw && numbers && words;
    if (ok) {
        int *begin = numbers, *dying = begin + n_sections + 1, *next_dying = dying + n;
        struct slots pools[2] = {
            {.offset = words, .bytes = words + v, .next = next_dying + v},
            {.offset = words + 2 * v, .bytes = words + 3 * v, .next = next_dying + 2 * v}};
        for (int s = 0; s < n_sections; s++) {
            if (b->sections[s].n)
                memcpy(raw + begin[s], b->sections[s].ops, b->sections[s].n * sizeof *raw);
            begin[s + 1] = begin[s] + (int)b->sections[s].n;
        }
        p->n_ops = (int)total;
        find_lives(b, raw, begin, n_sections);
        assign_slots(b, raw, p->n_ops, pools, dying, next_dying);
        ok = allocate(b, pools);
        if (ok) {
            for (int i = 0; i < p->n_slots; i++)
                p->slots[i] = i < pools[0].n
                                  ? pools[0].offset[i]
                                  : pools[1].offset[i - pools[0].n] + (uint32_t)pools[0].end;
            for (int s = 0; s < b->n_stages; s++) {
                p->stages[s] =
                    (struct jx_tile_stage){begin[1 + 3 * s], begin[2 + 3 * s], begin[3 + 3 * s]};
                p->cost += cost_of(b, raw, begin[1 + 3 * s], begin[2 + 3 * s]);
                p->cost +=
                    cost_of(b, raw, begin[2 + 3 * s], begin[3 + 3 * s]) * (double)p->n_inner_tiles;
                p->cost += cost_of(b, raw, begin[3 + 3 * s], begin[4 + 3 * s]);
            }
            p->stages[b->n_stages].pre = (int)total;
            p->cost *= (double)p->n_outer_tiles;
            p->moves = b->move_list;
            p->guards = b->guard_list;
            p->constants = b->constants;
            b->move_list = NULL;
            b->guard_list = NULL;
            b->constants = NULL;
            for (size_t i = 0; i < b->n_moves; i++)
                if (p->moves[i].n_guards)
                    p->moves[i].guards = p->guards + (uintptr_t)p->moves[i].guards;
            set_ops(b, raw, pools);
            set_partials(b, pools);
            size_t slots_end = pools[0].end + pools[1].end;
            set_cursors(b, slots_end);
            p->slots_at =
                (sizeof(struct jx_tile) + (size_t)p->n_pointers * sizeof(char *) + 63) / 64 * 64;
            p->memory = (p->slots_at + slots_end + (size_t)b->kept_bytes + 63) / 64 * 64;
        }
    }
    jx_free(raw);
    jx_free(numbers);
    jx_free(words);
    return ok;
}

static void find_users(struct jx_builder *b)
{
    const struct jx_kernel *k = b->kernel;
    for (int i = 0; i < k->n_instrs; i++)
        for (int j = 0; j < 3; j++) {
            int arg = k->instrs[i].args[j];
            if (arg >= 0)
                b->only_user[arg] = b->only_user[arg] == UNUSED ? i : USED_OFTEN;
        }
    for (int i = 0; i < k->n_stores; i++) {
        int *user = &b->only_user[k->stores[i].reg];
        *user = *user == UNUSED || *user == STORED_ONLY ? STORED_ONLY : USED_OFTEN;
    }
}

static bool start(struct jx_builder *b, const struct jx_space *space,
                  const struct jx_tile_epilogue *epilogue)
{
    const struct jx_kernel *k = space->kernel;
    struct jx_tile_program *p = b->program;
    enum jx_isa isa = jx_isa();
    b->s = space;
    b->kernel = k;
    b->epilogue = epilogue;
    b->scalar = JX_ISA_CHOOSE(jx_tile_scalar_ops, isa);
    b->reduce = JX_ISA_CHOOSE(jx_tile_reduce_ops, isa);
    b->moves = JX_ISA_CHOOSE(jx_tile_move_ops, isa);
    b->n_stages = epilogue || k->n_stages < 1 ? 1 : k->n_stages;
    jx_tile_choose(space, epilogue, &b->g);
    p->rows = b->g.rows;
    p->cols = b->g.cols;
    p->row_extent = b->g.row_axis < 0 ? 1 : space->dims[b->g.row_axis];
    p->col_extent = b->g.col_axis < 0 ? 1 : space->dims[b->g.col_axis];
    p->row_loop = b->g.row_loop;
    p->col_loop = b->g.col_loop;
    p->n_outer = b->g.n_outer;
    p->n_loops = b->g.n_loops;
    for (int l = 0; l < p->n_loops; l++)
        p->count[l] = b->g.loops[l].count;
    p->n_outer_tiles = product(&b->g, 0, b->g.n_outer);
    p->n_inner_tiles = product(&b->g, b->g.n_outer, b->g.n_loops);
    p->n_stages = b->n_stages;
    if (!epilogue)
        choose_chunks(b);
    size_t instrs = (size_t)k->n_instrs + 1;
    p->stages = jx_alloc((size_t)b->n_stages + 1, sizeof *p->stages);
    b->sections = jx_alloc(1 + 3 * (size_t)b->n_stages, sizeof *b->sections);
    b->value_of = jx_alloc(3 * instrs + (size_t)space->n_refs, sizeof *b->value_of);
    b->needed = jx_alloc((size_t)b->n_stages + 1, instrs);
    b->stored = jx_alloc((size_t)k->n_stores + 1, sizeof *b->stored);
    if (!p->stages || !b->sections || !b->value_of || !b->needed || !b->stored ||
        !jx_grow(&b->values, &b->value_capacity, 2 * instrs, sizeof *b->values))
        return false;
    b->available = b->value_of + instrs;
    b->only_user = b->available + instrs;
    b->cursor_of = b->only_user + instrs;
    for (size_t i = 0; i < instrs; i++)
        b->value_of[i] = b->only_user[i] = UNUSED; /* -1 */
    find_users(b);
    for (int i = 0; i < space->n_refs; i++)
        b->cursor_of[i] = -1;
    return true;
}

struct jx_tile_program *jx_tile_build(const struct jx_space *space,
                                      const struct jx_tile_epilogue *epilogue)
{
    struct jx_builder b = {.program = jx_alloc(1, sizeof *b.program)};
    bool ok = b.program && start(&b, space, epilogue);
    if (ok) {
        jx_kernel_available(space->kernel, b.available);
        for (int s = 0; s < b.n_stages; s++)
            mark(&b, s, b.needed + (size_t)s * (size_t)space->kernel->n_instrs, false);
        build_stages(&b, b.needed + (size_t)b.n_stages * (size_t)space->kernel->n_instrs);
        ok = !b.failed && finish(&b);
    }
    for (int s = 0; b.sections && s < 1 + 3 * b.n_stages; s++)
        jx_free(b.sections[s].ops);
    jx_free(b.sections);
    jx_free(b.value_of);
    jx_free(b.needed);
    jx_free(b.stored);
    jx_free(b.values);
    jx_free(b.move_list);
    jx_free(b.guard_list);
    jx_free(b.constants);
    jx_free(b.cursors);
    jx_free(b.cursor_stride);
    if (!ok) {
        jx_tile_free(b.program);
        return NULL;
    }
    return b.program;
}

void jx_tile_free(struct jx_tile_program *p)
{
    if (!p)
        return;
    jx_free(p->cursors);
    jx_free(p->stride);
    jx_free(p->slots);
    jx_free(p->ops);
    jx_free(p->stages);
    jx_free(p->moves);
    jx_free(p->guards);
    jx_free(p->constants);
    jx_free(p->partials);
    jx_free(p);
}
