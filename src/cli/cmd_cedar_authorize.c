// SPDX-License-Identifier: Apache-2.0
// cedar authorize: one request, by flags or as a JSON file, or a batch of them as JSON lines,
// decided by a policy set over entities. Of a batch, every line gives one decision in its order;
// what is wrong with a line is its decision's error, and memory does not grow with their number.
// JSON: writ/cedar-decision/1 (docs/guide/cedar.md).

#include "cli/cmd_cedar.h"

typedef struct asking {
    cedar_in in;
    cli *c;
    wr_cedar_bound *bound;
    wr_cedar_eval *eval;
    wr_cedar_decide_opts opts;
    bool json;
} asking;

typedef struct outcome {
    wr_outcome is; // allow, deny (a forbid, or fail-closed), implicit deny, error
    wr_cedar_answer a;
    wr_str error; // WR_FAULT
    uint8_t input[32];
} outcome;

static int exit_of(wr_outcome o) {
    return o == WR_ALLOW ? WX_OK : o == WR_FAULT ? WX_ERROR : WX_FINDINGS;
}

static void input_digest(const asking *k, const wr_cedar_request *q, wr_str bytes,
                         uint8_t out[32]) {
    wr_digest *d = wr_digest_new();
    wr_buf b;
    wr_buf_init(&b, 0);
    cedar_put_request(&b, q);
    if (d) {
        wr_digest_add(d, wr_strn((const char *)k->in.data_digest, 32));
        wr_digest_add(d, wr_buf_str(&b));
        wr_digest_add(d, bytes);
        wr_digest_end(d, out);
    }
    wr_buf_fini(&b);
}

static void decide(asking *k, const wr_cedar_request *q, wr_str bytes, outcome *o) {
    *o = (outcome){.is = WR_FAULT, .error = WR_S("out of memory")};
    if (wr_cedar_decide(k->eval, q, &k->opts, &o->a) != WR_OK) return;
    bool closed = !o->a.allow && o->a.n_reasons == 0 && k->opts.fail_closed && o->a.n_errors > 0;
    o->is = o->a.allow ? WR_ALLOW : o->a.n_reasons || closed ? WR_DENY : WR_IMPLICIT_DENY;
    input_digest(k, q, bytes, o->input);
}

// ---------------------------------------------------------------------------------- places

static void put_place(wr_buf *b, const wr_src *src, wr_span at) {
    if (src == NULL) return;
    wr_pos p = wr_src_pos(src, at.beg);
    wr_put_safe(b, src->name);
    wr_putf(b, ":%u:%u", (unsigned)p.line, (unsigned)p.col);
}

static void out_place(wr_out *o, const wr_src *src, wr_span at) {
    if (src == NULL) return;
    wr_pos p = wr_src_pos(src, at.beg);
    wr_out_put(o, "file", src->name);
    wr_out_num(o, "line", p.line);
    wr_out_num(o, "column", p.col);
}

static void put_policy(wr_buf *b, const ced_policy *p) {
    wr_span at;
    const wr_src *src = wr_cedar_src(p, &at);
    wr_putz(b, wr_cedar_is_permit(p) ? "permit " : "forbid ");
    wr_put_safe(b, wr_cedar_id(p));
    if (src == NULL) return;
    wr_putz(b, " (");
    put_place(b, src, at);
    wr_putc(b, ')');
}

// ---------------------------------------------------------------------------------- text

static void put_told(wr_buf *b, const wr_cedar_told *t) {
    static const char *const names[] = {"principal", "action", "resource"};
    wr_putf(b, "  %c ", t->holds ? '*' : '-');
    put_policy(b, t->policy);
    wr_putc(b, '\n');
    for (unsigned i = 0, n = 0; i < 3; i++)
        if (t->scope[i])
            wr_putf(b, "%s%s", n++ ? ", " : "      its scope is about another ", names[i]);
    if (t->scope[0] || t->scope[1] || t->scope[2]) {
        wr_putc(b, '\n');
        return;
    }
    if (t->has_condition) {
        wr_putz(b, t->failed ? "      cannot be evaluated: " : "      does not hold: ");
        wr_put_safe(b, t->src ? wr_sub(t->src->text, t->at.beg, t->at.end) : WR_S("a condition"));
        wr_putc(b, '\n');
        if (t->failed) {
            wr_putz(b, "      ");
            wr_put_safe(b, t->error);
            wr_putc(b, '\n');
        }
    }
    for (uint32_t i = 0; i < t->n_seen; i++) {
        wr_putz(b, "        ");
        wr_put_safe(b, t->seen[i].text);
        wr_putz(b, t->seen[i].ok ? " = " : ": ");
        wr_put_safe(b, t->seen[i].value);
        wr_putc(b, '\n');
    }
}

// What of the story is worth telling: all that held; for a deny without a forbid the nearest
// permits.
static bool worth(const wr_cedar_told *t, const outcome *o, uint32_t *near) {
    if (t->holds) return true;
    if (t->failed) return true;
    if (o->is != WR_IMPLICIT_DENY || !wr_cedar_is_permit(t->policy)) return false;
    return (*near)++ < 3;
}

static void put_story(asking *k, const outcome *o, const wr_cedar_story *s) {
    wr_buf *b = &k->c->out;
    uint32_t near = 0;
    bool head = false;
    for (uint32_t i = 0; i < s->n; i++) {
        if (!worth(&s->v[i], o, &near)) continue;
        if (!head) wr_putz(b, "\npolicies (* holds), the nearest first:\n");
        head = true;
        put_told(b, &s->v[i]);
    }
}

static const char *word(wr_outcome o) {
    switch (o) {
    case WR_ALLOW: return "allow";
    case WR_DENY: return "deny";
    case WR_IMPLICIT_DENY: return "implicit deny";
    default: return "error";
    }
}

static void put_text(asking *k, const wr_cedar_request *q, const outcome *o) {
    wr_buf *b = &k->c->out;
    const char *color = o->is == WR_ALLOW ? "\033[32m" : "\033[31m";
    if (k->c->out_color) wr_putz(b, color);
    wr_putz(b, word(o->is));
    if (k->c->out_color) wr_putz(b, "\033[0m");
    wr_putz(b, ": ");
    cedar_put_request(b, q);
    wr_putc(b, '\n');
    if (o->is == WR_FAULT) wr_putf(b, "  %.*s\n", WR_FMT(o->error));
    for (uint32_t i = 0; i < o->a.n_reasons; i++) {
        wr_putz(b, "  by: ");
        put_policy(b, o->a.reasons[i]);
        wr_putc(b, '\n');
    }
    for (uint32_t i = 0; i < o->a.n_errors; i++) {
        const wr_cedar_error *e = &o->a.errors[i];
        wr_putz(b, "  error: ");
        put_policy(b, e->policy);
        wr_putz(b, ": ");
        wr_put_safe(b, e->message);
        wr_putc(b, '\n');
    }
    if (o->is == WR_DENY && o->a.n_reasons == 0)
        wr_putz(b, "  a forbid policy cannot be evaluated (--fail-closed)\n");
}

// ---------------------------------------------------------------------------------- JSON

static void out_policy(wr_out *o, const ced_policy *p) {
    wr_span at;
    const wr_src *src = wr_cedar_src(p, &at);
    wr_out_put(o, "policy", wr_cedar_id(p));
    wr_out_put(o, "effect", wr_cedar_is_permit(p) ? WR_S("permit") : WR_S("forbid"));
    out_place(o, src, at);
}

static void out_answer(wr_out *o, const wr_cedar_answer *a) {
    wr_out_key(o, "reasons");
    o->list(o, a->n_reasons == 0);
    for (uint32_t i = 0; i < a->n_reasons; i++) {
        o->map(o, false);
        out_policy(o, a->reasons[i]);
        o->end(o);
    }
    if (a->n_reasons) o->end(o);
    wr_out_key(o, "errors");
    o->list(o, a->n_errors == 0);
    for (uint32_t i = 0; i < a->n_errors; i++) {
        o->map(o, false);
        out_policy(o, a->errors[i].policy);
        wr_out_put(o, "message", a->errors[i].message);
        o->end(o);
    }
    if (a->n_errors) o->end(o);
}

static void out_told(wr_out *o, const wr_cedar_told *t) {
    static const char *const names[] = {"principal", "action", "resource"};
    o->map(o, false);
    out_policy(o, t->policy);
    wr_out_flag(o, "holds", t->holds);
    wr_out_key(o, "scope_missed");
    bool any = t->scope[0] || t->scope[1] || t->scope[2];
    o->list(o, !any);
    for (unsigned i = 0; i < 3; i++)
        if (t->scope[i]) o->str(o, wr_strz(names[i]));
    if (any) o->end(o);
    if (t->has_condition && t->src)
        wr_out_put(o, "condition", wr_sub(t->src->text, t->at.beg, t->at.end));
    if (t->failed) wr_out_put(o, "error", t->error);
    wr_out_key(o, "values");
    o->list(o, t->n_seen == 0);
    for (uint32_t i = 0; i < t->n_seen; i++) {
        o->map(o, false);
        wr_out_put(o, "expression", t->seen[i].text);
        wr_out_put(o, t->seen[i].ok ? "value" : "error", t->seen[i].value);
        o->end(o);
    }
    if (t->n_seen) o->end(o);
    o->end(o);
}

static void out_uid(wr_out *o, const char *key, wr_cedar_uid u) {
    wr_buf b;
    wr_buf_init(&b, 0);
    if (u.type.n) wr_cedar_put_uid(&b, u);
    wr_out_some(o, key, wr_buf_str(&b));
    wr_buf_fini(&b);
}

static void put_json(asking *k, wr_out *o, const wr_cedar_request *q, const outcome *r, wr_str id,
                     const wr_cedar_story *s) {
    o->map(o, false);
    wr_out_put(o, "schema", WR_S("writ/cedar-decision/1"));
    wr_out_some(o, "id", id);
    out_uid(o, "principal", q->principal);
    out_uid(o, "action", q->action);
    out_uid(o, "resource", q->resource);
    wr_out_put(o, "outcome", wr_strz(wr_outcome_name(r->is)));
    if (r->is == WR_FAULT) wr_out_put(o, "error", r->error);
    else {
        out_answer(o, &r->a);
        wr_out_digest(o, "policy_digest", k->in.policy_digest);
        wr_out_digest(o, "input_digest", r->input);
    }
    wr_out_time(o, "time", k->c->ctx.now);
    if (s) {
        uint32_t near = 0;
        wr_out_key(o, "explained");
        bool any = false;
        for (uint32_t i = 0; i < s->n; i++) {
            if (!worth(&s->v[i], r, &near)) continue;
            if (!any) o->list(o, false);
            any = true;
            out_told(o, &s->v[i]);
        }
        if (any) o->end(o);
        else o->list(o, true);
    }
    o->end(o);
    wr_putc(&k->c->out, '\n');
}

// ---------------------------------------------------------------------------------- one, many

static int run_one(asking *k) {
    cli *c = k->c;
    wr_cedar_request q;
    wr_str bytes;
    outcome r;
    wr_cedar_story story, *told = NULL;
    if (!cedar_request(&k->in, &q, &bytes)) return c->bad_line ? c->prog->usage_exit : WX_ERROR;
    decide(k, &q, bytes, &r);
    if (cli_has(c, CLI_EXPLAIN) && wr_cedar_explain(&c->ctx, k->bound, &q, &story) == WR_OK)
        told = &story;
    if (!k->json) {
        put_text(k, &q, &r);
        if (told) put_story(k, &r, told);
        return exit_of(r.is);
    }
    wr_out o;
    if (wr_out_json(&o, &c->out) != WR_OK) return WX_ERROR;
    put_json(k, &o, &q, &r, (wr_str){0}, told);
    wr_out_fini(&o);
    return exit_of(r.is);
}

static wr_str first_error(wr_ctx *x) {
    const wr_diag *d = x->diags;
    if (d == NULL) return WR_S("out of memory");
    if (d->src == NULL) return d->msg;
    wr_pos at = wr_src_pos(d->src, d->span.beg);
    return wr_fmt(&x->arena, "%.*s:%u:%u: %.*s", WR_FMT(d->src->name), (unsigned)at.line,
                  (unsigned)at.col, WR_FMT(d->msg));
}

static bool one_line(asking *k, wr_pull *in, const wr_item *it, wr_ctx *x, wr_out *o) {
    static const wr_load how = {.profile = WR_LOAD_STRICT, .is_json = true, .own_repeats = true};
    bool validate = strcmp(cli_value(k->c, CLI_VALIDATE), "true") == 0;
    wr_ctx_mark mark = wr_ctx_mark_now(x);
    wr_doc *d = NULL;
    wr_cedar_request q = {0};
    wr_cedar_story story, *told = NULL;
    outcome r = {.is = WR_FAULT};
    wr_str id = wr_fmt(&x->arena, "%llu", (unsigned long long)it->index);
    if (wr_pull_load(in, it, x, &how, &d) == WR_OK &&
        wr_cedar_request_read(x, d, d->root, k->in.schema, validate, &q) == WR_OK) {
        decide(k, &q, it->text, &r);
        if (cli_has(k->c, CLI_EXPLAIN) && wr_cedar_explain(x, k->bound, &q, &story) == WR_OK)
            told = &story;
    } else r.error = first_error(x);
    const wr_node *own = d && d->root->kind == WR_MAP ? wr_map_getz(d, d->root, "id") : NULL;
    if (own && own->kind == WR_STR) id = wr_node_str(own);
    put_json(k, o, &q, &r, id, told);
    wr_ctx_rewind(x, mark);
    return r.is != WR_FAULT;
}

static int run_batch(asking *k) {
    cli *c = k->c;
    wr_ctx of_file, x;
    wr_out o;
    wr_item it;
    bool ok = true;
    if (wr_out_json_line(&o, &c->out) != WR_OK) return WX_ERROR;
    wr_ctx_init(&of_file, NULL);
    wr_ctx_init(&x, NULL);
    wr_pull *in = wr_pull_open(&of_file, cli_value(c, CLI_BATCH), &(wr_pull_opts){0});
    while (in && c->out.rc == WR_OK && wr_pull_next(in, &it))
        ok = one_line(k, in, &it, &x, &o) && ok;
    ok = in && wr_pull_rc(in) == WR_OK && ok;
    for (const wr_diag *d = of_file.diags; d; d = d->next) wr_diag_print(&c->err, d, c->color);
    wr_pull_close(in);
    wr_out_fini(&o);
    wr_ctx_fini(&x);
    wr_ctx_fini(&of_file);
    return ok ? WX_OK : WX_ERROR;
}

int cli_cedar_authorize(cli *c) {
    asking k = {.c = c};
    int code = WX_ERROR;
    k.opts = (wr_cedar_decide_opts){.messages = true, .fail_closed = cli_has(c, CLI_FAIL_CLOSED)};
    k.json = strcmp(cli_value(c, CLI_FORMAT), "json") == 0;
    bool ok = cedar_open(&k.in, c);
    cedar_close(&k.in);
    if (ok) {
        k.bound = wr_cedar_bind(&c->ctx, k.in.set, k.in.store);
        k.eval = k.bound ? wr_cedar_eval_new(&c->ctx, k.bound) : NULL;
        if (k.eval) code = cli_has(c, CLI_BATCH) ? run_batch(&k) : run_one(&k);
    }
    (void)cli_say_diags(c, false);
    wr_cedar_eval_free(k.eval);
    return code;
}
