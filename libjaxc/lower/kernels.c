/*
 * kernels.c - from groups to kernels.
 *
 * Axes are put in the memory order of the biggest store, outer ones first, and neighbours that
 * every access walks as if they were one become one. Accesses become strides; a bound becomes a
 * guard.
 */
#include "lower/lower.h"

#include <assert.h>
#include <stdio.h>

/* ---- strides --------------------------------------------------------------------------------- */

/* Elements from one index of an array's axis to the next; of a blocked axis from panel to panel. */
static int64_t array_stride(const struct jx_array *a, int axis)
{
    int64_t stride = 1;
    if (a->layout.block == 0) {
        for (int j = axis + 1; j < a->rank; j++)
            stride *= a->dims[j];
        return stride;
    }
    for (int j = axis == a->layout.axis ? 0 : axis + 1; j < a->rank; j++)
        if (j != a->layout.axis)
            stride *= a->dims[j];
    return stride * a->layout.block;
}

/* sum over the array's axes of what `variable` (-1: the offset) contributes */
static int64_t element(const struct jx_fuse *f, const struct jx_access *a, int variable)
{
    const struct jx_array *array = &f->arrays[a->array];
    int64_t sum = 0;
    for (int j = 0; j < a->rank; j++) {
        int64_t c = variable < 0 ? a->at[j].offset : a->at[j].coef[variable];
        if (c != 0)
            sum += c * (a->flat ? 1 : array_stride(array, j));
    }
    return sum;
}

int64_t jx_access_stride(const struct jx_fuse *f, const struct jx_access *a, int axis)
{
    return element(f, a, axis);
}

/* The group's axis that runs along the array's blocked axis; -1: none. */
static int blocked_axis(const struct jx_fuse *f, const struct jx_access *a)
{
    const struct jx_array *array = &f->arrays[a->array];
    if (array->layout.block == 0)
        return -1;
    for (int v = 0; v < JX_MAX_AXES; v++)
        if (a->at[array->layout.axis].coef[v] != 0)
            return v;
    return -1;
}

/* ---- the order of axes ----------------------------------------------------------------------- */

static int64_t bytes(const struct jx_fuse *f, const struct jx_access *a)
{
    const struct jx_array *array = &f->arrays[a->array];
    return jx_count(array->rank, array->dims) *
           jx_dtype_info(array->dtype)->size; /* checked: it is a storage */
}

static const struct jx_access *biggest_store(const struct jx_fuse *f, const struct jx_group *g)
{
    const struct jx_access *best = NULL;
    for (size_t s = 0; s < g->n_stores; s++)
        if (!best || bytes(f, &g->stores[s].to) > bytes(f, best))
            best = &g->stores[s].to;
    return best;
}

static const struct jx_access *biggest_load(const struct jx_fuse *f, const struct jx_group *g)
{
    const struct jx_access *best = NULL;
    for (size_t i = 0; i < g->n_loads; i++)
        if (!best || bytes(f, &g->loads[i]) > bytes(f, best))
            best = &g->loads[i];
    return best;
}

/* How far apart neighbours along the axis lie: within a panel they are next to each other. */
static int64_t distance(const struct jx_fuse *f, const struct jx_access *a, int axis)
{
    if (blocked_axis(f, a) == axis)
        return 1;
    int64_t stride = element(f, a, axis);
    return stride < 0 ? -stride : stride;
}

/* Sorts axes that an access walks by falling distance; others stay where they are among them. */
static void sort_axes(const struct jx_fuse *f, const struct jx_access *key, uint8_t *axes, int n)
{
    for (int i = 1; i < n; i++) {
        uint8_t axis = axes[i];
        int64_t far = distance(f, key, axis);
        int j = i;
        while (far != 0 && j > 0 && distance(f, key, axes[j - 1]) < far) {
            axes[j] = axes[j - 1];
            j--;
        }
        axes[j] = axis;
    }
}

void jx_kernel_order(const struct jx_fuse *f, const struct jx_group *g, uint8_t *axes, int *n_outer)
{
    int n = 0;
    for (int level = 0; level < 2; level++) {
        for (int i = 0; i < g->n_axes; i++)
            if (g->inner[g->base[i]] == (level == 1))
                axes[n++] = g->base[i];
        if (level == 0)
            *n_outer = n;
    }
    if (g->routine.kind == JX_ROUTINE_SCATTER)
        return; /* its order counts */
    const struct jx_access *store = biggest_store(f, g), *load = biggest_load(f, g);
    if (store)
        sort_axes(f, store, axes, *n_outer);
    const struct jx_access *key = store;
    bool inner_store = false;
    for (int i = *n_outer; store && i < n; i++)
        inner_store = inner_store || element(f, store, axes[i]) != 0;
    if (!inner_store)
        key = load;
    if (key)
        sort_axes(f, key, axes + *n_outer, n - *n_outer);
}

/* ---- joining axes ---------------------------------------------------------------------------- */

static bool joins_in(const struct jx_fuse *f, const struct jx_access *a, int outer, int inner,
                     int64_t size)
{
    int blocked = blocked_axis(f, a);
    if (blocked == outer || blocked == inner)
        return false;
    if (element(f, a, outer) != element(f, a, inner) * size)
        return false;
    for (int i = 0; i < a->n_bounds; i++)
        if (a->bounds[i].at.coef[outer] != a->bounds[i].at.coef[inner] * size)
            return false;
    return true;
}

/* Are two neighbouring axes one to every access? */
static bool joins(const struct jx_fuse *f, const struct jx_group *g, int outer, int inner)
{
    for (size_t i = 0; i < g->n_counts; i++)
        if (g->counts[i].coef[outer] != g->counts[i].coef[inner] * g->size[inner])
            return false;
    for (size_t i = 0; i < g->n_loads; i++)
        if (!joins_in(f, &g->loads[i], outer, inner, g->size[inner]))
            return false;
    for (size_t i = 0; i < g->n_stores; i++)
        if (!joins_in(f, &g->stores[i].to, outer, inner, g->size[inner]))
            return false;
    return true;
}

/* The kernel's axes: axes[k] is the group's axis whose stride counts. */
static void kernel_axes(const struct jx_fuse *f, const struct jx_group *g, struct jx_kernel *k,
                        uint8_t *axes)
{
    uint8_t all[JX_MAX_AXES];
    int n_outer;
    jx_kernel_order(f, g, all, &n_outer);
    for (int i = 0; i < g->n_axes; i++) {
        if (i == n_outer)
            k->n_outer = k->n_axes;
        int last = k->n_axes - 1;
        if (i > 0 && i != n_outer && joins(f, g, axes[last], all[i])) {
            k->dims[last] *= g->size[all[i]];
            axes[last] = all[i];
        } else {
            k->dims[k->n_axes] = g->size[all[i]];
            axes[k->n_axes++] = all[i];
        }
    }
    if (n_outer == g->n_axes)
        k->n_outer = k->n_axes;
}

/* ---- views ----------------------------------------------------------------------------------- */

/*
 * A guard takes over the part of the address that moves with it, so that what remains stays inside
 * the storage; the bound nearest to the memory first. Returns the elements for each step of the
 * guard.
 */
static int64_t take_over(struct jx_form *address, const struct jx_bound *b)
{
    if (b->quotient >= 0) {
        int64_t stride = address->coef[b->quotient];
        address->coef[b->quotient] = 0;
        return stride;
    }
    for (int v = 0; v < JX_MAX_AXES; v++) {
        int64_t c = b->at.coef[v];
        if (c == 0 || address->coef[v] == 0 || address->coef[v] % c != 0)
            continue;
        int64_t stride = address->coef[v] / c;
        address->offset -= stride * b->at.offset;
        for (int x = 0; x < JX_MAX_AXES; x++)
            address->coef[x] -= stride * b->at.coef[x];
        return stride;
    }
    return 0;
}

static bool view(const struct jx_fuse *f, const struct jx_kernel *k, const uint8_t *axes,
                 const struct jx_access *a, struct jx_view *v)
{
    int blocked = blocked_axis(f, a);
    struct jx_form address = {.offset = element(f, a, -1)};
    for (int x = 0; x < JX_N_VARS; x++)
        address.coef[x] = element(f, a, x);
    if (a->n_bounds > 0) {
        v->guards = jx_alloc(a->n_bounds, sizeof *v->guards);
        if (!v->guards)
            return false;
        v->n_guards = a->n_bounds;
    }
    for (int i = a->n_bounds - 1; i >= 0; i--) {
        const struct jx_bound *b = &a->bounds[i];
        struct jx_guard *guard = &v->guards[i];
        guard->offset = b->at.offset;
        guard->size = b->size;
        guard->step = b->step;
        guard->stride = take_over(&address, b);
        for (int x = 0; x < k->n_axes; x++)
            guard->coef[x] = b->at.coef[axes[x]];
    }
    v->storage = f->arrays[a->array].storage;
    v->offset = address.offset;
    v->fill = a->fill;
    for (int x = 0; x < k->n_axes; x++) {
        v->stride[x] = address.coef[axes[x]];
        if (axes[x] == blocked)
            v->blocked = x + 1;
    }
    return true;
}

/* ---- kernels --------------------------------------------------------------------------------- */

/* The operand that runs along the last outer axis is b. */
static void orient(struct jx_kernel *k)
{
    if (k->dot.sum < 0 || k->n_outer == 0)
        return;
    const struct jx_view *a = &k->views[k->instrs[k->dot.a].view],
                         *b = &k->views[k->instrs[k->dot.b].view];
    if (a->stride[k->n_outer - 1] != 0 && b->stride[k->n_outer - 1] == 0) {
        int swap = k->dot.a;
        k->dot.a = k->dot.b;
        k->dot.b = swap;
    }
}

bool jx_kernel_of(const struct jx_fuse *f, const struct jx_group *g, struct jx_kernel *k)
{
    uint8_t axes[JX_MAX_AXES];
    snprintf(k->name, sizeof k->name, "%s", g->name[0] ? g->name : "kernel");
    k->loc = g->loc;
    k->dot = g->dot;
    k->routine = g->routine;
    kernel_axes(f, g, k, axes);
    k->views = jx_alloc(g->n_loads ? g->n_loads : 1, sizeof *k->views);
    k->stores = jx_alloc(g->n_stores ? g->n_stores : 1, sizeof *k->stores);
    if (!k->views || !k->stores)
        return false;
    k->n_views = (int)g->n_loads;
    k->n_stores = (int)g->n_stores;
    for (size_t i = 0; i < g->n_loads; i++)
        if (!view(f, k, axes, &g->loads[i], &k->views[i]))
            return false;
    for (size_t i = 0; i < g->n_stores; i++) {
        k->stores[i].reg = g->stores[i].reg;
        if (!view(f, k, axes, &g->stores[i].to, &k->stores[i].view))
            return false;
    }
    if (!jx_kernel_instrs(g, k, axes))
        return false;
    orient(k);
    return true;
}

/* ---- storages -------------------------------------------------------------------------------- */

static bool storage(struct jx_code *code, int at, const struct jx_gnode *type,
                    const struct jx_array *a, enum jx_storage_kind kind, int index)
{
    struct jx_storage *s = &code->storages[at];
    *s = (struct jx_storage){.kind = kind, .index = index, .dtype = a->dtype, .layout = a->layout};
    s->rank = type ? type->rank : a->rank;
    memcpy(s->dims, type ? type->dims : a->dims, sizeof s->dims);
    return jx_buffer_size(s->dtype, s->rank, s->dims, s->layout, &s->size);
}

/* Operands, results, then what is needed of the temporaries. */
static bool storages(struct jx_fuse *f, struct jx_code *code)
{
    const struct jx_graph *g = f->graph;
    int n = code->n_operands + code->n_results;
    for (size_t i = 0; i < f->n_arrays; i++) {
        struct jx_array *a = &f->arrays[i];
        if (a->kind == JX_STORE_OPERAND)
            a->storage = a->index;
        else if (a->kind == JX_STORE_RESULT)
            a->storage = code->n_operands + a->index;
        else if (a->needed)
            a->storage = n++;
    }
    code->storages = jx_alloc(n ? (size_t)n : 1, sizeof *code->storages);
    code->donates = jx_alloc(code->n_results ? (size_t)code->n_results : 1, sizeof *code->donates);
    if (!code->storages || !code->donates)
        return false;
    code->n_storages = n;
    for (size_t i = 0; i < f->n_arrays; i++) {
        const struct jx_array *a = &f->arrays[i];
        if (a->storage >= 0 && a->kind != JX_STORE_RESULT &&
            !storage(code, a->storage, NULL, a, a->kind, a->index))
            return false;
    }
    for (int k = 0; k < code->n_results; k++) {
        const struct jx_array *a = &f->arrays[f->results[k]];
        code->donates[k] = a->kind == JX_STORE_OPERAND ? a->index
                           : a->pair >= 0              ? f->arrays[a->pair].index
                                                       : -1;
        if (!storage(code, code->n_operands + k, &g->nodes[g->outs[k]], a, JX_STORE_RESULT, k))
            return false;
    }
    return true;
}

struct jx_code *jx_kernels(struct jx_fuse *f)
{
    struct jx_code *code = jx_alloc(1, sizeof *code);
    if (!code)
        return NULL;
    code->n_operands = f->graph->n_inputs;
    code->n_results = f->graph->n_outs;
    bool ok = storages(f, code);
    if (ok)
        code->kernels = jx_alloc(f->n_sequence ? f->n_sequence : 1, sizeof *code->kernels);
    ok = ok && code->kernels;
    for (size_t i = 0; ok && i < f->n_sequence; i++) {
        struct jx_group *g = &f->groups[f->sequence[i]];
        ok = jx_kernel_of(f, g, &code->kernels[code->n_kernels++]);
        jx_group_fini(g); /* large programs need the room */
        *g = (struct jx_group){0};
    }
    if (ok)
        return code;
    jx_code_free(code);
    return NULL;
}
