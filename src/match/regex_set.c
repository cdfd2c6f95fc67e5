// SPDX-License-Identifier: Apache-2.0
// Sets of code points: what character classes are made of. Every set is a list of ranges; its
// operations, its case closure and its named members (\d \s \w, [:alpha:], \p{…}) are here.
// Rules: UTS #18 as the Rust regex crate has it: simple case folding (CaseFolding.txt, C and S),
// loose matching of names (UAX #44, LM3).
// Invariant: a frozen set is sorted and its ranges have gaps between them.

#include "match/regex_int.h"

#include <stdlib.h>

typedef struct fold_run {
    uint32_t first, last;
    int32_t stride, delta;
} fold_run;

#include "match/unicode_sets.h"

#define N_ITEMS(a) (sizeof(a) / sizeof *(a))

bool rx_set_add(wr_arena *a, rx_set *s, uint32_t lo, uint32_t hi) {
    return WR_PUSH(a, &s->r, ((rx_range){lo, hi}));
}

bool rx_set_add_set(wr_arena *a, rx_set *s, const rx_set *more) {
    for (uint32_t i = 0; i < more->r.n; i++)
        if (!rx_set_add(a, s, more->r.v[i].lo, more->r.v[i].hi)) return false;
    return true;
}

static int by_start(const void *pa, const void *pb) {
    const rx_range *a = pa, *b = pb;
    return a->lo < b->lo ? -1 : a->lo > b->lo;
}

static bool is_sorted(const rx_set *s) {
    for (uint32_t i = 1; i < s->r.n; i++)
        if (s->r.v[i].lo < s->r.v[i - 1].lo) return false;
    return true;
}

void rx_set_freeze(rx_set *s) {
    if (!is_sorted(s)) qsort(s->r.v, s->r.n, sizeof *s->r.v, by_start);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->r.n; i++) {
        rx_range r = s->r.v[i];
        if (n > 0 && r.lo <= s->r.v[n - 1].hi + 1) {
            if (r.hi > s->r.v[n - 1].hi) s->r.v[n - 1].hi = r.hi;
        } else {
            s->r.v[n++] = r;
        }
    }
    s->r.n = n;
    s->ascii[0] = s->ascii[1] = 0;
    for (uint32_t i = 0; i < n && s->r.v[i].lo < 128; i++)
        for (uint32_t c = s->r.v[i].lo; c <= s->r.v[i].hi && c < 128; c++)
            s->ascii[c >> 6] |= (uint64_t)1 << (c & 63u);
}

// The first range that ends at or after cp, or n.
static uint32_t first_at(const rx_set *s, uint32_t cp) {
    uint32_t lo = 0, hi = s->r.n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (s->r.v[mid].hi < cp) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

bool rx_set_has(const rx_set *s, uint32_t cp) {
    if (cp < 128) return (s->ascii[cp >> 6] >> (cp & 63u) & 1u) != 0;
    uint32_t i = first_at(s, cp);
    return i < s->r.n && s->r.v[i].lo <= cp;
}

bool rx_set_negate(wr_arena *a, rx_set *s) {
    rx_set out = {0};
    uint32_t at = 0;
    for (uint32_t i = 0; i < s->r.n; i++) {
        rx_range r = s->r.v[i];
        if (r.lo > at && !rx_set_add(a, &out, at, r.lo - 1)) return false;
        at = r.hi + 1;
    }
    if (at <= RX_MAX_CP && !rx_set_add(a, &out, at, RX_MAX_CP)) return false;
    rx_set_freeze(&out);
    *s = out;
    return true;
}

bool rx_set_and(wr_arena *a, rx_set *s, const rx_set *other) {
    rx_set out = {0};
    for (uint32_t i = 0, j = 0; i < s->r.n && j < other->r.n;) {
        rx_range x = s->r.v[i], y = other->r.v[j];
        uint32_t lo = x.lo > y.lo ? x.lo : y.lo, hi = x.hi < y.hi ? x.hi : y.hi;
        if (lo <= hi && !rx_set_add(a, &out, lo, hi)) return false;
        if (x.hi < y.hi) i++;
        else j++;
    }
    rx_set_freeze(&out);
    *s = out;
    return true;
}

bool rx_set_minus(wr_arena *a, rx_set *s, const rx_set *other) {
    rx_set not_other = {0};
    if (!rx_set_add_set(a, &not_other, other)) return false;
    rx_set_freeze(&not_other);
    return rx_set_negate(a, &not_other) && rx_set_and(a, s, &not_other);
}

bool rx_set_xor(wr_arena *a, rx_set *s, const rx_set *other) {
    rx_set both = {0}, any = {0};
    if (!rx_set_add_set(a, &both, s) || !rx_set_add_set(a, &any, s) ||
        !rx_set_add_set(a, &any, other))
        return false;
    rx_set_freeze(&both);
    rx_set_freeze(&any);
    if (!rx_set_and(a, &both, other) || !rx_set_minus(a, &any, &both)) return false;
    *s = any;
    return true;
}

// Adds what the run maps the code points lo..hi to; they lie within the run.
static bool fold_span(wr_arena *a, rx_set *s, const fold_run *run, uint32_t lo, uint32_t hi) {
    uint32_t stride = (uint32_t)run->stride;
    if (stride == 1)
        return rx_set_add(a, s, (uint32_t)((int32_t)lo + run->delta),
                          (uint32_t)((int32_t)hi + run->delta));
    lo += (stride - (lo - run->first) % stride) % stride;
    for (; lo <= hi; lo += stride) {
        uint32_t to = (uint32_t)((int32_t)lo + run->delta);
        if (!rx_set_add(a, s, to, to)) return false;
    }
    return true;
}

bool rx_set_fold(wr_arena *a, rx_set *s) {
    rx_set_freeze(s);
    rx_set more = {0};
    for (size_t i = 0; i < N_ITEMS(fold_runs); i++) {
        const fold_run *run = &fold_runs[i];
        for (uint32_t k = first_at(s, run->first); k < s->r.n && s->r.v[k].lo <= run->last; k++) {
            rx_range r = s->r.v[k];
            uint32_t lo = r.lo > run->first ? r.lo : run->first;
            uint32_t hi = r.hi < run->last ? r.hi : run->last;
            if (!fold_span(a, &more, run, lo, hi)) return false;
        }
    }
    if (!rx_set_add_set(a, s, &more)) return false;
    rx_set_freeze(s);
    return true;
}

// ---------------------------------------------------------------------------------- named sets

static uint32_t read_varint(const uint8_t **p) {
    uint32_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t b = *(*p)++;
        v |= (uint32_t)(b & 0x7Fu) << shift;
        if (b < 0x80) return v;
    }
}

static bool add_known(wr_arena *a, rx_set *s, size_t id) {
    const uint8_t *p = set_bytes + set_off[id], *end = set_bytes + set_off[id + 1];
    uint32_t at = 0;
    while (p < end) {
        uint32_t lo = at + read_varint(&p), hi = lo + read_varint(&p);
        if (!rx_set_add(a, s, lo, hi)) return false;
        at = hi + 1;
    }
    return true;
}

bool rx_set_perl(wr_arena *a, rx_set *s, char which) {
    switch (which) {
    case 'd': return add_known(a, s, SET_DIGIT);
    case 's': return add_known(a, s, SET_SPACE);
    default: return add_known(a, s, SET_WORD);
    }
}

bool rx_set_ascii(wr_arena *a, rx_set *s, wr_str name) {
    static const struct {
        char name[8];
        char ranges[8]; // pairs
        uint8_t n;      // of ranges
    } known[] = {
        {"alnum", "09AZaz", 3},
        {"alpha", "AZaz", 2},
        {"ascii", "\0\x7F", 1},
        {"blank", "\t\t  ", 2},
        {"cntrl", "\0\x1F\x7F\x7F", 2},
        {"digit", "09", 1},
        {"graph", "!~", 1},
        {"lower", "az", 1},
        {"print", " ~", 1},
        {"punct", "!/:@[`{~", 4},
        {"space", "\t\r  ", 2},
        {"upper", "AZ", 1},
        {"word", "09AZ__az", 4},
        {"xdigit", "09AFaf", 3},
    };
    for (size_t i = 0; i < N_ITEMS(known); i++) {
        if (!wr_eq(name, wr_strz(known[i].name))) continue;
        for (size_t k = 0; k < known[i].n; k++)
            if (!rx_set_add(a, s, (uint8_t)known[i].ranges[2 * k],
                            (uint8_t)known[i].ranges[2 * k + 1]))
                return false;
        return true;
    }
    return false;
}

// Index of name in a list of NUL-ended names, or SIZE_MAX.
static size_t name_index(const char *names, size_t size, wr_str name) {
    size_t index = 0;
    for (size_t i = 0; i + 1 < size; index++) { // the literal's own NUL ends the list
        size_t n = strlen(names + i);
        if (n == name.n && memcmp(names + i, name.p, n) == 0) return index;
        i += n + 1;
    }
    return SIZE_MAX;
}

// The loose form of a name: no blanks, underscores, hyphens or leading "is", lower case. Names are
// ASCII: anything else is passed over, as the regex crate does.
static wr_str loose(wr_str s, char *out, size_t room) {
    bool is = s.n >= 2 && (s.p[0] | 32) == 'i' && (s.p[1] | 32) == 's';
    size_t n = 0;
    for (size_t i = is ? 2 : 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == ' ' || c == '_' || c == '-' || c > 0x7F) continue;
        if (n == room) return (wr_str){out, 0}; // longer than any name
        out[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    if (is && n == 1 && out[0] == 'c') return WR_S("isc"); // not the category "c"
    return (wr_str){out, n};
}

static rx_found add_category(wr_arena *a, rx_set *s, wr_str name) {
    if (wr_eq(name, WR_S("ascii"))) return rx_set_add(a, s, 0, 127) ? RX_FOUND : RX_NO_VALUE;
    size_t i = name_index(gc_names, sizeof gc_names, name);
    if (i == SIZE_MAX) return RX_NO_VALUE;
    for (uint32_t k = 0; k < 30; k++)
        if ((gc_masks[i] >> k & 1u) != 0 && !add_known(a, s, k)) return RX_NO_VALUE;
    return RX_FOUND;
}

static rx_found add_named(wr_arena *a, rx_set *s, wr_str name, const char *names, size_t size,
                          const uint16_t *ids) {
    size_t i = name_index(names, size, name);
    return i != SIZE_MAX && add_known(a, s, ids[i]) ? RX_FOUND : RX_NO_VALUE;
}

static rx_found add_age(wr_arena *a, rx_set *s, wr_str name) {
    size_t i = name_index(age_names, sizeof age_names, name);
    if (i == SIZE_MAX) return RX_NO_VALUE;
    for (size_t id = FIRST_AGE; id <= age_ids[i]; id++)
        if (!add_known(a, s, id)) return RX_NO_VALUE;
    return RX_FOUND;
}

static rx_found add_by_value(wr_arena *a, rx_set *s, wr_str prop, wr_str value) {
    static const char *const segmentation[] = {"gcb", "graphemeclusterbreak", "wb", "wordbreak",
                                               "sb",  "sentencebreak"};
    for (size_t i = 0; i < N_ITEMS(segmentation); i++)
        if (wr_eq(prop, wr_strz(segmentation[i]))) return RX_NOT_HERE;
    if (wr_eq(prop, WR_S("gc")) || wr_eq(prop, WR_S("generalcategory")))
        return add_category(a, s, value);
    if (wr_eq(prop, WR_S("sc")) || wr_eq(prop, WR_S("script")))
        return add_named(a, s, value, sc_names, sizeof sc_names, sc_ids);
    if (wr_eq(prop, WR_S("scx")) || wr_eq(prop, WR_S("scriptextensions")))
        return add_named(a, s, value, sc_names, sizeof sc_names, scx_ids);
    if (wr_eq(prop, WR_S("age"))) return add_age(a, s, value);
    return RX_NO_PROPERTY;
}

rx_found rx_set_property(wr_arena *a, rx_set *s, wr_str name, bool *negated) {
    char left[64], right[64];
    size_t ne = wr_find(name, WR_S("!="), 0), colon = wr_find(name, WR_S(":"), 0);
    size_t equals = wr_find(name, WR_S("="), 0);
    size_t cut = ne != SIZE_MAX ? ne : colon != SIZE_MAX ? colon : equals;
    *negated = ne != SIZE_MAX;
    if (cut != SIZE_MAX) {
        wr_str value = wr_sub(name, cut + (*negated ? 2 : 1), name.n);
        return add_by_value(a, s, loose(wr_sub(name, 0, cut), left, sizeof left),
                            loose(value, right, sizeof right));
    }
    wr_str key = loose(name, left, sizeof left);
    if (add_named(a, s, key, bool_names, sizeof bool_names, bool_ids) == RX_FOUND ||
        add_category(a, s, key) == RX_FOUND ||
        add_named(a, s, key, sc_names, sizeof sc_names, sc_ids) == RX_FOUND)
        return RX_FOUND;
    return RX_NO_PROPERTY;
}
