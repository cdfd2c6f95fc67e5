// SPDX-License-Identifier: Apache-2.0
// JSON out, byte for byte as serde_json writes it: compact, or pretty with two blanks a level.
// The sink knows for each open container whether something stands in it already and, in a map,
// whether a key or its value is next; commas, colons and indentation follow from that.

#include "doc/write_int.h"

#include <math.h>

enum { JSON_MAP = 1, JSON_HAS_ITEMS = 2, JSON_VALUE_NEXT = 4 };

void wr_put_json_str(wr_buf *b, wr_str s) {
    static const char hex[] = "0123456789abcdef";
    wr_putc(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        wr_put(b, s.p + from, i - from);
        from = i + 1;
        wr_putc(b, '\\');
        switch (c) {
        case '"':
        case '\\': wr_putc(b, (char)c); break;
        case '\b': wr_putc(b, 'b'); break;
        case '\f': wr_putc(b, 'f'); break;
        case '\n': wr_putc(b, 'n'); break;
        case '\r': wr_putc(b, 'r'); break;
        case '\t': wr_putc(b, 't'); break;
        default:
            wr_putz(b, "u00");
            wr_putc(b, hex[c >> 4]);
            wr_putc(b, hex[c & 15]);
            break;
        }
    }
    if (from < s.n) wr_put(b, s.p + from, s.n - from);
    wr_putc(b, '"');
}

void json_out_init(json_out *j, wr_buf *b, int indent) {
    *j = (json_out){.b = b, .compact = (indent < 0), .level = (indent > 0) ? (uint32_t)indent : 0};
    wr_arena_init(&j->arena, 0);
}

void json_out_fini(json_out *j) { wr_arena_fini(&j->arena); }

static void new_line(json_out *j) {
    if (j->compact) return;
    wr_putc(j->b, '\n');
    wr_pad(j->b, ' ', ((size_t)j->level + j->open.n) * 2);
}

// What goes before a value or key, by where it stands.
static void begin(json_out *j) {
    if (j->open.n == 0) return;
    uint8_t *top = &j->open.v[j->open.n - 1];
    if (*top & JSON_VALUE_NEXT) return; // the colon is written already
    if (*top & JSON_HAS_ITEMS) wr_putc(j->b, ',');
    *top |= JSON_HAS_ITEMS;
    new_line(j);
}

// In a map keys and values take turns.
static void done(json_out *j) {
    if (j->open.n == 0) return;
    uint8_t *top = &j->open.v[j->open.n - 1];
    if (!(*top & JSON_MAP)) return;
    *top ^= JSON_VALUE_NEXT;
    if (*top & JSON_VALUE_NEXT) wr_putz(j->b, j->compact ? ":" : ": ");
}

void json_out_open(json_out *j, bool map, bool empty) {
    begin(j);
    wr_putc(j->b, map ? '{' : '[');
    if (empty) {
        wr_putc(j->b, map ? '}' : ']');
        done(j);
    } else if (!WR_PUSH(&j->arena, &j->open, map ? JSON_MAP : 0)) {
        wr_buf_fail(j->b, WR_NOMEM);
    }
}

void json_out_end(json_out *j) {
    if (j->open.n == 0) {
        WR_ASSERT(j->b->rc != WR_OK); // only after a container that found no memory
        return;
    }
    uint8_t top = j->open.v[--j->open.n];
    if (top & JSON_HAS_ITEMS) new_line(j);
    wr_putc(j->b, top & JSON_MAP ? '}' : ']');
    done(j);
}

void json_out_str(json_out *j, wr_str s) {
    begin(j);
    wr_put_json_str(j->b, s);
    done(j);
}

void json_out_text(json_out *j, const char *text) {
    begin(j);
    wr_putz(j->b, text);
    done(j);
}

void json_out_i64(json_out *j, int64_t v) {
    begin(j);
    wr_put_i64(j->b, v);
    done(j);
}

void json_out_f64(json_out *j, double v) {
    if (!isfinite(v)) {
        j->rc = WR_BAD;
        json_out_text(j, "null"); // keeps the text well-formed; rc says that it is not right
        return;
    }
    begin(j);
    wr_put_f64_json(j->b, v);
    done(j);
}

wr_rc wr_put_json(wr_buf *b, const wr_node *n, int indent) {
    json_out j;
    wr_out o;
    json_out_init(&j, b, indent);
    json_out_calls(&o, &j);
    wr_out_walk(&o, n);
    json_out_fini(&j);
    return j.rc != WR_OK ? j.rc : b->rc;
}
