# SPDX-License-Identifier: Apache-2.0
"""documents: random documents, as values and as JSON or YAML text.

A document is made of Python values plus two classes: Raw, a plain YAML scalar spelled in a way that
readers disagree about, and Tag, a CloudFormation short form. Everything follows from the random
generator that is handed in, so that a seed makes the same documents on every machine.
"""
import json

STRINGS = ['', 'a', 'b', 'abc', 'hello', 'Hello World', 'prod-1', 'dev-2', 'AWS::S3::Bucket',
           'true', 'false', '5', '-3', '1.5', 'null', '~', 'yes', 'no', 'on', 'a b', 'é', 'ß', '日本',
           'x:y', '10.0.0.1', '10.0.0.0/8', '2012-10-17', '0x10', 'arn:aws:s3:::b/*', '*', 'a,b,c',
           '%41+b', 'line\nbreak', 'tab\there', '"q"', "it's", '/re/', '{"k": 1}', '[1, 2]', 'k: v',
           ' lead', 'trail ', '#c', '- x', 'aa', 'ab', 'aaa', 'A', 'ABC', '2024-01-02T03:04:05Z',
           '${A}-x']
INTS = [0, 1, -1, 2, 3, 5, 10, 42, 80, 443, 8080, 65535, 65536, -3, 2**31, 2**63 - 1, -2**63]
FLOATS = [0.0, 1.5, -2.25, 0.1, 1e10, 1e21, 1e-7, 3.0, 42.0, 123456.789]
RAWS = ['012', '+5', '1e5', '.5', 'inf', 'nan', 'yes', 'no', 'on', 'off', 'y', 'n', 'True', 'FALSE',
        '~', 'NULL', 'Null', '0x10', '0o14', '1_000', '2012-10-17', '99999999999999999999', '.inf',
        '12:30', '-0', '1.', '1E400', '-', '!!str 5', '!!int 7', '!!float 2', '!!bool true',
        '!foo 5', '!!null x', "'5'", '"\\u00e9"', '&anchor v', '=', '1e-3', '-1.5e+3', 'Infinity',
        '']
DISPUTED = ['yes', 'no', 'on', 'true', 'false', 'null', '5', '-3', '1.5', '0x10', '2012-10-17']
KEYS = ['a', 'b', 'c', 'Name', 'Enabled', 'max_size', 'MaxSize', 'Tags', 'Key', 'Value', 'some-key',
        'Type', 'id', 'ports', 'list', 'rules', 'Policies', 'Status', 'Item', 'items', 'With Space',
        '0', 'Fn::X', 'Arn', 'ip']
TYPES = ['AWS::S3::Bucket', 'AWS::EC2::Volume', 'AWS::IAM::Role', 'AWS::X::Y', 'Custom::Thing']
SCALAR_TAGS = ['Ref', 'GetAtt', 'Base64', 'Sub', 'GetAZs', 'ImportValue', 'Condition', 'Cidr']
LIST_TAGS = ['GetAtt', 'Sub', 'Select', 'Split', 'Join', 'FindInMap', 'And', 'Equals', 'If', 'Not',
             'Or', 'Cidr', 'Transform']


class Raw(str):
    """A plain scalar exactly as it stands in YAML."""


class Tag:
    """!Name value"""

    def __init__(self, name, value):
        self.name, self.value = name, value


def long_form(tag):
    key = tag.name if tag.name in ('Ref', 'Condition') else 'Fn::' + tag.name
    return {key: plain(tag.value)}


def plain(v):
    """The value without tags and raw spellings: what a rule writer thinks of."""
    if isinstance(v, Tag):
        return long_form(v)
    if isinstance(v, Raw):
        return str(v)
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    return [plain(x) for x in v] if isinstance(v, list) else v


class Documents:
    """Makes documents with a random.Random; raws: also with scalars that readers dispute."""

    def __init__(self, rnd, raws=True):
        self.r, self.raws = rnd, raws

    def scalar(self):
        r = self.r
        kind = r.random()
        if kind < 0.45:
            return r.choice(STRINGS)
        if kind < 0.65:
            return r.choice(INTS)
        if kind < 0.75:
            return r.choice(FLOATS)
        if kind < 0.87:
            return r.random() < 0.5
        if kind < 0.93 or not self.raws:
            return None
        return Raw(r.choice(RAWS))

    def tag(self):
        r = self.r
        if r.random() < 0.5:
            text = r.choice(['A', 'A.Arn', 'AWS::Region', '5', 'x'])
            return Tag(r.choice(SCALAR_TAGS), Raw(text))
        return Tag(r.choice(LIST_TAGS), [self.scalar() for _ in range(r.randint(1, 3))])

    def intrinsic(self):
        r = self.r
        return r.choice([{'Ref': 'A'}, {'Fn::Sub': '${A}-x'}, {'Fn::GetAtt': ['A', 'Arn']},
                         {'Fn::If': ['C', 1, {'Ref': 'AWS::NoValue'}]},
                         {'Fn::Join': ['-', ['a', {'Ref': 'B'}]]}])

    def value(self, depth=0):
        r = self.r
        kind = r.random()
        if depth > 4 or kind < 0.5:
            return self.scalar()
        if kind < 0.58:
            return self.tag() if self.raws and r.random() < 0.6 else self.intrinsic()
        if kind < 0.76:
            n = r.choice([0, 1, 1, 2, 2, 3, 4])
            if r.random() < 0.5:  # alike, as lists are in templates
                keys = r.sample(KEYS, r.randint(1, 3))
                return [{k: self.scalar() for k in keys} for _ in range(n)]
            return [self.value(depth + 1) for _ in range(n)]
        return {k: self.value(depth + 1) for k in r.sample(KEYS, r.choice([0, 1, 2, 3, 4]))}

    def resource(self):
        r = self.r
        res = {'Type': r.choice(TYPES)}
        if r.random() < 0.03:
            del res['Type']
        elif r.random() < 0.02:
            res['Type'] = self.scalar()
        if r.random() < 0.9:
            res['Properties'] = {k: self.value(1) for k in r.sample(KEYS, r.randint(0, 5))}
        if r.random() < 0.2:
            res['Metadata'] = {'guard': {'SuppressedRules': ['r1', 'R2']}}
        return res

    def document(self):
        r = self.r
        kind = r.random()
        if kind < 0.6:
            doc = {'Resources': {n: self.resource() for n in
                                 r.sample(['A', 'B', 'C', 'Bucket1', 'vol'], r.randint(0, 4))}}
            if r.random() < 0.3:
                doc['Parameters'] = {'P': {'Type': 'String', 'Default': self.scalar()}}
            return doc
        if kind < 0.97:
            return {k: self.value() for k in r.sample(KEYS, r.randint(1, 6))}
        return self.value()

    def variation(self, v):
        """The same shape with some leaves and keys changed."""
        r = self.r
        if isinstance(v, dict):
            out = {}
            for k, x in v.items():
                if r.random() < 0.06:
                    continue
                out[k if r.random() > 0.02 else r.choice(KEYS)] = self.variation(x)
            return out
        if isinstance(v, list):
            out = [self.variation(x) for x in v if r.random() > 0.08]
            return out + [self.value(3)] if r.random() < 0.08 else out
        return self.scalar() if r.random() < 0.15 else v

    # ------------------------------------------------------------------------------------- text

    def text(self, doc):
        """('json' | 'yaml', text)"""
        if self.r.random() < 0.35 or not isinstance(doc, (dict, list)):
            return 'json', json.dumps(plain(doc), ensure_ascii=self.r.random() < 0.1,
                                      indent=self.r.choice([None, 2]))
        out = []
        self.block(doc, 0, out)
        return 'yaml', ''.join(out)

    def quoted(self, s):
        if '\n' in s or '\t' in s or self.r.random() < 0.5:
            return json.dumps(s, ensure_ascii=False)
        return "'" + s.replace("'", "''") + "'"

    def flow(self, v):
        if isinstance(v, Raw):
            return v if v and v not in ('-', '=') and ',' not in v else self.quoted(v)
        if isinstance(v, str):
            safe = v.replace('-', '').replace('_', '').isalnum() and v.isascii()
            safe = safe and (self.raws or v not in DISPUTED)
            return v if safe and self.r.random() < 0.6 else self.quoted(v)
        if isinstance(v, Tag):
            return f'!{v.name} {self.flow(v.value)}'
        if isinstance(v, dict):
            return '{' + ', '.join(f'{self.key(k)}: {self.flow(x)}' for k, x in v.items()) + '}'
        if isinstance(v, list):
            return '[' + ', '.join(self.flow(x) for x in v) + ']'
        return json.dumps(v)

    def key(self, k):
        return k if k.replace('_', '').replace('-', '').isalnum() and not k.isdigit() and \
            self.r.random() < 0.9 else self.quoted(k)

    def block(self, v, indent, out):
        pad = ' ' * indent
        for k, x in v.items() if isinstance(v, dict) else ((None, x) for x in v):
            head = f'{pad}-' if k is None else f'{pad}{self.key(k)}:'
            if isinstance(x, (dict, list)) and x and self.r.random() < 0.8:
                out.append(head + '\n')
                self.block(x, indent + 2, out)
            elif isinstance(x, Raw):
                out.append(f'{head} {x}\n')
            elif isinstance(x, str) and '\n' in x and self.r.random() < 0.5:
                body = ''.join(f'{pad}  {line}\n' for line in x.split('\n'))
                out.append(f'{head} {self.r.choice(["|", "|-", ">"])}\n{body}')
            else:
                note = self.r.choice(['', '', '', '  # note'])
                out.append(f'{head} {self.flow(x)}{note}\n')
        if not v:
            out.append(pad + ('{}' if isinstance(v, dict) else '[]') + '\n')
