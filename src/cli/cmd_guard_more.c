// SPDX-License-Identifier: Apache-2.0
// guard parse-tree and guard rulegen: what a rule file was read as, and rules made from a template.

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
    if (native) (void)cli_print_diags(c, &c->ctx, NULL, false);
    if (rc == WR_OK)
        rc = wr_guard_parse_tree(&c->ctx, file, cli_has(c, CLI_PRINT_JSON) ? WR_GF_JSON : WR_GF_YAML,
                                 &c->out);
    if (rc != WR_OK) {
        wr_str error = file ? wr_guard_file_error(file) : WR_S("out of memory");
        code = native ? WX_ERROR : cli_fatal(c, "%.*s", WR_FMT(error));
    }
    if (set) wr_guard_set_free(set);
    return code;
}
