// SPDX-License-Identifier: Apache-2.0
// The commands and options of `writ cedar`. As in table.c, a row here is all there is to an option:
// parsing, errors, help, completion and the man page read it. Letters and names of options are
// those of the Cedar command line, where it has them.

#include "cli/rows.h"

static const char *const formats[] = {"text", "json", NULL};
static const char *const policy_formats[] = {"cedar", "json", NULL};
static const char *const truths[] = {"true", "false", NULL};

#define ROW_POLICIES(must)                                                                         \
    {                                                                                              \
        .id = CLI_POLICIES, .kind = CLI_K_EACH, .shrt = 'p', .lng = "policies", .metavar = "FILE", \
        .required = must,                                                                          \
        .help = "Policies and templates, as text or JSON (repeatable); '-' is stdin"               \
    }
#define ROW_POLICY_FORMAT                                                                          \
    {                                                                                              \
        .id = CLI_POLICY_FORMAT, .kind = CLI_K_ONE, .lng = "policy-format", .metavar = "FORMAT",   \
        .values = policy_formats, .help = "What policies are written in; else by name and text"    \
    }
#define ROW_LINKS(must)                                                                            \
    {                                                                                              \
        .id = CLI_LINKS, .kind = CLI_K_ONE, .shrt = 'k', .lng = "template-linked",                 \
        .metavar = "FILE", .required = must,                                                       \
        .help = "Links of templates: [{template_id, link_id, args}]"                               \
    }
#define ROW_SCHEMA(must)                                                                           \
    {                                                                                              \
        .id = CLI_SCHEMA, .kind = CLI_K_ONE, .shrt = 's', .lng = "schema", .metavar = "FILE",      \
        .required = must, .help = "Schema, as text or JSON"                                        \
    }
#define ROW_SCHEMA_FORMAT                                                                          \
    {                                                                                              \
        .id = CLI_SCHEMA_FORMAT, .kind = CLI_K_ONE, .lng = "schema-format", .metavar = "FORMAT",   \
        .values = policy_formats, .help = "What the schema is written in; else by name and text"   \
    }
#define ROW_ENTITIES(must)                                                                         \
    {                                                                                              \
        .id = CLI_ENTITIES, .kind = CLI_K_EACH, .lng = "entities", .metavar = "FILE",              \
        .required = must, .help = "Entities in JSON (repeatable)"                                  \
    }
#define ROW_FORMAT                                                                                 \
    {                                                                                              \
        .id = CLI_FORMAT, .kind = CLI_K_ONE, .shrt = 'o', .lng = "format", .metavar = "FORMAT",    \
        .values = formats, .dflt = "text", .help = "Format of the answer"                          \
    }
#define ROWS_REQUEST                                                                               \
    {.id = CLI_PRINCIPAL,                                                                          \
     .kind = CLI_K_ONE,                                                                            \
     .shrt = 'l',                                                                                  \
     .lng = "principal",                                                                           \
     .metavar = "ENTITY",                                                                          \
     .help = "Who asks: User::\"ann\""},                                                           \
        {.id = CLI_ACTION,                                                                         \
         .kind = CLI_K_ONE,                                                                        \
         .shrt = 'a',                                                                              \
         .lng = "action",                                                                          \
         .metavar = "ENTITY",                                                                      \
         .help = "To do what: Action::\"view\""},                                                  \
        {.id = CLI_RESOURCE,                                                                       \
         .kind = CLI_K_ONE,                                                                        \
         .shrt = 'r',                                                                              \
         .lng = "resource",                                                                        \
         .metavar = "ENTITY",                                                                      \
         .help = "On what: Document::\"plan\""},                                                   \
        {.id = CLI_CONTEXT,                                                                        \
         .kind = CLI_K_ONE,                                                                        \
         .shrt = 'c',                                                                              \
         .lng = "context",                                                                         \
         .metavar = "FILE",                                                                        \
         .help = "The context, a JSON object"},                                                    \
        {.id = CLI_REQUEST,                                                                        \
         .kind = CLI_K_ONE,                                                                        \
         .lng = "request-json",                                                                    \
         .metavar = "FILE",                                                                        \
         .help = "Request {principal, action, resource, context}; flags say parts of it anew"},    \
    {                                                                                              \
        .id = CLI_VALIDATE, .kind = CLI_K_ONE, .lng = "request-validation", .metavar = "BOOL",     \
        .values = truths, .dflt = "true", .help = "Does the request have to be one of the schema"  \
    }

// ---------------------------------------------------------------------------------- authorize

static const cli_opt authorize_opts[] = {
    ROW_POLICIES(true),
    ROW_POLICY_FORMAT,
    ROW_LINKS(false),
    ROW_ENTITIES(false),
    ROW_SCHEMA(false),
    ROW_SCHEMA_FORMAT,
    ROWS_REQUEST,
    {.id = CLI_BATCH,
     .kind = CLI_K_ONE,
     .lng = "batch",
     .metavar = "FILE",
     .conflicts = CLI_BIT(CLI_REQUEST) | CLI_BIT(CLI_PRINCIPAL) | CLI_BIT(CLI_ACTION) |
                  CLI_BIT(CLI_RESOURCE) | CLI_BIT(CLI_CONTEXT),
     .help = "Requests as JSON lines; a decision a line, as JSON; '-' is stdin"},
    {.id = CLI_EXPLAIN,
     .kind = CLI_K_FLAG,
     .lng = "explain",
     .help = "Which condition decided and what it read; of a deny, which permits came nearest"},
    {.id = CLI_FAIL_CLOSED,
     .kind = CLI_K_FLAG,
     .lng = "fail-closed",
     .help = "Deny when a forbid policy cannot be evaluated; Cedar itself skips it"},
    ROW_FORMAT,
    ROW_TODAY,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};
static const char *const authorize_examples[] = {
    "writ cedar authorize -p policies.cedar --entities entities.json -l 'User::\"ann\"' "
    "-a 'Action::\"view\"' -r 'Document::\"plan\"' --explain",
    "writ cedar authorize -p policies.cedar --entities entities.json --batch requests.jsonl",
    NULL,
};
static const cli_cmd authorize = {
    .name = "authorize",
    .about = "Decide a request, or a batch of them",
    .more = "Exit code 0: allow; 1: deny; 2: the request could not be decided. A batch ends with 0 "
            "when every line could be decided.",
    .opts = authorize_opts,
    .n_opts = CLI_COUNT(authorize_opts),
    .run = cli_cedar_authorize,
    .examples = authorize_examples,
};

// ---------------------------------------------------------------------------------- evaluate

static const cli_opt evaluate_opts[] = {
    {.id = CLI_EXPR,
     .kind = CLI_K_ONE,
     .metavar = "EXPRESSION",
     .required = true,
     .help = "What to evaluate: context.n + 1"},
    ROW_ENTITIES(false),
    ROW_SCHEMA(false),
    ROW_SCHEMA_FORMAT,
    ROWS_REQUEST,
    ROW_FORMAT,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};
static const char *const evaluate_examples[] = {
    "writ cedar evaluate --request-json request.json 'context.n + 1 > 3'",
    NULL,
};
static const cli_cmd evaluate = {
    .name = "evaluate",
    .about = "Evaluate an expression for a request",
    .more = "Exit code 0: a value; 1: it is false; 2: it has no value.",
    .opts = evaluate_opts,
    .n_opts = CLI_COUNT(evaluate_opts),
    .run = cli_cedar_evaluate,
    .examples = evaluate_examples,
};

// ---------------------------------------------------------------------------------- check-parse

static const cli_opt check_parse_opts[] = {
    ROW_POLICIES(false),
    ROW_POLICY_FORMAT,
    ROW_LINKS(false),
    ROW_ENTITIES(false),
    ROW_SCHEMA(false),
    ROW_SCHEMA_FORMAT,
    {.id = CLI_EXPR,
     .kind = CLI_K_ONE,
     .lng = "expression",
     .metavar = "EXPRESSION",
     .help = "An expression"},
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};
static const char *const check_parse_examples[] = {
    "writ cedar check-parse -p policies.cedar -s schema.cedarschema --entities entities.json",
    NULL,
};
static const cli_cmd check_parse = {
    .name = "check-parse",
    .about = "Do policies, schema, entities and expressions parse",
    .opts = check_parse_opts,
    .n_opts = CLI_COUNT(check_parse_opts),
    .run = cli_cedar_check_parse,
    .examples = check_parse_examples,
};

// ---------------------------------------------------------------------------------- validate

static const char *const modes[] = {"strict", "permissive", NULL};
static const cli_opt validate_opts[] = {
    ROW_POLICIES(true),
    ROW_POLICY_FORMAT,
    ROW_LINKS(false),
    ROW_SCHEMA(true),
    ROW_SCHEMA_FORMAT,
    {.id = CLI_MODE,
     .kind = CLI_K_ONE,
     .lng = "validation-mode",
     .metavar = "MODE",
     .values = modes,
     .dflt = "strict",
     .help = "How exactly types have to agree"},
    {.id = CLI_LEVEL,
     .kind = CLI_K_ONE,
     .lng = "level",
     .metavar = "N",
     .help = "Policies may follow entities at most N times"},
    {.id = CLI_STRICT, .kind = CLI_K_FLAG, .lng = "deny-warnings", .help = "Warnings fail too"},
    ROW_FORMAT,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};
static const char *const validate_examples[] = {
    "writ cedar validate -p policies.cedar -s schema.cedarschema",
    NULL,
};
static const cli_cmd validate = {
    .name = "validate",
    .about = "Hold policies against a schema",
    .more = "Exit code 0: valid; 1: errors (with --deny-warnings: or warnings); 2: a file is at "
            "fault.",
    .opts = validate_opts,
    .n_opts = CLI_COUNT(validate_opts),
    .run = cli_cedar_validate,
    .examples = validate_examples,
};

// ---------------------------------------------------------------------------------- format

static const cli_opt format_opts[] = {
    ROW_POLICIES(true),
    {.id = CLI_WIDTH,
     .kind = CLI_K_ONE,
     .shrt = 'l',
     .lng = "line-width",
     .metavar = "N",
     .dflt = "80",
     .help = "Columns of a line"},
    {.id = CLI_INDENT,
     .kind = CLI_K_ONE,
     .shrt = 'i',
     .lng = "indent-width",
     .metavar = "N",
     .dflt = "2",
     .help = "Blanks a level"},
    {.id = CLI_WRITE,
     .kind = CLI_K_FLAG,
     .shrt = 'w',
     .lng = "write",
     .conflicts = CLI_BIT(CLI_CHECK),
     .help = "Write the files instead of stdout"},
    {.id = CLI_CHECK,
     .kind = CLI_K_FLAG,
     .shrt = 'c',
     .lng = "check",
     .help = "Write nothing; exit code 1 when a file would change"},
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};
static const char *const format_examples[] = {
    "writ cedar format --check -p policies.cedar",
    NULL,
};
static const cli_cmd format = {
    .name = "format",
    .about = "Lay out policies anew; comments stay",
    .opts = format_opts,
    .n_opts = CLI_COUNT(format_opts),
    .run = cli_cedar_format,
    .examples = format_examples,
};

// ---------------------------------------------------------------------------------- link

static const cli_opt link_opts[] = {
    ROW_POLICIES(true), ROW_POLICY_FORMAT, ROW_LINKS(true), ROW_COLOR, ROW_QUIET, ROW_HELP,
};
static const char *const link_examples[] = {
    "writ cedar link -p policies.cedar -k links.json > set.json",
    NULL,
};
static const cli_cmd link_cmd = {
    .name = "link",
    .about = "Link templates; print the policy set as JSON",
    .opts = link_opts,
    .n_opts = CLI_COUNT(link_opts),
    .run = cli_cedar_link,
    .examples = link_examples,
};

// ---------------------------------------------------------------------------------- translations

static const char *const policy_ways[] = {"cedar-to-json", "json-to-cedar", NULL};
static const char *const schema_ways[] = {"cedar-to-json", "json-to-cedar",
                                          "cedar-to-json-with-resolved-types", NULL};

static const cli_opt translate_policy_opts[] = {
    {.id = CLI_DIRECTION,
     .kind = CLI_K_ONE,
     .lng = "direction",
     .metavar = "WAY",
     .required = true,
     .values = policy_ways,
     .help = "From which syntax to which"},
    ROW_POLICIES(true),
    ROW_POLICY_FORMAT,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};
static const char *const translate_policy_examples[] = {
    "writ cedar translate-policy --direction cedar-to-json -p policies.cedar",
    NULL,
};
static const cli_cmd translate_policy = {
    .name = "translate-policy",
    .about = "Policies as JSON, or JSON policies as text (comments are lost)",
    .opts = translate_policy_opts,
    .n_opts = CLI_COUNT(translate_policy_opts),
    .run = cli_cedar_translate_policy,
    .examples = translate_policy_examples,
};

static const cli_opt translate_schema_opts[] = {
    {.id = CLI_DIRECTION,
     .kind = CLI_K_ONE,
     .lng = "direction",
     .metavar = "WAY",
     .required = true,
     .values = schema_ways,
     .help = "From which syntax to which"},
    ROW_SCHEMA(true),
    ROW_SCHEMA_FORMAT,
    ROW_COLOR,
    ROW_QUIET,
    ROW_HELP,
};
static const char *const translate_schema_examples[] = {
    "writ cedar translate-schema --direction cedar-to-json -s schema.cedarschema",
    NULL,
};
static const cli_cmd translate_schema = {
    .name = "translate-schema",
    .about = "A schema as JSON, or a JSON schema as text (comments are lost)",
    .opts = translate_schema_opts,
    .n_opts = CLI_COUNT(translate_schema_opts),
    .run = cli_cedar_translate_schema,
    .examples = translate_schema_examples,
};

// ---------------------------------------------------------------------------------- the rest

static const cli_opt visualize_opts[] = {ROW_ENTITIES(true), ROW_COLOR, ROW_QUIET, ROW_HELP};
static const char *const visualize_examples[] = {
    "writ cedar visualize --entities entities.json | dot -Tsvg > entities.svg",
    NULL,
};
static const cli_cmd visualize = {
    .name = "visualize",
    .about = "Entities and their parents as a graph for Graphviz",
    .opts = visualize_opts,
    .n_opts = CLI_COUNT(visualize_opts),
    .run = cli_cedar_visualize,
    .examples = visualize_examples,
};

static const cli_opt new_opts[] = {
    {.id = CLI_DIR,
     .kind = CLI_K_ONE,
     .shrt = 'n',
     .lng = "name",
     .metavar = "DIR",
     .required = true,
     .help = "Folder to make"},
    ROW_COLOR,
    ROW_HELP,
};
static const char *const new_examples[] = {"writ cedar new --name app", NULL};
static const cli_cmd new_cmd = {
    .name = "new",
    .about = "Make a folder with a policy, schema, entities and a request",
    .opts = new_opts,
    .n_opts = CLI_COUNT(new_opts),
    .run = cli_cedar_new,
    .examples = new_examples,
};

static const cli_opt plain_opts[] = {ROW_HELP};
static const cli_cmd language_version = {
    .name = "language-version",
    .about = "Print the version of the Cedar language",
    .opts = plain_opts,
    .n_opts = CLI_COUNT(plain_opts),
    .bare = true,
    .run = cli_cedar_language_version,
};
static const cli_cmd symcc = {
    .name = "symcc",
    .about = "Symbolic analysis: not supported",
    .opts = plain_opts,
    .n_opts = CLI_COUNT(plain_opts),
    .hidden = true,
    .bare = true,
    .run = cli_cedar_symcc,
};

static const cli_cmd *const commands[] = {
    &authorize, &evaluate,         &check_parse,      &validate,
    &format,    &link_cmd,         &translate_policy, &translate_schema,
    &visualize, &language_version, &new_cmd,          &symcc,
    NULL};

static const cli_opt cedar_opts[] = {ROW_HELP};

const cli_cmd cli_cedar = {
    .name = "cedar",
    .about = "Cedar policies: decide requests, check, translate",
    .opts = cedar_opts,
    .n_opts = CLI_COUNT(cedar_opts),
    .subs = commands,
};
