/*
 * test_code_verify.c - code that breaks one rule of kernel.h at a time is refused.
 */
#include "kernel/kernel.h"
#include "support/code_builder.h"
#include "support/errors.h"

#include <jaxc/error.h>

#include <check.h>

/* Right as it stands, and with something of everything: stages, reductions, an arg-reduction, a
 * guard, a select, a product, a blocked view, a donation. */
static struct jx_code *specimen(void)
{
    struct code_builder b;
    code_begin(&b);
    int x = code_operand(&b, JAXC_F32, JAXC_SHAPE(4, 6)),
        w = code_operand(&b, JAXC_F32, JAXC_SHAPE(6, 8));
    int y = code_result(&b, JAXC_F32, JAXC_SHAPE(4, 6)),
        z = code_result(&b, JAXC_F32, JAXC_SHAPE(4, 8));
    int t = code_temp(&b, JAXC_I32, JAXC_SHAPE(4));
    code_layout(&b, w, 1, 4);
    code_donate(&b, 0, 0);
    code_kernel(&b, "normalise", 1, JAXC_SHAPE(4, 6));
    code_inner(&b, 0);
    int v = code_load(&b, x, AT(6, 1));  /* %0 */
    int i = code_index(&b, JAXC_I32, 1); /* %1 */
    code_outer(&b);
    int s = code_reduce(&b, 0, JX_COMBINE_ADD, v, -1);   /* %2 */
    int a = code_reduce(&b, 0, JX_COMBINE_ARGMAX, v, i); /* %3 */
    code_inner(&b, 1);
    int d = code_op2(&b, JX_S_div, JAXC_F32, v, s); /* %4 */
    int g = code_load(&b, x, AT(0, 0));             /* %5, view 1 */
    code_guard(&b, g,
               (struct jx_guard){.offset = -1, .coef = {6, 1}, .size = 24, .step = 1, .stride = 1},
               (union jx_scalar){.f = 0});
    int p = code_op2(&b, JX_S_lt, JAXC_BOOL, d, g);        /* %6 */
    code_store(&b, code_select(&b, p, d, g), y, AT(6, 1)); /* %7, store 0 */
    code_store(&b, a, t, AT(1));                           /* store 1 */
    code_kernel(&b, "dot", 2, JAXC_SHAPE(4, 8, 6));
    code_inner(&b, 0);
    int l = code_load(&b, x, AT(6, 0, 1)), r = code_load(&b, w, AT(0, 24, 4)); /* %0 %1 */
    code_blocked_load(&b, r, 1);
    int m = code_op2(&b, JX_S_mul, JAXC_F32, l, r); /* %2 */
    code_outer(&b);
    int q = code_reduce(&b, 0, JX_COMBINE_ADD, m, -1); /* %3 */
    code_dot(&b, l, r, m, q);
    code_store(&b, q, z, AT(8, 1));
    return code_end(&b);
}

#define K0    code->kernels[0]
#define K1    code->kernels[1]
#define I0(i) code->kernels[0].instrs[i]

static void break_rule(struct jx_code *code, int rule)
{
    switch (rule) {
    case 0: code->n_kernels = -1; break;
    case 1: code->storages[0].dtype = JAXC_C64; break;
    case 2: code->storages[0].rank = 9; break;
    case 3: code->storages[0].dims[0] = -1; break;
    case 4: code->storages[0].size -= 4; break;
    case 5: code->storages[0].index = 2; break;
    case 6: code->storages[2].index = -1; break;
    case 7: code->storages[4].offset = 4; break;
    case 8: code->arena_size = 8; break;
    case 9: code->storages[1].layout.axis = 2; break;
    case 10: code->donates[0] = 2; break;
    case 11: code->donates[1] = 0; break; /* twice */
    case 12:
        code->donates[0] = -1;
        code->donates[1] = 0;
        break; /* another size */
    case 13: K0.n_axes = JX_MAX_AXES + 1; break;
    case 14: K0.n_outer = 3; break;
    case 15: K0.dims[0] = -1; break;
    case 16: K0.dims[0] = K0.dims[1] = INT64_MAX / 2; break;
    case 17: K0.n_instrs = JX_MAX_INSTRS + 1; break;
    case 18: I0(0).kind = 9; break;
    case 19: I0(0).dtype = JAXC_C64; break;
    case 20: I0(0).dtype = JAXC_I32; break;
    case 21: I0(0).view = 2; break;
    case 22: I0(0).args[0] = 0; break;
    case 23: I0(0).stage = 2; break;
    case 24: I0(1).axis = 2; break;
    case 25: I0(1).dtype = JAXC_BOOL; break;
    case 26: I0(2).args[0] = 2; break; /* itself */
    case 27: I0(2).op = JX_N_COMBINES; break;
    case 28: I0(2).inner = 1; break;
    case 29: I0(2).args[1] = 1; break;         /* an operand too many */
    case 30: I0(2).stage = 1; break;           /* used in its own stage */
    case 31: I0(2).op = JX_COMBINE_AND; break; /* of floats */
    case 32: I0(3).args[1] = 0; break;         /* a float index */
    case 33: I0(3).args[1] = -1; break;
    case 34: I0(4).op = JX_N_SCALAR_OPS; break;
    case 35: I0(4).op = JX_S_none; break;
    case 36: I0(4).op = JX_S_and; break;
    case 37: I0(4).dtype = JAXC_F64; break;
    case 38: I0(4).args[0] = 1; break;      /* i32 by f32 */
    case 39: I0(4).inner = 0; break;        /* uses an inner value outside */
    case 40: I0(6).dtype = JAXC_F32; break; /* a comparison */
    case 41: I0(7).args[0] = 0; break;      /* select by a float */
    case 42: I0(7).stage = 0; break;        /* uses a later stage */
    case 43: K0.views[0].storage = 5; break;
    case 44: K0.views[0].stride[0] = 7; break; /* behind the end */
    case 45: K0.views[0].offset = -1; break;
    case 46: K0.views[0].stride[1] = INT64_MAX; break;
    case 47: K0.views[0].offset = INT64_MAX; break;
    case 48:
        K0.views[1].guards[0].offset = 5;
        K0.views[1].guards[0].size = 30;
        break; /* lets too many through */
    case 49: K0.views[1].guards[0].step = 0; break;
    case 50: K0.views[1].guards[0].coef[1] = INT64_MAX; break;
    case 51: K0.views[1].guards[0].stride = -1; break;
    case 52:
        K0.views[1].guards[0].size = INT64_MAX;
        K0.views[1].guards[0].step = 2;
        break;
    case 53: K0.stores[0].reg = 8; break;
    case 54: K0.stores[0].view.storage = 4; break; /* i32 */
    case 55: K0.stores[0].view.n_guards = 1; break;
    case 56: K0.stores[0].view.offset = 1; break;
    case 57: K0.stores[1].view.stride[1] = 1; break; /* an outer value along an inner axis */
    case 58:
        K0.stores[0].view.storage = 0;
        code->donates[0] = -1;
        break;
    case 59: K1.views[1].blocked = 4; break;
    case 60: K1.views[0].blocked = 1; break; /* row-major */
    case 61: K1.views[1].offset = 4; break;
    case 62: K1.views[1].stride[1] = 25; break;
    case 63: K1.dims[1] = 7; break; /* a part of the blocked axis */
    case 64: K1.dot.a = 4; break;
    case 65: K1.dot.mul = -1; break;
    case 66: K1.dot.a = K1.dot.b; break;
    case 67: K1.instrs[2].op = JX_S_add; break;
    case 68: K1.instrs[3].op = JX_COMBINE_MUL; break;
    case 69: K1.dot.b = 2; break;
    case 70: K1.views[1].stride[1] = INT64_MAX / 2 + 1; break;
    case 71: memset(K0.name, 'x', sizeof K0.name); break;
    case 72: I0(4).inner = 2; break;
    default: break;
    }
}
enum { N_RULES = 73 };

START_TEST(the_verifier_refuses_each_broken_rule)
{
    struct jx_code *code = specimen();
    int n_instrs = code->kernels[0].n_instrs, n_kernels = code->n_kernels;
    break_rule(code, _i);
    bool ok = jx_code_verify(code);
    ck_assert_msg(!ok, "rule %d", _i);
    ck_assert_int_eq(jaxc_error_code(), JAXC_EINTERNAL);
    ck_assert_msg(strncmp(jaxc_error(), "internal: ", 10) == 0, "rule %d: %s", _i, jaxc_error());
    jaxc_clear_error();
    ck_assert_ptr_null(jx_backend_naive.compile(code));
    jaxc_clear_error();
    code->kernels[0].n_instrs = n_instrs; /* so that it can be freed */
    code->n_kernels = n_kernels;
    jx_code_free(code);
}
END_TEST

START_TEST(the_verifier_names_kernel_and_rule)
{
    struct jx_code *code = specimen();
    code->kernels[0].loc = (struct jx_loc){.file = "train.c", .line = 42, .call = "jaxc_softmax"};
    code->kernels[0].views[0].offset = -1;
    ck_assert(!jx_code_verify(code));
    expect_error(JAXC_EINTERNAL,
                 "train.c:42: jaxc_softmax: internal: kernel normalise: a view reaches "
                 "before its storage, element (-1)");
    jx_code_free(code);
}
END_TEST

START_TEST(code_that_runs_over_no_points_may_point_anywhere)
{
    struct jx_code *code = specimen();
    code->kernels[0].dims[0] = 0;
    code->kernels[0].views[0].offset = 1000;
    ck_assert(jx_code_verify(code));
    code->kernels[0].dims[0] = 4;
    code->kernels[0].dims[1] = 0;
    ck_assert(jx_code_verify(code)); /* no inner points: the inner load never runs */
    jx_code_free(code);
    jx_code_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("code_verify");
    TCase *verifier = tcase_create("verifier");
    tcase_add_loop_test(verifier, the_verifier_refuses_each_broken_rule, 0, N_RULES);
    tcase_add_test(verifier, the_verifier_names_kernel_and_rule);
    tcase_add_test(verifier, code_that_runs_over_no_points_may_point_anywhere);
    suite_add_tcase(suite, verifier);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
