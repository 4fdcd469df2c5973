/*
 * fuse.c - from the array graph to groups: visits every live node once, in order.
 *
 * Cheap expressions on one array in memory belong to no group; they are computed wherever they are
 * used. Expressions on several wait for their user if that is one. All other computed nodes get a
 * place (place.c). What must be in memory is known before: results, operands of products, what is
 * read with guards.
 */
#include "lower/lower.h"

#include <assert.h>

/* ---- before: what is live, what will be in memory -------------------------------------------- */

const int *jx_node_args(const struct jx_gnode *n) { return n->more ? n->more : n->args; }

static bool is_empty(const struct jx_gnode *n) { return jx_count(n->rank, n->dims) == 0; }

static bool is_computed(const struct jx_gnode *n)
{
    return n->kind == JX_G_SCALAR || n->kind == JX_G_REDUCE || n->kind == JX_G_DOT ||
           n->kind == JX_G_TAKE;
}

static bool is_guarded(const struct jx_fuse *f, const struct jx_gnode *n)
{
    for (int j = 0; n->kind == JX_G_VIEW && j < f->graph->nodes[n->args[0]].rank; j++)
        if (n->view->axis[j].guarded)
            return true;
    return false;
}

/* An operand of a product: its base is stored, or, under a conversion that the product does itself,
 * what is converted. */
static void store_operand(struct jx_fuse *f, int operand)
{
    bool guarded;
    int base = jx_place_base(f, operand, &guarded);
    const struct jx_gnode *n = &f->graph->nodes[base];
    if (n->kind == JX_G_SCALAR && n->op == JX_S_convert) {
        int under = jx_place_base(f, n->args[0], &guarded);
        const struct jx_gnode *x = &f->graph->nodes[under];
        if (is_computed(x) || x->kind == JX_G_INPUT) {
            f->places[under].state |= JX_P_STORED;
            return;
        }
    }
    f->places[base].state |= JX_P_STORED;
}

static void mark(struct jx_fuse *f)
{
    const struct jx_graph *g = f->graph;
    for (int k = 0; k < g->n_outs; k++) {
        int out = g->outs[k];
        f->places[out].state |= JX_P_LIVE;
        f->places[out].n_uses++;
        if (g->nodes[out].kind == JX_G_RESHAPE)
            out = g->nodes[out].args[0];
        f->places[out].state |= JX_P_STORED;
    }
    for (size_t i = g->n; i-- > 0;) {
        const struct jx_gnode *n = &g->nodes[i];
        if (!(f->places[i].state & JX_P_LIVE) || is_empty(n))
            continue;
        for (int a = 0; a < n->n_args; a++) {
            struct jx_place *x = &f->places[jx_node_args(n)[a]];
            x->state |= JX_P_LIVE;
            x->n_uses++;
            x->user = (int)i;
        }
        if (n->kind == JX_G_DOT) {
            store_operand(f, n->args[0]);
            store_operand(f, n->args[1]);
        } else if (n->kind == JX_G_TAKE) {
            if (is_computed(&g->nodes[n->args[0]]))
                f->places[n->args[0]].state |= JX_P_STORED;
        } else if (n->kind == JX_G_SCATTER || n->kind == JX_G_PREFIX || n->kind == JX_G_SORT) {
            for (int a = n->kind == JX_G_SCATTER; a < n->n_args; a++) {
                bool guarded;
                int base = jx_place_base(f, jx_node_args(n)[a], &guarded);
                if (is_computed(&g->nodes[base]))
                    f->places[base].state |= JX_P_STORED;
            }
        } else if (n->kind == JX_G_VIEW) {
            bool guarded;
            if (is_guarded(f, n)) {
                int base = jx_place_base(f, n->args[0], &guarded);
                if (is_computed(&g->nodes[base]))
                    f->places[base].state |= JX_P_STORED;
            }
        }
    }
}

/* ---- expressions that wait for their users --------------------------------------------------- */

static void set_waiting(struct jx_place *p, int state, int leaf, int weight, int height)
{
    p->state |= (uint8_t)state;
    p->leaf = leaf;
    p->weight = (uint8_t)weight;
    p->height = (uint8_t)height;
}

/* Is the node used at one place only, by elementwise arithmetic or a reduction, and not at more
 * points than it has? */
static bool used_once(const struct jx_fuse *f, int node)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    int64_t count = jx_count(n->rank, n->dims);
    for (int at = node;;) {
        if (f->places[at].n_uses != 1 || f->places[at].user < 0)
            return false;
        at = f->places[at].user;
        const struct jx_gnode *user = &f->graph->nodes[at];
        if (user->kind == JX_G_REDUCE)
            return true;
        if (jx_count(user->rank, user->dims) > count || is_guarded(f, user))
            return false;
        if (user->kind != JX_G_VIEW && user->kind != JX_G_RESHAPE)
            return user->kind == JX_G_SCALAR || (user->kind == JX_G_TAKE && user->args[0] != node);
    }
}

/*
 * May a scalar node be computed where it is used? If that is cheap, anywhere; a single number
 * always, since a kernel computes it once; anything that reads memory only, if it is used once.
 */
static void weigh_scalar(struct jx_fuse *f, int node)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    bool take = n->kind == JX_G_TAKE, single = jx_count(n->rank, n->dims) == 1;
    bool anywhere = single || (!take && jx_place_cheap(n));
    int leaf = take ? n->args[0] : -1, weight = 1, height = 0;
    if (f->places[node].state & JX_P_STORED)
        return;
    for (int i = take; i < n->n_args; i++) {
        const struct jx_place *x = &f->places[n->args[i]];
        if (!(x->state & (JX_P_ANYWHERE | JX_P_ONCE)))
            return;
        anywhere = anywhere && (x->state & JX_P_ANYWHERE) &&
                   (single || leaf < 0 || x->leaf < 0 || x->leaf == leaf);
        leaf = x->leaf >= 0 ? x->leaf : leaf;
        weight += x->weight;
        height = x->height >= height ? x->height + 1 : height;
    }
    if (height > JX_MAX_HEIGHT || weight > f->limit / 4) /* three of them must fit a kernel */
        return;
    if (anywhere && weight <= JX_MAX_WEIGHT)
        set_waiting(&f->places[node], JX_P_ANYWHERE, leaf, weight, height);
    else if (weight <= JX_MAX_ONCE && used_once(f, node))
        set_waiting(&f->places[node], JX_P_ONCE, leaf, weight, height);
}

static void weigh_view(struct jx_fuse *f, int node)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    const struct jx_place *x = &f->places[n->args[0]];
    struct jx_place *p = &f->places[node];
    p->path = (uint8_t)(x->array >= 0 ? 1 : x->path + 1);
    if (!is_guarded(f, n) || x->weight == 1)
        set_waiting(p, x->state & (JX_P_ANYWHERE | JX_P_ONCE), x->leaf, x->weight, x->height);
}

/* ---- products -------------------------------------------------------------------------------- */

/* The axes of a product's group, and its operands as two members: lhs, rhs. */
static bool product_axes(struct jx_fuse *f, int group, const struct jx_gnode *n,
                         struct jx_digits *result)
{
    struct jx_group *g = &f->groups[group];
    const struct jx_gdims *dims = n->gdims;
    struct jx_digits sides[2] = {0};
    int axis[2][JAXC_MAX_RANK];
    result->n = 0;
    for (int s = 0; s < 2; s++)
        for (int j = 0; j < JAXC_MAX_RANK; j++)
            axis[s][j] = -1;
    for (int outer = 1; outer >= 0;
         outer--) { /* batch axes, then contracted ones after the free ones */
        int pairs = outer ? dims->n_batch : dims->n_contract;
        const int *lhs = outer ? dims->lhs_batch : dims->lhs_contract,
                  *rhs = outer ? dims->rhs_batch : dims->rhs_contract;
        for (int i = 0; i < pairs; i++) {
            int64_t size = f->graph->nodes[n->args[0]].dims[lhs[i]];
            if (size == 1)
                continue;
            axis[0][lhs[i]] = axis[1][rhs[i]] = g->n_axes;
            g->inner[g->n_axes] = !outer;
            g->size[g->n_axes++] = size;
        }
        for (int s = 0; s < 2 && outer; s++) {
            const struct jx_gnode *x = &f->graph->nodes[n->args[s]];
            for (int j = 0; j < x->rank; j++) {
                bool bound = axis[s][j] >= 0 || x->dims[j] == 1;
                for (int i = 0; i < dims->n_contract; i++)
                    bound = bound || (s ? dims->rhs_contract[i] : dims->lhs_contract[i]) == j;
                if (bound)
                    continue;
                axis[s][j] = g->n_axes;
                g->size[g->n_axes++] = x->dims[j];
            }
        }
    }
    for (int a = 0; a < g->n_axes; a++) {
        g->base[a] = (uint8_t)a;
        if (!g->inner[a])
            result->at[result->n++] = (struct jx_digit){a, g->size[a]};
    }
    for (int s = 0; s < 2; s++) {
        const struct jx_gnode *x = &f->graph->nodes[n->args[s]];
        for (int j = 0; j < x->rank; j++)
            if (axis[s][j] >= 0)
                sides[s].at[sides[s].n++] = (struct jx_digit){axis[s][j], x->dims[j]};
        if (!jx_group_member(g, -1, -1, &sides[s], true))
            return false;
    }
    return true;
}

/* Loads operand s, converted to the product's dtype. JX_MEMORY: it is no plain array yet. */
static enum jx_fit product_operand(struct jx_fuse *f, int group, const struct jx_gnode *n, int s,
                                   int *from, int *reg)
{
    const struct jx_gnode *x = &f->graph->nodes[n->args[s]];
    struct jx_digits d;
    struct jx_affine map;
    int first[JAXC_MAX_RANK + 1];
    jx_member_digits(&f->groups[group], &f->groups[group].members[s], &d);
    enum jx_fit fit = jx_digits_cut(&d, x->rank, x->dims, first, &f->want);
    assert(fit == JX_FIT);
    jx_digits_map(&d, x->rank, first, &map);
    fit = jx_place_emit(f, group, n->args[s], &map, true, reg);
    if (fit != JX_FIT)
        return fit;
    const struct jx_group *g = &f->groups[group];
    const struct jx_instr *i = &g->instrs[*reg];
    *from = i->kind == JX_I_SCALAR && i->op == JX_S_convert ? i->args[0] : *reg;
    const struct jx_instr *l = &g->instrs[*from];
    if (l->kind != JX_I_LOAD || l->args[0] >= 0 || g->loads[l->view].n_bounds > 0 ||
        (*from != *reg && i->dtype != n->dtype)) {
        f->want.node = n->args[s];
        return JX_MEMORY;
    }
    if (i->dtype == n->dtype)
        return JX_FIT;
    struct jx_instr convert = {.kind = JX_I_SCALAR,
                               .dtype = n->dtype,
                               .op = JX_S_convert,
                               .inner = 1,
                               .args = {(int16_t)*reg, -1, -1}};
    return jx_group_instr(&f->groups[group], &convert, f->limit, reg);
}

static enum jx_fit product_once(struct jx_fuse *f, int group, int node)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    struct jx_group *g = &f->groups[group];
    int value[2];
    jx_group_rewind(g, &(struct jx_mark){0});
    enum jx_fit fit = product_operand(f, group, n, 0, &g->dot.a, &value[0]);
    if (fit == JX_FIT)
        fit = product_operand(f, group, n, 1, &g->dot.b, &value[1]);
    struct jx_instr mul = {
        .kind = JX_I_SCALAR, .dtype = n->dtype, .op = JX_S_mul, .inner = 1, .args = {0, 0, -1}};
    if (fit == JX_FIT) {
        mul.args[0] = (int16_t)value[0];
        mul.args[1] = (int16_t)value[1];
        fit = jx_group_instr(g, &mul, f->limit, &g->dot.mul);
    }
    struct jx_instr sum = {
        .kind = JX_I_REDUCE, .dtype = n->dtype, .op = JX_COMBINE_ADD, .args = {-1, -1, -1}};
    if (fit == JX_FIT) {
        sum.args[0] = (int16_t)g->dot.mul;
        fit = jx_group_instr(g, &sum, f->limit, &g->dot.sum);
    }
    return fit == JX_FIT ? jx_place_settle(f, group, 0) : fit;
}

/* Asks the backend whether outer instructions may follow this product. */
static bool ask_backend(struct jx_fuse *f, int group)
{
    const struct jx_backend *backend = f->options->backend;
    if (!backend || !backend->fuses_epilogue)
        return true;
    struct jx_code one = {.n_kernels = 1, .kernels = jx_alloc(1, sizeof *one.kernels)},
                   *code = jx_alloc(1, sizeof *code);
    bool ok = one.kernels && code && jx_kernel_of(f, &f->groups[group], one.kernels);
    if (ok)
        f->groups[group].closed = !backend->fuses_epilogue(one.kernels);
    if (code) {
        *code = one;
        jx_code_free(code);
    } else {
        jx_free(one.kernels);
    }
    return ok;
}

static bool place_product(struct jx_fuse *f, int node)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    f->want.node = -1;
    for (;;) {
        struct jx_digits d;
        enum jx_fit fit;
        int group = jx_place_new_group(f, JX_PRODUCT, node);
        if (group < 0 || !product_axes(f, group, n, &d))
            return false;
        jx_group_name(&f->groups[group], "dot");
        f->groups[group].loc_fixed = true;
        if (!jx_group_member(&f->groups[group], node, -1, &d, false))
            return false;
        do
            fit = product_once(f, group, node);
        while (fit == JX_SPLIT &&
               jx_group_split(&f->groups[group], f->want.axis, f->want.inner, f->limit));
        struct jx_group *g = &f->groups[group];
        if (fit == JX_FIT) {
            g->members[2].reg = g->dot.sum;
            f->places[node].group = group;
            f->places[node].member = 2;
            return ask_backend(f, group);
        }
        jx_place_drop_group(f);
        if (fit == JX_FAILED || !jx_place_wanted(f, node))
            return false;
    }
}

/* ---- concatenations -------------------------------------------------------------------------- */

/* Stores a spot's value into an array, `offset` further along an axis. */
static bool store_spot(struct jx_fuse *f, const struct jx_spot *spot, int rank, const int64_t *dims,
                       int array, int axis, int64_t offset)
{
    struct jx_digits d = spot->digits;
    struct jx_affine map;
    int first[JAXC_MAX_RANK + 1];
    enum jx_fit fit = jx_digits_cut(&d, rank, dims, first, &f->want);
    assert(fit == JX_FIT);
    (void)fit;
    jx_digits_map(&d, rank, first, &map);
    if (offset != 0)
        map.at[axis].offset += offset;
    return jx_group_store(&f->groups[spot->group], spot->reg, array, false, &map) &&
           jx_array_writer(f, array, spot->group);
}

bool jx_place_copy(struct jx_fuse *f, int node, int array, int axis, int64_t offset)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    struct jx_job job = {.kind = JX_JOB_COPY,
                         .node = node,
                         .rank = n->rank,
                         .dims = n->dims,
                         .n_args = 1,
                         .args = &node};
    struct jx_spot spot;
    return jx_place(f, &job, &spot) && store_spot(f, &spot, n->rank, n->dims, array, axis, offset);
}

static bool place_concat(struct jx_fuse *f, int node)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    int array = jx_array_new(f, n, JX_STORE_TEMP, -1);
    if (array < 0)
        return false;
    int64_t offset = 0;
    for (int i = 0; i < n->n_args; i++) {
        int x = jx_node_args(n)[i];
        if (!jx_place_copy(f, x, array, n->axis, offset))
            return false;
        offset += f->graph->nodes[x].dims[n->axis];
    }
    f->places[node].array = array;
    return true;
}

/* ---- the visit ------------------------------------------------------------------------------- */

static bool visit(struct jx_fuse *f, int node)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    struct jx_place *p = &f->places[node];
    bool apart = f->options->no_fusion;
    switch ((enum jx_gkind)n->kind) {
    case JX_G_INPUT:
        set_waiting(p, JX_P_ANYWHERE, node, 1, 0);
        p->array = jx_array_new(f, n, JX_STORE_OPERAND, n->input);
        return p->array >= 0;
    case JX_G_CONST:
        set_waiting(p, JX_P_ANYWHERE, -1, 1, 0);
        return !apart || jx_place_in_memory(f, node);
    case JX_G_INDEX:
        set_waiting(p, JX_P_ANYWHERE, -1, 3, 0);
        return !apart || jx_place_in_memory(f, node);
    case JX_G_VIEW:
    case JX_G_RESHAPE:
        weigh_view(f, node);
        return (!apart && p->path < JX_MAX_PATH) || jx_place_in_memory(f, node);
    case JX_G_TAKE:
        if (!jx_place_in_memory(f, n->args[0]))
            return false; /* fall through */
    case JX_G_SCALAR:
        if (apart)
            return jx_place_in_memory(f, node);
        weigh_scalar(f, node);
        if (p->state & (JX_P_ANYWHERE | JX_P_ONCE))
            return true;
        if (!jx_place_node(f, node))
            return false;
        break;
    case JX_G_REDUCE:
        if (!jx_place_node(f, node) || (apart && jx_place_home(f, node) < 0))
            return false;
        break;
    case JX_G_DOT:
        if (!place_product(f, node) || (apart && jx_place_home(f, node) < 0))
            return false;
        break;
    case JX_G_CONCAT:
        if (!place_concat(f, node))
            return false;
        set_waiting(&f->places[node], JX_P_ANYWHERE, node, 1, 0);
        return true;
    case JX_G_SCATTER:
    case JX_G_PREFIX:
    case JX_G_SORT:
        if (!jx_place_routine(f, node))
            return false;
        set_waiting(&f->places[node], JX_P_ANYWHERE, node, 1, 0);
        return true;
    case JX_G_PART: /* its sort has placed it */
        set_waiting(p, JX_P_ANYWHERE, node, 1, 0);
        return true;
    }
    if (f->places[node].state & JX_P_STORED)
        set_waiting(&f->places[node], JX_P_ANYWHERE, node, 1, 0);
    return true;
}

/* ---- results --------------------------------------------------------------------------------- */

static bool result(struct jx_fuse *f, int k)
{
    const struct jx_graph *g = f->graph;
    int out = g->outs[k], base = out;
    const struct jx_gnode *n = &g->nodes[out];
    if (n->kind == JX_G_INPUT && f->options->donated && f->options->donated[n->input]) {
        int array = f->places[out].array;
        if (f->arrays[array].pair < 0) { /* it stays what it is, for the first result that is it */
            f->arrays[array].pair = array;
            f->results[k] = array;
            return true;
        }
    }
    if (n->kind == JX_G_RESHAPE && f->places[out].array < 0)
        base = n->args[0];
    struct jx_place *p = &f->places[base];
    if (!is_empty(n) && p->array < 0 && p->group >= 0 && jx_place_home(f, base) < 0)
        return false;
    if (p->array >= 0 && f->arrays[p->array].kind == JX_STORE_TEMP) {
        f->arrays[p->array].kind = JX_STORE_RESULT;
        f->arrays[p->array].index = k;
        f->results[k] = p->array;
        return true;
    }
    int array = jx_array_new(f, n, JX_STORE_RESULT, k);
    if (array < 0)
        return false;
    f->results[k] = array;
    return is_empty(n) || jx_place_copy(f, out, array, 0, 0);
}

/* ---- all ------------------------------------------------------------------------------------- */

static bool fuse_graph(struct jx_fuse *f)
{
    const struct jx_graph *g = f->graph;
    mark(f);
    for (size_t i = 0; i < g->n; i++) {
        const struct jx_gnode *n = &g->nodes[i];
        bool live = (f->places[i].state & JX_P_LIVE) && !is_empty(n);
        if ((live || n->kind == JX_G_INPUT) && !visit(f, (int)i))
            return false;
    }
    for (int k = 0; k < g->n_outs; k++)
        if (!result(f, k))
            return false;
    return true;
}

bool jx_fuse(struct jx_fuse *f, const struct jx_graph *graph, const struct jx_lower_options *o)
{
    *f = (struct jx_fuse){.graph = graph, .options = o, .limit = JX_MAX_INSTRS};
    if (o->backend && o->backend->max_instrs > 0 && o->backend->max_instrs < f->limit)
        f->limit = o->backend->max_instrs;
    for (int i = 0; i < JX_N_RECENT; i++)
        f->recent[i] = -1;
    f->places = jx_alloc(graph->n ? graph->n : 1, sizeof *f->places);
    f->results = jx_alloc(graph->n_outs ? (size_t)graph->n_outs : 1, sizeof *f->results);
    if (!f->places || !f->results)
        return false;
    for (size_t i = 0; i < graph->n; i++)
        f->places[i] =
            (struct jx_place){.group = -1, .member = -1, .array = -1, .leaf = -1, .user = -1};
    return fuse_graph(f);
}

void jx_fuse_fini(struct jx_fuse *f)
{
    for (size_t i = 0; i < f->n_groups; i++)
        jx_group_fini(&f->groups[i]);
    for (size_t i = 0; i < f->n_arrays; i++)
        jx_free(f->arrays[i].writers);
    jx_free(f->groups);
    jx_free(f->arrays);
    jx_free(f->places);
    jx_free(f->results);
    jx_free(f->sequence);
}
