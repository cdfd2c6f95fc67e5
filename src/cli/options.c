// SPDX-License-Identifier: Apache-2.0
// Parses the words of a command line against the tables. The rules are clap 4.5's, because scripts
// written for cfn-guard lean on them: an option with many values takes every word up to the next
// one that begins with a dash; "-" alone is a value; "-rFILE", "-r=FILE" and "--rules=FILE" bind
// one value; values are checked when they are read, conflicts and what is missing at the end.

#include "cli/cli_int.h"

typedef struct parse {
    cli *c;
    const cli_cmd *cmd;
    const cli_opt *open; // option whose values are not checked yet, or NULL
    bool taking;         // and it takes the next words
    cli_words words;     // its values so far
    bool trailing;       // after "--"
    char *const *next, *const *end;
} parse;

const cli_opt *opt_by_id(const cli_cmd *cmd, unsigned id) {
    for (unsigned i = 0; i < cmd->n_opts; i++)
        if (cmd->opts[i].id == id) return &cmd->opts[i];
    return NULL;
}

const cli_cmd *sub_at(const cli_cmd *cmd, unsigned i) {
    if (cmd->subs == NULL) return NULL;
    unsigned at = 0;
    for (const cli_cmd *const *s = cmd->subs; *s; s++) {
        if ((*s)->hidden) continue;
        if (at++ == i) return *s;
    }
    return at == i ? &cli_cmd_help : NULL;
}

const cli_cmd *sub_by_name(const cli_cmd *cmd, wr_str name) {
    if (cmd->subs == NULL) return NULL;
    for (const cli_cmd *const *s = cmd->subs; *s; s++)
        if (wr_eq(wr_strz((*s)->name), name)) return *s;
    return wr_eq(name, WR_S("help")) ? &cli_cmd_help : NULL;
}

static const cli_opt *opt_by_long(const cli *c, const cli_cmd *cmd, wr_str name) {
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        const cli_opt *o = &cmd->opts[i];
        if (o->hidden && !c->allow_hidden) continue;
        if (o->lng && wr_eq(wr_strz(o->lng), name)) return o;
    }
    return NULL;
}

static const cli_opt *opt_by_short(const cli *c, const cli_cmd *cmd, char letter) {
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        const cli_opt *o = &cmd->opts[i];
        if (o->hidden && !c->allow_hidden) continue;
        if (o->shrt == letter) return o;
    }
    return NULL;
}

// The operand whose turn it is: the first that may still be given, else the last.
static const cli_opt *operand_of(const cli *c, const cli_cmd *cmd) {
    const cli_opt *last = NULL;
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        const cli_opt *o = &cmd->opts[i];
        if (o->lng || !opt_takes_value(o)) continue;
        last = o;
        if (!cli_has(c, o->id) || opt_repeats(o)) break;
    }
    return last;
}

void mark_seen(cli *c, unsigned id) {
    if (c->seen & CLI_BIT(id)) return;
    c->seen |= CLI_BIT(id);
    c->order[c->n_order++] = (uint8_t)id;
}

// ---------------------------------------------------------------------------------- values

static bool is_one_of(const char *const *values, wr_str v) {
    for (; *values; values++)
        if (wr_eq(wr_strz(*values), v)) return true;
    return false;
}

static bool take_value(parse *p, const cli_opt *o, const char *z) {
    wr_str v = wr_strz(z);
    if (o->values ? !is_one_of(o->values, v) : false) return err_bad_value(p->c, o, v);
    if (wr_utf8_check(v) != v.n) return err_bad_utf8(p->c, p->cmd);
    (void)WR_PUSH(&p->c->ctx.arena, &p->c->val[o->id], z);
    return true;
}

static bool take_list(parse *p, const cli_opt *o, const char *z) {
    wr_str v = wr_strz(z);
    for (size_t at = 0;;) {
        size_t comma = wr_find(v, WR_S(","), at);
        size_t end = comma == SIZE_MAX ? v.n : comma;
        const char *part = wr_dupz(&p->c->ctx.arena, wr_sub(v, at, end));
        if (part == NULL || !take_value(p, o, part)) return false;
        if (comma == SIZE_MAX) return true;
        at = comma + 1;
    }
}

// All values of one occurrence of an option are there.
static bool take_option(parse *p, const cli_opt *o, const cli_words *w) {
    cli *c = p->c;
    if (w->n == 0 && opt_takes_value(o) && o->kind != CLI_K_MANY) return err_no_value(c, o);
    if (!opt_repeats(o) && cli_has(c, o->id)) return err_twice(c, p->cmd, o);
    mark_seen(c, o->id);
    for (uint32_t i = 0; i < w->n; i++) {
        bool ok = o->kind == CLI_K_LIST ? take_list(p, o, w->v[i]) : take_value(p, o, w->v[i]);
        if (!ok) return false;
    }
    return true;
}

static bool close_open(parse *p) {
    const cli_opt *o = p->open;
    cli_words w = p->words;
    p->open = NULL;
    p->taking = false;
    p->words = (cli_words){NULL, 0, 0};
    return o == NULL || take_option(p, o, &w);
}

// What an earlier option still lacks is not the news when a later word is wrong.
static void close_quietly(parse *p) {
    size_t n = p->c->err.n;
    bool bad = p->c->bad_line;
    (void)close_open(p);
    p->c->err.n = n;
    p->c->bad_line = bad;
}

static bool show_help(parse *p) {
    cli_put_help(&p->c->out, p->c, p->cmd);
    p->c->done = true;
    return false;
}

static bool show_version(parse *p) {
    wr_putz(&p->c->out, p->c->prog->version);
    wr_putc(&p->c->out, '\n');
    p->c->done = true;
    return false;
}

// An option that takes no value was met.
static bool take_flag(parse *p, const cli_opt *o) {
    static const cli_words none = {NULL, 0, 0};
    if (!close_open(p)) return false;
    if (o->kind == CLI_K_HELP) return show_help(p);
    if (o->kind == CLI_K_VERSION) return show_version(p);
    return take_option(p, o, &none);
}

static bool take_attached(parse *p, const cli_opt *o, const char *value) {
    cli_words one = {NULL, 0, 0};
    if (!close_open(p)) return false;
    if (!WR_PUSH(&p->c->ctx.arena, &one, value)) return false;
    return take_option(p, o, &one);
}

static bool start_values(parse *p, const cli_opt *o) {
    if (!close_open(p)) return false;
    p->open = o;
    p->taking = true;
    return true;
}

// ---------------------------------------------------------------------------------- words

// Length of the part of "name=value" before the sign.
static size_t name_len(wr_str s) {
    size_t eq = wr_find(s, WR_S("="), 0);
    return eq == SIZE_MAX ? s.n : eq;
}

static bool on_long(parse *p, const char *word) {
    wr_str body = wr_strz(word + 2);
    wr_str name = wr_sub(body, 0, name_len(body));
    const char *value = name.n < body.n ? name.p + name.n + 1 : NULL;
    const cli_opt *o = opt_by_long(p->c, p->cmd, name);
    if (o == NULL) {
        close_quietly(p);
        return err_unknown_long(p->c, p->cmd, name, (int)(p->end - p->next), p->next);
    }
    if (opt_takes_value(o)) return value ? take_attached(p, o, value) : start_values(p, o);
    if (value == NULL) return take_flag(p, o);
    // An option still open is not shown as given here, as the original does not.
    return err_extra_value(p->c, p->cmd, o, wr_strz(value));
}

// The letters after one dash: flags, and at most one option with a value, which is the rest.
static bool on_short(parse *p, const char *word) {
    wr_str s = wr_strz(word);
    for (size_t i = 1; i < s.n; i++) {
        const cli_opt *o = opt_by_short(p->c, p->cmd, s.p[i]);
        if (o == NULL) {
            size_t end = i + 1;
            while (end < s.n && ((unsigned char)s.p[end] & 0xC0u) == 0x80u) end++;
            close_quietly(p);
            return err_unknown_short(p->c, p->cmd, wr_sub(s, i, end));
        }
        if (opt_takes_value(o)) {
            if (i + 1 == s.n) return start_values(p, o);
            return take_attached(p, o, s.p + i + 1 + (s.p[i + 1] == '='));
        }
        if (!take_flag(p, o)) return false;
    }
    return true;
}

static bool on_operand(parse *p, const char *word) {
    const cli_opt *o = operand_of(p->c, p->cmd);
    cli_words one = {NULL, 0, 0};
    if (o == NULL || (cli_has(p->c, o->id) && !opt_repeats(o))) {
        close_quietly(p);
        return err_unknown_word(p->c, p->cmd, wr_strz(word), p->trailing);
    }
    if (!close_open(p) || !WR_PUSH(&p->c->ctx.arena, &one, word)) return false;
    return take_option(p, o, &one);
}

static bool on_word(parse *p, const char *word) {
    if (p->trailing) return on_operand(p, word);
    if (strcmp(word, "--") == 0) {
        p->trailing = true;
        return true;
    }
    if (word[0] == '-' && word[1] == '-') return on_long(p, word);
    if (word[0] == '-' && word[1] != 0) return on_short(p, word);
    if (!p->taking) return on_operand(p, word);
    p->taking = p->open->kind == CLI_K_MANY;
    return WR_PUSH(&p->c->ctx.arena, &p->words, word);
}

// ---------------------------------------------------------------------------------- rules

static cli_set conflicts_of(const cli_cmd *cmd, unsigned id) {
    const cli_opt *o = opt_by_id(cmd, id);
    cli_set set = o ? o->conflicts : 0;
    for (unsigned i = 0; i < cmd->n_groups; i++)
        if (cmd->groups[i].exclusive && (cmd->groups[i].members & CLI_BIT(id)))
            set |= cmd->groups[i].members & ~CLI_BIT(id);
    return set;
}

static bool check_conflicts(const parse *p) {
    const cli *c = p->c;
    for (unsigned i = 0; i < c->n_order; i++) {
        unsigned id = c->order[i];
        uint8_t with[CLI_ID_COUNT];
        uint32_t n = 0;
        for (unsigned k = 0; k < c->n_order; k++) {
            unsigned other = c->order[k];
            if (other == id) continue;
            if ((conflicts_of(p->cmd, id) & CLI_BIT(other)) ||
                (conflicts_of(p->cmd, other) & CLI_BIT(id)))
                with[n++] = (uint8_t)other;
        }
        if (n) return err_conflict(p->c, p->cmd, opt_by_id(p->cmd, id), with, n);
    }
    return true;
}

static bool check_required(const parse *p) {
    uint8_t missing[CLI_ID_COUNT];
    uint32_t n = 0;
    bool group = false;
    for (unsigned i = 0; i < p->cmd->n_opts; i++) {
        const cli_opt *o = &p->cmd->opts[i];
        if (o->required && !cli_has(p->c, o->id)) missing[n++] = o->id;
    }
    for (unsigned i = 0; i < p->cmd->n_groups; i++) {
        const cli_group *g = &p->cmd->groups[i];
        if (g->required && (g->members & p->c->seen) == 0) group = true;
    }
    return n == 0 && !group ? true : err_missing(p->c, p->cmd, missing, n);
}

// "help a b": the help of that command, or what is wrong with the words.
static bool on_help(parse *p) {
    const cli_cmd *at = p->cmd;
    for (; p->next != p->end; p->next++) {
        const cli_cmd *sub = sub_by_name(at, wr_strz(*p->next));
        if (sub == NULL) return err_unknown_sub(p->c, at, wr_strz(*p->next));
        at = sub;
        const char *bin = wr_fmt(&p->c->ctx.arena, "%s %s", p->c->bin, sub->name).p;
        if (bin == NULL) return false;
        p->c->bin = bin;
    }
    p->cmd = at;
    return show_help(p);
}

static bool parse_words(parse *p) {
    while (p->next != p->end) {
        const char *word = *p->next++;
        const cli_cmd *sub = !p->taking && !p->trailing ? sub_by_name(p->cmd, wr_strz(word)) : NULL;
        if (sub == &cli_cmd_help) return on_help(p);
        if (sub) {
            p->cmd = sub;
            p->c->cmd = sub;
            p->c->bin = wr_fmt(&p->c->ctx.arena, "%s %s", p->c->bin, sub->name).p;
            if (p->c->bin == NULL) return false;
        } else if (!on_word(p, word)) {
            return false;
        }
    }
    return close_open(p);
}

bool cli_parse(cli *c, const char *bin, int argc, char *const *argv) {
    int from = argc > 0 ? 1 : 0;
    parse p = {.c = c, .cmd = c->prog->root, .next = argv + from, .end = argv + argc};
    c->bin = bin;
    c->cmd = p.cmd;
    if (!parse_words(&p)) {
        if (!c->done) c->bad_line = true;
        return false;
    }
    if (c->n_order == 0 && !p.cmd->bare) {
        cli_put_help(&c->err, c, p.cmd);
        c->bad_line = true;
        return false;
    }
    return check_conflicts(&p) && check_required(&p);
}

const char *cli_value(const cli *c, cli_id id) {
    if (c->val[id].n) return c->val[id].v[c->val[id].n - 1];
    const cli_opt *o = opt_by_id(c->cmd, id);
    return o ? o->dflt : NULL;
}
