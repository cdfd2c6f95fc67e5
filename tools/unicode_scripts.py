#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/lang/cedar/unicode_scripts.h.

usage: tools/unicode_scripts.py SCRIPT SECURITY

The folders of the sources of the crates unicode-script and unicode-security, whose tables hold, of
the Unicode Character Database, Scripts, ScriptExtensions and IdentifierStatus: the same that the
original warns by. Categories are Python's, of which characters without a script need none. Run it
again with newer ones and the program follows.
"""
import os
import re
import sys
import unicodedata

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAX = 0x110000


def table(text, name):
    a = text.index("const %s: " % name)
    a = text.index("= &[", a)
    return re.sub(r"\s+", " ", text[a:text.index("];", a)])


def ranges(text):
    for a, b, what in re.findall(
            r"\( ?'\\u\{([0-9a-f]+)\}', ?'\\u\{([0-9a-f]+)\}'"
            r"(?:, *(?:\w+::)?(\w+))? ?,?\)", text):
        yield int(a, 16), int(b, 16), what


def runs(values):
    last = None
    for cp, v in enumerate(values):
        if v != last:
            yield cp, v
            last = v


def put(f, words, width):
    per = 96 // (width + 2)
    for i in range(0, len(words), per):
        line = " ".join((w + ",").ljust(width + 1) for w in words[i:i + per])
        f.write("    " + line.rstrip() + "\n")


def main():
    with open(os.path.join(sys.argv[1], "src/tables.rs"), encoding="utf-8") as f:
        script = f.read()
    with open(os.path.join(sys.argv[2], "src/tables.rs"), encoding="utf-8") as f:
        security = f.read()
    version = ".".join(re.search(r"UNICODE_VERSION.*= \((\d+), (\d+), (\d+)\)", script).groups())
    masks = {}
    for name, a, b, c in re.findall(
            r"const (\w+):\s*ScriptExtension\s*=\s*ScriptExtension::new\(\s*(\w+),\s*(\w+),\s*"
            r"(\w+),?\s*\)", script):
        masks[name] = int(a, 0) | int(b, 0) << 64 | int(c, 0) << 128
    for name, other in re.findall(r"const (\w+): ScriptExtension = ([A-Z_]+);", script):
        masks[name] = masks[other]
    every = (1 << 192) - 1  # Common, Inherited: of any script
    augment = {"hanb": 189, "jpan": 190, "kore": 191}  # UTS 39: more bits of a set

    def of(name):
        if name in ("Common", "Inherited"):
            return every
        if name == "Unknown":
            return 0
        m = 0
        for part in [name.upper()] if name.upper() in masks else name.split("_"):
            m |= masks[part]
        han = masks["HAN"]
        if m & han:
            m |= 1 << augment["hanb"] | 1 << augment["jpan"] | 1 << augment["kore"]
        if m & (masks["HIRAGANA"] | masks["KATAKANA"]):
            m |= 1 << augment["jpan"]
        if m & masks["HANGUL"]:
            m |= 1 << augment["kore"]
        if m & masks["BOPOMOFO"]:
            m |= 1 << augment["hanb"]
        return m

    sets = [0] * MAX
    for a, b, what in list(ranges(table(script, "SCRIPTS"))) + list(
            ranges(table(script, "SCRIPT_EXTENSIONS"))):
        sets[a:b + 1] = [of(what)] * (b + 1 - a)
    allowed = [0] * MAX
    for a, b, _ in ranges(table(security, "IDENTIFIER_STATUS")):
        allowed[a:b + 1] = [1] * (b + 1 - a)
    # What texts escape: controls, formats, blanks, what is not assigned (1); what joins the
    # character before it (2: at the front alone).
    joins = set([0x200c, *range(0xff9e, 0xffa0), *range(0x1d165, 0x1d166), *range(0x1d16e, 0x1d173),
                 0x9be, 0x9d7, 0xb3e, 0xb57, 0xbbe, 0xbd7, 0xcc2, 0xcd5, 0xcd6, 0xd3e, 0xd57, 0xdcf,
                 0xddf, 0x1b35, 0x302e, 0x302f, 0x1133e, 0x11357, 0x114b0, 0x114bd, 0x115af,
                 0x11930, *range(0xe0020, 0xe0080)])
    escaped = [0] * MAX
    for cp in range(MAX):
        gc = unicodedata.category(chr(cp))
        if cp in joins or gc in ("Mn", "Me"):
            escaped[cp] = 2
        elif cp != 0x20 and (sets[cp] == 0 or gc in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs")):
            escaped[cp] = 1
    index = {m: i for i, m in enumerate(sorted(set(sets)))}
    assert len(index) <= 512
    with open(os.path.join(HERE, "src/lang/cedar/unicode_scripts.h"), "w", encoding="utf-8") as f:
        f.write("// SPDX-License-Identifier: Apache-2.0\n"
                "// Scripts and the identifier status of Unicode %s.\n"
                "// Written by tools/unicode_scripts.py from the Unicode Character Database (Unicode\n"
                "// License v3); not to be edited.\n\n"
                "// clang-format off\n"
                "// Sets of scripts, one bit each; the last three bits: Han with Bopomofo, Japanese,\n"
                "// Korean (UTS 39).\n"
                "static const uint64_t script_sets[][3] = {\n" % version)
        for m in index:
            words = ["%#x" % (m >> s & (1 << 64) - 1) for s in (0, 64, 128)]
            f.write("    {%s},\n" % ", ".join(words))
        f.write("};\n\n// Each: first code point << 9 | its set, of all up to the next entry.\n"
                "static const uint32_t script_runs[] = {\n")
        put(f, ["%#x" % (cp << 9 | index[m]) for cp, m in runs(sets)], 9)
        f.write("};\n\n// Each: first code point << 1 | whether identifiers may hold all up to the next.\n"
                "static const uint32_t allowed_runs[] = {\n")
        put(f, ["%#x" % (cp << 1 | v) for cp, v in runs(allowed)], 8)
        f.write("};\n\n// Each: first code point << 2 | 1: escaped in texts, 2: escaped at their front.\n"
                "static const uint32_t escape_runs[] = {\n")
        put(f, ["%#x" % (cp << 2 | v) for cp, v in runs(escaped)], 8)
        f.write("};\n// clang-format on\n")


main()
