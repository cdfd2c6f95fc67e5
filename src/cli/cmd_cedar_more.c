// SPDX-License-Identifier: Apache-2.0
// The smaller commands of `writ cedar`: an expression, does it parse, links, translations between
// syntaxes, a picture of entities, a new project. What each writes is its result alone, so that it
// can be a file.

#include "cli/cmd_cedar.h"

#include <stdio.h>
#include <sys/stat.h>

// ---------------------------------------------------------------------------------- evaluate

static void put_value(cli *c, const wr_cedar_value *v) {
    wr_buf *b = &c->out;
    if (strcmp(cli_value(c, CLI_FORMAT), "json") == 0) {
        wr_out o;
        if (wr_out_json(&o, b) != WR_OK) return;
        o.map(&o, false);
        wr_out_put(&o, "schema", WR_S("writ/cedar-value/1"));
        wr_out_put(&o, v->ok ? "value" : "error", v->text);
        o.end(&o);
        wr_out_fini(&o);
        wr_putc(b, '\n');
        return;
    }
    if (!v->ok) wr_putz(b, "error: ");
    wr_put_safe(b, v->text);
    wr_putc(b, '\n');
}

int cli_cedar_evaluate(cli *c) {
    cedar_in in;
    int code = WX_ERROR;
    wr_cedar_request q = {0};
    wr_str bytes;
    const wr_cedar_expr *x;
    wr_cedar_value v;
    const wr_src *src =
        wr_src_new(&c->ctx.arena, WR_S("expression"), wr_strz(cli_value(c, CLI_EXPR)), false);
    bool ok = src && cedar_open(&in, c) && wr_cedar_expr_text(&c->ctx, src, &x) == WR_OK;
    if (ok && !cedar_request(&in, &q, &bytes)) {
        code = c->bad_line ? c->prog->usage_exit : WX_ERROR;
        ok = false;
    }
    if (ok && wr_cedar_evaluate(&c->ctx, x, in.store, &q, &v) == WR_OK) {
        put_value(c, &v);
        code = !v.ok ? WX_ERROR : v.is_bool && !v.is_true ? WX_FINDINGS : WX_OK;
    }
    if (src) cedar_close(&in);
    (void)cli_say_diags(c, false);
    return code;
}

// ---------------------------------------------------------------------------------- check-parse

int cli_cedar_check_parse(cli *c) {
    cedar_in in;
    if (!cli_has(c, CLI_POLICIES) && !cli_has(c, CLI_SCHEMA) && !cli_has(c, CLI_ENTITIES) &&
        !cli_has(c, CLI_EXPR))
        return cli_usage(c, "nothing to parse: give --policies, --schema, --entities or "
                            "--expression");
    bool ok = cedar_open(&in, c);
    if (cli_has(c, CLI_EXPR)) {
        const wr_cedar_expr *x;
        const wr_src *src =
            wr_src_new(&c->ctx.arena, WR_S("expression"), wr_strz(cli_value(c, CLI_EXPR)), false);
        ok = src && wr_cedar_expr_text(&c->ctx, src, &x) == WR_OK && ok;
    }
    cedar_close(&in);
    (void)cli_say_diags(c, false);
    if (!ok) return WX_ERROR;
    uint32_t n = wr_cedar_count(in.set), entities = wr_cedar_store_count(in.store);
    if (!cli_has(c, CLI_QUIET)) {
        wr_putf(&c->out, "parses: %u %s", n, n == 1 ? "policy" : "policies");
        if (cli_has(c, CLI_ENTITIES))
            wr_putf(&c->out, ", %u %s", entities, entities == 1 ? "entity" : "entities");
        wr_putc(&c->out, '\n');
    }
    return WX_OK;
}

// ---------------------------------------------------------------------------------- links

int cli_cedar_link(cli *c) {
    cedar_in in;
    wr_out o;
    int code = WX_ERROR;
    bool ok = cedar_open(&in, c);
    cedar_close(&in);
    if (ok && wr_out_json(&o, &c->out) == WR_OK) {
        wr_cedar_set_json(&o, in.set);
        wr_putc(&c->out, '\n');
        code = o.rc == WR_OK ? WX_OK : WX_ERROR;
        wr_out_fini(&o);
    }
    (void)cli_say_diags(c, false);
    return code;
}

// ---------------------------------------------------------------------------------- translations

// All of them or nothing: half a set of policies would be another one.
static bool to_text(cli *c, const wr_cedar_set *set) {
    wr_buf b;
    wr_rc rc = WR_OK;
    wr_buf_init(&b, 0);
    for (uint32_t i = 0; i < wr_cedar_count(set) && rc == WR_OK; i++) {
        const ced_policy *p = wr_cedar_at(set, i);
        if (p == NULL || wr_cedar_template_of(p)) continue;
        if (i) wr_putc(&b, '\n');
        rc = wr_cedar_policy_text(&c->ctx, &b, p);
        wr_putc(&b, '\n');
        wr_str id = wr_cedar_id(p);
        if (rc != WR_OK && rc != WR_BAD)
            cli_complain(c, WR_D_P0501, WR_ERROR, "policy `%.*s` is not written", WR_FMT(id));
    }
    if (rc == WR_OK) rc = b.rc;
    if (rc == WR_OK) wr_put(&c->out, b.p, b.n);
    wr_buf_fini(&b);
    return rc == WR_OK;
}

int cli_cedar_translate_policy(cli *c) {
    const char *way = cli_value(c, CLI_DIRECTION);
    wr_cedar_set *set = wr_cedar_set_new(&c->ctx);
    bool ok = set != NULL;
    const cli_words *w = &c->val[CLI_POLICIES];
    for (uint32_t i = 0; set && i < w->n; i++)
        ok = cedar_add_file(c, set, w->v[i], false, NULL) && ok;
    if (ok && strcmp(way, "json-to-cedar") == 0) ok = to_text(c, set);
    else if (ok) {
        wr_out o;
        ok = wr_out_json(&o, &c->out) == WR_OK;
        if (ok) {
            wr_cedar_set_json(&o, set);
            wr_putc(&c->out, '\n');
            ok = o.rc == WR_OK;
            wr_out_fini(&o);
        }
    }
    (void)cli_say_diags(c, false);
    return ok ? WX_OK : WX_ERROR;
}

int cli_cedar_translate_schema(cli *c) {
    const char *way = cli_value(c, CLI_DIRECTION);
    wr_cedar_schema *s = NULL;
    bool ok = cedar_read_schema(c, cli_value(c, CLI_SCHEMA), &s, NULL);
    if (ok && strcmp(way, "json-to-cedar") == 0)
        ok = wr_cedar_schema_put_text(&c->ctx, &c->out, s) == WR_OK;
    else if (ok) {
        wr_out o;
        ok = wr_out_json(&o, &c->out) == WR_OK;
        if (ok) {
            wr_cedar_schema_put_json(&o, s, strcmp(way, "cedar-to-json-with-resolved-types") == 0);
            wr_putc(&c->out, '\n');
            wr_out_fini(&o);
        }
    }
    (void)cli_say_diags(c, false);
    return ok ? WX_OK : WX_ERROR;
}

// ---------------------------------------------------------------------------------- the rest

static void quoted(wr_buf *b, const wr_doc *d, const wr_node *uid) {
    const wr_node *in = uid->kind == WR_MAP ? wr_map_getz(d, uid, "__entity") : NULL;
    const wr_node *n = in ? in : uid;
    wr_buf t;
    wr_buf_init(&t, 0);
    wr_cedar_put_uid(&t, (wr_cedar_uid){wr_node_str(wr_map_getz(d, n, "type")),
                                        wr_node_str(wr_map_getz(d, n, "id"))});
    wr_put_json_str(b, wr_buf_str(&t));
    wr_buf_fini(&t);
}

static void draw(wr_buf *b, const wr_doc *d) {
    for (uint32_t i = 0; i < d->root->n; i++) {
        const wr_node *e = &d->root->u.kids[i], *up = wr_map_getz(d, e, "parents");
        wr_putz(b, "    ");
        quoted(b, d, wr_map_getz(d, e, "uid"));
        wr_putz(b, ";\n");
        for (uint32_t k = 0; k < up->n; k++) {
            wr_putz(b, "    ");
            quoted(b, d, wr_map_getz(d, e, "uid"));
            wr_putz(b, " -> ");
            quoted(b, d, &up->u.kids[k]);
            wr_putz(b, ";\n");
        }
    }
}

int cli_cedar_visualize(cli *c) {
    cedar_in in;
    bool ok = cedar_open(&in, c); // what is drawn are entities without fault
    cedar_close(&in);
    if (ok) wr_putz(&c->out, "strict digraph {\n    ordering=\"out\"\n    node[shape=box]\n");
    const cli_words *w = &c->val[CLI_ENTITIES];
    for (uint32_t i = 0; ok && i < w->n; i++) {
        const wr_doc *d = cedar_doc(c, w->v[i]);
        ok = d != NULL;
        if (d) draw(&c->out, d);
    }
    if (ok) wr_putz(&c->out, "}\n");
    (void)cli_say_diags(c, false);
    return ok ? WX_OK : WX_ERROR;
}

static bool write_new(cli *c, const char *path, const char *text) {
    FILE *f = fopen(path, "wx"); // never over a file that is there
    bool ok = f && fputs(text, f) >= 0;
    if (f && fclose(f) != 0) ok = false;
    if (!ok) cli_complain(c, WR_D_B0001, WR_ERROR, "%s: cannot be written", path);
    return ok;
}

int cli_cedar_new(cli *c) {
    static const char *const files[][2] = {
        {"policy.cedar", "@id(\"viewers\")\npermit (\n  principal in Group::\"viewers\",\n"
                         "  action == Action::\"view\",\n  resource is Document\n);\n"},
        {"schema.cedarschema",
         "entity Group;\nentity User in [Group];\nentity Document {\n  owner: User,\n};\n"
         "action view appliesTo {\n  principal: [User],\n  resource: [Document],\n};\n"},
        {"entities.json",
         "[\n  {\"uid\": {\"type\": \"User\", \"id\": \"ann\"}, \"attrs\": {},\n"
         "   \"parents\": [{\"type\": \"Group\", \"id\": \"viewers\"}]},\n"
         "  {\"uid\": {\"type\": \"Document\", \"id\": \"plan\"},\n"
         "   \"attrs\": {\"owner\": {\"__entity\": {\"type\": \"User\", \"id\": \"ann\"}}},\n"
         "   \"parents\": []}\n]\n"},
        {"request.json", "{\"principal\": \"User::\\\"ann\\\"\", \"action\": "
                         "\"Action::\\\"view\\\"\",\n \"resource\": \"Document::\\\"plan\\\"\", "
                         "\"context\": {}}\n"},
    };
    const char *dir = cli_value(c, CLI_DIR);
    if (mkdir(dir, 0777) != 0) {
        cli_complain(c, WR_D_B0001, WR_ERROR, "%s: the folder is there, or cannot be made", dir);
        return WX_ERROR;
    }
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
        wr_str path = wr_fmt(&c->ctx.arena, "%s/%s", dir, files[i][0]);
        if (path.p == NULL || !write_new(c, path.p, files[i][1])) return WX_ERROR;
    }
    return WX_OK;
}

int cli_cedar_language_version(cli *c) {
    wr_putz(&c->out, "4.5\n");
    return WX_OK;
}

int cli_cedar_symcc(cli *c) {
    cli_complain(c, WR_D_P0502, WR_ERROR, "symbolic analysis (symcc) is not supported");
    return WX_ERROR;
}
