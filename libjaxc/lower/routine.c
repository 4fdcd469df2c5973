/*
 * routine.c - scatters, prefixes and sorts: kernels of their own, from arrays to arrays.
 *
 * Operands are loads of arrays and nothing else; what is not one is put into memory first. A scatter
 * writes behind the copy that fills its array, so that one's group may not move any more.
 */
#include "lower/lower.h"

#include <assert.h>

/* A node's own point, where the group's axes are its dims. */
static void own_map(struct jx_fuse *f, const struct jx_group *g, int rank, const int64_t *dims,
                    struct jx_affine *map)
{
    struct jx_digits d = {.n = g->n_axes};
    int first[JAXC_MAX_RANK + 1];
    for (int i = 0; i < g->n_axes; i++)
        d.at[i] = (struct jx_digit){i, g->size[i]};
    enum jx_fit fit = jx_digits_cut(&d, rank, dims, first, &f->want);
    assert(fit == JX_FIT);
    (void)fit;
    jx_digits_map(&d, rank, first, map);
}

/* Loads operand x at the map's point. JX_MEMORY: it is no plain array yet. */
static enum jx_fit operand(struct jx_fuse *f, int group, int x, const struct jx_affine *map,
                           bool inner, int *reg)
{
    struct jx_affine m = *map;
    m.rank = f->graph->nodes[x].rank;
    enum jx_fit fit = jx_place_emit(f, group, x, &m, inner, reg);
    if (fit != JX_FIT)
        return fit;
    const struct jx_group *g = &f->groups[group];
    const struct jx_instr *i = &g->instrs[*reg];
    if (i->kind == JX_I_LOAD && i->args[0] < 0 && g->loads[i->view].n_bounds == 0)
        return JX_FIT;
    f->want.node = x;
    return JX_MEMORY;
}

/* The axes of a node's routine; the one it goes along is the only inner one. */
static void routine_axes(struct jx_group *g, const struct jx_gnode *n, int axis)
{
    for (int j = 0; j < n->rank; j++) {
        if (n->dims[j] == 1)
            continue;
        g->inner[g->n_axes] = j == axis;
        g->base[g->n_axes] = (uint8_t)g->n_axes;
        g->size[g->n_axes++] = n->dims[j];
    }
}

/* A new group with loads of the operands [first, n_args); regs: theirs. -1 with the error set. */
static int load_operands(struct jx_fuse *f, int node, int first, int *regs, struct jx_affine *map)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    const int *args = jx_node_args(n);
    bool along = n->kind != JX_G_SCATTER;
    const struct jx_gnode *space = &f->graph->nodes[args[first]];
    f->want.node = -1;
    for (;;) {
        int group = jx_place_new_group(f, JX_ROUTINE, node);
        if (group < 0)
            return -1;
        routine_axes(&f->groups[group], space, along ? n->axis : -1);
        own_map(f, &f->groups[group], space->rank, space->dims, map);
        enum jx_fit fit = JX_FIT;
        for (int i = first; i < n->n_args && fit == JX_FIT; i++)
            fit = operand(f, group, args[i], map, true, &regs[i]);
        if (fit == JX_FIT)
            fit = jx_place_settle(f, group, 0);
        map->rank = space->rank;
        if (fit == JX_FIT) {
            jx_group_name(&f->groups[group], jx_place_word(n));
            f->groups[group].loc_fixed = f->groups[group].closed = true;
            return group;
        }
        jx_place_drop_group(f);
        if (fit == JX_FAILED || !jx_place_wanted(f, node))
            return -1;
    }
}

/* A new array for the node, that the group writes. */
static bool give(struct jx_fuse *f, int node, int group, int reg, const struct jx_affine *map)
{
    int array = jx_array_new(f, &f->graph->nodes[node], JX_STORE_TEMP, -1);
    if (array < 0 || !jx_array_writer(f, array, group) ||
        !jx_group_store(&f->groups[group], reg, array, false, map))
        return false;
    f->places[node].array = array;
    return true;
}

static bool place_prefix(struct jx_fuse *f, int node)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    struct jx_affine map;
    int reg, group = load_operands(f, node, 0, &reg, &map);
    if (group < 0)
        return false;
    f->groups[group].routine = (struct jx_routine){.kind = JX_ROUTINE_PREFIX,
                                                   .op = n->op,
                                                   .reverse = n->reverse,
                                                   .value = reg,
                                                   .address = -1,
                                                   .valid = -1};
    return give(f, node, group, reg, &map);
}

static bool place_sort(struct jx_fuse *f, int node)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    struct jx_affine map;
    int *regs = jx_alloc((size_t)n->n_args, sizeof *regs);
    int group = regs ? load_operands(f, node, 0, regs, &map) : -1;
    bool ok = group >= 0;
    if (ok) { /* an operand that comes twice has one load */
        int n_keys = 0;
        for (int i = 0; i < n->n_keys; i++)
            n_keys = regs[i] >= n_keys ? regs[i] + 1 : n_keys;
        f->groups[group].routine = (struct jx_routine){.kind = JX_ROUTINE_SORT,
                                                       .n_keys = n_keys,
                                                       .first = n->imm.i,
                                                       .value = -1,
                                                       .address = -1,
                                                       .valid = -1};
        ok = give(f, node, group, regs[0], &map);
    }
    /* its parts follow it in the graph */
    for (size_t i = (size_t)node + 1; ok && i < (size_t)node + (size_t)n->n_args; i++) {
        const struct jx_gnode *part = &f->graph->nodes[i];
        assert(part->kind == JX_G_PART && part->args[0] == node);
        if (f->places[i].state & JX_P_LIVE)
            ok = give(f, (int)i, group, regs[part->axis], &map);
    }
    jx_free(regs);
    return ok;
}

static bool place_scatter(struct jx_fuse *f, int node)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    int array = jx_array_new(f, n, JX_STORE_TEMP, -1);
    if (array < 0 || !jx_place_copy(f, n->args[0], array, 0, 0))
        return false;
    struct jx_array *a = &f->arrays[array];
    for (size_t w = 0; w < a->n_writers; w++)
        f->groups[a->writers[w]].used = true;
    struct jx_affine map, flat;
    int regs[4] = {-1, -1, -1, -1}, group = load_operands(f, node, 1, regs, &map);
    if (group < 0)
        return false;
    if (!jx_place_flat(n->flat, &map, &flat))
        return jx_fail_at(n->loc, JAXC_EINTERNAL, "internal: a scatter outside 64 bits");
    f->groups[group].routine = (struct jx_routine){.kind = JX_ROUTINE_SCATTER,
                                                   .op = n->op,
                                                   .value = regs[1],
                                                   .address = regs[2],
                                                   .valid = regs[3]};
    f->places[node].array = array;
    return jx_array_writer(f, array, group) &&
           jx_group_store(&f->groups[group], regs[1], array, true, &flat);
}

bool jx_place_routine(struct jx_fuse *f, int node)
{
    switch ((enum jx_gkind)f->graph->nodes[node].kind) {
    case JX_G_PREFIX: return place_prefix(f, node);
    case JX_G_SORT: return place_sort(f, node);
    default: return place_scatter(f, node);
    }
}
