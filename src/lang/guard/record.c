// SPDX-License-Identifier: Apache-2.0
// record: the events of an evaluation and its errors. Events are kept only when somebody can ask
// for them: those of failing clauses, or all of them when the run says so (verbose output).
// An open record is linked to its parent through `next`; closing it puts it among the children.
#include "lang/guard/eval_int.h"

g_rec *g_open(g_eval *e, g_rec_kind kind, const void *what) {
    if (!g_recording(e)) return NULL;
    g_rec *rec = WR_NEW(&e->arena, g_rec);
    if (!rec) {
        g_nomem(e);
        return NULL;
    }
    if (e->cur) e->cur->kids++;
    rec->kind = (uint8_t)kind;
    rec->what = what;
    rec->next = e->cur;
    e->cur = rec;
    return rec;
}

static void append(g_rec *parent, g_rec *rec) {
    rec->next = NULL;
    if (!parent) return;
    if (parent->last) parent->last->next = rec;
    else parent->first = rec;
    parent->last = rec;
}

void g_close(g_eval *e, g_rec *rec, g_status st, bool at_least_one) {
    if (!rec) return;
    WR_ASSERT(e->cur == rec);
    e->cur = rec->next;
    rec->status = (uint8_t)st;
    rec->at_least_one = at_least_one;
    bool named = rec->kind == G_R_RULE && e->cur && e->cur->kind == G_R_FILE;
    if (e->opts.keep_all || st == G_FAIL || rec->kind == G_R_FILE || named) {
        append(e->cur, rec);
        e->pinned++;
    }
}

g_rec *g_open_inner(g_eval *e, g_rec_kind kind, const void *what) {
    if (e->opts.keep_all) return g_open(e, kind, what);
    if (g_recording(e) && e->cur) e->cur->kids++;
    e->mute++;
    return NULL;
}

bool g_close_inner(g_eval *e, g_rec *rec, bool ok, const g_status *st) {
    if (!e->opts.keep_all) e->mute--;
    if (ok) g_close(e, rec, *st, false);
    return ok && !e->failed;
}

bool g_note_success(g_eval *e, const void *what) {
    if (!g_recording(e)) return true;
    if (!e->opts.keep_all) {
        if (e->cur) e->cur->kids++;
        return true;
    }
    g_rec *rec = g_open(e, G_R_SUCCESS, what);
    if (!rec) return false;
    g_close(e, rec, G_PASS, false);
    return true;
}

g_rec *g_note(g_eval *e, g_rec_kind kind, const void *what) {
    g_rec *rec = g_open(e, kind, what);
    if (rec) g_close(e, rec, G_FAIL, false);
    return rec;
}

// ---------------------------------------------------------------------------------- errors

static const char *const err_format[] = {
    [G_E_PARSE] = "Parser Error when parsing `%.*s`",
    [G_E_MISSING_VALUE] = "There was no variable or value object to resolve. Error = `%.*s`",
    [G_E_INCOMPATIBLE] = "Types or variable assignments are incompatible `%.*s`",
    [G_E_NOT_COMPARABLE] =
        "Comparing incoming context with literals or dynamic results wasn't possible `%.*s`",
    [G_E_REGEX] = "Regex expression parse error for rules file %.*s",
    [G_E_YAML] = "Error parsing incoming YAML context %.*s",
    [G_E_PLAIN] = "%.*s",
};

bool g_error_str(g_eval *e, g_err kind, wr_str text) {
    if (e->failed) return false;
    e->failed = true;
    wr_buf b;
    wr_buf_init(&b, SIZE_MAX);
    const char *f = err_format[kind];
    const char *hole = strstr(f, "%.*s");
    wr_put(&b, f, (size_t)(hole - f));
    wr_puts(&b, text);
    wr_putz(&b, hole + 4);
    e->error = wr_dup(&e->arena, wr_buf_str(&b));
    wr_buf_fini(&b);
    e->pinned++;
    return false;
}

bool g_error(g_eval *e, g_err kind, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_str s = wr_vfmt(&e->arena, fmt, ap);
    va_end(ap);
    return g_error_str(e, kind, s);
}

bool g_panic(g_eval *e, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_str s = wr_vfmt(&e->arena, fmt, ap);
    va_end(ap);
    if (!e->failed) e->panic = true;
    return g_error_str(e, G_E_PLAIN, s);
}

bool g_nomem(g_eval *e) {
    if (!e->failed) {
        e->failed = true;
        e->error = WR_S("out of memory");
    }
    return false;
}

bool g_too_much(g_eval *e) {
    if (e->steps > e->ctx->limits.steps)
        return g_error(e, G_E_PLAIN, "the evaluation took more than %llu steps",
                       (unsigned long long)e->ctx->limits.steps);
    return g_error(e, G_E_PLAIN, "the evaluation took more than %zu bytes of memory", G_MAX_MEMORY);
}

bool g_enter(g_eval *e) {
    uint32_t most = e->ctx->limits.nesting;
    if (++e->depth <= most) return true;
    return g_panic(e, "rules are nested or call each other more than %u levels deep", most);
}
