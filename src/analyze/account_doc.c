// SPDX-License-Identifier: Apache-2.0
// The documents of an account dump: objects, texts of JSON, or URL-encoded texts (RFC 3986, as
// IAM's API returns them); and stand-ins for those the dump does not hold. A stand-in allows and
// denies everything under a key that no request has: certain Denies of other policies stay
// certain, everything else becomes unknown and names the missing policy. Were the key ever taken
// for absent, the stand-in would deny.

#include "analyze/account_int.h"

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// %XX decoded; what is no such stays, and the JSON reader complains about it.
static wr_str decoded(wr_arena *a, wr_str s) {
    char *p = wr_alloc(a, s.n + 1);
    size_t n = 0;
    if (p == NULL) return s;
    for (size_t i = 0; i < s.n; i++) {
        int hi = s.p[i] == '%' && i + 2 < s.n ? hex(s.p[i + 1]) : -1;
        int lo = hi >= 0 ? hex(s.p[i + 2]) : -1;
        p[n++] = lo >= 0 ? (char)(hi * 16 + lo) : s.p[i];
        if (lo >= 0) i += 2;
    }
    return wr_strn(p, n);
}

static const wr_iam_policy *from_text(acct_load *l, const wr_node *n, wr_iam_kind kind,
                                      wr_str name) {
    wr_arena *a = &l->c->arena;
    wr_str text = wr_node_str(n);
    if (wr_starts(wr_trim(text), WR_S("%"))) text = decoded(a, text);
    wr_pos at = wr_node_pos(l->doc, n);
    const wr_src *in = l->doc->srcs[n->src];
    wr_str where = wr_fmt(a, "%.*s:%u:%u, text of '%.*s'", WR_FMT(in->name), (unsigned)at.line,
                          (unsigned)at.col, WR_FMT(name));
    const wr_src *src = where.p ? wr_src_new(a, where, text, false) : NULL;
    wr_iam_parse_opts opts = {.kind = kind, .name = name};
    return src ? wr_iam_add_text(l->set, src, false, &opts) : NULL;
}

void acct_document(acct_load *l, const wr_node *n, wr_iam_kind kind, wr_acct_policy *p) {
    wr_iam_parse_opts opts = {.kind = kind, .name = p->name};
    p->node = n;
    if (n && n->kind == WR_MAP) {
        p->policy = wr_iam_add(l->set, l->doc, n, &opts);
    } else if (n && n->kind == WR_STR) {
        p->policy = from_text(l, n, kind, p->name);
    } else {
        if (n && n->kind != WR_NULL)
            acct_fault(l, WR_D_A0102, n, "the document of policy %.*s is a %s", WR_FMT(p->name),
                       wr_kind_name((wr_kind)n->kind));
        p->missing = true;
        p->stand_in = acct_stand_in(l, kind, p->arn.n ? p->arn : p->name);
        if (p->stand_in == NULL) l->c->arena.oom = true;
        return;
    }
    if (p->policy == NULL) l->c->arena.oom = true;
}

// One statement about everything, in the words that the kind of policy takes.
static void put_statement(wr_buf *b, wr_iam_kind kind, bool deny, wr_str key) {
    wr_putf(b, "{\"Effect\":\"%s\"", deny ? "Deny" : "Allow");
    if (kind == WR_IAM_TRUST)
        wr_putz(b, ",\"Principal\":\"*\",\"Action\":[\"sts:AssumeRole*\",\"sts:TagSession\","
                   "\"sts:SetSourceIdentity\"]");
    else wr_putz(b, ",\"Action\":\"*\",\"Resource\":\"*\"");
    wr_putf(b, ",\"Condition\":{\"%s\":{", deny ? "StringNotEquals" : "StringEquals");
    wr_put_json_str(b, key);
    wr_putz(b, ":\"-\"}}}");
}

// Resource control policies only deny, to everybody, and name services: where they are not known,
// nothing else is either, so the SCP form stands in for them too (see wr_world_levels).
const wr_iam_policy *acct_stand_in(acct_load *l, wr_iam_kind kind, wr_str what) {
    wr_arena *a = &l->c->arena;
    void **at = wr_map_at(&l->stand_ins, what);
    if (at == NULL || *at != NULL) return at ? *at : NULL;
    wr_str key = wr_fmt(a, WR_ACCT_MISSING "/%.*s", WR_FMT(what));
    wr_buf b;
    wr_buf_init(&b, 0);
    wr_putz(&b, "{\"Version\":\"2008-10-17\",\"Statement\":[");
    put_statement(&b, kind, false, key);
    wr_putc(&b, ',');
    put_statement(&b, kind, true, key);
    wr_putz(&b, "]}");
    wr_str text = wr_buf_keep(&b, a);
    wr_str name = wr_fmt(a, "%.*s (missing)", WR_FMT(what));
    const wr_src *src = text.p && name.p ? wr_src_new(a, name, text, false) : NULL;
    wr_iam_parse_opts opts = {.kind = kind, .name = name};
    *at = src ? (void *)(uintptr_t)wr_iam_add_text(l->set, src, false, &opts) : NULL;
    return *at;
}

// ---------------------------------------------------------------------------------- pages

// Pages, and the blanks that keep their positions.
enum { MAX_PAGES = 2000, MAX_BLANKS = 64 << 20 };

// End of the JSON object or list that begins at p; NULL when it does not end.
static const char *value_end(const char *p, const char *end) {
    size_t depth = 0;
    for (; p != end; p++) {
        if (*p == '"') {
            for (p++; p != end && *p != '"'; p++)
                if (*p == '\\' && ++p == end) return NULL;
            if (p == end) return NULL;
        } else if (*p == '{' || *p == '[') {
            depth++;
        } else if (*p == '}' || *p == ']') {
            if (depth == 0) return NULL;
            if (--depth == 0) return p + 1;
        }
    }
    return NULL;
}

static const char *skip_blank(const char *p, const char *end) {
    while (p != end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
    return p;
}

typedef WR_VEC(wr_span) spans;

// The objects one after another; false: the text is no such sequence of at least two.
static bool split(wr_arena *a, const wr_src *src, spans *out) {
    wr_str t = src->text;
    const char *p = t.p, *end = t.p + t.n;
    size_t blanks = 0;
    if (wr_starts(t, WR_S("\xEF\xBB\xBF"))) p += 3;
    while ((p = skip_blank(p, end)) != end) {
        const char *stop = *p == '{' ? value_end(p, end) : NULL;
        if (stop == NULL || out->n == MAX_PAGES) return false;
        wr_span at = {(uint32_t)(p - t.p), (uint32_t)(stop - t.p)};
        wr_pos pos = wr_src_pos(src, at.beg);
        blanks += (size_t)pos.line + pos.col;
        if (blanks > MAX_BLANKS) return false;
        if (!WR_PUSH(a, out, at)) return false;
        p = stop;
    }
    return out->n > 1;
}

// One page as a source of its own, with blank lines before it so that positions are the file's.
static const wr_src *page_src(wr_arena *a, const wr_src *src, wr_span at) {
    wr_pos pos = wr_src_pos(src, at.beg);
    size_t lines = pos.line - 1, cols = pos.col - 1, n = at.end - at.beg;
    char *p = wr_alloc(a, lines + cols + n + 1);
    if (p == NULL) return NULL;
    memset(p, '\n', lines);
    memset(p + lines, ' ', cols);
    memcpy(p + lines + cols, src->text.p + at.beg, n);
    return wr_src_new(a, src->name, wr_strn(p, lines + cols + n), false);
}

// Copying keeps the last of what stands twice and nothing of the first, so it is said before.
static bool has_repeats(wr_ctx *c, const wr_doc *page) {
    bool any = false;
    for (uint32_t i = 0; i < page->n_nodes; i++) {
        const wr_node *m = &page->nodes[i];
        if (m->kind != WR_MAP || !(m->flags & WR_F_INDEXED) || wr_map_losers(m) == 0) continue;
        wr_span at = {m->span.beg, m->span.beg + 1};
        (void)wr_report(c, WR_D_A0105, WR_ERROR, page->srcs[m->src], at,
                        "a key stands twice in one object");
        any = true;
    }
    return any;
}

static wr_rc join(wr_ctx *c, const wr_src *src, const spans *at, const wr_doc **out) {
    wr_symtab *syms = WR_NEW(&c->arena, wr_symtab);
    wr_build b;
    wr_doc *doc = NULL;
    if (syms == NULL) return WR_NOMEM;
    wr_symtab_init(syms, &c->arena, NULL);
    wr_build_init(&b, c, syms);
    wr_build_open(&b, WR_LIST, wr_build_src(&b, src), 0, 0);
    for (uint32_t i = 0; i < at->n; i++) {
        wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true};
        const wr_src *page = page_src(&c->arena, src, at->v[i]);
        wr_rc rc = page ? wr_doc_load(c, page, &how, &doc) : WR_NOMEM;
        if (rc == WR_OK && has_repeats(c, doc)) rc = WR_BAD;
        if (rc != WR_OK) {
            wr_build_abort(&b);
            return rc;
        }
        wr_build_copy(&b, doc, doc->root);
    }
    wr_build_close(&b, (uint32_t)src->text.n);
    doc = NULL;
    wr_rc rc = wr_build_end(&b, &doc);
    *out = doc;
    return rc;
}

wr_rc wr_acct_read(wr_ctx *c, const wr_src *src, const wr_doc **out) {
    spans at = {0};
    wr_doc *doc = NULL;
    *out = NULL;
    if (split(&c->arena, src, &at)) return join(c, src, &at, out);
    wr_load how = {
        .profile = WR_LOAD_STRICT, .all = true, .is_json = wr_looks_json(src->name, src->text)};
    wr_rc rc = wr_doc_load(c, src, &how, &doc);
    *out = doc;
    return rc;
}
