// SPDX-License-Identifier: Apache-2.0
// form: maps read by tables.
// Every kind of value, right and wrong; keys that are unknown, missing or there twice, each said
// once with the key that was meant; and that what is wrong leaves its field as it was.
#include "doc/doc.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct target {
    wr_str text;
    wr_form_texts texts;
    bool flag;
    uint32_t count, word;
    int64_t day;
    const wr_node *map, *list, *any;
} target;

static const char *const words[] = {"red", "green", NULL};
static const wr_form_row rows[] = {
    {"text", WR_FORM_TEXT, false, offsetof(target, text), NULL},
    {"texts", WR_FORM_TEXTS, false, offsetof(target, texts), NULL},
    {"flag", WR_FORM_BOOL, false, offsetof(target, flag), NULL},
    {"count", WR_FORM_COUNT, false, offsetof(target, count), NULL},
    {"word", WR_FORM_WORD, false, offsetof(target, word), words},
    {"day", WR_FORM_DAY, false, offsetof(target, day), NULL},
    {"map", WR_FORM_MAP, false, offsetof(target, map), NULL},
    {"list", WR_FORM_LIST, false, offsetof(target, list), NULL},
    {"any", WR_FORM_ANY, false, offsetof(target, any), NULL},
};
enum { N_ROWS = sizeof rows / sizeof *rows };

typedef struct run {
    wr_ctx c;
    wr_form f;
    target t;
    bool good;
} run;

static void begin(run *r, const char *yaml) {
    wr_doc *doc;
    memset(r, 0, sizeof *r);
    wr_ctx_init(&r->c, NULL);
    wr_src *src = wr_src_new(&r->c.arena, WR_S("f.yaml"), wr_strz(yaml), false);
    wr_load how = {.profile = WR_LOAD_STRICT, .own_repeats = true};
    assert_int_equal(wr_doc_load(&r->c, src, &how, &doc), WR_OK);
    r->f = (wr_form){.c = &r->c, .doc = doc, .code = WR_D_K0102};
    r->good = wr_form_read(&r->f, doc->root, "it", rows, N_ROWS, &r->t);
}

static void test_right(void **state) {
    (void)state;
    run r;
    begin(&r, "text: 1.10\ntexts: [a, 7]\nflag: true\ncount: 4294967295\nword: green\n"
              "day: 2024-02-29\nmap: {}\nlist: []\nany: null\n");
    assert_true(r.good && !r.f.bad && r.c.n_diags == 0);
    assert_true(wr_eq(r.t.text, WR_S("1.10"))); // as it is written
    assert_int_equal(r.t.texts.n, 2);
    assert_true(wr_eq(r.t.texts.v[1], WR_S("7")));
    assert_int_equal(r.t.texts.at[1]->kind, WR_INT);
    assert_true(r.t.flag);
    assert_int_equal(r.t.count, UINT32_MAX);
    assert_int_equal(r.t.word, 1);
    assert_int_equal(r.t.day, wr_days(2024, 2, 29));
    assert_int_equal(r.t.map->kind, WR_MAP);
    assert_int_equal(r.t.list->kind, WR_LIST);
    assert_int_equal(r.t.any->kind, WR_NULL);
    wr_ctx_fini(&r.c);
}

typedef struct wrong {
    const char *yaml;
    uint32_t line, col;
    const char *msg, *hint;
} wrong;

static const wrong wrongs[] = {
    {"txet: a", 1, 1, "it has no key 'txet'", "did you mean 'text'?"},
    {"zzzzzz: a", 1, 1, "it has no key 'zzzzzz'", ""},
    {"text: a\ntext: b", 1, 1, "it has the key 'text' twice", ""},
    {"text: [a]", 1, 7, "text is a list, a text is wanted", ""},
    {"text: true", 1, 7, "text is true or false, a text is wanted", ""},
    {"text: \" \"", 1, 7, "text is empty, a text is wanted", ""},
    {"text:", 1, 6, "text is nothing, a text is wanted", ""},
    {"texts: {a: b}", 1, 8, "texts is a map, a text is wanted", ""},
    {"texts: [a, [b]]", 1, 12, "texts is a list, a text is wanted", ""},
    {"flag: yes", 1, 7, "flag is a text, true or false is wanted", ""},
    {"count: -1", 1, 8, "count is a number, a whole number from 0 on is wanted", ""},
    {"count: 1.5", 1, 8, "count is a number, a whole number from 0 on is wanted", ""},
    {"count: 4294967296", 1, 8, "count is a number, a whole number from 0 on is wanted", ""},
    {"word: blue", 1, 7, "word cannot be 'blue'", "it is one of red, green"},
    {"word: {}", 1, 7, "word is a map, a word is wanted", ""},
    {"day: 2023-02-29", 1, 6, "day is '2023-02-29', a day as 2026-11-01 is wanted", ""},
    {"day: 2023-2-9", 1, 6, "day is '2023-2-9', a day as 2026-11-01 is wanted", ""},
    {"day: 1969-12-31", 1, 6, "day is '1969-12-31', a day as 2026-11-01 is wanted", ""},
    {"day: []", 1, 6, "day is a list, a day as 2026-11-01 is wanted", ""},
    {"map: []", 1, 6, "map is a list, a map is wanted", ""},
    {"list: a", 1, 7, "list is a text, a list is wanted", ""},
    {"- a", 1, 1, "it is a list, a map is wanted", ""},
};

static void test_wrong(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        const wrong *w = &wrongs[i];
        run r;
        begin(&r, w->yaml);
        assert_false(r.good);
        assert_true(r.f.bad);
        if (r.c.n_diags != 1) fail_msg("%s: %u diagnostics", w->yaml, (unsigned)r.c.n_diags);
        const wr_diag *d = r.c.diags;
        wr_pos at = wr_src_pos(d->src, d->span.beg);
        if (!wr_eq(d->msg, wr_strz(w->msg))) fail_msg("%s: %.*s", w->yaml, WR_FMT(d->msg));
        if (!wr_eq(d->hint, wr_strz(w->hint))) fail_msg("%s: %.*s", w->yaml, WR_FMT(d->hint));
        if (at.line != w->line || at.col != w->col)
            fail_msg("%s: %u:%u", w->yaml, (unsigned)at.line, (unsigned)at.col);
        wr_ctx_fini(&r.c);
    }
}

static void test_missing_and_kept(void **state) {
    (void)state;
    static const wr_form_row two[] = {
        {"text", WR_FORM_TEXT, true, offsetof(target, text), NULL},
        {"day", WR_FORM_DAY, false, offsetof(target, day), NULL},
        {"flag", WR_FORM_BOOL, false, offsetof(target, flag), NULL},
    };
    run r;
    begin(&r, "day: x\nflag: true\n");
    target t = {.day = 7};
    wr_form f = {.c = &r.c, .doc = r.f.doc, .code = WR_D_K0102};
    assert_false(wr_form_read(&f, f.doc->root, "it", two, 3, &t));
    assert_true(wr_eq(f.last->msg, WR_S("day is 'x', a day as 2026-11-01 is wanted")));
    assert_int_equal(r.c.n_diags, 1 + 2); // those of begin, and: no text, no day
    assert_int_equal(t.day, 7);           // as it was
    assert_true(t.flag);                  // what is right is stored
    wr_ctx_fini(&r.c);
}

static void test_near(void **state) {
    (void)state;
    const wr_str names[] = {WR_S("Workloads"), WR_S("Sandbox")};
    assert_true(wr_eq(wr_near(names, 2, WR_S("Workload")), WR_S("Workloads")));
    assert_int_equal(wr_near(names, 2, WR_S("x")).n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_missing_and_kept),
        cmocka_unit_test(test_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
