// SPDX-License-Identifier: Apache-2.0
// ext: the values of decimal, ip, datetime and duration from their texts. What is malformed is told
// by kind (ced_ext_fault), so that a decision makes no text unless somebody asks for it.
// Rules: Cedar extension types, RFC 80 (datetime); words of faults as cedar-policy 4.13 says them.

#include "lang/cedar/cedar_int.h"

static bool digit(char c) { return c >= '0' && c <= '9'; }

// ---------------------------------------------------------------------------------- decimal

// Digits (all of s) as a number. False: it does not fit.
static bool number(wr_str s, uint64_t max, uint64_t *out) {
    uint64_t u = 0;
    for (size_t i = 0; i < s.n; i++) {
        uint64_t d = (uint64_t)(s.p[i] - '0');
        if (u > (max - d) / 10) return false;
        u = u * 10 + d;
    }
    *out = u;
    return true;
}

static size_t digits(wr_str s, size_t i) {
    while (i < s.n && digit(s.p[i])) i++;
    return i;
}

static ced_ext_fault decimal(wr_str s, int64_t *out) {
    bool minus = s.n > 0 && s.p[0] == '-';
    size_t beg = minus ? 1 : 0, point = digits(s, beg), end = digits(s, point + 1);
    if (point == beg || point >= s.n || s.p[point] != '.' || end == point + 1 || end != s.n)
        return CED_X_DECIMAL;
    if (end - point - 1 > 4) return CED_X_DECIMAL_DIGITS;
    uint64_t whole = 0, part = 0, max = (uint64_t)INT64_MAX + (minus ? 1 : 0);
    if (!number(wr_sub(s, beg, point), max, &whole)) return CED_X_DECIMAL_RANGE;
    if (!number(wr_sub(s, point + 1, end), max, &part)) return CED_X_DECIMAL_RANGE;
    for (size_t i = end - point - 1; i < 4; i++) part *= 10;
    if (whole > (max - part) / 10000) return CED_X_DECIMAL_RANGE;
    uint64_t u = whole * 10000 + part;
    *out = minus ? (int64_t)(0 - u) : (int64_t)u;
    return CED_X_OK;
}

// ---------------------------------------------------------------------------------- ip

static bool v4(wr_str s, uint8_t b[4]) {
    size_t i = 0;
    for (int k = 0; k < 4; k++) {
        if (k > 0 && (i >= s.n || s.p[i++] != '.')) return false;
        size_t end = digits(s, i);
        uint64_t u;
        if (end == i || end - i > 3 || (end - i > 1 && s.p[i] == '0')) return false;
        if (!number(wr_sub(s, i, end), 255, &u)) return false;
        b[k] = (uint8_t)u;
        i = end;
    }
    return i == s.n;
}

static int hex(char c) {
    if (digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Up to max groups from *i on, ended by the text or by "::"; -1: malformed.
static int groups(wr_str s, size_t *i, int max, uint16_t *out) {
    int n = 0;
    while (*i < s.n && s.p[*i] != ':') {
        uint32_t u = 0;
        size_t beg = *i;
        for (; *i < s.n && hex(s.p[*i]) >= 0; ++*i) u = u * 16 + (uint32_t)hex(s.p[*i]) % 16;
        if (*i == beg || *i - beg > 4 || n == max) return -1;
        out[n++] = (uint16_t)u;
        if (*i == s.n) break;
        if (s.p[*i] != ':') return -1;
        if (*i + 1 < s.n && s.p[*i + 1] == ':') break;
        if (++*i == s.n) return -1; // a lone ':' at the end
    }
    return n;
}

static bool v6(wr_str s, uint8_t b[16]) {
    uint16_t head[8], tail[8];
    size_t i = 0;
    int n = groups(s, &i, 8, head), m = 0;
    if (n < 0) return false;
    bool gap = i < s.n;
    if (gap) {
        if (i + 1 >= s.n || s.p[i + 1] != ':') return false;
        i += 2;
        m = groups(s, &i, 8, tail);
        if (m < 0 || i != s.n) return false;
    }
    if (gap ? n + m > 7 : n != 8) return false;
    memset(b, 0, 16);
    for (int k = 0; k < n; k++) {
        b[2 * k] = (uint8_t)(head[k] >> 8);
        b[2 * k + 1] = (uint8_t)head[k];
    }
    for (int k = 0; k < m; k++) {
        b[16 - 2 * m + 2 * k] = (uint8_t)(tail[k] >> 8);
        b[16 - 2 * m + 2 * k + 1] = (uint8_t)tail[k];
    }
    return true;
}

static ced_ext_fault prefix(wr_str s, uint8_t max, uint8_t *out) {
    if (s.n == 0) return CED_X_IP_PREFIX_EMPTY;
    if (digits(s, 0) != s.n) return CED_X_IP_PREFIX_DIGIT;
    if (s.n > 1 && s.p[0] == '0') return CED_X_IP_PREFIX_ZERO;
    if (s.n > (max > 99 ? 3 : 2)) return CED_X_IP_PREFIX_LONG;
    uint64_t u = 0;
    (void)number(s, UINT64_MAX, &u);
    if (u > max) return CED_X_IP_PREFIX_LIMIT;
    *out = (uint8_t)u;
    return CED_X_OK;
}

enum { LONGEST_IP = 43 };

static ced_ext_fault ip_parse(wr_str s, ced_ip *out) {
    if (s.n > LONGEST_IP) return CED_X_IP_LONG;
    size_t slash = wr_find(s, WR_S("/"), 0);
    wr_str a = slash == SIZE_MAX ? s : wr_sub(s, 0, slash);
    bool colons = wr_find(a, WR_S(":"), 0) != SIZE_MAX;
    bool points = wr_find(a, WR_S("."), 0) != SIZE_MAX;
    *out = (ced_ip){.v6 = colons, .prefix = colons ? 128 : 32};
    if (colons && points && wr_find(a, WR_S("::"), 0) != SIZE_MAX) return CED_X_IP_EMBEDDED;
    if (colons ? !v6(a, out->b) : !v4(a, out->b + 12)) return CED_X_IP;
    return slash == SIZE_MAX ? CED_X_OK
                             : prefix(wr_sub(s, slash + 1, s.n), out->prefix, &out->prefix);
}

// The first address of a's network.
static void network(const ced_ip *a, uint8_t out[16]) {
    unsigned keep = a->v6 ? a->prefix : 96u + a->prefix;
    for (unsigned i = 0; i < 16; i++) {
        unsigned bits = keep > i * 8 ? keep - i * 8 : 0;
        uint8_t mask = bits >= 8 ? 0xFF : (uint8_t)(0xFF00u >> bits);
        out[i] = (uint8_t)(a->b[i] & mask);
    }
}

bool ced_ip_in(const ced_ip *a, const ced_ip *b) {
    if (a->v6 != b->v6 || a->prefix < b->prefix) return false;
    uint8_t x[16], y[16];
    ced_ip wide = *a;
    wide.prefix = b->prefix;
    network(b, x);
    network(&wide, y);
    return memcmp(x, y, 16) == 0;
}

bool ced_ip_loopback(const ced_ip *a) {
    static const uint8_t one[16] = {[15] = 1};
    if (!a->v6) return a->b[12] == 127 && a->prefix >= 8;
    return a->prefix == 128 && memcmp(a->b, one, 16) == 0;
}

bool ced_ip_multicast(const ced_ip *a) {
    if (!a->v6) return a->b[12] >> 4 == 14 && a->prefix >= 4;
    return a->b[0] == 0xFF && a->prefix >= 8;
}

// ---------------------------------------------------------------------------------- datetime

// Digits where the pattern has '9', the same character elsewhere.
static bool shaped(wr_str s, const char *pattern) {
    size_t n = strlen(pattern);
    if (s.n < n) return false;
    for (size_t i = 0; i < n; i++)
        if (pattern[i] == '9' ? !digit(s.p[i]) : s.p[i] != pattern[i]) return false;
    return true;
}

static int64_t field(wr_str s, size_t i, size_t n) {
    int64_t v = 0;
    for (size_t k = i; k < i + n; k++) v = v * 10 + (s.p[k] - '0');
    return v;
}

enum { MS_A_DAY = 86400000 };

// ".999" perhaps, then Z or an offset.
static ced_ext_fault zone(wr_str s, int64_t *ms) {
    *ms = 0;
    if (shaped(s, ".999")) {
        *ms = field(s, 1, 3);
        s = wr_sub(s, 4, s.n);
    }
    if (wr_eq(s, WR_S("Z"))) return CED_X_OK;
    if (s.n != 5 || !(shaped(s, "+9999") || shaped(s, "-9999"))) return CED_X_ZONE;
    int64_t h = field(s, 1, 2), m = field(s, 3, 2);
    if (h > 23 || m > 59) return CED_X_ZONE_RANGE;
    int64_t off = (h * 60 + m) * 60000;
    *ms += s.p[0] == '-' ? off : -off;
    return CED_X_OK;
}

static ced_ext_fault datetime(wr_str s, int64_t *out) {
    if (!shaped(s, "9999-99-99")) return CED_X_DATE;
    int64_t y = field(s, 0, 4), m = field(s, 5, 2), d = field(s, 8, 2);
    bool real = m >= 1 && m <= 12 && d >= 1 && d <= wr_days_in_month(y, m);
    if (!real) return CED_X_DATE_RANGE;
    *out = wr_days(y, m, d) * MS_A_DAY;
    if (s.n == 10) return CED_X_OK;
    wr_str t = wr_sub(s, 10, s.n);
    if (!shaped(t, "T99:99:99")) return CED_X_TIME;
    int64_t hh = field(t, 1, 2), mm = field(t, 4, 2), ss = field(t, 7, 2), ms;
    ced_ext_fault f = zone(wr_sub(t, 9, t.n), &ms);
    if (f == CED_X_ZONE) return f;
    if (hh > 23 || mm > 59 || ss > 59) return CED_X_TIME_RANGE;
    *out += ((hh * 60 + mm) * 60 + ss) * 1000 + ms;
    return f;
}

// ---------------------------------------------------------------------------------- duration

static ced_ext_fault duration(wr_str s, int64_t *out) {
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"d", MS_A_DAY}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
    bool minus = s.n > 0 && s.p[0] == '-', over = false;
    size_t i = minus ? 1 : 0;
    int64_t total = 0;
    if (i == s.n) return CED_X_DURATION;
    for (size_t k = 0; i < s.n; i++) {
        size_t beg = i;
        i = digits(s, i);
        uint64_t u = 0;
        if (i == beg) return CED_X_DURATION;
        over |= !number(wr_sub(s, beg, i), (uint64_t)INT64_MAX + 1, &u);
        size_t end = i;
        while (end < s.n && !digit(s.p[end])) end++;
        while (k < 5 && !wr_eq(wr_sub(s, i, end), wr_strz(units[k].unit))) k++;
        if (k == 5) return CED_X_DURATION;
        int64_t v = minus ? (int64_t)(0 - u) : (int64_t)u;
        over |= !minus && u > INT64_MAX;
        over |=
            __builtin_mul_overflow(v, units[k].ms, &v) || __builtin_add_overflow(total, v, &total);
        i = end - 1;
        k++;
    }
    *out = total;
    return over ? CED_X_DURATION_RANGE : CED_X_OK;
}

// ---------------------------------------------------------------------------------- constructors

bool ced_is_constructor(ced_fn fn) {
    return fn == CED_F_DECIMAL || fn == CED_F_DATETIME || fn == CED_F_DURATION || fn == CED_F_IP;
}

ced_ext_fault ced_construct(ced_fn fn, wr_str s, ced_ip *room, ced_val *out) {
    *out = (ced_val){.kind = CED_V_IP, .u.ip = room};
    switch (fn) {
    case CED_F_DECIMAL: out->kind = CED_V_DECIMAL; return decimal(s, &out->u.i);
    case CED_F_DATETIME: out->kind = CED_V_DATETIME; return datetime(s, &out->u.i);
    case CED_F_DURATION: out->kind = CED_V_DURATION; return duration(s, &out->u.i);
    default: return ip_parse(s, room);
    }
}

// ---------------------------------------------------------------------------------- words

static void put_time(wr_buf *b, wr_str s) { wr_puts(b, wr_sub(s, 11, 19)); }

void ced_ext_say(wr_buf *b, ced_ext_fault f, wr_str s) {
    size_t slash = wr_find(s, WR_S("/"), 0);
    wr_str pre = slash == SIZE_MAX ? WR_S("") : wr_sub(s, slash + 1, s.n);
    switch (f) {
    case CED_X_OK: break;
    case CED_X_DECIMAL: wr_putf(b, "`%.*s` is not a well-formed decimal value", WR_FMT(s)); break;
    case CED_X_DECIMAL_DIGITS:
        wr_putf(b, "too many digits after the decimal in `%.*s`", WR_FMT(s));
        break;
    case CED_X_DECIMAL_RANGE: wr_putz(b, "overflow when converting to decimal"); break;
    case CED_X_IP:
    case CED_X_IP_LONG: wr_putf(b, "invalid IP address: %.*s", WR_FMT(s)); break;
    case CED_X_IP_EMBEDDED:
        wr_putf(
            b,
            "error parsing IP address from string: We do not accept IPv4 embedded in IPv6 (e.g., "
            "::ffff:127.0.0.1). Found: `%.*s`",
            WR_FMT(s));
        break;
    case CED_X_IP_PREFIX_EMPTY:
    case CED_X_IP_PREFIX_DIGIT:
        wr_putf(b, "error parsing prefix `%.*s`: encountered non-digit", WR_FMT(pre));
        break;
    case CED_X_IP_PREFIX_ZERO:
        wr_putf(b, "error parsing prefix `%.*s`: leading zero(s)", WR_FMT(pre));
        break;
    case CED_X_IP_PREFIX_LONG:
    case CED_X_IP_PREFIX_LIMIT:
        wr_putf(b, "error parsing prefix: %.*s is larger than the limit %d", WR_FMT(pre),
                wr_find(s, WR_S(":"), 0) == SIZE_MAX ? 32 : 128);
        break;
    case CED_X_DATE: wr_putz(b, "invalid date pattern"); break;
    case CED_X_DATE_RANGE: wr_putf(b, "invalid date: %.*s", WR_FMT(wr_sub(s, 0, 10))); break;
    case CED_X_TIME: wr_putz(b, "invalid hour/minute/second pattern"); break;
    case CED_X_TIME_RANGE:
        wr_putz(b, "invalid hour/minute/second: ");
        put_time(b, s);
        break;
    case CED_X_ZONE: wr_putz(b, "invalid millisecond and/or offset pattern"); break;
    case CED_X_ZONE_RANGE: // hours and minutes as numbers side by side
        wr_putf(b, "invalid offset range: %d%d", (int)field(s, s.n - 4, 2),
                (int)field(s, s.n - 2, 2));
        break;
    case CED_X_DURATION: wr_putz(b, "invalid duration pattern"); break;
    case CED_X_DURATION_RANGE: wr_putz(b, "Duration overflows internal representation"); break;
    }
}
