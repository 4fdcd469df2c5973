/*
 * text.c - a text that grows.
 *
 * Invariant: data is NULL or ends with a zero byte at data[n]. A text that failed keeps what it had
 * until it is taken or finished, and takes no more.
 */
#include "base/base.h"

#include <stdio.h>

void jx_text_add(struct jx_text *t, const char *format, ...)
{
    if (t->failed)
        return;
    va_list arguments;
    va_start(arguments, format);
    size_t room = t->capacity - t->n;
    int more = vsnprintf(t->data ? t->data + t->n : NULL, room, format, arguments);
    va_end(arguments);
    if (more < 0) {
        t->failed = !jx_fail(JAXC_ELIMIT, "a text too long to be written");
        return;
    }
    if ((size_t)more >= room) {
        size_t need;
        t->failed = !jx_add_size(t->n, (size_t)more + 1, &need) ||
                    !jx_grow(&t->data, &t->capacity, need, 1);
        if (t->failed) {
            if (t->data)
                t->data[t->n] = 0;
            return;
        }
        va_start(arguments, format);
        vsnprintf(t->data + t->n, t->capacity - t->n, format, arguments);
        va_end(arguments);
    }
    t->n += (size_t)more;
}

char *jx_text_take(struct jx_text *t)
{
    char *data = t->data;
    if (t->failed) {
        jx_free(data);
        jx_fail(JAXC_ENOMEM, "out of memory (%zu bytes of text)", t->n);
        data = NULL;
    } else if (!data) {
        data = jx_strdup("");
    }
    *t = (struct jx_text){0};
    return data;
}

void jx_text_fini(struct jx_text *t)
{
    jx_free(t->data);
    *t = (struct jx_text){0};
}

const char *jx_escape(char c, char *mark)
{
    unsigned char byte = (unsigned char)c;
    if (c == '"' || c == '\\')
        snprintf(mark, 8, "\\%c", c);
    else if (c == '\n')
        snprintf(mark, 8, "\\n");
    else if (byte < ' ' || byte == 127)
        snprintf(mark, 8, "\\%03o", byte);
    else
        snprintf(mark, 8, "%c", c);
    return mark;
}

const char *jx_quote(const char *text, char *buffer, size_t size)
{
    char mark[8];
    size_t n = 1, more;
    buffer[0] = '"';
    for (; *text; text++, n += more) {
        more = strlen(jx_escape(*text, mark));
        if (n + more + sizeof "\"" > size)
            break;
        memcpy(buffer + n, mark, more);
    }
    memcpy(buffer + n, "\"", 2);
    return buffer;
}
