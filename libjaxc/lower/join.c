/*
 * join.c - may a job be computed in a group? Then it is.
 *
 * A job is what is to be computed at every point of an index space. Its digits follow from those of
 * the operands that the group computes; then its instructions are appended. Every operand that the
 * group computes must turn up at exactly its own point (expr.c), every other one must be in memory,
 * written by groups before this one. What was appended in a failed try is forgotten again.
 */
#include "lower/lower.h"

#include <assert.h>

/* ---- the job's digits ------------------------------------------------------------------------ */

/* The digits of a node as far as operands that the group computes tell; found: whether any does. */
static enum jx_fit digits_of(struct jx_fuse *f, int group, int node, struct jx_digits *d,
                             bool *found)
{
    int path[2 * JX_MAX_PATH], n_path = 0;
    const struct jx_gnode *n = &f->graph->nodes[node];
    enum jx_source source;
    while ((source = jx_source_of(f, group, node, false)) == JX_SOURCE_EXPAND &&
           (n->kind == JX_G_VIEW || n->kind == JX_G_RESHAPE)) {
        if (n_path == 2 * JX_MAX_PATH)
            return JX_NO_FIT;
        path[n_path++] = node;
        node = n->args[0];
        n = &f->graph->nodes[node];
    }
    *found = false;
    enum jx_fit fit = JX_FIT;
    if (source == JX_SOURCE_REGISTER) {
        const struct jx_group *g = &f->groups[group];
        jx_member_digits(g, &g->members[f->places[node].member], d);
        *found = true;
    } else if (source == JX_SOURCE_EXPAND && (n->kind == JX_G_SCALAR || n->kind == JX_G_TAKE)) {
        for (int i = n->kind == JX_G_TAKE; i < n->n_args && fit == JX_FIT; i++) {
            struct jx_digits other;
            bool here;
            fit = digits_of(f, group, n->args[i], &other, &here);
            if (fit != JX_FIT || !here || f->graph->nodes[n->args[i]].rank < n->rank)
                continue;
            if (*found)
                fit = jx_digits_unify(d, &other, &f->want);
            else
                *d = other;
            *found = true;
        }
    }
    while (*found && n_path > 0 && fit == JX_FIT) {
        const struct jx_gnode *v = &f->graph->nodes[path[--n_path]];
        if (v->kind == JX_G_VIEW)
            fit = jx_digits_view(d, v, &f->graph->nodes[v->args[0]], &f->want);
    }
    return fit;
}

static enum jx_fit job_digits(struct jx_fuse *f, int group, const struct jx_job *job,
                              struct jx_digits *d)
{
    bool found = false;
    for (int i = 0; i < job->n_args; i++) {
        struct jx_digits other;
        bool here;
        enum jx_fit fit = digits_of(f, group, job->args[i], &other, &here);
        if (fit != JX_FIT)
            return fit;
        if (!here)
            continue;
        if (f->graph->nodes[job->args[i]].rank <
            job->rank) { /* a rank-0 operand says nothing of the others' place, */
            other.n = 0; /* but the group computes it: all is broadcast */
            for (int j = 0; j < job->rank; j++)
                if (job->dims[j] > 1)
                    other.at[other.n++] = (struct jx_digit){-1, job->dims[j]};
        }
        if (found) {
            fit = jx_digits_unify(d, &other, &f->want);
            if (fit != JX_FIT)
                return fit;
        } else {
            *d = other;
        }
        found = true;
    }
    if (!found) { /* side by side with what the group computes */
        const struct jx_group *g = &f->groups[group];
        d->n = g->n_axes;
        for (int i = 0; i < d->n; i++)
            d->at[i] = (struct jx_digit){g->base[i], g->size[g->base[i]]};
    }
    return JX_FIT;
}

/* Broadcast digits take the inner axes of a reduction, in their order, if they are the same. */
static enum jx_fit bind_inner(struct jx_fuse *f, const struct jx_group *g, struct jx_digits *d)
{
    struct jx_digits loose = {0}, inner = {0};
    for (int i = 0; i < d->n; i++)
        if (d->at[i].axis < 0)
            loose.at[loose.n++] = d->at[i];
    if (loose.n == 0)
        return JX_FIT;
    if (g->kind != JX_REDUCTION)
        return JX_NO_FIT;
    for (int i = 0; i < g->n_axes; i++)
        if (g->inner[g->base[i]])
            inner.at[inner.n++] = (struct jx_digit){g->base[i], g->size[g->base[i]]};
    enum jx_fit fit = jx_digits_unify(&loose, &inner, &f->want);
    if (fit != JX_FIT)
        return fit;
    struct jx_digits all = {0};
    int next = 0;
    for (int i = 0; i < d->n; i++) { /* a loose digit may have been cut to match several axes */
        int64_t need = d->at[i].size;
        if (d->at[i].axis >= 0) {
            if (all.n == JX_MAX_DIGITS)
                return JX_NO_FIT;
            all.at[all.n++] = d->at[i];
            continue;
        }
        for (; need > 1; need /= loose.at[next++].size) {
            if (next == loose.n || all.n == JX_MAX_DIGITS)
                return JX_NO_FIT;
            all.at[all.n++] = loose.at[next];
        }
    }
    *d = all;
    return JX_FIT;
}

/* Does a job with these digits have a value at every point, or at every outer point? */
static enum jx_fit level_of(const struct jx_group *g, const struct jx_digits *d, bool *full)
{
    bool seen[JX_MAX_AXES] = {false};
    int n_inner = 0, n_seen_inner = 0, n_seen = 0;
    for (int i = 0; i < d->n; i++) {
        assert(d->at[i].axis >= 0);
        if (seen[d->at[i].axis])
            return JX_NO_FIT;
        seen[d->at[i].axis] = true;
        n_seen++;
        n_seen_inner += g->inner[d->at[i].axis];
    }
    for (int a = 0; a < g->n_axes; a++)
        n_inner += g->inner[a];
    if (n_seen - n_seen_inner != g->n_axes - n_inner ||
        (n_seen_inner != 0 && n_seen_inner != n_inner))
        return JX_NO_FIT;
    *full = n_seen_inner == n_inner && g->kind != JX_PRODUCT &&
            (n_inner > 0 || g->kind == JX_ELEMENTWISE);
    return n_seen_inner > 0 && g->kind == JX_PRODUCT ? JX_NO_FIT : JX_FIT;
}

/* ---- order ----------------------------------------------------------------------------------- */

/* The order of the last writer; once it is read, the writers may not move. */
static int64_t array_order(const struct jx_fuse *f, const struct jx_array *a)
{
    if (a->read)
        return a->order;
    int64_t last = -1;
    for (size_t w = 0; w < a->n_writers; w++)
        if (f->groups[a->writers[w]].order > last)
            last = f->groups[a->writers[w]].order;
    return last;
}

static void note_read(struct jx_fuse *f, struct jx_array *a)
{
    a->order = array_order(f, a);
    a->read = true;
    for (size_t w = 0; w < a->n_writers; w++)
        f->groups[a->writers[w]].used = true;
}

/* May the group read its newest loads? Moves it behind the writers if nobody has read from
 * it yet. */
enum jx_fit jx_place_settle(struct jx_fuse *f, int group, size_t first_load)
{
    struct jx_group *g = &f->groups[group];
    bool late = false;
    for (size_t i = first_load; i < g->n_loads; i++) {
        const struct jx_array *a = &f->arrays[g->loads[i].array];
        for (size_t w = 0; !a->read && w < a->n_writers; w++)
            if (a->writers[w] == group)
                return JX_NO_FIT; /* what it writes itself, at another point */
        late = late || array_order(f, a) >= g->order;
    }
    if (late && g->used)
        return JX_NO_FIT;
    if (late)
        g->order = f->next_order++;
    for (size_t i = first_load; i < g->n_loads; i++)
        if (!f->arrays[g->loads[i].array].read)
            note_read(f, &f->arrays[g->loads[i].array]);
    return JX_FIT;
}

/* ---- joining --------------------------------------------------------------------------------- */

/* Is what the job reduces exactly what the group reduces? An elementwise group may become a
 * reduction. */
static enum jx_fit reduction_axes(const struct jx_group *g, const struct jx_job *job,
                                  const struct jx_digits *d, const int *first, bool full,
                                  bool *inner)
{
    if (!full)
        return JX_NO_FIT;
    for (int j = 0; j < job->rank; j++)
        for (int i = first[j]; i < first[j + 1]; i++)
            inner[d->at[i].axis] = job->axes >> j & 1;
    for (int a = 0; a < g->n_axes && g->kind == JX_REDUCTION; a++)
        if (inner[a] != g->inner[a])
            return JX_NO_FIT;
    return JX_FIT;
}

static enum jx_fit append(struct jx_fuse *f, int group, const struct jx_job *job,
                          struct jx_affine *map, bool inner, int *reg)
{
    const struct jx_gnode *n = &f->graph->nodes[job->node];
    int regs[3] = {-1, -1, -1};
    for (int i = 0; i < job->n_args; i++) {
        map->rank = f->graph->nodes[job->args[i]].rank;
        enum jx_fit fit = jx_place_emit(f, group, job->args[i], map, inner, &regs[i]);
        if (fit != JX_FIT)
            return fit;
    }
    struct jx_instr i = {.dtype = n->dtype, .op = n->op, .inner = inner, .args = {-1, -1, -1}};
    for (int k = 0; k < job->n_args; k++)
        i.args[k] = (int16_t)regs[k];
    switch (job->kind) {
    case JX_JOB_COPY: /* an outer value has no copy for every inner point that could be stored */
        *reg = regs[0];
        return inner && !f->groups[group].instrs[*reg].inner ? JX_NO_FIT : JX_FIT;
    case JX_JOB_SCALAR: i.kind = JX_I_SCALAR; break;
    case JX_JOB_TAKE:
        map->rank = n->rank;
        return jx_place_take(f, group, job->node, map, regs, inner, reg);
    case JX_JOB_REDUCE:
        i.kind = JX_I_REDUCE;
        i.inner = 0;
        break;
    }
    return jx_group_instr(&f->groups[group], &i, f->limit, reg);
}

/* The digits of the result: of a reduction those that it keeps. */
static void result_digits(const struct jx_job *job, const struct jx_digits *d, const int *first,
                          struct jx_digits *kept)
{
    kept->n = 0;
    for (int j = 0; j < job->rank; j++)
        for (int i = first[j]; i < first[j + 1]; i++)
            if (job->kind != JX_JOB_REDUCE || !(job->axes >> j & 1))
                kept->at[kept->n++] = d->at[i];
}

static enum jx_fit join(struct jx_fuse *f, int group, const struct jx_job *job,
                        struct jx_spot *spot)
{
    struct jx_group *g = &f->groups[group];
    struct jx_digits d;
    struct jx_affine map;
    int first[JAXC_MAX_RANK + 1];
    bool full, inner[JX_MAX_AXES] = {false};
    if (g->closed)
        return JX_NO_FIT;
    enum jx_fit fit = job_digits(f, group, job, &d);
    if (fit == JX_FIT)
        fit = bind_inner(f, g, &d);
    if (fit == JX_FIT)
        fit = jx_digits_cut(&d, job->rank, job->dims, first, &f->want);
    if (fit == JX_FIT)
        fit = level_of(g, &d, &full);
    if (fit == JX_FIT && job->kind == JX_JOB_REDUCE)
        fit = reduction_axes(g, job, &d, first, full, inner);
    if (fit != JX_FIT)
        return fit;
    jx_digits_map(&d, job->rank, first, &map);
    struct jx_mark mark = jx_group_mark(g);
    fit = append(f, group, job, &map, full, &spot->reg);
    g = &f->groups[group];
    if (fit == JX_FIT)
        fit = jx_place_settle(f, group, mark.n_loads);
    if (fit != JX_FIT) {
        jx_group_rewind(g, &mark);
        return fit;
    }
    if (job->kind == JX_JOB_REDUCE && g->kind == JX_ELEMENTWISE) {
        g->kind = JX_REDUCTION;
        memcpy(g->inner, inner, sizeof inner);
        jx_place_remember(f, group);
    }
    spot->group = group;
    spot->full = full && job->kind != JX_JOB_REDUCE;
    result_digits(job, &d, first, &spot->digits);
    return JX_FIT;
}

/* join, cutting axes of the group as that asks for. */
enum jx_fit jx_place_try(struct jx_fuse *f, int group, const struct jx_job *job,
                         struct jx_spot *spot)
{
    enum jx_fit fit;
    while ((fit = join(f, group, job, spot)) == JX_SPLIT)
        if (!jx_group_split(&f->groups[group], f->want.axis, f->want.inner, f->limit))
            return JX_NO_FIT;
    return fit;
}
