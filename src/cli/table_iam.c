// SPDX-License-Identifier: Apache-2.0
// The commands and options of `writ iam`: questions to IAM policies. As in table.c, a row here is
// all there is to an option: parsing, errors, help, completion and the man page read it.

#include "cli/rows.h"

#define BOTH(a, b) (CLI_BIT(a) | CLI_BIT(b))

static const char *const answer_formats[] = {"text", "json", NULL};

#define ROW_ANSWER_FORMAT                                                                          \
    {                                                                                              \
        .id = CLI_FORMAT, .kind = CLI_K_ONE, .shrt = 'o', .lng = "format", .metavar = "FORMAT",    \
        .values = answer_formats, .dflt = "text", .help = "Format of the answer"                   \
    }
#define ROW_CONTEXT                                                                                \
    {                                                                                              \
        .id = CLI_CONTEXT, .kind = CLI_K_EACH, .shrt = 'c', .lng = "context",                      \
        .metavar = "KEY=VALUE",                                                                    \
        .help = "Value of a condition key; several uses for one key make it multivalued "          \
                "(repeatable). KEY= is the empty text, KEY alone says that the key is absent"      \
    }
#define ROW_UNKNOWN                                                                                \
    {                                                                                              \
        .id = CLI_UNKNOWN, .kind = CLI_K_EACH, .shrt = 'u', .lng = "unknown", .metavar = "KEY",    \
        .help = "Condition key whose value is not known, with --exact (repeatable)"                \
    }
#define ROW_EXACT                                                                                  \
    {                                                                                              \
        .id = CLI_EXACT, .kind = CLI_K_FLAG, .lng = "exact",                                       \
        .help = "Condition keys that are not given are absent; else they are not known"            \
    }
#define ROW_ACCOUNT                                                                                \
    {                                                                                              \
        .id = CLI_ACCOUNT, .kind = CLI_K_EACH, .lng = "account", .metavar = "DUMP",                \
        .help = "Output of aws iam get-account-authorization-details (repeatable)"                 \
    }
#define ROW_ORG                                                                                    \
    {                                                                                              \
        .id = CLI_ORG, .kind = CLI_K_ONE, .lng = "org", .metavar = "FILE",                         \
        .help = "Organization file: accounts, units and the SCPs and RCPs attached to them"        \
    }
#define ROW_RESOURCE_POLICY                                                                        \
    {                                                                                              \
        .id = CLI_RESOURCE_POLICY, .kind = CLI_K_ONE, .lng = "resource-policy", .metavar = "FILE", \
        .help = "Policy of the resource; of sts:AssumeRole: the role's trust "                     \
                "policy"                                                                           \
    }
#define ROW_NOW                                                                                    \
    {                                                                                              \
        .id = CLI_NOW, .kind = CLI_K_ONE, .lng = "now", .metavar = "TIME",                         \
        .help = "Time of the request: sets aws:CurrentTime and aws:EpochTime. 2026-01-31, "        \
                "2026-01-31T12:00:00Z or seconds since 1970"                                       \
    }

// ---------------------------------------------------------------------------------- simulate

static const cli_opt simulate_opts[] = {
    {.id = CLI_PRINCIPAL,
     .kind = CLI_K_ONE,
     .shrt = 'p',
     .lng = "principal",
     .metavar = "ARN",
     .help = "Who asks: ARN of a user, role, session or root, a service name, or '*'"},
    {.id = CLI_ACTION,
     .kind = CLI_K_ONE,
     .shrt = 'a',
     .lng = "action",
     .metavar = "ACTION",
     .help = "What is asked for: s3:GetObject"},
    {.id = CLI_RESOURCE,
     .kind = CLI_K_ONE,
     .shrt = 'r',
     .lng = "resource",
     .metavar = "ARN",
     .help = "On what; not given: '*' for actions that take no resource, else not known"},
    {.id = CLI_RESOURCE_ACCOUNT,
     .kind = CLI_K_ONE,
     .lng = "resource-account",
     .metavar = "ID",
     .help = "Account that owns the resource, when its ARN does not say"},
    ROW_CONTEXT,
    ROW_UNKNOWN,
    ROW_EXACT,
    {.id = CLI_IDENTITY,
     .kind = CLI_K_EACH,
     .lng = "identity",
     .metavar = "FILE",
     .help = "Identity policy of the principal (repeatable)"},
    {.id = CLI_BOUNDARY,
     .kind = CLI_K_EACH,
     .lng = "boundary",
     .metavar = "FILE",
     .help = "Permissions boundary (repeatable)"},
    {.id = CLI_SESSION,
     .kind = CLI_K_EACH,
     .lng = "session",
     .metavar = "FILE",
     .help = "Session policy (repeatable)"},
    ROW_RESOURCE_POLICY,
    {.id = CLI_ENDPOINT,
     .kind = CLI_K_EACH,
     .lng = "endpoint",
     .metavar = "FILE",
     .help = "Policy of the VPC endpoint that the request comes through (repeatable)"},
    {.id = CLI_SCP,
     .kind = CLI_K_EACH,
     .lng = "scp",
     .metavar = "FILE,...",
     .help = "SCPs of one level; each use is the next level, from the root down (repeatable). "
             "FullAWSAccess is a known name and counts only where it is written"},
    {.id = CLI_RCP,
     .kind = CLI_K_EACH,
     .lng = "rcp",
     .metavar = "FILE,...",
     .help = "RCPs of one level of the resource's account, as --scp (repeatable)"},
    ROW_ACCOUNT,
    ROW_ORG,
    {.id = CLI_POLICY,
     .kind = CLI_K_EACH,
     .lng = "policy",
     .metavar = "NAME=FILE",
     .help = "Policy that requests may name (repeatable); FILE alone: JSON lines of id, document"},
    {.id = CLI_REQUEST,
     .kind = CLI_K_ONE,
     .lng = "request",
     .metavar = "FILE",
     .conflicts = CLI_BIT(CLI_BATCH),
     .help = "Request as a JSON object, with its policies; '-' is stdin"},
    {.id = CLI_BATCH,
     .kind = CLI_K_ONE,
     .lng = "batch",
     .metavar = "FILE",
     .conflicts = BOTH(CLI_REQUEST, CLI_EXPLAIN) | BOTH(CLI_PRINCIPAL, CLI_ACTION) |
                  BOTH(CLI_RESOURCE, CLI_RESOURCE_ACCOUNT) | CLI_BIT(CLI_FORMAT),
     .help = "Requests as JSON lines, decisions out as JSON lines; '-' is stdin"},
    {.id = CLI_EXPLAIN,
     .kind = CLI_K_FLAG,
     .shrt = 'e',
     .lng = "explain",
     .help = "Say how it was decided: every layer, every statement that named the action"},
    ROW_ANSWER_FORMAT,
    ROW_COMMENTS,
    ROW_NOW,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const cli_group simulate_groups[] = {
    {.members = CLI_BIT(CLI_ACTION) | BOTH(CLI_REQUEST, CLI_BATCH), .required = true},
};

static const char *const simulate_examples[] = {
    "writ iam simulate -p arn:aws:iam::111122223333:user/ann -a s3:GetObject -r "
    "arn:aws:s3:::reports/q1.csv --identity read.json",
    "writ iam simulate --account dump.json --org org.yaml -p "
    "arn:aws:iam::111122223333:role/deploy -a ec2:RunInstances -c aws:RequestedRegion=eu-west-1 "
    "--explain",
    "writ iam simulate --account dump.json --batch requests.jsonl",
    NULL,
};

static const cli_cmd simulate = {
    .name = "simulate",
    .about = "Decide whether policies allow a request",
    .more = "The answer is allow, deny (a statement says so), implicit deny (nothing allows it), "
            "unknown with the facts that would settle it, or error when a policy that applies "
            "cannot be judged. Exit code: 0 allow, 1 deny, 2 error, 3 unknown; of a batch: 0 when "
            "every line could be judged, else 2. Condition keys that are not given are not known, "
            "unless the request itself says them or --exact is given.",
    .opts = simulate_opts,
    .n_opts = CLI_COUNT(simulate_opts),
    .groups = simulate_groups,
    .n_groups = CLI_COUNT(simulate_groups),
    .run = cli_iam_simulate,
    .examples = simulate_examples,
};

// ---------------------------------------------------------------------------------- who, what

#define ROW_ACCOUNTS                                                                               \
    {                                                                                              \
        .id = CLI_ACCOUNT, .kind = CLI_K_EACH, .lng = "account", .metavar = "DUMP",                \
        .required = true,                                                                          \
        .help = "Output of aws iam get-account-authorization-details (repeatable)"                 \
    }

static const cli_opt who_can_opts[] = {
    {.id = CLI_ACTION,
     .kind = CLI_K_ONE,
     .metavar = "ACTION",
     .required = true,
     .help = "What is asked for: s3:GetObject"},
    {.id = CLI_RESOURCE,
     .kind = CLI_K_ONE,
     .metavar = "RESOURCE",
     .required = true,
     .help = "On what: an ARN; '*' for actions that take no resource"},
    ROW_ACCOUNTS,
    ROW_ORG,
    ROW_RESOURCE_POLICY,
    {.id = CLI_RESOURCE_ACCOUNT,
     .kind = CLI_K_ONE,
     .lng = "resource-account",
     .metavar = "ID",
     .help = "Account that owns the resource, when its ARN does not say"},
    ROW_CONTEXT,
    ROW_UNKNOWN,
    ROW_EXACT,
    ROW_ANSWER_FORMAT,
    ROW_COMMENTS,
    ROW_NOW,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const who_can_examples[] = {
    "writ iam who-can s3:GetObject arn:aws:s3:::reports/q1.csv --account dump.json --org org.yaml",
    "writ iam who-can iam:PassRole arn:aws:iam::111122223333:role/admin --account dump.json",
    NULL,
};

static const cli_cmd who_can = {
    .name = "who-can",
    .about = "List the users and roles that may do something",
    .more = "Every user and role of the dumps, and the root user of each account, is decided as by "
            "simulate. Listed are those who may (allow), who may under conditions that are not "
            "known (unknown, with the keys), and who cannot be judged (error; exit code 2).",
    .opts = who_can_opts,
    .n_opts = CLI_COUNT(who_can_opts),
    .run = cli_iam_who_can,
    .examples = who_can_examples,
};

static const cli_opt what_can_opts[] = {
    {.id = CLI_PRINCIPAL,
     .kind = CLI_K_ONE,
     .metavar = "PRINCIPAL",
     .required = true,
     .help = "ARN of a user, a role or a role's session"},
    ROW_ACCOUNTS,
    ROW_ORG,
    {.id = CLI_SERVICE,
     .kind = CLI_K_EACH,
     .lng = "service",
     .metavar = "PREFIX",
     .help = "Only actions of this service: s3 (repeatable)"},
    ROW_CONTEXT,
    ROW_UNKNOWN,
    ROW_EXACT,
    ROW_ANSWER_FORMAT,
    ROW_NOW,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const what_can_examples[] = {
    "writ iam what-can arn:aws:iam::111122223333:user/ann --account dump.json --org org.yaml",
    NULL,
};

static const cli_cmd what_can = {
    .name = "what-can",
    .about = "List what a user or role may do",
    .more = "By service, the actions that AWS documents and that the principal's policies allow, "
            "with the statements, the resources and the conditions they are limited to. The "
            "boundary and SCPs count: an action is listed as always allowed when it is so on every "
            "resource, else as one that may be.",
    .opts = what_can_opts,
    .n_opts = CLI_COUNT(what_can_opts),
    .run = cli_iam_what_can,
    .examples = what_can_examples,
};

// ---------------------------------------------------------------------------------- validate

static const char *const kinds[] = {"identity", "boundary", "session", "resource", "trust",
                                    "endpoint", "scp",      "rcp",     NULL};
static const char *const finding_formats[] = {"text", "json", "sarif", "junit", "ocsf", NULL};
static const char *const thresholds[] = {"error",      "security", "warning",
                                         "suggestion", "never",    NULL};
static const char *const targets[] = {"AWS::S3::Bucket",
                                      "AWS::S3::AccessPoint",
                                      "AWS::S3::MultiRegionAccessPoint",
                                      "AWS::S3ObjectLambda::AccessPoint",
                                      "AWS::IAM::AssumeRolePolicyDocument",
                                      "AWS::DynamoDB::Table",
                                      NULL};

static const cli_opt validate_opts[] = {
    {.id = CLI_POLICY,
     .kind = CLI_K_MANY,
     .metavar = "PATH",
     .help = "Policies, CloudFormation templates, Terraform plans, account dumps, or folders of "
             "them; stdin when not given"},
    {.id = CLI_KIND,
     .kind = CLI_K_ONE,
     .shrt = 'k',
     .lng = "kind",
     .metavar = "KIND",
     .values = kinds,
     .help = "What kind of policy the documents are; else it is guessed, and said"},
    {.id = CLI_TYPE,
     .kind = CLI_K_ONE,
     .shrt = 't',
     .lng = "resource-type",
     .metavar = "TYPE",
     .values = targets,
     .help = "What the resource policies hang on; else it is taken from their ARNs"},
    {.id = CLI_FORMAT,
     .kind = CLI_K_ONE,
     .shrt = 'o',
     .lng = "format",
     .metavar = "FORMAT",
     .values = finding_formats,
     .dflt = "text",
     .help = "Format of the report"},
    {.id = CLI_FAIL_ON,
     .kind = CLI_K_ONE,
     .lng = "fail-on",
     .metavar = "CATEGORY",
     .values = thresholds,
     .dflt = "security",
     .help = "Findings below this are reported but do not fail the run"},
    {.id = CLI_CHECK,
     .kind = CLI_K_EACH,
     .lng = "check",
     .metavar = "CODE",
     .help = "Give only this code, or those of access-analyzer, parliament, quota or writ "
             "(repeatable)"},
    {.id = CLI_OBSOLETE,
     .kind = CLI_K_FLAG,
     .lng = "obsolete",
     .help = "Checks that AWS has dropped, too"},
    {.id = CLI_QUOTA,
     .kind = CLI_K_EACH,
     .lng = "quota",
     .metavar = "NAME=N",
     .help = "Characters a policy may have: managed, inline-user, inline-group, inline-role, "
             "trust, session, scp, rcp, resource (repeatable)"},
    {.id = CLI_SENSITIVE,
     .kind = CLI_K_EACH,
     .lng = "sensitive",
     .metavar = "ARN",
     .help =
         "Say what is allowed on this resource (SENSITIVE_ACCESS); ACTION=ARN: by these actions "
         "only (repeatable)"},
    ROW_COMMENTS,
    {.id = CLI_IGNORE,
     .kind = CLI_K_EACH,
     .lng = "ignore",
     .metavar = "GLOB",
     .help = "Leave out what matches when folders are searched (repeatable)"},
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};

static const char *const validate_examples[] = {
    "writ iam validate policies/",
    "writ iam validate --kind scp --format sarif deny-regions.json",
    "writ iam validate template.yaml plan.json --fail-on error",
    NULL,
};

static const cli_cmd validate = {
    .name = "validate",
    .about = "Find what is wrong with policies",
    .more = "The checks of IAM Access Analyzer and of parliament by their codes, sizes, and what "
            "IAM itself refuses; writ explain CODE says what a code means. Exit code: 0 nothing at "
            "or over --fail-on, 1 findings, 2 something could not be read.",
    .opts = validate_opts,
    .n_opts = CLI_COUNT(validate_opts),
    .bare = true,
    .run = cli_iam_validate,
    .examples = validate_examples,
};

// ---------------------------------------------------------------------------------- the group

static const cli_cmd *const iam_commands[] = {&simulate, &validate, &who_can, &what_can, NULL};

static const cli_opt group_opts[] = {ROW_HELP};

const cli_cmd cli_iam = {
    .name = "iam",
    .about = "AWS IAM policies: decide requests, find faults",
    .more = "Policies of every kind: identity, boundary, session, resource, trust, VPC endpoint, "
            "service control (SCP) and resource control (RCP) policies. Nothing is sent to AWS.",
    .opts = group_opts,
    .n_opts = CLI_COUNT(group_opts),
    .subs = iam_commands,
};
