// SPDX-License-Identifier: Apache-2.0
// conf: what the sections of the IAM conformance run share: the folder of recorded verdicts, the
// tally with its waivers, cases read into layers and requests.
#ifndef WR_CONF_IAM_H
#define WR_CONF_IAM_H

#include "../suite.h"
#include "lang/iam/iam.h"

enum {               // sections of the run
    CONF_PROBE,      // cases/probes.jsonl, by the documents
    CONF_CHOICE,     // the same, ambiguous ones, by the guide's page
    CONF_MANAGED,    // cases/managed-cases.jsonl
    CONF_STACK,      // cases/stack-cases.jsonl
    CONF_API,        // moto/*.json: the words of IAM's API
    CONF_DOCUMENT,   // published policies that must not be broken
    CONF_TRAIL,      // cloudtrail-invictus against cases/trail-requests.jsonl
    CONF_REPLAY,     // cases/trail-scp-impact.tsv, trail-scp-denied.jsonl
    CONF_PARLIAMENT, // parliament/tests.json: its codes alone
    CONF_KINDS
};

// Opens name.jsonl or name.jsonl.gz of the folder: NULL (and a line "skipped: …") without it.
wr_pull *conf_open(conf *c, wr_ctx *ctx, const char *name);
// The next value, loaded into ctx. False at the end; what is no JSON counts as a failure.
bool conf_next(conf *c, conf_kind kind, wr_pull *p, wr_ctx *ctx, wr_doc **out);
wr_str conf_text(const wr_doc *d, const wr_node *n, const char *key); // a string; else empty

// ---- case.c

// Where policies come from: stands for n (a document, or the id of one) as a policy of kind k. NULL
// ends the case as a failure.
typedef const wr_iam_policy *conf_policies(void *arg, const wr_doc *d, const wr_node *n,
                                           wr_iam_kind k);
bool conf_layers(const wr_doc *d, wr_arena *a, conf_policies *get, void *arg, wr_iam_layers *out);
bool conf_request(const wr_doc *d, const wr_iam_set *s, wr_arena *a, wr_iam_request *out);
// "Allowed" …; WR_UNKNOWN when it is none of them.
wr_outcome conf_expect(const wr_doc *d);

void conf_probes(conf *c);
void conf_managed(conf *c);
void conf_stacks(conf *c);
void conf_api(conf *c);
void conf_documents(conf *c);
void conf_trail(conf *c);
void conf_replay(conf *c);
void conf_parliament(conf *c);

#endif
