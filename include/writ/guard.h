/* SPDX-License-Identifier: Apache-2.0
 *
 * guard.h: compile CloudFormation Guard rules once, judge documents from memory on many threads.
 *
 *     writ_guard_rules *r;
 *     writ_guard_new(NULL, &r);
 *     writ_guard_add(r, "s3.guard", text, n);      (any number of files)
 *     writ_guard_compile(r);                       (from here on immutable)
 *     writ_guard_result *res;
 *     writ_guard_judge(r, "t.yaml", doc, len, &res);   (any thread)
 *     … writ_guard_decision(res, i) …
 *     writ_guard_result_free(res);
 *     writ_guard_free(r);
 */
#ifndef WRIT_GUARD_H
#define WRIT_GUARD_H

#include <writ/writ.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct writ_guard_rules writ_guard_rules;
typedef struct writ_guard_result writ_guard_result;

enum { WRIT_GUARD_3_1 = 31, WRIT_GUARD_3_2 = 32 };

typedef struct writ_guard_options {
    size_t size; /* sizeof(writ_guard_options) */
    int level;   /* WRIT_GUARD_3_2 (default, writ's strict loader) or WRIT_GUARD_3_1 (cfn-guard
                     3.1's language and loader) */
    int strict;  /* checker warnings are errors */
    uint64_t max_bytes; /* of one document or rule file; 0 = default */
    uint64_t max_steps; /* of one evaluation; 0 = default */
    int64_t now;        /* Unix seconds for now(); 0 = the clock at each judgement */
} writ_guard_options;

/* options may be NULL. */
WRIT_API writ_status writ_guard_new(const writ_guard_options *options, writ_guard_rules **out);
WRIT_API void writ_guard_free(writ_guard_rules *r); /* after all results of r are freed; NULL ok */

/* Parses a rule file (text is copied). WRIT_BAD: diagnostics say why, the file is left out. */
WRIT_API writ_status writ_guard_add(writ_guard_rules *r, const char *name, const char *text,
                                    size_t n);
/* Ends adding; must be called once before judging. */
WRIT_API writ_status writ_guard_compile(writ_guard_rules *r);

WRIT_API size_t writ_guard_n_diagnostics(const writ_guard_rules *r);
WRIT_API const writ_diagnostic *writ_guard_diagnostic(const writ_guard_rules *r, size_t i);

/* Judges one document (JSON or YAML; text may be freed afterwards) by every rule of every file.
 * WRIT_BAD and WRIT_LIMIT still give a result: its diagnostics say what is wrong with the
 * document. */
WRIT_API writ_status writ_guard_judge(const writ_guard_rules *r, const char *name, const char *text,
                                      size_t n, writ_guard_result **out);
WRIT_API void writ_guard_result_free(writ_guard_result *res); /* NULL ok */

/* ERROR when a rule could not be evaluated or the document not be read, else FAIL when one fails,
 * else UNKNOWN when one waits for facts, else PASS when one passes, else SKIP. */
WRIT_API writ_outcome writ_guard_outcome(const writ_guard_result *res);
WRIT_API size_t writ_guard_n_decisions(const writ_guard_result *res);
WRIT_API const writ_decision *writ_guard_decision(const writ_guard_result *res, size_t i);
WRIT_API size_t writ_guard_result_n_diagnostics(const writ_guard_result *res);
WRIT_API const writ_diagnostic *writ_guard_result_diagnostic(const writ_guard_result *res,
                                                             size_t i);

#ifdef __cplusplus
}
#endif
#endif
