// SPDX-License-Identifier: Apache-2.0
// Soundness of three-valued decisions, on random stacks and requests with unknown keys: every
// completion's outcome is among those said to be possible; when no key is asked for twice, each
// possible outcome is some completion's; learning the facts named settles the outcome; what one
// policy says alone agrees with a stack of it.
#include "situation.h"

enum { KEYS = 5, STACKS = 4000 };

typedef struct dice {
    uint64_t x;
} dice;

static uint32_t roll(dice *d, uint32_t n) {
    d->x ^= d->x << 13;
    d->x ^= d->x >> 7;
    d->x ^= d->x << 17;
    return (uint32_t)((d->x * UINT64_C(0x2545F4914F6CDD1D)) >> 40) % n;
}

typedef struct writer {
    dice d;
    char text[16384];
    size_t n;
    bool once;     // each key in one condition at most
    uint32_t next; // key not used yet
} writer;

static void put(writer *w, const char *s) {
    size_t n = strlen(s);
    assert_true(w->n + n < sizeof w->text);
    memcpy(w->text + w->n, s, n + 1);
    w->n += n;
}

static const char *pick(writer *w, const char *const *v, uint32_t n) { return v[roll(&w->d, n)]; }

static void put_condition(writer *w) {
    static const char *const ops[] = {"StringEquals", "StringNotEquals", "StringEqualsIfExists",
                                      "StringLike", "StringNotLikeIfExists"};
    uint32_t key = w->once ? w->next++ : roll(&w->d, KEYS);
    if (key >= KEYS) return;
    char s[128];
    snprintf(s, sizeof s, ",'Condition':{'%s':{'k%u':'%s'}}", pick(w, ops, 5), key,
             roll(&w->d, 2) ? "a" : "b");
    put(w, s);
}

static void put_stmt(writer *w, bool principal, bool deny_only) {
    static const char *const actions[] = {"'Action':'*'", "'Action':'s3:*'",
                                          "'Action':['s3:GetObject','s3:Put*']", "'Action':'ec2:*'",
                                          "'NotAction':'ec2:*'"};
    static const char *const resources[] = {"'Resource':'*'", "'Resource':'arn:aws:s3:::b/*'",
                                            "'Resource':'arn:aws:s3:::c/*'",
                                            "'Resource':'arn:aws:s3:::b/${k0}'"};
    static const char *const who[] = {
        "'Principal':'*'", "'Principal':{'AWS':'111122223333'}",
        "'Principal':{'AWS':'arn:aws:iam::111122223333:role/app'}",
        "'Principal':{'AWS':'arn:aws:sts::111122223333:assumed-role/app/s1'}",
        "'Principal':{'AWS':'arn:aws:iam::111122223333:user/bob'}"};
    put(w, deny_only || roll(&w->d, 4) == 0 ? "{'Effect':'Deny'," : "{'Effect':'Allow',");
    put(w, pick(w, actions, 5));
    put(w, ",");
    put(w, pick(w, resources, w->once ? 3 : 4));
    if (principal) {
        put(w, ",");
        put(w, deny_only ? who[0] : pick(w, who, 5));
    }
    if (roll(&w->d, 3) > 0) put_condition(w);
    put(w, "}");
}

static void put_list(writer *w, const char *key, uint32_t n, bool principal, bool deny_only) {
    if (key) {
        put(w, ",'");
        put(w, key);
        put(w, "':");
    }
    put(w, "[");
    for (uint32_t i = 0; i < n; i++) {
        if (i) put(w, ",");
        put_stmt(w, principal, deny_only);
    }
    put(w, "]");
}

static void put_levels(writer *w, const char *key, bool rcp) {
    put(w, ",'");
    put(w, key);
    put(w, "':[");
    for (uint32_t i = 0, n = 1 + roll(&w->d, 3); i < n; i++) {
        if (i) put(w, ",");
        put_list(w, NULL, roll(&w->d, 3), rcp, rcp);
    }
    put(w, "]");
}

static void put_situation(writer *w) {
    static const char *const callers[] = {
        "arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:role/app",
        "arn:aws:sts::111122223333:assumed-role/app/s1", "arn:aws:iam::111122223333:root", "*"};
    w->n = 0;
    w->next = 0;
    put(w, "{'caller':'");
    put(w, pick(w, callers, 5));
    put(w, "','action':'s3:GetObject','resource':'arn:aws:s3:::b/a','owner':'");
    put(w, roll(&w->d, 3) ? "111122223333'" : "444455556666'");
    put_list(w, "identity", roll(&w->d, 4), false, false);
    if (roll(&w->d, 3) == 0) put_list(w, "boundary", roll(&w->d, 3), false, false);
    if (roll(&w->d, 4) == 0) put_list(w, "session", roll(&w->d, 3), false, false);
    if (roll(&w->d, 5) == 0) put_list(w, "endpoint", roll(&w->d, 3), true, false);
    if (roll(&w->d, 2) == 0) {
        put(w, ",'policy':");
        put_list(w, NULL, 1 + roll(&w->d, 3), true, false);
    }
    if (roll(&w->d, 2) == 0) put_levels(w, "scps", false);
    if (roll(&w->d, 3) == 0) put_levels(w, "rcps", true);
    put(w, "}");
}

// ---------------------------------------------------------------------------------- completions

static const wr_str values[] = {{"a", 1}, {"b", 1}};

// A key as 0: absent, 1: "a", 2: "b".
static void set_key(situation *s, uint32_t i, uint32_t to) {
    char name[3] = {'k', (char)('0' + i), 0};
    uint32_t key = wr_iam_key_find(s->set, wr_strz(name));
    if (key == UINT32_MAX) return;
    wr_iam_ctx_value v = {.state = WR_IAM_ABSENT};
    if (to) v = (wr_iam_ctx_value){WR_IAM_PRESENT, false, 1, &values[to - 1]};
    wr_iam_request_set(&s->req, key, v);
}

static bool is_needed(const situation *s, const wr_iam_need *n, uint32_t i) {
    char name[3] = {'k', (char)('0' + i), 0};
    uint32_t key = wr_iam_key_find(s->set, wr_strz(name));
    return key != UINT32_MAX && (n->keys[key / 64] >> key % 64 & 1u);
}

static void complain(const writer *w, const char *what, unsigned possible, unsigned got) {
    print_error("%s: said %x, found %x\n%s\n", what, possible, got, w->text);
    fail();
}

static void forget(situation *s, uint32_t i) {
    char name[3] = {'k', (char)('0' + i), 0};
    wr_iam_request_unknown(&s->req, wr_strz(name));
}

typedef struct open_case { // a stack with some keys not known, and what was said of it
    situation s;
    uint32_t known[KEYS]; // as for set_key; 3: not known
    bool need[KEYS];
    wr_iam_result said;
} open_case;

static void open_stack(writer *w, open_case *c) {
    put_situation(w);
    situation_open(&c->s, w->text);
    for (uint32_t i = 0; i < KEYS; i++) {
        uint32_t k = roll(&w->d, 6);
        c->known[i] = k > 2 ? 3 : k;
        if (k > 2) forget(&c->s, i);
        else set_key(&c->s, i, k);
    }
    wr_iam_decide(c->s.eval, c->s.stack, &c->s.req, &c->said);
    bool single = (c->said.possible & (c->said.possible - 1)) == 0;
    if (single == (c->said.outcome == WR_UNKNOWN)) complain(w, "outcome", c->said.possible, 0);
    for (uint32_t i = 0; i < KEYS; i++)
        c->need[i] = c->said.outcome == WR_UNKNOWN && c->known[i] == 3 &&
                     is_needed(&c->s, wr_iam_needed(c->s.eval), i);
}

// One completion, numbered in base 3; false: it is another's twin.
static bool complete(open_case *c, uint32_t way) {
    for (uint32_t i = 0; i < KEYS; i++, way /= 3) {
        if (c->known[i] == 3) set_key(&c->s, i, way % 3);
        else if (way % 3 > 0) return false;
    }
    return true;
}

static void one_stack(writer *w) {
    open_case c;
    open_stack(w, &c);
    unsigned found = 0;
    for (uint32_t way = 0; way < 243; way++) { // 3^KEYS
        wr_iam_result one, some;
        if (!complete(&c, way)) continue;
        wr_iam_decide(c.s.eval, c.s.stack, &c.s.req, &one);
        if (one.outcome == WR_UNKNOWN) complain(w, "nothing is unknown", c.said.possible, 0);
        found |= WR_BIT(one.outcome);
        for (uint32_t i = 0; i < KEYS; i++) // only what was named stays
            if (c.known[i] == 3 && !c.need[i]) forget(&c.s, i);
        wr_iam_decide(c.s.eval, c.s.stack, &c.s.req, &some);
        if (some.outcome != one.outcome) complain(w, "what was named did not settle it", 0, 0);
    }
    if (found & ~c.said.possible) complain(w, "not foreseen", c.said.possible, found);
    if (w->once && found != c.said.possible) complain(w, "not possible", c.said.possible, found);
    situation_close(&c.s);
}

static void run(uint64_t seed, bool once) {
    static writer w;
    w = (writer){.d = {seed}, .once = once};
    for (int i = 0; i < STACKS; i++) one_stack(&w);
}

static void sound(void **state) {
    (void)state;
    run(0x9E3779B97F4A7C15u, false);
}

static void exact(void **state) {
    (void)state;
    run(0xD1B54A32D192ED03u, true);
}

static void alone(void **state) {
    (void)state;
    static writer w;
    w = (writer){.d = {0xA0761D6478BD642Fu}};
    for (int i = 0; i < STACKS; i++) {
        situation s;
        w.n = 0;
        put(&w, "{'resource':'arn:aws:s3:::b/a'");
        put(&w, ",'identity':[");
        put_list(&w, NULL, 1 + roll(&w.d, 3), false, false);
        put(&w, "]}");
        situation_open(&s, w.text);
        for (uint32_t k = 0; k < KEYS; k++) {
            char name[3] = {'k', (char)('0' + k), 0};
            uint32_t to = roll(&w.d, 4);
            if (to == 3) wr_iam_request_unknown(&s.req, wr_strz(name));
            else set_key(&s, k, to);
        }
        wr_iam_result got;
        wr_iam_says says;
        wr_iam_decide(s.eval, s.stack, &s.req, &got);
        wr_iam_say(s.eval, s.layers.identity.v[0], &s.req, &says);
        unsigned said = says.deny != WR_NO ? WR_BIT(WR_DENY) : 0;
        if (says.deny != WR_YES && says.allow != WR_NO) said |= WR_BIT(WR_ALLOW);
        if (says.deny != WR_YES && says.allow != WR_YES) said |= WR_BIT(WR_IMPLICIT_DENY);
        if (said != got.possible) complain(&w, "alone", got.possible, said);
        situation_close(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound),
        cmocka_unit_test(exact),
        cmocka_unit_test(alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
