/*
 * ir/number.c - numbers as text and back.
 *
 * A number reads back as the same bits: floats have as many digits as that takes, and are written
 * as Python writes them. Whatever the locale is, the decimal point is a point.
 */
#include "ir/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- writing --------------------------------------------------------------------------------- */

void jx_put_unsigned(struct jx_text *t, uint64_t number)
{
    char digits[20];
    size_t n = sizeof digits;
    do
        digits[--n] = (char)('0' + number % 10);
    while (number /= 10);
    jx_put_bytes(t, digits + n, sizeof digits - n);
}

void jx_put_int(struct jx_text *t, int64_t number)
{
    if (number < 0)
        jx_put(t, "-");
    jx_put_unsigned(t, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

/* Does this text read as that number in a dtype? f32 is read as such, not by way of f64, which
 * would round twice. The text is in the locale's spelling. */
static bool reads_as(const char *text, double number, jaxc_dtype dtype)
{
    if (dtype == JAXC_F32)
        return (double)strtof(text, NULL) == number;
    union jx_scalar s = {.f = strtod(text, NULL)};
    return jx_scalar_convert(s, JAXC_F64, dtype).f == number;
}

/* The fewest significant digits that read back as a positive finite number; how many, and the
 * power of ten of the first. */
static int shortest(double number, jaxc_dtype dtype, char digits[20], int *exponent)
{
    /* Decimals that every normal number of the dtype holds apart: with trailing zeros gone they are
     * the shortest, if they do at all. The smallest numbers have fewer. */
    static const int decimals[] = {
        [JAXC_F16] = 3, [JAXC_BF16] = 2, [JAXC_F32] = 6, [JAXC_F64] = 15};
    char text[40];
    bool small = number < (dtype == JAXC_F64 ? 0x1p-1022 : dtype == JAXC_F16 ? 0x1p-14 : 0x1p-126);
    int p = small ? 1 : decimals[dtype];
    do
        snprintf(text, sizeof text, "%.*e", p - 1, number);
    while (!reads_as(text, number, dtype) && ++p <= 17);
    int n = 0;
    const char *c = text;
    for (; *c != 'e'; c++) /* passes over the decimal point, however the locale spells it */
        if (*c >= '0' && *c <= '9')
            digits[n++] = *c;
    *exponent = (int)strtol(c + 1, NULL, 10);
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return n;
}

/* As Python writes floats: 2.0, 0.1, 1e-05, 1.5e+16, inf, nan. A NaN with more to say shows its
 * bits. */
void jx_put_float(struct jx_text *t, double number, jaxc_dtype dtype)
{
    char digits[20];
    int exponent, n;
    union {
        double f;
        uint64_t u;
    } bits = {.f = number};
    if (isnan(number) && bits.u << 1 != 0xfff0000000000000u) {
        char text[32];
        snprintf(text, sizeof text, "nan(0x%016llx)", (unsigned long long)bits.u);
        jx_put(t, text);
        return;
    }
    if (signbit(number))
        jx_put(t, "-");
    number = fabs(number);
    if (isnan(number) || isinf(number) || number == 0) {
        jx_put(t, isnan(number) ? "nan" : isinf(number) ? "inf" : "0.0");
        return;
    }
    n = shortest(number, dtype, digits, &exponent);
    if (exponent < -4 || exponent >= 16) {
        char text[16];
        jx_put_bytes(t, digits, 1);
        jx_put(t, n > 1 ? "." : "");
        jx_put_bytes(t, digits + 1, (size_t)n - 1);
        snprintf(text, sizeof text, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
        jx_put(t, text);
        return;
    }
    if (exponent < 0)
        jx_put(t, "0.");
    for (int i = exponent < 0 ? exponent + 1 : 0; i < n || i <= exponent; i++) {
        jx_put_bytes(t, i >= 0 && i < n ? &digits[i] : "0", 1);
        if (i == exponent)
            jx_put(t, i + 1 < n ? "." : ".0");
    }
}

void jx_put_number(struct jx_text *t, union jx_scalar value, const struct jx_aval *a)
{
    switch (jx_dtype_info(a->dtype)->category) {
    case JX_CAT_BOOL: jx_put(t, value.i ? "True" : "False"); break;
    case JX_CAT_UNSIGNED: jx_put_unsigned(t, value.u); break;
    case JX_CAT_SIGNED: jx_put_int(t, value.i); break;
    case JX_CAT_FLOAT: jx_put_float(t, value.f, a->weak ? JAXC_F64 : (jaxc_dtype)a->dtype); break;
    case JX_CAT_COMPLEX: break; /* there are no complex literals */
    }
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* u64 has the numbers that i64 lacks. */
static bool integer_of(struct jx_slice s, const struct jx_aval *type, union jx_scalar *value)
{
    bool is_signed = jx_dtype_info(type->dtype)->category == JX_CAT_SIGNED, negative = *s.at == '-';
    unsigned bits = type->weak ? 64 : 8 * jx_dtype_info(type->dtype)->size;
    uint64_t n = 0, limit = UINT64_MAX >> (64 - bits + is_signed);
    if (negative)
        limit = is_signed ? limit + 1 : 0;
    if (s.n == (size_t)negative)
        return false;
    for (size_t i = negative; i < s.n; i++) {
        unsigned digit = (unsigned)(s.at[i] - '0');
        if (!is_digit(s.at[i]) || digit > limit || n > (limit - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    value->u = negative ? 0 - n : n;
    return true;
}

/* digits[.digits][e[+-]digits] as digits e number, which reads the same in every locale */
static bool plain_decimal(struct jx_slice s, char *buffer, size_t size)
{
    size_t n = 0, i = 0;
    int exponent = 0, written = 0;
    if (s.n + 16 > size)
        return false;
    for (bool point = false; i < s.n && (is_digit(s.at[i]) || (s.at[i] == '.' && !point)); i++) {
        if (is_digit(s.at[i]))
            buffer[n++] = s.at[i];
        else
            point = true;
        exponent -= point && is_digit(s.at[i]);
    }
    if (n == 0 || !is_digit(s.at[i - 1]))
        return false;
    if (i < s.n && (s.at[i] == 'e' || s.at[i] == 'E')) {
        bool negative = ++i < s.n && s.at[i] == '-';
        i += i < s.n && (s.at[i] == '-' || s.at[i] == '+');
        if (i == s.n)
            return false;
        for (; i < s.n && is_digit(s.at[i]); i++)
            written = written < 100000 ? written * 10 + (s.at[i] - '0') : written;
        exponent += negative ? -written : written;
    }
    snprintf(buffer + n, size - n, "e%d", exponent);
    return i == s.n;
}

static bool nan_of_bits(struct jx_slice s, double *value)
{
    union {
        uint64_t u;
        double f;
    } bits = {0};
    if (s.n != strlen("nan(0x0123456789abcdef)") || memcmp(s.at, "nan(0x", 6) != 0 ||
        s.at[s.n - 1] != ')')
        return false;
    for (size_t i = 6; i < s.n - 1; i++) {
        const char *digits = "0123456789abcdef", *digit = strchr(digits, s.at[i]);
        if (!digit)
            return false;
        bits.u = bits.u << 4 | (uint64_t)(digit - digits);
    }
    *value = bits.f;
    return isnan(bits.f);
}

bool jx_float_of(struct jx_slice s, jaxc_dtype dtype, double *value)
{
    char buffer[512];
    bool negative = *s.at == '-';
    if (nan_of_bits(s, value))
        return true;
    s = (struct jx_slice){s.at + negative, s.n - negative};
    if (jx_slice_is(s, "nan")) {
        *value = (double)NAN;
    } else if (jx_slice_is(s, "inf")) {
        *value = (double)INFINITY;
    } else {
        if (!plain_decimal(s, buffer, sizeof buffer))
            return false;
        union jx_scalar f = {.f = dtype == JAXC_F32 ? (double)strtof(buffer, NULL)
                                                    : strtod(buffer, NULL)};
        *value = jx_scalar_convert(f, JAXC_F64, dtype).f;
        if (isinf(*value))
            return false;
    }
    *value = copysign(*value, negative ? -1 : 1);
    return true;
}

bool jx_number_of(struct jx_slice s, const struct jx_aval *type, union jx_scalar *value)
{
    switch (jx_dtype_info(type->dtype)->category) {
    case JX_CAT_BOOL: value->i = jx_slice_is(s, "True"); return value->i || jx_slice_is(s, "False");
    case JX_CAT_UNSIGNED:
    case JX_CAT_SIGNED: return integer_of(s, type, value);
    case JX_CAT_FLOAT:
        return jx_float_of(s, type->weak ? JAXC_F64 : (jaxc_dtype)type->dtype, &value->f);
    case JX_CAT_COMPLEX: break;
    }
    return false;
}
