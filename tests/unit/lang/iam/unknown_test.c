// SPDX-License-Identifier: Apache-2.0
// What is said of facts that are not known: random conditions over three keys, random contexts in
// which some are not known, and every answer held against the answers under random completions.
// Certain answers stay, whatever the unknown keys turn out to be; once the needed keys are known
// the answer is certain; and most answers that are not certain really do turn on what is unknown.
#include "ask.h"

static uint64_t rnd(uint64_t *s) {
    *s = *s * 6364136223846793005u + 1442695040888963407u;
    return *s >> 33;
}
static const char *pick(uint64_t *s, const char *const *v, size_t n) { return v[rnd(s) % n]; }
#define PICK(s, v) pick((s), (v), sizeof(v) / sizeof *(v))

static const char *const keys[] = {"k", "l", "m"};
static const char *const words[] = {"a",
                                    "b",
                                    "A",
                                    "",
                                    "ab",
                                    "*",
                                    "a*",
                                    "?",
                                    "${l}",
                                    "${m}",
                                    "a${l}",
                                    "${l}${m}",
                                    "${l, 'a'}",
                                    "${*}",
                                    "1",
                                    "1.0",
                                    "2",
                                    "true",
                                    "false",
                                    "10.0.0.0/8",
                                    "10.1.1.1",
                                    "::/0",
                                    "::1",
                                    "2020",
                                    "2021-01",
                                    "QUI=",
                                    "arn:a:b::c:*",
                                    "arn:a:b::c:${l}",
                                    "arn:*:b:*:c:d",
                                    "${l,x}",
                                    "k",
                                    "0"};
static const char *const values[] = {"a",
                                     "b",
                                     "A",
                                     "",
                                     "ab",
                                     "*",
                                     "1",
                                     "1.00",
                                     "2",
                                     "3",
                                     "true",
                                     "False",
                                     "10.1.1.1",
                                     "::1",
                                     "11.0.0.1",
                                     "2020-01-01",
                                     "2021",
                                     "QUI=",
                                     "QUJ=",
                                     "arn:a:b::c:a",
                                     "arn:a:b::c:b",
                                     "arn:a:b::c:d"};

static void random_cond(uint64_t *s, wr_buf *b) {
    static const char *const quant[] = {"", "", "", "ForAllValues:", "ForAnyValue:"};
    uint32_t n = 0;
    while (wr_iam_op_at(n)) n++;
    // Every second one is of texts, where variables are.
    const wr_iam_op *op = wr_iam_op_at((uint32_t)(rnd(s) % (rnd(s) % 2 ? 6 : n)));
    bool if_exists = op->family != WR_IAM_NULL && rnd(s) % 4 == 0;
    wr_putf(b, "\"%s%s%s\":{\"%s\":[", PICK(s, quant), op->name, if_exists ? "IfExists" : "",
            PICK(s, keys));
    for (uint64_t i = 0, many = rnd(s) % 16 ? 1 + rnd(s) % 3 : 0; i < many; i++)
        wr_putf(b, "%s\"%s\"", i ? "," : "", PICK(s, words));
    wr_putf(b, "]}");
}

typedef struct guess { // values of one key
    wr_str v[3];
    wr_iam_ctx_value val;
} guess;

static void random_known(uint64_t *s, guess *g) {
    g->val = (wr_iam_ctx_value){.state = WR_IAM_ABSENT, .v = g->v};
    if (rnd(s) % 4 == 0) return;
    g->val.state = WR_IAM_PRESENT;
    g->val.multi = rnd(s) % 3 == 0;
    g->val.n = g->val.multi ? (uint32_t)(rnd(s) % 4) : 1;
    for (uint32_t i = 0; i < g->val.n; i++)
        g->v[i] = wr_strz(rnd(s) % 2 ? PICK(s, values) : PICK(s, words));
}

static wr_tri judge(ask *k) {
    memset(k->words, 0, sizeof k->words);
    return wr_iam_match_conds(ask_stmt(k), &k->req, &k->need, NULL);
}

typedef struct tally {
    unsigned maybe, both;
} tally;

static void one_context(ask *k, const uint32_t *id, uint64_t *s, tally *t) {
    guess g[3], h[3];
    wr_iam_request_reset(&k->req, WR_IAM_ABSENT);
    for (unsigned i = 0; i < 3; i++) {
        random_known(s, &g[i]);
        if (rnd(s) % 2) g[i].val.state = WR_IAM_NOT_KNOWN;
        if (id[i] != UINT32_MAX) wr_iam_request_set(&k->req, id[i], g[i].val);
    }
    wr_tri was = judge(k);
    uint64_t need = k->words[0];
    assert_int_equal(was == WR_MAYBE, need != 0);
    bool seen[3] = {false, false, false};
    for (unsigned round = 0; round < (was == WR_MAYBE ? 400u : 60u); round++) {
        for (unsigned i = 0; i < 3; i++) {
            if (id[i] == UINT32_MAX || g[i].val.state != WR_IAM_NOT_KNOWN) continue;
            random_known(s, &h[i]);
            // Odd rounds tell only what is needed.
            bool tell = round % 2 == 0 || (need >> id[i] & 1);
            wr_iam_request_set(&k->req, id[i], tell ? h[i].val : g[i].val);
        }
        wr_tri now = judge(k);
        assert_int_not_equal(now, WR_MAYBE);
        if (was != WR_MAYBE) assert_int_equal(now, was);
        seen[now] = true;
    }
    t->maybe += was == WR_MAYBE;
    t->both += was == WR_MAYBE && seen[WR_NO] && seen[WR_YES];
}

static void completions(void **state) {
    (void)state;
    uint64_t seed = 7;
    tally t = {0, 0};
    for (unsigned i = 0; i < 6000; i++) {
        wr_buf b;
        ask k;
        wr_buf_init(&b, 0);
        wr_putf(&b, "\"Resource\":\"*\",\"Condition\":{");
        random_cond(&seed, &b);
        wr_putf(&b, "}");
        wr_putc(&b, 0);
        ask_open(&k, "2012-10-17", b.p);
        uint32_t id[3];
        for (unsigned j = 0; j < 3; j++) id[j] = wr_iam_key_find(k.set, wr_strz(keys[j]));
        for (unsigned j = 0; j < 8; j++) one_context(&k, id, &seed, &t);
        ask_close(&k);
        wr_buf_fini(&b);
    }
    assert_true(t.maybe > 1000);
    if (t.both * 100 < t.maybe * 97) print_error("%u of %u turned both ways\n", t.both, t.maybe);
    assert_true(t.both * 100 >= t.maybe * 97);
}

// Of a single value a negated operator is the opposite of its positive one, IfExists or not.
static void opposites(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"StringEquals", "StringNotEquals"},
                                           {"StringLike", "StringNotLike"},
                                           {"StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"},
                                           {"NumericEquals", "NumericNotEquals"},
                                           {"DateEquals", "DateNotEquals"},
                                           {"IpAddress", "NotIpAddress"},
                                           {"ArnLike", "ArnNotLike"},
                                           {"ArnEquals", "ArnNotEquals"}};
    uint64_t s = 11;
    for (unsigned round = 0; round < 4000; round++) {
        const char *const *pair = pairs[rnd(&s) % (sizeof pairs / sizeof *pairs)];
        const char *x = PICK(&s, words), *y = PICK(&s, words),
                   *suffix = rnd(&s) % 2 ? "IfExists" : "";
        guess g[3];
        for (unsigned i = 0; i < 3; i++) random_known(&s, &g[i]);
        g[0].val = (wr_iam_ctx_value){WR_IAM_PRESENT, false, 1, g[0].v};
        g[0].v[0] = wr_strz(PICK(&s, values));
        wr_tri got[2];
        for (unsigned side = 0; side < 2; side++) {
            char body[256];
            ask k;
            snprintf(body, sizeof body,
                     "\"Resource\":\"*\",\"Condition\":{\"%s%s\":{\"k\":[\"%s\",\"%s\"]}}",
                     pair[side], suffix, x, y);
            ask_open(&k, "2012-10-17", body);
            for (unsigned i = 0; i < 3; i++) {
                uint32_t id = wr_iam_key_find(k.set, wr_strz(keys[i]));
                if (id != UINT32_MAX) wr_iam_request_set(&k.req, id, g[i].val);
            }
            got[side] = judge(&k);
            ask_close(&k);
        }
        assert_int_equal(got[0], wr_tri_not(got[1]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(completions), cmocka_unit_test(opposites)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
