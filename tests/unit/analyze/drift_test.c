// SPDX-License-Identifier: Apache-2.0
// drift_test: the comparison of two dumps against brute force. Random pairs of small accounts are
// compared, and many requests are decided in both: each that only B allows must lie within a
// reported change (new access), each that only A allows in one the other way round. Comparing B
// with A says the same with the sides exchanged; a dump is the same as itself.
// On the dumps of ../shared (or WRIT_IAM_DATA), where they are: each is the same as itself, and the
// walk through two accounts shows what it must.

#include "analyze/analyze.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

// ---------------------------------------------------------------------------------- chance

typedef struct dice {
    uint64_t s;
} dice;

static uint32_t roll(dice *d, uint32_t n) {
    d->s ^= d->s << 13;
    d->s ^= d->s >> 7;
    d->s ^= d->s << 17;
    return (uint32_t)(d->s >> 11) % n;
}

static const char *const actions[] = {
    "s3:GetObject",    "s3:PutObject",  "s3:Get*",      "s3:*",           "*",
    "sqs:SendMessage", "s3:*Object",    "sqs:Send*",    "s3:Odd",         "S3:putobject",
    "iam:*",           "s3:GetObject*", "s?:PutObject", "sqs:DeleteQueue"};
static const char *const resources[] = {
    "*",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::a/b",
    "arn:aws:s3:::?/b*",
    "arn:aws:s3:::*",
    "arn:aws:s3:*",
    "arn:aws:*:::a/*",
    "arn:aws:sqs:eu-west-1:111122223333:q",
    "arn:aws:sqs:*:*:*",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:s3:::a/*x",
};
static const char *const conditions[] = {
    "\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"}",
    "\"BoolIfExists\":{\"aws:MultiFactorAuthPresent\":\"false\"}",
    "\"StringEquals\":{\"aws:SourceVpc\":\"vpc-1\"}",
    "\"StringEquals\":{\"aws:sourcevpc\":[\"vpc-2\",\"vpc-1\"]}",
    "\"StringNotEquals\":{\"aws:SourceVpc\":\"vpc-1\"}",
    "\"StringNotEquals\":{\"aws:SourceVpc\":[\"vpc-1\",\"vpc-2\"]}",
    "\"StringEqualsIfExists\":{\"aws:SourceVpc\":\"vpc-1\"}",
    "\"Null\":{\"aws:SourceVpc\":\"true\"}",
    "\"ForAllValues:StringEquals\":{\"aws:TagKeys\":[\"x\",\"y\"]}",
    "\"ForAnyValue:StringLike\":{\"aws:TagKeys\":\"x*\"}",
    "\"StringLike\":{\"aws:SourceVpc\":\"${aws:username}\"}",
    ("\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"},"
     "\"StringEquals\":{\"aws:SourceVpc\":\"vpc-1\"}"),
};
#define COUNT(a) ((uint32_t)(sizeof(a) / sizeof *(a)))

static void put_some(wr_buf *b, dice *d, const char *const *v, uint32_t n) {
    uint32_t k = 1 + roll(d, 2);
    wr_putc(b, '[');
    for (uint32_t i = 0; i < k; i++) wr_putf(b, "%s\"%s\"", i ? "," : "", v[roll(d, n)]);
    wr_putc(b, ']');
}

static void put_statement(wr_buf *b, dice *d) {
    wr_putf(b, "{\"Effect\":\"%s\",", roll(d, 4) ? "Allow" : "Deny");
    wr_putf(b, "\"%s\":", roll(d, 8) ? "Action" : "NotAction");
    put_some(b, d, actions, COUNT(actions));
    wr_putf(b, ",\"%s\":", roll(d, 8) ? "Resource" : "NotResource");
    put_some(b, d, resources, COUNT(resources));
    if (roll(d, 2)) wr_putf(b, ",\"Condition\":{%s}", conditions[roll(d, COUNT(conditions))]);
    wr_putc(b, '}');
}

typedef WR_VEC(wr_str) texts;

// Statements of one account; of the other: the same with a few changed, left out, added.
static texts statements(wr_arena *a, dice *d, const texts *like) {
    texts out = {NULL, 0, 0};
    uint32_t n = like ? like->n + roll(d, 2) : 1 + roll(d, 4);
    for (uint32_t i = 0; i < n; i++) {
        bool keep = like && i < like->n && roll(d, 3);
        wr_buf b;
        if (like && i < like->n && !keep && roll(d, 3) == 0) continue;
        wr_buf_init(&b, 0);
        if (keep) wr_puts(&b, like->v[i]);
        else put_statement(&b, d);
        assert_true(WR_PUSH(a, &out, wr_buf_keep(&b, a)));
    }
    return out;
}

static void put_doc(wr_buf *b, const texts *v) {
    wr_putz(b, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    for (uint32_t i = 0; i < v->n; i++) wr_putf(b, "%s%.*s", i ? "," : "", WR_FMT(v->v[i]));
    wr_putz(b, "]}");
}

typedef struct account { // what a dump is made of
    texts own, group, boundary;
    bool bounded;
} account;

#define ARN "arn:aws:iam::111122223333:"

static void put_inline(wr_buf *b, const texts *v) {
    if (v->n == 0) return;
    wr_putz(b, "{\"PolicyName\":\"p\",\"PolicyDocument\":");
    put_doc(b, v);
    wr_putc(b, '}');
}

// A user with an inline policy, a group, perhaps a boundary.
static wr_str dump(wr_arena *a, const account *x) {
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "{\"UserDetailList\":[{\"UserName\":\"ann\",\"Path\":\"/\",\"Arn\":\"" ARN
                "user/ann\",\"GroupList\":[\"g\"],\"UserPolicyList\":[");
    put_inline(&b, &x->own);
    wr_putc(&b, ']');
    if (x->bounded)
        wr_putz(&b, ",\"PermissionsBoundary\":{\"PermissionsBoundaryArn\":\"" ARN "policy/l\"}");
    wr_putz(&b, "}],\"GroupDetailList\":[{\"GroupName\":\"g\",\"Path\":\"/\",\"Arn\":\"" ARN
                "group/g\",\"GroupPolicyList\":[");
    put_inline(&b, &x->group);
    wr_putz(&b, "]}],\"Policies\":[{\"PolicyName\":\"l\",\"Arn\":\"" ARN
                "policy/l\",\"DefaultVersionId\":\"v1\",\"PolicyVersionList\":[{\"VersionId\":"
                "\"v1\",\"IsDefaultVersion\":true,\"Document\":");
    if (x->boundary.n) put_doc(&b, &x->boundary);
    else
        wr_putz(&b, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
                    "\"Action\":\"*\",\"Resource\":\"*\"}]}");
    wr_putz(&b, "}]}]}");
    return wr_buf_keep(&b, a);
}

static void make_pair(wr_arena *a, dice *d, account out[2]) {
    account *x = &out[0], *y = &out[1];
    *x = (account){.own = statements(a, d, NULL), .bounded = roll(d, 3) == 0};
    if (roll(d, 2)) x->group = statements(a, d, NULL);
    x->boundary = statements(a, d, NULL);
    *y = (account){.own = statements(a, d, &x->own),
                   .group = statements(a, d, &x->group),
                   .boundary = roll(d, 2) ? x->boundary : statements(a, d, &x->boundary),
                   .bounded = roll(d, 4) ? x->bounded : !x->bounded};
}

// ---------------------------------------------------------------------------------- comparing

static wr_acct *load(wr_ctx *c, wr_iam_set *set, const char *name, wr_str text) {
    const wr_doc *doc = NULL;
    wr_acct *acct = NULL;
    const wr_src *src = wr_src_new(&c->arena, wr_strz(name), text, false);
    assert_non_null(src);
    if (wr_acct_read(c, src, &doc) != WR_OK) return NULL;
    return wr_acct_load(c, set, doc, &acct) == WR_OK ? acct : NULL;
}

static char low(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

// * and ? without case; a variable is like a *.
static bool fits(wr_str p, wr_str s) {
    bool var = wr_starts(p, WR_S("${")), run = var || wr_starts(p, WR_S("*"));
    if (p.n == 0) return s.n == 0;
    if (run) {
        wr_str rest = wr_sub(p, var ? wr_find(p, WR_S("}"), 0) + 1 : 1, p.n);
        for (size_t i = 0; i <= s.n; i++)
            if (fits(rest, wr_sub(s, i, s.n))) return true;
        return false;
    }
    if (s.n == 0 || (p.p[0] != '?' && low(p.p[0]) != low(s.p[0]))) return false;
    return fits(wr_sub(p, 1, p.n), wr_sub(s, 1, s.n));
}

static bool among(const wr_str *v, uint32_t n, bool all_but, wr_str s) {
    bool in = false;
    for (uint32_t i = 0; i < n && !in; i++) in = fits(v[i], s);
    return in != all_but;
}

static const wr_drift_entity *ann(const wr_drift *d) {
    for (uint32_t i = 0; i < d->entities.n; i++)
        if (d->entities.v[i].kind == WR_DRIFT_USER) return &d->entities.v[i];
    fail();
    return NULL;
}

static bool reported(const wr_drift *d, wr_drift_dir dir, wr_str action, wr_str resource) {
    const wr_drift_entity *e = ann(d);
    for (uint32_t i = 0; i < e->n_changes; i++) {
        const wr_drift_change *ch = &e->changes[i];
        // A NotResource with a variable fits what its text fits when the variable is another's.
        bool where = ch->not_where || among(ch->where, ch->n_where, false, resource);
        if (ch->dir == dir && where && among(ch->actions, ch->n_actions, ch->not_actions, action))
            return true;
    }
    return false;
}

typedef struct asker {
    wr_iam_stack *stack[2];
    wr_iam_eval *eval;
    wr_iam_request r;
} asker;

static void prepare(wr_ctx *c, wr_iam_set *set, wr_acct *const acct[2], asker *k) {
    for (int s = 0; s < 2; s++) {
        wr_iam_layers l = {0};
        bool missing = false;
        const wr_acct_entity *e = wr_acct_find(acct[s], WR_S("ann"));
        assert_non_null(e);
        assert_int_equal(wr_acct_layers(c, acct[s], e, &l, &missing), WR_OK);
        assert_false(missing);
        k->stack[s] = wr_iam_stack_new(&c->arena, set, &l);
        assert_non_null(k->stack[s]);
    }
    k->eval = wr_iam_eval_new(&c->arena, set);
    assert_int_equal(wr_iam_request_init(&k->r, set, &c->arena), WR_OK);
}

static void set_key(wr_ctx *c, asker *k, const char *name, const char *value, bool multi) {
    wr_str *v = WR_NEW(&c->arena, wr_str);
    *v = wr_strz(value);
    assert_int_equal(wr_iam_request_key(&k->r, &c->arena, wr_strz(name), v, 1, multi), WR_OK);
}

static const char *const asked[] = {"s3:GetObject", "s3:PutObject",    "s3:GetObjectAcl",
                                    "s3:Odd",       "sqs:SendMessage", "s3:ListBucket",
                                    "iam:GetRole",  "sqs:DeleteQueue", "s3:GetNewThing"};
static const char *const on[] = {"arn:aws:s3:::a/b",
                                 "arn:aws:s3:::a/bx",
                                 "arn:aws:s3:::c/b",
                                 "arn:aws:s3:::ann/b",
                                 "arn:aws:sqs:eu-west-1:111122223333:q",
                                 "*",
                                 "arn:aws:iam::111122223333:role/x",
                                 "arn:aws:s3:::a/b:c"};

static void random_request(wr_ctx *c, asker *k, dice *d, wr_str action, wr_str arn) {
    static const char *const vpc[] = {"vpc-1", "vpc-2", "ann"};
    static const char *const bools[] = {"true", "false"};
    wr_iam_request_reset(&k->r, WR_IAM_ABSENT);
    assert_true(wr_iam_principal_parse(WR_S(ARN "user/ann"), &k->r.principal));
    assert_int_equal(wr_iam_request_action(&k->r, action), WR_OK);
    wr_iam_request_resource(&k->r, arn);
    if (roll(d, 2)) set_key(c, k, "aws:username", "ann", false);
    if (roll(d, 2)) set_key(c, k, "aws:SourceVpc", vpc[roll(d, 3)], false);
    if (roll(d, 2)) set_key(c, k, "aws:MultiFactorAuthPresent", bools[roll(d, 2)], false);
    if (roll(d, 2)) set_key(c, k, "aws:TagKeys", roll(d, 2) ? "x" : "z", true);
}

// One request decided in both. Returns whether the two differ.
static bool ask_one(wr_ctx *c, asker *k, dice *d, const wr_drift *both, const wr_drift *back) {
    wr_str action = wr_strz(asked[roll(d, COUNT(asked))]), arn = wr_strz(on[roll(d, COUNT(on))]);
    bool may[2];
    random_request(c, k, d, action, arn);
    for (int s = 0; s < 2; s++) {
        wr_iam_result out;
        wr_iam_decide(k->eval, k->stack[s], &k->r, &out);
        assert_true(out.outcome != WR_FAULT && out.outcome != WR_UNKNOWN);
        may[s] = out.outcome == WR_ALLOW;
    }
    if (may[0] == may[1]) return false;
    wr_drift_dir dir = may[1] ? WR_DRIFT_NEW : WR_DRIFT_LOST;
    wr_drift_dir other = may[1] ? WR_DRIFT_LOST : WR_DRIFT_NEW;
    if (!reported(both, dir, action, arn) || !reported(back, other, action, arn))
        fail_msg("%.*s on %.*s is %s and is not reported\nA: %.*s\nB: %.*s", WR_FMT(action),
                 WR_FMT(arn), may[1] ? "new" : "lost", WR_FMT(both->acct[0]->src->text),
                 WR_FMT(both->acct[1]->src->text));
    return true;
}

static void mirror(const wr_drift *x, const wr_drift *y) {
    assert_int_equal(x->same, y->same);
    assert_int_equal(x->n_new, y->n_lost);
    assert_int_equal(x->n_lost, y->n_new);
    assert_int_equal(x->n_may, y->n_may);
    assert_int_equal(x->n_attrs, y->n_attrs);
}

typedef struct tally {
    uint32_t same, differ, differ_proved;
} tally;

static void one_pair(dice *d, tally *t) {
    enum { REQUESTS = 150 };
    wr_ctx c;
    account x[2];
    asker k;
    wr_drift *both, *back, *self;
    wr_ctx_init(&c, NULL);
    make_pair(&c.arena, d, x);
    wr_iam_set *set = wr_iam_set_new(&c);
    wr_acct *acct[2] = {load(&c, set, "a", dump(&c.arena, &x[0])),
                        load(&c, set, "b", dump(&c.arena, &x[1]))};
    assert_non_null(acct[0]);
    assert_non_null(acct[1]);
    wr_iam_freeze(set);
    assert_int_equal(wr_drift_compare(&c, acct[0], acct[1], NULL, &both), WR_OK);
    assert_int_equal(wr_drift_compare(&c, acct[1], acct[0], NULL, &back), WR_OK);
    assert_int_equal(wr_drift_compare(&c, acct[0], acct[0], NULL, &self), WR_OK);
    assert_true(self->same);
    mirror(both, back);
    t->same += both->same;
    prepare(&c, set, acct, &k);
    bool any = false;
    for (int r = 0; r < REQUESTS; r++) any |= ask_one(&c, &k, d, both, back);
    t->differ += any;
    t->differ_proved += both->n_new + both->n_lost > both->n_may;
    wr_ctx_fini(&c);
}

static void brute_force(void **state) {
    enum { PAIRS = 600 };
    dice d = {0x9E3779B97F4A7C15u};
    tally t = {0, 0, 0};
    (void)state;
    for (int i = 0; i < PAIRS; i++) one_pair(&d, &t);
    // The generator makes differences, and pairs that are the same; requests meet differences.
    assert_in_range(t.same, 1, PAIRS / 2);
    assert_true(t.differ > PAIRS / 4);
    assert_true(t.differ_proved >= t.differ);
}

// ---------------------------------------------------------------------------------- names

static void token_bounds(void **state) {
    static const struct {
        const char *in, *a, *b;
    } row[] = {
        {"product-reader", "product-reader", "product-reader"},
        {"reprod", "reprod", "reprod"},
        {"prod", "K", "K"},
        {"a_prod_b", "a_K_b", "a_K_b"},
        {"prod-eu/prod", "K/K", "K/K"},
        {"prod-eux", "K-eux", "K-eux"},
        {"prod1", "prod1", "prod1"},
        {"\xC3\xA9prod", "\xC3\xA9prod", "\xC3\xA9prod"},
        {"app-x", "app-x", "appL"},
        {"app-xy", "app-xy", "app-xy"},
        {"", "", ""},
        {"arn:aws:s3:::prod:prod", "arn:aws:s3:::K:K", "arn:aws:s3:::K:K"},
    };
    wr_ctx c;
    (void)state;
    wr_ctx_init(&c, NULL);
    wr_equiv *e = wr_equiv_new(&c);
    assert_true(wr_equiv_add(e, WR_S("K"), WR_S("prod"), WR_DRIFT_BOTH));
    assert_true(wr_equiv_add(e, WR_S("K"), WR_S("prod-eu"), WR_DRIFT_BOTH));
    assert_true(wr_equiv_add(e, WR_S("L"), WR_S("-x"), 1u << WR_DRIFT_B));
    assert_false(wr_equiv_add(e, WR_S("M"), WR_S("prod"), WR_DRIFT_BOTH));
    assert_false(wr_equiv_add(e, WR_S("M"), WR_S("a*"), WR_DRIFT_BOTH));
    assert_false(wr_equiv_add(e, WR_S("M${a}"), WR_S("a"), WR_DRIFT_BOTH));
    assert_false(wr_equiv_add(e, WR_S("M"), WR_S(""), WR_DRIFT_BOTH));
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        wr_str a = wr_equiv_apply(e, &c.arena, wr_strz(row[i].in), WR_DRIFT_A);
        wr_str b = wr_equiv_apply(e, &c.arena, wr_strz(row[i].in), WR_DRIFT_B);
        assert_true(wr_eq(a, wr_strz(row[i].a)));
        assert_true(wr_eq(b, wr_strz(row[i].b)));
    }
    wr_str plain = wr_equiv_apply_plain(e, &c.arena, WR_S("product-prod"));
    assert_true(wr_eq(plain, WR_S("Kuct-K")));
    wr_ctx_fini(&c);
}

// ---------------------------------------------------------------------------------- real dumps

static wr_str read_file(wr_ctx *c, const char *dir, const char *name) {
    wr_str text = {NULL, 0};
    const char *path = wr_fmt(&c->arena, "%s/%s", dir, name).p;
    return path && wr_read_file(c, path, &text) == WR_OK ? text : (wr_str){NULL, 0};
}

static bool same(const char *dir, const char *name) { // false: it is no dump
    wr_ctx c;
    wr_drift *out;
    wr_ctx_init(&c, NULL);
    wr_iam_set *set = wr_iam_set_new(&c);
    wr_str text = read_file(&c, dir, name);
    wr_acct *a = text.p ? load(&c, set, "a", text) : NULL;
    wr_acct *b = a ? load(&c, set, "b", text) : NULL;
    if (b) {
        wr_iam_freeze(set);
        assert_int_equal(wr_drift_compare(&c, a, b, NULL, &out), WR_OK);
        assert_true(out->same);
    }
    wr_ctx_fini(&c);
    return b != NULL;
}

static void same_as_itself(void **state) {
    const char *data = getenv("WRIT_IAM_DATA");
    char dir[4096];
    uint32_t n = 0;
    (void)state;
    (void)snprintf(dir, sizeof dir, "%s/cloudsplaining/test/files",
                   data ? data : "../shared/conformance/iam");
    DIR *d = opendir(dir);
    if (d == NULL) {
        skip();
        return;
    }
    for (const struct dirent *f; (f = readdir(d)) != NULL;)
        if (strstr(f->d_name, ".json")) n += same(dir, f->d_name);
    (void)closedir(d);
    assert_true(n >= 4);
}

static const wr_drift *walk(wr_ctx *c, const char *dir, const char *second, bool listed) {
    wr_iam_set *set = wr_iam_set_new(c);
    wr_drift *out = NULL;
    wr_equiv *e = NULL;
    wr_doc *doc;
    wr_str dev = read_file(c, dir, "dev.json"), qa = read_file(c, dir, second);
    if (dev.p == NULL || qa.p == NULL) return NULL;
    wr_acct *a = load(c, set, "dev", dev), *b = load(c, set, "qa", qa);
    const wr_src *src =
        wr_src_new(&c->arena, WR_S("list"), read_file(c, dir, "equivalency_list.json"), false);
    wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
    assert_non_null(b);
    assert_int_equal(wr_doc_load(c, src, &how, &doc), WR_OK);
    if (listed) assert_int_equal(wr_equiv_load(c, doc, &e), WR_OK);
    wr_iam_freeze(set);
    assert_int_equal(wr_drift_compare(c, a, b, e, &out), WR_OK);
    return out;
}

static void seed_walk(void **state) {
    const char *dir = "../shared/conformance/seed/iamctl-walk";
    wr_ctx c;
    (void)state;
    wr_ctx_init(&c, NULL);
    const wr_drift *d = walk(&c, dir, "qa.json", true);
    if (d == NULL) {
        wr_ctx_fini(&c);
        skip();
        return;
    }
    assert_true(d->same);
    d = walk(&c, dir, "qa.json", false);
    assert_int_equal(d->of[WR_DRIFT_ROLE].only[WR_DRIFT_A], 1);
    assert_int_equal(d->of[WR_DRIFT_ROLE].only[WR_DRIFT_B], 1);
    assert_int_equal(d->of[WR_DRIFT_ROLE].different, 1);
    d = walk(&c, dir, "qa-drifted.json", true);
    assert_int_equal(d->n_new, 1);
    assert_int_equal(d->n_lost + d->n_attrs + d->n_may, 0);
    assert_int_equal(d->of[WR_DRIFT_ROLE].different, 1);
    wr_ctx_fini(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_bounds),
        cmocka_unit_test(brute_force),
        cmocka_unit_test(same_as_itself),
        cmocka_unit_test(seed_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
