// SPDX-License-Identifier: Apache-2.0
// parse_meta: what the comment lines directly above a rule say about it: `# @id S3-01`,
// `# @severity HIGH`, `# @title text`, `# @level warn`. Everything else in comments is for readers.
// Rules: docs/guide/guard.md, "Metadata".
#include "lang/guard/parse_int.h"

static void warn(g_ps *p, wr_str at, const char *what, const char *hint) {
    uint32_t beg = (uint32_t)(at.p - p->t.p);
    wr_diag *d = wr_report(p->set->ctx, WR_D_G0130, WR_WARNING, p->src,
                           (wr_span){beg, beg + (uint32_t)at.n}, "%s", what);
    wr_hint(p->set->ctx, d, "%s", hint);
}

static void apply(g_ps *p, g_rule *r, wr_str key, wr_str value) {
    if (wr_eq(key, WR_S("id"))) {
        r->id = value;
        if (value.n == 0) warn(p, key, "@id has no value", "write: # @id S3-01");
    } else if (wr_eq(key, WR_S("title"))) {
        r->title = value;
        if (value.n == 0) warn(p, key, "@title has no value", "write: # @title one sentence");
    } else if (wr_eq(key, WR_S("severity"))) {
        r->has_severity = wr_severity_parse(value, &r->severity);
        if (!r->has_severity)
            warn(p, value.n ? value : key, "this is not a severity",
                 "use INFORMATIONAL, LOW, MEDIUM, HIGH or CRITICAL");
    } else if (wr_eq(key, WR_S("level"))) {
        r->warn = wr_eq(value, WR_S("warn"));
        if (!r->warn && !wr_eq(value, WR_S("fail")))
            warn(p, value.n ? value : key, "this is not a level", "use warn or fail");
    }
}

static void read_line(g_ps *p, g_rule *r, wr_str line) {
    wr_str s = wr_trim(line);
    while (s.n > 0 && s.p[0] == '#') s = wr_sub(s, 1, s.n);
    s = wr_trim(s);
    if (s.n == 0 || s.p[0] != '@') return;
    size_t i = 1;
    while (i < s.n && s.p[i] >= 'a' && s.p[i] <= 'z') i++;
    if (i < s.n && s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != ':') return;
    wr_str key = wr_sub(s, 1, i);
    if (i < s.n && s.p[i] == ':') i++;
    apply(p, r, key, wr_trim(wr_sub(s, i, s.n)));
}

// Start of the line that ends (with its break) at `end`.
static uint32_t line_start(const g_ps *p, uint32_t end) {
    while (end > 0 && p->t.p[end - 1] != '\n') end--;
    return end;
}

void g_read_metadata(g_ps *p, g_rule *r) {
    uint32_t stop = line_start(p, r->span.beg);
    if (wr_trim(wr_sub(p->t, stop, r->span.beg)).n > 0) return; // the rule does not begin its line
    uint32_t first = stop;
    while (first > 0) {
        uint32_t prev = line_start(p, first - 1);
        wr_str line = wr_trim(wr_sub(p->t, prev, first - 1));
        if (line.n == 0 || line.p[0] != '#') break;
        first = prev;
    }
    while (first < stop) {
        size_t nl = wr_find(p->t, WR_S("\n"), first);
        read_line(p, r, wr_sub(p->t, first, nl));
        first = (uint32_t)nl + 1;
    }
}
