#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run: speed and memory of cfn-guard (ours) and of the IAM engine against targets and originals.

Every case runs both programs with the same arguments on the same files, or, for the peer, takes the
figure recorded in peer.tsv, which says on which machine and day it was measured. BENCH_PEER=1 runs
the peer (CFN_GUARD_PEER) in this run; its long cases once. BENCH_RECORD=1 writes what was measured
into peer.tsv. BENCH_ONLY=iam (replay, diff, check) leaves the rest out. Figures: CPU = user +
system, median of n runs; memory = peak resident set.

Usage: run.py BUILD DATA     Ends with "N passed, N failed": a target reached or not.
"""
import datetime
import math
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import check_inputs  # noqa: E402
import inputs  # noqa: E402


class Case:
    """name; arguments of cfn-guard; runs of ours and of the peer; targets (None: only shown)."""

    def __init__(self, name, title, args, runs=9, peer_runs=1, ratio=None, ms=None, mib=None):
        self.name, self.title, self.args = name, title, args
        self.runs, self.peer_runs = runs, peer_runs
        self.ratio, self.ms, self.mib = ratio, ms, mib


def cases(data, made):
    rules, templates = f'{data}/registry/rules', f'{data}/templates'
    z = ['-z', '-o', 'json', '-S', 'none']
    v = ['validate']
    all_ = [
        Case('start-up', 'start-up: 1 rule, 1 small template, 1 missing key',
             v + ['-r', f'{made}/tiny.guard', '-d', f'{made}/tiny.yaml'], 51, 31, ms=2),
        Case('console-800', '1 rule failing on 800 resources, console',
             v + ['-r', f'{made}/fail.guard', '-d', f'{made}/r800.json'], 15, 1, ms=20),
        Case('keys-100k', 'one mapping of 100,000 keys',
             v + ['-r', f'{made}/keys.guard', '-d', f'{made}/keys100000.json'], 9, 1, ms=200),
    ]
    if os.path.isdir(rules):
        all_ += [
            Case('registry-296', '209 registry rules x 296 templates, -z json',
                 v + ['-r', rules, '-d', templates] + z, 7, 1, ratio=250, mib=40),
            Case('registry-10k', '209 rules x one template of 10,000 resources, -z json',
                 v + ['-r', rules, '-d', f'{made}/r10000.json'] + z, 5, 1, ratio=300, mib=100),
            Case('console-209x1000', '209 rules x 1,000 resources, console',
                 v + ['-r', rules, '-d', f'{made}/r1000.json'], 7, 1, ms=300),
        ]
    return all_


class Bench:
    def __init__(self, build, data):
        self.build, self.data = build, data
        self.made = inputs.write(f'{build}/bench/data')
        self.peer = os.environ.get('CFN_GUARD_PEER') if os.environ.get('BENCH_PEER') else None
        self.recorded = self.read_recorded()
        self.passed = self.failed = 0

    def measure(self, runs, command):
        """(CPU ms, wall ms, MiB, exit code)"""
        out = subprocess.run([f'{self.build}/bench/measure', str(runs)] + command,
                             capture_output=True, text=True, check=True).stdout.split()
        return float(out[0]), float(out[1]), int(out[2]) / 1024, int(out[3])

    @staticmethod
    def read_recorded():
        found = {}
        with open(f'{HERE}/peer.tsv', encoding='utf-8') as f:
            for line in f:
                if not line.startswith('#') and line.strip():
                    name, cpu, mib, code, note = line.rstrip('\n').split('\t')
                    found[name] = (float(cpu), float(mib), int(code), note)
        return found

    def write_recorded(self):
        with open(f'{HERE}/peer.tsv', encoding='utf-8') as f:
            head = [line for line in f if line.startswith('#')]
        with open(f'{HERE}/peer.tsv', 'w', encoding='utf-8') as f:
            f.writelines(head)
            for name, (cpu, mib, code, note) in sorted(self.recorded.items()):
                f.write(f'{name}\t{cpu:.1f}\t{mib:.1f}\t{code}\t{note}\n')

    def verdict(self, what, reached):
        self.passed += reached
        self.failed += not reached
        return f'{what} {"reached" if reached else "MISSED"}'

    def run_peer(self, case):
        if self.peer:
            cpu, _, mib, code = self.measure(case.peer_runs, [self.peer] + case.args)
            note = f'{datetime.date.today()}, {machine()}, n={case.peer_runs}'
            self.recorded[case.name] = (cpu, mib, code, note)
            return cpu, mib, code, 'this run'
        return self.recorded.get(case.name, (None, None, None, 'not recorded'))

    def run(self, case):
        cpu, wall, mib, code = self.measure(case.runs, [f'{self.build}/cfn-guard'] + case.args)
        p_cpu, p_mib, p_code, note = self.run_peer(case)
        print(f'{case.title}\n  ours {cpu:10.2f} ms CPU {wall:10.2f} ms wall {mib:8.1f} MiB '
              f'exit {code} (n={case.runs})')
        if p_cpu is not None:
            print(f'  peer {p_cpu:10.2f} ms CPU {"":13} {p_mib:8.1f} MiB exit {p_code} ({note})')
            print(f'  ratio {p_cpu / max(cpu, 0.001):.0f}x CPU, {p_mib / mib:.1f}x memory')
        targets = []
        if case.ratio:
            targets.append(self.verdict(f'>= {case.ratio}x', p_cpu is not None and
                                        p_cpu / max(cpu, 0.001) >= case.ratio))
        if case.ms:
            targets.append(self.verdict(f'<= {case.ms} ms', cpu <= case.ms))
        if case.mib:
            targets.append(self.verdict(f'<= {case.mib} MiB', mib <= case.mib))
        print('  ' + '; '.join(targets))

    def json_reader(self):
        """Indented as people and tools write templates: the target. A line a resource: shown."""
        for title, name, target in (('indented', 'pretty.json', 400), ('dense', 'r10000.json', 0)):
            out = subprocess.run([f'{self.build}/bench/json_bench', f'{self.made}/{name}'],
                                 capture_output=True, text=True, check=True).stdout.strip()
            speed = float(out.split(' MB/s')[0].split()[-1])
            print(f'JSON reader, tree with spans, {title}: {out}')
            if target:
                print('  ' + self.verdict(f'>= {target} MB/s', speed >= target))

    def growth(self, title, points, command, start):
        """CPU against size: the exponent of the best fit, after what an empty run costs."""
        sizes, times = [], []
        for size in points:
            sizes.append(size)
            times.append(max(self.measure(7, command(size))[0] - start, 0.05))
        n = len(sizes)
        x, y = [math.log(s) for s in sizes], [math.log(t) for t in times]
        mx, my = sum(x) / n, sum(y) / n
        slope = sum((a - mx) * (b - my) for a, b in zip(x, y)) / sum((a - mx)**2 for a in x)
        shown = ', '.join(f'{s}: {t:.1f} ms' for s, t in zip(sizes, times))
        print(f'growth against {title}: {shown}\n  exponent {slope:.2f}; ' +
              self.verdict('<= 1.15', slope <= 1.15))

    def growths(self):
        g, made = f'{self.build}/cfn-guard', self.made
        start = self.measure(31, [g, 'validate', '-r', f'{made}/tiny.guard', '-d',
                                  f'{made}/tiny.yaml'])[0]
        rules = f'{self.data}/registry/rules'
        some = sorted(os.path.join(d, f) for d, _, fs in os.walk(rules) for f in fs
                      if f.endswith('.guard'))
        self.growth('resources, one failing rule, console', [1000, 2000, 4000, 8000],
                    lambda n: [g, 'validate', '-r', f'{made}/fail.guard', '-d',
                               f'{made}/r{n}.json'], start)
        self.growth('keys of one mapping', [12500, 25000, 50000, 100000],
                    lambda n: [g, 'validate', '-r', f'{made}/keys.guard', '-d',
                               f'{made}/keys{n}.json'], start)
        # As cfn-guard JSON goes through libyaml, which looks at every open bracket for each token.
        self.growth('depth of the document, writ guard', [15, 30, 60, 120],
                    lambda n: [f'{self.build}/writ', 'guard', 'validate', '-r',
                               f'{made}/fail.guard', '-d', f'{made}/deep{n}.json'], start)
        if some:
            self.growth('resources, 209 rules, -z json', [1000, 2000, 4000, 8000],
                        lambda n: [g, 'validate', '-r', rules, '-d', f'{made}/r{n}.json', '-z',
                                   '-o', 'json', '-S', 'none'], start)
            self.growth('rule files, 1,000 resources, -z json', [25, 50, 100, 200],
                        lambda n: [g, 'validate', '-d', f'{made}/r1000.json', '-z', '-o', 'json',
                                   '-S', 'none'] + [a for r in some[:n] for a in ('-r', r)],
                        start)

    def diff(self):
        """Two dumps of 2,000 roles: the same but for every tenth role; and by how many they are."""
        def command(n):
            a, b = (f'{self.made}/dump-{n}-{side}.json' for side in 'ab')
            return [f'{self.build}/writ', 'diff', a, b, '-o', 'json']
        cpu, wall, mib, code = self.measure(7, command(2000))
        print(f'writ diff of two dumps of 2,000 roles, 200 of them different\n'
              f'  ours {cpu:10.2f} ms CPU {wall:10.2f} ms wall {mib:8.1f} MiB exit {code} (n=7)')
        print('  ' + '; '.join([self.verdict('exit 1', code == 1),
                                self.verdict('<= 500 ms', cpu <= 500),
                                self.verdict('<= 200 MiB', mib <= 200)]))
        self.growth('roles of two dumps', [250, 500, 1000, 2000], command, 0)

    def replay(self):
        """CloudTrail against 10 SCPs. BENCH_REPLAY=10000000: as many records (12 GB of text)."""
        records = int(os.environ.get('BENCH_REPLAY', '200000'))
        files = max(2, -(-records // 250000))
        each = records // files
        folder = f'{self.build}/bench/trail-{files}x{each}'
        if not os.path.isdir(folder):
            os.makedirs(folder + '.part', exist_ok=True)
            subprocess.run([f'{self.build}/bench/trail_gen', folder + '.part', str(files),
                            str(each)], check=True, capture_output=True)
            os.rename(folder + '.part', folder)
        scps = sorted(f'{HERE}/scps/{f}' for f in os.listdir(f'{HERE}/scps'))
        writ = [f'{self.build}/writ', 'impact', '--trail', folder, '-j', '2', '-o', 'json']
        runs = 5 if records <= 1000000 else 1
        one = self.measure(runs, writ + ['--scp', scps[1]])
        all_ = self.measure(runs, writ + ['--scp'] + scps)
        per_pair = (all_[0] - one[0]) / (files * each) / (len(scps) - 1) * 1000
        per_record = all_[0] / (files * each) * 1000
        whole = per_record * 10000000 / 1e6
        print(f'replay of {files * each} records against {len(scps)} SCPs, gzip, -j 2\n'
              f'  ours {all_[0]:10.0f} ms CPU {all_[1]:10.0f} ms wall {all_[2]:8.1f} MiB; '
              f'{per_record:.2f} us a record, {per_pair:.3f} us a record and SCP more '
              f'(iam-simulate 0.1.173: 89.8 us)\n'
              f'  10,000,000 records would take {whole:.0f} s CPU')
        print('  ' + '; '.join([
            self.verdict('<= 0.5 us', per_pair <= 0.5),
            self.verdict('<= 180 s CPU for 10,000,000 records', whole <= 180),
            self.verdict('<= 100 MiB', all_[2] <= 100)]))

    def check(self):
        """A repository of 500 controls: everything, after one changed file, and a small one."""
        writ = f'{self.build}/writ'
        repo = check_inputs.make(self.build, f'{self.build}/bench/check-repo')
        cpu, wall, mib, code = self.measure(1, [writ, 'check', repo, '-j', '2', '-q'])
        load = os.getloadavg()[0]
        print(f'writ check: 480 Guard controls, 20 SCPs x 2,000 templates, 100,000 items, 1,000,000 '
              f'records, -j 2\n  ours {cpu:10.0f} ms CPU {wall:10.0f} ms wall {mib:8.1f} MiB exit '
              f'{code} (n=1, load {load:.1f})')
        print('  ' + '; '.join([
            self.verdict('<= 20 s on 2 cores', min(wall, cpu / 2) <= 20000),
            self.verdict('<= 300 MiB', mib <= 300), self.verdict('exit 1', code == 1)]))
        changed = f'{repo}/templates/03/t0300.json'
        with open(changed, encoding='utf-8') as f:
            text = f.read()
        with open(changed, 'w', encoding='utf-8') as f:
            f.write(text.replace('"Encrypted": true', '"Encrypted": false', 1))
        cpu, wall, mib, code = self.measure(9, [writ, 'check', repo, '--since', 'HEAD', '-q'])
        with open(changed, 'w', encoding='utf-8') as f:
            f.write(text)
        print(f'  after one changed file, --since HEAD: {cpu:.0f} ms CPU {wall:.0f} ms wall exit '
              f'{code} (n=9)\n  ' + self.verdict('<= 500 ms', wall <= 500))
        small = f'{self.build}/bench/check-small'
        if not os.path.isdir(small):
            subprocess.run([writ, 'init', small], check=True, capture_output=True)
        cpu, wall, mib, code = self.measure(31, [writ, 'check', small, '-q'])
        print(f'  the repository of writ init: {cpu:.1f} ms CPU {wall:.1f} ms wall exit {code} '
              f'(n=31)\n  ' + self.verdict('<= 50 ms', wall <= 50))
        self.check_peer(writ)

    def check_peer(self, writ):
        """The templates and rules alone, and a twentieth of the templates through the peer."""
        repo = check_inputs.make(self.build, f'{self.build}/bench/check-templates', items=0,
                                 records=0)
        cpu, wall, mib, code = self.measure(3, [writ, 'check', repo, '-j', '2', '-q'])
        case = Case('check-templates', '480 rule files x 100 templates, -z json', [
            'validate', '-r', f'{repo}/policies/guard', '-d', f'{repo}/templates/00', '-z', '-o',
            'json', '-S', 'none'])
        p_cpu, p_mib, p_code, note = self.run_peer(case)
        print(f'writ check: the same controls x 2,000 templates\n  ours {cpu:10.0f} ms CPU '
              f'{wall:10.0f} ms wall {mib:8.1f} MiB exit {code} (n=3)')
        if p_cpu is not None:
            print(f'  peer {p_cpu:10.0f} ms CPU for 100 of them, {p_mib:.1f} MiB exit {p_code} '
                  f'({note}); ratio {20 * p_cpu / max(cpu, 0.001):.0f}x CPU, scaled')


class Iam:
    """The IAM engine on the stacks and policies of conformance/iam, beside iam-simulate.

    Placeholders of templates (${Account}) are filled first: the peer drops a Deny whose variable
    has no value, so the verdicts would differ. A second request passes the SCPs' Denies, so that
    more layers are read."""

    PAST = 'aws:PrincipalArn=arn:aws:iam::123456789012:role/[PRIVILEGED_ROLE]'

    def __init__(self, bench, data):
        self.bench, self.data = bench, data
        self.modules = os.environ.get('IAM_PEER', os.path.expanduser('~/peers/node_modules'))
        self.with_peer = bool(os.environ.get('BENCH_PEER')) and os.path.isdir(self.modules)

    @staticmethod
    def lines(command):
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return [line.split() for line in out.splitlines()]

    def ours(self, *args):
        rows = self.lines([f'{self.bench.build}/bench/iam_bench', *args])
        verdict = {r[1]: int(r[2]) for r in rows if r[0] == 'verdict'}
        return {r[0]: float(r[1]) for r in rows if r[0] != 'verdict'}, verdict

    def filled(self, name):
        path = f'{self.bench.build}/bench/data/iam-{name}.json'
        with open(f'{self.data}/bench/{name}.json', encoding='utf-8') as f:
            text = f.read().replace('${Account}', '123456789012')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        return path

    def peer(self, name, path, setting):
        case = f'iam-{name}'
        if not self.with_peer:
            return self.bench.recorded.get(case, (None, None, None, 'not recorded')), None
        rows = self.lines(['node', f'{HERE}/iam_peer.mjs', self.modules, path] +
                          ([setting] if setting else []))
        verdict = {r[1]: int(r[2]) for r in rows if r[0] == 'verdict'}
        cpu = next(float(r[1]) for r in rows if r[0] == 'decide_us') / 1000
        note = f'iam-simulate, {datetime.date.today()}, {machine()}, 5 x 300'
        self.bench.recorded[case] = (cpu, 0, 0, note)
        return self.bench.recorded[case], verdict

    def stack(self, name, setting, ns):
        path = self.filled(name)
        title = name + ('-past-the-scps' if setting else '')
        got, verdict = self.ours('decide', path, *([setting] if setting else []))
        (cpu, _, _, note), theirs = self.peer(title, path, setting)
        print(f'IAM decision, {title}: {got["decide_ns"]:.0f} ns, explained '
              f'{got["explain_ns"] / 1000:.2f} us, {verdict}')
        if cpu:
            print(f'  peer {cpu:.2f} ms ({note}); ratio {cpu * 1e6 / got["decide_ns"]:.0f}x'
                  f'{f"; its verdicts {theirs}" if theirs else ""}')
        targets = [self.bench.verdict(f'<= {ns} ns', got['decide_ns'] <= ns)] if ns else []
        targets.append(self.bench.verdict('<= 5 us explained', got['explain_ns'] <= 5000))
        if theirs:
            targets.append(self.bench.verdict('same verdicts', verdict == theirs))
        print('  ' + '; '.join(targets))

    def run(self):
        if not os.path.isdir(self.data):
            print(f'skipped: {self.data} not found (the IAM engine)')
            return
        for name, ns in (('typical', 300), ('heavy', 600)):
            self.stack(name, None, ns)
            self.stack(name, self.PAST, None)
        managed = f'{self.data}/cases/managed-policies.jsonl'
        got, _ = self.ours('policies', managed if os.path.exists(managed) else managed + '.gz')
        print(f'IAM documents: {got["policies"]:.0f} policies, {got["bytes"] / 1e6:.2f} MB read '
              f'and validated in {got["parse_ms"]:.2f} ms')
        print('  ' + self.bench.verdict('<= 10 ms', got['parse_ms'] <= 10))


def machine():
    model = platform.machine()
    try:
        with open('/proc/cpuinfo', encoding='utf-8') as f:
            model = next(line.split(':')[1].strip() for line in f if line.startswith('model name'))
    except (OSError, StopIteration):
        pass
    return f'{model}, {os.cpu_count()} cores'


def main():
    build, data = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    bench = Bench(build, data)
    print(f'machine: {machine()}; peer: {bench.peer or "figures recorded in tests/bench/peer.tsv"}')
    if not os.path.isdir(data):
        print(f'skipped: {sys.argv[2]} not found (cases with the registry rules)')
    only = os.environ.get('BENCH_ONLY')
    if only not in ('iam', 'replay', 'diff', 'check'):
        for case in cases(data, bench.made):
            bench.run(case)
        bench.json_reader()
        bench.growths()
    if only not in ('replay', 'diff', 'check'):
        Iam(bench, os.path.join(os.path.dirname(data), 'iam')).run()
    if only not in ('replay', 'check'):
        bench.diff()
    if only not in ('diff', 'check'):
        bench.replay()
    if only not in ('iam', 'replay', 'diff'):
        bench.check()
    if os.environ.get('BENCH_PEER') and os.environ.get('BENCH_RECORD'):
        bench.write_recorded()
    print(f'{bench.passed} passed, {bench.failed} failed')
    return 1 if bench.failed else 0


if __name__ == '__main__':
    sys.exit(main())
