// SPDX-License-Identifier: Apache-2.0
// cmd_cedar: what the commands of `writ cedar` share: policies, links, schema, entities, requests
// from files and flags.
//
// Always true: a file that is at fault has been said so, with its place; a command that could not
// read all it was given decides nothing and ends with WX_ERROR.
#ifndef WR_CMD_CEDAR_H
#define WR_CMD_CEDAR_H

#include "cli/cmd_guard.h"
#include "lang/cedar/cedar.h"

typedef struct cedar_in {
    cli *c;
    wr_cedar_set *set;
    wr_cedar_schema *schema; // NULL: none given
    wr_cedar_store *store;
    wr_digest *policies, *data; // of all texts of policies; of schema and entities
    uint8_t policy_digest[32], data_digest[32];
    bool has_digests;
} cedar_in;

// Reads what the flags name. False: said why. want_store: an empty one when no entities are given.
bool cedar_open(cedar_in *in, cli *c);
void cedar_close(cedar_in *in);
const wr_doc *cedar_doc(cli *c, const char *path); // JSON; NULL: said why
bool cedar_is_json(const cli *c, cli_id format, const wr_src *src);
// Adds policies of a file to a set: text or JSON.
bool cedar_add_file(cli *c, wr_cedar_set *set, const char *path, bool by_id, wr_digest *d);
bool cedar_read_schema(cli *c, const char *path, wr_cedar_schema **out, wr_digest *d);
bool cedar_read_links(cli *c, wr_cedar_set *set, const char *path, wr_digest *d);
// The request of the flags -l -a -r -c, over that of --request-json. bytes: its text, for a digest.
bool cedar_request(cedar_in *in, wr_cedar_request *out, wr_str *bytes);
// The names of a request, "principal action resource".
void cedar_put_request(wr_buf *b, const wr_cedar_request *q);

#endif
