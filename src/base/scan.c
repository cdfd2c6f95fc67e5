// SPDX-License-Identifier: Apache-2.0
// Scanning text by the block: what readers do for most of their time. Sixteen bytes at a time where
// the machine has SSE2 (every x86-64), else eight by arithmetic on words; the last few one by one.
// Nothing is read beyond the end. Little-endian: the first byte of a word is its lowest.

#include "base/block.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the word tricks of this file need a little-endian machine"
#endif

static const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;

static inline uint64_t load(const char *p) {
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

static inline size_t first_byte(uint64_t mask) { return (size_t)__builtin_ctzll(mask) >> 3; }

// High bit set in the first zero byte of w; bits above it may be wrong.
static inline uint64_t zero_byte(uint64_t w) { return (w - ones) & ~w & highs; }

// High bit set in each zero byte of w and in no other.
static inline uint64_t zero_bytes(uint64_t w) { return ~(((w & ~highs) + ~highs) | w | ~highs); }

#if WR_BLOCKS
static inline __m128i load16(const char *p) {
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

// A bit for each of the 16 bytes that equals c.
static inline unsigned equal16(__m128i v, char c) {
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}
#endif

const char *wr_scan_spaces(const char *p, const char *end) {
#if WR_BLOCKS
    for (; end - p >= 16; p += 16) {
        unsigned other = equal16(load16(p), ' ') ^ 0xFFFFu;
        if (other) return p + __builtin_ctz(other);
    }
#endif
    for (; end - p >= 8; p += 8) {
        uint64_t other = load(p) ^ (ones * ' ');
        if (other) return p + first_byte(other);
    }
    while (p != end && *p == ' ') p++;
    return p;
}

// Below: bytes under 0x20, quotes and backslashes stop; a byte with its high bit set never does.

static inline const char *quoted_word(const char *p, bool *stopped, uint64_t *high) {
    uint64_t w = load(p), below = ~(uint64_t)0;
    uint64_t stop = ((w - ones * 0x20) & ~w) & highs;
    stop |= zero_byte(w ^ ones * '"') | zero_byte(w ^ ones * '\\');
    if (stop) below = (stop & (0 - stop)) - 1;
    *high |= w & highs & below;
    *stopped = stop != 0;
    return p + (stop ? first_byte(stop) : 8);
}

#if WR_BLOCKS
static inline const char *quoted_block(const char *p, bool *stopped, uint64_t *high) {
    __m128i v = load16(p), space = _mm_set1_epi8(0x20);
    __m128i text = _mm_cmpeq_epi8(_mm_max_epu8(v, space), v);
    unsigned stop = (unsigned)_mm_movemask_epi8(text) ^ 0xFFFFu;
    stop |= equal16(v, '"') | equal16(v, '\\');
    unsigned below = stop ? (stop & (0 - stop)) - 1 : 0xFFFFu;
    *high |= (unsigned)_mm_movemask_epi8(v) & below;
    *stopped = stop != 0;
    return p + (stop ? (size_t)__builtin_ctz(stop) : 16);
}
#endif

const char *wr_scan_quoted(const char *p, const char *end, uint64_t *high) {
    bool stopped = false;
#if WR_BLOCKS
    while (end - p >= 16) {
        p = quoted_block(p, &stopped, high);
        if (stopped) return p;
    }
#endif
    while (end - p >= 8) {
        p = quoted_word(p, &stopped, high);
        if (stopped) return p;
    }
    for (; p != end; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\' || c < 0x20) break;
        *high |= c & 0x80u;
    }
    return p;
}

bool wr_scan_any(wr_str s, char a, char b, char c, char d) {
    size_t i = 0;
#if WR_BLOCKS
    unsigned found = 0;
    while (s.n >= 16) { // the last sixteen may overlap
        __m128i v = load16(s.p + i);
        found |= equal16(v, a) | equal16(v, b) | equal16(v, c) | equal16(v, d);
        if (i + 16 == s.n) return found != 0;
        i = i + 32 <= s.n ? i + 16 : s.n - 16;
    }
#endif
    uint64_t any = 0;
    while (s.n >= 8) { // the last eight may overlap
        uint64_t w = load(s.p + i);
        any |= zero_byte(w ^ ones * (unsigned char)a) | zero_byte(w ^ ones * (unsigned char)b) |
               zero_byte(w ^ ones * (unsigned char)c) | zero_byte(w ^ ones * (unsigned char)d);
        if (i + 8 == s.n) return any != 0;
        i = i + 16 <= s.n ? i + 8 : s.n - 8;
    }
    for (; i < s.n; i++) any |= s.p[i] == a || s.p[i] == b || s.p[i] == c || s.p[i] == d;
    return any != 0;
}

bool wr_scan_ascii(wr_str s) {
    uint64_t high = 0;
    size_t i = 0;
    for (; s.n - i >= 32; i += 32)
        high |= load(s.p + i) | load(s.p + i + 8) | load(s.p + i + 16) | load(s.p + i + 24);
    for (; s.n - i >= 8; i += 8) high |= load(s.p + i);
    for (; i < s.n; i++) high |= (unsigned char)s.p[i];
    return (high & highs) == 0;
}

size_t wr_scan_count(wr_str s, char c) {
    size_t n = 0, i = 0;
#if WR_BLOCKS
    const __m128i zero = _mm_setzero_si128(), one = _mm_set1_epi8(1), wanted = _mm_set1_epi8(c);
    uint64_t sums[2];
    __m128i sum = zero;
    for (; s.n - i >= 16; i += 16) {
        __m128i hit = _mm_and_si128(_mm_cmpeq_epi8(load16(s.p + i), wanted), one);
        sum = _mm_add_epi64(sum, _mm_sad_epu8(hit, zero));
    }
    memcpy(sums, &sum, sizeof sums);
    n = (size_t)(sums[0] + sums[1]);
#endif
    for (; s.n - i >= 8; i += 8) {
        uint64_t hits = zero_bytes(load(s.p + i) ^ ones * (unsigned char)c) >> 7;
        n += (size_t)((hits * ones) >> 56); // the sum of the bytes
    }
    for (; i < s.n; i++) n += s.p[i] == c;
    return n;
}

void wr_scan_lines(wr_str t, uint32_t *starts) {
    size_t i = 0;
#if WR_BLOCKS
    for (; t.n - i >= 16; i += 16) {
        unsigned hits = equal16(load16(t.p + i), '\n');
        for (; hits; hits &= hits - 1) *starts++ = (uint32_t)(i + (size_t)__builtin_ctz(hits) + 1);
    }
#endif
    for (; t.n - i >= 8; i += 8) {
        uint64_t hits = zero_bytes(load(t.p + i) ^ ones * '\n');
        for (; hits; hits &= hits - 1) *starts++ = (uint32_t)(i + first_byte(hits) + 1);
    }
    for (; i < t.n; i++)
        if (t.p[i] == '\n') *starts++ = (uint32_t)(i + 1);
}

// Bytes 10xxxxxx continue a character: all others are counted.
size_t wr_utf8_len(wr_str s) {
    size_t tails = 0, i = 0;
#if WR_BLOCKS
    const __m128i zero = _mm_setzero_si128(), one = _mm_set1_epi8(1), limit = _mm_set1_epi8(-64);
    uint64_t sums[2];
    __m128i sum = zero;
    for (; s.n - i >= 16; i += 16) {
        __m128i tail = _mm_and_si128(_mm_cmplt_epi8(load16(s.p + i), limit), one);
        sum = _mm_add_epi64(sum, _mm_sad_epu8(tail, zero));
    }
    memcpy(sums, &sum, sizeof sums);
    tails = (size_t)(sums[0] + sums[1]);
#endif
    for (; s.n - i >= 8; i += 8) {
        uint64_t w = load(s.p + i);
        tails += (size_t)(((w >> 7 & ~(w >> 6) & ones) * ones) >> 56); // the sum of the bytes
    }
    for (; i < s.n; i++) tails += ((unsigned char)s.p[i] & 0xC0u) == 0x80u;
    return s.n - tails;
}
