/*
 * program_in_c.c - a program told as a C program over the public calls.
 *
 * An equation that a public call makes is that call; of the others the call is jaxc_program_parse
 * of the equation's own text.
 */
#include "support/prims_table.h"
#include "support/shrink.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct text {
    char *data;
    size_t n, capacity;
};

static void add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct text *t, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t need = t->n + (size_t)vsnprintf(NULL, 0, format, args) + 1;
    if (need > t->capacity) {
        t->capacity = 2 * need;
        t->data = realloc(t->data, t->capacity);
        if (!t->data)
            abort();
    }
    t->n += (size_t)vsnprintf(t->data + t->n, t->capacity - t->n, format, again);
    va_end(again);
    va_end(args);
}

/* ---- numbers and arrays ---------------------------------------------------------------------- */

static const char *element_type(jaxc_dtype dtype)
{
    switch (dtype) {
    case JAXC_BOOL: return "bool";
    case JAXC_U8: return "uint8_t";
    case JAXC_U32: return "uint32_t";
    case JAXC_U64: return "uint64_t";
    case JAXC_I32: return "int32_t";
    case JAXC_I64: return "int64_t";
    case JAXC_F32: return "float";
    default: return "double";
    }
}

static void number(struct text *t, jaxc_dtype dtype, union jx_scalar s)
{
    bool is_float = jx_is_float(dtype);
    if (is_float && !isfinite(s.f))
        add(t, isnan(s.f) ? "NAN" : s.f > 0 ? "INFINITY" : "-INFINITY");
    else if (is_float)
        add(t, "%a", s.f);
    else if (jx_dtype_info(dtype)->category == JX_CAT_UNSIGNED)
        add(t, "%" PRIu64 "u", s.u);
    else if (s.i == INT64_MIN)
        add(t, "INT64_MIN");
    else
        add(t, "%" PRId64, s.i);
}

static void shape(struct text *t, const struct jx_aval *a)
{
    add(t, a->rank ? "JAXC_SHAPE(" : "JAXC_SCALAR");
    for (int i = 0; i < a->rank; i++)
        add(t, "%s%" PRId64, i ? ", " : "", a->dims[i]);
    add(t, a->rank ? ")" : "");
}

static void array(struct text *t, const struct array *a)
{
    const struct jx_dtype_info *info = jx_dtype_info(a->type.dtype);
    int64_t n = array_count(a);
    add(t, "jaxc_array((%s[]){", element_type(a->type.dtype));
    for (int64_t i = 0; i < n; i++) {
        add(t, i ? ", " : "");
        number(t, a->type.dtype,
               jx_scalar_load((char *)a->data + (size_t)i * info->size, a->type.dtype));
    }
    add(t, "%s}, %s, ", n ? "" : "0", info->c_name);
    shape(t, &a->type);
    add(t, ")");
}

/* ---- equations ------------------------------------------------------------------------------- */

static const struct {
    const struct jx_prim *prim;
    const char *call;
    bool floats_only; /* of other dtypes the call means something else */
} calls[] = {
    {&jx_neg_p, "jaxc_neg", false},
    {&jx_abs_p, "jaxc_abs", false},
    {&jx_sign_p, "jaxc_sign", false},
    {&jx_not_p, "jaxc_bitwise_not", false},
    {&jx_exp_p, "jaxc_exp", false},
    {&jx_log_p, "jaxc_log", false},
    {&jx_log1p_p, "jaxc_log1p", false},
    {&jx_sin_p, "jaxc_sin", false},
    {&jx_cos_p, "jaxc_cos", false},
    {&jx_tanh_p, "jaxc_tanh", false},
    {&jx_sqrt_p, "jaxc_sqrt", false},
    {&jx_square_p, "jaxc_square", false},
    {&jx_add_p, "jaxc_add", false},
    {&jx_sub_p, "jaxc_sub", false},
    {&jx_mul_p, "jaxc_mul", false},
    {&jx_div_p, "jaxc_div", true},
    {&jx_max_p, "jaxc_maximum", false},
    {&jx_min_p, "jaxc_minimum", false},
    {&jx_and_p, "jaxc_bitwise_and", false},
    {&jx_or_p, "jaxc_bitwise_or", false},
    {&jx_xor_p, "jaxc_bitwise_xor", false},
    {&jx_shift_left_p, "jaxc_left_shift", false},
    {&jx_eq_p, "jaxc_equal", false},
    {&jx_ne_p, "jaxc_not_equal", false},
    {&jx_lt_p, "jaxc_less", false},
    {&jx_le_p, "jaxc_less_equal", false},
    {&jx_gt_p, "jaxc_greater", false},
    {&jx_ge_p, "jaxc_greater_equal", false},
    {&jx_stop_gradient_p, "jaxc_stop_gradient", false},
    {&jx_custom_jvp_call_p, "gate_by_jvp", false},
    {&jx_custom_vjp_call_p, "gate_by_vjp", false},
};

static void atom(struct text *t, const struct jx_program *p, jx_atom a)
{
    if (!jx_atom_is_literal(a)) {
        add(t, "v%u", a);
        return;
    }
    const struct jx_literal *l = &p->literals[a & ~JX_LITERAL_BIT];
    add(t, "jaxc_astype(");
    number(t, l->aval.dtype, l->value);
    add(t, ", %s)", jx_dtype_info(l->aval.dtype)->c_name);
}

/* The text of the equation alone, as a C string. */
static void own_text(struct text *t, const struct jx_program *p, const struct jx_eqn *e)
{
    struct jx_aval *types = must_alloc(e->n_in, sizeof *types);
    for (uint32_t k = 0; k < e->n_in; k++) {
        types[k] = *jx_atom_aval(p, p->atoms[e->first_in + k]);
        types[k].weak = 0;
    }
    struct jx_program *q =
        one_equation(e->prim, e->params ? e->params->data : NULL, (int)e->n_in, types);
    char *text = q ? jx_program_print(q) : NULL;
    add(t, "\"");
    for (const char *c = text ? text : "?"; *c; c++) {
        if (*c == '\n')
            add(t, "\\n\"\n        \"");
        else
            add(t, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    }
    add(t, "\"");
    jx_free(text);
    jx_program_unref(q);
    free(types);
}

/* Functions of the jitted programs inside, numbered as they come. */
struct inner {
    const struct jx_program *program[64];
    int n;
};

static int number_of(struct inner *in, const struct jx_program *p)
{
    for (int i = 0; i < in->n; i++)
        if (in->program[i] == p)
            return i;
    if (in->n == 64)
        abort();
    in->program[in->n] = p;
    return in->n++;
}

static const struct jx_program *jitted(const struct jx_eqn *e)
{
    if (e->prim != &jx_jit_p)
        return NULL;
    const struct jx_jit_params *params = (const void *)e->params->data;
    return params->jaxpr;
}

static void operands(struct text *t, const struct jx_program *p, const struct jx_eqn *e)
{
    for (uint32_t k = 0; k < e->n_in; k++) {
        add(t, k ? ", " : "");
        atom(t, p, p->atoms[e->first_in + k]);
    }
}

static bool is_used(const struct jx_program *p, uint32_t variable)
{
    for (uint32_t i = 0; i < p->n_atoms; i++)
        if (p->atoms[i] == variable)
            return true;
    for (uint32_t i = 0; i < p->n_out; i++)
        if (p->outs[i] == variable)
            return true;
    return false;
}

static void equation(struct text *t, struct inner *in, const struct jx_program *p,
                     const struct jx_eqn *e)
{
    const char *call = NULL;
    bool floats = e->n_in > 0 && jx_is_float(jx_atom_aval(p, p->atoms[e->first_in])->dtype);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (calls[i].prim == e->prim && (floats || !calls[i].floats_only))
            call = calls[i].call;
    const char *several = e->n_out == 1 ? "v" : "t";
    add(t, "    jaxc_value %s%u = ", several, e->first_out);
    if (jitted(e)) {
        add(t, "jaxc_call(jaxc_jit(inner%d)%s", number_of(in, jitted(e)), e->n_in ? ", " : "");
    } else if (call) {
        add(t, "%s(", call);
    } else {
        add(t, "jaxc_call(jaxc_program_parse(\n        ");
        own_text(t, p, e);
        add(t, ")%s", e->n_in ? ", " : "");
    }
    operands(t, p, e);
    add(t, ");\n");
    for (uint32_t k = 0; e->n_out > 1 && k < e->n_out; k++)
        if (is_used(p, e->first_out + k))
            add(t, "    jaxc_value v%u = jaxc_get(t%u, %u);\n", e->first_out + k, e->first_out, k);
}

static void function(struct text *t, struct inner *in, const struct jx_program *p, const char *name)
{
    uint32_t n_in = p->n_consts + p->n_in;
    for (uint32_t i = 0; i < p->n_eqns; i++) {
        const struct jx_program *q = jitted(&p->eqns[i]);
        int known = in->n, number_there = q ? number_of(in, q) : 0;
        char inner_name[32];
        snprintf(inner_name, sizeof inner_name, "inner%d", number_there);
        if (q && number_there == known)
            function(t, in, q, inner_name);
    }
    add(t, "static jaxc_value %s(", name);
    for (uint32_t i = 0; i < n_in; i++)
        add(t, "%sjaxc_value v%u", i ? ", " : "", i);
    add(t, n_in ? ")\n{\n" : "void)\n{\n");
    for (uint32_t i = 0; i < p->n_eqns; i++)
        equation(t, in, p, &p->eqns[i]);
    add(t, p->n_out == 1 ? "    return " : "    return jaxc_tuple(");
    for (uint32_t i = 0; i < p->n_out; i++) {
        add(t, i ? ", " : "");
        atom(t, p, p->outs[i]);
    }
    add(t, p->n_out == 1 ? ";\n}\n\n" : ");\n}\n\n");
}

char *program_in_c(const struct subject *s, const char *title, const char *body)
{
    const struct jx_program *p = s->program;
    struct text t = {0};
    struct inner in = {.n = 0};
    add(&t, "/* %s */\n#include <jaxc/jaxc.h>\n#include <math.h>\n#include <stdio.h>\n\n", title);
    if (program_applies(p, &jx_custom_jvp_call_p) || program_applies(p, &jx_custom_vjp_call_p))
        add(&t, "%s\n\n", custom_source);
    function(&t, &in, p, "f");
    add(&t, "static void show(jaxc_value v) { printf(\"%%s\\n\", jaxc_text(v)); }\n\n");
    add(&t, "int main(void)\n{\n");
    for (uint32_t i = 0; i < p->n_in; i++) {
        add(&t, "    jaxc_value x%u = ", i);
        array(&t, &s->in[i]);
        add(&t, ";\n");
    }
    add(&t, "#define ARGS  ");
    for (uint32_t i = 0; i < p->n_in; i++)
        add(&t, "%sx%u", i ? ", " : "", i);
    add(&t, "\n#define LANES ");
    for (uint32_t i = 0; i < p->n_in; i++)
        add(&t, "%sjaxc_stack(0, x%u, x%u)", i ? ", " : "", i, i);
    add(&t, "\n    printf(\"%%s\\n\", jaxc_program(f, ARGS));\n    %s\n", body);
    add(&t, "    if (jaxc_error())\n        printf(\"%%s\\n\", jaxc_error());\n    return 0;\n}\n");
    return t.data;
}
