// SPDX-License-Identifier: Apache-2.0
// validate: every row of expected-validate.tsv, in this process: each rule file is compiled once,
// each document loaded once, each recorded pair evaluated and compared: exit code of that pair,
// file status, the status of each rule name. Personality semantics: level 3.1, the original's
// loader, the first error ends the pair.
//
// A pair's exit code: 255 when the document does not load or the evaluation errs (101 where the
// original panics), 5 when the rules do not parse, 19 when a rule fails, else 0.
#include <stdlib.h>

#include "conf.h"

enum { MAX_NAMES = 512, STATUS_LEN = 4 * MAX_NAMES };

typedef struct verdict {
    int exit;
    char status;            // P F S, or - when there is none
    char rules[STATUS_LEN]; // one char a name, (PS) for a set
} verdict;

typedef struct row {
    int exit;
    wr_str status, rules;
} row;

typedef struct rule_file {
    wr_str name;   // path in the folder
    wr_str *names; // of its rules, in file order
    uint32_t n_names;
    uint16_t *want;     // by data id: 1 + index into rows, 0 = not recorded
    const g_file *file; // NULL when it could not even be read
    bool bad;           // did not parse
} rule_file;

typedef struct corpus {
    conf *c;
    rule_file *rules;
    uint32_t n_rules;
    wr_str *docs;
    uint32_t n_docs;
    WR_VEC(row) rows;
    wr_guard_set *set;
    wr_ctx set_ctx;
} corpus;

static uint32_t number(wr_str s) {
    int64_t v = 0;
    return wr_parse_i64(s, &v) && v >= 0 ? (uint32_t)v : UINT32_MAX;
}

static void split_names(wr_arena *a, rule_file *r, wr_str names) {
    size_t n = names.n > 0;
    for (size_t i = 0; i < names.n; i++) n += names.p[i] == ',';
    r->names = WR_NEW_N(a, wr_str, n);
    if (!r->names || n > MAX_NAMES) abort();
    while (names.n > 0) {
        size_t comma = wr_find(names, WR_S(","), 0);
        r->names[r->n_names++] = wr_sub(names, 0, comma == SIZE_MAX ? names.n : comma);
        names = comma == SIZE_MAX ? (wr_str){0} : wr_sub(names, comma + 1, names.n);
    }
}

static bool read_rule_names(corpus *k) {
    wr_arena *a = &k->c->ctx.arena;
    wr_str text = conf_file(k->c, "expected-rules.tsv"), line, f[3];
    WR_VEC(rule_file) v = {0};
    while (conf_line(&text, &line)) {
        if (conf_fields(line, f, 3) != 3) continue;
        rule_file r = {.name = f[1]};
        split_names(a, &r, f[2]);
        if (number(f[0]) != v.n || !WR_PUSH(a, &v, r)) return false;
    }
    k->rules = v.v;
    k->n_rules = v.n;
    return v.n > 0;
}

static bool read_doc_names(corpus *k) {
    wr_str text = conf_file(k->c, "expected-data.tsv"), line, f[2];
    WR_VEC(wr_str) v = {0};
    while (conf_line(&text, &line))
        if (conf_fields(line, f, 2) == 2 &&
            (number(f[0]) != v.n || !WR_PUSH(&k->c->ctx.arena, &v, f[1])))
            return false;
    k->docs = v.v;
    k->n_docs = v.n;
    return v.n > 0;
}

// "0-170,172" → the row for each of those documents.
static bool set_range(corpus *k, rule_file *r, wr_str ids, uint16_t row_no) {
    while (ids.n > 0) {
        size_t comma = wr_find(ids, WR_S(","), 0);
        wr_str one = wr_sub(ids, 0, comma == SIZE_MAX ? ids.n : comma);
        ids = comma == SIZE_MAX ? (wr_str){0} : wr_sub(ids, comma + 1, ids.n);
        size_t dash = wr_find(one, WR_S("-"), 0);
        uint32_t lo = number(wr_sub(one, 0, dash == SIZE_MAX ? one.n : dash));
        uint32_t hi = dash == SIZE_MAX ? lo : number(wr_sub(one, dash + 1, one.n));
        if (lo > hi || hi >= k->n_docs) return false;
        for (uint32_t d = lo; d <= hi; d++) r->want[d] = row_no;
    }
    return true;
}

static bool read_rows(corpus *k) {
    wr_arena *a = &k->c->ctx.arena;
    wr_str text = conf_file(k->c, "expected-validate.tsv"), line, f[5];
    for (uint32_t i = 0; i < k->n_rules; i++) k->rules[i].want = WR_NEW_N(a, uint16_t, k->n_docs);
    while (conf_line(&text, &line)) {
        if (conf_fields(line, f, 5) != 5) continue;
        uint32_t id = number(f[0]);
        row r = {(int)number(f[1]), f[2], f[3]};
        if (id >= k->n_rules || !WR_PUSH(a, &k->rows, r)) return false;
        if (!set_range(k, &k->rules[id], f[4], (uint16_t)k->rows.n)) return false;
    }
    return k->rows.n > 0;
}

static wr_src *read_src(corpus *k, wr_ctx *ctx, wr_str name, bool yaml) {
    wr_str path = wr_fmt(&ctx->arena, "%s/%.*s", k->c->data, WR_FMT(name)), text = {0};
    if (wr_read_file(ctx, path.p, &text) != WR_OK) return NULL;
    return wr_src_new(&ctx->arena, name, text, yaml);
}

static void compile(corpus *k) {
    wr_guard_opts opts = {.level = WR_GUARD_31};
    wr_ctx_init(&k->set_ctx, NULL);
    k->set = wr_guard_set_new(&k->set_ctx, &opts);
    if (!k->set) abort();
    for (uint32_t i = 0; i < k->n_rules; i++) {
        rule_file *r = &k->rules[i];
        wr_src *src = read_src(k, &k->set_ctx, r->name, false);
        if (!src) continue;
        r->bad = wr_guard_add(k->set, src, wr_basename(r->name), &r->file) != WR_OK;
    }
}

static void put_names(const rule_file *r, const g_result *res, char out[STATUS_LEN]) {
    static const char letters[] = "FPS";
    uint8_t seen[MAX_NAMES] = {0};
    for (uint32_t i = 0; i < res->n_rules; i++) {
        wr_str name = wr_guard_rule_name(res->rules[i].rule);
        if (wr_ends(name, WR_S("/default"))) name = WR_S("default");
        uint32_t at = 0;
        while (at < r->n_names && !wr_eq(r->names[at], name)) at++;
        g_status s = res->rules[i].status;
        if (at < r->n_names)
            seen[at] |= (uint8_t)(s == G_FAIL ? 1 : s == G_PASS ? 2 : s == G_SKIP ? 4 : 8);
    }
    size_t n = 0;
    for (uint32_t i = 0; i < r->n_names; i++) {
        bool many = (seen[i] & (seen[i] - 1)) != 0;
        if (many) out[n++] = '(';
        for (int b = 0; b < 3; b++)
            if (seen[i] & (1 << b)) out[n++] = letters[b];
        if (seen[i] & 8) out[n++] = 'E';
        if (many) out[n++] = ')';
    }
    out[n] = 0;
}

static void judge(const rule_file *r, wr_guard_eval *e, verdict *v) {
    static const wr_guard_run_opts how = {.no_records = true, .fatal = true};
    *v = (verdict){.exit = 255, .status = '-', .rules = "E"};
    if (!r->file || !e) return;
    if (r->bad) {
        v->exit = 5;
        return;
    }
    const g_result *res = wr_guard_run(e, r->file, how);
    if (!res) abort();
    if (res->error.n > 0 || res->panic || res->status == G_ERROR) {
        v->exit = res->panic ? 101 : 255;
        return;
    }
    v->exit = res->status == G_FAIL ? 19 : 0;
    v->status = res->status == G_FAIL ? 'F' : res->status == G_PASS ? 'P' : 'S';
    put_names(r, res, v->rules);
}

static bool same(const row *want, const verdict *got) {
    if (want->exit != got->exit) return false;
    return want->exit == 255 || want->exit == 5 ||
           (want->status.n == 1 && want->status.p[0] == got->status &&
            wr_eq(want->rules, wr_strz(got->rules)));
}

static void compare(corpus *k, uint32_t rule, uint32_t doc, wr_guard_eval *e) {
    const rule_file *r = &k->rules[rule];
    const row *want = &k->rows.v[r->want[doc] - 1];
    verdict got;
    judge(r, e, &got);
    char id[64];
    snprintf(id, sizeof id, "%u:%u", rule, doc);
    bool ok = same(want, &got);
    conf_check(k->c, CONF_VALIDATE, wr_strz(id), ok,
               "%.*s on %.*s: wanted exit %d %.*s %.*s, got %d %c %s", WR_FMT(r->name),
               WR_FMT(k->docs[doc]), want->exit, WR_FMT(want->status), WR_FMT(want->rules),
               got.exit, got.status, got.rules);
}

static void run_doc(corpus *k, uint32_t doc, wr_ctx *ctx, wr_guard_eval *e) {
    wr_src *src = read_src(k, ctx, k->docs[doc], true);
    wr_load how = {.profile = WR_LOAD_GUARD31, .syms = wr_guard_syms(k->set)};
    wr_doc *d = NULL;
    bool loaded = src && wr_doc_load(ctx, src, &how, &d) == WR_OK;
    if (loaded) wr_guard_bind(e, d, k->docs[doc]);
    for (uint32_t i = 0; i < k->n_rules; i++) {
        if (!k->rules[i].want[doc]) continue;
        if (loaded) wr_guard_rewind(e);
        compare(k, i, doc, loaded ? e : NULL);
    }
}

void conf_validate(conf *c) {
    corpus k = {.c = c};
    if (!read_rule_names(&k) || !read_doc_names(&k) || !read_rows(&k)) return;
    compile(&k);
    for (uint32_t d = 0; d < k.n_docs; d += c->sample ? 16 : 1) {
        wr_ctx ctx;
        wr_ctx_init(&ctx, NULL);
        wr_guard_eval *e = wr_guard_eval_new(&ctx, k.set);
        if (!e) abort();
        run_doc(&k, d, &ctx, e);
        wr_guard_eval_free(e);
        wr_ctx_fini(&ctx);
    }
    wr_guard_set_free(k.set);
    wr_ctx_fini(&k.set_ctx);
}
