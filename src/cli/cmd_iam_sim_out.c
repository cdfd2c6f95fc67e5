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

void sim_out_stmt(wr_out *o, const wr_iam_stmt *st) {
    wr_str file;
    wr_pos at = sim_stmt_pos(st, &file);
    wr_out_put(o, "policy", st->policy->name);
    wr_out_put(o, "kind", wr_strz(wr_iam_kind_name(st->policy->kind)));
    if (sim_stands_in(st)) {
        wr_out_flag(o, "missing", true);
        return;
    }
    wr_out_put(o, "file", file);
    wr_out_num(o, "line", at.line);
    wr_out_num(o, "column", at.col);
    wr_out_some(o, "sid", st->sid);
    wr_out_num(o, "index", st->index);
    wr_out_put(o, "effect", st->deny ? WR_S("Deny") : WR_S("Allow"));
}

static void out_layer(wr_out *o, wr_iam_layer l, uint16_t level) {
    if (l == WR_IAM_L_NONE) return;
    wr_out_put(o, "layer", wr_strz(wr_iam_layer_name(l)));
    if (l == WR_IAM_L_SCP || l == WR_IAM_L_RCP) wr_out_num(o, "level", level + 1u);
}

static void out_match(wr_out *o, const wr_iam_match *m) {
    o->map(o, false);
    sim_out_stmt(o, m->stmt);
    out_layer(o, m->layer, m->level);
    wr_out_put(o, "principal", wr_strz(tri(m->principal)));
    wr_out_put(o, "resource", wr_strz(tri(m->resource)));
    wr_out_put(o, "conditions", wr_strz(tri(m->conds)));
    if (m->failed) {
        wr_out_put(o, "operator", m->failed->op_text);
        wr_out_put(o, "key", m->failed->key_text);
        if (wr_iam_cond_never(m->failed)) wr_out_flag(o, "never_matches", true);
    }
    wr_out_flag(o, "decisive", m->decisive);
    o->end(o);
}

void sim_out_result(wr_out *o, const sim_answer *a) {
    const wr_iam_result *r = &a->result;
    wr_out_put(o, "outcome", wr_strz(wr_outcome_name(r->outcome)));
    if (r->outcome == WR_FAULT) {
        wr_out_put(o, "error", a->error);
        return;
    }
    out_layer(o, r->layer, r->level);
    if (r->rule != WR_IAM_R_NONE) wr_out_put(o, "rule", wr_strz(wr_iam_rule_text(r->rule)));
    wr_out_key(o, "statements");
    o->list(o, r->stmt == NULL);
    if (r->stmt) {
        o->map(o, false);
        sim_out_stmt(o, r->stmt);
        o->end(o);
        o->end(o);
    }
    if (r->outcome != WR_UNKNOWN) return;
    wr_out_key(o, "possible");
    o->list(o, r->possible == 0);
    for (unsigned i = 0; i < WR_N_OUTCOMES; i++)
        if (r->possible & WR_BIT(i)) o->str(o, wr_strz(wr_outcome_name((wr_outcome)i)));
    if (r->possible) o->end(o);
    wr_out_list(o, "not_known", a->needed.v, a->needed.n);
}

void sim_out_decision(const sim *s, wr_out *o, const sim_answer *a) {
    if (a->decided) {
        wr_out_digest(o, "policy_digest", a->decision.policy_digest);
        wr_out_digest(o, "input_digest", a->decision.input_digest);
    }
    wr_out_time(o, "time", s->c->ctx.now);
}

static void out_reasons(wr_out *o, const wr_decision *d) {
    wr_out_key(o, "reasons");
    o->list(o, d->n_reasons == 0);
    for (uint32_t i = 0; i < d->n_reasons; i++) o->str(o, d->reasons[i].message);
    if (d->n_reasons) o->end(o);
}

void sim_put_json(sim *s, wr_out *o, const sim_ask *ask, const sim_answer *a, bool line) {
    o->map(o, false);
    wr_out_put(o, "schema", WR_S("writ/iam-decision/1"));
    wr_out_some(o, "id", ask->id);
    if (!line) {
        wr_out_put(o, "principal", ask->principal);
        wr_out_put(o, "action", ask->action);
        wr_out_put(o, "resource", ask->resource);
    }
    sim_out_result(o, a);
    sim_out_decision(s, o, a);
    if (!line) wr_out_some(o, "assumed_resource_account", a->assumed_owner);
    if (!line && a->decided) out_reasons(o, &a->decision);
    if (a->explained) {
        wr_out_list(o, "steps", a->story.steps.v, a->story.steps.n);
        wr_out_key(o, "matches");
        o->list(o, a->story.matches.n == 0);
        for (uint32_t i = 0; i < a->story.matches.n; i++) out_match(o, &a->story.matches.v[i]);
        if (a->story.matches.n) o->end(o);
    }
    o->end(o);
    wr_putc(&s->c->out, '\n');
}
