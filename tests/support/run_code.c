/*
 * run_code.c - packs operands, runs, unpacks results.
 */
#include "run_code.h"

#include <jaxc/error.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Where element i (row-major) of a storage lies. */
static int64_t place(const struct jx_storage *s, int64_t i)
{
    if (!s->layout.block)
        return i;
    int64_t others = 0, n_others = 1, o = 0, b = s->layout.block;
    for (int j = s->rank - 1; j >= 0; j--) {
        int64_t at = i % s->dims[j];
        i /= s->dims[j];
        if (j == s->layout.axis) {
            o = at;
        } else {
            others += at * n_others;
            n_others *= s->dims[j];
        }
    }
    return (o / b) * n_others * b + others * b + o % b;
}

static void move(const struct jx_storage *s, char *packed, char *plain, bool pack)
{
    size_t size = jx_dtype_info(s->dtype)->size;
    int64_t n = jx_count(s->rank, s->dims);
    for (int64_t i = 0; i < n; i++) {
        char *a = packed + (size_t)place(s, i) * size, *b = plain + (size_t)i * size;
        memcpy(pack ? a : b, pack ? b : a, size);
    }
}

const struct jx_storage *code_storage(const struct jx_code *code, enum jx_storage_kind kind,
                                      int index)
{
    for (int s = 0; s < code->n_storages; s++)
        if (code->storages[s].kind == kind && code->storages[s].index == index)
            return &code->storages[s];
    ck_abort_msg("no storage");
    return NULL;
}

void run_code(const struct jx_backend *backend, const struct jx_code *code, char *const *operands,
              char **results)
{
    void **in = calloc((size_t)code->n_operands + 1, sizeof *in),
         **out = calloc((size_t)code->n_results + 1, sizeof *out);
    for (int i = 0; i < code->n_operands; i++) {
        const struct jx_storage *s = code_storage(code, JX_STORE_OPERAND, i);
        in[i] = aligned_alloc(64, (s->size + 127) / 64 * 64);
        memset(in[i], 0x55, s->size);
        move(s, in[i], operands[i], true);
    }
    for (int k = 0; k < code->n_results; k++) {
        const struct jx_storage *s = code_storage(code, JX_STORE_RESULT, k);
        out[k] = code->donates[k] >= 0 ? in[code->donates[k]]
                                       : aligned_alloc(64, (s->size + 127) / 64 * 64);
        if (code->donates[k] < 0)
            memset(out[k], 0x55, s->size);
    }
    struct jx_executable *x = backend->compile(code);
    ck_assert_ptr_nonnull(x);
    ck_assert(backend->run(x, in, out));
    backend->drop(x);
    for (int k = 0; k < code->n_results; k++) {
        const struct jx_storage *s = code_storage(code, JX_STORE_RESULT, k);
        results[k] = malloc(s->size + 1);
        move(s, out[k], results[k], false);
        if (code->donates[k] < 0)
            free(out[k]);
    }
    for (int i = 0; i < code->n_operands; i++)
        free(in[i]);
    free(in);
    free(out);
}
