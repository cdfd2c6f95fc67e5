// SPDX-License-Identifier: Apache-2.0
// Documents of embedded policies: a copy of what stands in the template, where functions have
// become texts, and where what is not known has a stand-in of the form that its element wants (an
// ARN for a principal, a variable in an action or resource). A stand-in is no claim: its place is
// in p->open. Of Fn::If both branches are taken in lists, else the first: what is found there is
// true when the condition is. Statements that are not known are left out, and p->cut says so.

#include "analyze/embedded_int.h"

#include <stdlib.h>

typedef enum where { // which element of a policy a value is
    W_DOCUMENT,
    W_STATEMENTS, // the value of Statement: one or a list
    W_STATEMENT,
    W_PLAIN,
    W_VERSION,
    W_EFFECT,
    W_ACTION,
    W_RESOURCE,
    W_PRINCIPAL,
    W_AWS,
    W_SERVICE,
    W_FEDERATED,
    W_CANONICAL,
    W_CONDITION,
    W_TESTS, // key → values, under an operator
    W_NUMBER,
    W_DATE,
    W_BOOL,
    W_BYTES,
    W_IP,
    W_ARN,
    W_N,
} where;

// A value of the form the element wants, and what stands for one unknown part of a text (NULL: the
// whole text is replaced).
static const struct {
    const char *value, *part;
} stand_in[W_N] = {
    [W_PLAIN] = {"unknown", "unknown"},
    [W_VERSION] = {"2012-10-17", NULL},
    [W_EFFECT] = {"Allow", NULL},
    [W_ACTION] = {"*:${unknown}", "${unknown}"},
    [W_RESOURCE] = {"arn:aws:*:*:*:${unknown}", "${unknown}"},
    [W_PRINCIPAL] = {"*", NULL},
    [W_AWS] = {"arn:aws:iam::111122223333:root", "111122223333"},
    [W_SERVICE] = {"ec2.amazonaws.com", "ec2"},
    [W_FEDERATED] = {"arn:aws:iam::111122223333:saml-provider/unknown", "unknown"},
    [W_CANONICAL] = {"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", NULL},
    [W_NUMBER] = {"0", NULL},
    [W_DATE] = {"2020-01-01T00:00:00Z", NULL},
    [W_BOOL] = {"true", NULL},
    [W_BYTES] = {"AAAA", NULL},
    [W_IP] = {"192.0.2.0/24", NULL},
    [W_ARN] = {"arn:aws:iam::111122223333:root", "111122223333"},
};

typedef struct maker {
    emb *e;
    const wr_doc *doc; // of the values: the file's, or that of a text
    const emb_text *t; // that text; NULL: values stand in the file itself
    const wr_node *at; // the string it stands in
    wr_build b;
    WR_VEC(wr_span) open;
    bool cut;
} maker;

// ---------------------------------------------------------------------------------- elements

static where under(where w, wr_str key) {
    static const struct {
        where in;
        const char *key;
        where is;
    } rule[] = {
        {W_DOCUMENT, "Statement", W_STATEMENTS},
        {W_DOCUMENT, "Version", W_VERSION},
        {W_STATEMENT, "Effect", W_EFFECT},
        {W_STATEMENT, "Action", W_ACTION},
        {W_STATEMENT, "NotAction", W_ACTION},
        {W_STATEMENT, "Resource", W_RESOURCE},
        {W_STATEMENT, "NotResource", W_RESOURCE},
        {W_STATEMENT, "Principal", W_PRINCIPAL},
        {W_STATEMENT, "NotPrincipal", W_PRINCIPAL},
        {W_STATEMENT, "Condition", W_CONDITION},
        {W_PRINCIPAL, "AWS", W_AWS},
        {W_PRINCIPAL, "Service", W_SERVICE},
        {W_PRINCIPAL, "Federated", W_FEDERATED},
        {W_PRINCIPAL, "CanonicalUser", W_CANONICAL},
    };
    if (w == W_STATEMENTS) return under(W_STATEMENT, key); // a single statement
    if (w == W_CONDITION) return W_TESTS;
    for (size_t i = 0; i < sizeof rule / sizeof *rule; i++)
        if (rule[i].in == w && wr_eq(key, wr_strz(rule[i].key))) return rule[i].is;
    return W_PLAIN;
}

// What the values of an operator are: "ForAllValues:NumericEqualsIfExists" → W_NUMBER.
static where values_of(wr_str op) {
    static const struct {
        const char *in_name;
        where is;
    } family[] = {{"Numeric", W_NUMBER}, {"Date", W_DATE}, {"Bool", W_BOOL}, {"Null", W_BOOL},
                  {"Binary", W_BYTES},   {"Ip", W_IP},     {"Arn", W_ARN}};
    for (size_t i = 0; i < sizeof family / sizeof *family; i++)
        if (wr_find(op, wr_strz(family[i].in_name), 0) < op.n) return family[i].is;
    return W_PLAIN;
}

// ---------------------------------------------------------------------------------- places

static uint32_t from_at(const maker *m, uint32_t i) {
    uint32_t from;
    memcpy(&from, m->t->from.p + (size_t)i * sizeof from, sizeof from);
    return from;
}

// Behind the byte at `from` of the file, or behind the escape that begins there.
static uint32_t behind(const maker *m, uint32_t from) {
    wr_str text = m->e->doc->srcs[m->t->src]->text;
    return from + (from < text.n && text.p[from] == '\\' ? 2 : 1);
}

static wr_span span_of(const maker *m, const wr_node *n) {
    if (m->t == NULL) return n->span;
    uint32_t bytes = (uint32_t)m->t->text.n;
    if (!m->t->exact || n->span.beg >= n->span.end || n->span.end > bytes) return m->at->span;
    return (wr_span){from_at(m, n->span.beg), behind(m, from_at(m, n->span.end - 1))};
}

static uint16_t src_of(const maker *m, const wr_node *n) {
    if (m->t != NULL) return m->t->src;
    return n->src < m->e->doc->n_srcs ? n->src : 0;
}

static void mark_open(maker *m, wr_span at) {
    if (!WR_PUSH(&m->e->c->arena, &m->open, at)) m->e->rc = WR_NOMEM;
}

// ---------------------------------------------------------------------------------- texts

static unsigned colons(wr_str s) {
    unsigned n = 0;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == ':';
    return n;
}

static bool is_arn(wr_str s) { return wr_starts(s, WR_S("arn:")) && colons(s) >= 5; }

// Has the text, with parts replaced, a form that its element takes?
static bool has_form(where w, wr_str s) {
    if (w == W_RESOURCE) return is_arn(s);
    if (w == W_ARN) return is_arn(s);
    if (w == W_AWS) return is_arn(s) || wr_iam_is_account(s);
    if (w == W_ACTION) return colons(s) == 1;
    return true;
}

// The text with something in place of each mark.
static wr_str replaced(maker *m, wr_str s, where w) {
    const char *part = stand_in[w].part;
    wr_str whole = wr_strz(stand_in[w].value ? stand_in[w].value : "unknown");
    if (part == NULL) return whole;
    wr_buf b;
    wr_buf_init(&b, 0);
    for (size_t from = 0; from <= s.n;) {
        size_t at = wr_find(s, m->e->mark, from);
        if (at > s.n) at = s.n;
        wr_puts(&b, wr_sub(s, from, at));
        if (at < s.n) wr_putz(&b, part);
        from = at < s.n ? at + m->e->mark.n : s.n + 1;
    }
    wr_str out = wr_buf_keep(&b, &m->e->c->arena);
    return out.p != NULL && has_form(w, out) ? out : whole;
}

static void put_text(maker *m, uint16_t src, wr_span at, wr_str s, where w) {
    bool open = wr_find(s, m->e->mark, 0) < s.n;
    if (open) mark_open(m, at);
    wr_build_str(&m->b, src, at, WR_F_QUOTED, open ? replaced(m, s, w) : s);
}

static void put_pair(maker *m, uint16_t src, wr_span at, const char *key, const char *value) {
    wr_build_open(&m->b, WR_MAP, src, 0, at.beg);
    wr_build_key(&m->b, src, at, 0, wr_strz(key));
    wr_build_str(&m->b, src, at, WR_F_QUOTED, wr_strz(value));
    wr_build_close(&m->b, at.end);
}

// A value of which nothing is known.
static void put_unknown(maker *m, const wr_node *n, where w) {
    wr_span at = span_of(m, n);
    uint16_t src = src_of(m, n);
    mark_open(m, at);
    if (w == W_PRINCIPAL) {
        put_pair(m, src, at, "AWS", stand_in[W_AWS].value);
    } else if (w == W_TESTS) {
        put_pair(m, src, at, "aws:PrincipalTag/unknown", "unknown");
    } else if (w == W_CONDITION) {
        wr_build_open(&m->b, WR_MAP, src, 0, at.beg);
        wr_build_key(&m->b, src, at, 0, WR_S("StringEquals"));
        put_pair(m, src, at, "aws:PrincipalTag/unknown", "unknown");
        wr_build_close(&m->b, at.end);
    } else {
        wr_build_str(&m->b, src, at, WR_F_QUOTED,
                     wr_strz(stand_in[w].value ? stand_in[w].value : "unknown"));
    }
}

// ---------------------------------------------------------------------------------- values

static void put_value(maker *m, const wr_node *n, where w);
static void put_item(maker *m, const wr_node *n, where w);

// Texts are JSON and nothing else, and plans have no functions.
static bool is_function(const maker *m, const wr_node *n) {
    wr_str name;
    const wr_node *arg;
    return m->t == NULL && m->e->functions && emb_function(n, &name, &arg);
}

// A branch of {"Fn::If": [condition, a, b]}, or NULL.
static const wr_node *branch(const maker *m, const wr_node *n, uint32_t i) {
    wr_str name;
    const wr_node *arg;
    if (!is_function(m, n) || !emb_function(n, &name, &arg) || !wr_eq(name, WR_S("Fn::If")) ||
        arg->kind != WR_LIST || arg->n != 3)
        return NULL;
    return arg->u.kids + 1 + i;
}

static bool is_nothing(const maker *m, const wr_node *n) {
    const wr_node *a = branch(m, n, 0), *b = branch(m, n, 1);
    if (a != NULL) return is_nothing(m, a) && is_nothing(m, b);
    return is_function(m, n) && emb_is_no_value(n);
}

static void put_function(maker *m, const wr_node *n, where w) {
    const wr_node *a = branch(m, n, 0);
    if (a != NULL && w == W_STATEMENTS) {
        wr_build_open(&m->b, WR_LIST, src_of(m, n), 0, span_of(m, n).beg);
        put_item(m, n, w);
        wr_build_close(&m->b, span_of(m, n).end);
        return;
    }
    if (a != NULL) {
        put_value(m, is_nothing(m, a) ? branch(m, n, 1) : a, w);
        return;
    }
    emb_text t;
    emb_text_init(&t);
    wr_str s = {0};
    if (w == W_TESTS || w == W_CONDITION || w == W_PRINCIPAL || !emb_text_add(m->e, &t, n)) {
        put_unknown(m, n, w);
    } else {
        s = wr_buf_keep(&t.text, &m->e->c->arena);
        if (s.p == NULL) s = WR_S("");
        put_text(m, src_of(m, n), span_of(m, n), s, w);
    }
    emb_text_fini(&t);
}

static void put_entry(maker *m, const wr_node *key, where w) {
    const wr_node *value = key + 1;
    wr_str name = wr_node_str(key);
    if (is_nothing(m, value)) return;
    if (wr_starts(name, WR_S("Fn::"))) { // Fn::Transform among elements: brings others along
        m->cut = true;
        return;
    }
    where of = w == W_TESTS ? W_PLAIN : under(w, name);
    wr_build_key(&m->b, src_of(m, key), span_of(m, key), 0, name);
    put_value(m, value, of);
}

// Tests of one operator: key → values of the operator's type.
static void put_tests(maker *m, const wr_node *n, where values) {
    wr_build_open(&m->b, WR_MAP, src_of(m, n), 0, span_of(m, n).beg);
    uint32_t all = n->n + wr_map_losers(n);
    for (uint32_t k = 0; k < all; k++) {
        const wr_node *key = wr_map_key(n, (k + n->n) % all); // those that lost first
        if (is_nothing(m, key + 1)) continue;
        wr_build_key(&m->b, src_of(m, key), span_of(m, key), 0, wr_node_str(key));
        put_value(m, key + 1, values);
    }
    wr_build_close(&m->b, span_of(m, n).end);
}

static void put_map(maker *m, const wr_node *n, where w) {
    wr_build_open(&m->b, WR_MAP, src_of(m, n), 0, span_of(m, n).beg);
    uint32_t all = n->n + wr_map_losers(n);
    for (uint32_t k = 0; k < all; k++) {
        const wr_node *key = wr_map_key(n, (k + n->n) % all);
        if (w == W_CONDITION && key[1].kind == WR_MAP && !is_function(m, key + 1)) {
            wr_build_key(&m->b, src_of(m, key), span_of(m, key), 0, wr_node_str(key));
            put_tests(m, key + 1, values_of(wr_node_str(key)));
        } else {
            put_entry(m, key, w);
        }
    }
    wr_build_close(&m->b, span_of(m, n).end);
}

// A branch of Fn::If where a list is: one item, or a list of items.
static void put_branch(maker *m, const wr_node *n, where w) {
    if (n->kind != WR_LIST) {
        put_item(m, n, w);
        return;
    }
    for (uint32_t i = 0; i < n->n; i++) put_item(m, n->u.kids + i, w);
}

// Whether it allows or denies is not known: nothing can be said of such a statement.
static bool lacks_effect(const maker *m, const wr_node *n) {
    const wr_node *e = n->kind == WR_MAP ? emb_get(n, WR_S("Effect")) : NULL;
    if (e == NULL || branch(m, e, 0) != NULL) return false;
    bool text = e->kind == WR_STR && wr_find(wr_node_str(e), m->e->mark, 0) < e->n;
    return text || is_function(m, e) || (e->flags & WR_F_UNKNOWN);
}

static void put_item(maker *m, const wr_node *n, where w) {
    if (is_nothing(m, n)) return;
    if (branch(m, n, 0) != NULL) {
        put_branch(m, branch(m, n, 0), w);
        put_branch(m, branch(m, n, 1), w);
    } else if (w == W_STATEMENTS && (is_function(m, n) || lacks_effect(m, n))) {
        m->cut = true;
    } else {
        put_value(m, n, w == W_STATEMENTS ? W_STATEMENT : w);
    }
}

static void put_scalar(maker *m, const wr_node *n, where w) {
    wr_node copy = *n;
    copy.src = src_of(m, n);
    copy.span = span_of(m, n);
    copy.flags &= (uint8_t) ~(WR_F_UNKNOWN | WR_F_LITERAL);
    bool number = n->kind == WR_INT || n->kind == WR_FLOAT;
    if (n->kind == WR_STR) {
        put_text(m, copy.src, copy.span, wr_node_str(n), w);
    } else if (number && m->t != NULL && !m->t->exact) { // its digits are not under its span
        wr_str digits = wr_sub(m->doc->srcs[0]->text, n->span.beg, n->span.end);
        wr_build_str(&m->b, copy.src, copy.span, WR_F_QUOTED, digits);
    } else {
        wr_build_scalar(&m->b, copy);
    }
}

static void put_value(maker *m, const wr_node *n, where w) {
    if (is_function(m, n)) {
        put_function(m, n, w);
    } else if (n->kind == WR_MAP) {
        put_map(m, n, w);
    } else if (n->kind == WR_LIST) {
        wr_build_open(&m->b, WR_LIST, src_of(m, n), 0, span_of(m, n).beg);
        for (uint32_t i = 0; i < n->n; i++) put_item(m, n->u.kids + i, w);
        wr_build_close(&m->b, span_of(m, n).end);
    } else if (n->flags & WR_F_UNKNOWN) {
        put_unknown(m, n, w);
    } else {
        put_scalar(m, n, w);
    }
}

// ---------------------------------------------------------------------------------- documents

// What the whole of it waits for: its Statement is not known. NULL: some of it is there.
static const wr_node *waits_for(const maker *m, const wr_node *root) {
    const wr_node *st = root->kind == WR_MAP ? wr_map_getz(m->doc, root, "Statement") : NULL;
    if (st == NULL || branch(m, st, 0) != NULL) return NULL;
    bool text = st->kind == WR_STR && wr_find(wr_node_str(st), m->e->mark, 0) < st->n;
    if (lacks_effect(m, st)) return emb_get(st, WR_S("Effect"));
    return text || is_function(m, st) || (st->flags & WR_F_UNKNOWN) ? st : NULL;
}

static int by_place(const void *a, const void *b) {
    const wr_span *x = a, *y = b;
    return x->beg < y->beg ? -1 : x->beg > y->beg;
}

void emb_make(emb *e, wr_embedded *p, const wr_doc *doc, const wr_node *root, const emb_text *t) {
    maker m = {.e = e, .doc = doc, .t = t, .at = p->at};
    const wr_node *waits = waits_for(&m, root);
    if (waits != NULL) {
        p->unknown = emb_what(e, waits);
        return;
    }
    wr_build_init(&m.b, e->c, e->syms);
    for (uint32_t i = 0; i < e->doc->n_srcs; i++) (void)wr_build_src(&m.b, e->doc->srcs[i]);
    put_value(&m, root, W_DOCUMENT);
    wr_doc *out = NULL;
    wr_rc rc = wr_build_end(&m.b, &out);
    if (rc != WR_OK) e->rc = rc;
    if (rc != WR_OK || e->rc != WR_OK) return;
    out->format = e->doc->format;
    if (m.open.n > 1) qsort(m.open.v, m.open.n, sizeof *m.open.v, by_place);
    p->doc = out;
    p->open = m.open.v;
    p->n_open = m.open.n;
    p->cut = m.cut;
}

// The first open place that ends behind `at`'s beginning. Places do not overlap, so that both ends
// ascend.
static uint32_t first_behind(const wr_embedded *e, uint32_t beg) {
    uint32_t lo = 0, hi = e->n_open;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (e->open[mid].end <= beg) lo = mid + 1;
        else hi = mid;
    }
    return lo;
}

bool wr_embedded_open(const wr_embedded *e, wr_span at) {
    uint32_t i = first_behind(e, at.beg);
    return i < e->n_open && e->open[i].beg <= at.beg;
}

bool wr_embedded_has_open(const wr_embedded *e, wr_span at) {
    uint32_t i = first_behind(e, at.beg);
    return i < e->n_open && e->open[i].beg < at.end;
}
