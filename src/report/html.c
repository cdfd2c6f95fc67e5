// SPDX-License-Identifier: Apache-2.0
// html: a check as one page for people who decide: how things stand, coverage, gaps, findings,
// exceptions, trend. It needs no network and no script to be read; the script only filters.
// Rules: HTML Living Standard; WCAG 2.2 AA; Content Security Policy Level 3 (hashes of the one
// style and the one script, nothing else may load or run).
// Always true: text from outside is escaped by html_text, what does not show or turns the writing
// direction is spelled out, and no attribute but class, data-* and plain numbers comes from it.

#include "report/html_int.h"

#include "html_page.inc"

// ---------------------------------------------------------------------------------- texts

void html_text(wr_buf *b, wr_str s) {
    wr_buf safe;
    wr_buf_init(&safe, 0);
    wr_put_safe(&safe, s);
    if (safe.rc != WR_OK) wr_buf_fail(b, safe.rc);
    size_t from = 0;
    wr_str t = wr_buf_str(&safe);
    for (size_t i = 0; i < t.n; i++) {
        const char *ref = NULL;
        switch (t.p[i]) {
        case '<': ref = "&lt;"; break;
        case '>': ref = "&gt;"; break;
        case '&': ref = "&amp;"; break;
        case '"': ref = "&quot;"; break;
        case '\'': ref = "&#39;"; break;
        default: continue;
        }
        wr_puts(b, wr_sub(t, from, i));
        wr_putz(b, ref);
        from = i + 1;
    }
    wr_puts(b, wr_sub(t, from, t.n));
    wr_buf_fini(&safe);
}

void html_short(wr_buf *b, wr_str s, size_t n) {
    size_t at = 0;
    while (at < s.n && n > 0) {
        (void)wr_utf8_next(s, &at);
        n--;
    }
    html_text(b, wr_sub(s, 0, at));
    if (at < s.n) wr_putz(b, "…");
}

void html_number(wr_buf *b, uint64_t n) { report_put_grouped(b, n); }

void html_cell(wr_buf *b, wr_str s) {
    wr_putz(b, "<td>");
    html_text(b, s);
    wr_putz(b, "</td>");
}

void html_cell_number(wr_buf *b, uint64_t n) {
    wr_putz(b, "<td class=\"n\">");
    html_number(b, n);
    wr_putz(b, "</td>");
}

void html_severity(wr_buf *b, wr_severity s) {
    wr_putf(b, "<span class=\"tag s%d\">%s</span>", (int)s, wr_severity_name(s));
}

void html_head(wr_buf *b, const char *const *names) {
    wr_putz(b, "<thead><tr>");
    for (; *names != NULL; names++) {
        bool number = **names == '#';
        wr_putf(b, "<th scope=\"col\"%s>%s</th>", number ? " class=\"n\"" : "", *names + number);
    }
    wr_putz(b, "</tr></thead>\n<tbody>\n");
}

void html_more(wr_buf *b, uint64_t n, uint64_t shown, const char *what) {
    if (n <= shown) return;
    wr_putz(b, "<p class=\"alarm\">");
    html_number(b, n - shown);
    wr_putf(b, " more %s are not on this page; <code>--format json</code> has them all.</p>\n",
            what);
}

// What is known: a page of coverage judged nothing, one of earlier reports knows no controls. What
// is not known is left out; nothing is said to be empty or whole that was never looked at.
typedef struct parts {
    bool controls, findings, trend;
} parts;

static parts parts_of(const wr_posture *p, const report_kept *k) {
    parts has = {p->n_controls > 0, k->v.n > 0 || p->n_runs > 0, p->n_runs > 0};
    for (uint32_t i = 0; i < p->n_inputs; i++)
        if (p->inputs[i].judged + p->inputs[i].not_evaluated > 0) has.findings = true;
    return has;
}

// ---------------------------------------------------------------------------------- the top

// A source of a Content Security Policy: 'sha256-…' of a text.
static void put_hash(wr_buf *b, const char *text) {
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t sum[33] = {0};
    wr_sha256(wr_strz(text), sum);
    wr_putz(b, "'sha256-");
    for (int i = 0; i < 33; i += 3) {
        uint32_t v = (uint32_t)sum[i] << 16 | (uint32_t)sum[i + 1] << 8 | sum[i + 2];
        for (int k = 0; k < 4; k++)
            wr_putc(b, i == 30 && k == 3 ? '=' : digit[v >> (18 - 6 * k) & 63]);
    }
    wr_putc(b, '\'');
}

static void put_nav(wr_buf *b, const parts *has) {
    const struct {
        const char *id, *name;
        bool there;
    } part[] = {
        {"glance", "At a glance", true},
        {"coverage", "Coverage", has->controls},
        {"gaps", "Gaps", has->controls},
        {"findings", "Findings", has->findings},
        {"exceptions", "Exceptions", has->controls},
        {"frameworks", "Frameworks", has->controls},
        {"trend", "Trend", has->trend},
    };
    wr_putz(b, "<nav aria-label=\"Parts of the report\"><ul>");
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        if (part[i].there) wr_putf(b, "<li><a href=\"#%s\">%s</a></li>", part[i].id, part[i].name);
    wr_putz(b, "</ul></nav>\n");
}

static void put_top(wr_report_state *r, const wr_posture *p, const parts *has) {
    wr_buf *b = r->out;
    wr_putz(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
               "style-src ");
    put_hash(b, page_css);
    wr_putz(b, "; script-src ");
    put_hash(b, page_js);
    wr_putz(b, "; base-uri 'none'; form-action 'none'\">\n"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
               "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    html_text(b, p->name);
    wr_putz(b, ": controls on ");
    wr_put_day(b, p->today);
    wr_putz(b, "</title>\n<style>");
    wr_putz(b, page_css);
    wr_putz(b, "</style>\n</head>\n<body>\n"
               "<a class=\"skip\" href=\"#main\">Skip to the report</a>\n<header>\n<h1>");
    html_text(b, p->name);
    wr_putz(b, ": how its controls stand</h1>\n<p class=\"dim\">Checked on ");
    wr_put_time(b, p->time);
    wr_putz(b, " by ");
    html_text(b, r->head->producer);
    wr_putz(b, ", writ " WR_VERSION "</p>\n");
    put_nav(b, has);
    wr_putz(b, "</header>\n<main id=\"main\">\n");
}

// ---------------------------------------------------------------------------------- at a glance

static void put_tile(wr_buf *b, const char *name, uint64_t n) {
    wr_putf(b, "<div><dt>%s</dt><dd>", name);
    html_number(b, n);
    wr_putz(b, "</dd></div>\n");
}

static void put_severities(wr_buf *b, const wr_posture *p) {
    static const char *const head[] = {"Severity", "#Open findings", NULL};
    wr_putz(b, "<h3>Open findings by severity</h3>\n<table class=\"small\">\n"
               "<caption>New and known; suppressed ones are not open</caption>\n");
    html_head(b, head);
    for (int s = WR_SEV_CRITICAL; s >= 0; s--) {
        wr_putz(b, "<tr><td>");
        html_severity(b, (wr_severity)s);
        wr_putz(b, "</td>");
        html_cell_number(b, p->severities[s]);
        wr_putz(b, "</tr>\n");
    }
    wr_putz(b, "</tbody></table>\n");
}

static void put_inputs(wr_buf *b, const wr_posture *p) {
    static const char *const head[] = {"Input", "#Judged", "#Not evaluated", NULL};
    if (p->n_inputs == 0) return;
    wr_putz(b, "<h3>What was judged</h3>\n<table class=\"small\">\n<caption>What was not evaluated "
               "counts as "
               "neither passed nor failed</caption>\n");
    html_head(b, head);
    for (uint32_t i = 0; i < p->n_inputs; i++) {
        wr_putz(b, "<tr>");
        html_cell(b, p->inputs[i].kind);
        html_cell_number(b, p->inputs[i].judged);
        html_cell_number(b, p->inputs[i].not_evaluated);
        wr_putz(b, "</tr>\n");
    }
    wr_putz(b, "</tbody></table>\n");
}

static void put_errors(wr_report_state *r) {
    const wr_report_head *h = r->head;
    if (h->n_errors == 0) return;
    wr_putz(r->out, "<h3>What could not be used</h3>\n<ul>\n");
    for (uint32_t i = 0; i < h->n_errors && i < HTML_ROWS; i++) {
        const wr_diag *d = h->errors[i];
        wr_putz(r->out, "<li>");
        if (d->src != NULL) {
            wr_pos at = wr_src_pos(d->src, d->span.beg);
            wr_putz(r->out, "<code>");
            html_text(r->out, d->src->name);
            wr_putf(r->out, ":%u:%u</code>: ", at.line, at.col);
        }
        html_text(r->out, d->msg);
        wr_putf(r->out, " (%s)</li>\n", wr_code_name(d->code));
    }
    wr_putz(r->out, "</ul>\n");
    html_more(r->out, h->n_errors, HTML_ROWS, "errors");
}

static void put_tiles(wr_buf *b, const wr_posture *p, const parts *has) {
    wr_putz(b, "<dl class=\"tiles\">\n");
    if (has->controls) put_tile(b, "Controls", p->n_controls);
    if (has->findings) {
        put_tile(b, "New findings", p->lives[WR_NEW]);
        put_tile(b, "Known findings", p->lives[WR_KNOWN]);
        put_tile(b, "Suppressed", p->lives[WR_SUPPRESSED]);
        put_tile(b, "Resolved", p->lives[WR_RESOLVED]);
    }
    if (p->n_inputs > 0) put_tile(b, "Not evaluated", p->not_evaluated);
    wr_putz(b, "</dl>\n");
}

static void put_glance(wr_report_state *r, const wr_posture *p, const parts *has) {
    wr_buf *b = r->out;
    wr_putz(b, "<section aria-labelledby=\"glance\">\n<h2 id=\"glance\">At a glance</h2>\n");
    if (p->partial)
        wr_putz(b, "<p class=\"alarm\">Only what changed was judged: this is no report on the "
                   "whole repository.</p>\n");
    if (p->not_evaluated > 0) {
        wr_putz(b, "<p class=\"alarm\">");
        html_number(b, p->not_evaluated);
        wr_putf(b,
                " input%s or layer%s could not be evaluated. Nothing of %s counts as passed.</p>\n",
                report_s(p->not_evaluated), report_s(p->not_evaluated),
                p->not_evaluated == 1 ? "it" : "them");
    }
    if (p->unusable > 0) {
        wr_putz(b, "<p class=\"alarm\">");
        html_number(b, p->unusable);
        wr_putf(b, " file%s of the repository, or entr%s of its manifest, could not be used.</p>\n",
                report_s(p->unusable), p->unusable == 1 ? "y" : "ies");
    }
    if (!has->findings)
        wr_putz(b,
                "<p class=\"alarm\">No input was judged for this page: it shows what the controls "
                "are, not what fails.</p>\n");
    put_tiles(b, p, has);
    if (has->findings && has->controls) {
        wr_putz(b, "<p>A new finding of severity ");
        html_severity(b, p->fail_on);
        wr_putz(b, " or higher fails the check.</p>\n");
    }
    if (has->findings) put_severities(b, p);
    put_inputs(b, p);
    put_errors(r);
    wr_putz(b, "</section>\n");
}

// ---------------------------------------------------------------------------------- the whole

static void keep_finding(wr_report_state *r, const wr_finding *f) {
    report_keep(r, f, HTML_FINDINGS, HTML_ALIKE);
}

static void put_posture(wr_report_state *r, const wr_posture *p) {
    const report_kept *k = report_kept_sorted(r, p, true);
    wr_buf *b = r->out;
    if (k == NULL) return;
    parts has = parts_of(p, k);
    put_top(r, p, &has);
    put_glance(r, p, &has);
    if (has.controls) html_coverage(b, p);
    if (has.findings) html_findings(b, k);
    if (has.controls) {
        html_exceptions(b, p);
        html_frameworks(b, p);
    }
    if (has.trend) html_trend(b, p);
    wr_putz(b, "</main>\n<footer>\n<p class=\"dim\">All of it, for machines: <code>writ check "
               "--format json</code> (schema writ/check/1).</p>\n</footer>\n<script>");
    wr_putz(b, page_js);
    wr_putz(b, "</script>\n</body>\n</html>\n");
}

const wr_report_format wr_report_html = {
    .name = "html",
    .media = "text/html; charset=utf-8",
    .finding = keep_finding,
    .posture = put_posture,
};
