// SPDX-License-Identifier: Apache-2.0
// main: compares the Cedar engine with recorded answers in a folder as its README describes (any
// folder of that shape; what is missing is skipped).
#include "conf.h"

static const char *const sections[CONF_KINDS] = {
    "corpus", "handwritten", "apps",      "bench",      "example", "sandbox", "expression",
    "policy", "schema",      "convert",   "round trip", "entity",  "request", "est",
    "format", "twin",        "est-probe", "validation", "modes",   "remarks", "levels"};

static const conf_part parts[] = {
    {"corpus", conf_corpus, true},
    {"handwritten", conf_hand, true},
    {"apps", conf_apps, true},
    {"bench", conf_bench, true},
    {"examples", conf_examples, true},
    {"sandboxes", conf_sandbox, true},
    {"probes", conf_probes, true},
    {"schemas", conf_schema, true},
    {"data", conf_data, true},
    {"texts", conf_text, true},
    {"snapshots", conf_snapshots, true},
    {"est probes", conf_est_probes, true},
    {"validation", conf_validation, true},
};

int main(int argc, char **argv) {
    static const conf_suite suite = {"cedar", sections, parts, CONF_KINDS,
                                     sizeof parts / sizeof *parts};
    return conf_main(argc, argv, &suite);
}
