#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# library.sh WRIT DIR: the library of controls as a part of `make test`; ends with "N passed, N
# failed". Passed are its tests, with each layer tested for every outcome (--strict); its SCPs and
# RCPs, in which `writ iam validate` finds no error; and each policy file that is missed when it is
# gone: in a copy without it, `writ test` of its group must fail. What may fail open is a file that
# nothing misses. And the table of controls in docs/guide/library.md, which says what the controls
# say.
writ=$1 dir=$2
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
passed=0 failed=0
bad() { failed=$((failed + 1)); echo "failed: $*"; }
good() { passed=$((passed + ${1:-1})); }

"$writ" test --strict "$dir" >"$tmp/log" 2>&1
rc=$?
met=$(sed -n 's/^[0-9]* tests* of [0-9]* controls*: \([0-9]*\) met.*/\1/p' "$tmp/log")
if [ $rc -eq 0 ] && [ "${met:-0}" -gt 0 ]; then good "$met"; else
    bad "writ test --strict $dir: exit $rc"
    grep -E -A 1 'UNMET|error\[|^[0-9]+ tests' "$tmp/log" | head -40
fi

for kind in scp rcp; do
    for f in "$dir"/*/*."$kind".json; do
        [ -f "$f" ] || continue
        if "$writ" iam validate --fail-on error -k "$kind" "$f" >"$tmp/log" 2>&1; then good; else
            bad "$f"
            cat "$tmp/log"
        fi
    done
done

tools=${0%/*} skipped=0
if ! command -v python3 >/dev/null; then
    echo "skipped: no python3"
    skipped=1
elif python3 "$tools/library_doc.py" "$writ" "$dir" "$tools/../docs/guide/library.md" --check; then
    good
else bad "docs/guide/library.md"; fi

cp -R "$dir" "$tmp/copy" || exit 1
for f in "$tmp"/copy/*/*.guard "$tmp"/copy/*/*.json; do
    [ -f "$f" ] || continue
    mv "$f" "$tmp/gone"
    "$writ" test "${f%/*}" >"$tmp/log" 2>&1
    case $? in
    1 | 2) good ;; # tests not met, or a layer that could not be tested
    *) bad "nothing misses ${f#"$tmp"/copy/}" ;;
    esac
    mv "$tmp/gone" "$f"
done
# The copy is whole again: what failed above failed for the file that was gone.
if "$writ" test "$tmp/copy" >"$tmp/log" 2>&1; then good; else bad "the copy does not pass"; fi

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
