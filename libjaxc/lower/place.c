/*
 * place.c - choosing the group of a computed node.
 *
 * The groups of its operands are tried first, then one that iterates over the same space, then a
 * new one. When a new one does not do either, some operand must be in memory first: that is placed,
 * and all is tried again.
 */
#include "lower/lower.h"

/* ---- which groups to try --------------------------------------------------------------------- */

struct candidates {
    int n, at[JX_MAX_CANDIDATES];
};

static void gather(const struct jx_fuse *f, int node, int depth, struct candidates *c)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    while (f->places[node].group < 0 && f->places[node].array < 0 &&
           (n->kind == JX_G_VIEW || n->kind == JX_G_RESHAPE)) {
        node = n->args[0];
        n = &f->graph->nodes[node];
    }
    int group = f->places[node].group;
    if (group >= 0) {
        for (int i = 0; i < c->n; i++)
            if (c->at[i] == group)
                return;
        if (c->n < JX_MAX_CANDIDATES)
            c->at[c->n++] = group;
    } else if ((n->kind == JX_G_SCALAR || n->kind == JX_G_TAKE) && depth > 0) {
        for (int i = n->kind == JX_G_TAKE; i < n->n_args; i++)
            gather(f, n->args[i], depth - 1, c);
    }
}

/* Products first: their epilogues save the most; then the latest. */
static void sort_candidates(const struct jx_fuse *f, struct candidates *c)
{
    for (int i = 1; i < c->n; i++) {
        for (int j = i; j > 0; j--) {
            const struct jx_group *a = &f->groups[c->at[j - 1]], *b = &f->groups[c->at[j]];
            bool product_a = a->kind == JX_PRODUCT, product_b = b->kind == JX_PRODUCT;
            if (product_a != product_b ? product_a : a->order > b->order)
                break;
            int swap = c->at[j];
            c->at[j] = c->at[j - 1];
            c->at[j - 1] = swap;
        }
    }
}

/* The iteration space as a key: sizes in order, and which are inner. */
static uint64_t space_key(int n, const int64_t *sizes, const bool *inner)
{
    uint64_t h = (uint64_t)n;
    for (int i = 0; i < n; i++)
        h = jx_mix(jx_mix(h, (uint64_t)sizes[i]), inner && inner[i]);
    return h;
}

void jx_place_remember(struct jx_fuse *f, int group)
{
    const struct jx_group *g = &f->groups[group];
    int64_t sizes[JX_MAX_AXES];
    bool inner[JX_MAX_AXES];
    for (int i = 0; i < g->n_axes; i++) {
        sizes[i] = g->size[g->base[i]];
        inner[i] = g->inner[g->base[i]];
    }
    f->recent[space_key(g->n_axes, sizes, inner) % JX_N_RECENT] = group;
}

/* A group that iterates over the job's space, for operands that no group computes; -1: none. */
static int sibling(const struct jx_fuse *f, const struct jx_job *job, bool reduction)
{
    int64_t sizes[JAXC_MAX_RANK];
    bool inner[JAXC_MAX_RANK];
    int n = 0;
    for (int j = 0; j < job->rank; j++) {
        if (job->dims[j] == 1)
            continue;
        inner[n] = reduction && (job->axes >> j & 1);
        sizes[n++] = job->dims[j];
    }
    int group = f->recent[space_key(n, sizes, inner) % JX_N_RECENT];
    if (group < 0)
        return -1;
    const struct jx_group *g = &f->groups[group];
    if (g->kind != (reduction ? JX_REDUCTION : JX_ELEMENTWISE) || g->n_axes != n ||
        g->n_loads > JX_MAX_STREAMS)
        return -1;
    for (int i = 0; i < n; i++)
        if (g->size[g->base[i]] != sizes[i] || g->inner[g->base[i]] != inner[i])
            return -1;
    return group;
}

/* Does the group read what lies under the node? */
static bool shares_load(const struct jx_fuse *f, int group, int node)
{
    bool guarded;
    int base = jx_place_base(f, node, &guarded);
    const struct jx_place *p = &f->places[base];
    int leaf = p->array >= 0 ? base : p->leaf, array = leaf >= 0 ? f->places[leaf].array : -1;
    const struct jx_group *g = &f->groups[group];
    for (size_t i = 0; i < g->n_loads && array >= 0; i++)
        if (g->loads[i].array == array)
            return true;
    return false;
}

/* ---- placing --------------------------------------------------------------------------------- */

int jx_place_new_group(struct jx_fuse *f, enum jx_group_kind kind, int node)
{
    if (!jx_grow(&f->groups, &f->groups_capacity, f->n_groups + 1, sizeof *f->groups))
        return -1;
    struct jx_group *g = &f->groups[f->n_groups];
    *g = (struct jx_group){
        .kind = (uint8_t)kind, .order = f->next_order++, .loc = f->graph->nodes[node].loc};
    g->dot = (struct jx_dot){-1, -1, -1, -1};
    g->routine = (struct jx_routine){.value = -1, .address = -1, .valid = -1};
    return (int)f->n_groups++;
}

void jx_place_drop_group(struct jx_fuse *f) { jx_group_fini(&f->groups[--f->n_groups]); }

const char *jx_place_word(const struct jx_gnode *n)
{
    if (n->name)
        return n->name;
    switch ((enum jx_gkind)n->kind) {
    case JX_G_REDUCE: return jx_combine_name(n->op);
    case JX_G_TAKE: return "take";
    case JX_G_SCATTER: return "scatter";
    case JX_G_PREFIX: return "prefix";
    case JX_G_SORT: return "sort";
    default: return jx_scalar_op_info[n->op].name;
    }
}

/* The words of an expression that belongs to no group: operands first. */
static void name_expression(struct jx_fuse *f, struct jx_group *g, int node, int height)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    while ((n->kind == JX_G_VIEW || n->kind == JX_G_RESHAPE) && f->places[node].group < 0) {
        node = n->args[0];
        n = &f->graph->nodes[node];
    }
    if ((n->kind != JX_G_SCALAR && n->kind != JX_G_TAKE) || f->places[node].group >= 0 ||
        height == 0)
        return;
    for (int i = n->kind == JX_G_TAKE; i < n->n_args; i++)
        name_expression(f, g, n->args[i], height - 1);
    jx_group_name(g, jx_place_word(n));
}

static void name(struct jx_fuse *f, const struct jx_job *job, const struct jx_spot *spot)
{
    const struct jx_gnode *n = &f->graph->nodes[job->node];
    struct jx_group *g = &f->groups[spot->group];
    for (int i = 0; i < job->n_args; i++)
        name_expression(f, g, job->args[i], JX_MAX_HEIGHT + 1);
    if (job->kind != JX_JOB_COPY)
        jx_group_name(g, jx_place_word(n));
    else if (g->name[0] == 0)
        jx_group_name(g, "copy");
    if (job->kind == JX_JOB_REDUCE && !g->loc_fixed) {
        g->loc = n->loc;
        g->loc_fixed = true;
    }
}

/* One round over all groups that may take the job; JX_MEMORY: put a node into memory, and try
 * again. */
static enum jx_fit place_once(struct jx_fuse *f, const struct jx_job *job, struct jx_spot *spot)
{
    struct candidates c = {0};
    enum jx_fit fit;
    for (int i = 0; i < job->n_args && !f->options->no_fusion; i++)
        gather(f, job->args[i], 2 * JX_MAX_PATH, &c);
    sort_candidates(f, &c);
    for (int i = 0; i < c.n; i++) {
        fit = jx_place_try(f, c.at[i], job, spot);
        if (fit != JX_NO_FIT)
            return fit;
    }
    if (!f->options->no_fusion) {
        int s = sibling(f, job, job->kind == JX_JOB_REDUCE);
        if (s < 0 && job->kind == JX_JOB_REDUCE) {
            s = sibling(f, job, false);
            if (s >= 0 && !shares_load(f, s, job->args[0]))
                s = -1;
        }
        fit = s >= 0 ? jx_place_try(f, s, job, spot) : JX_NO_FIT;
        if (fit != JX_NO_FIT)
            return fit;
    }
    int group = jx_place_new_group(f, JX_ELEMENTWISE, job->node);
    if (group < 0)
        return JX_FAILED;
    jx_group_axes(&f->groups[group], job->rank, job->dims);
    fit = jx_place_try(f, group, job, spot);
    if (fit == JX_FIT)
        jx_place_remember(f, group);
    else
        jx_place_drop_group(f);
    return fit;
}

bool jx_place_wanted(struct jx_fuse *f, int node)
{
    int want = f->want.node;
    f->want.node = -1;
    if (want >= 0 && f->places[want].array < 0)
        return jx_place_in_memory(f, want);
    const char *word = f->graph->nodes[node].name;
    return jx_fail_at(f->graph->nodes[node].loc, JAXC_EINTERNAL,
                      "internal: no kernel can compute %s", word ? word : "an operation");
}

bool jx_place(struct jx_fuse *f, const struct jx_job *job, struct jx_spot *spot)
{
    enum jx_fit fit;
    f->want.node = -1;
    while ((fit = place_once(f, job, spot)) != JX_FIT)
        if (fit == JX_FAILED || !jx_place_wanted(f, job->node))
            return false;
    name(f, job, spot);
    return true;
}

bool jx_place_node(struct jx_fuse *f, int node)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    struct jx_job job = {.kind = JX_JOB_COPY,
                         .node = node,
                         .rank = n->rank,
                         .dims = n->dims,
                         .n_args = 1,
                         .args = &node};
    if (n->kind == JX_G_SCALAR) {
        job.kind = JX_JOB_SCALAR;
        job.n_args = n->n_args;
        job.args = n->args;
    } else if (n->kind == JX_G_TAKE) {
        job.kind = JX_JOB_TAKE;
        job.n_args = n->n_args - 1;
        job.args = n->args + 1;
    } else if (n->kind == JX_G_REDUCE) {
        const struct jx_gnode *x = &f->graph->nodes[n->args[0]];
        job = (struct jx_job){JX_JOB_REDUCE, node, x->rank, x->dims, n->n_args, n->args, n->axes};
    }
    struct jx_spot spot;
    if (!jx_place(f, &job, &spot))
        return false;
    struct jx_group *g = &f->groups[spot.group];
    if (!jx_group_member(g, node, spot.reg, &spot.digits, spot.full))
        return false;
    f->places[node].group = spot.group;
    f->places[node].member = (int)g->n_members - 1;
    return true;
}

bool jx_place_in_memory(struct jx_fuse *f, int node)
{
    struct jx_place *p = &f->places[node];
    if (p->array < 0 && p->group < 0 && !jx_place_node(f, node))
        return false;
    return jx_place_home(f, node) >= 0;
}
