// SPDX-License-Identifier: Apache-2.0
// Documents of policies: what is read out of them, what is refused, with which code and where, and
// what each kind insists on. Compact and pretty texts, and subtrees of larger documents, are the
// same policy.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "lang/iam/iam.h"

typedef struct reading {
    wr_ctx c;
    wr_iam_set *s;
    const wr_iam_policy *p;
} reading;

static void begin_with(reading *r, const char *text, bool comments, wr_iam_parse_opts opts) {
    wr_ctx_init(&r->c, NULL);
    r->s = wr_iam_set_new(&r->c);
    wr_str copy = wr_dup(&r->c.arena, wr_strz(text));
    wr_src *src = wr_src_new(&r->c.arena, WR_S("p.json"), copy, false);
    assert_true(r->s && src);
    r->p = wr_iam_add_text(r->s, src, comments, &opts);
    assert_non_null(r->p);
}

static void begin(reading *r, wr_iam_kind kind, const char *text) {
    begin_with(r, text, false, (wr_iam_parse_opts){.kind = kind});
}

static void end(reading *r) { wr_ctx_fini(&r->c); }

// "I0105@3:7 I0106@4:1": code and place of every diagnostic; a warning has a w behind.
static const char *said(reading *r) {
    wr_str all = WR_S("");
    for (const wr_diag *d = r->c.diags; d; d = d->next) {
        wr_pos at = wr_src_pos(d->src, d->span.beg);
        all = wr_fmt(&r->c.arena, "%.*s%s%s@%u:%u%s", WR_FMT(all), all.n ? " " : "",
                     wr_code_name(d->code), (unsigned)at.line, (unsigned)at.col,
                     d->sev == WR_ERROR ? "" : "w");
    }
    return wr_dupz(&r->c.arena, all);
}

// ---------------------------------------------------------------------------------- good ones

static const char full[] =
    "{\n"
    "  \"Version\": \"2012-10-17\", \"Id\": \"doc\",\n"
    "  \"Statement\": [\n"
    "    {\"Sid\": \"A\", \"Effect\": \"Allow\", \"Principal\": {\"AWS\": [\"111122223333\",\n"
    "      \"arn:aws:iam::111122223333:root\", \"arn:aws:iam::111122223333:role/p/r\", \"*\"],\n"
    "      \"Service\": \"ec2.amazonaws.com\", \"CanonicalUser\": \"79a5\"},\n"
    "     \"Action\": [\"s3:GetObject\", \"S3:List*\"], \"Resource\": \"arn:aws:s3:::b/*\",\n"
    "     \"Condition\": {\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-1\", \"s3:prefix\": "
    "[\"a\", \"b\"]},\n"
    "                   \"Bool\": {\"aws:SecureTransport\": true}}},\n"
    "    {\"Effect\": \"Deny\", \"NotPrincipal\": {\"AWS\": \"111122223333\"},\n"
    "     \"NotAction\": \"*\", \"NotResource\": [\"arn:aws:s3\", \"*\"]}\n"
    "  ]\n"
    "}\n";

static void check_first(const wr_iam_stmt *st) {
    assert_true(wr_eq(st->sid, WR_S("A")) && !st->deny && st->index == 0);
    assert_true(st->has_resource && st->has_principal);
    assert_true(!st->not_action && !st->not_resource && !st->not_principal);
    assert_int_equal(st->actions.n, 2);
    assert_true(wr_eq(st->actions.v[1].raw, WR_S("S3:List*")));
    assert_int_equal(st->n_principals, 6);
    const wr_iam_named *who = st->principals;
    assert_true(who[0].who == WR_IAM_WHO_AWS && wr_eq(who[0].account, WR_S("111122223333")));
    assert_true(wr_eq(who[1].account, WR_S("111122223333")));
    assert_true(wr_eq(who[1].arn.f[WR_ARN_RESOURCE], WR_S("root")));
    assert_true(who[2].account.n == 0 && wr_eq(who[2].arn.f[WR_ARN_SERVICE], WR_S("iam")));
    assert_true(who[3].all && who[3].who == WR_IAM_WHO_AWS);
    assert_true(who[4].who == WR_IAM_WHO_SERVICE);
    assert_true(who[5].who == WR_IAM_WHO_CANONICAL && wr_eq(who[5].text, WR_S("79a5")));
    assert_int_equal(st->n_conds, 3);
    assert_true(wr_eq(st->conds[1].key_text, WR_S("s3:prefix")));
    assert_int_equal(st->conds[1].n_values, 2);
}

static void check_second(const wr_iam_stmt *st) {
    assert_true(st->deny && st->not_action && st->not_resource && st->not_principal);
    assert_int_equal(st->actions.n, 1);
    assert_true(st->actions.v[0].flags & WR_IAM_P_ALL);
    // What is missing of an ARN is anything.
    assert_true(wr_eq(st->resources.v[0].raw, WR_S("arn:aws:s3")));
    assert_true(wr_iam_pat_match(&st->resources.v[0], WR_S("arn:aws:s3:::b/k"), NULL, NULL) ==
                WR_YES);
    assert_true(wr_iam_pat_match(&st->resources.v[0], WR_S("arn:aws:sqs:::b"), NULL, NULL) ==
                WR_NO);
}

static void whole(void **state) {
    (void)state;
    reading r;
    begin(&r, WR_IAM_RESOURCE, full);
    assert_string_equal(said(&r), "");
    const wr_iam_policy *p = r.p;
    assert_true(!p->broken && p->variables && p->kind == WR_IAM_RESOURCE && p->n_stmts == 2);
    assert_true(wr_eq(p->name, WR_S("p.json")) && wr_eq(p->id, WR_S("doc")));
    check_first(&p->stmts[0]);
    check_second(&p->stmts[1]);
    assert_true(p->stmts[1].index == 1 && p->stmts[1].id == 1 && p->stmts[1].policy == p);
    assert_int_equal(wr_node_pos(p->doc, p->stmts[1].node).line, 10);
    assert_true(r.s->policies.n == 1 && r.s->policies.v[0] == p && r.s->n_stmts == 2);
    wr_iam_freeze(r.s);
    assert_true(r.s->frozen);
    end(&r);
}

static void keys(void **state) {
    (void)state;
    reading r;
    begin(&r, WR_IAM_RESOURCE, full);
    assert_int_equal(wr_iam_key_find(r.s, WR_S("AWS:principalarn")), WR_IAM_K_PRINCIPAL_ARN);
    assert_int_equal(wr_iam_key_find(r.s, WR_S("aws:SourceVpce")), WR_IAM_K_SOURCE_VPCE);
    uint32_t prefix = wr_iam_key_find(r.s, WR_S("S3:Prefix"));
    assert_true(prefix >= WR_IAM_N_KNOWN && prefix < wr_iam_n_keys(r.s));
    assert_true(wr_eq(wr_iam_key_name(r.s, prefix), WR_S("s3:prefix")));
    assert_int_equal(wr_iam_key_in(r.s, WR_S("s3:PREFIX")), prefix);
    assert_true(wr_iam_key_find(r.s, WR_S("s3:other")) == UINT32_MAX);
    char name[301];
    memset(name, 'K', 300);
    uint32_t high = wr_iam_key_in(r.s, wr_strn(name, 300));
    name[7] = 'k';
    assert_int_equal(wr_iam_key_find(r.s, wr_strn(name, 300)), high);
    assert_int_equal(wr_iam_key_name(r.s, high).p[0], 'k');
    end(&r);
}

static void kinds(void **state) {
    (void)state;
    wr_iam_kind k;
    for (unsigned i = 0; i < WR_IAM_N_KINDS; i++) {
        assert_true(wr_iam_kind_parse(wr_strz(wr_iam_kind_name((wr_iam_kind)i)), &k));
        assert_int_equal(k, i);
    }
    assert_false(wr_iam_kind_parse(WR_S("SCP"), &k));
}

static void arns(void **state) {
    (void)state;
    wr_iam_arn a;
    assert_true(wr_iam_arn_split(WR_S("arn:aws:sns:eu-west-1:1:t:x"), &a));
    assert_true(wr_eq(a.f[WR_ARN_RESOURCE], WR_S("t:x")) && wr_eq(a.f[WR_ARN_ACCOUNT], WR_S("1")));
    assert_true(wr_iam_arn_split(WR_S("arn:::::"), &a) && a.f[5].n == 0);
    assert_false(wr_iam_arn_split(WR_S("arn:aws:s3::b"), &a));
    assert_false(wr_iam_arn_split(WR_S("ARN:aws:s3:::b"), &a));
    assert_false(wr_iam_arn_split(WR_S(""), &a));
    assert_true(wr_iam_is_account(WR_S("111122223333")));
    assert_false(wr_iam_is_account(WR_S("11112222333")));
    assert_false(wr_iam_is_account(WR_S("11112222333a")));
}

// ---------------------------------------------------------------------------------- faults

#define S(body) "{\"Version\":\"2012-10-17\",\"Statement\":[{" body "}]}"
#define ALLOW "\"Effect\":\"Allow\","
#define GET "\"Action\":\"s3:Get*\","
#define ALL "\"Resource\":\"*\""

typedef struct row {
    wr_iam_kind kind;
    const char *text, *want;
} row;

static void check_rows(const row *rows, size_t n) {
    for (size_t i = 0; i < n; i++) {
        reading r;
        begin(&r, rows[i].kind, rows[i].text);
        const char *got = said(&r);
        if (strcmp(got, rows[i].want) != 0) fail_msg("%s\nsaid %s", rows[i].text, got);
        assert_true(r.p->broken == (r.c.n_errors > 0));
        assert_true((r.p->error.n > 0) == r.p->broken);
        end(&r);
    }
}
#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

static void shapes(void **state) {
    (void)state;
    static const row rows[] = {
        {WR_IAM_IDENTITY, "[]", "I0102@1:1"},
        {WR_IAM_IDENTITY, "\"x\"", "I0102@1:1"},
        {WR_IAM_IDENTITY, "{}", "I0105@1:1"},
        {WR_IAM_IDENTITY, "", "D0010@1:1"},
        {WR_IAM_IDENTITY, "{\"Statement\":[]}", "I0116@1:14"},
        {WR_IAM_IDENTITY, "{\"Statement\":[1,\"a\"]}", "I0106@1:15 I0106@1:17"},
        {WR_IAM_IDENTITY, "{\"Statement\":{}}", "I0105@1:14 I0105@1:14 I0105@1:14"},
        {WR_IAM_IDENTITY, "{\"statement\":{},\"Statements\":1}", "I0104@1:2 I0104@1:17 I0105@1:1"},
        {WR_IAM_IDENTITY,
         "{\"Version\":\"2013-10-17\",\"Id\":[],\"Statement\":{" ALLOW GET ALL "}}",
         "I0109@1:12 I0106@1:30"},
        {WR_IAM_IDENTITY, "{\"Version\":20121017,\"Statement\":{" ALLOW GET ALL "}}", "I0106@1:12"},
        {WR_IAM_IDENTITY, "{\"Version\":\"2008-10-17\",\"Statement\":{" ALLOW GET ALL "}}", ""},
        {WR_IAM_IDENTITY, S(ALLOW GET ALL ",\"Extra\":1"), "I0104@1:90"},
        {WR_IAM_IDENTITY, S(ALLOW GET ALL ",\"Effect\":\"Deny\""), "I0103@1:90"},
        {WR_IAM_IDENTITY, S("\"Effect\":\"allow\"," GET ALL), "I0110@1:48"},
        {WR_IAM_IDENTITY, S("\"Effect\":true," GET ALL), "I0106@1:48"},
        {WR_IAM_IDENTITY, S("\"Sid\":\"a b\"," ALLOW GET ALL), "I0111@1:45w"},
        {WR_IAM_IDENTITY, S("\"Sid\":\"\"," ALLOW GET ALL), ""},
        {WR_IAM_RESOURCE, S("\"Sid\":\"a b\",\"Principal\":\"*\"," ALLOW GET ALL), ""},
        {WR_IAM_IDENTITY,
         "{\"Statement\":[{\"Sid\":\"a\"," ALLOW GET ALL "},{\"Sid\":\"a\"," ALLOW GET ALL "}]}",
         "I0111@1:78"},
    };
    CHECK(rows);
}

static void actions(void **state) {
    (void)state;
    static const row rows[] = {
        {WR_IAM_IDENTITY, S(ALLOW "\"Action\":\"*\"," ALL), ""},
        {WR_IAM_IDENTITY, S(ALLOW "\"Action\":\"s*:G?t\"," ALL), ""},
        {WR_IAM_IDENTITY, S(ALLOW "\"Action\":\"*:*\"," ALL), ""},
        {WR_IAM_IDENTITY, S(ALLOW "\"Action\":\"iam: odd but taken\"," ALL), ""},
        {WR_IAM_IDENTITY, S(ALLOW "\"Action\":\"*Object\"," ALL), "I0112@1:65"},
        {WR_IAM_IDENTITY, S(ALLOW "\"Action\":[\"\",\":x\",\"s3:a:b\",\"a b:c\"]," ALL),
         "I0112@1:66 I0112@1:69 I0112@1:74 I0112@1:83"},
        {WR_IAM_IDENTITY, S(ALLOW "\"Action\":[]," ALL), "I0116@1:65"},
        {WR_IAM_IDENTITY, S(ALLOW "\"Action\":{\"a\":1}," ALL), "I0106@1:65"},
        {WR_IAM_IDENTITY, S(ALLOW "\"Action\":[[\"s3:a\"],7]," ALL), "I0106@1:66 I0106@1:75"},
        {WR_IAM_IDENTITY, S(ALLOW GET "\"NotAction\":\"s3:*\"," ALL), "I0107@1:75"},
    };
    CHECK(rows);
}

static void resources(void **state) {
    (void)state;
    static const row rows[] = {
        {WR_IAM_IDENTITY, S(ALLOW GET "\"Resource\":\"b\""), "I0113@1:86"},
        {WR_IAM_IDENTITY, S(ALLOW GET "\"Resource\":\"\""), "I0113@1:86"},
        {WR_IAM_IDENTITY, S(ALLOW GET "\"Resource\":\"arn:aws\""), "I0113@1:86"},
        {WR_IAM_IDENTITY, S(ALLOW GET "\"Resource\":\"arn:aws:\""), "I0113@1:86"},
        {WR_IAM_IDENTITY, S(ALLOW GET "\"Resource\":\"arn:aws:s3::b\""), "I0113@1:86"},
        {WR_IAM_IDENTITY, S(ALLOW GET "\"Resource\":\"arn:aws:s3::b/*\""), "I0113@1:86"},
        {WR_IAM_IDENTITY, S(ALLOW GET "\"Resource\":\"arn:aws::*\""), "I0113@1:86"},
        {WR_IAM_IDENTITY, S(ALLOW GET "\"Resource\":[\"arn:aws:s3:*\",\"arn:aws*\"]"), ""},
        {WR_IAM_IDENTITY, S(ALLOW GET "\"Resource\":[\"arn:*\"]"), ""},
        {WR_IAM_IDENTITY, S(ALLOW GET "\"Resource\":[\"*\",null]"), "I0106@1:91w"},
        {WR_IAM_IDENTITY, S(ALLOW GET "\"Resource\":[]"), "I0116@1:86"},
        {WR_IAM_IDENTITY, S(ALLOW GET ALL ",\"NotResource\":\"*\""), "I0107@1:90"},
    };
    CHECK(rows);
}

static void principals(void **state) {
    (void)state;
#define WHO(w) S(ALLOW GET ALL ",\"Principal\":" w)
    static const row rows[] = {
        {WR_IAM_RESOURCE, WHO("\"*\""), ""},
        {WR_IAM_RESOURCE, WHO("{}"), ""},
        {WR_IAM_RESOURCE, WHO("{\"AWS\":[]}"), ""},
        {WR_IAM_RESOURCE, WHO("{\"AWS\":\"AROAEXAMPLEEXAMPLE12\"}"), ""},
        {WR_IAM_RESOURCE, WHO("\"111122223333\""), "I0114@1:102"},
        {WR_IAM_RESOURCE, WHO("{\"AWS\":\"arn:aws:s3::111122223333:root\"}"), "I0114@1:109"},
        {WR_IAM_RESOURCE, WHO("[\"*\"]"), "I0106@1:102"},
        {WR_IAM_RESOURCE, WHO("{\"Aws\":\"*\"}"), "I0104@1:103"},
        {WR_IAM_RESOURCE, WHO("{\"AWS\":[\"12\",\"arn:aws:iam::111122223333:role/*\"]}"),
         "I0114@1:110 I0114@1:115"},
        {WR_IAM_RESOURCE, WHO("{\"Service\":[\"\",3]}"), "I0114@1:114 I0106@1:117"},
    };
#undef WHO
    CHECK(rows);
}

static void conditions(void **state) {
    (void)state;
#define IF(c) S(ALLOW GET ALL ",\"Condition\":" c)
    static const row rows[] = {
        {WR_IAM_IDENTITY, IF("{}"), ""},
        {WR_IAM_IDENTITY, IF("[]"), "I0106@1:102"},
        {WR_IAM_IDENTITY, IF("{\"Bool\":\"a\"}"), "I0106@1:110"},
        {WR_IAM_IDENTITY, IF("{\"Bool\":{\"a:b\":\"true\"},\"Bool\":{}}"), "I0103@1:125"},
        {WR_IAM_IDENTITY, IF("{\"Bool\":{\"a:b\":\"true\",\"a:b\":\"false\"}}"), "I0103@1:124"},
    };
#undef IF
    CHECK(rows);
}

static void by_kind(void **state) {
    (void)state;
#define ANY ",\"Principal\":\"*\""
#define DENY "\"Effect\":\"Deny\","
    static const row rows[] = {
        {WR_IAM_BOUNDARY, S(ALLOW GET ALL ANY), "I0108@1:90"},
        {WR_IAM_SESSION, S(ALLOW GET ALL ANY), "I0108@1:90"},
        {WR_IAM_SCP, S(ALLOW GET ALL ANY), "I0108@1:90"},
        {WR_IAM_SCP,
         S(ALLOW "\"NotAction\":\"s3:*\",\"Resource\":\"arn:aws:s3:::b\","
                 "\"Condition\":{\"Bool\":{\"a:b\":\"true\"}}"),
         ""},
        {WR_IAM_SCP, S(ALLOW "\"Action\":\"s3:*t\",\"NotResource\":\"arn:aws:s3:::b\""), ""},
        {WR_IAM_RESOURCE, S(ALLOW GET ALL), "I0105@1:38"},
        {WR_IAM_RESOURCE, S(ALLOW "\"Action\":\"s3:*\"" ANY), ""},
        {WR_IAM_ENDPOINT, S(ALLOW "\"Action\":\"s3:*\"" ANY), "I0105@1:38"},
        {WR_IAM_TRUST, S(ALLOW "\"Action\":\"sts:AssumeRole\"" ANY), ""},
        {WR_IAM_TRUST, S(ALLOW "\"Action\":[\"sts:TagSession\",\"s3:a\",\"*\"]" ANY),
         "I0115@1:83 I0115@1:90"},
        {WR_IAM_TRUST, S(ALLOW "\"Action\":\"sts:AssumeRole\"," ALL ANY), "I0108@1:82"},
        {WR_IAM_TRUST, S(DENY "\"Action\":\"sts:AssumeRole\",\"NotPrincipal\":\"*\""),
         "I0108@1:81"},
        {WR_IAM_RCP, S(DENY GET ALL ANY), ""},
        {WR_IAM_RCP, S(ALLOW GET ALL ANY), "I0115@1:48"},
        {WR_IAM_RCP, S(ALLOW "\"Action\":\"*\"," ALL ANY), ""}, // RCPFullAWSAccess
        {WR_IAM_RCP, S(DENY "\"Action\":\"*\"," ALL ANY), "I0115@1:64"},
        {WR_IAM_RCP, S(DENY GET ALL ",\"Principal\":{\"AWS\":\"*\"}"), "I0115@1:101"},
        {WR_IAM_RCP, S(DENY "\"NotAction\":\"s3:*\"," ALL ANY), "I0108@1:55"},
        {WR_IAM_RCP, S(DENY GET ALL ",\"NotPrincipal\":\"*\""), "I0108@1:89"},
        {WR_IAM_RCP, "{\"Statement\":{" DENY GET ALL ANY "}}", "I0105@1:1"},
        {WR_IAM_RCP, "{\"Version\":\"2008-10-17\",\"Statement\":{" DENY GET ALL ANY "}}",
         "I0109@1:12"},
    };
    CHECK(rows);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reading r; // the rules of a kind alone break nothing when they are not insisted on
        begin_with(&r, rows[i].text, false,
                   (wr_iam_parse_opts){.kind = rows[i].kind, .tolerant = true});
        bool hard = rows[i].kind == WR_IAM_ENDPOINT;
        assert_true(r.p->broken == hard && r.p->n_stmts == 1);
        assert_true((r.c.n_diags > 0) == (rows[i].want[0] != '\0'));
        end(&r);
    }
}

// ---------------------------------------------------------------------------------- texts

static void comments(void **state) {
    (void)state;
    static const char text[] = "// one\n{\"Statement\": {" ALLOW GET " /* two\n */ " ALL "}}";
    reading r;
    begin_with(&r, text, true, (wr_iam_parse_opts){.kind = WR_IAM_IDENTITY});
    assert_string_equal(said(&r), "");
    assert_int_equal(r.p->n_stmts, 1);
    const wr_iam_pat *res = &r.p->stmts[0].resources.v[0];
    assert_true(wr_node_pos(r.p->doc, res->node).line == 3);
    assert_true(wr_node_pos(r.p->doc, res->node).col == 16);
    assert_true(r.p->doc->srcs[0] == r.p->src && wr_eq(r.p->src->text, wr_strz(text)));
    end(&r);
    // Not asked for: named, and what else is wrong is still found.
    begin(&r, WR_IAM_IDENTITY, "{\"Statement\": {" ALLOW " // why\n\"Action\":1," ALL "}}");
    assert_string_equal(said(&r), "I0101@1:34 I0106@2:10");
    assert_true(r.p->broken && wr_starts(r.p->error, WR_S("p.json:1:34: ")));
    end(&r);
    // "//" in a string is none.
    begin(&r, WR_IAM_IDENTITY, "{\"Id\":\"http://x\\\"//y\",\"Statement\": {" ALLOW GET ALL "}}");
    assert_string_equal(said(&r), "");
    end(&r);
    begin_with(&r, "{} /* x", true, (wr_iam_parse_opts){.kind = WR_IAM_IDENTITY});
    assert_string_equal(said(&r), "I0101@1:4");
    assert_true(r.p->broken && r.p->n_stmts == 0);
    end(&r);
    begin(&r, WR_IAM_IDENTITY, "{\"Statement\": / }");
    assert_string_equal(said(&r), "D0002@1:15");
    end(&r);
}

static void subtree(void **state) {
    (void)state;
    static const char text[] =
        "{\"a\": [1, {\"Statement\": {" ALLOW GET ALL "}, \"Version\": \"2012-10-17\"}]}";
    static const char alone[] = "{\"Statement\":{" ALLOW GET ALL "},\"Version\":\"2012-10-17\"}";
    reading r;
    wr_doc *d;
    uint8_t part[32], whole_doc[32], same[32];
    begin(&r, WR_IAM_IDENTITY, alone);
    wr_src *src = wr_src_new(&r.c.arena, WR_S("dump.json"), wr_strz(text), false);
    assert_int_equal(wr_json_read(&r.c, src, &(wr_load){.is_json = true}, &d), WR_OK);
    const wr_node *at = wr_map_getz(d, d->root, "a")->u.kids + 1;
    const wr_iam_policy *p = wr_iam_add(
        r.s, d, at, &(wr_iam_parse_opts){.kind = WR_IAM_IDENTITY, .name = WR_S("inner")});
    assert_true(p && !p->broken && p->variables && p->n_stmts == 1 && p->id_in_set == 1);
    assert_true(wr_eq(p->name, WR_S("inner")) && p->stmts[0].id == 1 && p->root == at);
    wr_iam_digest(p, part);
    wr_iam_digest(r.p, whole_doc);
    assert_memory_equal(part, whole_doc, 32); // compact text: the same bytes
    wr_sha256(wr_strz(alone), same);
    assert_memory_equal(part, same, 32);
    end(&r);
}

static void unknown_values(void **state) {
    (void)state;
    reading r;
    begin(&r, WR_IAM_IDENTITY, S(ALLOW GET ALL));
    wr_doc *d = (wr_doc *)r.p->doc;
    const wr_node *st = r.p->stmts[0].node;
    ((wr_node *)wr_map_getz(d, st, "Resource"))->flags |= WR_F_UNKNOWN;
    const wr_iam_policy *p =
        wr_iam_add(r.s, d, NULL, &(wr_iam_parse_opts){.kind = WR_IAM_IDENTITY});
    assert_string_equal(said(&r), "I0118@1:86w");
    assert_true(p->broken && p->error.n > 0 && r.c.n_errors == 0);
    assert_true(p->stmts[0].has_resource && p->stmts[0].resources.n == 0);
    end(&r);
}

// A text with many faults keeps as many diagnostics as the limit says, and stays broken.
static void many_faults(void **state) {
    (void)state;
    reading r;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "{\"Statement\":[");
    for (int i = 0; i < 5000; i++) wr_putz(&b, "1,");
    wr_putz(&b, "2]}");
    wr_putc(&b, '\0');
    begin(&r, WR_IAM_IDENTITY, b.p);
    assert_true(r.p->broken && r.c.n_errors == 5001);
    assert_int_equal(r.c.n_diags, wr_limits_default.diags);
    end(&r);
    wr_buf_fini(&b);
}

// Pretty and compact are one policy.
static void put_policy(wr_buf *b, const wr_iam_policy *p) {
    for (uint32_t i = 0; i < p->n_stmts; i++) {
        const wr_iam_stmt *st = &p->stmts[i];
        wr_putf(b, "%.*s %d%d%d%d ", WR_FMT(st->sid), st->deny, st->not_action, st->not_resource,
                st->not_principal);
        for (uint32_t k = 0; k < st->actions.n; k++) wr_puts(b, st->actions.v[k].raw);
        for (uint32_t k = 0; k < st->resources.n; k++) wr_puts(b, st->resources.v[k].raw);
        for (uint32_t k = 0; k < st->n_principals; k++) wr_puts(b, st->principals[k].text);
        for (uint32_t k = 0; k < st->n_conds; k++) {
            wr_puts(b, st->conds[k].op_text);
            wr_puts(b, st->conds[k].key_text);
            for (uint32_t v = 0; v < st->conds[k].n_values; v++)
                wr_puts(b, st->conds[k].values[v].pat.raw);
        }
    }
}

static void pretty_and_compact(void **state) {
    (void)state;
    reading r, again;
    wr_buf text[2], shown[2];
    begin(&r, WR_IAM_RESOURCE, full);
    for (int i = 0; i < 2; i++) {
        wr_buf_init(&text[i], 0);
        wr_buf_init(&shown[i], 0);
        assert_int_equal(wr_put_json(&text[i], r.p->root, i - 1), WR_OK);
        wr_putc(&text[i], '\0');
        begin(&again, WR_IAM_RESOURCE, text[i].p);
        assert_string_equal(said(&again), "");
        put_policy(&shown[i], again.p);
        end(&again);
        wr_buf_fini(&text[i]);
    }
    assert_true(shown[0].n > 200 && wr_eq(wr_buf_str(&shown[0]), wr_buf_str(&shown[1])));
    wr_buf_fini(&shown[0]);
    wr_buf_fini(&shown[1]);
    end(&r);
}

// However little memory there is: NULL, or the whole policy.
static void out_of_memory(void **state) {
    (void)state;
    unsigned failed = 0;
    for (size_t cap = 0; cap < 40000; cap += 200) {
        wr_ctx c;
        wr_ctx_init(&c, NULL);
        c.arena.cap = cap + 1;
        wr_iam_set *s = wr_iam_set_new(&c);
        wr_src *src = s ? wr_src_new(&c.arena, WR_S("p"), wr_strz(full), false) : NULL;
        const wr_iam_policy *p =
            src ? wr_iam_add_text(s, src, true, &(wr_iam_parse_opts){.kind = WR_IAM_RESOURCE})
                : NULL;
        if (p == NULL) failed++;
        else assert_true(!p->broken && p->n_stmts == 2);
        wr_ctx_fini(&c);
    }
    assert_true(failed > 0 && failed < 200);
}

// Actions of all lengths around a block, with each character that means something at each place.
static void check_action(size_t n, size_t at, char put) {
    char text[400], action[100] = "s3:";
    reading r;
    memset(action + 3, 'B', n - 3);
    action[at] = put;
    (void)snprintf(text, sizeof text,
                   "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\","
                   " \"Action\": [\"s3:GetObject\", \"%s\"], \"Resource\": \"*\"}}",
                   action);
    begin(&r, WR_IAM_IDENTITY, text);
    assert_int_equal(r.p->broken, put == ':');
    if (put != ':') {
        const wr_iam_pat *p = &r.p->stmts[0].actions.v[1];
        bool star = put == '*' && at + 1 == n, wild = put == '?' || (put == '*' && !star);
        assert_true(wr_eq(p->raw, wr_strz(action)) && (p->flags & WR_IAM_P_NOCASE));
        assert_int_equal((p->flags & WR_IAM_P_PREFIX) != 0, star);
        assert_int_equal((p->flags & WR_IAM_P_LITERAL) != 0, !star && !wild);
        if (!wild) assert_int_equal(p->n, n - star);
    }
    end(&r);
}

static void actions_by_the_block(void **state) {
    (void)state;
    for (size_t n = 4; n < 80; n++)
        for (size_t at = 3; at < n; at++)
            for (const char *c = "B:*?$"; *c; c++) check_action(n, at, *c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole),
        cmocka_unit_test(keys),
        cmocka_unit_test(kinds),
        cmocka_unit_test(arns),
        cmocka_unit_test(shapes),
        cmocka_unit_test(actions),
        cmocka_unit_test(resources),
        cmocka_unit_test(principals),
        cmocka_unit_test(conditions),
        cmocka_unit_test(by_kind),
        cmocka_unit_test(comments),
        cmocka_unit_test(subtree),
        cmocka_unit_test(unknown_values),
        cmocka_unit_test(many_faults),
        cmocka_unit_test(pretty_and_compact),
        cmocka_unit_test(out_of_memory),
        cmocka_unit_test(actions_by_the_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
