// SPDX-License-Identifier: Apache-2.0
// guard parse-tree and guard rulegen: what a rule file was read as, and rules made from templates.
// Both may write to a file, which is made before anything is read, as the original makes it.

#include "cli/cmd_guard.h"

int cli_guard_parse_tree(cli *c) {
    int code = 0;
    wr_str text;
    const g_file *file = NULL;
    bool native = c->prog->native;
    if (!cli_open_output(c, &code)) return code;
    const char *path = cli_value(c, CLI_RULES_FILE);
    const char *why = cli_read(c, path, &text);
    if (why && !native) return cli_fatal(c, "I/O error when reading %s", why);
    if (why) {
        cli_complain(c, WR_D_B0001, WR_ERROR, "cannot read '%s': %s", path ? path : "stdin", why);
        return WX_ERROR;
    }
    wr_guard_opts opts = cli_guard_opts(c);
    wr_guard_set *set = wr_guard_set_new(&c->ctx, &opts);
    const char *shown = native ? (path ? path : "stdin") : "";
    const wr_src *src = wr_src_new(&c->ctx.arena, wr_strz(shown), text, false);
    wr_rc rc = set && src ? wr_guard_add(set, src, WR_S(""), &file) : WR_NOMEM;
    (void)cli_say_diags(c, false);
    if (rc == WR_OK)
        rc = wr_guard_parse_tree(&c->ctx, file,
                                 cli_has(c, CLI_PRINT_JSON) ? WR_GF_JSON : WR_GF_YAML, &c->out);
    if (rc != WR_OK) {
        wr_str error = file ? wr_guard_file_error(file) : WR_S("out of memory");
        code = native ? WX_ERROR : cli_fatal(c, "%.*s", WR_FMT(error));
    }
    if (set) wr_guard_set_free(set);
    return code;
}

// ---------------------------------------------------------------------------------- rulegen

// Loads a template; NULL: *code says how the command ends.
static const wr_doc *load_template(cli *c, const char *path, int *code) {
    wr_str text;
    wr_doc *doc = NULL;
    bool native = c->prog->native;
    const char *why = cli_read(c, path, &text);
    if (why) {
        if (native) cli_complain(c, WR_D_B0001, WR_ERROR, "cannot read '%s': %s", path, why);
        *code = native ? WX_ERROR : cli_fatal(c, "I/O error when reading %s", why);
        return NULL;
    }
    const wr_src *src = wr_src_new(&c->ctx.arena, wr_strz(path), text, true);
    wr_load how = {.profile = native ? WR_LOAD_STRICT : WR_LOAD_SERDE,
                   .any_key = !native,
                   .is_json = wr_looks_json(wr_strz(path), text)};
    if (src && wr_doc_load(&c->ctx, src, &how, &doc) == WR_OK) return doc;
    wr_str error = cli_first_message(c);
    *code = native ? WX_ERROR : GX_TEST_ERROR;
    (void)cli_say_diags(c, false);
    if (!native)
        wr_putf(&c->err, "Parsing error handling template file, Error = %.*s\n", WR_FMT(error));
    return NULL;
}

static int end_rulegen(cli *c, wr_gen_rc rc, const wr_guard_gen *gen) {
    bool native = c->prog->native;
    if (rc == WR_GEN_OK) wr_puts(&c->out, gen->rules);
    if (rc == WR_GEN_OK) return 0;
    if (rc == WR_GEN_NOMEM) cli_say(c, "out of memory");
    else if (rc == WR_GEN_PANIC && !native) return cli_fatal(c, "%.*s", WR_FMT(gen->error));
    else wr_putf(&c->err, "%s%.*s\n", native ? "writ: " : "", WR_FMT(gen->error));
    if (native) return WX_ERROR;
    return rc == WR_GEN_BAD ? GX_TEST_ERROR : rc == WR_GEN_UNPARSABLE ? GX_OK : GX_FATAL;
}

int cli_guard_rulegen(cli *c) {
    const cli_words *w = &c->val[CLI_TEMPLATE];
    int code = 0;
    wr_guard_gen gen;
    WR_VEC(const wr_doc *) docs = {NULL, 0, 0};
    if (!cli_open_output(c, &code)) return code;
    for (uint32_t i = 0; i < w->n; i++) {
        const wr_doc *doc = load_template(c, w->v[i], &code);
        if (doc) (void)WR_PUSH(&c->ctx.arena, &docs, doc);
        else if (!c->prog->native) return code;
    }
    if (docs.n == 0) return code ? code : cli_usage(c, "'--template' needs a file");
    wr_gen_rc rc = wr_guard_rulegen(&c->ctx, docs.v, docs.n, c->prog->native, &gen);
    int end = end_rulegen(c, rc, &gen);
    return end ? end : code;
}
