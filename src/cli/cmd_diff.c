// SPDX-License-Identifier: Apache-2.0
// writ diff: two account dumps compared. Exit 0: the same; 1: different (with --fail-on new-access:
// B permits, or may permit, what A does not); 2: a dump, a policy or the equivalency list could not
// be read, or a dump is cut off, whatever else was found.

#include "cli/diff_report.h"

static wr_acct *load(cli *c, wr_iam_set *set, const char *path) {
    const wr_src *src = cli_src(c, path, true, NULL);
    const wr_doc *doc = NULL;
    wr_acct *acct = NULL;
    if (src == NULL) return NULL;
    if (wr_acct_read(&c->ctx, src, &doc) == WR_OK) (void)!wr_acct_load(&c->ctx, set, doc, &acct);
    (void)cli_say_diags(c, false);
    return acct;
}

static bool load_list(cli *c, wr_equiv **e) {
    const char *path = cli_value(c, CLI_EQUIVALENCY);
    wr_doc *doc = NULL;
    *e = NULL;
    if (path == NULL) return true;
    const wr_src *src = cli_src(c, path, true, NULL);
    if (src == NULL) return false;
    wr_load how = {.profile = WR_LOAD_STRICT, .all = true};
    how.is_json = wr_looks_json(src->name, src->text);
    bool ok =
        wr_doc_load(&c->ctx, src, &how, &doc) == WR_OK && wr_equiv_load(&c->ctx, doc, e) == WR_OK;
    (void)cli_say_diags(c, false);
    return ok;
}

// Each account's own id, on its own side: the other's id, where it stands, is another account's.
static bool equal_ids(cli *c, const wr_acct *a, const wr_acct *b, wr_equiv **e) {
    static const wr_str name = {"(account)", sizeof "(account)" - 1};
    const char *word = cli_value(c, CLI_ACCOUNT);
    if (!(word && cli_has(c, CLI_ACCOUNT) ? strcmp(word, "equal") == 0 : *e != NULL)) return false;
    if (*e == NULL) *e = wr_equiv_new(&c->ctx);
    if (*e == NULL || a->id.n == 0 || b->id.n == 0) return false;
    // An id that the list has under a key of its own stays there.
    (void)wr_equiv_add(*e, name, a->id, 1u << WR_DRIFT_A);
    (void)wr_equiv_add(*e, name, b->id, 1u << WR_DRIFT_B);
    return true;
}

static void put_report(const diff_report *r) {
    const char *format = cli_value(r->c, CLI_FORMAT);
    if (strcmp(format, "json") == 0) diff_put_json(r);
    else if (strcmp(format, "csv") == 0) diff_put_csv(r);
    else if (strcmp(format, "html") == 0) diff_put_html(r);
    else diff_put_text(r);
}

int cli_diff(cli *c) {
    const cli_words *w = &c->val[CLI_WORDS];
    diff_report r = {.c = c, .all = cli_has(c, CLI_ALL), .list = cli_value(c, CLI_EQUIVALENCY)};
    wr_acct *acct[WR_DRIFT_SIDES] = {NULL, NULL};
    wr_equiv *e = NULL;
    wr_drift *d = NULL;
    int code = WX_ERROR;
    if (w->n != 2) return cli_usage(c, "two account dumps are wanted, not %u", (unsigned)w->n);
    if (!cli_open_output(c, &code)) return code;
    wr_iam_set *set = wr_iam_set_new(&c->ctx);
    for (int s = 0; set && s < WR_DRIFT_SIDES; s++) {
        r.path[s] = w->v[s];
        acct[s] = load(c, set, w->v[s]);
    }
    bool ok = load_list(c, &e);
    if (!ok || acct[0] == NULL || acct[1] == NULL) return WX_ERROR;
    r.equal_ids = equal_ids(c, acct[0], acct[1], &e);
    wr_iam_freeze(set);
    if (wr_drift_compare(&c->ctx, acct[0], acct[1], e, &d) != WR_OK) return WX_ERROR;
    (void)cli_say_diags(c, false);
    r.d = d;
    put_report(&r);
    if (diff_gaps(&r).n) return WX_ERROR;
    bool only_new = strcmp(cli_value(c, CLI_FAIL_ON), "new-access") == 0;
    return (only_new ? wr_drift_new_access(d) : !d->same) ? WX_FINDINGS : WX_OK;
}
