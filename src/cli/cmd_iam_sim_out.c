// SPDX-License-Identifier: Apache-2.0
// Answers of `writ iam simulate` for people and as JSON (writ/iam-decision/1,
// docs/guide/iam-simulate.md). Both say the same: outcome, what decided, where it stands, what
// would settle an unknown.

#include "cli/cmd_iam_sim.h"

int sim_exit(wr_outcome o) {
    switch (o) {
    case WR_ALLOW: return WX_OK;
    case WR_DENY:
    case WR_IMPLICIT_DENY: return WX_FINDINGS;
    case WR_UNKNOWN: return WX_UNKNOWN;
    default: return WX_ERROR;
    }
}

const char *sim_outcome(wr_outcome o) {
    switch (o) {
    case WR_ALLOW: return "allow";
    case WR_DENY: return "deny";
    case WR_IMPLICIT_DENY: return "implicit deny";
    case WR_UNKNOWN: return "unknown";
    default: return "error";
    }
}

wr_pos sim_stmt_pos(const wr_iam_stmt *st, wr_str *file) {
    const wr_iam_policy *p = st->policy;
    wr_pos at = {0, 0};
    *file = p->name;
    if (p->doc == NULL || st->node == NULL) return at;
    *file = p->doc->srcs[st->node->src]->name;
    return wr_node_pos(p->doc, st->node);
}

// Of a policy that stands for one that is missing.
bool sim_stands_in(const wr_iam_stmt *st) {
    return st->n_conds == 1 && wr_starts(st->conds[0].key_text, WR_S(WR_ACCT_MISSING "/"));
}

void sim_put_stmt(wr_buf *b, const wr_iam_stmt *st) {
    wr_str file;
    if (sim_stands_in(st)) {
        wr_put_safe(b, st->policy->name);
        return;
    }
    wr_pos at = sim_stmt_pos(st, &file);
    wr_put_safe(b, file);
    if (at.line) wr_putf(b, ":%u:%u", (unsigned)at.line, (unsigned)at.col);
    wr_putz(b, " (");
    if (!wr_eq(file, st->policy->name)) {
        wr_put_safe(b, st->policy->name);
        wr_putz(b, ", ");
    }
    if (st->sid.n) wr_put_safe(b, st->sid);
    else wr_putf(b, "statement %u", (unsigned)st->index + 1);
    wr_putc(b, ')');
}

// ---------------------------------------------------------------------------------- text

void sim_put_outcome(sim *s, wr_outcome o) {
    wr_buf *b = &s->c->out;
    const char *color = o == WR_ALLOW ? "\033[32m" : o == WR_UNKNOWN ? "\033[33m" : "\033[31m";
    if (s->c->out_color) wr_putz(b, color);
    wr_putz(b, sim_outcome(o));
    if (s->c->out_color) wr_putz(b, "\033[0m");
}

// "SCP, level 2", "identity policy".
static void put_layer(wr_buf *b, const wr_iam_result *r) {
    wr_putz(b, wr_iam_layer_name(r->layer));
    if (r->layer == WR_IAM_L_SCP || r->layer == WR_IAM_L_RCP)
        wr_putf(b, ", level %u%s", r->level + 1u, r->level ? "" : " (root)");
}

void sim_put_reason(wr_buf *b, const sim_answer *a) {
    const wr_iam_result *r = &a->result;
    if (r->outcome == WR_FAULT) {
        wr_putz(b, "  ");
        wr_put_safe(b, a->error);
        wr_putc(b, '\n');
        return;
    }
    wr_putz(b, "  by: ");
    if (r->layer != WR_IAM_L_NONE) put_layer(b, r);
    if (r->stmt) {
        wr_putz(b, r->layer != WR_IAM_L_NONE ? ", " : "");
        sim_put_stmt(b, r->stmt);
    } else if (r->rule != WR_IAM_R_NONE) {
        wr_putf(b, "%s%s", r->layer != WR_IAM_L_NONE ? ": " : "", wr_iam_rule_text(r->rule));
    }
    wr_putc(b, '\n');
    if (r->outcome != WR_UNKNOWN) return;
    wr_putz(b, "  possible:");
    for (unsigned o = 0, n = 0; o < WR_N_OUTCOMES; o++)
        if (r->possible & WR_BIT(o))
            wr_putf(b, "%s %s", n++ ? "," : "", sim_outcome((wr_outcome)o));
    wr_putz(b, "\n  not known:");
    for (uint32_t i = 0; i < a->needed.n; i++) {
        wr_putz(b, i ? ", " : " ");
        wr_put_safe(b, a->needed.v[i]);
    }
    wr_putc(b, '\n');
}

void sim_put_line(wr_buf *b, const sim_answer *a) {
    const wr_iam_result *r = &a->result;
    wr_putz(b, "  ");
    if (r->outcome == WR_FAULT) wr_put_safe(b, a->error);
    else put_layer(b, r);
    if (r->stmt) {
        wr_putz(b, ", ");
        sim_put_stmt(b, r->stmt);
    } else if (r->rule != WR_IAM_R_NONE) {
        wr_putf(b, ": %s", wr_iam_rule_text(r->rule));
    }
    for (uint32_t i = 0; r->outcome == WR_UNKNOWN && i < a->needed.n; i++) {
        wr_putz(b, i ? ", " : "; not known: ");
        wr_put_safe(b, a->needed.v[i]);
    }
    wr_putc(b, '\n');
}

static const char *tri(wr_tri t) { return t == WR_YES ? "yes" : t == WR_NO ? "no" : "maybe"; }

static void put_match(wr_buf *b, const wr_iam_match *m) {
    wr_putf(b, "  %c %s ", m->decisive ? '*' : '-', m->stmt->deny ? "Deny " : "Allow");
    sim_put_stmt(b, m->stmt);
    wr_putf(b, "\n      %s", wr_iam_layer_name(m->layer));
    if (m->layer == WR_IAM_L_SCP || m->layer == WR_IAM_L_RCP)
        wr_putf(b, ", level %u", m->level + 1u);
    wr_putz(b, ": ");
    if (m->principal != WR_YES) wr_putf(b, "principal %s", tri(m->principal));
    if (m->principal == WR_NO) return;
    if (m->principal != WR_YES) wr_putz(b, ", ");
    wr_putf(b, "resource %s", tri(m->resource));
    if (m->resource == WR_NO || m->stmt->n_conds == 0) return;
    wr_putf(b, ", conditions %s", tri(m->conds));
    if (m->failed == NULL) return;
    wr_putz(b, " at ");
    wr_put_safe(b, m->failed->op_text);
    wr_putc(b, ' ');
    wr_put_safe(b, m->failed->key_text);
    if (wr_iam_cond_never(m->failed)) wr_putz(b, ", which no request matches");
}

static void put_story(sim *s, const sim_answer *a) {
    wr_buf *b = &s->c->out;
    const wr_iam_story *story = &a->story;
    wr_putz(b, "\nsteps:\n");
    for (uint32_t i = 0; i < story->steps.n; i++) {
        wr_putf(b, "%3u. ", (unsigned)i + 1);
        wr_put_safe(b, story->steps.v[i]);
        wr_putc(b, '\n');
    }
    if (story->matches.n) wr_putz(b, "\nstatements that name the action (* decided):\n");
    for (uint32_t i = 0; i < story->matches.n; i++) {
        put_match(b, &story->matches.v[i]);
        wr_putc(b, '\n');
    }
}

void sim_put_text(sim *s, const sim_ask *ask, const sim_answer *a) {
    wr_buf *b = &s->c->out;
    sim_put_outcome(s, a->result.outcome);
    wr_putz(b, ": ");
    wr_put_safe(b, ask->principal.n ? ask->principal : WR_S("-"));
    wr_putc(b, ' ');
    wr_put_safe(b, ask->action.n ? ask->action : WR_S("-"));
    wr_putc(b, ' ');
    wr_put_safe(b, ask->resource);
    wr_putc(b, '\n');
    sim_put_reason(b, a);
    if (a->assumed_owner.n && a->result.outcome != WR_FAULT)
        wr_putf(b, "  taken for granted: account %.*s owns the resource (--resource-account)\n",
                WR_FMT(a->assumed_owner));
    if (a->result.outcome == WR_IMPLICIT_DENY && a->result.layer == WR_IAM_L_IDENTITY &&
        !ask->layers.has_identity && !s->flags.layers.has_identity && s->world.accounts.n == 0)
        wr_putz(b, "  taken for granted: the principal has no identity policies"
                   " (--identity, --account)\n");
    if (a->explained) put_story(s, a);
}

// ---------------------------------------------------------------------------------- JSON

void sim_json_next(sim_json *j) {
    if (!j->first) wr_putc(j->b, ',');
    j->first = false;
    if (j->line) return;
    wr_putc(j->b, '\n');
    wr_pad(j->b, ' ', 2u * j->depth);
}

void sim_json_name(sim_json *j, const char *key) {
    sim_json_next(j);
    wr_putf(j->b, "\"%s\":%s", key, j->line ? "" : " ");
}

void sim_json_str(sim_json *j, const char *key, wr_str v) {
    sim_json_name(j, key);
    wr_put_json_str(j->b, v);
}

void sim_json_num(sim_json *j, const char *key, uint64_t v) {
    sim_json_name(j, key);
    wr_put_u64(j->b, v);
}

void sim_json_open(sim_json *j, char c) {
    wr_putc(j->b, c);
    j->depth++;
    j->first = true;
}

void sim_json_shut(sim_json *j, char c) {
    j->depth--;
    if (!j->first && !j->line) {
        wr_putc(j->b, '\n');
        wr_pad(j->b, ' ', 2u * j->depth);
    }
    wr_putc(j->b, c);
    j->first = false;
}

void sim_json_stmt(sim_json *j, const wr_iam_stmt *st) {
    wr_str file;
    wr_pos at = sim_stmt_pos(st, &file);
    sim_json_str(j, "policy", st->policy->name);
    sim_json_str(j, "kind", wr_strz(wr_iam_kind_name(st->policy->kind)));
    if (sim_stands_in(st)) {
        sim_json_name(j, "missing");
        wr_putz(j->b, "true");
        return;
    }
    sim_json_str(j, "file", file);
    sim_json_num(j, "line", at.line);
    sim_json_num(j, "column", at.col);
    if (st->sid.n) sim_json_str(j, "sid", st->sid);
    sim_json_num(j, "index", st->index);
    sim_json_str(j, "effect", st->deny ? WR_S("Deny") : WR_S("Allow"));
}

static void put_match_json(sim_json *j, const wr_iam_match *m) {
    sim_json_next(j);
    sim_json_open(j, '{');
    sim_json_stmt(j, m->stmt);
    sim_json_str(j, "layer", wr_strz(wr_iam_layer_name(m->layer)));
    if (m->layer == WR_IAM_L_SCP || m->layer == WR_IAM_L_RCP)
        sim_json_num(j, "level", m->level + 1u);
    sim_json_str(j, "principal", wr_strz(tri(m->principal)));
    sim_json_str(j, "resource", wr_strz(tri(m->resource)));
    sim_json_str(j, "conditions", wr_strz(tri(m->conds)));
    if (m->failed) {
        sim_json_str(j, "operator", m->failed->op_text);
        sim_json_str(j, "key", m->failed->key_text);
    }
    sim_json_name(j, "decisive");
    wr_putz(j->b, m->decisive ? "true" : "false");
    sim_json_shut(j, '}');
}

void sim_json_strs(sim_json *j, const char *key, const wr_str *v, uint32_t n) {
    sim_json_name(j, key);
    sim_json_open(j, '[');
    for (uint32_t i = 0; i < n; i++) {
        sim_json_next(j);
        wr_put_json_str(j->b, v[i]);
    }
    sim_json_shut(j, ']');
}

void sim_json_result(sim_json *j, const sim_answer *a) {
    const wr_iam_result *r = &a->result;
    sim_json_str(j, "outcome", wr_strz(wr_outcome_name(r->outcome)));
    if (r->outcome == WR_FAULT) {
        sim_json_str(j, "error", a->error);
        return;
    }
    if (r->layer != WR_IAM_L_NONE) sim_json_str(j, "layer", wr_strz(wr_iam_layer_name(r->layer)));
    if (r->layer == WR_IAM_L_SCP || r->layer == WR_IAM_L_RCP)
        sim_json_num(j, "level", r->level + 1u);
    if (r->rule != WR_IAM_R_NONE) sim_json_str(j, "rule", wr_strz(wr_iam_rule_text(r->rule)));
    sim_json_name(j, "statements");
    sim_json_open(j, '[');
    if (r->stmt) {
        sim_json_next(j);
        sim_json_open(j, '{');
        sim_json_stmt(j, r->stmt);
        sim_json_shut(j, '}');
    }
    sim_json_shut(j, ']');
    if (r->outcome != WR_UNKNOWN) return;
    sim_json_name(j, "possible");
    sim_json_open(j, '[');
    for (unsigned o = 0; o < WR_N_OUTCOMES; o++) {
        if (!(r->possible & WR_BIT(o))) continue;
        sim_json_next(j);
        wr_put_json_str(j->b, wr_strz(wr_outcome_name((wr_outcome)o)));
    }
    sim_json_shut(j, ']');
    sim_json_strs(j, "not_known", a->needed.v, a->needed.n);
}

void sim_put_json(sim *s, const sim_ask *ask, const sim_answer *a, bool line) {
    sim_json j = {.b = &s->c->out, .line = line, .first = true};
    sim_json_open(&j, '{');
    sim_json_str(&j, "schema", WR_S("writ/iam-decision/1"));
    if (ask->id.n) sim_json_str(&j, "id", ask->id);
    if (!line) {
        sim_json_str(&j, "principal", ask->principal);
        sim_json_str(&j, "action", ask->action);
        sim_json_str(&j, "resource", ask->resource);
    }
    sim_json_result(&j, a);
    if (a->assumed_owner.n && !line) sim_json_str(&j, "assumed_resource_account", a->assumed_owner);
    if (a->explained) {
        sim_json_strs(&j, "steps", a->story.steps.v, a->story.steps.n);
        sim_json_name(&j, "matches");
        sim_json_open(&j, '[');
        for (uint32_t i = 0; i < a->story.matches.n; i++)
            put_match_json(&j, &a->story.matches.v[i]);
        sim_json_shut(&j, ']');
    }
    sim_json_shut(&j, '}');
    wr_putc(&s->c->out, '\n');
}
