// SPDX-License-Identifier: Apache-2.0
// A comparison of two account dumps as one page of HTML: no scripts, nothing loaded from anywhere,
// readable without colours, with headings, table captions and scopes for screen readers, light and
// dark. Every text of a dump is escaped, and a Content-Security-Policy forbids what a slip would
// let in.

#include "cli/diff_report.h"

static const char style[] =
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:0 auto;padding:1rem}"
    "code,td.m{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
    "th,td{border:1px solid #8888;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}"
    ".new{border-left:.4rem solid #b00020}.lost{border-left:.4rem solid #a06000}"
    "nav ul{columns:3}a:focus-visible{outline:3px solid}"
    "@media print{nav{display:none}tr{break-inside:avoid}}";

static void esc(wr_buf *b, wr_str s) {
    wr_buf safe;
    wr_buf_init(&safe, 0);
    wr_put_safe(&safe, s);
    for (size_t i = 0; i < safe.n; i++) {
        switch (safe.p[i]) {
        case '&': wr_putz(b, "&amp;"); break;
        case '<': wr_putz(b, "&lt;"); break;
        case '>': wr_putz(b, "&gt;"); break;
        case '"': wr_putz(b, "&quot;"); break;
        case '\'': wr_putz(b, "&#39;"); break;
        default: wr_putc(b, safe.p[i]);
        }
    }
    if (safe.rc != WR_OK) wr_buf_fail(b, safe.rc);
    wr_buf_fini(&safe);
}

static void td(wr_buf *b, const char *open, wr_str s) {
    wr_putz(b, open);
    esc(b, s);
    wr_putz(b, "</td>");
}

static void td_list(wr_buf *b, const wr_str *v, uint32_t n, const char *before) {
    wr_putf(b, "<td class=\"m\">%s", before);
    for (uint32_t i = 0; i < n; i++) {
        if (i) wr_putz(b, "<br>");
        esc(b, v[i]);
    }
    wr_putz(b, n ? "</td>" : "&ndash;</td>");
}

static void put_change(const diff_report *r, const wr_drift_change *ch) {
    wr_buf *b = &r->c->out;
    wr_putf(b, "<tr><th scope=\"row\" class=\"%s\">%s", ch->dir == WR_DRIFT_NEW ? "new" : "lost",
            diff_label(ch));
    if (ch->deny) wr_putz(b, ch->dir == WR_DRIFT_NEW ? " (no longer denied)" : " (now denied)");
    wr_putf(b, "</th><td>%s</td>", wr_drift_layer_name(ch->layer));
    td(b, "<td class=\"m\">", diff_actions(r, ch));
    td_list(b, ch->where, ch->n_where, ch->not_where ? "all but " : "");
    td_list(b, ch->conds, ch->n_conds, "");
    wr_putz(b, "<td>");
    esc(b, diff_source(r, ch));
    wr_str place = diff_place(r, ch);
    if (place.n) {
        wr_putz(b, "<br><code>");
        esc(b, place);
        wr_putz(b, "</code>");
    }
    wr_putz(b, "</td>");
    td(b, "<td>", diff_why(r, ch));
    wr_putz(b, "</tr>\n");
}

static void put_changes(const diff_report *r, const wr_drift_entity *e) {
    wr_buf *b = &r->c->out;
    if (e->n_changes == 0) return;
    wr_putz(b, "<table><caption>Access</caption><thead><tr><th scope=\"col\">Change</th>"
               "<th scope=\"col\">Layer</th><th scope=\"col\">Actions</th>"
               "<th scope=\"col\">Resources or principals</th><th scope=\"col\">Conditions</th>"
               "<th scope=\"col\">Statement</th><th scope=\"col\">Why</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < e->n_changes; i++) put_change(r, &e->changes[i]);
    wr_putz(b, "</tbody></table>\n");
}

static void put_attrs(const diff_report *r, const wr_drift_entity *e) {
    wr_buf *b = &r->c->out;
    if (e->n_attrs == 0) return;
    wr_putz(b, "<table><caption>Other differences</caption><thead><tr><th scope=\"col\">What</th>"
               "<th scope=\"col\">A</th><th scope=\"col\">B</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < e->n_attrs; i++) {
        const wr_drift_attr *at = &e->attrs[i];
        wr_putz(b, "<tr><th scope=\"row\">");
        esc(b, at->name);
        wr_putz(b, "</th>");
        td(b, "<td class=\"m\">", at->has_a ? at->a : WR_S("(none)"));
        td(b, "<td class=\"m\">", at->has_b ? at->b : WR_S("(none)"));
        wr_putz(b, "</tr>\n");
    }
    wr_putz(b, "</tbody></table>\n");
}

static void put_entity(const diff_report *r, const wr_drift_entity *e, uint32_t i) {
    wr_buf *b = &r->c->out;
    wr_putf(b, "<section aria-labelledby=\"e%u\"><h2 id=\"e%u\">%s <code>", i, i,
            wr_drift_kind_name(e->kind));
    esc(b, diff_name(r, e));
    wr_putz(b, "</code></h2>\n");
    if (e->name[WR_DRIFT_B].n == 0) wr_putz(b, "<p>Only in A.</p>\n");
    else if (e->name[WR_DRIFT_A].n == 0) wr_putz(b, "<p>Only in B.</p>\n");
    else if (!diff_differs(e))
        wr_putz(b,
                e->text_only ? "<p>The same, written in another way.</p>\n" : "<p>The same.</p>\n");
    put_changes(r, e);
    put_attrs(r, e);
    wr_putz(b, "</section>\n");
}

static void put_summary(const diff_report *r) {
    const wr_drift *d = r->d;
    wr_buf *b = &r->c->out;
    wr_putf(b,
            "<p><strong>%s</strong> %u new access, %u lost access (%u of them not proved), %u "
            "other differences.</p>\n",
            d->same ? "No difference." : "Different.", d->n_new, d->n_lost, d->n_may, d->n_attrs);
    wr_str gaps = diff_gaps(r);
    if (gaps.n) {
        wr_putz(b, "<p><strong>Not complete:</strong> ");
        esc(b, gaps);
        wr_putz(b, ".</p>\n");
    }
    wr_putz(b, "<table><caption>What was compared</caption><thead><tr><th scope=\"col\">Kind</th>"
               "<th scope=\"col\">A</th><th scope=\"col\">B</th><th scope=\"col\">In both</th>"
               "<th scope=\"col\">Different</th><th scope=\"col\">Only in A</th>"
               "<th scope=\"col\">Only in B</th></tr></thead><tbody>\n");
    for (int k = 0; k < WR_DRIFT_KINDS; k++) {
        const wr_drift_counts *n = &d->of[k];
        wr_putf(b,
                "<tr><th scope=\"row\">%s</th><td>%u</td><td>%u</td><td>%u</td><td>%u</td>"
                "<td>%u</td><td>%u</td></tr>\n",
                wr_drift_kind_name((wr_drift_kind)k), n->on[0], n->on[1], n->common, n->different,
                n->only[0], n->only[1]);
    }
    wr_putz(b, "</tbody></table>\n");
}

static void put_nav(const diff_report *r) {
    wr_buf *b = &r->c->out;
    wr_putz(b, "<nav aria-label=\"Entities\"><ul>\n");
    for (uint32_t i = 0; i < r->d->entities.n; i++) {
        const wr_drift_entity *e = &r->d->entities.v[i];
        if (!r->all && !diff_differs(e)) continue;
        wr_putf(b, "<li><a href=\"#e%u\">%s ", i, wr_drift_kind_name(e->kind));
        esc(b, diff_name(r, e));
        wr_putz(b, "</a></li>\n");
    }
    wr_putz(b, "</ul></nav>\n");
}

void diff_put_html(const diff_report *r) {
    wr_buf *b = &r->c->out;
    wr_putz(b, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
               "style-src 'unsafe-inline'\">\n"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
               "<title>Accounts compared</title><style>");
    wr_putz(b, style);
    wr_putz(b, "</style></head><body><main>\n<h1>Accounts compared</h1>\n<ul>\n");
    for (int s = 0; s < WR_DRIFT_SIDES; s++) {
        wr_putf(b, "<li>%c: <code>", "AB"[s]);
        esc(b, wr_strz(r->path[s]));
        wr_putz(b, "</code>, account <code>");
        esc(b, r->d->acct[s]->id);
        wr_putz(b, "</code></li>\n");
    }
    wr_putz(b, "</ul>\n");
    put_summary(r);
    if (!r->d->same || r->all) put_nav(r);
    for (uint32_t i = 0; i < r->d->entities.n; i++)
        if (r->all || diff_differs(&r->d->entities.v[i])) put_entity(r, &r->d->entities.v[i], i);
    wr_putz(b, "</main></body></html>\n");
}
