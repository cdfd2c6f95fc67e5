// SPDX-License-Identifier: Apache-2.0
// writ explain FINGERPRINT --report FILE: one finding of a check: what was decided and why, the
// lines of the input and of the clause as their files are now, the fix, and what the reports say
// happened to it.

#include "cli/explain.h"

enum { LEAST = 8 }; // characters of a fingerprint

bool cli_is_fingerprint(const char *s) {
    size_t n = strlen(s);
    return n >= LEAST && strspn(s, "0123456789abcdefABCDEF") == n;
}

// ---------------------------------------------------------------------------------- lines

// The file as the report names it, below --dir, or of the library; NULL: it is not there.
static const wr_src *open_file(cli *c, wr_str name) {
    const char *dir = cli_value(c, CLI_DIR);
    wr_str text = wr_library_text(name);
    if (text.n) return wr_src_new(&c->ctx.arena, name, text, false);
    const char *path = wr_dupz(&c->ctx.arena, name);
    if (dir && path && !wr_is_file(path))
        path = wr_fmt(&c->ctx.arena, "%s/%.*s", dir, WR_FMT(name)).p;
    if (path == NULL || !wr_is_file(path)) return NULL;
    wr_ctx_mark before = wr_ctx_mark_now(&c->ctx);
    wr_rc rc = wr_read_file(&c->ctx, path, &text);
    if (rc != WR_OK) wr_ctx_hush(&c->ctx, before); // only its lines are missed
    return rc == WR_OK ? wr_src_new(&c->ctx.arena, wr_strz(path), text, false) : NULL;
}

static void put_lines(cli *c, const char *head, const wr_track_place *p) {
    enum { BEFORE = 1, AFTER = 2, MOST = 200 };
    wr_buf *b = &c->out;
    if (p->line == 0 || p->file.n == 0) return;
    wr_putf(b, "\n%s ", head);
    wr_put_safe(b, p->file);
    wr_putf(b, ":%u:%u\n", p->line, p->col);
    const wr_src *src = open_file(c, p->file);
    if (src == NULL || p->line > src->n_lines) {
        wr_putz(b, "  (the file is not there, or has changed)\n");
        return;
    }
    uint32_t from = p->line > BEFORE ? p->line - BEFORE : 1;
    for (uint32_t i = from; i <= p->line + AFTER && i <= src->n_lines; i++) {
        wr_putf(b, "%c %5u | ", i == p->line ? '>' : ' ', i);
        wr_put_safe(b, wr_utf8_cut(wr_src_line(src, i), MOST));
        wr_putc(b, '\n');
    }
}

// ---------------------------------------------------------------------------------- the finding

static void field(cli *c, const char *name, wr_str text) {
    if (text.n == 0) return;
    if (*name) wr_putf(&c->out, "  %-12s", name);
    else wr_putz(&c->out, "  ");
    wr_put_safe(&c->out, text);
    wr_putc(&c->out, '\n');
}

static wr_str day_of(cli *c, int64_t t) { return cli_day(c, wr_day_of(t)); }

static void put_history(cli *c, const wr_history *h, const wr_tracked *t) {
    static const char *const how[] = {"open", "suppressed by an exception since", "closed on",
                                      "its control is gone since"};
    wr_buf *b = &c->out;
    if (t->times_opened == 0) { // seen only by runs that close nothing
        wr_putz(b, "\nHistory\n  not told: the report is of a run of some inputs only\n");
        return;
    }
    wr_str opened = day_of(c, t->opened), seen = day_of(c, t->last_seen);
    wr_putf(b, "\nHistory, by %u report%s\n  opened %.*s", h->trend.n, h->trend.n == 1 ? "" : "s",
            WR_FMT(opened));
    if (t->times_opened > 1) wr_putf(b, " (%u times)", t->times_opened);
    if (t->last_seen) wr_putf(b, ", last seen %.*s", WR_FMT(seen));
    wr_putf(b, "; %s", how[t->state]);
    if (t->state != WR_TRACK_OPEN) {
        wr_str ended = day_of(c, t->ended);
        wr_putf(b, " %.*s", WR_FMT(ended));
    }
    if (t->unsure) wr_putz(b, ", but the last run could not evaluate what it was found in");
    wr_putc(b, '\n');
}

static void put_finding(cli *c, const wr_history *h, const wr_tracked *t) {
    wr_buf *b = &c->out;
    cli_bold(c, "%.*s: %.*s", WR_FMT(t->control), WR_FMT(t->title));
    wr_putf(b, "\n  %-12s%s, %s\n", "decision", wr_dupz(&c->ctx.arena, t->outcome),
            wr_severity_name(t->severity));
    field(c, "layer", t->layer);
    field(c, "of", t->subject);
    field(c, "resource", t->resource);
    field(c, "type", t->resource_type);
    field(c, "account", t->account);
    field(c, "region", t->region);
    field(c, "owner", t->owner);
    field(c, "policy", t->policy);
    field(c, "rule", t->rule);
    if (t->exception.n) {
        field(c, "exception", t->exception);
        field(c, "until", t->until);
    }
    field(c, "fingerprint", t->fingerprint);
    wr_putz(b, "\nWhy\n");
    field(c, "", t->message);
    field(c, "author", t->custom);
    field(c, "found", t->found);
    field(c, "wanted", t->wanted);
    field(c, "path", t->path);
    put_lines(c, "Input", &t->input);
    put_lines(c, "Clause", &t->clause);
    if (t->fix.n || t->remediation.n) wr_putz(b, "\nFix\n");
    field(c, "", t->fix);
    field(c, "", wr_trim(t->remediation));
    put_history(c, h, t);
    const char *dir = cli_value(c, CLI_DIR);
    wr_putz(b, "\n`writ explain ");
    wr_put_safe(b, t->control);
    if (dir) {
        wr_putz(b, " --dir ");
        wr_put_safe(b, wr_strz(dir));
    }
    wr_putf(b, "` says%s what the control is for.\n",
            dir || wr_is_file("writ.yaml") ? "" : ", in the folder of its repository,");
}

static bool begins(wr_str fingerprint, const char *asked) {
    return wr_same(wr_sub(fingerprint, 0, strlen(asked)), wr_strz(asked));
}

int cli_explain_finding(cli *c, const char *asked) {
    const cli_words *w = &c->val[CLI_REPORT];
    const wr_tracked *found = NULL;
    uint32_t n = 0;
    if (!cli_is_fingerprint(asked))
        return cli_usage(c,
                         "with --report the first %d or more characters of a fingerprint are "
                         "wanted, not '%s'",
                         (int)LEAST, asked);
    wr_history *h = wr_history_new(&c->ctx);
    if (h == NULL) return WX_ERROR;
    if (!cli_add_reports(c, h, w) || wr_history_end(h) != WR_OK) return WX_ERROR;
    for (uint32_t i = 0; i < h->findings.n; i++) {
        if (!begins(h->findings.v[i]->fingerprint, asked)) continue;
        found = h->findings.v[i];
        n++;
    }
    if (n == 0) return cli_usage(c, "no finding of the report begins with '%s'", asked);
    if (n > 1) return cli_usage(c, "%u findings begin with '%s': give more of it", n, asked);
    put_finding(c, h, found);
    return WX_OK;
}
