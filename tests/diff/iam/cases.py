# SPDX-License-Identifier: Apache-2.0
"""cases: random requests and stacks of policies for the differential run.

Policies are cut out of real ones (AWS managed policies, SCP and RCP examples, examples of the
guide, read at run time from the folder of conformance data) and changed a little. A request is
made to fit one statement and then, often, not quite: another action of the service, a field of the
ARN, a value just beyond a bound, a key left out.
"""
import copy
import glob
import gzip
import json
import os

from semantics import Op, listed, text_of

NEW = '2012-10-17'
ME, OTHER, STRANGER = '111122223333', '444455556666', '999900001111'
FULL = {'Version': NEW, 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}
USERS = [f'arn:aws:iam::{ME}:user/bob', f'arn:aws:iam::{ME}:user/div/eve']
SESSIONS = [f'arn:aws:sts::{ME}:assumed-role/app/s1', f'arn:aws:sts::{ME}:assumed-role/ops/x@y.z']
ROLES = [f'arn:aws:iam::{ME}:role/app', f'arn:aws:iam::{ME}:role/path/ops']
OPERATORS = (
    ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase',
     'StringLike', 'StringNotLike'] * 2 +
    ['ArnEquals', 'ArnNotEquals', 'ArnLike', 'ArnNotLike', 'Bool', 'Null', 'IpAddress',
     'NotIpAddress', 'BinaryEquals'] +
    [k + o for k in ('Numeric', 'Date') for o in
     ('Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals')])
BY_TYPE = {'Numeric': 'Numeric', 'Date': 'Date', 'Bool': 'Bool', 'ARN': 'Arn', 'Binary': 'Binary',
           'IPAddress': ('IpAddress', 'NotIp')}
WORDS = ['alpha', 'Alpha', 'team-1', 'prod', 'a/b/c', '', 'x', 'report.csv', 'logs', 'eu-west-1',
         'us-east-1', 'a*b', 'ab?', 'b\u00e4r', 'one\ntwo', '$', '42']


def json_lines(path):
    opener = gzip.open if path.endswith('.gz') else open
    with opener(path, 'rt', encoding='utf-8') as f:
        for line in f:
            yield json.loads(line)


def statements(policy):
    s = policy.get('Statement', [])
    return s if isinstance(s, list) else [s]


class Pool:
    """Documents by the kind of policy that they are."""

    def __init__(self, folder):
        self.identity, self.scp, self.rcp, self.resource = [], [], [], []
        for d in json_lines(os.path.join(folder, 'cases/managed-policies.jsonl.gz')):
            self.identity.append(d['document'])
        for d in json_lines(os.path.join(folder, 'org-policies-materialised.jsonl')):
            named = any('Principal' in s for s in statements(d['policy']))
            (self.rcp if named else self.scp).append(d['policy'])
        for path in glob.glob(os.path.join(folder, 'aws-docs-examples/*.jsonl')):
            for d in json_lines(path):
                self.of_guide(d['policy'])
        # Small pieces are what finds differences; the rare whole one is what nobody thinks of.
        self.scp += [p for p in self.identity if len(json.dumps(p)) < 4000][::7]

    def of_guide(self, policy):
        if '" *"' in json.dumps(policy):
            return  # a slip of the guide: no resource begins with a blank
        named = [s for s in statements(policy) if 'Principal' in s or 'NotPrincipal' in s]
        (self.resource if named else self.identity).append(policy)


class Cases:
    def __init__(self, facts, pool, rng):
        self.facts, self.pool, self.rng = facts, pool, rng

    def chance(self, p):
        return self.rng.random() < p

    # ---- texts

    def filled(self, pattern, context=None):
        """A text that the pattern fits."""
        out, i = '', 0
        while i < len(pattern):
            c = pattern[i]
            end = pattern.find('}', i)
            if pattern.startswith('${', i) and end > 0:
                name = pattern[i + 2:end].split(',')[0]
                known = (context or {}).get(name)
                out += name if name in '*?$' else known if isinstance(known, str) else 'alpha'
                i = end
            elif c == '*':
                out += self.rng.choice(['', 'x', 'team-1', 'a/b', 'Prod', '7'])
            elif c == '?':
                out += self.rng.choice('ab9')
            else:
                out += c
            i += 1
        return out

    def nearly(self, text):
        """A text one change away."""
        if not text:
            return 'x'
        i = self.rng.randrange(len(text))
        return self.rng.choice([
            text[:i] + self.rng.choice('aZ9-/:') + text[i + 1:], text[:i] + text[i + 1:],
            text + self.rng.choice('x/*'), text.swapcase(), text[:i] + text[i:].upper(),
            'x' + text])

    # ---- policies

    def cut(self, policy, most=2):
        """A policy of a few statements of another, sometimes changed."""
        p = copy.deepcopy(policy)
        s = statements(p)
        if len(s) > most and not self.chance(0.02):
            s = self.rng.sample(s, self.rng.randint(1, most))
        p['Statement'] = s
        for st in s:
            for element in ('Action', 'NotAction', 'Resource', 'NotResource'):
                v = st.get(element)
                if isinstance(v, list) and len(v) > 12 and not self.chance(0.02):
                    st[element] = self.rng.sample(v, 12)
            if self.chance(0.5):
                self.change(st)
        if self.chance(0.03):
            p['Version'] = '2008-10-17'
        return p

    def change(self, st):
        what = self.rng.randrange(6)
        actions = [a for a in listed(st.get('Action')) if ':' in a]
        if what == 0:
            st['Effect'] = 'Deny' if st['Effect'] == 'Allow' else 'Allow'
        elif what == 1 and 'Resource' in st and st['Resource'] != '*':
            st['NotResource'] = st.pop('Resource')
        elif what == 2 and isinstance(st.get('Resource'), list):
            st['Resource'] = [self.nearly_pattern(r) for r in st['Resource']]
        elif actions:
            self.add_condition(st, self.facts.matching(self.rng.choice(actions)))

    def nearly_pattern(self, r):
        f = r.split(':', 5)
        if len(f) < 6:
            return r
        i = self.rng.randrange(1, 6)
        f[i] = self.rng.choice(['*', f[i], f[i] + '*', f[i][:-1] + '?', f[i][:2] + '*' + f[i][3:],
                                '${aws:PrincipalTag/team}', f[i] + '/${aws:username}'])
        return ':'.join(f)

    def add_condition(self, st, actions):
        keys = list(self.facts.global_keys) + ['aws:PrincipalTag/team', 'aws:PrincipalTag/none',
                                               'aws:RequestTag/team'] * 3
        if actions:
            keys += self.rng.choice(actions).keys * 2
        key = self.rng.choice(keys).replace('${TagKey}', 'team').replace('<key>', 'team')
        kind = self.facts.key_type(key).replace('ArrayOf', '')
        fit = [o for o in OPERATORS if o.startswith(BY_TYPE.get(kind, 'String'))]
        op = self.rng.choice(OPERATORS if self.chance(0.25) else (fit or OPERATORS))
        values = [self.value_for(Op(op), kind) for _ in range(self.rng.choice([1, 1, 2, 3]))]
        if op != 'Null' and self.chance(0.15):
            op += 'IfExists'
        if self.facts.multi(key) and self.chance(0.85) or self.chance(0.04):
            op = self.rng.choice(['ForAllValues:', 'ForAnyValue:']) + op
        st.setdefault('Condition', {}).setdefault(op, {})[key] = \
            values if len(values) > 1 or self.chance(0.5) else values[0]

    def value_for(self, op, kind):
        pick = self.rng.choice
        if op.family == 'num':
            return pick(['10', '10.0', '-1', '0', 10, 2.5, '1000000000000'])
        if op.family == 'date':
            return pick(['2026-06-01T12:00:00Z', '2026-06-01', '2026-06-01T14:00:00+02:00',
                         '1780315200', '2030-01-01T00:00:00Z', '2020-01-01T00:00:00.500Z'])
        if op.family in ('bool', 'null'):
            return pick(['true', 'false', True, False])
        if op.family == 'ip':
            return pick(['203.0.113.0/24', '10.0.0.0/8', '203.0.113.9', '203.0.113.9/32',
                         '0.0.0.0/0', '198.51.100.64/26', '2001:db8::/32',
                         '2001:DB8:0:0::7', '::/0'])
        if op.family == 'bytes':
            return pick(['QUI=', 'aGVsbG8='])
        if op.family == 'arn' or kind == 'ARN':
            return pick([f'arn:aws:iam::{ME}:role/*', 'arn:aws:iam::*:role/app',
                         'arn:aws:s3:::b/*', f'arn:aws:iam::{ME}:*', f'arn:*:iam::{ME}:user/?ob',
                         'arn:aws:sns:*:*:t*', f'arn:aws:iam::{ME}:user/${{aws:username}}', '*'])
        return pick(WORDS[:12] + ['al*', '*a*', 'team-?', '*', '${aws:username}', '${aws:userid}',
                                  '${aws:PrincipalTag/team}', '${aws:PrincipalTag/none}', '${*}',
                                  "${aws:PrincipalTag/none, 'alpha'}",
                                  'x-${aws:PrincipalTag/team}'])

    def resource_policy(self, st, resource, me):
        """A policy on the resource that speaks of what st speaks of."""
        pick = self.rng.choice
        own = {'Effect': pick(['Allow', 'Allow', 'Deny']), 'Action': st.get('Action', '*'),
               'Resource': pick(['*', resource, self.nearly_pattern(resource)])}
        if own['Action'] == '*' or 'NotAction' in st:
            own['Action'] = '*'
        who = [me if ':' in me else USERS[0], f'arn:aws:iam::{ME}:root', ME, OTHER, USERS[0],
               ROLES[0], SESSIONS[0], STRANGER, f'arn:aws:iam::{OTHER}:role/app']
        kind = self.rng.random()
        if kind < 0.2:
            own['Principal'] = '*'
        elif kind < 0.25:
            own['Principal'] = {'Service': pick(['ec2.amazonaws.com', 'lambda.amazonaws.com'])}
        elif kind < 0.3 and own['Effect'] == 'Deny':
            own['NotPrincipal'] = {'AWS': self.rng.sample(who, 2)}
        else:
            own['Principal'] = {'AWS': pick([pick(who), self.rng.sample(who, 2), '*'])}
        if self.chance(0.3):
            self.add_condition(own, self.facts.matching(listed(own['Action'])[0]))
        return {'Version': NEW, 'Statement': [own]}

    # ---- requests

    def action_for(self, st):
        """An action that the statement names, or one beside it."""
        patterns = [a for a in listed(st.get('Action')) if ':' in a]
        if not patterns or self.chance(0.05):
            patterns = [self.rng.choice(list(self.facts.services)) + ':*']
        found = self.facts.matching(self.rng.choice(patterns))
        if not found:
            return None
        a = self.rng.choice(found)
        if self.chance(0.15):  # one beside it
            beside = self.facts.services[a.service]
            a = beside[(beside.index(a) + self.rng.choice([-1, 1])) % len(beside)]
        return a

    def resource_for(self, st, action, context):
        forms = self.facts.arn_forms(action)
        if not forms:
            return '*'
        patterns = [p for p in listed(st.get('Resource', st.get('NotResource'))) if p != '*']
        for _ in range(4):
            if not patterns or self.chance(0.2):
                break
            arn = self.filled(self.rng.choice(patterns), context)
            arn = arn + ':x' * (5 - arn.count(':'))
            if self.chance(0.3):
                arn = self.nearly_arn(arn)
            if self.facts.fits(action, arn) and '*' not in arn and '${' not in arn:
                return arn
        arn = self.rng.choice(forms)
        for part, value in (('Partition', 'aws'), ('Region', 'eu-west-1'), ('Account', ME)):
            arn = arn.replace('${' + part + '}', value)
        while '${' in arn:
            i = arn.index('${')
            name = self.rng.choice(['team-1', 'Prod', 'a/b', 'x'])
            arn = arn[:i] + name + arn[arn.index('}', i) + 1:]
        return arn.replace('*', 'x')

    def nearly_arn(self, arn):
        f = arn.split(':', 5)
        i = self.rng.choice([2, 3, 4, 5, 5, 5, 5])
        f[i] = self.rng.choice([f[i][:-1], f[i] + 'x', f[i].swapcase(),
                                OTHER if i == 4 else f[i] + '/y',
                                'us-east-1' if i == 3 else f[i]])
        return ':'.join(f)

    def near_value(self, op, want, context):
        """A value of the request on one side or the other of the policy's."""
        want, pick = text_of(want), self.rng.choice
        if op.family == 'num':
            base = want if want.replace('.', '').replace('-', '').isdigit() else '10'
            same = base + '.0' if '.' not in base else base + '0'
            return pick([base, same, base + '1', '-' + base,
                         str(int(float(base)) + 1), str(int(float(base)) - 1), '10abc'])
        if op.family == 'date':
            return pick([want, '2026-06-01T12:00:00Z', '2026-06-01T12:00:01Z',
                         '2026-05-31T23:59:59Z', '2026-06-01T11:59:59.999Z', '1780315199',
                         '1780315200', '2031-01-01'])
        if op.family in ('bool', 'null'):
            return pick(['true', 'false'])
        if op.family == 'ip':
            bounds = ['203.0.113.0', '203.0.113.255', '203.0.112.255', '10.255.255.255',
                      '11.0.0.0', '198.51.100.63', '198.51.100.64', '2001:db8::7',
                      '2001:db9::', '::1']
            return pick(bounds + [want.split('/')[0]] * 4)
        if op.family == 'bytes':
            return pick([want, 'QUI=', 'QUIA'])
        text = self.filled(want, context)
        return pick([text, text, text, self.nearly(text), pick(WORDS)])

    def context_for(self, policies, principal):
        ctx = {'aws:SecureTransport': 'true', 'aws:SourceIp': '203.0.113.9',
               'aws:RequestedRegion': 'eu-west-1', 'aws:PrincipalAccount': ME,
               'aws:CurrentTime': '2026-06-01T12:00:00Z', 'aws:PrincipalOrgID': 'o-abcdefgh12',
               'aws:PrincipalTag/team': self.rng.choice(['alpha', 'prod', '', 'a*'])}
        if ':user/' in principal:
            ctx['aws:username'] = principal.rsplit('/', 1)[-1]
        ctx['aws:userid'] = 'AIDAX:bob'
        ctx['aws:PrincipalArn'] = role_of(principal)
        for p in policies:
            for st in statements(p):
                for text, keys in st.get('Condition', {}).items():
                    for key, values in keys.items():
                        self.give(ctx, Op(text), key, listed(values))
        for k in list(ctx):
            if self.chance(0.04):
                del ctx[k]
        return ctx

    def give(self, ctx, op, key, values):
        if self.chance(0.2) or not values or key == 'aws:PrincipalArn' and self.chance(0.7):
            return
        key = next((k for k in ctx if k.lower() == key.lower()), key)
        if self.facts.multi(key):
            n = self.rng.choice([0, 1, 1, 2, 3])
            ctx[key] = [self.near_value(op, self.rng.choice(values), ctx) for _ in range(n)]
        else:
            ctx[key] = self.near_value(op, self.rng.choice(values), ctx)
        if self.chance(0.03) and '/' in key:  # another spelling; sometimes both
            ctx[key.swapcase()] = ctx[key] if self.chance(0.2) else ctx.pop(key)

    # ---- cases

    def principal(self):
        r = self.rng.random()
        if r < 0.5:
            return self.rng.choice(USERS)
        if r < 0.85:
            return self.rng.choice(SESSIONS)
        if r < 0.93:
            return self.rng.choice(ROLES)
        if r < 0.95:
            return f'arn:aws:sts::{ME}:federated-user/bob'
        return self.rng.choice([f'arn:aws:iam::{ME}:root', 'ec2.amazonaws.com', {'AWS': '*'}])

    def levels(self, pool, base):
        out = []
        for _ in range(self.rng.randint(1, 3)):
            n = self.rng.choice([0, 1, 1, 2])
            level = [self.cut(self.rng.choice(pool)) for _ in range(n)]
            out.append(([copy.deepcopy(FULL)] if base and not self.chance(0.1) else []) + level)
        return out

    def rcp(self, policy):
        for st in statements(policy):
            st['Effect'], st['Principal'] = 'Deny', '*'
            st.pop('NotPrincipal', None)
            actions = listed(st.pop('NotAction', st.get('Action')))
            st['Action'] = [a for a in actions if a != '*'] or \
                ['s3:*', 'sts:*', 'sqs:*', 'kms:*', 'secretsmanager:*', 'dynamodb:*', 'logs:*']
        policy['Version'] = NEW
        return policy

    def layers(self, c):
        pool = self.pool
        c['identity'] = [self.cut(self.rng.choice(pool.identity))
                         for _ in range(self.rng.choice([1, 1, 2]))]
        if self.chance(0.25):
            c['identity'].append(copy.deepcopy(FULL))
        if self.chance(0.25):
            c['scps'] = self.levels(pool.scp, True)
        if self.chance(0.15):
            c['rcps'] = [[self.rcp(p) for p in level] for level in self.levels(pool.rcp, False)]
        if self.chance(0.2) and not str(c['principal']).endswith(':root'):
            c['boundary'] = [self.cut(self.rng.choice([FULL] + pool.identity))]
        principal = c['principal']
        if self.chance(0.2) and isinstance(principal, str) and ':sts:' in principal:
            c['session'] = self.cut(self.rng.choice([FULL, self.rng.choice(pool.identity)]))
        if self.chance(0.08):
            c['vpce'] = [copy.deepcopy(FULL)]
            statements(c['vpce'][0])[0]['Principal'] = '*'
            if self.chance(0.7):
                self.add_condition(statements(c['vpce'][0])[0], [])

    def case(self):
        c = {'principal': self.principal()}
        self.layers(c)
        if not isinstance(c['principal'], str) or ':' not in c['principal']:
            for layer in ('identity', 'boundary', 'session', 'scps'):
                c.pop(layer, None)  # callers without an account have no policies of their own
            c['identity'] = []
        every = list(policies_of(c))
        st = self.rng.choice(statements(self.rng.choice(every))) if every else \
            {'Action': 's3:GetObject'}
        action = self.action_for(st)
        if action is None:
            return None
        who = c['principal'] if isinstance(c['principal'], str) else '*'
        context = self.context_for(every, who)
        c['action'] = str(action) if not self.chance(0.05) else str(action).swapcase()
        c['resource'] = self.resource_for(st, action, context)
        c['resourceAccount'] = ME if self.chance(0.85) else OTHER
        if self.chance(0.3) or c['resourceAccount'] != ME or not c['identity']:
            c['resourcePolicy'] = self.resource_policy(st, c['resource'], who)
            more = self.context_for([c['resourcePolicy']], who)
            context.update({k: v for k, v in more.items() if k not in context})
        c['context'] = context
        return c


def role_of(principal):
    if ':assumed-role/' not in principal:
        return principal
    account, name = principal.split(':')[4], principal.split('/')[1]
    roles = [r for r in ROLES if r.endswith('/' + name)]
    return roles[0] if roles else f'arn:aws:iam::{account}:role/{name}'


def policies_of(c):
    for layer in ('identity', 'boundary', 'vpce'):
        yield from listed(c.get(layer))
    for layer in ('session', 'resourcePolicy'):
        if layer in c:
            yield c[layer]
    for layer in ('scps', 'rcps'):
        for level in c.get(layer, []):
            yield from level
