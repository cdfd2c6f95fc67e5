// SPDX-License-Identifier: Apache-2.0
// survivors: the list of mutants that are known to survive, with the reason: most often that the
// changed policy decides the same. Format: docs/guide/mutation.md, "Survivors".
//
// Always true: an entry is for one mutant of one policy of one control, by its words: lines may
// move; two equal mutants want two entries; an entry without a reason is none.

#include "control/mutate_int.h"

typedef struct survivor_form {
    wr_str control, policy, what, reason;
} survivor_form;
#define ROW(key)                                                                                   \
    { #key, WR_FORM_TEXT, true, offsetof(survivor_form, key), NULL }
static const wr_form_row survivor_rows[] = {ROW(control), ROW(policy), ROW(what), ROW(reason)};
#undef ROW

typedef struct survivors_form {
    wr_str schema;
    const wr_node *survivors;
} survivors_form;
static const wr_form_row file_rows[] = {
    {"schema", WR_FORM_TEXT, true, offsetof(survivors_form, schema), NULL},
    {"survivors", WR_FORM_LIST, true, offsetof(survivors_form, survivors), NULL},
};

static wr_rc read_entry(wr_form *f, const wr_node *n, wr_survivors *out) {
    survivor_form s = {{0}, {0}, {0}, {0}};
    if (n->kind != WR_MAP) {
        wr_form_fault(f, n, "a survivor is a map of control, policy, what and reason");
        return WR_OK;
    }
    if (!wr_form_read(f, n, "the survivor", survivor_rows,
                      sizeof survivor_rows / sizeof *survivor_rows, &s))
        return WR_OK;
    wr_survivor x = {.control = s.control,
                     .policy = s.policy,
                     .what = s.what,
                     .reason = s.reason,
                     .place = {wr_form_src(f->doc, n), wr_form_span(n)}};
    return WR_PUSH(&f->c->arena, out, x) ? WR_OK : WR_NOMEM;
}

wr_rc wr_survivors_load(wr_ctx *c, const wr_doc *doc, wr_survivors *out) {
    survivors_form s = {{0}, NULL};
    wr_form f = {.c = c, .doc = doc, .code = WR_D_K0602};
    if (doc->root->kind != WR_MAP) {
        wr_form_fault(&f, doc->root, "a list of survivors is a map with schema and survivors");
        return WR_BAD;
    }
    if (!wr_form_read(&f, doc->root, "the list of survivors", file_rows,
                      sizeof file_rows / sizeof *file_rows, &s))
        return WR_BAD;
    if (!wr_eq(s.schema, WR_S("writ/survivors/1")))
        wr_form_fault(&f, wr_map_getz(doc, doc->root, "schema"),
                      "schema is 'writ/survivors/1' here");
    for (uint32_t i = 0; i < s.survivors->n; i++)
        if (read_entry(&f, &s.survivors->u.kids[i], out) != WR_OK) return WR_NOMEM;
    return f.bad ? WR_BAD : WR_OK;
}

bool wr_survivor_known(wr_survivors *s, const wr_mutated *m, const wr_mutant *x) {
    for (uint32_t i = 0; i < s->n; i++) {
        wr_survivor *k = &s->v[i];
        if (k->met || !wr_eq(k->control, m->control->id) || !wr_eq(k->policy, m->file) ||
            !wr_eq(k->what, x->what))
            continue;
        k->met = true;
        return true;
    }
    return false;
}
