/*
 * test_ir_text.c - programs as text, back from text, and verified.
 *
 * tests/golden/ir_<name>.txt is what the program `name` below prints; ir_jax.txt is what JAX prints
 * (tests/reference/jaxprs.py). The file is long because printer, parser and verifier are tried on
 * the same programs.
 */
#include "prim/prim.h"

#include "support/allocator.h"
#include "support/errors.h"

#include <jaxc/error.h>

#include <check.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOW 10
#else
#define SLOW 1
#endif

/* ---- building programs ----------------------------------------------------------------------- */

static struct jx_aval type_of(jaxc_dtype dtype, struct jaxc_shape shape)
{
    return jx_aval_make(dtype, shape.rank, shape.dims);
}

static struct jx_aval f32_of(int64_t n) { return type_of(JAXC_F32, JAXC_SHAPE(n)); }

static jx_atom input(struct jx_program *p, struct jx_aval type)
{
    p->n_in++;
    return jx_program_add_var(p, &type);
}

static jx_atom number(struct jx_program *p, jaxc_dtype dtype, bool weak, union jx_scalar value)
{
    struct jx_aval type = type_of(dtype, JAXC_SCALAR);
    jx_atom atom;
    type.weak = weak;
    ck_assert(jx_program_add_literal(p, &type, value, &atom));
    return atom;
}

static jx_atom f32(struct jx_program *p, float value)
{
    return number(p, JAXC_F32, false, (union jx_scalar){.f = (double)value});
}

/* Adds an equation with the types that its rule gives; its first result. */
static jx_atom apply_n(struct jx_program *p, const struct jx_prim *prim, const void *params,
                       uint32_t n_in, const jx_atom *in)
{
    struct jx_aval out[8];
    const struct jx_aval *types[64];
    int n_out = jx_n_results(prim, params, (int)n_in);
    ck_assert_uint_le(n_in, 64);
    ck_assert_int_le(n_out, 8);
    for (uint32_t i = 0; i < n_in; i++)
        types[i] = jx_atom_aval(p, in[i]);
    ck_assert_msg(jx_infer(prim, params, (int)n_in, types, n_out, out), "%s", jaxc_error());
    struct jx_params *counted = params ? jx_params_new(prim, params) : NULL;
    struct jx_eqn *e = jx_program_add_eqn(p, prim, counted, (struct jx_loc){"f.c", "f", 7}, n_in,
                                          in, (uint32_t)n_out, out);
    jx_params_unref(counted);
    return e->first_out;
}
#define APPLY(p, prim, params, ...)                                                                \
    apply_n(p, prim, params, sizeof((jx_atom[]){__VA_ARGS__}) / sizeof(jx_atom),                   \
            (jx_atom[]){__VA_ARGS__})
#define SIN(p, x)    APPLY(p, &jx_sin_p, NULL, x)
#define ADD(p, x, y) APPLY(p, &jx_add_p, NULL, x, y)

#define OUTS(p, ...)                                                                               \
    ck_assert(jx_program_set_outs(p, sizeof((jx_atom[]){__VA_ARGS__}) / sizeof(jx_atom),           \
                                  (jx_atom[]){__VA_ARGS__}))

/* A call of a program, which it takes. */
static jx_atom call_n(struct jx_program *p, struct jx_program *inner, uint32_t n_in,
                      const jx_atom *in)
{
    struct jx_jit_params params = {inner->name, inner};
    jx_atom out = apply_n(p, &jx_jit_p, &params, n_in, in);
    jx_program_unref(inner);
    return out;
}
#define CALL(p, inner, ...)                                                                        \
    call_n(p, inner, sizeof((jx_atom[]){__VA_ARGS__}) / sizeof(jx_atom), (jx_atom[]){__VA_ARGS__})

/* name(x) = sin(sin(... x)) */
static struct jx_program *sines(const char *name, int n)
{
    struct jx_program *p = jx_program_new(name);
    jx_atom x = input(p, f32_of(3));
    for (int i = 0; i < n; i++)
        x = SIN(p, x);
    OUTS(p, x);
    return p;
}

/* ---- the programs of the golden texts -------------------------------------------------------- */

static struct jx_program *example(void)
{
    struct jx_program *p = jx_program_new("f");
    struct jx_reduce_params axes = {{1, {0}}};
    jx_atom x = input(p, f32_of(3)), y = input(p, f32_of(3));
    jx_atom s = SIN(p, y);
    jx_atom product = APPLY(p, &jx_mul_p, NULL, x, s);
    jx_atom sum = ADD(p, product, f32(p, 2));
    OUTS(p, APPLY(p, &jx_reduce_sum_p, &axes, sum));
    return p;
}

/* Every kind of parameter, consts, several results, an unused one, outputs that are no results. */
static struct jx_program *parameters(void)
{
    struct jx_program *p = jx_program_new("parameters");
    struct jx_aval c = type_of(JAXC_F32, JAXC_SHAPE(4)), a = type_of(JAXC_F32, JAXC_SHAPE(3, 4)),
                   u = type_of(JAXC_U32, JAXC_SHAPE(5));
    jx_program_add_var(p, &c);
    p->n_consts = 1;
    jx_atom x = input(p, a), k = input(p, u), unused = input(p, u);
    struct jx_broadcast_in_dim_params rows = {{2, {3, 4}}, {1, {1}}}, scalar = {{1, {2}}, {0, {0}}};
    jx_atom b = APPLY(p, &jx_broadcast_in_dim_p, &rows, 0);
    APPLY(p, &jx_broadcast_in_dim_p, &scalar, f32(p, 1));
    struct jx_pad_params pad = {{2, {0, 2}, {1, -1}, {0, 0}}};
    jx_atom padded = APPLY(p, &jx_pad_p, &pad, x, f32(p, 0));
    struct jx_dot_general_params dot = {{{1, {1}}, {1, {1}}, {0, {0}}, {0, {0}}}, 0},
                                 wide = {{{1, {0}}, {1, {0}}, {1, {1}}, {1, {1}}}, JAXC_F64};
    jx_atom d = APPLY(p, &jx_dot_general_p, &dot, x, b),
            e = APPLY(p, &jx_dot_general_p, &wide, x, b);
    struct jx_convert_element_type_params strong = {JAXC_I32, false}, weak = {JAXC_F32, true};
    APPLY(p, &jx_convert_element_type_p, &strong, x);
    jx_atom w = APPLY(p, &jx_convert_element_type_p, &weak, d);
    struct jx_slice_params slice = {{2, {0, 1}}, {2, {2, 4}}, {0, {0}}},
                           strided = {{2, {0, 1}}, {2, {2, 4}}, {2, {1, 2}}};
    APPLY(p, &jx_slice_p, &slice, x);
    APPLY(p, &jx_slice_p, &strided, x);
    struct jx_integer_pow_params power = {-2};
    APPLY(p, &jx_integer_pow_p, &power, w);
    struct jx_iota_params iota = {{2, {2, 3}}, 1, JAXC_I64};
    apply_n(p, &jx_iota_p, &iota, 0, NULL);
    struct jx_reduce_params all = {{2, {0, 1}}}, none = {{0, {0}}};
    APPLY(p, &jx_reduce_max_p, &all, x);
    APPLY(p, &jx_reduce_sum_p, &none, x);
    struct jx_arg_params arg = {{1, {1}}, JAXC_I32};
    APPLY(p, &jx_argmax_p, &arg, x);
    jx_atom bits = APPLY(p, &jx_threefry2x32_p, NULL, k, k, k, k);
    OUTS(p, bits, padded, e, w, unused, x, f32(p, -0.5f));
    return p;
}

static const uint64_t float_bits[] = {
    0,
    0x8000000000000000u,
    0x3ff0000000000000u,
    0xc000000000000000u,
    0x3fb999999999999au,
    0x7ff0000000000000u,
    0xfff0000000000000u,
    0x7ff8000000000000u,
    0xfff8000000000000u,
    0x7ff8000000000001u,
    0x0000000000000001u,
    0x7fefffffffffffffu,
    0x0010000000000000u,
    0x4341c37937e08000u,
    0x4341c37937e07fffu,
    0x3f1a36e2eb1c432du,
    0x3ee4f8b588e368f1u,
    0x400921fb54442d18u,
    0x4197d78400000000u,
    0x433fffffffffffffu,
};

static struct jx_program *literals(void)
{
    struct jx_program *p = jx_program_new("literals");
    jx_atom outs[64];
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof float_bits / sizeof *float_bits; i++) {
        union jx_scalar s = {.u = float_bits[i]};
        outs[n++] = number(p, JAXC_F64, false, s);
        if (!isnan(s.f))
            outs[n++] = f32(p, (float)s.f);
    }
    outs[n++] = number(p, JAXC_F32, true, (union jx_scalar){.f = 0.1});
    outs[n++] = number(p, JAXC_F16, false, (union jx_scalar){.f = 0.0999755859375});
    outs[n++] = number(p, JAXC_BF16, false, (union jx_scalar){.f = 0.10009765625});
    outs[n++] = number(p, JAXC_BOOL, false, (union jx_scalar){.i = 1});
    outs[n++] = number(p, JAXC_BOOL, false, (union jx_scalar){.i = 0});
    outs[n++] = number(p, JAXC_I32, false, (union jx_scalar){.i = INT32_MIN});
    outs[n++] = number(p, JAXC_I32, true, (union jx_scalar){.i = INT64_MIN});
    outs[n++] = number(p, JAXC_I64, false, (union jx_scalar){.i = INT64_MIN});
    outs[n++] = number(p, JAXC_I64, false, (union jx_scalar){.i = INT64_MAX});
    outs[n++] = number(p, JAXC_U64, false, (union jx_scalar){.u = UINT64_MAX});
    outs[n++] = number(p, JAXC_U8, false, (union jx_scalar){.u = 255});
    ck_assert(jx_program_set_outs(p, n, outs));
    return p;
}

/* A weak input and a weak literal are marked; what follows from them is not. */
static struct jx_program *weak(void)
{
    struct jx_program *p = jx_program_new("weak");
    struct jx_aval scalar = type_of(JAXC_F32, JAXC_SCALAR);
    scalar.weak = 1;
    jx_atom x = input(p, scalar), y = input(p, type_of(JAXC_F32, JAXC_SCALAR));
    jx_atom both = ADD(p, x, number(p, JAXC_F32, true, (union jx_scalar){.f = 0.1}));
    OUTS(p, both, ADD(p, both, f32(p, 0.1f)), y);
    return p;
}

/* Inner inputs and results are called as the equation calls them, where that is one name each. */
static struct jx_program *borrowed(void)
{
    struct jx_program *p = jx_program_new("borrowed"), *g = jx_program_new("g");
    jx_atom a = input(g, f32_of(3)), b = input(g, f32_of(3)), c = input(g, f32_of(3));
    jx_atom s = SIN(g, a);
    OUTS(g, ADD(g, s, b), s, b, c, f32(g, 1));
    jx_atom x = input(p, f32_of(3)), y = input(p, f32_of(3));
    jx_atom out = CALL(p, g, x, y, x);
    OUTS(p, out, out + 2, out + 3);
    return p;
}

/* Held twice; with more than ten equations; of the same name; without one; hard to spell. */
static struct jx_program *hoisted(void)
{
    struct jx_program *p = jx_program_new("main");
    struct jx_program *twice = sines("f", 1), *user = jx_program_new("user");
    jx_atom y = input(user, f32_of(3));
    y = CALL(user, jx_program_ref(twice), y);
    OUTS(user, y);
    jx_atom x = input(p, f32_of(3));
    x = CALL(p, user, x);
    x = CALL(p, twice, x);
    x = CALL(p, sines("f", 11), x);
    x = CALL(p, sines(NULL, 12), x);
    x = CALL(p, sines("<lambda>", 13), x);
    x = CALL(p, sines("f1", 14), x);
    x = CALL(p, sines("two words; 2]", 15), x);
    x = CALL(p, sines("None", 16), x);
    x = CALL(p, sines("small", 10), x);
    OUTS(p, x);
    return p;
}

/* Programs in programs: from the ninth on they are hoisted. */
static struct jx_program *nest(int depth)
{
    struct jx_program *p = sines("nest", 1);
    for (int i = 0; i < depth; i++) {
        struct jx_program *outer = jx_program_new("nest");
        jx_atom x = input(outer, f32_of(3));
        OUTS(outer, CALL(outer, p, x));
        p = outer;
    }
    return p;
}

static struct jx_program *deep(void) { return nest(18); }

/* Lists that do not fit a line, and lines that just do. */
static struct jx_program *wide(void)
{
    struct jx_program *p = jx_program_new("wide");
    struct jx_concatenate_params along = {0};
    jx_atom in[40];
    for (int i = 0; i < 40; i++)
        in[i] = input(p, f32_of(i));
    jx_atom all = apply_n(p, &jx_concatenate_p, &along, 40, in);
    for (int i = 16; i < 24; i++)
        apply_n(p, &jx_concatenate_p, &along, (uint32_t)i, in);
    in[0] = all;
    ck_assert(jx_program_set_outs(p, 40, in));
    return p;
}

static struct jx_program *empty(void)
{
    struct jx_program *p = jx_program_new("empty");
    ck_assert(jx_program_set_outs(p, 0, NULL));
    return p;
}

static const struct {
    const char *name;
    struct jx_program *(*make)(void);
} programs[] = {
    {"example", example},   {"parameters", parameters}, {"literals", literals}, {"weak", weak},
    {"borrowed", borrowed}, {"hoisted", hoisted},       {"deep", deep},         {"wide", wide},
    {"empty", empty},
};
#define N_PROGRAMS (int)(sizeof programs / sizeof *programs)

/* ---- files ----------------------------------------------------------------------------------- */

static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "%s cannot be read", path);
    char *text = calloc(1, 1 << 20);
    size_t n = fread(text, 1, (1 << 20) - 1, f);
    ck_assert_uint_lt(n, (1 << 20) - 1);
    fclose(f);
    return text;
}

static void golden_path(const char *name, char path[64])
{
    snprintf(path, 64, "tests/golden/ir_%s.txt", name);
}

/* ---- round trips ----------------------------------------------------------------------------- */

static void check_round_trip(const struct jx_program *p, const char *text)
{
    struct jx_program *again = jx_program_parse(text);
    ck_assert_msg(again != NULL, "%s in\n%.3000s", jaxc_error() ? jaxc_error() : "no error", text);
    ck_assert_msg(jx_program_verify(again), "%s", jaxc_error());
    ck_assert_msg(jx_program_same(p, again), "another program:\n%.3000s", text);
    char *twice = jx_program_print(again);
    ck_assert_msg(strcmp(twice, text) == 0, "printed first:\n%.2000s\nthen:\n%.2000s", text, twice);
    jx_free(twice);
    jx_program_unref(again);
}

START_TEST(programs_print_as_their_golden_texts_and_come_back)
{
    char path[64];
    golden_path(programs[_i].name, path);
    struct jx_program *p = programs[_i].make();
    ck_assert_msg(jx_program_verify(p), "%s", jaxc_error());
    char *text = jx_program_print(p);
    ck_assert_msg(text != NULL, "%s", jaxc_error());
    const char *golden = getenv("JAXC_GOLDEN");
    if (golden && strcmp(golden, "write") == 0) {
        FILE *f = fopen(path, "wb");
        ck_assert_ptr_nonnull(f);
        fprintf(f, "%s\n", text);
        ck_assert_int_eq(fclose(f), 0);
    }
    char *want = read_file(path);
    ck_assert_msg(strncmp(want, text, strlen(text)) == 0 && strcmp(want + strlen(text), "\n") == 0,
                  "%s is not what is printed:\n%.3000s", path, text);
    check_round_trip(p, text);
    free(want);
    jx_free(text);
    jx_program_unref(p);
    ck_assert_uint_eq(jx_live_bytes(), 0);
}
END_TEST

/* Programs are divided by empty lines. */
START_TEST(what_jax_printed_is_read_and_printed_the_same)
{
    char *all = read_file("tests/golden/ir_jax.txt"), *next;
    int n = 0;
    for (char *text = all; *text; text = next) {
        next = strstr(text, "\n\n");
        ck_assert_ptr_nonnull(next);
        *next = 0;
        next += 2;
        struct jx_program *p = jx_program_parse(text);
        ck_assert_msg(p != NULL, "%s in\n%.3000s", jaxc_error() ? jaxc_error() : "no error", text);
        check_round_trip(p, text);
        jx_program_unref(p);
        n++;
    }
    ck_assert_int_ge(n, 10);
    free(all);
}
END_TEST

START_TEST(the_programs_of_the_manual_are_printed_so)
{
    char *manual = read_file("docs/ir.md"), *block = manual, *end;
    int n = 0;
    while ((block = strstr(block, "\n```\n"))) {
        block += strlen("\n```\n");
        end = strstr(block, "\n```\n");
        if (!end || (strncmp(block, "{ lambda ;", 10) != 0 && strncmp(block, "let ", 4) != 0))
            continue;
        *end = 0;
        struct jx_program *p = jx_program_parse(block);
        ck_assert_msg(p != NULL, "%s in\n%s", jaxc_error() ? jaxc_error() : "no error", block);
        check_round_trip(p, block);
        jx_program_unref(p);
        *end = '\n';
        block = end + 1;
        n++;
    }
    ck_assert_int_eq(n, 3);
    free(manual);
}
END_TEST

static uint64_t random_state;

static uint64_t random_bits(void) /* splitmix64, Steele, Lea, Flood 2014 */
{
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static size_t below(size_t n) { return (size_t)(random_bits() % n); }

static void check_numbers(jaxc_dtype dtype, int n)
{
    struct jx_program *p = jx_program_new(NULL);
    jx_atom *outs = calloc((size_t)n, sizeof *outs);
    for (int i = 0; i < n; i++) {
        uint64_t bits = random_bits();
        union jx_scalar s = jx_scalar_load(&bits, dtype);
        if (jx_is_float(dtype) && i % 4 == 0) /* people's numbers are short */
            s.f = jx_scalar_convert((union jx_scalar){.f = (double)(int64_t)(bits % 100000) / 1000},
                                    JAXC_F64, dtype)
                      .f;
        outs[i] = number(p, dtype, false, s);
    }
    ck_assert(jx_program_set_outs(p, (uint32_t)n, outs));
    char *text = jx_program_print(p);
    check_round_trip(p, text);
    jx_free(text);
    free(outs);
    jx_program_unref(p);
}

START_TEST(numbers_of_every_dtype_come_back_bit_for_bit)
{
    random_state = 1;
    for (jaxc_dtype dtype = JAXC_BOOL; dtype <= JAXC_F64; dtype++)
        check_numbers(dtype, 20000 / SLOW);
}
END_TEST

START_TEST(short_numbers_print_short)
{
    static const struct {
        jaxc_dtype dtype;
        double number;
        const char *text;
    } cases[] = {
        {JAXC_F32, (double)0.1f, "0.1"},
        {JAXC_F32, 0x1p-149, "1e-45"},
        {JAXC_F32, (double)1e30f, "1e+30"},
        {JAXC_F32, 16777216, "16777216.0"},
        {JAXC_F32, (double)-0.99999994f, "-0.99999994"},
        {JAXC_F64, 0.1, "0.1"},
        {JAXC_F64, 0.30000000000000004, "0.30000000000000004"},
        {JAXC_F64, 1e22, "1e+22"},
        {JAXC_F64, 123456789012345680, "1.2345678901234568e+17"},
        {JAXC_F64, 1e15, "1000000000000000.0"},
        {JAXC_F64, 0.0001, "0.0001"},
        {JAXC_F64, 0.00001, "1e-05"},
        {JAXC_F64, 5e-324, "5e-324"},
        {JAXC_BF16, 0.10009765625, "0.1"},
        {JAXC_F16, 65504, "65500.0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jx_program *p = jx_program_new(NULL);
        char want[64];
        OUTS(p, number(p, cases[i].dtype, false, (union jx_scalar){.f = cases[i].number}));
        snprintf(want, sizeof want, "{ lambda ; . let  in (%s:%s[],) }", cases[i].text,
                 jx_dtype_info(cases[i].dtype)->name);
        char *text = jx_program_print(p);
        ck_assert_str_eq(text, want);
        jx_free(text);
        jx_program_unref(p);
    }
}
END_TEST

START_TEST(the_decimal_point_is_a_point_in_every_locale)
{
    static const char *const names[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8", "nl_NL.UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!setlocale(LC_NUMERIC, names[i]))
            continue;
        random_state = 2;
        check_numbers(JAXC_F64, 100);
        check_numbers(JAXC_F32, 100);
    }
    setlocale(LC_NUMERIC, "C");
}
END_TEST

/* ---- what else is read ----------------------------------------------------------------------- */

static void check_reads_as(const char *text, const char *want)
{
    struct jx_program *p = jx_program_parse(text);
    ck_assert_msg(p != NULL, "%s", jaxc_error());
    ck_assert_msg(jx_program_verify(p), "%s", jaxc_error());
    char *printed = jx_program_print(p);
    ck_assert_str_eq(printed, want);
    jx_free(printed);
    jx_program_unref(p);
}

START_TEST(space_does_not_matter_and_names_are_free)
{
    check_reads_as("{lambda;in:f32[ 2 , 3 ].let let:f32[2,3]=sin in\n\n\n;;x_1:f32[2,3] =\tadd let "
                   "in in(x_1)}",
                   "{ lambda ; a:f32[2,3]. let b:f32[2,3] = sin a; c:f32[2,3] = add b a in (c,) }");
}
END_TEST

START_TEST(definitions_come_in_any_order_and_are_shared)
{
    const char *text =
        "let q = { lambda ; a:f32[]. let b:f32[] = jit[name=r jaxpr=r] a in (b,) } in\n"
        "let r = { lambda ; a:f32[]. let b:f32[] = sin a in (b,) } in\n"
        "{ lambda ; a:f32[]. let b:f32[] = jit[jaxpr=q name=q] a\n"
        "c:f32[] = jit[name=r jaxpr=r] b in (c,) }";
    struct jx_program *p = jx_program_parse(text);
    ck_assert_msg(p != NULL, "%s", jaxc_error());
    const struct jx_jit_params *q = (const void *)p->eqns[0].params->data,
                               *r = (const void *)p->eqns[1].params->data,
                               *inner = (const void *)q->jaxpr->eqns[0].params->data;
    ck_assert_ptr_eq(inner->jaxpr, r->jaxpr);
    ck_assert_str_eq(q->jaxpr->name, "q");
    ck_assert_str_eq(q->name, "q");
    ck_assert_int_eq(q->jaxpr->eqns[0].loc.line, 1);
    ck_assert_int_eq(p->eqns[1].loc.line, 4);
    ck_assert_str_eq(p->eqns[1].loc.call, "jit");
    jx_program_unref(p);
    ck_assert_uint_eq(jx_live_bytes(), 0);
}
END_TEST

START_TEST(options_of_jax_that_are_not_ours_are_passed_over_when_they_are_not_taken)
{
    check_reads_as(
        "{ lambda ; a:f32[4]. let b:f32[2,2] = reshape[dimensions=None new_sizes=(2, 2) "
        "sharding=None] a; c:f32[2,2] = exp[accuracy=None] b; d:i64[2,2] = "
        "convert_element_type[new_dtype=i64 weak_type=False sharding=None] c; e:f32[2] = "
        "slice[limit_indices=(2,) start_indices=(0,) strides=None] a in (d, e) }",
        "{ lambda ; a:f32[4]. let\n"
        "    b:f32[2,2] = reshape[new_sizes=(2, 2)] a\n"
        "    c:f32[2,2] = exp b\n"
        "    d:i64[2,2] = convert_element_type[new_dtype=int64 weak_type=False] c\n"
        "    e:f32[2] = slice[limit_indices=(2,) start_indices=(0,)] a\n"
        "  in (d, e) }");
}
END_TEST

START_TEST(a_pending_error_stays_and_does_not_disturb)
{
    jx_fail(JAXC_EVALUE, "earlier");
    struct jx_program *p = example();
    char *text = jx_program_print(p);
    struct jx_program *again = jx_program_parse(text);
    ck_assert_ptr_nonnull(again);
    ck_assert(jx_program_verify(again));
    ck_assert_ptr_null(jx_program_parse("{ lambda ; a:f32[]. let b:f32[2] = sin a in (b,) }"));
    p->outs[0] = 99;
    ck_assert(!jx_program_verify(p));
    expect_error(JAXC_EVALUE, "earlier");
    jx_free(text);
    jx_program_unref(p);
    jx_program_unref(again);
}
END_TEST

static const struct {
    const char *text, *message;
} mistakes[] = {
    {"", "line 1, column 1: expected '{', found the end of the text"},
    {"\n  x", "line 2, column 3: expected '{', found 'x'"},
    {"{ lamda", "line 1, column 3: expected 'lambda', found 'lamda'"},
    {"{ lambda 3", "line 1, column 10: expected a name or ';', found '3'"},
    {"{ lambda ; a", "line 1, column 13: expected ':', found the end of the text"},
    {"{ lambda ; a:g32[]", "line 1, column 14: expected a type such as f32[3,4], found 'g32[]'"},
    {"{ lambda ; a:f32[-1]", "line 1, column 18: axis 0 has the negative size -1"},
    {"{ lambda ; a:f32[99999999999999999999]", "line 1, column 18: an integer beyond 64 bits"},
    {"{ lambda ; a:f32[9999999999,9999999999]", "line 1, column 29: more than 2^63 - 1 elements"},
    {"{ lambda ; a:f32[1,1,1,1,1,1,1,1,1]", "line 1, column 34: a rank over 8"},
    {"{ lambda ; a:f32[] a:f32[]", "line 1, column 20: a is defined twice"},
    {"{ lambda ; nan:f32[]", "line 1, column 12: expected a name, found 'nan:f32[]'"},
    {"{ lambda ; a:f32[].\nlet\n\n  b:f32[] = sni a\n",
     "line 4, column 13: no primitive is called sni"},
    {"{ lambda ; . let 7", "line 1, column 18: expected an equation or 'in', found '7'"},
    {"{ lambda ; . let a b", "line 1, column 18: no primitive is called a"},
    {"{ lambda ; . let a:f32[] b", "line 1, column 26: expected a result or '=', found 'b'"},
    {"{ lambda ; a:f32[]. let b:f32[] = sin c in (b,) }", "line 1, column 39: c is not defined"},
    {"{ lambda ; a:f32[]. let b:f32[] = sin _ in (b,) }", "line 1, column 39: _ is not defined"},
    {"{ lambda ; a:f32[]. let b:f32[] = sin a a in (b,) }",
     "line 1, column 25: sin takes 1 operand, got 2"},
    {"{ lambda ; a:f32[]. let b:f32[] c:f32[] = sin a in (b,) }",
     "line 1, column 25: sin has 1 result, not 2"},
    {"{ lambda ; a:i32[]. let b:i32[] = sin a in (b,) }", "line 1, column 25: "},
    {"{ lambda ; a:f32[]. let b:f32[2] = sin a in (b,) }",
     "line 1, column 25: sin gives f32[], not f32[2]"},
    {"{ lambda ; a:f32[]. let b:~f32[] = sin a in (b,) }",
     "line 1, column 25: sin gives f32[], not ~f32[]"},
    {"{ lambda ; a:f32[]. let a:f32[] = sin a in (a,) }", "line 1, column 25: a is defined twice"},
    {"{ lambda ; a:f32[]. let b:f32[] = sin[x=1] a in (b,) }",
     "line 1, column 39: sin has no parameter x"},
    {"{ lambda ; a:f32[]. let b:f32[] = integer_pow a in (b,) }",
     "line 1, column 25: integer_pow needs y"},
    {"{ lambda ; a:f32[]. let b:f32[] = integer_pow[y=1 y=2] a in (b,) }",
     "line 1, column 51: y is given twice"},
    {"{ lambda ; a:f32[]. let b:f32[] = integer_pow[y=x] a in (b,) }",
     "line 1, column 49: expected an integer, found 'x]'"},
    {"{ lambda ; a:f32[]. let b:f32[] = integer_pow[y 1] a in (b,) }",
     "line 1, column 49: expected '=', found '1]'"},
    {"{ lambda ; a:f32[]. let b:f32[] = reduce_sum[axes=0] a in (b,) }",
     "line 1, column 51: expected a list of integers, found '0]'"},
    {"{ lambda ; a:f32[]. let b:f32[] = reduce_sum[axes=(0 1)] a in (b,) }",
     "line 1, column 54: expected ',' or ')', found '1)]'"},
    {"{ lambda ; a:f32[]. let b:f32[] = reduce_sum[axes=(1,2,3,4,5,6,7,8,9)] a in (b,) }",
     "line 1, column 68: more than 8 integers in a list"},
    {"{ lambda ; a:f32[]. let b:f32[] = pad[padding_config=((0, 1),)] a a in (b,) }",
     "line 1, column 55: an axis is padded by (low, high, interior), got 2 numbers"},
    {"{ lambda ; a:f32[]. let b:f32[] = convert_element_type[new_dtype=real32] a in (b,) }",
     "line 1, column 66: expected a dtype such as float32, found 'real32]'"},
    {"{ lambda ; a:f32[]. let b:f32[] = convert_element_type[new_dtype=f32 weak_type=1] a in (b,) "
     "}",
     "line 1, column 80: expected True or False, found '1]'"},
    {"{ lambda ; a:f32[]. let b:f32[] = jit[name=f jaxpr=g] a in (b,) }",
     "line 1, column 52: no program is called g"},
    {"{ lambda ; a:f32[]. let b:f32[] = jit[name=f] a in (b,) }",
     "line 1, column 25: jit needs jaxpr"},
    {"{ lambda ; a:f32[]. let b:f32[] = jit[name=f jaxpr=None] a in (b,) }",
     "line 1, column 52: no program is called None"},
    {"{ lambda ; a:f32[]. let b:f32[] = custom_jvp_call[name=f jvp=<fn>] a in (b,) }",
     "line 1, column 62: jvp is a C function, which no text gives back"},
    {"let f = { lambda ; a:f32[]. let b:f32[] = jit[name=f jaxpr=f] a in (b,) } in { lambda ; . "
     "let in () }",
     "line 1, column 60: f holds itself"},
    {"let f = { lambda ; . let in () } in let f = { lambda ; . let in () } in { lambda ; . let in "
     "() }",
     "line 1, column 41: f is defined twice"},
    {"let f = { lambda ; . let in () ", "line 1, column 9: this '{' has no '}'"},
    {"let f = { lambda ; . let in () } { lambda ; . let in () }",
     "line 1, column 34: expected 'in', found '{'"},
    {"{ lambda ; . let in (a,) }", "line 1, column 22: a is not defined"},
    {"{ lambda ; a:f32[]. let in (a a) }", "line 1, column 31: expected ',' or ')', found 'a)'"},
    {"{ lambda ; a:f32[]. let in (a,) } x",
     "line 1, column 35: expected the end of the text, found 'x'"},
    {"{ lambda ; . let in (1.5:i32[],) }", "line 1, column 22: no i32 is written '1.5:i32[],)'"},
    {"{ lambda ; . let in (2147483648:i32[],) }",
     "line 1, column 22: no i32 is written '2147483648:i32[],)'"},
    {"{ lambda ; . let in (-1:u8[],) }", "line 1, column 22: no u8 is written '-1:u8[],)'"},
    {"{ lambda ; . let in (1e39:f32[],) }", "line 1, column 22: no f32 is written '1e39:f32[],)'"},
    {"{ lambda ; . let in (1e+:f32[],) }", "line 1, column 22: no f32 is written '1e+:f32[],)'"},
    {"{ lambda ; . let in (nan(0x0000000000000001):f64[],) }",
     "line 1, column 22: no f64 is written 'nan(0x000000000000000'"},
    {"{ lambda ; . let in (1.0:c64[],) }", "line 1, column 22: no c64 is written '1.0:c64[],)'"},
    {"{ lambda ; . let in (2.0:f32[1],) }", "line 1, column 22: a literal has no axes"},
    {"{ lambda ; . let in (yes:bool[],) }", "line 1, column 22: yes is not defined"},
};
#define N_MISTAKES (int)(sizeof mistakes / sizeof *mistakes)

START_TEST(a_mistake_is_named_with_its_place)
{
    stand_at(NULL, 0, NULL);
    ck_assert_ptr_null(jx_program_parse(mistakes[_i].text));
    ck_assert_ptr_nonnull(jaxc_error());
    ck_assert_msg(strncmp(jaxc_error(), mistakes[_i].message, strlen(mistakes[_i].message)) == 0,
                  "%s\nsays: %s\nnot:  %s", mistakes[_i].text, jaxc_error(), mistakes[_i].message);
    if (mistakes[_i].message[strlen(mistakes[_i].message) - 1] != ' ')
        ck_assert_str_eq(jaxc_error(), mistakes[_i].message);
    ck_assert_int_eq(jaxc_error_code(), JAXC_ESYNTAX);
    jaxc_clear_error();
    ck_assert_uint_eq(jx_live_bytes(), 0);
}
END_TEST

/* ---- texts that nobody wrote ----------------------------------------------------------------- */

static const char *const tokens[] = {
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    ";",
    ".",
    "=",
    ":",
    "~",
    "-",
    "_",
    " in (",
    " in\n",
    "lambda ",
    "let ",
    " in ",
    "let f = ",
    "jaxpr=f",
    "None",
    "True",
    "nan",
    "inf",
    "1e999",
    "-1",
    "0",
    "8",
    "9223372036854775807",
    "-9223372036854775808",
    "f32[]",
    "i32[3]",
    "bool[0]",
    "u32[5]",
    "f16[2]",
    "a",
    "b",
    "c",
    "a:f32[]",
    "jit[name=f jaxpr={ lambda ; . let  in () }]",
    "axes=(0,)",
    "y=3",
    "select_n a b c",
    "concatenate[dimension=9]",
    "iota[dimension=-1 dtype=int8 shape=(3,)]",
    "transpose[permutation=(0, 0)]",
    "reshape[new_sizes=(-1,)]",
    "custom_vjp_call[",
    "custom_lin[",
    "dimension_numbers=(([0], [7]), ([-1], []))",
    "padding_config=((-9, 9, -1), (0, 0, 0))",
    "limit_indices=(9,) start_indices=(-3,) strides=(0,)",
    "shape=(0,)",
    "\xff",
    "\x01",
    "\t",
};

/* A mutation of a text in a buffer of `size`. */
static void mutate(char *text, size_t size)
{
    size_t n = strlen(text), at = n ? below(n) : 0,
           length = n ? below(n - at < 40 ? n - at : 40) : 0;
    const char *token = tokens[below(sizeof tokens / sizeof *tokens)];
    char copy[64];
    switch (below(6)) {
    case 0:
        if (n)
            text[at] = (char)(1 + below(255));
        break;
    case 1: memmove(text + at, text + at + length, n - at - length + 1); break;
    case 2:
    case 3:
        if (n + strlen(token) < size) {
            memmove(text + at + strlen(token), text + at, n - at + 1);
            memcpy(text + at, token, strlen(token));
        }
        break;
    case 4:
        memcpy(copy, text + at, length);
        if (n + length < size) {
            size_t to = n ? below(n) : 0;
            memmove(text + to + length, text + to, n - to + 1);
            memcpy(text + to, copy, length);
        }
        break;
    default:
        if (n)
            text[at] = 0;
        break;
    }
}

/* It is refused as syntax, or it is a sound program that prints. */
static int check_any_text(const char *text)
{
    struct jx_program *p = jx_program_parse(text);
    if (!p) {
        ck_assert_msg(jaxc_error_code() == JAXC_ESYNTAX, "%s: %s\n%s",
                      jaxc_status_name(jaxc_error_code()), jaxc_error(), text);
        jaxc_clear_error();
        return 0;
    }
    ck_assert_msg(jx_program_verify(p), "%s\n%s", jaxc_error(), text);
    char *printed = jx_program_print(p);
    check_round_trip(p, printed);
    jx_free(printed);
    jx_program_unref(p);
    return 1;
}

START_TEST(mutated_texts_never_crash)
{
    static char texts[N_PROGRAMS + 1][1 << 16], text[1 << 16];
    const char *count = getenv("JAXC_FUZZ"), *seed = getenv("JAXC_SEED");
    int n = count ? atoi(count) : 20000 / SLOW, n_read = 0;
    random_state = seed ? strtoull(seed, NULL, 0) : 3;
    for (int i = 0; i <= N_PROGRAMS; i++) {
        char path[64];
        golden_path(i < N_PROGRAMS ? programs[i].name : "jax", path);
        char *whole = read_file(path);
        snprintf(texts[i], sizeof texts[i], "%s", whole);
        free(whole);
    }
    for (int i = 0; i < n; i++) {
        size_t which = below(N_PROGRAMS + 1);
        const char *from = texts[which];
        if (which == N_PROGRAMS) { /* one of many */
            for (size_t skip = below(40); skip && strstr(from, "\n\n"); skip--)
                from = strstr(from, "\n\n") + 2;
        }
        snprintf(text, sizeof text, "%s", from);
        if (which == N_PROGRAMS && strstr(text, "\n\n"))
            *strstr(text, "\n\n") = 0;
        for (size_t k = below(4) + 1; k; k--)
            mutate(text, sizeof text - 1);
        n_read += check_any_text(text);
    }
    ck_assert_int_gt(n_read, 0);
    ck_assert_uint_eq(jx_live_bytes(), 0);
}
END_TEST

START_TEST(random_bytes_and_random_words_never_crash)
{
    char text[400];
    random_state = 4;
    for (int i = 0; i < 50000 / SLOW; i++) {
        size_t n = 0, end = below(sizeof text - 64);
        while (n < end && i % 2)
            n += (size_t)sprintf(text + n, "%s", tokens[below(sizeof tokens / sizeof *tokens)]);
        while (n < end)
            text[n++] = (char)(1 + below(255));
        text[n] = 0;
        check_any_text(text);
    }
    ck_assert_uint_eq(jx_live_bytes(), 0);
}
END_TEST

/* ---- verify ---------------------------------------------------------------------------------- */

/* Equations of example(): 0 sin, 1 mul, 2 add, 3 reduce_sum; variables a b, then c d e f. */
static void later_operand(struct jx_program *p) { p->atoms[1] = 4; }
static void own_result(struct jx_program *p) { p->atoms[0] = 2; }
static void no_such_literal(struct jx_program *p) { p->atoms[4] = JX_LITERAL_BIT | 1; }
static void operands_outside(struct jx_program *p) { p->eqns[3].first_in = p->n_atoms; }
static void too_many_operands(struct jx_program *p) { p->eqns[0].n_in = 2; }
static void wrong_result_number(struct jx_program *p) { p->eqns[1].first_out = 2; }
static void wrong_shape(struct jx_program *p) { p->avals[3].dims[0] = 4; }
static void wrong_weak_flag(struct jx_program *p) { p->avals[5].weak = 1; }
static void no_dtype(struct jx_program *p) { p->avals[0].dtype = 77; }
static void size_beyond_rank(struct jx_program *p) { p->avals[0].dims[1] = 1; }
static void negative_size(struct jx_program *p) { p->avals[0].dims[0] = -1; }
static void no_primitive(struct jx_program *p) { p->eqns[1].prim = NULL; }
static void undefined_output(struct jx_program *p) { p->outs[0] = 6; }
static void too_many_inputs(struct jx_program *p) { p->n_in = 7; }
static void operands_of_other_types(struct jx_program *p) { p->avals[0].dtype = JAXC_I32; }
static void literal_not_of_its_dtype(struct jx_program *p) { p->literals[0].value.f = 0.1; }
static void literal_with_axes(struct jx_program *p) { p->literals[0].aval = f32_of(1); }

static void undefined_variable(struct jx_program *p)
{
    struct jx_aval type = f32_of(3);
    jx_program_add_var(p, &type);
}

static void missing_params(struct jx_program *p)
{
    jx_params_unref(p->eqns[3].params);
    p->eqns[3].params = NULL;
}

static void params_of_none(struct jx_program *p)
{
    p->eqns[0].params = jx_params_ref(p->eqns[3].params);
}

static void params_of_another(struct jx_program *p) { p->eqns[3].prim = &jx_reduce_max_p; }

static void no_inner_program(struct jx_program *p)
{
    struct jx_jit_params params = {"g", NULL};
    p->eqns[0].prim = &jx_jit_p;
    p->eqns[0].params = jx_params_new(&jx_jit_p, &params);
}

static void wrong_inner_program(struct jx_program *p)
{
    struct jx_program *inner = sines("g", 2);
    struct jx_jit_params params = {"g", inner};
    inner->outs[0] = 9;
    p->eqns[0].prim = &jx_jit_p;
    p->eqns[0].params = jx_params_new(&jx_jit_p, &params);
    jx_program_unref(inner);
}

static void other_operands_than_inner(struct jx_program *p)
{
    wrong_inner_program(p);
    const struct jx_jit_params *params = (const void *)p->eqns[0].params->data;
    struct jx_program *inner = params->jaxpr;
    inner->outs[0] = 2;
    inner->avals[0].weak = inner->avals[1].weak = inner->avals[2].weak = 1;
}

static const struct {
    void (*spoil)(struct jx_program *p);
    const char *message;
} spoiled[] = {
    {later_operand,
     "f.c:7: f: internal: equation 1 of f, mul: operand 0 is variable 4, which is not defined yet"},
    {own_result,
     "f.c:7: f: internal: equation 0 of f, sin: operand 0 is variable 2, which is not defined yet"},
    {no_such_literal, "f.c:7: f: internal: equation 2 of f, add: operand 1 is literal 1 of 1"},
    {operands_outside,
     "f.c:7: f: internal: equation 3 of f, reduce_sum: its operands lie outside the program"},
    {too_many_operands, "f.c:7: f: internal: equation 0 of f, sin: 2 operands, not 1"},
    {wrong_result_number,
     "f.c:7: f: internal: equation 1 of f, mul: its results are variables 2 and on, not 3 and on"},
    {wrong_shape,
     "f.c:7: f: internal: equation 1 of f, mul: result 0 is f32[4], by its type rule f32[3]"},
    {wrong_weak_flag,
     "f.c:7: f: internal: equation 3 of f, reduce_sum: result 0 is ~f32[], by its type rule f32[]"},
    {no_dtype, "internal: f: a variable: no type"},
    {size_beyond_rank, "internal: f: a variable: a size beyond its rank"},
    {negative_size, "internal: f: a variable: axis 0 has the negative size -1"},
    {no_primitive, "f.c:7: f: internal: equation 1 of f, ?: no primitive"},
    {undefined_output, "internal: f: output 0 is variable 6, which is not defined yet"},
    {too_many_inputs, "internal: f: 0 consts and 7 inputs among 6 variables"},
    {operands_of_other_types, "f.c:7: f: internal: equation 1 of f, mul: its type rule: "},
    {literal_not_of_its_dtype, "internal: f: a literal that no f32 holds"},
    {literal_with_axes, "internal: f: a literal of rank 1 and dtype f32"},
    {undefined_variable, "internal: f: 7 variables, of which 6 are defined"},
    {missing_params, "f.c:7: f: internal: equation 3 of f, reduce_sum: no parameters"},
    {params_of_none, "f.c:7: f: internal: equation 0 of f, sin: parameters, though it has none"},
    {params_of_another,
     "f.c:7: f: internal: equation 3 of f, reduce_max: parameters of reduce_sum"},
    {no_inner_program, "f.c:7: f: internal: equation 0 of f, jit: no jaxpr"},
    {wrong_inner_program, "internal: g: output 0 is variable 9, which is not defined yet"},
    {other_operands_than_inner, "f.c:7: f: internal: equation 0 of f, jit: its type rule: "},
};
#define N_SPOILED (int)(sizeof spoiled / sizeof *spoiled)

START_TEST(a_program_that_is_none_is_refused_by_its_equation)
{
    struct jx_program *p = example();
    stand_at("user.c", 1, "jaxc_call");
    ck_assert_msg(jx_program_verify(p), "%s", jaxc_error());
    stand_at(NULL, 0, NULL);
    spoiled[_i].spoil(p);
    ck_assert(!jx_program_verify(p));
    ck_assert_int_eq(jaxc_error_code(), JAXC_EINTERNAL);
    const char *message = spoiled[_i].message;
    ck_assert_msg(strncmp(jaxc_error(), message, strlen(message)) == 0, "%s\nnot %s", jaxc_error(),
                  message);
    if (message[strlen(message) - 1] != ' ')
        ck_assert_str_eq(jaxc_error(), message);
    jaxc_clear_error();
    jx_program_unref(p);
    ck_assert_uint_eq(jx_live_bytes(), 0);
}
END_TEST

/* ---- memory, stack, time --------------------------------------------------------------------- */

/* What each of the three does with a program and its text; true when it was done. */
static bool do_print(const struct jx_program *p, const char *text)
{
    char *printed = jx_program_print(p);
    if (printed)
        ck_assert_str_eq(printed, text);
    jx_free(printed);
    return printed != NULL;
}

static bool do_parse(const struct jx_program *p, const char *text)
{
    struct jx_program *parsed = jx_program_parse(text);
    bool done = parsed != NULL;
    (void)p;
    jx_program_unref(parsed);
    return done;
}

static bool do_verify(const struct jx_program *p, const char *text)
{
    (void)text;
    return jx_program_verify(p);
}

START_TEST(every_allocation_may_fail)
{
    static struct test_allocator a;
    static bool (*const act[])(const struct jx_program *, const char *) = {do_print, do_parse,
                                                                           do_verify};
    ck_assert(test_allocator_install(&a));
    struct jx_program *p = programs[_i].make();
    char *text = jx_program_print(p);
    for (int k = 0; k < 6; k++) {
        size_t live = jx_live_bytes();
        a.from_then_on = k % 2;
        for (long at = 1;; at++) {
            a.n_calls = 0;
            a.n_failed = 0;
            a.fail_at = at;
            bool done = act[k / 2](p, text);
            a.fail_at = 0;
            if (!done) {
                ck_assert_int_eq(jaxc_error_code(), JAXC_ENOMEM);
                jaxc_clear_error();
            }
            ck_assert_ptr_null(jaxc_error());
            ck_assert_uint_eq(jx_live_bytes(), live);
            if (a.n_failed == 0) {
                ck_assert(done);
                break;
            }
            at += at / 40; /* all of the first ones, then every so many */
        }
    }
    jx_free(text);
    jx_program_unref(p);
    ck_assert(!a.broken);
    ck_assert(test_allocator_remove());
}
END_TEST

static void *with_little_stack(void *program)
{
    struct jx_program *p = program;
    ck_assert(jx_program_verify(p));
    char *text = jx_program_print(p);
    ck_assert_ptr_nonnull(text);
    struct jx_program *again = jx_program_parse(text);
    ck_assert_msg(again != NULL, "%s", jaxc_error());
    ck_assert(jx_program_verify(again));
    ck_assert(jx_program_same(p, again));
    char *twice = jx_program_print(again);
    ck_assert_str_eq(text, twice);
    jx_free(twice);
    jx_program_unref(again);
    return text;
}

/* The text of a program that went through all of it in a stack of 256 KiB. */
static char *in_little_stack(struct jx_program *p)
{
    pthread_attr_t attributes;
    pthread_t thread;
    void *text;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 256 << 10);
    ck_assert_int_eq(pthread_create(&thread, &attributes, with_little_stack, p), 0);
    pthread_join(thread, &text);
    pthread_attr_destroy(&attributes);
    return text;
}

START_TEST(ten_thousand_programs_in_each_other)
{
    struct jx_program *p = nest(10000);
    char *text = in_little_stack(p);
    ck_assert_uint_lt(strlen(text), 10000 * 300);
    jx_free(text);
    jx_program_unref(p);
}
END_TEST

START_TEST(text_of_ten_thousand_programs_in_each_other_on_one_line)
{
    struct jx_text t = {0};
    for (int i = 0; i < 10000; i++)
        jx_text_add(&t, "{ lambda ; a:f32[]. let b:f32[] = jit[name=f jaxpr=");
    jx_text_add(&t, "{ lambda ; a:f32[]. let b:f32[] = sin a in (b,) }");
    for (int i = 0; i < 10000; i++)
        jx_text_add(&t, "] a in (b,) }");
    struct jx_program *p = jx_program_parse(t.data);
    ck_assert_msg(p != NULL, "%s", jaxc_error());
    jx_free(in_little_stack(p));
    jx_program_unref(p);
    jx_text_fini(&t);
}
END_TEST

START_TEST(a_million_equations)
{
    struct jx_program *p = sines("f", 1000000 / SLOW);
    jx_free(in_little_stack(p));
    jx_program_unref(p);
}
END_TEST

/* Functions that call each other twice: 2^n calls, n programs. */
START_TEST(calling_each_other_twice_stays_linear)
{
    static const int depths[] = {30, 3000};
    for (int k = 0; k < 2; k++) {
        struct jx_program *p = sines("f", 1);
        for (int i = 0; i < depths[k]; i++) {
            struct jx_program *outer = jx_program_new("f");
            jx_atom x = input(outer, f32_of(3));
            x = CALL(outer, jx_program_ref(p), x);
            OUTS(outer, CALL(outer, p, x));
            p = outer;
        }
        char *text = in_little_stack(p);
        ck_assert_uint_lt(strlen(text), (size_t)depths[k] * 200);
        jx_free(text);
        jx_program_unref(p);
    }
    ck_assert_uint_eq(jx_live_bytes(), 0);
}
END_TEST

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Of ten times the equations; a square would be a hundred times the time. */
START_TEST(time_is_linear)
{
    double time[2];
    for (int k = 0; k < 2; k++) {
        struct jx_program *p = sines("f", k ? 200000 / SLOW : 20000 / SLOW);
        double start = seconds();
        for (int i = 0; i < 3; i++) {
            char *text = jx_program_print(p);
            struct jx_program *again = jx_program_parse(text);
            ck_assert(jx_program_verify(again));
            jx_program_unref(again);
            jx_free(text);
        }
        time[k] = seconds() - start;
        jx_program_unref(p);
    }
    ck_assert_msg(time[1] < 40 * time[0], "%g s, then %g s", time[0], time[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ir_text");
    TCase *text = tcase_create("text");
    tcase_set_timeout(text, 120);
    tcase_add_loop_test(text, programs_print_as_their_golden_texts_and_come_back, 0, N_PROGRAMS);
    tcase_add_test(text, what_jax_printed_is_read_and_printed_the_same);
    tcase_add_test(text, the_programs_of_the_manual_are_printed_so);
    tcase_add_test(text, numbers_of_every_dtype_come_back_bit_for_bit);
    tcase_add_test(text, short_numbers_print_short);
    tcase_add_test(text, the_decimal_point_is_a_point_in_every_locale);
    tcase_add_test(text, space_does_not_matter_and_names_are_free);
    tcase_add_test(text, definitions_come_in_any_order_and_are_shared);
    tcase_add_test(text, options_of_jax_that_are_not_ours_are_passed_over_when_they_are_not_taken);
    tcase_add_test(text, a_pending_error_stays_and_does_not_disturb);
    tcase_add_loop_test(text, a_mistake_is_named_with_its_place, 0, N_MISTAKES);
    tcase_add_test(text, mutated_texts_never_crash);
    tcase_add_test(text, random_bytes_and_random_words_never_crash);
    suite_add_tcase(suite, text);
    TCase *verify = tcase_create("verify");
    tcase_add_loop_test(verify, a_program_that_is_none_is_refused_by_its_equation, 0, N_SPOILED);
    suite_add_tcase(suite, verify);
    TCase *limits = tcase_create("limits");
    tcase_set_timeout(limits, 120);
    tcase_add_loop_test(limits, every_allocation_may_fail, 0, N_PROGRAMS);
    tcase_add_test(limits, ten_thousand_programs_in_each_other);
    tcase_add_test(limits, text_of_ten_thousand_programs_in_each_other_on_one_line);
    tcase_add_test(limits, a_million_equations);
    tcase_add_test(limits, calling_each_other_twice_stays_linear);
    tcase_add_test(limits, time_is_linear);
    suite_add_tcase(suite, limits);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
