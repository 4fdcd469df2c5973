/*
 * backend/space.c - iteration spaces: made of kernels, cut, split, simplified.
 */
#include "backend/space.h"

#include <assert.h>

static bool ref_init(struct jx_ref *r, const struct jx_code *code, const struct jx_kernel *kernel,
                     const struct jx_view *v)
{
    r->storage = v->storage;
    r->offset = v->offset;
    for (int k = 0; k < kernel->n_axes; k++)
        r->stride[k] = v->stride[k];
    r->blocked = v->blocked;
    r->block = v->blocked ? code->storages[v->storage].layout.block : 1;
    r->unit = 1;
    if (!v->n_guards)
        return true;
    r->guards = jx_alloc((size_t)v->n_guards, sizeof *r->guards);
    if (!r->guards)
        return false;
    r->n_guards = v->n_guards;
    for (int i = 0; i < v->n_guards; i++) {
        const struct jx_guard *from = &v->guards[i];
        struct jx_ref_guard *g = &r->guards[i];
        g->offset = from->offset;
        for (int k = 0; k < kernel->n_axes; k++)
            g->coef[k] = from->coef[k];
        g->step = from->step;
        g->limit = from->size * from->step;
        g->stride = from->stride;
    }
    return true;
}

static int count_indices(const struct jx_kernel *kernel)
{
    int n = 0;
    for (int i = 0; i < kernel->n_instrs; i++)
        n += kernel->instrs[i].kind == JX_I_INDEX;
    return n;
}

bool jx_space_init(struct jx_space *s, const struct jx_code *code, const struct jx_kernel *kernel)
{
    memset(s, 0, sizeof *s);
    s->code = code;
    s->kernel = kernel;
    s->n_outer = kernel->n_outer;
    s->n_axes = kernel->n_axes;
    for (int k = 0; k < s->n_axes; k++) {
        s->dims[k] = kernel->dims[k];
        if (s->dims[k] == 0) {
            *(k < s->n_outer ? &s->no_outer : &s->no_inner) = true;
            s->dims[k] = 1;
        }
    }
    for (int k = s->n_outer; s->no_inner && k < s->n_axes; k++)
        s->dims[k] = 1; /* nothing moves along it */
    s->n_refs = kernel->n_views + kernel->n_stores + count_indices(kernel);
    s->refs = jx_alloc((size_t)s->n_refs + 1, sizeof *s->refs);
    if (!s->refs)
        return false;
    struct jx_ref *r = s->refs;
    bool ok = true;
    for (int i = 0; ok && i < kernel->n_views; i++)
        ok = ref_init(r++, code, kernel, &kernel->views[i]);
    for (int i = 0; ok && i < kernel->n_stores; i++)
        ok = ref_init(r++, code, kernel, &kernel->stores[i].view);
    for (int i = 0; ok && i < kernel->n_instrs; i++)
        if (kernel->instrs[i].kind == JX_I_INDEX) {
            r->storage = -1;
            r->block = r->unit = 1;
            r++->stride[kernel->instrs[i].axis] = 1;
        }
    if (!ok)
        jx_space_fini(s);
    return ok;
}

void jx_space_fini(struct jx_space *s)
{
    for (int i = 0; s->refs && i < s->n_refs; i++)
        jx_free(s->refs[i].guards);
    jx_free(s->refs);
    s->refs = NULL;
}

bool jx_space_copy(struct jx_space *to, const struct jx_space *from)
{
    *to = *from;
    to->refs = jx_alloc((size_t)from->n_refs + 1, sizeof *to->refs);
    if (!to->refs)
        return false;
    for (int i = 0; i < from->n_refs; i++) {
        to->refs[i] = from->refs[i];
        if (!from->refs[i].n_guards)
            continue;
        size_t n = (size_t)from->refs[i].n_guards;
        to->refs[i].guards = jx_alloc(n, sizeof *to->refs[i].guards);
        if (!to->refs[i].guards) {
            jx_space_fini(to);
            return false;
        }
        memcpy(to->refs[i].guards, from->refs[i].guards, n * sizeof *to->refs[i].guards);
    }
    return true;
}

int64_t jx_ref_stride(const struct jx_ref *r, int axis)
{
    int64_t stride = r->stride[axis];
    for (int i = 0; i < r->n_guards; i++)
        stride += r->guards[i].coef[axis] * r->guards[i].stride / r->guards[i].step;
    return stride;
}

bool jx_ref_depends(const struct jx_ref *r, int axis)
{
    bool depends = r->stride[axis] != 0 || r->blocked == axis + 1;
    for (int i = 0; i < r->n_guards; i++)
        depends |= r->guards[i].coef[axis] != 0;
    return depends;
}

/* ---- blocked axes ---------------------------------------------------------------------------- */

/* The smallest block along an axis; 0: none. Blocks are powers of two, so it divides the others. */
static int64_t smallest_block(const struct jx_space *s, int axis)
{
    int64_t block = 0;
    for (int i = 0; i < s->n_refs; i++)
        if (s->refs[i].blocked == axis + 1 && (block == 0 || s->refs[i].block < block))
            block = s->refs[i].block;
    return block;
}

int jx_space_ragged(struct jx_space *s, int64_t *n_first)
{
    for (int k = 0; k < s->n_axes; k++) {
        int64_t largest = 1;
        for (int i = 0; i < s->n_refs; i++) {
            struct jx_ref *r = &s->refs[i];
            if (r->blocked != k + 1)
                continue;
            if (s->dims[k] <= r->block) { /* all of it lies within one block */
                r->stride[k] = r->unit;
                r->blocked = 0;
            } else if (r->block > largest) {
                largest = r->block;
            }
        }
        if (s->dims[k] % largest != 0) {
            *n_first = s->dims[k] / largest * largest;
            return k;
        }
    }
    return -1;
}

void jx_space_cut(struct jx_space *s, int axis, int64_t begin, int64_t n)
{
    s->dims[axis] = n;
    for (int i = 0; i < s->n_refs; i++) {
        struct jx_ref *r = &s->refs[i];
        if (r->blocked == axis + 1) {
            r->offset += begin / r->block * r->stride[axis] + begin % r->block * r->unit;
        } else {
            r->offset += begin * r->stride[axis];
            for (int j = 0; j < r->n_guards; j++)
                r->guards[j].offset += begin * r->guards[j].coef[axis];
        }
    }
}

static void remove_axis(struct jx_space *s, int axis)
{
    s->n_axes--;
    s->n_outer -= axis < s->n_outer;
    size_t n = (size_t)(s->n_axes - axis);
    memmove(s->dims + axis, s->dims + axis + 1, n * sizeof *s->dims);
    for (int i = 0; i < s->n_refs; i++) {
        struct jx_ref *r = &s->refs[i];
        memmove(r->stride + axis, r->stride + axis + 1, n * sizeof *r->stride);
        r->stride[s->n_axes] = 0;
        for (int j = 0; j < r->n_guards; j++) {
            memmove(r->guards[j].coef + axis, r->guards[j].coef + axis + 1, n * sizeof *r->stride);
            r->guards[j].coef[s->n_axes] = 0;
        }
        if (r->blocked > axis)
            r->blocked = r->blocked == axis + 1 ? 0 : r->blocked - 1;
    }
}

/* Axis k becomes (k of dims / block, k + 1 of block). */
static bool split_axis(struct jx_space *s, int axis, int64_t block)
{
    if (s->n_axes == JX_SPACE_AXES)
        return jx_fail(JAXC_ELIMIT, "a kernel has more than %d axes", JX_SPACE_AXES);
    size_t n = (size_t)(s->n_axes - axis);
    memmove(s->dims + axis + 1, s->dims + axis, n * sizeof *s->dims);
    s->dims[axis] /= block;
    s->dims[axis + 1] = block;
    s->n_axes++;
    s->n_outer += axis < s->n_outer;
    for (int i = 0; i < s->n_refs; i++) {
        struct jx_ref *r = &s->refs[i];
        memmove(r->stride + axis + 1, r->stride + axis, n * sizeof *r->stride);
        for (int j = 0; j < r->n_guards; j++) {
            int64_t *coef = r->guards[j].coef;
            memmove(coef + axis + 1, coef + axis, n * sizeof *coef);
            coef[axis] *= block;
        }
        if (r->blocked != axis + 1) {
            r->stride[axis] *= block;
            r->blocked += r->blocked > axis + 1;
            continue;
        }
        r->stride[axis + 1] = r->unit;
        r->unit *= block;
        r->block /= block;
        if (r->block == 1)
            r->blocked = 0;
    }
    return true;
}

bool jx_space_unblock(struct jx_space *s)
{
    for (int k = 0; k < s->n_axes; k++)
        for (int64_t block; (block = smallest_block(s, k)) != 0;)
            if (!split_axis(s, k, block)) /* k stays blocked by what is left of larger blocks */
                return false;
    return true;
}

/* ---- fewer axes ------------------------------------------------------------------------------ */

static bool joins(const struct jx_space *s, int a, int b)
{
    for (int i = 0; i < s->n_refs; i++) {
        const struct jx_ref *r = &s->refs[i];
        if (r->stride[a] != r->stride[b] * s->dims[b])
            return false;
        for (int j = 0; j < r->n_guards; j++)
            if (r->guards[j].coef[a] != r->guards[j].coef[b] * s->dims[b])
                return false;
    }
    return true;
}

void jx_space_simplify(struct jx_space *s, int *kind)
{
    for (int k = s->n_axes; k-- > 0;)
        if (s->dims[k] == 1) {
            remove_axis(s, k);
            if (kind)
                memmove(kind + k, kind + k + 1, (size_t)(s->n_axes - k) * sizeof *kind);
        }
    for (int a = 0; a < s->n_axes; a++)
        for (int b = 0; b < s->n_axes; b++) {
            if (a == b || (a < s->n_outer) != (b < s->n_outer) || (kind && kind[a] != kind[b]) ||
                !joins(s, a, b))
                continue;
            s->dims[b] *= s->dims[a];
            remove_axis(s, a);
            if (kind)
                memmove(kind + a, kind + a + 1, (size_t)(s->n_axes - a) * sizeof *kind);
            a = -1; /* start again: what remains may join with what has grown */
            break;
        }
}
