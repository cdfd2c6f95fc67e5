// SPDX-License-Identifier: Apache-2.0
// The commands and options of questions over many decisions: `writ impact`, `writ diff`. As in
// table.c, a row here is all there is to an option: parsing, errors, help, completion and the man
// page read it.

#include "cli/rows.h"

// ---------------------------------------------------------------------------------- impact

static const char *const impact_formats[] = {"text", "json", NULL};
static const char *const impact_groups[] = {"principal", "action", "account", NULL};
static const char *const impact_fails[] = {"denied", "unknown", "never", NULL};

static const cli_opt impact_opts[] = {
    {.id = CLI_SCP,
     .kind = CLI_K_MANY,
     .shrt = 's',
     .lng = "scp",
     .metavar = "FILE",
     .help = "Proposed service control policies"},
    {.id = CLI_RCP,
     .kind = CLI_K_MANY,
     .shrt = 'r',
     .lng = "rcp",
     .metavar = "FILE",
     .help = "Proposed resource control policies"},
    {.id = CLI_TRAIL,
     .kind = CLI_K_MANY,
     .shrt = 't',
     .lng = "trail",
     .metavar = "PATH",
     .required = true,
     .help = "CloudTrail files, plain or gzip, or folders of them; '-' is stdin"},
    {.id = CLI_ORG,
     .kind = CLI_K_ONE,
     .lng = "org",
     .metavar = "FILE",
     .help = "Organization file: who is the management account, which accounts are members"},
    {.id = CLI_ACCOUNT,
     .kind = CLI_K_LIST,
     .shrt = 'a',
     .lng = "account",
     .metavar = "ID",
     .help = "Accounts the policies would be attached to (repeatable); else to all"},
    {.id = CLI_REPLACE,
     .kind = CLI_K_FLAG,
     .lng = "replace",
     .help = "The SCPs stand in the place of FullAWSAccess: what none of them allows is denied"},
    {.id = CLI_GROUP_BY,
     .kind = CLI_K_LIST,
     .shrt = 'g',
     .lng = "group-by",
     .metavar = "WHAT",
     .values = impact_groups,
     .dflt = "principal,action",
     .help = "What calls are listed by"},
    {.id = CLI_FAIL_ON,
     .kind = CLI_K_ONE,
     .lng = "fail-on",
     .metavar = "WHAT",
     .values = impact_fails,
     .dflt = "never",
     .help = "denied: exit code 1 when a call that had succeeded would be denied; unknown: also 3 "
             "when one may be"},
    {.id = CLI_FORMAT,
     .kind = CLI_K_ONE,
     .shrt = 'o',
     .lng = "format",
     .metavar = "FORMAT",
     .values = impact_formats,
     .dflt = "text",
     .help = "Format of the report"},
    {.id = CLI_JOBS,
     .kind = CLI_K_ONE,
     .shrt = 'j',
     .lng = "jobs",
     .metavar = "N",
     .dflt = "1",
     .help = "Replay N files at a time; 0: one for each processor"},
    ROW_COMMENTS,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const cli_group impact_needs[] = {
    {.members = CLI_BIT(CLI_SCP) | CLI_BIT(CLI_RCP), .required = true},
};

static const char *const impact_examples[] = {
    "writ impact --scp deny-regions.json --trail AWSLogs/",
    "writ impact --scp scps/*.json --rcp perimeter.json --org org.yaml --trail AWSLogs/ -j 0",
    "writ impact --scp allow-list.json --replace --trail day.json.gz --fail-on denied",
    NULL,
};

const cli_cmd cli_cmd_impact = {
    .name = "impact",
    .about = "Replay CloudTrail against proposed SCPs and RCPs",
    .more = "Each policy is judged by itself and all together: how many recorded calls it would "
            "have denied, how many it may have denied and on which facts that turns that trails "
            "do not hold, how many not. Calls that had failed anyway are counted apart. Calls "
            "that no such policy binds (service-linked roles, AWS services, the management "
            "account when --org names it) are exempt. Exit code: 0; 1 and 3 as --fail-on says; 2 "
            "when a file or a record could not be read.",
    .opts = impact_opts,
    .n_opts = CLI_COUNT(impact_opts),
    .groups = impact_needs,
    .n_groups = CLI_COUNT(impact_needs),
    .run = cli_impact,
    .examples = impact_examples,
};

// ---------------------------------------------------------------------------------- diff

static const char *const diff_formats[] = {"text", "json", "csv", "html", NULL};
static const char *const diff_fails[] = {"any", "new-access", NULL};
static const char *const diff_ids[] = {"equal", "exact", NULL};

static const cli_opt diff_opts[] = {
    {.id = CLI_WORDS,
     .kind = CLI_K_MANY,
     .metavar = "DUMP",
     .required = true,
     .help = "Two account dumps, A and B: output of aws iam get-account-authorization-details"},
    {.id = CLI_EQUIVALENCY,
     .kind = CLI_K_ONE,
     .shrt = 'e',
     .lng = "equivalency",
     .metavar = "FILE",
     .help = "Names that count as equal: {\"key\": [\"name\", ...]}, as iamctl has them"},
    {.id = CLI_ACCOUNT,
     .kind = CLI_K_ONE,
     .lng = "account-ids",
     .metavar = "HOW",
     .values = diff_ids,
     .help = "Whether the ids of the two accounts count as equal; equal with --equivalency, exact "
             "without it"},
    {.id = CLI_FORMAT,
     .kind = CLI_K_ONE,
     .shrt = 'o',
     .lng = "format",
     .metavar = "FORMAT",
     .values = diff_formats,
     .dflt = "text",
     .help = "Format of the report"},
    {.id = CLI_OUTPUT,
     .kind = CLI_K_ONE,
     .lng = "output",
     .metavar = "FILE",
     .help = "Write to FILE instead of stdout"},
    {.id = CLI_FAIL_ON,
     .kind = CLI_K_ONE,
     .lng = "fail-on",
     .metavar = "WHAT",
     .values = diff_fails,
     .dflt = "any",
     .help = "What makes the exit code 1: any difference, or only what B permits and A does not"},
    {.id = CLI_ALL,
     .kind = CLI_K_FLAG,
     .lng = "all",
     .help = "List what is the same, too, and everything of long lists"},
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const diff_examples[] = {
    "writ diff monday.json friday.json --fail-on new-access",
    "writ diff dev.json qa.json --equivalency names.json --format html --output diff.html",
    NULL,
};

const cli_cmd cli_cmd_diff = {
    .name = "diff",
    .about = "Compare the permissions of two accounts, or of one at two times",
    .more = "Users, groups, roles and managed policies are matched by name. Reported is what B "
            "permits and A does not, and the reverse, by action and resource with the statement "
            "that makes the difference; what the order, the Sids or the spelling of a policy "
            "changes is no difference. Where equality cannot be proved, it says that the two may "
            "differ. Exit code 0: the same; 1: different; 2: something could not be read.",
    .opts = diff_opts,
    .n_opts = CLI_COUNT(diff_opts),
    .run = cli_diff,
    .examples = diff_examples,
};
