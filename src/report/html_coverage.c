// SPDX-License-Identifier: Apache-2.0
// html_coverage: which control stands in which layer: a heat map of objectives, the matrix of
// controls as a table, gaps, and the requirements of frameworks. Numbers are those of the posture,
// as every other format has them; the drawing repeats them in words.

#include "report/html_int.h"

enum { LABEL = 330, CELL = 120, ROW = 30, TOP = 30 }; // of the heat map, in pixels

// ---------------------------------------------------------------------------------- heat map

static int heat(uint32_t n, uint32_t of) {
    if (n == 0 || of == 0) return 0;
    if (n == of) return 4;
    return n * 2 < of ? 1 : n * 5 < of * 4 ? 2 : 3;
}

static void put_heat_row(wr_buf *b, const wr_posture_objective *o, uint32_t i) {
    unsigned y = TOP + i * ROW;
    wr_putf(b, "<text x=\"0\" y=\"%u\">", y + 20);
    html_short(b, o->name, 44);
    wr_putz(b, "</text>\n");
    for (unsigned l = 0; l < WR_N_LAYERS; l++) {
        int h = heat(o->layers[l], o->n_controls);
        unsigned x = LABEL + l * CELL;
        wr_putf(b, "<rect class=\"h%d\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\"/>", h, x, y,
                CELL - 4, ROW - 4);
        wr_putf(b, "<text class=\"t%d\" x=\"%u\" y=\"%u\" text-anchor=\"middle\">%u of %u</text>\n",
                h, x + CELL / 2, y + 18, o->layers[l], o->n_controls);
    }
}

static void put_heat_map(wr_buf *b, const wr_posture *p) {
    uint32_t n = p->n_objectives < HTML_ROWS ? p->n_objectives : HTML_ROWS;
    if (n == 0) return;
    unsigned width = LABEL + WR_N_LAYERS * CELL, height = TOP + n * ROW + 4;
    wr_putf(b,
            "<h3>Objectives by layer</h3>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
            "aria-label=\"Heat map of objectives by layer\"><svg role=\"img\" "
            "aria-labelledby=\"heat-title\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\">\n"
            "<title id=\"heat-title\">How many controls of each objective stand in each layer; the "
            "table below has the same numbers</title>\n",
            width, height, width, height);
    for (unsigned l = 0; l < WR_N_LAYERS; l++)
        wr_putf(b, "<text x=\"%u\" y=\"18\" text-anchor=\"middle\">%s</text>\n",
                LABEL + l * CELL + CELL / 2, wr_layer_name((wr_layer)l));
    for (uint32_t i = 0; i < n; i++) put_heat_row(b, &p->objectives[i], i);
    wr_putz(b, "</svg></div>\n");
}

static void put_objectives(wr_buf *b, const wr_posture *p) {
    static const char *const head[] = {"Objective",      "#Controls",  "#Preventative",
                                       "#Proactive",     "#Detective", "#Responsive",
                                       "#Only detected", "#Maturity",  NULL};
    if (p->n_objectives == 0) return;
    wr_putz(b,
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of objectives\">"
            "<table>\n<caption>Controls of each objective with that layer in place; maturity "
            "from 0 to 5</caption>\n");
    html_head(b, head);
    for (uint32_t i = 0; i < p->n_objectives && i < HTML_ROWS; i++) {
        const wr_posture_objective *o = &p->objectives[i];
        wr_putz(b, "<tr><th scope=\"row\">");
        html_text(b, o->name);
        wr_putz(b, "</th>");
        html_cell_number(b, o->n_controls);
        for (int l = 0; l < WR_N_LAYERS; l++) html_cell_number(b, o->layers[l]);
        html_cell_number(b, o->only_detected);
        html_cell_number(b, o->maturity);
        wr_putz(b, "</tr>\n");
    }
    wr_putz(b, "</tbody></table></div>\n");
    html_more(b, p->n_objectives, HTML_ROWS, "objectives");
}

// ---------------------------------------------------------------------------------- matrix

static void put_layer(wr_buf *b, const wr_posture_layer *l) {
    wr_putf(b, "<td class=\"%s\">%s", wr_cell_name(l->cell), wr_cell_name(l->cell));
    if (l->means.n > 0) {
        wr_putz(b, ": ");
        html_text(b, l->means);
    }
    if (l->why.n > 0) {
        wr_putz(b, "<br>");
        html_text(b, l->why);
    }
    uint64_t passed = report_count(&l->counts, WR_IS_GOOD);
    uint64_t failed = report_count(&l->counts, WR_IS_BAD);
    uint64_t open = report_count(&l->counts, WR_IS_OPEN);
    if (passed + failed + open > 0) {
        wr_putz(b, "<br>");
        html_number(b, passed);
        wr_putz(b, " passed, ");
        html_number(b, failed);
        wr_putz(b, " failed");
        if (open > 0) {
            wr_putz(b, ", ");
            html_number(b, open);
            wr_putz(b, " open");
        }
    }
    wr_putz(b, "</td>");
}

static void put_matrix(wr_buf *b, const wr_posture *p) {
    static const char *const head[] = {"Control",   "Severity",  "Owner",      "Preventative",
                                       "Proactive", "Detective", "Responsive", NULL};
    if (p->n_controls == 0) return;
    wr_putz(b, "<h3>Controls by layer</h3>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" "
               "aria-label=\"Controls by layer\"><table>\n<caption>runs: evaluated in this run; "
               "declared: in place, not evaluated; omitted: left out on purpose; gap: not there; "
               "broken: could not be evaluated</caption>\n");
    html_head(b, head);
    for (uint32_t i = 0; i < p->n_controls && i < HTML_CONTROLS; i++) {
        const wr_posture_control *c = &p->controls[i];
        wr_putz(b, "<tr><th scope=\"row\">");
        html_text(b, c->id);
        wr_putz(b, "<br><span class=\"dim\">");
        html_text(b, c->title);
        wr_putz(b, "</span></th><td>");
        html_severity(b, c->severity);
        wr_putz(b, "</td>");
        html_cell(b, c->owner);
        for (int l = 0; l < WR_N_LAYERS; l++) put_layer(b, &c->layer[l]);
        wr_putz(b, "</tr>\n");
    }
    wr_putz(b, "</tbody></table></div>\n");
    html_more(b, p->n_controls, HTML_CONTROLS, "controls");
}

// ---------------------------------------------------------------------------------- gaps

static void put_gap(wr_buf *b, const wr_posture_control *c) {
    bool any = false;
    wr_putz(b, "<li><strong>");
    html_text(b, c->id);
    wr_putz(b, "</strong> (");
    html_severity(b, c->severity);
    wr_putz(b, "): ");
    for (int l = 0; l < WR_N_LAYERS; l++) {
        wr_cell cell = c->layer[l].cell;
        if (cell != WR_CELL_GAP && cell != WR_CELL_BROKEN) continue;
        wr_putf(b, "%s%s%s", any ? ", " : "", cell == WR_CELL_GAP ? "nothing " : "broken ",
                wr_layer_name((wr_layer)l));
        any = true;
    }
    if (wr_posture_only_detects(c)) wr_putz(b, "; it is only detected");
    wr_putz(b, "</li>\n");
}

static bool has_gap(const wr_posture_control *c) {
    for (int l = 0; l < WR_N_LAYERS; l++)
        if (c->layer[l].cell == WR_CELL_GAP || c->layer[l].cell == WR_CELL_BROKEN) return true;
    return false;
}

static void put_gaps(wr_buf *b, const wr_posture *p) {
    uint32_t n = 0;
    wr_putz(b, "<section aria-labelledby=\"gaps\">\n<h2 id=\"gaps\">Gaps</h2>\n");
    for (uint32_t i = 0; i < p->n_controls; i++) {
        if (!has_gap(&p->controls[i]) || n++ >= HTML_ROWS) continue;
        if (n == 1)
            wr_putz(b, "<p>Layers that are not there and that nobody left out on purpose, and "
                       "layers that could not be evaluated.</p>\n<ul>\n");
        put_gap(b, &p->controls[i]);
    }
    if (n > 0) wr_putz(b, "</ul>\n");
    else wr_putz(b, "<p>Every control stands in every layer, or says why it does not.</p>\n");
    html_more(b, n, HTML_ROWS, "controls with gaps");
    wr_putz(b, "</section>\n");
}

void html_coverage(wr_buf *b, const wr_posture *p) {
    wr_putz(b, "<section aria-labelledby=\"coverage\">\n<h2 id=\"coverage\">Coverage</h2>\n");
    put_heat_map(b, p);
    put_objectives(b, p);
    put_matrix(b, p);
    wr_putz(b, "</section>\n");
    put_gaps(b, p);
}

// ---------------------------------------------------------------------------------- frameworks

static void put_uncovered(wr_buf *b, const wr_posture_framework *f) {
    uint32_t n = 0;
    if (f->n == f->n_covered) return;
    wr_putz(b, "<details><summary>Requirements of ");
    html_text(b, f->title.n > 0 ? f->title : f->id);
    wr_putz(b, " without a control in place: ");
    html_number(b, f->n - f->n_covered);
    wr_putz(b, "</summary>\n<ul>\n");
    for (uint32_t i = 0; i < f->n; i++) {
        if (f->v[i].layers != 0 || n++ >= HTML_ROWS) continue;
        wr_putz(b, "<li>");
        html_text(b, f->v[i].id);
        wr_putz(b, " ");
        html_text(b, f->v[i].title);
        wr_putz(b, "</li>\n");
    }
    wr_putz(b, "</ul>\n");
    html_more(b, n, HTML_ROWS, "requirements");
    wr_putz(b, "</details>\n");
}

void html_frameworks(wr_buf *b, const wr_posture *p) {
    static const char *const head[] = {"Framework", "#Requirements", "#Covered",
                                       "#No layer", "#One layer",    "#Two layers",
                                       "#Three",    "#All four",     NULL};
    wr_putz(b, "<section aria-labelledby=\"frameworks\">\n"
               "<h2 id=\"frameworks\">Frameworks</h2>\n");
    if (p->n_frameworks == 0) {
        wr_putz(b, "<p>No framework is known to this repository.</p>\n</section>\n");
        return;
    }
    wr_putz(b,
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of frameworks\">"
            "<table>\n<caption>Requirements by how many layers of controls cover them; that a "
            "control maps to a requirement is no proof that it is met</caption>\n");
    html_head(b, head);
    for (uint32_t i = 0; i < p->n_frameworks; i++) {
        const wr_posture_framework *f = &p->frameworks[i];
        wr_putz(b, "<tr><th scope=\"row\">");
        html_text(b, f->title.n > 0 ? f->title : f->id);
        if (f->own) wr_putz(b, " <span class=\"dim\">(own list)</span>");
        wr_putz(b, "</th>");
        html_cell_number(b, f->n);
        html_cell_number(b, f->n_covered);
        for (int l = 0; l <= WR_N_LAYERS; l++) html_cell_number(b, f->by_layers[l]);
        wr_putz(b, "</tr>\n");
    }
    wr_putz(b, "</tbody></table></div>\n");
    for (uint32_t i = 0; i < p->n_frameworks; i++) put_uncovered(b, &p->frameworks[i]);
    wr_putz(b, "</section>\n");
}
