/*
 * errors.c - checks on the pending error.
 */
#include "errors.h"

#include "base/base.h"

#include <check.h>

void stand_at(const char *file, int line, const char *call)
{
    jx_set_here((struct jx_loc){.file = file, .line = line, .call = call});
}

void expect_error(jaxc_status code, const char *message)
{
    ck_assert_ptr_nonnull(jaxc_error());
    ck_assert_str_eq(jaxc_error(), message);
    ck_assert_str_eq(jaxc_status_name(jaxc_error_code()), jaxc_status_name(code));
    jaxc_clear_error();
}
