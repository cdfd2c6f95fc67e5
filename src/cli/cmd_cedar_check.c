// SPDX-License-Identifier: Apache-2.0
// cedar validate, cedar format: policies held against a schema, policies laid out anew. A remark of
// the validator keeps its policy and place; JSON: writ/cedar-validation/1.

#include "cli/cmd_cedar.h"

#include <stdio.h>
#include <unistd.h>

static void put_remark(cli *c, const wr_cedar_remark *r) {
    wr_buf *b = &c->out;
    if (r->src) {
        wr_pos p = wr_src_pos(r->src, r->at.beg);
        wr_put_safe(b, r->src->name);
        wr_putf(b, ":%u:%u: ", (unsigned)p.line, (unsigned)p.col);
    }
    wr_putz(b, r->warning ? "warning: " : "error: ");
    wr_put_safe(b, r->message);
    wr_putc(b, '\n');
    if (r->help.n) {
        wr_putz(b, "  hint: ");
        wr_put_safe(b, r->help);
        wr_putc(b, '\n');
    }
}

static void out_remark(wr_out *o, const wr_cedar_remark *r) {
    o->map(o, false);
    wr_out_put(o, "severity", r->warning ? WR_S("warning") : WR_S("error"));
    if (r->policy) wr_out_put(o, "policy", wr_cedar_id(r->policy));
    if (r->src) {
        wr_pos p = wr_src_pos(r->src, r->at.beg);
        wr_out_put(o, "file", r->src->name);
        wr_out_num(o, "line", p.line);
        wr_out_num(o, "column", p.col);
    }
    wr_out_put(o, "message", r->message);
    wr_out_some(o, "help", r->help);
    o->end(o);
}

static void put_all(cli *c, const wr_cedar_remarks *all) {
    wr_out o;
    if (strcmp(cli_value(c, CLI_FORMAT), "json") != 0) {
        for (uint32_t i = 0; i < all->n; i++) put_remark(c, &all->v[i]);
        wr_putf(&c->out, "%u errors, %u warnings\n", all->n_errors, all->n - all->n_errors);
        return;
    }
    if (wr_out_json(&o, &c->out) != WR_OK) return;
    o.map(&o, false);
    wr_out_put(&o, "schema", WR_S("writ/cedar-validation/1"));
    wr_out_key(&o, "remarks");
    o.list(&o, all->n == 0);
    for (uint32_t i = 0; i < all->n; i++) out_remark(&o, &all->v[i]);
    if (all->n) o.end(&o);
    o.end(&o);
    wr_out_fini(&o);
    wr_putc(&c->out, '\n');
}

static bool number(cli *c, cli_id id, uint32_t most, uint32_t *out) {
    if (!cli_has(c, id)) return true;
    const char *s = cli_value(c, id);
    uint32_t v = 0;
    for (; *s >= '0' && *s <= '9' && v <= most; s++) v = v * 10 + (uint32_t)(*s - '0');
    if (*s || v > most || s == cli_value(c, id)) {
        (void)cli_usage(c, "'%s' is no number up to %u", cli_value(c, id), most);
        return false;
    }
    *out = v;
    return true;
}

int cli_cedar_validate(cli *c) {
    cedar_in in;
    wr_cedar_remarks all = {0};
    uint32_t level = UINT32_MAX;
    if (!number(c, CLI_LEVEL, 1000, &level)) return c->prog->usage_exit;
    bool permissive = strcmp(cli_value(c, CLI_MODE), "permissive") == 0;
    bool ok = cedar_open(&in, c);
    cedar_close(&in);
    if (ok)
        ok = wr_cedar_validate(&c->ctx, in.set, in.schema,
                               permissive ? WR_CEDAR_PERMISSIVE : WR_CEDAR_STRICT, level,
                               &all) == WR_OK;
    (void)cli_say_diags(c, false);
    if (!ok) return WX_ERROR;
    put_all(c, &all);
    return all.n_errors || (all.n && cli_has(c, CLI_STRICT)) ? WX_FINDINGS : WX_OK;
}

// ---------------------------------------------------------------------------------- format

static bool write_back(cli *c, const char *path, wr_str text) {
    FILE *f = fopen(path, "r+"); // the file that was read, not a new one
    bool ok = f && fwrite(text.p, 1, text.n, f) == text.n && fflush(f) == 0 &&
              ftruncate(fileno(f), (off_t)text.n) == 0;
    if (f && fclose(f) != 0) ok = false;
    if (!ok) cli_complain(c, WR_D_B0001, WR_ERROR, "%s: cannot be written", path);
    return ok;
}

static int format_one(cli *c, const char *path, const wr_cedar_format_opts *o) {
    const wr_src *src = cli_src(c, path, false, NULL);
    wr_buf b;
    int code = WX_ERROR;
    wr_buf_init(&b, 0);
    if (src && wr_cedar_format(&c->ctx, src, o, &b) == WR_OK) {
        bool same = wr_eq(wr_buf_str(&b), src->text);
        code = WX_OK;
        if (cli_has(c, CLI_CHECK)) {
            if (!same) wr_putf(&c->out, "%s would be laid out anew\n", path);
            code = same ? WX_OK : WX_FINDINGS;
        } else if (!cli_has(c, CLI_WRITE)) wr_puts(&c->out, wr_buf_str(&b));
        else if (!same && !write_back(c, path, wr_buf_str(&b))) code = WX_ERROR;
    }
    wr_buf_fini(&b);
    return code;
}

int cli_cedar_format(cli *c) {
    wr_cedar_format_opts o = {80, 2};
    if (!number(c, CLI_WIDTH, 1000, &o.width) || !number(c, CLI_INDENT, 100, &o.indent))
        return c->prog->usage_exit;
    int code = WX_OK;
    const cli_words *w = &c->val[CLI_POLICIES];
    for (uint32_t i = 0; i < w->n; i++) {
        int one = format_one(c, w->v[i], &o);
        if (one > code) code = one;
    }
    (void)cli_say_diags(c, false);
    return code;
}
