/*
 * group.c - a kernel under construction: axes, instructions without repetition, accesses, members.
 *
 * Invariant: no two instructions compute the same (the table finds an equal one); axes may be cut
 * in two at any time, which changes no element's address. Instructions and loads are only ever
 * appended, or the newest forgotten.
 */
#include "lower/lower.h"

#include <assert.h>
#include <stdio.h>

static void access_fini(struct jx_access *a)
{
    jx_free(a->at);
    jx_free(a->bounds);
}

void jx_group_fini(struct jx_group *g)
{
    for (size_t i = 0; i < g->n_loads; i++)
        access_fini(&g->loads[i]);
    for (size_t i = 0; i < g->n_stores; i++)
        access_fini(&g->stores[i].to);
    jx_free(g->instrs);
    jx_free(g->loads);
    jx_free(g->counts);
    jx_free(g->stores);
    jx_free(g->members);
    jx_free(g->table);
}

void jx_group_axes(struct jx_group *g, int rank, const int64_t *dims)
{
    for (int j = 0; j < rank; j++) {
        if (dims[j] == 1)
            continue;
        assert(g->n_axes < JX_MAX_AXES);
        g->base[g->n_axes] = (uint8_t)g->n_axes;
        g->size[g->n_axes++] = dims[j];
    }
}

/* ---- splitting an axis ----------------------------------------------------------------------- */

static void split_form(struct jx_form *f, int axis, int new, int64_t inner)
{
    f->coef[new] = f->coef[axis];
    f->coef[axis] *= inner; /* fits: the form's values did, over the whole axis */
}

/* What computes offset + sum coef * index takes: a constant, four for each term, a conversion; less
 * the one that there is. */
static int count_extra(const struct jx_form *form)
{
    int n_terms = 0, last = 0;
    for (int v = 0; v < JX_MAX_AXES; v++)
        if (form->coef[v] != 0)
            n_terms++, last = v;
    bool simple = n_terms == 0 || (n_terms == 1 && form->coef[last] == 1 && form->offset == 0);
    return simple ? 0 : 4 * n_terms + 1;
}

static uint64_t hash_access(const struct jx_access *a)
{
    uint64_t h = jx_mix((uint64_t)a->array << 8 | a->rank, a->flat);
    h = jx_hash(a->at, a->rank * sizeof *a->at, h);
    for (int i = 0; i < a->n_bounds; i++) {
        h = jx_hash(&a->bounds[i].at, sizeof a->bounds[i].at, h);
        h = jx_mix(jx_mix(h, (uint64_t)a->bounds[i].size), (uint64_t)a->bounds[i].step);
    }
    return a->n_bounds ? jx_mix(h, a->fill.u) : h;
}

static void split_access(struct jx_access *a, int axis, int new, int64_t inner)
{
    for (int j = 0; j < a->rank; j++)
        split_form(&a->at[j], axis, new, inner);
    for (int i = 0; i < a->n_bounds; i++)
        split_form(&a->bounds[i].at, axis, new, inner);
    a->hash = hash_access(a);
}

static int split_list(uint8_t *axes, int n, int axis, int new)
{
    for (int i = 0; i < n; i++)
        if (axes[i] == axis) {
            memmove(&axes[i + 2], &axes[i + 1], (size_t)(n - i - 1));
            axes[i + 1] = (uint8_t) new;
            return n + 1;
        }
    return n;
}

bool jx_group_split(struct jx_group *g, int axis, int64_t inner, int limit)
{
    int extra = 0;
    if (g->n_axes == JX_MAX_AXES)
        return false;
    for (size_t i = 0; i < g->n_instrs; i++) {
        if (g->instrs[i].kind != JX_I_INDEX)
            continue;
        struct jx_form cut = g->counts[g->instrs[i].view];
        split_form(&cut, axis, g->n_axes, inner);
        extra += count_extra(&cut);
    }
    if (g->n_instrs + (size_t)extra > (size_t)limit)
        return false;
    g->extra = extra;
    int new = g->n_axes;
    split_list(g->base, g->n_axes, axis, new);
    g->n_axes++;
    g->size[axis] /= inner;
    g->size[new] = inner;
    g->inner[new] = g->inner[axis];
    for (size_t i = 0; i < g->n_loads; i++)
        split_access(&g->loads[i], axis, new, inner);
    for (size_t i = 0; i < g->n_stores; i++)
        split_access(&g->stores[i].to, axis, new, inner);
    for (size_t i = 0; i < g->n_counts; i++)
        split_form(&g->counts[i], axis, new, inner);
    for (size_t i = 0; i < g->n_members; i++)
        g->members[i].n_axes =
            (uint8_t)split_list(g->members[i].axes, g->members[i].n_axes, axis, new);
    return true;
}

/* ---- instructions ---------------------------------------------------------------------------- */

static uint64_t hash_instr(const struct jx_instr *i)
{
    uint64_t h = (uint64_t)i->kind | (uint64_t)i->dtype << 8 | (uint64_t)i->op << 16 |
                 (uint64_t)i->inner << 24 | (uint64_t)i->axis << 32 |
                 (uint64_t)(uint16_t)i->view << 48;
    uint64_t args = (uint64_t)(uint16_t)i->args[0] | (uint64_t)(uint16_t)i->args[1] << 16 |
                    (uint64_t)(uint16_t)i->args[2] << 32;
    return jx_mix(jx_mix(h, args), i->imm.u);
}

static bool same_instr(const struct jx_instr *a, const struct jx_instr *b)
{
    return a->kind == b->kind && a->dtype == b->dtype && a->op == b->op && a->inner == b->inner &&
           a->axis == b->axis && a->view == b->view && a->imm.u == b->imm.u &&
           a->args[0] == b->args[0] && a->args[1] == b->args[1] && a->args[2] == b->args[2];
}

static void enter(struct jx_group *g, uint64_t hash, size_t instr)
{
    size_t mask = g->table_capacity - 1, at = (size_t)hash & mask;
    while (g->table[at])
        at = (at + 1) & mask;
    g->table[at] = (uint32_t)instr + 1;
    g->n_table++;
}

/* Room for one more entry. Entries of forgotten instructions go when the table is made anew. */
static bool table_room(struct jx_group *g)
{
    if ((g->n_table + 1) * 2 <= g->table_capacity)
        return true;
    size_t capacity = 16;
    while (capacity < (g->n_instrs + 1) * 4)
        capacity *= 2;
    uint32_t *table = jx_alloc(capacity, sizeof *table);
    if (!table)
        return false;
    jx_free(g->table);
    g->table = table;
    g->table_capacity = capacity;
    g->n_table = 0;
    for (size_t i = 0; i < g->n_instrs; i++)
        enter(g, hash_instr(&g->instrs[i]), i);
    return true;
}

enum jx_fit jx_group_instr(struct jx_group *g, const struct jx_instr *i, int limit, int *reg)
{
    if (!table_room(g))
        return JX_FAILED;
    uint64_t hash = hash_instr(i);
    for (size_t at = (size_t)hash & (g->table_capacity - 1); g->table[at];
         at = (at + 1) & (g->table_capacity - 1)) {
        size_t other = g->table[at] - 1;
        if (other < g->n_instrs && same_instr(&g->instrs[other], i)) {
            *reg = (int)other;
            return JX_FIT;
        }
    }
    if (g->n_instrs + (size_t)g->extra >= (size_t)limit)
        return JX_NO_FIT;
    if (!jx_grow(&g->instrs, &g->instrs_capacity, g->n_instrs + 1, sizeof *g->instrs))
        return JX_FAILED;
    enter(g, hash, g->n_instrs);
    g->instrs[g->n_instrs] = *i;
    *reg = (int)g->n_instrs++;
    return JX_FIT;
}

/* ---- accesses -------------------------------------------------------------------------------- */

static bool access_init(struct jx_access *a, int array, bool flat, const struct jx_affine *m)
{
    *a = (struct jx_access){
        .array = array, .rank = (uint8_t)m->rank, .flat = flat, .n_bounds = (uint8_t)m->n_bounds};
    size_t forms = m->rank ? (size_t)m->rank : 1;
    a->at = jx_alloc(forms, sizeof *a->at);
    a->bounds = m->n_bounds ? jx_alloc((size_t)m->n_bounds, sizeof *a->bounds) : NULL;
    if (!a->at || (m->n_bounds && !a->bounds)) {
        access_fini(a);
        return false;
    }
    memcpy(a->at, m->at, (size_t)m->rank * sizeof *a->at);
    if (m->n_bounds) {
        memcpy(a->bounds, m->bounds, (size_t)m->n_bounds * sizeof *a->bounds);
        a->fill = m->fill;
    }
    a->hash = hash_access(a);
    return true;
}

static bool same_access(const struct jx_access *a, const struct jx_access *b)
{
    if (a->hash != b->hash || a->array != b->array || a->rank != b->rank || a->flat != b->flat ||
        a->n_bounds != b->n_bounds || a->fill.u != b->fill.u ||
        memcmp(a->at, b->at, a->rank * sizeof *a->at) != 0)
        return false;
    for (int i = 0; i < a->n_bounds; i++)
        if (a->bounds[i].size != b->bounds[i].size || a->bounds[i].step != b->bounds[i].step ||
            a->bounds[i].quotient != b->bounds[i].quotient ||
            memcmp(&a->bounds[i].at, &b->bounds[i].at, sizeof a->bounds[i].at) != 0)
            return false;
    return true;
}

enum jx_fit jx_group_load(struct jx_group *g, int array, jaxc_dtype dtype, bool flat,
                          const struct jx_affine *m, const int *args, bool inner, int limit,
                          int *reg)
{
    struct jx_access a;
    if (!access_init(&a, array, flat, m))
        return JX_FAILED;
    if (args[1] >= 0)
        a.fill = m->fill;
    size_t load = 0;
    while (load < g->n_loads && !same_access(&g->loads[load], &a))
        load++;
    if (load < g->n_loads) {
        access_fini(&a);
    } else {
        if (g->n_loads >= JX_MAX_LOADS ||
            !jx_grow(&g->loads, &g->loads_capacity, g->n_loads + 1, sizeof *g->loads)) {
            access_fini(&a);
            return g->n_loads >= JX_MAX_LOADS ? JX_NO_FIT : JX_FAILED;
        }
        g->loads[g->n_loads++] = a;
    }
    struct jx_instr i = {.kind = JX_I_LOAD,
                         .dtype = (uint8_t)dtype,
                         .inner = inner,
                         .args = {(int16_t)args[0], (int16_t)args[1], -1},
                         .view = (int16_t)load};
    return jx_group_instr(g, &i, limit, reg);
}

bool jx_group_store(struct jx_group *g, int reg, int array, bool flat, const struct jx_affine *m)
{
    struct jx_access a;
    if (!access_init(&a, array, flat, m))
        return false;
    if (!jx_grow(&g->stores, &g->stores_capacity, g->n_stores + 1, sizeof *g->stores)) {
        access_fini(&a);
        return false;
    }
    g->stores[g->n_stores++] = (struct jx_gstore){reg, a};
    return true;
}

enum jx_fit jx_group_count(struct jx_group *g, jaxc_dtype dtype, const struct jx_form *form,
                           bool inner, int limit, int *reg)
{
    size_t count = 0;
    while (count < g->n_counts && memcmp(&g->counts[count], form, sizeof *form) != 0)
        count++;
    if (count == g->n_counts) {
        if (!jx_grow(&g->counts, &g->counts_capacity, g->n_counts + 1, sizeof *g->counts))
            return JX_FAILED;
        g->counts[g->n_counts++] = *form;
    }
    struct jx_instr i = {.kind = JX_I_INDEX,
                         .dtype = (uint8_t)dtype,
                         .inner = inner,
                         .args = {-1, -1, -1},
                         .view = (int16_t)count};
    size_t n_before = g->n_instrs;
    int extra = count_extra(form); /* of each instruction that counts so */
    g->extra += extra;
    enum jx_fit fit = jx_group_instr(g, &i, limit, reg);
    if (g->n_instrs == n_before)
        g->extra -= extra;
    return fit;
}

struct jx_mark jx_group_mark(const struct jx_group *g)
{
    return (struct jx_mark){g->n_instrs, g->n_loads, g->n_counts, g->extra};
}

void jx_group_rewind(struct jx_group *g, const struct jx_mark *mark)
{
    while (g->n_loads > mark->n_loads)
        access_fini(&g->loads[--g->n_loads]);
    g->n_instrs = mark->n_instrs;
    g->n_counts = mark->n_counts;
    g->extra = mark->extra;
}

/* ---- members --------------------------------------------------------------------------------- */

bool jx_group_member(struct jx_group *g, int node, int reg, const struct jx_digits *d, bool full)
{
    if (!jx_grow(&g->members, &g->members_capacity, g->n_members + 1, sizeof *g->members))
        return false;
    struct jx_member *m = &g->members[g->n_members++];
    *m = (struct jx_member){.node = node, .reg = reg, .n_axes = (uint8_t)d->n, .full = full};
    for (int i = 0; i < d->n && i < JX_MAX_AXES; i++)
        m->axes[i] = (uint8_t)d->at[i].axis;
    return true;
}

void jx_member_digits(const struct jx_group *g, const struct jx_member *m, struct jx_digits *d)
{
    d->n = m->n_axes;
    for (int i = 0; i < d->n; i++)
        d->at[i] = (struct jx_digit){m->axes[i], g->size[m->axes[i]]};
}

void jx_group_name(struct jx_group *g, const char *word)
{
    size_t n = strlen(g->name), more = strlen(word);
    if (n > 0 && strcmp(g->name + g->name_tail, word) == 0)
        return;
    if (n + (n > 0) + more >= sizeof g->name)
        return;
    snprintf(g->name + n, sizeof g->name - n, n ? "_%s" : "%s", word);
    g->name_tail = (uint8_t)(n + (n > 0));
}
