// SPDX-License-Identifier: Apache-2.0
// form: reads maps of our own file formats by tables: which keys there are, of which kind, which
// must be there, and where their values go. Everything that such a file can get wrong by itself is
// said here, once, in the same words for all formats.
//
// Always true: one diagnostic a fault, at the key or value it is about; what is right is stored
// whatever else is wrong; what is not there leaves its field as it was.

#include "doc/doc.h"

void wr_form_fault(wr_form *f, const wr_node *n, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    f->last = wr_vreport(f->c, f->code, WR_ERROR, wr_form_src(f->doc, n), wr_form_span(n), fmt, ap);
    va_end(ap);
    f->bad = true;
}

const wr_src *wr_form_src(const wr_doc *d, const wr_node *n) {
    uint32_t i = n ? n->src : 0;
    return i < d->n_srcs ? d->srcs[i] : NULL;
}

// Of a container its first character: all of it would be shown line by line.
wr_span wr_form_span(const wr_node *n) {
    wr_span at = {0, 0};
    if (n) at = n->span;
    if (n && (n->kind == WR_MAP || n->kind == WR_LIST)) at.end = at.beg + (at.end > at.beg);
    return at;
}

wr_str wr_form_scalar(const wr_doc *d, const wr_node *n) {
    if (n && n->kind == WR_STR) return wr_node_str(n);
    if (n == NULL || (n->kind != WR_INT && n->kind != WR_FLOAT)) return WR_S("");
    return wr_sub(d->srcs[n->src]->text, n->span.beg, n->span.end);
}

// ---------------------------------------------------------------------------------- keys

static wr_str key_at(const void *list, uint32_t i) { return ((const wr_str *)list)[i]; }
static wr_str row_key(const void *rows, uint32_t i) {
    return wr_strz(((const wr_form_row *)rows)[i].key);
}

wr_str wr_near_of(wr_str (*at)(const void *list, uint32_t i), const void *list, uint32_t n,
                  wr_str word) {
    wr_str best = WR_S("");
    double most = 0;
    for (uint32_t i = 0; i < n; i++) {
        double s = wr_similar(word, at(list, i));
        if (s < WR_NEAR || s <= most) continue;
        most = s;
        best = at(list, i);
    }
    return best;
}

wr_str wr_near(const wr_str *words, uint32_t n, wr_str word) {
    return wr_near_of(key_at, words, n, word);
}

static const wr_form_row *row_of(const wr_form_row *rows, uint32_t n, wr_str key) {
    for (uint32_t i = 0; i < n; i++)
        if (wr_eq(key, wr_strz(rows[i].key))) return &rows[i];
    return NULL;
}

static void check_repeats(wr_form *f, const wr_node *m, const char *what) {
    uint32_t lost = wr_map_losers(m);
    for (uint32_t i = m->n; i < m->n + lost; i++)
        wr_form_fault(f, wr_map_key(m, i), "%s has the key '%.*s' twice", what,
                      WR_FMT(wr_utf8_cut(wr_node_str(wr_map_key(m, i)), 80)));
}

void wr_form_keys(wr_form *f, const wr_node *m, const char *what, const wr_form_row *rows,
                  uint32_t n) {
    for (uint32_t i = 0; i < m->n; i++) {
        const wr_node *k = wr_map_key(m, i);
        wr_str key = wr_node_str(k);
        if (row_of(rows, n, key)) continue;
        wr_form_fault(f, k, "%s has no key '%.*s'", what, WR_FMT(wr_utf8_cut(key, 80)));
        wr_str near = wr_near_of(row_key, rows, n, key);
        if (near.n) wr_hint(f->c, f->last, "did you mean '%.*s'?", WR_FMT(near));
    }
    check_repeats(f, m, what);
}

// ---------------------------------------------------------------------------------- values

static const char *a_kind(const wr_node *n) {
    static const char *const name[] = {
        [WR_NULL] = "nothing",   [WR_BOOL] = "true or false", [WR_INT] = "a number",
        [WR_FLOAT] = "a number", [WR_STR] = "a text",         [WR_LIST] = "a list",
        [WR_MAP] = "a map",
    };
    return n->kind < sizeof name / sizeof *name ? name[n->kind] : "something else";
}

static bool wrong(wr_form *f, const wr_node *n, const char *key, const char *wanted) {
    wr_form_fault(f, n, "%s is %s, %s is wanted", key, a_kind(n), wanted);
    return false;
}

bool wr_form_text(wr_form *f, const wr_node *n, const char *key, wr_str *out) {
    wr_str s = wr_form_scalar(f->doc, n);
    if (n->kind == WR_STR && wr_trim(s).n == 0) {
        wr_form_fault(f, n, "%s is empty, a text is wanted", key);
        return false;
    }
    if (s.n == 0) return wrong(f, n, key, "a text");
    *out = n->kind == WR_STR ? wr_trim(s) : s; // folded texts of YAML end in a line feed
    return true;
}

static bool read_texts(wr_form *f, const wr_node *n, const char *key, wr_form_texts *out) {
    const wr_node *items = n->kind == WR_LIST ? n->u.kids : n;
    uint32_t n_items = n->kind == WR_LIST ? n->n : 1;
    wr_str *v = WR_NEW_N(&f->c->arena, wr_str, n_items ? n_items : 1);
    const wr_node **at = WR_NEW_N(&f->c->arena, const wr_node *, n_items ? n_items : 1);
    if (v == NULL || at == NULL) return false;
    *out = (wr_form_texts){v, at, 0};
    bool good = true;
    for (uint32_t i = 0; i < n_items; i++) {
        if (wr_form_text(f, &items[i], key, &v[out->n])) at[out->n++] = &items[i];
        else good = false;
    }
    return good;
}

static bool read_day(wr_form *f, const wr_node *n, const char *key, int64_t *out) {
    wr_str s = wr_form_scalar(f->doc, n);
    if (wr_day_parse(s, out)) return true;
    if (s.n == 0) return wrong(f, n, key, "a day as 2026-11-01");
    wr_form_fault(f, n, "%s is '%.*s', a day as 2026-11-01 is wanted", key,
                  WR_FMT(wr_utf8_cut(s, 40)));
    return false;
}

static bool read_word(wr_form *f, const wr_node *n, const wr_form_row *row, uint32_t *out) {
    wr_str s = wr_form_scalar(f->doc, n), list[32];
    uint32_t n_words = 0;
    for (; row->words[n_words]; n_words++) {
        WR_ASSERT(n_words < 32);
        list[n_words] = wr_strz(row->words[n_words]);
        if (!wr_eq(s, list[n_words])) continue;
        *out = n_words;
        return true;
    }
    if (s.n == 0) return wrong(f, n, row->key, "a word");
    wr_form_fault(f, n, "%s cannot be '%.*s'", row->key, WR_FMT(wr_utf8_cut(s, 80)));
    wr_buf b;
    wr_buf_init(&b, 0);
    for (uint32_t i = 0; i < n_words; i++) wr_putf(&b, "%s%s", i ? ", " : "", row->words[i]);
    wr_hint(f->c, f->last, "it is one of %.*s", WR_FMT(wr_buf_str(&b)));
    wr_buf_fini(&b);
    return false;
}

static bool read_value(wr_form *f, const wr_node *n, const wr_form_row *row, char *at) {
    switch (row->kind) {
    case WR_FORM_TEXT: return wr_form_text(f, n, row->key, (wr_str *)(void *)at);
    case WR_FORM_TEXTS: return read_texts(f, n, row->key, (wr_form_texts *)(void *)at);
    case WR_FORM_DAY: return read_day(f, n, row->key, (int64_t *)(void *)at);
    case WR_FORM_WORD: return read_word(f, n, row, (uint32_t *)(void *)at);
    case WR_FORM_BOOL:
        if (n->kind != WR_BOOL) return wrong(f, n, row->key, "true or false");
        *(bool *)at = n->u.b;
        return true;
    case WR_FORM_COUNT:
        if (n->kind != WR_INT || n->u.i < 0 || n->u.i > UINT32_MAX)
            return wrong(f, n, row->key, "a whole number from 0 on");
        *(uint32_t *)(void *)at = (uint32_t)n->u.i;
        return true;
    case WR_FORM_MAP:
        if (n->kind != WR_MAP) return wrong(f, n, row->key, "a map");
        break;
    case WR_FORM_LIST:
        if (n->kind != WR_LIST) return wrong(f, n, row->key, "a list");
        break;
    case WR_FORM_ANY: break;
    }
    *(const wr_node **)(void *)at = n;
    return true;
}

bool wr_form_read(wr_form *f, const wr_node *m, const char *what, const wr_form_row *rows,
                  uint32_t n, void *out) {
    if (m->kind != WR_MAP) return wrong(f, m, what, "a map");
    bool before = f->bad;
    f->bad = false;
    wr_form_keys(f, m, what, rows, n);
    for (uint32_t i = 0; i < n; i++) {
        const wr_node *v = wr_map_getz(f->doc, m, rows[i].key);
        if (v) (void)read_value(f, v, &rows[i], (char *)out + rows[i].at);
        else if (rows[i].required) wr_form_fault(f, m, "%s has no %s", what, rows[i].key);
    }
    bool good = !f->bad;
    f->bad = f->bad || before;
    return good;
}
