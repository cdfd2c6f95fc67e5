// SPDX-License-Identifier: Apache-2.0
// What an exception covers and until when, and the faults that make it void; suppressions that a
// template asks for (K0305).
#include "repo_files.h"

#include "control/control_int.h"

static const char manifest[] = "schema: writ/repository/1\norganization: org.yaml\n";
static const char org[] = "schema: writ/organization/1\nroot:\n  units:\n  - name: Work\n"
                          "    units:\n    - name: Prod\n"
                          "      accounts: [{id: \"111111111111\", name: shop}]\n";
static const char control[] =
    "id: S3.PUBLIC\ntitle: t\nseverity: LOW\nlayers: {proactive: {guard: p.guard}}\n";

typedef struct covered { // a finding: control, subject, resource, account
    const char *what;    // selectors of the exception
    const char *subject, *resource, *account;
    bool want;
} covered;

static const covered rows[] = {
    {"resource: arn:aws:s3:::site", "i.json", "arn:aws:s3:::site", "", true},
    {"resource: arn:aws:s3:::site", "i.json", "arn:aws:s3:::site2", "", false},
    {"resource: \"arn:aws:s3:::site-*\"", "i.json", "arn:aws:s3:::site-a", "", true},
    {"resource: \"arn:aws:s3:::site-*\"", "i.json", "arn:aws:s3:::site-a/key", "", false},
    {"resource: \"arn:aws:s3:::site-**\"", "i.json", "arn:aws:s3:::site-a/key", "", true},
    {"resource: \"arn:aws:s3:::s?te\"", "i.json", "arn:aws:s3:::site", "", true},
    {"resource: \"aws_s3_bucket.a[0]\"", "p.json", "aws_s3_bucket.a[0]", "", true},
    {"resource: \"aws_s3_bucket.a[0]\"", "p.json", "aws_s3_bucket.a0", "", false},
    {"resource: \"*\"", "p.json", "", "", false}, // no resource: not told
    {"path: \"templates/*.yaml\"", "templates/a.yaml", "B", "", true},
    {"path: \"templates/*.yaml\"", "templates/x/a.yaml", "B", "", false},
    {"path: \"templates/**\"", "templates/x/a.yaml", "B", "", true},
    {"{path: t.yaml, logical_id: Site}", "t.yaml", "Site", "", true},
    {"{path: t.yaml, logical_id: Site}", "t.yaml", "Other", "", false},
    {"{path: t.yaml, logical_id: Site}", "u.yaml", "Site", "", false},
    {"account: \"111111111111\"", "t.yaml", "B", "111111111111", true},
    {"account: shop", "t.yaml", "B", "111111111111", true},
    {"account: \"1111*\"", "t.yaml", "B", "111111111111", true},
    {"account: \"111111111111\"", "t.yaml", "B", "222222222222", false},
    {"account: \"*\"", "t.yaml", "B", "", false}, // not known whose: not covered
    {"ou: Work", "t.yaml", "B", "111111111111", true},
    {"ou: Work/Prod", "t.yaml", "B", "111111111111", true},
    {"ou: \"Work/*\"", "t.yaml", "B", "111111111111", true},
    {"ou: Prod", "t.yaml", "B", "111111111111", true},
    {"ou: Sandbox", "t.yaml", "B", "111111111111", false},
    {"ou: Work", "t.yaml", "B", "222222222222", false},
    {"ou: Work", "t.yaml", "B", "", false},
};

static void load_one(repo_files *t, const char *what, const char *more) {
    char text[1024], lines[256];
    size_t n = 0;
    for (const char *p = what; *p; p++) // {a: b, c: d} as lines
        if (*p == ',') lines[n++] = '\n', p++;
        else if (*p != '{' && *p != '}') lines[n++] = *p;
    lines[n] = 0;
    (void)snprintf(text, sizeof text, "control: S3.PUBLIC\nreason: r\nrequested_by: a\n%s\n%s\n",
                   lines, more);
    const char *files[] = {
        "writ.yaml",         manifest, "org.yaml", org,
        "controls/a.yaml",   control,  "p.guard",  "rule SOME_RULE { A exists }\n",
        "exceptions/x.yaml", text,     NULL};
    repo_begin(t, files);
    assert_int_equal(t->rc, WR_OK);
    repo_expect(t, "");
    assert_int_equal(t->r->exceptions.n, 1);
}

static bool covers(const repo_files *t, const covered *k, int64_t today) {
    wr_decision d = {.subject = wr_strz(k->subject)};
    wr_reason why = {0};
    wr_finding f = {.decision = &d,
                    .reason = &why,
                    .control = WR_S("S3.PUBLIC"),
                    .resource = wr_strz(k->resource),
                    .account = wr_strz(k->account)};
    return exception_covers(t->r, t->r->exceptions.v[0], &f, today);
}

static const char good[] = "approved_by: b\nstarts: 2026-11-01\nexpires: 2026-12-01";

static void test_what_it_covers(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        repo_files t;
        load_one(&t, rows[i].what, good);
        if (covers(&t, &rows[i], wr_days(2026, 11, 24)) != rows[i].want)
            fail_msg("%s: %s %s '%s'", rows[i].what, rows[i].subject, rows[i].resource,
                     rows[i].account);
        repo_end(&t);
    }
}

static void test_days_are_inclusive(void **state) {
    (void)state;
    repo_files t;
    load_one(&t, rows[0].what, good);
    assert_false(covers(&t, &rows[0], wr_days(2026, 10, 31)));
    assert_true(covers(&t, &rows[0], wr_days(2026, 11, 1)));
    assert_true(covers(&t, &rows[0], wr_days(2026, 12, 1)));
    assert_false(covers(&t, &rows[0], wr_days(2026, 12, 2)));
    repo_end(&t);
}

typedef struct fault {
    const char *text;
    unsigned faults;
    bool covers;
} fault;

static const fault faults[] = {
    {"approved_by: b\nstarts: 2026-11-01\nexpires: 2026-12-01", 0, true},
    {"approved_by: b\nstarts: 2026-11-01\nexpires: 2026-11-24", 0, true},
    {"approved_by: b\nstarts: 2026-11-01\nexpires: 2026-11-23", WR_X_EXPIRED, false},
    {"approved_by: b\nstarts: 2026-11-25\nexpires: 2026-12-01", WR_X_NOT_STARTED, false},
    {"starts: 2026-11-01\nexpires: 2026-12-01", WR_X_UNAPPROVED, false},
    {"approved_by: []\nstarts: 2026-11-01\nexpires: 2026-12-01", WR_X_UNAPPROVED, false},
    {"approved_by: [b, A]\nstarts: 2026-11-01\nexpires: 2026-12-01", WR_X_SELF_APPROVED, false},
    {"approved_by: \" @a \"\nstarts: 2026-11-01\nexpires: 2026-12-01", WR_X_SELF_APPROVED, false},
    {"approved_by: \"-_-\"\nstarts: 2026-11-01\nexpires: 2026-12-01", WR_X_UNAPPROVED, false},
    {"approved_by: b\nstarts: 2026-11-01\nexpires: 2027-11-01", 0, true},
    {"approved_by: b\nstarts: 2026-11-01\nexpires: 2027-11-02", WR_X_TOO_LONG, false},
    {"approved_by: b\nstarts: 2026-11-01\nexpires: 2026-12-01\nreview: 2026-11-24", 0, true},
    {"approved_by: b\nstarts: 2026-11-01\nexpires: 2026-12-01\nreview: 2026-11-23", WR_X_REVIEW_DUE,
     true},
    {"approved_by: b\nstarts: 2026-11-01\nexpires: 2026-12-01\ncompensating: [S3.PUBLIC]", 0, true},
    {"approved_by: b\nstarts: 2026-11-01\nexpires: 2026-12-01\ncompensating: [NO.NE]",
     WR_X_UNKNOWN_CONTROL, false},
};

static void test_faults(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        repo_files t;
        load_one(&t, rows[0].what, faults[i].text);
        if (t.r->exceptions.v[0]->faults != faults[i].faults)
            fail_msg("%s: %x", faults[i].text, t.r->exceptions.v[0]->faults);
        assert_int_equal(covers(&t, &rows[0], wr_days(2026, 11, 24)), faults[i].covers);
        repo_end(&t);
    }
}

static const char template[] =
    "Resources:\n  A:\n    Metadata:\n      cfn_nag:\n        rules_to_suppress:\n"
    "        - {id: S3_PUBLIC, reason: site}\n        - {id: \"*\"}\n        - {reason: none}\n"
    "      guard: {SuppressedRules: [SOME_RULE, [x]]}\n"
    "  B: {Metadata: {cfn_nag: {rules_to_suppress: W35}}}\n  C: {Metadata: x}\n  D: 1\n";

static void test_requests(void **state) {
    (void)state;
    static const char *const want[] = {"S3.PUBLIC", "*", "S3.PUBLIC"};
    repo_files t;
    wr_doc *doc;
    request_list all = {NULL, 0, 0};
    load_one(&t, rows[0].what, good);
    wr_src *src = wr_src_new(&t.c.arena, WR_S("t.yaml"), wr_strz(template), false);
    wr_load how = {.profile = WR_LOAD_STRICT};
    assert_int_equal(wr_doc_load(&t.c, src, &how, &doc), WR_OK);
    assert_int_equal(template_requests(&t.c, t.r, doc, src->name, &all), WR_OK);
    repo_expect(&t, "K0305 8:11, K0305 9:44, K0305 10:47");
    assert_int_equal(all.n, 3);
    for (uint32_t i = 0; i < all.n; i++) {
        assert_true(wr_eq(all.v[i]->control, wr_strz(want[i])));
        assert_true(all.v[i]->request);
    }
    assert_true(wr_eq(all.v[0]->reason, WR_S("site")));
    wr_decision d = {.subject = src->name};
    wr_reason why = {.resource = WR_S("A")};
    wr_finding f = {.decision = &d, .reason = &why, .control = WR_S("S3.PUBLIC")};
    assert_false(exception_covers(t.r, all.v[0], &f, 0)); // listed only
    t.r->settings.honour_in_template = true;
    assert_true(exception_covers(t.r, all.v[0], &f, 0));
    assert_false(exception_covers(t.r, all.v[1], &f, 0));
    why.resource = WR_S("B");
    assert_false(exception_covers(t.r, all.v[0], &f, 0));
    repo_end(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_it_covers),
        cmocka_unit_test(test_days_are_inclusive),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
