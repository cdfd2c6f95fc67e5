#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""asff: are batches what BatchImportFindings takes?

Shapes, required members and enumerations come from the service model in botocore; lengths and
counts that the model does not say, from the Security Hub User Guide ("AWS Security Finding
Format").
Usage: asff.py PYTHON-DIR REPORT… [--samples FILE…]: samples hold findings of others, which the
check must take too. Prints a line for each fault, then "N passed, N failed".
"""
import copy
import glob
import gzip
import json
import re
import sys

LENGTHS = {'Id': 512, 'GeneratorId': 512, 'Title': 256, 'Description': 1024, 'ProductArn': 2048}
TYPES = ('Software and Configuration Checks', 'TTPs', 'Effects', 'Unusual Behaviors',
         'Sensitive Data Identifications')
STAMP = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)')
ARN = re.compile(r'arn:aws[a-z-]*:securityhub:[a-z0-9-]+:(\d{12})?:product/[\w-]+/[\w-]+')


def shape_faults(shapes, name, value, path):
    shape = shapes[name]
    kind = shape['type']
    if kind == 'structure':
        yield from structure_faults(shapes, shape, value, path)
    elif kind == 'list':
        if not isinstance(value, list):
            yield f'{path}: no list'
            return
        if not shape.get('min', 0) <= len(value) <= shape.get('max', len(value)):
            yield f'{path}: {len(value)} items'
        for i, item in enumerate(value):
            yield from shape_faults(shapes, shape['member']['shape'], item, f'{path}[{i}]')
    elif kind == 'map':
        for k, v in value.items():
            yield from shape_faults(shapes, shape['key']['shape'], k, f'{path}.{k} (key)')
            yield from shape_faults(shapes, shape['value']['shape'], v, f'{path}.{k}')
    elif kind == 'string':
        if not isinstance(value, str):
            yield f'{path}: {value!r} is no text'
        elif 'enum' in shape and value not in shape['enum']:
            yield f'{path}: {value!r} is none of {shape["enum"]}'
        elif 'pattern' in shape and not re.search(shape['pattern'], value):
            yield f'{path}: {value!r} does not match {shape["pattern"]}'
    elif kind == 'boolean' and not isinstance(value, bool):
        yield f'{path}: {value!r} is no boolean'
    elif kind in ('integer', 'long', 'double') and isinstance(value, (str, bool, list, dict)):
        yield f'{path}: {value!r} is no number'


def structure_faults(shapes, shape, value, path):
    if not isinstance(value, dict):
        yield f'{path}: no object'
        return
    for name in shape.get('required', []):
        if name not in value:
            yield f'{path}: {name} is required'
    for name, item in value.items():
        if name not in shape['members']:
            yield f'{path}.{name}: no such attribute'
        else:
            yield from shape_faults(shapes, shape['members'][name]['shape'], item, f'{path}.{name}')


def limit_faults(f, path):
    for name, most in LENGTHS.items():
        if len(f.get(name, '')) > most:
            yield f'{path}.{name}: longer than {most}'
    text = f.get('Remediation', {}).get('Recommendation', {}).get('Text', '')
    note = f.get('Note', {}).get('Text', '')
    if len(text) > 512 or len(note) > 512:
        yield f'{path}: remediation or note longer than 512'
    fields = f.get('ProductFields', {})
    if len(fields) > 50 or any(len(k) > 128 or len(v) > 2048 for k, v in fields.items()):
        yield f'{path}.ProductFields: too many or too long'
    if not 1 <= len(f.get('Resources', [])) <= 32:
        yield f'{path}.Resources: 1 to 32'
    related = f.get('Compliance', {}).get('RelatedRequirements', [])
    if len(related) > 32 or any(len(r) > 64 for r in related):
        yield f'{path}.Compliance.RelatedRequirements: at most 32 of at most 64 characters'
    if not re.fullmatch(r'\d{12}', f.get('AwsAccountId', '')):
        yield f'{path}.AwsAccountId: not twelve digits'
    if not ARN.fullmatch(f.get('ProductArn', '')):
        yield f'{path}.ProductArn: {f.get("ProductArn")!r}'
    for name in ('CreatedAt', 'UpdatedAt', 'FirstObservedAt', 'LastObservedAt'):
        if name in f and not STAMP.fullmatch(f[name]):
            yield f'{path}.{name}: {f[name]!r} is no time'
    for t in f.get('Types', []):
        if t.split('/')[0] not in TYPES or len(t.split('/')) > 3:
            yield f'{path}.Types: {t!r}'
    if f.get('SchemaVersion') != '2018-10-08':
        yield f'{path}.SchemaVersion'
    if len(json.dumps(f)) > 240 * 1024:
        yield f'{path}: larger than 240 KB'


def batch_faults(shapes, batch, path):
    yield from shape_faults(shapes, 'BatchImportFindingsRequest', batch, path)
    for i, f in enumerate(batch.get('Findings', [])):
        yield from limit_faults(f, f'{path}.Findings[{i}]')
    ids = [f.get('Id') for f in batch.get('Findings', [])]
    if len(set(ids)) != len(ids):
        yield f'{path}: an Id stands twice'


EDITS = {
    'no title': lambda f: f.pop('Title'),
    'no resources': lambda f: f.update(Resources=[]),
    'a severity there is not': lambda f: f['Severity'].update(Label='BAD'),
    'an empty text': lambda f: f.update(Description=' '),
    'a long title': lambda f: f.update(Title='x' * 257),
    'an unknown attribute': lambda f: f.update(Lines=3),
    'a short account': lambda f: f.update(AwsAccountId='1'),
    'a workflow there is not': lambda f: f['Workflow'].update(Status='DONE'),
}


def findings_in(value):
    """Findings anywhere in a sample: what has an Id, a ProductArn and Resources."""
    if isinstance(value, dict):
        if {'Id', 'ProductArn', 'Resources', 'SchemaVersion'} <= value.keys():
            yield value
        else:
            for v in value.values():
                yield from findings_in(v)
    elif isinstance(value, list):
        for v in value:
            yield from findings_in(v)


def main():
    at = sys.argv.index('--samples') if '--samples' in sys.argv else len(sys.argv)
    model = glob.glob(sys.argv[1] + '/botocore/data/securityhub/*/service-2.json.gz')[0]
    with gzip.open(model) as f:
        shapes = json.load(f)['shapes']
    passed = failed = 0

    def note(name, faults, wanted=False):
        nonlocal passed, failed
        good = bool(faults) == wanted
        passed, failed = passed + good, failed + (not good)
        if not good:
            print(f'FAILED: {name}', *faults[:5], sep='\n  ')
    first = None
    for file in sys.argv[2:at]:
        with open(file, encoding='utf-8') as f:
            batches = json.load(f)
        first = first or batches[0]
        for i, batch in enumerate(batches):
            note(f'{file}[{i}]', list(batch_faults(shapes, batch, f'[{i}]')))
    for name, edit in EDITS.items():
        wrong = copy.deepcopy(first)
        edit(wrong['Findings'][0])
        note(f'{name} is seen', list(batch_faults(shapes, wrong, '')), wanted=True)
    many = {'Findings': first['Findings'] * 101}
    note('101 findings are seen', list(batch_faults(shapes, many, '')), wanted=True)
    for file in sys.argv[at + 1:]:
        with open(file, encoding='utf-8') as f:
            found = list(findings_in(json.load(f)))
        for f in found:
            note(file, list(shape_faults(shapes, 'AwsSecurityFinding', f, '')))
    print(f'{passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
