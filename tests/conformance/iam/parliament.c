// SPDX-License-Identifier: Apache-2.0
// parliament: what that program's own tests assert of policies, compared by its codes alone.
// parliament/tests.json holds policy and assertion, a line of Python; those that name no findings
// (get_resources_for_privilege) are not of this program and are passed over.
#include <stdlib.h>

#include "conf.h"
#include "lang/iam/check.h"

// The codes an assertion names, in the order of the table; *n: how many findings instead, or -1.
static bool read_assertion(wr_str s, bool want[WR_IAM_N_ISSUES], int *n) {
    static const char set[] = "policy.finding_ids == ", len[] = "len(policy.findings) == ";
    size_t at = wr_find(s, WR_S(len), 0);
    *n = -1;
    if (at < s.n) {
        *n = s.p[at + sizeof len - 1] - '0';
        return *n >= 0 && *n <= 9;
    }
    at = wr_find(s, WR_S(set), 0);
    if (at >= s.n) return false;
    size_t end = wr_find(s, WR_S(", '"), at); // the message
    for (at = wr_find(s, WR_S("'"), at); at < s.n && at < end;) {
        size_t close = wr_find(s, WR_S("'"), at + 1);
        wr_iam_issue issue;
        if (close >= s.n || !wr_iam_issue_find(wr_sub(s, at + 1, close), &issue)) break;
        want[issue] = true;
        end = wr_find(s, WR_S("), "), close);
        at = wr_find(s, WR_S("'"), close + 1);
    }
    return true;
}

// Its own codes; the community auditors are not part of these tests.
static void all_codes(wr_iam_check_opts *o) {
    static const char *const auditors[] = {
        "PRIVILEGE_ESCALATION",           "CREDENTIALS_EXPOSURE",
        "PERMISSIONS_MANAGEMENT_ACTIONS", "NOTPRINCIPAL_WITH_ALLOW",
        "NOTRESOURCE_WITH_ALLOW",         "SINGLE_VALUE_CONDITION_TOO_PERMISSIVE",
    };
    wr_iam_issue issue;
    for (uint32_t i = 0; i < WR_IAM_N_ISSUES; i++)
        o->only[i] = wr_iam_issue_at(i)->origin == WR_IAM_FROM_PARLIAMENT;
    if (wr_iam_issue_find(WR_S("INVALID_VERSION"), &issue)) o->only[issue] = true;
    for (size_t i = 0; i < sizeof auditors / sizeof *auditors; i++)
        if (wr_iam_issue_find(wr_strz(auditors[i]), &issue)) o->only[issue] = false;
}

static void one(conf *c, wr_ctx *ctx, wr_str id, wr_str policy, wr_str assertion) {
    bool want[WR_IAM_N_ISSUES] = {false}, got[WR_IAM_N_ISSUES] = {false};
    wr_iam_check_opts o = {0};
    wr_iam_findings found = {0};
    int n;
    if (!read_assertion(assertion, want, &n)) return;
    all_codes(&o);
    wr_iam_checker *k = wr_iam_checker_new(ctx, &o);
    const wr_src *src = wr_src_new(&ctx->arena, id, policy, false);
    bool principal = wr_find(policy, WR_S("\"Principal\""), 0) < policy.n;
    wr_iam_checked what = {.kind = principal ? WR_IAM_RESOURCE : WR_IAM_IDENTITY};
    const wr_doc *doc;
    if (!k || !src || wr_iam_check_text(k, ctx, src, &what, &doc, &found) != WR_OK) abort();
    wr_buf said;
    wr_buf_init(&said, 4096);
    for (uint32_t i = 0; i < found.n; i++) {
        got[found.v[i].issue] = true;
        wr_putf(&said, " %s", wr_iam_issue_at(found.v[i].issue)->code);
    }
    bool ok = n >= 0 ? found.n == (uint32_t)n : memcmp(want, got, sizeof want) == 0;
    conf_check(c, CONF_PARLIAMENT, id, ok, "%.*s, and not%.*s", WR_FMT(assertion),
               WR_FMT(wr_buf_str(&said)));
    wr_buf_fini(&said);
    wr_iam_checker_free(k);
}

void conf_parliament(conf *c) {
    char path[PATH_MAX + 32];
    wr_ctx ctx;
    wr_str text;
    wr_doc *doc;
    const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    snprintf(path, sizeof path, "%s/parliament/tests.json", c->data);
    wr_ctx_init(&ctx, NULL);
    if (wr_read_file(&ctx, path, &text) != WR_OK) {
        printf("skipped: %s\n", path);
        wr_ctx_fini(&ctx);
        return;
    }
    const wr_src *src = wr_src_new(&ctx.arena, WR_S("tests.json"), text, false);
    if (!src || wr_doc_load(&ctx, src, &how, &doc) != WR_OK || doc->root->kind != WR_LIST) {
        conf_broken(c, CONF_PARLIAMENT, "tests.json is no list");
    } else {
        for (uint32_t i = 0; i < doc->root->n; i++) {
            const wr_node *t = doc->root->u.kids + i;
            wr_str id = wr_fmt(&ctx.arena, "%u %.*s", i, WR_FMT(conf_text(doc, t, "test")));
            one(c, &ctx, id, conf_text(doc, t, "policy"), conf_text(doc, t, "assertion"));
        }
    }
    wr_ctx_fini(&ctx);
}
