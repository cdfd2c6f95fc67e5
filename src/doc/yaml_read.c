// SPDX-License-Identifier: Apache-2.0
// The one file that knows libyaml: events with byte spans, and its errors. YAML as libyaml 0.2.5
// reads it (YAML 1.1 with some 1.2), the encoding fixed to UTF-8.
//
// Always true:
// - libyaml's marks count characters; spans count bytes. A cursor follows the marks in both
//   directions, because an event may start before the one handed out last (an implicit map starts
//   at its first key, an empty value where the token before it ended);
// - a scalar whose text stands in the source as it is read is a slice of the source;
// - at most MAX_TAG_DIRECTIVES %TAG lines: libyaml searches them one by one for every tag.

#include "doc/yaml_int.h"

#include <yaml.h>

enum { MAX_TAG_DIRECTIVES = 1000, SIMPLE_KEY_MAX = 1024 };

struct wr_yaml {
    yaml_parser_t parser;
    yaml_event_t event; // zeroed when it holds nothing
    wr_ctx *ctx;
    wr_str text;
    bool ascii; // a character is a byte
    bool too_many_tags;
    size_t index, byte; // the cursor: a mark's index and the byte it stands for
};

static bool is_ascii(wr_str s) {
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t w;
        memcpy(&w, s.p + i, sizeof w);
        if (w & 0x8080808080808080u) return false;
    }
    for (; i < s.n; i++)
        if ((unsigned char)s.p[i] & 0x80u) return false;
    return true;
}

static bool has_many_tag_lines(wr_str text) {
    unsigned n = 0;
    const char *end = text.p + text.n;
    for (const char *p = text.p; p < end && (p = memchr(p, '%', (size_t)(end - p))); p++) {
        bool first = p == text.p || p[-1] == '\n' || p[-1] == '\r';
        if (first && end - p > 4 && memcmp(p, "%TAG", 4) == 0 && ++n > MAX_TAG_DIRECTIVES)
            return true;
    }
    return false;
}

wr_yaml *wr_yaml_open(wr_ctx *c, const wr_src *src) {
    wr_yaml *y = WR_NEW(&c->arena, wr_yaml);
    if (y == NULL || !yaml_parser_initialize(&y->parser)) return NULL;
    yaml_parser_set_encoding(&y->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&y->parser, (const unsigned char *)src->text.p, src->text.n);
    y->ctx = c;
    y->text = src->text;
    y->ascii = is_ascii(src->text);
    y->too_many_tags = has_many_tag_lines(src->text);
    return y;
}

void wr_yaml_close(wr_yaml *y) {
    yaml_event_delete(&y->event);
    yaml_parser_delete(&y->parser);
}

static bool is_cont(char c) { return ((unsigned char)c & 0xC0u) == 0x80u; }

static uint32_t byte_at(wr_yaml *y, size_t index) {
    if (y->ascii) return (uint32_t)index;
    const char *p = y->text.p;
    size_t n = y->text.n, b = y->byte;
    for (; y->index < index && b < n; y->index++) do
            b++;
        while (b < n && is_cont(p[b]));
    for (; y->index > index && b > 0; y->index--) do
            b--;
        while (b > 0 && is_cont(p[b]));
    y->byte = b;
    return (uint32_t)b;
}

// The scalar's text as a slice of the source, when it stands there unchanged.
static bool slice_of(const wr_yaml *y, const wr_yev *ev, wr_str value, size_t quote, wr_str *out) {
    size_t len = ev->at.end - ev->at.beg;
    if (len < value.n + quote) return false;
    const char *p = y->text.p + ev->at.end - quote - value.n;
    if (value.n && memcmp(p, value.p, value.n) != 0) return false;
    *out = wr_strn(p, value.n);
    return true;
}

static void take_scalar(wr_yaml *y, wr_yev *ev) {
    const char *value = (const char *)y->event.data.scalar.value;
    yaml_scalar_style_t style = y->event.data.scalar.style;
    ev->s = wr_strn(value, y->event.data.scalar.length);
    ev->plain = style == YAML_PLAIN_SCALAR_STYLE;
    ev->tag = (const char *)y->event.data.scalar.tag;
    ev->anchor = (const char *)y->event.data.scalar.anchor;
    bool block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
    ev->kept = !block && slice_of(y, ev, ev->s, ev->plain ? 0 : 1, &ev->s);
}

static void take_list(const wr_yaml *y, wr_yev *ev) {
    ev->tag = (const char *)y->event.data.sequence_start.tag;
    ev->anchor = (const char *)y->event.data.sequence_start.anchor;
    ev->flow = y->event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
}

static void take_map(const wr_yaml *y, wr_yev *ev) {
    ev->tag = (const char *)y->event.data.mapping_start.tag;
    ev->anchor = (const char *)y->event.data.mapping_start.anchor;
    ev->flow = y->event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
}

static wr_yev_kind take_kind(wr_yaml *y, wr_yev *ev) {
    switch (y->event.type) {
    case YAML_SCALAR_EVENT: take_scalar(y, ev); return WR_YEV_SCALAR;
    case YAML_SEQUENCE_START_EVENT: take_list(y, ev); return WR_YEV_LIST;
    case YAML_MAPPING_START_EVENT: take_map(y, ev); return WR_YEV_MAP;
    case YAML_SEQUENCE_END_EVENT: return WR_YEV_LIST_END;
    case YAML_MAPPING_END_EVENT: return WR_YEV_MAP_END;
    case YAML_ALIAS_EVENT:
        ev->s = wr_strz((const char *)y->event.data.alias.anchor);
        return WR_YEV_ALIAS;
    case YAML_DOCUMENT_START_EVENT: return WR_YEV_DOC;
    case YAML_DOCUMENT_END_EVENT: return WR_YEV_DOC_END;
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_NO_EVENT: return WR_YEV_END;
    }
    return WR_YEV_END;
}

void wr_yaml_next(wr_yaml *y, wr_yev *ev) {
    *ev = (wr_yev){.kind = WR_YEV_ERROR};
    if (y->too_many_tags) return;
    do {
        yaml_event_delete(&y->event);
        if (!yaml_parser_parse(&y->parser, &y->event)) return;
    } while (y->event.type == YAML_STREAM_START_EVENT);
    const yaml_mark_t *beg = &y->event.start_mark, *end = &y->event.end_mark;
    ev->line = (uint32_t)beg->line;
    ev->col = (uint32_t)beg->column;
    ev->at.beg = byte_at(y, beg->index);
    ev->at.end = byte_at(y, end->index);
    ev->kind = take_kind(y, ev);
}

wr_str wr_yaml_keep(wr_yaml *y, wr_yev *ev) {
    if (!ev->kept) {
        ev->s = wr_dup(&y->ctx->arena, ev->s);
        ev->kept = true;
    }
    return ev->s;
}

void wr_yaml_failed(wr_yaml *y, wr_yaml_error *e) {
    const yaml_parser_t *p = &y->parser;
    *e = (wr_yaml_error){.nomem = p->error == YAML_MEMORY_ERROR};
    if (y->too_many_tags) {
        e->problem = "found more than 1000 %TAG directives";
        return;
    }
    e->problem = p->problem ? p->problem : "libyaml parser failed but there is no error";
    if (strcmp(e->problem, "did not find expected hexdecimal number") == 0)
        e->problem = "did not find expected hexadecimal number";
    e->context = p->context;
    e->line = (uint32_t)p->problem_mark.line;
    e->col = (uint32_t)p->problem_mark.column;
    e->context_line = (uint32_t)p->context_mark.line;
    e->context_col = (uint32_t)p->context_mark.column;
    e->offset = p->problem_offset;
    uint32_t at = p->error == YAML_READER_ERROR ? (uint32_t)p->problem_offset
                                                : byte_at(y, p->problem_mark.index);
    e->at = (wr_span){at, at < y->text.n ? at + 1 : at};
}

wr_str wr_yaml_error_text(wr_arena *a, const wr_yaml_error *e) {
    wr_str at = {"", 0}, context = {"", 0};
    if (e->line || e->col)
        at = wr_fmt(a, " at line %u column %u", (unsigned)e->line + 1, (unsigned)e->col + 1);
    else if (e->offset) at = wr_fmt(a, " at position %llu", (unsigned long long)e->offset);
    bool elsewhere = (e->context_line || e->context_col) &&
                     (e->context_line != e->line || e->context_col != e->col);
    if (e->context && elsewhere)
        context = wr_fmt(a, ", %s at line %u column %u", e->context, (unsigned)e->context_line + 1,
                         (unsigned)e->context_col + 1);
    else if (e->context) context = wr_fmt(a, ", %s", e->context);
    return wr_fmt(a, "%s%.*s%.*s", e->problem, WR_FMT(at), WR_FMT(context));
}

bool wr_yaml_key_too_long(wr_str text, wr_span key, uint32_t *colon) {
    size_t at = key.end;
    if (at - key.beg + 1 < SIMPLE_KEY_MAX) return false; // nearly always
    while (at < text.n && (text.p[at] == ' ' || text.p[at] == '\t')) at++;
    if (at - key.beg <= SIMPLE_KEY_MAX || at >= text.n || text.p[at] != ':') return false;
    *colon = (uint32_t)at;
    size_t i = key.beg;
    while (i > 0 && text.p[i - 1] && strchr(" \t\r\n", text.p[i - 1])) i--;
    return i == 0 || text.p[i - 1] != '?';
}

wr_rc wr_yaml_read(wr_ctx *c, const wr_src *src, const wr_load *how, wr_doc **out) {
    *out = NULL;
    switch (how->profile) {
    case WR_LOAD_GUARD31: return wr_yaml_read_guard(c, src, how, out);
    case WR_LOAD_SERDE: return wr_yaml_read_serde(c, src, how, out);
    case WR_LOAD_STRICT: break;
    }
    return wr_yaml_read_strict(c, src, how, out);
}
