#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run: reports in the format ocsf, of rules and of policies, against the schema's own files; and
# that the check sees what is wrong. Usage: run.sh BUILD SCHEMA
set -u
build=$1 schema=$2
here=$(dirname "$0")
top=$here/../../..
passed=0 failed=0
skip() {
    echo "skipped: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
[ -f "$schema/dictionary.json" ] || skip "$schema not found"
command -v python3 >/dev/null || skip "no python3"
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
check() { python3 "$here/check.py" "$schema" "$1"; }
note() { # name, wanted exit code, exit code
    if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED: $1"
    fi
}
"$build/writ" guard validate -r "$top/examples/rules" -d "$top/examples/templates" -o ocsf \
    >"$dir/guard.json"
note "rules are broken by the examples" 1 $?
printf '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObjet","Resource":"x"}}' \
    >"$dir/p.json"
"$build/writ" iam validate --kind identity --format ocsf "$dir/p.json" >"$dir/iam.json"
note "a policy with faults" 1 $?
"$build/writ" guard validate -r "$top/examples/rules" -d "$dir/none.yaml" -o ocsf \
    >"$dir/error.json" 2>/dev/null
note "a file that is not there" 2 $?
for f in guard iam error; do
    check "$dir/$f.json" >"$dir/log" || cat "$dir/log"
    tail -1 "$dir/log" | grep -q '^[1-9][0-9]* passed, 0 failed$'
    note "$f: events of the schema" 0 $?
done
for edit in 's/"time": [0-9]*/"time": "now"/' 's/"severity_id": [0-9]*/"severity_id": 42/' \
    's/"class_uid": 2003/"class_uid": 2999/' 's/"uid": "[0-9a-f]*"/"ui": ""/'; do
    sed "$edit" "$dir/guard.json" >"$dir/wrong.json"
    check "$dir/wrong.json" >/dev/null 2>&1
    note "$edit is seen" 1 $?
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
