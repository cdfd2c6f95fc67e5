// SPDX-License-Identifier: Apache-2.0
// core: names of outcomes and severities, digests, and the identity of a finding.
//
// A fingerprint says "the same thing again" over time: it is made of what was judged and by which
// rule, never of lines or words, so that editing a file or a message does not make a new finding.

#include "core/core.h"

#include <openssl/evp.h>

const char *wr_outcome_name(wr_outcome o) {
    static const char *const name[] = {
        [WR_PASS] = "PASS",       [WR_FAIL] = "FAIL",
        [WR_SKIP] = "SKIP",       [WR_FAULT] = "ERROR",
        [WR_UNKNOWN] = "UNKNOWN", [WR_ALLOW] = "ALLOW",
        [WR_DENY] = "DENY",       [WR_IMPLICIT_DENY] = "IMPLICIT_DENY",
    };
    return name[o];
}

static const char *const severity[] = {
    [WR_SEV_INFORMATIONAL] = "INFORMATIONAL",
    [WR_SEV_LOW] = "LOW",
    [WR_SEV_MEDIUM] = "MEDIUM",
    [WR_SEV_HIGH] = "HIGH",
    [WR_SEV_CRITICAL] = "CRITICAL",
};

const char *wr_severity_name(wr_severity s) { return severity[s]; }

const char *wr_severity_word(wr_severity s) {
    static const char *const word[] = {"informational", "low", "medium", "high", "critical"};
    return word[s];
}

static const char *const layer[WR_N_LAYERS] = {
    [WR_PREVENTATIVE] = "preventative",
    [WR_PROACTIVE] = "proactive",
    [WR_DETECTIVE] = "detective",
    [WR_RESPONSIVE] = "responsive",
};

const char *wr_layer_name(wr_layer l) { return layer[l]; }

bool wr_layer_parse(wr_str s, wr_layer *out) {
    for (uint32_t i = 0; i < WR_N_LAYERS; i++) {
        if (!wr_eq(s, wr_strz(layer[i]))) continue;
        *out = (wr_layer)i;
        return true;
    }
    return false;
}

const char *wr_life_name(wr_life l) {
    static const char *const name[WR_N_LIVES] = {
        [WR_NEW] = "NEW",
        [WR_KNOWN] = "KNOWN",
        [WR_SUPPRESSED] = "SUPPRESSED",
        [WR_RESOLVED] = "RESOLVED",
    };
    return name[l];
}

const char *wr_life_word(wr_life l) {
    static const char *const word[WR_N_LIVES] = {"new", "known", "suppressed", "resolved"};
    return word[l];
}

static bool same_letters(wr_str s, const char *upper) {
    if (s.n != strlen(upper)) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        if (c != upper[i]) return false;
    }
    return true;
}

bool wr_severity_parse(wr_str s, wr_severity *out) {
    for (uint32_t i = 0; i < sizeof severity / sizeof *severity; i++) {
        if (!same_letters(s, severity[i])) continue;
        *out = (wr_severity)i;
        return true;
    }
    return false;
}

void wr_sha256(wr_str bytes, uint8_t out[32]) {
    unsigned n = 32;
    WR_ASSERT(EVP_Digest(bytes.n > 0 ? bytes.p : "", bytes.n, out, &n, EVP_sha256(), NULL) == 1);
}

// An EVP_MD_CTX under a name of our own.
wr_digest *wr_digest_new(void) {
    EVP_MD_CTX *d = EVP_MD_CTX_new();
    if (d == NULL) return NULL;
    if (EVP_DigestInit_ex(d, EVP_sha256(), NULL) == 1) return (wr_digest *)(void *)d;
    EVP_MD_CTX_free(d);
    return NULL;
}

void wr_digest_add(wr_digest *d, wr_str bytes) {
    WR_ASSERT(EVP_DigestUpdate((EVP_MD_CTX *)(void *)d, bytes.p, bytes.n) == 1);
}

void wr_digest_end(wr_digest *d, uint8_t out[32]) {
    unsigned n = 32;
    WR_ASSERT(EVP_DigestFinal_ex((EVP_MD_CTX *)(void *)d, out, &n) == 1);
    EVP_MD_CTX_free((EVP_MD_CTX *)(void *)d);
}

// Parts are told apart by their length, so that no two lists of parts look alike.
static void put_part(wr_buf *b, wr_str s) {
    wr_put_u64(b, s.n);
    wr_putc(b, ':');
    wr_puts(b, s);
}

static bool is_index(wr_str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0;
}

// The path without the components that are indices of a list.
static void put_steady_path(wr_buf *b, wr_str path) {
    size_t from = 0;
    while (from < path.n) {
        size_t to = wr_find(path, WR_S("/"), from + 1);
        if (to == SIZE_MAX) to = path.n;
        wr_str part = wr_sub(path, from, to);
        if (!is_index(wr_sub(part, 1, part.n))) wr_puts(b, part);
        from = to;
    }
}

wr_str wr_fingerprint(wr_arena *a, const wr_decision *d, const wr_reason *r) {
    uint8_t sum[32];
    wr_buf b, path;
    wr_buf_init(&b, 0);
    wr_buf_init(&path, 0);
    put_steady_path(&path, r->path);
    put_part(&b, d->rule_id.n > 0 ? d->rule_id : d->rule);
    put_part(&b, d->rule_id.n > 0 ? WR_S("") : wr_basename(d->policy));
    put_part(&b, d->subject);
    put_part(&b, r->resource);
    put_part(&b, wr_buf_str(&path));
    if (r->which.n > 0) put_part(&b, r->which);
    wr_str hex = {0};
    if (b.rc == WR_OK && path.rc == WR_OK) {
        wr_sha256(wr_buf_str(&b), sum);
        path.n = 0;
        wr_put_hex(&path, sum, sizeof sum);
        if (path.rc == WR_OK) hex = wr_dup(a, wr_buf_str(&path));
    }
    wr_buf_fini(&b);
    wr_buf_fini(&path);
    return hex;
}
