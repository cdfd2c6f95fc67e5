// SPDX-License-Identifier: Apache-2.0
// html_findings: the findings as a table that the page's script filters. Without a script all rows
// show and the filters do not. Beyond what the page holds, findings are counted.

#include "report/html_int.h"

static void put_options(wr_buf *b, const char *name, const char *label, const char *const *values) {
    wr_putf(b, "<label>%s<select name=\"%s\"><option value=\"\">any</option>", label, name);
    for (; values != NULL && *values != NULL; values++)
        wr_putf(b, "<option value=\"%s\">%s</option>", *values, *values);
    wr_putz(b, "</select></label>\n");
}

static void put_filters(wr_buf *b) {
    static const char *const severities[] = {"CRITICAL", "HIGH",          "MEDIUM",
                                             "LOW",      "INFORMATIONAL", NULL};
    static const char *const layers[] = {"preventative", "proactive",  "detective",
                                         "responsive",   "repository", NULL};
    static const char *const lives[] = {"NEW", "KNOWN", "SUPPRESSED", "RESOLVED", NULL};
    wr_putz(b, "<form id=\"filters\" aria-label=\"Filter the findings\" hidden>\n");
    put_options(b, "severity", "Severity", severities);
    put_options(b, "layer", "Layer", layers);
    put_options(b, "owner", "Owner", NULL);
    put_options(b, "life", "Life", lives);
    wr_putz(b, "<label>Text<input type=\"search\" name=\"text\"></label>\n"
               "<button type=\"reset\">Show all</button>\n</form>\n"
               "<p id=\"count\" role=\"status\"></p>\n");
}

static void put_attribute(wr_buf *b, const char *name, wr_str s) {
    wr_putf(b, " data-%s=\"", name);
    html_text(b, s);
    wr_putc(b, '"');
}

static const char *layer_of(const wr_finding *f) {
    return f->has_layer ? wr_layer_name(f->layer) : "repository";
}

static void put_where(wr_buf *b, const wr_finding *f) {
    const wr_reason *why = f->reason;
    wr_str name = f->resource.n > 0 ? f->resource : why->resource;
    wr_putz(b, "<td>");
    if (name.n > 0) {
        html_text(b, name);
        if (f->resource_type.n > 0) {
            wr_putz(b, " <span class=\"dim\">");
            html_text(b, f->resource_type);
            wr_putz(b, "</span>");
        }
        wr_putz(b, "<br>");
    }
    wr_putz(b, "<code>");
    html_text(b, why->input != NULL ? why->input->name : f->decision->subject);
    if (why->input != NULL) {
        wr_pos at = wr_src_pos(why->input, why->input_at.beg);
        wr_putf(b, ":%u:%u", at.line, at.col);
    }
    wr_putz(b, "</code>");
    if (f->account.n > 0) {
        wr_putz(b, "<br>account ");
        html_text(b, f->account);
        wr_putc(b, ' ');
        html_text(b, f->region);
    }
    if (f->times > 1) {
        wr_putz(b, "<br>seen ");
        html_number(b, f->times);
        wr_putz(b, " times");
    }
    wr_putz(b, "</td>");
}

static void put_labelled(wr_buf *b, const char *label, wr_str s) {
    if (s.n == 0) return;
    wr_putf(b, "<br><span class=\"dim\">%s</span> ", label);
    html_text(b, s);
}

static void put_what(wr_buf *b, const wr_finding *f) {
    const wr_reason *why = f->reason;
    wr_putz(b, "<td class=\"pre\">");
    if (report_is(f->decision, WR_IS_OPEN))
        wr_putz(b, f->decision->outcome == WR_FAULT ? "Could not be evaluated: " : "No verdict: ");
    html_text(b, report_is(f->decision, WR_IS_OPEN) ? report_why_open(f->decision) : why->message);
    put_labelled(b, "Author", why->custom);
    put_labelled(b, "Fix", f->remediation.n > 0 ? f->remediation : why->fix);
    wr_putz(b, "<br><span class=\"dim\">Finding</span> <code>");
    html_text(b, f->fingerprint);
    wr_putz(b, "</code></td>");
}

static void put_life(wr_buf *b, const wr_finding *f) {
    wr_putf(b, "<td>%s", wr_life_name(f->life));
    if (f->life == WR_SUPPRESSED) {
        wr_putz(b, "<br>until ");
        wr_put_day(b, f->until);
        wr_putz(b, " by ");
        html_text(b, f->exception);
    }
    if (f->first_seen != 0) {
        wr_putz(b, "<br><span class=\"dim\">since</span> ");
        wr_put_day(b, f->first_seen / 86400);
    }
    wr_putz(b, "</td>");
}

static void put_finding(wr_buf *b, const wr_finding *f) {
    wr_putz(b, "<tr");
    put_attribute(b, "severity", wr_strz(wr_severity_name(f->severity)));
    put_attribute(b, "layer", wr_strz(layer_of(f)));
    put_attribute(b, "owner", f->owner);
    put_attribute(b, "life", wr_strz(wr_life_name(f->life)));
    wr_putz(b, "><td>");
    html_severity(b, f->severity);
    wr_putz(b, "</td><th scope=\"row\">");
    html_text(b, f->control);
    wr_putz(b, "<br><span class=\"dim\">");
    html_text(b, f->title);
    wr_putz(b, "</span></th>");
    wr_putf(b, "<td class=\"word\">%s</td>", layer_of(f));
    put_life(b, f);
    put_where(b, f);
    put_what(b, f);
    html_cell(b, f->owner);
    wr_putz(b, "</tr>\n");
}

void html_findings(wr_buf *b, const report_kept *k) {
    static const char *const head[] = {"Severity", "Control", "Layer", "Life",
                                       "Where",    "What",    "Owner", NULL};
    uint64_t seen = 0;
    for (uint32_t i = 0; i < k->all.n; i++)
        for (int l = 0; l < WR_N_LIVES; l++) seen += k->all.v[i]->seen[l];
    uint32_t n = k->v.n < HTML_FINDINGS ? k->v.n : HTML_FINDINGS;
    wr_putz(b, "<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n");
    if (n == 0) {
        wr_putz(b, "<p>There are no findings.</p>\n</section>\n");
        return;
    }
    put_filters(b);
    html_more(b, seen, n, "findings");
    wr_putz(b,
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of findings\">"
            "<table id=\"list\">\n<caption>New ones first, then by severity and control"
            "</caption>\n");
    html_head(b, head);
    for (uint32_t i = 0; i < n; i++) put_finding(b, &k->v.v[i]->f);
    wr_putz(b, "</tbody></table></div>\n</section>\n");
}
