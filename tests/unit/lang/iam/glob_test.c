// SPDX-License-Identifier: Apache-2.0
// Patterns against texts: cases of the guide, and random ones against matchers written another way
// (tables over all pairs of positions; ARNs cut into fields first). What a pattern may cost.
#include <time.h>

#include "ask.h"
#include "naive.h"

// ---- random texts

static uint64_t rnd(uint64_t *s) {
    *s = *s * 6364136223846793005u + 1442695040888963407u;
    return *s >> 33;
}

// Pieces from `from` (texts separated by blanks), up to max of them.
static void random_text(uint64_t *seed, const char *from, unsigned max, char *out) {
    const char *piece[32];
    size_t len[32], n = 0;
    for (const char *p = from; *p; p += *p == ' ') {
        piece[n] = p;
        p += len[n] = strcspn(p, " ");
        n++;
    }
    unsigned want = (unsigned)(rnd(seed) % (max + 1));
    for (unsigned i = 0; i < want; i++) {
        size_t k = rnd(seed) % n;
        memcpy(out, piece[k], len[k]);
        out += len[k];
    }
    *out = 0;
}

// ---- ours

static wr_iam_pat compiled(ask *k, const char *text, enum iam_pat_how how) {
    wr_iam_policy policy = {.variables = true};
    iam_reader r = {.set = k->set, .policy = &policy};
    wr_iam_pat p;
    assert_int_equal(iam_pat_make(&r, wr_strz(text), NULL, how, &p), WR_OK);
    return p;
}

static void compare(enum iam_pat_how how, bool (*other)(const char *, size_t, const char *, size_t),
                    const char *pattern_from, const char *text_from, unsigned max,
                    const char *head) {
    ask k;
    uint64_t seed = 20120417;
    ask_open(&k, "2012-10-17", "\"Resource\":\"*\"");
    unsigned hits = 0, rounds = 200000;
    for (unsigned i = 0; i < rounds; i++) {
        char p[128], t[128];
        wr_mark m = wr_arena_mark(&k.ctx.arena);
        size_t n = rnd(&seed) % 8 ? strlen(head) : 0; // what both mostly begin with
        memcpy(p, head, n);
        memcpy(t, head, n);
        random_text(&seed, pattern_from, max, p + n);
        random_text(&seed, text_from, max, t + n);
        wr_iam_pat pat = compiled(&k, p, how);
        bool ours = wr_iam_pat_match(&pat, wr_strz(t), NULL, NULL) == WR_YES;
        bool theirs = other(p, strlen(p), t, strlen(t));
        if (ours != theirs) print_error("%s with %s: %d\n", p, t, ours);
        assert_int_equal(ours, theirs);
        hits += ours;
        wr_arena_rewind(&k.ctx.arena, m);
    }
    assert_true(hits > rounds / 100); // the texts are near enough to say something
    ask_close(&k);
}

static void strings(void **state) {
    (void)state;
    compare(IAM_PAT_STRING, naive_string, "a b * ? \u00E9 : \n ab *a", "a b \u00E9 \u20AC : \n ab",
            7, "");
    compare(IAM_PAT_STRING, naive_string, "a * *? b", "a b \u20AC \U0001F600", 9, "");
}

static void resources(void **state) {
    (void)state;
    compare(IAM_PAT_RESOURCE, naive_resource, "arn: a * ? : :: a*: *: a:b", "arn: a b : :: a:b", 9,
            "");
    compare(IAM_PAT_RESOURCE, naive_resource, "a *a: *: :a*a: ?: :", "a aa : :a", 9, "");
}

static void arns(void **state) {
    (void)state;
    compare(IAM_PAT_ARN, naive_arn,
            "* a *: :: a: :a a* ?: :*: :*:*:*:*:", "a: :a: :: :::: a b a:", 6, "arn:");
    compare(IAM_PAT_ARN, naive_arn, "* a b ? :", "a b :", 7, "arn:a:b::");
}

// ---- cases of the guide

static void resource_cases(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *resource;
        bool want;
    } rows[] = {
        {"*", "*", true},
        {"arn:*", "*", false},
        {"arn:*", "arn:aws:s3:::b", true},
        {"arn:aws:sqs:*", "arn:aws:sqs:us-east-1:1:q", true},
        {"arn:aws:sqs:us*:q", "arn:aws:sqs:us-east-1:1:q", true},
        {"arn:aws:sqs:u*t-1:q", "arn:aws:sqs:us-east-1:1:q", false},
        {"arn:aws:s3:::b/*.txt", "arn:aws:s3:::b/x/y.txt", true},
        {"arn:aws:s3:::b/*", "arn:aws:s3:::b/a\nb", true},
        {"arn:aws:s3:::b/?", "arn:aws:s3:::b/\u20AC", true},
        {"arn:aws:s3:::b/*", "arn:aws:s3:::b", false},
        {"arn:aws:s3:::B/*", "arn:aws:s3:::b/x", false},
        {"arn:aws:S3:::b", "arn:aws:s3:::b", false},
        {"arn:aws:wafv2:*:*:*/webacl/*/*", "arn:aws:wafv2:us-east-1:1:global/webacl/a/b", true},
        {"arn:aws:logs:*:*:*:/aws-glue/*", "arn:aws:logs:r:1:log-group:/aws-glue/x", true},
        {"arn:aws:iam::1:u*", "arn:aws:iam::1:user/bob", true},
        {"arn:aws:logs:r:1:log-group:*:x", "arn:aws:logs:r:1:log-group:a:b:x", true},
        {"arn:aws:s3:::${*}", "arn:aws:s3:::*", true},
        {"arn:aws:s3:::${*}", "arn:aws:s3:::b", false},
        {"arn:aws:s3:${*}::b", "arn:aws:s3:*::b", false},
    };
    ask k;
    ask_open(&k, "2012-10-17", "\"Resource\":\"*\"");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        wr_iam_pat p = compiled(&k, rows[i].pattern, IAM_PAT_RESOURCE);
        bool got = wr_iam_pat_match(&p, wr_strz(rows[i].resource), NULL, NULL) == WR_YES;
        if (got != rows[i].want) print_error("%s with %s\n", rows[i].pattern, rows[i].resource);
        assert_int_equal(got, rows[i].want);
    }
    ask_close(&k);
}

// What a statement's Resource or NotResource says, with variables and facts that are not known.
static void statements(void **state) {
    (void)state;
    static const struct {
        const char *body, *resource, *context;
        char want;
        const char *need;
    } rows[] = {
        {"\"Resource\":\"arn:aws:s3:::b/${u}/*\"", "arn:aws:s3:::b/x/y", "{\"u\":\"x\"}", 'y', ""},
        {"\"Resource\":\"arn:aws:s3:::b/${u}/*\"", "arn:aws:s3:::b/x/y", "{\"u\":\"*\"}", 'n', ""},
        {"\"Resource\":\"arn:aws:s3:::b/${u}/*\"", "arn:aws:s3:::b/x/y", "{}", 'n', ""},
        {"\"Resource\":\"arn:aws:s3:::b/${u}/*\"", "arn:aws:s3:::b/x/y", "{\"u\":null}", 'm', "u"},
        {"\"Resource\":\"arn:aws:s3:::b/${u}/*\"", "arn:aws:s3:::c/x/y", "{\"u\":null}", 'n', ""},
        {"\"Resource\":\"arn:aws:s3:${u}::b\"", "arn:aws:s3:x::b", "{\"u\":\"x\"}", 'n', ""},
        {"\"NotResource\":\"arn:aws:s3:::b/${u}/*\"", "arn:aws:s3:::c", "{\"u\":\"x\"}", 'y', ""},
        {"\"NotResource\":\"arn:aws:s3:::b/${u}/*\"", "arn:aws:s3:::b/x/y", "{\"u\":\"x\"}", 'n',
         ""},
        {"\"NotResource\":\"arn:aws:s3:::b/${u}/*\"", "arn:aws:s3:::c", "{}", 'n', ""},
        {"\"NotResource\":\"arn:aws:s3:::b/${u}/*\"", "arn:aws:s3:::c", "{\"u\":null}", 'm', "u"},
        {"\"NotResource\":\"arn:aws:s3:::b/${u, 'd'}/*\"", "arn:aws:s3:::c", "{\"u\":null}", 'y',
         ""},
        {"\"NotResource\":[\"arn:aws:s3:::c\",\"arn:aws:s3:::${u}\"]", "arn:aws:s3:::c",
         "{\"u\":null}", 'n', ""},
        {"\"Resource\":[\"arn:aws:s3:::${u}\",\"arn:aws:s3:::c\"]", "arn:aws:s3:::c",
         "{\"u\":null}", 'y', ""},
        {"\"Resource\":\"arn:aws:s3:::b\"", NULL, "{}", 'm', "resource"},
        {"\"Resource\":\"*\"", NULL, "{}", 'y', ""},
        {"\"NotResource\":\"arn:aws:s3:::b\"", NULL, "{}", 'm', "resource"},
        {"\"NotResource\":\"*\"", NULL, "{}", 'n', ""},
        {"\"Resource\":\"arn:aws:s3:::b\"", "*", "{}", 'n', ""},
        {"\"NotResource\":\"arn:aws:s3:::b\"", "*", "{}", 'y', ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask k;
        ask_open(&k, "2012-10-17", rows[i].body);
        ask_context(&k, rows[i].context);
        if (rows[i].resource) wr_iam_request_resource(&k.req, wr_strz(rows[i].resource));
        k.req.resource_unknown = !rows[i].resource;
        char got = "nmy"[wr_iam_match_resource(ask_stmt(&k), &k.req, &k.need)];
        wr_str need = ask_needed(&k);
        if (got != rows[i].want) print_error("%s %s: %c\n", rows[i].body, rows[i].context, got);
        assert_int_equal(got, rows[i].want);
        assert_true(wr_eq(need, wr_strz(rows[i].need)));
        ask_close(&k);
    }
}

static void actions(void **state) {
    (void)state;
    static const char *const yes[] = {"*",  "s3:*", "S3:getOBJECT", "s3:Get?bject", "s*:GetObject",
                                      "*:*"};
    static const char *const no[] = {"s3:Put*", "s3:GetObjectAcl", "s3:GetObject?", "ec2:*"};
    ask k;
    ask_open(&k, "2012-10-17", "\"Resource\":\"*\"");
    assert_int_equal(wr_iam_request_action(&k.req, WR_S("s3:GetObject")), WR_OK);
    for (size_t i = 0; i < 6 + 4; i++) {
        wr_iam_pat p = compiled(&k, i < 6 ? yes[i] : no[i - 6], IAM_PAT_ACTION);
        wr_iam_stmt st = {.actions = {&p, 1}};
        assert_int_equal(wr_iam_match_action(&st, &k.req), i < 6 ? WR_YES : WR_NO);
        st.not_action = true;
        assert_int_equal(wr_iam_match_action(&st, &k.req), i < 6 ? WR_NO : WR_YES);
    }
    ask_close(&k);
}

// ---- cost

// Patterns made to be slow, on 100 KB of text: each is done in far less than a second. A matcher
// that tries every star against every other would not come back.
static void bounded(void **state) {
    (void)state;
    enum { N = 100 * 1024 };
    static char text[N + 64], p[1024];
    memset(text, 'a', N);
    ask k;
    ask_open(&k, "2012-10-17", "\"Resource\":\"*\"");
    clock_t begin = clock();
    for (unsigned how = 0; how < 6; how++) {
        p[0] = 0;
        if (how % 2) snprintf(p, sizeof p, "arn:*:*:*a*a*:*a:");
        memcpy(text, how % 2 ? "arn:a:a:aaaaaaa:aa:" : "aaaaaaaaaaaaaaaaaaa", 19);
        for (unsigned i = 0; i < 60; i++)
            strncat(p,
                    how / 2 == 0   ? "*a"
                    : how / 2 == 1 ? "*a?a"
                                   : "*?aa",
                    sizeof p - strlen(p) - 1);
        strncat(p, "*b", sizeof p - strlen(p) - 1);
        wr_iam_pat s = compiled(&k, p, IAM_PAT_STRING), r = compiled(&k, p, IAM_PAT_RESOURCE);
        wr_iam_pat a = compiled(&k, p, IAM_PAT_ARN);
        assert_int_equal(wr_iam_pat_match(&s, wr_strn(text, N), NULL, NULL), WR_NO);
        assert_int_equal(wr_iam_pat_match(&r, wr_strn(text, N), NULL, NULL), WR_NO);
        assert_int_equal(wr_iam_pat_match(&a, wr_strn(text, N), NULL, NULL), WR_NO);
    }
    // Stars that cross fields before stars that do not, and a text that is all colons.
    for (unsigned i = 0; i < N; i++) text[i] = i % 2 ? ':' : 'a';
    wr_iam_pat r = compiled(&k, "a*:*a*a:?*a:*a?:a*b", IAM_PAT_RESOURCE);
    assert_int_equal(wr_iam_pat_match(&r, wr_strn(text, N), NULL, NULL), WR_NO);
    double took = (double)(clock() - begin) / CLOCKS_PER_SEC;
    if (took > 2) print_error("%.1f s\n", took);
    assert_true(took < 2); // 0.05 s without sanitizers
    ask_close(&k);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),        cmocka_unit_test(resources),  cmocka_unit_test(arns),
        cmocka_unit_test(resource_cases), cmocka_unit_test(statements), cmocka_unit_test(actions),
        cmocka_unit_test(bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
