// SPDX-License-Identifier: Apache-2.0
// Checks of policies: every code has documents that give it and near ones that do not (checks.txt),
// and what Access Analyzer does not say of the frame: places, order, switches, kinds.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lang/iam/check.h"

#define TABLE "tests/unit/lang/iam/checks.txt"

typedef struct bench {
    wr_ctx c;
    wr_iam_findings found;
} bench;

static void run(bench *b, const wr_iam_check_opts *o, wr_iam_kind kind, wr_iam_target target,
                wr_str text) {
    wr_ctx_init(&b->c, NULL);
    b->found.v = NULL;
    b->found.n = b->found.cap = 0;
    wr_iam_checker *k = wr_iam_checker_new(&b->c, o);
    const wr_src *src = wr_src_new(&b->c.arena, WR_S("p.json"), text, false);
    wr_iam_checked what = {.kind = kind, .target = target};
    const wr_doc *doc;
    assert_non_null(k);
    assert_non_null(src);
    assert_int_equal(wr_iam_check_text(k, &b->c, src, &what, &doc, &b->found), WR_OK);
    assert_int_equal(b->c.n_diags, 0);
    wr_iam_checker_free(k);
}

static bool has(const bench *b, wr_iam_issue i) {
    for (uint32_t f = 0; f < b->found.n; f++)
        if (b->found.v[f].issue == i) return true;
    return false;
}

// ---------------------------------------------------------------------------------- the table

// A line: + or -, kind or target, document. What holds no "Statement" is a statement of its own.
typedef struct line {
    bool fires;
    wr_iam_kind kind;
    wr_iam_target target;
    char *text;
} line;

static bool read_line(char *s, line *out) {
    char *word = s + 2, *end = strchr(word, ' ');
    if ((s[0] != '+' && s[0] != '-') || end == NULL) return false;
    wr_str name = wr_strn(word, (size_t)(end - word));
    *out = (line){.fires = s[0] == '+', .kind = WR_IAM_RESOURCE, .text = end + 1};
    return wr_iam_kind_parse(name, &out->kind) || wr_iam_target_parse(name, &out->target);
}

// {{x N}} stands for N times x: sizes.
static void put_text(wr_buf *b, const char *text) {
    bool whole = strstr(text, "Statement") != NULL || text[0] == '!';
    if (text[0] == '!') text++;
    if (!whole) wr_putz(b, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    for (const char *at; (at = strstr(text, "{{x ")) != NULL;) {
        wr_put(b, text, (size_t)(at - text));
        wr_pad(b, 'x', (size_t)strtoul(at + 4, NULL, 10));
        text = strstr(at, "}}") + 2;
    }
    wr_putz(b, text);
    if (!whole) wr_putz(b, "]}");
}

static void show(const bench *b) {
    for (uint32_t i = 0; i < b->found.n; i++)
        print_error("    %s: %.*s\n", wr_iam_issue_at(b->found.v[i].issue)->code,
                    WR_FMT(b->found.v[i].message));
}

static bool try_line(wr_iam_issue issue, const line *l, unsigned no) {
    static wr_iam_check_opts o;
    bench b;
    wr_buf text;
    memset(&o, 0, sizeof o);
    o.obsolete = wr_iam_issue_at(issue)->on == WR_IAM_OBSOLETE;
    o.only[issue] = wr_iam_issue_at(issue)->on == WR_IAM_OFF;
    static const wr_iam_sensitive sensitive[] = {
        {{"", 0}, {"arn:aws:s3:::secrets/*", 22}},
        {{"kms:Decrypt", 11}, {"arn:aws:kms:eu-west-1:111122223333:key/1", 40}}};
    if (issue == WR_IAM_C_SENSITIVE_ACCESS) {
        o.sensitive = sensitive;
        o.n_sensitive = 2;
    }
    wr_buf_init(&text, 0);
    put_text(&text, l->text);
    run(&b, &o, l->kind, l->target, wr_buf_str(&text));
    bool good = has(&b, issue) == l->fires;
    if (!good) {
        print_error("%s:%u: %s %s\n", TABLE, no, wr_iam_issue_at(issue)->code,
                    l->fires ? "does not fire" : "fires");
        show(&b);
    }
    wr_buf_fini(&text);
    wr_ctx_fini(&b.c);
    return good;
}

static void test_table(void **state) {
    static uint8_t seen[WR_IAM_N_ISSUES][2];
    static char s[65536];
    wr_iam_issue issue = WR_IAM_N_ISSUES;
    unsigned no = 0, bad = 0;
    FILE *f = fopen(TABLE, "r");
    (void)state;
    assert_non_null(f);
    while (fgets(s, sizeof s, f) != NULL) {
        line l;
        no++;
        s[strcspn(s, "\n")] = '\0';
        if (s[0] == '#' || s[0] == '\0') continue;
        if (s[0] == '=') {
            if (!wr_iam_issue_find(wr_strz(s + 2), &issue)) fail_msg("%s:%u: %s", TABLE, no, s);
            continue;
        }
        if (issue == WR_IAM_N_ISSUES || !read_line(s, &l)) fail_msg("%s:%u: %s", TABLE, no, s);
        seen[issue][l.fires] = 1;
        bad += !try_line(issue, &l, no);
    }
    (void)fclose(f);
    for (uint32_t i = 0; i < WR_IAM_N_ISSUES; i++) {
        if (seen[i][0] && seen[i][1]) continue;
        if (i == WR_IAM_C_INLINE_POLICIES_EXCEED_QUOTA) continue; // of several documents: below
        print_error("%s: %s has no %s\n", TABLE, wr_iam_issue_at(i)->code,
                    seen[i][1] ? "near miss" : "firing case");
        bad++;
    }
    assert_int_equal(bad, 0);
}

// Two policies of 1,200 characters each: one is within inline-user, both together are not.
static void test_together(void **state) {
    static const wr_iam_check_opts none;
    wr_ctx c;
    wr_buf b;
    wr_doc *doc;
    wr_iam_findings found = {0};
    (void)state;
    wr_ctx_init(&c, NULL);
    wr_buf_init(&b, 0);
    wr_putz(&b, "{\"Id\": \"");
    wr_pad(&b, 'x', 1190);
    wr_putz(&b, "\"}");
    wr_iam_checker *k = wr_iam_checker_new(&c, &none);
    const wr_src *src = wr_src_new(&c.arena, WR_S("p.json"), wr_buf_str(&b), false);
    assert_non_null(k);
    assert_int_equal(wr_iam_read_json(&c, src, false, &doc), WR_OK);
    wr_iam_checked what[2] = {{.doc = doc, .quota = WR_IAM_Q_INLINE_USER}};
    what[1] = what[0];
    assert_int_equal(wr_iam_check_together(k, &c.arena, what, 1, &found), WR_OK);
    assert_int_equal(found.n, 0);
    assert_int_equal(wr_iam_check_together(k, &c.arena, what, 2, &found), WR_OK);
    assert_int_equal(found.n, 1);
    assert_int_equal(found.v[0].issue, WR_IAM_C_INLINE_POLICIES_EXCEED_QUOTA);
    what[0].quota = what[1].quota = WR_IAM_Q_INLINE_GROUP;
    assert_int_equal(wr_iam_check_together(k, &c.arena, what, 2, &found), WR_OK);
    assert_int_equal(found.n, 1);
    wr_buf_fini(&b);
    wr_iam_checker_free(k);
    wr_ctx_fini(&c);
}

// ---------------------------------------------------------------------------------- the frame

static const wr_iam_check_opts plain;

static wr_str place_of(bench *b, uint32_t i) {
    wr_buf t;
    wr_buf_init(&t, 0);
    wr_iam_put_place(&t, &b->found.v[i]);
    return wr_buf_keep(&t, &b->c.arena);
}

static void test_places(void **state) {
    bench b;
    (void)state;
    run(&b, &plain, WR_IAM_IDENTITY, WR_IAM_T_ANY,
        WR_S("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:"
             "GetObject\","
             "\"s3:Nothing\"],\"Resource\":\"*\",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":["
             "\"x\"]"
             "}}}]}"));
    assert_int_equal(b.found.n, 2);
    assert_true(wr_eq(place_of(&b, 0), WR_S("Statement[0].Action[1]")));
    assert_true(
        wr_eq(place_of(&b, 1), WR_S("Statement[0].Condition.IpAddress[\"aws:SourceIp\"][0]")));
    wr_iam_step step[3];
    assert_int_equal(wr_iam_finding_steps(&b.found.v[1], step, 3), 6);
    assert_true(wr_eq(step[2].key, WR_S("Condition")));
    assert_null(step[1].key.p);
    wr_ctx_fini(&b.c);
}

static void test_switches(void **state) {
    static wr_iam_check_opts o;
    bench b;
    wr_str text =
        WR_S("{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:No\",\"Resource\":\"*\"}}");
    (void)state;
    memset(&o, 0, sizeof o);
    run(&b, &o, WR_IAM_IDENTITY, WR_IAM_T_ANY, text);
    assert_int_equal(b.found.n, 2);
    wr_ctx_fini(&b.c);
    o.only[WR_IAM_C_INVALID_ACTION] = true;
    run(&b, &o, WR_IAM_IDENTITY, WR_IAM_T_ANY, text);
    assert_int_equal(b.found.n, 1);
    assert_int_equal(b.found.v[0].issue, WR_IAM_C_INVALID_ACTION);
    wr_ctx_fini(&b.c);
}

static wr_iam_kind guess(const char *text, const char *name, wr_iam_target *t) {
    wr_ctx c;
    wr_doc *doc;
    const char *why;
    wr_ctx_init(&c, NULL);
    const wr_src *src = wr_src_new(&c.arena, wr_strz(name), wr_strz(text), false);
    assert_int_equal(wr_iam_read_json(&c, src, false, &doc), WR_OK);
    wr_iam_kind k = wr_iam_guess_kind(doc, NULL, wr_strz(name), t, &why);
    assert_non_null(why);
    wr_ctx_fini(&c);
    return k;
}

static void test_kinds(void **state) {
    wr_iam_target t;
    (void)state;
    assert_int_equal(guess("{\"Statement\":{}}", "p.json", &t), WR_IAM_IDENTITY);
    assert_int_equal(guess("{\"Statement\":{\"Effect\":\"Deny\"}}", "deny-SCP.json", &t),
                     WR_IAM_SCP);
    assert_int_equal(
        guess("{\"Statement\":{\"Principal\":\"*\",\"Effect\":\"Deny\"}}", "rcp.json", &t),
        WR_IAM_RCP);
    assert_int_equal(
        guess("{\"Statement\":[{\"Principal\":{},\"Action\":[\"sts:AssumeRole\"]}]}", "p", &t),
        WR_IAM_TRUST);
    assert_int_equal(guess("{\"Statement\":[{\"Principal\":{},\"Action\":[\"s3:*\"],\"Resource\":"
                           "\"arn:aws:s3:::b/*\"}]}",
                           "p", &t),
                     WR_IAM_RESOURCE);
    assert_int_equal(t, WR_IAM_T_BUCKET);
}

// Every category and origin has words, codes are found in any case, likely slips are answered.
static void test_words(void **state) {
    wr_iam_issue i;
    (void)state;
    assert_true(wr_iam_issue_find(WR_S("invalid_action"), &i));
    assert_int_equal(i, WR_IAM_C_INVALID_ACTION);
    assert_false(wr_iam_issue_find(WR_S("INVALID"), &i));
    assert_true(wr_eq(wr_iam_issue_near(WR_S("INVALID_ACTIONS")), WR_S("INVALID_ACTION")));
    assert_null(wr_iam_issue_at(WR_IAM_N_ISSUES));
    assert_string_equal(wr_iam_category_name(WR_IAM_CAT_SECURITY), "SECURITY_WARNING");
    for (uint32_t k = 0; k < WR_IAM_N_ISSUES; k++) {
        const wr_iam_issue_info *info = wr_iam_issue_at(k);
        assert_true(wr_ends(wr_strz(info->rule), WR_S(".")));
        assert_true(wr_ends(wr_strz(info->fix), WR_S(".")));
        assert_false(wr_ends(wr_strz(info->title), WR_S(".")));
    }
}

// What the parser calls broken has an error among its findings: nothing unjudged passes.
static void test_broken_is_error(void **state) {
    static const char *const text[] = {
        "[]",
        "{}",
        "{\"Statement\":[]}",
        "{\"Statement\":[1]}",
        "{\"Statement\":{\"Effect\":\"allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"x\",\"Resource\":\"*\"}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:a:b\",\"Resource\":\"*\"}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"x\"}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3\"}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\"}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Resource\":\"*\"}}",
        "{\"Statement\":{\"Action\":\"s3:*\",\"Resource\":\"*\"}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"X\":1}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Principal\":\"*"
        "\"}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"NotAction\":\"*"
        "\"}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Effect\":"
        "\"Deny\"}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
        "\"Condition\":{\"Nope\":{\"aws:username\":\"a\"}}}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
        "\"Condition\":{\"Bool\":{\"aws:SecureTransport\":{}}}}}",
        "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
        "\"Condition\":{\"Bool\":\"x\"}}}",
        "{\"Version\":\"2013-01-01\",\"Statement\":[]}",
        "{\"Id\":{},\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}",
        "// x",
    };
    uint32_t broken = 0;
    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        bench b;
        bool error = false;
        run(&b, &plain, WR_IAM_IDENTITY, WR_IAM_T_ANY, wr_strz(text[i]));
        for (uint32_t f = 0; f < b.found.n; f++)
            error |= wr_iam_issue_at(b.found.v[f].issue)->category == WR_IAM_CAT_ERROR;
        wr_iam_set *set = wr_iam_set_new(&b.c);
        const wr_iam_parse_opts o = {.kind = WR_IAM_IDENTITY};
        const wr_src *src = wr_src_new(&b.c.arena, WR_S("p"), wr_strz(text[i]), false);
        const wr_iam_policy *p = wr_iam_add_text(set, src, false, &o);
        broken += p->broken;
        if (!error) fail_msg("%s: broken %d, no error", text[i], (int)p->broken);
        wr_ctx_fini(&b.c);
    }
    assert_true(broken > 15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),           cmocka_unit_test(test_together),
        cmocka_unit_test(test_places),          cmocka_unit_test(test_switches),
        cmocka_unit_test(test_kinds),           cmocka_unit_test(test_words),
        cmocka_unit_test(test_broken_is_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
