// SPDX-License-Identifier: Apache-2.0
// The scanner of CloudTrail records: walks a record's JSON once, picks the members that a request
// is made of and passes over the rest. The rest is checked too (brackets, commas, quotes, numbers),
// so that half a record is never taken for a whole one; what it says is not looked at.
// Always true: nothing is copied but texts with escapes; when a member repeats, the last counts.
// Rules: RFC 8259.

#include "analyze/trail_int.h"

enum { DEEPEST = 512 };

static bool bad(trail_scan *s) {
    s->ok = false;
    return false;
}

static inline void blanks(trail_scan *s) {
    while (s->p != s->end && (unsigned char)*s->p <= ' ' &&
           (*s->p == ' ' || *s->p == '\n' || *s->p == '\t' || *s->p == '\r'))
        s->p++;
}

static inline bool at(const trail_scan *s, char c) { return s->p != s->end && *s->p == c; }

// ---------------------------------------------------------------------------------- strings

typedef struct text {
    wr_str raw; // between the quotes
    bool escaped;
    uint64_t high;
} text;

static bool good_escape(const char *p, const char *end) {
    static const char simple[] = "\"\\/bfnrt";
    if (end - p < 2) return false;
    if (p[1] != 'u') return memchr(simple, p[1], sizeof simple - 1) != NULL;
    for (int i = 2; i < 6; i++) {
        if (p + i >= end) return false;
        char c = (char)(p[i] | 0x20);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    }
    return true;
}

static bool take_quoted(trail_scan *s, text *t) {
    if (!at(s, '"')) return bad(s);
    const char *beg = ++s->p;
    t->escaped = false;
    t->high = 0;
    for (;;) {
        s->p = wr_scan_quoted(s->p, s->end, &t->high);
        if (s->p == s->end) return bad(s);
        if (*s->p == '"') break;
        if (*s->p != '\\' || !good_escape(s->p, s->end)) return bad(s);
        t->escaped = true;
        s->p += 2;
    }
    t->raw = wr_strn(beg, (size_t)(s->p++ - beg));
    return true;
}

static uint32_t hex4(const char *p) {
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        v = v << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return v;
}

// \uXXXX at p, with its second half; returns where it ends, NULL for half a pair.
static const char *take_unicode(const char *p, const char *end, char **out) {
    uint32_t cp = hex4(p + 2);
    p += 6;
    if (cp >= 0xDC00 && cp <= 0xDFFF) return NULL;
    if (cp >= 0xD800 && cp <= 0xDBFF) {
        if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return NULL;
        uint32_t low = hex4(p + 2);
        if (low < 0xDC00 || low > 0xDFFF) return NULL;
        cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
        p += 6;
    }
    *out += wr_utf8_put(cp, *out);
    return p;
}

static bool decode(trail_scan *s, const text *t, wr_str *to) {
    char *out = wr_alloc(s->arena, t->raw.n);
    const char *p = t->raw.p, *end = p + t->raw.n;
    if (out == NULL) return bad(s);
    to->p = out;
    while (p != end) {
        if (*p != '\\') {
            *out++ = *p++;
            continue;
        }
        if (p[1] == 'u') {
            p = take_unicode(p, end, &out);
            if (p == NULL) return bad(s);
            continue;
        }
        char c = p[1];
        *out++ = (char)(c == 'b'   ? '\b'
                        : c == 'f' ? '\f'
                        : c == 'n' ? '\n'
                        : c == 'r' ? '\r'
                        : c == 't' ? '\t'
                                   : c);
        p += 2;
    }
    to->n = (size_t)(out - to->p);
    return true;
}

static bool take_string(trail_scan *s, wr_str *to) {
    text t;
    if (!take_quoted(s, &t)) return false;
    if (t.high && wr_utf8_check(t.raw) < t.raw.n) return bad(s);
    *to = t.raw;
    return !t.escaped || decode(s, &t, to);
}

// ---------------------------------------------------------------------------------- passing over

static const char *digits(const char *p, const char *end) {
    while (p != end && *p >= '0' && *p <= '9') p++;
    return p;
}

static bool pass_number(trail_scan *s) {
    const char *p = s->p + (*s->p == '-'), *first = p;
    p = digits(p, s->end);
    if (p == first || (*first == '0' && p - first > 1)) return bad(s);
    if (p != s->end && *p == '.') {
        first = ++p;
        p = digits(p, s->end);
        if (p == first) return bad(s);
    }
    if (p != s->end && (*p | 0x20) == 'e') {
        p++;
        if (p != s->end && (*p == '+' || *p == '-')) p++;
        first = p;
        p = digits(p, s->end);
        if (p == first) return bad(s);
    }
    s->p = p;
    return true;
}

static bool pass_word(trail_scan *s, wr_str word) {
    if ((size_t)(s->end - s->p) < word.n || memcmp(s->p, word.p, word.n) != 0) return bad(s);
    s->p += word.n;
    return true;
}

static bool pass_scalar(trail_scan *s) {
    text t;
    if (s->p == s->end) return bad(s);
    switch (*s->p) {
    case '"': return take_quoted(s, &t);
    case 't': return pass_word(s, WR_S("true"));
    case 'f': return pass_word(s, WR_S("false"));
    case 'n': return pass_word(s, WR_S("null"));
    default: return pass_number(s);
    }
}

// A key and its colon, and the blanks behind it.
static bool take_key(trail_scan *s, wr_str *raw) {
    text t;
    if (!take_quoted(s, &t)) return false;
    *raw = t.raw;
    blanks(s);
    if (!at(s, ':')) return bad(s);
    s->p++;
    blanks(s);
    return true;
}

// After a value in brackets of which `map` tells the kind: 1 another comes (its key is passed), 0
// they close, -1 not ok.
static int pass_between(trail_scan *s, bool map) {
    wr_str key;
    blanks(s);
    if (at(s, map ? '}' : ']')) {
        s->p++;
        return 0;
    }
    if (!at(s, ',')) return bad(s) - 1;
    s->p++;
    blanks(s);
    if (map && !take_key(s, &key)) return -1;
    return 1;
}

// Any value; s stands at it.
static bool pass_value(trail_scan *s) {
    uint64_t maps[DEEPEST / 64];
    unsigned depth = 0;
    wr_str key;
    for (;;) {
        bool map = at(s, '{');
        int more = 0;
        if (map || at(s, '[')) {
            if (depth == DEEPEST) return bad(s);
            s->p++;
            blanks(s);
            if (!at(s, map ? '}' : ']')) {
                uint64_t bit = (uint64_t)1 << depth % 64;
                uint64_t outer = depth % 64 ? maps[depth / 64] : 0;
                maps[depth / 64] = map ? outer | bit : outer & ~bit;
                depth++;
                if (map && !take_key(s, &key)) return false;
                continue;
            }
            s->p++;
        } else if (!pass_scalar(s)) {
            return false;
        }
        for (; depth > 0; depth--) {
            more = pass_between(s, maps[(depth - 1) / 64] >> (depth - 1) % 64 & 1);
            if (more) break;
        }
        if (more < 0) return false;
        if (depth == 0) return true;
    }
}

// ---------------------------------------------------------------------------------- picking

static bool take_value(trail_scan *s, const trail_field *f, wr_trail_record *rec);

bool trail_scan_object(trail_scan *s, const trail_table *t, wr_trail_record *rec) {
    if (!at(s, '{')) return bad(s);
    s->p++;
    blanks(s);
    if (at(s, '}')) {
        s->p++;
        return true;
    }
    for (;;) {
        wr_str key;
        const trail_field *hit = NULL;
        if (!take_key(s, &key)) return false;
        if (key.n < 32 && (t->lengths >> key.n & 1))
            for (const trail_field *f = t->v, *end = f + t->n; f != end && hit == NULL; f++)
                if (f->n == key.n && memcmp(f->name, key.p, key.n) == 0) hit = f;
        if (!(hit ? take_value(s, hit, rec) : pass_value(s))) return false;
        blanks(s);
        if (at(s, '}')) {
            s->p++;
            return true;
        }
        if (!at(s, ',')) return bad(s);
        s->p++;
        blanks(s);
    }
}

static const trail_field resource_fields[] = {
    {"ARN", 3, TRAIL_TEXT, offsetof(wr_trail_record, one.arn), NULL},
    {"accountId", 9, TRAIL_TEXT, offsetof(wr_trail_record, one.account), NULL},
};
static const trail_table resource_table = {resource_fields, 2, 1u << 3 | 1u << 9};

static bool take_resources(trail_scan *s, wr_trail_record *rec) {
    rec->n_resources = 0;
    rec->more_resources = false;
    if (!at(s, '[')) return pass_value(s);
    s->p++;
    blanks(s);
    if (at(s, ']')) {
        s->p++;
        return true;
    }
    for (;;) {
        rec->one = (wr_trail_resource){{NULL, 0}, {NULL, 0}};
        bool object = at(s, '{');
        if (!(object ? trail_scan_object(s, &resource_table, rec) : pass_value(s))) return false;
        if (rec->one.arn.n == 0) rec->more_resources = true;
        else if (rec->n_resources < WR_TRAIL_RESOURCES)
            rec->resources[rec->n_resources++] = rec->one;
        else rec->more_resources = true;
        blanks(s);
        if (at(s, ']')) break;
        if (!at(s, ',')) return bad(s);
        s->p++;
        blanks(s);
    }
    s->p++;
    return true;
}

static bool take_value(trail_scan *s, const trail_field *f, wr_trail_record *rec) {
    wr_str *to = (wr_str *)(void *)((char *)rec + f->at);
    const char *beg = s->p;
    switch ((trail_take)f->take) {
    case TRAIL_OBJECT: return at(s, '{') ? trail_scan_object(s, f->inner, rec) : pass_value(s);
    case TRAIL_RESOURCES: return take_resources(s, rec);
    case TRAIL_TEXT:
        *to = (wr_str){NULL, 0};
        if (at(s, '"')) return take_string(s, to);
        break;
    case TRAIL_RAW: break;
    }
    if (!pass_value(s)) return false;
    bool box = *beg == '{' || *beg == '[';
    if (*beg != 'n' && (f->take == TRAIL_RAW || !box)) *to = wr_strn(beg, (size_t)(s->p - beg));
    return true;
}

wr_str trail_member(wr_arena *a, wr_str raw, const char *name) {
    if (raw.n == 0 || *raw.p != '{') return WR_S("");
    wr_trail_record rec;
    trail_field f = {name, (uint8_t)strlen(name), TRAIL_TEXT, offsetof(wr_trail_record, id), NULL};
    trail_table t = {&f, 1, 1u << f.n};
    trail_scan s = {raw.p, raw.p + raw.n, a, true};
    rec.id = (wr_str){NULL, 0};
    return trail_scan_object(&s, &t, &rec) ? rec.id : WR_S("");
}
