// SPDX-License-Identifier: Apache-2.0
// tests: every row of expected-test.tsv: the unit tests of rules. Rows of one rule file and test
// file are one run with -o json, whose verdicts are compared one by one, and one plain run for its
// exit code. A verdict ours gives that was not recorded is a failure too.

#include "conf.h"

typedef struct rows {
    wr_str rules, tests; // the two files
    wr_str text;         // the rows that name them
} rows;

typedef struct seen { // "1\tRULE\tSKIP\tPASS": case, rule, status, verdict
    WR_VEC(wr_str) v;
} seen;

static const wr_node *at(const wr_doc *d, const wr_node *n, const char *key) {
    const wr_node *v = n && n->kind == WR_MAP ? wr_map_getz(d, n, key) : NULL;
    return v;
}
static uint32_t items(const wr_node *n) { return n && n->kind == WR_LIST ? n->n : 0; }
static wr_str text_at(const wr_doc *d, const wr_node *n, const char *key) {
    const wr_node *v = at(d, n, key);
    return v && v->kind == WR_STR ? wr_node_str(v) : (wr_str){0};
}

static void see(wr_ctx *ctx, seen *s, uint32_t n, const wr_doc *d, const wr_node *rule,
                const char *verdict) {
    wr_str name = text_at(d, rule, "name"), status = WR_S("-");
    const wr_node *got = at(d, rule, "evaluated");
    if (got && got->kind == WR_STR) {
        status = wr_node_str(got);
    } else if (items(got) > 0) {
        wr_str want = text_at(d, rule, "expected");
        status = wr_fmt(&ctx->arena, "%.*s!=", WR_FMT(want));
        for (uint32_t i = 0; i < got->n; i++)
            status = wr_fmt(&ctx->arena, "%.*s%s%.*s", WR_FMT(status), i ? "," : "",
                            WR_FMT(wr_node_str(&got->u.kids[i])));
    }
    wr_str line =
        wr_fmt(&ctx->arena, "%u\t%.*s\t%.*s\t%s", n, WR_FMT(name), WR_FMT(status), verdict);
    if (!WR_PUSH(&ctx->arena, &s->v, line)) s->v.n = 0;
}

static bool read_report(wr_ctx *ctx, wr_str json, seen *s, bool *error) {
    static const char *const lists[] = {"passed_rules", "failed_rules", "skipped_rules"};
    static const char *const verdicts[] = {"PASS", "FAIL", "NOEXPECT"};
    wr_src *src = wr_src_new(&ctx->arena, WR_S("report"), json, false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    wr_doc *d = NULL;
    if (!src || wr_doc_load(ctx, src, &how, &d) != WR_OK) return false;
    *error = at(d, d->root, "error") != NULL;
    const wr_node *cases = at(d, d->root, "test_cases");
    for (uint32_t i = 0; i < items(cases); i++)
        for (int k = 0; k < 3; k++) {
            const wr_node *list = at(d, &cases->u.kids[i], lists[k]);
            for (uint32_t j = 0; j < items(list); j++)
                see(ctx, s, i + 1, d, &list->u.kids[j], verdicts[k]);
        }
    return true;
}

static bool take(seen *s, wr_str line) {
    for (uint32_t i = 0; i < s->v.n; i++) {
        if (!wr_eq(s->v.v[i], line)) continue;
        s->v.v[i] = s->v.v[--s->v.n];
        return true;
    }
    return false;
}

static void check_row(conf *c, wr_ctx *ctx, const rows *r, wr_str line, seen *s, bool error,
                      const int got[2]) {
    wr_str f[9];
    if (conf_fields(line, f, 9) < 8) return;
    int64_t exits[2] = {-1, -1};
    bool ok = wr_parse_i64(f[6], &exits[0]) && wr_parse_i64(f[7], &exits[1]);
    bool is_error = wr_eq(f[5], WR_S("ERROR"));
    wr_str key = wr_fmt(&ctx->arena, "%.*s\t%.*s\t%.*s\t%.*s", WR_FMT(f[2]), WR_FMT(f[3]),
                        WR_FMT(f[4]), WR_FMT(f[5]));
    bool there = is_error ? error : take(s, key);
    wr_str id = wr_fmt(&ctx->arena, "%.*s|%.*s|%.*s|%.*s", WR_FMT(wr_basename(r->rules)),
                       WR_FMT(wr_basename(r->tests)), WR_FMT(f[2]), WR_FMT(f[3]));
    conf_check(c, CONF_TEST, id, ok && there && exits[0] == got[0] && exits[1] == got[1],
               "%s; exit json %d wanted %d, plain %d wanted %d",
               there ? "verdict as recorded" : key.p, got[0], (int)exits[0], got[1], (int)exits[1]);
}

static void run_pair(conf *c, const rows *r) {
    wr_ctx ctx;
    wr_ctx_init(&ctx, NULL);
    const char *rules = wr_dupz(&ctx.arena, r->rules), *tests = wr_dupz(&ctx.arena, r->tests);
    const char *plain[] = {"cfn-guard", "test", "-r", rules, "-t", tests, NULL};
    const char *json[] = {"cfn-guard", "test", "-r", rules, "-t", tests, "-o", "json", NULL};
    conf_run a = conf_exec(c, &ctx.arena, c->data, json, NULL);
    conf_run b = conf_exec(c, &ctx.arena, c->data, plain, NULL);
    seen s = {0};
    bool error = false;
    if (!read_report(&ctx, a.out, &s, &error))
        conf_check(c, CONF_TEST, wr_strz(rules), false, "%s: stdout is no JSON: %.*s", tests,
                   (int)(a.out.n > 200 ? 200 : a.out.n), a.out.p);
    wr_str text = r->text, line;
    const int codes[2] = {a.code, b.code};
    while (conf_line(&text, &line)) check_row(c, &ctx, r, line, &s, error, codes);
    for (uint32_t i = 0; i < s.v.n; i++)
        conf_check(c, CONF_TEST, wr_strz(rules), false, "%s: not recorded: %.*s", tests,
                   WR_FMT(s.v.v[i]));
    wr_ctx_fini(&ctx);
}

void conf_tests(conf *c) {
    wr_str text = conf_file(c, "expected-test.tsv"), line;
    rows r = {0};
    uint32_t n = 0;
    for (;;) {
        const char *start = text.p;
        bool more = conf_line(&text, &line);
        wr_str f[3];
        if (more && conf_fields(line, f, 3) < 3) continue;
        if (more && r.text.n > 0 && wr_eq(f[0], r.rules) && wr_eq(f[1], r.tests)) {
            r.text.n = (size_t)(text.p - r.text.p);
            continue;
        }
        if (r.text.n > 0 && (!c->sample || n++ % 16 == 0)) run_pair(c, &r);
        if (!more) return;
        r = (rows){f[0], f[1], {start, (size_t)(text.p - start)}};
        if (r.text.n > line.n + 1) r.text = (wr_str){line.p, line.n + 1}; // a comment came before
    }
}
