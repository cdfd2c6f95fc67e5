#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run: random requests and stacks of policies through our engine and iam-simulate, compared.

Each difference must be explained by a class of known.py: the element it is laid to is replaced by
what AWS's documents make of it, and then both agree. How many each class explains is printed; what
is not explained is shrunk, kept in the --keep folder, and counts as failed. Cases that the peer
does not take (an action without such a resource, policies that its checks refuse) are not counted.
Context keys that the peer leaves out, because the action has no such key, are left out for both.

Usage: run.py --ours PROGRAM --peer FOLDER --corpus DIR [--cases N] [--seed N] [--keep DIR]
              [--jobs N]
Ends with "N passed, N failed".
"""
import argparse
import collections
import json
import multiprocessing
import os
import random
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from cases import Cases, Pool      # noqa: E402
from facts import Facts            # noqa: E402
from known import Classifier       # noqa: E402
from shrink import shrink          # noqa: E402

SHOWN = 5


class Program:
    """One that answers a line with a line."""

    def __init__(self, command, **environment):
        self.p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                  encoding='utf-8', env={**os.environ, **environment})

    def ask(self, case):
        self.p.stdin.write(json.dumps(case) + '\n')
        self.p.stdin.flush()
        line = self.p.stdout.readline()
        if not line:
            raise RuntimeError(f'{self.p.args[0]} ended on {json.dumps(case)}')
        return line.rstrip('\n')

    def close(self):
        self.p.stdin.close()
        self.p.wait()


class Worker:
    def __init__(self, o):
        self.ours = Program([o.ours])
        self.peer = Program(['node', os.path.join(HERE, 'peer.mjs')], IAM_SIMULATE_PEER=o.peer)
        self.facts = Facts()
        self.pool = Pool(o.corpus)
        self.classifier = Classifier(self.facts, self.ours.ask, self.verdict)
        self.tally = collections.Counter()  # ('verdict', ours, peer), ('class', name), ('refused',)
        self.failures = []

    def verdict(self, case):
        return json.loads(self.peer.ask(case)).get('result')

    def differs(self, case, ours, peer):
        """Still the same difference, and still not explained?"""
        return self.ours.ask(case) == ours and self.verdict(case) == peer and \
            self.classifier.classify(case, ours) is None

    def compare(self, case):
        """False: the peer does not take the case."""
        r = json.loads(self.peer.ask(case))
        if 'result' not in r:
            self.tally['refused', ] += 1
            return False
        for key in r['ignored']:
            case['context'].pop(key, None)
        ours = self.ours.ask(case)
        self.tally['verdict', ours, r['result']] += 1
        if ours == r['result']:
            return True
        name = self.classifier.classify(case, ours)
        self.tally['class', name] += 1
        if name is None:
            if len(self.failures) < SHOWN:
                case = shrink(case, lambda c: self.differs(c, ours, r['result']))
            self.failures.append((ours, r['result'], case))
        return True

    def run(self, n, seed):
        cases = Cases(self.facts, self.pool, random.Random(seed))
        done = 0
        while done < n:
            case = cases.case()
            done += case is not None and self.compare(case)
        self.ours.close()
        self.peer.close()
        for name in self.classifier.used:
            self.tally['used', name] += 1
        return self.tally, self.failures


def work(job):
    o, n, seed = job
    return Worker(o).run(n, seed)


def undocumented(tally):
    """Classes that explained something and have no row in the page."""
    with open(os.path.join(HERE, '../../../docs/internals/iam.md'), encoding='utf-8') as f:
        rows = {line.split('|')[1].strip(' `') for line in f if line.startswith('| ')}
    return sorted(k[1] for k in tally if k[0] == 'used' and k[1] not in rows)


def report(o, tally, failures, took):
    verdicts = {k: n for k, n in tally.items() if k[0] == 'verdict'}
    total, same = sum(verdicts.values()), sum(n for k, n in verdicts.items() if k[1] == k[2])
    print(f'{total} decisions compared in {took:.0f} s ({tally[("refused", )]} more not taken by '
          f'iam-simulate), {same} the same, {total - same} different')
    for (_, ours, peer), n in sorted(verdicts.items(), key=lambda v: -v[1]):
        print(f'{n:8}  ours {ours[:60]}, iam-simulate {peer}')
    print('differences by what explains them:')
    for (_, name), n in sorted(((k, n) for k, n in tally.items() if k[0] == 'class'),
                               key=lambda v: -v[1]):
        print(f'{n:8}  {name or "NOT EXPLAINED"}')
    for i, (ours, peer, case) in enumerate(failures):
        path = os.path.join(o.keep, f'{i}.json')
        os.makedirs(o.keep, exist_ok=True)
        with open(path, 'w', encoding='utf-8') as f:
            json.dump(case, f, indent=1)
        if i < SHOWN:
            print(f'ours {ours}, iam-simulate {peer}: {path}\n  {json.dumps(case)[:1500]}')
    missing = undocumented(tally)
    for name in missing:
        print(f'docs/internals/iam.md has no row for "{name}"')
    failed = len(failures) + len(missing)
    print(f'{total - len(failures)} passed, {failed} failed')
    return 1 if failed or total == 0 else 0


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--ours', required=True)
    a.add_argument('--peer', required=True)
    a.add_argument('--corpus', required=True)
    a.add_argument('--cases', type=int, default=100000)
    a.add_argument('--seed', type=int, default=1)
    a.add_argument('--keep', default='build/diff-iam')
    a.add_argument('--jobs', type=int, default=os.cpu_count() or 1)
    o = a.parse_args()
    begin = time.time()
    jobs = max(1, min(o.jobs, o.cases))
    share = [(o, o.cases // jobs + (i < o.cases % jobs), o.seed * 1000 + i) for i in range(jobs)]
    tally, failures = collections.Counter(), []
    with multiprocessing.Pool(jobs) as p:
        for t, f in p.imap_unordered(work, share):
            tally += t
            failures += f
    return report(o, tally, failures, time.time() - begin)


if __name__ == '__main__':
    sys.exit(main())
