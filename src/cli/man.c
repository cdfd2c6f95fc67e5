// SPDX-License-Identifier: Apache-2.0
// Man pages in mdoc, from the tables: `writ man PAGE` (not listed) prints one, and docs/man holds
// what it printed; a case compares the two.

#include "cli/cli_int.h"

// Text with what roff would take for its own escaped.
static void put_text(wr_buf *b, const char *t) {
    bool start = true;
    for (; *t; t++) {
        if (start && (*t == '.' || *t == '\'')) wr_putz(b, "\\&");
        if (*t == '\\') wr_putz(b, "\\e");
        else if (*t == '-') wr_putz(b, "\\-");
        else if (*t == '\n') wr_putz(b, t[1] && t[1] != '\n' ? "\n.br\n" : "\n");
        else if (!(start && *t == ' ')) wr_putc(b, *t);
        start = *t == '\n' || (start && *t == ' ');
    }
}

static void put_line(wr_buf *b, const char *macro, const char *t) {
    wr_putf(b, ".%s ", macro);
    put_text(b, t);
    wr_putc(b, '\n');
}

static void put_option(wr_buf *b, const cli_opt *o) {
    const char *sep = "";
    wr_putz(b, ".It ");
    if (o->shrt) {
        wr_putf(b, "Fl %c", o->shrt);
        sep = " , ";
    }
    if (o->lng) wr_putf(b, "%sFl -%s", sep, o->lng);
    if (o->metavar) wr_putf(b, "%sAr %s", o->lng ? " " : "", o->metavar);
    if (o->kind == CLI_K_MANY) wr_putz(b, " ...");
    wr_putc(b, '\n');
    if (o->help) {
        put_text(b, o->help);
        wr_putz(b, ".\n");
    }
    if (o->values) {
        wr_putz(b, "One of");
        for (const char *const *v = o->values; *v; v++)
            wr_putf(b, "\n.Cm %s%s", *v, v[1] ? " ," : " .");
        wr_putc(b, '\n');
    }
    if (o->dflt) wr_putf(b, "Default:\n.Cm %s .\n", o->dflt);
}

static void put_options(wr_buf *b, const cli_cmd *cmd) {
    bool any = false;
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        if (cmd->opts[i].hidden || opt_builtin(&cmd->opts[i])) continue;
        if (!any) wr_putz(b, ".Bl -tag -width Ds\n");
        any = true;
        put_option(b, &cmd->opts[i]);
    }
    if (any) wr_putz(b, ".El\n");
}

static void put_examples(wr_buf *b, const cli_cmd *cmd) {
    if (cmd->examples == NULL) return;
    wr_putz(b, ".Pp\nExamples:\n.Bd -literal -offset indent\n");
    for (const char *const *e = cmd->examples; *e; e++) {
        put_text(b, *e);
        wr_putc(b, '\n');
    }
    wr_putz(b, ".Ed\n");
}

static void put_command(wr_buf *b, const cli_cmd *cmd) {
    put_line(b, "Ss", cmd->name);
    put_text(b, cmd->about);
    wr_putz(b, cmd->about[0] && cmd->about[strlen(cmd->about) - 1] == '\n' ? "" : ".\n");
    if (cmd->more) {
        wr_putz(b, ".Pp\n");
        put_text(b, cmd->more);
        wr_putc(b, '\n');
    }
    put_options(b, cmd);
    put_examples(b, cmd);
}

static void put_usage(wr_buf *b, const cli_cmd *cmd, const char *name) {
    bool dashes = false;
    wr_putf(b, ".Nm %s\n.Cm %s\n", name, cmd->name);
    if (cmd->subs) wr_putz(b, ".Ar COMMAND\n");
    for (unsigned i = 0; i < cmd->n_opts; i++)
        dashes = dashes || (cmd->opts[i].lng && !opt_builtin(&cmd->opts[i]));
    if (dashes || cmd->subs) wr_putz(b, ".Op Ar options\n");
    for (unsigned i = 0; i < cmd->n_opts; i++)
        if (cmd->opts[i].lng == NULL && cmd->opts[i].metavar)
            wr_putf(b, cmd->opts[i].required ? ".Ar %s\n" : ".Op Ar %s\n", cmd->opts[i].metavar);
}

// A page of one command that has no others below it: name is the whole of it.
static void put_leaf_usage(wr_buf *b, const cli_cmd *cmd, const char *name) {
    wr_putf(b, ".Nm %s\n.Op Ar options\n", name);
    for (unsigned i = 0; i < cmd->n_opts; i++)
        if (cmd->opts[i].lng == NULL && cmd->opts[i].metavar)
            wr_putf(b, "%s %s%s\n", cmd->opts[i].required ? ".Ar" : ".Op Ar", cmd->opts[i].metavar,
                    cmd->opts[i].kind == CLI_K_ONE ? "" : " ...");
}

static void put_synopsis(wr_buf *b, const cli_cmd *cmd, const char *name) {
    const cli_cmd *sub;
    wr_putz(b, ".Sh SYNOPSIS\n");
    if (cmd->subs == NULL) put_leaf_usage(b, cmd, name);
    for (unsigned i = 0; (sub = sub_at(cmd, i)) != NULL; i++) put_usage(b, sub, name);
}

static void put_status(wr_buf *b, const cli_prog *p) {
    static const char own[] =
        ".It 0\nas wanted\n.It 1\nfindings: a rule failed, an expectation was not met\n"
        ".It 2\nsomething could not be read, parsed or evaluated\n"
        ".It 3\na result depends on what is not known\n.It 64\nthe command line is wrong\n";
    static const char original[] =
        ".It 0\nno rule failed\n.It 1\na test or a template could not be used\n"
        ".It 2\nthe command line is wrong\n.It 5\na rule file could not be parsed\n"
        ".It 7\nan expectation was not met\n.It 19\na rule failed\n"
        ".It 255\nsomething could not be read or evaluated; the run ended there\n";
    wr_putf(b, ".Sh EXIT STATUS\n.Bl -tag -width Ds\n%s.El\n",
            p->status   ? p->status
            : p->native ? own
                        : original);
}

// "writ check" as manuals are looked up: writ-check.
static void put_page(wr_buf *b, const char *name) {
    for (const char *s = name; *s; s++) wr_putc(b, *s == ' ' ? '-' : *s);
}

void cli_put_man(wr_buf *b, const cli_prog *p, const cli_cmd *cmd, const char *name) {
    const cli_cmd *sub;
    wr_putz(b, ".\\\" Made from the command tables by writ man ");
    put_page(b, name);
    wr_putz(b, "\n.Dd January 1, 2026\n.Dt ");
    for (const char *s = name; *s; s++)
        wr_putc(b, *s == ' ' ? '-' : *s >= 'a' && *s <= 'z' ? (char)(*s - 32) : *s);
    wr_putz(b, " 1\n.Os\n.Sh NAME\n.Nm ");
    put_page(b, name);
    wr_putz(b, "\n.Nd ");
    const char *end = strchr(cmd->about, '\n');
    wr_put(b, cmd->about, end ? (size_t)(end - cmd->about) : strlen(cmd->about));
    wr_putc(b, '\n');
    put_synopsis(b, cmd, name);
    wr_putz(b, ".Sh DESCRIPTION\n");
    put_text(b, cmd->about);
    wr_putz(b, p->native ? ".\n" : "\n");
    if (cmd->more) {
        wr_putz(b, ".Pp\n");
        put_text(b, cmd->more);
        wr_putc(b, '\n');
    }
    for (unsigned i = 0; (sub = sub_at(cmd, i)) != NULL && sub != &cli_cmd_help; i++) {
        if (sub->subs) wr_putf(b, ".Ss %s\nSee\n.Xr %s-%s 1 .\n", sub->name, name, sub->name);
        else put_command(b, sub);
    }
    if (cmd->subs == NULL) {
        put_options(b, cmd);
        put_examples(b, cmd);
    }
    wr_putz(b, ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n.It Ev NO_COLOR\nNo colours.\n"
               ".It Ev CLICOLOR_FORCE\nColours even when the output is no terminal.\n.El\n");
    put_status(b, p);
}

int cli_run_man(cli *c) {
    static const cli_prog *const programs[] = {&cli_writ, &cli_cfn_guard, &cli_iamctl, NULL};
    const char *asked = cli_value(c, CLI_CODE);
    for (const cli_prog *const *p = programs; *p; p++) {
        if (strcmp(asked, (*p)->name) != 0) continue;
        cli_put_man(&c->out, *p, (*p)->root, asked);
        return 0;
    }
    // A command of writ: what it has below it, or itself.
    const cli_cmd *sub =
        strncmp(asked, "writ-", 5) == 0 ? sub_by_name(cli_writ.root, wr_strz(asked + 5)) : NULL;
    const char *page = wr_fmt(&c->ctx.arena, "writ %s", sub ? sub->name : "").p;
    if (sub == NULL || sub == &cli_cmd_help || page == NULL)
        return cli_usage(c, "there is no page '%s'", asked);
    cli_put_man(&c->out, &cli_writ, sub, page);
    return 0;
}
