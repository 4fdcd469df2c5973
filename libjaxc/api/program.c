/*
 * api/program.c - the programs of functions as text, their types, and functions from text.
 */
#include "api/api.h"
#include "lower/lower.h"
#include "opt/opt.h"

/* A function traced at arguments or specs. */
static bool trace_at(jaxc_fn f, int n, const jaxc_value *args, struct jx_traced_fn *fn)
{
    struct jx_fn_object *object = jx_fn_get(f);
    struct jx_flat flat = {0};
    struct jx_frame frame;
    jx_frame_push(&frame, "the function", NULL);
    bool ok = object && jx_fn_takes(object, n) && jx_flatten_arguments(n, args, &flat);
    struct jx_aval *avals = ok ? jx_flat_avals(&flat) : NULL;
    ok = avals && jx_fn_trace(object, &flat, avals, NULL, fn);
    jx_frame_pop(&frame);
    jx_free(avals);
    jx_flat_fini(&flat);
    jx_fn_unref(object);
    return ok;
}

static const char *scoped(char *text) { return text && jx_scope_own_text(text) ? text : NULL; }

const char *jaxc_program_n(jaxc_fn f, int n, const jaxc_value *args)
{
    jx_enter("jaxc_program");
    struct jx_traced_fn fn = {0};
    char *text = trace_at(f, n, args, &fn) ? jx_program_print(fn.traced.program) : NULL;
    jx_traced_fn_fini(&fn);
    return scoped(text);
}

const char *jaxc_program_optimised_n(jaxc_fn f, int n, const jaxc_value *args)
{
    jx_enter("jaxc_program_optimised");
    struct jx_traced_fn fn = {0};
    struct jx_program *p = trace_at(f, n, args, &fn) ? jx_optimise(fn.traced.program) : NULL;
    char *text = p ? jx_program_print(p) : NULL;
    jx_program_unref(p);
    jx_traced_fn_fini(&fn);
    return scoped(text);
}

const char *jaxc_program_lowered_n(jaxc_fn f, int n, const jaxc_value *args)
{
    jx_enter("jaxc_program_lowered");
    struct jx_traced_fn fn = {0};
    struct jx_exe *e = trace_at(f, n, args, &fn) ? jx_compile(fn.traced.program, NULL) : NULL;
    char *text = e ? jx_code_print(jx_exe_code(e)) : NULL;
    jx_exe_unref(e);
    jx_traced_fn_fini(&fn);
    return scoped(text);
}

jaxc_value jaxc_eval_shape_n(jaxc_fn f, int n, const jaxc_value *args)
{
    jx_enter("jaxc_eval_shape");
    struct jx_traced_fn fn = {0};
    jaxc_value v = JX_POISON, *leaves = NULL;
    bool ok = trace_at(f, n, args, &fn);
    const struct jx_program *p = fn.traced.program;
    ok = ok && (leaves = jx_alloc((size_t)p->n_out + 1, sizeof *leaves));
    for (uint32_t i = 0; ok && i < p->n_out; i++) {
        struct jx_node *node = jx_node_arg(jx_atom_aval(p, p->outs[i]), 0, 0);
        leaves[i] = node ? jx_value_own(node, 0) : JX_POISON;
        ok = !jx_is_poison(leaves[i]);
    }
    if (ok)
        v = jx_tree_unflatten(fn.out, leaves);
    jx_free(leaves);
    jx_traced_fn_fini(&fn);
    return v;
}

jaxc_fn jaxc_program_parse(const char *text)
{
    jx_enter("jaxc_program_parse");
    jx_api_init();
    struct jx_program *p = text ? jx_program_parse(text) : NULL;
    struct jx_fn_object *f = NULL;
    if (!text)
        jx_fail(JAXC_EVALUE, "text is NULL");
    else if (p && p->n_consts)
        jx_fail(JAXC_ESYNTAX, "the program has %u captures, which text cannot give", p->n_consts);
    else if (p && (f = jx_fn_new(&jx_fn_program, p->n_in <= JAXC_MAX_ARGS ? (int)p->n_in : -1, 0,
                                 NULL, NULL, 0)))
        f->program = jx_program_ref(p);
    jx_program_unref(p);
    return jx_fn_own(f);
}
