/*
 * optimisers.c - sgd, momentum, adam, adamw, rmsprop, lion: optax's formulas, in the order of its
 * operations.
 *
 * A state is a dict of "count" and of trees like the parameters. Each optimiser is a rule for the
 * leaves of gradients, state and parameters; its first result is the update, the others are the new
 * state's, in the dtypes that they had.
 */
#include "optim/optim.h"

#include <limits.h>

/* ---- states ---------------------------------------------------------------------------------- */

static jaxc_value dict_of(int n, const char *const *names, const jaxc_value *values)
{
    const char *keys[JX_MOST_RESULTS];
    for (int i = 0; i < n; i++)
        if (!(keys[i] = jx_intern(names[i])))
            return JX_POISON;
    const char *const *interned = jx_intern_keys(n, keys);
    return interned ? jx_tree_make(n, values, interned) : JX_POISON;
}

/* The parts of a dict that has these keys, which are sorted, and no others. */
static bool parts_of(jaxc_value state, int n, const char *const *names, jaxc_value *parts)
{
    struct jx_ref r = jx_value_ref(state);
    if (!r.node)
        return false;
    bool ok = r.node->kind == JX_NODE_TREE && r.node->keys && r.node->n_in == (uint32_t)n;
    for (int i = 0; ok && i < n; i++)
        ok = strcmp(r.node->keys[i], names[i]) == 0;
    if (!ok)
        jx_fail(JAXC_ETREE, "the state is none of this optimiser: it has no \"%s\" of its own",
                names[n - 1]);
    for (int i = 0; ok && i < n; i++) {
        parts[i] = jx_value_own(jx_node_ref(r.node->in[i].node), r.node->in[i].index);
        ok = !jx_is_poison(parts[i]);
    }
    jx_node_unref(r.node);
    return ok;
}

static bool has_key(jaxc_value state, const char *key)
{
    struct jx_ref r = jx_value_ref(state);
    bool found = false;
    if (r.node && r.node->kind == JX_NODE_TREE && r.node->keys)
        for (uint32_t i = 0; i < r.node->n_in; i++)
            found = found || strcmp(r.node->keys[i], key) == 0;
    jx_node_unref(r.node);
    return found;
}

static jaxc_value count_of(int64_t number)
{
    return jx_scalar_of(JAXC_I32, (union jx_scalar){.i = number}, false);
}

/* count + 1, which stays at the greatest */
static jaxc_value next_count(jaxc_value count)
{
    struct jx_aval type;
    char text[JX_AVAL_TEXT];
    if (!jx_value_aval(count, &type))
        return JX_POISON;
    if (type.dtype != JAXC_I32 || type.rank > 0) {
        jx_fail(JAXC_ETREE, "the state's \"count\" is %s, not i32[]", jx_aval_text(&type, text));
        return JX_POISON;
    }
    jaxc_value most = count_of(INT32_MAX);
    return jx_select(jx_lt(count, most), jx_add(count, count_of(1)), most);
}

/* ---- one step -------------------------------------------------------------------------------- */

/* A decay rate b, and 1 - b. */
struct decay {
    jaxc_value rate, rest;
};

/* All that the rules need besides the leaves; each uses its part. */
struct step {
    jaxc_value count;    /* after this step */
    jaxc_value descent;  /* -learning_rate */
    struct decay b1, b2; /* of mu or the trace, and of nu; lion uses both for mu */
    jaxc_value eps, eps_root, weight_decay;
    bool nesterov, eps_outside, bias_correction;
    /* 1 - b^count in the last leaf's dtype; `ahead` is one step further */
    jaxc_dtype dtype;
    jaxc_value bias1, bias1_ahead, bias2;
};

static bool take_decay(const char *name, jaxc_value given, double otherwise, struct decay *b)
{
    b->rate = given;
    if (!jx_number_take(name, &b->rate, otherwise))
        return false;
    b->rest = jx_number_sub(jx_number(1), b->rate);
    return !jx_is_poison(b->rest);
}

/* 1 - b^count; in 16 bits b^count might be 1 */
static jaxc_value bias(const struct decay *b, jaxc_value count, jaxc_dtype dtype)
{
    jaxc_dtype wide = jx_dtype_info(dtype)->size < 4 ? JAXC_F32 : dtype;
    jaxc_value power = jx_pow(jx_as(b->rate, wide, false), count);
    return jx_as(jx_sub(jx_as(jx_number(1), wide, false), power), dtype, false);
}

static bool take_biases(struct step *s, jaxc_dtype dtype)
{
    if (s->dtype == dtype)
        return true;
    s->dtype = dtype;
    s->bias2 = bias(&s->b2, s->count, dtype);
    s->bias1 = bias(&s->b1, s->count, dtype);
    if (s->nesterov)
        s->bias1_ahead = bias(&s->b1, next_count(s->count), dtype);
    return !jx_is_poison(s->bias1) && !jx_is_poison(s->bias2);
}

/* b x */
static jaxc_value scaled(jaxc_value b, jaxc_value x, jaxc_dtype dtype)
{
    return jx_mul(jx_as(b, dtype, false), x);
}

/* (1 - b) x + b m */
static jaxc_value averaged(const struct decay *b, jaxc_value x, jaxc_value m, jaxc_dtype dtype)
{
    jaxc_value fresh = scaled(b->rest, x, dtype);
    return jx_add(fresh, scaled(b->rate, m, dtype));
}

static jaxc_value plus(jaxc_value x, jaxc_value number, jaxc_dtype dtype)
{
    double none = 1;
    if (jx_number_known(number, &none) && none == 0)
        return x;
    return jx_add(x, jx_as(number, dtype, false));
}

/* -learning_rate x */
static jaxc_value descent(const struct step *s, jaxc_value x)
{
    struct jx_aval type;
    double same = 0;
    if (!jx_value_aval(x, &type) || (jx_number_known(s->descent, &same) && same == 1))
        return x;
    return scaled(s->descent, x, (jaxc_dtype)type.dtype);
}

/* A state's leaf in the dtype that it had. */
static jaxc_value as_state(jaxc_value x, const struct jx_aval *type)
{
    return jx_as(x, (jaxc_dtype)type->dtype, false);
}

/* An optimiser. Its rule gets the leaves of the gradients, of the state's trees and of the
 * parameters, and gives an update and the leaves of the new state. */
struct optimiser {
    int n_keys; /* of the state, sorted; "count" is the first */
    const char *keys[JX_MOST_RESULTS];
    bool (*rule)(void *step, struct jx_leaf *leaf);
};

/* (updates, state); the caller has filled the rule's numbers in. */
static jaxc_value run(const struct optimiser *o, struct step *s, jaxc_value grads, jaxc_value state,
                      jaxc_value params, jaxc_value mask, jaxc_value learning_rate)
{
    jaxc_value parts[JX_MOST_RESULTS], results[JX_MOST_RESULTS], pair[2];
    if (!jx_number_check("learning_rate", learning_rate) ||
        !parts_of(state, o->n_keys, o->keys, parts))
        return JX_POISON;
    s->descent = jx_number_sub(jx_number(0), learning_rate);
    s->count = parts[0] = next_count(parts[0]);
    struct jx_each e = {
        .n = o->n_keys, .n_results = o->n_keys, .mask = mask, .rule = o->rule, .env = s};
    e.trees[0] = grads;
    e.names[0] = "grads";
    for (int i = 1; i < o->n_keys; i++) {
        e.trees[i] = parts[i];
        e.names[i] = o->keys[i];
    }
    e.trees[e.n] = params;
    e.names[e.n++] = "params";
    if (jx_is_poison(s->count) || !jx_each_leaf(&e, results))
        return JX_POISON;
    for (int i = 1; i < o->n_keys; i++)
        parts[i] = results[i];
    pair[0] = results[0];
    pair[1] = dict_of(o->n_keys, o->keys, parts);
    return jx_is_poison(pair[1]) ? JX_POISON : jx_tree_make(2, pair, NULL);
}

static jaxc_value update(const struct optimiser *o, struct step *s, jaxc_value grads,
                         jaxc_value state, jaxc_value params, jaxc_value mask,
                         jaxc_value learning_rate)
{
    uint64_t scope = jx_scope_open();
    return jx_scope_result(scope, scope ? run(o, s, grads, state, params, mask, learning_rate)
                                        : JX_POISON);
}

/* {"count": 0, ...} with zeros under the other keys, the first of them in the dtype given. */
static jaxc_value start(const struct optimiser *o, jaxc_value params, jaxc_dtype dtype)
{
    jaxc_value parts[JX_MOST_RESULTS] = {count_of(0)};
    struct jx_ref r = jx_value_ref(params);
    bool ok = r.node && !jx_is_poison(parts[0]);
    for (int i = 1; ok && i < o->n_keys; i++) {
        parts[i] = jx_zeros_like_tree(params, "params", i == 1 ? dtype : (jaxc_dtype)0);
        ok = !jx_is_poison(parts[i]);
    }
    jx_node_unref(r.node);
    return ok ? dict_of(o->n_keys, o->keys, parts) : JX_POISON;
}

/* ---- sgd, momentum --------------------------------------------------------------------------- */

/* -learning_rate g */
static bool sgd_leaf(void *step, struct jx_leaf *leaf)
{
    leaf->y[0] = descent(step, leaf->x[0]);
    return true;
}

static const struct optimiser sgd = {1, {"count"}, sgd_leaf};

jaxc_value(jaxc_optim_sgd_init)(jaxc_value params)
{
    jx_enter("jaxc_optim_sgd_init");
    return start(&sgd, params, (jaxc_dtype)0);
}

jaxc_value(jaxc_optim_sgd)(jaxc_value grads, jaxc_value state, jaxc_value params,
                           jaxc_value learning_rate)
{
    jx_enter("jaxc_optim_sgd");
    struct step s = {.nesterov = false};
    return update(&sgd, &s, grads, state, params, JX_POISON, learning_rate);
}

/* t' = g + b t; the update is of t', or by Nesterov of g + b t' */
static bool momentum_leaf(void *step, struct jx_leaf *leaf)
{
    const struct step *s = step;
    jaxc_dtype dtype;
    if (!jx_join_dtypes(2, leaf->x, JX_JOIN_FLOAT, &dtype))
        return false;
    jaxc_value trace = jx_add(leaf->x[0], scaled(s->b1.rate, leaf->x[1], dtype));
    jaxc_value step_of = trace;
    if (s->nesterov)
        step_of = jx_add(leaf->x[0], scaled(s->b1.rate, trace, dtype));
    leaf->y[0] = descent(s, step_of);
    leaf->y[1] = as_state(trace, &leaf->type[1]);
    return true;
}

static const struct optimiser momentum = {2, {"count", "trace"}, momentum_leaf};

jaxc_value(jaxc_optim_momentum_init)(jaxc_value params, jaxc_dtype dtype)
{
    jx_enter("jaxc_optim_momentum_init");
    return start(&momentum, params, dtype);
}

jaxc_value(jaxc_optim_momentum)(jaxc_value grads, jaxc_value state, jaxc_value params,
                                jaxc_value learning_rate,
                                struct jaxc_optim_momentum_options options)
{
    jx_enter("jaxc_optim_momentum");
    struct step s = {.nesterov = options.nesterov};
    if (!take_decay("decay", options.decay, 0.9, &s.b1))
        return JX_POISON;
    return update(&momentum, &s, grads, state, params, JX_POISON, learning_rate);
}

/* ---- adam, adamw ----------------------------------------------------------------------------- */

/* m' = (1 - b1) g + b1 m, v' = (1 - b2) g^2 + b2 v; the update is of
 * (m' / (1 - b1^t)) / (sqrt(v' / (1 - b2^t) + eps_root) + eps), Kingma and Ba 2015, algorithm 1;
 * with Nesterov's step m' is replaced as in Dozat 2016, algorithm 2. */
static bool adam_leaf(void *step, struct jx_leaf *leaf)
{
    struct step *s = step;
    jaxc_dtype dtype;
    if (!jx_join_dtypes(3, leaf->x, JX_JOIN_FLOAT, &dtype) || !take_biases(s, dtype))
        return false;
    jaxc_value g = leaf->x[0];
    jaxc_value mu = averaged(&s->b1, g, leaf->x[1], dtype);
    jaxc_value nu = averaged(&s->b2, jx_square(g), leaf->x[2], dtype);
    jaxc_value mean = jx_div(mu, s->nesterov ? s->bias1_ahead : s->bias1);
    if (s->nesterov)
        mean = averaged(&s->b1, jx_div(g, s->bias1), mean, dtype);
    jaxc_value root = jx_sqrt(plus(jx_div(nu, s->bias2), s->eps_root, dtype));
    jaxc_value y = jx_div(mean, plus(root, s->eps, dtype));
    leaf->y[0] = descent(s, jx_decayed(leaf, y, leaf->x[3], s->weight_decay));
    leaf->y[1] = as_state(mu, &leaf->type[1]);
    leaf->y[2] = as_state(nu, &leaf->type[2]);
    return true;
}

static const struct optimiser adam = {3, {"count", "mu", "nu"}, adam_leaf};

static bool take_adam(struct step *s, const struct jaxc_optim_adamw_options *o)
{
    s->nesterov = o->nesterov;
    s->eps = o->eps;
    s->eps_root = o->eps_root;
    return take_decay("b1", o->b1, 0.9, &s->b1) && take_decay("b2", o->b2, 0.999, &s->b2) &&
           jx_number_take("eps", &s->eps, 1e-8) && jx_number_take("eps_root", &s->eps_root, 0);
}

jaxc_value(jaxc_optim_adam_init)(jaxc_value params, jaxc_dtype dtype)
{
    jx_enter("jaxc_optim_adam_init");
    return start(&adam, params, dtype);
}

jaxc_value(jaxc_optim_adam)(jaxc_value grads, jaxc_value state, jaxc_value params,
                            jaxc_value learning_rate, struct jaxc_optim_adam_options options)
{
    jx_enter("jaxc_optim_adam");
    struct step s = {.weight_decay = jx_number(0)};
    struct jaxc_optim_adamw_options o = {.b1 = options.b1,
                                         .b2 = options.b2,
                                         .eps = options.eps,
                                         .eps_root = options.eps_root,
                                         .nesterov = options.nesterov};
    if (!take_adam(&s, &o))
        return JX_POISON;
    return update(&adam, &s, grads, state, params, JX_POISON, learning_rate);
}

jaxc_value(jaxc_optim_adamw_init)(jaxc_value params, jaxc_dtype dtype)
{
    jx_enter("jaxc_optim_adamw_init");
    return start(&adam, params, dtype);
}

jaxc_value(jaxc_optim_adamw)(jaxc_value grads, jaxc_value state, jaxc_value params,
                             jaxc_value learning_rate, struct jaxc_optim_adamw_options options)
{
    jx_enter("jaxc_optim_adamw");
    struct step s = {.weight_decay = options.weight_decay};
    if (!take_adam(&s, &options) || !jx_number_take("weight_decay", &s.weight_decay, 1e-4))
        return JX_POISON;
    return update(&adam, &s, grads, state, params, options.mask, learning_rate);
}

/* ---- rmsprop --------------------------------------------------------------------------------- */

/* v' = (1 - b) g^2 + b v; the update is of g / sqrt(v' + eps), Hinton 2012, lecture 6e; centered:
 * v' - m'^2 in its place, Graves 2013, equations 38 to 41. */
static bool rmsprop_step(struct step *s, struct jx_leaf *leaf, int nu_at)
{
    jaxc_dtype dtype;
    if (!jx_join_dtypes(nu_at + 1, leaf->x, JX_JOIN_FLOAT, &dtype) ||
        (s->bias_correction && !take_biases(s, dtype)))
        return false;
    jaxc_value g = leaf->x[0];
    jaxc_value nu = averaged(&s->b2, jx_square(g), leaf->x[nu_at], dtype), power = nu;
    if (s->bias_correction)
        power = jx_div(power, s->bias2);
    if (nu_at == 2) {
        jaxc_value mu = averaged(&s->b1, g, leaf->x[1], dtype), mean = mu;
        if (s->bias_correction)
            mean = jx_div(mean, s->bias1);
        power = jx_sub(power, jx_square(mean));
        leaf->y[1] = as_state(mu, &leaf->type[1]);
    }
    jaxc_value one = jx_as(jx_number(1), dtype, false);
    jaxc_value size = s->eps_outside ? jx_div(one, plus(jx_sqrt(power), s->eps, dtype))
                                     : jx_rsqrt(plus(power, s->eps, dtype));
    leaf->y[0] = descent(s, jx_mul(size, g));
    leaf->y[nu_at] = as_state(nu, &leaf->type[nu_at]);
    return true;
}

static bool rmsprop_leaf(void *step, struct jx_leaf *leaf) { return rmsprop_step(step, leaf, 1); }
static bool centered_leaf(void *step, struct jx_leaf *leaf) { return rmsprop_step(step, leaf, 2); }

static const struct optimiser rmsprop = {2, {"count", "nu"}, rmsprop_leaf},
                              centered = {3, {"count", "mu", "nu"}, centered_leaf};

static bool fill_leaf(void *number, struct jx_leaf *leaf)
{
    jaxc_value y = jx_as(*(const jaxc_value *)number, (jaxc_dtype)leaf->type[0].dtype, false);
    if (leaf->type[0].rank > 0)
        y = jx_broadcast_to(y, leaf->type[0].rank, leaf->type[0].dims);
    leaf->y[0] = y;
    return true;
}

/* A state whose "nu" is this number everywhere. */
static jaxc_value with_nu(const struct optimiser *o, jaxc_value state, jaxc_value number)
{
    jaxc_value parts[JX_MOST_RESULTS];
    struct jx_each e = {.n = 1,
                        .n_results = 1,
                        .names = {"params"},
                        .any_dtype = true,
                        .rule = fill_leaf,
                        .env = &number};
    if (!jx_number_check("initial_scale", number) || !parts_of(state, o->n_keys, o->keys, parts))
        return JX_POISON;
    e.trees[0] = parts[o->n_keys - 1];
    if (!jx_each_leaf(&e, &parts[o->n_keys - 1]))
        return JX_POISON;
    return dict_of(o->n_keys, o->keys, parts);
}

jaxc_value(jaxc_optim_rmsprop_init)(jaxc_value params,
                                    struct jaxc_optim_rmsprop_init_options options)
{
    jx_enter("jaxc_optim_rmsprop_init");
    const struct optimiser *o = options.centered ? &centered : &rmsprop;
    jaxc_value state = start(o, params, (jaxc_dtype)0);
    if (jx_is_poison(state) || jx_is_poison(options.initial_scale))
        return state;
    return with_nu(o, state, options.initial_scale);
}

jaxc_value(jaxc_optim_rmsprop)(jaxc_value grads, jaxc_value state, jaxc_value params,
                               jaxc_value learning_rate, struct jaxc_optim_rmsprop_options options)
{
    jx_enter("jaxc_optim_rmsprop");
    struct step s = {.eps = options.eps,
                     .eps_outside = options.eps_outside,
                     .bias_correction = options.bias_correction};
    if (!take_decay("decay", options.decay, 0.9, &s.b1) || !jx_number_take("eps", &s.eps, 1e-8))
        return JX_POISON;
    s.b2 = s.b1;
    return update(has_key(state, "mu") ? &centered : &rmsprop, &s, grads, state, params, JX_POISON,
                  learning_rate);
}

/* ---- lion ------------------------------------------------------------------------------------ */

/* The update is of sign((1 - b1) g + b1 m); m' = (1 - b2) g + b2 m; Chen et al. 2023, algorithm 2 */
static bool lion_leaf(void *step, struct jx_leaf *leaf)
{
    const struct step *s = step;
    jaxc_dtype dtype;
    if (!jx_join_dtypes(2, leaf->x, JX_JOIN_FLOAT, &dtype))
        return false;
    jaxc_value g = leaf->x[0], m = leaf->x[1];
    jaxc_value y = jx_sign(averaged(&s->b1, g, m, dtype));
    leaf->y[0] = descent(s, jx_decayed(leaf, y, leaf->x[2], s->weight_decay));
    leaf->y[1] = as_state(averaged(&s->b2, g, m, dtype), &leaf->type[1]);
    return true;
}

static const struct optimiser lion = {2, {"count", "mu"}, lion_leaf};

jaxc_value(jaxc_optim_lion_init)(jaxc_value params, jaxc_dtype dtype)
{
    jx_enter("jaxc_optim_lion_init");
    return start(&lion, params, dtype);
}

jaxc_value(jaxc_optim_lion)(jaxc_value grads, jaxc_value state, jaxc_value params,
                            jaxc_value learning_rate, struct jaxc_optim_lion_options options)
{
    jx_enter("jaxc_optim_lion");
    struct step s = {.weight_decay = options.weight_decay};
    if (!take_decay("b1", options.b1, 0.9, &s.b1) || !take_decay("b2", options.b2, 0.99, &s.b2) ||
        !jx_number_take("weight_decay", &s.weight_decay, 1e-3))
        return JX_POISON;
    return update(&lion, &s, grads, state, params, options.mask, learning_rate);
}
