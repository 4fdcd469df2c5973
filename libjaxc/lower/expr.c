/*
 * expr.c - the instructions that give a node's value at a point of a group.
 *
 * Views compose into the map on the way down to what is a register of the group, lies in memory, or
 * is an expression. Invariant: a register is used at exactly the point where its node is computed,
 * whatever the way to it.
 */
#include "lower/lower.h"

#include <assert.h>

/* ---- what an operand is to a group ----------------------------------------------------------- */

static bool expensive(const struct jx_gnode *n)
{
    switch (n->op) {
    case JX_S_exp:
    case JX_S_expm1:
    case JX_S_log:
    case JX_S_log1p:
    case JX_S_sin:
    case JX_S_cos:
    case JX_S_tanh:
    case JX_S_logistic:
    case JX_S_exp2:
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
    case JX_S_cbrt:
    case JX_S_erf:
    case JX_S_erfc:
    case JX_S_lgamma:
    case JX_S_digamma:
    case JX_S_bessel_i0e:
    case JX_S_bessel_i1e:
    case JX_S_rem:
    case JX_S_erf_inv:
    case JX_S_pow:
    case JX_S_logaddexp:
    case JX_S_random_gamma_grad:
    case JX_S_random_gamma32:
    case JX_S_random_gamma64:
    case JX_S_random_loggamma32:
    case JX_S_random_loggamma64:
    case JX_S_random_poisson_tries:
    case JX_S_random_poisson:
    case JX_S_sqrt:
    case JX_S_rsqrt:
    case JX_S_div: return true;
    default: return false;
    }
}

bool jx_place_cheap(const struct jx_gnode *n) { return n->kind == JX_G_SCALAR && !expensive(n); }

/* The node under views and reshapes; *guarded: one of them has invalid elements. */
int jx_place_base(const struct jx_fuse *f, int node, bool *guarded)
{
    *guarded = false;
    for (;;) {
        const struct jx_gnode *n = &f->graph->nodes[node];
        if ((n->kind != JX_G_VIEW && n->kind != JX_G_RESHAPE) || f->places[node].array >= 0)
            return node;
        for (int j = 0; n->kind == JX_G_VIEW && j < f->graph->nodes[n->args[0]].rank; j++)
            *guarded = *guarded || n->view->axis[j].guarded;
        node = n->args[0];
    }
}

static bool in_memory(const struct jx_fuse *f, int node)
{
    return f->places[node].array >= 0 || (f->places[node].state & JX_P_STORED);
}

/* Three such expressions must fit a kernel. */
static int most_again(const struct jx_fuse *f)
{
    return f->limit / 4 < JX_MAX_WEIGHT ? f->limit / 4 : JX_MAX_WEIGHT;
}

/*
 * May a node that another group computes, and that is not in memory, be computed again instead of
 * stored? Yes if it takes few cheap instructions on at most one array of its own size that is in
 * memory anyway, besides much smaller ones: x - mean(x, rows) is read as x and the means.
 */
static bool again(const struct jx_fuse *f, int node, int64_t size, int depth, int *leaf,
                  int *weight)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    if (depth == 0 || !jx_place_cheap(n) || f->options->no_fusion || ++*weight > most_again(f))
        return false;
    for (int i = 0; i < n->n_args; i++) {
        bool guarded;
        int base = jx_place_base(f, n->args[i], &guarded);
        const struct jx_gnode *x = &f->graph->nodes[base];
        const struct jx_place *p = &f->places[base];
        if (guarded || (p->state & JX_P_ONCE))
            return false;
        bool small = jx_count(x->rank, x->dims) <= size / 8;
        if (in_memory(f, base) || (p->state & JX_P_ANYWHERE)) {
            int read = in_memory(f, base) ? base : p->leaf;
            *weight += in_memory(f, base) ? 1 : p->weight;
            if (read >= 0 && !small) {
                if (*leaf >= 0 && *leaf != read)
                    return false;
                *leaf = read;
            }
        } else if (small) {
            ++*weight;
        } else if (!again(f, base, size, depth - 1, leaf, weight)) {
            return false;
        }
    }
    return *weight <= most_again(f);
}

enum jx_source jx_source_of(const struct jx_fuse *f, int group, int node, bool guarded)
{
    const struct jx_place *p = &f->places[node];
    if (p->group >= 0 && p->group == group)
        return JX_SOURCE_REGISTER;
    if (p->array >= 0)
        return JX_SOURCE_LOAD;
    if (p->group < 0)
        return JX_SOURCE_EXPAND;
    const struct jx_gnode *n = &f->graph->nodes[node];
    int leaf = -1, weight = 0;
    if (guarded || (p->state & JX_P_STORED) ||
        !again(f, node, jx_count(n->rank, n->dims), 3, &leaf, &weight))
        return JX_SOURCE_LOAD;
    return JX_SOURCE_EXPAND;
}

/* ---- arrays ---------------------------------------------------------------------------------- */

int jx_array_new(struct jx_fuse *f, const struct jx_gnode *n, enum jx_storage_kind kind, int index)
{
    if (!jx_grow(&f->arrays, &f->arrays_capacity, f->n_arrays + 1, sizeof *f->arrays))
        return -1;
    struct jx_array *a = &f->arrays[f->n_arrays];
    *a = (struct jx_array){.dtype = n->dtype,
                           .rank = n->rank,
                           .kind = (uint8_t)kind,
                           .index = index,
                           .pair = -1,
                           .storage = -1};
    memcpy(a->dims, n->dims, sizeof a->dims);
    return (int)f->n_arrays++;
}

bool jx_array_writer(struct jx_fuse *f, int array, int group)
{
    struct jx_array *a = &f->arrays[array];
    if (!jx_grow(&a->writers, &a->writers_capacity, a->n_writers + 1, sizeof *a->writers))
        return false;
    a->writers[a->n_writers++] = group;
    return true;
}

/* The map of a member's node. */
static void member_map(const struct jx_fuse *f, const struct jx_group *g, const struct jx_member *m,
                       struct jx_affine *map)
{
    const struct jx_gnode *n = &f->graph->nodes[m->node];
    struct jx_digits d;
    int first[JAXC_MAX_RANK + 1];
    struct jx_want want;
    jx_member_digits(g, m, &d);
    enum jx_fit fit = jx_digits_cut(&d, n->rank, n->dims, first, &want);
    assert(fit == JX_FIT);
    (void)fit;
    jx_digits_map(&d, n->rank, first, map);
}

int jx_place_home(struct jx_fuse *f, int node)
{
    struct jx_place *p = &f->places[node];
    if (p->array >= 0)
        return p->array;
    assert(p->group >= 0);
    struct jx_group *g = &f->groups[p->group];
    const struct jx_member *m = &g->members[p->member];
    struct jx_affine map;
    member_map(f, g, m, &map);
    int array = jx_array_new(f, &f->graph->nodes[node], JX_STORE_TEMP, -1);
    if (array < 0 || !jx_array_writer(f, array, p->group) ||
        !jx_group_store(g, m->reg, array, false, &map))
        return -1;
    return p->array = array;
}

/* ---- instructions ---------------------------------------------------------------------------- */

static enum jx_fit want_memory(struct jx_fuse *f, int node)
{
    f->want.node = node;
    return JX_MEMORY;
}

static enum jx_fit instr(struct jx_fuse *f, int group, struct jx_instr *i, bool inner, int *reg)
{
    i->inner = inner;
    return jx_group_instr(&f->groups[group], i, f->limit, reg);
}

static enum jx_fit constant(struct jx_fuse *f, int group, jaxc_dtype dtype, union jx_scalar value,
                            bool inner, int *reg)
{
    struct jx_instr i = {
        .kind = JX_I_CONST, .dtype = (uint8_t)dtype, .args = {-1, -1, -1}, .imm = value};
    return instr(f, group, &i, inner, reg);
}

static enum jx_fit scalar(struct jx_fuse *f, int group, enum jx_scalar_op op, jaxc_dtype dtype,
                          int n, const int *regs, bool inner, int *reg)
{
    struct jx_instr i = {
        .kind = JX_I_SCALAR, .dtype = (uint8_t)dtype, .op = (uint8_t)op, .args = {-1, -1, -1}};
    for (int k = 0; k < n; k++)
        i.args[k] = (int16_t)regs[k];
    return instr(f, group, &i, inner, reg);
}

static enum jx_fit load(struct jx_fuse *f, int group, int node, bool flat,
                        const struct jx_affine *m, bool inner, int *reg)
{
    int array = jx_place_home(f, node);
    if (array < 0)
        return JX_FAILED;
    return jx_group_load(&f->groups[group], array, f->graph->nodes[node].dtype, flat, m,
                         (const int[]){-1, -1}, inner, f->limit, reg);
}

bool jx_place_flat(const struct jx_gflat *flat, const struct jx_affine *at, struct jx_affine *m)
{
    *m = (struct jx_affine){.rank = 1};
    struct jx_form *sum = &m->at[0];
    sum->offset = flat->offset;
    for (int k = 0; k < JAXC_MAX_RANK; k++) {
        const struct jx_form *form = &at->at[k];
        int64_t by = flat->coef[k], term;
        if (by == 0)
            continue;
        if (__builtin_mul_overflow(by, form->offset, &term) ||
            __builtin_add_overflow(sum->offset, term, &sum->offset))
            return false;
        for (int v = 0; v < JX_N_VARS; v++)
            if (__builtin_mul_overflow(by, form->coef[v], &term) ||
                __builtin_add_overflow(sum->coef[v], term, &sum->coef[v]))
                return false;
    }
    return true;
}

/* Apart, to keep the frame of the caller small. */
__attribute__((noinline)) enum jx_fit jx_place_take(struct jx_fuse *f, int group, int node,
                                                    const struct jx_affine *at, const int *regs,
                                                    bool inner, int *reg)
{
    const struct jx_gnode *n = &f->graph->nodes[node];
    struct jx_affine m;
    int array = jx_place_home(f, n->args[0]);
    if (array < 0)
        return JX_FAILED;
    if (!jx_place_flat(n->flat, at, &m))
        return want_memory(f, node);
    m.fill = n->imm;
    return jx_group_load(&f->groups[group], array, n->dtype, true, &m, regs, inner, f->limit, reg);
}

/* Is the map's point the one where the group computes this member? Apart, to keep the frame of the
 * caller small. */
static __attribute__((noinline)) bool own_point(const struct jx_fuse *f, const struct jx_group *g,
                                                const struct jx_member *member,
                                                const struct jx_affine *m)
{
    struct jx_affine own;
    member_map(f, g, member, &own);
    return jx_affine_same(m, &own);
}

/* The register that holds the node at the map's point. */
enum jx_fit jx_place_emit(struct jx_fuse *f, int group, int node, const struct jx_affine *at,
                          bool inner, int *reg)
{
    struct jx_affine m = *at;
    for (;;) {
        const struct jx_gnode *n = &f->graph->nodes[node];
        const struct jx_group *g = &f->groups[group];
        enum jx_fit fit;
        switch (jx_source_of(f, group, node, m.n_bounds > 0)) {
        case JX_SOURCE_REGISTER: {
            const struct jx_member *member = &g->members[f->places[node].member];
            *reg = member->reg;
            return own_point(f, g, member, &m) && (inner || !member->full) ? JX_FIT : JX_NO_FIT;
        }
        case JX_SOURCE_LOAD: return load(f, group, node, false, &m, inner, reg);
        case JX_SOURCE_EXPAND: break;
        }
        int x = n->args[0];
        switch ((enum jx_gkind)n->kind) {
        case JX_G_VIEW:
            fit = jx_affine_view(&m, n, &f->graph->nodes[x], g->size);
            if (fit == JX_NO_FIT)
                return want_memory(f, node);
            if (fit != JX_FIT)
                return fit;
            node = x;
            continue;
        case JX_G_RESHAPE:
            if (jx_source_of(f, group, x, false) == JX_SOURCE_LOAD)
                return jx_affine_flatten(&m, n->dims) ? load(f, group, x, true, &m, inner, reg)
                                                      : want_memory(f, node);
            fit = jx_affine_reshape(&m, n, &f->graph->nodes[x], g->size, &f->want);
            if (fit != JX_FIT) {
                f->want.node = x; /* also where the split turns out impossible */
                return fit == JX_NO_FIT && jx_source_of(f, group, x, false) != JX_SOURCE_REGISTER
                           ? JX_MEMORY
                           : fit;
            }
            node = x;
            continue;
        case JX_G_CONST:
            if (m.n_bounds > 0 && m.fill.u != n->imm.u)
                return want_memory(f, node);
            return constant(f, group, n->dtype, n->imm, inner, reg);
        case JX_G_INDEX:
            if (m.n_bounds > 0)
                return want_memory(f, node);
            return jx_group_count(&f->groups[group], n->dtype, &m.at[n->axis], inner, f->limit,
                                  reg);
        case JX_G_SCALAR: {
            if (m.n_bounds > 0)
                return want_memory(f, node);
            int regs[3];
            for (int i = 0; i < n->n_args; i++) {
                m.rank = f->graph->nodes[n->args[i]].rank;
                fit = jx_place_emit(f, group, n->args[i], &m, inner, &regs[i]);
                if (fit != JX_FIT)
                    return fit;
            }
            return scalar(f, group, n->op, n->dtype, n->n_args, regs, inner, reg);
        }
        case JX_G_TAKE: {
            if (m.n_bounds > 0)
                return want_memory(f, node);
            int regs[2] = {-1, -1}, rank = m.rank;
            for (int i = 0; i < n->n_args - 1; i++) {
                m.rank = f->graph->nodes[n->args[i + 1]].rank;
                fit = jx_place_emit(f, group, n->args[i + 1], &m, inner, &regs[i]);
                if (fit != JX_FIT)
                    return fit;
            }
            m.rank = rank;
            return jx_place_take(f, group, node, &m, regs, inner, reg);
        }
        default: assert(!"a node that is neither computed nor a view"); return JX_NO_FIT;
        }
    }
}
