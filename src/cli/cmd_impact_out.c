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

static void out_facts(const impact *m, wr_out *o, const char *key, const uint64_t *bits) {
    wr_out_key(o, key);
    o->list(o, false);
    for (uint32_t f = 0; f < m->all->n_facts; f++)
        if (bits[f / 64] >> f % 64 & 1) o->str(o, wr_impact_fact(m->opts.set, f));
    o->end(o);
}

static void out_tally(const impact *m, wr_out *o, uint32_t i) {
    static const char *const names[WR_IMPACT_N_VERDICTS] = {"not_denied", "exempt", "unknown",
                                                            "denied"};
    const wr_impact_tally *t = &m->all->tallies[i];
    for (int v = WR_IMPACT_N_VERDICTS - 1; v >= 0; v--) wr_out_num(o, names[v], both(t->n[v]));
    wr_out_key(o, "of_these_had_failed");
    o->map(o, false);
    for (int v = WR_IMPACT_N_VERDICTS - 1; v >= 0; v--) wr_out_num(o, names[v], t->n[v][1]);
    o->end(o);
    wr_out_key(o, "unknown_because");
    o->map(o, false);
    for (uint32_t f = 0; f < m->all->n_facts; f++) {
        if (t->facts[f] == 0) continue;
        o->str(o, wr_impact_fact(m->opts.set, f));
        o->i64(o, (int64_t)t->facts[f]);
    }
    o->end(o);
}

static void out_stmt(wr_out *o, const wr_iam_stmt *st) {
    wr_pos pos = wr_node_pos(st->policy->doc, st->node);
    wr_out_key(o, "statement");
    o->map(o, false);
    wr_out_put(o, "file", st->policy->name);
    wr_out_num(o, "line", pos.line);
    wr_out_num(o, "column", pos.col);
    wr_out_some(o, "sid", st->sid);
    o->end(o);
}

static void out_row(const impact *m, wr_out *o, const wr_impact_row *r) {
    o->map(o, false);
    wr_out_put(o, "policy", policy_name(m, r->policy));
    wr_out_put(o, "outcome", r->verdict == WR_IMPACT_DENIED ? WR_S("DENY") : WR_S("UNKNOWN"));
    wr_out_some(o, "principal", r->principal);
    wr_out_some(o, "action", r->action);
    wr_out_some(o, "account", r->account);
    wr_out_num(o, "calls", both(r->n));
    wr_out_num(o, "of_these_had_failed", r->n[1]);
    if (r->stmt) out_stmt(o, r->stmt);
    if (r->verdict == WR_IMPACT_UNKNOWN) out_facts(m, o, "turns_on", r->facts);
    wr_out_key(o, "first");
    o->map(o, false);
    wr_out_put(o, "file", wr_strz(m->files.v[r->file]));
    wr_out_num(o, "line", r->line);
    wr_out_num(o, "record", r->record);
    o->end(o);
    o->end(o);
}

static void out_trail(const impact *m, wr_out *o) {
    static const char *const kinds[WR_TRAIL_N_KINDS] = {
        "call",          "aws_service", "other_account", "anonymous", "federated", "nameless",
        "service_event", "insight",     "digest",        "no_record", "broken"};
    const wr_impact *r = m->all;
    wr_out_key(o, "trail");
    o->map(o, false);
    wr_out_num(o, "files", r->files);
    wr_out_num(o, "files_not_read_to_their_end", r->failed_files);
    wr_out_num(o, "digest_files_left_out", m->skipped_digests);
    wr_out_num(o, "records", r->records);
    wr_out_key(o, "kinds");
    o->map(o, false);
    for (int k = 0; k < WR_TRAIL_N_KINDS; k++) wr_out_num(o, kinds[k], r->kinds[k]);
    o->end(o);
    wr_out_num(o, "without_form", r->formless);
    wr_out_num(o, "had_failed", r->failed);
    wr_out_num(o, "had_been_denied", r->denied);
    wr_out_num(o, "of_other_accounts", r->outside);
    o->end(o);
}

// All policies in their order, and all files in theirs: SHA-256 of the digests.
static void out_digests(const impact *m, wr_out *o) {
    wr_buf b;
    uint8_t sum[32];
    wr_buf_init(&b, 0);
    for (uint32_t i = 0; i < m->opts.n_policies; i++) {
        wr_iam_digest(m->opts.policies[i], sum);
        wr_put(&b, (const char *)sum, sizeof sum);
    }
    wr_sha256(wr_buf_str(&b), sum);
    wr_out_digest(o, "policy_digest", sum);
    wr_buf_fini(&b);
    wr_sha256(wr_strn((const char *)m->opts.digests, m->files.n * sizeof sum), sum);
    wr_out_digest(o, "input_digest", sum);
    wr_out_time(o, "time", m->c->ctx.now);
}

static void out_policies(const impact *m, wr_out *o) {
    wr_out_key(o, "policies");
    o->list(o, false);
    for (uint32_t i = 0; i < m->opts.n_policies; i++) {
        uint8_t sum[32];
        o->map(o, false);
        wr_out_put(o, "policy", policy_name(m, i));
        wr_out_put(o, "kind", wr_strz(wr_iam_kind_name(m->opts.policies[i]->kind)));
        wr_iam_digest(m->opts.policies[i], sum);
        wr_out_digest(o, "policy_digest", sum);
        out_tally(m, o, i);
        o->end(o);
    }
    o->end(o);
    wr_out_key(o, "together");
    o->map(o, false);
    out_tally(m, o, m->opts.n_policies);
    o->end(o);
}

void impact_put_json(impact *m) {
    const wr_impact *r = m->all;
    wr_out o;
    if (wr_out_json(&o, &m->c->out) != WR_OK) {
        wr_buf_fail(&m->c->out, WR_NOMEM);
        return;
    }
    o.map(&o, false);
    wr_out_put(&o, "schema", WR_S("writ/impact/1"));
    out_digests(m, &o);
    out_trail(m, &o);
    out_policies(m, &o);
    wr_out_key(&o, "rows");
    o.list(&o, false);
    for (uint32_t i = 0; i < r->rows.n; i++)
        if (r->rows.v[i]->policy < m->opts.n_policies || shows_together(m))
            out_row(m, &o, r->rows.v[i]);
    o.end(&o);
    wr_out_num(&o, "outcomes_without_row",
               r->others[WR_IMPACT_DENIED] + r->others[WR_IMPACT_UNKNOWN]);
    o.end(&o);
    wr_out_fini(&o);
    wr_putc(&m->c->out, '\n');
}
