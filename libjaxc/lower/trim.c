/*
 * trim.c - puts groups in order, and drops what the results do not need.
 *
 * Backwards: a store lives if its array is needed, an instruction if a live store or instruction
 * uses it, and what a live load reads is needed of the groups before.
 */
#include "lower/lower.h"

#include <assert.h>

/* Groups in their order; orders are distinct and below next_order. */
static bool sequence(struct jx_fuse *f)
{
    size_t n_orders = (size_t)f->next_order;
    int *at = jx_alloc(n_orders ? n_orders : 1, sizeof *at);
    f->sequence = jx_alloc(f->n_groups ? f->n_groups : 1, sizeof *f->sequence);
    if (!at || !f->sequence) {
        jx_free(at);
        return false;
    }
    for (size_t i = 0; i < f->n_groups; i++) {
        assert(f->groups[i].order < f->next_order && at[f->groups[i].order] == 0);
        at[f->groups[i].order] = (int)i + 1;
    }
    for (size_t o = 0; o < n_orders; o++)
        if (at[o])
            f->sequence[f->n_sequence++] = at[o] - 1;
    jx_free(at);
    return true;
}

static void mark_instrs(struct jx_fuse *f, struct jx_group *g, bool *live)
{
    bool wanted = false;
    for (size_t s = 0; s < g->n_stores; s++)
        if (f->arrays[g->stores[s].to.array].needed)
            live[g->stores[s].reg] = wanted = true;
    for (size_t i = g->n_instrs; i-- > 0;) {
        const struct jx_instr *in = &g->instrs[i];
        live[i] = live[i] || (wanted && g->kind == JX_ROUTINE); /* it needs all its operands */
        if (!live[i])
            continue;
        for (int a = 0; a < 3; a++)
            if (in->args[a] >= 0)
                live[in->args[a]] = true;
        if (in->kind == JX_I_LOAD)
            f->arrays[g->loads[in->view].array].needed = true;
    }
}

static void free_access(struct jx_access *a)
{
    jx_free(a->at);
    jx_free(a->bounds);
}

/* Without dead stores, loads and instructions; to: an instruction's new number. */
static void compact(struct jx_fuse *f, struct jx_group *g, const bool *live, int *to)
{
    int load_to[JX_MAX_LOADS];
    bool load_live[JX_MAX_LOADS] = {false};
    size_t n = 0;
    for (size_t i = 0; i < g->n_instrs; i++)
        if (live[i] && g->instrs[i].kind == JX_I_LOAD)
            load_live[g->instrs[i].view] = true;
    for (size_t i = 0; i < g->n_loads; i++) {
        load_to[i] = (int)n;
        if (load_live[i])
            g->loads[n++] = g->loads[i];
        else
            free_access(&g->loads[i]);
    }
    g->n_loads = n;
    n = 0;
    for (size_t i = 0; i < g->n_instrs; i++) {
        to[i] = live[i] ? (int)n : -1;
        if (!live[i])
            continue;
        struct jx_instr in = g->instrs[i];
        for (int a = 0; a < 3; a++)
            if (in.args[a] >= 0)
                in.args[a] = (int16_t)to[in.args[a]];
        if (in.kind == JX_I_LOAD)
            in.view = (int16_t)load_to[in.view];
        g->instrs[n++] = in;
    }
    g->n_instrs = n;
    n = 0;
    for (size_t s = 0; s < g->n_stores; s++) {
        struct jx_gstore store = g->stores[s];
        if (f->arrays[store.to.array].needed) {
            store.reg = to[store.reg];
            g->stores[n++] = store;
        } else {
            free_access(&store.to);
        }
    }
    g->n_stores = n;
}

static bool trim_group(struct jx_fuse *f, struct jx_group *g)
{
    bool live[JX_MAX_INSTRS] = {false};
    int to[JX_MAX_INSTRS];
    assert(g->n_instrs <= JX_MAX_INSTRS);
    mark_instrs(f, g, live);
    compact(f, g, live, to);
    bool reduces = false;
    for (size_t i = 0; i < g->n_instrs; i++)
        reduces = reduces || g->instrs[i].kind == JX_I_REDUCE;
    if (g->kind == JX_PRODUCT) {
        g->dot.a = to[g->dot.a];
        g->dot.b = to[g->dot.b];
        g->dot.mul = to[g->dot.mul];
        g->dot.sum = to[g->dot.sum];
    } else if (
        !reduces &&
        g->kind !=
            JX_ROUTINE) { /* its reductions were not needed, so neither was what came after them */
        g->kind = JX_ELEMENTWISE;
        memset(g->inner, 0, sizeof g->inner);
    }
    return g->n_stores > 0;
}

bool jx_trim(struct jx_fuse *f)
{
    if (!sequence(f))
        return false;
    for (size_t i = 0; i < f->n_arrays; i++)
        f->arrays[i].needed = f->arrays[i].kind == JX_STORE_RESULT;
    size_t n = f->n_sequence, kept = n;
    while (n-- > 0)
        if (trim_group(f, &f->groups[f->sequence[n]]))
            f->sequence[--kept] = f->sequence[n];
    f->n_sequence -= kept;
    memmove(f->sequence, f->sequence + kept, f->n_sequence * sizeof *f->sequence);
    return true;
}
