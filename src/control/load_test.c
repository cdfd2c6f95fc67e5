// SPDX-License-Identifier: Apache-2.0
// load_test: tests of controls: an input with the outcome that is expected of one layer. An input
// stands in the test file (a map, or a text as it would stand in a file), or in a file of its own.
// Format: docs/guide/repository.md, "Tests".
//
// Always true: a test that was loaded can be run: its input is there, and its kind is one that the
// layer judges. Documents are loaded over the symbols of the compiled rules.

#include "control/control_int.h"

typedef struct test_form {
    wr_str name;
    uint32_t layer, expect;
    const wr_node *input[WR_N_INPUT_KINDS];
} test_form;

enum { NO_WORD = UINT32_MAX };

static const char *const expects[] = {"pass",  "fail", "skip",  "unknown",
                                      "error", "deny", "allow", NULL};
static const wr_outcome outcomes[] = {WR_PASS,  WR_FAIL, WR_SKIP, WR_UNKNOWN,
                                      WR_FAULT, WR_DENY, WR_ALLOW};
static const char *const layers[] = {"preventative", "proactive", "detective", NULL};

#define INPUT(kind) (offsetof(test_form, input) + sizeof(const wr_node *) * (kind))
static const wr_form_row test_rows[] = {
    {"name", WR_FORM_TEXT, true, offsetof(test_form, name), NULL},
    {"layer", WR_FORM_WORD, true, offsetof(test_form, layer), layers},
    {"template", WR_FORM_ANY, false, INPUT(WR_IN_TEMPLATE), NULL},
    {"plan", WR_FORM_ANY, false, INPUT(WR_IN_PLAN), NULL},
    {"item", WR_FORM_ANY, false, INPUT(WR_IN_ITEMS), NULL},
    {"request", WR_FORM_ANY, false, INPUT(WR_IN_REQUESTS), NULL},
    {"expect", WR_FORM_WORD, true, offsetof(test_form, expect), expects},
};
#undef INPUT
static const char *const kind_key[WR_N_INPUT_KINDS] = {"template", "plan", "item", "request", ""};

static bool judges(wr_layer layer, wr_input_kind kind) {
    if (layer == WR_PROACTIVE) return kind == WR_IN_TEMPLATE || kind == WR_IN_PLAN;
    return kind == (layer == WR_DETECTIVE ? WR_IN_ITEMS : WR_IN_REQUESTS);
}

// Can the layer end like this at all?
static bool ends(wr_layer layer, wr_outcome o) {
    bool permits = o == WR_ALLOW || o == WR_DENY, either = o == WR_UNKNOWN || o == WR_FAULT;
    return either || (layer == WR_PREVENTATIVE) == permits;
}

// ---------------------------------------------------------------------------------- inputs

static bool is_document(wr_str s) {
    wr_str t = wr_trim(s);
    return wr_scan_holds(s, '\n', '\n', '\n') || (t.n && (*t.p == '{' || *t.p == '['));
}

static bool take_text(load *l, wr_form *f, const wr_node *n, wr_control_test *t) {
    wr_str name = wr_fmt(&l->c->arena, "%.*s: %.*s", WR_FMT(t->place.src->name), WR_FMT(t->name));
    const wr_src *src = wr_src_new(&l->c->arena, name, wr_node_str(n), false);
    t->doc = src ? load_tree(l, src, wr_guard_syms(l->r->guard)) : NULL;
    t->input = t->doc ? t->doc->root : NULL;
    if (t->doc == NULL) f->bad = true;
    return t->doc != NULL;
}

static bool take_file(load *l, const load_base *b, wr_form *f, const wr_node *n,
                      wr_control_test *t) {
    if (!load_name(l, b, f, n, wr_node_str(n), &t->file)) return false;
    return load_text(l, t->file, f, n) != NULL; // it is there; read again when it is run
}

static bool take_input(load *l, const load_base *b, wr_form *f, const wr_node *m,
                       const test_form *s, wr_control_test *t) {
    const wr_node *n = NULL;
    for (uint32_t k = 0; k < WR_N_INPUT_KINDS; k++) {
        if (s->input[k] == NULL) continue;
        if (n)
            wr_form_fault(f, s->input[k], "a test has one input: %s stands beside %s", kind_key[k],
                          kind_key[t->kind]);
        if (n) return false;
        n = s->input[k];
        t->kind = (wr_input_kind)k;
    }
    if (n == NULL) {
        wr_form_fault(f, m, "the test has no input");
        wr_hint(l->c, f->last, "it has one of template, plan, item, request");
    } else if (!judges(t->layer, t->kind)) {
        wr_form_fault(f, n, "the %s layer judges no %s", wr_layer_name(t->layer),
                      kind_key[t->kind]);
    } else if (n->kind == WR_MAP) {
        t->doc = f->doc;
        t->input = n;
        return true;
    } else if (n->kind == WR_STR && n->n) {
        return is_document(wr_node_str(n)) ? take_text(l, f, n, t) : take_file(l, b, f, n, t);
    } else {
        wr_form_fault(f, n, "%s is a map, a text, or the name of a file", kind_key[t->kind]);
    }
    return false;
}

// ---------------------------------------------------------------------------------- tests

static void read_test(load *l, const load_base *b, wr_form *f, const wr_node *m, wr_str control) {
    test_form s = {.layer = NO_WORD, .expect = NO_WORD};
    wr_control_test *t = WR_NEW(&l->c->arena, wr_control_test);
    if (t == NULL) return;
    bool good = wr_form_read(f, m, "the test", test_rows, sizeof test_rows / sizeof *test_rows, &s);
    if (!good || s.layer == NO_WORD || s.expect == NO_WORD) return;
    *t = (wr_control_test){.control = control,
                           .name = s.name,
                           .layer = (wr_layer)s.layer,
                           .want = outcomes[s.expect],
                           .place = {wr_form_src(f->doc, m), wr_form_span(m)}};
    if (!ends(t->layer, t->want)) {
        wr_form_fault(f, wr_map_getz(f->doc, m, "expect"), "the %s layer never ends as %s",
                      layers[s.layer], expects[s.expect]);
        wr_hint(l->c, f->last,
                t->layer == WR_PREVENTATIVE ? "expect deny, allow, unknown or error"
                                            : "expect pass, fail, skip, unknown or error");
        return;
    }
    if (!take_input(l, b, f, m, &s, t)) return;
    (void)WR_PUSH(&l->c->arena, &l->r->tests, t);
}

static void read_tests(load *l, const load_base *b, wr_form *f) {
    struct {
        wr_str schema, control;
        const wr_node *tests;
    } s = {0};
    static const wr_form_row rows[] = {
        {"schema", WR_FORM_TEXT, false, 0, NULL},
        {"control", WR_FORM_TEXT, true, sizeof(wr_str), NULL},
        {"tests", WR_FORM_LIST, true, 2 * sizeof(wr_str), NULL},
    };
    (void)wr_form_read(f, f->doc->root, "the test file", rows, 3, &s);
    if (s.control.n == 0 || s.tests == NULL) return;
    for (uint32_t i = 0; i < s.tests->n; i++) read_test(l, b, f, &s.tests->u.kids[i], s.control);
}

void load_tests(load *l, load_base *b) {
    load_names files = {NULL, 0, 0};
    load_listed(l, b, &b->m.tests, "tests", "tests/*.y*ml", &files);
    for (uint32_t i = 0; i < files.n; i++) {
        const wr_src *src = load_text(l, files.v[i], NULL, NULL);
        const wr_doc *doc = src ? load_tree(l, src, wr_guard_syms(l->r->guard)) : NULL;
        wr_form f = {.c = l->c, .doc = doc, .code = WR_D_K0401, .bad = doc == NULL};
        if (doc) read_tests(l, b, &f);
        if (f.bad) l->r->n_broken++;
    }
}
