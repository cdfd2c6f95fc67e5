# SPDX-License-Identifier: Apache-2.0
"""rules: random Guard rule files that have something to say about a given document.

Queries are walks through a sample value, so that most of them hit; a few keys are misspelled or in
another case, so that some miss. Covered: every production of the grammar of guard-language.md
§1.2, all operators, literals, functions, filters, captures, blocks, parameterised rules. A small
share is wrong on purpose (unknown names, bad arguments), since errors must agree too.
"""
import json
import re

from documents import STRINGS, INTS, FLOATS, KEYS, TYPES

UNARY = ['exists', 'empty', 'is_string', 'is_list', 'is_struct', 'is_bool', 'is_int', 'is_float',
         'is_null', 'EXISTS', 'EMPTY', 'IS_STRING']
BINARY = ['==', '!=', '>', '>=', '<', '<=', 'in', 'not in', '!in', 'IN', 'NOT IN']
REGEXES = ['a', '^a', 'b$', '^[a-z]+$', '(?i)HELLO', '[0-9]+', '^$', '.*', r'\d', r'^\w+$', 'a|b',
           r'prod-\d', r'^(?!dev)', r'(a)\1', r'\/', r'arn:aws:[a-z0-9]+', '^.{1,3}$', r'\S+@\S+',
           '(?<=a)b', 'x*?y', r'\p{L}', r'[[:alpha:]]', r'(?P<n>a)', r'^true$', r'\.']
CASES = [str.lower, str.upper, str.title, lambda k: k.replace('_', '-'),
         lambda k: re.sub('(?<=[a-z])([A-Z])', r'_\1', k).lower(),
         lambda k: ''.join(w.capitalize() for w in re.split('[_ -]', k))]


class Scope:
    """What may be named: variables with a sample value, rules, parameterised rules."""

    def __init__(self, sample, parent=None):
        self.sample, self.parent = sample, parent
        self.vars = dict(parent.vars) if parent else {}


class Rules:
    """Makes rule files with a random.Random for a sample document."""

    def __init__(self, rnd, sample, level32=False):
        self.r, self.doc, self.level32 = rnd, sample, level32
        self.names, self.prules, self.n = [], [], 0

    def p(self, chance):
        return self.r.random() < chance

    # ----------------------------------------------------------------------------------- literals

    def string(self, s):
        q = self.r.choice('"\'')
        return q + s.replace(q, '\\' + q).rstrip('\\') + q

    def regex(self):
        return '/' + self.r.choice(REGEXES) + '/'

    def range(self):
        r = self.r
        kind = r.random()
        if kind < 0.5:
            lo = r.choice([0, 1, 5, -3, 80])
            lo, hi = str(lo), str(lo + r.choice([0, 1, 10, 1000]))
        elif kind < 0.8:
            lo, hi = r.choice([('0.0', '2.0'), ('1.5', '1.5'), ('0.1', '100.0')])
        else:
            lo, hi = "'a'", "'z'"
        return f'r{r.choice("[(")}{lo},{r.choice(["", " "])}{hi}{r.choice("])")}'

    def literal(self, like=None, depth=0):
        """A literal, often equal to the sample `like`."""
        r = self.r
        if like is not None and self.p(0.6):
            text = self.literal_of(like)
            if text:
                return text
        kind = r.random()
        if kind < 0.3:
            return self.string(r.choice(STRINGS))
        if kind < 0.45:
            return str(max(r.choice(INTS), -2**63 + 1))
        if kind < 0.52:
            return str(abs(r.choice(FLOATS[:4])))
        if kind < 0.6:
            return r.choice(['true', 'false', 'True', 'False'])
        if kind < 0.65:
            return r.choice(['null', 'NULL'])
        if kind < 0.75:
            return self.regex()
        if kind < 0.82:
            return self.range()
        if depth > 2 or kind < 0.95:
            return '[' + ', '.join(self.literal(like, depth + 1)
                                   for _ in range(r.randint(0 if depth else 1, 3))) + ']'
        return '{' + ', '.join(f'{self.map_key()}: {self.literal(None, depth + 1)}'
                               for _ in range(r.randint(0, 2))) + '}'

    def map_key(self):
        k = self.r.choice(KEYS)
        return k if re.fullmatch('[A-Za-z0-9_-]+', k) and self.p(0.5) else self.string(k)

    def literal_of(self, v):
        if isinstance(v, bool):
            return str(v).lower()
        if v is None:
            return 'null'
        if isinstance(v, str):
            return self.regex_for(v) if self.p(0.15) else self.string(v)
        if isinstance(v, int):
            return str(v) if v > -2**63 else None
        if isinstance(v, float):
            text = str(v)
            return text if re.fullmatch(r'\d+\.\d+', text) else None
        if isinstance(v, list):
            parts = [self.literal_of(x) for x in v]
            return None if None in parts else '[' + ', '.join(parts) + ']'
        parts = [(json.dumps(k, ensure_ascii=False), self.literal_of(x)) for k, x in v.items()]
        return None if any(x is None for _, x in parts) else \
            '{' + ', '.join(f'{k}: {x}' for k, x in parts) + '}'

    def regex_for(self, s):
        text = re.sub(r'([\\/.*+?^$()\[\]{}|#&~-])', r'\\\1', s)
        return f'/{text}/' if text and not re.search(r'[\s"\']', text) else self.regex()

    # ------------------------------------------------------------------------------------ queries

    def name(self, k):
        r = self.r
        if self.p(0.04):
            k = r.choice(CASES)(k)
        if self.p(0.03):
            k = r.choice(KEYS + ['missing'])
        if re.fullmatch('[A-Za-z][A-Za-z0-9_]*', k) and self.p(0.9):
            return k
        return self.string(k)

    def step(self, v):
        """(text of one part with its dot or brackets, sample reached) from a value."""
        r = self.r
        if isinstance(v, dict) and v:
            k = r.choice(list(v))
            kind = r.random()
            if kind < 0.62:
                return '.' + self.name(k), v[k]
            if kind < 0.72:
                return '.*', v[k]
            if kind < 0.76:
                return f"['{k}']", v[k]
            if kind < 0.8:
                return f'[ keys {r.choice(["==", "!=", "in", "not in"])} ' \
                       f'{self.literal(k)} ]', v[k]
            if kind < 0.84:
                return '[*]', v
            if kind < 0.88:
                self.n += 1
                return f'[ k{self.n} ]', v[k]
            return self.filter(v[k]), v[k]
        if isinstance(v, list):
            x = r.choice(v) if v else None
            kind = r.random()
            if kind < 0.45:
                return '[*]', x
            if kind < 0.55:
                return '.*', x
            if kind < 0.7:
                i = r.choice([0, 0, 1, -1, 7])
                return r.choice([f'[{i}]', f'.{abs(i)}']), x
            return self.filter(x), x
        return r.choice(['.' + self.name(r.choice(KEYS)), '[*]', '.*', '[0]']), None

    def filter(self, sample):
        inner = Scope(sample, self.scope)
        outer, self.scope = self.scope, inner
        text = ' '.join(self.clause(short=True) for _ in range(self.r.choice([1, 1, 1, 2])))
        if self.p(0.1):
            text += ' or ' + self.clause(short=True)
        self.scope = outer
        if self.p(0.06):
            self.n += 1
            text = f'c{self.n} | {text}'
        return f'[ {text} ]'

    def access(self, max_steps=4):
        """(text, sample reached)"""
        r, v = self.r, self.scope.sample
        if self.scope.vars and self.p(0.3):
            name = r.choice(list(self.scope.vars))
            text, v = '%' + name, self.scope.vars[name]
        elif self.p(0.01):
            text, v = '%unknown', None
        elif self.p(0.12) or not isinstance(v, dict) or not v:
            text = 'this'
        else:
            k = r.choice(list(v))
            text, v = self.name(k), v[k]
            if text[0] in '"\'' and self.p(0.3):
                text = f'this.{text}'
        while max_steps and isinstance(v, (dict, list)) and self.p(0.72):
            part, v = self.step(v)
            if text[-1] == ']' and part[0] == '[' and isinstance(v, dict) and not self.p(0.1):
                break  # the original panics on most of these
            text += part
            max_steps -= 1
        if self.p(0.02) and self.scope.vars:
            text += '.%' + r.choice(list(self.scope.vars))
            v = None
        return text, v

    # ---------------------------------------------------------------------------------- functions

    def call(self):
        r = self.r
        arg = lambda: self.access()[0] if self.p(0.75) else self.literal()  # noqa: E731
        text = lambda s: self.string(s)  # noqa: E731
        one = ['count', 'json_parse', 'to_upper', 'to_lower', 'url_decode', 'parse_int',
               'parse_float', 'parse_string', 'parse_boolean', 'parse_char']
        if self.level32:
            one.append('parse_epoch')
        kind = r.random()
        if kind < 0.6:
            return f'{r.choice(one)}({arg()})'
        if kind < 0.7:
            return f'join({arg()}, {text(r.choice([",", "", "-"]))})'
        if kind < 0.82:
            regex = text(r.choice(['o', '^(.)', '(a)(b)?', '[0-9]+']))
            return f'regex_replace({arg()}, {regex}, {text(r.choice(["0", "${1}x", "$1", ""]))})'
        if kind < 0.97:
            return f'substring({arg()}, {r.choice([0, 1, 2])}, {r.choice([1, 3, 5, 99])})'
        return r.choice(['nosuch(a)', f'count({arg()}, 1)', f'join({arg()})'])

    # ------------------------------------------------------------------------------------ clauses

    def message(self):
        return self.r.choice(['', '', '', '', '', ' << a message >>', ' <<Fix: it\n  now>>',
                              ' <<a;b;c>>'])

    def clause(self, short=False):
        r = self.r
        text, v = self.access(2 if short else 4)
        some = 'some ' if self.p(0.12) else ''
        neg = r.choice(['not ', '!']) if self.p(0.05) else ''
        if self.p(0.3):
            op = ('not ' if self.p(0.15) else '!' if self.p(0.15) else '') + r.choice(UNARY)
            return f'{neg}{some}{text} {op}' + ('' if short else self.message())
        op = r.choice(BINARY)
        kind = r.random()
        if kind < 0.72:
            rhs = self.range() if op.lower().endswith('in') and self.p(0.15) else self.literal(v)
        elif kind < 0.93 or short:
            rhs = self.access()[0]
        else:
            rhs = self.call()
        return f'{neg}{some}{text} {op} {rhs}' + ('' if short else self.message())

    def reference(self):
        if self.p(0.03):
            return 'no_such_rule'
        return self.r.choice(['', '', 'not ']) + self.r.choice(self.names) if self.names else None

    def prule_call(self):
        name, n = self.r.choice(self.prules)
        if self.p(0.03):
            n += 1
        args = ', '.join(self.access()[0] if self.p(0.6) else self.literal() for _ in range(n))
        return f'{name}({args})' + (self.message() if self.p(0.2) else '')

    def line(self, depth, in_rule):
        """One conjunct of a block."""
        r = self.r
        if in_rule and self.p(0.12):
            ref = self.reference()
            if ref:
                return ref
        if self.prules and self.p(0.1):
            return self.prule_call()
        if depth < 3 and self.p(0.12):
            return self.block_clause(depth)
        if depth < 3 and self.p(0.08):
            return f'when {self.conditions()} ' + self.block(depth + 1, Scope(self.scope.sample,
                                                                              self.scope))
        text = self.clause()
        while self.p(0.15):
            text += f' {r.choice(["or", "OR", "|OR|"])} ' + self.clause()
        return text

    def conditions(self):
        text = ' '.join(self.clause(short=True) for _ in range(self.r.choice([1, 1, 2])))
        if self.names and self.p(0.15):
            text = self.r.choice(self.names) + '\n' + text
        return text

    def block_clause(self, depth):
        some = 'some ' if self.p(0.15) else ''
        text, v = self.access()
        empty = self.r.choice([' !empty', ' not empty']) if self.p(0.1) else ''
        return f'{some}{text}{empty} ' + self.block(depth + 1, Scope(v, self.scope))

    def block(self, depth, scope, in_rule=False):
        outer, self.scope = self.scope, scope
        pad = '    ' * depth
        lines = [pad + self.let() for _ in range(self.r.choice([0, 0, 0, 1]))]
        lines += [pad + self.line(depth, in_rule) for _ in range(self.r.choice([1, 1, 2, 3]))]
        self.scope = outer
        return '{\n' + '\n'.join(lines) + '\n' + '    ' * (depth - 1) + '}'

    def let(self):
        self.n += 1
        name, kind = f'v{self.n}', self.r.random()
        if kind < 0.25:
            text, sample = self.literal(), None
        elif kind < 0.4:
            text, sample = self.call(), self.r.choice(STRINGS)
        else:
            text, sample = self.access()
            text = ('some ' if self.p(0.1) else '') + text
        self.scope.vars[name] = sample
        return f'let {name} {self.r.choice(["=", "=", ":="])} {text}'

    def type_block(self):
        res = self.doc.get('Resources') if isinstance(self.doc, dict) else None
        if not res and not self.p(0.05):  # fatal on every document
            return self.clause()
        sample = self.r.choice(list(res.values())) if isinstance(res, dict) and res else {}
        t = sample.get('Type') if isinstance(sample, dict) else None
        t = t if isinstance(t, str) and '::' in t and self.p(0.8) else self.r.choice(TYPES)
        when = f' when {self.conditions()}' if self.p(0.15) else ''
        return f'{t}{when} ' + self.block(1, Scope(sample, self.scope))

    # --------------------------------------------------------------------------------------- file

    def rule(self):
        self.n += 1
        name = f'r{self.n}' if not self.names or self.p(0.95) else self.r.choice(self.names)
        when = f' when {self.conditions()}' if self.p(0.2) else ''
        if self.p(0.15):
            body = '{\n    ' + self.type_block().replace('\n', '\n    ') + '\n}'
        else:
            body = self.block(1, Scope(self.doc, self.scope), in_rule=True)
        self.names.append(name)
        return f'rule {name}{when} {body}'

    def prule(self):
        self.n += 1
        name, params = f'p{self.n}', [f'x{i}' for i in range(self.r.randint(1, 3))]
        scope = Scope(self.doc, self.scope)
        scope.vars.update({x: self.r.choice([None, 'a', {'a': 1}, [1, 2]]) for x in params})
        text = f'rule {name}({", ".join(params)}) ' + self.block(1, scope)
        self.prules.append((name, len(params)))
        return text

    def file(self):
        self.scope = Scope(self.doc)
        parts = []
        for _ in range(self.r.choice([1, 1, 2, 2, 3, 4])):
            kind = self.r.random()
            if kind < 0.2:
                parts.append(self.let())
            elif kind < 0.3:
                parts.append(self.prule())
            elif kind < 0.42:
                parts.append(self.type_block())
            elif kind < 0.5:
                parts.append(self.clause())
            elif kind < 0.54:
                parts.append(f'when {self.conditions()} ' +
                             self.block(1, Scope(self.doc, self.scope)))
            else:
                parts.append(self.rule())
            if self.p(0.1):
                parts.append('# a comment')
        return '\n'.join(parts) + '\n'


TOKEN = re.compile(r'"[^"\n]*"|\'[^\'\n]*\'|/[^/\n]+/|<<.*?>>|[A-Za-z_]\w*(?:::\w+)*|%\w+|'
                   r'\d+(?:\.\d+)?|[=!<>]=|[^\s\w]|\s+', re.S)


def mutate(rnd, text, others):
    """A rule file with a few tokens changed: dropped, doubled, swapped, taken from another file."""
    tokens = TOKEN.findall(text)
    for _ in range(rnd.choice([1, 1, 2, 3, 5])):
        if len(tokens) < 4:
            break
        i, kind = rnd.randrange(len(tokens)), rnd.random()
        if kind < 0.2:
            del tokens[i]
        elif kind < 0.3:
            tokens.insert(i, tokens[rnd.randrange(len(tokens))])
        elif kind < 0.45:
            j = rnd.randrange(len(tokens))
            tokens[i], tokens[j] = tokens[j], tokens[i]
        elif kind < 0.6:
            tokens[i] = rnd.choice(TOKEN.findall(rnd.choice(others)) or ['x'])
        elif kind < 0.8:
            ops = [k for k, t in enumerate(tokens) if t in BINARY or t in UNARY]
            if ops:
                k = rnd.choice(ops)
                tokens[k] = rnd.choice(BINARY if tokens[k] in BINARY else UNARY)
        elif tokens[i][0] in '"\'':
            tokens[i] = json.dumps(rnd.choice(STRINGS), ensure_ascii=False)
        elif tokens[i].isdigit():
            tokens[i] = str(abs(rnd.choice(INTS[:12])))
    return ''.join(tokens)
