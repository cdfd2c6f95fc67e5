// SPDX-License-Identifier: Apache-2.0
// writ explain WHAT: a diagnostic's page, or what a finding of `writ iam validate` means; controls,
// requirements and findings of a check are explain_repo.c's and explain_finding.c's. The pages
// are docs/diag/*.md, turned into a table when the program is built (tools/diag_pages.sh), so that
// it explains itself without its documentation; findings come from their own table of codes, and
// `writ explain iam-checks` writes docs/guide/iam-checks.md from it.

#include "cli/explain.h"
#include "lang/iam/check.h"

static const struct {
    const char *code, *text;
} pages[] = {
#if defined(__has_include)
#if __has_include("diag_pages.inc")
#include "diag_pages.inc"
#endif
#endif
    {NULL, NULL},
};

static const char *page_of(const char *code) {
    for (unsigned i = 0; pages[i].code; i++)
        if (strcmp(pages[i].code, code) == 0) return pages[i].text;
    return NULL;
}

static void list_codes(cli *c) {
    for (unsigned i = 0; i < WR_D_COUNT; i++)
        wr_putf(&c->out, "%s  %s\n", wr_code_name((wr_code)i), wr_code_title((wr_code)i));
    for (uint32_t i = 0; wr_iam_issue_at(i) != NULL; i++)
        wr_putf(&c->out, "%s  %s\n", wr_iam_issue_at(i)->code, wr_iam_issue_at(i)->title);
}

// The guide's page of all checks of policies.
static int put_iam_checks(cli *c) {
    wr_buf *b = &c->out;
    wr_putz(b, "# Checks of IAM policies\n\n"
               "What `writ iam validate` finds, by code. This page is written by `writ explain "
               "iam-checks`;\n`writ explain CODE` prints one entry. Codes and categories from "
               "access-analyzer are those of IAM\nAccess Analyzer's ValidatePolicy, those from "
               "parliament are parliament's; all sentences are ours.\n");
    for (int k = WR_IAM_N_CATEGORIES - 1; k >= 0; k--) {
        wr_putf(b, "\n## %s\n", wr_iam_category_name((wr_iam_category)k));
        for (uint32_t i = 0; wr_iam_issue_at(i) != NULL; i++) {
            if (wr_iam_issue_at(i)->category != (wr_iam_category)k) continue;
            wr_putc(b, '\n');
            wr_iam_put_issue(b, (wr_iam_issue)i, false);
        }
    }
    return 0;
}

static const char *near_code(cli *c, const char *asked) {
    const char *near = NULL;
    wr_str upper = wr_to_upper(&c->ctx.arena, wr_strz(asked));
    double top = WR_NEAR;
    for (unsigned i = 0; i < WR_D_COUNT + WR_IAM_N_ISSUES; i++) {
        const char *name =
            i < WR_D_COUNT ? wr_code_name((wr_code)i) : wr_iam_issue_at(i - WR_D_COUNT)->code;
        double s = wr_similar(upper, wr_strz(name));
        if (s > top) {
            top = s;
            near = name;
        }
    }
    return near;
}

// A diagnostic or a check of policies; false: there is none of that code.
static bool put_code(cli *c, const char *asked) {
    wr_iam_issue issue;
    char code[80] = {0};
    for (unsigned i = 0; i + 1 < sizeof code && asked[i]; i++)
        code[i] = asked[i] >= 'a' && asked[i] <= 'z' ? (char)(asked[i] - 32) : asked[i];
    for (unsigned i = 0; i < WR_D_COUNT; i++) {
        const char *name = wr_code_name((wr_code)i);
        if (strcmp(name, code) != 0) continue;
        const char *page = page_of(name);
        if (page) wr_putz(&c->out, page);
        else wr_putf(&c->out, "# %s: %s\n", name, wr_code_title((wr_code)i));
        return true;
    }
    if (strcmp(code, "IAM-CHECKS") == 0) return put_iam_checks(c) == 0;
    if (!wr_iam_issue_find(wr_strz(code), &issue)) return false;
    wr_iam_put_issue(&c->out, issue, true);
    return true;
}

int cli_run_explain(cli *c) {
    const char *asked = cli_value(c, CLI_CODE);
    int exit = 0;
    if (asked == NULL) {
        list_codes(c);
        return 0;
    }
    if (cli_has(c, CLI_REPORT)) return cli_explain_finding(c, asked);
    wr_str control = WR_S("");
    if (put_code(c, asked) || cli_explain_repo(c, asked, &control, &exit)) return exit;
    if (cli_is_fingerprint(asked))
        return cli_usage(c, "'%s' looks like a fingerprint: name the report it is from by --report",
                         asked);
    const char *near = control.n ? wr_dupz(&c->ctx.arena, control) : near_code(c, asked);
    if (near == NULL)
        return cli_usage(c, "there is no diagnostic, control or requirement '%s'", asked);
    return cli_usage(c, "there is no diagnostic, control or requirement '%s'; similar: '%s'", asked,
                     near);
}
