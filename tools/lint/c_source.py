# SPDX-License-Identifier: Apache-2.0
"""c_source: as much of C as the house rules need: text without comments and literals, includes,
function bodies with their length and complexity, file-scope variables.

Not a parser: it relies on the source being formatted by .clang-format (one declaration at a time at
file scope, the closing brace of a function in column 0).
"""
import re

_LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
_DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n\\]|\\.|\\\n)*', re.M)
_BRANCH = re.compile(r'\b(?:if|for|while|switch)\b|\?')
_KEYWORDS = {'if', 'for', 'while', 'switch', 'return', 'sizeof', 'do', 'else', '_Static_assert'}


def _blank(match):
    text = match.group(0)
    if text[0] in '"\'':
        return text[0] + ' ' * (len(text) - 2) + text[0]
    return re.sub(r'[^\n]', ' ', text)


class Function:
    """Name, first and last line (1-based), McCabe complexity with a switch counting once."""

    def __init__(self, name, first, last, complexity, body):
        self.name, self.first, self.last = name, first, last
        self.complexity, self.body = complexity, body

    @property
    def length(self):
        return self.last - self.first + 1


class Source:
    """One C file. `code` has comments, literals and directives blanked; lines are kept."""

    def __init__(self, path):
        self.path = path
        with open(path, encoding='utf-8') as f:
            self.text = f.read()
        self.lines = self.text.split('\n')
        no_comments = re.sub(r'//[^\n]*|/\*.*?\*/', _blank, self.text, flags=re.S)
        self.includes = [
            (self._line(no_comments, m.start()), m.group(1), m.group(2)) for m in
            re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', no_comments, re.M)]
        self.code = _DIRECTIVE.sub(_blank, _LITERAL.sub(_blank, self.text))

    @staticmethod
    def _line(text, offset):
        return text.count('\n', 0, offset) + 1

    def top_level(self):
        """(start, end, body_start or None) of each piece of file scope: a function or up to ';'."""
        code, depth, start, body = self.code, 0, 0, None
        for m in re.finditer(r'[{};]', code):
            c, at = m.group(0), m.start()
            if c == '{':
                if depth == 0:
                    body = at
                depth += 1
            elif c == '}':
                depth -= 1
                if depth == 0 and re.search(r'\)\s*$', code[start:body]):
                    yield start, at + 1, body
                    start, body = at + 1, None
            elif depth == 0:
                yield start, at + 1, None
                start, body = at + 1, None

    def functions(self):
        for start, end, body in self.top_level():
            if body is None:
                continue
            head = self.code[start:body]
            name = re.search(r'([A-Za-z_]\w*)\s*\(', head)
            if not name or name.group(1) in _KEYWORDS:
                continue
            first = start + len(head) - len(head.lstrip())
            text = self.code[body:end]
            yield Function(name.group(1), self._line(self.code, first),
                           self._line(self.code, end), 1 + len(_BRANCH.findall(text)), text)

    def mutable_globals(self):
        """(line, text) of variables at file scope that are not const."""
        for start, end, body in self.top_level():
            if body is not None:
                continue
            text = self.code[start:end].strip()
            head = text.split('=')[0].split('{')[0]
            if not text or re.match(r'(typedef|struct|union|enum|extern|_Static_assert)\b', text):
                continue
            if re.search(r'\)\s*(__attribute__.*|[A-Z_]+(\(.*\))?)?;?\s*$', head.strip(), re.S):
                continue  # a prototype
            if 'const' in head.split('*')[-1] or ('*' not in head and 'const' in head):
                continue
            first = start + len(self.code[start:end]) - len(self.code[start:end].lstrip())
            yield self._line(self.code, first), ' '.join(head.split())

    def calls(self, names):
        """(line, name) of each call of one of the names."""
        for m in re.finditer(r'(?<![\w.>])(' + '|'.join(names) + r')\s*\(', self.code):
            yield self._line(self.code, m.start()), m.group(1)
