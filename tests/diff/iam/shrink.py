# SPDX-License-Identifier: Apache-2.0
"""shrink: the smallest case that still differs: whatever can be left out is left out, again and
again, until nothing can."""
import copy

LAYERS = ('boundary', 'session', 'vpce', 'resourcePolicy', 'scps', 'rcps')


def places(node, path=()):
    """Paths of everything that may be left out: layers, list members, keys of maps."""
    if isinstance(node, list):
        for i in range(len(node)):
            yield path + (i,)
            yield from places(node[i], path + (i,))
    elif isinstance(node, dict):
        for k in node:
            if path or k in LAYERS:
                yield path + (k,)
            if path or k in LAYERS + ('identity', 'context'):
                yield from places(node[k], path + (k,))


def without(case, path):
    c = copy.deepcopy(case)
    at = c
    for k in path[:-1]:
        at = at[k]
    del at[path[-1]]
    return c


def there(case, path):
    for k in path:
        if not (isinstance(case, list) and isinstance(k, int) and k < len(case) or
                isinstance(case, dict) and k in case):
            return False
        case = case[k]
    return True


def shrink(case, differs, most=400):
    """differs(case): does it still? At most so many questions are asked."""
    again = True
    while again and most > 0:
        again = False
        for path in sorted(places(case), key=len):
            if most <= 0:
                break
            if not there(case, path):
                continue
            smaller = without(case, path)
            most -= 1
            if differs(smaller):
                case, again = smaller, True
    return case
