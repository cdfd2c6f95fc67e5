// SPDX-License-Identifier: Apache-2.0
// parse_recover: reads a file that does not parse once more, part by part, so that every fault is
// explained and none twice. A part is a let or a disjunction of a block; one that fails is opened
// when it has a block of its own, else explained, and reading goes on at the next line or `}`.
// Nothing here decides whether a file parses: that has happened.
#include "lang/guard/parse_int.h"

enum { MAX_FAULTS = 20 }; // nobody mends more at once

typedef struct recovery {
    g_ps *p;
    uint32_t said;
    bool lost; // the last part was no beginning of anything
} recovery;

static void block(recovery *r, g_item item);

static void fresh(g_ps *p, uint32_t from) {
    back(p, (g_mark){from, from});
    p->far = from;
    p->want = 0;
}

// Lines that begin like nothing, one after the other, are one fault; so is a } left over after one.
static void explain(recovery *r, uint32_t from) {
    g_ps *p = r->p;
    bool no_beginning = p->far == from;
    bool left_over = no_beginning && peek_at(p, from) == '}' && r->said > 0;
    if (!left_over && !(no_beginning && r->lost)) {
        r->said++;
        g_describe(p, from);
    }
    r->lost = no_beginning;
}

static bool enough(const recovery *r) { return r->said >= MAX_FAULTS || r->p->rc != WR_OK; }

// ---------------------------------------------------------------------------------- going on

static void skip_line(g_ps *p) {
    const char *nl = memchr(p->t.p + p->at, '\n', p->t.n - p->at);
    p->at = nl ? (uint32_t)(nl - p->t.p) : (uint32_t)p->t.n;
}

// Over a string or message that begins at p->at, when it ends on its line.
static void skip_quoted(g_ps *p) {
    uint32_t from = p->at;
    char q = p->t.p[from];
    for (p->at++; !end_of(p) && p->t.p[p->at] != '\n'; p->at++) {
        if (p->t.p[p->at] != q || p->t.p[p->at - 1] == '\\') continue;
        p->at++;
        return;
    }
    p->at = from + 1;
}

static bool continues(const g_ps *p) { // the line at p->at belongs to the clause before it
    char c = peek_at(p, p->at);
    return c == '.' || c == '[' || c == ']' || c == '=' || c == '<' || c == '>' || c == '!' ||
           c == ',' || c == ')';
}

// From the fault to the end of its line, or to the } that closes its block; blocks opened on the
// way are skipped whole.
static void sync(g_ps *p) {
    uint32_t depth = 0;
    while (!end_of(p)) {
        char c = p->t.p[p->at];
        if (c == '{') depth++;
        if (c == '}' && depth-- == 0) return;
        if (c == '#') {
            skip_line(p);
        } else if (c == '"' || c == '\'') {
            skip_quoted(p);
        } else if (c == '<' && peek_at(p, p->at + 1) == '<') {
            size_t stop = wr_find(p->t, WR_S(">>"), p->at);
            p->at = stop == SIZE_MAX ? (uint32_t)p->t.n : (uint32_t)stop + 2;
        } else {
            p->at++;
        }
        if (c != '\n' || depth > 0) continue;
        g_ws(p);
        if (!continues(p)) return;
    }
}

// A line may pass as a reference to a rule when it is the head of a block that does not parse.
static bool opens(g_ps *p) {
    g_ws(p);
    return peek_at(p, p->at) == '{';
}

static void go_on(g_ps *p, uint32_t from) {
    if (p->want & G_W_QUOTE) {
        p->at = p->open_at;
        skip_line(p);
        return;
    }
    if (p->resume > 0) {
        p->at = p->resume;
        p->resume = 0;
        skip_line(p);
        return;
    }
    p->at = p->far > from ? p->far : from;
    p->tok = p->at;
    sync(p);
}

// ---------------------------------------------------------------------------------- parts

static bool when_opens(g_ps *p) { return g_when(p, &(g_cnf *){NULL}) == G_YES && opens(p); }

// Does what begins at from have a head that parses, and a block after it? Stops at the {.
static bool head(g_ps *p, uint32_t from, g_item item, g_item *inner) {
    g_mark m = {from, from};
    back(p, m);
    bool in_rule = item == g_rule_item;
    *inner = in_rule ? g_clause_or_ref : g_any_clause;
    if (when_opens(p)) return true;
    *inner = g_any_clause;
    back(p, m);
    wr_str name;
    if (g_type_name(p, &name) == G_YES && g_ws1(p) == G_YES) {
        g_mark after = mark(p);
        if (when_opens(p)) return true;
        back(p, after);
        if (opens(p)) return true;
    }
    back(p, m);
    g_query *q;
    if (g_access(p, &q) != G_YES) return false;
    m = mark(p);
    g_ws(p);
    if (!g_not(p) || !g_word2(p, "empty", "EMPTY")) back(p, m);
    return opens(p);
}

static bool rule_begins(g_ps *p) {
    g_mark m = mark(p);
    g_rule r = {0};
    bool yes = g_rule_head(p, &r) == G_YES;
    if (yes) {
        g_ws(p);
        char c = peek_at(p, p->at);
        yes = c == '{' || c == '(' || g_word2(p, "when", "WHEN");
    }
    back(p, m);
    return yes;
}

// A let or disjunction at `from` that does not parse.
static void part(recovery *r, uint32_t from, g_item item) {
    g_ps *p = r->p;
    g_item inner;
    uint32_t said = r->said, far = p->far, want = p->want;
    bool nested = head(p, from, item, &inner) && far > p->at && g_deeper(p);
    p->far = far;
    p->want = want;
    if (nested) {
        wr_span multiline = p->multiline;
        block(r, inner);
        p->depth--;
        if (r->said > said) return;
        p->far = far;
        p->want = want;
        p->multiline = multiline;
    }
    explain(r, from);
    go_on(p, from);
}

// Clauses up to }; stands behind it then, or before what cannot belong to the block.
static void block(recovery *r, g_item item) {
    g_ps *p = r->p;
    uint32_t open = p->at, parts = 0;
    took(p, 1);
    while (!enough(r)) {
        g_ws(p);
        if (end_of(p) || rule_begins(p)) {
            r->said++;
            wr_diag *d =
                wr_report(p->set->ctx, WR_D_G0105, WR_ERROR, p->src, (wr_span){open, open + 1},
                          "the block opened here is not closed");
            wr_hint(p->set->ctx, d, "a } is missing before %s",
                    end_of(p) ? "the end of the file" : "the next rule");
            return;
        }
        uint32_t from = p->at;
        fresh(p, from);
        if (peek_at(p, from) == '}') {
            if (parts == 0) {
                g_want(p, from, G_W_CLAUSE);
                explain(r, open);
            }
            took(p, 1);
            return;
        }
        parts++;
        if (g_or_join(p)) { // after an alternative that was wrong, or before one
            g_ws(p);
            from = p->at;
        }
        fresh(p, from);
        if (g_block_line(p, item) == G_YES && !opens(p)) {
            r->lost = false;
            continue;
        }
        part(r, from, item);
        if (p->at == from && peek_at(p, p->at) != '}') p->at = from + 1;
    }
}

static void rule(recovery *r, uint32_t from) {
    g_ps *p = r->p;
    g_rule made = {0};
    fresh(p, from);
    g_out out = g_rule_head(p, &made);
    g_mark m = mark(p);
    if (out == G_YES) {
        out = g_params(p, &made);
        if (out == G_NO) {
            back(p, m);
            out = g_when(p, &made.when);
            if (out == G_NO) {
                back(p, m);
                out = G_YES;
            }
        }
    }
    if (out == G_YES && opens(p)) {
        block(r, g_rule_item);
        return;
    }
    if (out == G_YES) g_want(p, p->at, G_W_OPEN);
    explain(r, from);
    p->at = p->far > from ? p->far : from;
    while (!end_of(p) && p->t.p[p->at] != '\n' && p->t.p[p->at] != '{') p->at++;
    if (peek_at(p, p->at) == '{') block(r, g_rule_item);
    else sync(p);
}

static void file(recovery *r) {
    g_ps *p = r->p;
    fresh(p, 0);
    while (!enough(r)) {
        g_ws(p);
        if (end_of(p)) return;
        uint32_t from = p->at;
        fresh(p, from);
        if (g_top_level(p) == G_YES) {
            r->lost = false;
            continue;
        }
        g_want(p, from, G_W_EOF);
        back(p, (g_mark){from, from});
        if (rule_begins(p)) {
            rule(r, from);
        } else {
            g_mark m = mark(p);
            if (g_or_join(p)) from = p->at;
            else back(p, m);
            part(r, from, g_rule_item);
        }
        if (p->at == from || peek_at(p, p->at) == '}') p->at++;
        while (!end_of(p) && (p->t.p[p->at] & 0xC0) == 0x80) p->at++;
    }
}

void g_explain(g_ps *p) {
    recovery r = {.p = p};
    uint32_t far = p->far, want = p->want;
    p->depth = 0;
    file(&r);
    if (r.said > 0 || p->rc != WR_OK) return;
    p->far = far;
    p->want = want;
    g_describe(p, 0);
}
