// SPDX-License-Identifier: Apache-2.0
// value: equality, hashes, sets, records, patterns, and values as Cedar text. Equality never fails:
// values of different kinds are unequal, sets do not know order or doubles.
//
// Always true: no two elements of a set are equal; the attributes of a record are in the order of
// their names' bytes; neither is nested more than WR_CEDAR_DEPTH deep, so recursion ends there.

#include "lang/cedar/cedar_int.h"

#include <stdlib.h>

// ---------------------------------------------------------------------------------- equality

static uint64_t mix(uint64_t h, uint64_t v) {
    h ^= v + UINT64_C(0x9E3779B97F4A7C15) + (h << 6) + (h >> 2);
    h *= UINT64_C(0xFF51AFD7ED558CCD);
    return h ^ (h >> 32);
}

uint64_t ced_val_hash(const ced_val *v, uint64_t seed) {
    uint64_t h = mix(seed, v->kind);
    switch ((ced_kind)v->kind) {
    case CED_V_BOOL: return mix(h, v->u.b);
    case CED_V_STRING: return mix(h, wr_hash((wr_str){v->u.s, v->n}, seed));
    case CED_V_ENTITY: return mix(h, wr_hash(v->u.uid->id, wr_hash(v->u.uid->type, seed)));
    case CED_V_SET: { // order does not count
        uint64_t sum = 0;
        for (uint32_t i = 0; i < v->n; i++) sum += ced_val_hash(&v->u.set->v[i], seed);
        return mix(mix(h, v->n), sum);
    }
    case CED_V_RECORD:
        for (uint32_t i = 0; i < v->n; i++) {
            h = mix(h, wr_hash(v->u.rec[i].key, seed));
            h = mix(h, ced_val_hash(&v->u.rec[i].v, seed));
        }
        return h;
    case CED_V_IP:
        h = mix(h, v->u.ip->prefix);
        return mix(h, wr_hash((wr_str){(const char *)v->u.ip->b, 16}, seed ^ v->u.ip->v6));
    case CED_V_LONG:
    case CED_V_DECIMAL:
    case CED_V_DATETIME:
    case CED_V_DURATION: break;
    }
    return mix(h, (uint64_t)v->u.i);
}

static bool records_eq(const ced_val *a, const ced_val *b) {
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (!wr_eq(a->u.rec[i].key, b->u.rec[i].key) || !ced_val_eq(&a->u.rec[i].v, &b->u.rec[i].v))
            return false;
    return true;
}

static bool sets_eq(const ced_val *a, const ced_val *b) {
    if (a->n != b->n) return false;
    for (uint32_t i = 0; i < a->n; i++)
        if (!ced_set_has(b, &a->u.set->v[i])) return false;
    return true;
}

bool ced_val_eq(const ced_val *a, const ced_val *b) {
    if (a->kind != b->kind) return false;
    switch ((ced_kind)a->kind) {
    case CED_V_BOOL: return a->u.b == b->u.b;
    case CED_V_STRING: return wr_eq((wr_str){a->u.s, a->n}, (wr_str){b->u.s, b->n});
    case CED_V_ENTITY: return ced_uid_same(a->u.uid, b->u.uid);
    case CED_V_SET: return a->u.set == b->u.set || sets_eq(a, b);
    case CED_V_RECORD: return a->u.rec == b->u.rec ? a->n == b->n : records_eq(a, b);
    case CED_V_IP: {
        const ced_ip *x = a->u.ip, *y = b->u.ip;
        return x->v6 == y->v6 && x->prefix == y->prefix && memcmp(x->b, y->b, 16) == 0;
    }
    case CED_V_LONG:
    case CED_V_DECIMAL:
    case CED_V_DATETIME:
    case CED_V_DURATION: break;
    }
    return a->u.i == b->u.i;
}

// ---------------------------------------------------------------------------------- sets

enum { SMALL = 8 }; // sets up to it are searched one by one

bool ced_set_has(const ced_val *set, const ced_val *v) {
    const ced_set *s = set->u.set;
    if (s->table == NULL) {
        for (uint32_t i = 0; i < s->n; i++)
            if (ced_val_eq(&s->v[i], v)) return true;
        return false;
    }
    for (uint32_t i = (uint32_t)ced_val_hash(v, s->seed) & s->mask;; i = (i + 1) & s->mask) {
        if (s->table[i] == 0) return false;
        if (ced_val_eq(&s->v[s->table[i] - 1], v)) return true;
    }
}

bool ced_set_make(wr_arena *a, const ced_val *v, uint32_t n, ced_val *out) {
    ced_set *s = wr_alloc(a, sizeof *s);
    ced_val *own = wr_alloc(a, n ? n * sizeof *own : 1);
    if (s == NULL || own == NULL) return false;
    uint32_t *table = NULL, cap = 1;
    if (n > SMALL) {
        while (cap < 2 * n) cap *= 2;
        table = wr_zalloc(a, cap * sizeof *table);
        if (table == NULL) return false;
    }
    *s = (ced_set){own, 0, table, cap - 1, table ? wr_seed(a) : 0};
    *out = (ced_val){.kind = CED_V_SET, .u.set = s};
    for (uint32_t i = 0; i < n; i++) {
        if (table == NULL) {
            if (!ced_set_has(out, &v[i])) own[s->n++] = v[i];
            continue;
        }
        uint32_t k = (uint32_t)ced_val_hash(&v[i], s->seed) & s->mask;
        while (table[k] != 0 && !ced_val_eq(&own[table[k] - 1], &v[i])) k = (k + 1) & s->mask;
        if (table[k] != 0) continue;
        own[s->n++] = v[i];
        table[k] = s->n;
    }
    out->n = s->n;
    return true;
}

// ---------------------------------------------------------------------------------- records

static int by_key(const void *a, const void *b) {
    return wr_cmp(((const ced_field *)a)->key, ((const ced_field *)b)->key);
}

bool ced_record_make(wr_arena *a, ced_field *v, uint32_t n, ced_val *out) {
    ced_field *own = wr_alloc(a, n ? n * sizeof *own : 1);
    if (own == NULL) return false;
    if (n) memcpy(own, v, n * sizeof *own);
    if (n > 1) qsort(own, n, sizeof *own, by_key);
    *out = (ced_val){.kind = CED_V_RECORD, .n = n, .u.rec = own};
    return true;
}

const ced_val *ced_record_get(const ced_val *rec, wr_str key) {
    uint32_t lo = 0, hi = rec->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c = wr_cmp(rec->u.rec[mid].key, key);
        if (c == 0) return &rec->u.rec[mid].v;
        if (c < 0) lo = mid + 1;
        else hi = mid;
    }
    return NULL;
}

// ---------------------------------------------------------------------------------- patterns

// Every literal is found at its first place behind the one before, the last one at the end: a star
// takes any bytes, and in UTF-8 a literal is never found inside a character.
bool ced_like(ced_pattern p, wr_str s) {
    wr_str first = p.lit[0];
    if (p.n == 1) return wr_eq(first, s);
    if (!wr_starts(s, first)) return false;
    size_t i = first.n;
    for (uint32_t k = 1; k + 1 < p.n; k++) {
        size_t at = wr_find(s, p.lit[k], i);
        if (at == SIZE_MAX) return false;
        i = at + p.lit[k].n;
    }
    wr_str last = p.lit[p.n - 1];
    return s.n - i >= last.n && wr_ends(s, last);
}

// ---------------------------------------------------------------------------------- as text

// What is not seen, or turns or joins the text around it, is written out: people read what counts.
void ced_put_string(wr_buf *b, wr_str s, bool in_pattern) {
    for (size_t i = 0; i < s.n;) {
        size_t beg = i;
        uint32_t cp = wr_utf8_next(s, &i);
        static const char from[] = "\n\r\t\\\"'", to[] = "nrt\\\"'";
        const char *e = cp > 0 && cp < 0x80 ? strchr(from, (int)cp) : NULL;
        if (e) {
            wr_putc(b, '\\');
            wr_putc(b, to[e - from]);
        } else if (cp == 0) wr_putz(b, "\\0");
        else if (cp == '*' && in_pattern) wr_putz(b, "\\*");
        else if (ced_escaped(cp, beg == 0 || in_pattern)) wr_putf(b, "\\u{%x}", (unsigned)cp);
        else wr_puts(b, wr_sub(s, beg, i));
    }
}

static void put_quoted(wr_buf *b, wr_str s) {
    wr_putc(b, '"');
    ced_put_string(b, s, false);
    wr_putc(b, '"');
}

void wr_cedar_put_uid(wr_buf *b, wr_cedar_uid u) {
    wr_puts(b, u.type);
    wr_putz(b, "::");
    put_quoted(b, u.id);
}

bool ced_is_ident(wr_str s, bool reserved_too) {
    if (s.n == 0 || (s.p[0] >= '0' && s.p[0] <= '9')) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool ok =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (!ok) return false;
    }
    return reserved_too || !ced_reserved(s);
}

void ced_put_key(wr_buf *b, wr_str key) {
    if (ced_is_ident(key, false)) wr_puts(b, key);
    else put_quoted(b, key);
}

static void put_decimal(wr_buf *b, int64_t v) {
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    wr_putf(b, "%s%llu.", v < 0 ? "-" : "", (unsigned long long)(u / 10000));
    unsigned part = (unsigned)(u % 10000), width = 4;
    while (width > 1 && part % 10 == 0) {
        part /= 10;
        width--;
    }
    wr_putf(b, "%0*u", (int)width, part);
}

static void put_ip(wr_buf *b, const ced_ip *ip) {
    if (ip->v6)
        for (int i = 0; i < 16; i += 2)
            wr_putf(b, "%s%x", i ? ":" : "", (unsigned)ip->b[i] << 8 | ip->b[i + 1]);
    else wr_putf(b, "%d.%d.%d.%d", ip->b[12], ip->b[13], ip->b[14], ip->b[15]);
    if (ip->prefix != (ip->v6 ? 128 : 32)) wr_putf(b, "/%d", ip->prefix);
}

static void put_list(wr_buf *b, const ced_val *v) {
    bool set = v->kind == CED_V_SET;
    wr_putc(b, set ? '[' : '{');
    for (uint32_t i = 0; i < v->n; i++) {
        if (i) wr_putz(b, ", ");
        if (!set) {
            ced_put_key(b, v->u.rec[i].key);
            wr_putz(b, ": ");
        }
        ced_put_val(b, set ? &v->u.set->v[i] : &v->u.rec[i].v);
    }
    wr_putc(b, set ? ']' : '}');
}

void ced_put_val(wr_buf *b, const ced_val *v) {
    switch ((ced_kind)v->kind) {
    case CED_V_BOOL: wr_putz(b, v->u.b ? "true" : "false"); break;
    case CED_V_LONG: wr_put_i64(b, v->u.i); break;
    case CED_V_STRING: put_quoted(b, (wr_str){v->u.s, v->n}); break;
    case CED_V_ENTITY: wr_cedar_put_uid(b, (wr_cedar_uid){v->u.uid->type, v->u.uid->id}); break;
    case CED_V_SET:
    case CED_V_RECORD: put_list(b, v); break;
    case CED_V_DECIMAL:
        wr_putz(b, "decimal(\"");
        put_decimal(b, v->u.i);
        wr_putz(b, "\")");
        break;
    case CED_V_IP:
        wr_putz(b, "ip(\"");
        put_ip(b, v->u.ip);
        wr_putz(b, "\")");
        break;
    case CED_V_DATETIME:
        wr_putf(b, "datetime(\"1970-01-01\").offset(duration(\"%lldms\"))", (long long)v->u.i);
        break;
    case CED_V_DURATION: wr_putf(b, "duration(\"%lldms\")", (long long)v->u.i); break;
    }
}

const char *ced_kind_name(const ced_val *v) {
    static const char *const names[] = {
        [CED_V_BOOL] = "bool",       [CED_V_LONG] = "long",         [CED_V_STRING] = "string",
        [CED_V_ENTITY] = "entity",   [CED_V_SET] = "set",           [CED_V_RECORD] = "record",
        [CED_V_DECIMAL] = "decimal", [CED_V_DATETIME] = "datetime", [CED_V_DURATION] = "duration",
        [CED_V_IP] = "ipaddr",
    };
    return names[v->kind];
}
