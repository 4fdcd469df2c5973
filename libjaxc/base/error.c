/*
 * error.c - the place in the user's program, and the first error, of each thread.
 *
 * The text lies in a fixed buffer of the thread, so a message is never lost, not even when memory
 * is out. Every error of the library is made in set_error: one breakpoint finds them all.
 */
#include "base/base.h"

#include <jaxc/error.h>

#include <assert.h>
#include <stdio.h>

/* What each call touches, apart from the text, which only errors touch. */
static _Thread_local struct {
    struct jx_loc here;
    const char *noted_file; /* by jaxc_at, for the next call; NULL: nothing noted */
    int noted_line;
    jaxc_status code;
    uint32_t count; /* of errors, also of those that were not the first */
} thread;
static _Thread_local char thread_text[JX_ERROR_TEXT];

void jaxc_at(const char *file, int line)
{
    thread.noted_file = file;
    thread.noted_line = line;
}

/* A function called through a pointer has no place of its own: it is at its caller's, under its own
 * name. */
struct jx_loc jx_enter(const char *call)
{
    struct jx_loc previous = thread.here;
    thread.here.call = call;
    if (thread.noted_file) {
        thread.here.file = thread.noted_file;
        thread.here.line = thread.noted_line;
        thread.noted_file = NULL;
    }
    return previous;
}

struct jx_loc jx_here(void) { return thread.here; }

void jx_set_here(struct jx_loc loc) { thread.here = loc; }

/* Ends a text that did not fit with "...", without half a UTF-8 character before it. */
static void cut_text(char *text)
{
    size_t end = JX_ERROR_TEXT - sizeof "...";
    while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
        end--;
    memcpy(text + end, "...", sizeof "...");
}

__attribute__((format(printf, 3, 0))) static bool set_error(struct jx_loc loc, jaxc_status code,
                                                            const char *format, va_list arguments)
{
    assert(code != JAXC_OK);
    thread.count++;
    if (thread.code != JAXC_OK)
        return false;
    thread.code = code;
    size_t n = 0; /* what snprintf would have written so far */
    char *text = thread_text;
    text[0] = 0;
    if (loc.file)
        n = (size_t)snprintf(text, JX_ERROR_TEXT, "%s:%d: ", loc.file, loc.line);
    if (loc.call && n < JX_ERROR_TEXT)
        n += (size_t)snprintf(text + n, JX_ERROR_TEXT - n, "%s: ", loc.call);
    if (n < JX_ERROR_TEXT) {
        int more = vsnprintf(text + n, JX_ERROR_TEXT - n, format, arguments);
        n += more < 0 ? 0 : (size_t)more;
    }
    if (n >= JX_ERROR_TEXT)
        cut_text(text);
    return false;
}

bool jx_fail(jaxc_status code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_error(thread.here, code, format, arguments);
    va_end(arguments);
    return false;
}

bool jx_fail_at(struct jx_loc loc, jaxc_status code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_error(loc, code, format, arguments);
    va_end(arguments);
    return false;
}

jaxc_status jx_error_pending(void) { return thread.code; }

uint32_t jx_error_count(void) { return thread.count; }

void jx_error_save(struct jx_error_state *state)
{
    state->code = thread.code;
    state->count = thread.count;
    state->text[0] = 0;
    if (thread.code != JAXC_OK)
        memcpy(state->text, thread_text, strlen(thread_text) + 1);
    thread.code = JAXC_OK;
}

void jx_error_restore(const struct jx_error_state *state)
{
    thread.code = state->code;
    thread.count = state->count;
    if (state->code != JAXC_OK)
        memcpy(thread_text, state->text, strlen(state->text) + 1);
}

const char *jaxc_error(void) { return thread.code == JAXC_OK ? NULL : thread_text; }

jaxc_status jaxc_error_code(void) { return thread.code; }

void jaxc_clear_error(void) { thread.code = JAXC_OK; }

const char *jaxc_status_name(jaxc_status code)
{
    static const char *const names[] = {
        [JAXC_OK] = "JAXC_OK",
        [JAXC_ENOMEM] = "JAXC_ENOMEM",
        [JAXC_ESHAPE] = "JAXC_ESHAPE",
        [JAXC_EDTYPE] = "JAXC_EDTYPE",
        [JAXC_EAXIS] = "JAXC_EAXIS",
        [JAXC_EVALUE] = "JAXC_EVALUE",
        [JAXC_ETREE] = "JAXC_ETREE",
        [JAXC_EDEAD] = "JAXC_EDEAD",
        [JAXC_EDONATED] = "JAXC_EDONATED",
        [JAXC_ELEAK] = "JAXC_ELEAK",
        [JAXC_ECONCRETE] = "JAXC_ECONCRETE",
        [JAXC_EARITY] = "JAXC_EARITY",
        [JAXC_ENORULE] = "JAXC_ENORULE",
        [JAXC_ELIMIT] = "JAXC_ELIMIT",
        [JAXC_EUNSUPPORTED] = "JAXC_EUNSUPPORTED",
        [JAXC_ESYNTAX] = "JAXC_ESYNTAX",
        [JAXC_EINTERNAL] = "JAXC_EINTERNAL",
    };
    size_t i = (size_t)code;
    return i < sizeof names / sizeof *names ? names[i] : "unknown status";
}
