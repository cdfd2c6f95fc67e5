// SPDX-License-Identifier: Apache-2.0
// cli: the command line. Commands and options are rows of tables (table.c for writ,
// compat/cfn_guard.c for the personality); parsing, error texts, help, completion and man pages
// all come from these rows, so none of them can say something else than the others.
//
// Always true:
// - an option is known by its id everywhere; the id is its bit in sets and the place of its values;
// - nothing is printed but through cli->out and cli->err; the exit code is decided in one place
//   per command and only main exits;
// - the words of the command line are parsed as clap 4.5 parses them, which cfn-guard uses.
#ifndef WR_CLI_H
#define WR_CLI_H

#include "base/base.h"

// ---------------------------------------------------------------------------------- tables

typedef enum cli_id {
    CLI_HELP,
    CLI_VERSION,
    CLI_RULES,
    CLI_DATA,
    CLI_INPUT,
    CLI_TYPE,
    CLI_FORMAT,
    CLI_SUMMARY,
    CLI_ALPHA,
    CLI_MTIME,
    CLI_VERBOSE,
    CLI_PRINT_JSON,
    CLI_PAYLOAD,
    CLI_STRUCTURED,
    CLI_RULES_FILE,
    CLI_TEST_DATA,
    CLI_DIR,
    CLI_OUTPUT,
    CLI_PRINT_YAML,
    CLI_TEMPLATE,
    CLI_SHELL,
    // writ's own
    CLI_COMPAT,
    CLI_STRICT,
    CLI_RESOLVE,
    CLI_PARAMETERS,
    CLI_PRELUDE,
    CLI_IGNORE,
    CLI_JOBS,
    CLI_FAIL_ON,
    CLI_NOW,
    CLI_COLOR,
    CLI_QUIET,
    CLI_CODE,
    // policies and requests
    CLI_POLICY,
    CLI_KIND,
    CLI_REQUEST,
    CLI_BATCH,
    CLI_EXPLAIN,
    CLI_PRINCIPAL,
    CLI_ACTION,
    CLI_RESOURCE,
    CLI_RESOURCE_ACCOUNT,
    CLI_CONTEXT,
    CLI_UNKNOWN,
    CLI_IDENTITY,
    CLI_BOUNDARY,
    CLI_SESSION,
    CLI_RESOURCE_POLICY,
    CLI_ENDPOINT,
    CLI_SCP,
    CLI_RCP,
    CLI_ORG,
    CLI_ACCOUNT,
    CLI_TRAIL,
    CLI_EQUIVALENCY,
    CLI_ALLOW_COMMENTS,
    CLI_OBSOLETE,
    CLI_SERVICE,
    CLI_WORDS,
    CLI_GROUP_BY,
    CLI_CHECK,
    CLI_EXACT,
    CLI_ALL,
    CLI_REPLACE,
    CLI_QUOTA,
    CLI_VIEW,
    CLI_SENSITIVE,
    // governance repositories
    CLI_SINCE,
    CLI_CHANGED,
    CLI_CHANGED_FROM,
    CLI_BASELINE,
    CLI_WRITE_BASELINE,
    CLI_CONTROL,
    CLI_EXPIRING,
    CLI_SLA,
    CLI_MUTATE,
    CLI_MIN,
    CLI_SURVIVORS,
    CLI_REPORT,
    CLI_HISTORY,
    // Cedar
    CLI_POLICIES,
    CLI_POLICY_FORMAT,
    CLI_LINKS,
    CLI_SCHEMA,
    CLI_SCHEMA_FORMAT,
    CLI_ENTITIES,
    CLI_VALIDATE,
    CLI_FAIL_CLOSED,
    CLI_EXPR,
    CLI_LEVEL,
    CLI_MODE,
    CLI_WIDTH,
    CLI_INDENT,
    CLI_WRITE,
    CLI_DIRECTION,
    CLI_ID,
    CLI_ID_COUNT
} cli_id;

// A set of ids; wide enough for all commands together.
__extension__ typedef unsigned __int128 cli_set;
#define CLI_BIT(id) ((cli_set)1 << (id))

typedef enum cli_kind {
    CLI_K_FLAG, // no value
    CLI_K_ONE,  // one value, once
    CLI_K_LIST, // one value a time, split at commas, may be repeated
    CLI_K_EACH, // one value a time, may be repeated
    CLI_K_MANY, // takes all words up to the next option, may be repeated
    CLI_K_HELP,
    CLI_K_VERSION,
} cli_kind;

typedef struct cli_opt {
    uint8_t id;
    uint8_t kind;
    char shrt;       // letter, or 0
    bool required;   // must be given
    bool hidden;     // accepted, never listed
    const char *lng; // NULL: an operand (no dash)
    const char *metavar;
    const char *const *values; // the words it takes, NULL at the end; NULL = any text
    const char *dflt;          // default as help shows it
    cli_set conflicts;         // ids that cannot be given together with it
    const char *help;
} cli_opt;

typedef struct cli_group { // options of which one must be, or at most one may be given
    cli_set members;
    bool required, exclusive;
} cli_group;

typedef struct cli cli;
typedef struct cli_cmd cli_cmd;

struct cli_cmd {
    const char *name;
    const char *about; // first lines of its help; in lists of commands too
    const char *more;  // a paragraph for the man page; may be NULL
    const cli_opt *opts;
    const cli_cmd *const *subs; // NULL at the end; a command has either opts or subs to speak of
    const cli_group *groups;
    uint8_t n_opts, n_groups;
    bool bare;   // without words it does its work; else its help goes to stderr, as an error
    bool hidden; // not listed
    int (*run)(cli *c);
    const char *const *examples; // command lines for the man page, NULL at the end
};

// A program: a root command and how it presents itself.
typedef struct cli_prog {
    const char *name;    // "writ"
    const char *version; // "writ 0.1.0"
    const cli_cmd *root;
    int usage_exit;     // exit code of a wrong command line
    int output_exit;    // exit code when output cannot be written
    bool native;        // not a personality
    const char *status; // exit codes for its man page, in mdoc; NULL: those all have
} cli_prog;

extern const cli_prog cli_writ;      // table.c
extern const cli_prog cli_cfn_guard; // compat/cfn_guard.c
extern const cli_prog cli_iamctl;    // compat/iamctl.c

extern const cli_cmd cli_iam;        // table_iam.c: `writ iam`
extern const cli_cmd cli_cedar;      // table_cedar.c: `writ cedar`
extern const cli_cmd cli_cmd_diff;   // table_analyze.c: `writ diff`
extern const cli_cmd cli_cmd_impact; // table_analyze.c
// table_control.c; one that table.c does not list yet has no function.
extern const cli_cmd cli_cmd_check, cli_cmd_test, cli_cmd_coverage, cli_cmd_exceptions,
    cli_cmd_report, cli_cmd_init;

// ---------------------------------------------------------------------------------- a run

typedef wr_words cli_words;

struct cli {
    wr_ctx ctx; // memory and diagnostics of the whole run
    wr_buf out, err;
    int out_fd, err_fd;
    int out_errno; // why out failed; 0 = it did not
    const cli_prog *prog;
    const char *bin;                      // the command as typed: "writ guard validate"
    const cli_cmd *cmd;                   // the command to run
    cli_set seen;                         // ids given
    uint8_t order[CLI_ID_COUNT], n_order; // in the order first given
    cli_words val[CLI_ID_COUNT];
    bool allow_hidden;
    WR_VEC(const wr_diag *) errors; // those said so far (writ), at most ctx.limits.diags
    bool color;                     // of messages on stderr
    bool out_color;                 // of stdout
    bool bad_line;                  // the command line was wrong: exit is prog->usage_exit
    bool done;                      // help or version was printed: exit 0
};

static inline bool cli_has(const cli *c, cli_id id) { return (c->seen & CLI_BIT(id)) != 0; }
// The (last) value of an option, or its default from the table, or NULL.
const char *cli_value(const cli *c, cli_id id);

void cli_init(cli *c, const cli_prog *prog);
// Parses argv[1…] from the root on; sets cmd. False when there is nothing to run: help was printed
// (done) or the line was wrong (bad_line).
bool cli_parse(cli *c, const char *bin, int argc, char *const *argv);
// Takes what every command has (--color, --now) into account. False: said what is wrong.
bool cli_apply(cli *c);
// Ends the run: flushes, says when output could not be written; the exit code to use.
int cli_end(cli *c, int code);
// A wrong command line found by a command itself. Returns the exit code.
int cli_usage(cli *c, const char *fmt, ...) WR_PRINTF(2, 3);
// A diagnostic about no text, printed at once (writ); only errors are printed when quiet.
void cli_complain(cli *c, wr_code code, wr_sev sev, const char *fmt, ...) WR_PRINTF(4, 5);
// One cell of a CSV file, quoted where it must be.
void cli_csv_cell(wr_buf *b, wr_str s);
// "writ: text" on stderr.
void cli_say(cli *c, const char *fmt, ...) WR_PRINTF(2, 3);

// ---------------------------------------------------------------------------------- texts

// "--rules [<RULES>...]": an option as errors and usage lines name it.
void cli_put_opt(wr_buf *b, const cli_opt *o);
// Usage line without "Usage: ". used: ids to show (n of them), or none for the general form.
void cli_put_usage(wr_buf *b, const cli *c, const cli_cmd *cmd, const uint8_t *used, uint32_t n);
void cli_put_help(wr_buf *b, const cli *c, const cli_cmd *cmd);
typedef enum cli_shell { CLI_BASH, CLI_ZSH, CLI_FISH } cli_shell;
void cli_put_completion(wr_buf *b, const cli_prog *p, cli_shell shell);
// A man page in mdoc; path: the commands down to cmd, "writ guard".
void cli_put_man(wr_buf *b, const cli_prog *p, const cli_cmd *cmd, const char *path);

// The one option every command has, and the "help" command.
extern const cli_opt cli_opt_help, cli_opt_version;
extern const cli_cmd cli_cmd_help;
#define CLI_COUNT(a) ((uint8_t)(sizeof(a) / sizeof *(a)))

// ---------------------------------------------------------------------------------- commands

int cli_check(cli *c);
int cli_impact(cli *c);
int cli_run_completions(cli *c);
int cli_run_explain(cli *c);
int cli_run_man(cli *c);

// Guard, under either program: what differs is in cli->prog->native.
int cli_guard_validate(cli *c);
int cli_guard_test(cli *c);
int cli_guard_rulegen(cli *c);
int cli_guard_parse_tree(cli *c);

// IAM.
int cli_iam_simulate(cli *c);
int cli_diff(cli *c);
int cli_iam_who_can(cli *c);
int cli_iam_what_can(cli *c);
int cli_iam_validate(cli *c);

// Cedar.
int cli_cedar_authorize(cli *c);
int cli_cedar_evaluate(cli *c);
int cli_cedar_check_parse(cli *c);
int cli_cedar_validate(cli *c);
int cli_cedar_format(cli *c);
int cli_cedar_link(cli *c);
int cli_cedar_translate_policy(cli *c);
int cli_cedar_translate_schema(cli *c);
int cli_cedar_run_tests(cli *c);
int cli_cedar_visualize(cli *c);
int cli_cedar_new(cli *c);
int cli_cedar_language_version(cli *c);
int cli_cedar_symcc(cli *c); // says that it is not supported

// Governance repositories.
int cli_coverage(cli *c);
int cli_exceptions(cli *c);
int cli_report(cli *c);
int cli_test(cli *c);
int cli_run_init(cli *c);

#endif
