/*
 * backend/cuda/emit.c - kernels as CUDA C.
 *
 * A block of threads holds `points` outer points, and `lanes` threads share the inner points of each.
 * An elementwise kernel has one lane; a thread of it may take a few points that lie side by side,
 * 16 bytes at a time. Neighbouring threads are lanes of a point where inner elements lie side by
 * side, else points. Lanes join their parts of a reduction in an order that only the shape decides.
 *
 * prelude.cuh has what the text calls besides scalar_math.h.
 */
#include "backend/cuda/emit.h"
#include "backend/emit.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

enum { THREADS = 256, WARP = 32, VECTOR_BYTES = 16 };

/* How a kernel is spread over threads. */
struct spread {
    int64_t n_outer, n_inner;
    unsigned lanes, points; /* of a block; their product is THREADS */
    bool by_lane;           /* neighbouring threads are lanes of one point */
    int vector;             /* points of a thread, along the last axis */
};

struct emitter {
    struct jx_emit e;
    const struct jx_code *code;
    const struct jx_kernel *kernel;
    struct jx_space space;
    struct spread spread;
    struct jx_cuda_launch *launch;
    int available[JX_MAX_INSTRS];
    bool needed[JX_MAX_INSTRS];
};

/* ---- how a kernel is spread ------------------------------------------------------------------ */

static int64_t count(const struct jx_space *s, int first, int last)
{
    int64_t n = 1;
    for (int k = first; k < last; k++)
        n *= s->dims[k];
    return n;
}

/* Do more references walk the last inner axis side by side than the last outer one? */
static bool inner_is_dense(const struct jx_space *s)
{
    int inner = 0, outer = 0;
    for (int i = 0; i < s->n_refs; i++) {
        if (s->refs[i].storage < 0)
            continue;
        inner += s->n_axes > s->n_outer && jx_ref_stride(&s->refs[i], s->n_axes - 1) == 1;
        outer += s->n_outer > 0 && jx_ref_stride(&s->refs[i], s->n_outer - 1) == 1;
    }
    return inner >= outer;
}

static unsigned power_of_two_from(int64_t n, unsigned most)
{
    unsigned p = 1;
    while (p < n && p < most)
        p *= 2;
    return p;
}

/* Can a reference be moved `n` elements at a time along the last axis, or stand still there? */
static bool moves_by(const struct jx_space *s, const struct jx_ref *r, int n)
{
    int last = s->n_axes - 1;
    if (r->storage < 0 || r->n_guards > 0)
        return false;
    if (r->stride[last] != 1 || r->offset % n != 0)
        return false;
    for (int k = 0; k < last; k++)
        if (r->stride[k] % n != 0)
            return false;
    return true;
}

static bool is_vector(const struct emitter *k, int instr)
{
    const struct jx_instr *x = &k->kernel->instrs[instr];
    return k->spread.vector > 1 && x->kind == JX_I_LOAD && x->args[0] < 0 && x->args[1] < 0 &&
           moves_by(&k->space, jx_emit_ref(&k->space, instr), k->spread.vector);
}

/* Has every instruction one value for a point, without a reduction? */
static bool is_elementwise(const struct jx_kernel *kernel)
{
    for (int i = 0; i < kernel->n_instrs; i++)
        if (kernel->instrs[i].inner || kernel->instrs[i].kind == JX_I_REDUCE)
            return false;
    return !kernel->routine.kind;
}

/* The points that a thread of an elementwise kernel takes: 16 bytes of the widest dtype. All
 * stores have to move by as many; loads that do not are made one by one. */
static int vector_of(const struct emitter *k)
{
    const struct jx_space *s = &k->space;
    unsigned widest = 1;
    if (s->n_axes == 0 || !is_elementwise(k->kernel))
        return 1;
    for (int i = 0; i < k->kernel->n_instrs; i++) {
        unsigned size = jx_dtype_info((jaxc_dtype)k->kernel->instrs[i].dtype)->size;
        widest = k->kernel->instrs[i].kind == JX_I_LOAD && size > widest ? size : widest;
    }
    for (int i = 0; i < k->kernel->n_stores; i++) {
        unsigned size =
            jx_dtype_info(s->code->storages[jx_emit_store_ref(s, i)->storage].dtype)->size;
        widest = size > widest ? size : widest;
    }
    for (int n = VECTOR_BYTES / (int)widest; n > 1; n /= 2) {
        bool fits = s->dims[s->n_axes - 1] % n == 0;
        for (int i = 0; fits && i < k->kernel->n_stores; i++)
            fits = moves_by(s, jx_emit_store_ref(s, i), n);
        if (fits)
            return n;
    }
    return 1;
}

static struct spread spread_of(const struct emitter *k)
{
    const struct jx_space *s = &k->space;
    struct spread p = {.n_outer = count(s, 0, s->n_outer),
                       .n_inner = count(s, s->n_outer, s->n_axes),
                       .lanes = 1,
                       .vector = vector_of(k)};
    if (s->n_axes > s->n_outer && p.n_inner >= 8) {
        p.by_lane = inner_is_dense(s);
        if (p.by_lane)
            p.lanes = power_of_two_from(p.n_inner, p.n_inner > 1024 ? THREADS : WARP);
        else
            p.lanes = power_of_two_from(p.n_inner / 4, THREADS / WARP);
    }
    p.points = THREADS / p.lanes;
    return p;
}

/* ---- parameters ------------------------------------------------------------------------------ */

static size_t place_of(const struct jx_code *code, const struct jx_storage *s, int *memory)
{
    int of = s->index;
    *memory = s->kind;
    if (s->kind == JX_STORE_RESULT && code->donates[of] >= 0) {
        *memory = JX_STORE_OPERAND;
        of = code->donates[of];
    }
    return s->kind == JX_STORE_TEMP ? s->offset : (size_t)of;
}

/* May two storages have bytes in common? */
static bool overlap(const struct jx_code *code, int a, int b)
{
    int memory_a, memory_b;
    size_t x = place_of(code, &code->storages[a], &memory_a);
    size_t y = place_of(code, &code->storages[b], &memory_b);
    if (memory_a != memory_b)
        return false;
    if (memory_a != JX_STORE_TEMP)
        return x == y;
    return x < y + code->storages[b].size && y < x + code->storages[a].size;
}

static bool is_stored(const struct emitter *k, int storage)
{
    for (int i = 0; i < k->kernel->n_stores; i++)
        if (k->kernel->stores[i].view.storage == storage)
            return true;
    return false;
}

/* Is a storage read alone, and apart from what the kernel writes? */
static bool is_constant(const struct emitter *k, int storage)
{
    for (int i = 0; i < k->kernel->n_stores; i++)
        if (overlap(k->code, storage, k->kernel->stores[i].view.storage))
            return false;
    return true;
}

static void add_parameter(struct emitter *k, int storage)
{
    struct jx_cuda_launch *f = k->launch;
    for (int i = 0; i < f->n_args; i++)
        if (f->args[i] == storage)
            return;
    const char *comma = f->n_args > 0 ? ", " : "";
    f->args[f->n_args++] = storage;
    jx_text_add(k->e.text, "%s%s%s *%st%d", comma, is_stored(k, storage) ? "" : "const ",
                jx_emit_type(k->code->storages[storage].dtype),
                is_constant(k, storage) ? "__restrict__ " : "", storage);
}

/* What the kernel computes, in letters that a name may have. */
static void name_function(struct emitter *k, int number)
{
    struct jx_cuda_launch *f = k->launch;
    snprintf(f->name, sizeof f->name, "%s_%d_%d", k->kernel->name[0] ? k->kernel->name : "kernel",
             (int)k->kernel->loc.line, number);
    for (char *c = f->name; *c; c++)
        if (!isalnum((unsigned char)*c))
            *c = '_';
}

/* ---- reductions ------------------------------------------------------------------------------ */

static bool is_arg_reduction(const struct jx_instr *x)
{
    return x->op == JX_COMBINE_ARGMAX || x->op == JX_COMBINE_ARGMIN;
}

static const char *join_function(const struct jx_instr *x)
{
    jaxc_dtype dtype = (jaxc_dtype)x->dtype;
    return jx_emit_function(jx_combine_op((enum jx_combine)x->op), dtype, dtype);
}

/* The accumulator a<i>, with the identity in it. */
static void declare_accumulator(struct emitter *k, int i)
{
    const struct jx_instr *x = &k->kernel->instrs[i];
    const char *type = jx_emit_type((jaxc_dtype)x->dtype);
    if (is_arg_reduction(x)) {
        const char *of = jx_emit_type((jaxc_dtype)k->kernel->instrs[x->args[0]].dtype);
        jx_emit_line(&k->e, "jx_arg<%s, %s> a%d = {0, 0, false};", of, type, i);
        return;
    }
    jx_text_add(k->e.text, "%*s%s a%d = ", k->e.indent, "", type, i);
    jx_emit_literal(k->e.text, jx_combine_identity((enum jx_combine)x->op, (jaxc_dtype)x->dtype),
                    (jaxc_dtype)x->dtype);
    jx_text_add(k->e.text, ";\n");
}

static void accumulate(struct emitter *k, int i)
{
    const struct jx_instr *x = &k->kernel->instrs[i];
    if (is_arg_reduction(x))
        jx_emit_line(&k->e, "a%d = jx_%s(a%d, {r%d, r%d, true});", i,
                     jx_combine_name((enum jx_combine)x->op), i, x->args[0], x->args[1]);
    else
        jx_emit_line(&k->e, "a%d = %s(a%d, r%d);", i, join_function(x), i, x->args[0]);
}

/* Joins the lanes' accumulators; all lanes have the result then. */
static void finish_reduction(struct emitter *k, int i)
{
    const struct jx_instr *x = &k->kernel->instrs[i];
    const struct spread *p = &k->spread;
    const char *type = jx_emit_type((jaxc_dtype)x->dtype);
    bool arg = is_arg_reduction(x);
    char part[24];
    snprintf(part, sizeof part, arg ? "a%d.at" : "a%d", i);
    if (p->lanes > 1) {
        char join[80];
        if (arg)
            snprintf(join, sizeof join, "jx_%s<%s, %s>", jx_combine_name((enum jx_combine)x->op),
                     jx_emit_type((jaxc_dtype)k->kernel->instrs[x->args[0]].dtype), type);
        else
            snprintf(join, sizeof join, "%s", join_function(x));
        if (!arg && p->by_lane && p->lanes <= WARP)
            jx_emit_line(&k->e, "a%d = jx_join_warp<%u, %s>(a%d);", i, p->lanes, join, i);
        else
            jx_emit_line(&k->e, "a%d = jx_join_block<%u, %u, %s>(a%d, lane);", i, p->lanes,
                         p->by_lane ? 1 : p->points, join, i);
    }
    jx_emit_line(&k->e, "const %s r%d = %s;", type, i, part);
}

/* ---- bodies ---------------------------------------------------------------------------------- */

static void emit_stores(struct emitter *k, bool inner, int stage)
{
    for (int i = 0; i < k->kernel->n_stores; i++) {
        const struct jx_instr *x = &k->kernel->instrs[k->kernel->stores[i].reg];
        if (x->inner == inner && (!inner || x->stage == stage))
            jx_emit_store(&k->e, i);
    }
}

static bool has_stores(const struct emitter *k, bool inner, int stage)
{
    for (int i = 0; i < k->kernel->n_stores; i++) {
        const struct jx_instr *x = &k->kernel->instrs[k->kernel->stores[i].reg];
        if (x->inner == inner && (!inner || x->stage == stage))
            return true;
    }
    return false;
}

static void emit_outer(struct emitter *k, int stage)
{
    for (int i = 0; i < k->kernel->n_instrs; i++) {
        const struct jx_instr *x = &k->kernel->instrs[i];
        if (x->inner || k->available[i] != stage)
            continue;
        if (x->kind == JX_I_REDUCE)
            finish_reduction(k, i);
        else
            jx_emit_instr(&k->e, i);
    }
}

static void emit_inner(struct emitter *k, int stage)
{
    const struct jx_kernel *kernel = k->kernel;
    const struct spread *p = &k->spread;
    for (int i = 0; i < kernel->n_instrs; i++)
        if (kernel->instrs[i].kind == JX_I_REDUCE && kernel->instrs[i].stage == stage)
            declare_accumulator(k, i);
    if (k->space.no_inner)
        return;
    jx_emit_line(&k->e, "for (jx_index inner = %s; inner < %" PRId64 "; inner += %u) {",
                 p->lanes > 1 ? "lane" : "0", p->n_inner, p->lanes);
    k->e.indent += 4;
    jx_emit_indices(&k->e, "inner", k->space.n_outer, k->space.n_axes);
    jx_emit_needed(kernel, stage, k->needed);
    for (int i = 0; i < kernel->n_instrs; i++)
        if (kernel->instrs[i].inner && k->needed[i])
            jx_emit_instr(&k->e, i);
    for (int i = 0; i < kernel->n_instrs; i++)
        if (kernel->instrs[i].kind == JX_I_REDUCE && kernel->instrs[i].stage == stage)
            accumulate(k, i);
    if (has_stores(k, true, stage)) {
        if (p->lanes > 1)
            jx_emit_line(&k->e, "if (live) {");
        k->e.indent += p->lanes > 1 ? 4 : 0;
        emit_stores(k, true, stage);
        k->e.indent -= p->lanes > 1 ? 4 : 0;
        if (p->lanes > 1)
            jx_emit_line(&k->e, "}");
    }
    k->e.indent -= 4;
    jx_emit_line(&k->e, "}");
}

/* The number of the thread's point: `point`, and of its lane. Where lanes meet, all threads of a
 * block stay: those past the last point work on it without storing. */
static void emit_where(struct emitter *k)
{
    const struct spread *p = &k->spread;
    const char *first = "(jx_index)blockIdx.x";
    if (p->lanes == 1) {
        jx_emit_line(&k->e, "jx_index point = %s * %d + threadIdx.x;", first, THREADS);
        jx_emit_line(&k->e, "if (point >= %" PRId64 ")", p->n_outer / p->vector);
        jx_emit_line(&k->e, "    return;");
        if (p->vector > 1)
            jx_emit_line(&k->e, "point *= %d;", p->vector);
        return;
    }
    if (p->by_lane)
        jx_emit_line(&k->e, "const int lane = threadIdx.x %% %u, in_block = threadIdx.x / %u;",
                     p->lanes, p->lanes);
    else
        jx_emit_line(&k->e, "const int in_block = threadIdx.x %% %u, lane = threadIdx.x / %u;",
                     p->points, p->points);
    jx_emit_line(&k->e, "jx_index point = %s * %u + in_block;", first, p->points);
    jx_emit_line(&k->e, "const bool live = point < %" PRId64 ";", p->n_outer);
    jx_emit_line(&k->e, "point = live ? point : %" PRId64 ";", p->n_outer - 1);
}

/* A point, or some that lie side by side: their loads and stores are moved together. */
static void emit_points(struct emitter *k)
{
    const struct jx_kernel *kernel = k->kernel;
    int n = k->spread.vector;
    char last[16];
    if (n == 1) {
        emit_outer(k, -1);
        emit_stores(k, false, -1);
        return;
    }
    snprintf(last, sizeof last, "i%d", k->space.n_axes - 1);
    for (int i = 0; i < kernel->n_instrs; i++) {
        if (!is_vector(k, i))
            continue;
        const char *type = jx_emit_type((jaxc_dtype)kernel->instrs[i].dtype);
        const struct jx_ref *r = jx_emit_ref(&k->space, i);
        jx_text_add(k->e.text,
                    "%*sconst jx_vector<%s, %d> v%d = *(const jx_vector<%s, %d> *)(t%d + ",
                    k->e.indent, "", type, n, i, type, n, r->storage);
        jx_emit_place(&k->e, r);
        jx_text_add(k->e.text, ");\n");
    }
    for (int i = 0; i < kernel->n_stores; i++)
        jx_emit_line(&k->e, "jx_vector<%s, %d> w%d;",
                     jx_emit_type((jaxc_dtype)kernel->instrs[kernel->stores[i].reg].dtype), n, i);
    jx_emit_line(&k->e, "const jx_index first = %s;", last);
    jx_emit_line(&k->e, "#pragma unroll");
    jx_emit_line(&k->e, "for (int j = 0; j < %d; j++) {", n);
    k->e.indent += 4;
    jx_emit_line(&k->e, "const jx_index %s = first + j;", last);
    for (int i = 0; i < kernel->n_instrs; i++) {
        if (is_vector(k, i))
            jx_emit_line(&k->e, "const %s r%d = v%d.at[j];",
                         jx_emit_type((jaxc_dtype)kernel->instrs[i].dtype), i, i);
        else
            jx_emit_instr(&k->e, i);
    }
    for (int i = 0; i < kernel->n_stores; i++)
        jx_emit_line(&k->e, "w%d.at[j] = r%d;", i, kernel->stores[i].reg);
    k->e.indent -= 4;
    jx_emit_line(&k->e, "}");
    for (int i = 0; i < kernel->n_stores; i++) {
        const struct jx_ref *r = jx_emit_store_ref(&k->space, i);
        jx_text_add(k->e.text, "%*s*(jx_vector<%s, %d> *)(t%d + ", k->e.indent, "",
                    jx_emit_type((jaxc_dtype)kernel->instrs[kernel->stores[i].reg].dtype), n,
                    r->storage);
        jx_emit_place(&k->e, r);
        jx_text_add(k->e.text, ") = w%d;\n", i);
    }
}

static void emit_stages(struct emitter *k)
{
    const struct spread *p = &k->spread;
    emit_outer(k, -1);
    for (int stage = 0; stage < k->kernel->n_stages; stage++) {
        emit_inner(k, stage);
        emit_outer(k, stage);
    }
    if (!has_stores(k, false, -1))
        return;
    if (p->lanes > 1)
        jx_emit_line(&k->e, "if (live && lane == 0) {");
    k->e.indent += p->lanes > 1 ? 4 : 0;
    emit_stores(k, false, -1);
    k->e.indent -= p->lanes > 1 ? 4 : 0;
    if (p->lanes > 1)
        jx_emit_line(&k->e, "}");
}

/* ---- routines -------------------------------------------------------------------------------- */

/* A thread for each row. */
static void emit_prefix(struct emitter *k)
{
    const struct jx_routine *x = &k->kernel->routine;
    jaxc_dtype dtype = (jaxc_dtype)k->kernel->instrs[x->value].dtype;
    const struct jx_ref *r = jx_emit_store_ref(&k->space, 0);
    int axis = k->space.n_outer;
    int64_t n = k->space.dims[axis];
    jx_emit_line(&k->e, "%s total = 0;", jx_emit_type(dtype));
    jx_emit_line(&k->e, "for (jx_index n = 0; n < %" PRId64 "; n++) {", n);
    k->e.indent += 4;
    if (x->reverse)
        jx_emit_line(&k->e, "const jx_index i%d = %" PRId64 " - n;", axis, n - 1);
    else
        jx_emit_line(&k->e, "const jx_index i%d = n;", axis);
    jx_emit_instr(&k->e, x->value);
    jx_emit_line(&k->e, "total = n > 0 ? %s(total, r%d) : r%d;",
                 jx_emit_function((enum jx_scalar_op)x->op, dtype, dtype), x->value, x->value);
    jx_text_add(k->e.text, "%*st%d[", k->e.indent, "", r->storage);
    jx_emit_place(&k->e, r);
    jx_text_add(k->e.text, "] = total;\n");
    k->e.indent -= 4;
    jx_emit_line(&k->e, "}");
}

/* One thread for all: its order counts. */
static void emit_scatter(struct emitter *k)
{
    const struct jx_routine *x = &k->kernel->routine;
    jaxc_dtype dtype = (jaxc_dtype)k->kernel->instrs[x->value].dtype;
    const struct jx_ref *r = jx_emit_store_ref(&k->space, 0);
    jx_emit_line(&k->e, "for (jx_index n = 0; n < %" PRId64 "; n++) {", k->spread.n_outer);
    k->e.indent += 4;
    jx_emit_indices(&k->e, "n", 0, k->space.n_outer);
    for (int i = 0; i < k->kernel->n_instrs; i++)
        jx_emit_instr(&k->e, i);
    if (x->valid >= 0) {
        jx_emit_line(&k->e, "if (!r%d)", x->valid);
        jx_emit_line(&k->e, "    continue;");
    }
    jx_text_add(k->e.text, "%*s%s *to = t%d + ", k->e.indent, "", jx_emit_type(dtype), r->storage);
    jx_emit_place(&k->e, r);
    jx_text_add(k->e.text, " + r%d;\n", x->address);
    if (x->op)
        jx_emit_line(&k->e, "*to = %s(*to, r%d);",
                     jx_emit_function((enum jx_scalar_op)x->op, dtype, dtype), x->value);
    else
        jx_emit_line(&k->e, "*to = r%d;", x->value);
    k->e.indent -= 4;
    jx_emit_line(&k->e, "}");
}

/* ---- kernels --------------------------------------------------------------------------------- */

static void emit_body(struct emitter *k)
{
    if (k->kernel->routine.kind == JX_ROUTINE_SCATTER) {
        emit_scatter(k);
        return;
    }
    emit_where(k);
    jx_emit_indices(&k->e, "point", 0, k->space.n_outer);
    if (k->kernel->routine.kind == JX_ROUTINE_PREFIX)
        emit_prefix(k);
    else if (is_elementwise(k->kernel))
        emit_points(k);
    else
        emit_stages(k);
}

static bool set_launch(struct emitter *k)
{
    const struct spread *p = &k->spread;
    struct jx_cuda_launch *f = k->launch;
    bool serial = k->kernel->routine.kind == JX_ROUTINE_SCATTER;
    int64_t per_block = serial ? p->n_outer : (int64_t)p->points * p->vector;
    int64_t blocks = (p->n_outer + per_block - 1) / per_block;
    if (blocks > INT32_MAX)
        return jx_fail(JAXC_ELIMIT, "a kernel of %" PRId64 " points is too large", p->n_outer);
    f->grid = k->space.no_outer ? 0 : (unsigned)blocks;
    f->block = serial ? 1 : THREADS;
    return true;
}

static bool emit_kernel(struct emitter *k, int number)
{
    const struct jx_kernel *kernel = k->kernel;
    struct jx_cuda_launch *f = k->launch;
    f->args = jx_alloc((size_t)(kernel->n_views + kernel->n_stores) + 1, sizeof *f->args);
    if (!f->args || !jx_space_init(&k->space, k->code, kernel))
        return false;
    if (!kernel->routine.kind)
        jx_space_simplify(&k->space, NULL);
    k->e.space = &k->space;
    k->spread = spread_of(k);
    jx_kernel_available(kernel, k->available);
    name_function(k, number);
    jx_text_add(k->e.text, "\nextern \"C\" __global__ void __launch_bounds__(%d) %s(", THREADS,
                f->name);
    for (int i = 0; i < kernel->n_views; i++)
        add_parameter(k, kernel->views[i].storage);
    for (int i = 0; i < kernel->n_stores; i++)
        add_parameter(k, kernel->stores[i].view.storage);
    jx_text_add(k->e.text, ")\n{\n");
    k->e.indent = 4;
    jx_emit_line(&k->e, "typedef %s jx_index;", jx_emit_is_wide(&k->space) ? "int64_t" : "int");
    emit_body(k);
    jx_text_add(k->e.text, "}\n");
    bool ok = set_launch(k);
    jx_space_fini(&k->space);
    return ok;
}

bool jx_cuda_emit(const struct jx_code *code, struct jx_text *text, struct jx_cuda_launch *launches)
{
    for (int i = 0; i < code->n_kernels; i++)
        launches[i] = (struct jx_cuda_launch){.grid = 0};
    for (int i = 0; i < code->n_kernels; i++) {
        struct emitter k = {
            .e = {.text = text}, .code = code, .kernel = &code->kernels[i], .launch = &launches[i]};
        if (k.kernel->routine.kind == JX_ROUTINE_SORT)
            return jx_fail(JAXC_EUNSUPPORTED, "there is no sort on the GPU yet");
        if (!emit_kernel(&k, i))
            return false;
    }
    return !text->failed || jx_fail(JAXC_ENOMEM, "out of memory");
}
