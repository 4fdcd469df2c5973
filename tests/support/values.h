/*
 * support/values.h - what a value must hold.
 */
#ifndef TEST_VALUES_H
#define TEST_VALUES_H

#include <jaxc/jaxc.h>

#include <check.h>

/* All leaves of v, one after another, are these n numbers to within `tolerance` of each (absolute
 * and relative). */
void expect_numbers(const char *file, int line, jaxc_value v, double tolerance, int n,
                    const double *want);
#define EXPECT(v, tolerance, ...)                                                                  \
    expect_numbers(__FILE__, __LINE__, v, tolerance,                                               \
                   (int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double)),                        \
                   (double[]){__VA_ARGS__})

/* The two hold the same numbers. */
void expect_same(const char *file, int line, jaxc_value a, jaxc_value b, double tolerance);
#define EXPECT_SAME(a, b, tolerance) expect_same(__FILE__, __LINE__, a, b, tolerance)

/* The thread's error has this code and its message holds these parts (up to a NULL); it
 * is cleared. */
void expect_failure(const char *file, int line, jaxc_status code, const char *const *parts);
#define EXPECT_FAILURE(code, ...)                                                                  \
    expect_failure(__FILE__, __LINE__, code, (const char *const[]){__VA_ARGS__, NULL})

/* The thread's error begins with this line of this file, and this call; it is cleared. */
void expect_place(const char *file, int line, const char *call);
#define EXPECT_PLACE(call, ...)                                                                    \
    do {                                                                                           \
        (void)(__VA_ARGS__);                                                                       \
        expect_place(__FILE__, __LINE__, call);                                                    \
    } while (0)

/* No error is pending. */
#define EXPECT_OK() ck_assert_msg(!jaxc_error(), "%s", jaxc_error() ? jaxc_error() : "")

/* f32 arrays 1, 2, 3, ... of a shape. */
jaxc_value counting(struct jaxc_shape shape);

#endif
