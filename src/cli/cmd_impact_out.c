// SPDX-License-Identifier: Apache-2.0
// impact: the result for people and as JSON (writ/impact/1). Texts of trails are shown, never sent
// to a terminal as they are.

#include "cli/cmd_impact.h"

typedef unsigned long long ull;

static wr_str policy_name(const impact *m, uint32_t i) {
    return i < m->opts.n_policies ? m->opts.policies[i]->name : WR_S("all together");
}

static bool shows_together(const impact *m) { return m->opts.n_policies > 1; }

static uint64_t both(const uint64_t n[2]) { return n[0] + n[1]; }

// ---------------------------------------------------------------------------------- text

static void put_bold(impact *m, wr_str s) {
    wr_buf *b = &m->c->out;
    if (m->c->out_color) wr_putz(b, "\033[1m");
    wr_put_safe(b, s);
    if (m->c->out_color) wr_putz(b, "\033[0m");
}

static void put_head(impact *m) {
    wr_buf *b = &m->c->out;
    const wr_impact *r = m->all;
    wr_putf(b, "%llu records in %llu files\n", (ull)r->records, (ull)r->files);
    for (int k = 0; k < WR_TRAIL_N_KINDS; k++)
        if (r->kinds[k])
            wr_putf(b, "%10llu  %s\n", (ull)r->kinds[k], wr_trail_kind_text((wr_trail_kind)k));
    if (m->skipped_digests)
        wr_putf(b, "%10u  digest files left out\n", (unsigned)m->skipped_digests);
    if (r->formless)
        wr_putf(b, "%10llu  of these with an event or a caller that policies cannot name\n",
                (ull)r->formless);
    if (r->failed)
        wr_putf(b, "%10llu  of these had failed, %llu because they were not allowed\n",
                (ull)r->failed, (ull)r->denied);
    if (r->outside)
        wr_putf(b, "%10llu  of these of accounts that are not asked for\n", (ull)r->outside);
    if (r->failed_files)
        wr_putf(b, "%10llu  files could not be read, or not to their end\n", (ull)r->failed_files);
}

static void put_table(impact *m) {
    wr_buf *b = &m->c->out;
    wr_putf(b, "\n%10s %10s %10s %10s  policy\n", "denied", "unknown", "not denied", "exempt");
    uint32_t n = m->opts.n_policies + shows_together(m);
    for (uint32_t i = 0; i < n; i++) {
        const wr_impact_tally *t = &m->all->tallies[i];
        wr_putf(b, "%10llu %10llu %10llu %10llu  ", (ull)both(t->n[WR_IMPACT_DENIED]),
                (ull)both(t->n[WR_IMPACT_UNKNOWN]), (ull)both(t->n[WR_IMPACT_PASSED]),
                (ull)both(t->n[WR_IMPACT_EXEMPT]));
        put_bold(m, policy_name(m, i));
        uint64_t failed = t->n[WR_IMPACT_DENIED][1];
        if (failed) wr_putf(b, " (%llu of the denied had failed anyway)", (ull)failed);
        wr_putc(b, '\n');
    }
}

static void put_facts(impact *m, const uint64_t *bits) {
    wr_buf *b = &m->c->out;
    const char *sep = "";
    for (uint32_t i = 0; i < m->all->n_facts; i++) {
        if (!(bits[i / 64] >> i % 64 & 1)) continue;
        wr_putz(b, sep);
        wr_put_safe(b, wr_impact_fact(m->opts.set, i));
        sep = ", ";
    }
}

static void put_stmt(impact *m, const wr_iam_stmt *st) {
    wr_buf *b = &m->c->out;
    if (st == NULL) {
        wr_putz(b, "no statement allows it");
        return;
    }
    wr_putz(b, "by ");
    wr_pos pos = wr_node_pos(st->policy->doc, st->node);
    wr_put_safe(b, st->policy->name);
    wr_putf(b, ":%u:%u", pos.line, pos.col);
    if (st->sid.n) {
        wr_putz(b, " (");
        wr_put_safe(b, st->sid);
        wr_putc(b, ')');
    }
}

static void put_row(impact *m, const wr_impact_row *r) {
    wr_buf *b = &m->c->out;
    wr_str parts[3] = {r->principal, r->action, r->account};
    wr_putf(b, "%10llu ", (ull)both(r->n));
    for (int i = 0; i < 3; i++) {
        if (parts[i].n == 0) continue;
        wr_putc(b, ' ');
        wr_put_safe(b, parts[i]);
    }
    if (r->n[1]) wr_putf(b, "  (%llu had failed)", (ull)r->n[1]);
    wr_putz(b, "\n             ");
    if (r->verdict == WR_IMPACT_UNKNOWN) {
        wr_putz(b, "turns on ");
        put_facts(m, r->facts);
    } else {
        put_stmt(m, r->stmt);
    }
    wr_putz(b, "\n             first: ");
    wr_put_safe(b, wr_strz(m->files.v[r->file]));
    wr_putf(b, ":%llu, record %llu\n", (ull)r->line, (ull)r->record);
}

static void put_unknown_facts(impact *m, uint32_t policy) {
    wr_buf *b = &m->c->out;
    const wr_impact_tally *t = &m->all->tallies[policy];
    for (uint32_t i = 0; i < m->all->n_facts; i++) {
        if (t->facts[i] == 0) continue;
        wr_putf(b, "%10llu  turning on ", (ull)t->facts[i]);
        wr_put_safe(b, wr_impact_fact(m->opts.set, i));
        wr_putc(b, '\n');
    }
}

// The rows of one policy and verdict from *i on; *i moves past them.
static void put_section(impact *m, uint32_t *i) {
    wr_buf *b = &m->c->out;
    const wr_impact *r = m->all;
    const wr_impact_row *first = r->rows.v[*i];
    bool denied = first->verdict == WR_IMPACT_DENIED;
    wr_putz(b, denied ? "\ndenied by " : "\nunknown under ");
    put_bold(m, policy_name(m, first->policy));
    wr_putz(b, "\n");
    if (!denied) put_unknown_facts(m, first->policy);
    uint32_t shown = 0, hidden = 0;
    uint64_t calls = 0;
    for (; *i < r->rows.n; (*i)++) {
        const wr_impact_row *row = r->rows.v[*i];
        if (row->policy != first->policy || row->verdict != first->verdict) break;
        if (shown++ < m->max_shown) {
            put_row(m, row);
        } else {
            hidden++;
            calls += both(row->n);
        }
    }
    if (hidden)
        wr_putf(b, "%10llu  calls in %u more rows; --format json has all\n", (ull)calls,
                (unsigned)hidden);
}

void impact_put_text(impact *m) {
    const wr_impact *r = m->all;
    put_head(m);
    put_table(m);
    for (uint32_t i = 0; i < r->rows.n;) {
        if (r->rows.v[i]->policy == m->opts.n_policies) break; // together: the sum of the others
        put_section(m, &i);
    }
    uint64_t others = r->others[WR_IMPACT_DENIED] + r->others[WR_IMPACT_UNKNOWN];
    if (others)
        wr_putf(&m->c->out,
                "\n%10llu  more outcomes are counted above but not listed: there are more\n"
                "            different rows than are kept (%u). Fewer --group-by make fewer rows\n",
                (ull)others, (unsigned)r->rows.n);
}

// ---------------------------------------------------------------------------------- JSON

typedef struct json {
    wr_buf *b;
    bool first;
} json;

static void key(json *j, const char *name) {
    if (!j->first) wr_putc(j->b, ',');
    j->first = false;
    wr_put_json_str(j->b, wr_strz(name));
    wr_putc(j->b, ':');
}

static void open(json *j, const char *name, char c) {
    if (name) key(j, name);
    else if (!j->first) wr_putc(j->b, ',');
    wr_putc(j->b, c);
    j->first = true;
}

static void close(json *j, char c) {
    wr_putc(j->b, c);
    j->first = false;
}

static void number(json *j, const char *name, uint64_t n) {
    key(j, name);
    wr_put_u64(j->b, n);
}

static void text(json *j, const char *name, wr_str s) {
    key(j, name);
    wr_put_json_str(j->b, s);
}

static void json_tally(json *j, const impact *m, uint32_t i) {
    static const char *const names[WR_IMPACT_N_VERDICTS] = {"not_denied", "exempt", "unknown",
                                                            "denied"};
    const wr_impact_tally *t = &m->all->tallies[i];
    for (int v = WR_IMPACT_N_VERDICTS - 1; v >= 0; v--) number(j, names[v], both(t->n[v]));
    open(j, "of_these_had_failed", '{');
    for (int v = WR_IMPACT_N_VERDICTS - 1; v >= 0; v--) number(j, names[v], t->n[v][1]);
    close(j, '}');
    open(j, "unknown_because", '{');
    for (uint32_t f = 0; f < m->all->n_facts; f++) {
        if (t->facts[f] == 0) continue;
        wr_str name = wr_impact_fact(m->opts.set, f);
        if (!j->first) wr_putc(j->b, ',');
        j->first = false;
        wr_put_json_str(j->b, name);
        wr_putc(j->b, ':');
        wr_put_u64(j->b, t->facts[f]);
    }
    close(j, '}');
}

static void json_stmt(json *j, const wr_iam_stmt *st) {
    open(j, "statement", '{');
    wr_pos pos = wr_node_pos(st->policy->doc, st->node);
    text(j, "file", st->policy->name);
    number(j, "line", pos.line);
    number(j, "column", pos.col);
    if (st->sid.n) text(j, "sid", st->sid);
    close(j, '}');
}

static void json_row(json *j, const impact *m, const wr_impact_row *r) {
    open(j, NULL, '{');
    text(j, "policy", policy_name(m, r->policy));
    text(j, "outcome", r->verdict == WR_IMPACT_DENIED ? WR_S("DENY") : WR_S("UNKNOWN"));
    if (r->principal.n) text(j, "principal", r->principal);
    if (r->action.n) text(j, "action", r->action);
    if (r->account.n) text(j, "account", r->account);
    number(j, "calls", both(r->n));
    number(j, "of_these_had_failed", r->n[1]);
    if (r->stmt) json_stmt(j, r->stmt);
    if (r->verdict == WR_IMPACT_UNKNOWN) {
        open(j, "turns_on", '[');
        for (uint32_t f = 0; f < m->all->n_facts; f++) {
            if (!(r->facts[f / 64] >> f % 64 & 1)) continue;
            if (!j->first) wr_putc(j->b, ',');
            j->first = false;
            wr_put_json_str(j->b, wr_impact_fact(m->opts.set, f));
        }
        close(j, ']');
    }
    open(j, "first", '{');
    text(j, "file", wr_strz(m->files.v[r->file]));
    number(j, "line", r->line);
    number(j, "record", r->record);
    close(j, '}');
    close(j, '}');
    wr_putc(j->b, '\n');
}

static void json_trail(json *j, const impact *m) {
    static const char *const kinds[WR_TRAIL_N_KINDS] = {
        "call",          "aws_service", "other_account", "anonymous", "federated", "nameless",
        "service_event", "insight",     "digest",        "no_record", "broken"};
    const wr_impact *r = m->all;
    open(j, "trail", '{');
    number(j, "files", r->files);
    number(j, "files_not_read_to_their_end", r->failed_files);
    number(j, "digest_files_left_out", m->skipped_digests);
    number(j, "records", r->records);
    open(j, "kinds", '{');
    for (int k = 0; k < WR_TRAIL_N_KINDS; k++) number(j, kinds[k], r->kinds[k]);
    close(j, '}');
    number(j, "without_form", r->formless);
    number(j, "had_failed", r->failed);
    number(j, "had_been_denied", r->denied);
    number(j, "of_other_accounts", r->outside);
    close(j, '}');
    wr_putc(j->b, '\n');
}

void impact_put_json(impact *m) {
    json j = {.b = &m->c->out, .first = true};
    const wr_impact *r = m->all;
    open(&j, NULL, '{');
    text(&j, "schema", WR_S("writ/impact/1"));
    wr_putc(j.b, '\n');
    json_trail(&j, m);
    open(&j, "policies", '[');
    for (uint32_t i = 0; i < m->opts.n_policies; i++) {
        open(&j, NULL, '{');
        text(&j, "policy", policy_name(m, i));
        text(&j, "kind", wr_strz(wr_iam_kind_name(m->opts.policies[i]->kind)));
        json_tally(&j, m, i);
        close(&j, '}');
        wr_putc(j.b, '\n');
    }
    close(&j, ']');
    open(&j, "together", '{');
    json_tally(&j, m, m->opts.n_policies);
    close(&j, '}');
    wr_putc(j.b, '\n');
    open(&j, "rows", '[');
    for (uint32_t i = 0; i < r->rows.n; i++)
        if (r->rows.v[i]->policy < m->opts.n_policies || shows_together(m))
            json_row(&j, m, r->rows.v[i]);
    close(&j, ']');
    number(&j, "outcomes_without_row", r->others[WR_IMPACT_DENIED] + r->others[WR_IMPACT_UNKNOWN]);
    close(&j, '}');
    wr_putc(j.b, '\n');
}
