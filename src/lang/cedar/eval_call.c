// SPDX-License-Identifier: Apache-2.0
// eval_call: functions and methods at work: sets, tags, and the extension types. All arguments are
// evaluated first; then their number is looked at, then their kinds from left to right.
// Rules: Cedar language 4.5; RFC 80 (datetime and duration).

#include "lang/cedar/eval_int.h"

enum { MAX_ARGS = 2, MS_A_DAY = 86400000 };

static bool truth(ced_val *out, bool b) {
    *out = (ced_val){.kind = CED_V_BOOL, .u.b = b};
    return true;
}

static bool number(ced_val *out, ced_kind kind, int64_t i) {
    *out = (ced_val){.kind = (uint8_t)kind, .u.i = i};
    return true;
}

// ---------------------------------------------------------------------------------- sets

static bool on_sets(ced_run *r, const ced_node *n, const ced_val *v, ced_val *out) {
    if (v[0].kind != CED_V_SET) return ced_type_error(r, n, "set", &v[0]);
    if (n->fn == CED_F_IS_EMPTY) return truth(out, v[0].n == 0);
    if (n->fn == CED_F_CONTAINS) return truth(out, ced_set_has(&v[0], &v[1]));
    if (v[1].kind != CED_V_SET) return ced_type_error(r, n, "set", &v[1]);
    bool all = n->fn == CED_F_CONTAINS_ALL;
    for (uint32_t i = 0; i < v[1].n; i++)
        if (ced_set_has(&v[0], &v[1].u.set->v[i]) != all) return truth(out, !all);
    return truth(out, all);
}

// ---------------------------------------------------------------------------------- constructors

static bool construct(ced_run *r, const ced_node *n, const ced_val *v, ced_val *out) {
    if (v->kind != CED_V_STRING) return ced_type_error(r, n, "string", v);
    ced_ip *room = n->fn == CED_F_IP ? wr_alloc(r->scratch, sizeof *room) : NULL;
    if (n->fn == CED_F_IP && room == NULL) return ced_fail(r, n, CED_E_MEMORY);
    ced_ext_fault f = ced_construct((ced_fn)n->fn, (wr_str){v->u.s, v->n}, room, out);
    if (f == CED_X_OK) return true;
    r->error.a = *v;
    r->error.ext = f;
    return ced_fail(r, n, CED_E_EXT);
}

// ---------------------------------------------------------------------------------- methods

static bool kinds(ced_run *r, const ced_node *n, const ced_val *v, ced_kind a, ced_kind b) {
    for (uint32_t i = 0; i < n->n; i++) {
        ced_val want = {.kind = (uint8_t)(i ? b : a)};
        if (v[i].kind != want.kind) return ced_type_error(r, n, ced_kind_name(&want), &v[i]);
    }
    return true;
}

static bool on_decimals(ced_run *r, const ced_node *n, const ced_val *v, ced_val *out) {
    if (!kinds(r, n, v, CED_V_DECIMAL, CED_V_DECIMAL)) return false;
    int64_t a = v[0].u.i, b = v[1].u.i;
    switch ((ced_fn)n->fn) {
    case CED_F_LESS_THAN: return truth(out, a < b);
    case CED_F_LESS_THAN_OR_EQUAL: return truth(out, a <= b);
    case CED_F_GREATER_THAN: return truth(out, a > b);
    default: return truth(out, a >= b);
    }
}

static bool on_ips(ced_run *r, const ced_node *n, const ced_val *v, ced_val *out) {
    if (!kinds(r, n, v, CED_V_IP, CED_V_IP)) return false;
    const ced_ip *ip = v[0].u.ip;
    switch ((ced_fn)n->fn) {
    case CED_F_IS_IPV4: return truth(out, !ip->v6);
    case CED_F_IS_IPV6: return truth(out, ip->v6);
    case CED_F_IS_LOOPBACK: return truth(out, ced_ip_loopback(ip));
    case CED_F_IS_MULTICAST: return truth(out, ced_ip_multicast(ip));
    default: return truth(out, ced_ip_in(ip, v[1].u.ip));
    }
}

static bool on_datetimes(ced_run *r, const ced_node *n, const ced_val *v, ced_val *out) {
    bool offset = n->fn == CED_F_OFFSET;
    if (!kinds(r, n, v, CED_V_DATETIME, offset ? CED_V_DURATION : CED_V_DATETIME)) return false;
    int64_t t = v[0].u.i, res = 0;
    bool over = false;
    int64_t in_day = t % MS_A_DAY < 0 ? t % MS_A_DAY + MS_A_DAY : t % MS_A_DAY;
    switch ((ced_fn)n->fn) {
    case CED_F_OFFSET: over = __builtin_add_overflow(t, v[1].u.i, &res); break;
    case CED_F_DURATION_SINCE: over = __builtin_sub_overflow(t, v[1].u.i, &res); break;
    case CED_F_TO_DATE: over = __builtin_sub_overflow(t, in_day, &res); break;
    default: res = in_day;
    }
    r->error.a = v[0];
    if (n->n > 1) r->error.b = v[1];
    if (over) return ced_fail(r, n, CED_E_DATE_RANGE);
    bool date = offset || n->fn == CED_F_TO_DATE;
    return number(out, date ? CED_V_DATETIME : CED_V_DURATION, res);
}

static bool on_durations(ced_run *r, const ced_node *n, const ced_val *v, ced_val *out) {
    if (!kinds(r, n, v, CED_V_DURATION, CED_V_DURATION)) return false;
    static const int64_t unit[] = {1, 1000, 60000, 3600000, MS_A_DAY};
    return number(out, CED_V_LONG, v[0].u.i / unit[n->fn - CED_F_TO_MILLISECONDS]);
}

bool ced_eval_call(ced_run *r, const ced_node *n, ced_val *out) {
    ced_val v[MAX_ARGS] = {{.kind = CED_V_BOOL}, {.kind = CED_V_BOOL}}, rest;
    for (uint32_t i = 0; i < n->n; i++)
        if (!ced_eval(r, n->v[i], i < MAX_ARGS ? &v[i] : &rest)) return false;
    const ced_fn_row *row = ced_fn_at((ced_fn)n->fn);
    r->error.got = n->n;
    if (n->n != row->args) return ced_fail(r, n, CED_E_ARGS);
    switch ((ced_fn)n->fn) {
    case CED_F_CONTAINS:
    case CED_F_CONTAINS_ALL:
    case CED_F_CONTAINS_ANY:
    case CED_F_IS_EMPTY: return on_sets(r, n, v, out);
    case CED_F_GET_TAG:
    case CED_F_HAS_TAG: return ced_tag(r, n, &v[0], &v[1], out);
    case CED_F_DECIMAL:
    case CED_F_IP:
    case CED_F_DATETIME:
    case CED_F_DURATION: return construct(r, n, v, out);
    case CED_F_LESS_THAN:
    case CED_F_LESS_THAN_OR_EQUAL:
    case CED_F_GREATER_THAN:
    case CED_F_GREATER_THAN_OR_EQUAL: return on_decimals(r, n, v, out);
    case CED_F_IS_IPV4:
    case CED_F_IS_IPV6:
    case CED_F_IS_LOOPBACK:
    case CED_F_IS_MULTICAST:
    case CED_F_IS_IN_RANGE: return on_ips(r, n, v, out);
    case CED_F_OFFSET:
    case CED_F_DURATION_SINCE:
    case CED_F_TO_DATE:
    case CED_F_TO_TIME: return on_datetimes(r, n, v, out);
    case CED_F_TO_MILLISECONDS:
    case CED_F_TO_SECONDS:
    case CED_F_TO_MINUTES:
    case CED_F_TO_HOURS:
    case CED_F_TO_DAYS: return on_durations(r, n, v, out);
    case CED_F_UNKNOWN:
    case CED_N_FNS: break;
    }
    return ced_fail(r, n, CED_E_UNKNOWN);
}

// ---------------------------------------------------------------------------------- words

static const char *ext_name(ced_fn f) { return f == CED_F_IP ? "ipaddr" : ced_fn_at(f)->name; }

static void put_type(wr_buf *b, const ced_val *v) {
    if (v->kind == CED_V_ENTITY) wr_putf(b, "(entity of type `%.*s`)", WR_FMT(v->u.uid->type));
    else wr_putz(b, ced_kind_name(v));
}

static void say_date(wr_buf *b, const ced_error *e) {
    ced_fn f = (ced_fn)e->node->fn;
    wr_putf(b, "error while evaluating `%s` extension function: overflows when ",
            ced_fn_at(f)->name);
    if (f == CED_F_TO_DATE) {
        wr_putz(b, "computing the date of ");
        ced_put_val(b, &e->a);
        return;
    }
    wr_putz(b, f == CED_F_OFFSET ? "adding an offset: " : "computing the duration between ");
    ced_put_val(b, &e->a);
    if (f == CED_F_OFFSET) wr_putf(b, "+(%lldms)", (long long)e->b.u.i);
    else {
        wr_putz(b, " and ");
        ced_put_val(b, &e->b);
    }
}

static void say_overflow(wr_buf *b, const ced_error *e) {
    if (e->node->op == CED_NEG) {
        wr_putf(b, "integer overflow while attempting to negate the value `%lld`",
                (long long)e->a.u.i);
        return;
    }
    wr_putf(b, "integer overflow while attempting to %.*s the values `%lld` and `%lld`",
            WR_FMT(e->name), (long long)e->a.u.i, (long long)e->b.u.i);
}

void ced_error_say(wr_buf *b, const ced_error *e) {
    switch (e->why) {
    case CED_E_TYPE:
        wr_putf(b, "type error: expected %s, got ", e->want);
        put_type(b, &e->a);
        break;
    case CED_E_OVERFLOW: say_overflow(b, e); break;
    case CED_E_NO_ATTR:
        wr_putz(b, "record does not have the attribute `");
        wr_puts(b, e->name);
        wr_putc(b, '`');
        break;
    case CED_E_NO_ENTITY_ATTR:
    case CED_E_NO_TAG:
        wr_putc(b, '`');
        ced_put_val(b, &e->a);
        wr_putf(b, "` does not have the %s `%.*s`", e->why == CED_E_NO_TAG ? "tag" : "attribute",
                WR_FMT(e->name));
        break;
    case CED_E_NO_ENTITY:
        wr_putz(b, "entity `");
        ced_put_val(b, &e->a);
        wr_putz(b, "` does not exist");
        break;
    case CED_E_ARGS:
        wr_putf(
            b, "wrong number of arguments provided to extension function `%s`: expected %u, got %u",
            ced_fn_at((ced_fn)e->node->fn)->name, ced_fn_at((ced_fn)e->node->fn)->args, e->got);
        break;
    case CED_E_EXT:
        wr_putf(b,
                "error while evaluating `%s` extension function: ", ext_name((ced_fn)e->node->fn));
        ced_ext_say(b, e->ext, (wr_str){e->a.u.s, e->a.n});
        break;
    case CED_E_DATE_RANGE: say_date(b, e); break;
    case CED_E_UNKNOWN: wr_putz(b, "the expression contains unknown(s)"); break;
    case CED_E_MEMORY: wr_putz(b, "memory ran out"); break;
    }
}
