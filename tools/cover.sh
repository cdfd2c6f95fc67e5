#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# cover: lines run by the tests, by file, least covered first. Usage: cover.sh BUILD SOURCE...
set -u
build=$1
shift
for f in "$@"; do
    gcov -n -o "$build/obj/$(dirname "$f")" "$build/obj/${f%.c}.o" 2>/dev/null
done | awk -v sources="$*" '
    BEGIN { n = split(sources, s, " "); for (i = 1; i <= n; i++) mine[s[i]] = 1 }
    /^File / { file = $2; gsub(/\047/, "", file) }
    /^Lines executed:/ && file in mine {
        split($0, part, /[:% ]+/); pct = part[3]; lines = part[5]
        printf "%6.1f%% of %5d  %s\n", pct, lines, file
        all += lines; hit += lines * pct / 100; delete mine[file]
    }
    END { printf "%6.1f%% of %5d  all\n", all ? 100 * hit / all : 0, all }' | sort -n
