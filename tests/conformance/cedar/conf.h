// SPDX-License-Identifier: Apache-2.0
// conf: what the parts of the Cedar conformance run share: files of the folder (packed ones too),
// documents, answers compared with recorded ones. A part is a file; it names its section here and
// itself in main.c.
#ifndef WR_CONF_CEDAR_H
#define WR_CONF_CEDAR_H

#include "../suite.h"
#include "lang/cedar/cedar.h"

enum {              // sections of the run
    CONF_CORPUS,    // corpus-tests.tar.gz: decision, reasons, errors
    CONF_HAND,      // handwritten/
    CONF_APPS,      // apps/oracle/
    CONF_BENCH,     // bench/oopsla-apps.tar.gz
    CONF_EXAMPLE,   // use-cases/, language-in-action/
    CONF_SANDBOX,   // cli-sample-data/
    CONF_EXPR,      // probes: expressions
    CONF_POLICY,    // probes: policies
    CONF_SCHEMA,    // probes: schemas in both syntaxes
    CONF_CONVERT,   // schemas of the corpus as JSON
    CONF_TRIP,      // … and back
    CONF_ENTITY,    // entities held against a schema
    CONF_REQUEST,   // requests held against a schema
    CONF_EST,       // corpus-oracle: policies as JSON
    CONF_FORMAT,    // corpus-oracle, formatter/: policies laid out
    CONF_TWIN,      // the corpus through JSON, formatter, templates
    CONF_EST_PROBE, // probes: policies in JSON
    CONF_VALID,     // corpus-oracle: errors and warnings of validation, environments
    CONF_MODES,     // corpus-tests-validation, cedar-go-validate: strict and permissive
    CONF_REMARK,    // probes: what the validator says of an expression or a scope
    CONF_LEVEL,     // cli-sample-data: levels
    CONF_KINDS
};

// A .tar.gz in memory, its files by name. NULL (and a line "skipped: …") when it is not there.
typedef struct conf_tar {
    wr_map by_name;
    WR_VEC(wr_str) names; // in the order of the archive
} conf_tar;
conf_tar *conf_tar_open(conf *c, wr_ctx *ctx, const char *name);
wr_str conf_tar_get(const conf_tar *t, wr_str name); // p NULL: not there

// A file of the folder into ctx; p NULL when it is not there.
wr_str conf_read(conf *c, wr_ctx *ctx, const char *name);
wr_doc *conf_json(wr_ctx *ctx, wr_str name, wr_str text); // NULL: it is none
wr_str conf_said(wr_ctx *ctx);                            // the diagnostics so far, as text

// Policies and entities that answer; each pointer NULL where its text is at fault.
typedef struct conf_app {
    wr_cedar_set *set;
    wr_cedar_store *store;
    wr_cedar_bound *bound;
    wr_cedar_eval *eval;
    wr_cedar_schema *schema; // NULL: none is given
} conf_app;
typedef struct conf_texts { // of an application; schema and links (JSON) may be empty
    wr_str policies, entities, schema, links;
    bool schema_json;
} conf_texts;
// False: ctx says why.
bool conf_app_load(wr_ctx *ctx, const conf_texts *t, conf_app *out);
typedef struct conf_at { // a node and its document
    const wr_doc *d;
    const wr_node *n;
} conf_at;
// Decides a request and compares with {decision, reason, errors} (or their first letters) of want.
void conf_answer(conf *c, conf_kind kind, wr_ctx *ctx, const conf_app *app, conf_at request,
                 conf_at want, wr_str id);
// All requests of a test object.
void conf_requests(conf *c, conf_kind kind, wr_ctx *ctx, const conf_app *app, const wr_doc *d,
                   wr_str id);
// Every file under the folder dir whose name ends so, in order of names; paths from the data
// folder.
typedef void conf_each(conf *c, const char *path);
bool conf_walk(conf *c, const char *dir, const char *suffix, conf_each *each);

// Does one of the diagnostics say want (these beginnings taken off, in this order; NULL ends
// them)? Recorded words are cut at 160 bytes.
bool conf_words(const wr_ctx *ctx, wr_str want, const char *const *prefixes);

void conf_corpus(conf *c);
void conf_schema(conf *c);
void conf_data(conf *c);
void conf_hand(conf *c);
void conf_apps(conf *c);
void conf_bench(conf *c);
void conf_examples(conf *c);
void conf_sandbox(conf *c);
void conf_probes(conf *c);
void conf_validation(conf *c);
void conf_text(conf *c);
void conf_snapshots(conf *c);
void conf_est_probes(conf *c);

#endif
