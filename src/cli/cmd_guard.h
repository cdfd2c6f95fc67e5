// SPDX-License-Identifier: Apache-2.0
// cmd_guard: what the Guard commands share: reading texts, naming what went wrong in the words of
// the program that is running, documents made of several, parameters.
#ifndef WR_CLI_CMD_GUARD_H
#define WR_CLI_CMD_GUARD_H

#include "cli/files.h"
#include "lang/guard/guard.h"

// Exit codes of cfn-guard.
enum { GX_OK = 0, GX_TEST_ERROR = 1, GX_PARSE = 5, GX_TEST_FAIL = 7, GX_FAIL = 19, GX_FATAL = 255 };
// Exit codes of writ.
enum { WX_OK = 0, WX_FINDINGS = 1, WX_ERROR = 2, WX_UNKNOWN = 3 };

// A text on its way to be judged.
typedef struct cli_text {
    const char *path; // as given; NULL for stdin and payloads
    wr_str name;      // as reported
    wr_str text;
} cli_text;
typedef WR_VEC(cli_text) cli_texts;

// Reads a whole text that has to be UTF-8. On failure the reason in the words of Rust's io::Error
// ("No such file or directory (os error 2)"), else NULL. path NULL: stdin.
const char *cli_read(cli *c, const char *path, wr_str *out);
// The same as a source; path "-" is stdin. NULL: said why (B0001), with `hint` when there is one.
// yaml_breaks: as of wr_src_new.
const wr_src *cli_src(cli *c, const char *path, bool yaml_breaks, const char *hint);
// "Error occurred …" and exit code 255: how the original ends.
int cli_fatal(cli *c, const char *fmt, ...) WR_PRINTF(2, 3);
// Prints the diagnostics kept so far (writ; notes only when asked for), or passes them over (the
// personality says what it has to say itself), and keeps them no longer. Returns the errors among
// them. Called after each file, so that the limit on diagnostics is one on a file's.
uint32_t cli_say_diags(cli *c, bool notes);
// The text of the first diagnostic kept; empty when there is none.
wr_str cli_first_message(const cli *c);

// Opens the file of --output as the program's output. False: said why; *code is the exit code.
bool cli_open_output(cli *c, int *code);
bool cli_jobs(cli *c, uint32_t *jobs); // -j; false: said why

wr_guard_opts cli_guard_opts(const cli *c);
wr_guard_format cli_format(const cli *c); // --output-format
// The files of --prelude. WR_BAD: at least one could not be taken; the diagnostics say why.
wr_rc cli_add_preludes(cli *c, wr_guard_set *set) WR_MUST_USE;
wr_search cli_finder(cli *c);
// Loads one text over the symbols of a set, as the program that is running loads documents.
// The source of the document is *src.
wr_rc cli_load(cli *c, wr_ctx *ctx, const wr_symtab *syms, const cli_text *t, const wr_src **src,
               const wr_doc **out) WR_MUST_USE;

// params ∪ data (two maps, or two lists one after the other). WR_BAD: *why is the original's error.
wr_rc cli_merge(wr_ctx *ctx, const wr_symtab *syms, const wr_doc *params, const wr_doc *data,
                const wr_doc **out, wr_str *why) WR_MUST_USE;
// What stands between the backquotes of an error of the original: the part that says something.
wr_str cli_inner(wr_str error);
// A document of its own made from a part of another.
wr_rc cli_extract(wr_ctx *ctx, const wr_symtab *syms, const wr_doc *from, const wr_node *part,
                  const wr_doc **out) WR_MUST_USE;

// What --resolve and --parameters ask for: NULL when they are not given.
typedef struct cli_resolver cli_resolver;
wr_rc cli_resolver_new(cli *c, cli_resolver **out) WR_MUST_USE;
void cli_resolver_free(cli_resolver *r);
wr_rc cli_resolve(cli_resolver *r, wr_ctx *ctx, const wr_doc *in, const wr_doc **out) WR_MUST_USE;

// Texts of serde_json's errors (compat/serde_json.c): what the original says about a payload and
// about a test file that is neither YAML nor JSON of the right shape.
typedef enum cli_shape { CLI_SHAPE_PAYLOAD, CLI_SHAPE_TESTS } cli_shape;
// Empty when the text has that shape.
wr_str cli_serde_error(wr_arena *a, wr_str text, cli_shape shape);

#endif
