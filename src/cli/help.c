// SPDX-License-Identifier: Apache-2.0
// Usage lines, help and man pages, from the tables. The layout of help and usage is clap 4.5's
// without line wrapping: two blanks, the option, its text in a column; all texts go below their
// options when one of them would be too long beside it.

#include "cli/cli_int.h"

enum { COLUMNS = 100, BELOW = 40, SHORT_WIDTH = 4, GAP = 2, INDENT_BELOW = 10 };

const cli_opt cli_opt_help = {
    .id = CLI_HELP, .kind = CLI_K_HELP, .shrt = 'h', .lng = "help", .help = "Print help"};
const cli_opt cli_opt_version = {.id = CLI_VERSION,
                                 .kind = CLI_K_VERSION,
                                 .shrt = 'V',
                                 .lng = "version",
                                 .help = "Print version"};

static const cli_opt help_opts[] = {
    {.id = CLI_CODE,
     .kind = CLI_K_MANY,
     .metavar = "COMMAND",
     .help = "Print help for the subcommand(s)"},
};

const cli_cmd cli_cmd_help = {
    .name = "help",
    .about = "Print this message or the help of the given subcommand(s)",
    .opts = help_opts,
    .n_opts = CLI_COUNT(help_opts),
};

// ---------------------------------------------------------------------------------- usage

void cli_put_opt(wr_buf *b, const cli_opt *o) {
    if (o->lng == NULL) {
        wr_putf(b, o->required ? "<%s>" : "[%s]", o->metavar);
        if (o->kind == CLI_K_MANY) wr_putz(b, "...");
        return;
    }
    wr_putf(b, "--%s", o->lng);
    if (o->kind == CLI_K_MANY) wr_putf(b, " [<%s>...]", o->metavar);
    else if (opt_takes_value(o)) wr_putf(b, " <%s>", o->metavar);
}

static bool in_required_group(const cli_cmd *cmd, unsigned id) {
    for (unsigned i = 0; i < cmd->n_groups; i++)
        if (cmd->groups[i].required && (cmd->groups[i].members & CLI_BIT(id))) return true;
    return false;
}

static bool has_plain_options(const cli_cmd *cmd) {
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        const cli_opt *o = &cmd->opts[i];
        if (opt_builtin(o) || o->hidden || o->required || o->lng == NULL) continue;
        if (!in_required_group(cmd, o->id)) return true;
    }
    return false;
}

// All options of a command but help and version: the group that clap derives from its struct.
static cli_set all_members(const cli_cmd *cmd) {
    cli_set set = 0;
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        const cli_opt *o = &cmd->opts[i];
        if (!opt_builtin(o) && !o->hidden && o->lng != NULL) set |= CLI_BIT(o->id);
    }
    return set;
}

static void put_group(wr_buf *b, const cli_cmd *cmd, cli_set members) {
    const char *sep = "<";
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        if (!(members & CLI_BIT(cmd->opts[i].id))) continue;
        wr_putz(b, sep);
        cli_put_opt(b, &cmd->opts[i]);
        sep = "|";
    }
    wr_putz(b, "> ");
}

// The groups a usage line shows, in its order.
static unsigned groups_shown(const cli *c, const cli_cmd *cmd, bool with_given, cli_set out[8]) {
    unsigned n = 0;
    cli_set all = all_members(cmd);
    for (unsigned i = 0; i < cmd->n_groups; i++)
        if (cmd->groups[i].required) out[n++] = cmd->groups[i].members;
    if (!with_given) return n;
    if (c->seen & all) out[n++] = all;
    for (unsigned i = 0; i < cmd->n_groups; i++)
        if (!cmd->groups[i].required && (cmd->groups[i].members & c->seen))
            out[n++] = cmd->groups[i].members;
    return n;
}

static void put_operands(wr_buf *b, const cli_cmd *cmd) {
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        if (cmd->opts[i].lng != NULL) continue;
        cli_put_opt(b, &cmd->opts[i]);
        wr_putc(b, ' ');
    }
}

void cli_put_usage(wr_buf *b, const cli *c, const cli_cmd *cmd, const uint8_t *used, uint32_t n) {
    cli_set group[8], hidden_by_group = 0, ids = 0;
    uint8_t order[2 * CLI_ID_COUNT];
    uint32_t n_ids = 0;
    bool with_given = n > 0 && used[n - 1] == CLI_ID_COUNT;
    if (with_given) n--;
    unsigned n_groups = groups_shown(c, cmd, with_given, group);
    for (unsigned i = 0; i < n_groups; i++) hidden_by_group |= group[i];

    wr_putf(b, "%s ", c->bin);
    bool general = n == 0 && !(with_given && (c->seen & all_members(cmd)));
    if (general && has_plain_options(cmd)) wr_putz(b, "[OPTIONS] ");
    for (unsigned i = 0; i < cmd->n_opts; i++)
        if (cmd->opts[i].required && cmd->opts[i].lng) order[n_ids++] = cmd->opts[i].id;
    for (uint32_t i = 0; i < n; i++) order[n_ids++] = used[i];
    for (uint32_t i = 0; i < n_ids; i++) {
        const cli_opt *o = opt_by_id(cmd, order[i]);
        if (o == NULL || o->lng == NULL) continue;
        if ((ids | hidden_by_group) & CLI_BIT(order[i])) continue;
        ids |= CLI_BIT(order[i]);
        cli_put_opt(b, o);
        wr_putc(b, ' ');
    }
    for (unsigned i = 0; i < n_groups; i++) put_group(b, cmd, group[i]);
    put_operands(b, cmd);
    if (cmd->subs) wr_putz(b, "<COMMAND> ");
    if (b->n && b->p[b->n - 1] == ' ') b->n--;
}

// ---------------------------------------------------------------------------------- help

// Text with every line after the first indented.
static void put_indented(wr_buf *b, const char *text, size_t indent) {
    for (; *text; text++) {
        wr_putc(b, *text);
        if (*text == '\n') wr_pad(b, ' ', indent);
    }
}

// "[default: x] [possible values: a, b]"
static void put_specs(wr_buf *b, const cli_opt *o) {
    if (o->dflt) wr_putf(b, "[default: %s]", o->dflt);
    if (o->values == NULL) return;
    wr_putz(b, o->dflt ? " [possible values: " : "[possible values: ");
    for (const char *const *v = o->values; *v; v++)
        wr_putf(b, "%s%s", v == o->values ? "" : ", ", *v);
    wr_putc(b, ']');
}

// Bytes that put_specs and cli_put_opt write.
static size_t width_of(const cli_opt *o, void (*put)(wr_buf *, const cli_opt *)) {
    wr_buf b;
    wr_buf_init(&b, 0);
    put(&b, o);
    size_t n = b.n;
    wr_buf_fini(&b);
    return n;
}

static size_t label_width(const cli_opt *o) {
    return width_of(o, cli_put_opt) + (o->lng ? SHORT_WIDTH : 0);
}

static size_t column_of(const cli_cmd *cmd, bool operands) {
    size_t longest = 0;
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        const cli_opt *o = &cmd->opts[i];
        if (o->hidden || (o->lng == NULL) != operands) continue;
        size_t w = label_width(o);
        if (w > longest) longest = w;
    }
    return longest;
}

static bool texts_below(const cli_cmd *cmd, bool operands, size_t longest) {
    size_t taken = longest + 2 * GAP;
    if (taken <= BELOW) return false;
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        const cli_opt *o = &cmd->opts[i];
        if (o->hidden || (o->lng == NULL) != operands) continue;
        size_t w = (o->help ? strlen(o->help) : 0) + width_of(o, put_specs);
        if (taken <= COLUMNS && w > COLUMNS - taken) return true;
    }
    return false;
}

static void put_option(wr_buf *b, const cli_opt *o, size_t longest, bool below) {
    wr_pad(b, ' ', GAP);
    if (o->shrt) wr_putf(b, "-%c, ", o->shrt);
    else if (o->lng) wr_pad(b, ' ', SHORT_WIDTH);
    cli_put_opt(b, o);
    if (below) {
        wr_putc(b, '\n');
        wr_pad(b, ' ', INDENT_BELOW);
    } else {
        wr_pad(b, ' ', longest - label_width(o) + GAP);
    }
    const char *text = o->help ? o->help : "";
    put_indented(b, text, below ? INDENT_BELOW : longest + 2 * GAP);
    if (*text && (o->dflt || o->values)) wr_putc(b, ' ');
    put_specs(b, o);
    wr_putc(b, '\n');
}

static void put_section(wr_buf *b, const cli_cmd *cmd, bool operands, const char *title) {
    size_t longest = column_of(cmd, operands);
    if (longest == 0) return;
    bool below = texts_below(cmd, operands, longest);
    wr_putf(b, "\n%s:\n", title);
    for (unsigned i = 0; i < cmd->n_opts; i++)
        if (!cmd->opts[i].hidden && (cmd->opts[i].lng == NULL) == operands)
            put_option(b, &cmd->opts[i], longest, below);
}

static void put_commands(wr_buf *b, const cli_cmd *cmd) {
    size_t longest = 0;
    const cli_cmd *s;
    for (unsigned i = 0; (s = sub_at(cmd, i)) != NULL; i++)
        if (strlen(s->name) > longest) longest = strlen(s->name);
    wr_putz(b, "\nCommands:\n");
    for (unsigned i = 0; (s = sub_at(cmd, i)) != NULL; i++) {
        wr_pad(b, ' ', GAP);
        wr_putz(b, s->name);
        wr_pad(b, ' ', longest - strlen(s->name) + GAP);
        put_indented(b, s->about, longest + 4 * GAP);
        wr_putc(b, '\n');
    }
}

void cli_put_help(wr_buf *b, const cli *c, const cli_cmd *cmd) {
    wr_putf(b, "%s\n\nUsage: ", cmd->about);
    cli_put_usage(b, c, cmd, NULL, 0);
    wr_putc(b, '\n');
    if (cmd->subs) put_commands(b, cmd);
    put_section(b, cmd, true, "Arguments");
    put_section(b, cmd, false, "Options");
}
