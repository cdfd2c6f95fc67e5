#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sarif: does the validator of SARIF's authors (@microsoft/sarif-multitool) find no error in
reports, and do they keep the limits of GitHub code scanning ("SARIF support for code scanning")?

Usage: sarif.py MULTITOOL REPORT…; prints a line for each fault, then "N passed, N failed".
"""
import gzip
import json
import subprocess
import sys
import tempfile

REQUIRED = ('shortDescription', 'fullDescription', 'help')


def tool_faults(tool, file):
    with tempfile.NamedTemporaryFile(suffix='.sarif') as out:
        run = subprocess.run([tool, 'validate', file, '--output', out.name,
                              '--log', 'ForceOverwrite', '--rule-kind', 'Sarif;Ghas'],
                             capture_output=True, text=True, check=False)
        try:
            with open(out.name, encoding='utf-8-sig') as f:
                log = json.load(f)
        except ValueError:
            yield 'the validator said nothing: ' + run.stdout[-300:] + run.stderr[-300:]
            return
    for r in log['runs'][0].get('results', []):
        if r.get('level', 'warning') == 'error':
            yield f'{r["ruleId"]}: {r["message"]}'
    for n in log['runs'][0].get('invocations', [{}])[0].get('toolExecutionNotifications', []):
        if n.get('level') == 'error':
            yield n['message']['text']


def limit_faults(file):
    with open(file, 'rb') as f:
        raw = f.read()
    if len(gzip.compress(raw)) > 10_000_000:
        yield 'larger than 10 MB compressed'
    log = json.loads(raw)
    if log['version'] != '2.1.0' or len(log['runs']) > 20:
        yield 'version, or more than 20 runs'
    for run in log['runs']:
        rules = run['tool']['driver']['rules']
        if len(run['results']) > 25000 or len(rules) > 25000:
            yield 'more than 25,000 results or rules'
        for rule in rules:
            lacks = [k for k in REQUIRED if not rule.get(k, {}).get('text')]
            if lacks or len(rule['properties']['tags']) > 20:
                yield f'{rule["id"]}: lacks {lacks}, or has more than 20 tags'
            if not 0 <= float(rule['properties']['security-severity']) <= 10:
                yield f'{rule["id"]}: security-severity'
        prints = [r['partialFingerprints']['writ/v1'] for r in run['results']]
        if len(set(prints)) != len(prints):
            yield 'a fingerprint stands twice'
        for r in run['results']:
            uri = r['locations'][0]['physicalLocation']['artifactLocation']
            if 'uriBaseId' not in uri and not uri['uri'].startswith('file:'):
                yield f'{uri}: neither absolute nor relative to a base'


def main():
    passed = failed = 0

    def note(name, faults, wanted=False):
        nonlocal passed, failed
        good = bool(faults) == wanted
        passed, failed = passed + good, failed + (not good)
        if not good:
            print(f'FAILED: {name}', *faults[:5], sep='\n  ')
    tool = sys.argv[1]
    for file in sys.argv[2:]:
        note(file, list(tool_faults(tool, file)))
        note(file + ', limits', list(limit_faults(file)))
    with open(sys.argv[2], encoding='utf-8') as f:
        text = f.read()
    for old, new in (('"ruleIndex": 0', '"ruleIndex": 99'), ('"text"', '"txet"'),
                     ('"startLine": 2', '"startLine": "2"')):
        with tempfile.NamedTemporaryFile('w', suffix='.sarif', encoding='utf-8') as wrong:
            wrong.write(text.replace(old, new))
            wrong.flush()
            note(f'{new} is seen', list(tool_faults(tool, wrong.name)), wanted=True)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
