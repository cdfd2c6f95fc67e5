#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""lint: the rules of the house that no compiler knows. CONTRIBUTING.md says them in words.

Each check yields (file, line, message). An exception stands in tools/lint/exceptions.txt by check,
file and name with its reason; one that is no longer needed is an error, and there may never be more
of them than `limit` says, so that the list can only shrink.
Run from the top of the source tree. Ends with "N passed, N failed": a check passes as a whole.
"""
import glob
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
from c_source import Source  # noqa: E402

MAX_LINES, MAX_COMPLEXITY = 60, 15

# Who may include whom: a module, and what stands to its left.
LEFT = {'base': [], 'doc': ['base'], 'match': ['base', 'doc'], 'core': ['base', 'doc', 'match'],
        'net': ['base']}
VOCABULARY = ['base', 'doc', 'match', 'core']
MIDDLE = ['aws', 'lang', 'org', 'report', 'store']
LATE = ['analyze', 'control', 'hub', 'respond', 'secrets', 'guardrail', 'prove']
EXTRA = {'lang/iam': ['aws'], 'control': ['analyze']}

BANNED = ['strcpy', 'strcat', 'sprintf', 'vsprintf', 'strtok', 'gets', 'alloca', 'setlocale',
          'longjmp', 'siglongjmp', 'setjmp', 'sigsetjmp', 'atoi', 'atof', 'tmpnam', 'mktemp',
          'localtime', 'gmtime', 'ctime', 'asctime', 'strerror', 'rand', 'srand', 'system', 'popen']
HEAP = ['malloc', 'calloc', 'realloc', 'reallocarray', 'strdup', 'strndup', 'asprintf', 'vasprintf',
        'aligned_alloc', 'posix_memalign', 'free']
HEAP_AT_HOME = ('src/base/', 'src/store/', 'src/net/',
                'src/api/')  # the objects a host program holds
# Headers of the C library, POSIX and Linux. Any other <header> is a third party's.
SYSTEM = re.compile(
    r'^(assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal|'
    r'stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|tgmath|'
    r'threads|time|uchar|wchar|wctype|dirent|fcntl|fnmatch|ftw|getopt|glob|grp|netdb|poll|pthread|'
    r'pwd|regex|sched|semaphore|spawn|strings|syslog|termios|unistd|utime|malloc|'
    r'(sys|net|netinet|arpa|linux)/\w+)\.h$')
# Words that promise work instead of doing it, and paths of one machine. Split, so that this file
# does not find itself.
WORDS = re.compile('|'.join(['TO' + 'DO', 'FIX' + 'ME', r'\bXX' + r'X\b', r'\bHA' + r'CK\b',
                             'not yet ' + 'implemented', r'/ho' + r'me/\w', r'/ro' + r'ot/',
                             r'(?<![\w@./-])/wo' + r'rk/', r'/tm' + r'p/(wt|peers)']))
TEXTS = ('.c', '.h', '.def', '.py', '.sh', '.awk', '.mk', '.md', '.txt', '.tsv', '.case', '.guard',
         '.js', '.map', '.1', '.5')


# A literal that is clearer in one piece than cut.
LONG_TEXT = re.compile(r'"(?:\\.|[^"\\]){50,}"|\'(?:\\.|[^\'\\]){50,}\'')


def files(*suffixes, under=('src', 'include', 'tests', 'tools', 'examples', 'docs', 'mk', 'deps')):
    found = [f for f in glob.glob('*') + glob.glob('.ci/*')
             if os.path.isfile(f) and f.endswith(suffixes)]
    for top in under:
        for folder, folders, names in os.walk(top):
            folders[:] = [d for d in folders if d not in ('__pycache__', 'corpus', 'node_modules')]
            found += [os.path.join(folder, n) for n in names if n.endswith(suffixes)]
    return sorted(found)


def module_of(path):
    """'src/lang/guard/eval.c' → 'lang/guard'; 'src/doc/doc.h' → 'doc'; includes lack the 'src/'."""
    parts = path.removeprefix('src/').split('/')
    return '/'.join(parts[:2]) if parts[0] == 'lang' and len(parts) > 2 else parts[0]


def may_include(module, other):
    if module == other or module == 'cli':
        return True
    top, other_top = module.split('/')[0], other.split('/')[0]
    if module in LEFT:
        return other in LEFT[module]
    if module == 'lang':  # lang/list.c names the languages
        return other_top in VOCABULARY + ['lang']
    if top in MIDDLE:
        return other in VOCABULARY + EXTRA.get(module, [])
    if top in LATE:
        return other_top in VOCABULARY + MIDDLE + EXTRA.get(module, [])
    return other_top != 'cli'  # api, server


def check_layers(sources):
    for s in sources:
        if not s.path.startswith('src/'):
            continue
        for line, kind, name in s.includes:
            if kind != '"' or name.startswith('writ/'):
                continue
            mine = module_of(s.path)
            other = module_of(name) if '/' in name else mine
            if not may_include(mine, other):
                yield s.path, line, f'{mine} may not include {other} ("{name}")'
            if name.endswith('_int.h') and other != mine:
                yield s.path, line, f'"{name}" is private to {other}'


def check_public(sources):
    for s in sources:
        for line, kind, name in s.includes:
            if not s.path.startswith('include/'):
                continue
            ours = name.startswith('writ/')
            if not ours and not SYSTEM.match(name):
                yield s.path, line, f'a public header includes {name}'
        if s.path.startswith('examples/'):
            for line, kind, name in s.includes:
                if kind == '"':
                    yield s.path, line, f'an example may use the public API only, not "{name}"'


def check_third_party(sources):
    owner = {}
    for s in sources:
        if not s.path.startswith('src/'):
            continue
        for line, kind, name in s.includes:
            if kind == '<' and not SYSTEM.match(name):
                if owner.setdefault(name, s.path) != s.path:
                    yield s.path, line, f'<{name}> belongs to {owner[name]} alone'


def check_length(sources):
    for s in sources:
        for f in s.functions():
            if f.length > MAX_LINES:
                yield s.path, f.first, f'{f.name}: {f.length} lines (at most {MAX_LINES})'


def check_complexity(sources):
    for s in sources:
        for f in s.functions():
            if f.complexity > MAX_COMPLEXITY:
                yield s.path, f.first, \
                    f'{f.name}: complexity {f.complexity} (at most {MAX_COMPLEXITY})'


def check_banned(sources):
    for s in sources:
        if not s.path.startswith(('src/', 'include/')):
            continue
        for line, name in s.calls(BANNED):
            yield s.path, line, f'{name}: banned call'
        if not s.path.startswith(HEAP_AT_HOME):
            for line, name in s.calls(HEAP):
                yield s.path, line, f'{name}: memory comes from an arena'


def check_globals(sources):
    for s in sources:
        if s.path.startswith('src/') and s.path.endswith('.c'):
            for line, text in s.mutable_globals():
                name = re.findall(r'\w+', re.sub(r'\[.*', '', text)) or ['?']
                yield s.path, line, f'{name[-1]}: mutable state at file scope'


def check_opening(sources):
    for s in sources:
        public = s.path.startswith(('include/', 'examples/'))  # C99 readers: block comments
        mark, more = ('/*', ' *') if public else ('//', '//')
        opening = 1
        while opening < len(s.lines) and s.lines[opening].startswith(more):
            opening += 1
        if s.lines[0] != f'{mark} SPDX-License-Identifier: Apache-2.0':
            yield s.path, 1, 'the first line is no SPDX line'
        elif opening < 3:
            yield s.path, 1, 'no opening comment: what the file owns, its invariants (3-10 lines)'


def check_scripts(_):
    for path in files('.sh', '.py', '.mk') + ['Makefile', '.ci/run']:
        if not os.path.exists(path):
            continue
        with open(path, encoding='utf-8') as f:
            head = f.read(400).split('\n')
        if '# SPDX-License-Identifier: Apache-2.0' not in head[:2]:
            yield path, 1, 'no SPDX line'


def check_lines(_):
    for path in files('.c', '.h', '.def', '.py', '.sh', '.mk') + ['Makefile']:
        with open(path, encoding='utf-8') as f:
            for n, line in enumerate(f, 1):
                line = line.rstrip('\n')
                if line != line.rstrip():
                    yield path, n, 'white space at the end of the line'
                if len(line) > 100 and not LONG_TEXT.search(line):
                    yield path, n, f'{len(line)} columns (at most 100)'


def check_diagnostics(_):
    try:
        with open('src/base/diag_codes.def', encoding='utf-8') as f:
            codes = [(n, m.group(1)) for n, line in enumerate(f, 1)
                     if (m := re.match(r'\s*WR_DIAG\((\w+)', line))]
    except FileNotFoundError:
        return
    tests = ''
    for path in files('.case', '_test.c', under=('tests',)):
        with open(path, encoding='utf-8', errors='replace') as f:
            tests += f.read()
    known = set(re.findall(r'(?<![A-Za-z0-9])(?:WR_D_)?([A-Z]\d{4})(?![A-Za-z0-9])', tests))
    for n, code in codes:
        if not os.path.exists(f'docs/diag/{code}.md'):
            yield 'src/base/diag_codes.def', n, f'{code}: no page docs/diag/{code}.md'
        if code not in known:
            yield 'src/base/diag_codes.def', n, f'{code}: no case and no unit test names it'
    listed = {code for _, code in codes}
    for path in glob.glob('docs/diag/[A-Z][0-9]*.md'):
        if os.path.basename(path)[:-3] not in listed:
            yield path, 1, 'a page for a diagnostic that does not exist'


def check_words(_):
    for path in files(*TEXTS) + ['Makefile', '.ci/run']:
        if not os.path.exists(path):
            continue
        with open(path, encoding='utf-8', errors='replace') as f:
            for n, line in enumerate(f, 1):
                for m in WORDS.finditer(line):
                    yield path, n, f'{m.group(0)}: says what it will do, or names a machine'


def check_links(_):
    for path in files('.md'):
        with open(path, encoding='utf-8') as f:
            text = re.sub(r'```.*?```', lambda m: '\n' * m.group(0).count('\n'), f.read(),
                          flags=re.S)
        for m in re.finditer(r'\]\(([^)#\s]+)(?:#[^)]*)?\)', text):
            target = m.group(1)
            if re.match(r'\w+:', target):
                continue
            if not os.path.exists(os.path.join(os.path.dirname(path), target)):
                yield path, text.count('\n', 0, m.start()) + 1, f'no such file: {target}'


CHECKS = {'layers': check_layers, 'public': check_public, 'third-party': check_third_party,
          'length': check_length, 'complexity': check_complexity, 'banned': check_banned,
          'globals': check_globals, 'opening': check_opening, 'scripts': check_scripts,
          'lines': check_lines, 'diagnostics': check_diagnostics, 'words': check_words,
          'links': check_links}


def read_exceptions(path='tools/lint/exceptions.txt'):
    """({(check, file, name): line}, limit)"""
    known, limit = {}, 0
    with open(path, encoding='utf-8') as f:
        for n, line in enumerate(f, 1):
            words = line.split(None, 3)
            if not words or words[0].startswith('#'):
                continue
            if words[0] == 'limit':
                limit = int(words[1])
            elif len(words) < 4:
                raise SystemExit(f'{path}:{n}: check, file, name and a reason are needed')
            else:
                known[tuple(words[:3])] = n
    return known, limit


def main():
    sources = [Source(p) for p in files('.c', '.h')]
    known, limit = read_exceptions()
    used, passed, failed = set(), 0, 0
    for name, check in CHECKS.items():
        bad = []
        for path, line, message in check(sources):
            key = (name, path, message.split(':')[0])
            if key in known:
                used.add(key)
            else:
                bad.append(f'{path}:{line}: [{name}] {message}')
        print('\n'.join(bad), end='\n' if bad else '')
        passed, failed = passed + (not bad), failed + bool(bad)
    stale = [f'tools/lint/exceptions.txt:{n}: no longer needed: {" ".join(key)}'
             for key, n in known.items() if key not in used]
    if len(known) > limit:
        stale.append(f'tools/lint/exceptions.txt: {len(known)} exceptions, limit {limit}')
    if len(known) < limit:
        stale.append(f'tools/lint/exceptions.txt: lower the limit to {len(known)}')
    print('\n'.join(stale), end='\n' if stale else '')
    passed, failed = passed + (not stale), failed + bool(stale)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
