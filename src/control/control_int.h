// SPDX-License-Identifier: Apache-2.0
// control_int: what the files of this folder share; private to control.
//
// Names: every file of a repository has one, relative to its folder ("controls/a.yaml"); those of
// writ's own library begin with "writ:" ("writ:s3/S3.TLS.yaml"). wr_src names are as people would
// open them (folder/controls/a.yaml), so that an editor finds them.
#ifndef WR_CONTROL_INT_H
#define WR_CONTROL_INT_H

#include "control/control.h"

// ---------------------------------------------------------------------------------- the library

// Files of controls/, embedded when writ is built, sorted by name.
typedef struct library_file {
    const char *name; // "s3/S3.TLS.yaml"
    const char *text;
    uint32_t n;
} library_file;
uint32_t library_count(void);
const library_file *library_at(uint32_t i);
const library_file *library_find(wr_str name); // NULL: there is none

// ---------------------------------------------------------------------------------- loading

typedef WR_VEC(wr_str) load_names;

typedef struct load_manifest {
    wr_str schema, name, organization;
    wr_form_texts include, controls, exceptions, tests, frameworks;
    const wr_node *inputs, *accounts, *settings;
} load_manifest;

// A folder that controls come from: the repository, one it includes, the library.
typedef struct load_base {
    wr_str prefix;              // of its files' names: "", "shared/", "writ:"
    const struct load_base *up; // who includes it; NULL: the repository itself
    wr_str real;                // the folder without links; "" of the library
    bool library;
    load_names picks; // library: groups and controls that were asked for; none: all
    wr_form form;     // of its manifest
    load_manifest m;
} load_base;

typedef struct load {
    wr_ctx *c;
    wr_repo *r;
    wr_str real;               // folder of the repository without links, '/' at its end
    WR_VEC(load_base *) bases; // the repository first
    wr_map policies;           // "scp writ:s3/x.json" → policy_file
    wr_map frameworks;         // id → load_framework
    wr_map lists;              // names of framework lists: they are no controls
    wr_map exceptions;         // id → wr_exception
    bool org_broken;           // named, but cannot be used
    bool org_missed;           // that it is not named was said
} load;

// load_files.c: reading what stands in the repository, and nothing outside it.
// rel (said at n of f) as a name within b; false: it leads out of the repository (said).
bool load_name(load *l, const load_base *b, wr_form *f, const wr_node *n, wr_str rel, wr_str *out);
// Why a file is not read, NULL: it may be; *code then says which fault that is.
const char *load_refuses(load *l, wr_str name, wr_code *code);
bool load_is_library(wr_str name); // "writ:…"
// The text of a file, or NULL (said at n of f; both may be NULL).
const wr_src *load_text(load *l, wr_str name, wr_form *f, const wr_node *n);
// A file of our own formats as a document whose root is a map; NULL: said.
const wr_doc *load_doc(load *l, wr_str name, wr_form *f, const wr_node *n);
// Any JSON or YAML document.
const wr_doc *load_tree(load *l, const wr_src *src, const wr_symtab *syms);
// Files of b that pattern (a name within b) means, sorted; data: only those with endings of data.
void load_expand(load *l, const load_base *b, wr_str pattern, bool data, load_names *out);
// Files that a list of the manifest means (its default when the manifest has none), each once.
void load_listed(load *l, load_base *b, const wr_form_texts *listed, const char *key,
                 const char *dflt, load_names *out);
const char *load_path(load *l, wr_str name); // as opened
// Does "s3", or "S3.TLS", mean the library's file "s3/S3.TLS.yaml"? (load.c)
bool load_picks(wr_str pick, wr_str file);

void load_frameworks(load *l, load_base *b);                               // load_framework.c
void load_maps(load *l, wr_form *f, const wr_node *maps, wr_control *out); // load_framework.c
void load_controls(load *l, load_base *b);                                 // load_control.c
void load_layers(load *l, const load_base *b, wr_form *f, const wr_node *layers,
                 const wr_node *omit, wr_control *out);                // load_layer.c
void load_scope(load *l, wr_form *f, const wr_node *n, wr_scope *out); // scope.c
void load_exceptions(load *l, load_base *b);                           // exception_load.c
void load_tests(load *l, load_base *b);                                // load_test.c
void load_inputs(load *l, load_base *b);                               // load_input.c

// ---------------------------------------------------------------------------------- exceptions

// Does the exception cover the finding today, whichever list it stands in? One that has a fault
// that makes it invalid covers nothing.
bool exception_covers(const wr_repo *r, const wr_exception *x, const wr_finding *f, int64_t today);
// Faults that keep an exception from covering anything.
enum {
    EXCEPTION_VOID = WR_X_EXPIRED | WR_X_NOT_STARTED | WR_X_UNAPPROVED | WR_X_SELF_APPROVED |
                     WR_X_TOO_LONG | WR_X_UNKNOWN_CONTROL,
};
// Faults on a day of an exception that was loaded (all but WR_X_UNMATCHED).
unsigned exception_faults(const wr_repo *r, const wr_exception *x, int64_t today);
const char *exception_fault_name(wr_exception_fault bit); // "self-approved"; "": it is none

// The suppressions that a CloudFormation template asks for in the metadata of its resources
// (cfn_nag.rules_to_suppress, guard.SuppressedRules), as requests: path is name, logical_id the
// resource, control the id of the control that is meant, or the rule as it is written when there is
// none; starts, expires and review are INT64_MIN. Diagnostics K0305 (warnings). Memory: c's.
typedef WR_VEC(wr_exception *) request_list;
wr_rc template_requests(wr_ctx *c, const wr_repo *r, const wr_doc *doc, wr_str name,
                        request_list *out) WR_MUST_USE;

#endif
