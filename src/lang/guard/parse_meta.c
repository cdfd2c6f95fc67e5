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

void g_read_metadata(g_ps *p, g_rule *r) {
    const uint32_t *start = p->src->line; // of each line
    uint32_t line = wr_src_pos(p->src, r->span.beg).line - 1, first = line;
    wr_str before = wr_sub(p->t, start[line], r->span.beg);
    if (before.n > 0 && wr_trim(before).n > 0) return; // the rule does not begin its line
    while (first > 0) {
        wr_str above = wr_trim(wr_sub(p->t, start[first - 1], start[first]));
        if (above.n == 0 || above.p[0] != '#') break;
        first--;
    }
    for (; first < line; first++) read_line(p, r, wr_sub(p->t, start[first], start[first + 1]));
}
