// SPDX-License-Identifier: Apache-2.0
// base: what every other module stands on: strings, arenas, buffers, interning, sources and
// positions, diagnostics, limits, numbers, files. Knows nothing of documents or policies.
//
// Always true:
// - nothing here is global and mutable; a wr_ctx belongs to one task and one thread;
// - a failed allocation or write is sticky (arena->oom, buf->rc): check once, at the end;
// - a wr_str is a slice, never NUL-terminated, never owned.
#ifndef WR_BASE_H
#define WR_BASE_H

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define WR_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define WR_MUST_USE __attribute__((warn_unused_result))
#else
#define WR_PRINTF(f, a)
#define WR_MUST_USE
#endif

// Programmer errors only; stays on in release builds.
#define WR_ASSERT(e) ((e) ? (void)0 : wr_assert_failed(#e, __FILE__, __LINE__))
_Noreturn void wr_assert_failed(const char *expr, const char *file, int line);

// Result of an operation that can fail for a reason outside the program.
typedef enum wr_rc {
    WR_OK = 0,
    WR_NOMEM = -1, // memory or a cap on it ran out
    WR_IO = -2,    // the system refused; a diagnostic says what
    WR_LIMIT = -3, // a limit of wr_limits was reached; a diagnostic says which
    WR_BAD = -4,   // bad input; diagnostics say where
} wr_rc;

// ---------------------------------------------------------------------------------- strings

typedef struct wr_str {
    const char *p;
    size_t n;
} wr_str;

#define WR_S(lit) ((wr_str){(lit), sizeof(lit) - 1})
#define WR_FMT(s) (int)(s).n, (s).p // for "%.*s"

static inline wr_str wr_strn(const char *p, size_t n) { return (wr_str){p, n}; }
static inline wr_str wr_strz(const char *z) { return (wr_str){z, strlen(z)}; }
static inline bool wr_eq(wr_str a, wr_str b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
// ASCII letters alone: what names of protocols and services are compared by.
static inline char wr_low(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static inline bool wr_same(wr_str a, wr_str b) { // their case does not count
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (wr_low(a.p[i]) != wr_low(b.p[i])) return false;
    return true;
}
// <0, 0, >0 by bytes, shorter first: the order of a BTreeMap of UTF-8 strings.
int wr_cmp(wr_str a, wr_str b);
bool wr_starts(wr_str s, wr_str prefix);
bool wr_ends(wr_str s, wr_str suffix);
// Offset of the first occurrence of part at or after from, or SIZE_MAX. Linear.
size_t wr_find(wr_str s, wr_str part, size_t from);
// Part of s from byte a up to byte b (clamped).
wr_str wr_sub(wr_str s, size_t a, size_t b);
wr_str wr_trim(wr_str s); // ASCII white space off both ends
// Last component after '/', as basename(1) without touching s.
wr_str wr_basename(wr_str path);

// UTF-8: offset of the first invalid byte, or s.n when all is valid (no surrogates, no overlongs).
size_t wr_utf8_check(wr_str s);
// Decodes one code point of valid UTF-8 at *i (< s.n) and moves *i past it.
uint32_t wr_utf8_next(wr_str s, size_t *i);
// Encodes cp into out (4 bytes room); returns the length.
size_t wr_utf8_put(uint32_t cp, char *out);
// Number of code points in valid UTF-8.
size_t wr_utf8_len(wr_str s);
// The longest prefix of at most n bytes that ends between characters: for quoting in messages.
wr_str wr_utf8_cut(wr_str s, size_t n);

struct wr_arena;

// Scans by the block (scan.c): the first byte at or after p, or end, that is no blank ' ' …
const char *wr_scan_spaces(const char *p, const char *end);
// … that is a quote '"', a backslash or below 0x20; *high becomes non-zero when a byte beyond ASCII
// was passed.
const char *wr_scan_quoted(const char *p, const char *end, uint64_t *high);
bool wr_scan_any(wr_str s, char a, char b, char c, char d); // is one of them in s?
static inline bool wr_scan_holds(wr_str s, char a, char b, char c) {
    return wr_scan_any(s, a, b, c, c);
}
bool wr_scan_ascii(wr_str s);           // is every byte below 0x80?
size_t wr_scan_count(wr_str s, char c); // how often is c in s?
// The offset behind each line feed of t, which is smaller than 4 GiB; starts has room for them all.
void wr_scan_lines(wr_str t, uint32_t *starts);

// Unicode, simple and full mappings as Rust's char/str methods have them (unicode.c).
bool wr_is_alphanumeric(uint32_t cp); // Alphabetic or Nd/Nl/No, as char::is_alphanumeric
bool wr_is_lowercase(uint32_t cp);
bool wr_is_uppercase(uint32_t cp);
bool wr_is_numeric(uint32_t cp); // Nd, Nl, No
bool wr_is_space(uint32_t cp);   // White_Space
bool wr_is_word(uint32_t cp);    // \w of UTS #18: Alphabetic, M, Nd, Pc, Join_Control
const char *wr_unicode_version(void);
uint32_t wr_lower(uint32_t cp); // the one code point it maps to in lower case, or cp
// str::to_lowercase and str::to_uppercase of valid UTF-8 ("ß" becomes "SS", a final sigma "ς").
// NUL after it; {NULL, 0} when memory runs out.
wr_str wr_to_lower(struct wr_arena *a, wr_str s);
wr_str wr_to_upper(struct wr_arena *a, wr_str s);

// ---------------------------------------------------------------------------------- arenas

// Bump allocator; owns everything one task made. WR_ARENA_DEBUG makes each item a malloc of its
// own, so that sanitizers see overruns.
typedef struct wr_arena {
    struct wr_block *head;  // newest block
    struct wr_block *spare; // one freed block, kept
    char *cur, *end;
    size_t used;   // bytes handed out by all blocks
    size_t cap;    // refuse beyond this; 0 = no cap
    size_t next;   // size of the next block
    uint64_t seed; // of tables in it: 0 until there is one, then random and moved on by each
    bool oom;      // sticky
} wr_arena;

typedef struct wr_mark {
    struct wr_block *head;
    char *cur;
    size_t used;
} wr_mark;

void wr_arena_init(wr_arena *a, size_t cap);
void wr_arena_fini(wr_arena *a);
void *wr_alloc_slow(wr_arena *a, size_t n);
#if defined(WR_ARENA_DEBUG)
#define wr_alloc(a, n) wr_alloc_slow((a), (n))
#else
// n bytes, 8-aligned, not cleared; NULL (and a->oom) when there is no more.
static inline void *wr_alloc(wr_arena *a, size_t n) {
    size_t want = (n + 7u) & ~(size_t)7u;
    if (want >= n && (size_t)(a->end - a->cur) >= want) {
        char *p = a->cur;
        a->cur += want;
        a->used += want;
        return p;
    }
    return wr_alloc_slow(a, n);
}
#endif
void *wr_zalloc(wr_arena *a, size_t n);
#define WR_NEW(a, T) ((T *)wr_zalloc((a), sizeof(T)))
#define WR_NEW_N(a, T, n) ((T *)wr_zalloc((a), sizeof(T) * (size_t)(n)))
wr_str wr_dup(wr_arena *a, wr_str s);       // a copy, with a NUL after it; {NULL,0} on failure
const char *wr_dupz(wr_arena *a, wr_str s); // the same, as a C string
wr_str wr_fmt(wr_arena *a, const char *fmt, ...) WR_PRINTF(2, 3); // {NULL,0} on failure
wr_str wr_vfmt(wr_arena *a, const char *fmt, va_list ap) WR_PRINTF(2, 0);
// Gives back what is behind the first `keep` of an item's n bytes, if it is the newest item.
void wr_arena_trim(wr_arena *a, const void *p, size_t n, size_t keep);
// Takes over n bytes at p, which malloc made; frees them at once and returns NULL on failure.
void *wr_arena_adopt(wr_arena *a, void *p, size_t n);
wr_mark wr_arena_mark(const wr_arena *a);
void wr_arena_rewind(wr_arena *a, wr_mark m); // frees all made since the mark

// Growable arrays inside an arena: struct { T *v; uint32_t n, cap; }. WR_PUSH is false on failure.
#define WR_VEC(T)                                                                                  \
    struct {                                                                                       \
        T *v;                                                                                      \
        uint32_t n, cap;                                                                           \
    }
bool wr_vec_grow(wr_arena *a, void *vp, uint32_t *cap, uint32_t n, size_t size);
#define WR_PUSH(a, vec, item)                                                                      \
    (((vec)->n < (vec)->cap ||                                                                     \
      wr_vec_grow((a), &(vec)->v, &(vec)->cap, (vec)->n, sizeof *(vec)->v))                        \
         ? ((vec)->v[(vec)->n++] = (item), true)                                                   \
         : false)

// ---------------------------------------------------------------------------------- buffers

// Text being written. With a sink, full blocks are handed on and memory stays flat.
typedef struct wr_buf {
    char *p;
    size_t n, cap;
    size_t max;                                      // never grows beyond
    int (*sink)(void *arg, const char *p, size_t n); // 0 = taken; or NULL
    void *arg;
    wr_rc rc; // sticky
} wr_buf;

void wr_buf_init(wr_buf *b, size_t max); // 0 = no cap; WR_NOMEM when it is reached
void wr_buf_init_sink(wr_buf *b, int (*sink)(void *, const char *, size_t), void *arg);
void wr_buf_init_fd(wr_buf *b, int fd); // a sink that writes to a file descriptor
void wr_buf_fini(wr_buf *b);            // frees; does not flush
// Hands what was written over to an arena (8-aligned; large texts without a copy) and leaves b
// empty; {NULL,0} on failure.
wr_str wr_buf_keep(wr_buf *b, wr_arena *a);
wr_rc wr_buf_flush(wr_buf *b);
void wr_buf_fail(wr_buf *b, wr_rc rc); // from now on nothing is taken; the first rc stays
static inline wr_str wr_buf_str(const wr_buf *b) { return (wr_str){b->p, b->n}; }
// A guess: n more bytes will come. Nothing fails when there is no such room.
void wr_buf_room(wr_buf *b, size_t n);
void wr_put(wr_buf *b, const char *p, size_t n);
static inline void wr_puts(wr_buf *b, wr_str s) { wr_put(b, s.p, s.n); }
static inline void wr_putz(wr_buf *b, const char *z) { wr_put(b, z, strlen(z)); }
static inline void wr_putc(wr_buf *b, char c) {
    if (b->n < b->cap) b->p[b->n++] = c;
    else wr_put(b, &c, 1);
}
void wr_pad(wr_buf *b, char c, size_t n);
void wr_put_hex(wr_buf *b, const uint8_t *bytes, size_t n); // two lower-case digits each
void wr_putf(wr_buf *b, const char *fmt, ...) WR_PRINTF(2, 3);
void wr_put_i64(wr_buf *b, int64_t v);
void wr_put_u64(wr_buf *b, uint64_t v);

// ---------------------------------------------------------------------------------- numbers

// Shortest decimal that reads back as v. Three spellings of the same digits:
void wr_put_f64_display(wr_buf *b, double v); // Rust {}: 1, 0.1, 100000000000000000000, NaN, inf
void wr_put_f64_debug(wr_buf *b, double v);   // Rust {:?}: 1.0, 1e16, NaN, inf
void wr_put_f64_json(wr_buf *b, double v);    // serde_json (ryu): 1.0, 1e16, 1e-7; v is finite
// Rust's str::parse::<i64>: optional sign, digits, no overflow, nothing else.
bool wr_parse_i64(wr_str s, int64_t *out);
// Rust's str::parse::<f64>: 1, .5, 5., 1e5, inf, +infinity, nan in any case; no hex, no blanks.
bool wr_parse_f64(wr_str s, double *out);
// Is finite v, read from lexeme, written back with the same digits? False: digits were lost.
bool wr_f64_keeps(double v, wr_str lexeme);

// Days since 1970-01-01 of a date of the Gregorian calendar (m from 1), and the days of a month.
int64_t wr_days(int64_t y, int64_t m, int64_t d);
int64_t wr_days_in_month(int64_t y, int64_t m);
// The other way round, as "2026-01-31" and, of Unix seconds, "2026-01-31T12:00:00Z".
void wr_put_day(wr_buf *b, int64_t days);
void wr_put_time(wr_buf *b, int64_t t);
int64_t wr_day_of(int64_t t); // the day that a second is in, also before 1970
// The same texts read, from 1970 on. False: it is none, and *out is as it was.
bool wr_day_parse(wr_str s, int64_t *out);
bool wr_time_parse(wr_str s, int64_t *out);

// ---------------------------------------------------------------------------------- interning

// An interned key. Equal keys are the same pointer within a table and those it overlays.
typedef struct wr_sym {
    uint32_t hash;
    uint32_t n;  // bytes
    uint32_t id; // 0,1,2… in order of interning, continuing the parent's ids
    char p[];    // NUL after it
} wr_sym;

static inline wr_str wr_sym_str(const wr_sym *s) { return (wr_str){s->p, s->n}; }

typedef struct wr_symtab {
    const struct wr_symtab *parent; // frozen while this table lives; may be NULL
    wr_arena *arena;
    const wr_sym **slot;
    uint32_t n, cap;          // own symbols; slots (a power of two)
    uint32_t first;           // id of the first own symbol
    uint64_t seed;            // the parent's, or random: keys chosen to collide do not
    const wr_sym *recent[32]; // seen lately, by length and first byte: most come again
} wr_symtab;

void wr_symtab_init(wr_symtab *t, wr_arena *a, const wr_symtab *parent);
const wr_sym *wr_sym_in(wr_symtab *t, wr_str s);         // NULL when memory runs out
const wr_sym *wr_sym_again(wr_symtab *t, wr_str s);      // the same, quicker for what comes often
const wr_sym *wr_sym_find(const wr_symtab *t, wr_str s); // NULL when not there
uint64_t wr_hash(wr_str s, uint64_t seed);
uint64_t wr_seed(wr_arena *a); // of a table in the arena: random, and another one each time

// String → pointer map in an arena.
typedef struct wr_map {
    wr_arena *arena;
    struct wr_map_slot *slot;
    uint32_t n, cap;
    uint64_t seed;
} wr_map;
void wr_map_init(wr_map *m, wr_arena *a);
void **wr_map_at(wr_map *m,
                 wr_str key); // the place of key's value, made (NULL) when new; NULL = OOM
void *wr_map_find(const wr_map *m, wr_str key); // the value, or NULL

// ---------------------------------------------------------------------------------- sources

typedef struct wr_span {
    uint32_t beg, end; // byte offsets, end exclusive
} wr_span;

typedef struct wr_pos {
    uint32_t line, col; // 1-based; col counts code points
} wr_pos;

// A loaded text. Immutable once made; the line table is built when it is made.
typedef struct wr_src {
    wr_str name; // as shown to people
    wr_str text;
    const uint32_t *line; // offset of the start of each line
    uint32_t n_lines;
    const uint32_t *tails; // for texts with very long lines: see src.c; else NULL
    bool secret;           // its lines are not shown: they may hold passwords
    // A part of a longer text: whole lines before it, and columns of its first line before it.
    // Positions are then those in the longer text.
    wr_pos before;
} wr_src;

// name and text must outlive the source (put them in the same arena). NULL when out of memory or
// text is 4 GiB or more. A line ends at LF, CRLF, CR, U+0085, U+2028 or U+2029 when yaml_breaks,
// else at LF.
wr_src *wr_src_new(wr_arena *a, wr_str name, wr_str text, bool yaml_breaks);
wr_pos wr_src_pos(const wr_src *s, uint32_t off);
// 1-based (in the longer text of a part), without its break.
wr_str wr_src_line(const wr_src *s, uint32_t line);
// A source of its own that holds what is around a place of src, for who keeps the place longer than
// the text: *own in it has the position, and mostly the excerpt, that `at` has in src. name must
// outlive it. NULL (and a->oom): no memory.
wr_src *wr_src_cut(wr_arena *a, wr_str name, const wr_src *src, wr_span at, wr_span *own);

// ---------------------------------------------------------------------------------- diagnostics

typedef enum wr_sev { WR_NOTE, WR_WARNING, WR_ERROR } wr_sev;

// Stable codes: one line each in diag_codes.def, a page each in docs/diag.
typedef enum wr_code {
#define WR_DIAG(code, title) WR_D_##code,
#include "diag_codes.def"
#undef WR_DIAG
    WR_D_COUNT
} wr_code;

const char *wr_code_name(wr_code c);  // "G0102"
const char *wr_code_title(wr_code c); // one line, no full stop

typedef struct wr_diag {
    wr_code code;
    wr_sev sev;
    const wr_src *src; // may be NULL: about no text
    wr_span span;
    wr_str msg;  // one sentence, lower case, no full stop
    wr_str hint; // what to do; may be empty
    struct wr_diag *next;
} wr_diag;

// ---------------------------------------------------------------------------------- limits, task

// What input may cost. Each has a diagnostic of its own; see docs/guide/limits.md.
typedef struct wr_limits {
    uint64_t bytes;       // of one file
    uint32_t depth;       // nesting of a document or a rule
    uint32_t nodes;       // of one document
    uint64_t steps;       // of one evaluation (rule file × document)
    uint32_t regex_steps; // backtracking steps of one match
    uint32_t regex_bytes; // of one pattern
    uint32_t diags;       // errors kept per task, and as many warnings and notes
    uint32_t nesting;     // of an evaluation: clauses, filters, variables, rules in each other
} wr_limits;

extern const wr_limits wr_limits_default;

// One task: its memory, what it has to say, its limits, its clock. Never shared between threads.
typedef struct wr_ctx {
    wr_arena arena;
    wr_diag *diags, **diags_tail; // in the order found
    uint32_t n_diags, n_errors;
    wr_limits limits;
    int64_t now; // Unix seconds; fixed for the whole task so that results are reproducible
} wr_ctx;

void wr_ctx_init(wr_ctx *c, const wr_limits *limits); // NULL = wr_limits_default
void wr_ctx_fini(wr_ctx *c);
// A moment to come back to: rewinding frees all made since and forgets the diagnostics said since
// (which must have been printed or copied). For loops over many small inputs.
typedef struct wr_ctx_mark {
    wr_mark arena;
    wr_diag **tail;
    uint32_t n_diags, n_errors;
} wr_ctx_mark;
wr_ctx_mark wr_ctx_mark_now(const wr_ctx *c);
void wr_ctx_rewind(wr_ctx *c, wr_ctx_mark m);
// Forgets the diagnostics said since, and frees nothing.
void wr_ctx_hush(wr_ctx *c, wr_ctx_mark m);
// Adds a diagnostic (message and hint copied) and returns it; NULL when too many or out of memory.
wr_diag *wr_report(wr_ctx *c, wr_code code, wr_sev sev, const wr_src *src, wr_span span,
                   const char *fmt, ...) WR_PRINTF(6, 7);
wr_diag *wr_vreport(wr_ctx *c, wr_code code, wr_sev sev, const wr_src *src, wr_span span,
                    const char *fmt, va_list ap) WR_PRINTF(6, 0);
void wr_hint(wr_ctx *c, wr_diag *d, const char *fmt, ...) WR_PRINTF(3, 4); // d may be NULL
// "name:line:col: error[G0102]: message", the line with a caret under it, "hint: …"
void wr_diag_print(wr_buf *b, const wr_diag *d, bool color);
// Text from outside (a name, a value, a message) for people: line feeds and tabs stay, what a
// terminal would act on and what is no character is spelled out.
void wr_put_safe(wr_buf *b, wr_str s);

// ---------------------------------------------------------------------------------- threads

enum { WR_STACK = 16 << 20 }; // bytes of a thread's stack
// Starts up to n threads, each running work on an item of its own, size bytes apart (0: all on the
// same). How many there are: the system may give fewer, or none.
uint32_t wr_threads_start(pthread_t *t, uint32_t n, void *(*work)(void *), void *items,
                          size_t size);
void wr_threads_join(const pthread_t *t, uint32_t n);

// ---------------------------------------------------------------------------------- files

// Which files a path or a pattern means (find.c). Paths are joined with '/'.
typedef WR_VEC(const char *) wr_words;
typedef struct wr_search {
    wr_arena *arena;
    bool by_time;           // siblings by time of last change, else by name
    bool follow;            // symbolic links to directories are entered
    const wr_words *ignore; // patterns of what is left out; may be NULL
    bool all;               // what is no regular file, and folders that cannot be read, come too
    bool longest;           // a test file belongs to the longest stem, not to the first
} wr_search;
bool wr_exists(const char *path);
bool wr_is_file(const char *path); // after symbolic links
// Regular files at or below base, parents before children, siblings in order. What cannot be read
// is passed over.
void wr_walk(const wr_search *f, const char *base, wr_words *out);
// The same for a pattern: * ? [a-z] within a name, ** across directories.
bool wr_is_glob(const char *text); // has pattern characters and names no existing file
void wr_expand(const wr_search *f, const char *pattern, wr_words *out);
bool wr_glob(wr_str pattern, wr_str path);
bool wr_ignored(const wr_words *patterns, wr_str path);

// Similarity of two words, 0 … 1 (Jaro's measure), for "did you mean": near from WR_NEAR on.
double wr_similar(wr_str a, wr_str b);
#define WR_NEAR 0.7

// Whole file into the arena (NUL after it). Diagnostics: B0001 unreadable, B0002 too large.
wr_rc wr_read_file(wr_ctx *c, const char *path, wr_str *out) WR_MUST_USE;
wr_rc wr_read_fd(wr_ctx *c, int fd, const char *name, wr_str *out) WR_MUST_USE;

// A file read from front to end in flat memory, whatever its length. What begins as gzip does
// (RFC 1952) is decompressed, members one after another are one text.
typedef struct wr_stream wr_stream;
// path "-": standard input, called STDIN in messages. c outlives the stream and takes what there is
// to say: B0001 unreadable, B0004 damaged or truncated. NULL when it cannot be read at all.
wr_stream *wr_stream_open(wr_ctx *c, const char *path);
wr_stream *wr_stream_fd(wr_ctx *c, int fd, const char *name); // takes fd over, NULL or not
// Appends the next part of the text to b, 64 KiB at most. WR_BAD when the text ends early: what
// came before is good, and a diagnostic was said; nothing more comes then. *end: no more text.
wr_rc wr_stream_more(wr_stream *s, wr_buf *b, bool *end) WR_MUST_USE;
wr_str wr_stream_name(const wr_stream *s);
// Bytes taken from the file itself so far, and its size (0: not known): for progress.
uint64_t wr_stream_taken(const wr_stream *s, uint64_t *size);
// tap gets each piece of the file as it is stored (compressed or not), once, in order.
void wr_stream_tap(wr_stream *s, void (*tap)(void *arg, wr_str piece), void *arg);
void wr_stream_close(wr_stream *s); // NULL is fine

#endif
