// SPDX-License-Identifier: Apache-2.0
// type_text: warnings of text that does not mean what it seems to: characters that turn the
// direction of writing, letters of several scripts in one word, and in names characters that no
// identifier should hold.
// Rules: Unicode Technical Standard 39, "Unicode Security Mechanisms"; words of cedar-policy 4.13.

#include "lang/cedar/type_int.h"

static bool allowed(uint32_t cp) { // in an identifier
    return cp == ' ' || (cp > ' ' && cp < 0x7f) || ced_in_identifier(cp);
}

static bool turns(uint32_t cp) {
    return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

typedef struct look {
    bool turns, mixed;
    bool strange; // at: the first character that no identifier should hold
    uint32_t at;
} look;

static look look_at(wr_str s) {
    look l = {0};
    uint64_t all[3] = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    for (size_t i = 0; i < s.n;) {
        uint32_t cp = wr_utf8_next(s, &i);
        const uint64_t *set = ced_scripts(cp);
        for (int k = 0; k < 3; k++) all[k] &= set[k];
        l.turns = l.turns || turns(cp);
        if (l.strange || allowed(cp)) continue;
        l.strange = true;
        l.at = cp;
    }
    l.mixed = !all[0] && !all[1] && !all[2];
    return l;
}

static void warn(ced_typing *t, wr_span at, const wr_buf *b) {
    ced_remark(t, WR_D_P0412, true, at, wr_buf_str(b),
               WR_S("write what is meant as an escape \\u{…}, or use another word"));
}

static bool plain(ced_typing *t, wr_str s) {
    (void)ced_step(t, s.n / 16 + 1);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] == 0x7f) return false; // or beyond ASCII: below zero
    return true;
}

static void check_string(ced_typing *t, wr_str s, wr_span at) {
    if (plain(t, s)) return;
    look l = look_at(s);
    if (!l.turns && !l.mixed) return;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putf(&b, "for policy `%.*s`, string `\"", WR_FMT(t->policy->id));
    wr_puts(&b, s);
    wr_putz(&b, l.turns ? "\"` contains BIDI control characters" : "\"` contains mixed scripts");
    warn(t, at, &b);
    wr_buf_fini(&b);
}

static void put_strange(wr_buf *b, wr_str s, uint32_t cp) {
    char one[4];
    ced_put_string(b, s, false);
    wr_putz(b, "` contains the character `");
    ced_put_string(b, wr_strn(one, wr_utf8_put(cp, one)), false);
    wr_putz(b, "` which is not a printable ASCII character and falls outside of the General "
               "Security Profile for Identifiers");
}

static void check_name(ced_typing *t, wr_str s, wr_span at) {
    if (plain(t, s)) return;
    look l = look_at(s);
    if (!l.turns && !l.strange && !l.mixed) return;
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putf(&b, "for policy `%.*s`, identifier `", WR_FMT(t->policy->id));
    if (!l.turns && l.strange) put_strange(&b, s, l.at);
    else {
        wr_puts(&b, s);
        wr_putz(&b, l.turns ? "` contains BIDI control characters" : "` contains mixed scripts");
    }
    warn(t, at, &b);
    wr_buf_fini(&b);
}

static void check_pattern(ced_typing *t, const ced_expr *e) {
    wr_buf b;
    wr_buf_init(&b, 0);
    for (uint32_t i = 0; i < e->u.pattern.n; i++) {
        if (i) wr_putc(&b, '*');
        ced_put_string(&b, e->u.pattern.lit[i], true);
    }
    check_string(t, wr_buf_str(&b), e->at);
    wr_buf_fini(&b);
}

static void check(ced_typing *t, const ced_expr *e) {
    if (!ced_step(t, 1)) return;
    switch ((ced_op)e->op) {
    case CED_STRING: check_string(t, e->u.s, e->at); break;
    case CED_ENTITY: check_name(t, e->u.uid->id, e->at); break; // its type is ASCII
    case CED_GET: check_name(t, e->u.s, e->at); break;
    case CED_HAS:
        for (uint32_t i = 0; i < e->u.path.n; i++) check_name(t, e->u.path.v[i], e->at);
        break;
    case CED_RECORD:
        for (uint32_t i = 0; i < e->n; i++) check_name(t, e->u.keys[i], e->at);
        break;
    case CED_LIKE: check_pattern(t, e); break;
    case CED_IS: // e is T in x: e is T && e in x
        if (e->n == 2) check(t, e->v[0]);
        break;
    default: break;
    }
    for (uint32_t i = 0; i < e->n; i++) check(t, e->v[i]);
}

void ced_check_text(ced_typing *t, const ced_expr *const *parts, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) check(t, parts[i]);
}
