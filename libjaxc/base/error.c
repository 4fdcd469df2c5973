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
    const struct jx_frame *frame;
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

void jx_note(struct jx_loc loc)
{
    thread.noted_file = loc.file;
    thread.noted_line = loc.line;
}

/* ---- functions that run ---------------------------------------------------------------------- */

void jx_frame_push(struct jx_frame *frame, const char *part, const char *call)
{
    *frame = (struct jx_frame){.outer = thread.frame, .part = part, .loc = thread.here};
    if (call)
        frame->loc.call = call;
    thread.frame = frame;
}

void jx_frame_pop(const struct jx_frame *frame) { thread.frame = frame->outer; }

const struct jx_frame *jx_frame_innermost(void) { return thread.frame; }

enum { FRAMES_TEXT = 512, N_FRAMES = 3 };

static bool same_place(struct jx_loc a, struct jx_loc b)
{
    return a.line == b.line && (a.file == b.file || (a.file && b.file && !strcmp(a.file, b.file)));
}

/* "at leaf ["b"], jaxc_tree_map at train.c:22", or "in the function of jaxc_jit at train.c:40"; its
 * length as snprintf has it, 0 for what there is no need to say behind the place `last`. */
static size_t frame_text(const struct jx_frame *f, struct jx_loc last, char *text, size_t size)
{
    char buffer[128];
    const char *leaf = f->leaf ? f->leaf(f, buffer, sizeof buffer) : "";
    if (!leaf[0] && (!last.file || same_place(f->loc, last)))
        return 0;
    const char *call = f->loc.call ? f->loc.call : "?", *file = f->loc.file ? f->loc.file : "?";
    int n = f->leaf
                ? snprintf(text, size, "%s%s%s%s at %s:%d", leaf[0] ? "at leaf " : "in ", leaf,
                           leaf[0] ? ", " : "", call, file, f->loc.line)
                : snprintf(text, size, "in %s of %s at %s:%d", f->part, call, file, f->loc.line);
    return n < 0 ? 0 : (size_t)n;
}

/* The functions that run, the innermost first, each place once; those that do not fit are dots. */
static void add_frames(struct jx_loc loc, char *text)
{
    size_t n = 0, room = FRAMES_TEXT - sizeof "; ...)";
    int shown = 0;
    for (const struct jx_frame *f = thread.frame; f; f = f->outer) {
        size_t start = n + 2, left = start < room ? room - start : 0;
        size_t length = frame_text(f, loc, text + start, left);
        if (length == 0)
            continue;
        memcpy(text + n, n ? "; " : " (", 2);
        n = start;
        if (shown++ == N_FRAMES || length >= left) {
            memcpy(text + n, "...", 3);
            n += 3;
            break;
        }
        n += length;
        loc = f->loc;
    }
    memcpy(text + n, n ? ")" : "", n ? 2 : 1);
}

/* ---- errors ---------------------------------------------------------------------------------- */

/* Ends a text that did not fit with "...", without half a UTF-8 character before it. */
static void cut_text(char *text, size_t size)
{
    size_t end = size - sizeof "...";
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
    char *text = thread_text, frames[FRAMES_TEXT];
    add_frames(loc, frames);
    size_t n = 0, size = JX_ERROR_TEXT - strlen(frames); /* n: what snprintf would have written */
    text[0] = 0;
    if (loc.file)
        n = (size_t)snprintf(text, size, "%s:%d: ", loc.file, loc.line);
    if (loc.call && n < size)
        n += (size_t)snprintf(text + n, size - n, "%s: ", loc.call);
    if (n < size) {
        int more = vsnprintf(text + n, size - n, format, arguments);
        n += more < 0 ? 0 : (size_t)more;
    }
    if (n >= size)
        cut_text(text, size);
    memcpy(text + strlen(text), frames, strlen(frames) + 1);
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
        [JAXC_ENONFINITE] = "JAXC_ENONFINITE",
        [JAXC_ESYNTAX] = "JAXC_ESYNTAX",
        [JAXC_ENODEVICE] = "JAXC_ENODEVICE",
        [JAXC_EDEVICE] = "JAXC_EDEVICE",
        [JAXC_EDEVICELOST] = "JAXC_EDEVICELOST",
        [JAXC_EINTERNAL] = "JAXC_EINTERNAL",
    };
    size_t i = (size_t)code;
    return i < sizeof names / sizeof *names ? names[i] : "unknown status";
}
