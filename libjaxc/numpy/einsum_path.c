/*
 * einsum_path.c - in which order the operands of an einsum are multiplied.
 *
 * Costs are those of opt_einsum: for a product of two arrays the sizes of all their labels
 * multiplied, twice that when something is summed. Up to 8 operands, all binary trees are compared
 * by dynamic programming over subsets; beyond, the pair whose result is smallest beside its operands
 * is taken, again and again.
 */
#include "numpy/einsum.h"

#include <math.h>

enum { MOST_OPTIMAL = 8 };

uint64_t jx_term_labels(const struct jx_term *t)
{
    uint64_t bits = 0;
    for (int i = 0; i < t->n; i++)
        bits |= (uint64_t)1 << t->at[i];
    return bits;
}

uint64_t jx_einsum_kept(const struct jx_einsum *e, const bool *alive, int n_arrays, int a, int b)
{
    uint64_t kept = jx_term_labels(&e->out);
    for (int i = 0; i < n_arrays; i++)
        if (alive[i] && i != a && i != b)
            kept |= jx_term_labels(&e->in[i]);
    return kept;
}

/* A double: the number of elements of what is never made may be any. */
static double elements(const struct jx_einsum *e, uint64_t labels)
{
    double n = 1;
    for (int i = 0; i < JX_LABELS; i++)
        if (labels >> i & 1)
            n *= (double)e->size[i];
    return n;
}

/* Infinite where the result would have too many axes. */
static double cost(const struct jx_einsum *e, uint64_t a, uint64_t b, uint64_t kept)
{
    uint64_t both = a | b;
    if (__builtin_popcountll(both & kept) > JAXC_MAX_RANK)
        return (double)INFINITY;
    return elements(e, both) * ((both & ~kept) != 0 ? 2 : 1);
}

/* ---- all trees ------------------------------------------------------------------------------- */

struct subset {
    uint64_t labels; /* of its product */
    double flops;    /* of all its steps */
    double last;     /* of the last one */
    int left;        /* the part of it that is multiplied with the rest */
    int step;        /* -1: not in the tree */
};

static void best_split(const struct jx_einsum *e, struct subset *s, int set, uint64_t kept)
{
    struct subset *whole = &s[set];
    whole->flops = (double)INFINITY;
    uint64_t labels = 0;
    for (int left = (set - 1) & set; left > 0; left = (left - 1) & set) {
        int right = set ^ left;
        if (left < right)
            continue; /* the same split again */
        double last = cost(e, s[left].labels, s[right].labels, kept);
        double flops = s[left].flops + s[right].flops + last;
        labels = s[left].labels | s[right].labels;
        if (whole->left == 0 || flops < whole->flops) {
            whole->flops = flops;
            whole->last = last;
            whole->left = left;
        }
    }
    whole->labels = labels & kept;
}

static void plan_optimal(const struct jx_einsum *e, struct jx_step *steps)
{
    struct subset s[1 << MOST_OPTIMAL] = {{0, 0, 0, 0, 0}};
    int all = (1 << e->n) - 1, n = 0;
    bool outside[MOST_OPTIMAL];
    for (int set = 1; set <= all; set++) {
        for (int i = 0; i < e->n; i++)
            outside[i] = !(set >> i & 1);
        if ((set & (set - 1)) == 0)
            s[set].labels = jx_term_labels(&e->in[__builtin_ctz((unsigned)set)]);
        else
            best_split(e, s, set, jx_einsum_kept(e, outside, e->n, -1, -1));
        s[set].step = -1;
    }
    /* Parts are smaller numbers than the whole: down to mark, up to number. */
    s[all].step = 0;
    for (int set = all; set > 0; set--)
        if (s[set].step >= 0 && s[set].left > 0)
            s[s[set].left].step = s[set ^ s[set].left].step = 0;
    for (int set = 1; set <= all; set++) {
        if (s[set].step < 0)
            continue;
        if (s[set].left == 0) {
            s[set].step = __builtin_ctz((unsigned)set);
            continue;
        }
        int a = s[s[set].left].step, b = s[set ^ s[set].left].step;
        steps[n] = (struct jx_step){a < b ? a : b, a < b ? b : a, s[set].last};
        s[set].step = e->n + n++;
    }
}

/* ---- greedy ---------------------------------------------------------------------------------- */

static bool plan_greedy(const struct jx_einsum *e, struct jx_step *steps)
{
    int most = 2 * e->n;
    uint64_t *labels = jx_alloc((size_t)most, sizeof *labels);
    bool *alive = jx_alloc((size_t)most, sizeof *alive);
    for (int i = 0; labels && alive && i < e->n; i++) {
        labels[i] = jx_term_labels(&e->in[i]);
        alive[i] = true;
    }
    for (int n = 0; labels && alive && n < e->n - 1; n++) {
        double least = 0;
        int arrays = e->n + n;
        steps[n] = (struct jx_step){-1, -1, 0};
        for (int a = 0; a < arrays; a++)
            for (int b = a + 1; alive[a] && b < arrays; b++) {
                if (!alive[b])
                    continue;
                uint64_t kept = jx_term_labels(&e->out);
                for (int i = 0; i < arrays; i++)
                    kept |= alive[i] && i != a && i != b ? labels[i] : 0;
                double flops = cost(e, labels[a], labels[b], kept);
                double grows = elements(e, (labels[a] | labels[b]) & kept) -
                               elements(e, labels[a]) - elements(e, labels[b]);
                if (steps[n].a >= 0 && !(grows < least))
                    continue;
                least = isinf(flops) ? flops : grows;
                steps[n] = (struct jx_step){a, b, flops};
                labels[arrays] = (labels[a] | labels[b]) & kept;
            }
        alive[steps[n].a] = alive[steps[n].b] = false;
        alive[arrays] = true;
    }
    bool ok = labels && alive;
    jx_free(labels);
    jx_free(alive);
    return ok;
}

bool jx_einsum_plan(const struct jx_einsum *e, struct jx_step *steps)
{
    if (e->n > MOST_OPTIMAL)
        return plan_greedy(e, steps);
    plan_optimal(e, steps);
    return true;
}
