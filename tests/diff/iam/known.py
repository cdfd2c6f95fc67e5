# SPDX-License-Identifier: Apache-2.0
"""known: where iam-simulate and AWS's documents disagree, as code that proves it of a difference.

Each class recognises an element of a case (a value of a condition, a resource pattern, a
principal) and says what the documents make of it, by replacing it with something both sides read
alike: a condition by StringEquals on exactly the values of the request that fit, a pattern by the
resource itself or by one that is none. When the peer then answers what we answered before, and we
answer the same as before, the difference is explained by that class. What is replaced is computed
by semantics.py, so an error of ours is not explained away: our own answer would change.
docs/internals/iam.md lists the classes with their reasons.
"""
import copy
import json
import re

from cases import FULL, ME, NEW, policies_of, statements
from semantics import (NEVER, VARIABLE, Context, Op, address, date, listed, number, one, pieces,
                       resource_like, text_of)

NEVER_ARN = 'arn:aws:zz:::never'


# ---- conditions

def valueless(text, ctx, variables):
    return variables and pieces(text, ctx, True) is None


def old_variable(text, variables):
    return not variables and '${' in text


def special(text):
    return bool(re.search(r'\$\{[*?$]\}', text))


def empty_or_default(text, ctx):
    """A variable whose text is empty, by the request or by its default, or a default at all."""
    for m in VARIABLE.finditer(text):
        if m.group(2) is not None or ctx.variable(m.group(1), None) == '':
            return True
    return False


def is_arn(s):
    return s.startswith('arn:') and s.count(':') >= 5


def condition_labels(op, values, given, ctx, variables):
    """The classes of a condition with the request's values given (a list)."""
    for v in values:
        if op.family in ('string', 'arn', 'bool'):
            if valueless(v, ctx, variables):
                yield 'variable without a value'
            if old_variable(v, variables):
                yield 'variable in an old version'
            if variables and special(v):
                yield '${*}, ${?}, ${$}'
            if variables and empty_or_default(v, ctx):
                yield 'default or empty text of a variable'
        if op.family == 'arn' and v == '*':
            yield 'Arn pattern * alone'
        if op.family == 'ip' and (v.endswith('/0') or ':' in v):
            yield 'network /0, or IPv6 compared as text'
        if op.family == 'date' and (number(v) is not None or '.' in v or date(v) is None):
            yield 'time in seconds since 1970, or its form'
        if op.family == 'num' and number(v) is None:
            yield 'text that is no number'
    for g in given:
        if op.family == 'arn' and not is_arn(g):
            yield 'Arn operator on what is no ARN'
        if op.family == 'ip' and ':' in g or op.family == 'ip' and address(g) is None:
            yield 'network /0, or IPv6 compared as text'
        if op.family == 'date' and (number(g) is not None or '.' in g or date(g) is None):
            yield 'time in seconds since 1970, or its form'
        if op.family == 'num' and (number(g) is None or 'e' in g.lower()):
            yield 'text that is no number'
        if '\n' in g:
            yield 'line feed'
    if op.quant == 'ForAllValues' and given and not any(given):
        yield 'ForAllValues of empty texts'


def settled(op, key, values, ctx, variables):
    """The condition with nothing in it that is read two ways: (operator, values)."""
    given = ctx.get(key)
    fit = [g for g in listed(given)
           if any(one(op, v, g, ctx, variables) for v in values)]
    name = op.quant + ':' if op.quant else ''
    name += 'StringNotEquals' if op.negated else 'StringEquals'
    if op.quant == 'ForAllValues' and listed(given) and not any(listed(given)):
        name, fit = op.quant + ':StringEquals', [''] + listed(given)
        return name, fit
    return name + ('IfExists' if op.if_exists else ''), sorted(set(fit)) or [NEVER]


# ---- resources

def first_segment(pattern):
    fields = pattern.split(':', 5)
    return re.split(r'[/:]', fields[5])[0] if len(fields) == 6 else ''


def resource_labels(pattern, resource, ctx, variables):
    first = first_segment(pattern)
    if pattern != '*' and ('*' in first or '?' in first or '$' in first):
        yield 'wildcard or variable in the first segment'
    if valueless(pattern, ctx, variables):
        yield 'variable without a value'
    if old_variable(pattern, variables):
        yield 'variable in an old version'
    if variables and special(pattern):
        yield '${*}, ${?}, ${$}'
    if variables and empty_or_default(pattern, ctx):
        yield 'default or empty text of a variable'
    if '\n' in resource:
        yield 'line feed'
    f, g = pattern.split(':'), resource.split(':')
    if any(a != b and a.lower() == b.lower() for a, b in zip(f[1:5], g[1:5])):
        yield 'case of partition, service, region or account'
    if 1 < len(f) < 6 or any('${' in a for a in f[:5]):
        yield 'fewer than six fields, or a variable before the sixth'


# ---- elements of a case

class Element:
    """A place in a case where documents and peer may differ, and what to put there instead."""

    def __init__(self, labels, replace):
        self.labels, self.replace = labels, replace


def condition_elements(st, variables, ctx):
    for text, keys in st.get('Condition', {}).items():
        op = Op(text)
        for key, values in keys.items():
            if ctx.of.get(key.lower()) == []:
                yield no_members(key)
            if op.family == 'null':
                continue
            values = [text_of(v) for v in listed(values)]
            if len(ctx.every[key.lower()]) > 1 and '/' in key:
                yield two_spellings(op, text, key, values, ctx, variables)
                continue
            given = listed(ctx.get(key))
            labels = set(condition_labels(op, values, given, ctx, variables))
            if op.quant == 'ForAnyValue' and op.if_exists and not given:
                labels.add('ForAnyValue with IfExists, key absent')
            if labels:
                instead = settled(op, key, values, ctx, variables)
                yield condition_element(labels, text, key, instead, not given)


def two_spellings(op, text, key, values, ctx, variables):
    """Of Team and team both count: a positive operator holds when one of them fits."""
    given = [g for v in ctx.every[key.lower()] for g in listed(v)]
    fit = [any(one(op, v, g, ctx, variables) for v in values) for g in given]
    if op.quant:
        holds = (any if op.quant == 'ForAnyValue' else all)(f != op.negated for f in fit)
    else:
        holds = any(fit) != op.negated

    def replace(st, case):
        for k in [k for k in case['context'] if k.lower() == key.lower()][1:]:
            del case['context'][k]
        kept = listed(next(v for k, v in case['context'].items() if k.lower() == key.lower()))
        del st['Condition'][text][key]
        st['Condition'].setdefault('StringEquals', {})[key] = kept if holds else [NEVER]
    return Element({"two spellings of a tag's key"}, replace)


def no_members(key):
    def replace(_, case):
        for k in list(case['context']):
            if k.lower() == key.lower():
                del case['context'][k]
    return Element({'a list without members'}, replace)


def condition_element(labels, text, key, instead, absent):
    def replace(st, case):
        keys = st['Condition'][text]
        del keys[key]
        if not keys:
            del st['Condition'][text]
        name, values = instead
        if absent and name.startswith('ForAnyValue:') and name.endswith('IfExists'):
            return  # holds
        have = st['Condition'].setdefault(name, {})
        if key in have:  # both must hold: two spellings of one operator
            have = st['Condition'].setdefault(name.swapcase(), {})
        have[key] = values
    return Element(labels, replace)


def resource_elements(st, variables, ctx, resource):
    for element in ('Resource', 'NotResource'):
        patterns = listed(st.get(element))
        for i, p in enumerate(patterns):
            labels = set(resource_labels(p, resource, ctx, variables))
            if not labels:
                continue
            fits = resource_like(p, resource, ctx, variables)
            whole = element == 'NotResource' and valueless(p, ctx, variables)
            yield resource_element(labels, element, i, resource if fits else NEVER_ARN, whole)


def resource_element(labels, element, i, instead, whole):
    def replace(st, case):
        patterns = list(listed(st[element]))
        patterns[i] = instead
        if whole:  # the statement does not apply
            del st[element]
            element_now, patterns = 'Resource', [NEVER_ARN]
        else:
            element_now = element
        st[element_now] = patterns
    return Element(labels, replace)


def chain(principal):
    """What must be listed in a NotPrincipal for the caller to be left out."""
    account = principal.split(':')[4]
    whole = [{account, f'arn:aws:iam::{account}:root'}]
    if ':assumed-role/' in principal:
        name = principal.split('/')[1]
        whole += [{principal}, {('role', name)}]
    elif ':federated-user/' in principal:
        whole += [{principal}, {f'arn:aws:iam::{account}:user/{principal.split("/")[1]}'}]
    elif not principal.endswith(':root'):
        whole += [{principal}]
    return whole


def left_out(case, names):
    who = case['principal']
    if not isinstance(who, str) or ':' not in who:
        return who in names if isinstance(who, str) else False
    have = set(names) | {('role', n.rsplit('/', 1)[-1]) for n in names if ':role/' in n}
    return '*' in have or not case.get('boundary') and all(have & part for part in chain(who))


def principal_elements(st, case):
    if 'NotPrincipal' in st and st['Effect'] == 'Deny':
        names = [n for v in st['NotPrincipal'].values() for n in listed(v)]
        out = left_out(case, names)

        def replace(st, case):
            del st['NotPrincipal']
            st['Principal'] = {'AWS': 'arn:aws:iam::000000000000:root'} if out else '*'
        yield Element({'NotPrincipal with Deny'}, replace)


def elements(case):
    """[(index of policy, index of statement, element)]"""
    ctx = Context(case['context'])
    for i, p in enumerate(policies_of(case)):
        variables = p.get('Version') == NEW
        for j, st in enumerate(statements(p)):
            for e in condition_elements(st, variables, ctx):
                yield i, j, e
            for e in resource_elements(st, variables, ctx, case['resource']):
                yield i, j, e
            for e in principal_elements(st, case):
                yield i, j, e


def without(case, chosen):
    """A copy of the case with the chosen elements replaced."""
    c = copy.deepcopy(case)
    policies = list(policies_of(c))
    # From the last to the first, so that places in lists stay what they are.
    for i, j, e in sorted(chosen, key=lambda x: (x[0], x[1]), reverse=True):
        e.replace(statements(policies[i])[j], c)
    return c


OPEN = 'several values, negated, without a set operator, in a Deny'


def without_open_denies(case):
    """A copy in which the conditions that leave a Deny open do not hold, as the peer reads them."""
    c = copy.deepcopy(case)
    ctx = Context(c['context'])
    for p in policies_of(c):
        for st in statements(p):
            if st['Effect'] != 'Deny':
                continue
            for text, keys in list(st.get('Condition', {}).items()):
                op = Op(text)
                for key in [k for k in keys if op.negated and not op.quant]:
                    if isinstance(ctx.get(key), list):
                        del keys[key]
                        st['Condition'].setdefault('StringEquals', {})[key] = [NEVER]
    return c


REPEATED = 'a condition key twice under one operator, in two spellings'


def without_repeats(case):
    """The case without keys that stand twice under one operator, cases not counting: each once."""
    def walk(n):
        if isinstance(n, list):
            return [walk(x) for x in n]
        if not isinstance(n, dict):
            return n
        out = {k: walk(v) for k, v in n.items()}
        if 'Effect' not in out or not isinstance(out.get('Condition'), dict):
            return out
        seen = set()
        for op, keys in out['Condition'].items():
            if not isinstance(keys, dict):
                continue
            for key in list(keys):
                if (op.lower(), key.lower()) in seen:
                    del keys[key]
                seen.add((op.lower(), key.lower()))
        out['Condition'] = {op: keys for op, keys in out['Condition'].items() if keys != {}}
        return out
    return walk(case)


# ---- callers: what the peer does not know, told to it in other words (to the peer alone)

def callers(case, facts):
    """[(class, the case as the peer must be told it)]"""
    who = case['principal']
    if 'rcps' in case and case['action'].split(':')[0].lower() not in facts.rcp_services:
        c = copy.deepcopy(case)
        del c['rcps']
        yield 'RCPs reach services that they do not', c
    if 'rcps' in case and case['action'].lower() == 'kms:retiregrant':
        c = copy.deepcopy(case)
        del c['rcps']
        yield 'RCPs spare kms:RetireGrant', c
    if case['action'].lower() == 'sts:assumerolewithwebidentity':
        text = re.sub('WithWebIdentity', 'WithSAML', json.dumps(case), flags=re.I)
        yield 'AssumeRoleWithWebIdentity is always denied', json.loads(text)
    if not isinstance(who, str):  # anonymous
        return
    if who.endswith(':root') and case['action'].lower().startswith('sts:assumerole'):
        c = copy.deepcopy(case)
        c['identity'] = []
        c.pop('resourcePolicy', None)
        yield 'the root user assumes no role', c
    elif who.endswith(':root'):
        c = copy.deepcopy(case)
        c['identity'] = c.get('identity', []) + [FULL]
        yield 'root user', c
    if ':' not in who and 'scps' in case:
        c = copy.deepcopy(case)
        del c['scps']
        yield 'SCPs bind AWS services', c
    policy = json.dumps(case.get('resourcePolicy', ''))
    named = who in policy or '"Principal": "*"' in policy or '"AWS": "*"' in policy
    if 'session' in case and named:
        c = copy.deepcopy(case)
        del c['session']
        yield 'session policy limits a grant to the session or to *', c


class Classifier:
    def __init__(self, facts, ask_ours, ask_peer):
        self.facts, self.ours, self.peer = facts, ask_ours, ask_peer
        self.used = set()  # classes that explained something

    def same(self, told, want, ours_too=True):
        if ours_too and self.ours(told) != want:
            return False
        return self.peer(told) == want

    def classify(self, case, want):
        """The class of a difference, where we answered want; None: not explained."""
        if want == 'Unknown':
            return self.open_denies(case)
        if want.startswith('Error'):
            return self.repeated(case)
        found = list(elements(case))
        for place in found:
            if self.same(without(case, [place]), want):
                self.used |= place[2].labels
                return ', '.join(sorted(place[2].labels)) if len(place[2].labels) == 1 else \
                    'several in one: ' + ', '.join(sorted(place[2].labels))
        name = self.by_caller(case, want)
        if name:
            return name
        bare = without(case, found)
        if found and self.same(bare, want):
            return 'several: ' + ', '.join(sorted({x for f in found for x in f[2].labels}))
        if found and self.ours(bare) == want:
            name = self.by_caller(bare, want)
            if name:
                return f'{name}, and others'
        return None

    def open_denies(self, case):
        """We say that a Deny may hold and the peer that it does not: as it reads it we agree."""
        told = without_open_denies(case)
        want = self.ours(told)
        if want == 'Unknown' or self.peer(told) != self.peer(case):
            return None
        if self.peer(told) != want and self.classify(told, want) is None:
            return None
        self.used.add(OPEN)
        return OPEN

    def repeated(self, case):
        """We refuse the document and the peer does not: without the repeats we agree."""
        told = without_repeats(case)
        want = self.ours(told)
        if told == case or want.startswith('Error'):
            return None
        if self.peer(told) != want and self.classify(told, want) is None:
            return None
        self.used.add(REPEATED)
        return REPEATED

    def by_caller(self, case, want):
        """One of callers, or two of them together."""
        for first, told in callers(case, self.facts):
            if self.same(told, want, ours_too=False):
                self.used.add(first)
                return first
        for first, told in callers(case, self.facts):
            for second, both in callers(told, self.facts):
                if second != first and self.same(both, want, ours_too=False):
                    self.used |= {first, second}
                    return f'several: {first}, {second}'
        return None
