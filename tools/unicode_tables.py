#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/base/unicode_tables.h and src/match/unicode_sets.h.

usage: tools/unicode_tables.py [DIR]     DIR holds the Unicode Character Database
                                         (/usr/share/unicode: apt-get install unicode-data)

The tables in the tree are of Unicode 15.0 (Debian 12's unicode-data). Run it again with a newer
database and the program follows; nothing else knows the version.
"""
import os
import re
import sys

UCD = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAX = 0x110000
GC = ("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp "
      "Cc Cf Cs Co Cn").split()
# Bits of a code point's flags; unicode.c has the same list.
ALNUM, LOWER, UPPER, NUMERIC, WORD, CASED, IGNORABLE, SPACE = (1 << i for i in range(8))


def rows(name):
    with open(os.path.join(UCD, name), encoding="utf-8") as f:
        for line in f:
            line = line.split("#")[0].strip()
            if line:
                yield [c.strip() for c in line.split(";")]


def span(s):
    a, _, b = s.partition("..")
    return int(a, 16), int(b or a, 16)


def props(name):
    """property or value -> set of code points"""
    out = {}
    for r in rows(name):
        a, b = span(r[0])
        out.setdefault(r[1], set()).update(range(a, b + 1))
    return out


def load_unicode_data():
    gc = ["Cn"] * MAX
    lower, upper = {}, {}
    first = None
    for r in rows("UnicodeData.txt"):
        cp = int(r[0], 16)
        if r[1].endswith(", First>"):
            first = cp
            continue
        for c in range(first if first is not None else cp, cp + 1):
            gc[c] = r[2]
        first = None
        if r[12]:
            upper[cp] = [int(r[12], 16)]
        if r[13]:
            lower[cp] = [int(r[13], 16)]
    for r in rows("SpecialCasing.txt"):
        if len(r) > 4 and r[4]:
            continue  # conditional: only the final sigma concerns us, and it is in the code
        cp = int(r[0], 16)
        lower[cp] = [int(x, 16) for x in r[1].split()]
        upper[cp] = [int(x, 16) for x in r[3].split()]
    return gc, lower, upper


def runs(pairs):
    """(from, to) pairs -> (lo, hi, stride, delta) covering them, by lo; stride 1 or 2"""
    by_delta = {}
    for cp, to in pairs:
        by_delta.setdefault(to - cp, []).append(cp)
    out = []
    for delta, cps in by_delta.items():
        here = None
        for cp in sorted(cps):
            if here and (cp - here[1] == here[2] or (here[0] == here[1] and cp - here[1] < 3)):
                here[2] = cp - here[1]
                here[1] = cp
            else:
                here = [cp, cp, 1, delta]
                out.append(here)
    return sorted(tuple(r) for r in out)


def ranges(s):
    out = []
    for c in sorted(s):
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def varint(n, out):
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)


def pack(s, blob):
    at = 0
    for a, b in ranges(s):
        varint(a - at, blob)
        varint(b - a, blob)
        at = b + 1


def wrap(items, f):
    line = "   "
    for it in items:
        if len(line) + 1 + len(it) + 1 > 100:
            f.write(line + "\n")
            line = "   "
        line += " " + it + ","
    if line.strip():
        f.write(line + "\n")


def head(f, what, version):
    f.write("// SPDX-License-Identifier: Apache-2.0\n")
    f.write("// %s of Unicode %s.\n" % (what, version))
    f.write("// Written by tools/unicode_tables.py from the Unicode Character Database (Unicode\n"
            "// License v3); not to be edited.\n")


def flags_of(gc, core, plist):
    flags = bytearray(MAX)

    def mark(s, bit):
        for c in s:
            flags[c] |= bit
    mark(core["Alphabetic"], ALNUM | WORD)
    mark(core["Lowercase"], LOWER)
    mark(core["Uppercase"], UPPER)
    mark(core["Cased"], CASED)
    mark(core["Case_Ignorable"], IGNORABLE)
    mark(plist["White_Space"], SPACE)
    mark(plist["Join_Control"], WORD)
    for c, g in enumerate(gc):
        if g[0] == "N":
            flags[c] |= ALNUM | NUMERIC
        if g[0] == "M" or g in ("Nd", "Pc"):
            flags[c] |= WORD
    return flags


def write_base(f, version, gc, lower, upper, core, plist):
    head(f, "Properties and case mappings", version)
    f.write("#define UNICODE_VERSION \"%s\"\n\n" % version)
    flags = flags_of(gc, core, plist)
    f.write("// Each: first code point << 8 | flags of all up to the next entry.\n")
    f.write("static const uint32_t flag_runs[] = {\n")
    items, last = [], None
    for c in range(MAX):
        if flags[c] != last:
            last = flags[c]
            items.append("0x%x" % (c << 8 | last))
    wrap(items, f)
    f.write("};\n\n")
    for name, m in (("lower", lower), ("upper", upper)):
        simple = [(c, t[0]) for c, t in m.items() if len(t) == 1 and t[0] != c]
        f.write("// {first, last, stride, delta}\n")
        f.write("static const case_run %s_runs[] = {\n" % name)
        wrap(["{0x%x, 0x%x, %d, %d}" % r for r in runs(simple)], f)
        f.write("};\n")
        f.write("static const case_multi %s_multi[] = {\n" % name)
        wrap(["{0x%x, {%s}}" % (c, ", ".join("0x%x" % x for x in m[c]))
              for c in sorted(m) if len(m[c]) > 1], f)
        f.write("};\n")


def norm(s):
    s = s.lower()
    if s.startswith("is"):
        s = s[2:]
    return re.sub("[ _-]", "", s)


def value_aliases(prop):
    for r in rows("PropertyValueAliases.txt"):
        if r[0] == prop:
            yield r[1:]


BOOL = """ASCII_Hex_Digit Alphabetic Bidi_Control Bidi_Mirrored Case_Ignorable Cased
Changes_When_Casefolded Changes_When_Casemapped Changes_When_Lowercased Changes_When_Titlecased
Changes_When_Uppercased Dash Default_Ignorable_Code_Point Deprecated Diacritic Emoji Emoji_Component
Emoji_Modifier Emoji_Modifier_Base Emoji_Presentation Extended_Pictographic Extender Grapheme_Base
Grapheme_Extend Grapheme_Link Hex_Digit Hyphen IDS_Binary_Operator IDS_Trinary_Operator ID_Continue
ID_Start Ideographic Join_Control Logical_Order_Exception Lowercase Math Noncharacter_Code_Point
Other_Alphabetic Other_Default_Ignorable_Code_Point Other_Grapheme_Extend Other_ID_Continue
Other_ID_Start Other_Lowercase Other_Math Other_Uppercase Pattern_Syntax Pattern_White_Space
Prepended_Concatenation_Mark Quotation_Mark Radical Regional_Indicator Sentence_Terminal Soft_Dotted
Terminal_Punctuation Unified_Ideograph Uppercase Variation_Selector White_Space XID_Continue
XID_Start""".split()


def scripts():
    sc = props("Scripts.txt")
    short = {}
    names = {}
    for a in value_aliases("sc"):
        short[a[0]] = a[1]
        for x in a:
            names[norm(x)] = a[1]
    known = set().union(*sc.values())
    sc["Unknown"] = set(range(MAX)) - known - set(range(0xD800, 0xE000))
    scx = {k: set(v) for k, v in sc.items()}
    for r in rows("ScriptExtensions.txt"):
        a, b = span(r[0])
        cps = set(range(a, b + 1))
        for k in ("Common", "Inherited"):
            scx[k] -= cps
        for s in r[1].split():
            scx.setdefault(short[s], set()).update(cps)
        keep = {short[s] for s in r[1].split()}
        for k in scx:
            if k not in keep:
                scx[k] -= cps
    return names, sc, scx


def name_table(f, label, table):
    f.write("static const char %s_names[] =\n" % label)
    line = "   "
    for n in sorted(table):
        piece = " \"%s\\0\"" % n
        if len(line) + len(piece) > 99:
            f.write(line + "\n")
            line = "   "
        line += piece
    f.write(line + ";\n")


def write_sets(f, version, gc, core, plist):
    head(f, "Sets of code points by property", version)
    blob, offs = bytearray(), []

    def add(s):
        offs.append(len(blob))
        pack(s, blob)
        return len(offs) - 1
    by_gc = {g: set() for g in GC}
    for c, g in enumerate(gc):
        if g != "Cs":
            by_gc[g].add(c)
    for g in GC:
        add(by_gc[g])
    gc_names = {}
    for a in value_aliases("gc"):
        members = [g for g in GC if g == a[0] or (len(a[0]) == 1 and g[0] == a[0])]
        if a[0] == "LC":
            members = ["Lu", "Ll", "Lt"]
        for x in a:
            gc_names[norm(x)] = sum(1 << GC.index(g) for g in members)
    gc_names["any"] = (1 << 30) - 1
    gc_names["assigned"] = (1 << 29) - 1
    sc_names, sc, scx = scripts()
    sc_id, scx_id = {}, {}
    for k in sorted(sc):
        sc_id[k] = add(sc[k])
        scx_id[k] = sc_id[k] if scx.get(k) == sc[k] else add(scx.get(k, set()))
    src = {}
    for d in (core, plist, props("emoji/emoji-data.txt"),
              props("extracted/DerivedBinaryProperties.txt")):
        src.update(d)
    bool_names = {}
    canon = {}
    for r in rows("PropertyAliases.txt"):
        canon[r[1]] = r
    for b in BOOL:
        i = add(src[b])
        for x in canon.get(b, [b]):
            bool_names[norm(x)] = i
    age = props("DerivedAge.txt")
    age_names = {}
    seen = set()
    for v in sorted(age, key=lambda s: [int(x) for x in s.split(".")]):
        i = add(age[v] - set(range(0xD800, 0xE000)))
        a, b = v.split(".")
        age_names[v] = i
        age_names["v%s%s" % (a, b)] = i
    ages = sorted(set(age_names.values()))
    assert ages == list(range(ages[0], ages[0] + len(ages)))
    word = set(core["Alphabetic"]) | plist["Join_Control"]
    word.update(c for c, g in enumerate(gc) if g[0] == "M" or g in ("Nd", "Pc"))
    f.write("enum { SET_DIGIT = %d, SET_SPACE = %d, SET_WORD = %d, FIRST_AGE = %d };\n\n"
            % (GC.index("Nd"), bool_names["whitespace"], add(word), ages[0]))
    f.write("// Ranges of each set: gap since the last range, length - 1; both LEB128.\n")
    f.write("static const uint8_t set_bytes[] = {\n")
    wrap([str(b) for b in blob], f)
    f.write("};\n")
    f.write("static const uint16_t set_off[] = {\n")
    assert len(blob) < 65536
    wrap([str(o) for o in offs + [len(blob)]], f)
    f.write("};\n\n")
    f.write("// Names in the loose form of UAX44-LM3, each ended by a NUL, and their values.\n")
    name_table(f, "gc", gc_names)
    f.write("// Bit i is set i.\nstatic const uint32_t gc_masks[] = {\n")
    wrap(["0x%x" % gc_names[n] for n in sorted(gc_names)], f)
    f.write("};\n")
    for label, t, ids in (("sc", sc_names, (sc_id, scx_id)), ):
        t = {n: v for n, v in t.items() if v in ids[0]}
        name_table(f, label, t)
        for suffix, m in zip(("sc", "scx"), ids):
            f.write("static const uint16_t %s_ids[] = {\n" % suffix)
            wrap([str(m[t[n]]) for n in sorted(t)], f)
            f.write("};\n")
    for label, t in (("bool", bool_names), ("age", age_names)):
        name_table(f, label, t)
        f.write("static const uint16_t %s_ids[] = {\n" % label)
        wrap([str(t[n]) for n in sorted(t)], f)
        f.write("};\n")
    fold = {}
    for r in rows("CaseFolding.txt"):
        if r[1] in "CS":
            fold.setdefault(int(r[2], 16), []).append(int(r[0], 16))
    pairs = []
    for to, members in fold.items():
        orbit = sorted(set(members + [to]))
        for i in range(1, len(orbit)):
            for j, c in enumerate(orbit):
                pairs.append((i, c, orbit[(j + i) % len(orbit)]))
    f.write("\n// All other members of a code point's case orbit: {first, last, stride, delta}.\n")
    f.write("static const fold_run fold_runs[] = {\n")
    all_runs = []
    for i in sorted({p[0] for p in pairs}):
        all_runs += runs([(c, t) for k, c, t in pairs if k == i])
    wrap(["{0x%x, 0x%x, %d, %d}" % r for r in sorted(all_runs)], f)
    f.write("};\n")
    sys.stderr.write("sets %d, %d bytes, folds %d\n" % (len(offs), len(blob), len(all_runs)))


def main():
    gc, lower, upper = load_unicode_data()
    core, plist = props("DerivedCoreProperties.txt"), props("PropList.txt")
    with open(os.path.join(UCD, "DerivedCoreProperties.txt"), encoding="utf-8") as f:
        version = re.search(r"-(\d+\.\d+\.\d+)\.txt", f.readline()).group(1)
    with open(os.path.join(HERE, "src/base/unicode_tables.h"), "w", encoding="ascii") as f:
        write_base(f, version, gc, lower, upper, core, plist)
    with open(os.path.join(HERE, "src/match/unicode_sets.h"), "w", encoding="ascii") as f:
        write_sets(f, version, gc, core, plist)


main()
