// SPDX-License-Identifier: Apache-2.0
// What is said about a wrong command line. The texts and the usage line they show are clap 4.5's,
// byte for byte, for the personality; writ speaks the same way.

#include "cli/cli_int.h"

#include <stdio.h>

// Text as it came from outside: bytes that are no UTF-8 become U+FFFD.
static void put_lossy(wr_buf *b, wr_str s) {
    while (s.n) {
        size_t good = wr_utf8_check(s);
        wr_put(b, s.p, good);
        if (good == s.n) return;
        wr_putz(b, "\xEF\xBF\xBD");
        s = wr_sub(s, good + 1, s.n);
    }
}

static void put_head(cli *c, const char *text) {
    wr_putz(&c->err, "error: ");
    wr_putz(&c->err, text);
}

static void put_quoted(cli *c, wr_str s) {
    wr_putc(&c->err, '\'');
    put_lossy(&c->err, s);
    wr_putc(&c->err, '\'');
}

static void put_quoted_opt(cli *c, const cli_opt *o) {
    wr_putc(&c->err, '\'');
    cli_put_opt(&c->err, o);
    wr_putc(&c->err, '\'');
}

// Marks the groups of what was given for the usage line.
enum { WITH_GROUPS = CLI_ID_COUNT };

static bool finish(cli *c, const cli_cmd *cmd) {
    if (cmd != &cli_cmd_help) wr_putz(&c->err, "\n\nFor more information, try '--help'.");
    wr_putc(&c->err, '\n');
    c->bad_line = true;
    return false;
}

static bool finish_usage(cli *c, const cli_cmd *cmd, const uint8_t *used, uint32_t n) {
    wr_putz(&c->err, "\n\nUsage: ");
    cli_put_usage(&c->err, c, cmd, used, n);
    return finish(c, cmd);
}

// ---------------------------------------------------------------------------------- suggestions

static const char *nearest_value(const char *const *values, wr_str v) {
    const char *best = NULL;
    double top = WR_NEAR;
    for (; *values; values++) {
        double s = wr_similar(v, wr_strz(*values));
        if (s > WR_NEAR && s >= top) {
            top = s;
            best = *values;
        }
    }
    return best;
}

static const cli_opt *nearest_opt(const cli *c, const cli_cmd *cmd, wr_str name) {
    const cli_opt *best = NULL;
    double top = WR_NEAR;
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        const cli_opt *o = &cmd->opts[i];
        if (o->lng == NULL || (o->hidden && !c->allow_hidden)) continue;
        double s = wr_similar(name, wr_strz(o->lng));
        if (s > WR_NEAR && s >= top) {
            top = s;
            best = o;
        }
    }
    return best;
}

// The sub-commands similar to word, the most similar last.
static uint32_t near_subs(const cli_cmd *cmd, wr_str word, const char *out[16]) {
    double score[16];
    uint32_t n = 0;
    const cli_cmd *sub;
    for (unsigned i = 0; (sub = sub_at(cmd, i)) != NULL && n < 16; i++) {
        double s = wr_similar(word, wr_strz(sub->name));
        if (s <= WR_NEAR) continue;
        uint32_t at = n++;
        for (; at > 0 && score[at - 1] > s; at--) {
            score[at] = score[at - 1];
            out[at] = out[at - 1];
        }
        score[at] = s;
        out[at] = sub->name;
    }
    return n;
}

// ---------------------------------------------------------------------------------- unknown words

bool err_unknown_sub(cli *c, const cli_cmd *cmd, wr_str word) {
    put_head(c, "unrecognized subcommand ");
    put_quoted(c, word);
    return finish_usage(c, cmd, NULL, 0);
}

bool err_unknown_word(cli *c, const cli_cmd *cmd, wr_str word, bool trailing) {
    const char *near[16];
    uint32_t n = 0;
    if (trailing && sub_by_name(cmd, word)) {
        put_head(c, "unexpected argument ");
        put_quoted(c, word);
        wr_putz(&c->err, " found\n\n  tip: subcommand ");
        put_quoted(c, word);
        wr_putz(&c->err, " exists; to use it, remove the '--' before it");
        return finish_usage(c, cmd, NULL, 0);
    }
    if (cmd->subs == NULL) {
        put_head(c, "unexpected argument ");
        put_quoted(c, word);
        wr_putz(&c->err, " found");
        return finish_usage(c, cmd, NULL, 0);
    }
    n = near_subs(cmd, word, near);
    if (n == 0) return err_unknown_sub(c, cmd, word);
    put_head(c, "unrecognized subcommand ");
    put_quoted(c, word);
    wr_putz(&c->err, n == 1 ? "\n\n  tip: a similar subcommand exists: "
                            : "\n\n  tip: some similar subcommands exist: ");
    for (uint32_t i = 0; i < n; i++) wr_putf(&c->err, "%s'%s'", i ? ", " : "", near[i]);
    return finish_usage(c, cmd, NULL, 0);
}

bool err_unknown_short(cli *c, const cli_cmd *cmd, wr_str letter) {
    put_head(c, "unexpected argument '-");
    put_lossy(&c->err, letter);
    wr_putz(&c->err, "' found");
    return finish_usage(c, cmd, NULL, 0);
}

// A sub-command named later on the line that has a similar option: the earliest named.
static const cli_cmd *sub_with_opt(const cli *c, const cli_cmd *cmd, wr_str name, int n_rest,
                                   char *const *rest, const cli_opt **out) {
    for (int i = 0; i < n_rest && cmd->subs; i++) {
        const cli_cmd *sub = sub_by_name(cmd, wr_strz(rest[i]));
        *out = sub ? nearest_opt(c, sub, name) : NULL;
        if (*out) return sub;
    }
    return NULL;
}

bool err_unknown_long(cli *c, const cli_cmd *cmd, wr_str name, int n_rest, char *const *rest) {
    uint8_t used[CLI_ID_COUNT + 1];
    uint32_t n = 0;
    put_head(c, "unexpected argument '--");
    put_lossy(&c->err, name);
    wr_putz(&c->err, "' found");
    const cli_opt *near = nearest_opt(c, cmd, name);
    const cli_cmd *sub = near ? NULL : sub_with_opt(c, cmd, name, n_rest, rest, &near);
    if (sub) wr_putf(&c->err, "\n\n  tip: '%s --%s' exists", sub->name, near->lng);
    else if (near) wr_putf(&c->err, "\n\n  tip: a similar argument exists: '--%s'", near->lng);
    if (c->prog->native) return finish_usage(c, cmd, NULL, 0);
    if (near && !sub) mark_seen(c, near->id); // the usage line shows it as if it had been given
    for (; n < c->n_order; n++) used[n] = c->order[n];
    used[n++] = WITH_GROUPS;
    return finish_usage(c, cmd, used, n);
}

// ---------------------------------------------------------------------------------- values

static void put_values(cli *c, const cli_opt *o) {
    if (o->values == NULL) return;
    wr_putz(&c->err, "\n  [possible values: ");
    for (const char *const *v = o->values; *v; v++)
        wr_putf(&c->err, "%s%s", v == o->values ? "" : ", ", *v);
    wr_putc(&c->err, ']');
}

bool err_no_value(cli *c, const cli_opt *o) {
    put_head(c, "a value is required for ");
    put_quoted_opt(c, o);
    wr_putz(&c->err, " but none was supplied");
    put_values(c, o);
    return finish(c, NULL);
}

bool err_bad_value(cli *c, const cli_opt *o, wr_str value) {
    if (value.n == 0) return err_no_value(c, o);
    put_head(c, "invalid value ");
    put_quoted(c, value);
    wr_putz(&c->err, " for ");
    put_quoted_opt(c, o);
    put_values(c, o);
    const char *near = nearest_value(o->values, value);
    if (near) wr_putf(&c->err, "\n\n  tip: a similar value exists: '%s'", near);
    return finish(c, NULL);
}

bool err_bad_utf8(cli *c, const cli_cmd *cmd) {
    put_head(c, "invalid UTF-8 was detected in one or more arguments");
    return finish_usage(c, cmd, NULL, 0);
}

bool err_extra_value(cli *c, const cli_cmd *cmd, const cli_opt *o, wr_str value) {
    uint8_t used[CLI_ID_COUNT + 2];
    uint32_t n = 0;
    put_head(c, "unexpected value ");
    put_quoted(c, value);
    wr_putz(&c->err, " for ");
    put_quoted_opt(c, o);
    wr_putz(&c->err, " found; no more were expected");
    if (c->prog->native) return finish_usage(c, cmd, NULL, 0);
    for (; n < c->n_order; n++) used[n] = c->order[n];
    used[n++] = o->id;
    used[n++] = WITH_GROUPS;
    return finish_usage(c, cmd, used, n);
}

// ---------------------------------------------------------------------------------- rules

bool err_twice(cli *c, const cli_cmd *cmd, const cli_opt *o) {
    put_head(c, "the argument ");
    put_quoted_opt(c, o);
    wr_putz(&c->err, " cannot be used multiple times");
    return finish_usage(c, cmd, NULL, 0);
}

bool err_conflict(cli *c, const cli_cmd *cmd, const cli_opt *o, const uint8_t *with, uint32_t n) {
    cli_set out = 0;
    put_head(c, "the argument ");
    put_quoted_opt(c, o);
    wr_putz(&c->err, n == 1 ? " cannot be used with " : " cannot be used with:");
    for (uint32_t i = 0; i < n; i++) {
        const cli_opt *other = opt_by_id(cmd, with[i]);
        out |= CLI_BIT(with[i]);
        if (n == 1) {
            put_quoted_opt(c, other);
        } else {
            wr_putz(&c->err, "\n  ");
            cli_put_opt(&c->err, other);
        }
    }
    uint8_t used[CLI_ID_COUNT];
    uint32_t n_used = 0;
    for (unsigned i = 0; i < c->n_order; i++)
        if (!(out & CLI_BIT(c->order[i]))) used[n_used++] = c->order[i];
    return finish_usage(c, cmd, used, n_used);
}

static void put_missing_group(cli *c, const cli_cmd *cmd, const cli_group *g) {
    const char *sep = "\n  <";
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        if (!(g->members & CLI_BIT(cmd->opts[i].id))) continue;
        wr_putz(&c->err, sep);
        cli_put_opt(&c->err, &cmd->opts[i]);
        sep = "|";
    }
    wr_putc(&c->err, '>');
}

bool err_missing(cli *c, const cli_cmd *cmd, const uint8_t *ids, uint32_t n) {
    uint8_t used[2 * CLI_ID_COUNT];
    uint32_t n_used = 0;
    put_head(c, "the following required arguments were not provided:");
    for (uint32_t i = 0; i < n; i++) {
        wr_putz(&c->err, "\n  ");
        cli_put_opt(&c->err, opt_by_id(cmd, ids[i]));
    }
    for (unsigned i = 0; i < cmd->n_groups; i++) {
        const cli_group *g = &cmd->groups[i];
        if (g->required && (g->members & c->seen) == 0) put_missing_group(c, cmd, g);
    }
    for (unsigned i = 0; i < c->n_order; i++) used[n_used++] = c->order[i];
    for (uint32_t i = 0; i < n; i++) used[n_used++] = ids[i];
    return finish_usage(c, cmd, used, n_used);
}

int cli_usage(cli *c, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    char text[1024];
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    put_head(c, text);
    (void)finish_usage(c, c->cmd, NULL, 0);
    return c->prog->usage_exit;
}
