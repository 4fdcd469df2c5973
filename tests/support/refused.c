/*
 * refused.c - calls that are refused.
 */
#include "support/refused.h"

#include <check.h>
#include <string.h>

void expect_refused(jaxc_value y, jaxc_status code, const char *words, const char *file)
{
    ck_assert_msg(!jaxc_ok(y) && jaxc_error(), "no error: %s", words);
    ck_assert_msg(strstr(jaxc_error(), words) != NULL, "%s; wanted %s", jaxc_error(), words);
    ck_assert_msg(strstr(jaxc_error(), file) != NULL, "%s; wanted %s", jaxc_error(), file);
    ck_assert_msg(jaxc_error_code() == code, "%s", jaxc_error());
    jaxc_clear_error();
}

jaxc_value array_of(jaxc_dtype dtype, struct jaxc_shape shape)
{
    static const double zeros[4096];
    return jaxc_array(zeros, dtype, shape);
}
