/*
 * einsum.c - einsum: subscripts read, operands multiplied in pairs.
 *
 * Each pair is one dot_general: labels that both have are contracted, or are batch axes where they
 * are needed later; a pair without anything to contract is an elementwise product. A repeated label
 * is a diagonal, which is a slice; a label that only one operand has and nobody needs is summed
 * before. An axis of size 1 that meets another size broadcasts: it is dropped.
 */
#include "numpy/einsum.h"

#include <jaxc/products.h>

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

/* ---- subscripts ------------------------------------------------------------------------------ */

/* The letters of one term, and where an ellipsis stands among them. */
struct letters {
    int n, ellipsis; /* -1: none */
    uint8_t at[JX_LABELS];
};

static bool fail_subscripts(const char *subscripts, const char *what)
{
    char text[256];
    return jx_fail(JAXC_EVALUE, "subscripts %s: %s", jx_quote(subscripts, text, sizeof text), what);
}

static int label_of(char c) { return c >= 'a' ? c - 'a' + 26 : c - 'A'; }

static char letter_of(int label) { return (char)(label < 26 ? 'A' + label : 'a' + label - 26); }

/* Reads up to a comma, an arrow or the end; NULL after an error. */
static const char *read_letters(const char *at, const char *subscripts, struct letters *l)
{
    *l = (struct letters){.ellipsis = -1};
    for (; *at && *at != ',' && *at != '-'; at++) {
        if (*at == ' ')
            continue;
        if (*at == '.') {
            if (at[1] != '.' || at[2] != '.' || l->ellipsis >= 0)
                return fail_subscripts(subscripts, "dots are one ..."), NULL;
            l->ellipsis = l->n;
            at += 2;
        } else if (!isalpha((unsigned char)*at) || (unsigned char)*at > 127) {
            return fail_subscripts(subscripts, "takes letters, commas, ... and ->"), NULL;
        } else if (l->n == JX_LABELS) {
            return fail_subscripts(subscripts, "too many letters"), NULL;
        } else {
            l->at[l->n++] = (uint8_t)label_of(*at);
        }
    }
    return at;
}

/* Axes of the ellipsis are numbered from the last one, which all operands share. */
static void place(const struct letters *l, int n_dots, struct jx_term *t)
{
    t->n = 0;
    for (int i = 0; i <= l->n; i++) {
        for (int j = 0; i == l->ellipsis && j < n_dots; j++)
            t->at[t->n++] = (uint8_t)(52 + n_dots - 1 - j);
        if (i < l->n)
            t->at[t->n++] = l->at[i];
    }
}

static bool read_operand(const struct letters *l, const struct jx_aval *type, int i,
                         struct jx_einsum *e, int *most_dots)
{
    char text[JX_AVAL_TEXT];
    int n_dots = type->rank - l->n;
    if (n_dots < 0 || (l->ellipsis < 0 && n_dots > 0))
        return jx_fail(JAXC_ESHAPE, "operand %d is %s, its subscripts name %d axes", i,
                       jx_aval_text(type, text), l->n);
    place(l, n_dots, &e->in[i]);
    *most_dots = n_dots > *most_dots ? n_dots : *most_dots;
    return true;
}

/* Each label's size, which all operands share but for ones. */
static bool find_sizes(struct jx_einsum *e, const struct jx_aval *types)
{
    int from[JX_LABELS];
    char text[2][JX_AVAL_TEXT], name[24];
    for (int i = 0; i < JX_LABELS; i++)
        from[i] = -1;
    for (int i = 0; i < e->n; i++)
        for (int axis = 0; axis < e->in[i].n; axis++) {
            int label = e->in[i].at[axis];
            int64_t size = types[i].dims[axis], known = e->size[label];
            if (from[label] < 0 || (known == 1 && from[label] != i)) {
                e->size[label] = size;
                from[label] = i;
            } else if (size != known && (size != 1 || from[label] == i)) {
                snprintf(name, sizeof name, label < 52 ? "axis %c" : "an axis of ...",
                         letter_of(label));
                return jx_fail(JAXC_ESHAPE,
                               "%s differs: operand %d %s has %" PRId64 ", operand %d %s has "
                               "%" PRId64,
                               name, from[label], jx_aval_text(&types[from[label]], text[0]), known,
                               i, jx_aval_text(&types[i], text[1]), size);
            }
        }
    return true;
}

/* Without an arrow: the ellipsis, then each letter that stands once, in order. */
static void implicit_output(const int *count, struct letters *l)
{
    *l = (struct letters){.ellipsis = 0};
    for (int label = 0; label < 52; label++)
        if (count[label] == 1)
            l->at[l->n++] = (uint8_t)label;
}

static bool find_output(struct jx_einsum *e, const char *subscripts, const char *arrow,
                        const int *count, int n_dots)
{
    struct letters l;
    bool taken[JX_LABELS] = {false};
    if (!arrow) {
        implicit_output(count, &l);
    } else {
        const char *end = read_letters(arrow + 2, subscripts, &l);
        if (!end)
            return false;
        if (*end)
            return fail_subscripts(subscripts, "one -> and one result");
        for (int i = 0; i < l.n; i++) {
            if (count[l.at[i]] == 0)
                return fail_subscripts(subscripts, "the result has a letter of no operand");
            if (taken[l.at[i]])
                return fail_subscripts(subscripts, "the result has a letter twice");
            taken[l.at[i]] = true;
        }
    }
    if (l.n + (l.ellipsis >= 0 ? n_dots : 0) > JAXC_MAX_RANK)
        return jx_fail(JAXC_ELIMIT, "the result has %d axes; at most %d are possible", l.n + n_dots,
                       JAXC_MAX_RANK);
    place(&l, n_dots, &e->out);
    return true;
}

static bool read_subscripts(const char *subscripts, const struct jx_aval *types,
                            struct jx_einsum *e)
{
    struct letters l;
    int n_dots = 0, count[JX_LABELS] = {0}, i = 0;
    const char *at = subscripts;
    for (;; at++, i++) {
        at = read_letters(at, subscripts, &l);
        if (!at)
            return false;
        if (i < e->n && !read_operand(&l, &types[i], i, e, &n_dots))
            return false;
        for (int j = 0; j < l.n; j++)
            count[l.at[j]]++;
        if (*at != ',')
            break;
    }
    if (i + 1 != e->n)
        return jx_fail(JAXC_EVALUE, "subscripts for %d operands, not %d", i + 1, e->n);
    if (*at && at[1] != '>')
        return fail_subscripts(subscripts, "- without >");
    return find_output(e, subscripts, *at ? at : NULL, count, n_dots) && find_sizes(e, types);
}

/* ---- one array ------------------------------------------------------------------------------- */

static void drop_label(struct jx_term *t, int axis)
{
    memmove(&t->at[axis], &t->at[axis + 1], (size_t)(t->n - axis - 1));
    t->n--;
}

/* Without the axes of size 1 that broadcast, and with diagonals for repeated labels. */
static jaxc_value simplify(jaxc_value x, const struct jx_einsum *e, struct jx_term *t)
{
    struct jx_aval type;
    int drop[JAXC_MAX_RANK], n_drop = 0;
    if (!jx_value_aval(x, &type))
        return JX_POISON;
    for (int axis = 0; axis < type.rank; axis++)
        if (type.dims[axis] == 1 && e->size[t->at[axis]] != 1)
            drop[n_drop++] = axis;
    x = jx_drop_axes(x, n_drop, drop);
    while (n_drop > 0)
        drop_label(t, drop[--n_drop]);
    for (int a = 0; a < t->n; a++)
        for (int b = a + 1; b < t->n; b++)
            if (t->at[a] == t->at[b]) {
                uint8_t label = t->at[a];
                x = jx_diagonal(x, 0, a, b);
                drop_label(t, b);
                drop_label(t, a);
                t->at[t->n++] = label;
                a = -1; /* from the beginning: places have changed */
                break;
            }
    return x;
}

/* The labels that nobody needs are summed. */
static jaxc_value sum_out(jaxc_value x, struct jx_term *t, uint64_t needed)
{
    int axes[JAXC_MAX_RANK], n = 0;
    for (int axis = 0; axis < t->n; axis++)
        if (!(needed >> t->at[axis] & 1))
            axes[n++] = axis;
    if (n > 0)
        x = jx_reduce_sum(x, n, axes);
    while (n > 0)
        drop_label(t, axes[--n]);
    return x;
}

static int axis_of(const struct jx_term *t, int label)
{
    for (int axis = 0; axis < t->n; axis++)
        if (t->at[axis] == label)
            return axis;
    return -1;
}

static jaxc_value bring(jaxc_value x, const struct jx_term *from, const struct jx_term *to)
{
    int permutation[JAXC_MAX_RANK];
    for (int i = 0; i < to->n; i++)
        permutation[i] = axis_of(from, to->at[i]);
    return jx_transpose(x, permutation);
}

/* ---- two arrays ------------------------------------------------------------------------------ */

/* Axes in the order of a term with all its labels: transposed, then broadcast. */
static jaxc_value spread(jaxc_value x, const struct jx_einsum *e, const struct jx_term *from,
                         const struct jx_term *to)
{
    struct jx_term own = {0};
    int map[JAXC_MAX_RANK];
    int64_t dims[JAXC_MAX_RANK];
    for (int i = 0; i < to->n; i++) {
        dims[i] = e->size[to->at[i]];
        if (axis_of(from, to->at[i]) >= 0) {
            map[own.n] = i;
            own.at[own.n++] = to->at[i];
        }
    }
    x = bring(x, from, &own);
    return own.n == to->n ? x : jx_broadcast_in_dim(x, to->n, dims, map);
}

/* The labels of a product in the order in which dot_general gives them. */
static void product_labels(const struct jx_term *a, const struct jx_term *b,
                           const struct jx_term *order, uint64_t kept, struct jx_term *y)
{
    uint64_t in_a = jx_term_labels(a), in_b = jx_term_labels(b), both = in_a & in_b;
    y->n = 0;
    for (int i = 0; i < order->n; i++)
        if ((both & kept) >> order->at[i] & 1)
            y->at[y->n++] = order->at[i];
    for (int s = 0; s < 2; s++) {
        const struct jx_term *t = s == 0 ? a : b;
        for (int i = 0; i < t->n; i++)
            if (!(both >> t->at[i] & 1))
                y->at[y->n++] = t->at[i];
    }
}

static bool same_term(const struct jx_term *a, const struct jx_term *b)
{
    return a->n == b->n && memcmp(a->at, b->at, (size_t)a->n) == 0;
}

/* What is multiplied in which dtype. */
struct dtypes {
    jaxc_dtype in, out;
};

static jaxc_value contract(jaxc_value *x, const struct jx_term *const *t, const struct jx_term *y,
                           uint64_t kept, const struct dtypes *d)
{
    struct jx_dims dims = {.lhs_contract = {0}};
    uint64_t both = jx_term_labels(t[0]) & jx_term_labels(t[1]);
    for (int i = 0; i < y->n; i++)
        if ((both & kept) >> y->at[i] & 1) {
            dims.lhs_batch.at[dims.lhs_batch.n++] = axis_of(t[0], y->at[i]);
            dims.rhs_batch.at[dims.rhs_batch.n++] = axis_of(t[1], y->at[i]);
        }
    for (int i = 0; i < t[0]->n; i++)
        if ((both & ~kept) >> t[0]->at[i] & 1) {
            dims.lhs_contract.at[dims.lhs_contract.n++] = i;
            dims.rhs_contract.at[dims.rhs_contract.n++] = axis_of(t[1], t[0]->at[i]);
        }
    return jx_dot_general(x[0], x[1], &dims, d->out == d->in ? (jaxc_dtype)0 : d->out);
}

/* The product of two arrays; y becomes its labels. */
static jaxc_value multiply(const struct jx_einsum *e, jaxc_value a, jaxc_value b,
                           struct jx_term *ta, struct jx_term *tb, uint64_t kept,
                           const struct dtypes *d, struct jx_term *y)
{
    uint64_t in_a = jx_term_labels(ta), in_b = jx_term_labels(tb);
    jaxc_value x[2];
    x[0] = sum_out(a, ta, in_b | kept);
    x[1] = sum_out(b, tb, in_a | kept);
    in_a = jx_term_labels(ta);
    in_b = jx_term_labels(tb);
    uint64_t labels = (in_a | in_b) & kept;
    bool last = labels == jx_term_labels(&e->out);
    if (__builtin_popcountll(labels) > JAXC_MAX_RANK) {
        jx_fail(JAXC_ELIMIT, "a product on the way has more than %d axes", JAXC_MAX_RANK);
        return JX_POISON;
    }
    struct jx_aval types[2];
    if (!jx_value_aval(x[0], &types[0]) || !jx_value_aval(x[1], &types[1]))
        return JX_POISON;
    bool elementwise = (in_a & in_b & ~kept) == 0;
    for (int i = 0; i < 2; i++) /* also where one is a product already, in a wider dtype */
        if (elementwise || types[0].dtype != types[1].dtype)
            x[i] = jx_as(x[i], d->out, false);
    const struct jx_term *t[2] = {ta, tb};
    product_labels(ta, tb, last ? &e->out : ta, kept, y);
    if (elementwise) {
        if (last)
            *y = e->out; /* no transpose behind it */
        x[0] = spread(x[0], e, ta, y);
        x[1] = spread(x[1], e, tb, y);
        return jx_mul(x[0], x[1]);
    }
    struct jx_term other;
    product_labels(tb, ta, last ? &e->out : ta, kept, &other);
    if (last && same_term(&other, &e->out)) { /* the other order needs no transpose */
        jaxc_value swapped[2] = {x[1], x[0]};
        const struct jx_term *u[2] = {tb, ta};
        *y = other;
        return contract(swapped, u, y, kept, d);
    }
    return contract(x, t, y, kept, d);
}

/* ---- all of them ----------------------------------------------------------------------------- */

struct work {
    struct jx_einsum e;
    struct jx_aval *types;
    struct jx_step *steps;
    jaxc_value *x;
    bool *alive;
};

static bool work_init(struct work *w, const char *subscripts, int n, const jaxc_value *values)
{
    *w = (struct work){.e = {.n = n}};
    if (!subscripts)
        return jx_fail(JAXC_EVALUE, "no subscripts");
    if (n < 1 || n > INT16_MAX)
        return jx_fail(JAXC_EVALUE, "%d operands", n);
    w->e.in = jx_alloc((size_t)n * 2, sizeof *w->e.in);
    w->types = jx_alloc((size_t)n, sizeof *w->types);
    w->steps = jx_alloc((size_t)n, sizeof *w->steps);
    w->x = jx_alloc((size_t)n * 2, sizeof *w->x);
    w->alive = jx_alloc((size_t)n * 2, sizeof *w->alive);
    if (!w->e.in || !w->types || !w->steps || !w->x || !w->alive)
        return false;
    for (int i = 0; i < n; i++) {
        w->x[i] = values[i];
        w->alive[i] = true;
        if (!jx_argument_aval(values[i], i, &w->types[i]))
            return false;
    }
    return read_subscripts(subscripts, w->types, &w->e);
}

static void work_fini(struct work *w)
{
    jx_free(w->e.in);
    jx_free(w->types);
    jx_free(w->steps);
    jx_free(w->x);
    jx_free(w->alive);
}

static jaxc_value carry_out(struct work *w, const struct dtypes *d)
{
    struct jx_einsum *e = &w->e;
    for (int i = 0; i < e->n; i++)
        w->x[i] = simplify(w->x[i], e, &e->in[i]);
    if (!jx_einsum_plan(e, w->steps))
        return JX_POISON;
    if (e->n == 1)
        w->x[0] = sum_out(jx_as(w->x[0], d->out, false), &e->in[0], jx_term_labels(&e->out));
    for (int i = 0; i < e->n - 1; i++) {
        int a = w->steps[i].a, b = w->steps[i].b, y = e->n + i;
        uint64_t kept = jx_einsum_kept(e, w->alive, y, a, b);
        w->x[y] = multiply(e, w->x[a], w->x[b], &e->in[a], &e->in[b], kept, d, &e->in[y]);
        if (jx_is_poison(w->x[y]))
            return JX_POISON;
        w->alive[a] = w->alive[b] = false;
        w->alive[y] = true;
    }
    int last = e->n == 1 ? 0 : 2 * e->n - 2;
    return bring(w->x[last], &e->in[last], &e->out);
}

/* In the operands' dtype, or the wider one that is asked for; bools are counted. */
static jaxc_value einsum(struct work *w, jaxc_dtype preferred)
{
    struct jx_aval type;
    jaxc_dtype joined;
    struct dtypes d;
    if (!jx_join_dtypes(w->e.n, w->x, JX_JOIN_ANY, &joined) ||
        !jx_choose_dtype(preferred, joined, &preferred) || !jx_value_aval(w->x[0], &type))
        return JX_POISON;
    bool weak = type.weak && preferred == joined;
    d = (struct dtypes){joined, preferred};
    if (joined == JAXC_BOOL) {
        d = (struct dtypes){JAXC_U32, JAXC_U32};
        for (int i = 0; i < w->e.n; i++)
            w->x[i] = jx_as(w->x[i], JAXC_U32, false);
    }
    jaxc_value y = carry_out(w, &d);
    if (jx_is_poison(y))
        return y;
    return joined == JAXC_BOOL ? jx_cast(jx_as_bool(y), preferred) : jx_as(y, preferred, weak);
}

jaxc_value jx_einsum(const char *subscripts, int n, const jaxc_value *values, jaxc_dtype preferred)
{
    struct work w;
    jaxc_value y = JX_POISON;
    if (work_init(&w, subscripts, n, values))
        y = einsum(&w, preferred);
    if (n == 1 && !jx_is_poison(y))
        y = jx_result(values[0], y);
    work_fini(&w);
    return y;
}

jaxc_value(jaxc_einsum_n)(const char *subscripts, int n, const jaxc_value *values,
                          jaxc_dtype preferred_element_type)
{
    jx_enter("jaxc_einsum");
    return jx_einsum(subscripts, n, values, preferred_element_type);
}

/* ---- the plan as text ------------------------------------------------------------------------ */

static void add_term(struct jx_text *text, const struct jx_term *t)
{
    for (int i = 0; i < t->n; i++) {
        if (t->at[i] < 52)
            jx_text_add(text, "%c", letter_of(t->at[i]));
        else if (i == 0 || t->at[i - 1] < 52)
            jx_text_add(text, "...");
    }
}

/* One line for each step, and the sum. */
static void add_steps(struct jx_text *text, struct work *w)
{
    struct jx_einsum *e = &w->e;
    double all = 0;
    for (int i = 0; i < e->n - 1; i++) {
        int a = w->steps[i].a, b = w->steps[i].b, y = e->n + i;
        uint64_t kept = jx_einsum_kept(e, w->alive, y, a, b);
        w->alive[a] = w->alive[b] = false;
        w->alive[y] = true;
        bool last = i == e->n - 2;
        uint64_t in_a = jx_term_labels(&e->in[a]);
        struct jx_term order = e->in[a];
        for (int j = 0; j < e->in[b].n && order.n < JAXC_MAX_RANK; j++)
            if (!(in_a >> e->in[b].at[j] & 1))
                order.at[order.n++] = e->in[b].at[j];
        for (int j = 0; j < order.n; j++)
            if (kept >> order.at[j] & 1)
                e->in[y].at[e->in[y].n++] = order.at[j];
        add_term(text, &e->in[a]);
        jx_text_add(text, ",");
        add_term(text, &e->in[b]);
        jx_text_add(text, "->");
        add_term(text, last ? &e->out : &e->in[y]);
        jx_text_add(text, ": %.4g operations\n", w->steps[i].flops);
        all += w->steps[i].flops;
    }
    jx_text_add(text, "%.4g operations", all);
}

const char *(jaxc_einsum_path_n)(const char *subscripts, int n, const jaxc_value *values)
{
    jx_enter("jaxc_einsum_path");
    struct work w;
    struct jx_text text = {NULL, 0, 0, false};
    char *taken = NULL;
    if (work_init(&w, subscripts, n, values) && jx_einsum_plan(&w.e, w.steps)) {
        add_steps(&text, &w);
        taken = jx_text_take(&text);
    }
    work_fini(&w);
    return taken && jx_scope_own_text(taken) ? taken : "?";
}
