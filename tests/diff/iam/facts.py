# SPDX-License-Identifier: Apache-2.0
"""facts: actions, resource types and condition keys from src/aws/data, for making requests."""
import os
import re

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../src/aws/data')


def rows(name):
    with open(os.path.join(DATA, name + '.tsv'), encoding='utf-8') as f:
        for line in f:
            if not line.startswith('#'):
                yield line.rstrip('\n').split('\t')


def template(text):
    """A name with ${Part} or <part> as a regular expression."""
    parts = re.split(r'(\$\{[^}]*\}|<[^>]*>)', text)
    return ''.join('.+' if p[:1] in '$<' and p else re.escape(p) for p in parts)


class Action:
    def __init__(self, service, name, types, keys):
        self.service, self.name, self.types, self.keys = service, name, types, keys

    def __str__(self):
        return f'{self.service}:{self.name}'


class Facts:
    def __init__(self):
        self.services, self.types, self.keys = {}, {}, {}
        for r in rows('actions'):
            r += [''] * (5 - len(r))
            types = [t.rstrip('!') for t in r[3].split('|') if t]
            self.services.setdefault(r[0], []).append(Action(r[0], r[1], types, r[4].split()))
        for r in rows('types'):
            r += [''] * (4 - len(r))
            arns, keys = self.types.setdefault((r[0], r[1]), ([], []))
            arns += [a for a in re.split(r'\||, ', r[2]) if a]
            keys += r[3].split()
        self.rcp_services = {r[0] for r in rows('services') if len(r) > 2 and r[2]}
        self.global_keys = []
        self.exact, self.forms = {}, []
        for r in rows('keys'):
            if '${' in r[0] or '<' in r[0]:
                self.forms.append((re.compile(template(r[0]) + r'\Z', re.I), r[1]))
            else:
                self.exact[r[0].lower()] = r[1]
            if len(r) > 2 and r[2]:
                self.global_keys.append(r[0])
        self.by_name = {str(a).lower(): a for v in self.services.values() for a in v}
        self._of = {}

    def key_type(self, key):
        key = key.lower()
        if key not in self._of:
            found = self.exact.get(key)
            if found is None:
                found = next((t for form, t in self.forms if form.match(key)), 'String')
            self._of[key] = found or 'String'
        return self._of[key]

    def multi(self, key):
        return self.key_type(key).startswith('ArrayOf')

    def matching(self, pattern):
        """Actions that an Action pattern names."""
        if ':' not in pattern:
            return []
        service, _, name = pattern.lower().partition(':')
        form = re.compile(re.escape(name).replace(r'\*', '.*').replace(r'\?', '.') + r'\Z', re.I)
        return [a for a in self.services.get(service, []) if form.match(a.name)]

    def arn_forms(self, action):
        types = [self.types.get((action.service, t), ([], [])) for t in action.types]
        return [arn for arns, _ in types for arn in arns]

    def fits(self, action, arn):
        """May the action be asked of this resource? "*" only where there are no types."""
        forms = self.arn_forms(action)
        if not forms:
            return arn == '*'
        return any(re.match(template_arn(f), arn) for f in forms)


def template_arn(form):
    parts = re.split(r'(\$\{[^}]*\})', form)
    return ''.join('[^\n]*?' if p.startswith('${') else re.escape(p) for p in parts) + r'\Z'
