// SPDX-License-Identifier: Apache-2.0
// The personality cfn-guard: the command line of AWS CloudFormation Guard 3.1.1. Names, values and
// help texts are the original's output and stay as they are, the one wrong option name in the help
// of --input-params included: they are compared byte for byte (samples 50 to 52).

#include "cli/cli.h"

#define ROW_HELP                                                                                   \
    { .id = CLI_HELP, .kind = CLI_K_HELP, .shrt = 'h', .lng = "help", .help = "Print help" }
#define BOTH(a, b) (CLI_BIT(a) | CLI_BIT(b))

static const char *const formats[] = {
    "single-line-summary", "json", "yaml", "junit", "sarif", NULL};
static const char *const summaries[] = {"all", "pass", "fail", "skip", "none", NULL};
static const char *const types[] = {"CFNTemplate", NULL};
static const char *const shells[] = {"bash", "zsh", "fish", NULL};

#define DATA_EXTENSIONS ".yaml, .yml, .json, .jsn, .template"
#define SCANS(name)                                                                                \
    "\nFor directory arguments such as `" name "` above, scanning is only supported for files "    \
    "with following extensions: "
#define REPEATS "Supports passing multiple values by using this option repeatedly.\nExample:\n"
#define FORMAT_HELP "Specify the format in which the output should be displayed"

static const cli_opt validate_opts[] = {
    {.id = CLI_RULES,
     .kind = CLI_K_MANY,
     .shrt = 'r',
     .lng = "rules",
     .metavar = "RULES",
     .conflicts = CLI_BIT(CLI_PAYLOAD),
     .help = "Provide a rules file or a directory of rules files. " REPEATS
             " --rules rule1.guard --rules ./rules-dir1 --rules rule2.guard" SCANS(
                 "rules-dir1") ".guard, .ruleset"},
    {.id = CLI_DATA,
     .kind = CLI_K_MANY,
     .shrt = 'd',
     .lng = "data",
     .metavar = "DATA",
     .conflicts = CLI_BIT(CLI_PAYLOAD),
     .help = "Provide a data file or directory of data files in JSON or YAML. " REPEATS
             " --data template1.yaml --data ./data-dir1 --data template2.yaml" SCANS("data-dir1")
                 DATA_EXTENSIONS},
    {.id = CLI_INPUT,
     .kind = CLI_K_MANY,
     .shrt = 'i',
     .lng = "input-params",
     .metavar = "INPUT_PARAMS",
     .help =
         "Provide a data file or directory of data files in JSON or YAML that specifies any "
         "additional parameters to use along with data files to be used as a combined context."
         " All the parameter files passed as input get merged and this combined context is "
         "again merged with each file passed as an argument for `data`. Due to this, every "
         "file is expected to contain mutually exclusive properties, without any overlap. " REPEATS
         " --input-parameters param1.yaml --input-parameters ./param-dir1 "
         "--input-parameters param2.yaml" SCANS("param-dir1") DATA_EXTENSIONS},
    {.id = CLI_TYPE,
     .kind = CLI_K_ONE,
     .shrt = 't',
     .lng = "type",
     .metavar = "type",
     .values = types,
     .help = "Specify the type of data file used for improved messaging - ex: CFNTemplate"},
    {.id = CLI_FORMAT,
     .kind = CLI_K_ONE,
     .shrt = 'o',
     .lng = "output-format",
     .metavar = "OUTPUT_FORMAT",
     .values = formats,
     .dflt = "single-line-summary",
     .help = FORMAT_HELP},
    {.id = CLI_SUMMARY,
     .kind = CLI_K_LIST,
     .shrt = 'S',
     .lng = "show-summary",
     .metavar = "SHOW_SUMMARY",
     .values = summaries,
     .dflt = "fail",
     .help = "Controls if the summary table needs to be displayed. --show-summary fail (default) "
             "or --show-summary pass,fail (only show rules that did pass/fail) or --show-summary "
             "none (to turn it off) or --show-summary all (to show all the rules that pass, fail "
             "or skip)"},
    {.id = CLI_ALPHA,
     .kind = CLI_K_FLAG,
     .shrt = 'a',
     .lng = "alphabetical",
     .conflicts = CLI_BIT(CLI_MTIME),
     .help = "Validate files in a directory ordered alphabetically"},
    {.id = CLI_MTIME,
     .kind = CLI_K_FLAG,
     .shrt = 'm',
     .lng = "last-modified",
     .conflicts = CLI_BIT(CLI_ALPHA),
     .help = "Validate files in a directory ordered by last modified times"},
    {.id = CLI_VERBOSE,
     .kind = CLI_K_FLAG,
     .shrt = 'v',
     .lng = "verbose",
     .help = "Verbose logging"},
    {.id = CLI_PRINT_JSON,
     .kind = CLI_K_FLAG,
     .shrt = 'p',
     .lng = "print-json",
     .help = "Print the parse tree in a json format. This can be used to get more details on how "
             "the clauses were evaluated"},
    {.id = CLI_PAYLOAD,
     .kind = CLI_K_FLAG,
     .shrt = 'P',
     .lng = "payload",
     .help = "Provide rules and data in the following JSON format via STDIN,\n"
             "{\"rules\":[\"<rules 1>\", \"<rules 2>\", ...], \"data\":[\"<data 1>\", \"<data 2>\""
             ", ...]}, where,\n"
             "- \"rules\" takes a list of string version of rules files as its value and\n"
             "- \"data\" takes a list of string version of data files as it value.\n"
             "When --payload is specified --rules and --data cannot be specified."},
    {.id = CLI_STRUCTURED,
     .kind = CLI_K_FLAG,
     .shrt = 'z',
     .lng = "structured",
     .conflicts = BOTH(CLI_PRINT_JSON, CLI_VERBOSE),
     .help = "Print out a list of structured and valid JSON/YAML. This argument conflicts with the "
             "following arguments: \nverbose \n print-json \n show-summary: all/fail/pass/skip \n"
             "output-format: single-line-summary"},
    {.id = CLI_JOBS, .kind = CLI_K_ONE, .shrt = 'j', .lng = "jobs", .metavar = "N", .hidden = true},
    ROW_HELP,
};

static const cli_group validate_groups[] = {
    {.members = BOTH(CLI_RULES, CLI_PAYLOAD), .required = true, .exclusive = true},
};

static const cli_cmd validate = {
    .name = "validate",
    .about = "Evaluates rules against the data files to determine success or failure.\n"
             "You can point rules flag to a rules directory and point data flag to a data "
             "directory.\n"
             "When pointed to a directory it will read all rules in the directory file and "
             "evaluate\n"
             "them against the data files found in the directory. The command can also point to a\n"
             "single file and it would work as well.\n"
             "Note - When pointing the command to a directory, the directory may not contain a mix "
             "of\n"
             "rules and data files. The directory being pointed to must contain only data files,\n"
             "or rules files.\n",
    .opts = validate_opts,
    .n_opts = CLI_COUNT(validate_opts),
    .groups = validate_groups,
    .n_groups = CLI_COUNT(validate_groups),
    .run = cli_guard_validate,
};

static const cli_opt test_opts[] = {
    {.id = CLI_RULES_FILE,
     .kind = CLI_K_ONE,
     .shrt = 'r',
     .lng = "rules-file",
     .metavar = "rules-file",
     .help = "Provide a rules file"},
    {.id = CLI_TEST_DATA,
     .kind = CLI_K_ONE,
     .shrt = 't',
     .lng = "test-data",
     .metavar = "test-data",
     .help = "Provide a file or dir for data files in JSON or YAML"},
    {.id = CLI_DIR,
     .kind = CLI_K_ONE,
     .shrt = 'd',
     .lng = "dir",
     .metavar = "dir",
     .help = "Provide the root directory for rules"},
    {.id = CLI_ALPHA,
     .kind = CLI_K_FLAG,
     .shrt = 'a',
     .lng = "alphabetical",
     .conflicts = CLI_BIT(CLI_MTIME),
     .help = "Sort alphabetically inside a directory"},
    {.id = CLI_MTIME,
     .kind = CLI_K_FLAG,
     .shrt = 'm',
     .lng = "last-modified",
     .conflicts = CLI_BIT(CLI_ALPHA),
     .help = "Sort by last modified times within a directory"},
    {.id = CLI_VERBOSE,
     .kind = CLI_K_FLAG,
     .shrt = 'v',
     .lng = "verbose",
     .help = "Verbose logging"},
    {.id = CLI_FORMAT,
     .kind = CLI_K_ONE,
     .shrt = 'o',
     .lng = "output-format",
     .metavar = "OUTPUT_FORMAT",
     .values = formats,
     .dflt = "single-line-summary",
     .help = FORMAT_HELP},
    ROW_HELP,
};

static const cli_group test_groups[] = {{.members = CLI_BIT(CLI_DIR), .exclusive = true}};

static const cli_cmd test = {
    .name = "test",
    .about = "Built in unit testing capability to validate a Guard rules file against\n"
             "unit tests specified in YAML format to determine each individual rule's success\n"
             "or failure testing.\n",
    .opts = test_opts,
    .n_opts = CLI_COUNT(test_opts),
    .groups = test_groups,
    .n_groups = CLI_COUNT(test_groups),
    .run = cli_guard_test,
};

static const cli_opt parse_tree_opts[] = {
    {.id = CLI_RULES_FILE,
     .kind = CLI_K_ONE,
     .shrt = 'r',
     .lng = "rules",
     .metavar = "RULES",
     .help = "Provide a rules file"},
    {.id = CLI_OUTPUT,
     .kind = CLI_K_ONE,
     .shrt = 'o',
     .lng = "output",
     .metavar = "OUTPUT",
     .help = "Write to output file"},
    {.id = CLI_PRINT_JSON,
     .kind = CLI_K_FLAG,
     .shrt = 'p',
     .lng = "print-json",
     .help = "Print output in JSON format. Use -p as the short flag"},
    {.id = CLI_PRINT_YAML,
     .kind = CLI_K_FLAG,
     .shrt = 'y',
     .lng = "print-yaml",
     .help = "Print output in YAML format"},
    ROW_HELP,
};

static const cli_cmd parse_tree = {
    .name = "parse-tree",
    .about = "Prints out the parse tree for the rules defined in the file.",
    .opts = parse_tree_opts,
    .n_opts = CLI_COUNT(parse_tree_opts),
    .run = cli_guard_parse_tree,
};

static const cli_opt rulegen_opts[] = {
    {.id = CLI_OUTPUT,
     .kind = CLI_K_ONE,
     .shrt = 'o',
     .lng = "output",
     .metavar = "OUTPUT",
     .help = "Write to output file"},
    {.id = CLI_TEMPLATE,
     .kind = CLI_K_ONE,
     .shrt = 't',
     .lng = "template",
     .metavar = "TEMPLATE",
     .required = true,
     .help = "Provide path to a CloudFormation template file in JSON or YAML"},
    ROW_HELP,
};

static const cli_cmd rulegen = {
    .name = "rulegen",
    .about = "Autogenerate rules from an existing JSON- or YAML- formatted data. (Currently works "
             "with only CloudFormation templates)",
    .opts = rulegen_opts,
    .n_opts = CLI_COUNT(rulegen_opts),
    .run = cli_guard_rulegen,
};

static const cli_opt completions_opts[] = {
    {.id = CLI_SHELL,
     .kind = CLI_K_ONE,
     .shrt = 's',
     .lng = "shell",
     .metavar = "SHELL",
     .required = true,
     .values = shells},
    ROW_HELP,
};

static const cli_cmd completions = {
    .name = "completions",
    .about = "Generate auto-completions for all the sub-commands in shell.",
    .opts = completions_opts,
    .n_opts = CLI_COUNT(completions_opts),
    .run = cli_run_completions,
};

static const cli_cmd *const commands[] = {&validate, &test,        &parse_tree,
                                          &rulegen,  &completions, NULL};

static const cli_opt root_opts[] = {
    ROW_HELP,
    {.id = CLI_VERSION,
     .kind = CLI_K_VERSION,
     .shrt = 'V',
     .lng = "version",
     .help = "Print version"},
};

static const cli_cmd root = {
    .name = "cfn-guard",
    .about = "Guard is a general-purpose tool that provides a simple declarative syntax to define\n"
             "policy-as-code as rules to validate against any structured hierarchical data (like "
             "JSON/YAML).\n"
             "Rules are composed of clauses expressed using Conjunctive Normal Form\n"
             "(fancy way of saying it is a logical AND of OR clauses). Guard has deep\n"
             "integration with CloudFormation templates for evaluation but is a general tool\n"
             "that equally works for any JSON- and YAML- data.",
    .opts = root_opts,
    .n_opts = CLI_COUNT(root_opts),
    .subs = commands,
};

const cli_prog cli_cfn_guard = {
    .name = "cfn-guard",
    .version = "cfn-guard 3.1.1",
    .root = &root,
    .usage_exit = 2,
    .output_exit = 255,
};
