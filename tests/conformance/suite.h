// SPDX-License-Identifier: Apache-2.0
// suite: what every conformance run shares: the folder of recorded verdicts, its parts, the tally
// with its waivers. A suite is a folder here: its conf.h names its sections, its main.c its parts.
//
// Always true: a check is counted exactly once, under its section and id; a waived check that
// passes is a failure (the waiver must go); a part whose files are not in the folder says so and
// counts nothing.
#ifndef WR_CONF_SUITE_H
#define WR_CONF_SUITE_H

#include <limits.h>
#include <stdio.h>

#include "doc/doc.h"

enum { CONF_MAX = 32 }; // sections of a suite
typedef int conf_kind;  // a section: an enum of the suite

typedef struct conf_waiver {
    wr_str kind, id, reason;
    bool run; // its check took place
} conf_waiver;

typedef struct conf_count {
    uint64_t passed, failed, waived;
} conf_count;

typedef struct conf conf;
typedef struct conf_part {
    const char *name;
    void (*run)(conf *);
    bool engine; // not with --peer: it does not run the program
} conf_part;
typedef struct conf_suite {
    const char *name;
    const char *const *sections;
    const conf_part *parts;
    uint32_t n_sections, n_parts;
} conf_suite;

struct conf {
    wr_ctx ctx; // lives for the whole run
    const conf_suite *suite;
    char data[PATH_MAX];    // the folder, absolute
    char program[PATH_MAX]; // under test, absolute; empty: none was given
    char tmp[64];           // a folder for inputs
    const char *choices;    // page with the table of choices for ambiguous probes
    bool sample;            // a quick look: every 16th case
    bool console_verdict;   // guard/probes.c
    FILE *log;              // every failure, in full
    conf_count count[CONF_MAX];
    WR_VEC(conf_waiver) waivers;
};

// Runs the suite by its command line:
// [--sample] [--peer] [--program FILE] [--choices PAGE] [--waivers FILE] [--log FILE] DATA
int conf_main(int argc, char **argv, const conf_suite *s);

// Counts one check. what: printf text of the difference, for the log and the first few on stdout.
void conf_check(conf *c, conf_kind kind, wr_str id, bool ok, const char *what, ...) WR_PRINTF(5, 6);
// Counts a failure of the section itself (a file that cannot be read to its end).
void conf_broken(conf *c, conf_kind kind, const char *what);

#endif
