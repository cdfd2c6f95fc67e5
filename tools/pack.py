#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# pack: the files of a folder as one file for the replay of fuzz corpora (tests/fuzz/driver.c): each
# as its length, a line feed, its bytes, a line feed; the smallest first, equal ones once.
# Usage: pack.py FOLDER FILE.pack [LARGEST]   LARGEST: inputs of more bytes are left out
import os
import sys


def main():
    folder, out = sys.argv[1:3]
    largest = int(sys.argv[3]) if len(sys.argv) > 3 else 4096
    inputs = set()
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), 'rb') as f:
            data = f.read()
        if len(data) <= largest:
            inputs.add(data)
    with open(out, 'wb') as f:
        for data in sorted(inputs, key=lambda d: (len(d), d)):
            f.write(b'%d\n%b\n' % (len(data), data))
    print(f'{len(inputs)} inputs, {os.path.getsize(out)} bytes')


main()
