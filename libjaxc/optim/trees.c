/*
 * trees.c - sums over trees, and what is done to gradients and parameters besides a step.
 */
#include "optim/optim.h"

#include <jaxc/tree.h>

/* ---- sums ------------------------------------------------------------------------------------ */

/* The sum so far, of what a rule has met. */
struct total {
    bool any;
    jaxc_value sum;
};

static bool add_up(struct total *t, jaxc_value x)
{
    struct jx_loc here = jx_here();
    jaxc_value sums[] = {t->sum, (jaxc_sum)(x, (struct jaxc_reduce_options){.keepdims = false})};
    jx_set_here(here);
    if (!t->any)
        t->sum = sums[1];
    else
        t->sum = jx_join(2, sums, JX_JOIN_NUMBER, NULL) ? jx_add(sums[0], sums[1]) : JX_POISON;
    t->any = true;
    return !jx_is_poison(t->sum);
}

static bool sum_leaf(void *total, struct jx_leaf *leaf) { return add_up(total, leaf->x[0]); }

static bool vdot_leaf(void *total, struct jx_leaf *leaf)
{
    return jx_join(2, leaf->x, JX_JOIN_NUMBER, NULL) &&
           add_up(total, jx_mul(leaf->x[0], leaf->x[1]));
}

/* 16-bit floats are squared in f32: their squares soon overflow. */
static bool square_leaf(void *total, struct jx_leaf *leaf)
{
    jaxc_dtype dtype = (jaxc_dtype)leaf->type[0].dtype;
    if (jx_dtype_info(dtype)->size < 4)
        dtype = JAXC_F32;
    return add_up(total, jx_square(jx_as(leaf->x[0], dtype, false)));
}

static jaxc_value total_of(struct jx_each e)
{
    struct total t = {.any = false};
    e.env = &t;
    if (!jx_each_leaf(&e, NULL))
        return JX_POISON;
    return t.any ? t.sum : jx_scalar_of(JAXC_I32, (union jx_scalar){.i = 0}, true);
}

jaxc_value(jaxc_tree_sum)(jaxc_value x)
{
    jx_enter("jaxc_tree_sum");
    uint64_t scope = jx_scope_open();
    struct jx_each e = {
        .n = 1, .trees = {x}, .names = {"the tree"}, .any_dtype = true, .rule = sum_leaf};
    return jx_scope_result(scope, scope ? total_of(e) : JX_POISON);
}

jaxc_value(jaxc_tree_vdot)(jaxc_value x, jaxc_value y)
{
    jx_enter("jaxc_tree_vdot");
    uint64_t scope = jx_scope_open();
    struct jx_each e = {
        .n = 2, .trees = {x, y}, .names = {"x", "y"}, .any_dtype = true, .rule = vdot_leaf};
    return jx_scope_result(scope, scope ? total_of(e) : JX_POISON);
}

static jaxc_value global_norm(jaxc_value x, const char *name)
{
    struct jx_each e = {.n = 1, .trees = {x}, .names = {name}, .rule = square_leaf};
    return jx_sqrt(jx_as_float(total_of(e)));
}

jaxc_value(jaxc_optim_global_norm)(jaxc_value x)
{
    jx_enter("jaxc_optim_global_norm");
    uint64_t scope = jx_scope_open();
    return jx_scope_result(scope, scope ? global_norm(x, "the tree") : JX_POISON);
}

/* ---- leaf by leaf ---------------------------------------------------------------------------- */

static bool zeros_leaf(void *dtype, struct jx_leaf *leaf)
{
    struct jx_aval type = leaf->type[0];
    if (*(const jaxc_dtype *)dtype)
        type.dtype = (uint8_t) * (const jaxc_dtype *)dtype;
    type.weak = 0;
    leaf->y[0] = jx_zeros_of(&type);
    return true;
}

jaxc_value jx_zeros_like_tree(jaxc_value x, const char *name, jaxc_dtype dtype)
{
    if (dtype && !jx_choose_dtype(dtype, dtype, &dtype))
        return JX_POISON;
    struct jx_each e = {.n = 1,
                        .n_results = 1,
                        .trees = {x},
                        .names = {name},
                        .any_dtype = true,
                        .rule = zeros_leaf,
                        .env = &dtype};
    return jx_each_result(&e);
}

jaxc_value(jaxc_tree_zeros_like)(jaxc_value x, jaxc_dtype dtype)
{
    jx_enter("jaxc_tree_zeros_like");
    return jx_zeros_like_tree(x, "the tree", dtype);
}

/* Back to the type that a leaf had, its weak flag too. */
static jaxc_value as_leaf(jaxc_value x, const struct jx_aval *type)
{
    return jx_as(x, (jaxc_dtype)type->dtype, type->weak != 0);
}

static bool apply_leaf(void *unused, struct jx_leaf *leaf)
{
    (void)unused;
    if (!jx_join(2, leaf->x, JX_JOIN_NUMBER, NULL))
        return false;
    leaf->y[0] = as_leaf(jx_add(leaf->x[0], leaf->x[1]), &leaf->type[0]);
    return true;
}

jaxc_value(jaxc_optim_apply_updates)(jaxc_value params, jaxc_value updates)
{
    jx_enter("jaxc_optim_apply_updates");
    struct jx_each e = {.n = 2,
                        .n_results = 1,
                        .trees = {params, updates},
                        .names = {"params", "updates"},
                        .any_dtype = true,
                        .rule = apply_leaf};
    return jx_each_result(&e);
}

/* A number, and 1 minus it. */
struct step_size {
    jaxc_value size, rest;
};

static bool incremental_leaf(void *step_size, struct jx_leaf *leaf)
{
    const struct step_size *s = step_size;
    jaxc_dtype dtype;
    if (!jx_join(2, leaf->x, JX_JOIN_FLOAT, &dtype))
        return false;
    jaxc_value fresh = jx_mul(jx_as(s->size, dtype, false), leaf->x[1]);
    jaxc_value old = jx_mul(jx_as(s->rest, dtype, false), leaf->x[0]);
    leaf->y[0] = as_leaf(jx_add(fresh, old), &leaf->type[0]);
    return true;
}

jaxc_value(jaxc_optim_incremental_update)(jaxc_value params, jaxc_value average,
                                          jaxc_value step_size)
{
    jx_enter("jaxc_optim_incremental_update");
    if (!jx_number_check("step_size", step_size))
        return JX_POISON;
    struct step_size s = {step_size, jx_number_sub(jx_number(1), step_size)};
    struct jx_each e = {.n = 2,
                        .n_results = 1,
                        .trees = {average, params},
                        .names = {"average", "params"},
                        .rule = incremental_leaf,
                        .env = &s};
    return jx_each_result(&e);
}

/* A bound, and the norm it is for. */
struct bound {
    jaxc_value most, norm, fits;
};

/* x where norm < most, else (x / norm) * most */
static bool clip_by_norm_leaf(void *bound, struct jx_leaf *leaf)
{
    const struct bound *b = bound;
    jaxc_dtype dtype = (jaxc_dtype)leaf->type[0].dtype;
    jaxc_value x = jx_as(leaf->x[0], dtype, false);
    jaxc_value unit = jx_div(x, jx_as(b->norm, dtype, false));
    jaxc_value clipped = jx_mul(unit, jx_as(b->most, dtype, false));
    leaf->y[0] = as_leaf(jx_select(b->fits, x, clipped), &leaf->type[0]);
    return true;
}

static jaxc_value clip_by_global_norm(jaxc_value grads, jaxc_value max_norm)
{
    struct bound b = {.most = max_norm, .norm = global_norm(grads, "grads")};
    jaxc_value operands[] = {b.norm, max_norm};
    if (!jx_number_check("max_norm", max_norm) || !jx_join(2, operands, JX_JOIN_FLOAT, NULL))
        return JX_POISON;
    b.fits = jx_lt(operands[0], operands[1]);
    struct jx_each e = {.n = 1,
                        .n_results = 1,
                        .trees = {grads},
                        .names = {"grads"},
                        .rule = clip_by_norm_leaf,
                        .env = &b};
    return jx_each_result(&e);
}

jaxc_value(jaxc_optim_clip_by_global_norm)(jaxc_value grads, jaxc_value max_norm)
{
    jx_enter("jaxc_optim_clip_by_global_norm");
    uint64_t scope = jx_scope_open();
    return jx_scope_result(scope, scope ? clip_by_global_norm(grads, max_norm) : JX_POISON);
}

/* min(max(x, -most), most) */
static bool clip_leaf(void *bound, struct jx_leaf *leaf)
{
    const struct bound *b = bound;
    jaxc_dtype dtype = (jaxc_dtype)leaf->type[0].dtype;
    jaxc_value least = jx_as(jx_number_sub(jx_number(0), b->most), dtype, false);
    jaxc_value y = jx_max(jx_as(leaf->x[0], dtype, false), least);
    leaf->y[0] = as_leaf(jx_min(y, jx_as(b->most, dtype, false)), &leaf->type[0]);
    return true;
}

jaxc_value(jaxc_optim_clip)(jaxc_value grads, jaxc_value max_delta)
{
    jx_enter("jaxc_optim_clip");
    struct bound b = {.most = max_delta};
    struct jx_each e = {
        .n = 1, .n_results = 1, .trees = {grads}, .names = {"grads"}, .rule = clip_leaf, .env = &b};
    return jx_number_check("max_delta", max_delta) ? jx_each_result(&e) : JX_POISON;
}

jaxc_value jx_decayed(const struct jx_leaf *leaf, jaxc_value update, jaxc_value param,
                      jaxc_value weight_decay)
{
    double none = 1;
    if (leaf->masked || (jx_number_known(weight_decay, &none) && none == 0))
        return update;
    jaxc_value operands[] = {update, param};
    jaxc_dtype dtype;
    if (!jx_join(2, operands, JX_JOIN_FLOAT, &dtype))
        return JX_POISON;
    return jx_add(operands[0], jx_mul(jx_as(weight_decay, dtype, false), operands[1]));
}

static bool decayed_leaf(void *weight_decay, struct jx_leaf *leaf)
{
    jaxc_value y = jx_decayed(leaf, leaf->x[0], leaf->x[1], *(const jaxc_value *)weight_decay);
    leaf->y[0] = as_leaf(y, &leaf->type[0]);
    return true;
}

jaxc_value(jaxc_optim_add_decayed_weights)(jaxc_value updates, jaxc_value params,
                                           jaxc_value weight_decay,
                                           struct jaxc_optim_mask_options options)
{
    jx_enter("jaxc_optim_add_decayed_weights");
    struct jx_each e = {.n = 2,
                        .n_results = 1,
                        .trees = {updates, params},
                        .names = {"updates", "params"},
                        .mask = options.mask,
                        .rule = decayed_leaf,
                        .env = &weight_decay};
    return jx_number_check("weight_decay", weight_decay) ? jx_each_result(&e) : JX_POISON;
}
