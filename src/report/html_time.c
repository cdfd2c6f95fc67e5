// SPDX-License-Identifier: Apache-2.0
// html_time: what has days: exceptions on a line from the first to the last, with today on it, and
// the findings of earlier runs. Each drawing is followed by a table with its numbers.

#include "report/html_int.h"

enum { LABEL = 240, WIDTH = 640, ROW = 24, TOP = 24, YEAR = 366 }; // pixels; days

// ---------------------------------------------------------------------------------- time line

typedef struct range {
    int64_t from, to; // days
} range;

// Clipped to a year before and after today, so that one far day does not press the rest together.
static range range_of(const wr_posture *p) {
    range r = {p->today, p->today + 1};
    for (uint32_t i = 0; i < p->n_exceptions; i++) {
        const wr_posture_exception *x = &p->exceptions[i];
        if (x->request) continue;
        if (x->starts < r.from) r.from = x->starts;
        if (x->expires > r.to) r.to = x->expires;
    }
    if (r.from < p->today - YEAR) r.from = p->today - YEAR;
    if (r.to > p->today + YEAR) r.to = p->today + YEAR;
    return r;
}

static int64_t at(const range *r, int64_t day) {
    if (day < r->from) day = r->from;
    if (day > r->to) day = r->to;
    return LABEL + (day - r->from) * WIDTH / (r->to - r->from);
}

static void put_bar(wr_buf *b, const wr_posture_exception *x, const range *r, uint32_t row) {
    static const char *const state[] = {"active", "expired", "pending", "invalid"};
    const char *class = "invalid";
    for (size_t i = 0; i < sizeof state / sizeof *state; i++)
        if (wr_eq(x->state, wr_strz(state[i]))) class = state[i];
    long long from = at(r, x->starts), to = at(r, x->expires + 1);
    unsigned y = TOP + row * ROW;
    wr_putf(b, "<text x=\"0\" y=\"%u\">", y + 14);
    html_short(b, x->id, 30);
    wr_putf(b, "</text><rect class=\"%s\" x=\"%lld\" y=\"%u\" width=\"%lld\" height=\"%d\"><title>",
            class, from, y + 3, to - from > 2 ? to - from : 2, ROW - 8);
    html_text(b, x->id);
    wr_putz(b, ": ");
    wr_put_day(b, x->starts);
    wr_putz(b, " to ");
    wr_put_day(b, x->expires);
    wr_putz(b, "</title></rect>\n");
}

static void put_line(wr_buf *b, const wr_posture *p) {
    uint32_t n = 0, rows = 0;
    range r = range_of(p);
    for (uint32_t i = 0; i < p->n_exceptions && i < HTML_ROWS; i++) n += !p->exceptions[i].request;
    if (n == 0) return;
    unsigned height = TOP + n * ROW + 20, width = LABEL + WIDTH + 10;
    wr_putf(b,
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Time line of "
            "exceptions\"><svg role=\"img\" aria-labelledby=\"line-title\" width=\"%u\" "
            "height=\"%u\" viewBox=\"0 0 %u %u\">\n<title id=\"line-title\">When exceptions hold; "
            "the table below has the same days</title>\n",
            width, height, width, height);
    for (uint32_t i = 0; i < p->n_exceptions && i < HTML_ROWS; i++)
        if (!p->exceptions[i].request) put_bar(b, &p->exceptions[i], &r, rows++);
    long long now = at(&r, p->today);
    wr_putf(b,
            "<line class=\"now\" x1=\"%lld\" y1=\"%d\" x2=\"%lld\" y2=\"%u\"/><text x=\"%lld\" "
            "y=\"14\" text-anchor=\"middle\">today</text>\n<text x=\"%d\" y=\"%u\">",
            now, TOP - 6, now, height - 20, now, LABEL, height - 4);
    wr_put_day(b, r.from);
    wr_putf(b, "</text><text x=\"%d\" y=\"%u\" text-anchor=\"end\">", LABEL + WIDTH, height - 4);
    wr_put_day(b, r.to);
    wr_putz(b, "</text>\n</svg></div>\n");
}

static void put_days(wr_buf *b, const wr_posture_exception *x) {
    wr_putz(b, "<td>");
    if (x->request) {
        wr_putz(b, "stands in a template");
    } else {
        wr_put_day(b, x->starts);
        wr_putz(b, " to ");
        wr_put_day(b, x->expires);
    }
    if (!x->request && x->review != INT64_MIN) {
        wr_putz(b, "<br>review ");
        wr_put_day(b, x->review);
    }
    wr_putz(b, "</td>");
}

static void put_exception(wr_buf *b, const wr_posture_exception *x) {
    wr_putz(b, "<tr><th scope=\"row\">");
    html_text(b, x->id);
    wr_putz(b, "</th><td>");
    html_text(b, x->control);
    wr_putz(b, "<br>");
    html_text(b, x->what);
    wr_putz(b, "</td><td>");
    html_text(b, x->state);
    if (x->faults.n > 0) {
        wr_putz(b, "<br>");
        html_text(b, x->faults);
    }
    wr_putz(b, "</td>");
    put_days(b, x);
    wr_putz(b, "<td class=\"pre\">");
    html_text(b, x->reason);
    if (x->ticket.n > 0) {
        wr_putz(b, "<br>");
        html_text(b, x->ticket);
    }
    wr_putz(b, "</td><td>");
    html_text(b, x->requested_by);
    wr_putz(b, "<br>approved by ");
    html_text(b, x->approved_by.n > 0 ? x->approved_by : WR_S("nobody"));
    wr_putz(b, "</td>");
    html_cell(b, x->rated ? wr_strz(wr_severity_name(x->risk)) : WR_S("not rated"));
    html_cell_number(b, x->uses);
    wr_putz(b, "</tr>\n");
}

void html_exceptions(wr_buf *b, const wr_posture *p) {
    static const char *const head[] = {"Exception",    "Allows", "State",     "Days", "Reason",
                                       "Requested by", "Risk",   "#Findings", NULL};
    wr_putz(b, "<section aria-labelledby=\"exceptions\">\n"
               "<h2 id=\"exceptions\">Exceptions</h2>\n");
    if (p->n_exceptions == 0) {
        wr_putz(b, "<p>There are no exceptions.</p>\n</section>\n");
        return;
    }
    put_line(b, p);
    wr_putz(b,
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of exceptions\">"
            "<table>\n<caption>Who may break what, until when; days are UTC and inclusive"
            "</caption>\n");
    html_head(b, head);
    for (uint32_t i = 0; i < p->n_exceptions && i < HTML_ROWS; i++)
        put_exception(b, &p->exceptions[i]);
    wr_putz(b, "</tbody></table></div>\n");
    html_more(b, p->n_exceptions, HTML_ROWS, "exceptions");
    wr_putz(b, "</section>\n");
}

// ---------------------------------------------------------------------------------- trend

enum { HEIGHT = 200, AXIS = 60 };

static uint64_t open_of(const wr_posture_run *r) {
    uint64_t n = 0;
    for (int s = 0; s <= WR_SEV_CRITICAL; s++) n += r->severities[s];
    return n;
}

// A column a run, its severities on top of each other, the gravest below.
static void put_column(wr_buf *b, const wr_posture_run *r, uint64_t most, uint32_t i, uint32_t n) {
    unsigned slot = (unsigned)WIDTH / n, x = AXIS + i * slot, width = slot > 40 ? 36 : slot * 4 / 5;
    double y = HEIGHT;
    for (int s = WR_SEV_CRITICAL; s >= 0; s--) {
        double h = (double)r->severities[s] * (HEIGHT - 20) / (double)most;
        if (r->severities[s] == 0) continue;
        y -= h;
        wr_putf(b, "<rect class=\"q%d\" x=\"%u\" y=\"%.1f\" width=\"%u\" height=\"%.1f\"/>", s, x,
                y, width > 0 ? width : 1, h);
    }
    if (n <= 20) {
        wr_putf(b, "<text x=\"%u\" y=\"%.1f\" text-anchor=\"middle\">", x + width / 2, y - 4);
        html_number(b, open_of(r));
        wr_putz(b, "</text>");
    }
    wr_putc(b, '\n');
}

static void put_columns(wr_buf *b, const wr_posture_run *v, uint32_t n) {
    uint64_t most = 1;
    for (uint32_t i = 0; i < n; i++)
        if (open_of(&v[i]) > most) most = open_of(&v[i]);
    unsigned width = AXIS + WIDTH + 10, height = HEIGHT + 24;
    wr_putf(b,
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Open findings over "
            "time\"><svg role=\"img\" aria-labelledby=\"trend-title\" width=\"%u\" height=\"%u\" "
            "viewBox=\"0 0 %u %u\">\n<title id=\"trend-title\">Open findings of each run by "
            "severity, critical ones below; the table has the same numbers</title>\n"
            "<line class=\"rule\" x1=\"%d\" y1=\"%d\" x2=\"%u\" y2=\"%d\"/>\n"
            "<text x=\"%d\" y=\"24\" text-anchor=\"end\">",
            width, height, width, height, AXIS - 8, HEIGHT, width, HEIGHT, AXIS - 12);
    html_number(b, most);
    wr_putf(b, "</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>\n", AXIS - 12, HEIGHT);
    for (uint32_t i = 0; i < n; i++) put_column(b, &v[i], most, i, n);
    wr_putf(b, "<text x=\"%d\" y=\"%u\">", AXIS, height - 6);
    wr_put_day(b, v[0].time / 86400);
    wr_putf(b, "</text><text x=\"%d\" y=\"%u\" text-anchor=\"end\">", AXIS + WIDTH, height - 6);
    wr_put_day(b, v[n - 1].time / 86400);
    wr_putz(b, "</text>\n</svg></div>\n");
}

static void put_run(wr_buf *b, const wr_posture_run *r) {
    wr_putz(b, "<tr><th scope=\"row\">");
    wr_put_time(b, r->time);
    wr_putz(b, "</th>");
    for (int s = WR_SEV_CRITICAL; s >= 0; s--) html_cell_number(b, r->severities[s]);
    html_cell_number(b, open_of(r));
    html_cell_number(b, r->lives[WR_SUPPRESSED]);
    html_cell_number(b, r->opened);
    html_cell_number(b, r->closed);
    wr_putz(b, "</tr>\n");
}

void html_trend(wr_buf *b, const wr_posture *p) {
    static const char *const head[] = {"Run",     "#Critical",      "#High", "#Medium",
                                       "#Low",    "#Informational", "#Open", "#Suppressed",
                                       "#Opened", "#Closed",        NULL};
    uint32_t n = p->n_runs < HTML_RUNS ? p->n_runs : HTML_RUNS;
    const wr_posture_run *v = p->runs + (p->n_runs - n);
    wr_putz(b, "<section aria-labelledby=\"trend\">\n<h2 id=\"trend\">Trend</h2>\n");
    put_columns(b, v, n);
    wr_putz(
        b,
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of runs\"><table>\n"
        "<caption>Findings of each run; opened and closed against the run before</caption>"
        "\n");
    html_head(b, head);
    for (uint32_t i = 0; i < n; i++) put_run(b, &v[i]);
    wr_putz(b, "</tbody></table></div>\n");
    html_more(b, p->n_runs, n, "runs");
    wr_putz(b, "</section>\n");
}
