// SPDX-License-Identifier: Apache-2.0
// parse_explain: says in plain words what is wrong at the furthest place the parser got to: what
// was expected there, what was found, and, for the usual mistakes, what to write instead.
// Rules: the traps of guard-language.md §1.1 and §1.2.
#include "lang/guard/parse_int.h"

enum { LONGEST = 60 }; // bytes of a word that a message shows

typedef struct fault {
    g_ps *p;
    uint32_t from, at; // what was being parsed began at from, and is wrong at `at`
    wr_str found;      // the word or character at `at`
    wr_str before;     // the text that stands before it
} fault;

// ---------------------------------------------------------------------------------- words

static bool wordy(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool blank_at(const g_ps *p, size_t i) {
    char c = p->t.p[i];
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static wr_str word_at(const g_ps *p, uint32_t at) {
    if (at >= p->t.n) return (wr_str){0};
    size_t end = at;
    if (wordy(p->t.p[at])) {
        size_t next = at;
        uint32_t cp = wr_utf8_next(p->t, &next);
        if (cp >= 0x80 && !wr_is_alphanumeric(cp)) return wr_sub(p->t, at, next);
        while (end < p->t.n && wordy(p->t.p[end])) {
            next = end;
            cp = wr_utf8_next(p->t, &next);
            if (cp >= 0x80 && !wr_is_alphanumeric(cp)) break;
            end = next;
        }
        return wr_sub(p->t, at, end);
    }
    static const char *const pairs[] = {"&&", "||", "==", "!=", ">=", "<=", ":=", "<<", "//", "::"};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (wr_starts(wr_sub(p->t, at, p->t.n), wr_strz(pairs[i]))) return wr_sub(p->t, at, at + 2);
    return wr_sub(p->t, at, at + 1);
}

// What stands before `at`, on its line: from `from` when that is short, else the last word.
static wr_str text_before(const g_ps *p, uint32_t from, uint32_t at) {
    size_t end = at;
    while (end > 0 && blank_at(p, end - 1)) end--;
    size_t beg = end;
    while (beg > 0 && p->t.p[beg - 1] != '\n' && (beg > from || from >= end)) beg--;
    wr_str s = wr_trim(wr_sub(p->t, beg, end));
    if (s.n <= 40) return s;
    beg = end;
    while (beg > 0 && end - beg < 40 && !blank_at(p, beg - 1)) beg--;
    while (beg < end && (p->t.p[beg] & 0xC0) == 0x80) beg++;
    return wr_sub(p->t, beg, end);
}

static const char *name_of(uint32_t cp) {
    switch (cp) {
    case 0x00A0: return "no-break space";
    case 0x00AD: return "soft hyphen";
    case 0x200B: return "zero-width space";
    case 0x200C: return "zero-width non-joiner";
    case 0x200D: return "zero-width joiner";
    case 0x2028: return "line separator";
    case 0x202F: return "narrow no-break space";
    case 0x2060: return "word joiner";
    case 0x3000: return "ideographic space";
    case 0xFEFF: return "byte order mark";
    case 0x2013: return "en dash";
    case 0x2014: return "em dash";
    case 0x2018: return "left single quotation mark";
    case 0x2019: return "right single quotation mark";
    case 0x201C: return "left double quotation mark";
    case 0x201D: return "right double quotation mark";
    default: return wr_is_space(cp) ? "blank" : NULL;
    }
}

// The found thing, as it is put into a sentence.
static wr_str found_text(const fault *f) {
    if (f->at >= f->p->t.n) return WR_S("the end of the file");
    if (f->found.n == 1 && (unsigned char)f->found.p[0] < 0x20)
        return wr_fmt(&f->p->scratch, "the character U+%04X", (unsigned)f->found.p[0]);
    wr_str part = wr_utf8_cut(f->found, LONGEST);
    const char *more = part.n < f->found.n ? "..." : "";
    return wr_fmt(&f->p->scratch, "`%.*s%s`", WR_FMT(part), more);
}

// ---------------------------------------------------------------------------------- reporting

static wr_diag *say(const fault *f, wr_code code, wr_span at, const char *fmt, ...) WR_PRINTF(4, 5);
static wr_diag *say(const fault *f, wr_code code, wr_span at, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    wr_diag *d = wr_vreport(f->p->set->ctx, code, WR_ERROR, f->p->src, at, fmt, ap);
    va_end(ap);
    return d;
}

static wr_span here(const fault *f) { return (wr_span){f->at, f->at + (uint32_t)f->found.n}; }

static void expected(const fault *f, wr_code code, const char *what, const char *hint) {
    wr_str found = found_text(f);
    wr_diag *d = f->before.n > 0
                     ? say(f, code, here(f), "expected %s after `%.*s`, found %.*s", what,
                           WR_FMT(f->before), WR_FMT(found))
                     : say(f, code, here(f), "expected %s, found %.*s", what, WR_FMT(found));
    if (hint) wr_hint(f->p->set->ctx, d, "%s", hint);
}

// ---------------------------------------------------------------------------------- faults

// A character that looks like a blank, quote or dash but is another.
static bool strange_character(const fault *f) {
    if (f->at >= f->p->t.n) return false;
    size_t next = f->at;
    uint32_t cp = wr_utf8_next(f->p->t, &next);
    const char *name = cp >= 0x80 ? name_of(cp) : NULL;
    if (!name) return false;
    if (f->p->strange == cp) return true; // said once, with their number
    f->p->strange = cp;
    wr_span at = {f->at, (uint32_t)next};
    wr_str text = wr_sub(f->p->t, f->at, next);
    uint32_t n = 0;
    for (size_t i = 0; (i = wr_find(f->p->t, text, i)) != SIZE_MAX; i += text.n) n++;
    wr_diag *d = n == 1 ? say(f, WR_D_G0108, at, "the character U+%04X (%s) has no place in a rule",
                              cp, name)
                        : say(f, WR_D_G0108, at,
                              "the character U+%04X (%s) has no place in a rule; the file holds %u "
                              "of them",
                              cp, name, n);
    const char *fix = cp >= 0x2018 && cp <= 0x2019   ? "write a straight single quote: '"
                      : cp >= 0x201C && cp <= 0x201D ? "write a straight double quote: \""
                      : cp >= 0x2013 && cp <= 0x2014 ? "write a hyphen: -"
                      : cp == 0xFEFF || cp == 0x200B || cp == 0x200C || cp == 0x200D ||
                              cp == 0x2060 || cp == 0x00AD
                          ? "delete it; it cannot be seen"
                          : "replace it by an ordinary space; it often comes with text copied from "
                            "a web page";
    wr_hint(f->p->set->ctx, d, "%s", fix);
    return true;
}

// Is the fault in, or on the line behind, a string that runs over lines? Then that string probably
// swallowed what was to follow a quote that is missing.
static bool runaway(const fault *f) {
    wr_span s = f->p->multiline;
    if (s.beg == UINT32_MAX || s.beg >= f->at || s.end > f->at) return false;
    if (s.beg >= f->from) return true;
    if (s.end > f->from) return false; // of an alternative that was given up
    return memchr(f->p->t.p + s.end, '\n', f->from - s.end) == NULL;
}

static bool not_closed(const fault *f) {
    g_ps *p = f->p;
    wr_span at = {p->open_at, p->open_at + 1};
    wr_diag *d;
    if (p->want & G_W_MSG_END) {
        at.end++;
        d = say(f, WR_D_G0109, at, "the message that begins here is not closed");
        wr_hint(p->set->ctx, d, "end it with >>");
        return true;
    }
    if (p->want & G_W_QUOTE) {
        bool pattern = peek_at(p, p->open_at) == '/';
        d = say(f, WR_D_G0104, at, "the %s that begins here is not closed",
                pattern ? "regular expression" : "string");
        wr_hint(p->set->ctx, d, "a backslash before the closing %c makes it part of the text",
                peek_at(p, p->open_at));
        return true;
    }
    if (!runaway(f)) return false;
    at = (wr_span){p->multiline.beg, p->multiline.beg + 1};
    p->resume = at.end;
    p->multiline.beg = UINT32_MAX;
    d = say(f, WR_D_G0104, at, "the string that begins here is not closed on its line");
    wr_hint(p->set->ctx, d, "is a closing %c missing? The text after it does not parse",
            peek_at(p, at.beg));
    return true;
}

static bool wrong_pattern(const fault *f) {
    g_ps *p = f->p;
    if (!(p->want & G_W_REGEX)) return false;
    say(f, WR_D_G0107, (wr_span){p->open_at, f->at}, "this is not a regular expression: %.*s",
        WR_FMT(p->regex_err));
    return true;
}

static bool wrong_range(const fault *f) {
    g_ps *p = f->p;
    if (!(p->want & G_W_RANGE)) return false;
    wr_diag *d = say(f, WR_D_G0110, (wr_span){p->open_at, f->at},
                     "the two ends of a range must be of one kind");
    wr_hint(p->set->ctx, d, "both whole numbers, both with a fraction, or both one character");
    return true;
}

static bool wrong_number(const fault *f) {
    g_ps *p = f->p;
    uint32_t i = f->at;
    if (peek_at(p, i) != '.' || i == 0 || p->t.p[i - 1] < '0' || p->t.p[i - 1] > '9') return false;
    while (i > 0 && p->t.p[i - 1] >= '0' && p->t.p[i - 1] <= '9') i--;
    bool negative = i > 0 && p->t.p[i - 1] == '-';
    wr_diag *d = say(f, WR_D_G0110, (wr_span){negative ? i - 1 : i, f->at + 1},
                     "this number is not complete or not of the language");
    wr_hint(p->set->ctx, d,
            negative ? "negative numbers with a fraction cannot be written"
                     : "a fraction needs digits after the point");
    return true;
}

// Names that the language cuts in two: thisProp, whenever.
static bool prefix_trap(const fault *f) {
    static const char *const words[] = {"this", "THIS", "when", "WHEN"};
    wr_str item = word_at(f->p, f->from);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        wr_str w = wr_strz(words[i]);
        if (!wr_starts(item, w) || item.n == w.n || f->at > f->from + item.n + 1) continue;
        wr_diag *d = say(f, WR_D_G0112, (wr_span){f->from, f->from + (uint32_t)item.n},
                         "`%.*s` is read as `%.*s` and the rest", WR_FMT(item), WR_FMT(w));
        wr_hint(f->p->set->ctx, d, "quote the name: '%.*s'", WR_FMT(item));
        return true;
    }
    return false;
}

static bool same_letters(wr_str a, const char *z) {
    if (a.n != strlen(z)) return false;
    for (size_t i = 0; i < a.n; i++) {
        char c = a.p[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if (c != z[i]) return false;
    }
    return true;
}

static const char *operator_hint(const fault *f) {
    static const struct {
        const char *word, *hint;
    } words[] = {
        {"=", "values are compared with ==; = is for let"},
        {"&&", "clauses that follow each other must all hold; there is no word between them"},
        {"and", "clauses that follow each other must all hold; there is no word between them"},
        {"||", "alternatives are joined by or"},
        {";", "clauses simply follow each other; there is no separator"},
        {"(",
         "a function can only be called in let, on the right of an operator, or as an argument"},
        {"-", "names hold letters, digits and _; quote others: .'some-name'"},
        {"is", "write ==, or is_string, is_list, is_struct, is_bool, is_int, is_float, is_null"},
        {"contains", "write == /part/ for text, some list[*] == \"item\" for lists"},
        {"equals", "write =="},
        {"matches", "write == /pattern/"},
        {"exist", "write exists"},
        {"rul", "a rule begins with the word rule, in small letters"},
        {"rules", "a rule begins with the word rule, in small letters"},
        {"rule", "a rule begins with the word rule, in small letters"},
        {"not_in", "write: not in"},
        {"not_exists", "write: not exists"},
        {"not_empty", "write: not empty"},
    };
    static const char *const ops[] = {"in",      "exists",    "empty",   "is_string",
                                      "is_list", "is_struct", "is_bool", "is_int",
                                      "is_null", "is_float",  "not"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (same_letters(f->found, words[i].word) || same_letters(f->before, words[i].word))
            return words[i].hint;
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (same_letters(f->found, ops[i]))
            return "operators are written all in small or all in capital letters";
    return NULL;
}

static bool ends_in(const fault *f, wr_str tail) { return wr_ends(f->before, tail); }

// 3.1 only: name()
static bool no_arguments(const fault *f) {
    uint32_t i = f->at + 1;
    if (peek_at(f->p, f->at) != '(' || f->at == 0 || !wordy(f->p->t.p[f->at - 1])) return false;
    while (i < f->p->t.n && blank_at(f->p, i)) i++;
    if (peek_at(f->p, i) != ')') return false;
    wr_diag *d = say(f, WR_D_G0103, (wr_span){f->at, i + 1}, "a call needs at least one argument");
    wr_hint(f->p->set->ctx, d, "functions without arguments came with cfn-guard 3.2");
    return true;
}

// Nothing of the language begins so.
static bool no_beginning(const fault *f) {
    if (f->at != f->from || f->at >= f->p->t.n) return false;
    if (peek_at(f->p, f->at) == '}') {
        say(f, WR_D_G0105, here(f), "this } closes nothing");
        return true;
    }
    if (ends_in(f, WR_S(")")) && f->found.n > 0 && strchr("=!<>", f->found.p[0])) {
        wr_diag *d =
            say(f, WR_D_G0102, here(f), "a function call cannot stand left of an operator");
        wr_hint(f->p->set->ctx, d, "assign it first: let n = count(x)");
        return true;
    }
    bool top = f->p->want & G_W_EOF;
    wr_str found = found_text(f);
    wr_diag *d = say(f, WR_D_G0101, here(f), "expected %s, found %.*s",
                     top ? "a rule, a let or a clause" : "a clause or }", WR_FMT(found));
    const char *hint = operator_hint(f);
    if (hint) wr_hint(f->p->set->ctx, d, "%s", hint);
    return true;
}

static bool missing_operator(const fault *f) {
    if (!(f->p->want & G_W_OPERATOR)) return false;
    wr_str item = word_at(f->p, f->from);
    if (f->found.n == 1 && f->found.p[0] == '}' && wr_eq(item, f->before)) {
        wr_diag *d =
            say(f, WR_D_G0113, (wr_span){f->from, f->from + (uint32_t)item.n},
                "`%.*s` is read as a reference to a rule, which must end its line", WR_FMT(item));
        wr_hint(f->p->set->ctx, d, "put the } on a line of its own, or add an operator");
        return true;
    }
    expected(f, WR_D_G0102, "an operator such as ==, in or exists", operator_hint(f));
    return true;
}

static bool missing_value(const fault *f) {
    if (!(f->p->want & G_W_VALUE)) return false;
    const char *hint = f->found.n == 1 && f->found.p[0] == '='
                           ? "equality is written =="
                           : "text stands in quotes, patterns between slashes: \"a\", /^a/";
    expected(f, WR_D_G0103, "a value, a query or a function call", hint);
    return true;
}

static bool missing_clause(const fault *f) {
    char c = peek_at(f->p, f->at);
    bool empty_filter = c == ']' && ends_in(f, WR_S("["));
    bool no_condition = c == '{' && (ends_in(f, WR_S("when")) || ends_in(f, WR_S("WHEN")));
    bool empty = (f->p->want & G_W_CLAUSE) && (c == '}' || c == ']') && f->at < f->p->t.n;
    if (!empty && !empty_filter && !no_condition) return false;
    expected(f, WR_D_G0106, no_condition ? "a condition" : "at least one clause", NULL);
    return true;
}

static bool trailing_comma(const fault *f) {
    char c = peek_at(f->p, f->at);
    if ((c != ']' && c != '}' && c != ')') || !ends_in(f, WR_S(","))) return false;
    wr_diag *d = say(f, WR_D_G0103, here(f), "there is no value between the comma and %c", c);
    wr_hint(f->p->set->ctx, d, "no comma follows the last item");
    return true;
}

static void missing_something(const fault *f) {
    static const struct {
        uint32_t want;
        wr_code code;
        const char *what;
        const char *hint;
    } table[] = {
        {G_W_ASSIGN, WR_D_G0114, "= or :=", "an assignment is: let name = value"},
        {G_W_KEYS_OP, WR_D_G0102, "==, !=, in or not in", "a keys filter is: [ keys == /^a/ ]"},
        {G_W_COLON, WR_D_G0103, "a colon and a value",
         "a map is: { key: value, 'other key': value }"},
        {G_W_PAREN, WR_D_G0105, ") or a comma", NULL},
        {G_W_SQUARE, WR_D_G0105, "]", NULL},
        {G_W_BRACE, WR_D_G0105, "a clause or }", NULL},
        {G_W_OPEN, WR_D_G0105, "{", NULL},
        {G_W_NAME, WR_D_G0111, "a name",
         "names begin with an ASCII letter and hold letters, digits and _; quote others"},
        {G_W_BLANK, WR_D_G0111, "a blank", NULL},
        {G_W_CLAUSE, WR_D_G0106, "a clause", NULL},
        {G_W_REF_END, WR_D_G0113, "the end of the line or a message", NULL},
        {G_W_COMMA, WR_D_G0105, "a comma", NULL},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (!(f->p->want & table[i].want)) continue;
        const char *hint = operator_hint(f);
        expected(f, table[i].code, table[i].what, table[i].hint ? table[i].hint : hint);
        return;
    }
    expected(f, WR_D_G0101, "a rule, a let or a clause", operator_hint(f));
}

void g_describe(g_ps *p, uint32_t from) {
    fault f = {.p = p, .from = from, .at = p->far};
    f.found = word_at(p, f.at);
    f.before = text_before(p, from, f.at);
    static bool (*const kinds[])(const fault *) = {
        not_closed,     strange_character, wrong_pattern,    wrong_range,
        prefix_trap,    wrong_number,      no_arguments,     no_beginning,
        missing_clause, trailing_comma,    missing_operator, missing_value,
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i](&f)) return;
    missing_something(&f);
}
