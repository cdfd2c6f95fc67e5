// SPDX-License-Identifier: Apache-2.0
// mutate_iam: the small faults a policy document could have and still be one: Deny for Allow,
// Action for NotAction, a name missing from a list, an operator turned round, IfExists left out or
// put in, a condition missing or on another value, a statement missing. Edits of the text, by the
// nodes of the document; what AWS would refuse afterwards is no mutant.
// Rules: IAM User Guide, "IAM JSON policy elements reference".

#include "control/mutate_int.h"

#include <stdlib.h>

typedef struct maker {
    wr_arena *a;
    wr_str t;
    wr_str where; // the statement, for people
    ctl_edits *out;
    bool oom;
} maker;

// ---------------------------------------------------------------------------------- edits

static wr_str shown(const maker *m, wr_span s) {
    enum { MOST = 60 };
    wr_str all = wr_sub(m->t, s.beg, s.end);
    size_t line = wr_find(all, WR_S("\n"), 0);
    wr_str cut = wr_utf8_cut(line == SIZE_MAX ? all : wr_sub(all, 0, line), MOST);
    return cut.n < all.n ? wr_fmt(m->a, "%.*s…", WR_FMT(cut)) : cut;
}

static void edit(maker *m, wr_span at, wr_str with, const char *fmt, ...) WR_PRINTF(4, 5);
static void edit(maker *m, wr_span at, wr_str with, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_str what = wr_vfmt(m->a, fmt, ap);
    va_end(ap);
    ctl_edit e = {at, at, with, wr_fmt(m->a, "%.*s: %.*s", WR_FMT(m->where), WR_FMT(what))};
    if (what.p == NULL || e.what.p == NULL || !WR_PUSH(m->a, m->out, e)) m->oom = true;
}

static void change(maker *m, const wr_node *n, wr_str to) {
    edit(m, n->span, to, "%.*s becomes %.*s", WR_FMT(shown(m, n->span)), WR_FMT(to));
}

// Part i of the n in v, with the comma that parts it from its neighbour.
static void drop_part(maker *m, const char *what, const wr_span *v, uint32_t i, uint32_t n) {
    bool last = i + 1 == n;
    if (n < 2) return;
    wr_span at = {last ? v[i - 1].end : v[i].beg, last ? v[i].end : v[i + 1].beg};
    edit(m, at, WR_S(""), "%s left out: %.*s", what, WR_FMT(shown(m, v[i])));
    if (!m->oom) m->out->v[m->out->n - 1].of = v[i];
}

// The parts of a map or list: members, or pairs from key to value.
static const wr_span *parts(maker *m, const wr_node *n) {
    wr_span *v = WR_NEW_N(m->a, wr_span, n->n + 1u);
    if (v == NULL) {
        m->oom = true;
        return NULL;
    }
    for (uint32_t i = 0; i < n->n; i++)
        v[i] = n->kind == WR_LIST
                   ? n->u.kids[i].span
                   : (wr_span){wr_map_key(n, i)->span.beg, wr_map_val(n, i)->span.end};
    return v;
}

// ---------------------------------------------------------------------------------- values

static void scalar(maker *m, const wr_node *n, const char *other) {
    wr_str s = n->kind == WR_STR ? wr_node_str(n) : WR_S("");
    int64_t number;
    if (n->kind == WR_BOOL) change(m, n, n->u.b ? WR_S("false") : WR_S("true"));
    else if (n->kind == WR_INT) change(m, n, wr_fmt(m->a, "%lld", (long long)n->u.i / 2 + 7));
    else if (wr_eq(s, WR_S("true"))) change(m, n, WR_S("\"false\""));
    else if (wr_eq(s, WR_S("false"))) change(m, n, WR_S("\"true\""));
    else if (wr_parse_i64(s, &number))
        change(m, n, wr_fmt(m->a, "\"%lld\"", (long long)number / 2 + 7));
    else if (n->kind == WR_STR) change(m, n, wr_fmt(m->a, "\"%s\"", other));
}

// A text or a list of them: each left out, the only one changed to another.
static void texts(maker *m, const wr_node *n, const char *what, const char *other) {
    if (n->kind != WR_LIST) {
        scalar(m, n, other);
        return;
    }
    if (n->n == 1) scalar(m, n->u.kids, other);
    const wr_span *v = n->n > 1 ? parts(m, n) : NULL;
    for (uint32_t i = 0; v && i < n->n; i++) drop_part(m, what, v, i, n->n);
}

// ---------------------------------------------------------------------------------- conditions

static const char *const opposite[][2] = {
    {"StringEquals", "StringNotEquals"},
    {"StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"},
    {"StringLike", "StringNotLike"},
    {"ArnEquals", "ArnNotEquals"},
    {"ArnLike", "ArnNotLike"},
    {"NumericEquals", "NumericNotEquals"},
    {"NumericLessThan", "NumericGreaterThanEquals"},
    {"NumericLessThanEquals", "NumericGreaterThan"},
    {"DateEquals", "DateNotEquals"},
    {"DateLessThan", "DateGreaterThanEquals"},
    {"DateLessThanEquals", "DateGreaterThan"},
    {"IpAddress", "NotIpAddress"},
};

static const char *opposite_of(wr_str op) {
    for (size_t i = 0; i < sizeof opposite / sizeof *opposite; i++)
        for (int k = 0; k < 2; k++)
            if (wr_eq(op, wr_strz(opposite[i][k]))) return opposite[i][1 - k];
    return NULL;
}

// A value that the operator's family takes and that nothing has.
static const char *other_value(wr_str op) {
    if (wr_starts(op, WR_S("Arn"))) return "arn:aws:iam::000000000000:role/writ-mutant";
    if (wr_find(op, WR_S("IpAddress"), 0) != SIZE_MAX) return "203.0.113.251/32";
    if (wr_starts(op, WR_S("Date"))) return "1999-12-31T00:00:00Z";
    return "writ-mutant";
}

// Does IfExists decide anything? A negated operator, and one for all values, hold without the key
// anyway; Null has no such form.
static bool decides_absent(wr_str set, wr_str op) {
    if (wr_eq(op, WR_S("Null")) || wr_eq(set, WR_S("ForAllValues:"))) return false;
    return set.n > 0 || wr_find(op, WR_S("Not"), 0) == SIZE_MAX;
}

static void operator_(maker *m, const wr_node *key, wr_str set, wr_str op, bool if_exists) {
    const char *tail = if_exists ? "IfExists" : "", *against = opposite_of(op);
    if (against) change(m, key, wr_fmt(m->a, "\"%.*s%s%s\"", WR_FMT(set), against, tail));
    if (decides_absent(set, op))
        change(
            m, key,
            wr_fmt(m->a, "\"%.*s%.*s%s\"", WR_FMT(set), WR_FMT(op), if_exists ? "" : "IfExists"));
    if (set.n == 0) return;
    const char *quantor = wr_eq(set, WR_S("ForAllValues:")) ? "ForAnyValue:" : "ForAllValues:";
    change(m, key, wr_fmt(m->a, "\"%s%.*s%s\"", quantor, WR_FMT(op), tail));
}

static void condition(maker *m, const wr_node *all) {
    for (uint32_t i = 0; all->kind == WR_MAP && i < all->n; i++) {
        const wr_node *key = wr_map_key(all, i), *keys = key + 1;
        wr_str op = wr_node_str(key), set = WR_S("");
        size_t colon = wr_find(op, WR_S(":"), 0);
        if (colon != SIZE_MAX) {
            set = wr_sub(op, 0, colon + 1);
            op = wr_sub(op, colon + 1, op.n);
        }
        bool if_exists = wr_ends(op, WR_S("IfExists"));
        if (if_exists) op.n -= 8;
        operator_(m, key, set, op, if_exists);
        const wr_span *v = keys->kind == WR_MAP ? parts(m, keys) : NULL;
        for (uint32_t k = 0; v && k < keys->n; k++) {
            if (keys->n > 1) drop_part(m, "a condition", v, k, keys->n);
            texts(m, wr_map_val(keys, k), "a value", other_value(op));
        }
    }
    if (all->kind != WR_MAP || all->n < 2) return;
    const wr_span *v = parts(m, all);
    for (uint32_t i = 0; v && i < all->n; i++) drop_part(m, "conditions", v, i, all->n);
}

// ---------------------------------------------------------------------------------- statements

static void who(maker *m, const wr_node *n) {
    if (n->kind != WR_MAP) {
        texts(m, n, "a principal", "writ-mutant");
        return;
    }
    for (uint32_t i = 0; i < n->n; i++)
        texts(m, wr_map_val(n, i), "a principal", "arn:aws:iam::000000000000:root");
}

static void element(maker *m, const wr_node *st, uint32_t i) {
    static const struct {
        const char *name, *other, *what, *value;
    } lists[] = {
        {"Action", "NotAction", "an action", "writ:Mutant"},
        {"Resource", "NotResource", "a resource", "arn:aws:writ:::mutant"},
        {"Principal", "NotPrincipal", NULL, NULL},
    };
    const wr_node *key = wr_map_key(st, i), *val = key + 1;
    wr_str name = wr_node_str(key);
    if (wr_eq(name, WR_S("Effect"))) {
        bool deny = val->kind == WR_STR && wr_eq(wr_node_str(val), WR_S("Deny"));
        change(m, val, deny ? WR_S("\"Allow\"") : WR_S("\"Deny\""));
    }
    if (wr_eq(name, WR_S("Condition"))) {
        const wr_span *v = parts(m, st);
        if (v) drop_part(m, "Condition", v, i, st->n);
        condition(m, val);
    }
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        bool plain = wr_eq(name, wr_strz(lists[k].name));
        if (!plain && !wr_eq(name, wr_strz(lists[k].other))) continue;
        change(m, key, wr_fmt(m->a, "\"%s\"", plain ? lists[k].other : lists[k].name));
        if (lists[k].what) texts(m, val, lists[k].what, lists[k].value);
        else who(m, val);
    }
}

static void statement(maker *m, const wr_node *st, uint32_t number) {
    wr_str sid = WR_S("");
    for (uint32_t i = 0; i < st->n; i++)
        if (wr_eq(wr_node_str(wr_map_key(st, i)), WR_S("Sid")) && wr_map_val(st, i)->kind == WR_STR)
            sid = wr_node_str(wr_map_val(st, i));
    m->where = sid.n ? wr_fmt(m->a, "statement %.*s", WR_FMT(wr_utf8_cut(sid, 60)))
                     : wr_fmt(m->a, "statement %u", (unsigned)number);
    for (uint32_t i = 0; i < st->n; i++) element(m, st, i);
}

static int by_place(const void *x, const void *y) {
    const ctl_edit *a = x, *b = y;
    if (a->at.beg != b->at.beg) return a->at.beg < b->at.beg ? -1 : 1;
    if (a->at.end != b->at.end) return a->at.end < b->at.end ? -1 : 1;
    return wr_cmp(a->with, b->with);
}

bool ctl_iam_mutants(wr_arena *a, const wr_iam_policy *p, ctl_edits *out) {
    maker m = {.a = a, .t = p->src->text, .out = out};
    const wr_node *all = wr_map_getz(p->doc, p->root, "Statement");
    if (all == NULL) return true;
    bool list = all->kind == WR_LIST;
    uint32_t n = list ? all->n : 1;
    const wr_span *v = list && n > 1 ? parts(&m, all) : NULL;
    for (uint32_t i = 0; i < n; i++) {
        const wr_node *st = list ? &all->u.kids[i] : all;
        if (st->kind != WR_MAP) continue;
        statement(&m, st, i + 1);
        if (v) drop_part(&m, "the statement", v, i, n);
    }
    if (out->n > 1) qsort(out->v, out->n, sizeof *out->v, by_place);
    return !m.oom;
}
