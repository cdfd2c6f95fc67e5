// SPDX-License-Identifier: Apache-2.0
// conf: what the parts of the Guard conformance run share: the folder of recorded verdicts, the
// tally with its waivers, tables, running the program under test.
#ifndef WR_CONF_H
#define WR_CONF_H

#include "../suite.h"
#include "lang/guard/guard.h"

enum { // parts of the run
    CONF_VALIDATE,
    CONF_TEST,
    CONF_PROBE,
    CONF_SAMPLE,
    CONF_STDERR,
    CONF_KINDS
};

// A file of the folder into c->ctx, or {NULL,0} (and a line "skipped: …") when it is not there.
wr_str conf_file(conf *c, const char *name);
// Next line of *rest without its newline; false at the end. Lines that begin with '#' are left out.
bool conf_line(wr_str *rest, wr_str *line);
// Splits a line at tabs into at most max fields; returns how many.
size_t conf_fields(wr_str line, wr_str *v, size_t max);

typedef struct conf_run {
    int code; // exit code, or 128 + signal
    wr_str out, err;
} conf_run;
// Runs the program in the folder dir with stdin from a file (NULL: /dev/null). Output into a.
conf_run conf_exec(conf *c, wr_arena *a, const char *dir, const char *const *argv, const char *in);
// s with every occurrence of from replaced.
wr_str conf_replace(wr_arena *a, wr_str s, wr_str from, wr_str to);
// Where the two first differ: a line number and both lines, for messages.
wr_str conf_diff(wr_arena *a, wr_str want, wr_str got);

void conf_validate(conf *c); // expected-validate.tsv
void conf_tests(conf *c);    // expected-test.tsv
void conf_probes(conf *c);   // probes.jsonl
void conf_samples(conf *c);  // samples/

// normalise.c: an output with that masked which may differ (samples.c says when).
wr_str conf_normal_console(wr_arena *a, wr_str s); // blocks sorted, code excerpts and places masked
wr_str conf_normal_sarif(wr_arena *a, wr_str s, const char *data);
wr_str conf_normal_junit(wr_arena *a, wr_str s);
wr_str conf_normal_stderr(wr_arena *a, wr_str s);

#endif
