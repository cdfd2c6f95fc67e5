// SPDX-License-Identifier: Apache-2.0
// main: compares the Guard engine and the cfn-guard personality with recorded verdicts of the real
// tool, in a folder as its README describes (any folder of that shape; what is missing is skipped).
#include "conf.h"

static const char *const sections[CONF_KINDS] = {"validate", "test", "probe", "sample", "stderr"};

static const conf_part parts[] = {
    {"validate", conf_validate, true},
    {"test", conf_tests, false},
    {"probes", conf_probes, false},
    {"samples", conf_samples, false},
};

int main(int argc, char **argv) {
    static const conf_suite suite = {"guard", sections, parts, CONF_KINDS,
                                     sizeof parts / sizeof *parts};
    return conf_main(argc, argv, &suite);
}
