/* SPDX-License-Identifier: Apache-2.0
 *
 * writ.h: what all of writ's C API shares: status codes, diagnostics, decisions.
 *
 * Conventions:
 * - text is UTF-8 with a length; `const char *` results are NUL-terminated as well;
 * - whatever a call returns lives as long as the object it was asked from;
 * - compiled policies are immutable and may be used from many threads at once; results belong to
 *   one thread at a time;
 * - the library never ends its host, never prints, and keeps no global state.
 */
#ifndef WRIT_WRIT_H
#define WRIT_WRIT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define WRIT_API __attribute__((visibility("default")))
#else
#define WRIT_API
#endif

#define WRIT_VERSION "0.1.0"
/* Version of the library in use, which may differ from WRIT_VERSION of the header. */
WRIT_API const char *writ_version(void);

typedef enum writ_status {
    WRIT_OK = 0,
    WRIT_NOMEM = -1, /* memory ran out; objects stay valid */
    WRIT_BAD = -2,   /* the input is faulty: see the diagnostics */
    WRIT_LIMIT = -3, /* the input exceeds a limit: see the diagnostics */
    WRIT_USAGE = -4  /* the call is wrong: an argument, or the order of calls */
} writ_status;

typedef enum writ_outcome {
    WRIT_PASS,
    WRIT_FAIL,
    WRIT_SKIP,   /* not applicable */
    WRIT_ERROR,  /* could not be evaluated; never a pass */
    WRIT_UNKNOWN /* facts are missing */
} writ_outcome;

typedef enum writ_severity { WRIT_NOTE, WRIT_WARNING, WRIT_FAULT } writ_severity;

/* line and column are 1-based, column counts code points; 0 where there is no place. */
typedef struct writ_diagnostic {
    const char *code; /* "G0102": stable */
    writ_severity severity;
    const char *source; /* name given to the text */
    uint32_t line, column;
    const char *message;
    const char *hint; /* may be "" */
} writ_diagnostic;

typedef struct writ_reason {
    const char *message;             /* one sentence that stands alone */
    const char *custom;              /* the rule author's words; may be "" */
    const char *path;                /* of the value: "/Resources/A/Properties/B"; may be "" */
    const char *resource;            /* logical id; may be "" */
    const char *type;                /* of the resource; may be "" */
    uint32_t line, column;           /* of the value in the document */
    uint32_t rule_line, rule_column; /* of the clause in the rule file */
} writ_reason;

typedef struct writ_decision {
    const char *subject; /* name given to the document */
    const char *policy;  /* name given to the rule file */
    const char *rule;
    const char *rule_id;  /* from the rule's metadata; may be "" */
    const char *severity; /* "HIGH" …; from the rule's metadata, else "MEDIUM" */
    writ_outcome outcome;
    const writ_reason *reasons;
    size_t n_reasons;
} writ_decision;

#ifdef __cplusplus
}
#endif
#endif
