# SPDX-License-Identifier: Apache-2.0
"""shrink: makes a rule file and a document smaller while they still show a difference.

First whole lines go, in halves, quarters and so on, then single tokens; rule and document in turns
until neither gets smaller, or the budget of runs is spent.
"""
import re

_TOKENS = re.compile(r'"[^"\n]*"|\'[^\'\n]*\'|\w+|\s+|.', re.S)


def _without(parts, keeps, budget):
    """The fewest of `parts` found for which keeps(joined) still holds."""
    size = max(len(parts) // 2, 1)
    while size and budget[0] > 0:
        i, smaller = 0, False
        while i < len(parts) and budget[0] > 0:
            rest = parts[:i] + parts[i + size:]
            budget[0] -= 1
            if rest and keeps(''.join(rest)):
                parts, smaller = rest, True
            else:
                i += size
        if not smaller or size > 1:
            size = size // 2 if size > 1 else 0
    return parts


def shrink(rule, doc, differs, runs=600):
    budget = [runs]
    before = None
    while before != (rule, doc) and budget[0] > 0:
        before = (rule, doc)
        for split in (lambda t: t.splitlines(keepends=True), _TOKENS.findall):
            rule = ''.join(_without(split(rule), lambda r: differs(r, doc), budget))
            doc = ''.join(_without(split(doc), lambda d: differs(rule, d), budget))
    return rule, doc
