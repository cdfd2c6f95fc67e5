// SPDX-License-Identifier: Apache-2.0
// Case conversions of keys, as the crates Inflector 0.11 (Guard 3.1) and cruet 0.14 (Guard 3.2) do
// them: Guard tries them in turn when a map lacks the key that a rule names.
// Rules: the observed behaviour of both crates, oddities included: only ASCII letters change case,
// "letter or digit" is Unicode's, and ClassCase singularises the part that begins at the last
// upper-case letter, often losing what stands before the ending ("Potatoes" becomes "Potat" in
// Inflector, "Potato" in cruet).
// Always true: no state, no table is built at run time, time linear in the key.

#include "match/match.h"

// ---------------------------------------------------------------------------------- singular
// The crates also know words without plural ("news"), irregular ones ("oxen") and three rules
// anchored at the start ("axes"). None can apply: they are in lower case, and what ClassCase
// singularises never begins with a lower-case ASCII letter.

// What Inflector keeps of run + stem, where run is the longest run of word characters before the
// stem. cruet always keeps both.
typedef enum stem_kind {
    KEEP_STEM,
    KEEP_RUN,
    KEEP_BOTH,
} stem_kind;

// A word that ends with stem + ending is replaced by what is kept + put. stem and ending are
// alternatives divided by '|'; "[…]" is one character of those, "[^…]" one not of those.
typedef struct singular_rule {
    stem_kind kind;
    char stem[48];
    char ending[8];
    char put[2][8]; // by Inflector, by cruet; "$" puts the stem
} singular_rule;

// In order of trial. Of two alternatives that fit, the longer comes first.
static const singular_rule singular_rules[] = {
    {KEEP_STEM, "database", "s", {"", ""}},
    {KEEP_STEM, "quiz", "zes", {"", ""}},
    {KEEP_STEM, "matr", "ices", {"ix", "ix"}},
    {KEEP_STEM, "vert|ind", "ices", {"ex", "ex"}},
    {KEEP_STEM, "alias|status", "es|", {"", ""}},
    {KEEP_STEM, "octop|vir", "us|i", {"us", "us"}},
    {KEEP_STEM, "cris|test", "is|es", {"is", "is"}},
    {KEEP_STEM, "shoe", "s", {"", ""}},
    {KEEP_STEM, "bus", "es|", {"", ""}},
    {KEEP_STEM, "m|l", "ice", {"ouse", "ouse"}},
    {KEEP_RUN, "x|ch|ss|sh", "es", {"$", ""}},
    {KEEP_STEM, "m", "ovies", {"ovie", "ovie"}},
    {KEEP_STEM, "s", "eries", {"eries", "eries"}},
    {KEEP_BOTH, "[^aeiouy]|qu", "ies", {"y", "y"}},
    {KEEP_RUN, "[lr]", "ves", {"f", "f"}},
    {KEEP_RUN, "tive", "s", {"", ""}},
    {KEEP_RUN, "hive", "s", {"", ""}},
    {KEEP_RUN, "[^f]", "ves", {"fe", "fe"}},
    {KEEP_STEM, "parenthe|diagno|progno|analy|synop|the|ba", "sis|ses", {"sis", "sis"}},
    {KEEP_RUN, "[ti]", "a", {"um", "um"}},
    {KEEP_RUN, "o", "es", {"", ""}},
    {KEEP_STEM, "n", "ews", {"ews", "ews"}},
    {KEEP_RUN, "ss", "", {"$", ""}},
    {KEEP_RUN, "", "s", {"", ""}},
};

// Start of the code point that ends before byte end (> 0).
static size_t step_back(wr_str s, size_t end) {
    do end--;
    while (end > 0 && ((unsigned char)s.p[end] & 0xC0u) == 0x80u);
    return end;
}

// Where the alternative begins when s, cut at end, ends with it; SIZE_MAX when it does not.
static size_t ends_with_one(wr_str s, size_t end, wr_str alt) {
    if (alt.n == 0 || alt.p[0] != '[')
        return wr_ends(wr_sub(s, 0, end), alt) ? end - alt.n : SIZE_MAX;
    if (end == 0) return SIZE_MAX;
    bool want = alt.p[1] != '^';
    size_t at = step_back(s, end);
    bool in = end - at == 1 && memchr(alt.p + 1, s.p[at], alt.n - 2) != NULL;
    return in == want ? at : SIZE_MAX;
}

static size_t ends_with(wr_str s, size_t end, const char *alternatives) {
    wr_str all = wr_strz(alternatives);
    for (size_t i = 0; i <= all.n;) {
        size_t bar = i;
        while (bar < all.n && all.p[bar] != '|') bar++;
        size_t at = ends_with_one(s, end, wr_sub(all, i, bar));
        if (at != SIZE_MAX) return at;
        i = bar + 1;
    }
    return SIZE_MAX;
}

static void put_singular(wr_buf *out, wr_str word, wr_case_crate crate) {
    for (size_t i = 0; i < sizeof singular_rules / sizeof *singular_rules; i++) {
        const singular_rule *r = &singular_rules[i];
        size_t ending = ends_with(word, word.n, r->ending);
        // "es|" means an optional ending: the empty one counts only when the first gives no stem
        size_t stem = ending == SIZE_MAX ? SIZE_MAX : ends_with(word, ending, r->stem);
        if (stem == SIZE_MAX && wr_ends(wr_strz(r->ending), WR_S("|"))) {
            ending = word.n;
            stem = ends_with(word, ending, r->stem);
        }
        if (stem == SIZE_MAX) continue;
        size_t run = stem;
        while (run > 0) {
            size_t at = step_back(word, run), i2 = at;
            if (!wr_is_word(wr_utf8_next(word, &i2))) break;
            run = at;
        }
        stem_kind kind = crate == WR_CASE_CRUET ? KEEP_BOTH : r->kind;
        if (r->stem[0] == 0) kind = KEEP_RUN;
        if (kind != KEEP_STEM) wr_puts(out, wr_sub(word, run, stem));
        if (kind != KEEP_RUN) wr_puts(out, wr_sub(word, stem, ending));
        const char *put = r->put[crate == WR_CASE_CRUET];
        if (strcmp(put, "$") == 0) wr_puts(out, wr_sub(word, stem, ending));
        else wr_putz(out, put);
        return;
    }
    wr_puts(out, word);
}

// ---------------------------------------------------------------------------------- words

static uint32_t ascii_lower(uint32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
static uint32_t ascii_upper(uint32_t c) { return c >= 'a' && c <= 'z' ? c - 32 : c; }

static void put_cp(wr_buf *out, uint32_t cp) {
    char b[4];
    wr_put(out, b, wr_utf8_put(cp, b));
}

static wr_str trim_end(wr_str s) {
    while (s.n > 0) {
        size_t at = step_back(s, s.n), i = at;
        if (wr_is_alphanumeric(wr_utf8_next(s, &i))) break;
        s.n = at;
    }
    return s;
}

// Reads code points by their number, in rising order.
typedef struct nth_reader {
    wr_str s;
    size_t index, at;
} nth_reader;

// Is code point number n of the text lower case? The crates take a byte offset for n, so in a
// non-ASCII key this looks further to the right than meant; past the end the answer is no.
static bool nth_is_lower(nth_reader *r, size_t n) {
    while (r->index < n && r->at < r->s.n) {
        wr_utf8_next(r->s, &r->at);
        r->index++;
    }
    size_t i = r->at;
    return i < r->s.n && wr_is_lowercase(wr_utf8_next(r->s, &i));
}

static void put_snake(wr_buf *out, wr_str in, char divider) {
    bool first = true; // of a word
    nth_reader before = {in, 0, 0}, after = {in, 0, 0};
    wr_str s = trim_end(in);
    for (size_t i = 0; i < s.n;) {
        size_t at = i;
        uint32_t c = wr_utf8_next(s, &i);
        if (!wr_is_alphanumeric(c)) {
            if (!first) wr_putc(out, divider);
            first = true;
            continue;
        }
        // anything but a lower-case ASCII letter counts as upper case here
        if (!first && c == ascii_upper(c) &&
            (nth_is_lower(&after, at + 1) || nth_is_lower(&before, at - 1)))
            wr_putc(out, divider);
        first = false;
        put_cp(out, ascii_lower(c));
    }
}

typedef struct camel_style {
    bool new_word;   // the first letter begins a word, so it is upper case
    char divider;    // before every word but the first; 0 = none
    bool split_nums; // a digit ends a word
} camel_style;

static void put_camel(wr_buf *out, wr_str in, camel_style style) {
    bool new_word = style.new_word, seen = false, first_word = style.divider != 0;
    uint32_t last = ' ';
    wr_str s = trim_end(in);
    for (size_t i = 0; i < s.n;) {
        uint32_t c = wr_utf8_next(s, &i);
        if (!wr_is_alphanumeric(c)) {
            if (seen) new_word = true;
            continue;
        }
        seen = true;
        if (style.split_nums && wr_is_numeric(c)) {
            new_word = true;
            put_cp(out, c);
        } else if (new_word || (wr_is_lowercase(last) && wr_is_uppercase(c))) {
            new_word = false;
            if (style.divider != 0 && !first_word) wr_putc(out, style.divider);
            first_word = false;
            put_cp(out, ascii_upper(c));
        } else {
            last = c;
            put_cp(out, ascii_lower(c));
        }
    }
}

static void put_class(wr_buf *out, wr_str in, wr_case_crate crate) {
    wr_buf pascal;
    wr_buf_init(&pascal, SIZE_MAX);
    put_camel(&pascal, in, (camel_style){.new_word = true, .split_nums = true});
    wr_str s = wr_buf_str(&pascal);
    size_t cut = s.n;
    while (cut > 0) {
        cut = step_back(s, cut);
        size_t i = cut;
        if (wr_is_uppercase(wr_utf8_next(s, &i))) break;
    }
    wr_puts(out, wr_sub(s, 0, cut));
    put_singular(out, wr_sub(s, cut, s.n), crate);
    if (pascal.rc != WR_OK) out->rc = pascal.rc;
    wr_buf_fini(&pascal);
}

wr_str wr_case_convert(wr_arena *a, wr_case which, wr_case_crate crate, wr_str in) {
    wr_buf out;
    wr_buf_init(&out, SIZE_MAX);
    bool cruet = crate == WR_CASE_CRUET;
    switch (which) {
    case WR_CASE_CAMEL: put_camel(&out, in, (camel_style){.split_nums = true}); break;
    case WR_CASE_CLASS: put_class(&out, in, crate); break;
    case WR_CASE_KEBAB: put_snake(&out, in, '-'); break;
    case WR_CASE_PASCAL:
        put_camel(&out, in, (camel_style){.new_word = true, .split_nums = true});
        break;
    case WR_CASE_SNAKE: put_snake(&out, in, '_'); break;
    case WR_CASE_TITLE: put_camel(&out, in, (camel_style){true, ' ', !cruet}); break;
    case WR_CASE_TRAIN: put_camel(&out, in, (camel_style){true, '-', true}); break;
    }
    wr_str s = out.rc == WR_OK ? wr_dup(a, wr_buf_str(&out)) : (wr_str){NULL, 0};
    wr_buf_fini(&out);
    return s;
}
