// SPDX-License-Identifier: Apache-2.0
// Texts to documents: JSON, as IAM reads it, and JSON with comments for those who ask for it.
// Comments become blanks, so that every place stays what it is. Where they are not allowed the
// reader stops at one; it is then named for what it is, and the rest of the text is judged as if it
// were not there, so that the document's other faults are reported too.

#include "lang/iam/parse_int.h"

// ---------------------------------------------------------------------------------- comments

// The end of the comment that begins at p, or NULL when it is not closed.
static const char *comment_end(const char *p, const char *end) {
    if (p[1] == '/') {
        const char *q = memchr(p, '\n', (size_t)(end - p));
        return q ? q : end;
    }
    for (p += 2; end - p >= 2; p++)
        if (p[0] == '*' && p[1] == '/') return p + 2;
    return NULL;
}

// The end of the string that begins at p; of one that is not closed: the end of its line.
static const char *string_end(const char *p, const char *end) {
    for (p++; p != end; p++) {
        if (*p == '"') return p + 1;
        if (*p == '\n') return p;
        if (*p == '\\' && end - p > 1) p++;
    }
    return end;
}

static bool is_comment(const char *p, const char *end) {
    return *p == '/' && end - p > 1 && (p[1] == '/' || p[1] == '*');
}

// Blanks for all but line breaks: the places behind stay the same.
static void blank(char *p, const char *end) {
    for (; p != end; p++)
        if (*p != '\n' && *p != '\r') *p = ' ';
}

bool iam_blank_comments(wr_arena *a, wr_str text, iam_comments *out) {
    *out = (iam_comments){0};
    char *copy = (char *)wr_alloc(a, text.n + 1);
    if (copy == NULL) return false;
    memcpy(copy, text.p, text.n);
    out->blanked = wr_strn(copy, text.n);
    const char *p = text.p, *end = text.p + text.n;
    while (p != end) {
        if (*p == '"') {
            p = string_end(p, end);
        } else if (is_comment(p, end)) {
            const char *stop = comment_end(p, end);
            wr_span at = {(uint32_t)(p - text.p), (uint32_t)((stop ? stop : end) - text.p)};
            if (out->n++ == 0) out->first = at;
            if (stop == NULL) out->open = at;
            blank(copy + at.beg, copy + at.end);
            p = text.p + at.end;
        } else {
            p++;
        }
    }
    return true;
}

// ---------------------------------------------------------------------------------- reading

static wr_rc read_json(wr_iam_set *s, const wr_src *src, wr_doc **out) {
    const wr_load how = {.profile = WR_LOAD_STRICT,
                         .is_json = true,
                         .own_repeats = true,
                         .lean = true,
                         .into = &((iam_set *)s)->words};
    return wr_json_read(s->ctx, src, &how, out);
}

static wr_diag *last_diag(const wr_ctx *c) {
    return c->n_diags ? (wr_diag *)(void *)((char *)c->diags_tail - offsetof(wr_diag, next)) : NULL;
}

// Did reading stop at a comment? Then the diagnostic says so.
static bool is_at_comment(wr_ctx *c, const wr_src *src) {
    wr_diag *d = last_diag(c);
    if (d == NULL || d->src != src || d->span.beg >= src->text.n) return false;
    const char *p = src->text.p + d->span.beg, *end = src->text.p + src->text.n;
    if (!is_comment(p, end)) return false;
    const char *stop = comment_end(p, end);
    d->code = WR_D_I0101;
    d->span.end = (uint32_t)((stop ? stop : end) - src->text.p);
    d->msg = WR_S("JSON has no comments, and AWS refuses a policy with one");
    d->hint = WR_S("remove it, or judge the document without its comments: --allow-comments");
    return true;
}

// The text with its comments blanked; the document's places are those of the text as it is.
static wr_rc read_blanked(wr_iam_set *s, const wr_src *src, wr_doc **out) {
    iam_comments found;
    if (!iam_blank_comments(&s->ctx->arena, src->text, &found)) return WR_NOMEM;
    if (found.open.end > 0) {
        wr_diag *d =
            wr_report(s->ctx, WR_D_I0101, WR_ERROR, src, found.open, "a comment is not closed");
        wr_hint(s->ctx, d, "write */ where it ends");
        return WR_BAD;
    }
    wr_src *plain = found.n ? wr_src_new(&s->ctx->arena, src->name, found.blanked, false) : NULL;
    if (plain == NULL) return found.n ? WR_NOMEM : read_json(s, src, out);
    wr_rc rc = read_json(s, plain, out);
    if (rc == WR_OK) (*out)->srcs[0] = src;
    return rc;
}

static wr_rc read_text(wr_iam_set *s, const wr_src *src, bool comments, wr_doc **out) {
    if (comments) return read_blanked(s, src, out);
    wr_rc rc = read_json(s, src, out);
    if (rc != WR_BAD || !is_at_comment(s->ctx, src)) return rc;
    (void)read_blanked(s, src, out); // what else is wrong with it
    return WR_BAD;
}

// The policy of a text that could not be read as it is: what reading reported last but one, or
// this.
static void say_broken(wr_iam_set *s, wr_iam_policy *p, const wr_diag *first) {
    p->broken = true;
    p->error = wr_fmt(&s->ctx->arena, "%.*s: the text is no policy document", WR_FMT(p->src->name));
    if (first == NULL) return;
    wr_pos pos = wr_src_pos(p->src, first->span.beg);
    p->error = wr_fmt(&s->ctx->arena, "%.*s:%u:%u: %.*s", WR_FMT(p->src->name), (unsigned)pos.line,
                      (unsigned)pos.col, WR_FMT(first->msg));
}

const wr_iam_policy *wr_iam_add_text(wr_iam_set *s, const wr_src *src, bool comments,
                                     const wr_iam_parse_opts *opts) {
    wr_doc *doc = NULL;
    wr_diag **before = s->ctx->diags_tail;
    wr_rc rc = read_text(s, src, comments, &doc);
    if (rc == WR_NOMEM || s->ctx->arena.oom) return NULL;
    if (rc == WR_OK) return wr_iam_add(s, doc, NULL, opts);
    const wr_diag *first = *before;
    wr_iam_policy *p =
        doc ? (wr_iam_policy *)wr_iam_add(s, doc, NULL, opts) : iam_policy_new(s, opts, src);
    if (p) say_broken(s, p, first);
    return p;
}
