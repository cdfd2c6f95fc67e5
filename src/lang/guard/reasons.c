// SPDX-License-Identifier: Apache-2.0
// reasons: one failed check in words of our own: where, what was found, what was wanted, in which
// resource. Everything of `writ guard` and every decision says it through here.
//
// Always true: a place is one in an input (line and column count from 1 when printed). A scalar is
// shown itself; a map or list by the key it stands under, for that is where something is missing.

#include "lang/guard/reasons.h"

enum { MAX_VALUE = 160, MAX_ITEMS = 12 };

// ---------------------------------------------------------------------------------- words

static void put_value(wr_buf *b, const wr_node *n) {
    switch ((wr_kind)n->kind) {
    case WR_NULL: wr_putz(b, "null"); return;
    case WR_STR: wr_put_json_str(b, wr_node_str(n)); return;
    case WR_REGEX: wr_putf(b, "/%.*s/", WR_FMT(((const wr_lit_regex *)n->u.ext)->pattern)); return;
    default: g_put_value_only(b, n);
    }
}

// A value on one line and no longer than MAX_VALUE bytes.
static void put_short(wr_buf *b, wr_buf *tmp, const wr_node *n) {
    tmp->n = 0;
    put_value(tmp, n);
    wr_str s = wr_buf_str(tmp);
    size_t k = s.n > MAX_VALUE ? MAX_VALUE : s.n;
    while (k < s.n && k > 0 && ((unsigned char)s.p[k] & 0xC0) == 0x80) k--;
    for (size_t i = 0; i < k; i++) wr_putc(b, s.p[i] == '\n' ? ' ' : s.p[i]);
    if (k < s.n) wr_putz(b, "…");
}

static void put_path(wr_buf *b, const g_vals *v, const wr_node *n) {
    size_t at = b->n;
    g_put_path(b, v, n);
    if (b->n == at) wr_putz(b, g_origin(v, n) != NULL ? "the document" : "a literal of the rule");
}

// Text of the rules, on one line.
static void put_source(wr_buf *b, const g_file *f, wr_span at) {
    wr_str s = wr_trim(wr_sub(f->src->text, at.beg, at.end));
    bool blank = false;
    for (size_t i = 0; i < s.n; i++) {
        bool white = strchr(" \t\r\n", s.p[i]) != NULL && s.p[i] != '\0';
        if (!white) {
            if (blank) wr_putc(b, ' ');
            wr_putc(b, s.p[i]);
        }
        blank = white;
    }
}

static void put_missing(wr_buf *b, const g_vals *v, const g_unres *u) {
    wr_buf *why = b;
    if (u->n_rest > 0) {
        g_put_rest(b, u->rest, u->n_rest);
        wr_putz(b, " is missing in ");
        put_path(b, v, u->node);
    } else {
        g_put_why(why, v, u);
    }
}

void g_put_found(wr_buf *b, wr_buf *tmp, const g_vals *v, const g_report *p) {
    const g_clause *c = p->rec->what;
    switch (p->rec->kind) {
    case G_R_BLOCK:
    case G_R_NO_VALUE:
        if (c != NULL && c->query != NULL) put_source(b, p->file, c->query->span);
        wr_putz(b, " selects nothing");
        return;
    case G_R_DEPENDENT:
        wr_putf(b, "rule %.*s %s", WR_FMT(c->name), c->neg ? "passed" : "did not pass");
        return;
    default: break;
    }
    if (p->check == G_K_UNRESOLVED) {
        put_missing(b, v, p->unres);
        return;
    }
    put_path(b, v, p->from);
    wr_putz(b, " is ");
    put_short(b, tmp, p->from);
}

static const char *unary_words(g_op op) {
    switch (op) {
    case G_EXISTS: return "present";
    case G_EMPTY: return "empty";
    case G_IS_STRING: return "a string";
    case G_IS_LIST: return "a list";
    case G_IS_MAP: return "a map";
    case G_IS_BOOL: return "a boolean";
    case G_IS_INT: return "an integer";
    case G_IS_FLOAT: return "a float";
    default: return "null";
    }
}

static const char *binary_words(g_op op, bool neg, bool regex) {
    if (regex) return neg ? "no match of " : "a match of ";
    switch (op) {
    case G_EQ: return neg ? "anything but " : "";
    case G_IN: return neg ? "nothing in " : "one of ";
    case G_GT: return neg ? "at most " : "more than ";
    case G_LT: return neg ? "at least " : "less than ";
    case G_LE: return neg ? "more than " : "at most ";
    default: return neg ? "less than " : "at least ";
    }
}

static void put_item(wr_buf *b, wr_buf *tmp, const wr_node *n, uint32_t *shown) {
    if (*shown == MAX_ITEMS) wr_putz(b, ", …");
    if (*shown < MAX_ITEMS) {
        if (*shown > 0) wr_putz(b, ", ");
        put_short(b, tmp, n);
    }
    ++*shown;
}

// What membership was asked in: the items of a list, or the values of a query.
static void put_members(wr_buf *b, wr_buf *tmp, const g_report *p) {
    uint32_t shown = 0;
    if (p->n_ins == 1 && p->ins[0].tag == G_RESOLVED && p->ins[0].node->kind == WR_LIST) {
        const wr_node *list = p->ins[0].node;
        for (uint32_t i = 0; i < list->n && shown <= MAX_ITEMS; i++)
            put_item(b, tmp, list->u.kids + i, &shown);
        return;
    }
    for (uint32_t i = 0; i < p->n_ins && shown <= MAX_ITEMS; i++)
        if (p->ins[i].tag == G_RESOLVED) put_item(b, tmp, p->ins[i].node, &shown);
}

static void put_operand(wr_buf *b, wr_buf *tmp, const g_report *p) {
    const g_clause *c = p->rec->what;
    if (p->check == G_K_IN_RESOLVED) {
        put_members(b, tmp, p);
    } else if (p->check == G_K_RESOLVED) {
        put_short(b, tmp, p->to);
    } else if (c != NULL && c->rhs != NULL) {
        if (c->rhs->kind == G_V_LITERAL) put_short(b, tmp, c->rhs->u.lit);
        else g_put_operand(b, c->rhs);
    }
}

// Does `empty` ask whether anything is selected, rather than whether a value is empty?
static bool asks_selection(const g_clause *c) {
    if (c == NULL || c->query == NULL || c->query->n == 0 || c->op != G_EMPTY) return false;
    const g_part *last = &c->query->parts[c->query->n - 1];
    return last->kind == G_FILTER || last->kind == G_KEY_FILTER ||
           (c->query->n == 1 && last->kind == G_VAR);
}

static void put_unary_wanted(wr_buf *b, const g_report *p) {
    const g_clause *c = p->rec->what;
    bool neg = p->op_neg != (c != NULL && c->neg);
    if (asks_selection(c)) wr_putz(b, neg ? "a selection that is not empty" : "an empty selection");
    else wr_putf(b, "%s%s", neg ? "not " : "", unary_words(p->op));
    if (p->rec->has_msg) wr_putf(b, " (%.*s)", WR_FMT(p->rec->msg));
}

// Is a text compared with a pattern?
static bool is_match(const g_report *p) {
    const g_clause *c = p->rec->what;
    const wr_node *to = p->check == G_K_RESOLVED ? p->to : NULL;
    if (to == NULL && c != NULL && c->rhs != NULL && c->rhs->kind == G_V_LITERAL)
        to = c->rhs->u.lit;
    return p->op == G_EQ && to != NULL && to->kind == WR_REGEX;
}

static void put_wanted(wr_buf *b, wr_buf *tmp, const g_vals *v, const g_report *p) {
    const g_rec *rec = p->rec;
    switch (rec->kind) {
    case G_R_BLOCK:
    case G_R_NO_VALUE: wr_putz(b, "at least one value"); return;
    case G_R_MISSING_BLOCK: wr_putz(b, "a value to check"); return;
    case G_R_DEPENDENT:
        wr_putz(b, ((const g_clause *)rec->what)->neg ? "that it does not pass" : "that it passes");
        return;
    case G_R_UNARY: put_unary_wanted(b, p); return;
    default: break;
    }
    if (p->check == G_K_UNRESOLVED && rec->from.tag != G_UNRESOLVED) {
        wr_putz(b, "a value to compare ");
        put_path(b, v, rec->from.node);
        wr_putz(b, " with");
        return;
    }
    wr_putz(b, binary_words(p->op, p->op_neg, is_match(p)));
    put_operand(b, tmp, p);
    if (rec->nc != G_NC_NONE) wr_putz(b, ", which it cannot be compared with");
}

void g_put_wanted(wr_buf *b, wr_buf *tmp, const g_vals *v, const g_report *p) {
    put_wanted(b, tmp, v, p);
    if (p->alternative) wr_putz(b, " (or another alternative of the rule)");
}

// The original wraps what it misses in a sentence that says less than what is inside.
static wr_str unwrapped(wr_str error) {
    static const char outer[] = "There was no variable or value object to resolve. Error = `";
    size_t n = sizeof outer - 1;
    if (!wr_starts(error, wr_strz(outer)) || error.p[error.n - 1] != '`') return error;
    return wr_sub(error, n, error.n - 1);
}

void g_put_no_verdict(wr_buf *b, const g_result *r, const g_rule_result *rr) {
    const wr_node *n = rr->unknown;
    if (rr->status == G_ERROR) {
        wr_puts(b, unwrapped(rr->error));
    } else if (n == NULL) {
        wr_putz(b, "a value is not known yet");
    } else {
        put_path(b, r->vals, n);
        wr_putz(b, " is not known yet");
        if (rr->error.n > 0) wr_putf(b, ": it depends on %.*s", WR_FMT(rr->error));
    }
}

// ---------------------------------------------------------------------------------- places

const wr_node *g_report_node(const g_report *p) {
    if (p->check == G_K_UNRESOLVED && p->unres != NULL) return p->unres->node;
    return p->kind == G_P_CLAUSE ? p->from : NULL;
}

bool g_place_of(const g_vals *v, const wr_node *n, const wr_src **src, wr_span *at) {
    const wr_node *o = n != NULL ? g_origin(v, n) : NULL;
    if (o == NULL) return false;
    if (o->kind == WR_MAP || o->kind == WR_LIST) {
        const wr_node *up = wr_parent(v->doc, o);
        if (up != NULL && up->kind == WR_MAP) return g_place(v, o - 1, src, at);
        if (!g_place(v, o, src, at)) return false;
        at->end = at->beg;
        return true;
    }
    return g_place(v, o, src, at);
}

bool g_report_place(const g_vals *v, const g_report *p, const wr_src **src, wr_span *at) {
    if (g_place_of(v, g_report_node(p), src, at)) return true;
    return p->kind == G_P_CLAUSE && p->check == G_K_RESOLVED && !p->unary &&
           g_place_of(v, p->to, src, at);
}

wr_span g_report_clause(const g_report *p, const g_rule *rule) {
    const g_clause *c = p->rec->what;
    return c != NULL ? c->span : rule->name_span;
}

// ---------------------------------------------------------------------------------- resources

static bool plan_resource(const wr_doc *doc, const wr_node *entry, g_resource *out) {
    const wr_node *address = wr_map_getz(doc, entry, "address");
    const wr_node *type = wr_map_getz(doc, entry, "type");
    if (address == NULL || address->kind != WR_STR) return false;
    out->id = wr_node_str(address);
    if (type != NULL && type->kind == WR_STR) out->type = wr_node_str(type);
    return true;
}

bool g_resource_of(const g_vals *v, const wr_node *n, g_resource *out) {
    const wr_doc *doc = v->doc;
    const wr_node *at[2], *o = n != NULL ? g_origin(v, n) : NULL;
    *out = (g_resource){0};
    if (o == NULL) return false;
    if (o->flags & WR_F_KEY) o++; // the key of a resource stands for it
    if (g_ancestors(doc, o, at, 2) < 2) return false;
    if (at[0] == wr_map_getz(doc, doc->root, "Resources") && at[0]->kind == WR_MAP) {
        const wr_node *type = wr_map_getz(doc, at[1], "Type");
        out->id = wr_node_str(at[1] - 1);
        if (type != NULL && type->kind == WR_STR) out->type = wr_node_str(type);
        return true;
    }
    return (at[0] == wr_map_getz(doc, doc->root, "resource_changes") ||
            at[0] == wr_map_getz(doc, doc->root, "resources")) && // a plan's view
           plan_resource(doc, at[1], out);
}

bool g_report_resource(const g_vals *v, const g_report *p, g_resource *out) {
    if (g_resource_of(v, g_report_node(p), out)) return true;
    return p->kind == G_P_CLAUSE && p->check == G_K_RESOLVED && !p->unary &&
           g_resource_of(v, p->to, out);
}
