// SPDX-License-Identifier: Apache-2.0
// Documents: a JSON or YAML subtree to a policy of the set. Reading goes on behind every fault, so
// that all of them are reported; what AWS would refuse makes the policy broken, and what applies it
// then decides an error. The tree may be part of a larger document (an account dump, a template):
// names are compared as texts, never as symbols.
// Rules: IAM User Guide, "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy
// language"; Organizations User Guide, "SCP syntax" and "RCP syntax".

#include "lang/iam/parse_int.h"

const char *const iam_top_names[IAM_N_TOP] = {"Version", "Id", "Statement"};

const iam_rules iam_rules_of[WR_IAM_N_KINDS] = {
    [WR_IAM_IDENTITY] = {IAM_MUST_NOT, IAM_MUST, false, false, true, false},
    [WR_IAM_BOUNDARY] = {IAM_MUST_NOT, IAM_MUST, false, false, true, false},
    [WR_IAM_SESSION] = {IAM_MUST_NOT, IAM_MUST, false, false, true, false},
    [WR_IAM_RESOURCE] = {IAM_MUST, IAM_MAY, true, false, false, false},
    [WR_IAM_TRUST] = {IAM_MUST, IAM_MUST_NOT, false, false, true, false},
    [WR_IAM_ENDPOINT] = {IAM_MUST, IAM_MUST, true, false, false, false},
    [WR_IAM_SCP] = {IAM_MUST_NOT, IAM_MUST, false, false, false, false},
    [WR_IAM_RCP] = {IAM_MUST, IAM_MUST, false, true, false, true},
};

bool iam_same(wr_str a, wr_str b) {
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (iam_lower(a.p[i]) != iam_lower(b.p[i])) return false;
    return true;
}

// ---------------------------------------------------------------------------------- reporting

// A container is shown by its opening bracket: all of it would fill the screen.
static wr_span place(const wr_node *n) {
    wr_span at = n->span;
    if ((n->kind == WR_MAP || n->kind == WR_LIST) && at.end > at.beg) at.end = at.beg + 1;
    return at;
}

static wr_diag *vreport(iam_reader *r, wr_sev sev, wr_code code, const wr_node *n, const char *fmt,
                        va_list ap) {
    const wr_node *at = n ? n : r->policy->root;
    const wr_src *src = at ? r->doc->srcs[at->src] : r->src;
    wr_span span = at ? place(at) : (wr_span){0, 0};
    wr_ctx *c = r->set->ctx;
    wr_mark before = wr_arena_mark(&c->arena);
    wr_str msg = wr_vfmt(&c->arena, fmt, ap);
    if (msg.p == NULL) return NULL;
    wr_diag *d = wr_report(c, code, sev, src, span, "%.*s", WR_FMT(msg));
    wr_iam_policy *p = r->policy;
    if (sev != WR_ERROR) return d;
    if (p->broken) {
        if (d == NULL) wr_arena_rewind(&c->arena, before); // many faults shall not cost memory
        return d;
    }
    p->broken = true;
    wr_pos pos = wr_src_pos(src, span.beg);
    p->error = wr_fmt(&c->arena, "%.*s:%u:%u: %.*s", WR_FMT(src->name), (unsigned)pos.line,
                      (unsigned)pos.col, WR_FMT(msg));
    return d;
}

wr_diag *iam_fault(iam_reader *r, wr_code code, const wr_node *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_diag *d = vreport(r, WR_ERROR, code, n, fmt, ap);
    va_end(ap);
    return d;
}

wr_diag *iam_kind_fault(iam_reader *r, wr_code code, const wr_node *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_diag *d = vreport(r, r->tolerant ? WR_WARNING : WR_ERROR, code, n, fmt, ap);
    va_end(ap);
    return d;
}

wr_diag *iam_warn(iam_reader *r, wr_code code, const wr_node *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_diag *d = vreport(r, WR_WARNING, code, n, fmt, ap);
    va_end(ap);
    return d;
}

bool iam_unknown_slow(iam_reader *r, const wr_node *n) {
    wr_str what = WR_S("");
    (void)wr_node_unknown(r->doc, n, &what);
    iam_warn(r, WR_D_I0118, n, "the value is not known before deployment: %.*s", WR_FMT(what));
    if (r->policy->broken) return true;
    r->policy->broken = true;
    r->policy->error =
        wr_fmt(&r->set->ctx->arena, "it depends on what is not known: %.*s", WR_FMT(what));
    return true;
}

// ---------------------------------------------------------------------------------- maps

static void report_repeat(iam_reader *r, const wr_node *live, const wr_node *lost) {
    wr_str key = wr_utf8_cut(wr_node_str(live), 100);
    wr_diag *d = iam_fault(r, WR_D_I0103, live, "'%.*s' stands more than once", WR_FMT(key));
    wr_pos pos = wr_node_pos(r->doc, lost);
    wr_hint(r->set->ctx, d, "it stands before at line %u, column %u; remove all but one",
            (unsigned)pos.line, (unsigned)pos.col);
}

void iam_repeats(iam_reader *r, const wr_node *m) {
    if (!(m->flags & WR_F_INDEXED)) return;
    uint32_t losers = wr_map_losers(m);
    for (uint32_t i = 0; i < losers; i++) {
        const wr_node *lost = wr_map_key(m, m->n + i);
        const wr_node *value = wr_map_get(m, lost->u.sym);
        if (value) report_repeat(r, value - 1, lost);
    }
}

// The name people most likely meant: the same in another case, or the most similar one. Names of
// elements are short, so less than WR_NEAR's measure would find likeness in any word.
static const char *near(wr_str s, const char *const *names, unsigned n) {
    const double enough = 0.85;
    const char *best = NULL;
    double most = 0;
    for (unsigned i = 0; i < n; i++) {
        wr_str name = wr_strz(names[i]);
        double alike = iam_same(s, name) ? 1 : wr_similar(s, name);
        if (alike < enough || alike <= most) continue;
        most = alike;
        best = names[i];
    }
    return best;
}

static void report_strange(iam_reader *r, const wr_node *key, const char *const *names, unsigned n,
                           const char *what) {
    wr_str s = wr_utf8_cut(wr_node_str(key), 100);
    wr_diag *d = iam_fault(r, WR_D_I0104, key, "a %s has no element '%.*s'", what, WR_FMT(s));
    const char *meant = near(s, names, n);
    if (meant) wr_hint(r->set->ctx, d, "did you mean %s?", meant);
}

// The index of y among the names, n when it is none of them. In the set's own table the names have
// the first ids, in this order (wr_iam_set_new).
static inline unsigned name_of(const iam_reader *r, const wr_sym *y, const char *const *names,
                               unsigned n) {
    if (r->doc->syms == &((const iam_set *)r->set)->words) {
        uint32_t first = names == iam_top_names       ? 0
                         : names == iam_element_names ? IAM_N_TOP
                                                      : IAM_N_TOP + IAM_N_ELEMENTS;
        return y->id - first < n ? y->id - first : n;
    }
    unsigned k = 0;
    while (k < n &&
           (names[k][0] != y->p[0] || strncmp(names[k], y->p, y->n) != 0 || names[k][y->n] != '\0'))
        k++;
    return k;
}

void iam_take_map(iam_reader *r, const wr_node *m, const char *const *names, unsigned n,
                  const wr_node **key, const wr_node **val, const char *what) {
    for (unsigned k = 0; k < n; k++) key[k] = val[k] = NULL;
    for (uint32_t i = 0; i < m->n; i++) {
        const wr_node *at = wr_map_key(m, i);
        unsigned k = name_of(r, at->u.sym, names, n);
        if (k == n) {
            report_strange(r, at, names, n, what);
        } else {
            key[k] = at;
            val[k] = at + 1;
        }
    }
    iam_repeats(r, m);
}

// ---------------------------------------------------------------------------------- texts

const char *iam_a_kind(const wr_node *n) {
    static const char *const words[] = {
        [WR_NULL] = "null",      [WR_BOOL] = "a boolean", [WR_INT] = "a number",
        [WR_FLOAT] = "a number", [WR_STR] = "a string",   [WR_LIST] = "a list",
        [WR_MAP] = "an object",
    };
    return n->kind <= WR_MAP ? words[n->kind] : "a literal";
}

bool iam_text(iam_reader *r, const wr_node *n, const char *what, wr_str *out) {
    if (iam_unknown(r, n)) return false;
    if (n->kind == WR_STR) {
        *out = wr_node_str(n);
        return true;
    }
    wr_diag *d = iam_fault(r, WR_D_I0106, n, "%s must be a string, not %s", what, iam_a_kind(n));
    if (n->kind == WR_INT || n->kind == WR_FLOAT || n->kind == WR_BOOL)
        wr_hint(r->set->ctx, d, "write it in quotes");
    return false;
}

bool iam_texts_begin(iam_reader *r, const wr_node *n, const char *what, iam_texts *t) {
    t->what = what;
    t->at = n;
    t->end = n + 1;
    if (iam_unknown(r, n)) return false;
    if (n->kind == WR_STR) return true;
    if (n->kind == WR_LIST) {
        t->at = n->u.kids;
        t->end = t->at + n->n;
        return true;
    }
    wr_diag *d = iam_fault(r, WR_D_I0106, n, "%s must be a string or a list of strings, not %s",
                           what, iam_a_kind(n));
    if (n->kind == WR_MAP) wr_hint(r->set->ctx, d, "write its values as a list: [\"…\", \"…\"]");
    return false;
}

bool iam_texts_slow(iam_reader *r, iam_texts *t, const wr_node **n, wr_str *out) {
    while (t->at != t->end) {
        *n = t->at++;
        if ((*n)->kind == WR_NULL && !((*n)->flags & WR_F_UNKNOWN)) {
            iam_warn(r, WR_D_I0106, *n, "null in the list of %s matches nothing", t->what);
        } else if (iam_text(r, *n, t->what, out)) {
            return true;
        }
    }
    return false;
}

// ---------------------------------------------------------------------------------- top level

static void take_version(iam_reader *r, const wr_node *n) {
    wr_str s;
    bool must = iam_rules_of[r->policy->kind].new_version;
    if (n == NULL) {
        if (!must) return;
        wr_diag *d = iam_kind_fault(r, WR_D_I0105, NULL, "the document has no Version");
        wr_hint(r->set->ctx, d, "write \"Version\": \"2012-10-17\"");
        return;
    }
    if (!iam_text(r, n, "Version", &s)) return;
    r->policy->variables = wr_eq(s, WR_S("2012-10-17"));
    if (r->policy->variables) return;
    bool old = wr_eq(s, WR_S("2008-10-17"));
    if (old && !must) return;
    wr_str shown = wr_utf8_cut(s, 40);
    wr_diag *d = old ? iam_kind_fault(r, WR_D_I0109, n,
                                      "this kind of policy is not written in the "
                                      "language of 2008-10-17")
                     : iam_fault(r, WR_D_I0109, n, "there is no Version \"%.*s\"", WR_FMT(shown));
    wr_hint(r->set->ctx, d, "write \"2012-10-17\"");
}

static void report_sid(iam_reader *r, const wr_iam_stmt *st, const wr_iam_stmt *other) {
    wr_pos pos = wr_node_pos(r->doc, other->node);
    wr_str sid = wr_utf8_cut(st->sid, 100);
    wr_diag *d =
        iam_fault(r, WR_D_I0111, st->node, "two statements have the Sid '%.*s'", WR_FMT(sid));
    wr_hint(r->set->ctx, d, "the other begins at line %u, column %u", (unsigned)pos.line,
            (unsigned)pos.col);
}

static void check_few_sids(iam_reader *r) {
    const wr_iam_policy *p = r->policy;
    for (uint32_t i = 1; i < p->n_stmts; i++) {
        const wr_iam_stmt *st = &p->stmts[i];
        uint32_t k = 0;
        while (k < i && (st->sid.n == 0 || !wr_eq(p->stmts[k].sid, st->sid))) k++;
        if (k < i) report_sid(r, st, &p->stmts[k]);
    }
}

// Sids that must be unique; each that is not is reported with the first that has it.
static bool check_sids(iam_reader *r) {
    enum { FEW = 24 }; // a table is worth it beyond
    const wr_iam_policy *p = r->policy;
    wr_map seen;
    if (!iam_rules_of[p->kind].plain_sid) return true;
    if (p->n_stmts <= FEW) {
        check_few_sids(r);
        return true;
    }
    wr_map_init(&seen, &r->set->ctx->arena);
    for (uint32_t i = 0; i < p->n_stmts; i++) {
        const wr_iam_stmt *st = &p->stmts[i];
        if (st->sid.n == 0) continue;
        void **at = wr_map_at(&seen, st->sid);
        if (at == NULL) return false;
        if (*at) report_sid(r, st, *at);
        else *at = (void *)st;
    }
    return true;
}

static bool take_statements(iam_reader *r, const wr_node *n) {
    wr_iam_policy *p = r->policy;
    const wr_node *at = n;
    uint32_t count = 1;
    if (iam_unknown(r, n)) return true;
    if (n->kind == WR_LIST) {
        at = n->u.kids;
        count = n->n;
    }
    if (count == 0) {
        wr_diag *d = iam_fault(r, WR_D_I0116, n, "the document has no statement");
        wr_hint(r->set->ctx, d, "a document that grants nothing is left out, not empty");
        return true;
    }
    wr_iam_stmt *v = WR_NEW_N(&r->set->ctx->arena, wr_iam_stmt, count);
    if (v == NULL) return false;
    p->stmts = v;
    for (uint32_t i = 0; i < count; i++) {
        const wr_node *m = at + i;
        if (iam_unknown(r, m)) continue;
        if (m->kind != WR_MAP) {
            iam_fault(r, WR_D_I0106, m, "a statement must be an object, not %s", iam_a_kind(m));
            continue;
        }
        wr_iam_stmt *st = &v[p->n_stmts];
        *st = (wr_iam_stmt){.policy = p, .node = m, .index = i, .id = r->set->n_stmts};
        if (!iam_parse_stmt(r, m, st)) return false;
        p->n_stmts++;
        r->set->n_stmts++;
    }
    return check_sids(r);
}

static bool take_document(iam_reader *r, const wr_node *root) {
    const wr_node *key[IAM_N_TOP], *val[IAM_N_TOP];
    wr_iam_policy *p = r->policy;
    if (iam_unknown(r, root)) return true;
    if (root->kind != WR_MAP) {
        wr_diag *d = iam_fault(r, WR_D_I0102, root, "a policy document is an object, not %s",
                               iam_a_kind(root));
        if (root->kind == WR_LIST)
            wr_hint(r->set->ctx, d, "give each document of the list by itself");
        return true;
    }
    iam_take_map(r, root, iam_top_names, IAM_N_TOP, key, val, "policy document");
    take_version(r, val[IAM_TOP_VERSION]);
    if (val[IAM_TOP_ID]) (void)iam_text(r, val[IAM_TOP_ID], "Id", &p->id);
    if (val[IAM_TOP_STATEMENT]) return take_statements(r, val[IAM_TOP_STATEMENT]);
    wr_diag *d = iam_fault(r, WR_D_I0105, root, "the document has no Statement");
    wr_hint(r->set->ctx, d, "a policy is {\"Version\": \"2012-10-17\", \"Statement\": […]}");
    return true;
}

// ---------------------------------------------------------------------------------- adding

wr_iam_policy *iam_policy_new(wr_iam_set *s, const wr_iam_parse_opts *opts, const wr_src *src) {
    WR_ASSERT(!s->frozen && opts->kind < WR_IAM_N_KINDS);
    wr_iam_policy *p = WR_NEW(&s->ctx->arena, wr_iam_policy);
    if (p == NULL) return NULL;
    p->kind = opts->kind;
    p->src = src;
    p->name = opts->name.n > 0 ? opts->name : src->name;
    p->id_in_set = s->policies.n;
    // NOLINTNEXTLINE(bugprone-sizeof-expression): a vector of pointers
    return WR_PUSH(&s->ctx->arena, &s->policies, p) ? p : NULL;
}

const wr_iam_policy *wr_iam_add(wr_iam_set *s, const wr_doc *doc, const wr_node *root,
                                const wr_iam_parse_opts *opts) {
    if (root == NULL) root = doc->root;
    const wr_src *src = doc->srcs[root->src];
    wr_iam_policy *p = iam_policy_new(s, opts, src);
    if (p == NULL) return NULL;
    p->doc = doc;
    p->root = root;
    iam_reader r = {.set = s, .policy = p, .doc = doc, .src = src, .tolerant = opts->tolerant};
    return take_document(&r, root) && !s->ctx->arena.oom ? p : NULL;
}

void wr_iam_digest(const wr_iam_policy *p, uint8_t out[32]) {
    if (p->doc == NULL || p->root == p->doc->root) {
        wr_sha256(p->src->text, out);
        return;
    }
    wr_buf b;
    wr_buf_init(&b, 0);
    (void)wr_put_json(&b, p->root, -1);
    wr_sha256(wr_buf_str(&b), out);
    wr_buf_fini(&b);
}
