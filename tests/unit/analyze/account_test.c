// SPDX-License-Identifier: Apache-2.0
// account_test: account dumps in every form AWS's tools write them, their faults by place, and that
// what a dump does not hold is never decided for certain: a missing policy leaves certain Denies
// alone and makes everything else unknown.

#include "analyze/analyze.h"

#include <setjmp.h>

#include <cmocka.h>

static wr_ctx ctx;

static wr_acct *load_from(const char *text, wr_iam_set *set) {
    const wr_doc *doc = NULL;
    wr_acct *acct = NULL;
    const wr_src *src = wr_src_new(&ctx.arena, WR_S("d.json"), wr_strz(text), false);
    assert_non_null(src);
    assert_int_equal(wr_acct_read(&ctx, src, &doc), WR_OK);
    wr_rc rc = wr_acct_load(&ctx, set, doc, &acct);
    assert_int_equal(rc == WR_OK, acct != NULL);
    return acct;
}

static wr_acct *load(const char *text) { return load_from(text, wr_iam_set_new(&ctx)); }

#define ARN "arn:aws:iam::111122223333:"
#define DOC(effect)                                                                                \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"" effect                             \
    "\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"
#define USER(name, more)                                                                           \
    "{\"UserName\":\"" name "\",\"Arn\":\"" ARN "user/" name "\",\"Path\":\"/\"," more "}"
#define USERS(list) "{\"UserDetailList\":[" list "]}"
#define INLINE(doc) "\"UserPolicyList\":[{\"PolicyName\":\"P\",\"PolicyDocument\":" doc "}]"
#define ATTACHED(arn)                                                                              \
    "\"AttachedManagedPolicies\":[{\"PolicyArn\":\"" arn "\",\"PolicyName\":\"X\"}]"
#define GONE "arn:aws:iam::aws:policy/Gone"

// The outcome of s3:GetObject for a user, all keys unknown, or (exact) absent.
static wr_outcome outcome(const wr_acct *a, const char *user, bool exact, wr_str *needed) {
    wr_iam_layers l = {0};
    wr_iam_request r;
    wr_iam_result out;
    bool missing = false;
    wr_iam_set *set = a->set;
    const wr_acct_entity *e = wr_acct_find(a, wr_strz(user));
    assert_non_null(e);
    assert_int_equal(wr_acct_layers(&ctx, a, e, &l, &missing), WR_OK);
    if (!set->frozen) wr_iam_freeze(set);
    wr_iam_stack *st = wr_iam_stack_new(&ctx.arena, set, &l);
    wr_iam_eval *eval = wr_iam_eval_new(&ctx.arena, set);
    assert_true(st && eval && wr_iam_request_init(&r, set, &ctx.arena) == WR_OK);
    wr_iam_request_reset(&r, exact ? WR_IAM_ABSENT : WR_IAM_NOT_KNOWN);
    if (exact) wr_acct_request_missing(&r);
    assert_true(wr_iam_principal_parse(e->arn, &r.principal));
    assert_int_equal(wr_iam_request_action(&r, WR_S("s3:GetObject")), WR_OK);
    wr_iam_request_resource(&r, WR_S("arn:aws:s3:::b/k"));
    wr_iam_decide(eval, st, &r, &out);
    const wr_iam_need *need = wr_iam_needed(eval);
    for (uint32_t k = 0; needed && out.outcome == WR_UNKNOWN && k < wr_iam_n_keys(set); k++)
        if (need->keys[k / 64] >> (k % 64) & 1)
            *needed = wr_world_fact(&ctx.arena, set, wr_iam_key_name(set, k));
    assert_true(missing || out.outcome != WR_UNKNOWN);
    return out.outcome;
}

static void document_forms(void **state) {
    static const char *const dump[] = {
        USERS(USER("ann", INLINE(DOC("Allow")))),
        USERS(USER("ann", INLINE("\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":{"
                                 "\\\"Effect\\\":\\\"Allow\\\",\\\"Action\\\":\\\"s3:*\\\","
                                 "\\\"Resource\\\":\\\"*\\\"}}\""))),
        USERS(USER("ann", INLINE("\"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B"
                                 "%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGet%2A%22"
                                 "%2C%22Resource%22%3A%22%2a%22%7D%7D\""))),
    };
    (void)state;
    for (size_t i = 0; i < sizeof dump / sizeof *dump; i++) {
        wr_acct *a = load(dump[i]);
        assert_non_null(a);
        assert_true(wr_eq(a->id, WR_S("111122223333")));
        assert_int_equal(outcome(a, "ann", true, NULL), WR_ALLOW);
    }
}

static void default_versions(void **state) {
    (void)state;
    wr_acct *a = load("{\"Policies\":[{\"Arn\":\"" ARN "policy/P\",\"PolicyName\":\"P\","
                      "\"DefaultVersionId\":\"v2\",\"PolicyVersionList\":["
                      "{\"VersionId\":\"v1\",\"IsDefaultVersion\":false,\"Document\":" DOC(
                          "Deny") "},{\"VersionId\":\"v2\",\"IsDefaultVersion\":true,"
                                  "\"Document\":" DOC("Allow") "}]}],\"UserDetailList\":[" USER(
                                      "ann", ATTACHED(ARN "policy/P")) "]}");
    assert_non_null(a);
    assert_int_equal(outcome(a, "ann", true, NULL), WR_ALLOW);
}

// Pages one after another are one dump; places are those of the file.
static void pages(void **state) {
    (void)state;
    wr_acct *a = load(
        USERS(USER("ann", INLINE(DOC("Allow")))) "\n\n  " USERS(USER("ben", INLINE(DOC("Deny")))));
    assert_non_null(a);
    assert_int_equal(a->entities.n, 2);
    wr_pos at = wr_node_pos(a->doc, wr_acct_find(a, WR_S("ben"))->node);
    assert_int_equal(at.line, 3);
    assert_int_equal(at.col, 22);
    assert_int_equal(outcome(a, "ben", true, NULL), WR_DENY);
    assert_non_null(wr_acct_find(a, WR_S(ARN "user/ann")));
    assert_null(wr_acct_find(a, WR_S(ARN "user/Ann")));
}

#define ANN USER("ann", INLINE(DOC("Allow")) "," ATTACHED(GONE))
#define BEN USER("ben", ATTACHED(GONE))
#define CID USER("cid", INLINE(DOC("Deny")) "," ATTACHED(GONE))
#define DAN USER("dan", "\"GroupList\":[\"admins\"]")
#define BOUNDED ",\"PermissionsBoundary\":{\"PermissionsBoundaryArn\":\"" GONE "\"}"
#define EVE USER("eve", INLINE(DOC("Allow")) BOUNDED)

static void missing_is_unknown(void **state) {
    wr_str need = {0};
    (void)state;
    for (int exact = 0; exact < 2; exact++) {
        // The missing policy might deny what another allows, and allow what none does.
        wr_acct *a = load(USERS(ANN "," BEN "," CID "," DAN "," EVE));
        assert_non_null(a);
        assert_int_equal(outcome(a, "ann", exact, &need), WR_UNKNOWN);
        assert_true(wr_eq(need, WR_S("policy " GONE ", which is not in the account dump")));
        assert_int_equal(outcome(a, "ben", exact, NULL), WR_UNKNOWN);
        assert_int_equal(outcome(a, "cid", exact, NULL), WR_DENY);
        assert_int_equal(outcome(a, "dan", exact, &need), WR_UNKNOWN);
        assert_true(wr_eq(need, WR_S("group admins, which is not in the account dump")));
        assert_int_equal(outcome(a, "eve", exact, NULL), WR_UNKNOWN);
    }
}

// Were the key of a stand-in taken for absent, the stand-in denies.
static void missing_fails_closed(void **state) {
    wr_iam_says says;
    wr_iam_request r;
    (void)state;
    wr_acct *a = load(USERS(USER("ann", ATTACHED(GONE))));
    assert_non_null(a);
    const wr_acct_policy *p = &wr_acct_find(a, WR_S("ann"))->attached.v[0];
    assert_true(p->missing && p->policy == NULL && p->stand_in && !p->stand_in->broken);
    wr_iam_freeze(a->set);
    assert_int_equal(wr_iam_request_init(&r, a->set, &ctx.arena), WR_OK);
    assert_int_equal(wr_iam_request_action(&r, WR_S("s3:GetObject")), WR_OK);
    wr_iam_request_resource(&r, WR_S("arn:aws:s3:::b/k"));
    wr_iam_say(wr_iam_eval_new(&ctx.arena, a->set), p->stand_in, &r, &says);
    assert_int_equal(says.deny, WR_YES);
    assert_int_equal(says.allow, WR_NO);
}

static void missing_trust(void **state) {
    (void)state;
    wr_acct *a = load("{\"RoleDetailList\":[{\"RoleName\":\"r\",\"Arn\":\"" ARN "role/r\"}]}");
    assert_non_null(a);
    const wr_acct_policy *p = wr_acct_find(a, WR_S("r"))->trust;
    assert_true(p->missing && p->stand_in && !p->stand_in->broken);
}

static void service_linked(void **state) {
    (void)state;
    wr_acct *a = load("{\"RoleDetailList\":[{\"RoleName\":\"r\",\"Path\":\"/aws-service-role/x/\","
                      "\"Arn\":\"" ARN "role/aws-service-role/x/r\"}]}");
    assert_non_null(a);
    assert_true(wr_acct_find(a, WR_S("r"))->service_linked);
}

static void faults(void **state) {
    static const struct {
        const char *text, *code;
        bool bad;
    } row[] = {
        {"{}", "A0101", true},
        {"[]", "A0101", true},
        {"[1]", "A0101", true},
        {"{\"Statement\":[]}", "A0101", true},
        {"{\"UserDetailList\":{}}", "A0102", true},
        {USERS("1"), "A0102", true},
        {USERS("{\"UserName\":\"a\"}"), "A0102", true},
        {USERS("{\"Arn\":\"" ARN "user/a\"}"), "A0102", true},
        {USERS("{\"UserName\":\"a\",\"Arn\":\"a\"}"), "A0102", true},
        {USERS(USER("a", INLINE("1"))), "A0102", true},
        {USERS(USER("a", "\"UserPolicyList\":{}")), "A0102", true},
        {USERS(USER("a", "\"AttachedManagedPolicies\":[{}]")), "A0102", true},
        {USERS(USER("a", "\"PermissionsBoundary\":{}")), "A0102", true},
        {USERS(USER("a", "\"GroupList\":[1]")), "A0102", true},
        {USERS(USER("a", "\"Tags\":[{\"Value\":\"x\"}]")), "A0102", true},
        {"{\"Policies\":[{}]}", "A0102", true},
        {USERS(USER("a", "\"GroupList\":[\"g\"]")), "A0103", false},
        {USERS(USER("a", INLINE("null"))), "A0103", false},
        {"{\"Policies\":[{\"Arn\":\"x\",\"PolicyVersionList\":[]}]}", "A0103", false},
        {"{\"Policies\":[{\"Arn\":\"x\",\"DefaultVersionId\":\"v1\",\"PolicyVersionList\":["
         "{\"VersionId\":\"v1\",\"IsDefaultVersion\":false}]}]}",
         "A0104", true},
        {"{\"Policies\":[{\"Arn\":\"x\",\"PolicyVersionList\":[{\"IsDefaultVersion\":true},"
         "{\"IsDefaultVersion\":true}]}]}",
         "A0104", true},
        {USERS(USER("a", "\"Tags\":[]") "," USER("a", "\"Tags\":[]")), "A0105", true},
        {"{\"Policies\":[{\"Arn\":\"x\",\"PolicyVersionList\":[]},{\"Arn\":\"x\","
         "\"PolicyVersionList\":[]}]}",
         "A0103", true},
        {USERS(USER("a", "\"Tags\":[]") ",{\"UserName\":\"b\",\"Arn\":"
                                        "\"arn:aws:iam::999922223333:user/b\"}"),
         "A0106", true},
        {"{\"UserDetailList\":[],\"IsTruncated\":true}", "A0107", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        print_message("%s\n", row[i].text);
        ctx.diags = NULL;
        ctx.diags_tail = &ctx.diags;
        wr_acct *a = load(row[i].text);
        assert_int_equal(a == NULL, row[i].bad);
        assert_non_null(ctx.diags);
        assert_string_equal(wr_code_name(ctx.diags->code), row[i].code);
        assert_int_equal(ctx.diags->sev == WR_ERROR || strcmp(row[i].code, "A0103") == 0 ||
                             strcmp(row[i].code, "A0107") == 0,
                         true);
    }
}

static void broken_policies_are_kept(void **state) {
    (void)state;
    wr_acct *a = load(USERS(USER("ann", INLINE("\"no json\""))));
    assert_non_null(a);
    assert_true(wr_acct_find(a, WR_S("ann"))->inline_.v[0].policy->broken);
    assert_int_equal(outcome(a, "ann", true, NULL), WR_FAULT);
}

// Two dumps of one account, and the accounts of a world.
static void worlds(void **state) {
    wr_world w;
    wr_iam_principal p;
    (void)state;
    wr_iam_set *set = wr_iam_set_new(&ctx);
    wr_acct *a = load_from(USERS(USER("ann", INLINE(DOC("Allow")))), set);
    wr_world_init(&w, &ctx, set);
    assert_int_equal(wr_world_add(&w, a), WR_OK);
    ctx.diags = NULL;
    ctx.diags_tail = &ctx.diags;
    assert_int_equal(wr_world_add(&w, load_from(USERS(USER("ben", "\"Tags\":[]")), set)), WR_BAD);
    assert_string_equal(wr_code_name(ctx.diags->code), "A0108");
    assert_true(wr_iam_principal_parse(WR_S(ARN "user/ann"), &p));
    assert_non_null(wr_world_entity(&w, &p));
    assert_true(wr_iam_principal_parse(WR_S("arn:aws-cn:iam::111122223333:user/ann"), &p));
    assert_null(wr_world_entity(&w, &p));
    assert_true(wr_iam_principal_parse(WR_S(ARN "role/ann"), &p));
    assert_null(wr_world_entity(&w, &p));
}

static int setup(void **state) {
    (void)state;
    wr_ctx_init(&ctx, NULL);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    wr_ctx_fini(&ctx);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(document_forms),
        TEST(default_versions),
        TEST(pages),
        TEST(missing_is_unknown),
        TEST(missing_fails_closed),
        TEST(missing_trust),
        TEST(service_linked),
        TEST(faults),
        TEST(broken_policies_are_kept),
        TEST(worlds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
