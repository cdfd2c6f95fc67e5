// SPDX-License-Identifier: Apache-2.0
// Patterns and values of conditions. The first byte says what is tried, then come two texts with a
// line feed between: pattern and text against matchers written another way, with a variable or
// without; numbers and dates, whose comparisons must be an order; addresses against inet_pton;
// base64 against itself.
#include <arpa/inet.h>

#include "../unit/lang/iam/naive.h"
#include "lang/iam/iam_int.h"

typedef struct pair {
    wr_str a, b;
} pair;

static bool make(wr_iam_set *s, wr_str text, enum iam_pat_how how, wr_iam_pat *out) {
    wr_iam_policy policy = {.variables = true};
    iam_reader r = {.set = s, .policy = &policy};
    return iam_pat_make(&r, text, NULL, how, out) == WR_OK;
}

static void check_pattern(wr_iam_set *s, pair in, enum iam_pat_how how,
                          bool (*naive)(const char *, size_t, const char *, size_t)) {
    wr_iam_pat p;
    WR_ASSERT(make(s, in.a, how, &p));
    wr_tri got = wr_iam_pat_match(&p, in.b, NULL, NULL);
    bool plain = memchr(in.a.p, '$', in.a.n) == NULL && in.a.n < NAIVE_MAX && in.b.n < NAIVE_MAX;
    if (plain && wr_utf8_check(in.a) == in.a.n && wr_utf8_check(in.b) == in.b.n)
        WR_ASSERT((got == WR_YES) == naive(in.a.p, in.a.n, in.b.p, in.b.n));
}

// "${v}" stands for a value: the same as the value's characters, none of them wild. in.a is cut at
// a tab into the pattern and the value.
static void check_variable(wr_iam_set *s, wr_arena *a, pair in) {
    size_t tab = wr_find(in.a, WR_S("\t"), 0);
    if (tab == SIZE_MAX || in.a.n >= 60 || in.b.n >= NAIVE_MAX || wr_utf8_check(in.a) != in.a.n ||
        wr_utf8_check(in.b) != in.b.n)
        return;
    wr_str text = wr_sub(in.a, 0, tab), value = wr_sub(in.a, tab + 1, in.a.n);
    naive_pat x = {.n = 0};
    bool used = false;
    for (size_t i = 0; i < text.n; i++) {
        bool here = wr_starts(wr_sub(text, i, text.n), WR_S("${v}"));
        for (size_t j = 0; here && j < value.n; j++) naive_add(&x, value.p[j], false, true);
        if (here) i += 3;
        else if (text.p[i] == '$') return;
        else naive_add(&x, text.p[i], true, true);
        used |= here;
    }
    wr_iam_pat p;
    WR_ASSERT(make(s, text, IAM_PAT_STRING, &p));
    wr_iam_freeze(s);
    wr_iam_request r;
    WR_ASSERT(wr_iam_request_init(&r, s, a) == WR_OK);
    WR_ASSERT(wr_iam_request_key(&r, a, WR_S("V"), &value, 1, false) == WR_OK);
    wr_tri known = wr_iam_pat_match(&p, in.b, &r, NULL);
    if (x.n + 1 < NAIVE_MAX) WR_ASSERT((known == WR_YES) == naive_fits(&x, in.b.p, in.b.n));
    wr_iam_request_reset(&r, WR_IAM_ABSENT);
    wr_tri absent = wr_iam_pat_match(&p, in.b, &r, NULL);
    WR_ASSERT(!used || absent == WR_NO);
    wr_iam_request_reset(&r, WR_IAM_NOT_KNOWN);
    wr_tri unknown = wr_iam_pat_match(&p, in.b, &r, NULL);
    WR_ASSERT(unknown == WR_MAYBE || (unknown == known && unknown == absent));
}

static void check_order(pair in) {
    wr_iam_num x, y;
    wr_iam_time t, u;
    if (iam_num_parse(in.a, &x) && iam_num_parse(in.b, &y)) {
        WR_ASSERT(iam_num_cmp(&x, &x) == 0 && iam_num_cmp(&y, &y) == 0);
        WR_ASSERT(iam_num_cmp(&x, &y) == -iam_num_cmp(&y, &x));
    }
    if (iam_date_parse(in.a, &t) && iam_date_parse(in.b, &u)) {
        WR_ASSERT(t.nsec < 1000000000 && u.nsec < 1000000000);
        WR_ASSERT(iam_date_cmp(&t, &t) == 0 && iam_date_cmp(&t, &u) == -iam_date_cmp(&u, &t));
    }
}

static void check_address(pair in) {
    char text[64];
    unsigned char raw[16];
    wr_iam_cidr ip, net;
    bool ours = iam_ip_parse(in.a, &ip), is_net = iam_cidr_parse(in.b, &net);
    if (in.a.n < sizeof text && memchr(in.a.p, 0, in.a.n) == NULL) {
        memcpy(text, in.a.p, in.a.n);
        text[in.a.n] = 0;
        bool theirs = inet_pton(AF_INET, text, raw) == 1 || inet_pton(AF_INET6, text, raw) == 1;
        WR_ASSERT(ours == theirs);
        if (ours) WR_ASSERT(memcmp(raw, ip.addr, ip.family == 4 ? 4 : 16) == 0);
    }
    if (ours) WR_ASSERT(iam_cidr_has(&ip, &ip));
    if (ours && is_net && net.bits == 0)
        WR_ASSERT(iam_cidr_has(&net, &ip) == (net.family == ip.family));
}

static void check_base64(wr_arena *a, pair in) {
    wr_str x;
    if (!iam_base64_decode(a, in.a, &x)) {
        WR_ASSERT(!iam_base64_same(in.a, in.b));
        return;
    }
    WR_ASSERT(iam_base64_same(in.a, x));
    wr_str y;
    if (iam_base64_decode(a, in.b, &y)) WR_ASSERT(iam_base64_same(in.b, x) == wr_eq(x, y));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    wr_str text = wr_strn((const char *)data + 1, size - 1);
    size_t cut = wr_find(text, WR_S("\n"), 0);
    if (cut == SIZE_MAX) cut = text.n;
    pair in = {wr_sub(text, 0, cut), wr_sub(text, cut + 1, text.n)};
    wr_ctx c;
    wr_ctx_init(&c, NULL);
    wr_iam_set *s = wr_iam_set_new(&c);
    WR_ASSERT(s != NULL);
    switch (data[0]) {
    case 's': check_pattern(s, in, IAM_PAT_STRING, naive_string); break;
    case 'r': check_pattern(s, in, IAM_PAT_RESOURCE, naive_resource); break;
    case 'a': check_pattern(s, in, IAM_PAT_ARN, naive_arn); break;
    case 'v': check_variable(s, &c.arena, in); break;
    case 'n': check_order(in); break;
    case 'i': check_address(in); break;
    case 'b': check_base64(&c.arena, in); break;
    default: break;
    }
    wr_ctx_fini(&c);
    return 0;
}
