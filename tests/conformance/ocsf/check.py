#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check: are events what the Open Cybersecurity Schema Framework says of their class?

Reads the schema's own files (events, objects, profiles, dictionary) and holds every attribute of
every event against them: is it known there, is it required and missing, has it the type, is a value
one of its enum's, is at least one of those there of which one must be.
Usage: check.py SCHEMA EVENTS.json…; prints a line for each fault, then "N passed, N failed".
"""
import json
import os
import re
import sys

INTEGERS = {'integer_t', 'long_t', 'timestamp_t', 'port_t'}
KEPT = ('type', 'is_array', 'enum', 'requirement')


def load(*path):
    with open(os.path.join(*path), encoding='utf-8') as f:
        return json.load(f)


class Schema:
    def __init__(self, root):
        self.root = root
        self.dictionary = load(root, 'dictionary.json')
        self.types = self.dictionary['types']['attributes']
        self.classes, self.objects, self.known = {}, {}, {}
        for folder, _, names in os.walk(os.path.join(root, 'events')):
            for name in names:
                event = load(folder, name)
                self.classes[event.get('name', name[:-5])] = event
        for name in os.listdir(os.path.join(root, 'objects')):
            o = load(root, 'objects', name)
            self.objects[o.get('name', name[:-5])] = o

    def whole(self, table, name):
        """Attributes and constraints of a class or object with all that it extends and includes."""
        key = (id(table), name)
        if key in self.known:
            return self.known[key]
        own = table[name]
        attributes, constraints = {}, {}
        if own.get('extends') in table and own.get('extends') != name:
            inherited = self.whole(table, own['extends'])
            attributes, constraints = dict(inherited[0]), dict(inherited[1])
        constraints.update(own.get('constraints') or {})
        self.merge(attributes, own.get('attributes', {}))
        self.known[key] = attributes, constraints
        return self.known[key]

    def merge(self, into, attributes):
        # What a profile adds is required only of events that name the profile (ours name none);
        # a class that says `profile: null` has the attribute of itself.
        for file in attributes.get('$include', []):
            of_profile = {name: {**said, 'profile': file} if file.startswith('profiles/') else said
                          for name, said in load(self.root, file).get('attributes', {}).items()}
            self.merge(into, of_profile)
        for name, said in attributes.items():
            if name != '$include':
                enum = {**self.dictionary['attributes'].get(name, {}).get('enum', {}),
                        **into.get(name, {}).get('enum', {}), **(said.get('enum') or {})}
                into[name] = {**self.dictionary['attributes'].get(name, {}), **into.get(name, {}),
                              **{k: v for k, v in said.items() if k in KEPT and v is not None}}
                if enum:
                    into[name]['enum'] = enum
                if 'profile' in said:
                    into[name]['profile'] = said['profile']

    def class_of(self, uid):
        categories = load(self.root, 'categories.json')['attributes']
        for name, event in self.classes.items():
            category, at = event.get('category'), name
            while category is None and self.classes[at].get('extends') in self.classes:
                at = self.classes[at]['extends']
                category = self.classes[at].get('category')
            if category in categories and 'uid' in event and \
                    categories[category]['uid'] * 1000 + event['uid'] == uid:
                return name
        return None


def base_type(schema, name):
    while name in schema.types and schema.types[name].get('type'):
        name = schema.types[name]['type']
    return name


def check_scalar(schema, what, value, path):
    kind, base = what.get('type'), base_type(schema, what.get('type'))
    if base == 'json_t':
        return
    if base in INTEGERS or kind in INTEGERS:
        good = isinstance(value, int) and not isinstance(value, bool)
    elif base == 'float_t':
        good = isinstance(value, (int, float)) and not isinstance(value, bool)
    elif base == 'boolean_t':
        good = isinstance(value, bool)
    else:
        good = isinstance(value, str)
        regex = schema.types.get(kind, {}).get('regex')
        if good and regex and not re.search(regex, value):
            yield f'{path}: {value!r} is no {kind}'
    if not good:
        yield f'{path}: {value!r} is no {kind}'
    elif 'enum' in what and str(value) not in what['enum']:
        yield f'{path}: {value!r} is none of {sorted(what["enum"])}'


def check_value(schema, what, value, path):
    kind = what.get('type')
    if kind == 'object':
        if not isinstance(value, dict):
            yield f'{path}: no object'
    elif kind in schema.objects:
        if isinstance(value, dict):
            yield from check_object(schema, schema.whole(schema.objects, kind), value, path)
        else:
            yield f'{path}: no object ({kind})'
    else:
        yield from check_scalar(schema, what, value, path)


def check_object(schema, whole, value, path):
    attributes, constraints = whole
    for name, what in attributes.items():
        if what.get('requirement') == 'required' and name not in value and not what.get('profile'):
            yield f'{path}: {name} is required'
    one = constraints.get('at_least_one')
    if one and not any(name in value for name in one):
        yield f'{path}: one of {", ".join(one)} is required'
    for name, v in value.items():
        what, at = attributes.get(name), f'{path}.{name}'
        if what is None:
            yield f'{at}: the schema has no such attribute'
        elif name in ('category_uid', 'class_uid'):
            pass  # a number of the class itself: check_event
        elif what.get('is_array'):
            if not isinstance(v, list):
                yield f'{at}: no array'
                continue
            for i, item in enumerate(v):
                yield from check_value(schema, what, item, f'{at}[{i}]')
        else:
            yield from check_value(schema, what, v, at)


def check_event(schema, event, path):
    name = schema.class_of(event.get('class_uid'))
    if name is None:
        yield f'{path}: there is no class {event.get("class_uid")!r}'
        return
    yield from check_object(schema, schema.whole(schema.classes, name), event, path)
    if event['type_uid'] != event['class_uid'] * 100 + event['activity_id']:
        yield f'{path}: type_uid is not class_uid * 100 + activity_id'
    if event['category_uid'] != event['class_uid'] // 1000:
        yield f'{path}: category_uid is not that of the class'


def main():
    schema, passed, failed = Schema(sys.argv[1]), 0, 0
    for file in sys.argv[2:]:
        for i, event in enumerate(load(file)):
            faults = list(check_event(schema, event, f'{file}[{i}]'))
            passed, failed = passed + (not faults), failed + bool(faults)
            for fault in faults[:20]:
                print(fault)
    print(f'{passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


if __name__ == '__main__':
    sys.exit(main())
