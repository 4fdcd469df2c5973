/*
 * backend/emit.c - kernels as C text.
 */
#include "backend/emit.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

const char *jx_emit_type(jaxc_dtype dtype)
{
    switch (dtype) {
    case JAXC_BOOL:
    case JAXC_U8: return "uint8_t";
    case JAXC_I8: return "int8_t";
    case JAXC_I16: return "int16_t";
    case JAXC_U16:
    case JAXC_F16:
    case JAXC_BF16: return "uint16_t";
    case JAXC_I32: return "int32_t";
    case JAXC_U32: return "uint32_t";
    case JAXC_I64: return "int64_t";
    case JAXC_U64: return "uint64_t";
    case JAXC_F32: return "float";
    default: return "double";
    }
}

#define KEY(op, from, to) ((unsigned)(op) << 16 | (unsigned)(from) << 8 | (unsigned)(to))

const char *jx_emit_function(enum jx_scalar_op op, jaxc_dtype from, jaxc_dtype to)
{
    switch (KEY(op, from, to)) {
#define ROW(name, arity, f, t, function)                                                           \
    case KEY(JX_S_##name, JX_DTYPE(f), JX_DTYPE(t)): return #function;
        JX_FOR_EACH_LOOP(ROW)
#undef ROW
    default: return NULL;
    }
}

/* The functions of JX_FOR_EACH_RARE: for which operands, and which instead. */
static bool rare_functions(enum jx_scalar_op op, jaxc_dtype dtype, const char **rare,
                           const char **again)
{
    switch (KEY(op, dtype, dtype)) {
#define ROW(name, arity, f, is_rare, function)                                                     \
    case KEY(JX_S_##name, JX_DTYPE(f), JX_DTYPE(f)):                                               \
        *rare = #is_rare;                                                                          \
        *again = #function;                                                                        \
        return true;
        JX_FOR_EACH_RARE(ROW)
#undef ROW
    default: return false;
    }
}
#undef KEY

/* ---- constants ------------------------------------------------------------------------------- */

static void integer_text(struct jx_text *t, int64_t i)
{
    if (i >= -INT32_MAX && i <= INT32_MAX)
        jx_text_add(t, "%" PRId64, i);
    else
        jx_text_add(t, "(int64_t)0x%" PRIx64 "u", (uint64_t)i);
}

/* Floats by their bits where they have no literal. */
void jx_emit_literal(struct jx_text *t, union jx_scalar s, jaxc_dtype dtype)
{
    uint64_t bits = 0;
    switch (dtype) {
    case JAXC_F32:
    case JAXC_F64:
        if (isfinite(s.f)) {
            jx_text_add(t, "%a%s", s.f, dtype == JAXC_F32 ? "f" : "");
            return;
        }
        jx_scalar_store(&bits, dtype, s);
        jx_text_add(t, "jx_of_bits_%s(0x%" PRIx64 "u)", jx_dtype_info(dtype)->name, bits);
        return;
    case JAXC_F16:
    case JAXC_BF16:
        jx_scalar_store(&bits, dtype, s);
        jx_text_add(t, "0x%" PRIx64 "u", bits);
        return;
    case JAXC_U64: jx_text_add(t, "(uint64_t)0x%" PRIx64 "u", s.u); return;
    default: integer_text(t, s.i); return;
    }
}

/* ---- addresses ------------------------------------------------------------------------------- */

static bool grows_past(double *sum, int64_t by, int64_t dim)
{
    *sum += fabs((double)by) * (double)(dim > 1 ? dim - 1 : 0);
    return *sum >= 0x1p31;
}

bool jx_emit_is_wide(const struct jx_space *s)
{
    double points = 1;
    for (int k = 0; k < s->n_axes; k++)
        points *= (double)s->dims[k];
    if (points >= 0x1p31)
        return true;
    for (int i = 0; i < s->n_refs; i++) {
        const struct jx_ref *r = &s->refs[i];
        double sum = fabs((double)r->offset);
        for (int k = 0; k < s->n_axes; k++)
            if (grows_past(&sum, r->stride[k], s->dims[k]))
                return true;
        for (int j = 0; j < r->n_guards; j++) {
            const struct jx_ref_guard *g = &r->guards[j];
            double at = fabs((double)g->offset) + (double)g->limit;
            for (int k = 0; k < s->n_axes; k++)
                if (grows_past(&at, g->coef[k], s->dims[k]))
                    return true;
            if (grows_past(&sum, g->stride, g->limit / g->step))
                return true;
        }
    }
    return false;
}

/* "(1+10*i0+i2)" */
static void form_text(struct jx_text *t, int64_t offset, const int64_t *coef, int n_axes)
{
    const char *plus = "";
    jx_text_add(t, "(");
    for (int k = 0; k < n_axes; k++) {
        if (coef[k] == 0)
            continue;
        jx_text_add(t, "%s", plus);
        if (coef[k] != 1) {
            integer_text(t, coef[k]);
            jx_text_add(t, "*");
        }
        jx_text_add(t, "i%d", k);
        plus = "+";
    }
    if (offset != 0 || !*plus) {
        jx_text_add(t, "%s", plus);
        integer_text(t, offset);
    }
    jx_text_add(t, ")");
}

void jx_emit_place(struct jx_emit *e, const struct jx_ref *r)
{
    int n_axes = e->space->n_axes;
    form_text(e->text, r->offset, r->stride, n_axes);
    for (int j = 0; j < r->n_guards; j++) {
        const struct jx_ref_guard *g = &r->guards[j];
        if (g->stride == 0)
            continue;
        jx_text_add(e->text, "+");
        form_text(e->text, g->offset, g->coef, n_axes);
        if (g->step != 1)
            jx_text_add(e->text, "/%" PRId64, g->step);
        jx_text_add(e->text, "*");
        integer_text(e->text, g->stride);
    }
}

/* When the guards and the mask of a load hold. */
static void validity(struct jx_emit *e, const struct jx_ref *r, int mask)
{
    const char *and = "";
    for (int j = 0; j < r->n_guards; j++) {
        const struct jx_ref_guard *g = &r->guards[j];
        jx_text_add(e->text, "%s", and);
        form_text(e->text, g->offset, g->coef, e->space->n_axes);
        jx_text_add(e->text, " >= 0 && ");
        form_text(e->text, g->offset, g->coef, e->space->n_axes);
        jx_text_add(e->text, " < ");
        integer_text(e->text, g->limit);
        if (g->step != 1) {
            jx_text_add(e->text, " && ");
            form_text(e->text, g->offset, g->coef, e->space->n_axes);
            jx_text_add(e->text, " %% %" PRId64 " == 0", g->step);
        }
        and = " && ";
    }
    if (mask >= 0)
        jx_text_add(e->text, "%sr%d != 0", and, mask);
}

const struct jx_ref *jx_emit_ref(const struct jx_space *s, int instr)
{
    const struct jx_kernel *k = s->kernel;
    if (k->instrs[instr].kind == JX_I_LOAD)
        return &s->refs[k->instrs[instr].view];
    int index = 0;
    for (int i = 0; i < instr; i++)
        index += k->instrs[i].kind == JX_I_INDEX;
    return &s->refs[k->n_views + k->n_stores + index];
}

const struct jx_ref *jx_emit_store_ref(const struct jx_space *s, int store)
{
    return &s->refs[s->kernel->n_views + store];
}

/* ---- statements ------------------------------------------------------------------------------ */

static void indent(struct jx_emit *e) { jx_text_add(e->text, "%*s", e->indent, ""); }

void jx_emit_line(struct jx_emit *e, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    indent(e);
    jx_text_add(e->text, "%s\n", line);
}

void jx_emit_indices(struct jx_emit *e, const char *from, int first, int last)
{
    int64_t inside = 1;
    for (int k = last - 1; k >= first; k--) {
        indent(e);
        jx_text_add(e->text, "const jx_index i%d = %s", k, from);
        if (inside != 1)
            jx_text_add(e->text, " / %" PRId64, inside);
        if (k > first)
            jx_text_add(e->text, " %% %" PRId64, e->space->dims[k]);
        jx_text_add(e->text, ";\n");
        inside *= e->space->dims[k];
    }
}

static void load_text(struct jx_emit *e, const struct jx_instr *x, const struct jx_ref *r)
{
    bool guarded = r->n_guards > 0 || x->args[1] >= 0;
    if (guarded) {
        validity(e, r, x->args[1]);
        jx_text_add(e->text, " ? ");
    }
    jx_text_add(e->text, "t%d[", r->storage);
    jx_emit_place(e, r);
    if (x->args[0] >= 0)
        jx_text_add(e->text, "+r%d", x->args[0]);
    jx_text_add(e->text, "]");
    if (guarded) {
        jx_text_add(e->text, " : (%s)", jx_emit_type((jaxc_dtype)x->dtype));
        jx_emit_literal(e->text, e->space->kernel->views[x->view].fill, (jaxc_dtype)x->dtype);
    }
}

static void call(struct jx_text *t, const char *function, const struct jx_instr *x)
{
    jx_text_add(t, "%s(", function);
    for (int j = 0; j < 3 && x->args[j] >= 0; j++)
        jx_text_add(t, "%sr%d", j > 0 ? ", " : "", x->args[j]);
    jx_text_add(t, ")");
}

static void scalar_text(struct jx_emit *e, const struct jx_instr *x)
{
    enum jx_scalar_op op = (enum jx_scalar_op)x->op;
    const struct jx_instr *instrs = e->space->kernel->instrs;
    jaxc_dtype from = (jaxc_dtype)instrs[x->args[op == JX_S_select ? 1 : 0]].dtype;
    const char *rare, *again;
    if (rare_functions(op, from, &rare, &again)) {
        call(e->text, rare, x);
        jx_text_add(e->text, " ? ");
        call(e->text, again, x);
        jx_text_add(e->text, " : ");
    }
    call(e->text, jx_emit_function(op, from, (jaxc_dtype)x->dtype), x);
}

void jx_emit_instr(struct jx_emit *e, int instr)
{
    const struct jx_instr *x = &e->space->kernel->instrs[instr];
    const char *type = jx_emit_type((jaxc_dtype)x->dtype);
    indent(e);
    jx_text_add(e->text, "const %s r%d = ", type, instr);
    switch (x->kind) {
    case JX_I_LOAD: load_text(e, x, jx_emit_ref(e->space, instr)); break;
    case JX_I_CONST: jx_emit_literal(e->text, x->imm, (jaxc_dtype)x->dtype); break;
    case JX_I_INDEX:
        jx_text_add(e->text, "(%s)", type);
        jx_emit_place(e, jx_emit_ref(e->space, instr));
        break;
    default: scalar_text(e, x); break;
    }
    jx_text_add(e->text, ";\n");
}

void jx_emit_store(struct jx_emit *e, int store)
{
    const struct jx_ref *r = jx_emit_store_ref(e->space, store);
    indent(e);
    jx_text_add(e->text, "t%d[", r->storage);
    jx_emit_place(e, r);
    jx_text_add(e->text, "] = r%d;\n", e->space->kernel->stores[store].reg);
}

void jx_emit_needed(const struct jx_kernel *kernel, int stage, bool *needed)
{
    for (int i = 0; i < kernel->n_instrs; i++)
        needed[i] = false;
    for (int i = 0; i < kernel->n_stores; i++) {
        int reg = kernel->stores[i].reg;
        needed[reg] |= kernel->instrs[reg].inner && kernel->instrs[reg].stage == stage;
    }
    for (int i = kernel->n_instrs; i-- > 0;) {
        const struct jx_instr *x = &kernel->instrs[i];
        bool is_reduction = x->kind == JX_I_REDUCE && x->stage == stage;
        for (int j = 0; j < 3 && (needed[i] || is_reduction); j++)
            if (x->args[j] >= 0)
                needed[x->args[j]] |= kernel->instrs[x->args[j]].inner != 0;
    }
}
