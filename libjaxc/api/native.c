/*
 * api/native.c - functions of values as plain C function pointers: libffi closures.
 *
 * A table knows which pointers are ours, so that handing one back to a transform gives the function
 * itself.
 */
#include "api/api.h"

#include <ffi.h>

struct native {
    struct native *next;
    jaxc_any_c code;
    ffi_closure *closure;
    ffi_cif cif;
    ffi_type *types[JAXC_MAX_ARGS];
    struct jx_fn_object *f;
};

static struct native *natives;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* {uint32_t, uint32_t}: jaxc_value */
static ffi_type *value_members[] = {&ffi_type_uint32, &ffi_type_uint32, NULL};
static ffi_type value_type = {.type = FFI_TYPE_STRUCT, .elements = value_members};

static void enter(ffi_cif *cif, void *result, void **args, void *user)
{
    struct native *n = user;
    jaxc_value values[JAXC_MAX_ARGS];
    for (unsigned i = 0; i < cif->nargs; i++)
        memcpy(&values[i], args[i], sizeof values[i]);
    jaxc_value v = jx_fn_call(n->f, (int)cif->nargs, values);
    memcpy(result, &v, sizeof v);
}

static void native_free(struct native *n)
{
    if (!n)
        return;
    if (n->closure)
        ffi_closure_free(n->closure);
    jx_fn_unref(n->f);
    jx_free(n);
}

jaxc_any_c jaxc_function_new(jaxc_fn f, int arity)
{
    jx_enter("JAXC_FUNCTION");
    struct jx_fn_object *object = jx_fn_get(f);
    struct native *n = object ? jx_alloc(1, sizeof *n) : NULL;
    if (!n) {
        jx_fn_unref(object);
        return NULL;
    }
    n->f = object;
    void *code = NULL;
    bool ok = true;
    if (arity < 0 || arity > JAXC_MAX_ARGS || (object->arity >= 0 && object->arity != arity))
        ok = jx_fail(JAXC_EARITY, "a C function of %d values from a function of %d", arity,
                     object->arity);
    for (int i = 0; ok && i < arity; i++)
        n->types[i] = &value_type;
    pthread_mutex_lock(&lock); /* libffi lays out value_type on first use */
    bool prepared =
        ok &&
        ffi_prep_cif(&n->cif, FFI_DEFAULT_ABI, (unsigned)arity, &value_type, n->types) == FFI_OK &&
        (n->closure = ffi_closure_alloc(sizeof *n->closure, &code)) &&
        ffi_prep_closure_loc(n->closure, &n->cif, enter, n, code) == FFI_OK;
    pthread_mutex_unlock(&lock);
    if (ok && !prepared)
        ok = jx_fail(JAXC_EUNSUPPORTED, "no executable memory for a C function");
    if (!ok) {
        native_free(n);
        return NULL;
    }
    memcpy(&n->code, &code,
           sizeof n->code); /* a data pointer as a function pointer, as POSIX has it */
    pthread_mutex_lock(&lock);
    n->next = natives;
    natives = n;
    pthread_mutex_unlock(&lock);
    return n->code;
}

void(jaxc_function_free)(jaxc_any_c function)
{
    jx_enter("jaxc_function_free");
    if (!function)
        return;
    pthread_mutex_lock(&lock);
    struct native **at = &natives;
    while (*at && (*at)->code != function)
        at = &(*at)->next;
    struct native *n = *at;
    if (n)
        *at = n->next;
    pthread_mutex_unlock(&lock);
    if (!n)
        jx_fail(JAXC_EVALUE, "not a function made by JAXC_FUNCTION, or freed already");
    native_free(n);
}

struct jx_fn_object *jx_function_of(jaxc_any_c c)
{
    pthread_mutex_lock(&lock);
    struct native *n = natives;
    while (n && n->code != c)
        n = n->next;
    struct jx_fn_object *f = n ? jx_fn_ref(n->f) : NULL;
    pthread_mutex_unlock(&lock);
    return f;
}
