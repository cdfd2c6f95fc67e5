// SPDX-License-Identifier: Apache-2.0
// Completion scripts for bash, zsh and fish, from the tables. People install the personality's, so
// they are the same text that the original's generator (clap_complete 4.1) writes.

#include "cli/cli_int.h"

#include <stdlib.h>

// A command where it stands in the tree; below "help" all stand once more, without options.
typedef struct node {
    const char *name;
    const char *about;
    const cli_cmd *cmd; // options; NULL below "help"
    struct node *up, *kids;
    uint32_t n_kids, depth;
    const char *fn;   // cfn__guard__parse__tree
    const char *path; // cfn-guard parse-tree
} node;

typedef struct script {
    wr_buf *b;
    wr_arena arena;
    const char *bin;
    node *all[128]; // every node but the root, to be sorted
    uint32_t n_all;
} script;

// ---------------------------------------------------------------------------------- the tree

static const char *fn_part(script *s, const char *name) {
    char *out = WR_NEW_N(&s->arena, char, 2 * strlen(name) + 1);
    char *to = out;
    for (; out && *name; name++) {
        if (*name == '-') *to++ = '_';
        *to++ = *name == '-' ? '_' : *name;
    }
    return out ? out : "";
}

static void name_node(script *s, node *n, node *up, const char *name, const char *about) {
    n->name = name;
    n->about = about;
    n->up = up;
    n->depth = up ? up->depth + 1 : 0;
    n->fn = fn_part(s, name);
    n->path = name;
    if (up == NULL) return;
    n->fn = wr_fmt(&s->arena, "%s__%s", up->fn, n->fn).p;
    n->path = wr_fmt(&s->arena, "%s %s", up->path, name).p;
    if (s->n_all < sizeof s->all / sizeof *s->all) s->all[s->n_all++] = n;
}

// Adds the commands under cmd to n; copies are what stands below "help".
// The tables are at most three deep.
static void grow(script *s, node *n, const cli_cmd *cmd, bool copies) {
    const cli_cmd *sub;
    uint32_t count = 0;
    while (sub_at(cmd, count) != NULL) count++;
    if (count == 0) return;
    if (copies && n->depth != 1) count--; // only the outermost help lists itself
    n->kids = WR_NEW_N(&s->arena, node, count);
    if (n->kids == NULL) return;
    n->n_kids = count;
    for (uint32_t i = 0; i < count; i++) {
        sub = sub_at(cmd, i);
        node *kid = &n->kids[i];
        name_node(s, kid, n, sub->name, sub->about);
        kid->cmd = copies || sub == &cli_cmd_help ? NULL : sub;
        if (sub != &cli_cmd_help) grow(s, kid, sub, copies);
        else if (!copies) grow(s, kid, cmd, true);
    }
}

static int by_fn(const void *x, const void *y) {
    const node *a = *(node *const *)x, *b = *(node *const *)y;
    return strcmp(a->fn, b->fn);
}

static int by_parent(const void *x, const void *y) {
    const node *a = *(node *const *)x, *b = *(node *const *)y;
    int d = strcmp(a->up->fn, b->up->fn);
    return d ? d : strcmp(a->name, b->name);
}

static int by_name(const void *x, const void *y) {
    const node *a = *(node *const *)x, *b = *(node *const *)y;
    int d = strcmp(a->name, b->name);
    return d ? d : strcmp(a->path, b->path);
}

static bool listed(const cli_opt *o) { return !o->hidden; }

// ---------------------------------------------------------------------------------- bash

static void bash_words(script *s, const node *n) {
    const char *sep = "";
    wr_putz(s->b, "            opts=\"");
    for (unsigned i = 0; n->cmd && i < n->cmd->n_opts; i++) {
        const cli_opt *o = &n->cmd->opts[i];
        if (!listed(o) || o->shrt == 0) continue;
        wr_putf(s->b, "%s-%c", sep, o->shrt);
        sep = " ";
    }
    for (unsigned i = 0; n->cmd && i < n->cmd->n_opts; i++) {
        const cli_opt *o = &n->cmd->opts[i];
        if (!listed(o)) continue;
        if (o->lng) wr_putf(s->b, "%s--%s", sep, o->lng);
        for (const char *const *v = o->lng ? NULL : o->values; v && *v; v++)
            wr_putf(s->b, "%s%s", v == o->values ? sep : " ", *v);
        sep = " ";
    }
    for (uint32_t i = 0; i < n->n_kids; i++) {
        wr_putf(s->b, "%s%s", sep, n->kids[i].name);
        sep = " ";
    }
    wr_putz(s->b, "\"\n");
}

static void bash_reply(script *s, const cli_opt *o) {
    if (o->values == NULL) {
        wr_putz(s->b, "                    COMPREPLY=($(compgen -f \"${cur}\"))\n");
    } else {
        wr_putz(s->b, "                    COMPREPLY=($(compgen -W \"");
        for (const char *const *v = o->values; *v; v++)
            wr_putf(s->b, "%s%s", v == o->values ? "" : " ", *v);
        wr_putz(s->b, "\" -- \"${cur}\"))\n");
    }
    wr_putz(s->b, "                    return 0\n                    ;;\n");
}

static void bash_block(script *s, const node *n) {
    static const char reply[] = "COMPREPLY=( $(compgen -W \"${opts}\" -- \"${cur}\") )\n";
    wr_putf(s->b, "        %s)\n", n->fn);
    bash_words(s, n);
    wr_putf(s->b, "            if [[ ${cur} == -* || ${COMP_CWORD} -eq %u ]] ; then\n",
            n->depth + 1);
    wr_putf(s->b, "                %s                return 0\n            fi\n", reply);
    wr_putz(s->b, "            case \"${prev}\" in\n");
    for (unsigned i = 0; n->cmd && i < n->cmd->n_opts; i++) {
        const cli_opt *o = &n->cmd->opts[i];
        if (!listed(o) || !opt_takes_value(o) || o->lng == NULL) continue;
        wr_putf(s->b, "                --%s)\n", o->lng);
        bash_reply(s, o);
        if (o->shrt == 0) continue;
        wr_putf(s->b, "                -%c)\n", o->shrt);
        bash_reply(s, o);
    }
    wr_putz(s->b, "                *)\n                    COMPREPLY=()\n                    ;;\n");
    wr_putf(s->b, "            esac\n            %s            return 0\n            ;;\n", reply);
}

static void put_bash(script *s, const node *root) {
    wr_putf(s->b,
            "_%s() {\n    local i cur prev opts cmd\n    COMPREPLY=()\n"
            "    cur=\"${COMP_WORDS[COMP_CWORD]}\"\n    prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
            "    cmd=\"\"\n    opts=\"\"\n\n    for i in ${COMP_WORDS[@]}\n    do\n"
            "        case \"${cmd},${i}\" in\n            \",$1\")\n                cmd=\"%s\"\n"
            "                ;;\n",
            s->bin, root->fn);
    qsort(s->all, s->n_all, sizeof *s->all, by_parent);
    for (uint32_t i = 0; i < s->n_all; i++)
        wr_putf(s->b, "            %s,%s)\n                cmd=\"%s\"\n                ;;\n",
                s->all[i]->up->fn, s->all[i]->name, s->all[i]->fn);
    wr_putz(s->b, "            *)\n                ;;\n        esac\n    done\n\n"
                  "    case \"${cmd}\" in\n");
    bash_block(s, root);
    qsort(s->all, s->n_all, sizeof *s->all, by_fn);
    for (uint32_t i = 0; i < s->n_all; i++) bash_block(s, s->all[i]);
    wr_putf(s->b, "    esac\n}\n\ncomplete -F _%s -o bashdefault -o default %s\n", s->bin, s->bin);
}

// ---------------------------------------------------------------------------------- zsh

static void zsh_text(wr_buf *b, const char *t) {
    for (; t && *t; t++) {
        if (*t == '\'') wr_putz(b, "'\\'");
        else if (*t == '[' || *t == ']' || *t == '\\') wr_putc(b, '\\');
        wr_putc(b, *t);
    }
}

static void zsh_conflicts(wr_buf *b, const cli_cmd *cmd, const cli_opt *o) {
    static const uint8_t order[] = {CLI_PRINT_JSON, CLI_VERBOSE};
    const char *sep = "(";
    for (unsigned k = 0; k < CLI_ID_COUNT; k++) {
        // The original lists those of --structured in the order it declares them.
        unsigned id = o->id == CLI_STRUCTURED ? (k < 2 ? order[k] : CLI_ID_COUNT) : k;
        const cli_opt *other =
            id < CLI_ID_COUNT && (o->conflicts & CLI_BIT(id)) ? opt_by_id(cmd, id) : NULL;
        if (other == NULL) continue;
        if (other->shrt) {
            wr_putf(b, "%s-%c", sep, other->shrt);
            sep = " ";
        }
        if (other->lng) {
            wr_putf(b, "%s--%s", sep, other->lng);
            sep = " ";
        }
    }
    if (*sep == ' ') wr_putc(b, ')');
}

static void zsh_values(wr_buf *b, const cli_opt *o) {
    if (!opt_takes_value(o) || o->kind == CLI_K_MANY) return;
    wr_putf(b, ":%s:", o->metavar);
    if (o->values == NULL) {
        wr_putc(b, ' ');
        return;
    }
    for (const char *const *v = o->values; *v; v++)
        wr_putf(b, "%s%s", v == o->values ? "(" : " ", *v);
    wr_putc(b, ')');
}

static void zsh_option(wr_buf *b, const cli_cmd *cmd, const cli_opt *o, bool lng) {
    if (lng ? o->lng == NULL : o->shrt == 0) return;
    wr_putc(b, '\'');
    zsh_conflicts(b, cmd, o);
    if (opt_repeats(o)) wr_putc(b, '*');
    if (lng) wr_putf(b, "--%s", o->lng);
    else wr_putf(b, "-%c", o->shrt);
    if (opt_takes_value(o)) wr_putc(b, lng ? '=' : '+');
    wr_putc(b, '[');
    zsh_text(b, o->help);
    wr_putc(b, ']');
    zsh_values(b, o);
    wr_putz(b, "' \\\n");
}

static void zsh_options(wr_buf *b, const cli_cmd *cmd) {
    for (unsigned pass = 0; pass < 2; pass++) { // options with values, then flags
        for (unsigned i = 0; i < cmd->n_opts; i++) {
            const cli_opt *o = &cmd->opts[i];
            if (!listed(o) || o->lng == NULL || opt_takes_value(o) != (pass == 0)) continue;
            zsh_option(b, cmd, o, false);
            zsh_option(b, cmd, o, true);
        }
    }
    for (unsigned i = 0; i < cmd->n_opts; i++) {
        const cli_opt *o = &cmd->opts[i];
        if (o->lng != NULL) continue;
        wr_putc(b, '\'');
        zsh_values(b, o);
        wr_putz(b, "' \\\n");
    }
}

// "cfn-guard__help": the path with a separator of zsh's functions.
static void zsh_path(wr_buf *b, const node *n, const char *sep) {
    for (const char *p = n->path; *p; p++) {
        if (*p == ' ') wr_putz(b, sep);
        else wr_putc(b, *p);
    }
}

static void zsh_arguments(script *s, const node *n) {
    wr_buf *b = s->b;
    wr_putz(b, n->depth ? "_arguments \"${_arguments_options[@]}\" \\\n"
                        : "    _arguments \"${_arguments_options[@]}\" \\\n");
    if (n->cmd) zsh_options(b, n->cmd);
    if (n->n_kids) {
        wr_putz(b, "\":: :_");
        zsh_path(b, n, "__");
        wr_putf(b, "_commands\" \\\n\"*::: :->%s\" \\\n", n->name);
    }
    wr_putz(b, "&& ret=0\n");
    if (n->n_kids == 0) return;
    wr_putf(b,
            "%s    case $state in\n    (%s)\n        words=($line[1] \"${words[@]}\")\n"
            "        (( CURRENT += 1 ))\n        curcontext=\"${curcontext%%:*:*}:",
            n->depth ? "\n" : "", n->name);
    zsh_path(b, n, "-");
    wr_putz(b, "-command-$line[1]:\"\n        case $line[1] in\n            ");
    for (uint32_t i = 0; i < n->n_kids; i++) {
        wr_putf(b, "(%s)\n", n->kids[i].name);
        zsh_arguments(s, &n->kids[i]); // as deep as the tables
        wr_putz(b, ";;\n");
    }
    wr_putz(b, "        esac\n    ;;\nesac\n");
}

static void zsh_commands(script *s, const node *n) {
    wr_buf *b = s->b;
    wr_putz(b, "(( $+functions[_");
    zsh_path(b, n, "__");
    wr_putz(b, "_commands] )) ||\n_");
    zsh_path(b, n, "__");
    wr_putz(b, "_commands() {\n    local commands; commands=(");
    for (uint32_t i = 0; i < n->n_kids; i++) {
        wr_putf(b, "%s'%s:", i ? "" : "\n", n->kids[i].name);
        zsh_text(b, n->kids[i].about);
        wr_putz(b, "' \\\n");
    }
    wr_putf(b, "%s)\n    _describe -t commands '%s commands' commands \"$@\"\n}\n",
            n->n_kids ? "    " : "", n->path);
}

static void put_zsh(script *s, const node *root) {
    wr_putf(s->b,
            "#compdef %s\n\nautoload -U is-at-least\n\n_%s() {\n    typeset -A opt_args\n"
            "    typeset -a _arguments_options\n    local ret=1\n\n    if is-at-least 5.2; then\n"
            "        _arguments_options=(-s -S -C)\n    else\n        _arguments_options=(-s -C)\n"
            "    fi\n\n    local context curcontext=\"$curcontext\" state line\n",
            s->bin, s->bin);
    zsh_arguments(s, root);
    wr_putz(s->b, "}\n\n");
    zsh_commands(s, root);
    qsort(s->all, s->n_all, sizeof *s->all, by_name);
    for (uint32_t i = 0; i < s->n_all; i++) zsh_commands(s, s->all[i]);
    wr_putf(s->b, "\n_%s \"$@\"\n", s->bin);
}

// ---------------------------------------------------------------------------------- fish

static void fish_text(wr_buf *b, const char *t) {
    for (; *t; t++) {
        if (*t == '\'' || *t == '\\') wr_putc(b, '\\');
        wr_putc(b, *t);
    }
}

static void fish_where(wr_buf *b, const node *n) {
    if (n->depth > 1) {
        fish_where(b, n->up); // as deep as the tables
        wr_putz(b, "; and ");
    }
    wr_putf(b, "__fish_seen_subcommand_from %s", n->name);
}

static void fish_head(script *s, const node *n) {
    wr_putf(s->b, "complete -c %s -n \"", s->bin);
    if (n->depth == 0) wr_putz(s->b, "__fish_use_subcommand");
    else fish_where(s->b, n);
    for (uint32_t i = 0; n->depth && i < n->n_kids; i++)
        wr_putf(s->b, "; and not __fish_seen_subcommand_from %s", n->kids[i].name);
    wr_putc(s->b, '"');
}

static void fish_option(script *s, const node *n, const cli_opt *o) {
    fish_head(s, n);
    if (o->shrt) wr_putf(s->b, " -s %c", o->shrt);
    if (o->lng) wr_putf(s->b, " -l %s", o->lng);
    if (o->help && o->lng) {
        wr_putz(s->b, " -d '");
        fish_text(s->b, o->help);
        wr_putc(s->b, '\'');
    }
    if (opt_takes_value(o) && o->lng) wr_putz(s->b, " -r");
    if (opt_takes_value(o) && o->values) {
        wr_putz(s->b, " -f -a \"{");
        for (const char *const *v = o->values; *v; v++)
            wr_putf(s->b, "%s%s\t", v == o->values ? "" : ",", *v);
        wr_putz(s->b, "}\"");
    }
    wr_putc(s->b, '\n');
}

static void put_fish(script *s, const node *n) {
    for (unsigned pass = 0; n->cmd && pass < 2; pass++) {
        for (unsigned i = 0; i < n->cmd->n_opts; i++) {
            const cli_opt *o = &n->cmd->opts[i];
            bool bare = o->lng == NULL && o->values == NULL;
            if (listed(o) && !bare && opt_takes_value(o) == (pass == 0)) fish_option(s, n, o);
        }
    }
    for (uint32_t i = 0; i < n->n_kids; i++) {
        fish_head(s, n);
        wr_putf(s->b, " -f -a \"%s\" -d '", n->kids[i].name);
        fish_text(s->b, n->kids[i].about);
        wr_putz(s->b, "'\n");
    }
    for (uint32_t i = 0; i < n->n_kids; i++)
        if (n->kids[i].n_kids || n->kids[i].cmd) put_fish(s, &n->kids[i]); // as deep as the tables
}

void cli_put_completion(wr_buf *b, const cli_prog *p, cli_shell shell) {
    script s = {.b = b, .bin = p->name};
    node root = {.cmd = p->root};
    wr_arena_init(&s.arena, 0);
    name_node(&s, &root, NULL, p->name, p->root->about);
    grow(&s, &root, p->root, false);
    if (!s.arena.oom) {
        if (shell == CLI_BASH) put_bash(&s, &root);
        else if (shell == CLI_ZSH) put_zsh(&s, &root);
        else put_fish(&s, &root);
    }
    wr_arena_fini(&s.arena);
}

int cli_run_completions(cli *c) {
    const char *shell = cli_value(c, CLI_SHELL);
    cli_put_completion(&c->out, c->prog,
                       strcmp(shell, "bash") == 0  ? CLI_BASH
                       : strcmp(shell, "zsh") == 0 ? CLI_ZSH
                                                   : CLI_FISH);
    return 0;
}
