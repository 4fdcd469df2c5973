/*
 * ir/program.c - programs: flat, typed, single assignment; equality, hashes, memoised transforms.
 *
 * Variables are numbered consts, inputs, results in order of equations. A program is immutable once
 * it is shared. Programs may hold programs (in params); freeing, comparing and hashing nested ones
 * uses work lists, never recursion.
 */
#include "ir/internal.h"

struct jx_program *jx_program_new(const char *name)
{
    struct jx_program *p = jx_alloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->refs = 1;
    p->name = name;
    pthread_mutex_init(&p->memo_lock, NULL);
    return p;
}

struct jx_program *jx_program_ref(struct jx_program *p)
{
    atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    return p;
}

static _Thread_local struct jx_program *dead;
static _Thread_local bool burying;

static void bury(struct jx_program *p)
{
    for (uint32_t i = 0; i < p->n_eqns; i++)
        jx_params_unref(p->eqns[i].params);
    while (p->memo) {
        struct jx_memo *m = p->memo;
        p->memo = m->next;
        m->free(m->result);
        jx_free(m->key);
        jx_free(m);
    }
    pthread_mutex_destroy(&p->memo_lock);
    jx_free(p->avals);
    jx_free(p->eqns);
    jx_free(p->atoms);
    jx_free(p->literals);
    jx_free(p->outs);
    jx_free(p);
}

void jx_program_unref(struct jx_program *p)
{
    if (!p || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
        return;
    p->next_dead = dead;
    dead = p;
    if (burying)
        return;
    burying = true;
    while (dead) {
        struct jx_program *next = dead;
        dead = next->next_dead;
        bury(next);
    }
    burying = false;
}

uint32_t jx_program_add_var(struct jx_program *p, const struct jx_aval *aval)
{
    if (p->n_vars >= JX_LITERAL_BIT - 1) {
        jx_fail(JAXC_ELIMIT, "a program of more than 2^31 values");
        return UINT32_MAX;
    }
    if (!jx_grow(&p->avals, &p->vars_capacity, (size_t)p->n_vars + 1, sizeof *p->avals))
        return UINT32_MAX;
    p->avals[p->n_vars] = *aval;
    return p->n_vars++;
}

bool jx_program_add_literal(struct jx_program *p, const struct jx_aval *aval, union jx_scalar value,
                            jx_atom *atom)
{
    if (p->n_literals >= JX_LITERAL_BIT - 1)
        return jx_fail(JAXC_ELIMIT, "a program of more than 2^31 literals");
    if (!jx_grow(&p->literals, &p->literals_capacity, (size_t)p->n_literals + 1,
                 sizeof *p->literals))
        return false;
    p->literals[p->n_literals] = (struct jx_literal){*aval, value};
    *atom = JX_LITERAL_BIT | p->n_literals++;
    return true;
}

struct jx_eqn *jx_program_add_eqn(struct jx_program *p, const struct jx_prim *prim,
                                  struct jx_params *params, struct jx_loc loc, uint32_t n_in,
                                  const jx_atom *in, uint32_t n_out, const struct jx_aval *out)
{
    if (p->n_atoms > UINT32_MAX - n_in || p->n_eqns == UINT32_MAX ||
        p->n_vars > JX_LITERAL_BIT - 1 - n_out) {
        jx_fail(JAXC_ELIMIT, "a program of more than 2^31 values");
        return NULL;
    }
    if (!jx_grow(&p->eqns, &p->eqns_capacity, (size_t)p->n_eqns + 1, sizeof *p->eqns) ||
        !jx_grow(&p->atoms, &p->atoms_capacity, (size_t)p->n_atoms + n_in, sizeof *p->atoms) ||
        !jx_grow(&p->avals, &p->vars_capacity, (size_t)p->n_vars + n_out, sizeof *p->avals))
        return NULL;
    struct jx_eqn *e = &p->eqns[p->n_eqns++];
    *e = (struct jx_eqn){prim, jx_params_ref(params), loc, p->n_atoms, n_in, p->n_vars, n_out};
    for (uint32_t i = 0; i < n_in; i++)
        p->atoms[p->n_atoms++] = in[i];
    for (uint32_t i = 0; i < n_out; i++)
        p->avals[p->n_vars++] = out[i];
    return e;
}

bool jx_program_set_outs(struct jx_program *p, uint32_t n, const jx_atom *outs)
{
    jx_atom *copy = jx_alloc(n ? n : 1, sizeof *copy);
    if (!copy)
        return false;
    for (uint32_t i = 0; i < n; i++)
        copy[i] = outs[i];
    jx_free(p->outs);
    p->outs = copy;
    p->n_out = n;
    return true;
}

const struct jx_aval *jx_atom_aval(const struct jx_program *p, jx_atom a)
{
    return jx_atom_is_literal(a) ? &p->literals[a & ~JX_LITERAL_BIT].aval : &p->avals[a];
}

/* ---- equality -------------------------------------------------------------------------------- */

/* Pairs of nested programs that are still to be compared, or were. */
struct pairs {
    struct pair {
        const struct jx_program *a, *b;
    } * at;
    size_t n, capacity;
    struct jx_map known; /* each pair's number + 1 */
};

static bool add_pair(struct pairs *pairs, const struct jx_program *a, const struct jx_program *b)
{
    if (a == b)
        return true;
    if (!a || !b)
        return false;
    uint64_t hash = jx_mix((uintptr_t)a, (uintptr_t)b);
    size_t cursor = 0;
    for (void *found; (found = jx_map_next(&pairs->known, hash, &cursor));) {
        const struct pair *pair = &pairs->at[(uintptr_t)found - 1];
        if (pair->a == a && pair->b == b)
            return true;
    }
    struct jx_error_state state;
    jx_error_save(&state);
    bool ok = jx_grow(&pairs->at, &pairs->capacity, pairs->n + 1, sizeof *pairs->at) &&
              jx_map_add(&pairs->known, hash, (void *)(uintptr_t)(pairs->n + 1));
    jx_error_restore(&state);
    if (ok)
        pairs->at[pairs->n++] = (struct pair){a, b};
    return ok; /* without memory: "different", which is always safe */
}

static bool same_atom(const struct jx_program *p, jx_atom a, const struct jx_program *q, jx_atom b)
{
    if (!jx_atom_is_literal(a) || !jx_atom_is_literal(b))
        return a == b;
    const struct jx_literal *x = &p->literals[a & ~JX_LITERAL_BIT],
                            *y = &q->literals[b & ~JX_LITERAL_BIT];
    return jx_aval_same(&x->aval, &y->aval) && x->value.u == y->value.u;
}

static bool same_eqn(const struct jx_program *p, const struct jx_eqn *a, const struct jx_program *q,
                     const struct jx_eqn *b, struct pairs *pairs)
{
    if (a->prim != b->prim || a->n_in != b->n_in || a->n_out != b->n_out ||
        !a->params != !b->params)
        return false;
    for (uint32_t i = 0; i < a->n_in; i++)
        if (!same_atom(p, p->atoms[a->first_in + i], q, q->atoms[b->first_in + i]))
            return false;
    if (!a->params || a->params == b->params)
        return true;
    if (!jx_params_same_but_programs(a->prim, a->params->data, b->params->data))
        return false;
    for (const struct jx_field *f = a->prim->fields; f->name; f++)
        if (f->kind == JX_F_PROGRAM && !add_pair(pairs, jx_field_program(a->params->data, f),
                                                 jx_field_program(b->params->data, f)))
            return false;
    return true;
}

static bool same_flat(const struct jx_program *p, const struct jx_program *q, struct pairs *pairs)
{
    if (p->n_consts != q->n_consts || p->n_in != q->n_in || p->n_out != q->n_out ||
        p->n_vars != q->n_vars || p->n_eqns != q->n_eqns)
        return false;
    for (uint32_t v = 0; v < p->n_vars; v++)
        if (!jx_aval_same(&p->avals[v], &q->avals[v]))
            return false;
    for (uint32_t i = 0; i < p->n_out; i++)
        if (!same_atom(p, p->outs[i], q, q->outs[i]))
            return false;
    for (uint32_t i = 0; i < p->n_eqns; i++)
        if (!same_eqn(p, &p->eqns[i], q, &q->eqns[i], pairs))
            return false;
    return true;
}

bool jx_program_same(const struct jx_program *a, const struct jx_program *b)
{
    struct pairs pairs = {0};
    bool same = add_pair(&pairs, a, b);
    for (size_t i = 0; same && i < pairs.n; i++)
        same = same_flat(pairs.at[i].a, pairs.at[i].b, &pairs);
    jx_free(pairs.at);
    jx_map_fini(&pairs.known);
    return same;
}

/* ---- hash ------------------------------------------------------------------------------------ */

static uint64_t hash_aval(const struct jx_aval *a, uint64_t h)
{
    h = jx_mix(h, (uint64_t)a->dtype << 16 | (uint64_t)a->weak << 8 | a->rank);
    return jx_hash(a->dims, a->rank * sizeof a->dims[0], h);
}

static uint64_t hash_atom(const struct jx_program *p, jx_atom a, uint64_t h)
{
    if (!jx_atom_is_literal(a))
        return jx_mix(h, a);
    const struct jx_literal *l = &p->literals[a & ~JX_LITERAL_BIT];
    return hash_aval(&l->aval, jx_mix(h, l->value.u));
}

/* The hash of one program whose nested programs have theirs. */
static void hash_flat(struct jx_program *p)
{
    uint64_t h = jx_mix(jx_mix(p->n_consts, p->n_in), p->n_out);
    for (uint32_t v = 0; v < p->n_consts + p->n_in; v++)
        h = hash_aval(&p->avals[v], h);
    for (uint32_t i = 0; i < p->n_eqns; i++) {
        const struct jx_eqn *e = &p->eqns[i];
        h = jx_mix(h, e->params ? jx_params_hash(e->prim, e->params->data)
                                : (uint64_t)(uintptr_t)e->prim);
        for (uint32_t k = 0; k < e->n_in; k++)
            h = hash_atom(p, p->atoms[e->first_in + k], h);
    }
    for (uint32_t i = 0; i < p->n_out; i++)
        h = hash_atom(p, p->outs[i], h);
    atomic_store_explicit(&p->hash, h ? h : 1, memory_order_relaxed);
}

static bool hashed(struct jx_program *p)
{
    return atomic_load_explicit(&p->hash, memory_order_relaxed) != 0;
}

/* A nested program of p, at or after *eqn, that has no hash yet. */
static struct jx_program *unhashed_inner(const struct jx_program *p, uint32_t *eqn)
{
    for (; *eqn < p->n_eqns; ++*eqn) {
        const struct jx_eqn *e = &p->eqns[*eqn];
        for (const struct jx_field *f = e->params ? e->prim->fields : NULL; f && f->name; f++) {
            if (f->kind != JX_F_PROGRAM)
                continue;
            struct jx_program *inner = jx_field_program(e->params->data, f);
            if (inner && !hashed(inner))
                return inner;
        }
    }
    return NULL;
}

uint64_t jx_program_hash(struct jx_program *p)
{
    struct frame {
        struct jx_program *p;
        uint32_t eqn;
    } *stack = NULL, first[8];
    size_t n = 1, capacity = 0;
    struct frame *frames = first;
    first[0] = (struct frame){p, 0};
    while (n && !hashed(p)) {
        struct frame *top = &frames[n - 1];
        struct jx_program *inner = unhashed_inner(top->p, &top->eqn);
        if (!inner) {
            hash_flat(top->p);
            n--;
            continue;
        }
        if (n == 8 && frames == first) {
            if (!jx_grow(&stack, &capacity, 64, sizeof *stack))
                return 0;
            memcpy(stack, first, sizeof first);
            frames = stack;
        } else if (frames != first) {
            if (!jx_grow(&stack, &capacity, n + 1, sizeof *stack)) {
                jx_free(stack);
                return 0;
            }
            frames = stack;
        }
        frames[n++] = (struct frame){inner, 0};
    }
    jx_free(stack);
    return atomic_load_explicit(&p->hash, memory_order_relaxed);
}

/* ---- memo ------------------------------------------------------------------------------------ */

static struct jx_memo *find(struct jx_program *p, int kind, const void *key, size_t key_size)
{
    for (struct jx_memo *m = p->memo; m; m = m->next)
        if (m->kind == kind && m->key_size == key_size && memcmp(m->key, key, key_size) == 0)
            return m;
    return NULL;
}

void *jx_memo_find(struct jx_program *p, int kind, const void *key, size_t key_size)
{
    pthread_mutex_lock(&p->memo_lock);
    struct jx_memo *m = find(p, kind, key, key_size);
    pthread_mutex_unlock(&p->memo_lock);
    return m ? m->result : NULL;
}

void *jx_memo_add(struct jx_program *p, int kind, const void *key, size_t key_size, void *result,
                  void (*free)(void *))
{
    struct jx_memo *m = jx_alloc(1, sizeof *m);
    void *copy = m ? jx_alloc(1, key_size ? key_size : 1) : NULL;
    if (!copy) {
        jx_free(m);
        free(result);
        return NULL;
    }
    memcpy(copy, key, key_size);
    *m = (struct jx_memo){NULL, kind, key_size, copy, result, free};
    pthread_mutex_lock(&p->memo_lock);
    struct jx_memo *other = find(p, kind, key, key_size);
    if (!other) {
        m->next = p->memo;
        p->memo = m;
    }
    pthread_mutex_unlock(&p->memo_lock);
    if (!other)
        return result;
    free(result);
    jx_free(copy);
    jx_free(m);
    return other->result;
}
