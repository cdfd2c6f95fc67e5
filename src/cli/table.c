// SPDX-License-Identifier: Apache-2.0
// The commands and options of writ. A row here is all there is to an option: parsing, errors, help,
// completion and the man pages read it. `writ guard` takes every option cfn-guard takes, with the
// same letters, so that scripts move over; what is writ's own has no letter the original uses.

#include "cli/rows.h"

#define BOTH(a, b) (CLI_BIT(a) | CLI_BIT(b))

static const char *const formats[] = {
    "single-line-summary", "json", "yaml", "junit", "sarif", "ocsf", "decisions", NULL};
static const char *const test_formats[] = {"single-line-summary", "json", "yaml", "junit", NULL};
static const char *const summaries[] = {"all", "pass", "fail", "skip", "none", NULL};
static const char *const types[] = {"CFNTemplate", NULL};
static const char *const shells[] = {"bash", "zsh", "fish", NULL};
static const char *const levels[] = {"3.1", "3.2", NULL};
static const char *const severities[] = {"informational", "low",   "medium", "high",
                                         "critical",      "never", NULL};

#define ROW_COMPAT                                                                                 \
    {                                                                                              \
        .id = CLI_COMPAT, .kind = CLI_K_ONE, .lng = "compat", .metavar = "LEVEL",                  \
        .values = levels, .dflt = "3.2",                                                           \
        .help = "3.1: do everything as cfn-guard 3.1.1 does, outputs and exit codes included"      \
    }
#define ROW_STRICT                                                                                 \
    {                                                                                              \
        .id = CLI_STRICT, .kind = CLI_K_FLAG, .lng = "strict",                                     \
        .help = "Warnings about rule files are errors"                                             \
    }
#define ROW_PRELUDE                                                                                \
    {                                                                                              \
        .id = CLI_PRELUDE, .kind = CLI_K_EACH, .lng = "prelude", .metavar = "FILE",                \
        .help = "Rule file whose variables and rules all others may use (repeatable)"              \
    }
#define ROW_IGNORE                                                                                 \
    {                                                                                              \
        .id = CLI_IGNORE, .kind = CLI_K_EACH, .lng = "ignore", .metavar = "GLOB",                  \
        .help = "Leave out what matches when directories are searched (repeatable)"                \
    }
#define ROW_NOW                                                                                    \
    {                                                                                              \
        .id = CLI_NOW, .kind = CLI_K_ONE, .lng = "now", .metavar = "TIME",                         \
        .help = "What now() is: 2026-01-31, 2026-01-31T12:00:00Z or seconds since 1970"            \
    }
#define ROW_ALPHA                                                                                  \
    {                                                                                              \
        .id = CLI_ALPHA, .kind = CLI_K_FLAG, .shrt = 'a', .lng = "alphabetical",                   \
        .conflicts = CLI_BIT(CLI_MTIME), .help = "Take files of a directory by name (default)"     \
    }
#define ROW_MTIME                                                                                  \
    {                                                                                              \
        .id = CLI_MTIME, .kind = CLI_K_FLAG, .shrt = 'm', .lng = "last-modified",                  \
        .conflicts = CLI_BIT(CLI_ALPHA), .help = "Take files of a directory by time of change"     \
    }
#define ROW_INPUT                                                                                  \
    {                                                                                              \
        .id = CLI_INPUT, .kind = CLI_K_MANY, .shrt = 'i', .lng = "input-params",                   \
        .metavar = "FILE", .help = "Data that is merged under every document"                      \
    }

// ---------------------------------------------------------------------------------- guard

static const cli_opt validate_opts[] = {
    {.id = CLI_RULES,
     .kind = CLI_K_MANY,
     .shrt = 'r',
     .lng = "rules",
     .metavar = "PATH",
     .conflicts = CLI_BIT(CLI_PAYLOAD),
     .help = "Rule files, directories of .guard and .ruleset files, or patterns"},
    {.id = CLI_DATA,
     .kind = CLI_K_MANY,
     .shrt = 'd',
     .lng = "data",
     .metavar = "PATH",
     .conflicts = CLI_BIT(CLI_PAYLOAD),
     .help = "Documents, directories of them, or patterns; stdin when not given"},
    ROW_INPUT,
    {.id = CLI_FORMAT,
     .kind = CLI_K_ONE,
     .shrt = 'o',
     .lng = "output-format",
     .metavar = "FORMAT",
     .values = formats,
     .dflt = "single-line-summary",
     .help = "Format of the report (decisions: every decision with digests, as JSON)"},
    {.id = CLI_SUMMARY,
     .kind = CLI_K_LIST,
     .shrt = 'S',
     .lng = "show-summary",
     .metavar = "WHICH",
     .values = summaries,
     .dflt = "fail",
     .help = "Rules in the summary table"},
    ROW_ALPHA,
    ROW_MTIME,
    {.id = CLI_VERBOSE,
     .kind = CLI_K_FLAG,
     .shrt = 'v',
     .lng = "verbose",
     .help = "Print how every clause was evaluated, as a tree; and notes"},
    {.id = CLI_PRINT_JSON,
     .kind = CLI_K_FLAG,
     .shrt = 'p',
     .lng = "print-json",
     .help = "Print the same tree as JSON"},
    {.id = CLI_PAYLOAD,
     .kind = CLI_K_FLAG,
     .shrt = 'P',
     .lng = "payload",
     .help = "Read {\"rules\": [TEXT...], \"data\": [TEXT...]} from stdin"},
    {.id = CLI_STRUCTURED,
     .kind = CLI_K_FLAG,
     .shrt = 'z',
     .lng = "structured",
     .conflicts = BOTH(CLI_PRINT_JSON, CLI_VERBOSE),
     .help = "One report of everything (formats other than single-line-summary always are)"},
    {.id = CLI_TYPE,
     .kind = CLI_K_ONE,
     .shrt = 't',
     .lng = "type",
     .metavar = "TYPE",
     .values = types,
     .help = "Accepted and not used, as in cfn-guard"},
    ROW_COMPAT,
    ROW_STRICT,
    {.id = CLI_RESOLVE,
     .kind = CLI_K_FLAG,
     .lng = "resolve",
     .help = "Resolve CloudFormation functions before judging"},
    {.id = CLI_PARAMETERS,
     .kind = CLI_K_EACH,
     .lng = "parameters",
     .metavar = "FILE",
     .help = "Parameter values, FILE or NAME=VALUE (repeatable); implies --resolve"},
    {.id = CLI_VIEW,
     .kind = CLI_K_FLAG,
     .lng = "view",
     .help =
         "Judge Terraform plans by what exists after apply, joined with what configures it, and "
         "configuration items with their texts of JSON read"},
    ROW_PRELUDE,
    ROW_IGNORE,
    {.id = CLI_JOBS,
     .kind = CLI_K_ONE,
     .shrt = 'j',
     .lng = "jobs",
     .metavar = "N",
     .dflt = "1",
     .help = "Judge with N threads; 0: one for each processor"},
    {.id = CLI_FAIL_ON,
     .kind = CLI_K_ONE,
     .lng = "fail-on",
     .metavar = "SEVERITY",
     .values = severities,
     .dflt = "informational",
     .help = "Rules below this severity are reported but do not fail the run"},
    ROW_NOW,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const cli_group validate_groups[] = {
    {.members = BOTH(CLI_RULES, CLI_PAYLOAD), .required = true, .exclusive = true},
};

static const char *const validate_examples[] = {
    "writ guard validate -r rules/ -d template.yaml",
    "writ guard validate -r 'rules/**/s3_*.guard' -d templates/ -o sarif",
    "writ guard validate -r rules/ -d template.yaml --parameters prod.json --fail-on high",
    NULL,
};

static const cli_cmd validate = {
    .name = "validate",
    .about = "Judge documents by Guard rules",
    .more = "Every rule file is evaluated against every document. A document is JSON or YAML: a "
            "CloudFormation template, a Terraform plan or any other. What cannot be read or "
            "evaluated is reported with its place, the rest is judged all the same, and the exit "
            "code is 2.",
    .opts = validate_opts,
    .n_opts = CLI_COUNT(validate_opts),
    .groups = validate_groups,
    .n_groups = CLI_COUNT(validate_groups),
    .run = cli_guard_validate,
    .examples = validate_examples,
};

static const cli_opt test_opts[] = {
    {.id = CLI_RULES_FILE,
     .kind = CLI_K_ONE,
     .shrt = 'r',
     .lng = "rules-file",
     .metavar = "FILE",
     .conflicts = CLI_BIT(CLI_DIR),
     .help = "Rule file to test"},
    {.id = CLI_TEST_DATA,
     .kind = CLI_K_ONE,
     .shrt = 't',
     .lng = "test-data",
     .metavar = "PATH",
     .conflicts = CLI_BIT(CLI_DIR),
     .help = "Test file, or directory of test files"},
    {.id = CLI_DIR,
     .kind = CLI_K_ONE,
     .shrt = 'd',
     .lng = "dir",
     .metavar = "DIR",
     .help = "Test all rule files below DIR with the files of their tests/ directories"},
    ROW_INPUT,
    ROW_ALPHA,
    ROW_MTIME,
    {.id = CLI_VERBOSE,
     .kind = CLI_K_FLAG,
     .shrt = 'v',
     .lng = "verbose",
     .help = "Print how every clause was evaluated"},
    {.id = CLI_FORMAT,
     .kind = CLI_K_ONE,
     .shrt = 'o',
     .lng = "output-format",
     .metavar = "FORMAT",
     .values = test_formats,
     .dflt = "single-line-summary",
     .help = "Format of the report"},
    ROW_COMPAT,
    ROW_STRICT,
    ROW_PRELUDE,
    ROW_IGNORE,
    ROW_NOW,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const test_examples[] = {
    "writ guard test -r s3.guard -t tests/s3_tests.yaml",
    "writ guard test -d rules/ -o junit",
    NULL,
};

static const cli_cmd test = {
    .name = "test",
    .about = "Run the tests of Guard rules",
    .more = "A test file is a list of cases: name, input, and expectations: rules: with PASS, FAIL "
            "or SKIP for each rule. Below DIR, tests/NAME belongs to the rule file beside tests/ "
            "whose name without extension NAME begins with.",
    .opts = test_opts,
    .n_opts = CLI_COUNT(test_opts),
    .run = cli_guard_test,
    .examples = test_examples,
};

static const cli_opt rulegen_opts[] = {
    {.id = CLI_TEMPLATE,
     .kind = CLI_K_MANY,
     .shrt = 't',
     .lng = "template",
     .metavar = "FILE",
     .required = true,
     .help = "CloudFormation templates to make rules from"},
    {.id = CLI_OUTPUT,
     .kind = CLI_K_ONE,
     .shrt = 'o',
     .lng = "output",
     .metavar = "FILE",
     .help = "Write to FILE instead of stdout"},
    ROW_COMPAT,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const rulegen_examples[] = {
    "writ guard rulegen -t template.yaml -o template.guard",
    NULL,
};

static const cli_cmd rulegen = {
    .name = "rulegen",
    .about = "Make Guard rules from templates that are as they should be",
    .more = "For each resource type a rule is written that demands, of every property, one of the "
            "values it has in the templates.",
    .opts = rulegen_opts,
    .n_opts = CLI_COUNT(rulegen_opts),
    .run = cli_guard_rulegen,
    .examples = rulegen_examples,
};

static const cli_opt parse_tree_opts[] = {
    {.id = CLI_RULES_FILE,
     .kind = CLI_K_ONE,
     .shrt = 'r',
     .lng = "rules",
     .metavar = "FILE",
     .help = "Rule file; stdin when not given"},
    {.id = CLI_OUTPUT,
     .kind = CLI_K_ONE,
     .shrt = 'o',
     .lng = "output",
     .metavar = "FILE",
     .help = "Write to FILE instead of stdout"},
    {.id = CLI_PRINT_JSON,
     .kind = CLI_K_FLAG,
     .shrt = 'p',
     .lng = "print-json",
     .help = "Print JSON"},
    {.id = CLI_PRINT_YAML,
     .kind = CLI_K_FLAG,
     .shrt = 'y',
     .lng = "print-yaml",
     .help = "Print YAML (default)"},
    ROW_COMPAT,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const parse_tree_examples[] = {
    "writ guard parse-tree -p -r s3.guard",
    NULL,
};

static const cli_cmd parse_tree = {
    .name = "parse-tree",
    .about = "Print what a rule file was read as",
    .opts = parse_tree_opts,
    .n_opts = CLI_COUNT(parse_tree_opts),
    .bare = true,
    .run = cli_guard_parse_tree,
    .examples = parse_tree_examples,
};

static const cli_opt completions_opts[] = {
    {.id = CLI_SHELL,
     .kind = CLI_K_ONE,
     .shrt = 's',
     .lng = "shell",
     .metavar = "SHELL",
     .required = true,
     .values = shells,
     .help = "Shell to complete for"},
    ROW_HELP,
};

static const cli_cmd guard_completions = {
    .name = "completions",
    .about = "Print a completion script of writ",
    .opts = completions_opts,
    .n_opts = CLI_COUNT(completions_opts),
    .run = cli_run_completions,
};

static const cli_cmd *const guard_commands[] = {&validate,          &test, &parse_tree, &rulegen,
                                                &guard_completions, NULL};

static const cli_opt group_opts[] = {ROW_HELP};

static const cli_cmd guard = {
    .name = "guard",
    .about = "AWS CloudFormation Guard rules: judge documents, test rules",
    .more = "The language and the options are those of cfn-guard 3.2; with --compat=3.1 everything "
            "is cfn-guard 3.1.1's, outputs and exit codes included.",
    .opts = group_opts,
    .n_opts = CLI_COUNT(group_opts),
    .subs = guard_commands,
};

// ---------------------------------------------------------------------------------- writ

static const cli_opt shell_opts[] = {
    {.id = CLI_SHELL,
     .kind = CLI_K_ONE,
     .metavar = "SHELL",
     .required = true,
     .values = shells,
     .help = "Shell to complete for"},
    ROW_HELP,
};

static const char *const completions_examples[] = {
    "writ completions bash > writ.bash",
    NULL,
};

static const cli_cmd completions = {
    .name = "completions",
    .about = "Print a completion script",
    .opts = shell_opts,
    .n_opts = CLI_COUNT(shell_opts),
    .run = cli_run_completions,
    .examples = completions_examples,
};

static const cli_opt explain_opts[] = {
    {.id = CLI_CODE,
     .kind = CLI_K_ONE,
     .metavar = "WHAT",
     .help = "Code of a diagnostic (G0102) or of a finding of policies (INVALID_ACTION), a control "
             "(S3.PUBLIC), a group of the library (writ:s3), a requirement (AC-3), with --report "
             "the beginning of a fingerprint; without it all codes are listed"},
    {.id = CLI_DIR,
     .kind = CLI_K_ONE,
     .lng = "dir",
     .metavar = "DIR",
     .help = "Governance repository that controls and requirements are looked for in, before the "
             "library; the current folder when it is one"},
    {.id = CLI_REPORT,
     .kind = CLI_K_EACH,
     .lng = "report",
     .metavar = "FILE",
     .help = "JSON report of writ check that has the finding; several tell its history"},
    ROW_TODAY,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const explain_examples[] = {
    "writ explain D0006",
    "writ explain S3.PUBLIC",
    "writ explain AC-3 --dir acme/",
    "writ explain 3f9a1c02 --report report.json",
    NULL,
};

static const cli_cmd explain = {
    .name = "explain",
    .about = "Say what a diagnostic, a control, a requirement or a finding means and what to do",
    .opts = explain_opts,
    .n_opts = CLI_COUNT(explain_opts),
    .bare = true,
    .run = cli_run_explain,
    .examples = explain_examples,
};

static const cli_opt man_opts[] = {
    {.id = CLI_CODE,
     .kind = CLI_K_ONE,
     .metavar = "PAGE",
     .required = true,
     .help = "writ, writ-COMMAND, cfn-guard or iamctl"},
    ROW_HELP,
};

static const cli_cmd man = {
    .name = "man",
    .about = "Print a man page in mdoc",
    .opts = man_opts,
    .n_opts = CLI_COUNT(man_opts),
    .hidden = true,
    .run = cli_run_man,
};

static const cli_cmd *const commands[] = {
    &cli_cmd_check,
    &cli_cmd_test,
    &cli_cmd_coverage,
    &cli_cmd_exceptions,
    &cli_cmd_report,
    &cli_cmd_init,
    &explain,
    &guard,
    &cli_iam,
    &cli_cedar,
    &cli_cmd_impact,
    &cli_cmd_diff,
    &completions,
    &man,
    NULL,
};

static const cli_opt root_opts[] = {
    ROW_HELP,
    {.id = CLI_VERSION,
     .kind = CLI_K_VERSION,
     .shrt = 'V',
     .lng = "version",
     .help = "Print version"},
};

static const cli_cmd root = {
    .name = "writ",
    .about = "Governance as code: decide, check, watch by policies kept in Git",
    .more = "Diagnostics go to stderr, reports to stdout. Called by the name cfn-guard or "
            "iamctl it is that program.",
    .opts = root_opts,
    .n_opts = CLI_COUNT(root_opts),
    .subs = commands,
};

const cli_prog cli_writ = {
    .name = "writ",
    .version = "writ " WR_VERSION,
    .root = &root,
    .usage_exit = 64,
    .output_exit = 2,
    .native = true,
};
