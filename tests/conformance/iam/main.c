// SPDX-License-Identifier: Apache-2.0
// main: compares the IAM engine with recorded verdicts in a folder as its README describes (any
// folder of that shape; what is missing is skipped).
#include "conf.h"

static const char *const sections[CONF_KINDS] = {
    "probe", "choice", "managed", "stack", "api", "document", "trail", "replay", "parliament"};

static const conf_part parts[] = {
    {"probes", conf_probes, true},       {"managed", conf_managed, true},
    {"stacks", conf_stacks, true},       {"api", conf_api, true},
    {"documents", conf_documents, true}, {"trail", conf_trail, true},
    {"replay", conf_replay, true},       {"parliament", conf_parliament, true},
};

int main(int argc, char **argv) {
    static const conf_suite suite = {"iam", sections, parts, CONF_KINDS,
                                     sizeof parts / sizeof *parts};
    return conf_main(argc, argv, &suite);
}
