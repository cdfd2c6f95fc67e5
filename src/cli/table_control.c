// SPDX-License-Identifier: Apache-2.0
// The commands and options of governance repositories: `writ check`, `test`, `coverage`,
// `exceptions`, `report`, `init` (`explain` is in table.c). As there, a row is all there is to an
// option: parsing, errors, help, completion and the man page read it.
//
// Invariant: a command that table.c lists has its function; one that is not listed does not exist
// for anybody.

#include "cli/rows.h"

#define BOTH(a, b) (CLI_BIT(a) | CLI_BIT(b))

static const char *const check_formats[] = {"text", "json", "sarif", "junit",
                                            "asff", "ocsf", "html",  NULL};
static const char *const test_formats[] = {"text", "json", "junit", NULL};
static const char *const page_formats[] = {"text", "json", "html", NULL};
static const char *const list_formats[] = {"text", "json", NULL};
static const char *const fail_ons[] = {"informational", "low",   "medium", "high",
                                       "critical",      "never", NULL};

#define ROW_REPO                                                                                   \
    {                                                                                              \
        .id = CLI_DIR, .kind = CLI_K_ONE, .metavar = "DIR",                                        \
        .help = "Folder of the governance repository, with its writ.yaml; the current one when "   \
                "not given"                                                                        \
    }
#define ROW_FORMAT(list)                                                                           \
    {                                                                                              \
        .id = CLI_FORMAT, .kind = CLI_K_ONE, .shrt = 'o', .lng = "format", .metavar = "FORMAT",    \
        .values = list, .dflt = "text", .help = "Format of the report"                             \
    }
#define ROW_OUTPUT                                                                                 \
    {                                                                                              \
        .id = CLI_OUTPUT, .kind = CLI_K_ONE, .lng = "output", .metavar = "FILE",                   \
        .help = "Write the report to FILE instead of stdout"                                       \
    }
#define ROW_CONTROL                                                                                \
    {                                                                                              \
        .id = CLI_CONTROL, .kind = CLI_K_LIST, .lng = "control", .metavar = "ID",                  \
        .help = "Only these controls (repeatable)"                                                 \
    }
#define ROW_JOBS                                                                                   \
    {                                                                                              \
        .id = CLI_JOBS, .kind = CLI_K_ONE, .shrt = 'j', .lng = "jobs", .metavar = "N",             \
        .dflt = "1", .help = "Judge with N threads; 0: one for each processor"                     \
    }

// ---------------------------------------------------------------------------------- check

static const cli_opt check_opts[] = {
    ROW_REPO,
    ROW_FORMAT(check_formats),
    ROW_OUTPUT,
    {.id = CLI_FAIL_ON,
     .kind = CLI_K_ONE,
     .lng = "fail-on",
     .metavar = "SEVERITY",
     .values = fail_ons,
     .help = "Findings below this severity are reported but do not fail the run; else as the "
             "manifest says"},
    {.id = CLI_SINCE,
     .kind = CLI_K_ONE,
     .lng = "since",
     .metavar = "REV",
     .conflicts = BOTH(CLI_CHANGED, CLI_CHANGED_FROM),
     .help = "Judge only what changed since this revision of git, files that git does not keep "
             "included"},
    {.id = CLI_CHANGED,
     .kind = CLI_K_MANY,
     .lng = "changed",
     .metavar = "FILE",
     .help = "Judge only what these changed files concern"},
    {.id = CLI_CHANGED_FROM,
     .kind = CLI_K_ONE,
     .lng = "changed-from",
     .metavar = "FILE",
     .help = "The same from a list, one file a line or with NULs between; '-' is stdin"},
    {.id = CLI_BASELINE,
     .kind = CLI_K_ONE,
     .lng = "baseline",
     .metavar = "FILE",
     .help = "Findings of this baseline or earlier JSON report are known and do not fail the run"},
    {.id = CLI_WRITE_BASELINE,
     .kind = CLI_K_ONE,
     .lng = "write-baseline",
     .metavar = "FILE",
     .help = "Write what is found now as a baseline"},
    {.id = CLI_HISTORY,
     .kind = CLI_K_MANY,
     .lng = "history",
     .metavar = "PATH",
     .help =
         "JSON reports of earlier runs, or folders of them: the trend of JSON and HTML reports"},
    ROW_CONTROL,
    ROW_JOBS,
    ROW_TODAY,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const check_examples[] = {
    "writ check",
    "writ check acme/ -o sarif --output writ.sarif",
    "writ check --since origin/main --fail-on high",
    "writ check --write-baseline baseline.json",
    NULL,
};

const cli_cmd cli_cmd_check = {
    .name = "check",
    .about = "Judge a governance repository: every input by every layer that applies",
    .more = "Templates and plans are judged by the proactive layers, configuration items by the "
            "detective, requests and recorded calls by the preventative. What could not be read or "
            "evaluated is said, counted as not evaluated, and never passes. Exit code: 0; 1 when "
            "there are new findings of the severity of --fail-on or higher; 2 when something "
            "could not be evaluated.",
    .opts = check_opts,
    .n_opts = CLI_COUNT(check_opts),
    .bare = true,
    .run = cli_check,
    .examples = check_examples,
};

// ---------------------------------------------------------------------------------- test

static const cli_opt test_opts[] = {
    {.id = CLI_DIR,
     .kind = CLI_K_ONE,
     .metavar = "DIR",
     .help = "Folder of the governance repository, or one in it: then only controls and tests "
             "below it are tested; the current one when not given"},
    ROW_FORMAT(test_formats),
    ROW_OUTPUT,
    ROW_CONTROL,
    {.id = CLI_STRICT,
     .kind = CLI_K_FLAG,
     .lng = "strict",
     .help = "Each layer that runs must have tests that expect pass, fail and skip; allow and deny "
             "when it is preventative"},
    {.id = CLI_MUTATE,
     .kind = CLI_K_FLAG,
     .lng = "mutate",
     .conflicts = CLI_BIT(CLI_STRICT),
     .help = "Put small faults into the policies, one at a time, and list those no test notices"},
    {.id = CLI_MIN,
     .kind = CLI_K_ONE,
     .lng = "min",
     .metavar = "PERCENT",
     .help = "With --mutate: exit 1 when a smaller share of the faults is noticed"},
    {.id = CLI_SURVIVORS,
     .kind = CLI_K_ONE,
     .lng = "survivors",
     .metavar = "FILE",
     .help = "With --mutate: the faults that are known not to be noticed, with reasons; exit 1 "
             "when others are not, or one of these is"},
    ROW_JOBS,
    ROW_TODAY,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const test_examples[] = {
    "writ test",
    "writ test acme/ --control S3.PUBLIC -o junit",
    NULL,
};

const cli_cmd cli_cmd_test = {
    .name = "test",
    .about = "Test the controls of a repository: do they do what their tests say, in each layer",
    .more =
        "A test is an input with the outcome expected of one layer of a control. A layer that "
        "runs and has no test is said. Exit code: 0; 1 when a test is not met, or, with "
        "--strict, one is missing; 2 when a test could not be run, a layer is broken, or a file "
        "of the repository could not be used.",
    .opts = test_opts,
    .n_opts = CLI_COUNT(test_opts),
    .bare = true,
    .run = cli_test,
    .examples = test_examples,
};

// ---------------------------------------------------------------------------------- coverage

static const char *const coverage_fails[] = {"gap", "only-detected", "never", NULL};

static const cli_opt coverage_opts[] = {
    ROW_REPO,
    ROW_FORMAT(page_formats),
    ROW_OUTPUT,
    {.id = CLI_FAIL_ON,
     .kind = CLI_K_ONE,
     .lng = "fail-on",
     .metavar = "WHAT",
     .values = coverage_fails,
     .dflt = "never",
     .help = "What makes the exit code 1: a layer that is neither there nor omitted with a reason; "
             "a control that only detects"},
    ROW_TODAY,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const coverage_examples[] = {
    "writ coverage",
    "writ coverage --fail-on gap",
    "writ coverage acme/ -o html --output coverage.html",
    NULL,
};

const cli_cmd cli_cmd_coverage = {
    .name = "coverage",
    .about = "Show controls by layers: gaps, requirements of frameworks covered, maturity",
    .more =
        "A layer runs, is declared (checked for form, not evaluated), omitted on purpose, broken "
        "or a gap. A requirement is covered by the layers of the controls that map to it. Exit "
        "code: 0; 1 as --fail-on says; 2 when a file of the repository could not be used.",
    .opts = coverage_opts,
    .n_opts = CLI_COUNT(coverage_opts),
    .bare = true,
    .run = cli_coverage,
    .examples = coverage_examples,
};

// ---------------------------------------------------------------------------------- exceptions

static const cli_opt exceptions_opts[] = {
    ROW_REPO,
    ROW_FORMAT(list_formats),
    ROW_OUTPUT,
    {.id = CLI_EXPIRING,
     .kind = CLI_K_ONE,
     .lng = "expiring",
     .metavar = "DAYS",
     .help = "Only those that end within so many days, or have ended: 30, 30d"},
    ROW_TODAY,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const exceptions_examples[] = {
    "writ exceptions",
    "writ exceptions acme/ --expiring 30d",
    NULL,
};

const cli_cmd cli_cmd_exceptions = {
    .name = "exceptions",
    .about = "List who may break which control, why and until when",
    .more = "Those at fault stand first: expired, not approved, self-approved, too long, due for "
            "review. Exit code: 0; 1 when one that is listed is at fault; 2 when a file of the "
            "repository could not be used.",
    .opts = exceptions_opts,
    .n_opts = CLI_COUNT(exceptions_opts),
    .bare = true,
    .run = cli_exceptions,
    .examples = exceptions_examples,
};

// ---------------------------------------------------------------------------------- report

static const char *const report_formats[] = {"text", "json", "csv", "html", NULL};
static const char *const report_fails[] = {"overdue", "open", "never", NULL};

static const cli_opt report_opts[] = {
    {.id = CLI_WORDS,
     .kind = CLI_K_MANY,
     .metavar = "PATH",
     .required = true,
     .help = "JSON reports of writ check, or folders of them"},
    ROW_FORMAT(report_formats),
    ROW_OUTPUT,
    {.id = CLI_SLA,
     .kind = CLI_K_LIST,
     .lng = "sla",
     .metavar = "SEVERITY=DAYS",
     .help =
         "Days from opening until a finding is due, by severity (repeatable); else critical=15, "
         "high=30, medium=90, low=180; 'never' in the place of days: not due"},
    {.id = CLI_FAIL_ON,
     .kind = CLI_K_ONE,
     .lng = "fail-on",
     .metavar = "WHAT",
     .values = report_fails,
     .dflt = "never",
     .help = "What makes the exit code 1: an open finding that is overdue, any that is open"},
    ROW_TODAY,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const report_examples[] = {
    "writ report runs/",
    "writ report runs/ -o html --output report.html",
    "writ report runs/ --sla critical=7,high=14 --fail-on overdue",
    "writ report runs/ -o csv --output plan.csv",
    NULL,
};

const cli_cmd cli_cmd_report = {
    .name = "report",
    .about = "Say what is open, by owner, and how it went over successive runs of writ check",
    .more =
        "The reports may be given in any order. A finding is closed by the first whole run that "
        "no longer has it and evaluated what it was found in. Exit code: 0; 1 as --fail-on "
        "says; 2 when a report could not be used.",
    .opts = report_opts,
    .n_opts = CLI_COUNT(report_opts),
    .run = cli_report,
    .examples = report_examples,
};

// ---------------------------------------------------------------------------------- init

static const cli_opt init_opts[] = {
    {.id = CLI_DIR,
     .kind = CLI_K_ONE,
     .metavar = "DIR",
     .required = true,
     .help = "Folder to make; nothing that is in it is written over"},
    ROW_TODAY,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const init_examples[] = {"writ init governance", NULL};

const cli_cmd cli_cmd_init = {
    .name = "init",
    .about = "Make a governance repository that works, with one control in four layers",
    .opts = init_opts,
    .n_opts = CLI_COUNT(init_opts),
    .more =
        "The repository is complete: an organization, a control with an SCP, a Guard rule and a "
        "runbook, its tests, an exception that holds for 90 days, templates of which one fails. "
        "writ check, test and coverage have something to say about it at once; change it from "
        "there. docs/guide/repository.md says what each file may hold.",
    .run = cli_run_init,
    .examples = init_examples,
};
