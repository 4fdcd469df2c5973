/*
 * test_prims.c - every rule of every primitive, from its row in support/prims_table.c.
 *
 * Each case of a row is a program of one equation at each dtype, and goes through the properties of
 * support/properties.h; vmap goes along every axis of every subset of the operands. What is exact
 * for a primitive and which way it rounds stands in the row too.
 */
#include "support/prims_table.h"
#include "support/properties.h"

#include "api/api.h"

#include <jaxc/jaxc.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static const jaxc_dtype dtypes[] = {JAXC_F32, JAXC_F64, JAXC_I32, JAXC_U32,
                                    JAXC_I64, JAXC_U64, JAXC_U8,  JAXC_BOOL};
#define N_DTYPES (sizeof dtypes / sizeof dtypes[0])

/* ---- subjects from rows ---------------------------------------------------------------------- */

/* A case at one dtype. */
struct instance {
    const struct prim_row *row;
    const struct prim_case *at; /* NULL: made by the row's function */
    jaxc_dtype dtype;
};

static void name_of(const struct instance *i, char *text, size_t size)
{
    snprintf(text, size, "%s on \"%s\", T = %s", i->row->prim->name,
             i->at ? i->at->operands : "...", jx_dtype_info(i->dtype)->name);
}

static struct jx_program *program_of(const struct instance *i)
{
    struct jx_aval in[MOST_OPERANDS];
    if (!i->at)
        return i->row->make(i->dtype);
    int n = avals_parse(i->at->operands, i->dtype, in);
    return one_equation(i->row->prim, i->at->params, n, in);
}

/* Operands from the row's domain. */
static struct subject subject_of(const struct instance *i)
{
    struct rng r = {42};
    struct subject s = {.program = program_of(i), .seed = 42};
    char name[200];
    name_of(i, name, sizeof name);
    ck_assert_msg(s.program != NULL, "%s: %s", name, jaxc_error());
    double from = i->row->from, to = i->row->to;
    s.in = must_alloc(s.program->n_in, sizeof *s.in);
    for (uint32_t k = 0; k < s.program->n_in; k++) {
        s.in[k] = array_new(&s.program->avals[k]);
        array_fill(&s.in[k], &r, from == to ? -2 : from, from == to ? 2 : to);
    }
    return s;
}

static void subject_end(struct subject *s)
{
    arrays_free((int)s->program->n_in, s->in);
    jx_program_unref(s->program);
}

static bool takes(const struct prim_row *row, const struct prim_case *at, jaxc_dtype dtype)
{
    return ((at && at->dtypes ? at->dtypes : row->dtypes) & DTYPE_BIT(dtype)) != 0;
}

/* Does T stand for anything in it? */
static bool has_dtype(const struct prim_case *at) { return !at || strchr(at->operands, 'T'); }

typedef void (*look)(const struct instance *i);

/* Every case of a row, at every dtype in `among` that it takes. */
static void each_case(const struct prim_row *row, unsigned among, look f)
{
    for (size_t d = 0; d < N_DTYPES; d++) {
        struct instance i = {row, row->cases, dtypes[d]};
        if (!(among & DTYPE_BIT(dtypes[d])))
            continue;
        if (row->make && takes(row, NULL, dtypes[d]))
            f(&i);
        for (; i.at && i.at->operands; i.at++)
            if (takes(row, i.at, dtypes[d]) && (has_dtype(i.at) || dtypes[d] == JAXC_F32))
                f(&i);
    }
}

#define ALL_DTYPES ~0u

static void must_hold(property holds, const struct instance *i)
{
    char why[WHY] = "", name[200];
    struct subject s = subject_of(i);
    name_of(i, name, sizeof name);
    uint64_t scope = jx_scope_open();
    ck_assert_msg(holds(&s, why), "%s: %s", name, why);
    jx_scope_close(scope);
    subject_end(&s);
}

/* ---- the table itself ------------------------------------------------------------------------ */

START_TEST(every_primitive_has_one_row)
{
    for (int i = 0; jx_prims[i]; i++) {
        const struct prim_row *row = prim_row_of(jx_prims[i]);
        ck_assert_msg(row != NULL, "%s has no row in tests/support/prims_table.c",
                      jx_prims[i]->name);
        for (const struct prim_row *other = row + 1; other->prim; other++)
            ck_assert_msg(other->prim != jx_prims[i], "%s has two rows", jx_prims[i]->name);
        bool tested = row->cases || row->make || jx_prims[i] == &jx_custom_lin_p;
        ck_assert_msg(tested, "%s: neither cases nor a program", jx_prims[i]->name);
    }
}
END_TEST

START_TEST(a_missing_rule_has_a_reason)
{
    for (int i = 0; jx_prims[i]; i++) {
        const struct jx_prim *p = jx_prims[i];
        ck_assert_msg(p->jvp || p->jvp_all || p->zero_tangent || p->no_jvp, "%s: jvp", p->name);
        ck_assert_msg(p->transpose || p->transpose_all || p->no_transpose, "%s: transpose",
                      p->name);
        ck_assert_msg(p->batch || p->no_batch, "%s: batch", p->name);
        ck_assert_msg(p->lower || p->no_lower, "%s: lower", p->name);
    }
}
END_TEST

/* ---- types ----------------------------------------------------------------------------------- */

START_TEST(the_type_rule_takes_the_dtypes_of_the_row_and_no_others)
{
    const struct prim_row *row = &prim_rows[_i];
    for (size_t d = 0; d < N_DTYPES; d++) {
        struct instance i = {row, row->cases, dtypes[d]};
        for (; i.at && i.at->operands; i.at++) {
            char name[200];
            if (!has_dtype(i.at))
                continue;
            struct jx_program *p = program_of(&i);
            name_of(&i, name, sizeof name);
            bool may_refuse = i.at->dtypes != 0; /* the case, not the primitive, is for some */
            if (takes(row, i.at, dtypes[d]))
                ck_assert_msg(p != NULL, "%s is refused: %s", name, jaxc_error());
            else if (!may_refuse)
                ck_assert_msg(p == NULL, "%s is taken", name);
            jaxc_clear_error();
            jx_program_unref(p);
        }
    }
}
END_TEST

/* ---- values ---------------------------------------------------------------------------------- */

static void look_naive(const struct instance *i) { must_hold(naive_agrees, i); }

START_TEST(the_naive_interpreter_gives_what_it_means)
{
    each_case(&prim_rows[_i], ALL_DTYPES, look_naive);
}
END_TEST

static void look_fused(const struct instance *i)
{
    must_hold(fused_agrees, i);
    must_hold(each_pass_can_be_left_out, i);
}

START_TEST(compiled_it_gives_what_the_naive_interpreter_gives)
{
    each_case(&prim_rows[_i], ALL_DTYPES, look_fused);
}
END_TEST

static void look_text(const struct instance *i) { must_hold(text_parses_back, i); }

START_TEST(its_text_parses_back) { each_case(&prim_rows[_i], ALL_DTYPES, look_text); }
END_TEST

/* ---- lanes ----------------------------------------------------------------------------------- */

static bool along(const struct subject *s, const int *axis, char *why)
{
    static const int sizes[] = {0, 1, 3};
    for (int k = 0; k < 3; k++)
        if (!vmap_along(s, axis, sizes[k], NULL, why) ||
            !vmap_along(s, axis, sizes[k], fused_agrees, why))
            return false;
    return true;
}

/* Every place of the lanes' axis in each operand, and no lanes in it: all combinations for up to
 * two operands. With more, all of them for each pair, the others having the axis in front or not
 * at all. */
static bool along_all(const struct subject *s, char *why)
{
    const struct jx_program *p = s->program;
    int axis[MOST_OPERANDS], n = (int)p->n_in;
    for (int a = 0; a < n; a++)
        for (int b = a; b < n; b++)
            for (int rest = -1; rest < (n > 2 ? 1 : 0); rest++)
                for (int i = -1; i <= p->avals[a].rank; i++)
                    for (int k = -1; k <= (a == b ? -1 : p->avals[b].rank); k++) {
                        for (int m = 0; m < n; m++)
                            axis[m] = m == a ? i : m == b ? k : rest;
                        if ((i >= 0 || k >= 0 || rest >= 0) && !along(s, axis, why))
                            return false;
                    }
    return true;
}

static void look_lanes(const struct instance *i) { must_hold(along_all, i); }

/* Batch rules see shapes, not dtypes: one dtype does, and bool where there is no number. */
START_TEST(vmap_is_a_loop_along_every_axis)
{
    const struct prim_row *row = &prim_rows[_i];
    for (size_t d = 0; d < N_DTYPES; d++) {
        if (!(row->dtypes & DTYPE_BIT(dtypes[d])))
            continue;
        each_case(row, DTYPE_BIT(dtypes[d]), look_lanes);
        break;
    }
    if (row->dtypes & DTYPE_BIT(JAXC_U8)) /* cases for narrow integers alone */
        for (const struct prim_case *at = row->cases; at && at->operands; at++)
            if (at->dtypes && !(at->dtypes & DTYPE_BIT(JAXC_F32)) && takes(row, at, JAXC_U8))
                look_lanes(&(struct instance){row, at, JAXC_U8});
}
END_TEST

/* ---- derivatives ----------------------------------------------------------------------------- */

/* The same of primitives that have a derivative, and the usual one. */
static void each_derivative(const struct prim_row *row, unsigned among, look f)
{
    if (!row->prim->no_jvp && !(row->flags & OF_LAW))
        each_case(row, among, f);
}

/* Along all operands, and along each alone, so that the others are symbolic zeros. */
static bool along_each(const struct subject *s, char *why)
{
    bool ok = true;
    for (uint64_t k = 0; ok && k < 4; k++) {
        struct subject other = *s;
        other.seed += k;
        ok = jvp_is_a_difference(&other, why);
    }
    return ok;
}

static void look_jvp(const struct instance *i) { must_hold(along_each, i); }

START_TEST(the_derivative_is_what_differences_say)
{
    each_derivative(&prim_rows[_i], DTYPE_BIT(JAXC_F64) | DTYPE_BIT(JAXC_I32), look_jvp);
}
END_TEST

static void look_vjp(const struct instance *i) { must_hold(vjp_is_adjoint, i); }

START_TEST(vjp_is_the_adjoint_of_jvp)
{
    each_derivative(&prim_rows[_i], DTYPE_BIT(JAXC_F64) | DTYPE_BIT(JAXC_I32), look_vjp);
}
END_TEST

static void look_second(const struct instance *i)
{
    must_hold(second_jvp_is_a_difference, i);
    must_hold(second_vjp_is_adjoint, i);
}

START_TEST(second_derivatives_are_right_too)
{
    each_derivative(&prim_rows[_i], DTYPE_BIT(JAXC_F64), look_second);
}
END_TEST

static void look_nested(const struct instance *i)
{
    must_hold(vmap_of_vjp_is_a_loop, i);
    must_hold(vjp_of_vmap_is_a_difference, i);
}

START_TEST(derivatives_of_lanes_and_lanes_of_derivatives_are_right)
{
    each_derivative(&prim_rows[_i], DTYPE_BIT(JAXC_F64), look_nested);
}
END_TEST

static void look_compiled(const struct instance *i)
{
    must_hold(fused_derivatives_agree, i);
    must_hold(grad_of_jit_is_jit_of_grad, i);
}

START_TEST(compiled_derivatives_give_what_the_naive_interpreter_gives)
{
    each_derivative(&prim_rows[_i], DTYPE_BIT(JAXC_F32) | DTYPE_BIT(JAXC_F64), look_compiled);
}
END_TEST

/* custom_lin stands only in derivatives of custom_vjp_call. It has no forward value; transposed
 * it is the backward rule, and with lanes, transposed, the backward rule of every lane. */
START_TEST(custom_lin_becomes_the_backward_rule_with_and_without_lanes)
{
    const struct instance i = {prim_row_of(&jx_custom_vjp_call_p), NULL, JAXC_F64};
    char why[WHY] = "";
    int axis[4] = {0, 1, 0, 0};
    struct subject s = subject_of(&i);
    struct jx_program *jvp = program_jvp(s.program, NULL, why);
    ck_assert(program_applies(jvp, &jx_custom_lin_p));
    struct jx_program *back = program_transpose(jvp, 2, 1, why), *vjp = program_vjp(s.program, why);
    ck_assert_msg(back && vjp && programs_agree(vjp, back, &s, "transposed", why), "%s", why);

    struct jx_program *lanes = program_vmap(jvp, axis, 3, why);
    struct jx_program *back_of_lanes = program_transpose(lanes, 2, 1, why);
    struct jx_program *lanes_of_back = program_vmap(back, axis, 3, why);
    ck_assert_msg(back_of_lanes && lanes_of_back, "%s", why);
    struct subject none = {.program = jx_program_new(NULL), .seed = 1};
    ck_assert_msg(programs_agree(lanes_of_back, back_of_lanes, &none, "lanes", why), "%s", why);
    jx_program_unref(none.program);
    jx_program_unref(jvp);
    jx_program_unref(back);
    jx_program_unref(vjp);
    jx_program_unref(lanes);
    jx_program_unref(back_of_lanes);
    jx_program_unref(lanes_of_back);
    subject_end(&s);
}
END_TEST

static void clear(void)
{
    jx_compile_clear();
    bounds_clear();
}

int main(void)
{
    int n = 0;
    while (prim_rows[n].prim)
        n++;
    Suite *suite = suite_create("prims");
    TCase *table = tcase_create("table");
    tcase_add_test(table, every_primitive_has_one_row);
    tcase_add_test(table, a_missing_rule_has_a_reason);
    tcase_add_test(table, custom_lin_becomes_the_backward_rule_with_and_without_lanes);
    suite_add_tcase(suite, table);

    TCase *rows = tcase_create("rows");
    tcase_add_checked_fixture(rows, NULL, clear);
    tcase_add_loop_test(rows, the_type_rule_takes_the_dtypes_of_the_row_and_no_others, 0, n);
    tcase_add_loop_test(rows, the_naive_interpreter_gives_what_it_means, 0, n);
    tcase_add_loop_test(rows, compiled_it_gives_what_the_naive_interpreter_gives, 0, n);
    tcase_add_loop_test(rows, its_text_parses_back, 0, n);
    tcase_add_loop_test(rows, vmap_is_a_loop_along_every_axis, 0, n);
    tcase_add_loop_test(rows, the_derivative_is_what_differences_say, 0, n);
    tcase_add_loop_test(rows, vjp_is_the_adjoint_of_jvp, 0, n);
    tcase_add_loop_test(rows, second_derivatives_are_right_too, 0, n);
    tcase_add_loop_test(rows, derivatives_of_lanes_and_lanes_of_derivatives_are_right, 0, n);
    tcase_add_loop_test(rows, compiled_derivatives_give_what_the_naive_interpreter_gives, 0, n);
    suite_add_tcase(suite, rows);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed_tests = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed_tests != 0;
}
