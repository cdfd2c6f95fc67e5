#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run: random rules and documents through our cfn-guard and the real one, compared.

A batch is a few rule files times a few documents, one process each side: exit code and, for the
structured reports, every byte of stdout must agree. Where a batch ends in a fatal error, or
differs, its pairs are run one by one. A difference is shrunk and kept in the --keep folder.
What may differ is in docs/guide/guard-differences.md and nowhere else: where the original panics or
dies by a signal ours must answer, 255 or, where only the original's report panicked, the verdict;
`known` names the others. Where the original takes longer than the time limit, nothing is compared.

Usage: run.py --ours PROGRAM --peer PROGRAM [--pairs N] [--seed N] [--corpus DIR] [--keep DIR]
              [--level 3.1|3.2] [--jobs N]
Ends with "N passed, N failed"; a pair that could not be compared counts as skipped.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from documents import Documents, plain  # noqa: E402
from rules import Rules, mutate         # noqa: E402
from shrink import shrink               # noqa: E402

DEAD = (101, 134, 139, -6, -11)
ANSWERS = (0, 5, 19, 255)
N_RULES, N_DOCS = 6, 8
LIMIT = 20  # seconds, for one batch


class Side:
    """One of the two programs: how it is called and what its exit codes mean."""

    def __init__(self, command, codes=None):
        self.command, self.codes = command, codes or {}

    def run(self, folder, rules, docs, form):
        args = ['validate']
        for r in rules:
            args += ['-r', r]
        for d in docs:
            args += ['-d', d]
        if form == 'console':
            args += ['-S', 'all']
        else:
            args += ['-z', '-o', form, '-S', 'none']
        try:
            p = subprocess.run(self.command + args, cwd=folder, capture_output=True,
                               timeout=LIMIT, check=False, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return None
        return self.codes.get(p.returncode, p.returncode), p.stdout, p.stderr


def statuses(out):
    """Per document: status and rule names by status; what must agree at level 3.2."""
    try:
        report = json.loads(out)
    except ValueError:
        return out
    return [(f['name'].rsplit('/', 1)[-1], f['status'], sorted(f['compliant']),
             sorted(f['not_applicable']),
             sorted(x['Rule']['name'] for x in f['not_compliant'])) for f in report]


def known(theirs, mine):
    """The original could not write a float that is infinite or no number, ours writes a string; and
    writ guard refuses a rule file without a rule (C0007), which the original passes in silence."""
    return b'Could not convert float' in theirs[2] and mine[0] in ANSWERS or \
        b'error[C0007]' in mine[2] and theirs[0] == 0


class Compare:
    def __init__(self, ours, peer, level):
        self.ours, self.peer, self.level = ours, peer, level

    def pair(self, folder, rules, docs, form):
        """'same', 'fatal' (same, but tells about one pair only), 'different' or 'skipped'."""
        theirs = self.peer.run(folder, rules, docs, form)
        if theirs is None:
            return 'skipped'
        mine = self.ours.run(folder, rules, docs, form)
        if mine is None:
            return 'different'
        if theirs[0] in DEAD:
            return 'fatal' if mine[0] in ANSWERS else 'different'
        if theirs[0] == 255 or mine[0] == 255:
            return 'fatal' if theirs[0] == mine[0] or known(theirs, mine) else 'different'
        if theirs[0] != mine[0]:
            return 'different'
        if form == 'console':
            return 'same'  # the original's order changes from run to run: the exit code only
        if self.level == '3.2':
            return 'same' if statuses(theirs[1]) == statuses(mine[1]) else 'different'
        return 'same' if theirs[1] == mine[1] else 'different'


class Batches:
    """Makes batch number n, always the same for a seed."""

    def __init__(self, seed, corpus, level):
        self.seed, self.level = seed, level
        self.rules, self.docs = [], []
        if corpus:
            for part in ('registry', 'control-tower', 'upstream'):
                self.rules += sorted(glob.glob(f'{corpus}/{part}/**/*.guard', recursive=True))
            self.docs = sorted(glob.glob(f'{corpus}/registry-inputs/**/*.yaml', recursive=True))
            self.docs += [d for d in sorted(glob.glob(f'{corpus}/templates/**/*.*', recursive=True))
                          if d.endswith(('.yaml', '.json')) and os.path.getsize(d) < 20000]

    def texts(self, n):
        """(rule texts, [(format, document text)])"""
        rnd = random.Random(f'{self.seed}/{n}')
        if self.rules and rnd.random() < 0.3:
            return self.from_corpus(rnd)
        docs = Documents(rnd, raws=self.level == '3.1')
        base = docs.document()
        sample = plain(base)
        rules = [Rules(rnd, sample, self.level == '3.2').file() for _ in range(N_RULES)]
        return rules, [docs.text(base)] + [docs.text(docs.variation(base))
                                           for _ in range(N_DOCS - 1)]

    def from_corpus(self, rnd):
        first = rnd.randrange(len(self.rules))
        near = [read(self.rules[(first + i) % len(self.rules)]) for i in range(N_RULES)]
        names = re.findall(r'[a-z0-9]+', os.path.basename(self.rules[first]))[:2]
        fitting = [d for d in self.docs if all(x in d.lower() for x in names)] or self.docs
        docs = [rnd.choice(fitting if rnd.random() < 0.7 else self.docs) for _ in range(N_DOCS)]
        return [mutate(rnd, t, near) for t in near], \
            [('json' if d.endswith('.json') else 'yaml', read(d)) for d in docs]


def read(path):
    with open(path, encoding='utf-8', errors='surrogateescape') as f:
        return f.read()


def write(folder, name, text):
    with open(os.path.join(folder, name), 'w', encoding='utf-8', errors='surrogateescape',
              newline='') as f:
        f.write(text)
    return name


def run_batch(args):
    """(passed, skipped, [(rule text, format, document text, form)]) of one batch."""
    n, batches, compare = args
    rule_texts, doc_texts = batches.texts(n)
    form = ('json', 'json', 'json', 'yaml', 'sarif', 'console')[n % 6] \
        if compare.level == '3.1' else 'json'
    passed, skipped, bad = 0, 0, []
    with tempfile.TemporaryDirectory(prefix='writ-diff-') as folder:
        rules = [write(folder, f'r{i}.guard', t) for i, t in enumerate(rule_texts)]
        docs = [write(folder, f'd{i}.{f}', t) for i, (f, t) in enumerate(doc_texts)]
        # At level 3.2 errors do not end our run: files are compared one by one.
        if compare.level == '3.1' and compare.pair(folder, rules, docs, form) == 'same':
            return len(rules) * len(docs), 0, []
        for i, r in enumerate(rules):
            whole = compare.pair(folder, [r], docs, form)
            if whole == 'same':
                passed += len(docs)
                continue
            for j, d in enumerate(docs):
                verdict = compare.pair(folder, [r], [d], form)
                if verdict == 'different':
                    bad.append((rule_texts[i], doc_texts[j][0], doc_texts[j][1], form))
                elif verdict == 'skipped':
                    skipped += 1
                else:
                    passed += 1
    return passed, skipped, bad


def keep(folder, number, found, compare):
    """Shrinks a difference and writes it down; returns the folder."""
    rule, fmt, doc, form = found
    with tempfile.TemporaryDirectory(prefix='writ-shrink-') as tmp:
        def differs(r, d):
            write(tmp, 'r.guard', r)
            write(tmp, f'd.{fmt}', d)
            return compare.pair(tmp, ['r.guard'], [f'd.{fmt}'], form) == 'different'
        rule, doc = shrink(rule, doc, differs)
        where = os.path.join(folder, f'{number:04}')
        os.makedirs(where, exist_ok=True)
        write(where, 'r.guard', rule)
        write(where, f'd.{fmt}', doc)
        for name, side in (('ours', compare.ours), ('peer', compare.peer)):
            got = side.run(where, ['r.guard'], [f'd.{fmt}'], form)
            write(where, f'{name}.out', 'timed out' if got is None else
                  f'exit {got[0]}\n' + got[1].decode(errors='replace'))
    return where, rule, doc


def options():
    p = argparse.ArgumentParser()
    p.add_argument('--ours', required=True, nargs='+')
    p.add_argument('--peer', required=True)
    p.add_argument('--pairs', type=int, default=50000)
    p.add_argument('--seed', default='1')
    p.add_argument('--corpus')
    p.add_argument('--keep', default='build/diff')
    p.add_argument('--level', choices=['3.1', '3.2'], default='3.1')
    p.add_argument('--jobs', type=int, default=2)
    p.add_argument('--shrink', type=int, default=20, help='how many differences to shrink')
    return p.parse_args()


def main():
    o = options()
    ours, peer = [os.path.abspath(o.ours[0])] + o.ours[1:], [os.path.abspath(o.peer)]
    if o.level == '3.1':
        compare = Compare(Side(ours), Side(peer), o.level)
    else:  # writ's own codes: 1 findings, 2 could not be evaluated, which a parse error is too
        compare = Compare(Side(ours, {1: 19, 2: 255}), Side(peer, {5: 255}), o.level)
    batches = Batches(o.seed, o.corpus, o.level)
    n_batches = -(-o.pairs // (N_RULES * N_DOCS))
    passed = skipped = failed = 0
    with concurrent.futures.ProcessPoolExecutor(o.jobs) as pool:
        work = ((n, batches, compare) for n in range(n_batches))
        for n, (p, s, bad) in enumerate(pool.map(run_batch, work, chunksize=4)):
            passed, skipped = passed + p, skipped + s
            if n % 100 == 99:
                print(f'{n + 1} of {n_batches} batches', file=sys.stderr, flush=True)
            for found in bad:
                failed += 1
                if failed <= o.shrink:
                    where, rule, doc = keep(o.keep, failed, found, compare)
                    print(f'FAILED {where} (batch {n}, {found[3]}):\n{rule}\n--- on\n{doc}\n',
                          flush=True)
    tail = f', {skipped} skipped' if skipped else ''
    print(f'{passed} passed, {failed} failed{tail}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
