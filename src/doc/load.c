// SPDX-License-Identifier: Apache-2.0
// Picks the reader for a text. The JSON reader takes JSON under writ's own profile only: those
// that reproduce cfn-guard read JSON as YAML, because the original does (reference: its parser is
// libyaml for `validate`, serde_yaml for `test`), with all that follows for what is accepted.

#include "doc/doc.h"

wr_rc wr_doc_load(wr_ctx *c, const wr_src *src, const wr_load *how, wr_doc **out) {
    if (how->profile == WR_LOAD_STRICT && how->is_json) return wr_json_read(c, src, how, out);
    return wr_yaml_read(c, src, how, out);
}
