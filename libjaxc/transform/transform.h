/*
 * transform/transform.h - every transform is an interpreter over a program that emits values.
 *
 * Arrays of "inputs" run over a program's consts, then its inputs. JX_ZERO stands for symbolic
 * zeros.
 */
#ifndef JX_TRANSFORM_H
#define JX_TRANSFORM_H

#include "ir/ir.h"
#include "prim/prim.h"

/* Values and tangents: out = p(in), dout = its derivative at in along din. */
bool jx_jvp(const struct jx_program *p, const jaxc_value *in, const jaxc_value *din,
            jaxc_value *out, jaxc_value *dout);

/* The derivative at `in` as a program of the tangents of those inputs that are nonzero. */
struct jx_linear {
    struct jx_traced
        traced;        /* captures: residuals; outputs: tangents of the outs that are out_nonzero */
    bool *out_nonzero; /* for each out of p */
};
bool jx_linearize(const struct jx_program *p, const jaxc_value *in, const bool *nonzero,
                  jaxc_value *out, struct jx_linear *linear);
void jx_linear_fini(struct jx_linear *linear);

/* Backwards through a program linear in the inputs marked so: cotangents of the outs to cotangents
 * of those inputs. `in` has values for the other inputs. */
bool jx_transpose_program(const struct jx_program *p, const bool *linear, const jaxc_value *in,
                          const jaxc_value *ct, jaxc_value *ct_in);

/* All lanes at once: input i has its lanes along axis[i], -1: none. */
bool jx_vmap(const struct jx_program *p, int64_t size, const jaxc_value *in, const int *axis,
             jaxc_value *out, int *out_axis);

/* The same on programs, memoised: what primitives that hold programs use. */
extern const struct jx_transforms jx_transforms;

/* What the interpreters share: an environment, and the rule of one equation after another. */
struct jx_interpreter {
    struct jx_env env;
    struct jx_rule rule;
    jaxc_value *x; /* operands */
    const struct jx_aval **in, **out;
    size_t x_capacity, in_capacity, out_capacity;
    struct jx_loc outer; /* restored at the end */
};
bool jx_interpreter_init(struct jx_interpreter *it, const struct jx_program *p,
                         const jaxc_value *in);
/* Sets rule, operands and place for equation e. */
bool jx_interpreter_step(struct jx_interpreter *it, const struct jx_eqn *e);
void jx_interpreter_fini(struct jx_interpreter *it);

#endif
