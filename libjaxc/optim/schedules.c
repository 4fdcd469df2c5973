/*
 * schedules.c - learning rates as functions of the step: optax's formulas.
 */
#include "optim/optim.h"

/* An integer, so that it leaves steps integers. */
static jaxc_value zero(void) { return jx_scalar_of(JAXC_I32, (union jx_scalar){.i = 0}, true); }

static bool check_all(int n, const char *const *names, const jaxc_value *x)
{
    for (int i = 0; i < n; i++)
        if (!jx_number_check(names[i], x[i]))
            return false;
    return true;
}

static bool is_below_one(jaxc_value x)
{
    double known = 1;
    return jx_number_known(x, &known) && known < 1;
}

static jaxc_value choose(jaxc_value predicate, jaxc_value x, jaxc_value y)
{
    jaxc_value cases[] = {x, y};
    return jx_join(2, cases, JX_JOIN_NUMBER, NULL) ? jx_select(predicate, cases[0], cases[1])
                                                   : JX_POISON;
}

#define ROW(name, emitter)                                                                         \
    static jaxc_value name(jaxc_value x, jaxc_value y)                                             \
    {                                                                                              \
        jaxc_value operands[] = {x, y};                                                            \
        return jx_join(2, operands, JX_JOIN_NUMBER, NULL) ? emitter(operands[0], operands[1])      \
                                                          : JX_POISON;                             \
    }
ROW(is_less, jx_lt)
ROW(least, jx_min)
ROW(most, jx_max)
#undef ROW

/* x^y; an integer C number as y is expanded into products */
static jaxc_value power_of(jaxc_value x, jaxc_value y)
{
    struct jx_aval type;
    union jx_scalar number;
    if (jx_literal_of(y, &type, &number) && type.weak && jx_is_integer((jaxc_dtype)type.dtype))
        return jx_integer_pow(x, number.i);
    double known = 0;
    if (jx_number_known(y, &known) && known == 1)
        return x;
    jaxc_value operands[] = {x, y};
    return jx_join(2, operands, JX_JOIN_FLOAT, NULL) ? jx_pow(operands[0], operands[1]) : JX_POISON;
}

/* ---- along a line or a power of one ---------------------------------------------------------- */

/* (init - end) (1 - t / steps)^power + end, t being the step cut to [0, steps] */
static jaxc_value polynomial(jaxc_value step, jaxc_value init, jaxc_value end, jaxc_value power,
                             jaxc_value steps, jaxc_value begin)
{
    static const char *const names[] = {"step", "init_value", "end_value", "power",
                                        "transition_steps"};
    const jaxc_value all[] = {step, init, end, power, steps};
    double known = 0;
    if (!check_all(5, names, all) || !jx_number_take("transition_begin", &begin, 0))
        return JX_POISON;
    if (is_below_one(steps))
        return jx_value_again(init);
    jaxc_value t = step;
    if (!jx_number_known(begin, &known) || known > 0)
        t = jx_number_sub(step, begin);
    t = least(most(t, zero()), steps);
    jaxc_value left = jx_number_sub(jx_number(1), jx_number_div(t, steps));
    return jx_number_add(jx_number_mul(jx_number_sub(init, end), power_of(left, power)), end);
}

jaxc_value(jaxc_optim_polynomial_schedule)(jaxc_value step, jaxc_value init_value,
                                           jaxc_value end_value, jaxc_value power,
                                           jaxc_value transition_steps,
                                           struct jaxc_optim_transition_options options)
{
    jx_enter("jaxc_optim_polynomial_schedule");
    uint64_t scope = jx_scope_open();
    jaxc_value v = scope ? polynomial(step, init_value, end_value, power, transition_steps,
                                      options.transition_begin)
                         : JX_POISON;
    return jx_scope_result(scope, v);
}

jaxc_value(jaxc_optim_linear_schedule)(jaxc_value step, jaxc_value init_value, jaxc_value end_value,
                                       jaxc_value transition_steps,
                                       struct jaxc_optim_transition_options options)
{
    jx_enter("jaxc_optim_linear_schedule");
    uint64_t scope = jx_scope_open();
    jaxc_value v = scope ? polynomial(step, init_value, end_value, jx_number(1), transition_steps,
                                      options.transition_begin)
                         : JX_POISON;
    return jx_scope_result(scope, v);
}

/* ---- exponential ----------------------------------------------------------------------------- */

/* The whole part of a number that is not negative. */
static jaxc_value whole(jaxc_value x)
{
    struct jx_aval type;
    x = jx_as_float(x);
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    x = jx_convert_element_type(x, JAXC_I64, false);
    return jx_convert_element_type(x, (jaxc_dtype)type.dtype, type.weak != 0);
}

static jaxc_value bounded(jaxc_value x, jaxc_value rate, jaxc_value end)
{
    double known;
    if (jx_number_known(rate, &known))
        return known < 1 ? most(x, end) : least(x, end);
    return choose(is_less(rate, jx_number(1)), most(x, end), least(x, end));
}

/* init rate^((step - begin) / steps), init before begin */
static jaxc_value exponential(jaxc_value step, jaxc_value init, jaxc_value steps, jaxc_value rate,
                              const struct jaxc_optim_decay_options *o)
{
    static const char *const names[] = {"step", "init_value", "transition_steps", "decay_rate"};
    const jaxc_value all[] = {step, init, steps, rate};
    jaxc_value begin = o->transition_begin;
    double known = 1;
    if (!check_all(4, names, all) || !jx_number_take("transition_begin", &begin, 0) ||
        (!jx_is_poison(o->end_value) && !jx_number_check("end_value", o->end_value)))
        return JX_POISON;
    if (is_below_one(steps) || (jx_number_known(rate, &known) && known == 0))
        return jx_value_again(init);
    jaxc_value t = step;
    if (!jx_number_known(begin, &known) || known > 0)
        t = jx_number_sub(step, begin);
    jaxc_value exponent = jx_number_div(t, steps);
    if (o->staircase)
        exponent = whole(exponent);
    jaxc_value y = jx_number_mul(init, power_of(rate, exponent));
    y = choose(is_less(zero(), t), y, init);
    return jx_is_poison(o->end_value) ? y : bounded(y, rate, o->end_value);
}

jaxc_value(jaxc_optim_exponential_decay)(jaxc_value step, jaxc_value init_value,
                                         jaxc_value transition_steps, jaxc_value decay_rate,
                                         struct jaxc_optim_decay_options options)
{
    jx_enter("jaxc_optim_exponential_decay");
    uint64_t scope = jx_scope_open();
    jaxc_value v =
        scope ? exponential(step, init_value, transition_steps, decay_rate, &options) : JX_POISON;
    return jx_scope_result(scope, v);
}

/* ---- cosine ---------------------------------------------------------------------------------- */

/* init ((1 - alpha) ((1 + cos(pi t / steps)) / 2)^exponent + alpha), t being min(step, steps) */
static jaxc_value cosine(jaxc_value step, jaxc_value init, jaxc_value steps, jaxc_value alpha,
                         jaxc_value exponent)
{
    static const char *const names[] = {"step", "init_value", "decay_steps"};
    const jaxc_value all[] = {step, init, steps};
    double known;
    if (!check_all(3, names, all) || !jx_number_take("alpha", &alpha, 0) ||
        !jx_number_take("exponent", &exponent, 1))
        return JX_POISON;
    if (is_below_one(steps)) {
        jx_number_known(steps, &known);
        jx_fail(JAXC_EVALUE, "decay_steps is %g: it is at least 1", known);
        return JX_POISON;
    }
    jaxc_value turn = jx_number_mul(jx_number(3.14159265358979323846 /* pi */), least(step, steps));
    jaxc_value wave = jx_cos(jx_as_float(jx_number_div(turn, steps)));
    jaxc_value decay = jx_number_mul(jx_number(0.5), jx_number_add(jx_number(1), wave));
    jaxc_value rest = jx_number_sub(jx_number(1), alpha);
    decay = jx_number_add(jx_number_mul(rest, power_of(decay, exponent)), alpha);
    return jx_number_mul(init, decay);
}

jaxc_value(jaxc_optim_cosine_decay_schedule)(jaxc_value step, jaxc_value init_value,
                                             jaxc_value decay_steps,
                                             struct jaxc_optim_cosine_options options)
{
    jx_enter("jaxc_optim_cosine_decay_schedule");
    uint64_t scope = jx_scope_open();
    jaxc_value v =
        scope ? cosine(step, init_value, decay_steps, options.alpha, options.exponent) : JX_POISON;
    return jx_scope_result(scope, v);
}

/* ---- pieces ---------------------------------------------------------------------------------- */

/* end / peak, 0 when both are */
static jaxc_value share(jaxc_value end, jaxc_value peak)
{
    double known;
    if (jx_number_known(peak, &known))
        return known == 0 ? jx_number(0) : jx_number_div(end, peak);
    jaxc_value operands[] = {peak, zero()};
    if (!jx_join(2, operands, JX_JOIN_NUMBER, NULL))
        return JX_POISON;
    return choose(jx_eq(operands[0], operands[1]), zero(), jx_number_div(end, peak));
}

static jaxc_value warmup(jaxc_value step, jaxc_value init, jaxc_value peak, jaxc_value warmup_steps,
                         jaxc_value decay_steps, const struct jaxc_optim_warmup_options *o)
{
    static const char *const names[] = {"step", "init_value", "peak_value", "warmup_steps",
                                        "decay_steps"};
    const jaxc_value all[] = {step, init, peak, warmup_steps, decay_steps};
    jaxc_value end = o->end_value;
    if (!check_all(5, names, all) || !jx_number_take("end_value", &end, 0))
        return JX_POISON;
    jaxc_value rise = polynomial(step, init, peak, jx_number(1), warmup_steps, JX_POISON);
    jaxc_value fall =
        cosine(jx_number_sub(step, warmup_steps), peak, jx_number_sub(decay_steps, warmup_steps),
               share(end, peak), o->exponent);
    return choose(is_less(step, warmup_steps), rise, fall);
}

jaxc_value(jaxc_optim_warmup_cosine_decay_schedule)(jaxc_value step, jaxc_value init_value,
                                                    jaxc_value peak_value, jaxc_value warmup_steps,
                                                    jaxc_value decay_steps,
                                                    struct jaxc_optim_warmup_options options)
{
    jx_enter("jaxc_optim_warmup_cosine_decay_schedule");
    uint64_t scope = jx_scope_open();
    jaxc_value v = scope ? warmup(step, init_value, peak_value, warmup_steps, decay_steps, &options)
                         : JX_POISON;
    return jx_scope_result(scope, v);
}

/* values[0], then pairs of a step and what is done from it on: another value, or a scale. */
static jaxc_value pieces(jaxc_value step, int n, const jaxc_value *values, bool scales)
{
    if (n < 1 || n % 2 == 0) {
        jx_fail(JAXC_EVALUE, "%d values: a number, then pairs of a step and a %s", n,
                scales ? "scale" : "number");
        return JX_POISON;
    }
    if (!jx_number_check("step", step))
        return JX_POISON;
    for (int i = 0; i < n; i++) {
        double known = 0;
        if (!jx_number_check(i % 2 ? "a boundary" : i && scales ? "a scale" : "a value", values[i]))
            return JX_POISON;
        if (i && i % 2 == 0 && scales && jx_number_known(values[i], &known) && known < 0) {
            jx_fail(JAXC_EVALUE, "a scale is %g: it is not negative", known);
            return JX_POISON;
        }
    }
    jaxc_value y = jx_value_again(values[0]);
    for (int i = 1; i < n; i += 2) {
        jaxc_value later = scales ? jx_number_mul(y, values[i + 1]) : values[i + 1];
        y = choose(is_less(step, values[i]), y, later);
    }
    return y;
}

jaxc_value jaxc_optim_piecewise_constant_schedule_n(jaxc_value step, int n,
                                                    const jaxc_value *values)
{
    jx_enter("jaxc_optim_piecewise_constant_schedule");
    uint64_t scope = jx_scope_open();
    return jx_scope_result(scope, scope ? pieces(step, n, values, true) : JX_POISON);
}

jaxc_value jaxc_optim_join_schedules_n(jaxc_value step, int n, const jaxc_value *values)
{
    jx_enter("jaxc_optim_join_schedules");
    uint64_t scope = jx_scope_open();
    return jx_scope_result(scope, scope ? pieces(step, n, values, false) : JX_POISON);
}
