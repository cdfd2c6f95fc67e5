// SPDX-License-Identifier: Apache-2.0
// Guard from text to report. Input: a rule file, a NUL, a document (the first byte chooses level
// and loader). Rules that parse are shown as a parse tree and evaluated; statuses must be the same
// with records, without, and with only those of failures; every report format must come out whole.
#include <stdint.h>

#include "cli/guard_report.c"

typedef struct task {
    wr_ctx c;
    wr_guard_set *set;
    const g_file *file;
    wr_doc *doc;
    wr_src *data;
} task;

static void set_limits(wr_limits *l) {
    *l = wr_limits_default;
    l->depth = 200;
    l->steps = 200000;
    l->regex_steps = 20000;
    l->nodes = 100000;
}

static bool set_up(task *t, wr_str rules, wr_str data, bool level_32) {
    wr_limits limits;
    set_limits(&limits);
    wr_ctx_init(&t->c, &limits);
    t->c.now = 1000000000;
    wr_guard_opts o = {.level = level_32 ? WR_GUARD_32 : WR_GUARD_31};
    t->set = wr_guard_set_new(&t->c, &o);
    wr_src *src = wr_src_new(&t->c.arena, WR_S("r.guard"), rules, false);
    t->data = wr_src_new(&t->c.arena, WR_S("d.yaml"), data, true);
    WR_ASSERT(t->set && src && t->data);
    if (wr_guard_add(t->set, src, WR_S("r.guard"), &t->file) != WR_OK) {
        WR_ASSERT(t->c.n_errors > 0);
        return false;
    }
    wr_load how = {.profile = level_32 ? WR_LOAD_STRICT : WR_LOAD_GUARD31,
                   .syms = wr_guard_syms(t->set),
                   .is_json = level_32 && wr_looks_json(WR_S(""), data)};
    return wr_doc_load(&t->c, t->data, &how, &t->doc) == WR_OK && !wr_guard_file_empty(t->file);
}

static size_t statuses(const task *t, wr_guard_run_opts o, uint8_t *out, size_t room) {
    wr_guard_eval *e = wr_guard_eval_new((wr_ctx *)&t->c, t->set);
    WR_ASSERT(e != NULL);
    wr_guard_bind(e, t->doc, WR_S("d.yaml"));
    const g_result *r = wr_guard_run(e, t->file, o);
    WR_ASSERT(r != NULL);
    size_t n = 0;
    for (; n < r->n_rules && n < room; n++) out[n] = (uint8_t)r->rules[n].status;
    wr_guard_eval_free(e);
    return n;
}

static void same_statuses(const task *t) {
    static const wr_guard_run_opts ways[] = {{.no_records = true}, {0}, {.keep_all = true}};
    uint8_t first[64], other[64];
    size_t n = statuses(t, ways[0], first, sizeof first);
    for (int i = 1; i < 3; i++) {
        size_t m = statuses(t, ways[i], other, sizeof other);
        WR_ASSERT(n == m);
        for (size_t k = 0; k < n; k++) // steps differ a little: an error may be the step limit
            WR_ASSERT(first[k] == other[k] || first[k] == G_ERROR || other[k] == G_ERROR);
    }
}

// writ's own formats, over decisions.
static void own_reports(task *t) {
    const wr_guard_doc d = {t->doc, WR_S("d.yaml"), t->data};
    for (size_t i = 0; wr_report_at(i) != NULL; i++) {
        wr_guard_batch b = {.ctx = &t->c,
                            .set = t->set,
                            .files = &t->file,
                            .n_files = 1,
                            .docs = &d,
                            .n_docs = 1,
                            .summary = 7,
                            .native = true};
        wr_buf out;
        wr_guard_tally tally = {0};
        wr_buf_init(&out, 0);
        WR_ASSERT(cli_guard_report(&b, wr_report_at(i), false, &out, &tally) != WR_NOMEM);
        wr_buf_fini(&out);
    }
}

static void all_reports(task *t, bool native) {
    const wr_guard_doc d = {t->doc, WR_S("d.yaml"), t->data};
    if (native) own_reports(t);
    for (int f = WR_GF_SUMMARY; f <= WR_GF_SARIF; f++) {
        wr_guard_batch b = {.ctx = &t->c,
                            .set = t->set,
                            .files = &t->file,
                            .n_files = 1,
                            .docs = &d,
                            .n_docs = 1,
                            .format = (wr_guard_format)f,
                            .summary = 7,
                            .native = native};
        wr_buf out;
        wr_guard_tally tally = {0};
        wr_buf_init(&out, 0);
        wr_rc rc = f == WR_GF_SUMMARY ? wr_guard_report_console(&b, &out, &tally)
                                      : wr_guard_report_structured(&b, &out, &tally);
        WR_ASSERT(rc != WR_NOMEM);
        wr_buf_fini(&out);
    }
}

static void parse_tree(task *t) {
    wr_buf out;
    wr_buf_init(&out, 0);
    WR_ASSERT(wr_guard_parse_tree(&t->c, t->file, WR_GF_JSON, &out) != WR_NOMEM);
    wr_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2 || size > 16384) return 0;
    wr_str all = wr_strn((const char *)data + 1, size - 1);
    size_t cut = wr_find(all, wr_strn("", 1), 0);
    wr_str rules = wr_sub(all, 0, cut == SIZE_MAX ? all.n : cut);
    wr_str doc = cut == SIZE_MAX ? WR_S("{}") : wr_sub(all, cut + 1, all.n);
    task t = {0};
    bool level_32 = data[0] & 1;
    if (set_up(&t, rules, doc, level_32)) {
        parse_tree(&t);
        same_statuses(&t);
        all_reports(&t, level_32);
    }
    for (const wr_diag *d = t.c.diags; d; d = d->next) {
        wr_buf b;
        wr_buf_init(&b, 0);
        wr_diag_print(&b, d, false);
        wr_buf_fini(&b);
    }
    wr_guard_set_free(t.set);
    wr_ctx_fini(&t.c);
    return 0;
}
