/*
 * ir/print_plan.c - which nested programs are written apart, before the main one, and their names.
 *
 * Hoisted are programs that are held in several places (so that text stays as short as the
 * program), those with many equations, and every one that would stand too deep in others (so that
 * indents do not outgrow the text). Each program is looked at once.
 */
#include "ir/text.h"

#define MANY_EQNS 10
#define DEEP      8

struct jx_plan_entry *jx_plan_find(const struct jx_plan *plan, const struct jx_program *p)
{
    size_t cursor = 0;
    void *found;
    while ((found = jx_map_next(&plan->by_program, jx_mix(0, (uintptr_t)p), &cursor)))
        if (plan->at[(uintptr_t)found - 1].program == p)
            return &plan->at[(uintptr_t)found - 1];
    return NULL;
}

struct jx_plan_entry *jx_plan_find_name(const struct jx_plan *plan, const char *name)
{
    size_t cursor = 0;
    void *found;
    if (!plan->by_name.n)
        return NULL;
    while ((found = jx_map_next(&plan->by_name, jx_hash(name, strlen(name), 0), &cursor)))
        if (strcmp(plan->at[(uintptr_t)found - 1].name, name) == 0)
            return &plan->at[(uintptr_t)found - 1];
    return NULL;
}

static bool add_entry(struct jx_plan *plan, const struct jx_program *p, const char *called,
                      size_t parent)
{
    struct jx_plan_entry *known = jx_plan_find(plan, p);
    if (known) {
        known->shared = true;
        return true;
    }
    if (!jx_grow(&plan->at, &plan->capacity, plan->n + 1, sizeof *plan->at) ||
        !jx_map_add(&plan->by_program, jx_mix(0, (uintptr_t)p), (void *)(plan->n + 1)))
        return false;
    plan->at[plan->n++] = (struct jx_plan_entry){.program = p, .called = called, .parent = parent};
    return true;
}

static const char *field_name(const void *data, const struct jx_field *f)
{
    return *(const char *const *)((const char *)data + f->offset);
}

static bool add_nested(struct jx_plan *plan, size_t parent)
{
    const struct jx_program *p = plan->at[parent].program;
    for (uint32_t i = 0; i < p->n_eqns; i++) {
        const struct jx_params *params = p->eqns[i].params;
        const char *called = NULL;
        for (const struct jx_field *f = params ? params->prim->fields : NULL; f && f->name; f++)
            if (f->kind == JX_F_NAME)
                called = field_name(params->data, f);
        for (const struct jx_field *f = params ? params->prim->fields : NULL; f && f->name; f++) {
            const struct jx_program *inner =
                f->kind == JX_F_PROGRAM ? jx_field_program(params->data, f) : NULL;
            if (inner && !add_entry(plan, inner, called, parent))
                return false;
        }
    }
    return true;
}

/* What its equation shows as its name, made an identifier that no other hoisted program has: f, f1,
 * f2, ... */
static bool name_entry(struct jx_plan *plan, struct jx_plan_entry *e)
{
    struct jx_text shown = {0}, t = {0};
    if (e->called && *e->called)
        jx_put_name(&shown, e->called);
    for (const char *c = shown.data; c && *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_';
        if (letter || (*c >= '0' && *c <= '9' && t.n > 0))
            jx_put_bytes(&t, c, 1);
        else if (*c != '<' && *c != '>')
            jx_put(&t, "_");
    }
    t.failed = t.failed || shown.failed;
    jx_text_fini(&shown);
    if (t.n == 0)
        jx_put(&t, "jaxpr");
    size_t base = t.n;
    uint32_t none = 1, *number = &none;
    struct jx_plan_entry *namesake = t.failed ? NULL : jx_plan_find_name(plan, t.data);
    if (namesake)
        number = &namesake->next_namesake;
    while (!t.failed && (jx_is_literal_word((struct jx_slice){t.data, t.n}) ||
                         jx_plan_find_name(plan, t.data))) {
        t.n = base;
        jx_put_unsigned(&t, (*number)++);
    }
    e->name = jx_text_take(&t);
    e->next_namesake = 1;
    return e->name && jx_map_add(&plan->by_name, jx_hash(e->name, strlen(e->name), 0),
                                 (void *)(e - plan->at + 1));
}

bool jx_plan_make(struct jx_plan *plan, const struct jx_program *p)
{
    if (!add_entry(plan, p, NULL, 0))
        return false;
    for (size_t i = 0; i < plan->n; i++)
        if (!add_nested(plan, i))
            return false;
    for (size_t i = 1; i < plan->n; i++) {
        struct jx_plan_entry *e = &plan->at[i];
        const struct jx_plan_entry *parent = &plan->at[e->parent];
        e->depth = parent->hoisted ? 1 : parent->depth + 1;
        e->hoisted = e->shared || e->program->n_eqns > MANY_EQNS || e->depth > DEEP;
        if (e->hoisted && !name_entry(plan, e))
            return false;
    }
    return true;
}

void jx_plan_fini(struct jx_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++)
        jx_free(plan->at[i].name);
    jx_free(plan->at);
    jx_map_fini(&plan->by_program);
    jx_map_fini(&plan->by_name);
}
