/*
 * test_dtype.c - the dtype table, promotion, and scalars of any dtype.
 */
#include "base/base.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

/* ---- the table ------------------------------------------------------------------------------- */

START_TEST(every_dtype_has_a_row_that_says_its_size)
{
    for (int d = JAXC_BOOL; d <= JAXC_C128; d++) {
        const struct jx_dtype_info *info = jx_dtype_info((jaxc_dtype)d);
        ck_assert_ptr_nonnull(info);
        ck_assert_int_eq(strncmp(info->c_name, "JAXC_", 5), 0);
        int bits = atoi(info->name + strcspn(info->name, "0123456789"));
        ck_assert_uint_eq(info->size, bits ? (unsigned)bits / 8 : 1);
        jaxc_dtype parsed;
        ck_assert(jx_dtype_parse(info->name, strlen(info->name), &parsed));
        ck_assert_int_eq(parsed, d);
    }
    ck_assert(jx_is_float(JAXC_BF16) && !jx_is_float(JAXC_I32) && !jx_is_float(JAXC_C64));
    ck_assert(jx_is_integer(JAXC_U8) && jx_is_integer(JAXC_I64) && !jx_is_integer(JAXC_BOOL));
}
END_TEST

START_TEST(a_number_that_is_no_dtype_has_no_row)
{
    ck_assert_ptr_null(jx_dtype_info((jaxc_dtype)0));
    ck_assert_ptr_null(jx_dtype_info((jaxc_dtype)(JAXC_C128 + 1)));
    ck_assert_ptr_null(jx_dtype_info((jaxc_dtype)-1));
}
END_TEST

START_TEST(a_name_that_is_no_dtype_does_not_parse)
{
    const char *bad[] = {"", "f", "f3", "f322", "F32", "b1", "i", "f32[", " f32"};
    jaxc_dtype dtype;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!jx_dtype_parse(bad[i], strlen(bad[i]), &dtype), "%s", bad[i]);
    ck_assert(jx_dtype_parse("f32[10]", 3, &dtype));
    ck_assert_int_eq(dtype, JAXC_F32);
}
END_TEST

/* ---- promotion ------------------------------------------------------------------------------- */

/* JAX's published table, 64-bit mode on (docs/type_promotion.rst). */
static const char *const heads[] = {"bool", "u8",   "u16", "u32", "u64", "i8",  "i16", "i32",
                                    "i64",  "bf16", "f16", "f32", "f64", "c64", "i*",  "f*"};
static const char *const rows[][17] = {
    {"bool", "bool", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "bf16", "f16", "f32",
     "f64", "c64", "i*", "f*"},
    {"u8", "u8", "u8", "u16", "u32", "u64", "i16", "i16", "i32", "i64", "bf16", "f16", "f32", "f64",
     "c64", "u8", "f*"},
    {"u16", "u16", "u16", "u16", "u32", "u64", "i32", "i32", "i32", "i64", "bf16", "f16", "f32",
     "f64", "c64", "u16", "f*"},
    {"u32", "u32", "u32", "u32", "u32", "u64", "i64", "i64", "i64", "i64", "bf16", "f16", "f32",
     "f64", "c64", "u32", "f*"},
    {"u64", "u64", "u64", "u64", "u64", "u64", "f*", "f*", "f*", "f*", "bf16", "f16", "f32", "f64",
     "c64", "u64", "f*"},
    {"i8", "i8", "i16", "i32", "i64", "f*", "i8", "i16", "i32", "i64", "bf16", "f16", "f32", "f64",
     "c64", "i8", "f*"},
    {"i16", "i16", "i16", "i32", "i64", "f*", "i16", "i16", "i32", "i64", "bf16", "f16", "f32",
     "f64", "c64", "i16", "f*"},
    {"i32", "i32", "i32", "i32", "i64", "f*", "i32", "i32", "i32", "i64", "bf16", "f16", "f32",
     "f64", "c64", "i32", "f*"},
    {"i64", "i64", "i64", "i64", "i64", "f*", "i64", "i64", "i64", "i64", "bf16", "f16", "f32",
     "f64", "c64", "i64", "f*"},
    {"bf16", "bf16", "bf16", "bf16", "bf16", "bf16", "bf16", "bf16", "bf16", "bf16", "bf16", "f32",
     "f32", "f64", "c64", "bf16", "bf16"},
    {"f16", "f16", "f16", "f16", "f16", "f16", "f16", "f16", "f16", "f16", "f32", "f16", "f32",
     "f64", "c64", "f16", "f16"},
    {"f32", "f32", "f32", "f32", "f32", "f32", "f32", "f32", "f32", "f32", "f32", "f32", "f32",
     "f64", "c64", "f32", "f32"},
    {"f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64", "f64",
     "f64", "c128", "f64", "f64"},
    {"c64", "c64", "c64", "c64", "c64", "c64", "c64", "c64", "c64", "c64", "c64", "c64", "c64",
     "c128", "c64", "c64", "c64"},
    {"i*", "i*", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "bf16", "f16", "f32", "f64",
     "c64", "i*", "f*"},
    {"f*", "f*", "f*", "f*", "f*", "f*", "f*", "f*", "f*", "f*", "bf16", "f16", "f32", "f64", "c64",
     "f*", "f*"},
};

static void read_cell(const char *cell, jaxc_dtype *dtype, bool *weak)
{
    *weak = cell[1] == '*';
    const char *name = !*weak ? cell : cell[0] == 'i' ? "i32" : cell[0] == 'f' ? "f32" : "c64";
    ck_assert_msg(jx_dtype_parse(name, strlen(name), dtype), "%s", cell);
}

static void check_cell(const char *left, const char *right, const char *expected)
{
    jaxc_dtype a, b, e, got;
    bool a_weak, b_weak, e_weak, got_weak;
    read_cell(left, &a, &a_weak);
    read_cell(right, &b, &b_weak);
    read_cell(expected, &e, &e_weak);
    jx_promote(a, a_weak, b, b_weak, &got, &got_weak);
    ck_assert_msg(got == e && got_weak == e_weak, "%s and %s give %s%s, not %s", left, right,
                  jx_dtype_info(got)->name, got_weak ? " (weak)" : "", expected);
}

START_TEST(promotion_is_jax_s_table_in_every_cell)
{
    ck_assert_uint_eq(sizeof rows / sizeof *rows, 16);
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 16; j++) {
            ck_assert_str_eq(rows[i][0], heads[i]);
            check_cell(heads[i], heads[j], rows[i][j + 1]);
        }
}
END_TEST

START_TEST(promotion_with_complex_numbers_follows_the_lattice)
{
    for (int i = 0; i < 16; i++) {
        const char *head = heads[i];
        bool wide = !strcmp(head, "f64");
        check_cell(head, "c128", "c128");
        check_cell("c128", head, "c128");
        const char *with_weak = wide ? "c128"
                                : !strcmp(head, "c64") || !strcmp(head, "f32") ||
                                        !strcmp(head, "f16") || !strcmp(head, "bf16")
                                    ? "c64"
                                    : "c*";
        check_cell(head, "c*", with_weak);
        check_cell("c*", head, with_weak);
    }
    check_cell("c*", "c*", "c*");
    check_cell("c128", "c*", "c128");
}
END_TEST

START_TEST(promotion_is_commutative_and_associative_in_its_dtype)
{
    jaxc_dtype ab, ba, abc, bc, a_bc;
    bool w, w2;
    for (int a = JAXC_BOOL; a <= JAXC_C128; a++)
        for (int b = JAXC_BOOL; b <= JAXC_C128; b++) {
            jx_promote((jaxc_dtype)a, false, (jaxc_dtype)b, false, &ab, &w);
            jx_promote((jaxc_dtype)b, false, (jaxc_dtype)a, false, &ba, &w2);
            ck_assert(ab == ba && w == w2);
            for (int c = JAXC_BOOL; c <= JAXC_C128; c++) {
                jx_promote(ab, w, (jaxc_dtype)c, false, &abc, &(bool){false});
                jx_promote((jaxc_dtype)b, false, (jaxc_dtype)c, false, &bc, &w2);
                jx_promote((jaxc_dtype)a, false, bc, w2, &a_bc, &(bool){false});
                ck_assert_int_eq(abc, a_bc);
            }
        }
}
END_TEST

START_TEST(two_weak_operands_join_their_dtypes_and_stay_weak)
{
    jaxc_dtype dtype;
    bool weak;
    jx_promote(JAXC_I64, true, JAXC_I32, true, &dtype, &weak);
    ck_assert(dtype == JAXC_I64 && weak);
    jx_promote(JAXC_F64, true, JAXC_F32, true, &dtype, &weak);
    ck_assert(dtype == JAXC_F64 && weak);
    jx_promote(JAXC_I64, true, JAXC_U64, true, &dtype, &weak); /* a C number beyond i64 */
    ck_assert(dtype == JAXC_I64 && weak);
}
END_TEST

START_TEST(a_bool_is_never_weak)
{
    jaxc_dtype dtype;
    bool weak;
    jx_promote(JAXC_BOOL, true, JAXC_BOOL, true, &dtype, &weak);
    ck_assert(dtype == JAXC_BOOL && !weak);
    jx_promote(JAXC_BOOL, true, JAXC_F64, true, &dtype, &weak);
    ck_assert(dtype == JAXC_F32 && weak);
    jx_promote(JAXC_BOOL, true, JAXC_F64, false, &dtype, &weak);
    ck_assert(dtype == JAXC_F64 && !weak);
}
END_TEST

/* ---- scalars --------------------------------------------------------------------------------- */

static double float_of(uint16_t bits, jaxc_dtype dtype) { return jx_scalar_load(&bits, dtype).f; }

static uint16_t bits_of(double f, jaxc_dtype dtype)
{
    uint16_t bits;
    jx_scalar_store(&bits, dtype, (union jx_scalar){.f = f});
    return bits;
}

START_TEST(sixteen_bit_floats_survive_load_and_store_in_every_pattern)
{
    jaxc_dtype dtype = _i == 0 ? JAXC_F16 : JAXC_BF16;
    for (unsigned bits = 0; bits <= 0xffff; bits++) {
        double f = float_of((uint16_t)bits, dtype);
        if (isnan(f))
            ck_assert(isnan(float_of(bits_of(f, dtype), dtype)));
        else
            ck_assert_uint_eq(bits_of(f, dtype), bits);
    }
    ck_assert(isnan(float_of(bits_of((double)NAN, dtype), dtype)));
    ck_assert_double_eq(float_of(_i == 0 ? 0x3c00 : 0x3f80, dtype), 1);
    ck_assert_double_eq(float_of(_i == 0 ? 0xc000 : 0xc000, dtype), -2);
    ck_assert_double_eq(float_of(1, dtype), _i == 0 ? ldexp(1, -24) : ldexp(1, -133));
}
END_TEST

START_TEST(sixteen_bit_floats_round_to_nearest_even_between_every_two_neighbours)
{
    jaxc_dtype dtype = _i == 0 ? JAXC_F16 : JAXC_BF16;
    unsigned infinity = _i == 0 ? 0x7c00 : 0x7f80;
    for (unsigned below = 0; below < infinity; below++) {
        double a = float_of((uint16_t)below, dtype);
        double b = below + 1 < infinity ? float_of((uint16_t)(below + 1), dtype)
                                        : ldexp(1, _i == 0 ? 16 : 128);
        double middle = (a + b) / 2; /* exact in a double */
        unsigned even = below % 2 == 0 ? below : below + 1;
        ck_assert_uint_eq(bits_of(middle, dtype), even);
        ck_assert_uint_eq(bits_of(nextafter(middle, 0), dtype), below);
        ck_assert_uint_eq(bits_of(nextafter(middle, b), dtype), below + 1);
        ck_assert_uint_eq(bits_of(-middle, dtype), even | 0x8000);
    }
    ck_assert_uint_eq(bits_of(1e300, dtype), infinity);
    ck_assert_uint_eq(bits_of(-(double)INFINITY, dtype), infinity | 0x8000);
}
END_TEST

START_TEST(every_dtype_stores_what_it_loads)
{
    unsigned char in[8], out[8];
    for (int d = JAXC_BOOL; d <= JAXC_F64; d++) {
        jaxc_dtype dtype = (jaxc_dtype)d;
        for (unsigned seed = 1; seed < 2000; seed++) {
            uint64_t random = jx_hash(&seed, sizeof seed, 7);
            memcpy(in, &random, 8);
            if (dtype == JAXC_BOOL)
                in[0] &= 1;
            memset(out, 0, 8);
            union jx_scalar s = jx_scalar_load(in, dtype);
            jx_scalar_store(out, dtype, s);
            if (jx_is_float(dtype) && isnan(s.f))
                continue;
            ck_assert_mem_eq(in, out, jx_dtype_info(dtype)->size);
        }
    }
}
END_TEST

START_TEST(loads_extend_signs_and_stores_keep_low_bits)
{
    int8_t small = -3;
    ck_assert_int_eq(jx_scalar_load(&small, JAXC_I8).i, -3);
    ck_assert_uint_eq(jx_scalar_load(&small, JAXC_U8).u, 253);
    unsigned char two = 2;
    ck_assert_int_eq(jx_scalar_load(&two, JAXC_BOOL).i, 1);
    int32_t stored;
    jx_scalar_store(&stored, JAXC_I32, (union jx_scalar){.i = INT64_C(0x1fffffffe)});
    ck_assert_int_eq(stored, -2);
}
END_TEST

static int64_t to_signed(double f, jaxc_dtype to)
{
    return jx_scalar_convert((union jx_scalar){.f = f}, JAXC_F64, to).i;
}

static uint64_t to_unsigned(double f, jaxc_dtype to)
{
    return jx_scalar_convert((union jx_scalar){.f = f}, JAXC_F64, to).u;
}

START_TEST(floats_become_integers_by_truncation_and_saturate)
{
    ck_assert_int_eq(to_signed(2.9, JAXC_I32), 2);
    ck_assert_int_eq(to_signed(-2.9, JAXC_I32), -2);
    ck_assert_int_eq(to_signed((double)NAN, JAXC_I64), 0);
    ck_assert_int_eq(to_signed(1e10, JAXC_I32), INT32_MAX);
    ck_assert_int_eq(to_signed(-1e10, JAXC_I32), INT32_MIN);
    ck_assert_int_eq(to_signed(2147483647.5, JAXC_I32), INT32_MAX);
    ck_assert_int_eq(to_signed(-2147483648.5, JAXC_I32), INT32_MIN);
    ck_assert_int_eq(to_signed(9223372036854775807.0, JAXC_I64), INT64_MAX);
    ck_assert_int_eq(to_signed(-9223372036854775808.0, JAXC_I64), INT64_MIN);
    ck_assert_int_eq(to_signed(9223372036854774784.0, JAXC_I64), INT64_C(9223372036854774784));
    ck_assert_int_eq(to_signed((double)INFINITY, JAXC_I8), 127);
    ck_assert_int_eq(to_signed(-(double)INFINITY, JAXC_I8), -128);
    ck_assert_int_eq(to_signed(-129, JAXC_I8), -128);
    ck_assert_uint_eq(to_unsigned(-0.5, JAXC_U8), 0);
    ck_assert_uint_eq(to_unsigned(-7, JAXC_U32), 0);
    ck_assert_uint_eq(to_unsigned((double)NAN, JAXC_U64), 0);
    ck_assert_uint_eq(to_unsigned(255.9, JAXC_U8), 255);
    ck_assert_uint_eq(to_unsigned(256, JAXC_U8), 255);
    ck_assert_uint_eq(to_unsigned(1e30, JAXC_U64), UINT64_MAX);
    ck_assert_uint_eq(to_unsigned(18446744073709549568.0, JAXC_U64),
                      UINT64_C(18446744073709549568));
    ck_assert_uint_eq(to_unsigned(-(double)INFINITY, JAXC_U16), 0);
}
END_TEST

START_TEST(integers_keep_low_bits_when_they_narrow)
{
    union jx_scalar s = {.i = -1};
    ck_assert_uint_eq(jx_scalar_convert(s, JAXC_I32, JAXC_U8).u, 255);
    ck_assert_uint_eq(jx_scalar_convert(s, JAXC_I32, JAXC_U32).u, UINT32_MAX);
    ck_assert_uint_eq(jx_scalar_convert(s, JAXC_I32, JAXC_U64).u, UINT64_MAX);
    s.u = 0x80;
    ck_assert_int_eq(jx_scalar_convert(s, JAXC_U8, JAXC_I8).i, -128);
    ck_assert_int_eq(jx_scalar_convert(s, JAXC_U8, JAXC_I16).i, 128);
    s.u = UINT64_C(0x180000001);
    ck_assert_int_eq(jx_scalar_convert(s, JAXC_U64, JAXC_I32).i, INT64_C(-2147483647));
}
END_TEST

START_TEST(anything_but_zero_becomes_true)
{
    union jx_scalar nan = {.f = (double)NAN}, zero = {.f = -0.0}, tiny = {.f = 5e-324};
    ck_assert_int_eq(jx_scalar_convert(nan, JAXC_F32, JAXC_BOOL).i, 1);
    ck_assert_int_eq(jx_scalar_convert(zero, JAXC_F32, JAXC_BOOL).i, 0);
    ck_assert_int_eq(jx_scalar_convert(tiny, JAXC_F64, JAXC_BOOL).i, 1);
    ck_assert_int_eq(jx_scalar_convert((union jx_scalar){.i = 256}, JAXC_I32, JAXC_BOOL).i, 1);
    ck_assert_int_eq(jx_scalar_convert((union jx_scalar){.u = 0}, JAXC_U64, JAXC_BOOL).i, 0);
    ck_assert_double_eq(jx_scalar_convert((union jx_scalar){.i = 1}, JAXC_BOOL, JAXC_F32).f, 1);
    ck_assert_int_eq(jx_scalar_convert((union jx_scalar){.i = 1}, JAXC_BOOL, JAXC_I64).i, 1);
}
END_TEST

START_TEST(integers_become_floats_with_one_rounding)
{
    /* Just above the middle of two f32: rounding to a double first would make it the middle. */
    int64_t i = (INT64_C(1) << 54) + (INT64_C(1) << 30) + 1;
    double up = ldexp(1, 54) + ldexp(1, 31);
    union jx_scalar s = {.i = i};
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_I64, JAXC_F32).f, up);
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_U64, JAXC_F32).f, up);
    s.i = -i;
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_I64, JAXC_F32).f, -up);
    s.u = UINT64_MAX;
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_U64, JAXC_F32).f, ldexp(1, 64));
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_I64, JAXC_F32).f, -1);
    s.i = INT64_MIN;
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_I64, JAXC_F64).f, -ldexp(1, 63));
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_I64, JAXC_BF16).f, -ldexp(1, 63));

    s.i = (INT64_C(1) << 54) + (INT64_C(1) << 46) + 1; /* the same for bf16 */
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_I64, JAXC_BF16).f, ldexp(1, 54) + ldexp(1, 47));
    s.i -= 1;
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_I64, JAXC_BF16).f, ldexp(1, 54));
    s.i = 65519;
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_I32, JAXC_F16).f, 65504);
    s.i = 65520;
    ck_assert(isinf(jx_scalar_convert(s, JAXC_I32, JAXC_F16).f));
}
END_TEST

START_TEST(floats_narrow_to_nearest_even_and_overflow_to_infinity)
{
    union jx_scalar s = {.f = 1 + ldexp(1, -24)};
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_F64, JAXC_F32).f, 1);
    s.f = 1 + 3 * ldexp(1, -24);
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_F64, JAXC_F32).f, 1 + ldexp(1, -22));
    s.f = -1e300;
    ck_assert(isinf(jx_scalar_convert(s, JAXC_F64, JAXC_F32).f));
    s.f = (double)NAN;
    ck_assert(isnan(jx_scalar_convert(s, JAXC_F64, JAXC_F32).f));
    ck_assert(isnan(jx_scalar_convert(s, JAXC_F32, JAXC_BF16).f));
    s.f = 0.1;
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_F64, JAXC_F64).f, 0.1);
    /* Above a middle of two bf16 by less than f32 can tell. */
    s.f = 1 + ldexp(1, -8) + ldexp(1, -40);
    ck_assert_double_eq(jx_scalar_convert(s, JAXC_F64, JAXC_BF16).f, 1 + ldexp(1, -7));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dtype");
    TCase *table = tcase_create("table");
    tcase_add_test(table, every_dtype_has_a_row_that_says_its_size);
    tcase_add_test(table, a_number_that_is_no_dtype_has_no_row);
    tcase_add_test(table, a_name_that_is_no_dtype_does_not_parse);
    suite_add_tcase(suite, table);

    TCase *promotion = tcase_create("promotion");
    tcase_add_test(promotion, promotion_is_jax_s_table_in_every_cell);
    tcase_add_test(promotion, promotion_with_complex_numbers_follows_the_lattice);
    tcase_add_test(promotion, promotion_is_commutative_and_associative_in_its_dtype);
    tcase_add_test(promotion, two_weak_operands_join_their_dtypes_and_stay_weak);
    tcase_add_test(promotion, a_bool_is_never_weak);
    suite_add_tcase(suite, promotion);

    TCase *scalars = tcase_create("scalars");
    tcase_add_loop_test(scalars, sixteen_bit_floats_survive_load_and_store_in_every_pattern, 0, 2);
    tcase_add_loop_test(
        scalars, sixteen_bit_floats_round_to_nearest_even_between_every_two_neighbours, 0, 2);
    tcase_add_test(scalars, every_dtype_stores_what_it_loads);
    tcase_add_test(scalars, loads_extend_signs_and_stores_keep_low_bits);
    tcase_add_test(scalars, floats_become_integers_by_truncation_and_saturate);
    tcase_add_test(scalars, integers_keep_low_bits_when_they_narrow);
    tcase_add_test(scalars, anything_but_zero_becomes_true);
    tcase_add_test(scalars, integers_become_floats_with_one_rounding);
    tcase_add_test(scalars, floats_narrow_to_nearest_even_and_overflow_to_infinity);
    suite_add_tcase(suite, scalars);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
