// SPDX-License-Identifier: Apache-2.0
// exception: when an exemption holds and what it covers. Rules: docs/guide/exceptions.md.
//
// Always true: what cannot be told is not covered. A finding whose account is not known is covered
// by no exception that names an account or a unit; a pattern that is not understood matches only
// itself.

#include "control/control_int.h"

// ---------------------------------------------------------------------------------- faults

// A party as it is compared: who asked may not approve under another spelling. Case, white space,
// '-', '_' and '@' do not tell parties apart.
static wr_str party(wr_arena *a, wr_str s) {
    wr_str low = wr_to_lower(a, s);
    char *p = wr_alloc(a, low.n + 1);
    size_t n = 0;
    if (p == NULL || low.p == NULL) return WR_S("");
    for (size_t i = 0; i < low.n;) {
        size_t at = i;
        uint32_t cp = wr_utf8_next(low, &i);
        if (wr_is_space(cp) || cp == '-' || cp == '_' || cp == '@' || cp < 0x20) continue;
        memcpy(p + n, low.p + at, i - at);
        n += i - at;
    }
    return wr_strn(p, n);
}

static unsigned approval(const wr_exception *x) {
    unsigned faults = WR_X_UNAPPROVED;
    wr_arena a;
    wr_arena_init(&a, 0);
    wr_str asked = party(&a, x->requested_by);
    for (uint32_t i = 0; i < x->n_approved_by; i++) {
        wr_str by = party(&a, x->approved_by[i]);
        if (by.n) faults &= ~(unsigned)WR_X_UNAPPROVED;
        if (wr_eq(by, asked)) faults |= WR_X_SELF_APPROVED;
    }
    if (a.oom) faults |= WR_X_UNAPPROVED;
    wr_arena_fini(&a);
    return faults;
}

static bool fits(wr_str pattern, wr_str text);

// Names that are not there: of the control, which may be a pattern, or of what compensates.
static bool names_unknown(const wr_repo *r, const wr_exception *x) {
    bool known = wr_control_find(r, x->control) != NULL;
    for (uint32_t i = 0; !known && i < r->controls.n; i++)
        known = fits(x->control, r->controls.v[i]->id);
    for (uint32_t i = 0; known && i < x->n_compensating; i++)
        known = wr_control_find(r, x->compensating[i]) != NULL;
    return !known;
}

const char *exception_fault_name(wr_exception_fault bit) {
    switch (bit) {
    case WR_X_EXPIRED: return "expired";
    case WR_X_NOT_STARTED: break;
    case WR_X_UNAPPROVED: return "not approved";
    case WR_X_SELF_APPROVED: return "self-approved";
    case WR_X_TOO_LONG: return "too long";
    case WR_X_REVIEW_DUE: return "review due";
    case WR_X_UNMATCHED: return "unmatched";
    case WR_X_UNKNOWN_CONTROL: return "unknown control";
    }
    return "";
}

unsigned exception_faults(const wr_repo *r, const wr_exception *x, int64_t today) {
    if (x->request) return 0;
    unsigned faults = approval(x);
    if (today > x->expires) faults |= WR_X_EXPIRED;
    if (today < x->starts) faults |= WR_X_NOT_STARTED;
    if (x->expires - x->starts > (int64_t)r->settings.exception_days) faults |= WR_X_TOO_LONG;
    if (x->review != INT64_MIN && today > x->review) faults |= WR_X_REVIEW_DUE;
    if (names_unknown(r, x)) faults |= WR_X_UNKNOWN_CONTROL;
    return faults;
}

// ---------------------------------------------------------------------------------- patterns

// * stands for anything but '/', ** for anything, ? for one character but '/'. All else is itself:
// names of resources have brackets ("aws_s3_bucket.logs[0]").
static bool fits(wr_str p, wr_str s) {
    size_t i = 0, k = 0, star = SIZE_MAX, star_at = 0, deep = SIZE_MAX, deep_at = 0;
    for (;;) {
        if (i < p.n && p.p[i] == '*') {
            bool across = i + 1 < p.n && p.p[i + 1] == '*';
            i += across ? 2 : 1;
            if (across) {
                deep = i;
                deep_at = k;
                star = SIZE_MAX;
            } else {
                star = i;
                star_at = k;
            }
        } else if (i == p.n && k == s.n) {
            return true;
        } else if (i < p.n && k < s.n && (p.p[i] == s.p[k] || (p.p[i] == '?' && s.p[k] != '/'))) {
            i++;
            k++;
        } else if (star != SIZE_MAX && star_at < s.n && s.p[star_at] != '/') {
            i = star;
            k = ++star_at;
        } else if (deep != SIZE_MAX && deep_at < s.n) {
            i = deep;
            k = ++deep_at;
            star = SIZE_MAX;
        } else {
            return false;
        }
    }
}

bool wr_exception_names(wr_str pattern, wr_str control) { return fits(pattern, control); }

static bool covers_text(wr_str pattern, wr_str text) {
    return pattern.n == 0 || (text.n > 0 && fits(pattern, text));
}

static const wr_org_account *account_of(const wr_repo *r, const wr_finding *f) {
    return r->org && f->account.n ? wr_org_account_find(r->org, f->account) : NULL;
}

static bool covers_account(const wr_repo *r, const wr_exception *x, const wr_finding *f) {
    if (x->account.n == 0) return true;
    if (f->account.n == 0) return false;
    const wr_org_account *a = account_of(r, f);
    return fits(x->account, f->account) || (a && a->name.n && fits(x->account, a->name));
}

// "Workloads/Prod": the names from below the root down to u.
static wr_str unit_path(const wr_org_unit *u, char *room, size_t size) {
    size_t n = size;
    for (; u->parent; u = u->parent) {
        if (u->name.n + 1 > n) return WR_S("");
        if (n < size) room[--n] = '/';
        n -= u->name.n;
        memcpy(room + n, u->name.p, u->name.n);
    }
    return wr_strn(room + n, size - n);
}

static bool covers_unit(const wr_repo *r, const wr_exception *x, const wr_finding *f) {
    char room[1024];
    if (x->ou.n == 0) return true;
    const wr_org_account *a = account_of(r, f);
    for (const wr_org_unit *u = a ? a->unit : NULL; u; u = u->parent) {
        if (covers_text(x->ou, u->name) || covers_text(x->ou, u->id)) return true;
        if (covers_text(x->ou, unit_path(u, room, sizeof room))) return true;
    }
    return false;
}

static bool covers_logical(const wr_exception *x, const wr_finding *f) {
    if (x->logical_id.n == 0) return true;
    wr_str id = f->reason && f->reason->resource.n ? f->reason->resource : f->resource;
    return covers_text(x->logical_id, id);
}

// Requests have no patterns: a template that asks for "*" asks for a rule of that name.
static bool covers_request(const wr_exception *x, const wr_finding *f) {
    wr_str subject = f->decision ? f->decision->subject : WR_S("");
    wr_str resource = f->reason && f->reason->resource.n ? f->reason->resource : f->resource;
    return wr_eq(x->control, f->control) && wr_eq(x->path, subject) &&
           wr_eq(x->logical_id, resource);
}

bool exception_covers(const wr_repo *r, const wr_exception *x, const wr_finding *f, int64_t today) {
    if (x->request) return r->settings.honour_in_template && covers_request(x, f);
    if (today < x->starts || today > x->expires) return false;
    if (x->faults & EXCEPTION_VOID & ~(unsigned)(WR_X_EXPIRED | WR_X_NOT_STARTED)) return false;
    wr_str subject = f->decision ? f->decision->subject : WR_S("");
    return fits(x->control, f->control) && covers_text(x->resource, f->resource) &&
           covers_text(x->path, subject) && covers_account(r, x, f) && covers_unit(r, x, f) &&
           covers_logical(x, f);
}
