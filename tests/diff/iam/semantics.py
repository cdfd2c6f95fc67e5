# SPDX-License-Identifier: Apache-2.0
"""semantics: a third opinion. What one value of a policy says of one value of a request, written
from the documents and as plainly as Python allows, without regard to speed. Used to replace what a
difference is suspected to turn on by something both sides read alike.

A value of a request is a text; a key that is absent is None; a list is a multivalued key.
"""
import base64
import collections
import datetime
import decimal
import ipaddress
import re

NEW = '2012-10-17'
NEVER = 'zz-never-zz'
VARIABLE = re.compile(r"\$\{([^}]*?)(?:, '(.*?)')?\}", re.S)
FAMILIES = (('string', 'String'), ('num', 'Numeric'), ('date', 'Date'), ('bool', 'Bool'),
            ('bytes', 'Binary'), ('ip', 'Ip'), ('ip', 'NotIp'), ('arn', 'Arn'), ('null', 'Null'))


class Op:
    """'ForAllValues:StringNotLikeIfExists' taken apart."""

    def __init__(self, text):
        name, self.quant = text, ''
        for q in ('ForAllValues', 'ForAnyValue'):
            if name.lower().startswith(q.lower() + ':'):
                self.quant, name = q, name[len(q) + 1:]
        self.if_exists = name.lower().endswith('ifexists')
        self.name = name[:-8] if self.if_exists else name
        self.negated = 'Not' in self.name
        self.family = next(f for f, p in FAMILIES if self.name.startswith(p))


def listed(v):
    return v if isinstance(v, list) else [] if v is None else [v]


def text_of(v):
    return {True: 'true', False: 'false'}.get(v, str(v)) if isinstance(v, bool) else str(v)


class Context:
    def __init__(self, context):
        self.of, self.every = {}, collections.defaultdict(list)
        for k, v in context.items():
            self.of[k.lower()] = v
            self.every[k.lower()].append(v)

    def get(self, key):
        v = self.of.get(key.lower())
        return None if v == [] else v

    def variable(self, name, default):
        """The text a variable stands for; None: it has none."""
        v = self.get(name)
        return v if isinstance(v, str) else default


def pieces(text, ctx, variables):
    """[(literal?, text)]: literals with what variables stand for, and the rest; None: no value."""
    if not variables:
        return [(False, text)]
    out, at = [], 0
    for m in VARIABLE.finditer(text):
        out.append((False, text[at:m.start()]))
        at = m.end()
        name = m.group(1)
        if name in ('*', '?', '$'):
            out.append((True, name))
            continue
        value = ctx.variable(name, m.group(2))
        if value is None:
            return None
        out.append((True, value))
    return out + [(False, text[at:])]


def form(parts, wild=True, colons=True):
    """A regular expression for pieces. colons: do wildcards take them?"""
    one = '[\\s\\S]' if colons else '[^:]'
    out = ''
    for literal, text in parts:
        text = re.escape(text)
        if wild and not literal:
            text = text.replace(r'\*', one + '*').replace(r'\?', one)
        out += text
    return out + r'\Z'


def arn_fields(parts):
    """Pieces cut at the first five colons."""
    out = [[]]
    for literal, text in parts:
        while ':' in text and len(out) < 6:
            head, _, text = text.partition(':')
            out[-1].append((literal, head))
            out.append([])
        out[-1].append((literal, text))
    return out


def arn_like(parts, given):
    fields = given.split(':', 5)
    if len(fields) < 6 or fields[0] != 'arn':
        return False
    if [p for p in parts if p[1]] == [(False, '*')]:
        return True
    mine = arn_fields(parts)
    return len(mine) == 6 and all(re.match(form(m), f) for m, f in zip(mine, fields))


def resource_like(text, given, ctx, variables):
    """Does the Resource pattern fit? A `*` that ends a field takes colons."""
    fields = text.split(':', 5)
    if len(fields) < 6 and text.startswith('arn:') and not text.endswith('*'):
        fields += ['*'] * (6 - len(fields))
    out = ''
    for i, f in enumerate(fields):
        if i:
            out += ':'
        if i == 5:
            parts = pieces(f, ctx, variables)
            if parts is None:
                return False
            out += form(parts)[:-2]
        elif f.endswith('*'):
            out += form([(False, f[:-1])], colons=False)[:-2] + '[\\s\\S]*'
        else:
            out += form([(False, f)], colons=False)[:-2]
    return re.match(out + r'\Z', given) is not None


def number(s):
    return decimal.Decimal(s) if re.match(r'[+-]?\d+(\.\d+)?([eE][+-]?\d+)?\Z', s) else None


def date(s):
    if re.match(r'\d{4}(-\d\d(-\d\d)?)?\Z', s):
        s += '-01-01'[len(s) - 4:] if len(s) < 10 else ''
        s += 'T00:00:00Z'
    elif re.match(r'-?\d+(\.\d+)?\Z', s):
        return decimal.Decimal(s)
    m = re.match(r'(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)?\Z', s)
    if not m:
        return None
    try:
        t = datetime.datetime.fromisoformat(m[1] + (m[2] or ':00') + '+00:00')
        zone = datetime.datetime.fromisoformat('2000-01-01T00:00:00' + (m[4] or 'Z').replace(
            'Z', '+00:00')).utcoffset()
    except ValueError:
        return None
    whole = (t - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) - zone
    return decimal.Decimal(whole.days * 86400 + whole.seconds) + decimal.Decimal('0' + (m[3] or ''))


def address(s):
    try:
        return ipaddress.ip_address(s)
    except ValueError:
        return None


def network(s):
    try:
        return ipaddress.ip_network(s, strict=False)
    except ValueError:
        return None


def ordered(name, a, b):
    if a is None or b is None:
        return False
    for word, ok in (('LessThanEquals', a <= b), ('GreaterThanEquals', a >= b),
                     ('LessThan', a < b), ('GreaterThan', a > b)):
        if word in name:
            return ok
    return a == b


def decoded(s):
    try:
        return base64.b64decode(s, validate=True)
    except ValueError:
        return None


def one(op, want, given, ctx, variables):
    """Does the request's value fit the policy's, negation aside?"""
    if op.family in ('string', 'arn', 'bool'):
        parts = pieces(want, ctx, variables)
        if parts is None:
            return False
        if op.family == 'arn':
            return arn_like(parts, given)
        plain = ''.join(t for _, t in parts)
        if op.family == 'bool':
            return plain.lower() == given.lower() and plain.lower() in ('true', 'false')
        if 'IgnoreCase' in op.name:
            return plain.lower() == given.lower()
        if 'Like' in op.name:
            return re.match(form(parts), given) is not None
        return plain == given
    if op.family == 'num':
        return ordered(op.name, number(given), number(want))
    if op.family == 'date':
        return ordered(op.name, date(given), date(want))
    if op.family == 'ip':
        a, n = address(given), network(want)
        return a is not None and n is not None and a.version == n.version and a in n
    a = decoded(given)
    return a is not None and a == decoded(want)
