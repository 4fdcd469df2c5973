/*
 * transform/linearize.c - jvp with fresh tangents: what depends on them is the linear program, the
 * rest is known.
 *
 * The tangents carry a tag that nodes inherit from their operands, so the primal part is emitted
 * into the surrounding trace as if nothing happened, and the linear part is lifted out of it
 * afterwards.
 */
#include "transform/transform.h"

void jx_linear_fini(struct jx_linear *linear)
{
    jx_traced_fini(&linear->traced);
    jx_free(linear->out_nonzero);
    linear->out_nonzero = NULL;
}

bool jx_linearize(const struct jx_program *p, const jaxc_value *in, const bool *nonzero,
                  jaxc_value *out, struct jx_linear *linear)
{
    *linear = (struct jx_linear){0};
    size_t n_in = (size_t)p->n_consts + p->n_in;
    uint64_t tag = jx_tag_new();
    jaxc_value *din = jx_alloc(2 * n_in + 2 * (size_t)p->n_out + 1, sizeof *din);
    linear->out_nonzero = jx_alloc((size_t)p->n_out + 1, sizeof *linear->out_nonzero);
    bool ok = din && linear->out_nonzero;
    jaxc_value *args = din + n_in, *dout = args + n_in, *douts = dout + p->n_out;
    int n_args = 0, n_outs = 0;
    for (size_t v = 0; ok && v < n_in; v++) {
        din[v] = JX_ZERO;
        if (!nonzero[v] || !jx_is_float(p->avals[v].dtype))
            continue;
        din[v] = args[n_args++] = jx_tag_arg(&p->avals[v], tag);
        ok = !jx_is_poison(din[v]);
    }
    ok = ok && jx_jvp(p, in, din, out, dout);
    for (uint32_t i = 0; ok && i < p->n_out; i++) {
        linear->out_nonzero[i] = !jx_is_zero(dout[i]);
        if (linear->out_nonzero[i])
            douts[n_outs++] = dout[i];
    }
    ok = ok && jx_tag_extract(tag, n_args, args, n_outs, douts, &linear->traced);
    if (ok)
        linear->traced.program->name = p->name;
    jx_free(din);
    if (!ok)
        jx_linear_fini(linear);
    return ok;
}
