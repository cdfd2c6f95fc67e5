// SPDX-License-Identifier: Apache-2.0
// parse_lex: blanks, names, numbers, strings, messages: the smallest things of a rule file.
// There are no tokens in this language (`existsfoo` is `exists` and `foo`), so each recogniser
// looks at the text itself.
// Rules: guard-language.md §1.1.
#include "lang/guard/parse_int.h"

void g_want(g_ps *p, uint32_t at, uint32_t want) {
    if (at > p->far) {
        p->far = at;
        p->want = 0;
    }
    if (at == p->far) p->want |= want;
}

g_out g_no_in(g_ps *p, uint32_t at, uint32_t want, wr_str context) {
    p->err_at = at;
    p->err_ctx = NULL;
    if (context.n > 0) {
        g_ctxt *c = WR_NEW(&p->scratch, g_ctxt);
        if (c) {
            c->text = context;
            p->err_ctx = c;
        }
    }
    g_want(p, at, want);
    return G_NO;
}

g_out g_no(g_ps *p, uint32_t at, uint32_t want) { return g_no_in(p, at, want, (wr_str){0}); }

g_out g_cut(g_out r) { return r == G_NO ? G_CUT : r; }

g_out g_context(g_ps *p, g_out r, uint32_t at, wr_str context) {
    if (r == G_YES) return r;
    g_ctxt *c = WR_NEW(&p->scratch, g_ctxt);
    if (!c) return r;
    c->text = context;
    c->next = p->err_ctx;
    p->err_ctx = c;
    p->err_at = at;
    return r;
}

bool g_deeper(g_ps *p) {
    if (++p->depth <= p->max_depth) return true;
    if (p->rc == WR_OK) {
        p->rc = WR_LIMIT;
        p->err_at = p->at;
        p->err_ctx = NULL;
    }
    return false;
}

void *g_keep(g_ps *p, const void *v, uint32_t n, size_t size) {
    if (n == 0) return NULL;
    void *to = wr_alloc(p->a, n * size);
    if (to) memcpy(to, v, n * size);
    else p->rc = WR_NOMEM;
    return to;
}

void *g_keep_from(g_ps *p, const void *v, uint32_t from, uint32_t n, size_t size) {
    return n ? g_keep(p, (const char *)v + from * size, n, size) : NULL;
}

// ---------------------------------------------------------------------------------- blanks

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void g_blanks(g_ps *p) {
    while (!end_of(p) && is_blank(p->t.p[p->at])) p->at++;
}

void g_spaces(g_ps *p) {
    while (!end_of(p) && (p->t.p[p->at] == ' ' || p->t.p[p->at] == '\t')) p->at++;
}

void g_ws(g_ps *p) {
    uint32_t from = p->at;
    if (from == p->ws_from) {
        p->at = p->ws_to;
        return;
    }
    for (;;) {
        g_blanks(p);
        if (end_of(p) || p->t.p[p->at] != '#') break;
        const char *nl = memchr(p->t.p + p->at, '\n', p->t.n - p->at);
        p->at = nl ? (uint32_t)(nl - p->t.p) : (uint32_t)p->t.n;
    }
    p->ws_from = from;
    p->ws_to = p->at;
}

g_out g_ws1(g_ps *p) {
    uint32_t from = p->at;
    g_ws(p);
    return p->at == from ? g_no(p, from, G_W_BLANK) : G_YES;
}

// ---------------------------------------------------------------------------------- fixed texts

bool g_word(g_ps *p, const char *z) {
    size_t n = strlen(z);
    if (p->t.n - p->at < n || memcmp(p->t.p + p->at, z, n) != 0) return false;
    took(p, (uint32_t)n);
    return true;
}

bool g_word2(g_ps *p, const char *lower, const char *upper) {
    return g_word(p, lower) || g_word(p, upper);
}

g_out g_char(g_ps *p, char c, uint32_t want) {
    if (end_of(p) || p->t.p[p->at] != c) return g_no(p, p->at, want);
    took(p, 1);
    return G_YES;
}

g_out g_ws_char(g_ps *p, char c, uint32_t want) {
    g_ws(p);
    return g_char(p, c, want);
}

bool g_not(g_ps *p) {
    g_mark m = mark(p);
    if (g_word2(p, "not", "NOT") && (peek_at(p, p->at) == ' ' || peek_at(p, p->at) == '\t')) {
        g_spaces(p);
        return true;
    }
    back(p, m);
    return g_word(p, "!");
}

// ---------------------------------------------------------------------------------- names, numbers

static bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

g_out g_name(g_ps *p, wr_str *out) {
    uint32_t from = p->at;
    if (!is_alpha(peek_at(p, from))) return g_no(p, from, G_W_NAME);
    size_t i = from;
    while (i < p->t.n) {
        char c = p->t.p[i];
        if (is_alpha(c) || is_digit(c) || c == '_') {
            i++;
            continue;
        }
        if ((unsigned char)c < 0x80) break;
        size_t next = i;
        if (!wr_is_alphanumeric(wr_utf8_next(p->t, &next))) break;
        i = next;
    }
    took(p, (uint32_t)i - from);
    *out = wr_sub(p->t, from, i);
    return G_YES;
}

g_out g_var_name(g_ps *p, wr_str *out) {
    if (g_char(p, '%', G_W_NAME) != G_YES) return G_NO;
    return g_name(p, out);
}

g_out g_int(g_ps *p, int64_t *out) {
    uint32_t from = p->at, i = from;
    bool negative = peek_at(p, i) == '-';
    if (negative) i++;
    uint32_t digits = i;
    while (is_digit(peek_at(p, i))) i++;
    if (i == digits) return g_no(p, negative ? digits : from, G_W_VALUE);
    if (!wr_parse_i64(wr_sub(p->t, digits, i), out)) return g_no(p, from, G_W_VALUE);
    if (negative) *out = -*out;
    took(p, i - from);
    return G_YES;
}

// ---------------------------------------------------------------------------------- strings

// A string in quotes q. The only escape is \q; the text is a slice of the source without one.
static g_out quoted(g_ps *p, char q, wr_str *out) {
    if (g_char(p, q, G_W_VALUE) != G_YES) return G_NO;
    uint32_t from = p->at, span = from;
    wr_buf text;
    bool escaped = false;
    for (;;) {
        const char *hit = memchr(p->t.p + span, q, p->t.n - span);
        uint32_t stop = hit ? (uint32_t)(hit - p->t.p) : (uint32_t)p->t.n;
        if (stop == span || p->t.p[stop - 1] != '\\') {
            if (!hit) {
                if (escaped) wr_buf_fini(&text);
                p->open_at = from - 1;
                return g_cut(g_no(p, stop, G_W_QUOTE));
            }
            took(p, stop + 1 - p->at);
            if (memchr(p->t.p + from, '\n', stop - from)) p->multiline = (wr_span){from - 1, p->at};
            if (!escaped) {
                *out = wr_sub(p->t, from, stop);
                return G_YES;
            }
            wr_puts(&text, wr_sub(p->t, span, stop));
            *out = wr_dup(p->a, wr_buf_str(&text));
            if (text.rc != WR_OK || (text.n > 0 && !out->p)) p->rc = WR_NOMEM;
            wr_buf_fini(&text);
            return p->rc == WR_NOMEM ? G_CUT : G_YES;
        }
        if (!escaped) {
            wr_buf_init(&text, 0);
            escaped = true;
        }
        wr_puts(&text, wr_sub(p->t, span, stop - 1));
        wr_putc(&text, q);
        if (!hit) {
            wr_buf_fini(&text);
            p->open_at = from - 1;
            g_want(p, stop, G_W_QUOTE);
            return g_no_in(p, from, 0, WR_S("Could not parse string"));
        }
        span = stop + 1;
    }
}

g_out g_string(g_ps *p, wr_str *out) {
    g_mark m = mark(p);
    g_out r = quoted(p, '\'', out);
    if (r != G_NO) return r;
    back(p, m);
    return quoted(p, '"', out);
}

// ---------------------------------------------------------------------------------- messages

g_out g_message(g_ps *p, wr_str *out) {
    uint32_t at = p->at;
    if (!g_word(p, "<<")) return g_no(p, at, 0);
    size_t stop = wr_find(p->t, WR_S(">>"), p->at);
    if (stop == SIZE_MAX) {
        uint32_t from = p->at;
        p->open_at = at;
        g_want(p, (uint32_t)p->t.n, G_W_MSG_END);
        return g_cut(g_no_in(p, from, 0, WR_S("Unable to find a closing >> tag for message")));
    }
    *out = wr_sub(p->t, p->at, stop);
    took(p, (uint32_t)stop + 2 - p->at);
    return G_YES;
}

bool g_opt_message(g_ps *p, g_clause *c, g_out *r) {
    g_ws(p);
    g_mark m = mark(p);
    *r = g_message(p, &c->msg);
    if (*r == G_CUT) return false;
    if (*r == G_YES) c->has_msg = true;
    else back(p, m);
    *r = G_YES;
    return true;
}
