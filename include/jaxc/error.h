/*
 * jaxc/error.h - the error of a thread: the first that happened, until it is cleared.
 *
 * A failed call returns the poison value and later calls go on; one look at jaxc_error() at the end
 * of a computation tells what went wrong first, and where:
 *
 *     if (jaxc_error()) { fprintf(stderr, "%s\n", jaxc_error()); return 1; }
 */
#ifndef JAXC_ERROR_H
#define JAXC_ERROR_H

#include <jaxc/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * jaxc_error - the message of this thread's first error.
 *
 *   ->   "train.c:42: jaxc_dot: ...", at most 1023 bytes; NULL while nothing has failed
 *
 * Owner   the library; good until this thread's next call that clears or sets an error.
 * Errors  none
 */
JAXC_API const char *jaxc_error(void);

/*
 * jaxc_error_code - the code of this thread's first error.
 *
 *   ->   JAXC_OK while nothing has failed
 *
 * Errors  none
 */
JAXC_API jaxc_status jaxc_error_code(void);

/*
 * jaxc_clear_error - forgets this thread's error, so that the next one is the first.
 *
 * Errors  none
 */
JAXC_API void jaxc_clear_error(void);

/*
 * jaxc_status_name - a code as it is written in C.
 *
 *   ->   "JAXC_ESHAPE"; "unknown status" for a number that is no code
 *
 * Owner   the library; good forever.
 * Errors  none
 */
JAXC_API const char *jaxc_status_name(jaxc_status code);

#ifdef __cplusplus
}
#endif

#endif
