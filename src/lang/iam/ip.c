// SPDX-License-Identifier: Apache-2.0
// Addresses and networks of IpAddress and NotIpAddress. Owns: iam_ip_parse, iam_cidr_parse,
// iam_cidr_has.
// Forms: four decimal numbers without leading zeros (which others read as octal); the texts of RFC
// 4291 section 2.2 for IPv6, with or without "::" and an IPv4 tail, no zone; a network is an
// address, '/' and the number of its bits. An IPv4 address is never in an IPv6 network nor the
// other way round, not even when it is mapped. Rules: IAM User Guide, "IP address condition
// operators" (CIDR of RFC 4632; an address alone is a host).

#include "lang/iam/iam_int.h"

// Decimal without leading zero, at most max, at s[*i].
static bool decimal(wr_str s, size_t *i, uint32_t max, uint8_t *out) {
    uint32_t v = 0;
    size_t beg = *i;
    for (; *i < s.n && *i - beg < 3 && s.p[*i] >= '0' && s.p[*i] <= '9'; ++*i)
        v = v * 10 + (uint32_t)(s.p[*i] - '0');
    if (*i == beg || (*i - beg > 1 && s.p[beg] == '0') || v > max) return false;
    *out = (uint8_t)v;
    return true;
}

static bool ip4(wr_str s, uint8_t out[4]) {
    size_t i = 0;
    for (uint32_t k = 0; k < 4; k++) {
        if (k && (i == s.n || s.p[i++] != '.')) return false;
        if (!decimal(s, &i, 255, &out[k])) return false;
    }
    return i == s.n;
}

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// One to four hexadecimal digits at s[*i].
static bool group(wr_str s, size_t *i, uint8_t out[2]) {
    uint32_t v = 0;
    size_t beg = *i;
    for (; *i < s.n && *i - beg < 4 && hex(s.p[*i]) >= 0; ++*i) v = v << 4 | (uint32_t)hex(s.p[*i]);
    out[0] = (uint8_t)(v >> 8);
    out[1] = (uint8_t)v;
    return *i != beg;
}

// Groups up to the end of s into out, at most 16 bytes; *gap: where "::" stood, else 16.
static bool groups(wr_str s, uint8_t out[16], uint32_t *n, uint32_t *gap) {
    size_t i = 0;
    *n = 0;
    *gap = 16;
    if (s.n >= 2 && s.p[0] == ':' && s.p[1] == ':') {
        *gap = 0;
        i = 2;
    }
    while (i < s.n) {
        wr_str rest = wr_sub(s, i, s.n);
        if (*n <= 12 && wr_find(rest, WR_S(":"), 0) == SIZE_MAX && ip4(rest, out + *n)) {
            *n += 4;
            return true;
        }
        if (*n == 16 || !group(s, &i, out + *n)) return false;
        *n += 2;
        if (i == s.n) return true;
        if (s.p[i++] != ':' || i == s.n) return false;
        if (s.p[i] == ':') {
            if (*gap != 16 || *n == 16) return false;
            *gap = *n;
            i++;
        }
    }
    return *gap != 16;
}

static bool ip6(wr_str s, uint8_t out[16]) {
    uint8_t part[16] = {0};
    uint32_t n, gap;
    if (s.n > 45 || !groups(s, part, &n, &gap)) return false;
    if (gap == 16 ? n != 16 : n > 14) return false;
    if (gap == 16) gap = n;
    memset(out, 0, 16);
    memcpy(out, part, gap);
    memcpy(out + 16 - (n - gap), part + gap, n - gap);
    return true;
}

bool iam_ip_parse(wr_str s, wr_iam_cidr *out) {
    memset(out, 0, sizeof *out);
    if (ip4(s, out->addr)) {
        out->family = 4;
        out->bits = 32;
        return true;
    }
    out->family = 6;
    out->bits = 128;
    return ip6(s, out->addr);
}

bool iam_cidr_parse(wr_str s, wr_iam_cidr *out) {
    size_t slash = wr_find(s, WR_S("/"), 0);
    if (slash == SIZE_MAX) return iam_ip_parse(s, out);
    if (!iam_ip_parse(wr_sub(s, 0, slash), out)) return false;
    size_t i = slash + 1;
    if (!decimal(s, &i, out->bits, &out->bits) || i != s.n) return false;
    for (uint32_t bit = out->bits; bit < 128; bit++)
        out->addr[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
    return true;
}

bool iam_cidr_has(const wr_iam_cidr *net, const wr_iam_cidr *ip) {
    uint32_t whole = net->bits / 8u, rest = net->bits % 8u;
    if (net->family != ip->family || memcmp(net->addr, ip->addr, whole) != 0) return false;
    return rest == 0 || (net->addr[whole] ^ ip->addr[whole]) >> (8 - rest) == 0;
}
